"""What people are told: the socket's messages as typed structs, and their audiences.

`done`, `refused`, `clock`, `signal`, `said` and `bye` are made by the server's socket; the others
by `tell`, `view` and `board`. `tip` is put in by the server, which alone knows the journal's ids.
"""

from __future__ import annotations

from enum import StrEnum

from msgspec import UNSET, Struct, UnsetType, field

from rooms.commands import Cause, Relaxation, kebab
from rooms.people import Card, Mode, Role, RoomMode
from rooms.programme import Kind, PlannedRound


class Phase(StrEnum):
    """Where an evening stands."""

    DRAFT = "draft"
    LOBBY = "lobby"
    PREVIEW = "preview"
    ROUND = "round"
    BREAK = "break"
    ENDED = "ended"


LOBBY = "lobby"
"""Where the contract names a room: no room, but everybody without a seat."""


class Message(Struct, frozen=True, kw_only=True, tag_field="type", tag=kebab):
    """Anything a person is told; subclasses are told apart by their type."""


class You(Struct, frozen=True, kw_only=True):
    """What one may see of oneself."""

    id: str
    name: str
    role: Role
    mode: Mode
    sitting_out: bool
    ready: bool = False
    profile: dict[str, object] = {}
    """One's own fields, as `profile` takes them."""
    blocked: tuple[Card, ...] = ()
    met: tuple[Met, ...] = ()
    rated: dict[int, int] = {}
    """One's own stars, by round."""
    because: str = ""
    """Why one has no seat now (as in `sitting-out`); empty when seated or no round runs."""
    waits_for_yes: bool = False
    checked_in: bool = False
    """On site: staff have let one in, so a table can be given (rule 26)."""
    topic: str = ""
    """The id of the topic that one chose for the next round of topics."""
    proposed_topics: tuple[str, ...] = ()
    """What one proposed and no host has answered yet."""
    again: str = ""
    """One's answers to the closing questions (`people.COMES_AGAIN`, `CHANGES`)."""
    change: tuple[str, ...] = ()
    visiting: str = ""
    """The room that a host is visiting."""
    table: int | None = None
    """The table at which one is fixed, or whose station one is."""


class Met(Struct, frozen=True, kw_only=True):
    """Somebody one has shared a room with, with what one chose and wrote about them."""

    card: Card
    rounds: tuple[int, ...]
    seconds: int
    shared: tuple[str, ...] = ()
    yes: bool = False
    fields: tuple[str, ...] = ()
    card_fields: tuple[str, ...] = ()
    text: str = ""
    next_step: str = ""
    done: bool = False
    """Whether the next step was taken."""


class EventView(Struct, frozen=True, kw_only=True):
    """The event as everybody sees it; instants are the current round's, as in `phase`."""

    id: str
    title: str
    phase: Phase
    round: int
    """The current or last round, counted from 1; 0 before the first."""
    rounds: int
    starts_at: int | None
    ends_at: int | None
    paused: int | None
    locale: str = "en"
    time_zone: str = "UTC"
    closes_at: int | None = None
    ready_check: bool = False
    more_time: bool = False
    present: int = 0
    kind: Kind = Kind.MATCHED
    """The current or last round's."""
    stream_url: str = ""
    """Where the words to everybody are watched, in a plenary round."""
    programme: tuple[PlannedView, ...] = ()


class PlannedView(Struct, frozen=True, kw_only=True):
    """A round as attendees may know it beforehand. Durations are seconds; 0: until ended."""

    seconds: int
    size: int
    break_seconds: int
    preview_seconds: int
    kind: str
    auto: bool


class SharedInterests(Struct, frozen=True, kw_only=True):
    """Interests that people of a room share. `own`: the same, as others of them wrote them."""

    people: tuple[str, ...]
    interests: tuple[str, ...]
    own: dict[str, tuple[str, ...]] = {}


class Reason(Struct, frozen=True, kw_only=True):
    """One reason as data, worded on the page.

    `kind`: `offer` (a offers what b seeks), `wish` (both wished to meet, and sit alone).
    """

    kind: str
    a: str = ""
    b: str = ""
    words: tuple[str, ...] = ()


class Room(Message, frozen=True, kw_only=True):
    """A room as everybody in it sees it. `because` is a code, `reasons` its data."""

    id: str
    round: int
    table: int | None
    mode: RoomMode
    people: tuple[Card, ...]
    shared: tuple[SharedInterests, ...]
    because: str
    prompt: str
    starts_at: int
    ends_at: int | None
    """None: an open floor that goes on until a host ends it."""
    reasons: tuple[Reason, ...] = ()
    states: dict[str, str] = {}
    """By id, for those not simply there: `dropped`, `not-here-yet`, `expected` (on site)."""
    media: dict[str, MediaState] = {}
    joining: tuple[Joining, ...] = ()
    alone_since: int | None = None
    """Set while only one person is present: they may choose from the tenth second (rule 11)."""
    moves_at: int | None = None
    more_time: bool = False
    topic: str = ""
    visitors: tuple[Card, ...] = ()
    """Hosts who are visiting the room: they see and hear what is in it, and sit nowhere."""
    station: str | None = None
    """The id of the station at the table of a mixed room: its screen, camera and microphone."""
    stood_ms: int = 0
    """How long pauses have held it up since `starts_at`: the first minute goes on after them."""


class MediaState(Struct, frozen=True, kw_only=True):
    """What somebody sends."""

    microphone: bool = False
    camera: bool = False
    screen: bool = False


class Joining(Struct, frozen=True, kw_only=True):
    """Somebody who is about to join the room, and when (ms)."""

    card: Card
    at: int


class Welcome(Message, frozen=True, kw_only=True):
    """All that one may see, as a connection begins; a resumed one gets what it missed instead."""

    session: str
    tip: str
    now: int
    resumed: bool
    you: You
    event: EventView | UnsetType = UNSET
    room: Room | UnsetType | None = UNSET
    contacts: tuple[Contact, ...] | UnsetType = UNSET
    media: MediaPolicy


class MediaPolicy(Struct, frozen=True, kw_only=True):
    """By which way sound and picture go: `none`, `mesh` (from each to each) or `livekit`."""

    policy: str = "none"
    ice_servers: tuple[dict[str, str], ...] = ()
    relay: bool = False
    """Whether one of `ice_servers` is a relay, for those whose networks let nobody through."""
    ticket: MediaTicket | None = None
    """Where the room that one sits in is carried by a media server, whatever the policy."""


class MediaTicket(Struct, frozen=True, kw_only=True):
    """What opens one room of the media server to one person, for some minutes."""

    room: str
    url: str
    token: str


class MediaNow(Message, tag="media", frozen=True, kw_only=True):
    """What `welcome` told of sound and picture, anew: for a new room, or before it is too old."""

    policy: str
    ice_servers: tuple[dict[str, str], ...]
    relay: bool
    ticket: MediaTicket | None


class PhaseChanged(Message, tag="phase", frozen=True, kw_only=True):
    """Where the evening stands, and the round's instants (in a break: `ends_at` is its end)."""

    phase: Phase
    round: int
    rounds: int
    starts_at: int | None
    ends_at: int | None
    paused: int | None
    closes_at: int | None = None
    programme: tuple[PlannedView, ...] | UnsetType = UNSET
    """Only where it was changed."""
    kind: Kind = Kind.MATCHED
    stream_url: str = ""


class TopicShown(Struct, frozen=True, kw_only=True):
    """A topic of the next round of topics, and how many chose it. `full`: it takes nobody more."""

    id: str
    text: str
    chosen: int = 0
    full: bool = False


class Topics(Message, frozen=True, kw_only=True):
    """What can be chosen for the next round of topics (at most once a second); 0: there is none."""

    round: int
    topics: tuple[TopicShown, ...] = ()


class FloorRoom(Struct, frozen=True, kw_only=True):
    """A room of the open floor. One that is full names nobody; an empty one is there to be taken.

    `id` is what `choose-room` takes.
    """

    id: str
    mode: RoomMode
    table: int | None = None
    people: tuple[Card, ...] = ()
    count: int = 0
    full: bool = False


class Floor(Message, frozen=True, kw_only=True):
    """The rooms of an open floor: all of them, or (`whole` false) those that changed."""

    rooms: tuple[FloorRoom, ...] = ()
    gone: tuple[str, ...] = ()
    whole: bool = True
    most: int = 0


class RoomPeople(Message, frozen=True, kw_only=True):
    """What changed among the people of one's room, and when (`at`, ms): it may be heard later."""

    at: int = 0
    joining: tuple[Joining, ...] = ()
    joined: tuple[Card, ...] = ()
    left: tuple[str, ...] = ()
    moved: tuple[str, ...] = ()
    dropped: tuple[str, ...] = ()
    not_here_yet: tuple[str, ...] = ()
    arrived: tuple[str, ...] = ()
    back: tuple[str, ...] = ()
    media: dict[str, MediaState] = {}
    not_joining: tuple[str, ...] = ()
    visiting: tuple[str, ...] = ()
    """Who of those that joined or left are hosts who visit the room."""
    alone_since: int | UnsetType | None = UNSET
    moves_at: int | UnsetType | None = UNSET


class SittingOut(Message, frozen=True, kw_only=True):
    """No room now. `because` is a code; `next_at` the next preview, None: the host calls it."""

    because: str
    next_at: int | None


class Lobby(Message, frozen=True, kw_only=True):
    """How many people are here, sent at most once a second."""

    present: int


class Face(Struct, frozen=True, kw_only=True):
    """Somebody who allows everybody in the lobby to see that they are here."""

    id: str
    name: str


class Faces(Message, frozen=True, kw_only=True):
    """A few of those who are here and allow it (beyond the contract; programs may ignore it)."""

    people: tuple[Face, ...]


class Said(Message, frozen=True, kw_only=True):
    """What somebody said in one's room, or in the `lobby`; kept while the chat is."""

    id: str
    sender: str = field(name="from")
    room: str
    text: str
    at: int
    name: str = ""


class SignalFrom(Message, tag="signal", frozen=True, kw_only=True):
    """A roommate's signal to oneself alone, handed on unread."""

    sender: str = field(name="from")
    data: object


class Contact(Message, frozen=True, kw_only=True):
    """`fields` holds values; empty: withdrawn."""

    card: Card
    fields: dict[str, str]


class CardGiven(Message, frozen=True, kw_only=True):
    """A card that somebody gave oneself; no `fields`: taken back."""

    card: Card
    fields: dict[str, str]


class Notice(Message, frozen=True, kw_only=True):
    """`code` tells the page what to word itself; empty for a host's own words."""

    sender: str = field(name="from")
    text: str
    at: int
    code: str = ""
    seconds: int | None = None
    name: str = ""
    """The host's name, with their own words."""


class Call(Message, frozen=True, kw_only=True):
    """A call for a host. `answered`: the answer's words; None: it waits."""

    id: str
    sender: str = field(name="from")
    text: str
    seen: bool
    answered: str | None
    hosts_present: int
    room: str | None = None
    at: int = 0


class YouChanged(Message, tag="you", frozen=True, kw_only=True):
    """One's own standing or profile changed (beyond the contract; programs may ignore it)."""

    you: You


# What hosts see


class Seat(Struct, frozen=True, kw_only=True):
    """`state`: here, dropped, not-here-yet, expected; why without a room (as in `sitting-out`)."""

    id: str
    name: str
    state: str
    mode: Mode = Mode.ONLINE
    microphone: bool = False
    camera: bool = False
    """What they send now; on site a phone sends neither."""


class BoardRoom(Struct, frozen=True, kw_only=True):
    """A room as hosts see it. `calls` counts those that wait."""

    id: str
    round: int
    table: int | None
    mode: RoomMode
    people: tuple[Seat, ...]
    starts_at: int
    ends_at: int
    ended: bool
    alone: str | None = None
    calls: int = 0
    topic: str = ""
    visitors: tuple[str, ...] = ()
    """Hosts who are visiting it, by id."""
    quiet_since: int | None = None
    """Since when all microphones of a room of online people have been off and nobody has written
    (ms). None: one is on, or it cannot be known. Whether anybody speaks is never told or kept."""
    station_away: bool = False
    """A mixed room whose table has no station connected: nobody there is heard."""


class ProposedRoom(Struct, frozen=True, kw_only=True):
    """A room of the proposal. `id` counts from 1, for `pin`."""

    id: str
    people: tuple[str, ...]
    pinned: bool = False
    together: tuple[str, ...] = ()
    """Those of its people whom hosts keep together; who else sits here may change."""
    topic: str = ""
    shared: tuple[SharedInterests, ...] = ()
    """What most of them have in common, a few at the most."""
    reasons: tuple[Reason, ...] = ()
    """Who offers what another seeks."""
    again: tuple[tuple[str, str], ...] = ()
    """Pairs who have met before."""


class Proposal(Struct, frozen=True, kw_only=True):
    """The next round's proposal, with its numbers and what is in its way."""

    round: int
    rooms: int
    seated: int
    sizes: dict[str, int]
    sitting_out: tuple[str, ...]
    repeats: int
    mean_affinity: float
    worst_affinity: float
    random_affinity: float
    seating: tuple[ProposedRoom, ...] = ()
    changed: int = 0
    """Rooms that hold other people than in the proposal before."""
    allow: str = "programme"
    """What gives way first where not everything can hold (`relax`)."""
    random_worst: float = 0.0
    bound_affinity: float = 0.0
    """No such seating has a higher mean affinity; 0: unknown."""
    causes: tuple[Cause, ...] = ()
    """What is in the way where not everything holds."""
    relaxations: tuple[Relaxation, ...] = ()
    """What would come of each `relax`; empty where everything holds."""
    version: int = 0
    """Another one for every change: `pin` and `swap` may say which they mean (`seen`)."""


class PoolView(Struct, frozen=True, kw_only=True):
    """How many people are where."""

    present: int
    in_rooms: int
    in_lobby: int
    sitting_out: int
    dropped: int
    on_site: int
    online: int
    waiting: tuple[Seat, ...] = ()
    """People without a room now: in the lobby, sitting out, waiting for a yes (at most 200)."""


class Delivery(Struct, frozen=True, kw_only=True):
    """An announcement, and how many of those it was for were connected."""

    id: str
    text: str
    reached: int
    of: int
    at: int


class ReportView(Struct, frozen=True, kw_only=True):
    """A report: who reported whom, and why."""

    id: str
    by: str
    about: str
    text: str
    at: int


class LogLine(Struct, frozen=True, kw_only=True):
    """Something that happened, as data; the console words it."""

    at: int
    what: str
    by: str = ""
    about: str = ""
    room: str = ""
    seconds: int | None = None
    changed: int = 0
    """Of a seating: rooms that hold other people than in the proposal that was shown."""


class ProposedTopic(Struct, frozen=True, kw_only=True):
    """A topic that waits for a host's yes."""

    id: str
    text: str
    by: str


class TopicsView(Struct, frozen=True, kw_only=True):
    """`round` 0: no round to come has topics."""

    round: int
    topics: tuple[TopicShown, ...]
    proposed: tuple[ProposedTopic, ...]


class ProgrammeRound(PlannedRound, frozen=True, kw_only=True):
    """A round to come as a host may change it: `change-programme` takes the same fields."""

    round: int
    prompt: str = ""
    topics: tuple[str, ...] = ()
    stream_url: str = ""


class ProgrammeView(Struct, frozen=True, kw_only=True):
    """The rounds to come, and the `revision` that a change of them names."""

    revision: int
    kind: Kind
    """The current or last round's."""
    rounds: tuple[ProgrammeRound, ...]


class MetFew(Struct, frozen=True, kw_only=True):
    """Somebody who is here and has met few people so far. `met`: in rounds that are over."""

    id: str
    name: str
    met: int


class UndoView(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A host's latest change of seats, or closing, which they may take back for 30 s from `at`."""

    by: str
    at: int
    closing: bool = False
    since: str = ""
    """What has happened since and prevents it: `rooms` or `proposal`; "": nothing."""


class BoardParts(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What stands beside the rooms; in a change only the parts that changed."""

    pool: PoolView | UnsetType = UNSET
    proposal: Proposal | UnsetType | None = UNSET
    calls: tuple[Call, ...] | UnsetType = UNSET
    deliveries: tuple[Delivery, ...] | UnsetType = UNSET
    reports: tuple[ReportView, ...] | UnsetType = UNSET
    people: tuple[Seat, ...] | UnsetType = UNSET
    log: tuple[LogLine, ...] | UnsetType = UNSET
    called: bool | UnsetType = UNSET
    topics: TopicsView | UnsetType = UNSET
    programme: ProgrammeView | UnsetType = UNSET
    undo: tuple[UndoView, ...] | UnsetType = UNSET
    met_few: tuple[MetFew, ...] | UnsetType = UNSET
    """By name, at most 200: no ranking, but whom the next round may do some good."""


class Board(Message, frozen=True, kw_only=True):
    """All rooms of the current round. `people` lists everybody at the event (for check-in)."""

    rooms: tuple[BoardRoom, ...]
    parts: BoardParts
    topics: tuple[str, ...] = ()


class BoardChange(Message, frozen=True, kw_only=True):
    """Rooms that changed (merged by id), rooms that are gone, and the other parts that changed."""

    rooms: tuple[BoardRoom, ...] = ()
    gone: tuple[str, ...] = ()
    parts: BoardParts = BoardParts()


class ClockNow(Message, tag="clock", frozen=True, kw_only=True):
    """The server's time (ms), for the `t` that was asked with."""

    t: float | None
    now: int
    tip: str = ""


class Done(Message, frozen=True, kw_only=True):
    """What carried this `ref` is durable."""

    ref: int | str


class Refused(Message, frozen=True, kw_only=True):
    """A rule said no: its code, and a sentence in the asker's language."""

    ref: int | str | None
    code: str
    message: str


class Bye(Message, frozen=True, kw_only=True):
    """The last message before the connection ends on purpose."""


# Audiences


class Everyone(Struct, frozen=True):
    """Everybody connected to the event."""


class Hosts(Struct, frozen=True):
    """Hosts and the organiser."""


class People(Struct, frozen=True):
    """These people, wherever they are; a room's audience is its people at that moment."""

    ids: tuple[str, ...]


Audience = Everyone | Hosts | People

EVERYONE = Everyone()
HOSTS = Hosts()

Told = tuple[Audience, Message]
