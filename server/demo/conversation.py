"""What simulated people say in the demo: lines that fit their table, and answers to a newcomer.

Chooses words and who says them; it neither waits nor sends. Everything said comes from the shipped
`conversations.json`. Invariant: nobody says a line twice running, nobody answers themselves.
"""

from __future__ import annotations

import random
import re
from functools import cache

import msgspec
from msgspec import Struct

from rooms.people import normalise
from server.files import SAMPLE

Lines = dict[str, list[str]]
"""Lines by language."""

JAPANESE = re.compile(r"[\u3040-\u30ff\u3400-\u9fff]")
GREETING = re.compile(
    r"\b(hi|hello|hey|good (evening|morning|afternoon))\b"
    r"|こんにちは|こんばんは|はじめまして|おはよう",
    re.IGNORECASE,
)
THANKS = re.compile(r"\b(thanks|thank you|cheers)\b|ありがとう", re.IGNORECASE)
QUESTION = re.compile(r"[?？]\s*$|(ですか|ますか|でしょうか)。?\s*$")


class Script(Struct, frozen=True):
    """All that can be said."""

    openers: Lines
    welcome: Lines
    answers: dict[str, Lines]
    lobby: Lines
    """Before the first round."""
    between: Lines
    """In the lobby once people have met."""
    closing: Lines
    topics: dict[str, Lines]


@cache
def script() -> Script:
    """Returns the shipped conversations."""
    return msgspec.json.decode((SAMPLE / "conversations.json").read_bytes(), type=Script)


def small_talk(language: str, round: int) -> list[str]:
    """Returns what may be said in the lobby after so many rounds: before the first nobody met."""
    return (script().between if round else script().lobby)[language]


def language_of(text: str) -> str:
    """Returns the language that a name or a sentence looks like: `ja` or `en`."""
    return "ja" if JAPANESE.search(text) else "en"


class Speaker(Struct, frozen=True):
    """Somebody simulated: their id, the languages they speak (their own first), their interests."""

    id: str
    languages: tuple[str, ...]
    interests: tuple[str, ...]

    def language(self, wanted: str | None = None) -> str:
        """Returns the wanted language if they speak it, else their own."""
        return wanted if wanted in self.languages else self.languages[0]


class Line(Struct, frozen=True):
    """Who says what."""

    speaker: str
    text: str


class Conversation:
    """One table's talk: a topic its people share, line by line."""

    def __init__(self, speakers: list[Speaker], seed: str) -> None:
        self._rng = random.Random(seed)
        self._speakers = {speaker.id: speaker for speaker in speakers}
        self._last = ""
        self._topics = self._order_topics(speakers)
        self._lines: list[int] = []
        self._topic = ""
        self.newcomers_language: str | None = None
        """As their name, and then their words, suggest; None: nobody new is here."""

    @property
    def language(self) -> str | None:
        """What all at the table speak, a newcomer's own language first; None: each their own."""
        spoken = [set(speaker.languages) for speaker in self._speakers.values()]
        common: set[str] = set.intersection(*spoken) if spoken else set()
        if self.newcomers_language == "ja":
            return None
        if self.newcomers_language is None and "ja" in common:
            return "ja"
        return "en"

    def joins(self, speaker: Speaker) -> None:
        """Adds somebody who came later."""
        self._speakers[speaker.id] = speaker

    def leaves(self, id: str) -> None:
        """Takes out somebody who went."""
        self._speakers.pop(id, None)

    def opener(self) -> Line | None:
        """Returns somebody's first words."""
        return self._pick(script().openers, self.language)

    def welcome(self, name: str) -> Line | None:
        """Returns words for a newcomer who just sat down."""
        self.newcomers_language = language_of(name)
        return self._pick(script().welcome, self.newcomers_language, name)

    def closing(self) -> Line | None:
        """Returns words for the last moments."""
        return self._pick(script().closing, self.language)

    def answer(self, text: str, name: str) -> Line | None:
        """Returns what somebody answers to a newcomer's words, in the newcomer's language."""
        language = self.newcomers_language = language_of(text)
        kind = "other"
        for name_of, pattern in (
            ("thanks", THANKS),
            ("question", QUESTION),
            ("greeting", GREETING),
        ):
            if pattern.search(text):
                kind = name_of
                break
        return self._pick(script().answers[kind], language, name)

    def next(self) -> Line | None:
        """Returns the next line of the topic, of the next topic when it is exhausted."""
        if not self._lines:
            if not self._topics:
                return None
            self._topic = self._topics.pop(0)
            lines = script().topics[self._topic]
            self._lines = list(range(min(len(of) for of in lines.values())))
        speaker = self._speaker(self.language)
        if speaker is None:
            return None
        lines = script().topics[self._topic]
        return Line(speaker.id, lines[speaker.language(self.language)][self._lines.pop(0)])

    def _order_topics(self, speakers: list[Speaker]) -> list[str]:
        """Returns the topics that most at the table care about, the others left out."""
        known = {normalise(topic): topic for topic in script().topics}
        holders: dict[str, int] = {}
        for speaker in speakers:
            for interest in {normalise(interest) for interest in speaker.interests}:
                if interest in known:
                    holders[known[interest]] = holders.get(known[interest], 0) + 1
        order = sorted(holders)
        self._rng.shuffle(order)
        return sorted(order, key=lambda topic: -holders[topic])

    def _speaker(self, language: str | None) -> Speaker | None:
        able = [s for s in self._speakers.values() if s.id != self._last]
        able = [s for s in able if language is None or language in s.languages] or able
        if not able:
            return None
        chosen = self._rng.choice(sorted(able, key=lambda speaker: speaker.id))
        self._last = chosen.id
        return chosen

    def _pick(self, lines: Lines, language: str | None = None, name: str = "") -> Line | None:
        speaker = self._speaker(language)
        if speaker is None:
            return None
        said = self._rng.choice(lines[speaker.language(language)])
        return Line(speaker.id, said.replace("{name}", name))
