"""Drawing a page: templates, the viewer's language, and the headers that guard it.

Responsible for what every page has in common. Knows no single page.

Invariants:
- No page runs a script or style that is not this server's file: a name like `<script>` typed by
  somebody stays text (autoescape), and would not run if it did not (Content-Security-Policy with a
  nonce, Trusted Types).
- No page can be framed by another site, and none leaks its address, which may hold a key.
"""

from __future__ import annotations

import hashlib
import re
import secrets
from functools import cache
from http import HTTPStatus
from pathlib import Path
from urllib.parse import quote

from msgspec import Struct
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response

from server import words
from server.files import STATIC
from server.settings import Settings
from server.templating import environment

THEME_COOKIE = "meguri_theme"
"""Set by the page's own switch; a cookie, so that a page is drawn in it from the first moment."""

THEMES = ("light", "dark")


@cache
def version() -> str:
    """Returns ten characters that change whenever any static file does (read once per process)."""
    digest = hashlib.sha256()
    for path in sorted(path for path in STATIC.rglob("*") if path.is_file()):
        digest.update(path.relative_to(STATIC).as_posix().encode())
        digest.update(path.read_bytes())
    return digest.hexdigest()[:10]


def static(path: str) -> str:
    """Returns a static file's address; its version is in the path, so relative imports keep it."""
    return f"/static/{version()}/{Path(path).as_posix()}"


class Instant(Struct, frozen=True):
    """An instant for people (`text`) and for programs (`iso`)."""

    iso: str
    text: str


class LanguageChoice(Struct, frozen=True):
    """A language to change to; following the address changes it and comes back."""

    code: str
    label: str
    url: str


def here(request: Request) -> str:
    """Returns the address of the page asked for, without the host."""
    return request.url.path + (f"?{request.url.query}" if request.url.query else "")


def render(
    request: Request,
    template: str,
    context: dict[str, object],
    *,
    status: HTTPStatus = HTTPStatus.OK,
    locale: str = "",
) -> Response:
    """Draws a template for a request; `locale` is the event's, for those who never said theirs."""
    language = words.language(request, locale)
    known = words.words(language)
    nonce = secrets.token_urlsafe(16)
    languages = [
        LanguageChoice(code, label, f"/language?to={code}&next={quote(here(request), safe='')}")
        for code, label in words.LANGUAGES.items()
    ]

    def instant(at: int, time_zone: str) -> Instant:
        return Instant(words.iso(at, time_zone), words.day_and_time(language, at, time_zone))

    page = (
        environment()
        .get_template(template)
        .render(
            {
                "_": known.gettext,
                "ngettext": known.ngettext,
                "language": language,
                "theme": theme(request),
                "languages": languages,
                "language_urls": [(each.code, each.label, each.url) for each in languages],
                "here": here(request),
                "home_url": "/",
                "nonce": nonce,
                "static": static,
                "instant": instant,
                **context,
            }
        )
    )
    return HTMLResponse(page, status, headers=page_headers(request, language, nonce))


def theme(request: Request) -> str:
    """Returns `light` or `dark` where a viewer chose it; empty: as their system has it."""
    chosen = request.cookies.get(THEME_COOKIE, "")
    return chosen if chosen in THEMES else ""


def page_headers(request: Request, language: str, nonce: str) -> dict[str, str]:
    """Returns the headers of a page."""
    host = request.headers.get("host", "")
    sockets = f" ws://{host} wss://{host}" if re.fullmatch(r"[A-Za-z0-9.\-:\[\]]+", host) else ""
    policy = {
        "default-src": "'none'",
        "script-src": f"'self' 'nonce-{nonce}'",
        "style-src": "'self'",
        "img-src": "'self' data: blob:",
        "media-src": "'self' blob: mediastream:",
        "font-src": "'self'",
        # Safari before 15.4 does not count a socket to the same host as 'self'.
        "connect-src": f"'self'{sockets}{_media_server(request)}",
        "manifest-src": "'self'",
        "worker-src": "'self'",
        "form-action": "'self'",
        "frame-ancestors": "'none'",
        "base-uri": "'none'",
        "require-trusted-types-for": "'script'",
        "trusted-types": "'none'",
    }
    return {
        "content-security-policy": "; ".join(f"{name} {value}" for name, value in policy.items()),
        "content-language": language,
        "cache-control": "no-store",
        "x-content-type-options": "nosniff",
        "x-frame-options": "DENY",
        # With `no-referrer` browsers send `Origin: null` on our own forms; this sends other sites
        # nothing either.
        "referrer-policy": "same-origin",
        "cross-origin-opener-policy": "same-origin",
        "permissions-policy": "camera=(self), microphone=(self), display-capture=(self),"
        " geolocation=()",
        "vary": "cookie, accept-language",
    }


def _media_server(request: Request) -> str:
    """Returns the media server as a source to connect to, where there is one."""
    settings: Settings = request.app.state.settings
    if settings.livekit_url is None:
        return ""
    # Its client asks over HTTP why a socket was refused.
    return f" {settings.livekit_url} http{settings.livekit_url.removeprefix('ws')}"


def redirect(url: str) -> Response:
    """Sends the browser on to another page of this server, with a GET."""
    headers = {"cache-control": "no-store", "referrer-policy": "same-origin"}
    return RedirectResponse(url, HTTPStatus.SEE_OTHER, headers)
