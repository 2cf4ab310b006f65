"""Who may use which door of the HTTP API: the organiser's, a host's, one's own.

Responsible for turning a request into a viewer or a problem: no key or a wrong one (401), somebody
else's door (403), too often (429). Does not look into the evening: whether a person still belongs
there, and what they may ask, is for the rules.
"""

from __future__ import annotations

import time
from http import HTTPStatus

from starlette.requests import Request

from rooms.people import HOST_ROLES, Role
from server.auth import (
    Viewer,
    address,
    bearer,
    hashed,
    is_same_origin,
    organiser_by_cookie,
    viewer_by_cookie,
    viewer_by_key,
)
from server.limits import Buckets, Limits
from server.problems import Problem, TooMany

SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})


def limits_of(request: Request) -> Limits:
    """Returns the limits of the application that serves a request."""
    limits: Limits = request.app.state.limits
    return limits


def take(buckets: Buckets, name: str) -> None:
    """Takes a token; raises TooMany when there is none."""
    wait = buckets.take(name, time.monotonic())
    if wait:
        raise TooMany(wait)


async def organiser_only(request: Request) -> Viewer:
    """Returns the organiser, by key or by the desk's cookie; raises Problem for anybody else."""
    viewer = await _by_key(request) if _has_key(request) else await organiser_by_cookie(request)
    if viewer is None:
        raise _nobody(request)
    if not viewer.is_organiser:
        raise Problem(HTTPStatus.FORBIDDEN, "not-allowed", "Only the organiser's key opens this.")
    _check_origin(request)
    return viewer


async def host_or_organiser(request: Request, event_id: str) -> Viewer:
    """Returns a host of the event, or the organiser; raises Problem for anybody else."""
    found: Viewer | None
    if _has_key(request):
        found = await _by_key(request)
    else:
        found = await viewer_by_cookie(request, event_id, as_host=True)
        found = found or await organiser_by_cookie(request)
    viewer = _of_this_event(request, found, event_id)
    if viewer.role not in HOST_ROLES | {Role.HELPER}:
        raise Problem(HTTPStatus.FORBIDDEN, "not-allowed", "Only a host can do this.")
    return viewer


async def oneself(request: Request, event_id: str) -> Viewer:
    """Returns the person who asks for themselves; raises Problem when it is nobody of the event."""
    found: Viewer | None
    if _has_key(request):
        found = await _by_key(request)
    else:
        as_host = request.query_params.get("as") == "host"
        found = await viewer_by_cookie(request, event_id, as_host=as_host)
    viewer = _of_this_event(request, found, event_id)
    if viewer.is_organiser:
        raise Problem(
            HTTPStatus.FORBIDDEN,
            "not-allowed",
            "This needs the key of a person at the event, not the organiser's.",
        )
    return viewer


def _has_key(request: Request) -> bool:
    return bearer(request) is not None


async def _by_key(request: Request) -> Viewer:
    """Returns whose key it is; only wrong keys are counted by address, so a venue is never shut."""
    viewer = await viewer_by_key(request)
    limits = limits_of(request)
    if viewer is None:
        take(limits.wrong_keys, address(request))
        raise Problem(HTTPStatus.UNAUTHORIZED, "wrong-key", "This key opens nothing.")
    name = hashed(bearer(request) or "")
    take(limits.programs if viewer.is_organiser else limits.sessions, name)
    return viewer


def _of_this_event(request: Request, viewer: Viewer | None, event_id: str) -> Viewer:
    if viewer is None:
        raise _nobody(request)
    if viewer.event not in (None, event_id):
        raise Problem(HTTPStatus.FORBIDDEN, "not-allowed", "This key belongs to another event.")
    if not _has_key(request):
        limits = limits_of(request)
        mine = limits.programs if viewer.is_organiser else limits.sessions
        take(mine, f"{viewer.event}:{viewer.id}")
        _check_origin(request)
    return viewer


def _nobody(request: Request) -> Problem:
    return Problem(
        HTTPStatus.UNAUTHORIZED,
        "no-key",
        "Say who you are: send the header “Authorization: Bearer KEY”.",
    )


def _check_origin(request: Request) -> None:
    if request.method in SAFE_METHODS or _has_key(request):
        return
    if not is_same_origin(request, request.app.state.settings):
        raise Problem(
            HTTPStatus.FORBIDDEN,
            "foreign-origin",
            "This came from another site. Please do it on this server's own page.",
        )
