"""The company in the lobby: a few faces of those who allow it, and what many here care about.

Responsible for what everybody may see of everybody before they meet. Deliberately shows nobody who
did not choose it (`show_in_lobby`, off until its owner turns it on), and no tag that fewer than
five people have: a rare one tells who is meant.
"""

from __future__ import annotations

from collections import Counter
from functools import lru_cache
from itertools import islice

from rooms.event import Event
from rooms.messages import Face, Faces
from rooms.people import SEATED_ROLES, Register, normalise
from rooms.synonyms import meanings

FACES = 24
"""At most so many: a great table has so many places, and a crowd is a number."""

LOOKED_AT = 2_000
"""Of those here the first so many are asked, so that a crowd who shows nobody costs little."""

LEAST_PEOPLE = 5
"""From so many people on a tag may be shown without saying whose it is (as totals, rule 19)."""

SUGGESTED = 40
"""Words suggested at the most: a field's list is not read further."""

_normalised = lru_cache(maxsize=65_536)(normalise)


def faces(event: Event, register: Register) -> Faces:
    """Returns a few of those who are here and allow it, those longest here first: they stay."""
    here = (register.attendee(id) for id in islice(event.present, LOOKED_AT))
    shown = (Face(id=person.id, name=person.name) for person in here if person.show_in_lobby)
    return Faces(people=tuple(islice(shown, FACES)))


def suggested_interests(register: Register) -> tuple[str, ...]:
    """Returns the organiser's tags, then what five attendees or more have, most frequent first."""
    same = meanings(register.details.synonyms)

    def meaning(tag: str) -> str:
        plain = _normalised(tag)
        return same.get(plain, plain)

    holders: Counter[str] = Counter()
    written: dict[str, Counter[str]] = {}
    for person in register.attendees():
        if person.role not in SEATED_ROLES:
            continue
        own = {meaning(tag): tag for tag in person.interests}
        own.pop("", None)
        holders.update(own.keys())
        for tag, as_written in own.items():
            written.setdefault(tag, Counter())[as_written] += 1
    frequent = [(-count, tag) for tag, count in holders.items() if count >= LEAST_PEOPLE]
    worded = (
        min(written[tag].items(), key=lambda form: (-form[1], form[0]))[0]
        for _, tag in sorted(frequent)
    )
    found: dict[str, str] = {}
    for tag in (*register.details.suggestions, *worded):
        found.setdefault(meaning(tag), tag)
    return tuple(found.values())[:SUGGESTED]
