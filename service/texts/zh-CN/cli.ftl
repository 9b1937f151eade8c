# What `greenroom --help` says.

cli-help = 不带命令时：让服务一直运行，和 `make run` 一样。
cli-run = 只运行服务本身，不负责重新启动。
cli-version = 显示版本。
cli-settings = 显示生效的设置（不含密钥）。
cli-draw = 用 Mermaid 图显示会话的各个状态。
cli-draw-live = 标出这个状态。
