"""Copying an event: its settings, programme and words for another evening, never its people.

Responsible for what goes along: rounds as they were last, prompts, topics, rules, sign-up,
questions, the organiser's words for mails, the series. What belongs to one evening alone (people,
minutes, keys, webhooks with their secret, what it brought) stays there.
"""

from __future__ import annotations

from msgspec.structs import replace
from starlette.requests import Request

from rooms.commands import CreateEvent, WriteMail
from rooms.event import Event
from rooms.people import Attendee, Register, Role
from rooms.topic_standing import topics_of
from server.auth import ORGANISER
from server.evenings import Evening, Evenings
from server.importing import new_id
from server.organising import HOSTS_NAME


async def copied(request: Request, evening: Evening, title: str, starts_at: int | None) -> str:
    """Makes an event like this one; returns its id. Raises Refusal."""
    evenings: Evenings = request.app.state.evenings
    plan = replace(evening.event.plan, starts_at=starts_at)
    details = replace(evening.register.details, title=title)
    name = HOSTS_NAME.get(plan.locale, HOSTS_NAME["en"])
    host = Attendee(id=new_id(), name=name, role=Role.HOST, locale=plan.locale)
    id = new_id()[1:]
    topics = tuple(
        _topics(evening.event, evening.register, number)
        for number in range(1, len(plan.rounds) + 1)
    )
    made = await evenings.create(
        CreateEvent(plan=plan, details=details, host=host, topics=topics), id
    )
    if evening.register.mail_texts != made.register.mail_texts:
        await made.submit(ORGANISER, WriteMail(texts=evening.register.mail_texts))
    return id


def _topics(event: Event, register: Register, number: int) -> tuple[str, ...]:
    """Returns a round's topics; of one that has been, those that had a room."""
    ids = [topic.id for topic in topics_of(event, number)]
    ids = ids or [room.topic for room in event.rooms.values() if room.round == number]
    return tuple(dict.fromkeys(text for id in ids if id and (text := register.text(id))))
