# What the terminal shows: starting, restarting, ending, and settings that do not fit.

start-nothing = No credentials are set, so this is the local playground with the offline model; nothing leaves this machine.
start-model = There is a model key but no Telegram token, so this is the local playground with { $model }.
start-telegram = There is a Telegram token but no model key, so this is the real bot with the offline model.
start-both = This is the real bot with { $model }.
start-open = Open { $address } in your browser and write something.
start-server = Telegram is reached at { $address }.
start-data = What has to last is kept in { $folder }.
start-running = Running; Ctrl-C ends it.

keeper-restarting = The service ended unexpectedly ({ $code }); starting it again in { $seconds ->
    [one] one second
   *[other] { $seconds } seconds
}.
keeper-killed = The service was killed on request; starting it again at once.
keeper-gave-up = { $count ->
    [one] The service ended once shortly after its start, so I am giving up; its last lines above say why.
   *[other] The service ended { $count } times in a row shortly after its start, so I am giving up; its last lines above say why.
}
keeper-stopping = Ending…
keeper-stopped = Ended.
keeper-hard = It did not end within { $seconds } s, so it was killed; nothing accepted is lost.
keeper-playground-failed = The playground could not be started; its last lines above say why.
keeper-playground-ended = The playground has ended ({ $code }), so there is nothing left to serve.

problem-token = Telegram does not accept the bot token; copy it again from @BotFather into TELEGRAM_BOT_TOKEN.
problem-token-shape = TELEGRAM_BOT_TOKEN should look like 123456:ABC-DEF, as @BotFather shows it.
problem-tokens = Telegram accepts none of the bot tokens; copy them again from @BotFather into TELEGRAM_BOT_TOKEN.
problem-tokens-shape = Token { $place } of the { $count } in TELEGRAM_BOT_TOKEN should look like 123456:ABC-DEF, as @BotFather shows it; separate tokens by commas.
problem-tokens-twice = Tokens { $first } and { $other } in TELEGRAM_BOT_TOKEN are of the same bot, { $bot }; keep the one that @BotFather shows now.
problem-gemini-key = Google does not accept GEMINI_API_KEY; make a new one at https://aistudio.google.com/apikey and set it.
problem-openai-key = OPENAI_API_KEY was not accepted; make a new one with your provider and set it.
problem-model-name = There is no model named { $model }; set { $name } to one that your key may use.
problem-data-in-use = Another copy of the service (process { $owner }) is using { $folder }; end it, or set GREENROOM_DATA_DIR to another folder.
problem-data-key = The data is encrypted with the key { $name }, which GREENROOM_DATA_KEYS does not have; add it again, nothing has been touched.
problem-data-newer = The data in { $folder } was written by a newer version; please update, nothing has been touched.
problem-data-folder = The folder { $folder } cannot be written; give this user the right, or set GREENROOM_DATA_DIR to another one.
problem-personas = The personas cannot be used: { $what }
problem-identity = The file about the bot cannot be used: { $what }
problem-port = Port { $port } is taken; set { $name } to another one, or to 0 for any free port.
problem-listen = Nothing can listen at { $host } port { $port } ({ $why }); set { $name } to what this machine has and this user may open.
problem-no-file = { $name } should name a file that this user may read; { $path } is none.
problem-no-folder = { $name } should name a folder that this user may read; { $path } is none.
problem-webhook = Telegram posts updates to addresses with https only; GREENROOM_WEBHOOK_URL is { $address }.

settings-data-keys = GREENROOM_DATA_KEYS should be the base64 of 32 bytes for each key, separated by commas; `openssl rand -base64 32` makes one
settings-number = { $name } should be a number, not { $value }
settings-whole = { $name } should be a whole number, not { $value }
settings-more = { $name } should be more than { $limit }, not { $value }
settings-at-least = { $name } should be at least { $limit }, not { $value }
settings-at-most = { $name } should be at most { $limit }, not { $value }
settings-on-off = { $name } should be on or off, not { $value }
settings-one-of = { $name } should be one of { $choices }, not { $value }
settings-ids = { $name } should be numeric ids separated by commas, not { $value }
settings-address = { $name } should be an address such as https://example.org, not { $value }
settings-limits = { $name } should be like gemini-3.8-flash: 1000 rpm, 4000000 tpm, 50 at once, not { $value }
settings-model = { $name } should be the name of a model, such as gemini-3.8-flash, not { $value }
settings-webhook-secret = GREENROOM_WEBHOOK_SECRET should be up to 256 of the letters A-Z and a-z, digits, _ and -
settings-no-such-model = GREENROOM_MODEL_LIMITS has a limit for { $model }, which is none of the models that are set, so it limits nothing.
settings-not-here = { $name } is not used in the playground.
settings-other = { $name } cannot be { $value }
problem-tools = The tools of GREENROOM_TOOLS_DIR cannot be used: { $what }
problem-mcp = The MCP servers cannot be used: { $what }
problem-mcp-package = GREENROOM_MCP_SERVERS is set, but the package that talks to MCP servers is not installed: run deploy/install --with-mcp for the environment that the service runs in.
settings-secret = { $name } has a value that does not fit
settings-unknown = { $name } is not a setting and is ignored.
settings-unknown-near = { $name } is not a setting and is ignored; did you mean { $near }?
problem-flows = The guided flows cannot be used:
    { $mistakes }
