"""What an evening would be like by these rules: what people share, and who is looked after.

Responsible for counting, over a programme planned for everybody on a list, what an organiser wants
to know before people come. Deliberately promises no more than it counts: topics, new faces, and
whether helpers are where they are wished for; not who will like whom.

Invariant: numbers only about rooms that would be; who is in them is not told.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from itertools import combinations

from msgspec import Struct

from rooms.matching.ask import Seeker, wishes_to_meet
from rooms.matching.offline import OfflineRound

TOPICS = 5
"""Topics named: the ones that most rooms would have."""


class Outlook(Struct, frozen=True, kw_only=True):
    """An evening in numbers. Seats are counted once for each person and round."""

    people: int
    rounds: int
    sharing: int
    """People who, in every room they sit in, share an interest with somebody there."""
    shared_rounds: float
    """Rounds in which somebody shares an interest in their room, on average."""
    topics: tuple[tuple[str, int], ...]
    """What rooms share, as normalised tags, and how many rooms share it; most first."""
    offers: int
    """Times that somebody offers what a roommate seeks."""
    wishes: int
    """Wishes to meet that are about people on the list."""
    granted: int
    """Those of them that come true."""
    rooms: int
    hosted: int
    """Rooms with an ambassador or another floater."""
    enough: bool
    """Whether there are as many of those as rooms in a round."""
    new_seats: int
    """Seats of first-timers."""
    welcomed: int
    """Those of them beside an ambassador or another floater."""
    repeats: int
    sit_outs: int
    mean_affinity: float
    random_affinity: float


def outlook(people: Sequence[Seeker], rounds: Sequence[OfflineRound]) -> Outlook:
    """Returns what these rounds would be like for these people."""
    by_id = {person.id: person for person in people}
    rooms = [[by_id[id] for id in table.people] for one in rounds for table in one.tables]
    topics, sharing, shared_seats = _topics(rooms)
    floaters = sum(person.floater for person in people)
    seats = [(person, room) for room in rooms for person in room if person.first_timer]
    wishes, granted = _wishes(people, rooms)
    return Outlook(
        people=len(people),
        rounds=len(rounds),
        sharing=sharing,
        shared_rounds=shared_seats / len(people) if people else 0.0,
        topics=topics,
        offers=sum(len({*a.offers} & {*b.seeks}) for room in rooms for a in room for b in room),
        wishes=wishes,
        granted=granted,
        rooms=len(rooms),
        hosted=sum(any(person.floater for person in room) for room in rooms),
        enough=floaters >= max((len(one.tables) for one in rounds), default=0) > 0,
        new_seats=len(seats),
        welcomed=sum(any(other.floater for other in room) for _, room in seats),
        repeats=sum(one.repeats for one in rounds),
        sit_outs=sum(len(one.sitting_out) for one in rounds),
        mean_affinity=_mean(one.mean_affinity for one in rounds),
        random_affinity=_mean(one.random_affinity for one in rounds),
    )


def _topics(
    rooms: Iterable[Sequence[Seeker]],
) -> tuple[tuple[tuple[str, int], ...], int, int]:
    """Returns what rooms share, how many share something in all of theirs, in how many seats."""
    shared: Counter[str] = Counter()
    seats: Counter[str] = Counter()
    fine: Counter[str] = Counter()
    for room in rooms:
        holders = Counter(tag for person in room for tag in person.interests)
        common = {tag for tag, count in holders.items() if count > 1}
        shared.update(common)
        seats.update(person.id for person in room)
        fine.update(person.id for person in room if common & {*person.interests})
    ranked = sorted(shared.items(), key=lambda item: (-item[1], item[0]))
    always = sum(fine[id] == count for id, count in seats.items())
    return tuple(ranked[:TOPICS]), always, fine.total()


def _wishes(people: Sequence[Seeker], rooms: Iterable[Sequence[Seeker]]) -> tuple[int, int]:
    """Returns how many wishes to meet there are, by pairs of people, and how many come true."""
    wishing = [person for person in people if person.wishes]
    wished = {
        (one.id, other.id)
        for one in wishing
        for other in people
        if one is not other and wishes_to_meet(one, other)
    }
    true = {
        (a, b)
        for room in rooms
        for one, other in combinations(room, 2)
        for a, b in ((one.id, other.id), (other.id, one.id))
    }
    return len(wished), len(wished & true)


def worded(topics: Iterable[tuple[str, int]], words: Mapping[str, str]) -> tuple[str, ...]:
    """Returns topics as somebody wrote them."""
    return tuple(words.get(tag, tag) for tag, _ in topics)


def _mean(numbers: Iterable[float]) -> float:
    found = [*numbers]
    return sum(found) / len(found) if found else 0.0
