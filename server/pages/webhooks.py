"""The desk's page about webhooks: where they go, their secret once, what became of each.

Responsible for forms and for words; which deliveries there are is `rooms.webhooks`', that they are
sent the worker's (`server/webhooks.py`). Works without JavaScript.

Invariant: the secret is shown in the answer that made it, and in no other.
"""

from __future__ import annotations

import secrets
from collections import Counter
from collections.abc import Mapping
from http import HTTPStatus

from msgspec import Struct
from starlette.requests import Request
from starlette.responses import Response

from rooms.commands import ChangeWebhook
from rooms.people import Webhook
from rooms.webhooks import (
    CONTACT,
    ENDED,
    ROUND,
    TEST,
    WITHDRAWN,
    Delivery,
    address_of,
    deliveries,
)
from server import words
from server.auth import ORGANISER, keys_of
from server.bodies import read_form
from server.evenings import Evening
from server.mail import Book, Entry, State, trouble
from server.outgoing import BadAddress, check_address
from server.pages.entry import evening_of
from server.pages.rendering import redirect, render
from server.problems import Problem
from server.redis import Store
from server.settings import Settings
from server.webhooks import BOOK

SHOWN = 50
CHANGES_SHOWN = 8

LABELS: Mapping[str, str] = {
    CONTACT: "A contact was made",
    WITHDRAWN: "A contact was taken back",
    ROUND: "A round has ended",
    ENDED: "The evening is over",
    TEST: "A test",
}
BAD_ADDRESSES: Mapping[str, str] = {
    "not-an-address": "Please write an address like https://crm.example.org/meguri.",
    "not-https": "The address must begin with https://: names and addresses of people go there.",
    "inside": "This address is inside the server's own network, and is not called.",
}
REASONS: Mapping[str, str] = {
    "answered": "It answered {status}.",
    "redirects": "It sent us elsewhere ({status}), and we don't follow: write that address.",
    "gone": "It wants no more (410).",
    "unknown-host": "Its name is not known.",
    "unreachable": "It cannot be reached.",
    "slow": "It did not answer within 10 seconds.",
    "certificate": "Its certificate is not trusted.",
    "garbled": "Its answer could not be understood.",
    "inside": "Its name leads into the server's own network, and is not called.",
    "not-https": "It is not called without https.",
    "not-an-address": "It is not an address that can be called.",
    "not-made": "It could not be made; the log says why.",
}
CHANGES: Mapping[str, str] = {
    "set": "Address set",
    "renewed": "New secret",
    "removed": "Address removed",
}
DONE: Mapping[str, str] = {
    "test": "The test is on its way. Its line below says what came of it.",
    "removed": "The address is removed. Nothing is sent any more.",
    "again": "It is sent once more.",
}


class Line(Struct, frozen=True, kw_only=True):
    """One delivery. `state`: `sent`, `waiting`, `taken` or `failed`; `next_at`: ms, of a try."""

    id: str
    label: str
    about: str
    at: int
    state: str
    why: str
    said: str
    tries: int
    next_at: int


class Change(Struct, frozen=True, kw_only=True):
    """What was changed, and when (ms)."""

    label: str
    address: str
    at: int


async def webhooks_page(request: Request) -> Response:
    """Shows where deliveries go, and what became of them."""
    return await _page(request, await evening_of(request))


async def _page(
    request: Request,
    evening: Evening,
    *,
    secret: str = "",
    typed: str = "",
    problem: str = "",
) -> Response:
    """Draws desk_webhooks.html.

    `event`, `address`, `secret`, `typed`, `problem`, `trouble`, `done`, `tallies`, `attention`,
    `lines`, `more`, `changes`, `urls`.
    """
    store: Store = request.app.state.store
    say = words.words(words.language(request)).gettext
    webhook = evening.register.webhook
    found = sorted(deliveries(evening.event), key=lambda one: one.at, reverse=True)
    book = await Book(store, evening.id, BOOK).read([one.id for one in found])
    states = Counter(_state(book.get(one.id)) for one in found)
    failed = [one for one in found if _state(book.get(one.id)) == "failed"]
    done = request.query_params.get("done", "")
    is_sending = (await trouble(store, store.clock())).worker
    context: dict[str, object] = {
        "event": {
            "id": evening.id,
            "title": evening.register.details.title,
            "time_zone": evening.event.plan.time_zone,
        },
        "address": webhook.address if webhook else "",
        "secret": secret,
        "typed": typed,
        "problem": say(BAD_ADDRESSES[problem]) if problem else "",
        "trouble": webhook is not None and not is_sending,
        "done": say(DONE[done]) if done in DONE else "",
        "tallies": states,
        "attention": [_line(evening, one, book.get(one.id), say) for one in failed[:SHOWN]],
        "lines": [_line(evening, one, book.get(one.id), say) for one in found[:SHOWN]],
        "more": max(0, len(found) - SHOWN),
        "changes": _changes(evening, say),
        "urls": {"event": f"/desk/{evening.id}", "webhooks": f"/desk/{evening.id}/webhooks"},
    }
    status = HTTPStatus.UNPROCESSABLE_ENTITY if problem else HTTPStatus.OK
    return render(request, "desk_webhooks.html", context, status=status)


def _state(line: Entry | None) -> str:
    return (line.state if line else State.WAITING).value


def _line(evening: Evening, one: Delivery, line: Entry | None, say: words.Saying) -> Line:
    entry = line or Entry(state=State.WAITING, at=0)
    nobody = say("somebody who was erased")
    names = [evening.register.attendee(id).name or nobody for id in (one.a, one.b) if id]
    about = say("{a} and {b}", a=names[0], b=names[1]) if names else ""
    return Line(
        id=one.id,
        label=say(LABELS[one.type]),
        about=say("Round {n}", n=one.round) if one.round else about,
        at=one.at,
        state=entry.state.value,
        why=say(REASONS[entry.why], status=entry.said) if entry.why in REASONS else "",
        said=entry.said,
        tries=entry.tries,
        next_at=entry.not_before,
    )


def _changes(evening: Evening, say: words.Saying) -> list[Change]:
    changed = [one for one in evening.event.webhooks if one.change in CHANGES]
    return [
        Change(label=say(CHANGES[one.change]), address=address_of(evening.register, one), at=one.at)
        for one in changed[: -CHANGES_SHOWN - 1 : -1]
    ]


async def press_webhooks(request: Request) -> Response:
    """Does what was pressed: set, renew, remove, test, or send one again."""
    evening = await evening_of(request)
    store: Store = request.app.state.store
    form = await read_form(request)
    webhook = evening.register.webhook
    match str(form.get("do", "")):
        case "set":
            return await _set(request, evening, str(form.get("address", "")).strip())
        case "renew" if webhook is not None:
            return await _change(request, evening, webhook.address)
        case "remove":
            await evening.submit(ORGANISER, ChangeWebhook())
            return redirect(f"{request.url.path}?done=removed")
        case "test":
            await evening.submit(ORGANISER, ChangeWebhook(test=True))
            return redirect(f"{request.url.path}?done=test")
        case "again":
            delivery = str(form.get("delivery", ""))[:300]
            await Book(store, evening.id, BOOK).revive(delivery, store.clock())
            return redirect(f"{request.url.path}?done=again")
    raise Problem(HTTPStatus.NOT_FOUND, "unknown-page", "There is no such page.")


async def _set(request: Request, evening: Evening, address: str) -> Response:
    settings: Settings = request.app.state.settings
    known = evening.register.webhook
    if known is not None and known.address == address:
        return redirect(request.url.path)
    try:
        check_address(address, private=settings.webhooks_private)
    except BadAddress as bad:
        return await _page(request, evening, typed=address, problem=bad.code)
    return await _change(request, evening, address)


async def _change(request: Request, evening: Evening, address: str) -> Response:
    """Sets the address with a new secret, and shows that."""
    salt = secrets.token_urlsafe(12)
    await evening.submit(ORGANISER, ChangeWebhook(webhook=Webhook(address=address, salt=salt)))
    secret = await keys_of(request).webhook_secret(evening.id, salt)
    return await _page(request, evening, secret=secret)
