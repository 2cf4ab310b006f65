"""A personal link: who comes in by it, what they agree to and answer the first time.

A link is opened by one press, never by the GET alone: mail scanners open links. The organiser's
own questions are asked with the consent, of whoever did not sign up by themselves, and only until
the evening begins: at the door nobody is held up by them.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from http import HTTPStatus

from starlette.datastructures import FormData
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from rooms.commands import ChangeAnswers
from rooms.messages import Phase
from rooms.people import HOST_ROLES, Attendee, Question, Role
from rooms.refusal import Refusal
from rooms.sign_up import may_change_answers
from server import words
from server.auth import Found, address, keys_of
from server.bodies import read_form
from server.evenings import Evening
from server.pages import consent
from server.pages.entry import (
    NOT_AGREED,
    SESSION_KEY,
    about,
    check_origin,
    ended_link,
    evening_of,
    keep_consent,
    let_in,
    removed,
    unknown_link,
)
from server.pages.questions import BadAnswer, answers_of, asked, given_answers, typed_answers
from server.pages.rendering import render
from server.redis import Store
from server.rights import limits_of, take
from server.series import Series

Typed = Mapping[str, list[str]]
"""Answers as they were typed, by each question's field."""


class _Wrong(Exception):
    """Something of the form cannot be taken. `sentence`: in the reader's language."""

    def __init__(self, field: str, sentence: str) -> None:
        super().__init__(sentence)
        self.field = field
        self.sentence = sentence


async def personal_link(request: Request) -> Response:
    """Draws enter.html, or lets the person in."""
    found = await _found_key(request)
    evening = await evening_of(request)
    person = _person(evening, found.record.id)
    if request.method != "POST":
        return await _enter_page(request, evening, person)
    check_origin(request)
    form = await read_form(request)
    if _asks_consent(person):
        chosen = [str(field) for field in form.getlist("fields")]
        try:
            await _keep(request, evening, person, form, chosen)
        except _Wrong as wrong:
            typed = typed_answers(evening.register.details.questions, form)
            return await _enter_page(request, evening, person, wrong, chosen, typed)
    over = evening.event.phase is Phase.ENDED
    return await let_in(request, evening.id, person, found.sha[:SESSION_KEY], over=over)


async def _keep(
    request: Request, evening: Evening, person: Attendee, form: FormData, chosen: list[str]
) -> None:
    """Keeps what somebody answered and agreed to as they first come in; raises _Wrong."""
    locale = evening.event.plan.locale
    known = words.words(words.language(request, person.locale or locale))
    questions = _questions(request, evening)
    try:
        typed = typed_answers(questions, form)
        answers = answers_of(questions, typed, known.language, locale)
    except BadAnswer as bad:
        raise _Wrong(bad.field, words.sentence(known.language, bad.why)) from bad
    if form.get("agree") != "1":
        raise _Wrong("agree", known.gettext(NOT_AGREED))
    try:
        if questions:
            await evening.submit(person.id, ChangeAnswers(answers=answers))
    except Refusal as refusal:
        raise _Wrong("", words.sentence(known.language, refusal)) from refusal
    await keep_consent(request, evening, person.id, chosen)


def _questions(request: Request, evening: Evening) -> Sequence[Question]:
    """Returns what is asked of whoever comes in the first time; nothing once it has begun."""
    store: Store = request.app.state.store
    if not may_change_answers(evening.event, store.clock()):
        return ()
    return evening.register.details.questions


def _asks_consent(person: Attendee) -> bool:
    return person.role not in HOST_ROLES | {Role.STATION} and consent.is_needed(person)


async def _found_key(request: Request) -> Found:
    """Returns what the key in the address opens; raises Problem, and counts wrong ones."""
    found = await keys_of(request).find(request.path_params["key"])
    if found is None or found.record.event != request.path_params["event"]:
        take(limits_of(request).wrong_keys, address(request))
        raise unknown_link()
    if found.ended:
        raise ended_link(found.ended)
    return found


def _person(evening: Evening, id: str) -> Attendee:
    standing = evening.event.people.get(id)
    if standing is None or standing.erased:
        raise unknown_link()
    if standing.removed_at is not None:
        raise removed()
    return evening.register.attendee(id)


async def _enter_page(
    request: Request,
    evening: Evening,
    person: Attendee,
    wrong: _Wrong | None = None,
    chosen: list[str] | None = None,
    typed: Typed | None = None,
) -> Response:
    """Draws enter.html.

    `title`, `name`, `as_host`, `phase`, `starts_at`, `time_zone`, `consent`, `chosen`, `questions`,
    `answers`, `problem`, `problem_field`.
    """
    plan, details = evening.event.plan, evening.register.details
    locale = person.locale or plan.locale
    known = words.words(words.language(request, locale))
    if chosen is None:
        store: Store = request.app.state.store
        agrees = await Series(store).agrees(evening.register, person.id, store.clock())
        chosen = [*person.organiser_may_export, *([consent.SERIES_FIELD] if agrees else [])]
    asks = _asks_consent(person)
    questions = _questions(request, evening) if asks else ()
    context: dict[str, object] = {
        **about(evening),
        "name": person.name,
        "as_host": person.role in HOST_ROLES,
        "consent": consent.asked(known, details, plan.minutes_days) if asks else None,
        "chosen": chosen,
        "questions": asked(questions, known.language),
        "answers": typed or given_answers(questions, person.custom, plan.locale),
        "problem": wrong.sentence if wrong else None,
        "problem_field": wrong.field if wrong else "",
    }
    status = HTTPStatus.UNPROCESSABLE_ENTITY if wrong else HTTPStatus.OK
    return render(request, "enter.html", context, status=status, locale=locale)


routes = [Route("/e/{event}/in/{key}", personal_link, methods=["GET", "POST"])]
