"""Coming in: the first page, the choice of language, and what the links' pages share.

Responsible for the cookie that somebody is let in by. A personal link is `personal_link.py`'s, the
open one `joining.py`'s. What a person agreed to is kept before they are let in.
"""

from __future__ import annotations

import re
from http import HTTPStatus

from msgspec import Struct
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from rooms.commands import GiveConsent
from rooms.messages import Phase
from rooms.people import STAFF_ROLES, Attendee, Role
from server import words
from server.auth import (
    COOKIE_SECONDS,
    HOST_COOKIE_SECONDS,
    Session,
    cookie_name,
    is_same_origin,
    is_secure,
    keys_of,
    organiser_by_cookie,
    set_cookie,
    viewer_by_cookie,
)
from server.evenings import Evening
from server.pages import consent
from server.pages.rendering import redirect, render
from server.problems import Problem
from server.sequencer import UnknownEvent

SESSION_KEY = 16
"""Characters of a key's SHA-256 in a session: enough to tell keys apart, no use to open a door."""


def unknown_link() -> Problem:
    """Returns what to say of a link that was never given out."""
    return Problem(
        HTTPStatus.NOT_FOUND,
        "unknown-link",
        "This link opens nothing. Perhaps it was cut or changed on its way: please open it again"
        " from the message it came in, or ask the organiser for a new one.",
    )


def ended_link(why: str) -> Problem:
    """Returns what to say of a link that opened something once."""
    if why == "replaced":
        return Problem(
            HTTPStatus.GONE,
            "replaced-link",
            "A newer link has taken the place of this one. Please use the latest you were sent.",
        )
    return Problem(
        HTTPStatus.GONE,
        "expired-link",
        "This link has run out. Please ask the organiser for a new one.",
    )


def removed() -> Problem:
    """Returns what to say to somebody whom a host has removed."""
    return Problem(
        HTTPStatus.FORBIDDEN,
        "removed",
        "A host has removed you from this event. Only a host can let you in again.",
    )


async def evening_of(request: Request) -> Evening:
    """Returns the event of a page's address, read to the journal's end."""
    evening: Evening = await request.app.state.evenings.get(request.path_params["event"])
    await evening.caught_up()
    return evening


def check_origin(request: Request) -> None:
    """Raises Problem for a form of another site: it could sign somebody in as somebody else."""
    if not is_same_origin(request, request.app.state.settings, unsaid=True):
        raise Problem(
            HTTPStatus.FORBIDDEN,
            "foreign-origin",
            "This came from another site. Please do it on this server's own page.",
        )


# The first page


class Door(Struct, frozen=True):
    """An event this browser has a cookie for."""

    title: str
    url: str | None
    host_url: str | None
    name: str


async def home(request: Request) -> Response:
    """Draws home.html: `organiser`, `desk_url`, `events` (this browser's)."""
    found: dict[str, None] = {}
    for cookie in list(request.cookies)[:50]:
        if match := re.fullmatch(r"meguri_(?:host_)?([a-z2-7]{12})", cookie):
            found[match[1]] = None
    doors = [door for id in list(found)[:20] if (door := await door_of(request, id))]
    context = {
        "organiser": await organiser_by_cookie(request) is not None,
        "desk_url": "/desk",
        "events": doors,
    }
    return render(request, "home.html", context)


async def door_of(request: Request, event_id: str) -> Door | None:
    """Returns how this browser comes into an event; None: it does not yet."""
    guest = await viewer_by_cookie(request, event_id)
    host = await viewer_by_cookie(request, event_id, as_host=True)
    if guest is None and host is None:
        return None
    try:
        evening: Evening = await request.app.state.evenings.get(event_id)
    except UnknownEvent:
        return None
    people = evening.event.people
    inside = guest if guest and guest.id in people and not people[guest.id].erased else None
    person = inside or host
    over = evening.event.phase is Phase.ENDED
    return Door(
        title=evening.register.details.title,
        url=(f"/e/{event_id}/mine" if over else f"/e/{event_id}") if inside else None,
        host_url=f"/e/{event_id}/host" if host else None,
        name=evening.register.attendee(person.id).name if person else "",
    )


# What the pages before the event share


def about(evening: Evening) -> dict[str, object]:
    """Returns what pages before the event say of it."""
    return {
        "title": evening.register.details.title,
        "phase": str(evening.event.phase),
        "starts_at": evening.event.plan.starts_at,
        "time_zone": evening.event.plan.time_zone,
    }


NOT_AGREED = (
    "Please read how your data is used and tick the box below it: without it you cannot come in."
)


async def keep_consent(request: Request, evening: Evening, id: str, fields: list[str]) -> None:
    """Keeps what somebody agreed to as they came in."""
    known = words.words(words.language(request, evening.event.plan.locale))
    days = evening.event.plan.minutes_days
    asked = consent.asked(known, evening.register.details, days)
    now: int = request.app.state.store.clock()
    await evening.submit(id, GiveConsent(consent=consent.given(id, asked, fields, now)))


async def let_in(
    request: Request, event_id: str, person: Attendee, key: str, *, over: bool = False
) -> Response:
    """Sets the cookie of a person and sends them to their page; `over`: to what stays of it."""
    as_host = person.role in STAFF_ROLES
    name = cookie_name(event_id, as_host=as_host)
    value = await keys_of(request).sign(name, Session(person.id, person.role, key))
    stays = over and person.role is not Role.STATION
    own = f"/e/{event_id}/mine" if stays else f"/e/{event_id}"
    response = redirect(f"/e/{event_id}/host" if as_host else own)
    seconds = HOST_COOKIE_SECONDS if as_host else COOKIE_SECONDS
    set_cookie(response, request, name, value, seconds)
    return response


# The language


async def choose_language(request: Request) -> Response:
    """Remembers a language and goes back to the page it was chosen on."""
    chosen = request.query_params.get("to", "")
    response = redirect(local_path(request.query_params.get("next", "/")))
    if chosen in words.LANGUAGES:
        response.set_cookie(
            words.COOKIE,
            chosen,
            max_age=400 * 24 * 3600,
            path="/",
            samesite="lax",
            secure=is_secure(request),
        )
    return response


def local_path(address: str) -> str:
    """Returns an address on this host; one that leads elsewhere becomes the first page.

    The attack: `/language?next=https://evil.example`, or `//evil.example`, or `/\\evil.example`,
    which browsers read as another host.
    """
    plain = address.startswith("/") and not address.startswith(("//", "/\\"))
    controls = any(c <= " " or c == "\x7f" for c in address)
    return address if plain and not controls else "/"


routes = [
    Route("/", home),
    Route("/language", choose_language),
]
