"""The desk's page of one person: what the organiser may see and change, their link, their erasure.

Responsible for the form. What may stand in a field is `person_rows.py`'s, what follows from a
change the rules'. Works without JavaScript.

Invariant: a contact field whose owner has not let the organiser have it is never shown; left empty
it stays as it is (rule 20).
"""

from __future__ import annotations

from collections.abc import Mapping
from http import HTTPStatus

from msgspec import Struct
from msgspec.structs import replace
from starlette.datastructures import FormData
from starlette.requests import Request
from starlette.responses import Response

from rooms.commands import AddAttendees, Invite
from rooms.contacts import consented
from rooms.follow_up import may_be_written_to
from rooms.people import CONSENT_FIELDS, HOST_ROLES, Attendee, Role, is_visible, normalise
from rooms.refusal import Refusal
from server import words
from server.api import personal_url
from server.auth import ORGANISER
from server.bodies import FORM_LIMIT, read_form
from server.evenings import Evening
from server.importing import changed, new_id
from server.organising import erase, find_person, new_link, revoke_link
from server.pages.entry import evening_of
from server.pages.importing import LinkLine
from server.pages.joining import sends_mail
from server.pages.people import MODES, ROLES, STATES, state_of
from server.pages.rendering import redirect, render
from server.pages.returned import CAME_BACK
from server.person_rows import CUSTOM_LIMIT, LISTS, BadRow, clean, limited, split, typed_row
from server.problems import Problem
from server.undelivered import write_again

TEXTS = (
    "name", "reading", "family_name", "given_name", "title", "department", "organisation",
    "email", "phone", "link", "segment", "table", "external_id",
)  # fmt: skip
WORDS = ("interests", "offers", "seeks", "languages")
CUSTOM_SHOWN = 60
PERSON_LIMIT = 12 * CUSTOM_SHOWN * CUSTOM_LIMIT + FORM_LIMIT
"""Bytes of a form: an import's columns at their longest, a sign of which takes twelve at most."""


class CustomField(Struct, frozen=True):
    """A field of the organiser's own list, or an answer to a question of theirs."""

    name: str
    value: str


class Wrong(Exception):
    """A field of the form cannot be taken as it is."""

    def __init__(self, field: str, sentence: str, details: Mapping[str, str | int] | None = None):
        super().__init__(field)
        self.field = field
        self.sentence = sentence
        self.details: Mapping[str, str | int] = details or {}


async def new_person_page(request: Request) -> Response:
    return _page(request, await evening_of(request), None, _form(Attendee(id="", name=""), ""))


async def add_person(request: Request) -> Response:
    """Adds somebody by hand."""
    return await _save(request, await evening_of(request), None)


async def person_page(request: Request) -> Response:
    evening = await evening_of(request)
    person = _person(request, evening)
    return _page(request, evening, person, _shown(evening, person))


async def press_person(request: Request) -> Response:
    """Changes a person, sends them their link, or removes them with all that is kept about them."""
    evening = await evening_of(request)
    person = _person(request, evening)
    form = await read_form(request, PERSON_LIMIT)
    here = f"/desk/{evening.id}/people"
    match form.get("do"):
        case "send":
            if may_be_written_to(evening.event, evening.register, person.id):
                await evening.submit(ORGANISER, Invite(attendees=(person.id,)))
                return redirect(f"{here}/{person.id}?done=sent")
            return redirect(f"{here}/{person.id}?done=no-mail")
        case "works":
            await write_again(evening, person.id)
            return redirect(f"{here}/{person.id}?done=saved")
        case "remove":
            if form.get("sure") != "1":
                unsure = Wrong("sure", NOT_SURE)
                return _page(request, evening, person, _shown(evening, person), wrong=unsure)
            if _is_last_host(evening, person):
                last = Wrong("sure", LAST_HOST)
                return _page(request, evening, person, _shown(evening, person), wrong=last)
            await erase(request.app.state, evening, person)
            return redirect(f"{here}?gone=1")
        case _:
            return await _save(request, evening, person, form)


async def person_link(request: Request) -> Response:
    """Makes a new link for one person, or revokes the one they have."""
    evening = await evening_of(request)
    person = _person(request, evening)
    if (await read_form(request)).get("do") == "revoke":
        await revoke_link(request.app.state, evening, person)
        return _page(request, evening, person, _shown(evening, person), revoked=True)
    key = await new_link(request.app.state, evening, person)
    made = LinkLine(person.name, personal_url(request, evening.id, key))
    return _page(request, evening, person, _shown(evening, person), made=made)


def _person(request: Request, evening: Evening) -> Attendee:
    person = find_person(evening, request.path_params["who"])
    if person is None:
        raise Problem(
            HTTPStatus.NOT_FOUND, "unknown-person", "There is nobody with this id at this event."
        )
    return person


NOT_SURE = "Please tick that you know it cannot be undone."
NO_NAME = "Please give a name: it is what the others see."
NO_TABLE = "A station needs the number of its table."
NO_COMPANION = "Only attendees sit with somebody."
UNKNOWN_COMPANION = "“{who}”, whom this person sits with, is not known."
TAKEN_ID = "{name} has this number or id already."
TAKEN_ADDRESS = "Somebody on the list has this e-mail address already."
LAST_HOST = "This is the event's only host: give somebody else that role first."


def _is_last_host(evening: Evening, person: Attendee) -> bool:
    hosts = [p for p in evening.register.attendees() if p.role is Role.HOST]
    return [p.id for p in hosts] == [person.id]


def _dead_told(evening: Evening, person: Attendee, say: words.Saying) -> str:
    """Returns why no mail goes to somebody's address; empty: it does."""
    dead = evening.register.dead_address(person.id)
    if dead is None:
        return ""
    return " ".join(filter(None, (say(CAME_BACK.get(dead.why, CAME_BACK["came-back"])), dead.said)))


# The form


def _shown(evening: Evening, person: Attendee) -> dict[str, str]:
    """Returns the form of a person as they are, without what they have not let anybody see."""
    companion = evening.register.attendee(person.sits_with).name if person.sits_with else ""
    return _form(person, companion or person.sits_with)


def _form(person: Attendee, companion: str) -> dict[str, str]:
    form = {field: str(getattr(person, field) or "") for field in TEXTS}
    form |= {field: consented(person, field) for field in CONSENT_FIELDS}
    form |= {field: "; ".join(getattr(person, field)) for field in WORDS}
    return form | {
        "mode": person.mode.value,
        "role": person.role.value,
        "first_timer": "1" if person.first_timer else "",
        "sits_with": companion,
    }


async def _save(
    request: Request, evening: Evening, person: Attendee | None, sent: FormData | None = None
) -> Response:
    form = sent if sent is not None else await read_form(request, PERSON_LIMIT)
    typed = {name: str(form.get(name, "")) for name in _form(Attendee(id="", name=""), "")}
    before = person or Attendee(id=new_id(), name="", locale=evening.event.plan.locale)
    try:
        after = replace(_read(evening, before, typed), custom=_custom(before, form))
        _check(evening, before, after)
        if after != person:
            await evening.submit(ORGANISER, AddAttendees(people=(after,)))
    except Wrong as wrong:
        return _page(request, evening, person, typed, wrong=wrong)
    except Refusal as refusal:
        refused = Wrong(str(refusal.details.get("field", "")), refusal.sentence, refusal.details)
        return _page(request, evening, person, typed, wrong=refused)
    done = "saved" if person else "added"
    return redirect(f"/desk/{evening.id}/people/{after.id}?done={done}")


def _read(evening: Evening, before: Attendee, typed: Mapping[str, str]) -> Attendee:
    """Returns a person as the form has them; raises Wrong for the first field that cannot be."""
    person = before
    for field in (*TEXTS, *WORDS, "mode", "role"):
        try:
            text = clean(typed[field], field)
            if not text:
                person = _emptied(person, field)
                continue
            lists = {field: split(text, ";；、,，")} if field in LISTS else {}
            row = typed_row(1, {} if lists else {field: text}, lists, {})
        except BadRow as bad:
            raise Wrong(field, bad.why.sentence, bad.why.details) from bad
        own_name = person.name
        person = changed(person, row)
        if field in ("family_name", "given_name"):  # a row makes a whole name of its parts
            person = replace(person, name=own_name)
    return replace(
        person,
        first_timer=typed["first_timer"] == "1",
        sits_with=_companion(evening, person, typed["sits_with"].strip()),
    )


def _emptied(person: Attendee, field: str) -> Attendee:
    """Returns a person without a field; one that they did not let us see stays as it is."""
    hidden = field in CONSENT_FIELDS and field not in person.organiser_may_export
    if hidden or field in ("mode", "role"):
        return person
    empty: object = () if field in WORDS else None if field == "table" else ""
    return replace(person, **{field: empty})


def _companion(evening: Evening, person: Attendee, who: str) -> str:
    """Returns the id of whom somebody sits with; raises Wrong for nobody known, or several."""
    if not who:
        return ""
    before = evening.register.attendee(person.sits_with) if person.sits_with else None
    if before is not None and before.name == who:
        return before.id
    same = [p.id for p in evening.register.attendees() if normalise(p.name) == normalise(who)]
    known = find_person(evening, who)
    id = known.id if known else same[0] if len(same) == 1 else ""
    if not id or id == person.id:
        raise Wrong("sits_with", UNKNOWN_COMPANION, {"who": who[:80]})
    return id


def _custom(before: Attendee, form: FormData) -> dict[str, str]:
    found = dict(before.custom)
    for at, name in enumerate([*before.custom][:CUSTOM_SHOWN]):
        if f"custom-{at}" not in form:
            continue
        try:
            value = limited(clean(str(form[f"custom-{at}"]), name), CUSTOM_LIMIT, name)
        except BadRow as bad:
            raise Wrong(f"custom-{at}", bad.why.sentence, bad.why.details) from bad
        if value:
            found[name] = value
        else:
            del found[name]
    return found


def _check(evening: Evening, before: Attendee, after: Attendee) -> None:
    """Raises Wrong for what no field alone shows: nobody's name, somebody else's id or address."""
    if not is_visible(after.name):
        raise Wrong("name", NO_NAME)
    if before.role is Role.HOST and after.role is not Role.HOST and _is_last_host(evening, before):
        raise Wrong("role", LAST_HOST)
    if after.role is Role.STATION and after.table is None:
        raise Wrong("table", NO_TABLE)
    if after.sits_with and after.role not in (Role.ATTENDEE, Role.AMBASSADOR, *HOST_ROLES):
        raise Wrong("sits_with", NO_COMPANION)
    for other in evening.register.attendees():
        if other.id == after.id:
            continue
        is_new = after.external_id != before.external_id
        if after.external_id and is_new and after.external_id == other.external_id:
            raise Wrong("external_id", TAKEN_ID, {"name": other.name})
        is_new = after.email.casefold() != before.email.casefold()
        if after.email and is_new and after.email.casefold() == other.email.casefold():
            raise Wrong("email", TAKEN_ADDRESS)


def _page(
    request: Request,
    evening: Evening,
    person: Attendee | None,
    form: Mapping[str, str],
    *,
    wrong: Wrong | None = None,
    made: LinkLine | None = None,
    revoked: bool = False,
) -> Response:
    """Draws desk_person.html.

    `event`, `person` (None: somebody new), `form`, `custom`, `hidden`, `state`, `mail_off`,
    `writable`, `dead`, `roles`, `modes`, `segments`, `problem`, `problem_field`, `made`,
    `revoked`, `done`, `urls`.
    """
    known = words.words(words.language(request))
    here = f"/desk/{evening.id}/people"
    mine = f"{here}/{person.id}" if person else f"{here}/new"
    custom = person.custom if person else {}
    context: dict[str, object] = {
        "event": {"id": evening.id, "title": evening.register.details.title},
        "person": {"id": person.id, "name": person.name} if person else None,
        "form": form,
        "custom": [CustomField(*field) for field in [*custom.items()][:CUSTOM_SHOWN]],
        "hidden": [
            field
            for field in CONSENT_FIELDS
            if person is not None and field not in person.organiser_may_export
        ],
        "mail_off": not sends_mail(request),
        "state": known.gettext(STATES[state_of(evening, person.id)]) if person else "",
        "dead": _dead_told(evening, person, known.gettext) if person else "",
        "writable": person is not None
        and may_be_written_to(evening.event, evening.register, person.id),
        "roles": [(role, known.gettext(label)) for role, label in ROLES.items()],
        "modes": [(mode, known.gettext(label)) for mode, label in MODES.items()],
        "segments": sorted({p.segment for p in evening.register.attendees() if p.segment})[:200],
        "problem": known.gettext(wrong.sentence, **wrong.details) if wrong else None,
        "problem_field": wrong.field if wrong else None,
        "made": made,
        "revoked": revoked,
        "done": request.query_params.get("done", ""),
        "urls": {
            "people": here,
            "person": mine,
            "link": f"{mine}/link",
            "cards": f"{here}/cards",
            "event": f"/desk/{evening.id}",
            "mail": f"/desk/{evening.id}/mail",
        },
    }
    status = HTTPStatus.UNPROCESSABLE_ENTITY if wrong else HTTPStatus.OK
    return render(request, "desk_person.html", context, status=status)
