"""One's own page after the evening: everybody met, notes, messages, vCards, meetings, one's card.

Responsible for the page, its presses and its files. It needs neither the socket nor scripts: what
is pressed is a form, and `static/mine/mine.js` only saves presses. Who may see what of whom is
`rooms/afterwards.py`'s, and the rules decide on every press.

Invariant: nothing here can be had without the cookie of the person whose page it is.
"""

from __future__ import annotations

import hashlib
import io
from collections.abc import Mapping, Sequence
from datetime import datetime
from http import HTTPStatus
from urllib.parse import quote, urlencode

import segno
from msgspec import Struct
from starlette.datastructures import FormData
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from rooms.afterwards import Known, Standing, everybody, search, search_text
from rooms.commands import AnswerQuestions, AnyCommand, GiveCard, KeepInTouch, Note
from rooms.contacts import YES_AFTER_END_MS, is_too_late
from rooms.messages import Phase
from rooms.people import CHANGES, COMES_AGAIN, CONTACT_FIELDS, Card, card, is_own, web_address
from server import words
from server.auth import public_url, viewer_by_cookie
from server.bodies import read_form
from server.calendars import meeting_file
from server.evenings import Evening
from server.first_message import first_message
from server.letters import FIELD_LABELS
from server.local_times import SkippedTime, instant_of
from server.pages.answers import AGAIN_LABELS, CHANGE_LABELS
from server.pages.dots import colour, initial
from server.pages.entry import check_origin, evening_of, removed
from server.pages.local_instants import skipped_problem
from server.pages.rendering import redirect, render
from server.pages.shells import unknown_here
from server.problems import Problem
from server.vcards import VERSIONS, vcard
from server.words import Words, zone

QUERY_LIMIT = 100
LENGTHS = (15, 30, 45, 60, 90)
"""Minutes that a follow-up meeting may be chosen to last."""

PEOPLE_AT_ONCE = 40
"""On one page, some 6 KB each: with 400 people met a phone would show nothing for seconds."""

SHOWS = ("", "in-touch", "open")

NO_STORE = {"cache-control": "no-store", "x-content-type-options": "nosniff"}


class FieldShown(Struct, frozen=True, kw_only=True):
    """A contact field somebody gave. `url` is empty where nothing can be opened."""

    name: str
    label: str
    value: str
    url: str


class PersonShown(Struct, frozen=True, kw_only=True):
    """Somebody met, as the template draws them."""

    id: str
    name: str
    known: Known
    work: str
    colour: str
    initial: str
    together: str
    rounds: str
    fields: tuple[FieldShown, ...]
    search: str
    is_open: bool
    """Their notes and choices are unfolded."""
    messages: tuple[tuple[str, str, str], ...]
    """A first message by language: (code, its own name, text); the reader's language first."""
    mail_url: str
    shares: bool
    """Whether the note is shared with the organiser; only the organiser's own people can."""


async def person_of(request: Request, *, removed_too: bool = False) -> tuple[Evening, str]:
    """Returns the event and who asks, by their cookie; raises Problem."""
    evening = await evening_of(request)
    viewer = await viewer_by_cookie(request, evening.id)
    person = evening.event.people.get(viewer.id) if viewer else None
    if viewer is None or person is None or person.erased:
        raise unknown_here()
    if person.removed_at is not None and not removed_too:
        raise removed()
    return evening, viewer.id


def words_of(request: Request, evening: Evening, id: str) -> Words:
    """Returns the words of a person's language."""
    locale = evening.register.attendee(id).locale or evening.event.plan.locale
    return words.words(words.language(request, locale))


# The page


async def my_page(request: Request) -> Response:
    """Draws mine.html, or does what was pressed."""
    evening, id = await person_of(request)
    if request.method != "POST":
        return _page(request, evening, id)
    check_origin(request)
    form = await read_form(request)
    await evening.submit(id, _command(form))
    about = str(form.get("about", ""))[:64]
    place = f"#p-{quote(about)}" if about else "#closing"
    return redirect(f"{request.url.path}?{urlencode({'saved': about or '1'})}{place}")


def _command(form: FormData) -> AnyCommand:
    about = str(form.get("about", ""))[:64]
    fields = tuple(str(one)[:40] for one in form.getlist("fields"))[:10]
    match str(form.get("do", "")):
        case "note":
            text, step = (str(form.get(name, ""))[:2000] for name in ("text", "next_step"))
            share = form.get("share") == "1" if "shares" in form else None
            done = form.get("done") == "1"
            return Note(about=about, text=text, next_step=step, done=done, share=share)
        case "yes":
            return KeepInTouch(about=about, fields=fields)
        case "no":
            return KeepInTouch(about=about, yes=False)
        case "card" if fields:
            return GiveCard(to=about, fields=fields)
        case "no-card":
            return GiveCard(to=about)
        case "answer":
            change = tuple(str(one)[:40] for one in form.getlist("change"))[:10]
            return AnswerQuestions(again=str(form.get("again", ""))[:40], change=change)
        case "card":
            raise Problem(
                HTTPStatus.UNPROCESSABLE_ENTITY,
                "bad-field",
                "Please choose what stands on your card.",
            )
        case _:
            raise Problem(HTTPStatus.BAD_REQUEST, "bad-request", "This request could not be read.")


def _page(request: Request, evening: Evening, id: str) -> Response:
    event, profile = evening.event, evening.register.attendee(id)
    known = words_of(request, evening, id)
    now: int = request.app.state.store.clock()
    query = request.query_params
    asked = query.get("q", "")[:QUERY_LIMIT]
    show = query.get("show", "") if query.get("show", "") in SHOWS else ""
    everyone = everybody(event, evening.register, id, now)
    saved = query.get("saved", "")
    listed = [
        one
        for one in search(everyone, asked)
        if not show or (one.is_open if show == "open" else one.standing is not Standing.MET)
    ]
    first = _first_shown(listed, query.get("page", ""), saved)
    shown = [
        _shown(known, evening, id, one, unfolded=saved == one.met.card.id)
        for one in listed[first : first + PEOPLE_AT_ONCE]
    ]

    def page(of: int) -> str:
        there = {"show": show, "q": asked, "page": str(of // PEOPLE_AT_ONCE + 1)}
        return "?" + urlencode({name: value for name, value in there.items() if value})

    again, change = event.answers.get(id, ("", ()))
    ended_at = event.ended_at
    choices = known.gettext
    context: dict[str, object] = {
        "title": evening.register.details.title,
        "name": profile.name,
        "id": id,
        "event_id": evening.id,
        "commands": f"/api/events/{evening.id}/attendees/me/commands",
        "is_over": event.phase is Phase.ENDED,
        "people": shown,
        "found": len(listed),
        "first": first + 1,
        "last": first + len(shown),
        "previous": page(first - PEOPLE_AT_ONCE) if first else "",
        "next": page(first + PEOPLE_AT_ONCE) if first + len(shown) < len(listed) else "",
        "count": len(everyone),
        "in_touch": sum(one.standing is Standing.IN_TOUCH for one in everyone),
        "cards": sum(one.standing is Standing.CARD for one in everyone),
        "is_own": is_own(profile),
        "open_steps": sum(one.is_open for one in everyone),
        "asked": asked,
        "show": show,
        "saved": saved,
        "may_give": not is_too_late(event, now),
        "until": None if ended_at is None else ended_at + YES_AFTER_END_MS,
        "time_zone": event.plan.time_zone,
        "usual": profile.contact_fields,
        "fields": [
            (one, choices(FIELD_LABELS[one]), bool(getattr(profile, one)))
            for one in CONTACT_FIELDS
        ],
        "asks": ended_at is not None and id in event.came,
        "again": again,
        "change": change,
        "agains": [(one, choices(AGAIN_LABELS[one])) for one in COMES_AGAIN],
        "changes": [(one, choices(CHANGE_LABELS[one])) for one in CHANGES],
        "lengths": LENGTHS,
        "card_fields": [one for one in CONTACT_FIELDS if one in _own_fields(request, evening, id)],
        "card_query": urlencode(
            [("field", one) for one in _own_fields(request, evening, id)] or [("field", "")]
        ),
    }  # fmt: skip
    return render(request, "mine.html", context, locale=profile.locale or event.plan.locale)


def _first_shown(listed: Sequence[Known], page: str, saved: str) -> int:
    """Returns where the page that is asked for begins; without one, that of whom was saved."""
    if page.isascii() and page.isdigit() and len(page) < 6:
        place = (int(page) - 1) * PEOPLE_AT_ONCE
    else:
        ids = [one.met.card.id for one in listed]
        place = ids.index(saved) if saved in ids else 0
    place = max(0, min(place, len(listed) - 1))
    return place - place % PEOPLE_AT_ONCE


def _shown(known: Words, evening: Evening, id: str, one: Known, *, unfolded: bool) -> PersonShown:
    met, who = one.met, one.met.card
    name = who.name or known.gettext("Someone")
    minutes = met.seconds // 60
    together = (
        known.ngettext("{n} minute together", "{n} minutes together", minutes)
        if minutes
        else known.gettext("less than a minute together")
    )
    numbers = ("、" if known.language == "ja" else ", ").join(map(str, met.rounds))
    rounds = known.ngettext(
        "in round {rounds}", "in rounds {rounds}", len(met.rounds), rounds=numbers
    )
    messages = () if one.standing is Standing.MET else _messages(known, evening, id, one)
    mail_url = ""
    if messages and (address := one.fields.get("email")):
        subject = known.gettext("After “{event}”", event=evening.register.details.title)
        body = messages[0][2].replace("\n", "\r\n")
        mail_url = f"mailto:{quote(address, safe='@')}?subject={quote(subject)}&body={quote(body)}"
    return PersonShown(
        id=who.id,
        name=name,
        known=one,
        work=", ".join(part for part in (who.title, who.organisation, who.department) if part),
        colour=colour(who.id),
        initial=initial(name),
        together=together,
        rounds=rounds,
        fields=tuple(_field(known, field, value) for field, value in one.fields.items()),
        search=search_text(one),
        is_open=unfolded,
        messages=messages,
        mail_url=mail_url,
        shares=evening.register.note(id, who.id).shared,
    )


def _messages(
    known: Words, evening: Evening, id: str, one: Known
) -> tuple[tuple[str, str, str], ...]:
    others = [code for code in words.LANGUAGES if code != known.language]
    return tuple(
        (
            code,
            words.LANGUAGES[code],
            first_message(
                words.words(code),
                to=one.met.card.name,
                me=evening.register.attendee(id).name,
                event=evening.register.details.title,
                shared=one.met.shared,
                step=one.met.next_step.strip() if one.is_open else "",
            ),
        )
        for code in (known.language, *others)
    )


def _field(known: Words, name: str, value: str) -> FieldShown:
    """Returns a field with what opens it; what another typed is a link only if it is safe."""
    match name:
        case "email":
            url = f"mailto:{quote(value, safe='@')}"
        case "phone":
            url = "tel:" + "".join(c for c in value if c.isascii() and (c.isdigit() or c == "+"))
        case _:
            url = web_address(value) or ""
    return FieldShown(name=name, label=known.gettext(FIELD_LABELS[name]), value=value, url=url)


# Files


def _attached(data: bytes | str, kind: str, name: str) -> Response:
    headers = {**NO_STORE, "content-disposition": f'attachment; filename="{name}"'}
    return Response(data, media_type=kind, headers=headers)


def _version(request: Request) -> str:
    asked = request.query_params.get("version", VERSIONS[0])
    return asked if asked in VERSIONS else VERSIONS[0]


def _known_to(request: Request, evening: Evening, id: str) -> list[Known]:
    """Returns contacts, and those whose card one was given."""
    now: int = request.app.state.store.clock()
    found = everybody(evening.event, evening.register, id, now)
    return [one for one in found if one.standing is not Standing.MET and not one.erased]


async def contacts_file(request: Request) -> Response:
    """Gives all contacts in one vCard file, in version 3.0 or 4.0."""
    evening, id = await person_of(request)
    cards = [_vcard(request, evening, one) for one in _known_to(request, evening, id)]
    return _attached("".join(cards), "text/vcard; charset=utf-8", "contacts.vcf")


async def contact_file(request: Request) -> Response:
    """Gives one contact's vCard."""
    evening, id = await person_of(request)
    who = request.path_params["who"]
    for one in _known_to(request, evening, id):
        if one.met.card.id == who:
            data = _vcard(request, evening, one)
            return _attached(data, "text/vcard; charset=utf-8", "contact.vcf")
    raise _not_a_contact()


def _vcard(request: Request, evening: Evening, one: Known) -> str:
    title = evening.register.details.title
    return vcard(one.met.card, one.fields, _version(request), met=title)


def _not_a_contact() -> Problem:
    return Problem(
        HTTPStatus.NOT_FOUND, "not-a-contact", "This person is not among your contacts (any more)."
    )


def _own_fields(request: Request, evening: Evening, id: str) -> list[str]:
    """Returns the fields that one's own card is to show: as asked, else one's usual choice."""
    profile = evening.register.attendee(id)
    asked = request.query_params.getlist("field")
    return [one for one in CONTACT_FIELDS if one in (asked or profile.contact_fields)]


def _own_card(request: Request, evening: Evening, id: str, *, bare: bool = False) -> str:
    profile = evening.register.attendee(id)
    chosen: Mapping[str, str] = {
        one: value
        for one in _own_fields(request, evening, id)
        if (value := str(getattr(profile, one)))
    }
    shown = Card(id=id, name=profile.name) if bare else card(profile)
    return vcard(shown, chosen, _version(request))


async def own_card_picture(request: Request) -> Response:
    """Draws one's own card as a QR code: what a phone's camera takes into its address book."""
    evening, id = await person_of(request)
    text = _own_card(request, evening, id)
    try:
        code = segno.make(text, error="m", micro=False, encoding="utf-8")
    except segno.DataOverflowError:  # titles of hundreds of letters: the name will do
        bare = _own_card(request, evening, id, bare=True)
        code = segno.make(bare, error="l", micro=False, encoding="utf-8")
    drawn = io.BytesIO()
    code.save(drawn, kind="svg", border=4, dark="#20242e", light="#ffffff", xmldecl=False)
    return Response(drawn.getvalue(), media_type="image/svg+xml", headers=NO_STORE)


async def own_card_file(request: Request) -> Response:
    """Gives one's own card as a vCard file."""
    evening, id = await person_of(request)
    return _attached(_own_card(request, evening, id), "text/vcard; charset=utf-8", "my-card.vcf")


async def meeting(request: Request) -> Response:
    """Gives the calendar file of a meeting with a contact, in the zone one chose."""
    evening, id = await person_of(request)
    query = request.query_params
    who = query.get("with", "")
    one = next((k for k in _known_to(request, evening, id) if k.met.card.id == who), None)
    if one is None:
        raise _not_a_contact()
    time_zone = query.get("zone", "") or evening.event.plan.time_zone
    try:
        starts = datetime.fromisoformat(f"{query.get('day', '')}T{query.get('time', '')}")
        minutes = int(query.get("minutes", "30"))
    except ValueError:
        starts, minutes = None, 0
    if starts is None or starts.tzinfo is not None or not 1 <= minutes <= 1440:
        raise _no_day_and_time()
    known = words_of(request, evening, id)
    me = evening.register.attendee(id).name
    title = known.gettext("{me} and {name}", me=me, name=one.met.card.name)
    now: int = request.app.state.store.clock()
    made_of = f"{evening.id} {id} {who} {starts.isoformat()}"
    uid = f"{hashlib.sha256(made_of.encode()).hexdigest()[:24]}@{_host(request)}"
    where = query.get("where", "")[:200]
    place = zone(time_zone[:64])
    try:
        local = datetime.fromtimestamp(instant_of(starts, place) / 1000, place)
    except SkippedTime as skipped:
        raise skipped_problem(skipped, place.key) from skipped
    except (ValueError, OverflowError, OSError) as error:
        raise _no_day_and_time() from error
    data = meeting_file(uid, title, local, minutes, now, where)
    return _attached(data, "text/calendar; charset=utf-8", "meeting.ics")


def _no_day_and_time() -> Problem:
    return Problem(HTTPStatus.UNPROCESSABLE_ENTITY, "bad-field", "Please choose a day and a time.")


def _host(request: Request) -> str:
    return public_url(request).partition("://")[2].partition(":")[0] or "meguri"


routes = [
    Route("/e/{event}/mine", my_page, methods=["GET", "POST"]),
    Route("/e/{event}/mine/contacts.vcf", contacts_file),
    Route("/e/{event}/mine/contacts/{who}.vcf", contact_file),
    Route("/e/{event}/mine/card.svg", own_card_picture),
    Route("/e/{event}/mine/card.vcf", own_card_file),
    Route("/e/{event}/mine/meeting.ics", meeting),
]
