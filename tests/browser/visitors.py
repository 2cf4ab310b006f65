"""Visitors: people with a browser of their own, whose pages may not complain about anything.

A complaint is an error or warning of the console, a script that broke, a breach of the content
security policy, or a request that leaves the server. `complaints` gathers them; whoever keeps the
visitors fails when there are any. What is meant to go wrong is forgiven by name.
"""

from __future__ import annotations

import re
from pathlib import Path
from urllib.parse import urlsplit

import axe_playwright_python
from playwright.async_api import (
    Browser,
    BrowserContext,
    ConsoleMessage,
    Error,
    Page,
    Request,
    expect,
)

SECONDS = 30.0
"""How long a page may take to show something: on a busy machine a server needs seconds to start."""

expect.set_options(timeout=SECONDS * 1000)  # else 5 s, whatever a context says
PHONE = {"width": 390, "height": 844}
DESK = {"width": 1280, "height": 800}

BREACH = """addEventListener("securitypolicyviolation", (event) => console.error(
  `Policy breached: ${event.violatedDirective} ${event.blockedURI} ${event.sample}`));"""

SETTLED = """async () => {
  getComputedStyle(document.body).color; // a changed theme begins its transitions with the style
  for (const one of document.getAnimations()) if (one instanceof CSSTransition) one.finish();
  await Promise.race([ // a page behind another has no frames
    new Promise((drawn) => requestAnimationFrame(() => requestAnimationFrame(drawn))),
    new Promise((waited) => setTimeout(waited, 100)),
  ]);
}"""

TOO_WIDE = """() => {
  const wide = document.documentElement.clientWidth;
  const out = [...document.querySelectorAll("body *")]
    .find((one) => one.getBoundingClientRect().right > wide + 1);
  if (document.scrollingElement.scrollWidth <= wide) return "";
  return out ? out.outerHTML.slice(0, 120) : "the page";
}"""
"""Returns what makes the page wider than its window, or nothing."""

LOOKS_AGAIN = 5
NEXT_FRAME = "new Promise((done) => requestAnimationFrame(() => setTimeout(done)))"

AXE = Path(axe_playwright_python.__file__).with_name("axe.min.js").read_text(encoding="utf-8")


class Visitors:
    """People with a browser of their own; what their pages complain about is kept."""

    def __init__(self, browser: Browser) -> None:
        self._browser = browser
        self._contexts: list[BrowserContext] = []
        self._complaints: list[str] = []
        self._forgiven: list[str] = []

    async def page(
        self,
        *,
        desk: bool = False,
        locale: str = "en-GB",
        dark: bool = False,
        moving: bool = False,
        user_agent: str | None = None,
    ) -> Page:
        """Returns an empty page of somebody new: a phone's, or a desk's. `moving`: with motion.

        `user_agent`: what another browser calls itself.
        """
        context = await self._browser.new_context(
            viewport=DESK if desk else PHONE,  # type: ignore[arg-type]  # a dict that is typed
            locale=locale,
            color_scheme="dark" if dark else "light",
            reduced_motion="no-preference" if moving else "reduce",
            user_agent=user_agent,
        )
        context.set_default_timeout(SECONDS * 1000)
        await context.add_init_script(BREACH)
        context.on("page", self._listen)
        self._contexts.append(context)
        return await context.new_page()

    def _listen(self, page: Page) -> None:
        page.on("console", self._hears)
        page.on("pageerror", self._breaks)
        page.on("request", self._asks)
        page.on("websocket", lambda socket: self._leaves(socket.url))

    def _hears(self, message: ConsoleMessage) -> None:
        if message.type in ("error", "warning"):
            self._complaints.append(message.text)

    def _breaks(self, error: Error) -> None:
        self._complaints.append(str(error))

    def _asks(self, request: Request) -> None:
        self._leaves(request.url)

    def _leaves(self, url: str) -> None:
        parts = urlsplit(url)
        if parts.scheme in ("http", "https", "ws", "wss") and parts.hostname != "127.0.0.1":
            self._complaints.append(f"A request left the server: {url}")

    def forgive(self, pattern: str) -> None:
        """Forgives complaints that are meant to come, also those that come later."""
        self._forgiven.append(pattern)

    @property
    def complaints(self) -> list[str]:
        """What pages complained about and nobody forgave."""
        return [
            said
            for said in self._complaints
            if not any(re.search(pattern, said) for pattern in self._forgiven)
        ]

    async def go(self) -> None:
        """Closes everybody's browser."""
        for context in self._contexts:
            await context.close()


async def sticks_out(page: Page, script: str = TOO_WIDE) -> str:
    """Returns what stays wider than the page: media queries follow a new width a frame later."""
    for _ in range(LOOKS_AGAIN):
        if not await page.evaluate(script):
            break
        await page.evaluate(NEXT_FRAME)
    return str(await page.evaluate(script))


async def findings(page: Page) -> list[str]:
    """Returns what axe finds wrong with a page again and again: rule, help and the places.

    For a moment after a theme's change, or while something fades in, Chromium still paints the
    colours of before.
    """
    found = await _findings(page)
    for _ in range(LOOKS_AGAIN):
        if not found:
            break
        await page.evaluate(NEXT_FRAME)
        found = await _findings(page)
    return found


async def _findings(page: Page) -> list[str]:
    # A link was followed just now; `wait_for_function` would be eval, which our policy forbids.
    await expect(page.locator("body")).to_be_attached()
    await page.evaluate(SETTLED)
    if not await page.evaluate("'axe' in window"):
        await page.evaluate(AXE)
    violations = await page.evaluate(
        "async () => (await axe.run(document, {resultTypes: ['violations']})).violations"
    )
    return [
        f"{found['id']}: {found['help']}: "
        + "; ".join(f"{' '.join(node['target'])} {node['html'][:160]}" for node in found["nodes"])
        for found in violations
    ]
