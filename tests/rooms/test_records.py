"""Meetings seen elsewhere are encounters like any others; who takes a file home is written down."""

from __future__ import annotations

import pytest

from rooms import facts as f
from rooms.commands import Erase, KeepInTouch, NoteDesk, NoteExport, Observed, RecordMeetings
from rooms.deciding import ORGANISER
from rooms.encounters import by_pair
from rooms.messages import Phase
from rooms.refusal import Refusal
from tests.rooms.evenings import BEGINNING, Evening

HOUR = 3_600_000


def seen(a: str, b: str, *spans: tuple[int, int]) -> Observed:
    """Returns a meeting at seconds since the beginning."""
    instants = tuple((BEGINNING + x * 1000, BEGINNING + y * 1000) for x, y in spans)
    return Observed(a=a, b=b, spans=instants)


def recording(*meetings: Observed, round: int = 1, ends: bool = False) -> RecordMeetings:
    return RecordMeetings(
        round=round,
        starts_at=BEGINNING,
        ends_at=BEGINNING + HOUR,
        meetings=meetings,
        ends=ends,
    )


def a_list() -> Evening:
    evening = Evening(doors=False)
    evening.adds("ana", "bo", "chidi")
    return evening


def test_meetings_seen_elsewhere_are_encounters() -> None:
    evening = a_list()
    evening.asks(
        ORGANISER,
        recording(seen("bo", "ana", (20, 60), (100, 120)), seen("ana", "chidi", (0, 20))),
    )
    evening.asks(ORGANISER, recording(seen("ana", "bo", (5, 25)), round=2, ends=True))
    found = {(met.a, met.b): (met.seconds, rounds) for met, rounds in by_pair(
        evening.event.rooms.values(), evening.now
    )}  # fmt: skip
    assert found == {("ana", "bo"): (80, 2), ("ana", "chidi"): (20, 1)}
    assert evening.event.phase is Phase.ENDED
    assert evening.event.met == {("ana", "bo"): 1}, "20 s are too short to have met"
    assert evening.event.came["chidi"] == BEGINNING


def test_those_who_were_seen_together_may_stay_in_touch() -> None:
    evening = a_list()
    evening.asks(ORGANISER, recording(seen("ana", "bo", (0, 40)), ends=True))
    evening.asks("ana", KeepInTouch(about="bo"))
    evening.asks("bo", KeepInTouch(about="ana"))
    assert ("ana", "bo") in evening.event.contacts


@pytest.mark.parametrize(
    ("meeting", "code"),
    [
        (seen("ana", "ana", (0, 20)), "bad-field"),
        (seen("ana", "bo"), "bad-field"),
        (seen("ana", "bo", (20, 20)), "bad-field"),
        (seen("ana", "bo", (20, 60), (40, 80)), "bad-field"),
        (seen("ana", "bo", (3590, 3610)), "bad-field"),
        (seen("ana", "nobody", (0, 20)), "unknown-person"),
    ],
)
def test_what_cannot_have_been_is_refused(meeting: Observed, code: str) -> None:
    with pytest.raises(Refusal) as refused:
        a_list().asks(ORGANISER, recording(meeting))
    assert refused.value.code == code


def test_meetings_are_taken_once_and_only_before_the_doors_open() -> None:
    evening = a_list()
    evening.asks(ORGANISER, recording(seen("ana", "bo", (0, 20))))
    with pytest.raises(Refusal, match="already"):
        evening.asks(ORGANISER, recording(seen("bo", "ana", (40, 60))))
    opened = Evening()
    opened.adds("ana", "bo")
    with pytest.raises(Refusal, match="before"):
        opened.asks(ORGANISER, recording(seen("ana", "bo", (0, 20))))


def test_who_took_a_file_home_is_written_down_also_after_the_end() -> None:
    evening = a_list()
    evening.asks(ORGANISER, recording(seen("ana", "bo", (0, 20)), ends=True))
    evening.asks(ORGANISER, NoteExport(what="pairs.csv"))
    assert evening.event.exports == (f.Exported(at=evening.now, what="pairs.csv", by=ORGANISER),)


def test_what_is_done_with_peoples_data_is_written_down_with_who_did_it() -> None:
    evening = a_list()
    evening.asks(ORGANISER, NoteDesk(what="import", count=3))
    evening.asks(ORGANISER, Erase(attendee="ana"))
    evening.asks("bo", Erase(attendee="bo"))
    assert [(one.what, one.count, one.by) for one in evening.event.noted] == [
        ("import", 3, ORGANISER), ("erased", 1, ORGANISER), ("erased", 1, "themselves"),
    ]  # fmt: skip
    with pytest.raises(Refusal):
        evening.asks("chidi", NoteDesk(what="import"))
