"""Erasing somebody: what goes with them, and what of others stays (rule 21).

Responsible for every row of the register that holds their words or words about them, and for what
they gave to others. Deliberately leaves others' minutes: they were with "someone". What is kept
beside the journal (chat, mails, keys, the store's files) the building takes out.

Invariant: after it no row of the register is named after them, and none holds what they typed.
"""

from __future__ import annotations

from msgspec.structs import replace

from rooms import commands as c
from rooms import facts as f
from rooms.deciding import Deciding
from rooms.event import Event
from rooms.people import Attendee, attendee_key, normalise, text_key
from rooms.refusal import Refusal
from rooms.standing import pair


def erase(deciding: Deciding, command: c.Erase) -> None:
    """Erases everything about a person; others keep their minutes with "someone" (rule 21)."""
    person = deciding.person(command.attendee)
    if not deciding.is_host and deciding.by != person.id:
        raise Refusal("not-allowed", "Only a host can do this.")
    if person.seat is not None:
        deciding.happened(
            f.Unseated(at=deciding.now, id=person.id, room=person.seat, because="left")
        )
    _take_back(deciding, person.id)
    _drop_from_others(deciding, deciding.profile(person.id))
    for key in list(deciding.register.rows):
        if person.id in key.split(":")[1:]:  # a row of theirs, or of somebody else about them
            deciding.wrote(key, None)
    _drop_topics(deciding, person.id)
    for text in _texts_of(deciding.event, person.id):
        deciding.wrote(text_key(text), None)
    deciding.happened(f.Erased(at=deciding.now, id=person.id, by=deciding.by))


def _take_back(deciding: Deciding, id: str) -> None:
    """Withdraws somebody's yeses and cards, so that the others' lists lose the fields at once."""
    event, now = deciding.event, deciding.now
    for by, about in [key for key in event.yeses if key[0] == id]:
        was_contact = pair(by, about) in event.contacts
        deciding.happened(f.YesWithdrawn(at=now, by=by, about=about, was_contact=was_contact))
    for (by, to), given in list(event.cards.items()):
        if by == id:
            deciding.happened(f.CardGiven(at=now, by=by, to=to, had_reached=given.reached))


def _drop_from_others(deciding: Deciding, gone: Attendee) -> None:
    """Takes somebody out of what others wish for, and from whom they sit with.

    An organisation that others are of as well stays among the wishes: it does not name them.
    """
    others = [one for one in deciding.register.attendees() if one.id != gone.id]
    if not any(one.wishes or one.sits_with == gone.id for one in others):
        return
    kept = {normalise(one.organisation) for one in others}
    names = {
        normalise(name)
        for name in (gone.name, gone.reading, gone.external_id, gone.email, gone.organisation)
    } - kept
    for one in others:
        wishes = tuple(w for w in one.wishes if w != gone.id and normalise(w) not in names)
        sits_with = "" if one.sits_with == gone.id else one.sits_with
        if wishes == one.wishes and sits_with == one.sits_with:
            continue
        deciding.wrote(attendee_key(one.id), replace(one, wishes=wishes, sits_with=sits_with))
        if sits_with != one.sits_with and one.id in deciding.event.people:
            deciding.happened(
                f.ProfileChanged(at=deciding.now, id=one.id, table=one.table, sits_with=sits_with)
            )


def _drop_topics(deciding: Deciding, id: str) -> None:
    """Takes back the topics somebody proposed, accepted ones too, and all their words."""
    event = deciding.event
    for topic in [topic for topic, by in event.proposers.items() if by == id]:
        deciding.wrote(text_key(topic), None)
        if topic in event.topics:
            lost = tuple(one for one, chosen in event.choices.items() if chosen == topic)
            deciding.happened(f.TopicDropped(at=deciding.now, id=topic, lost=lost))


def _texts_of(event: Event, id: str) -> list[str]:
    """Returns the ids of words that somebody wrote, or that were written about them."""
    calls = event.calls.values()
    return [
        f"removed-{id}",
        *(call.id for call in calls if call.by == id),
        *(call.answer for call in calls if id in (call.by, call.answered_by) and call.answer),
        *(report.id for report in event.reports if id in (report.by, report.about)),
        *(said.id for said in event.announcements if said.by == id),
    ]
