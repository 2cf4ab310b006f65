"""The HTTP API: events, people and commands, and every way to ask wrongly."""

from __future__ import annotations

import asyncio

import httpx2 as httpx
import pytest

from server.redis import Store
from server.settings import Settings
from tests.server.callers import ROUND, Doors, bearer, doors
from tests.server.desk import house
from tests.server.house import KEY

__all__ = ["house"]


def code(answer: httpx.Response) -> str:
    """Returns a problem's code, having checked that it is a problem as the contract wants it."""
    assert answer.headers["content-type"] == "application/problem+json", answer.text
    problem = answer.json()
    assert {"type", "title", "status", "code", "detail"} <= set(problem)
    assert problem["status"] == answer.status_code
    assert problem["detail"].endswith((".", ")", "。")), problem
    assert "{" not in problem["detail"]
    return str(problem["code"])


# Events


async def test_an_event_is_made_with_its_links(house: Doors) -> None:
    made = await house.makes_event(starts_at=4_000_000_000_000, time_zone="Asia/Tokyo")
    assert set(made) == {"id", "join_url", "host_url", "host_key"}
    assert made["join_url"].startswith(f"{house.url}/e/{made['id']}/join/")
    assert made["host_url"] == f"{house.url}/e/{made['id']}/in/{made['host_key']}"
    event = (await house.client.get(f"/api/events/{made['id']}")).json()
    assert (event["title"], event["phase"], event["rounds"]) == ("Tea", "draft", 2)
    assert event["starts_at"] == 4_000_000_000_000
    assert event["programme"]["rounds"][0] == {
        **ROUND,
        "least": 2,
        "most": 6,
        "walking_seconds": 120,
        "kind": "matched",
        "auto": False,
        "more_time": True,
        "prompt": "",
        "topics": [],
        "topic_most": None,
        "stream_url": "",
    }
    assert [one["id"] for one in (await house.client.get("/api/events")).json()] == [made["id"]]


async def test_links_begin_with_the_public_address_where_one_is_set(store: Store) -> None:
    settings = Settings(organiser_key=KEY, public_url="https://tea.example.org")
    async with doors(store, settings) as house:
        made = await house.makes_event()
        assert made["host_url"].startswith("https://tea.example.org/e/")


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({}, "title"),
        ({"title": "Tea"}, "programme"),
        ({"title": "Tea", "programme": {"rounds": []}}, "programme.rounds"),
        ({"title": " ", "programme": {"rounds": [ROUND]}}, "title"),
        ({"title": "T", "programme": {"rounds": [{"seconds": -1}]}}, "programme.rounds[0].seconds"),
        ({"title": "T", "programme": {"rounds": [{"seconds": 0}]}}, "programme.rounds[0]"),
        ({"title": "Tea", "programme": {"rounds": [{"size": "4"}]}}, "programme.rounds[0].size"),
        ({"title": "Tea", "programme": {"rounds": [{"least": 5}]}}, "programme.rounds[0]"),
        ({"title": "T", "programme": {"rounds": [{"kind": "ball"}]}}, "programme.rounds[0].kind"),
        ({"title": "T", "programme": {"rounds": [{"stream_url": "http://a.example"}]}},
         "stream_url"),
        ({"title": "Tea", "programme": {"rounds": [{}]}, "time_zone": "Moon"}, "time_zone"),
        ({"title": "Tea", "programme": {"rounds": [{}]}, "starts_at": "soon"}, "starts_at"),
        # The last hours that a calendar knows in UTC; in Tokyo the desk could not write them.
        ({"title": "Tea", "programme": {"rounds": [{}]}, "starts_at": 253_402_300_799_000},
         "starts_at"),
        ({"title": "Tea", "programme": {"rounds": [{}]}, "settings": {"mixing": "much"}},
         "settings.mixing"),
    ],
)  # fmt: skip
async def test_a_bad_event_is_refused_with_the_field_to_mend(
    house: Doors, body: object, field: str
) -> None:
    answer = await house.client.post("/api/events", json=body)
    assert answer.status_code == 422
    assert code(answer) in ("bad-field", "not-available")
    assert answer.json()["field"] == field
    assert (await house.client.get("/api/events")).json() == [], "nothing half done"


@pytest.mark.parametrize("body", [b"", b"{", b"\xff", b'{"x":' * 100_000])
async def test_what_is_no_json_is_refused(house: Doors, body: bytes) -> None:
    answer = await house.client.post("/api/events", content=body)
    assert (answer.status_code, code(answer)) == (400, "bad-json")


async def test_a_host_changes_the_programme_and_nothing_else_does(house: Doors) -> None:
    made = await house.makes_event(settings={"ready_check": True})
    path = f"/api/events/{made['id']}"
    changes = {"title": "Coffee", "programme": {"rounds": [{"seconds": 90, "prompt": "Why?"}]}}
    answer = await house.client.patch(path, json=changes, headers=bearer(made["host_key"]))
    assert answer.status_code == 200
    event = answer.json()
    assert (event["title"], event["rounds"]) == ("Coffee", 1)
    assert event["programme"]["rounds"][0]["prompt"] == "Why?"
    assert event["settings"]["ready_check"] is True


async def test_deleting_an_event_takes_everything_of_it(house: Doors) -> None:
    made = await house.makes_event()
    await house.brings(made["id"])
    assert (await house.client.delete(f"/api/events/{made['id']}")).status_code == 204
    answer = await house.client.get(f"/api/events/{made['id']}")
    assert (answer.status_code, code(answer)) == (404, "unknown-event")
    assert (await house.client.get("/api/events")).json() == []
    left = await house.store.call("KEYS", f"*{made['id']}*")
    assert left == []
    assert await house.store.call("HLEN", "meguri:keys") == 1, "the cookies' secret alone"


# Who may ask


async def test_keys_open_their_own_doors_only(house: Doors) -> None:
    one, other = await house.makes_event(), await house.makes_event()
    [ana, _] = await house.brings(one["id"])
    path = f"/api/events/{one['id']}"
    for key, status, expected in (
        ("wrong", 401, "wrong-key"),
        (ana.key, 403, "not-allowed"),
        (one["host_key"], 403, "not-allowed"),
    ):
        answer = await house.client.get(path, headers=bearer(key))
        assert (answer.status_code, code(answer)) == (status, expected)
    command = {"type": "open-doors"}
    for key in (ana.key, other["host_key"]):
        answer = await house.client.post(f"{path}/commands", json=command, headers=bearer(key))
        assert (answer.status_code, code(answer)) == (403, "not-allowed")
    async with house.browser() as nobody:
        answer = await nobody.get(path)
        assert (answer.status_code, code(answer)) == (401, "no-key")
        assert answer.headers["www-authenticate"] == "Bearer"


async def test_guessing_keys_becomes_slow_and_right_keys_stay_welcome(house: Doors) -> None:
    made = await house.makes_event()
    statuses: list[int] = []
    while 429 not in statuses:  # a slow machine earns itself a guess every other second
        answer = await house.client.get("/api/events", headers=bearer(f"guess {len(statuses)}"))
        statuses.append(answer.status_code)
    assert set(statuses[:-1]) == {401}
    assert len(statuses) > 10, "a few wrong ones are nobody's attack"
    assert (await house.client.get(f"/api/events/{made['id']}")).status_code == 200


async def test_errors_come_in_the_askers_language(house: Doors) -> None:
    answer = await house.client.get("/api/events/nowhere", headers={"accept-language": "ja"})
    assert answer.headers["content-language"] == "ja"
    assert code(answer) == "unknown-event"
    assert "。" in answer.json()["detail"]


@pytest.mark.parametrize("path", ["/api/nothing", "/api/events/x/y/z"])
async def test_unknown_addresses_are_problems_too(house: Doors, path: str) -> None:
    answer = await house.client.get(path)
    assert (answer.status_code, code(answer)) == (404, "not-found")


# People


async def test_people_come_in_row_order_with_their_links(house: Doors) -> None:
    made = await house.makes_event()
    path = f"/api/events/{made['id']}/attendees"
    text = "name,email,shoe\nAna,ana@example.org,37\nBo,nowhere,44\n花子,hanako@example.org,36\n"
    headers = {"content-type": "text/csv"}
    answer = (await house.client.post(path, content=text.encode(), headers=headers)).json()
    assert (answer["created"], answer["updated"]) == (2, 0)
    assert answer["rejected"] == [{"row": 3, "reason": "“nowhere” is not an e-mail address."}]
    assert [one["name"] for one in answer["attendees"]] == ["Ana", "花子"]
    ana = answer["attendees"][0]
    assert ana["url"] == f"{house.url}/e/{made['id']}/in/{ana['key']}"
    again = (await house.client.post(path, content=text.encode(), headers=headers)).json()
    assert (again["created"], again["updated"], again["unchanged"]) == (0, 2, 2)
    moved = text.replace("37", "38").encode() + b"Ana,ana@example.org,37\n"
    changed = (await house.client.post(path, content=moved, headers=headers)).json()
    assert (changed["created"], changed["updated"], changed["unchanged"]) == (0, 3, 1)
    assert "key" not in again["attendees"][0]
    assert again["attendees"][0]["id"] == ana["id"]
    shown = (await house.client.get(f"{path}/{ana['id']}")).json()
    assert shown["custom"] == {"shoe": "37"}


async def test_ten_thousand_people_land_while_others_are_answered(house: Doors) -> None:
    made = await house.makes_event()
    people = [{"name": f"Person {n}", "external_id": f"p{n}"} for n in range(10_003)]
    people[7] = {"name": "No address", "email": "nowhere"}
    people[5000] = {"email": "nameless@example.org"}
    people[9000] = {"name": "x" * 1_048_576}
    path = f"/api/events/{made['id']}/attendees"
    importing = asyncio.create_task(house.client.post(path, json=people, timeout=120))
    answered = 0
    while not importing.done():
        assert (await house.client.get("/healthz")).status_code == 200
        answered += 1
    answer = (await importing).json()
    assert answer["created"] == 10_000
    assert [row["row"] for row in answer["rejected"]] == [8, 5001, 9001]
    assert answered > 10
    event = (await house.client.get(f"/api/events/{made['id']}")).json()
    assert event["people"] == 10_000


async def test_a_list_without_addresses_sent_twice_doubles_nobody_and_revives_nobody(
    house: Doors,
) -> None:
    event = (await house.makes_event())["id"]
    path = f"/api/events/{event}/attendees"
    rows = [{"name": "Ana"}, {"name": "Bo", "organisation": "Bo Works"}, {"name": "Ana"}]

    async def sent(people: list[dict[str, str]]) -> dict[str, object]:
        answer = await house.client.post(path, json=people)
        assert answer.status_code == 200, answer.text
        return dict(answer.json())

    first = await sent(rows)
    second = await sent([rows[1], rows[0], rows[0]])
    assert (first["created"], second["created"], second["updated"]) == (3, 0, 3)

    def ids(answer: dict[str, object]) -> list[str]:
        people = answer["attendees"]
        assert isinstance(people, list)
        return [one["id"] for one in people]

    assert sorted(ids(first)) == sorted(ids(second))
    assert "taken to be the same person" in str(second["notes"])
    assert (await sent([*rows, {"name": "Ana", "organisation": "Tea"}]))["created"] == 1
    [_, bo, _] = ids(first)
    assert (await house.client.delete(f"{path}/{bo}")).status_code == 204
    anew = await sent([rows[1]])
    assert anew["created"] == 1
    assert ids(anew) != [bo]


@pytest.mark.parametrize(
    ("body", "kind", "status", "expected"),
    [
        (b"", "text/csv", 422, "empty-file"),
        (b"email\na@x.org\n", "text/csv", 422, "no-name-column"),
        (b"{}", "application/json", 422, "bad-json"),
        (b"x" * (20 * 1024 * 1024 + 1), "text/csv", 413, "too-big"),
    ],
)
async def test_a_list_that_cannot_be_read_changes_nothing(
    house: Doors, body: bytes, kind: str, status: int, expected: str
) -> None:
    made = await house.makes_event()
    path = f"/api/events/{made['id']}/attendees"
    answer = await house.client.post(path, content=body, headers={"content-type": kind})
    assert (answer.status_code, code(answer)) == (status, expected)


async def test_the_organiser_sees_contact_fields_by_consent_alone(house: Doors) -> None:
    made = await house.makes_event()
    [ana, _] = await house.brings(made["id"])
    path = f"/api/events/{made['id']}/attendees"
    assert (await house.client.get(f"{path}/{ana.id}")).json()["email"] == ""
    consent = {"type": "profile", "organiser_may_export": ["email"]}
    answer = await house.client.post(f"{path}/me/commands", json=consent, headers=bearer(ana.key))
    assert answer.json() == {"type": "done"}
    assert (await house.client.get(f"{path}/x-ana")).json()["email"] == "ana@example.org"


async def test_a_person_is_changed_found_and_erased(house: Doors) -> None:
    made = await house.makes_event()
    [ana, bo] = await house.brings(made["id"])
    path = f"/api/events/{made['id']}/attendees"
    changed = await house.client.patch(f"{path}/{ana.id}", json={"mode": "on-site", "table": 3})
    assert (changed.json()["mode"], changed.json()["table"]) == ("on-site", 3)
    bad = await house.client.patch(f"{path}/{ana.id}", json={"mode": "by post"})
    assert (bad.status_code, code(bad)) == (422, "bad-field")
    assert (await house.client.delete(f"{path}/{ana.id}")).status_code == 204
    assert (await house.client.get(f"{path}/{ana.id}")).status_code == 404
    answer = await house.client.get(f"{path}/me", headers=bearer(ana.key))
    assert (answer.status_code, code(answer)) == (401, "wrong-key")
    assert [one["id"] for one in (await house.client.get(path)).json()][1:] == [bo.id]


async def test_a_new_link_ends_the_old_one(house: Doors) -> None:
    made = await house.makes_event()
    [ana, _] = await house.brings(made["id"])
    path = f"/api/events/{made['id']}/attendees"
    new = (await house.client.post(f"{path}/{ana.id}/link")).json()
    assert new["url"] != ana.url
    assert (await house.client.get(f"{path}/me", headers=bearer(ana.key))).status_code == 401
    me = (await house.client.get(f"{path}/me", headers=bearer(new["key"]))).json()
    assert (me["you"]["name"], me["contacts"]) == ("Ana", [])


async def test_a_link_runs_out_when_it_was_told_to(house: Doors) -> None:
    made = await house.makes_event()
    [ana, _] = await house.brings(made["id"])
    path = f"/api/events/{made['id']}/attendees"
    past = {"expires_at": house.store.clock() - 1}
    new = (await house.client.post(f"{path}/{ana.id}/link", json=past)).json()
    answer = await house.client.get(f"{path}/me", headers=bearer(new["key"]))
    assert (answer.status_code, code(answer)) == (401, "wrong-key")


# Commands


async def test_a_host_commands_over_http_and_a_ref_acts_once(house: Doors) -> None:
    made = await house.makes_event()
    path = f"/api/events/{made['id']}/commands"
    headers = bearer(made["host_key"])
    for _ in range(2):
        answer = await house.client.post(
            path, json={"type": "open-doors", "ref": 7}, headers=headers
        )
        assert (answer.status_code, answer.json()) == (200, {"type": "done", "ref": 7})
    refused = await house.client.post(path, json={"type": "open-doors"}, headers=headers)
    assert refused.status_code == 409
    assert code(refused)


@pytest.mark.parametrize(
    ("body", "status", "expected"),
    [
        (b"{", 400, "bad-message"),
        (b"[]", 400, "bad-message"),
        (b'{"type":"dance"}', 400, "bad-message"),
        (b'{"type":"say","text":"hi"}', 400, "bad-message"),
        (b'{"type":"extend"}', 400, "bad-message"),
        (b'{"type":"visit","room":"r1-1"}', 403, "not-allowed"),
        (b'{"type":"undo"}', 409, "nothing-to-undo"),
        (b'{"type":"extend","seconds":60}', 409, ""),
        (b'{"type":"remove","attendee":"nobody"}', 409, ""),
        (b'{"type":"announce","text":"' + b"x" * 70_000 + b'"}', 413, "too-big"),
    ],
)
async def test_a_bad_command_is_refused_with_its_code(
    house: Doors, body: bytes, status: int, expected: str
) -> None:
    made = await house.makes_event()
    answer = await house.client.post(f"/api/events/{made['id']}/commands", content=body)
    assert answer.status_code == status, answer.text
    assert code(answer) == (expected or answer.json()["code"])


async def test_what_needs_a_connection_says_so(house: Doors) -> None:
    made = await house.makes_event()
    [ana, _] = await house.brings(made["id"])
    answer = await house.client.post(
        f"/api/events/{made['id']}/attendees/me/commands",
        json={"type": "say", "text": "hi"},
        headers=bearer(ana.key),
    )
    assert (answer.status_code, code(answer)) == (409, "needs-socket")


# What counts when rooms are made


async def test_weights_and_synonyms_are_kept_and_shown(house: Doors) -> None:
    event = (await house.makes_event())["id"]
    usual = (await house.client.get(f"/api/events/{event}")).json()["settings"]
    assert set(usual["weights"].values()) == {1.0}
    assert usual["synonyms"] == []
    settings = {"weights": {"wishes": 2.5}, "synonyms": [["AI", "人工知能", " ａｉ "]]}
    answer = await house.client.patch(f"/api/events/{event}", json={"settings": settings})
    kept = answer.json()["settings"]
    assert (kept["weights"]["wishes"], kept["weights"]["interests"]) == (2.5, 1.0)
    assert kept["synonyms"] == [["AI", "人工知能"]]


@pytest.mark.parametrize(
    ("settings", "field"),
    [
        ('{"weights": {"interests": -1}}', "settings.weights.interests"),
        ('{"weights": {"interests": 1e400}}', "settings.weights.interests"),
        ('{"weights": {"interests": 10.1}}', "settings.weights.interests"),
        ('{"weights": {"interests": "much"}}', "settings.weights.interests"),
        ('{"synonyms": [["AI", "ai"]]}', "settings.synonyms"),
        ('{"synonyms": [["a", "b"], ["b", "c"]]}', "settings.synonyms"),
        ('{"segments": [{"a": "v", "b": "V ", "rule": "must"}]}', "settings.segments[0]"),
        ('{"segments": [{"a": "v", "b": " ", "rule": "must"}]}', "settings.segments[0]"),
        (
            '{"segments": [{"a": "v", "b": "f", "rule": "must"},'
            ' {"a": "F", "b": "v", "rule": "must-not"}]}',
            "settings.segments[1]",
        ),
    ],
)
async def test_settings_that_cannot_be_are_named(house: Doors, settings: str, field: str) -> None:
    event = (await house.makes_event())["id"]
    body = f'{{"settings": {settings}}}'
    answer = await house.client.patch(f"/api/events/{event}", content=body)
    assert (answer.status_code, answer.json()["field"]) == (422, field), answer.text


async def test_a_weight_that_is_no_number_is_no_json(house: Doors) -> None:
    event = (await house.makes_event())["id"]
    body = '{"settings": {"weights": {"interests": NaN}}}'
    answer = await house.client.patch(f"/api/events/{event}", content=body)
    assert code(answer) == "bad-json"


async def test_who_must_be_met_has_to_be_there(house: Doors) -> None:
    event = (await house.makes_event())["id"]
    body = {"settings": {"segments": [{"a": "founders", "b": "investors", "rule": "must"}]}}
    path = f"/api/events/{event}"
    assert (await house.client.patch(path, json=body)).status_code == 200, "nobody has come yet"
    await house.client.patch(path, json={"settings": {"segments": []}})
    people = [{"name": "Ana", "segment": "Founders"}]
    await house.client.post(f"{path}/attendees", json=people)
    answer = await house.client.patch(path, json=body)
    assert code(answer) == "nobody-there"
    await house.client.post(f"{path}/attendees", json=[{"name": "Bo", "segment": "investors"}])
    assert (await house.client.patch(path, json=body)).status_code == 200
