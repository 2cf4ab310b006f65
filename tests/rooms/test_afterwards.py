"""One's list after the evening: who is in it, in which order, and by what they are found."""

from __future__ import annotations

from rooms.afterwards import Known, Standing, everybody, search
from rooms.commands import Block, Erase, GiveCard, KeepInTouch, Note
from rooms.deciding import ORGANISER
from tests.rooms.evenings import Evening


def talked() -> Evening:
    """Ana sat with Bo, Chidi, Emre and 花子 for five minutes; the round is over."""
    evening = Evening(1, seconds=300)
    evening.comes("dana", "ana", "bo", "chidi", "emre", "hana")
    evening.talking([["ana", "bo", "chidi", "emre", "hana"]])
    evening.passes(300)
    return evening


def of(evening: Evening, name: str) -> dict[str, Known]:
    found = everybody(evening.event, evening.register, name, evening.now)
    return {one.met.card.id: one for one in found}


def test_contacts_come_first_then_cards_then_the_rest_each_with_the_fields_they_gave() -> None:
    evening = talked()
    evening.asks("emre", GiveCard(to="ana", fields=("phone",)))
    evening.asks("hana", KeepInTouch(about="ana", fields=("email",)))
    evening.asks("ana", KeepInTouch(about="hana", fields=()))
    evening.asks("bo", KeepInTouch(about="ana", fields=("email",)))
    found = of(evening, "ana")
    assert list(found)[:2] == ["hana", "emre"]
    assert [one.standing for one in found.values()] == [
        Standing.IN_TOUCH, Standing.CARD, Standing.MET, Standing.MET,
    ]  # fmt: skip
    assert set(found["hana"].fields) == {"email"}
    assert set(found["emre"].fields) == {"phone"}
    assert found["bo"].fields == {}, "a one-sided yes shows nothing"


def test_whom_one_blocked_is_gone_and_whoever_blocked_one_is_there_like_anybody() -> None:
    evening = talked()
    evening.asks("hana", KeepInTouch(about="ana", fields=("email",)))
    evening.asks("ana", KeepInTouch(about="hana", fields=("email",)))
    evening.asks("ana", Block(about="hana"))
    assert "hana" not in of(evening, "ana")
    seen = of(evening, "hana")["ana"]
    assert (seen.standing, seen.fields) == (Standing.MET, {})


def test_somebody_erased_is_there_with_their_minutes_and_nothing_else() -> None:
    evening = talked()
    evening.asks("bo", GiveCard(to="ana", fields=("email",)))
    evening.asks("ana", Note(about="bo", text="tall"))
    evening.asks(ORGANISER, Erase(attendee="bo"))
    bo = of(evening, "ana")["bo"]
    assert (bo.erased, bo.met.card.name, bo.met.seconds, bo.fields) == (True, "", 300, {})
    assert bo.met.text == "", "a note about somebody erased goes with them"


def test_every_word_looked_for_must_be_found_in_name_work_interests_or_notes() -> None:
    evening = talked()
    evening.asks("ana", Note(about="bo", text="Plays the ＫＯＴＯ", next_step="send drawings"))
    people = list(of(evening, "ana").values())

    def found(words: str) -> list[str]:
        return [one.met.card.id for one in search(people, words)]

    assert found("koto drawings") == ["bo"]
    assert found("花子") == ["hana"]
    assert found("koto 花子") == []
    assert len(found("  ")) == 4
