"""Whole evenings, end to end: real server, store and sockets, and the export at the end."""

from __future__ import annotations

import asyncio
import csv
import io
import time
from contextlib import AsyncExitStack

from tests.guests import Guest, House, guest, guests, quick_round
from tests.server.pushed import PushedStore

Row = dict[str, str]


async def pairs(house: House) -> dict[frozenset[str], Row]:
    """Returns the exported pairs by their names; each pair must be there once."""
    rows = list(csv.DictReader(io.StringIO(await house.reads("pairs.csv"))))
    found = {frozenset((row["a_name"], row["b_name"])): row for row in rows}
    assert len(found) == len(rows)
    return found


async def over(*people: Guest) -> None:
    """Waits until everybody has heard that the round is over."""
    for one in people:
        await one.sees("phase", phase=lambda phase: phase in ("break", "lobby"))


async def test_an_evening_from_the_doors_to_the_export(
    pushed: PushedStore, pushed_house: House
) -> None:
    """Three online, two on site; a mutual yes, a one-sided one; fields by choice; minutes kept."""
    house = pushed_house
    await house.opens([], rounds=[quick_round(seconds=600)], doors=False)
    await house.brings(
        [
            {"name": "Ana", "email": "ana@example.com", "phone": "1", "interests": ["jazz"]},
            {"name": "Bo", "email": "bo@example.com", "interests": ["Jazz", "tea"]},
            {"name": "花子", "interests": ["tea"]},
            {"name": "Chidi", "mode": "on-site"},
            {"name": "Emre", "mode": "on-site"},
        ]
    )
    await house.commands("open-doors")
    for name in ("Chidi", "Emre"):
        await house.commands("check-in", attendee=house.id(name))
    async with guests(house, "Ana", "Bo", "花子", "Emre") as (ana, bo, hanako, emre):
        began = time.monotonic()
        await house.commands("start-round")
        room = await ana.sees("room", with_={"Bo", "花子"})
        table = await emre.sees("room", with_={"Chidi"})
        assert room["table"] is None
        assert table["table"] == 1
        assert room["ends_at"] == table["ends_at"]
        shared = room["shared"]
        assert isinstance(shared, list)
        assert {tuple(one["interests"]) for one in shared} == {("jazz",), ("tea",)}

        await ana.asks("say", text="Good evening")
        assert (await bo.sees("said", text="Good evening"))["from"] == ana.id
        await emre.never_saw("said", text="Good evening")

        await ana.asks("keep-in-touch", about=bo.id, yes=True, fields=["email"])
        await bo.asks("keep-in-touch", about=ana.id, yes=True, fields=[])
        await bo.asks("keep-in-touch", about=hanako.id, yes=True, fields=["email"])
        await ana.never_saw("contact")
        pushed.pushed_ms += 120_000
        await house.commands("end-round")
        took = time.monotonic() - began
        await over(ana, bo, hanako, emre)
        assert (await bo.sees("contact"))["fields"] == {
            "name": "Ana",
            "email": "ana@example.com",
        }
        assert (await ana.sees("contact"))["fields"] == {"name": "Bo"}
        await hanako.never_saw("contact")

    rows = await pairs(house)
    assert set(rows) == {
        frozenset(two)
        for two in (("Ana", "Bo"), ("Ana", "花子"), ("Bo", "花子"), ("Chidi", "Emre"))
    }
    assert all(120 <= float(row["seconds_together"]) <= 121 + took for row in rows.values())
    assert {two for two, row in rows.items() if row["contact"] == "mutual"} == {
        frozenset(("Ana", "Bo"))
    }
    assert rows[frozenset(("Chidi", "Emre"))]["presence"] == "assumed"
    assert "bo@example.com" not in await house.reads("pairs.csv"), "nobody let the organiser"


async def test_the_clock_runs_an_evening_by_itself(house: House) -> None:
    """No host, no open page of one: the doors, two rounds and the end of the programme come."""
    planned = quick_round(seconds=2, preview_seconds=1, break_seconds=1, auto=True)
    names = ["Ana", "Bo", "Chidi", "花子"]
    starts_at = int(time.time() * 1000) + 3_600_000
    await house.opens(names, rounds=[planned, planned], doors=False, starts_at=starts_at)
    async with guests(house, *names) as (ana, *_):
        event = f"/api/events/{house.event}"  # now that they are here, however long that took
        soon = {"starts_at": int(time.time() * 1000) + 500}
        await asyncio.to_thread(house.asker.patch, event, soon, object)
        for number in (1, 2):
            preview = await ana.sees("phase", phase="preview", round=number)
            begun = await ana.sees("phase", phase="round", round=number)
            assert begun["starts_at"] == preview["starts_at"]
            assert begun["ends_at"] == preview["ends_at"]
            await ana.sees("phase", phase="break", round=number)
        await ana.sees("phase", phase="lobby", round=2)
    rows = list(csv.DictReader(io.StringIO(await house.reads("pairs.csv"))))
    assert {row["round"] for row in rows} == {"1", "2"}


async def test_whoever_drops_keeps_their_seat_and_misses_nothing(house: House) -> None:
    await house.opens(["Ana", "Bo", "Chidi"], rounds=[quick_round(seconds=600, size=3)])
    async with guests(house, "Ana", "Bo", "Chidi") as (ana, bo, chidi):
        await house.commands("start-round")
        for one, others in ((ana, {"Bo", "Chidi"}), (bo, {"Ana", "Chidi"})):
            await one.sees("room", with_=others)
        await chidi.sees("room", with_={"Ana", "Bo"})
        await bo.drops()
        await ana.sees("room-people", dropped=[house.id("Bo")])
        for words in ("one", "two", "three"):
            await ana.asks("say", text=words)
        welcome = await bo.comes_back()
        assert welcome["resumed"] is True
        heard = [(await bo.sees("said"))["text"] for _ in range(3)]
        assert heard == ["one", "two", "three"]
        await bo.catches_up()
        assert len(bo.all("said")) == 3
        await ana.sees("room-people", back=[house.id("Bo")])


async def test_nobody_is_left_over_without_a_word(house: House) -> None:
    """Somebody on site alone cannot sit with people online yet: they are told, not forgotten."""
    await house.opens(["Ana", "Bo"], rounds=[quick_round(seconds=600, size=2)])
    await house.brings([{"name": "Emre", "mode": "on-site"}])
    await house.commands("check-in", attendee=house.id("Emre"))
    async with guests(house, "Ana", "Bo", "Emre") as (ana, _, emre):
        await house.commands("start-round")
        await ana.sees("room", with_={"Bo"})
        told = await emre.sees("sitting-out")
        assert told["because"] == "only-one"


async def test_a_late_guest_finds_a_seat_and_the_room_is_told_first(house: House) -> None:
    await house.opens(["Ana", "Bo", "Chidi"], rounds=[quick_round(seconds=600, size=4)])
    async with AsyncExitStack() as stack:
        ana = await stack.enter_async_context(guest(house, "Ana"))
        await stack.enter_async_context(guest(house, "Bo"))
        await house.commands("start-round")
        await ana.sees("room", with_={"Bo"})
        chidi = await stack.enter_async_context(guest(house, "Chidi"))
        await ana.sees("room-people", joining=lambda cards: bool(cards))
        await ana.sees("room-people", joined=lambda cards: bool(cards))
        await chidi.sees("room", with_={"Ana", "Bo"})
