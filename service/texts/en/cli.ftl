# What `greenroom --help` says.

cli-help = Without a command: keep the service alive, as `make run` does.
cli-run = Run the service itself, without anybody who restarts it.
cli-version = Show the version.
cli-settings = Show the settings in effect, without secrets.
cli-draw = Show the states of a conversation as a Mermaid diagram.
cli-draw-live = Mark this state.
