"""Why a seating cannot be: the smallest set of causes, as data, and what giving one up allows.

Responsible for rule 6: when not everybody can be seated by all rules, the host is told which rules
or people are in the way, and chooses. Deliberately names no block (the code `private` stands for
it: who blocked whom is nobody's business) and decides nothing.

Method: a rule is a cause when the seating without it leaves fewer people over or needs fewer
repeats. Rules are given up one at a time, then two; the first set found is a smallest one, since
smaller ones come first. Each is one short solving, so that causes are asked for once, not searched.

Invariants: nothing is relaxed here but in a copy of what was asked; the same question and steps
give the same answer.

>>> from rooms.matching.ask import Seeker
>>> people = [Seeker(id=id, languages=(tongue,)) for id, tongue in
...     (("ana", "en"), ("bo", "en"), ("chidi", "en"), ("hanako", "ja"))]
>>> asked = Wanted(event="e", round=1, basis="b", size=2, least=2, most=3, people=tuple(people),
...     common_language=True)
>>> for cause in causes(asked, steps=40):
...     print(cause.rules, cause.people, cause.seated, cause.repeats)
('language',) ('hanako',) 1 0
"""

from __future__ import annotations

from itertools import combinations

from msgspec import Struct
from msgspec.structs import replace

from rooms.commands import OfferSeating
from rooms.matching.ask import Wanted
from rooms.matching.solving import solve_wanted

STEPS = 120
"""Steps of each solving: some 20 ms for 100 people."""


class Cause(Struct, frozen=True):
    """One smallest set of rules in the way, and what giving it up would allow."""

    rules: tuple[str, ...]
    """Codes: `repeats`, `sizes`, `language`, `segments`, `segment-most`, `tables`, `private`."""
    people: tuple[str, ...]
    """Who sits out by these rules, and would not without them; nobody for `private`."""
    seated: int
    """How many more would have a seat."""
    repeats: int
    """How many meetings again there would be fewer, or, by `repeats`, that are allowed."""


def causes(wanted: Wanted, *, steps: int = STEPS) -> tuple[Cause, ...]:
    """Returns the smallest sets of rules without which more are seated, or fewer meet again.

    All of the smallest size are returned, those that seat most first; empty when nobody sits out
    and nobody meets again, or when no two rules given up would help.
    """
    asked = solve_wanted(wanted, 0, steps=steps)
    if not asked.sitting_out and not asked.repeats:
        return ()
    codes = [code for code in CODES if _without(wanted, code) != wanted]
    for count in (1, 2):
        found = []
        for given_up in combinations(codes, count):
            relaxed = wanted
            for code in given_up:
                relaxed = _without(relaxed, code)
            offer = solve_wanted(relaxed, 0, steps=steps)
            cause = _cause(given_up, asked, offer)
            if cause.seated > 0 or (cause.seated == 0 and cause.repeats > 0):
                found.append(cause)
        if found:
            return tuple(sorted(found, key=lambda c: (-c.seated, -c.repeats, c.rules)))
    return ()


CODES = ("sizes", "repeats", "language", "segments", "segment-most", "tables", "private")
"""Rules that can be given up, as far as an event has them, in the order they are told."""


def _cause(given_up: tuple[str, ...], asked: OfferSeating, offer: OfferSeating) -> Cause:
    helped = tuple(id for id in asked.sitting_out if id not in offer.sitting_out)
    return Cause(
        rules=given_up,
        people=() if "private" in given_up else helped,
        seated=len(asked.sitting_out) - len(offer.sitting_out),
        repeats=asked.repeats - offer.repeats,
    )


def _without(wanted: Wanted, code: str) -> Wanted:
    """Returns what was asked with one rule given up; the same where it has no such rule."""
    match code:
        case "sizes":
            return replace(wanted, least=2, most=max(wanted.most, 2 * wanted.size))
        case "repeats":
            return replace(wanted, met=())
        case "language":
            return replace(wanted, common_language=False)
        case "segments":
            return replace(wanted, segments=())
        case "segment-most":
            return replace(wanted, segment_most=None)
        case "tables":
            people = tuple(replace(p, table=None) if p.table else p for p in wanted.people)
            return replace(wanted, tables=None, people=people)
        case _:
            return replace(wanted, blocked=())
