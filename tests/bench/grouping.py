"""How well groups are formed: the benchmarks of maximum diversity grouping, run through `solve`.

Files of the published sets (RanReal, RanInt, Geo: M. Gallego, M. Laguna, R. Martí and A. Duarte,
Journal of the Operational Research Society 64, 2013) are not here, but can be named; without one,
instances are generated as theirs were. A file's first line has the people, the groups, `ss` or `ds`
(groups of the same size, or of different ones) and the least and most of each group; each other
line two people and what they are worth together.

    python -m tests.bench grouping [alone] [FILE ...] [SECONDS [BEST]]

`best` is the better of four further searches with other seeds, BEST seconds in all (5 and 20 unless
given). `alone`: seconds of the processor instead of the clock's.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from rooms.matching import budget, solve
from rooms.matching.solver import Floats
from tests.bench.matching import line, share, swap_search

GROUPS: tuple[tuple[int, int, int, int], ...] = (
    (10, 2, 3, 7),
    (12, 4, 2, 5),
    (30, 5, 5, 10),
    (60, 6, 7, 14),
)
GROUPS += ((120, 10, 8, 16), (240, 12, 15, 25), (480, 20, 18, 30))
"""People, groups, and, of groups of unequal size, the least and the most."""

DEFAULTS = (5.0, 20.0)
"""Seconds that a search takes, and that the four others share."""

Ranges = list[tuple[int, int]]


def run(arguments: Sequence[str]) -> None:
    """Measures the files named, or else generated instances."""
    if "alone" in arguments:
        vars(budget)["perf_counter"] = time.process_time
    files = [Path(argument) for argument in arguments if argument.endswith(".txt")]
    given = [float(a) for a in arguments if a != "alone" and not a.endswith(".txt")]
    seconds, best = (*given, *DEFAULTS[len(given) :])[:2]
    line("kind", "people", "groups", "sizes", "swaps", "search", "best", "share")
    for file in files:
        _measure(file.stem[:10], *read(file), seconds, best)
    for kind in () if files else ("real", "int", "geo"):
        for count, groups, least, most in GROUPS:
            weights, even = _instance(kind, count), count // groups
            _measure(kind, weights, [(even, even)] * groups, seconds, best)
            _measure(kind, weights, _ranges(count, groups, least, most), seconds, best)


def read(file: Path) -> tuple[Floats, Ranges]:
    """Returns the weights and the least and most size of each group of a published file."""
    head, *rest = file.read_text().splitlines()
    people, groups, _, *limits = head.split()
    weights = np.zeros((int(people), int(people)))
    for row in rest:
        if row.strip():
            one, other, worth = row.split()
            weights[int(one), int(other)] = weights[int(other), int(one)] = float(worth)
    sizes = [int(limit) for limit in limits]
    return weights, list(zip(sizes[0::2], sizes[1::2], strict=True))[: int(groups)]


def _measure(kind: str, weights: Floats, ranges: Ranges, seconds: float, best: float) -> None:
    reached, *others = (
        _within(weights, solve(weights, ranges, seed=seed, seconds=spent))
        for seed, spent in enumerate((seconds, *[best / 4] * 4))
    )
    least, most = min(low for low, _ in ranges), max(high for _, high in ranges)
    is_even = all(low == high for low, high in ranges)
    swaps = swap_search(weights, [low for low, _ in ranges], seconds) if is_even else None
    named = least if least == most else f"{least}-{most}"
    figures = "" if swaps is None else f"{swaps:.1f}", f"{reached:.2f}"
    line(kind, len(weights), len(ranges), named, *figures, *share(reached, max(reached, *others)))


def _ranges(count: int, groups: int, least: int, most: int) -> Ranges:
    """Returns for each group a least size up to the even one, and a most size from it on."""
    rng = np.random.default_rng(count)
    low = rng.integers(least, count // groups + 1, groups)
    high = rng.integers(count // groups, most + 1, groups)
    return list(zip(low.tolist(), high.tolist(), strict=True))


def _within(weights: Floats, rooms: list[list[int]]) -> float:
    return float(sum(weights[np.ix_(room, room)].sum() for room in rooms)) / 2


def _instance(kind: str, count: int) -> Floats:
    """Returns distances from 0 to 1, uniform, whole hundredths, or Euclidean."""
    rng = np.random.default_rng(count)
    if kind == "geo":
        points = rng.random((count, int(rng.integers(2, 22))))
        far: Floats = np.sqrt(((points[:, None] - points[None, :]) ** 2).sum(axis=2))
        far /= far.max()
        return far
    half = rng.random((count, count)) if kind == "real" else rng.integers(0, 101, (count, count))
    both: Floats = np.triu(half, 1) / (1 if kind == "real" else 100)
    return both + both.T
