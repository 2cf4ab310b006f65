"""An evening folds every fact once, in order, whoever appended it, and hands it on."""

from __future__ import annotations

import asyncio

import pytest

from rooms.commands import (
    Announce,
    CallHost,
    Connect,
    CreateEvent,
    Erase,
    Here,
    OfferSeating,
    OpenDoors,
    Profile,
    SitOut,
    StartRound,
)
from rooms.facts import Announced, Connected, Erased, ProfileChanged, SatOut, Spoken
from rooms.messages import Phase
from rooms.people import Attendee, Details, Role
from rooms.programme import Plan
from rooms.refusal import Refusal
from server.evenings import Evening, Evenings, SteppedDown, Tip
from server.journal import Draft, Journal, encode_fact
from server.redis import EVENTS, Store, key
from server.sequencer import UnknownEvent
from tests.server.evening import ANA, BO, CHIDI, DANA, EVENT, Ears, an_event
from tests.server.waiting import wait_until


async def seated(evening: Evening) -> str:
    """Seats Ana, Bo and Chidi in one room and starts the round; returns the room."""
    for id in (ANA, BO, CHIDI):
        await evening.submit("server", Connect(attendee=id, connection=f"c{id}", node="n1"))
    await evening.submit(DANA, StartRound())
    offer = OfferSeating(round=1, basis="", rooms=((ANA, BO, CHIDI),))
    if evening.event.phase is Phase.LOBBY:
        await evening.submit("server", offer)
    room = evening.event.people[ANA].seat
    assert room is not None
    return room


def test_a_tip_is_read_as_it_was_written() -> None:
    tip = Tip("1700-0", "1701-2")
    assert str(tip) == "1700-0~1701-2"
    assert Tip.parse(str(tip)) == tip
    for wrong in ("", "1700-0", "x~y", "1~", "1-2-3~1-0", "~"):
        assert Tip.parse(wrong) is None


async def test_an_event_not_there_is_unknown(store: Store) -> None:
    evenings = Evenings(store)
    for _ in range(2):
        with pytest.raises(UnknownEvent):
            await evenings.get("nothing22222")
    assert evenings.held() == []
    await evenings.close()


async def test_an_event_is_loaded_as_it_was_left(store: Store) -> None:
    ours, theirs = Evenings(store), Evenings(store)
    here = await an_event(ours, more=50)
    await here.submit(ANA, Profile(name="Ana Á."))
    await here.say(BO, "Hello")
    there, same = await asyncio.gather(theirs.get(EVENT), theirs.get(EVENT))
    assert there is same
    assert there.tip == here.tip
    assert there.event.people == here.event.people
    assert list(there.register.rows.items()) == list(here.register.rows.items())
    assert list(there.chat) == list(here.chat)
    assert await theirs.ids() == [EVENT]
    await ours.close()
    await theirs.close()


async def test_an_event_is_made_once(store: Store) -> None:
    evenings, others = Evenings(store), Evenings(store)
    first = await an_event(evenings)
    dana = Attendee(id=DANA, name="Dana", role=Role.HOST)
    again = CreateEvent(plan=Plan(), details=Details(title="Other"), host=dana)
    for each in (evenings, others):
        with pytest.raises(Refusal):
            await each.create(again, EVENT)
    assert await evenings.get(EVENT) is first
    assert await evenings.ids() == [EVENT]
    await evenings.close()
    await others.close()


async def test_listeners_hear_every_fact_once_and_in_order(store: Store) -> None:
    ours, theirs = Evenings(store), Evenings(store)
    here = await an_event(ours)
    there = await theirs.get(EVENT)
    ears, far_ears = Ears(), Ears()
    remove = here.listen(ears)
    there.listen(far_ears)
    await here.submit(ANA, SitOut())
    assert [type(f) for f in ears.facts] == [SatOut], "told before the command is answered"
    await there.submit(BO, SitOut())
    await wait_until(lambda: len(ears.facts) == len(far_ears.facts) == 2, "both heard both")
    assert ears.ids == far_ears.ids
    remove()
    await here.submit(CHIDI, SitOut())
    assert len(ears.facts) == 2
    await ours.close()
    await theirs.close()


async def test_rows_that_another_process_wrote_are_there_with_their_fact(store: Store) -> None:
    ours, theirs = Evenings(store), Evenings(store)
    here = await an_event(ours)
    there = await theirs.get(EVENT)
    ears = Ears()
    there.listen(ears)
    await here.submit(ANA, Profile(name="Ana Á."))
    decision = await here.submit(DANA, Announce(text="Tea is ready"))
    await wait_until(lambda: len(ears.facts) == 2, "both facts were followed")
    assert isinstance(ears.facts[0], ProfileChanged)
    assert ears.names[0] == "Ana Á."
    [announced] = decision.facts
    assert isinstance(announced, Announced)
    assert there.register.text(announced.id) == "Tea is ready"
    await here.submit("organiser", Erase(attendee=ANA))
    await wait_until(lambda: isinstance(ears.facts[-1], Erased), "the erasure was followed")
    assert not there.register.has(ANA)
    await ours.close()
    await theirs.close()


async def test_a_listener_that_fails_stops_nobody_else(store: Store) -> None:
    class Deaf(Ears):
        def fact(self, *_: object) -> None:
            raise ZeroDivisionError

    evenings = Evenings(store)
    evening = await an_event(evenings)
    ears = Ears()
    evening.listen(Deaf())
    evening.listen(ears)
    await evening.submit(ANA, SitOut())
    assert len(ears.facts) == 1
    await evenings.close()


async def test_instants_never_go_back(store: Store) -> None:
    ours = Evenings(store)
    here = await an_event(ours)
    ahead = store.clock() + 60_000
    fact = SatOut(at=ahead, id=BO)
    await store.call("XADD", key(EVENT, "journal"), "*", "f", encode_fact(fact), "b", "x")
    await here.caught_up()
    [said] = (await here.submit(ANA, SitOut())).facts
    assert said.at == ahead
    await ours.close()


# The chat


async def test_words_go_to_the_lobby_or_to_ones_room(store: Store) -> None:
    evenings = Evenings(store)
    evening = await an_event(evenings)
    await evening.say(ANA, "In the lobby")
    room = await seated(evening)
    await evening.say(ANA, "In the room")
    await evening.say(DANA, "The host in the lobby")
    assert [e.room for _, e in evening.chat] == ["lobby", room, "lobby"]
    await evenings.close()


async def test_whoever_does_not_belong_cannot_write(store: Store) -> None:
    evenings = Evenings(store)
    evening = await an_event(evenings)
    await evening.submit("organiser", Erase(attendee=ANA))
    for stranger in (ANA, "anobody", "organiser"):
        with pytest.raises(Refusal) as refusal:
            await evening.say(stranger, "Hello")
        assert refusal.value.code == "not-allowed"
    assert list(evening.chat) == []
    await evenings.close()


async def test_words_are_heard_everywhere_once_and_in_order(store: Store) -> None:
    ours, theirs = Evenings(store), Evenings(store)
    here = await an_event(ours)
    there = await theirs.get(EVENT)
    ears, far_ears = Ears(), Ears()
    here.listen(ears)
    there.listen(far_ears)
    await asyncio.gather(
        *(here.say(ANA, f"a{i}") for i in range(50)), *(there.say(BO, f"b{i}") for i in range(50))
    )
    await wait_until(lambda: len(ears.heard) == len(far_ears.heard) == 100, "all was heard")
    assert ears.heard == far_ears.heard
    assert sorted(ears.heard) == sorted(f"{who}{i}" for who in "ab" for i in range(50))
    await ours.close()
    await theirs.close()


async def test_words_with_a_ref_are_said_once_whichever_process_hears_them(store: Store) -> None:
    ours, theirs = Evenings(store), Evenings(store)
    here = await an_event(ours)
    there = await theirs.get(EVENT)
    first = await here.say(ANA, "Hello", ref="a:s:1")
    again = await there.say(ANA, "Hello", ref="a:s:1")
    once_more = await here.say(ANA, "Hello", ref="a:s:1")
    assert first == again == once_more
    assert len(here.chat) == 1
    await ours.close()
    await theirs.close()


async def test_writing_with_a_hidden_page_shows_that_one_is_here(store: Store) -> None:
    evenings = Evenings(store)
    evening = await an_event(evenings)
    ears = Ears()
    await seated(evening)
    evening.listen(ears)
    await evening.say(ANA, "Hello")
    await evening.say(ANA, "Anybody?")
    assert [type(f) for f in ears.facts] == [Spoken]
    await evening.submit(BO, Here(visible=True))
    await evening.say(BO, "Yes")
    assert sum(isinstance(f, Spoken) for f in ears.facts) == 1
    await evenings.close()


async def test_erasing_somebody_erases_what_they_said(store: Store) -> None:
    ours, theirs = Evenings(store), Evenings(store)
    here = await an_event(ours)
    there = await theirs.get(EVENT)
    await here.say(ANA, "I was here")
    await here.say(BO, "Me too")
    await wait_until(lambda: len(there.chat) == 2, "both were followed")
    await there.submit("organiser", Erase(attendee=ANA))
    await here.caught_up()
    for chat in (here.chat, there.chat, await Journal(store, EVENT).last_said(10)):
        assert [e.text for _, e in chat] == ["Me too"]
    await ours.close()
    await theirs.close()


# Trouble


async def test_a_journal_that_lost_entries_is_read_anew(store: Store) -> None:
    evenings = Evenings(store)
    evening = await an_event(evenings)
    ears = Ears()
    evening.listen(ears)
    await evening.submit(ANA, SitOut())
    await store.call("XDEL", key(EVENT, "journal"), evening.journal_id)
    decision = await evening.submit(BO, SitOut())
    assert len(decision.facts) == 1
    assert ears.losses == 1
    assert not evening.event.people[ANA].sitting_out
    assert evening.event.people[BO].sitting_out
    await evenings.close()


async def test_a_read_notices_that_entries_were_lost(store: Store) -> None:
    evenings = Evenings(store)
    evening = await an_event(evenings)
    await evening.submit(ANA, SitOut())
    await store.call("XDEL", key(EVENT, "journal"), evening.journal_id)
    await evening.caught_up()
    assert not evening.event.people[ANA].sitting_out
    await evenings.close()


async def test_a_deleted_event_is_let_go(store: Store) -> None:
    ours, theirs = Evenings(store), Evenings(store)
    here = await an_event(ours)
    there = await theirs.get(EVENT)
    ears = Ears()
    there.listen(ears)
    await ours.delete(EVENT)
    with pytest.raises(UnknownEvent):
        await here.submit(ANA, SitOut())
    with pytest.raises(UnknownEvent):
        await there.submit(ANA, SitOut())
    assert ears.losses == 1
    assert ours.held() == theirs.held() == []
    assert ours.trouble == theirs.trouble == ""
    with pytest.raises(UnknownEvent):
        await theirs.get(EVENT)
    assert await store.call("KEYS", "*") == []
    await ours.close()
    await theirs.close()


async def test_a_newer_versions_fact_makes_a_process_step_down(store: Store) -> None:
    reasons: list[str] = []
    evenings = Evenings(store, step_down=reasons.append)
    evening = await an_event(evenings)
    newer = b'{"type":"danced","at":1}'
    await store.call("XADD", key(EVENT, "journal"), "*", "f", newer, "b", "x")
    await wait_until(lambda: bool(reasons), "it steps down")
    assert "danced" in evenings.trouble
    with pytest.raises(SteppedDown):
        await evening.submit(ANA, SitOut())
    await evenings.close()


async def test_shutting_down_answers_those_who_wait(store: Store) -> None:
    evenings = Evenings(store)
    evening = await an_event(evenings)
    waiting = asyncio.create_task(evening.submit(ANA, CallHost(text="x")))
    await asyncio.sleep(0)
    await evenings.close()
    outcome = (await asyncio.gather(waiting, return_exceptions=True))[0]
    assert isinstance(outcome, SteppedDown) or not isinstance(outcome, BaseException)


async def test_a_long_journal_is_loaded_whole(store: Store) -> None:
    evenings = Evenings(store)
    evening = await an_event(evenings, more=400)
    journal = Journal(store, EVENT)
    tip = evening.journal_id
    await evenings.close()
    for page in range(250):  # no more at a time than a slow store writes before it counts as away
        facts = [
            Draft(Connected(at=page, id=f"a{i % 400}", connection=f"c{page}.{i}", node=f"n{page}"))
            if i % 2
            else Draft(SatOut(at=page, id=f"a{i % 400}"))
            for i in range(200)
        ]
        outcome = await journal.append(
            facts, {}, expected=tip, batch=f"{page}", turn="", due=None, nodes={}
        )
        tip = outcome.ids[-1]  # type: ignore[union-attr]
    again = Evenings(store)
    evening = await again.get(EVENT)
    assert evening.event.count > 50_000
    await again.close()


async def test_keys_that_stay_are_the_declared_ones(store: Store) -> None:
    evenings = Evenings(store)
    evening = await an_event(evenings)
    await evening.say(ANA, "Hello")
    permanent = {key(EVENT, name) for name in ("journal", "register", "meta")} | {EVENTS}
    names = await store.call("KEYS", "*")
    assert isinstance(names, list)
    for name in names:
        assert isinstance(name, bytes)
        if name.decode() not in permanent:
            seconds = await store.call("TTL", name)
            assert isinstance(seconds, int)
            assert seconds > 0, name
    await evenings.close()


async def test_doors_open_once_for_two_processes(store: Store) -> None:
    ours, theirs = Evenings(store), Evenings(store)
    here = await an_event(ours, doors=False)
    there = await theirs.get(EVENT)
    outcomes = await asyncio.gather(
        here.submit(DANA, OpenDoors()), there.submit(DANA, OpenDoors()), return_exceptions=True
    )
    assert sum(not isinstance(o, Refusal) and bool(o.facts) for o in outcomes) == 1  # type: ignore[union-attr]
    await ours.close()
    await theirs.close()
