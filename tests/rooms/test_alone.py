"""Alone in a room: waiting, or being brought to others (rule 11)."""

from __future__ import annotations

from rooms import messages as m
from rooms.commands import (
    Leave,
    MeetOthers,
    Wait,
)
from rooms.facts import (
    JoinPlanned,
)
from tests.rooms.evenings import Evening, kinds, only
from tests.rooms.talking import FOUR, PAIRS, four_talk


def test_without_a_choice_somebody_alone_is_moved_at_20_s_after_a_preview_of_5_s() -> None:
    evening = four_talk()
    evening.drops("bo")
    evening.passes(14.9)
    assert not evening.event.joins
    planned = only(evening.passes(0.1), JoinPlanned)
    assert evening.since_start(planned.join_at) == 40
    assert evening.since_start(evening.last("ana", m.RoomPeople).moves_at) == 40  # type: ignore[arg-type]
    assert evening.last("chidi", m.RoomPeople).joining[0].card.id == "ana"
    evening.passes(4.9)
    assert evening.mates("ana") == ["ana", "bo"]
    evening.passes(0.1)
    assert evening.mates("ana") == ["ana", "chidi", "hana"]
    assert evening.last("ana", m.Room).id == "r1-2"


def test_the_20_s_count_from_when_the_room_was_told() -> None:
    evening = four_talk()
    evening.passes(30)
    evening.drops("bo", silent_for=4)
    evening.passes(19.9)
    assert evening.mates("ana") == ["ana", "bo"]
    evening.passes(0.1)
    assert evening.mates("ana") == ["ana", "chidi", "hana"]


def test_choosing_is_possible_from_the_tenth_second() -> None:
    evening = four_talk()
    assert evening.refuses("ana", Wait()) == "not-alone"
    evening.drops("bo")
    evening.passes(9.9)
    assert evening.refuses("ana", Wait()) == "too-soon"
    assert evening.refuses("ana", MeetOthers()) == "too-soon"
    evening.passes(0.1)
    assert kinds(evening.asks("ana", Wait())) == ["ChoseToWait"]


def test_who_waits_waits_90_s() -> None:
    evening = four_talk()
    evening.drops("bo")
    evening.passes(10)
    evening.asks("ana", Wait())
    assert evening.since_start(evening.last("ana", m.RoomPeople).moves_at) == 120  # type: ignore[arg-type]
    evening.passes(89.9)
    assert evening.mates("ana") == ["ana", "bo"]
    evening.passes(0.1)
    assert evening.mates("ana") == ["ana", "chidi", "hana"]


def test_waiting_can_still_be_chosen_in_the_5_s_before_moving() -> None:
    evening = four_talk()
    evening.drops("bo")
    evening.passes(17)
    happened = evening.asks("ana", Wait())
    assert kinds(happened) == ["JoinCancelled", "ChoseToWait"]
    assert evening.last("chidi", m.RoomPeople).not_joining == ("ana",)
    evening.passes(60)
    assert evening.mates("ana") == ["ana", "bo"]


def test_who_would_meet_others_does_so_after_5_s() -> None:
    evening = four_talk()
    evening.drops("bo")
    evening.passes(10)
    evening.asks("ana", MeetOthers())
    evening.passes(4.9)
    assert evening.mates("ana") == ["ana", "bo"]
    evening.passes(0.1)
    assert evening.mates("ana") == ["ana", "chidi", "hana"]


def test_who_waits_may_change_their_mind() -> None:
    evening = four_talk()
    evening.drops("bo")
    evening.passes(10)
    evening.asks("ana", Wait())
    evening.passes(20)
    evening.asks("ana", MeetOthers())
    evening.passes(5)
    assert evening.mates("ana") == ["ana", "chidi", "hana"]


def test_a_server_that_was_asleep_tells_5_s_before_all_the_same() -> None:
    evening = four_talk()
    evening.drops("bo")
    evening.sleeps(60)
    assert evening.mates("ana") == ["ana", "bo"]
    evening.passes(4.9)
    assert evening.mates("ana") == ["ana", "bo"]
    evening.passes(0.1)
    assert evening.mates("ana") == ["ana", "chidi", "hana"]


def test_the_mate_coming_back_in_the_5_s_calls_the_move_off() -> None:
    evening = four_talk()
    evening.drops("bo")
    evening.passes(17)
    evening.comes("bo")
    assert evening.last("chidi", m.RoomPeople).not_joining == ("ana",)
    evening.passes(60)
    assert evening.mates("ana") == ["ana", "bo"]


def test_without_a_room_that_takes_them_they_go_to_the_lobby_and_are_told() -> None:
    evening = four_talk(Evening(size=2, most=2))
    evening.drops("bo")
    evening.passes(20)
    assert evening.mates("ana") is None
    assert evening.why("ana") == "stranded"
    evening.passes(100)
    assert evening.mates("ana") is None


def test_two_who_are_alone_in_two_rooms_come_together_and_do_not_swap() -> None:
    evening = four_talk()
    evening.drops("bo", "hana")
    evening.passes(20)
    assert evening.mates("ana") == evening.mates("chidi")
    assert {"ana", "chidi"} <= set(evening.mates("ana") or [])


def test_two_who_are_alone_late_in_a_round_get_a_room_of_their_own() -> None:
    evening = four_talk(Evening(seconds=480))
    evening.passes(380)
    evening.drops("bo", "hana")
    evening.passes(20)
    assert evening.mates("ana") == ["ana", "chidi"]


def test_nobody_is_moved_in_the_last_seconds_of_a_round() -> None:
    evening = four_talk()
    evening.passes(465)
    evening.drops("bo")
    evening.passes(14.9)
    assert evening.mates("ana") == ["ana", "bo"]


def test_nobody_is_alone_in_the_preview() -> None:
    evening = Evening(preview=60)
    evening.comes(*FOUR)
    evening.seated(PAIRS)
    evening.drops("bo")
    evening.passes(59)
    assert evening.mates("ana") == ["ana", "bo"]
    evening.passes(1)
    assert evening.since_start(evening.event.alone["ana"].since) == 60
    evening.passes(20)
    assert evening.mates("ana") == ["ana", "chidi", "hana"]


def test_leaving_makes_the_other_alone_as_dropping_does() -> None:
    evening = four_talk()
    evening.asks("bo", Leave())
    evening.passes(20)
    assert evening.mates("ana") == ["ana", "chidi", "hana"]


def test_late_people_go_to_somebody_alone_first() -> None:
    evening = four_talk(Evening(size=3))
    evening.drops("hana")
    evening.passes(12)
    evening.comes("ines")
    happened = evening.passes(60)
    assert evening.mates("ines") == ["chidi", "hana", "ines"]
    assert not any(isinstance(x, JoinPlanned) for x in happened), "and chidi stays"


def test_a_lost_process_starts_the_20_s_anew() -> None:
    evening = Evening()
    evening.comes("ana", "chidi", "hana", node="n1")
    evening.comes("bo", node="n2")
    evening.talking(PAIRS)
    evening.passes(30)
    evening.loses_node("n2", silent_for=6)
    assert evening.last("ana", m.RoomPeople).dropped == ("bo",)
    evening.passes(19.9)
    assert evening.mates("ana") == ["ana", "bo"]
    evening.passes(0.1)
    assert evening.mates("ana") == ["ana", "chidi", "hana"]


def test_a_lost_process_starts_the_20_s_anew_for_everybody_alone() -> None:
    evening = Evening(size=2, most=3)
    evening.comes(*FOUR)
    evening.comes("ines", node="n2")
    evening.talking([["ana", "bo"], ["chidi", "hana", "ines"]])
    evening.drops("bo")
    evening.passes(12)
    evening.loses_node("n2")
    evening.passes(19.9)
    assert evening.mates("ana") == ["ana", "bo"]
    evening.passes(0.1)
    assert evening.mates("ana") != ["ana", "bo"]


def test_both_of_a_lost_process_come_back_to_their_room() -> None:
    evening = Evening()
    evening.comes("ana", "bo", node="n1")
    evening.talking([["ana", "bo"]])
    evening.passes(30)
    evening.loses_node("n1")
    evening.comes("ana", node="n2")
    evening.passes(5)
    evening.comes("bo", node="n2")
    evening.passes(60)
    assert evening.mates("ana") == ["ana", "bo"]


def test_coming_back_to_an_empty_room_leads_to_where_the_roommates_went() -> None:
    evening = four_talk(Evening(size=3))
    evening.drops("bo")
    evening.passes(25)
    assert evening.mates("ana") == ["ana", "chidi", "hana"]
    happened = evening.comes("bo")
    assert only(happened, JoinPlanned).because == "back"
    evening.passes(5)
    assert evening.mates("bo") == ["ana", "bo", "chidi", "hana"]
    assert evening.last("bo", m.Room).id == "r1-2"


def test_coming_back_when_the_roommates_room_is_full_leads_elsewhere_by_20_s() -> None:
    evening = Evening(size=2, most=3)
    evening.comes(*FOUR, "ines", "jun")
    evening.talking([*PAIRS, ["ines", "jun"]])
    evening.drops("bo")
    evening.passes(25)
    evening.comes("bo")
    evening.passes(20)
    assert len(evening.mates("bo") or []) == 3
    assert "ana" not in (evening.mates("bo") or [])


def test_a_drop_on_site_is_no_drop() -> None:
    evening = Evening()
    evening.on_site("emre", "ana")
    evening.talking([["emre", "ana"]])
    evening.hushes()
    evening.drops("emre")
    assert not evening.told("ana", m.RoomPeople)
    evening.passes(60)
    assert evening.mates("ana") == ["ana", "emre"]
    evening.comes("emre")
    assert not evening.told("ana", m.RoomPeople)
