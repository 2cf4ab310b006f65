"""What the fold is made of: people as they stand, rooms with their stays, cards, calls.

Frozen values only, so that working copies of the event can share them. How facts change them is in
`apply.py` and in `presence.py`, `stays.py` and those called `…_standing`.
"""

from __future__ import annotations

from msgspec import Struct

from rooms.people import Mode, Place, Role, RoomMode
from rooms.programme import Allow

WITHOUT_SEAT = frozenset({"left-over", "no-table", "no-station", "only-one", "with-person"})
"""Why somebody of the pool has no seat in a round that has begun, as codes (`left_over.py`)."""


class Link(Struct, frozen=True):
    """One connection: a WebSocket of one tab, held by the process `node`."""

    connection: str
    node: str
    at: int
    visible: bool | None = None
    """What its last `here` said; None: it sent none."""


class Person(Struct, frozen=True, kw_only=True):
    """Somebody at the event, as far as the evening's rules look at them."""

    id: str
    role: Role = Role.ATTENDEE
    mode: Mode = Mode.ONLINE
    table: int | None = None
    sits_with: str = ""
    connections: tuple[Link, ...] = ()
    dropped_at: int | None = None
    """Since when somebody online who did not leave is away; None while present or never here."""
    checked_in_at: int | None = None
    checked_out_at: int | None = None
    takes_seat: bool = True
    """Hosts, helpers and stations take one with `rejoin`."""
    sitting_out: bool = False
    ready: bool = False
    removed_at: int | None = None
    waits_for_yes: bool = False
    place: Place = Place.GIVEN
    place_at: int | None = None
    """Since when it is so, unless it was given to them as they were added."""
    erased_at: int | None = None
    left_at: int | None = None
    seat: str | None = None
    held: bool = False
    """Sent to the lobby by a host: not seated again before the next round."""
    not_here_yet: bool = False
    arrived: bool = False
    """At the table of this round, as somebody said."""
    microphone: bool = False
    camera: bool = False
    screen: bool = False
    muted_at: int = 0
    """When their microphone last went off (ms)."""
    sat_out: int = 0
    """Times without a seat though in the pool."""
    link_ended_at: int | None = None
    """When their link last ceased to open anything."""
    because: str = ""
    """Why there is no seat now (a code); empty when seated or no round runs."""

    @property
    def erased(self) -> bool:
        """Whether everything about them was erased."""
        return self.erased_at is not None

    @property
    def visible(self) -> bool:
        """Whether a page of theirs is being looked at."""
        return any(link.visible for link in self.connections)

    @property
    def belongs(self) -> bool:
        """Whether they may take part at all."""
        return self.has_place and self.removed_at is None and not self.waits_for_yes

    @property
    def has_place(self) -> bool:
        """Whether a place is theirs, also while a host keeps them out."""
        return self.place is Place.GIVEN and not self.erased

    @property
    def present(self) -> bool:
        """Online: connected and here; on site: from check-in to check-out (rule 26)."""
        if not self.belongs:
            return False
        if self.mode is Mode.ON_SITE:
            return self.checked_in_at is not None and self.checked_out_at is None
        return bool(self.connections) and not self.not_here_yet


class Stay(Struct, frozen=True, kw_only=True):
    """Somebody in a room and present, from an instant to another (ms); None: still."""

    id: str
    from_at: int
    to_at: int | None = None
    connection: str = ""
    node: str = ""
    confirmed: bool = True
    """On site: that they were at the table was said by somebody, not assumed (rule 22)."""


class Room(Struct, frozen=True, kw_only=True):
    """One breakout of one round. It is over once `ended_at` is set."""

    id: str
    round: int
    people: tuple[str, ...]
    starts_at: int
    ends_at: int
    mode: RoomMode = RoomMode.ONLINE
    table: int | None = None
    ended_at: int | None = None
    stays: tuple[Stay, ...] = ()
    topic: str = ""
    """The register's id of its topic's words, in a round of topics."""
    wishes: tuple[str, ...] = ()
    granted: bool = False
    """Its wish for more time was granted."""
    warned: tuple[int, ...] = ()
    touched: int = 0
    """How many facts there had been when its seats were last changed."""
    met_ms: int = 0
    """Two people who were together for so long in it have met (rule 4)."""
    stood_ms: int = 0
    """How long pauses have held it up since it began."""


class Alone(Struct, frozen=True):
    """Somebody is the only one present in their room since `since` (ms)."""

    room: str
    since: int
    waits_until: int | None = None
    wants_others: bool = False


class Given(Struct, frozen=True):
    """A card given: which fields, and whether it has reached the other."""

    fields: tuple[str, ...]
    reached: bool = False


class Calling(Struct, frozen=True, kw_only=True):
    """A call for a host; it stays on the board until answered (rule 13)."""

    id: str
    by: str
    at: int
    room: str | None = None
    seen: bool = False
    answered_by: str = ""
    answer: str = ""


class Topic(Struct, frozen=True, kw_only=True):
    """A topic of a round to come; `round` 0: proposed by somebody, and not accepted yet."""

    id: str
    round: int = 0
    by: str = ""


class Undoable(Struct, frozen=True, kw_only=True):
    """A host's latest change of seats, as long as it may be undone (rule 15)."""

    at: int
    moves: tuple[tuple[str, str, str], ...] = ()
    """Who went from which room to which (or `lobby`)."""
    touched: dict[str, int] = {}
    """The rooms of those moves, with what had been done to each by then."""
    rooms: tuple[tuple[str, ...], ...] = ()
    """The proposal as it was before."""
    sitting_out: tuple[str, ...] = ()
    pinned: tuple[tuple[str, ...], ...] = ()
    together: tuple[tuple[str, ...], ...] = ()
    allow: Allow | None = None
    seed: int | None = None
    instead_of: tuple[tuple[str, ...], ...] = ()
    redrawn: bool = False
    """The change had the proposal drawn anew, which undoing it takes back."""
    proposed: int = 0
    """What had been done to the proposal by then: by anybody, or, if redrawn, by hosts."""


Pair = tuple[str, str]


def pair(a: str, b: str) -> Pair:
    """Returns two ids in the order in which pairs are kept."""
    return (a, b) if a < b else (b, a)


def meeting_room(round: int, a: str, b: str) -> str:
    """Returns the id of the room that stands for what two people were seen to share of a round."""
    return f"m{round}-{a}-{b}"
