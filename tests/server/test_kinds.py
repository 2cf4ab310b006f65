"""Other kinds of round, visits, and who may what, with the real application and real sockets."""

from __future__ import annotations

from collections.abc import AsyncIterator

import httpx2 as httpx
import msgspec
import pytest_asyncio

from server.asking import Asker
from server.auth import Keys
from server.redis import Store
from server.settings import Settings
from server.wire import HELPER_TYPES, HOST_TYPES, CloseCode
from tests.guests import Guest, House, _at, guest, guests, quick_round
from tests.server.house import KEY, a_house


@pytest_asyncio.fixture
async def house(store: Store) -> AsyncIterator[House]:
    """A server with no event yet."""
    async with a_house(store) as house:
        yield house


Row = dict[str, object]


def rows(said: object, *path: str) -> list[Row]:
    """Returns a list of objects within a message; none where it is not there."""
    for name in path:
        said = msgspec.convert(said, Row).get(name, {})
    return msgspec.convert(said or [], list[Row])


PEOPLE = ["Ana", "Bo", "Chidi", "Hana"]


async def choose(house: House, topics: dict[str, str], people: list[Guest], text: str) -> None:
    for one in people:
        await one.asks("choose-topic", topic=topics[text])


async def test_topics_are_proposed_accepted_chosen_and_talked_about(house: House) -> None:
    await house.opens(PEOPLE, rounds=[quick_round(kind="topics", topics=["Tea"], size=2)])
    async with guests(house, "Dana", *PEOPLE) as [dana, ana, bo, chidi, hana]:
        await ana.sees("topics", topics=lambda listed: [t["text"] for t in rows(listed)] == ["Tea"])
        await ana.asks("propose-topic", topic="Rain")
        waiting = await dana.sees(
            "board-change",
            parts=lambda parts: bool(rows(parts, "topics", "proposed")),
        )
        [proposed] = rows(waiting, "parts", "topics", "proposed")
        await dana.asks("accept-topic", topic=proposed["id"])
        listed = await bo.sees("topics", topics=lambda listed: len(rows(listed)) == 2)
        topics = {str(topic["text"]): str(topic["id"]) for topic in rows(listed, "topics")}
        await choose(house, topics, [ana, bo], "Tea")
        await choose(house, topics, [chidi, hana], "Rain")
        await dana.asks("start-round")
        assert (await ana.sees("room", with_={"Bo"}))["topic"] == "Tea"
        assert (await hana.sees("room", with_={"Chidi"}))["topic"] == "Rain"
    assert "Rain" not in await house.reads("journal.jsonl"), "facts hold ids"


async def test_people_walk_an_open_floor(house: House) -> None:
    await house.opens(PEOPLE, rounds=[quick_round(kind="open", seconds=0, size=3, most=3)])
    async with guests(house, "Dana", *PEOPLE) as [dana, ana, bo, chidi, hana]:
        await chidi.asks("block", about=hana.id)
        await dana.asks("start-round")
        await ana.sees("phase", phase="round", kind="open", ends_at=None)
        floor = await bo.sees("floor", whole=True)
        assert [room["id"] for room in rows(floor, "rooms")] == ["new"]
        await ana.asks("choose-room", room="new")
        mine = await ana.sees("room", with_=set())
        seen = await bo.sees("floor", rooms=lambda rooms: rows(rooms)[0]["count"] == 1)
        assert rows(rows(seen, "rooms")[0], "people")[0]["name"] == "Ana"
        await bo.asks("choose-room", room=mine["id"])
        await ana.sees("room-people", joined=lambda cards: rows(cards)[0]["name"] == "Bo")
        await bo.sees("room", with_={"Ana"})
        await hana.asks("choose-room", room="new")
        hers = await hana.sees("room", with_=set())
        kept = await chidi.sees(
            "floor",
            rooms=lambda rooms: hers["id"] in [r["id"] for r in rows(rooms)],
        )
        [closed] = [room for room in rows(kept, "rooms") if room["id"] == hers["id"]]
        assert (closed["full"], closed["people"], closed["count"]) == (True, [], 3)
        await chidi.is_refused("room-full", "choose-room", room=hers["id"])
        await bo.asks("choose-room", room="lobby")
        await ana.sees("room-people", left=[bo.id])
        await bo.sees("sitting-out", because="open-floor")
        await bo.drops()
        await bo.comes(key=house.key("Bo"))
        await bo.sees("welcome", resumed=False)
        assert len(rows(await bo.sees("floor", whole=True), "rooms")) == 3
        await dana.asks("end-round")
        await ana.sees("phase", phase="break")


async def test_words_to_everybody_have_their_stream_beside_the_countdown(house: House) -> None:
    stream = "https://stream.example.org/tea"
    await house.opens(PEOPLE, rounds=[quick_round(kind="plenary", stream_url=stream)])
    async with guests(house, "Dana", "Ana") as [dana, ana]:
        await dana.asks("start-round")
        await ana.sees("phase", phase="round", kind="plenary", stream_url=stream)
        await ana.sees("sitting-out", because="plenary")
        await ana.asks("say", text="Hello")
        await dana.sees("said", room="lobby")


async def test_the_programme_is_changed_while_it_runs_and_everybody_hears(house: House) -> None:
    await house.opens(PEOPLE, rounds=[quick_round(), quick_round()])
    async with guests(house, "Dana", "Ana", "Bo") as [dana, ana, _]:
        await dana.asks("start-round")
        await ana.sees("room")
        board = await dana.sees(
            "board-change",
            parts=lambda parts: len(rows(parts, "programme", "rounds")) == 1,
        )
        revision = _at(board, "parts", "programme", "revision")
        rounds = [{"kind": "open", "seconds": 0}, {"seconds": 90, "size": 3}]
        await dana.asks("change-programme", rounds=rounds, revision=revision)
        told = await ana.sees("phase", programme=lambda rounds: len(rows(rounds)) == 3)
        assert [r["kind"] for r in rows(told, "programme")] == ["matched", "open", "matched"]
        await dana.is_refused("overtaken", "change-programme", rounds=[], revision=revision)
        await ana.is_refused("not-allowed", "change-programme", rounds=[])
        await dana.is_refused("bad-field", "change-programme", rounds=[{"seconds": 0}])


async def test_a_visiting_host_is_seen_and_hears_only_while_visiting(house: House) -> None:
    await house.opens(PEOPLE, rounds=[quick_round()])
    async with guests(house, "Dana", "Ana", "Bo") as [dana, ana, bo]:
        await dana.asks("start-round")
        room = str((await ana.sees("room"))["id"])
        await ana.asks("say", text="before")
        await dana.asks("visit", room=room)
        came = await ana.sees("room-people", visiting=[dana.id])
        assert rows(came, "joined")[0]["id"] == dana.id
        assert {c["id"] for c in rows(await dana.sees("room"), "people")} == {ana.id, bo.id}
        await ana.asks("say", text="during")
        await dana.sees("said", text="during")
        await dana.asks("say", text="hello")
        await bo.sees("said", text="hello", room=room)
        await dana.asks("visit", room=None)
        await ana.sees("room-people", left=[dana.id], visiting=[dana.id])
        await bo.asks("say", text="after")
        await ana.sees("said", text="after")
        await dana.never_saw("said", text="before")
        await dana.never_saw("said", text="after")
        await house.commands("end-round")
    assert "Dana" not in await house.reads("pairs.csv"), "a visit is no encounter"


MORE_HELPERS = ("Hal", "Hilda", "Hugo")


async def test_a_helper_sees_the_board_but_no_report_and_does_four_things(house: House) -> None:
    await house.opens(PEOPLE)
    people: list[Row] = [{"name": name, "role": "helper"} for name in ("Heli", *MORE_HELPERS)]
    await house.brings([*people, {"name": "Emre", "mode": "on-site"}])
    async with guests(house, "Heli", "Dana", "Ana", "Bo") as [heli, dana, ana, bo]:
        board = await heli.sees("board")
        assert "reports" not in msgspec.convert(board["parts"], Row)
        assert "reports" in msgspec.convert((await dana.sees("board"))["parts"], Row)
        await dana.asks("start-round")
        await ana.sees("room", with_={"Bo"})
        await ana.asks("report", about=bo.id, text="rude")
        await dana.sees("board-change", parts=lambda parts: bool(rows(parts, "reports")))
        await ana.asks("call-host", text="help")
        seen = await heli.sees("board-change", parts=lambda parts: bool(rows(parts, "calls")))
        call = rows(seen, "parts", "calls")[0]["id"]
        await heli.asks("call-seen", call=call)
        await heli.asks("answer-call", call=call, text="coming")
        await ana.sees("call", answered="coming")
        await heli.asks("announce", text="Tea is served")
        await bo.sees("notice", text="Tea is served")
        await heli.asks("check-in", attendee=house.id("Emre"))
        await heli.asks("check-out", attendee=house.id("Emre"))
        others = sorted(HOST_TYPES - HELPER_TYPES)
        async with guests(house, *MORE_HELPERS) as helpers:  # one alone is told to slow down
            for at, type in enumerate(others):
                one = helpers[at % len(helpers)]
                await one.is_refused("not-allowed", type, attendee=ana.id, room="r1-1", rounds=[])
        helper = House(house.url, house.key("Heli"))
        helper.event = house.event
        for type in ("pause", "end-round"):
            await helper.is_refused("not-allowed", type)
        await ana.never_saw("phase", paused=lambda at: at is not None)
        await heli.catches_up()
        assert not [
            m for m in heli.all("board-change") if "reports" in msgspec.convert(m["parts"], Row)
        ]


async def link(house: House, name: str, method: str) -> str:
    """The organiser makes somebody a new link, or revokes theirs; returns the key."""
    url = f"{house.url}/api/events/{house.event}/attendees/{house.id(name)}/link"
    async with httpx.AsyncClient(headers={"authorization": f"Bearer {KEY}"}) as client:
        answer = await client.request(method, url)
        assert answer.is_success, answer.text
    return str(answer.json()["key"]) if answer.content else ""


async def test_a_lost_link_is_replaced_and_whoever_came_by_it_is_out(house: House) -> None:
    await house.opens(PEOPLE)
    async with guest(house, "Ana") as ana:
        key = await link(house, "Ana", "POST")
        await ana.is_sent_away(CloseCode.NOT_ALLOWED)
        await ana.comes(key=key)
        await ana.sees("welcome")
        await link(house, "Ana", "DELETE")
        await ana.is_sent_away(CloseCode.NOT_ALLOWED)


async def test_a_renewed_organisers_key_ends_the_sockets_of_the_old_one(store: Store) -> None:
    settings = Settings(organiser_key=None)
    keys = Keys(store, settings)
    first = await keys.new_organiser_key()
    async with a_house(store, settings) as house:
        house.asker = Asker(house.url, first)
        await house.opens(["Ana"])
        organiser = Guest(house, "organiser")
        await organiser.comes(key=first)
        await organiser.sees("board")
        await keys.new_organiser_key()
        await organiser.is_sent_away(CloseCode.NOT_ALLOWED)
        async with guest(house, "Ana") as ana:
            await ana.catches_up()  # nobody else's link was renewed
