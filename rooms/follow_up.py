"""Which mails follow from an evening: to whom, about what, from when and until when.

Responsible for the schedule alone, as a pure function of the fold and the register. What a mail
says and that it is sent is the building's; it asks again right before sending, so that whoever was
erased, blocked, or wants no mail meanwhile gets none.

Invariants:
- A letter's id is the same whoever asks, and how often: it is sent once by it.
- Nobody is written to whom the organiser has not sent a link, who did not sign up by themselves,
  and who did not come.
- A letter that is not sent by its `until` is not sent at all: an old reminder is worse than none.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from enum import StrEnum

from msgspec import Struct

from rooms.event import Event
from rooms.people import Note, Place, Register, Role
from rooms.standing import Person

MINUTE = 60_000
HOUR = 60 * MINUTE
DAY = 24 * HOUR

REMINDER_BEFORE = DAY
INTRODUCTION_AFTER = MINUTE
"""A yes taken back within the minute is never written about."""
EVENING_AFTER = 2 * MINUTE
MISSED_AFTER = 2 * HOUR
NUDGE_AFTER = 7 * DAY
OUTCOME_AFTER = 21 * DAY

USEFUL = 14 * DAY
"""How long after its time a letter about the evening is still worth sending."""

WRITTEN_TO = frozenset({Role.ATTENDEE, Role.AMBASSADOR, Role.HELPER})


class Kind(StrEnum):
    """What a letter is."""

    CONFIRMATION = "confirmation"
    REMINDER = "reminder"
    INTRODUCTION = "introduction"
    EVENING = "evening"
    MISSED = "missed"
    THANKS = "thanks"
    NUDGE = "nudge"
    OUTCOME = "outcome"
    REQUEST = "request"
    WAITING = "waiting-list"
    PLACE = "place"
    REFUSED = "refused"


WITHOUT_PLACE: Mapping[Place, Kind] = {
    Place.ASKED: Kind.REQUEST,
    Place.WAITING: Kind.WAITING,
    Place.REFUSED: Kind.REFUSED,
}
"""What somebody without a place is written, and nothing else."""


class Letter(Struct, frozen=True, kw_only=True):
    """One mail to one person. Instants in ms since 1970 UTC."""

    id: str
    kind: Kind
    to: str
    due_at: int
    until: int
    about: str = ""
    """The other person, in an introduction."""


def letters(event: Event, register: Register) -> Iterator[Letter]:
    """Yields every letter that follows from what is known by now, those of later days too."""
    off = register.mail_texts.off
    for letter in _all(event, register):
        if letter.kind in off or not may_be_written_to(event, register, letter.to):
            continue
        if letter.kind is WITHOUT_PLACE.get(event.people[letter.to].place, letter.kind):
            yield letter


def due(event: Event, register: Register, now: int) -> dict[str, Letter]:
    """Returns the letters whose time has come and is not over, by id, the earliest first."""
    found = [letter for letter in letters(event, register) if letter.due_at <= now < letter.until]
    return {letter.id: letter for letter in sorted(found, key=lambda one: (one.due_at, one.id))}


def may_be_written_to(event: Event, register: Register, id: str) -> bool:
    """Says whether somebody has an address that takes mail, wants any, and is still there."""
    person = event.people.get(id)
    if person is None or person.erased or person.role not in WRITTEN_TO:
        return False
    if person.removed_at is not None or person.waits_for_yes:
        return False
    if id in event.no_mail or register.dead_address(id) is not None:
        return False
    return bool(register.attendee(id).email)


def came(event: Event, id: str) -> bool:
    """Says whether somebody was there at all: in a room, in the lobby, or checked in.

    Of helpers without a seat, whose coming is not counted, it is enough that they ever were.
    """
    person = event.people[id]
    there = person.connections or person.dropped_at or person.left_at or person.checked_in_at
    return bool(id in event.came or event.been.get(id) or (there and not person.takes_seat))


def open_steps(register: Register) -> dict[str, list[tuple[str, str]]]:
    """Returns the next steps that are not done, as (about, step), by who wrote them."""
    found: dict[str, list[tuple[str, str]]] = {}
    for key, row in register.rows.items():
        if isinstance(row, Note) and row.next_step and not row.done:
            _, by, about = key.split(":")
            found.setdefault(by, []).append((about, row.next_step))
    return found


def _all(event: Event, register: Register) -> Iterator[Letter]:
    yield from _before(event)
    yield from _introductions(event)
    if event.ended_at is not None:
        yield from _after(event, register, event.ended_at)


def _before(event: Event) -> Iterator[Letter]:
    if event.ended_at is not None:
        return
    starts_at = event.plan.starts_at
    for id, person in event.people.items():
        known_at = _known_since(event, person)
        if known_at is None or id in event.declined:
            continue
        asked = (event.invited.get(id), event.links_asked.get(id), person.place_at)
        at = max([known_at, *(one for one in asked if one is not None)])
        over = starts_at + DAY if starts_at is not None else at + USEFUL
        kind = WITHOUT_PLACE.get(person.place, Kind.CONFIRMATION)
        if kind is Kind.CONFIRMATION and at == person.place_at:
            kind = Kind.PLACE
        yield Letter(id=f"{kind}:{id}:{at}", kind=kind, to=id, due_at=at, until=max(over, at + DAY))
        # Who was written to within the last day needs no reminder.
        if starts_at is not None and at < starts_at - REMINDER_BEFORE and person.has_place:
            yield Letter(
                id=f"reminder:{id}:{starts_at}",
                kind=Kind.REMINDER,
                to=id,
                due_at=starts_at - REMINDER_BEFORE,
                until=starts_at,
            )


def _known_since(event: Event, person: Person) -> int | None:
    """Returns since when somebody may be written to; None: only once they come, or never."""
    if person.id in event.signed_up:
        return event.signed_up[person.id]
    return event.invited.get(person.id) or event.links_asked.get(person.id)


def _introductions(event: Event) -> Iterator[Letter]:
    for (a, b), at in event.contacts.items():
        if event.is_blocked(a, b):
            continue
        for to, about in ((a, b), (b, a)):
            yield Letter(
                id=f"introduction:{to}:{about}",
                kind=Kind.INTRODUCTION,
                to=to,
                about=about,
                due_at=at + INTRODUCTION_AFTER,
                until=at + USEFUL,
            )


def _after(event: Event, register: Register, ended_at: int) -> Iterator[Letter]:
    steps = open_steps(register)
    in_contact = {id for key in event.contacts for id in key}
    for id in event.people:
        if not came(event, id):
            invited = id in event.invited or id in event.signed_up
            if invited and event.people[id].has_place:
                yield _one(Kind.MISSED, id, ended_at + MISSED_AFTER)
            continue
        yield _one(Kind.EVENING, id, ended_at + EVENING_AFTER)
        if event.thanked_at is not None:
            yield _one(Kind.THANKS, id, event.thanked_at)
        if id in steps:
            yield _one(Kind.NUDGE, id, ended_at + NUDGE_AFTER)
        if id not in event.outcomes and id in in_contact:
            yield _one(Kind.OUTCOME, id, ended_at + OUTCOME_AFTER)


def _one(kind: Kind, to: str, due_at: int) -> Letter:
    return Letter(id=f"{kind}:{to}", kind=kind, to=to, due_at=due_at, until=due_at + USEFUL)
