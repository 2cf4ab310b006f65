"""People for the matcher's tests: the same few, and generated crowds with believable interests."""

from __future__ import annotations

from collections.abc import Iterable
from random import Random

from msgspec.structs import replace

from rooms.commands import OfferSeating
from rooms.matching.ask import Seeker, Wanted
from rooms.matching.solving import solve_wanted
from rooms.people import Mode
from rooms.standing import pair

INTERESTS = (
    *("hiking", "film", "music", "reading", "museums", "concerts", "cooking", "theatre"),
    *("gaming", "yoga", "ceramics", "jazz", "chess", "cycling", "gardening", "photography"),
    *("陶芸", "茶道", "登山", "funding", "open source", "machine learning"),
)
"""Common ones first: the n-th is chosen with a weight of 1 / n."""

EFFORTS = (0, 1, 5, 30, 150)
"""Steps of searches that are cut short at any point, as a clock may."""

ANA = Seeker(id="ana", interests=("hiking", "jazz"), seeks=("funding",), languages=("en",))
BO = Seeker(id="bo", interests=("jazz",), offers=("funding",), languages=("en", "ja"))
CHIDI = Seeker(id="chidi", interests=("hiking",), organisation="acme", languages=("en",))
DANA = Seeker(id="dana", interests=("film",), organisation="acme", languages=("en",))
EMRE = Seeker(id="emre", interests=("jazz",), mode=Mode.ON_SITE, languages=("en",))
HANAKO = Seeker(id="hanako", interests=("陶芸",), languages=("ja",))


def crowd(count: int, *, on_site: float = 0.0, seed: int = 0) -> tuple[Seeker, ...]:
    """Returns generated people, of whom this share is on site."""
    rng = Random(seed)
    weights = [1 / (rank + 1) for rank in range(len(INTERESTS))]
    return tuple(
        Seeker(
            id=f"a{number:04}",
            interests=tuple(dict.fromkeys(rng.choices(INTERESTS, weights, k=6))),
            mode=Mode.ON_SITE if number < on_site * count else Mode.ONLINE,
        )
        for number in range(count)
    )


def hybrid_thousand() -> tuple[list[Seeker], list[list[str]]]:
    """Returns 1,001 people, half on site, and rooms of four for all but the last, who is online.

    The first 60 rooms are of both modes; 40 rooms have an assistant more, 20 a fixed table.
    """
    people = [*crowd(1001, on_site=0.4995)]
    here, online = ([p.id for p in people[at : at + 500]] for at in (0, 500))
    rooms = [here[2 * n : 2 * n + 2] + online[2 * n : 2 * n + 2] for n in range(60)]
    rooms += [ids[at : at + 4] for ids in (here, online) for at in range(120, 500, 4)]
    by_id = {person.id: person for person in people}
    for number in range(60, 80):
        by_id[rooms[number][0]] = replace(by_id[rooms[number][0]], table=number + 100)
    for number in range(0, 160, 4):
        person = by_id[rooms[number][-1]]
        helper = Seeker(id=f"h{number:04}", sits_with=person.id, mode=person.mode)
        by_id[helper.id] = helper
        rooms[number].append(helper.id)
    return [*by_id.values()], rooms


def ask(people: Iterable[Seeker], **changes: object) -> Wanted:
    """Returns a seating to be solved: rooms of 4, 3 to 6, unless changed."""
    plain = Wanted(
        event="e", round=1, basis="b", called=True, size=4, least=3, most=6, people=tuple(people)
    )
    return replace(plain, **changes)


def evening(
    people: Iterable[Seeker],
    rounds: int,
    *,
    steps: int | None = None,
    **changes: object,
) -> list[OfferSeating]:
    """Returns the seatings of an evening to whose every round the same people come.

    Without `steps` as on the slowest machine: each search takes what it is granted, and no time.
    """
    met: dict[tuple[str, str], int] = {}
    offers = []
    for number in range(1, rounds + 1):
        wanted = ask(
            people,
            round=number,
            rounds_left=rounds - number + 1,
            met=tuple((a, b, last) for (a, b), last in met.items()),
            seed=number,
            **changes,
        )
        offers.append(solve_wanted(wanted, seconds=0, steps=steps))
        for a, b in pairs(offers[-1].rooms):
            met[a, b] = number
    return offers


def pairs(rooms: Iterable[tuple[str, ...]]) -> list[tuple[str, str]]:
    """Returns all who share a room."""
    return [pair(a, b) for room in rooms for i, a in enumerate(room) for b in room[i + 1 :]]
