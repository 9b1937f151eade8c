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

busy-now-queue = Messages that come while I answer wait for their turn; what shall happen to them?
busy-now-interrupt = A message that comes while I answer ends that answer and is next; what shall happen to it?
busy-now-steer = When a message comes while I answer, I begin again with both; what shall happen to it?
busy-set-queue = From now on messages that come while I answer wait for their turn.
busy-set-interrupt = From now on a message that comes while I answer ends that answer and is next.
busy-set-steer = From now on, when a message comes while I answer, I begin again with both.
