"""Retention by kind (rule 21): the dates, and that what is left is the same whoever reads it."""

from __future__ import annotations

from pathlib import Path

import pytest
from msgspec import json

from rooms.apply import apply
from rooms.commands import ChangeEvent, CloseEvent, KeepInTouch, Note, Rate
from rooms.deciding import ORGANISER
from rooms.event import Event
from rooms.facts import AnyFact, EventEnded, MinutesForgotten
from rooms.people import Details, Goals, Register
from rooms.programme import Plan
from rooms.remainder import totals, whole_report
from rooms.report import report
from rooms.retention import DAY_MS, dates, outlives, rows_to_forget
from tests.rooms.evenings import state_of, through_json
from tests.rooms.test_report import SIX, two_rounds

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
    facts = facts_of(journal)
    kept = totals(report(folded(facts), Register(), END, graph=False))
    forgotten = MinutesForgotten(at=END + 90 * DAY_MS, totals=kept)
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


def test_the_first_page_says_the_same_on_the_day_after_and_names_nobody() -> None:
    evening = two_rounds()
    details = Details(title="Tea", goals=Goals(people=8, cost=700.0, currency="EUR"))
    evening.asks(ORGANISER, ChangeEvent(details=details))
    for id, about in (("ana", "bo"), ("bo", "ana")):
        evening.asks(id, KeepInTouch(about=about))
    mates = zip(SIX, ("bo", "ana", "ana", "hana", "ines", "hana"), strict=True)
    for stars, (id, about) in enumerate(mates):
        evening.asks(id, Note(about=about, text="", next_step="call", done=id != "ana"))
        evening.asks(id, Rate(stars=1 + stars % 5, round=1))
    evening.asks(ORGANISER, CloseEvent())
    evening.passes(60)
    before = whole_report(evening.event, evening.register, evening.now)
    kept = totals(before)
    apply(evening.event, through_json(MinutesForgotten(at=END, totals=kept)))
    after = whole_report(evening.event, evening.register, END)
    for same in (
        *("steps", "began_at", "over_at", "held", "declined", "stayed", "first_meetings"),
        *("contacts", "next_steps", "next_steps_done", "stars", "raters", "goals", "costs"),
    ):
        assert getattr(after, same) == getattr(before, same), same
    assert (after.met.mean, after.minutes.mean) == (before.met.mean, before.minutes.mean)
    assert after.steps.came == 7
    assert after.costs is not None
    assert after.costs.attendee == 100.0
    assert (after.rounds, after.few, after.modes, after.ties, after.names) == ((), (), (), (), {})
    assert after.met.most == after.minutes.least == 0
    assert not any(id.encode() in json.encode(kept) for id in evening.event.people)


def test_totals_of_fewer_than_five_are_not_kept_either() -> None:
    evening = two_rounds()
    for id, about in zip(SIX[:4], ("bo", "ana", "ana", "hana"), strict=True):
        evening.asks(id, Note(about=about, text="", next_step="call"))
        evening.asks(id, Rate(stars=2, round=1))
    kept = totals(whole_report(evening.event, evening.register, evening.now))
    assert (kept.next_step, kept.next_steps, kept.stars, kept.raters) == (None, None, None, None)


def test_a_journal_that_was_shortened_without_totals_still_has_a_report() -> None:
    evening = two_rounds()
    apply(evening.event, json.decode(b'{"type":"minutes-forgotten","at":9}', type=AnyFact))
    found = whole_report(evening.event, evening.register, evening.now)
    assert (found.forgotten_at, found.steps.came, found.steps.listed) == (9, 0, 8)


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
