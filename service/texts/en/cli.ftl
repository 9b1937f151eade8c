# What `greenroom --help` says.

cli-help = Without a command: keep the service alive, as `make run` does.
cli-run = Run the service itself, without anybody who restarts it.
cli-version = Show the version.
cli-settings = Show the settings in effect, without secrets.
cli-draw = Show the states of a conversation as a Mermaid diagram.
cli-draw-live = Mark this state.

cli-snapshots = Look at what is kept of each chat, and look after it.
cli-journal = Look at what is written and not yet in files.
cli-name = A key, the name of a chat in it (telegram.1.42), or just its number.
cli-beginning = List only keys that begin so.
cli-reveal = Show what people and models said; without it only the lengths.
cli-ls = List everything that is kept: key, version, size, what it has still to do.
cli-show = Show what is kept of one chat, as JSON.
cli-export = Write all that is kept of one chat as JSON: conversation, archive, dead letters.
cli-export-to = A file for it, readable by you alone; otherwise the terminal.
cli-verify = Read everything, and say what is not whole and what a start would do about it.
cli-repair = Set aside what is damaged and write whole files where something is left.
cli-rekey = Seal everything with the first key of GREENROOM_DATA_KEYS.
cli-forget = Remove everything that is kept of one chat.
cli-forget-yes = Do not ask first.
cli-stat = Show how long the journal is and what is in it.
cli-journal-show = Show the newest records.
cli-last = How many.

cli-no-data = There is no data in { $folder }.
cli-no-data-but-played = There is no data in { $folder } itself, but that of a playground is in { $inside }; GREENROOM_DATA_DIR={ $inside } looks there.
cli-no-key = Nothing is kept of { $name }; `greenroom snapshots ls` lists what there is.
cli-many-keys = { $name } can mean several: { $keys }.
cli-ls-key = key
cli-ls-version = version
cli-ls-size = size
cli-ls-notes = notes
cli-owes = has something to do
cli-in-journal = newest in the journal
cli-exported = Everything that is kept of { $name } is in { $path }.
cli-verifying = Reading
cli-whole = { $count ->
    [one] All of it is whole: the journal and one key.
   *[other] All of it is whole: the journal and { $count } keys.
}
cli-damaged = { $count ->
    [one] One place is damaged; `greenroom snapshots repair` does what is said above now.
   *[other] { $count } places are damaged; `greenroom snapshots repair` does what is said above now.
}
cli-would-tail = It is left out, as it was never acknowledged.
cli-would-rest = The rest of it is used.
cli-would-previous = It is set aside, and the generation before it is used.
cli-would-lost = It is set aside; no generation is left, so only the journal can have something.
cli-would-aside = It is set aside; the newest generation is whole.
cli-would-rebuild = It is rebuilt from the snapshots.
cli-repairing = Repairing
cli-repaired = { $count ->
    [one] One of { $files } files was set aside; all the others are whole.
   *[other] { $count } of { $files } files were set aside; all the others are whole.
}
cli-rekeying = Sealing anew
cli-rekeyed = { $count ->
    [one] One file was sealed anew, besides the journal; only the first key is needed now.
   *[other] { $count } files were sealed anew, besides the journal; only the first key is needed now.
}
cli-rekeyed-plain = Nothing is sealed, as GREENROOM_DATA_KEYS is empty.
cli-forget-sure = Remove everything that is kept of { $name }? This cannot be undone.
cli-forgotten = Nothing is kept of { $name } any more.
cli-stat-size = { $count ->
    [one] One segment, { $size } kB.
   *[other] { $count } segments, { $size } kB.
}
cli-stat-mail = { $count ->
    [0] Every accepted update has been dealt with.
    [one] One accepted update waits.
   *[other] { $count } accepted updates wait.
}
cli-stat-keys = { $count ->
    [one] One key has something here.
   *[other] { $count } keys have something here.
}
cli-stat-bot = Bot { $bot } asks from update { $next } on.

# What `greenroom flows` says.

cli-flows = Check, draw and try guided flows; export the forms that people filled in.
cli-flows-check = Read flows and say what is wrong with them, with file and line.
cli-flows-draw = Draw a flow, as Mermaid or as a picture.
cli-flows-preview = Write one HTML page with every step in every language.
cli-flows-schema = Show the JSON Schema of a flow's file, for editors.
cli-flows-try = Play a flow here in the terminal.
cli-flows-export = Write the forms of a flow that people filled in.
cli-flows-where = A file or a folder; otherwise the flows that the service would use.
cli-flows-which = The name of a flow, or its file.
cli-flows-png = A file for the picture.
cli-flows-to = A file for the page.
cli-flows-language = The language to play in.
cli-flows-as = How to write them.
cli-flows-good = { $count ->
    [one] One flow; nothing is wrong with it.
   *[other] { $count } flows; nothing is wrong with them.
}
cli-flows-written = Every step is in { $path }.
cli-flows-how = Write an answer, or # and what stands on a key (#Done).
cli-flows-none = There is no flow { $name }; there are { $names }.
cli-doctor = Look at everything that is needed, and say what to do; ends with 1 if something has to be mended.

doctor-disk = { $folder } takes data, one fsync in { $sync }; { $free } of the disk are free.
doctor-disk-slow = { $folder } needs { $sync } for one fsync, and every answer waits for that: use a faster disk.
doctor-disk-full = Only { $free } of the disk of { $folder } are free: make room.
doctor-disk-broken = { $folder } cannot be written ({ $why }): set GREENROOM_DATA_DIR to a folder of your own.
doctor-lock = { $folder } is in use by process { $process }: the service is running.
doctor-lock-free = Nobody is using { $folder }: the service is not running.
doctor-lock-closed = Whether { $folder } is in use cannot be seen ({ $why }): run this as the user who runs the service.
doctor-flows = { $count } guided flows can be used.
doctor-flows-away = { $folder } is no folder: set GREENROOM_FLOWS_DIR to the folder of your flows.
doctor-flows-broken = A flow cannot be used: { $what } (and { $more } more mistakes; greenroom flows check lists them).
doctor-admins = { $count } admins may use /debug.
doctor-no-admins = Nobody may use /debug: set GREENROOM_ADMINS to your Telegram user id.
doctor-ffmpeg = ffmpeg is there.
doctor-no-ffmpeg = ffmpeg is not there, so voice answers go out as audio files: install it for voice messages.
doctor-no-token = No bot token is set: the chats are those of the playground.
doctor-telegram = Telegram knows the bot { $name }.
doctor-telegram-away = Telegram cannot be reached: look at the network, a proxy, TELEGRAM_API_BASE.
doctor-clock = The clock is off by { $skew }: set it (timedatectl set-ntp true).
doctor-privacy = Privacy mode of { $name } is off, so every message of a group comes in: turn it on with @BotFather (/setprivacy).
doctor-webhook = A webhook of { $name } is set at Telegram; it is removed at the start, because this copy fetches.
doctor-bot-token = Telegram does not accept the token of bot { $bot }: copy it again from @BotFather into TELEGRAM_BOT_TOKEN, or take it out there.
doctor-bot-away = Telegram does not answer for bot { $bot }, though it does for others: try again.
doctor-no-key = No key of a model is set: the offline model answers.
doctor-model = { $model } is there and takes the key.
doctor-wrong-key = The key for { $model } is refused: copy it again.
doctor-no-model = The provider has no model { $model }: choose another.
doctor-model-away = The provider of { $model } gives no clear answer; it may be down.
doctor-own-tools = Tools of your own: { $names }.
doctor-mcp = The MCP server { $name } is there and offers { $count } tools.
doctor-mcp-broken = The MCP server { $name } cannot be used ({ $why }): look at its command or its address.
