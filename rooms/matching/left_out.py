"""Who is left out where no seating is without a broken rule, and where else they could sit.

Responsible for making rooms stand that break hard rules: people are taken out of them until nothing
is broken, and seated elsewhere if they can be; who gives way first is the group's `yields`. Betters
no affinity (`seating.py` does).

Invariants: no room of the answer breaks a hard rule; nobody is left out who could have the seat of
somebody before them in `yields`.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from rooms.matching.group import Group, Rooms, Sizes
from rooms.people import RoomMode
from rooms.programme import Allow


def standing(group: Group, rooms: Rooms) -> Rooms:
    """Takes people out of rooms until no hard rule is broken, and seats them elsewhere if it can.

    Who goes first is who breaks most, then who is first in `yields`.
    """
    rank = {person: place for place, person in enumerate(group.yields)}
    check = _RoomCheck(group)
    kept: Rooms = []
    out: list[int] = []
    for number, seated in enumerate(rooms):
        room = [person for person in seated if check.home(person) in (-1, number)]
        room = _made_fine(check, room, kept, rank)
        if len(room) > 1:
            kept.append(room)
        out += [person for person in seated if len(room) < 2 or person not in room]
    limit = group.sizes.limit
    if limit is None or group.on_site:
        limit = group.people  # of tables and stations `has_place` knows
    for person in sorted(out, key=lambda p: -rank[p]):
        if person in out:
            _find_seat(check, person, kept, out, limit)
    if group.sizes.allow is Allow.SIT_OUTS:
        _break_up_small(check, kept, out, group.sizes)
    _give_way(check, kept, out, rank)
    return kept


def _made_fine(check: _RoomCheck, room: list[int], rooms: Rooms, rank: dict[int, int]) -> list[int]:
    """Returns those who can stay in a room beside these others; one or nobody: it cannot be."""
    while len(room) > 1:
        if not check.has_place(room, None, rooms):
            room = _of_one_mode(check, room, rooms)
        elif check.breaches(room):
            after = {p: check.breaches([q for q in room if q != p]) for p in room}
            leaving = min(room, key=lambda p: (after[p], rank[p]))
            room = [p for p in room if p != leaving]
        else:
            break
    return room


def _of_one_mode(check: _RoomCheck, room: Sequence[int], rooms: Rooms) -> list[int]:
    """Returns those of a room who can stay by themselves, on site or online: the more, if they can.

    The room is of the wrong mode, beyond tables, or its station was somebody's who has left it.
    """
    is_here = check.group.on_site
    modes = [[p for p in room if is_here[p]], [p for p in room if not is_here[p]]]
    fitting = [some for some in modes if some and check.has_place(some, None, rooms)]
    return max(fitting, key=len, default=[])


def _find_seat(check: _RoomCheck, person: int, rooms: Rooms, out: list[int], limit: int) -> None:
    """Seats somebody taken out: in the smallest room that allows it, else with another such."""
    strict = check.group.sizes.allow is Allow.SIT_OUTS
    most = check.group.sizes.most if strict else check.group.people
    for room in sorted(rooms, key=len):
        if len(room) < most and check.may_be([*room, person], room, rooms):
            room.append(person)
            out.remove(person)
            return
    for other in out if len(rooms) < limit else ():
        if other != person and check.may_be([person, other], None, rooms):
            rooms.append([person, other])
            out.remove(person)
            out.remove(other)
            return


def _break_up_small(check: _RoomCheck, rooms: Rooms, out: list[int], sizes: Sizes) -> None:
    """Breaks up rooms below the least, smallest first, each time seating their people elsewhere."""
    while small := [room for room in rooms if len(room) < sizes.least]:
        room = min(small, key=len)
        rooms.remove(room)
        out += room
        for person in room:
            _find_seat(check, person, rooms, out, limit=0)


def _give_way(check: _RoomCheck, rooms: Rooms, out: list[int], rank: dict[int, int]) -> None:
    """Has those who are to yield first give their seats to people left out, wherever it is fine.

    Nobody is then left out who could have the seat of somebody before them in `yields`.
    """
    seats = [(person, room) for room in rooms for person in room]
    for leaving, room in sorted(seats, key=lambda seat: rank[seat[0]]):
        for coming in sorted(out, key=lambda p: -rank[p]):
            if rank[coming] < rank[leaving]:
                break
            others = [person for person in room if person != leaving]
            if check.may_be([*others, coming], room, rooms):
                room[room.index(leaving)] = coming
                out[out.index(coming)] = leaving
                break


class _RoomCheck:
    """Counts the hard rules that one room breaks, whichever room it is."""

    def __init__(self, group: Group) -> None:
        self.group = group
        self.rules = group.room_rules(group.people)
        if self.rules is not None:
            self.rules.homes[:] = -1

    def home(self, person: int) -> int:
        return self.group.homes[person] if self.group.homes else -1

    def breaches(self, room: Sequence[int]) -> int:
        """Returns how many rules these people break in one room, wherever it is."""
        pairs = int(self.group.apart[np.ix_(room, room)].sum()) // 2
        whole = self.rules.broken(np.array([room], dtype=np.intp)) if self.rules is not None else 0
        return pairs + whole + max(0, len({self.home(person) for person in room} - {-1}) - 1)

    def may_be(self, room: Sequence[int], now: list[int] | None, rooms: Rooms) -> bool:
        """Says whether `now` may become `room`: nothing broken, and no home in two rooms."""
        homes = {self.home(person) for person in room} - {-1}
        elsewhere = {self.home(p) for other in rooms if other is not now for p in other}
        fits = not homes & elsewhere and self.breaches(room) == 0
        return fits and self.has_place(room, now, rooms)

    def has_place(self, room: Sequence[int], now: list[int] | None, rooms: Rooms) -> bool:
        """Says whether there are tables and stations for `room` beside the others."""
        group = self.group
        if not group.on_site or group.mode_of(room) is RoomMode.ONLINE:
            return True
        others = [other for other in rooms if other is not now]
        limit, modes = group.sizes.limit, [group.mode_of(other) for other in others]
        if limit is not None and sum(mode.has_table for mode in modes) >= limit:
            return False
        if group.mode_of(room) is RoomMode.ON_SITE:
            return True
        if tied := self._tied(room):
            return tied <= group.equipped
        taken = sum(
            mode is RoomMode.MIXED and not self._tied(other)
            for mode, other in zip(modes, others, strict=True)
        )
        return taken < group.sizes.stations

    def _tied(self, room: Sequence[int]) -> set[int]:
        """Returns the homes of these people that are at a table of their own."""
        return {self.home(person) for person in room} - {-1} - self.group.loose
