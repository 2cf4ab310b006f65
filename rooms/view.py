"""Views: what one person, a room or everybody may see now, as messages and as a full welcome.

Responsible for every message that shows how things stand. Nothing that the rules do not give its
reader (rule 18): no one-sided yes, no block, no field that its owner did not give them.
"""

from __future__ import annotations

from typing import assert_never

from msgspec import Struct

from rooms import facts as f
from rooms import messages as m
from rooms.contacts import contacts_of, fields_by_card, fields_by_yes, known_still
from rooms.encounters import together
from rooms.event import Event
from rooms.floor import NEW, TABLE, is_kept_out, is_open
from rooms.lobby import station_tables, why_not_in_pool
from rooms.matching.affinity import reasons
from rooms.messages import Phase
from rooms.people import (
    HOST_ROLES,
    Card,
    Mode,
    Register,
    Role,
    RoomMode,
    card,
    shared_interests,
)
from rooms.programme import Kind
from rooms.seats import moves_at
from rooms.standing import Person, Room, pair
from rooms.synonyms import meanings
from rooms.topic_standing import choosers, proposed_topics, topics_of
from rooms.topics import is_full

SHOWN_TABLES = 60
"""At most so many free tables are listed; more are chosen by their number all the same."""

OWN_FIELDS = (
    "wishes",
    "first_timer",
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
    "show_in_lobby",
    "remembered_in",
)
"""What one may read, and change with `profile`, of oneself."""


class View(Struct, frozen=True, kw_only=True):
    """All that one person may see, for a full welcome; `then` follows it as messages."""

    you: m.You
    event: m.EventView
    room: m.Room | None
    contacts: tuple[m.Contact, ...]
    then: tuple[m.Message, ...] = ()


# The evening


def phase(event: Event, register: Register) -> m.PhaseChanged:
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
        kind=event.kind,
        stream_url=stream_url(event, register),
    )


def stream_url(event: Event, register: Register) -> str:
    """Returns where the current plenary round is watched; empty: nowhere, or none runs."""
    streams = register.details.streams
    if event.kind is not Kind.PLENARY or not event.is_running or event.round > len(streams):
        return ""
    return streams[event.round - 1]


def programme(event: Event) -> tuple[m.PlannedView, ...]:
    """Returns the rounds as planned, as attendees may know them; the next as a host overrode it."""
    return tuple(
        m.PlannedView(
            seconds=event.next_seconds if is_next else planned.seconds,
            size=event.next_size if is_next else planned.size,
            break_seconds=planned.break_seconds,
            preview_seconds=planned.preview_seconds,
            kind=((event.next_kind if is_next else None) or planned.kind).value,
            auto=planned.auto,
        )
        for number, planned in enumerate(event.plan.rounds)
        for is_next in [number == event.round]
    )


def _instants(event: Event) -> tuple[int | None, int | None]:
    match event.phase:
        case Phase.DRAFT | Phase.LOBBY:
            return (event.plan.starts_at if event.round == 0 else None), None
        case Phase.PREVIEW | Phase.ROUND:
            return event.starts_at, None if event.until_ended else event.ends_at
        case Phase.BREAK:
            following = event.next_planned
            waits = following is not None and not following.auto
            return event.starts_at, None if waits else event.break_ends_at
        case Phase.ENDED:
            return None, event.ended_at
        case _:
            assert_never(event.phase)


# A room


def room_message(event: Event, register: Register, room: Room) -> m.Room:
    """Returns a room as everybody in it sees it: one frame for all."""
    people = [register.attendee(id) for id in room.people]
    same = meanings(register.details.synonyms)
    shared = tuple(
        m.SharedInterests(people=one.people, interests=one.interests, own=one.own)
        for one in shared_interests(people, same)
    )
    lonely = event.alone_in(room.id)
    planned = event.planned
    station = event.station_of(room)
    ends_at = room.ends_at if room.ended_at is None else min(room.ended_at, room.ends_at)
    joining = tuple(
        m.Joining(card=card_of(register, join.id), at=join.join_at)
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
        because=_because(event, room, bool(shared)),
        reasons=reasons(people, same),
        prompt=_prompt(event, register, room.round),
        starts_at=room.starts_at,
        ends_at=None if event.until_ended and room.ended_at is None else ends_at,
        states=states(event, room),
        media={
            id: media_of(event.people[id])
            for id in (*room.people, *([station] if station is not None else ()))
            if media_of(event.people[id]) != m.MediaState()
        },
        joining=joining,
        alone_since=event.alone[lonely].since if lonely else None,
        moves_at=moves_at(event, lonely) if lonely else None,
        more_time=planned is not None
        and planned.more_time
        and not room.granted
        and event.seats_people,
        topic=register.text(room.topic),
        visitors=tuple(card_of(register, id) for id, at in event.visits.items() if at == room.id),
        station=station,
        stood_ms=room.stood_ms,
    )


def _because(event: Event, room: Room, shares: bool) -> str:
    if event.kind is Kind.OPEN and room.round == event.round:
        return "by-choice"
    return "shared-interests" if shares else "same-topic" if room.topic else "new-faces"


def _prompt(event: Event, register: Register, number: int) -> str:
    """Returns a round's prompt: a host's own for it, else the programme's."""
    if number in event.prompts:
        return register.text(event.prompts[number])
    prompts = register.details.prompts
    return prompts[number - 1] if number <= len(prompts) else ""


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
    visiting: tuple[str, ...] = (),
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
        visiting=visiting,
        alone_since=event.alone[lonely].since if lonely else None,
        moves_at=moves_at(event, lonely) if lonely else None,
    )


def media_of(person: Person) -> m.MediaState:
    """Returns what somebody sends."""
    return m.MediaState(microphone=person.microphone, camera=person.camera, screen=person.screen)


def card_of(register: Register, id: str) -> Card:
    """Returns somebody's card."""
    return card(register.attendee(id))


# What can be chosen


def topics(event: Event, register: Register) -> m.Topics:
    """Returns the topics that can be chosen for the next round of topics."""
    number = event.topics_round
    shown = tuple(
        m.TopicShown(
            id=topic.id,
            text=register.text(topic.id),
            chosen=len(choosers(event, topic.id)),
            full=is_full(event, topic.id),
        )
        for topic in topics_of(event, number)
    )
    return m.Topics(round=number or 0, topics=shown)


def floor(event: Event, register: Register, viewer: str, ids: set[str] | None = None) -> m.Floor:
    """Returns the open floor as somebody sees it; `ids`: only these rooms, and the empty ones.

    A room that a block keeps them out of is a full one in every word (rule 18).
    """
    planned = event.planned
    most = planned.most if planned is not None else 0
    rooms = [
        room for id in event.current if (room := event.rooms[id]).ended_at is None and room.people
    ]
    shown = tuple(
        _floor_room(event, register, room, most, viewer)
        for room in rooms
        if ids is None or room.id in ids
    )
    gone = () if ids is None else tuple(sorted(ids - {room.id for room in rooms}))
    return m.Floor(
        rooms=(*shown, *_empty_rooms(event)) if is_open(event) else (),
        gone=gone,
        whole=ids is None,
        most=most,
    )


def _floor_room(
    event: Event, register: Register, room: Room, most: int, viewer: str
) -> m.FloorRoom:
    is_full = len(room.people) >= most
    kept_out = is_kept_out(event, viewer, room)
    closed = (is_full or kept_out) and viewer not in room.people
    return m.FloorRoom(
        id=room.id,
        mode=room.mode,
        table=room.table,
        people=() if is_full or closed else tuple(card_of(register, id) for id in room.people),
        count=most if closed else len(room.people),
        full=is_full or closed,
    )


def _empty_rooms(event: Event) -> list[m.FloorRoom]:
    """Returns the rooms that can be taken: one online, and the free tables on site."""
    taken = {room.table for room in event.running_rooms()}
    empty = [m.FloorRoom(id=NEW, mode=RoomMode.ONLINE)]
    if not any(p.mode is Mode.ON_SITE and p.present for p in event.people.values()):
        return empty
    limit = event.plan.tables
    numbers = range(1, (min(limit, SHOWN_TABLES) if limit is not None else len(taken) + 2) + 1)
    stations = station_tables(event)
    free = [number for number in numbers if number not in taken]
    if limit is None:
        free = sorted({*free[:1], *(set(stations) - taken)})
    return empty + [
        m.FloorRoom(
            id=f"{TABLE}{n}",
            mode=RoomMode.MIXED if n in stations else RoomMode.ON_SITE,
            table=n,
        )
        for n in free
    ]


# Without a room


def sitting_out(event: Event, because: str) -> m.SittingOut:
    """Returns why somebody has no room, and when the next preview is."""
    return m.SittingOut(because=because, next_at=event.next_preview_at())


def hears_why(person: Person) -> bool:
    """Says whether somebody without a seat is to be told why: all but hosts and stations who
    take none."""
    return person.role not in HOST_ROLES | {Role.STATION} or person.takes_seat


def why_without_seat(event: Event, person: Person) -> str:
    """Returns the code of why somebody has no seat in a running round."""
    if not event.seats_people and not person.waits_for_yes:
        if event.kind is Kind.PLENARY:
            return "plenary"
        away = person.mode is Mode.ON_SITE and not person.present
        return "not-checked-in" if away else "open-floor"
    return why_not_in_pool(event, person) or person.because or "late"


# From and to hosts


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


# All that one person may see


def view(event: Event, register: Register, viewer: str, now: int) -> View:
    """Returns all that somebody may see at `now` (ms), for a full welcome."""
    starts_at, ends_at = _instants(event)
    planned = event.planned
    mine = event.people.get(viewer)
    room = event.rooms.get(event.place_of(viewer) or "")
    then: list[m.Message] = []
    if mine is not None and event.is_running and room is None and hears_why(mine):
        then.append(sitting_out(event, why_without_seat(event, mine)))
    for by, to in event.cards:
        fields = fields_by_card(event, register, viewer, by) if to == viewer else {}
        if fields:
            then.append(m.CardGiven(card=card_of(register, by), fields=fields))
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
            more_time=planned is not None and planned.more_time and event.seats_people,
            present=len(event.present),
            kind=event.kind,
            stream_url=stream_url(event, register),
            programme=programme(event),
        ),
        room=room_message(event, register, room) if room is not None else None,
        contacts=tuple(
            m.Contact(
                card=card_of(register, other),
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
        blocked=tuple(card_of(register, about) for by, about in event.blocks if by == id),
        met=tuple(_met(event, register, id, now)),
        rated={
            number: event.ratings[id, number]
            for number in range(1, event.round + 1)
            if (id, number) in event.ratings
        },
        because=why_without_seat(event, person) if event.is_running and not person.seat else "",
        waits_for_yes=person.waits_for_yes,
        checked_in=person.mode is Mode.ON_SITE and person.present,
        topic=chosen if (chosen := event.choices.get(id, "")) in event.topics else "",
        proposed_topics=tuple(
            register.text(topic.id) for topic in proposed_topics(event) if topic.by == id
        ),
        visiting=event.visits.get(id, ""),
        again=event.answers.get(id, ("", ()))[0],
        change=event.answers.get(id, ("", ()))[1],
        table=person.table,
    )


def _met(event: Event, register: Register, id: str, now: int) -> list[m.Met]:
    """Returns everybody one has shared a room with, the latest first; minutes up to `now` (ms)."""
    found: dict[str, list[Room]] = {}
    for room_id in event.been.get(id, ()):
        room = event.rooms[room_id]
        for other in dict.fromkeys((*room.people, *(stay.id for stay in room.stays))):
            if other != id and room_id in event.acquainted.get(pair(id, other), ()):
                found.setdefault(other, []).append(room)
    for other in known_still(event, register, id):
        found.setdefault(other, [])
    met = []
    times = {room.id: together(room, now) for rooms in found.values() for room in rooms}
    me = register.attendee(id)
    same = meanings(register.details.synonyms)
    for other, rooms in found.items():
        profile = register.attendee(other)
        note = register.note(id, other)
        given = event.cards.get((id, other))
        shared = shared_interests([me, profile], same)
        met.append(
            m.Met(
                card=card(profile),
                rounds=tuple(dict.fromkeys(room.round for room in rooms)),
                seconds=sum(times[r.id].get(pair(id, other), 0) for r in rooms) // 1000,
                shared=tuple(tag for one in shared for tag in one.interests),
                yes=(id, other) in event.yeses,
                fields=event.yeses.get((id, other), ()),
                card_fields=given.fields if given else (),
                text=note.text,
                next_step=note.next_step,
                done=note.done,
            )
        )
    return met[::-1]
