"""The one way out to a channel: one call in flight per peer, paced, finals before previews.

A peer is a bot's chat with all its topics, because that is what channels limit. The gate owns
nothing that cannot be had again: finals wait in the outboxes of their chats and are granted a
slot here, a preview is a single place where the latest wins, and a penalty is kept by the store.
"""

from __future__ import annotations

import heapq
from collections.abc import Callable
from typing import Final

import anyio

from actors.pacing import Pace, Strain
from actors.peers import LEASE, Peer, PeerView, Preview, Run
from actors.ports import DeliveryError, NotSentError, PenaltyError
from actors.runtime.clock import Clock
from actors.runtime.loop import Loop

REFRESH: Final = 20.0
"""Seconds after which an unchanged preview is shown again (a Telegram draft lives for 30)."""

TICK: Final = 0.001
"""Seconds until a peer that has to wait is looked at again, at least."""


class Gate:
    """Grants slots. Synchronous but for `run`, which must be kept running."""

    def __init__(
        self,
        *,
        clock: Clock,
        pace: Pace,
        grant: Callable[[str], None],
        keep: Callable[[str, float], None],
    ) -> None:
        """*grant(chat)* tells a chat that a slot is its; *keep(peer, until)* stores a penalty."""
        self._clock = clock
        self._pace = pace
        self._grant = grant
        self._keep = keep
        self._peers: dict[str, Peer] = {}
        self._due: list[tuple[float, str]] = []
        self.strain = Strain()
        self._woken = anyio.Event()
        self._tasks: Loop | None = None
        self.calls_in_penalty = 0

    @property
    def gap(self) -> float:
        """Seconds between two drafts of a peer, at least."""
        return self._pace.gap

    # -- finals -------------------------------------------------------------------------------

    def reserve(self, peer: str, chat: str) -> bool:
        """Take the slot of *peer* for a final of *chat*, or queue up for it and return False.

        Whoever gets it, by True or by a grant, gives it back with `release`.
        """
        now = self._clock.now()
        record = self._peer(peer, now)
        if not record.finals and record.wait(now) <= 0:
            record.begin(now, chat)
            return True
        record.finals[chat] = None
        self._serve(peer)
        return False

    def release(self, peer: str, *, retry_after: float = 0.0) -> None:
        """Give the slot back; *retry_after* is what the channel asked for, if it did."""
        now = self._clock.now()
        record = self._peer(peer, now)
        record.busy_since, record.granted = None, ""
        if retry_after > 0:
            self.penalise(peer, now + retry_after)
        self._serve(peer)

    def holds(self, peer: str, chat: str) -> bool:
        """Return whether the slot is that of *chat*, which has not begun its call yet."""
        record = self._peers.get(peer)
        return record is not None and record.granted == chat

    def take_up(self, peer: str, chat: str) -> None:
        """The call of *chat* begins: whatever happens, it gives the slot back itself."""
        if self.holds(peer, chat):
            self._peers[peer].granted = ""

    def abandon(self, peer: str, chat: str) -> None:
        """Wait for *chat* no more: it stands still, and can take up nothing that it is granted."""
        self.withdraw(peer, chat)
        if self.holds(peer, chat):
            self.release(peer)

    def withdraw(self, peer: str, chat: str) -> None:
        """Leave the queue for finals."""
        if record := self._peers.get(peer):
            record.finals.pop(chat, None)

    # -- penalties ----------------------------------------------------------------------------

    def penalise(self, peer: str, until: float) -> None:
        """Let no call through to *peer* before wall time *until*; kept over restarts."""
        record = self._peer(peer, self._clock.now())
        if until > record.until:
            record.until = until
            self._keep(peer, until)

    def remember(self, peer: str, until: float) -> None:
        """Take over a penalty of an earlier life, before the first call."""
        record = self._peer(peer, self._clock.now())
        record.until = max(record.until, until)

    def penalty(self, peer: str) -> float:
        """Return until when *peer* must be left alone (0: it need not be)."""
        record = self._peers.get(peer)
        return record.until if record and record.until > self._clock.now() else 0.0

    # -- previews -----------------------------------------------------------------------------

    def preview(
        self, peer: str, chat: str, run: Run, *, draft: bool, lasts: float = REFRESH
    ) -> None:
        """Show *run* as the preview of *chat* when there is room; a newer one replaces it.

        *draft* says that it is one, and not an edit of a message; unchanged, it is
        shown again after so many seconds as it *lasts*.
        """
        record = self._peer(peer, self._clock.now())
        if slot := record.previews.get(chat):
            slot.run, slot.fresh, slot.draft = run, True, draft
        else:
            record.previews[chat] = Preview(run=run, draft=draft, lasts=lasts)
        self._serve(peer)

    def drop_preview(self, peer: str, chat: str) -> None:
        """Show no preview of *chat* any more."""
        if record := self._peers.get(peer):
            record.previews.pop(chat, None)

    def view(self, peer: str) -> PeerView | None:
        """Return how *peer* stands, if the gate knows it."""
        record = self._peers.get(peer)
        if record is None:
            return None
        return record.view(self._clock.now())

    def penalties(self) -> dict[str, float]:
        """Return the peers that are under a penalty, and until when."""
        now = self._clock.now()
        return {peer: record.until for peer, record in self._peers.items() if record.until > now}

    # -- its life -----------------------------------------------------------------------------

    async def run(self) -> None:
        """Wake waiting peers in time and show previews, until cancelled."""
        async with Loop() as tasks:
            self._tasks = tasks
            try:
                for peer in list(self._peers):
                    self._serve(peer)
                while True:
                    await self._sleep()
                    self._wake()
            finally:
                self._tasks = None

    async def _sleep(self) -> None:
        if self._due:
            wait = self._due[0][0] - self._clock.now()
            with anyio.move_on_after(max(0.0, wait)):
                await self._woken.wait()
        else:
            await self._woken.wait()
        self._woken = anyio.Event()

    def _wake(self) -> None:
        now = self._clock.now()
        while self._due and self._due[0][0] <= now:
            at, peer = heapq.heappop(self._due)
            record = self._peers.get(peer)
            if record is not None and record.due == at:  # else an earlier look made it stale
                record.due = float("inf")
                self.strain.note(now - at)
                self._serve(peer)

    def _serve(self, peer: str) -> None:
        """Start the next call to *peer* if one may start, else see to it later."""
        record = self._peers.get(peer)
        if record is None:
            return
        now = self._clock.now()
        if record.finals:
            if (wait := record.wait(now)) > 0:
                self._later(record, peer, now + wait)
                return
            chat = next(iter(record.finals))
            del record.finals[chat]
            record.begin(now, chat)
            self._grant(chat)
            return
        self._serve_previews(peer, record, now)

    def _serve_previews(self, peer: str, record: Peer, now: float) -> None:
        soonest: float | None = None
        for chat, slot in record.previews.items():
            wait = 0.0 if slot.fresh else slot.shown + slot.lasts - now
            wait = max(wait, record.wait_to_show(now, draft=slot.draft))
            if wait <= 0 and self._tasks is not None:
                # To the end of the queue: the topics of a peer take turns.
                del record.previews[chat]
                record.previews[chat] = slot
                self._show(peer, record, slot, now)
                return
            soonest = wait if soonest is None else min(soonest, wait)
        if soonest is not None:
            self._later(record, peer, now + soonest)
        elif record.busy_since is None and record.until <= now:
            self._forget(peer, record, now)

    def _show(self, peer: str, record: Peer, slot: Preview, now: float) -> None:
        assert self._tasks is not None
        refresh = record.show(slot, now)
        self._tasks.start(self._call, peer, record, slot.run, refresh)

    async def _call(self, peer: str, record: Peer, run: Run, refresh: bool) -> None:
        retry_after = 0.0
        try:
            await run(refresh)
            record.calm_down()
        except NotSentError:
            pass  # the peer is innocent: there was no connection
        except PenaltyError as penalty:
            retry_after = penalty.retry_after
            record.slow_down()
        except DeliveryError:
            pass  # a preview that was not shown is no loss; the final does not depend on it
        finally:
            self.release(peer, retry_after=retry_after)

    def _peer(self, peer: str, now: float) -> Peer:
        record = self._peers.get(peer)
        if record is None:
            private = not peer.rpartition(".")[2].startswith("-")
            record = self._peers[peer] = Peer(self._pace, now, private=private, strain=self.strain)
        return record

    def _later(self, record: Peer, peer: str, at: float) -> None:
        # Never at once: a wait that is smaller than a float of the time can hold would be no wait.
        at = max(at, self._clock.now() + TICK)
        if at >= record.due:
            return
        record.due = at
        if not self._due or at < self._due[0][0]:
            self._woken.set()
        heapq.heappush(self._due, (at, peer))

    def _forget(self, peer: str, record: Peer, now: float) -> None:
        """Drop a record that a fresh one would equal."""
        if record.is_fresh(now):
            del self._peers[peer]
        else:
            self._later(record, peer, now + LEASE)
