"""Minutes together: encounters computed from the stays in a room, never accumulated (rule 22).

A pair's seconds are the overlap of their stays between the room's start and its end. Somebody
online stays while present; somebody on site from their arrival, or as assumed from the start.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import combinations

from msgspec import Struct
from msgspec.structs import replace

from rooms.standing import Pair, Room, Stay

MET_MS = 30_000
"""Rule 4: met is 30 s together, or a quarter of the round if that is shorter."""


class Encounter(Struct, frozen=True, kw_only=True):
    """Two people shared a room for at least a second. `met_at`: ms; `seconds`: whole seconds."""

    round: int
    room: str
    table: int | None
    met_at: int
    seconds: int
    a: str
    b: str
    presence: str


def met_after_ms(round_seconds: int) -> int:
    """Returns how long two people must be together to have met, for a round of this length."""
    return min(MET_MS, round_seconds * 250)


def encounters(room: Room, until: int) -> list[Encounter]:
    """Returns the encounters of a room so far, a < b, in the order of ids.

    `until` (ms) ends stays that are still open; those of less than a second are left out.
    """
    whole = _intervals(room, until)
    found = []
    for a, b in combinations(sorted(whole), 2):
        met = _encounter(room, a, whole[a], b, whole[b])
        if met is not None:
            found.append(met)
    return found


def rooms_by_round(rooms: Iterable[Room]) -> dict[int, list[Room]]:
    """Returns rooms by their round, in the order of rounds."""
    found: dict[int, list[Room]] = {}
    for room in rooms:
        found.setdefault(room.round, []).append(room)
    return dict(sorted(found.items()))


def round_encounters(rooms: Iterable[Room], until: int) -> list[Encounter]:
    """Returns one encounter for each pair of a round, who may have shared several of its rooms."""
    pairs: dict[Pair, Encounter] = {}
    for room in rooms:
        for met in encounters(room, until):
            before = pairs.get((met.a, met.b))
            pairs[met.a, met.b] = met if before is None else joined(before, met)
    return list(pairs.values())


def joined(first: Encounter, second: Encounter) -> Encounter:
    """Returns two encounters of a pair as one: the earlier one's room, the seconds of both."""
    if second.met_at < first.met_at:
        first, second = second, first
    both = first.presence == second.presence == "confirmed"
    return replace(
        first,
        seconds=first.seconds + second.seconds,
        presence="confirmed" if both else "assumed",
    )


def by_pair(rooms: Iterable[Room], until: int) -> Iterator[tuple[Encounter, int]]:
    """Yields each two people who met at all as one encounter, and in how many rounds they did.

    Ordered by a, and found person by person, so that a million pairs take no more memory than the
    rooms they sat in.
    """
    of_person: dict[str, list[Room]] = {}
    for room in sorted(rooms, key=lambda room: room.round):
        for id in dict.fromkeys(stay.id for stay in room.stays):
            of_person.setdefault(id, []).append(room)
    for a in sorted(of_person):
        met: dict[str, Encounter] = {}
        rounds: dict[str, set[int]] = {}
        for room in of_person[a]:
            whole = _intervals(room, until)
            if a not in whole:
                continue
            for b, theirs in whole.items():
                found = _encounter(room, a, whole[a], b, theirs) if a < b else None
                if found is not None:
                    met[b] = joined(met[b], found) if b in met else found
                    rounds.setdefault(b, set()).add(room.round)
        for b in sorted(met):
            yield met[b], len(rounds[b])


def together(room: Room, until: int) -> dict[Pair, int]:
    """Returns milliseconds together by pair, for pairs with any."""
    stays = _by_person(room)
    sums = {}
    for a, b in combinations(sorted(stays), 2):
        total = sum(end - start for start, end in _overlaps(stays[a], stays[b], room, until))
        if total > 0:
            sums[(a, b)] = total
    return sums


def met_in(room: Room, key: Pair) -> bool:
    """Says whether two people were together for long enough in a room that is over (rule 4)."""
    a, b = ([stay for stay in room.stays if stay.id == id] for id in key)
    return sum(end - start for start, end in _overlaps(a, b, room, room.ends_at)) >= room.met_ms


def _by_person(room: Room) -> dict[str, list[Stay]]:
    found: dict[str, list[Stay]] = {}
    for stay in room.stays:
        found.setdefault(stay.id, []).append(stay)
    return found


class _Presence(Struct, frozen=True):
    """When somebody was in a room, clipped to its own time, and whether that was confirmed."""

    spans: tuple[tuple[int, int], ...]
    confirmed: bool


def _intervals(room: Room, until: int) -> dict[str, _Presence]:
    """Returns who was in a room and when (ms), without those who never were in its time."""
    last = _last(room, until)
    first = room.starts_at
    found: dict[str, _Presence] = {}
    for stay in room.stays:
        start = stay.from_at if stay.from_at > first else first
        end = last if stay.to_at is None or stay.to_at > last else stay.to_at
        spans = ((start, end),) if end > start else ()
        before = found.get(stay.id)
        if before is None:
            found[stay.id] = _Presence(spans, stay.confirmed)
        else:
            confirmed = before.confirmed and stay.confirmed
            found[stay.id] = _Presence(before.spans + spans, confirmed)
    return found


def _encounter(room: Room, a: str, mine: _Presence, b: str, theirs: _Presence) -> Encounter | None:
    """Returns what two people shared of a room; None: less than a second."""
    total, met_at = 0, 0
    for one_start, one_end in mine.spans:
        for other_start, other_end in theirs.spans:
            start = one_start if one_start > other_start else other_start
            end = one_end if one_end < other_end else other_end
            if end > start:
                total += end - start
                met_at = start if not met_at or start < met_at else met_at
    if total < 1000:
        return None
    return Encounter(
        round=room.round,
        room=room.id,
        table=room.table,
        met_at=met_at,
        seconds=round(total / 1000),
        a=a,
        b=b,
        presence="confirmed" if mine.confirmed and theirs.confirmed else "assumed",
    )


def _last(room: Room, until: int) -> int:
    return min(room.ended_at if room.ended_at is not None else until, room.ends_at)


def _overlaps(a: list[Stay], b: list[Stay], room: Room, until: int) -> list[tuple[int, int]]:
    """Returns the intervals (ms) in which both stayed, clipped to the room's own time."""
    last = _last(room, until)
    found = []
    for one in a:
        for other in b:
            start = max(one.from_at, other.from_at, room.starts_at)
            end = min(
                one.to_at if one.to_at is not None else last,
                other.to_at if other.to_at is not None else last,
                last,
            )
            if end > start:
                found.append((start, end))
    return sorted(found)
