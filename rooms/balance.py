"""What a list of people has too little of, while there is still time to invite somebody.

Responsible for what is sought and offered by whom, for interests that only one has, for who could
have no good room yet, and for what would mend it. Deliberately ranks nobody by what they are worth,
and reads nobody's wishes: those are their own.

A room is *good* for somebody if it gives them about as much to talk about as rooms give others:
who has no good room yet has, beyond what any stranger is worth, less than half of what the middle
person has with their best company (`matching.prospects`), or nothing at all. Colleagues count as
anybody here: what they have to talk about is what is asked.

>>> ana = Attendee(id="ana", name="Ana", interests=("jazz", "chess"), seeks=("funding",))
>>> bo = Attendee(id="bo", name="Bo", interests=("jazz",), offers=("Python",))
>>> chidi = Attendee(id="chidi", name="Chidi", interests=("Jazz",))
>>> dana = Attendee(id="dana", name="Dana", interests=("origami",))
>>> seen = balance([ana, bo, chidi, dana], size=3)
>>> [one.word for one in seen.sought], [one.word for one in seen.offered]
(['funding'], ['Python'])
>>> [one.word for one in seen.alone], [(one.id, one.why) for one in seen.lonely]
(['chess', 'origami'], [('dana', 'alone')])
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from statistics import median

from msgspec import Struct
from msgspec.structs import replace

from rooms.matching.affinity import STRANGERS
from rooms.matching.ask import seeker
from rooms.matching.prospects import best_company
from rooms.people import (
    SEATED_ROLES,
    THEMSELVES,
    Attendee,
    Meanings,
    SegmentRule,
    meant,
)
from rooms.programme import USUAL_WEIGHTS, Weights

PEOPLE = 2_000
"""With more people the first so many are looked at for company: numbers grow with their square."""

LEAST_SHARE = 0.5
"""Of what the middle person has with their best company beyond strangers: below it somebody has no
good room yet."""

ROUNDING = 1e-9
"""A mean of equal numbers may miss them by its last bit."""

INVITE = 12
"""Words for an invitation: more are not read."""


class Tag(Struct, frozen=True, kw_only=True):
    """A word as most people wrote it, and how many have it."""

    word: str
    people: int


class Lonely(Struct, frozen=True, kw_only=True):
    """Somebody without a good room yet.

    `why`: `nothing` (they named nothing), `alone` (what they named nobody else has), `language`
    (nobody else speaks theirs), `few` (fewer than a room have some of it), or `little` (they share
    too little, or a rule keeps those away with whom they share it).
    """

    id: str
    why: str
    words: tuple[str, ...] = ()
    """What they would talk about, as they wrote it; of `few` and `alone` what too few have."""


class Balance(Struct, frozen=True, kw_only=True):
    """What a list has, and lacks; most wanted first."""

    people: int
    looked_at: int
    """Of them, for company."""
    silent: int
    """Who named nothing to talk about."""
    sought: tuple[Tag, ...]
    """Sought, and offered by nobody."""
    offered: tuple[Tag, ...]
    """Offered, and sought by nobody."""
    alone: tuple[Tag, ...]
    """Interests that one person has."""
    lonely: tuple[Lonely, ...]
    languages: tuple[Tag, ...]
    modes: tuple[Tag, ...]
    segments: tuple[Tag, ...]
    invite_offering: tuple[Tag, ...]
    """What newcomers should offer: how many seek it."""
    invite_caring: tuple[Tag, ...]
    """What newcomers should care about: how many have no good room who do."""
    invite_speaking: tuple[Tag, ...]
    """What newcomers should speak: languages of one person."""


def balance(
    attendees: Iterable[Attendee],
    *,
    size: int,
    same: Meanings = THEMSELVES,
    weights: Weights = USUAL_WEIGHTS,
    common_language: bool = False,
    segments: Sequence[SegmentRule] = (),
) -> Balance:
    """Returns what a list has and lacks, for rooms of `size`; who takes no seat is not counted."""
    people = [person for person in attendees if person.role in SEATED_ROLES]
    interests = _tags(people, "interests", same)
    offers, seeks = _tags(people, "offers", same), _tags(people, "seeks", same)
    languages = _tags(people, "languages", THEMSELVES)
    sought = _ranked({tag: one for tag, one in seeks.items() if tag not in offers})
    looked_at = people[:PEOPLE]
    company = best_company(
        [seeker(person, meanings=same) for person in looked_at],
        size - 1,
        replace(weights, organisation=0.0),
        common_language=common_language,
        segments=segments,
    )
    lonely = [
        _lonely(person, size, interests, offers, seeks, languages, same)
        for person in _left_alone(looked_at, company)
    ]
    return Balance(
        people=len(people),
        looked_at=len(looked_at),
        silent=sum(not (one.interests or one.offers or one.seeks) for one in people),
        sought=sought,
        offered=_ranked({tag: one for tag, one in offers.items() if tag not in seeks}),
        alone=_ranked({tag: one for tag, one in interests.items() if one.people == 1}),
        lonely=tuple(lonely),
        languages=_ranked(languages),
        modes=_counted(person.mode.value for person in people),
        segments=_counted(person.segment for person in people),
        invite_offering=sought[:INVITE],
        invite_caring=_counted(
            word for one in lonely if one.why in ("alone", "few") for word in one.words
        )[:INVITE],
        invite_speaking=tuple(one for one in _ranked(languages) if one.people == 1)[:INVITE],
    )


def _tags(people: Sequence[Attendee], field: str, same: Meanings) -> dict[str, Tag]:
    """Returns what people named, by what it means, as most of them wrote it."""
    written: dict[str, Counter[str]] = {}
    for person in people:
        for tag, word in meant(getattr(person, field), same).items():
            written.setdefault(tag, Counter())[word] += 1
    return {
        tag: Tag(word=min(forms, key=lambda form: (-forms[form], form)), people=forms.total())
        for tag, forms in written.items()
    }


def _ranked(tags: Mapping[str, Tag]) -> tuple[Tag, ...]:
    return tuple(sorted(tags.values(), key=lambda one: (-one.people, one.word)))


def _counted(words: Iterable[str]) -> tuple[Tag, ...]:
    return _ranked({word: Tag(word=word, people=n) for word, n in Counter(words).items()})


def _left_alone(people: Sequence[Attendee], company: Sequence[float]) -> list[Attendee]:
    """Returns who has less than half of what the middle person has, worst first."""
    if len(people) < 2:
        return []
    least = STRANGERS + LEAST_SHARE * max(0.0, median(company) - STRANGERS)
    below = [
        (worth, person)
        for worth, person in zip(company, people, strict=True)
        if worth < least or worth <= STRANGERS + ROUNDING
    ]
    return [person for _, person in sorted(below, key=lambda one: (one[0], one[1].id))]


def _lonely(
    person: Attendee,
    size: int,
    interests: Mapping[str, Tag],
    offers: Mapping[str, Tag],
    seeks: Mapping[str, Tag],
    languages: Mapping[str, Tag],
    same: Meanings,
) -> Lonely:
    own = meant(person.interests, same)
    talked = {**own, **meant(person.seeks, same), **meant(person.offers, same)}
    if not talked:
        return Lonely(id=person.id, why="nothing")
    words = tuple(talked.values())
    met = any(interests[tag].people > 1 for tag in own)
    met = met or any(tag in offers for tag in meant(person.seeks, same))
    met = met or any(tag in seeks for tag in meant(person.offers, same))
    if not met:
        return Lonely(id=person.id, why="alone", words=words)
    spoken = meant(person.languages)
    if spoken and all(languages[tag].people == 1 for tag in spoken):
        return Lonely(id=person.id, why="language", words=tuple(spoken.values()))
    rare = tuple(word for tag, word in own.items() if interests[tag].people < size)
    return Lonely(id=person.id, why="few" if rare else "little", words=rare or words)
