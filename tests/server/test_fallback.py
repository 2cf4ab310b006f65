"""The rounds that are left, on paper: who has met stays apart, and no block is broken or named."""

from __future__ import annotations

import asyncio
import csv
import io
import json

import pytest

from server.asking import Asker, NotAnswered
from tests.guests import House, guests, quick_round

NAMES = ("Ana", "Bo", "Chidi", "Emre", "Fatou", "花子")


async def rows(house: House, file: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(await house.reads(file))))


def seats(row: dict[str, str]) -> list[str]:
    return [value for name, value in row.items() if name.startswith("seat_") and value]


async def test_the_remaining_rounds_keep_apart_who_has_met(house: House) -> None:
    await house.opens(list(NAMES), rounds=[quick_round(seconds=1, size=2, least=2, most=2)] * 3)
    async with guests(house, *NAMES) as everybody:
        await house.commands("start-round")
        met = set()
        for guest in everybody:
            room = await guest.sees("room")
            people = room["people"]
            assert isinstance(people, list)
            met.add(frozenset(str(card["name"]) for card in people))
        for guest in everybody:
            await guest.sees("phase", phase="break")
        planned = await rows(house, "plan-rooms.csv")
    assert {row["round"] for row in planned} == {"2", "3"}
    tables = [frozenset(seats(row)) for row in planned]
    for number in ("2", "3"):
        of_round = [name for row in planned if row["round"] == number for name in seats(row)]
        assert sorted(of_round) == sorted(NAMES), "everybody has a table"
    pairs = [frozenset((a, b)) for table in tables for a in table for b in table if a < b]
    assert len(pairs) == len(set(pairs)), "nobody meets the same person twice on paper"
    first = [frozenset((a, b)) for table in met for a in table for b in table if a < b]
    assert not set(first) & set(pairs), "nor whom they met before"


async def test_a_block_holds_on_paper_and_is_nowhere_named(house: House) -> None:
    await house.opens(["Ana", "Bo", "Chidi", "花子"], rounds=[quick_round(size=2, least=2)] * 2)
    async with guests(house, "Ana", "Bo", "Chidi", "花子") as (ana, bo, *_):
        await ana.asks("block", about=bo.id)
        planned = await rows(house, "plan-rooms.csv")
        page = await house.reads("plan.html")
    assert len(planned) == 4
    assert all(set(seats(row)) != {"Ana", "Bo"} for row in planned)
    assert "block" not in page.lower().replace("display: block", "")


async def test_before_anybody_came_everybody_who_signed_up_is_planned(house: House) -> None:
    await house.opens(list(NAMES), rounds=[quick_round(size=3)] * 2, doors=False)
    page = await house.reads("plan.html")
    assert all(name in page for name in NAMES)
    people = await rows(house, "plan-people.csv")
    assert len(people) == 2 * len(NAMES)
    journal = await house.reads("journal.jsonl")
    taken = [line for line in map(json.loads, journal.splitlines()) if line["type"] == "exported"]
    assert [one["what"] for one in taken] == ["plan.html", "plan-people.csv", "journal.jsonl"]


async def test_that_no_round_is_left_is_said_and_helpers_may_not_take_it(house: House) -> None:
    await house.opens(["Ana", "Bo"], rounds=[quick_round(kind="plenary")])
    await house.brings([{"name": "Chidi", "role": "helper"}])
    path = f"/api/events/{house.event}/plan.html"
    helper = Asker(house.url, house.people["Chidi"].key)
    for asker, code in ((house.asker, "no-round"), (helper, "not-allowed")):
        with pytest.raises(NotAnswered) as refused:
            await asyncio.to_thread(asker.get, path, object)
        assert refused.value.code == code
