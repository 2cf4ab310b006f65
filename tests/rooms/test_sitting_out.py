"""Sitting out is fair over a whole evening (rule 5): nobody twice before everyone has once."""

from __future__ import annotations

from collections import Counter

from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from rooms import messages as m
from rooms.commands import Block, ChangeEvent, SitOut, StartRound
from rooms.deciding import ORGANISER, SERVER
from rooms.lobby import pool
from rooms.matching.solving import solve_wanted
from rooms.matching.wanted import wanted
from rooms.people import Attendee
from rooms.programme import Allow, Mixing
from tests.rooms.evenings import Evening

NAMES = ("ana", "bo", "chidi", "hana", "ines", "jun", "kofi", "lena", "mei", "noor", "omar", "pia")


def plays_a_round(evening: Evening) -> set[str]:
    """Solves, starts and ends the next round; returns who was left over though in the pool."""
    asked = wanted(evening.event, evening.register, evening.now)
    if asked is not None:
        evening.asks(SERVER, solve_wanted(asked, 0, steps=60))
    evening.asks("dana", StartRound())
    if evening.phase != "preview":
        asked = wanted(evening.event, evening.register, evening.now)
        assert asked is not None
        evening.asks(SERVER, solve_wanted(asked, 0, steps=60))
    assert evening.phase == "preview"
    out = {id for id in pool(evening.event, evening.now) if evening.event.people[id].seat is None}
    evening.passes_until(evening.event.starts_at)
    evening.passes_until(evening.event.ends_at)
    return out


@settings(max_examples=25, deadline=None)
@given(st.integers(3, 12), st.integers(2, 4))
def test_nobody_sits_out_a_second_time_before_everyone_has_once(count: int, size: int) -> None:
    size = min(size, count)
    evening = Evening(rounds=6, seconds=40, size=size, least=size, most=size)
    plan = replace(evening.event.plan, allow=Allow.SIT_OUTS, reunions=True)
    evening.asks(ORGANISER, ChangeEvent(plan=plan))
    names = NAMES[:count]
    evening.comes("dana", *names)
    times: Counter[str] = Counter()
    for _ in range(6):
        out = plays_a_round(evening)
        assert len(out) == count % size
        fewest = min(times[name] for name in names if name not in out)
        assert all(times[name] <= fewest for name in out), (out, times)
        times.update(out)


def test_choosing_to_sit_out_does_not_count() -> None:
    evening = Evening(rounds=3, seconds=40, size=3, least=3, most=3)
    plan = replace(evening.event.plan, allow=Allow.SIT_OUTS, reunions=True)
    evening.asks(ORGANISER, ChangeEvent(plan=plan))
    evening.comes("dana", *NAMES[:4])
    evening.asks("ana", SitOut())
    assert plays_a_round(evening) == set()
    assert evening.event.people["ana"].sat_out == 0


@settings(max_examples=15, deadline=None)
@given(st.integers(5, 12))
def test_tables_that_are_too_few_leave_everyone_over_in_turn(count: int) -> None:
    evening = Evening(rounds=5, seconds=40, size=2, least=2, most=2, tables=2)
    plan = replace(evening.event.plan, allow=Allow.SIT_OUTS, reunions=True)
    evening.asks(ORGANISER, ChangeEvent(plan=plan))
    evening.comes("dana")
    evening.on_site(*NAMES[:count], phone=False)
    times: Counter[str] = Counter()
    for _ in range(5):
        out = plays_a_round(evening)
        fewest = min(times[name] for name in NAMES[:count] if name not in out)
        assert all(times[name] <= fewest for name in out), (out, times)
        times.update(out)


# Why (rule 5)


def hosted(tables: int | None = None, **changes: object) -> Evening:
    """Returns an evening in rooms of two to three, with tables and stations as they are told."""
    return Evening(size=2, least=2, most=3, tables=tables, **changes)  # type: ignore[arg-type]


def test_whoever_has_no_seat_since_the_tables_are_taken_is_told_so_and_is_first_in_line() -> None:
    evening = hosted(tables=1)
    plan = replace(evening.event.plan, allow=Allow.SIT_OUTS, reunions=True)
    evening.asks(ORGANISER, ChangeEvent(plan=plan))
    evening.comes("dana")
    evening.on_site("emre", "fay", "gus", "hal", "ines")
    out = plays_a_round(evening)
    assert len(out) == 2
    for name in out:
        assert evening.told(name, m.SittingOut)[0].because == "no-table"
        assert evening.event.people[name].sat_out == 1
    assert plays_a_round(evening).isdisjoint(out)


def test_the_only_one_on_site_is_told_what_would_bring_them_together_with_others() -> None:
    for mixing, stations, because in (
        (Mixing.APART, None, "only-one"),
        (Mixing.SOME, 0, "no-station"),
    ):
        evening = hosted(mixing=mixing, stations=stations)
        evening.comes("dana", "ana", "bo")
        evening.on_site("emre")
        assert plays_a_round(evening) == {"emre"}
        assert evening.told("emre", m.SittingOut)[0].because == because
        assert evening.event.people["emre"].sat_out == 1


def test_an_assistant_whose_person_is_away_is_told_so() -> None:
    evening = hosted()
    evening.adds("ana", Attendee(id="iris", name="Iris", sits_with="ana"))
    evening.comes("dana", "bo", "chidi", "iris")
    assert plays_a_round(evening) == {"iris"}
    assert evening.told("iris", m.SittingOut)[0].because == "with-person"


def test_whoever_a_rule_keeps_from_the_others_reads_nothing_of_it() -> None:
    evening = hosted(tables=2)
    evening.comes("dana")
    evening.on_site("emre", "fay", "gus")
    evening.asks("emre", Block(about="fay"))
    evening.asks("gus", Block(about="emre"))
    assert plays_a_round(evening) == {"emre"}
    assert evening.told("emre", m.SittingOut)[0].because == "left-over"
