"""The programme: rounds as planned, and the choices an organiser makes about the whole event.

Numbers and choices only; titles and prompts are the organiser's words and live in the register.
"""

from __future__ import annotations

from enum import StrEnum

from msgspec import Struct

DEFAULT_SECONDS = 480
"""A round of three and more, unless it is said otherwise: two minutes for each of four."""

PAIR_SECONDS = 180
"""A round of pairs."""


class Kind(StrEnum):
    """How people come together in a round."""

    MATCHED = "matched"
    TOPICS = "topics"
    OPEN = "open"
    PLENARY = "plenary"


class Allow(StrEnum):
    """What gives way first where not everything can hold (rule 6)."""

    PROGRAMME = "programme"
    """Sizes, where that saves every repeat, then the oldest repeats, then sit-outs."""
    REPEATS = "repeats"
    """People meet again, the oldest meetings first; sizes stay within least and most."""
    SIZES = "sizes"
    """Rooms go beyond least and most rather than that more people meet again."""
    SIT_OUTS = "sit-outs"
    """Some sit out, so that sizes hold and nobody meets again."""


class SignUp(StrEnum):
    """Who may sign up by the event's open link."""

    OPEN = "open"
    APPROVAL = "approval"
    """Anybody may ask; the organiser gives the places."""
    INVITATION = "invitation"
    """Nobody: a link is sent to those whom the organiser lists."""
    CLOSED = "closed"


class Mixing(StrEnum):
    """How much on-site and online people are mixed."""

    APART = "apart"
    SOME = "some"
    MOST = "most"


class PlannedRound(Struct, frozen=True, kw_only=True):
    """One round as planned. Durations are seconds."""

    seconds: int = DEFAULT_SECONDS
    size: int = 4
    least: int = 3
    most: int = 6
    break_seconds: int = 60
    preview_seconds: int = 20
    walking_seconds: int = 120
    kind: Kind = Kind.MATCHED
    auto: bool = False
    more_time: bool = True
    topic_most: int | None = None
    """How many people one topic takes; None: as many as choose it."""

    @property
    def seats_people(self) -> bool:
        """Whether people are seated by the matcher."""
        return self.kind in SEATING_KINDS


SEATING_KINDS = frozenset({Kind.MATCHED, Kind.TOPICS})
"""Kinds of round for which a seating is worked out; in the others nobody is seated."""

UNTIL_ENDED = 0
"""The length of an open round that goes on until a host ends it."""

USUAL = PlannedRound()
"""What a round is where nothing else is asked for."""


WEIGHT_LIMIT = 10.0
"""Beyond, one thing drowns all others: ten times as much is as good as always."""


class Weights(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What counts for how much when rooms are made: 0 not at all, 1 as usual, up to 10.

    What a point of each is, `matching/affinity.py` and `matching/soft.py` say.
    """

    interests: float = 1.0
    offers: float = 1.0
    wishes: float = 1.0
    organisation: float = 1.0
    """How much it counts against two people that they are of one organisation."""
    language: float = 1.0
    """How much it counts against two people that they have no language in common."""
    ambassadors: float = 1.0
    """How much it counts that every room has an ambassador or another floater."""
    first_timers: float = 1.0
    """How much it counts that first-timers sit with one."""


USUAL_WEIGHTS = Weights()


class Plan(Struct, frozen=True, kw_only=True):
    """The organiser's choices about an event. `starts_at` is an instant in ms since 1970 UTC."""

    rounds: tuple[PlannedRound, ...] = ()
    starts_at: int | None = None
    tables: int | None = None
    """How many numbered tables there are; None: no limit."""
    stations: int | None = None
    locale: str = "en"
    time_zone: str = "UTC"
    common_language: bool = False
    ready_check: bool = False
    reunions: bool = False
    minutes_days: int = 90
    """Days after the end for which who met whom, and for how long, is kept (rule 21)."""
    mixing: Mixing = Mixing.APART
    weights: Weights = USUAL_WEIGHTS
    allow: Allow = Allow.PROGRAMME
    """What gives way first with nobody at the console (rule 6)."""
    sign_up: SignUp = SignUp.OPEN
    capacity: int | None = None
    """How many attendees have a place at the most; None: no limit."""


def planned_round(
    *,
    seconds: int | None = None,
    size: int = USUAL.size,
    least: int | None = None,
    most: int | None = None,
    break_seconds: int = USUAL.break_seconds,
    preview_seconds: int = USUAL.preview_seconds,
    walking_seconds: int = USUAL.walking_seconds,
    kind: Kind = Kind.MATCHED,
    auto: bool = False,
    more_time: bool = True,
    topic_most: int | None = None,
) -> PlannedRound:
    """Returns a round with the defaults that follow from its size: pairs talk 180 s, least 2.

    Raises ValueError with a sentence when the numbers contradict each other.
    """
    pairs = size == 2
    planned = PlannedRound(
        seconds=seconds if seconds is not None else (PAIR_SECONDS if pairs else DEFAULT_SECONDS),
        size=size,
        least=least if least is not None else min(size, 2 if pairs else 3),
        most=most if most is not None else max(size, 6),
        break_seconds=break_seconds,
        preview_seconds=preview_seconds,
        walking_seconds=walking_seconds,
        kind=kind,
        auto=auto,
        more_time=more_time,
        topic_most=topic_most,
    )
    check_round(planned)
    return planned


def check_round(planned: PlannedRound) -> None:
    """Raises ValueError, with a sentence that says what to mend, if a round cannot be held."""
    is_endless = planned.kind is Kind.OPEN and planned.seconds == UNTIL_ENDED
    if not is_endless and not 1 <= planned.seconds <= 24 * 3600:
        raise ValueError("A round lasts from 1 second to 24 hours.")
    if min(planned.break_seconds, planned.preview_seconds, planned.walking_seconds) < 0:
        raise ValueError("Breaks, previews and walking time cannot be below 0 seconds.")
    if max(planned.break_seconds, planned.preview_seconds, planned.walking_seconds) > 24 * 3600:
        raise ValueError("Breaks, previews and walking time last 24 hours at the most.")
    if planned.size < 2:
        raise ValueError("A room needs a size of at least 2.")
    if not 2 <= planned.least <= planned.size <= planned.most <= 100:
        raise ValueError("Sizes must be in order: 2 ≤ least ≤ size ≤ most ≤ 100.")
    if planned.topic_most is not None and planned.topic_most < planned.least:
        raise ValueError("A topic must take at least as many people as a room.")
