"""The next proposal: as little changed as can be, and with what is in its way.

Responsible for what a host is shown before a round: the solver's seating, or the one proposed
before, mended for the few who came or went (`repair.py`), where that is about as good; and, when
not everything can hold, why (`causes.py`). Deliberately solves nothing itself.

A mended proposal is taken where it has no more repeats or sit-outs and no sizes further off than a
fresh one, and at least `NEARLY` of its mean affinity. In a tight evening, where most people will
have met most others, the fresh one is taken: it is a part of a plan for the rounds to come.

Invariant: no hard rule is broken by either.
"""

from __future__ import annotations

from collections.abc import Callable

from rooms.commands import OfferSeating
from rooms.matching.ask import Wanted
from rooms.matching.causes import explained
from rooms.matching.repair import Terms, mended
from rooms.matching.solving import Pool, solve_wanted

NEARLY = 0.9
"""Of a fresh seating's mean affinity, what a mended one needs."""

FEW = 20
"""One in so many people may have come or gone for rooms to be mended; two in any case."""

TIGHT = 0.6
"""Of all others, how many somebody meets in an evening that is planned ahead of time."""

EXPLAINING_SECONDS = 1.5
"""For saying what is in the way; nobody waits for it, since a called round is not explained."""


def propose(
    wanted: Wanted, seconds: float, *, hurry: Callable[[], bool] = lambda: False
) -> OfferSeating:
    """Returns a seating for what is wanted after `seconds` of searching, and what is in its way.

    `hurry` is asked again and again, and ends the time by saying yes.
    """
    offer = solve_wanted(wanted, seconds, hurry=hurry)
    if wanted.standing and not _is_tight(wanted):
        offer = _mended_instead(wanted, offer) or offer
    if wanted.called:
        return offer
    return explained(wanted, offer, seconds=EXPLAINING_SECONDS, hurry=hurry)


def _is_tight(wanted: Wanted) -> bool:
    rounds = wanted.round + wanted.rounds_left - 1
    to_be_met = rounds * (wanted.size - 1)
    return wanted.rounds_left > 1 and to_be_met > TIGHT * (len(wanted.people) - 1)


def _mended_instead(wanted: Wanted, fresh: OfferSeating) -> OfferSeating | None:
    """Returns the standing rooms, mended, if few came or went and a fresh seating is no better."""
    here = {person.id for person in wanted.people}
    known = {id for ids in wanted.standing for id in ids}
    if len(known ^ here) > max(2, len(here) // FEW):
        return None
    pool = Pool(wanted)
    found = mended(wanted.standing, terms_of(wanted, pool))
    if len(found.unplaced) > len(fresh.sitting_out) or not found.rooms:
        return None
    offer = pool.offer_of(found.rooms, seed=fresh.seed, steps=fresh.steps)
    sizes = [len(ids) for ids in offer.rooms]
    largest = max(wanted.size + 1, max(map(len, fresh.rooms), default=0))
    least = min(wanted.least, min(map(len, fresh.rooms), default=2))
    good = (
        len(offer.sitting_out) <= len(fresh.sitting_out)
        and offer.repeats <= fresh.repeats
        and least <= min(sizes)
        and max(sizes) <= largest
        and offer.mean_affinity >= NEARLY * fresh.mean_affinity
    )
    return offer if good else None


def terms_of(wanted: Wanted, pool: Pool) -> Terms:
    """Returns the terms on which a seating that is wanted is mended."""
    met = {(a, b) for a, b, _ in wanted.met}
    number, affinity = pool.number, pool.affinity
    return Terms(
        pool.rules,
        size=wanted.size,
        least=wanted.least,
        most=wanted.most,
        worth=lambda a, b: float(affinity[number[a], number[b]]),
        met=lambda a, b: ((a, b) if a < b else (b, a)) in met,
        stay=frozenset(id for ids in wanted.together for id in ids),
    )
