"""Dropped, and not here yet: seats are kept, and the others see it (rule 11)."""

from __future__ import annotations

import pytest

from rooms import messages as m
from rooms.commands import (
    Here,
    Media,
    Spoke,
    StartRound,
)
from rooms.facts import (
    NotHereYet,
    Unseated,
)
from rooms.lobby import pool
from tests.rooms.evenings import Evening, only
from tests.rooms.talking import FOUR, PAIRS, four_talk

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
