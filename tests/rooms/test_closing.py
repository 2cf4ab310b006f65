"""After the end: two closing questions, totals only; until when a yes and a card can be given."""

from __future__ import annotations

from rooms.commands import (
    AnswerQuestions,
    CloseEvent,
    EndRound,
    Erase,
    GiveCard,
    KeepInTouch,
    Note,
    Profile,
)
from rooms.contacts import fields_by_card, fields_by_yes
from rooms.deciding import ORGANISER
from rooms.follow_up import Kind, letters
from rooms.report import report
from tests.rooms.evenings import Evening

DAY = 24 * 3600
FIVE = ("ana", "bo", "chidi", "emre", "hana")


def over(*, rounds: int = 1) -> Evening:
    """Five people met in one room, and the evening is over; Ines is on the list and never came."""
    evening = Evening(rounds)
    evening.comes("dana", *FIVE)
    evening.adds("ines")
    evening.talking([FIVE])
    evening.passes(120)
    evening.asks("dana", EndRound())
    evening.asks("dana", CloseEvent())
    evening.passes(31)
    assert evening.phase == "ended"
    return evening


def test_totals_are_seen_from_five_answers_on_and_the_last_answer_counts() -> None:
    evening = over()
    for id in FIVE[:4]:
        evening.asks(id, AnswerQuestions(again="yes", change=("more-rounds", "nothing")))
    assert report(evening.event, evening.register, evening.now).closing is None
    evening.asks("hana", AnswerQuestions(again="maybe"))
    evening.asks("ana", AnswerQuestions(again="no", change=("longer-rounds",)))
    found = report(evening.event, evening.register, evening.now).closing
    assert found is not None
    assert (found.answered, found.again) == (5, {"yes": 3, "maybe": 1, "no": 1})
    assert (found.change["more-rounds"], found.change["longer-rounds"]) == (3, 1)
    assert evening.asks("hana", AnswerQuestions(again="maybe")) == []
    evening.asks(ORGANISER, Erase(attendee="hana"))
    assert report(evening.event, evening.register, evening.now).closing is None


def test_the_questions_are_asked_after_the_end_of_those_who_came_and_take_known_answers() -> None:
    evening = Evening(1)
    evening.comes("ana")
    assert evening.refuses("ana", AnswerQuestions(again="yes")) == "too-early"
    evening = over()
    assert evening.refuses("ana", AnswerQuestions(again="of course")) == "bad-field"
    assert evening.refuses("ana", AnswerQuestions(again="yes", change=("Bo",))) == "bad-field"
    assert evening.refuses("ines", AnswerQuestions(again="yes")) == "not-allowed"


def test_nobody_is_told_what_somebody_answered() -> None:
    evening = over()
    evening.heard.clear()
    evening.asks("ana", AnswerQuestions(again="no"))
    assert not evening.heard


def test_a_card_can_be_given_for_14_days_and_taken_back_or_narrowed_ever_after() -> None:
    evening = over()
    evening.asks("ana", GiveCard(to="bo", fields=("email", "phone")))
    evening.passes(14 * DAY + 60)
    assert evening.refuses("ana", GiveCard(to="chidi", fields=("email",))) == "too-late"
    assert evening.refuses("ana", GiveCard(to="bo", fields=("email", "link"))) == "too-late"
    evening.asks("ana", GiveCard(to="bo", fields=("phone",)))
    assert evening.event.cards["ana", "bo"].fields == ("phone",)
    evening.asks("ana", GiveCard(to="bo"))
    assert fields_by_card(evening.event, evening.register, "bo", "ana") == {}


def test_a_contact_sees_fewer_fields_when_asked_for_later_than_14_days_and_never_more() -> None:
    evening = over()
    evening.asks("ana", KeepInTouch(about="bo", fields=("email", "phone")))
    evening.asks("bo", KeepInTouch(about="ana", fields=()))
    evening.passes(15 * DAY)
    assert evening.refuses("ana", KeepInTouch(about="bo", fields=("link",))) == "too-late"
    evening.asks("ana", KeepInTouch(about="bo", fields=("email",)))
    assert evening.event.yeses["ana", "bo"] == ("email",)
    evening.asks("ana", KeepInTouch(about="bo", yes=False))
    assert fields_by_yes(evening.event, evening.register, "bo", "ana") == {}


def test_a_next_step_that_is_done_is_seen_and_nudged_about_no_more() -> None:
    evening = over()
    evening.asks("ana", Profile(email="ana@example.org"))
    evening.asks("ana", Note(about="bo", next_step="Send the drawings"))

    def nudged() -> list[str]:
        found = letters(evening.event, evening.register)
        return [one.to for one in found if one.kind is Kind.NUDGE]

    assert nudged() == ["ana"]
    evening.asks("ana", Note(about="bo", done=True))
    assert nudged() == []
    [bo] = [met for met in evening.sees("ana").you.met if met.card.id == "bo"]
    assert (bo.next_step, bo.done) == ("Send the drawings", True)
