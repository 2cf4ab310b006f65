"""Words that mean the same: merged by the organiser, suggested from a real list."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rooms.people import normalise
from rooms.synonyms import alike, fault, meanings, tidy


def test_a_group_means_its_first_word_in_any_width_and_case() -> None:
    same = meanings((("AI", "人工知能", "Machine  Learning"), ("tea",)))
    assert same == {"ai": "ai", "人工知能": "ai", "machine learning": "ai", "tea": "tea"}


def test_groups_are_kept_without_blanks_and_without_what_is_alike_anyway() -> None:
    assert tidy([[" AI ", "ＡＩ", "", "人工知能"], ["", " "]]) == (("AI", "人工知能"),)


@pytest.mark.parametrize(
    ("groups", "word"),
    [([["AI", "ai"]], "AI"), ([["a", "b"], ["B", "c"]], "B"), ([["a", "b"]], None), ([], None)],
)
def test_a_group_needs_two_words_and_a_word_has_one_group(
    groups: list[list[str]], word: str | None
) -> None:
    found = fault(groups)
    assert (found[1] if found else None) == word


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("startup", "Start-ups"),
        ("stories", "story"),
        ("ヨガ", "よが"),
        ("コンピューター", "コンピュータ"),
        ("café", "cafe"),
        ("board games", "boardgames"),
        ("ML", "machine learning"),
        ("photograpy", "photography"),
    ],
)
def test_what_looks_like_one_thing_is_suggested(one: str, other: str) -> None:
    assert [sorted(group) for group in alike([one, other, "tea"])] == [sorted([one, other])]


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("か", "が"),
        ("glass", "gla"),
        ("tea", "ten"),
        ("🎻", "🎸"),
        ("Tea", "ｔｅａ"),
        ("茶", "茶道"),
    ],
)
def test_what_is_another_thing_or_alike_anyway_is_not(one: str, other: str) -> None:
    assert alike([one, other]) == []


def test_nothing_is_suggested_twice_or_that_is_merged_already() -> None:
    tags = ["startup", "startups", "start-up", "startups"]
    assert alike(tags) == [("startups", "start-up", "startup")]
    assert alike(tags, [("startup", "startups", "start-up")]) == []


@given(st.lists(st.text(max_size=12), max_size=30))
def test_suggestions_can_be_taken_as_they_are(tags: list[str]) -> None:
    found = alike(tags)
    assert fault(found) is None
    assert {normalise(word) for group in found for word in group} <= set(map(normalise, tags))
