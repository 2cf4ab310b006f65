"""Retention by kind (rule 21): the dates, and that what is left is the same whoever reads it."""

from __future__ import annotations

from pathlib import Path

import pytest
from msgspec import json

from rooms.apply import apply
from rooms.event import Event
from rooms.facts import AnyFact, EventEnded, MinutesForgotten
from rooms.programme import Plan
from rooms.retention import DAY_MS, dates, outlives, rows_to_forget
from tests.rooms.evenings import state_of

JOURNALS = sorted((Path(__file__).parent / "journals").glob("*.jsonl"))
END = 2_000_000_000_000


def facts_of(journal: Path) -> list[AnyFact]:
    found = [json.decode(line, type=AnyFact) for line in journal.read_bytes().splitlines() if line]
    return [*found, EventEnded(at=END)]


def folded(facts: list[AnyFact]) -> Event:
    event = Event("e")
    for fact in facts:
        apply(event, fact)
    return event


@pytest.mark.parametrize("journal", JOURNALS, ids=lambda path: path.stem)
def test_who_had_read_on_and_who_reads_anew_come_to_the_same(journal: Path) -> None:
    facts, forgotten = facts_of(journal), MinutesForgotten(at=END + 90 * DAY_MS)
    read_on = folded([*facts, forgotten])
    anew = folded([*(fact for fact in facts if outlives(fact)), forgotten])
    assert state_of(read_on) == state_of(anew)
    assert not read_on.rooms
    assert not read_on.came
    before = folded(facts)
    assert (read_on.contacts, read_on.cards) == (before.contacts, before.cards)
    assert (read_on.consents, read_on.ended_at) == (before.consents, END)
    places = {id: (person.place, person.belongs) for id, person in before.people.items()}
    assert places == {id: (person.place, person.belongs) for id, person in read_on.people.items()}


def test_minutes_are_kept_for_ninety_days_or_as_long_as_the_organiser_says() -> None:
    event = Event("e")
    assert dates(event, END).minutes_at is None
    event.ended_at = END
    assert dates(event, END).minutes_at == END + 90 * DAY_MS
    event.plan = Plan(minutes_days=30)
    assert dates(event, END).minutes_at == END + 30 * DAY_MS
    assert dates(event, END + DAY_MS).everything_at == END + 731 * DAY_MS
    apply(event, MinutesForgotten(at=END + 30 * DAY_MS))
    assert dates(event, END).minutes_at is None


def test_words_go_unless_a_fact_that_stays_points_to_them() -> None:
    rows = ["a:ana", "n:ana:bo", "t:t12", "t:t1"]
    assert rows_to_forget(rows, []) == ["t:t12", "t:t1"]
    kept = [json.decode(b'{"type":"erased","at":1,"id":"t1"}', type=AnyFact)]
    assert rows_to_forget(rows, kept) == ["t:t12"]
