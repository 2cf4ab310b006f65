"""Before and after by mail: who was sent a link, who can't come, who wants none, what came of it.

Responsible for what is asked about mails, as facts. Which mails follow from them, and when, is
`follow_up.py`'s; sending them is the building's.
"""

from __future__ import annotations

from typing import assert_never

from rooms import commands as c
from rooms import facts as f
from rooms.deciding import SERVER, Deciding
from rooms.people import (
    MAIL_TEXTS_KEY,
    OUTCOMES,
    DeadAddress,
    Place,
    address_form,
    dead_address_key,
)
from rooms.places import lost_place
from rooms.refusal import Refusal


def write(deciding: Deciding, command: c.MailCommand) -> None:
    """Carries out what the organiser, or a person about themselves, asks about mails."""
    match command:
        case c.Invite():
            _invite(deciding, command)
        case c.Coming():
            _coming(deciding, command)
        case c.ChooseMail():
            _choose_mail(deciding, command)
        case c.TellOutcome():
            _tell_outcome(deciding, command)
        case c.WriteMail():
            _write_mail(deciding, command)
        case c.SendThanks():
            _send_thanks(deciding)
        case c.MarkAddress():
            _mark_address(deciding, command)
        case _:
            assert_never(command)


def _invite(deciding: Deciding, command: c.Invite) -> None:
    deciding.require_host()
    ids = tuple(dict.fromkeys(deciding.person(id).id for id in command.attendees))
    if ids:
        deciding.happened(f.Invited(at=deciding.now, ids=ids))


def _coming(deciding: Deciding, command: c.Coming) -> None:
    id = deciding.me.id
    event = deciding.event
    if command.coming != (id in event.declined):
        return
    gone = command.coming and (
        lost_place(event, deciding.register, id) or event.people[id].place is Place.WAITING
    )
    deciding.happened(f.ComingChanged(at=deciding.now, id=id, coming=command.coming))
    if gone:
        # Their place went to somebody else meanwhile, or their turn did.
        deciding.happened(f.PutOnWaitingList(at=deciding.now, id=id))


def _choose_mail(deciding: Deciding, command: c.ChooseMail) -> None:
    id = deciding.me.id
    if command.wanted == (id in deciding.event.no_mail):
        deciding.happened(f.MailChosen(at=deciding.now, id=id, wanted=command.wanted))


def _tell_outcome(deciding: Deciding, command: c.TellOutcome) -> None:
    id = deciding.me.id
    if deciding.event.ended_at is None:
        raise Refusal("too-early", "What came of it is asked after the evening.")
    if command.outcome not in OUTCOMES:
        raise Refusal("bad-field", "There is no such answer.", field="outcome")
    if deciding.event.outcomes.get(id) != command.outcome:
        deciding.happened(f.OutcomeTold(at=deciding.now, id=id, outcome=command.outcome))


def _write_mail(deciding: Deciding, command: c.WriteMail) -> None:
    deciding.require_host()
    if deciding.register.mail_texts != command.texts:
        deciding.wrote(MAIL_TEXTS_KEY, command.texts)
        deciding.happened(f.MailWritten(at=deciding.now))


def _mark_address(deciding: Deciding, command: c.MarkAddress) -> None:
    if deciding.by != SERVER:
        deciding.require_host()
    id = deciding.person(command.attendee).id
    email = deciding.profile(id).email
    is_theirs = bool(email) and address_form(email) == address_form(command.address)
    if not is_theirs or command.works == (deciding.register.dead_address(id) is None):
        return
    marked = DeadAddress(address=email, why=command.why, said=command.said, at=deciding.now)
    deciding.wrote(dead_address_key(id), None if command.works else marked)
    deciding.happened(f.AddressMarked(at=deciding.now, id=id, works=command.works))


def _send_thanks(deciding: Deciding) -> None:
    deciding.require_host()
    if deciding.event.ended_at is None:
        raise Refusal("too-early", "The thank-you is sent after the evening.")
    if deciding.event.thanked_at is None:
        deciding.happened(f.ThanksSent(at=deciding.now))
