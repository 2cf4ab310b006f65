"""What is left of an event's report when its minutes are forgotten: totals (rule 21).

Responsible for taking the totals, which `MinutesForgotten` then keeps, and for giving a report of
them. Deliberately keeps nothing that one person or one pair could be told from: no least, no most,
no round, no mode, no graph.

Invariant: the first page of the report says the same on the day after as on the day before.
"""

from __future__ import annotations

from msgspec.structs import replace

from rooms.event import Event
from rooms.facts import Totals
from rooms.people import Register
from rooms.report import Report, Spread, Steps, costs_of, report


def totals(found: Report) -> Totals:
    """Returns what stays of a report."""
    steps = found.steps
    return Totals(
        began_at=found.began_at,
        over_at=found.over_at or found.ended_at or 0,
        rounds=found.held,
        listed=steps.listed,
        invited=steps.invited,
        by_themselves=steps.by_themselves,
        signed_up=steps.signed_up,
        declined=found.declined,
        came=steps.came,
        stayed=found.stayed,
        met=steps.met,
        contact=steps.contact,
        next_step=steps.next_step,
        step_done=steps.step_done,
        outcome=steps.outcome,
        first_meetings=found.first_meetings,
        contacts=found.contacts,
        next_steps=found.next_steps,
        next_steps_done=found.next_steps_done,
        met_mean=found.met.mean,
        minutes_mean=found.minutes.mean,
        stars=found.stars,
        raters=found.raters,
    )


def whole_report(event: Event, register: Register, now: int, *, graph: bool = True) -> Report:
    """Returns an event's numbers as of `now` (ms), or what is left of them."""
    found = report(event, register, now, graph=graph)
    return found if event.totals is None else _restored(found, event.totals)


def _restored(found: Report, kept: Totals) -> Report:
    steps = Steps(
        listed=kept.listed,
        invited=kept.invited,
        by_themselves=kept.by_themselves,
        signed_up=kept.signed_up,
        came=kept.came,
        met=kept.met,
        contact=kept.contact,
        next_step=kept.next_step,
        step_done=kept.step_done,
        outcome=kept.outcome,
    )
    return replace(
        found,
        began_at=kept.began_at,
        over_at=kept.over_at,
        held=kept.rounds,
        steps=steps,
        declined=kept.declined,
        stayed=kept.stayed,
        first_meetings=kept.first_meetings,
        contacts=kept.contacts,
        next_steps=kept.next_steps,
        next_steps_done=kept.next_steps_done,
        stars=kept.stars,
        raters=kept.raters,
        costs=costs_of(
            found.goals,
            came=kept.came,
            first_meetings=kept.first_meetings,
            contacts=kept.contacts,
            next_steps=kept.next_steps,
            next_steps_done=kept.next_steps_done,
        ),
        minutes=_mean_alone(kept.minutes_mean),
        met=_mean_alone(kept.met_mean),
    )


def _mean_alone(mean: float) -> Spread:
    return Spread(least=0.0, median=0.0, mean=mean, most=0.0)
