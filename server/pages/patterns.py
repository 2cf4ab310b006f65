"""Evenings to begin from: a few common kinds, worded in the language of the evening.

Responsible for what a pattern fills in; everything can be changed afterwards. Title, time and
language are the organiser's own. Numbers follow one thought each: pairs need three minutes to get
past their names, tables of four ten to get into a topic, and an on-site room time to walk.
"""

from __future__ import annotations

from collections.abc import Mapping

from msgspec import Struct

from server import words


class Pattern(Struct, frozen=True, kw_only=True):
    """A pattern: its name in forms, its words on the desk, and what it makes of an event."""

    name: str
    label: str
    hint: str


PATTERNS = (
    Pattern(
        name="speed",
        label="Speed networking",
        hint="Eight rounds of three minutes, always two people, one after the other by themselves.",
    ),
    Pattern(
        name="topics",
        label="Topic tables",
        hint="A welcome for all, then three rounds at tables of a topic that each chooses.",
    ),
    Pattern(
        name="hybrid",
        label="Hybrid evening",
        hint="On site and online in one evening: four rounds of four, some tables with a station.",
    ),
    Pattern(
        name="floor",
        label="Open floor",
        hint="Two matched rounds to break the ice, then rooms that people choose and change.",
    ),
)

PROMPTS: Mapping[str, tuple[str, ...]] = {
    "speed": (
        "What are you working on just now?",
        "What did you learn lately that surprised you?",
        "Whom would you like to meet, and why?",
        "What could you help somebody with?",
        "What would you do with one more day a week?",
        "What question occupies you?",
        "What went wrong lately, and what did you make of it?",
        "What do you take home from this evening?",
    ),
    "hybrid": (
        "Where are you, and what brought you here?",
        "What are you looking for this year?",
        "What could this group do together?",
        "Whom here do you want to meet again?",
    ),
    "floor": (
        "What brought you here?",
        "What would you like to talk about afterwards?",
    ),
    "topics": (
        "",
        "What is your own experience with it?",
        "What is still open?",
        "What next?",
    ),
    "tables": (
        "Work and tools",
        "Learning and changing",
        "Founding and funding",
        "The city and its people",
    ),
}
"""Words by pattern, in order; said in the language of the evening."""


def pattern_body(name: str, locale: str) -> dict[str, object] | None:
    """Returns programme and settings of a pattern as the API's body; None: there is none."""
    say = words.words(locale).gettext
    said = {key: tuple(say(one) if one else "" for one in those) for key, those in PROMPTS.items()}
    match name:
        case "speed":
            each = {"seconds": 180, "size": 2, "break_seconds": 30, "preview_seconds": 15}
            rounds = [{**each, "auto": True, "prompt": prompt} for prompt in said["speed"]]
            return {"programme": {"rounds": rounds}}
        case "topics":
            welcome = {"kind": "plenary", "seconds": 600, "break_seconds": 300}
            table = {"kind": "topics", "seconds": 900, "size": 5, "least": 3, "most": 8}
            table |= {"break_seconds": 300, "topics": said["tables"]}
            later = [{**table, "prompt": prompt} for prompt in said["topics"][1:]]
            return {"programme": {"rounds": [welcome, *later]}}
        case "hybrid":
            each = {"seconds": 720, "size": 4, "break_seconds": 300, "walking_seconds": 180}
            rounds = [{**each, "prompt": prompt} for prompt in said["hybrid"]]
            return {"programme": {"rounds": rounds}, "settings": {"mixing": "some"}, "stations": 2}
        case "floor":
            each = {"seconds": 480, "size": 4, "break_seconds": 120}
            rounds = [{**each, "prompt": prompt} for prompt in said["floor"]]
            return {"programme": {"rounds": [*rounds, {"kind": "open", "seconds": 0}]}}
        case _:
            return None
