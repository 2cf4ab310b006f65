"""Handing a running server what mail systems wrote about mails that came back: `bounces`.

Responsible for reading messages from files, mailboxes and standard input, where a mail server's
alias puts them. What they say, and about which letter, is the server's to find.
"""

from __future__ import annotations

import re
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from server.cli.failing import Failed, sentences
from server.cli.reaching import asks, reach

if TYPE_CHECKING:
    from server.asking import Asker

NOT_NOTED = {
    "unreadable": "is no mail that can be read",
    "not-a-bounce": "is no message of a mail system about a mail that came back",
    "delayed": "says that a mail is late: nothing to do yet",
    "delivered": "says that a mail arrived",
    "unknown-letter": "is about no mail that was sent from here",
}

TRY_LATER = 75
"""EX_TEMPFAIL of sysexits: a mail system that hands over a message keeps it, and tries again."""


@click.command()
@click.argument("files", nargs=-1, required=True, type=click.Path(exists=True, allow_dash=True))
@asks
def bounces(files: tuple[str, ...], url: str, key: str | None) -> None:
    """Note mails that came back, from what mail systems wrote about them.

    FILES hold a message each, or several as mbox; - reads one from standard input, so that an
    alias of the mail server can hand them over. If nobody answers it ends with 75 then, and the
    mail server tries again.
    """
    asker = reach(url, key)
    for name in files:
        for message in _messages(name):
            try:
                _note_bounce(asker, name, message)
            except Failed:
                if name != "-":
                    raise
                click.echo("Nobody answered; to be tried again.", err=True)
                raise click.exceptions.Exit(TRY_LATER) from None


def _messages(name: str) -> list[bytes]:
    """Returns the messages of a file: one, or those of a mailbox (mbox)."""
    data = sys.stdin.buffer.read() if name == "-" else Path(name).read_bytes()
    if not data.startswith(b"From "):
        return [data]
    return [one for one in re.split(rb"(?:\A|\r?\n\r?\n)From [^\n]*\n", data) if one.strip()]


def _note_bounce(asker: Asker, name: str, message: bytes) -> None:
    with sentences():
        noted = asker.post("/api/bounces", message, dict[str, object], "message/rfc822")
    why = str(noted.get("why"))
    if not noted.get("noted"):
        click.echo(f"{name}: it {NOT_NOTED.get(why, why)}.")
        return
    after = "no more mail goes there" if noted["address_marked"] else "later mails are still sent"
    click.echo(f"{name}: {noted['letter']} of {noted['event']} came back ({why}); {after}.")
