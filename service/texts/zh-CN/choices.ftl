# 一个聊天可以怎样设定：怎样回答。

mode-choose = 以后我怎样回答？现在是 { $mode }。
mode-set = { $mode }：{ $about }。发送 /mode 可以看其他方式。
mode-unknown = 没有叫“{ $name }”的回答方式，发送 /mode 可以看到全部。
mode-gone = 这种回答方式已经没有了，发送 /mode 可以看到现有的。
instruction-on = 明白，以后每次回答我都会注意；发送 /instruction off 可以取消。
instruction-off = 你的要求已取消。
instruction-shown = 每次回答我都会注意：“{ $text }”。发送 /instruction off 可以取消。
instruction-none = 请把要求写在命令后面，例如：/instruction 回答不超过三句话
instruction-long = 太长了，每次提问都要带上它；最多 { $most } 个字。

name-on = 从现在起我在这里叫{ $name }，回答后面会署名；/name off 取消。
name-off = 我在这里不再有自己的名字了。
name-shown = 我在这里叫{ $name }；/name off 取消。
name-none = 请把名字写在命令后面，例如：/name 小明
name-long = 这个名字太长了，最多 { $most } 个字。
welcome-own = { $text }
welcome-named = 你好，我是{ $name }！想问什么就问吧：文字、图片、相册、语音和文件都可以发给我，发送 /help 看看我还能做什么。
welcome-on = 从现在起 /start 就用这段话欢迎；/welcome 查看，/welcome off 取消。
welcome-off = 我又用自己的话欢迎了。
welcome-long = 这段欢迎词太长了，最多 { $most } 个字。
avatar-on = 从现在起欢迎时会带上这张图；/avatar off 取消。
avatar-off = 欢迎时不再带图了。
avatar-shown = 欢迎时带的是这张图；/avatar off 取消。
avatar-none = 发一张照片并写上 /avatar，或者用 /avatar 回复一张照片。
voice-on = 我会同时朗读回答；`/voice off` 关闭。
voice-off = 我不朗读回答；`/voice on` 打开。

busy-now-queue = 我回答时发来的消息现在会先等着，要怎么处理？
busy-now-interrupt = 我回答时发来的消息现在会打断回答，接着就回答它，要怎么处理？
busy-now-steer = 我回答时又来消息，现在会把两条合在一起重新回答，要怎么处理？
busy-set-queue = 从现在起，我回答时发来的消息会先等着。
busy-set-interrupt = 从现在起，我回答时发来的消息会打断回答，接着就回答它。
busy-set-steer = 从现在起，我回答时又来消息，就把两条合在一起重新回答。
