"""A stand-in for Telegram on this machine: a Bot API server and a chat page in the browser.

It runs as a process of its own, so it outlives the service as Telegram does, and it is
stricter than Telegram wherever Telegram would let a mistake pass in silence.
"""
