"""Static files: compressed; cached for a year under their version, asked for anew without it.

Pages are not compressed: they hold what a visitor typed beside keys, which compression would leak
by its length.
"""

from __future__ import annotations

import mimetypes
import re

from starlette.middleware.gzip import GZipMiddleware
from starlette.responses import Response
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


class VersionedFiles(StaticFiles):
    """Files under `/static/{version}/…` and `/static/…`.

    Another version's address (a page from before a restart) is answered with today's file, not
    kept: a page that lacks one of its modules would not start at all.
    """

    async def get_response(self, path: str, scope: Scope) -> Response:
        first, _, rest = path.partition("/")
        versioned = re.fullmatch(r"[0-9a-f]{10}", first) is not None
        response = await super().get_response(rest if versioned else path, scope)
        kept = f"public, max-age={YEAR}, immutable"
        response.headers["cache-control"] = kept if first == version() else "no-cache"
        response.headers["x-content-type-options"] = "nosniff"
        return response


routes = [Mount("/static", GZipMiddleware(VersionedFiles(directory=STATIC), minimum_size=500))]
