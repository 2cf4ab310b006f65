"""The socket's door, with the real application, a real store and real sockets."""

from __future__ import annotations

import asyncio
import contextlib
import json
import urllib.request
from collections.abc import AsyncIterator
from typing import Any

import pytest
import pytest_asyncio
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed, InvalidStatus

from server.pulse import ELSEWHERE
from server.redis import Store, key
from server.wire import SUBPROTOCOL, CloseCode
from tests.guests import Guest, House, guest, guests, quick_round
from tests.server.house import KEY, a_house


@pytest_asyncio.fixture
async def house(store: Store) -> AsyncIterator[House]:
    """An open event with Ana, Bo and Chidi; Dana is its host."""
    async with a_house(store) as house:
        await house.opens(["Ana", "Bo", "Chidi"], rounds=[quick_round(), quick_round()])
        yield house


def address(house: House, event: str | None = None) -> str:
    """Returns the address of an event's socket."""
    return f"ws{house.url.removeprefix('http')}/e/{event or house.event}/socket"


async def status(url: str, **headers: str) -> int:
    """Returns the status with which a handshake is refused."""
    with pytest.raises(InvalidStatus) as caught:
        await connect(url, additional_headers={k.title(): v for k, v in headers.items()})
    return caught.value.response.status_code


# Who may come in


async def test_a_wrong_key_gets_401_and_so_does_no_key_and_an_unknown_event(house: House) -> None:
    assert await status(address(house), authorization="Bearer wrong") == 401
    assert await status(address(house)) == 401
    key = house.key("Ana")
    assert await status(address(house, "nosuchevent2"), authorization=f"Bearer {key}") == 401


async def test_a_key_of_another_event_gets_401(house: House) -> None:
    theirs = house.event
    await house.opens(["Emre"])
    url = address(house, theirs)
    assert await status(url, authorization=f"Bearer {house.key('Emre')}") == 401


async def test_a_foreign_origin_gets_403_key_or_not(house: House) -> None:
    url = address(house)
    assert await status(url, origin="https://evil.example") == 403
    key = f"Bearer {house.key('Ana')}"
    assert await status(url, origin="https://evil.example", authorization=key) == 403


async def test_a_browser_without_a_cookie_is_accepted_and_closed_with_4504(house: House) -> None:
    async with connect(address(house), additional_headers={"Origin": house.url}) as browser:
        assert await closed(browser) == CloseCode.NOT_ALLOWED


async def closed(socket: ClientConnection) -> int | None:
    """Returns the code with which the server closed."""
    async with asyncio.timeout(60):
        await socket.wait_closed()
    return socket.close_code


async def test_the_subprotocol_is_agreed_to(house: House) -> None:
    headers = {"Authorization": f"Bearer {house.key('Ana')}"}
    async with connect(
        address(house),
        subprotocols=[SUBPROTOCOL],  # type: ignore[list-item]
        additional_headers=headers,
    ) as socket:
        assert socket.subprotocol == SUBPROTOCOL


# Beginning


async def test_the_first_message_is_a_welcome_with_everything(house: House) -> None:
    async with guest(house, "Ana") as ana:
        welcome = ana.everything[0]
        assert welcome["type"] == "welcome"
        assert welcome["resumed"] is False
        assert welcome["room"] is None
        assert welcome["contacts"] == []
        assert {"session", "tip", "now", "you", "event", "media"} <= welcome.keys()


async def test_what_is_sent_before_the_welcome_is_answered_after_it(house: House) -> None:
    ana = Guest(house, "Ana")
    await ana.comes()
    await ana.sends({"type": "clock", "t": 1, "ref": 1})
    await ana.sends("nonsense")
    await ana.sees("refused", code="bad-message")
    assert [said["type"] for said in ana.everything][:3] == ["welcome", "clock", "done"]
    await ana.goes()


async def test_a_full_view_has_the_last_fifty_said_of_the_place_in_order(house: House) -> None:
    async with guest(house, "Ana") as ana:
        for i in range(15):
            await ana.asks("say", text=f"line {i}")
    async with guest(house, "Bo") as bo:
        for i in range(15, 30):
            await bo.asks("say", text=f"line {i}")
        async with guest(house, "Chidi") as chidi:
            for i in range(30, 45):
                await chidi.asks("say", text=f"line {i}")
            async with guest(house, "Dana") as dana:
                for i in range(45, 60):
                    await dana.asks("say", text=f"line {i}")
    async with guest(house, "Ana") as again:
        await again.catches_up()
        assert [said["text"] for said in again.all("said")] == [f"line {i}" for i in range(10, 60)]
        assert {said["tip"] for said in again.all("said")} == {again.everything[0]["tip"]}


async def test_a_full_view_has_what_was_announced_of_late(house: House) -> None:
    await house.commands("announce", text="Tea is served")
    async with guest(house, "Ana") as ana:
        await ana.sees("notice", text="Tea is served")


# Asking


async def test_every_message_with_a_ref_is_answered_once_and_in_order(house: House) -> None:
    async with guest(house, "Ana") as ana:
        for ref in range(1, 5):
            await ana.sends({"type": "say", "text": f"{ref}", "ref": ref * 10})
            await ana.sends({"type": "pause", "ref": ref * 10 + 1})
            await ana.sends({"type": "sit-out" if ref % 2 else "rejoin", "ref": ref * 10 + 2})
        await ana.sees("done", ref=42)
        refs = [s["ref"] for s in ana.everything if s["type"] in ("done", "refused")][1:]
        assert refs == [10, 11, 12, 20, 21, 22, 30, 31, 32, 40, 41, 42]


async def test_what_one_person_says_arrives_in_its_order(house: House) -> None:
    async with guests(house, "Ana", "Bo") as [ana, bo]:
        for i in range(15):
            await ana.sends({"type": "say", "text": str(i), "ref": i})
        await bo.sees("said", text="14")
        assert [said["text"] for said in bo.all("said")] == [str(i) for i in range(15)]


async def test_a_refusal_is_worded_in_the_language_of_its_reader(house: House) -> None:
    headers = {"Authorization": f"Bearer {house.key('Ana')}", "Accept-Language": "ja"}
    async with connect(address(house), additional_headers=headers) as socket:
        await socket.send('{"type":"pause","ref":1}')
        while (said := json.loads(await socket.recv()))["type"] != "refused":
            pass
        assert said["code"] == "not-allowed"
        assert said["message"] != "Only a host can do this."


async def test_clock_is_answered_with_the_server_s_time_and_what_was_sent(house: House) -> None:
    async with guest(house, "Ana") as ana:
        await ana.sends({"type": "clock", "t": 12.5})
        told = await ana.sees("clock", t=12.5)
        assert isinstance(told["now"], int)
        assert told["tip"] == ana.tip


async def test_somebody_who_is_a_host_no_more_sees_no_board(house: House) -> None:
    async with guest(house, "Dana") as dana:
        await dana.sees("board")
        person = f"/api/events/{house.event}/attendees/{dana.id}"
        await asyncio.to_thread(house.asker.patch, person, {"role": "attendee"}, object)
        await dana.is_sent_away(4000)
    async with guest(house, "Dana") as dana:
        await dana.never_saw("board")


async def test_a_deleted_event_is_forgotten_and_nobody_comes_back_to_it(house: House) -> None:
    async with guest(house, "Ana") as ana:
        assert "meguri_events 1.0" in await asyncio.to_thread(metrics_page, house)
        await asyncio.to_thread(delete_event, house)
        await ana.is_sent_away(4002)
    key = {"authorization": f"Bearer {house.key('Ana')}"}
    assert await status(address(house), **key) == 401
    assert "meguri_events 0.0" in await asyncio.to_thread(metrics_page, house)


def metrics_page(house: House) -> str:
    """Returns the process's numbers."""
    with urllib.request.urlopen(house.url + "/metrics", timeout=60) as answer:
        text: str = answer.read().decode()
    return text


def delete_event(house: House) -> None:
    """Deletes the event over the API."""
    request = urllib.request.Request(
        f"{house.url}/api/events/{house.event}",
        method="DELETE",
        headers={"Authorization": f"Bearer {KEY}"},
    )
    urllib.request.urlopen(request, timeout=60).close()


async def test_a_loop_of_connects_gets_429_and_others_still_come_in(house: House) -> None:
    key = {"authorization": f"Bearer {house.key('Ana')}"}

    async def connects_for_ever() -> None:
        while True:  # a slow machine earns itself a connect each second
            async with connect(address(house), additional_headers=key):
                pass

    with pytest.raises(InvalidStatus) as caught:
        await connects_for_ever()
    assert caught.value.response.status_code == 429
    async with guest(house, "Bo") as bo:  # no new head count need come: Ana was one, Bo is one
        await bo.asks("say", text="Here I am.")
        await bo.sees("said", text="Here I am.")


async def test_leaving_is_done_then_bye_then_closed_with_1000(house: House) -> None:
    async with guest(house, "Ana") as ana:
        await ana.sends({"type": "leave", "ref": 7})
        await ana.is_sent_away(1000)
        assert [said["type"] for said in ana.everything][-2:] == ["done", "bye"]


async def test_what_there_is_nothing_of_to_choose_is_refused(house: House) -> None:
    async with guest(house, "Ana") as ana:
        await ana.is_refused("no-topics", "choose-topic", topic="Tea")
        await ana.is_refused("out-of-turn", "choose-room", room="new")


# Too much, and nonsense


async def test_nonsense_is_refused_and_the_tenth_closes_with_4500(house: House) -> None:
    async with guest(house, "Ana") as ana:
        for _ in range(9):
            await ana.sends("nonsense")
        await ana.asks("rejoin")
        await ana.sends(b"binary")
        await ana.is_sent_away(CloseCode.BAD_MESSAGES)
        assert len([s for s in ana.all("refused") if s["code"] == "bad-message"]) == 10


async def test_too_much_at_once_is_refused_and_going_on_closes_with_4500(house: House) -> None:
    async with guest(house, "Ana") as ana:
        loop = asyncio.get_running_loop()
        began, ref = loop.time(), 0
        while not ana.all("refused"):  # a slow machine earns itself twenty more each second
            for _ in range(60):
                await ana.sends({"type": "say", "text": f"{ref}", "ref": ref})
                ref += 1
            await ana.is_answered(ref - 1)
        assert {said["code"] for said in ana.all("refused")} == {"slow-down"}
        done = len([s for s in ana.all("done") if isinstance(s["ref"], int)])
        assert 15 <= done <= 21 + 20 * (loop.time() - began)
        with contextlib.suppress(ConnectionClosed):
            while not ana.is_closed.is_set():
                await ana.sends({"type": "say", "text": "and on"})
        await ana.is_sent_away(CloseCode.BAD_MESSAGES)


async def test_a_frame_that_is_too_big_closes_with_1009(house: House) -> None:
    async with guest(house, "Ana") as ana:
        await ana.sends({"type": "say", "text": "x" * 70_000})
        await ana.is_sent_away(1009)


# Coming back


async def test_whoever_comes_back_gets_what_was_missed_in_order_and_once(house: House) -> None:
    async with guests(house, "Ana", "Bo") as [ana, bo]:
        await bo.asks("say", text="heard")
        await ana.sees("said", text="heard")
        await ana.drops()
        await bo.asks("say", text="missed 1")
        await house.commands("announce", text="missed 2")
        await bo.asks("say", text="missed 3")
        before = len(ana.everything)
        welcome = await ana.comes_back()
        assert welcome["resumed"] is True
        assert welcome.keys().isdisjoint({"event", "room", "contacts"})
        await ana.catches_up()
        texts = [said.get("text") for said in ana.everything[before:] if "text" in said]
        assert texts == ["missed 1", "missed 2", "missed 3"]
        await bo.asks("say", text="now")
        await ana.sees("said", text="now")
        assert len([said for said in ana.all("said") if said["text"] == "now"]) == 1


async def test_a_tip_that_is_not_ours_gets_a_full_view(house: House) -> None:
    async with guest(house, "Ana") as ana:
        session = ana.session
        for tip in ("1-0~0-0", "9999999999999-0~0-0", "nonsense", "~"):
            await ana.drops()
            await ana.comes(after=tip, session=session)
            welcome = await ana.sees("welcome")
            assert welcome["resumed"] is False
            assert welcome["session"] != session
            assert "event" in welcome


async def test_a_ref_sent_again_within_the_chain_is_answered_again_and_done_once(
    house: House, store: Store
) -> None:
    async with guests(house, "Ana", "Bo") as [ana, bo]:
        for once in ({"type": "say", "text": "once"}, {"type": "sit-out"}):
            ref = f"Ana-{once['type']}"
            await ana.sends({**once, "ref": ref})
            await ana.sees("done", ref=ref)
            await ana.drops()
            await ana.comes_back()
            await ana.sends({**once, "ref": ref})
            await ana.sees("done", ref=ref)
        await bo.catches_up()
        assert len(bo.all("said")) == 1
    for name in ("journal", "chat"):
        kept = repr(await store.call("XRANGE", key(house.event, name), "-", "+"))
        assert ana.id in kept
        assert "Ana-" not in kept, "what a program calls its messages is not kept"


async def test_a_second_tab_takes_over_and_the_first_is_closed_with_4501(house: House) -> None:
    async with guests(house, "Ana", "Bo") as [first, bo]:
        second = Guest(house, "Ana")
        await second.comes()
        await first.is_sent_away(CloseCode.SIGNED_IN_ELSEWHERE)
        await second.sees("welcome")
        await bo.asks("say", text="to the second")
        await second.sees("said", text="to the second")
        await second.goes()


async def test_hosts_may_have_several_tabs(house: House) -> None:
    async with guest(house, "Dana") as first, guest(house, "Dana") as second:
        await second.asks("announce", text="Hello")
        await first.sees("notice", text="Hello")
        await second.sees("notice", text="Hello")


async def test_a_removed_person_is_closed_with_4502_and_so_when_coming_back(house: House) -> None:
    async with guest(house, "Ana") as ana:
        await house.commands("remove", attendee=house.id("Ana"), reason="rude")
        await ana.is_sent_away(CloseCode.REMOVED)
        await ana.comes()
        await ana.is_sent_away(CloseCode.REMOVED)


async def test_an_erased_person_is_closed_with_4504(house: House) -> None:
    async with guest(house, "Ana") as ana:
        path = f"/api/events/{house.event}/attendees/{house.id('Ana')}"
        await asyncio.to_thread(delete, house, path)
        await ana.is_sent_away(CloseCode.NOT_ALLOWED)


def delete(house: House, path: str) -> None:
    """Deletes something over the API."""
    request = urllib.request.Request(house.url + path, method="DELETE")
    request.add_header("Authorization", f"Bearer {KEY}")
    urllib.request.urlopen(request).close()


# What hosts and lobbies see


async def test_the_lobby_s_head_count_is_told_to_everybody(house: House) -> None:
    async with guest(house, "Ana") as ana:
        async with guests(house, "Bo", "Chidi"):
            await ana.sees("lobby", present=3)
        await ana.sees("lobby", present=1)


async def test_a_host_gets_a_board_and_then_what_changes_on_it(house: House) -> None:
    async with guest(house, "Dana") as dana:
        await dana.sees("board")
        async with guest(house, "Ana"):
            await dana.sees("board-change")
        await dana.never_saw("board", rooms=lambda rooms: rooms != [])


async def test_attendees_get_no_board(house: House) -> None:
    async with guests(house, "Dana", "Ana", "Bo") as [_, ana, _bo]:
        await ana.never_saw("board")
        await ana.never_saw("board-change")


# Rooms


async def test_a_round_seats_people_and_signals_reach_roommates_only(house: House) -> None:
    async with guests(house, "Dana", "Ana", "Bo", "Chidi") as [dana, ana, bo, chidi]:
        await dana.asks("start-round")
        await ana.sees("room", with_={"Bo", "Chidi"})
        await bo.sees("room")
        await chidi.sees("room")
        await ana.asks("signal", to=house.id("Bo"), data={"sdp": "v=0"})
        told = await bo.sees("signal")
        assert told["from"] == house.id("Ana")
        assert told["data"] == {"sdp": "v=0"}
        await chidi.never_saw("signal")
        await ana.is_refused("not-allowed", "signal", to=dana.id, data={})
        await bo.asks("say", text="in the room")
        await ana.sees("said", text="in the room", room=lambda room: room != "lobby")
        await dana.never_saw("said")


async def test_coming_back_within_a_round_gives_the_same_room(house: House) -> None:
    async with guests(house, "Dana", "Ana", "Bo", "Chidi") as [dana, ana, bo, _]:
        await dana.asks("start-round")
        room = await ana.sees("room")
        await bo.sees("room")
        await ana.drops()
        await bo.sees("room-people", dropped=[house.id("Ana")])
        await ana.comes()
        welcome = await ana.sees("welcome", resumed=False)
        assert isinstance(welcome["room"], dict)
        assert welcome["room"]["id"] == room["id"]
        await bo.sees("room-people", back=[house.id("Ana")])


async def test_somebody_silent_in_a_room_is_given_up_within_seconds_as_of_when_last_heard(
    house: House,
) -> None:
    async with guests(house, "Dana", "Ana", "Bo", "Chidi") as [dana, ana, bo, _]:
        await dana.asks("start-round")
        await bo.sees("room")
        await ana.sees("room")
        loop = asyncio.get_running_loop()
        heard_at, from_then = loop.time(), await asked_time(bo)
        await ana.catches_up()
        stops_reading(ana)
        until_then = await asked_time(bo)
        await bo.sees("room-people", dropped=[house.id("Ana")])
        silent = loop.time() - heard_at
        assert 3.5 < silent < ELSEWHERE.before + ELSEWHERE.after, "sooner than outside of rooms"
        journal = [json.loads(line) for line in (await house.reads("journal.jsonl")).splitlines()]
        [ended] = [line for line in journal if "disconnected" in json.dumps(line)]
        assert from_then - 250 < as_of(ended) < until_then + 250
        await ana.drops()


def stops_reading(one: Guest) -> None:
    """Loses the network without a word: nothing is read, no ping is answered."""
    assert one._socket is not None
    one._socket.transport.pause_reading()


async def asked_time(one: Guest) -> int:
    """Returns the server's time."""
    await one.sends({"type": "clock", "t": 77})
    now = (await one.sees("clock", t=77))["now"]
    assert isinstance(now, int)
    return now


def as_of(line: dict[str, object]) -> int:
    """Returns since when a connection is known to have ended."""
    fact = line.get("fact", line)
    assert isinstance(fact, dict)
    return int(fact["as_of"])


async def test_the_organiser_s_key_opens_a_socket_with_a_board_and_a_host_s_commands(
    house: House,
) -> None:
    organiser = Guest(house, "the organiser")
    await organiser.comes(key=KEY)
    welcome = await organiser.sees("welcome")
    assert isinstance(welcome["you"], dict)
    assert (welcome["you"]["id"], welcome["you"]["role"]) == ("organiser", "organiser")
    await organiser.sees("board")
    async with guest(house, "Ana") as ana:
        await organiser.asks("announce", text="Welcome")
        await ana.sees("notice", text="Welcome")
    await organiser.goes()


async def test_of_two_hosts_who_change_a_seating_at_once_one_is_told_to_look_again(
    house: House,
) -> None:
    await house.brings([{"name": "Emre", "role": "host"}, {"name": "花子"}, {"name": "Ines"}])
    names = ["Ana", "Bo", "Chidi", "花子", "Ines"]
    async with (
        guests(house, *names),
        guest(house, "Dana") as dana,
        guest(house, "Emre") as emre,
    ):
        await house.commands("propose-round", size=2)
        codes: list[object] = []
        while codes.count("done") != 1:
            assert codes in ([], ["overtaken", "overtaken"])  # by a seating worked out meanwhile
            shown = await proposed(dana, len(names))
            one, other = (room["people"] for room in shown["seating"][:2])
            ref = {"seen": shown["version"], "ref": f"at {shown['version']}", "type": "swap"}
            await dana.sends({**ref, "a": one[0], "b": other[0]})
            await emre.sends({**ref, "a": one[0], "b": other[1]})
            answers = [await host.is_answered(ref["ref"]) for host in (dana, emre)]
            codes = [answer.get("code", answer["type"]) for answer in answers]
            sentences = [answer["message"] for answer in answers if "message" in answer]
        assert "The seating was changed meanwhile. Please look at it again." in sentences
        stands = await proposed(emre, len(names), after=shown["version"])
        seated = [id for room in stands["seating"] for id in room["people"]]
        assert sorted(seated) == sorted(house.id(name) for name in names)
        assert min(len(room["people"]) for room in stands["seating"]) > 1


async def proposed(host: Guest, seated: int, after: int = 0) -> dict[str, Any]:
    """Waits until a host sees a proposal of so many people in rooms; returns it."""

    def holds(parts: object) -> bool:
        proposal = parts.get("proposal") if isinstance(parts, dict) else None
        if not isinstance(proposal, dict):
            return False
        return bool(proposal["seated"] == seated and proposal["version"] > after)

    change: dict[str, Any] = await host.sees("board-change", parts=holds)
    shown: dict[str, Any] = change["parts"]["proposal"]
    return shown
