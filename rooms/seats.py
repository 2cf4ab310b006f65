"""Seats during a round: late, dropped, stranded and moved people (rules 10, 11, 14).

Deliberately seats no whole round; that is `seating.py`. What it finds for one person is the best
room by the rules in the order of rule 10.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from heapq import nsmallest

from rooms import commands as c
from rooms import facts as f
from rooms.deciding import Deciding
from rooms.event import Event
from rooms.lobby import in_pool, station_tables
from rooms.matching.rules import broken, may_join
from rooms.messages import LOBBY, Phase
from rooms.people import Mode, RoomMode, room_mode
from rooms.refusal import Refusal
from rooms.seating import (
    Placing,
    free_table,
    meets_again,
    placing,
    refuse_broken,
    worth_in,
)
from rooms.standing import WITHOUT_SEAT, Person, Room

JOIN_WARNING_MS = 5_000
"""Rule 10: a room is told this long before somebody joins; a tenth of a shorter round."""

CHOICE_AFTER_MS = 10_000
"""Rule 11: from the tenth second alone one may choose."""

MOVED_AFTER_MS = 20_000
"""Rule 11: without a choice one is moved after this long alone."""

WAIT_MS = 90_000
"""Rule 11: who chooses to wait waits this long."""

OWN_ROOM_LEAST_MS = 60_000
"""Rule 10: late people get a room of their own while so much is left, or 30 % of a short round."""


COMPARED_ROOMS = 200
"""At most so many rooms are compared for somebody late (7 ms): 10,000 people have 2,500 rooms."""


# Late and stranded people (rule 10)


def time_left(event: Event, now: int) -> int:
    """Returns how much of the round is left (ms), by the pause's clock while paused."""
    return (event.ends_at or now) - max(event.clock(now), event.starts_at or 0)


def join_warning_ms(event: Event) -> int:
    """Returns how long before somebody joins a room is told."""
    return min(JOIN_WARNING_MS, event.round_seconds * 100)


def best_room(
    deciding: Deciding,
    id: str,
    *,
    leaving: str | None = None,
    expected: dict[str, list[str]] | None = None,
) -> str | None:
    """Returns the room that rule 10 gives a late or stranded person; None: the lobby.

    Rooms without anybody met before come first; only when there is none, others. Assistants who
    wait with them come along, and take nobody's place. `expected` spares asking again who is in
    each room or about to join it.
    """
    event = deciding.event
    coming = expected if expected is not None else _everybody_expected(event)
    total = event.round_seconds * 1000
    left = time_left(event, deciding.now)
    planned = event.planned
    most = planned.most if planned else event.round_size
    if left * 100 <= total * 30:
        return None
    limits = [event.round_size, most] if left * 2 > total else [most]
    candidates = [
        room
        for room in event.running_rooms()
        if room.id != leaving
        and room.round == event.round
        and room.mode.takes(event.people[id].mode)
        and _has_place(event, coming[room.id], id, most)
        and any(event.people[o].present for o in room.people)
    ]
    if not candidates:
        return None
    lonely = {alone.room for alone in event.alone.values()}
    if len(candidates) > COMPARED_ROOMS:
        candidates = nsmallest(
            COMPARED_ROOMS, candidates, key=lambda r: (r.id not in lonely, len(coming[r.id]))
        )
    around = (other for room in candidates for other in coming[room.id])
    party = [id, *_assistants_waiting(event, id)]
    look = _look(deciding, [*party, *around])
    allowed = [
        room
        for room in candidates
        if may_join(party, coming[room.id], look.rules, table=room.table)
    ]
    for repeats in (False,) if _is_let_sit_out(event, id) else (False, True):
        for limit in limits:
            fitting = [
                room
                for room in allowed
                if _has_place(event, coming[room.id], id, limit)
                and (repeats or not meets_again(event, id, coming[room.id]))
            ]
            if fitting:
                return max(
                    fitting,
                    key=lambda r: (
                        r.id in lonely,
                        bool(r.topic) and r.topic == event.chose.get(id),
                        worth_in(look, id, r.people),
                        r.id,
                    ),
                ).id
    return None


def _assistants_waiting(event: Event, id: str) -> list[str]:
    """Returns who waits for a seat beside somebody."""
    waiting = (other for other in event.waiting if other not in event.joins)
    return [other for other in waiting if other != id and _is_beside(event, other, [id])]


def _has_place(event: Event, ids: Sequence[str], id: str, limit: int) -> bool:
    """Says whether fewer than `limit` of a room count for sizes, or the newcomer does not."""
    if len(ids) < limit or _is_beside(event, id, ids):
        return True
    return sum(not _is_beside(event, other, [*ids, id]) for other in ids) < limit


def _is_beside(event: Event, id: str, ids: Sequence[str]) -> bool:
    """Says whether an assistant's person is among these."""
    person = event.people[id].sits_with
    return person != id and person in ids


def _is_let_sit_out(event: Event, id: str) -> bool:
    """Says whether somebody sits out so that sizes hold and nobody meets again (rule 6)."""
    return event.lets_sit_out and event.people[id].because in WITHOUT_SEAT


def _people_expected(event: Event, room: Room) -> list[str]:
    joining = [join.id for join in event.joins.values() if join.room == room.id]
    return [*room.people, *(id for id in joining if id not in room.people)]


def _everybody_expected(event: Event) -> dict[str, list[str]]:
    """Returns who is in each running room or about to join it."""
    expected = {room.id: list(room.people) for room in event.running_rooms()}
    for join in event.joins.values():
        if join.room in expected and join.id not in expected[join.room]:
            expected[join.room].append(join.id)
    return expected


def seat_late(deciding: Deciding) -> None:
    """Plans seats for those who wait during a preview or round (rule 10)."""
    event = deciding.event
    if not event.is_running or not event.seats_people:
        return
    waiting = [
        id
        for id in event.waiting
        if id not in event.joins and in_pool(event, event.people[id], deciding.now)
    ]
    expected = _everybody_expected(event) if waiting else {}
    for id in waiting:
        room = best_room(deciding, id, expected=expected) if id not in event.joins else None
        if room is not None:
            for each in (id, *_assistants_waiting(event, id)):
                because = event.people[each].because
                expected[room].append(each)
                _plan_join(deciding, each, room, because if because == "stranded" else "late")
    still = [id for id in waiting if id not in event.joins]
    if len(still) > 1:
        _open_own_rooms(deciding, still)


def _plan_join(deciding: Deciding, id: str, room: str, because: str, at: int | None = None) -> None:
    join_at = at if at is not None else deciding.now + join_warning_ms(deciding.event)
    deciding.happened(
        f.JoinPlanned(at=deciding.now, id=id, room=room, join_at=join_at, because=because)
    )


def _open_own_rooms(deciding: Deciding, ids: list[str]) -> None:
    """Opens rooms for two or more who wait, while enough of the round is left."""
    event = deciding.event
    total = event.round_seconds * 1000
    if time_left(event, deciding.now) < min(OWN_ROOM_LEAST_MS, total * 30 // 100):
        return
    planned = event.planned
    most = planned.most if planned else event.round_size
    for repeats, stations in ((False, ()), (True, ()), (False, _free_stations(deciding))):
        look = placing(event, deciding.register, ids, stations=stations)
        waiting = [
            id
            for id in ids
            if id in event.waiting and id not in event.joins and look.rules.persons[id] == id
        ]
        while waiting:
            group = _with_escorts(waiting.pop(0), look)
            for other in waiting:
                party = _with_escorts(other, look)
                if (
                    other not in group
                    and _count(group, look) < most
                    and not broken([*group, *party], look.rules)
                    and (repeats or not meets_again(event, other, group))
                ):
                    group += party
            if _count(group, look) > 1 and not _would_be_as_before(event, group, repeats):
                waiting = [id for id in waiting if id not in group]
                _open_room(deciding, group)


def _with_escorts(id: str, look: Placing) -> list[str]:
    return [id, *look.rules.escorts.get(id, ())]


def _count(ids: Iterable[str], look: Placing) -> int:
    """Returns how many count for sizes: assistants do not."""
    return sum(look.rules.persons[id] == id for id in ids)


def _look(deciding: Deciding, ids: Iterable[str]) -> Placing:
    """Returns what is looked at among people of rooms that stand, at the stations they have."""
    event = deciding.event
    standing = (room.table for room in event.running_rooms() if room.mode is RoomMode.MIXED)
    stations = [table for table in standing if table is not None]
    return placing(event, deciding.register, ids, stations=stations)


def _free_stations(deciding: Deciding) -> tuple[int, ...]:
    """Returns the tables with a station at which nobody sits."""
    taken = {room.table for room in deciding.event.running_rooms()}
    tables = station_tables(deciding.event, deciding.now)
    return tuple(table for table in tables if table not in taken)


def _would_be_as_before(event: Event, group: list[str], repeats: bool) -> bool:
    """Says whether a room is one that its people were let sit out for: too small, or met again."""
    if not all(_is_let_sit_out(event, id) for id in group) or event.planned is None:
        return False
    return repeats or len(group) < min(event.planned.least, event.round_size)


def _open_room(deciding: Deciding, group: list[str]) -> None:
    event, now = deciding.event, deciding.now
    mode = room_mode(event.people[id].mode for id in group)
    table = _table_for(deciding, group, mode)
    if mode.has_table and table is None:
        return
    number = len(event.current) + 1
    deciding.happened(
        f.RoomOpened(
            at=now,
            room=f.Seats(
                id=f"r{event.round}-{number}",
                people=tuple(group),
                mode=mode,
                table=table,
                topic=_topic_of(event, group),
            ),
            starts_at=max(now, event.starts_at or now),
            ends_at=event.ends_at or now,
        )
    )


def _table_for(deciding: Deciding, group: list[str], mode: RoomMode) -> int | None:
    """Returns a free table for people who come late; None: they need none, or there is none."""
    event = deciding.event
    if not mode.has_table:
        return None
    taken = {room.table for room in event.running_rooms()}
    stations = station_tables(event, deciding.now)
    here = (event.people[id] for id in group if event.people[id].mode is Mode.ON_SITE)
    fixed = [person.table for person in here if person.table is not None]
    table = fixed[0] if fixed else free_table(taken, stations, event.plan.tables, mode)
    beyond = event.plan.tables is not None and table > event.plan.tables
    bare = mode is RoomMode.MIXED and table not in stations
    return None if table in taken or beyond or bare else table


def _topic_of(event: Event, group: list[str]) -> str:
    """Returns the topic for people who come late: what most chose, else what fewest talk about."""
    chosen = Counter(topic for id in group if (topic := event.chose.get(id, "")))
    if chosen:
        return max(chosen, key=lambda topic: (chosen[topic], topic))
    talked = Counter(room.topic for room in event.running_rooms() if room.topic)
    return min(talked, key=lambda topic: (talked[topic], topic), default="")


# Joining, as planned


def join(deciding: Deciding, id: str) -> None:
    """Carries out a planned join whose time has come.

    If it makes sense no more it is called off. If only its room takes nobody any more, who was
    alone goes to the lobby, and another room is told as long before as this one was (rule 10).
    """
    event, now = deciding.event, deciding.now
    planned, person = event.joins[id], event.people[id]
    wanted = person.present and (id in event.waiting or id in event.alone)
    fits = planned.room != LOBBY and _may_still_join(deciding, person, planned.room)
    if not wanted or not (fits or planned.room == LOBBY):
        deciding.happened(f.JoinCancelled(at=now, id=id, room=planned.room))
    if wanted and person.seat is not None:
        onward = planned.room if fits else ""
        deciding.happened(
            f.Unseated(at=now, id=id, room=person.seat, because="stranded", onward=onward)
        )
    if wanted and fits:
        deciding.happened(f.Seated(at=now, id=id, room=planned.room, because=planned.because))


def _may_still_join(deciding: Deciding, person: Person, room_id: str) -> bool:
    event = deciding.event
    room = event.rooms.get(room_id)
    planned = event.planned
    if room is None or room.ended_at is not None or planned is None:
        return False
    if not room.mode.takes(person.mode):
        return False
    others = [id for id in _people_expected(event, room) if id != person.id]
    if not _has_place(event, others, person.id, planned.most):
        return False
    if not any(event.people[o].present for o in room.people):
        return False
    look = _look(deciding, [person.id, *others])
    return may_join([person.id], others, look.rules, table=room.table)


# Alone in a room (rule 11)


def moves_at(event: Event, id: str) -> int | None:
    """Returns when somebody alone is moved unless they choose; None: they are not alone."""
    alone = event.alone.get(id)
    if alone is None or event.phase is not Phase.ROUND:
        return None
    if id in event.joins:
        return event.joins[id].join_at
    return alone.waits_until if alone.waits_until is not None else alone.since + MOVED_AFTER_MS


def company_is_coming(event: Event, room_id: str) -> bool:
    """Says whether somebody is about to join a room."""
    return any(join.room == room_id for join in event.joins.values())


def plan_for_stranded(deciding: Deciding, id: str) -> None:
    """Tells somebody alone, and the room that suits them best, that they will move."""
    event = deciding.event
    room = best_room(deciding, id, leaving=event.people[id].seat)
    soonest = deciding.now + join_warning_ms(event)
    at = None if event.alone[id].wants_others else moves_at(event, id)
    join_at = soonest if at is None else max(at, soonest)
    _plan_join(deciding, id, room if room is not None else LOBBY, "stranded", join_at)


def wait(deciding: Deciding, command: c.Wait) -> None:
    """Chooses, when alone, to wait for the others."""
    me = _alone_for_long_enough(deciding)
    if me.id in deciding.event.joins:
        planned = deciding.event.joins[me.id]
        deciding.happened(f.JoinCancelled(at=deciding.now, id=me.id, room=planned.room))
    deciding.happened(f.ChoseToWait(at=deciding.now, id=me.id, until=deciding.now + WAIT_MS))


def meet_others(deciding: Deciding, command: c.MeetOthers) -> None:
    """Chooses, when alone, to meet others."""
    me = _alone_for_long_enough(deciding)
    deciding.happened(f.ChoseToMeetOthers(at=deciding.now, id=me.id))
    if me.id not in deciding.event.joins:
        plan_for_stranded(deciding, me.id)


def _alone_for_long_enough(deciding: Deciding) -> Person:
    me = deciding.me
    alone = deciding.event.alone.get(me.id)
    if alone is None or deciding.event.phase is not Phase.ROUND:
        raise Refusal("not-alone", "You are not alone in a room.")
    if deciding.now - alone.since < CHOICE_AFTER_MS:
        raise Refusal("too-soon", "Give the others ten seconds to come back.")
    return me


def call_off_joins(deciding: Deciding) -> None:
    """Calls off joins of people who are gone or whose company has come back."""
    event = deciding.event
    for id, planned in list(event.joins.items()):
        person = event.people[id]
        gone = not person.present or not event.is_running
        stays = person.seat is not None and id not in event.alone
        if gone or stays or (person.seat is None and person.sitting_out):
            deciding.happened(f.JoinCancelled(at=deciding.now, id=id, room=planned.room))


def follow_roommates(deciding: Deciding, id: str) -> None:
    """Sends who came back to a room that is empty now where their roommates went (rule 11)."""
    event = deciding.event
    alone = event.alone.get(id)
    if alone is None or id in event.joins:
        return
    room = event.rooms[alone.room]
    gone = [s.id for s in reversed(room.stays) if s.id not in room.people]
    for mate in dict.fromkeys(gone):
        where = event.people[mate].seat
        if where and _may_still_join(deciding, event.people[id], where):
            _plan_join(deciding, id, where, "back")
            return


# Moved by a host (rule 14)


def move(deciding: Deciding, command: c.Move) -> None:
    """Moves somebody to a running room or to the lobby."""
    deciding.require_host()
    event, now = deciding.event, deciding.now
    person = deciding.person(command.attendee)
    if not event.is_running or not event.current:
        raise Refusal("out-of-turn", "People can be moved while a round is on.")
    if command.room == LOBBY:
        if person.seat is None:
            raise Refusal("already-there", "This person is in the lobby already.")
        deciding.happened(
            f.Unseated(at=now, id=person.id, room=person.seat, because="moved", by=deciding.by)
        )
        moved = (person.id, person.seat, LOBBY)
        deciding.happened(f.Rearranged(at=now, by=deciding.by, moves=(moved,)))
        return
    if person.seat == command.room:
        raise Refusal("already-there", "This person is in that room already.")
    if not person.present and person.seat is None:
        raise Refusal("not-here", "This person is not here now.")
    if person.sitting_out or not person.takes_seat:
        raise Refusal("sits-out", "This person is sitting out.")
    room = _room_of_round(deciding, command.room)
    _check_may_join(deciding, [person.id], room)
    if person.seat is not None:
        deciding.happened(
            f.Unseated(at=now, id=person.id, room=person.seat, because="moved", onward=room.id)
        )
    deciding.happened(f.Seated(at=now, id=person.id, room=room.id, because="moved", by=deciding.by))
    moved = (person.id, person.seat or LOBBY, room.id)
    deciding.happened(f.Rearranged(at=now, by=deciding.by, moves=(moved,)))


def merge(deciding: Deciding, command: c.Merge) -> None:
    """Moves everybody of one room into another."""
    deciding.require_host()
    event, now = deciding.event, deciding.now
    if not event.is_running:
        raise Refusal("out-of-turn", "Rooms can be merged while a round is on.")
    room = _room_of_round(deciding, command.room)
    into = _room_of_round(deciding, command.into)
    if room.id == into.id:
        raise Refusal("already-there", "That is the same room.")
    _check_may_join(deciding, list(room.people), into)
    for id in room.people:
        deciding.happened(f.Unseated(at=now, id=id, room=room.id, because="moved", onward=into.id))
        deciding.happened(f.Seated(at=now, id=id, room=into.id, because="moved", by=deciding.by))
    deciding.happened(f.RoomEnded(at=now, room=room.id, by=deciding.by))


def _room_of_round(deciding: Deciding, id: str) -> Room:
    room = deciding.running_room(id)
    if room.round != deciding.event.round:
        raise Refusal("room-ended", "That room belongs to another round.")
    return room


def _check_may_join(deciding: Deciding, ids: list[str], room: Room) -> None:
    event = deciding.event
    planned = event.planned
    most = planned.most if planned else event.round_size
    others = [id for id in _people_expected(event, room) if id not in ids]
    look = _look(deciding, [*ids, *others])
    if _count([*others, *ids], look) > most:
        raise Refusal("room-full", "That room is full: it takes {most} people.", most=most)
    if len(others) + len(ids) < 2:
        raise Refusal("room-empty", "Nobody is in that room now.")
    if not all(room.mode.takes(event.people[id].mode) for id in ids):
        raise Refusal("rule-broken", "On-site and online people do not share a room here.")
    refuse_broken_by(deciding, ids, room)


def refuse_broken_by(deciding: Deciding, ids: list[str], room: Room) -> None:
    """Refuses to bring people into a room where a hard rule would then be broken."""
    others = [id for id in _people_expected(deciding.event, room) if id not in ids]
    look = _look(deciding, [*ids, *others])
    before = broken(others, look.rules, table=room.table)
    causes = broken([*others, *ids], look.rules, table=room.table) - before
    refuse_broken(cause for cause in causes if cause.rule != "alone")
