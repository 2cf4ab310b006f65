"""The desk's people: found, changed, added, removed; their links sent and printed."""

from __future__ import annotations

import re

import httpx2 as httpx
import pytest

from rooms.people import Role
from tests.server.callers import Doors
from tests.server.desk import desk, house
from tests.server.house import KEY
from tests.server.looking import kept

__all__ = ["desk", "house"]

PEOPLE = [
    {"name": "Ana", "email": "ana@example.org", "external_id": "x-ana", "interests": ["tea"],
     "segment": "buyers", "organisation": "Secret Ltd", "phone": "+81-3-1234"},
    {"name": "Bo", "email": "bo@example.org", "mode": "on-site", "role": "helper"},
    {"name": "山田 花子", "reading": "ヤマダ ハナコ", "custom": {"T-shirt": "M"}},
]  # fmt: skip


def listed(page: str) -> list[str]:
    """Returns who stands in the list."""
    return re.findall(r'<a class="person-name"[^>]*><bdi>([^<]*)</bdi>', page)


@pytest.mark.parametrize(
    ("query", "names"),
    [
        ("", ["Host", "Ana", "Bo", "山田 花子"]),
        ("q=TEA", ["Ana"]),
        ("q=ﾔﾏﾀﾞ", ["山田 花子"]),
        ("q=secret", []),
        ("q=ana@example.org", []),
        ("segment=buyers", ["Ana"]),
        ("segment=-&role=attendee", ["山田 花子"]),
        ("role=helper", ["Bo"]),
        ("mode=on-site", ["Bo"]),
        ("came=came", []),
        ("came=unlinked&q=a", ["Ana"]),
        ("came=nonsense&page=x", []),
    ],
)
async def test_people_are_found_by_what_may_be_searched(
    house: Doors, desk: httpx.AsyncClient, query: str, names: list[str]
) -> None:
    event = (await house.makes_event())["id"]
    await house.brings(event, PEOPLE)
    page = (await desk.get(f"/desk/{event}/people?{query}")).text
    assert listed(page) == names
    assert "Secret Ltd" not in page
    assert "ana@example.org" not in page.replace("q=ana@example.org", "").replace(
        'value="ana@example.org"', ""
    )


async def test_a_hundred_stand_on_a_page(house: Doors, desk: httpx.AsyncClient) -> None:
    event = (await house.makes_event())["id"]
    await house.brings(event, [{"name": f"Ana {n}"} for n in range(120)])
    first = (await desk.get(f"/desk/{event}/people?q=ana")).text
    assert len(listed(first)) == 100
    assert "1 to 100 of 120" in first
    second = (await desk.get(f"/desk/{event}/people?q=ana&page=2")).text
    assert listed(second)[0] == "Ana 100"
    assert len(listed((await desk.get(f"/desk/{event}/people?q=ana&page=99")).text)) == 20


def form_of(page: str) -> dict[str, str]:
    """Returns the form of a person's page as a browser would send it."""
    form = page[page.index('<form class="desk-column"') : page.index("</form>")]
    found = dict(re.findall(r'<input class="input" id="([^"]+)"[^>]*? value="([^"]*)"', form))
    for name, options in re.findall(r'<select[^>]*name="([^"]+)"[^>]*>(.*?)</select>', form, re.S):
        found[name] = re.findall(r'value="([^"]*)" selected', options)[0]
    return {**found, "do": "save"}


async def test_a_change_keeps_what_was_not_shown(house: Doors, desk: httpx.AsyncClient) -> None:
    event = (await house.makes_event())["id"]
    [ana, bo, hanako] = await house.brings(event, PEOPLE)
    path = f"/desk/{event}/people/{ana.id}"
    page = (await desk.get(path)).text
    assert "Secret Ltd" not in page
    form = form_of(page)
    assert (form["email"], form["interests"], form["role"]) == ("", "tea", "attendee")
    sent = {
        **form,
        "interests": "tea; 登山、AI",
        "segment": "",
        "role": "ambassador",
        "sits_with": "Bo",
    }
    saved = await desk.post(path, data=sent)
    assert saved.status_code == 303
    now = await kept(house.store, event, ana.id)
    assert (now.email, now.organisation, now.phone) == (
        "ana@example.org",
        "Secret Ltd",
        "+81-3-1234",
    )
    assert (now.interests, now.segment) == (("tea", "登山", "AI"), "")
    assert (now.role, now.sits_with) == (Role.AMBASSADOR, bo.id)
    again = form_of((await desk.get(path)).text)
    assert again["sits_with"] == "Bo"
    path = f"/desk/{event}/people/{hanako.id}"
    await desk.post(path, data={**form_of((await desk.get(path)).text), "custom-0": "L"})
    assert (await kept(house.store, event, hanako.id)).custom == {"T-shirt": "L"}


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"name": " "}, "name"),
        ({"email": "nowhere"}, "email"),
        ({"email": "BO@example.org"}, "email"),
        ({"link": "javascript:alert(1)"}, "link"),
        ({"sits_with": "Nobody"}, "sits_with"),
        ({"sits_with": "Ana"}, "sits_with"),
        ({"table": "-1"}, "table"),
        ({"role": "station"}, "table"),
        ({"role": "king"}, "role"),
        ({"name": "x" * 201}, "name"),
    ],
)
async def test_what_cannot_be_comes_back_as_it_was_typed(
    house: Doors, desk: httpx.AsyncClient, change: dict[str, str], field: str
) -> None:
    event = (await house.makes_event())["id"]
    [ana, *_] = await house.brings(event, PEOPLE)
    path = f"/desk/{event}/people/{ana.id}"
    form = form_of((await desk.get(path)).text)
    answer = await desk.post(path, data={**form, "segment": "typed", **change})
    assert answer.status_code == 422
    assert re.search(rf'name="{field}"[^>]*aria-invalid="true"', answer.text)
    assert 'value="typed"' in answer.text
    assert (await kept(house.store, event, ana.id)).segment == "buyers"


async def test_somebody_is_added_and_removed_by_hand(house: Doors, desk: httpx.AsyncClient) -> None:
    event = (await house.makes_event())["id"]
    await house.brings(event, PEOPLE)
    path = f"/desk/{event}/people/new"
    form = form_of((await desk.get(path)).text)
    taken = await desk.post(path, data={**form, "name": "Bo B", "email": "bo@example.org"})
    assert "Somebody on the list has this e-mail address already." in taken.text
    added = await desk.post(path, data={**form, "name": "Chidi", "email": "chidi@example.org"})
    person = added.headers["location"].partition("?")[0]
    assert "Chidi is on the list." in (await desk.get(added.headers["location"])).text
    link = await desk.post(f"{person}/link")
    url = re.search(rf"{house.url}/e/{event}/in/[\w-]+", link.text)
    assert url
    unsure = await desk.post(person, data={"do": "remove"})
    assert unsure.status_code == 422
    gone = await desk.post(person, data={"do": "remove", "sure": "1"})
    assert gone.status_code == 303
    assert "Chidi" not in (await desk.get(f"/desk/{event}/people")).text
    assert (await desk.get(person)).status_code == 404
    async with house.browser() as chidi:
        assert (await chidi.get(url[0])).status_code == 404


async def test_the_only_host_stays_one(house: Doors, desk: httpx.AsyncClient) -> None:
    event = (await house.makes_event())["id"]
    page = (await desk.get(f"/desk/{event}/people?role=host")).text
    [path] = re.findall(r'class="person-name" href="([^"]+)"', page)
    form = form_of((await desk.get(path)).text)
    for sent in ({**form, "role": "attendee"}, {"do": "remove", "sure": "1"}):
        answer = await desk.post(path, data=sent)
        assert answer.status_code == 422
        assert "the event&#39;s only host" in answer.text


async def test_links_are_sent_to_the_ticked_or_to_all_who_have_none(
    house: Doors, desk: httpx.AsyncClient
) -> None:
    event = (await house.makes_event())["id"]
    [ana, bo, hanako] = await house.brings(event, PEOPLE)
    path = f"/desk/{event}/people"
    nobody = await desk.post(path, data={"whom": "ticked"})
    assert nobody.status_code == 422
    one = await desk.post(path, data={"who": [ana.id, hanako.id], "whom": "ticked", "q": "a"})
    assert one.headers["location"].endswith("?q=a&sent=1&without=1")
    page = (await desk.get(one.headers["location"])).text
    assert "1 link is on its way." in page
    everybody = await desk.post(path, data={"whom": "all"})
    assert everybody.headers["location"].endswith("?sent=1&without=3"), "Bo; not Ana again"
    assert listed((await desk.get(f"{path}?came=linked")).text) == ["Ana", "Bo"]
    single = await desk.post(f"{path}/{ana.id}", data={"do": "send"})
    assert single.headers["location"].endswith("?done=sent")
    none = await desk.post(f"{path}/{hanako.id}", data={"do": "send"})
    assert none.headers["location"].endswith("?done=no-mail")
    assert bo.id in (await desk.get(path)).text


async def test_many_are_put_into_a_segment_at_once(house: Doors, desk: httpx.AsyncClient) -> None:
    event = (await house.makes_event())["id"]
    [ana, bo, hanako] = await house.brings(event, PEOPLE)
    path = f"/desk/{event}/people"
    sent = {"do": "segment", "who": [ana.id, hanako.id], "into": "  north  office "}
    done = await desk.post(path, data=sent)
    assert "2 people were changed." in (await desk.get(done.headers["location"])).text
    assert listed((await desk.get(f"{path}?segment=north+office")).text) == ["Ana", "山田 花子"]
    await desk.post(path, data={"do": "segment", "whom": "all", "q": "ana", "into": ""})
    assert (await kept(house.store, event, ana.id)).segment == ""
    assert (await kept(house.store, event, ana.id)).email == "ana@example.org"
    long = await desk.post(path, data={**sent, "into": "x" * 81})
    assert long.status_code == 422
    assert (await kept(house.store, event, bo.id)).segment == ""


async def test_cards_open_their_owners_pages_and_are_written_down(
    house: Doors, desk: httpx.AsyncClient
) -> None:
    event = (await house.makes_event())["id"]
    [ana, *_] = await house.brings(event, PEOPLE)
    sheet = await desk.post(f"/desk/{event}/people/cards", data={"who": ana.id})
    assert len(re.findall(r'<img src="data:image/svg[^"]+"', sheet.text)) == 1
    assert "Secret Ltd" not in sheet.text
    key = await house.keys.mailed_key(event, ana.id, Role.ATTENDEE)
    async with house.browser() as owner:
        assert (await owner.get(f"/e/{event}/in/{key}")).status_code == 200
        assert (await owner.get(ana.url)).status_code == 200, "an earlier link goes on working"
    everybody = await desk.post(f"/desk/{event}/people/cards", data={"whom": "all", "q": "a"})
    assert everybody.text.count("link-card-name") == 1
    assert "link-cards" in (await desk.get(f"/desk/{event}")).text


@pytest.mark.parametrize("page", ["", "/new", "/x", "/cards"])
async def test_the_list_is_the_organisers_alone(house: Doors, page: str) -> None:
    event = (await house.makes_event())["id"]
    async with house.browser() as browser:
        answer = await browser.post(f"/desk/{event}/people{page}", data={"who": "x"})
        assert answer.status_code == 401
        foreign = {"origin": "https://elsewhere.example"}
        await browser.post("/desk", data={"key": KEY})
        answer = await browser.post(f"/desk/{event}/people{page}", headers=foreign)
        assert answer.status_code == 403
