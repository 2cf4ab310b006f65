"""Letters: one mail to one person, made from the event and the register as they are now.

Responsible for what a letter says, as plain text and HTML, its attachments, and its headers. Knows
no queue and no server; whether a letter is due is `rooms.follow_up`'s.

Invariants:
- Contact fields come from `fields_by_yes` and `fields_by_card` alone (rule 16): nobody reads in a
  mail what they could not read on their page.
- No header is made of raw text: a name with a line break cannot begin another header.
- A letter's Message-ID is made from its id, so the same letter is the same to mail programs, and
  one that comes back can be told; from a secret too, so that nobody can say of another's that it
  came back.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping, Sequence
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from urllib.parse import urlsplit

from msgspec import Struct

from rooms.contacts import consented, contacts_of, fields_by_card, fields_by_yes
from rooms.encounters import encounters
from rooms.event import Event
from rooms.follow_up import Kind, Letter, open_steps
from rooms.people import OUTCOMES, Attendee, MailText, Register, card, tidied
from server import mail_texts, words
from server.calendars import calendar_file
from server.templating import environment
from server.vcards import vcard

ADDRESS = re.compile(r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@([^\s@<>()\[\]\\,;:\"]+\.[^\s@<>.]+)")

MARK = re.compile(r"<([0-9a-f]{32}\.[A-Za-z0-9_-]{1,64})@[^<>@\s]+>")
"""A letter's mark (`mark_of`) in a Message-ID."""

MARK_HEADER = "X-Meguri-Letter"
"""Holds it too, since some services give mails a Message-ID of their own."""

OUTCOME_LABELS = {
    "met-again": "We met or talked again.",
    "together": "We work on something together, or plan to.",
    "help": "I got or gave advice, help or an introduction.",
    "nothing": "Nothing so far.",
}
"""Each of `people.OUTCOMES` in words."""

FIELD_LABELS = {"email": "E-mail", "phone": "Phone", "link": "Link", "organisation": "Organisation"}

MOST_MET = 60
"""Names of those met in one letter; the page has everybody."""


class BadAddress(Exception):
    """No mail can be sent to this address, or from it."""


class Links(Struct, frozen=True, kw_only=True):
    """A letter's addresses: to come in by a press, and to choose about mails."""

    page: str
    choices: str
    event: str


class Line(Struct, frozen=True):
    label: str
    value: str


class Person(Struct, frozen=True, kw_only=True):
    """Somebody shown in a letter."""

    name: str
    lines: tuple[Line, ...] = ()


class Link(Struct, frozen=True):
    label: str
    url: str


class Part(Struct, frozen=True, kw_only=True):
    """A piece of a letter: `kind` is text, button, links or people."""

    kind: str
    lines: tuple[str, ...] = ()
    url: str = ""
    label: str = ""
    links: tuple[Link, ...] = ()
    heading: str = ""
    people: tuple[Person, ...] = ()


class Attachment(Struct, frozen=True):
    name: str
    kind: str
    data: bytes


class Written(Struct, frozen=True, kw_only=True):
    """A letter as its reader will see it."""

    from_name: str
    """The event's title: what mail programs show as the sender."""
    to_name: str
    to: str
    language: str
    subject: str
    plain: str
    html: str
    attachments: tuple[Attachment, ...] = ()


class Writer:
    """Writes one letter."""

    def __init__(
        self,
        event: Event,
        register: Register,
        letter: Letter,
        links: Links,
        *,
        discreet: bool = False,
        language: str = "",
        text: MailText | None = None,
    ) -> None:
        """`discreet`: as the organiser may read it; `language`, `text`: tried, not the kept."""
        self._event = event
        self._register = register
        self._letter = letter
        self._links = links
        self._reader = register.attendee(letter.to)
        locale = self._reader.locale or event.plan.locale
        locale = language or locale
        self.language = locale if locale in words.LANGUAGES else words.DEFAULT
        self._discreet = discreet
        self._text = text
        self._words = words.words(self.language)

    def write(self) -> Written:
        """Returns the letter."""
        text = self._text or mail_texts.chosen(
            self._register.mail_texts, self._letter.kind, self.language
        )
        values = self._values()
        subject = _line(mail_texts.filled(text.subject, values))
        parts = [
            part
            for paragraph in mail_texts.paragraphs_of(text.text)
            for part in self._parts(paragraph.strip(), values)
        ]
        closing = self._say(
            "You get this since you signed up for “{event}” or were invited to it.",
            event=values["event"],
        )
        stop = self._say("No more mails about this event, and other choices")
        html = environment().get_template("mail/letter.html").render(
            {
                "language": self.language,
                "subject": subject,
                "parts": parts,
                "closing": closing,
                "stop_url": self._links.choices,
                "stop_label": stop,
            }
        )  # fmt: skip
        plain = "\n\n".join(filter(None, (_plain(part) for part in parts)))
        return Written(
            from_name=values["event"],
            to_name=_line(self._reader.name),
            to=self._reader.email,
            language=self.language,
            subject=subject,
            plain=f"{plain}\n\n-- \n{closing}\n{stop}: {self._links.choices}\n",
            html=html,
            attachments=self._attachments(),
        )

    def _say(self, msgid: str, **values: str | int) -> str:
        return self._words.gettext(msgid, **values)

    def _values(self) -> dict[str, str]:
        plan = self._event.plan
        when = ""
        if plan.starts_at is not None:
            at = words.day_and_time(self.language, plan.starts_at, plan.time_zone)
            when = self._say("It begins on {when} ({zone}).", when=at, zone=plan.time_zone)
        return {
            "name": _line(self._reader.name),
            "event": _line(self._register.details.title),
            "when": when,
            "other": _line(self._register.attendee(self._letter.about).name),
        }

    def _parts(self, paragraph: str, values: Mapping[str, str]) -> Sequence[Part]:
        match paragraph:
            case "{button}":
                return [Part(kind="button", url=self._links.page, label=self._button())]
            case "{decline}":
                return [self._links_part([(self._say("I can't come"), "?about=coming")])]
            case "{question}":
                answers = [(self._say(OUTCOME_LABELS[one]), f"?outcome={one}") for one in OUTCOMES]
                return [self._links_part(answers)]
            case "{card}":
                return [self._people("", [self._letter.about])]
            case "{contacts}":
                return self._contacts()
            case "{met}":
                return self._met()
            case "{steps}":
                return self._steps()
            case _:
                lines = mail_texts.filled(paragraph, values).splitlines()
                return [Part(kind="text", lines=tuple(line.strip() for line in lines))]

    def _button(self) -> str:
        if self._letter.kind in (Kind.CONFIRMATION, Kind.REMINDER, Kind.PLACE):
            return self._say("Come in")
        return self._say("Open my page")

    def _links_part(self, links: Sequence[tuple[str, str]]) -> Part:
        made = tuple(Link(label, self._links.choices + query) for label, query in links)
        return Part(kind="links", links=made)

    def _people(self, heading: str, ids: Sequence[str]) -> Part:
        return Part(kind="people", heading=heading, people=tuple(self._person(id) for id in ids))

    def _person(self, id: str) -> Person:
        profile = self._register.attendee(id)
        of = consented(profile, "organisation") if self._discreet else profile.organisation
        shown = ", ".join(_line(part) for part in (profile.title, of) if part)
        lines = [Line("", shown)] if shown else []
        if self._discreet:
            lines.append(Line("", self._say("(What was given to the reader stands here.)")))
            return Person(name=_named(profile), lines=tuple(lines))
        for name, value in self._fields(id).items():
            if name in ("email", "phone", "link"):
                lines.append(Line(self._say(FIELD_LABELS[name]), _line(value)))
        note = self._register.note(self._letter.to, id)
        if note.text:
            lines.append(Line(self._say("Your note:"), _line(note.text)))
        if note.next_step and not note.done:
            lines.append(Line(self._say("Next step:"), _line(note.next_step)))
        return Person(name=_named(profile), lines=tuple(lines))

    def _fields(self, id: str) -> dict[str, str]:
        """Returns what the reader may see of somebody, by yes or by card (rules 16, 17)."""
        event, register, me = self._event, self._register, self._letter.to
        return fields_by_card(event, register, me, id) | fields_by_yes(event, register, me, id)

    def _in_touch(self) -> list[str]:
        return [id for id in contacts_of(self._event, self._letter.to) if self._may_name(id)]

    def _card_givers(self) -> list[str]:
        """Returns who gave the reader a card and is not their contact beside."""
        me, contacts = self._letter.to, self._in_touch()
        if self._discreet:
            return []
        given = [by for (by, to), one in self._event.cards.items() if to == me and one.reached]
        return [
            id for id in given if id not in contacts and self._may_name(id) and self._fields(id)
        ]

    def _contacts(self) -> Sequence[Part]:
        contacts, givers = self._in_touch(), self._card_givers()
        parts = []
        if contacts:
            heading = self._words.ngettext("Your contact", "Your {n} contacts", len(contacts))
            parts.append(self._people(heading, contacts))
        else:
            none = self._say("Nobody is among your contacts yet; that can still change.")
            parts.append(Part(kind="text", lines=(none,)))
        if givers:
            parts.append(self._people(self._say("Cards you were given"), givers))
        return parts

    def _met(self) -> Sequence[Part]:
        me = self._letter.to
        met: dict[str, int] = {}
        for room_id in self._event.been.get(me, ()):
            room = self._event.rooms[room_id]
            for one in encounters(room, room.ends_at):
                if me in (one.a, one.b):
                    other = one.b if one.a == me else one.a
                    met[other] = met.get(other, 0) + one.seconds
        others = [id for id in met if self._may_name(id)]
        if not others:
            return []
        names = [_named(self._register.attendee(id)) for id in others[:MOST_MET]]
        heading = self._words.ngettext("You met {n} person:", "You met {n} people:", len(others))
        joint = "、" if self.language == "ja" else ", "
        return [Part(kind="text", lines=(heading, joint.join(names)))]

    def _may_name(self, id: str) -> bool:
        return self._register.has(id) and not self._event.is_blocked(self._letter.to, id)

    def _steps(self) -> Sequence[Part]:
        if self._discreet:
            alone = self._say("(The reader's own next steps stand here; only they read them.)")
            return [Part(kind="text", lines=(alone,))]
        steps = open_steps(self._register).get(self._letter.to, [])
        people = [
            Person(
                name=_named(self._register.attendee(about)),
                lines=(Line("", _line(step)),),
            )
            for about, step in steps
            if self._may_name(about)
        ]
        return [Part(kind="people", people=tuple(people))]

    def _attachments(self) -> tuple[Attachment, ...]:
        title = self._register.details.title
        match self._letter.kind:
            case Kind.CONFIRMATION | Kind.REMINDER | Kind.PLACE:
                host = urlsplit(self._links.event).hostname or "meguri"
                plan = self._event.plan
                made_at = self._letter.due_at
                data = calendar_file(self._event.id, title, plan, self._links.event, host, made_at)
                return (Attachment("event.ics", "calendar", data),) if data else ()
            case Kind.INTRODUCTION:
                return self._vcards("contact.vcf", [self._letter.about])
            case Kind.EVENING:
                return self._vcards("contacts.vcf", [*self._in_touch(), *self._card_givers()])
            case _:
                return ()

    def _vcards(self, name: str, ids: Sequence[str]) -> tuple[Attachment, ...]:
        if self._discreet:
            return ()
        title = self._register.details.title
        cards = [vcard(card(self._register.attendee(id)), self._fields(id), met=title)
                 for id in ids]  # fmt: skip
        return (Attachment(name, "vcard", "".join(cards).encode()),) if cards else ()


def message(written: Written, letter: Letter, links: Links, sender: str, at: str) -> EmailMessage:
    """Returns a letter as it is sent. `at`: the date as RFC 5322 writes it. Raises BadAddress."""
    mail = EmailMessage(policy=SMTP)
    mail["From"] = address(written.from_name, sender)
    mail["To"] = address(written.to_name, written.to)
    mail["Subject"] = written.subject
    mail["Date"] = at
    event, choice = (one.rpartition("/")[2] for one in (links.event, links.choices))
    mark = mark_of(event, letter.id, choice)
    mail["Message-ID"] = f"<{mark}@{sender.rpartition('@')[2]}>"
    mail[MARK_HEADER] = f"<{mark}@meguri>"
    mail["Auto-Submitted"] = "auto-generated"
    mail["List-Unsubscribe"] = f"<{links.choices}>"
    mail["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
    mail.set_content(written.plain, cte="base64")
    mail.add_alternative(written.html, subtype="html", cte="base64")
    for one in written.attachments:
        mail.add_attachment(
            one.data,
            maintype="text",
            subtype=one.kind,
            filename=one.name,
            params={
                "charset": "utf-8",
                **({"method": "PUBLISH"} if one.kind == "calendar" else {}),
            },
        )
    # Last: whatever sets a content takes such headers with it.
    mail["Content-Language"] = written.language
    return mail


def mark_of(event_id: str, letter_id: str, choice: str) -> str:
    """Returns what a letter is known by when it comes back; `choice`: its reader's choice key."""
    digest = hashlib.sha256(f"{event_id} {letter_id} {choice}".encode()).hexdigest()[:32]
    return f"{digest}.{event_id}"


def address(name: str, written: str) -> Address:
    """Returns a mail address with its name; a domain outside ASCII in the form that all servers
    know. Raises BadAddress."""
    found = ADDRESS.fullmatch(written)
    if found is None:
        raise BadAddress
    local, _, domain = written.rpartition("@")
    try:
        return Address(_line(name), username=local, domain=domain.encode("idna").decode())
    except ValueError as error:
        raise BadAddress from error


def _named(person: Attendee) -> str:
    name = _line(person.name)
    return f"{name} ({_line(person.reading)})" if person.reading else name


def _line(text: str) -> str:
    """Returns a text on one line: line and paragraph separators of every alphabet are blanks."""
    return " ".join(tidied(" ".join(text.split())).split())


def _plain(part: Part) -> str:
    match part.kind:
        case "text":
            return "\n".join(part.lines).strip()
        case "button":
            return f"{part.label}:\n{part.url}"
        case "links":
            return "\n".join(f"- {link.label}\n  {link.url}" for link in part.links)
        case _:
            blocks = [] if not part.heading else [part.heading]
            for person in part.people:
                lines = [
                    f"  {line.label} {line.value}".replace("   ", "  ") for line in person.lines
                ]
                blocks.append("\n".join([f"* {person.name}", *lines]))
            return "\n\n".join(blocks)
