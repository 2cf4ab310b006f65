"""Why a seating cannot be: the smallest set of causes, as data, and what each choice would allow.

Responsible for rule 6: when not everybody can be seated by all rules, within least and most, among
new people, the host is told which rules or people are in the way, and what would come of letting
repeats, sizes or sit-outs give way. Deliberately decides nothing.

A block is never named. The code `private` stands for it, and where it is among the causes, none
says whom or how many it concerns: who is left when the others are taken off would be known.

Method: a rule is a cause when the seating without it leaves fewer people over, needs fewer repeats
or has more rooms within least and most. Rules are given up one at a time, then two; the first set
found is a smallest one, since smaller ones come first. Each is one short solving.

Invariants: nothing is relaxed here but in a copy of what was asked; the same question and steps
give the same answer, unless time ran out: then fewer causes are known, and none is wrong.

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

from collections.abc import Callable
from itertools import combinations

from msgspec.structs import replace

from rooms.commands import Cause, OfferSeating, Relaxation
from rooms.matching.ask import Wanted
from rooms.matching.budget import Budget
from rooms.matching.rules import hard_rules_of
from rooms.matching.solving import solve_wanted
from rooms.people import Mode
from rooms.programme import Allow, Mixing
from rooms.standing import pair

STEPS = 120
"""Steps of each solving: some 20 ms for 100 people."""

WORK = 12_000
"""Steps times people at most; a step takes longer the more there are."""

FEWEST = 10
"""Steps of each solving for thousands."""

CHOICES = (Allow.REPEATS, Allow.SIZES, Allow.SIT_OUTS)
"""What a host may let give way, in the order they are told."""

CODES = (
    *("sizes", "repeats", "topics", "language", "segments", "segment-most"),
    *("tables", "stations", "modes", "private"),
)
"""Rules that can be given up, as far as an event has them, in the order they are told."""

Over = Callable[[], bool]


def explained(
    wanted: Wanted,
    offer: OfferSeating,
    *,
    seconds: float,
    steps: int | None = None,
    hurry: Over = lambda: False,
) -> OfferSeating:
    """Returns an offer with what is in its way and what each choice allows; as it is if all holds.

    Takes `seconds` and one short solving at most, less when `hurry` says yes.
    """
    if not is_strained(wanted, offer):
        return offer
    wanted = replace(wanted, called=True, kept=(), standing=())  # their numbers are not told
    clock = Budget(seconds, hurry=hurry)
    taken = steps if steps is not None else max(FEWEST, min(STEPS, WORK // len(wanted.people)))

    def is_over() -> bool:
        return not clock.step()

    choices = relaxations(wanted, steps=taken, is_over=is_over)
    return replace(offer, relaxations=choices, causes=causes(wanted, steps=taken, is_over=is_over))


def is_strained(wanted: Wanted, offer: OfferSeating) -> bool:
    """Says whether somebody sits out or meets again, or a room is beyond least or most."""
    return bool(offer.sitting_out or offer.repeats or _beyond(wanted, offer))


def relaxations(
    wanted: Wanted, *, steps: int = STEPS, is_over: Over = lambda: False
) -> tuple[Relaxation, ...]:
    """Returns what would come of each choice; one by which nobody at all is seated is left out."""
    last = {(a, b): number for a, b, number in wanted.met}
    assistants = _assistants(wanted)
    found = []
    for allow in CHOICES:
        if is_over():
            break
        offer = solve_wanted(replace(wanted, allow=allow), 0, steps=steps)
        if not offer.rooms:
            continue
        again = [
            last[pair(a, b)]
            for ids in offer.rooms
            for a, b in combinations([id for id in ids if id not in assistants], 2)
            if pair(a, b) in last
        ]
        found.append(
            Relaxation(
                allow=allow,
                repeats=len(again),
                oldest=min(again, default=None),
                sizes=_beyond(wanted, offer),
                sitting_out=offer.sitting_out,
            )
        )
    return tuple(found)


def causes(
    wanted: Wanted, *, steps: int = STEPS, is_over: Over = lambda: False
) -> tuple[Cause, ...]:
    """Returns the smallest sets of rules without which more could hold.

    All of the smallest size are returned, those that seat most first; empty when everything holds,
    or when no two rules given up would help.
    """
    asked = solve_wanted(wanted, 0, steps=steps)
    if not is_strained(wanted, asked):
        return ()
    codes = [code for code in CODES if _without(wanted, code) != wanted]
    for count in (1, 2):
        found = []
        for given_up in combinations(codes, count):
            if is_over():
                break
            relaxed = wanted
            for code in given_up:
                relaxed = _without(relaxed, code)
            cause = _cause(wanted, given_up, asked, solve_wanted(relaxed, 0, steps=steps))
            if cause.seated > 0 or (cause.seated == 0 and cause.repeats + cause.rooms > 0):
                found.append(cause)
        if found:
            found.sort(key=lambda c: (-c.seated, -c.repeats, -c.rooms, c.rules))
            return _without_names(found)
    return ()


def _cause(
    wanted: Wanted, given_up: tuple[str, ...], asked: OfferSeating, offer: OfferSeating
) -> Cause:
    before, after = len(_beyond(wanted, asked)), len(_beyond(wanted, offer))
    return Cause(
        rules=given_up,
        people=tuple(id for id in asked.sitting_out if id not in offer.sitting_out),
        seated=len(asked.sitting_out) - len(offer.sitting_out),
        repeats=max(0, asked.repeats - offer.repeats),
        rooms=before if given_up == ("sizes",) else max(0, before - after),
    )


def _without_names(found: list[Cause]) -> tuple[Cause, ...]:
    """Returns causes as they are told: where one is private, none says whom or how many."""
    if not any("private" in cause.rules for cause in found):
        return tuple(found)
    return tuple(Cause(rules=rules) for rules in sorted({cause.rules for cause in found}))


def _assistants(wanted: Wanted) -> frozenset[str]:
    """Returns who sits with somebody, and counts as nobody."""
    if not any(person.sits_with for person in wanted.people):
        return frozenset()
    persons = hard_rules_of(wanted).persons
    return frozenset(id for id, person in persons.items() if person != id)


def _beyond(wanted: Wanted, offer: OfferSeating) -> tuple[int, ...]:
    """Returns the sizes of rooms below the least or above the most."""
    assistants = _assistants(wanted)
    sizes = (sum(id not in assistants for id in ids) for ids in offer.rooms)
    return tuple(sorted(size for size in sizes if not wanted.least <= size <= wanted.most))


def _without(wanted: Wanted, code: str) -> Wanted:
    """Returns what was asked with one rule given up; the same where it has no such rule."""
    match code:
        case "sizes":
            return replace(
                wanted, least=2, most=max(wanted.most, 2 * wanted.size), allow=Allow.SIZES
            )
        case "repeats":
            return replace(wanted, met=())
        case "topics":
            people = tuple(replace(p, topic="") if p.topic else p for p in wanted.people)
            return replace(wanted, people=people)
        case "language":
            return replace(wanted, common_language=False)
        case "segments":
            return replace(wanted, segments=())
        case "segment-most":
            return replace(wanted, segment_most=None)
        case "stations" if wanted.mixing is not Mixing.APART:
            return _with_stations(wanted)
        case "modes" if wanted.mixing is Mixing.APART:
            mixed = _with_stations(wanted)
            return replace(mixed, mixing=Mixing.SOME) if mixed != wanted else wanted
        case "stations" | "modes":
            return wanted
        case "tables":
            people = tuple(replace(p, table=None) if p.table else p for p in wanted.people)
            return replace(wanted, tables=None, people=people)
        case _:
            return replace(wanted, blocked=())


def _with_stations(wanted: Wanted) -> Wanted:
    """Returns what was asked with as many stations as people could use; the same of one mode."""
    on_site = sum(person.mode is Mode.ON_SITE for person in wanted.people)
    useful = min(on_site, len(wanted.people) - on_site)
    if not useful:
        return wanted
    first = 1 + max([*wanted.stations, *(p.table or 0 for p in wanted.people)], default=0)
    return replace(wanted, stations=(*wanted.stations, *range(first, first + useful)))
