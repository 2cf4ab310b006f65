"""Who met whom as a graph: its measures, its communities, and where to draw each.

Responsible for numbers about the graph whose nodes are people and whose edges are two who shared a
room for a second or more, weighted by their minutes. Knows no event and no names. The numbers are
for whoever organises; no page shows attendees a ranking of each other.

The same graph gives the same numbers, communities and places: nothing is drawn by lot but the
layout's beginning, from a seed.

Of one person:
- degree: how many others they met (Freeman, Social Networks 1, 1979);
- minutes: the sum over their ties, for tie strength is time spent (Granovetter, AJS 78, 1973);
- reach: the share of all others whom they met, or who met somebody they met: two steps (Borgatti,
  CMOT 12, 2006);
- betweenness: the share of shortest ways between two others that lead through them (Freeman,
  Sociometry 40, 1977), by Brandes' algorithm (2001);
- community: people who met each other more than others (Blondel et al., J. Stat. Mech., 2008).

Weaknesses: betweenness counts steps, not minutes; communities smaller than the square root of all
ties can be taken for one (Fortunato and Barthélemy, PNAS 2007).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from msgspec import Struct

BETWEENNESS_MOST = 2_000
"""People up to whom betweenness is worked out: it takes nodes times edges steps, 2 s here."""

ITERATIONS = 120
"""Of the layout: 400 people take a third of a second, and hardly move any more."""


class Tie(Struct, frozen=True):
    """Two people who met, and how long (s) and in how many rounds they were together."""

    a: str
    b: str
    seconds: int
    rounds: int = 1


class Node(Struct, frozen=True, kw_only=True):
    """One person's place in the graph; `betweenness` and `reach` are shares from 0 to 1."""

    id: str
    degree: int
    minutes: float
    reach: float
    betweenness: float | None
    community: int | None
    """Numbered by size, the largest 0; None: they met nobody."""


class Network(Struct, frozen=True, kw_only=True):
    """A graph's measures. `modularity`: how far communities keep to themselves, 0 to 1."""

    nodes: tuple[Node, ...]
    ties: int
    density: float
    """Share of all possible pairs who met."""
    communities: tuple[int, ...]
    """Their sizes, the largest first."""
    modularity: float


class Strength(Struct, frozen=True, kw_only=True):
    """How strong ties are: minutes that two spent together, over all pairs who met."""

    median: float
    mean: float
    most: float
    again: int
    """Pairs who were together in two rounds or more."""


def strength(ties: Sequence[Tie]) -> Strength:
    """Returns how strong the ties of a graph are.

    >>> strength([Tie("a", "b", 600, 2), Tie("b", "c", 60)])
    Strength(median=5.5, mean=5.5, most=10.0, again=1)
    """
    order = sorted(tie.seconds / 60 for tie in ties) or [0.0]
    middle = len(order) // 2
    return Strength(
        median=order[middle] if len(order) % 2 else (order[middle - 1] + order[middle]) / 2,
        mean=sum(order) / len(order),
        most=order[-1],
        again=sum(tie.rounds > 1 for tie in ties),
    )


def measure(people: Iterable[str], ties: Sequence[Tie]) -> Network:
    """Returns the measures of a graph, with nodes in the order of `people`.

    A worked example: two pairs and one who knows both.

    >>> ties = [Tie("a", "b", 600), Tie("c", "d", 600), Tie("b", "e", 60), Tie("e", "c", 60)]
    >>> found = {node.id: node for node in measure("abcdef", ties).nodes}
    >>> found["b"].degree, found["b"].minutes, round(found["b"].reach, 2)
    (2, 11.0, 0.6)
    >>> round(found["e"].betweenness, 2), found["f"].community
    (0.4, None)
    >>> found["a"].community == found["b"].community != found["c"].community
    True
    """
    ids = list(people)
    at = {id: number for number, id in enumerate(ids)}
    edges = [(at[tie.a], at[tie.b], tie.seconds) for tie in ties]
    degrees, seconds = [0] * len(ids), [0] * len(ids)
    near = [1 << number for number in range(len(ids))]
    for a, b, together in edges:
        for one, other in ((a, b), (b, a)):
            degrees[one] += 1
            seconds[one] += together
            near[one] |= 1 << other
    reaches = _reaches(len(ids), edges, near)
    between = _betweenness(len(ids), edges)
    member = _by_size(communities(len(ids), edges), degrees)
    sizes: dict[int, int] = {}
    for number in member:
        if number is not None:
            sizes[number] = sizes.get(number, 0) + 1
    return Network(
        nodes=tuple(
            Node(
                id=id,
                degree=degrees[n],
                minutes=seconds[n] / 60,
                reach=reaches[n],
                betweenness=between[n] if between else None,
                community=member[n],
            )
            for n, id in enumerate(ids)
        ),
        ties=len(edges),
        density=2 * len(edges) / (len(ids) * (len(ids) - 1)) if len(ids) > 1 else 0.0,
        communities=tuple(sizes[number] for number in sorted(sizes)),
        modularity=modularity(edges, [-1 if one is None else one for one in member]),
    )


Edges = Sequence[tuple[int, int, int]]


def _reaches(count: int, edges: Edges, near: Sequence[int]) -> list[float]:
    """Returns the share of all others within two steps, from sets of neighbours as bits."""
    found = list(near)
    for a, b, _ in edges:
        found[a] |= near[b]
        found[b] |= near[a]
    return [(bits.bit_count() - 1) / (count - 1) if count > 1 else 0.0 for bits in found]


def _betweenness(count: int, edges: Edges) -> list[float]:
    """Returns betweenness as a share, or nothing for a graph too large for it."""
    if not edges or count > BETWEENNESS_MOST:
        return [0.0] * count if not edges else []
    import rustworkx  # loads arrays, which the server's process needs for a report alone

    graph = rustworkx.PyGraph()
    graph.add_nodes_from(range(count))
    graph.add_edges_from_no_data([(a, b) for a, b, _ in edges])
    found = rustworkx.betweenness_centrality(graph, normalized=True)
    return [float(found[number]) for number in range(count)]


# Communities


def communities(count: int, edges: Edges) -> list[int]:
    """Returns each node's community, by the method of Louvain, nodes taken in their order."""
    member = list(range(count))
    inside: list[dict[int, float]] = [{} for _ in range(count)]
    for a, b, weight in edges:
        inside[a][b] = inside[a].get(b, 0.0) + weight
        inside[b][a] = inside[b].get(a, 0.0) + weight
    while True:
        found = _moved(inside)
        names = {name: number for number, name in enumerate(dict.fromkeys(found))}
        if len(names) == len(inside):
            return member
        member = [names[found[one]] for one in member]
        merged: list[dict[int, float]] = [{} for _ in names]
        for one, others in enumerate(inside):
            into = merged[names[found[one]]]
            for other, pull in others.items():
                whole = names[found[other]]
                into[whole] = into.get(whole, 0.0) + pull
        inside = merged


def _moved(inside: Sequence[Mapping[int, float]]) -> list[int]:
    """Moves single nodes to the neighbouring community that gains most, until none gains."""
    degree = [float(sum(others.values())) for others in inside]
    whole = sum(degree) or 1.0
    member = list(range(len(inside)))
    total = list(degree)
    while True:
        moves = 0
        for one, others in enumerate(inside):
            own = member[one]
            to: dict[int, float] = {own: 0.0}
            for other, weight in others.items():
                if other != one:
                    to[member[other]] = to.get(member[other], 0.0) + weight
            total[own] -= degree[one]
            best, most = own, to[own] - total[own] * degree[one] / whole
            for name, pull in to.items():
                gain = pull - total[name] * degree[one] / whole
                if gain > most + 1e-9:
                    best, most = name, gain
            total[best] += degree[one]
            if best != own:
                member[one] = best
                moves += 1
        if not moves:
            return member


def _by_size(member: Sequence[int], degrees: Sequence[int]) -> list[int | None]:
    """Returns communities numbered by size; whoever met nobody is in none."""
    sizes: dict[int, int] = {}
    for number, degree in zip(member, degrees, strict=True):
        if degree:
            sizes[number] = sizes.get(number, 0) + 1
    order = {name: rank for rank, name in enumerate(sorted(sizes, key=lambda n: (-sizes[n], n)))}
    return [
        order[number] if degree else None for number, degree in zip(member, degrees, strict=True)
    ]


def modularity(edges: Edges, member: Sequence[int]) -> float:
    """Returns how much more weight lies within communities than by chance (Newman, PNAS 2006)."""
    whole = sum(weight for _, _, weight in edges)
    if not whole:
        return 0.0
    within = sum(weight for a, b, weight in edges if member[a] == member[b]) / whole
    totals: dict[int, int] = {}
    for a, b, weight in edges:
        for one in (a, b):
            totals[member[one]] = totals.get(member[one], 0) + weight
    return within - sum((total / (2 * whole)) ** 2 for total in totals.values())


# The picture


def strongest(ties: Sequence[Tie], most: int) -> list[Tie]:
    """Returns the ties that are among the strongest `most` of either of their people."""
    of: dict[str, list[Tie]] = {}
    for tie in ties:
        of.setdefault(tie.a, []).append(tie)
        of.setdefault(tie.b, []).append(tie)
    kept = {
        (tie.a, tie.b)
        for own in of.values()
        for tie in sorted(own, key=lambda tie: (-tie.seconds, tie.a, tie.b))[:most]
    }
    return [tie for tie in ties if (tie.a, tie.b) in kept]


def layout(people: Sequence[str], ties: Sequence[Tie], seed: int) -> dict[str, tuple[float, float]]:
    """Returns where each person with a tie is drawn, from 0 to 1 both ways; the seed decides.

    By forces (Fruchterman and Reingold, 1991): ties pull by the root of their minutes.
    """
    tied = {id for tie in ties for id in (tie.a, tie.b)}
    ids = [id for id in people if id in tied]
    if not ids:
        return {}
    import rustworkx  # loads arrays, which the server's process needs for a report alone

    graph = rustworkx.PyGraph()
    at = {id: number for number, id in enumerate(ids)}
    graph.add_nodes_from(ids)
    graph.add_edges_from([(at[t.a], at[t.b], (max(1, t.seconds) / 60) ** 0.5) for t in ties])
    placed = rustworkx.spring_layout(
        graph,
        k=2.2 / len(ids) ** 0.5,
        num_iter=ITERATIONS,
        weight_fn=float,
        seed=seed,
    )
    spread = [
        _evened([float(placed[number][axis]) for number in range(len(ids))]) for axis in (0, 1)
    ]
    return {id: (spread[0][n], spread[1][n]) for n, id in enumerate(ids)}


def _evened(values: Sequence[float]) -> list[float]:
    """Returns values from 0 to 1, a third by size, the rest by rank: nobody is crowded out."""
    low, high = min(values), max(values)
    ranks = {number: rank for rank, number in enumerate(
        sorted(range(len(values)), key=lambda number: values[number])
    )}  # fmt: skip
    wide = (high - low) or 1.0
    last = max(1, len(values) - 1)
    return [
        0.3 * (value - low) / wide + 0.7 * ranks[number] / last
        for number, value in enumerate(values)
    ]
