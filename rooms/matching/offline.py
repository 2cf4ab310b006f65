"""A whole programme planned at once, for an evening on paper: everybody comes to every round.

Responsible for looping the solver over the rounds with what a live evening would know by then: who
has met, who has sat out. The rules are the live ones (`solving.py`). Deliberately knows no names,
no files and no journal, and changes nothing for who does not turn up: on paper nobody can.

Invariants: everybody is in exactly one room of a round, or sits it out; no two rooms of a round
have the same table; the same people, choices, seed and steps give the same programme.

Six people in pairs, two rounds: nobody meets anybody twice.

>>> people = [Seeker(id=id) for id in ("ana", "bo", "chidi", "dana", "emre", "hanako")]
>>> pairs = PlannedRound(size=2, least=2, most=3)
>>> evening = list(whole_programme(people, pairs, rounds=2, steps=50))
>>> [(table.number, len(table.people)) for table in evening[1].tables]
[(1, 2), (2, 2), (3, 2)]
>>> [planned.repeats for planned in evening]
[0, 0]
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from itertools import combinations, count

from msgspec import Struct
from msgspec.structs import replace

from rooms.commands import OfferSeating
from rooms.matching.ask import Seeker, Wanted
from rooms.matching.rules import hard_rules_of, table_of
from rooms.people import Mode, SegmentRule
from rooms.programme import USUAL_WEIGHTS, PlannedRound, Weights
from rooms.standing import Pair, pair

STEPS = 5_000
"""Steps of searching a round unless told otherwise: a second or less up to 300 people."""

WORK = 1_500_000
"""Steps times people at most, for more people than that: a step takes longer the more there are."""


class Table(Struct, frozen=True, kw_only=True):
    """A room at a table."""

    number: int
    people: tuple[str, ...]


class OfflineRound(Struct, frozen=True, kw_only=True):
    """One round on paper, with the numbers a host sees beside a proposal."""

    number: int
    tables: tuple[Table, ...]
    """In the order of their numbers."""
    sitting_out: tuple[str, ...]
    repeats: int
    """Pairs who sit together again."""
    mean_affinity: float
    worst_affinity: float
    random_affinity: float
    """What rooms drawn by lot would have, expected."""
    steps: int


def whole_programme(
    people: Sequence[Seeker],
    planned: PlannedRound,
    *,
    rounds: int,
    seconds: float | None = None,
    steps: int | None = None,
    seed: int = 0,
    tables: int | None = None,
    common_language: bool = False,
    segments: tuple[SegmentRule, ...] = (),
    segment_most: int | None = None,
    weights: Weights = USUAL_WEIGHTS,
    blocked: tuple[Pair, ...] = (),
) -> Iterator[OfflineRound]:
    """Yields round after round, each as soon as it is solved; `planned` gives the sizes of all.

    Searches each round for so many `steps`, or for `seconds`; with neither, for steps that follow
    from the number of people, so that the answer does not depend on the machine's speed.
    """
    from rooms.matching.solving import solve_wanted  # arrays: only where it is solved

    programme = OfflineProgramme(
        Wanted(
            event="",
            round=1,
            basis="",
            size=planned.size,
            least=planned.least,
            most=planned.most,
            people=tuple(replace(person, mode=Mode.ON_SITE) for person in people),
            common_language=common_language,
            segments=segments,
            segment_most=segment_most,
            weights=weights,
            blocked=blocked,
            tables=tables,
            seed=seed,
        ),
        [planned] * rounds,
    )
    if steps is None and seconds is None:
        steps = _steps(len(people))
    while (wanted := programme.wanted) is not None:
        yield programme.take(solve_wanted(wanted, seconds or 0.0, steps=steps))


class OfflineProgramme:
    """What is wanted round after round, and what became of it; whoever likes may solve it.

    `ask` is what is wanted of every round but for its number, sizes, and what was before; who has
    met, and sat out, before the first of them is in it. `numbers` are the rounds' own: from 1 on,
    if left out.
    """

    def __init__(
        self, ask: Wanted, planned: Sequence[PlannedRound], numbers: Sequence[int] = ()
    ) -> None:
        self._ask = ask
        self._planned = planned
        self._numbers = numbers or range(1, len(planned) + 1)
        rules = hard_rules_of(ask)
        self._people = rules.people
        self._by_themselves = {id for id, person in rules.persons.items() if id == person}
        self._met: dict[Pair, int] = {(a, b): last for a, b, last in ask.met}
        self._sat_out = Counter({person.id: person.sat_out for person in ask.people})
        self._mixed = Counter({person.id: person.mixed for person in ask.people})
        self._played = 0

    @property
    def wanted(self) -> Wanted | None:
        """The next round's seating to be solved; None: the programme is over."""
        if self._played >= len(self._planned):
            return None
        planned = self._planned[self._played]
        return replace(
            self._ask,
            round=self._numbers[self._played],
            size=planned.size,
            least=planned.least,
            most=planned.most,
            people=tuple(
                replace(p, sat_out=self._sat_out[p.id], mixed=self._mixed[p.id])
                for p in self._ask.people
            ),
            met=tuple((a, b, last) for (a, b), last in self._met.items()),
            rounds_left=len(self._planned) - self._played,
        )

    def take(self, offer: OfferSeating) -> OfflineRound:
        """Plays a round as offered, and returns it."""
        number = self._numbers[self._played]
        self._sat_out.update(offer.sitting_out)
        for ids in offer.rooms:
            # An assistant counts as nobody met (rule 3).
            counted = [id for id in ids if id in self._by_themselves]
            modes = {self._people[id].mode for id in ids}
            self._mixed.update(ids if len(modes) > 1 else ())
            self._met |= {pair(a, b): number for a, b in combinations(counted, 2)}
        self._played += 1
        return OfflineRound(
            number=number,
            tables=_tables(offer.rooms, self._people),
            sitting_out=offer.sitting_out,
            repeats=offer.repeats,
            mean_affinity=offer.mean_affinity,
            worst_affinity=offer.worst_affinity,
            random_affinity=offer.random_affinity,
            steps=offer.steps,
        )


def repeats_needed(people: int, room: int, rounds: int) -> bool:
    """Says whether somebody in a room of this size each round must meet someone twice."""
    return rounds * (room - 1) > people - 1


def _steps(people: int) -> int:
    return max(1, min(STEPS, WORK // max(1, people)))


def _tables(rooms: Iterable[tuple[str, ...]], people: dict[str, Seeker]) -> tuple[Table, ...]:
    """Gives every room a table: the one somebody is fixed at, else the lowest free."""
    fixed: dict[tuple[str, ...], int | None] = {
        ids: next((at for id in ids if (at := table_of(people[id])) is not None), None)
        for ids in rooms
    }
    taken = set(fixed.values())
    free = (number for number in count(1) if number not in taken)
    found = (
        Table(number=next(free) if at is None else at, people=ids) for ids, at in fixed.items()
    )
    return tuple(sorted(found, key=lambda table: table.number))
