"""Who suits whom, and why: one number for two people, and its reasons as data.

Responsible for affinity and its reasons. Deliberately knows nothing of rules or rooms: language,
blocks and segments are hard (`rules.py`) and never weighed against liking.

Affinity lies in (0, 1]. Two people with nothing in common are worth `STRANGERS`, since a new face
is worth something. What they share adds *points*: a shared interest as much as it is rare among
those present (0.1 when everybody has it, near 1 when only these two do), something one offers and
the other seeks one point each. Points saturate, `1 - exp(-points / 2)`: a third shared hobby helps
less than the first, so that no room hoards all the joggers. Colleagues are worth a tenth: they can
meet at work.

This promises topics to talk about, not chemistry. On real evenings of timed rounds shared
interests predicted a mutual yes hardly better than chance (area under the curve 0.53).

Invariants: symmetric; `affinity` and `affinity_matrix` agree; nothing but the arguments counts.

>>> ana = Seeker(id="ana", interests=("hiking", "jazz"), seeks=("funding",))
>>> bo = Seeker(id="bo", interests=("jazz",), offers=("funding",))
>>> chidi = Seeker(id="chidi", interests=("hiking",))
>>> rare = rarity([ana, bo, chidi])
>>> [round(affinity(*two, rare), 2) for two in ((ana, bo), (ana, chidi), (bo, chidi))]
[0.59, 0.32, 0.1]
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from math import exp, log
from typing import TYPE_CHECKING

from rooms.matching.ask import Seeker
from rooms.messages import Reason
from rooms.people import Attendee, normalise

if TYPE_CHECKING:
    from numpy import float64
    from numpy.typing import NDArray

STRANGERS = 0.1
"""What two people with nothing in common are worth to each other."""

COLLEAGUES = 0.1
"""By how much affinity is multiplied for people of one organisation."""

COMMONEST = 0.1
"""Points for an interest that everybody has."""

OFFER = 1.0
"""Points for something that one offers and the other seeks."""

HALF_WAY = 2.0
"""Points over which the rest of the way to 1 shrinks by a factor e."""

WORDS_LIMIT = 3
"""Words in one reason: more are not read."""

FREQUENT = 64
"""Holders of a tag from which a matrix product beats adding the tag's pairs one tag at a time."""

Rarity = Mapping[str, float]


def rarity(people: Iterable[Seeker]) -> dict[str, float]:
    """Returns the points that sharing each interest is worth among these people.

    0.1 + 0.9 ln((n + 1) / holders) / ln(n + 1): inverse document frequency, scaled to [0.1, 1].
    """
    present = list(people)
    holders = Counter(tag for person in present for tag in person.interests)
    scale = log(len(present) + 1)
    return {
        tag: COMMONEST + (1 - COMMONEST) * log((len(present) + 1) / count) / scale
        for tag, count in holders.items()
    }


def affinity(a: Seeker, b: Seeker, rare: Rarity) -> float:
    """Returns what two people are worth to each other, in (0, 1]."""
    shared = set(a.interests) & set(b.interests)
    points = sum(rare.get(tag, 1.0) for tag in shared)
    points += OFFER * len(set(a.offers) & set(b.seeks))
    points += OFFER * len(set(b.offers) & set(a.seeks))
    worth = STRANGERS + (1 - STRANGERS) * (1 - exp(-points / HALF_WAY))
    return worth * (COLLEAGUES if a.organisation and a.organisation == b.organisation else 1.0)


def suits(person: Seeker, room: Iterable[Seeker], rare: Rarity) -> float:
    """Returns the mean affinity of one person with a room's people; 0 with nobody."""
    worths = [affinity(person, other, rare) for other in room if other.id != person.id]
    return sum(worths) / len(worths) if worths else 0.0


def affinity_matrix(people: Sequence[Seeker]) -> NDArray[float64]:
    """Returns `affinity` of every two people as an n×n array with a diagonal of 0."""
    import numpy as np

    n = len(people)
    points = np.zeros((n, n))
    rare = rarity(people)
    _add_shared(points, _holders(person.interests for person in people), rare)
    offered = _holders(person.offers for person in people)
    sought = _holders(person.seeks for person in people)
    for tag in offered.keys() & sought.keys():
        points[np.ix_(offered[tag], sought[tag])] += OFFER
        points[np.ix_(sought[tag], offered[tag])] += OFFER
    worth: NDArray[float64] = STRANGERS + (1 - STRANGERS) * (1 - np.exp(-points / HALF_WAY))
    for organisation, members in _holders((p.organisation,) for p in people).items():
        if organisation:
            worth[np.ix_(members, members)] *= COLLEAGUES
    np.fill_diagonal(worth, 0.0)
    return worth


def reasons(people: Sequence[Attendee]) -> tuple[Reason, ...]:
    """Returns who of a room offers what another seeks, worded as offered, three words at most.

    Shared interests are the other reason; they are listed by who shares them
    (`rooms.people.shared_interests`).
    """
    found: list[Reason] = []
    sought = [{normalise(tag) for tag in person.seeks} - {""} for person in people]
    for one in people:
        for other, wishes in zip(people, sought, strict=True):
            words = tuple(tag for tag in one.offers if normalise(tag) in wishes)
            if words and one.id != other.id:
                found.append(Reason(kind="offer", a=one.id, b=other.id, words=words[:WORDS_LIMIT]))
    return tuple(found)


def _holders(tags_of_people: Iterable[Iterable[str]]) -> dict[str, list[int]]:
    holders: dict[str, list[int]] = {}
    for index, tags in enumerate(tags_of_people):
        for tag in dict.fromkeys(tags):  # in order: a float's last bit follows the order of adding
            holders.setdefault(tag, []).append(index)
    return holders


def _add_shared(points: NDArray[float64], holders: dict[str, list[int]], rare: Rarity) -> None:
    """Adds the points of shared interests: rare tags pair by pair, frequent ones as a product."""
    import numpy as np

    frequent = [tag for tag, members in holders.items() if len(members) >= FREQUENT]
    has = np.zeros((len(points), len(frequent)))
    for column, tag in enumerate(frequent):
        has[holders[tag], column] = rare[tag] ** 0.5
    points += has @ has.T
    for tag, members in holders.items():
        if 1 < len(members) < FREQUENT:
            points[np.ix_(members, members)] += rare[tag]
