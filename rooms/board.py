"""The board: what hosts see of the whole evening, whole or as what changed.

Never what is said in a room, no yes, no card, no note; a block is not on it either.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from itertools import combinations

from msgspec import UNSET
from msgspec.structs import asdict, replace

from rooms import facts as f
from rooms import messages as m
from rooms.event import Event
from rooms.lobby import is_station_away
from rooms.matching.affinity import reasons
from rooms.messages import Phase
from rooms.met_few import met_few
from rooms.people import STAFF_ROLES, Mode, Register, Role, RoomMode, shared_interests
from rooms.programme import Kind
from rooms.seating import have_met
from rooms.standing import Person, Room
from rooms.synonyms import meanings
from rooms.topic_standing import proposed_topics, topics_of
from rooms.topics import topics_of_rooms
from rooms.undoing import recently_changed, undo_views
from rooms.view import call, states, topics, why_without_seat

SHOWN = 200
"""At most so many people are listed as waiting."""

REASONS_SHOWN = 3
"""Of each kind, beside a proposed room: a host looks at many."""

PARTS = (
    "pool", "proposal", "calls", "deliveries", "reports", "people", "log", "called", "topics",
    "programme", "met_few", "undo",
)  # fmt: skip


NOBODY_WROTE: Mapping[str, int] = {}


def board(event: Event, register: Register, wrote: Mapping[str, int] = NOBODY_WROTE) -> m.Board:
    """Returns the whole board; `wrote` has when somebody last wrote in a room (ms)."""
    rooms = tuple(_room(event, register, event.rooms[id], wrote) for id in _shown(event))
    words = tuple(topic.text for topic in topics(event, register).topics)
    return m.Board(rooms=rooms, parts=_parts(event, register, set(PARTS)), topics=words)


def _shown(event: Event) -> list[str]:
    """Returns the rooms that hosts see: of an open floor only those that somebody is in."""
    if event.kind is not Kind.OPEN:
        return list(event.current)
    return [id for id in event.current if event.rooms[id].ended_at is None]


def board_change(
    event: Event,
    register: Register,
    rooms: set[str],
    parts: set[str],
    wrote: Mapping[str, int] = NOBODY_WROTE,
) -> m.BoardChange:
    """Returns the rooms and parts that were touched, as they stand now."""
    shown = [id for id in _shown(event) if id in rooms]
    kept = [event.rooms[id] for id in shown]
    gone = tuple(sorted(rooms - set(shown)))
    if "pool" in parts and event.phase not in (Phase.PREVIEW, Phase.ROUND):
        parts = parts | {"met_few"}  # once seated, who met few stays as it was before the round
    return m.BoardChange(
        rooms=tuple(_room(event, register, room, wrote) for room in kept),
        gone=gone,
        parts=_parts(event, register, parts),
    )


def touches(event: Event, fact: f.AnyFact) -> tuple[set[str], set[str]]:
    """Returns the rooms and parts of the board that a fact, just folded in, changed."""
    rooms, parts = _touched(event, fact)
    changes = rooms or parts
    ends = f.ClosingBegan | f.Undone | f.SeatingFixed | f.EventEnded
    if isinstance(fact, ends) or (changes and recently_changed(event, fact.at)):
        parts = parts | {"undo"}
    return rooms, parts


def _touched(event: Event, fact: f.AnyFact) -> tuple[set[str], set[str]]:
    rooms: set[str] = set()
    parts = {"pool"}
    match fact:
        case f.SeatingFixed():
            gone = {id for id, room in event.rooms.items() if room.round == fact.round - 1}
            parts |= {"proposal", "called", "log", "topics", "programme"}
            return set(event.current) | gone, parts
        case f.EventChanged() | f.RoundProposed():
            return rooms, {"proposal", "topics", "programme", "log"}
        case f.TopicsNamed() | f.TopicAccepted() | f.TopicDropped():
            return rooms, {"topics", "programme", "log"}
        case f.TopicProposed() | f.TopicChosen():
            return rooms, {"topics"}
        case f.Visited() | f.VisitEnded():
            return {fact.room}, {"log"}
        case f.LinkEnded():
            return rooms, set()
        case f.RoundEnded() | f.RoundStarted() | f.NodeLost() | f.Resumed() | f.PreviewShortened():
            return set(event.current), {"pool", "log", "called"}
        case f.DeadlineMoved() | f.Warned() if fact.room is None:
            return set(event.current), {"log"}
        case f.DeadlineMoved() | f.Warned():
            return {fact.room or ""}, {"log"}
        case f.DoorsOpened() | f.Paused() | f.BreakEnded() | f.ClosingBegan() | f.EventEnded():
            return rooms, {"pool", "log"}
        case f.SeatingOffered() | f.Pinned() | f.Relaxed():
            return rooms, {"proposal", "pool"}
        case f.ProposalChanged() | f.Undone():
            return rooms, {"proposal", "pool", "log"}
        case f.RoundCalled() | f.CallWithdrawn():
            return rooms, {"called", "log"}
        case f.HostCalled() | f.CallWasSeen() | f.CallAnswered():
            room = event.calls[fact.id].room
            return ({room} if room else set()), {"calls", "log"}
        case f.Announced():
            return rooms, {"deliveries", "log"}
        case f.Reported():
            return rooms, {"reports"}
        case f.AttendeeAdded() | f.ProfileChanged() | f.Erased() | f.Removed() | f.Readmitted():
            parts |= {"people", "log"}
        case f.CheckedIn() | f.CheckedOut() | f.PlaceGiven():
            parts |= {"people"}
        case f.RoomOpened():
            return {fact.room.id}, {"pool", "log"}
        case f.Seated() | f.Unseated() | f.RoomEnded() | f.JoinPlanned() | f.JoinCancelled():
            parts |= {"log"}
            rooms.add(fact.room)
        case f.MediaChanged():
            seat = event.people[fact.id].seat
            return ({seat} if seat else set()), set()
        case f.MoreTimeWished() | f.Rated() | f.NoteWritten() | f.YesGiven() | f.YesWithdrawn():
            return rooms, set()
        case f.ContactMade() | f.CardGiven() | f.CardReached() | f.Blocked() | f.Unblocked():
            return rooms, set()
        case _:
            pass  # whose room it concerns is found by the id below
    id = getattr(fact, "id", "")
    person = event.people.get(id)
    if person is not None and person.seat:
        rooms.add(person.seat)
    if person is not None and person.role is Role.STATION:
        rooms |= {one for one in event.current if event.rooms[one].table == person.table}
    return {room for room in rooms if room in event.rooms}, parts


def _room(event: Event, register: Register, room: Room, wrote: Mapping[str, int]) -> m.BoardRoom:
    away = states(event, room)
    return m.BoardRoom(
        id=room.id,
        round=room.round,
        table=room.table,
        mode=room.mode,
        people=tuple(_seat(register, event.people[id], away.get(id, "here")) for id in room.people),
        starts_at=room.starts_at,
        ends_at=room.ends_at,
        ended=room.ended_at is not None,
        alone=event.alone_in(room.id),
        calls=sum(1 for k in event.calls.values() if k.room == room.id and not k.answered_by),
        topic=register.text(room.topic),
        visitors=tuple(id for id, at in event.visits.items() if at == room.id),
        quiet_since=_quiet_since(event, room, wrote.get(room.id, 0)),
        station_away=room.ended_at is None and is_station_away(event, room),
    )


def _quiet_since(event: Event, room: Room, wrote_at: int) -> int | None:
    """Returns since when nobody in a room of online people could be heard, nor wrote."""
    people = [event.people[id] for id in room.people]
    if room.mode is not RoomMode.ONLINE or any(p.microphone for p in people if p.present):
        return None
    return max([room.starts_at, wrote_at, *(p.muted_at for p in people)])


def _seat(register: Register, person: Person, state: str) -> m.Seat:
    name = register.attendee(person.id).name
    return m.Seat(
        id=person.id,
        name=name,
        state=state,
        mode=person.mode,
        microphone=person.microphone,
        camera=person.camera,
    )


def _parts(event: Event, register: Register, parts: set[str]) -> m.BoardParts:
    return m.BoardParts(
        pool=_pool(event, register) if "pool" in parts else UNSET,
        proposal=_proposal(event, register) if "proposal" in parts else UNSET,
        calls=tuple(call(event, register, id) for id in event.calls) if "calls" in parts else UNSET,
        deliveries=tuple(
            m.Delivery(
                id=said.id,
                text=register.text(said.id),
                reached=said.reached,
                of=said.of,
                at=said.at,
            )
            for said in event.announcements[-20:]
        )
        if "deliveries" in parts
        else UNSET,
        reports=tuple(
            m.ReportView(id=r.id, by=r.by, about=r.about, text=register.text(r.id), at=r.at)
            for r in event.reports
        )
        if "reports" in parts
        else UNSET,
        people=_everybody(event, register) if "people" in parts else UNSET,
        log=event.log if "log" in parts else UNSET,
        called=event.called is not None if "called" in parts else UNSET,
        topics=_topics(event, register) if "topics" in parts else UNSET,
        programme=_programme(event, register) if "programme" in parts else UNSET,
        undo=undo_views(event) if "undo" in parts else UNSET,
        met_few=_met_few(event, register) if "met_few" in parts else UNSET,
    )


def _met_few(event: Event, register: Register) -> tuple[m.MetFew, ...]:
    found = [
        m.MetFew(id=id, name=register.attendee(id).name, met=met)
        for id, met in met_few(event).items()
    ]
    return tuple(sorted(found, key=lambda one: (one.name, one.id))[:SHOWN])


def _topics(event: Event, register: Register) -> m.TopicsView:
    listed = topics(event, register)
    return m.TopicsView(
        round=listed.round,
        topics=listed.topics,
        proposed=tuple(
            m.ProposedTopic(id=topic.id, text=register.text(topic.id), by=topic.by)
            for topic in proposed_topics(event)
        ),
    )


def _programme(event: Event, register: Register) -> m.ProgrammeView:
    """Returns the rounds to come with their words; the next one as a host overrode it."""
    details = register.details
    rounds = []
    for number, planned in enumerate(event.plan.rounds[event.round :], event.round + 1):
        if number == event.round + 1:
            planned = replace(
                planned,
                kind=event.next_kind or planned.kind,
                seconds=event.next_seconds,
                size=event.next_size,
            )
        rounds.append(
            m.ProgrammeRound(
                **asdict(planned),
                round=number,
                prompt=next(iter(details.prompts[number - 1 : number]), ""),
                topics=tuple(register.text(topic.id) for topic in topics_of(event, number)),
                stream_url=next(iter(details.streams[number - 1 : number]), ""),
            )
        )
    return m.ProgrammeView(revision=event.replanned, kind=event.kind, rounds=tuple(rounds))


def _pool(event: Event, register: Register) -> m.PoolView:
    stands_apart = STAFF_ROLES | {Role.STATION}
    people = [p for p in event.people.values() if p.role not in stands_apart or p.takes_seat]
    waiting = [p for p in people if p.seat is None and (p.present or p.connections)]
    return m.PoolView(
        present=len(event.present),
        in_rooms=sum(1 for p in people if p.seat is not None),
        in_lobby=len(waiting),
        sitting_out=sum(1 for p in waiting if p.sitting_out),
        dropped=sum(1 for p in people if p.dropped_at is not None and p.mode is Mode.ONLINE),
        on_site=sum(1 for p in people if p.present and p.mode is Mode.ON_SITE),
        online=sum(1 for p in people if p.present and p.mode is Mode.ONLINE),
        waiting=tuple(_seat(register, p, why_without_seat(event, p)) for p in waiting[:SHOWN]),
    )


def _everybody(event: Event, register: Register) -> tuple[m.Seat, ...]:
    def state(person: Person) -> str:
        if person.removed_at is not None:
            return "removed"
        if person.waits_for_yes:
            return "waits-for-yes"
        return "here" if person.present else "away"

    # Whoever has no place is the desk's, not the evening's.
    return tuple(_seat(register, p, state(p)) for p in event.people.values() if p.has_place)


def _proposal(event: Event, register: Register) -> m.Proposal | None:
    offered = event.proposal
    if offered is None:
        return None
    sizes = Counter(str(len(ids)) for ids in offered.rooms)
    meant = topics_of_rooms(event, register, offered.rooms)
    return m.Proposal(
        round=offered.round,
        rooms=len(offered.rooms),
        seated=sum(len(ids) for ids in offered.rooms),
        sizes=dict(sizes),
        sitting_out=offered.sitting_out,
        repeats=offered.repeats,
        mean_affinity=offered.mean_affinity,
        worst_affinity=offered.worst_affinity,
        random_affinity=offered.random_affinity,
        seating=tuple(
            _proposed_room(event, register, number, ids, register.text(meant[number - 1]))
            for number, ids in enumerate(offered.rooms, 1)
        ),
        changed=event.rooms_changed,
        allow=event.gives_way,
        random_worst=offered.random_worst,
        bound_affinity=offered.bound_affinity,
        causes=offered.causes,
        relaxations=offered.relaxations,
        version=event.proposed,
    )


def _proposed_room(
    event: Event, register: Register, number: int, ids: tuple[str, ...], topic: str
) -> m.ProposedRoom:
    """Returns a proposed room and why these people; wishes are their writers' own, and not said."""
    people = [register.attendee(id) for id in ids]
    same = meanings(register.details.synonyms)
    kept = {id for together in event.together for id in together}
    return m.ProposedRoom(
        id=str(number),
        people=ids,
        pinned=any(set(room) == set(ids) for room in event.pinned),
        together=tuple(id for id in ids if id in kept),
        shared=tuple(
            m.SharedInterests(people=one.people, interests=one.interests[:REASONS_SHOWN])
            for one in shared_interests(people, same)[:REASONS_SHOWN]
        ),
        reasons=tuple(r for r in reasons(people, same) if r.kind == "offer")[:REASONS_SHOWN],
        again=tuple((a, b) for a, b in combinations(ids, 2) if have_met(event, a, b)),
        topic=topic,
    )
