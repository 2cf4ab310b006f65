"""Trying settings on the real list: a programme planned for everybody signed up, and its numbers.

Responsible for having such a programme solved in a process of its own (not the event loop, nor the
solver that live rounds wait for), and for the numbers an organiser reads. Deliberately
writes nothing: no proposal comes of it, and who sits with whom is forgotten.

Invariants: one trial at a time in this process; each ends within a few seconds of solving.
"""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Iterable, Sequence

from msgspec import Struct

from rooms.matching.ask import Seeker, Wanted, seeker, with_wishes
from rooms.matching.offline import OfflineProgramme
from rooms.matching.outlook import Outlook, outlook, worded
from rooms.people import SEATED_ROLES, Attendee, Details, meant
from rooms.programme import Kind, Plan
from rooms.synonyms import meanings
from server.solving import Solver

SECONDS = 2.0
"""Of searching, for all rounds together: a page is waited for."""

MOST_SECONDS = 0.3
"""Of searching, for one round."""

PEOPLE = 1_000
"""With more people the first so many are taken; the numbers hardly change, the wait would."""

ROUNDS = 12
"""Rounds that are tried at the most: somebody looks at the page meanwhile."""

PATIENCE_SECONDS = 30.0
"""A trial that takes longer, on a machine that is busy with live rounds, is given up."""


class Tried(Struct, frozen=True, kw_only=True):
    """What settings would bring, and for whom."""

    outlook: Outlook
    topics: tuple[str, ...]
    """What rooms would share, in words people wrote."""
    listed: int
    """People signed up, all of them."""
    interested: int
    """People with any interest, of those tried."""


class Trials:
    """Tries settings, one after another."""

    def __init__(self) -> None:
        self._turn = asyncio.Lock()

    async def tried(self, plan: Plan, details: Details, people: Iterable[Attendee]) -> Tried | None:
        """Returns what an evening would be like; None: there is nobody, or no round, to try.

        Raises TimeoutError when it takes too long, and `SolverFailed`.
        """
        seated = [person for person in people if person.role in SEATED_ROLES]
        profiles = seated[:PEOPLE]
        rounds = [planned for planned in plan.rounds if planned.kind is Kind.MATCHED][:ROUNDS]
        if len(profiles) < 2 or not rounds:
            return None
        seekers = await asyncio.to_thread(_seekers, profiles, details)
        programme = OfflineProgramme(_asked(plan, details, seekers), rounds)
        seconds = min(MOST_SECONDS, SECONDS / len(rounds))
        solver = Solver()
        found = []
        async with asyncio.timeout(PATIENCE_SECONDS), self._turn:
            try:
                while (wanted := programme.wanted) is not None:
                    found.append(programme.take(await solver.solve(wanted, seconds, urgent=False)))
            finally:
                await solver.stop()
        seen = await asyncio.to_thread(outlook, seekers, found)
        return Tried(
            outlook=seen,
            topics=worded(seen.topics, _words(profiles, details)),
            listed=len(seated),
            interested=sum(bool(person.interests) for person in seekers),
        )


def _seekers(profiles: Sequence[Attendee], details: Details) -> list[Seeker]:
    same = meanings(details.synonyms)
    return with_wishes([seeker(profile, meanings=same) for profile in profiles], profiles)


def _asked(plan: Plan, details: Details, people: Sequence[Seeker]) -> Wanted:
    return Wanted(
        event="",
        round=1,
        basis="",
        size=plan.rounds[0].size,
        least=plan.rounds[0].least,
        most=plan.rounds[0].most,
        people=tuple(people),
        common_language=plan.common_language,
        segments=details.segments,
        segment_most=details.segment_most,
        tables=plan.tables,
        mixing=plan.mixing,
        stations=tuple(range(1, (plan.stations or 0) + 1)),
        weights=plan.weights,
    )


def _words(profiles: Iterable[Attendee], details: Details) -> dict[str, str]:
    """Returns each interest as most people wrote it."""
    same = meanings(details.synonyms)
    written: dict[str, Counter[str]] = {}
    for profile in profiles:
        for tag, word in meant(profile.interests, same).items():
            written.setdefault(tag, Counter())[word] += 1
    return {tag: forms.most_common(1)[0][0] for tag, forms in written.items()}
