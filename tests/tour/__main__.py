"""The screenshot tour: `python -m tests.tour [FOLDER]` (or `--only lobby` for one scene).

Every state at three widths in both languages, light, and dark at one width, with an index.html to
look through. It starts a server and a store of its own; no test, and nothing is compared.
"""

from __future__ import annotations

import argparse
import asyncio
import html
import sys
import tempfile
import time
from pathlib import Path

from playwright.async_api import Page, ViewportSize

from server.bundled import BundledStore
from server.redis import Store
from tests.browser.chromium import chromium
from tests.browser.visitors import SETTLED, Visitors
from tests.server.house import a_house
from tests.tour.scenes import LANGUAGES, LOOKED_AT, Scene
from tests.tour.stage import Stage

WIDTHS = {360: 740, 768: 1024, 1440: 900}
"""Widths with their heights: a small phone, a tablet, a desk."""

DARK_WIDTH = 360

INDEX = """<!doctype html><html lang="en"><meta charset="utf-8"><title>Meguri, every state</title>
<meta name="viewport" content="width=device-width">
<style>body {{ font: 16px/1.5 system-ui; margin: 24px; background: #f2ece1; color: #20242e }}
figure {{ display: inline-block; vertical-align: top; margin: 0 16px 16px 0 }}
img {{ max-height: 560px; max-width: 92vw; border: 1px solid #e2d9c9; background: #fff }}
figcaption {{ font-size: 14px }} nav a {{ margin-right: 12px }}</style>
<h1>Every state</h1><nav>{contents}</nav>{sections}</html>"""


class Album:
    """The pictures so far, by state."""

    def __init__(self, folder: Path, language: str) -> None:
        self._folder = folder
        self._language = language
        self.pictures: dict[str, list[str]] = {}

    async def look(self, name: str, page: Page) -> None:
        """Takes a state's pictures and leaves the page as it was."""
        size = page.viewport_size
        assert size is not None
        for width, height in WIDTHS.items():
            await page.set_viewport_size(ViewportSize(width=width, height=height))
            await self._take(name, page, f"{width}")
        await page.set_viewport_size(ViewportSize(width=DARK_WIDTH, height=WIDTHS[DARK_WIDTH]))
        await page.emulate_media(color_scheme="dark")
        await self._take(name, page, f"{DARK_WIDTH}-dark")
        await page.emulate_media(color_scheme="light")
        await page.set_viewport_size(size)

    async def _take(self, name: str, page: Page, how: str) -> None:
        await page.evaluate(SETTLED)
        await page.evaluate("scrollTo(0, 0)")
        file = f"{name}-{self._language}-{how}.png"
        await page.screenshot(path=self._folder / file, full_page=True)
        self.pictures.setdefault(name, []).append(file)


def index(pictures: dict[str, list[str]]) -> str:
    """Returns a page with all pictures, by state."""
    contents = "".join(f'<a href="#{name}">{html.escape(name)}</a>' for name in pictures)
    sections = "".join(
        f'<section id="{name}"><h2>{html.escape(name)}</h2>'
        + "".join(
            f'<figure><a href="{file}"><img src="{file}" alt="{file}" loading="lazy"></a>'
            f"<figcaption>{file}</figcaption></figure>"
            for file in files
        )
        + "</section>"
        for name, files in pictures.items()
    )
    return INDEX.format(contents=contents, sections=sections)


async def tour(folder: Path, scenes: list[Scene]) -> tuple[dict[str, list[str]], list[str]]:
    """Drives all scenes in all languages; returns the pictures by state, and any complaints."""
    pictures: dict[str, list[str]] = {}
    complaints: list[str] = []
    with tempfile.TemporaryDirectory(prefix="meguri-tour-") as data:
        bundled = BundledStore(Path(data))
        await bundled.start()
        try:
            async with chromium() as browser:
                for scene in scenes:
                    for language in LANGUAGES:
                        store = await Store.connect(bundled.url)
                        await store.call("FLUSHALL")
                        album = Album(folder, language)
                        visitors = Visitors(browser)
                        began = time.monotonic()
                        async with a_house(store) as house:
                            await scene(Stage(house, visitors, language), album.look)
                            await visitors.go()
                        await store.close()
                        for name, files in album.pictures.items():
                            pictures.setdefault(name, []).extend(files)
                        complaints += visitors.complaints
                        said = f"{scene.__name__}, {language}: {len(album.pictures)} states"
                        print(f"{said}, {time.monotonic() - began:.0f} s", flush=True)
        finally:
            await bundled.stop()
    return pictures, complaints


def main() -> int:
    """Reads the command line, tours, says where to look."""
    parser = argparse.ArgumentParser(prog="python -m tests.tour", description=__doc__)
    parser.add_argument("folder", nargs="?", default="tour", type=Path)
    parser.add_argument("--only", choices=[scene.__name__ for scene in LOOKED_AT], action="append")
    chosen = parser.parse_args()
    scenes = [scene for scene in LOOKED_AT if not chosen.only or scene.__name__ in chosen.only]
    chosen.folder.mkdir(parents=True, exist_ok=True)
    pictures, complaints = asyncio.run(tour(chosen.folder, scenes))
    (chosen.folder / "index.html").write_text(index(pictures), encoding="utf-8")
    for complaint in complaints:
        print(f"A page complained: {complaint}", file=sys.stderr)
    print(f"Look at {chosen.folder / 'index.html'}")
    return 1 if complaints else 0


if __name__ == "__main__":
    sys.exit(main())
