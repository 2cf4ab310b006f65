"""Static files: compressed; cached for a year under their version, asked for anew without it.

Scripts and styles are the files as they are, but for comments that have lines of their own: those
are for readers of the source, and weigh a sixth of the first page. Lines keep their numbers.

Pages are not compressed: they hold what a visitor typed beside keys, which compression would leak
by its length.
"""

from __future__ import annotations

import mimetypes
import re
from functools import lru_cache
from pathlib import Path

from starlette.middleware.gzip import GZipMiddleware
from starlette.responses import FileResponse, Response
from starlette.routing import Mount
from starlette.staticfiles import StaticFiles
from starlette.types import Scope

from server.files import STATIC
from server.pages.rendering import version

# A machine without a table of types would serve modules as text/plain, which browsers refuse.
mimetypes.add_type("text/javascript", ".js")
mimetypes.add_type("image/svg+xml", ".svg")
mimetypes.add_type("text/css", ".css")

YEAR = 365 * 24 * 3600
"""Seconds: a file's address changes with what is in it."""


COMMENT = re.compile(r"^[^\S\n]*(?:/\*(?:[^*]|\*(?!/))*\*/|//[^\n]*)[^\S\n]*$", re.MULTILINE)
"""A comment with nothing else on its lines; licences, in `vendor/`, stay."""


@lru_cache(maxsize=512)
def without_comments(path: Path, changed_at: float) -> bytes:
    """Returns a script or style as it is served; read anew when the file's time changes."""
    text = path.read_text(encoding="utf-8")
    return COMMENT.sub(lambda found: "\n" * found[0].count("\n"), text).encode()


class VersionedFiles(StaticFiles):
    """Files under `/static/{version}/…` and `/static/…`.

    Another version's address (a page from before a restart) is answered with today's file, not
    kept: a page that lacks one of its modules would not start at all.
    """

    async def get_response(self, path: str, scope: Scope) -> Response:
        first, _, rest = path.partition("/")
        versioned = re.fullmatch(r"[0-9a-f]{10}", first) is not None
        response = await super().get_response(rest if versioned else path, scope)
        if isinstance(response, FileResponse):
            response = _bare(Path(response.path), response)
        kept = f"public, max-age={YEAR}, immutable"
        response.headers["cache-control"] = kept if first == version() else "no-cache"
        response.headers["x-content-type-options"] = "nosniff"
        return response


def _bare(path: Path, response: FileResponse) -> Response:
    """Returns the response for a file: our own scripts and styles go without comments."""
    if path.suffix not in (".js", ".css") or path.parent.name == "vendor":
        return response
    known = {name: response.headers[name] for name in ("etag", "last-modified")}
    body = without_comments(path, path.stat().st_mtime)
    return Response(body, headers=known, media_type=response.media_type)


routes = [Mount("/static", GZipMiddleware(VersionedFiles(directory=STATIC), minimum_size=500))]
