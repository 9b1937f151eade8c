# What the terminal shows: starting, restarting, ending, and settings that do not fit.

start-nothing = 没有设置任何凭证，所以这是使用离线模型的本地试玩场，任何内容都不会离开这台机器。
start-model = 有模型密钥但没有 Telegram 令牌，所以这是使用 { $model } 的本地试玩场。
start-telegram = 有 Telegram 令牌但没有模型密钥，所以这是使用离线模型的真实机器人。
start-both = 这是使用 { $model } 的真实机器人。
start-open = 在浏览器里打开这个地址，随便写点什么吧：{ $address }
start-server = 通过 { $address } 连接 Telegram。
start-data = 需要长久保存的数据放在 { $folder }。
start-running = 正在运行，按 Ctrl-C 结束。

keeper-restarting = 服务意外结束（{ $code }），{ $seconds } 秒后重新启动。
keeper-killed = 按你的要求杀掉了服务，现在立刻重新启动。
keeper-gave-up = 服务连续 { $count } 次启动后很快就结束了，不再重试；原因见上面最后几行。
keeper-stopping = 正在结束……
keeper-stopped = 已结束。
keeper-hard = { $seconds } 秒内没有结束，已强制结束；收下的消息不会丢失。
keeper-playground-failed = 试玩场没能启动，原因见上面最后几行。
keeper-playground-ended = 试玩场已经结束（{ $code }），没有什么可以服务的了。

problem-token = Telegram 不接受这个机器人令牌；请从 @BotFather 那里重新复制到 TELEGRAM_BOT_TOKEN。
problem-token-shape = TELEGRAM_BOT_TOKEN 应该像 @BotFather 显示的那样，形如 123456:ABC-DEF。
problem-tokens = 这些机器人令牌 Telegram 一个都不接受；请从 @BotFather 那里重新复制到 TELEGRAM_BOT_TOKEN。
problem-tokens-shape = TELEGRAM_BOT_TOKEN 里 { $count } 个令牌中的第 { $place } 个应该像 @BotFather 显示的那样，形如 123456:ABC-DEF；多个令牌用逗号分隔。
problem-tokens-twice = TELEGRAM_BOT_TOKEN 里的第 { $first } 个和第 { $other } 个令牌属于同一个机器人 { $bot }；请只留下 @BotFather 现在显示的那个。
problem-gemini-key = Google 不接受 GEMINI_API_KEY；请到 https://aistudio.google.com/apikey 新建一个再设置。
problem-openai-key = OPENAI_API_KEY 没有被接受；请向你的服务商新建一个再设置。
problem-model-name = 没有名为 { $model } 的模型；请把 { $name } 设为你的密钥可以使用的模型。
problem-data-in-use = 另一份服务（进程 { $owner }）正在使用 { $folder }；请结束它，或者把 GREENROOM_DATA_DIR 设为别的文件夹。
problem-data-key = 数据是用密钥 { $name } 加密的，而 GREENROOM_DATA_KEYS 里没有它；请加回来，数据没有被改动。
problem-data-newer = { $folder } 里的数据由更新的版本写成；请升级，数据没有被改动。
problem-data-folder = 文件夹 { $folder } 无法写入；请给当前用户权限，或者把 GREENROOM_DATA_DIR 设为别的文件夹。
problem-personas = 回答方式的文件不能用：{ $what }
problem-identity = 机器人身份的文件不能用：{ $what }
problem-port = 端口 { $port } 已被占用；请把 { $name } 设为别的端口，或者设为 0 使用任意空闲端口。
problem-listen = 无法在 { $host } 的端口 { $port } 上监听（{ $why }）；请把 { $name } 设为本机具备、当前用户可以打开的值。
problem-no-file = { $name } 应该是当前用户可以读取的文件；{ $path } 不是。
problem-no-folder = { $name } 应该是当前用户可以读取的文件夹；{ $path } 不是。
problem-webhook = Telegram 只向 https 地址推送更新；GREENROOM_WEBHOOK_URL 现在是 { $address }。

settings-data-keys = GREENROOM_DATA_KEYS 的每个密钥都应是 32 个字节的 base64，用逗号分隔；`openssl rand -base64 32` 可以生成一个
settings-number = { $name } 应该是一个数字，而不是 { $value }
settings-whole = { $name } 应该是一个整数，而不是 { $value }
settings-more = { $name } 应该大于 { $limit }，而不是 { $value }
settings-at-least = { $name } 应该不小于 { $limit }，而不是 { $value }
settings-at-most = { $name } 应该不大于 { $limit }，而不是 { $value }
settings-on-off = { $name } 应该是 on 或 off，而不是 { $value }
settings-one-of = { $name } 应该是 { $choices } 之一，而不是 { $value }
settings-ids = { $name } 应该是用逗号分隔的数字 id，而不是 { $value }
settings-address = { $name } 应该是形如 https://example.org 的地址，而不是 { $value }
settings-limits = { $name } 应该形如 gemini-3.8-flash: 1000 rpm, 4000000 tpm, 50 at once，而不是 { $value }
settings-model = { $name } 应该是模型的名称，例如 gemini-3.8-flash，而不是 { $value }
settings-webhook-secret = GREENROOM_WEBHOOK_SECRET 应该由最多 256 个 A-Z、a-z、数字、_ 和 - 组成
settings-no-such-model = GREENROOM_MODEL_LIMITS 给 { $model } 设了限制，但设置里没有这个模型，所以不起作用。
settings-not-here = { $name } 在试玩场里不起作用。
settings-other = { $name } 不能是 { $value }
problem-tools = GREENROOM_TOOLS_DIR 中的工具无法使用：{ $what }
problem-mcp = MCP 服务器不能用：{ $what }
problem-mcp-package = 设置了 GREENROOM_MCP_SERVERS，但没有安装与 MCP 服务器通信的软件包：请对运行本服务的环境执行 deploy/install --with-mcp。
settings-secret = { $name } 的值不合适
settings-unknown = { $name } 不是一个设置，已忽略。
settings-unknown-near = { $name } 不是一个设置，已忽略；你是想写 { $near } 吗？
problem-flows = 引导流程无法使用：
    { $mistakes }
