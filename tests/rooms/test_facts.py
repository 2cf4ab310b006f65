"""Facts: what the journal keeps, and that a newer version reads every older journal."""

from __future__ import annotations

import types
from pathlib import Path
from typing import get_args, get_type_hints

import pytest
from msgspec import Struct, json

from rooms import facts as f
from rooms.apply import apply
from rooms.commands import Cause, Relaxation
from rooms.encounters import encounters
from rooms.event import Event
from rooms.facts import AnyFact
from rooms.people import Mode, Place, Role, RoomMode
from rooms.programme import Allow, Kind, Plan, planned_round
from rooms.rounds import due
from tests.rooms.evenings import through_json

ALL_FACTS: tuple[type[f.Fact], ...] = get_args(AnyFact)
JOURNALS = sorted((Path(__file__).parent / "journals").glob("*.jsonl"))

EXAMPLES: dict[object, object] = {
    int: 1_800_000_000_000,
    float: 0.5,
    bool: True,
    str: "ana",
    Role: Role.HELPER,
    Kind: Kind.OPEN,
    Mode: Mode.ON_SITE,
    RoomMode: RoomMode.MIXED,
    Place: Place.WAITING,
    Allow: Allow.REPEATS,
    Plan: Plan(rounds=(planned_round(),), starts_at=5, tables=3),
    f.Seats: f.Seats(id="r1-1", people=("ana", "bo"), mode=RoomMode.MIXED, table=4),
    f.Totals: f.Totals(began_at=5, came=7, met_mean=2.5, next_steps=6),
    tuple[str, ...]: ("ana", "bo"),
    tuple[tuple[str, str], ...]: (("ana", "bo"), ("ana", "chidi")),
    tuple[tuple[str, ...], ...]: (("ana", "bo"), ("chidi",)),
    tuple[tuple[str, str, str], ...]: (("ana", "r1-1", "lobby"),),
    tuple[f.Seats, ...]: (f.Seats(id="r1-1", people=("ana", "bo")),),
    tuple[Cause, ...]: (Cause(rules=("language",), people=("ana",), seated=1),),
    tuple[Relaxation, ...]: (Relaxation(allow=Allow.SIZES, oldest=1, sizes=(2, 2)),),
    tuple[f.Meeting, ...]: (f.Meeting(a="ana", b="bo", spans=((1, 20_001),)),),
    tuple[f.LeftOver, ...]: (f.LeftOver(id="ana", because="left-over"),),
}


def full(kind: type[f.Fact]) -> AnyFact:
    """Returns a fact of a kind with every field filled."""
    values = {}
    for name, hint in get_type_hints(kind).items():
        if name.startswith("__"):
            continue
        options = get_args(hint) if isinstance(hint, types.UnionType) else (hint,)
        values[name] = EXAMPLES[next(option for option in options if option is not type(None))]
    return kind(**values)  # type: ignore[return-value, arg-type]


@pytest.mark.parametrize("kind", ALL_FACTS, ids=lambda kind: kind.__name__)
def test_a_fact_comes_out_of_the_journal_as_it_went_in(kind: type[f.Fact]) -> None:
    fact = full(kind)
    assert through_json(fact) == fact


@pytest.mark.parametrize("kind", ALL_FACTS, ids=lambda kind: kind.__name__)
def test_a_fact_is_told_by_its_kebab_case_name(kind: type[f.Fact]) -> None:
    tag = kind.__struct_config__.tag
    assert str(tag).replace("-", "") == kind.__name__.lower()


def test_every_fact_is_in_the_union_that_the_journal_reads() -> None:
    made = {value for value in vars(f).values() if isinstance(value, type)}
    assert {kind for kind in made if issubclass(kind, f.Fact)} - {f.Fact} == set(ALL_FACTS)


def test_every_kind_is_in_the_stored_journals() -> None:
    stored = {
        type(json.decode(line, type=AnyFact))
        for journal in JOURNALS
        for line in journal.read_bytes().splitlines()
    }
    assert set(ALL_FACTS) - stored == set()


class Came(Struct):
    """What came of an evening, stored beside its journal."""

    minutes: dict[str, int]
    contacts: list[tuple[str, str]]
    rounds: int


@pytest.mark.parametrize("journal", JOURNALS, ids=lambda path: path.stem)
def test_a_stored_journal_still_folds_to_what_came_of_it(journal: Path) -> None:
    event = Event("e")
    for line in journal.read_bytes().splitlines():
        apply(event, json.decode(line, type=AnyFact))
    assert event.phase == "ended"
    assert due(event) is None
    came = json.decode(journal.with_suffix(".json").read_bytes(), type=Came)
    minutes: dict[str, int] = {}
    for room in event.rooms.values():
        for met in encounters(room, room.ends_at):
            key = f"{met.a} {met.b}"
            minutes[key] = minutes.get(key, 0) + met.seconds
    assert minutes == came.minutes
    assert sorted(event.contacts) == came.contacts
    assert event.round == came.rounds
