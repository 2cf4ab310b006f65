"""The sequencer: one per live event and process; it decides what waits and appends the facts.

Responsible for group commit: at most 64 commands are decided one after another against a working
copy, and all their facts are appended in one atomic step. Deliberately keeps no state of the event:
that is the evening's, which folds what lands.

Invariants:
- A command is answered after its facts are durable, or after the fold it was refused on was found
  to be the journal's last state.
- A batch that got no answer is never sent again before the journal was read on from the tip; the
  same batch sent twice lands once, since it lands on its tip alone.
- Facts' instants never go back within a journal.
"""

from __future__ import annotations

import asyncio
import logging
import secrets
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from msgspec import Struct

from rooms.apply import apply
from rooms.commands import AnyCommand
from rooms.decide import decide
from rooms.deciding import Decision
from rooms.event import Event
from rooms.facts import AnyFact, Connected
from rooms.people import Register, Row
from rooms.refusal import Refusal
from rooms.rounds import due
from server.journal import Appended, Draft, Entry, Journal, Lost, Overtaken, TurnTaken
from server.redis import StoreAway
from server.register import encode_rows

log = logging.getLogger(__name__)

BATCH = 64
"""Commands decided between two appends: more would make the first of them wait."""

TURN_MS = 100
"""How long a turn lasts: long enough to catch up, decide and append once."""

OVERTAKEN_BEFORE_TURN = 2
"""Beside a busy neighbour 4 of 292 attempts won without a turn; with it 75 ms was the longest."""

TURN_PAUSE_SECONDS = 0.003
"""How often a neighbour's turn is looked at: a few appends' time."""

LONGEST_PAUSE_SECONDS = 1.0
"""Between two tries while the store is away; commands wait so long at the most once it is back."""

QUEUE_LIMIT = 20_000
"""Commands waiting while the store is away: an event's people times a few, then refusals."""


@dataclass(frozen=True)
class Rules:
    """The evening's logic as the building sees it."""

    new: Callable[[str], Event]
    decide: Callable[[Event, Register, str, AnyCommand, int], Decision]
    apply: Callable[[Event, AnyFact], None]
    due: Callable[[Event], int | None]


def real_rules() -> Rules:
    """Returns the rules of `rooms`."""
    return Rules(Event, decide, apply, due)


class UnknownEvent(Exception):
    """There is no event with this id (any more)."""


class Taken(Struct, frozen=True):
    """An entry to be folded, with the register rows that are written before its fact."""

    entry: Entry
    rows: Mapping[str, Row | None]


class Folded(Protocol):
    """The state that a sequencer decides on; the evening."""

    rules: Rules

    @property
    def event(self) -> Event:
        """The fold."""

    @property
    def register(self) -> Register:
        """The register's copy in memory."""

    @property
    def journal_id(self) -> str:
        """The last folded entry."""

    def now(self) -> int:
        """The instant of a decision taken now (ms), never before the last fact's."""

    def has_ref(self, ref: str) -> bool:
        """Says whether facts of a command with this ref were folded."""

    def landed(self, batch: str) -> bool:
        """Says whether a batch of this process was folded; forgets it."""

    def take(self, taken: Sequence[Taken]) -> None:
        """Folds entries that come next."""

    async def catch_up(self) -> None:
        """Reads the journal to its end and folds it. Raises StoreAway and UnknownFact."""

    async def start_anew(self) -> None:
        """Drops the fold and reads everything again. Raises StoreAway and UnknownEvent."""


@dataclass
class Waiting:
    """A command that waits for its decision."""

    by: str
    command: AnyCommand
    ref: str
    answer: asyncio.Future[Decision]
    outcome: Decision | Exception = field(default_factory=Decision)

    def settle(self) -> None:
        """Answers with the outcome, unless nobody waits any more."""
        if self.answer.done():
            return
        if isinstance(self.outcome, Exception):
            self.answer.set_exception(self.outcome)
        else:
            self.answer.set_result(self.outcome)


@dataclass
class Batch:
    """What a group of commands comes to, decided on the journal's entry `expected`."""

    id: str
    expected: str
    decided: list[tuple[Decision, str]]
    due: int | None

    @property
    def facts(self) -> list[Draft]:
        """All facts, in order; the first of each command carries its ref."""
        return [
            Draft(fact, ref if i == 0 else "")
            for decision, ref in self.decided
            for i, fact in enumerate(decision.facts)
        ]

    @property
    def rows(self) -> dict[str, Row | None]:
        """All rows as they stand after the last command."""
        return {name: row for decision, _ in self.decided for name, row in decision.rows.items()}

    @property
    def nodes(self) -> dict[str, int]:
        """Processes that get a connection by it, with the instant."""
        return {d.fact.node: d.fact.at for d in self.facts if isinstance(d.fact, Connected)}

    def taken(self, ids: Sequence[str]) -> list[Taken]:
        """Returns what is to be folded once it landed at these places."""
        found: list[Taken] = []
        places = iter(ids)
        for decision, ref in self.decided:
            for i, fact in enumerate(decision.facts):
                entry = Entry(next(places), fact, self.id, ref=ref if i == 0 else "")
                found.append(Taken(entry, decision.rows if i == 0 else {}))
        return found


class Sequencer:
    """Takes commands, decides them in order, appends, answers."""

    def __init__(self, evening: Folded, journal: Journal) -> None:
        self._evening = evening
        self._journal = journal
        self._queue: deque[Waiting] = deque()
        self._in_hand: list[Waiting] = []
        self._wake = asyncio.Event()
        self._stopped: Exception | None = None
        self.name = secrets.token_urlsafe(9)
        """Begins the ids of this process's batches."""
        self._count = 0

    def submit(self, by: str, command: AnyCommand, ref: str) -> asyncio.Future[Decision]:
        """Queues a command; the future gets its decision once durable, or a Refusal.

        Raises Refusal when too many wait, and what stopped the sequencer.
        """
        if self._stopped is not None:
            raise self._stopped
        if len(self._queue) >= QUEUE_LIMIT:
            raise Refusal("slow-down", "Too much is waiting. Please try again in a moment.")
        answer: asyncio.Future[Decision] = asyncio.get_running_loop().create_future()
        self._queue.append(Waiting(by, command, ref, answer))
        self._wake.set()
        return answer

    def stop(self, reason: Exception) -> None:
        """Fails everything that waits, now and later, with `reason`."""
        self._stopped = reason
        for waiting in (*self._in_hand, *self._queue):
            waiting.outcome = reason
            waiting.settle()
        self._queue.clear()

    async def run(self) -> None:
        """Works until cancelled. Raises UnknownFact and UnknownEvent."""
        while True:
            await self._wake.wait()
            self._in_hand = [self._queue.popleft() for _ in range(min(BATCH, len(self._queue)))]
            if not self._in_hand:
                self._wake.clear()
                continue
            await self._settle(self._in_hand)
            for waiting in self._in_hand:
                waiting.settle()
            self._in_hand = []

    async def _settle(self, group: list[Waiting]) -> None:
        """Finds every command's outcome and makes their facts durable."""
        evening = self._evening
        batch = self._decide(group)
        overtaken = 0
        turn = ""
        pause = 0.02
        unanswered = False
        while True:
            try:
                if unanswered:
                    await evening.catch_up()
                    if evening.landed(batch.id):
                        return
                    unanswered = False
                    if evening.journal_id != batch.expected:
                        batch = self._decide(group)
                if not batch.facts:
                    await evening.catch_up()
                    if evening.journal_id == batch.expected:
                        return
                    batch = self._decide(group)
                    continue
                outcome = await self._journal.append(
                    batch.facts,
                    encode_rows(batch.rows),
                    expected=batch.expected,
                    batch=batch.id,
                    turn=turn,
                    due=batch.due,
                    nodes=batch.nodes,
                )
                match outcome:
                    case Appended(ids):
                        evening.take(batch.taken(ids))
                        evening.landed(batch.id)
                        return
                    case Lost():
                        await evening.start_anew()
                    case TurnTaken(milliseconds):
                        await asyncio.sleep(min(TURN_PAUSE_SECONDS, milliseconds / 1000))
                    case Overtaken():
                        overtaken += 1
                        if overtaken >= OVERTAKEN_BEFORE_TURN:
                            turn = turn or secrets.token_urlsafe(9)
                            await self._journal.take_turn(turn, TURN_MS)
                await evening.catch_up()
                # An earlier sending of this batch may have been what overtook it.
                if evening.landed(batch.id):
                    return
                batch = self._decide(group)
            except StoreAway:
                unanswered = True
                await asyncio.sleep(pause)
                pause = min(LONGEST_PAUSE_SECONDS, pause * 2)

    def _decide(self, group: list[Waiting]) -> Batch:
        """Decides commands one after another, each on what those before it came to."""
        evening = self._evening
        rules = evening.rules
        now = evening.now()
        event, register = evening.event.copy(), evening.register.copy()
        decided: list[tuple[Decision, str]] = []
        refs: set[str] = set()
        for waiting in group:
            waiting.outcome = Decision()
            if waiting.ref and (waiting.ref in refs or evening.has_ref(waiting.ref)):
                continue
            try:
                decision = rules.decide(event, register, waiting.by, waiting.command, now)
                if decision.rows and not decision.facts:
                    raise RuntimeError(f"rows without a fact: {sorted(decision.rows)}")
            except Refusal as refusal:
                waiting.outcome = refusal
                continue
            except Exception as bug:  # raised to whoever asked; the others' commands go on
                log.exception("Deciding %s failed.", type(waiting.command).__name__)
                waiting.outcome = bug
                continue
            try:
                register.write(decision.rows)
                for fact in decision.facts:
                    rules.apply(event, fact)
            except Exception as bug:  # likewise, on a working copy without its half
                log.exception("Folding %s failed.", type(waiting.command).__name__)
                waiting.outcome = bug
                event, register = self._again(decided)
                continue
            waiting.outcome = decision
            if decision.facts:
                decided.append((decision, waiting.ref))
                refs.add(waiting.ref)
        self._count += 1
        batch_id = f"{self.name}.{self._count}"
        due = rules.due(event) if decided else None
        return Batch(batch_id, evening.journal_id, decided, due)

    def _again(self, decided: list[tuple[Decision, str]]) -> tuple[Event, Register]:
        """Returns a new working copy with what was decided so far."""
        event, register = self._evening.event.copy(), self._evening.register.copy()
        for decision, _ in decided:
            register.write(decision.rows)
            for fact in decision.facts:
                self._evening.rules.apply(event, fact)
        return event, register
