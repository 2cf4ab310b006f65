"""The numbers beside a proposal: how well its rooms do, by lot, and at the most.

Responsible for what a host reads beside a seating. Deliberately seats nobody and knows no rule:
which pairs may share a room is given. All are affinities (`affinity.py`), from 0 to 1:

- *mean*: over all pairs of roommates.
- *worst*: of each person's mean over their roommates, the lowest.
- *random*: the mean expected of rooms drawn by lot: over all pairs who may share a room and have
  not met (where there are none, who may share one); each mode counts by its pairs in the rooms.
- *random worst*: the worst of rooms of the same sizes dealt by lot among people of one mode, the
  mean of `DRAWS` draws. Rules about pairs are not looked at: no draw could keep them all.
- *bound*: no seating of these people in rooms of these sizes has a higher mean that keeps the rules
  about pairs and, where the proposal has no repeats, has none. It is an upper bound, not what can
  be had: rules about whole rooms are not in it, nor that roommates of roommates share the room.

The bound is the smaller of two:

1. Everybody's best: a person in a room of s has the s - 1 best partners there are; each pair counts
   half for either.
2. Prices (Lagrangian dual of the degree-constrained matching: M. Held and R. Karp, 1971). For any
   prices y, a pair's weight is at most y_a + y_b + max(0, w_ab - y_a - y_b), and each person pays
   y for each of their s - 1 partners. So no seating is worth more than the sum of all max(0, …)
   and of prices times partners, paired largest with largest. Prices are bettered by steps towards
   what was found (B. Polyak, 1969); each step gives a valid bound and the smallest counts.

>>> affinity = np.array([[0, 3, 1, 1], [3, 0, 1, 1], [1, 1, 0, 3], [1, 1, 3, 0]]) / 4
>>> everybody = ~np.eye(4, dtype=np.bool_)
>>> bound(affinity, everybody, [2, 2], found=1.5)
0.75
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from msgspec import Struct

from rooms.matching.room_rules import Bools
from rooms.matching.solver import Floats

DRAWS = 20
"""Draws by lot, of which the worst-off people's mean is taken."""

PRICED_PEOPLE = 1_500
"""Up to so many people prices are bettered; a step takes 10 ms with 1,000."""

PRICE_STEPS = 20_000
"""Steps times people at most."""


class Figures(Struct, frozen=True):
    """A seating's numbers, rounded to four places; the bound upwards."""

    mean: float = 0.0
    worst: float = 0.0
    random: float = 0.0
    random_worst: float = 0.0
    bound: float = 0.0


def figures(
    affinity: Floats,
    may: Bools,
    met: Bools,
    parts: Sequence[Sequence[Sequence[int]]],
    rng: np.random.Generator,
    *,
    in_a_hurry: bool = False,
) -> Figures:
    """Returns the numbers of a seating; `parts` are its rooms by mode.

    `may` says which pairs may share a room, `met` who has met; both n×n, symmetric, with a diagonal
    of False. In a hurry the bound is everybody's best alone.
    """
    rooms = [list(room) for part in parts for room in part if len(room) > 1]
    if not rooms:
        return Figures()
    worths = [worth_to_each(affinity, room) for room in rooms]
    pairs = sum(len(room) * (len(room) - 1) for room in rooms) / 2
    total = sum(float(worth.sum()) * (len(worth) - 1) for worth in worths) / 2
    repeats = any(met[np.ix_(room, room)].any() for room in rooms)
    seated = sorted(person for room in rooms for person in room)
    block = np.ix_(seated, seated)
    allowed = may[block] if repeats else may[block] & ~met[block]
    highest = bound(
        affinity[block],
        allowed,
        [len(room) for room in rooms],
        found=total,
        steps=0 if in_a_hurry or len(seated) > PRICED_PEOPLE else PRICE_STEPS // len(seated),
    )
    return Figures(
        mean=round(total / pairs, 4),
        worst=round(min(float(worth.min()) for worth in worths), 4),
        random=round(_by_lot(affinity, may, met, parts), 4),
        random_worst=round(_worst_by_lot(affinity, parts, rng), 4),
        bound=max(round(total / pairs, 4), float(np.ceil(highest * 1e4 - 1e-6) / 1e4)),
    )


def worth_to_each(affinity: Floats, room: Sequence[int]) -> Floats:
    """Returns each person's mean affinity with the others of their room."""
    worth: Floats = affinity[np.ix_(room, room)].sum(axis=1) / (len(room) - 1)
    return worth


def _by_lot(
    affinity: Floats, may: Bools, met: Bools, parts: Sequence[Sequence[Sequence[int]]]
) -> float:
    total = pairs = 0.0
    for part in parts:
        members = [person for room in part for person in room]
        block = np.ix_(members, members)
        new = may[block] & ~met[block]
        drawn = new if new.any() else may[block]
        if drawn.any():
            weight = sum(len(room) * (len(room) - 1) for room in part)
            total += weight * float(affinity[block][drawn].mean())
            pairs += weight
    return total / pairs if pairs else 0.0


def _worst_by_lot(
    affinity: Floats, parts: Sequence[Sequence[Sequence[int]]], rng: np.random.Generator
) -> float:
    found = []
    for _ in range(DRAWS):
        worst = 1.0
        for part in parts:
            members = rng.permutation([person for room in part for person in room])
            at = 0
            for size in {len(room) for room in part}:
                count = sum(len(room) == size for room in part)
                seats = members[at : at + count * size].reshape(count, size)
                at += count * size
                worths = affinity[seats[:, :, None], seats[:, None, :]].sum(axis=2) / (size - 1)
                worst = min(worst, float(worths.min(initial=1.0)))
        found.append(worst)
    return sum(found) / len(found)


def bound(
    affinity: Floats, may: Bools, sizes: Sequence[int], *, found: float, steps: int = 40
) -> float:
    """Returns a mean affinity that no seating in rooms of these sizes exceeds.

    `may` says which pairs may share a room; `found` is what a seating is worth, `steps` how often
    prices are bettered. There are as many people as seats. O(n²) a step.
    """
    partners = np.sort([size - 1 for size in sizes for _ in range(size)])
    pairs = float(partners.sum()) / 2
    weights = np.where(may, affinity, 0.0)
    most = int(partners[-1])
    best = -np.sort(np.partition(-weights, most - 1, axis=1)[:, :most], axis=1)
    lowest = _everybodys_best(best, partners)
    prices = best[:, most - 1] / 2
    for _ in range(steps):
        over = weights - prices[:, None] - prices[None, :]
        over[~may] = 0.0
        wanted = over > 0
        rank = np.argsort(prices, kind="stable")
        paid = np.empty(len(prices))
        paid[rank] = partners
        value = float((paid * prices).sum() + over[wanted].sum() / 2)
        lowest = min(lowest, value)
        slope = paid - wanted.sum(axis=1)
        steep = float((slope * slope).sum())
        if steep == 0 or value <= found:
            break
        prices = prices - (value - found) / steep * slope
    return lowest / pairs


def _everybodys_best(
    best: Floats, partners: np.ndarray[tuple[int, ...], np.dtype[np.intp]]
) -> float:
    """Returns what all would have with their best partners, each place given to who gains most."""
    total = 0.0
    for place in range(best.shape[1]):
        count = int((partners > place).sum())
        total += float(np.sort(best[:, place])[len(best) - count :].sum())
    return total / 2
