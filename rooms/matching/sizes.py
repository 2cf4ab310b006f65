"""How many rooms, and how large: sizes flex first, up before down (rule 5).

Responsible for splitting a number of people into room sizes and for the order in which splits are
tried. Knows no people. Invariants: every size is at least 2; sizes add up to all the people.

>>> [room_sizes(n, 3, 3, 6) for n in (8, 3, 2)]
[[4, 4], [3], [2]]
>>> [room_sizes(n, 4, 3, 6) for n in (21, 11, 7)]
[[5, 4, 4, 4, 4], [6, 5], [4, 3]]
>>> room_sizes(21, 2, 2, 2)
[3, 2, 2, 2, 2, 2, 2, 2, 2, 2]
"""

from __future__ import annotations

from collections.abc import Sequence


def room_sizes(people: int, size: int, least: int, most: int) -> list[int]:
    """Returns the preferred sizes for so many people (from 2 on)."""
    return even(people, room_counts(people, size, least, most)[0])


def room_counts(
    people: int, size: int, least: int, most: int, limit: int | None = None
) -> list[int]:
    """Returns numbers of rooms to try, preferred ones first; `limit` is how many rooms there are.

    Rooms within least and most come before others, and the less far beyond the earlier (rule 6:
    sizes give way first). Among those, rooms a little larger than `size` come first, then more and
    smaller ones, then fewer and larger ones. Empty when nobody can be seated.
    """
    largest = people // 2 if limit is None else min(people // 2, limit)
    up = max(1, min(people // size, largest))

    def preference(rooms: int) -> tuple[int, bool, int]:
        return beyond(people, rooms, least, most), rooms < up, abs(rooms - up)

    return sorted(range(1, largest + 1), key=preference)


def beyond(people: int, rooms: int, least: int, most: int) -> int:
    """Returns by how many people the sizes of so many even rooms leave least and most; 0: none."""
    return max(0, least - people // rooms, -(-people // rooms) - most)


def even(people: int, rooms: int) -> list[int]:
    """Returns sizes that differ by one at most, larger ones first."""
    return [people // rooms + (room < people % rooms) for room in range(rooms)]


def even_with(people: int, rooms: int, fixed: Sequence[int]) -> list[int] | None:
    """Returns even sizes of which the first hold at least so many each; None when they cannot."""
    if not fixed:
        return even(people, rooms)
    if len(fixed) > rooms or people < 2 * rooms:
        return None
    sizes = [max(2, count) for count in fixed]
    rest = people - sum(sizes)
    if rest < 2 * (rooms - len(sizes)):
        return None
    sizes += [0] * (rooms - len(sizes))
    for _ in range(rest):
        sizes[min(range(rooms), key=sizes.__getitem__)] += 1
    return sizes
