"""People with camera and microphone in real pages, and what they see and hear by its figures."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable

from playwright.async_api import Locator, Page, expect

from tests.browser.coming import comes_by_the_open_link
from tests.browser.visitors import SECONDS, Visitors
from tests.guests import House

LOOK_EVERY_SECONDS = 0.1

FIGURES = """async () => {
  const base = document.querySelector("script[src*='attendee/main.js']").src;
  const calls = await import(new URL("../media/calls.js", base));
  const found = {};
  for (const [id, call] of calls.calls.value) {
    const stats = await calls.statsOf(id);
    const figure = { state: call.state, frames: 0, bytes: 0, way: "" };
    const all = stats ? [...stats.values()] : [];
    for (const one of all) {
      if (one.type !== "inbound-rtp") continue;
      if (one.kind === "video") figure.frames += one.framesDecoded ?? 0;
      else figure.bytes += one.bytesReceived ?? 0;
    }
    const transport = all.find((one) => one.type === "transport");
    const pair = stats?.get(transport?.selectedCandidatePairId);
    figure.way = stats?.get(pair?.localCandidateId)?.candidateType ?? "";
    found[id] = figure;
  }
  return found;
}"""
"""What a page gets from whom: frames decoded, bytes of sound, the kind of its own candidate."""


ROOMMATES = """async () => {
  const base = document.querySelector("script[src*='attendee/main.js']").src;
  const { state } = await import(new URL("./session.js", base));
  return (state.value.room?.people ?? []).map((card) => card.id);
}"""

OWN_ID = """async () => {
  const base = document.querySelector("script[src*='attendee/main.js']").src;
  return (await import(new URL("./session.js", base))).state.value.you.id;
}"""


class Figure:
    """What one page receives from one roommate."""

    def __init__(self, found: dict[str, object]) -> None:
        self.state = str(found["state"])
        self.frames = int(str(found["frames"]))
        self.bytes = int(str(found["bytes"]))
        self.way = str(found["way"])

    def __repr__(self) -> str:
        return f"{self.state}, {self.frames} frames, {self.bytes} bytes, {self.way}"


class Caller:
    """Somebody in a page of their own."""

    def __init__(self, page: Page, name: str, id: str) -> None:
        self.page = page
        self.name = name
        self.id = id

    async def is_seated(self) -> None:
        """Waits for the room."""
        await expect(self.page.locator(".tiles")).to_be_visible(timeout=SECONDS * 1000)

    async def roommates(self) -> set[str]:
        """Returns the ids of those in the same room; empty in the lobby."""
        found = await self.page.evaluate(ROOMMATES)
        return set(found) - {self.id}

    def switch(self, name: str) -> Locator:
        """Returns the switch of a device."""
        return self.page.get_by_role("button", name=name, exact=True)

    async def turns_on(self, *names: str) -> None:
        """Presses switches that are off."""
        for name in names:
            await self.switch(name).click()
            await expect(self.switch(name)).to_have_attribute("aria-pressed", "true")

    def tile(self, name: str) -> Locator:
        """Returns somebody's tile; "You" is one's own."""
        return (
            self.page.get_by_role("list", name="People in this room")
            .get_by_role("listitem")
            .filter(has=self.page.get_by_text(name, exact=True))
        )

    async def figures(self) -> dict[str, Figure]:
        """Returns what comes from each roommate, by id."""
        found = await self.page.evaluate(FIGURES)
        return {id: Figure(figure) for id, figure in found.items()}

    async def has(
        self, ids: set[str], holds: Callable[[Figure], bool], what: str
    ) -> dict[str, Figure]:
        """Waits until just these are connected with the page and `holds` for each; returns them."""
        until = time.monotonic() + SECONDS
        while True:
            figures = await self.figures()
            if set(figures) == ids and all(holds(one) for one in figures.values()):
                return figures
            assert time.monotonic() < until, f"{self.name} wanted {what} of {ids}: {figures}"
            await asyncio.sleep(LOOK_EVERY_SECONDS)

    async def sees_and_hears(self, *others: Caller) -> dict[str, Figure]:
        """Waits until frames are decoded and sound comes from these, and from nobody else."""
        ids = {other.id for other in others}
        return await self.has(ids, lambda one: one.frames > 0 and one.bytes > 0, "frames and sound")


class Callers:
    """Brings people into a house, each with a page."""

    def __init__(self, house: House, visitors: Visitors) -> None:
        self._house = house
        self._visitors = visitors

    async def comes(self, name: str, *, desk: bool = True, script: str = "") -> Caller:
        """Comes by the event's link, gives a name, agrees, and is in the lobby.

        `script` runs in each page before its own: a browser that lacks something.
        """
        page = await self._visitors.page(desk=desk)
        await page.context.grant_permissions(["camera", "microphone"])
        if script:
            await page.add_init_script(script)
        await comes_by_the_open_link(page, self._house, name)
        await expect(page.get_by_role("heading", name=f"Welcome, {name}")).to_be_visible()
        return Caller(page, name, str(await page.evaluate(OWN_ID)))


async def who_meet(people: list[Caller]) -> tuple[Caller, Caller]:
    """Returns the two of them who sit together, once everybody is seated."""
    for each in people:
        await each.is_seated()
    rooms = {each.id: await each.roommates() for each in people}
    one, other = (each for each in people if rooms[each.id] & set(rooms))
    return one, other
