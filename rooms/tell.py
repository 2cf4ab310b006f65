"""Telling: which messages a fact gives to whom, and all that one person may see (`view`).

Called right after the fact was folded in. Never yields differences of views, and nothing that the
rules do not give its audience (rule 18).
"""

from __future__ import annotations

from typing import assert_never

from msgspec import Struct
from msgspec.structs import replace

from rooms import facts as f
from rooms import messages as m
from rooms.contacts import contacts_of, fields_by_card, fields_by_yes
from rooms.encounters import together
from rooms.event import Event
from rooms.lobby import why_not_in_pool
from rooms.matching.affinity import reasons
from rooms.messages import EVERYONE, HOSTS, LOBBY, Phase, Told
from rooms.people import HOST_ROLES, Card, Mode, Register, card, shared_interests
from rooms.seats import moves_at
from rooms.standing import Person, Room, pair

OWN_FIELDS = (
    "name",
    "reading",
    "family_name",
    "given_name",
    "title",
    "organisation",
    "department",
    "email",
    "phone",
    "link",
    "interests",
    "offers",
    "seeks",
    "languages",
    "locale",
    "contact_fields",
    "organiser_may_export",
)
"""What one may read, and change with `profile`, of oneself."""


class View(Struct, frozen=True, kw_only=True):
    """All that one person may see, for a full welcome; `then` follows it as messages."""

    you: m.You
    event: m.EventView
    room: m.Room | None
    contacts: tuple[m.Contact, ...]
    then: tuple[m.Message, ...] = ()


# What a fact gives to whom


def tell(event: Event, register: Register, fact: f.AnyFact) -> list[Told]:
    """Returns the messages that a fact, just folded in, gives to each audience, in order."""
    return [
        (audience, replace(message, at=fact.at) if isinstance(message, m.RoomPeople) else message)
        for audience, message in _told(event, register, fact)
    ]


def _told(event: Event, register: Register, fact: f.AnyFact) -> list[Told]:
    match fact:
        case f.EventCreated() | f.AttendeeAdded() | f.Erased() | f.Removed():
            return []
        case f.EventChanged() | f.DoorsOpened() | f.EventEnded() | f.BreakEnded():
            return [(EVERYONE, phase(event))]
        case f.ClosingBegan():
            seconds = (fact.closes_at - fact.at) // 1000
            return [
                (EVERYONE, phase(event)),
                (EVERYONE, _notice(fact.at, "closing", seconds=seconds)),
            ]
        case f.PreviewShortened() | f.Paused() | f.RoundEnded():
            return [(EVERYONE, phase(event))]
        case f.Resumed():
            own = [r for r in event.running_rooms() if r.ends_at != event.ends_at]
            return [(EVERYONE, phase(event)), *(_room_told(event, register, r) for r in own)]
        case f.RoundStarted():
            lonely = [event.rooms[alone.room] for alone in event.alone.values()]
            return [(EVERYONE, phase(event)), *(_people_told(event, room) for room in lonely)]
        case f.ProfileChanged():
            return _profile_told(event, register, fact)
        case (
            f.ConsentGiven()
            | f.Readmitted()
            | f.CheckedIn()
            | f.CheckedOut()
            | f.SatOut()
            | f.Rejoined()
            | f.SaidReady()
            | f.Blocked()
            | f.Unblocked()
        ):
            return _standing_told(event, register, fact)
        case f.Connected() | f.Disconnected() | f.NodeLost():
            return _connection_told(event, fact)
        case f.Looked() | f.Spoken():
            return _in_room(event, fact.id, back=(fact.id,)) if fact.back else []
        case f.NotHereYet():
            return _in_room(event, fact.id, dropped=(fact.id,), not_here_yet=(fact.id,))
        case f.ArrivedAtTable():
            return _in_room(event, fact.id, arrived=(fact.id,))
        case f.MediaChanged():
            media = {fact.id: _media(event.people[fact.id])}
            return _in_room(event, fact.id, media=media, back=(fact.id,) if fact.back else ())
        case f.SeatingFixed():
            return _seating_told(event, register)
        case f.SeatingOffered() | f.RoundCalled():
            return []
        case f.CallWithdrawn():
            return [(HOSTS, _notice(fact.at, fact.because))]
        case f.DeadlineMoved() | f.Warned() | f.RoomEnded():
            return _clock_told(event, register, fact)
        case (
            f.Seated()
            | f.Unseated()
            | f.RoomOpened()
            | f.JoinPlanned()
            | f.JoinCancelled()
            | f.ChoseToWait()
            | f.ChoseToMeetOthers()
        ):
            return _seat_told(event, register, fact)
        case f.MoreTimeWished() | f.Rated() | f.NoteWritten() | f.Reported():
            return []
        case f.YesGiven() | f.YesWithdrawn() | f.ContactMade() | f.CardGiven() | f.CardReached():
            return _contact_told(event, register, fact)
        case f.Announced():
            rooms = dict.fromkeys(fact.rooms or ())
            ids = tuple(id for room in rooms for id in event.rooms[room].people)
            audience = EVERYONE if fact.rooms is None else m.People(ids)
            return [(audience, announcement(register, fact))]
        case f.HostCalled() | f.CallWasSeen() | f.CallAnswered():
            return [(m.People((event.calls[fact.id].by,)), call(event, register, fact.id))]
        case _:
            assert_never(fact)


def _profile_told(event: Event, register: Register, fact: f.ProfileChanged) -> list[Told]:
    told = _standing_told(event, register, fact)
    room = event.room_of(fact.id)
    if room is not None:
        told.append(_room_told(event, register, room))
    for other in contacts_of(event, fact.id):
        fields = fields_by_yes(event, register, other, fact.id)
        told.append((m.People((other,)), m.Contact(card=_card(register, fact.id), fields=fields)))
    for (by, to), given in event.cards.items():
        if by == fact.id and given.reached:
            fields = fields_by_card(event, register, to, by)
            told.append((m.People((to,)), m.CardGiven(card=_card(register, by), fields=fields)))
    return told


def _standing_told(
    event: Event,
    register: Register,
    fact: f.ProfileChanged
    | f.ConsentGiven
    | f.Readmitted
    | f.CheckedIn
    | f.CheckedOut
    | f.SatOut
    | f.Rejoined
    | f.SaidReady
    | f.Blocked
    | f.Unblocked,
) -> list[Told]:
    if isinstance(fact, f.Blocked | f.Unblocked):
        return [(m.People((fact.by,)), m.YouChanged(you=you(event, register, fact.by, fact.at)))]
    mine = m.People((fact.id,))
    told: list[Told] = [(mine, m.YouChanged(you=you(event, register, fact.id, fact.at)))]
    if isinstance(fact, f.SatOut):
        told.append((mine, sitting_out(event, "by-choice")))
    if not isinstance(fact, f.ProfileChanged | f.ConsentGiven):
        told.append((EVERYONE, m.Lobby(present=len(event.present))))
    return told


def _connection_told(event: Event, fact: f.Connected | f.Disconnected | f.NodeLost) -> list[Told]:
    told: list[Told] = []
    match fact:
        case f.Connected():
            if fact.back:
                told += _in_room(event, fact.id, back=(fact.id,))
        case f.Disconnected():
            person = event.people[fact.id]
            if not person.connections and person.mode is Mode.ONLINE:
                told += _in_room(event, fact.id, dropped=(fact.id,))
        case f.NodeLost():
            for room in event.running_rooms():
                gone = tuple(
                    id
                    for id in room.people
                    if event.people[id].dropped_at == fact.as_of
                    and event.people[id].mode is Mode.ONLINE
                )
                if gone:
                    told.append(_people_told(event, room, dropped=gone))
    return [*told, (EVERYONE, m.Lobby(present=len(event.present)))]


def _seating_told(event: Event, register: Register) -> list[Told]:
    told: list[Told] = [(EVERYONE, phase(event))]
    told += [_room_told(event, register, room) for room in event.running_rooms()]
    for person in event.people.values():
        # Who dropped hears it on coming back.
        is_near = person.connections or person.dropped_at is not None
        if person.seat is None and is_near and _would_sit(person):
            because = why_without_seat(event, person)
            told.append((m.People((person.id,)), sitting_out(event, because)))
    return told


def _clock_told(
    event: Event, register: Register, fact: f.DeadlineMoved | f.Warned | f.RoomEnded
) -> list[Told]:
    match fact:
        case f.DeadlineMoved() if fact.room is None:
            return [(EVERYONE, phase(event))]
        case f.DeadlineMoved():
            room = event.rooms[fact.room or ""]
            told = [_room_told(event, register, room)]
            if not fact.by:
                notice = _notice(fact.at, "more-time", seconds=fact.seconds)
                told.append((m.People(room.people), notice))
            return told
        case f.Warned():
            code = "minute-left" if fact.seconds == 60 else "ten-seconds-left"
            rooms = (
                [event.rooms[fact.room]]
                if fact.room is not None
                else [r for r in event.running_rooms() if r.ends_at == event.ends_at]
            )
            people = tuple(id for room in rooms for id in room.people)
            return [(m.People(people), _notice(fact.at, code, seconds=fact.seconds))]
        case f.RoomEnded():
            room = event.rooms[fact.room]
            told = [_room_told(event, register, room)]
            if event.is_running:
                told.append((m.People(room.people), sitting_out(event, "room-ended")))
            return told
        case _:
            assert_never(fact)


def _seat_told(
    event: Event,
    register: Register,
    fact: f.Seated
    | f.Unseated
    | f.RoomOpened
    | f.JoinPlanned
    | f.JoinCancelled
    | f.ChoseToWait
    | f.ChoseToMeetOthers,
) -> list[Told]:
    match fact:
        case f.Seated():
            room = event.rooms[fact.room]
            others = tuple(id for id in room.people if id != fact.id)
            joined = room_people(event, room, joined=(_card(register, fact.id),))
            return [(m.People(others), joined), _room_told(event, register, room)]
        case f.Unseated():
            room = event.rooms[fact.room]
            gone = (fact.id,)
            told = [
                _people_told(event, room, left=gone)
                if fact.because == "left"
                else _people_told(event, room, moved=gone)
            ]
            if not fact.onward and fact.because != "removed":
                told.append((m.People(gone), sitting_out(event, fact.because)))
            return told
        case f.RoomOpened():
            return [_room_told(event, register, event.rooms[fact.room.id])]
        case f.JoinPlanned():
            return _join_told(event, register, fact)
        case f.JoinCancelled():
            told = _in_room(event, fact.id)
            if fact.room != LOBBY:
                told.append(_people_told(event, event.rooms[fact.room], not_joining=(fact.id,)))
            return told
        case f.ChoseToWait() | f.ChoseToMeetOthers():
            return _in_room(event, fact.id)
        case _:
            assert_never(fact)


def _join_told(event: Event, register: Register, fact: f.JoinPlanned) -> list[Told]:
    told = _in_room(event, fact.id)
    if fact.room != LOBBY:
        joining = m.Joining(card=_card(register, fact.id), at=fact.join_at)
        told.append(_people_told(event, event.rooms[fact.room], joining=(joining,)))
    if not event.people[fact.id].seat:
        seconds = max(0, fact.join_at - fact.at) // 1000
        told.append((m.People((fact.id,)), _notice(fact.at, "joining-soon", seconds=seconds)))
    return told


def _contact_told(
    event: Event,
    register: Register,
    fact: f.YesGiven | f.YesWithdrawn | f.ContactMade | f.CardGiven | f.CardReached,
) -> list[Told]:
    def contact(viewer: str, about: str) -> Told:
        fields = fields_by_yes(event, register, viewer, about)
        return m.People((viewer,)), m.Contact(card=_card(register, about), fields=fields)

    def card_given(viewer: str, about: str) -> Told:
        fields = fields_by_card(event, register, viewer, about)
        return m.People((viewer,)), m.CardGiven(card=_card(register, about), fields=fields)

    match fact:
        case f.YesGiven():
            known = pair(fact.by, fact.about) in event.contacts
            return [contact(fact.about, fact.by)] if known else []
        case f.YesWithdrawn():
            both = [contact(fact.about, fact.by), contact(fact.by, fact.about)]
            return both if fact.was_contact else []
        case f.ContactMade():
            return [contact(fact.a, fact.b), contact(fact.b, fact.a)]
        case f.CardGiven():
            return [card_given(fact.to, fact.by)] if fact.had_reached else []
        case f.CardReached():
            return [card_given(fact.to, fact.by)]
        case _:
            assert_never(fact)


# Messages


def phase(event: Event) -> m.PhaseChanged:
    """Returns the phase message: the round's instants, or the next preview's in a break."""
    starts_at, ends_at = _instants(event)
    return m.PhaseChanged(
        phase=event.phase,
        round=event.round,
        rounds=len(event.plan.rounds),
        starts_at=starts_at,
        ends_at=ends_at,
        paused=event.paused_at,
        closes_at=event.closes_at,
    )


def _instants(event: Event) -> tuple[int | None, int | None]:
    match event.phase:
        case Phase.DRAFT | Phase.LOBBY:
            return (event.plan.starts_at if event.round == 0 else None), None
        case Phase.PREVIEW | Phase.ROUND:
            return event.starts_at, event.ends_at
        case Phase.BREAK:
            following = event.next_planned
            waits = following is not None and not following.auto
            return event.starts_at, None if waits else event.break_ends_at
        case Phase.ENDED:
            return None, event.ended_at
        case _:
            assert_never(event.phase)


def room_message(event: Event, register: Register, room: Room) -> m.Room:
    """Returns a room as everybody in it sees it: one frame for all."""
    people = [register.attendee(id) for id in room.people]
    shared = tuple(
        m.SharedInterests(people=ids, interests=tags) for ids, tags in shared_interests(people)
    )
    number = room.round - 1
    prompts = register.details.prompts
    lonely = event.alone_in(room.id)
    planned = event.planned
    joining = tuple(
        m.Joining(card=_card(register, join.id), at=join.join_at)
        for join in event.joins.values()
        if join.room == room.id
    )
    return m.Room(
        id=room.id,
        round=room.round,
        table=room.table,
        mode=room.mode,
        people=tuple(card(person) for person in people),
        shared=shared,
        because="shared-interests" if shared else "new-faces",
        reasons=reasons(people),
        prompt=prompts[number] if number < len(prompts) else "",
        starts_at=room.starts_at,
        ends_at=room.ends_at if room.ended_at is None else min(room.ended_at, room.ends_at),
        states=states(event, room),
        media={
            id: _media(event.people[id])
            for id in room.people
            if _media(event.people[id]) != m.MediaState()
        },
        joining=joining,
        alone_since=event.alone[lonely].since if lonely else None,
        moves_at=moves_at(event, lonely) if lonely else None,
        more_time=planned is not None and planned.more_time and not room.granted,
    )


def states(event: Event, room: Room) -> dict[str, str]:
    """Returns, by id, those of a room who are not simply there."""
    found = {}
    for id in room.people:
        person = event.people[id]
        if person.not_here_yet:
            found[id] = "not-here-yet"
        elif not person.present:
            found[id] = "dropped"
        elif person.mode is Mode.ON_SITE and not person.arrived:
            found[id] = "expected"
    return found


def room_people(
    event: Event,
    room: Room,
    *,
    joining: tuple[m.Joining, ...] = (),
    joined: tuple[Card, ...] = (),
    left: tuple[str, ...] = (),
    moved: tuple[str, ...] = (),
    dropped: tuple[str, ...] = (),
    not_here_yet: tuple[str, ...] = (),
    arrived: tuple[str, ...] = (),
    back: tuple[str, ...] = (),
    media: dict[str, m.MediaState] | None = None,
    not_joining: tuple[str, ...] = (),
) -> m.RoomPeople:
    """Returns what changed among a room's people, with who is alone now."""
    lonely = event.alone_in(room.id)
    return m.RoomPeople(
        joining=joining,
        joined=joined,
        left=left,
        moved=moved,
        dropped=dropped,
        not_here_yet=not_here_yet,
        arrived=arrived,
        back=back,
        media=media or {},
        not_joining=not_joining,
        alone_since=event.alone[lonely].since if lonely else None,
        moves_at=moves_at(event, lonely) if lonely else None,
    )


def sitting_out(event: Event, because: str) -> m.SittingOut:
    """Returns why somebody has no room, and when the next preview is."""
    return m.SittingOut(because=because, next_at=event.next_preview_at())


def _would_sit(person: Person) -> bool:
    """Says whether somebody without a seat is to be told why: all but hosts who take none."""
    return person.role not in HOST_ROLES or person.takes_seat


def why_without_seat(event: Event, person: Person) -> str:
    """Returns the code of why somebody has no seat in a running round."""
    return why_not_in_pool(event, person) or person.because or "late"


def announcement(register: Register, fact: f.Announced) -> m.Notice:
    """Returns a host's words."""
    name = register.attendee(fact.by).name if register.has(fact.by) else ""
    return m.Notice(sender=fact.by, text=register.text(fact.id), at=fact.at, name=name)


def call(event: Event, register: Register, id: str) -> m.Call:
    """Returns a call as its caller and the hosts see it."""
    calling = event.calls[id]
    return m.Call(
        id=id,
        sender=calling.by,
        text=register.text(id),
        seen=calling.seen,
        answered=register.text(calling.answer) if calling.answered_by else None,
        hosts_present=event.hosts_present(),
        room=calling.room,
        at=calling.at,
    )


def _notice(at: int, code: str, seconds: int | None = None) -> m.Notice:
    return m.Notice(sender="clock", text="", at=at, code=code, seconds=seconds)


def _card(register: Register, id: str) -> Card:
    return card(register.attendee(id))


def _media(person: Person) -> m.MediaState:
    return m.MediaState(microphone=person.microphone, camera=person.camera, screen=person.screen)


def _room_told(event: Event, register: Register, room: Room) -> Told:
    return m.People(room.people), room_message(event, register, room)


def _people_told(
    event: Event,
    room: Room,
    *,
    joining: tuple[m.Joining, ...] = (),
    left: tuple[str, ...] = (),
    moved: tuple[str, ...] = (),
    dropped: tuple[str, ...] = (),
    not_joining: tuple[str, ...] = (),
) -> Told:
    message = room_people(
        event,
        room,
        joining=joining,
        left=left,
        moved=moved,
        dropped=dropped,
        not_joining=not_joining,
    )
    return m.People(room.people), message


def _in_room(
    event: Event,
    id: str,
    *,
    dropped: tuple[str, ...] = (),
    not_here_yet: tuple[str, ...] = (),
    arrived: tuple[str, ...] = (),
    back: tuple[str, ...] = (),
    media: dict[str, m.MediaState] | None = None,
) -> list[Told]:
    room = event.room_of(id)
    if room is None:
        return []
    message = room_people(
        event,
        room,
        dropped=dropped,
        not_here_yet=not_here_yet,
        arrived=arrived,
        back=back,
        media=media,
    )
    return [(m.People(room.people), message)]


# All that one person may see


def view(event: Event, register: Register, viewer: str, now: int) -> View:
    """Returns all that somebody may see at `now` (ms), for a full welcome."""
    starts_at, ends_at = _instants(event)
    planned = event.planned
    mine = event.people.get(viewer)
    room = event.room_of(viewer)
    then: list[m.Message] = []
    if mine is not None and event.is_running and room is None and _would_sit(mine):
        then.append(sitting_out(event, why_without_seat(event, mine)))
    for by, to in event.cards:
        fields = fields_by_card(event, register, viewer, by) if to == viewer else {}
        if fields:
            then.append(m.CardGiven(card=_card(register, by), fields=fields))
    for id, calling in event.calls.items():
        if calling.by == viewer and (not calling.answered_by or calling.at > now - 300_000):
            then.append(call(event, register, id))
    return View(
        you=you(event, register, viewer, now),
        event=m.EventView(
            id=event.id,
            title=register.details.title,
            phase=event.phase,
            round=event.round,
            rounds=len(event.plan.rounds),
            starts_at=starts_at,
            ends_at=ends_at,
            paused=event.paused_at,
            locale=event.plan.locale,
            time_zone=event.plan.time_zone,
            closes_at=event.closes_at,
            ready_check=event.plan.ready_check,
            more_time=planned is not None and planned.more_time,
            present=len(event.present),
        ),
        room=room_message(event, register, room) if room is not None else None,
        contacts=tuple(
            m.Contact(
                card=_card(register, other),
                fields=fields_by_yes(event, register, viewer, other),
            )
            for other in contacts_of(event, viewer)
        ),
        then=tuple(then),
    )


def you(event: Event, register: Register, id: str, now: int) -> m.You:
    """Returns one's own standing, profile, and whom one has met with what one chose and wrote."""
    profile = register.attendee(id)
    person = event.people.get(id) or Person(id=id, role=profile.role, takes_seat=False)
    own = {name: getattr(profile, name) for name in OWN_FIELDS}
    return m.You(
        id=id,
        name=profile.name,
        role=person.role,
        mode=person.mode,
        sitting_out=person.sitting_out or not person.takes_seat,
        ready=person.ready,
        profile=own,
        blocked=tuple(_card(register, about) for by, about in event.blocks if by == id),
        met=tuple(_met(event, register, id, now)),
        because=why_without_seat(event, person) if event.is_running and not person.seat else "",
        waits_for_yes=person.waits_for_yes,
    )


def _met(event: Event, register: Register, id: str, now: int) -> list[m.Met]:
    """Returns everybody one has shared a room with, the latest first; minutes up to `now` (ms)."""
    found: dict[str, list[Room]] = {}
    for room_id in event.been.get(id, ()):
        room = event.rooms[room_id]
        for other in dict.fromkeys((*room.people, *(stay.id for stay in room.stays))):
            if other != id and room_id in event.acquainted.get(pair(id, other), ()):
                found.setdefault(other, []).append(room)
    met = []
    times = {room.id: together(room, now) for rooms in found.values() for room in rooms}
    me = register.attendee(id)
    for other, rooms in found.items():
        profile = register.attendee(other)
        note = register.note(id, other)
        given = event.cards.get((id, other))
        shared = shared_interests([me, profile])
        met.append(
            m.Met(
                card=card(profile),
                rounds=tuple(room.round for room in rooms),
                seconds=sum(times[r.id].get(pair(id, other), 0) for r in rooms) // 1000,
                shared=tuple(tag for _, tags in shared for tag in tags),
                yes=(id, other) in event.yeses,
                fields=event.yeses.get((id, other), ()),
                card_fields=given.fields if given else (),
                text=note.text,
                next_step=note.next_step,
            )
        )
    return met[::-1]
