"""Who met before: the pairs of an event's list who met at an earlier one of its series (rule 4).

Responsible for what becomes a fact of what the building knows of other events, and for what of a
register says who agreed, and who took it back, when. Deliberately knows no other event, no code and
no date but that of a consent; those are the building's.

Invariant: a pair counts as met before only while both let the series remember it.
"""

from __future__ import annotations

from collections.abc import Iterator

from msgspec import Struct

from rooms import commands as c
from rooms import facts as f
from rooms.deciding import SERVER, Deciding
from rooms.event import Event
from rooms.messages import Phase
from rooms.people import Consent, Register, is_remembered, normalise
from rooms.refusal import Refusal
from rooms.standing import Pair, pair


def remember_met(deciding: Deciding, command: c.RememberMet) -> None:
    """Keeps who met before, of those who are on the list and agreed to it; says only what is new.

    Before doors open nobody is matched for good, and after the end nobody is.
    """
    if deciding.by != SERVER:
        raise Refusal("not-allowed", "Only the server can do this.")
    event, register = deciding.event, deciding.register
    if event.phase in (Phase.DRAFT, Phase.ENDED):
        return
    details = register.details
    known = {
        person.id
        for person in register.attendees()
        if person.id in event.people
        and not event.people[person.id].erased
        and is_remembered(person, details)
    }
    pairs = {pair(a, b) for a, b in command.pairs if a != b and a in known and b in known}
    before = event.met_before.keys()
    anew = not before <= pairs
    fresh = tuple(sorted(pairs if anew else pairs - before))
    if fresh or anew:
        deciding.happened(f.MetInSeries(at=deciding.now, pairs=fresh, anew=anew))


class Said(Struct, frozen=True):
    """Whether somebody let a series remember whom they met, as of an instant (ms)."""

    attendee: str
    series: str
    """Normalised."""
    agrees: bool
    at: int


def said_of_series(register: Register) -> Iterator[Said]:
    """Yields what everybody said of each series they ever agreed to here, the latest of each."""
    given: dict[str, dict[int, Consent]] = {}
    for key, row in register.rows.items():
        if isinstance(row, Consent):
            given.setdefault(row.attendee, {})[int(key.rpartition(":")[2])] = row
    for attendee, consents in given.items():
        latest: dict[str, Said] = {}
        for _, consent in sorted(consents.items()):
            agreed = normalise(consent.series)
            for series, said in latest.items():
                if said.agrees and series != agreed:
                    latest[series] = Said(attendee, series, False, consent.at)
            if agreed:
                latest[agreed] = Said(attendee, agreed, True, consent.at)
        yield from latest.values()


def agreed_at(register: Register) -> dict[str, int]:
    """Returns who lets this event's series remember whom they met, and when they said so (ms)."""
    details, series = register.details, normalise(register.details.series)
    return {
        said.attendee: said.at
        for said in said_of_series(register)
        if said.agrees
        and said.series == series
        and is_remembered(register.attendee(said.attendee), details)
    }


def met_at(event: Event) -> dict[Pair, int]:
    """Returns who met at this event (rule 4), and when the last room they met in was over (ms)."""
    ends = {
        key: [event.rooms[room].ended_at for room in event.acquainted[key]] for key in event.met
    }
    return {key: max(at for at in found if at is not None) for key, found in ends.items()}
