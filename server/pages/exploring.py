"""What the relationship graph's picture lets one look into: everybody's numbers, and all ties.

Responsible for the table beside the picture, which says the same to whoever cannot see it, and for
the ties that a script lets one follow. The picture itself is `picture.py`'s. For organisers only.

Invariant: people stand by name, in no order of rank.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from msgspec import Struct

from rooms.network import Network, Tie
from server.pages.picture import Picture

LISTED = 1_000
"""People in the table: more are looked up in the export of people and in the graph files."""

LEASTS = (1, 2, 5, 10, 20, 30, 60, 120, 240, 480)
"""Minutes from which on ties can be shown."""


class Looked(Struct, frozen=True, kw_only=True):
    """One person's numbers in words; `dot` is the place among the picture's dots, None: not there.

    `community` counts from 1; what was not worked out is empty.
    """

    name: str
    dot: int | None
    met: str
    minutes: str
    reach: str
    betweenness: str
    community: str


class Exploring(Struct, frozen=True, kw_only=True):
    """The table by name, and ties as (dot, dot, minutes), the strongest first."""

    people: tuple[Looked, ...]
    left_out: int
    ties: tuple[tuple[int, int, float], ...]
    leasts: tuple[int, ...]


def explore(
    network: Network,
    ties: Sequence[Tie],
    names: Mapping[str, str],
    picture: Picture,
    number: Callable[..., str],
) -> Exploring:
    """Returns what can be looked into; `number` words a number with so many digits."""
    at = {dot.id: place for place, dot in enumerate(picture.dots)}
    people = [
        Looked(
            name=names.get(node.id, ""),
            dot=at.get(node.id),
            met=number(node.degree),
            minutes=number(node.minutes),
            reach=f"{number(100 * node.reach)} %",
            betweenness=""
            if node.betweenness is None
            else f"{number(100 * node.betweenness, 1)} %",
            community="" if node.community is None else number(node.community + 1),
        )
        for node in network.nodes
    ]
    people.sort(key=lambda one: (not one.name, one.name.casefold(), one.dot or 0))
    drawn = sorted(
        (tie for tie in ties if tie.a in at and tie.b in at),
        key=lambda tie: (-tie.seconds, tie.a, tie.b),
    )
    most = max((tie.seconds for tie in drawn), default=0) / 60
    return Exploring(
        people=tuple(people[:LISTED]),
        left_out=max(0, len(people) - LISTED),
        ties=tuple((at[tie.a], at[tie.b], round(tie.seconds / 60, 1)) for tie in drawn),
        leasts=tuple(least for least in LEASTS if least <= most),
    )
