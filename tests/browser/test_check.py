"""The check of camera and microphone: with devices, without, refused, in apps, in old browsers."""

from __future__ import annotations

import contextlib
import re
from collections.abc import AsyncIterator

import pytest
from playwright.async_api import Browser, Page, expect

from tests.browser.chromium import chromium
from tests.browser.coming import comes_by_the_open_link
from tests.browser.conftest import Visitors
from tests.browser.test_pages import is_accessible
from tests.guests import House, guest
from tests.server.waiting import wait_until

LINE = (
    "Mozilla/5.0 (iPhone; CPU iPhone OS 18_1 like Mac OS X) AppleWebKit/605.1.15"
    " (KHTML, like Gecko) Mobile/15E148 Safari Line/14.19.0"
)
NO_CALLS = "delete window.RTCPeerConnection"
LIVE = (
    """() => window.opened.filter((track) => track.readyState === "live").map(({kind}) => kind)"""
)
KEEP_TRACKS = """
window.opened = [];
const ask = navigator.mediaDevices.getUserMedia.bind(navigator.mediaDevices);
navigator.mediaDevices.getUserMedia = async (asked) => {
  const stream = await ask(asked);
  window.opened.push(...stream.getTracks());
  return stream;
};"""


@contextlib.asynccontextmanager
async def visitors_without(flag: str) -> AsyncIterator[Visitors]:
    """People whose browser was started without one of the flags."""
    async with chromium(without=(flag,)) as started:
        came = Visitors(started)
        yield came
        await came.go()
        assert came.complaints == []


async def opens_the_check(page: Page, house: House) -> None:
    """Comes in before the doors open and goes to the check."""
    await comes_by_the_open_link(page, house, "Ana")
    await page.get_by_role("button", name=re.compile("Check camera|カメラとマイクを確認")).click()
    await expect(page.get_by_role("heading", level=1)).to_have_text(
        re.compile("Camera and microphone|カメラとマイク")
    )


async def has_a_picture(page: Page) -> None:
    """Waits until frames of the own camera are drawn."""

    async def drawn() -> bool:
        return bool(await page.evaluate("document.querySelector('video')?.videoWidth > 0"))

    await wait_until(drawn, "the camera's picture has a width")


async def nothing_is_open(page: Page) -> None:
    """Waits until every device that was opened is closed again."""

    async def closed() -> bool:
        return bool(await page.evaluate(LIVE) == [])

    await wait_until(closed, "no device is open")


async def test_before_the_doors_open_one_is_heard_and_seen_and_leaves_all_off(
    talking: House, visitors: Visitors
) -> None:
    await talking.opens([], doors=False)
    page = await visitors.page()
    await page.add_init_script(KEEP_TRACKS)
    await opens_the_check(page, talking)
    assert await page.evaluate("window.opened.length") == 0, "nothing opens by itself"
    await page.get_by_role("button", name="Try the microphone").click()
    await expect(page.get_by_role("status").filter(has_text="We hear you.")).to_be_visible()
    await page.get_by_role("button", name="Try the camera").click()
    picture = page.get_by_label("Your camera's picture")
    await expect(picture).to_be_visible()
    await expect(picture).to_have_class(re.compile("mirrored"))
    await has_a_picture(page)
    assert sorted(await page.evaluate(LIVE)) == ["audio", "video"]
    await page.get_by_role("link", name="Done").click()
    await expect(page.get_by_role("heading", name="Good to have you, Ana")).to_be_visible()
    await nothing_is_open(page)


async def test_which_microphone_was_chosen_is_remembered(
    talking: House, visitors: Visitors
) -> None:
    await talking.opens([])
    page = await visitors.page()
    await opens_the_check(page, talking)
    await page.get_by_role("button", name="Try the microphone").click()
    which = page.get_by_label("Which microphone")
    await which.select_option(index=1)
    chosen = await which.input_value()
    await page.reload()
    await expect(which).to_have_value(chosen)  # also before it is tried
    await page.get_by_role("button", name="Try the microphone").click()
    await expect(which).to_have_value(chosen)


async def test_a_refusal_says_how_to_allow_it_and_that_one_can_stay_without(
    talking: House,
) -> None:
    await talking.opens([])
    async with visitors_without("--use-fake-ui-for-media-stream") as strict:
        page = await strict.page()  # nobody answers the browser's question: that is a no
        await opens_the_check(page, talking)
        await page.get_by_role("button", name="Try the camera").click()
        problem = page.get_by_role("alert")
        await expect(problem).to_contain_text("The browser keeps your camera closed")
        await expect(problem).to_contain_text("press the symbol left of the address")
        await expect(page.get_by_role("button", name="Try again")).to_be_visible()
        await expect(page.get_by_text("Join without camera and microphone, too")).to_be_visible()
        await is_accessible(page)


async def test_no_devices_are_told_as_missing(talking: House) -> None:
    await talking.opens([])
    async with visitors_without("--use-fake-device-for-media-stream=fps=5") as deviceless:
        page = await deviceless.page()
        await opens_the_check(page, talking)
        await page.get_by_role("button", name="Try the camera").click()
        await expect(page.get_by_role("alert")).to_contain_text("No camera found")
        await page.get_by_role("button", name="Try the microphone").click()
        missing = page.get_by_role("alert").filter(has_text="No microphone found")
        await expect(missing).to_be_visible()


async def test_a_busy_camera_is_told_as_busy(talking: House, visitors: Visitors) -> None:
    await talking.opens([])
    page = await visitors.page()
    await page.add_init_script(
        """navigator.mediaDevices.getUserMedia = async () => {
          throw new DOMException("Could not start video source", "NotReadableError");
        };"""
    )
    await opens_the_check(page, talking)
    await page.get_by_role("button", name="Try the camera").click()
    await expect(page.get_by_role("alert")).to_contain_text("Another program probably has it")


@pytest.mark.parametrize("dark", [False, True])
@pytest.mark.parametrize("locale", ["en-GB", "ja-JP"])
async def test_the_check_is_accessible(
    talking: House, visitors: Visitors, locale: str, dark: bool
) -> None:
    await talking.opens([])
    page = await visitors.page(locale=locale, dark=dark)
    await opens_the_check(page, talking)
    await is_accessible(page)
    for name in ("Try the microphone|マイクを試す", "Try the camera|カメラを試す"):
        await page.get_by_role("button", name=re.compile(name)).click()
    await expect(page.locator("video.mirrored")).to_be_visible()
    heard = re.compile("We hear you|声が聞こえています")
    await expect(page.get_by_text(heard)).to_be_visible()
    await is_accessible(page)


async def test_a_room_that_begins_calls_one_back_from_the_check(
    talking: House, visitors: Visitors
) -> None:
    await talking.opens(["Bo"])
    page = await visitors.page()
    await page.add_init_script(KEEP_TRACKS)
    async with guest(talking, "Bo") as bo:
        await opens_the_check(page, talking)
        await page.get_by_role("button", name="Try the camera").click()
        await expect(page.locator("video.mirrored")).to_be_visible()
        await talking.commands("start-round")
        await bo.sees("room", with_={"Ana"})
        await expect(page.locator("video.mirrored")).to_be_hidden()
        await expect(page.get_by_text("Why you two").first).to_be_visible()
        await nothing_is_open(page)


async def test_inside_an_app_one_calm_line_says_how_to_get_out(
    talking: House, browser: Browser
) -> None:
    await talking.opens([])
    assert talking.created is not None
    context = await browser.new_context(user_agent=LINE, locale="en-GB")
    page = await context.new_page()
    await page.goto(talking.created.join_url)
    line = page.get_by_role("note")
    await expect(line).to_contain_text("LINE")
    out = line.get_by_role("link", name="Open in your browser")
    assert (await out.get_attribute("href") or "").endswith("openExternalBrowser=1")
    await is_accessible(page)
    await comes_by_the_open_link(page, talking, "Ana")
    await expect(page.get_by_text("You are inside LINE")).to_be_visible()
    await page.get_by_placeholder("Write to everybody in the lobby").fill("Hello from LINE")
    await page.keyboard.press("Enter")
    await expect(page.get_by_role("log").get_by_text("Hello from LINE")).to_be_visible()
    await is_accessible(page)
    await context.close()


async def test_a_browser_without_calls_is_told_so_and_takes_part_by_chat(
    talking: House, visitors: Visitors
) -> None:
    await talking.opens(["Bo"])
    page = await visitors.page()
    await page.add_init_script(NO_CALLS)
    async with guest(talking, "Bo") as bo:
        await opens_the_check(page, talking)
        told = page.get_by_text("This browser cannot carry sound and picture.")
        await expect(told.first).to_be_visible()
        await talking.commands("start-round")
        await bo.sees("room", with_={"Ana"})
        await bo.asks("say", text="Hello Ana")
        await expect(page.get_by_text("Hello Ana").first).to_be_visible()
        await expect(told).to_be_visible()
        await page.get_by_role("button", name="Put away").click()
        await expect(told).to_have_count(0)


async def test_an_evening_without_sound_and_picture_fetches_nothing_of_them(
    silent: House, visitors: Visitors
) -> None:
    await silent.opens([])
    page = await visitors.page()
    fetched: list[str] = []
    await comes_by_the_open_link(page, silent, "Ana")
    page.on("request", lambda request: fetched.append(request.url))
    await page.reload()
    await expect(page.get_by_role("button", name="Practise a round")).to_be_visible()
    await expect(page.get_by_role("button", name="Check camera")).to_have_count(0)
    await page.goto(f"{silent.url}/e/{silent.event}#check")
    await expect(page.get_by_role("heading", name="Welcome, Ana")).to_be_visible()
    assert [url for url in fetched if "/media/" in url] == []
