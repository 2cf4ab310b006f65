"""Signing up over real HTTP: places, approval, invitations, questions; nobody learns who is in."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator

import httpx2 as httpx
import pytest_asyncio

from server.redis import Store
from server.settings import Settings, Smtp
from tests.server.callers import Doors, doors
from tests.server.desk import house
from tests.server.house import KEY

__all__ = ["house"]

LONG = "あ" * 10_000
WITH_MAIL = Settings(
    organiser_key=KEY,
    public_url="http://meguri.example",
    smtp=Smtp(host="127.0.0.1", port=9, security="offered"),
)


@pytest_asyncio.fixture
async def posting(store: Store) -> AsyncIterator[Doors]:
    """A house that can send mail (nothing leaves: no worker runs)."""
    async with doors(store, WITH_MAIL) as house:
        yield house


async def signs_up(house: Doors, join: str, name: str, **fields: object) -> httpx.Response:
    async with house.browser() as browser:
        form = {"name": name, "agree": "1", **fields}
        return await browser.post(here(join), data=form, follow_redirects=True)


def here(address: str) -> str:
    """Returns an address of the tests' own house, whatever it calls itself in links."""
    return address.removeprefix("http://meguri.example")


async def people(house: Doors, event: str) -> list[dict[str, object]]:
    """Returns the event's attendees as the API shows them."""
    answer = await house.client.get(f"/api/events/{event}/attendees")
    shown: list[dict[str, object]] = answer.json()
    return [one for one in shown if one["role"] == "attendee"]


async def counts(house: Doors, event: str) -> tuple[int, int, int]:
    """Returns (places taken, waiting, requests)."""
    found = (await house.client.get(f"/api/events/{event}")).json()["sign_up"]
    return found["places_taken"], found["waiting"], found["requests"]


async def at_the_desk(house: Doors, event: str, **form: object) -> httpx.Response:
    """Posts a form of the desk's page of the sign-up."""
    async with house.browser() as browser:
        await browser.post("/desk", data={"key": KEY})
        return await browser.post(f"/desk/{event}/sign-up", data=form, follow_redirects=True)


QUESTIONS = [
    {"id": "why", "words": {"en": "Why do you come?", "ja": "参加の理由は？"}, "required": True},
    {
        "id": "food",
        "asks": "several",
        "words": {"en": "Food"},
        "options": {"en": ["rice", "bread"]},
    },
]


async def test_who_comes_when_it_is_full_waits_and_moves_up_when_somebody_declines(
    house: Doors,
) -> None:
    made = await house.makes_event(sign_up={"capacity": 1})
    async with house.browser() as ana, house.browser() as bo:
        form = {"name": "Ana", "agree": "1"}
        page = await ana.post(made["join_url"], data=form, follow_redirects=True)
        assert 'id="boot"' in page.text
        assert "All places are taken just now" in (await bo.get(made["join_url"])).text
        page = await bo.post(
            made["join_url"], data={"name": "Bo", "agree": "1"}, follow_redirects=True
        )
        assert "You are on the waiting list" in page.text
        assert "Your number is 1." in page.text
        assert await counts(house, made["id"]) == (1, 1, 0)
        await ana.post(f"/e/{made['id']}/place", data={"do": "decline"})
        assert await counts(house, made["id"]) == (1, 0, 0)
        assert 'id="boot"' in (await bo.get(f"/e/{made['id']}")).text
        page = await ana.get(f"/e/{made['id']}")
        assert "I can come after all" in page.text
        await ana.post(f"/e/{made['id']}/place", data={"do": "come"})
        assert "You are on the waiting list" in (await ana.get(f"/e/{made['id']}")).text


async def test_a_double_press_makes_no_second_row(house: Doors) -> None:
    made = await house.makes_event()
    async with house.browser() as browser:
        form = {"name": "Ana", "email": "ana@people.example", "agree": "1"}
        for _ in range(2):
            page = await browser.post(made["join_url"], data=form, follow_redirects=True)
            assert 'id="boot"' in page.text
    assert len(await people(house, made["id"])) == 1


async def test_a_known_address_gets_the_same_answer_as_a_new_one(posting: Doors) -> None:
    made = await posting.makes_event()
    new = await signs_up(posting, made["join_url"], "Ana", email="ana@people.example")
    known = await signs_up(posting, made["join_url"], "Eve", email="ANA@people.example ")
    assert new.status_code == known.status_code == 200
    assert "Look into your mail" in new.text

    def plain(page: httpx.Response) -> str:
        text = re.sub(r'nonce[="-][^"\']+', "", page.text)
        return text.replace("ANA@people", "ana@people")

    assert plain(new) == plain(known)
    assert new.headers.get("set-cookie") == known.headers.get("set-cookie")
    [ana] = await people(posting, made["id"])
    assert ana["name"] == "Ana"


async def test_without_mail_a_stranger_with_a_known_address_learns_nothing_either(
    house: Doors,
) -> None:
    made = await house.makes_event()
    await house.brings(made["id"], [{"name": "Ana", "email": "ana@people.example"}])
    page = await signs_up(house, made["join_url"], "Eve", email="ana@people.example")
    assert 'id="boot"' in page.text
    rows = await house.store.call("HVALS", f"meguri:{{{made['id']}}}:register")
    assert isinstance(rows, list)
    assert sum(b"ana@people.example" in row for row in rows if isinstance(row, bytes)) == 1


async def test_a_form_with_limited_places_asks_for_an_address_and_keeps_what_was_typed(
    posting: Doors,
) -> None:
    made = await posting.makes_event(sign_up={"capacity": 1})
    page = await signs_up(posting, made["join_url"], "Ana", organisation="Tea & Co")
    assert page.status_code == 422
    assert "Tea &amp; Co" in page.text
    assert "your link is sent there" in page.text
    await signs_up(posting, made["join_url"], "Ana", email="ana@people.example")
    page = await signs_up(posting, made["join_url"], "Bo", email="bo@people.example")
    assert "All places are taken just now." in page.text


async def test_requests_are_answered_at_the_desk_one_or_many(house: Doors) -> None:
    made = await house.makes_event(sign_up={"how": "approval"})
    for name in ("Ana", "Bo", "Chidi"):
        words = f"words of {name}"
        page = await signs_up(house, made["join_url"], name, interests=words)
        assert "The organiser has your request" in page.text
    assert await counts(house, made["id"]) == (0, 0, 3)
    ids = {str(one["name"]): one["id"] for one in await people(house, made["id"])}
    page = await at_the_desk(house, made["id"], do="approve", who=[ids["Ana"], ids["Chidi"]])
    assert "Answered." in page.text
    await at_the_desk(house, made["id"], do="refuse", who=[ids["Bo"]])
    assert await counts(house, made["id"]) == (2, 0, 0)
    page = await at_the_desk(house, made["id"], do="approve")
    assert "Nobody was ticked" in page.text
    async with house.browser() as browser:
        await browser.post("/desk", data={"key": KEY})
        interests = (await browser.get(f"/desk/{made['id']}/interests")).text
        assert ("words of Ana" in interests, "words of Bo" in interests) == (True, False)


async def test_by_invitation_others_are_turned_away_and_the_listed_get_their_link(
    posting: Doors,
) -> None:
    made = await posting.makes_event(sign_up={"how": "invitation"})
    page = await at_the_desk(
        posting, made["id"], do="invite", invite="Ana <ana@people.example>\nbo@people.example\n"
    )
    assert "their links are on their way" in page.text
    assert {one["name"] for one in await people(posting, made["id"])} == {"Ana", "bo"}
    again = "ANA@people.example\nRobert <bo@people.example>\nchidi@people.example"
    await at_the_desk(posting, made["id"], do="invite", invite=again)
    names = {one["name"] for one in await people(posting, made["id"])}
    assert names == {"Ana", "bo", "chidi"}, "whoever is on the list keeps their name"
    async with posting.browser() as browser:
        page = await browser.get(here(made["join_url"]))
        assert "This event is by invitation" in page.text
        answers = [
            (await browser.post(here(made["join_url"]), data={"email": email})).text
            for email in ("ana@people.example", "eve@people.example")
        ]
        assert all("is on the list" in text for text in answers)
    assert len(await people(posting, made["id"])) == 3
    page = await at_the_desk(posting, made["id"], do="invite", invite="not an address")
    assert page.status_code == 422
    assert "not an address" in page.text


async def test_a_sign_up_that_closes_meanwhile_says_so(house: Doors) -> None:
    made = await house.makes_event()
    await at_the_desk(house, made["id"], do="settings", how="closed", capacity="", quotas="")
    page = await signs_up(house, made["join_url"], "Ana")
    assert page.status_code == 409
    assert "The sign-up is closed" in page.text


async def test_own_questions_are_asked_kept_and_taken_home(house: Doors) -> None:
    made = await house.makes_event(sign_up={"questions": QUESTIONS})
    join = made["join_url"]
    markup = "<b>tea</b> & =1+1"
    missing = await signs_up(house, join, "Ana", **{"q-food": "1"})
    assert missing.status_code == 422
    assert "Please answer “Why do you come?”." in missing.text
    long = await signs_up(house, join, "Ana", **{"q-why": LONG})
    assert long.status_code == 422
    assert LONG in long.text, "what was typed still stands there"
    assert "10000" in long.text
    odd = await signs_up(house, join, "Ana", **{"q-why": "tea", "q-food": "7"})
    assert odd.status_code == 422
    assert await people(house, made["id"]) == []
    await signs_up(house, join, "Ana", **{"q-why": markup, "q-food": ["0", "1"]})
    [ana] = await people(house, made["id"])
    assert ana["custom"] == {"Why do you come?": markup, "Food": "rice; bread"}
    page = (await house.client.get(f"/api/events/{made['id']}/attendees.csv")).text
    assert "Why do you come?,Food" in page
    await house.client.delete(f"/api/events/{made['id']}/attendees/{ana['id']}")
    rows = await house.store.call("HVALS", f"meguri:{{{made['id']}}}:register")
    assert b"<b>tea" not in repr(rows).encode()


async def test_people_of_the_list_are_asked_as_they_first_come_in_and_at_the_door_no_more(
    house: Doors,
) -> None:
    made = await house.makes_event(sign_up={"questions": QUESTIONS})
    ana, bo = await house.brings(made["id"])
    async with house.browser() as browser:
        assert 'name="q-why"' in (await browser.get(ana.url)).text
        missing = await browser.post(ana.url, data={"agree": "1", "q-food": "1"})
        assert missing.status_code == 422
        assert "Please answer “Why do you come?”." in missing.text
        assert 'name="q-food" value="1" checked' in missing.text
        unread = await browser.post(ana.url, data={"q-why": "tea", "q-food": "1"})
        assert (unread.status_code, ">tea</textarea>" in unread.text) == (422, True)
        form = {"agree": "1", "q-why": "tea", "q-food": "1"}
        assert (await browser.post(ana.url, data=form)).status_code == 303
        assert 'name="q-why"' not in (await browser.get(ana.url)).text, "asked once"
    shown = {one["id"]: one["custom"] for one in await people(house, made["id"])}
    assert shown[ana.id] == {"Why do you come?": "tea", "Food": "bread"}
    await house.client.patch(f"/api/events/{made['id']}", json={"starts_at": 1})
    async with house.browser() as browser:
        assert 'name="q-why"' not in (await browser.get(bo.url)).text
        assert (await browser.post(bo.url, data={"agree": "1"})).status_code == 303


async def test_own_answers_are_seen_and_changed_on_ones_own_page_until_it_begins(
    house: Doors,
) -> None:
    made = await house.makes_event(sign_up={"questions": QUESTIONS})
    async with house.browser() as ana:
        form = {"name": "Ana", "agree": "1", "q-why": "tea", "q-food": "1"}
        await ana.post(here(made["join_url"]), data=form, headers={"accept-language": "ja"})
        path = f"/e/{made['id']}/mine/data"
        page = (await ana.get(path)).text
        assert ">tea</textarea>" in page
        assert 'name="q-food" value="1" checked' in page
        missing = await ana.post(path, data={"do": "answers", "q-why": " ", "q-food": "0"})
        assert missing.status_code == 422
        assert 'name="q-food" value="0" checked' in missing.text, "what was chosen still stands"
        answers = {"do": "answers", "q-why": "friends", "q-food": ["0", "1"]}
        saved = await ana.post(path, data=answers)
        assert saved.headers["location"].startswith(f"{path}?done=answers")
        [shown] = await people(house, made["id"])
        assert shown["custom"] == {"Why do you come?": "friends", "Food": "rice; bread"}
        await house.client.patch(f"/api/events/{made['id']}", json={"starts_at": 1})
        late = await ana.post(path, data=answers | {"q-why": "late"})
        assert late.status_code == 422
        assert "friends" in (await ana.get(path)).text
        assert "</textarea>" not in (await ana.get(path)).text


async def test_questions_are_written_ordered_and_taken_out_at_the_desk(house: Doors) -> None:
    made = await house.makes_event(sign_up={"questions": QUESTIONS})
    page = await at_the_desk(
        house,
        made["id"],
        **{"do": "questions", "id-0": "why", "order-0": "2", "en-0": "Why?", "ja-0": "なぜ？"},
        **{"asks-0": "text", "id-1": "food", "en-1": "", "ja-1": "", "order-1": "1"},
        **{"id-2": "", "order-2": "1", "en-2": "<i>How</i>", "asks-2": "one"},
        **{"options-en-2": "by train\r\nby bike", "required-2": "1"},
    )
    assert page.status_code == 200, page.text
    assert "&lt;i&gt;How&lt;/i&gt;" in page.text
    shown = (await house.client.get(f"/api/events/{made['id']}")).json()["sign_up"]["questions"]
    assert [(one["id"], one["words"]["en"]) for one in shown] == [
        ("q1", "<i>How</i>"),
        ("why", "Why?"),
    ]
    assert shown[0]["options"] == {"en": ["by train", "by bike"]}
    page = await at_the_desk(
        house, made["id"], **{"do": "questions", "en-0": "Which?", "asks-0": "one"}
    )
    assert page.status_code == 422
    assert "Which?" in page.text
    page = await at_the_desk(house, made["id"], **{"do": "questions", "en-0": "E-mail"})
    assert "a column of the list already" in page.text


async def test_settings_that_cannot_be_are_said_and_nothing_is_lost(house: Doors) -> None:
    made = await house.makes_event()
    page = await at_the_desk(
        house, made["id"], do="settings", how="open", capacity="many", quotas="a: 2"
    )
    assert page.status_code == 422
    assert 'value="many"' in page.text
    page = await at_the_desk(
        house, made["id"], do="settings", how="open", capacity="５", quotas="a：2\nb: 3"
    )
    assert page.status_code == 200
    shown = (await house.client.get(f"/api/events/{made['id']}")).json()["sign_up"]
    assert shown["capacity"] == 5
    assert shown["quotas"] == [{"segment": "a", "most": 2}, {"segment": "b", "most": 3}]
    page = await signs_up(house, made["join_url"], "Ana", segment="nobody's")
    assert page.status_code == 422
    await signs_up(house, made["join_url"], "Ana", segment="a")
    assert [one["segment"] for one in await people(house, made["id"])] == ["a"]


async def test_how_long_minutes_are_kept_is_set_and_never_made_longer_than_was_agreed(
    house: Doors,
) -> None:
    made = await house.makes_event()

    async def saves(days: str) -> int:
        page = await at_the_desk(house, made["id"], do="kept", days=days)
        assert f'value="{days}"' in page.text
        return int(page.status_code)

    assert [await saves(days) for days in ("44", "soon", "3651", "60")] == [422, 422, 422, 200]
    async with house.browser() as browser:
        assert "60 days after the event" in (await browser.get(here(made["join_url"]))).text
    assert await saves("120") == 200
    await signs_up(house, made["join_url"], "Ana")
    assert [await saves(days) for days in ("121", "120", "45")] == [409, 200, 200]
    longer = {"settings": {"minutes_days": 46}}
    answer = await house.client.patch(f"/api/events/{made['id']}", json=longer)
    assert (answer.status_code, answer.json()["code"]) == (409, "promised")
