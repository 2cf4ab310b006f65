"""The HTTP API: events, people, commands, as programs ask for them.

Responsible for routes, bodies and answers. Does nothing itself: what an organiser does is
`organising.py`, what a body means `planning.py` and `importing.py`, who may ask `rights.py`.

Invariant: a read first catches up with the journal, so it shows what any process has acknowledged.
"""

from __future__ import annotations

import asyncio
from http import HTTPStatus
from typing import Annotated

import msgspec
from msgspec import Meta, Struct
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from rooms.commands import (
    AddAttendees,
    Clock,
    Here,
    Media,
    Observed,
    Profile,
    RecordMeetings,
    Say,
    Signal,
    SocketCommand,
)
from rooms.contacts import consented
from rooms.messages import Contact, EventView, Room, You
from rooms.people import Attendee, Role
from rooms.refusal import Refusal
from rooms.replanning import MOST_ROUNDS
from rooms.view import view
from server import words
from server.agreeing import as_shown
from server.auth import ORGANISER, Viewer, public_url
from server.bodies import read_data
from server.bounces import MESSAGE_LIMIT, NoBounce, read_bounce
from server.delimited import DATA_LIMIT
from server.evenings import Evening, Evenings
from server.importing import Landing, Named, changed, read_json, read_people
from server.organising import (
    Brought,
    HalfLanded,
    amend_event,
    bring_in,
    delete_event,
    erase,
    find_person,
    make_event,
    new_link,
    revoke_link,
)
from server.person_rows import BadRow, read_object
from server.planning import (
    EventBody,
    EventPatch,
    EventShown,
    Instant,
    read_body,
    shown,
)
from server.problems import Problem, answering
from server.reporting import reported
from server.rights import host_or_organiser, oneself, organiser_only
from server.sequencer import UnknownEvent
from server.undelivered import note_bounce
from server.wire import HOST_TYPES, Ref, WireError, read_command, read_envelope, ref_kept

BODY_LIMIT = 1024 * 1024
"""Bodies other than imports: a programme of a hundred rounds takes 50 KB."""

COMMAND_LIMIT = 64 * 1024
"""As on the socket."""

NEEDS_SOCKET = (Say, Signal, Clock, Here, Media)
"""Commands that mean a connection, and so cannot come this way."""

# Bodies and answers


class LinkBody(Struct, kw_only=True):
    """When a new link stops working (ms since 1970 UTC); left out: never."""

    expires_at: Annotated[int, Meta(ge=0)] | None = None


class HostBody(Struct, kw_only=True):
    """What the host of a new event is called; left out: Host."""

    host_name: Annotated[str, Meta(max_length=200)] = ""


class MeetingBody(Struct, kw_only=True):
    """Two people, by their ids, and when they were together: (from, to) in ms."""

    a: str
    b: str
    spans: Annotated[tuple[tuple[int, int], ...], Meta(min_length=1, max_length=10_000)]


class MeetingsBody(Struct, kw_only=True):
    """Meetings of a round that were observed elsewhere; `ends`: with them the event is over."""

    round: Annotated[int, Meta(ge=1, le=MOST_ROUNDS)]
    starts_at: Instant
    ends_at: Instant
    meetings: Annotated[tuple[MeetingBody, ...], Meta(max_length=5_000)]
    ends: bool = False


class CreatedShown(Struct, kw_only=True):
    """An event just made; the host's key cannot be read back later."""

    id: str
    join_url: str
    host_url: str
    host_key: str


class EnrolledShown(Struct, kw_only=True, omit_defaults=True):
    """One person of an import, in row order; `url` and `key` for those who were created."""

    id: str
    external_id: str | None = None
    name: str | None = None
    url: str = ""
    key: str = ""


class RowShown(Struct, kw_only=True):
    """A row that did not land, and why."""

    row: int
    reason: str


class ImportedShown(Struct, kw_only=True):
    """What an import came to. `skipped`: rows of people who are not coming; `notes`: remarks."""

    created: int
    updated: int
    """Rows of people who were here."""
    unchanged: int
    """Those of them that said nothing new."""
    rejected: tuple[RowShown, ...]
    attendees: tuple[EnrolledShown, ...]
    skipped: tuple[RowShown, ...]
    notes: tuple[str, ...]


class BounceShown(Struct, kw_only=True):
    """What a mail that came back was about; `noted` false: of no letter of ours, and `why` not."""

    noted: bool
    why: str
    event: str = ""
    attendee: str = ""
    letter: str = ""
    address_marked: bool = False
    """Whether no more mail goes to that address."""


class LinkShown(Struct, kw_only=True):
    """A new link; the earlier one opens nothing any more."""

    id: str
    url: str
    key: str


class AttendeeShown(Struct, kw_only=True):
    """A person as the organiser may see them: contact fields by that person's consent alone."""

    id: str
    name: str
    external_id: str
    first_timer: bool
    reading: str
    family_name: str
    given_name: str
    title: str
    organisation: str
    department: str
    email: str
    phone: str
    link: str
    interests: tuple[str, ...]
    offers: tuple[str, ...]
    seeks: tuple[str, ...]
    languages: tuple[str, ...]
    mode: str
    role: str
    segment: str
    table: int | None
    sits_with: str
    organiser_may_export: tuple[str, ...]
    custom: dict[str, str]
    present: bool = False
    removed: bool = False


class DoneShown(Struct, kw_only=True):
    """A command's facts are durable; `ref` if it had one."""

    type: str = "done"
    ref: int | str | msgspec.UnsetType = msgspec.UNSET


class MeShown(Struct, kw_only=True):
    """All that one person may see, as the socket's `welcome` has it."""

    you: You
    event: EventView
    room: Room | None
    contacts: tuple[Contact, ...]


def _json(body: object, status: HTTPStatus = HTTPStatus.OK) -> Response:
    headers = {"cache-control": "no-store", "x-content-type-options": "nosniff"}
    return Response(msgspec.json.encode(body), status, headers, media_type="application/json")


async def _evening(request: Request) -> Evening:
    """Returns the event of a request's path, read to the journal's end."""
    evening: Evening = await request.app.state.evenings.get(request.path_params["event"])
    await evening.caught_up()
    return evening


async def _person(request: Request, evening: Evening) -> Attendee:
    person = find_person(evening, request.path_params["who"])
    if person is None:
        raise Problem(
            HTTPStatus.NOT_FOUND, "unknown-person", "There is nobody with this id at this event."
        )
    return person


async def _shown(request: Request, evening: Evening) -> EventShown:
    key = await request.app.state.keys.join_key(evening.id)
    return shown(evening.event, evening.register, join_url(request, evening.id, key))


def join_url(request: Request, event_id: str, key: str) -> str:
    """Returns the event's open link."""
    return f"{public_url(request)}/e/{event_id}/join/{key}"


def personal_url(request: Request, event_id: str, key: str) -> str:
    """Returns a person's link."""
    return f"{public_url(request)}/e/{event_id}/in/{key}"


# Events


async def create_event(request: Request) -> Response:
    await organiser_only(request)
    data = await read_data(request, BODY_LIMIT)
    body = read_body(data, EventBody)
    made = await make_event(request.app.state, body, read_body(data, HostBody).host_name)
    answer = CreatedShown(
        id=made.id,
        join_url=join_url(request, made.id, made.join_key),
        host_url=personal_url(request, made.id, made.host_key),
        host_key=made.host_key,
    )
    return _json(answer, HTTPStatus.CREATED)


async def list_events(request: Request) -> Response:
    """Answers with all events, read to their ends, without those deleted or made meanwhile."""
    await organiser_only(request)
    evenings: Evenings = request.app.state.evenings
    found: list[EventShown] = []
    for id in await evenings.ids():
        try:
            evening = await evenings.get(id)
            await evening.caught_up()
        except UnknownEvent:
            continue
        found.append(await _shown(request, evening))
    return _json(found)


async def show_event(request: Request) -> Response:
    await organiser_only(request)
    return _json(await _shown(request, await _evening(request)))


async def change_event(request: Request) -> Response:
    viewer = await host_or_organiser(request, request.path_params["event"])
    if viewer.role is Role.HELPER:
        raise Problem(HTTPStatus.FORBIDDEN, "not-allowed", "Only a host can do this.")
    evening = await _evening(request)
    body = read_body(await read_data(request, BODY_LIMIT), EventPatch)
    await amend_event(evening, viewer.id, body)
    return _json(await _shown(request, evening))


async def remove_event(request: Request) -> Response:
    await organiser_only(request)
    await delete_event(request.app.state, await _evening(request))
    return Response(status_code=HTTPStatus.NO_CONTENT)


async def show_report(request: Request) -> Response:
    await organiser_only(request)
    evening = await _evening(request)
    found = await reported(evening, request.app.state.store.clock())
    # Who met whom is in the graph's own files; here are the numbers.
    return _json(msgspec.structs.replace(found, ties=()))


async def record_meetings(request: Request) -> Response:
    """Takes over meetings that were observed elsewhere, a part of them at a time."""
    await organiser_only(request)
    evening = await _evening(request)
    body = read_body(await read_data(request, DATA_LIMIT), MeetingsBody)
    command = RecordMeetings(
        round=body.round,
        starts_at=body.starts_at,
        ends_at=body.ends_at,
        meetings=tuple(Observed(a=m.a, b=m.b, spans=m.spans) for m in body.meetings),
        ends=body.ends,
    )
    await evening.submit(ORGANISER, command)
    return _json(DoneShown())


# People


async def import_people(request: Request) -> Response:
    await organiser_only(request)
    evening = await _evening(request)
    data = await read_data(request, DATA_LIMIT)
    kind = request.headers.get("content-type", "").split(";")[0].strip().lower()
    read = read_people if kind in ("text/csv", "text/plain", "application/csv") else read_json
    reading = await asyncio.to_thread(read, data)
    try:
        brought = await bring_in(request.app.state, evening, reading)
    except HalfLanded as half:
        raise Problem(
            HTTPStatus.SERVICE_UNAVAILABLE,
            "half-landed",
            "The server lost its memory in the middle: {came} of {all} are in. Please send the same"
            " list again in a moment: nobody is doubled.",
            came=half.came,
            all=half.all,
        ) from half
    return _json(imported(request, evening.id, brought))


def imported(request: Request, event_id: str, brought: Brought) -> ImportedShown:
    """Returns what an import came to, worded in the asker's language."""
    language = words.language(request)

    def rows(named: tuple[Named, ...]) -> tuple[RowShown, ...]:
        return tuple(
            RowShown(row=one.row, reason=words.sentence(language, one.why)) for one in named
        )

    def enrolled(landing: Landing) -> EnrolledShown:
        person = landing.attendee
        key = brought.keys.get(person.id, "")
        return EnrolledShown(
            id=person.id,
            external_id=person.external_id,
            name=person.name,
            url=personal_url(request, event_id, key) if key else "",
            key=key,
        )

    return ImportedShown(
        created=brought.created,
        updated=brought.updated,
        unchanged=brought.unchanged,
        rejected=rows(brought.rejected),
        attendees=tuple(enrolled(landing) for landing in brought.landings),
        skipped=rows(brought.skipped),
        notes=tuple(words.sentence(language, note) for note in brought.notes),
    )


def attendee_shown(evening: Evening, person: Attendee) -> AttendeeShown:
    """Returns a person as the organiser may see them."""
    standing = evening.event.people.get(person.id)
    return AttendeeShown(
        id=person.id,
        name=person.name,
        external_id=person.external_id,
        first_timer=person.first_timer,
        reading=person.reading,
        family_name=person.family_name,
        given_name=person.given_name,
        title=person.title,
        organisation=consented(person, "organisation"),
        department=person.department,
        email=consented(person, "email"),
        phone=consented(person, "phone"),
        link=consented(person, "link"),
        interests=person.interests,
        offers=person.offers,
        seeks=person.seeks,
        languages=person.languages,
        mode=person.mode,
        role=person.role,
        segment=person.segment,
        table=person.table,
        sits_with=person.sits_with,
        organiser_may_export=person.organiser_may_export,
        custom=person.custom,
        present=bool(standing and standing.present),
        removed=bool(standing and standing.removed_at is not None),
    )


async def list_attendees(request: Request) -> Response:
    await organiser_only(request)
    evening = await _evening(request)
    return _json([attendee_shown(evening, person) for person in evening.register.attendees()])


async def show_attendee(request: Request) -> Response:
    if request.path_params["who"] == "me":
        return await show_me(request)
    await organiser_only(request)
    evening = await _evening(request)
    return _json(attendee_shown(evening, await _person(request, evening)))


async def show_me(request: Request) -> Response:
    viewer = await oneself(request, request.path_params["event"])
    evening = await _evening(request)
    if not evening.register.has(viewer.id):
        raise Problem(
            HTTPStatus.NOT_FOUND, "unknown-person", "There is nobody with this id at this event."
        )
    now: int = request.app.state.store.clock()
    seen = view(evening.event, evening.register, viewer.id, now)
    return _json(MeShown(you=seen.you, event=seen.event, room=seen.room, contacts=seen.contacts))


async def change_attendee(request: Request) -> Response:
    await organiser_only(request)
    evening = await _evening(request)
    person = await _person(request, evening)
    given = read_body(await read_data(request, BODY_LIMIT), dict[str, object])
    try:
        row = read_object(1, given)
    except BadRow as bad:
        problem = Problem(HTTPStatus.UNPROCESSABLE_ENTITY, "bad-field", bad.why.sentence)
        problem.details = bad.why.details
        raise problem from bad
    await evening.submit(ORGANISER, AddAttendees(people=(changed(person, row),)))
    return _json(attendee_shown(evening, evening.register.attendee(person.id)))


async def erase_attendee(request: Request) -> Response:
    await organiser_only(request)
    evening = await _evening(request)
    await erase(request.app.state, evening, await _person(request, evening))
    return Response(status_code=HTTPStatus.NO_CONTENT)


async def make_link(request: Request) -> Response:
    await organiser_only(request)
    evening = await _evening(request)
    person = await _person(request, evening)
    data = await read_data(request, BODY_LIMIT)
    body = read_body(data, LinkBody) if data.strip() else LinkBody()
    key = await new_link(request.app.state, evening, person, body.expires_at)
    return _json(LinkShown(id=person.id, url=personal_url(request, evening.id, key), key=key))


async def revoke(request: Request) -> Response:
    await organiser_only(request)
    evening = await _evening(request)
    await revoke_link(request.app.state, evening, await _person(request, evening))
    return Response(status_code=HTTPStatus.NO_CONTENT)


async def note_mail(request: Request) -> Response:
    """Takes a message of a mail system about a mail that came back (RFC 3464)."""
    await organiser_only(request)
    data = await read_data(request, MESSAGE_LIMIT)
    try:
        bounce = await asyncio.to_thread(read_bounce, data)
    except NoBounce as none:
        return _json(BounceShown(noted=False, why=none.why))
    noted = await note_bounce(request.app.state, bounce)
    if noted is None:
        return _json(BounceShown(noted=False, why="unknown-letter"))
    return _json(
        BounceShown(
            noted=True,
            why=noted.why,
            event=noted.event,
            attendee=noted.attendee,
            letter=noted.letter,
            address_marked=noted.marked,
        )
    )


# Commands


async def host_command(request: Request) -> Response:
    viewer = await host_or_organiser(request, request.path_params["event"])
    text = await _text(request)
    envelope = read_envelope(text)
    if envelope.type not in HOST_TYPES:
        raise WireError("“{type}” is not a host's command.", type=envelope.type[:80])
    command = read_command(text, envelope, viewer.role)
    return await _carried_out(request, viewer, command, envelope.ref)


async def own_command(request: Request) -> Response:
    viewer = await oneself(request, request.path_params["event"])
    text = await _text(request)
    envelope = read_envelope(text)
    command = read_command(text, envelope, viewer.role)
    if isinstance(command, NEEDS_SOCKET):
        raise Refusal("needs-socket", "“{type}” works on the socket only.", type=envelope.type)
    return await _carried_out(request, viewer, command, envelope.ref)


async def _text(request: Request) -> str:
    data = await read_data(request, COMMAND_LIMIT)
    try:
        return data.decode()
    except UnicodeDecodeError as error:
        raise WireError("This message is not JSON.") from error


async def _carried_out(
    request: Request, viewer: Viewer, command: SocketCommand, ref: Ref | None
) -> Response:
    evening: Evening = await request.app.state.evenings.get(request.path_params["event"])
    once = None if ref is None else ref_kept(viewer.id, "api", ref)
    if isinstance(command, Profile):
        command = as_shown(command, evening.register, viewer.id, evening.event.plan.locale)
    await evening.submit(viewer.id, command, ref=once)
    return _json(DoneShown(ref=msgspec.UNSET if ref is None else ref))


_ROUTES = (
    ("POST", "/api/events", create_event),
    ("GET", "/api/events", list_events),
    ("GET", "/api/events/{event}", show_event),
    ("GET", "/api/events/{event}/report", show_report),
    ("POST", "/api/events/{event}/meetings", record_meetings),
    ("PATCH", "/api/events/{event}", change_event),
    ("DELETE", "/api/events/{event}", remove_event),
    ("POST", "/api/bounces", note_mail),
    ("POST", "/api/events/{event}/commands", host_command),
    ("POST", "/api/events/{event}/attendees", import_people),
    ("GET", "/api/events/{event}/attendees", list_attendees),
    ("POST", "/api/events/{event}/attendees/me/commands", own_command),
    ("POST", "/api/events/{event}/attendees/{who}/link", make_link),
    ("DELETE", "/api/events/{event}/attendees/{who}/link", revoke),
    ("GET", "/api/events/{event}/attendees/{who}", show_attendee),
    ("PATCH", "/api/events/{event}/attendees/{who}", change_attendee),
    ("DELETE", "/api/events/{event}/attendees/{who}", erase_attendee),
)

routes = [Route(path, answering(endpoint), methods=[method]) for method, path, endpoint in _ROUTES]
