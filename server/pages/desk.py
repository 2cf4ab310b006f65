"""The organiser's desk: plain pages and forms that make an event, bring people in, take files home.

Works without JavaScript. What is done is `organising.py`'s; here are forms and what they answer.
Secrets (a host's link, personal links) are shown once, in the answer that made them.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from http import HTTPStatus
from urllib.parse import quote
from zoneinfo import available_timezones

import msgspec
from msgspec import Struct
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from rooms.refusal import Refusal
from server import words
from server.auth import (
    DESK_COOKIE,
    DESK_COOKIE_SECONDS,
    address,
    keys_of,
    organiser_by_cookie,
    set_cookie,
)
from server.bodies import read_form
from server.evenings import Evenings
from server.listed import Listed, listed
from server.organising import make_event
from server.pages.balance import balance_page
from server.pages.customers import customers_page, sansan_file
from server.pages.entry import check_origin, local_path
from server.pages.importing import import_page, press_import, save_links
from server.pages.interests import interests_page, press_interests
from server.pages.local_instants import local_instant
from server.pages.mail import (
    letter_page,
    mail_page,
    press_mail,
    preview_html,
    save_words,
    words_page,
)
from server.pages.matching import matching_page, save_matching
from server.pages.one_event import (
    become_host,
    copy,
    delete,
    event_page,
    host_link,
    set_details,
    set_goals,
)
from server.pages.patterns import PATTERNS, pattern_body
from server.pages.people import people_page, press_people, print_cards
from server.pages.person import (
    add_person,
    new_person_page,
    person_link,
    person_page,
    press_person,
)
from server.pages.rendering import here, redirect, render
from server.pages.report import report_page, save_goals
from server.pages.returned import press_bounce
from server.pages.sign_up import save_sign_up, sign_up_page
from server.pages.webhooks import press_webhooks, webhooks_page
from server.planning import EventBody, read_body
from server.problems import Problem
from server.redis import Store
from server.register import read_titles
from server.rights import limits_of, take

Endpoint = Callable[[Request], Awaitable[Response]]

FORM = {
    "title": "", "rounds": "3", "minutes": "8", "size": "4", "break_minutes": "1",
    "starts_at": "", "time_zone": "UTC", "locale": "en", "auto": "", "tables": "",
    "ready_check": "", "pattern": "",
}  # fmt: skip
EVENTS_ON_A_PAGE = 50
"""So many are read when nothing is known of them yet: some 30 ms each."""

MOST_SECONDS = 86_400
"""A day: the longest round or break that the API takes."""


# Signing in


def organisers(endpoint: Endpoint) -> Endpoint:
    """Wraps a page of the desk: others are asked for the key, and foreign forms turned away."""

    async def answer(request: Request) -> Response:
        if await organiser_by_cookie(request) is None:
            if request.method != "GET":
                raise Problem(
                    HTTPStatus.UNAUTHORIZED,
                    "signed-out",
                    "You are not signed in at the desk any more. Please sign in and try again.",
                )
            at_the_door = request.url.path == "/desk"
            status = HTTPStatus.OK if at_the_door else HTTPStatus.UNAUTHORIZED
            then = here(request)
            return _sign_in_page(request, key_in_link=False, then=then, status=status)
        if request.method == "POST":
            check_origin(request)
        return await endpoint(request)

    return answer


def _sign_in_page(
    request: Request,
    *,
    key_in_link: bool,
    then: str = "/desk",
    problem: str = "",
    status: HTTPStatus = HTTPStatus.OK,
) -> Response:
    """Draws desk_enter.html: `key_in_link`, `then` (the page to go on to), `problem`."""
    known = words.words(words.language(request))
    context: dict[str, object] = {
        "key_in_link": key_in_link,
        "then": then,
        "problem": known.gettext(problem) if problem else None,
    }
    return render(request, "desk_enter.html", context, status=status)


WRONG_KEY = "This is not the organiser's key. It was shown once, when the server first started."


async def sign_in(request: Request) -> Response:
    """Signs in with the key from the form, and goes on to the page that was asked for."""
    check_origin(request)
    form = await read_form(request)
    then = local_path(str(form.get("then", request.url.path)))
    return await _signed_in(request, str(form.get("key", "")).strip(), then)


async def desk_link(request: Request) -> Response:
    """Signs in with the key in the address, by one press."""
    if request.method != "POST":
        return _sign_in_page(request, key_in_link=True)
    check_origin(request)
    form = await read_form(request)
    key = str(form.get("key", "")).strip() or request.path_params["key"]
    return await _signed_in(request, key, "/desk")


async def _signed_in(request: Request, key: str, then: str) -> Response:
    keys = keys_of(request)
    if not await keys.is_organiser_key(key):
        take(limits_of(request).wrong_keys, address(request))
        return _sign_in_page(
            request,
            key_in_link=False,
            then=then,
            problem=WRONG_KEY,
            status=HTTPStatus.UNAUTHORIZED,
        )
    response = redirect(then)
    value = await keys.sign(DESK_COOKIE, await keys.organiser_session())
    set_cookie(response, request, DESK_COOKIE, value, DESK_COOKIE_SECONDS)
    return response


async def sign_out(request: Request) -> Response:
    check_origin(request)
    response = redirect("/")
    response.delete_cookie(DESK_COOKIE, path="/")
    return response


# Events


class EventLine(Struct, frozen=True, kw_only=True):
    """One event in the desk's list."""

    id: str
    title: str
    phase: str
    people: int
    present: int
    rounds: int
    round: int
    starts_at: int | None
    time_zone: str
    url: str


async def desk(request: Request) -> Response:
    return await _desk_page(request, {})


async def _desk_page(
    request: Request, typed: Mapping[str, str], problem: Problem | None = None
) -> Response:
    """Draws desk.html.

    `events`, `newer`, `older`, `form`, `patterns`, `problem`, `problem_field`, `time_zones`,
    `sign_out`.
    """
    language = words.language(request)
    events, newer, older = await _events(request)
    defaults = FORM | ({"time_zone": "Asia/Tokyo", "locale": "ja"} if language == "ja" else {})
    context: dict[str, object] = {
        "events": events,
        "newer": newer,
        "older": older,
        "form": {**defaults, **typed},
        "patterns": [
            (
                one.name,
                words.words(language).gettext(one.label),
                words.words(language).gettext(one.hint),
            )
            for one in PATTERNS
        ],
        "problem": words.sentence(language, problem) if problem else None,
        "problem_field": _field(problem.field) if problem else None,
        "time_zones": sorted(available_timezones()),
        "sign_out": "/desk/out",
    }
    return render(
        request, "desk.html", context, status=problem.status if problem else HTTPStatus.OK
    )


def _field(name: str) -> str:
    """Returns the form's name of a field of the API."""
    last = name.rpartition(".")[2].partition("[")[0]
    return {"seconds": "minutes", "break_seconds": "break_minutes"}.get(last, last)


async def _events(request: Request) -> tuple[list[EventLine], str, str]:
    """Returns a page of the list, the latest made first, and the addresses of its neighbours."""
    store: Store = request.app.state.store
    evenings: Evenings = request.app.state.evenings
    ids = (await evenings.ids())[::-1]
    asked = request.query_params.get("after", "")
    start = ids.index(asked) + 1 if asked in ids else 0
    page = ids[start : start + EVENTS_ON_A_PAGE]
    titles = await read_titles(store, page)
    lines = await listed(store, evenings, page)
    earlier = start - EVENTS_ON_A_PAGE
    newer = "" if not start else f"/desk?after={ids[earlier - 1]}" if earlier > 0 else "/desk"
    older = f"/desk?after={page[-1]}" if start + len(page) < len(ids) else ""
    found = [_line(id, titles.get(id, ""), lines[id]) for id in page if id in lines]
    return found, newer, older


def _line(id: str, title: str, one: Listed) -> EventLine:
    return EventLine(
        id=id,
        title=title,
        phase=one.phase.value,
        people=one.people,
        present=one.present,
        rounds=one.rounds,
        round=one.round,
        starts_at=one.starts_at,
        time_zone=one.time_zone,
        url=f"/desk/{id}",
    )


async def create(request: Request) -> Response:
    """Makes an event of the form; what cannot be taken is said beside it."""
    sent = await read_form(request)
    typed = {name: str(sent.get(name, "")).strip() for name in FORM}
    try:
        made = await make_event(request.app.state, _body(typed))
    except Problem as problem:
        return await _desk_page(request, typed, problem)
    except Refusal as refusal:
        refused = Problem(HTTPStatus.CONFLICT, refusal.code, refusal.sentence)
        refused.details = refusal.details
        return await _desk_page(request, typed, refused)
    return redirect(f"/desk/{made.id}")


def _body(typed: Mapping[str, str]) -> EventBody:
    """Returns what the form asks for; raises Problem."""
    planned: dict[str, object] = {
        "size": _whole(typed, "size"),
        "seconds": _seconds(typed, "minutes"),
        "break_seconds": _seconds(typed, "break_minutes"),
    }
    planned["auto"] = bool(typed["auto"])
    rounds = _whole(typed, "rounds") or 0
    if not 1 <= rounds <= 50 and not typed["pattern"]:
        raise Problem(
            HTTPStatus.UNPROCESSABLE_ENTITY,
            "bad-field",
            "An evening has 1 to 50 rounds.",
            field="rounds",
        )
    zone = typed["time_zone"] or "UTC"
    body: dict[str, object] = {
        "title": typed["title"],
        "locale": typed["locale"] or "en",
        "time_zone": zone,
        "programme": {"rounds": [{k: v for k, v in planned.items() if v is not None}] * rounds},
        "settings": {"ready_check": bool(typed["ready_check"])},
        "tables": _whole(typed, "tables"),
        "starts_at": local_instant(typed["starts_at"], zone),
    }
    pattern = pattern_body(typed["pattern"], typed["locale"])
    if pattern is not None:
        body |= pattern
    if not typed["title"]:
        raise Problem(
            HTTPStatus.UNPROCESSABLE_ENTITY, "bad-field", "An event needs a title.", field="title"
        )
    return read_body(msgspec.json.encode(body), EventBody)


def _whole(typed: Mapping[str, str], name: str) -> int | None:
    text = typed[name]
    if not text:
        return None
    if not (text.isascii() and text.isdigit() and len(text) < 10):
        raise Problem(
            HTTPStatus.UNPROCESSABLE_ENTITY,
            "bad-field",
            "“{value}” is not a whole number.",
            field=name,
            value=text[:40],
        )
    return int(text)


def _seconds(typed: Mapping[str, str], name: str) -> int | None:
    """Returns minutes, halves allowed, as seconds; empty: None. Raises Problem."""
    text = typed[name]
    if not text:
        return None
    try:
        seconds = round(float(text) * 60)
    except (ValueError, OverflowError):
        seconds = -1
    if not 0 <= seconds <= MOST_SECONDS:
        raise Problem(
            HTTPStatus.UNPROCESSABLE_ENTITY,
            "bad-field",
            "Please write minutes as a number, {most} at most.",
            field=name,
            most=MOST_SECONDS // 60,
        )
    return seconds


FORMS: Mapping[str, str] = {
    "/desk/events": "/desk",
    "/desk/out": "/desk",
    **{
        f"/desk/{{event}}/{form}": "/desk/{event}"
        for form in ("details", "goals", "copy", "delete", "host", "host-link")
    },
    "/desk/{event}/links": "/desk/{event}/import",
    "/desk/{event}/people/cards": "/desk/{event}/people",
    "/desk/{event}/people/{who}/link": "/desk/{event}/people/{who}",
    "/desk/{event}/customers/sansan.csv": "/desk/{event}/customers",
    "/desk/{event}/mail/came-back": "/desk/{event}/mail",
}
"""Addresses that forms are sent to, and the page each stands on: what they answer has that address,
and is asked for again from there (another language, the address bar, a bookmark)."""


def leads_to(page: str) -> Endpoint:
    """Returns what sends a browser on to a page, whose pattern is given."""

    async def answer(request: Request) -> Response:
        places = {name: quote(value, safe="") for name, value in request.path_params.items()}
        return redirect(page.format(**places))

    return answer


routes = [
    *(Route(form, leads_to(page), methods=["GET"]) for form, page in FORMS.items()),
    Route("/desk", organisers(desk), methods=["GET"]),
    Route("/desk", sign_in, methods=["POST"]),
    Route("/desk/in/{key}", desk_link, methods=["GET", "POST"]),
    Route("/desk/out", sign_out, methods=["POST"]),
    Route("/desk/events", organisers(create), methods=["POST"]),
    Route("/desk/{event}", organisers(event_page), methods=["GET"]),
    Route("/desk/{event}", sign_in, methods=["POST"]),
    Route("/desk/{event}/import", organisers(import_page), methods=["GET"]),
    Route("/desk/{event}/import", organisers(press_import), methods=["POST"]),
    Route("/desk/{event}/people", organisers(people_page), methods=["GET"]),
    Route("/desk/{event}/people", organisers(press_people), methods=["POST"]),
    Route("/desk/{event}/people/new", organisers(new_person_page), methods=["GET"]),
    Route("/desk/{event}/people/new", organisers(add_person), methods=["POST"]),
    Route("/desk/{event}/people/cards", organisers(print_cards), methods=["POST"]),
    Route("/desk/{event}/people/{who}", organisers(person_page), methods=["GET"]),
    Route("/desk/{event}/people/{who}", organisers(press_person), methods=["POST"]),
    Route("/desk/{event}/people/{who}/link", organisers(person_link), methods=["POST"]),
    Route("/desk/{event}/balance", organisers(balance_page), methods=["GET"]),
    Route("/desk/{event}/interests", organisers(interests_page), methods=["GET"]),
    Route("/desk/{event}/interests", organisers(press_interests), methods=["POST"]),
    Route("/desk/{event}/matching", organisers(matching_page), methods=["GET"]),
    Route("/desk/{event}/matching", organisers(save_matching), methods=["POST"]),
    Route("/desk/{event}/report", organisers(report_page), methods=["GET"]),
    Route("/desk/{event}/report", organisers(save_goals), methods=["POST"]),
    Route("/desk/{event}/sign-up", organisers(sign_up_page), methods=["GET"]),
    Route("/desk/{event}/sign-up", organisers(save_sign_up), methods=["POST"]),
    Route("/desk/{event}/mail", organisers(mail_page), methods=["GET"]),
    Route("/desk/{event}/mail", organisers(press_mail), methods=["POST"]),
    Route("/desk/{event}/mail/came-back", organisers(press_bounce), methods=["POST"]),
    Route("/desk/{event}/mail/letters/{letter}", organisers(letter_page), methods=["GET"]),
    Route("/desk/{event}/mail/{kind}", organisers(words_page), methods=["GET"]),
    Route("/desk/{event}/mail/{kind}", organisers(save_words), methods=["POST"]),
    Route("/desk/{event}/mail/{kind}/preview", organisers(preview_html), methods=["GET"]),
    Route("/desk/{event}/customers", organisers(customers_page), methods=["GET"]),
    Route("/desk/{event}/customers/sansan.csv", organisers(sansan_file), methods=["POST"]),
    Route("/desk/{event}/webhooks", organisers(webhooks_page), methods=["GET"]),
    Route("/desk/{event}/webhooks", organisers(press_webhooks), methods=["POST"]),
    Route("/desk/{event}/links", organisers(save_links), methods=["POST"]),
    Route("/desk/{event}/host", organisers(become_host), methods=["POST"]),
    Route("/desk/{event}/host-link", organisers(host_link), methods=["POST"]),
    Route("/desk/{event}/goals", organisers(set_goals), methods=["POST"]),
    Route("/desk/{event}/details", organisers(set_details), methods=["POST"]),
    Route("/desk/{event}/copy", organisers(copy), methods=["POST"]),
    Route("/desk/{event}/delete", organisers(delete), methods=["POST"]),
]
