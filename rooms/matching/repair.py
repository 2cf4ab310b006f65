"""Somebody comes or leaves after the proposal: as few rooms change as can be.

Responsible for mending rooms that people may have seen already, by all hard rules (`rules.py`): for
one person who comes or leaves at most two rooms change. Deliberately searches for no better
seating: whether a mended one is good enough is for who asks (`proposing.py`, `rounds.py`).

Who leaves is missed by a room. If that breaks a rule there (an interpreter gone, nobody left whom
a segment must meet), those whom it concerns lose their seat too (`clearing.py`). An assistant who
comes later than their person joins them, also in a room that is closed. If a room falls below its
least, somebody who waits takes the seat; else it borrows somebody from a room that can spare them,
or all of it joins another room; else it stays too small, and with one person alone it ends. Who
waits for a seat, assistants always with their person, gets the best one in a room below its target
size, then in a room below its most; where no such room may take them, somebody makes way and moves
to a room that has a seat left; else those who wait sit together, if they may. Whoever is left is
unplaced.

No room of one mode becomes one of both by this, and no station or table is taken from another room.

Nobody meets anybody again by this, but in rooms that were so before. Rooms that are `closed` stay
as they are, and people who `stay` do not move; both may only lose who is gone, or may not stay.

Plain Python over rules and ids, so that the server's own process mends a called round without the
solver: O(n · size) for each who comes or leaves, some 10 ms with 1,000 people.

>>> from rooms.matching.ask import Seeker
>>> from rooms.matching.rules import hard_rules
>>> here = [Seeker(id=id) for id in ("ana", "bo", "chidi", "hana", "ines")]
>>> rules = hard_rules(here, blocked=[("ana", "ines")])
>>> terms = Terms(rules, size=2, least=2, most=3)
>>> mended([["ana", "bo"], ["chidi", "hana", "jun"]], terms).rooms  # ines came, jun left
[['ana', 'bo'], ['chidi', 'hana', 'ines']]
>>> mended([["ana", "bo", "chidi"], ["hana", "jun"]], terms).rooms  # ines came, jun left
[['ana', 'bo', 'chidi'], ['hana', 'ines']]
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence

from msgspec import Struct

from rooms.matching.clearing import Rooms, allowed, cleared
from rooms.matching.rules import HardRules, beyond_places, broken, mode_of, table_of

ROOMS_TRIED = 60
"""Rooms, best ones first, in which somebody is asked to make way; and as many to move to."""


def strangers(_: str, __: str) -> float:
    """Everybody is worth as much to everybody."""
    return 0.0


def unmet(_: str, __: str) -> bool:
    """Nobody has met anybody."""
    return False


class Terms(Struct, frozen=True):
    """What a mended seating obeys. `rules.people` is who is here now."""

    rules: HardRules
    size: int
    least: int
    most: int
    worth: Callable[[str, str], float] = strangers
    met: Callable[[str, str], bool] = unmet
    closed: frozenset[frozenset[str]] = frozenset()
    """Rooms that stay as they are but for who is gone, each as its people."""
    stay: frozenset[str] = frozenset()
    """People who are not moved to another room."""


class Mended(Struct, frozen=True):
    """A mended seating; `unplaced` were to have a seat, and got none."""

    rooms: Rooms
    unplaced: list[str]


def mended(
    rooms: Sequence[Sequence[str]], terms: Terms, *, sitting_out: Iterable[str] = ()
) -> Mended:
    """Returns the seating for who is here now, at most two rooms changed for each who came or left.

    Those who sit out already get the seat of somebody gone where they may have it, whoever sat out
    most before first, and are not among the unplaced.
    """
    return _Mending(rooms, terms).mend(list(sitting_out))


def changed(before: Iterable[Sequence[str]], after: Iterable[Sequence[str]]) -> int:
    """Returns how many rooms differ: of those before or after, whichever is more."""
    were, are = ({frozenset(ids) for ids in rooms if ids} for rooms in (before, after))
    return max(len(are - were), len(were - are))


class _Mending:
    def __init__(self, rooms: Sequence[Sequence[str]], terms: Terms) -> None:
        self.terms = terms
        self.rules = terms.rules
        self.closed = [frozenset(ids) in terms.closed for ids in rooms]
        closed = {number for number, is_closed in enumerate(self.closed) if is_closed}
        self.rooms, self.lost = cleared(rooms, self.rules, closed=closed)
        self.left = [
            number
            for number, ids in enumerate(rooms)
            if any(id not in self.rules.people for id in ids)
        ]
        self.followed = {
            person
            for id, person in self.rules.persons.items()
            if person is not None and person != id
        }

    def mend(self, sitting_out: list[str]) -> Mended:
        seated = {id for ids in self.rooms for id in ids}
        out = set(sitting_out) - {*self.lost}
        waiting = [id for id in self.rules.people if id not in seated and id not in out]
        heads = [id for id in waiting if self._is_head(id)]
        heads.sort(key=lambda id: -self.rules.people[id].sat_out)
        spare = [id for id in sitting_out if id in self.rules.people and self._is_head(id)]
        spare.sort(key=lambda id: -self.rules.people[id].sat_out)
        self._follow()
        for number in sorted(range(len(self.rooms)), key=lambda i: self._count(self.rooms[i])):
            self._fill(number, heads, spare)
        for number, ids in enumerate(self.rooms):
            if self._count(ids) == 1:
                heads += [id for id in ids if self._is_head(id)]
                self.rooms[number] = []
        left = [id for id in heads if not self._placed(id)]
        self._together(left)
        for number in self.left:
            joined = next((id for id in spare if self._may_join(id, number)), None)
            if joined is not None and self._count(self.rooms[number]) < self.terms.size:
                self.rooms[number] += self._party(joined)
                spare.remove(joined)
        self._follow()
        kept = allowed([ids for ids in self.rooms if ids], self.rules)
        out |= {id for ids in kept for id in ids}
        return Mended(kept, [id for id in self.rules.people if id not in out])

    def _follow(self) -> None:
        """Seats assistants who wait with their persons, as far as they may sit there."""
        rooms = {id: number for number, ids in enumerate(self.rooms) for id in ids}
        for id, person in self.rules.persons.items():
            if id in rooms or person is None or (number := rooms.get(person)) is None:
                continue
            if self._may_come_to(number, [id]):
                self.rooms[number].append(id)

    # People and rooms

    def _is_head(self, id: str) -> bool:
        return self.rules.persons[id] == id

    def _party(self, head: str) -> list[str]:
        return [head, *self.rules.escorts.get(head, ())]

    def _count(self, ids: Sequence[str]) -> int:
        """Returns how many count for sizes: assistants do not."""
        return sum(1 for id in ids if self._is_head(id))

    def _is_fine(self, ids: Sequence[str]) -> bool:
        return not broken(ids, self.rules)

    def _is_new(self, coming: Iterable[str], ids: Sequence[str]) -> bool:
        return not any(self.terms.met(a, b) for a in coming for b in ids)

    def _worth(self, head: str, ids: Iterable[str]) -> float:
        others = [id for id in ids if id != head and self._is_head(id)]
        total = sum(self.terms.worth(head, other) for other in others)
        return total / len(others) if others else 0.0

    def _home(self, party: Sequence[str]) -> int | None:
        """Returns the room in which others sit who are fixed at a table of these people."""
        tables = self._tables(party)
        if not tables:
            return None
        for number, ids in enumerate(self.rooms):
            if tables & self._tables(ids):
                return number
        return None

    def _tables(self, ids: Iterable[str]) -> set[int]:
        """Returns the tables at which these people are fixed."""
        return {at for id in ids if (at := table_of(self.rules.people[id])) is not None}

    def _stays_of_a_mode(self, coming: Iterable[str], ids: Sequence[str]) -> bool:
        """Says whether a room has the same mode with these people, or is one of both already."""
        mode = mode_of(ids, self.rules)
        return all(mode.takes(self.rules.people[id].mode) for id in coming)

    def _leaves_places(self, number: int, party: Sequence[str]) -> bool:
        """Says whether others keep their stations and tables when these people join a room."""
        if not self._tables(party) & (self.rules.stations or frozenset()):
            return True
        return self._has_places([*self.rooms[number], *party], number)

    def _has_places(self, room: Sequence[str], instead_of: int | None = None) -> bool:
        others = [ids for number, ids in enumerate(self.rooms) if number != instead_of]
        return not beyond_places([*others, room], self.rules)

    # What leaving does

    def _fill(self, number: int, heads: list[str], spare: list[str]) -> None:
        """Brings a room that fell below its least up to it again, if that can be done."""
        ids = self.rooms[number]
        if not ids or self.closed[number]:
            return
        while self._count(ids) < self.terms.least:
            joined = next((h for h in (*heads, *spare) if self._may_join(h, number)), None)
            if joined is not None:
                (heads if joined in heads else spare).remove(joined)
                ids += self._party(joined)
            elif not self._borrow(number):
                self._dissolve_into_another(number)
                return

    def _borrow(self, number: int) -> bool:
        ids = self.rooms[number]
        found: list[tuple[bool, float, int, str]] = []
        for other, theirs in enumerate(self.rooms):
            count = self._count(theirs)
            if other == number or self.closed[other] or count <= self.terms.least:
                continue
            for id in theirs:
                if self._may_move(id):
                    gain = self._worth(id, ids) - self._worth(id, theirs)
                    found.append((count > self.terms.size, gain, other, id))
        for _, _, other, id in sorted(found, key=lambda one: (one[0], one[1]), reverse=True):
            rest = [i for i in self.rooms[other] if i != id]
            if not self._stays_of_a_mode([id], ids):
                continue
            if self._is_new([id], ids) and self._is_fine([*ids, id]) and self._is_fine(rest):
                self.rooms[other] = rest
                ids.append(id)
                return True
        return False

    def _may_move(self, id: str) -> bool:
        alone = self._is_head(id) and id not in self.followed
        return alone and id not in self.terms.stay and table_of(self.rules.people[id]) is None

    def _dissolve_into_another(self, number: int) -> None:
        ids = self.rooms[number]
        if any(not self._may_move(id) for id in ids):
            return
        count = self._count(ids)
        fits = [
            (sum(self._worth(id, theirs) for id in ids), other)
            for other, theirs in enumerate(self.rooms)
            if other != number
            and theirs
            and not self.closed[other]
            and self._count(theirs) + count <= self.terms.most
        ]
        for _, other in sorted(fits, reverse=True):
            theirs = self.rooms[other]
            if not self._stays_of_a_mode(ids, theirs):
                continue
            if self._is_new(ids, theirs) and self._is_fine([*theirs, *ids]):
                self.rooms[other] = [*theirs, *ids]
                self.rooms[number] = []
                return

    # What coming does

    def _may_join(self, head: str, number: int) -> bool:
        ids, party = self.rooms[number], self._party(head)
        if self.closed[number] or not ids:
            return False
        return self._is_new(party, ids) and self._may_come_to(number, party)

    def _may_come_to(self, number: int, party: Sequence[str]) -> bool:
        """Says whether no hard rule keeps these people from a room as it is."""
        ids = self.rooms[number]
        if self._home(party) not in (None, number) or not self._stays_of_a_mode(party, ids):
            return False
        return self._is_fine([*ids, *party]) and self._leaves_places(number, party)

    def _placed(self, head: str) -> bool:
        return self._join_best(head) or self._makes_way(head)

    def _join_best(self, head: str) -> bool:
        for number in self._open(head):
            if self._may_join(head, number):
                self.rooms[number] += self._party(head)
                return True
        return False

    def _open(self, head: str) -> Iterator[int]:
        """Yields rooms below their most: least beyond the target size first, then best liked."""
        found = [
            (max(0, count + 1 - self.terms.size), -self._worth(head, ids), number)
            for number, ids in enumerate(self.rooms)
            if ids and not self.closed[number] and (count := self._count(ids)) < self.terms.most
        ]
        yield from (number for _, _, number in sorted(found))

    def _makes_way(self, head: str) -> bool:
        """Gives the newcomer somebody's seat, who moves to a room that cannot take the newcomer."""
        party = self._party(head)
        open_rooms = list(self._open(head))[:ROOMS_TRIED]
        liked = [n for n, ids in enumerate(self.rooms) if ids and not self.closed[n]]
        liked.sort(key=lambda n: -self._worth(head, self.rooms[n]))
        if (home := self._home(party)) is not None:
            liked = [number for number in liked if number == home]
        for number in liked[:ROOMS_TRIED]:
            for moving in [id for id in self.rooms[number] if self._may_move(id)]:
                rest = [id for id in self.rooms[number] if id != moving]
                if not self._is_new(party, rest) or not self._is_fine([*rest, *party]):
                    continue
                if not self._stays_of_a_mode(party, rest):
                    continue
                if not self._leaves_places(number, party):
                    continue
                for other in open_rooms:
                    if other != number and self._may_join(moving, other):
                        self.rooms[number] = [*rest, *party]
                        self.rooms[other].append(moving)
                        return True
        return False

    def _together(self, heads: list[str]) -> None:
        """Seats those left in rooms of their own, as far as they may."""
        left = list(heads)
        for first in heads:
            if first not in left or self._home(self._party(first)) is not None:
                continue
            room = [first]
            for other in [id for id in left if id != first]:
                if self._count(room) < self.terms.size and self._may_sit_with(other, room):
                    room.append(other)
            party = [id for head in room for id in self._party(head)]
            if len(room) >= self.terms.least and self._has_places(party):
                self.rooms.append(party)
                self.closed.append(False)
                left = [id for id in left if id not in room]

    def _may_sit_with(self, head: str, room: Sequence[str]) -> bool:
        """Says whether somebody left may sit with others left in a room of their own."""
        party = self._party(head)
        together = [id for other in (*room, head) for id in self._party(other)]
        if self._home(party) is not None or not self._stays_of_a_mode(party, room):
            return False
        return self._is_new([head], room) and self._is_fine(together)
