"""Commands are decided on the journal's last state, made durable, and answered once."""

from __future__ import annotations

import asyncio
import os
import signal
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pytest

from rooms.commands import (
    AddAttendees,
    Announce,
    AnyCommand,
    CallHost,
    Connect,
    Rejoin,
    SitOut,
    StartRound,
)
from rooms.deciding import ORGANISER, Decision
from rooms.event import Event
from rooms.facts import Announced, AnyFact, HostCalled, SatOut
from rooms.people import Register
from rooms.refusal import Refusal
from server.bundled import BundledStore
from server.evenings import Evening, Evenings
from server.journal import START, Journal
from server.redis import Store
from server.sequencer import Rules, real_rules
from tests.server.evening import ANA, BO, CHIDI, DANA, EVENT, Ears, an_event, people


async def journal_of(store: Store) -> list[AnyFact]:
    """Reads all facts of the event."""
    return [e.fact async for page in Journal(store, EVENT).pages() for e in page]


async def announces(evening: Evening, by: str, count: int, prefix: str) -> None:
    """Announces `count` times at once, each time with a ref and words of its own."""
    await asyncio.gather(
        *(
            evening.submit(by, Announce(text=f"{prefix}{i}"), ref=f"{by}:{prefix}:{i}")
            for i in range(count)
        )
    )


async def test_what_was_decided_is_durable_and_folded(store: Store) -> None:
    evenings = Evenings(store)
    evening = await an_event(evenings)
    decision = await evening.submit(ANA, SitOut())
    assert [type(f) for f in decision.facts] == [SatOut]
    assert evening.event.people[ANA].sitting_out
    assert (await journal_of(store))[-1] == decision.facts[0]
    await evenings.close()


async def test_a_refusal_goes_to_its_asker_alone(store: Store) -> None:
    evenings = Evenings(store)
    evening = await an_event(evenings)
    good, bad, other = await asyncio.gather(
        evening.submit(ANA, SitOut()),
        evening.submit(BO, StartRound()),
        evening.submit(CHIDI, SitOut()),
        return_exceptions=True,
    )
    assert isinstance(bad, Refusal)
    assert bad.code == "not-allowed"
    assert isinstance(good, Decision)
    assert isinstance(other, Decision)
    assert (await journal_of(store))[-2:] == [*good.facts, *other.facts]
    await evenings.close()


async def test_commands_of_one_group_see_each_other(store: Store) -> None:
    evenings = Evenings(store)
    evening = await an_event(evenings)
    decisions = await asyncio.gather(*(evening.submit(ANA, SitOut()) for _ in range(3)))
    assert [len(d.facts) for d in decisions] == [1, 0, 0]
    await evenings.close()


async def test_two_processes_fight_and_nothing_is_lost_or_doubled(store: Store) -> None:
    ours, theirs = Evenings(store), Evenings(store)
    here = await an_event(ours)
    there = await theirs.get(EVENT)
    ears, more_ears = Ears(), Ears()
    here.listen(ears)
    there.listen(more_ears)
    await asyncio.gather(
        announces(here, DANA, 200, "here"), announces(there, ORGANISER, 200, "there")
    )
    await here.caught_up()
    await there.caught_up()
    announced = [f for f in await journal_of(store) if isinstance(f, Announced)]
    assert Counter(f.by for f in announced) == {DANA: 200, ORGANISER: 200}
    assert len({f.id for f in announced}) == 400
    words = {here.register.text(f.id) for f in announced}
    assert words == {f"here{i}" for i in range(200)} | {f"there{i}" for i in range(200)}
    assert here.register.rows == there.register.rows
    assert ears.facts == more_ears.facts
    assert ears.ids == sorted(set(ears.ids), key=lambda id: tuple(map(int, id.split("-"))))
    assert here.tip == there.tip
    await ours.close()
    await theirs.close()


async def test_neighbours_who_overtake_each_other_come_through(store: Store) -> None:
    """One command at a time, from four processes, so that nearly every append is overtaken."""
    processes = [Evenings(store) for _ in range(4)]
    await an_event(processes[0])

    async def one_by_one(evenings: Evenings, by: str) -> None:
        evening = await evenings.get(EVENT)
        for _ in range(25):
            await evening.submit(by, SitOut())
            await evening.submit(by, Rejoin())

    async with asyncio.timeout(120):
        await asyncio.gather(
            *(one_by_one(p, by) for p, by in zip(processes, (ANA, BO, CHIDI, DANA), strict=True))
        )
    facts = await journal_of(store)
    assert Counter(f.id for f in facts if isinstance(f, SatOut))[ANA] == 25
    for evenings in processes:
        await evenings.close()


async def test_a_ref_is_done_once_whichever_process_hears_it(store: Store) -> None:
    ours, theirs = Evenings(store), Evenings(store)
    here = await an_event(ours)
    there = await theirs.get(EVENT)
    ref = f"{ANA}:s1:1"
    first = await here.submit(ANA, CallHost(text="Hello"), ref=ref)
    again = await there.submit(ANA, CallHost(text="Hello"), ref=ref)
    once_more = await here.submit(ANA, CallHost(text="Hello"), ref=ref)
    both = await asyncio.gather(
        *(e.submit(BO, CallHost(text="Hi"), ref="b:1") for e in (here, there, here, there))
    )
    assert len(first.facts) == 1
    assert again == once_more == Decision()
    assert sorted(len(d.facts) for d in both) == [0, 0, 0, 1]
    loaded = Evenings(store)
    assert (await (await loaded.get(EVENT)).submit(ANA, CallHost(), ref=ref)) == Decision()
    assert sum(isinstance(f, HostCalled) for f in await journal_of(store)) == 2
    for evenings in (ours, theirs, loaded):
        await evenings.close()


async def test_a_refused_ref_may_be_asked_again(store: Store) -> None:
    evenings = Evenings(store)
    evening = await an_event(evenings, doors=False)
    for _ in range(2):
        with pytest.raises(Refusal):
            await evening.submit(BO, StartRound(), ref="b:1")
    await evenings.close()


async def test_nobody_is_refused_for_what_this_process_has_not_read_yet(store: Store) -> None:
    """There somebody is added; here they connect at once, before the follower has read of them."""
    ours, theirs = Evenings(store), Evenings(store)
    here = await an_event(ours)
    there = await theirs.get(EVENT)
    for guest in people(20):
        await there.submit("organiser", AddAttendees(people=(guest,)))
        connected = Connect(attendee=guest.id, connection=f"c{guest.id}", node="n1")
        assert (await here.submit("server", connected)).facts
    await ours.close()
    await theirs.close()


async def test_a_bug_is_told_to_its_asker_and_the_evening_goes_on(store: Store) -> None:
    real = real_rules()

    def decide(
        event: Event, register: Register, by: str, command: AnyCommand, now: int
    ) -> Decision:
        if isinstance(command, CallHost):
            raise ZeroDivisionError
        return real.decide(event, register, by, command, now)

    evenings = Evenings(store, rules=Rules(real.new, decide, real.apply, real.due))
    evening = await an_event(evenings)
    outcomes = await asyncio.gather(
        *(evening.submit(ANA, c) for c in (SitOut(), CallHost(), Rejoin())), return_exceptions=True
    )
    assert isinstance(outcomes[1], ZeroDivisionError)
    assert [len(d.facts) for d in outcomes if isinstance(d, Decision)] == [1, 1]
    await evenings.close()


async def test_a_fact_that_cannot_be_folded_is_never_appended(store: Store) -> None:
    real = real_rules()

    def apply(event: Event, fact: AnyFact) -> None:
        if isinstance(fact, HostCalled):
            raise ZeroDivisionError
        real.apply(event, fact)

    evenings = Evenings(store, rules=Rules(real.new, real.decide, apply, real.due))
    evening = await an_event(evenings)
    outcomes = await asyncio.gather(
        *(evening.submit(ANA, c) for c in (SitOut(), CallHost(), Rejoin())), return_exceptions=True
    )
    assert isinstance(outcomes[1], ZeroDivisionError)
    assert not any(isinstance(f, HostCalled) for f in await journal_of(store))
    assert not evening.event.people[ANA].sitting_out
    await evenings.close()


async def test_a_killed_store_loses_and_doubles_nothing(tmp_path: Path) -> None:
    bundled = BundledStore(tmp_path)
    await bundled.start()
    store, other = await Store.connect(bundled.url), await Store.connect(bundled.url)
    ours, theirs = Evenings(store), Evenings(other)
    here = await an_event(ours)
    there = await theirs.get(EVENT)
    done: list[str] = []

    async def announce(evening: Evening, by: str, words: str) -> None:
        await evening.submit(by, Announce(text=words))
        done.append(words)
        if len(done) in (60, 200):
            os.kill(bundled.pid, signal.SIGKILL)

    async def burst(evening: Evening, by: str) -> None:
        for start in range(0, 200, 20):
            some = range(start, start + 20)
            await asyncio.gather(*(announce(evening, by, f"{by}{i}") for i in some))

    async with asyncio.timeout(120):
        await asyncio.gather(burst(here, DANA), burst(there, ORGANISER))
    await here.caught_up()
    announced = [f for f in await journal_of(store) if isinstance(f, Announced)]
    assert bundled.restarts == 2
    assert sorted(here.register.text(f.id) for f in announced) == sorted(done)
    assert len(done) == 400
    await ours.close()
    await theirs.close()
    await store.close()
    await other.close()
    await bundled.stop()


class Wire:
    """A line to the store that can be cut after it carried a question and before its answer."""

    def __init__(self, to: str) -> None:
        self._to = to
        self.cut_at: Callable[[bytes], bool] = lambda _: False
        self.cuts = 0
        self._ends: list[asyncio.StreamWriter] = []

    async def listen(self, path: Path) -> str:
        """Begins to carry; returns the address."""
        self._server = await asyncio.start_unix_server(self._carry, path)
        return f"unix://{path}"

    def close(self) -> None:
        """Carries no more."""
        self._server.close()
        for end in self._ends:
            end.close()

    async def _carry(self, asking: asyncio.StreamReader, answering: asyncio.StreamWriter) -> None:
        reader, writer = await asyncio.open_unix_connection(self._to)
        self._ends += [writer, answering]
        answers = asyncio.create_task(self._answer(reader, answering))
        while question := await asking.read(1 << 16):
            if not self.cut_at(question):
                writer.write(question)
                continue
            self.cuts += 1
            answers.cancel()
            await asyncio.gather(answers, return_exceptions=True)
            writer.write(question)
            await reader.read(1 << 16)
            break
        writer.close()
        answering.close()
        await asyncio.gather(answers, return_exceptions=True)

    @staticmethod
    async def _answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while answer := await reader.read(1 << 16):
            writer.write(answer)


async def test_an_answer_that_never_came_is_read_from_the_journal(
    bundled: BundledStore, store: Store, tmp_path: Path
) -> None:
    wire = Wire(bundled.url.removeprefix("unix://"))
    far = await Store.connect(await wire.listen(tmp_path / "s"))
    evenings = Evenings(far)
    evening = await an_event(evenings)
    wire.cut_at = lambda question: b"unanswered" in question and wire.cuts == 0
    decision = await evening.submit(ANA, CallHost(text="unanswered"))
    assert wire.cuts == 1
    assert len(decision.facts) == 1
    called = [f for f in await journal_of(store) if isinstance(f, HostCalled)]
    assert called == list(decision.facts)
    assert evening.register.text(called[0].id) == "unanswered"
    await evenings.close()
    await far.close()
    wire.close()


async def test_words_whose_answer_never_came_are_said_once(
    bundled: BundledStore, store: Store, tmp_path: Path
) -> None:
    wire = Wire(bundled.url.removeprefix("unix://"))
    far = await Store.connect(await wire.listen(tmp_path / "s"))
    evenings = Evenings(far)
    evening = await an_event(evenings)
    wire.cut_at = lambda question: b"unanswered" in question and wire.cuts == 0
    await evening.say(ANA, "answered")
    await evening.say(ANA, "unanswered")
    assert wire.cuts == 1
    said = [e.text for _, e in await Journal(store, EVENT).last_said(10)]
    assert said == ["answered", "unanswered"]
    await evenings.close()
    await far.close()
    wire.close()


async def test_nothing_is_appended_to_an_event_that_is_gone(store: Store) -> None:
    evenings = Evenings(store)
    evening = await an_event(evenings)
    await Journal(store, EVENT).delete()
    with pytest.raises(Exception, match=EVENT):
        await evening.submit(ANA, SitOut())
    assert await Journal(store, EVENT).page(START) == []
    await evenings.close()
