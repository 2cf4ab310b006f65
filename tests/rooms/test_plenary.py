"""Words to everybody: nobody is seated, nobody has met by it, the clock is the same."""

from __future__ import annotations

from rooms import messages as m
from rooms.commands import Extend, Move, Pause, ProposeRound, Resume, Say, StartRound
from rooms.lobby import where_may_speak
from rooms.matching.wanted import wanted
from rooms.programme import Kind
from tests.rooms.evenings import Evening, kinds

STREAM = "https://stream.example.org/tea"


def opening() -> Evening:
    evening = Evening(kinds=(Kind.PLENARY, Kind.MATCHED), seconds=120, streams=(STREAM, ""))
    evening.comes("dana", "ana", "bo")
    evening.on_site("emre")
    return evening


def test_nobody_is_seated_and_everybody_is_told_where_to_watch() -> None:
    evening = opening()
    assert wanted(evening.event, evening.register, evening.now) is None
    assert kinds(evening.asks("dana", StartRound())) == ["SeatingFixed"]
    assert evening.event.running_rooms() == []
    told = evening.last("ana", m.PhaseChanged)
    assert (told.phase, told.kind, told.stream_url) == ("preview", "plenary", STREAM)
    assert evening.why("ana") == evening.why("emre") == "plenary"
    evening.passes_until(evening.event.starts_at)
    assert evening.sees("ana").event.stream_url == STREAM
    assert evening.sees("ana").event.ends_at == evening.event.ends_at


def test_nobody_walks_so_the_preview_is_the_short_one() -> None:
    evening = opening()
    evening.asks("dana", StartRound())
    assert evening.since_start(evening.event.starts_at) == evening.time + 20


def test_nobody_meets_anybody_and_nobody_has_sat_out() -> None:
    evening = opening()
    evening.asks("dana", StartRound())
    evening.passes(150)
    assert evening.phase == "break"
    assert evening.minutes() == {}
    assert [p.sat_out for p in evening.event.people.values()] == [0, 0, 0, 0]
    assert evening.last("ana", m.PhaseChanged).stream_url == ""


def test_who_comes_late_listens_like_everybody_else() -> None:
    evening = opening()
    evening.asks("dana", StartRound())
    evening.passes(60)
    evening.comes("chidi", "hana")
    evening.passes(10)
    assert evening.event.joins == {}
    assert evening.event.running_rooms() == []
    assert [x.because for x in evening.sees("chidi").then if isinstance(x, m.SittingOut)] == [
        "plenary"
    ]


def test_the_lobbys_chat_goes_on() -> None:
    evening = opening()
    evening.asks("dana", StartRound())
    evening.asks("ana", Say(text="Hello"))
    assert where_may_speak(evening.event, "ana") == "lobby"


def test_the_clock_is_extended_paused_and_ends_as_in_every_round() -> None:
    evening = opening()
    evening.asks("dana", StartRound())
    evening.passes(30)
    evening.asks("dana", Extend(seconds=30))
    evening.asks("dana", Pause())
    evening.passes(40)
    evening.asks("dana", Resume())
    assert evening.left == 140
    evening.passes(140)
    assert evening.phase == "break"


def test_a_host_may_make_the_next_round_one_of_words_to_everybody() -> None:
    evening = Evening(rounds=1)
    evening.comes("dana", "ana", "bo", "chidi")
    evening.offers([["ana", "bo", "chidi"]])
    evening.asks("dana", ProposeRound(kind=Kind.PLENARY, seconds=60))
    told = evening.last("ana", m.PhaseChanged).programme
    assert told
    assert (told[0].kind, told[0].seconds) == ("plenary", 60)
    evening.asks("dana", StartRound())
    assert evening.event.running_rooms() == []
    assert evening.event.kind == "plenary"
    assert evening.refuses("dana", Move(attendee="ana", room="r1-1")) == "out-of-turn"


def test_one_that_nobody_came_to_keeps_its_time() -> None:
    evening = Evening(kinds=(Kind.PLENARY, Kind.MATCHED), seconds=60, auto=True, starts_at=10)
    evening.passes(10)
    assert (evening.phase, evening.event.kind) == ("preview", "plenary")
    evening.passes(80)
    assert evening.phase == "break"
