"""The demo's simulated people: they attend over real sockets, talk at their tables, answer you.

Responsible for liveliness: who says what when, who keeps in touch, who is late, who calls a host.
They know only what their own sockets tell them; that they share one process only spares them from
talking all at once. Invariant: whatever runs for a table ends with the table.
"""

from __future__ import annotations

import asyncio
import contextlib
import random
import time
from collections.abc import Callable, Coroutine

from msgspec import Struct

from rooms import commands, messages
from rooms.messages import Phase
from rooms.people import Card, Mode
from server.attending import Chain, Door, Heard
from server.choosing import Choosing
from server.demo.conversation import Conversation, Line, Speaker, small_talk

DAY_MS = 24 * 3600 * 1000
LATE = 2
"""So many come during the first round."""
SEEN_OF = 3
"""One of so many chooses to be seen in the lobby."""
GAP_SECONDS = (4.0, 8.0)
"""Between two lines where a newcomer sits; among themselves they take twice as long."""
ANSWER_SECONDS = (1.5, 3.5)
LOBBY_FIRST_SECONDS = 3.0
LOBBY_SECONDS = (5.0, 10.0)
CLOSING_SECONDS = 12.0
YES_TO_GUEST = 0.8
YES_TO_EACH_OTHER = 0.25
CALLING = {
    2: "We cannot hear each other here. Is there a quieter corner?",
    5: "会場の Wi-Fi のパスワードを教えていただけますか。",
}
"""Words with which somebody calls a host, by round."""


def end_of(room: messages.Room) -> int:
    """Returns when a room is over at the latest (ms); an open floor may be without a deadline."""
    return room.ends_at if room.ends_at is not None else room.starts_at + DAY_MS


class Role(Struct, frozen=True):
    """One simulated person: how they attend and how they speak."""

    door: Door
    speaker: Speaker
    name: str
    mode: Mode


class Player:
    """One simulated person's socket and what they see through it."""

    def __init__(self, role: Role, troupe: Troupe) -> None:
        self.role = role
        self.chain = Chain(role.door, self._hear)
        self.room: str | None = None
        self.said_yes_to: set[str] = set()
        self.choosing = Choosing(role.mode, random.Random(role.speaker.id))
        self.walks = False
        self._troupe = troupe
        self.is_seen = len(troupe.players) % SEEN_OF == 0
        """Whether they choose to be seen in the lobby, as some do."""

    async def attend(self) -> None:
        """Attends until the evening is over for them, coming back whenever the socket drops."""
        while True:
            ended = await self.chain.attend()
            if not ended.may_come_back:
                return
            await asyncio.sleep(random.uniform(0.3, 1.5))

    def _hear(self, message: Heard) -> None:
        self.choosing.hears(message)
        match message:
            case messages.Topics():
                if (choice := self.choosing.topic(message)) is not None:
                    self.chain.tell(choice)
            case messages.Floor() if not self.walks:
                self.walks = True
                self._troupe.walks(self)
            case messages.Welcome(room=room):
                self.chain.tell(commands.Here(visible=True))
                if self.is_seen:
                    self.chain.tell(commands.Profile(show_in_lobby=True))
                if isinstance(room, messages.Room):
                    self._sits(room)
            case messages.Room():
                self._sits(message)
            case messages.SittingOut():
                self._stands()
            case messages.RoomPeople(joined=joined, left=left, moved=moved):
                for card in joined:
                    self._troupe.arrives(self.room, card)
                for id in (*left, *moved):
                    self._troupe.goes(self.room, id)
            case messages.PhaseChanged():
                if message.phase in (Phase.BREAK, Phase.LOBBY, Phase.ENDED):
                    self._stands()
                self._troupe.phase(message)
            case messages.Said():
                self._troupe.heard(message)
            case _:
                pass

    def _sits(self, room: messages.Room) -> None:
        if room.id != self.room:
            self._stands()
        self.room = room.id
        self._troupe.sits(self, room)

    def _stands(self) -> None:
        if self.room is not None:
            self._troupe.goes(self.room, self.role.speaker.id)
        self.room = None


class Table:
    """One room with simulated people in it, its newcomers, and what is to be answered."""

    def __init__(self, room: messages.Room, talk: Conversation) -> None:
        self.id = room.id
        self.starts_at = room.starts_at
        self.ends_at = end_of(room)
        self.talk = talk
        self.players: dict[str, Player] = {}
        self.guests: dict[str, str] = {}
        self.to_welcome: list[str] = []
        self.to_answer: list[messages.Said] = []
        self.stir = asyncio.Event()


class Screen:
    """A simulated station: its table counts while it is there; its link's reader takes over."""

    def __init__(self, door: Door) -> None:
        self.chain = Chain(door, lambda message: None)

    async def attend(self) -> None:
        """Stays connected until somebody takes over or the evening is over."""
        while True:
            ended = await self.chain.attend()
            if not ended.may_come_back:
                return
            await asyncio.sleep(random.uniform(0.3, 1.5))


class Troupe:
    """All simulated people of one event, and its stations."""

    def __init__(
        self,
        roles: list[Role],
        stations: list[Door],
        tell: Callable[[messages.PhaseChanged], None],
    ) -> None:
        self._screens = [Screen(door) for door in stations]
        self.players: dict[str, Player] = {}
        for role in roles:
            self.players[role.speaker.id] = Player(role, self)
        self._names = {role.speaker.id: role.name for role in roles}
        self._tell = tell
        self._tables: dict[str, Table] = {}
        self._heard: set[str] = set()
        self._phases: set[tuple[int, Phase]] = set()
        self._acts: asyncio.TaskGroup | None = None
        self._lobby: list[messages.Said] = []
        self._lobby_stir = asyncio.Event()
        self._phase = Phase.LOBBY
        self._round = 0
        self._rng = random.Random(7)
        self._late = asyncio.Event()
        self.is_over = asyncio.Event()

    async def perform(self) -> None:
        """Has everybody attend until the evening has ended or this is cancelled."""
        early = list(self.players.values())[:-LATE]
        late = list(self.players.values())[-LATE:]
        async with asyncio.TaskGroup() as acts:
            self._acts = acts
            running = [acts.create_task(self._talk_in_lobby())]
            running += [acts.create_task(screen.attend()) for screen in self._screens]
            for player in early:
                running.append(acts.create_task(player.attend()))
                await asyncio.sleep(self._rng.uniform(0.02, 0.2))
            running += [acts.create_task(self._come_late(player)) for player in late]
            await self.is_over.wait()
            for task in running:
                task.cancel()

    # What the players hear

    def phase(self, message: messages.PhaseChanged) -> None:
        """Takes note of a phase, once."""
        self._phase = message.phase
        self._round = message.round
        moved = message.ends_at
        if message.phase in (Phase.PREVIEW, Phase.ROUND) and moved is not None:
            for table in self._tables.values():
                table.ends_at = moved
        if (message.round, message.phase) in self._phases:
            return
        self._phases.add((message.round, message.phase))
        self._tell(message)
        if message.phase is Phase.ROUND:
            self._late.set()
            if message.round in CALLING:
                self._begin(self._call_host(CALLING[message.round]))
        if message.phase is Phase.ENDED or (
            message.phase is Phase.LOBBY and message.round == message.rounds
        ):
            self._begin(self._end_after(message.phase))

    def sits(self, player: Player, room: messages.Room) -> None:
        """Gives a player their place at a table, and the table its talk."""
        table = self._tables.get(room.id)
        if table is None:
            speakers = [
                self.players[card.id].role.speaker
                for card in room.people
                if card.id in self.players
            ]
            table = self._tables[room.id] = Table(room, Conversation(speakers, room.id))
            for card in room.people:
                self.arrives(room.id, card)
            self._begin(self._talk_at(table))
        table.starts_at, table.ends_at = room.starts_at, end_of(room)
        table.players[player.role.speaker.id] = player
        table.talk.joins(player.role.speaker)
        if player.role.mode is Mode.ON_SITE:
            self._begin(self._arrive(player))

    def walks(self, player: Player) -> None:
        """Sends a player across the open floor, from room to room, for as long as it is open."""
        self._begin(self._walk(player))

    async def _walk(self, player: Player) -> None:
        await asyncio.sleep(self._rng.uniform(0.5, 6.0))
        while player.choosing.is_open:
            if (room := player.choosing.next_room()) is not None:
                player.chain.tell(room)
            await asyncio.sleep(player.choosing.stays_seconds())
        player.walks = False

    def arrives(self, room: str | None, card: Card) -> None:
        """Takes note of a newcomer at a table."""
        table = self._tables.get(room or "")
        if table and card.id not in self.players and card.id not in table.guests:
            table.guests[card.id] = card.name
            table.to_welcome.append(card.name)
            table.stir.set()

    def goes(self, room: str | None, id: str) -> None:
        """Takes note that somebody has left a table."""
        table = self._tables.get(room or "")
        if table:
            table.players.pop(id, None)
            table.guests.pop(id, None)
            table.talk.leaves(id)
            table.stir.set()

    def heard(self, said: messages.Said) -> None:
        """Takes note of a newcomer's words, once, to answer them."""
        if said.sender in self.players or said.id in self._heard:
            return
        self._heard.add(said.id)
        if table := self._tables.get(said.room):
            table.to_answer.append(said)
            table.stir.set()
        else:
            self._lobby.append(said)
            self._lobby_stir.set()

    # What they do

    async def _talk_at(self, table: Table) -> None:
        """A table's talk, from a little after the start to the end."""
        now = self._now
        await asyncio.sleep(max(0.0, (table.starts_at - now()) / 1000))
        for guest in list(table.guests):
            self._keep_in_touch(table, guest, YES_TO_GUEST)
        closed = False
        await self._pause(table, 1.0, 3.0)
        self._say(table, table.talk.opener())
        while table.players and (left := (table.ends_at - now()) / 1000) > 1.0:
            if table.to_welcome:
                name = table.to_welcome.pop(0)
                await asyncio.sleep(self._rng.uniform(1.0, 2.5))
                self._say(table, table.talk.welcome(name))
                continue
            if table.to_answer:
                said = table.to_answer.pop(0)
                await asyncio.sleep(self._rng.uniform(*ANSWER_SECONDS))
                name = said.name or table.guests.get(said.sender, "")
                self._say(table, table.talk.answer(said.text, name))
                self._keep_in_touch(table, said.sender, YES_TO_GUEST)
                continue
            if left < CLOSING_SECONDS and not closed:
                closed = True
                self._say(table, table.talk.closing())
                self._keep_in_touch_among_themselves(table)
            pace = 1.0 if table.guests else 2.0
            if await self._pause(table, GAP_SECONDS[0] * pace, GAP_SECONDS[1] * pace):
                continue
            if left > CLOSING_SECONDS:
                self._say(table, table.talk.next())
        self._tables.pop(table.id, None)

    async def _pause(self, table: Table, least: float, most: float) -> bool:
        """Waits a while; says whether something at the table came in between."""
        table.stir.clear()
        try:
            async with asyncio.timeout(self._rng.uniform(least, most)):
                await table.stir.wait()
        except TimeoutError:
            return False
        return True

    def _say(self, table: Table, line: Line | None) -> None:
        if line is not None and (player := table.players.get(line.speaker)):
            player.chain.tell(commands.Say(text=line.text))

    def _keep_in_touch(self, table: Table, about: str, share: float) -> None:
        for player in table.players.values():
            if about not in player.said_yes_to and self._rng.random() < share:
                player.said_yes_to.add(about)
                player.chain.tell(commands.KeepInTouch(about=about, yes=True))

    def _keep_in_touch_among_themselves(self, table: Table) -> None:
        for id in list(table.players):
            self._keep_in_touch(table, id, YES_TO_EACH_OTHER)

    async def _talk_in_lobby(self) -> None:
        quiet = LOBBY_FIRST_SECONDS
        while True:
            self._lobby_stir.clear()
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(quiet):
                    await self._lobby_stir.wait()
            quiet = self._rng.uniform(*LOBBY_SECONDS)
            there = [p for p in self.players.values() if p.room is None and p.chain.is_connected]
            if not there:
                continue
            player = self._rng.choice(there)
            if self._lobby:
                said = self._lobby.pop(0)
                talk = Conversation([p.role.speaker for p in there], said.id)
                await asyncio.sleep(self._rng.uniform(*ANSWER_SECONDS))
                line = talk.answer(said.text, said.name)
                if line is not None:
                    self.players[line.speaker].chain.tell(commands.Say(text=line.text))
            elif self._phase in (Phase.DRAFT, Phase.LOBBY, Phase.BREAK):
                lines = small_talk(player.role.speaker.language(), self._round)
                text = self._rng.choice(lines)
                player.chain.tell(commands.Say(text=text))

    async def _arrive(self, player: Player) -> None:
        await asyncio.sleep(self._rng.uniform(1.0, 5.0))
        player.chain.tell(commands.Arrived())

    async def _come_late(self, player: Player) -> None:
        await self._late.wait()
        await asyncio.sleep(self._rng.uniform(5.0, 20.0))
        await player.attend()

    async def _call_host(self, words: str) -> None:
        await asyncio.sleep(self._rng.uniform(10.0, 25.0))
        seated = [player for player in self.players.values() if player.room is not None]
        if seated:
            self._rng.choice(seated).chain.tell(commands.CallHost(text=words))

    async def _end_after(self, phase: Phase) -> None:
        """Leaves a while for goodbyes and contacts, then ends the evening."""
        await asyncio.sleep(5.0 if phase is Phase.ENDED else 90.0)
        self.is_over.set()

    def _now(self) -> float:
        """Returns the server's clock, which is this computer's, in milliseconds."""
        return time.time() * 1000

    def _begin(self, act: Coroutine[None, None, None]) -> None:
        if self._acts is None:
            act.close()
            return
        self._acts.create_task(act)
