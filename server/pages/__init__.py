"""The pages: what browsers are given, from the first page to the two that are programs.

`routes` are the application's; `prepare` gives it the pages for what goes wrong.
"""

from __future__ import annotations

from starlette.applications import Starlette
from starlette.routing import BaseRoute

from server.pages import desk, entry, errors, shells, statics

routes: list[BaseRoute] = [*statics.routes, *entry.routes, *shells.routes, *desk.routes]


def prepare(app: Starlette) -> None:
    """Gives an application the answers to what goes wrong, for programs and for people."""
    for kind, handler in errors.handlers.items():
        app.add_exception_handler(kind, handler)
