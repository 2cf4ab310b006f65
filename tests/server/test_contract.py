"""The contract: every name of the protocol's tables is in the structs, and in the descriptions."""

from __future__ import annotations

import json

import msgspec
import pytest
from starlette.routing import Route

from rooms import messages as m
from rooms.commands import Command
from rooms.people import Card
from server import api, exports, schemas
from server.exports import PAIR_COLUMNS
from server.person_rows import COLUMNS
from server.schemas import ATTENDEE_COMMANDS, HOST_COMMANDS, MESSAGES, tag
from server.wire import HOST_TYPES, CloseCode

ATTENDEE = {
    "here": "visible", "ready": "", "sit-out": "", "rejoin": "", "arrived": "about", "wait": "",
    "meet-others": "", "say": "text", "signal": "to data", "media": "microphone camera screen",
    "keep-in-touch": "about yes fields", "give-card": "to fields", "note": "about text next_step",
    "rate": "stars", "block": "about leave", "unblock": "about", "report": "about text",
    "wish-more-time": "", "call-host": "text", "choose-topic": "topic", "propose-topic": "topic",
    "choose-room": "room", "profile": "organiser_may_export", "clock": "t", "leave": "",
}  # fmt: skip
"""Messages of attendees, with their fields."""

HOST = {
    "open-doors": "", "close-event": "", "propose-round": "kind seconds size prompt seed",
    "pin": "people room", "swap": "a b", "reshuffle": "", "relax": "allow",
    "start-round": "seconds size", "pause": "", "resume": "", "undo": "", "end-round": "room",
    "extend": "seconds room", "announce": "text rooms", "move": "attendee room",
    "merge": "room into", "remove": "attendee reason", "readmit": "attendee reason",
    "visit": "room", "answer-call": "call text", "check-in": "attendee", "check-out": "attendee",
    "accept-topic": "topic",
}  # fmt: skip

SERVER = {
    "welcome": "session tip now resumed you event room contacts media",
    "phase": "phase round rounds starts_at ends_at paused",
    "room": "id round table mode people shared because prompt starts_at ends_at",
    "room-people": "joining joined left moved dropped back media",
    "sitting-out": "because next_at", "lobby": "present", "said": "id from room text at",
    "signal": "from data", "media": "policy ice_servers relay ticket",
    "contact": "card fields", "card-given": "card fields",
    "notice": "from text at", "call": "id from text seen answered hosts_present",
    "board": "rooms", "board-change": "rooms", "clock": "t now", "done": "ref",
    "refused": "ref code message", "bye": "",
}  # fmt: skip

PARTS = {
    m.You: "id name role mode sitting_out",
    m.EventView: "id title phase round rounds starts_at ends_at paused",
    m.MediaPolicy: "policy ice_servers relay ticket",
    m.MediaTicket: "room url token",
    m.SharedInterests: "people interests",
    m.Joining: "card at",
}
CARD = "id name reading title organisation department mode interests"

CLOSE_CODES = {
    4000: "SHUTTING_DOWN", 4001: "TOO_SLOW", 4002: "STATE_LOST", 4500: "BAD_MESSAGES",
    4501: "SIGNED_IN_ELSEWHERE", 4502: "REMOVED", 4503: "EVENT_OVER", 4504: "NOT_ALLOWED",
}  # fmt: skip

HTTP = (
    "POST /api/events", "GET /api/events", "GET /api/events/{}", "PATCH /api/events/{}",
    "DELETE /api/events/{}", "POST /api/events/{}/attendees", "GET /api/events/{}/attendees/{}",
    "PATCH /api/events/{}/attendees/{}", "DELETE /api/events/{}/attendees/{}",
    "POST /api/events/{}/attendees/{}/link", "POST /api/events/{}/commands",
    "POST /api/events/{}/attendees/me/commands", "GET /api/events/{}/pairs.csv",
    "GET /api/events/{}/pairs.jsonl", "GET /api/events/{}/attendees.csv",
    "GET /api/events/{}/rounds.csv", "GET /api/events/{}/journal.jsonl",
)  # fmt: skip

IMPORT = (
    "name email phone organisation department title family_name given_name reading interests"
    " offers seeks languages mode role segment table sits_with wishes first_timer link external_id"
)
EXPORT = (
    "event_id round room table met_at seconds_together presence a_id a_external_id a_name"
    " a_organisation a_email b_id b_external_id b_name b_organisation b_email shared_interests"
    " contact a_consent b_consent"
)


def fields(struct: type) -> set[str]:
    """Returns a struct's fields as they are on the wire."""
    return {field.encode_name for field in msgspec.structs.fields(struct)}


def by_tag(structs: tuple[type, ...]) -> dict[str, type]:
    return {tag(struct): struct for struct in structs}


@pytest.mark.parametrize(
    ("table", "structs"), [(ATTENDEE, ATTENDEE_COMMANDS), (HOST, HOST_COMMANDS)]
)
def test_every_client_message_is_there_with_its_fields(
    table: dict[str, str], structs: tuple[type, ...]
) -> None:
    known = by_tag(structs)
    for name, wanted in table.items():
        assert name in known, name
        assert set(wanted.split()) <= fields(known[name]), name


def test_only_hosts_send_a_hosts_messages() -> None:
    assert set(HOST) <= HOST_TYPES
    assert not set(ATTENDEE) & HOST_TYPES


def test_every_server_message_is_there_with_its_fields() -> None:
    known = by_tag(MESSAGES)
    for name, wanted in SERVER.items():
        assert set(wanted.split()) <= fields(known[name]), name
    for part, wanted in PARTS.items():
        assert set(wanted.split()) <= fields(part), part
    assert fields(Card) == set(CARD.split()), "a card never has a contact field"


def test_close_codes_say_what_to_do() -> None:
    for value, name in CLOSE_CODES.items():
        assert CloseCode(value).name == name


def test_every_route_is_there() -> None:
    there = set()
    for route in (*api.routes, *exports.routes):
        assert isinstance(route, Route)
        path = route.path.replace("{event}", "{}").replace("{who}", "{}")
        there |= {f"{method} {path}" for method in route.methods or ()}
    assert set(HTTP) <= there


def test_columns_are_the_contracts() -> None:
    assert set(COLUMNS) == set(IMPORT.split())
    assert list(PAIR_COLUMNS) == EXPORT.split()


def test_attendees_can_say_all_their_own_fields() -> None:
    own = set(IMPORT.split()) - {"role", "segment", "table", "sits_with", "external_id"}
    assert own <= fields(by_tag(ATTENDEE_COMMANDS)["profile"])


def test_the_descriptions_name_everything() -> None:
    socket, http = json.dumps(schemas.asyncapi()), json.dumps(schemas.openapi())
    assert json.loads(socket)["asyncapi"] == "3.0.0"
    assert json.loads(http)["openapi"] == "3.1.0"
    messages = json.loads(socket)["components"]["messages"]
    assert {f"send-{name}" for name in (ATTENDEE | HOST)} <= set(messages)
    assert {f"receive-{name}" for name in SERVER} <= set(messages)
    for text in (socket, http):
        known = set(json.loads(text)["components"]["schemas"])
        used = set(part.split('"')[0] for part in text.split("#/components/schemas/")[1:])
        assert used <= known


def test_commands_are_told_apart_by_kebab_case_types() -> None:
    for struct in (*ATTENDEE_COMMANDS, *HOST_COMMANDS):
        assert issubclass(struct, Command)
        assert tag(struct) == tag(struct).lower()
