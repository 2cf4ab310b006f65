"""Who suits whom, and why: one number for two people, and its reasons as data.

Responsible for affinity and its reasons. Deliberately knows nothing of rules or rooms: blocks and
segments are hard (`rules.py`) and never weighed against liking.

Affinity lies in (0, 1]. Two people with nothing in common are worth `STRANGERS`, since a new face
is worth something. What they share adds *points*: a shared interest as much as it is rare among
those present (0.2 when everybody has it, near 1 when only these two do), something one offers and
the other seeks one point each, a wish to meet one and a half, from either side. Points saturate,
`1 - exp(-points / 2)`: a third shared hobby helps less than the first, so that no room hoards all
the joggers. Colleagues are worth a tenth: they can meet at work. So are people who are known to
have no language in common; where nobody may sit so, that is a hard rule (`rules.py`).

The organiser's weights (`rooms.programme.Weights`) multiply the points, and are the power to which
the tenths are raised: 0 makes colleagues worth as much as anybody, 2 a hundredth.

This promises topics to talk about, not chemistry. On real evenings of timed rounds shared
interests predicted a mutual yes hardly better than chance (area under the curve 0.53).

Invariants: symmetric, finite, above 0 for any weights; `affinity` and `affinity_matrix` agree; the
order of people does not count; tags that mean the same are one tag by now (`ask.seeker`).

>>> ana = Seeker(id="ana", interests=("hiking", "jazz"), seeks=("funding",))
>>> bo = Seeker(id="bo", interests=("jazz",), offers=("funding",))
>>> chidi = Seeker(id="chidi", interests=("hiking",))
>>> rare = rarity([ana, bo, chidi])
>>> [round(affinity(*two, rare), 2) for two in ((ana, bo), (ana, chidi), (bo, chidi))]
[0.6, 0.33, 0.1]
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from math import exp, log
from typing import TYPE_CHECKING

from rooms.matching.ask import Seeker, seeker, wishes_to_meet, with_wishes
from rooms.messages import Reason
from rooms.people import THEMSELVES, Attendee, Meanings, meant
from rooms.programme import USUAL_WEIGHTS, Weights

if TYPE_CHECKING:
    from numpy import bool_, float64
    from numpy.typing import NDArray

STRANGERS = 0.1
"""What two people with nothing in common are worth to each other."""

COLLEAGUES = 0.1
"""By how much affinity is multiplied for people of one organisation."""

SPEECHLESS = 0.1
"""By how much it is multiplied for people who are known to have no language in common."""

COMMONEST = 0.2
"""Points for an interest that everybody has. With 0.1, whoever names only what everybody names had
at most 58 % of what the middle person had over an evening, however they were seated."""

OFFER = 1.0
"""Points for something that one offers and the other seeks."""

WISH = 1.5
"""Points for a wish to meet: more than a topic, less than two, so that a wish is no ticket."""

HALF_WAY = 2.0
"""Points over which the rest of the way to 1 shrinks by a factor e."""

WORDS_LIMIT = 3
"""Words in one reason: more are not read."""

FREQUENT = 64
"""Holders of a tag from which a matrix product beats adding the tag's pairs one tag at a time."""

Rarity = Mapping[str, float]


def rarity(people: Iterable[Seeker]) -> dict[str, float]:
    """Returns the points that sharing each interest is worth among these people.

    0.2 + 0.8 ln((n + 1) / holders) / ln(n + 1): inverse document frequency, scaled to [0.2, 1].
    """
    present = list(people)
    holders = Counter(tag for person in present for tag in person.interests)
    scale = log(len(present) + 1)
    return {
        tag: COMMONEST + (1 - COMMONEST) * log((len(present) + 1) / count) / scale
        for tag, count in holders.items()
    }


def affinity(a: Seeker, b: Seeker, rare: Rarity, weights: Weights = USUAL_WEIGHTS) -> float:
    """Returns what two people are worth to each other, in (0, 1]."""
    shared = set(a.interests) & set(b.interests)
    points = weights.interests * sum(rare.get(tag, 1.0) for tag in sorted(shared))
    matches = len(set(a.offers) & set(b.seeks)) + len(set(b.offers) & set(a.seeks))
    points += weights.offers * OFFER * matches
    points += weights.wishes * WISH * (wishes_to_meet(a, b) + wishes_to_meet(b, a))
    worth = STRANGERS + (1 - STRANGERS) * (1 - exp(-points / HALF_WAY))
    if a.organisation and a.organisation == b.organisation:
        worth *= COLLEAGUES**weights.organisation
    if a.languages and b.languages and not set(a.languages) & set(b.languages):
        worth *= SPEECHLESS**weights.language
    return worth


def suits(
    person: Seeker, room: Iterable[Seeker], rare: Rarity, weights: Weights = USUAL_WEIGHTS
) -> float:
    """Returns the mean affinity of one person with a room's people; 0 with nobody."""
    worths = [affinity(person, other, rare, weights) for other in room if other.id != person.id]
    return sum(worths) / len(worths) if worths else 0.0


def affinity_matrix(people: Sequence[Seeker], weights: Weights = USUAL_WEIGHTS) -> NDArray[float64]:
    """Returns `affinity` of every two people as an n×n array with a diagonal of 0."""
    import numpy as np

    n = len(people)
    points = np.zeros((n, n))
    rare = rarity(people)
    _add_shared(points, _holders(person.interests for person in people), rare)
    points *= weights.interests
    offered = _holders(person.offers for person in people)
    sought = _holders(person.seeks for person in people)
    for tag in offered.keys() & sought.keys():
        points[np.ix_(offered[tag], sought[tag])] += OFFER * weights.offers
        points[np.ix_(sought[tag], offered[tag])] += OFFER * weights.offers
    _add_wishes(points, people, WISH * weights.wishes)
    worth: NDArray[float64] = STRANGERS + (1 - STRANGERS) * (1 - np.exp(-points / HALF_WAY))
    for organisation, members in _holders((p.organisation,) for p in people).items():
        if organisation:
            worth[np.ix_(members, members)] *= COLLEAGUES**weights.organisation
    worth[speechless(people)] *= SPEECHLESS**weights.language
    np.fill_diagonal(worth, 0.0)
    return worth


def speechless(people: Sequence[Seeker]) -> NDArray[bool_]:
    """Returns which two people are known to have no language in common, as an n×n array."""
    import numpy as np

    speakers = _holders(person.languages for person in people)
    known = np.array([bool(person.languages) for person in people], dtype=np.bool_)
    none: NDArray[bool_] = known[:, None] & known[None, :]
    for members in speakers.values():
        none[np.ix_(members, members)] = False
    return none


def reasons(people: Sequence[Attendee], meanings: Meanings = THEMSELVES) -> tuple[Reason, ...]:
    """Returns why a room's people sit together, beside the interests they share, as data.

    Who offers what another seeks, worded as offered, three words at most. And that two wished to
    meet, where both did and nobody else is in the room: a wish is its writer's own, so no third
    person is told of it, and the wished-for person of none that is not theirs too.

    Shared interests are listed by who shares them (`rooms.people.shared_interests`).
    """
    found: list[Reason] = []
    if _wish_mutually(people):
        found.append(Reason(kind="wish", a=people[0].id, b=people[1].id))
    offered = [meant(person.offers, meanings) for person in people]
    sought = [meant(person.seeks, meanings) for person in people]
    for one, offers in zip(people, offered, strict=True):
        for other, wishes in zip(people, sought, strict=True):
            words = tuple(word for tag, word in offers.items() if tag in wishes)
            if words and one.id != other.id:
                found.append(Reason(kind="offer", a=one.id, b=other.id, words=words[:WORDS_LIMIT]))
    return tuple(found)


def _wish_mutually(people: Sequence[Attendee]) -> bool:
    if len(people) != 2 or not all(person.wishes for person in people):
        return False
    one, other = with_wishes([seeker(person) for person in people], people)
    return wishes_to_meet(one, other) and wishes_to_meet(other, one)


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


def _add_wishes(points: NDArray[float64], people: Sequence[Seeker], worth: float) -> None:
    """Adds the points of each wish to meet to both people's."""
    rows = {person.id: row for row, person in enumerate(people)}
    members = _holders((p.organisation,) if p.organisation else () for p in people)
    for row, person in enumerate(people):
        wished = {rows[wish] for wish in person.wishes if wish in rows}
        wished |= {other for wish in person.wishes for other in members.get(wish, ())}
        for other in wished - {row}:
            points[row, other] += worth
            points[other, row] += worth
