"""What a person sees when something did not work: a friendly page, with the right status.

Programs (`/api/…`) get the same as a problem. A bug of ours gets a reference, which stands in the
log with the traceback, and nothing of what went wrong inside.
"""

from __future__ import annotations

import logging
import secrets
from collections.abc import Awaitable, Callable, Mapping
from http import HTTPStatus

from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response

from rooms.refusal import Refusal
from server import words
from server.delimited import Unreadable
from server.journal import UnknownFact
from server.pages.rendering import render
from server.problems import Problem, problem_of, problem_response
from server.redis import StoreAway
from server.sequencer import UnknownEvent

log = logging.getLogger(__name__)

Handler = Callable[[Request, Exception], Awaitable[Response]]

HEADINGS: Mapping[HTTPStatus, str] = {
    HTTPStatus.UNAUTHORIZED: "Your own link is needed",
    HTTPStatus.FORBIDDEN: "This door is closed",
    HTTPStatus.NOT_FOUND: "There is nothing here",
    HTTPStatus.GONE: "This link is no longer in use",
    HTTPStatus.CONFLICT: "That does not work just now",
    HTTPStatus.TOO_MANY_REQUESTS: "One moment, please",
    HTTPStatus.INTERNAL_SERVER_ERROR: "Something broke on our side",
    HTTPStatus.SERVICE_UNAVAILABLE: "One moment, please",
}
SIGNED_OUT = "signed-out"
"""The code of a form that came from the desk after the sign-in had run out."""

OTHER_HEADING = "That did not work"


def error_page(
    request: Request,
    problem: Problem,
    *,
    reference: str | None = None,
    event: Mapping[str, str] | None = None,
    locale: str = "",
) -> Response:
    """Draws the page of a problem; `event` (title, url) leads back to where somebody was."""
    language = words.language(request, locale)
    is_signed_out = problem.code == SIGNED_OUT
    heading = HEADINGS.get(problem.status, OTHER_HEADING)
    context: dict[str, object] = {
        "status": int(problem.status),
        "heading": words.words(language).gettext(
            "You are signed out" if is_signed_out else heading
        ),
        "is_signed_out": is_signed_out,
        "sentence": words.sentence(language, problem),
        "reference": reference,
        "event": event,
    }
    return render(request, "error.html", context, status=problem.status, locale=locale)


def _answer(request: Request, problem: Problem, reference: str | None = None) -> Response:
    if request.url.path.startswith("/api/"):
        return problem_response(request, problem)
    return error_page(request, problem, reference=reference)


async def on_known(request: Request, error: Exception) -> Response:
    """Answers an error that says whose fault it is."""
    problem = problem_of(error)
    if problem is None:
        raise error
    return _answer(request, problem)


async def on_http(request: Request, error: Exception) -> Response:
    """Answers what Starlette refused by itself: no such page, no such method."""
    status = HTTPStatus(error.status_code) if isinstance(error, HTTPException) else None
    match status:
        case HTTPStatus.NOT_FOUND | None:
            problem = Problem(
                HTTPStatus.NOT_FOUND,
                "not-found",
                "There is no page at this address. Please check the link you were given.",
            )
        case HTTPStatus.METHOD_NOT_ALLOWED:
            problem = Problem(
                status, "bad-method", "This address does not answer that kind of request."
            )
        case _:
            problem = Problem(status, "bad-request", "This request could not be read.")
    response = _answer(request, problem)
    if isinstance(error, HTTPException):
        response.headers.update(error.headers or {})
    return response


async def on_gone(request: Request, error: Exception) -> Response:
    """Answers nobody: a page that was closed while it sent something is no bug of ours."""
    log.info("%s %s: gone before it was sent.", request.method, _without_keys(request))
    return Response(status_code=HTTPStatus.BAD_REQUEST)


async def on_bug(request: Request, error: Exception) -> Response:
    """Answers a bug of ours: a reference for the person, the traceback for the log."""
    reference = secrets.token_hex(4)
    log.error(
        "Reference %s: %s %s", reference, request.method, _without_keys(request), exc_info=error
    )
    problem = Problem(
        HTTPStatus.INTERNAL_SERVER_ERROR,
        "bug",
        "It is not your fault, and nothing you did is lost. Please try again in a moment."
        " (Reference {reference})",
        reference=reference,
    )
    return _answer(request, problem, reference)


def _without_keys(request: Request) -> str:
    """Returns an address for the log: the route's pattern, since the address may hold a key."""
    route = request.scope.get("route")
    return str(getattr(route, "path", "?"))


handlers: dict[type[Exception], Handler] = {
    Problem: on_known,
    Refusal: on_known,
    Unreadable: on_known,
    UnknownEvent: on_known,
    StoreAway: on_known,
    UnknownFact: on_known,
    HTTPException: on_http,
    ClientDisconnect: on_gone,
    Exception: on_bug,
}
"""For the application's `exception_handlers`."""
