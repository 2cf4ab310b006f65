"""Places: how many are taken, who finds one, and who moves up from the waiting list.

Responsible for counting alone, as pure functions of the fold and the register; what is done about
it is `sign_up.py`'s. Hosts, helpers and stations need no place. Whoever the organiser brings in by
a list has one whatever the capacity says, since that is the organiser's own word.

Invariants:
- A place somebody could have never stands empty while they wait: whoever moves up does so in the
  decision that freed it.
- The list keeps its order; only a full segment lets others pass by those who wait for it.
"""

from __future__ import annotations

from collections import Counter

from msgspec import Struct

from rooms.event import Event
from rooms.people import SEATED_ROLES, Place, Register, normalise
from rooms.standing import Person


class Places(Struct, frozen=True, kw_only=True):
    """How many places are taken, of how many (None: no limit); segments by their normal form."""

    taken: int
    most: int | None
    taken_of: dict[str, int]
    most_of: dict[str, int]

    def has_one_for(self, segment: str) -> bool:
        """Says whether somebody of a segment finds a place."""
        if self.most is not None and self.taken >= self.most:
            return False
        name = normalise(segment)
        return name not in self.most_of or self.taken_of.get(name, 0) < self.most_of[name]


def places(event: Event, register: Register) -> Places:
    """Returns how many places are taken."""
    details = register.details
    held = [person for person in event.people.values() if holds_place(event, person)]
    of = (
        Counter(normalise(register.attendee(person.id).segment) for person in held)
        if details.quotas
        else {}
    )
    return Places(
        taken=len(held),
        most=event.plan.capacity,
        taken_of=dict(of),
        most_of={normalise(quota.segment): quota.most for quota in details.quotas},
    )


def holds_place(event: Event, person: Person) -> bool:
    """Says whether somebody takes up a place: theirs, and neither given back nor taken away."""
    if person.role not in SEATED_ROLES or not person.has_place or person.removed_at is not None:
        return False
    return person.id not in event.declined or person.present


def has_place_for(event: Event, register: Register, segment: str) -> bool:
    """Says whether somebody of a segment who came now would find a place."""
    if event.plan.capacity is None and not register.details.quotas:
        return True
    return places(event, register).has_one_for(segment)


def waiting_list(event: Event) -> list[str]:
    """Returns who waits for a place, the longest first."""
    waits = [
        person
        for person in event.people.values()
        if person.place is Place.WAITING
        and not person.erased
        and person.removed_at is None
        and person.id not in event.declined
    ]
    return [person.id for person in sorted(waits, key=lambda one: one.place_at or 0)]


def requests(event: Event) -> list[str]:
    """Returns whose request the organiser has yet to answer, the earliest first."""
    return [
        person.id
        for person in event.people.values()
        if person.place is Place.ASKED
        and not person.erased
        and person.removed_at is None
        and person.id not in event.declined
    ]


def next_up(event: Event, register: Register) -> str | None:
    """Returns who moves up from the waiting list now; None: nobody waits, or finds a place."""
    waits = waiting_list(event)
    if not waits:
        return None
    free = places(event, register)
    return next((id for id in waits if free.has_one_for(register.attendee(id).segment)), None)


def lost_place(event: Event, register: Register, id: str) -> bool:
    """Says whether somebody who said they can't come would find no place any more."""
    person = event.people[id]
    if id not in event.declined or person.role not in SEATED_ROLES or holds_place(event, person):
        return False
    return not has_place_for(event, register, register.attendee(id).segment)
