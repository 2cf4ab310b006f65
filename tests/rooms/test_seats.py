"""Seats: fixing a seating (1 to 5), late (10), dropped and alone (11), moved by a host (14)."""

from __future__ import annotations

import pytest

from rooms import messages as m
from rooms.commands import (
    Arrived,
    Block,
    EndRound,
    Here,
    Leave,
    Media,
    MeetOthers,
    Merge,
    Move,
    OfferSeating,
    Pause,
    Profile,
    Rejoin,
    SitOut,
    Spoke,
    StartRound,
    Wait,
)
from rooms.deciding import SERVER
from rooms.facts import (
    JoinCancelled,
    JoinPlanned,
    NotHereYet,
    RoundCalled,
    Seated,
    SeatingFixed,
    Unseated,
)
from rooms.lobby import pool
from rooms.people import Attendee, Mode, SegmentRule
from tests.rooms.evenings import Evening, kinds, only, rooms_of

FOUR = ("ana", "bo", "chidi", "hana")
PAIRS = [["ana", "bo"], ["chidi", "hana"]]


def four_talk(evening: Evening | None = None) -> Evening:
    """Ana and Bo, Chidi and 花子 have just begun to talk; the programme is the evening's."""
    evening = evening or Evening()
    evening.comes("dana", *FOUR)
    evening.talking(PAIRS)
    evening.hushes()
    return evening


def with_late_ines(evening: Evening, after: float) -> Evening:
    """Ines comes when so many seconds of the round are over."""
    four_talk(evening)
    evening.passes(after)
    evening.comes("ines")
    return evening


# Fixing a seating (rules 1 to 5)


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


# Late people (rule 10)


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


# Dropped (rule 11)


def test_a_dropped_persons_seat_is_kept_and_the_others_see_it() -> None:
    evening = four_talk()
    evening.drops("bo")
    assert evening.mates("ana") == ["ana", "bo"]
    assert evening.last("ana", m.RoomPeople).dropped == ("bo",)
    assert evening.sees("ana").room is not None
    assert evening.last("ana", m.RoomPeople).left == ()
    evening.passes(3)
    evening.comes("bo")
    assert evening.last("ana", m.RoomPeople).back == ("bo",)
    assert evening.mates("bo") == ["ana", "bo"]


def test_a_page_opened_anew_during_a_round_sees_the_room_and_who_is_dropped() -> None:
    evening = four_talk()
    evening.drops("bo")
    room = evening.sees("ana").room
    assert room is not None
    assert room.states == {"bo": "dropped"}
    assert evening.since_start(room.alone_since) == 20
    assert evening.since_start(room.moves_at) == 40


def test_coming_back_after_19_s_finds_the_mate_waiting() -> None:
    evening = four_talk()
    evening.drops("bo")
    evening.passes(19)
    evening.comes("bo")
    evening.passes(60)
    assert evening.mates("ana") == ["ana", "bo"]


# Alone (rule 11)


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


# Not here yet (rule 11)


def hidden(evening: Evening | None = None) -> Evening:
    """Bo's page is hidden when he is seated with Ana."""
    evening = evening or Evening(preview=20)
    evening.comes("ana", "chidi", "hana")
    evening.comes("bo", visible=False)
    evening.seated(PAIRS)
    evening.hushes()
    return evening


@pytest.mark.parametrize("visible", [False, None])
def test_a_page_nobody_looks_at_is_shown_as_not_here_yet_20_s_into_the_round(
    visible: bool | None,
) -> None:
    evening = Evening(preview=20)
    evening.comes("ana", "chidi", "hana")
    evening.comes("bo", visible=visible)
    evening.seated(PAIRS)
    assert NotHereYet not in {type(fact) for fact in evening.passes(39.9)}
    assert only(evening.passes(0.1), NotHereYet).id == "bo"
    assert evening.last("ana", m.RoomPeople).not_here_yet == ("bo",)
    assert evening.last("ana", m.RoomPeople).dropped == ("bo",)


def test_who_is_not_here_yet_leaves_the_other_alone_from_then_on() -> None:
    evening = hidden()
    evening.passes(40)
    assert evening.since_start(evening.event.alone["ana"].since) == 40
    evening.passes(20)
    assert evening.mates("ana") == ["ana", "chidi", "hana"]


@pytest.mark.parametrize("command", [Here(), Spoke(), Media(microphone=True)])
def test_one_press_brings_them_back_and_the_others_see_it(
    command: Here | Spoke | Media,
) -> None:
    evening = hidden()
    evening.passes(45)
    evening.asks("bo", command)
    assert evening.last("ana", m.RoomPeople).back == ("bo",)
    assert evening.mates("bo") == ["ana", "bo"]
    evening.passes(60)
    assert evening.mates("ana") == ["ana", "bo"]


@pytest.mark.parametrize("command", [Here(), Spoke(), Media(microphone=True)])
def test_looking_writing_or_speaking_in_time_is_being_here(
    command: Here | Spoke | Media,
) -> None:
    evening = hidden()
    evening.passes(30)
    evening.asks("bo", command)
    evening.asks("bo", Here(visible=False))
    assert not any(isinstance(fact, NotHereYet) for fact in evening.passes(100))


def test_writing_in_a_room_one_looks_at_is_no_fact() -> None:
    evening = four_talk()
    assert evening.asks("ana", Spoke()) == []


def test_a_page_seen_in_the_preview_may_be_hidden_afterwards() -> None:
    evening = Evening()
    evening.comes(*FOUR)
    evening.seated(PAIRS)
    evening.asks("bo", Here(visible=False))
    evening.passes(60)
    assert evening.mates("ana") == ["ana", "bo"]
    assert "ana" not in evening.event.alone


def test_with_the_microphone_on_nobody_is_not_here_yet() -> None:
    evening = Evening()
    evening.comes("ana", "chidi", "hana")
    evening.comes("bo", visible=False)
    evening.asks("bo", Media(microphone=True))
    evening.talking(PAIRS)
    assert not any(isinstance(fact, NotHereYet) for fact in evening.passes(60))


def test_connecting_anew_without_looking_is_not_coming_back() -> None:
    evening = hidden()
    evening.passes(45)
    evening.drops("bo")
    evening.hushes()
    evening.comes("bo", visible=None)
    assert not any(message.back for message in evening.told("ana", m.RoomPeople))
    evening.asks("bo", Here())
    assert evening.last("ana", m.RoomPeople).back == ("bo",)


def test_who_is_not_here_yet_is_out_of_the_pool_after_20_s_and_told_why() -> None:
    evening = hidden()
    evening.comes("dana")
    evening.passes(59)
    assert "bo" in pool(evening.event, evening.now), "as if dropped for 19 s"
    evening.passes(1)
    assert "bo" not in pool(evening.event, evening.now)
    evening.passes(440)
    evening.offers([["ana", "chidi", "hana"]])
    evening.asks("dana", StartRound())
    assert evening.phase == "preview"
    assert evening.why("bo") == "not-here-yet"
    evening.asks("bo", Here())
    evening.passes(5)
    assert evening.mates("bo") is not None


def test_writing_in_the_lobby_is_being_here_too() -> None:
    evening = hidden()
    evening.passes(520)
    assert not evening.event.people["bo"].present
    evening.asks("bo", Spoke())
    assert evening.event.people["bo"].present


def test_who_comes_to_the_lobby_anew_is_here() -> None:
    evening = hidden()
    evening.passes(500)
    evening.drops("bo")
    evening.comes("bo", visible=None)
    assert evening.event.people["bo"].present


def test_rule_11_looks_at_online_people_only() -> None:
    evening = Evening()
    evening.on_site("emre", "ana", phone=False)
    evening.talking([["emre", "ana"]])
    assert not any(isinstance(fact, NotHereYet | Unseated) for fact in evening.passes(120))


# Sitting out and leaving a room


def test_sitting_out_during_a_round_leaves_the_room() -> None:
    evening = four_talk()
    evening.asks("bo", SitOut())
    assert evening.last("ana", m.RoomPeople).left == ("bo",)
    assert evening.why("bo") == "by-choice"
    evening.passes(60)
    assert evening.mates("bo") is None
    evening.asks("bo", Rejoin())
    evening.passes(5)
    assert evening.mates("bo") == sorted([*FOUR])


# Moved by a host (rule 14)


def test_a_host_moves_somebody_to_another_room() -> None:
    evening = four_talk()
    evening.asks("dana", Move(attendee="bo", room="r1-2"))
    assert evening.mates("bo") == ["bo", "chidi", "hana"]
    assert evening.last("ana", m.RoomPeople).moved == ("bo",)
    assert evening.last("bo", m.Room).id == "r1-2"
    assert [card.id for card in evening.last("chidi", m.RoomPeople).joined] == ["bo"]
    assert not evening.told("bo", m.SittingOut)


def test_a_host_moves_somebody_to_the_lobby_and_they_stay_there_this_round() -> None:
    evening = four_talk()
    evening.asks("dana", Move(attendee="bo", room="lobby"))
    assert evening.why("bo") == "moved"
    evening.passes(60)
    assert evening.mates("bo") is None
    evening.drops("bo")
    evening.comes("bo")
    evening.passes(60)
    assert evening.mates("bo") is None, "nor by opening the page anew"
    evening.passes(400)
    evening.talking([["ana", "chidi"], ["bo", "hana"]])
    assert evening.mates("bo") == ["bo", "hana"]


def test_a_host_moves_somebody_from_the_lobby_into_a_room() -> None:
    evening = with_late_ines(Evening(), 470)
    evening.asks("dana", Move(attendee="ines", room="r1-1"))
    assert evening.mates("ines") == ["ana", "bo", "ines"]


def test_moving_keeps_the_hard_rules_and_names_no_block() -> None:
    evening = four_talk(Evening(size=3, most=3))
    evening.on_site("emre", "fatou")
    evening.asks("chidi", Block(about="bo"))
    assert evening.refuses("dana", Move(attendee="bo", room="r1-2")) == "private"
    assert evening.refuses("dana", Move(attendee="emre", room="r1-1")) == "rule-broken"
    evening.asks("dana", Move(attendee="chidi", room="lobby"))
    evening.asks("dana", Move(attendee="ana", room="r1-2"))
    evening.comes("ines")
    evening.asks("dana", Move(attendee="ines", room="r1-2"))
    assert evening.refuses("dana", Move(attendee="bo", room="r1-2")) == "room-full"


def test_moves_that_make_no_sense_are_refused() -> None:
    evening = four_talk()
    evening.adds("ines")
    evening.asks("hana", SitOut())
    refusals = {
        "already-there": Move(attendee="ana", room="r1-1"),
        "unknown-room": Move(attendee="ana", room="r9-9"),
        "unknown-person": Move(attendee="nobody", room="r1-1"),
        "not-here": Move(attendee="ines", room="r1-1"),
        "sits-out": Move(attendee="hana", room="r1-1"),
    }
    for code, command in refusals.items():
        assert evening.refuses("dana", command) == code
    assert evening.refuses("ana", Move(attendee="bo", room="r1-2")) == "not-allowed"
    evening.passes(480)
    assert evening.refuses("dana", Move(attendee="ana", room="r1-2")) == "out-of-turn"


def test_nobody_is_moved_into_a_room_that_is_closed_or_another_round_s() -> None:
    evening = four_talk()
    evening.asks("dana", EndRound(room="r1-2"))
    assert evening.refuses("dana", Move(attendee="ana", room="r1-2")) == "room-ended"
    assert evening.mates("ana") == ["ana", "bo"], "and the board stays true"
    evening.passes(480)
    evening.talking([["ana", "chidi"], ["bo", "hana"]])
    assert evening.event.round == 2
    assert evening.refuses("dana", Move(attendee="ana", room="r1-1")) == "room-ended"
    assert evening.mates("ana") == ["ana", "chidi"]


def test_nobody_is_moved_into_an_empty_room() -> None:
    evening = four_talk()
    evening.asks("chidi", SitOut())
    evening.asks("hana", SitOut())
    assert evening.refuses("dana", Move(attendee="ana", room="r1-2")) == "room-empty"


def test_a_host_merges_two_rooms() -> None:
    evening = four_talk()
    evening.drops("hana")
    evening.passes(10)
    evening.asks("dana", Merge(room="r1-2", into="r1-1"))
    assert evening.mates("ana") == sorted(FOUR), "a dropped person's seat moves too"
    assert evening.event.rooms["r1-2"].ended_at == evening.now
    assert evening.last("chidi", m.Room).id == "r1-1"
    assert evening.refuses("dana", Merge(room="r1-1", into="r1-1")) == "already-there"
    assert evening.refuses("dana", Merge(room="r1-1", into="r1-2")) == "room-ended"


def test_merging_keeps_the_most_and_the_blocks() -> None:
    full = four_talk(Evening(most=3, size=2))
    assert full.refuses("dana", Merge(room="r1-1", into="r1-2")) == "room-full"
    blocked = four_talk()
    blocked.asks("hana", Block(about="ana"))
    assert blocked.refuses("dana", Merge(room="r1-1", into="r1-2")) == "private"


def test_online_people_are_not_merged_into_an_empty_table() -> None:
    evening = Evening()
    evening.comes("ana", "bo")
    evening.on_site("emre", "fatou")
    evening.talking([["ana", "bo"], ["emre", "fatou"]])
    evening.asks("emre", SitOut())
    evening.asks("fatou", SitOut())
    assert evening.refuses("dana", Merge(room="r1-1", into="r1-2")) == "rule-broken"


def test_a_table_mate_says_that_somebody_has_arrived() -> None:
    evening = Evening()
    evening.on_site("emre", "ana", "bo", "chidi")
    evening.seated([["emre", "ana"], ["bo", "chidi"]])
    evening.comes("hana")
    room = evening.sees("ana").room
    assert room is not None
    assert room.states == {"ana": "expected", "emre": "expected"}
    evening.asks("ana", Arrived(about="emre"))
    assert evening.last("emre", m.RoomPeople).arrived == ("emre",)
    assert evening.refuses("bo", Arrived(about="emre")) == "not-your-table"
    assert evening.refuses("hana", Arrived()) == "on-site-only"
    assert evening.asks("ana", Arrived(about="emre")) == []


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
