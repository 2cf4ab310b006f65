"""What may be asked of an evening: by attendees, hosts, the organiser, and the server itself.

Each is an imperative; `decide` turns it into facts or a refusal. Names and fields of the first two
groups are the socket's contract. Texts are limited here, where their types are.
"""

from __future__ import annotations

from typing import Annotated

from msgspec import Meta, Struct

from rooms.people import Attendee, Consent, Details, MailTexts, Mode, Webhook
from rooms.programme import USUAL, Allow, Kind, Plan

Id = Annotated[str, Meta(min_length=1, max_length=64)]
Said = Annotated[str, Meta(min_length=1, max_length=2000, pattern=r"\S")]
Words = Annotated[str, Meta(max_length=2000)]
ShortWords = Annotated[str, Meta(max_length=200)]
Tag = Annotated[str, Meta(max_length=80)]
Tags = Annotated[tuple[Tag, ...], Meta(max_length=60)]
Fields = Annotated[tuple[ShortWords, ...], Meta(max_length=10)]


def kebab(name: str) -> str:
    """Returns a class name as the contract spells it: SitOut becomes sit-out."""
    return "".join(f"-{c.lower()}" if c.isupper() else c for c in name).lstrip("-")


class Command(Struct, frozen=True, kw_only=True, tag_field="type", tag=kebab):
    """Anything that may be asked; subclasses are told apart by their type."""


# By attendees


class Here(Command, frozen=True, kw_only=True):
    """Says that one is here; `visible`: this connection's page is being looked at (rule 11)."""

    visible: bool = True


class Ready(Command, frozen=True, kw_only=True):
    """Says that one is ready for the next round, where the event asks (its `ready_check`)."""


class SitOut(Command, frozen=True, kw_only=True):
    """Leaves the pool by choice, and one's room; until `rejoin`."""


class Rejoin(Command, frozen=True, kw_only=True):
    """Enters the pool again; a host, helper or station takes a seat by it."""


class Arrived(Command, frozen=True, kw_only=True):
    """Says that one is at one's table, or that `about`, who is to sit there too, is."""

    about: Id | None = None


class Wait(Command, frozen=True, kw_only=True):
    """Waits for the others, while alone in a room (rule 11)."""


class MeetOthers(Command, frozen=True, kw_only=True):
    """Would rather meet others than wait, while alone in a room (rule 11)."""


class Say(Command, frozen=True, kw_only=True):
    """Says something to one's room or, without one, to the lobby."""

    text: Said


class Signal(Command, frozen=True, kw_only=True):
    """Handed on by the server's relay; `data` is opaque here and never stored."""

    to: Id
    data: object


class Media(Command, frozen=True, kw_only=True):
    """Says what one sends from now on."""

    microphone: bool = False
    camera: bool = False
    screen: bool = False


class KeepInTouch(Command, frozen=True, kw_only=True):
    """Says a quiet yes to somebody, or takes it back; `fields`: theirs once both said yes."""

    about: Id
    yes: bool = True
    fields: Fields | None = None


class GiveCard(Command, frozen=True, kw_only=True):
    """Hands one's chosen fields to somebody met, or to one's `room`; no fields: takes them back."""

    to: Id
    fields: Fields = ()


class Note(Command, frozen=True, kw_only=True):
    """Writes about somebody met, for oneself; what is left out stays."""

    about: Id
    text: Words | None = None
    next_step: Words | None = None
    done: bool | None = None
    """Whether the next step was taken."""
    share: bool | None = None
    """Whether the organiser may have it; for the organiser's own people (rule 20)."""


class Rate(Command, frozen=True, kw_only=True):
    """Gives a round stars, read as totals only."""

    stars: Annotated[int, Meta(ge=1, le=5)]
    round: Annotated[int, Meta(ge=1)] | None = None
    """The round meant, of those one was in; left out: the latest."""


class AnswerQuestions(Command, frozen=True, kw_only=True):
    """Answers the two closing questions: one of `people.COMES_AGAIN`, and some of `CHANGES`."""

    again: ShortWords
    change: Fields = ()


class Block(Command, frozen=True, kw_only=True):
    """Blocks somebody quietly; `leave`: and goes to the lobby."""

    about: Id
    leave: bool = False


class Unblock(Command, frozen=True, kw_only=True):
    """Takes a block back."""

    about: Id


class Report(Command, frozen=True, kw_only=True):
    """Reports somebody to the hosts."""

    about: Id
    text: Words = ""


class WishMoreTime(Command, frozen=True, kw_only=True):
    """Wishes quietly for more time; granted once everybody in the room has (rule 9)."""


class CallHost(Command, frozen=True, kw_only=True):
    """Calls a host; the call stays on the board until it is answered."""

    text: Words = ""


class ChooseTopic(Command, frozen=True, kw_only=True):
    """Chooses a topic of the next round of topics; an empty one takes the choice back."""

    topic: Annotated[str, Meta(max_length=64)]


class ProposeTopic(Command, frozen=True, kw_only=True):
    """Proposes a topic for the next round of topics, for a host to accept."""

    topic: Annotated[str, Meta(min_length=1, max_length=120, pattern=r"\S")]


class ChooseRoom(Command, frozen=True, kw_only=True):
    """A room of an open floor: its id, `new`, `table-7`, or `lobby`."""

    room: Id


class Profile(Command, frozen=True, kw_only=True):
    """Changes one's own fields; those left out stay as they are."""

    name: Annotated[str, Meta(min_length=1, max_length=200)] | None = None
    reading: ShortWords | None = None
    family_name: ShortWords | None = None
    given_name: ShortWords | None = None
    title: ShortWords | None = None
    organisation: ShortWords | None = None
    department: ShortWords | None = None
    email: ShortWords | None = None
    phone: ShortWords | None = None
    link: Annotated[str, Meta(max_length=500)] | None = None
    interests: Tags | None = None
    offers: Tags | None = None
    seeks: Tags | None = None
    languages: Tags | None = None
    mode: Mode | None = None
    locale: Annotated[str, Meta(max_length=10)] | None = None
    contact_fields: Fields | None = None
    organiser_may_export: Fields | None = None
    show_in_lobby: bool | None = None
    remembered_in: ShortWords | None = None
    """The event's series, as shown: it may remember whom one met; empty: it may no more."""
    wishes: Tags | None = None
    first_timer: bool | None = None


class ChooseShown(Profile, frozen=True, kw_only=True, tag="profile"):
    """A change of one's profile with the words shown beside its choices; no door decodes it."""

    wording: str
    version: str
    recipient: str


class Clock(Command, frozen=True, kw_only=True):
    """Asks for the server's time; answered by the socket itself. `t` comes back as it was sent."""

    t: float | None = None


class Leave(Command, frozen=True, kw_only=True):
    """Leaves the event on purpose: no seat is kept, and the others are told."""


AttendeeCommand = (
    Here
    | Ready
    | SitOut
    | Rejoin
    | Arrived
    | Wait
    | MeetOthers
    | Say
    | Signal
    | Media
    | KeepInTouch
    | GiveCard
    | Note
    | Rate
    | AnswerQuestions
    | Block
    | Unblock
    | Report
    | WishMoreTime
    | CallHost
    | ChooseTopic
    | ProposeTopic
    | ChooseRoom
    | Profile
    | Clock
    | Leave
)


# By hosts


class OpenDoors(Command, frozen=True, kw_only=True):
    """Opens the doors: the event is in the lobby."""


class CloseEvent(Command, frozen=True, kw_only=True):
    """Closes the event in 30 s; until then it can be undone (rule 15)."""


class ProposeRound(Command, frozen=True, kw_only=True):
    """Overrides of the next round's plan; what is left out stays as planned."""

    kind: Kind | None = None
    seconds: Annotated[int, Meta(ge=1, le=86400)] | None = None
    size: Annotated[int, Meta(ge=2, le=100)] | None = None
    prompt: Words | None = None
    seed: Annotated[int, Meta(ge=0, le=2**31)] | None = None


class Pin(Command, frozen=True, kw_only=True):
    """Keeps people together in a room of the proposal, or that room as it is; neither: unpins."""

    people: Annotated[tuple[Id, ...], Meta(max_length=100)] = ()
    room: Id | None = None
    keep: bool = True
    """False lets go of these people, or of that room."""
    seen: Annotated[int, Meta(ge=0)] | None = None
    """The `version` of the proposal that was looked at; refused (`overtaken`) of another one."""


class Swap(Command, frozen=True, kw_only=True):
    """Swaps two people of the proposal."""

    a: Id
    b: Id
    seen: Annotated[int, Meta(ge=0)] | None = None
    """The `version` of the proposal that was looked at; refused (`overtaken`) of another one."""


class Reshuffle(Command, frozen=True, kw_only=True):
    """Draws the rest of the proposal anew; what is pinned stays."""


class Relax(Command, frozen=True, kw_only=True):
    """Says what gives way first in the next round, where not everything can hold (rule 6)."""

    allow: Allow


class Undo(Command, frozen=True, kw_only=True):
    """Takes back the asker's latest change of seats, or closing, within 30 s (rule 15)."""

    closing: bool = False
    """The closing of the event, whatever else the asker has done since."""


class RoundAsked(Struct, frozen=True, kw_only=True):
    """One round as asked for; what is left out follows from the size. Durations are seconds.

    `seconds` 0: an open round until a host ends it. `topic_most`: people that one topic takes.
    """

    seconds: Annotated[int, Meta(ge=0, le=86_400)] | None = None
    size: Annotated[int, Meta(ge=2, le=100)] = USUAL.size
    least: Annotated[int, Meta(ge=2, le=100)] | None = None
    most: Annotated[int, Meta(ge=2, le=100)] | None = None
    break_seconds: Annotated[int, Meta(ge=0, le=86_400)] = USUAL.break_seconds
    preview_seconds: Annotated[int, Meta(ge=0, le=86_400)] = USUAL.preview_seconds
    walking_seconds: Annotated[int, Meta(ge=0, le=86_400)] = USUAL.walking_seconds
    kind: Kind = Kind.MATCHED
    prompt: Annotated[str, Meta(max_length=1000)] = ""
    auto: bool = False
    more_time: bool = True
    topics: Annotated[
        tuple[Annotated[str, Meta(min_length=1, max_length=120)], ...], Meta(max_length=40)
    ] = ()
    topic_most: Annotated[int, Meta(ge=2, le=10_000)] | None = None
    stream_url: Annotated[str, Meta(max_length=500)] = ""


class ChangeProgramme(Command, frozen=True, kw_only=True):
    """Makes these the rounds to come. `revision`: of the programme that was looked at, if any."""

    rounds: Annotated[tuple[RoundAsked, ...], Meta(max_length=100)]
    revision: int | None = None


class StartRound(Command, frozen=True, kw_only=True):
    """Calls the next round, as planned but for what is given here."""

    seconds: Annotated[int, Meta(ge=1, le=86400)] | None = None
    size: Annotated[int, Meta(ge=2, le=100)] | None = None


class Pause(Command, frozen=True, kw_only=True):
    """Stops the clock for everybody; minutes together run on."""


class Resume(Command, frozen=True, kw_only=True):
    """Lets the clock run on: what is left of all deadlines is as it was."""


class EndRound(Command, frozen=True, kw_only=True):
    """Ends the round now, or one `room` of it."""

    room: Id | None = None


class Extend(Command, frozen=True, kw_only=True):
    """Moves the deadline of all rooms, of one, or of the break; below zero: shortens it."""

    seconds: Annotated[int, Meta(ge=-86400, le=86400)]
    room: Id | None = None


class Announce(Command, frozen=True, kw_only=True):
    """Says something to everybody, or to these rooms."""

    text: Said
    rooms: Annotated[tuple[Id, ...], Meta(max_length=1000)] | None = None


class Move(Command, frozen=True, kw_only=True):
    """Moves somebody to another room, or to the `lobby`."""

    attendee: Id
    room: Id


class Merge(Command, frozen=True, kw_only=True):
    """Moves everybody of a room into another one."""

    room: Id
    into: Id


class Remove(Command, frozen=True, kw_only=True):
    """Removes somebody, who comes back only with a host's yes (rule 13)."""

    attendee: Id
    reason: Words = ""


class Readmit(Command, frozen=True, kw_only=True):
    """Lets somebody removed, or a newcomer who waits for a host's yes, come in."""

    attendee: Id
    reason: Words = ""


class AnswerCall(Command, frozen=True, kw_only=True):
    """Answers a call; the caller reads the answer."""

    call: Id
    text: Words = ""


class CallSeen(Command, frozen=True, kw_only=True):
    """The console has shown a call to somebody."""

    call: Id


class AcceptTopic(Command, frozen=True, kw_only=True):
    """Makes a topic that was proposed one of the next round of topics."""

    topic: Id


class DropTopic(Command, frozen=True, kw_only=True):
    """Declines a topic that was proposed, or takes one off the list."""

    topic: Id


class Visit(Command, frozen=True, kw_only=True):
    """Goes to see a room, which sees it; None leaves."""

    room: Id | None = None


class CheckIn(Command, frozen=True, kw_only=True):
    """Checks somebody in: on site, present until check-out (rule 26)."""

    attendee: Id


class CheckOut(Command, frozen=True, kw_only=True):
    """Checks somebody out (rule 26)."""

    attendee: Id


HostCommand = (
    OpenDoors
    | CloseEvent
    | ProposeRound
    | Pin
    | Swap
    | Reshuffle
    | Relax
    | Undo
    | ChangeProgramme
    | StartRound
    | Pause
    | Resume
    | EndRound
    | Extend
    | Announce
    | Move
    | Merge
    | Remove
    | Readmit
    | AnswerCall
    | CallSeen
    | AcceptTopic
    | DropTopic
    | Visit
    | CheckIn
    | CheckOut
)

SocketCommand = AttendeeCommand | HostCommand


# By the organiser


class CreateEvent(Command, frozen=True, kw_only=True):
    """Makes an event, with its first host."""

    plan: Plan
    details: Details
    host: Attendee
    """The host whose key is handed out with the event."""
    topics: tuple[tuple[str, ...], ...] = ()
    """By round, in order."""


class ChangeEvent(Command, frozen=True, kw_only=True):
    """Changes an event; what is None stays."""

    plan: Plan | None = None
    details: Details | None = None
    topics: tuple[tuple[str, ...], ...] | None = None
    """By round, in order; None: they stay."""


class AddAttendees(Command, frozen=True, kw_only=True):
    """People to be written as they stand: created when their id is new, else replaced."""

    people: tuple[Attendee, ...]
    by_event_link: bool = False
    """Came by the event's open link: after a removal they wait for a host's yes (rule 13)."""


class GiveConsent(Command, frozen=True, kw_only=True):
    """Writes down a consent as it was given (rule 20)."""

    consent: Consent


class EndLink(Command, frozen=True, kw_only=True):
    """Somebody's link was revoked or replaced: the sockets begun with it end."""

    attendee: Id


class Erase(Command, frozen=True, kw_only=True):
    """Erases somebody: who they were and what they typed; others keep their minutes."""

    attendee: Id


class Observed(Struct, frozen=True, kw_only=True):
    """Two people who were seen together elsewhere: (from, to) in ms, in order, apart."""

    a: Id
    b: Id
    spans: tuple[tuple[int, int], ...]


class RecordMeetings(Command, frozen=True, kw_only=True):
    """Meetings observed elsewhere, of one round; `ends`: with them the event is over."""

    round: int
    starts_at: int
    ends_at: int
    meetings: tuple[Observed, ...]
    ends: bool = False


class NoteExport(Command, frozen=True, kw_only=True):
    """A file is about to be taken home; `what` as the API names it."""

    what: str


class NoteDesk(Command, frozen=True, kw_only=True):
    """Something was done with the data of `count` people; `what` as in `DeskNoted`."""

    what: str
    count: int = 1


class Invite(Command, frozen=True, kw_only=True):
    """The organiser sends these people their links, again where they were sent before."""

    attendees: tuple[Id, ...]


class Coming(Command, frozen=True, kw_only=True):
    """Somebody says of themselves whether they can come."""

    coming: bool


class ChooseMail(Command, frozen=True, kw_only=True):
    """Somebody says whether they want mail about this event."""

    wanted: bool


class TellOutcome(Command, frozen=True, kw_only=True):
    """What came of the evening for somebody: one of `people.OUTCOMES`."""

    outcome: ShortWords


class WriteMail(Command, frozen=True, kw_only=True):
    """The organiser's own words for mails, and which are not sent at all."""

    texts: MailTexts


class MarkAddress(Command, frozen=True, kw_only=True):
    """Mails to somebody's address come back (`why`: a code, `said`: the mail system's words), or
    `works`: they are to be sent there again. Without effect on any other address of theirs."""

    attendee: Id
    address: str
    works: bool = False
    why: str = ""
    said: str = ""


class SendThanks(Command, frozen=True, kw_only=True):
    """The organiser has the thank-you sent to everybody who came."""


class ChangeWebhook(Command, frozen=True, kw_only=True):
    """Where the organiser's program hears of the event; None: nowhere. `test`: only sends one."""

    webhook: Webhook | None = None
    test: bool = False


class AnswerSignUps(Command, frozen=True, kw_only=True):
    """The organiser's answer to people who signed up; `beyond`: also where all places are taken."""

    attendees: tuple[Id, ...]
    yes: bool
    beyond: bool = False


class AskLink(Command, frozen=True, kw_only=True):
    """Somebody signed up with this person's address: their link goes there once more."""

    attendee: Id


class ChangeAnswers(Command, frozen=True, kw_only=True):
    """Somebody's own answers to the questions of the sign-up, all of them, by the question's words
    as the profile keeps them; a question that is left out is answered no more."""

    answers: dict[str, str]


SignUpCommand = AnswerSignUps | AskLink | ChangeAnswers

MailCommand = Invite | Coming | ChooseMail | TellOutcome | WriteMail | SendThanks | MarkAddress

OrganiserCommand = (
    CreateEvent
    | ChangeEvent
    | AddAttendees
    | GiveConsent
    | EndLink
    | Erase
    | RecordMeetings
    | NoteExport
    | NoteDesk
    | ChangeWebhook
    | MailCommand
    | SignUpCommand
)


# By the server itself


class Connect(Command, frozen=True, kw_only=True):
    """`attendee`'s socket was accepted by the process `node`."""

    attendee: Id
    connection: Id
    node: Id


class Disconnect(Command, frozen=True, kw_only=True):
    """A connection ended; `as_of` is its last frame or pong (ms), None: now."""

    attendee: Id
    connection: Id
    as_of: int | None = None


class LoseNode(Command, frozen=True, kw_only=True):
    """A process is gone since `as_of` (ms), its last heartbeat."""

    node: Id
    as_of: int


class Spoke(Command, frozen=True, kw_only=True):
    """Somebody wrote in the chat, which is not in the journal: they are here (rule 11)."""


class Alarm(Command, frozen=True, kw_only=True):
    """The instant that `due` named has come."""


class Cause(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One smallest set of rules in the way of a seating, and what giving it up would allow.

    Where blocks are among the causes of a seating, none of them says more than its rules.
    """

    rules: tuple[str, ...]
    """`repeats`, `sizes`, `topics`, `language`, `segments`, `segment-most`, `tables`, `stations`,
    `modes` (on-site and online people stay apart), `private`."""
    people: tuple[str, ...] = ()
    """Who sits out by these rules, and would not without them."""
    seated: int = 0
    """How many more would have a seat."""
    repeats: int = 0
    """How many pairs fewer would meet again."""
    rooms: int = 0
    """How many rooms more would be within least and most."""


class Relaxation(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What would come of letting repeats, sizes or sit-outs give way (rule 6)."""

    allow: Allow
    repeats: int = 0
    """How many pairs meet again."""
    oldest: int | None = None
    """The round in which the first of them met; 0: at an event before this one."""
    sizes: tuple[int, ...] = ()
    """Sizes of rooms below the least or above the most."""
    sitting_out: tuple[str, ...] = ()


class OfferSeating(Command, frozen=True, kw_only=True):
    """A solver's answer to what was `wanted`."""

    round: int
    basis: str
    rooms: tuple[tuple[str, ...], ...]
    sitting_out: tuple[str, ...] = ()
    seed: int = 0
    steps: int = 0
    repeats: int = 0
    mean_affinity: float = 0.0
    worst_affinity: float = 0.0
    random_affinity: float = 0.0
    random_worst: float = 0.0
    bound_affinity: float = 0.0
    """No such seating has a higher mean; 0: unknown."""
    causes: tuple[Cause, ...] = ()
    relaxations: tuple[Relaxation, ...] = ()


class RememberMet(Command, frozen=True, kw_only=True):
    """Who on this event's list met at an earlier one of its series: all of them, as known now."""

    pairs: tuple[tuple[str, str], ...]


ServerCommand = Connect | Disconnect | LoseNode | Spoke | Alarm | OfferSeating | RememberMet

AnyCommand = SocketCommand | OrganiserCommand | ServerCommand
