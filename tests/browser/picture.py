"""Takes the README's picture of the running demo: `python -m tests.browser.picture`.

A phone in a room beside the host's board, as a newcomer and a host see them. No test.
"""

from __future__ import annotations

import asyncio
import base64
import re
import sys
from asyncio.subprocess import DEVNULL, PIPE

from playwright.async_api import Browser, Page, expect

from server.files import STATIC
from server.settings import child_environment
from tests.browser.chromium import chromium

PICTURE = STATIC / "readme" / "room.png"
SECONDS = 90_000
FRAME = """<!doctype html><meta charset="utf-8"><style>
body {{ margin: 0; padding: 48px; background: #f2ece1; display: flex; gap: 40px;
  align-items: center;
  width: 1504px; box-sizing: border-box }}
img {{ border-radius: 22px; box-shadow: 0 8px 40px #20242e22; display: block }}
</style><img height="760" src="data:image/png;base64,{phone}">
<img width="1010" src="data:image/png;base64,{board}">"""


async def main() -> None:
    """Starts the demo, visits it twice, puts the two pictures side by side."""
    demo = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "server.cli", "demo", "--port", "0", "--starts-in", "12",
        env=child_environment(PYTHONUNBUFFERED="1"), stdout=PIPE, stderr=DEVNULL,
    )  # fmt: skip
    try:
        assert demo.stdout is not None
        links: list[str] = []
        while len(links) < 3:
            line = (await demo.stdout.readline()).decode()
            links += [line.strip()] if "http://" in line else []
        async with chromium() as browser:
            await _take(browser, links[0], links[1])
    finally:
        demo.terminate()
        await demo.communicate()


async def _take(browser: Browser, join: str, host: str) -> None:
    board = await _page(browser, 1240, 800)
    await board.goto(host)
    await board.locator("main form button[type=submit]").click()
    phone = await _page(browser, 390, 844)
    await phone.goto(join)
    await phone.get_by_label("Your name").fill("Ana Lima")
    await phone.get_by_label("What you like to talk about").fill("coffee, AI, music, film")
    await phone.locator("input[name=agree]").check()
    await phone.locator("main form button[type=submit]").last.click()
    await expect(phone.get_by_text("To begin with")).to_be_visible(timeout=SECONDS)
    timer = phone.get_by_role("timer")
    await expect(timer).to_have_text(re.compile(r"1:0\d"), timeout=SECONDS)
    keep = phone.get_by_role("button", name="Keep in touch").first
    await keep.click()
    await board.bring_to_front()
    shots = [base64.b64encode(await page.screenshot()).decode() for page in (phone, board)]
    frame = await _page(browser, 1504, 856)
    await frame.set_content(FRAME.format(phone=shots[0], board=shots[1]))
    PICTURE.parent.mkdir(exist_ok=True)
    await frame.screenshot(path=PICTURE, scale="css", full_page=True)


async def _page(browser: Browser, width: int, height: int) -> Page:
    context = await browser.new_context(
        viewport={"width": width, "height": height}, device_scale_factor=2, locale="en-GB"
    )
    return await context.new_page()


if __name__ == "__main__":
    asyncio.run(main())
