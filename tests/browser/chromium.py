"""Chromium as tests use it: quiet, with a pretended camera and microphone, and no network."""

from __future__ import annotations

import contextlib
import shutil
from collections.abc import AsyncIterator

from playwright.async_api import Browser, async_playwright

FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--use-fake-device-for-media-stream=fps=5",
    "--use-fake-ui-for-media-stream",
    "--allow-loopback-in-peer-connection",
]


@contextlib.asynccontextmanager
async def chromium(*, without: tuple[str, ...] = ()) -> AsyncIterator[Browser]:
    """Starts Chromium, `without` some of the flags, and ends it."""
    program = shutil.which("chromium")
    assert program is not None, "Chromium is not installed: apt-get install chromium"
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(
            executable_path=program, args=[flag for flag in FLAGS if flag not in without]
        )
        yield browser
        await browser.close()
