# What the bot says in a chat, apart from answers and problems.

welcome = Hi! Ask me anything: words, pictures, albums, voice messages and files are all welcome, and /help shows what else I can do.
welcome-group = Hello everybody! Here I answer whoever mentions { $name }, replies to me or uses a command; everything else I leave to you.
welcome-group-privacy = Hello everybody! Here I answer whoever mentions { $name }, replies to me or uses a command. If mentions do not reach me, make me an administrator or turn off my privacy mode at @BotFather and add me again; replies and commands always work.
help =
    Just write, or send pictures, voice messages or files, and I will answer.

    - /stop ends the answer I am working on
    - /retry asks the last question again
    - /reset starts a fresh conversation
    - /mode chooses how I answer; now: { $mode }
    - /instruction tells me what to heed in every answer
    - /name, /welcome and /avatar decide who I am here
    - /busy chooses what happens to messages that come while I answer
    - /remember keeps a fact for good, /memory shows what I remember, /forget lets go of it
    - /flows shows what we can do together, step by step; /cancel leaves it
    - /search looks a question up on the web, /translate puts words into another language
    - /read reads pages of the web first, /run writes a program and runs it
    - /image draws a picture; with a picture, or in reply to one, it changes that
    - /voice has me read my answers aloud, too
    - /think sets how long I may think
    - /safety sets how careful answers are
    - /usage says what you have used
    - /plain switches between formatted and plain messages
needs-words = { $command ->
    [image] Write behind the command what I should draw, like `/image a cat by the sea`; in reply to a picture it says what to change, like `/image at night`.
    [read] Write behind the command which page I should read and what you want to know, like `/read https://example.org what is new?`, or reply with it to a message that has an address.
    [run] Write behind the command what should be computed, like `/run the first 20 primes`, or reply to a message with it.
    [search] Write behind the command what I should look for, like `/search when is the next eclipse?`, or reply to a message with it.
   *[translate] Write what you mean behind the command, like `/{ $command } good morning`, or reply to a message with it.
}
unknown-command = I don't know that command; /help shows the ones I do.
stopped = Stopped.
heading = > **{ $question }**
inline-title = Ask this
inline-hint = Type a question and I will answer it here
cut-short = (There is more to say; ask me in our own chat.)
not-shown-here = (I have something to show, and cannot do that in this chat; ask me in our own chat.)
held = { $count ->
    [one] Stopped, and one message of yours is still waiting; shall I answer it?
   *[other] Stopped, and { $count } messages of yours are still waiting; shall I answer them?
}
collection-dropped = All right, I have put aside what you were sending.
nothing-to-stop = There is nothing to stop just now.
busy = I am still on your last message; press Stop first if you would rather start over.
nothing-to-retry = There is no question I could ask again.
retry-gone = I no longer have that question: it is too long ago, or has been asked again since. Please write it again.
nothing-to-continue = That answer can no longer be continued, but you are welcome to ask again.
plain-on = From now on I answer in plain messages; /plain brings the formatting back.
plain-off = Formatting is back on.
reset = Done, I have forgotten our conversation so far; what shall we talk about?
busy-many = That is more than I can keep up with, so I will answer what came first and leave the rest out.
edit-noted = I have noted your correction for what comes next.
turned-away = Just now I cannot keep anything, because my disk is full or broken. Your message waits at Telegram; I will answer it as soon as there is room, so you need not write it again.
poison = Something in this message keeps tripping me up, so I have set it aside; could you put it another way?
quarantine = Something in me breaks whenever I turn to this chat, so here I stand still until it is mended. Nothing that you write is lost: I keep it and will answer it in its order then, so you need not write it again. Whoever runs me has been told.
file-too-big = “{ $name }” is too big for me; I can take files of up to { $size }.
unsupported = I cannot read that kind of message; words, pictures, voice messages and files I can.
only-name = Yes? Write your question behind my name, or reply to the message that you mean.
not-allowed = This bot is private; if you should be able to use it, give its owner your id: { $id }.

# Reminders.
reminder = ⏰ { $text }
reminder-late = ⏰ { $text } (I could not say it in time: it was due { $minutes } min ago.)
reminder-dropped = All right, I will not remind you.
reminder-gone = That reminder is no longer there.

# What needs a person's consent.
proposal = May I do this? “{ $tool }”: { $arguments }
proposal-gone = That has been done, or is too long ago; please ask again.
proposal-not-yours = Only the person who asked for that can allow it.

# What the model is at, under a growing answer.
progress-thinking = *Thinking: { $about }*
progress-tool = *Working on it…*
progress-weather = *Looking at the weather…*
progress-news = *Reading the news…*
progress-page = *Reading the page…*
progress-fetching = *Downloading what you sent…*
progress-passing-on = *Passing on what you sent…*
progress-drawing = *Drawing…*
progress-waiting = { $seconds ->
    [one] *The model is very busy; I ask it again in a second…*
   *[other] *The model is very busy; I ask it again in { $seconds } seconds…*
}

# Where a setting is not heeded.
level-nowhere = The model here ({ $deaf }) has no such setting, so that changes nothing.
level-deaf = { $deaf ->
    [none] {""}
   *[other] {" "}(Not when { $deaf } answers, which has no such setting.)
}

# How long the model may think.
thinking-usual = I think as long as the model usually does.{ level-deaf }
thinking-low = From now on I think briefly and answer quickly.{ level-deaf }
thinking-medium = From now on I think for a while before I answer.{ level-deaf }
thinking-high = From now on I think hard before I answer; that takes longer.{ level-deaf }
thinking-is-usual = I think as long as the model usually does; `/think low`, medium or high changes that.{ level-deaf }
thinking-is-low = I think briefly; `/think medium`, high or usual changes that.{ level-deaf }
thinking-is-medium = I think for a while; `/think low`, high or usual changes that.{ level-deaf }
thinking-is-high = I think hard; `/think low`, medium or usual changes that.{ level-deaf }

# How careful answers are.
safety-usual = Answers here are as careful as is usual for the model.{ level-deaf }
safety-strict = From now on whatever may be hurtful, explicit or dangerous is blocked, even at a mere suspicion.{ level-deaf }
safety-open = From now on as little as possible is blocked here; in groups the usual care stays.{ level-deaf }
safety-is-usual = Answers here are as careful as is usual for the model; `/safety strict` or open changes that.{ level-deaf }
safety-is-strict = Whatever may be hurtful, explicit or dangerous is blocked here, even at a mere suspicion; `/safety usual` or open changes that.{ level-deaf }
safety-is-open = As little as possible is blocked here (in groups the usual care stays); `/safety strict` or usual changes that.{ level-deaf }

# Lines and marks around an answer.
signature = — { $name }
sources = Sources:
note-answered-by = Answered by { $name }.
note-repeated = The same question, so the same answer.
note-interrupted = The answer broke off here.
restart-mark = The connection broke, so here is the answer from the start again:
repeat-mark = (perhaps a repeat)
more-follows = … the answer goes on below when it is complete.
withheld = Stopped; the rest of the answer is here if you want it.
file-lost = (Here was a file that I can no longer read; please ask for it again.)
voice-cut = (Not all of the answer can be read aloud; the rest is above.)
voice-nothing = There is nothing in that answer that could be read aloud.
voice-failed = I could not read that answer aloud just now.
