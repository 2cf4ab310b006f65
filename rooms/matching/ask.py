"""What a solver is asked: the people to be seated next and the rules they are seated by, as data.

Responsible for `Wanted` and `Seeker`: all that solving a seating needs, small enough to be sent to
another process. Deliberately knows nothing of the event's fold or the register (`wanted.py` reads
those), and holds no name, address or note. Invariants: tags are normalised; pairs are in order
(`a < b`) and may name people who are not among `people`, which is then of no effect.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

from msgspec import Struct
from msgspec.structs import replace

from rooms.people import THEMSELVES, Attendee, Meanings, Mode, Role, SegmentRule, normalise
from rooms.programme import USUAL_WEIGHTS, Allow, Mixing, Weights

FLOATING_ROLES = frozenset({Role.AMBASSADOR, Role.HELPER})
"""Roles of floaters: seated like everybody, and the first to give up a seat (rule 5)."""

_normalised = lru_cache(maxsize=65_536)(normalise)


class Seeker(Struct, frozen=True, kw_only=True):
    """One person of the pool, as the matcher sees them."""

    id: str
    interests: tuple[str, ...] = ()
    offers: tuple[str, ...] = ()
    seeks: tuple[str, ...] = ()
    languages: tuple[str, ...] = ()
    """Empty: unknown, which never keeps people apart."""
    organisation: str = ""
    segment: str = ""
    mode: Mode = Mode.ONLINE
    table: int | None = None
    """The table somebody on site is fixed at; of no effect online."""
    sits_with: str = ""
    """The id of the person whom this assistant or interpreter accompanies; empty: nobody's."""
    wishes: tuple[str, ...] = ()
    """Ids of people, and organisations, whom they wish to meet."""
    first_timer: bool = False
    topic: str = ""
    """What they are to talk about, in a round of topics; empty: anything."""
    floater: bool = False
    sat_out: int = 0
    """Rounds of this event without a seat, not by choice, so far."""
    mixed: int = 0
    """Rounds of this event in a room of both modes, so far."""


class Wanted(Struct, frozen=True, kw_only=True):
    """A seating to be solved. `called`: a host or the clock waits for it."""

    event: str
    round: int
    basis: str
    called: bool = False
    size: int
    least: int
    most: int
    people: tuple[Seeker, ...]
    met: tuple[tuple[str, str, int], ...] = ()
    """(a, b, the last round they met), a < b; a lower number is longer ago."""
    glimpsed: tuple[tuple[str, str], ...] = ()
    """(a, b), a < b: sat together too briefly to have met; they are worth nothing to each other."""
    sat: tuple[tuple[str, str], ...] = ()
    """(a, b), a < b: sat together and do not count as met, where meeting again is welcome."""
    blocked: tuple[tuple[str, str], ...] = ()
    """(a, b), a < b: either blocked the other."""
    common_language: bool = False
    segments: tuple[SegmentRule, ...] = ()
    segment_most: int | None = None
    """At most so many of one segment in a room; people without a segment are not counted."""
    tables: int | None = None
    """How many tables there are on site; None: no limit."""
    mixing: Mixing = Mixing.APART
    stations: tuple[int, ...] = ()
    """Tables with a station, each of which can hold one room of both modes."""
    weights: Weights = USUAL_WEIGHTS
    rounds_left: int = 1
    """Rounds to be solved from this one on, itself included."""
    seed: int = 0
    allow: Allow = Allow.PROGRAMME
    """What gives way first where not everything can hold."""
    together: tuple[tuple[str, ...], ...] = ()
    """People whom a host keeps in one room; who else sits there is open."""
    kept: tuple[tuple[Seeker, ...], ...] = ()
    """Rooms that a host keeps as they are, beside `people`: they count in the numbers alone."""
    standing: tuple[tuple[str, ...], ...] = ()
    """Rooms proposed before, on the same terms, to be changed as little as can be."""


def seeker(
    attendee: Attendee,
    *,
    mode: Mode | None = None,
    sat_out: int = 0,
    mixed: int = 0,
    topic: str = "",
    meanings: Meanings = THEMSELVES,
) -> Seeker:
    """Returns a profile as the matcher sees it, with its tags normalised; `mode` overrides.

    Names among the wishes are still to be resolved, where there are any (`with_wishes`).
    """
    return Seeker(
        id=attendee.id,
        interests=_tags(attendee.interests, meanings),
        offers=_tags(attendee.offers, meanings),
        seeks=_tags(attendee.seeks, meanings),
        languages=_tags(attendee.languages),
        organisation=_normalised(attendee.organisation),
        segment=_normalised(attendee.segment),
        mode=mode if mode is not None else attendee.mode,
        table=attendee.table,
        sits_with=attendee.sits_with,
        wishes=_tags(attendee.wishes),
        first_timer=attendee.first_timer,
        topic=topic,
        floater=attendee.role in FLOATING_ROLES,
        sat_out=sat_out,
        mixed=mixed,
    )


def with_wishes(people: Sequence[Seeker], profiles: Sequence[Attendee]) -> list[Seeker]:
    """Returns people whose wishes name ids where they named somebody who is among them.

    `profiles` are the same people's. A name that two of them have is nobody's.
    """
    if not any(person.wishes for person in people):
        return list(people)
    named: dict[str, str] = {}
    for profile in profiles:
        name = _normalised(profile.name)
        named[name] = "" if name in named else profile.id
    return [
        replace(person, wishes=tuple(named.get(wish) or wish for wish in person.wishes))
        if person.wishes
        else person
        for person in people
    ]


def wishes_to_meet(a: Seeker, b: Seeker) -> bool:
    """Says whether the first wishes to meet the second, or people of their organisation."""
    return b.id in a.wishes or (bool(b.organisation) and b.organisation in a.wishes)


def _tags(written: tuple[str, ...], meanings: Meanings = THEMSELVES) -> tuple[str, ...]:
    tags = (meanings.get(tag, tag) for tag in map(_normalised, written) if tag)
    return tuple(dict.fromkeys(tags))
