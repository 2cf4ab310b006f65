"""The desk before the event: what a list lacks, and words that are merged."""

from __future__ import annotations

import httpx2 as httpx
import pytest

from tests.server.callers import Doors
from tests.server.desk import desk, house

__all__ = ["desk", "house"]

PEOPLE = [
    {"name": "Ana", "interests": ["AI", "tea"], "seeks": ["funding"]},
    {"name": "Bo", "interests": ["人工知能", "tea"], "offers": ["Python"]},
    {"name": "Chidi", "interests": ["origami"], "seeks": ["<b>funding</b>"]},
    {"name": "花子", "interests": ["start-ups", "tea"], "languages": ["日本語"]},
    {"name": "Emre", "interests": ["startup", "tea"], "mode": "on-site"},
]


async def groups(house: Doors, event: str) -> list[list[str]]:
    answer = await house.client.get(f"/api/events/{event}")
    found: list[list[str]] = answer.json()["settings"]["synonyms"]
    return found


async def test_the_balance_says_what_is_lacking_and_whom_to_invite(
    house: Doors, desk: httpx.AsyncClient
) -> None:
    event = (await house.makes_event())["id"]
    path = f"/desk/{event}/balance"
    assert "There is nobody to look at yet" in (await desk.get(path)).text
    people = await house.brings(event, PEOPLE)
    page = (await desk.get(path)).text
    assert "Somebody who offers “funding”: 1 person looks for it." in page
    assert "&lt;b&gt;funding" in page
    assert "Somebody who cares about “origami”: 1 person who does has no good room yet." in page
    assert "Somebody who speaks 日本語: one person alone does." in page
    assert f"/desk/{event}/people/{people[2].id}" in page
    assert "Nobody else has what they named: origami" in page
    in_japanese = await desk.get(path, headers={"accept-language": "ja"})
    assert "「funding」を提供できる人" in in_japanese.text


async def test_words_are_merged_by_ticking_and_taken_apart_again(
    house: Doors, desk: httpx.AsyncClient
) -> None:
    event = (await house.makes_event())["id"]
    await house.brings(event, PEOPLE)
    path = f"/desk/{event}/interests"
    page = (await desk.get(path)).text
    assert page.index(">tea<") < page.index(">AI<"), "the most frequent word is first"
    assert "start-ups = startup" in page, "what looks alike is suggested"
    done = await desk.post(path, data={"do": "merge", "word": ["AI", "人工知能"]})
    assert "Merged: they count as one" in (await desk.get(done.headers["location"])).text
    await desk.post(path, data={"do": "alike", "merge": "start-ups\nstartup"})
    assert await groups(house, event) == [["AI", "人工知能"], ["start-ups", "startup"]]
    await desk.post(path, data={"do": "merge", "word": ["人工知能", "start-ups"]})
    assert await groups(house, event) == [["AI", "人工知能", "start-ups", "startup"]]
    assert "AI = 人工知能 = start-ups = startup" in (await desk.get(f"{path}?q=start")).text
    await desk.post(path, data={"do": "apart", "group": "AI"})
    assert await groups(house, event) == []


@pytest.mark.parametrize(
    ("sent", "sentence"),
    [
        ({"do": "merge", "word": "tea"}, "Tick two words at least"),
        ({"do": "merge", "word": ["tea", "TEA"]}, "Tick two words at least"),
        ({"do": "alike"}, "Tick two words at least"),
        ({"do": "suggest", "suggestions": "\n".join(map(str, range(41)))}, "At most 40 interests"),
    ],
)
async def test_what_cannot_be_merged_or_suggested_is_said(
    house: Doors, desk: httpx.AsyncClient, sent: dict[str, object], sentence: str
) -> None:
    event = (await house.makes_event())["id"]
    answer = await desk.post(f"/desk/{event}/interests", data=sent)
    assert answer.status_code == 422
    assert sentence in answer.text
    assert await groups(house, event) == []


async def test_what_is_suggested_is_offered_to_newcomers(
    house: Doors, desk: httpx.AsyncClient
) -> None:
    made = await house.makes_event()
    path = f"/desk/{made['id']}/interests"
    await desk.post(path, data={"do": "suggest", "suggestions": "tea\r\n登山、tea\r\n\r\n"})
    kept = (await house.client.get(f"/api/events/{made['id']}")).json()["settings"]["suggestions"]
    assert kept == ["tea", "登山"]
    assert ">tea\n登山</textarea>" in (await desk.get(path)).text


@pytest.mark.parametrize("page", ["balance", "interests"])
async def test_these_pages_are_the_organisers_alone(house: Doors, page: str) -> None:
    event = (await house.makes_event())["id"]
    async with house.browser() as browser:
        assert (await browser.get(f"/desk/{event}/{page}")).status_code == 401
