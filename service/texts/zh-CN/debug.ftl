# 运维人员在 /debug 中看到的内容。

debug-chat = 会话 { $key }
debug-fleet = Greenroom 已运行 { $age }
debug-no-graph = 没有这样的会话，也没有这样的流程。流程有：{ $flows }。
debug-none = 无
debug-state = 状态：{ $state }，已持续 { $age }（actor { $status }）
debug-absent = 不在内存中（actor { $status }）
debug-turn = 第 { $turn } 轮，第 { $attempt } 次尝试；记住了 { $kept } 轮
debug-mailbox = 邮箱：内存中 { $mail } 条，日志中 { $spilled } 条；{ $waiting } 条提问在等待
debug-effects = 正在执行：{ $items }
debug-timers = 定时器剩余：{ $items }
debug-outbox = 发件箱：{ $items }
debug-gate = 出口：进行中的调用 { $busy }，排队的回答 { $finals }，预览 { $previews }，剩余调用 { $left }，预览放慢 { $slower } 倍
debug-penalty = 限流：Telegram 要求再安静 { $left }
debug-crashes = 崩溃 { $crashes } 次；最近的错误：{ $error }
debug-actors = 内存中的会话：{ $actors }（{ $states }）
debug-packed = 已打包、在内存中休息的会话：{ $chats }（{ $size }）
debug-work = 消息 { $mail }（另有 { $spilled } 条留在日志中），任务 { $effects }，定时器 { $timers }
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
debug-because-gone = 那边没有人了：对方屏蔽了机器人，或机器人被移出了会话。
debug-because-provider = 目前没有模型可用；请看总览里的模型一栏。
debug-because-full = 它的邮箱满了；之后的消息先留在日志里。
debug-because-poison = 上一条消息让它崩溃了两次，已作为死信搁置。
debug-because-budget = 它的额度用完了。
debug-because-poller = 收不到消息：Telegram 太久没有回应。
debug-because-paused = 收不到消息：已暂停获取更新。
debug-because-disk = 收不到消息：磁盘写不进去了。
debug-because-conflict = 收不到消息：有别的程序在获取这个机器人的更新。
debug-because-refused = 收不到也发不出消息：Telegram 不接受这个机器人的令牌。
debug-because-away = 休眠中：它的机器人不在设置里。
debug-because-idle-model = 这一轮已经开始，但还没有去问模型。
debug-because-delivery = 正在送出回答。
debug-because-collecting = 正在等相册或长文本的其余部分。
debug-because-cooling = 刚回答完，正在休息。
debug-because-mail = 有消息在排队。
debug-because-person = 它没有欠任何回答，正在等对方说话。
debug-left = （还剩 { $left }）
debug-written = 上次写入：{ $age } 前；快照大小 { $size }

debug-owes-nothing = 待办：无
debug-owes-now = 待办：有事要自己做，就是现在
debug-owes-later = 待办：{ $left } 后有事要自己做
debug-tokens = 启动以来的 token：{ $tokens }
debug-spent = 累计花费：{ $cost }，调用 { $calls } 次（读入 { $read } 个 token，写出 { $written } 个）
debug-spent-today = 今日花费：{ $cost }，调用 { $calls } 次（读入 { $read } 个 token，写出 { $written } 个）
debug-cached = 从服务商缓存读取：目前输入的 { $share } %
debug-traced = 正在记录它的每一轮。
debug-lag = 最近一分钟事件循环最多迟到 { $lag }
debug-providers = 模型：{ $items }
debug-provider-out = 已 { $since }
debug-provider-probe = { $left } 后再试
debug-provider-openings = 断开过 { $count } 次
debug-provider-load = 同时 { $running } 个，排队 { $waiting } 个
debug-provider-cached = 缓存 { $share } %
debug-providers-down = 目前没有模型可用。
debug-servers = 工具服务器：{ $items }
debug-server-up = ✓（{ $tools } 个工具）
debug-server-down = ✗（{ $why }）
debug-polling-dead = 收不到消息：Telegram 已经 { $age } 没有回应。
debug-polling-paused = 收不到消息：已暂停获取更新。
debug-bot = 机器人：{ $bot }
debug-bots = 机器人：{ $items }
debug-bot-state = { $state ->
    [ok] ✓
   *[other] ✗ { $state }
}（内存中 { $chats } 个聊天）
debug-bot-conflict = { $bot } 收不到消息：有别的程序在获取它的更新（或设置了 webhook）。请结束那个程序；在此之前会不断重试。
debug-bot-refused = { $bot } 已停用：Telegram 不接受它的令牌。请从 @BotFather 那里重新复制到 TELEGRAM_BOT_TOKEN，或从中去掉。
debug-bot-silent = { $bot } 收不到消息：Telegram 已经 { $age } 没有回应它。
debug-bot-broken = { $bot } 收不到消息：获取它的更新时出错，错误写在日志里；正在重试。
debug-bot-wedged = { $bot } 收不到消息：它的请求一直挂起，换了新连接也一样；正在重试。
debug-bot-away = 机器人 { $bot } 不在设置里：它有 { $chats } 个休眠的聊天还有事要做，{ $mail } 条消息在等它。
debug-disk-free = 磁盘剩余：{ $free }（{ $share }）
debug-dead = 死信：{ $count } 封
debug-letter = { $age } 前，{ $actor }：{ $reason }（{ $error }）
debug-write-first = 这个我只在私聊里回答，但我还不能给你写消息：请打开与我的私聊并按“开始”。

# Buttons under those pages.
debug-button-refresh = 刷新
debug-button-trace = 开始跟踪
debug-button-untrace = 停止跟踪
debug-button-suspend = 暂停
debug-button-resume = 继续
debug-button-restart = 重启
debug-button-release = 解除隔离
debug-button-passivate = 移出内存
debug-button-export = 导出
debug-button-reveal = 显示原文
debug-button-replay = 重放
debug-button-read = 查看
debug-button-remove = 删除

# What is said after a press.
debug-done-absent = 这个会话不在内存里，没有什么可做的。
debug-done-unknown = 没有这样的操作。
debug-done-traced = 从现在起记录这个会话的每一轮。
debug-done-untraced = 不再记录它的每一轮。
debug-done-suspended = 它停住了；消息在等待，正在执行的任务继续。
debug-done-resumed = 它继续工作了。
debug-done-restarted = 正在执行的任务已取消；它会重新开始未完成的事。
debug-done-released = 已解除隔离。
debug-done-free = 它没有被隔离。
debug-done-passivated = 它已打包，在内存中休息，直到有人写消息。
debug-done-busy = 它正忙，必须留下。
debug-done-exported = 这是关于它的全部信息。
debug-done-revealed = 原文如下。你看过它这件事已记入日志。
debug-done-replayed = 已重新接收，正在处理。
debug-done-no-letter = 没有这样的信，或者里面没有可以重放的内容。
debug-done-removed = 已彻底删除。

# What admins are told without asking: when an incident begins, and when it is over.
alert-provider = { $provider } 已有一分钟无法访问。
alert-provider-over = { $provider } 恢复应答，中断了 { $lasted }。
alert-key = { $provider } 不接受我们的密钥，或不认识这个模型：请检查设置。
alert-key-over = { $provider } 重新接受密钥，中断了 { $lasted }。
alert-retiring = { $model } 将于 { $day } 被提供商停用：请及时换用其他模型{ $successor ->
    [none] {""}
   *[other] （提供商推荐 { $successor }）
}。
alert-retiring-over = { $model } 不再面临停用，提示持续了 { $lasted }。
alert-poller = Telegram 没有回应，收不到消息。
alert-poller-over = 又能收到消息了，中断了 { $lasted }。
alert-bot-conflict = 有别的程序在获取 { $bot } 的更新：请结束另一个副本，或换一个令牌。其他机器人照常工作。
alert-bot-conflict-over = { $bot } 又能收到更新了，中断了 { $lasted }。
alert-bot-refused = Telegram 不接受 { $bot } 的令牌：请从 @BotFather 那里重新复制到 TELEGRAM_BOT_TOKEN，或从中去掉。其他机器人照常工作。
alert-bot-refused-over = Telegram 又接受 { $bot } 的令牌了，中断了 { $lasted }。
alert-bot-silent = Telegram 没有回应 { $bot }；其他机器人照常工作。
alert-bot-silent-over = { $bot } 又能收到更新了，中断了 { $lasted }。
alert-bot-broken = 获取 { $bot } 的更新时出错，错误写在日志里；其他机器人照常工作。
alert-bot-broken-over = { $bot } 又能收到更新了，中断了 { $lasted }。
alert-bot-wedged = { $bot } 获取更新的请求一直挂起，换了新连接也一样；其他机器人照常工作。
alert-bot-wedged-over = { $bot } 又能收到更新了，中断了 { $lasted }。
alert-rebuilt = 获取更新时卡住了，已重新建立连接。
alert-quarantine = 被隔离的会话：{ $count } 个。用 /debug 查看。
alert-quarantine-over = 已没有被隔离的会话，持续了 { $lasted }。
alert-child = { $child } 反复异常结束，已停用；会话照常答复。原因见日志，服务重新启动后恢复。
alert-child-over = { $child } 已恢复，中断了 { $lasted }。
alert-disk = 磁盘写不进去了；恢复之前不再获取新消息。
alert-disk-over = 磁盘恢复写入，中断了 { $lasted }。
alert-space = 磁盘快满了：只剩 { $share }。
alert-space-over = 磁盘又有空间了，持续了 { $lasted }。
alert-novel = Telegram 发来了当前版本不认识、因而忽略的内容：{ $names }。更新 Greenroom 或许可以支持。
alert-damaged = 发现损坏的数据（{ $count } 处），已搁置；使用之前的版本。
alert-unreadable = 无法理解的更新：{ $count } 条。也许 Telegram 有了新功能；见 /debug dead。

stats-title = 用户与回答
stats-people = 活跃用户：今天 { $day }，七天内 { $week }，三十天内 { $month }
stats-answers = 启动以来的回答：{ $answers }
stats-moods = 对回答的表情：👍 { $liked }，👎 { $disliked }，其他 { $other }
stats-first = 到出现第一段文字：平均 { $average }，一半在 { $half } 内，95 % 在 { $most } 内，99 % 在 { $all } 内
stats-whole = 到整个回答送达：平均 { $average }，一半在 { $half } 内，95 % 在 { $most } 内，99 % 在 { $all } 内

# How much is logged.
debug-log = 日志现在记录的最低级别：{ $level }
debug-button-log-debug = 全部
debug-button-log-info = 事件
debug-button-log-warning = 警告
debug-button-log-error = 错误
debug-done-log = 从现在起日志记录的最低级别：{ $level }
