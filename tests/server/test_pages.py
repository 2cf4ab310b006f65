"""Pages: links become cookies by one press, errors are friendly, other sites get nowhere."""

from __future__ import annotations

import json
import os
import re
import signal
from collections.abc import AsyncIterator
from html import unescape
from pathlib import Path

import httpx2 as httpx
import msgspec
import pytest
import pytest_asyncio

from rooms.people import Attendee
from server import agreeing, words
from server.bundled import BundledStore
from server.files import STATIC
from server.pages import consent
from server.pages.desk import FORMS
from server.pages.entry import local_path
from server.pages.statics import without_comments
from server.redis import Store
from server.settings import Settings
from tests.server.callers import Doors, bearer, doors
from tests.server.desk import house
from tests.server.house import KEY
from tests.server.looking import fields

__all__ = ["house"]


async def person(house: Doors, event: str, id: str) -> Attendee:
    """Returns somebody's profile as it is kept."""
    row = await house.store.call("HGET", f"meguri:{{{event}}}:register", f"a:{id}")
    assert isinstance(row, bytes)
    return msgspec.json.decode(row, type=Attendee)


def boot(page: httpx.Response) -> dict[str, object]:
    """Returns the data that a page's program starts from."""
    assert page.status_code == 200, page.text
    found = re.search(r'<script type="application/json" id="boot">(.*?)</script>', page.text, re.S)
    assert found
    data: dict[str, object] = json.loads(found[1])
    return data


# Headers


async def test_every_page_is_guarded(house: Doors) -> None:
    made = await house.makes_event()
    async with house.browser() as browser:
        for path in ("/", "/desk", "/nowhere", made["join_url"], made["host_url"]):
            page = await browser.get(path)
            policy = page.headers["content-security-policy"]
            assert "default-src 'none'" in policy
            assert "unsafe" not in policy
            assert "require-trusted-types-for 'script'" in policy
            assert "frame-ancestors 'none'" in policy
            assert page.headers["x-content-type-options"] == "nosniff"
            assert page.headers["referrer-policy"] == "same-origin"
            assert page.headers["cache-control"] == "no-store"
            nonces = set(re.findall(r'nonce="([^"]+)"', page.text))
            assert all(f"'nonce-{nonce}'" in policy for nonce in nonces)
            for inline in (' style="', " onclick=", "javascript:"):
                assert inline not in page.text


async def test_names_that_are_scripts_stay_text(house: Doors) -> None:
    title = "</script><script>alert(1)</script>"
    made = await house.makes_event(title=title)
    [ana] = await house.brings(made["id"], [{"name": "<img src=x onerror=alert(1)>"}])
    async with house.browser() as browser:
        for path in (made["join_url"], ana.url):
            text = (await browser.get(path)).text
            assert "<script>alert" not in text
            assert "<img src=x" not in text
        await browser.post(ana.url, data={"agree": "1"})
        page = await browser.get(f"/e/{made['id']}")
        assert "<script>alert" not in page.text
        assert boot(page)["title"] == title


async def test_static_files_are_cached_by_version(house: Doors) -> None:
    async with house.browser() as browser:
        page = (await browser.get("/")).text
        address = re.search(r'href="(/static/[0-9a-f]{10}/base\.css)"', page)
        assert address
        file = await browser.get(address[1])
        assert (file.status_code, file.headers["content-type"]) == (200, "text/css; charset=utf-8")
        assert "immutable" in file.headers["cache-control"]
        plain = await browser.get("/static/base.css")
        assert plain.headers["cache-control"] == "no-cache"
        older = await browser.get("/static/0123456789/base.css")
        assert (older.status_code, older.headers["cache-control"]) == (200, "no-cache")
        assert (
            (await browser.get("/static/words.js"))
            .headers["content-type"]
            .startswith("text/javascript")
        )
        for outside in ("/static/../pyproject.toml", "/static/%2e%2e/pyproject.toml"):
            assert (await browser.get(outside)).status_code == 404


# Personal links


async def test_a_personal_link_lets_in_by_one_press_after_the_consent(house: Doors) -> None:
    made = await house.makes_event()
    [ana, _] = await house.brings(made["id"])
    async with house.browser() as browser:
        page = await browser.get(ana.url)
        assert page.status_code == 200
        assert not browser.cookies, "opening is not coming in: mail scanners open links"
        assert words.fill(consent.PARAGRAPHS[0], {"title": "Tea"}) in page.text
        assert '<input type="checkbox" name="fields" value="news">' in page.text, "not ticked"
        refused = await browser.post(ana.url)
        assert refused.status_code == 422
        assert not browser.cookies
        entered = await browser.post(ana.url, data={"agree": "1", "fields": ["email", "news"]})
        assert (entered.status_code, entered.headers["location"]) == (303, f"/e/{made['id']}")
        cookie = entered.headers["set-cookie"].lower()
        assert "httponly" in cookie
        assert "samesite=lax" in cookie
        data = boot(await browser.get(f"/e/{made['id']}"))
        assert (data["you"], data["name"], data["role"]) == (ana.id, "Ana", "attendee")
        again = await browser.get(ana.url)
        assert consent.AGREE not in again.text, "asked once"
    profile = await person(house, made["id"], ana.id)
    assert profile.consent_version == consent.VERSION
    assert profile.organiser_may_export == ("email", "news")
    kept = await house.store.call("HGET", f"meguri:{{{made['id']}}}:register", f"c:{ana.id}:0")
    assert isinstance(kept, bytes)
    record = json.loads(kept)
    assert (record["version"], record["recipient"]) == (consent.VERSION, "Tea")
    assert "who shared a room with whom" in record["wording"]
    assert agreeing.NEWS in record["wording"]


async def test_a_hosts_link_opens_the_hosts_page_and_both_roles_fit_one_browser(
    house: Doors,
) -> None:
    made = await house.makes_event()
    [ana, _] = await house.brings(made["id"])
    async with house.browser() as browser:
        entered = await browser.post(made["host_url"])
        assert entered.headers["location"] == f"/e/{made['id']}/host"
        await browser.post(ana.url, data={"agree": "1"})
        host = boot(await browser.get(f"/e/{made['id']}/host"))
        guest = boot(await browser.get(f"/e/{made['id']}"))
        assert (host["role"], guest["role"]) == ("host", "attendee")
        assert host["join_url"] == made["join_url"]
        assert host["desk"] is None
        command = {"type": "open-doors"}
        path = f"/api/events/{made['id']}/commands"
        assert (await browser.post(path, json=command)).status_code == 200
        home = (await browser.get("/")).text
        assert f"/e/{made['id']}/host" in home


@pytest.mark.parametrize("language", ["en", "ja"])
async def test_wrong_links_get_friendly_pages_with_the_right_status(
    house: Doors, language: str
) -> None:
    made, other = await house.makes_event(), await house.makes_event()
    [ana, bo] = await house.brings(made["id"])
    new = (await house.client.post(f"/api/events/{made['id']}/attendees/{bo.id}/link")).json()
    past = {"expires_at": house.store.clock() - 1}
    path = f"/api/events/{made['id']}/attendees/{ana.id}/link"
    expired = (await house.client.post(path, json=past)).json()
    join = made["join_url"]
    async with house.browser() as browser:
        browser.headers["accept-language"] = language
        for address, status in (
            (new["url"], 200),
            (bo.url, 410),
            (expired["url"], 410),
            (new["url"][:-1], 404),
            (new["url"] + "x", 404),
            (new["url"].replace(made["id"], other["id"]), 404),
            (new["url"].replace(made["id"], "nowhere"), 404),
            (join[:-1] + ("a" if join[-1] != "a" else "b"), 404),
            (join.replace(made["id"], other["id"]), 404),
            (f"/e/{made['id']}", 401),
            (f"/e/{made['id']}/host", 401),
            ("/e/nowhere", 404),
            ("/nowhere", 404),
        ):
            page = await browser.get(address)
            assert page.status_code == status, address
            assert page.headers["content-type"] == "text/html; charset=utf-8"
            assert f'<html lang="{language}">' in page.text
            assert "Traceback" not in page.text


async def test_somebody_removed_comes_back_by_no_link_and_no_cookie(house: Doors) -> None:
    made = await house.makes_event()
    [ana, _] = await house.brings(made["id"])
    async with house.browser() as browser:
        await browser.post(ana.url, data={"agree": "1"})
        command = {"type": "remove", "attendee": ana.id}
        path = f"/api/events/{made['id']}/commands"
        assert (await house.client.post(path, json=command)).status_code == 200
        for address in (ana.url, f"/e/{made['id']}"):
            page = await browser.get(address)
            assert page.status_code == 403
            assert "A host has removed you" in page.text
        assert (await browser.post(ana.url, data={"agree": "1"})).status_code == 403


async def test_a_new_link_ends_the_session_that_the_old_one_began(house: Doors) -> None:
    made = await house.makes_event()
    [ana, _] = await house.brings(made["id"])
    async with house.browser() as browser:
        await browser.post(ana.url, data={"agree": "1"})
        assert (await browser.get(f"/e/{made['id']}")).status_code == 200
        await house.client.post(f"/api/events/{made['id']}/attendees/{ana.id}/link")
        assert (await browser.get(f"/e/{made['id']}")).status_code == 401


# The open link


async def test_the_open_link_makes_an_attendee_who_agreed(house: Doors) -> None:
    made = await house.makes_event()
    form = {
        "name": "Zoë", "organisation": "Tokei", "interests": "AI、tea, jazz; Go", "agree": "1",
        "email": "zoe@example.org", "fields": ["email", "organisation"], "mode": "on-site",
        "languages": "en, fr",
    }  # fmt: skip
    async with house.browser() as browser:
        assert (await browser.get(made["join_url"])).status_code == 200
        entered = await browser.post(made["join_url"], data=form)
        assert (entered.status_code, entered.headers["location"]) == (303, f"/e/{made['id']}")
        data = boot(await browser.get(f"/e/{made['id']}"))
        zoe = await person(house, made["id"], str(data["you"]))
        assert (zoe.name, zoe.interests) == ("Zoë", ("AI", "tea", "jazz", "Go"))
        assert (zoe.languages, zoe.mode, zoe.role) == (("en", "fr"), "on-site", "attendee")
        assert zoe.organiser_may_export == ("organisation", "email")
        assert "Zoë" in (await browser.get(made["join_url"])).text, "says who is in already"


@pytest.mark.parametrize(
    ("form", "field"),
    [
        ({"agree": "1"}, "name"),
        ({"name": "  ", "agree": "1"}, "name"),
        ({"name": "\u200b\u2060", "agree": "1"}, "name"),
        ({"name": "x" * 201, "agree": "1"}, "name"),
        ({"name": "Ana"}, "agree"),
        ({"name": "Ana", "agree": "1", "email": "nowhere"}, "email"),
        ({"name": "Ana", "agree": "1", "interests": "x" * 81}, "interests"),
        ({"name": "Ana", "agree": "1", "mode": "by post"}, "mode"),
    ],
)
async def test_a_form_that_cannot_be_taken_comes_back_as_it_was_typed(
    house: Doors, form: dict[str, str], field: str
) -> None:
    made = await house.makes_event()
    async with house.browser() as browser:
        page = await browser.post(made["join_url"], data=form)
        assert page.status_code == 422
        assert 'role="alert"' in page.text
        if form.get("name", "").strip():
            assert f'value="{form["name"]}"' in page.text
        assert not browser.cookies
    event = (await house.client.get(f"/api/events/{made['id']}")).json()
    assert event["people"] == 0, field


async def test_the_open_link_closes_with_the_event(house: Doors) -> None:
    made = await house.makes_event()
    await house.client.patch(
        f"/api/events/{made['id']}", json={"locale": "ja"}, headers=bearer(made["host_key"])
    )
    async with house.browser() as browser:
        page = await browser.get(made["join_url"])
        assert '<html lang="ja">' in page.text, "the event's language, where nobody said theirs"


# Other sites


async def test_forms_of_other_sites_get_nowhere(house: Doors) -> None:
    made = await house.makes_event()
    [ana, _] = await house.brings(made["id"])
    evil = {"origin": "https://evil.example"}
    async with house.browser() as browser:
        for address, form in (
            (ana.url, {"agree": "1"}),
            (made["join_url"], {"name": "Eve", "agree": "1"}),
            ("/desk", {"key": KEY}),
        ):
            assert (await browser.post(address, data=form, headers=evil)).status_code == 403
        assert not browser.cookies
        await browser.post("/desk", data={"key": KEY})
        await browser.post(made["host_url"])
        for address in (f"/desk/{made['id']}/delete", f"/desk/{made['id']}/host-link", "/desk/out"):
            form = {"title": "Tea"}
            assert (await browser.post(address, data=form, headers=evil)).status_code == 403
        command = {"type": "open-doors"}
        path = f"/api/events/{made['id']}/commands"
        assert (await browser.post(path, json=command, headers=evil)).status_code == 403
        del browser.headers["origin"]
        assert (await browser.post(path, json=command)).status_code == 403
        gone = await browser.delete(f"/api/events/{made['id']}", headers=evil)
        assert gone.status_code == 403


@pytest.mark.parametrize(
    "address",
    ["https://evil.example", "//evil.example", "/\\evil.example", "evil", "", "/\tx", "/ /x",
     "javascript:alert(1)", "//[", "https://["],
)  # fmt: skip
def test_the_choice_of_language_leads_nowhere_else(address: str) -> None:
    assert local_path(address) == "/"


async def test_a_language_once_chosen_stays(house: Doors) -> None:
    async with house.browser() as browser:
        answer = await browser.get("/language?to=ja&next=/desk%3Fx%3D1")
        assert (answer.status_code, answer.headers["location"]) == (303, "/desk?x=1")
        assert '<html lang="ja">' in (await browser.get("/")).text


async def test_a_page_changes_its_language_without_coming_anew(house: Doors) -> None:
    async with house.browser() as browser:
        answer = await browser.get("/language?to=ja&next=/words/ja", follow_redirects=True)
        assert answer.json()["Lobby"] == "ロビー"
        assert 'lang="ja"' in (await browser.get("/")).text
        assert (await browser.get("/words/en")).json() == {}
        assert (await browser.get("/words/xx")).status_code == 404


async def test_a_theme_once_chosen_is_in_the_page_from_the_first_moment(house: Doors) -> None:
    async with house.browser() as browser:
        assert "data-theme" not in (await browser.get("/")).text
        browser.cookies.set("meguri_theme", "dark")
        assert 'data-theme="dark"' in (await browser.get("/")).text
        browser.cookies.set("meguri_theme", '"><script>')
        assert "data-theme" not in (await browser.get("/")).text


async def test_interests_are_suggested_to_those_who_take_part(house: Doors) -> None:
    made = await house.makes_event()
    many = [{"name": f"P{n}", "interests": ["ceramics", f"own {n}"]} for n in range(5)]
    people = await house.brings(made["id"], many)
    async with house.browser() as browser:
        address = f"/e/{made['id']}/suggestions"
        assert (await browser.get(address)).status_code == 401
        await browser.post(people[0].url, data={"agree": "1"})
        assert (await browser.get(address)).json() == {"interests": ["ceramics"]}
    listed = await house.makes_event(settings={"suggestions": [" open  data", "", "ceramics"]})
    [ana] = await house.brings(listed["id"], [{"name": "Ana"}])
    async with house.browser() as browser:
        await browser.post(ana.url, data={"agree": "1"})
        found = (await browser.get(f"/e/{listed['id']}/suggestions")).json()
        assert found == {"interests": ["open  data", "ceramics"]}


async def test_cookies_are_secure_where_the_public_address_is(store: Store) -> None:
    async with doors(store, Settings(organiser_key=KEY)) as plain:
        answer = await plain.client.post("/desk", data={"key": KEY})
        assert "secure" not in answer.headers["set-cookie"].lower()
    async with doors(store, Settings(organiser_key=KEY, public_url="https://tea.test")) as house:
        headers = {"host": "tea.test", "origin": "https://tea.test"}
        answer = await house.client.post("/desk", data={"key": KEY}, headers=headers)
        assert "secure" in answer.headers["set-cookie"].lower()


# The desk


async def test_the_desk_wants_the_key(house: Doors) -> None:
    made = await house.makes_event()
    async with house.browser() as browser:
        wrong = await browser.post("/desk", data={"key": "wrong"})
        assert wrong.status_code == 401
        assert 'role="alert"' in wrong.text
        assert (await browser.get(f"/desk/{made['id']}")).status_code == 401
        assert (await browser.post(f"/desk/{made['id']}/host")).status_code == 401
        right = await browser.post(f"/desk/{made['id']}", data={"key": KEY})
        assert right.headers["location"] == f"/desk/{made['id']}"
        assert (await browser.get(f"/desk/{made['id']}")).status_code == 200
        await browser.post("/desk/out")
        assert (await browser.get(f"/desk/{made['id']}")).status_code == 401
        deep = f"/desk/{made['id']}/people?q=ana"
        asked = (await browser.get(deep)).text
        then = unescape(re.findall(r'name="then" value="([^"]+)"', asked)[0])
        [form] = re.findall(r'<form method="post" action="([^"]+)" class="stack', asked)
        wrong = await browser.post(form, data={"key": "wrong", "then": then})
        assert f'name="then" value="{deep}"' in unescape(wrong.text), "it is not forgotten"
        right = await browser.post(form, data={"key": KEY, "then": then})
        assert right.headers["location"] == deep
        await browser.post("/desk/out")
        astray = await browser.post("/desk", data={"key": KEY, "then": "//evil.example"})
        assert astray.headers["location"] == "/"
        await browser.post("/desk/out")
        late = await browser.post(f"/desk/{made['id']}/goals", data={})
        assert (late.status_code, 'href="/desk"' in late.text) == (401, True)
        assert (await browser.get(f"/desk/in/{KEY}")).status_code == 200
        assert not browser.cookies
        by_link = await browser.post(f"/desk/in/{KEY}")
        assert by_link.headers["location"] == "/desk"


async def test_a_forms_address_opened_by_hand_leads_to_the_page_it_stands_on(
    house: Doors,
) -> None:
    event = (await house.makes_event())["id"]
    [ana, _] = await house.brings(event)
    async with house.browser() as browser:
        await browser.post("/desk", data={"key": KEY})
        for form in FORMS:
            answer = await browser.get(form.format(event=event, who=ana.id))
            assert answer.status_code == 303, form
            assert (await browser.get(answer.headers["location"])).status_code == 200, form


@pytest_asyncio.fixture
async def organiser(house: Doors) -> AsyncIterator[httpx.AsyncClient]:
    async with house.browser() as browser:
        await browser.post("/desk", data={"key": KEY})
        yield browser


async def test_an_event_is_made_and_people_brought_in_without_a_script(
    house: Doors, organiser: httpx.AsyncClient
) -> None:
    form = {
        "title": "茶会", "rounds": "2", "minutes": "1.5", "size": "3", "break_minutes": "0.5",
        "starts_at": "2036-12-01T19:00", "time_zone": "Asia/Tokyo", "locale": "ja", "auto": "1",
    }  # fmt: skip
    made = await organiser.post("/desk/events", data=form)
    assert made.status_code == 303
    address = made.headers["location"]
    event = (await house.client.get(f"/api/events/{address.rpartition('/')[2]}")).json()
    assert (event["title"], event["rounds"], event["starts_at"]) == ("茶会", 2, 2_111_738_400_000)
    assert event["programme"]["rounds"][1]["auto"] is True
    rows = "name,email\nAna,ana@example.org\nBo,nowhere\n=1+1,eve@example.org\n"
    upload = {"file": ("people.csv", rows.encode("cp932"), "text/csv")}
    looked = (await organiser.post(f"{address}/import", files=upload)).text
    form = {**fields(looked), "do": "land"}
    page = (await organiser.post(f"{address}/import", data=form)).text
    assert "people.csv" in page
    assert "“nowhere” is not an e-mail address." in page
    hidden = re.search(r'name="csv" value="([^"]*)"', page)
    assert hidden
    links = httpx.Response(200, text=hidden[1].replace("&#39;", "'")).text
    saved = await organiser.post(f"{address}/links", data={"csv": links})
    lines = saved.text.removeprefix("\ufeff").splitlines()
    assert lines[0] == "name,email,external_id,url"
    assert lines[1].startswith("Ana,ana@example.org,,http")
    assert lines[2].startswith("'=1+1,")
    async with house.browser() as ana:
        assert (await ana.get(lines[1].rpartition(",")[2])).status_code == 200


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        (b"", "The file is empty."),
        (b"\n", "The file is empty."),
        (b"email\nx@x.org\n", "No column is known to hold the names."),
    ],
)
async def test_a_file_that_cannot_be_read_says_why(
    house: Doors, organiser: httpx.AsyncClient, data: bytes, sentence: str
) -> None:
    made = await house.makes_event()
    upload = {"file": ("people.csv", data, "text/csv")}
    page = await organiser.post(f"/desk/{made['id']}/import", files=upload)
    assert page.status_code == 422
    assert sentence in page.text


async def test_an_import_without_a_file_asks_for_one(
    house: Doors, organiser: httpx.AsyncClient
) -> None:
    made = await house.makes_event()
    page = await organiser.post(f"/desk/{made['id']}/import", files={"text": (None, b"")})
    assert page.status_code == 422
    assert "Please choose a file first." in page.text


@pytest.mark.parametrize(
    "change",
    [{"title": ""}, {"rounds": "0"}, {"rounds": "many"}, {"size": "1"}, {"minutes": "99999999"},
     {"time_zone": "Moon"}, {"starts_at": "soon"}],
)  # fmt: skip
async def test_an_event_that_cannot_be_made_comes_back_as_it_was_typed(
    organiser: httpx.AsyncClient, change: dict[str, str]
) -> None:
    form = {"title": "Tea & talk", "rounds": "2", "minutes": "1.5", "size": "3", **change}
    page = await organiser.post("/desk/events", data=form)
    assert page.status_code == 422
    assert 'role="alert"' in page.text
    if form["title"]:
        assert "Tea &amp; talk" in page.text


MATCHING = {
    "interests": "2", "offers": "1", "wishes": "1", "organisation": "0", "language": "1",
    "ambassadors": "1", "first_timers": "1", "synonyms": "AI = 人工知能\n\n", "segment_most": "2",
    "a": ["buyers", ""], "rule": ["must-not", "must"], "b": ["sellers", " "], "reunions": "1",
    "do": "save",
}  # fmt: skip
"""The matching form as a browser sends it; what is left out is not ticked."""


async def test_what_counts_is_kept_and_shown_without_a_script(
    house: Doors, organiser: httpx.AsyncClient
) -> None:
    made = await house.makes_event(settings={"common_language": True})
    people = [{"name": "Ana", "interests": "start-ups"}, {"name": "Bo", "interests": "startup"}]
    await house.client.post(f"/api/events/{made['id']}/attendees", json=people)
    page = await organiser.get(f"/desk/{made['id']}/matching")
    assert 'value="start-ups = startup"' in page.text
    form = {**MATCHING, "merge": ["start-ups = startup"]}
    saved = await organiser.post(f"/desk/{made['id']}/matching", data=form)
    assert saved.status_code == 303
    assert 'role="status"' in (await organiser.get(saved.headers["location"])).text
    kept = (await house.client.get(f"/api/events/{made['id']}")).json()["settings"]
    assert kept["synonyms"] == [["AI", "人工知能"], ["start-ups", "startup"]]
    assert kept["segments"] == [{"a": "buyers", "b": "sellers", "rule": "must-not"}]
    assert (kept["weights"]["interests"], kept["weights"]["organisation"]) == (2.0, 0.0)
    assert (kept["segment_most"], kept["reunions"], kept["common_language"]) == (2, True, False)
    page = await organiser.get(f"/desk/{made['id']}/matching")
    assert "AI = 人工知能\nstart-ups = startup</textarea>" in page.text
    assert 'name="merge"' not in page.text


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"synonyms": "AI"}, "synonyms"),
        ({"segment_most": "few"}, "segment_most"),
        ({"interests": "nan"}, "interests"),
        ({"offers": "-1"}, "offers"),
        ({"wishes": "a lot"}, "wishes"),
        ({"a": ["x", "x"], "b": ["y", "y"], "rule": ["must", "must-not"]}, "segments"),
        ({"a": ["x"], "b": ["y"], "rule": ["never"]}, "segments"),
    ],
)
async def test_matching_that_cannot_be_comes_back_as_it_was_typed(
    house: Doors, organiser: httpx.AsyncClient, change: dict[str, object], field: str
) -> None:
    made = await house.makes_event()
    sent = {**MATCHING, **change}
    page = await organiser.post(f"/desk/{made['id']}/matching", data=sent)
    assert page.status_code == 422
    assert 'role="alert"' in page.text
    named = re.search(
        r'<(?:select|textarea|input|fieldset)[^>]*aria-invalid="true"[^>]*>', page.text
    )
    assert named
    assert f'name="{field}"' in named[0] or f'class="{field}"' in named[0]
    kept = (await house.client.get(f"/api/events/{made['id']}")).json()["settings"]
    assert kept["segment_most"] is None


async def test_settings_are_tried_on_the_list_without_being_saved(
    house: Doors, organiser: httpx.AsyncClient
) -> None:
    made = await house.makes_event()
    path = f"/desk/{made['id']}/matching"
    empty = await organiser.post(path, data={**MATCHING, "do": "try"})
    assert "There is nobody to try them on yet" in empty.text
    people = [
        {"name": f"Ana {n}", "interests": "AI" if n % 2 else "人工知能", "first_timer": "yes"}
        for n in range(5)
    ]
    people.append({"name": "Bo", "interests": "人工知能", "role": "ambassador"})
    await house.client.post(f"/api/events/{made['id']}/attendees", json=people)
    page = await organiser.post(path, data={**MATCHING, "do": "try"})
    assert page.status_code == 200
    assert "6 of 6 people share an interest with somebody in every room they sit in." in page.text
    assert "First-timers sit with an ambassador" in page.text
    kept = (await house.client.get(f"/api/events/{made['id']}")).json()
    assert kept["settings"]["synonyms"] == []
    assert kept["phase"] == "draft"


async def test_the_organiser_hosts_hands_on_links_and_deletes(
    house: Doors, organiser: httpx.AsyncClient
) -> None:
    made = await house.makes_event()
    [ana, _] = await house.brings(made["id"])
    desk = f"/desk/{made['id']}"
    host = await organiser.post(f"{desk}/host")
    assert host.headers["location"] == f"/e/{made['id']}/host"
    assert boot(await organiser.get(f"/e/{made['id']}/host"))["desk"] == desk
    page = (await organiser.post(f"{desk}/host-link")).text
    url = re.search(rf"{house.url}/e/{made['id']}/in/[\w-]+", page)
    assert url
    async with house.browser() as other:
        assert (await other.get(url[0])).status_code == 200
        assert (await other.get(made["host_url"])).status_code == 410
    assert boot(await organiser.get(f"/e/{made['id']}/host")), "the desk's own session goes on"
    page = (await organiser.post(f"{desk}/people/{ana.id}/link")).text
    assert re.search(rf"/e/{made['id']}/in/[\w-]+", page)
    for name in ("pairs.csv", "attendees.csv"):
        assert (await organiser.get(f"/api/events/{made['id']}/{name}")).status_code == 200
    wrong = await organiser.post(f"{desk}/delete", data={"title": "Coffee"})
    assert wrong.status_code == 422
    gone = await organiser.post(f"{desk}/delete", data={"title": "Tea"})
    assert gone.headers["location"] == "/desk"
    assert (await organiser.get(desk)).status_code == 404


# The store


async def test_without_its_store_every_door_says_so_and_opens_again_by_itself(
    tmp_path: Path,
) -> None:
    bundled = BundledStore(tmp_path)
    await bundled.start()
    store = await Store.connect(bundled.url)
    try:
        async with doors(store) as house, house.browser() as browser:
            made = await house.makes_event()
            [ana, _] = await house.brings(made["id"])
            os.kill(bundled.pid, signal.SIGSTOP)
            try:
                page = await browser.get(ana.url, timeout=120)
                assert page.status_code == 503
                assert "Please try again in a moment." in page.text
                answer = await house.client.get(f"/api/events/{made['id']}", timeout=120)
                assert (answer.status_code, answer.json()["code"]) == (503, "store-away")
                assert answer.headers["retry-after"]
            finally:
                os.kill(bundled.pid, signal.SIGCONT)
            assert (await browser.get(ana.url, timeout=120)).status_code == 200
    finally:
        await store.close()
        await bundled.stop()


# Too much


@pytest.mark.parametrize(
    ("length", "kind", "status"),
    [
        (1_200_000, "application/x-www-form-urlencoded", 413),
        (1_000, "application/x-www-form-urlencoded", 422),
        (100_000_000, "application/x-www-form-urlencoded", 413),
    ],
)
async def test_a_form_is_read_no_further_than_it_may_be_long(
    house: Doors, length: int, kind: str, status: int
) -> None:
    made = await house.makes_event()

    async def endless() -> AsyncIterator[bytes]:
        sent, piece = 0, b"name=" + b"x" * (min(length, 64_000) - 5)
        while sent < length:
            yield piece
            sent += len(piece)

    async with house.browser() as browser:
        try:
            answer = await browser.post(
                made["join_url"], content=endless(), headers={"content-type": kind}
            )
        # The server answered and hung up before it was all sent: where that is noticed is chance.
        except (httpx.WriteError, httpx.ReadError, httpx.RemoteProtocolError):
            assert status == 413
        else:
            assert answer.status_code == status


@pytest.mark.parametrize("fields", [b"a=1&" * 300, b"name=\xff\xfe"])
async def test_a_form_that_cannot_be_read_is_refused(house: Doors, fields: bytes) -> None:
    made = await house.makes_event()
    headers = {"content-type": "application/x-www-form-urlencoded"}
    async with house.browser() as browser:
        answer = await browser.post(made["join_url"], content=fields, headers=headers)
        assert answer.status_code in (400, 422)


async def test_an_upload_may_be_twenty_megabytes_and_no_more(
    house: Doors, organiser: httpx.AsyncClient
) -> None:
    made = await house.makes_event()
    path = f"/desk/{made['id']}/import"
    row = b"Ana,ana@example.org," + b"x" * 100_000 + b"\n"
    big = b"name,email,note\n" + row * (19 * 1024 * 1024 // len(row))
    answer = await organiser.post(path, files={"file": ("p.csv", big, "text/csv")}, timeout=120)
    assert answer.status_code == 200
    bigger = big + row * (3 * 1024 * 1024 // len(row))
    answer = await organiser.post(path, files={"file": ("p.csv", bigger, "text/csv")}, timeout=120)
    assert answer.status_code == 413
    garbled = {"content-type": "multipart/form-data"}
    assert (await organiser.post(path, content=b"x", headers=garbled)).status_code == 400


async def test_static_files_travel_compressed(house: Doors) -> None:
    """A page's first load counts on a bad network; a script is a third of its size compressed."""
    async with house.browser() as browser:
        answer = await browser.get("/static/state.js", headers={"accept-encoding": "gzip"})
    assert answer.headers["content-encoding"] == "gzip"
    assert "reduce" in answer.text


def test_scripts_and_styles_go_without_comments_and_with_everything_else() -> None:
    for path in [*STATIC.rglob("*.js"), *STATIC.rglob("*.css")]:
        if path.parent.name == "vendor":
            continue
        was = path.read_text(encoding="utf-8").splitlines()
        now = without_comments(path, 0).decode().splitlines()
        assert len(now) == len(was), path
        is_comment = False
        for before, after in zip(was, now, strict=True):
            is_comment = is_comment or before.lstrip().startswith(("/*", "//"))
            assert after == ("" if is_comment and not after else before), (path, before)
            is_comment = is_comment and "*/" not in before and "//" not in before[:8]
        assert not any(line.lstrip().startswith(("/**", "// ")) for line in now), path


async def test_scripts_and_styles_are_served_so_and_licences_stay(house: Doors) -> None:
    async with house.browser() as browser:
        script = (await browser.get("/static/words.js")).text
        assert "export function t(" in script
        assert "/**" not in script
        vendored = (STATIC / "vendor" / "preact.js").read_text(encoding="utf-8")
        assert (await browser.get("/static/vendor/preact.js")).text == vendored
        known = (await browser.get("/static/words.js")).headers["etag"]
        again = await browser.get("/static/words.js", headers={"if-none-match": known})
        assert again.status_code == 304
