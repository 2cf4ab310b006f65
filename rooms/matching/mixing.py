"""On site and online in one rotation: how many rooms of both modes, and of how many of each (25).

Responsible for the layouts of a seating whose people are partly on site and partly online: for each
room its size and how many of its people are on site. Knows numbers alone; who sits where is the
search's. What is meant by the organiser's choice:

- `apart`: no room of both modes.
- `some`: as many as do no harm. At most half of the people of either mode sit in one, so that
  everybody has rounds among their own and rounds across, and a station stays free where all rooms
  then have the size they are meant to have.
- `most`: as many as there are stations, so that most people sit in one.

In rooms of four and more there are two of each mode at least, since one person alone on a screen is
easily forgotten, and one alone before it came to a venue to look at a screen. In rooms of three two
are online: whoever is the only one on site has the station to themselves, which is a video call
like any other; the only remote one at a table is not. Pairs are one and one. These give way only
where somebody would else have nobody to sit with: then one person of a mode joins a mixed room,
whatever was chosen but `apart`.

Who sits in a mixed room goes round: somebody who was in fewer so far is worth `ROTATION` more to
each person of the other mode, for each round behind (`going_round`).

Invariants: sizes add up to all people; rooms of both modes are no more than stations, those with
anybody on site no more than tables; homes come first, each with those who are fixed there.

>>> people = Crowd(on_site=8, online=8, stations=3)
>>> [(room.size, room.on_site) for room in layouts(people, 4, 3, 6, Mixing.MOST)[0].rooms]
[(6, 3), (5, 3), (5, 2)]
>>> [(room.size, room.on_site) for room in layouts(people, 4, 3, 6, Mixing.SOME)[0].rooms]
[(4, 2), (4, 2), (4, 4), (4, 0)]
>>> lone = Crowd(on_site=1, online=7, stations=2)
>>> [(room.size, room.on_site) for room in layouts(lone, 4, 3, 6, Mixing.SOME)[0].rooms]
[(4, 1), (4, 0)]
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
from msgspec import Struct
from numpy.typing import NDArray

from rooms.matching.ask import Seeker
from rooms.matching.sizes import beyond, even, even_with, room_counts
from rooms.people import Mode, RoomMode
from rooms.programme import Mixing

ROTATION = 2.0
"""What a round behind in mixed rooms is worth to each person of the other mode: liking is at most
1 for each roommate."""

MOST_BEHIND = 3
"""Rounds behind that count at most: who came late does not outweigh all others."""

KEPT = 3
"""Layouts returned at the most."""

FEWER = 5
"""Numbers of mixed rooms that are compared where only some are to be mixed."""

SMALLER = 2
"""Layouts returned at the most for each size below the programme's."""

NEVER = 1_000
"""How far beyond least and most somebody is whom no room takes."""


class Home(Struct, frozen=True):
    """A room in which people must sit: at their table, or together at any."""

    on_site: int
    online: int = 0
    has_station: bool = False

    @property
    def is_mixed(self) -> bool:
        return bool(self.on_site and self.online)


class Crowd(Struct, frozen=True, kw_only=True):
    """People to be laid out, and the places for them."""

    on_site: int
    online: int
    stations: int
    """Stations at tables at which nobody is fixed."""
    tables: int | None = None
    homes: tuple[Home, ...] = ()


class RoomPlan(Struct, frozen=True):
    """A room to be filled: its size, and how many of its people are on site."""

    size: int
    on_site: int

    @property
    def mode(self) -> RoomMode:
        if not self.on_site:
            return RoomMode.ONLINE
        return RoomMode.ON_SITE if self.on_site == self.size else RoomMode.MIXED


class Layout(Struct, frozen=True):
    """Rooms for everybody; `far`: by how many people the worst is beyond least and most."""

    rooms: tuple[RoomPlan, ...]
    far: int
    off: float = 0.0
    """How far rooms are from the programme's size, as squares."""


class _Numbers(Struct, frozen=True):
    size: int
    least: int
    most: int


class _Mixed(Struct, frozen=True):
    """Mixed rooms to be tried; pairs are (on site, online): the fewest in one, the most in all."""

    rooms: int
    fewest: tuple[int, int]
    at_most: tuple[int, int]
    least: int
    most: int


def layouts(crowd: Crowd, size: int, least: int, most: int, mixing: Mixing) -> list[Layout]:
    """Returns a few layouts in the order of preference; empty when not everybody has a place.

    Those with smaller rooms come later: in them fewer people meet again.
    """
    best = _layouts(crowd, _Numbers(size, least, most), mixing)
    for smaller in range(size - 1, least - 1, -1):
        others = _layouts(crowd, _Numbers(smaller, least, most), mixing)[:SMALLER]
        best += [one for one in others if one.far == 0 and one not in best]
    return best


def _layouts(crowd: Crowd, numbers: _Numbers, mixing: Mixing) -> list[Layout]:
    found: list[Layout] = []
    compared = FEWER if mixing is Mixing.SOME else 0
    for mixed in _numbers_of_mixed(crowd, numbers, mixing):
        if any(one.far == 0 for one in found) and (compared < 1 or not mixed.rooms):
            break
        found += _with(crowd, numbers, mixed)
        compared -= 1
    # Stable: as it was asked for, else more mixed rooms come first.
    found.sort(key=lambda one: (one.far, one.off if mixing is Mixing.SOME else 0))
    return [one for one in found if one.far < NEVER][:KEPT]


def going_round(people: Sequence[Seeker]) -> NDArray[np.float64]:
    """Returns what it adds to the worth of two people that they have sat in few mixed rooms."""
    on_site = np.array([person.mode is Mode.ON_SITE for person in people], dtype=np.bool_)
    rounds = np.array([person.mixed for person in people], dtype=np.float64)
    behind = np.zeros(len(people))
    for those in (on_site, ~on_site):
        if those.any():
            behind[those] = np.minimum(MOST_BEHIND, rounds[those].max() - rounds[those])
    across = on_site[:, None] != on_site[None, :]
    terms: NDArray[np.float64] = ROTATION * across * (behind[:, None] + behind[None, :])
    return terms


def shares(stations: int, parts: Sequence[tuple[int, int]]) -> list[int]:
    """Shares stations out among groups of (on site, online), larger ones first."""
    weights = [min(part) for part in parts]
    given = [0] * len(parts)
    for _ in range(stations if any(weights) else 0):
        neediest = max(range(len(parts)), key=lambda i: (weights[i] / (given[i] + 1), -i))
        given[neediest] += 1
    return given


def _numbers_of_mixed(crowd: Crowd, numbers: _Numbers, mixing: Mixing) -> Iterator[_Mixed]:
    """Yields what mixed rooms may be tried, preferred ones first.

    One of a mode is enough only where nothing else gives everybody a place.
    """
    stations = crowd.stations + sum(home.has_station for home in crowd.homes)
    if crowd.tables is not None:
        stations = min(stations, crowd.tables)
    if mixing is Mixing.APART:
        stations = 0
    half = 2 if mixing is Mixing.SOME else 1
    on_site, online = -(-crowd.on_site // half), -(-crowd.online // half)
    fewest = (2, 2) if numbers.size > 3 else (1, 2) if numbers.size == 3 else (1, 1)
    wished = min(stations, on_site // fewest[0], online // fewest[1])
    for mixed in range(wished, -1, -1):
        yield _Mixed(mixed, fewest, (on_site, online), numbers.least, numbers.most)
    for mixed in range(1, min(stations, crowd.on_site, crowd.online) + 1):
        everybody = crowd.on_site + crowd.online
        yield _Mixed(mixed, (1, 1), (crowd.on_site, crowd.online), 2, everybody)


def _with(crowd: Crowd, numbers: _Numbers, mixed: _Mixed) -> list[Layout]:
    """Returns the best layouts with so many mixed rooms, by what is left for the others."""
    choices = list(_in_mixed(mixed, numbers)) if mixed.rooms else [(0, 0)]
    judged = sorted(
        (
            _far(crowd, numbers, mixed.rooms, *both),
            _unevenness(crowd, numbers, mixed.rooms, *both),
            both,
        )
        for both in choices
    )
    found = []
    for far, (off, _), (on_site, online) in judged[: 4 * KEPT]:
        rooms = _rooms(crowd, numbers, mixed.rooms, on_site, online) if far < NEVER else None
        if rooms is not None:
            found.append(Layout(rooms, far, off))
        if len(found) == KEPT:
            break
    return found


def _in_mixed(mixed: _Mixed, numbers: _Numbers) -> Iterator[tuple[int, int]]:
    """Yields how many of each mode could sit in so many mixed rooms of about the right size."""
    rooms = mixed.rooms
    for on_site in range(rooms * mixed.fewest[0], min(mixed.at_most[0], rooms * mixed.most) + 1):
        least = max(rooms * mixed.fewest[1], rooms * mixed.least - on_site)
        most = min(mixed.at_most[1], rooms * mixed.most - on_site)
        about = max(least, rooms * numbers.size - on_site)
        low, high = about - numbers.size, about + numbers.size
        if mixed.at_most[1] <= high + 1:
            high = mixed.at_most[1]
        yield from ((on_site, online) for online in range(max(least, low), min(most, high) + 1))


def _far(crowd: Crowd, numbers: _Numbers, mixed: int, on_site: int, online: int) -> int:
    tables = None if crowd.tables is None else crowd.tables - mixed
    return max(
        beyond(on_site + online, mixed, numbers.least, numbers.most) if mixed else 0,
        _beyond(crowd.on_site - on_site, numbers, tables),
        _beyond(crowd.online - online, numbers, None),
    )


def _beyond(people: int, numbers: _Numbers, limit: int | None) -> int:
    """Returns by how many people rooms of one mode leave least and most."""
    if people == 0:
        return 0
    largest = people // 2 if limit is None else min(people // 2, limit)
    if largest < 1:
        return NEVER
    fewest = -(-people // numbers.most)
    counts = {min(largest, max(1, n)) for n in (fewest, people // numbers.least, largest)}
    return min(beyond(people, count, numbers.least, numbers.most) for count in counts)


def _unevenness(
    crowd: Crowd, numbers: _Numbers, mixed: int, on_site: int, online: int
) -> tuple[float, int]:
    """Returns how far rooms are from the programme's size, and how far modes are from even."""
    off = _off(on_site + online, mixed, numbers.size) if mixed else 0.0
    for left in (crowd.on_site - on_site, crowd.online - online):
        rooms = max(1, left // numbers.size)
        off += min(_off(left, count, numbers.size) for count in (rooms, rooms + 1)) if left else 0
    return round(off, 3), abs(on_site - online)


def _off(people: int, rooms: int, size: int) -> float:
    """Returns the squares of what even rooms have more or, a little worse, less than `size`."""
    each, larger = divmod(people, rooms)
    squares = (rooms - larger) * (each - size) ** 2 + larger * (each + 1 - size) ** 2
    return squares * (1.0 if people >= rooms * size else 1.1)


def _rooms(
    crowd: Crowd, numbers: _Numbers, mixed: int, on_site: int, online: int
) -> tuple[RoomPlan, ...] | None:
    """Returns the rooms, homes first; None: those who are fixed do not fit in."""
    needed = [n for n, home in enumerate(crowd.homes) if home.is_mixed]
    able = [n for n, home in enumerate(crowd.homes) if home.has_station and n not in needed]
    free = max(0, min(crowd.stations, mixed) - len(needed))
    mixed_homes = sorted([*needed, *able[: max(0, mixed - free - len(needed))]])
    if len(mixed_homes) > mixed or len(needed) > crowd.stations:
        return None
    others = [home for n, home in enumerate(crowd.homes) if n not in mixed_homes]
    crosswise = _held(on_site, mixed, [crowd.homes[n].on_site for n in mixed_homes])
    tables = None if crowd.tables is None else crowd.tables - mixed
    here = [home.on_site for home in others if home.on_site]
    alone = _split(crowd.on_site - on_site, numbers, tables, here)
    apart = _split(crowd.online - online, numbers, None, [h.online for h in others if h.online])
    if crosswise is None or alone is None or apart is None:
        return None
    # Rooms with more people on site get fewer online ones, so that all are as large.
    sizes = _evened(crosswise, online, [crowd.homes[n].online for n in mixed_homes])
    if sizes is None:
        return None
    mixed_rooms = [RoomPlan(here + more, here) for here, more in zip(crosswise, sizes, strict=True)]
    alone_rooms = [RoomPlan(count, count) for count in alone]
    online_rooms = [RoomPlan(count, 0) for count in apart]
    homes = []
    for n, home in enumerate(crowd.homes):
        like = mixed_rooms if n in mixed_homes else alone_rooms if home.on_site else online_rooms
        if not like:
            return None
        homes.append(like.pop(0))
    return (*homes, *mixed_rooms, *alone_rooms, *online_rooms)


def _held(people: int, rooms: int, fixed: Sequence[int]) -> list[int] | None:
    """Splits people evenly, the first rooms holding at least so many; None when they cannot."""
    held = [*fixed, *([1] * (rooms - len(fixed)))]
    if sum(held) > people or len(held) > rooms:
        return None if rooms or people else []
    for _ in range(people - sum(held)):
        held[min(range(rooms), key=held.__getitem__)] += 1
    return held


def _evened(held: Sequence[int], more: int, fixed: Sequence[int]) -> list[int] | None:
    """Returns how many more each room gets, one at least, so that all become as large."""
    given = [max(1, count) for count in fixed] + [1] * (len(held) - len(fixed))
    if sum(given) > more:
        return None if held else []
    for _ in range(more - sum(given)):
        given[min(range(len(held)), key=lambda i: held[i] + given[i])] += 1
    return given


def _split(
    people: int, numbers: _Numbers, limit: int | None, fixed: Sequence[int]
) -> list[int] | None:
    if people == 0:
        return [] if not fixed else None
    if people == 1:
        return None
    counts = room_counts(people, numbers.size, numbers.least, numbers.most, limit)
    splits = (even_with(people, rooms, fixed) if fixed else even(people, rooms) for rooms in counts)
    return next((split for split in splits if split is not None), None)
