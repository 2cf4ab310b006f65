"""How well, and how quickly, people are seated, beside a greedy draw and a search by swaps alone.

People are generated with interests of falling frequency (`tests/rooms/matching/crowd.py`); all
methods see the same weights in the same run.

    python -m tests.bench matching [SECONDS]
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Sequence
from functools import partial

import numpy as np

from rooms.matching.affinity import affinity_matrix
from rooms.matching.budget import Budget
from rooms.matching.solver import Floats, Search
from tests.rooms.matching.crowd import crowd, evening

EVENINGS = ((377, 5, 0.2), (377, 5, 0.0), (21, 5, 0.0), (50, 12, 0.0), (1000, 6, 0.1))
"""People, rounds, share on site."""


def run(arguments: Sequence[str]) -> None:
    """Measures solving for so many seconds a case (1 unless given), and prints the figures."""
    seconds = float(arguments[0]) if arguments else 1.0
    _matrices()
    _solvers(seconds)
    _evenings()


def _matrices() -> None:
    _line("people", "affinity matrix, ms")
    for count in (377, 1000):
        spent = _milliseconds(partial(affinity_matrix, crowd(count)))
        _line(count, f"{spent:.0f}")


def _solvers(seconds: float) -> None:
    _line("people", "rooms of", "greedy", "swaps", "search", "steps")
    for count, size in ((200, 4), (377, 4), (1000, 4), (1000, 2)):
        weights = affinity_matrix(crowd(count))
        sizes = [size] * (count // size)
        sizes[0] += count % size
        search = Search(weights, [(s, s) for s in sizes], np.random.default_rng(0))
        greedy = search.best_value
        search.run(Budget(seconds))
        swaps = _swap_search(weights, sizes, seconds)
        figures = f"{greedy:.1f}", f"{swaps:.1f}", f"{search.best_value:.1f}"
        _line(count, size, *figures, search.taken)


def _swap_search(weights: Floats, sizes: Sequence[int], seconds: float) -> float:
    """Returns what swapping two random people whenever it helps comes to (the baseline)."""
    rng = np.random.default_rng(0)
    room_of = np.repeat(np.arange(len(sizes)), sizes)
    rng.shuffle(room_of)
    inside = (room_of[:, None] == np.arange(len(sizes))).astype(np.float64)
    gain = weights @ inside
    until = time.perf_counter() + seconds
    while time.perf_counter() < until:
        a = int(rng.integers(len(room_of)))
        here = room_of[a]
        own = gain[np.arange(len(room_of)), room_of]
        delta = gain[a, room_of] + gain[:, here] - gain[a, here] - own - 2 * weights[a]
        delta[room_of == here] = -1.0
        b = int(np.argmax(delta))
        if delta[b] > 0:
            there = room_of[b]
            gain[:, here] += weights[b] - weights[a]
            gain[:, there] += weights[a] - weights[b]
            room_of[a], room_of[b] = there, here
    return float(gain[np.arange(len(room_of)), room_of].sum() / 2)


def _evenings() -> None:
    _line(
        "people", "rounds", "on site", "repeats", "sit-outs", "mean", "worst", "random", "s/round"
    )
    for count, rounds, on_site in EVENINGS:
        people = crowd(count, on_site=on_site)
        began = time.perf_counter()
        offers = evening(people, rounds)
        spent = (time.perf_counter() - began) / rounds
        _line(
            count,
            rounds,
            f"{on_site:.0%}",
            sum(offer.repeats for offer in offers),
            sum(len(offer.sitting_out) for offer in offers),
            f"{sum(offer.mean_affinity for offer in offers) / rounds:.3f}",
            f"{min(offer.worst_affinity for offer in offers):.3f}",
            f"{sum(offer.random_affinity for offer in offers) / rounds:.3f}",
            f"{spent:.2f}",
        )


def _milliseconds(work: Callable[[], object]) -> float:
    began = time.perf_counter()
    work()
    return (time.perf_counter() - began) * 1000


def _line(*cells: object) -> None:
    sys.stdout.write("".join(f"{cell!s:>10}" for cell in cells) + "\n")
