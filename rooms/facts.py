"""What happened: the facts of an event's journal.

Facts hold ids, choices and instants (`at`, `…_at`: ms since 1970 UTC); nothing a person typed. What
was typed stands in the register, under the id that the fact names. A newer version of this file
must read every older journal: fields are only ever added, with a default.
"""

from __future__ import annotations

from msgspec import Struct

from rooms.commands import Cause, Relaxation, kebab
from rooms.people import Mode, Place, Role, RoomMode
from rooms.programme import Allow, Kind, Plan


class Fact(Struct, frozen=True, kw_only=True, tag_field="type", tag=kebab, omit_defaults=True):
    """Anything that happened; subclasses are told apart by their type."""

    at: int


class Seats(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A room and who was seated in it. `table`: its number on site, None for a video room."""

    id: str
    people: tuple[str, ...]
    mode: RoomMode = RoomMode.ONLINE
    table: int | None = None
    topic: str = ""


class LeftOver(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Somebody of the pool without a seat this round, and why (a code)."""

    id: str
    because: str


# The event


class EventCreated(Fact, frozen=True, kw_only=True):
    """The event is there, with its programme."""

    plan: Plan


class EventChanged(Fact, frozen=True, kw_only=True):
    """`by` is a host who changed the programme at the console; empty: the organiser."""

    plan: Plan | None = None
    by: str = ""


class DoorsOpened(Fact, frozen=True, kw_only=True):
    """The lobby is open; `by` is empty where the programme opened it."""

    by: str = ""


class ClosingBegan(Fact, frozen=True, kw_only=True):
    """A host closed the event; until `closes_at` it can be undone."""

    closes_at: int
    by: str = ""


class EventEnded(Fact, frozen=True, kw_only=True):
    """The evening is over: rooms end, and nothing goes on."""


# People


class AttendeeAdded(Fact, frozen=True, kw_only=True):
    """Somebody is on the list. `table`: fixed there (a station: standing there)."""

    id: str
    role: Role
    mode: Mode
    table: int | None = None
    sits_with: str = ""
    by_event_link: bool = False
    waits_for_yes: bool = False
    place: Place = Place.GIVEN


class ProfileChanged(Fact, frozen=True, kw_only=True):
    """What the rules look at changed of somebody; None: it stays, but `table` is as it says."""

    id: str
    role: Role | None = None
    mode: Mode | None = None
    table: int | None = None
    sits_with: str = ""


class ConsentGiven(Fact, frozen=True, kw_only=True):
    """`remembered`: the event's series may remember whom they met."""

    id: str
    version: str
    fields: tuple[str, ...] = ()
    remembered: bool = False


class Erased(Fact, frozen=True, kw_only=True):
    """`by`: who asked for it: the organiser, a host, or they themselves."""

    id: str
    by: str = ""


class Removed(Fact, frozen=True, kw_only=True):
    """A host removed somebody, who comes back only with a host's yes."""

    id: str
    by: str = ""


class Readmitted(Fact, frozen=True, kw_only=True):
    """A host let somebody in again, or a newcomer who waited."""

    id: str
    by: str = ""


# Presence


class Connected(Fact, frozen=True, kw_only=True):
    """A socket of somebody's began, at the process `node`."""

    id: str
    connection: str
    node: str
    back: bool = False
    """Their seat was kept, and the others saw them as dropped."""


class Disconnected(Fact, frozen=True, kw_only=True):
    """A socket ended as of its last sign of life; `on_purpose`: they left the event."""

    id: str
    connection: str
    as_of: int
    on_purpose: bool = False


class NodeLost(Fact, frozen=True, kw_only=True):
    """A process is gone as of its last heartbeat, and its connections with it."""

    node: str
    as_of: int


class Looked(Fact, frozen=True, kw_only=True):
    """A connection's page is being looked at, or no longer. `back`: they were not here yet."""

    id: str
    connection: str
    visible: bool
    back: bool = False


class Spoken(Fact, frozen=True, kw_only=True):
    """Somebody wrote for the first time in this round while their page was hidden."""

    id: str
    back: bool = False


class NotHereYet(Fact, frozen=True, kw_only=True):
    """Somebody in a room has shown no sign of life since the preview (rule 11)."""

    id: str


class CheckedIn(Fact, frozen=True, kw_only=True):
    """Somebody is on site from now on (rule 26); `by` is who checked them in."""

    id: str
    by: str = ""


class CheckedOut(Fact, frozen=True, kw_only=True):
    """Somebody is no longer on site; `by` is who checked them out, or they themselves."""

    id: str
    by: str = ""


class ArrivedAtTable(Fact, frozen=True, kw_only=True):
    """Somebody is at their table; `by` is who said so: they, a table-mate or staff."""

    id: str
    by: str = ""


class SatOut(Fact, frozen=True, kw_only=True):
    """Somebody left the pool by choice."""

    id: str


class Rejoined(Fact, frozen=True, kw_only=True):
    """Somebody is in the pool again, or, a host, helper or station, takes a seat."""

    id: str


class SaidReady(Fact, frozen=True, kw_only=True):
    """Somebody is ready for the next round."""

    id: str


class MediaChanged(Fact, frozen=True, kw_only=True):
    """What somebody sends from now on. `back`: they were not here yet, and are heard."""

    id: str
    microphone: bool = False
    camera: bool = False
    screen: bool = False
    back: bool = False


# Rounds


class SeatingOffered(Fact, frozen=True, kw_only=True):
    """The proposal for the next round; it can be drawn again from its seed and steps."""

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
    causes: tuple[Cause, ...] = ()
    relaxations: tuple[Relaxation, ...] = ()


class RoundProposed(Fact, frozen=True, kw_only=True):
    """The next round's plan is overridden; `prompt` names words of the register."""

    round: int
    kind: Kind | None = None
    seconds: int | None = None
    size: int | None = None
    prompt: str = ""
    seed: int | None = None
    instead_of: tuple[tuple[str, ...], ...] = ()
    """Rooms that a host did not want: another seating is drawn."""
    by: str = ""


class Pinned(Fact, frozen=True, kw_only=True):
    """All rooms of the proposal kept as they are, and people kept together, from now on."""

    rooms: tuple[tuple[str, ...], ...]
    together: tuple[tuple[str, ...], ...] = ()
    """People who stay in one room, each set in its own; who else sits there may change."""
    by: str = ""


class Relaxed(Fact, frozen=True, kw_only=True):
    """A host says what gives way first in the next round (rule 6); None: as the programme says."""

    allow: Allow | None = None
    by: str = ""


class Rearranged(Fact, frozen=True, kw_only=True):
    """A host changed seats and may undo it: who went from which room to which (or `lobby`)."""

    by: str
    moves: tuple[tuple[str, str, str], ...] = ()


class ProposalChanged(Fact, frozen=True, kw_only=True):
    """A host changed the proposal and may undo it: how it was before."""

    by: str
    rooms: tuple[tuple[str, ...], ...]
    sitting_out: tuple[str, ...] = ()
    pinned: tuple[tuple[str, ...], ...] = ()
    together: tuple[tuple[str, ...], ...] = ()
    allow: Allow | None = None
    seed: int | None = None
    instead_of: tuple[tuple[str, ...], ...] = ()
    redrawn: bool = False
    """What is drawn anew by this change does not keep it from being undone."""


class Undone(Fact, frozen=True, kw_only=True):
    """A host's latest change was taken back; what that changes, other facts say."""

    by: str
    closing: bool = False
    """What was taken back is the closing of the event."""


class RoundCalled(Fact, frozen=True, kw_only=True):
    """A round is wanted now; it goes on when its seating is offered."""

    round: int
    seconds: int | None = None
    size: int | None = None
    by: str = ""


class CallWithdrawn(Fact, frozen=True, kw_only=True):
    """A called round cannot be held; `because` is a code."""

    round: int
    because: str


class SeatingFixed(Fact, frozen=True, kw_only=True):
    """The preview begins: this is who sits where; nobody yet, where people choose or listen."""

    round: int
    rooms: tuple[Seats, ...]
    left_over: tuple[LeftOver, ...] = ()
    starts_at: int
    ends_at: int
    seconds: int
    size: int
    kind: Kind = Kind.MATCHED
    until_ended: bool = False
    """An open floor without a length: `ends_at` is the latest, a host ends it before."""
    changed: int = 0
    """Rooms that hold other people than in the proposal: who came or went was seen to."""
    by: str = ""
    """The host who started the round at once; empty: it was called before, or by the clock."""


class PreviewShortened(Fact, frozen=True, kw_only=True):
    """All are at their tables: the round begins earlier than the preview said, and ends so."""

    starts_at: int
    ends_at: int


class RoundStarted(Fact, frozen=True, kw_only=True):
    """The preview is over: the round's clock runs."""

    round: int


class DeadlineMoved(Fact, frozen=True, kw_only=True):
    """All rooms' deadline, or one room's. `by` is empty when the room wished for it."""

    ends_at: int
    room: str | None = None
    seconds: int = 0
    by: str = ""


class Warned(Fact, frozen=True, kw_only=True):
    """All rooms, or one, were told that so many seconds are left."""

    seconds: int
    room: str | None = None


class Paused(Fact, frozen=True, kw_only=True):
    """The clock stands still for everybody from `at` on."""

    by: str = ""


class Resumed(Fact, frozen=True, kw_only=True):
    """The clock runs on: all that was ahead moves by as long as the pause lasted."""

    by: str = ""


class RoomEnded(Fact, frozen=True, kw_only=True):
    """`because`: `empty` when the last one left a room of an open floor."""

    room: str
    by: str = ""
    because: str = ""


class RoundEnded(Fact, frozen=True, kw_only=True):
    """The round is over as of `as_of`; `break_ends_at` None: the next one waits for the host."""

    round: int
    as_of: int
    break_ends_at: int | None = None
    by: str = ""


class BreakEnded(Fact, frozen=True, kw_only=True):
    """The last break is over: back to the lobby."""

    round: int


# Seats during a round


class Seated(Fact, frozen=True, kw_only=True):
    """Somebody has a seat in a running room; `because`: late, moved, stranded, back, chosen."""

    id: str
    room: str
    because: str
    by: str = ""


class Unseated(Fact, frozen=True, kw_only=True):
    """Somebody has no seat any more; `because`: left, moved, removed, stranded, chose, gone."""

    id: str
    room: str
    because: str
    by: str = ""
    onward: str = ""
    """The room they are seated in next, by the following fact; empty: the lobby."""


class RoomOpened(Fact, frozen=True, kw_only=True):
    """A room of their own for people who came late, or, `by` one of them, on an open floor."""

    room: Seats
    starts_at: int
    ends_at: int
    by: str = ""


class JoinPlanned(Fact, frozen=True, kw_only=True):
    """A room is told before somebody joins it."""

    id: str
    room: str
    join_at: int
    because: str = "late"


class JoinCancelled(Fact, frozen=True, kw_only=True):
    """Somebody for whom a join was planned does not come after all."""

    id: str
    room: str


class ChoseToWait(Fact, frozen=True, kw_only=True):
    """Somebody alone in a room waits for the others there, until `until`."""

    id: str
    until: int


class ChoseToMeetOthers(Fact, frozen=True, kw_only=True):
    """Somebody alone in a room is moved as soon as there is a room for them."""

    id: str


class MoreTimeWished(Fact, frozen=True, kw_only=True):
    """Somebody wished for more time in their room; nobody is told."""

    id: str
    room: str


class Rated(Fact, frozen=True, kw_only=True):
    """Somebody gave a round 1 to 5 stars."""

    id: str
    round: int
    stars: int


# Topics


class TopicsNamed(Fact, frozen=True, kw_only=True):
    """All topics of a round to come, in their order; those before are its topics no more."""

    round: int
    topics: tuple[str, ...]
    by: str = ""


class TopicProposed(Fact, frozen=True, kw_only=True):
    """Somebody would like a topic; its words stand in the register under `id`."""

    id: str
    by: str


class TopicAccepted(Fact, frozen=True, kw_only=True):
    """`about`: who had proposed it."""

    id: str
    round: int
    about: str = ""
    by: str = ""


class TopicDropped(Fact, frozen=True, kw_only=True):
    """`about`: who had proposed it; `lost`: who had chosen it, and chooses again."""

    id: str
    about: str = ""
    lost: tuple[str, ...] = ()
    by: str = ""


class TopicChosen(Fact, frozen=True, kw_only=True):
    """`id` chose a topic; an empty one: took the choice back."""

    id: str
    topic: str = ""


# Contacts


class YesGiven(Fact, frozen=True, kw_only=True):
    """Somebody said yes to somebody: a one-sided one is told to nobody."""

    by: str
    about: str
    fields: tuple[str, ...] = ()


class YesWithdrawn(Fact, frozen=True, kw_only=True):
    """A yes was taken back; `was_contact`: with it a contact, of which both knew."""

    by: str
    about: str
    was_contact: bool = False


class ContactMade(Fact, frozen=True, kw_only=True):
    """Both said yes and may now know it."""

    a: str
    b: str


class CardGiven(Fact, frozen=True, kw_only=True):
    """One's chosen fields for somebody met; no fields: taken back."""

    by: str
    to: str
    fields: tuple[str, ...] = ()
    had_reached: bool = False


class CardReached(Fact, frozen=True, kw_only=True):
    """A card given is in the other's hands, once the round is over."""

    by: str
    to: str


class NoteWritten(Fact, frozen=True, kw_only=True):
    """Somebody wrote about somebody met; the words stand in the register."""

    by: str
    about: str


class Blocked(Fact, frozen=True, kw_only=True):
    """Somebody blocked somebody, who is never told."""

    by: str
    about: str


class Unblocked(Fact, frozen=True, kw_only=True):
    """A block was taken back."""

    by: str
    about: str


class Reported(Fact, frozen=True, kw_only=True):
    """Somebody reported somebody; the words stand in the register under `id`."""

    id: str
    by: str
    about: str
    room: str | None = None


# Hosts


class Announced(Fact, frozen=True, kw_only=True):
    """`id` names the text; `rooms` None: everyone. `reached` counts people connected then."""

    id: str
    rooms: tuple[str, ...] | None = None
    reached: int = 0
    of: int = 0
    by: str = ""


class HostCalled(Fact, frozen=True, kw_only=True):
    """Somebody called a host from their room; the words stand in the register under `id`."""

    id: str
    by: str
    room: str | None = None


class CallWasSeen(Fact, frozen=True, kw_only=True):
    """A host has a call on their screen."""

    id: str
    by: str = ""


class Visited(Fact, frozen=True, kw_only=True):
    """A host came to see a room, which sees it."""

    id: str
    room: str


class VisitEnded(Fact, frozen=True, kw_only=True):
    """A host left the room they visited."""

    id: str
    room: str


class LinkEnded(Fact, frozen=True, kw_only=True):
    """Somebody's link opens nothing any more; so do the sockets begun with it."""

    id: str
    by: str = ""


class Invited(Fact, frozen=True, kw_only=True):
    """The organiser had these people sent their links."""

    ids: tuple[str, ...]


class ComingChanged(Fact, frozen=True, kw_only=True):
    """Somebody said whether they can come."""

    id: str
    coming: bool


class MailChosen(Fact, frozen=True, kw_only=True):
    """Somebody said whether they want mail about this event."""

    id: str
    wanted: bool


class AddressMarked(Fact, frozen=True, kw_only=True):
    """Somebody's address takes no mail, or does again; which, and why, stands in the register."""

    id: str
    works: bool


class OutcomeTold(Fact, frozen=True, kw_only=True):
    """What came of the evening for somebody (`people.OUTCOMES`); shown as totals only."""

    id: str
    outcome: str


class QuestionsAnswered(Fact, frozen=True, kw_only=True):
    """Somebody answered the two closing questions (`people.COMES_AGAIN`, `CHANGES`)."""

    id: str
    again: str
    change: tuple[str, ...] = ()


class PlaceGiven(Fact, frozen=True, kw_only=True):
    """A place is theirs; `by` is who gave it, empty: they moved up by themselves."""

    id: str
    by: str = ""


class PutOnWaitingList(Fact, frozen=True, kw_only=True):
    """There was no place for somebody: they wait behind everybody who waits already."""

    id: str
    by: str = ""


class SignUpRefused(Fact, frozen=True, kw_only=True):
    """The organiser gave somebody who signed up no place."""

    id: str
    by: str = ""


class LinkAsked(Fact, frozen=True, kw_only=True):
    """Somebody gave an address that is known at the sign-up: it is sent its link again."""

    id: str


class MailWritten(Fact, frozen=True, kw_only=True):
    """The organiser's words for mails changed; they stand in the register."""


class ThanksSent(Fact, frozen=True, kw_only=True):
    """The organiser had the thank-you sent."""


class CallAnswered(Fact, frozen=True, kw_only=True):
    """`id` is the call; the answer's words stand in the register under `text`."""

    id: str
    by: str
    text: str = ""


# Beside the evening


class Meeting(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Two people who were seen together, and when: (from, to) in ms, in order, apart."""

    a: str
    b: str
    spans: tuple[tuple[int, int], ...]


class MeetingsRecorded(Fact, frozen=True, kw_only=True):
    """Meetings that were observed elsewhere, as of a round that lasted from `starts_at` on."""

    round: int
    starts_at: int
    ends_at: int
    meetings: tuple[Meeting, ...]


class Totals(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What an event came to, without a person or a pair; None: of fewer than five people.

    Counts are of people, unless they say otherwise; instants in ms.
    """

    began_at: int | None = None
    over_at: int = 0
    """When its last round was over."""
    rounds: int = 0
    """Rounds that were held."""
    listed: int = 0
    invited: int = 0
    by_themselves: int = 0
    signed_up: int = 0
    declined: int = 0
    came: int = 0
    stayed: int = 0
    met: int = 0
    contact: int = 0
    next_step: int | None = None
    step_done: int | None = None
    outcome: int | None = None
    first_meetings: int = 0
    """Pairs who met."""
    contacts: int = 0
    """Pairs who both said yes."""
    next_steps: int | None = None
    """Next steps written down."""
    next_steps_done: int | None = None
    met_mean: float = 0.0
    """New people met by each who came."""
    minutes_mean: float = 0.0
    """Minutes with others of each who came."""
    stars: float | None = None
    raters: int | None = None


class MetInSeries(Fact, frozen=True, kw_only=True):
    """These pairs, a < b, met at an earlier event of the series, and both let it remember that.

    `anew`: these alone, whatever was known before.
    """

    pairs: tuple[tuple[str, str], ...]
    anew: bool = False


class MinutesForgotten(Fact, frozen=True, kw_only=True):
    """Who was where, with whom, for how long is kept no more; the journal holds none of it.

    `totals` is what stays of it; None in journals that were shortened without.
    """

    totals: Totals | None = None


class Exported(Fact, frozen=True, kw_only=True):
    """Somebody took a file home; `what` is the file as the API names it."""

    what: str
    by: str = ""


THEMSELVES = "themselves"
"""Who did it, where that is the person it was done to, and is not to be named any more."""


class DeskNoted(Fact, frozen=True, kw_only=True):
    """What was done with people's data: `import` (of `count` people), `link`, `link-ended`."""

    what: str
    count: int = 1
    by: str = ""


class WebhookChanged(Fact, frozen=True, kw_only=True):
    """`change`: `set` (`text` names the address), `renewed` (its secret), `removed`, `test`."""

    change: str
    text: str = ""
    by: str = ""


AnyFact = (
    EventCreated | EventChanged | DoorsOpened | ClosingBegan | EventEnded
    | AttendeeAdded | ProfileChanged | ConsentGiven | Erased | Removed | Readmitted
    | Connected | Disconnected | NodeLost | Looked | Spoken | NotHereYet
    | CheckedIn | CheckedOut | ArrivedAtTable | SatOut | Rejoined | SaidReady | MediaChanged
    | RoundProposed | Pinned | Relaxed | Rearranged | ProposalChanged | Undone
    | SeatingOffered | RoundCalled | CallWithdrawn | SeatingFixed | PreviewShortened | RoundStarted
    | DeadlineMoved | Warned | Paused | Resumed | RoomEnded | RoundEnded | BreakEnded
    | Seated | Unseated | RoomOpened | JoinPlanned | JoinCancelled
    | ChoseToWait | ChoseToMeetOthers | MoreTimeWished | Rated
    | YesGiven | YesWithdrawn | ContactMade | CardGiven | CardReached | NoteWritten
    | Blocked | Unblocked | Reported
    | Announced | HostCalled | CallWasSeen | CallAnswered
    | TopicsNamed | TopicProposed | TopicAccepted | TopicDropped | TopicChosen
    | Visited | VisitEnded | LinkEnded
    | MeetingsRecorded | MetInSeries | MinutesForgotten | Exported | DeskNoted | WebhookChanged
    | Invited | ComingChanged | MailChosen | OutcomeTold | MailWritten | ThanksSent | AddressMarked
    | QuestionsAnswered | PlaceGiven | PutOnWaitingList | SignUpRefused | LinkAsked
)  # fmt: skip
