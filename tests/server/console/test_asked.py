"""What a host types: every command of the contract, names and rooms, and what is refused."""

from __future__ import annotations

from typing import get_args

import pytest

from rooms import commands as c
from rooms import messages as m
from rooms.people import Mode, Role, RoomMode
from server import words
from server.console import happened
from server.console.asked import FORMS, LOCALS, Local, Reader
from server.console.board import Board
from server.console.naming import Unclear
from server.console.speech import Speech
from server.console.terminal.keys import KEYS


def seat(id: str, name: str, mode: Mode = Mode.ONLINE) -> m.Seat:
    return m.Seat(id=id, name=name, state="here", mode=mode)


def room(id: str, *people: m.Seat, table: int | None = None) -> m.BoardRoom:
    return m.BoardRoom(
        id=id, round=1, table=table, mode=RoomMode.ONLINE, people=people,
        starts_at=0, ends_at=600_000, ended=False,
    )  # fmt: skip


ANA, BO, CHIDI = seat("aana", "Ana"), seat("abo", "Bo"), seat("achidi", "Chidi Okafor")
HANAKO, OTHER = seat("ahana", "佐藤 花子"), seat("aother", "佐藤 健一")
EMRE = seat("aemre", "Emre", Mode.ON_SITE)
TWO = (seat("ab1", "Bea"), seat("ab2", "Bea"))
PROPOSED = m.Proposal(
    round=2, rooms=1, seated=2, sizes={"2": 1}, sitting_out=(), repeats=0, mean_affinity=0.0,
    worst_affinity=0.0, random_affinity=0.0,
    seating=(m.ProposedRoom(id="1", people=("aana", "abo")),),
)  # fmt: skip
PLAN = m.ProgrammeView(
    revision=4,
    kind="matched",  # type: ignore[arg-type]
    rounds=(m.ProgrammeRound(round=2), m.ProgrammeRound(round=3, prompt="Why?")),
)
CALL = m.Call(
    id="k1", sender="aana", text="Help", seen=False, answered=None, hosts_present=1, room="r1-1"
)
SEATS = [ANA, BO, CHIDI, HANAKO, OTHER, EMRE, *TWO]
BOARD = Board(
    you=m.You(id="adana", name="Dana", role=Role.HOST, mode=Mode.ONLINE, sitting_out=False),
    rooms={"r1-1": room("r1-1", ANA, BO), "r1-2": room("r1-2", EMRE, table=7)},
    people={one.id: one for one in SEATS},
    proposal=PROPOSED,
    programme=PLAN,
    calls=(CALL,),
    topics=m.TopicsView(
        round=2,
        topics=(m.TopicShown(id="t1", text="Tea"),),
        proposed=(m.ProposedTopic(id="t2", text="旅と食べもの", by="abo"),),
    ),
)


def read(line: str, board: Board = BOARD) -> object:
    return Reader(Speech("en"), board).read(line)


def refused(line: str, board: Board = BOARD, language: str = "en") -> str:
    with pytest.raises(Unclear) as unclear:
        Reader(Speech(language), board).read(line)
    return unclear.value.sentence


def offered(line: str) -> list[str]:
    return [choice.typed for choice in Reader(Speech("en"), BOARD).choices(line)]


def test_every_host_command_of_the_contract_can_be_typed() -> None:
    tags = {str(kind.__struct_config__.tag) for kind in get_args(c.HostCommand)}
    assert tags <= FORMS.keys()


@pytest.mark.parametrize(
    ("line", "command"),
    [
        ("open-doors", c.OpenDoors()),
        ("Close-Event ", c.CloseEvent()),
        ("propose-round size=5 seconds=120", c.ProposeRound(size=5, seconds=120)),
        ('propose-round prompt="Why are you here?"', c.ProposeRound(prompt="Why are you here?")),
        ("start-round", c.StartRound()),
        ("start-round seconds=90", c.StartRound(seconds=90)),
        ("extend +60", c.Extend(seconds=60)),
        ("extend -1:30 T7", c.Extend(seconds=-90, room="r1-2")),
        ("extend ＋2分", c.Extend(seconds=120)),
        ("end-round", c.EndRound()),
        ("end-round テーブル7", c.EndRound(room="r1-2")),
        ("announce Five minutes: left", c.Announce(text="Five minutes: left")),
        ("announce @T7 @1 Hello", c.Announce(text="Hello", rooms=("r1-2", "r1-1"))),
        ("move ana 7", c.Move(attendee="aana", room="r1-2")),
        ("move Chidi Okafor room 1", c.Move(attendee="achidi", room="r1-1")),
        ("move 佐藤\u3000花子 ルーム1", c.Move(attendee="ahana", room="r1-1")),
        ("move 花子 ロビー", c.Move(attendee="ahana", room="lobby")),
        ("move #ab2 lobby", c.Move(attendee="ab2", room="lobby")),
        ("merge 1 table 7", c.Merge(room="r1-1", into="r1-2")),
        ("remove Bo: was rude", c.Remove(attendee="abo", reason="was rude")),
        ("remove 花子：本人の希望", c.Remove(attendee="ahana", reason="本人の希望")),
        ("readmit Bo", c.Readmit(attendee="abo")),
        ("visit t7", c.Visit(room="r1-2")),
        ("visit", c.Visit()),
        ("answer-call", c.AnswerCall(call="k1")),
        ("answer-call: On my way", c.AnswerCall(call="k1", text="On my way")),
        ("answer-call Ana: On my way", c.AnswerCall(call="k1", text="On my way")),
        ("answer-call 1", c.AnswerCall(call="k1")),
        ("check-in Emre", c.CheckIn(attendee="aemre")),
        ("check-out Emre", c.CheckOut(attendee="aemre")),
        ("swap Ana Bo", c.Swap(a="aana", b="abo")),
        ("swap 佐藤 花子、佐藤 健一", c.Swap(a="ahana", b="aother")),
        ('swap "佐藤 花子" Chidi Okafor', c.Swap(a="ahana", b="achidi")),
        ("pin Ana, Chidi Okafor", c.Pin(people=("aana", "achidi"))),
        ("pin Chidi Okafor in 1", c.Pin(people=("achidi",), room="1")),
        ("pin room 1", c.Pin(room="1")),
        ("unpin room 1", c.Pin(room="1", keep=False)),
        ("unpin", c.Pin()),
        ("reshuffle", c.Reshuffle()),
        ("relax sit-outs", c.Relax(allow="sit-outs")),  # type: ignore[arg-type]
        ("undo", c.Undo()),
        ("accept-topic 旅", c.AcceptTopic(topic="t2")),
        ("drop-topic tea", c.DropTopic(topic="t1")),
        ("say Hello", c.Say(text="Hello")),
        ("find Ana", Local("find", "Ana")),
    ],
)
def test_a_line_is_read_as_the_command_it_means(line: str, command: object) -> None:
    assert read(line) == command


def test_the_programme_is_changed_one_round_at_a_time_and_names_its_revision() -> None:
    added = read('change-programme add kind=topics topics="Tea;旅"')
    assert isinstance(added, c.ChangeProgramme)
    assert added.revision == 4
    assert [one.kind for one in added.rounds] == ["matched", "matched", "topics"]
    assert added.rounds[2].topics == ("Tea", "旅")
    changed = read("change-programme 3 size=2 seconds=180")
    assert isinstance(changed, c.ChangeProgramme)
    assert (changed.rounds[1].size, changed.rounds[1].least) == (2, None)
    assert changed.rounds[1].prompt == "Why?"
    dropped = read("change-programme drop 2")
    assert isinstance(dropped, c.ChangeProgramme)
    assert [one.prompt for one in dropped.rounds] == ["Why?"]


def test_an_ambiguous_name_is_refused_with_everybody_it_could_mean() -> None:
    sentence = refused("move 佐藤 1")
    assert "佐藤 花子" in sentence
    assert "佐藤 健一" in sentence
    assert "#ab1" in refused("remove Bea")
    assert "当てはまる方が複数" in refused("remove 佐藤", language="ja")


@pytest.mark.parametrize(
    ("line", "says"),
    [
        ("dance", "no command"),
        ("move Ana 12", "no room “12”"),
        ("move Nobody 1", "Nobody is called"),
        ("move Ana", "missing"),
        ("extend soon", "no length"),
        ("extend 99999", "24 hours at the most"),
        ("extend -600000", "24 hours at the most"),
        ("change-programme 2 size=1", "size has to be 2 at least"),
        ("pause now", "Nothing follows"),
        ("announce", "missing"),
        ("announce " + "x" * 10_000, "10000 characters, 2000 at the most"),
        ("propose-round colour=red", "not known here"),
        ("propose-round size=many", "cannot be asked"),
        ("relax everything", "repeats"),
        ("pin room 9", "in the proposal"),
        ("change-programme drop 9", "Rounds to come: 2–3"),
        ("answer-call Bo", "not calling"),
    ],
)
def test_what_cannot_be_asked_is_refused_in_a_sentence(line: str, says: str) -> None:
    assert says in refused(line)


def test_two_names_that_can_be_divided_in_two_ways_are_refused() -> None:
    people = {one.id: one for one in (seat("x1", "A"), seat("x2", "A B"), seat("x3", "B C"),
                                      seat("x4", "C"))}  # fmt: skip
    assert "two ways" in refused("swap A B C", Board(people=people))


def test_completion_offers_commands_people_then_rooms() -> None:
    assert offered("mo")[0] == "move "
    assert offered("move A")[0] == "move Ana "
    assert 'move "佐藤 花子" ' in offered("move 花")
    assert offered("move Ana ") == ["move Ana lobby", "move Ana 1", "move Ana T7"]
    assert offered("move Ana T") == ["move Ana T7"]
    assert "remove #ab1: " in offered("remove Be")
    assert offered("answer-call ") == ["answer-call Ana: "]
    assert offered("merge 1 ") == ["merge 1 1", "merge 1 T7"]
    assert offered("announce @") == ["announce @1 ", "announce @T7 "]
    assert offered("relax s") == ["relax sizes", "relax sit-outs"]
    assert offered("change-programme ") == [f"change-programme {n} " for n in ("add", "drop", 2, 3)]


@pytest.mark.parametrize("line", ["move Ana ", "swap Ana ", "remove ", "extend +60 ", "visit "])
def test_what_is_offered_can_be_read(line: str) -> None:
    choices = [choice for choice in offered(line) if not choice.endswith("Ana ")]
    assert choices
    for choice in choices:
        read(choice)


def test_every_word_of_the_tables_is_translated() -> None:
    japanese = words.words("ja")
    used = set(happened.ALONE.values()) | set(LOCALS.values())
    used |= {sentence for pair in happened.DONE_BY.values() for sentence in pair if sentence}
    used |= {form.does for form in FORMS.values()} | {label for _, _, label in KEYS}
    assert used <= japanese.sentences.keys()
