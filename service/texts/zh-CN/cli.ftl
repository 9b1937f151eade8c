# What `greenroom --help` says.

cli-help = 不带命令时：让服务一直运行，和 `make run` 一样。
cli-run = 只运行服务本身，不负责重新启动。
cli-version = 显示版本。
cli-settings = 显示生效的设置（不含密钥）。
cli-draw = 用 Mermaid 图显示会话的各个状态。
cli-draw-live = 标出这个状态。

cli-snapshots = 查看和维护每个聊天保存下来的数据。
cli-journal = 查看已经写下、还没有归入文件的内容。
cli-name = 一个键、其中聊天的名字（telegram.1.42），或者只写它的号码。
cli-beginning = 只列出以此开头的键。
cli-reveal = 显示人和模型说的话；否则只显示长度。
cli-ls = 列出保存的一切：键、版本、大小、还有什么事要做。
cli-show = 以 JSON 显示一个聊天保存的内容。
cli-export = 以 JSON 写出一个聊天的全部内容：会话、档案、死信。
cli-export-to = 写到这个文件，只有你能读；否则写到终端。
cli-verify = 读一遍全部数据，说出哪里不完整，以及启动时会怎么处理。
cli-repair = 把损坏的移到一边，能留下的写成完整的文件。
cli-rekey = 用 GREENROOM_DATA_KEYS 的第一个密钥重新加密全部数据。
cli-forget = 删除一个聊天保存的一切。
cli-forget-yes = 不再询问。
cli-stat = 显示日志有多长、里面有什么。
cli-journal-show = 显示最新的记录。
cli-last = 显示多少条。

cli-no-data = { $folder } 里没有数据。
cli-no-data-but-played = { $folder } 里没有数据，但 { $inside } 里有一个试玩场的数据；用 GREENROOM_DATA_DIR={ $inside } 就能查看。
cli-no-key = 没有保存 { $name } 的任何内容；`greenroom snapshots ls` 会列出所有的键。
cli-many-keys = { $name } 可能指好几个：{ $keys }。
cli-ls-key = 键
cli-ls-version = 版本
cli-ls-size = 大小
cli-ls-notes = 备注
cli-owes = 还有事要做
cli-in-journal = 最新的在日志里
cli-exported = { $name } 保存的一切都写在 { $path } 里了。
cli-verifying = 正在读取
cli-whole = 全部完整：日志和 { $count } 个键。
cli-damaged = 有 { $count } 处损坏；`greenroom snapshots repair` 会立刻做上面所说的处理。
cli-would-tail = 它会被略去，因为从未确认过。
cli-would-rest = 其余部分照常使用。
cli-would-previous = 它会被移到一边，改用前一代。
cli-would-lost = 它会被移到一边；没有别的一代了，只有日志里可能还有。
cli-would-aside = 它会被移到一边；最新的一代是完整的。
cli-would-rebuild = 它会从快照重新生成。
cli-repairing = 正在修复
cli-repaired = { $files } 个文件中有 { $count } 个被移到一边；其余都完整。
cli-rekeying = 正在重新加密
cli-rekeyed = 除日志之外，{ $count } 个文件已重新加密；现在只需要第一个密钥。
cli-rekeyed-plain = 没有加密任何内容，因为 GREENROOM_DATA_KEYS 是空的。
cli-forget-sure = 要删除 { $name } 保存的一切吗？此操作无法撤销。
cli-forgotten = { $name } 的内容已经一点不剩。
cli-stat-size = { $count } 段，{ $size } kB。
cli-stat-mail = { $count ->
    [0] 收下的更新都处理完了。
   *[other] 有 { $count } 条收下的更新在等待。
}
cli-stat-keys = 这里有 { $count } 个键的内容。
cli-stat-bot = 机器人 { $bot } 从更新 { $next } 开始请求。

# `greenroom flows` 的用语。

cli-flows = 检查、绘制、试用引导流程；导出已填写的表单。
cli-flows-check = 读取流程，指出哪个文件哪一行有什么错误。
cli-flows-draw = 以 Mermaid 或图片绘制一个流程。
cli-flows-preview = 生成一个 HTML 页面，包含各种语言的每一步。
cli-flows-schema = 显示流程文件的 JSON Schema，供编辑器使用。
cli-flows-try = 在终端里试用一个流程。
cli-flows-export = 导出一个流程已填写的表单。
cli-flows-where = 文件或文件夹；不写则为服务所用的流程。
cli-flows-which = 流程的名称或文件。
cli-flows-png = 图片文件。
cli-flows-to = 页面文件。
cli-flows-language = 使用的语言。
cli-flows-as = 导出格式。
cli-flows-good = { $count } 个流程，没有错误。
cli-flows-written = 每一步都在 { $path } 中。
cli-flows-how = 写下回答，或者写 # 加按键上的字（#完成）。
cli-flows-none = 没有名为 { $name } 的流程；现有 { $names }。
cli-doctor = 检查所需的一切并说明该做什么；有需要修复的问题时以 1 结束。

doctor-disk = { $folder } 可以写入，一次 fsync 用时 { $sync }；磁盘剩余 { $free }。
doctor-disk-slow = { $folder } 的一次 fsync 用时 { $sync }，每个回答都要等它：请换更快的磁盘。
doctor-disk-full = { $folder } 所在磁盘只剩 { $free }：请腾出空间。
doctor-disk-broken = { $folder } 无法写入（{ $why }）：请把 GREENROOM_DATA_DIR 设为您自己的文件夹。
doctor-lock = { $folder } 正被进程 { $process } 使用：服务正在运行。
doctor-lock-free = { $folder } 没有被使用：服务没有运行。
doctor-lock-closed = 无法查看 { $folder } 是否被使用（{ $why }）：请以运行服务的用户身份执行。
doctor-flows = { $count } 个引导流程可用。
doctor-flows-away = { $folder } 不是文件夹：请把 GREENROOM_FLOWS_DIR 设为存放流程的文件夹。
doctor-flows-broken = 有流程无法使用：{ $what }（另有 { $more } 处错误，用 greenroom flows check 查看）。
doctor-admins = { $count } 位管理员可以使用 /debug。
doctor-no-admins = 没有人可以使用 /debug：请把 GREENROOM_ADMINS 设为您的 Telegram 用户 id。
doctor-ffmpeg = 已安装 ffmpeg。
doctor-no-ffmpeg = 没有 ffmpeg，语音回答将以音频文件发送：安装它即可发送语音消息。
doctor-no-token = 没有设置机器人令牌：会话在本地演示页面里。
doctor-telegram = Telegram 认识机器人 { $name }。
doctor-bot-token = Telegram 不接受机器人 { $bot } 的令牌：请从 @BotFather 那里重新复制到 TELEGRAM_BOT_TOKEN，或从中去掉。
doctor-bot-away = Telegram 没有为机器人 { $bot } 回应，但回应了其他的：请再试一次。
doctor-telegram-away = 无法连接 Telegram：请检查网络、代理和 TELEGRAM_API_BASE。
doctor-clock = 时钟相差 { $skew }：请校准（timedatectl set-ntp true）。
doctor-privacy = { $name } 的隐私模式已关闭，群里的每条消息都会收到：请在 @BotFather 用 /setprivacy 打开。
doctor-webhook = Telegram 上为 { $name } 设置了 webhook；启动时会移除，因为本服务自己获取更新。
doctor-no-key = 没有设置模型密钥：由离线模型回答。
doctor-model = { $model } 可用，密钥有效。
doctor-wrong-key = { $model } 的密钥被拒绝：请重新复制。
doctor-no-model = 提供商没有模型 { $model }：请换一个。
doctor-model-away = { $model } 的提供商没有明确答复，可能暂时不可用。
doctor-own-tools = 您自己的工具：{ $names }。
doctor-mcp = MCP 服务器 { $name } 可用，提供 { $count } 个工具。
doctor-mcp-broken = MCP 服务器 { $name } 不可用（{ $why }）：请检查它的命令或地址。
