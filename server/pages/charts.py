"""The report's two bar charts: where each bar stands, and which labels have room.

Responsible for places and words of bars; across in hundredths of the width, upright in pixels, so
that words keep their size on a phone. Counts nothing. What is not labelled is in the table below.

Invariant: no two labels of one line lie over each other, at the width they are shown at.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from msgspec import Struct

from rooms.report import RoundFigures, Spread

HEIGHT = 100.0
"""Pixels from the top to the line that bars stand on."""

HIGHEST = 78.0
"""Pixels of the highest bar: above it is its value."""

THINNEST = 0.6
"""Hundredths of the width that a bar has at least, so that it is seen."""

NARROW, ROOMY = 220, 520
"""Pixels that a chart has on the smallest phone, and from which on more labels are shown."""

LETTER, APART = 8.5, 6.0
"""Pixels that a figure takes at 14 pixels, and that two labels are apart."""

EVERYWHERE, WHERE_ROOMY, NOWHERE = "", "roomy", "hidden"

Number = Callable[..., str]


class Bar(Struct, frozen=True, kw_only=True):
    """One bar; `label` below and `value` above, each with where it is shown."""

    x: float
    width: float
    y: float
    height: float
    middle: float
    label: str
    label_shown: str = EVERYWHERE
    value: str
    value_shown: str = EVERYWHERE


def timeline(rounds: Sequence[RoundFigures], number: Number) -> list[Bar]:
    """Returns rounds in time, each as high as many people sat in it."""
    if not rounds:
        return []
    first = min(one.starts_at for one in rounds)
    length = max(1, max(one.ends_at for one in rounds) - first)
    spans = [
        (100 * (one.starts_at - first) / length, 100 * (one.ends_at - one.starts_at) / length)
        for one in rounds
    ]
    return _bars(
        [(min(x, 100 - THINNEST), max(THINNEST, width)) for x, width in spans],
        [one.people for one in rounds],
        [str(one.round) for one in rounds],
        [number(one.people) for one in rounds],
    )


def histogram(spread: Spread, number: Number) -> list[Bar]:
    """Returns how many people had how many of something."""
    counts = spread.counts
    if not counts:
        return []
    each = 100 / len(counts)
    return _bars(
        [(each * (n + 0.1), each * 0.8) for n in range(len(counts))],
        counts,
        [str(n) if spread.step == 1 else f"{n * spread.step}–" for n in range(len(counts))],
        [number(many) if many else "" for many in counts],
    )


def _bars(
    spans: Sequence[tuple[float, float]],
    heights: Sequence[int],
    labels: Sequence[str],
    values: Sequence[str],
) -> list[Bar]:
    most = max(1, *heights)
    middles = [x + width / 2 for x, width in spans]
    return [
        Bar(
            x=round(x, 2),
            width=round(width, 2),
            y=round(HEIGHT - HIGHEST * height / most, 1),
            height=round(HIGHEST * height / most, 1),
            middle=round(middle, 2),
            label=label,
            label_shown=label_shown,
            value=value,
            value_shown=value_shown,
        )
        for (x, width), height, middle, label, label_shown, value, value_shown in zip(
            spans,
            heights,
            middles,
            labels,
            shown(middles, labels, range(len(labels))),
            values,
            shown(middles, values, sorted(range(len(values)), key=lambda n: -heights[n])),
            strict=True,
        )
    ]


def shown(middles: Sequence[float], words: Sequence[str], order: Sequence[int]) -> list[str]:
    """Returns where each word has room, given in `order`, the most wanted first.

    >>> shown([5, 10, 50, 95], ["24", "24", "24", "24"], [1, 0, 2, 3])
    ['roomy', '', '', '']
    """
    narrow = _with_room(middles, words, NARROW, order)
    roomy = _with_room(middles, words, ROOMY, [*narrow, *order])
    return [
        EVERYWHERE if n in narrow else WHERE_ROOMY if n in roomy else NOWHERE
        for n in range(len(words))
    ]


def _with_room(
    middles: Sequence[float], words: Sequence[str], pixels: int, order: Sequence[int]
) -> list[int]:
    """Returns which words lie over none before them in `order`, on so many pixels."""
    found: list[int] = []
    for n in order:
        reach = [LETTER * (len(words[n]) + len(words[other])) / 2 + APART for other in found]
        apart = [abs(middles[n] - middles[other]) / 100 * pixels for other in found]
        if words[n] and all(a >= r for a, r in zip(apart, reach, strict=True)):
            found.append(n)
    return found
