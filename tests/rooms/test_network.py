"""The graph's measures are those of the literature, and the same each time."""

from __future__ import annotations

import networkx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from rooms.network import Tie, layout, measure, strongest

PEOPLE = [f"p{n:02}" for n in range(14)]


@st.composite
def graphs(draw: st.DrawFn) -> list[Tie]:
    pairs = draw(
        st.sets(
            st.tuples(st.integers(0, 13), st.integers(0, 13)).filter(lambda p: p[0] < p[1]),
            max_size=40,
        )
    )
    return [Tie(PEOPLE[a], PEOPLE[b], draw(st.integers(1, 4000))) for a, b in sorted(pairs)]


def as_networkx(ties: list[Tie]) -> networkx.Graph:
    graph = networkx.Graph()
    graph.add_nodes_from(PEOPLE)
    graph.add_weighted_edges_from((tie.a, tie.b, tie.seconds) for tie in ties)
    return graph


@given(graphs())
def test_measures_agree_with_networkx(ties: list[Tie]) -> None:
    graph = as_networkx(ties)
    network = measure(PEOPLE, ties)
    between = networkx.betweenness_centrality(graph)
    for node in network.nodes:
        near = networkx.single_source_shortest_path_length(graph, node.id, cutoff=2)
        assert node.degree == graph.degree[node.id]
        assert node.minutes == pytest.approx(graph.degree(node.id, weight="weight") / 60)
        assert node.reach == pytest.approx((len(near) - 1) / 13)
        assert node.betweenness == pytest.approx(between[node.id])
        assert (node.community is None) == (node.degree == 0)
    assert network.density == pytest.approx(networkx.density(graph))
    groups: dict[int, set[str]] = {}
    for node in network.nodes:
        groups.setdefault(-1 if node.community is None else node.community, set()).add(node.id)
    if ties:
        expected = networkx.community.modularity(graph, groups.values())
        assert network.modularity == pytest.approx(expected)
        best = networkx.community.louvain_communities(graph, seed=1)
        assert network.modularity > networkx.community.modularity(graph, best) - 0.1
    assert measure(PEOPLE, ties) == network


def test_the_layout_is_the_same_each_time_and_leaves_out_whoever_met_nobody() -> None:
    ties = [Tie("p00", "p01", 60), Tie("p01", "p02", 600)]
    placed = layout(PEOPLE, ties, seed=1)
    assert set(placed) == {"p00", "p01", "p02"}
    assert all(0 <= x <= 1 and 0 <= y <= 1 for x, y in placed.values())
    assert layout(PEOPLE, ties, seed=1) == placed
    assert layout(PEOPLE, [], seed=1) == {}


def test_the_strongest_ties_of_each_are_kept() -> None:
    star = [Tie("p00", id, n) for n, id in enumerate(PEOPLE[1:], 1)]
    assert strongest(star, 1) == star, "each of the others has but this one"
    chain = [*star, Tie("p01", "p02", 500)]
    assert Tie("p00", "p01", 1) not in strongest(chain, 1)
