"""Solving: the next seating is proposed for every live event, by a process of its own.

Responsible for noticing that a seating is wanted, for having it solved once among all processes of
an event, and for submitting the offer. Deliberately computes nothing (`solver.py` does, elsewhere)
and decides nothing (the rules take an offer, or refuse it).

Invariants:
- One seating is solved at a time in this process; when a round is called, a proposal being solved
  for later is cut short.
- A proposal is offered at most every 5 s an event; a called round is solved at once.
- A solver that was killed is replaced, and its question asked again.
- `meguri:{ID}:solving` only saves work: two offers for one round do no harm.
"""

from __future__ import annotations

import asyncio
import logging
import secrets
import sys
from asyncio import Task, TaskGroup
from asyncio.subprocess import PIPE, Process
from collections.abc import Callable
from pathlib import Path

from rooms.commands import OfferSeating
from rooms.deciding import SERVER
from rooms.matching.ask import Wanted
from rooms.matching.wanted import wanted
from rooms.refusal import Refusal
from server.evenings import Evening, Evenings, SteppedDown
from server.redis import Script, Store, StoreAway, key
from server.sequencer import UnknownEvent
from server.solver import Question, decode_answer, encode, frame

log = logging.getLogger(__name__)

TICK_SECONDS = 1.0
"""People come and go without a call: how often it is asked what is wanted."""

CALLED_SECONDS = 0.15
"""Of the second that a called round may take from the command to the last room's message."""

PROPOSAL_SECONDS = 0.5
"""Of searching, while no round is called and nobody waits."""

BETWEEN_OFFERS_MS = 5_000
"""People come and go all the time: hosts are not shown a new proposal more often."""

CLAIM_MS = 10_000
"""A claim outlives every solving; that of a process which died with it ends by itself."""

CLAIMED_SECONDS = 1.5
"""How long a called round waits for another process that has claimed it."""

ANSWER_SECONDS = 30.0
"""A solver that has not answered after its time and this long is stuck, and replaced."""

RETRIES = 3
"""Solvers that may end over one seating before it is given up for a while."""

AGAIN_SECONDS = 1.0
"""Pause after a failure."""

PAUSE_SECONDS = 0.02
"""Pause after an offer that came too late for a called round."""

_RELEASE = Script(
    "if redis.call('GET', KEYS[1]) == ARGV[1] then return redis.call('DEL', KEYS[1]) end return 0"
)


class SolverFailed(Exception):
    """A seating could not be solved; the sentence says why."""


class Solver:
    """A child process that solves seatings one after another, replaced when it ends."""

    def __init__(self) -> None:
        self._process: Process | None = None
        self._turn = asyncio.Lock()
        self._urgent = 0
        self._asked_idly = False

    @property
    def pid(self) -> int | None:
        """The child's process id, as of now."""
        return self._process.pid if self._process is not None else None

    async def start(self) -> None:
        """Starts the child, which warms up by itself."""
        async with self._turn:
            await self._running()

    async def solve(self, wanted: Wanted, seconds: float, *, urgent: bool) -> OfferSeating:
        """Returns the solver's offer; one that is urgent cuts others short. Raises SolverFailed."""
        question = frame(encode(Question(wanted, seconds)))
        self._urgent += urgent
        self.hurry()
        try:
            async with self._turn:
                return await self._insist(question, seconds, urgent)
        finally:
            self._urgent -= urgent

    def hurry(self) -> None:
        """Cuts short what is being solved for later, where something urgent waits."""
        if self._asked_idly and self._urgent:
            self.cut_short()

    def cut_short(self) -> None:
        """Has what is being solved for later answered as far as it is."""
        if self._asked_idly and self._process is not None and self._process.stdin is not None:
            self._asked_idly = False
            self._process.stdin.write(frame(b""))

    async def stop(self) -> None:
        """Ends the child."""
        process, self._process = self._process, None
        if process is not None:
            if process.returncode is None:
                process.kill()
            await process.wait()

    async def _insist(self, question: bytes, seconds: float, urgent: bool) -> OfferSeating:
        for _ in range(RETRIES):
            try:
                async with asyncio.timeout(seconds + ANSWER_SECONDS):
                    return await self._ask(question, urgent)
            except (TimeoutError, asyncio.IncompleteReadError, OSError) as error:
                log.warning("The solver's process ended or is stuck; it is replaced: %r", error)
                await self.stop()
        raise SolverFailed(f"The solver's process ended {RETRIES} times over one seating.")

    async def _ask(self, question: bytes, urgent: bool) -> OfferSeating:
        process = await self._running()
        assert process.stdin is not None
        assert process.stdout is not None
        try:
            process.stdin.write(question)
            await process.stdin.drain()
            self._asked_idly = not urgent
            self.hurry()
            length = int.from_bytes(await process.stdout.readexactly(4), "big")
            answer = decode_answer(await process.stdout.readexactly(length))
        except asyncio.CancelledError:
            process.kill()  # or this answer would be read as the next question's
            raise
        finally:
            self._asked_idly = False
        if answer.offer is None:
            raise SolverFailed(answer.trouble)
        return answer.offer

    async def _running(self) -> Process:
        if self._process is None or self._process.returncode is not None:
            self._process = await asyncio.create_subprocess_exec(
                *(sys.executable, "-m", "server.solver"),
                stdin=PIPE,
                stdout=PIPE,
                stderr=None,
                cwd=Path(__file__).parent.parent,
                start_new_session=True,
            )
        return self._process


class Solving:
    """Proposes the next seating of every event that this process holds."""

    def __init__(
        self,
        evenings: Evenings,
        store: Store,
        *,
        tick_seconds: float = TICK_SECONDS,
        between_offers_ms: int = BETWEEN_OFFERS_MS,
    ) -> None:
        self._tick_seconds = tick_seconds
        self._between_offers_ms = between_offers_ms
        self._evenings = evenings
        self._store = store
        self._solver = Solver()
        self._token = secrets.token_urlsafe(9)
        self._at_work: dict[str, Task[None]] = {}
        self._offered_at: dict[str, int] = {}
        self._group: TaskGroup | None = None

    @property
    def solver_pid(self) -> int | None:
        """The solver's process id, as of now."""
        return self._solver.pid

    async def run(self) -> None:
        """Works until cancelled."""
        try:
            await self._solver.start()
            async with TaskGroup() as self._group:
                self._evenings.watch(self._opened)
                while True:
                    await asyncio.sleep(self._tick_seconds)
                    for evening in self._evenings.held():
                        self._look(evening)
        finally:
            self._group = None
            await self._solver.stop()

    def _opened(self, evening: Evening) -> None:
        evening.after_folding(self._folded)
        self._look(evening)

    def _folded(self, evening: Evening) -> None:
        """A called round does not wait for the tick."""
        if evening.event.called is not None:
            self._solver.cut_short()
            self._look(evening)

    def _look(self, evening: Evening) -> None:
        """Begins to solve what an event wants, unless that is under way or was just done."""
        if self._group is None or evening.id in self._at_work or not self._evenings.holds(evening):
            return
        now = self._store.clock()
        since = now - self._last_offer(evening)
        if evening.event.called is None and 0 <= since < self._between_offers_ms:
            return
        wish = self._wish(evening)
        if wish is None:
            return
        task = self._group.create_task(self._serve(evening, wish), name=f"solving {evening.id}")
        self._at_work[evening.id] = task
        task.add_done_callback(lambda _: self._at_work.pop(evening.id, None))

    def _last_offer(self, evening: Evening) -> int:
        proposal = evening.event.proposal
        theirs = proposal.at if proposal is not None else -self._between_offers_ms
        return max(theirs, self._offered_at.get(evening.id, -self._between_offers_ms))

    def _wish(self, evening: Evening) -> Wanted | None:
        try:
            return wanted(evening.event, evening.register, self._store.clock())
        except Exception:  # a bug in the rules; other events, and this one's facts, go on
            log.exception("What %s wants could not be told.", evening.id)
            return None

    async def _serve(self, evening: Evening, wish: Wanted | None) -> None:
        """Solves and offers; again and again while a round is called and waits for its seating."""
        while wish is not None:
            try:
                if not await self._solve_once(evening, wish):
                    return
                pause = PAUSE_SECONDS
            except (SteppedDown, UnknownEvent) as error:
                log.info("A seating of %s is not wanted any more: %s", evening.id, error)
                return
            except StoreAway as error:
                log.info("A seating of %s waits for the store: %s", evening.id, error)
                pause = AGAIN_SECONDS
            except Exception:  # a bug; other events go on, and this one tries again
                log.exception("A seating of %s could not be solved.", evening.id)
                pause = AGAIN_SECONDS
            if evening.event.called is None:
                return
            await asyncio.sleep(pause)
            wish = self._wish(evening) if self._evenings.holds(evening) else None

    async def _solve_once(self, evening: Evening, wish: Wanted) -> bool:
        """Claims, solves and offers; says no when another process does. Raises StoreAway."""
        if not await self._claim(evening, wish.called):
            return False
        try:
            called = wish.called
            seconds = CALLED_SECONDS if called else PROPOSAL_SECONDS
            offer = await self._solver.solve(wish, seconds, urgent=called)
            self._offered_at[evening.id] = self._store.clock()
            if self._still_fits(evening, wish):
                await evening.submit(SERVER, offer)
        except Refusal as refusal:
            log.info("A seating of %s was refused: %s", evening.id, refusal.code)
        finally:
            await self._store.run(_RELEASE, [key(evening.id, "solving")], [self._token])
        return True

    def _still_fits(self, evening: Evening, wish: Wanted) -> bool:
        """Says whether an offer is for what is wanted now: a round may be called in another size.

        Who came or went meanwhile is for the rules to see.
        """
        now = self._wish(evening)
        return now is None or (now.round, now.size) == (wish.round, wish.size)

    async def _claim(self, evening: Evening, called: bool) -> bool:
        """Says whether this process is to solve. For a called round it is, in the end."""
        name = key(evening.id, "solving")
        claim = ("SET", name, self._token, "NX", "PX", CLAIM_MS)
        if await self._store.call(*claim) is not None:
            return True
        if not called:
            return False
        number = evening.event.round
        return not await _comes_true(
            lambda: evening.event.round != number or evening.event.called is None, CLAIMED_SECONDS
        )


async def _comes_true(predicate: Callable[[], bool], seconds: float) -> bool:
    """Waits until something holds, for so long at the most, and says whether it does."""
    until = asyncio.get_running_loop().time() + seconds
    while not predicate():
        if asyncio.get_running_loop().time() > until:
            return False
        await asyncio.sleep(0.02)
    return True
