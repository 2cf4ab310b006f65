"""An evening with something to show: sample people on its list, and what came of it.

Responsible for the data that the pages before and after an evening are looked at with. Everything
goes through the API, so that no round is waited for.
"""

from __future__ import annotations

import asyncio
import time

from server.asking import Asker
from server.sample_people import Person, sample_people
from tests.guests import House

SEATS = 16
A_DAY = 86_400_000
MINUTE = 60_000
SEGMENTS = ("buyers", "studios", "学生")
QUESTIONS = [
    {
        "id": "why",
        "asks": "text",
        "words": {"en": "What brings you here?", "ja": "参加のきっかけを教えてください"},
        "required": True,
    },
    {
        "id": "dish",
        "asks": "one",
        "words": {"en": "Which dish may we cook for you?", "ja": "お食事のご希望"},
        "options": {"en": ["Fish", "Vegetables"], "ja": ["お魚", "お野菜"]},
    },
]


def tomorrow() -> int:
    """Returns tomorrow at this minute, in ms."""
    return int(time.time() // 60) * MINUTE + A_DAY


def listed() -> list[Person]:
    """Returns the people on the list: some in segments, one an ambassador, two with a wish."""
    people = [dict(person) for person in sample_people()[:SEATS]]
    for at, person in enumerate(people):
        if at % 3:
            person["segment"] = SEGMENTS[at // 3 % len(SEGMENTS)]
        if at == 3:
            person["role"] = "ambassador"
    people[0]["interests"] = ["ceramics", "人工知能", "AI", "cycling"]
    people[1]["interests"] = ["陶芸", "A.I.", "Cycling"]
    people[-1].pop("email", None)
    return people


async def fills(house: House) -> list[str]:
    """Brings the list in; returns the names in its order."""
    await house.brings(list(map(dict, listed())))
    return [str(person["name"]) for person in listed()]


async def happens(house: House, names: list[str]) -> None:
    """Has four rounds of tables of four be over, some people in touch, and notes taken."""
    begins = int(time.time() * 1000) - 90 * MINUTE
    for round in range(4):
        starts_at = begins + round * 15 * MINUTE
        tables: dict[int, list[str]] = {}
        for at, name in enumerate(names):
            tables.setdefault((at // 4 + round * (at % 4)) % 4, []).append(name)
        meetings = [
            {
                "a": house.id(a),
                "b": house.id(b),
                "spans": [[starts_at, starts_at + (6 + (round + at) % 4) * MINUTE]],
            }
            for table in tables.values()
            for at, a in enumerate(table)
            for b in table[at + 1 :]
        ]
        body = {
            "round": round + 1,
            "starts_at": starts_at,
            "ends_at": starts_at + 10 * MINUTE,
            "meetings": meetings,
            "ends": round == 3,
        }
        path = f"/api/events/{house.event}/meetings"
        await asyncio.to_thread(house.asker.post, path, body, object)
    me, *others = names
    for other in others[:3]:
        await asks(house, me, "keep-in-touch", about=house.id(other), fields=["email"])
    for other in others[:2]:
        await asks(house, other, "keep-in-touch", about=house.id(me), fields=["email", "phone"])
    step = "Send the drawings of the kiln"
    await asks(house, me, "note", about=house.id(others[0]), text="Red kites", next_step=step)


async def asks(house: House, name: str, type: str, **fields: object) -> None:
    """Has somebody on the list command something over the API."""
    asker = Asker(house.url, house.key(name))
    path = f"/api/events/{house.event}/attendees/me/commands"
    await asyncio.to_thread(asker.post, path, {"type": type, **fields}, object)
