"""The mail server, from our side: a connection to it, and whose fault it is when it takes no mail.

Responsible for greeting, signing in and leaving, and for telling trouble with the server, which no
letter is to blame for, from trouble with one address or one letter. Hands no letter over; that is
`carrier.py`'s.

Invariants: a password never goes over the net in the clear; what a server said is kept without the
addresses in it.
"""

from __future__ import annotations

import contextlib
import ipaddress
import re
import ssl
from collections.abc import AsyncIterator

import aiosmtplib

from server.mail import without_addresses
from server.settings import Smtp

COMMAND_SECONDS = 30.0
"""How long the answer to one command may take."""

TROUBLES = {
    "away": "The mail server cannot be reached.",
    "slow": "The mail server does not answer in time.",
    "password": "The mail server refuses the user or the password.",
    "tls": "The mail server offers no secure connection that can be trusted.",
    "refuses": "The mail server refuses to serve.",
    "busy": "The mail server puts all mails off for now.",
    "sender": "The mail server refuses the address that mails come from.",
    "relay": "The mail server passes on no mail of ours: it wants a user and a password, or must be"
    " told to.",
}
"""Why a mail server serves nobody just now, in words: for the log, the desk and the doctor."""

WANTS_SIGN_IN = (530, 534, 535, 538)
"""Codes of RFC 4954 that a server may give as late as at the first mail."""

RELAYING = re.compile(r"relay", re.IGNORECASE)
"""How servers refuse every address beyond their own: their trouble with us, not the address's."""


BLOCKING = re.compile(
    r"client host|blocked using|block.?list|black.?list|spamhaus|your (?:ip|host|network)",
    re.IGNORECASE,
)
"""How servers refuse every address because of who asks: a machine on a list of senders of spam."""


class ServerTrouble(Exception):
    """The mail server serves nobody just now, so no letter is to blame.

    `why`: of `TROUBLES`; `said`: by the server; `cause`: our own library's words where it said
    nothing, in English: for the log and the doctor.
    """

    def __init__(self, why: str, said: str = "", cause: str = "") -> None:
        super().__init__(why)
        self.why = why
        self.said = said
        self.cause = cause


@contextlib.asynccontextmanager
async def connected(smtp: Smtp) -> AsyncIterator[aiosmtplib.SMTP]:
    """Yields a greeted, and where asked signed-in, connection. Raises ServerTrouble."""
    client = await connect(smtp)
    try:
        yield client
    finally:
        await part(client)


async def connect(smtp: Smtp, patience: float = COMMAND_SECONDS) -> aiosmtplib.SMTP:
    """Connects, greets and signs in; waits `patience` seconds for each answer. Raises
    ServerTrouble."""
    # A password must not go over the net in the clear because somebody takes STARTTLS out.
    must = smtp.security == "starttls" or (bool(smtp.user) and not _is_near(smtp.host))
    start_tls = False if smtp.security == "tls" else True if must else None
    client = aiosmtplib.SMTP(
        hostname=smtp.host,
        port=smtp.port,
        username=smtp.user or None,
        password=smtp.password or None,
        timeout=patience,
        use_tls=smtp.security == "tls",
        start_tls=start_tls,
    )
    try:
        await client.connect()
        if client.is_ehlo_or_helo_needed:
            await client.ehlo()
    except aiosmtplib.SMTPAuthenticationError as error:
        client.close()
        raise ServerTrouble("password", said_by(error)) from error
    except aiosmtplib.SMTPResponseException as error:
        client.close()
        is_tls = "TLS" in error.message.upper()
        raise ServerTrouble("tls" if is_tls else "refuses", said_by(error)) from error
    except (aiosmtplib.SMTPException, OSError, ValueError) as error:
        client.close()
        why = "slow" if isinstance(error, TimeoutError) else "away"
        why = "tls" if _is_about_tls(error) else why
        raise ServerTrouble(why, cause=without_addresses(str(error))) from error
    return client


def _is_about_tls(error: BaseException | None) -> bool:
    while error is not None:
        if isinstance(error, ssl.SSLError) or "STARTTLS" in str(error):
            return True
        error = error.__cause__ or error.__context__
    return False


async def part(client: aiosmtplib.SMTP) -> None:
    """Says goodbye, if the other side still listens."""
    try:
        await client.quit(timeout=2)
    except (aiosmtplib.SMTPException, OSError):
        client.close()


def _is_near(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def said_by(error: aiosmtplib.SMTPResponseException) -> str:
    """Returns a server's answer without any address in it: the book holds none."""
    return f"{error.code} {without_addresses(error.message)}"


def trouble_at_sender(error: aiosmtplib.SMTPResponseException) -> ServerTrouble:
    """Returns what it means that the server takes no mail from us."""
    if error.code in WANTS_SIGN_IN:
        return ServerTrouble("password", said_by(error))
    if error.code == 421 or not 400 <= error.code < 600:
        return ServerTrouble("refuses", said_by(error))
    return ServerTrouble("busy" if error.code < 500 else "sender", said_by(error))


def trouble_at_address(error: aiosmtplib.SMTPResponseException) -> str:
    """Returns why a server refuses every address, by how it refuses one; or nothing."""
    if error.code == 421:
        return "refuses"
    if error.code in WANTS_SIGN_IN:
        return "password"
    if BLOCKING.search(error.message):
        return "refuses"
    return "relay" if error.code >= 500 and RELAYING.search(error.message) else ""
