"""Small supervised actors on anyio; they know nothing of chats or of models.

An actor is a state and a function. It has no task of its own:

>>> import anyio
>>> def count(state: int, message: str, now: float):
...     return (state + 1, ()) if message == "up" else (state, (Reply(state),))

>>> async def main() -> None:
...     kind = Kind(behaviour=count, initial=lambda key: 0)
...     async with ActorSystem({"counter": kind}) as system:
...         ref = system.ref("counter", "a")
...         ref.tell("up")
...         print(await ref.ask("how many?", timeout=1))
>>> anyio.run(main)
1

docs/actors.md tells the whole story.
"""

from actors.runtime.behaviour import (
    Cancel,
    ClearTimer,
    Committed,
    Effect,
    EffectFailed,
    InHand,
    Kind,
    Passivation,
    Perform,
    Poisoned,
    Replaced,
    Reply,
    Report,
    Resumed,
    SetTimer,
    Tell,
    Ticket,
    Turn,
)
from actors.runtime.children import ChildSpec, RestForOne
from actors.runtime.clock import Clock, LoopClock
from actors.runtime.errors import (
    ActorCrashed,
    ActorStopped,
    AskFailed,
    AskTimeout,
    Escalated,
    MailboxFull,
    SystemClosed,
    Unanswered,
)
from actors.runtime.inspection import Statistics, Tree
from actors.runtime.observe import CrashReport, DeadLetter, Happening, Observer, Reason
from actors.runtime.ref import Delivery, Ref
from actors.runtime.supervision import (
    Decision,
    Escalate,
    Quarantine,
    RestartPolicy,
    Retry,
    Skip,
    by_type,
)
from actors.runtime.system import ActorSystem

__all__ = [
    "ActorCrashed",
    "ActorStopped",
    "ActorSystem",
    "AskFailed",
    "AskTimeout",
    "Cancel",
    "ChildSpec",
    "ClearTimer",
    "Clock",
    "Committed",
    "CrashReport",
    "DeadLetter",
    "Decision",
    "Delivery",
    "Effect",
    "EffectFailed",
    "Escalate",
    "Escalated",
    "Happening",
    "InHand",
    "Kind",
    "LoopClock",
    "MailboxFull",
    "Observer",
    "Passivation",
    "Perform",
    "Poisoned",
    "Quarantine",
    "Reason",
    "Ref",
    "Replaced",
    "Reply",
    "Report",
    "RestForOne",
    "RestartPolicy",
    "Resumed",
    "Retry",
    "SetTimer",
    "Skip",
    "Statistics",
    "SystemClosed",
    "Tell",
    "Ticket",
    "Tree",
    "Turn",
    "Unanswered",
    "by_type",
]
