"""People as other tools take them in: HubSpot, Salesforce, Mailchimp, Google Contacts, Sansan.

Responsible for each tool's columns by its own documentation, and for who may stand in them: whoever
lets the organiser have nothing is in none; a mailing tool gets only those who agreed to hear from
the organiser.

These files are not made for spreadsheets: no mark, and no `'` before what looks like a formula,
which would become part of the name (and break `+81…`). So that they are harmless where somebody
opens one all the same (rule 24), signs that begin a formula are left out at the head of a cell; a
phone number keeps its `+`, an e-mail address that begins so is left out.
"""

from __future__ import annotations

import csv
import io
import re
import unicodedata
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

from msgspec import Struct

from rooms.contacts import consented
from rooms.event import Event
from rooms.people import HOST_ROLES, NEWS, Attendee, Register
from server.exports.cells import FORMULA

PHONE = re.compile(r"[+0-9][0-9 ()./-]*")
NOT_PROVIDED = "[not provided]"
"""Salesforce refuses a lead without a company; this is what its own web forms write."""

GETA = "〓"
"""Stands, as in Japanese printing, for a character that an encoding does not have."""


class Known(Struct, frozen=True, kw_only=True):
    """One person as the organiser may have them."""

    id: str
    name: str
    family: str
    given: str
    reading: str
    organisation: str
    department: str
    title: str
    email: str
    phone: str
    link: str
    interests: tuple[str, ...]
    hears: bool
    """They agreed to hear from the organiser."""


def known(event: Event, register: Register) -> Iterator[Known]:
    """Yields everybody with a place who lets the organiser have anything, in the list's order.

    What they agreed to holds whether they came or not; who was never given a place is no attendee.
    """
    for person in register.attendees():
        standing = event.people.get(person.id)
        if person.role in HOST_ROLES or standing is None or not standing.has_place:
            continue
        if person.organiser_may_export:
            family, given = names_of(person)
            email = consented(person, "email")
            yield Known(
                id=person.id,
                name=harmless(person.name),
                family=harmless(family),
                given=harmless(given),
                reading=harmless(person.reading),
                organisation=harmless(consented(person, "organisation")),
                department=harmless(person.department),
                title=harmless(person.title),
                email="" if email.startswith(FORMULA) else email,
                phone=harmless(consented(person, "phone")),
                link=harmless(consented(person, "link")),
                interests=tuple(harmless(tag) for tag in person.interests),
                hears=NEWS in person.organiser_may_export,
            )


def names_of(person: Attendee) -> tuple[str, str]:
    """Returns somebody's family and given name, as given, else as the name is most likely read.

    In Chinese characters and kana the family name comes first, otherwise last. A name of one word
    is taken for the family name, which the tools require.
    """
    if person.family_name or person.given_name:
        return person.family_name or person.given_name, (
            person.given_name if person.family_name else ""
        )
    words = person.name.split()
    if len(words) < 2:
        return person.name.strip(), ""
    if any("CJK" in unicodedata.name(c, "") or "KATAKANA" in unicodedata.name(c, "")
           or "HIRAGANA" in unicodedata.name(c, "") for c in words[0]):  # fmt: skip
        return words[0], " ".join(words[1:])
    return words[-1], " ".join(words[:-1])


def harmless(text: str) -> str:
    """Returns a text in one line that is no formula to a spreadsheet; a phone number as it is."""
    line = " ".join(text.split())
    if PHONE.fullmatch(line):
        return line
    while line.startswith(FORMULA):
        line = line[1:].lstrip()
    return re.sub(r";\s*[=+\-@＝＋－＠]+", "; ", line)


class Tool(Struct, frozen=True, kw_only=True):
    """One tool's file: its columns in order, and what of a person stands in each."""

    columns: Mapping[str, Callable[[Known, str], str]]
    takes: Callable[[Known], bool]
    """Whether a person can stand in it; the tool refuses rows without what it requires."""


def _anyone(person: Known) -> bool:
    return bool(person.family or person.email)


TOOLS: Mapping[str, Tool] = {
    # knowledge.hubspot.com, “Set up your import files”: one sheet, UTF-8, headers as properties
    # are labelled; at least one of e-mail and names. E-mail tells people apart.
    "hubspot.csv": Tool(
        columns={
            "Email": lambda p, event: p.email,
            "First Name": lambda p, event: p.given,
            "Last Name": lambda p, event: p.family,
            "Phone Number": lambda p, event: p.phone,
            "Company Name": lambda p, event: p.organisation,
            "Job Title": lambda p, event: p.title,
            "Website URL": lambda p, event: p.link,
        },
        takes=_anyone,
    ),
    # help.salesforce.com, “Field Mapping for Importing Leads”: last name and company required,
    # Email Opt Out is 1 or 0; at most 50,000 rows.
    "salesforce.csv": Tool(
        columns={
            "First Name": lambda p, event: p.given,
            "Last Name": lambda p, event: p.family,
            "Company": lambda p, event: p.organisation or NOT_PROVIDED,
            "Title": lambda p, event: p.title,
            "Email": lambda p, event: p.email,
            "Phone": lambda p, event: p.phone,
            "Website": lambda p, event: p.link,
            "Lead Source": lambda p, event: "Event",
            "Description": lambda p, event: "; ".join((event, *p.interests)),
            "Email Opt Out": lambda p, event: "0" if p.hears else "1",
        },
        takes=lambda p: bool(p.family),
    ),
    # mailchimp.com/help, “Format guidelines for your import file”: an e-mail address in each row,
    # ASCII before the @; text at most 255 bytes; tags with commas between them.
    "mailchimp.csv": Tool(
        columns={
            "Email Address": lambda p, event: p.email,
            "First Name": lambda p, event: clipped(p.given, 255),
            "Last Name": lambda p, event: clipped(p.family, 255),
            "Phone Number": lambda p, event: p.phone,
            "Company": lambda p, event: clipped(p.organisation, 255),
            "Tags": lambda p, event: clipped(event.replace(",", " "), 100),
        },
        takes=lambda p: p.hears and bool(p.email) and p.email.partition("@")[0].isascii(),
    ),
    # Google Contacts' own export (2024 and later) has these headers, and takes them back; at most
    # 3,000 people at a time.
    "google-contacts.csv": Tool(
        columns={
            "First Name": lambda p, event: p.given,
            "Last Name": lambda p, event: p.family,
            "Organization Name": lambda p, event: p.organisation,
            "Organization Title": lambda p, event: p.title,
            "Organization Department": lambda p, event: p.department,
            "Notes": lambda p, event: "; ".join(p.interests),
            "Labels": lambda p, event: event.replace(":::", " "),
            "E-mail 1 - Label": lambda p, event: "Work" if p.email else "",
            "E-mail 1 - Value": lambda p, event: p.email,
            "Phone 1 - Label": lambda p, event: "Work" if p.phone else "",
            "Phone 1 - Value": lambda p, event: p.phone,
            "Website 1 - Label": lambda p, event: "Profile" if p.link else "",
            "Website 1 - Value": lambda p, event: p.link,
        },
        takes=_anyone,
    ),
}


def clipped(text: str, most: int) -> str:
    """Returns a text of at most so many bytes of UTF-8, never half a character."""
    return text.encode()[:most].decode(errors="ignore")


def tool_lines(name: str, event: Event, register: Register) -> Iterator[bytes]:
    """Yields one tool's file, without a mark."""
    tool = TOOLS[name]
    title = harmless(register.details.title)
    yield _line(tool.columns).encode()
    for person in known(event, register):
        if tool.takes(person):
            cells = [fill(person, title) for fill in tool.columns.values()]
            yield _line(cells).encode("utf-8", "replace")


def _line(cells: Iterable[str]) -> str:
    line = io.StringIO(newline="")
    csv.writer(line, lineterminator="\r\n").writerow(cells)
    return line.getvalue()


# Sansan


class NoTemplate(ValueError):
    """What was given is not the format that Sansan hands out."""


SANSAN_REQUIRED = ("名刺所有者ユーザID", "会社名", "氏名[姓]")
"""Without these Sansan says that the format does not match (its help, “名刺インポートでよくある
エラーと解決方法”)."""

SANSAN: Mapping[str, Callable[[Known, str], str]] = {
    "会社名": lambda p, owner: p.organisation,
    "部署名": lambda p, owner: p.department,
    "部署": lambda p, owner: p.department,
    "役職": lambda p, owner: p.title,
    "役職名": lambda p, owner: p.title,
    "氏名[姓]": lambda p, owner: p.family,
    "氏名[名]": lambda p, owner: p.given,
    "TEL(1)": lambda p, owner: p.phone,
    "TEL1": lambda p, owner: p.phone,
    "e-mail(1)": lambda p, owner: p.email,
    "e-mail1": lambda p, owner: p.email,
    "URL(1)": lambda p, owner: p.link,
    "URL": lambda p, owner: p.link,
    "名刺所有者ユーザID": lambda p, owner: owner,
}
"""A column of the format to what stands in it; columns that are not here stay empty."""


def template_columns(data: bytes) -> list[str]:
    """Returns the columns of Sansan's format, the file as its page hands it out.

    Raises NoTemplate with a sentence.
    """
    try:
        text = (
            data.decode("utf-8-sig") if data.startswith(b"\xef\xbb\xbf") else data.decode("cp932")
        )
        columns = next(csv.reader(io.StringIO(text, newline="")), [])
    except (UnicodeDecodeError, csv.Error) as error:
        raise NoTemplate("This is not the CSV format that Sansan hands out.") from error
    named = [_column(name) for name in columns]
    if not all(required in named for required in SANSAN_REQUIRED):
        raise NoTemplate("This is not the CSV format that Sansan hands out.")
    return columns


def _column(header: str) -> str:
    """Returns a header without its width and without remarks such as （必須）."""
    plain = unicodedata.normalize("NFKC", header).replace(" ", "")
    return re.sub(r"\((?!\d)[^)]*\)|[*※].*$", "", plain)


def sansan_lines(
    columns: Sequence[str], owner: str, event: Event, register: Register
) -> Iterator[bytes]:
    """Yields Sansan's file: the format's own header, in CP932, people with a company and a name."""
    yield _line(columns).encode("cp932", "replace")
    fills = [SANSAN.get(_column(name)) for name in columns]
    for person in known(event, register):
        if person.organisation and person.family:
            cells = [in_cp932(fill(person, owner)) if fill else "" for fill in fills]
            yield _line(cells).encode("cp932")


def in_cp932(text: str) -> str:
    """Returns a text in characters that CP932 has: the same, a like one, or 〓."""
    return "".join(c if _fits(c) else _like(c) for c in text)


def _like(c: str) -> str:
    plain = unicodedata.normalize("NFKC", c)
    if plain != c and all(_fits(each) for each in plain):
        return plain
    base = unicodedata.normalize("NFD", c)[0]
    return base if base != c and _fits(base) else GETA


def _fits(c: str) -> bool:
    try:
        c.encode("cp932")
    except UnicodeEncodeError:
        return False
    return True


def not_in_cp932(event: Event, register: Register) -> Iterator[tuple[str, str]]:
    """Yields whose fields hold characters that Sansan's encoding lacks: (name, characters)."""
    for person in known(event, register):
        if person.organisation and person.family:
            text = "".join((person.family, person.given, person.organisation,
                            person.department, person.title, person.link))  # fmt: skip
            lost = "".join(dict.fromkeys(c for c in text if not _fits(c)))
            if lost:
                yield person.name, lost
