"""What the rules and the hosts do to a room is seen on the page: more time, a merge, a removal."""

from __future__ import annotations

from playwright.async_api import expect

from tests.browser.coming import comes_by_their_own_link
from tests.browser.hearing import HEARD, heard_with
from tests.browser.visitors import Visitors
from tests.guests import House, guest, guests, quick_round

LAST_SECONDS = 40


async def test_when_all_wish_for_more_time_the_page_says_how_much(
    house: House, visitors: Visitors
) -> None:
    rounds = [quick_round(seconds=90, break_seconds=600, more_time=True)]
    await house.opens(["Ana", "Bo"], rounds=rounds)
    page = await visitors.page()
    async with guest(house, "Bo") as bo:
        await comes_by_their_own_link(page, house, "Ana")
        await expect(page.get_by_role("heading", name="Welcome, Ana")).to_be_visible()
        await house.commands("start-round")
        await bo.sees("room", with_={"Ana"})
        await page.evaluate(HEARD)
        await house.commands("extend", seconds=-LAST_SECONDS)
        wish = page.get_by_role("button", name="Wish for more time")
        await wish.click(timeout=90_000)  # it comes in the second half of what is left
        await expect(page.get_by_text("Noted, quietly")).to_be_visible()
        await expect(page.get_by_text("You all wished for it")).to_have_count(0)
        await bo.asks("wish-more-time")
        await expect(page.locator(".toast", has_text="You all wished for it")).to_be_visible()
        assert len(await heard_with(page, "You all wished for it")) == 1
        await expect(wish).to_have_count(0)


def proposes_two_rooms(parts: object) -> bool:
    """Says whether a change of the board brings a proposal of two rooms."""
    proposal = parts.get("proposal") if isinstance(parts, dict) else None
    return isinstance(proposal, dict) and proposal["rooms"] == 2


async def test_rooms_that_a_host_merges_sit_together_on_the_page(
    house: House, visitors: Visitors
) -> None:
    rounds = [quick_round(seconds=600, size=2, least=2, most=4)]
    await house.opens(["Ana", "Bo", "Chidi", "花子"], rounds=rounds)
    page = await visitors.page()
    async with (
        guest(house, "Dana", here=False) as dana,
        guests(house, "Bo", "Chidi", "花子") as others,
    ):
        await comes_by_their_own_link(page, house, "Ana")
        await expect(page.get_by_role("heading", name="Welcome, Ana")).to_be_visible()
        await dana.sees("board-change", parts=proposes_two_rooms)
        await house.commands("start-round")
        seated = [await one.sees("room") for one in others]
        with_ana = {str(room["id"]) for room in seated if "Ana" in str(room["people"])}
        away = {str(room["id"]) for room in seated} - with_ana
        tiles = page.get_by_role("list", name="People in this room").get_by_role("listitem")
        await expect(tiles).to_have_count(2)
        await house.commands("merge", room=away.pop(), into=with_ana.pop())
        await expect(tiles).to_have_count(4)


async def test_a_removed_person_reads_what_happened_and_a_readmitted_one_comes_back(
    house: House, visitors: Visitors
) -> None:
    await house.opens(["Ana", "Bo"], rounds=[quick_round(seconds=600)])
    page = await visitors.page()
    await comes_by_their_own_link(page, house, "Ana")
    await expect(page.get_by_role("heading", name="Welcome, Ana")).to_be_visible()
    await house.commands("remove", attendee=house.id("Ana"), reason="Loud")
    taken_out = page.get_by_role("heading", name="A host has taken you out of the evening")
    await expect(taken_out).to_be_visible()
    await expect(page.get_by_text("Loud")).to_have_count(0)
    visitors.forgive("Failed to load resource")
    await page.reload()
    await expect(page.get_by_role("heading", name="Welcome, Ana")).to_have_count(0)
    await house.commands("readmit", attendee=house.id("Ana"))
    await page.goto(f"{house.url}/e/{house.event}")
    await expect(page.get_by_role("heading", name="Welcome, Ana")).to_be_visible()
