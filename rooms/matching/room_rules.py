"""Rules that look at a whole room, as arrays for the search: language, segments, homes, modes.

Responsible for counting, for every room with one person taken out and for every person who could
come in, how many such rules would be broken. Rules about two people are not here: they are entries
of the search's weights. Says the same as `rules.broken`, for many rooms at once.

Seats are R×K arrays of person numbers; `len(self)` is the number of an empty seat.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

Bools = NDArray[np.bool_]
Ints = NDArray[np.intp]


class RoomRules:
    """Whole-room rules among n people, who may be followed by persons without any attribute."""

    def __init__(
        self,
        count: int,
        *,
        languages: Sequence[frozenset[str]] | None = None,
        segments: Sequence[str] = (),
        segment_most: int | None = None,
        company: Sequence[tuple[str, str]] = (),
        homes: Sequence[int] | None = None,
        on_site: Sequence[bool] | None = None,
        modes: Sequence[Sequence[int]] = (),
    ) -> None:
        """`modes`: for each room the least and most on site, then online, of those `on_site`."""
        self.count = count
        self.spoken = _spoken(languages, count) if languages is not None else None
        named = {segment for ends in company for segment in ends}
        names = sorted({segment for segment in segments if segment} | named)
        self.members = np.zeros((count + 1, len(names)), dtype=np.float64)
        for person, segment in enumerate(segments):
            if segment:
                self.members[person, names.index(segment)] = 1.0
        self.segment_most = segment_most if names else None
        belongs: Bools = self.members.astype(np.bool_)
        self.company: list[tuple[Bools, Bools]] = [
            (belongs[:, names.index(few)], belongs[:, names.index(many)]) for few, many in company
        ]
        self.homes = np.full(count + 1, -1, dtype=np.intp)
        if homes is not None:
            self.homes[: len(homes)] = homes
        self.modes = np.array(modes, dtype=np.intp).reshape(len(modes), 4)
        self.here = np.zeros((2, count + 1), dtype=np.intp)
        if on_site is not None:
            self.here[0, : len(on_site)] = on_site
            self.here[1, : len(on_site)] = ~self.here[0, : len(on_site)].astype(np.bool_)

    def __len__(self) -> int:
        return self.count

    def breaches(self, rest: Ints, coming: Ints, rooms: Ints) -> NDArray[np.float64]:
        """Returns how many rules each room `rest` (one seat empty) breaks with each newcomer.

        `rest` is R×K, `coming` has C persons, `rooms` the R rooms' numbers; the answer is R×C.
        """
        home = self.homes[coming]
        elsewhere = (home >= 0)[None, :] & (home[None, :] != rooms[:, None])
        wrong: NDArray[np.float64] = elsewhere.astype(np.float64)
        if self.spoken is not None:
            common = _common(self.spoken, rest).astype(np.float64)
            wrong += (common @ self.spoken[coming].T.astype(np.float64)) == 0
        if self.segment_most is not None:
            full = (self.members[rest].sum(axis=1) >= self.segment_most).astype(np.float64)
            wrong += full @ self.members[coming].T
        for few, many in self.company:
            has_few, has_many = _any(few, rest), _any(many, rest)
            lonely: Bools = ~has_many[:, None] & (has_few[:, None] | few[coming][None, :])
            wrong += lonely & ~many[coming][None, :]
        for side, among in enumerate(self.here if len(self.modes) else ()):
            least, most = self.modes[rooms, 2 * side], self.modes[rooms, 2 * side + 1]
            after = among[rest].sum(axis=1)[:, None] + among[coming][None, :]
            wrong += np.maximum(0, least[:, None] - after) + np.maximum(0, after - most[:, None])
        return wrong

    def alike(self) -> Bools:
        """Returns which two people may change places wherever they sit, since no rule tells them
        apart.
        """
        told: Bools = np.hstack([self.members, self.here.T]) > 0
        if self.spoken is not None:
            told = np.hstack([told, self.spoken])
        _, kind = np.unique(told[:-1], axis=0, return_inverse=True)
        kind = kind.ravel()
        free = self.homes[:-1] < 0
        same: Bools = (kind[:, None] == kind) & free[:, None] & free
        return same

    def broken(self, seats: Ints) -> int:
        """Returns how many rules these rooms break together; 0 means none."""
        home = self.homes[seats]
        wrong = int(((home >= 0) & (home != np.arange(len(seats))[:, None])).sum())
        if self.spoken is not None:
            wrong += int((_common(self.spoken, seats).sum(axis=1) == 0).sum())
        if self.segment_most is not None:
            over = self.members[seats].sum(axis=1) - self.segment_most
            wrong += int(np.maximum(over, 0).sum())
        for few, many in self.company:
            wrong += int((_any(few, seats) & ~_any(many, seats)).sum())
        for side, among in enumerate(self.here if len(self.modes) else ()):
            least, most = self.modes[:, 2 * side], self.modes[:, 2 * side + 1]
            here = among[seats].sum(axis=1)
            wrong += int((np.maximum(0, least - here) + np.maximum(0, here - most)).sum())
        return wrong


def _common(spoken: Bools, seats: Ints) -> Bools:
    """Returns the languages that all in each room speak, as R×L."""
    common: Bools = np.logical_and.reduce(spoken[seats], axis=1)
    return common


def _any(those: Bools, seats: Ints) -> Bools:
    """Returns which rooms hold one of those."""
    held: Bools = np.logical_or.reduce(those[seats], axis=1)
    return held


def _spoken(languages: Sequence[frozenset[str]], count: int) -> Bools:
    """Returns who speaks what, as (n + 1)×L; whoever's languages are unknown speaks them all.

    A last language is spoken by exactly those, so that a room of unknowns has one in common.
    """
    names = sorted(frozenset[str]().union(*languages))
    spoken = np.ones((count + 1, len(names) + 1), dtype=np.bool_)
    for person, known in enumerate(languages):
        if known:
            spoken[person] = [name in known for name in names] + [False]
    return spoken
