"""Keep in touch, cards, blocks: who may see what of whom (rules 13, 16 to 19).

Invariant: nobody learns of a yes unless both said it, and of no field that its owner did not give
them. `fields_by_yes` and `fields_by_card` are the only ways to a contact field.
"""

from __future__ import annotations

from rooms import commands as c
from rooms import facts as f
from rooms.deciding import Deciding
from rooms.event import Event
from rooms.people import CONTACT_FIELDS, Attendee, Register, is_own, note_key
from rooms.people import Note as NoteRow
from rooms.refusal import Refusal
from rooms.standing import pair

GIVEN_FIELDS = (*CONTACT_FIELDS, "organisation")
"""What can be given; the organisation stands on every card anyway."""

YES_AFTER_END_MS = 14 * 24 * 3600 * 1000
"""Rule 16: a yes can be given until 14 days after the event."""


MOST_REPORTS = 20
"""Reports of one person at an event: all of them stay on every host's board."""


def is_contact(event: Event, a: str, b: str) -> bool:
    """Says whether both said yes and know it."""
    return pair(a, b) in event.contacts


def contacts_of(event: Event, id: str) -> list[str]:
    """Returns somebody's contacts, the earliest first."""
    mine = [(at, key) for key, at in event.contacts.items() if id in key]
    return [b if a == id else a for _, (a, b) in sorted(mine)]


def fields_by_yes(event: Event, register: Register, viewer: str, about: str) -> dict[str, str]:
    """Returns what a contact chose to show; nothing unless both said yes."""
    if not is_contact(event, viewer, about):
        return {}
    return _values(register, about, event.yeses.get((about, viewer), ()))


def fields_by_card(event: Event, register: Register, viewer: str, about: str) -> dict[str, str]:
    """Returns what a card handed over shows, once it has reached the viewer."""
    given = event.cards.get((about, viewer))
    return _values(register, about, given.fields) if given and given.reached else {}


def consented(profile: Attendee, field: str) -> str:
    """Returns a field if its owner lets the organiser have it, else nothing (rule 20)."""
    value: str = getattr(profile, field)
    return value if field in profile.organiser_may_export else ""


def _values(register: Register, about: str, fields: tuple[str, ...]) -> dict[str, str]:
    """Returns the name, and what is filled in of the fields given.

    The name is on the card too; it keeps a contact of somebody who shows nothing else apart from
    one that was withdrawn, whose fields are empty (`protocol.md`).
    """
    profile = register.attendee(about)
    values = {name: str(getattr(profile, name)) for name in GIVEN_FIELDS if name in fields}
    return {"name": profile.name, **{name: value for name, value in values.items() if value}}


def keep_in_touch(deciding: Deciding, command: c.KeepInTouch) -> None:
    """Says yes quietly, or takes it back; when both said yes the contact is made."""
    event, me = deciding.event, deciding.me
    about = command.about
    _check_met(deciding, about)
    if not command.yes:
        if (me.id, about) in event.yeses:
            deciding.happened(_withdrawal(deciding, about))
        return
    fields = _chosen(deciding, command.fields)
    if is_too_late(event, deciding.now) and not _narrows(event.yeses.get((me.id, about)), fields):
        raise Refusal("too-late", "A yes can be given until 14 days after the event.")
    if event.yeses.get((me.id, about)) != fields:
        deciding.happened(f.YesGiven(at=deciding.now, by=me.id, about=about, fields=fields))
    _make_contact(deciding, me.id, about)


def is_too_late(event: Event, now: int) -> bool:
    """Says whether it is too late at `now` (ms) to give a yes or a card; taking back never is."""
    return event.ended_at is not None and now > event.ended_at + YES_AFTER_END_MS


def _narrows(given: tuple[str, ...] | None, fields: tuple[str, ...]) -> bool:
    """Says whether fields are some of those that were given already."""
    return given is not None and set(fields) <= set(given)


def _withdrawal(deciding: Deciding, about: str) -> f.YesWithdrawn:
    was_contact = is_contact(deciding.event, deciding.by, about)
    return f.YesWithdrawn(at=deciding.now, by=deciding.by, about=about, was_contact=was_contact)


def _card(deciding: Deciding, to: str, fields: tuple[str, ...]) -> f.CardGiven:
    given = deciding.event.cards.get((deciding.by, to))
    return f.CardGiven(
        at=deciding.now,
        by=deciding.by,
        to=to,
        fields=fields,
        had_reached=given is not None and given.reached,
    )


def _make_contact(deciding: Deciding, a: str, b: str) -> None:
    event = deciding.event
    both = (a, b) in event.yeses and (b, a) in event.yeses
    if not both or is_contact(event, a, b) or event.is_blocked(a, b):
        return
    if not event.share_running_room(a, b):
        first, second = pair(a, b)
        deciding.happened(f.ContactMade(at=deciding.now, a=first, b=second))


def reveal(deciding: Deciding) -> None:
    """Makes the contacts and hands over the cards that waited for a room to end (16, 17)."""
    event = deciding.event
    for by, about in list(event.yeses):
        if by < about:
            _make_contact(deciding, by, about)
    for (by, to), given in list(event.cards.items()):
        if not given.reached and not event.share_running_room(by, to):
            deciding.happened(f.CardReached(at=deciding.now, by=by, to=to))


def give_card(deciding: Deciding, command: c.GiveCard) -> None:
    """Hands one's chosen fields to somebody met or to the room; no fields take the card back."""
    event, me = deciding.event, deciding.me
    if command.to == "room":
        room = event.room_of(me.id)
        if room is None:
            raise Refusal("no-room", "You are not in a room now.")
        receivers = [id for id in room.people if id != me.id and (me.id, id) not in event.blocks]
    else:
        _check_met(deciding, command.to)
        receivers = [command.to]
    fields = _chosen(deciding, command.fields)
    for to in receivers:
        given = event.cards.get((me.id, to))
        if given is None and not fields:
            continue
        before = None if given is None else given.fields
        if is_too_late(event, deciding.now) and not _narrows(before, fields):
            raise Refusal("too-late", "A card can be given until 14 days after the event.")
        deciding.happened(_card(deciding, to, fields))
        reached = given is not None and given.reached
        if fields and not reached and not event.share_running_room(me.id, to):
            deciding.happened(f.CardReached(at=deciding.now, by=me.id, to=to))


def _chosen(deciding: Deciding, fields: tuple[str, ...] | None) -> tuple[str, ...]:
    if fields is None:
        return deciding.profile(deciding.by).contact_fields
    for field in fields:
        if field not in GIVEN_FIELDS:
            raise Refusal("bad-field", "There is no contact field {field}.", field=field)
    return tuple(dict.fromkeys(fields))


def known_still(event: Event, register: Register, id: str) -> list[str]:
    """Returns whom somebody keeps when minutes are forgotten: contacts, yeses, cards, notes."""
    if event.minutes_forgotten_at is None:
        return []
    linked = [
        *contacts_of(event, id),
        *(about for by, about in event.yeses if by == id),
        *(by for (by, to), given in event.cards.items() if to == id and given.reached),
        *(about for about in event.people if register.note(id, about) != NoteRow()),
    ]
    return [one for one in dict.fromkeys(linked) if one != id and not event.people[one].erased]


def _check_met(deciding: Deciding, about: str) -> None:
    me = deciding.me
    deciding.person(about)
    is_known = pair(me.id, about) in deciding.event.acquainted
    if not is_known and about not in known_still(deciding.event, deciding.register, me.id):
        raise Refusal("not-met", "You have not shared a room with this person.")


def note(deciding: Deciding, command: c.Note) -> None:
    """Writes a private note or next step; what is left out stays as it is."""
    me = deciding.me
    _check_met(deciding, command.about)
    before = deciding.register.note(me.id, command.about)
    after = NoteRow(
        text=command.text if command.text is not None else before.text,
        next_step=command.next_step if command.next_step is not None else before.next_step,
        done=command.done if command.done is not None else before.done,
        shared=command.share if command.share is not None else before.shared,
    )
    if after.shared and not before.shared and not is_own(deciding.register.attendee(me.id)):
        raise Refusal("not-allowed", "Only the organiser's own people share their notes.")
    if after != before:
        deciding.wrote(note_key(me.id, command.about), after)
        deciding.happened(f.NoteWritten(at=deciding.now, by=me.id, about=command.about))


def rate(deciding: Deciding, command: c.Rate) -> None:
    """Gives stars for a round one was seated in: the latest, unless another is named."""
    event, me = deciding.event, deciding.me
    number = event.round if command.round is None else command.round
    if not any(event.rooms[id].round == number for id in event.been.get(me.id, ())):
        raise Refusal("no-room", "Stars are for a round that you were in.")
    if event.ratings.get((me.id, number)) != command.stars:
        deciding.happened(f.Rated(at=deciding.now, id=me.id, round=number, stars=command.stars))


def block(deciding: Deciding, command: c.Block) -> None:
    """Blocks quietly: no more shared rooms, fields withdrawn, and, if wished, leaves the room."""
    event, me, now = deciding.event, deciding.me, deciding.now
    about = deciding.person(command.about)
    if about.id == me.id:
        raise Refusal("bad-field", "You cannot block yourself.", field="about")
    if (me.id, about.id) not in event.blocks:
        deciding.happened(f.Blocked(at=now, by=me.id, about=about.id))
    if (me.id, about.id) in event.yeses:
        deciding.happened(_withdrawal(deciding, about.id))
    if (me.id, about.id) in event.cards:
        deciding.happened(_card(deciding, about.id, ()))
    if command.leave and me.seat is not None:
        deciding.happened(f.Unseated(at=now, id=me.id, room=me.seat, because="moved"))


def unblock(deciding: Deciding, command: c.Unblock) -> None:
    """Takes one's own block back."""
    me = deciding.me
    if (me.id, command.about) in deciding.event.blocks:
        deciding.happened(f.Unblocked(at=deciding.now, by=me.id, about=command.about))


def report(deciding: Deciding, command: c.Report) -> None:
    """Reports somebody to hosts and organiser only."""
    me = deciding.me
    about = deciding.person(command.about)
    if sum(report.by == me.id for report in deciding.event.reports) >= MOST_REPORTS:
        raise Refusal("too-many", "You have reported a lot. Please call a host instead.")
    id = deciding.wrote_text(command.text)
    deciding.happened(f.Reported(at=deciding.now, id=id, by=me.id, about=about.id, room=me.seat))
