"""People who may be seated together, and all that counts among them.

Responsible for one group as numbers and arrays: what pairs are worth to a search, and which rules
about pairs and rooms hold among them. Decides nothing.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from msgspec import Struct

from rooms.matching.room_rules import Bools, RoomRules
from rooms.matching.solver import FORBIDDEN, REPEAT, Floats
from rooms.people import Mode, RoomMode, room_mode
from rooms.programme import Allow, Mixing

Rooms = list[list[int]]

Modes = tuple[int, int, int, int]
"""The least and most on site, then online, of one room."""


class Sizes(Struct, frozen=True):
    """What the programme says of one round's rooms; `limit`: how many rooms there are."""

    size: int
    least: int
    most: int
    limit: int | None = None
    allow: Allow = Allow.PROGRAMME
    """What gives way first."""
    mixing: Mixing = Mixing.APART
    stations: int = 0
    """Stations at tables at which nobody is fixed."""


class Group(Struct):
    """People, numbered from 0, and all that counts among them."""

    affinity: Floats
    repeats: Floats
    """What meeting again costs, in repeats: 0 for the unmet, 1 and more for the met."""
    apart: Bools
    """Pairs that a hard rule keeps apart."""
    sizes: Sizes
    yields: Sequence[int]
    """People in the order in which they give up a seat."""
    languages: Sequence[frozenset[str]] | None = None
    segments: Sequence[str] = ()
    segment_most: int | None = None
    company: Sequence[tuple[str, str]] = ()
    homes: Sequence[int] = ()
    """The number of the room in which somebody must sit, else -1; homes are the first rooms."""
    on_site: Sequence[bool] = ()
    """Who is on site, where on-site and online people may share rooms; empty: nobody may."""
    equipped: frozenset[int] = frozenset()
    """Homes at a table with a station."""
    loose: frozenset[int] = frozenset()
    """Homes at no table of their own: they may take any."""

    @property
    def people(self) -> int:
        return len(self.affinity)

    @property
    def has_room_rules(self) -> bool:
        """Whether a rule looks at more than two people of a room."""
        homes = any(home >= 0 for home in self.homes)
        most = self.segment_most is not None and any(self.segments)
        modes = bool(self.on_site)
        return self.languages is not None or homes or most or modes or bool(self.company)

    def closed_by_pairs(self) -> Bools | None:
        """Returns the pairs that all rules of rooms come down to; None: they come down to none.

        At most one of a segment is a rule about pairs. So is a table at which only one is fixed:
        the others are kept off by `apart`.
        """
        closed = self.apart.copy()
        if not self.has_room_rules:
            return closed
        at_home = [home for home in self.homes if home >= 0]
        if self.company or len(at_home) > len(set(at_home)) or self.languages is not None:
            return None
        if self.on_site:
            return None
        if self.segment_most is not None and any(self.segments):
            if self.segment_most > 1:
                return None
            names = np.array(self.segments, dtype=np.str_)
            closed |= (names[:, None] == names[None, :]) & (names != "")[:, None]
            np.fill_diagonal(closed, False)
        return closed

    def room_rules(self, seats: int, modes: Sequence[Modes] = ()) -> RoomRules | None:
        """Returns the rules about whole rooms for a search with so many seats.

        `modes`: how many on site and online each room takes, where these may share rooms.
        """
        if not self.has_room_rules:
            return None
        return RoomRules(
            seats,
            languages=self.languages,
            segments=self.segments,
            segment_most=self.segment_most,
            company=self.company,
            homes=self.homes or None,
            on_site=self.on_site or None,
            modes=modes,
        )

    def mode_of(self, room: Sequence[int]) -> RoomMode:
        """Returns the mode of a room, where modes may share rooms."""
        return room_mode(Mode.ON_SITE if self.on_site[p] else Mode.ONLINE for p in room)

    def weights(self) -> Floats:
        """Returns what pairs are worth to a search: a repeat is below all liking, a rule below."""
        weights: Floats = self.affinity - REPEAT * self.repeats
        weights[self.apart] = -FORBIDDEN
        np.fill_diagonal(weights, 0.0)
        return weights

    def part(self, people: Sequence[int], homes: Sequence[int]) -> Group:
        """Returns some people of the group as a group of their own, bound to these homes."""
        block = np.ix_(people, people)
        numbers = {person: number for number, person in enumerate(people)}
        return Group(
            affinity=self.affinity[block],
            repeats=self.repeats[block],
            apart=self.apart[block],
            sizes=self.sizes,
            yields=[numbers[p] for p in self.yields if p in numbers],
            languages=[self.languages[p] for p in people] if self.languages is not None else None,
            segments=[self.segments[p] for p in people] if self.segments else (),
            segment_most=self.segment_most,
            company=self.company,
            homes=homes,
            on_site=[self.on_site[p] for p in people] if self.on_site else (),
            equipped=self.equipped,
            loose=self.loose,
        )
