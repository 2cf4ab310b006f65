"""The relationship graph as a picture: where each dot, line and name stands on the page.

Responsible for what is drawn and what is left out so that it can be read: the strongest lines of
each, names where they have room. The same event gives the same picture.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping, Sequence

from msgspec import Struct

from rooms.network import Network, Node, Tie, layout, strongest

WIDTH, HEIGHT, EDGE = 1000.0, 720.0, 46.0
LINES_EACH = 3
"""Of each person the strongest so many ties are drawn: all of them hide each other."""

MOST = 600
"""Dots that can be told apart on a page; of more people those with most ties are drawn."""

NAMES = 60
LARGE_NAMES = 10
COLOURS = 8
"""Communities with a colour of their own; smaller ones share the last."""

SIZE, LARGE = 14.0, 40.0
"""Units that names are high: on a desk's screen and on paper, and on a phone, where the picture
is a third as wide."""

LETTER = 0.55
"""How wide a letter is for its height; wide characters take twice that."""

ABOVE, BELOW = 1.16, 0.29
"""How far a line reaches above and below its letters' foot, for their height: as in Noto Sans CJK,
whose lines are the highest that are usual."""


class Dot(Struct, frozen=True, kw_only=True):
    id: str
    x: float
    y: float
    radius: float
    colour: int
    title: str


class Line(Struct, frozen=True, kw_only=True):
    x1: float
    y1: float
    x2: float
    y2: float
    weight: int
    """1 to 3, by minutes."""


class Label(Struct, frozen=True, kw_only=True):
    x: float
    y: float
    text: str


class Picture(Struct, frozen=True, kw_only=True):
    """Dots over lines, names over both."""

    dots: tuple[Dot, ...]
    lines: tuple[Line, ...]
    labels: tuple[Label, ...]
    large_labels: tuple[Label, ...]
    """Fewer, with room for letters of the size that a phone needs."""
    left_out: int
    """People with ties who are not drawn, since there is no room."""


def draw(
    network: Network, ties: Sequence[Tie], names: Mapping[str, str], titles: Mapping[str, str]
) -> Picture:
    """Returns the picture of a graph; `titles` are what each dot says of itself."""
    tied = [node for node in network.nodes if node.degree]
    drawn = sorted(tied, key=lambda node: (-node.degree, -node.minutes, node.id))[:MOST]
    inside = {node.id for node in drawn}
    some = strongest([tie for tie in ties if tie.a in inside and tie.b in inside], LINES_EACH)
    placed = layout([node.id for node in network.nodes if node.id in inside], some, seed=1)
    at = {
        id: (EDGE + x * (WIDTH - 2 * EDGE), EDGE + y * (HEIGHT - 2 * EDGE))
        for id, (x, y) in placed.items()
    }
    most = max((node.degree for node in drawn), default=1)
    longest = max((tie.seconds for tie in some), default=1)
    small = 0.6 if len(drawn) > 150 else 1.0
    dots = {
        node.id: Dot(
            id=node.id,
            x=round(at[node.id][0], 1),
            y=round(at[node.id][1], 1),
            radius=round(small * (5 + 11 * (node.degree / most) ** 0.5), 1),
            colour=min(node.community or 0, COLOURS - 1),
            title=titles.get(node.id, ""),
        )
        for node in drawn
        if node.id in at
    }
    return Picture(
        dots=tuple(sorted(dots.values(), key=lambda dot: -dot.radius)),
        lines=tuple(_line(dots[tie.a], dots[tie.b], tie.seconds / longest) for tie in some),
        labels=_labels(drawn, dots, names, SIZE, NAMES),
        large_labels=_labels(drawn, dots, names, LARGE, LARGE_NAMES),
        left_out=len(tied) - len(dots),
    )


def _line(one: Dot, other: Dot, strength: float) -> Line:
    weight = 3 if strength > 0.5 else 2 if strength > 0.15 else 1
    return Line(x1=one.x, y1=one.y, x2=other.x, y2=other.y, weight=weight)


def _labels(
    drawn: Sequence[Node],
    dots: Mapping[str, Dot],
    names: Mapping[str, str],
    size: float,
    most: int,
) -> tuple[Label, ...]:
    """Returns names above their dots, of those with most ties first, where there is room."""
    taken: list[tuple[float, float, float, float]] = []
    found: list[Label] = []
    for node in drawn:
        name = names.get(node.id, "")
        if not name or node.id not in dots or len(found) == most:
            continue
        text = name if len(name) <= 24 else f"{name[:23]}…"
        dot = dots[node.id]
        half = _letters(text) * LETTER * size / 2
        x = min(max(dot.x, half + 2), WIDTH - half - 2)
        y = max(dot.y - dot.radius - 5, size)
        box = (x - half, y - ABOVE * size, x + half, y + BELOW * size)
        if any(_overlap(box, other) for other in taken):
            continue
        taken.append(box)
        found.append(Label(x=round(x, 1), y=round(y, 1), text=text))
    return tuple(found)


def _letters(text: str) -> int:
    """Returns how many letters wide a text is."""
    return len(text) + sum(unicodedata.east_asian_width(c) in "WF" for c in text)


Box = tuple[float, float, float, float]


def _overlap(one: Box, other: Box) -> bool:
    return one[0] < other[2] and other[0] < one[2] and one[1] < other[3] and other[1] < one[3]
