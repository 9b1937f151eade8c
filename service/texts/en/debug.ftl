# What operators read in /debug.

debug-chat = Chat { $key }
debug-fleet = Greenroom, up for { $age }
debug-no-graph = There is no chat and no flow like that. Flows: { $flows }.
debug-none = none
debug-state = State: { $state } for { $age } (actor { $status })
debug-absent = Not in memory (actor { $status })
debug-turn = Turn { $turn }, attempt { $attempt }; { $kept } turns remembered
debug-mailbox = Mailbox: { $mail } in memory, { $spilled } in the journal; { $waiting } prompts waiting
debug-effects = Effects running: { $items }
debug-timers = Timers due in: { $items }
debug-outbox = Outbox: { $items }
debug-gate = Way out: call under way { $busy }, answers in line { $finals }, previews { $previews }, calls left { $left }, previews slowed down { $slower }×
debug-penalty = Penalty: Telegram wants silence for another { $left }
debug-crashes = Crashes: { $crashes }; last error: { $error }
debug-actors = Chats in memory: { $actors } ({ $states })
debug-packed = Chats at rest, packed in memory: { $chats } ({ $size })
debug-work = Mail { $mail } (and { $spilled } left in the journal), effects { $effects }, timers { $timers }
debug-trouble = Crashes { $crashes }, quarantined { $quarantined }, dead letters { $dead }, peers under penalty { $penalties }
debug-disk = Journal: { $size }, { $unabsorbed } updates not yet dealt with
debug-disk-failing = The disk does not take more; no updates are fetched until it does
debug-children = Children (alive, restarts): { $items }
debug-unknown = There is no chat like that; try /debug, or /debug followed by a chat's number.

# Why a chat is silent: the first line of its page.
debug-because-absent = It is not in memory; it has been quiet for long, or nobody has written since the start.
debug-because-quarantined = It crashed too often and is in quarantine.
debug-because-suspended = An operator has suspended it.
debug-because-loading = It is being read from the disk.
debug-because-backoff = Its last message crashed it and is about to be tried once more.
debug-because-penalty = Telegram wants silence, and an answer is waiting for that to end.
debug-because-model = It is waiting for the model.
debug-because-gone = Nobody is there: the person has blocked the bot, or it was removed from the chat.
debug-because-provider = No model can be asked just now; see the models in the overview.
debug-because-full = Its mailbox is full; later messages wait in the journal.
debug-because-poison = Its last message crashed it twice and was set aside as a dead letter.
debug-because-budget = Its budget is used up.
debug-because-poller = Nothing comes in: Telegram has not answered for too long.
debug-because-paused = Nothing comes in: fetching of updates is paused.
debug-because-disk = Nothing comes in: the disk does not take more.
debug-because-conflict = Nothing comes in: somebody else is fetching the updates of its bot.
debug-because-refused = Nothing comes in or goes out: Telegram does not accept the token of its bot.
debug-because-away = It sleeps: its bot is not in the settings.
debug-because-idle-model = A turn has begun, but the model has not been asked yet.
debug-because-delivery = An answer is being delivered.
debug-because-collecting = It is waiting for more of an album or a long text.
debug-because-cooling = It has just answered and is resting.
debug-because-mail = Messages are waiting for their turn.
debug-because-person = It owes nothing and is waiting for the person.
debug-left = {" "}({ $left } left)
debug-written = Last written: { $age } ago; its snapshot has { $size }

debug-owes-nothing = Owes: nothing
debug-owes-now = Owes: it has something to do by itself, now
debug-owes-later = Owes: it has something to do by itself in { $left }
debug-tokens = Tokens since the start: { $tokens }
debug-spent = Spent in all: { $cost } for { $calls } calls ({ $read } tokens read, { $written } written)
debug-spent-today = Spent today: { $cost } for { $calls } calls ({ $read } tokens read, { $written } written)
debug-cached = Read from the provider's cache: { $share } % of the input so far
debug-traced = Every turn of it is being logged.
debug-lag = The loop was late by at most { $lag } in the last minute
debug-providers = Models: { $items }
debug-provider-out = for { $since }
debug-provider-probe = asked again in { $left }
debug-provider-openings = { $count ->
    [one] opened once
   *[other] opened { $count } times
}
debug-provider-load = { $running } at once, { $waiting } waiting
debug-provider-cached = { $share } % cached
debug-providers-down = No model can be asked just now.
debug-servers = Servers of tools: { $items }
debug-server-up = ✓ ({ $tools } tools)
debug-server-down = ✗ ({ $why })
debug-polling-dead = Nothing comes in: Telegram has not answered for { $age }.
debug-polling-paused = Nothing comes in: fetching of updates is paused.
debug-bot = Bot: { $bot }
debug-bots = Bots: { $items }
debug-bot-state = { $state ->
    [ok] ✓
   *[other] ✗ { $state }
} ({ $chats } chats in memory)
debug-bot-conflict = { $bot } gets nothing: somebody else is fetching its updates (or has set a webhook). End the other one; trying again until then.
debug-bot-refused = { $bot } is out: Telegram does not accept its token. Copy it again from @BotFather into TELEGRAM_BOT_TOKEN, or take it out there.
debug-bot-silent = { $bot } gets nothing: Telegram has not answered it for { $age }.
debug-bot-broken = { $bot } gets nothing: fetching for it fails with an error that is in the log; trying again.
debug-bot-wedged = { $bot } gets nothing: its requests hang, over new connections as well; trying again.
debug-bot-away = Bot { $bot } is not in the settings: { $chats } chats of it sleep and owe something, { $mail } messages wait for it.
debug-disk-free = Disk: { $free } free ({ $share })
debug-dead = Dead letters: { $count }
debug-letter = { $age } ago, { $actor }: { $reason } ({ $error })
debug-write-first = I answer that in private only, and I cannot write to you yet: open a chat with me and press Start.

# Buttons under those pages.
debug-button-refresh = Refresh
debug-button-trace = Trace on
debug-button-untrace = Trace off
debug-button-suspend = Suspend
debug-button-resume = Resume
debug-button-restart = Restart
debug-button-release = Release
debug-button-passivate = Passivate
debug-button-export = Export
debug-button-reveal = Reveal text
debug-button-replay = Replay
debug-button-read = Read
debug-button-remove = Remove

# What is said after a press.
debug-done-absent = That chat is not in memory, so there is nothing to do.
debug-done-unknown = There is no such action.
debug-done-traced = Every turn of that chat is logged from now on.
debug-done-untraced = Its turns are not logged any more.
debug-done-suspended = It stands still; its mail waits, what is running goes on.
debug-done-resumed = It goes on.
debug-done-restarted = Its running work was cancelled; it starts again what it owes.
debug-done-released = It is out of quarantine.
debug-done-free = It is not in quarantine.
debug-done-passivated = It rests, packed in memory, until somebody writes.
debug-done-busy = It is busy and has to stay.
debug-done-exported = Here is what is known of it.
debug-done-revealed = Here is the text. That you have seen it is in the log.
debug-done-replayed = It was accepted once more and is on its way.
debug-done-no-letter = There is no such letter, or nothing in it that could be replayed.
debug-done-removed = It is gone for good.

# What admins are told without asking: when an incident begins, and when it is over.
alert-provider = { $provider } has been out of reach for a minute.
alert-provider-over = { $provider } answers again, after { $lasted }.
alert-key = { $provider } does not take our key or does not know the model: look at the settings.
alert-key-over = { $provider } takes our key again, after { $lasted }.
alert-retiring = { $model } is given up by its provider on { $day }: set another model in time{ $successor ->
    [none] {""}
   *[other] {" "}(the provider recommends { $successor })
}.
alert-retiring-over = { $model } is no longer about to be given up, after { $lasted }.
alert-poller = Telegram does not answer; no message comes in.
alert-poller-over = Messages come in again, after { $lasted }.
alert-bot-conflict = Somebody else is fetching the updates of { $bot }: end the other copy, or use another token. The other bots go on.
alert-bot-conflict-over = { $bot } gets its updates again, after { $lasted }.
alert-bot-refused = Telegram does not accept the token of { $bot }: copy it again from @BotFather into TELEGRAM_BOT_TOKEN, or take it out there. The other bots go on.
alert-bot-refused-over = Telegram accepts the token of { $bot } again, after { $lasted }.
alert-bot-silent = Telegram does not answer { $bot }; the other bots go on.
alert-bot-silent-over = { $bot } gets its updates again, after { $lasted }.
alert-bot-broken = Fetching for { $bot } fails with an error that is in the log; the other bots go on.
alert-bot-broken-over = { $bot } gets its updates again, after { $lasted }.
alert-bot-wedged = The requests of { $bot } for updates hang, over new connections as well; the other bots go on.
alert-bot-wedged-over = { $bot } gets its updates again, after { $lasted }.
alert-rebuilt = Fetching updates hung and was begun anew.
alert-quarantine = In quarantine: { $count } chats. /debug shows them.
alert-quarantine-over = No chat is in quarantine any more, after { $lasted }.
alert-child = { $child } ended too often and was given up; chats are answered as before. The log says why; it comes back when the service is started again.
alert-child-over = { $child } is back, after { $lasted }.
alert-disk = The disk does not take more; no messages are fetched until it does.
alert-disk-over = The disk takes data again, after { $lasted }.
alert-space = The disk is nearly full: { $share } are free.
alert-space-over = There is room on the disk again, after { $lasted }.
alert-novel = Telegram sends something that this version does not know, and leaves aside: { $names }. Perhaps an update of Greenroom does.
alert-damaged = Damaged data was found and set aside ({ $count }); what was there before it is used.
alert-unreadable = Updates that I do not understand: { $count }. Perhaps Telegram has something new; see /debug dead.

stats-title = People and answers
stats-people = Active people: { $day } today, { $week } in seven days, { $month } in thirty
stats-answers = Answers since the start: { $answers }
stats-moods = Reactions to them: 👍 { $liked }, 👎 { $disliked }, others { $other }
stats-first = Until the first text: { $average } on average, half within { $half }, 95 % within { $most }, 99 % within { $all }
stats-whole = Until the whole answer: { $average } on average, half within { $half }, 95 % within { $most }, 99 % within { $all }

# How much is logged.
debug-log = The log holds what is at least: { $level }
debug-button-log-debug = Everything
debug-button-log-info = Events
debug-button-log-warning = Warnings
debug-button-log-error = Errors
debug-done-log = The log holds from now on what is at least: { $level }
