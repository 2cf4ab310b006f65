"""What happened: the facts of an event's journal.

Facts hold ids, choices and instants (`at`, `…_at`: ms since 1970 UTC); nothing a person typed. What
was typed stands in the register, under the id that the fact names. A newer version of this file
must read every older journal: fields are only ever added, with a default.
"""

from __future__ import annotations

from msgspec import Struct

from rooms.commands import kebab
from rooms.people import Mode, Role
from rooms.programme import Plan


class Fact(Struct, frozen=True, kw_only=True, tag_field="type", tag=kebab, omit_defaults=True):
    """Anything that happened; subclasses are told apart by their type."""

    at: int


class Seats(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A room and who was seated in it. `table`: its number on site, None for a video room."""

    id: str
    people: tuple[str, ...]
    mode: Mode = Mode.ONLINE
    table: int | None = None


class LeftOver(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Somebody of the pool without a seat this round, and why (a code)."""

    id: str
    because: str


# The event


class EventCreated(Fact, kw_only=True):
    plan: Plan


class EventChanged(Fact, kw_only=True):
    plan: Plan | None = None


class DoorsOpened(Fact, kw_only=True):
    by: str = ""


class ClosingBegan(Fact, kw_only=True):
    closes_at: int
    by: str = ""


class EventEnded(Fact, kw_only=True):
    pass


# People


class AttendeeAdded(Fact, kw_only=True):
    id: str
    role: Role
    mode: Mode
    table: int | None = None
    sits_with: str = ""
    by_event_link: bool = False
    waits_for_yes: bool = False


class ProfileChanged(Fact, kw_only=True):
    id: str
    role: Role | None = None
    mode: Mode | None = None
    table: int | None = None
    sits_with: str = ""


class ConsentGiven(Fact, kw_only=True):
    id: str
    version: str
    fields: tuple[str, ...] = ()


class Erased(Fact, kw_only=True):
    id: str


class Removed(Fact, kw_only=True):
    id: str
    by: str = ""


class Readmitted(Fact, kw_only=True):
    id: str
    by: str = ""


# Presence


class Connected(Fact, kw_only=True):
    id: str
    connection: str
    node: str


class Disconnected(Fact, kw_only=True):
    id: str
    connection: str
    as_of: int
    on_purpose: bool = False


class NodeLost(Fact, kw_only=True):
    node: str
    as_of: int


class Looked(Fact, kw_only=True):
    id: str
    connection: str
    visible: bool


class Spoken(Fact, kw_only=True):
    """Somebody wrote for the first time in this round while their page was hidden."""

    id: str


class NotHereYet(Fact, kw_only=True):
    id: str


class CheckedIn(Fact, kw_only=True):
    id: str
    by: str = ""


class CheckedOut(Fact, kw_only=True):
    id: str
    by: str = ""


class ArrivedAtTable(Fact, kw_only=True):
    id: str
    by: str = ""


class SatOut(Fact, kw_only=True):
    id: str


class Rejoined(Fact, kw_only=True):
    id: str


class SaidReady(Fact, kw_only=True):
    id: str


class MediaChanged(Fact, kw_only=True):
    id: str
    microphone: bool = False
    camera: bool = False
    screen: bool = False


# Rounds


class SeatingOffered(Fact, kw_only=True):
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


class RoundCalled(Fact, kw_only=True):
    """A round is wanted now; it goes on when its seating is offered."""

    round: int
    seconds: int | None = None
    size: int | None = None
    by: str = ""


class CallWithdrawn(Fact, kw_only=True):
    """A called round cannot be held; `because` is a code."""

    round: int
    because: str


class SeatingFixed(Fact, kw_only=True):
    """The preview begins: this is who sits where."""

    round: int
    rooms: tuple[Seats, ...]
    left_over: tuple[LeftOver, ...] = ()
    starts_at: int
    ends_at: int
    seconds: int
    size: int


class PreviewShortened(Fact, kw_only=True):
    starts_at: int
    ends_at: int


class RoundStarted(Fact, kw_only=True):
    round: int


class DeadlineMoved(Fact, kw_only=True):
    """All rooms' deadline, or one room's. `by` is empty when the room wished for it."""

    ends_at: int
    room: str | None = None
    seconds: int = 0
    by: str = ""


class Warned(Fact, kw_only=True):
    seconds: int
    room: str | None = None


class Paused(Fact, kw_only=True):
    by: str = ""


class Resumed(Fact, kw_only=True):
    by: str = ""


class RoomEnded(Fact, kw_only=True):
    room: str
    by: str = ""


class RoundEnded(Fact, kw_only=True):
    """The round is over as of `as_of`. `break_ends_at` None: the next preview waits for the host."""

    round: int
    as_of: int
    break_ends_at: int | None = None
    by: str = ""


class BreakEnded(Fact, kw_only=True):
    """The last break is over: back to the lobby."""

    round: int


# Seats during a round


class Seated(Fact, kw_only=True):
    """Somebody was seated in a running room; `because` is a code (late, moved, stranded, back)."""

    id: str
    room: str
    because: str
    by: str = ""


class Unseated(Fact, kw_only=True):
    """Somebody lost their seat; `because` is a code (left, moved, removed, stranded, erased)."""

    id: str
    room: str
    because: str
    by: str = ""


class RoomOpened(Fact, kw_only=True):
    """A room of their own for people who came late."""

    room: Seats
    starts_at: int
    ends_at: int


class JoinPlanned(Fact, kw_only=True):
    """A room is told before somebody joins it."""

    id: str
    room: str
    join_at: int
    because: str = "late"


class JoinCancelled(Fact, kw_only=True):
    id: str
    room: str


class WasLeftAlone(Fact, kw_only=True):
    """Somebody is the only one present in their room."""

    id: str
    room: str


class CompanyCameBack(Fact, kw_only=True):
    """Somebody is no longer alone in their room."""

    id: str


class ChoseToWait(Fact, kw_only=True):
    id: str
    until: int


class ChoseToMeetOthers(Fact, kw_only=True):
    id: str


class MoreTimeWished(Fact, kw_only=True):
    id: str
    room: str


class Rated(Fact, kw_only=True):
    id: str
    round: int
    stars: int


# Contacts


class YesGiven(Fact, kw_only=True):
    by: str
    about: str
    fields: tuple[str, ...] = ()


class YesWithdrawn(Fact, kw_only=True):
    by: str
    about: str


class ContactMade(Fact, kw_only=True):
    """Both said yes and may now know it."""

    a: str
    b: str


class CardGiven(Fact, kw_only=True):
    """One's chosen fields for somebody met; no fields: taken back."""

    by: str
    to: str
    fields: tuple[str, ...] = ()


class CardReached(Fact, kw_only=True):
    """A card given is in the other's hands, once the round is over."""

    by: str
    to: str


class NoteWritten(Fact, kw_only=True):
    by: str
    about: str


class Blocked(Fact, kw_only=True):
    by: str
    about: str


class Unblocked(Fact, kw_only=True):
    by: str
    about: str


class Reported(Fact, kw_only=True):
    id: str
    by: str
    about: str
    room: str | None = None


# Hosts


class Announced(Fact, kw_only=True):
    """`id` names the text; `rooms` None: everyone. `reached` counts people connected then."""

    id: str
    rooms: tuple[str, ...] | None = None
    reached: int = 0
    of: int = 0
    by: str = ""


class HostCalled(Fact, kw_only=True):
    id: str
    by: str
    room: str | None = None


class CallWasSeen(Fact, kw_only=True):
    id: str
    by: str = ""


class CallAnswered(Fact, kw_only=True):
    """`id` is the call; the answer's words stand in the register under `text`."""

    id: str
    by: str
    text: str = ""


AnyFact = (
    EventCreated | EventChanged | DoorsOpened | ClosingBegan | EventEnded
    | AttendeeAdded | ProfileChanged | ConsentGiven | Erased | Removed | Readmitted
    | Connected | Disconnected | NodeLost | Looked | Spoken | NotHereYet
    | CheckedIn | CheckedOut | ArrivedAtTable | SatOut | Rejoined | SaidReady | MediaChanged
    | SeatingOffered | RoundCalled | CallWithdrawn | SeatingFixed | PreviewShortened | RoundStarted
    | DeadlineMoved | Warned | Paused | Resumed | RoomEnded | RoundEnded | BreakEnded
    | Seated | Unseated | RoomOpened | JoinPlanned | JoinCancelled
    | WasLeftAlone | CompanyCameBack | ChoseToWait | ChoseToMeetOthers | MoreTimeWished | Rated
    | YesGiven | YesWithdrawn | ContactMade | CardGiven | CardReached | NoteWritten
    | Blocked | Unblocked | Reported
    | Announced | HostCalled | CallWasSeen | CallAnswered
)  # fmt: skip
