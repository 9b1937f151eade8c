# What the offline model says. It is no model, and says so.

offline-label = **Offline model**: no key is set, so there is no real model behind this. I can remember this talk, describe files, do sums, and show Markdown (`!show`).
offline-hello = Hello! Tell me your name, ask what you said first, give me a sum like 17 * 23, or send a picture. Ask “what time is it in Tokyo?”, “5 km in miles”, or write “remind me in 1 minute to stretch” to see a tool. `!slow` and `!long` show long answers, `!drop`, `!429`, `!blocked`, `!empty` and `!down` show bad days.
offline-tool = The tool “{ $tool }” says: { $output }
offline-tool-failed = The tool “{ $tool }” could not do that: { $output }
offline-echo = You wrote “{ $text }” ({ $words ->
        [one] one word
       *[other] { $words } words
    }, { $letters ->
        [one] one character
       *[other] { $letters } characters
    }). It is message { $number } of this talk.
offline-manner = A real model would answer in this manner: “{ $manner }”
offline-told = Before this question I was told:
offline-summary = What was said so far:
offline-continue = I go on where I stopped: that was all, nothing is missing.
offline-noted = Nice to meet you, { $name }. I will remember your name.
offline-name = Your name is { $name }.
offline-no-name = You have not told me your name yet.
offline-first = The first thing you said was: “{ $text }”
offline-before = Before this you said: “{ $text }”
offline-nothing-yet = You have not said anything before this.
offline-talk = This is what you said so far:
offline-quote = “{ $text }”
offline-value = { $formula } = **{ $value }**
offline-no-value = { $formula } has no value that I could write down.
offline-picture = { $kind }: { $width } × { $height } pixels, { $mime }, { $size }
offline-document = { $kind } “{ $name }”: { $mime }, { $size }
offline-file = { $kind }: { $mime }, { $size }
offline-file-missing = { $kind }: I could not download it.
offline-drawn = **Offline model**: a real model would have drawn this properly.
offline-voice = Offline model: these are tones, not a voice; a real model would read the answer aloud.
offline-filler = This is sentence number { $number } of a long answer.
offline-kind-picture = A picture
offline-kind-voice = A voice message
offline-kind-audio = A sound file
offline-kind-video = A video
offline-kind-video-note = A round video
offline-kind-sticker = A sticker
offline-kind-document = A document
offline-show-title = What an answer can look like
offline-show-styles = Words can be **bold**, *slanted*, ~~struck out~~ or `code`.
offline-show-planet = Planet
offline-show-moons = Moons
offline-show-earth = Earth
offline-show-mars = Mars
offline-show-jupiter = Jupiter
offline-show-first = Ask something
offline-show-second = Watch the answer grow
offline-show-third = Press Stop when you have seen enough
offline-show-quote = And this is a quotation.
offline-blank = an example ({ $name })
offline-guide = There is a guide that asks the right questions for this; its button stands below.
