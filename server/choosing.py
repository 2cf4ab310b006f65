"""What simulated people choose where the evening leaves it to them: a topic, a room of the floor.

Responsible for a believable choice from what one's own socket told. Sends nothing and knows no
clock. Invariant: the same messages and the same `rng` give the same choices.
"""

from __future__ import annotations

import random

from rooms import commands, messages
from rooms.messages import Phase
from rooms.people import Mode
from rooms.programme import Kind

CHOOSES_TOPIC = 0.8
"""The share of people who choose a topic at all."""

JOINS_OTHERS = 0.8
"""On the floor: how often one goes to others rather than into an empty room."""

STAYS_SECONDS = (15.0, 40.0)
"""How long one stays in a room of one's choice before moving on."""


class Choosing:
    """One simulated person's choices. `mode`: where they take part from."""

    def __init__(self, mode: Mode, rng: random.Random) -> None:
        self._mode = mode
        self._rng = rng
        self._rooms: dict[str, messages.FloorRoom] = {}
        self._asked: set[int] = set()
        self.is_open = False
        """Whether rooms of an open floor can be chosen now."""
        self.room: str | None = None

    def hears(self, message: object) -> None:
        """Takes note of what can be chosen."""
        match message:
            case messages.Welcome(event=messages.EventView() as event):
                self._stands(event.phase, event.kind)
            case messages.PhaseChanged(phase=phase, kind=kind):
                self._stands(phase, kind)
            case messages.Room(id=id):
                self.room = id
            case messages.SittingOut():
                self.room = None
            case messages.Floor():
                kept = {} if message.whole else self._rooms
                taken = {id: one for id, one in kept.items() if one.count}
                self._rooms = taken | {one.id: one for one in message.rooms}
                for id in message.gone:
                    self._rooms.pop(id, None)
            case _:
                pass

    def _stands(self, phase: Phase, kind: Kind) -> None:
        self.is_open = kind is Kind.OPEN and phase in (Phase.PREVIEW, Phase.ROUND)
        if not self.is_open:
            self._rooms = {}

    def topic(self, listed: messages.Topics) -> commands.ChooseTopic | None:
        """Returns a choice, once for each round; None: one has chosen, or leaves it open."""
        free = [topic.id for topic in listed.topics if not topic.full]
        if not free or listed.round in self._asked:
            return None
        self._asked.add(listed.round)
        if self._rng.random() > CHOOSES_TOPIC:
            return None
        return commands.ChooseTopic(topic=self._rng.choice(free))

    def next_room(self) -> commands.ChooseRoom | None:
        """Returns where to go on the floor; None: nowhere else is free."""
        mine = [one for one in self._rooms.values() if one.mode.takes(self._mode)]
        others = [one.id for one in mine if one.count and not one.full and one.id != self.room]
        empty = [one.id for one in mine if not one.count]
        first, second = (others, empty) if self._rng.random() < JOINS_OTHERS else (empty, others)
        choices = first or second
        return commands.ChooseRoom(room=self._rng.choice(choices)) if choices else None

    def stays_seconds(self) -> float:
        """Returns how long one stays where one has gone."""
        return self._rng.uniform(*STAYS_SECONDS)
