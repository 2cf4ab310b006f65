"""Seats: a seating is fixed, of whom it holds and by which rules (1 to 5)."""

from __future__ import annotations

import pytest

from rooms import messages as m
from rooms.commands import (
    Block,
    Leave,
    OfferSeating,
    StartRound,
)
from rooms.deciding import SERVER
from rooms.facts import (
    RoundCalled,
    SeatingFixed,
)
from rooms.people import Attendee, Mode, SegmentRule
from tests.rooms.evenings import Evening, only, rooms_of
from tests.rooms.talking import FOUR, PAIRS, with_late_ines


def test_everybody_in_a_room_gets_the_same_room() -> None:
    evening = Evening()
    evening.comes(*FOUR)
    evening.seated(PAIRS)
    assert evening.last("ana", m.Room) == evening.last("bo", m.Room)
    assert [card.id for card in evening.last("ana", m.Room).people] == ["ana", "bo"]
    assert evening.last("chidi", m.Room).id != evening.last("ana", m.Room).id


def test_a_room_says_what_its_people_share() -> None:
    evening = Evening()
    evening.adds(
        Attendee(id="ana", name="Ana", interests=("Tea", "Ｇｏ")),
        Attendee(id="bo", name="Bo", interests=("tea", "go", "rain")),
        "chidi",
    )
    evening.comes("ana", "bo", "chidi")
    evening.seated([["ana", "bo", "chidi"]])
    room = evening.last("chidi", m.Room)
    shared = m.SharedInterests(
        people=("ana", "bo"), interests=("Tea", "Ｇｏ"), own={"bo": ("tea", "go")}
    )
    assert room.shared == (shared,)
    assert room.because == "shared-interests"


def test_who_is_left_over_is_told_why_and_when_the_next_preview_is() -> None:
    evening = Evening(auto=True, preview=20, seconds=480, pause_between=60, most=2, size=2)
    evening.comes("ana", "bo", "chidi")
    evening.seated([["ana", "bo"]], sitting_out=["chidi"])
    told = evening.told("chidi", m.SittingOut)[0]
    assert told.because == "left-over"
    assert evening.since_start(told.next_at) == 560
    assert evening.event.people["chidi"].sat_out == 1


def test_who_is_left_over_and_finds_a_late_seat_has_not_sat_out() -> None:
    evening = Evening(most=6)
    evening.comes("ana", "bo", "chidi")
    evening.seated([["ana", "bo"]], sitting_out=["chidi"])
    evening.passes(5)
    assert evening.mates("chidi") == ["ana", "bo", "chidi"]
    assert evening.event.people["chidi"].sat_out == 0


def test_a_proposal_is_mended_for_who_came_and_went() -> None:
    evening = Evening(size=3, least=2)
    evening.comes(*FOUR, "ines", "jun")
    evening.offers([["ana", "bo", "chidi"], ["hana", "ines", "jun"]])
    evening.asks("jun", Leave())
    evening.comes("kofi")
    evening.asks("dana", StartRound())
    assert rooms_of(evening.event) == [["ana", "bo", "chidi"], ["hana", "ines", "kofi"]]


def test_a_proposal_that_many_have_left_is_solved_again() -> None:
    evening = Evening()
    evening.comes(*(f"a{i}" for i in range(12)))
    evening.offers([[f"a{i}" for i in range(row, row + 4)] for row in (0, 4, 8)])
    for name in ("a0", "a4", "a8"):
        evening.asks(name, Leave())
    assert only(evening.asks("dana", StartRound()), RoundCalled)


def test_a_proposal_that_let_somebody_sit_out_is_solved_again_when_somebody_went() -> None:
    evening = Evening(size=3, most=3)
    evening.comes(*FOUR, "ines", "jun", "kofi")
    evening.offers([["ana", "bo", "chidi"], ["hana", "ines", "jun"]], sitting_out=["kofi"])
    evening.asks("jun", Leave())
    assert only(evening.asks("dana", StartRound()), RoundCalled)


def test_an_offer_for_people_who_came_or_went_meanwhile_is_asked_for_again() -> None:
    evening = Evening(size=2, most=2)
    evening.comes(*FOUR)
    evening.asks("dana", StartRound())
    evening.comes("ines")
    assert evening.refuses(SERVER, evening.offer(PAIRS)) == "stale-offer"
    evening.comes("jun")
    evening.offers([*PAIRS, ["ines", "jun"]])
    assert evening.phase == "preview"


def test_blocked_pairs_are_never_seated_together_whatever_is_offered() -> None:
    evening = Evening()
    evening.comes(*FOUR)
    evening.offers(PAIRS)
    evening.asks("bo", Block(about="ana"))
    evening.asks("dana", StartRound())
    assert evening.refuses(SERVER, evening.offer(PAIRS)) == "stale-offer"
    evening.passes(3)
    evening.offers(PAIRS)
    evening.passes(5)
    assert rooms_of(evening.event) == [["ana", "chidi", "hana"]]
    assert evening.why("bo") == "left-over"


@pytest.mark.parametrize("by", ["ana", "bo"])
def test_dealing_without_a_solver_keeps_the_hard_rules(by: str) -> None:
    evening = Evening(size=2, least=2, most=3)
    evening.adds(
        Attendee(id="ana", name="Ana", segment="buyer"),
        Attendee(id="bo", name="Bo", segment="seller"),
    )
    evening.comes(*FOUR)
    evening.on_site("emre", "fatou")
    evening.asks(by, Block(about="ana" if by == "bo" else "bo"))
    evening.asks("dana", StartRound())
    evening.passes(5)
    assert "bo" not in (evening.mates("ana") or [])
    assert evening.mates("emre") == ["emre", "fatou"]


def test_segments_that_must_not_meet_do_not_meet_late_either() -> None:
    evening = Evening(segments=(SegmentRule(a="buyer", b="seller", rule="must-not"),), size=3)
    evening.adds(
        Attendee(id="ana", name="Ana", segment="buyer"),
        Attendee(id="ines", name="Ines", segment="Seller"),
    )
    with_late_ines(evening, 0)
    evening.passes(5)
    assert evening.mates("ines") == ["chidi", "hana", "ines"]


def test_people_share_a_language_when_the_event_says_so() -> None:
    evening = Evening(common_language=True, size=3)
    evening.adds(
        Attendee(id="ana", name="Ana", languages=("en",)),
        Attendee(id="ines", name="Ines", languages=("日本語",)),
    )
    with_late_ines(evening, 0)
    evening.passes(5)
    assert evening.mates("ines") == ["chidi", "hana", "ines"]


def test_tables_have_numbers_and_a_person_fixed_at_one_stays_there() -> None:
    evening = Evening()
    evening.adds(Attendee(id="emre", name="Emre", mode=Mode.ON_SITE, table=1))
    evening.on_site("emre", *FOUR, "ines")
    evening.comes("jun", "kofi")
    rooms = evening.seated([["ana", "bo"], ["emre", "chidi"], ["hana", "ines"], ["jun", "kofi"]])
    assert [room.table for room in rooms] == [2, 1, 3, None]
    assert evening.last("emre", m.Room).table == 1


def test_late_people_on_site_get_a_table_of_their_own_while_there_are_tables() -> None:
    evening = Evening(tables=2, size=2, most=2)
    evening.on_site("ana", "bo")
    evening.talking([["ana", "bo"]])
    evening.on_site("chidi", "hana")
    assert evening.mates("chidi") == ["chidi", "hana"]
    assert evening.last("chidi", m.Room).table == 2
    evening.on_site("ines", "jun")
    evening.passes(10)
    assert evening.mates("ines") is None, "there are only two tables"


def test_who_is_fixed_at_a_taken_table_gets_no_other() -> None:
    evening = Evening(size=2, most=2)
    evening.adds(Attendee(id="emre", name="Emre", mode=Mode.ON_SITE, table=1))
    evening.on_site("ana", "bo")
    evening.talking([["ana", "bo"]])
    evening.on_site("emre", "chidi")
    evening.passes(10)
    assert evening.mates("emre") is None


def test_an_offers_numbers_go_into_the_journal() -> None:
    evening = Evening()
    evening.comes("ana", "bo")
    offer = OfferSeating(
        round=1, basis="b", rooms=(("ana", "bo"),), seed=7, steps=9, mean_affinity=0.5
    )
    (fact,) = evening.asks(SERVER, offer)
    assert (fact.seed, fact.steps, fact.mean_affinity) == (7, 9, 0.5)  # type: ignore[union-attr]
    fixed = only(evening.asks("dana", StartRound()), SeatingFixed)
    assert fixed.rooms[0].people == ("ana", "bo")
