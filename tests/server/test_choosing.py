"""Simulated people choose topics and walk the floor, by what their own socket told."""

from __future__ import annotations

import random
from typing import get_args

from rooms import messages as m
from rooms.commands import ChooseRoom
from rooms.people import Mode, RoomMode
from rooms.programme import Kind
from server import attending
from server.attending import Heard
from server.choosing import Choosing
from server.schemas import tag

OPEN = m.PhaseChanged(
    phase=m.Phase.ROUND, round=1, rounds=1, starts_at=0, ends_at=None, paused=None, kind=Kind.OPEN
)


def room(
    id: str, count: int, *, full: bool = False, mode: RoomMode = RoomMode.ONLINE
) -> m.FloorRoom:
    return m.FloorRoom(id=id, count=count, full=full, mode=mode)


def ana() -> Choosing:
    chooses = Choosing(Mode.ONLINE, random.Random(1))
    chooses.hears(OPEN)
    return chooses


def test_a_topic_is_chosen_once_a_round_and_never_a_full_one() -> None:
    topics = tuple(m.TopicShown(id=id, text=id, full=id != "t1") for id in ("t1", "t2"))
    listed = m.Topics(round=2, topics=topics)
    found = [Choosing(Mode.ONLINE, random.Random(seed)).topic(listed) for seed in range(20)]
    assert {choice.topic for choice in found if choice} == {"t1"}
    chooses = ana()
    assert [chooses.topic(listed), chooses.topic(listed)][1] is None


def test_one_goes_where_there_is_room_for_ones_own_kind() -> None:
    chooses = ana()
    table = room("table-1", 0, mode=RoomMode.ON_SITE)
    chooses.hears(m.Floor(rooms=(room("r1-1", 3, full=True), room("r1-2", 1), table)))
    assert {chooses.next_room() for _ in range(9)} == {ChooseRoom(room="r1-2")}
    chooses.hears(m.Floor(whole=False, gone=("r1-2",), rooms=(room("new", 0),)))
    assert chooses.next_room() == ChooseRoom(room="new")


def test_nobody_walks_once_the_floor_is_closed() -> None:
    chooses = ana()
    assert chooses.is_open
    chooses.hears(
        m.PhaseChanged(
            phase=m.Phase.BREAK, round=1, rounds=1, starts_at=0, ends_at=None, paused=None
        )
    )
    assert (chooses.is_open, chooses.next_room()) == (False, None)


def test_simulated_people_hear_every_message_that_they_are_typed_for() -> None:
    assert {str(tag(kind)) for kind in get_args(Heard)} == attending.KNOWN
