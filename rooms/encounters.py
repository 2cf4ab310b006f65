"""Minutes together: encounters computed from the stays in a room, never accumulated (rule 22).

A pair's seconds are the overlap of their stays between the room's start and its end. Somebody
online stays while present; somebody on site from their arrival, or as assumed from the start.
"""

from __future__ import annotations

from collections.abc import Iterable
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
    found = []
    stays = _by_person(room)
    for a, b in combinations(sorted(stays), 2):
        overlaps = _overlaps(stays[a], stays[b], room, until)
        total = sum(end - start for start, end in overlaps)
        if total < 1000:
            continue
        confirmed = all(s.confirmed for s in (*stays[a], *stays[b]))
        found.append(
            Encounter(
                round=room.round,
                room=room.id,
                table=room.table,
                met_at=overlaps[0][0],
                seconds=round(total / 1000),
                a=a,
                b=b,
                presence="confirmed" if confirmed else "assumed",
            )
        )
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


def _overlaps(a: list[Stay], b: list[Stay], room: Room, until: int) -> list[tuple[int, int]]:
    """Returns the intervals (ms) in which both stayed, clipped to the room's own time."""
    last = min(room.ended_at if room.ended_at is not None else until, room.ends_at)
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
