"""My data: all that is kept about one, in words and as a file; what the organiser may have of it;
and the press that erases it.

Responsible for showing what `rooms/kept.py` gathers, for giving and taking back consents without
scripts, for the answers to the organiser's questions, which can be changed here until the evening
begins, and for saying before anything is erased what goes and what stays. Open to whoever still has
their cookie, also when a host has removed them.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from http import HTTPStatus

import msgspec
from msgspec import Struct
from starlette.datastructures import FormData
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from rooms.commands import ChangeAnswers, Profile
from rooms.kept import Kept
from rooms.people import CONSENT_FIELDS, Attendee, chosen_consents
from rooms.refusal import Refusal
from rooms.sign_up import may_change_answers
from server import words
from server.agreeing import SENTENCES, SERIES, as_shown
from server.auth import cookie_name
from server.bodies import read_form
from server.evenings import Evening
from server.letters import FIELD_LABELS, OUTCOME_LABELS
from server.organising import erase, everything_about
from server.pages.answers import AGAIN_LABELS, CHANGE_LABELS
from server.pages.consent import SERIES_FIELD
from server.pages.entry import check_origin, evening_of
from server.pages.mine import NO_STORE, person_of, words_of
from server.pages.questions import BadAnswer, answers_of, asked, given_answers, typed_answers
from server.pages.rendering import redirect, render
from server.pages.shells import unknown_here
from server.redis import Store
from server.series import Series
from server.words import Words

PROFILE_LABELS = {
    "name": "Name",
    "reading": "Reading of the name",
    "family_name": "Family name",
    "given_name": "Given name",
    "title": "Job title",
    "organisation": "Organisation",
    "department": "Department",
    "email": "E-mail",
    "phone": "Phone",
    "link": "Link",
    "interests": "Interests",
    "offers": "What you offer",
    "seeks": "What you seek",
    "languages": "Languages",
    "wishes": "Whom you wish to meet",
    "segment": "Segment",
    "external_id": "The organiser's number for you",
}


CONSENT_LABELS = {**FIELD_LABELS, "news": "writing to you by e-mail"}
"""What one may let the organiser have or do, in words."""


class Fact(Struct, frozen=True, kw_only=True):
    """One line of what is kept: a label and its values."""

    label: str
    values: tuple[str, ...]


async def my_data(request: Request) -> Response:
    """Draws my_data.html, or keeps what the organiser may have, or erases and signs out."""
    evening, id = await person_of(request, removed_too=True)
    if request.method != "POST":
        return await _page(request, evening, id)
    check_origin(request)
    form = await read_form(request)
    if form.get("do") == "choose":
        chosen = chosen_consents(str(one)[:40] for one in form.getlist("fields"))
        locale = words_of(request, evening, id).language
        series = await _chosen_series(request, evening, id, SERIES_FIELD in form.getlist("fields"))
        command = Profile(organiser_may_export=chosen, remembered_in=series)
        shown = as_shown(command, evening.register, id, locale, reads=locale)
        await evening.submit(id, shown)
        return redirect(f"/e/{evening.id}/mine/data?saved=1#consents")
    if form.get("do") == "answers":
        return await _change_answers(request, evening, id, form)
    if form.get("sure") != "1":
        return await _page(request, evening, id, unsure=True)
    await erase(request.app.state, evening, evening.register.attendee(id), by=id)
    response = redirect(f"/e/{evening.id}/mine/erased")
    response.delete_cookie(cookie_name(evening.id), path="/")
    return response


async def my_series(request: Request) -> Response:
    """Tells a page of the evening of its series, and whether that may remember whom one meets."""
    evening, id = await person_of(request)
    known = await _in_series(request.app.state.store, evening, id)
    told = {"series": evening.register.details.series, "agrees": known}
    return Response(msgspec.json.encode(told), media_type="application/json", headers=NO_STORE)


async def _in_series(store: Store, evening: Evening, id: str) -> bool:
    """Says whether somebody lets the series remember them, or will as soon as they have an
    address.
    """
    person = evening.register.attendee(id)
    if not person.email:
        return bool(person.remembered_in)
    return await Series(store).agrees(evening.register, id, store.clock())


async def _chosen_series(request: Request, evening: Evening, id: str, ticked: bool) -> str | None:
    """Returns what a form changes about the series that may remember one; None: nothing."""
    store: Store = request.app.state.store
    register = evening.register
    if not ticked:
        return "" if register.attendee(id).remembered_in else None
    agrees = await _in_series(store, evening, id)
    return None if agrees else register.details.series or None


async def _change_answers(request: Request, evening: Evening, id: str, form: FormData) -> Response:
    """Keeps one's answers to the organiser's questions, as they are now."""
    questions, locale = evening.register.details.questions, evening.event.plan.locale
    typed = typed_answers(questions, form)
    known = words_of(request, evening, id)
    try:
        answers = answers_of(questions, typed, known.language, locale)
        await evening.submit(id, ChangeAnswers(answers=answers))
    except BadAnswer as bad:
        problem = words.sentence(known.language, bad.why)
        return await _page(request, evening, id, typed=typed, problem=problem, field=bad.field)
    except Refusal as refusal:
        problem = words.sentence(known.language, refusal)
        return await _page(request, evening, id, typed=typed, problem=problem)
    return redirect(f"/e/{evening.id}/mine/data?done=answers#answers")


async def _page(
    request: Request,
    evening: Evening,
    id: str,
    *,
    unsure: bool = False,
    typed: Mapping[str, list[str]] | None = None,
    problem: str = "",
    field: str = "",
) -> Response:
    kept = await _kept(request, evening, id)
    known = words_of(request, evening, id)
    removed = evening.event.people[id].removed_at is not None
    joint = "、" if known.language == "ja" else ", "
    plan, questions = evening.event.plan, evening.register.details.questions
    series = evening.register.details.series or kept.profile.remembered_in
    store: Store = request.app.state.store
    may_change = may_change_answers(evening.event, request.app.state.store.clock()) and not removed

    def named_fields(fields: Sequence[str]) -> str:
        return joint.join(known.gettext(CONSENT_LABELS.get(one, one)) for one in fields)

    context: dict[str, object] = {
        "title": evening.register.details.title,
        "event_id": evening.id,
        "kept": kept,
        "profile": _profile(known, kept.profile),
        "answers": _answers(known, kept),
        "named_fields": named_fields,
        "sentences": [known.gettext(sentence) for sentence in SENTENCES],
        "choices": CONSENT_FIELDS,
        "chosen": kept.profile.organiser_may_export,
        "series": known.gettext(SERIES, series=series) if series else "",
        "in_series": await _in_series(store, evening, id),
        "saved": bool(request.query_params.get("saved")),
        "met_count": len({met.id for met in kept.met}),
        "minutes": sum(met.seconds for met in kept.met) // 60,
        "time_zone": evening.event.plan.time_zone,
        "questions": asked(questions, known.language) if may_change else [],
        "given": typed or given_answers(questions, kept.profile.custom, plan.locale),
        "problem": problem,
        "problem_field": field,
        "done": request.query_params.get("done", ""),
        "unsure": unsure,
        "back": "" if removed else f"/e/{evening.id}/mine",
    }
    status = HTTPStatus.UNPROCESSABLE_ENTITY if unsure or problem else HTTPStatus.OK
    locale = kept.profile.locale or evening.event.plan.locale
    return render(request, "my_data.html", context, status=status, locale=locale)


async def _kept(request: Request, evening: Evening, id: str) -> Kept:
    kept = await everything_about(request.app.state, evening, id)
    if kept is None:  # erased between the two looks
        raise unknown_here()
    return kept


def _profile(known: Words, person: Attendee) -> list[Fact]:
    found = []
    for name, label in PROFILE_LABELS.items():
        value = getattr(person, name)
        values: Sequence[str] = value if isinstance(value, tuple) else (value,)
        if any(values):
            found.append(Fact(label=known.gettext(label), values=tuple(values)))
    found += [Fact(label=name, values=(value,)) for name, value in person.custom.items() if value]
    return found


def _answers(known: Words, kept: Kept) -> list[Fact]:
    """Returns what they answered when they were asked about the evening, in words."""
    came = kept.attendance
    found = []
    if came.comes_again:
        again = known.gettext(AGAIN_LABELS[came.comes_again])
        found.append(Fact(label=known.gettext("Would you come again?"), values=(again,)))
    if came.would_change:
        change = tuple(known.gettext(CHANGE_LABELS[one]) for one in came.would_change)
        found.append(Fact(label=known.gettext("What would you change?"), values=change))
    if came.outcome:
        outcome = known.gettext(OUTCOME_LABELS[came.outcome])
        found.append(Fact(label=known.gettext("What came of it for you?"), values=(outcome,)))
    return found


async def my_data_file(request: Request) -> Response:
    """Gives everything that is kept about one as a file of JSON."""
    evening, id = await person_of(request, removed_too=True)
    data = msgspec.json.format(msgspec.json.encode(await _kept(request, evening, id)), indent=2)
    headers = {**NO_STORE, "content-disposition": 'attachment; filename="my-data.json"'}
    return Response(data, media_type="application/json", headers=headers)


async def erased(request: Request) -> Response:
    """Draws erased.html, for whoever has just erased themselves; it knows nobody any more."""
    evening = await evening_of(request)
    context: dict[str, object] = {"title": evening.register.details.title}
    return render(request, "erased.html", context, locale=evening.event.plan.locale)


routes = [
    Route("/e/{event}/mine/data", my_data, methods=["GET", "POST"]),
    Route("/e/{event}/mine/data.json", my_data_file),
    Route("/e/{event}/mine/series", my_series),
    Route("/e/{event}/mine/erased", erased),
]
