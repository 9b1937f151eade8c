# 记得什么，以及怎样忘掉。

remember-what = 请把要记住的事写在命令后面，例如：/remember 我对坚果过敏
remember-long = 太长了，每次提问都要带上它；一件事最多 { $most } 个字。
remember-full = 我最多记 { $most } 件事；发送 /memory 可以看到，按按钮可以取消一件。
remembered = 我会记住：“{ $text }”。发送 /memory 可以看到我记住的全部。
memory-empty = { $count ->
    [0] 我对你一无所知。用 /remember 可以让我记住一件事。
   *[other] 我记得我们对话里的 { $count } 个问题，没有特别记住的事。用 /remember 可以让我记住。
}
memory-shown = { $count ->
    [0] 我记着：{ $facts }。按按钮可以取消其中一件。
   *[other] 我记着：{ $facts }。按按钮可以取消其中一件。另外还记得我们对话里的 { $count } 个问题。
}
forgotten = 已忘掉：“{ $text }”。
forgotten-already = 这件事我已经忘了。
forget-which = 请给出 /memory 里的编号，例如 /forget 1，或者 /forget all。
forget-sure = 要我全部忘掉吗：我们的对话、记住的事，还有这个聊天的各种选择？忘掉之后无法恢复。
forgotten-all = 好了，这个聊天的一切我都不知道了，硬盘上也没有留下。
problem-forget = 刚才没能全部删除，请再发一次 /forget。
nothing-to-join = 之后我们又聊了别的；回复我以前的某个回答，就可以从那里接着聊。
