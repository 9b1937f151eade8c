# Why there is no answer, or not all of one.

problem-unknown = Something went wrong on my side; please try again.
problem-unavailable = The model cannot be reached right now; please try again in a minute.
problem-rate-limited = { $seconds ->
    [one] The model is very busy; please try again in a second.
   *[other] The model is very busy; please try again in { $seconds } seconds.
}
problem-quota = Today's quota for the model is used up; please try again tomorrow.
problem-misconfigured = I cannot use the model because something is set up wrongly; please tell the person who runs this bot.
problem-interrupted = The answer broke off before it began; would you like me to try again?
problem-blocked = The model will not answer this one; perhaps it helps to ask differently.
problem-empty = The model had nothing to say to that; perhaps it helps to ask differently.
problem-too-long = That is more than the model can take at once; try a shorter message, or /reset to start afresh.
problem-file = I could not get that file from Telegram; please send it again.
problem-file-locked = “{ $name }” is protected by a password; please send it without one.
problem-file-broken = “{ $name }” is damaged or is no PDF; please send it anew.
problem-file-long = “{ $name }” has { $pages } pages, and I can read { $most } at most; please send a part of it.
problem-file-heavy = “{ $name }” has { $size } MB, and I can read { $most } MB of a PDF at most; please send a part of it.
problem-not-kept = I made something for you but could not keep it safe, because the disk does not take more; please try again later.
