"""Everything that is kept about one person, as data for their own eyes (rule 21).

Responsible for gathering it from the fold and the register; the building adds what was said, which
stands beside the journal. Deliberately words nothing.

Invariant: nothing here is another's secret. What others keep for themselves about a person (a quiet
yes, a block, a note, a report) is theirs, and is in nobody else's list; of others there is what the
person may see on their pages anyway.
"""

from __future__ import annotations

from collections.abc import Iterable

from msgspec import Struct

from rooms.contacts import contacts_of, fields_by_card, fields_by_yes, is_contact
from rooms.encounters import encounters
from rooms.event import Event
from rooms.people import Attendee, Consent, Place, Register, Role, note_key
from rooms.standing import Person, Room


class Said(Struct, frozen=True, kw_only=True):
    """Something written to a room, or to the `lobby`. `at`: ms."""

    at: int
    room: str
    text: str


class KeptMeeting(Struct, frozen=True, kw_only=True):
    """Somebody one sat with in a round. An empty name: somebody who was erased since."""

    round: int
    room: str
    table: int | None
    id: str
    name: str
    met_at: int
    seconds: int
    presence: str
    """`confirmed` or `assumed` (rule 22)."""


class KeptContact(Struct, frozen=True, kw_only=True):
    """A person both of whom said yes. `theirs`: the fields they show; `mine`: those shown them."""

    id: str
    name: str
    since: int
    theirs: dict[str, str]
    mine: tuple[str, ...]


class KeptGift(Struct, frozen=True, kw_only=True):
    """Fields for somebody: by a quiet yes, or by a card."""

    id: str
    name: str
    fields: tuple[str, ...]


class KeptCard(Struct, frozen=True, kw_only=True):
    """A card that somebody handed over, with its fields as they are now."""

    id: str
    name: str
    fields: dict[str, str]


class KeptNote(Struct, frozen=True, kw_only=True):
    """One's own note about somebody met."""

    id: str
    name: str
    text: str
    next_step: str
    done: bool


class KeptWords(Struct, frozen=True, kw_only=True):
    """Words to hosts or to everybody: `what` is call, answer, report, announcement or topic."""

    what: str
    text: str
    at: int | None = None
    about: str = ""
    """In a report: the name of whom it is about."""


class KeptStars(Struct, frozen=True, kw_only=True):
    """Stars given to a round."""

    round: int
    stars: int


class Attendance(Struct, frozen=True, kw_only=True):
    """How somebody came to the event, and where they are with it. Instants in ms; None: not."""

    role: Role
    signed_up_at: int | None
    invited_at: int | None
    declined_at: int | None
    first_here_at: int | None
    checked_in_at: int | None
    checked_out_at: int | None
    removed_at: int | None
    place: Place
    place_at: int | None
    """Since when; None: since they were added."""
    sat_out: int
    """Rounds without a seat though in the pool."""
    mail: bool
    """Whether they want mail about the event."""
    address_dead: bool
    """Whether mails to their address come back, and none are sent there."""
    outcome: str
    """What came of it, as they told (`people.OUTCOMES`)."""
    comes_again: str = ""
    """Their answer to the first closing question (`people.COMES_AGAIN`)."""
    would_change: tuple[str, ...] = ()
    """Their answer to the second (`people.CHANGES`)."""


class Stayed(Struct, frozen=True, kw_only=True):
    """A time in a room: from, to (None: still), in ms."""

    round: int
    room: str
    table: int | None
    from_at: int
    to_at: int | None
    confirmed: bool


class Kept(Struct, frozen=True, kw_only=True):
    """All that an event keeps about one person, for that person."""

    event: str
    title: str
    id: str
    at: int
    """As of when this was gathered (ms)."""
    profile: Attendee
    attendance: Attendance
    consents: tuple[Consent, ...]
    """As they were given, the earliest first."""
    stays: tuple[Stayed, ...]
    met: tuple[KeptMeeting, ...]
    contacts: tuple[KeptContact, ...]
    yeses: tuple[KeptGift, ...]
    """Quiet ones, which nobody else knows of, are among them."""
    cards_given: tuple[KeptGift, ...]
    cards_received: tuple[KeptCard, ...]
    notes: tuple[KeptNote, ...]
    blocked: tuple[str, ...]
    """Names of those whom they blocked."""
    stars: tuple[KeptStars, ...]
    words: tuple[KeptWords, ...]
    said: tuple[Said, ...]


def kept_about(
    event: Event, register: Register, id: str, now: int, said: Iterable[Said] = ()
) -> Kept | None:
    """Returns everything kept about a person; None for somebody unknown or erased.

    `said` is what they wrote to rooms and the lobby, as far as it is still kept.
    """
    person = event.people.get(id)
    if person is None or person.erased:
        return None
    rooms = [event.rooms[room] for room in event.been.get(id, ())]
    return Kept(
        event=event.id,
        title=register.details.title,
        id=id,
        at=now,
        profile=register.attendee(id),
        attendance=_attendance(event, register, person),
        consents=consents_of(register, id),
        stays=tuple(_stays(rooms, id)),
        met=tuple(_met(rooms, register, id, now)),
        contacts=tuple(
            KeptContact(
                id=other,
                name=_name(register, other),
                since=_since(event, id, other),
                theirs=fields_by_yes(event, register, id, other),
                mine=event.yeses.get((id, other), ()),
            )
            for other in contacts_of(event, id)
        ),
        yeses=tuple(
            KeptGift(id=about, name=_name(register, about), fields=fields)
            for (by, about), fields in event.yeses.items()
            if by == id and not is_contact(event, by, about)
        ),
        cards_given=tuple(
            KeptGift(id=to, name=_name(register, to), fields=given.fields)
            for (by, to), given in event.cards.items()
            if by == id
        ),
        cards_received=tuple(
            KeptCard(
                id=by, name=_name(register, by), fields=fields_by_card(event, register, id, by)
            )
            for (by, to), given in event.cards.items()
            if to == id and given.reached
        ),
        notes=tuple(_notes(event, register, id)),
        blocked=tuple(_name(register, about) for by, about in event.blocks if by == id),
        stars=tuple(
            KeptStars(round=number, stars=stars)
            for (by, number), stars in event.ratings.items()
            if by == id
        ),
        words=tuple(_words(event, register, id)),
        said=tuple(said),
    )


def consents_of(register: Register, id: str) -> tuple[Consent, ...]:
    """Returns somebody's consents as they were given, the earliest first."""
    found = [
        row for row in register.rows.values() if isinstance(row, Consent) and row.attendee == id
    ]
    return tuple(sorted(found, key=lambda consent: consent.at))


def _name(register: Register, id: str) -> str:
    return register.attendee(id).name


def _since(event: Event, a: str, b: str) -> int:
    return event.contacts[(a, b) if a < b else (b, a)]


def _attendance(event: Event, register: Register, person: Person) -> Attendance:
    id = person.id
    return Attendance(
        role=person.role,
        signed_up_at=event.signed_up.get(id),
        invited_at=event.invited.get(id),
        declined_at=event.declined.get(id),
        first_here_at=event.came.get(id),
        checked_in_at=person.checked_in_at,
        checked_out_at=person.checked_out_at,
        removed_at=person.removed_at,
        place=person.place,
        place_at=person.place_at,
        sat_out=person.sat_out,
        mail=id not in event.no_mail,
        address_dead=register.dead_address(id) is not None,
        outcome=event.outcomes.get(id, ""),
        comes_again=event.answers.get(id, ("", ()))[0],
        would_change=event.answers.get(id, ("", ()))[1],
    )


def _stays(rooms: Iterable[Room], id: str) -> Iterable[Stayed]:
    for room in rooms:
        for stay in room.stays:
            if stay.id == id:
                yield Stayed(
                    round=room.round,
                    room=room.id,
                    table=room.table,
                    from_at=stay.from_at,
                    to_at=stay.to_at,
                    confirmed=stay.confirmed,
                )


def _met(rooms: Iterable[Room], register: Register, id: str, now: int) -> Iterable[KeptMeeting]:
    for room in rooms:
        for met in encounters(room, now):
            if id in (met.a, met.b):
                other = met.b if met.a == id else met.a
                yield KeptMeeting(
                    round=met.round,
                    room=met.room,
                    table=met.table,
                    id=other,
                    name=_name(register, other),
                    met_at=met.met_at,
                    seconds=met.seconds,
                    presence=met.presence,
                )


def _notes(event: Event, register: Register, id: str) -> Iterable[KeptNote]:
    for about in event.people:
        if note_key(id, about) in register.rows:
            note = register.note(id, about)
            yield KeptNote(
                id=about,
                name=_name(register, about),
                text=note.text,
                next_step=note.next_step,
                done=note.done,
            )


def _words(event: Event, register: Register, id: str) -> Iterable[KeptWords]:
    for call in event.calls.values():
        if call.by == id:
            yield KeptWords(what="call", text=register.text(call.id), at=call.at)
            if call.answer:
                yield KeptWords(what="answer", text=register.text(call.answer))
    for report in event.reports:
        if report.by == id:
            about = _name(register, report.about)
            yield KeptWords(what="report", text=register.text(report.id), at=report.at, about=about)
    for announced in event.announcements:
        if announced.by == id:
            text = register.text(announced.id)
            yield KeptWords(what="announcement", text=text, at=announced.at)
    proposed = (topic for topic in event.topics.values() if topic.by == id)
    for topic in proposed:
        yield KeptWords(what="topic", text=register.text(topic.id))
