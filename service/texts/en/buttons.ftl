# Buttons (short!) and the commands' descriptions in Telegram's menu.

button-stop = Stop
button-retry = Try again
button-continue = Continue
button-rest = Show the rest
button-held = Answer them
button-plain = Use plain messages
button-mode = Mode
button-files = Code as a file
button-queue = Let it wait
button-interrupt = Interrupt
button-steer = Begin again
button-join = Go on with our earlier talk
button-forget = Forget
button-forget-all = Forget everything
button-forget-sure = Yes, forget everything
button-old = That button is from an earlier answer.

command-start = Say hello
command-help = What I can do
command-flows = What we can do together
command-cancel = Leave a guide
command-stop = Stop the answer
command-retry = Ask the last question again
command-reset = Start a fresh conversation
command-mode = Choose how I answer
command-instruction = What to heed in every answer
command-busy = Messages while I answer
command-remember = Pin a fact
command-memory = What I remember
command-forget = Forget a fact, or everything
command-plain = Formatted or plain messages
command-debug = Look inside (admins)
command-stats = People and answers (admins)
