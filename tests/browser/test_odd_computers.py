"""Computers that are not as they should be: a clock an hour wrong, storage that is blocked."""

from __future__ import annotations

import re
import time

import pytest
from playwright.async_api import expect

from tests.browser.coming import comes_by_the_open_link
from tests.browser.conftest import Visitors
from tests.guests import House, guest, quick_round, they_arrive, walks, with_walkers
from tests.server.waiting import wait_until

HOUR_MS = 3_600_000
SHIFTED = """
const shift = {shift};
const RealDate = Date;
window.Date = class extends RealDate {{
  constructor(...given) {{
    if (given.length) super(...given);
    else super(RealDate.now() + shift);
  }}
  static now() {{ return RealDate.now() + shift; }}
}};
const origin = performance.timeOrigin;
Object.defineProperty(performance, "timeOrigin", {{ get: () => origin + shift }});
"""
BLOCKED = """
for (const name of ["localStorage", "sessionStorage"])
  Object.defineProperty(window, name, {
    get() { throw new DOMException("Access is denied for this document.", "SecurityError"); },
  });
"""


@pytest.mark.parametrize("shift", [HOUR_MS, -HOUR_MS])
async def test_a_clock_an_hour_wrong_counts_down_to_the_servers_instant(
    house: House, visitors: Visitors, shift: int
) -> None:
    await house.opens(["Bo"], rounds=[walks(seconds=900)])
    await with_walkers(house)
    page = await visitors.page()
    await page.add_init_script(SHIFTED.format(shift=shift))
    async with guest(house, "Bo") as bo:
        await comes_by_the_open_link(page, house, "Ana")
        assert abs(float(await page.evaluate("Date.now()")) - _server_ms()) > HOUR_MS / 2
        await house.commands("start-round")
        await bo.sees("room", with_={"Ana"})
        await expect(page.get_by_role("heading", name="You are about to meet")).to_be_visible()
        ring = page.locator(".ring-time")
        await expect(ring).to_have_text(re.compile(r"^(10:00|[89]:\d\d)$"))
        await they_arrive(house)
        begun = await bo.sees("phase", phase="round")
        timer = page.locator(".head-clock time")
        await expect(timer).to_have_text(re.compile(r"(15:00|14:\d\d)$"))

        async def agrees() -> bool:
            shown = re.search(r"(\d+):(\d\d)", await timer.inner_text())
            assert shown is not None
            left = (int(str(begun["ends_at"])) - _server_ms()) / 1000
            return abs(int(shown[1]) * 60 + int(shown[2]) - left) < 2

        await wait_until(agrees, "the clock shows what is left by the server's time")


async def test_with_storage_blocked_the_evening_and_the_check_work(
    talking: House, visitors: Visitors
) -> None:
    await talking.opens(["Bo"], rounds=[quick_round(seconds=600, break_seconds=600)])
    page = await visitors.page()
    await page.add_init_script(BLOCKED)
    async with guest(talking, "Bo") as bo:
        await comes_by_the_open_link(page, talking, "Ana")
        await page.get_by_role("button", name="Check camera").click()
        await page.get_by_role("button", name="Try the camera").click()
        await expect(page.locator("video.mirrored")).to_be_visible()
        await talking.commands("start-round")
        await bo.sees("room", with_={"Ana"})
        await page.get_by_role("button", name="Skip").click()  # the first minute
        keep = page.get_by_role("button", name="Keep in touch with Bo")
        await keep.click()
        await expect(keep).to_have_attribute("aria-pressed", "true")
        await bo.asks("say", text="Hello Ana")
        await expect(page.get_by_text("Hello Ana").first).to_be_visible()
        await talking.commands("end-round")
        await expect(page.get_by_text("Bo", exact=True).first).to_be_visible()


def _server_ms() -> float:
    return time.time() * 1000
