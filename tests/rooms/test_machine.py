"""Evenings nobody thought of: random commands, time, drops, lost processes; what must hold."""

from __future__ import annotations

from typing import ClassVar

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule
from msgspec import json

from rooms import commands as c
from rooms import facts as f
from rooms import messages as m
from rooms.deciding import CLOCK, ORGANISER, SERVER
from rooms.encounters import encounters
from rooms.event import Event
from rooms.lobby import pool
from rooms.matching.solving import solve_wanted
from rooms.matching.wanted import wanted
from rooms.people import CONTACT_FIELDS, HOST_ROLES, Attendee, Mode, Role, RoomMode
from rooms.programme import Allow, Kind, Mixing
from rooms.refusal import Refusal
from rooms.rounds import due
from rooms.standing import pair
from rooms.view import floor
from tests.rooms.evenings import Evening, state_of

ONLINE = ("ana", "bo", "chidi", "hana", "ines", "jun", "kofi")
ON_SITE = ("emre", "fatou", "goran")
HOSTS = ("dana", "dina")
EVERYBODY = (*ONLINE, *ON_SITE, *HOSTS, "heli")
NODES = ("n1", "n2", "n3")

anybody = st.sampled_from(EVERYBODY)
guests = st.sampled_from((*ONLINE, *ON_SITE))
online = st.sampled_from(ONLINE)
fields = st.sets(st.sampled_from(CONTACT_FIELDS)).map(tuple)
indices = st.integers(0, 30)


def secret(name: str, field: str) -> str:
    """A contact field's value that occurs nowhere else."""
    return f"{field}~of~{name}"


def guest(name: str) -> Attendee:
    """Somebody whose contact fields are told apart from everybody else's."""
    role = Role.HOST if name in HOSTS else Role.HELPER if name == "heli" else Role.ATTENDEE
    return Attendee(
        id=name,
        name=name.title(),
        role=role,
        mode=Mode.ON_SITE if name in ON_SITE else Mode.ONLINE,
        email=secret(name, "email"),
        phone=secret(name, "phone"),
        link=secret(name, "link"),
        interests=("tea",) if name < "h" else ("rain", "tea"),
    )


class Chosen:
    """What people chose to give each other, kept beside the fold: rules 16 and 17 briefly."""

    def __init__(self) -> None:
        self.yes: dict[tuple[str, str], set[str]] = {}
        self.cards: dict[tuple[str, str], set[str]] = {}

    def note(self, by: str, command: c.AnyCommand, facts: tuple[f.AnyFact, ...]) -> None:
        """Remembers what a command that was not refused gave or took back."""
        match command:
            case c.KeepInTouch(yes=True):
                self.yes[(by, command.about)] = set(command.fields or ())
            case c.KeepInTouch():
                self.yes.pop((by, command.about), None)
            case c.GiveCard():
                for to in [fact.to for fact in facts if isinstance(fact, f.CardGiven)]:
                    self.cards[(by, to)] = set(command.fields)
            case c.Block():
                self.yes.pop((by, command.about), None)
                self.cards.pop((by, command.about), None)
            case c.Erase():
                for kept in (self.yes, self.cards):
                    for key in [key for key in kept if command.attendee in key]:
                        del kept[key]
            case _:
                pass

    def may_see(self, viewer: str, about: str) -> set[str]:
        """Returns the fields of somebody that a viewer may see, if it is time for it."""
        mutual = (viewer, about) in self.yes and (about, viewer) in self.yes
        by_yes = self.yes[(about, viewer)] if mutual else set()
        return by_yes | self.cards.get((about, viewer), set())


class Watched(Evening):
    """An evening that looks at each fact in the moment it happens."""

    def happens(self, fact: f.AnyFact) -> None:
        super().happens(fact)
        match fact:
            case f.SeatingFixed():
                for seats in fact.rooms:
                    assert len(seats.people) > 1, "a room of one"
                    self._may_sit_together(seats.people, seats.people)
            case f.RoomOpened():
                # On an open floor somebody takes an empty room, and others may follow.
                assert fact.by or len(fact.room.people) > 1, "a room of one"
                self._may_sit_together(fact.room.people, fact.room.people)
            case f.Seated():
                assert fact.by or len(self.event.rooms[fact.room].people) > 1, "a room of one"
                self._may_sit_together((fact.id,), self.event.rooms[fact.room].people)
            case f.ContactMade():
                self._sit_apart(fact.a, fact.b)
            case f.CardReached():
                self._sit_apart(fact.by, fact.to)
            case _:
                pass

    def _may_sit_together(self, ones: tuple[str, ...], others: tuple[str, ...]) -> None:
        """Rule 3: blocked pairs never come to share a room."""
        for a in ones:
            for b in others:
                assert a == b or not self.event.is_blocked(a, b), (a, b)

    def _sit_apart(self, a: str, b: str) -> None:
        """Rules 16 and 17: nothing is revealed before the round's end."""
        room = self.event.room_of(a)
        assert room is None or b not in room.people, (a, b)


STATIONS = 1


class EveningMachine(RuleBasedStateMachine):
    """Plays an evening; its invariants are the rules that hold at every moment."""

    lengths: ClassVar = st.sampled_from((20, 60, 100, 480))

    @initialize(
        seconds=lengths,
        size=st.sampled_from((2, 3, 4)),
        preview=st.sampled_from((0, 20)),
        between=st.sampled_from((0, 30)),
        auto=st.booleans(),
        ready_check=st.sampled_from((False, False, True)),
        mixing=st.sampled_from(tuple(Mixing)),
        here=st.sets(guests, min_size=4),
    )
    def begins(
        self,
        seconds: int,
        size: int,
        preview: int,
        between: int,
        auto: bool,
        ready_check: bool,
        mixing: Mixing,
        here: set[str],
    ) -> None:
        self.evening = Watched(
            rounds=4,
            seconds=seconds,
            size=size,
            most=size + 1,
            preview=preview,
            pause_between=between,
            walking=30,
            auto=auto,
            ready_check=ready_check,
            mixing=mixing,
            stations=STATIONS,
            starts_at=40,
        )
        self.chosen = Chosen()
        self.evening.adds(*(guest(name) for name in EVERYBODY))
        self.woke_at = 0
        self.connections = 0
        self.connect("dana", "n1")
        for name in sorted(here):
            if name in ON_SITE:
                self.does("dana", c.CheckIn(attendee=name))
            self.connect(name, "n1")
            self.does(name, c.Here())

    # Doing

    @property
    def event(self) -> Event:
        return self.evening.event

    def does(self, by: str, command: c.AnyCommand) -> None:
        """Gives a command; a refusal is fine, any other exception is not."""
        before = state_of(self.event.copy())
        try:
            facts = tuple(self.evening.asks(by, command))
        except Refusal:
            assert state_of(self.event) == before
            return
        self.chosen.note(by, command, facts)
        self._check_told()

    def connect(self, name: str, node: str) -> None:
        self.connections += 1
        self.does(SERVER, c.Connect(attendee=name, connection=f"x{self.connections}", node=node))

    def room_id(self, index: int) -> str:
        rooms = list(self.event.rooms) or ["r9-9"]
        return rooms[-1 - index % len(rooms)]

    # Coming and going

    @rule(name=anybody, node=st.sampled_from(NODES), shows=st.booleans())
    def somebody_comes(self, name: str, node: str, shows: bool) -> None:
        self.connect(name, node)
        if shows and self.event.people[name].connections:
            self.does(name, c.Here())

    @rule(name=anybody, silent_for=st.sampled_from((0, 1500, 4000)))
    def somebody_drops(self, name: str, silent_for: int) -> None:
        for link in self.event.people[name].connections[-1:]:
            as_of = self.evening.now - silent_for
            ended = c.Disconnect(attendee=name, connection=link.connection, as_of=as_of)
            self.does(SERVER, ended)

    @rule(node=st.sampled_from(NODES), silent_for=st.sampled_from((5000, 9000)))
    def a_process_is_lost(self, node: str, silent_for: int) -> None:
        self.does(SERVER, c.LoseNode(node=node, as_of=self.evening.now - silent_for))

    @rule(name=anybody, visible=st.booleans())
    def somebody_looks(self, name: str, visible: bool) -> None:
        self.does(name, c.Here(visible=visible))

    @rule(
        name=anybody,
        command=st.sampled_from(
            (
                c.Leave(),
                c.SitOut(),
                c.Rejoin(),
                c.Rejoin(),
                c.Ready(),
                c.Wait(),
                c.MeetOthers(),
                c.WishMoreTime(),
                c.Spoke(),
                c.Arrived(),
                c.Media(microphone=True),
                c.Media(),
                c.CallHost(text="help"),
                c.Rate(stars=4),
                c.Profile(mode=Mode.ON_SITE),
                c.Profile(mode=Mode.ONLINE),
                c.Profile(title="Dr"),
            )
        ),
    )
    def somebody_asks(self, name: str, command: c.AnyCommand) -> None:
        self.does(name, command)

    @rule()
    def everybody_wishes_for_more_time(self) -> None:
        for name in EVERYBODY:
            self.does(name, c.WishMoreTime())

    @rule(name=st.sampled_from(ON_SITE), comes=st.booleans())
    def staff_check_people(self, name: str, comes: bool) -> None:
        self.does("heli", c.CheckIn(attendee=name) if comes else c.CheckOut(attendee=name))

    @rule(name=guests)
    def a_newcomer_by_link(self, name: str) -> None:
        newcomer = guest(f"new-{name}")
        self.does("server", c.AddAttendees(people=(newcomer,), by_event_link=True))
        self.connect(newcomer.id, "n1")

    # Each other

    @rule(by=guests, about=guests, yes=st.sampled_from((True, True, False)), chosen=fields)
    def somebody_keeps_in_touch(
        self, by: str, about: str, yes: bool, chosen: tuple[str, ...]
    ) -> None:
        self.does(by, c.KeepInTouch(about=about, yes=yes, fields=chosen))

    @rule(chosen=fields)
    def all_roommates_keep_in_touch(self, chosen: tuple[str, ...]) -> None:
        for room in self.event.running_rooms():
            for by in room.people:
                for about in room.people:
                    self.does(by, c.KeepInTouch(about=about, fields=chosen))

    @rule(by=guests, to=st.one_of(guests, st.just("room")), chosen=fields)
    def somebody_gives_a_card(self, by: str, to: str, chosen: tuple[str, ...]) -> None:
        self.does(by, c.GiveCard(to=to, fields=chosen))

    @rule(by=guests, about=guests, leave=st.booleans())
    def somebody_blocks(self, by: str, about: str, leave: bool) -> None:
        self.does(by, c.Block(about=about, leave=leave))

    @rule(by=guests, index=indices)
    def somebody_blocks_a_roommate(self, by: str, index: int) -> None:
        room = self.event.room_of(by)
        if room is not None:
            self.does(by, c.Block(about=room.people[index % len(room.people)], leave=True))

    @rule(by=guests, about=guests)
    def somebody_unblocks(self, by: str, about: str) -> None:
        self.does(by, c.Unblock(about=about))

    # Topics and the floor

    @rule(name=anybody, index=indices, none=st.booleans())
    def somebody_chooses_a_topic(self, name: str, index: int, none: bool) -> None:
        known = list(self.event.topics) or ["t9"]
        self.does(name, c.ChooseTopic(topic="" if none else known[index % len(known)]))

    @rule(name=guests, words=st.sampled_from(("Tea", "Rain", "Jazz", "Trains")))
    def somebody_proposes_a_topic(self, name: str, words: str) -> None:
        self.does(name, c.ProposeTopic(topic=words))

    @rule(index=indices, drops=st.booleans())
    def a_host_answers_a_topic(self, index: int, drops: bool) -> None:
        known = list(self.event.topics) or ["t9"]
        topic = known[index % len(known)]
        self.does("dana", c.DropTopic(topic=topic) if drops else c.AcceptTopic(topic=topic))

    @rule(name=anybody, index=indices, named=st.sampled_from(("", "", "new", "table-2", "lobby")))
    def somebody_chooses_a_room(self, name: str, index: int, named: str) -> None:
        self.does(name, c.ChooseRoom(room=named or self.room_id(index)))

    @rule(index=indices)
    def everybody_goes_into_one_room(self, index: int) -> None:
        for name in (*ONLINE, *ON_SITE):
            self.does(name, c.ChooseRoom(room=self.room_id(index)))

    @rule(host=st.sampled_from(HOSTS), index=indices, leaves=st.booleans())
    def a_host_visits(self, host: str, index: int, leaves: bool) -> None:
        self.does(host, c.Visit(room=None if leaves else self.room_id(index)))

    @rule(
        kinds=st.lists(st.sampled_from(tuple(Kind)), max_size=3),
        seconds=st.sampled_from((0, 30, 100)),
        auto=st.booleans(),
    )
    def the_programme_is_changed(self, kinds: list[Kind], seconds: int, auto: bool) -> None:
        rounds = tuple(
            c.RoundAsked(
                kind=kind,
                seconds=seconds if kind is Kind.OPEN or seconds else 30,
                size=3,
                least=2,
                most=4,
                break_seconds=10,
                preview_seconds=5,
                auto=auto,
                topics=("Tea", "Rain") if kind is Kind.TOPICS else (),
            )
            for kind in kinds
        )
        self.does("dana", c.ChangeProgramme(rounds=rounds))

    @rule(kind=st.sampled_from(tuple(Kind)))
    def the_next_round_is_of_another_kind(self, kind: Kind) -> None:
        self.does("dana", c.ProposeRound(kind=kind))
        self.does("dana", c.StartRound())

    # Hosts

    @rule(seconds=st.sampled_from((None, 30)), size=st.sampled_from((None, 2)))
    def a_round_is_called(self, seconds: int | None, size: int | None) -> None:
        self.does("dana", c.StartRound(seconds=seconds, size=size))

    @rule(order=st.randoms(use_true_random=False), size=st.sampled_from((2, 3, 4)))
    def a_seating_is_offered(self, order: object, size: int) -> None:
        here = sorted(pool(self.event, self.evening.now))
        order.shuffle(here)  # type: ignore[attr-defined]
        rooms = tuple(tuple(here[i : i + size]) for i in range(0, len(here), size))
        self.does(
            SERVER,
            c.OfferSeating(round=self.event.round + 1, basis="b", rooms=rooms, repeats=99),
        )

    @rule(
        allow=st.sampled_from(tuple(Allow)),
        command=st.sampled_from((c.Reshuffle(), c.Undo(), c.Undo(), c.Pin())),
        by=st.sampled_from(("dana", "dina")),
    )
    def the_host_has_the_proposal_drawn_anew(
        self, allow: Allow, command: c.AnyCommand, by: str
    ) -> None:
        self.does(by, c.Relax(allow=allow))
        self.does(by, command)

    @rule(a=guests, b=guests, index=indices, keep=st.booleans())
    def the_host_changes_the_proposal(self, a: str, b: str, index: int, keep: bool) -> None:
        self.does("dana", c.Swap(a=a, b=b))
        self.does("dana", c.Pin(people=(a,), room=str(index + 1)))
        self.does("dana", c.Pin(people=(a, b), keep=keep))
        self.does("dana", c.Pin(room=str(index + 1), keep=keep))

    @rule()
    def the_solver_proposes(self) -> None:
        asked = wanted(self.event, self.evening.register, self.evening.now)
        if asked is not None:
            self.does(SERVER, solve_wanted(asked, 0, steps=10))

    @rule(size=st.sampled_from((2, 3, 4)))
    def a_round_is_played(self, size: int) -> None:
        self.does("dana", c.EndRound())
        rooms: list[tuple[str, ...]] = []
        for mode in Mode:
            here = [
                id
                for id in pool(self.event, self.evening.now)
                if self.event.people[id].mode is mode
            ]
            rooms += [tuple(here[i : i + size]) for i in range(0, len(here), size)]
        offer = c.OfferSeating(
            round=self.event.round + 1, basis="b", rooms=tuple(rooms), repeats=99
        )
        self.does(SERVER, offer)
        self.does("dana", c.StartRound())
        self.time_passes(30)

    @rule(
        command=st.sampled_from(
            (c.Pause(), c.Resume(), c.Resume(), c.EndRound(), c.Extend(seconds=20), c.OpenDoors())
        )
    )
    def the_host_minds_the_clock(self, command: c.AnyCommand) -> None:
        self.does("dana", command)

    @rule(seconds=st.sampled_from((-40, -10, 15, 60)))
    def the_host_extends(self, seconds: int) -> None:
        self.does("dana", c.Extend(seconds=seconds))

    @rule(index=indices, seconds=st.sampled_from((-15, 10, 60, None)))
    def the_host_minds_one_room(self, index: int, seconds: int | None) -> None:
        room = self.room_id(index)
        if seconds is None:
            self.does("dana", c.EndRound(room=room))
        else:
            self.does("dana", c.Extend(seconds=seconds, room=room))

    @rule(name=anybody, index=indices, lobby=st.booleans())
    def the_host_moves(self, name: str, index: int, lobby: bool) -> None:
        self.does("dana", c.Move(attendee=name, room="lobby" if lobby else self.room_id(index)))

    @rule(a=indices, b=indices)
    def the_host_merges(self, a: int, b: int) -> None:
        self.does("dana", c.Merge(room=self.room_id(a), into=self.room_id(b)))

    @rule(name=anybody, back=st.booleans())
    def the_host_removes(self, name: str, back: bool) -> None:
        self.does("dana", c.Readmit(attendee=name) if back else c.Remove(attendee=name))

    @rule(text=st.just("Hello"), index=indices)
    def the_host_announces(self, text: str, index: int) -> None:
        self.does("dana", c.Announce(text=text))
        self.does("dana", c.Announce(text=text, rooms=(self.room_id(index),)))

    @precondition(lambda self: len(self.evening.journal) > 150)
    @rule(name=guests)
    def somebody_is_erased(self, name: str) -> None:
        self.does(ORGANISER, c.Erase(attendee=name))

    @precondition(lambda self: len(self.evening.journal) > 250)
    @rule()
    def the_host_closes(self) -> None:
        self.does("dana", c.CloseEvent())

    # Time

    @rule(seconds=st.sampled_from((1, 4, 5, 10, 21, 30, 60, 200)))
    def time_passes(self, seconds: int) -> None:
        end = self.evening.now + seconds * 1000
        for _ in range(1000):
            at = due(self.event)
            if at is None or at > end:
                break
            self.evening.now = max(self.evening.now, at)
            count = len(self.evening.journal)
            self.does(CLOCK, c.Alarm())
            assert len(self.evening.journal) > count, "nothing came of an alarm"
        else:
            raise AssertionError("alarms do not come to an end")
        self.evening.now = end

    @rule(seconds=st.sampled_from((7, 90, 2000)))
    def the_server_sleeps(self, seconds: int) -> None:
        self.evening.now += seconds * 1000
        self.woke_at = self.evening.now
        if due(self.event) is not None:
            self.does(CLOCK, c.Alarm())

    # What must hold

    def _check_told(self) -> None:
        """Nobody is told a contact field that its owner did not choose to give them (18)."""
        for viewer, messages in self.evening.heard.items():
            for message in messages:
                self._check_frame(viewer, json.encode(message))
            self.evening.heard[viewer] = [
                kept for kept in messages if isinstance(kept, m.Room | m.SittingOut)
            ]

    def _check_frame(self, viewer: str, frame: bytes) -> None:
        if b"~of~" not in frame:
            return
        for about in EVERYBODY:
            for field in CONTACT_FIELDS:
                if about == viewer or secret(about, field).encode() not in frame:
                    continue
                assert field in self.chosen.may_see(viewer, about), (viewer, about, field, frame)

    @invariant()
    def the_rules_hold(self) -> None:
        self.nobody_sits_in_two_rooms()
        self.on_site_and_online_people_share_rooms_at_stations_alone()
        self.two_tables_have_two_numbers()
        self.stays_are_open_just_while_somebody_is_there()
        self.minutes_do_not_exceed_the_time_the_room_had()
        self.nothing_is_overdue()
        self.who_is_alone_is_the_only_one_there()
        self.nobody_is_alone_for_long_unless_they_chose_to_wait()
        self.everybody_here_is_seated_or_told_why()
        self.contacts_said_yes_both_ways()
        self.what_is_kept_is_in_the_proposal_once()
        self.visits_are_of_hosts_who_are_here_and_sit_nowhere()
        self.an_open_floor_is_full_for_the_blocked_and_no_room_is_empty()

    def visits_are_of_hosts_who_are_here_and_sit_nowhere(self) -> None:
        for id, room in self.event.visits.items():
            assert self.event.people[id].connections
            assert self.event.people[id].seat is None
            assert self.event.rooms[room].ended_at is None

    def an_open_floor_is_full_for_the_blocked_and_no_room_is_empty(self) -> None:
        if self.event.kind is not Kind.OPEN or not self.event.is_running:
            return
        planned = self.event.planned
        for room in self.event.running_rooms():
            assert room.people
            assert planned is None or len(room.people) <= planned.most
        for a, b in self.event.blocks:
            for viewer, other in ((a, b), (b, a)):
                seat = self.event.people[other].seat
                seen = floor(self.event, self.evening.register, viewer).rooms
                if seat and self.event.people[viewer].seat != seat:
                    [there] = [one for one in seen if one.id == seat]
                    assert (there.full, there.people) == (True, ())

    def what_is_kept_is_in_the_proposal_once(self) -> None:
        offered = self.event.proposal
        if offered is None:
            return
        seated = [id for ids in offered.rooms for id in ids]
        assert len(seated) == len(set(seated)), offered.rooms
        kept = [id for ids in (*self.event.pinned, *self.event.together) for id in ids]
        assert len(kept) == len(set(kept)), (self.event.pinned, self.event.together)

    def nobody_sits_in_two_rooms(self) -> None:
        seats: dict[str, str] = {}
        for room in self.event.running_rooms():
            assert len(set(room.people)) == len(room.people)
            for id in room.people:
                assert id not in seats, (id, seats[id], room.id)
                seats[id] = room.id
        assert seats == {p.id: p.seat for p in self.event.people.values() if p.seat}

    def on_site_and_online_people_share_rooms_at_stations_alone(self) -> None:
        rooms = self.event.running_rooms()
        for room in rooms:
            assert all(room.mode.takes(self.event.people[id].mode) for id in room.people)
        mixed = [room for room in rooms if room.mode is RoomMode.MIXED]
        assert len(mixed) <= (0 if self.event.plan.mixing is Mixing.APART else STATIONS)
        assert {room.table for room in mixed} <= set(range(1, STATIONS + 1))

    def two_tables_have_two_numbers(self) -> None:
        tables = [r.table for r in self.event.running_rooms() if r.mode.has_table]
        assert None not in tables
        assert len(set(tables)) == len(tables)

    def stays_are_open_just_while_somebody_is_there(self) -> None:
        for room in self.event.rooms.values():
            still = sorted(stay.id for stay in room.stays if stay.to_at is None)
            there = sorted(id for id in room.people if self.event.people[id].present)
            assert still == (there if room.ended_at is None else []), room

    def minutes_do_not_exceed_the_time_the_room_had(self) -> None:
        for room in self.event.rooms.values():
            end = min(room.ended_at or self.evening.now, self.evening.now)
            for meeting in encounters(room, self.evening.now):
                assert meeting.seconds * 1000 <= max(0, end - room.starts_at) + 500, meeting

    def nothing_is_overdue(self) -> None:
        at = due(self.event)
        assert at is None or at > self.evening.now or not self.event.count

    def who_is_alone_is_the_only_one_there(self) -> None:
        for id, alone in self.event.alone.items():
            room = self.event.rooms[alone.room]
            assert [p for p in room.people if self.event.people[p].present] == [id]

    def nobody_is_alone_for_long_unless_they_chose_to_wait(self) -> None:
        if self.event.phase is not m.Phase.ROUND:
            return
        for id, alone in self.event.alone.items():
            if alone.waits_until is None:
                since = max(alone.since, self.woke_at)
                assert self.evening.now - since <= 25_000 or self.evening.left <= 25, id

    def everybody_here_is_seated_or_told_why(self) -> None:
        if not self.event.is_running:
            return
        fixed = max(i for i, x in enumerate(self.evening.journal) if isinstance(x, f.SeatingFixed))
        since = self.evening.journal[fixed:]
        came = {x.id for x in since if isinstance(x, f.Connected | f.Readmitted | f.AttendeeAdded)}
        for person in self.event.people.values():
            if not person.connections or person.seat or person.role in HOST_ROLES:
                continue
            then = self.evening.sees(person.id).then
            assert any(isinstance(message, m.SittingOut) for message in then), person
            told = [
                x for x in self.evening.heard[person.id] if isinstance(x, m.Room | m.SittingOut)
            ]
            if person.id not in came:
                assert told, person
                assert isinstance(told[-1], m.SittingOut), (person, told[-1])

    def contacts_said_yes_both_ways(self) -> None:
        for a, b in self.event.contacts:
            assert (a, b) in self.event.yeses
            assert (b, a) in self.event.yeses
            assert pair(a, b) == (a, b)

    def teardown(self) -> None:
        if not hasattr(self, "evening"):
            return
        assert state_of(self.evening.folded_anew()) == state_of(self.event)
        for name in self.event.people:
            seen = self.evening.sees(name)
            self._check_frame(name, json.encode((seen.contacts, seen.then, seen.room)))


EveningMachine.TestCase.settings = settings(
    max_examples=80,
    stateful_step_count=50,
    deadline=None,
    suppress_health_check=list(HealthCheck),
)
TestAnyEvening = EveningMachine.TestCase
