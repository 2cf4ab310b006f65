"""The event's open link: signing up, what is asked there, and the page of those without a place.

Responsible for the form and for what it is answered; who gets a place is `rooms.places`', letters
are `rooms.follow_up`'s. Works without JavaScript; whatever is wrong, what was typed stands there.

Invariant: no answer tells a stranger whether an address is on the list. Where mail can be sent, who
gives an address gets their link there, new or known alike, and never a cookie at once. Where none
can, a newcomer comes in without an address that is somebody else's already.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from http import HTTPStatus

from msgspec.structs import replace
from starlette.datastructures import FormData
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from rooms.commands import AddAttendees, AskLink, Coming
from rooms.messages import Phase
from rooms.people import Attendee, Mode, Place, Role, chosen_consents, is_visible
from rooms.places import has_place_for, lost_place, places, waiting_list
from rooms.programme import SignUp
from rooms.refusal import Refusal
from server import words
from server.auth import ORGANISER, address, keys_of, viewer_by_cookie
from server.bodies import read_form
from server.evenings import Evening
from server.importing import changed, new_id
from server.pages import consent
from server.pages.entry import (
    NOT_AGREED,
    about,
    check_origin,
    door_of,
    evening_of,
    keep_consent,
    let_in,
    unknown_link,
)
from server.pages.questions import Asked, BadAnswer, answers_of, asked, typed_answers
from server.pages.rendering import redirect, render
from server.person_rows import BadRow, clean, typed_row
from server.problems import Problem
from server.rights import limits_of, take
from server.settings import Settings

FORM_FIELDS = (
    "name", "reading", "organisation", "title", "email", "interests", "languages",
    "first_timer", "segment", "mode",
)  # fmt: skip
SEPARATORS = re.compile(r"[;；,、，\n]")
JOIN_LIMIT = 1024 * 1024
"""Bytes of the form: somebody who pastes a page of Japanese into a field gets it back to mend."""


class _Wrong(Exception):
    """A field of the form cannot be taken as it is."""

    def __init__(self, field: str, sentence: str, details: Mapping[str, str | int] | None = None):
        super().__init__(field)
        self.field = field
        self.sentence = sentence
        self.details: Mapping[str, str | int] = details or {}


async def open_link(request: Request) -> Response:
    """Draws join.html, or makes an attendee and lets them in, or answers by mail."""
    event_id = request.path_params["event"]
    if not await keys_of(request).is_join_key(event_id, request.path_params["key"]):
        take(limits_of(request).wrong_keys, address(request))
        raise unknown_link()
    evening = await evening_of(request)
    over = evening.event.phase is Phase.ENDED
    if request.method != "POST":
        status = HTTPStatus.GONE if over else HTTPStatus.OK
        return await _join_page(request, evening, Sent(), status=status)
    if over:
        raise Problem(HTTPStatus.GONE, "event-over", "This event is over.")
    check_origin(request)
    take(limits_of(request).joins, address(request))
    sent = Sent.of(await read_form(request, JOIN_LIMIT), evening)
    if evening.event.plan.sign_up is SignUp.INVITATION and sends_mail(request):
        return await _ask_again(request, evening, sent)
    try:
        person = _newcomer(request, evening, sent)
    except _Wrong as wrong:
        status = HTTPStatus.UNPROCESSABLE_ENTITY
        return await _join_page(request, evening, sent, wrong=wrong, status=status)
    return await _signed_up(request, evening, sent, person)


class Sent:
    """A form as it was sent: fields, the ticked consents, and answers by question."""

    def __init__(self) -> None:
        self.form: dict[str, str] = {}
        self.chosen: list[str] = []
        self.answers: dict[str, list[str]] = {}
        self.agrees = False

    @staticmethod
    def of(form: FormData, evening: Evening) -> Sent:
        """Returns what was sent."""
        sent = Sent()
        sent.form = {field: clean(str(form.get(field, "")), field) for field in FORM_FIELDS}
        ticked = [str(field) for field in form.getlist("fields")]
        series = [consent.SERIES_FIELD] if consent.SERIES_FIELD in ticked else []
        sent.chosen = [*chosen_consents(ticked), *series]
        sent.answers = typed_answers(evening.register.details.questions, form)
        sent.agrees = form.get("agree") == "1"
        return sent


def sends_mail(request: Request) -> bool:
    """Says whether links can be sent by mail."""
    settings: Settings = request.app.state.settings
    return settings.smtp is not None and settings.public_url is not None


def _needs_address(request: Request, evening: Evening) -> bool:
    """Says whether somebody must give an address: else they could not be told of a place."""
    plan = evening.event.plan
    limited = plan.capacity is not None or bool(evening.register.details.quotas)
    return sends_mail(request) and (limited or plan.sign_up is not SignUp.OPEN)


def _newcomer(request: Request, evening: Evening, sent: Sent) -> Attendee:
    """Returns the person a form describes; raises _Wrong for the first field that cannot be."""
    form, details = sent.form, evening.register.details
    locale = words.language(request, evening.event.plan.locale)
    if not is_visible(form["name"]):
        raise _Wrong("name", "Please give a name: it is what the others see.")
    person = Attendee(id=new_id(), name=form["name"], role=Role.ATTENDEE, locale=locale)
    for field in FORM_FIELDS:
        text = " ".join(form[field].split()) if field not in ("interests",) else form[field]
        if not text:
            continue
        lists = {field: SEPARATORS.split(text)} if field in ("interests", "languages") else {}
        try:
            row = typed_row(1, {} if lists else {field: text}, lists, {})
        except BadRow as bad:
            raise _Wrong(field, bad.why.sentence, bad.why.details) from bad
        person = changed(person, row)
    if not person.email and _needs_address(request, evening):
        raise _Wrong("email", "Please give an e-mail address: your link is sent there.")
    if person.segment not in ("", *(quota.segment for quota in details.quotas)):
        raise _Wrong("segment", "Please choose one of these.")
    try:
        custom = answers_of(details.questions, sent.answers, locale, evening.event.plan.locale)
    except BadAnswer as bad:
        raise _Wrong(bad.field, bad.why.sentence, bad.why.details) from bad
    if not sent.agrees:
        raise _Wrong("agree", NOT_AGREED)
    return replace(person, custom=custom)


async def _signed_up(request: Request, evening: Evening, sent: Sent, person: Attendee) -> Response:
    """Writes a newcomer, or has a known address sent its link; both get the same answer."""
    mailed = sends_mail(request) and bool(person.email)
    place = _place_now(evening, person.segment)
    try:
        await evening.submit(ORGANISER, AddAttendees(people=(person,), by_event_link=True))
    except Refusal as refusal:
        if refusal.code != "known-address":
            return await _join_page(request, evening, sent, status=HTTPStatus.CONFLICT)
        known = evening.register.with_address(person.email)
        viewer = await viewer_by_cookie(request, evening.id)
        if known is not None and viewer is not None and viewer.id == known.id:
            return redirect(f"/e/{evening.id}")  # the button was pressed twice
        if mailed and known is not None:
            await evening.submit(ORGANISER, AskLink(attendee=known.id))
            return _sent_page(request, evening, person.email, place)
        person = replace(person, email="")
        await evening.submit(ORGANISER, AddAttendees(people=(person,), by_event_link=True))
    await keep_consent(request, evening, person.id, sent.chosen)
    if mailed:
        place = evening.event.people[person.id].place
        return _sent_page(request, evening, person.email, place)
    return await let_in(request, evening.id, person, "")


def _place_now(evening: Evening, segment: str) -> Place:
    """Returns what somebody who signed up now would get."""
    if evening.event.plan.sign_up is SignUp.APPROVAL:
        return Place.ASKED
    free = has_place_for(evening.event, evening.register, segment)
    return Place.GIVEN if free else Place.WAITING


async def _ask_again(request: Request, evening: Evening, sent: Sent) -> Response:
    """Has an address that is on the list sent its link; others get the same answer, and no mail."""
    try:
        typed_row(1, {"email": sent.form["email"]}, {}, {})
    except BadRow as bad:
        wrong = _Wrong("email", bad.why.sentence, bad.why.details)
        status = HTTPStatus.UNPROCESSABLE_ENTITY
        return await _join_page(request, evening, sent, wrong=wrong, status=status)
    known = evening.register.with_address(sent.form["email"])
    if known is not None:
        await evening.submit(ORGANISER, AskLink(attendee=known.id))
    return _sent_page(request, evening, sent.form["email"], None)


def _sent_page(request: Request, evening: Evening, email: str, place: Place | None) -> Response:
    """Draws signed_up.html: `title`, `email`, `place` (None: by invitation)."""
    context = {**about(evening), "email": email, "place": place.value if place else "invited"}
    return render(request, "signed_up.html", context, locale=evening.event.plan.locale)


async def _join_page(
    request: Request,
    evening: Evening,
    sent: Sent,
    *,
    wrong: _Wrong | None = None,
    status: HTTPStatus = HTTPStatus.OK,
) -> Response:
    """Draws join.html.

    `title`, `phase`, `starts_at`, `time_zone`, `consent`, `already`, `form`, `chosen`, `problem`,
    `problem_field`, `on_site`, `how`, `full`, `segments`, `questions`, `answers`, `needs_address`,
    `by_mail`.
    """
    plan, details = evening.event.plan, evening.register.details
    language = words.language(request, plan.locale)
    known = words.words(language)
    door = await door_of(request, evening.id)
    free = places(evening.event, evening.register)
    questions: list[Asked] = asked(details.questions, language)
    context: dict[str, object] = {
        **about(evening),
        "consent": consent.asked(known, details, evening.event.plan.minutes_days),
        "already": {"name": door.name, "url": door.url} if door and door.url else None,
        "form": {**dict.fromkeys(FORM_FIELDS, ""), "mode": Mode.ONLINE.value, **sent.form},
        "chosen": sent.chosen,
        "problem": known.gettext(wrong.sentence, **wrong.details) if wrong else None,
        "problem_field": wrong.field if wrong else None,
        "on_site": True,
        "how": plan.sign_up.value,
        "full": plan.sign_up is SignUp.OPEN and (free.most is not None and free.taken >= free.most),
        "segments": [(q.segment, free.has_one_for(q.segment)) for q in details.quotas],
        "questions": questions,
        "answers": sent.answers,
        "needs_address": _needs_address(request, evening),
        "by_mail": sends_mail(request),
    }
    return render(request, "join.html", context, status=status, locale=plan.locale)


# Without a place


def place_page(request: Request, evening: Evening, id: str) -> Response | None:
    """Draws place.html for somebody without a place; None: they have one.

    `title`, `name`, `state` (waiting, asked, refused, declined, over), `number`, `waiting`,
    `by_mail`, `action`.
    """
    event = evening.event
    person = event.people[id]
    lost = lost_place(event, evening.register, id)
    if person.has_place and not lost:
        return None
    state = person.place.value
    if event.phase is Phase.ENDED:
        state = "over"
    elif id in event.declined and person.place is not Place.REFUSED:
        state = "declined"
    queue = waiting_list(event)
    profile = evening.register.attendee(id)
    context = {
        **about(evening),
        "name": profile.name,
        "state": state,
        "number": queue.index(id) + 1 if id in queue else 0,
        "by_mail": sends_mail(request) and bool(profile.email),
        "action": f"/e/{evening.id}/place",
        "data": f"/e/{evening.id}/mine/data",
        "again": f"/e/{evening.id}",
    }
    return render(request, "place.html", context, locale=profile.locale or event.plan.locale)


async def press_place(request: Request) -> Response:
    """Keeps whether somebody who waits still wants to come."""
    evening = await evening_of(request)
    viewer = await viewer_by_cookie(request, evening.id)
    check_origin(request)
    if viewer is not None and viewer.id in evening.event.people:
        pressed = (await read_form(request)).get("do")
        await evening.submit(viewer.id, Coming(coming=pressed == "come"))
    return redirect(f"/e/{evening.id}")


routes = [
    Route("/e/{event}/join/{key}", open_link, methods=["GET", "POST"]),
    Route("/e/{event}/place", press_place, methods=["POST"]),
]
