"""The host's page when things go wrong, with two hosts at once, and its rehearsal and paper."""

from __future__ import annotations

import asyncio
import re

from playwright.async_api import Page, WebSocketRoute, expect

from tests.browser.conftest import Visitors
from tests.browser.test_pages import is_accessible
from tests.browser.visitors import findings
from tests.guests import Guest, House, guest, guests, quick_round
from tests.server.pushed import PushedStore
from tests.server.waiting import wait_until

A_START_MS = 120_000
"""A rehearsal is a process of its own, which a slow machine needs long to start."""
NAMES = ("Ana", "Bo", "Chidi", "Emre", "Fatou", "花子")


async def console(
    visitors: Visitors, house: House, *, locale: str = "en-GB", dark: bool = False
) -> Page:
    """Opens the host's page."""
    return await sign_in(await visitors.page(desk=True, locale=locale, dark=dark), house)


async def sign_in(page: Page, house: House) -> Page:
    assert house.created is not None
    await page.goto(house.created.host_url)
    await page.locator("main form button[type=submit]").click()
    await expect(page.locator("h1")).to_be_visible()
    return page


async def talk(house: House) -> None:
    await house.opens(list(NAMES), rounds=[quick_round(seconds=300, size=3, most=3)] * 2)


async def test_a_drag_is_cancelled_when_the_connection_is_lost_and_the_board_is_true_again(
    house: House, visitors: Visitors
) -> None:
    await talk(house)
    async with guests(house, *NAMES) as (ana, *_):
        page = await console(visitors, house)
        await page.get_by_role("button", name="Start round 1").click()
        await ana.sees("room")
        await expect(page.locator("button[data-room]")).to_have_count(2)
        mine = page.locator("button[data-room]").filter(has=page.locator(person(ana)))
        room = await mine.get_attribute("data-room")
        other = page.locator(f"button[data-room]:not([data-room='{room}'])")
        visitors.forgive("WebSocket|ERR_INTERNET_DISCONNECTED")
        await page.locator(person(ana)).first.hover()
        await page.mouse.down()
        await other.hover()
        await expect(page.locator(".dragged")).to_be_visible()
        await page.context.set_offline(True)
        await expect(page.locator(".dragged")).to_have_count(0)
        await expect(page.get_by_role("status").filter(has_text="nobody was moved")).to_be_visible()
        await page.mouse.up()
        await page.context.set_offline(False)
        await expect(page.locator(".line p")).to_have_count(0)
        await expect(mine).to_have_attribute("data-room", str(room))
        assert "moved" not in str(await page.locator(".log").inner_text())


def person(guest: Guest) -> str:
    return f"[data-person='{guest.id}']"


class SlowLine:
    """A page's socket; while it is held, what the server says is on its way."""

    def __init__(self) -> None:
        self.is_held = False
        self._on_its_way: list[tuple[WebSocketRoute, str | bytes]] = []

    def carry(self, page: WebSocketRoute) -> None:
        page.connect_to_server().on_message(lambda said: self._arrives(page, said))

    def _arrives(self, page: WebSocketRoute, said: str | bytes) -> None:
        if self.is_held:
            self._on_its_way.append((page, said))
        else:
            page.send(said)

    def release(self) -> None:
        self.is_held = False
        while self._on_its_way:
            page, said = self._on_its_way.pop(0)
            page.send(said)


async def test_the_second_of_two_hosts_reads_that_the_round_was_started(
    house: House, visitors: Visitors
) -> None:
    await talk(house)
    async with guests(house, *NAMES), guest(house, "Dana", here=False) as dana:
        page = await visitors.page(desk=True)
        line = SlowLine()
        await page.route_web_socket("**", line.carry)
        await sign_in(page, house)
        await page.locator(".numbers").first.wait_for()
        line.is_held = True
        await dana.asks("start-round")
        await page.get_by_role("button", name="Start round 1").click()
        line.release()
        await expect(page.locator(".clock-panel .refusal")).to_contain_text("already")
        await expect(page.locator("h1")).to_contain_text("Round 1 of 2")
        await expect(page.locator(".log")).to_contain_text("called the round")
        await dana.asks("extend", seconds=60)
        await expect(page.locator(".log")).to_contain_text("gave everybody 1 min more")
        await page.get_by_role("button", name="Pause").click()
        await dana.sees("phase", paused=lambda at: at is not None)
        await dana.is_refused("already-paused", "pause")


async def test_ten_thousand_characters_are_not_cut_short_unseen(
    house: House, visitors: Visitors
) -> None:
    await talk(house)
    async with guests(house, "Ana") as (ana,), guest(house, "Dana", here=False) as dana:
        page = await console(visitors, house)
        await page.get_by_role("button", name="Announce…").click()
        field = page.get_by_label("What should they read?")
        await field.fill("あ" * 10_000)
        await expect(page.get_by_role("dialog")).to_contain_text("That is 10,000 characters")
        await page.keyboard.press("Control+Enter")
        await is_accessible(page)
        await field.fill("Tea!")
        await page.keyboard.press("Control+Enter")
        await ana.sees("notice", text="Tea!")
        await ana.never_saw("notice", text=lambda text: len(str(text)) > 4)
        await dana.is_refused("bad-message", "announce", text="あ" * 10_000)


async def test_an_announcement_goes_to_the_rooms_that_are_ticked(
    house: House, visitors: Visitors
) -> None:
    await talk(house)
    async with guests(house, *NAMES) as everybody:
        page = await console(visitors, house)
        await page.get_by_role("button", name="Start round 1").click()
        rooms = {guest.name: (await guest.sees("room"))["id"] for guest in everybody}
        await page.get_by_role("button", name="Announce…").click()
        await page.get_by_label("What should they read?").fill("Two minutes!")
        await page.get_by_label("Some rooms").check()
        await expect(page.get_by_role("button", name="Announce", exact=True)).to_be_disabled()
        await page.get_by_role("checkbox", name="Room 1").check()
        await expect(page.get_by_role("dialog")).to_contain_text("Meant for 3 people.")
        await is_accessible(page)
        await page.get_by_role("button", name="Announce", exact=True).click()
        await expect(page.locator(".deliveries")).to_contain_text("Reached 3 of 3")
        for guest in everybody:
            if str(rooms[guest.name]).endswith("-1"):
                await guest.sees("notice", text="Two minutes!")
            else:
                await guest.never_saw("notice", text="Two minutes!")


async def test_a_move_into_a_full_room_is_a_sentence_and_the_board_stays_true(
    house: House, visitors: Visitors
) -> None:
    await talk(house)
    async with guests(house, *NAMES) as (ana, *_):
        page = await console(visitors, house)
        await page.get_by_role("button", name="Start round 1").click()
        await ana.sees("room")
        await expect(page.locator("button[data-room]")).to_have_count(2)
        before = await page.locator("button[data-room]").evaluate_all(LABELS)
        mine = page.locator("button[data-room]").filter(has=page.locator(person(ana)))
        await mine.focus()
        await page.keyboard.press("Enter")
        await page.get_by_role("button", name="Move Ana").press("Enter")
        await page.locator(".room-choice").nth(1).press("Enter")
        await expect(page.locator(".refusal")).to_be_visible()
        await page.keyboard.press("Escape")
        await page.keyboard.press("Escape")
        await the_board_reads(page, before)


async def test_no_drag_into_a_closed_room_and_no_less_than_nothing_but_midnight_is_no_wall(
    pushed: PushedStore, pushed_house: House, visitors: Visitors
) -> None:
    house, names = pushed_house, NAMES[:4]
    # With five minutes more it ends beyond midnight, however long they need to come.
    pushed.pushed_ms = MIDNIGHT_MS - 355_000 - pushed.clock() % MIDNIGHT_MS
    await house.opens(list(names), rounds=[quick_round(seconds=60, size=2, most=3)])
    async with guests(house, *names) as (ana, *_), guest(house, "Dana", here=False) as dana:
        page = await console(visitors, house)
        await page.get_by_role("button", name="Start round 1").click()
        here = str((await ana.sees("room"))["id"])
        clock = page.locator(".clock")
        await expect(clock).to_contain_text("ends 11:5")
        await page.get_by_text("More", exact=True).click()
        await page.get_by_role("button", name="−1 min").click()
        await expect(page.locator(".refusal")).to_contain_text("That is more than is left")
        await page.get_by_role("button", name="+5 min").click()
        await expect(clock).to_contain_text("ends 12:0")
        await expect(page.locator(".refusal")).to_have_count(0)
        [other] = {"r1-1", "r1-2"} - {here}
        await dana.asks("end-round", room=other)
        table = page.locator(f"button[data-room='{other}']")
        await expect(table).to_contain_text("ended")
        before = await page.locator("button[data-room]").evaluate_all(LABELS)
        await page.locator(person(ana)).first.hover()
        await page.mouse.down()
        await table.hover()
        await page.mouse.up()
        await expect(page.locator(".refusal")).to_contain_text("That room has ended.")
        await the_board_reads(page, before)


MIDNIGHT_MS = 86_400_000


async def the_board_reads(page: Page, labels: object) -> None:
    """Waits until each table reads as it did."""

    async def does() -> bool:
        return bool(await page.locator("button[data-room]").evaluate_all(LABELS) == labels)

    await wait_until(does, f"the board reads {labels}")


LABELS = "tables => tables.map((table) => table.getAttribute('aria-label'))"


async def test_a_revoked_link_ends_the_page_with_a_sentence(
    house: House, visitors: Visitors
) -> None:
    await talk(house)
    await house.brings([{"name": "Goran", "role": "host"}])
    page = await visitors.page(desk=True)
    await page.goto(house.people["Goran"].url)
    await page.locator("main form button[type=submit]").click()
    await expect(page.get_by_role("button", name="Announce…")).to_be_visible()
    path = f"/api/events/{house.event}/attendees/{house.id('Goran')}/link"
    await asyncio.to_thread(house.asker.delete, path)
    await expect(page.locator(".line")).to_contain_text("may not host this event")
    await (
        page.get_by_role("button", name="Pause")
        .or_(page.get_by_role("button", name="Start round 1"))
        .first.click()
    )
    await expect(page.locator(".refusal")).to_contain_text("no longer connected")


async def test_a_host_rehearses_from_the_console_and_cancels(
    house: House, visitors: Visitors
) -> None:
    await talk(house)
    visitors.forgive("503")  # a store that is slow for a moment; the page asks again
    page = await console(visitors, house)
    await page.get_by_text("More", exact=True).click()
    await page.get_by_role("button", name="Rehearse…").click()
    sheet = page.get_by_role("dialog")
    await expect(sheet).to_contain_text("The real event is not touched")
    await is_accessible(page)
    await sheet.get_by_role("button", name="Start the rehearsal").click()
    await expect(sheet.get_by_role("progressbar")).to_be_visible()
    await expect(sheet).to_contain_text(re.compile(r"Connected\s*\d of 6"), timeout=A_START_MS)
    await is_accessible(page)
    await sheet.get_by_role("button", name="Cancel the rehearsal").click()
    await expect(sheet).to_contain_text("was cancelled")


async def test_a_host_saves_the_remaining_rounds(house: House, visitors: Visitors) -> None:
    await talk(house)
    page = await console(visitors, house)
    await page.get_by_text("More", exact=True).click()
    await page.get_by_role("button", name="Print the rest…").click()
    await is_accessible(page)
    async with page.expect_download() as downloading:
        await page.get_by_role("button", name="Save the page to print").click()
    saved = await (await downloading.value).path()
    text = saved.read_text(encoding="utf-8")
    assert all(name in text for name in NAMES)
    await expect(page.get_by_role("dialog")).to_contain_text("Saved as plan.html.")


async def closes_and_keeps_open(page: Page) -> None:
    """Asks for the end, and takes it back."""
    await page.get_by_text("More", exact=True).click()
    await page.get_by_role("button", name="Close the event…").click()
    await page.get_by_role("dialog").get_by_role("button", name="Close the event").click()
    await page.get_by_role("button", name="Keep it open").click()
    await expect(page.locator(".clock-panel")).not_to_contain_text("The event closes in")


SHEETS = ("people", "announce", "programme", "paper", "rehearsal")


async def test_the_console_is_accessible_from_before_the_doors_to_the_end(
    pushed: PushedStore, pushed_house: House, visitors: Visitors
) -> None:
    """In English and light, and in Japanese and dark: each state; each sheet in one of them."""
    house = pushed_house
    rounds = [quick_round(seconds=300, size=3, most=3)] * 2
    await house.opens(list(NAMES), rounds=rounds, doors=False)
    pages = [await console(visitors, house)]
    pages.append(await console(visitors, house, locale="ja", dark=True))

    async def are_accessible(state: str) -> None:
        for page in pages:
            await expect(page.locator("main.console")).to_be_visible()
            assert await findings(page) == [], state

    async def sheet_is_accessible(name: str, page: Page) -> None:
        await page.evaluate("name => { location.hash = name; }", name)
        await expect(page.get_by_role("dialog")).to_be_visible()
        assert await findings(page) == [], name
        await page.keyboard.press("Escape")
        await expect(page.get_by_role("dialog")).to_have_count(0)

    await are_accessible("before the doors")
    for at, name in enumerate(SHEETS):
        await sheet_is_accessible(name, pages[at % 2])
    await house.commands("open-doors")
    async with guests(house, *NAMES) as (ana, *_):
        for page in pages:
            await expect(page.locator(".next .numbers")).to_be_visible()
        await are_accessible("with a proposal")
        await sheet_is_accessible("proposal", pages[1])
        await house.commands("start-round")
        await ana.sees("room")
        await ana.asks("call-host", text="Help")
        for page in pages:
            await expect(page.locator(".table-calls")).to_have_count(1)
        await are_accessible("while a room calls")
        await house.commands("pause")
        for page in pages:
            await expect(page.locator(".clock.stands")).to_be_visible()
        await are_accessible("paused")
        await house.commands("end-round")
        await closes_and_keeps_open(pages[0])
        await house.commands("close-event")
        for page in pages:
            await expect(page.locator(".clock-panel")).to_contain_text(re.compile("0:[0-3]"))
        await are_accessible("while it closes")
        pushed.pushed_ms += 31_000
        await house.commands("announce", text="Good night")
        await expect(pages[0].locator("h1")).to_contain_text("over")
        await are_accessible("after the end")
