# What operators read in /debug.

debug-chat = Chat { $key }
debug-fleet = Greenroom, up for { $age }
debug-none = none
debug-state = State: { $state } for { $age } (actor { $status })
debug-absent = Not in memory (actor { $status })
debug-turn = Turn { $turn }, attempt { $attempt }; { $kept } turns remembered
debug-mailbox = Mailbox: { $mail } in memory, { $spilled } in the journal; { $waiting } prompts waiting
debug-effects = Effects running: { $items }
debug-timers = Timers due in: { $items }
debug-outbox = Outbox: { $items }
debug-penalty = Penalty: Telegram wants silence for another { $left }
debug-crashes = Crashes: { $crashes }; last error: { $error }
debug-actors = Chats in memory: { $actors } ({ $states })
debug-work = Mail { $mail }, effects { $effects }, timers { $timers }
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
debug-because-idle-model = A turn has begun, but the model has not been asked yet.
debug-because-delivery = An answer is being delivered.
debug-because-collecting = It is waiting for more of an album or a long text.
debug-because-cooling = It has just answered and is resting.
debug-because-mail = Messages are waiting for their turn.
debug-because-person = It owes nothing and is waiting for the person.
debug-left = {" "}({ $left } left)
debug-written = Last written: { $age } ago
