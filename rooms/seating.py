"""A seating: fixed when a preview begins, mended for who came and went, or dealt without a solver.

Responsible for whole seatings, once somebody has thought them out, and for what is looked at when
one is changed (rules 4 to 6, 23). Deliberately searches for no good one; that is `matching/`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from itertools import islice

from msgspec import Struct

from rooms import facts as f
from rooms.deciding import Deciding
from rooms.event import Event
from rooms.left_over import why_left_over
from rooms.lobby import pool, station_tables
from rooms.matching.affinity import affinity, rarity, suits
from rooms.matching.ask import Seeker, seeker, with_wishes
from rooms.matching.repair import Terms, changed, mended
from rooms.matching.rules import (
    UNTIL_OTHERS_COME,
    Broken,
    HardRules,
    broken,
    hard_rules,
)
from rooms.people import Mode, Register, RoomMode, room_mode
from rooms.programme import SEATING_KINDS, UNTIL_ENDED, Allow, Mixing, Weights
from rooms.refusal import Refusal
from rooms.standing import Pair, pair
from rooms.synonyms import meanings
from rooms.topics import assigned, held, topics_of_rooms

LONGEST_SECONDS = 24 * 3600
"""An open floor without a length is over after a day, whoever forgot it."""

DEALT_CHOICES = 8
"""Rooms that are compared for each person when no solver answers: thousands are dealt at once."""


class Placing(Struct, frozen=True):
    """What is looked at when somebody is given a seat in rooms that stand."""

    rules: HardRules
    rare: dict[str, float]
    weights: Weights


def seekers(
    event: Event, register: Register, ids: Iterable[str], topics: Mapping[str, str] | None = None
) -> list[Seeker]:
    """Returns people as the matcher sees them, with the mode they are here in, and their topic."""
    same = meanings(register.details.synonyms)
    profiles = [register.attendee(id) for id in ids]
    people = []
    for profile in profiles:
        stands = event.people[profile.id]
        people.append(
            seeker(
                profile,
                mode=stands.mode,
                sat_out=stands.sat_out,
                mixed=sum(
                    event.rooms[room].mode is RoomMode.MIXED
                    for room in event.been.get(profile.id, ())
                ),
                topic=topics.get(profile.id, "") if topics else "",
                meanings=same,
            )
        )
    return with_wishes(people, profiles)


def placing(
    event: Event,
    register: Register,
    ids: Iterable[str],
    topics: Mapping[str, str] | None = None,
    *,
    stations: Iterable[int] = (),
) -> Placing:
    """Returns the hard rules and the rarity of interests among these people.

    `topics`: whose choice of a topic stands, where the next round has topics. `stations`: tables at
    which on-site and online people can share a room.
    """
    people = seekers(event, register, dict.fromkeys(ids), topics)
    details = register.details
    rules = hard_rules(
        people,
        blocked=[pair(a, b) for a, b in event.blocks],
        common_language=event.plan.common_language,
        segments=details.segments,
        segment_most=details.segment_most,
        stations=stations,
        tables=event.plan.tables,
    )
    return Placing(rules, rarity(people), event.plan.weights)


# Fixing one


def fix(
    deciding: Deciding,
    rooms: Sequence[Sequence[str]],
    *,
    seconds: int | None,
    size: int | None,
    seen: f.SeatingOffered | None = None,
) -> None:
    """Fixes the next round's seating: the preview begins (phases of `evening.md`).

    `seen` is the proposal that hosts saw before.
    """
    event, now = deciding.event, deciding.now
    planned = event.next_planned
    if planned is None:
        raise Refusal("programme-over", "The programme has no further round.")
    number = event.round + 1
    kind = event.next_kind or planned.kind
    if kind not in SEATING_KINDS:
        rooms = []
    topics = topics_of_rooms(event, deciding.register, rooms)
    modes = [room_mode(event.people[id].mode for id in ids) for ids in rooms]
    tables = _tables(event, rooms, modes, station_tables(event, now))
    preview = planned.preview_seconds
    if any(mode.has_table for mode in modes):
        preview = max(preview, planned.walking_seconds)
    length = seconds if seconds is not None else event.next_seconds
    is_endless = length == UNTIL_ENDED
    if is_endless:
        length = LONGEST_SECONDS
    starts_at = now + preview * 1000
    deciding.happened(
        f.SeatingFixed(
            at=now,
            round=number,
            rooms=tuple(
                f.Seats(
                    id=f"r{number}-{i}",
                    people=tuple(ids),
                    mode=modes[i - 1],
                    table=tables[i],
                    topic=topics[i - 1],
                )
                for i, ids in enumerate(rooms, 1)
            ),
            left_over=_left_over(deciding, rooms) if kind in SEATING_KINDS else (),
            starts_at=starts_at,
            ends_at=starts_at + length * 1000,
            seconds=length,
            size=size if size is not None else event.next_size,
            kind=kind,
            until_ended=is_endless,
            changed=changed(seen.rooms, rooms) if seen is not None and seen.round == number else 0,
            by=deciding.by if event.called is None and deciding.is_host else "",
        )
    )


def _left_over(deciding: Deciding, rooms: Sequence[Sequence[str]]) -> tuple[f.LeftOver, ...]:
    """Returns who of the pool has no seat in the next round's rooms, and why."""
    event, planned = deciding.event, deciding.event.next_planned
    here = pool(event, deciding.now)
    seated = {id for ids in rooms for id in ids}
    if planned is None or seated.issuperset(here):
        return ()
    stations = station_tables(event, deciding.now)
    look = placing(event, deciding.register, here, held(event, here), stations=stations)
    reasons = why_left_over(
        rooms,
        look.rules,
        apart=event.plan.mixing is Mixing.APART,
        least=planned.least if event.gives_way is Allow.SIT_OUTS else 2,
        most=max(planned.most, event.next_size),
    )
    return tuple(f.LeftOver(id=id, because=because) for id, because in reasons.items())


def _tables(
    event: Event,
    rooms: Sequence[Sequence[str]],
    modes: Sequence[RoomMode],
    stations: Sequence[int],
) -> dict[int, int | None]:
    """Gives every room with people on site a table: the one somebody is fixed at, else a free one.

    Rooms of both modes get those with a station; the others get these last. Lowest numbers first.
    """
    tables: dict[int, int | None] = {}
    for i, ids in enumerate(rooms, 1):
        here = (event.people[id] for id in ids if event.people[id].mode is Mode.ON_SITE)
        fixed = [person.table for person in here if person.table is not None]
        tables[i] = fixed[0] if fixed else None
    taken = {table for table in tables.values() if table is not None}
    for wanted in (RoomMode.MIXED, RoomMode.ON_SITE):
        for i, mode in enumerate(modes, 1):
            if mode is wanted and tables[i] is None:
                tables[i] = free_table(taken, stations, event.plan.tables, mode)
                taken.add(tables[i] or 0)
    return tables


def free_table(
    taken: Iterable[int | None], stations: Sequence[int], limit: int | None, mode: RoomMode
) -> int:
    """Returns the table for one more room of this mode; past the last one when none is free."""
    used = set(taken)
    at_stations = [n for n in stations if n not in used]
    last = max([limit or 0, *stations, *(n for n in used if n is not None)]) + len(used) + 1
    others = [n for n in range(1, last + 1) if n not in used and n not in stations]
    within = [n for n in others if limit is None or n <= limit]
    if mode is RoomMode.MIXED:
        return (at_stations or within or others)[0]
    return (within or at_stations or others)[0]


def repaired(
    event: Event,
    register: Register,
    rooms: Sequence[Sequence[str]],
    sitting_out: Sequence[str],
    now: int,
    *,
    size: int,
    least: int,
    most: int,
) -> tuple[list[list[str]], list[str]]:
    """Returns a seating for who is here now, and those for whom it has no seat (`repair.py`).

    For each who came or went at most two rooms change; no hard rule is broken, and nobody meets
    anybody again who would not have. Rooms that hosts keep as they are lose only who is gone.
    """
    here = pool(event, now)
    look = placing(event, register, here, held(event, here), stations=station_tables(event, now))
    people = look.rules.people
    terms = Terms(
        look.rules,
        size=size,
        least=least,
        most=most,
        worth=lambda a, b: affinity(people[a], people[b], look.rare, look.weights),
        met=lambda a, b: not event.plan.reunions and have_met(event, a, b),
        closed=frozenset(frozenset(ids) for ids in event.pinned),
        stay=frozenset(id for ids in event.together for id in ids),
    )
    found = mended(rooms, terms, sitting_out=sitting_out)
    return found.rooms, found.unplaced


def _belongs_elsewhere(
    event: Event, id: str, ids: Sequence[str], rooms: Iterable[Sequence[str]]
) -> bool:
    """Says whether another room is at the table that somebody is fixed at."""
    table, mode = event.people[id].table, event.people[id].mode
    if table is None or mode is not Mode.ON_SITE:
        return False
    return any(
        other is not ids and event.people[o].table == table and event.people[o].mode is mode
        for other in rooms
        for o in other
    )


# Who meets again, who suits whom


def kept_rooms(event: Event, now: int) -> list[tuple[str, ...]]:
    """Returns the pinned rooms, without those who are gone; rooms of fewer than two are let go."""
    here = set(pool(event, now))
    rooms = [tuple(id for id in ids if id in here) for ids in event.pinned]
    return [ids for ids in rooms if len(ids) > 1]


def parts_company(event: Event, now: int, rooms: Iterable[Sequence[str]]) -> bool:
    """Says whether rooms part people whom a host keeps together, and who may still share one."""
    at = {id: number for number, ids in enumerate(rooms) for id in ids}
    return any(len({at[id] for id in ids if id in at}) > 1 for ids in kept_together(event, now))


def kept_together(event: Event, now: int) -> list[tuple[str, ...]]:
    """Returns who is kept together, as far as they are here and no block has come between."""
    here = set(pool(event, now))
    groups = (tuple(id for id in ids if id in here) for ids in event.together)
    return [
        ids
        for ids in groups
        if ids and not any(event.is_blocked(a, b) for i, a in enumerate(ids) for b in ids[i + 1 :])
    ]


def refuse_broken(causes: Iterable[Broken]) -> None:
    """Refuses a room that breaks hard rules; a block is never named (rule 6)."""
    named = {cause.rule for cause in causes}
    if "blocked" in named:
        raise Refusal("private", "They cannot share this room, for a private reason.")
    if "modes" in named:
        raise Refusal("rule-broken", "On-site and online people do not share a room here.")
    if named & {"station", "stations"}:
        raise Refusal("rule-broken", "There is no free station for on-site and online people.")
    if "tables" in named:
        raise Refusal("rule-broken", "There is no free table on site.")
    if "topic" in named:
        raise Refusal("rule-broken", "They chose different topics.")
    if "alone" in named:
        raise Refusal("rule-broken", "A room needs at least two people.")
    if named:
        raise Refusal("rule-broken", "A rule of this event keeps them from sharing this room.")


def count_repeats(event: Event, rooms: Iterable[Sequence[str]]) -> int:
    """Returns how many pairs of a seating have met before (rule 4), this round's included."""
    return sum(
        1 for ids in rooms for i, a in enumerate(ids) for b in ids[i + 1 :] if have_met(event, a, b)
    )


def have_met(event: Event, a: str, b: str) -> bool:
    """Says whether two people have met, or sit together right now and will have.

    Meeting at an earlier event of the series counts unless meeting again is welcome.
    """
    key = pair(a, b)
    before = key in event.met_before and not event.plan.reunions
    return key in event.met or before or event.share_running_room(a, b)


def met_so_far(event: Event) -> dict[Pair, int]:
    """Returns who shall not meet again, with the last round they met in (0: an earlier event).

    Who sits together in a room that is not over will have met. None where meeting again is welcome.
    """
    if event.plan.reunions:
        return {}
    sitting = {
        pair(a, b): room.round
        for room in event.running_rooms()
        for i, a in enumerate(room.people)
        for b in room.people[i + 1 :]
    }
    return {**event.met_before, **event.met, **sitting}


def meets_again(event: Event, id: str, others: Iterable[str]) -> bool:
    """Says whether somebody would meet one of these people again."""
    return any(have_met(event, id, other) for other in others if other != id)


def worth_in(look: Placing, id: str, others: Iterable[str]) -> float:
    """Returns how well somebody suits the people of a room: their mean affinity."""
    people = look.rules.people
    if id not in people:
        return 0.0
    return suits(people[id], [people[o] for o in others if o in people], look.rare, look.weights)


# Dealing one, without a solver


def dealt(
    event: Event, register: Register, now: int, *, size: int, least: int, most: int
) -> list[list[str]]:
    """Returns a seating found one by one: hard rules hold, repeats are avoided where that is easy.

    Used only when no solver answers a called round. Whoever fits nowhere is left over.
    """
    here = pool(event, now)
    look = placing(event, register, here, assigned(event, register, here))
    found: list[list[str]] = []
    for mode in Mode:
        people = [
            id for id in here if event.people[id].mode is mode and look.rules.persons[id] == id
        ]
        fewest = max(1, len(people) // size, -(-len(people) // most))
        counts = range(fewest, max(fewest, min(len(people) // least, fewest + 3)) + 1)
        if mode is Mode.ON_SITE and event.plan.tables is not None:
            counts = range(min(fewest, event.plan.tables), min(counts[-1], event.plan.tables) + 1)
        seatings = (_dealt_into(event, look, people, count, most) for count in counts)
        found += max(seatings, key=lambda rooms: sum(map(len, rooms)), default=[])
    return found


def _dealt_into(
    event: Event, look: Placing, people: list[str], count: int, most: int
) -> list[list[str]]:
    rooms: list[list[str]] = [[] for _ in range(count)]
    persons = look.rules.persons
    for number, id in enumerate(people):
        party = [id, *look.rules.escorts.get(id, ())]
        turned = (rooms[(number + i) % count] for i in range(count))
        fits = (
            ids
            for ids in turned
            if sum(persons[other] == other for other in ids) < most
            and _may_be_dealt(party, ids, look)
            and not any(_belongs_elsewhere(event, one, ids, rooms) for one in party)
        )
        tried = list(islice(fits, DEALT_CHOICES))
        if tried:
            min(tried, key=lambda ids: (meets_again(event, id, ids), len(ids))).extend(party)
    return [ids for ids in rooms if ids and not broken(ids, look.rules)]


def _may_be_dealt(party: list[str], ids: list[str], look: Placing) -> bool:
    causes = broken([*ids, *party], look.rules) - broken(ids, look.rules)
    return all(cause.rule in UNTIL_OTHERS_COME for cause in causes)
