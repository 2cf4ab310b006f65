"""Applying: what each fact changes in the event as it stands. One match over all facts.

Responsible for folding one fact, in place. It decides nothing and refuses nothing: a fact has
happened. What it changes about the round, contacts, topics and who is here is said in
`round_standing.py`, `contact_standing.py`, `topic_standing.py` and `presence.py`; what a change of
one person or one room brings with it, in `stays.py`.

Invariant: the same facts in the same order give the same event; nothing else counts.
"""

from __future__ import annotations

from typing import assert_never

from msgspec.structs import replace

from rooms import facts as f
from rooms import stays
from rooms.contact_standing import apply_contact, forget_contacts, forget_met_before
from rooms.encounters import met_after_ms
from rooms.event import Event
from rooms.log import with_line
from rooms.messages import Phase
from rooms.people import SEATED_ROLES, Place, RoomMode
from rooms.presence import apply_connection, apply_presence
from rooms.programme import Kind
from rooms.round_standing import apply_deadline, apply_seat, begin_preview, end_event, end_round
from rooms.standing import (
    Calling,
    Person,
    Room,
    Stay,
    Undoable,
    meeting_room,
    pair,
)
from rooms.topic_standing import apply_topic

REPLAN = (
    f.EventCreated
    | f.EventChanged
    | f.RoundProposed
    | f.SeatingFixed
    | f.TopicsNamed
    | f.TopicAccepted
    | f.TopicDropped
)
"""Facts that change what is to come: an edit of the programme begun before them is overtaken."""


def apply(event: Event, fact: f.AnyFact) -> None:
    """Folds one fact into the event, in place."""
    event.count += 1
    event.log = with_line(event.log, fact)
    if isinstance(fact, REPLAN):
        event.replanned = event.count
    match fact:
        case f.EventCreated():
            event.plan = fact.plan
        case f.EventChanged():
            _change_plan(event, fact)
        case f.DoorsOpened():
            stays.open_doors(event, fact.at)
        case f.ClosingBegan():
            event.closes_at = fact.closes_at
            event.closing = fact
        case f.EventEnded():
            end_event(event, fact)
        case f.AttendeeAdded() | f.ProfileChanged() | f.ConsentGiven() | f.Erased():
            _apply_profile(event, fact)
        case f.Removed() | f.Readmitted():
            _apply_removal(event, fact)
        case f.Connected() | f.Disconnected() | f.NodeLost():
            apply_connection(event, fact)
        case (
            f.Looked()
            | f.Spoken()
            | f.NotHereYet()
            | f.CheckedIn()
            | f.CheckedOut()
            | f.ArrivedAtTable()
            | f.SatOut()
            | f.Rejoined()
            | f.SaidReady()
            | f.MediaChanged()
        ):
            apply_presence(event, fact)
        case (
            f.SeatingOffered()
            | f.RoundProposed()
            | f.Pinned()
            | f.Relaxed()
            | f.ProposalChanged()
            | f.Rearranged()
            | f.Undone()
        ):
            _apply_proposal(event, fact)
        case f.RoundCalled():
            event.called = fact
        case f.CallWithdrawn():
            event.called = None
        case f.SeatingFixed():
            begin_preview(event, fact)
        case f.PreviewShortened() | f.DeadlineMoved() | f.Resumed():
            apply_deadline(event, fact)
        case f.RoundStarted():
            event.phase = Phase.ROUND
            for id in event.current:
                stays.look_for_alone(event, id, fact.at)
        case f.Paused():
            event.paused_at = fact.at
        case f.Warned():
            for room in event.running_rooms():
                if fact.room in (None, room.id) and fact.seconds not in room.warned:
                    event.rooms[room.id] = replace(room, warned=(*room.warned, fact.seconds))
            if fact.room is None:
                event.warned = (*event.warned, fact.seconds)
        case f.RoomEnded():
            stays.end_room(event, fact.room, fact.at, "room-ended")
        case f.RoundEnded():
            end_round(event, fact)
        case f.BreakEnded():
            event.phase = Phase.LOBBY
            event.break_ends_at = None
        case (
            f.Seated()
            | f.Unseated()
            | f.RoomOpened()
            | f.JoinPlanned()
            | f.JoinCancelled()
            | f.ChoseToWait()
            | f.ChoseToMeetOthers()
            | f.MoreTimeWished()
        ):
            apply_seat(event, fact)
        case f.PlaceGiven() | f.PutOnWaitingList() | f.SignUpRefused() | f.LinkAsked():
            _apply_sign_up(event, fact)
        case f.QuestionsAnswered():
            event.answers[fact.id] = (fact.again, fact.change)
        case f.Rated():
            event.ratings[(fact.id, fact.round)] = fact.stars
        case (
            f.YesGiven()
            | f.YesWithdrawn()
            | f.ContactMade()
            | f.CardGiven()
            | f.CardReached()
            | f.NoteWritten()
            | f.Blocked()
            | f.Unblocked()
        ):
            apply_contact(event, fact)
        case f.Reported() | f.Announced() | f.HostCalled() | f.CallWasSeen() | f.CallAnswered():
            _apply_hosting(event, fact)
        case (
            f.Invited()
            | f.ComingChanged()
            | f.MailChosen()
            | f.OutcomeTold()
            | f.MailWritten()
            | f.ThanksSent()
            | f.AddressMarked()
        ):
            _apply_mail(event, fact)
        case f.Visited() | f.VisitEnded() | f.LinkEnded():
            _apply_rights(event, fact)
        case f.MeetingsRecorded():
            _record_meetings(event, fact)
        case f.MetInSeries():
            if fact.anew:
                event.met_before.clear()
            event.met_before.update((pair(a, b), 0) for a, b in fact.pairs)
        case f.MinutesForgotten():
            event.forget_minutes(fact.at, fact.totals)
        case f.Exported():
            event.exports = (*event.exports, fact)
        case f.DeskNoted():
            event.noted = (*event.noted, fact)
        case f.WebhookChanged():
            event.webhooks = (*event.webhooks, fact)
            if fact.change == "removed":
                event.webhook_at = None
            elif fact.change == "set" and event.webhook_at is None:
                event.webhook_at = fact.at
        case (
            f.TopicsNamed()
            | f.TopicProposed()
            | f.TopicAccepted()
            | f.TopicDropped()
            | f.TopicChosen()
        ):
            apply_topic(event, fact)
        case _:
            assert_never(fact)


def _change_plan(event: Event, fact: f.EventChanged) -> None:
    """Changes the plan; a break then ends by itself, or waits for the host, as the new one says.

    What a host asked of the next round, and its seating, fall with the round they were meant for.
    """
    if fact.plan is None:
        return
    before = event.next_planned
    event.plan = fact.plan
    following, planned = event.next_planned, event.planned
    if following != before:
        event.asked, event.proposal = None, None
        event.pinned = event.together = ()
        event.proposed = event.count
    if event.phase is not Phase.BREAK or planned is None:
        return
    if following is not None and not following.auto:
        event.break_ends_at = None
    elif event.break_ends_at is None:
        event.break_ends_at = (event.ends_at or fact.at) + planned.break_seconds * 1000


def _apply_proposal(
    event: Event,
    fact: f.SeatingOffered
    | f.RoundProposed
    | f.Pinned
    | f.Relaxed
    | f.ProposalChanged
    | f.Rearranged
    | f.Undone,
) -> None:
    match fact:
        case f.SeatingOffered():
            event.rooms_changed = _rooms_changed(event.proposal, fact)
            event.proposal = fact
            event.proposed = event.count
        case f.RoundProposed():
            event.asked = fact
            event.handled = event.count
        case f.Pinned():
            event.pinned, event.together = fact.rooms, fact.together
            event.proposed = event.handled = event.count
        case f.Relaxed():
            event.allowed = fact.allow
            event.handled = event.count
        case f.ProposalChanged():
            event.undoable[fact.by] = Undoable(
                at=fact.at,
                rooms=fact.rooms,
                sitting_out=fact.sitting_out,
                pinned=fact.pinned,
                together=fact.together,
                allow=fact.allow,
                seed=fact.seed,
                instead_of=fact.instead_of,
                redrawn=fact.redrawn,
                proposed=event.handled if fact.redrawn else event.proposed,
            )
        case f.Rearranged():
            rooms = {id for _, *ends in fact.moves for id in ends if id in event.rooms}
            event.undoable[fact.by] = Undoable(
                at=fact.at,
                moves=fact.moves,
                touched={id: event.rooms[id].touched for id in sorted(rooms)},
            )
        case f.Undone():
            if fact.closing:
                event.closes_at = event.closing = None
            else:
                event.undoable.pop(fact.by, None)
        case _:
            assert_never(fact)


def _rooms_changed(before: f.SeatingOffered | None, now: f.SeatingOffered) -> int:
    """Returns how many rooms of a proposal are not as they were in the one before it."""
    if before is None or before.round != now.round:
        return 0
    were, are = ({frozenset(ids) for ids in offered.rooms} for offered in (before, now))
    return max(len(are - were), len(were - are))


def _record_meetings(event: Event, fact: f.MeetingsRecorded) -> None:
    event.round = max(event.round, fact.round)
    event.kind = Kind.OPEN
    for met in fact.meetings:
        stays.record(
            event,
            Room(
                id=meeting_room(fact.round, met.a, met.b),
                round=fact.round,
                people=(),
                starts_at=fact.starts_at,
                ends_at=fact.ends_at,
                mode=RoomMode.ON_SITE,
                ended_at=fact.ends_at,
                stays=tuple(
                    Stay(id=id, from_at=start, to_at=end)
                    for start, end in met.spans
                    for id in (met.a, met.b)
                ),
                met_ms=met_after_ms((fact.ends_at - fact.starts_at) // 1000),
            ),
            pair(met.a, met.b),
        )


def _apply_mail(
    event: Event,
    fact: f.Invited
    | f.ComingChanged
    | f.MailChosen
    | f.OutcomeTold
    | f.MailWritten
    | f.ThanksSent
    | f.AddressMarked,
) -> None:
    match fact:
        case f.Invited():
            event.invited.update(dict.fromkeys(fact.ids, fact.at))
        case f.ComingChanged(coming=True):
            event.declined.pop(fact.id, None)
        case f.ComingChanged():
            event.declined[fact.id] = fact.at
        case f.MailChosen(wanted=True):
            event.no_mail.pop(fact.id, None)
        case f.MailChosen():
            event.no_mail[fact.id] = fact.at
        case f.OutcomeTold():
            event.outcomes[fact.id] = fact.outcome
        case f.ThanksSent():
            event.thanked_at = fact.at
        case f.MailWritten() | f.AddressMarked():
            pass  # it stands in the register
        case _:
            assert_never(fact)


def _apply_profile(
    event: Event, fact: f.AttendeeAdded | f.ProfileChanged | f.ConsentGiven | f.Erased
) -> None:
    person = event.people.get(fact.id)
    match fact:
        case f.AttendeeAdded():
            if fact.by_event_link:
                event.signed_up[fact.id] = fact.at
            stays.put(
                event,
                Person(
                    id=fact.id,
                    role=fact.role,
                    mode=fact.mode,
                    table=fact.table,
                    sits_with=fact.sits_with,
                    takes_seat=fact.role in SEATED_ROLES,
                    waits_for_yes=fact.waits_for_yes,
                    place=fact.place,
                    place_at=None if fact.place is Place.GIVEN else fact.at,
                ),
                fact.at,
            )
        case f.ProfileChanged() if person is not None:
            role = fact.role or person.role
            takes_seat = person.takes_seat if role is person.role else role in SEATED_ROLES
            stays.put(
                event,
                replace(
                    person,
                    role=role,
                    mode=fact.mode or person.mode,
                    table=fact.table,
                    sits_with=fact.sits_with,
                    takes_seat=takes_seat,
                ),
                fact.at,
            )
        case f.ConsentGiven():
            _, kept = event.consents.get(fact.id, ("", 0))
            event.consents[fact.id] = (fact.version, kept + 1)
            if not fact.remembered:
                forget_met_before(event, fact.id)
        case f.Erased() if person is not None:
            stays.put(event, replace(person, erased_at=fact.at, connections=(), seat=None), fact.at)
            by = f.THEMSELVES if fact.by == fact.id else fact.by
            event.noted = (*event.noted, f.DeskNoted(at=fact.at, what="erased", by=by))
            forget_contacts(event, fact.id, fact.at)
            event.consents.pop(fact.id, None)
            event.choices.pop(fact.id, None)
            event.chose.pop(fact.id, None)
            event.outcomes.pop(fact.id, None)
            event.answers.pop(fact.id, None)
        case _:
            pass  # about somebody erased meanwhile


def _apply_sign_up(
    event: Event, fact: f.PlaceGiven | f.PutOnWaitingList | f.SignUpRefused | f.LinkAsked
) -> None:
    person = event.people[fact.id]
    match fact:
        case f.PlaceGiven():
            place = Place.GIVEN
        case f.PutOnWaitingList():
            place = Place.WAITING
        case f.SignUpRefused():
            place = Place.REFUSED
        case f.LinkAsked():
            event.links_asked[fact.id] = fact.at
            return
        case _:
            assert_never(fact)
    stays.put(event, replace(person, place=place, place_at=fact.at), fact.at)


def _apply_removal(event: Event, fact: f.Removed | f.Readmitted) -> None:
    person = event.people[fact.id]
    if isinstance(fact, f.Removed):
        event.newcomers_wait = True
        stays.put(
            event, replace(person, removed_at=fact.at, connections=(), dropped_at=None), fact.at
        )
    else:
        stays.put(event, replace(person, removed_at=None, waits_for_yes=False), fact.at)


def _apply_hosting(
    event: Event,
    fact: f.Reported | f.Announced | f.HostCalled | f.CallWasSeen | f.CallAnswered,
) -> None:
    match fact:
        case f.Reported():
            event.reports = (*event.reports, fact)
        case f.Announced():
            event.announcements = (*event.announcements, fact)
        case f.HostCalled():
            event.calls[fact.id] = Calling(id=fact.id, by=fact.by, at=fact.at, room=fact.room)
        case f.CallWasSeen():
            event.calls[fact.id] = replace(event.calls[fact.id], seen=True)
        case f.CallAnswered():
            event.calls[fact.id] = replace(
                event.calls[fact.id], seen=True, answered_by=fact.by, answer=fact.text
            )
        case _:
            assert_never(fact)


def _apply_rights(event: Event, fact: f.Visited | f.VisitEnded | f.LinkEnded) -> None:
    match fact:
        case f.Visited():
            event.visits[fact.id] = fact.room
        case f.VisitEnded():
            event.visits.pop(fact.id, None)
        case f.LinkEnded():
            event.people[fact.id] = replace(event.people[fact.id], link_ended_at=fact.at)
        case _:
            assert_never(fact)
