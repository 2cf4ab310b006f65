"""The answers to the two closing questions in words, for those who give them and for totals."""

from __future__ import annotations

from collections.abc import Mapping

AGAIN_LABELS: Mapping[str, str] = {
    "yes": "Yes, gladly",
    "maybe": "Perhaps",
    "no": "Rather not",
}
"""Each of `people.COMES_AGAIN`."""

CHANGE_LABELS: Mapping[str, str] = {
    "longer-rounds": "Longer rounds",
    "shorter-rounds": "Shorter rounds",
    "more-rounds": "More rounds",
    "more-breaks": "More time between rounds",
    "larger-rooms": "More people in a room",
    "smaller-rooms": "Fewer people in a room",
    "closer-matches": "People closer to what I do",
    "more-variety": "People further from what I do",
    "sound-and-picture": "Better sound and picture",
    "nothing": "Nothing: it was right as it was",
}
"""Each of `people.CHANGES`."""
