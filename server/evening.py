"""An evening: one live event, a fold over its journal that never falls behind.

Responsible for loading an event, folding what this and other processes append, handing it to
listeners in order, and for the chat beside it. Deliberately decides nothing (`sequencer.py` asks
the rules) and sends nothing (`hub.py` listens).

Invariants:
- Every fact of the journal is folded once, in order, whoever read it first.
- Listeners are called in the loop, one fact after another, right after it was folded.
- Everything said is heard once, in order.
- A process that meets an entry it cannot read folds nothing more: it steps down.
"""

from __future__ import annotations

import asyncio
import logging
import secrets
from collections import deque
from collections.abc import Awaitable, Callable, Sequence
from typing import Protocol

from msgspec import Struct

from rooms.commands import AnyCommand, Erase, Spoke
from rooms.deciding import Decision
from rooms.event import Event
from rooms.facts import AnyFact, Connected, Erased, NodeLost
from rooms.lobby import is_awaited, where_may_speak
from rooms.people import Register
from rooms.refusal import Refusal
from server.erasure import Erasure, finish, note, withdraw
from server.journal import (
    START,
    ChatEntry,
    Entry,
    Journal,
    UnknownFact,
    place,
)
from server.redis import Link, Store, StoreAway
from server.register import read_register, read_rows
from server.sequencer import Rules, Sequencer, Taken, UnknownEvent

log = logging.getLogger(__name__)

SAID_KEPT = 2000
"""Chat entries kept in memory for new arrivals, of 20,000 in the store."""

LONGEST_PAUSE_SECONDS = 1.0
"""Between two tries while the store is away."""


class SteppedDown(Exception):
    """This process cannot go on with an event; another one, or a newer version, can."""


class Tip(Struct, frozen=True):
    """A place in an event's journal and in its chat."""

    journal: str = START
    chat: str = START

    def __str__(self) -> str:
        return f"{self.journal}~{self.chat}"

    @staticmethod
    def parse(written: str) -> Tip | None:
        """Reads a tip as it was written; None for anything else."""
        journal, _, chat = written.partition("~")
        try:
            place(journal), place(chat)
        except ValueError:
            return None
        return Tip(journal, chat)


class Listener(Protocol):
    """Who is told what an evening folds. Called in the loop, in order; must not wait."""

    def fact(self, evening: Evening, entry_id: str, fact: AnyFact) -> None:
        """A fact was folded just now; `evening.register` holds the rows it names."""

    def said(self, evening: Evening, entry_id: str, entry: ChatEntry) -> None:
        """Something was said."""

    def lost(self, evening: Evening) -> None:
        """The journal lost what was folded: everything told so far may be wrong."""


class _Fold:
    """All that is derived from the streams; replaced as a whole when the journal lost entries."""

    def __init__(self, event: Event) -> None:
        self.event = event
        self.register = Register()
        self.journal_id = START
        self.chat_id = START
        self.last_at = 0
        self.refs: set[str] = set()
        self.said: deque[tuple[str, ChatEntry]] = deque(maxlen=SAID_KEPT)
        self.said_refs: dict[str, str] = {}
        self.nodes: set[str] = set()
        """Processes that hold, or once held, connections of this event."""


class Evening:
    """One live event."""

    def __init__(
        self, store: Store, event_id: str, rules: Rules, trouble: Callable[[Evening, str], None]
    ) -> None:
        self.id = event_id
        self.rules = rules
        self._store = store
        self._trouble = trouble
        self._journal = Journal(store, event_id)
        self._fold = _Fold(rules.new(event_id))
        self._sequencer = Sequencer(self, self._journal)
        self._own: set[str] = set()
        self._listeners: list[Listener] = []
        self._after: list[Callable[[Evening], None]] = []
        self._reading = asyncio.Lock()
        self._tasks: list[asyncio.Task[None]] = []
        self.due_at: int | None = None
        """The next alarm (ms)."""
        self.is_own_fact = False
        """Whether this process appended the fact that listeners are told just now."""

    # What is known

    @property
    def event(self) -> Event:
        """The fold. Read it; never change it."""
        return self._fold.event

    @property
    def register(self) -> Register:
        """The register's copy in memory. Read it; never change it."""
        return self._fold.register

    @property
    def journal_id(self) -> str:
        """The last folded entry."""
        return self._fold.journal_id

    @property
    def tip(self) -> Tip:
        """The last folded entry and the last heard one."""
        return Tip(self._fold.journal_id, self._fold.chat_id)

    @property
    def chat(self) -> Sequence[tuple[str, ChatEntry]]:
        """The latest of what was said, oldest first, with ids."""
        return self._fold.said

    @property
    def nodes(self) -> frozenset[str]:
        """Processes that may hold connections of this event."""
        return frozenset(self._fold.nodes)

    def now(self) -> int:
        """The instant of a decision taken now (ms), never before the last fact's."""
        return max(self._store.clock(), self._fold.last_at)

    def has_ref(self, ref: str) -> bool:
        """Says whether facts of a command with this ref were folded."""
        return ref in self._fold.refs

    def landed(self, batch: str) -> bool:
        """Says whether a batch of this process was folded; forgets it."""
        if batch in self._own:
            self._own.discard(batch)
            return True
        return False

    # What is asked

    async def submit(self, by: str, command: AnyCommand, *, ref: str | None = None) -> Decision:
        """Has a command decided and returns what it came to, once that is durable.

        A `ref` ("viewer:session:ref") whose facts are there already gives an empty decision. While
        the store is away it waits, and goes on when it is back. Raises Refusal, UnknownEvent,
        SteppedDown.
        """
        if ref is not None and self.has_ref(ref):
            return Decision()
        if isinstance(command, Erase):
            return await self._erase(by, command, ref or "")
        return await self._sequencer.submit(by, command, ref or "")

    async def _erase(self, by: str, command: Erase, ref: str) -> Decision:
        """Erases somebody by the rules, then all that is kept beside the journal.

        Noted first: should this process die in between, another one goes on with it.
        """
        erasure = Erasure(self.id, command.attendee, self.register.attendee(command.attendee).email)
        await self._insist(lambda: note(self._store, erasure))
        try:
            decision = await self._sequencer.submit(by, command, ref)
        except Refusal:
            await self._insist(lambda: withdraw(self._store, erasure))
            raise
        await self._insist(lambda: finish(self._store, erasure))
        return decision

    async def say(self, by: str, words: str, *, ref: str | None = None) -> str:
        """Adds to the chat of somebody's room, or of the lobby; returns the entry's id.

        While the store is away it waits. Raises Refusal.
        """
        room = where_may_speak(self.event, by)
        said_ref = ref or secrets.token_urlsafe(9)
        if said_ref in self._fold.said_refs:
            return self._fold.said_refs[said_ref]

        async def add() -> None:
            # What was heard by now is looked for here, what came after it by the store: the
            # follower may have heard an earlier try that got no answer.
            if said_ref not in self._fold.said_refs:
                self._hear(await self._journal.say(self._fold.chat_id, by, room, words, said_ref))

        await self._insist(add)
        if is_awaited(self.event, by):
            try:
                await self.submit(by, Spoke())
            except Refusal as refusal:  # they left while the store was away: nothing to note
                log.info("That somebody spoke was not noted: %s", refusal)
        return self._fold.said_refs.get(said_ref, self._fold.chat_id)

    async def caught_up(self) -> None:
        """Reads both streams to their end. Raises StoreAway."""
        await self.catch_up()
        if not await self._journal.stands(self.journal_id):
            await self.start_anew()

    # Who is told

    def listen(self, listener: Listener) -> Callable[[], None]:
        """Adds a listener; returns what removes it."""
        self._listeners = [*self._listeners, listener]

        def remove() -> None:
            self._listeners = [each for each in self._listeners if each is not listener]

        return remove

    def after_folding(self, react: Callable[[Evening], None]) -> Callable[[], None]:
        """Has `react` called after each group of facts was folded; returns what removes it."""
        self._after = [*self._after, react]

        def remove() -> None:
            self._after = [each for each in self._after if each is not react]

        return remove

    # Folding

    def take(self, taken: Sequence[Taken]) -> None:
        """Folds entries that come next; skips those folded already."""
        tip = place(self._fold.journal_id)
        for each in taken:
            entry = each.entry
            if place(entry.id) <= tip:
                continue
            self._fold_one(self._fold, entry)
            self.is_own_fact = self._is_own(entry)
            self._fold.register.write(each.rows)
            self.rules.apply(self._fold.event, entry.fact)
            for listener in self._listeners:
                try:
                    listener.fact(self, entry.id, entry.fact)
                except Exception:  # a bug there; the fold and the other listeners go on
                    log.exception("A listener failed at %s.", type(entry.fact).__name__)
        self._look_after()

    def _fold_one(self, fold: _Fold, entry: Entry) -> None:
        """Takes note of an entry: all but its fact's meaning."""
        fold.journal_id = entry.id
        fact = entry.fact
        fold.last_at = max(fold.last_at, fact.at)
        if entry.ref:
            fold.refs.add(entry.ref)
        if self._is_own(entry):
            self._own.add(entry.batch)
        if isinstance(fact, Connected):
            fold.nodes.add(fact.node)
        elif isinstance(fact, NodeLost):
            fold.nodes.discard(fact.node)
        elif isinstance(fact, Erased):
            kept = [(id, said) for id, said in fold.said if said.sender != fact.id]
            fold.said = deque(kept, maxlen=SAID_KEPT)

    def _is_own(self, entry: Entry) -> bool:
        return entry.batch.startswith(self._sequencer.name)

    def _look_after(self) -> None:
        self.due_at = self.rules.due(self.event)
        for react in self._after:
            react(self)

    def _hear(self, said: Sequence[tuple[str, ChatEntry]]) -> None:
        """Takes in what was said, oldest first; skips what was heard already."""
        fold = self._fold
        for id, entry in said:
            if place(id) <= place(fold.chat_id):
                continue
            fold.chat_id = id
            self._keep_said(fold, id, entry)
            for listener in self._listeners:
                try:
                    listener.said(self, id, entry)
                except Exception:  # a bug there, as above
                    log.exception("A listener failed at something said.")

    @staticmethod
    def _keep_said(fold: _Fold, id: str, entry: ChatEntry) -> None:
        if len(fold.said) == SAID_KEPT:
            fold.said_refs.pop(fold.said[0][1].ref, None)
        fold.said.append((id, entry))
        fold.said_refs[entry.ref] = id

    async def _read(self, entries: Sequence[Entry]) -> None:
        """Folds entries that were read, with the register rows they name as these are now."""
        tip = place(self._fold.journal_id)
        new = [entry for entry in entries if place(entry.id) > tip]
        if not new:
            return
        names = list(dict.fromkeys(name for entry in new for name in entry.rows))
        rows = await read_rows(self._store, self.id, names)
        # While rows were read, nobody else can have folded past `new` without reading them too:
        # an append of ours needs the journal's last entry to be folded.
        self.take([Taken(e, {name: rows[name] for name in e.rows}) for e in new])

    async def catch_up(self) -> None:
        """Reads the journal to its end and folds it. Raises StoreAway and UnknownFact."""
        async with self._reading:
            async for page in self._journal.pages(self._fold.journal_id):
                await self._read(page)

    async def still_stands(self) -> bool:
        """Says whether the journal still holds what was folded last. Raises StoreAway."""
        return await self._journal.stands(self.journal_id)

    async def load(self) -> None:
        """Reads everything, when it begins. Raises StoreAway and UnknownFact."""
        self._fold = await self._read_all()
        self.due_at = self.rules.due(self.event)

    async def start_anew(self) -> None:
        """Drops the fold and reads everything again, once what was folded is no longer there.

        Raises StoreAway, UnknownFact, and UnknownEvent when nothing is left.
        """
        async with self._reading:
            if await self._journal.stands(self.journal_id):
                return
            log.warning("The journal of %s lost what was read of it; it is read anew.", self.id)
            fold = await self._read_all()
            self._fold = fold
            for listener in self._listeners:
                listener.lost(self)
            if fold.journal_id == START:
                gone = UnknownEvent(self.id)
                self._sequencer.stop(gone)
                self._trouble(self, "")
                raise gone
            self._look_after()

    async def _read_all(self) -> _Fold:
        fold = _Fold(self.rules.new(self.id))
        row_names: dict[str, None] = {}
        apply = self.rules.apply
        async for page in self._journal.pages():
            for entry in page:
                self._fold_one(fold, entry)
                row_names.update(dict.fromkeys(entry.rows))
                apply(fold.event, entry.fact)
            await asyncio.sleep(0)
        fold.register = await read_register(self._store, self.id, row_names)
        for id, said in await self._journal.last_said(SAID_KEPT):
            fold.chat_id = id
            self._keep_said(fold, id, said)
        _, nodes = await self._journal.meta()
        fold.nodes &= set(nodes)
        return fold

    # Running

    def start(self) -> None:
        """Begins to sequence and to follow."""
        for work, name in ((self._sequencer.run, "sequencer"), (self._follow, "follower")):
            task = asyncio.create_task(work(), name=f"{name} of {self.id}")
            task.add_done_callback(self._ended)
            self._tasks.append(task)

    def _ended(self, task: asyncio.Task[None]) -> None:
        if task.cancelled():
            return
        error = task.exception()
        if isinstance(error, UnknownEvent):  # deleted; `start_anew` said so already
            return
        if isinstance(error, UnknownFact):
            reason = f"A newer version of Meguri wrote what this one cannot read: {error}."
            log.error(reason)
        else:
            reason = f"The {task.get_name()} failed: {error!r}."
            log.error(reason, exc_info=error)
        self._sequencer.stop(SteppedDown(reason))
        self._trouble(self, reason)

    async def stop(self) -> None:
        """Ends both tasks; what still waits is told so."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        self._tasks = []
        self._sequencer.stop(SteppedDown("This process is shutting down."))

    async def _follow(self) -> None:
        """Reads what any process appends, for as long as the evening is held."""
        reader = self._store.blocking()
        pause = 0.02
        in_doubt = False
        try:
            while True:
                try:
                    if in_doubt:
                        await self._check()
                        in_doubt = False
                    await self._follow_once(reader)
                    pause = 0.02
                except (StoreAway, TimeoutError):
                    in_doubt = True
                    await asyncio.sleep(pause)
                    pause = min(LONGEST_PAUSE_SECONDS, pause * 2)
        finally:
            await reader.close()

    async def _follow_once(self, reader: Link) -> None:
        fold = self._fold
        entries, said = await self._journal.follow(reader, fold.journal_id, fold.chat_id)
        if fold is not self._fold:
            return
        if entries:
            async with self._reading:
                await self._read(entries)
        if said:
            self._hear(said)
        if not entries and not said:
            await self._check()

    async def _check(self) -> None:
        """Starts anew if the journal no longer holds what was folded last."""
        if not await self._journal.stands(self.journal_id):
            await self.start_anew()

    async def _insist(self, step: Callable[[], Awaitable[None]]) -> None:
        """Takes a step that may be taken twice, again until the store answers."""
        pause = 0.02
        while True:
            try:
                await step()
                return
            except StoreAway:
                await asyncio.sleep(pause)
                pause = min(LONGEST_PAUSE_SECONDS, pause * 2)

    async def forget_node(self, node: str) -> None:
        """Notes that a process holds no connections of this event. Raises StoreAway."""
        await self._journal.forget_node(node)
        self._fold.nodes.discard(node)
