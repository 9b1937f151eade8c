# Buttons (short!) and the commands' descriptions in Telegram's menu.

button-stop = 停止
button-retry = 再试一次
button-continue = 继续
button-rest = 显示剩余内容
button-held = 回答这些消息
button-plain = 使用纯文本
button-mode = 方式
button-files = 把代码发成文件
button-queue = 先等着
button-interrupt = 打断
button-steer = 重新开始
button-join = 接着之前的对话
button-forget = 忘掉
button-forget-all = 全部忘掉
button-forget-sure = 确定，全部忘掉
button-old = 这个按钮属于之前的回答。

command-start = 打个招呼
command-help = 我能做什么
command-flows = 我们能一起做什么
command-cancel = 退出向导
command-stop = 停止回答
command-retry = 重问上一个问题
command-reset = 重新开始对话
command-mode = 选择回答方式
command-instruction = 每次回答要注意什么
command-busy = 回答时又来消息怎么办
command-remember = 记住一件事
command-memory = 我记得什么
command-forget = 忘掉一件事或全部
command-plain = 切换格式或纯文本
command-debug = 查看内部状态（管理员）
command-stats = 用户与回答（管理员）
