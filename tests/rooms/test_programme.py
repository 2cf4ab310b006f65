"""The programme: rounds as planned and what contradicts itself."""

from __future__ import annotations

import pytest

from rooms.commands import CreateEvent
from rooms.decide import decide
from rooms.deciding import ORGANISER
from rooms.event import Event
from rooms.people import Attendee, Details, Register, Role
from rooms.programme import Kind, Plan, planned_round
from rooms.refusal import Refusal
from tests.rooms.evenings import BEGINNING

DANA = Attendee(id="dana", name="Dana", role=Role.HOST)


def test_a_round_is_480_s_in_fours_unless_said_otherwise() -> None:
    planned = planned_round()
    assert (planned.seconds, planned.size, planned.least, planned.most) == (480, 4, 3, 6)
    assert (planned.break_seconds, planned.preview_seconds) == (60, 20)
    assert planned.walking_seconds == 120
    assert not planned.auto


def test_pairs_talk_180_s() -> None:
    planned = planned_round(size=2)
    assert (planned.seconds, planned.least) == (180, 2)


@pytest.mark.parametrize(
    ("size", "least", "most"),
    [(1, None, None), (4, 5, None), (4, None, 3), (4, 1, None), (4, None, 101)],
)
def test_sizes_are_in_order(size: int, least: int | None, most: int | None) -> None:
    with pytest.raises(ValueError, match=r"\.$"):
        planned_round(size=size, least=least, most=most)


@pytest.mark.parametrize("field", ["break_seconds", "preview_seconds", "walking_seconds"])
def test_lengths_are_not_below_nothing_nor_beyond_a_day(field: str) -> None:
    for seconds in (-1, 24 * 3600 + 1):
        with pytest.raises(ValueError, match=r"\.$"):
            planned_round(**{field: seconds})  # type: ignore[arg-type]


@pytest.mark.parametrize("seconds", [0, 24 * 3600 + 1])
def test_a_round_lasts_from_a_second_to_a_day(seconds: int) -> None:
    with pytest.raises(ValueError, match="1 second"):
        planned_round(seconds=seconds)


def test_a_round_of_one_second_without_break_or_preview_is_fine() -> None:
    assert planned_round(seconds=1, break_seconds=0, preview_seconds=0).seconds == 1


@pytest.mark.parametrize("kind", [Kind.MATCHED, Kind.TOPICS, Kind.PLENARY])
def test_only_an_open_round_may_go_on_until_it_is_ended(kind: Kind) -> None:
    assert planned_round(kind=Kind.OPEN, seconds=0).seconds == 0
    with pytest.raises(ValueError, match="from 1 second"):
        planned_round(kind=kind, seconds=0)


def test_a_topic_takes_as_many_as_a_room_at_least() -> None:
    with pytest.raises(ValueError, match="topic"):
        planned_round(kind=Kind.TOPICS, least=3, topic_most=2)


def test_an_event_is_made_once() -> None:
    create = CreateEvent(plan=Plan(), details=Details(title="Tea"), host=DANA)
    event = Event("e")
    event.count = 1
    with pytest.raises(Refusal, match="exists already"):
        decide(event, Register(), ORGANISER, create, BEGINNING)
