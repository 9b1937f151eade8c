# What the bot says in a chat, apart from answers and problems.

welcome = 你好！想问什么就问吧：文字、图片、相册、语音和文件都可以发给我，发送 /help 看看我还能做什么。
welcome-group = 大家好！在这个群里，提到 { $name }、回复我或者用命令，我就会回答；其他的话我不插嘴。
welcome-group-privacy = 大家好！在这个群里，提到 { $name }、回复我或者用命令，我就会回答。如果提到我却没有反应，请把我设为管理员，或者在 @BotFather 关闭隐私模式后重新拉我进群；回复和命令总是有效的。
help =
    直接写字，或者发图片、语音、文件，我都会回答。

    - /stop 停止正在写的回答
    - /retry 把上一个问题再问一遍
    - /reset 重新开始一段对话
    - /mode 选择我的回答方式，现在是：{ $mode }
    - /instruction 告诉我每次回答都要注意什么
    - /name、/welcome、/avatar 决定我在这里是谁
    - /busy 选择我回答时又来消息怎么办
    - /remember 记住一件事，/memory 看我记得什么，/forget 让我忘掉
    - /flows 看我们可以一步步一起做什么，/cancel 中途退出
    - /search 上网查一个问题，/translate 翻译成另一种语言
    - /read 先阅读网页再回答，/run 写一个程序并运行
    - /image 画一张图；附上图片或回复图片时，就修改那张图
    - /voice 让我同时朗读回答
    - /think 设置我可以思考多久
    - /safety 设置回答要多谨慎
    - /usage 看用了多少
    - /plain 切换带格式的消息和纯文本消息
needs-words = { $command ->
    [image] 请在命令后面写要画什么，例如 `/image 海边的一只猫`；用它回复一张图片时，写要改什么，例如 `/image 改成夜晚`。
    [read] 请在命令后面写要读哪个网页、想知道什么，例如 `/read https://example.org 有什么新内容？`，或者用它回复一条带网址的消息。
    [run] 请在命令后面写要计算什么，例如 `/run 前 20 个素数`，或者用它回复一条消息。
    [search] 请在命令后面写要查什么，例如 `/search 下一次日食是什么时候？`，或者用它回复一条消息。
   *[translate] 请把内容写在命令后面，例如 `/{ $command } 早上好`，或者用它回复一条消息。
}
unknown-command = 我不认识这个命令，发送 /help 可以看到我会的命令。
stopped = 已停止。
heading = > **{ $question }**
inline-title = 就问这个
inline-hint = 输入问题，我会在这里回答
cut-short = （还有更多内容，请到我们自己的聊天里问我。）
not-shown-here = （这里本该有一张图片或一段声音，但在这个聊天里无法显示，请到我们自己的聊天里问我。）
held = 已停止，你还有 { $count } 条消息在等着，要我回答吗？
collection-dropped = 好的，你刚才发的内容我先放到一边了。
nothing-to-stop = 现在没有什么可以停止的。
busy = 我还在处理你上一条消息；想重新来过的话，请先按“停止”。
nothing-to-retry = 没有可以再问一遍的问题。
retry-gone = 我已经没有那个问题了：时间太久，或者后来已经重新问过；请再写一遍。
nothing-to-continue = 那个回答已经不能接着写了，不过你可以再问一次。
plain-on = 从现在起我用纯文本回答，发送 /plain 可以恢复格式。
plain-off = 格式已恢复。
reset = 好了，之前的对话我都忘掉了，我们聊点什么？
busy-many = 消息太多，我跟不上了：先来的我会回答，剩下的就略过了。
edit-noted = 改动我记下了，后面会按新的来。
turned-away = 我的磁盘满了或出了故障，现在存不下任何东西。你的消息还留在 Telegram 那边，一有空间我就会回答，不用再发一遍。
poison = 这条消息总是让我出错，我先把它放到一边了；能换个说法再发一次吗？
quarantine = 我一处理这个聊天就会出错，所以修好之前，我在这里先停下来。你写的都不会丢：我会留着，修好后按顺序回答，不用再发一遍。管理我的人已经知道了。
file-too-big = “{ $name }”对我来说太大了，我最大能收 { $size } 的文件。
unsupported = 这种消息我看不懂；文字、图片、语音和文件都可以。
only-name = 我在。请把问题写在我的名字后面，或者回复你想问的那条消息。
not-allowed = 这是一个私人机器人；如果你应该有权使用，请把你的 id 告诉它的主人：{ $id }。

# Reminders.
reminder = ⏰ { $text }
reminder-late = ⏰ { $text }（没能准时说：它在 { $minutes } 分钟前就到点了。）
reminder-dropped = 好的，我不会再提醒你了。
reminder-gone = 这个提醒已经不在了。

# What needs a person's consent.
proposal = 我可以这样做吗？“{ $tool }”：{ $arguments }
proposal-gone = 这件事已经做了，或者过去太久了；请重新提出。
proposal-not-yours = 只有提出要求的人才能允许这件事。

# What the model is at, under a growing answer.
progress-thinking = *正在思考：{ $about }*
progress-tool = *正在处理…*
progress-weather = *正在查看天气…*
progress-news = *正在阅读新闻…*
progress-page = *正在阅读网页…*
progress-fetching = *正在下载你发来的文件…*
progress-passing-on = *正在转交你发来的文件…*
progress-drawing = *正在画图…*
progress-waiting = *模型现在很忙，{ $seconds } 秒后再问…*

# Where a setting is not heeded.
level-nowhere = 这里的模型（{ $deaf }）没有这样的设置，所以不会有任何变化。
level-deaf = { $deaf ->
    [none] {""}
   *[other] （由 { $deaf } 回答时无效，它没有这样的设置。）
}

# How long the model may think.
thinking-usual = 我会按模型通常的方式思考。{ level-deaf }
thinking-low = 从现在起我会少想一点，尽快回答。{ level-deaf }
thinking-medium = 从现在起我会先想一会儿再回答。{ level-deaf }
thinking-high = 从现在起我会仔细思考再回答，需要更长时间。{ level-deaf }
thinking-is-usual = 我按模型通常的方式思考；用 `/think 低`、中 或 高 来改变。{ level-deaf }
thinking-is-low = 我现在想得很快；用 `/think 中`、高 或 默认 来改变。{ level-deaf }
thinking-is-medium = 我现在会想一会儿；用 `/think 低`、高 或 默认 来改变。{ level-deaf }
thinking-is-high = 我现在会仔细思考；用 `/think 低`、中 或 默认 来改变。{ level-deaf }

# How careful answers are.
safety-usual = 这里的回答按模型通常的尺度把关。{ level-deaf }
safety-strict = 从现在起，凡是可能伤人、露骨或危险的内容，稍有嫌疑就会被拦下。{ level-deaf }
safety-open = 从现在起这里尽量少拦内容；群组里仍保持通常的把关。{ level-deaf }
safety-is-usual = 这里的回答按模型通常的尺度把关；用 `/safety 严格` 或 宽松 来改变。{ level-deaf }
safety-is-strict = 凡是可能伤人、露骨或危险的内容，稍有嫌疑就会被拦下；用 `/safety 默认` 或 宽松 来改变。{ level-deaf }
safety-is-open = 这里尽量少拦内容（群组里仍保持通常的把关）；用 `/safety 严格` 或 默认 来改变。{ level-deaf }

# Lines and marks around an answer.
signature = —— { $name }
sources = 来源：
note-answered-by = 由 { $name } 回答。
note-repeated = 问题相同，所以还是这个回答。
note-interrupted = 回答在这里中断了。
restart-mark = 刚才连接断了，下面从头再写一遍：
repeat-mark = （可能是重复消息）
more-follows = …… 写完之后，后面的内容会接在下面。
withheld = 已停止；如果想看，剩下的回答在这里。
file-lost = （这里原有一个文件，现在读不出来了，请再要一次。）
voice-cut = （这个回答不能全部朗读，其余部分在上面。）
voice-nothing = 那个回答里没有可以朗读的内容。
voice-failed = 刚才没能朗读那个回答。
