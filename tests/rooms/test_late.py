"""Late people: which room takes them, and when it is told (rule 10)."""

from __future__ import annotations

import pytest

from rooms import messages as m
from rooms.commands import (
    Block,
    Leave,
    Merge,
    Pause,
    Profile,
    SitOut,
)
from rooms.facts import (
    JoinCancelled,
    Seated,
)
from rooms.people import Attendee
from tests.rooms.evenings import Evening, kinds, only
from tests.rooms.talking import FOUR, PAIRS, four_talk, with_late_ines


def test_a_room_is_told_5_s_before_somebody_joins() -> None:
    evening = with_late_ines(Evening(), 10)
    planned = evening.event.joins["ines"]
    mates = [name for name in FOUR if planned.room == evening.event.people[name].seat]
    joining = evening.last(mates[0], m.RoomPeople).joining[0]
    assert (joining.card.id, evening.since_start(joining.at)) == ("ines", 35)
    assert evening.codes("ines") == ["joining-soon"]
    evening.passes(4.9)
    assert evening.mates("ines") is None
    evening.passes(0.1)
    assert evening.mates("ines") == sorted([*mates, "ines"])
    assert [card.id for card in evening.last(mates[0], m.RoomPeople).joined] == ["ines"]
    assert {card.id for card in evening.last("ines", m.Room).people} == {*mates, "ines"}


def test_in_a_short_round_a_room_is_told_a_tenth_of_it_before() -> None:
    evening = with_late_ines(Evening(seconds=20), 1)
    happened = evening.passes(2)
    assert only(happened, Seated).because == "late"


def test_with_more_than_half_left_late_people_go_below_target_size_first() -> None:
    evening = Evening(size=2, most=4, seconds=480)
    evening.comes(*FOUR, "jun")
    evening.talking([["ana", "bo", "jun"], ["chidi", "hana"]])
    evening.asks("hana", SitOut())
    evening.passes(1)
    evening.comes("ines")
    evening.passes(5)
    assert evening.mates("ines") == ["chidi", "ines"]


@pytest.mark.parametrize(("gone", "mates"), [(239, ["ana", "bo"]), (240, ["chidi", "hana", "jun"])])
def test_with_half_left_the_best_room_is_not_sought_below_target_size_any_more(
    gone: float, mates: list[str]
) -> None:
    evening = Evening(size=3, most=4, seconds=480)
    for name in ("chidi", "ines"):
        evening.adds(Attendee(id=name, name=name.title(), interests=("tea",)))
    evening.comes(*FOUR, "jun")
    evening.talking([["ana", "bo"], ["chidi", "hana", "jun"]])
    evening.passes(gone)
    evening.comes("ines")
    evening.passes(5)
    assert evening.mates("ines") == sorted([*mates, "ines"])


def test_with_more_than_half_left_a_room_below_its_most_is_the_next_choice() -> None:
    evening = with_late_ines(Evening(size=2, most=3), 10)
    evening.passes(5)
    assert len(evening.mates("ines") or []) == 3


@pytest.mark.parametrize(("gone", "seated"), [(335, True), (336, False)])
def test_with_more_than_30_percent_left_a_room_below_its_most(gone: float, seated: bool) -> None:
    evening = with_late_ines(Evening(size=2, most=3, seconds=480), gone)
    evening.passes(5)
    assert (evening.mates("ines") is not None) == seated


def test_full_rooms_take_nobody() -> None:
    evening = with_late_ines(Evening(size=2, most=2), 10)
    evening.passes(10)
    assert evening.mates("ines") is None
    assert evening.sees("ines").then == (m.SittingOut(because="late", next_at=None),)


def test_whom_no_room_takes_waits_in_the_lobby_with_the_time_until_the_next_round() -> None:
    evening = with_late_ines(Evening(auto=True, pause_between=60, seconds=480), 400)
    (told,) = evening.sees("ines").then
    assert isinstance(told, m.SittingOut)
    assert evening.since_start(told.next_at) == 560
    assert evening.sees("ines").you.because == "late"


@pytest.mark.parametrize(("gone", "opened"), [(420, True), (421, False)])
def test_two_who_wait_get_a_room_of_their_own_while_60_s_are_left(
    gone: float, opened: bool
) -> None:
    evening = with_late_ines(Evening(size=2, most=2, seconds=480), gone)
    assert evening.mates("ines") is None
    evening.comes("jun")
    assert (evening.mates("ines") == ["ines", "jun"]) == opened


@pytest.mark.parametrize(("gone", "opened"), [(70, True), (71, False)])
def test_in_a_shorter_round_30_percent_are_enough_for_an_own_room(
    gone: float, opened: bool
) -> None:
    evening = with_late_ines(Evening(size=2, most=2, seconds=100), gone)
    evening.comes("jun")
    assert (evening.mates("ines") == ["ines", "jun"]) == opened


def test_an_own_room_ends_with_the_others_and_counts_from_its_beginning() -> None:
    evening = with_late_ines(Evening(size=2, most=2), 100)
    evening.comes("jun")
    assert evening.last("jun", m.Room).ends_at == evening.event.ends_at
    evening.passes(380)
    assert evening.phase == "break"
    assert evening.together("ines", "jun") == 380


def test_people_who_blocked_each_other_get_no_own_room() -> None:
    evening = with_late_ines(Evening(size=2, most=2), 100)
    evening.asks("ines", Block(about="ana"))
    evening.adds("jun")
    evening.asks("ines", Block(about="jun"))
    evening.comes("jun")
    assert evening.mates("ines") is None


def test_who_comes_late_with_an_interpreter_has_them_in_a_room_of_their_own() -> None:
    evening = with_late_ines(Evening(size=2, most=2, common_language=True), 100)
    evening.adds(Attendee(id="kei", name="Kei", languages=("ja",)))
    evening.adds(Attendee(id="iris", name="Iris", languages=("en", "ja"), sits_with="kei"))
    evening.asks("ines", Profile(languages=("en",)))
    evening.comes("kei", "iris")
    assert evening.mates("ines") == ["ines", "iris", "kei"]


@pytest.mark.parametrize("order", [("kei", "iris"), ("iris", "kei")])
def test_who_comes_late_with_an_interpreter_joins_a_room_of_another_language(
    order: tuple[str, str],
) -> None:
    evening = Evening(size=3, most=3, common_language=True)
    evening.adds(Attendee(id="kei", name="Kei", languages=("ja",)))
    evening.adds(Attendee(id="iris", name="Iris", languages=("en", "ja"), sits_with="kei"))
    evening.comes("ana", "bo")
    for name in ("ana", "bo"):
        evening.asks(name, Profile(languages=("en",)))
    evening.talking([["ana", "bo"]])
    evening.comes(*order)
    evening.passes(5)
    assert evening.mates("kei") == ["ana", "bo", "iris", "kei"], "an interpreter takes no place"


def test_an_interpreter_who_comes_later_still_joins_their_person_in_a_full_room() -> None:
    evening = Evening(size=2, most=2)
    evening.adds(Attendee(id="iris", name="Iris", sits_with="ana"))
    evening.comes("ana", "bo")
    evening.talking([["ana", "bo"]])
    evening.comes("iris")
    evening.passes(5)
    assert evening.mates("iris") == ["ana", "bo", "iris"]


def test_a_host_merges_people_with_their_interpreter_into_a_room_of_another_language() -> None:
    evening = Evening(size=3, most=3, common_language=True)
    evening.adds(Attendee(id="kei", name="Kei", languages=("ja",)))
    evening.adds(Attendee(id="iris", name="Iris", languages=("en", "ja"), sits_with="kei"))
    evening.comes("dana", "ana", "bo", "chidi", "kei", "iris")
    for name in ("ana", "bo"):
        evening.asks(name, Profile(languages=("en",)))
    one, other = evening.talking([["ana", "bo"], ["kei", "iris", "chidi"]])
    evening.asks("chidi", Leave())
    evening.asks("dana", Merge(room=other.id, into=one.id))
    assert evening.mates("kei") == ["ana", "bo", "iris", "kei"]


def test_in_the_preview_late_people_are_seated_as_well() -> None:
    evening = Evening()
    evening.comes(*FOUR)
    evening.seated(PAIRS)
    evening.comes("ines")
    evening.passes(5)
    assert len(evening.mates("ines") or []) == 3


@pytest.mark.parametrize(("met", "room"), [("ana", ["chidi", "hana"]), ("hana", ["ana", "bo"])])
def test_a_room_with_nobody_met_comes_before_one_with_somebody_met(
    met: str, room: list[str]
) -> None:
    evening = Evening(size=3)
    evening.comes(*FOUR, "ines")
    evening.talking([[met, "ines"], [name for name in FOUR if name != met]])
    evening.passes(490)
    evening.asks("ines", Leave())
    evening.talking(PAIRS)
    evening.comes("ines")
    evening.passes(5)
    assert evening.mates("ines") == sorted([*room, "ines"])


def test_meeting_again_is_better_than_sitting_out() -> None:
    evening = Evening(size=3)
    evening.comes("ana", "bo", "ines")
    evening.talking([["ana", "bo", "ines"]])
    evening.passes(490)
    evening.asks("ines", Leave())
    evening.talking([["ana", "bo"]])
    evening.comes("ines")
    evening.passes(5)
    assert evening.mates("ines") == ["ana", "bo", "ines"]


def test_the_room_that_suits_best_is_chosen() -> None:
    evening = Evening(size=3)
    evening.adds(
        Attendee(id="ana", name="Ana", interests=("tea",)),
        Attendee(id="chidi", name="Chidi", interests=("rain",)),
        Attendee(id="ines", name="Ines", interests=("Tea",)),
    )
    with_late_ines(evening, 10)
    evening.passes(5)
    assert evening.mates("ines") == ["ana", "bo", "ines"]


def test_who_leaves_before_joining_is_called_off() -> None:
    evening = with_late_ines(Evening(), 10)
    room = evening.event.joins["ines"].room
    mate = evening.event.rooms[room].people[0]
    evening.passes(2)
    happened = evening.drops("ines")
    assert only(happened, JoinCancelled).room == room
    assert evening.last(mate, m.RoomPeople).not_joining == ("ines",)


def test_who_sits_out_before_joining_is_called_off() -> None:
    evening = with_late_ines(Evening(), 10)
    evening.passes(2)
    assert any(isinstance(fact, JoinCancelled) for fact in evening.asks("ines", SitOut()))
    evening.passes(60)
    assert evening.mates("ines") is None


def test_a_room_that_cannot_take_them_any_more_is_told_and_the_other_gets_its_5_s() -> None:
    evening = with_late_ines(Evening(size=3), 10)
    room = evening.event.joins["ines"].room
    other = next(r.id for r in evening.event.running_rooms() if r.id != room)
    mate = evening.event.rooms[room].people[0]
    evening.passes(4)
    evening.asks(mate, Block(about="ines"))
    happened = evening.passes(1)
    assert kinds(happened) == ["JoinCancelled", "JoinPlanned"]
    assert evening.event.joins["ines"].room == other
    evening.passes(5)
    assert evening.event.people["ines"].seat == other


def test_a_late_person_meant_for_a_room_keeps_somebody_they_blocked_out_of_it() -> None:
    evening = Evening(size=2, most=3)
    evening.adds("ines", "jun")
    evening.comes(*FOUR)
    evening.talking([list(FOUR[:2])], sitting_out=FOUR[2:])
    evening.asks("chidi", SitOut())
    evening.asks("hana", SitOut())
    evening.asks("ines", Block(about="jun"))
    evening.comes("ines", "jun")
    evening.passes(10)
    assert "jun" not in (evening.mates("ines") or [])


def test_people_come_late_while_the_clock_is_paused() -> None:
    evening = four_talk()
    evening.passes(400)
    evening.asks("dana", Pause())
    evening.passes(1000)
    evening.comes("ines", "jun")
    assert evening.mates("ines") == ["ines", "jun"], "80 s are left"
