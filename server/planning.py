"""An event as the API's JSON: what an organiser asks for, checked, and what an event looks like.

Responsible for turning bodies of `POST` and `PATCH /api/events` into a plan and details, with a
sentence for what to mend; and back. Knows no request and no store.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from http import HTTPStatus
from typing import Annotated, TypeVar
from zoneinfo import available_timezones

import msgspec
from msgspec import UNSET, Meta, Struct, UnsetType

from rooms.commands import RoundAsked
from rooms.company import SUGGESTED
from rooms.event import Event
from rooms.matching.rules import MUST
from rooms.messages import Phase
from rooms.people import (
    HOST_ROLES,
    TAG_LIMIT,
    Asks,
    Attendee,
    Details,
    Goals,
    Mode,
    Question,
    Quota,
    Register,
    SegmentRule,
    normalise,
    tidied,
)
from rooms.places import places, requests, waiting_list
from rooms.programme import WEIGHT_LIMIT, Allow, Mixing, Plan, PlannedRound, SignUp, Weights
from rooms.refusal import Refusal
from rooms.replanning import MOST_ROUNDS, as_planned, details_with
from rooms.synonyms import GROUPS_LIMIT, WORDS_LIMIT, fault, tidy
from rooms.topic_standing import topics_of
from server.person_rows import is_column
from server.problems import Problem
from server.wire import fault_of

BAD = HTTPStatus.UNPROCESSABLE_ENTITY

Title = Annotated[str, Meta(min_length=1, max_length=200)]
Name = Annotated[str, Meta(max_length=80)]
Instant = Annotated[int, Meta(ge=0, le=253_370_764_799_000)]
"""Milliseconds since 1970 UTC, up to the end of 9998: a day later there are zones in which no
calendar of Python's can write it, and then no page that lists the event."""
QUESTION_LIMIT = 80
"""Characters of a question: it is the title of a column in the list of people."""
QUESTIONS_LIMIT = 12
"""Questions of a sign-up."""

OPTIONS_LIMIT = 20
"""Options of such a question."""

LEAST_MINUTES_DAYS, MOST_MINUTES_DAYS = 45, 3650
Count = Annotated[int, Meta(ge=0, le=10_000)]


class ProgrammeBody(Struct, kw_only=True):
    rounds: Annotated[tuple[RoundAsked, ...], Meta(min_length=1, max_length=MOST_ROUNDS)]


class SegmentBody(Struct, kw_only=True):
    a: Name
    b: Name
    rule: Annotated[str, Meta(pattern="^(must|must-not)$")]


Weight = Annotated[float, Meta(ge=0, le=WEIGHT_LIMIT)]
Tag = Annotated[str, Meta(max_length=TAG_LIMIT)]
Synonyms = Annotated[
    tuple[Annotated[tuple[Tag, ...], Meta(max_length=WORDS_LIMIT)], ...],
    Meta(max_length=GROUPS_LIMIT),
]


class WeightsBody(Struct, kw_only=True):
    """What counts for how much: 0 not at all, 1 as usual, up to 10; what is left out stays."""

    interests: Weight | UnsetType = UNSET
    offers: Weight | UnsetType = UNSET
    wishes: Weight | UnsetType = UNSET
    organisation: Weight | UnsetType = UNSET
    language: Weight | UnsetType = UNSET
    ambassadors: Weight | UnsetType = UNSET
    first_timers: Weight | UnsetType = UNSET


class SettingsBody(Struct, kw_only=True):
    common_language: bool | UnsetType = UNSET
    ready_check: bool | UnsetType = UNSET
    reunions: bool | UnsetType = UNSET
    minutes_days: Annotated[int, Meta(ge=LEAST_MINUTES_DAYS, le=MOST_MINUTES_DAYS)] | UnsetType = (
        UNSET
    )
    mixing: Mixing | UnsetType = UNSET
    allow: Allow | UnsetType = UNSET
    """What gives way first with nobody at the console."""
    segments: Annotated[tuple[SegmentBody, ...], Meta(max_length=200)] | UnsetType = UNSET
    segment_most: Annotated[int, Meta(ge=1, le=100)] | UnsetType | None = UNSET
    weights: WeightsBody | UnsetType = UNSET
    synonyms: Synonyms | UnsetType = UNSET
    suggestions: Annotated[tuple[Tag, ...], Meta(max_length=SUGGESTED)] | UnsetType = UNSET


class GoalsBody(Struct, kw_only=True):
    """What the organiser wants of the event, and what it costs; null: not said."""

    people: Annotated[int, Meta(ge=0, le=1_000_000)] | UnsetType | None = UNSET
    met: Annotated[float, Meta(ge=0, le=10_000)] | UnsetType | None = UNSET
    contacts: Annotated[int, Meta(ge=0, le=10_000_000)] | UnsetType | None = UNSET
    cost: Annotated[float, Meta(ge=0, le=1e12)] | UnsetType | None = UNSET
    currency: Annotated[str, Meta(max_length=12)] | UnsetType = UNSET


class QuotaBody(Struct, kw_only=True):
    """How many people of a segment have a place at the most."""

    segment: Annotated[str, Meta(min_length=1, max_length=80)]
    most: Count


class QuestionBody(Struct, kw_only=True):
    """A question of the sign-up: its words and options by language (`en`, `ja`)."""

    id: Annotated[str, Meta(pattern="^[a-z0-9-]{1,40}$")]
    asks: Asks = Asks.TEXT
    words: dict[str, Annotated[str, Meta(max_length=QUESTION_LIMIT)]]
    options: dict[str, tuple[Annotated[str, Meta(max_length=QUESTION_LIMIT)], ...]] = {}
    required: bool = False


class SignUpBody(Struct, kw_only=True):
    """Who may sign up, how many find a place, and what they are asked; what is left out stays."""

    how: SignUp | UnsetType = UNSET
    capacity: Annotated[int, Meta(ge=1, le=100_000)] | UnsetType | None = UNSET
    quotas: Annotated[tuple[QuotaBody, ...], Meta(max_length=50)] | UnsetType = UNSET
    questions: Annotated[tuple[QuestionBody, ...], Meta(max_length=QUESTIONS_LIMIT)] | UnsetType = (
        UNSET
    )


class EventPatch(Struct, kw_only=True):
    """What an organiser or a host changes; what is left out stays."""

    title: Title | UnsetType = UNSET
    starts_at: Instant | UnsetType | None = UNSET
    locale: Annotated[str, Meta(min_length=2, max_length=10)] | UnsetType = UNSET
    time_zone: Name | UnsetType = UNSET
    programme: ProgrammeBody | UnsetType = UNSET
    tables: Count | UnsetType | None = UNSET
    stations: Count | UnsetType | None = UNSET
    series: Name | UnsetType = UNSET
    settings: SettingsBody | UnsetType = UNSET
    goals: GoalsBody | UnsetType = UNSET
    sign_up: SignUpBody | UnsetType = UNSET


class EventBody(EventPatch, kw_only=True):
    """A new event: a title and a programme; everything else has a default."""

    title: Title
    programme: ProgrammeBody


Body = TypeVar("Body")


def read_body(data: bytes, type: type[Body]) -> Body:
    """Decodes a JSON body; raises Problem with the path of the field that is wrong."""
    try:
        return msgspec.json.decode(data, type=type)
    except msgspec.ValidationError as error:
        fault = fault_of(error)
        field = fault.field
        if fault.is_missing:
            raise Problem(
                BAD, "bad-field", "The field “{name}” is missing.", field=field, name=field
            ) from error
        if not field:
            raise Problem(
                BAD, "bad-json", "The body must be a JSON object with the fields of this request."
            ) from error
        raise Problem(
            BAD,
            "bad-field",
            "The field “{name}” is wrong ({detail}).",
            field=field,
            name=field,
            detail=fault.detail,
        ) from error
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise Problem(HTTPStatus.BAD_REQUEST, "bad-json", "The body is not valid JSON.") from error


def plan_of(body: EventPatch, before: Plan) -> Plan:
    """Returns a plan with what the body gives; raises Problem for what cannot be held."""
    plan = before
    if body.programme is not UNSET:
        plan = msgspec.structs.replace(plan, rounds=_rounds(body.programme))
    if body.time_zone is not UNSET:
        if body.time_zone not in available_timezones():
            raise Problem(
                BAD,
                "bad-field",
                "The time zone “{name}” is not known: write one like “Asia/Tokyo”.",
                field="time_zone",
                name=body.time_zone,
            )
        plan = msgspec.structs.replace(plan, time_zone=body.time_zone)
    for field in ("starts_at", "locale", "tables", "stations"):
        if (value := getattr(body, field)) is not UNSET:
            plan = msgspec.structs.replace(plan, **{field: value})
    if body.sign_up is not UNSET and body.sign_up.how is not UNSET:
        plan = msgspec.structs.replace(plan, sign_up=body.sign_up.how)
    if body.sign_up is not UNSET and body.sign_up.capacity is not UNSET:
        plan = msgspec.structs.replace(plan, capacity=body.sign_up.capacity)
    settings = body.settings
    if settings is UNSET:
        return plan
    for field in ("common_language", "ready_check", "reunions", "mixing", "allow", "minutes_days"):
        if (value := getattr(settings, field)) is not UNSET:
            plan = msgspec.structs.replace(plan, **{field: value})
    return msgspec.structs.replace(plan, weights=_weights(settings.weights, plan.weights))


def _weights(body: WeightsBody | UnsetType, before: Weights) -> Weights:
    given = {} if body is UNSET else msgspec.structs.asdict(body)
    found = {name: float(value) for name, value in given.items() if value is not UNSET}
    return msgspec.structs.replace(before, **found)


def _rounds(programme: ProgrammeBody) -> tuple[PlannedRound, ...]:
    rounds: list[PlannedRound] = []
    for at, body in enumerate(programme.rounds):
        field = f"programme.rounds[{at}]"
        try:
            rounds.append(as_planned(body))
        except Refusal as refusal:
            raise Problem(BAD, refusal.code, refusal.sentence, field=field) from refusal
    return tuple(rounds)


def details_of(body: EventPatch, before: Details) -> Details:
    """Returns the organiser's words with what the body gives."""
    details = before
    if body.title is not UNSET:
        if not body.title.strip():
            raise Problem(BAD, "bad-field", "An event needs a title.", field="title")
        details = msgspec.structs.replace(details, title=" ".join(body.title.split()))
    if body.programme is not UNSET:
        try:
            details = details_with(details, body.programme.rounds)
        except Refusal as refusal:
            raise Problem(BAD, refusal.code, refusal.sentence, field="stream_url") from refusal
    if body.series is not UNSET:
        details = msgspec.structs.replace(details, series=body.series)
    if body.goals is not UNSET:
        wanted = {k: v for k, v in msgspec.structs.asdict(body.goals).items() if v is not UNSET}
        goals = msgspec.structs.replace(details.goals, **wanted)
        details = msgspec.structs.replace(details, goals=goals)
    if body.sign_up is not UNSET:
        details = _sign_up(body.sign_up, details)
    if body.settings is UNSET:
        return details
    if body.settings.segments is not UNSET:
        rules = tuple(SegmentRule(a=s.a, b=s.b, rule=s.rule) for s in body.settings.segments)
        _check_segments(rules)
        details = msgspec.structs.replace(details, segments=rules)
    if body.settings.segment_most is not UNSET:
        details = msgspec.structs.replace(details, segment_most=body.settings.segment_most)
    if body.settings.synonyms is not UNSET:
        wrong = fault(body.settings.synonyms)
        if wrong is not None:
            raise Problem(BAD, "bad-field", wrong[0], field="settings.synonyms", word=wrong[1])
        details = msgspec.structs.replace(details, synonyms=tidy(body.settings.synonyms))
    if body.settings.suggestions is not UNSET:
        tags = dict.fromkeys(tidied(tag) for tag in body.settings.suggestions)
        details = msgspec.structs.replace(details, suggestions=tuple(tag for tag in tags if tag))
    return details


def _sign_up(body: SignUpBody, details: Details) -> Details:
    """Returns details with quotas and questions; raises Problem for any that cannot be asked."""
    if body.quotas is not UNSET:
        quotas = {}
        for at, quota in enumerate(body.quotas):
            name = tidied(quota.segment)
            if not normalise(name) or normalise(name) in quotas:
                raise Problem(
                    BAD,
                    "bad-field",
                    "“{name}” stands there twice, or is no name: each segment has one line.",
                    field=f"sign_up.quotas[{at}]",
                    name=name,
                )
            quotas[normalise(name)] = Quota(segment=name, most=quota.most)
        details = msgspec.structs.replace(details, quotas=tuple(quotas.values()))
    if body.questions is UNSET:
        return details
    questions: list[Question] = []
    for at, one in enumerate(body.questions):
        field = f"sign_up.questions[{at}]"
        question = _question(one, field)
        asked = {words for before in questions for words in before.words.values()}
        if asked & set(question.words.values()) or any(one.id == had.id for had in questions):
            raise Problem(BAD, "bad-field", "This question is asked already.", field=field)
        questions.append(question)
    return msgspec.structs.replace(details, questions=tuple(questions))


def _question(body: QuestionBody, field: str) -> Question:
    words = {code: tidied(text) for code, text in body.words.items() if tidied(text)}
    if not words or set(body.words) | set(body.options) > {"en", "ja"}:
        raise Problem(
            BAD, "bad-field", "A question needs words in English or Japanese.", field=field
        )
    named = next((text for text in words.values() if is_column(text)), None)
    if named is not None:
        raise Problem(
            BAD,
            "bad-field",
            "“{name}” is a column of the list already: please word it as a question.",
            field=field,
            name=named,
        )
    options = {
        code: tuple(tidied(one) for one in those if tidied(one))
        for code, those in body.options.items()
    }
    options = {code: those for code, those in options.items() if those}
    if body.asks not in (Asks.ONE, Asks.SEVERAL):
        options = {}
    else:
        counts = {len(those) for those in options.values()}
        if len(counts) != 1 or not 2 <= min(counts) <= OPTIONS_LIMIT:
            raise Problem(
                BAD,
                "bad-field",
                "Such a question needs 2 to {most} answers to choose from, as many in each"
                " language.",
                field=field,
                most=OPTIONS_LIMIT,
            )
        if any(len(set(those)) < len(those) for those in options.values()):
            raise Problem(BAD, "bad-field", "An answer stands there twice.", field=field)
    return Question(
        id=body.id, asks=body.asks, words=words, options=options, required=body.required
    )


def _check_segments(rules: Sequence[SegmentRule]) -> None:
    """Raises Problem for a rule about nobody, and for two that contradict each other."""
    said: dict[frozenset[str], str] = {}
    for at, rule in enumerate(rules):
        field = f"settings.segments[{at}]"
        ends = frozenset((normalise(rule.a), normalise(rule.b)))
        if "" in ends:
            raise Problem(BAD, "bad-field", "A rule names two segments.", field=field)
        if rule.rule == MUST and len(ends) == 1:
            raise Problem(
                BAD,
                "bad-field",
                "“{name}” cannot have to meet itself: name two segments.",
                field=field,
                name=rule.a,
            )
        if said.setdefault(ends, rule.rule) != rule.rule:
            raise Problem(
                BAD,
                "bad-field",
                "“{a}” and “{b}” cannot both have to meet and never meet.",
                field=field,
                a=rule.a,
                b=rule.b,
            )


def check_people(details: Details, people: Iterable[Attendee]) -> None:
    """Raises Problem where two segments must meet and nobody here is of one of them.

    Before anybody has come, that cannot be told.
    """
    seated = [person for person in people if person.role not in HOST_ROLES]
    known = {normalise(person.segment) for person in seated}
    for at, rule in enumerate(details.segments):
        for segment in (rule.a, rule.b):
            if seated and rule.rule == MUST and normalise(segment) not in known:
                raise Problem(
                    BAD,
                    "nobody-there",
                    "Nobody is of the segment “{name}”, so nobody can meet them. Bring in its"
                    " people first, or mend its name.",
                    field=f"settings.segments[{at}]",
                    name=segment,
                )


def topics_of_body(body: EventPatch) -> tuple[tuple[str, ...], ...] | None:
    """Returns the topics of each round, where the body has a programme."""
    if body.programme is UNSET:
        return None
    return tuple(asked.topics for asked in body.programme.rounds)


# And back


class RoundShown(PlannedRound, frozen=True, kw_only=True):
    """A round as planned, with its words."""

    prompt: str = ""
    topics: tuple[str, ...] = ()
    stream_url: str = ""


class ProgrammeShown(Struct, kw_only=True):
    rounds: tuple[RoundShown, ...]


class WeightsShown(Struct, kw_only=True):
    """All weights, also the usual ones."""

    interests: float
    offers: float
    wishes: float
    organisation: float
    language: float
    ambassadors: float
    first_timers: float


class SettingsShown(Struct, kw_only=True):
    common_language: bool
    ready_check: bool
    reunions: bool
    minutes_days: int
    mixing: Mixing
    allow: Allow
    segments: tuple[SegmentRule, ...]
    segment_most: int | None
    weights: WeightsShown
    synonyms: tuple[tuple[str, ...], ...]
    suggestions: tuple[str, ...]


class SignUpShown(Struct, kw_only=True):
    """Who may sign up, and how full it is: people with a place, on the waiting list, to approve."""

    how: SignUp
    capacity: int | None
    quotas: tuple[Quota, ...]
    questions: tuple[Question, ...]
    places_taken: int
    waiting: int
    requests: int


class EventShown(Struct, kw_only=True):
    """An event as the API shows it.

    `starts_at` is the planned start; `people` counts all but hosts.
    """

    id: str
    title: str
    phase: Phase
    round: int
    rounds: int
    starts_at: int | None
    round_starts_at: int | None
    round_ends_at: int | None
    paused: int | None
    closes_at: int | None
    locale: str
    time_zone: str
    programme: ProgrammeShown
    tables: int | None
    stations: int | None
    series: str
    settings: SettingsShown
    goals: Goals
    people: int
    present: int
    on_site: int
    online: int
    join_url: str
    sign_up: SignUpShown


def _nth(words: tuple[str, ...], number: int) -> str:
    return words[number - 1] if number <= len(words) else ""


def shown(event: Event, register: Register, join_url: str) -> EventShown:
    """Returns an event as the API shows it to its organiser."""
    plan, details = event.plan, register.details
    here = [p for p in event.people.values() if p.present]
    return EventShown(
        id=event.id,
        title=details.title,
        phase=event.phase,
        round=event.round,
        rounds=len(plan.rounds),
        starts_at=plan.starts_at,
        round_starts_at=event.starts_at,
        round_ends_at=event.ends_at,
        paused=event.paused_at,
        closes_at=event.closes_at,
        locale=plan.locale,
        time_zone=plan.time_zone,
        programme=ProgrammeShown(
            rounds=tuple(
                RoundShown(
                    **msgspec.structs.asdict(planned),
                    prompt=_nth(details.prompts, number),
                    topics=tuple(register.text(topic.id) for topic in topics_of(event, number)),
                    stream_url=_nth(details.streams, number),
                )
                for number, planned in enumerate(plan.rounds, 1)
            )
        ),
        tables=plan.tables,
        stations=plan.stations,
        series=details.series,
        settings=SettingsShown(
            common_language=plan.common_language,
            ready_check=plan.ready_check,
            reunions=plan.reunions,
            minutes_days=plan.minutes_days,
            mixing=plan.mixing,
            allow=plan.allow,
            segments=details.segments,
            segment_most=details.segment_most,
            weights=WeightsShown(**msgspec.structs.asdict(plan.weights)),
            synonyms=details.synonyms,
            suggestions=details.suggestions,
        ),
        goals=details.goals,
        people=sum(person.role not in HOST_ROLES for person in register.attendees()),
        present=len(here),
        on_site=sum(p.mode is Mode.ON_SITE for p in here),
        online=sum(p.mode is Mode.ONLINE for p in here),
        join_url=join_url,
        sign_up=SignUpShown(
            how=plan.sign_up,
            capacity=plan.capacity,
            quotas=details.quotas,
            questions=details.questions,
            places_taken=places(event, register).taken,
            waiting=len(waiting_list(event)),
            requests=len(requests(event)),
        ),
    )
