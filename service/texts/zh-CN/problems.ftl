# Why there is no answer, or not all of one.

problem-unknown = 我这边出了点问题，请再试一次。
problem-unavailable = 现在连不上模型，请过一分钟再试。
problem-rate-limited = 模型现在很忙，请 { $seconds } 秒后再试。
problem-quota = 今天的模型额度已经用完了，请明天再来。
problem-misconfigured = 模型的配置有误，我暂时用不了；请告诉运行这个机器人的人。
problem-interrupted = 回答还没开始就中断了，要我再试一次吗？
problem-blocked = 模型不愿回答这个问题，换个问法也许可以。
problem-empty = 模型对此没有话说，换个问法也许可以。
problem-too-long = 内容太长，模型一次处理不了；请发短一些，或者用 /reset 重新开始。
problem-file = 我没能从 Telegram 取到这个文件，请再发一次。
problem-file-locked = “{ $name }”有密码保护，请去掉密码后再发。
problem-file-broken = “{ $name }”已损坏或不是 PDF，请重新发送。
problem-file-long = “{ $name }”有 { $pages } 页，我最多能读 { $most } 页，请只发其中一部分。
problem-file-heavy = “{ $name }”有 { $size } MB，PDF 我最多能读 { $most } MB，请只发其中一部分。
problem-not-kept = 东西做好了，但磁盘写不进去，没法可靠地保存，请稍后再试。
