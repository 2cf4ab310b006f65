"""Everything kept about one person, as they may read it themselves (rule 21)."""

from __future__ import annotations

from msgspec import json

from rooms.commands import (
    Block,
    CallHost,
    Erase,
    GiveCard,
    KeepInTouch,
    Note,
    ProposeTopic,
    Rate,
    Report,
)
from rooms.deciding import ORGANISER
from rooms.kept import Kept, Said, kept_about
from rooms.programme import Kind
from tests.rooms.evenings import Evening


def talked() -> Evening:
    """Ana, Bo and Chidi talked in round 1; a round of topics is to come."""
    evening = Evening(kinds=(Kind.MATCHED, Kind.TOPICS), topics=((), ("Tea",)))
    evening.comes("dana", "ana", "bo", "chidi")
    evening.talking([["ana", "bo", "chidi"]])
    return evening


def of(evening: Evening, name: str) -> Kept:
    kept = kept_about(evening.event, evening.register, name, evening.now)
    assert kept is not None
    return kept


def test_one_reads_ones_own_words_choices_minutes_and_contacts() -> None:
    evening = talked()
    evening.asks("ana", KeepInTouch(about="bo", fields=("email",)))
    evening.asks("bo", KeepInTouch(about="ana", fields=("phone",)))
    evening.asks("ana", KeepInTouch(about="chidi", fields=()))
    evening.asks("ana", GiveCard(to="chidi", fields=("link",)))
    evening.asks("ana", Note(about="bo", text="likes tea", next_step="send the deck"))
    evening.asks("ana", Rate(stars=4))
    evening.asks("ana", CallHost(text="no sound"))
    evening.asks("ana", Report(about="chidi", text="was rude"))
    evening.asks("ana", Block(about="chidi", leave=False))
    evening.asks("ana", ProposeTopic(topic="Gardens"))
    evening.passes(480)
    kept = of(evening, "ana")
    assert kept.profile.email == "ana@example.org"
    assert [(met.name, met.seconds) for met in kept.met] == [("Bo", 480), ("Chidi", 480)]
    [contact] = kept.contacts
    assert (contact.name, contact.mine, contact.theirs["phone"]) == ("Bo", ("email",), "+81-bo")
    assert [(note.text, note.next_step) for note in kept.notes] == [("likes tea", "send the deck")]
    assert [(words.what, words.text) for words in kept.words] == [
        ("call", "no sound"),
        ("report", "was rude"),
        ("topic", "Gardens"),
    ]
    assert kept.blocked == ("Chidi",)
    assert [(one.round, one.stars) for one in kept.stars] == [(1, 4)]
    assert json.decode(json.encode(kept), type=Kept) == kept


def test_what_others_keep_for_themselves_is_in_nobody_elses_list() -> None:
    evening = talked()
    evening.asks("bo", KeepInTouch(about="ana", fields=("email",)))
    evening.asks("bo", Note(about="ana", text="SECRET-NOTE"))
    evening.asks("bo", Report(about="ana", text="SECRET-REPORT"))
    evening.asks("bo", GiveCard(to="ana", fields=("link",)))
    evening.asks("chidi", Block(about="ana", leave=False))
    kept = of(evening, "ana")
    written = json.encode(kept)
    assert b"SECRET" not in written
    assert b"bo@example.org" not in written
    assert [*kept.contacts, *kept.yeses, *kept.blocked] == []
    assert kept.cards_received == (), "a card reaches one after the round"
    evening.passes(480)
    [card] = of(evening, "ana").cards_received
    assert card.fields["link"] == "https://example.org/bo"


def test_what_one_said_comes_along_and_nobody_is_left_once_erased() -> None:
    evening = talked()
    said = [Said(at=1, room="lobby", text="hello")]
    kept = kept_about(evening.event, evening.register, "ana", evening.now, said)
    assert kept is not None
    assert kept.said == tuple(said)
    evening.passes(480)
    evening.asks(ORGANISER, Erase(attendee="bo"))
    assert [met.name for met in of(evening, "ana").met] == ["", "Chidi"]
    assert kept_about(evening.event, evening.register, "bo", evening.now) is None
    assert kept_about(evening.event, evening.register, "nobody", evening.now) is None
