"""Two rooms of two who talk: where many tests of a running round begin."""

from __future__ import annotations

from tests.rooms.evenings import Evening

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
