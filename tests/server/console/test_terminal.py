"""The full-screen console against a real server: an evening hosted by keys and commands."""

from __future__ import annotations

import asyncio
from contextlib import AsyncExitStack

import pytest
from textual.widgets import Digits

from server.console.board import in_order, room_of, stands_out
from server.console.sentences import room_sign
from server.console.terminal.command_line import CommandLine
from tests.guests import Guest, House, guest, guests, quick_round
from tests.server.console.hosts import Desk, desk

SIMULATED = 60
NAMES = ["Ana", "Bo", "Chidi", "佐藤 花子", *(f"Guest {n}" for n in range(SIMULATED - 4))]


async def settled(dana: Desk, people: int) -> None:
    """Waits until the proposal seats so many."""

    def holds() -> bool:
        proposal = dana.board.proposal
        return proposal is not None and proposal.seated == people

    await dana.sees(holds, f"a proposal for {people}")


async def test_an_evening_is_hosted_from_a_terminal_and_everybodys_own_log_agrees(
    house: House,
) -> None:
    await house.opens(
        [*NAMES, "Emre", "Late", "Later"],
        rounds=[quick_round(seconds=360, size=4), quick_round(seconds=360, size=4)],
        doors=False,
    )
    async with AsyncExitStack() as stack, desk(house) as dana:
        await dana.reads("phase", "Not open yet")
        await dana.pilot.press("s")
        await dana.reads("phase", "The lobby is open")
        everybody = {name: await stack.enter_async_context(guest(house, name)) for name in NAMES}
        guests = list(everybody.values())
        ana, bo = everybody["Ana"], everybody["Bo"]
        await settled(dana, SIMULATED)

        # A swap and a pin before the start
        before = {id for room in _seating(dana) for id in room if ana.id in room}
        stranger = next(id for room in _seating(dana) for id in room if id not in before)
        other = next(seat for seat in dana.board.people.values() if seat.id == stranger)
        await dana.does(f'swap Ana "{other.name}"')
        await dana.does("pin Ana, Bo")
        await dana.sees(lambda: any({ana.id, bo.id} <= set(r) for r in _seating(dana)), "pinned")
        await settled(dana, SIMULATED)

        await dana.pilot.press("s")
        await dana.reads("phase", "Round 1 of 2")
        await ana.sees("room", people=lambda people: bo.id in str(people))
        for one in guests:
            if not one.all("room"):
                await one.sees("room")
        await dana.agrees_with(*guests)

        await _a_dropped_room_and_a_call(dana, everybody)
        await dana.agrees_with(*guests)
        late = await _latecomers(house, stack, dana)
        await dana.agrees_with(*guests, *late)
        await _a_removal_and_an_undo(dana, everybody)
        stayed = [one for one in guests if one.closed_with is None]
        await dana.agrees_with(*stayed)
        await _an_announcement_and_a_pause(dana, everybody)

        # An early end: the key writes the command, Enter does it
        await dana.pilot.press("e")
        assert dana.app.query_one(CommandLine).value == "end-round"
        await dana.pilot.press("enter")
        await dana.reads("phase", "Break after round 1 of 2")
        await ana.sees("phase", phase="break")
        await dana.agrees_with(*stayed)


def _seating(dana: Desk) -> list[tuple[str, ...]]:
    proposal = dana.board.proposal
    return [room.people for room in proposal.seating] if proposal is not None else []


async def _a_dropped_room_and_a_call(dana: Desk, everybody: dict[str, Guest]) -> None:
    by_id = {one.id: one for one in everybody.values()}
    room = next(
        room
        for room in in_order(dana.board.rooms.values())
        if everybody["Ana"].id not in {seat.id for seat in room.people}
    )
    for seat in room.people:
        await by_id[seat.id].drops()
    everyone = len(room.people)
    await dana.sees(
        lambda: sum(s.state == "dropped" for s in dana.board.rooms[room.id].people) == everyone,
        "the whole room dropped",
    )
    await dana.sees(lambda: f"{everyone} dropped" in dana.rows()[0], "it stands first")
    for seat in room.people:
        await by_id[seat.id].comes_back()
    await dana.sees(lambda: not stands_out(dana.board, dana.board.rooms[room.id]), "they are back")

    await everybody["佐藤 花子"].asks("call-host", text="Help, please\x1b[2J")
    await dana.reads("needs", "(佐藤 花子) calls: Help, please [2J")
    await everybody["佐藤 花子"].sees("call", seen=True)
    await dana.sees(lambda: "calls" in dana.rows()[0], "the calling room stands first")
    await dana.pilot.press("c")
    line = dana.app.query_one(CommandLine)
    assert line.value == 'answer-call "佐藤 花子": '
    await dana.pilot.press(*"Coming", "enter")
    await everybody["佐藤 花子"].sees("call", answered="Coming")
    await dana.sees(lambda: not dana.text("needs"), "nothing needs a host")


async def _latecomers(house: House, stack: AsyncExitStack, dana: Desk) -> list[Guest]:
    """One comes with more than half of the time left, one with 30 s."""
    late = await stack.enter_async_context(guest(house, "Late"))
    await late.sees("room")
    await dana.sees(lambda: room_of(dana.board, late.id) is not None, "Late has a room")
    event = dana.board.event
    assert event is not None
    assert event.ends_at is not None
    left = (event.ends_at - dana.session.now()) // 1000
    await dana.does(f"extend -{left - 30}")
    later = await stack.enter_async_context(guest(house, "Later"))
    await dana.sees(
        lambda: any("Later" in row and "came late" in row for row in dana.rows()), "Later waits"
    )
    assert room_of(dana.board, later.id) is None
    await dana.does("extend +240")
    return [late]


async def _a_removal_and_an_undo(dana: Desk, everybody: dict[str, Guest]) -> None:
    chidi, ana = everybody["Chidi"], everybody["Ana"]
    await dana.does("remove Chidi: was rude")
    await chidi.is_sent_away(4502)
    await dana.sees(lambda: room_of(dana.board, chidi.id) is None, "Chidi has no seat")
    home = room_of(dana.board, ana.id)
    assert home is not None
    target = next(
        room
        for room in in_order(dana.board.rooms.values())
        if room.id != home.id and len(room.people) < 5 and not room.ended
    )
    await dana.does(f"move Ana {room_sign(target)}")
    await ana.sees("room", id=target.id)
    await dana.agrees_with(ana)
    await dana.sees(lambda: "u undo 0:" in dana.text("keys"), "undo with its seconds")
    await dana.pilot.press("u")
    await ana.sees("room", id=home.id)
    await dana.agrees_with(ana)


async def _an_announcement_and_a_pause(dana: Desk, everybody: dict[str, Guest]) -> None:
    ana = everybody["Ana"]
    await dana.does("announce 五分前です")
    await ana.sees("notice", text="五分前です")
    reached = SIMULATED - 1 + 2
    await dana.pilot.press("l")
    await dana.sees(lambda: any("Dana" in row or "五分前です" in row for row in dana.rows()), "log")
    assert dana.board.deliveries[-1].reached == reached
    await dana.pilot.press("escape")

    event = dana.board.event
    assert event is not None
    assert event.ends_at is not None
    await dana.pilot.press("p")
    await dana.reads("phase", "Paused")
    stands = dana.app.query_one(Digits).value
    paused = await ana.sees("phase", paused=lambda at: at is not None)
    stood_at = dana.session.now()
    await dana.sees(lambda: dana.session.now() > stood_at + 1_200, "more than a second later")
    assert dana.app.query_one(Digits).value == stands
    await dana.pilot.press("p")
    await dana.sees(lambda: any(line.what == "resumed" for line in dana.board.log), "resumed")
    log = {line.what: line.at for line in dana.board.log}
    shifted = log["resumed"] - log["paused"]
    assert shifted > 1_000
    await ana.sees("phase", paused=None, ends_at=int(str(paused["ends_at"])) + shifted)
    await dana.sees(
        lambda: (
            (now := dana.board.event) is not None
            and now.paused is None
            and now.ends_at == int(str(paused["ends_at"])) + shifted
        ),
        "the board's deadline is shifted exactly",
    )


async def test_a_key_that_is_revoked_in_use_ends_the_console_with_a_sentence(house: House) -> None:
    await house.opens(["Ana"])
    async with desk(house) as dana:
        assert dana.board.you is not None
        path = f"/api/events/{house.event}/attendees/{dana.board.you.id}/link"
        await asyncio.to_thread(house.asker.delete, path)
        await dana.sees(lambda: bool(dana.app.last_words), "why it ended")
        assert "may not host" in dana.app.last_words
    assert dana.app.return_value == 1


async def test_two_hosts_do_not_collide_and_the_second_is_told_what_the_first_did(
    house: House,
) -> None:
    await house.opens(["Ana", "Bo"], doors=False)
    await house.brings([{"name": "Hugo", "role": "host"}])
    async with desk(house) as dana, desk(house, key=house.key("Hugo")) as hugo:
        await dana.does("open-doors")
        await hugo.reads("phase", "The lobby is open")
        await hugo.reads("said", "opened the doors")
        await hugo.is_refused("open-doors", "open already")
        assert "Just before:" in hugo.text("said")


@pytest.mark.parametrize("language", ["en", "ja"])
@pytest.mark.parametrize("size", [(80, 24), (200, 50)])
async def test_names_stay_in_their_columns_in_every_size(
    house: House, size: tuple[int, int], language: str
) -> None:
    await house.opens(["Ana", "佐藤 花子"])
    async with AsyncExitStack() as stack:
        for name in ("Ana", "佐藤 花子"):
            await stack.enter_async_context(guest(house, name))
        async with desk(house, size=size, language=language) as dana:
            await dana.sees(lambda: len(dana.rows()) == 3, "both in the lobby")
            await dana.pilot.press("n", "g", "l", "question_mark", "r", "f2", "exclamation_mark")
            await dana.pilot.press("escape")
            await dana.sees(lambda: len(dana.rows()) == 3, "everything again")
            assert dana.app.query_one("#aside").display == (size[0] == 200)


async def test_tab_completes_a_command_and_a_name(house: House) -> None:
    await house.opens(["Ana", "佐藤 花子"])
    async with desk(house) as dana:
        await dana.pilot.press("colon", *"check-i", "tab")
        line = dana.app.query_one(CommandLine)
        assert line.value == "check-in "
        await dana.pilot.press("A", "n", "tab")
        assert line.value == "check-in Ana"
        await dana.pilot.press("enter")
        await dana.reads("said", "Done: check-in Ana")


async def test_searching_filters_while_one_types_and_escape_shows_all(house: House) -> None:
    await house.opens(["Ana", "Bo"])
    async with AsyncExitStack() as stack, desk(house) as dana:
        for name in ("Ana", "Bo"):
            await stack.enter_async_context(guest(house, name))
        await dana.sees(lambda: len(dana.rows()) == 3, "both")
        await dana.pilot.press("slash", "b", "o")
        await dana.sees(lambda: len(dana.rows()) == 2, "Bo alone")
        await dana.pilot.press("escape")
        await dana.sees(lambda: len(dana.rows()) == 3, "both again")


async def test_what_was_reported_waits_until_the_host_has_seen_to_it(house: House) -> None:
    await house.opens(["Ana", "Bo"])
    async with guests(house, "Ana", "Bo") as (ana, bo), desk(house) as dana:
        await dana.reads("phase", "The lobby is open")
        assert " seen to" not in dana.text("keys")
        await ana.asks("report", about=bo.id, text="He shouts")
        await dana.reads("needs", "Ana reports Bo: He shouts")
        await dana.reads("keys", "t seen to")
        await dana.pilot.press("t")
        await dana.reads("said", "Seen to: Ana reports Bo")
        await dana.sees(lambda: not dana.text("needs"), "nothing needs a host")
        await dana.types("seen-to")
        await dana.reads("said", "Nothing to be seen to.")
