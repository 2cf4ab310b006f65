"""What one person has of the evening afterwards: everybody they met, and how they stand with each.

Responsible for the list on one's own page: who is in it, in which order, how it is searched. What
may be seen of whom is `contacts.py`'s and `view.py`'s; nothing here goes beyond them.

Invariants: whoever one has blocked is not in the list; whoever blocked one is there like anybody
met, so that nobody can tell; somebody erased is there without a name (rules 13, 18, 21).
"""

from __future__ import annotations

from collections.abc import Iterable
from enum import StrEnum

from msgspec import Struct

from rooms.contacts import fields_by_card, fields_by_yes, is_contact
from rooms.event import Event
from rooms.messages import Met
from rooms.people import CONTACT_FIELDS, Register, normalise
from rooms.view import you


class Standing(StrEnum):
    """How one stands with somebody met, the closest first."""

    IN_TOUCH = "in-touch"
    CARD = "card"
    """They gave one their card."""
    MET = "met"


class Known(Struct, frozen=True, kw_only=True):
    """Somebody met. `fields`: the contact fields they gave one, by name."""

    met: Met
    standing: Standing
    fields: dict[str, str] = {}
    erased: bool = False

    @property
    def is_open(self) -> bool:
        """Whether there is a next step that was not taken."""
        return bool(self.met.next_step.strip()) and not self.met.done


def everybody(event: Event, register: Register, id: str, now: int) -> list[Known]:
    """Returns everybody somebody met, contacts first, then most minutes first, as of `now` (ms)."""
    found = [
        _known(event, register, id, met)
        for met in you(event, register, id, now).met
        if (id, met.card.id) not in event.blocks
    ]
    order = list(Standing)
    return sorted(found, key=lambda one: (order.index(one.standing), -one.met.seconds))


def _known(event: Event, register: Register, id: str, met: Met) -> Known:
    about = met.card.id
    by_card = fields_by_card(event, register, id, about)
    given = by_card | fields_by_yes(event, register, id, about)
    if is_contact(event, id, about):
        standing = Standing.IN_TOUCH
    else:
        standing = Standing.CARD if by_card else Standing.MET
    fields = {name: given[name] for name in CONTACT_FIELDS if name in given}
    return Known(met=met, standing=standing, fields=fields, erased=not register.has(about))


def search_text(known: Known) -> str:
    """Returns all by which somebody is found: name, work, interests, notes; as tags compare."""
    card, met = known.met.card, known.met
    parts = (
        card.name, card.reading, card.title, card.organisation, card.department,
        *card.interests, met.text, met.next_step,
    )  # fmt: skip
    return normalise(" ".join(parts))


def search(people: Iterable[Known], words: str) -> list[Known]:
    """Returns those in whose text every one of the words is found."""
    wanted = normalise(words).split()
    return [one for one in people if all(word in search_text(one) for word in wanted)]
