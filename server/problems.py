"""What went wrong with an HTTP request, as `application/problem+json`: one sentence, and a code.

Responsible for wording every kind of error that a door can meet in the asker's language. Knows no
route. Errors that are our own bugs pass through, for the server's log and a page with a reference.
"""

from __future__ import annotations

import functools
import math
from collections.abc import Awaitable, Callable, Mapping
from http import HTTPStatus

import msgspec
from starlette.requests import Request
from starlette.responses import Response

from rooms.refusal import Refusal
from server import words
from server.delimited import Unreadable
from server.journal import UnknownFact
from server.redis import StoreAway
from server.sequencer import UnknownEvent
from server.wire import WireError

Endpoint = Callable[[Request], Awaitable[Response]]


class Problem(Exception):
    """A request cannot be answered as asked. `sentence` is a msgid that tells what to mend."""

    def __init__(
        self, status: HTTPStatus, code: str, sentence: str, *, field: str = "", **details: str | int
    ) -> None:
        super().__init__(code)
        self.status = status
        self.code = code
        self.sentence = sentence
        self.field = field
        self.details: Mapping[str, str | int] = {"field": field, **details} if field else details


class TooMany(Problem):
    """Asked too often; `seconds` until it makes sense to ask again."""

    def __init__(self, seconds: float) -> None:
        super().__init__(
            HTTPStatus.TOO_MANY_REQUESTS,
            "slow-down",
            "That was too often. Please try again in {seconds} s.",
            seconds=max(1, math.ceil(seconds)),
        )


class Shown(msgspec.Struct):
    """A problem as RFC 9457 writes it, with our code."""

    title: str
    status: int
    code: str
    detail: str
    type: str = "about:blank"
    field: str | msgspec.UnsetType = msgspec.UNSET


def problem_of(error: Exception) -> Problem | None:
    """Returns what an error means to whoever asked; None: it is our own bug."""
    match error:
        case Problem():
            return error
        case WireError():
            return _problem(HTTPStatus.BAD_REQUEST, error)
        case Refusal(code="not-allowed"):
            return _problem(HTTPStatus.FORBIDDEN, error)
        case Refusal():
            return _problem(HTTPStatus.CONFLICT, error)
        case Unreadable(code="too-big"):
            return _problem(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, error)
        case Unreadable():
            return _problem(HTTPStatus.UNPROCESSABLE_ENTITY, error)
        case UnknownEvent():
            return Problem(HTTPStatus.NOT_FOUND, "unknown-event", "There is no such event.")
        case StoreAway() | UnknownFact():
            return Problem(
                HTTPStatus.SERVICE_UNAVAILABLE,
                "store-away",
                "The server cannot reach its memory just now. Please try again in a moment.",
            )
        case _:
            return None


def _problem(status: HTTPStatus, error: Refusal | Unreadable) -> Problem:
    problem = Problem(status, error.code, error.sentence)
    problem.details = error.details
    problem.field = str(error.details.get("field", ""))
    return problem


def problem_response(request: Request, problem: Problem) -> Response:
    """Returns a problem in the asker's language."""
    language = words.language(request)
    headers = {"content-language": language, "x-content-type-options": "nosniff"}
    if isinstance(problem, TooMany):
        headers["retry-after"] = str(problem.details["seconds"])
    elif problem.status is HTTPStatus.SERVICE_UNAVAILABLE:
        headers["retry-after"] = "2"
    elif problem.status is HTTPStatus.UNAUTHORIZED:
        headers["www-authenticate"] = "Bearer"
    shown = Shown(
        title=problem.status.phrase,
        status=problem.status,
        code=problem.code,
        detail=words.sentence(language, problem),
        field=problem.field or msgspec.UNSET,
    )
    return Response(
        msgspec.json.encode(shown),
        problem.status,
        headers,
        media_type="application/problem+json",
    )


def answering(endpoint: Endpoint) -> Endpoint:
    """Wraps an endpoint of the API: its problems and refusals become answers."""

    @functools.wraps(endpoint)
    async def answer(request: Request) -> Response:
        try:
            return await endpoint(request)
        except Exception as error:
            problem = problem_of(error)
            if problem is None:
                raise
            return problem_response(request, problem)

    return answer
