"""An evening to begin with: an event, its host Dana, and the same few people everywhere."""

from __future__ import annotations

from rooms.commands import AddAttendees, CreateEvent, OpenDoors
from rooms.facts import AnyFact
from rooms.people import Attendee, Details, Role
from rooms.programme import Plan, PlannedRound, planned_round
from server.evenings import Evening, Evenings
from server.journal import ChatEntry

EVENT = "evening22222"
ANA, BO, CHIDI, DANA = "aana", "abo", "achidi", "adana"
NAMES = {ANA: "Ana", BO: "Bo", CHIDI: "Chidi"}

ROUNDS = (planned_round(seconds=60, size=3, preview_seconds=0, break_seconds=0),)


def people(count: int) -> tuple[Attendee, ...]:
    """Returns so many more attendees: a0, a1, …"""
    return tuple(Attendee(id=f"a{i}", name=f"Guest {i}") for i in range(count))


async def an_event(
    evenings: Evenings,
    *,
    id: str = EVENT,
    rounds: tuple[PlannedRound, ...] = ROUNDS,
    more: int = 0,
    doors: bool = True,
) -> Evening:
    """Makes an event with Dana as host, and Ana, Bo, Chidi and `more` others as attendees."""
    host = Attendee(id=DANA, name="Dana", role=Role.HOST)
    create = CreateEvent(plan=Plan(rounds=rounds), details=Details(title="Tea"), host=host)
    evening = await evenings.create(create, id)
    three = tuple(Attendee(id=id, name=name) for id, name in NAMES.items())
    await evening.submit("organiser", AddAttendees(people=(*three, *people(more))))
    if doors:
        await evening.submit(DANA, OpenDoors())
    return evening


class Ears:
    """A listener that keeps what it is told."""

    def __init__(self) -> None:
        self.facts: list[AnyFact] = []
        self.ids: list[str] = []
        self.heard: list[str] = []
        self.names: list[str] = []
        self.losses = 0

    def fact(self, evening: Evening, entry_id: str, fact: AnyFact) -> None:
        """Keeps a fact, its place, and Ana's name as the register had it then."""
        self.facts.append(fact)
        self.ids.append(entry_id)
        self.names.append(evening.register.attendee(ANA).name)

    def said(self, evening: Evening, entry_id: str, entry: ChatEntry) -> None:
        """Keeps the words."""
        self.heard.append(entry.text)

    def lost(self, evening: Evening) -> None:
        """Counts."""
        self.losses += 1
