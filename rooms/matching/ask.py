"""What a solver is asked: the people to be seated next and the rules they are seated by, as data.

Responsible for `Wanted` and `Seeker`: all that solving a seating needs, small enough to be sent to
another process. Deliberately knows nothing of the event's fold or the register (`wanted.py` reads
those), and holds no name, address or note. Invariants: tags are normalised; pairs are in order
(`a < b`) and may name people who are not among `people`, which is then of no effect.
"""

from __future__ import annotations

from functools import lru_cache

from msgspec import Struct

from rooms.people import Attendee, Mode, Role, SegmentRule, normalise

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
    floater: bool = False
    sat_out: int = 0
    """Rounds of this event without a seat, not by choice, so far."""


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
    blocked: tuple[tuple[str, str], ...] = ()
    """(a, b), a < b: either blocked the other."""
    common_language: bool = False
    segments: tuple[SegmentRule, ...] = ()
    segment_most: int | None = None
    """At most so many of one segment in a room; people without a segment are not counted."""
    tables: int | None = None
    """How many tables there are on site; None: no limit."""
    rounds_left: int = 1
    """Rounds to be solved from this one on, itself included."""
    seed: int = 0


def seeker(attendee: Attendee, *, mode: Mode | None = None, sat_out: int = 0) -> Seeker:
    """Returns a profile as the matcher sees it, with its tags normalised; `mode` overrides."""
    return Seeker(
        id=attendee.id,
        interests=_tags(attendee.interests),
        offers=_tags(attendee.offers),
        seeks=_tags(attendee.seeks),
        languages=_tags(attendee.languages),
        organisation=_normalised(attendee.organisation),
        segment=_normalised(attendee.segment),
        mode=mode if mode is not None else attendee.mode,
        table=attendee.table,
        sits_with=attendee.sits_with,
        floater=attendee.role in FLOATING_ROLES,
        sat_out=sat_out,
    )


def _tags(written: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(tag for tag in map(_normalised, written) if tag))
