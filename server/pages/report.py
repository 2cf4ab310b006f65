"""The desk's report: what came of an event, to look at and to print, and the goals it is held to.

Responsible for words, pictures and the small form of goals. The numbers are those of
`rooms/report.py`; nothing is counted here. Works without JavaScript.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from http import HTTPStatus

import msgspec
from babel.numbers import format_decimal
from msgspec import Struct
from starlette.datastructures import FormData
from starlette.requests import Request
from starlette.responses import Response

from rooms.messages import Phase
from rooms.people import Goals
from rooms.report import Report, RoundFigures, Steps
from server import words
from server.auth import ORGANISER
from server.bodies import read_form
from server.evenings import Evening
from server.letters import OUTCOME_LABELS
from server.organising import amend_event
from server.pages.answers import AGAIN_LABELS, CHANGE_LABELS
from server.pages.charts import histogram, timeline
from server.pages.entry import evening_of
from server.pages.exploring import explore
from server.pages.last_event import NONE, beside
from server.pages.picture import Picture, draw
from server.pages.rendering import redirect, render
from server.planning import EventPatch, read_body
from server.problems import Problem
from server.reporting import reported

GOALS = ("people", "met", "contacts", "cost")

FEW_SHOWN = 60
"""People who met few, by name; the rest are counted."""

BRIDGES_SHOWN = 8
"""People between groups, by name."""

Say = Callable[..., str]
Number = Callable[..., str]


class GoalLine(Struct, frozen=True, kw_only=True):
    """One goal beside its result; `share` of the goal reached, from 0 to 1, None without one.

    `last` is the result of the last event, empty without one.
    """

    label: str
    goal: str
    result: str
    share: float | None
    last: str


class CostLine(Struct, frozen=True, kw_only=True):
    label: str
    cost: str
    last: str


class StepLine(Struct, frozen=True, kw_only=True):
    """One step of the path; `width` of its bar in hundredths, `last` the last event's count.

    Shares and bars are of everybody on the list, whoever brought them there.
    """

    label: str
    count: str
    share: str
    width: float
    last: str


class Typed(Struct, frozen=True, kw_only=True):
    """The form of goals as it stands."""

    people: str = ""
    met: str = ""
    contacts: str = ""
    cost: str = ""
    currency: str = ""


async def report_page(request: Request) -> Response:
    evening = await evening_of(request)
    return await _page(request, evening, goals_kept(evening.register.details.goals))


async def save_goals(request: Request) -> Response:
    """Keeps the goals and the cost, or says what cannot be taken."""
    evening = await evening_of(request)
    typed, problem = await keep_goals(evening, await read_form(request))
    if problem is not None:
        return await _page(request, evening, typed, problem)
    return redirect(f"/desk/{evening.id}/report")


async def keep_goals(evening: Evening, form: FormData) -> tuple[Typed, Problem | None]:
    """Keeps the goals and the cost as typed; returns them, and what cannot be taken."""
    typed = _typed(form)
    try:
        await amend_event(evening, ORGANISER, _body(typed))
    except Problem as problem:
        return typed, problem
    return typed, None


def goals_kept(goals: Goals) -> Typed:
    """Returns the goals as the form shows them."""
    values = {
        name: "" if (value := getattr(goals, name)) is None else f"{value:g}"
        if isinstance(value, float) and value < 1e6 else f"{value:.0f}"
        for name in GOALS
    }  # fmt: skip
    return Typed(**values, currency=goals.currency)


def _typed(form: FormData) -> Typed:
    values = {name: str(form.get(name, "")).strip()[:40] for name in (*GOALS, "currency")}
    return Typed(**values)


def _body(typed: Typed) -> EventPatch:
    """Returns the form as a change of the event; raises Problem."""
    goals: dict[str, object] = {"currency": typed.currency}
    for name in GOALS:
        text = getattr(typed, name).replace(",", "").replace("\u00a0", "")
        try:
            number = float(text) if text else None
        except ValueError:
            number = -1.0
        if number is not None and not 0 <= number < 1e12:
            raise Problem(
                HTTPStatus.UNPROCESSABLE_ENTITY,
                "bad-field",
                "“{value}” is not a number.",
                field=name,
                value=text[:40],
            )
        whole = name in ("people", "contacts")
        goals[name] = round(number) if whole and number is not None else number
    return read_body(msgspec.json.encode({"goals": goals}), EventPatch)


async def _page(
    request: Request, evening: Evening, typed: Typed, problem: Problem | None = None
) -> Response:
    """Draws desk_report.html; see there."""
    language = words.language(request)
    known = words.words(language)
    now: int = request.app.state.store.clock()
    found = await reported(evening, now)
    other = await beside(request, evening, now)
    last = other.report

    def number(value: float, digits: int = 0) -> str:
        pattern = "#,##0" if digits == 0 else "#,##0." + "0" * digits
        return format_decimal(value, pattern, locale=known.locale)

    say = known.gettext
    titles = {
        node.id: say(
            "{name}: met {people}, {minutes} minutes",
            name=found.names.get(node.id) or say("someone"),
            people=node.degree,
            minutes=number(node.minutes),
        )
        for node in found.network.nodes
    }
    picture: Picture = await asyncio.to_thread(draw, found.network, found.ties, found.names, titles)
    context: dict[str, object] = {
        "event": {"id": evening.id, "title": found.title},
        "forgotten": found.forgotten_at is not None,
        "totals_left": evening.event.totals is not None,
        "time_zone": evening.event.plan.time_zone,
        "is_over": evening.event.phase is Phase.ENDED,
        "report": found,
        "number": number,
        "goal_lines": _goal_lines(found, last, say, number),
        "cost_lines": _cost_lines(found, last, say, number),
        "steps": _step_lines(found, last, say, number),
        "last": last,
        "choices": other.choices,
        "beside_none": NONE,
        "timeline": timeline(found.rounds, number),
        "histogram": histogram(found.met, number),
        "picture": picture,
        "exploring": explore(found.network, found.ties, found.names, picture, number),
        "outcomes": _outcomes(found, say),
        "suited": _suited(found.rounds),
        "few": found.few[:FEW_SHOWN],
        "few_more": max(0, len(found.few) - FEW_SHOWN),
        "bridges": _bridges(found),
        "closing": _closing(found, say),
        "reach": _mean([node.reach for node in found.network.nodes]),
        "degree": _mean([float(node.degree) for node in found.network.nodes]),
        "form": typed,
        "problem": words.sentence(language, problem) if problem else None,
        "problem_field": problem.field.rpartition(".")[2] if problem else None,
        "urls": {"event": f"/desk/{evening.id}", "report": f"/desk/{evening.id}/report"},
    }
    status = problem.status if problem else HTTPStatus.OK
    return render(request, "desk_report.html", context, status=status)


class ClosingLines(Struct, frozen=True, kw_only=True):
    """Totals of the closing questions, each answer in words."""

    answered: int
    again: list[tuple[str, int]]
    change: list[tuple[str, int]]


def _closing(found: Report, say: Say) -> ClosingLines | None:
    """Returns the totals in words, the changes most asked for first; None below five answers."""
    if found.closing is None:
        return None
    asked_for = sorted(found.closing.change.items(), key=lambda item: -item[1])
    return ClosingLines(
        answered=found.closing.answered,
        again=[(say(AGAIN_LABELS[one]), n) for one, n in found.closing.again.items()],
        change=[(say(CHANGE_LABELS[one]), n) for one, n in asked_for if n],
    )


def _outcomes(found: Report, say: Say) -> list[tuple[str, int]]:
    """Returns the totals of what came of it, in words; none below five answers."""
    if found.outcomes is None:
        return []
    return [(say(OUTCOME_LABELS[one]), many) for one, many in found.outcomes.told.items()]


class Suited(Struct, frozen=True, kw_only=True):
    """How well roommates suited each other, over all rounds with both numbers, by their people."""

    drawn: float
    random: float
    rounds: int


def _suited(rounds: tuple[RoundFigures, ...]) -> Suited | None:
    both = [
        (one.affinity, one.random_affinity, one.people)
        for one in rounds
        if one.affinity is not None and one.random_affinity is not None and one.people
    ]
    people = sum(many for _, _, many in both)
    if not people:
        return None
    return Suited(
        drawn=sum(drawn * many for drawn, _, many in both) / people,
        random=sum(chance * many for _, chance, many in both) / people,
        rounds=len(both),
    )


def _mean(values: list[float]) -> float:
    return sum(values) / len(values) if values else 0.0


def _goal_lines(found: Report, last: Report | None, say: Say, number: Number) -> list[GoalLine]:
    goals = found.goals
    names: tuple[tuple[str, float | None, int], ...] = (
        (say("People who came"), goals.people, 0),
        (say("New people met by each"), goals.met, 1),
        (say("Contacts made"), goals.contacts, 0),
        (say("First meetings"), None, 0),
        (say("Stars"), None, 1),
    )

    def results(of: Report) -> tuple[float | None, ...]:
        return of.steps.came, of.met.mean, of.contacts, of.first_meetings, of.stars

    def shown(value: float | None, digits: int) -> str:
        return "–" if value is None else number(value, digits)

    here = results(found)
    there = results(last) if last else (None,) * len(here)
    return [
        GoalLine(
            label=label,
            goal=shown(goal, digits),
            result=shown(result, digits),
            share=min(1.0, result / goal) if goal and result is not None else None,
            last=shown(before, digits) if last else "",
        )
        for (label, goal, digits), result, before in zip(names, here, there, strict=True)
    ]


def _cost_lines(found: Report, last: Report | None, say: Say, number: Number) -> list[CostLine]:
    """Returns what each of something cost; nothing where this event's cost is not known."""
    if found.costs is None:
        return []
    labels = (
        say("In all"),
        say("For each who came"),
        say("For each first meeting"),
        say("For each contact"),
        say("For each next step done"),
    )
    here = _costs(found, number)
    there = _costs(last, number) if last else [""] * len(labels)
    return [
        CostLine(label=label, cost=cost, last=before)
        for label, cost, before in zip(labels, here, there, strict=True)
    ]


def _costs(found: Report, number: Number) -> list[str]:
    costs, unit = found.costs, f" {found.goals.currency}" if found.goals.currency else ""
    if costs is None:
        return ["–"] * 5
    values = (
        found.goals.cost,
        costs.attendee,
        costs.first_meeting,
        costs.contact,
        costs.next_step_done,
    )
    return [
        "–" if value is None else f"{number(value, 0 if value >= 100 else 2)}{unit}"
        for value in values
    ]


def _step_lines(found: Report, last: Report | None, say: Say, number: Number) -> list[StepLine]:
    labels = (
        say("Invited"),
        say("Signed up"),
        say("Came"),
        say("Met somebody"),
        say("Have a contact"),
        say("Noted a next step"),
        say("Did a next step"),
        say("Say that something came of it"),
    )
    here = _path(found.steps)
    there = _path(last.steps) if last else ("",) * len(labels)
    listed = found.steps.listed

    def shown(count: int | None) -> str:
        return say("fewer than five") if count is None else number(count)

    return [
        StepLine(
            label=label,
            count=shown(count),
            share=f"{round(100 * count / listed)} %" if listed and count else "",
            width=round(100 * (count or 0) / max(1, listed), 1),
            last="" if last is None else "–" if before is None else number(before),
        )
        for label, count, before in zip(labels, here, there, strict=True)
    ]


def _path(steps: Steps) -> tuple[int | None, ...]:
    return (
        *(steps.invited, steps.signed_up, steps.came, steps.met),
        *(steps.contact, steps.next_step, steps.step_done, steps.outcome),
    )


def _bridges(found: Report) -> list[tuple[str, int, float]]:
    """Returns who connects others most: (name, people met, betweenness)."""
    nodes = [node for node in found.network.nodes if node.betweenness]
    nodes.sort(key=lambda node: (-(node.betweenness or 0.0), node.id))
    return [
        (found.names.get(node.id, ""), node.degree, node.betweenness or 0.0)
        for node in nodes[:BRIDGES_SHOWN]
        if found.names.get(node.id)
    ]
