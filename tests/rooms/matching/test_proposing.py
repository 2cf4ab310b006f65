"""What a host is shown: as little changed as can be, and what is in its way."""

from __future__ import annotations

from msgspec.structs import replace

from rooms.matching.ask import Seeker, Wanted
from rooms.matching.proposing import propose
from rooms.matching.repair import changed
from rooms.matching.rules import broken_seating, hard_rules_of
from rooms.matching.solving import solve_wanted
from rooms.standing import pair
from tests.rooms.matching.crowd import ask, crowd


def proposed(wanted: Wanted) -> Wanted:
    """Returns what is wanted once its seating was proposed."""
    return replace(wanted, standing=solve_wanted(wanted, 0, steps=300).rooms)


def test_one_who_comes_or_leaves_changes_two_rooms_of_a_proposal_at_most() -> None:
    people = crowd(61)
    before = proposed(ask(people[:60], called=False))
    for here in (people, people[1:60]):
        offer = propose(replace(before, people=here), 0.05)
        assert changed(before.standing, offer.rooms) <= 2
        assert offer.sitting_out == ()
        assert offer.random_affinity < offer.mean_affinity


def test_a_proposal_is_drawn_anew_when_many_came() -> None:
    people = crowd(60)
    before = proposed(ask(people[:40], called=False))
    offer = propose(replace(before, people=people), 0.05)
    assert max(map(len, offer.rooms)) == 4


def test_a_mended_proposal_that_is_far_worse_is_drawn_anew() -> None:
    jazz = [Seeker(id=f"j{i}", interests=("jazz", "film", "tea")) for i in range(4)]
    chess = [Seeker(id=f"c{i}", interests=("chess", "go", "shogi")) for i in range(4)]
    people = (*jazz, *chess, Seeker(id="late"))
    mixed = (("j0", "c0", "j1", "c1"), ("j2", "c2", "j3", "c3"))
    offer = propose(ask(people, standing=mixed, called=False), 0.05)
    assert {frozenset(id[0] for id in ids) - {"l"} for ids in offer.rooms} == {
        frozenset("j"),
        frozenset("c"),
    }


def test_a_mended_proposal_keeps_the_hard_rules() -> None:
    people = crowd(41)
    before = proposed(ask(people[:40], called=False))
    blocked = tuple(pair(people[40].id, other.id) for other in people[:30])
    wanted = replace(before, people=people, blocked=blocked)
    offer = propose(wanted, 0.05)
    assert not broken_seating(offer.rooms, hard_rules_of(wanted))
    assert offer.sitting_out == ()


def test_a_proposal_says_what_is_in_its_way_and_a_called_round_does_not_wait_for_it() -> None:
    wanted = ask(crowd(5), size=3, least=3, most=3, called=False)
    offer = propose(wanted, 0.0)
    assert [cause.rules for cause in offer.causes] == [("sizes",)]
    assert len(offer.relaxations) == 3
    assert propose(replace(wanted, called=True), 0.0).causes == ()


def test_somebody_who_blocked_everybody_sits_out_and_nobody_else_does() -> None:
    people = crowd(401)
    blocked = tuple(pair(people[0].id, other.id) for other in people[1:])
    offer = propose(ask(people, blocked=blocked, called=False), 0.0)
    assert offer.sitting_out == (people[0].id,)
    assert all(not cause.people for cause in offer.causes)


def test_nobody_and_a_single_person_have_a_proposal_without_rooms() -> None:
    for count in (0, 1):
        offer = propose(ask(crowd(count), called=False), 0.0)
        assert offer.rooms == ()
        assert len(offer.sitting_out) == count
