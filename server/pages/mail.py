"""The desk's pages about mail: what goes when and to how many, what is in trouble, whose words.

Responsible for forms and for showing; which letters follow is `rooms.follow_up`'s, what they say
`letters.py`'s. Works without JavaScript.

Invariant: the organiser reads no contact field, note, next step or card that is not theirs to read
(rules 18, 19): letters are written discreetly here, and say what their reader alone will see.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from http import HTTPStatus

from msgspec import Struct
from msgspec.structs import replace
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

from rooms.commands import Invite, SendThanks, WriteMail
from rooms.contacts import consented
from rooms.follow_up import Kind, Letter, due, letters, may_be_written_to
from rooms.people import MailText
from server import mail_texts, words
from server.auth import ORGANISER, keys_of, public_url
from server.bodies import read_form
from server.bounces import reason
from server.evenings import Evening
from server.letters import OUTCOME_LABELS, Links, Writer, Written
from server.mail import FINAL, Book, Entry, State, trouble
from server.mail_server import TROUBLES
from server.pages.entry import evening_of
from server.pages.rendering import redirect, render
from server.pages.returned import CAME_BACK, came_back_told
from server.problems import Problem
from server.redis import Store
from server.settings import Settings
from server.undelivered import write_again

SHOWN = 200
WORDS_LIMIT = 256 * 1024
"""Bytes of a form: both texts at their longest, in signs that a form writes with twelve bytes."""

LABELS: Mapping[Kind, str] = {
    Kind.CONFIRMATION: "The link",
    Kind.REMINDER: "The reminder",
    Kind.INTRODUCTION: "The introduction",
    Kind.EVENING: "After the evening",
    Kind.MISSED: "For those who did not come",
    Kind.THANKS: "The thank-you",
    Kind.NUDGE: "Next steps",
    Kind.OUTCOME: "What came of it",
    Kind.REQUEST: "The request",
    Kind.WAITING: "The waiting list",
    Kind.PLACE: "A place after all",
    Kind.REFUSED: "No place",
}
TIMES: Mapping[Kind, str] = {
    Kind.CONFIRMATION: "At once, to whoever signs up with an address, and to whom you send it",
    Kind.REMINDER: "A day before the start, to whoever has a link and did not say no",
    Kind.INTRODUCTION: "A minute after both said yes, to both",
    Kind.EVENING: "At the end of the evening, to everybody who came",
    Kind.MISSED: "Two hours after the end, to those who had a link and did not come",
    Kind.THANKS: "When you press for it, to everybody who came",
    Kind.NUDGE: "A week after the end, to those with next steps not done",
    Kind.OUTCOME: "21 days after the end, to those who made a contact",
    Kind.REQUEST: "At once, to whoever asks for a place, before you answer",
    Kind.WAITING: "At once, to whoever signs up when all places are taken",
    Kind.PLACE: "At once, to whom you give a place, and to whoever moves up",
    Kind.REFUSED: "At once, to whom you give no place",
}
REASONS = {
    **CAME_BACK,
    "refused-address": "The mail server knows no such address.",
    "not-taken": "The mail server takes no mail for this address.",
    "refused-mail": "The mail server refused this mail.",
    "gave-up": "The mail server put it off again and again.",
    "bad-address": "This is no address that mail can be sent to.",
    "not-made": "This mail could not be made; the log says why.",
    "no-answer": "The mail server broke off before it answered: the mail may have gone out.",
    "later": "The mail server put it off; it is tried again by itself.",
    "server": "It waits for the mail server.",
    "not-due": "It was not wanted any more when its turn came.",
    "left": "You left it at that.",
    "by-hand": "You sent it yourself.",
}


class KindLine(Struct, frozen=True, kw_only=True):
    """One kind of mail in the list."""

    kind: str
    label: str
    when: str
    on: bool
    written: bool
    sent: int
    """Letters that went out."""
    to_go: int
    """Letters that follow from what is known by now and are not out yet."""
    troubled: int
    """Letters that were refused or are in doubt."""
    url: str


class LetterLine(Struct, frozen=True, kw_only=True):
    """One letter in the list."""

    id: str
    name: str
    email: str
    label: str
    state: str
    why: str
    said: str
    url: str
    person_url: str = ""
    dead: bool = False
    """Whether no mail goes to their address, since mails come back from it."""


async def mail_page(request: Request) -> Response:
    """Draws desk_mail.html.

    `event`, `kinds`, `trouble`, `to_invite`, `without_address`, `thanks`, `attention`,
    `more_attention`, `refused`, `waiting`, `more_waiting`, `outcomes`, `declined`, `done`,
    `came_back`, `dead`, `urls`.
    """
    evening = await evening_of(request)
    event, register = evening.event, evening.register
    store: Store = request.app.state.store
    say = words.words(words.language(request)).gettext
    here = f"/desk/{evening.id}/mail"
    book = await Book(store, evening.id).all()
    planned = list(letters(event, register))
    now = store.clock()
    pending = [one for one in due(event, register, now).values() if _is_pending(book, one)]
    to_invite = uninvited(evening)
    attention = [
        _line(evening, id, line, say, here)
        for id, line in book.items()
        if line.state in (State.FAILED, State.UNSURE)
    ]
    context: dict[str, object] = {
        "event": {"id": evening.id, "title": register.details.title},
        "kinds": [_kind(evening, kind, planned, book, say, here) for kind in Kind],
        "trouble": await _trouble(request, say),
        "to_invite": len(to_invite),
        "without_address": sum(
            1 for p in register.attendees() if not p.email and event.people[p.id].takes_seat
        ),
        "thanks": _thanks(evening),
        "attention": attention[:SHOWN],
        "more_attention": max(0, len(attention) - SHOWN),
        "refused": len(_refused(evening, book)),
        "waiting": [_line(evening, one.id, book.get(one.id), say, here) for one in pending[:SHOWN]],
        "more_waiting": max(0, len(pending) - SHOWN),
        "outcomes": _outcomes(evening, say),
        "declined": len(event.declined),
        "done": request.query_params.get("done", ""),
        "came_back": came_back_told(evening, request.query_params, say),
        "dead": sum(
            register.dead_address(person.id) is not None for person in register.attendees()
        ),
        "urls": {
            "event": f"/desk/{evening.id}",
            "mail": here,
            "bounce": f"{here}/came-back",
            "dead": f"/desk/{evening.id}/people?came=unreachable",
        },
    }
    return render(request, "desk_mail.html", context)


def _is_pending(book: Mapping[str, Entry], letter: Letter) -> bool:
    line = book.get(letter.id)
    return line is None or line.state not in FINAL


def _refused(evening: Evening, book: Mapping[str, Entry]) -> list[str]:
    """Returns the letters that were given up, but for those whose address takes no mail."""
    return [
        id
        for id, line in book.items()
        if line.state is State.FAILED and not evening.register.dead_address(id.split(":")[1])
    ]


def uninvited(evening: Evening) -> list[str]:
    """Returns who has an address and a place, and has not been sent a link."""
    event = evening.event
    return [
        id
        for id in event.people
        if id not in event.invited
        and id not in event.signed_up
        and event.people[id].has_place
        and may_be_written_to(event, evening.register, id)
    ]


def _thanks(evening: Evening) -> str:
    """Returns whether the thank-you is `early`, `ready` or `sent`."""
    if evening.event.ended_at is None:
        return "early"
    return "ready" if evening.event.thanked_at is None else "sent"


def _outcomes(evening: Evening, say: words.Saying) -> list[tuple[str, int]]:
    """Returns what came of it, as totals; none before five people have answered (rule 19)."""
    told = Counter(evening.event.outcomes.values())
    if sum(told.values()) < 5:
        return []
    return [(say(label), told[one]) for one, label in OUTCOME_LABELS.items()]


async def _trouble(request: Request, say: words.Saying) -> list[str]:
    """Returns what keeps mails back, as sentences."""
    settings: Settings = request.app.state.settings
    store: Store = request.app.state.store
    if settings.smtp is None:
        return [
            say(
                "No mail server is set (MEGURI_SMTP_URL), so nothing is sent. Every mail that"
                " waits can be read and copied here."
            )
        ]
    if settings.public_url is None:
        return [say("MEGURI_PUBLIC_URL is not set: no mail is sent, since links begin with it.")]
    office = await trouble(store, store.clock())
    found = []
    if not office.worker:
        found.append(say("Nobody is sending: start “meguri worker” beside the server."))
    if office.why:
        sentence = say(TROUBLES.get(office.why, TROUBLES["away"]))
        waits = say("Mails wait, and go out by themselves when it is mended.")
        found.append(" ".join(filter(None, (sentence, office.said, waits))))
    return found


def _kind(
    evening: Evening,
    kind: Kind,
    planned: list[Letter],
    book: Mapping[str, Entry],
    say: words.Saying,
    here: str,
) -> KindLine:
    mine = [line.state for id, line in book.items() if id.startswith(f"{kind}:")]
    of_kind = [one for one in planned if one.kind is kind]
    texts = evening.register.mail_texts
    return KindLine(
        kind=kind.value,
        label=say(LABELS[kind]),
        when=say(TIMES[kind]),
        on=kind.value not in texts.off,
        written=any(key.startswith(f"{kind}.") for key in texts.texts),
        sent=mine.count(State.SENT),
        to_go=sum(_is_pending(book, one) for one in of_kind),
        troubled=mine.count(State.FAILED) + mine.count(State.UNSURE),
        url=f"{here}/{kind.value}",
    )


def _line(
    evening: Evening, id: str, line: Entry | None, say: words.Saying, here: str
) -> LetterLine:
    kind, to, *_ = id.split(":")
    person = evening.register.attendee(to)
    why = line.why if line else ""
    if line and why == "refused-address" and reason("", line.said) != "came-back-unknown":
        why = "not-taken"  # there may be such an address; the server has another reason
    return LetterLine(
        id=id,
        name=person.name,
        email=consented(person, "email"),
        label=say(LABELS[Kind(kind)]),
        state=line.state.value if line else State.WAITING.value,
        why=say(REASONS[why]) if why in REASONS else "",
        said=line.said if line else "",
        url=f"{here}/letters/{id}",
        person_url=f"/desk/{evening.id}/people/{to}" if person.name else "",
        dead=evening.register.dead_address(to) is not None,
    )


async def press_mail(request: Request) -> Response:
    """Does what was pressed: send links, the thank-you, one letter again; let one letter be, or
    note that the organiser sent it themselves."""
    evening = await evening_of(request)
    store: Store = request.app.state.store
    form = await read_form(request)
    done, letter = str(form.get("do", "")), str(form.get("letter", ""))[:200]
    match done:
        case "invite":
            await evening.submit(ORGANISER, Invite(attendees=tuple(uninvited(evening))))
        case "thanks":
            await evening.submit(ORGANISER, SendThanks())
        case "again":
            await _send_again(evening, Book(store, evening.id), letter, store.clock())
        case "all-again":
            book = Book(store, evening.id)
            for one in _refused(evening, await book.all()):
                await book.again(one, store.clock())
        case "leave":
            await Book(store, evening.id).leave(letter, store.clock())
        case "by-hand":
            if letter not in {one.id for one in letters(evening.event, evening.register)}:
                raise _unknown()
            if not await Book(store, evening.id).sent_by_hand(letter, store.clock()):
                done = "under-way"
        case _:
            raise _unknown()
    return redirect(f"/desk/{evening.id}/mail?done={done}")


async def _send_again(evening: Evening, book: Book, letter: str, now: int) -> None:
    """Has a letter sent once more, to an address that mails came back from too: they know better.

    Their other refused letters are let be, or the worker would mark the address by them again.
    """
    to = letter.split(":")[1] if ":" in letter else ""
    if evening.register.dead_address(to) is not None:
        for other, line in (await book.all()).items():
            if other != letter and other.split(":")[1] == to and line.why == "refused-address":
                await book.leave(other, now)
        await write_again(evening, to)
    await book.again(letter, now)


def _unknown() -> Problem:
    return Problem(HTTPStatus.NOT_FOUND, "unknown-page", "There is no such page.")


# One letter, to read and copy


async def letter_page(request: Request) -> Response:
    """Draws desk_letter.html: `event`, `letter`, `written`, `withheld`, `urls`."""
    evening = await evening_of(request)
    store: Store = request.app.state.store
    id = request.path_params["letter"]
    known = {one.id: one for one in letters(evening.event, evening.register)}
    letter = known.get(id)
    if letter is None:
        raise _unknown()
    line = (await Book(store, evening.id).read([id])).get(id)
    say = words.words(words.language(request)).gettext
    here = f"/desk/{evening.id}/mail"
    role = evening.event.people[letter.to].role
    key = await keys_of(request).mailed_key(evening.id, letter.to, role)
    written = Writer(
        evening.event,
        evening.register,
        letter,
        await _links(request, evening, letter.to, key),
        discreet=True,
    ).write()
    context: dict[str, object] = {
        "event": {"id": evening.id, "title": evening.register.details.title},
        "letter": _line(evening, id, line, say, here),
        "written": written,
        "urls": {"mail": here},
    }
    return render(request, "desk_letter.html", context)


async def _links(request: Request, evening: Evening, who: str, key: str) -> Links:
    base = f"{public_url(request)}/e/{evening.id}"
    choice = await keys_of(request).choice_key(evening.id, who) if key else "…"
    return Links(page=f"{base}/in/{key or '…'}", choices=f"{base}/mail/{who}/{choice}", event=base)


# One kind: its words


class Typed(Struct, frozen=True, kw_only=True):
    """The form of a mail's words: by language, and whether it is sent."""

    texts: dict[str, MailText]
    on: bool
    who: str = ""
    language: str = ""


async def words_page(request: Request) -> Response:
    evening = await evening_of(request)
    kind = _kind_of(request)
    texts = evening.register.mail_texts
    language = words.language(request, evening.event.plan.locale)
    typed = Typed(
        texts={code: mail_texts.chosen(texts, kind, code) for code in words.LANGUAGES},
        on=kind.value not in texts.off,
        who=request.query_params.get("who", ""),
        language=request.query_params.get("language", language),
    )
    saved = "saved" in request.query_params
    return await _words_page(request, evening, kind, typed, saved=saved)


def _kind_of(request: Request) -> Kind:
    try:
        return Kind(request.path_params["kind"])
    except ValueError as error:
        raise _unknown() from error


async def save_words(request: Request) -> Response:
    """Keeps a mail's words, shows how they would read, or goes back to the usual ones."""
    evening = await evening_of(request)
    kind = _kind_of(request)
    form = await read_form(request, WORDS_LIMIT)

    def text(name: str) -> str:
        return str(form.get(name, "")).replace("\r\n", "\n").strip()

    before = evening.register.mail_texts
    others = {k: v for k, v in before.texts.items() if not k.startswith(f"{kind}.")}
    if form.get("do") == "usual":
        await evening.submit(ORGANISER, WriteMail(texts=replace(before, texts=others)))
        return redirect(f"{request.url.path}?saved=1")
    typed = Typed(
        texts={
            code: MailText(subject=text(f"subject_{code}"), text=text(f"text_{code}"))
            for code in words.LANGUAGES
        },
        on=form.get("on") == "1",
        who=text("who"),
        language=text("language"),
    )
    for code, written in typed.texts.items():
        try:
            mail_texts.check(kind, written)
        except mail_texts.BrokenText as broken:
            return await _words_page(request, evening, kind, typed, broken=(code, broken))
    if form.get("do") == "preview":
        return await _words_page(request, evening, kind, typed)
    own = {
        f"{kind}.{code}": written
        for code, written in typed.texts.items()
        if written != mail_texts.usual(kind, code)
    }
    off = tuple(sorted({*before.off, kind.value} - ({kind.value} if typed.on else set())))
    await evening.submit(
        ORGANISER, WriteMail(texts=replace(before, texts={**others, **own}, off=off))
    )
    return redirect(f"{request.url.path}?saved=1")


async def _words_page(
    request: Request,
    evening: Evening,
    kind: Kind,
    typed: Typed,
    *,
    saved: bool = False,
    broken: tuple[str, mail_texts.BrokenText] | None = None,
) -> Response:
    """Draws desk_mail_words.html.

    `event`, `label`, `when`, `form`, `places`, `people`, `preview`, `languages_known`, `problem`,
    `problem_field`, `saved`, `urls`.
    """
    language = words.language(request)
    say = words.words(language).gettext
    people = [p for p in evening.register.attendees() if evening.event.people[p.id].takes_seat]
    written = None if broken else await _preview(request, evening, kind, typed)
    here = f"/desk/{evening.id}/mail"
    context: dict[str, object] = {
        "event": {"id": evening.id, "title": evening.register.details.title},
        "label": say(LABELS[kind]),
        "when": say(TIMES[kind]),
        "form": typed,
        "places": [f"{{{name}}}" for name in mail_texts.places(kind)],
        "people": [(person.id, person.name) for person in people[:500]],
        "preview": written,
        "languages_known": list(words.LANGUAGES.items()),
        "problem": words.sentence(language, broken[1].why) if broken else None,
        "problem_field": f"{broken[1].field}_{broken[0]}" if broken else "",
        "saved": saved,
        "urls": {
            "mail": here,
            "words": f"{here}/{kind}",
            "html": f"{here}/{kind}/preview?who={typed.who}&language={typed.language}",
        },
    }
    status = HTTPStatus.UNPROCESSABLE_ENTITY if broken else HTTPStatus.OK
    return render(request, "desk_mail_words.html", context, status=status)


async def _preview(request: Request, evening: Evening, kind: Kind, typed: Typed) -> Written | None:
    """Returns the mail as a real person would get it, but for what they alone may read."""
    event, register = evening.event, evening.register
    seated = [id for id, person in event.people.items() if person.takes_seat and register.has(id)]
    if not seated:
        return None
    who = typed.who if typed.who in seated else seated[0]
    about = next((id for id in seated if id != who), who)
    letter = Letter(id="preview", kind=kind, to=who, about=about, due_at=0, until=0)
    writer = Writer(
        event, register, letter, await _links(request, evening, who, ""), discreet=True,
        language=typed.language, text=typed.texts.get(typed.language),
    )  # fmt: skip
    return writer.write()


async def preview_html(request: Request) -> Response:
    """Shows the saved words as an HTML mail, by itself: nothing in it can run or load anything."""
    evening = await evening_of(request)
    kind = _kind_of(request)
    typed = Typed(
        texts={},
        on=True,
        who=request.query_params.get("who", ""),
        language=request.query_params.get("language", ""),
    )
    written = await _preview(request, evening, kind, typed)
    if written is None:
        raise _unknown()
    policy = "default-src 'none'; style-src 'unsafe-inline'; sandbox; frame-ancestors 'none'"
    return HTMLResponse(
        written.html,
        headers={
            "content-security-policy": policy,
            "cache-control": "no-store",
            "x-content-type-options": "nosniff",
            "referrer-policy": "no-referrer",
        },
    )
