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
