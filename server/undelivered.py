"""Mails that came back, as an organiser is told of them: the letter, its reader, their address.

Responsible for finding which letter a bounce is about, and for writing down that it did not arrive,
and that its address takes no mail. What a bounce says is `bounces.py`'s; that nobody is written to
at such an address is a rule (`rooms.follow_up`).

Invariants:
- A letter is found by its mark alone, which nobody can guess: a bounce that anybody made up, and
  sent to where bounces are read, keeps nobody from getting mail. Only a person at the desk, who has
  looked at it, may go by the address.
- An address is marked only if the bounce is about the one that the person has now.
"""

from __future__ import annotations

from typing import Protocol

from msgspec import Struct

from rooms.commands import MarkAddress
from rooms.people import address_form
from server.auth import ORGANISER, Keys
from server.bounces import AT_ADDRESS, Bounce
from server.evenings import Evening, Evenings
from server.letters import mark_of
from server.mail import Book
from server.redis import Store
from server.sequencer import UnknownEvent


class Services(Protocol):
    """What the application's state holds for this."""

    store: Store
    evenings: Evenings
    keys: Keys


class Undelivered(Struct, frozen=True, kw_only=True):
    """What a bounce came to. `letter` empty: none was found, only the address."""

    event: str
    attendee: str
    letter: str
    why: str
    marked: bool
    """Whether no more mail goes to that address."""


async def note_bounce(services: Services, bounce: Bounce) -> Undelivered | None:
    """Notes of the letter a bounce names that it came back; None: it names none of ours.

    Raises StoreAway.
    """
    for mark in bounce.marks:
        try:
            evening = await services.evenings.get(mark.partition(".")[2])
        except UnknownEvent:
            continue
        await evening.caught_up()
        if letter := await _letter(services, evening, mark):
            return await _note(services, evening, letter, bounce)
    return None


async def note_bounce_at_desk(
    services: Services, evening: Evening, bounce: Bounce
) -> Undelivered | None:
    """Does the same for one event, and goes by the address where no letter is named, since
    somebody looks on. Raises StoreAway."""
    for mark in bounce.marks:
        if letter := await _letter(services, evening, mark):
            return await _note(services, evening, letter, bounce)
    for person in evening.register.attendees():
        if person.email and address_form(person.email) in bounce.addresses:
            marked = await _mark(evening, person.id, bounce)
            return Undelivered(
                event=evening.id, attendee=person.id, letter="", why=bounce.why, marked=marked
            )
    return None


async def _letter(services: Services, evening: Evening, mark: str) -> str | None:
    """Returns the letter of an event's book that has a mark."""
    choices: dict[str, str] = {}
    for letter in await Book(services.store, evening.id).all():
        to = letter.split(":")[1]
        if to not in choices:
            choices[to] = await services.keys.choice_key(evening.id, to)
        if mark_of(evening.id, letter, choices[to]) == mark:
            return letter
    return None


async def _note(services: Services, evening: Evening, letter: str, bounce: Bounce) -> Undelivered:
    book = Book(services.store, evening.id)
    await book.came_back(letter, bounce.why, bounce.said, services.store.clock())
    to = letter.split(":")[1]
    marked = await _mark(evening, to, bounce)
    return Undelivered(event=evening.id, attendee=to, letter=letter, why=bounce.why, marked=marked)


async def _mark(evening: Evening, id: str, bounce: Bounce) -> bool:
    """Has no more mail go to somebody's address, if it is the one, and at fault; says whether."""
    email = evening.register.attendee(id).email
    is_it = not bounce.addresses or address_form(email) in bounce.addresses
    if bounce.why not in AT_ADDRESS or not email or not is_it:
        return False
    await evening.submit(
        ORGANISER,
        MarkAddress(attendee=id, address=email, why=bounce.why, said=bounce.said),
    )
    return True


async def write_again(evening: Evening, id: str) -> None:
    """Has mails go to somebody's address again, since the organiser knows better."""
    email = evening.register.attendee(id).email
    if evening.register.dead_address(id) is not None:
        await evening.submit(ORGANISER, MarkAddress(attendee=id, address=email, works=True))
