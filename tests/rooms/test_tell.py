"""Who is told what (rules 7, 8, 11 to 18): audiences, messages, and a whole view."""

from __future__ import annotations

from msgspec import json

from rooms import messages as m
from rooms.commands import (
    Announce,
    Arrived,
    Block,
    CallHost,
    ChangeEvent,
    CheckIn,
    EndRound,
    Extend,
    Media,
    Move,
    Profile,
    SitOut,
    StartRound,
)
from rooms.people import Attendee, Details, Mode
from rooms.programme import Plan, planned_round
from tests.rooms.evenings import Evening


def talk(evening: Evening | None = None) -> Evening:
    """Ana and Bo talk, Chidi and 花子 do."""
    evening = evening or Evening()
    evening.comes("dana", "ana", "bo", "chidi", "hana")
    evening.talking([["ana", "bo"], ["chidi", "hana"]])
    evening.hushes()
    return evening


def test_a_welcome_in_a_room_shows_the_room_and_the_clock() -> None:
    evening = talk()
    seen = evening.sees("ana")
    assert seen.event.phase == "round"
    assert (seen.event.round, seen.event.rounds) == (1, 3)
    assert evening.since_start(seen.event.ends_at) == 500
    assert seen.room is not None
    assert seen.room == evening_room(evening, "bo")
    assert seen.then == ()
    assert seen.event.present == 4


def evening_room(evening: Evening, name: str) -> m.Room | None:
    return evening.sees(name).room


def test_a_welcome_without_a_seat_says_why() -> None:
    evening = talk()
    evening.asks("hana", SitOut())
    assert evening.sees("hana").room is None
    assert evening.sees("hana").then == (m.SittingOut(because="by-choice", next_at=None),)
    assert evening.sees("dana").then == ()


def test_a_welcome_between_rounds_shows_no_room() -> None:
    evening = talk()
    evening.passes(490)
    assert evening.sees("ana").room is None
    assert evening.sees("ana").then == ()
    assert evening.sees("ana").you.because == ""


def test_a_welcome_says_whom_one_has_met_and_for_how_long() -> None:
    evening = Evening()
    evening.adds(
        Attendee(id="ana", name="Ana", interests=("tea",)),
        Attendee(id="bo", name="Bo", interests=("Tea",)),
    )
    talk(evening)
    evening.passes(490)
    (met,) = evening.sees("ana").you.met
    assert (met.card.id, met.rounds, met.seconds, met.shared) == ("bo", (1,), 480, ("tea",))


def test_two_rooms_of_one_round_are_one_round_together() -> None:
    evening = talk()
    evening.passes(60)
    for name in ("bo", "ana"):
        evening.asks("dana", Move(attendee=name, room="r1-2"))
    evening.passes(60)
    rounds = {met.card.id: met.rounds for met in evening.sees("ana").you.met}
    assert rounds == {"bo": (1,), "chidi": (1,), "hana": (1,)}


def test_one_sees_whether_the_staff_has_let_one_in() -> None:
    evening = Evening()
    evening.adds(Attendee(id="emre", name="Emre", mode=Mode.ON_SITE))
    evening.comes("dana", "ana", "emre")
    assert not evening.sees("emre").you.checked_in
    evening.asks("dana", CheckIn(attendee="emre"))
    assert evening.sees("emre").you.checked_in
    assert not evening.sees("ana").you.checked_in, "online there is nothing to check in"
    assert evening.last("emre", m.YouChanged).you.checked_in


def test_oneself_is_shown_with_ones_own_fields_and_standing() -> None:
    evening = talk()
    you = evening.sees("ana").you
    assert you.profile["email"] == "ana@example.org"
    assert not you.sitting_out
    assert evening.sees("dana").you.sitting_out, "a host takes no seat"


def test_the_prompt_of_the_round_stands_in_the_room() -> None:
    evening = Evening()
    details = Details(title="Tea", prompts=("First?", "Second?"))
    evening.asks("dana", ChangeEvent(details=details))
    talk(evening)
    room = evening.sees("ana").room
    assert room is not None
    assert room.prompt == "First?"


def test_media_are_off_until_their_owner_turns_them_on_and_the_room_sees_it() -> None:
    evening = talk()
    room = evening.sees("ana").room
    assert room is not None
    assert room.media == {}
    evening.asks("bo", Media(microphone=True))
    assert evening.last("ana", m.RoomPeople).media == {"bo": m.MediaState(microphone=True)}
    assert not evening.told("chidi", m.RoomPeople)
    assert evening.asks("bo", Media(microphone=True)) == []
    room = evening.sees("ana").room
    assert room is not None
    assert room.media == {"bo": m.MediaState(microphone=True)}


def test_dropping_turns_media_off() -> None:
    evening = talk()
    evening.asks("bo", Media(microphone=True, camera=True))
    evening.drops("bo")
    assert not evening.event.people["bo"].camera


def test_an_announcement_to_some_rooms_is_heard_there_only() -> None:
    evening = talk()
    evening.asks("dana", Announce(text="Closer, please.", rooms=("r1-1",)))
    assert evening.last("ana", m.Notice).text == "Closer, please."
    assert evening.last("ana", m.Notice).name == "Dana"
    assert not evening.told("chidi", m.Notice)


def test_an_announcement_to_everyone_is_heard_by_everyone() -> None:
    evening = talk()
    evening.comes("ines")
    evening.asks("dana", Announce(text="Cake!"))
    for name in ("ana", "chidi", "ines", "dana"):
        assert evening.last(name, m.Notice).text == "Cake!"


def test_a_call_is_heard_by_its_caller() -> None:
    evening = talk()
    evening.asks("ana", CallHost(text="Help"))
    call = evening.last("ana", m.Call)
    assert (call.text, call.seen, call.answered, call.hosts_present) == ("Help", False, None, 1)
    assert not evening.told("bo", m.Call)
    assert [type(message) for message in evening.sees("ana").then] == [m.Call]


def test_a_pages_language_and_time_zone_come_with_the_view() -> None:
    evening = Evening()
    plan = Plan(rounds=(planned_round(),), locale="ja", time_zone="Asia/Tokyo")
    evening.asks("dana", ChangeEvent(plan=plan, details=Details(title="お茶")))
    seen = evening.sees("dana").event
    assert (seen.title, seen.locale, seen.time_zone) == ("お茶", "ja", "Asia/Tokyo")


def test_a_changed_profile_is_shown_in_the_room() -> None:
    evening = talk()
    evening.asks("ana", Profile(organisation="Gō"))
    cards = {card.id: card for card in evening.last("bo", m.Room).people}
    assert cards["ana"].organisation == "Gō"
    assert evening.last("ana", m.YouChanged).you.profile["organisation"] == "Gō"


def test_between_rounds_the_phase_names_the_next_preview() -> None:
    evening = talk(Evening(auto=True, pause_between=60))
    evening.passes(480)
    told = evening.last("ana", m.PhaseChanged)
    assert (told.phase, evening.since_start(told.ends_at)) == ("break", 560)


def test_in_the_lobby_the_phase_names_the_planned_start() -> None:
    evening = Evening(starts_at=900)
    assert evening.since_start(evening.sees("dana").event.starts_at) == 900
    talk(evening)
    evening.asks("dana", EndRound())
    evening.passes(1)
    assert evening.sees("ana").event.ends_at is None


def test_everybody_in_a_room_hears_one_frame() -> None:
    evening = Evening()
    evening.comes("ana", "bo", "chidi")
    evening.talking([["ana", "bo", "chidi"]])
    frames = {json.encode(evening.told(name, m.Room)) for name in ("ana", "bo", "chidi")}
    assert len(frames) == 1


def test_a_blocked_person_reads_nothing_about_it() -> None:
    evening = talk()
    evening.asks("ana", Block(about="bo", leave=True))
    evening.passes(60)
    told = json.encode(evening.heard["bo"])
    assert b"block" not in told
    assert b"private" not in told


def test_wishes_for_a_longer_room_are_a_new_room_with_the_same_id() -> None:
    evening = talk()
    evening.asks("dana", Extend(seconds=30, room="r1-1"))
    room = evening.last("ana", m.Room)
    assert (room.id, evening.since_start(room.ends_at)) == ("r1-1", 530)


def test_a_round_that_is_called_is_not_shown_before_its_seating() -> None:
    evening = Evening()
    evening.comes("ana", "bo")
    evening.hushes()
    evening.asks("dana", StartRound())
    assert not evening.heard["ana"]
    evening.offers([["ana", "bo"]])
    assert [type(message) for message in evening.heard["ana"]] == [m.PhaseChanged, m.Room]


def test_on_site_the_room_names_the_table() -> None:
    evening = Evening()
    evening.on_site("emre", "ana")
    evening.seated([["emre", "ana"]])
    room = evening.last("emre", m.Room)
    assert (room.table, room.mode) == (1, "on-site")
    evening.asks("emre", Arrived())
    assert evening.last("ana", m.RoomPeople).arrived == ("emre",)
