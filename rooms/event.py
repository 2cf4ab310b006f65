"""The event as it stands: a fold over the journal's facts.

Responsible for the state that the rules look at, and for how each fact changes it (`apply`).
It decides nothing and refuses nothing: a fact has happened.

Invariants:
- Values in the fold are frozen; a working copy shares them, so copying is cheap.
- Somebody's seat is the id of a room that lists them among its `people`, and of no other.
- A stay is open only while its person is in the room and present; minutes come from stays alone.
- `starts_at` and `ends_at` are the round's, from the preview on; pausing moves what is ahead.
"""

from __future__ import annotations

from collections.abc import Iterable
from itertools import combinations
from typing import Any, assert_never

from msgspec.structs import replace

from rooms import facts as f
from rooms.encounters import met_after_ms, met_in, together
from rooms.messages import LogLine, Phase
from rooms.people import HOST_ROLES, SEATED_ROLES, Mode
from rooms.programme import Plan, PlannedRound
from rooms.standing import (
    Alone,
    Calling,
    Given,
    Link,
    Pair,
    Person,
    Room,
    Stay,
    pair,
)

LOG_LINES = 120


class Event:
    """One event's state. Change it with `apply` only; read it freely."""

    __slots__ = (
        "acquainted",
        "alone",
        "announcements",
        "been",
        "blocks",
        "break_ends_at",
        "called",
        "calls",
        "cards",
        "closes_at",
        "consents",
        "contacts",
        "count",
        "current",
        "ended_at",
        "ends_at",
        "holding",
        "id",
        "joins",
        "log",
        "met",
        "newcomers_wait",
        "paused_at",
        "people",
        "phase",
        "plan",
        "present",
        "preview_at",
        "proposal",
        "ratings",
        "reports",
        "rooms",
        "round",
        "round_seconds",
        "round_size",
        "starts_at",
        "unseen",
        "waiting",
        "warned",
        "yeses",
    )

    def __init__(self, id: str = "") -> None:
        self.id = id
        self.count = 0
        self.phase = Phase.DRAFT
        self.plan = Plan()
        self.round = 0
        self.round_seconds = 0
        self.round_size = 0
        self.preview_at: int | None = None
        self.starts_at: int | None = None
        self.ends_at: int | None = None
        self.break_ends_at: int | None = None
        self.paused_at: int | None = None
        self.closes_at: int | None = None
        self.ended_at: int | None = None
        self.newcomers_wait = False
        self.warned: tuple[int, ...] = ()
        self.people: dict[str, Person] = {}
        self.present: dict[str, None] = {}
        """Who takes part and is present, whether in a room or not."""
        self.waiting: dict[str, None] = {}
        """Who could take a seat now and has none."""
        self.rooms: dict[str, Room] = {}
        self.current: dict[str, None] = {}
        """Ids of the latest round's rooms."""
        self.holding: dict[str, None] = {}
        """Ids of rooms that are not over."""
        self.acquainted: dict[Pair, tuple[str, ...]] = {}
        """Rooms that two people were seated in at the same time."""
        self.been: dict[str, tuple[str, ...]] = {}
        """The rooms somebody was seated in, in order."""
        self.met: dict[Pair, int] = {}
        """The last ended round in which two people met (rule 4)."""
        self.alone: dict[str, Alone] = {}
        self.unseen: dict[str, None] = {}
        """Online people in rooms who have not shown themselves since the preview (rule 11)."""
        self.joins: dict[str, f.JoinPlanned] = {}
        self.proposal: f.SeatingOffered | None = None
        self.called: f.RoundCalled | None = None
        self.yeses: dict[Pair, tuple[str, ...]] = {}
        """(by, about) to the fields chosen."""
        self.contacts: dict[Pair, int] = {}
        self.cards: dict[Pair, Given] = {}
        """(by, to) to what was given."""
        self.blocks: dict[Pair, int] = {}
        """(by, about) to since when."""
        self.ratings: dict[tuple[str, int], int] = {}
        self.consents: dict[str, tuple[str, int]] = {}
        """Attendee to the version agreed to, and how many consents are kept."""
        self.calls: dict[str, Calling] = {}
        self.announcements: tuple[f.Announced, ...] = ()
        self.reports: tuple[f.Reported, ...] = ()
        self.log: tuple[LogLine, ...] = ()

    def copy(self) -> Event:
        """Returns a working copy: own dicts, shared frozen values."""
        twin = Event.__new__(Event)
        for name in Event.__slots__:
            value = getattr(self, name)
            setattr(twin, name, value.copy() if isinstance(value, dict) else value)
        return twin

    # Reading

    @property
    def planned(self) -> PlannedRound | None:
        """The current or last round as planned; None before the first."""
        return self.plan.rounds[self.round - 1] if 0 < self.round <= len(self.plan.rounds) else None

    @property
    def next_planned(self) -> PlannedRound | None:
        """The next round as planned; None when the programme is over."""
        return self.plan.rounds[self.round] if self.round < len(self.plan.rounds) else None

    @property
    def is_running(self) -> bool:
        """Whether a round's seating stands (preview or round)."""
        return self.phase in (Phase.PREVIEW, Phase.ROUND)

    def room_of(self, id: str) -> Room | None:
        """Returns the room somebody is seated in now."""
        person = self.people.get(id)
        return self.rooms.get(person.seat) if person and person.seat else None

    def running_rooms(self) -> list[Room]:
        """Returns the rooms that are not over."""
        return [self.rooms[id] for id in self.holding]

    def hosts_present(self) -> int:
        """Returns how many hosts are connected."""
        return sum(1 for p in self.people.values() if p.role in HOST_ROLES and p.connections)

    def is_blocked(self, a: str, b: str) -> bool:
        """Says whether either of two people blocked the other."""
        return (a, b) in self.blocks or (b, a) in self.blocks

    def next_preview_at(self) -> int | None:
        """Returns when the next preview begins; None: when the host calls it, or never."""
        following = self.next_planned
        if following is None or not following.auto:
            return None
        if self.phase is Phase.BREAK:
            return self.break_ends_at
        if self.is_running and self.ends_at is not None and self.planned is not None:
            return self.ends_at + self.planned.break_seconds * 1000
        return self.plan.starts_at if self.round == 0 else None

    def clock(self, now: int) -> int:
        """Returns the instant as of which deadlines are meant: while paused, the pause's."""
        return self.paused_at if self.paused_at is not None else now

    # Changing, for `apply`

    def put(self, person: Person, at: int) -> None:
        """Writes somebody, and what follows from it: presence, stays, who is alone."""
        before = self.people.get(person.id)
        self.people[person.id] = person
        takes_part = person.takes_seat and person.present
        if takes_part:
            self.present[person.id] = None
        else:
            self.present.pop(person.id, None)
        if takes_part and person.seat is None and not person.sitting_out and not person.held:
            self.waiting[person.id] = None
        else:
            self.waiting.pop(person.id, None)
        if before and before.seat and before.seat != person.seat:
            self._take_out(person.id, before.seat, at)
        if person.seat:
            self._settle_stay(person, at)
            self.look_for_alone(person.seat, at)

    def _take_out(self, id: str, room_id: str, at: int) -> None:
        room = self.rooms[room_id]
        stays = tuple(
            replace(s, to_at=max(s.from_at, at)) if s.id == id and s.to_at is None else s
            for s in room.stays
        )
        people = tuple(p for p in room.people if p != id)
        wishes = tuple(w for w in room.wishes if w != id)
        self.rooms[room_id] = replace(room, stays=stays, people=people, wishes=wishes)
        self.alone.pop(id, None)
        self.unseen.pop(id, None)
        self.look_for_alone(room_id, at)

    def _settle_stay(self, person: Person, at: int) -> None:
        """Opens or closes somebody's stay so that it is open just while they are present."""
        room = self.rooms[person.seat or ""]
        link = person.connections[-1] if person.connections else None
        connection = link.connection if link and person.mode is Mode.ONLINE else ""
        stays = list(room.stays)
        still = next(
            (i for i, s in enumerate(stays) if s.id == person.id and s.to_at is None), None
        )
        belongs = person.present and room.ended_at is None
        if still is not None and belongs and stays[still].connection == connection:
            return
        if still is not None:
            stays[still] = replace(stays[still], to_at=max(stays[still].from_at, at))
        if belongs:
            ended = (s.to_at for s in stays if s.id == person.id and s.to_at is not None)
            stays.append(
                Stay(
                    id=person.id,
                    from_at=max([at, *ended]),
                    connection=connection,
                    node=link.node if link and connection else "",
                    confirmed=person.mode is Mode.ONLINE or person.arrived,
                )
            )
        if stays != list(room.stays):
            self.rooms[room.id] = replace(room, stays=tuple(stays))

    def look_for_alone(self, room_id: str, at: int) -> None:
        """Notes who is the only one present in a room, and who no longer is."""
        room = self.rooms[room_id]
        here = [id for id in room.people if self.people[id].present]
        lonely = here[0] if len(here) == 1 and room.ended_at is None else None
        if self.phase is not Phase.ROUND and room.id in self.current:
            lonely = None
        for id in room.people:
            if id != lonely:
                self.alone.pop(id, None)
        if lonely is not None and lonely not in self.alone:
            self.alone[lonely] = Alone(room.id, max(at, room.starts_at))

    def seat(self, id: str, room_id: str, at: int) -> None:
        """Puts somebody into a room, out of the one they were in."""
        room = self.rooms[room_id]
        if room_id not in self.been.get(id, ()):
            self.been[id] = (*self.been.get(id, ()), room_id)
        if id not in room.people:
            self.rooms[room_id] = replace(room, people=(*room.people, id))
        for other in room.people:
            if other != id:
                key = pair(id, other)
                known = self.acquainted.get(key, ())
                if room_id not in known:
                    self.acquainted[key] = (*known, room_id)
        person = replace(_no_longer_left_over(self.people[id]), seat=room_id, sitting_out=False)
        self.joins.pop(id, None)
        self.put(person, at)

    def open_room(self, seats: f.Seats, round: int, starts_at: int, ends_at: int, at: int) -> None:
        """Adds a room with its people."""
        self.rooms[seats.id] = Room(
            id=seats.id,
            round=round,
            people=seats.people,
            starts_at=starts_at,
            ends_at=ends_at,
            mode=seats.mode,
            table=seats.table,
            met_ms=met_after_ms(self.round_seconds),
        )
        self.current[seats.id] = None
        self.holding[seats.id] = None
        for a, b in combinations(seats.people, 2):
            key = pair(a, b)
            self.acquainted[key] = (*self.acquainted.get(key, ()), seats.id)
        for id in seats.people:
            self.been[id] = (*self.been.get(id, ()), seats.id)
            self.joins.pop(id, None)
            person = _no_longer_left_over(self.people[id])
            self.put(replace(person, seat=seats.id, arrived=False), at)

    def end_room(self, room_id: str, as_of: int, because: str) -> None:
        """Ends a room as of an instant: stays close, its people have no seat and who met is noted.

        Those whose room was ended before the round are not seated again before the next one.
        """
        room = self.rooms[room_id]
        stays = tuple(
            replace(s, to_at=max(s.from_at, as_of)) if s.to_at is None or s.to_at > as_of else s
            for s in room.stays
        )
        # While paused people talk on past the deadline as it stands; minutes run to the end.
        ends_at = room.ends_at if self.paused_at is None else as_of
        self.rooms[room_id] = replace(room, ended_at=as_of, ends_at=ends_at, stays=stays)
        self.holding.pop(room_id, None)
        for id in room.people:
            person = self.people.get(id)
            if person is None or person.seat != room_id:
                continue
            self.alone.pop(id, None)
            self.unseen.pop(id, None)
            held = person.held or because == "room-ended"
            self.people[id] = replace(person, seat=None, arrived=False, because=because, held=held)
        # The room keeps the list of those who were in it to the end; seats point to it no more.
        for id in room.people:
            self.put(self.people[id], as_of)
        for key in together(self.rooms[room_id], as_of):
            self._note_whether_met(key)

    def _note_whether_met(self, key: Pair) -> None:
        """Keeps the last round in which two people met, by rooms that are over (rule 4)."""
        self.met.pop(key, None)
        if any(id in self.people and self.people[id].sits_with for id in key):
            return
        for room in (self.rooms[id] for id in self.acquainted.get(key, ())):
            if room.ended_at is not None and met_in(room, key):
                self.met[key] = room.round

    def cut_stays(
        self, as_of: int, rooms: Iterable[str], *, connection: str = "", node: str = ""
    ) -> None:
        """Closes the stays of a connection or a process as of an instant, also behind later facts.

        Who has met by then is found anew in rooms that are over.
        """
        for room_id in rooms:
            room = self.rooms[room_id]
            stays = tuple(
                replace(s, to_at=max(s.from_at, as_of))
                if (s.to_at is None or s.to_at > as_of)
                and s.connection
                and (s.connection == connection or (node and s.node == node))
                else s
                for s in room.stays
            )
            if stays == room.stays:
                continue
            self.rooms[room_id] = replace(room, stays=stays)
            if room.ended_at is not None:
                for key in together(room, room.ended_at):
                    self._note_whether_met(key)

    def rooms_since(self, at: int) -> list[str]:
        """Returns the ids of rooms that were not over at an instant (ms)."""
        return [
            room.id for room in self.rooms.values() if room.ended_at is None or room.ended_at > at
        ]

    def note(self, line: LogLine) -> None:
        """Adds a line to the log that hosts read; the oldest fall out."""
        self.log = (*self.log[-LOG_LINES + 1 :], line)


def apply(event: Event, fact: f.AnyFact) -> None:
    """Folds one fact into the event, in place."""
    event.count += 1
    _write_log(event, fact)
    match fact:
        case f.EventCreated():
            event.plan = fact.plan
        case f.EventChanged():
            _change_plan(event, fact)
        case f.DoorsOpened():
            event.phase = Phase.LOBBY
        case f.ClosingBegan():
            event.closes_at = fact.closes_at
        case f.EventEnded():
            _end_event(event, fact)
        case f.AttendeeAdded() | f.ProfileChanged() | f.ConsentGiven() | f.Erased():
            _apply_profile(event, fact)
        case f.Removed() | f.Readmitted():
            _apply_removal(event, fact)
        case f.Connected() | f.Disconnected() | f.NodeLost():
            _apply_connection(event, fact)
        case (
            f.Looked()
            | f.Spoken()
            | f.NotHereYet()
            | f.CheckedIn()
            | f.CheckedOut()
            | f.ArrivedAtTable()
            | f.SatOut()
            | f.Rejoined()
            | f.SaidReady()
            | f.MediaChanged()
        ):
            _apply_standing(event, fact)
        case f.SeatingOffered():
            event.proposal = fact
        case f.RoundCalled():
            event.called = fact
        case f.CallWithdrawn():
            event.called = None
        case f.SeatingFixed():
            _begin_preview(event, fact)
        case f.PreviewShortened() | f.DeadlineMoved() | f.Resumed():
            _apply_deadlines(event, fact)
        case f.RoundStarted():
            event.phase = Phase.ROUND
            for id in event.current:
                event.look_for_alone(id, fact.at)
        case f.Paused():
            event.paused_at = fact.at
        case f.Warned():
            for room in event.running_rooms():
                if fact.room in (None, room.id) and fact.seconds not in room.warned:
                    event.rooms[room.id] = replace(room, warned=(*room.warned, fact.seconds))
            if fact.room is None:
                event.warned = (*event.warned, fact.seconds)
        case f.RoomEnded():
            event.end_room(fact.room, fact.at, "room-ended")
        case f.RoundEnded():
            _end_round(event, fact)
        case f.BreakEnded():
            event.phase = Phase.LOBBY
            event.break_ends_at = None
        case (
            f.Seated()
            | f.Unseated()
            | f.RoomOpened()
            | f.JoinPlanned()
            | f.JoinCancelled()
            | f.ChoseToWait()
            | f.ChoseToMeetOthers()
            | f.MoreTimeWished()
        ):
            _apply_seat(event, fact)
        case f.Rated():
            event.ratings[(fact.id, fact.round)] = fact.stars
        case (
            f.YesGiven()
            | f.YesWithdrawn()
            | f.ContactMade()
            | f.CardGiven()
            | f.CardReached()
            | f.NoteWritten()
            | f.Blocked()
            | f.Unblocked()
        ):
            _apply_contact(event, fact)
        case f.Reported() | f.Announced() | f.HostCalled() | f.CallWasSeen() | f.CallAnswered():
            _apply_hosting(event, fact)
        case _:
            assert_never(fact)


def _write_log(event: Event, fact: f.AnyFact) -> None:
    """Adds what hosts want to read back to the log: ids and choices, worded by the console."""
    by = getattr(fact, "by", "")
    line = LogLine(at=fact.at, what=str(fact.__struct_config__.tag), by=by)
    match fact:
        case (
            f.DoorsOpened()
            | f.ClosingBegan()
            | f.EventEnded()
            | f.RoundCalled()
            | f.CallWithdrawn()
            | f.SeatingFixed()
            | f.RoundStarted()
            | f.RoundEnded()
            | f.BreakEnded()
            | f.Paused()
            | f.Resumed()
            | f.PreviewShortened()
        ):
            event.note(line)
        case f.DeadlineMoved():
            event.note(replace(line, room=fact.room or "", seconds=fact.seconds))
        case f.Seated():
            event.note(replace(line, what=f"seated-{fact.because}", about=fact.id, room=fact.room))
        case f.Unseated() if not fact.onward:
            event.note(
                replace(line, what=f"unseated-{fact.because}", about=fact.id, room=fact.room)
            )
        case f.RoomOpened():
            event.note(replace(line, room=fact.room.id))
        case f.RoomEnded():
            event.note(replace(line, room=fact.room))
        case f.Removed() | f.Readmitted():
            event.note(replace(line, about=fact.id))
        case f.Announced() | f.HostCalled() | f.CallAnswered():
            event.note(replace(line, about=fact.id))
        case _:
            pass  # not for the log


def _no_longer_left_over(person: Person) -> Person:
    """Rule 5: who finds a seat after all has not sat out."""
    sat_out = person.sat_out - (person.because == "left-over")
    return replace(person, because="", held=False, sat_out=sat_out)


def _change_plan(event: Event, fact: f.EventChanged) -> None:
    """Changes the plan; a break then ends by itself, or waits for the host, as the new one says."""
    if fact.plan is None:
        return
    event.plan = fact.plan
    following, planned = event.next_planned, event.planned
    if event.phase is not Phase.BREAK or planned is None:
        return
    if following is not None and not following.auto:
        event.break_ends_at = None
    elif event.break_ends_at is None:
        event.break_ends_at = (event.ends_at or fact.at) + planned.break_seconds * 1000


def _end_event(event: Event, fact: f.EventEnded) -> None:
    for id in list(event.holding):
        event.end_room(id, fact.at, "round-ended")
    event.phase = Phase.ENDED
    event.ended_at = fact.at
    event.paused_at = event.break_ends_at = event.called = event.proposal = None
    event.joins.clear()


def _apply_profile(
    event: Event, fact: f.AttendeeAdded | f.ProfileChanged | f.ConsentGiven | f.Erased
) -> None:
    person = event.people.get(fact.id)
    match fact:
        case f.AttendeeAdded():
            event.put(
                Person(
                    id=fact.id,
                    role=fact.role,
                    mode=fact.mode,
                    table=fact.table,
                    sits_with=fact.sits_with,
                    takes_seat=fact.role in SEATED_ROLES,
                    waits_for_yes=fact.waits_for_yes,
                ),
                fact.at,
            )
        case f.ProfileChanged() if person is not None:
            role = fact.role or person.role
            takes_seat = person.takes_seat if role is person.role else role in SEATED_ROLES
            event.put(
                replace(
                    person,
                    role=role,
                    mode=fact.mode or person.mode,
                    table=fact.table,
                    sits_with=fact.sits_with,
                    takes_seat=takes_seat,
                ),
                fact.at,
            )
        case f.ConsentGiven():
            _, kept = event.consents.get(fact.id, ("", 0))
            event.consents[fact.id] = (fact.version, kept + 1)
        case f.Erased() if person is not None:
            event.put(replace(person, erased=True, connections=(), seat=None), fact.at)
            _forget(event.yeses, fact.id)
            _forget(event.contacts, fact.id)
            _forget(event.cards, fact.id)
            _forget(event.blocks, fact.id)
            event.consents.pop(fact.id, None)
        case _:
            pass  # about somebody erased meanwhile


def _forget(kept: dict[Pair, Any], id: str) -> None:
    for key in [key for key in kept if id in key]:
        del kept[key]


def _apply_removal(event: Event, fact: f.Removed | f.Readmitted) -> None:
    person = event.people[fact.id]
    if isinstance(fact, f.Removed):
        event.newcomers_wait = True
        event.put(replace(person, removed_at=fact.at, connections=(), dropped_at=None), fact.at)
    else:
        event.put(replace(person, removed_at=None, waits_for_yes=False), fact.at)


def _apply_connection(event: Event, fact: f.Connected | f.Disconnected | f.NodeLost) -> None:
    match fact:
        case f.Connected():
            person = event.people[fact.id]
            link = Link(fact.connection, fact.node, fact.at)
            # An attendee has one connection, the newest tab; hosts may have several.
            kept = person.connections if person.role in HOST_ROLES else ()
            event.put(
                replace(
                    person,
                    connections=(*kept, link),
                    dropped_at=person.dropped_at if person.not_here_yet and person.seat else None,
                    left_at=None,
                    not_here_yet=person.not_here_yet and person.seat is not None,
                ),
                fact.at,
            )
        case f.Disconnected():
            person = event.people[fact.id]
            left = tuple(c for c in person.connections if c.connection != fact.connection)
            event.cut_stays(fact.as_of, event.been.get(fact.id, ()), connection=fact.connection)
            if left != person.connections:
                away = _without_connections(person, left, fact.as_of, fact.on_purpose)
                event.put(away, fact.as_of if left else fact.at)
        case f.NodeLost():
            event.cut_stays(fact.as_of, event.rooms_since(fact.as_of), node=fact.node)
            for person in list(event.people.values()):
                left = tuple(c for c in person.connections if c.node != fact.node)
                if left != person.connections:
                    away = _without_connections(person, left, fact.as_of, on_purpose=False)
                    event.put(away, fact.as_of if left else fact.at)
            for id, alone in event.alone.items():
                event.alone[id] = replace(alone, since=max(alone.since, fact.at))


def _without_connections(
    person: Person, left: tuple[Link, ...], as_of: int, on_purpose: bool
) -> Person:
    """Takes connections from somebody; with a tab left they are here as before."""
    if left:
        return replace(person, connections=left)
    away_already = person.not_here_yet and person.dropped_at is not None
    return replace(
        person,
        connections=(),
        dropped_at=None if on_purpose else person.dropped_at if away_already else as_of,
        left_at=as_of if on_purpose else None,
        microphone=False,
        camera=False,
        screen=False,
        ready=person.ready and not on_purpose,
    )


def _apply_standing(
    event: Event,
    fact: f.Looked
    | f.Spoken
    | f.NotHereYet
    | f.CheckedIn
    | f.CheckedOut
    | f.ArrivedAtTable
    | f.SatOut
    | f.Rejoined
    | f.SaidReady
    | f.MediaChanged,
) -> None:
    person = event.people[fact.id]
    match fact:
        case f.Looked():
            links = tuple(
                replace(c, visible=fact.visible) if c.connection == fact.connection else c
                for c in person.connections
            )
            person = replace(person, connections=links)
            if fact.visible:
                person = _here(event, person)
        case f.Spoken():
            person = _here(event, person)
        case f.NotHereYet():
            person = replace(person, not_here_yet=True, dropped_at=fact.at)
            event.unseen.pop(fact.id, None)
        case f.CheckedIn():
            person = replace(
                person, mode=Mode.ON_SITE, checked_in_at=fact.at, checked_out_at=None, held=False
            )
        case f.CheckedOut():
            person = replace(person, checked_out_at=fact.at)
        case f.ArrivedAtTable():
            _confirm_stay(event, person, fact.at)
            person = replace(person, arrived=True)
        case f.SatOut():
            takes_seat = person.takes_seat and person.role in SEATED_ROLES
            sitting_out = person.role in SEATED_ROLES
            person = replace(person, sitting_out=sitting_out, takes_seat=takes_seat, ready=False)
        case f.Rejoined():
            person = replace(person, sitting_out=False, takes_seat=True, held=False)
        case f.SaidReady():
            person = replace(person, ready=True)
        case f.MediaChanged():
            person = replace(
                person, microphone=fact.microphone, camera=fact.camera, screen=fact.screen
            )
            if fact.microphone:
                person = _here(event, person)
        case _:
            assert_never(fact)
    event.put(person, fact.at)


def _here(event: Event, person: Person) -> Person:
    event.unseen.pop(person.id, None)
    if not person.not_here_yet:
        return person
    return replace(person, not_here_yet=False, dropped_at=None)


def _confirm_stay(event: Event, person: Person, at: int) -> None:
    """Rule 22: minutes on site run from the arrival that somebody said."""
    if person.seat is None or person.arrived:
        return
    room = event.rooms[person.seat]
    stays = tuple(
        replace(s, from_at=max(s.from_at, at), confirmed=True)
        if s.id == person.id and s.to_at is None
        else s
        for s in room.stays
    )
    event.rooms[room.id] = replace(room, stays=stays)


def _begin_preview(event: Event, fact: f.SeatingFixed) -> None:
    for id in list(event.holding):
        event.end_room(id, fact.at, "round-ended")
    event.phase = Phase.PREVIEW
    event.round = fact.round
    event.round_seconds, event.round_size = fact.seconds, fact.size
    event.preview_at, event.starts_at, event.ends_at = fact.at, fact.starts_at, fact.ends_at
    event.paused_at = event.break_ends_at = event.called = event.proposal = None
    event.warned = ()
    for kept in (event.current, event.joins, event.alone, event.unseen):
        kept.clear()
    left_over = {left.id: left.because for left in fact.left_over}
    for person in list(event.people.values()):
        because = left_over.get(person.id, "")
        sat_out = person.sat_out + (because == "left-over")
        event.people[person.id] = replace(
            person, ready=False, held=False, arrived=False, because=because, sat_out=sat_out
        )
    for seats in fact.rooms:
        event.open_room(seats, fact.round, fact.starts_at, fact.ends_at, fact.at)
        for id in seats.people:
            person = event.people[id]
            if person.mode is Mode.ONLINE and not person.visible and not person.microphone:
                event.unseen[id] = None
    for person in list(event.people.values()):
        if person.seat is None:
            event.put(person, fact.at)


def _apply_deadlines(event: Event, fact: f.PreviewShortened | f.DeadlineMoved | f.Resumed) -> None:
    match fact:
        case f.PreviewShortened():
            shift = fact.ends_at - (event.ends_at or fact.ends_at)
            event.starts_at, event.ends_at = fact.starts_at, fact.ends_at
            for room in event.running_rooms():
                event.rooms[room.id] = replace(
                    room, starts_at=fact.starts_at, ends_at=room.ends_at + shift
                )
        case f.DeadlineMoved() if fact.room is not None:
            room = event.rooms[fact.room]
            warned = tuple(w for w in room.warned if fact.ends_at - fact.at <= w * 1000)
            event.rooms[room.id] = replace(
                room, ends_at=fact.ends_at, warned=warned, granted=room.granted or not fact.by
            )
        case f.DeadlineMoved() if event.phase is Phase.BREAK:
            event.break_ends_at = fact.ends_at
        case f.DeadlineMoved():
            shift = fact.ends_at - (event.ends_at or fact.ends_at)
            event.ends_at = fact.ends_at
            event.warned = tuple(w for w in event.warned if fact.ends_at - fact.at <= w * 1000)
            for room in event.running_rooms():
                ends_at = room.ends_at + shift
                warned = tuple(w for w in room.warned if ends_at - fact.at <= w * 1000)
                event.rooms[room.id] = replace(room, ends_at=ends_at, warned=warned)
        case f.Resumed():
            _resume(event, fact.at)


def _resume(event: Event, at: int) -> None:
    """Moves all that was ahead when the pause began by as long as it lasted."""
    paused_at = event.paused_at if event.paused_at is not None else at
    shift = at - paused_at

    def moved(instant: int | None) -> int | None:
        return instant + shift if instant is not None and instant >= paused_at else instant

    if event.phase is Phase.PREVIEW and event.preview_at is not None:
        event.preview_at += shift
    event.starts_at, event.ends_at = moved(event.starts_at), moved(event.ends_at)
    event.break_ends_at = moved(event.break_ends_at)
    for room in event.running_rooms():
        event.rooms[room.id] = replace(
            room,
            starts_at=moved(room.starts_at) or room.starts_at,
            ends_at=moved(room.ends_at) or room.ends_at,
        )
    event.paused_at = None


def _end_round(event: Event, fact: f.RoundEnded) -> None:
    by_host = bool(fact.by)
    for room in event.running_rooms():
        if by_host or room.ends_at <= fact.as_of:
            event.end_room(room.id, fact.as_of, "")
    event.phase = Phase.BREAK
    event.paused_at = None
    event.ends_at = fact.as_of
    event.break_ends_at = fact.break_ends_at
    event.joins.clear()
    event.alone.clear()
    for person in list(event.people.values()):
        if person.because and person.seat is None:
            event.people[person.id] = replace(person, because="")


def _apply_seat(
    event: Event,
    fact: f.Seated
    | f.Unseated
    | f.RoomOpened
    | f.JoinPlanned
    | f.JoinCancelled
    | f.ChoseToWait
    | f.ChoseToMeetOthers
    | f.MoreTimeWished,
) -> None:
    match fact:
        case f.Seated():
            event.seat(fact.id, fact.room, fact.at)
        case f.Unseated():
            person = replace(
                event.people[fact.id],
                seat=None,
                arrived=False,
                because=fact.because,
                held=fact.because == "moved" and bool(fact.by),
            )
            event.joins.pop(fact.id, None)
            event.put(person, fact.at)
        case f.RoomOpened():
            event.open_room(fact.room, event.round, fact.starts_at, fact.ends_at, fact.at)
            event.look_for_alone(fact.room.id, fact.at)
        case f.JoinPlanned():
            event.joins[fact.id] = fact
        case f.JoinCancelled():
            event.joins.pop(fact.id, None)
        case f.ChoseToWait() if fact.id in event.alone:
            event.alone[fact.id] = replace(
                event.alone[fact.id], waits_until=fact.until, wants_others=False
            )
        case f.ChoseToMeetOthers() if fact.id in event.alone:
            event.alone[fact.id] = replace(
                event.alone[fact.id], waits_until=None, wants_others=True
            )
        case f.MoreTimeWished():
            room = event.rooms[fact.room]
            event.rooms[room.id] = replace(room, wishes=(*room.wishes, fact.id))
        case _:
            pass  # alone no more


def _apply_contact(
    event: Event,
    fact: f.YesGiven
    | f.YesWithdrawn
    | f.ContactMade
    | f.CardGiven
    | f.CardReached
    | f.NoteWritten
    | f.Blocked
    | f.Unblocked,
) -> None:
    match fact:
        case f.YesGiven():
            event.yeses[(fact.by, fact.about)] = fact.fields
        case f.YesWithdrawn():
            event.yeses.pop((fact.by, fact.about), None)
            event.contacts.pop(pair(fact.by, fact.about), None)
        case f.ContactMade():
            event.contacts[pair(fact.a, fact.b)] = fact.at
        case f.CardGiven() if fact.fields:
            before = event.cards.get((fact.by, fact.to))
            reached = before is not None and before.reached
            event.cards[(fact.by, fact.to)] = Given(fact.fields, reached)
        case f.CardGiven():
            event.cards.pop((fact.by, fact.to), None)
        case f.CardReached():
            given = event.cards.get((fact.by, fact.to))
            if given is not None:
                event.cards[(fact.by, fact.to)] = replace(given, reached=True)
        case f.NoteWritten():
            pass  # its words are in the register
        case f.Blocked():
            event.blocks[(fact.by, fact.about)] = fact.at
        case f.Unblocked():
            event.blocks.pop((fact.by, fact.about), None)
        case _:
            assert_never(fact)


def _apply_hosting(
    event: Event,
    fact: f.Reported | f.Announced | f.HostCalled | f.CallWasSeen | f.CallAnswered,
) -> None:
    match fact:
        case f.Reported():
            event.reports = (*event.reports, fact)
        case f.Announced():
            event.announcements = (*event.announcements, fact)
        case f.HostCalled():
            event.calls[fact.id] = Calling(id=fact.id, by=fact.by, at=fact.at, room=fact.room)
        case f.CallWasSeen():
            event.calls[fact.id] = replace(event.calls[fact.id], seen=True)
        case f.CallAnswered():
            event.calls[fact.id] = replace(
                event.calls[fact.id], seen=True, answered_by=fact.by, answer=fact.text
            )
        case _:
            assert_never(fact)
