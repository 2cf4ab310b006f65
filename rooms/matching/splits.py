"""Into which sizes a group is split, and how many on site each room then has.

Responsible for the splits that are worth trying, in the programme's order (rules 4 to 6), homes and
tables minded, and for what their rooms take of either mode. Who sits where is the search's.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import assert_never

from msgspec import Struct
from msgspec.structs import replace

from rooms.matching.group import Group, Modes, Sizes
from rooms.matching.mixing import Crowd, Home, RoomPlan, layouts
from rooms.matching.sizes import even_with, room_counts
from rooms.people import RoomMode

ANY = 1 << 16
"""More people than a room has."""


class Split(Struct, frozen=True):
    """How many rooms, and how large; `far`: by how many people the worst is out of bounds."""

    sizes: list[int]
    far: int = 0
    on_site: tuple[int, ...] = ()
    """Of each room, how many are on site; empty: all people are of one mode."""


def splits(group: Group) -> Iterator[Split]:
    """Yields sizes, and how far they lie beyond least and most, in the order of preference.

    Never rooms larger than preferred ones: they hold more pairs that can break a rule.
    """
    sizes = group.sizes
    fixed = [0] * (max(group.homes, default=-1) + 1)
    for home in group.homes:
        if home >= 0:
            fixed[home] += 1
    if group.on_site:
        yield from _mixed_splits(group, fixed)
        return
    counts = room_counts(group.people, sizes.size, sizes.least, sizes.most, sizes.limit)
    evened = [even_with(group.people, rooms, fixed) for rooms in counts]
    found = [(_far(split, sizes, fixed), split) for split in evened if split is not None]
    found.sort(key=lambda one: one[0])  # stable: else in the order of preference
    for far, split in found:
        if len(split) >= len(found[0][1]):
            yield Split(split, far)


def _mixed_splits(group: Group, fixed: Sequence[int]) -> Iterator[Split]:
    """Yields sizes with how many are on site in each room (`mixing.py`)."""
    sizes = group.sizes
    crowd = Crowd(
        on_site=sum(group.on_site),
        online=group.people - sum(group.on_site),
        stations=sizes.stations,
        tables=sizes.limit,
        homes=tuple(_home(group, number) for number in range(len(fixed))),
    )
    numbers = (sizes.size, sizes.least, sizes.most, sizes.mixing)
    # Where those who must sit together cannot, they are seated like others, and some sit out.
    for layout in layouts(crowd, *numbers) or layouts(replace(crowd, homes=()), *numbers):
        yield Split(
            [room.size for room in layout.rooms],
            layout.far,
            tuple(room.on_site for room in layout.rooms),
        )


def _home(group: Group, number: int) -> Home:
    those = [group.on_site[p] for p in range(group.people) if group.homes[p] == number]
    return Home(
        on_site=sum(those),
        online=len(those) - sum(those),
        has_station=number in group.equipped,
    )


def exact(split: Split) -> list[Modes]:
    """Returns what each room of a split takes of either mode."""
    rooms = zip(split.sizes, split.on_site, strict=True) if split.on_site else ()
    return [(here, here, size - here, size - here) for size, here in rooms]


def wide(split: Split) -> list[Modes]:
    """Returns what rooms take whose modes stay, and whose sizes may change."""
    rooms = zip(split.sizes, split.on_site, strict=True) if split.on_site else ()
    return [bounds(RoomPlan(size, here).mode) for size, here in rooms]


def bounds(mode: RoomMode) -> Modes:
    """Returns how many of either mode a room of this mode takes."""
    match mode:
        case RoomMode.ONLINE:
            return (0, 0, 0, ANY)
        case RoomMode.ON_SITE:
            return (0, ANY, 0, 0)
        case RoomMode.MIXED:
            return (1, ANY, 1, ANY)
        case _:
            assert_never(mode)


def _far(split: Sequence[int], sizes: Sizes, fixed: Sequence[int]) -> int:
    """Returns by how many people rooms lie beyond least and most, the worst of them.

    More may be fixed at one table than a room takes: that is no room's size to mend.
    """
    beyond_most = (
        size - max(sizes.most, fixed[room] if room < len(fixed) else 0)
        for room, size in enumerate(split)
    )
    return max(0, sizes.least - min(split), *beyond_most)
