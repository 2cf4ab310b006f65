"""Mails that came back: what a bounce says, of which letter, and whether the address is at fault.

Responsible for reading one message: a delivery status notification (RFC 3464), as Postfix, Exchange
and Japanese carriers write them, or the older letters of mail systems that return the mail with a
sentence. Matches nothing and writes nothing; which letter is meant is told by its Message-ID, which
`letters.py` makes.

Invariants:
- Only what a mail system sends is a bounce: a person's answer, or that of their holiday, is not,
  even where it names our mail.
- A report of a delay, or of success, is no failure.
- What is kept of a mail system's words holds no address.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from email import message_from_bytes
from email.message import Message
from email.utils import getaddresses

from msgspec import Struct

from rooms.people import address_form
from server.letters import MARK, MARK_HEADER
from server.mail import without_addresses

MESSAGE_LIMIT = 8 * 1024 * 1024
"""A bounce returns the mail, with its attachments at the most."""

WORDS_LIMIT = 64 * 1024
"""So much of a bounce's sentences is looked at."""

STATUS = re.compile(r"(?<![\d.])([245])\.(\d{1,3})\.(\d{1,3})(?![\d.])")
"""An enhanced status code (RFC 3463), not a part of an internet address."""

MAIL_SYSTEMS = re.compile(r"(mailer-daemon|postmaster|mail-daemon|mdaemon)@", re.IGNORECASE)
SENTENCES = re.compile(
    r"could not be delivered|undeliverable|not able to deliver|wasn't able to deliver"
    r"|delivery (has )?failed|failed permanently|returned to sender|送信できません|配信できません"
    r"|届きません",
    re.IGNORECASE,
)
"""How mail systems without RFC 3464 say that it failed."""
LATER = re.compile(r"delayed|will be retried|still trying|warning message only", re.IGNORECASE)

IN_ANGLES = re.compile(r"<([^<>\s@]+@[^<>\s@]+)>")

UNKNOWN = re.compile(
    r"user unknown|unknown user|no such user|unknown recipient|does not exist|account is disabled"
    r"|recipient.{0,20}not found|見つかりません|存在しません",
    re.IGNORECASE,
)
FULL = re.compile(r"mailbox (is )?full|over ?quota|quota exceeded|容量", re.IGNORECASE)


class NoBounce(Exception):
    """This is no message about a mail that came back. `why`: `unreadable`, `not-a-bounce`,
    `delayed` or `delivered`."""

    def __init__(self, why: str) -> None:
        super().__init__(why)
        self.why = why


class Bounce(Struct, frozen=True, kw_only=True):
    """One mail that came back. `why`: one of `REASONS`; `said`: the mail system's words."""

    marks: tuple[str, ...]
    """Of our letters, as `letters.mark_of` makes them."""
    addresses: frozenset[str]
    """To whom it could not be delivered, as `address_form` writes them."""
    why: str
    said: str


AT_ADDRESS = frozenset({"came-back-unknown", "came-back"})
"""Reasons after which the address gets no more; a full mailbox, or a mail that is taken for
advertising, says nothing of the next one."""


def read_bounce(data: bytes) -> Bounce:
    """Returns what a message says came back. Raises NoBounce."""
    # The library's older policy: the newer one parses headers, and trips over broken ones.
    mail = message_from_bytes(data.lstrip()[:MESSAGE_LIMIT])
    if not mail.keys():
        raise NoBounce("unreadable")
    parts = list(mail.walk())
    words = _words(parts)
    reports = list(_reports(parts))
    if reports:
        failed = [one for one in reports if _field(one, "Action").lower() == "failed"]
        if not failed:
            delayed = any(_field(one, "Action").lower() == "delayed" for one in reports)
            raise NoBounce("delayed" if delayed else "delivered")
        diagnosis = " ".join(_field(one, "Diagnostic-Code") for one in failed)
        status = next(filter(None, (_field(one, "Status") for one in failed)), "")
        to = [_field(one, name) for one in failed for name in ("Original-Recipient", RECIPIENT)]
    else:
        _must_be_of_a_mail_system(mail, words)
        diagnosis, status = "", ""
        to = [*mail.get_all("X-Failed-Recipients", []), *IN_ANGLES.findall(words)]
    returned = list(_returned(parts))
    to += [value for one in returned for value in one.get_all("To", [])]
    said = diagnosis.partition(";")[2] or diagnosis or _sentence(words)
    return Bounce(
        marks=_marks(mail, returned, words),
        addresses=_addresses(to),
        why=reason(status, f"{diagnosis} {words}"),
        said=without_addresses(f"{status} {said}"),
    )


RECIPIENT = "Final-Recipient"


def reason(status: str, words: str) -> str:
    """Returns why a mail came back, by its status code (RFC 3463) and, where that says nothing
    (`5.0.0`, as carriers write), by the words beside it.

    >>> reason("5.1.1", ""), reason("5.0.0", "550 user unknown"), reason("4.4.7", "")
    ('came-back-unknown', 'came-back-unknown', 'came-back-late')
    """
    found = STATUS.search(status)
    if found is None or found[0] in ("5.0.0", "4.0.0"):
        if UNKNOWN.search(words):
            return "came-back-unknown"
        if FULL.search(words):
            return "came-back-full"
        found = STATUS.search(words) or found
    if found is None:
        return "came-back"
    kind, subject, detail = found.groups()
    match subject, detail:
        case ("1", _) | ("2", "1"):
            return "came-back-unknown"
        case ("2", "2"):
            return "came-back-full"
        case ("2" | "3", "3" | "4"):
            return "came-back-large"
        case ("6" | "7", _):
            return "came-back-refused"
        case _:
            return "came-back-late" if kind == "4" else "came-back"


def _reports(parts: Sequence[Message]) -> Iterator[Message]:
    """Yields what a notification says of each recipient: the groups after the first one."""
    for part in parts:
        if part.get_content_type() in ("message/delivery-status", "message/global-delivery-status"):
            groups = part.get_payload()
            if isinstance(groups, list):
                yield from (one for one in groups if isinstance(one, Message) and RECIPIENT in one)


def _field(group: Message, name: str) -> str:
    return " ".join(str(group.get(name, "")).split())


def _must_be_of_a_mail_system(mail: Message, words: str) -> None:
    """Raises NoBounce unless a mail system says, in a sentence, that it could not deliver."""
    by_system = str(mail.get("Return-Path", "")).strip() == "<>" or MAIL_SYSTEMS.search(
        str(mail.get("From", ""))
    )
    if "X-Failed-Recipients" in mail:
        return
    if not by_system or not SENTENCES.search(words):
        raise NoBounce("not-a-bounce")
    if LATER.search(str(mail.get("Subject", ""))):
        raise NoBounce("delayed")


def _returned(parts: Sequence[Message]) -> Iterator[Message]:
    """Yields the mails, or their headers alone, that a bounce brings back."""
    for part in parts:
        match part.get_content_type():
            case "message/rfc822" | "message/global":
                inner = part.get_payload()
                if isinstance(inner, list) and inner and isinstance(inner[0], Message):
                    yield inner[0]
            case "text/rfc822-headers" | "message/global-headers":
                yield message_from_bytes(_bytes(part))


def _bytes(part: Message) -> bytes:
    data = part.get_payload(decode=True)
    return data if isinstance(data, bytes) else b""


def _words(parts: Sequence[Message]) -> str:
    """Returns the sentences of a bounce, and of a mail that stands in them as text."""
    found = []
    for part in parts:
        if part.get_content_type() == "text/plain":
            try:
                found.append(_bytes(part).decode(part.get_content_charset("utf-8"), "replace"))
            except LookupError:  # a charset that nobody knows
                found.append(_bytes(part).decode("utf-8", "replace"))
        elif part.get_content_type() == "message/rfc822":
            break  # what follows are our own words
    return "\n".join(found)[:WORDS_LIMIT]


def _sentence(words: str) -> str:
    """Returns the line of a bounce that says why."""
    lines = [" ".join(line.split()) for line in words.splitlines()]
    for tells in (UNKNOWN, FULL, STATUS, SENTENCES):
        for line in lines:
            if tells.search(line):
                return line
    return ""


def _marks(mail: Message, returned: Sequence[Message], words: str) -> tuple[str, ...]:
    """Returns the marks of our letters that a bounce names (`letters.mark_of`)."""
    named = [str(one.get(name, "")) for one in returned for name in ("Message-ID", MARK_HEADER)]
    named += [str(mail.get(name, "")) for name in ("In-Reply-To", "References")]
    found = [one[1] for text in (*named, words) for one in MARK.finditer(text)]
    return tuple(dict.fromkeys(found))


def _addresses(values: list[str]) -> frozenset[str]:
    plain = [value.partition(";")[2] or value for value in map(str, values)]
    return frozenset(address_form(one) for _, one in getaddresses(plain) if "@" in one)
