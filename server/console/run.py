"""Starts the console: which language, which key, which of its two faces."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Callable

from server.attending import Door
from server.console.address import Address
from server.console.line import NobodyThere
from server.console.session import NotAHost, Session
from server.console.speech import Speech
from server.settings import may_move_cursor, spoken_language
from server.words import DEFAULT, LANGUAGES


def has_screen() -> bool:
    """Says whether a screen can be drawn: both ends are a terminal, and one that moves a cursor."""
    return sys.stdin.isatty() and sys.stdout.isatty() and may_move_cursor()


def language_of(asked: str | None) -> str:
    """Returns the language asked for, else the locale's where it is ours, else English."""
    spoken = asked or spoken_language()
    return spoken if spoken in LANGUAGES else DEFAULT


def run(
    address: Address,
    key: str,
    language: str,
    *,
    plain: bool,
    follow: bool,
    say: Callable[[str], None],
) -> int:
    """Runs the console until it ends; returns the exit code. `say` prints why it failed."""
    return asyncio.run(_run(address, key, language, plain=plain, follow=follow, say=say))


async def _run(
    address: Address,
    key: str,
    language: str,
    *,
    plain: bool,
    follow: bool,
    say: Callable[[str], None],
) -> int:
    speech = Speech(language)
    door = Door(address.socket_base, address.event, key, language)
    session = Session(door, speech)
    try:
        if plain:
            from server.console.plain import Plain, print_line, typed_lines

            lines = typed_lines(sys.stdin.fileno())
            return await Plain(session, lines, print_line, follow=follow).run()
        from server.console.terminal.app import Terminal

        app = Terminal(session)
        code = await app.run_async() or 0
        if app.failure is not None:
            raise app.failure
        if app.last_words:
            say(app.last_words)
        return code
    except NobodyThere:
        say(speech.gettext("No server answers at {url}. Is it running there?", url=address.base))
    except NotAHost:
        say(speech.gettext("This link is an attendee's. The console needs a host's link."))
    return 1
