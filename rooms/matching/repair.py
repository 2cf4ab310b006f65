"""Somebody comes or leaves after the proposal: as few rooms change as can be.

Responsible for mending rooms that are already known to people: at most two of them change. Knows
weights, sizes and forbidden pairs, as the solver does; says who sits where, and decides nothing.

Who comes gets the seat that gains most in a room below its most. Where all are full, they get a
seat whose holder moves on to another room (two rooms change), which only helps where sizes differ.
Who leaves is missed by a room; if it falls below its least, it takes somebody from a room that can
spare them, or gives its rest to others when two can take them; else it stays too small.

O(n) for who comes; O(n·size) for who leaves.

>>> weights = np.ones((5, 5))
>>> came([[0, 1], [2, 3]], 4, weights, (2, 3))
[[0, 1, 4], [2, 3]]
>>> left([[0, 1, 4], [2, 3]], 2, weights, (2, 3))
[[1, 4], [3, 0]]
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from rooms.matching.room_rules import Bools
from rooms.matching.solver import FORBIDDEN, Floats

Rooms = list[list[int]]


def came(
    rooms: Sequence[Sequence[int]],
    person: int,
    weights: NDArray[np.float64],
    size: tuple[int, int],
    forbidden: Bools | None = None,
) -> Rooms | None:
    """Returns the rooms with one person more, or None when no room can take them.

    `size` is (least, most) of every room; at most two rooms differ from `rooms`.
    """
    after = [list(room) for room in rooms]
    liking = _liking(person, weights, forbidden)
    best: tuple[float, int] | None = None
    for number, room in enumerate(after):
        if len(room) < size[1]:
            gain = float(liking[room].sum())
            if gain > -FORBIDDEN / 2 and (best is None or gain > best[0]):
                best = gain, number
    if best is not None:
        after[best[1]].append(person)
        return after
    return _makes_way(after, person, liking, weights, size[1], forbidden)


def left(
    rooms: Sequence[Sequence[int]],
    person: int,
    weights: NDArray[np.float64],
    size: tuple[int, int],
    forbidden: Bools | None = None,
) -> Rooms:
    """Returns the rooms without one person; at most two of them changed, none is broken up.

    A room stays below its least only when no other can spare somebody for it.
    """
    after = [[p for p in room if p != person] for room in rooms]
    small = next(i for i, room in enumerate(rooms) if person in room)
    if len(after[small]) >= size[0]:
        return after
    best: tuple[float, int, int] | None = None
    likings = sum(
        (_liking(p, weights, forbidden) for p in after[small]), start=np.zeros(len(weights))
    )
    for number, room in enumerate(after):
        if number == small or len(room) <= size[0]:
            continue
        inside = weights[np.ix_(room, room)].sum(axis=1)
        gains = likings[room] - inside
        at = int(np.argmax(gains))
        if likings[room[at]] > -FORBIDDEN / 2 and (best is None or gains[at] > best[0]):
            best = float(gains[at]), number, room[at]
    if best is not None:
        _, number, moving = best
        after[number].remove(moving)
        after[small].append(moving)
        return after
    return _joined(after, small, weights, size[1], forbidden)


def _liking(person: int, weights: NDArray[np.float64], forbidden: Bools | None) -> Floats:
    """Returns what one is worth to each, far below zero where they must not share a room."""
    liking: Floats = weights[person].astype(np.float64)
    if forbidden is not None:
        liking[forbidden[person] | forbidden[:, person]] = -FORBIDDEN
    liking[person] = 0.0
    return liking


def _makes_way(
    rooms: Rooms,
    person: int,
    liking: Floats,
    weights: NDArray[np.float64],
    most: int,
    forbidden: Bools | None,
) -> Rooms | None:
    """Gives the newcomer somebody's seat, who moves to a room that cannot take the newcomer."""
    best: tuple[float, int, int, int] | None = None
    for to, other in enumerate(rooms):
        if len(other) >= most:
            continue
        for number, room in enumerate(rooms):
            for moving in room if number != to else ():
                rest = [p for p in room if p != moving]
                moved = _liking(moving, weights, forbidden)
                gain = float(liking[rest].sum() + moved[other].sum() - moved[rest].sum())
                fine = liking[rest].min(initial=0) >= 0 and moved[other].min(initial=0) >= 0
                if fine and (best is None or gain > best[0]):
                    best = gain, number, to, moving
    if best is None:
        return None
    _, number, to, moving = best
    rooms[number][rooms[number].index(moving)] = person
    rooms[to].append(moving)
    return rooms


def _joined(
    rooms: Rooms, small: int, weights: NDArray[np.float64], most: int, forbidden: Bools | None
) -> Rooms:
    """Joins the room that became too small with another that can take all of it, if there is one.

    The room joined stays in its place, empty, so that rooms keep their numbers.
    """
    rest = rooms[small]
    best: tuple[float, int] | None = None
    for number, room in enumerate(rooms):
        if number == small or not room or len(room) + len(rest) > most:
            continue
        gain = float(sum(_liking(p, weights, forbidden)[room].sum() for p in rest))
        if gain > -FORBIDDEN / 2 and (best is None or gain > best[0]):
            best = gain, number
    if best is not None:
        rooms[best[1]] += rest
        rooms[small] = []
    return rooms


def changed(before: Sequence[Sequence[int]], after: Sequence[Sequence[int]]) -> int:
    """Returns how many rooms hold other people than before, but for who came or left themselves."""
    return sum(set(a) != set(b) for a, b in zip(before, after, strict=True))
