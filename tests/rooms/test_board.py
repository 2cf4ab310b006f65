"""The board: what hosts see, whole, and as what changed."""

from __future__ import annotations

import pytest
from msgspec import UNSET, json

from rooms import facts as f
from rooms import messages as m
from rooms.board import board, board_change, touches
from rooms.commands import (
    Announce,
    Block,
    CallHost,
    CheckOut,
    EndRound,
    Extend,
    GiveCard,
    KeepInTouch,
    Leave,
    Media,
    Move,
    Note,
    ProposeRound,
    Rate,
    Rejoin,
    Report,
    SitOut,
    StartRound,
    Swap,
    Undo,
)
from rooms.people import Attendee, Role
from rooms.programme import Kind, Mixing
from tests.rooms.evenings import Evening


def talk() -> Evening:
    """Ana and Bo talk, Chidi and 花子 do; Emre and Fatou sit at a table."""
    evening = Evening(walking=20)
    evening.comes("dana", "ana", "bo", "chidi", "hana")
    evening.on_site("emre", "fatou")
    evening.talking([["ana", "bo"], ["chidi", "hana"], ["emre", "fatou"]])
    return evening


def shown(evening: Evening) -> m.Board:
    return board(evening.event, evening.register)


def test_the_board_shows_the_current_rounds_rooms_with_their_people() -> None:
    evening = talk()
    rooms = shown(evening).rooms
    assert [[seat.name for seat in room.people] for room in rooms] == [
        ["Ana", "Bo"],
        ["Chidi", "花子"],
        ["Emre", "Fatou"],
    ]
    assert [room.table for room in rooms] == [None, None, 1]
    assert {evening.since_start(room.ends_at) for room in rooms} == {500}


def test_the_board_shows_how_people_are() -> None:
    evening = talk()
    evening.drops("bo")
    states = {seat.id: seat.state for room in shown(evening).rooms for seat in room.people}
    assert states["bo"] == "dropped"
    assert states["ana"] == "here"
    assert states["emre"] == "expected"
    assert shown(evening).rooms[0].alone == "ana"


def test_the_pool_is_counted() -> None:
    evening = talk()
    evening.asks("hana", SitOut())
    evening.drops("bo")
    evening.drops("emre")
    evening.comes("ines")
    evening.asks("dana", CheckOut(attendee="fatou"))
    pool = shown(evening).parts.pool
    assert isinstance(pool, m.PoolView)
    assert (pool.in_rooms, pool.in_lobby, pool.sitting_out) == (4, 3, 1)
    assert (pool.online, pool.on_site, pool.dropped) == (4, 1, 1)
    assert {(seat.id, seat.state) for seat in pool.waiting} >= {("hana", "by-choice")}


def test_a_proposal_is_shown_with_its_numbers() -> None:
    evening = Evening()
    evening.comes("dana", "ana", "bo", "chidi")
    evening.offers([["ana", "bo"]], sitting_out=["chidi"], repeats=2)
    proposal = shown(evening).parts.proposal
    assert isinstance(proposal, m.Proposal)
    assert (proposal.rooms, proposal.seated) == (1, 2)
    assert proposal.repeats == 0, "repeats are counted by the rules, not by the solver"
    assert proposal.sitting_out == ("chidi",)
    evening.asks("dana", StartRound())
    assert shown(evening).parts.proposal is None


def test_calls_announcements_reports_and_the_log_are_shown() -> None:
    evening = talk()
    evening.asks("ana", CallHost(text="Help"))
    evening.asks("dana", Announce(text="Cake!"))
    evening.asks("bo", Report(about="ana", text="Rude."))
    parts = shown(evening).parts
    assert [call.text for call in parts.calls or ()] == ["Help"]
    assert shown(evening).rooms[0].calls == 1
    assert [(d.reached, d.of) for d in parts.deliveries or ()] == [(6, 6)]
    assert [r.text for r in parts.reports or ()] == ["Rude."]
    assert "round-started" in [line.what for line in parts.log or ()]


def test_nothing_private_is_on_the_board() -> None:
    evening = talk()
    evening.asks("ana", KeepInTouch(about="bo"))
    evening.asks("ana", GiveCard(to="bo", fields=("email",)))
    evening.asks("ana", Note(about="bo", text="secret"))
    evening.asks("ana", Rate(stars=1))
    evening.asks("ana", Block(about="bo"))
    before = json.encode(shown(evening))
    for word in (b"yes", b"secret", b"stars", b"block", b"card", b"example.org", b"+81"):
        assert word not in before, word


def test_a_change_holds_just_what_was_touched() -> None:
    evening = talk()
    (fact,) = evening.drops("bo")
    rooms, parts = touches(evening.event, fact)
    assert (rooms, parts) == ({"r1-1"}, {"pool"})
    change = board_change(evening.event, evening.register, rooms, parts)
    assert [room.id for room in change.rooms] == ["r1-1"]
    assert change.parts.log is UNSET
    assert isinstance(change.parts.pool, m.PoolView)


def test_a_quiet_fact_touches_nothing() -> None:
    evening = talk()
    for by, command in (
        ("ana", KeepInTouch(about="bo")),
        ("ana", GiveCard(to="bo", fields=("email",))),
        ("ana", Block(about="bo")),
        ("ana", Rate(stars=5)),
    ):
        for fact in evening.asks(by, command):
            assert touches(evening.event, fact) == (set(), set()), fact


def test_changes_add_up_to_the_board() -> None:
    evening = Evening(walking=20)
    rooms: dict[str, m.BoardRoom] = {}
    parts: dict[str, object] = {}
    seen = 0

    def follow() -> None:
        nonlocal seen
        for fact in evening.journal[seen:]:
            touched, names = touches(evening.event, fact)
            change = board_change(evening.event, evening.register, touched, names)
            for room in change.rooms:
                rooms[room.id] = room
            for gone in change.gone:
                rooms.pop(gone, None)
            for name in names:
                parts[name] = getattr(change.parts, name)
        seen = len(evening.journal)

    def check() -> None:
        follow()
        whole = shown(evening)
        assert rooms == {room.id: room for room in whole.rooms}
        for name in set(parts) - {"people"}:  # the list for check-in, not who is connected
            assert parts[name] == getattr(whole.parts, name), name

    evening.comes("dana", "ana", "bo", "chidi", "hana")
    check()
    evening.talking([["ana", "bo"], ["chidi", "hana"]])
    check()
    evening.drops("bo")
    check()
    evening.passes(20)
    check()
    evening.comes("bo", "ines")
    check()
    evening.asks("ines", CallHost(text="?"))
    check()
    evening.passes(500)
    check()
    evening.talking([["ana", "chidi"], ["bo", "hana", "ines"]])
    check()
    evening.passes(600)
    check()


def test_the_next_round_takes_the_last_ones_rooms_off_the_board() -> None:
    evening = talk()
    evening.passes(490)
    evening.offers([["ana", "chidi"], ["bo", "hana"], ["emre", "fatou"]])
    fixed = next(
        fact for fact in evening.asks("dana", StartRound()) if isinstance(fact, f.SeatingFixed)
    )
    rooms, parts = touches(evening.event, fixed)
    change = board_change(evening.event, evening.register, rooms, parts)
    assert set(change.gone) == {"r1-1", "r1-2", "r1-3"}
    assert [room.id for room in change.rooms] == ["r2-1", "r2-2", "r2-3"]


def test_the_board_says_why_people_are_proposed_together_and_who_met_before() -> None:
    evening = Evening(rounds=2, seconds=60)
    evening.adds(
        Attendee(id="ana", name="Ana", interests=("Jazz",), seeks=("funding",)),
        Attendee(id="bo", name="Bo", interests=("jazz",), offers=("funding",)),
    )
    evening.comes("dana", "ana", "bo", "chidi", "hana")
    evening.talking([["ana", "bo"], ["chidi", "hana"]])
    evening.passes_until(evening.event.ends_at)
    evening.offers([["ana", "bo"], ["chidi", "hana"]], repeats=2)
    seen = shown(evening).parts.proposal
    assert isinstance(seen, m.Proposal)
    first = seen.seating[0]
    assert [one.interests for one in first.shared] == [("Jazz",)]
    assert [(reason.a, reason.words) for reason in first.reasons] == [("bo", ("funding",))]
    assert first.again == (("ana", "bo"),)


def test_the_board_says_how_many_rooms_changed_since_the_proposal_before() -> None:
    evening = Evening()
    evening.comes("dana", "ana", "bo", "chidi", "hana", "ines", "jun")
    evening.offers([["ana", "bo"], ["chidi", "hana"], ["ines", "jun"]], repeats=0)
    evening.offers([["ana", "chidi"], ["bo", "hana"], ["ines", "jun"]], repeats=0)
    seen = shown(evening).parts.proposal
    assert isinstance(seen, m.Proposal)
    assert seen.changed == 2


def test_the_log_says_how_many_rooms_changed_until_the_round_began() -> None:
    evening = Evening()
    evening.comes("dana", "ana", "bo", "chidi", "hana", "ines")
    evening.offers([["ana", "bo"], ["chidi", "hana", "ines"]], repeats=0)
    evening.asks("bo", Leave())
    evening.asks("dana", StartRound())
    assert evening.phase == "preview"
    assert evening.event.log[-1].changed == 2


def test_the_board_says_who_sends_sound_and_picture_and_since_when_a_room_is_quiet() -> None:
    evening = talk()
    first = shown(evening).rooms[0]
    assert first.quiet_since == first.starts_at, "all microphones were off from the start"
    evening.passes(10)
    [fact] = evening.asks("ana", Media(microphone=True, camera=True))
    assert touches(evening.event, fact) == ({"r1-1"}, set())
    first = shown(evening).rooms[0]
    assert [(seat.microphone, seat.camera) for seat in first.people] == [(True, True), (False,) * 2]
    assert first.quiet_since is None, "she can be heard; whether she speaks nobody is told"
    evening.passes(10)
    evening.asks("ana", Media(camera=True))
    assert shown(evening).rooms[0].quiet_since == first.starts_at + 20_000
    wrote = first.starts_at + 25_000
    assert board(evening.event, evening.register, {"r1-1": wrote}).rooms[0].quiet_since == wrote
    assert shown(evening).rooms[2].quiet_since is None, "at a table nobody can know"


def test_the_log_names_who_changed_the_next_seating_and_who_took_it_back() -> None:
    evening = Evening()
    evening.comes("dana", "ana", "bo", "chidi", "hana")
    evening.offers([["ana", "bo"], ["chidi", "hana"]], repeats=0)
    evening.asks("dana", Swap(a="ana", b="chidi"))
    evening.asks("dana", Undo())
    lines = [(line.what, line.by) for line in evening.event.log[-2:]]
    assert lines == [("proposal-changed", "dana"), ("undone", "dana")]


def test_the_log_says_which_move_an_undo_takes_back_also_after_something_that_stays() -> None:
    evening = Evening()
    evening.comes("dana", "ana", "bo", "chidi", "emre", "fatou")
    evening.talking([["ana", "bo", "chidi"], ["emre", "fatou"]])
    evening.asks("dana", Move(attendee="ana", room="r1-2"))
    evening.asks("dana", Extend(seconds=60))
    known = {"rearranged", "proposal-changed", "closing-began", "undone"}
    last = [line for line in evening.event.log if line.what in known][-1]
    assert (last.what, last.by, last.about, last.room) == ("rearranged", "dana", "ana", "r1-2")
    evening.asks("dana", Undo())
    assert evening.event.people["ana"].seat == "r1-1", "what was named is what was taken back"
    assert evening.event.log[-1].what == "undone"


def test_the_log_names_the_host_who_started_a_round_with_a_fresh_proposal() -> None:
    evening = Evening()
    evening.comes("dana", "ana", "bo")
    evening.offers([["ana", "bo"]], repeats=0)
    evening.asks("dana", StartRound())
    assert [(line.what, line.by) for line in evening.event.log][-1] == ("seating-fixed", "dana")


def test_hosts_read_who_has_met_few_so_far_once_a_round_is_over_and_by_name() -> None:
    evening = Evening()
    evening.comes("dana", "ana", "bo", "chidi")
    evening.talking([["ana", "bo", "chidi"]])
    evening.passes(60)
    assert shown(evening).parts.met_few == (), "before a round is over nobody has"
    evening.asks("dana", EndRound())
    evening.comes("hana", "ines")
    evening.asks("ines", SitOut())
    change = board_change(evening.event, evening.register, set(), {"pool"})
    assert change.parts.met_few == (m.MetFew(id="hana", name="花子", met=0),)
    evening.asks("ines", Rejoin())
    assert [one.id for one in few(evening)] == ["ines", "hana"], "by name, not by number"


def test_a_station_that_comes_or_goes_changes_its_tables_room_on_the_board() -> None:
    evening = Evening(mixing=Mixing.MOST, stations=1, walking=0)
    evening.adds(Attendee(id="s1", name="", role=Role.STATION, table=1))
    evening.comes("s1", "dana", "ana", "bo")
    evening.on_site("emre", "finn")
    evening.talking([["ana", "bo", "emre", "finn"]])
    for change, away in ((evening.drops, True), (evening.comes, False)):
        change("s1")
        rooms, parts = touches(evening.event, evening.journal[-1])
        [room] = board_change(evening.event, evening.register, rooms, parts).rooms
        assert (room.table, room.station_away) == (1, away)


def few(evening: Evening) -> tuple[m.MetFew, ...]:
    found = shown(evening).parts.met_few
    assert isinstance(found, tuple)
    return found


@pytest.mark.parametrize("kind", [Kind.OPEN, Kind.PLENARY])
def test_the_log_does_not_say_that_people_are_seated_where_nobody_is(kind: Kind) -> None:
    evening = Evening()
    evening.comes("dana", "ana", "bo")
    evening.asks("dana", ProposeRound(kind=kind))
    evening.asks("dana", StartRound())
    assert f"{kind}-called" in [line.what for line in evening.event.log]
    assert "seating-fixed" not in [line.what for line in evening.event.log]


def test_a_helper_without_a_seat_is_not_counted_among_those_who_wait_for_one() -> None:
    evening = Evening()
    evening.comes("dana", "ana", "bo")
    evening.adds(Attendee(id="helle", name="Helle", role=Role.HELPER))
    evening.comes("helle")
    pool = shown(evening).parts.pool
    assert isinstance(pool, m.PoolView)
    assert (pool.in_lobby, {seat.name for seat in pool.waiting}) == (2, {"Ana", "Bo"})
    evening.asks("helle", Rejoin())
    pool = shown(evening).parts.pool
    assert isinstance(pool, m.PoolView)
    assert "Helle" in {seat.name for seat in pool.waiting}
