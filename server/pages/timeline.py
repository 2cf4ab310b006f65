"""A programme as a picture: rounds and breaks side by side, as long as they last.

Responsible for where each block stands. The list beside the picture says the same in words, and is
what a screen reader reads; the picture itself has one sentence.
"""

from __future__ import annotations

from collections.abc import Sequence

from msgspec import Struct

from rooms.programme import UNTIL_ENDED, PlannedRound
from server import words

UNTIL_ENDED_SECONDS = 900
"""How long a round is drawn that goes on until the host ends it."""

NARROWEST = 4.5
"""Percent of the picture's width that a number needs."""


class Block(Struct, frozen=True, kw_only=True):
    """A round, in percent of the picture's width; `number` is empty where it has no room."""

    x: float
    width: float
    middle: float
    kind: str
    number: str


class Timeline(Struct, frozen=True, kw_only=True):
    """The picture; `begins`, `ends`: times of day, or minutes where no start is planned."""

    blocks: tuple[Block, ...]
    minutes: int
    begins: str
    ends: str
    is_open: bool
    """The last round goes on until the host ends it."""


def timeline(
    rounds: Sequence[PlannedRound], starts_at: int | None, time_zone: str, language: str
) -> Timeline | None:
    """Returns the picture of a programme; None: there are no rounds. `starts_at` in ms.

    Breaks and previews count; what rounds that wait for the host wait is not known, and does not.
    """
    spans: list[tuple[int, int]] = []
    at = 0
    for number, planned in enumerate(rounds, 1):
        at += planned.preview_seconds
        length = planned.seconds if planned.seconds != UNTIL_ENDED else UNTIL_ENDED_SECONDS
        spans.append((at, at + length))
        at += length + (planned.break_seconds if number < len(rounds) else 0)
    if not spans:
        return None
    whole = max(at, 1)
    minutes = round(whole / 60)
    begins, ends = "0", str(minutes)
    if starts_at is not None:
        begins, ends = (
            words.day_and_time(language, instant, time_zone).rpartition(" ")[2]
            for instant in (starts_at, starts_at + whole * 1000)
        )
    return Timeline(
        blocks=tuple(
            _block(number, planned, start * 100 / whole, (end - start) * 100 / whole)
            for number, (planned, (start, end)) in enumerate(zip(rounds, spans, strict=True), 1)
        ),
        minutes=minutes,
        begins=begins,
        ends=ends,
        is_open=rounds[-1].seconds == UNTIL_ENDED,
    )


def _block(number: int, planned: PlannedRound, x: float, width: float) -> Block:
    return Block(
        x=round(x, 3),
        width=round(width, 3),
        middle=round(x + width / 2, 3),
        kind=planned.kind.value,
        number=str(number) if width >= NARROWEST else "",
    )
