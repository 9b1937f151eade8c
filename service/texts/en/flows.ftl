# Guided flows: hints, toasts, keys; the questions themselves stand in the flows' files.

flow-head = **{ $title }** · { $at } / { $of }  { $bar }
flow-menu = What shall we do together?
flow-menu-line = **{ $title }** – { $about }
flow-menu-empty = There is nothing to choose from here yet.
flow-when = { $every ->
    [day] every day
    [weekdays] from Monday to Friday
    [mon] every Monday
    [tue] every Tuesday
    [wed] every Wednesday
    [thu] every Thursday
    [fri] every Friday
    [sat] every Saturday
   *[sun] every Sunday
} at { $at }
flow-plan = 🔔 Do this { flow-when }
flow-unplan = 🔕 No more { $title } { flow-when }
flow-planned = **{ $title }** begins by itself from now on, { flow-when }. A button under /flows ends that.
flow-unplanned = **{ $title }** no longer begins by itself.
flow-plan-due = It is time for this; shall we begin?
flow-offer = There is a guide for this, if you like:
flow-finished = **{ $title }**: done.
flow-cancelled = **{ $title }** is cancelled.
flow-left = **{ $title }** was left for something else.
flow-expired = **{ $title }** has waited long enough, so I have put it away.
flow-changed = This guide has been changed since you began, and your answers no longer fit. Shall we start again?
flow-gone = That guide is no longer here; /flows shows what there is.
flow-none = There is nothing to cancel just now; /flows shows what we can do together.
flow-broken = Your answers are complete, but I could not put them together; the owner of this bot can see why.
flow-over = That is over; /flows starts something new.
flow-not-yours = Only the person who began this can answer.
flow-other = That is from an earlier guide; here is where you are now.
flow-carried = This guide was improved meanwhile; here is your question.
flow-old = That question is answered already; here is the current one.
flow-toast-least = Please choose at least { $count }.
flow-toast-most = You can choose { $count } at most.
flow-toast-files = Please send at least { $count } first.
flow-asking = _Ask me anything; the question comes back afterwards._
flow-media-count = { $kind ->
    [picture] { $count ->
        [one] _One photo so far._
       *[other] _{ $count } photos so far._
    }
    [voice] { $count ->
        [one] _One voice message so far._
       *[other] _{ $count } voice messages so far._
    }
   *[file] { $count ->
        [one] _One file so far._
       *[other] _{ $count } files so far._
    }
}
flow-line-day = { $question } → **{ flow-weekday }, { $date } { flow-month } { $year }**
flow-line = { $question } → **{ $answer }**
flow-line-skipped = { $question } → –
flow-line-media = { $kind ->
    [picture] { $count ->
        [one] { $question } → **one photo**
       *[other] { $question } → **{ $count } photos**
    }
    [voice] { $count ->
        [one] { $question } → **one voice message**
       *[other] { $question } → **{ $count } voice messages**
    }
   *[file] { $count ->
        [one] { $question } → **one file**
       *[other] { $question } → **{ $count } files**
    }
}
flow-note-short = ⚠ Please write at least { $least } characters.
flow-note-long = ⚠ Please write { $most } characters at most.
flow-note-email = ⚠ That does not look like an e-mail address; it should read like ann@example.org.
flow-note-url = ⚠ That does not look like a link; it should begin with https://.
flow-note-date = ⚠ Please write a day like 2026-12-24 or 24.12.2026.
flow-note-pattern = ⚠ That does not have the form that is needed here.
flow-note-number = ⚠ Please give a number from { $least } to { $most }.
flow-note-range = ⚠ Please choose a day from { $least } to { $most }.
flow-note-time = ⚠ Please write a time like 18:30.
flow-note-reminder = ⏰ I am still here; shall we go on?
flow-send-location = Send me the place with the key below, or with the paper clip.
flow-send-contact = Send the contact with the key below, or just write a phone number.
flow-sent = Thank you, I have it.
flow-not-sent = All right, that is not needed.
flow-back = ‹ Back
flow-cancel = ✕ Cancel
flow-skip = Skip ›
flow-help = Help
flow-ask = Ask
flow-done = Done
flow-clear = Remove them
flow-confirm = Yes, that is right
flow-another = One more
flow-enough = That is all
flow-next = Next ›
flow-restart = Start again
flow-again = Start again
flow-hours = ‹ Hours
flow-weekday = { $day ->
    [d0] Mo
    [d1] Tu
    [d2] We
    [d3] Th
    [d4] Fr
    [d5] Sa
   *[d6] Su
}
flow-month = { $month ->
    [m1] Jan
    [m2] Feb
    [m3] Mar
    [m4] Apr
    [m5] May
    [m6] Jun
    [m7] Jul
    [m8] Aug
    [m9] Sep
    [m10] Oct
    [m11] Nov
   *[m12] Dec
}
flow-month-year = { $month ->
    [m1] January { $year }
    [m2] February { $year }
    [m3] March { $year }
    [m4] April { $year }
    [m5] May { $year }
    [m6] June { $year }
    [m7] July { $year }
    [m8] August { $year }
    [m9] September { $year }
    [m10] October { $year }
    [m11] November { $year }
   *[m12] December { $year }
}
flows-reloaded = { $count ->
    [0] All guides are as they were.
    [one] One guide has changed and is in force.
   *[other] { $count } guides have changed and are in force.
}
flows-refused = Something is wrong, so the guides stay as they were: { $mistakes }
