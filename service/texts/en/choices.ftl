# What a chat can be told about itself: how it answers.

mode-choose = How shall I answer from now on? Now it is { $mode }.
mode-set = { $mode }: { $about }. /mode shows the others.
mode-unknown = I know no way of answering called “{ $name }”; /mode shows them all.
mode-gone = That way of answering is no longer offered; /mode shows those that are.
instruction-on = Understood, I will heed that in every answer; /instruction off takes it back.
instruction-off = Your instruction is taken back.
instruction-shown = In every answer I heed: “{ $text }”. /instruction off takes it back.
instruction-none = Write it behind the command, for example: /instruction answer in at most three sentences
instruction-long = That is too long to be sent along with every question; it may have { $most } characters.

name-on = From now on I am { $name } here, and sign my answers so; /name off takes it back.
name-off = I have no name of my own here any more.
name-shown = Here I am { $name }; /name off takes that back.
name-none = Write it behind the command, for example: /name Max
name-long = That name is too long; it may have { $most } characters.
welcome-own = { $text }
welcome-named = Hi, I am { $name }! Ask me anything: words, pictures, albums, voice messages and files are all welcome, and /help shows what else I can do.
welcome-on = From now on /start answers with those words; /welcome shows them, /welcome off takes them back.
welcome-off = I welcome people with my own words again.
welcome-long = That welcome is too long; it may have { $most } characters.
avatar-on = That picture goes with my welcome from now on; /avatar off takes it back.
avatar-off = My welcome has no picture any more.
avatar-shown = This picture goes with my welcome; /avatar off takes it back.
avatar-none = Send a photo with /avatar as its caption, or reply to one with /avatar.
voice-on = I read my answers aloud, too; `/voice off` ends that.
voice-off = I do not read my answers aloud; `/voice on` changes that.

busy-now-queue = Messages that come while I answer wait for their turn; what shall happen to them?
busy-now-interrupt = A message that comes while I answer ends that answer and is next; what shall happen to it?
busy-now-steer = When a message comes while I answer, I begin again with both; what shall happen to it?
busy-set-queue = From now on messages that come while I answer wait for their turn.
busy-set-interrupt = From now on a message that comes while I answer ends that answer and is next.
busy-set-steer = From now on, when a message comes while I answer, I begin again with both.
