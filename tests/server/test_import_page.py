"""The desk's import: looked at first, columns chosen by hand, landed once however often pressed."""

from __future__ import annotations

import html
import os
import re
import signal
from pathlib import Path

import httpx2 as httpx

from server.bundled import BundledStore
from server.pages.importing import packed, unpacked
from server.redis import Store
from tests.server.callers import Doors, doors
from tests.server.desk import desk, house
from tests.server.house import KEY
from tests.server.looking import fields

__all__ = ["desk", "house"]

JAPANESE = (
    "氏名,メールアドレス,会社名,ひとこと\n山田 花子,hanako@example.jp,みどり商会,お茶が好き\n"
)


def tallies(page: str) -> list[int]:
    return [int(n) for n in re.findall(r"<li><strong>(\d+)</strong>", page)]


async def people(house: Doors, event: str) -> list[dict[str, object]]:
    answer = await house.client.get(f"/api/events/{event}/attendees")
    found: list[dict[str, object]] = answer.json()
    return [one for one in found if one["role"] != "host"]


async def test_a_list_is_looked_at_and_nothing_lands_before_it_is_pressed(
    house: Doors, desk: httpx.AsyncClient
) -> None:
    event = (await house.makes_event())["id"]
    await house.brings(event)
    path = f"/desk/{event}/import"
    assert 'type="file"' in (await desk.get(path)).text
    rows = (
        "external_id,name,email,mode\nx-ana,Ana,ana@example.org,\n"
        "x-bo,Bo B,bo@example.org,\nx-c,Chidi,chidi@example.org,\nx-d,Dana,nowhere,\n,Ana,,\n"
    )
    looked = (await desk.post(path, files={"file": ("p.csv", rows.encode())})).text
    assert tallies(looked) == [2, 1, 1, 1], "Chidi and another Ana, Bo's name, Ana, a bad address"
    assert re.search(r'<td class="number">5</td><td>[^<]*“nowhere” is not an e-mail', looked)
    assert "“Ana” in row 6 is here already" in looked
    assert [one["name"] for one in await people(house, event)] == ["Ana", "Bo"]
    landed = (await desk.post(path, files={"x": ""}, data={**fields(looked), "do": "land"})).text
    assert "p.csv is in" in landed
    assert "2 personal links were made." in landed
    assert [one["name"] for one in await people(house, event)] == ["Ana", "Bo B", "Chidi", "Ana"]


async def test_what_is_not_recognised_is_chosen_by_hand(
    house: Doors, desk: httpx.AsyncClient
) -> None:
    event = (await house.makes_event())["id"]
    path = f"/desk/{event}/import"
    rows = "Who,Where to write,T-shirt\n山田 花子,hanako@example.jp,M\n"
    looked = await desk.post(path, data={"text": rows})
    assert looked.status_code == 422
    assert "No column is known to hold the names." in looked.text
    chosen = {"column-0": "name", "column-1": "email", "column-2": "left-out"}
    again = (await desk.post(path, data={**fields(looked.text), **chosen})).text
    assert tallies(again) == [1, 0, 0, 0]
    assert fields(again)["column-1"] == "email"
    otherwise = {**fields(again), "column-2": "custom", "do": "land"}
    assert tallies((await desk.post(path, data=otherwise)).text) == [1, 0, 0, 0]
    assert await people(house, event) == [], "columns chosen anew are looked at again first"
    await desk.post(path, data={**fields(again), "do": "land"})
    [hanako] = await people(house, event)
    assert (hanako["name"], hanako["custom"]) == ("山田 花子", {})
    both = {"column-0": "name", "column-1": "name"}
    twice = (await desk.post(path, data={**fields(looked.text), **both})).text
    assert "Several columns are chosen for one thing: “Who” is used" in twice


async def test_a_japanese_list_of_excel_is_read_and_kept(
    house: Doors, desk: httpx.AsyncClient
) -> None:
    event = (await house.makes_event())["id"]
    path = f"/desk/{event}/import"
    upload = {"file": ("名簿.csv", JAPANESE.encode("cp932"))}
    looked = (await desk.post(path, files=upload)).text
    assert "Japanese Windows text (CP932)" in looked
    assert fields(looked)["column-2"] == "organisation"
    await desk.post(path, data={**fields(looked), "do": "land"})
    [hanako] = await people(house, event)
    assert hanako["custom"] == {"ひとこと": "お茶が好き"}


async def test_a_list_without_titles_loses_nobody_and_an_empty_one_is_called_empty(
    house: Doors, desk: httpx.AsyncClient
) -> None:
    path = f"/desk/{(await house.makes_event())['id']}/import"
    untitled = await desk.post(path, data={"text": "Ana,ana@example.org\nBo,bo@example.org\n"})
    assert untitled.status_code == 422
    assert "The first line is somebody already." in untitled.text
    assert 'name="carried"' not in untitled.text, "nothing to land without her"
    empty = await desk.post(path, files={"file": ("p.csv", b"")})
    assert "The file is empty." in empty.text


async def test_pressing_twice_doubles_nobody(house: Doors, desk: httpx.AsyncClient) -> None:
    event = (await house.makes_event())["id"]
    path = f"/desk/{event}/import"
    looked = (await desk.post(path, data={"text": "name\nAna\nBo\n"})).text
    form = {**fields(looked), "do": "land"}
    first = (await desk.post(path, data=form)).text
    assert tallies(first) == [2, 0, 0, 0]
    link = re.search(rf"{house.url}/e/{event}/in/[\w-]+", first)
    assert link
    assert tallies((await desk.post(path, data=form)).text) == [0, 0, 2, 0]
    assert len(await people(house, event)) == 2
    async with house.browser() as ana:
        assert (await ana.get(link[0])).status_code == 200, "the first press's links go on"


async def test_the_same_list_brought_another_day_doubles_nobody_and_says_so(
    house: Doors, desk: httpx.AsyncClient
) -> None:
    event = (await house.makes_event())["id"]
    path = f"/desk/{event}/import"
    two_of_a_name = {"text": "name,organisation\n花子,巡り社\n花子,巡り社\nBo,\n"}
    first = fields((await desk.post(path, data=two_of_a_name)).text)
    assert tallies((await desk.post(path, data={**first, "do": "land"})).text) == [3, 0, 0, 0]
    looked = html.unescape((await desk.post(path, data=two_of_a_name)).text)
    assert "“Bo” in row 4 came in by a row that said exactly the same" in looked
    again = fields((await desk.post(path, data=two_of_a_name)).text)
    assert tallies((await desk.post(path, data={**again, "do": "land"})).text) == [0, 0, 3, 0]
    assert [one["name"] for one in await people(house, event)][-3:] == ["花子", "花子", "Bo"]


async def test_a_list_in_two_encodings_is_shown_and_what_can_be_read_lands(
    house: Doors, desk: httpx.AsyncClient
) -> None:
    event = (await house.makes_event())["id"]
    mixed = b"name," + "備考".encode("cp932") + "\n花子,x\n".encode()
    mixed += "太郎,\n".encode("cp932") + b"Bo,y\n"
    looked = await desk.post(f"/desk/{event}/import", files={"file": ("p.csv", mixed)})
    assert looked.status_code == 200
    assert tallies(looked.text) == [2, 0, 0, 1]
    landed = {**fields(looked.text), "do": "land"}
    assert (await desk.post(f"/desk/{event}/import", data=landed)).status_code == 200
    assert [one["name"] for one in await people(house, event)] == ["花子", "Bo"]


async def test_fifty_megabytes_are_refused_with_a_sentence(
    house: Doors, desk: httpx.AsyncClient
) -> None:
    event = (await house.makes_event())["id"]
    upload = {"file": ("p.csv", b"name\n" + b"Ana\n" * (13 * 1024 * 1024))}
    answer = await desk.post(f"/desk/{event}/import", files=upload, timeout=120)
    assert answer.status_code == 413
    assert "The file is too big: at most 20 MB." in answer.text
    assert await people(house, event) == []


async def test_a_store_that_goes_in_the_middle_loses_and_doubles_nobody(tmp_path: Path) -> None:
    bundled = BundledStore(tmp_path)
    await bundled.start()
    store = await Store.connect(bundled.url)
    try:
        async with doors(store) as house, house.browser() as desk:
            await desk.post("/desk", data={"key": KEY})
            event = (await house.makes_event())["id"]
            path = f"/desk/{event}/import"
            rows = "name\n" + "".join(f"Ana {n}\n" for n in range(500))
            form = fields((await desk.post(path, data={"text": rows})).text)
            os.kill(bundled.pid, signal.SIGSTOP)
            try:
                away = await desk.post(path, data={**form, "do": "land"}, timeout=120)
            finally:
                os.kill(bundled.pid, signal.SIGCONT)
            assert away.status_code == 503
            landed = (await desk.post(path, data={**form, "do": "land"}, timeout=120)).text
            assert "500 personal links were made." in landed
            assert len(await people(house, event)) == 500
    finally:
        await store.close()
        await bundled.stop()


def test_a_form_carries_a_file_and_no_bomb() -> None:
    assert unpacked(packed(JAPANESE.encode("cp932"))) == JAPANESE.encode("cp932")
    assert len(unpacked(packed(b"\x00" * (64 << 20)))) == (20 << 20) + 1
    assert unpacked("not base64!") == unpacked("AAAA") == b""
