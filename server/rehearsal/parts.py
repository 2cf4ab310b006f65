"""Who behaves how in a rehearsal: late, dropping, leaving, silent, on site. Seeded, so repeatable.

Decides about behaviour only; it knows nothing of sockets. Invariant: a person has at most one of
the four habits, so that what goes wrong can be told apart; being on site goes with any but silence.
"""

from __future__ import annotations

import random
from pathlib import Path
from typing import Annotated

from msgspec import Meta, Struct

Percent = Annotated[float, Meta(ge=0, le=100)]


class Options(Struct, frozen=True, kw_only=True):
    """What is rehearsed. Shares are percent of all people; durations are seconds."""

    people: int = 40
    csv: Path | None = None
    rounds: int = 3
    seconds: int = 60
    size: int = 4
    break_seconds: int = 5
    preview_seconds: int = 5
    walking_seconds: int = 5
    late: Percent = 10
    dropping: Percent = 5
    leaving: Percent = 3
    silent: Percent = 0
    on_site: Percent = 20
    stations: int = 0
    """Tables with a station: on-site and online people then share as many rooms as these allow."""
    seed: int = 1
    event: str | None = None
    """An event that is there already; its own programme is followed."""
    copied: Copied | None = None
    """An event to be made, and its people, instead of invented ones."""


class Copied(Struct, frozen=True, kw_only=True):
    """What a copy of an event is made from: bodies of the API, as programs send them."""

    event: dict[str, object]
    people: list[dict[str, object]]


class Part(Struct, frozen=True, kw_only=True):
    """One person's behaviour. Rounds count from 1; moments are shares of a round's length."""

    number: int
    on_site: bool = False
    silent: bool = False
    """Connects, but never says that the page is looked at, and writes nothing."""
    late_in: int | None = None
    drops_in: int | None = None
    leaves_in: int | None = None
    moment: float = 0.0
    away_seconds: float = 0.0


def cast(options: Options, people: int) -> list[Part]:
    """Returns the parts of `people` persons, in their order."""
    rng = random.Random(options.seed)
    order = list(range(people))
    rng.shuffle(order)

    def some(share: float) -> set[int]:
        taken, order[:] = order[: round(people * share / 100)], order[round(people * share / 100) :]
        return set(taken)

    late, dropping = some(options.late), some(options.dropping)
    leaving, silent = some(options.leaving), some(options.silent)
    seated = [number for number in range(people) if number not in silent]
    on_site = set(rng.sample(seated, min(len(seated), round(people * options.on_site / 100))))
    last = max(1, options.rounds)
    parts: list[Part] = []
    for number in range(people):
        parts.append(
            Part(
                number=number,
                on_site=number in on_site,
                silent=number in silent,
                late_in=rng.randint(1, min(2, last)) if number in late else None,
                drops_in=rng.randint(1, last) if number in dropping else None,
                leaves_in=rng.randint(1, last) if number in leaving else None,
                moment=rng.uniform(0.1, 0.7),
                away_seconds=rng.uniform(3, 15),
            )
        )
    return parts


def put_on_site(
    people: list[dict[str, object]], percent: float, seed: int
) -> list[dict[str, object]]:
    """Returns copied people with so many percent of them on site, and the others online."""
    rng = random.Random(seed)
    chosen = set(rng.sample(range(len(people)), round(len(people) * percent / 100)))
    return [
        {**person, "mode": "on-site" if number in chosen else "online"}
        for number, person in enumerate(people)
    ]
