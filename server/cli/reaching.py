"""Reaching a running server from the command line: its address, the organiser's key, an event.

Responsible for what the commands that ask a server have in common. Does not know what they ask.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import click

from server.cli.failing import Failed, own_settings, sentences

if TYPE_CHECKING:
    from server.asking import Asker

DEFAULT_URL = "http://127.0.0.1:8000"


def asks(command: Callable[..., None]) -> Callable[..., None]:
    """Adds `--url` and `--key` to a command."""
    command = click.option("--key", default=None, help="Default: MEGURI_ORGANISER_KEY.")(command)
    return click.option("--url", default=DEFAULT_URL, show_default=True, help="The server.")(
        command
    )


def reach(url: str, key: str | None) -> Asker:
    """Returns who asks the server at `url`; without a key the usage is wrong."""
    from server.asking import Asker

    key = key or own_settings().organiser_key
    if not key:
        raise click.UsageError("The organiser's key is missing: --key or MEGURI_ORGANISER_KEY.")
    with sentences():
        return Asker(url, key)


def event_id_of(asker: Asker, event: str | None) -> str:
    """Returns the event asked for, or the only one there is; raises when that is not clear."""
    if event:
        return event
    with sentences():
        events = asker.get("/api/events", list[dict[str, object]])
    if len(events) == 1:
        return str(events[0]["id"])
    if not events:
        raise Failed("There is no event yet: `meguri event create TITLE` makes one.")
    raise click.UsageError(f"There are {len(events)} events: say which with --event.")
