"""The contract for programs: `/asyncapi.json` (the socket) and `/openapi.json` (the HTTP API).

Both are generated from the structs that decode and encode what is really sent. Responsible for
nothing but describing; built once, when first asked for.
"""

from __future__ import annotations

import re
from functools import cache
from typing import get_args

import msgspec
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from rooms import messages as m
from rooms.commands import AttendeeCommand, HostCommand
from rooms.people import CONTACT_FIELDS
from rooms.report import Report
from server import api
from server.exports import XLSX
from server.exports import routes as export_routes
from server.person_rows import COLUMNS, LISTS
from server.planning import EventBody, EventPatch, EventShown
from server.problems import Shown
from server.wire import SUBPROTOCOL, CloseCode

VERSION = "1.0.0"

MESSAGES: tuple[type[m.Message], ...] = (
    m.Welcome, m.PhaseChanged, m.Room, m.RoomPeople, m.SittingOut, m.Lobby, m.Faces, m.Said,
    m.SignalFrom, m.MediaNow,
    m.Contact, m.CardGiven, m.Notice, m.Call, m.YouChanged, m.Board, m.BoardChange, m.ClockNow,
    m.Done, m.Refused, m.Bye, m.Topics, m.Floor,
)  # fmt: skip
"""What the server sends on the socket."""

ATTENDEE_COMMANDS: tuple[type, ...] = get_args(AttendeeCommand)
HOST_COMMANDS: tuple[type, ...] = get_args(HostCommand)

Json = dict[str, object]


def tag(struct: type) -> str:
    """Returns the `type` by which a message is told apart."""
    return str(msgspec.inspect.type_info(struct).tag)  # type: ignore[attr-defined]


def _anything(type: type) -> Json:
    """Returns the shape of what is handed on unread, such as a signal's data."""
    if type is object:
        return {"description": "Anything."}
    raise NotImplementedError(type)


def _components(structs: tuple[type, ...]) -> tuple[list[Json], Json]:
    shapes, parts = msgspec.json.schema_components(
        structs, ref_template="#/components/schemas/{name}", schema_hook=_anything
    )
    return list(shapes), dict(parts)


@cache
def asyncapi() -> Json:
    """Returns the socket's description (AsyncAPI 3)."""
    commands = (*ATTENDEE_COMMANDS, *HOST_COMMANDS)
    shapes, schemas = _components((*commands, *MESSAGES))
    messages: Json = {}
    sent: list[Json] = []
    received: list[Json] = []
    for struct, shape in zip((*commands, *MESSAGES), shapes, strict=True):
        by_client = struct in commands
        name = f"{'send' if by_client else 'receive'}-{tag(struct)}"
        messages[name] = {
            "name": tag(struct),
            "summary": (struct.__doc__ or tag(struct)).split("\n")[0],
            "payload": shape,
        }
        part: Json = {"$ref": f"#/channels/socket/messages/{name}"}
        (sent if by_client else received).append(part)
    return {
        "asyncapi": "3.0.0",
        "info": {
            "title": "Meguri's socket",
            "version": VERSION,
            "description": (
                f"Subprotocol {SUBPROTOCOL}. A client's message may carry `ref`, which is answered"
                " by one `done` or `refused`. Unknown fields are ignored. Instants are ms since"
                " 1970 UTC, durations seconds. Close codes: "
                + ", ".join(f"{code.value} {code.name.lower()}" for code in CloseCode)
                + "."
            ),
        },
        "channels": {
            "socket": {
                "address": "/e/{event}/socket",
                "parameters": {"event": {"description": "The event's id."}},
                "messages": {name: {"$ref": f"#/components/messages/{name}"} for name in messages},
            }
        },
        "operations": {
            "ask": {"action": "receive", "channel": _CHANNEL, "messages": sent},
            "tell": {"action": "send", "channel": _CHANNEL, "messages": received},
        },
        "components": {"messages": messages, "schemas": schemas},
    }


_CHANNEL: Json = {"$ref": "#/channels/socket"}

_BODIES: dict[str, tuple[str, type]] = {
    "create_event": ("A new event.", EventBody),
    "change_event": ("What is to change.", EventPatch),
    "record_meetings": ("Meetings that were observed elsewhere.", api.MeetingsBody),
    "make_link": ("When the link runs out.", api.LinkBody),
}
_ANSWERS: dict[str, tuple[int, str, object]] = {
    "create_event": (201, "The event, with links that are shown this once.", api.CreatedShown),
    "list_events": (200, "All events.", list[EventShown]),
    "show_event": (200, "The event.", EventShown),
    "change_event": (200, "The event as it is now.", EventShown),
    "record_meetings": (200, "They are taken over.", api.DoneShown),
    "show_report": (200, "The report's numbers as of now; `ties` is left empty.", Report),
    "remove_event": (204, "It is deleted.", None),
    "import_people": (200, "What the import came to.", api.ImportedShown),
    "list_attendees": (200, "Everybody.", list[api.AttendeeShown]),
    "show_attendee": (200, "The person.", api.AttendeeShown),
    "change_attendee": (200, "The person as they are now.", api.AttendeeShown),
    "erase_attendee": (204, "They are erased.", None),
    "revoke": (204, "The link opens nothing any more.", None),
    "make_link": (200, "The new link; the earlier one has ended.", api.LinkShown),
    "note_mail": (200, "What the mail that came back was about.", api.BounceShown),
    "host_command": (200, "The command's facts are durable.", api.DoneShown),
    "own_command": (200, "The command's facts are durable.", api.DoneShown),
}


@cache
def openapi() -> Json:
    """Returns the HTTP API's description (OpenAPI 3.1)."""
    structs = [answer for _, _, answer in _ANSWERS.values() if answer is not None]
    structs += [body for _, body in _BODIES.values()]
    structs += [Shown, *ATTENDEE_COMMANDS, *HOST_COMMANDS]
    shapes, schemas = msgspec.json.schema_components(
        structs, ref_template="#/components/schemas/{name}", schema_hook=_anything
    )
    shape_of = {id(struct): shape for struct, shape in zip(structs, shapes, strict=True)}
    schemas["Person"] = _person()
    paths: dict[str, Json] = {}
    for route in (*api.routes, *export_routes):
        path = re.sub(r"\{(\w+)\}", r"{\1}", route.path)
        name = route.endpoint.__name__
        for method in sorted((route.methods or set()) - {"HEAD"}):
            paths.setdefault(path, {})[method.lower()] = _operation(name, path, shape_of)
    return {
        "openapi": "3.1.0",
        "info": {"title": "Meguri's HTTP API", "version": VERSION},
        "security": [{"key": []}],
        "paths": paths,
        "components": {
            "schemas": schemas,
            "securitySchemes": {"key": {"type": "http", "scheme": "bearer"}},
        },
    }


_FILES = {
    "csv": "text/csv", "graphml": "application/graphml+xml", "gexf": "application/gexf+xml",
    "xlsx": XLSX,
}  # fmt: skip


def _operation(name: str, path: str, shape_of: dict[int, Json]) -> Json:
    status, summary, answer = _ANSWERS.get(name, (200, f"The file {path.rsplit('/')[-1]}.", None))
    answered: Json = {"description": summary}
    if answer is not None:
        answered["content"] = {"application/json": {"schema": shape_of[id(answer)]}}
    elif status == 200:
        kind = _FILES.get(path.rpartition(".")[2], "application/jsonl")
        answered["content"] = {kind: {"schema": {"type": "string"}}}
    problem = {
        "description": "What is wrong, and what to mend.",
        "content": {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Shown"}}},
    }
    operation: Json = {
        "operationId": name,
        "summary": summary,
        "responses": {str(status): answered, "default": problem},
    }
    parameters = re.findall(r"\{(\w+)\}", path)
    if parameters:
        operation["parameters"] = [
            {"name": each, "in": "path", "required": True, "schema": {"type": "string"}}
            for each in parameters
        ]
    body = _body(name, shape_of)
    if body:
        operation["requestBody"] = body
    return operation


def _body(name: str, shape_of: dict[int, Json]) -> Json | None:
    person = {"$ref": "#/components/schemas/Person"}
    if name in _BODIES:
        text, struct = _BODIES[name]
        schema = shape_of[id(struct)]
        return {"description": text, "content": {"application/json": {"schema": schema}}}
    if name == "import_people":
        return {
            "description": "People: a JSON list, or CSV whose header has at least `name`.",
            "required": True,
            "content": {
                "application/json": {"schema": {"type": "array", "items": person}},
                "text/csv": {"schema": {"type": "string"}},
            },
        }
    if name == "change_attendee":
        return {"required": True, "content": {"application/json": {"schema": person}}}
    if name in ("host_command", "own_command"):
        commands = HOST_COMMANDS if name == "host_command" else ATTENDEE_COMMANDS
        schema = {"oneOf": [shape_of[id(command)] for command in commands]}
        return {"required": True, "content": {"application/json": {"schema": schema}}}
    return None


def _person() -> Json:
    """Returns the shape of a person in an import; other fields are kept as custom ones."""
    text: Json = {"type": "string"}
    listed: Json = {
        "oneOf": [{"type": "array", "items": text}, {"type": "string"}],
        "description": "A list, or a text separated by `;`.",
    }
    properties: Json = {name: listed if name in LISTS else text for name in COLUMNS}
    properties["table"] = {"type": "integer", "minimum": 1}
    properties["mode"] = {"enum": ["online", "on-site"]}
    properties["first_timer"] = {"type": "boolean"}
    properties["custom"] = {"type": "object", "additionalProperties": text}
    for field in CONTACT_FIELDS:
        properties[field] = {"type": "string", "maxLength": 500 if field == "link" else 200}
    return {"type": "object", "properties": properties, "additionalProperties": True}


def _document(document: Json) -> Response:
    headers = {"cache-control": "public, max-age=300", "x-content-type-options": "nosniff"}
    return Response(msgspec.json.encode(document), headers=headers, media_type="application/json")


async def show_asyncapi(request: Request) -> Response:
    return _document(asyncapi())


async def show_openapi(request: Request) -> Response:
    return _document(openapi())


routes = [Route("/asyncapi.json", show_asyncapi), Route("/openapi.json", show_openapi)]
