"""The clock: phases, deadlines, warnings, pauses, breaks, the end (rules 8 and 9)."""

from __future__ import annotations

import pytest

from rooms import messages as m
from rooms.commands import (
    Alarm,
    Arrived,
    ChangeEvent,
    CheckOut,
    CloseEvent,
    EndRound,
    Extend,
    Here,
    Leave,
    Pause,
    Resume,
    SitOut,
    StartRound,
    WishMoreTime,
)
from rooms.deciding import CLOCK, SERVER
from rooms.facts import (
    CallWithdrawn,
    DeadlineMoved,
    PreviewShortened,
    RoundCalled,
    RoundEnded,
    RoundStarted,
    SeatingFixed,
    Warned,
)
from rooms.people import Attendee
from rooms.programme import Plan, planned_round
from rooms.rounds import due
from tests.rooms.evenings import Evening, kinds, only
from tests.rooms.talking import four_talk

# Phases


def test_a_round_goes_through_preview_round_and_break_back_to_the_lobby() -> None:
    evening = Evening(rounds=1, seconds=480, preview=20, pause_between=60)
    evening.comes("ana", "bo")
    evening.seated([["ana", "bo"]])
    phases = [evening.phase]
    for seconds in (20, 480, 60):
        evening.passes(seconds - 0.001)
        phases.append(evening.phase)
        evening.passes(0.001)
        phases.append(evening.phase)
    assert phases == ["preview", "preview", "round", "round", "break", "break", "lobby"]


def test_both_instants_are_the_rounds_already_in_the_preview() -> None:
    evening = Evening(seconds=480, preview=20)
    evening.comes("ana", "bo")
    evening.seated([["ana", "bo"]])
    told = evening.last("ana", m.PhaseChanged)
    assert (told.phase, told.round, told.rounds) == ("preview", 1, 3)
    assert evening.since_start(told.starts_at) == 20
    assert evening.since_start(told.ends_at) == 500


def test_everybody_counts_down_to_the_same_instant() -> None:
    evening = four_talk()
    assert {room.ends_at for room in evening.event.running_rooms()} == {evening.event.ends_at}
    assert evening.sees("ana").event.ends_at == evening.sees("chidi").event.ends_at


def test_without_people_on_site_the_preview_takes_the_preview_seconds() -> None:
    evening = Evening(preview=20, walking=120)
    evening.comes("ana", "bo")
    evening.seated([["ana", "bo"]])
    assert evening.since_start(evening.event.starts_at) == 20


def test_with_people_on_site_the_preview_takes_the_walking_time_for_all_rooms() -> None:
    evening = Evening(preview=20, walking=120)
    evening.comes("ana", "bo")
    evening.on_site("emre", "chidi")
    rooms = evening.seated([["ana", "bo"], ["emre", "chidi"]])
    assert {evening.since_start(room.starts_at) for room in rooms} == {120}


def test_the_longer_of_preview_and_walking_counts() -> None:
    evening = Evening(preview=90, walking=30)
    evening.on_site("emre", "ana")
    evening.seated([["emre", "ana"]])
    assert evening.since_start(evening.event.starts_at) == 90


def on_site_preview() -> Evening:
    evening = Evening(preview=20, walking=120, seconds=480)
    evening.on_site("emre", "ana")
    evening.comes("bo", "chidi")
    evening.seated([["emre", "ana"], ["bo", "chidi"]])
    return evening


def test_once_all_have_arrived_only_what_is_beyond_the_preview_seconds_is_cut() -> None:
    evening = on_site_preview()
    evening.passes(10)
    assert not any(isinstance(x, PreviewShortened) for x in evening.asks("emre", Arrived()))
    evening.asks("ana", Arrived())
    assert evening.since_start(evening.event.starts_at) == 20
    assert evening.since_start(evening.event.ends_at) == 500
    assert {evening.since_start(r.starts_at) for r in evening.event.running_rooms()} == {20}
    assert evening.since_start(evening.last("bo", m.PhaseChanged).starts_at) == 20


def test_all_arriving_after_the_preview_seconds_starts_the_round_at_once() -> None:
    evening = on_site_preview()
    evening.passes(50)
    evening.asks("emre", Arrived())
    happened = evening.asks("ana", Arrived())
    assert only(happened, RoundStarted)
    assert evening.left == 480


def test_who_was_awaited_and_checks_out_is_awaited_no_more() -> None:
    evening = on_site_preview()
    evening.on_site("hana")
    evening.passes(50)
    evening.asks("emre", Arrived())
    evening.asks("ana", Arrived())
    assert evening.phase == "preview", "hana is on her way"
    evening.asks("dana", CheckOut(attendee="hana"))
    assert evening.phase == "round"


def test_the_preview_is_not_cut_below_its_seconds_by_a_pause() -> None:
    evening = on_site_preview()
    evening.passes(5)
    evening.asks("dana", Pause())
    evening.passes(60)
    evening.asks("dana", Resume())
    evening.asks("emre", Arrived())
    evening.asks("ana", Arrived())
    assert evening.since_start(evening.event.starts_at) == 80


def test_arrivals_during_a_pause_cut_the_preview_when_it_goes_on() -> None:
    evening = on_site_preview()
    evening.passes(30)
    evening.asks("dana", Pause())
    evening.asks("emre", Arrived())
    evening.asks("ana", Arrived())
    assert evening.phase == "preview"
    evening.asks("dana", Resume())
    assert evening.phase == "round"


def test_cutting_the_preview_keeps_what_a_host_had_added() -> None:
    evening = on_site_preview()
    evening.asks("dana", Extend(seconds=60))
    evening.asks("dana", Extend(seconds=30, room="r1-2"))
    evening.passes(30)
    evening.asks("emre", Arrived())
    evening.asks("ana", Arrived())
    assert evening.left == 540
    ends = [evening.since_start(room.ends_at) for room in evening.event.running_rooms()]
    assert ends == [570, 600]


# Who calls a round


def test_the_first_round_waits_for_the_host() -> None:
    evening = Evening(starts_at=60)
    evening.comes("ana", "bo")
    evening.passes(3600)
    assert evening.phase == "lobby"


def test_an_auto_round_begins_when_the_event_is_to_start() -> None:
    evening = Evening(starts_at=60, auto=True, doors=False)
    evening.comes("ana", "bo")
    evening.offers([["ana", "bo"]])
    evening.passes(59.9)
    assert evening.phase == "draft"
    evening.passes(0.1)
    assert evening.phase == "preview"


def test_an_auto_round_without_a_start_waits_for_the_host() -> None:
    evening = Evening(auto=True)
    evening.comes("ana", "bo")
    evening.passes(3600)
    assert evening.phase == "lobby"


def test_the_host_may_start_an_auto_event_before_its_time_and_from_draft() -> None:
    evening = Evening(auto=True, starts_at=600, doors=False)
    evening.comes("ana", "bo")
    evening.seated([["ana", "bo"]])
    assert evening.phase == "preview"


def test_an_auto_round_follows_the_break_and_a_hosts_round_waits() -> None:
    auto = Evening(auto=True, pause_between=60)
    host = Evening(auto=False, pause_between=60)
    for evening in (auto, host):
        evening.comes("ana", "bo")
        evening.talking([["ana", "bo"]])
        evening.passes(480)
        assert evening.phase == "break"
    assert auto.since_start(auto.last("ana", m.PhaseChanged).ends_at) == 560
    assert host.last("ana", m.PhaseChanged).ends_at is None
    auto.passes(65)
    host.passes(3600)
    assert auto.phase == "preview"
    assert host.phase == "break"


def test_a_fresh_proposal_makes_the_preview_begin_at_once() -> None:
    evening = Evening()
    evening.comes("ana", "bo")
    evening.offers([["ana", "bo"]])
    assert kinds(evening.asks("dana", StartRound())) == ["SeatingFixed"]


def test_without_a_proposal_the_round_is_called_and_goes_on_with_the_offer() -> None:
    evening = Evening()
    evening.comes("ana", "bo")
    assert kinds(evening.asks("dana", StartRound())) == ["RoundCalled"]
    assert evening.refuses("dana", StartRound()) == "already-called"
    assert evening.phase == "lobby"
    assert kinds(evening.offers([["ana", "bo"]])) == ["SeatingOffered", "SeatingFixed"]


def test_a_called_round_that_no_solver_answers_is_dealt() -> None:
    evening = Evening(size=4, least=3, most=6)
    evening.comes(*(f"a{i}" for i in range(7)))
    evening.asks("dana", StartRound())
    fixed = only(evening.passes(5), SeatingFixed)
    assert sorted(len(seats.people) for seats in fixed.rooms) == [3, 4]
    assert not fixed.left_over


def test_a_dealt_assistant_sits_with_their_person_and_counts_as_nobody() -> None:
    evening = Evening(size=2, least=2, most=2, common_language=True)
    for number in range(4):
        languages = ("ja",) if number == 2 else ("en",)
        evening.adds(Attendee(id=f"a{number}", name=f"A{number}", languages=languages))
    evening.adds(Attendee(id="iris", name="Iris", languages=("en", "ja"), sits_with="a2"))
    evening.comes("iris", *(f"a{number}" for number in range(4)))
    evening.asks("dana", StartRound())
    fixed = only(evening.passes(5), SeatingFixed)
    assert not fixed.left_over
    assert sorted(len(seats.people) for seats in fixed.rooms) == [2, 3]
    assert any({"a2", "iris"} <= set(seats.people) for seats in fixed.rooms)


def test_a_round_called_by_the_host_that_cannot_be_held_is_withdrawn_and_said_so() -> None:
    evening = Evening()
    evening.comes("dana", "ana", "bo")
    evening.asks("dana", StartRound())
    evening.asks("bo", Leave())
    assert only(evening.passes(5), CallWithdrawn).because == "nobody-to-seat"
    assert evening.codes("dana") == ["nobody-to-seat"]
    assert evening.phase == "lobby"


def test_seconds_and_size_may_be_chosen_for_the_round_at_hand() -> None:
    evening = Evening(seconds=480, size=4, least=2, most=6)
    evening.comes("ana", "bo")
    assert evening.refuses("dana", StartRound(size=7)) == "bad-size"
    evening.asks("dana", StartRound(seconds=90, size=2))
    evening.offers([["ana", "bo"]])
    evening.passes(20)
    assert evening.left == 90


def test_a_round_that_is_on_cannot_be_started_again() -> None:
    evening = four_talk()
    assert evening.refuses("dana", StartRound()) == "already-running"


def test_when_the_programme_is_over_there_is_no_further_round() -> None:
    evening = four_talk(Evening(rounds=1))
    evening.passes(540)
    assert evening.phase == "lobby"
    assert evening.refuses("dana", StartRound()) == "programme-over"


def test_only_hosts_mind_the_clock() -> None:
    evening = four_talk()
    commands = (StartRound, Pause, Resume, EndRound, CloseEvent)
    assert {evening.refuses("ana", command()) for command in commands[1:]} == {"not-allowed"}
    assert evening.refuses("ana", Extend(seconds=60)) == "not-allowed"


def test_an_empty_event_keeps_its_clock() -> None:
    evening = Evening(rounds=2, auto=True, starts_at=10, seconds=100, pause_between=30)
    evening.comes("ana", "bo")
    evening.asks("ana", Leave())
    evening.asks("bo", Leave())
    evening.passes(10)
    assert evening.phase == "preview"
    evening.passes(20 + 100 + 30 + 20 + 100 + 30)
    assert evening.phase == "lobby"
    assert evening.event.round == 2


def test_a_seating_for_another_round_is_stale() -> None:
    evening = Evening()
    evening.comes("ana", "bo")
    assert evening.refuses(SERVER, evening.offer([["ana", "bo"]], round=2)) == "stale-offer"


def test_only_the_server_offers_seatings() -> None:
    evening = Evening()
    evening.comes("ana", "bo")
    offer = evening.offer([["ana", "bo"]])
    assert evening.refuses("ana", offer) == "not-allowed"
    assert evening.refuses("dana", offer) == "not-allowed"
    assert evening.asks(SERVER, offer)


# Warnings


def test_warnings_come_60_s_and_10_s_before_the_end() -> None:
    evening = four_talk(Evening(seconds=480))
    evening.passes(419)
    assert evening.codes("ana") == []
    evening.passes(1)
    assert evening.codes("ana") == ["minute-left"]
    evening.passes(50)
    assert evening.codes("ana") == ["minute-left", "ten-seconds-left"]


def test_a_round_as_short_as_a_warning_has_none() -> None:
    evening = four_talk(Evening(seconds=60))
    evening.passes(60)
    assert [fact.seconds for fact in evening.journal if isinstance(fact, Warned)] == [10]


def test_who_is_not_in_a_room_is_not_warned() -> None:
    evening = four_talk()
    evening.asks("hana", SitOut())
    evening.passes(475)
    assert evening.codes("hana") == []


def test_an_extended_round_warns_again() -> None:
    evening = four_talk()
    evening.passes(425)
    evening.asks("dana", Extend(seconds=120))
    evening.hushes()
    evening.passes(120)
    assert evening.codes("ana") == ["minute-left"]


def test_a_room_extended_alone_is_warned_again() -> None:
    evening = four_talk()
    evening.passes(425)
    evening.asks("dana", Extend(seconds=60, room="r1-1"))
    evening.hushes()
    evening.passes(60)
    assert evening.codes("ana") == ["minute-left"]


def test_a_room_with_its_own_deadline_is_warned_by_that() -> None:
    evening = four_talk()
    evening.asks("dana", Extend(seconds=-100, room="r1-1"))
    evening.passes(320)
    assert evening.codes("ana") == ["minute-left"]
    assert evening.codes("chidi") == []
    evening.passes(100)
    assert evening.codes("chidi") == ["minute-left"]
    assert evening.codes("ana") == ["minute-left", "ten-seconds-left"]


# Extending, shortening, ending


def test_extending_moves_all_rooms_deadlines() -> None:
    evening = four_talk()
    evening.asks("dana", Extend(seconds=60))
    assert evening.left == 540
    assert {room.ends_at for room in evening.event.running_rooms()} == {evening.event.ends_at}
    assert evening.last("ana", m.PhaseChanged).ends_at == evening.event.ends_at


def test_shortening_is_extending_by_less_than_nothing() -> None:
    evening = four_talk()
    evening.asks("dana", Extend(seconds=-400))
    evening.passes(79.9)
    assert evening.phase == "round"
    evening.passes(0.1)
    assert evening.phase == "break"


def test_more_than_is_left_cannot_be_taken_away() -> None:
    evening = four_talk()
    evening.passes(400)
    assert evening.refuses("dana", Extend(seconds=-80)) == "too-short"
    assert evening.refuses("dana", Extend(seconds=0)) == "too-short"
    assert evening.refuses("dana", Extend(seconds=86400)) == "too-long"


def test_a_round_may_go_on_beyond_midnight_wherever_one_lives() -> None:
    evening = four_talk()
    before = evening.event.ends_at
    evening.asks("dana", Extend(seconds=86_400 - 481))
    assert before is not None
    assert evening.event.ends_at == before + (86_400 - 481) * 1000, "a midnight everywhere on earth"
    evening.passes(86_400 - 482)
    assert evening.phase == "round"


def test_the_break_can_be_extended_and_shortened() -> None:
    evening = four_talk(Evening(auto=True, pause_between=60))
    evening.passes(480)
    evening.asks("dana", Extend(seconds=30))
    assert evening.since_start(evening.last("ana", m.PhaseChanged).ends_at) == 590
    evening.asks("dana", Extend(seconds=-80))
    evening.passes(9.9)
    assert evening.phase == "break"
    happened = evening.passes(0.1)
    assert only(happened, RoundCalled).by == CLOCK


def test_a_break_that_waits_for_the_host_has_no_deadline_to_move() -> None:
    evening = four_talk()
    evening.passes(480)
    assert evening.refuses("dana", Extend(seconds=30)) == "out-of-turn"


def test_the_round_can_be_extended_in_the_preview() -> None:
    evening = Evening()
    evening.comes("ana", "bo")
    evening.seated([["ana", "bo"]])
    evening.asks("dana", Extend(seconds=-200))
    evening.passes(20)
    assert evening.left == 280


def test_one_room_can_be_extended_beyond_the_others_but_not_beyond_the_next_preview() -> None:
    evening = four_talk(Evening(auto=True, pause_between=60))
    evening.asks("dana", Extend(seconds=60, room="r1-1"))
    assert evening.refuses("dana", Extend(seconds=1, room="r1-1")) == "too-long"
    assert evening.last("ana", m.Room).ends_at == evening.instant(560)
    assert not evening.told("chidi", m.Room)
    evening.passes(500)
    assert evening.mates("ana") == ["ana", "bo"]
    assert evening.mates("chidi") is None
    evening.passes(40)
    assert evening.mates("ana") is None
    assert evening.together("ana", "bo") == 540


def test_extending_all_rooms_moves_a_room_with_its_own_deadline_by_as_much() -> None:
    evening = four_talk()
    evening.asks("dana", Extend(seconds=60, room="r1-1"))
    evening.asks("dana", Extend(seconds=30))
    ends = [evening.since_start(room.ends_at) for room in evening.event.running_rooms()]
    assert ends == [590, 530]


def test_a_room_that_was_shortened_ends_by_itself_and_its_people_are_told() -> None:
    evening = four_talk()
    evening.asks("dana", Extend(seconds=-300, room="r1-1"))
    evening.passes(180)
    assert evening.mates("ana") is None
    assert evening.why("ana") == "room-ended"
    assert evening.mates("chidi") == ["chidi", "hana"]
    assert evening.together("ana", "bo") == 180


def test_a_host_ends_one_room_and_its_people_are_not_put_together_again() -> None:
    evening = four_talk()
    evening.passes(60)
    evening.asks("dana", EndRound(room="r1-1"))
    assert evening.why("ana") == "room-ended"
    assert evening.last("ana", m.Room).ends_at == evening.now
    evening.passes(60)
    assert evening.mates("ana") is None
    assert evening.together("ana", "bo") == 60
    assert evening.refuses("dana", EndRound(room="r1-1")) == "room-ended"
    assert evening.refuses("dana", EndRound(room="r9-9")) == "unknown-room"


def test_a_host_ends_the_round_for_all() -> None:
    evening = four_talk()
    evening.passes(100)
    happened = evening.asks("dana", EndRound())
    assert only(happened, RoundEnded).as_of == evening.now
    assert evening.phase == "break"
    assert evening.minutes() == {("ana", "bo"): 100, ("chidi", "hana"): 100}


def test_a_round_ended_in_the_preview_has_no_minutes() -> None:
    evening = Evening()
    evening.comes("ana", "bo")
    evening.seated([["ana", "bo"]])
    evening.passes(10)
    evening.asks("dana", EndRound())
    assert evening.phase == "break"
    assert evening.minutes() == {}
    assert evening.event.met == {}


def test_nothing_can_be_ended_when_no_round_is_on() -> None:
    evening = Evening()
    for command in (EndRound(), Pause(), Resume(), Extend(seconds=5)):
        assert evening.refuses("dana", command) == "out-of-turn"


# More time


def test_a_room_gets_more_time_only_when_all_in_it_wish_so() -> None:
    evening = four_talk(Evening(seconds=480))
    assert evening.refuses("ana", WishMoreTime()) == "too-soon"
    evening.passes(419)
    assert evening.refuses("ana", WishMoreTime()) == "too-soon"
    evening.passes(1)
    evening.hushes()
    evening.asks("ana", WishMoreTime())
    assert not evening.heard["bo"], "a wish is quiet"
    happened = evening.asks("bo", WishMoreTime())
    assert only(happened, DeadlineMoved).seconds == 240
    assert evening.codes("ana") == evening.codes("bo") == ["more-time"]
    assert evening.last("ana", m.Room).ends_at == evening.instant(20 + 480 + 240)
    assert not evening.heard["chidi"]


def test_more_time_ends_before_the_next_preview() -> None:
    evening = four_talk(Evening(auto=True, pause_between=60))
    evening.passes(430)
    evening.asks("ana", WishMoreTime())
    evening.asks("bo", WishMoreTime())
    room = evening.event.rooms["r1-1"]
    assert evening.since_start(room.ends_at) == 20 + 480 + 59
    evening.passes(60)
    assert evening.phase == "break"
    assert evening.mates("ana") == ["ana", "bo"]
    evening.passes(49)
    assert evening.mates("ana") is None
    assert evening.together("ana", "bo") == 539


def test_more_time_is_granted_once() -> None:
    evening = four_talk()
    evening.passes(430)
    evening.asks("ana", WishMoreTime())
    evening.asks("bo", WishMoreTime())
    evening.passes(200)
    assert evening.refuses("ana", WishMoreTime()) == "already-granted"


def test_only_those_who_are_present_need_to_wish() -> None:
    evening = four_talk()
    evening.comes("ines")
    evening.passes(5)
    assert evening.mates("ines") is not None
    evening.passes(420)
    mates = [name for name in evening.mates("ines") or [] if name != "ines"]
    evening.drops("ines")
    for name in mates:
        happened = evening.asks(name, WishMoreTime())
    assert only(happened, DeadlineMoved)


def test_who_left_the_room_does_not_wish_any_more() -> None:
    evening = four_talk()
    evening.comes("ines")
    evening.passes(425)
    mates = evening.mates("ines") or []
    evening.asks(mates[0], WishMoreTime())
    evening.asks(mates[0], SitOut())
    assert mates[0] not in (evening.event.room_of("ines") or evening.event.rooms["r1-1"]).wishes


def test_rounds_may_be_held_without_more_time() -> None:
    evening = four_talk(Evening(more_time=False))
    evening.passes(450)
    assert evening.refuses("ana", WishMoreTime()) == "not-allowed"
    assert not evening.sees("ana").event.more_time


def test_in_the_last_rounds_more_time_the_room_ends_by_itself_after_the_break() -> None:
    evening = four_talk(Evening(rounds=1, seconds=480, pause_between=60))
    evening.passes(450)
    evening.asks("ana", WishMoreTime())
    evening.asks("bo", WishMoreTime())
    evening.passes(30 + 60)
    assert evening.phase == "lobby"
    assert evening.mates("ana") == ["ana", "bo"]
    evening.passes(180)
    assert evening.mates("ana") is None
    assert evening.together("ana", "bo") == 720
    assert due(evening.event) is None


# Pausing


@pytest.mark.parametrize("after", [5, 30])
def test_a_pause_shifts_what_is_left_exactly(after: int) -> None:
    evening = Evening()
    evening.comes("ana", "bo")
    evening.seated([["ana", "bo"]])
    evening.passes(after)
    left = evening.left
    evening.asks("dana", Pause())
    assert evening.last("ana", m.PhaseChanged).paused == evening.now
    evening.passes(1000)
    evening.asks("dana", Resume())
    assert evening.last("ana", m.PhaseChanged).paused is None
    assert evening.left == left
    assert evening.event.running_rooms()[0].ends_at == evening.event.ends_at
    evening.passes(left - 0.001)
    assert evening.phase == "round"
    evening.passes(0.001)
    assert evening.phase == "break"


def test_minutes_run_on_while_paused() -> None:
    evening = four_talk()
    evening.passes(100)
    evening.asks("dana", Pause())
    evening.passes(600)
    evening.asks("dana", Resume())
    evening.passes(380)
    assert evening.phase == "break"
    assert evening.together("ana", "bo") == 1080


def test_ending_while_paused_counts_to_the_end() -> None:
    evening = four_talk()
    evening.passes(100)
    evening.asks("dana", Pause())
    evening.passes(600)
    evening.asks("dana", EndRound())
    assert evening.together("ana", "bo") == 700
    assert evening.event.paused_at is None


def test_a_pause_holds_the_break_too() -> None:
    evening = four_talk(Evening(auto=True, pause_between=60))
    evening.passes(500)
    evening.asks("dana", Pause())
    evening.passes(300)
    evening.asks("dana", Resume())
    evening.passes(39.9)
    assert evening.phase == "break"
    evening.passes(0.1)
    assert evening.event.called is not None


def test_a_pause_shifts_rooms_with_deadlines_of_their_own() -> None:
    evening = four_talk()
    evening.asks("dana", Extend(seconds=-100, room="r1-1"))
    evening.asks("dana", Pause())
    evening.passes(50)
    evening.asks("dana", Resume())
    assert evening.last("ana", m.Room).ends_at == evening.instant(20 + 480 - 100 + 50)


def test_whoever_comes_back_reads_how_long_pauses_have_held_a_round_up() -> None:
    evening = Evening(preview=20)
    evening.comes("ana", "bo")
    evening.seated([["ana", "bo"]])
    for _ in range(2):  # in the preview, which moves the beginning; in the round, which holds it up
        evening.asks("dana", Pause())
        evening.passes(30)
        evening.asks("dana", Resume())
        evening.passes(25)
    room = evening.sees("ana").room
    assert room is not None
    assert room.starts_at == evening.instant(50)
    assert room.stood_ms == 30_000


def test_pausing_and_resuming_are_each_refused_twice() -> None:
    evening = four_talk()
    assert evening.refuses("dana", Resume()) == "not-paused"
    evening.asks("dana", Pause())
    assert evening.refuses("dana", Pause()) == "already-paused"


# A server asleep


def test_a_late_alarm_acts_now_once_and_the_round_ends_as_of_its_deadline() -> None:
    evening = four_talk(Evening(rounds=1))
    happened = evening.sleeps(500)
    assert only(happened, RoundEnded).as_of == evening.instant(500)
    assert evening.phase == "break"
    assert evening.together("ana", "bo") == 480
    assert evening.asks(CLOCK, Alarm()) == []


def test_rounds_slept_through_are_not_played() -> None:
    evening = four_talk(Evening(rounds=5, auto=True, pause_between=60))
    happened = evening.sleeps(4000)
    assert only(happened, RoundCalled).round == 2
    assert evening.event.round == 1
    assert only(evening.passes(5), SeatingFixed).round == 2
    assert evening.since_start(evening.event.starts_at) == evening.time + 20


def test_a_preview_slept_through_begins_the_round_late_and_ends_it_in_time() -> None:
    evening = Evening(seconds=480, preview=20)
    evening.comes("ana", "bo")
    evening.seated([["ana", "bo"]])
    evening.sleeps(50)
    assert evening.phase == "round"
    assert evening.left == 450


def test_an_extended_rooms_late_end_counts_to_its_deadline() -> None:
    evening = four_talk()
    evening.asks("dana", Extend(seconds=60, room="r1-1"))
    evening.sleeps(2000)
    assert evening.together("ana", "bo") == 540


def test_any_command_does_first_what_is_due() -> None:
    evening = four_talk(Evening(rounds=1))
    evening.now = evening.instant(505)
    assert "RoundEnded" in kinds(evening.asks("ana", Here(visible=False)))


def test_whoever_wakes_the_clock_it_is_the_clock_that_calls() -> None:
    evening = four_talk(Evening(auto=True, pause_between=60))
    evening.now = evening.instant(570)
    assert only(evening.asks("ana", Here(visible=False)), RoundCalled).by == CLOCK


# Closing


def test_closing_takes_effect_after_30_s() -> None:
    evening = Evening()
    evening.comes("ana")
    evening.asks("dana", CloseEvent())
    assert evening.codes("ana") == ["closing"]
    assert evening.since_start(evening.last("ana", m.PhaseChanged).closes_at) == 30
    assert evening.asks("dana", CloseEvent()) == []
    evening.passes(29.9)
    assert evening.phase == "lobby"
    evening.passes(0.1)
    assert evening.phase == "ended"
    assert evening.refuses("dana", StartRound()) == "event-over"
    assert due(evening.event) is None


def test_closing_during_a_round_ends_it_and_keeps_its_minutes() -> None:
    evening = four_talk()
    evening.passes(100)
    evening.asks("dana", CloseEvent())
    happened = evening.passes(30)
    assert kinds(happened)[-2:] == ["RoundEnded", "EventEnded"]
    assert evening.together("ana", "bo") == 130


def test_closing_while_paused_keeps_the_minutes_of_the_pause() -> None:
    evening = four_talk(Evening(seconds=100))
    evening.passes(90)
    evening.asks("dana", Pause())
    evening.passes(60)
    evening.asks("dana", CloseEvent())
    evening.passes(30)
    assert evening.together("ana", "bo") == 180


def test_an_event_that_is_not_closed_stays_in_the_lobby() -> None:
    evening = four_talk(Evening(rounds=1))
    evening.passes(100_000)
    assert evening.phase == "lobby"


# Changing the plan


def test_the_plan_can_be_changed_during_a_break() -> None:
    evening = four_talk(Evening(rounds=1, pause_between=60))
    evening.passes(490)
    been = evening.event.plan.rounds
    more = Plan(rounds=(*been, planned_round(size=4, auto=False)))
    evening.asks("dana", ChangeEvent(plan=more))
    evening.passes(600)
    assert evening.phase == "break", "the new round waits for the host"
    auto = Plan(rounds=(*been, planned_round(size=4, auto=True)))
    evening.asks("dana", ChangeEvent(plan=auto))
    assert evening.event.called is not None


def test_rounds_that_have_been_cannot_be_dropped_from_the_plan() -> None:
    evening = four_talk()
    assert evening.refuses("dana", ChangeEvent(plan=Plan())) == "bad-field"
