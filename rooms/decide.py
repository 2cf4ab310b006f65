"""Deciding: a command becomes facts, or a refusal. One match over the files of the rules.

After a command's own facts come their consequences, by rule and not by command: what is due on the
clock, late people who now find a seat, contacts that a room's end reveals.
"""

from __future__ import annotations

from typing import assert_never

from rooms import (
    closing,
    contacts,
    correspondence,
    erasing,
    floor,
    hosting,
    leads,
    lobby,
    proposal,
    records,
    replanning,
    rounds,
    seats,
    series,
    sign_up,
    topics,
    undoing,
    webhooks,
)
from rooms import commands as c
from rooms import facts as f
from rooms.deciding import CLOCK, ORGANISER, SERVER, Deciding, Decision
from rooms.event import Event
from rooms.messages import Phase
from rooms.people import Register
from rooms.refusal import Refusal

AFTER_END = (
    c.KeepInTouch
    | c.GiveCard
    | c.Note
    | c.Rate
    | c.AnswerQuestions
    | c.Profile
    | c.Block
    | c.Unblock
    | c.Report
    | c.GiveConsent
    | c.Erase
    | c.Connect
    | c.Disconnect
    | c.LoseNode
    | c.Leave
    | c.Here
    | c.Alarm
    | c.AddAttendees
    | c.ChangeEvent
    | c.CallSeen
    | c.AnswerCall
    | c.EndLink
    | c.NoteExport
    | c.NoteDesk
    | c.ChangeWebhook
    | c.ChooseMail
    | c.TellOutcome
    | c.WriteMail
    | c.SendThanks
    | c.MarkAddress
    | c.AskLink
)
"""What may still be asked once an event is over."""

WITHOUT_PLACE = (
    c.Coming | c.ChooseMail | c.GiveConsent | c.Erase | c.Disconnect | c.Profile | c.ChangeAnswers
)
"""What somebody may ask who has no place at the event."""

LET_WALKING_END = f.ArrivedAtTable | f.CheckedOut | f.Unseated | f.RoomEnded | f.Resumed
"""Facts after which all on-site people may have arrived."""

END_ROOMS = f.RoundEnded | f.RoomEnded | f.SeatingFixed | f.EventEnded
"""Facts that end rooms, and so let contacts and cards be seen (rules 16, 17)."""

STRIKE_SEATS = (
    f.Connected
    | f.NodeLost
    | f.Looked
    | f.Spoken
    | f.CheckedIn
    | f.SatOut
    | f.Rejoined
    | f.SaidReady
    | f.SeatingFixed
    | f.RoundStarted
    | f.RoomEnded
    | f.Unseated
    | f.JoinCancelled
    | f.Readmitted
    | f.ProfileChanged
    | f.Blocked
    | f.MediaChanged
    | f.Disconnected
    | f.CheckedOut
    | f.Seated
)
"""Facts after which somebody may need, or find, another seat."""


def decide(event: Event, register: Register, by: str, command: c.AnyCommand, now: int) -> Decision:
    """Returns the facts and rows that a command by `by` comes to at `now` (ms since 1970 UTC).

    `by` is an attendee's id, or `organiser`, `clock` or `server`. The event and register given are
    not changed. Raises Refusal when a rule says no.
    """
    deciding = Deciding(event, register, by, now)
    if event.count == 0 and not isinstance(command, c.CreateEvent):
        raise Refusal("unknown-event", "There is no such event.")
    _check_may_ask(deciding, command)
    _carry_out(deciding, command)
    _draw_consequences(deciding)
    return deciding.decision()


def _check_may_ask(deciding: Deciding, command: c.AnyCommand) -> None:
    event = deciding.event
    if event.phase is Phase.ENDED and not isinstance(command, AFTER_END):
        raise Refusal("event-over", "This event is over.")
    person = event.people.get(deciding.by)
    if deciding.by not in (ORGANISER, SERVER, CLOCK):
        if person is None or person.erased:
            raise Refusal("unknown-person", "There is nobody with this id at this event.")
        if person.removed_at is not None:
            raise Refusal("removed", "A host has removed you from this event.")
        if not person.has_place and not isinstance(command, WITHOUT_PLACE):
            raise Refusal("no-place", "You have no place at this event yet.")
    rounds.check_phase(event, command)


def _carry_out(deciding: Deciding, command: c.AnyCommand) -> None:
    match command:
        case c.Here():
            lobby.here(deciding, command)
        case c.Ready():
            lobby.ready(deciding)
        case c.SitOut():
            lobby.sit_out(deciding)
        case c.Rejoin():
            lobby.rejoin(deciding)
        case c.Arrived():
            lobby.arrived(deciding, command)
        case c.Wait():
            seats.wait(deciding, command)
        case c.MeetOthers():
            seats.meet_others(deciding, command)
        case c.Media():
            lobby.media(deciding, command)
        case c.KeepInTouch():
            contacts.keep_in_touch(deciding, command)
        case c.GiveCard():
            contacts.give_card(deciding, command)
        case c.Note():
            contacts.note(deciding, command)
        case c.Rate():
            contacts.rate(deciding, command)
        case c.AnswerQuestions():
            closing.answer(deciding, command)
        case c.Block():
            contacts.block(deciding, command)
        case c.Unblock():
            contacts.unblock(deciding, command)
        case c.Report():
            contacts.report(deciding, command)
        case c.WishMoreTime():
            rounds.wish_more_time(deciding)
        case c.CallHost():
            hosting.call_host(deciding, command)
        case c.ChooseTopic():
            topics.choose(deciding, command)
        case c.ProposeTopic():
            topics.propose(deciding, command)
        case c.ChooseRoom():
            floor.choose_room(deciding, command)
        case c.Profile():
            lobby.change_profile(deciding, command)
        case c.Leave():
            lobby.leave(deciding, command)
        case c.Say() | c.Signal() | c.Clock():
            pass  # the chat, the relay and the socket's clock are beside the journal
        case (
            c.OpenDoors()
            | c.CloseEvent()
            | c.ProposeRound()
            | c.Pin()
            | c.Swap()
            | c.Reshuffle()
            | c.Relax()
            | c.Undo()
            | c.ChangeProgramme()
            | c.StartRound()
            | c.Pause()
            | c.Resume()
            | c.EndRound()
            | c.Extend()
            | c.Announce()
            | c.Move()
            | c.Merge()
            | c.Remove()
            | c.Readmit()
            | c.AnswerCall()
            | c.CallSeen()
            | c.AcceptTopic()
            | c.DropTopic()
            | c.Visit()
            | c.CheckIn()
            | c.CheckOut()
        ):
            _carry_out_for_host(deciding, command)
        case (
            c.CreateEvent()
            | c.ChangeEvent()
            | c.AddAttendees()
            | c.GiveConsent()
            | c.EndLink()
            | c.Erase()
            | c.RecordMeetings()
            | c.NoteExport()
            | c.NoteDesk()
            | c.ChangeWebhook()
            | c.Invite()
            | c.Coming()
            | c.ChooseMail()
            | c.TellOutcome()
            | c.WriteMail()
            | c.SendThanks()
            | c.MarkAddress()
            | c.AnswerSignUps()
            | c.AskLink()
            | c.ChangeAnswers()
        ):
            _carry_out_for_organiser(deciding, command)
        case (
            c.Connect()
            | c.Disconnect()
            | c.LoseNode()
            | c.Spoke()
            | c.Alarm()
            | c.OfferSeating()
            | c.RememberMet()
        ):
            _carry_out_for_server(deciding, command)
        case _:
            assert_never(command)


def _carry_out_for_host(deciding: Deciding, command: c.HostCommand) -> None:
    match command:
        case c.OpenDoors():
            rounds.open_doors(deciding)
        case c.CloseEvent():
            rounds.close_event(deciding)
        case c.ProposeRound():
            proposal.propose(deciding, command)
        case c.Pin():
            proposal.pin(deciding, command)
        case c.Swap():
            proposal.swap(deciding, command)
        case c.Reshuffle():
            proposal.reshuffle(deciding)
        case c.Relax():
            proposal.relax(deciding, command)
        case c.Undo():
            undoing.undo(deciding, command)
        case c.ChangeProgramme():
            replanning.change_programme(deciding, command)
        case c.StartRound():
            rounds.start_round(deciding, command)
        case c.Pause():
            rounds.pause(deciding)
        case c.Resume():
            rounds.resume(deciding)
        case c.EndRound():
            rounds.end_round(deciding, command)
        case c.Extend():
            rounds.extend(deciding, command)
        case c.Announce():
            hosting.announce(deciding, command)
        case c.Move():
            seats.move(deciding, command)
        case c.Merge():
            seats.merge(deciding, command)
        case c.Remove():
            hosting.remove(deciding, command)
        case c.Readmit():
            hosting.readmit(deciding, command)
        case c.AnswerCall():
            hosting.answer_call(deciding, command)
        case c.CallSeen():
            hosting.call_seen(deciding, command)
        case c.AcceptTopic():
            topics.accept(deciding, command)
        case c.DropTopic():
            topics.drop(deciding, command)
        case c.Visit():
            hosting.visit(deciding, command)
        case c.CheckIn():
            lobby.check_in(deciding, command)
        case c.CheckOut():
            lobby.check_out(deciding, command)
        case _:
            assert_never(command)


def _carry_out_for_organiser(deciding: Deciding, command: c.OrganiserCommand) -> None:
    match command:
        case c.CreateEvent():
            replanning.create_event(deciding, command)
        case c.ChangeEvent():
            replanning.change_event(deciding, command)
        case c.AddAttendees():
            lobby.add_attendees(deciding, command)
        case c.GiveConsent():
            lobby.give_consent(deciding, command.consent)
        case c.EndLink():
            hosting.end_link(deciding, command)
        case c.Erase():
            erasing.erase(deciding, command)
        case c.RecordMeetings():
            records.record_meetings(deciding, command)
        case c.NoteExport():
            records.note_export(deciding, command)
            if command.what.startswith(leads.FILES):
                leads.keep_ledger(deciding)
        case c.NoteDesk():
            records.note_desk(deciding, command)
        case c.ChangeWebhook():
            webhooks.change(deciding, command)
        case (
            c.Invite()
            | c.Coming()
            | c.ChooseMail()
            | c.TellOutcome()
            | c.WriteMail()
            | c.SendThanks()
            | c.MarkAddress()
        ):
            correspondence.write(deciding, command)
        case c.AnswerSignUps() | c.AskLink() | c.ChangeAnswers():
            sign_up.sign_up(deciding, command)
        case _:
            assert_never(command)


def _carry_out_for_server(deciding: Deciding, command: c.ServerCommand) -> None:
    match command:
        case c.Connect():
            lobby.connect(deciding, command)
        case c.Disconnect():
            lobby.disconnect(deciding, command)
        case c.LoseNode():
            lobby.lose_node(deciding, command)
        case c.Spoke():
            lobby.spoke(deciding)
        case c.Alarm():
            pass  # what is due is a consequence of every command
        case c.OfferSeating():
            rounds.offer_seating(deciding, command)
        case c.RememberMet():
            series.remember_met(deciding, command)
        case _:
            assert_never(command)


def _draw_consequences(deciding: Deciding) -> None:
    """Adds what follows from the facts so far, until nothing more does."""
    seen = 0
    for _ in range(1000):
        rounds.run_clock(deciding)
        fresh = deciding.facts[seen:]
        seen = len(deciding.facts)
        if not fresh:
            return
        if any(isinstance(fact, LET_WALKING_END) for fact in fresh):
            rounds.shorten_preview(deciding)
        if any(isinstance(fact, END_ROOMS) for fact in fresh):
            contacts.reveal(deciding)
        if any(isinstance(fact, sign_up.FREE_PLACES) for fact in fresh):
            sign_up.move_up(deciding)
        floor.close_empty(deciding)
        hosting.end_visits(deciding)
        if any(isinstance(fact, STRIKE_SEATS) for fact in fresh):
            seats.call_off_joins(deciding)
            for fact in fresh:
                if isinstance(fact, f.Connected | f.Looked | f.Spoken | f.MediaChanged):
                    seats.follow_roommates(deciding, fact.id)
            seats.seat_late(deciding)
        if len(deciding.facts) == seen:
            return
    raise AssertionError("consequences do not come to an end")
