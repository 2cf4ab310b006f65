"""A batch lands whole, on the entry it was decided on, or not at all."""

from __future__ import annotations

import pytest

from rooms.facts import DoorsOpened, SatOut
from rooms.people import Attendee, Text
from server.journal import (
    START,
    Appended,
    Draft,
    Journal,
    Lost,
    Outcome,
    Overtaken,
    TurnTaken,
    UnknownFact,
)
from server.redis import Store, key
from server.register import encode_rows, read_register, read_rows

EVENT = "journal22222"


async def append(
    journal: Journal, expected: str = START, count: int = 1, turn: str = "", batch: str = "b"
) -> Outcome:
    """Appends `count` facts and a row."""
    return await journal.append(
        [Draft(SatOut(at=i, id=f"a{i}"), f"ref{i}") for i in range(count)],
        encode_rows({"t:1": Text(text="words")}),
        expected=expected,
        batch=batch,
        turn=turn,
        due=77,
        nodes={"n1": 5},
    )


async def appended(journal: Journal, expected: str = START, count: int = 1) -> list[str]:
    """Appends, and returns the places."""
    outcome = await append(journal, expected, count)
    assert isinstance(outcome, Appended)
    return list(outcome.ids)


async def test_a_batch_is_read_as_it_was_appended(store: Store) -> None:
    journal = Journal(store, EVENT)
    ids = await appended(journal, count=3)
    entries = await journal.page(START)
    assert [e.id for e in entries] == ids
    assert [e.fact for e in entries] == [SatOut(at=i, id=f"a{i}") for i in range(3)]
    assert [e.rows for e in entries] == [("t:1",), (), ()]
    assert [e.ref for e in entries] == ["ref0", "ref1", "ref2"]
    assert {e.batch for e in entries} == {"b"}
    assert await read_rows(store, EVENT, ["t:1", "t:2"]) == {"t:1": Text(text="words"), "t:2": None}
    assert await journal.meta() == (77, {"n1": 5})
    assert [e.id async for page in journal.pages(ids[0]) for e in page] == ids[1:]


async def test_an_overtaken_batch_leaves_nothing(store: Store) -> None:
    journal = Journal(store, EVENT)
    first, second = await appended(journal), None
    assert await append(journal, second or START, 5, batch="late") == Overtaken()
    assert [e.id for e in await journal.page(START)] == first


async def test_rows_are_not_written_when_overtaken(store: Store) -> None:
    journal = Journal(store, EVENT)
    await appended(journal)
    await journal.append(
        [Draft(DoorsOpened(at=1))],
        encode_rows({"t:2": Text(text="never")}),
        expected=START,
        batch="late",
        turn="",
        due=None,
        nodes={},
    )
    assert await read_rows(store, EVENT, ["t:2"]) == {"t:2": None}
    assert (await journal.meta())[0] == 77


async def test_a_turn_holds_others_back_until_its_holder_appended(store: Store) -> None:
    journal = Journal(store, EVENT)
    assert await journal.take_turn("mine", 60_000)
    assert await journal.take_turn("mine", 60_000)
    assert not await journal.take_turn("yours", 60_000)
    assert isinstance(await append(journal, turn="yours"), TurnTaken)
    mine = await append(journal, turn="mine")
    assert isinstance(mine, Appended)
    assert isinstance(await append(journal, mine.ids[-1], turn="yours"), Appended)


async def test_a_batch_decided_on_a_lost_entry_is_refused_as_lost(store: Store) -> None:
    journal = Journal(store, EVENT)
    first, second = await appended(journal, count=2)
    await store.call("XDEL", key(EVENT, "journal"), second)
    assert await append(journal, second) == Lost()
    assert not await journal.stands(second)
    assert await journal.stands(first)


async def test_a_fact_of_a_newer_version_is_not_passed_over(store: Store) -> None:
    await store.call("XADD", key(EVENT, "journal"), "*", "f", b'{"type":"danced","at":1}', "b", "x")
    with pytest.raises(UnknownFact, match="danced"):
        await Journal(store, EVENT).page(START)


async def test_a_row_of_a_newer_version_is_not_passed_over(store: Store) -> None:
    await store.call("HSET", key(EVENT, "register"), "x:1", b'{"type":"dance"}')
    with pytest.raises(UnknownFact, match="x:1"):
        await read_register(store, EVENT, ())


async def test_the_register_is_read_in_the_order_people_came(store: Store) -> None:
    names = [f"a:{i}" for i in range(600, 0, -1)]
    rows = {name: Attendee(id=name[2:], name="x") for name in names}
    flat = [part for name, row in encode_rows(rows).items() for part in (name, row)]
    await store.call("HSET", key(EVENT, "register"), *flat)
    assert list((await read_register(store, EVENT, names)).rows) == names


async def test_words_sent_twice_are_said_once(store: Store) -> None:
    journal = Journal(store, EVENT)
    first = await journal.say(START, "aana", "lobby", "Hello", "ref1")
    again = await journal.say(START, "aana", "lobby", "Hello", "ref1")
    assert first == again
    other = await journal.say(first[-1][0], "abo", "r1", "こんにちは", "ref2")
    assert [(e.sender, e.room, e.text) for _, e in other] == [("abo", "r1", "こんにちは")]
    assert [e.text for _, e in await journal.last_said(10)] == ["Hello", "こんにちは"]
    assert abs(other[0][1].at - await store.now()) < 5000


async def test_the_chat_ends_by_itself(store: Store) -> None:
    await Journal(store, EVENT).say(START, "aana", "lobby", "Hello", "ref1")
    seconds = await store.call("TTL", key(EVENT, "chat"))
    assert isinstance(seconds, int)
    assert 29 * 24 * 3600 < seconds <= 30 * 24 * 3600


async def test_what_somebody_said_is_forgotten(store: Store) -> None:
    journal = Journal(store, EVENT)
    for i, who in enumerate(("aana", "abo", "aana")):
        await journal.say(START, who, "lobby", f"{i}", f"ref{i}")
    await journal.forget_said("aana")
    assert [e.text for _, e in await journal.last_said(10)] == ["1"]


async def test_a_follower_reads_both_streams_in_one_call(store: Store) -> None:
    journal = Journal(store, EVENT)
    reader = store.blocking()
    [id] = await appended(journal)
    [(said_id, _)] = await journal.say(START, "aana", "lobby", "Hello", "ref1")
    entries, said = await journal.follow(reader, START, START)
    assert [e.id for e in entries] == [id]
    assert [i for i, _ in said] == [said_id]
    await reader.close()
