"""The desk's page of one event: where it stands and what comes next, its forms, its files.

Responsible for this page's forms and for what they are answered; what each of the others shows is
theirs. Works without JavaScript. Whatever is refused, what was typed stands there, and the page
says at which field. A host's link is shown once, in the answer that made it.
"""

from __future__ import annotations

from collections.abc import Mapping
from http import HTTPStatus
from zoneinfo import available_timezones

import msgspec
import segno
from starlette.requests import Request
from starlette.responses import Response

from rooms.refusal import Refusal
from server import words
from server.api import join_url, personal_url
from server.auth import ORGANISER, keys_of
from server.bodies import read_form
from server.evenings import Evening
from server.organising import amend_event, delete_event, first_host, new_link
from server.pages.copying import copied
from server.pages.dealings import dealings
from server.pages.entry import evening_of, let_in
from server.pages.joining import sends_mail
from server.pages.local_instants import local_instant, typed_instant
from server.pages.next_step import next_step
from server.pages.rendering import redirect, render
from server.pages.report import goals_kept, keep_goals
from server.pages.timeline import timeline
from server.planning import EventPatch, EventShown, read_body, shown
from server.problems import Problem

EXPORTS = {
    "pairs.csv": "who met whom, round by round",
    "pairs.csv?summary=1": "who met whom, in all",
    "pairs.xlsx": "who met whom, round by round, as a workbook",
    "attendees.csv": "everybody, with rounds and people met",
    "rounds.csv": "the rounds as they were held",
    "network.graphml": "who met whom as a graph, for yEd, NetworkX and R",
    "network.gexf": "the same for Gephi",
    "import/hubspot.csv": "people who let you have their details, for HubSpot",
    "import/salesforce.csv": "the same for Salesforce, as leads",
    "import/google-contacts.csv": "the same for Google Contacts (3,000 people at a time)",
    "import/mailchimp.csv": "those who agreed to hear from you, for Mailchimp",
    "pairs.jsonl": "pairs for programs",
    "leads.csv?since=0": "those who agreed to hear from you, with their interests",
    "consents.csv": "who agreed to what, in which words and when",
    "journal.jsonl": "everything that happened, for programs",
}
"""File (as the API names it) to what it holds."""

DETAILS = ("title", "starts_at", "time_zone", "series")
FIELD_IDS = {
    "title": "title", "starts_at": "starts", "time_zone": "zone", "series": "series",
    "people": "people", "met": "met", "contacts": "contacts", "cost": "cost",
    "currency": "currency",
}  # fmt: skip
"""What the API calls a field to the end of its id on the page."""

PLACES = (
    "people", "host", "matching", "balance", "interests", "report", "mail", "webhooks",
    "customers", "sign-up", "goals", "details", "copy", "host-link", "import", "delete",
)  # fmt: skip


async def event_page(request: Request) -> Response:
    return await _event_page(request, await evening_of(request))


async def _event_page(
    request: Request,
    evening: Evening,
    *,
    host_url: str | None = None,
    problem: str | None = None,
    problem_at: str = "",
    typed: Mapping[str, Mapping[str, str]] | None = None,
    status: HTTPStatus = HTTPStatus.OK,
) -> Response:
    """Draws desk_event.html.

    `event`, `next`, `join_url`, `join_qr`, `host_url`, `problem`, `problem_at`, `exports`,
    `dealings`, `form` (by form and field, as kept or typed), `timeline`, `done`, `urls`.
    """
    language = words.language(request)
    say = words.words(language).gettext
    link = join_url(request, evening.id, await keys_of(request).join_key(evening.id))
    event = shown(evening.event, evening.register, link)
    form: dict[str, Mapping[str, str]] = {
        "event": _details_kept(evening),
        "goal": msgspec.structs.asdict(goals_kept(evening.register.details.goals)),
        "copy": {"title": event.title, "starts_at": ""},
        "delete": {"title": ""},
    }
    here = f"/desk/{evening.id}"
    context: dict[str, object] = {
        "event": _event_shown(event),
        "next": next_step(evening, sends_mail(request)),
        "join_url": link,
        "join_qr": segno.make(link, error="m").svg_data_uri(scale=4, border=2, dark="#20242e"),
        "host_url": host_url,
        "problem": problem,
        "problem_at": problem_at,
        "form": form | dict(typed or {}),
        "zones": sorted(available_timezones()),
        "timeline": timeline(evening.event.plan.rounds, event.starts_at, event.time_zone, language),
        "done": request.query_params.get("done", ""),
        "dealings": dealings(evening, say),
        "exports": [
            {
                "name": name.replace(".csv?summary=1", "-summary.csv")
                .removesuffix("?since=0")
                .removeprefix("import/"),
                "url": f"/api/events/{evening.id}/{name}",
                "label": say(label),
            }
            for name, label in EXPORTS.items()
        ],
        "urls": {name.replace("-", "_"): f"{here}/{name}" for name in PLACES}
        | {"desk": "/desk", "event": here},
    }
    return render(request, "desk_event.html", context, status=status)


def _event_shown(event: EventShown) -> dict[str, object]:
    """Returns an event for the template: as the API shows it, with the rounds themselves."""
    return {**msgspec.structs.asdict(event), "rounds": event.programme.rounds}


async def become_host(request: Request) -> Response:
    """Signs this browser in as the event's host, without a link."""
    evening = await evening_of(request)
    return await let_in(request, evening.id, first_host(evening), "")


async def host_link(request: Request) -> Response:
    """Makes a new link for the event's host."""
    evening = await evening_of(request)
    key = await new_link(request.app.state, evening, first_host(evening))
    url = personal_url(request, evening.id, key)
    return await _event_page(request, evening, host_url=url)


async def set_details(request: Request) -> Response:
    """Changes title, time and series, or says what cannot be taken and shows what was typed."""
    evening = await evening_of(request)
    sent = await read_form(request)
    typed = {name: str(sent.get(name, "")).strip()[:200] for name in DETAILS}
    zone = typed["time_zone"] or "UTC"
    try:
        if not typed["title"]:
            raise _needs_title()
        body: dict[str, object] = {"title": typed["title"], "time_zone": zone}
        if "series" in sent:
            body["series"] = " ".join(typed["series"].split())
        kept = _details_kept(evening)
        if any(typed[name] != kept[name] for name in ("starts_at", "time_zone")):
            # The field knows no seconds: a start that nobody touched keeps its own.
            body["starts_at"] = local_instant(typed["starts_at"], zone)
        await amend_event(evening, ORGANISER, read_body(msgspec.json.encode(body), EventPatch))
    except Problem as problem:
        return await _refused(request, evening, problem, typed, form="event")
    except Refusal as refusal:
        return await _refused(request, evening, _problem(refusal), typed, form="event")
    return redirect(f"/desk/{evening.id}?done=details")


def _needs_title() -> Problem:
    return Problem(
        HTTPStatus.UNPROCESSABLE_ENTITY, "bad-field", "An event needs a title.", field="title"
    )


def _problem(refusal: Refusal) -> Problem:
    problem = Problem(HTTPStatus.CONFLICT, refusal.code, refusal.sentence)
    problem.details = refusal.details
    return problem


def _details_kept(evening: Evening) -> dict[str, str]:
    """Returns title, time, zone and series as the form shows them."""
    plan = evening.event.plan
    return {
        "title": evening.register.details.title,
        "starts_at": typed_instant(plan.starts_at, plan.time_zone),
        "time_zone": plan.time_zone,
        "series": evening.register.details.series,
    }


async def set_goals(request: Request) -> Response:
    """Keeps what the organiser wants of the event and what it costs, before it."""
    evening = await evening_of(request)
    typed, problem = await keep_goals(evening, await read_form(request))
    if problem is None:
        return redirect(f"/desk/{evening.id}?done=goals")
    kept = msgspec.structs.asdict(typed)
    return await _refused(request, evening, problem, kept, form="goal")


async def copy(request: Request) -> Response:
    """Makes another event like this one, without its people."""
    evening = await evening_of(request)
    form = await read_form(request)
    typed = {name: str(form.get(name, "")).strip()[:200] for name in ("title", "starts_at")}
    title = " ".join(typed["title"].split())
    try:
        if not title:
            raise _needs_title()
        starts_at = local_instant(typed["starts_at"], evening.event.plan.time_zone)
        made = await copied(request, evening, title, starts_at)
    except Problem as problem:
        return await _refused(request, evening, problem, typed, form="copy")
    except Refusal as refusal:
        return await _refused(request, evening, _problem(refusal), typed, form="copy")
    return redirect(f"/desk/{made}?done=copied")


async def _refused(
    request: Request, evening: Evening, problem: Problem, typed: Mapping[str, str], *, form: str
) -> Response:
    """Shows the page again with what was typed into one of its forms, and why not."""
    field = FIELD_IDS.get(problem.field.rpartition(".")[2], "")
    return await _event_page(
        request,
        evening,
        problem=words.sentence(words.language(request), problem),
        problem_at=f"{form}-{field}" if field else "",
        typed={form: typed},
        status=problem.status,
    )


async def delete(request: Request) -> Response:
    """Deletes the event, if its title was typed again."""
    evening = await evening_of(request)
    form = await read_form(request)
    title = str(form.get("title", ""))[:200]
    if " ".join(title.split()) != evening.register.details.title:
        problem = Problem(
            HTTPStatus.UNPROCESSABLE_ENTITY,
            "bad-field",
            "The title you typed is another one, so nothing was deleted.",
            field="title",
        )
        return await _refused(request, evening, problem, {"title": title}, form="delete")
    await delete_event(request.app.state, evening)
    return redirect("/desk")
