"""The two pages that are programs: an attendee's and a host's, with the data they start from."""

from __future__ import annotations

import time
from http import HTTPStatus
from weakref import WeakKeyDictionary

import msgspec
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from rooms.company import suggested_interests
from rooms.people import STAFF_ROLES
from server import words
from server.auth import keys_of, organiser_by_cookie, public_url, viewer_by_cookie
from server.evenings import Evening
from server.pages.entry import evening_of, removed
from server.pages.joining import place_page
from server.pages.rendering import render, version
from server.problems import Problem

SUGGESTIONS_SECONDS = 60.0
"""How old suggested words may be: counting everybody's takes a while."""

_suggested: WeakKeyDictionary[Evening, tuple[float, tuple[str, ...]]] = WeakKeyDictionary()


def unknown_here() -> Problem:
    """Returns what to say to a browser without an attendee's cookie."""
    return Problem(
        HTTPStatus.UNAUTHORIZED,
        "no-key",
        "This browser does not know you yet. Please open the personal link you were sent, or the"
        " event's open link.",
    )


def not_a_host() -> Problem:
    """Returns what to say to a browser without a host's cookie."""
    return Problem(
        HTTPStatus.UNAUTHORIZED,
        "no-key",
        "This page is for hosts. Please open the host's link, or sign in at the organiser's desk.",
    )


async def attendee_page(request: Request) -> Response:
    """Draws app.html: `title`, `boot`; place.html for somebody without a place."""
    evening = await evening_of(request)
    viewer = await viewer_by_cookie(request, evening.id)
    if viewer is None:
        raise unknown_here()
    _check_belongs(evening, viewer.id)
    without = place_page(request, evening, viewer.id)
    if without is not None:
        return without
    boot = _boot(request, evening, viewer.id)
    boot |= {
        "socket": f"/e/{evening.id}/socket",
        "commands": f"/api/events/{evening.id}/attendees/me/commands",
        "join_url": None,
    }
    return _shell(request, "app.html", evening, boot)


async def host_page(request: Request) -> Response:
    """Draws host.html: `title`, `boot`."""
    evening = await evening_of(request)
    viewer = await viewer_by_cookie(request, evening.id, as_host=True)
    if viewer is None or viewer.role not in STAFF_ROLES:
        raise not_a_host()
    _check_belongs(evening, viewer.id)
    boot = _boot(request, evening, viewer.id)
    key = await keys_of(request).join_key(evening.id)
    organiser = await organiser_by_cookie(request)
    boot |= {
        "socket": f"/e/{evening.id}/socket?as=host",
        "commands": f"/api/events/{evening.id}/commands",
        "join_url": f"{public_url(request)}/e/{evening.id}/join/{key}",
        "desk": f"/desk/{evening.id}" if organiser else None,
        "programme": msgspec.to_builtins(evening.event.plan.rounds),
    }
    return _shell(request, "host.html", evening, boot)


async def the_words(request: Request) -> Response:
    """Gives a language's catalogue, so that a page changes its language without coming anew."""
    language = request.path_params["language"]
    if language not in words.LANGUAGES:
        raise HTTPException(HTTPStatus.NOT_FOUND)
    return JSONResponse(words.for_scripts(language), headers={"cache-control": "no-store"})


async def suggested(request: Request) -> Response:
    """Gives the tags that many attendees have, to whoever takes part; made anew once a minute."""
    evening = await evening_of(request)
    viewer = await viewer_by_cookie(request, evening.id)
    if viewer is None:
        raise unknown_here()
    _check_belongs(evening, viewer.id)
    interests = _suggestions(evening)
    return JSONResponse({"interests": interests}, headers={"cache-control": "no-store"})


def _suggestions(evening: Evening) -> tuple[str, ...]:
    """Returns an event's suggestions; counting looks at everybody, so once a minute is enough."""
    now = time.monotonic()
    counted_at, interests = _suggested.get(evening, (float("-inf"), ()))
    if now - counted_at > SUGGESTIONS_SECONDS:
        interests = suggested_interests(evening.register)
        _suggested[evening] = now, interests
    return interests


def _check_belongs(evening: Evening, id: str) -> None:
    person = evening.event.people.get(id)
    if person is None or person.erased:
        raise unknown_here()
    if person.removed_at is not None:
        raise removed()


def _boot(request: Request, evening: Evening, id: str) -> dict[str, object]:
    person = evening.register.attendee(id)
    language = words.language(request, person.locale or evening.event.plan.locale)
    return {
        "event": evening.id,
        "title": evening.register.details.title,
        "language": language,
        "words": words.for_scripts(language),
        "time_zone": evening.event.plan.time_zone,
        "you": id,
        "name": person.name,
        "role": person.role.value,
        "version": version(),
        "leave": None,
    }


def _shell(request: Request, template: str, evening: Evening, boot: dict[str, object]) -> Response:
    context: dict[str, object] = {"title": evening.register.details.title, "boot": boot}
    locale = str(boot["language"])
    return render(request, template, context, locale=locale)


routes = [
    Route("/e/{event}", attendee_page),
    Route("/e/{event}/host", host_page),
    Route("/e/{event}/suggestions", suggested),
    Route("/words/{language}", the_words),
]
