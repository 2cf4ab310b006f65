"""The desk's page of interests: how many have which, words merged by ticking, what is suggested.

Responsible for counting words as people wrote them and for the forms. What merging means is
`rooms.synonyms`'; the same groups as lines of text are on the page about matching. Works without
JavaScript.
"""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Mapping, Sequence
from http import HTTPStatus

import msgspec
from msgspec import Struct
from starlette.requests import Request
from starlette.responses import Response

from rooms.company import SUGGESTED
from rooms.people import SEATED_ROLES, Place, normalise
from rooms.synonyms import Groups, alike, tidy
from server import words
from server.auth import ORGANISER
from server.bodies import read_form
from server.evenings import Evening
from server.organising import amend_event
from server.pages.entry import evening_of
from server.pages.rendering import redirect, render
from server.planning import EventPatch, read_body
from server.problems import Problem

PAGE = 150
"""Words on one page, each a tick: the limit of a form's fields allows them all."""


class WordLine(Struct, frozen=True, kw_only=True):
    """A word as most people wrote it, or a group of words that mean the same."""

    words: tuple[str, ...]
    interests: int
    offers: int
    seeks: int

    @property
    def people(self) -> int:
        return self.interests + self.offers + self.seeks


async def interests_page(request: Request) -> Response:
    return await _page(request, await evening_of(request))


async def press_interests(request: Request) -> Response:
    """Merges the ticked words, takes a group apart, or keeps what is suggested."""
    evening = await evening_of(request)
    form = await read_form(request)
    groups = evening.register.details.synonyms
    ticked = [str(word) for word in form.getlist("word")]
    suggestions = str(form.get("suggestions", "")).replace("、", "\n").replace(";", "\n")
    try:
        match form.get("do"):
            case "apart":
                word = normalise(str(form.get("group", "")))
                left = [one for one in groups if word not in map(normalise, one)]
                done = await _kept(evening, "apart", synonyms=left)
            case "suggest":
                lines = [line.strip() for line in suggestions.splitlines() if line.strip()]
                if len(lines) > SUGGESTED:
                    raise _problem(MANY, "suggestions", most=SUGGESTED, count=len(lines))
                done = await _kept(evening, "suggested", suggestions=lines)
            case "alike":
                chosen = [str(group).split("\n") for group in form.getlist("merge")]
                if not chosen:
                    raise _problem(FEW, "merge")
                found = groups
                for group in chosen:
                    found = merged(found, [word.strip() for word in group])
                done = await _kept(evening, "merged", synonyms=found)
            case _:
                if len({*map(normalise, ticked)}) < 2:
                    raise _problem(FEW, "word")
                done = await _kept(evening, "merged", synonyms=merged(groups, ticked))
    except Problem as problem:
        return await _page(request, evening, problem=problem, typed=suggestions)
    return redirect(f"/desk/{evening.id}/interests?done={done}")


FEW = "Tick two words at least that mean the same."
MANY = "At most {most} interests are suggested, and these are {count}."


def _problem(sentence: str, field: str, **details: int) -> Problem:
    return Problem(HTTPStatus.UNPROCESSABLE_ENTITY, "bad-field", sentence, field=field, **details)


async def _kept(evening: Evening, done: str, **settings: object) -> str:
    body = read_body(msgspec.json.encode({"settings": settings}), EventPatch)
    await amend_event(evening, ORGANISER, body)
    return done


def merged(groups: Groups, chosen: Sequence[str]) -> tuple[tuple[str, ...], ...]:
    """Returns the groups with the chosen words in one, and whole groups of which one was chosen.

    >>> merged((("AI", "人工知能"), ("tea", "茶")), ["機械学習", "ai"])
    (('tea', '茶'), ('AI', '人工知能', '機械学習'))
    """
    tags = {normalise(word) for word in chosen}
    joined = [one for one in groups if tags & {*map(normalise, one)}]
    others = [one for one in groups if one not in joined]
    whole = [word for one in joined for word in one]
    return tidy([*others, [*whole, *chosen]])


def counted(evening: Evening) -> list[WordLine]:
    """Returns all words of the people who take seats and were not refused, most frequent first;
    groups as one."""
    counts: dict[str, Counter[str]] = {}
    written: dict[str, Counter[str]] = {}
    for person in evening.register.attendees():
        standing = evening.event.people[person.id]
        if person.role not in SEATED_ROLES or standing.place is Place.REFUSED:
            continue
        for field in ("interests", "offers", "seeks"):
            for word in getattr(person, field):
                if tag := normalise(word):
                    counts.setdefault(tag, Counter())[field] += 1
                    written.setdefault(tag, Counter())[word] += 1
    lines = []
    for group in evening.register.details.synonyms:
        tags = [tag for tag in map(normalise, group) if tag]
        lines.append(_line(group, [counts.pop(tag, Counter()) for tag in tags]))
    for tag, count in counts.items():
        word = min(written[tag].items(), key=lambda form: (-form[1], form[0]))[0]
        lines.append(_line((word,), [count]))
    return sorted(lines, key=lambda line: (-line.people, line.words))


def _line(group: Sequence[str], counts: Sequence[Mapping[str, int]]) -> WordLine:
    return WordLine(
        words=tuple(group),
        interests=sum(count.get("interests", 0) for count in counts),
        offers=sum(count.get("offers", 0) for count in counts),
        seeks=sum(count.get("seeks", 0) for count in counts),
    )


async def _page(
    request: Request, evening: Evening, *, problem: Problem | None = None, typed: str = ""
) -> Response:
    """Draws desk_interests.html.

    `event`, `q`, `lines`, `count`, `first`, `last`, `previous`, `next`, `suggested`,
    `suggestions`, `most`, `done`, `problem`, `problem_field`, `urls`.
    """
    language = words.language(request)
    details = evening.register.details
    q = request.query_params.get("q", "").strip()[:200]
    lines = await asyncio.to_thread(counted, evening)
    tags = [word for line in lines if len(line.words) == 1 for word in line.words * line.people]
    suggested = await asyncio.to_thread(alike, tags, details.synonyms)
    wanted = normalise(q)
    found = [line for line in lines if wanted in normalise(" ".join(line.words))]
    asked = request.query_params.get("page", "1")
    pages = max(1, -(-len(found) // PAGE))
    page = int(asked) if asked.isascii() and asked.isdigit() and len(asked) < 6 else 1
    page = min(max(page, 1), pages)
    here = f"/desk/{evening.id}/interests"
    context: dict[str, object] = {
        "event": {"id": evening.id, "title": details.title},
        "q": q,
        "lines": found[(page - 1) * PAGE : page * PAGE],
        "count": len(found),
        "first": (page - 1) * PAGE + 1,
        "last": min(page * PAGE, len(found)),
        "previous": page - 1,
        "next": page + 1 if page < pages else 0,
        "suggested": suggested,
        "suggestions": typed or "\n".join(details.suggestions),
        "most": SUGGESTED,
        "done": request.query_params.get("done", ""),
        "problem": words.sentence(language, problem) if problem else None,
        "problem_field": problem.field if problem else None,
        "urls": {
            "event": f"/desk/{evening.id}",
            "interests": here,
            "matching": f"/desk/{evening.id}/matching",
            "people": f"/desk/{evening.id}/people",
        },
    }
    status = problem.status if problem else HTTPStatus.OK
    return render(request, "desk_interests.html", context, status=status)
