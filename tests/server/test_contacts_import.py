"""Contacts that sensors saw become an event with a report, a graph and exports."""

from __future__ import annotations

import asyncio
import csv
import gzip
import io
from collections import Counter
from pathlib import Path

import networkx
import pytest

from server.asking import Asker, NotAnswered
from server.auth import Keys
from server.contacts_import import Chosen, Contacts, bring_contacts
from server.evenings import Evenings
from server.observations import BadObservations, read_observations, rounds_of
from server.redis import ENDED, Store, pairs
from server.retention import Retention
from server.settings import Settings
from tests.server.callers import Doors
from tests.server.desk import house
from tests.server.house import KEY

__all__ = ["house"]

SAMPLE = (Path(__file__).parent / "sample-contacts.dat").read_bytes()
CHOSEN = Chosen(title="Two days", people=None, began_at=None, silence=4 * 3600, time_zone="UTC")


def seen() -> Counter[tuple[str, str]]:
    """Counts the sample's lines by pair, without the code under test."""
    found: Counter[tuple[str, str]] = Counter()
    for line in SAMPLE.decode().splitlines():
        _, a, b = line.split()
        found[min(a, b), max(a, b)] += 1
    return found


async def brought(house: Doors, data: bytes = SAMPLE, chosen: Chosen = CHOSEN) -> Contacts:
    return await asyncio.to_thread(bring_contacts, Asker(house.url, KEY), data, chosen)


async def test_every_observation_becomes_twenty_seconds_of_an_encounter(house: Doors) -> None:
    made = await brought(house, gzip.compress(SAMPLE))
    path = f"/api/events/{made.event_id}"
    text = (await house.client.get(f"{path}/pairs.csv?summary=1")).content.decode("utf-8-sig")
    rows = list(csv.DictReader(io.StringIO(text, newline="")))
    found = {
        tuple(sorted((row["a_external_id"], row["b_external_id"]))): int(row["seconds_together"])
        for row in rows
    }
    assert found == {pair: 20 * many for pair, many in seen().items()}
    assert (made.people, made.pairs, made.rounds) == (12, len(found), 2)
    graph = networkx.read_graphml(
        io.BytesIO((await house.client.get(f"{path}/network.graphml")).content)
    )
    assert sum(d["seconds"] for _, _, d in graph.edges(data=True)) == sum(found.values())
    report = (await house.client.get(f"{path}/report")).json()
    assert (report["network"]["ties"], report["steps"]["came"]) == (len(found), 12)
    assert [one["round"] for one in report["rounds"]] == [1, 2]


async def test_a_list_of_people_gives_names(house: Doors) -> None:
    people = b"name,external_id\nAna,101\nBo,102\n"
    made = await brought(house, chosen=Chosen(
        title="x", people=people, began_at=1_000_000_000_000, silence=14_400, time_zone="UTC"
    ))  # fmt: skip
    listed = (await house.client.get(f"/api/events/{made.event_id}/attendees")).json()
    names = {one["external_id"]: one["name"] for one in listed}
    assert (names["101"], names["102"], names["103"]) == ("Ana", "Bo", "Badge 103")


async def test_what_fails_on_the_way_leaves_no_half_event(house: Doors) -> None:
    with pytest.raises(NotAnswered):
        await brought(house, chosen=Chosen(
            title="x", people=b"\x00\x01", began_at=None, silence=14_400, time_zone="UTC"
        ))  # fmt: skip
    assert (await house.client.get("/api/events")).json() == []


def test_intervals_that_follow_each_other_are_one_span_and_a_night_ends_a_round() -> None:
    days = rounds_of(read_observations(b"20 1 2\n40 2 1\n80 1 2\n90000 1 3\n"))
    assert [day.spans for day in days] == [
        {("1", "2"): [(0, 40), (60, 80)]},
        {("1", "3"): [(89980, 90000)]},
    ]


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        (b"", "no contact"),
        (b"20 1 2\nhello", "Line 2"),
        (b"20 1 1\n", "Line 1"),
        (b"5 1 2\n", "Line 1"),
        (gzip.compress(SAMPLE)[:-20], "not whole"),
    ],
)
def test_a_bad_list_is_named_by_its_line(data: bytes, sentence: str) -> None:
    with pytest.raises(BadObservations, match=sentence):
        read_observations(data)


# The report's page


async def test_the_report_is_the_organisers_and_speaks_both_languages(house: Doors) -> None:
    made = await brought(house)
    path = f"/desk/{made.event_id}/report"
    async with house.browser() as browser:
        assert (await browser.get(path)).status_code == 401
        await browser.post("/desk", data={"key": KEY})
        page = await browser.get(path)
        assert page.status_code == 200, page.text
        assert "Badge 101" in page.text
        assert 'style="' not in page.text
        assert (await browser.get(path)).text.count("<circle") == page.text.count("<circle") >= 12
        japanese = await browser.get(path, headers={"accept-language": "ja"})
        assert "目標と結果" in japanese.text


async def test_the_same_event_gives_the_same_picture(house: Doors) -> None:
    made = await brought(house)
    async with house.browser() as browser:
        await browser.post("/desk", data={"key": KEY})
        pictures = []
        for _ in range(2):
            page = (await browser.get(f"/desk/{made.event_id}/report")).text
            pictures.append(page[page.index('<svg class="graph"') : page.index('<g class="names"')])
    assert pictures[0] == pictures[1]


async def test_goals_are_kept_and_bad_ones_are_named(house: Doors) -> None:
    made = await brought(house)
    path = f"/desk/{made.event_id}/report"
    async with house.browser() as browser:
        await browser.post("/desk", data={"key": KEY})
        goals = {"people": "24", "met": "3.5", "contacts": "", "cost": "1,200", "currency": "EUR"}
        saved = await browser.post(path, data=goals, follow_redirects=True)
        assert "50 %" in saved.text
        assert "100 EUR" in saved.text
        bad = await browser.post(path, data={**goals, "cost": "lots"})
        assert bad.status_code == 422
        assert "“lots” is not a number." in bad.text
    shown = (await house.client.get(f"/api/events/{made.event_id}")).json()
    assert (shown["goals"]["people"], shown["goals"]["cost"]) == (24, 1200)


async def test_the_last_event_stands_beside_this_one_and_another_can_be_chosen(
    house: Doors,
) -> None:
    def chosen(title: str, began_at: int) -> Chosen:
        return Chosen(
            title=title, people=None, began_at=began_at, silence=4 * 3600, time_zone="UTC"
        )

    day = 86_400_000
    first = await brought(house, chosen=chosen("Spring", 1_700_000_000_000))
    second = await brought(house, chosen=chosen("Summer", 1_700_000_000_000 + 10 * day))
    third = await brought(
        house, SAMPLE[:400].rpartition(b"\n")[0], chosen("Autumn", 1_710_000_000_000)
    )
    async with house.browser() as browser:
        await browser.post("/desk", data={"key": KEY})
        path = f"/desk/{third.event_id}/report"
        page = (await browser.get(path)).text
        assert "Last event: Summer" in page
        assert "(last event: 12)" in page
        assert f'value="{second.event_id}" selected' in page
        page = (await browser.get(f"{path}?beside={first.event_id}")).text
        assert "Last event: Spring" in page
        page = (await browser.get(f"{path}?beside=none")).text
        assert "Last event:" not in page
        alone = (await browser.get(f"/desk/{first.event_id}/report")).text
        assert "Last event:" not in alone
        await minutes_are_forgotten(house.store)
        page = (await browser.get(path)).text
        assert "What is left are the totals of this page" in page
        assert "Last event: Summer" in page
        assert "(last event: 12)" in page
        assert "graph-who" not in page
        await house.client.delete(f"/api/events/{second.event_id}")
        page = (await browser.get(path)).text
        assert "Last event: Spring" in page
        assert second.event_id not in page
    kept = {id for id, _ in pairs(await house.store.call("HGETALL", ENDED))}
    assert kept == {first.event_id, third.event_id}


async def minutes_are_forgotten(store: Store) -> None:
    """Lets a hundred days pass for the retention of all events."""
    evenings = Evenings(store)
    keys = Keys(store, Settings(organiser_key=KEY))
    await Retention(store, evenings, keys, lambda: store.clock() + 100 * 86_400_000).once()
    await evenings.close()
