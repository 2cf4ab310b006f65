"""Leads: those who agreed to hear from the organiser, as a program for customers takes them in.

Responsible for who is one, what is told of them, and for what changed since each file: a ledger in
the register keeps which line was handed out when, as digests, so that a later file can name changes
and withdrawals without keeping what was withdrawn. Knows no format.

Invariants:
- Whoever does not agree now, or was erased, is told of by id and the digest of their address only,
  and only if an earlier file told of them.
- Each field is there by its owner's consent (rule 20); a note by its writer's (rule 19).
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence

import msgspec
from msgspec import Struct

from rooms.contacts import consented
from rooms.deciding import Deciding
from rooms.encounters import by_pair
from rooms.event import Event
from rooms.people import (
    LEADS_KEY,
    NEWS,
    Consent,
    Ledger,
    LedgerLine,
    Register,
    address_form,
    is_own,
)

FILES = "leads."
"""How the names of these files begin."""


class Lead(Struct, frozen=True, kw_only=True):
    """One person who agreed to hear from the organiser. Durations in seconds, instants in ms."""

    id: str
    external_id: str
    email: str
    name: str
    family_name: str
    given_name: str
    reading: str
    organisation: str
    department: str
    title: str
    phone: str
    link: str
    interests: tuple[str, ...]
    seconds_with_staff: int
    staff_met: tuple[str, ...]
    """Names, in the order of the list."""
    staff_notes: tuple[str, ...]
    """What staff chose to share, each with its writer's name before it."""
    consent_wording: str
    consent_version: str
    consent_at: int


class Change(Struct, frozen=True, kw_only=True):
    """What a file says of one person: `new`, `changed` or (without `lead`) `withdrawn`."""

    change: str
    id: str
    address: str
    """SHA-256 of the address, in small letters: what the organiser's program can look for."""
    lead: Lead | None = None


def leads(event: Event, register: Register, now: int) -> Iterator[Lead]:
    """Yields those who agree now, in the order of the list."""
    agreed: dict[str, Consent] = {}
    for row in register.rows.values():
        if isinstance(row, Consent) and NEWS in row.fields:
            before = agreed.get(row.attendee)
            if before is None or row.at >= before.at:
                agreed[row.attendee] = row
    seconds, met = _with_staff(event, register, now)
    own = [person.id for person in register.attendees() if is_own(person)]
    for person in register.attendees():
        standing = event.people.get(person.id)
        if standing is None or standing.erased or not standing.belongs or is_own(person):
            continue
        consent = agreed.get(person.id)
        if NEWS in person.organiser_may_export and consent is not None and person.email:
            staff = met.get(person.id, ())
            yield Lead(
                id=person.id,
                external_id=person.external_id,
                email=person.email,
                name=person.name,
                family_name=person.family_name,
                given_name=person.given_name,
                reading=person.reading,
                organisation=consented(person, "organisation"),
                department=person.department,
                title=person.title,
                phone=consented(person, "phone"),
                link=consented(person, "link"),
                interests=person.interests,
                seconds_with_staff=seconds.get(person.id, 0),
                staff_met=tuple(register.attendee(id).name for id in staff),
                staff_notes=tuple(_notes(register, own, person.id)),
                consent_wording=consent.wording,
                consent_version=consent.version,
                consent_at=consent.at,
            )


def keep_ledger(deciding: Deciding) -> None:
    """Numbers one more file of leads, and keeps which lines are new, changed or withdrawn in it."""
    before = deciding.register.ledger
    number = before.files + 1
    lines = dict(before.lines)
    agree = set()
    event = deciding.event
    for lead in leads(event, deciding.register, deciding.now):
        agree.add(lead.id)
        known, digest = lines.get(lead.id), _digest(lead)
        told = known is not None and not known.withdrawn
        if told and event.minutes_forgotten_at is not None:
            continue  # what is no longer kept is no change for the organiser's program
        if not told or (known is not None and known.digest != digest):
            first = number if known is None or known.withdrawn else known.first
            lines[lead.id] = LedgerLine(
                digest=digest, address=address_digest(lead.email), first=first, changed=number
            )
    for id, line in lines.items():
        if id not in agree and not line.withdrawn:
            lines[id] = msgspec.structs.replace(line, digest="", changed=number, withdrawn=True)
    deciding.wrote(LEADS_KEY, Ledger(files=number, lines=lines))


def changes(event: Event, register: Register, now: int, since: int) -> Iterator[Change]:
    """Yields what is other than in file number `since`; 0: everybody, as new, and who withdrew."""
    ledger = register.ledger
    for lead in leads(event, register, now):
        line = ledger.lines.get(lead.id)
        if line is not None and line.changed > since:
            change = "new" if line.first > since else "changed"
            yield Change(change=change, id=lead.id, address=line.address, lead=lead)
    for id, line in ledger.lines.items():
        if line.withdrawn and line.changed > since:
            yield Change(change="withdrawn", id=id, address=line.address)


def address_digest(email: str) -> str:
    """Returns the SHA-256 of an address, as mailing programs compare them: small letters, no space.

    >>> address_digest(" Ana@Example.org ") == address_digest("ana@example.org")
    True
    """
    return hashlib.sha256(address_form(email).encode()).hexdigest()


def _digest(lead: Lead) -> str:
    return hashlib.sha256(msgspec.json.encode(lead)).hexdigest()[:16]


def _with_staff(
    event: Event, register: Register, now: int
) -> tuple[dict[str, int], dict[str, tuple[str, ...]]]:
    """Returns each one's seconds with staff, and which of them they met."""
    staff = [person.id for person in register.attendees() if is_own(person)]
    ids = dict.fromkeys(room for id in staff for room in event.been.get(id, ()))
    theirs, seconds = set(staff), dict[str, int]()
    met: dict[str, list[str]] = {}
    for both, _ in by_pair((event.rooms[id] for id in ids), now):
        for one, other in ((both.a, both.b), (both.b, both.a)):
            if other in theirs and one not in theirs:
                seconds[one] = seconds.get(one, 0) + both.seconds
                met.setdefault(one, []).append(other)
    order = {id: n for n, id in enumerate(staff)}
    return seconds, {id: tuple(sorted(who, key=order.__getitem__)) for id, who in met.items()}


def _notes(register: Register, staff: Sequence[str], about: str) -> Iterator[str]:
    for id in staff:
        note = register.note(id, about)
        if note.shared:
            words = "; ".join(part for part in (note.text, note.next_step) if part)
            if words:
                yield f"{register.attendee(id).name}: {words}"
