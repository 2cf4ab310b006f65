"""What an organiser does to events, however they ask: by the API or at the desk.

Responsible for making and deleting events, bringing people in, erasing them, and their links.
Rights are the doors' business, rules are those of `rooms/`.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator, Mapping, Sequence
from http import HTTPStatus
from typing import Protocol

from msgspec import Struct

from rooms.commands import AddAttendees, ChangeEvent, CreateEvent, EndLink, Erase, NoteDesk
from rooms.kept import Kept, Said, kept_about
from rooms.people import Attendee, Consent, Details, Role
from rooms.programme import Plan
from rooms.refusal import Refusal
from server.auth import ORGANISER, Keys
from server.erasure import want_files
from server.evenings import Evening, Evenings
from server.importing import Landing, Named, Reading, ids_by_content, new_id, plan_import
from server.importing import Plan as Arrivals
from server.journal import Journal
from server.person_rows import Sentence
from server.planning import (
    EventBody,
    EventPatch,
    check_people,
    details_of,
    plan_of,
    topics_of_body,
)
from server.problems import Problem
from server.redis import Store, StoreAway

PEOPLE_AT_ONCE = 200
"""People in one command of an import: between two, everybody else has their turn."""

HOSTS_NAME = {"en": "Host", "ja": "ホスト"}


class Services(Protocol):
    """What the application's state holds for its doors."""

    store: Store
    evenings: Evenings
    keys: Keys


class Made(Struct, frozen=True, kw_only=True):
    """An event just made, with its host's key, which nobody can read back later."""

    id: str
    join_key: str
    host_key: str


class Brought(Struct, frozen=True, kw_only=True):
    """What an import came to. `keys`: by id, of those who were created; `unchanged`: how many of
    the rows that landed say nothing new of people who are here."""

    landings: tuple[Landing, ...]
    unchanged: int
    rejected: tuple[Named, ...]
    skipped: tuple[Named, ...]
    notes: tuple[Sentence, ...]
    keys: dict[str, str]

    @property
    def created(self) -> int:
        return sum(landing.created for landing in self.landings)

    @property
    def updated(self) -> int:
        """Rows of people who were here, also of those who are as they were."""
        return len(self.landings) - self.created


async def make_event(services: Services, body: EventBody, host: str = "") -> Made:
    """Makes an event with one host; raises Problem and Refusal for what cannot be held."""
    plan = plan_of(body, Plan())
    details = details_of(body, Details(title=""))
    event_id = new_id()[1:]
    named = host.strip() or HOSTS_NAME.get(plan.locale, HOSTS_NAME["en"])
    person = Attendee(id=new_id(), name=named[:200], role=Role.HOST, locale=plan.locale)
    command = CreateEvent(
        plan=plan, details=details, host=person, topics=topics_of_body(body) or ()
    )
    await services.evenings.create(command, event_id)
    return Made(
        id=event_id,
        join_key=await services.keys.join_key(event_id),
        host_key=await services.keys.make(event_id, person.id, Role.HOST),
    )


async def amend_event(evening: Evening, by: str, body: EventPatch) -> None:
    """Changes an event as asked, if that changes anything; raises Problem and Refusal."""
    before = evening.register.details
    plan = plan_of(body, evening.event.plan)
    details = details_of(body, before)
    promised = evening.event.plan.minutes_days
    if plan.minutes_days > promised and _somebody_agreed(evening):
        raise Problem(
            HTTPStatus.CONFLICT,
            "promised",
            "People have agreed to {days} days already: it can be made shorter, but not longer.",
            field="settings.minutes_days",
            days=promised,
        )
    if details.segments != before.segments:
        check_people(details, evening.register.attendees())
    command = ChangeEvent(
        plan=plan if plan != evening.event.plan else None,
        details=details if details != before else None,
        topics=topics_of_body(body),
    )
    if command.plan or command.details or command.topics is not None:
        await evening.submit(by, command)


def _somebody_agreed(evening: Evening) -> bool:
    return any(isinstance(row, Consent) for row in evening.register.rows.values())


async def delete_event(services: Services, evening: Evening) -> None:
    """Deletes an event and everything of it, keys and what its series remembers of it too."""
    await services.keys.forget_event(evening.id)
    await services.evenings.delete(evening.id)
    await want_files(services.store)


class HalfLanded(StoreAway):
    """The store went away in the middle of a list: `came` of `all` rows are in, as far as known."""

    def __init__(self, came: int, all: int) -> None:
        super().__init__(f"{came} of {all} rows are in.")
        self.came = came
        self.all = all


def ids_of(evening: Evening, seed: str, reading: Reading) -> Callable[[int], str]:
    """Returns what names the newcomers of a list by their rows (`ids_by_content`)."""
    people = evening.event.people
    return ids_by_content(seed, reading.rows, lambda id: id in people and people[id].erased)


async def bring_in(services: Services, evening: Evening, reading: Reading) -> Brought:
    """Writes the people of a list; its unit is the row, so a refused one is named and left out.

    The same list lands again without doubling anybody, and whoever came in without a link (the
    process or the store went away in between) gets theirs. Raises HalfLanded.
    """
    seed = await services.keys.import_seed(evening.id)
    existing = list(evening.register.attendees())
    id_of = ids_of(evening, seed, reading)
    plan = await asyncio.to_thread(plan_import, reading, existing, id_of)
    landed: list[Landing] = []
    try:
        return await _bring_in(services, evening, reading, plan, id_of, landed)
    except StoreAway as away:
        rows = {one.row for one in landed}
        doubtful = [one for one in plan.landings if one.row not in rows]
        came = len(landed) + sum(
            one.created and evening.register.has(one.attendee.id) for one in doubtful
        )
        raise HalfLanded(came, len(plan.landings)) from away


async def _bring_in(
    services: Services,
    evening: Evening,
    reading: Reading,
    plan: Arrivals,
    id_of: Callable[[int], str],
    landed: list[Landing],
) -> Brought:
    refused: list[Named] = []
    known = {one.id: one for one in evening.register.attendees()}
    fresh, same = _fresh(plan.landings, known)
    landed += same
    for some in _some(fresh):
        try:
            await _write(evening, some)
            landed += some
        except Refusal:
            for one in some:
                try:
                    await _write(evening, [one])
                    landed.append(one)
                except Refusal as refusal:
                    why = Sentence(refusal.sentence, refusal.details)
                    refused.append(Named(row=one.row, why=why))
    written = len(landed) - len(same)
    if written:
        await evening.submit(ORGANISER, NoteDesk(what="import", count=written))
    landed.sort(key=lambda one: one.row)
    made = [landing.attendee for landing in landed if landing.created]
    ours = {
        one.attendee.id: one.attendee
        for one in landed
        if not one.created
        and one.attendee.id == id_of(one.row)
        and evening.event.people[one.attendee.id].link_ended_at is None
    }
    keyless = await services.keys.keyless(evening.id, list(ours))
    made += [person for id, person in ours.items() if id in keyless]
    keys = await services.keys.make_all(evening.id, [(one.id, one.role) for one in made])
    return Brought(
        landings=tuple(landed),
        unchanged=len(same),
        rejected=tuple(sorted([*plan.rejected, *refused], key=lambda named: named.row)),
        skipped=reading.skipped,
        notes=plan.notes,
        keys=dict(zip([one.id for one in made], keys, strict=True)),
    )


def _fresh(
    landings: Sequence[Landing], known: Mapping[str, Attendee]
) -> tuple[list[Landing], list[Landing]]:
    """Returns the rows that make or change somebody, and those that say nothing new.

    A later row that takes an earlier one back says something, though it says what is known.
    """
    fresh: list[Landing] = []
    same: list[Landing] = []
    changed: set[str] = set()
    for one in landings:
        id = one.attendee.id
        says_nothing = known.get(id) == one.attendee and id not in changed
        (same if says_nothing else fresh).append(one)
        if not says_nothing:
            changed.add(id)
    return fresh, same


def _some(landings: Sequence[Landing]) -> Iterator[Sequence[Landing]]:
    for start in range(0, len(landings), PEOPLE_AT_ONCE):
        yield landings[start : start + PEOPLE_AT_ONCE]


async def _write(evening: Evening, landings: Sequence[Landing]) -> None:
    people = {landing.attendee.id: landing.attendee for landing in landings}
    await evening.submit(ORGANISER, AddAttendees(people=tuple(people.values())))


def find_person(evening: Evening, who: str) -> Attendee | None:
    """Returns somebody at an event by id, else by external id; None: nobody."""
    if evening.register.has(who):
        return evening.register.attendee(who)
    return next((p for p in evening.register.attendees() if p.external_id == who), None)


async def everything_about(services: Services, evening: Evening, id: str) -> Kept | None:
    """Returns all that is kept about a person, for themselves; None: nobody, or erased."""
    said = await Journal(services.store, evening.id).said_by(id)
    lines = [Said(at=entry.at, room=entry.room, text=entry.text) for entry in said]
    return kept_about(evening.event, evening.register, id, services.store.clock(), lines)


async def erase(
    services: Services, evening: Evening, person: Attendee, *, by: str = ORGANISER
) -> None:
    """Erases a person: profile and notes by the rules, and what they said, and their key.

    `by` is the organiser, a host, or the person themselves.
    """
    await evening.submit(by, Erase(attendee=person.id))
    await services.keys.forget(evening.id, [person.id])
    await Journal(services.store, evening.id).forget_said(person.id)


async def new_link(
    services: Services, evening: Evening, person: Attendee, expires_at: int | None = None
) -> str:
    """Makes a new key for a person, which ends the old one, its sessions and its sockets."""
    had_one = await services.keys.has_key(evening.id, person.id)
    await evening.submit(ORGANISER, NoteDesk(what="link"))
    key = await services.keys.make(evening.id, person.id, person.role, expires_at=expires_at)
    if had_one:
        await evening.submit(ORGANISER, EndLink(attendee=person.id))
    return key


async def revoke_link(services: Services, evening: Evening, person: Attendee) -> None:
    """Has a person's link open nothing any more; its sessions and sockets end."""
    await services.keys.forget(evening.id, [person.id])
    await evening.submit(ORGANISER, NoteDesk(what="link-ended"))
    await evening.submit(ORGANISER, EndLink(attendee=person.id))


def first_host(evening: Evening) -> Attendee:
    """Returns the host who was made with the event, or else the first there is."""
    hosts = [p for p in evening.register.attendees() if p.role is Role.HOST]
    if not hosts:
        raise Problem(
            HTTPStatus.CONFLICT,
            "no-host",
            "This event has no host any more: import somebody with the role “host”.",
        )
    return hosts[0]
