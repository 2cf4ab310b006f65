"""Nobody is told more than the rules give them: a seed in every field of everybody, and all that
leaves the server searched for seeds that its reader was not given (rules 16 to 20, 23).

A new route that can be read fails here until `WHO` says who may read what of it.
"""

from __future__ import annotations

import asyncio
import contextlib
import io
import logging
import zipfile
from collections.abc import AsyncIterator, Iterable, Iterator
from collections.abc import Set as AbstractSet
from email.message import EmailMessage

import httpx2 as httpx
import msgspec
import pytest
from msgspec import Struct
from msgspec.structs import replace

from rooms.apply import apply
from rooms.commands import AddAttendees, ChangeEvent, ChangeWebhook, Invite
from rooms.deciding import ORGANISER as ORGANISER_ID
from rooms.event import Event
from rooms.facts import EventEnded, PlaceGiven, ThanksSent
from rooms.follow_up import Kind, letters
from rooms.people import CONTACT_FIELDS, Attendee, Place, Webhook
from rooms.retention import DAY_MS
from server.app import create_app
from server.auth import Keys
from server.evenings import Evenings
from server.exports.tools import SANSAN, SANSAN_REQUIRED, TOOLS
from server.letters import Links, Writer, message
from server.pages.desk import FORMS
from server.redis import Store
from server.settings import Settings
from tests.guests import Guest, House, guest, guests, quick_round
from tests.server.callers import bearer
from tests.server.house import KEY, a_house
from tests.server.receivers import Receiver, receiving
from tests.server.seeded import LISTED as LISTS
from tests.server.seeded import seed, seeded, seeds_in
from tests.server.test_webhooks import working
from tests.server.waiting import wait_until

PEOPLE = (
    "Ana", "Bo", "Chidi", "Emre", "Hana", "Ivo", "Jun", "Kim", "Lea", "Mio", "Nao", "Ola",
)  # fmt: skip
CONSENTS = (
    (), ("organisation",), ("email",), ("phone",), ("link",), ("email", "news"),
    ("organisation", "email", "phone", "link"), ("phone", "link"),
)  # fmt: skip
"""What each lets the organiser have, in turn. Ola is of the organiser's own people."""

STAYS_AWAY, WAITS = "Rui", "Pia"
"""Somebody with a place who never comes, and somebody on the waiting list; neither gives anything
but what stands in the list."""

CARD = frozenset({"name", "reading", "title", "organisation", "department", "interests"})
LISTED: frozenset[str] = (CARD - {"organisation"}) | {
    "offers",
    "seeks",
    "segment",
    "externalid",
    "custom",
}
"""What the organiser wrote in the list of people, or people show to everybody."""

Seeds = set[tuple[str, str]]


class Told(Struct):
    """What everybody was given, as the test itself has had it done."""

    mates: dict[str, list[str]] = {}
    gave: dict[tuple[str, str], set[str]] = {}
    """(by, to): the fields that `by` gives `to` now."""
    ever: dict[tuple[str, str], set[str]] = {}
    """... and those that once were in the other's hands."""

    def gives(self, by: str, to: str, *fields: str) -> None:
        for kept in (self.gave, self.ever):
            kept.setdefault((by, to), set()).update(fields)

    def attendee(self, who: str, *, ever: bool = False) -> Seeds:
        """Returns what somebody may read of everybody."""
        allowed = {(who, what) for what in seen_by_all() | TYPED_BY_ONE}
        for one in map(str.lower, PEOPLE):
            allowed |= {(one, "name"), (one, "said")}
        for mate in self.mates.get(who, ()):
            allowed |= {(mate, what) for what in CARD | {"whispered"}}
        for (by, to), fields in (self.ever if ever else self.gave).items():
            if to == who:
                allowed |= {(by, what) for what in fields}
        return allowed


TYPED_BY_ONE = {"note", "step", "said", "whispered", "report", "call", "answer", "wish"}


def seen_by_all() -> set[str]:
    return set(LISTED | CARD | set(CONTACT_FIELDS))


def of_all(what: Iterable[str], *more: str) -> Seeds:
    return {(who.lower(), each) for who in (*PEOPLE, STAYS_AWAY, *more) for each in what}


def consented() -> Seeds:
    """Returns what people let the organiser have."""
    return {
        (who.lower(), field)
        for who, fields in zip(PEOPLE, CONSENTS * 2, strict=False)
        for field in fields
        if field != "news"
    }


HOST = of_all(CARD | {"said", "report", "call", "answer", "externalid"})
ORGANISER = of_all(LISTED, WAITS) | consented()
LEADS = {(who, what) for who, what in ORGANISER if who == "ivo"} | {
    ("ola", what) for what in ("name", "note", "step")
}
"""Ivo alone agreed to hear from the organiser; Ola shares her note."""
ANYBODY = "anybody"


async def test_nobody_is_told_more_than_they_were_given(
    store: Store, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    receiver = Receiver()
    async with receiving(receiver), a_house(store) as house:
        told = await an_evening(house, store, receiver.url)
        some_letters = await letters_are_theirs(house, store, told)
        await routes_are_theirs(house, store, told, some_letters)
        await sansans_file_is_the_organisers(house)
        await programs_hear_what_was_given(store, told, receiver)
    assert not seeds_in(caplog.text)


async def an_evening(house: House, store: Store, calls: str) -> Told:
    """Twelve people in rooms of four; looks at all that their sockets and Dana's were told."""
    await house.opens(["Dana"], rounds=[quick_round(seconds=600, least=4, most=4)] * 2, doors=False)
    names = (*PEOPLE, STAYS_AWAY)
    people = [seeded(who, wishes=[seed(who, "wish")]) for who in names]
    people[names.index("Ola")]["segment"] = "staff"
    await house.brings(people)
    for who, person in zip(names, people, strict=True):
        house.people[who] = house.people[str(person["name"])]
    await somebody_waits(house, store, calls)
    await house.commands("open-doors")
    told = Told()
    async with guests(house, *PEOPLE, "Dana") as everybody:
        dana = everybody.pop()
        by_name = {one.name.lower(): one for one in everybody}
        await they_meet(by_name, dana, told, store)
        for who, one in by_name.items():
            await one.catches_up()
            check(f"{who}'s socket", repr(one.everything), told.attendee(who, ever=True))
        check("Dana's socket", repr(dana.everything), HOST)
    for who in by_name:
        async with guest(house, who.title()) as one:
            check(f"{who}'s welcome", repr(one.everything), told.attendee(who))
    async with guest(house, "Dana") as dana:
        check("Dana's welcome", repr(dana.everything), HOST)
    return told


async def somebody_waits(house: House, store: Store, calls: str) -> None:
    """All places are taken when one more signs up; and the organiser's program is told."""
    evenings = Evenings(store)
    evening = await evenings.get(house.event)
    await evening.submit(ORGANISER_ID, ChangeWebhook(webhook=Webhook(address=calls, salt="s")))
    plan = replace(evening.event.plan, capacity=len(PEOPLE) + 1)
    await evening.submit(ORGANISER_ID, ChangeEvent(plan=plan))
    typed = seeded(WAITS)
    lists = {field: tuple(map(str, typed.pop(field))) for field in LISTS}  # type: ignore[call-overload]
    custom = {"Answer": str(typed.pop("Answer"))}
    pia = msgspec.convert({**typed, **lists, "id": "apia", "custom": custom}, Attendee)
    await evening.submit(ORGANISER_ID, AddAttendees(people=(pia,), by_event_link=True))
    assert evening.event.people["apia"].place is Place.WAITING
    await evenings.close()


async def everybody_is_proposed_a_seat(house: House, store: Store) -> None:
    """Waits until the next seating is of all twelve, in fours: a busy machine is late with it."""
    evenings = Evenings(store)
    evening = await evenings.get(house.event)

    async def are_seated() -> bool:
        await evening.caught_up()
        found = evening.event.proposal
        return found is not None and [len(room) for room in found.rooms] == [4, 4, 4]

    await wait_until(are_seated, "all are proposed a seat", 60.0)
    await evenings.close()


async def they_meet(by_name: dict[str, Guest], dana: Guest, told: Told, store: Store) -> None:
    for (who, one), fields in zip(by_name.items(), CONSENTS * 2, strict=False):
        await one.asks("say", text=seed(who, "said"))
        await one.asks("profile", organiser_may_export=list(fields))
    await everybody_is_proposed_a_seat(dana.house, store)
    await dana.asks("start-round", round=1)
    for who, one in by_name.items():
        room = await one.sees("room")
        told.mates[who] = sorted({mate for mate, _ in seeds_in(repr(room["people"]))} - {who})
    tables = {tuple(sorted([who, *mates])) for who, mates in told.mates.items()}
    assert sum(map(len, tables)) == len(PEOPLE)
    assert len(tables) > 1, "nobody could be told too much of another room"
    for names in sorted(tables):
        await at_a_table([by_name[name] for name in names], dana, told)

    async def have_met() -> bool:
        return len((await dana.house.reads("pairs.csv")).splitlines()) == 1 + 3 * 6

    await wait_until(have_met, "each has met those at the table")
    await dana.asks("end-round")
    for one in by_name.values():
        await one.sees("phase", phase="break")
        await one.catches_up()
    for names in sorted(tables):
        await they_think_better_of_it([by_name[name] for name in names], told)


async def at_a_table(four: list[Guest], dana: Guest, told: Told) -> None:
    """Every mixture of yeses and cards, notes, stars, a report and a call."""
    a, b, c, d = four
    for one, other in zip(four, (b, c, d, a), strict=True):
        await one.asks("say", text=seed(one.name, "whispered"))
        note = {"text": seed(one.name, "note"), "next_step": seed(one.name, "step")}
        more = {"share": True} if one.name == "Ola" else {}
        await one.asks("note", about=other.id, **note, **more)
    await keeps(told, a, b, "email", answered=True)
    await keeps(told, b, a, "phone", "link", answered=True)
    await keeps(told, a, c, *CONTACT_FIELDS, answered=False)
    await keeps(told, c, d, *CONTACT_FIELDS, answered=True)
    await keeps(told, d, c, answered=True)
    for by, to, fields in (
        (b, d, ["phone"]),
        (d, a, ["email"]),
        (c, b, ["link"]),
        (b, c, ["email"]),
    ):
        await by.asks("give-card", to=to.id, fields=fields)
        told.gives(by.name.lower(), to.name.lower(), *fields)
    await a.asks("report", about=c.id, text=seed(a.name, "report"))
    await d.asks("call-host", text=seed(d.name, "call"))
    call = ""
    while not call:
        change = await dana.sees("board-change", parts=lambda parts: "calls" in str(parts))
        call = call_of(change["parts"], d.id)
    await dana.asks("answer-call", call=call, text=seed(d.name, "answer"))


def call_of(parts: object, by: str) -> str:
    """Returns the id of somebody's call among a change of the board; empty: it is not there."""
    calls = parts.get("calls") if isinstance(parts, dict) else None
    return next((str(call["id"]) for call in calls or () if by in str(call)), "")


async def keeps(told: Told, by: Guest, about: Guest, *fields: str, answered: bool) -> None:
    await by.asks("keep-in-touch", about=about.id, fields=list(fields))
    if answered:
        told.gives(by.name.lower(), about.name.lower(), *fields)


async def they_think_better_of_it(four: list[Guest], told: Told) -> None:
    """A contact and a card are taken back, and somebody is blocked; stars for the round."""
    a, b, c, d = four
    await c.asks("keep-in-touch", about=d.id, yes=False)
    await d.asks("give-card", to=a.id, fields=[])
    await b.asks("block", about=c.id)
    names = [one.name.lower() for one in four]
    for by, to in ((2, 3), (3, 2), (3, 0), (1, 2)):
        told.gave.pop((names[by], names[to]), None)
    for one in four:
        await one.asks("rate", stars=1 + four.index(one))


def check(where: str, found: bytes | str, allowed: Seeds) -> None:
    extra = seeds_in(found) - allowed
    assert not extra, f"{where} tells {sorted(extra)}"


# Mails


async def letters_are_theirs(house: House, store: Store, told: Told) -> list[str]:
    """Every letter that could follow from the evening, as it would leave; returns one of each."""
    evenings = Evenings(store)
    evening = await evenings.get(house.event)
    names = (*PEOPLE, STAYS_AWAY)
    await evening.submit(ORGANISER_ID, Invite(attendees=tuple(map(house.id, names))))
    whose = {house.id(name): name.lower() for name in names} | {"apia": WAITS.lower()}
    links = Links(page="https://tea.example/p", choices="https://tea.example/c",
                  event="https://tea.example/e")  # fmt: skip
    kinds: dict[Kind, str] = {}
    for event in as_it_may_stand(evening.event, store.clock()):
        for letter in letters(event, evening.register):
            written = Writer(event, evening.register, letter, links).write()
            mail = message(
                written, letter, links, "meguri@tea.example", "Sun, 22 Nov 2026 05:00:00 GMT"
            )
            who = whose[letter.to]
            kinds.setdefault(letter.kind, letter.id)
            allowed = told.attendee(who) if who in told.mates else of_one(who)
            for part in unfolded(mail):
                check(f"the {letter.kind} to {who}", part, allowed)
    assert set(kinds) == set(Kind)
    await evenings.close()
    return list(kinds.values())


def as_it_may_stand(found: Event, now: int) -> Iterator[Event]:
    """Yields the event in states from which every kind of letter follows."""
    before = found.copy()
    before.plan = replace(before.plan, starts_at=now + 3 * DAY_MS)
    yield before
    for place in (Place.ASKED, Place.REFUSED):
        asked = before.copy()
        asked.people["apia"] = replace(asked.people["apia"], place=place)
        yield asked
    moved_up = before.copy()
    apply(moved_up, PlaceGiven(at=now, id="apia"))
    yield moved_up
    after = found.copy()
    apply(after, EventEnded(at=now))
    apply(after, ThanksSent(at=now))
    yield after


def of_one(who: str) -> Seeds:
    """Returns everything of one person."""
    return {(who, what) for what in seen_by_all() | TYPED_BY_ONE}


def unfolded(mail: EmailMessage) -> Iterator[bytes | str]:
    """Yields a mail's headers, and its parts as their reader's program shows or saves them."""
    yield "\n".join(f"{name}: {value}" for name, value in mail.items())
    for part in mail.walk():
        if not part.is_multipart():
            content = part.get_payload(decode=True)
            yield content if isinstance(content, bytes) else str(content)


# Everything that can be read over HTTP

WHO: dict[str, AbstractSet[str]] = {
    "/healthz": set(),
    "/readyz": set(),
    "/metrics": set(),
    "/api/events/{event}/pairs.csv": {"organiser"},
    "/api/events/{event}/pairs.jsonl": {"organiser"},
    "/api/events/{event}/pairs.xlsx": {"organiser"},
    "/api/events/{event}/attendees.csv": {"organiser"},
    "/api/events/{event}/rounds.csv": set(),
    "/api/events/{event}/consents.csv": {"organiser"},
    "/api/events/{event}/leads.csv": {"organiser"},
    "/api/events/{event}/leads.jsonl": {"organiser"},
    "/api/events/{event}/network.graphml": {"organiser"},
    "/api/events/{event}/network.gexf": {"organiser"},
    "/api/events/{event}/journal.jsonl": set(),
    "/api/events/{event}/import/{tool}.csv": {"organiser"},
    "/api/events": set(),
    "/api/events/{event}": set(),
    "/api/events/{event}/report": {"organiser"},
    "/api/events/{event}/attendees": {"organiser"},
    "/api/events/{event}/attendees/{who}": {"organiser"},
    "/api/events/{event}/plan.html": {"organiser"},
    "/api/events/{event}/plan-rooms.csv": {"organiser"},
    "/api/events/{event}/plan-people.csv": {"host"},
    "/api/events/{event}/rehearsal": set(),
    "/asyncapi.json": set(),
    "/openapi.json": set(),
    "/": {"attendee"},
    "/e/{event}/in/{key}": {ANYBODY},  # the key is Ana's: it shows what is hers
    "/e/{event}/join/{key}": set(),
    "/language": set(),
    "/e/{event}/mail/{who}/{key}": {ANYBODY},  # so is this one
    "/e/{event}/mine": {"attendee"},
    "/e/{event}/mine/contacts.vcf": {"attendee"},
    "/e/{event}/mine/contacts/{who}.vcf": {"attendee"},
    "/e/{event}/mine/card.svg": set(),
    "/e/{event}/mine/card.vcf": {"attendee"},
    "/e/{event}/mine/meeting.ics": {"attendee"},
    "/e/{event}/mine/data": {"attendee"},
    "/e/{event}/mine/data.json": {"attendee"},
    "/e/{event}/mine/series": set(),
    "/e/{event}/mine/erased": set(),
    "/e/{event}": {"attendee"},
    "/e/{event}/host": set(),
    "/e/{event}/suggestions": set(),
    "/words/{language}": set(),
    "/desk": set(),
    "/desk/in/{key}": set(),
    "/desk/{event}": set(),
    **dict.fromkeys(FORMS, frozenset()),  # each leads to its page
    "/desk/{event}/import": set(),
    "/desk/{event}/people": {"organiser"},
    "/desk/{event}/people/new": {"organiser"},
    "/desk/{event}/people/{who}": {"organiser"},
    "/desk/{event}/sign-up": {"organiser"},
    "/desk/{event}/webhooks": {"organiser"},
    "/desk/{event}/customers": set(),
    "/desk/{event}/balance": {"organiser"},
    "/desk/{event}/interests": {"organiser"},
    "/desk/{event}/matching": {"organiser"},
    "/desk/{event}/report": {"organiser"},
    "/desk/{event}/mail": {"organiser"},
    "/desk/{event}/mail/letters/{letter}": {"organiser"},
    "/desk/{event}/mail/{kind}": {"organiser"},
    "/desk/{event}/mail/{kind}/preview": {"organiser"},
}  # fmt: skip
"""Who may read anything of people on each route; nobody reads anything on any other."""


PLANNED = {
    "/api/events/{event}/plan.html": "organiser",
    "/api/events/{event}/plan-rooms.csv": "organiser",
    "/api/events/{event}/plan-people.csv": "host",
}
"""Files for which rounds are solved: read by one who may, since that takes its time."""

QUERIES = {
    "/e/{event}/mine/meeting.ics": "?with={who}&day=2036-12-01&time=10:00",
    "/desk/{event}/mail/{kind}/preview": "?who={who}",
    "/api/events/{event}/leads.jsonl": "?since=0",
}


def skips(path: str, kind: str) -> bool:
    return kind in ("host", "organiser") and PLANNED.get(path, kind) != kind


def paths(store: Store) -> list[str]:
    """Returns every route of the application that can be read."""
    routes = create_app(Settings(), store).routes
    return [
        route.path
        for route in routes
        if "GET" in (getattr(route, "methods", None) or ()) and hasattr(route, "path")
    ]


async def test_every_route_that_can_be_read_says_who_may_read_what(store: Store) -> None:
    found = paths(store)
    assert set(found) == set(WHO), "say in WHO who may read what on each new route"


async def routes_are_theirs(
    house: House, store: Store, told: Told, some_letters: list[str]
) -> None:
    leaks: list[str] = []
    shown: set[tuple[str, str]] = set()
    keys = Keys(store, Settings(organiser_key=KEY))
    choice = await keys.choice_key(house.event, house.id("Ana"))
    async with contextlib.AsyncExitStack() as stack:
        for kind, of_api, reader in the_readers(house):
            client = await stack.enter_async_context(reader)
            asked = [
                (path, address)
                for path in paths(store)
                if of_api is path.startswith("/api/") and not skips(path, kind)
                for address in addresses(house, path, choice, some_letters, told)
            ]
            answers = await asyncio.gather(*(read(client, address) for _, address in asked))
            for (path, address), found in zip(asked, answers, strict=True):
                if found:
                    shown.add((path, kind))
                if extra := found - may_read(path, kind, told):
                    leaks.append(f"{address} tells the {kind}: {sorted(extra)}")
    assert not leaks, "\n".join(leaks)
    meant = {(path, kind) for path, who in WHO.items() for kind in who if kind != ANYBODY}
    assert meant <= shown, f"nothing to be seen where something should be: {meant - shown}"


async def read(client: httpx.AsyncClient, address: str) -> Seeds:
    """Returns whose seeds stand in an answer, its headers, or the files in it."""
    answer = await client.get(address)
    assert answer.status_code not in (429, 500), f"{address}: {answer.text}"
    pieces = [answer.content, repr(dict(answer.headers)).encode()]
    if answer.content.startswith(b"PK"):
        with zipfile.ZipFile(io.BytesIO(answer.content)) as book:
            pieces += [book.read(name) for name in book.namelist()]
    return {one for piece in pieces for one in seeds_in(piece)}


def may_read(path: str, kind: str, told: Told) -> Seeds:
    who = WHO[path]
    own = {(one, what) for one, what in told.attendee("ana") if one == "ana"}
    if ANYBODY in who:
        return own
    if kind not in who:
        return set()
    if "/leads." in path:
        return LEADS
    if path.endswith("{tool}.csv"):
        return in_tools()
    return {"attendee": told.attendee("ana"), "host": HOST, "organiser": ORGANISER}[kind]


def in_tools() -> Seeds:
    """Returns what other tools' files may hold: of those alone who let the organiser have any."""
    named = {one for one, _ in consented()}
    return {(one, what) for one, what in of_all(LISTED) if one in named} | consented()


async def sansans_file_is_the_organisers(house: House) -> None:
    """Sansan's own format, filled for the organiser and for nobody else."""
    head = ",".join(f"{name}（必須）" if name in SANSAN_REQUIRED else name for name in SANSAN)
    path = f"/desk/{house.event}/customers/sansan.csv"
    for kind, of_api, reader in the_readers(house):
        async with reader as client:
            if of_api:
                continue
            file = {"file": ("cards.csv", f"{head}\r\n".encode("cp932"))}
            answer = await client.post(path, data={"owner": "u-1"}, files=file)
            if kind == "organiser":
                assert answer.status_code == 200, answer.text
                assert ("jun", "email") in seeds_in(answer.content)  # Sansan wants a company
                check("Sansan's file", answer.content, in_tools())
            else:
                check(f"Sansan's file for {kind}", answer.content, set())


async def programs_hear_what_was_given(store: Store, told: Told, receiver: Receiver) -> None:
    """What the organiser's program is told, as it arrives: of each what both sides let go."""
    async with working(store):
        await wait_until(lambda: "contact.made" in receiver.types(), "the contacts are told", 60.0)
        await wait_until(lambda: "round.ended" in receiver.types(), "the round is told", 60.0)
    organisers = consented()
    gave = {(by, what) for (by, _), fields in told.gave.items() for what in fields}
    works = {(who, what) for who, what in organisers if what == "organisation"}
    of_contacts = (gave & organisers) | works | of_all({"name", "externalid"})
    heard = set()
    for call in receiver.calls:
        made = call.said["type"] == "contact.made"
        heard |= seeds_in(call.body)
        where = f"the program, of {call.said['type']}"
        check(where, call.body + repr(call.headers).encode(), of_contacts if made else set())
    assert {what for _, what in heard} >= {"name", "externalid"}


def addresses(
    house: House, path: str, choice: str, some_letters: list[str], told: Told
) -> list[str]:
    """Returns a route's addresses to look at: for every person and file it could be about."""
    key = {"/e/{event}/in/{key}": house.key("Ana"), "/e/{event}/mail/{who}/{key}": choice}
    ana = path == "/e/{event}/mail/{who}/{key}"
    mates = [name for name in PEOPLE if name.lower() in told.mates["ana"]]
    whom = [*mates, next(name for name in PEOPLE[1:] if name not in mates)]  # ... and a stranger
    values = {
        "{event}": [house.event],
        "{key}": [key.get(path, "wrong")],
        "{who}": [house.id(who) for who in (["Ana"] if ana else whom)],
        "{tool}": [name.removesuffix(".csv") for name in TOOLS],
        "{language}": ["en"],
        "{letter}": some_letters,
        "{kind}": ["confirmation", "contacts"],
    }
    found = [path + QUERIES.get(path, "")]
    for name, those in values.items():
        found = (
            [one.replace(name, value) for one in found for value in those]
            if name in found[0]
            else found
        )
    return found


def the_readers(
    house: House,
) -> Iterator[tuple[str, bool, contextlib.AbstractAsyncContextManager[httpx.AsyncClient]]]:
    """Yields who reads, whether by a program at the API or in a browser, and their client."""
    for of_api in (True, False):
        yield "nobody", of_api, a_reader(house)
    for kind, key in (("attendee", house.key("Ana")), ("host", house.key("Dana"))):
        yield kind, True, a_reader(house, headers=bearer(key))
        yield kind, False, a_reader(house, enters=key)
    yield "organiser", True, a_reader(house, headers=bearer(KEY))
    yield "organiser", False, a_reader(house, organiser=True)


@contextlib.asynccontextmanager
async def a_reader(
    house: House,
    *,
    enters: str = "",
    organiser: bool = False,
    headers: dict[str, str] | None = None,
) -> AsyncIterator[httpx.AsyncClient]:
    """Somebody's browser or program."""
    more = {"origin": house.url, **(headers or {})}
    async with httpx.AsyncClient(base_url=house.url, headers=more, timeout=120) as client:
        if enters:
            entered = await client.post(f"/e/{house.event}/in/{enters}", data={"agree": "1"})
            assert entered.status_code == 303, entered.text
        if organiser:
            await client.post("/desk", data={"key": KEY})
        yield client
