"""The desk's page about the list before the event: what it has too little of, and whom to invite.

Responsible for wording `rooms.balance`. Changes nothing. Works without JavaScript.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping

from msgspec import Struct
from starlette.requests import Request
from starlette.responses import Response

from rooms.balance import Balance, Lonely, balance
from rooms.people import Mode
from rooms.programme import Kind
from rooms.synonyms import meanings
from server import words
from server.evenings import Evening
from server.pages.entry import evening_of
from server.pages.rendering import render

SHOWN = 40
LONELY_SHOWN = 100
USUAL_SIZE = 4
"""Of a room, where the programme has none to be matched."""

WHY: Mapping[str, str] = {
    "nothing": "Named nothing to talk about: ask them, or bring their interests in.",
    "language": "Nobody else on the list speaks {words}.",
    "alone": "Nobody else has what they named: {words}.",
    "few": "Hardly anybody else has what they named: {words}.",
    "little": "Named little that others have too, or a rule keeps those away: {words}.",
}
MODES: Mapping[str, str] = {Mode.ONLINE: "online", Mode.ON_SITE: "on site"}


class LonelyLine(Struct, frozen=True):
    """Somebody without a good room yet."""

    name: str
    url: str
    why: str


async def balance_page(request: Request) -> Response:
    """Draws desk_balance.html.

    `event`, `seen`, `lonely`, `more_lonely`, `modes`, `language_name`,
    `shown`, `urls`.
    """
    evening = await evening_of(request)
    seen = await asyncio.to_thread(_seen, evening)
    known = words.words(words.language(request))
    here = f"/desk/{evening.id}"
    context: dict[str, object] = {
        "event": {"id": evening.id, "title": evening.register.details.title},
        "seen": seen,
        "lonely": [_line(evening, one, known) for one in seen.lonely[:LONELY_SHOWN]],
        "more_lonely": max(0, len(seen.lonely) - LONELY_SHOWN),
        "modes": [(known.gettext(MODES.get(one.word, one.word)), one.people) for one in seen.modes],
        "language_name": known.language_name,
        "shown": SHOWN,
        "urls": {
            "event": here,
            "people": f"{here}/people",
            "interests": f"{here}/interests",
            "matching": f"{here}/matching",
            "import": f"{here}/import",
        },
    }
    return render(request, "desk_balance.html", context)


def _seen(evening: Evening) -> Balance:
    plan, details = evening.event.plan, evening.register.details
    sizes = [planned.size for planned in plan.rounds if planned.kind is Kind.MATCHED]
    return balance(
        [
            person
            for person in evening.register.attendees()
            if evening.event.people[person.id].has_place
        ],
        size=sizes[0] if sizes else USUAL_SIZE,
        same=meanings(details.synonyms),
        weights=plan.weights,
        common_language=plan.common_language,
        segments=details.segments,
    )


def _line(evening: Evening, one: Lonely, known: words.Words) -> LonelyLine:
    person = evening.register.attendee(one.id)
    said = known.language_name if one.why == "language" else str
    joined = known.gettext(", ").join(said(word) for word in one.words[:6])
    return LonelyLine(
        name=person.name,
        url=f"/desk/{evening.id}/people/{one.id}",
        why=known.gettext(WHY[one.why], words=joined),
    )
