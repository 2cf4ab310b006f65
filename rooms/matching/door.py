"""The solver's door: weights and sizes in, rooms out, or an error that says what is wrong.

Responsible for checking what was asked, for choosing the method (exact pairs, one search, or blocks
of rooms), and for the cause when no seating is allowed. Knows nothing of events: useful by itself.

Five people, a room of two and one of three. Two share ceramics (0, 3), three share jazz (1, 2, 4):

>>> weights = np.zeros((5, 5))
>>> for a, b in ((0, 3), (1, 2), (1, 4), (2, 4)):
...     weights[a, b] = weights[b, a] = 1.0
>>> solve(weights, [2, 3], steps=20)
[[0, 3], [1, 2, 4]]

If 1 and 4 have blocked each other, the best left is worth 2, not 4:

>>> forbidden = np.zeros((5, 5), dtype=bool)
>>> forbidden[1, 4] = forbidden[4, 1] = True
>>> rooms = solve(weights, [2, 3], forbidden=forbidden, steps=20)
>>> float(sum(weights[a, b] for room in rooms for a in room for b in room) / 2)
2.0
"""

from __future__ import annotations

from collections.abc import Sequence
from math import isfinite
from operator import index

import numpy as np
from numpy.typing import ArrayLike

from rooms.matching.blocks import MANY, BlockSearch, Weights
from rooms.matching.budget import Budget
from rooms.matching.pairs import ALONE, EXACT, best_pairs
from rooms.matching.room_rules import Bools
from rooms.matching.solver import FORBIDDEN, Floats, Search

CHECKED = 256
"""Rows and columns of weights that are checked at a time."""

LONGER = 10
"""How often a search goes on over its time, as long as somebody sits with whom they must not."""

AT_A_TIME = 20
"""Steps of each such time: a slow machine takes few steps in a second, and none is an answer."""

MOST_SEATS = 12_000
"""Seats of all rooms that one search looks at: its table of pairs of seats then takes 1.2 GB."""

SIZES = "A size is a whole number from 0, or (least, most) with least ≤ most."

Size = int | tuple[int, int]


class Impossible(ValueError):
    """No seating obeys what was asked; the sentence names the cause, `people` who is in it."""

    def __init__(self, sentence: str, people: Sequence[int] = ()) -> None:
        super().__init__(sentence)
        self.people = tuple(people)


def solve(
    weights: ArrayLike,
    sizes: Sequence[Size],
    *,
    forbidden: ArrayLike | None = None,
    seed: int = 0,
    seconds: float = 1.0,
    steps: int | None = None,
) -> list[list[int]]:
    """Returns rooms of people (numbers from 0), room i of `sizes[i]`, that are worth most together.

    `weights` is n×n, symmetric, finite and not negative (float32 halves the memory of thousands);
    a size is a number or (least, most); `forbidden` is an n×n array, true for pairs that must not
    share a room, whichever of the two comes first. Diagonals say nothing. Goes on for `seconds`,
    checks included (0 or less: a first answer), or for `steps` where given: the same seed and steps
    give the same answer. Where `seconds` found no allowed seating it takes up to
    `LONGER * AT_A_TIME` steps more. Raises ValueError for input that contradicts itself, and
    Impossible, with the cause, when no allowed seating was found.
    """
    _check_effort(seconds, steps, seed)
    budget = Budget(seconds, steps)
    worth = _checked_weights(weights)
    ranges = _checked_sizes(sizes, len(worth))
    apart = None
    if forbidden is not None:
        apart = _checked_forbidden(forbidden, len(worth))
        _check_possible(apart, ranges)
    if len(usable := _usable(ranges, len(worth))) < len(ranges):
        some = [ranges[number] for number in usable]
        found = solve(worth, some, forbidden=apart, seed=seed, seconds=seconds, steps=steps)
        seated = dict(zip(usable, found, strict=True))
        return [seated.get(number, []) for number in range(len(ranges))]
    _check_seats(ranges, len(worth))
    rng = np.random.default_rng(seed)
    if ranges and {1, 2}.issuperset(x for r in ranges for x in r):
        alone = 2 * len(ranges) - len(worth)
        if len(worth) <= EXACT and alone <= ALONE:
            return _dealt(_in_pairs(worth, apart, alone), ranges)
        if alone:
            # Which room is whose does not matter, and from ranges the search finds more.
            free = [(1, 2)] * len(ranges)
            return _dealt(_searched(worth, free, apart, rng, budget), ranges)
    return _searched(worth, ranges, apart, rng, budget)


def _searched(
    worth: Weights,
    ranges: Sequence[tuple[int, int]],
    apart: Bools | None,
    rng: np.random.Generator,
    budget: Budget,
) -> list[list[int]]:
    """Returns what a search finds until the budget is used up."""
    if len(worth) >= MANY:
        return _in_blocks(BlockSearch(worth, ranges, rng, apart=apart), budget)
    table: Floats = worth.astype(np.float64) / (float(worth.max(initial=0.0)) or 1.0)
    np.fill_diagonal(table, 0.0)
    if apart is not None:
        table[apart] = -FORBIDDEN
    search = Search(table, ranges, rng)
    search.run(budget)
    if budget.is_timed:
        _search_on(search, budget)
    if search.is_forbidden:
        raise _not_found(budget.taken, _forbidden_people(search.best, table))
    return search.best


def _search_on(search: Search, budget: Budget) -> None:
    for _ in range(LONGER):
        if search.is_over or not search.is_forbidden:
            break
        budget.grant(AT_A_TIME)
        search.run(budget)


def _in_pairs(worth: Weights, apart: Bools | None, alone: int) -> list[list[int]]:
    """Returns the best rooms of two, and so many of one."""
    matched = best_pairs(worth.astype(np.float64), apart, alone)
    if matched is None:
        raise Impossible("There are no such pairs without a forbidden one.")
    return matched


def _dealt(rooms: list[list[int]], ranges: Sequence[tuple[int, int]]) -> list[list[int]]:
    """Returns rooms of two and of one in the order of their sizes: how many of each is certain."""
    twos = iter([room for room in rooms if len(room) == 2])
    ones = iter([room for room in rooms if len(room) == 1])
    fixed = [next(twos) if low == 2 else next(ones) if top == 1 else None for low, top in ranges]
    rest = iter([*twos, *ones])
    return [next(rest) if room is None else room for room in fixed]


def _in_blocks(search: BlockSearch, budget: Budget) -> list[list[int]]:
    search.run(budget)
    if clashes := search.clashes():
        raise _not_found(budget.taken, clashes)
    return search.best


def _not_found(steps: int, people: Sequence[int]) -> Impossible:
    return Impossible(f"No seating without a forbidden pair was found in {steps} steps.", people)


def _checked_weights(weights: ArrayLike) -> Weights:
    """Returns the weights as they are, if they are floats; what is on the diagonal is ignored."""
    worth: Weights = _real_numbers(weights)
    if not worth.size:
        worth = np.zeros((len(worth), len(worth)))
    if worth.ndim != 2 or worth.shape[0] != worth.shape[1]:
        raise ValueError(f"Weights must be a square array, not of shape {worth.shape}.")
    tolerance = 1e-9 if worth.dtype == np.float64 else 1e-5
    for first in range(0, len(worth), CHECKED):
        rows = worth[first : first + CHECKED]
        if not (np.isfinite(rows.min()) and np.isfinite(rows.max())):
            raise ValueError("Weights must be finite numbers.")
        if rows.min() < 0 and _is_negative_beside_diagonal(rows, first):
            raise ValueError("Weights must not be negative.")
        for other in range(first, len(worth), CHECKED):
            one = rows[:, other : other + CHECKED]
            two = worth[other : other + CHECKED, first : first + CHECKED].T
            if not np.array_equal(one, two) and not np.allclose(
                one, two, rtol=tolerance, atol=1e-12
            ):
                raise ValueError("Weights must be symmetric.")
    return worth


def _real_numbers(weights: ArrayLike) -> Weights:
    """Returns weights as an array of floats; raises ValueError for what is no table of numbers."""
    try:
        given = np.asarray(weights)
        if given.dtype.kind not in "biufO":
            raise ValueError
        if given.dtype in (np.float32, np.float64):
            return given
        return np.asarray(given, dtype=np.float64)
    except (TypeError, ValueError, OverflowError):
        raise ValueError("Weights must be a square array of real numbers.") from None


def _check_effort(seconds: float, steps: int | None, seed: int) -> None:
    if not isinstance(seconds, (int, float, np.number)) or not isfinite(seconds):
        raise ValueError("Seconds must be a finite number.")
    for name, number in (("Steps", steps), ("The seed", seed)):
        if number is None and name == "Steps":
            continue
        try:
            is_whole = index(number) >= 0  # type: ignore[arg-type]
        except TypeError:
            is_whole = False
        if not is_whole:
            raise ValueError(f"{name} must be a whole number from 0.")


def _is_negative_beside_diagonal(rows: Weights, first: int) -> bool:
    below = rows < 0
    below[np.arange(len(rows)), first + np.arange(len(rows))] = False
    return bool(below.any())


def _checked_sizes(sizes: Sequence[Size], people: int) -> list[tuple[int, int]]:
    try:
        given = [
            tuple(size) if isinstance(size, (Sequence, np.ndarray)) else (size, size)
            for size in sizes
        ]
        pairs = [(index(least), index(most)) for least, most in given]
    except (TypeError, ValueError):
        raise ValueError(SIZES) from None
    if any(not 0 <= least <= most for least, most in pairs):
        raise ValueError(SIZES)
    fewest, most = sum(least for least, _ in pairs), sum(most for _, most in pairs)
    if not fewest <= people <= most:
        seats = f"{fewest} seats" if fewest == most else f"{fewest} to {most} seats"
        raise ValueError(f"The sizes add up to {seats}, for {people} to be seated.")
    return [(least, min(most, people - fewest + least)) for least, most in pairs]


def _usable(sizes: Sequence[tuple[int, int]], people: int) -> list[int]:
    """Returns the numbers of the rooms worth a look: of those that may stay empty the largest.

    No seating opens more of them than there are people beyond what the other rooms need.
    """
    empty = [number for number, (least, most) in enumerate(sizes) if least == 0 < most]
    empty.sort(key=lambda number: -sizes[number][1])
    dropped = set(empty[people - sum(least for least, _ in sizes) :])
    dropped.update(number for number, (_, most) in enumerate(sizes) if most == 0)
    return [number for number in range(len(sizes)) if number not in dropped]


def _check_seats(sizes: Sequence[tuple[int, int]], people: int) -> None:
    """Raises ValueError where a search would need a table of more seats than it can hold."""
    seats = sum(most for _, most in sizes)
    if people < MANY and seats > MOST_SEATS:
        raise ValueError(
            f"The sizes offer {seats:,} seats for {people} people; at most {MOST_SEATS:,} can be "
            "searched. Please give ranges nearer to what you want."
        )


def _checked_forbidden(forbidden: ArrayLike, people: int) -> Bools:
    try:
        given = np.array(forbidden)
        apart = given.astype(np.bool_)
        is_boolean = given.dtype.kind == "b" or (
            given.dtype.kind in "iuf" and bool((given == apart).all())
        )
    except (TypeError, ValueError):
        is_boolean = False
    if not is_boolean:
        raise ValueError("Forbidden pairs must be a square array of true and false.")
    if apart.shape != (people, people):
        raise ValueError(f"Forbidden pairs must be an array of shape {(people, people)}.")
    apart |= apart.T
    np.fill_diagonal(apart, False)
    return apart


def _check_possible(apart: Bools, sizes: Sequence[tuple[int, int]]) -> None:
    """Raises Impossible for the causes that are seen at once: a hermit, or too many rivals."""
    people = len(apart)
    smallest = min((least for least, most in sizes if most > 0), default=0)
    company = people - 1 - apart.sum(axis=1)
    for person in np.flatnonzero(company < smallest - 1):
        raise Impossible(
            f"Person {person} may share a room with {company[person]} people, "
            f"and the smallest room needs {smallest - 1} others.",
            [int(person)],
        )
    rivals: list[int] = []
    for person in np.argsort(company, kind="stable"):
        if apart[person, rivals].all():
            rivals.append(int(person))
    if len(rivals) > sum(most > 0 for _, most in sizes):
        raise Impossible(
            f"{len(rivals)} people must all be apart, and there are {len(sizes)} rooms.", rivals
        )


def _forbidden_people(rooms: list[list[int]], table: Floats) -> list[int]:
    return sorted(
        {p for room in rooms for p in room for q in room if table[p, q] <= -FORBIDDEN / 2}
    )
