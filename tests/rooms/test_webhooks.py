"""What is passed on to the organiser's program: contacts, rounds, the end, and nobody's secrets."""

from __future__ import annotations

from msgspec import json

from rooms import facts as f
from rooms.commands import (
    Block,
    ChangeWebhook,
    CloseEvent,
    EndRound,
    Erase,
    KeepInTouch,
    Note,
    OpenDoors,
    Rate,
)
from rooms.deciding import ORGANISER
from rooms.people import Attendee, Webhook
from rooms.webhooks import Delivery, address_of, deliveries, payload
from tests.rooms.evenings import BEGINNING, Evening

HOOK = Webhook(address="https://crm.example.org/meguri", salt="s1")


def person(id: str, name: str, *, lets: tuple[str, ...]) -> Attendee:
    return Attendee(
        id=id,
        name=name,
        email=f"{id}@example.org",
        phone=f"+81 90 0000 {id}",
        organisation=f"Works of {name}",
        link=f"https://{id}.example.org",
        organiser_may_export=lets,
    )


def two_who_talk(*, hook: bool = True) -> Evening:
    """Ana lets the organiser have all but her link, Bo the phone alone; both sit in one room."""
    evening = Evening(1, doors=False)
    if hook:
        evening.asks(ORGANISER, ChangeWebhook(webhook=HOOK))
    evening.asks("dana", OpenDoors())
    evening.adds(
        person("ana", "Ana", lets=("email", "organisation", "phone")),
        person("bo", "Bo", lets=("phone",)),
    )
    evening.comes("dana", "ana", "bo")
    evening.talking([("ana", "bo")])
    evening.passes(90)
    evening.asks("ana", KeepInTouch(about="bo", fields=("email", "link")))
    evening.asks("bo", KeepInTouch(about="ana", fields=("email", "phone")))
    return evening


def over(evening: Evening) -> Evening:
    evening.asks("dana", EndRound())
    evening.asks("dana", CloseEvent())
    evening.passes(31)
    assert evening.phase == "ended"
    return evening


def types(evening: Evening) -> list[str]:
    return sorted(one.type for one in deliveries(evening.event))


def the(evening: Evening, type: str) -> Delivery:
    [found] = [one for one in deliveries(evening.event) if one.type == type]
    return found


def said(evening: Evening, type: str) -> dict[str, object]:
    return payload(evening.event, evening.register, the(evening, type), evening.now)


def test_a_contact_a_round_and_the_end_are_passed_on_once_each() -> None:
    evening = over(two_who_talk())
    assert types(evening) == ["contact.made", "event.ended", "round.ended"]
    ids = {one.id for one in deliveries(evening.event)}
    evening.passes(3600)
    assert {one.id for one in deliveries(evening.event)} == ids


def test_nothing_is_passed_on_without_an_address_nor_what_was_before_it() -> None:
    evening = over(two_who_talk(hook=False))
    assert types(evening) == []
    evening.passes(1)
    evening.asks(ORGANISER, ChangeWebhook(webhook=HOOK))
    assert types(evening) == []
    evening.passes(1)
    evening.asks(ORGANISER, ChangeWebhook(test=True))
    assert types(evening) == ["webhook.test"]
    evening.asks(ORGANISER, ChangeWebhook())
    assert types(evening) == []


def test_a_contact_shows_what_was_given_to_the_other_and_let_to_the_organiser() -> None:
    told = said(over(two_who_talk()), "contact.made")
    assert (told["seconds_together"], told["rounds"]) == (90, [1])
    assert told["people"] == [
        {
            "id": "ana",
            "external_id": "",
            "name": "Ana",
            "organisation": "Works of Ana",
            "email": "ana@example.org",
        },
        {"id": "bo", "external_id": "", "name": "Bo", "phone": "+81 90 0000 bo"},
    ]


def test_a_yes_taken_back_takes_the_contact_out_and_says_so_by_ids_alone() -> None:
    evening = over(two_who_talk())
    made = the(evening, "contact.made")
    evening.asks("ana", KeepInTouch(about="bo", yes=False))
    assert "contact.made" not in types(evening)
    assert the(evening, "contact.withdrawn").after == made.id
    told = said(evening, "contact.withdrawn")
    assert (told["made_at"], told["withdrawn_at"]) == (made.at, evening.now)
    assert told["people"] == [{"id": "ana", "erased": False}, {"id": "bo", "erased": False}]


def test_an_erasure_is_told_and_its_person_named_no_more() -> None:
    evening = over(two_who_talk())
    evening.asks(ORGANISER, Erase(attendee="bo"))
    assert "contact.made" not in types(evening)
    assert the(evening, "contact.withdrawn").after == "", "its line in the book is gone"
    told = said(evening, "contact.withdrawn")
    assert told["people"] == [{"id": "ana", "erased": False}, {"id": "bo", "erased": True}]
    assert not any(
        b"Bo" in json.encode(payload(evening.event, evening.register, one, evening.now))
        for one in deliveries(evening.event)
    )


def test_a_block_reads_like_any_yes_taken_back_and_not_whose_it_was() -> None:
    by_bo, by_ana = over(two_who_talk()), over(two_who_talk())
    by_bo.asks("bo", Block(about="ana"))
    by_ana.asks("ana", KeepInTouch(about="bo", yes=False))
    assert types(by_bo) == types(by_ana) == ["contact.withdrawn", "event.ended", "round.ended"]
    assert said(by_bo, "contact.withdrawn") == said(by_ana, "contact.withdrawn")


def test_a_contact_made_again_is_passed_on_anew() -> None:
    evening = over(two_who_talk())
    before = the(evening, "contact.made").id
    evening.asks("ana", KeepInTouch(about="bo", yes=False))
    evening.passes(60)
    evening.asks("ana", KeepInTouch(about="bo", fields=("email",)))
    assert the(evening, "contact.made").id != before


def test_no_payload_knows_of_notes_stars_or_a_quiet_yes() -> None:
    evening = two_who_talk()
    evening.asks("ana", Note(about="bo", text="Secretive words", next_step="Secretive step"))
    evening.asks("ana", Rate(stars=1))
    evening.comes("chidi")
    over(evening)
    evening.asks(ORGANISER, ChangeWebhook(test=True))
    every = [
        json.encode(payload(evening.event, evening.register, one, evening.now))
        for one in deliveries(evening.event)
    ]
    assert len(every) == 4
    for one in every:
        assert b"ecret" not in one
        assert b"stars" not in one
        assert b"chidi" not in one


def test_a_round_and_the_end_come_with_their_numbers() -> None:
    evening = over(two_who_talk())
    told = said(evening, "round.ended")
    assert (told["round"], told["rooms"], told["people"], told["pairs"]) == (1, 1, 2, 1)
    assert told["ended_at"] == the(evening, "round.ended").at
    told = said(evening, "event.ended")
    assert (told["rounds"], told["pairs"], told["contacts"]) == (1, 1, 1)
    assert told["event_title"] == "Tea"


def test_the_end_of_the_event_ends_the_round_that_runs() -> None:
    evening = two_who_talk()
    evening.asks("dana", CloseEvent())
    evening.passes(10_000)
    assert evening.phase == "ended"
    assert types(evening).count("round.ended") == 1


def test_an_address_is_set_renewed_moved_and_removed_and_each_is_written_down() -> None:
    evening = Evening(1)
    assert evening.refuses(ORGANISER, ChangeWebhook()) == "no-webhook"
    assert evening.refuses(ORGANISER, ChangeWebhook(test=True)) == "no-webhook"
    assert evening.refuses("ana", ChangeWebhook(webhook=HOOK)) != ""
    evening.asks(ORGANISER, ChangeWebhook(webhook=HOOK))
    evening.asks(ORGANISER, ChangeWebhook(webhook=Webhook(address=HOOK.address, salt="s2")))
    moved = Webhook(address="https://other.example.org/", salt="s3")
    evening.asks(ORGANISER, ChangeWebhook(webhook=moved))
    assert evening.register.webhook == moved
    assert evening.event.webhook_at == BEGINNING
    evening.asks(ORGANISER, ChangeWebhook())
    assert evening.register.webhook is None
    assert [one.change for one in evening.event.webhooks] == ["set", "renewed", "set", "removed"]
    assert [address_of(evening.register, one) for one in evening.event.webhooks] == [
        HOOK.address,
        "",
        moved.address,
        "",
    ]
    assert all(isinstance(one, f.WebhookChanged) for one in evening.journal[-4:])
