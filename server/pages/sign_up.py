"""The desk's page of the sign-up: who may, how many, what is asked; requests and the waiting list.

Responsible for forms and for showing; who gets a place is the rules'. Works without JavaScript.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from http import HTTPStatus

import msgspec
from msgspec import Struct
from starlette.datastructures import FormData
from starlette.requests import Request
from starlette.responses import Response

from rooms.commands import AnswerSignUps, Invite
from rooms.contacts import consented
from rooms.people import Asks, Details, Place, address_form
from rooms.places import places, requests, waiting_list
from rooms.programme import SignUp
from server import words
from server.auth import ORGANISER
from server.bodies import read_form
from server.evenings import Evening
from server.importing import Reading
from server.organising import amend_event, bring_in
from server.pages.entry import evening_of
from server.pages.joining import sends_mail
from server.pages.rendering import redirect, render
from server.person_rows import BadRow, PersonRow, clean, typed_row
from server.planning import (
    LEAST_MINUTES_DAYS,
    MOST_MINUTES_DAYS,
    OPTIONS_LIMIT,
    QUESTION_LIMIT,
    QUESTIONS_LIMIT,
    EventPatch,
    read_body,
)
from server.problems import Problem

HERE_LIMIT = 256 * 1024
SHOWN = 150
"""Ticks of one form, which may have 200 fields."""
MOST_INVITED = 2000
"""Addresses in one press: each becomes a person and a mail."""

HOW = {
    SignUp.OPEN: ("Anybody with the open link", "Who signs up has a place while there is one."),
    SignUp.APPROVAL: ("Anybody may ask, you approve", "Requests stand below until you answer."),
    SignUp.INVITATION: ("By invitation", "Only people on your list; the open link turns others away"
                        " kindly and sends those on it their link."),
    SignUp.CLOSED: ("Closed", "Nobody signs up any more; whoever has a link comes in."),
}  # fmt: skip

ASKS = {
    Asks.TEXT: "Short text",
    Asks.ONE: "One of these",
    Asks.SEVERAL: "Several of these",
    Asks.YES_NO: "Yes or no",
}


class AskLine(Struct, frozen=True, kw_only=True):
    """One question of the form, as typed."""

    id: str = ""
    order: str = ""
    asks: str = Asks.TEXT.value
    en: str = ""
    ja: str = ""
    options_en: str = ""
    options_ja: str = ""
    required: bool = False


class Typed(Struct, frozen=True, kw_only=True):
    """The page's settings, as typed."""

    how: str
    capacity: str
    quotas: str
    days: str
    asked: tuple[AskLine, ...]
    invite: str = ""


class Waits(Struct, frozen=True, kw_only=True):
    """Somebody in a list: who asks, waits, or was refused."""

    id: str
    name: str
    organisation: str
    email: str
    segment: str
    at: int
    answers: dict[str, str]


async def sign_up_page(request: Request) -> Response:
    evening = await evening_of(request)
    return await _page(request, evening, _kept(evening))


async def save_sign_up(request: Request) -> Response:
    """Does what was pressed: save the settings or the questions, answer requests, invite."""
    evening = await evening_of(request)
    form = await read_form(request, HERE_LIMIT)
    pressed = str(form.get("do", ""))
    if pressed in ("approve", "give", "refuse"):
        ids = tuple(str(id) for id in form.getlist("who") if str(id) in evening.event.people)
        if ids:
            command = AnswerSignUps(
                attendees=ids, yes=pressed != "refuse", beyond=pressed == "give"
            )
            await evening.submit(ORGANISER, command)
        return _back(evening, "answered" if ids else "nobody")
    typed = _typed(form, evening)
    try:
        if pressed == "invite":
            return await _invite(request, evening, typed)
        patch = read_body(msgspec.json.encode(_body(pressed, typed)), EventPatch)
        await amend_event(evening, ORGANISER, patch)
    except Problem as problem:
        return await _page(request, evening, typed, problem)
    return _back(evening, "saved")


def _back(evening: Evening, done: str) -> Response:
    return redirect(f"/desk/{evening.id}/sign-up?done={done}")


# Forms


def _kept(evening: Evening) -> Typed:
    plan, details = evening.event.plan, evening.register.details
    return Typed(
        how=plan.sign_up.value,
        capacity="" if plan.capacity is None else str(plan.capacity),
        quotas="\n".join(f"{quota.segment}: {quota.most}" for quota in details.quotas),
        days=str(plan.minutes_days),
        asked=_asked(details),
    )


def _asked(details: Details) -> tuple[AskLine, ...]:
    return tuple(
        AskLine(
            id=question.id,
            order=str(number),
            asks=question.asks.value,
            en=question.words.get("en", ""),
            ja=question.words.get("ja", ""),
            options_en="\n".join(question.options.get("en", ())),
            options_ja="\n".join(question.options.get("ja", ())),
            required=question.required,
        )
        for number, question in enumerate(details.questions, 1)
    )


def _typed(form: FormData, evening: Evening) -> Typed:
    """Returns the form as sent; parts of the page that were not sent stay as they are."""
    kept = _kept(evening)

    def text(name: str, default: str = "") -> str:
        return str(form.get(name, default)).replace("\r\n", "\n").strip()

    lines = [
        AskLine(
            id=text(f"id-{at}"),
            order=text(f"order-{at}"),
            asks=text(f"asks-{at}", Asks.TEXT.value),
            en=text(f"en-{at}"),
            ja=text(f"ja-{at}"),
            options_en=text(f"options-en-{at}"),
            options_ja=text(f"options-ja-{at}"),
            required=form.get(f"required-{at}") == "1",
        )
        for at in range(QUESTIONS_LIMIT)
        if f"en-{at}" in form
    ]
    return Typed(
        how=text("how", kept.how),
        capacity=text("capacity") if "capacity" in form else kept.capacity,
        quotas=text("quotas") if "quotas" in form else kept.quotas,
        days=text("days", kept.days),
        asked=tuple(lines) or kept.asked,
        invite=text("invite"),
    )


def _body(pressed: str, typed: Typed) -> dict[str, object]:
    """Returns what a form changes, as the API takes it."""
    match pressed:
        case "questions":
            return {"sign_up": _questions(typed)}
        case "kept":
            days = _whole(typed.days)
            if isinstance(days, int) and LEAST_MINUTES_DAYS <= days <= MOST_MINUTES_DAYS:
                return {"settings": {"minutes_days": days}}
            raise Problem(
                HTTPStatus.UNPROCESSABLE_ENTITY,
                "bad-field",
                "Please write a whole number of days, {least} to {most}.",
                field="days",
                least=LEAST_MINUTES_DAYS,
                most=MOST_MINUTES_DAYS,
            )
        case _:
            return {"sign_up": _settings(typed)}


def _settings(typed: Typed) -> dict[str, object]:
    quotas = []
    for line in typed.quotas.splitlines():
        if not line.strip():
            continue
        name, mark, count = line.replace("：", ":").rpartition(":")
        number = _whole(count)
        if not mark or not name.strip() or not isinstance(number, int):
            raise Problem(
                HTTPStatus.UNPROCESSABLE_ENTITY,
                "bad-field",
                "“{line}” is no quota: write the segment, a colon, and a number.",
                field="quotas",
                line=line.strip()[:80],
            )
        quotas.append({"segment": name.strip(), "most": number})
    capacity = _whole(typed.capacity)
    if typed.capacity and not (isinstance(capacity, int) and capacity > 0):
        raise Problem(
            HTTPStatus.UNPROCESSABLE_ENTITY,
            "bad-field",
            "“{value}” is not a whole number above 0.",
            field="capacity",
            value=typed.capacity[:40],
        )
    return {"how": typed.how, "capacity": capacity, "quotas": quotas}


def _whole(text: str) -> int | str | None:
    plain = unicodedata.normalize("NFKC", text).strip()
    return int(plain) if plain.isascii() and plain.isdigit() and len(plain) < 7 else plain or None


def _questions(typed: Typed) -> dict[str, object]:
    """Returns the questions in their order; one without words is taken out."""
    wanted = [line for line in typed.asked if line.en or line.ja]
    numbered = sorted(wanted, key=lambda line: (_place(line.order), wanted.index(line)))
    used = {line.id for line in wanted}
    fresh = (f"q{n}" for n in range(1, 1000) if f"q{n}" not in used)
    return {
        "questions": [
            {
                "id": line.id or next(fresh),
                "asks": line.asks,
                "words": {"en": line.en, "ja": line.ja},
                "options": {
                    "en": line.options_en.splitlines(),
                    "ja": line.options_ja.splitlines(),
                },
                "required": line.required,
            }
            for line in numbered
        ]
    }


def _place(order: str) -> float:
    try:
        return float(order)
    except ValueError:
        return float("inf")


async def _invite(request: Request, evening: Evening, typed: Typed) -> Response:
    """Puts the addresses on the list and has each sent its link.

    Who is on the list already is neither doubled nor changed: their name is their own.
    """
    rows: list[PersonRow] = []
    for number, line in enumerate(typed.invite.splitlines(), 1):
        if line.strip():
            rows.append(_invited(number, line))
    if not rows or len(rows) > MOST_INVITED:
        raise Problem(
            HTTPStatus.UNPROCESSABLE_ENTITY,
            "bad-field",
            "Please write 1 to {most} addresses, one a line.",
            field="invite",
            most=MOST_INVITED,
        )
    listed = {address_form(one.email): one.id for one in evening.register.attendees() if one.email}
    new = [row for row in rows if _address(row) not in listed]
    brought = await bring_in(request.app.state, evening, Reading(rows=tuple(new)))
    invited = [listed[_address(row)] for row in rows if _address(row) in listed]
    ids = tuple(dict.fromkeys([*invited, *(landing.attendee.id for landing in brought.landings)]))
    if ids:
        # Whoever asked or waited is invited now, whatever the limit says.
        await evening.submit(ORGANISER, AnswerSignUps(attendees=ids, yes=True, beyond=True))
        await evening.submit(ORGANISER, Invite(attendees=ids))
    return _back(evening, "invited")


def _address(row: PersonRow) -> str:
    return address_form(row.email) if isinstance(row.email, str) else ""


def _invited(number: int, line: str) -> PersonRow:
    """Reads `name <address>` or an address alone, whose first part then stands for the name."""
    name, mark, rest = line.strip().rpartition("<")
    address = rest.rstrip("> ") if mark else line.strip()
    try:
        row = typed_row(number, {"email": clean(address, "email")}, {}, {})
    except BadRow as bad:
        problem = Problem(
            HTTPStatus.UNPROCESSABLE_ENTITY, "bad-field", bad.why.sentence, field="invite"
        )
        problem.details = bad.why.details
        raise problem from bad
    shown = name.strip().strip('"') or address.partition("@")[0]
    return msgspec.structs.replace(row, name=clean(shown, "name")[:200])


# Showing


async def _page(
    request: Request, evening: Evening, typed: Typed, problem: Problem | None = None
) -> Response:
    """Draws desk_sign_up.html.

    `event`, `form`, `ways`, `kinds`, `taken`, `capacity`, `quotas`, `requests`, `waiting`,
    `refused`, `by_mail`, `done`, `problem`, `problem_field`, `limits`, `urls`.
    """
    language = words.language(request)
    say = words.words(language).gettext
    event = evening.event
    free = places(event, evening.register)
    refused = [
        one.id for one in event.people.values() if one.place is Place.REFUSED and not one.erased
    ]
    spare = max(0, min(2, QUESTIONS_LIMIT - len(typed.asked)))
    context: dict[str, object] = {
        "event": {"title": evening.register.details.title, "time_zone": event.plan.time_zone},
        "form": typed,
        "ways": [
            (way.value, say(label), say(hint), way.value == typed.how)
            for way, (label, hint) in HOW.items()
        ],
        "kinds": [(kind.value, say(label)) for kind, label in ASKS.items()],
        "asked": [*typed.asked, *[AskLine()] * spare],
        "taken": free.taken,
        "capacity": free.most,
        "quotas": [
            (quota.segment, free.taken_of.get(name, 0), quota.most)
            for name, quota in zip(free.most_of, evening.register.details.quotas, strict=True)
        ],
        "requests": _lines(evening, requests(event)),
        "waiting": _lines(evening, waiting_list(event)),
        "refused": _lines(evening, refused),
        "shown": SHOWN,
        "by_mail": sends_mail(request),
        "done": request.query_params.get("done", ""),
        "problem": words.sentence(language, problem) if problem else None,
        "problem_field": _field(problem.field) if problem else None,
        "limits": {
            "question": QUESTION_LIMIT,
            "options": OPTIONS_LIMIT,
            "least_days": LEAST_MINUTES_DAYS,
            "most_days": MOST_MINUTES_DAYS,
        },
        "urls": {
            "event": f"/desk/{evening.id}",
            "here": f"/desk/{evening.id}/sign-up",
            "mail": f"/desk/{evening.id}/mail",
        },
    }
    status = problem.status if problem else HTTPStatus.OK
    return render(request, "desk_sign_up.html", context, status=status)


def _field(name: str) -> str:
    """Returns the page's name of a field of the API."""
    return "days" if name == "settings.minutes_days" else name.removeprefix("sign_up.")


def _lines(evening: Evening, ids: Sequence[str]) -> list[Waits]:
    asked = {
        words_
        for question in evening.register.details.questions
        for words_ in question.words.values()
    }
    found = []
    for id in ids:
        person = evening.register.attendee(id)
        found.append(
            Waits(
                id=id,
                name=person.name,
                organisation=consented(person, "organisation"),
                email=consented(person, "email"),
                segment=person.segment,
                at=evening.event.people[id].place_at or 0,
                answers={k: v for k, v in person.custom.items() if k in asked},
            )
        )
    return found
