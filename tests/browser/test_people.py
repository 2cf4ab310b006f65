"""A list dropped on the desk in a real browser, its people, and what it lacks; axe on each page."""

from __future__ import annotations

from playwright.async_api import Page, expect

from tests.browser.visitors import PHONE, Visitors, findings, sticks_out
from tests.server.callers import Doors
from tests.server.desk import house
from tests.server.house import KEY

__all__ = ["house"]

ROWS = "氏名,メールアドレス,関心,だれ\n山田 花子,hanako@example.jp,茶道,a\n佐藤 健,x,写真,b\n"

DROP = """([text, bytes]) => {
  const dropped = new DataTransfer();
  const parts = bytes ? [new Uint8Array(bytes)] : [text];
  dropped.items.add(new File(parts, "名簿.csv", { type: "text/csv" }));
  for (const type of ["dragenter", "dragover", "drop"]) {
    document.body.dispatchEvent(
      new DragEvent(type, { bubbles: true, cancelable: true, dataTransfer: dropped }));
  }
}"""


async def is_right(page: Page) -> None:
    """Fails where axe finds something, or the page is wider than a phone."""
    assert await findings(page) == []
    await page.set_viewport_size(PHONE)  # type: ignore[arg-type]  # a dict that is typed
    assert not await sticks_out(page)
    await page.set_viewport_size({"width": 1280, "height": 800})


async def test_a_dropped_list_is_looked_at_landed_and_balanced(
    house: Doors, visitors: Visitors
) -> None:
    event = (await house.makes_event())["id"]
    page = await visitors.page(desk=True, locale="ja-JP", dark=True)
    await page.goto(f"{house.url}/desk/in/{KEY}")
    await page.locator("main form button[type=submit]").click()
    await page.wait_for_url("**/desk")
    await page.goto(f"{house.url}/desk/{event}/import")
    await page.evaluate(DROP, ["", 21 * 1024 * 1024])
    await expect(page.locator("#problem")).to_contain_text("20 MB")
    await is_right(page)
    await page.evaluate(DROP, [ROWS, 0])
    await expect(page.locator("#preview")).to_contain_text("名簿.csv")
    await expect(page.get_by_text("1人を取り込む")).to_be_visible()
    await page.get_by_label("だれ").select_option("segment")
    await is_right(page)
    await page.locator("button[value=land]").click()
    await expect(page.locator("#column-3")).to_have_value("segment")
    await page.locator("button[value=land]").click()
    await expect(page.locator("#result")).to_be_visible()
    await page.goto(f"{house.url}/desk/{event}/people?q=花子")
    await expect(page.get_by_role("cell", name="a", exact=True)).to_be_visible()
    await is_right(page)
    await page.get_by_label("山田 花子さんを選ぶ").check()
    await page.locator("#into").fill("b")
    await page.locator("#into").press("Enter")  # sends no links by chance
    await page.locator("button[value=segment]").click()
    await expect(page.get_by_role("cell", name="b", exact=True)).to_be_visible()
    await expect(page.get_by_role("status")).to_have_text("1人を変更しました。")
    await page.get_by_role("link", name="山田 花子").click()
    await expect(page.get_by_label("よみがな")).to_be_visible()
    await is_right(page)
    for path in ("people/new", "balance", "interests"):
        await page.goto(f"{house.url}/desk/{event}/{path}")
        await is_right(page)
