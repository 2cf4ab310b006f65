"""One person's choices about mails, by the link in each: no more of them, can't come, what came.

Responsible for the page and its presses. Opening it does nothing, since mail scanners open links;
it signs nobody in and shows nothing of the person but that they were written to.

The one press without a page is RFC 8058's: the mail provider posts `List-Unsubscribe=One-Click` on
the reader's behalf, from its own machines, so it is known by the link's key alone.
"""

from __future__ import annotations

from http import HTTPStatus

from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from rooms.commands import AnyCommand, ChooseMail, Coming, TellOutcome
from rooms.messages import Phase
from rooms.people import OUTCOMES
from rooms.places import lost_place
from server import words
from server.auth import address, keys_of
from server.bodies import read_form
from server.evenings import Evening
from server.letters import OUTCOME_LABELS
from server.pages.entry import check_origin, evening_of, unknown_link
from server.pages.rendering import redirect, render
from server.problems import Problem
from server.rights import limits_of, take

ONE_CLICK = ("List-Unsubscribe", "One-Click")


async def mail_choices(request: Request) -> Response:
    """Draws mail_choices.html, or keeps what was pressed."""
    who = request.path_params["who"]
    keys = keys_of(request)
    event_id = request.path_params["event"]
    if not await keys.is_choice_key(event_id, who, request.path_params["key"]):
        take(limits_of(request).wrong_keys, address(request))
        raise unknown_link()
    evening = await evening_of(request)
    person = evening.event.people.get(who)
    if person is None or person.erased:
        raise unknown_link()
    if request.method == "POST":
        return await _pressed(request, evening, who)
    return _page(request, evening, who)


async def _pressed(request: Request, evening: Evening, who: str) -> Response:
    form = await read_form(request)
    if form.get(ONE_CLICK[0]) == ONE_CLICK[1]:
        await evening.submit(who, ChooseMail(wanted=False))
        return PlainTextResponse("OK")
    check_origin(request)
    await evening.submit(who, _command(str(form.get("do", "")), str(form.get("outcome", ""))))
    return redirect(f"{request.url.path}?saved=1")


def _command(pressed: str, outcome: str) -> AnyCommand:
    match pressed:
        case "stop" | "start":
            return ChooseMail(wanted=pressed == "start")
        case "decline" | "come":
            return Coming(coming=pressed == "come")
        case "outcome":
            return TellOutcome(outcome=outcome[:40])
        case _:
            raise Problem(HTTPStatus.BAD_REQUEST, "bad-request", "This request could not be read.")


def _page(request: Request, evening: Evening, who: str) -> Response:
    """Draws mail_choices.html.

    `title`, `saved`, `coming` (None: it is over), `lost` (their place), `place`,
    `wants_mail`, `outcomes` (empty: too early), `told`, `asked`.
    """
    event = evening.event
    profile = evening.register.attendee(who)
    locale = profile.locale or event.plan.locale
    say = words.words(words.language(request, locale)).gettext
    ended = event.phase is Phase.ENDED
    asked = request.query_params.get("outcome", "")
    context: dict[str, object] = {
        "title": evening.register.details.title,
        "saved": "saved" in request.query_params,
        "coming": None if ended else who not in event.declined,
        "lost": lost_place(event, evening.register, who),
        "place": event.people[who].place.value,
        "wants_mail": who not in event.no_mail,
        "outcomes": [(one, say(OUTCOME_LABELS[one])) for one in OUTCOMES] if ended else [],
        "told": event.outcomes.get(who, ""),
        "asked": asked if asked in OUTCOMES else "",
    }
    return render(request, "mail_choices.html", context, locale=locale)


routes = [
    Route("/e/{event}/mail/{who}/{key}", mail_choices, methods=["GET", "POST"]),
]
