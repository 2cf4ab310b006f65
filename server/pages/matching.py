"""The desk's page about matching: what counts, which words mean the same, who must sit with whom.

Responsible for the form, for what it means as settings of the API, and for showing what they would
bring on the real list. Works without JavaScript. Decides nothing about settings (`planning.py`) and
plans nothing (`trying.py`).
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import Callable, Iterable, Mapping
from http import HTTPStatus

import msgspec
from msgspec import Struct
from starlette.datastructures import FormData
from starlette.requests import Request
from starlette.responses import Response

from rooms.matching.rules import MUST, MUST_NOT
from rooms.people import SEATED_ROLES, Role, SegmentRule
from rooms.programme import Mixing
from rooms.synonyms import alike
from server import words
from server.auth import ORGANISER
from server.bodies import read_form
from server.evenings import Evening
from server.organising import amend_event
from server.pages.entry import evening_of
from server.pages.rendering import redirect, render
from server.planning import EventPatch, details_of, plan_of, read_body
from server.problems import Problem
from server.solving import SolverFailed
from server.trying import Trials, Tried

AMOUNTS = (0.0, 0.5, 1.0, 2.0, 4.0)
"""Weights offered; one that was set over the API is offered beside them."""

SPARE_RULES = 3
"""Empty lines for rules about segments."""

FORM_LIMIT = 256 * 1024
"""Bytes: two hundred groups of words, written out, and the segments."""

EQUALS = re.compile(r"[=＝]")

WEIGHTS: Mapping[str, tuple[str, str]] = {
    "interests": ("Shared interests", "Rare ones count for more than those everybody has."),
    "offers": ("What one offers and another looks for", "From the columns offers and seeks."),
    "wishes": (
        "Wishes to meet",
        "Nobody is told who wished for them, unless both did and sit alone together.",
    ),
    "organisation": (
        "Keeping colleagues apart",
        "People of one organisation can talk at work.",
    ),
    "language": (
        "Keeping people without a common language apart",
        "Where this must never happen, tick the rule below.",
    ),
    "ambassadors": (
        "An ambassador in every room",
        "Ambassadors, and helpers who take a seat, are spread over the rooms.",
    ),
    "first_timers": ("First-timers beside an ambassador", "So that nobody starts among strangers."),
}
"""What each weight is called, and what it does."""

AMOUNT_WORDS = {
    0.0: "not at all", 0.5: "half as much", 1.0: "as usual", 2.0: "twice as much",
    4.0: "four times as much",
}  # fmt: skip


MIXINGS: Mapping[str, str] = {
    Mixing.APART.value: "apart: nobody shares a room across",
    Mixing.SOME.value: "some: half of each stay among their own",
    Mixing.MOST.value: "most: as many mixed rooms as stations",
}
"""How much people on site and online are mixed, in words."""


class Amount(Struct, frozen=True):
    value: str
    label: str
    chosen: bool


class WeightLine(Struct, frozen=True, kw_only=True):
    """One weight of the form."""

    name: str
    label: str
    hint: str
    amounts: tuple[Amount, ...]


class Typed(Struct, frozen=True, kw_only=True):
    """The form as it stands: saved, or as it was just sent."""

    weights: Mapping[str, float]
    synonyms: str
    segments: tuple[SegmentRule, ...]
    segment_most: str
    common_language: bool
    ready_check: bool
    reunions: bool
    mixing: str
    tables: str
    stations: str
    merge: tuple[str, ...] = ()
    """Suggestions that were ticked."""


async def matching_page(request: Request) -> Response:
    evening = await evening_of(request)
    return await _page(request, evening, _kept(evening), saved="saved" in request.query_params)


async def save_matching(request: Request) -> Response:
    """Keeps the form, or tries it on the list without keeping it."""
    evening = await evening_of(request)
    sent = await read_form(request, FORM_LIMIT)
    typed = _typed(sent)
    trying = sent.get("do") == "try"
    try:
        body = _body(typed)
        if trying:
            return await _tried(request, evening, typed, body)
        await amend_event(evening, ORGANISER, body)
    except Problem as problem:
        return await _page(request, evening, typed, problem=problem, status=problem.status)
    return redirect(f"/desk/{evening.id}/matching?saved=1")


async def _tried(request: Request, evening: Evening, typed: Typed, body: EventPatch) -> Response:
    trials: Trials = request.app.state.trials
    register = evening.register
    plan = plan_of(body, evening.event.plan)
    details = details_of(body, register.details)
    people = [
        person
        for person in register.attendees()
        if (stands := evening.event.people.get(person.id)) is not None and stands.belongs
    ]
    try:
        tried = await trials.tried(plan, details, people)
    except (TimeoutError, SolverFailed) as error:
        raise Problem(
            HTTPStatus.SERVICE_UNAVAILABLE,
            "try-again",
            "The server is too busy to try this now. Please try again in a minute.",
        ) from error
    return await _page(request, evening, typed, tried=tried, tried_now=True)


def _kept(evening: Evening) -> Typed:
    """Returns the settings as they are, for the form."""
    plan, details = evening.event.plan, evening.register.details
    return Typed(
        weights=msgspec.structs.asdict(plan.weights),
        synonyms="\n".join(" = ".join(group) for group in details.synonyms),
        segments=details.segments,
        segment_most="" if details.segment_most is None else str(details.segment_most),
        common_language=plan.common_language,
        ready_check=plan.ready_check,
        reunions=plan.reunions,
        mixing=plan.mixing.value,
        tables="" if plan.tables is None else str(plan.tables),
        stations="" if plan.stations is None else str(plan.stations),
    )


def _typed(sent: FormData) -> Typed:
    """Returns the form as sent; numbers that are none are left to the settings to refuse."""

    def text(name: str) -> str:
        return str(sent.get(name, "")).strip()

    ends = zip(sent.getlist("a"), sent.getlist("b"), sent.getlist("rule"), strict=False)
    return Typed(
        weights={name: _number(text(name)) for name in WEIGHTS},
        synonyms=text("synonyms"),
        segments=tuple(
            SegmentRule(a=str(a).strip(), b=str(b).strip(), rule=str(rule))
            for a, b, rule in ends
            if str(a).strip() or str(b).strip()
        ),
        segment_most=text("segment_most"),
        common_language=bool(text("common_language")),
        ready_check=bool(text("ready_check")),
        reunions=bool(text("reunions")),
        mixing=text("mixing") or Mixing.APART.value,
        tables=text("tables"),
        stations=text("stations"),
        merge=tuple(str(words) for words in sent.getlist("merge")),
    )


def _number(text: str) -> float:
    try:
        return float(text) if text else 1.0
    except ValueError:
        return -1.0


def _body(typed: Typed) -> EventPatch:
    """Returns the form as a change of the event; raises Problem."""
    lines = [*typed.synonyms.splitlines(), *typed.merge]
    groups = [[word.strip() for word in EQUALS.split(line)] for line in lines]
    settings: dict[str, object] = {
        "weights": dict(typed.weights),
        "synonyms": [group for group in groups if any(group)],
        "segments": [msgspec.structs.asdict(rule) for rule in typed.segments],
        "segment_most": _count(typed.segment_most),
        "common_language": typed.common_language,
        "ready_check": typed.ready_check,
        "reunions": typed.reunions,
        "mixing": typed.mixing,
    }
    places = {"tables": _count(typed.tables), "stations": _count(typed.stations)}
    return read_body(msgspec.json.encode({"settings": settings, **places}), EventPatch)


def _count(text: str) -> int | str | None:
    """Returns a number as typed, None for nothing; what is no number is the settings' to refuse."""
    return int(text) if text.isascii() and text.isdigit() else text or None


async def _page(
    request: Request,
    evening: Evening,
    typed: Typed,
    *,
    problem: Problem | None = None,
    saved: bool = False,
    tried: Tried | None = None,
    tried_now: bool = False,
    status: HTTPStatus = HTTPStatus.OK,
) -> Response:
    """Draws desk_matching.html.

    `event`, `form`, `weights`, `rules`, `suggested`, `known_segments`, `tried`, `tried_now`,
    `saved`, `problem`, `problem_field`, `urls`, `mixings`, `station_links`.
    """
    language = words.language(request)
    say = words.words(language).gettext
    people = [p for p in evening.register.attendees() if p.role in SEATED_ROLES]
    groups = [EQUALS.split(line) for line in typed.synonyms.splitlines()]
    tags = [tag for person in people for tag in (*person.interests, *person.offers, *person.seeks)]
    suggested = await asyncio.to_thread(alike, tags, groups)
    context: dict[str, object] = {
        "event": {"id": evening.id, "title": evening.register.details.title},
        "form": typed,
        "weights": _weight_lines(typed.weights, say),
        "rules": [*typed.segments, *[SegmentRule(a="", b="", rule=MUST_NOT)] * SPARE_RULES],
        "suggested": [" = ".join(group) for group in suggested],
        "known_segments": _known(person.segment for person in people),
        "tried": tried,
        "tried_now": tried_now,
        "saved": saved,
        "problem": words.sentence(language, problem) if problem else None,
        "problem_field": _field(problem.field) if problem else None,
        "mixings": [
            Amount(value, say(label), value == typed.mixing) for value, label in MIXINGS.items()
        ],
        "station_links": sum(1 for p in evening.register.attendees() if p.role is Role.STATION),
        "must": MUST,
        "must_not": MUST_NOT,
        "urls": {"event": f"/desk/{evening.id}", "matching": f"/desk/{evening.id}/matching"},
    }
    return render(request, "desk_matching.html", context, status=status)


def _field(path: str) -> str:
    """Returns the form's field that a path of the API's body is about."""
    parts = path.removeprefix("settings.").partition("[")[0].split(".")
    return parts[-1]


def _known(segments: Iterable[str]) -> list[str]:
    return sorted({segment for segment in segments if segment})[:200]


def _weight_lines(chosen: Mapping[str, float], say: Callable[[str], str]) -> list[WeightLine]:
    lines = []
    for name, (label, hint) in WEIGHTS.items():
        value = chosen.get(name, 1.0)
        amounts = sorted({*AMOUNTS, value}) if 0 <= value <= 10 else sorted(AMOUNTS)
        lines.append(
            WeightLine(
                name=name,
                label=say(label),
                hint=say(hint),
                amounts=tuple(
                    Amount(f"{amount:g}", _amount_words(amount, say), amount == value)
                    for amount in amounts
                ),
            )
        )
    return lines


def _amount_words(amount: float, say: Callable[[str], str]) -> str:
    return say(AMOUNT_WORDS[amount]) if amount in AMOUNT_WORDS else f"× {amount:g}"
