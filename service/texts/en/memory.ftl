# What is remembered, and how to let go of it.

remember-what = Write the fact behind the command, for example: /remember I am allergic to nuts
remember-long = That is too long to be sent along with every question; a fact may have { $most } characters.
remember-full = I keep { $most } facts at most; /memory shows them, and a button takes one back.
remembered = I will keep in mind: “{ $text }”. /memory shows everything I keep.
memory-empty = { $count ->
    [0] I remember nothing of you. /remember pins a fact.
    [one] I remember one question of our talk, and no pinned facts. /remember pins one.
   *[other] I remember { $count } questions of our talk, and no pinned facts. /remember pins one.
}
memory-shown = { $count ->
    [0] I keep in mind: { $facts }. A button takes a fact back.
    [one] I keep in mind: { $facts }. A button takes a fact back. Besides I remember one question of our talk.
   *[other] I keep in mind: { $facts }. A button takes a fact back. Besides I remember { $count } questions of our talk.
}
forgotten = Forgotten: “{ $text }”.
forgotten-already = That one I have forgotten already.
forget-which = Give the number of a fact as /memory shows them, such as /forget 1, or /forget all.
forget-sure = Shall I forget everything: our talk, the pinned facts, and what this chat has chosen? There is no way back.
forgotten-all = Done. I know nothing of this chat any more, and nothing of it is left on my disk.
problem-forget = I could not remove everything just now; please try /forget again.
nothing-to-join = We have gone on since then; reply to an older answer of mine to go on from there.
