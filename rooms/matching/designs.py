"""Rounds without a repeat by algebra: where search finds too few, a construction has them all.

Responsible for plans of rounds in which all rooms have one size and nobody meets twice. Knows no
people, only points from 0, and nothing of affinity; `ahead.py` decides who is which point. These
are resolvable designs, known as Kirkman's schoolgirls (1850) and the social golfers; see C. J.
Colbourn and J. H. Dinitz, "Handbook of Combinatorial Designs" (2007), parts II.7 and VI.

Two constructions:

- *Lines of a plane.* With q rooms, q a power of a prime, and size at most q, point (c, y) sits in
  room y - c·r in round r, computed in the field of q elements: two points of different columns c
  share exactly one round. That gives q rounds. The q points of one column never meet, and where
  the size divides q they are seated among themselves for more rounds. (With size q these are all
  lines of the affine plane: q + 1 rounds, and everybody meets everybody.)
- *Cyclic starters.* Points are c copies of the numbers modulo m, and some fixed points. One round,
  found by search and written down here, is such that no difference between numbers of one room
  occurs twice; adding 1, 2, … to all numbers gives m rounds (R. C. Bose's method of differences).
  Two such rounds that have no difference in common give 2·m.

Invariants: in a plan of `design`, every point is in one room a round, and no two share two rooms.

>>> for rooms in design(3, 3)[:2]:
...     print(rooms)
[[0, 3, 6], [1, 4, 7], [2, 5, 8]]
[[0, 4, 8], [1, 5, 6], [2, 3, 7]]
>>> [len(design(rooms, size)) for rooms, size in ((4, 4), (5, 3), (5, 4), (6, 4), (7, 4), (8, 4))]
[5, 7, 5, 7, 9, 10]
"""

from __future__ import annotations

from collections.abc import Callable

Rooms = list[list[int]]

STARTERS: dict[tuple[int, int], tuple[int, str]] = {
    (5, 3): (7, "2 4 10 / 0 6 9 / 7 11 13 / 3 8 14 / 1 5 12"),
    (6, 3): (7, "9 11 12 / 1 8 16 / 3 13 15 / 0 4 5 / 6 10 17 / 2 7 14"),
    (6, 4): (7, "6 8 17 22 / 0 7 15 21 / 1 2 4 12 / 5 14 18 19 / 10 11 13 16 / 3 9 20 23"),
    (6, 5): (
        6,
        "7 11 16 21 22 / 15 17 19 27 28 / 5 10 14 23 29 / 1 8 9 24 26 / 3 4 18 20 25 / 0 2 6 12 13",
    ),
    (7, 3): (9, "7 17 20 / 12 14 15 / 2 13 19 / 4 11 16 / 3 5 8 / 0 1 9 / 6 10 18"),
    (7, 4): (
        9,
        "3 6 8 11 / 1 12 21 26 / 2 15 17 23 / 4 5 14 18 / 7 22 24 25 / 0 16 19 27 / 9 10 13 20",
    ),
    (8, 3): (11, "8 17 21 / 2 6 20 / 4 5 15 / 7 13 19 / 10 18 22 / 11 12 14 / 0 3 9 / 1 16 23"),
    (8, 4): (
        5,
        "0 1 17 27 / 2 5 25 30 / 3 11 14 24 / 4 8 22 23 / 6 7 10 28 / 9 16 18 21 / 12 15 26 29 / "
        "13 19 20 31 + "
        "0 2 15 22 / 1 6 25 31 / 3 9 10 17 / 4 13 14 29 / 5 7 12 23 / 8 18 19 26 / 11 16 20 30 / "
        "21 24 27 28",
    ),
    (9, 4): (
        9,
        "14 31 32 34 / 4 10 11 35 / 9 12 18 20 / 1 13 15 27 / 0 17 21 22 / 23 26 29 33 / "
        "2 7 25 30 / 3 5 6 16 / 8 19 24 28",
    ),
    (10, 3): (
        14,
        "1 4 6 / 5 15 25 / 8 16 24 / 12 13 26 / 0 21 28 / 17 20 22 / 9 14 27 / 3 7 18 / "
        "11 23 29 / 2 10 19",
    ),
    (10, 4): (
        11,
        "11 17 21 26 / 2 15 25 33 / 1 13 30 37 / 3 12 23 35 / 9 14 28 34 / 6 20 27 39 / "
        "0 8 10 18 / 4 19 31 38 / 7 22 24 32 / 5 16 29 36",
    ),
    (11, 4): (
        12,
        "11 20 35 39 / 4 22 24 38 / 6 18 27 36 / 1 16 28 43 / 5 12 13 15 / 2 19 32 41 / "
        "8 21 31 40 / 3 17 34 42 / 7 23 29 37 / 14 25 30 33 / 0 9 10 26",
    ),
    (12, 4): (
        13,
        "12 23 28 43 / 9 17 33 46 / 1 14 26 45 / 2 22 32 42 / 7 24 30 47 / 0 16 27 41 / "
        "13 15 18 19 / 3 21 36 40 / 6 25 38 39 / 11 20 37 44 / 29 31 34 35 / 4 5 8 10",
    ),
}
"""(rooms, size): the modulus m, and first rounds' rooms; points from c·m on are fixed.

Eight rooms of four have two first rounds, in which all are found but one person each never meets: a
plan of ten rounds for 32, the question from which the social golfers have their name, open from
1998 to 2004 (A. Aguado, "A 10 days solution to the social golfer problem"). This one was found by
a search among plans that a dihedral group of order 10 carries over into themselves.
"""

_POWERS = {2: (2, 1), 4: (2, 2), 8: (2, 3), 16: (2, 4), 3: (3, 1), 9: (3, 2), 5: (5, 1)}
_POWERS |= {7: (7, 1), 11: (11, 1), 13: (13, 1)}
"""The fields used, as (prime, power); with more rooms a search finds a dozen rounds by itself."""

_MODULI = {4: (1, 1), 8: (1, 1, 0), 16: (1, 1, 0, 0), 9: (2, 0)}
"""x to the power, in lower powers of x, lowest first: irreducible and monic polynomials."""


def design(rooms: int, size: int) -> list[Rooms]:
    """Returns as many rounds as are known here, each of so many rooms of one size; maybe none."""
    if size == 2:
        return _pairs(rooms)
    found = _plane(rooms, size) if rooms in _POWERS and size <= rooms else []
    if (rooms, size) in STARTERS:
        modulus, written = STARTERS[rooms, size]
        starters = [
            [[int(point) for point in room.split()] for room in first.split("/")]
            for first in written.split("+")
        ]
        rounds = [seated for first in starters for seated in _developed(first, modulus)]
        found = max(found, rounds, key=len)
    return found


def _pairs(rooms: int) -> list[Rooms]:
    """Returns all pairs (the circle method): one point stays, the others go round in a ring."""
    ring = 2 * rooms - 1
    first = [[0, ring], *([step, ring - step] for step in range(1, rooms))]
    return _developed(first, ring)


def _developed(first: Rooms, modulus: int) -> list[Rooms]:
    """Adds 0 to m - 1 to all numbers of a first round, copy by copy; fixed points stay."""
    moved = sum(map(len, first)) // modulus * modulus

    def add(point: int, step: int) -> int:
        copy, number = divmod(point, modulus)
        return copy * modulus + (number + step) % modulus if point < moved else point

    return [[[add(p, step) for p in room] for room in first] for step in range(modulus)]


def _plane(q: int, size: int) -> list[Rooms]:
    """Returns the lines of the plane over the field of q elements, in `size` columns."""
    plus, times = _field(q)
    rounds: list[Rooms] = []
    for slope in range(q):
        rooms = [[c * q + plus(b, times(c, slope)) for c in range(size)] for b in range(q)]
        rounds.append(rooms)
    if q % size == 0:
        within = design(q // size, size) if q > size else [[list(range(size))]]
        within = within or [[list(range(at, at + size)) for at in range(0, q, size)]]
        for part in within:
            rounds.append([[c * q + p for p in room] for c in range(size) for room in part])
    return rounds


def _field(q: int) -> tuple[Callable[[int, int], int], Callable[[int, int], int]]:
    """Returns addition and multiplication of the field of q = p^k elements.

    An element is a number whose digits to the base p are a polynomial's coefficients.
    """
    prime, power = _POWERS[q]

    def digits(number: int) -> list[int]:
        return [number // prime**i % prime for i in range(power)]

    def number(coefficients: list[int]) -> int:
        return sum(c % prime * prime**i for i, c in enumerate(coefficients))

    def plus(a: int, b: int) -> int:
        return number([x + y for x, y in zip(digits(a), digits(b), strict=True)])

    def times(a: int, b: int) -> int:
        product = [0] * (2 * power - 1)
        for i, x in enumerate(digits(a)):
            for j, y in enumerate(digits(b)):
                product[i + j] += x * y
        for high in range(2 * power - 2, power - 1, -1):
            for low, c in enumerate(_MODULI[q]):
                product[high - power + low] += product[high] * c
        return number(product[:power])

    return plus, times
