"""Contacts as they stand: what facts change about yeses, contacts, cards and blocks.

Responsible for folding those facts, in place, and for forgetting them with a person. The rules that
bring them, and what each may see of the other, are in `contacts.py`.
"""

from __future__ import annotations

from typing import TypeVar, assert_never

from msgspec.structs import replace

from rooms import facts as f
from rooms.event import Event
from rooms.standing import Given, Pair, pair

Kept = TypeVar("Kept")


def apply_contact(
    event: Event,
    fact: f.YesGiven
    | f.YesWithdrawn
    | f.ContactMade
    | f.CardGiven
    | f.CardReached
    | f.NoteWritten
    | f.Blocked
    | f.Unblocked,
) -> None:
    """Folds what somebody said, gave or wrote about somebody."""
    match fact:
        case f.YesGiven():
            event.yeses[(fact.by, fact.about)] = fact.fields
        case f.YesWithdrawn():
            event.yeses.pop((fact.by, fact.about), None)
            _end_contact(event, fact.by, fact.about, fact.at)
        case f.ContactMade():
            event.contacts[pair(fact.a, fact.b)] = fact.at
        case f.CardGiven() if fact.fields:
            before = event.cards.get((fact.by, fact.to))
            reached = before is not None and before.reached
            event.cards[(fact.by, fact.to)] = Given(fact.fields, reached)
        case f.CardGiven():
            event.cards.pop((fact.by, fact.to), None)
        case f.CardReached():
            given = event.cards.get((fact.by, fact.to))
            if given is not None:
                event.cards[(fact.by, fact.to)] = replace(given, reached=True)
        case f.NoteWritten():
            pass  # its words are in the register
        case f.Blocked():
            event.blocks[(fact.by, fact.about)] = fact.at
        case f.Unblocked():
            event.blocks.pop((fact.by, fact.about), None)
        case _:
            assert_never(fact)


def _end_contact(event: Event, a: str, b: str, at: int) -> None:
    key = pair(a, b)
    made_at = event.contacts.pop(key, None)
    if made_at is not None:
        event.contacts_ended[(*key, made_at)] = at


def forget_contacts(event: Event, id: str, at: int) -> None:
    """Forgets what an erased person gave and got, and whom they blocked; their contacts end."""
    for a, b in [both for both in event.contacts if id in both]:
        _end_contact(event, a, b, at)
    _forget(event.yeses, id)
    _forget(event.cards, id)
    _forget(event.blocks, id)
    forget_met_before(event, id)


def forget_met_before(event: Event, id: str) -> None:
    """Forgets whom somebody met at earlier events of the series: they no longer allow it."""
    _forget(event.met_before, id)


def _forget(kept: dict[Pair, Kept], id: str) -> None:
    for key in [key for key in kept if id in key]:
        del kept[key]
