"""The programme in the making: an event is made, and what is still to come of it is changed.

Responsible for what may be changed and when: rounds to come, never one that has been called; the
round that runs is extended, not edited. Topics and words of a round come and go with it.

Invariant: rounds that have been are as they were when they were called.
"""

from __future__ import annotations

from msgspec.structs import replace

from rooms import commands as c
from rooms import facts as f
from rooms.deciding import Deciding
from rooms.people import DETAILS_KEY, Details, attendee_key, stream_address
from rooms.programme import Plan, PlannedRound, planned_round
from rooms.refusal import Refusal
from rooms.topics import name_topics

MOST_ROUNDS = 100
"""Of a programme, those that were held included."""


def create_event(deciding: Deciding, command: c.CreateEvent) -> None:
    """Makes an event with its programme and its host."""
    if deciding.event.count:
        raise Refusal("already-there", "This event exists already.")
    deciding.wrote(DETAILS_KEY, command.details)
    deciding.happened(f.EventCreated(at=deciding.now, plan=command.plan))
    name_topics(deciding, command.topics)
    deciding.wrote(attendee_key(command.host.id), command.host)
    deciding.happened(
        f.AttendeeAdded(
            at=deciding.now, id=command.host.id, role=command.host.role, mode=command.host.mode
        )
    )


def change_event(deciding: Deciding, command: c.ChangeEvent) -> None:
    """Changes the plan or the organiser's words; rounds that have been stay as they were."""
    deciding.require_host()
    if command.plan is not None:
        _check_plan(deciding, command.plan)
    if command.details is not None:
        deciding.wrote(DETAILS_KEY, command.details)
    deciding.happened(f.EventChanged(at=deciding.now, plan=command.plan))
    if command.topics is not None:
        name_topics(deciding, command.topics)


def _check_plan(deciding: Deciding, plan: Plan) -> None:
    event = deciding.event
    been = event.round
    if len(plan.rounds) < been:
        raise Refusal("bad-field", "Round {round} has been called already.", round=been)
    if plan.rounds[:been] != event.plan.rounds[:been]:
        raise Refusal(
            "bad-field",
            "Rounds up to {round} have been called already; only later ones can be changed.",
            round=been,
        )
    if event.called is not None and plan.rounds[been : been + 1] != (event.next_planned,):
        raise Refusal("already-called", "The next round is called already.")


def change_programme(deciding: Deciding, command: c.ChangeProgramme) -> None:
    """Makes these the rounds to come, in this order; refuses what another change overtook."""
    deciding.require_host()
    event, register = deciding.event, deciding.register
    if event.called is not None:
        raise Refusal("already-called", "The next round is called already.")
    if command.revision is not None and command.revision != event.replanned:
        raise Refusal("overtaken", "The programme was changed meanwhile. Please look at it again.")
    been = event.round
    if been + len(command.rounds) > MOST_ROUNDS:
        raise Refusal("too-many", "A programme has {most} rounds at the most.", most=MOST_ROUNDS)
    plan = replace(
        event.plan,
        rounds=(*event.plan.rounds[:been], *(as_planned(asked) for asked in command.rounds)),
    )
    if event.asked is not None:
        # What a host asked of the next round alone is in this list, or given up by it.
        deciding.happened(f.RoundProposed(at=deciding.now, round=been + 1, by=deciding.by))
    words = details_with(register.details, command.rounds, been)
    if words != register.details:
        deciding.wrote(DETAILS_KEY, words)
    deciding.happened(f.EventChanged(at=deciding.now, plan=plan, by=deciding.by))
    name_topics(deciding, ((),) * been + tuple(asked.topics for asked in command.rounds))


def as_planned(asked: c.RoundAsked) -> PlannedRound:
    """Returns a round with the defaults that follow from its size; refuses what cannot be held."""
    try:
        return planned_round(
            seconds=asked.seconds,
            size=asked.size,
            least=asked.least,
            most=asked.most,
            break_seconds=asked.break_seconds,
            preview_seconds=asked.preview_seconds,
            walking_seconds=asked.walking_seconds,
            kind=asked.kind,
            auto=asked.auto,
            more_time=asked.more_time,
            topic_most=asked.topic_most,
        )
    except ValueError as error:
        raise Refusal("bad-field", str(error)) from error


def details_with(details: Details, rounds: tuple[c.RoundAsked, ...], been: int = 0) -> Details:
    """Returns the organiser's words with those of these rounds in place of all after `been`."""
    streams = tuple(stream_address(asked.stream_url) for asked in rounds)
    if None in streams:
        raise Refusal("bad-field", "A stream's address begins with https://.", field="stream_url")
    prompts = (*details.prompts, *[""] * been)[:been]
    before = (*details.streams, *[""] * been)[:been]
    return replace(
        details,
        prompts=(*prompts, *(asked.prompt for asked in rounds)),
        streams=(*before, *(stream or "" for stream in streams)),
    )
