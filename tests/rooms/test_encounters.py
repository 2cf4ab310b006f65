"""Minutes together (rules 4 and 22): right through drops, reconnects, moves, lost processes."""

from __future__ import annotations

import pytest

from rooms.commands import (
    Arrived,
    CheckOut,
    Disconnect,
    EndRound,
    Here,
    Leave,
    Merge,
    Move,
    Rejoin,
    SitOut,
)
from rooms.deciding import SERVER
from rooms.encounters import encounters, met_after_ms, rooms_by_round, round_encounters
from rooms.people import Attendee
from rooms.seating import have_met
from tests.rooms.evenings import Evening


def two_talk(evening: Evening | None = None, *, node: str = "n1") -> Evening:
    """Ana and Bo talk, Bo through the process `node`; Chidi and 花子 do in another room."""
    evening = evening or Evening(preview=20, seconds=480)
    evening.comes("ana", "chidi", "hana")
    evening.comes("bo", node=node)
    evening.talking([["ana", "bo"], ["chidi", "hana"]])
    return evening


def test_a_whole_round_together_is_the_rounds_length() -> None:
    evening = two_talk()
    evening.passes(600)
    assert evening.minutes() == {("ana", "bo"): 480, ("chidi", "hana"): 480}


def test_an_encounter_names_round_room_and_instant() -> None:
    evening = two_talk()
    evening.passes(480)
    meeting = evening.meetings()[0]
    assert (meeting.a, meeting.b, meeting.round, meeting.room) == ("ana", "bo", 1, "r1-1")
    assert evening.since_start(meeting.met_at) == 20
    assert (meeting.presence, meeting.table) == ("confirmed", None)


def test_the_preview_does_not_count() -> None:
    evening = Evening(preview=20)
    evening.comes("ana", "bo")
    evening.seated([["ana", "bo"]])
    evening.passes(20)
    assert evening.minutes() == {}


def test_minutes_are_those_so_far_while_a_round_runs() -> None:
    evening = two_talk()
    evening.passes(100)
    assert evening.together("ana", "bo") == 100


def test_time_dropped_does_not_count() -> None:
    evening = two_talk()
    evening.passes(100)
    evening.drops("bo")
    evening.passes(10)
    evening.comes("bo")
    evening.passes(370)
    assert evening.together("ana", "bo") == 470


def test_a_drop_counts_from_the_last_frame() -> None:
    evening = two_talk()
    evening.passes(100)
    evening.drops("bo", silent_for=4)
    evening.passes(10)
    evening.comes("bo")
    evening.passes(370)
    assert evening.together("ana", "bo") == 466


def test_several_drops_add_up() -> None:
    evening = two_talk()
    for _ in range(3):
        evening.passes(50)
        evening.drops("bo")
        evening.passes(5)
        evening.drops("ana")
        evening.passes(5)
        evening.comes("ana", "bo")
    evening.passes(300)
    assert evening.together("ana", "bo") == 480 - 3 * 10


def test_both_dropped_at_once_are_not_together() -> None:
    evening = two_talk()
    evening.passes(100)
    evening.drops("ana", "bo")
    evening.passes(50)
    evening.comes("ana", "bo")
    evening.passes(330)
    assert evening.together("ana", "bo") == 430


def test_a_second_tab_costs_no_second() -> None:
    evening = two_talk()
    evening.passes(100)
    evening.comes("bo")
    evening.passes(380)
    assert evening.together("ana", "bo") == 480


def test_an_old_tab_that_had_been_silent_counts_until_its_last_frame() -> None:
    evening = two_talk()
    old = evening.event.people["bo"].connections[0].connection
    evening.passes(100)
    silent_since = evening.now
    evening.passes(10)
    evening.comes("bo")
    evening.asks(SERVER, Disconnect(attendee="bo", connection=old, as_of=silent_since))
    evening.passes(370)
    assert evening.together("ana", "bo") == 470


def test_an_old_tab_closed_in_good_order_costs_no_second() -> None:
    evening = two_talk()
    old = evening.event.people["bo"].connections[0].connection
    evening.passes(100)
    evening.comes("bo")
    ended = Disconnect(attendee="bo", connection=old, as_of=evening.now - 1500)
    assert evening.asks(SERVER, ended) == []
    evening.passes(380)
    assert evening.together("ana", "bo") == 480


def test_a_lost_process_counts_until_its_last_heartbeat() -> None:
    evening = two_talk(node="n2")
    evening.passes(100)
    evening.loses_node("n2", silent_for=6)
    evening.passes(4)
    evening.comes("bo")
    evening.passes(376)
    assert evening.together("ana", "bo") == 480 - 10


def test_a_lost_process_counts_rightly_behind_later_facts() -> None:
    evening = two_talk(node="n2")
    evening.passes(100)
    evening.comes("bo", node="n3")
    evening.passes(2)
    evening.loses_node("n2", silent_for=7)
    evening.passes(378)
    assert evening.together("ana", "bo") == 480 - 5, "away from the 95th to the 100th second"


def test_a_process_lost_before_the_rounds_end_counts_rightly_afterwards() -> None:
    evening = two_talk(node="n2")
    evening.passes(483)
    assert evening.phase == "break"
    evening.loses_node("n2", silent_for=8)
    assert evening.together("ana", "bo") == 475


def test_a_process_lost_counts_rightly_when_the_next_preview_has_begun() -> None:
    evening = Evening(preview=20, seconds=480, pause_between=0, auto=True)
    two_talk(evening, node="n2")
    evening.passes(478)
    evening.offers([["ana", "chidi"], ["bo", "hana"]])
    evening.passes(5)
    assert evening.phase == "preview"
    evening.loses_node("n2", silent_for=8)
    assert evening.together("ana", "bo") == 475


def test_a_node_nobody_was_on_is_lost_without_a_fact() -> None:
    evening = two_talk()
    assert evening.loses_node("n9") == []


def test_a_host_with_a_tab_on_a_living_process_stays() -> None:
    evening = Evening()
    evening.comes("dana", node="n1")
    evening.comes("dana", node="n2")
    evening.comes("ana")
    evening.asks("dana", Rejoin())
    evening.talking([["ana", "dana"]])
    evening.passes(100)
    evening.loses_node("n2")
    evening.passes(380)
    assert evening.together("ana", "dana") == 480


def test_moves_split_minutes_between_rooms() -> None:
    evening = three_and_two_talk()
    evening.passes(100)
    evening.asks("dana", Move(attendee="bo", room="r1-2"))
    evening.passes(380)
    assert evening.together("ana", "bo") == 100
    assert evening.together("bo", "hana") == 380


def test_merging_keeps_minutes_of_both_rooms() -> None:
    evening = two_talk()
    evening.passes(100)
    evening.asks("dana", Merge(room="r1-2", into="r1-1"))
    evening.passes(380)
    assert evening.together("ana", "bo") == 480
    assert evening.together("chidi", "hana") == 480
    assert evening.together("ana", "hana") == 380


def three_and_two_talk(evening: Evening | None = None) -> Evening:
    """Ana, Bo and Ines talk, Bo through the process n2; Chidi and 花子 do in another room."""
    evening = evening or Evening(preview=20, seconds=480)
    evening.comes("ana", "chidi", "hana", "ines")
    evening.comes("bo", node="n2")
    evening.talking([["ana", "bo", "ines"], ["chidi", "hana"]])
    return evening


def test_coming_back_to_a_room_one_was_moved_from_adds_up() -> None:
    evening = three_and_two_talk()
    evening.passes(100)
    evening.asks("dana", Move(attendee="bo", room="r1-2"))
    evening.passes(100)
    evening.asks("dana", Move(attendee="bo", room="r1-1"))
    evening.passes(280)
    assert evening.together("ana", "bo") == 380


def test_sitting_out_and_leaving_end_the_minutes() -> None:
    evening = two_talk()
    evening.passes(100)
    evening.asks("bo", SitOut())
    evening.asks("hana", Leave())
    evening.passes(380)
    assert evening.together("ana", "bo") == 100
    assert evening.together("chidi", "hana") == 100


def test_shown_as_not_here_yet_does_not_count() -> None:
    evening = Evening()
    evening.comes("ana")
    evening.comes("bo", visible=False)
    evening.talking([["ana", "bo"]])
    evening.passes(30)
    evening.asks("bo", Here())
    evening.passes(450)
    assert evening.together("ana", "bo") == 480 - 10


def test_less_than_a_second_is_no_encounter() -> None:
    evening = two_talk()
    evening.passes(0.9)
    evening.asks("bo", SitOut())
    evening.passes(480)
    assert evening.together("ana", "bo") == 0


def test_dropped_people_have_no_minutes_though_their_seat_is_kept() -> None:
    evening = two_talk()
    evening.drops("bo")
    evening.passes(480)
    assert evening.together("ana", "bo") == 0


def test_a_pair_that_shared_two_rooms_of_a_round_has_one_encounter() -> None:
    evening = three_and_two_talk()
    evening.passes(100)
    evening.asks("dana", Merge(room="r1-2", into="r1-1"))
    evening.asks("dana", Move(attendee="ines", room="lobby"))
    evening.passes(400)
    (rooms,) = rooms_by_round(evening.event.rooms.values()).values()
    met = {(e.a, e.b): e for e in round_encounters(rooms, evening.now)}
    assert len(met) == len(round_encounters(rooms, evening.now))
    assert met["chidi", "hana"].seconds == 480
    assert met["chidi", "hana"].room == "r1-2", "where they met first"


# On site


def on_site(*, preview: int = 20, walking: int = 20) -> Evening:
    evening = Evening(preview=preview, walking=walking, seconds=480)
    evening.on_site("emre", "ana")
    return evening


def test_minutes_on_site_are_assumed_from_the_start_unless_somebody_says_otherwise() -> None:
    evening = on_site()
    evening.talking([["emre", "ana"]])
    evening.passes(480)
    (meeting,) = evening.meetings()
    assert (meeting.seconds, meeting.presence, meeting.table) == (480, "assumed", 1)


def test_minutes_on_site_are_confirmed_from_the_arrival() -> None:
    evening = on_site()
    evening.talking([["emre", "ana"]])
    evening.asks("ana", Arrived())
    evening.passes(60)
    evening.asks("ana", Arrived(about="emre"))
    evening.passes(420)
    (meeting,) = evening.meetings()
    assert (meeting.seconds, meeting.presence) == (420, "confirmed")


def test_arriving_in_the_preview_counts_from_the_start() -> None:
    evening = on_site()
    evening.seated([["emre", "ana"]])
    evening.passes(5)
    evening.asks("ana", Arrived())
    evening.asks("emre", Arrived())
    evening.passes(15 + 480)
    (meeting,) = evening.meetings()
    assert (meeting.seconds, meeting.presence) == (480, "confirmed")


def test_one_confirmed_and_one_assumed_are_assumed_together() -> None:
    evening = on_site()
    evening.talking([["emre", "ana"]])
    evening.asks("ana", Arrived())
    evening.passes(480)
    assert evening.meetings()[0].presence == "assumed"


def test_a_phones_socket_does_not_count_on_site() -> None:
    evening = on_site()
    evening.talking([["emre", "ana"]])
    evening.drops("emre")
    evening.passes(100)
    evening.comes("emre", node="n2")
    evening.passes(100)
    evening.loses_node("n2")
    evening.passes(280)
    assert evening.together("emre", "ana") == 480


def test_checking_out_ends_the_minutes() -> None:
    evening = on_site()
    evening.talking([["emre", "ana"]])
    evening.passes(100)
    evening.asks("dana", CheckOut(attendee="emre"))
    evening.passes(380)
    assert evening.together("emre", "ana") == 100


# Having met (rule 4)


@pytest.mark.parametrize(("seconds", "met_ms"), [(480, 30_000), (120, 30_000), (60, 15_000)])
def test_met_is_30_s_or_a_quarter_of_a_shorter_round(seconds: int, met_ms: int) -> None:
    assert met_after_ms(seconds) == met_ms


@pytest.mark.parametrize(("together", "met"), [(29, False), (30, True)])
def test_who_was_together_for_30_s_has_met(together: int, met: bool) -> None:
    evening = two_talk()
    evening.passes(together)
    evening.asks("bo", SitOut())
    evening.passes(480)
    assert (("ana", "bo") in evening.event.met) == met


def test_sitting_together_now_is_as_good_as_having_met() -> None:
    evening = two_talk()
    assert have_met(evening.event, "bo", "ana")
    evening.passes(480)
    assert evening.event.met == {("ana", "bo"): 1, ("chidi", "hana"): 1}


def test_a_process_lost_unmakes_a_meeting_that_was_not_one() -> None:
    evening = three_and_two_talk(Evening(seconds=60))
    evening.passes(3)
    evening.drops("ana")
    evening.passes(44)
    evening.comes("ana")
    evening.passes(16)
    assert ("ana", "bo") in evening.event.met
    evening.loses_node("n2", silent_for=10)
    assert ("ana", "bo") not in evening.event.met


def test_an_early_ended_room_counts_as_met_when_long_enough() -> None:
    evening = two_talk()
    evening.passes(31)
    evening.asks("dana", EndRound(room="r1-1"))
    assert ("ana", "bo") in evening.event.met


def test_an_interpreter_counts_as_nobody_met_but_has_minutes() -> None:
    evening = Evening()
    evening.adds(Attendee(id="bo", name="Bo", sits_with="ana"), "ana", "chidi")
    evening.comes("ana", "bo", "chidi")
    evening.talking([["ana", "bo", "chidi"]])
    evening.passes(480)
    assert evening.event.met == {("ana", "chidi"): 1}
    assert evening.together("ana", "bo") == 480


def test_the_last_round_in_which_two_met_is_kept() -> None:
    evening = two_talk()
    evening.passes(490)
    evening.talking([["ana", "bo"], ["chidi", "hana"]])
    evening.passes(480)
    assert evening.event.met[("ana", "bo")] == 2
    assert evening.together("ana", "bo") == 960


def test_encounters_of_a_room_do_not_look_beyond_until() -> None:
    evening = two_talk()
    evening.passes(300)
    room = evening.event.rooms["r1-1"]
    assert encounters(room, evening.instant(20 + 100))[0].seconds == 100
