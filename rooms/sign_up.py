"""Signing up: who gets a place, whom the organiser approves, who moves up, who asks for a link.

Responsible for what follows from a sign-up, as facts; how many places there are is `places.py`'s.
Letters that follow are `follow_up.py`'s.
"""

from __future__ import annotations

from typing import assert_never

from msgspec.structs import replace

from rooms import commands as c
from rooms import facts as f
from rooms.deciding import ORGANISER, SERVER, Deciding
from rooms.event import Event
from rooms.messages import Phase
from rooms.people import Place, attendee_key
from rooms.places import has_place_for, next_up
from rooms.refusal import Refusal

ASKED_AGAIN_AFTER_MS = 10 * 60_000
"""A link is sent again at most so often, lest strangers fill somebody's mailbox."""

FREE_PLACES = (
    f.ComingChanged | f.Removed | f.Erased | f.EventChanged | f.ProfileChanged | f.PutOnWaitingList
)
"""Facts after which somebody may move up."""


def sign_up(deciding: Deciding, command: c.SignUpCommand) -> None:
    """Carries out what is asked about signing up."""
    match command:
        case c.AnswerSignUps():
            _answer(deciding, command)
        case c.AskLink():
            _ask_link(deciding, command)
        case c.ChangeAnswers():
            _change_answers(deciding, command)
        case _:
            assert_never(command)


def _answer(deciding: Deciding, command: c.AnswerSignUps) -> None:
    deciding.require_host()
    event, by = deciding.event, deciding.by
    for id in dict.fromkeys(command.attendees):
        person = deciding.person(id)
        if person.place is Place.GIVEN:
            continue  # answered in another window meanwhile, or moved up
        if not command.yes:
            if person.place is not Place.REFUSED:
                deciding.happened(f.SignUpRefused(at=deciding.now, id=id, by=by))
            continue
        segment = deciding.profile(id).segment
        if command.beyond or has_place_for(event, deciding.register, segment):
            deciding.happened(f.PlaceGiven(at=deciding.now, id=id, by=by))
        elif person.place is not Place.WAITING:
            deciding.happened(f.PutOnWaitingList(at=deciding.now, id=id, by=by))


def _ask_link(deciding: Deciding, command: c.AskLink) -> None:
    if deciding.by not in (ORGANISER, SERVER):
        raise Refusal("not-allowed", "Only the organiser can do this.")
    person = deciding.person(command.attendee)
    last = deciding.event.links_asked.get(person.id)
    if last is None or deciding.now - last >= ASKED_AGAIN_AFTER_MS:
        deciding.happened(f.LinkAsked(at=deciding.now, id=person.id))


def may_change_answers(event: Event, now: int) -> bool:
    """Says whether people may still change their answers: until the evening begins."""
    if event.phase not in (Phase.DRAFT, Phase.LOBBY) or event.round > 0:
        return False
    return event.plan.starts_at is None or now < event.plan.starts_at


def _change_answers(deciding: Deciding, command: c.ChangeAnswers) -> None:
    me, before = deciding.me, deciding.profile(deciding.me.id)
    if not may_change_answers(deciding.event, deciding.now):
        raise Refusal("too-late", "The evening has begun: your answers stay as they are.")
    asked = {words for one in deciding.register.details.questions for words in one.words.values()}
    if not asked.issuperset(command.answers):
        raise Refusal("bad-field", "This is not asked at the sign-up.", field="answers")
    others = {name: value for name, value in before.custom.items() if name not in asked}
    after = replace(before, custom={**others, **command.answers})
    if after != before:
        deciding.wrote(attendee_key(me.id), after)
        deciding.happened(
            f.ProfileChanged(
                at=deciding.now, id=me.id, table=after.table, sits_with=after.sits_with
            )
        )


def move_up(deciding: Deciding) -> None:
    """Gives places that have become free to those who wait for them, in order."""
    if deciding.event.phase is Phase.ENDED:
        return
    while (id := next_up(deciding.event, deciding.register)) is not None:
        deciding.happened(f.PlaceGiven(at=deciding.now, id=id))
