"""One simulated attendee: plays a part over a real socket, and remembers through their witness.

Behaves as a person would as far as the server can tell: looks at the page, talks a little, says yes
to some, goes away and comes back as the part says. Judges nothing; that is `report`.
"""

from __future__ import annotations

import asyncio
import random
from collections.abc import Coroutine

from rooms import commands, messages
from rooms.messages import Phase
from rooms.people import Mode
from server.attending import Answer, Chain, Door, Ended, Heard
from server.choosing import Choosing
from server.rehearsal.parts import Part
from server.rehearsal.stage import Stage
from server.rehearsal.witness import Witness

LINES = (
    "Hello, good to meet you.",
    "What brings you here tonight?",
    "はじめまして。よろしくお願いします。",
    "I was just reading about that.",
    "それは面白いですね。",
    "Who else should I talk to about this?",
    "We tried the same last year.",
    "今日はどちらからいらっしゃいましたか。",
)
YES_SHARE = 0.4
"""Share of mates to whom somebody says yes: about one pair in six becomes a contact."""
CHOICE_SECONDS = 11.0
"""Somebody alone may choose from the tenth second (rule 11)."""
BACKOFF_MOST = 4.0
"""Seconds between two tries to connect, at the most; as the page's."""


class SimulatedAttendee:
    """Plays one part from arrival to the end of the evening."""

    def __init__(self, part: Part, id: str, door: Door, stage: Stage, seed: int) -> None:
        self.part = part
        self.id = id
        self.witness = Witness(on_site=part.on_site)
        self.chain = Chain(door, self._hear)
        self.acked: set[str] = set()
        self.yes: set[str] = set()
        self.refusals: list[str] = []
        self.ends: list[Ended] = []
        self.gone = False
        self.returns: list[float] = []
        self._stage = stage
        self._rng = random.Random(f"{seed}/{part.number}")
        self._acts: asyncio.TaskGroup | None = None
        self._away = asyncio.Event()
        self._choosing = Choosing(
            Mode.ON_SITE if part.on_site else Mode.ONLINE, random.Random(f"{seed}/{part.number}/c")
        )
        self._walks = False
        self._talked_in: set[str] = set()
        self._lines = 0

    async def evening(self) -> None:
        """Comes, attends, goes away and comes back as the part says; returns when it is over."""
        async with asyncio.TaskGroup() as acts:
            self._acts = acts
            habit = acts.create_task(self._habit())
            if self.part.late_in is not None:
                await self._stage.moment(self.part.late_in, self.part.moment)
            await self._attend()
            habit.cancel()

    async def _attend(self) -> None:
        failures = 0
        while not self.gone and not self._stage.over.is_set():
            known = self.chain.connects
            async with self._stage.ramp:
                attending = asyncio.create_task(self.chain.attend())
                welcomed = asyncio.create_task(self.chain.welcomed.wait())
                await asyncio.wait([attending, welcomed], return_when=asyncio.FIRST_COMPLETED)
                welcomed.cancel()
            ended = await attending
            self.witness.disconnected(self._stage.now())
            self.ends.append(ended)
            if not ended.may_come_back or self.gone or self._stage.over.is_set():
                return
            if self._away.is_set():
                self._away.clear()
                await asyncio.sleep(self.part.away_seconds)
                continue
            failures = 0 if self.chain.connects > known else failures + 1
            wait = min(BACKOFF_MOST, 0.25 * 2**failures)
            await asyncio.sleep(self._rng.uniform(wait / 2, wait))

    async def _habit(self) -> None:
        part = self.part
        round = part.drops_in or part.leaves_in
        if round is None:
            return
        await self._stage.moment(round, part.moment)
        if not self.chain.is_connected:
            return
        if part.drops_in is not None:
            self._away.set()
            self.chain.drop()
        else:
            await self._leave()

    async def _leave(self) -> None:
        self.gone = True
        answer = await self.chain.ask(commands.Leave())
        self._note(answer)
        self.witness.leaves(self._stage.now())
        await self.chain.close()

    # Hearing and reacting

    def _hear(self, message: Heard) -> None:
        now = self._stage.now()
        was_in = self.witness.room
        self.witness.hears(message, now)
        self._choosing.hears(message)
        match message:
            case messages.Welcome():
                self._welcomed()
            case messages.PhaseChanged(phase=phase, round=round):
                self._stage.hears(phase, round)
                if phase is Phase.PREVIEW:
                    self._measure()
            case messages.ClockNow(t=t, now=there) if t is not None:
                self.witness.measured(t, now, there)
            case messages.Topics() if not self.part.silent:
                if (choice := self._choosing.topic(message)) is not None:
                    self._start(self._tries(choice))
            case messages.Floor() if not self.part.silent and not self._walks:
                self._walks = True
                self._start(self._walk())
            case messages.Bye():
                self.gone = True
            case _:
                pass
        room = self.witness.room
        if room is not None and room != was_in and not self.part.silent:
            self._start(self._talk(room))
        if self.witness.alone and not self.part.silent:
            self._start(self._choose(room))

    def _welcomed(self) -> None:
        if not self.part.silent:
            self._ask(commands.Here(visible=True))
        self._measure()

    def _measure(self) -> None:
        self.chain.tell(commands.Clock(t=self._stage.now()))

    async def _talk(self, room: str) -> None:
        """Arrives, says something, and says yes to some, once for each room."""
        if room in self._talked_in:
            return
        self._talked_in.add(room)
        seen = self.witness.rooms[room]
        if self.part.on_site:
            await asyncio.sleep(self._rng.uniform(0.2, 0.8))
            self.witness.arrives(self._stage.now())
            self._ask(commands.Arrived())
        until_start = (seen.starts_at - self.witness.offset - self._stage.now()) / 1000
        await asyncio.sleep(max(0.0, until_start) + self._rng.uniform(0.02, 0.35) * 20)
        if self.witness.room != room or self.gone:
            return
        self._lines += 1
        text = f"{self._rng.choice(LINES)} ({self.part.number}.{self._lines})"
        answer = await self.chain.ask(commands.Say(text=text))
        self._note(answer)
        if not answer.code:
            self.acked.add(text)
        for mate in sorted(self.witness.mates):
            if self._rng.random() < YES_SHARE and mate not in self.yes:
                agreed = await self.chain.ask(commands.KeepInTouch(about=mate, yes=True))
                self._note(agreed)
                if not agreed.code:
                    self.yes.add(mate)

    async def _choose(self, room: str | None) -> None:
        """Somebody alone thinks it over; half of them do nothing and are moved."""
        await asyncio.sleep(CHOICE_SECONDS)
        if not self.witness.alone or self.witness.room != room or not self.witness.running:
            return
        fancy = self._rng.random()
        if fancy < 0.25:
            answer = await self.chain.ask(commands.Wait())
            if not answer.code:
                self.witness.waits(self._stage.now())
        elif fancy < 0.5:
            await self.chain.ask(commands.MeetOthers())

    async def _tries(self, command: commands.Command) -> None:
        """Asks for what somebody else may have taken meanwhile: a refusal is no fault."""
        await self.chain.ask(command)

    async def _walk(self) -> None:
        """Walks the open floor: into a room, and after a while into another one."""
        await asyncio.sleep(self._rng.uniform(0.2, 2.0))
        while self._choosing.is_open and not self.gone:
            if (room := self._choosing.next_room()) is not None:
                await self.chain.ask(room)
            await asyncio.sleep(self._choosing.stays_seconds())
        self._walks = False

    def _ask(self, command: commands.Command) -> None:
        self._start(self._noted(command))

    async def _noted(self, command: commands.Command) -> None:
        self._note(await self.chain.ask(command))

    def _note(self, answer: Answer) -> None:
        if answer.code:
            self.refusals.append(answer.code)

    def _start(self, act: Coroutine[None, None, None]) -> None:
        if self._acts is None or self._stage.over.is_set():
            act.close()
            return
        self._stage.owns(self._acts.create_task(act))
