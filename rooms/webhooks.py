"""What is passed on to a program of the organiser's, and what it reads (`contact.made` and others).

Responsible for which deliveries follow from an evening, as a pure function of the fold, and for
their payloads. That they are signed, sent and tried again is the building's; it asks again right
before each try, so that a contact taken back, or somebody erased, is passed on no more.

Invariants:
- A delivery's id is the same whoever asks, and how often.
- Whoever was told of a contact is told when it is taken back, or one of the two erased, and not by
  whom; a block reads the same.
- A contact's field is in a payload only where its owner gave it to the other *and* lets the
  organiser have it (rules 16, 20); names always. No note, card, block or star is in any.
"""

from __future__ import annotations

from collections.abc import Iterator

from msgspec import Struct

from rooms import commands as c
from rooms import facts as f
from rooms.contacts import consented
from rooms.deciding import Deciding
from rooms.encounters import encounters, rooms_by_round, round_encounters
from rooms.event import Event
from rooms.people import CONTACT_FIELDS, WEBHOOK_KEY, Register, text_key
from rooms.refusal import Refusal
from rooms.standing import pair

CONTACT, WITHDRAWN = "contact.made", "contact.withdrawn"
ROUND, ENDED, TEST = "round.ended", "event.ended", "webhook.test"


class Delivery(Struct, frozen=True, kw_only=True):
    """One message to the organiser's program. `at`: when what it tells happened (ms)."""

    id: str
    type: str
    at: int
    a: str = ""
    b: str = ""
    made_at: int = 0
    round: int = 0
    after: str = ""
    """The delivery that this one takes back: needless where nobody was sent that."""


def change(deciding: Deciding, command: c.ChangeWebhook) -> None:
    """Sets, renews or removes where messages go, or asks for one as a test."""
    deciding.require_host()
    known = deciding.register.webhook
    if known is None and (command.test or command.webhook is None):
        raise Refusal("no-webhook", "No address is set yet.")
    what = "set"
    if command.test:
        what = "test"
    elif command.webhook is None:
        what = "removed"
    elif known is not None and known.address == command.webhook.address:
        what = "renewed"
    named = ""
    if not command.test:
        deciding.wrote(WEBHOOK_KEY, command.webhook)
        if command.webhook is not None and what == "set":
            named = deciding.wrote_text(command.webhook.address)
    deciding.happened(f.WebhookChanged(at=deciding.now, change=what, text=named, by=deciding.by))


def address_of(register: Register, changed: f.WebhookChanged) -> str:
    """Returns the address that a change set; empty: it set none."""
    return register.text(changed.text) if text_key(changed.text) in register.rows else ""


def deliveries(event: Event) -> Iterator[Delivery]:
    """Yields every delivery that follows from what happened since an address was set."""
    since = event.webhook_at
    if since is None:
        return
    for changed in event.webhooks:
        if changed.change == "test" and changed.at >= since:
            yield Delivery(id=f"{TEST}:{changed.at}", type=TEST, at=changed.at)
    for (a, b), at in event.contacts.items():
        if at >= since and not event.is_blocked(a, b):
            yield Delivery(id=f"{CONTACT}:{a}:{b}:{at}", type=CONTACT, at=at, a=a, b=b)
    yield from _withdrawn(event, since)
    for number, at in event.rounds_ended.items():
        if at >= since:
            yield Delivery(id=f"{ROUND}:{number}", type=ROUND, at=at, round=number)
    if event.ended_at is not None and event.ended_at >= since:
        yield Delivery(id=ENDED, type=ENDED, at=event.ended_at)


def _withdrawn(event: Event, since: int) -> Iterator[Delivery]:
    """Yields contacts that are none any more; of the erased it is not known what was sent."""
    for (a, b, made_at), at in event.contacts_ended.items():
        if made_at < since:
            continue
        erased = event.people[a].erased or event.people[b].erased
        yield Delivery(
            id=f"{WITHDRAWN}:{a}:{b}:{made_at}",
            type=WITHDRAWN,
            at=at,
            a=a,
            b=b,
            made_at=made_at,
            after="" if erased else f"{CONTACT}:{a}:{b}:{made_at}",
        )


def payload(event: Event, register: Register, delivery: Delivery, now: int) -> dict[str, object]:
    """Returns what a delivery says (instants in ms), by what people let the organiser have now."""
    data: dict[str, object] = {"event_id": event.id, "event_title": register.details.title}
    match delivery.type:
        case "contact.made":
            data |= _contact(event, register, delivery, now)
        case "contact.withdrawn":
            data |= _taken_back(event, delivery)
        case "round.ended":
            data |= _round(event, delivery, now)
        case "event.ended":
            data |= _ended(event, now)
        case _:
            data |= {"words": "This is a test. Nothing has happened."}
    return data


def _contact(event: Event, register: Register, one: Delivery, now: int) -> dict[str, object]:
    met = [
        met
        for id in event.acquainted.get(pair(one.a, one.b), ())
        for met in encounters(event.rooms[id], now)
        if (met.a, met.b) == pair(one.a, one.b)
    ]
    return {
        "made_at": one.at,
        "seconds_together": sum(each.seconds for each in met),
        "rounds": sorted({each.round for each in met}),
        "people": [
            _side(event, register, one.a, one.b),
            _side(event, register, one.b, one.a),
        ],
    }


def _taken_back(event: Event, one: Delivery) -> dict[str, object]:
    """Returns ids alone: what is to be dropped by them, and who was erased."""
    return {
        "made_at": one.made_at,
        "withdrawn_at": one.at,
        "people": [{"id": id, "erased": event.people[id].erased} for id in (one.a, one.b)],
    }


def _side(event: Event, register: Register, id: str, other: str) -> dict[str, object]:
    person = register.attendee(id)
    gave = event.yeses.get((id, other), ())
    fields = {"organisation": consented(person, "organisation")}
    fields |= {name: consented(person, name) for name in CONTACT_FIELDS if name in gave}
    return {
        "id": id,
        "external_id": person.external_id,
        "name": person.name,
        **{name: value for name, value in fields.items() if value},
    }


def _round(event: Event, one: Delivery, now: int) -> dict[str, object]:
    rooms = rooms_by_round(event.rooms.values()).get(one.round, [])
    return {
        "round": one.round,
        "rounds": len(event.plan.rounds),
        "starts_at": min((room.starts_at for room in rooms), default=None),
        "ended_at": one.at,
        "rooms": len(rooms),
        "people": len({stay.id for room in rooms for stay in room.stays}),
        "pairs": len(round_encounters(rooms, now)),
    }


def _ended(event: Event, now: int) -> dict[str, object]:
    held = rooms_by_round(event.rooms.values())
    met = {(one.a, one.b) for rooms in held.values() for one in round_encounters(rooms, now)}
    return {
        "ended_at": event.ended_at,
        "rounds": len(held),
        "people": len(event.came),
        "pairs": len(met),
        "contacts": len(event.contacts),
    }
