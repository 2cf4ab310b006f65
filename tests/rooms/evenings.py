"""An evening folded from commands, without a server: what the tests of the rules are told with.

People go by their first names, which are their ids here. Time is in seconds from the evening's
beginning; alarms act exactly when they are due unless the server is asleep. Every fact goes through
JSON on its way into the fold, as it does through the journal.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from typing import TypeVar

import pytest
from msgspec import json
from msgspec.structs import replace

from rooms import messages as m
from rooms.apply import apply
from rooms.commands import (
    AddAttendees,
    Alarm,
    AnyCommand,
    CheckIn,
    Connect,
    CreateEvent,
    Disconnect,
    Here,
    LoseNode,
    OfferSeating,
    OpenDoors,
    StartRound,
)
from rooms.decide import decide
from rooms.deciding import CLOCK, ORGANISER, SERVER
from rooms.encounters import Encounter, encounters
from rooms.event import Event
from rooms.facts import AnyFact
from rooms.messages import Everyone, Hosts, People
from rooms.people import HOST_ROLES, Attendee, Details, Mode, Register, Role, SegmentRule
from rooms.programme import Kind, Mixing, Plan, planned_round
from rooms.refusal import Refusal
from rooms.rounds import due
from rooms.standing import Room, pair
from rooms.tell import tell
from rooms.view import View, view

BEGINNING = 1_800_000_000_000
"""The instant (ms) that the tests' seconds count from."""

NAMES = {"ana": "Ana", "bo": "Bo", "chidi": "Chidi", "dana": "Dana", "emre": "Emre", "hana": "花子"}

AnyMessage = TypeVar("AnyMessage", bound=m.Message)
OneFact = TypeVar("OneFact")


class Evening:
    """An event with its host Dana, its doors open, and a programme of like rounds."""

    def __init__(
        self,
        rounds: int = 3,
        *,
        seconds: int = 480,
        size: int = 4,
        least: int = 2,
        most: int = 6,
        preview: int = 20,
        pause_between: int = 60,
        walking: int = 120,
        auto: bool = False,
        more_time: bool = True,
        starts_at: float | None = None,
        tables: int | None = None,
        stations: int | None = None,
        mixing: Mixing = Mixing.APART,
        ready_check: bool = False,
        common_language: bool = False,
        segments: tuple[SegmentRule, ...] = (),
        doors: bool = True,
        kinds: tuple[Kind, ...] = (),
        topics: tuple[tuple[str, ...], ...] = (),
        topic_most: int | None = None,
        streams: tuple[str, ...] = (),
    ) -> None:
        self.event = Event("evening22222")
        self.register = Register()
        self.journal: list[AnyFact] = []
        self.now = BEGINNING
        self.heard: dict[str, list[m.Message]] = defaultdict(list)
        self._connections = 0
        planned = planned_round(
            seconds=seconds,
            kind=Kind.OPEN if not seconds else Kind.MATCHED,
            size=size,
            least=least,
            most=most,
            break_seconds=pause_between,
            preview_seconds=preview,
            walking_seconds=walking,
            auto=auto,
            more_time=more_time,
        )
        if kinds:
            # A length of 0 stands for an open round that goes on until it is ended.
            every = tuple(
                replace(planned, kind=kind, topic_most=topic_most)
                if kind is Kind.OPEN or seconds
                else replace(planned, kind=kind, seconds=480)
                for kind in kinds
            )
        plan = Plan(
            rounds=every if kinds else (planned,) * rounds,
            starts_at=None if starts_at is None else self.instant(starts_at),
            tables=tables,
            stations=stations,
            mixing=mixing,
            ready_check=ready_check,
            common_language=common_language,
        )
        dana = Attendee(id="dana", name="Dana", role=Role.HOST, email="dana@example.org")
        details = Details(title="Tea", segments=segments, streams=streams)
        create = CreateEvent(plan=plan, details=details, host=dana, topics=topics)
        self.asks(ORGANISER, create)
        if doors:
            self.asks("dana", OpenDoors())

    # Time

    def instant(self, at: float) -> int:
        """Returns the instant (ms) that lies so many seconds after the evening's beginning."""
        return BEGINNING + round(at * 1000)

    @property
    def time(self) -> float:
        """Seconds since the evening's beginning."""
        return (self.now - BEGINNING) / 1000

    def since_start(self, at: int | None) -> float | None:
        """Returns an instant (ms) as seconds since the evening's beginning."""
        return None if at is None else (at - BEGINNING) / 1000

    def passes(self, seconds: float) -> list[AnyFact]:
        """Lets time pass; alarms act exactly when they are due. Returns what happened."""
        end = self.now + round(seconds * 1000)
        happened: list[AnyFact] = []
        while (at := due(self.event)) is not None and at <= end:
            self.now = max(self.now, at)
            fresh = self.asks(CLOCK, Alarm())
            assert fresh, f"nothing came of the alarm at {self.time} s"
            following = due(self.event)
            assert following is None or following > self.now, "an alarm is due again"
            happened += fresh
        self.now = max(self.now, end)
        return happened

    def passes_until(self, at: int | None) -> list[AnyFact]:
        """Lets time pass until an instant (ms)."""
        assert at is not None
        return self.passes((at - self.now) / 1000)

    def sleeps(self, seconds: float) -> list[AnyFact]:
        """Lets time pass with the server asleep; then one alarm wakes it."""
        self.now += round(seconds * 1000)
        return self.asks(CLOCK, Alarm())

    # Commands

    def asks(self, by: str, command: AnyCommand, *, now: int | None = None) -> list[AnyFact]:
        """Gives a command and folds what it comes to; returns the facts."""
        decision = decide(self.event, self.register, by, command, now or self.now)
        self.register.write(decision.rows)
        for fact in decision.facts:
            self.happens(through_json(fact))
        return list(decision.facts)

    def refuses(self, by: str, command: AnyCommand) -> str:
        """Gives a command that must be refused; returns the refusal's code."""
        with pytest.raises(Refusal) as refused:
            decide(self.event, self.register, by, command, self.now)
        assert str(refused.value).endswith("."), "a refusal is a sentence"
        return refused.value.code

    def happens(self, fact: AnyFact) -> None:
        """Folds a fact and hears what it tells."""
        apply(self.event, fact)
        self.journal.append(fact)
        for audience, message in tell(self.event, self.register, fact):
            json.encode(message)  # every message can be a frame
            for id in self._audience(audience):
                self.heard[id].append(message)

    def _audience(self, audience: m.Audience) -> Iterable[str]:
        people = self.event.people.values()
        match audience:
            case Everyone():
                return [p.id for p in people if p.connections]
            case Hosts():
                return [p.id for p in people if p.connections and p.role in HOST_ROLES]
            case People(ids=ids):
                return ids

    # People

    def adds(self, *people: str | Attendee) -> None:
        """Puts people on the list, whole profiles or just names."""
        profiles = tuple(_profile(person) for person in people)
        self.asks(ORGANISER, AddAttendees(people=profiles))

    def comes(self, *names: str, visible: bool | None = True, node: str = "n1") -> list[AnyFact]:
        """Connects people, new or known, whose page says whether it is looked at."""
        happened = []
        for name in names:
            if name not in self.event.people:
                self.adds(name)
            self._connections += 1
            connect = Connect(attendee=name, connection=f"c{self._connections}", node=node)
            happened += self.asks(SERVER, connect)
            if visible is not None:
                happened += self.asks(name, Here(visible=visible))
        return happened

    def on_site(self, *names: str, phone: bool = True) -> None:
        """Checks people in, with the event open on their phone or without a phone."""
        for name in names:
            if name not in self.event.people:
                self.adds(Attendee(id=name, name=NAMES.get(name, name.title()), mode=Mode.ON_SITE))
            self.asks("dana", CheckIn(attendee=name))
            if phone:
                self.comes(name)

    def drops(self, *names: str, silent_for: float = 0.0) -> list[AnyFact]:
        """Ends people's newest connections, as of their last frame."""
        happened = []
        as_of = self.now - round(silent_for * 1000)
        for name in names:
            link = self.event.people[name].connections[-1]
            ended = Disconnect(attendee=name, connection=link.connection, as_of=as_of)
            happened += self.asks(SERVER, ended)
        return happened

    def loses_node(self, node: str, *, silent_for: float = 5.0) -> list[AnyFact]:
        """Notes that a process is gone since its last heartbeat."""
        as_of = self.now - round(silent_for * 1000)
        return self.asks(SERVER, LoseNode(node=node, as_of=as_of))

    # Rounds

    def offers(
        self,
        rooms: Iterable[Iterable[str]],
        *,
        sitting_out: Iterable[str] = (),
        repeats: int = 99,
        round: int | None = None,
    ) -> list[AnyFact]:
        """Gives a solver's seating for the next round."""
        offer = self.offer(rooms, sitting_out=sitting_out, repeats=repeats, round=round)
        return self.asks(SERVER, offer)

    def offer(
        self,
        rooms: Iterable[Iterable[str]],
        *,
        sitting_out: Iterable[str] = (),
        repeats: int = 99,
        round: int | None = None,
    ) -> OfferSeating:
        """Returns a solver's seating for the next round."""
        return OfferSeating(
            round=round if round is not None else self.event.round + 1,
            basis="b",
            rooms=tuple(tuple(room) for room in rooms),
            sitting_out=tuple(sitting_out),
            repeats=repeats,
        )

    def seated(
        self, rooms: Iterable[Iterable[str]], *, sitting_out: Iterable[str] = ()
    ) -> list[Room]:
        """Dana starts the next round with this very seating: the preview begins."""
        wanted = [list(room) for room in rooms]
        self.offers(wanted, sitting_out=sitting_out)
        self.asks("dana", StartRound())
        assert self.phase == "preview", self.phase
        found = self.event.running_rooms()
        assert [list(room.people) for room in found] == wanted, found
        return found

    def talking(
        self, rooms: Iterable[Iterable[str]], *, sitting_out: Iterable[str] = ()
    ) -> list[Room]:
        """Dana starts the next round with this very seating, and the round itself has begun."""
        found = self.seated(rooms, sitting_out=sitting_out)
        self.passes_until(self.event.starts_at)
        assert self.phase == "round"
        return found

    # Reading

    @property
    def phase(self) -> str:
        """The phase as the contract spells it."""
        return str(self.event.phase)

    @property
    def left(self) -> float:
        """Seconds left of the round."""
        return ((self.event.ends_at or self.now) - self.now) / 1000

    def mates(self, name: str) -> list[str] | None:
        """Returns who sits in somebody's room, themselves included; None: they have no seat."""
        room = self.event.room_of(name)
        return None if room is None else sorted(room.people)

    def minutes(self) -> dict[tuple[str, str], int]:
        """Returns seconds together by pair, over all rounds so far."""
        found: dict[tuple[str, str], int] = {}
        for meeting in self.meetings():
            key = (meeting.a, meeting.b)
            found[key] = found.get(key, 0) + meeting.seconds
        return found

    def meetings(self) -> list[Encounter]:
        """Returns every encounter so far, room by room."""
        return [e for room in self.event.rooms.values() for e in encounters(room, self.now)]

    def together(self, a: str, b: str) -> int:
        """Returns two people's seconds together so far."""
        return self.minutes().get(pair(a, b), 0)

    def sees(self, name: str) -> View:
        """Returns all that somebody may see now."""
        return view(self.event, self.register, name, self.now)

    def told(self, name: str, kind: type[AnyMessage]) -> list[AnyMessage]:
        """Returns the messages of a kind that somebody was told since `hushes`."""
        return [message for message in self.heard[name] if isinstance(message, kind)]

    def last(self, name: str, kind: type[AnyMessage]) -> AnyMessage:
        """Returns the last message of a kind that somebody was told."""
        told = self.told(name, kind)
        assert told, f"{name} was told no {kind.__name__}: {self.heard[name]}"
        return told[-1]

    def why(self, name: str) -> str:
        """Returns the reason of the last `sitting-out` that somebody was told."""
        return self.last(name, m.SittingOut).because

    def codes(self, name: str) -> list[str]:
        """Returns the codes of the notices that somebody was told."""
        return [notice.code for notice in self.told(name, m.Notice)]

    def hushes(self) -> None:
        """Forgets what everybody was told so far."""
        self.heard.clear()

    def folded_anew(self) -> Event:
        """Returns the journal folded from scratch."""
        event = Event(self.event.id)
        for fact in self.journal:
            apply(event, fact)
        return event


def _profile(person: str | Attendee) -> Attendee:
    if isinstance(person, Attendee):
        return person
    return Attendee(
        id=person,
        name=NAMES.get(person, person.title()),
        email=f"{person}@example.org",
        phone=f"+81-{person}",
        link=f"https://example.org/{person}",
    )


_fact_decoder: json.Decoder[AnyFact] = json.Decoder(AnyFact)


def through_json(fact: AnyFact) -> AnyFact:
    """Returns a fact as the journal gives it back."""
    return _fact_decoder.decode(json.encode(fact))


def state_of(event: Event) -> dict[str, object]:
    """Returns everything in a fold, for comparing two of them."""
    return {name: getattr(event, name) for name in Event.__slots__}


def kinds(facts: Iterable[AnyFact]) -> list[str]:
    """Returns facts' names."""
    return [type(fact).__name__ for fact in facts]


def only(facts: Iterable[AnyFact], kind: type[OneFact]) -> OneFact:
    """Returns the one fact of a kind among others."""
    found = [fact for fact in facts if isinstance(fact, kind)]
    assert len(found) == 1, found
    return found[0]


def rooms_of(event: Event) -> list[list[str]]:
    """Returns who sits together now, sorted."""
    return sorted(sorted(room.people) for room in event.running_rooms())
