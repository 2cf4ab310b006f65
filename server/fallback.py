"""The rounds that are left, on paper: what a host prints before the network is lost.

Responsible for turning a live event into a programme on paper (who is here, who has met, the rules)
and for the doors to download it. Plans through `rooms.matching.offline` in a process of its own,
and writes through `paper_files.py`. Changes nothing of the event, and keeps nothing.

Invariants: the live rules hold, blocks among them, and none is named; nobody meets somebody again
while that can be avoided, as live; one plan at a time in this process.
"""

from __future__ import annotations

import asyncio
from http import HTTPStatus

from msgspec.structs import replace
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from rooms.commands import NoteExport
from rooms.contacts import consented
from rooms.event import Event
from rooms.lobby import pool
from rooms.matching.ask import Wanted
from rooms.matching.offline import OfflineProgramme, OfflineRound
from rooms.people import HOST_ROLES, SEATED_ROLES, Attendee, Mode, Register
from rooms.programme import SEATING_KINDS, PlannedRound
from rooms.seating import met_so_far, seekers
from rooms.standing import pair
from server import paper_files, words
from server.evening import Evening
from server.paper import PEOPLE_LIMIT, Choices, Listed, Paper
from server.problems import Problem, answering
from server.rights import host_or_organiser
from server.solving import Solver, SolverFailed

ROUND_SECONDS = 0.6
ALL_SECONDS = 6.0
"""Of searching: somebody waits for the file."""

PATIENCE_SECONDS = 60.0
"""How long a file may take, others' files before it included."""


class Fallbacks:
    """Plans what is left of events, one after another."""

    def __init__(self) -> None:
        self._turn = asyncio.Lock()

    async def plan(self, evening: Evening, now: int) -> Paper:
        """Returns the remaining rounds on paper. Raises Problem where there is nothing to plan."""
        event, register = evening.event, evening.register
        left = remaining(event)
        people = to_be_seated(event, register, now)
        if not left:
            raise Problem(HTTPStatus.CONFLICT, "no-round", "No round with rooms is left to plan.")
        if not 2 <= len(people) <= PEOPLE_LIMIT:
            raise Problem(HTTPStatus.CONFLICT, "too-few", "There is nobody to be seated on paper.")
        ask = asked(event, register, people, left[0][1])
        numbers, planned = [n for n, _ in left], [p for _, p in left]
        rounds = await self._solved(OfflineProgramme(ask, planned, numbers))
        choices = Choices(
            planned=left[0][1],
            rounds=len(left),
            weights=event.plan.weights,
            synonyms=register.details.synonyms,
        )
        listed = Listed(people=people, rows=tuple(range(1, len(people) + 1)), remarks=())
        return Paper(listed, choices, rounds, title=register.details.title)

    async def _solved(self, programme: OfflineProgramme) -> list[OfflineRound]:
        solver = Solver()
        found: list[OfflineRound] = []
        async with asyncio.timeout(PATIENCE_SECONDS), self._turn:
            try:
                while (wanted := programme.wanted) is not None:
                    seconds = min(ROUND_SECONDS, ALL_SECONDS / wanted.rounds_left)
                    found.append(programme.take(await solver.solve(wanted, seconds, urgent=False)))
            finally:
                await solver.stop()
        return found


def remaining(event: Event) -> list[tuple[int, PlannedRound]]:
    """Returns the rounds to come in which people are seated, with their numbers."""
    return [
        (number, planned)
        for number, planned in enumerate(event.plan.rounds, 1)
        if number > event.round and planned.kind in SEATING_KINDS
    ]


def to_be_seated(event: Event, register: Register, now: int) -> tuple[Attendee, ...]:
    """Returns who is here and takes a seat; before two have come, everybody who signed up."""
    here = pool(event, now)
    if len(here) < 2:
        here = [p.id for p in event.people.values() if p.belongs and p.role in SEATED_ROLES]
    people = (register.attendee(id) for id in here)
    # The paper is a file of the organiser's: an organisation is on it only by its owner's consent.
    return tuple(replace(one, organisation=consented(one, "organisation")) for one in people)


def asked(
    event: Event, register: Register, people: tuple[Attendee, ...], planned: PlannedRound
) -> Wanted:
    """Returns what is wanted of all rounds: the live rules, at tables, and who has met so far."""
    ids = [person.id for person in people]
    seen = seekers(event, register, ids)
    met = met_so_far(event)
    all_on_site = all(person.mode is Mode.ON_SITE for person in seen)
    return Wanted(
        event=event.id,
        round=event.round + 1,
        basis="",
        size=planned.size,
        least=planned.least,
        most=planned.most,
        people=tuple(replace(person, mode=Mode.ON_SITE) for person in seen),
        met=tuple((a, b, last) for (a, b), last in met.items()),
        blocked=tuple(sorted({pair(a, b) for a, b in event.blocks})),
        common_language=event.plan.common_language,
        segments=register.details.segments,
        segment_most=register.details.segment_most,
        # Where some are online their rooms are numbered beyond the tables there are.
        tables=event.plan.tables if all_on_site else None,
        weights=event.plan.weights,
    )


async def fallback(request: Request) -> Response:
    """Gives the remaining rounds as a page to be printed, or as CSV by room or person."""
    event_id = request.path_params["event"]
    viewer = await host_or_organiser(request, event_id)
    if viewer.role not in HOST_ROLES:
        raise Problem(HTTPStatus.FORBIDDEN, "not-allowed", "Only a host can do this.")
    evening: Evening = await request.app.state.evenings.get(event_id)
    await evening.caught_up()
    fallbacks: Fallbacks = request.app.state.fallbacks
    try:
        paper = await fallbacks.plan(evening, request.app.state.store.clock())
    except (TimeoutError, SolverFailed) as error:
        raise Problem(
            HTTPStatus.SERVICE_UNAVAILABLE,
            "try-again",
            "The server is too busy to try this now. Please try again in a minute.",
        ) from error
    form = request.url.path.rpartition("/")[2]
    file, write = paper_files.FORMATS[FORMS[form][0]]
    await evening.submit(viewer.id, NoteExport(what=form))
    language = words.language(request, evening.event.plan.locale)
    content = await asyncio.to_thread(write, paper, language)
    headers = {
        "content-disposition": f'attachment; filename="{event_id}-{file}"',
        "cache-control": "no-store",
        "x-content-type-options": "nosniff",
    }
    return Response(content, media_type=FORMS[form][1], headers=headers)


FORMS = {
    "plan.html": ("page", "text/html"),
    "plan-rooms.csv": ("rooms", "text/csv"),
    "plan-people.csv": ("people", "text/csv"),
}
"""Each download's name, with the paper's format and the content type."""

routes = [
    Route(f"/api/events/{{event}}/{form}", answering(fallback), methods=["GET"], name=form)
    for form in FORMS
]
