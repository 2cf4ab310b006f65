"""Words that mean the same: groups an organiser merges, and groups that are suggested to them.

Responsible for reading groups of tags as meanings, for saying what is wrong with some, and for
finding tags of a real list that look like one thing written differently. Deliberately merges
nothing by itself (a bank is not always a Bank), knows no dictionary, and leaves what people wrote
as they wrote it.

Invariants: a tag is in one group; what is suggested is in no group yet.

>>> same = meanings((("AI", "人工知能", "機械学習"),))
>>> same["機械学習"] == same["人工知能"] == "ai"
True
>>> alike(["Startups", "startup", "ようが", "ヨウガ", "tea"])
[('startup', 'Startups'), ('ようが', 'ヨウガ')]
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Sequence
from functools import lru_cache

from rooms.people import Meanings, normalise

GROUPS_LIMIT = 200
WORDS_LIMIT = 40
"""Tags in one group."""

SUGGESTED = 40
"""Groups suggested at once: a longer list would not be read."""

LONG = 7
"""Letters from which a word that differs by one is more likely a slip than another word."""

Groups = Sequence[Sequence[str]]


@lru_cache(maxsize=64)
def meanings(groups: tuple[tuple[str, ...], ...]) -> Meanings:
    """Returns what each merged tag means: the first of its group."""
    found: dict[str, str] = {}
    for group in groups:
        tags = [tag for tag in map(normalise, group) if tag]
        for tag in tags:
            found.setdefault(tag, tags[0])
    return found


def tidy(groups: Groups) -> tuple[tuple[str, ...], ...]:
    """Returns groups as they are kept: trimmed, without blanks, what is alike anyway only once."""
    found = []
    for group in groups:
        words: dict[str, str] = {}
        for word in group:
            if tag := normalise(word):
                words.setdefault(tag, " ".join(word.split()))
        if words:
            found.append(tuple(words.values()))
    return tuple(found)


def fault(groups: Groups) -> tuple[str, str] | None:
    """Returns a sentence about the first group that cannot be, and its word; None: all can."""
    seen: set[str] = set()
    for group in tidy(groups):
        if len(group) < 2:
            return "“{word}” is alone in its group: tags that mean the same come in twos.", group[0]
        for word in group:
            if normalise(word) in seen:
                return "“{word}” is in two groups: put them together into one.", word
            seen.add(normalise(word))
    return None


def alike(tags: Iterable[str], groups: Groups = ()) -> list[tuple[str, ...]]:
    """Returns groups of tags that look like one thing, the most frequent word first.

    `tags` as people wrote them, one for each person who did. Alike are plurals, kana of both
    kinds, accents, hyphens and spaces, initials, and long words that differ by one letter.
    """
    counts: dict[str, int] = {}
    words: dict[str, str] = {}
    for word in tags:
        if tag := normalise(word):
            counts[tag] = counts.get(tag, 0) + 1
            words.setdefault(tag, word)
    merged = {normalise(word) for group in groups for word in group}
    free = sorted((tag for tag in counts if tag not in merged), key=lambda tag: (-counts[tag], tag))
    found = [tuple(words[tag] for tag in group) for group in _joined(free) if len(group) > 1]
    return found[:SUGGESTED]


def _joined(tags: Sequence[str]) -> list[list[str]]:
    """Returns tags with those that share a likeness with them, in the order they come."""
    group_of: dict[str, list[str]] = {}
    groups: list[list[str]] = []
    for tag in tags:
        likenesses = list(_likenesses(tag))
        group = next((group_of[form] for form in likenesses if form in group_of), None)
        if group is None:
            group = []
            groups.append(group)
        group.append(tag)
        for form in likenesses:
            group_of.setdefault(form, group)
    return groups


def _likenesses(tag: str) -> Iterable[str]:
    """Yields what a tag has in common with others that may mean the same."""
    plain = _bare(tag)
    yield plain
    words = tag.replace("-", " ").split()
    if len(words) > 1 and all(word.isascii() for word in words):
        yield "".join(word[0] for word in words)  # machine learning: ml
    if len(plain) >= LONG and plain.isascii() and plain.isalpha():
        for at in range(len(plain)):  # one letter more, less or other: they meet without it
            yield f"{plain[:at]}·{plain[at + 1 :]}"
            yield f"{plain[:at]}·{plain[at:]}"


def _bare(tag: str) -> str:
    """Returns a tag's letters: hiragana as katakana, no accents, no marks, no English plural."""
    text = unicodedata.normalize("NFC", tag)
    word = "".join(_letter(c) for c in text if unicodedata.category(c)[0] in "LNS")
    word = word.rstrip("ー") or word  # コンピュータ, コンピューター
    if word.isascii() and len(word) > 3:
        for ending, instead in (("ies", "y"), ("sses", "ss"), ("ss", "ss"), ("s", "")):
            if word.endswith(ending):
                word = word[: -len(ending)] + instead
                break
    return word


def _letter(c: str) -> str:
    if "ぁ" <= c <= "ゖ":
        return chr(ord(c) + 0x60)
    base = unicodedata.normalize("NFD", c)[0]
    # In Japanese a mark makes another letter: か is not が.
    return base if "LATIN" in unicodedata.name(base, "") else c
