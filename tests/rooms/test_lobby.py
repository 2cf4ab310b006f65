"""Rule 1, the pool; rules 12 and 26, coming and leaving; the doors."""

from __future__ import annotations

from rooms import messages as m
from rooms.commands import (
    CheckIn,
    CheckOut,
    Connect,
    Disconnect,
    Here,
    Leave,
    OpenDoors,
    Profile,
    Ready,
    Rejoin,
    SitOut,
    StartRound,
)
from rooms.deciding import SERVER
from rooms.facts import CheckedOut, Disconnected, Seated, Unseated
from rooms.lobby import pool
from rooms.people import Attendee, Mode, Role
from tests.rooms.evenings import Evening, kinds, only


def in_pool(evening: Evening) -> list[str]:
    return sorted(pool(evening.event, evening.now))


# The doors


def test_in_draft_people_may_connect_and_see_the_time() -> None:
    evening = Evening(doors=False, starts_at=600)
    evening.comes("ana")
    assert evening.sees("ana").event.phase == "draft"
    assert evening.since_start(evening.sees("ana").event.starts_at) == 600


def test_the_host_opens_the_doors_once() -> None:
    evening = Evening(doors=False)
    evening.comes("ana")
    evening.asks("dana", OpenDoors())
    assert evening.last("ana", m.PhaseChanged).phase == "lobby"
    assert evening.refuses("dana", OpenDoors()) == "already-open"


def test_only_a_host_opens_the_doors() -> None:
    evening = Evening(doors=False)
    evening.comes("ana")
    assert evening.refuses("ana", OpenDoors()) == "not-allowed"


def test_doors_open_by_themselves_when_the_event_is_to_start() -> None:
    evening = Evening(doors=False, starts_at=600)
    evening.passes(599)
    assert evening.phase == "draft"
    evening.passes(1)
    assert evening.phase == "lobby"


# The pool


def test_the_pool_is_every_attendee_who_is_present() -> None:
    evening = Evening()
    evening.adds("ana", "bo", "chidi")
    evening.comes("ana", "bo")
    assert in_pool(evening) == ["ana", "bo"]


def test_who_sits_out_is_not_in_the_pool_until_they_rejoin() -> None:
    evening = Evening()
    evening.comes("ana", "bo")
    evening.asks("ana", SitOut())
    assert in_pool(evening) == ["bo"]
    assert evening.why("ana") == "by-choice"
    assert evening.last("ana", m.YouChanged).you.sitting_out
    evening.asks("ana", Rejoin())
    assert in_pool(evening) == ["ana", "bo"]


def test_sitting_out_by_choice_does_not_count_as_having_sat_out() -> None:
    evening = Evening()
    evening.comes("ana", "bo", "chidi")
    evening.asks("chidi", SitOut())
    evening.talking([["ana", "bo"]])
    assert evening.event.people["chidi"].sat_out == 0
    assert evening.why("chidi") == "by-choice"


def test_hosts_helpers_and_stations_are_not_in_the_pool() -> None:
    evening = Evening()
    for role in (Role.HELPER, Role.STATION, Role.HOST):
        evening.adds(Attendee(id=f"the-{role}", name=role.title(), role=role))
        evening.comes(f"the-{role}")
    evening.comes("dana", "ana")
    assert in_pool(evening) == ["ana"]


def test_ambassadors_are_in_the_pool() -> None:
    evening = Evening()
    evening.adds(Attendee(id="ana", name="Ana", role=Role.AMBASSADOR))
    evening.comes("ana")
    assert in_pool(evening) == ["ana"]


def test_a_host_takes_a_seat_and_gives_it_up() -> None:
    evening = Evening()
    evening.comes("dana", "ana")
    evening.asks("dana", Rejoin())
    assert in_pool(evening) == ["ana", "dana"]
    evening.asks("dana", SitOut())
    assert in_pool(evening) == ["ana"]
    assert evening.asks("dana", SitOut()) == []


def test_a_host_who_takes_a_seat_is_told_why_there_is_none() -> None:
    evening = Evening()
    evening.comes("dana", "ana", "bo")
    evening.asks("dana", Rejoin())
    evening.seated([["ana", "bo"]], sitting_out=["dana"])
    assert evening.why("dana") == "left-over"


def test_a_host_without_a_seat_is_not_told_about_one() -> None:
    evening = Evening()
    evening.comes("dana", "ana", "bo")
    evening.seated([["ana", "bo"]])
    assert not evening.told("dana", m.SittingOut)


def test_dropped_for_less_than_20_s_counts_as_present() -> None:
    evening = Evening()
    evening.comes("ana", "bo")
    evening.drops("ana")
    evening.passes(19.9)
    assert in_pool(evening) == ["ana", "bo"]
    evening.passes(0.1)
    assert in_pool(evening) == ["bo"]


def test_the_20_s_count_from_the_last_frame() -> None:
    evening = Evening()
    evening.comes("ana")
    evening.passes(10)
    evening.drops("ana", silent_for=4)
    evening.passes(15.9)
    assert in_pool(evening) == ["ana"]
    evening.passes(0.1)
    assert in_pool(evening) == []


def test_who_left_on_purpose_is_not_in_the_pool() -> None:
    evening = Evening()
    evening.comes("ana")
    evening.asks("ana", Leave())
    assert in_pool(evening) == []


def test_with_the_ready_check_only_those_who_said_ready_are_in_the_pool() -> None:
    evening = Evening(ready_check=True)
    evening.comes("ana", "bo", "chidi")
    evening.asks("ana", Ready())
    evening.asks("bo", Ready())
    assert in_pool(evening) == ["ana", "bo"]
    evening.talking([["ana", "bo"]])
    assert evening.why("chidi") == "not-ready"


def test_ready_holds_until_the_preview_and_is_asked_again_for_the_next_round() -> None:
    evening = Evening(ready_check=True)
    evening.comes("ana", "bo")
    evening.asks("ana", Ready())
    evening.asks("bo", Ready())
    evening.drops("ana")
    evening.comes("ana")
    evening.talking([["ana", "bo"]])
    evening.asks("ana", Ready())
    evening.passes(480)
    assert in_pool(evening) == ["ana"]


def test_saying_ready_during_a_round_finds_a_late_seat() -> None:
    evening = Evening(ready_check=True)
    evening.comes("ana", "bo", "chidi")
    for name in ("ana", "bo"):
        evening.asks(name, Ready())
    evening.talking([["ana", "bo"]])
    evening.asks("chidi", Ready())
    evening.passes(5)
    assert evening.mates("chidi") == ["ana", "bo", "chidi"]


def test_saying_ready_ends_sitting_out() -> None:
    evening = Evening(ready_check=True)
    evening.comes("ana")
    evening.asks("ana", SitOut())
    evening.asks("ana", Ready())
    assert in_pool(evening) == ["ana"]


def test_a_round_needs_two_people() -> None:
    evening = Evening()
    evening.comes("ana")
    assert evening.refuses("dana", StartRound()) == "nobody-to-seat"


# Connections


def test_the_lobby_hears_a_head_count_not_names() -> None:
    evening = Evening()
    evening.comes("ana")
    evening.hushes()
    evening.comes("bo", visible=None)
    assert [type(message) for message in evening.heard["ana"]] == [m.Lobby]
    assert evening.last("ana", m.Lobby).present == 2


def test_an_attendees_second_tab_takes_over_from_the_first() -> None:
    evening = Evening()
    evening.comes("ana", "ana")
    assert len(evening.event.people["ana"].connections) == 1
    first = Disconnect(attendee="ana", connection="c1", as_of=evening.now)
    assert not evening.asks(SERVER, first)
    assert in_pool(evening) == ["ana"]


def test_a_hosts_tabs_stand_side_by_side() -> None:
    evening = Evening()
    evening.comes("dana", "dana")
    evening.drops("dana")
    assert evening.event.hosts_present() == 1


def test_a_connection_that_nobody_knows_ends_without_effect() -> None:
    evening = Evening()
    evening.comes("ana")
    assert not evening.asks(SERVER, Disconnect(attendee="ana", connection="c99"))
    assert not evening.asks(SERVER, Disconnect(attendee="nobody", connection="c1"))


def test_nobody_unknown_connects_or_asks() -> None:
    evening = Evening()
    stranger = Connect(attendee="stranger", connection="c1", node="n1")
    assert evening.refuses(SERVER, stranger) == "unknown-person"
    assert evening.refuses("stranger", Ready()) == "unknown-person"


def test_leaving_gives_the_seat_up_and_the_others_are_told_so() -> None:
    evening = Evening()
    evening.comes("ana", "bo", "chidi")
    evening.talking([["ana", "bo", "chidi"]])
    evening.hushes()
    happened = evening.asks("bo", Leave())
    assert only(happened, Unseated).because == "left"
    assert only(happened, Disconnected).on_purpose
    assert evening.mates("ana") == ["ana", "chidi"]
    assert evening.last("ana", m.RoomPeople).left == ("bo",)
    assert not evening.last("ana", m.RoomPeople).dropped


def test_who_left_comes_back_as_somebody_late_not_to_the_kept_seat() -> None:
    evening = Evening()
    evening.comes("ana", "bo", "chidi")
    evening.talking([["ana", "bo", "chidi"]])
    evening.asks("bo", Leave())
    evening.comes("bo")
    assert evening.mates("bo") is None
    evening.passes(5)
    assert evening.mates("bo") == ["ana", "bo", "chidi"]


def test_the_page_is_seen_per_connection() -> None:
    evening = Evening()
    evening.comes("ana")
    assert evening.event.people["ana"].visible
    assert not evening.asks("ana", Here(visible=True)), "nothing new"
    evening.asks("ana", Here(visible=False))
    assert not evening.event.people["ana"].visible
    evening.comes("ana", visible=None)
    assert evening.event.people["ana"].connections[-1].visible is None


# On site (rule 26)


def test_on_site_people_are_present_from_check_in_to_check_out() -> None:
    evening = Evening()
    evening.adds(Attendee(id="emre", name="Emre", mode=Mode.ON_SITE))
    evening.comes("emre")
    assert in_pool(evening) == [], "the phone alone does not do it"
    evening.asks("dana", CheckIn(attendee="emre"))
    evening.drops("emre")
    evening.passes(3600)
    assert in_pool(evening) == ["emre"], "whatever the phone's socket does"
    evening.asks("dana", CheckOut(attendee="emre"))
    assert in_pool(evening) == []


def test_checking_in_twice_changes_nothing() -> None:
    evening = Evening()
    evening.on_site("emre")
    assert not evening.asks("dana", CheckIn(attendee="emre"))


def test_somebody_not_checked_in_cannot_be_checked_out() -> None:
    evening = Evening()
    evening.comes("ana")
    assert evening.refuses("dana", CheckOut(attendee="ana")) == "not-checked-in"


def test_hosts_and_helpers_check_people_in_and_nobody_else() -> None:
    evening = Evening()
    evening.adds("ana", Attendee(id="heli", name="Heli", role=Role.HELPER))
    assert evening.refuses("ana", CheckIn(attendee="ana")) == "not-allowed"
    assert kinds(evening.asks("heli", CheckIn(attendee="ana"))) == ["CheckedIn"]


def test_checking_in_somebody_online_makes_them_an_on_site_person() -> None:
    evening = Evening()
    evening.comes("ana")
    evening.asks("dana", CheckIn(attendee="ana"))
    assert evening.event.people["ana"].mode is Mode.ON_SITE
    assert evening.register.attendee("ana").mode is Mode.ON_SITE
    assert evening.last("ana", m.YouChanged).you.mode is Mode.ON_SITE


def test_a_person_online_who_is_checked_in_during_a_round_leaves_the_video_room() -> None:
    evening = Evening()
    evening.comes("ana", "bo", "chidi")
    evening.talking([["ana", "bo", "chidi"]])
    evening.asks("dana", CheckIn(attendee="ana"))
    assert evening.mates("ana") is None
    assert evening.mates("bo") == ["bo", "chidi"]


def test_checking_out_during_a_round_gives_the_seat_up() -> None:
    evening = Evening()
    evening.on_site("emre", "ana", "bo")
    evening.talking([["ana", "bo", "emre"]])
    evening.hushes()
    evening.asks("dana", CheckOut(attendee="emre"))
    assert evening.last("ana", m.RoomPeople).left == ("emre",)
    assert evening.mates("ana") == ["ana", "bo"]


def test_who_leaves_on_site_is_checked_out_and_not_seated_again() -> None:
    evening = Evening()
    evening.on_site("emre", "ana", "bo")
    evening.talking([["ana", "bo", "emre"]])
    happened = evening.asks("emre", Leave())
    assert only(happened, CheckedOut).by == "emre"
    assert not any(isinstance(fact, Seated) for fact in evening.passes(30))
    assert in_pool(evening) == ["ana", "bo"]


def test_the_mode_cannot_be_changed_in_a_room_nor_when_checked_in() -> None:
    evening = Evening()
    evening.comes("ana", "bo")
    evening.talking([["ana", "bo"]])
    evening.on_site("emre")
    assert evening.refuses("ana", Profile(mode=Mode.ON_SITE)) == "out-of-turn"
    evening.asks("emre", Profile(mode=Mode.ONLINE))
    assert evening.event.people["emre"].mode is Mode.ON_SITE
