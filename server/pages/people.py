"""The desk's page of everybody: searched, filtered, a hundred at a time; links sent or printed.

Responsible for finding people and for what is done with many at once. One person's own page is
`person.py`'s, bringing lists in `importing.py`'s. Works without JavaScript.

Invariant: a contact field is shown, and found by searching, by its owner's consent alone (rule 20).
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Mapping, Sequence
from http import HTTPStatus
from urllib.parse import urlencode

import segno
from msgspec import Struct
from msgspec.structs import replace
from starlette.datastructures import FormData, QueryParams
from starlette.requests import Request
from starlette.responses import Response

from rooms.commands import AddAttendees, Invite, NoteExport
from rooms.contacts import consented
from rooms.follow_up import came, may_be_written_to
from rooms.people import HOST_ROLES, TAG_LIMIT, Attendee, Mode, Role, normalise, tidied
from server import words
from server.api import personal_url
from server.auth import ORGANISER, keys_of
from server.bodies import read_form
from server.evenings import Evening
from server.organising import PEOPLE_AT_ONCE
from server.pages.entry import evening_of
from server.pages.rendering import redirect, render
from server.problems import Problem
from server.settings import Settings

PAGE = 100
"""People on one page; also the ticks of one form, which the limit of fields allows."""

CARDS_LIMIT = 500
"""Cards of one sheet: a browser prints some 60 pages of them in good time."""

AT_ONCE = 20
"""Links that are asked of the store at the same time."""

NO_SEGMENT = "-"
"""Chosen for those who are in no segment."""

ROLES: Mapping[str, str] = {
    Role.ATTENDEE: "attendee",
    Role.AMBASSADOR: "ambassador",
    Role.HELPER: "helper",
    Role.HOST: "host",
    Role.STATION: "station",
}
MODES: Mapping[str, str] = {Mode.ONLINE: "online", Mode.ON_SITE: "on site"}
STATES: Mapping[str, str] = {
    "here": "Here now",
    "came": "Came",
    "not": "Has not come",
    "declined": "Said that they can't come",
    "unreachable": "Mails to them come back",
    "linked": "Has a link by mail",
    "unlinked": "Has no link by mail yet",
    "waits": "Waits for a yes",
    "asked": "Asks for a place",
    "waiting": "On the waiting list",
    "refused": "Has no place",
    "removed": "Removed by a host",
}
FOUND = ("q", "segment", "role", "mode", "came")
"""What the list is searched and filtered by, as the address names it."""


class Search(Struct, frozen=True, kw_only=True):
    """What is looked for; empty: everybody."""

    q: str = ""
    segment: str = ""
    role: str = ""
    mode: str = ""
    came: str = ""

    def query(self, **more: str | int) -> str:
        """Returns the search as an address carries it, with more; empty for nothing."""
        asked = {name: getattr(self, name) for name in FOUND if getattr(self, name)}
        return urlencode({**asked, **more})


class Choice(Struct, frozen=True):
    """Something to filter by."""

    value: str
    label: str
    chosen: bool


class PersonLine(Struct, frozen=True, kw_only=True):
    """One person in the list; contact fields by their consent alone."""

    id: str
    name: str
    organisation: str
    email: str
    role: str
    segment: str
    mode: str
    state: str
    url: str


class CardLine(Struct, frozen=True, kw_only=True):
    """One person's card: their link as a code."""

    name: str
    reading: str
    organisation: str
    qr: str


def searched(fields: QueryParams | FormData) -> Search:
    """Returns what an address or a form asks for."""
    return Search(**{name: str(fields.get(name, "")).strip()[:200] for name in FOUND})


def found(evening: Evening, search: Search) -> list[Attendee]:
    """Returns who is meant, hosts first, then in the order they were written."""
    wanted = normalise(search.q).split()
    people = [
        person
        for person in evening.register.attendees()
        if _fits(evening, person, search) and all(word in _text(person) for word in wanted)
    ]
    return sorted(people, key=lambda person: person.role not in HOST_ROLES)


def _fits(evening: Evening, person: Attendee, search: Search) -> bool:
    return (
        search.role in ("", person.role.value)
        and search.mode in ("", person.mode.value)
        and search.segment in ("", person.segment or NO_SEGMENT)
        and (not search.came or is_so(evening, person.id, search.came))
    )


def _text(person: Attendee) -> str:
    """Returns everything of a person that may be searched, as it is compared."""
    contact = (consented(person, field) for field in ("organisation", "email", "phone", "link"))
    own = (person.name, person.reading, person.department, person.title, person.segment)
    tags = (*person.interests, *person.offers, *person.seeks, *person.languages)
    return normalise(" \n".join((*own, person.external_id, *tags, *contact)))


def is_so(evening: Evening, id: str, state: str) -> bool:
    """Says whether one of `STATES` holds of somebody."""
    event = evening.event
    person = event.people.get(id)
    if person is None:
        return False
    match state:
        case "here":
            return person.present
        case "came":
            return came(event, id)
        case "not":
            return not came(event, id)
        case "declined":
            return id in event.declined
        case "unreachable":
            return evening.register.dead_address(id) is not None
        case "linked":
            return id in event.invited or id in event.signed_up
        case "unlinked":
            return id not in event.invited and id not in event.signed_up
        case "waits":
            return person.waits_for_yes
        case "asked" | "waiting" | "refused":
            return person.place == state
        case "removed":
            return person.removed_at is not None
        case _:
            return False


def state_of(evening: Evening, id: str) -> str:
    """Returns what matters most of how somebody stands, as one of `STATES`."""
    order = (
        "removed", "refused", "asked", "waiting", "waits", "here", "came", "declined",
        "unreachable", "linked", "unlinked",
    )  # fmt: skip
    return next((state for state in order if is_so(evening, id, state)), "unlinked")


async def people_page(request: Request) -> Response:
    """Draws desk_people.html.

    `event`, `search`, `segments`, `roles`, `modes`, `states`, `people`, `count`, `everybody`,
    `first`, `last`, `previous`, `next`, `told`, `cards_limit`, `mail_off`, `urls`.
    """
    evening = await evening_of(request)
    search = searched(request.query_params)
    asked = request.query_params.get("page", "1")
    people = await asyncio.to_thread(found, evening, search)
    pages = max(1, -(-len(people) // PAGE))
    page = min(int(asked) if asked.isascii() and asked.isdigit() and len(asked) < 6 else 1, pages)
    first = max(page - 1, 0) * PAGE
    shown = people[first : first + PAGE]
    known = words.words(words.language(request))
    settings: Settings = request.app.state.settings
    here = f"/desk/{evening.id}/people"
    context: dict[str, object] = {
        "event": {"id": evening.id, "title": evening.register.details.title},
        "search": search,
        "segments": _segments(evening, search, known.gettext),
        "roles": _choices(ROLES, search.role, known.gettext),
        "modes": _choices(MODES, search.mode, known.gettext),
        "states": _choices(STATES, search.came, known.gettext),
        "people": [_line(evening, person, here, known.gettext) for person in shown],
        "count": len(people),
        "everybody": sum(1 for _ in evening.register.attendees()),
        "first": first + 1,
        "last": first + len(shown),
        "previous": f"{here}?{search.query(page=page - 1)}" if page > 1 else "",
        "next": f"{here}?{search.query(page=page + 1)}" if page < pages else "",
        "told": _told(request.query_params, known),
        "cards_limit": CARDS_LIMIT,
        "mail_off": settings.smtp is None and "sent" in request.query_params,
        "urls": {
            "event": f"/desk/{evening.id}",
            "people": here,
            "new": f"{here}/new",
            "cards": f"{here}/cards",
            "import": f"/desk/{evening.id}/import",
            "mail": f"/desk/{evening.id}/mail",
        },
    }
    return render(request, "desk_people.html", context)


def _segments(evening: Evening, search: Search, say: words.Saying) -> list[Choice]:
    known = sorted({person.segment for person in evening.register.attendees() if person.segment})
    found = {segment: segment for segment in known[:200]} | {NO_SEGMENT: say("In no segment")}
    return [Choice(value, label, value == search.segment) for value, label in found.items()]


def _choices(labels: Mapping[str, str], chosen: str, say: words.Saying) -> list[Choice]:
    return [Choice(value, say(label), value == chosen) for value, label in labels.items()]


def _line(evening: Evening, person: Attendee, here: str, say: words.Saying) -> PersonLine:
    return PersonLine(
        id=person.id,
        name=person.name,
        organisation=consented(person, "organisation"),
        email=consented(person, "email"),
        role=say(ROLES.get(person.role, "")) if person.role is not Role.ATTENDEE else "",
        segment=person.segment,
        mode=say(MODES[person.mode]),
        state=say(STATES[state_of(evening, person.id)]),
        url=f"{here}/{person.id}",
    )


def _told(query: QueryParams, known: words.Words) -> list[str]:
    """Returns what the press before came to, as sentences."""

    def number(name: str) -> int:
        text = query.get(name, "")
        return int(text) if text.isascii() and text.isdigit() and len(text) < 8 else 0

    told = []
    if "sent" in query:
        sent, without = number("sent"), number("without")
        told.append(
            known.ngettext("{n} link is on its way.", "{n} links are on their way.", sent)
            if sent
            else known.gettext("No link was sent.")
        )
        if without:
            told.append(
                known.ngettext(
                    "{n} person has no address, wants no mail, or has a link already.",
                    "{n} people have no address, want no mail, or have a link already.",
                    without,
                )
            )
    if "put" in query:
        put = number("put")
        told.append(known.ngettext("{n} person was changed.", "{n} people were changed.", put))
    if "gone" in query:
        told.append(known.gettext("The person was removed, with everything kept about them."))
    return told


# Many at once


async def press_people(request: Request) -> Response:
    """Sends links, or puts people into a segment: those ticked, or all who are found."""
    evening = await evening_of(request)
    form = await read_form(request)
    chosen, search = await _chosen(evening, form)
    if form.get("do") == "segment":
        changed = await _put_into(evening, chosen, str(form.get("into", "")))
        return redirect(f"/desk/{evening.id}/people?{search.query(put=changed)}")
    event = evening.event
    again = form.get("whom") != "all"
    ids = tuple(
        person.id
        for person in chosen
        if may_be_written_to(event, evening.register, person.id)
        and (again or is_so(evening, person.id, "unlinked"))
    )
    await evening.submit(ORGANISER, Invite(attendees=ids))
    query = search.query(sent=len(ids), without=len(chosen) - len(ids))
    return redirect(f"/desk/{evening.id}/people?{query}")


async def _put_into(evening: Evening, people: Sequence[Attendee], typed: str) -> int:
    """Puts people into a segment, empty for none; returns how many that changed."""
    segment = tidied(" ".join(typed.split()))
    if len(segment) > TAG_LIMIT:
        raise Problem(
            HTTPStatus.UNPROCESSABLE_ENTITY,
            "bad-field",
            "The name of a segment has at most {most} characters.",
            most=TAG_LIMIT,
        )
    moved = [replace(person, segment=segment) for person in people if person.segment != segment]
    for at in range(0, len(moved), PEOPLE_AT_ONCE):
        some = tuple(moved[at : at + PEOPLE_AT_ONCE])
        await evening.submit(ORGANISER, AddAttendees(people=some))
    return len(moved)


async def _chosen(evening: Evening, form: FormData) -> tuple[list[Attendee], Search]:
    """Returns who was ticked, or else all who are found; raises Problem for nobody."""
    search = searched(form)
    if form.get("whom") == "all":
        people = await asyncio.to_thread(found, evening, search)
    else:
        ids = dict.fromkeys(str(id) for id in form.getlist("who"))
        people = [evening.register.attendee(id) for id in ids if evening.register.has(id)]
    if not people:
        raise Problem(
            HTTPStatus.UNPROCESSABLE_ENTITY,
            "nobody-chosen",
            "Nobody is ticked. Please go back and tick whom you mean, or choose all who are found.",
        )
    return people, search


async def print_cards(request: Request) -> Response:
    """Draws desk_cards.html: `event`, `cards`, `sheet`, `sheets`, `urls`.

    The key in a card is the one in that person's mails: printing ends no link handed out before.
    """
    evening = await evening_of(request)
    form = await read_form(request)
    chosen, search = await _chosen(evening, form)
    people = [p for p in chosen if (one := evening.event.people.get(p.id)) and one.belongs]
    asked = str(form.get("sheet", "1"))
    sheets = max(1, -(-len(people) // CARDS_LIMIT))
    sheet = min(max(int(asked), 1) if asked.isascii() and asked.isdigit() else 1, sheets)
    some = people[(sheet - 1) * CARDS_LIMIT : sheet * CARDS_LIMIT]
    await evening.submit(ORGANISER, NoteExport(what="link-cards"))
    links: list[str] = []
    for at in range(0, len(some), AT_ONCE):
        asked_for = (_card_link(request, evening, one) for one in some[at : at + AT_ONCE])
        links += await asyncio.gather(*asked_for)
    context: dict[str, object] = {
        "event": {"id": evening.id, "title": evening.register.details.title},
        "cards": await asyncio.to_thread(_cards, some, links),
        "count": len(people),
        "sheet": sheet,
        "sheets": sheets,
        "search": {name: getattr(search, name) for name in FOUND},
        "all_found": form.get("whom") == "all",
        "urls": {
            "people": f"/desk/{evening.id}/people?{search.query()}",
            "cards": f"/desk/{evening.id}/people/cards",
        },
    }
    return render(request, "desk_cards.html", context, locale=evening.event.plan.locale)


async def _card_link(request: Request, evening: Evening, person: Attendee) -> str:
    key = await keys_of(request).mailed_key(evening.id, person.id, person.role)
    return personal_url(request, evening.id, key)


def _cards(people: Sequence[Attendee], links: Iterable[str]) -> list[CardLine]:
    return [
        CardLine(
            name=person.name,
            reading=person.reading,
            organisation=consented(person, "organisation"),
            qr=segno.make(link, error="m").svg_data_uri(border=2, dark="#20242e"),
        )
        for person, link in zip(people, links, strict=True)
    ]
