# 运维人员在 /debug 中看到的内容。

debug-chat = 会话 { $key }
debug-fleet = Greenroom 已运行 { $age }
debug-none = 无
debug-state = 状态：{ $state }，已持续 { $age }（actor { $status }）
debug-absent = 不在内存中（actor { $status }）
debug-turn = 第 { $turn } 轮，第 { $attempt } 次尝试；记住了 { $kept } 轮
debug-mailbox = 邮箱：内存中 { $mail } 条，日志中 { $spilled } 条；{ $waiting } 条提问在等待
debug-effects = 正在执行：{ $items }
debug-timers = 定时器剩余：{ $items }
debug-outbox = 发件箱：{ $items }
debug-penalty = 限流：Telegram 要求再安静 { $left }
debug-crashes = 崩溃 { $crashes } 次；最近的错误：{ $error }
debug-actors = 内存中的会话：{ $actors }（{ $states }）
debug-work = 消息 { $mail }，任务 { $effects }，定时器 { $timers }
debug-trouble = 崩溃 { $crashes }，隔离 { $quarantined }，死信 { $dead }，被限流的会话 { $penalties }
debug-disk = 日志：{ $size }，{ $unabsorbed } 条更新尚未处理
debug-disk-failing = 磁盘写不进去了；恢复之前不再获取新消息
debug-children = 子任务（是否存活、重启次数）：{ $items }
debug-unknown = 没有这样的会话；请试试 /debug，或在 /debug 后面加上会话编号。

# Why a chat is silent: the first line of its page.
debug-because-absent = 它不在内存里：安静了很久，或者启动以来没有人写过消息。
debug-because-quarantined = 它崩溃太多次，已被隔离。
debug-because-suspended = 运维人员暂停了它。
debug-because-loading = 正在从磁盘读取。
debug-because-backoff = 上一条消息让它崩溃了，马上会再试一次。
debug-because-penalty = Telegram 要求安静，有回答在等它结束。
debug-because-model = 正在等待模型。
debug-because-idle-model = 这一轮已经开始，但还没有去问模型。
debug-because-delivery = 正在送出回答。
debug-because-collecting = 正在等相册或长文本的其余部分。
debug-because-cooling = 刚回答完，正在休息。
debug-because-mail = 有消息在排队。
debug-because-person = 它没有欠任何回答，正在等对方说话。
debug-left = （还剩 { $left }）
debug-written = 上次写入：{ $age } 前
