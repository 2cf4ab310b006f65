"""Who is at an event: attendees, their roles and modes, their cards, and how tags are compared.

Responsible for the register: everything a person typed (profiles, notes, texts) as frozen rows.
Deliberately knows nothing of presence or seating; that is `event.py`.
Invariant: a `Card` never carries a contact field; those travel by consent alone (`contacts.py`).
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence
from enum import StrEnum
from types import MappingProxyType

from msgspec import Struct

CONTACT_FIELDS = ("email", "phone", "link")
"""Fields a contact may see beyond the card, each only by its owner's choice (rule 16)."""

CONSENT_FIELDS = ("organisation", "email", "phone", "link")
"""Fields an attendee may let the organiser export (rule 20)."""

NEWS = "news"
"""The choice to hear from the organiser afterwards, by e-mail; kept beside those fields. Its words
say that it hands over the e-mail address, so it never stands without that field."""

OUTCOMES = ("met-again", "together", "help", "nothing")
"""What may have come of an evening: met or talked again; work or a plan together; advice, help or
an introduction; nothing so far."""

COMES_AGAIN = ("yes", "maybe", "no")
"""Answers to the first closing question: would you come again?"""

CHANGES = (
    "longer-rounds", "shorter-rounds", "more-rounds", "more-breaks", "larger-rooms",
    "smaller-rooms", "closer-matches", "more-variety", "sound-and-picture", "nothing",
)  # fmt: skip
"""Answers to the second: what would you change? Chosen, not typed, so that totals say it all."""

NAME_LIMIT = 200
TAG_LIMIT = 80
"""Characters."""

STAFF_SEGMENT = "staff"
"""A segment by this name is the organiser's own people, beside those with a role."""
TAGS_LIMIT = 60
"""Of one kind, of one person."""


class Role(StrEnum):
    """What somebody is at this event."""

    ATTENDEE = "attendee"
    AMBASSADOR = "ambassador"
    HELPER = "helper"
    HOST = "host"
    ORGANISER = "organiser"
    STATION = "station"


class Place(StrEnum):
    """Whether somebody who signed up has a place at the event."""

    GIVEN = "given"
    WAITING = "waiting"
    """On the waiting list."""
    ASKED = "asked"
    """The organiser has yet to approve."""
    REFUSED = "refused"


class Mode(StrEnum):
    """Where somebody takes part from."""

    ONLINE = "online"
    ON_SITE = "on-site"


class RoomMode(StrEnum):
    """Where a room is: on the page, at a table, or at a table with a station (rule 25)."""

    ONLINE = "online"
    ON_SITE = "on-site"
    MIXED = "mixed"

    def takes(self, mode: Mode) -> bool:
        """Says whether people of a mode can sit in such a room."""
        return self is RoomMode.MIXED or self.value == mode.value

    @property
    def has_table(self) -> bool:
        """Whether such a room is at a table."""
        return self is not RoomMode.ONLINE


def room_mode(modes: Iterable[Mode]) -> RoomMode:
    """Returns the mode of a room with people of these modes; of nobody: online."""
    found = set(modes)
    if len(found) > 1:
        return RoomMode.MIXED
    return RoomMode.ON_SITE if Mode.ON_SITE in found else RoomMode.ONLINE


SEATED_ROLES = frozenset({Role.ATTENDEE, Role.AMBASSADOR})
"""Roles in the pool without asking; the others take a seat with `rejoin` (rule 1)."""

HOST_ROLES = frozenset({Role.HOST, Role.ORGANISER})

STAFF_ROLES = HOST_ROLES | {Role.HELPER}
"""Roles that see the board; helpers announce, answer calls and check people in, nothing else."""


class Card(Struct, frozen=True, kw_only=True):
    """What everybody at the event may see of a person."""

    id: str
    name: str
    reading: str = ""
    title: str = ""
    organisation: str = ""
    department: str = ""
    mode: Mode = Mode.ONLINE
    interests: tuple[str, ...] = ()


class Attendee(Struct, frozen=True, kw_only=True, omit_defaults=True, tag="attendee"):
    """One person's profile, as typed by them or imported by the organiser."""

    id: str
    name: str
    reading: str = ""
    family_name: str = ""
    given_name: str = ""
    title: str = ""
    organisation: str = ""
    department: str = ""
    email: str = ""
    phone: str = ""
    link: str = ""
    interests: tuple[str, ...] = ()
    offers: tuple[str, ...] = ()
    seeks: tuple[str, ...] = ()
    languages: tuple[str, ...] = ()
    mode: Mode = Mode.ONLINE
    role: Role = Role.ATTENDEE
    segment: str = ""
    table: int | None = None
    sits_with: str = ""
    wishes: tuple[str, ...] = ()
    """Whom they wish to meet: ids, organisations, names of people yet to come. Theirs alone: no
    other attendee is told of a wish unless it is mutual."""
    first_timer: bool = False
    external_id: str = ""
    locale: str = ""
    contact_fields: tuple[str, ...] = CONTACT_FIELDS
    """What a contact sees unless chosen otherwise for one person."""
    organiser_may_export: tuple[str, ...] = ()
    consent_version: str = ""
    """Version of the sign-up wording agreed to; empty until agreed."""
    show_in_lobby: bool = False
    """Whether one's name and dot may be among the faces that everybody in the lobby sees."""
    remembered_in: str = ""
    """The series of events that may remember whom they met; empty: none may."""
    custom: dict[str, str] = {}


class Text(Struct, frozen=True, kw_only=True, tag="text"):
    """Words that a fact points to: an announcement, a call, a report, a reason."""

    text: str


class Note(Struct, frozen=True, kw_only=True, omit_defaults=True, tag="note"):
    """A private note and next step about somebody met; its writer's alone (rule 19)."""

    text: str = ""
    next_step: str = ""
    done: bool = False
    """Whether the next step was taken."""
    shared: bool = False
    """Whether its writer, one of the organiser's people, lets the organiser have it."""


class SegmentRule(Struct, frozen=True, kw_only=True):
    """Two segments that must, or must not, meet."""

    a: str
    b: str
    rule: str


class Quota(Struct, frozen=True, kw_only=True):
    """How many people of a segment have a place at the most."""

    segment: str
    most: int


class Asks(StrEnum):
    """How a question of the sign-up is answered."""

    TEXT = "text"
    ONE = "one"
    SEVERAL = "several"
    YES_NO = "yes-no"


class Question(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A question of the organiser's own at the sign-up: its words by language (`en`, `ja`)."""

    id: str
    asks: Asks = Asks.TEXT
    words: dict[str, str] = {}
    options: dict[str, tuple[str, ...]] = {}
    """By language, the same ones in the same order."""
    required: bool = False


class Goals(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What the organiser wants of the event, and what it costs; None: not said."""

    people: int | None = None
    """Who come."""
    met: float | None = None
    """New people that each of them meets, on average."""
    contacts: int | None = None
    """Contacts made at the event, of two each."""
    cost: float | None = None
    """All in all, in `currency`."""
    currency: str = ""


class Details(Struct, frozen=True, kw_only=True, omit_defaults=True, tag="details"):
    """The organiser's own words about the event."""

    title: str
    prompts: tuple[str, ...] = ()
    """One a round, in order; missing ones are empty."""
    streams: tuple[str, ...] = ()
    """Where the organiser's own stream of a plenary round is watched, in the same way."""
    segments: tuple[SegmentRule, ...] = ()
    segment_most: int | None = None
    synonyms: tuple[tuple[str, ...], ...] = ()
    """Groups of tags that mean the same."""
    suggestions: tuple[str, ...] = ()
    """Interests that are suggested to whoever fills in their own."""
    series: str = ""
    """Events of one series remember who met, of those who agreed to it."""
    goals: Goals = Goals()
    quotas: tuple[Quota, ...] = ()
    questions: tuple[Question, ...] = ()
    """What is asked at the sign-up, in order; answers stand in `Attendee.custom`."""


class Consent(Struct, frozen=True, kw_only=True, tag="consent"):
    """One consent as it was given (rule 20)."""

    attendee: str
    wording: str
    version: str
    at: int
    recipient: str
    fields: tuple[str, ...] = ()
    series: str = ""
    """The series that may remember whom they met; empty: none may."""


class MailText(Struct, frozen=True, kw_only=True):
    """A mail's subject and words, as the organiser wrote them, with {named} places."""

    subject: str
    text: str


class MailTexts(Struct, frozen=True, kw_only=True, omit_defaults=True, tag="mail-texts"):
    """The organiser's own words for mails."""

    texts: dict[str, MailText] = {}
    """By kind and language (`reminder.ja`); what is not here has the usual words."""
    off: tuple[str, ...] = ()
    """Kinds that are not sent at all."""


class Webhook(Struct, frozen=True, kw_only=True, tag="webhook"):
    """Where the organiser's program hears of the event. `salt`: what its secret is derived from."""

    address: str
    salt: str


class LedgerLine(Struct, frozen=True, kw_only=True):
    """One person in the files of leads: digests of line and address, the files' numbers."""

    digest: str
    address: str
    first: int
    changed: int
    withdrawn: bool = False


class Ledger(Struct, frozen=True, kw_only=True, omit_defaults=True, tag="ledger"):
    """How many files of leads were taken, and what they said of whom, by id."""

    files: int = 0
    lines: dict[str, LedgerLine] = {}


class DeadAddress(Struct, frozen=True, kw_only=True, tag="dead-address"):
    """An e-mail address that mails came back from: which, why (a code), the mail system's words."""

    address: str
    why: str
    said: str = ""
    at: int = 0


Row = Attendee | Text | Note | Details | Consent | MailTexts | Webhook | Ledger | DeadAddress


def chosen_consents(fields: Iterable[str]) -> tuple[str, ...]:
    """Returns what somebody lets the organiser have, in its usual order; news bring the address.

    >>> chosen_consents(["news", "link"])
    ('email', 'link', 'news')
    """
    given = set(fields)
    if NEWS in given:
        given.add("email")
    return tuple(field for field in (*CONSENT_FIELDS, NEWS) if field in given)


def address_form(email: str) -> str:
    """Returns the form in which e-mail addresses are compared.

    >>> address_form(" Ana@Example.ORG")
    'ana@example.org'
    """
    return unicodedata.normalize("NFKC", email).strip().casefold()


def attendee_key(id: str) -> str:
    """Returns the register key of an attendee's profile."""
    return f"a:{id}"


def text_key(id: str) -> str:
    """Returns the register key of a text that a fact points to."""
    return f"t:{id}"


def note_key(by: str, about: str) -> str:
    """Returns the register key of `by`'s private note about `about`."""
    return f"n:{by}:{about}"


def dead_address_key(id: str) -> str:
    """Returns the register key of what is known of somebody's address that takes no mail."""
    return f"d:{id}"


def consent_key(attendee: str, count: int) -> str:
    """Returns the register key of one consent."""
    return f"c:{attendee}:{count}"


DETAILS_KEY = "e"
MAIL_TEXTS_KEY = "m"
WEBHOOK_KEY = "w"
LEADS_KEY = "l"


class Register:
    """The register's copy in memory: rows by key. Copying is shallow and cheap."""

    __slots__ = ("rows",)

    def __init__(self, rows: Mapping[str, Row] | None = None) -> None:
        self.rows: dict[str, Row] = dict(rows or {})

    def copy(self) -> Register:
        """Returns a working copy that shares the frozen rows."""
        return Register(self.rows)

    def with_address(self, email: str) -> Attendee | None:
        """Returns who has an e-mail address, however it is written; None: nobody, or no address."""
        wanted = address_form(email)
        if not wanted:
            return None
        return next((p for p in self.attendees() if address_form(p.email) == wanted), None)

    def write(self, rows: Mapping[str, Row | None]) -> None:
        """Puts rows in, or takes them out where the value is None."""
        for key, row in rows.items():
            if row is None:
                self.rows.pop(key, None)
            else:
                self.rows[key] = row

    def attendee(self, id: str) -> Attendee:
        """Returns a profile; somebody erased or unknown is an unnamed attendee."""
        row = self.rows.get(attendee_key(id))
        return row if isinstance(row, Attendee) else Attendee(id=id, name="")

    def has(self, id: str) -> bool:
        """Says whether a profile is kept for this id."""
        return attendee_key(id) in self.rows

    def attendees(self) -> Iterator[Attendee]:
        """Yields every profile, in the order they were first written."""
        return (row for row in self.rows.values() if isinstance(row, Attendee))

    def text(self, id: str) -> str:
        """Returns the words a fact points to; empty when they were erased."""
        row = self.rows.get(text_key(id))
        return row.text if isinstance(row, Text) else ""

    def note(self, by: str, about: str) -> Note:
        """Returns a private note; empty when none was written."""
        row = self.rows.get(note_key(by, about))
        return row if isinstance(row, Note) else Note()

    def dead_address(self, id: str) -> DeadAddress | None:
        """Returns why somebody's address takes no mail; None: it does, or it is another by now."""
        row = self.rows.get(dead_address_key(id))
        if not isinstance(row, DeadAddress):
            return None
        return row if address_form(row.address) == address_form(self.attendee(id).email) else None

    @property
    def mail_texts(self) -> MailTexts:
        """The organiser's own words for mails."""
        row = self.rows.get(MAIL_TEXTS_KEY)
        return row if isinstance(row, MailTexts) else MailTexts()

    @property
    def webhook(self) -> Webhook | None:
        """Where the organiser's program hears of the event; None: nowhere."""
        row = self.rows.get(WEBHOOK_KEY)
        return row if isinstance(row, Webhook) else None

    @property
    def ledger(self) -> Ledger:
        """What the files of leads said so far."""
        row = self.rows.get(LEADS_KEY)
        return row if isinstance(row, Ledger) else Ledger()

    @property
    def details(self) -> Details:
        """The organiser's words about the event."""
        row = self.rows.get(DETAILS_KEY)
        return row if isinstance(row, Details) else Details(title="")


def card(attendee: Attendee) -> Card:
    """Returns what everybody may see of a person: no e-mail address, phone number or link."""
    return Card(
        id=attendee.id,
        name=attendee.name,
        reading=attendee.reading,
        title=attendee.title,
        organisation=attendee.organisation,
        department=attendee.department,
        mode=attendee.mode,
        interests=attendee.interests,
    )


_WEB_ADDRESS = re.compile(r"https?://[^\s/?#\"<>\\]+\.[^\s\"<>\\]+", re.IGNORECASE)


def web_address(typed: str) -> str | None:
    """Returns a web address, `https://` added where it is left out; None: it is none.

    The attack: `javascript:…`, given to others as a contact's link, runs where they press it.
    """
    address = typed if "://" in typed else f"https://{typed}"
    return address if _WEB_ADDRESS.fullmatch(address) else None


def stream_address(typed: str) -> str | None:
    """Returns the address of a stream, empty where there is none; None: it is no https address."""
    address = typed.strip()
    if not address:
        return ""
    secure = address.casefold().startswith("https://")
    return address if secure and web_address(address) else None


def is_visible(text: str) -> bool:
    """Says whether there is anything to see: not only spaces, controls and marks of no width."""
    return any(unicodedata.category(c) not in ("Cc", "Cf", "Zs", "Zl", "Zp") for c in text)


CONTROLS = re.compile(r"[\x00-\x1f\x7f-\x9f]")
"""Unicode's category Cc, all of it."""


def tidied(text: str) -> str:
    """Returns what somebody typed into one line, without control characters and outer spaces."""
    return CONTROLS.sub("", text).strip()


def normalise(tag: str) -> str:
    """Returns the form in which tags are compared: width, compatibility, case, white space.

    Marks that nobody sees (of direction, of no width, an emoji's look) are left out. Normalising
    twice changes nothing: folding case may undo NFKC, so both are done until neither does anything
    (Unicode, annex 31: NFKC_Casefold).

    >>> normalise("  ＡＩ  Research ")
    'ai research'
    """
    if tag.isascii():
        return " ".join(tag.casefold().split())
    seen = "".join(c for c in tag if not _is_unseen(c))
    while (folded := unicodedata.normalize("NFKC", seen).casefold()) != seen:
        seen = "".join(c for c in folded if not _is_unseen(c))
    return " ".join(seen.split())


def is_own(person: Attendee) -> bool:
    """Says whether somebody is one of the organiser's own people, by role or by segment.

    >>> is_own(Attendee(id="a", name="Ana", segment="Staff"))
    True
    """
    plain = person.role in (Role.ATTENDEE, Role.STATION)
    return not plain or normalise(person.segment) == STAFF_SEGMENT


def _is_unseen(c: str) -> bool:
    """Says whether a character only steers how others look; some only seem to, and spell flags."""
    if "\ufe00" <= c <= "\ufe0f":
        return True
    return unicodedata.category(c) == "Cf" and not "\U000e0020" <= c <= "\U000e007f"


def is_remembered(person: Attendee, details: Details) -> bool:
    """Says whether an event's series may remember whom somebody met: by consent and by address.

    >>> ana = Attendee(id="a", name="Ana", email="ana@example.org", remembered_in="Tea  evenings")
    >>> is_remembered(ana, Details(title="Tea in May", series="Tea Evenings"))
    True
    """
    series = normalise(details.series)
    agreed = bool(series) and normalise(person.remembered_in) == series
    return agreed and bool(address_form(person.email))


Meanings = Mapping[str, str]
"""A normalised tag to the one it means the same as (`synonyms.py`); others mean themselves."""

THEMSELVES: Meanings = MappingProxyType({})
"""No tag means the same as another."""


class Shared(Struct, frozen=True, kw_only=True):
    """Interests that some people have in common."""

    people: tuple[str, ...]
    interests: tuple[str, ...]
    """As the first person who has each wrote it."""
    own: dict[str, tuple[str, ...]] = {}
    """The same interests in the same order, as others wrote them who wrote any differently."""


def shared_interests(people: Sequence[Attendee], meanings: Meanings = THEMSELVES) -> list[Shared]:
    """Returns the interests that two or more of `people` have in common.

    Grouped by who shares them, largest groups first.
    """
    written = [meant(person.interests, meanings) for person in people]
    holders: dict[str, list[int]] = {}
    for number, words in enumerate(written):
        for tag in words:
            holders.setdefault(tag, []).append(number)
    groups: dict[tuple[int, ...], list[str]] = {}
    for tag, numbers in holders.items():
        if len(numbers) > 1:
            groups.setdefault(tuple(numbers), []).append(tag)
    found = [
        _shared([people[n].id for n in numbers], [written[n] for n in numbers], tags)
        for numbers, tags in groups.items()
    ]
    return sorted(found, key=lambda one: (-len(one.people), -len(one.interests), one.people))


def _shared(ids: Sequence[str], written: Sequence[Mapping[str, str]], tags: list[str]) -> Shared:
    each = {id: tuple(words[tag] for tag in tags) for id, words in zip(ids, written, strict=True)}
    first = each[ids[0]]
    own = {id: words for id, words in each.items() if words != first}
    return Shared(people=tuple(ids), interests=first, own=own)


def meant(written: Iterable[str], meanings: Meanings = THEMSELVES) -> dict[str, str]:
    """Returns what tags mean, each with how it was first written; blank ones are left out."""
    found: dict[str, str] = {}
    for word in written:
        tag = normalise(word)
        if tag:
            found.setdefault(meanings.get(tag, tag), word)
    return found
