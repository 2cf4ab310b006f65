"""Sound and picture in the room, between real pages: seen, heard, lost, and back again."""

from __future__ import annotations

import socket
from collections.abc import AsyncIterator
from pathlib import Path

import msgspec
import pytest
import pytest_asyncio
from playwright.async_api import Locator, expect

from server.redis import Store
from server.settings import Settings
from tests.browser.broken import (
    NO_CAMERA,
    NO_DEVICES,
    NO_WEBRTC,
    SHOWS_A_DRAWING,
    UNPLUGS_THE_MICROPHONE,
    WAITS_FOR_A_PRESS,
)
from tests.browser.callers import Caller, Callers, who_meet
from tests.browser.conftest import Visitors
from tests.browser.hearing import HEARD, heard_with
from tests.browser.test_pages import is_accessible
from tests.coturn import SECRET, a_relay
from tests.guests import (
    Guest,
    House,
    guest,
    quick_round,
    they_arrive,
    walks,
    with_walkers,
)
from tests.server.house import KEY, a_house
from tests.server.waiting import wait_until

LONG = quick_round(seconds=600)
PAIRS = quick_round(seconds=600, size=2, least=2, most=2, break_seconds=600)
EVERYTHING = ("Microphone", "Camera")


@pytest_asyncio.fixture
async def callers(house: House, visitors: Visitors) -> AsyncIterator[Callers]:
    """People who come with camera and microphone."""
    yield Callers(house, visitors)


async def test_three_people_see_and_hear_each_other(house: House, callers: Callers) -> None:
    await house.opens([], rounds=[LONG])
    ana, bo, chidi = [await callers.comes(name) for name in ("Ana", "Bo", "Chidi")]
    await house.commands("start-round")
    for one in (ana, bo, chidi):
        await one.is_seated()
        await one.turns_on(*EVERYTHING)
    await ana.sees_and_hears(bo, chidi)
    await bo.sees_and_hears(ana, chidi)
    await chidi.sees_and_hears(ana, bo)
    picture = ana.tile("Bo").locator("video.begun")
    await expect(picture).to_be_visible()
    played = await picture.evaluate("(video) => video.currentTime")
    await wait_until(lambda: _plays_on(picture, played), "the picture moves")
    await is_accessible(ana.page)
    await bo.switch("Microphone").click()
    await expect(ana.tile("Bo").get_by_text("muted")).to_be_attached()
    await bo.switch("Camera").click()
    await expect(ana.tile("Bo").locator("video")).to_have_count(0)
    await expect(ana.tile("Bo").locator(".dot")).to_be_visible()


async def _plays_on(picture: Locator, played: float) -> bool:
    return float(await picture.evaluate("(video) => video.currentTime")) > played


async def test_the_next_round_has_new_faces_and_the_break_none(
    house: House, callers: Callers
) -> None:
    await house.opens(["Emre"], rounds=[PAIRS] * 2)
    people = [await callers.comes(name) for name in ("Ana", "Bo", "Chidi")]
    met: list[set[str]] = []
    chose: set[str] = set()
    async with guest(house, "Emre"):  # of four in pairs, two pages meet in each round
        for _ in range(2):
            await house.commands("start-round")
            one, other = await who_meet(people)
            for each in (one, other):
                if each.name not in chose:  # the choice holds for later rounds
                    await each.turns_on(*EVERYTHING)
            chose |= {one.name, other.name}
            await one.sees_and_hears(other)
            await other.sees_and_hears(one)
            met.append({one.name, other.name})
            await house.commands("end-round")
            for each in (one, other):
                await each.has(set(), lambda _: True, "nobody")
            for each in people:  # else somebody's old room is taken for the next
                await expect(each.page.locator(".tiles")).to_have_count(0)
    assert met[0] != met[1]


async def test_who_reloads_is_back_with_pictures(house: House, callers: Callers) -> None:
    await house.opens([], rounds=[LONG])
    ana, bo = await callers.comes("Ana"), await callers.comes("Bo")
    await house.commands("start-round")
    for one in (ana, bo):
        await one.is_seated()
        await one.turns_on(*EVERYTHING)
    await ana.sees_and_hears(bo)
    await bo.sees_and_hears(ana)
    before = (await bo.figures())[ana.id]
    await ana.page.reload()
    await ana.is_seated()
    await ana.sees_and_hears(bo)
    await expect(ana.switch("Camera")).to_have_attribute("aria-pressed", "true")
    await bo.has(
        {ana.id},
        lambda one: 0 < one.frames < before.frames + 1_000 and one.state == "connected",
        "frames",
    )


async def test_nothing_is_sent_before_the_round_and_faces_are_there_when_it_starts(
    house: House, callers: Callers
) -> None:
    await house.opens([], rounds=[walks(seconds=600)])
    await with_walkers(house)
    ana, bo = await callers.comes("Ana"), await callers.comes("Bo")
    await house.commands("start-round")
    for one in (ana, bo):
        await one.turns_on(*EVERYTHING)
    await expect(ana.page.get_by_role("heading", name="You are about to meet")).to_be_visible()
    early = await ana.has({bo.id}, lambda one: one.state == "connected", "a connection")
    await expect(ana.page.locator(".preview")).to_be_visible()
    await expect(ana.switch("Share screen")).to_have_count(0)  # there is nobody to show it to yet
    assert early[bo.id].frames == 0
    assert early[bo.id].bytes == 0
    await they_arrive(house)
    await ana.is_seated()
    await ana.sees_and_hears(bo)


async def test_one_comes_without_a_camera_and_one_without_anything(
    house: House, callers: Callers
) -> None:
    await house.opens([], rounds=[LONG])
    ana = await callers.comes("Ana", script=NO_CAMERA)
    bo = await callers.comes("Bo", script=NO_DEVICES)
    await house.commands("start-round")
    for one in (ana, bo):
        await one.is_seated()
    await ana.turns_on("Microphone")
    await ana.switch("Camera").click()
    await expect(ana.page.get_by_role("alert")).to_contain_text("camera")
    await ana.page.get_by_role("button", name="Go on without").click()
    await expect(ana.page.get_by_role("alert")).to_have_count(0)
    figures = await bo.has({ana.id}, lambda one: one.bytes > 0, "sound")
    assert figures[ana.id].frames == 0
    await ana.has({bo.id}, lambda one: one.state == "connected", "a connection")
    await expect(bo.tile("Ana").locator(".dot")).to_be_visible()
    await bo.switch("Microphone").click()
    await expect(bo.page.get_by_role("alert")).to_be_visible()
    await is_accessible(bo.page)


async def test_a_browser_without_calls_is_told_so_and_has_the_chat(
    house: House, callers: Callers
) -> None:
    await house.opens(["Bo"], rounds=[LONG])
    ana = await callers.comes("Ana", script=NO_WEBRTC)
    async with guest(house, "Bo") as bo:
        await house.commands("start-round")
        await ana.is_seated()
        await expect(ana.page.get_by_text("This browser cannot carry")).to_be_visible()
        await expect(ana.switch("Microphone")).to_be_disabled()
        await ana.page.get_by_placeholder("Write to the room").fill("I am here")
        await ana.page.keyboard.press("Enter")
        await bo.sees("said", text="I am here")
        await ana.page.evaluate("() => { location.hash = 'check'; }")
        await ana.page.get_by_role("button", name="Try the microphone").click()
        await expect(ana.page.get_by_role("button", name="Turn the microphone off")).to_be_visible()
        await ana.page.get_by_role("link", name="Back to the room").click()
        await ana.page.get_by_placeholder("Write to the room").fill("Tried it")
        await ana.page.keyboard.press("Enter")
        await bo.sees("said", text="Tried it")
        await bo.never_saw("room-people", media=_is_on)


async def test_a_roommate_who_sends_nonsense_disturbs_nobody(
    house: House, callers: Callers
) -> None:
    await house.opens(["Bo"], rounds=[LONG])
    ana, chidi = await callers.comes("Ana"), await callers.comes("Chidi")
    async with guest(house, "Bo") as bo:
        await house.commands("start-round")
        for one in (ana, chidi):
            await one.is_seated()
            await one.turns_on(*EVERYTHING)
        room = str((await bo.sees("room"))["id"])
        kind = "answer" if ana.id < house.id("Bo") else "offer"
        nonsense = {"type": kind, "sdp": "v=0\r\nnonsense"}
        given_up = ana.tile("Bo").get_by_text("No sound and picture. The chat works.")

        async def is_given_up() -> bool:
            await _sends_nonsense(bo, ana, room, nonsense)
            return await given_up.is_visible()

        await wait_until(is_given_up, "Ana's page gives Bo's nonsense up")
        unreadable: list[object] = [
            None,
            7,
            "v=0",
            {"room": room},
            {"room": room, "items": [{}]},
            [[[]]],
        ]
        for data in unreadable:
            await bo.asks("signal", to=ana.id, data=data)
        await expect(given_up).to_be_visible()
        figures = await ana.has({house.id("Bo"), chidi.id}, lambda _: True, "both")
        assert figures[house.id("Bo")].state == "failed"
        await chidi.has({house.id("Bo"), ana.id}, lambda _: True, "both")
        await wait_until(lambda: _sees(ana, chidi), "Chidi's picture")
        await expect(ana.page.get_by_role("alert")).to_have_count(0)


def _is_on(media: object) -> bool:
    return '"microphone":true' in msgspec.json.encode(media).decode()


async def _sees(one: Caller, other: Caller) -> bool:
    return (await one.figures())[other.id].frames > 0


async def _sends_nonsense(bo: Guest, ana: Caller, room: str, nonsense: dict[str, str]) -> None:
    """Greets Ana's page as a page of sense would, and answers with nonsense."""
    hello = {"room": room, "session": "bo", "to": None, "items": [{"hello": True}]}
    await bo.asks("signal", to=ana.id, data=hello)
    letter = {**hello, "items": [{"description": nonsense}]}
    await bo.asks("signal", to=ana.id, data=letter)


async def test_nobody_reads_connecting_for_ever_with_a_roommate_who_begins_anew_without_end(
    house: House, callers: Callers
) -> None:
    await house.opens(["Bo"], rounds=[LONG])
    ana = await callers.comes("Ana")
    async with guest(house, "Bo") as bo:
        await house.commands("start-round")
        await ana.is_seated()
        room = str((await bo.sees("room"))["id"])
        await ana.page.evaluate(HEARD)
        await bo.asks("media", microphone=True, camera=False, screen=False)
        for number in range(40):  # each time as somebody new
            hello = {"room": room, "session": f"bo{number}", "to": None, "items": [{"hello": True}]}
            await bo.asks("signal", to=ana.id, data=hello)
        lost = ana.tile("Bo").get_by_text("No sound and picture. The chat works.")
        await expect(lost).to_be_visible()
        assert len(await heard_with(ana.page, "No sound and picture with Bo.")) == 1
        await is_accessible(ana.page)
        again = ana.tile("Bo").get_by_role("button", name="Try again to connect with Bo")
        await again.click()
        await expect(again).to_have_count(0)
        await bo.asks("say", text="I am here")
        await expect(ana.page.get_by_text("I am here").first).to_be_visible()


async def test_a_microphone_that_is_unplugged_is_told_and_seen(
    house: House, callers: Callers
) -> None:
    await house.opens([], rounds=[LONG])
    ana, bo = await callers.comes("Ana"), await callers.comes("Bo")
    await house.commands("start-round")
    for one in (ana, bo):
        await one.is_seated()
        await one.turns_on(*EVERYTHING)
    await bo.sees_and_hears(ana)
    await ana.page.evaluate(UNPLUGS_THE_MICROPHONE)
    await expect(ana.page.get_by_role("alert")).to_contain_text("Plug it in again")
    await expect(bo.tile("Ana").get_by_text("muted")).to_be_attached()
    await bo.has({ana.id}, lambda one: one.state == "connected", "a picture that goes on")


async def test_sound_that_waits_for_a_press_says_so(house: House, callers: Callers) -> None:
    await house.opens([], rounds=[LONG])
    ana = await callers.comes("Ana", script=WAITS_FOR_A_PRESS)
    bo = await callers.comes("Bo")
    await house.commands("start-round")
    for one in (ana, bo):
        await one.is_seated()
    await bo.turns_on("Microphone")
    press = ana.page.get_by_role("button", name="Turn on sound")
    await press.click()
    await expect(press).to_have_count(0)
    # Who goes back to trying devices is heard by nobody meanwhile, and then is again.
    muted = ana.tile("Bo").get_by_text("muted")
    await expect(muted).to_have_count(0)
    await bo.page.evaluate("() => { location.hash = 'check'; }")
    await expect(muted).to_be_attached()
    await bo.page.get_by_role("link", name="Back to the room").click()
    await expect(muted).to_have_count(0)


async def test_a_screen_is_shown_large(house: House, callers: Callers) -> None:
    await house.opens([], rounds=[LONG])
    ana, bo = await callers.comes("Ana", script=SHOWS_A_DRAWING), await callers.comes("Bo")
    await house.commands("start-round")
    for one in (ana, bo):
        await one.is_seated()
    await ana.turns_on("Share screen")
    await expect(ana.tile("You").get_by_text("You are showing your screen")).to_be_visible()
    await expect(bo.page.get_by_text("Ana is showing their screen")).to_be_visible()
    await expect(bo.page.locator(".screen video.begun")).to_be_visible()
    await is_accessible(bo.page)
    await ana.switch("Share screen").click()
    await expect(bo.page.locator(".screen")).to_have_count(0)


@pytest.mark.relay
async def test_who_hides_the_address_is_seen_through_the_relay_alone(
    store: Store, visitors: Visitors, tmp_path: Path
) -> None:
    async with a_relay(tmp_path) as url:
        settings = Settings(organiser_key=KEY, turn_urls=(url,), turn_secret=SECRET)
        async with a_house(store, settings) as house:
            await house.opens([], rounds=[LONG])
            callers = Callers(house, visitors)
            ana, bo = await callers.comes("Ana"), await callers.comes("Bo")
            await house.commands("start-round")
            for one in (ana, bo):
                await one.is_seated()
                await one.turns_on(*EVERYTHING)
            await ana.sees_and_hears(bo)
            await ana.page.get_by_role("button", name="Devices").click()
            await ana.page.get_by_label("Hide my internet address").check()
            await ana.page.get_by_role("button", name="Close").click()
            figures = await ana.has(
                {bo.id}, lambda one: one.way == "relay" and one.frames > 0, "frames by the relay"
            )
            assert figures[bo.id].bytes > 0
            await bo.sees_and_hears(ana)
            await visitors.go()


async def test_a_media_server_that_does_not_answer_is_told_and_the_room_goes_on(
    store: Store, visitors: Visitors
) -> None:
    with socket.socket() as nobody:  # bound, and not listening
        nobody.bind(("127.0.0.1", 0))
        url = f"ws://127.0.0.1:{nobody.getsockname()[1]}"
    settings = Settings(
        organiser_key=KEY, media="livekit", livekit_url=url,
        livekit_key="k", livekit_secret="a-secret-of-thirty-two-characters",
    )  # fmt: skip
    # The browser and the library name the refused connection; the pages' policy refuses nothing.
    visitors.forgive("ERR_CONNECTION_REFUSED|Couldn't connect to server")
    async with a_house(store, settings) as house:
        await house.opens(["Bo"], rounds=[LONG])
        ana = await Callers(house, visitors).comes("Ana")
        async with guest(house, "Bo") as bo:
            await house.commands("start-round")
            await ana.is_seated()
            await expect(ana.page.get_by_text("does not answer. We keep trying")).to_be_visible()
            assert await ana.page.evaluate("() => typeof LivekitClient.Room") == "function"
            await bo.asks("say", text="Hello")
            await expect(ana.page.get_by_text("Hello").first).to_be_visible()
        await visitors.go()
