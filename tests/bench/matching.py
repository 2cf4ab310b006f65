"""How well, and how quickly, people are seated, beside baselines measured in the same run.

People are generated with interests of falling frequency (`tests/rooms/matching/crowd.py`); all
methods see the same weights. Benchmarks of others: `python -m tests.bench grouping`.

    python -m tests.bench matching [alone] [PART ...] [SECONDS [BEST]]

Parts: matrices, solvers, pairs, rounds, evenings, programme, sweep, thousands, repair;
without one, all but `thousands`, which takes 500 MB. `best` is the same search going on for BEST
seconds a case (20 unless given); say how long when you quote a share of it. `alone`: searches count
seconds of the processor instead of the clock's, which on a machine that others use tells how good
they are on one that nobody else does.
"""

from __future__ import annotations

import resource
import sys
import time
from collections.abc import Callable, Sequence
from functools import partial

import numpy as np
from msgspec import structs

from rooms.matching import budget
from rooms.matching.affinity import affinity, affinity_matrix, rarity
from rooms.matching.ahead import plan_rounds
from rooms.matching.ask import Seeker
from rooms.matching.blocks import BlockSearch
from rooms.matching.budget import Budget
from rooms.matching.designs import design
from rooms.matching.pairs import best_pairs
from rooms.matching.repair import Terms, changed, mended
from rooms.matching.rules import hard_rules
from rooms.matching.solver import Floats, Search
from tests.rooms.matching.crowd import crowd, evening, hybrid_thousand, pairs

EVENINGS: tuple[tuple[int, int, float], ...] = (
    (377, 5, 0.2),
    (377, 5, 0.0),
    (41, 5, 0.4),
    (25, 5, 0.0),
    (16, 5, 0.0),
    (21, 5, 0.0),
)
EVENINGS += ((30, 5, 0.0), (40, 5, 0.0), (50, 12, 0.0), (60, 12, 0.0), (1000, 6, 0.1))
"""People, rounds, share on site."""

TIGHT = ((4, 4, 5), (5, 3, 7), (5, 4, 5), (6, 4, 7), (7, 4, 9), (8, 4, 10), (10, 3, 14))
"""Rooms, size, rounds."""

DEFAULTS = (1.0, 20.0)
"""Seconds that a search takes, and that it goes on for its best."""


def run(arguments: Sequence[str]) -> None:
    """Measures the parts named, solving for so many seconds a case (1 unless given)."""
    if "alone" in arguments:
        vars(budget)["perf_counter"] = time.process_time
    arguments = [argument for argument in arguments if argument != "alone"]
    names = [argument for argument in arguments if argument in PARTS]
    numbers = [float(argument) for argument in arguments if argument not in PARTS]
    seconds, best = (*numbers, *DEFAULTS[len(numbers) :])[:2]
    for name in names or [part for part in PARTS if part != "thousands"]:
        sys.stdout.write(f"\n{name}\n")
        PARTS[name](seconds, best)


def _matrices(_: float, __: float) -> None:
    line("people", "affinity matrix, ms")
    for count in (377, 1000):
        spent = _milliseconds(partial(affinity_matrix, crowd(count)))
        line(count, f"{spent:.0f}")


def _solvers(seconds: float, best: float) -> None:
    line("people", "rooms of", "weights", "greedy", "swaps", "search", "steps", "best", "share")
    for count, size, kind in (
        *((200, 4, "likings"), (377, 4, "likings"), (1000, 4, "likings")),
        *((1000, 4, "random"), (1000, 2, "likings")),
    ):
        weights = affinity_matrix(crowd(count)) if kind == "likings" else _random(count)
        sizes = [size] * (count // size)
        sizes[0] += count % size
        search = Search(weights, [(s, s) for s in sizes], np.random.default_rng(0))
        search.run(Budget(seconds))
        reached, steps = search.best_value, search.taken
        swaps = swap_search(weights, sizes, seconds)
        search.run(Budget(best))
        figures = (f"{x:.1f}" for x in (_greedy(weights, sizes), swaps, reached))
        line(count, size, kind, *figures, steps, *share(reached, search.best_value))


def share(reached: float, best: float) -> tuple[str, str]:
    return f"{best:.1f}", f"{reached / best:.2%}"


def _random(count: int) -> Floats:
    half = np.triu(np.random.default_rng(5).random((count, count)), 1)
    both: Floats = half + half.T
    return both


def _greedy(weights: Floats, sizes: Sequence[int]) -> float:
    """Returns what seating people one by one where they gain most comes to (the baseline)."""
    gain = np.zeros((len(sizes), len(weights)))
    free = np.array(sizes)
    total = 0.0
    for person in np.random.default_rng(0).permutation(len(weights)):
        room = int(np.argmax(np.where(free > 0, gain[:, person], -np.inf)))
        total += float(gain[room, person])
        gain[room] += weights[person]
        free[room] -= 1
    return total


def _pairs(seconds: float, _: float) -> None:
    line("people", "weights", "exact", "exact, s", "search", "share")
    for count, kind in ((100, "likings"), (300, "likings"), (300, "random")):
        weights = affinity_matrix(crowd(count)) if kind == "likings" else _random(count)
        began = time.perf_counter()
        exact = sum(float(weights[a, b]) for a, b in best_pairs(weights, None, 0) or [])
        spent = time.perf_counter() - began
        search = Search(weights, [(2, 2)] * (count // 2), np.random.default_rng(0))
        search.run(Budget(seconds))
        found = search.best_value
        line(count, kind, f"{exact:.2f}", f"{spent:.2f}", f"{found:.2f}", f"{found / exact:.3%}")


def _rounds(_: float, __: float) -> None:
    line("rooms of", "rooms", "rounds", "known", "planned", "s", "live repeats", "mean", "random")
    for rooms, size, rounds in TIGHT:
        people = rooms * size
        apart = np.zeros((people, people), dtype=np.bool_)
        began = time.perf_counter()
        sizes = [[size] * rooms] * rounds
        plan = plan_rounds(apart, sizes, np.random.default_rng(1), Budget(0), 20_000)
        spent = time.perf_counter() - began
        offers = evening(crowd(people), rounds, size=size)
        line(
            *(size, rooms, rounds, len(design(rooms, size)), plan is not None, f"{spent:.2f}"),
            sum(offer.repeats for offer in offers),
            f"{sum(offer.mean_affinity for offer in offers) / rounds:.3f}",
            f"{sum(offer.random_affinity for offer in offers) / rounds:.3f}",
        )


def _programme(seconds: float, best: float) -> None:
    """An evening of 200 people: the sum over all rounds, and how the worst-off person did.

    `bound`: everybody with the 18 they like best; no seating reaches it. `of own`: the least part
    of their own such bound that anybody got.
    """
    line(
        "people",
        "rounds",
        "s/round",
        "total",
        "random",
        "bound",
        "worst",
        "median",
        "share",
        "repeats",
    )
    people = crowd(200)
    weights = affinity_matrix(people)
    row = {person.id: number for number, person in enumerate(people)}
    most = np.sort(weights, axis=1)[:, -18:].sum(axis=1)
    bound = float(most.sum()) / 2
    for spent in (0.1, seconds, max(seconds, best / 6)):
        offers = evening(people, 6, seconds=spent)
        had = np.zeros(200)
        for a, b in (pair for offer in offers for pair in pairs(offer.rooms)):
            had[row[a]] += float(weights[row[a], row[b]])
            had[row[b]] += float(weights[row[a], row[b]])
        lot = float(weights.sum()) / (200 * 199) * 3 * 6 * 200 / 2
        figures = f"{had.sum() / 2:.1f}", f"{lot:.1f}", f"{bound:.1f}", f"{had.min():.2f}"
        middle = float(np.median(had))
        share = f"{had.min() / middle:.0%}"
        own = f"{(had / most).min():.0%}"
        repeats = sum(offer.repeats for offer in offers)
        line(200, 6, f"{spent:.2f}", *figures, f"{middle:.2f}", share, own, repeats)


def _thousands(seconds: float, best: float) -> None:
    line("people", "rooms of", "after, s", "worth", "steps", "MB")
    weights = _many(10_000)
    began = time.perf_counter()
    search = BlockSearch(weights, [(4, 4)] * 2_500, np.random.default_rng(0))
    for further in (0.0, seconds, max(0.0, 10 - seconds), best):
        search.run(Budget(further))
        worth = sum(float(weights[np.ix_(room, room)].sum()) for room in search.best) / 2
        memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
        spent = time.perf_counter() - began
        line(10_000, 4, f"{spent:.1f}", f"{worth:.1f}", search.taken, memory)


def _many(count: int) -> np.ndarray[tuple[int, ...], np.dtype[np.float32]]:
    """Returns likings of people with some of 60 interests, a thousand rows at a time."""
    rng = np.random.default_rng(0)
    often = 1 / (np.arange(60) + 1)
    has = (rng.random((count, 60)) < np.minimum(0.9, often / often.sum() * 5)).astype(np.float32)
    rare = 0.1 + 0.9 * np.log((count + 1) / (has.sum(axis=0) + 1)) / np.log(count + 1)
    points = has * rare.astype(np.float32)
    weights = np.empty((count, count), dtype=np.float32)
    for first in range(0, count, 1_000):
        shared = points[first : first + 1_000] @ has.T
        weights[first : first + 1_000] = 0.1 + 0.9 * (1 - np.exp(-shared / 2))
    return weights


def _now() -> float:
    """Returns seconds, of the processor where `alone` was asked for."""
    seconds: float = vars(budget)["perf_counter"]()
    return seconds


def _repair(_: float, __: float) -> None:
    """One who comes or leaves among 1,000: the worst of 20, by every hard rule there is."""
    line("people", "who", "worst ms", "rooms changed")
    people = [
        structs.replace(
            person,
            languages=("en", "ja") if number % 3 else ("en",),
            segment=("buyer", "seller", "")[number % 3],
        )
        for number, person in enumerate(crowd(1001))
    ]
    ids = [person.id for person in people]
    rare, by_id = rarity(people), {person.id: person for person in people}
    rooms = [tuple(ids[at : at + 4]) for at in range(0, 1000, 4)]
    blocked = [(ids[1000], id) for id in ids[:500]]
    met = {tuple(ids[at : at + 2]) for at in range(0, 1000, 2)}

    def mend(here: Sequence[Seeker], least: int, most: int) -> tuple[float, int]:
        began = _now()
        terms = Terms(
            hard_rules(here, blocked=blocked, common_language=True, segment_most=3),
            size=4,
            least=least,
            most=most,
            worth=lambda a, b: affinity(by_id[a], by_id[b], rare),
            met=lambda a, b: (a, b) in met,
        )
        after = mended(rooms, terms).rooms
        return (_now() - began) * 1000, changed(rooms, after)

    everybody, seated = people, people[:1000]
    cases: dict[str, Callable[[int], tuple[float, int]]] = {
        "comes": lambda _: mend(everybody, 4, 5),
        "no seat": lambda _: mend(everybody, 4, 4),
        "leaves": lambda at: mend([p for p in seated if p.id != ids[at * 50]], 3, 5),
        "too few": lambda at: mend([p for p in seated if p.id != ids[at * 50]], 4, 7),
    }
    for who, case in cases.items():
        found = [case(at) for at in range(20)]
        line(1000, who, f"{max(ms for ms, _ in found):.1f}", max(count for _, count in found))
    _repair_hybrid()


def _repair_hybrid() -> None:
    """The same on site and online, with 60 stations, 40 assistants and 20 fixed tables."""
    people, rooms = hybrid_thousand()
    rare, by_id = rarity(people), {person.id: person for person in people}

    def mend(gone: set[str]) -> tuple[float, int]:
        here = [person for person in people if person.id not in gone]
        began = _now()
        rules = hard_rules(here, blocked=[], stations=range(1, 61), tables=155)
        terms = Terms(
            rules,
            size=4,
            least=4,
            most=5,
            worth=lambda a, b: affinity(by_id[a], by_id[b], rare),
        )
        after = mended(rooms, terms).rooms
        return (_now() - began) * 1000, changed(rooms, after)

    late = people[1000].id
    for who, gone in (
        ("hybrid comes", [set[str]()] * 20),
        ("hybrid leaves", [{late, rooms[at * 12][at % 4]} for at in range(20)]),
    ):
        found = [mend(one) for one in gone]
        line(1000, who, f"{max(ms for ms, _ in found):.1f}", max(count for _, count in found))


def swap_search(weights: Floats, sizes: Sequence[int], seconds: float) -> float:
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


def _evenings(_: float, __: float) -> None:
    line("people", "rounds", "on site", "repeats", "sit-outs", "mean", "worst", "random", "s/round")
    for count, rounds, on_site in EVENINGS:
        people = crowd(count, on_site=on_site)
        began = time.perf_counter()
        offers = evening(people, rounds)
        spent = (time.perf_counter() - began) / rounds
        line(
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


def _sweep(_: float, __: float) -> None:
    """Twelve rounds of evenings from 50 people on, in rooms of up to four: is anybody met twice?"""
    line("people", "rooms of", "evenings", "repeats", "sit-outs")
    for first, last, step in ((50, 75, 1), (75, 200, 7)):
        for size in (2, 3, 4):
            again = out = 0
            counts = range(first, last, step)
            for count in counts:
                sizes = {"size": size, "least": max(2, size - 1), "most": size + 1}
                offers = evening(crowd(count), 12, seconds=0.05, **sizes)
                again += sum(offer.repeats for offer in offers)
                out += sum(len(offer.sitting_out) for offer in offers)
            line(f"{first}-{counts[-1]}", size, len(counts), again, out)


def _milliseconds(work: Callable[[], object]) -> float:
    began = time.perf_counter()
    work()
    return (time.perf_counter() - began) * 1000


def line(*cells: object) -> None:
    sys.stdout.write("".join(f"{cell!s:>10}" for cell in cells) + "\n")


PARTS: dict[str, Callable[[float, float], None]] = {
    "matrices": _matrices,
    "solvers": _solvers,
    "pairs": _pairs,
    "rounds": _rounds,
    "evenings": _evenings,
    "programme": _programme,
    "sweep": _sweep,
    "thousands": _thousands,
    "repair": _repair,
}
