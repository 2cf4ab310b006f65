"""Rooms that a media server carries: real pages, their own client library, and a server that speaks
LiveKit's protocol and forwards what they send."""

from __future__ import annotations

import asyncio
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import AsyncIterator

import pytest_asyncio
from playwright.async_api import expect

from server.redis import Store
from tests.browser.callers import Caller, Callers, who_meet
from tests.browser.conftest import Visitors
from tests.browser.test_pages import is_accessible
from tests.guests import House, guest, quick_round
from tests.media_server.process import MediaServer, a_media_server
from tests.server.house import a_house
from tests.server.waiting import wait_until

PAIRS = quick_round(seconds=600, size=2, least=2, most=2, break_seconds=600)
ALL = quick_round(seconds=600, size=3, least=2, most=3)
LARGE = quick_round(seconds=600, size=9, least=2, most=9)
EVERYTHING = ("Microphone", "Camera")

LEAVING = r"\{room: |closed peer connection|signal stream|connection state mismatch|negotiation"
"""What the library logs, often with its room, where it was still busy with one that ended."""

STAYS = """() => {
  const { Room } = LivekitClient;
  LivekitClient.Room = class extends Room {
    constructor(...how) { super(...how); window.kept = this; }
    async disconnect() {} // as a page that was tampered with
  };
}"""
"""Has a page stay in the rooms it joins from now on, as long as the media server lets it."""

TICKET = """async () => {
  const base = document.querySelector("script[src*='attendee/main.js']").src;
  const { state } = await import(new URL("./session.js", base));
  return state.value.media.ticket.token;
}"""


@pytest_asyncio.fixture(scope="module")
async def media() -> AsyncIterator[MediaServer]:
    """One media server for all tests here."""
    async with a_media_server() as server:
        yield server


@pytest_asyncio.fixture
async def served(store: Store, media: MediaServer) -> AsyncIterator[House]:
    """A house whose rooms it carries."""
    async with a_house(store, media.settings()) as house:
        yield house


async def test_they_meet_rotate_mute_and_are_shown_out(
    served: House, media: MediaServer, visitors: Visitors
) -> None:
    visitors.forgive(LEAVING)
    await served.opens(["Emre"], rounds=[PAIRS, PAIRS, ALL])
    callers = Callers(served, visitors)
    ana, bo, chidi = people = [await callers.comes(name) for name in ("Ana", "Bo", "Chidi")]
    async with guest(served, "Emre"):  # of four in pairs, two pages meet in each round
        await _meet_in_pairs(served, people)
    await served.commands("remove", attendee=served.id("Emre"))
    await chidi.page.evaluate(STAYS)
    await served.commands("start-round")
    for each in people:
        await each.is_seated()
    await ana.sees_and_hears(bo, chidi)
    await bo.sees_and_hears(ana, chidi)
    await chidi.sees_and_hears(ana, bo)
    await expect(ana.tile("Bo").get_by_text("speaking")).to_be_attached()
    await bo.switch("Microphone").click()
    await expect(ana.tile("Bo").get_by_text("muted")).to_be_attached()
    await bo.switch("Camera").click()
    await expect(ana.tile("Bo").locator("video")).to_have_count(0)
    await bo.turns_on("Microphone")
    await ana.has({bo.id, chidi.id}, lambda one: one.bytes > 0, "Bo again")
    old = str(await chidi.page.evaluate(TICKET))
    await served.commands("remove", attendee=chidi.id)
    await ana.has({bo.id}, lambda one: one.bytes > 0, "nobody but Bo")
    await wait_until(
        lambda: chidi.page.evaluate("() => kept.state === 'disconnected'"), "Chidi is shown out"
    )
    assert await asyncio.to_thread(_opens, media, old) == (401, "the token was revoked")
    await visitors.go()


async def _meet_in_pairs(house: House, people: list[Caller]) -> None:
    """Has two rounds, in each of which two others of them see and hear each other."""
    met: list[set[str]] = []
    for _ in range(2):
        await house.commands("start-round")
        one, other = await who_meet(people)
        for each in (one, other):
            if not any(each.name in before for before in met):  # the choice holds for later rounds
                await each.turns_on(*EVERYTHING)
        await one.sees_and_hears(other)
        await other.sees_and_hears(one)
        met.append({one.name, other.name})
        await house.commands("end-round")
        for each in people:
            await expect(each.page.locator(".tiles")).to_have_count(0)
    assert met[0] != met[1]


def _opens(media: MediaServer, token: str) -> tuple[int, str]:
    """Asks the media server whether a token opens its room; returns what it says."""
    asked = urllib.parse.urlencode({"access_token": token})
    try:
        with urllib.request.urlopen(f"{media.http}/rtc/v1/validate?{asked}") as answer:
            return answer.status, answer.read().decode()
    except urllib.error.HTTPError as refused:
        return refused.code, refused.read().decode()


async def test_a_media_server_that_dies_is_told_and_what_comes_back_is_seen_again(
    served: House, media: MediaServer, visitors: Visitors
) -> None:
    ana, bo = await _two_meet(served, visitors)
    # The browser and the library name each refused connection; the pages' policy refuses nothing.
    visitors.forgive("ERR_CONNECTION_REFUSED|Failed to fetch|[Cc]onnect")
    await media.die()
    await expect(ana.tile("Bo").get_by_text("reconnecting")).to_be_visible()
    told = ana.page.get_by_role("status").filter(has_text="does not answer. We keep trying")
    await expect(told).to_be_visible()
    await expect(ana.tile("Bo").get_by_text("speaking")).to_have_count(0)
    await is_accessible(ana.page)
    await bo.page.get_by_placeholder("Write to the room").fill("Can you read me?")
    await bo.page.keyboard.press("Enter")
    await expect(ana.page.get_by_text("Can you read me?").first).to_be_visible()
    await media.start()
    await ana.sees_and_hears(bo)
    await bo.sees_and_hears(ana)
    await expect(told).to_have_count(0)
    await visitors.go()


async def test_an_older_media_server_carries_rooms_that_are_too_large_for_a_mesh(
    store: Store, visitors: Visitors
) -> None:
    async with (
        a_media_server(old=True) as media,
        a_house(store, media.settings(media="mesh")) as house,
    ):
        # That today's way to join is not there is found out by asking for it.
        visitors.forgive("response code: 40|404|v1 RTC path not found")
        ana, bo = await _two_meet(house, visitors, round=LARGE)
        await ana.page.get_by_role("button", name="Devices").click()
        await expect(ana.page.get_by_text("through the organiser's media server")).to_be_visible()
        await ana.page.get_by_role("button", name="Close").click()
        await bo.switch("Camera").click()
        await expect(ana.tile("Bo").locator("video")).to_have_count(0)
        await bo.turns_on("Camera")
        await expect(ana.tile("Bo").locator("video.begun")).to_be_visible()
        await visitors.go()


async def _two_meet(
    house: House, visitors: Visitors, *, round: dict[str, object] = ALL
) -> tuple[Caller, Caller]:
    """Brings two into a room, where they see and hear each other."""
    visitors.forgive(LEAVING)
    await house.opens([], rounds=[round])
    callers = Callers(house, visitors)
    ana, bo = [await callers.comes(name) for name in ("Ana", "Bo")]
    await house.commands("start-round")
    for one in (ana, bo):
        await one.is_seated()
        await one.turns_on(*EVERYTHING)
    await ana.sees_and_hears(bo)
    await bo.sees_and_hears(ana)
    return ana, bo
