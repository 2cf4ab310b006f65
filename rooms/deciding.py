"""A decision being drawn up: facts are folded into a working copy as they are found.

So a later rule of the same decision sees what an earlier one did. Nothing leaves before `decision`.
"""

from __future__ import annotations

from msgspec import Struct

from rooms.apply import apply
from rooms.event import Event
from rooms.facts import AnyFact
from rooms.people import HOST_ROLES, STAFF_ROLES, Attendee, Register, Row, Text, text_key
from rooms.refusal import Refusal
from rooms.standing import Person, Room

ORGANISER = "organiser"
SERVER = "server"
CLOCK = "clock"


class Decision(Struct, frozen=True):
    """What a command comes to: facts, and rows of the register (None: taken out)."""

    facts: tuple[AnyFact, ...] = ()
    rows: dict[str, Row | None] = {}


class Deciding:
    """The working copy of one decision, taken by `by` at `now` (ms)."""

    def __init__(self, event: Event, register: Register, by: str, now: int) -> None:
        self.event = event.copy()
        self.register = register.copy()
        self.by = by
        self.now = now
        self.facts: list[AnyFact] = []
        self.rows: dict[str, Row | None] = {}

    def happened(self, fact: AnyFact) -> None:
        """Adds a fact and folds it in."""
        apply(self.event, fact)
        self.facts.append(fact)

    def wrote(self, key: str, row: Row | None) -> None:
        """Adds a row of the register (None: takes it out)."""
        self.rows[key] = row
        self.register.write({key: row})

    def wrote_text(self, text: str) -> str:
        """Keeps words that a fact points to; returns their id."""
        id = f"t{self.event.count}"
        self.wrote(text_key(id), Text(text=text))
        return id

    def decision(self) -> Decision:
        """Returns all that was found."""
        return Decision(tuple(self.facts), self.rows)

    # Whom it is about

    @property
    def me(self) -> Person:
        """Who asks; refuses somebody the event does not know."""
        return self.person(self.by)

    @property
    def is_host(self) -> bool:
        """Whether who asks has a host's rights."""
        person = self.event.people.get(self.by)
        return self.by == ORGANISER or (person is not None and person.role in HOST_ROLES)

    @property
    def is_staff(self) -> bool:
        """Whether who asks is staff: a host, or a helper who checks people in."""
        person = self.event.people.get(self.by)
        return self.is_host or (person is not None and person.role in STAFF_ROLES)

    def person(self, id: str) -> Person:
        """Returns somebody at the event; refuses an unknown or erased id."""
        person = self.event.people.get(id)
        if person is None or person.erased:
            raise Refusal("unknown-person", "There is nobody with this id at this event.")
        return person

    def running_room(self, id: str) -> Room:
        """Returns a room that is not over; refuses any other id."""
        room = self.event.rooms.get(id)
        if room is None:
            raise Refusal("unknown-room", "There is no room with this id.")
        if room.ended_at is not None:
            raise Refusal("room-ended", "That room has ended.")
        return room

    def profile(self, id: str) -> Attendee:
        """Returns somebody's profile."""
        return self.register.attendee(id)

    def require_staff(self) -> None:
        """Refuses everybody but hosts, helpers and the organiser."""
        if not self.is_staff:
            raise Refusal("not-allowed", "Only a host or a helper can do this.")

    def require_host(self) -> None:
        """Refuses everybody but hosts and the organiser."""
        if not self.is_host:
            raise Refusal("not-allowed", "Only a host can do this.")
