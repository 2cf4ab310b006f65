"""What people tell of an event or keep to themselves, as totals only: stars, answers, next steps.

Responsible for the one rule that none of it is shown of fewer than five people (rules 18, 19, 23).
Deliberately knows neither who gave what nor any wording.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Set

from msgspec import Struct

from rooms.event import Event
from rooms.people import CHANGES, COMES_AGAIN, OUTCOMES, Note, Register

TOTALS_FROM = 5
"""People from whom on the organiser sees a total of what each keeps to themselves (rule 19)."""

NOTHING = "nothing"
"""The one of `people.OUTCOMES` that says that nothing came of it so far."""


class Closing(Struct, frozen=True, kw_only=True):
    """Answers to the two closing questions, as totals by answer, from five people on."""

    answered: int
    again: dict[str, int]
    change: dict[str, int]


class Outcomes(Struct, frozen=True, kw_only=True):
    """Answers to "what came of it?", as totals by answer, from five people on."""

    answered: int
    something: int
    """Of those, people who named anything but nothing."""
    told: dict[str, int]


class NextSteps(Struct, frozen=True, kw_only=True):
    """Next steps written down and done; each pair None when fewer than five people did so."""

    writers: int | None = None
    written: int | None = None
    doers: int | None = None
    done: int | None = None


def mean_stars(ratings: Iterable[tuple[tuple[str, int], int]]) -> tuple[float | None, int | None]:
    """Returns the mean of ratings and how many people gave them; nothing below five people."""
    given = list(ratings)
    people = {id for (id, _), _ in given}
    if len(people) < TOTALS_FROM:
        return None, None
    return sum(stars for _, stars in given) / len(given), len(people)


def closing(event: Event, counted: Set[str]) -> Closing | None:
    """Returns the totals of the closing questions; nothing below five people."""
    given = [answer for id, answer in event.answers.items() if id in counted]
    if len(given) < TOTALS_FROM:
        return None
    again = Counter(one for one, _ in given)
    change = Counter(one for _, chosen in given for one in chosen)
    return Closing(
        answered=len(given),
        again={one: again[one] for one in COMES_AGAIN},
        change={one: change[one] for one in CHANGES},
    )


def outcomes(event: Event, counted: Set[str]) -> Outcomes | None:
    """Returns the totals of what came of it; nothing below five people."""
    given = Counter(one for id, one in event.outcomes.items() if id in counted)
    answered = given.total()
    if answered < TOTALS_FROM:
        return None
    return Outcomes(
        answered=answered,
        something=answered - given[NOTHING],
        told={one: given[one] for one in OUTCOMES},
    )


def next_steps(register: Register, counted: Set[str]) -> NextSteps:
    """Returns how many people wrote next steps down and did them, and how many those are."""
    written: Counter[str] = Counter()
    done: Counter[str] = Counter()
    for key, row in register.rows.items():
        if isinstance(row, Note) and row.next_step.strip():
            by = key.split(":")[1]
            if by in counted:
                written[by] += 1
                done[by] += row.done
    doers = sum(1 for many in done.values() if many)
    enough, enough_did = len(written) >= TOTALS_FROM, doers >= TOTALS_FROM
    return NextSteps(
        writers=len(written) if enough else None,
        written=written.total() if enough else None,
        doers=doers if enough_did else None,
        done=done.total() if enough_did else None,
    )
