"""Leads: only who agreed, each field by consent, staff's shared notes, and what changed since."""

from __future__ import annotations

import pytest

from rooms.commands import Erase, GiveConsent, NoteExport, Profile
from rooms.commands import Note as NoteCommand
from rooms.deciding import ORGANISER
from rooms.leads import Change, address_digest, changes
from rooms.people import Attendee, Consent, Role
from rooms.refusal import Refusal
from tests.rooms.evenings import Evening

WORDING = "You may write to me after the evening."


def agrees(evening: Evening, id: str, *fields: str) -> None:
    evening.asks(
        id,
        GiveConsent(
            consent=Consent(
                attendee=id,
                wording=WORDING,
                version="2026-11-b",
                at=evening.now,
                recipient="organiser",
                fields=fields,
            )
        ),
    )


def met_staff() -> Evening:
    """Ana agrees to hear, Bo lets his address be had without that; both met Kaya, a helper."""
    evening = Evening()
    evening.adds(
        Attendee(id="ana", name="Ana", email="Ana@example.org", phone="1", interests=("tea",)),
        Attendee(id="bo", name="Bo", email="bo@example.org"),
        Attendee(id="kaya", name="Kaya", email="k@example.org", role=Role.AMBASSADOR),
    )
    evening.comes("dana", "ana", "bo", "kaya")
    agrees(evening, "ana", "news", "email")
    agrees(evening, "bo", "email")
    agrees(evening, "kaya", "news", "email")
    evening.talking([("ana", "bo", "kaya")])
    evening.passes(120)
    return evening


def file(evening: Evening, since: int | None = None) -> list[Change]:
    """Takes a file of leads, as the API does."""
    evening.asks(ORGANISER, NoteExport(what="leads.csv"))
    register = evening.register
    after = register.ledger.files - 1 if since is None else since
    return list(changes(evening.event, register, evening.now, after))


def test_only_who_agreed_is_a_lead_with_the_words_agreed_to() -> None:
    [ana] = file(met_staff())
    assert (ana.change, ana.id, ana.address) == ("new", "ana", address_digest("ana@example.org"))
    assert ana.lead is not None
    assert (ana.lead.phone, ana.lead.interests) == ("", ("tea",)), "the phone is Ana's own"
    assert (ana.lead.consent_wording, ana.lead.consent_version) == (WORDING, "2026-11-b")
    assert (ana.lead.seconds_with_staff, ana.lead.staff_met) == (120, ("Kaya",))


def test_a_note_is_there_once_its_writer_shares_it_and_guests_cannot() -> None:
    evening = met_staff()
    evening.asks("kaya", NoteCommand(about="ana", text="wants a tour", next_step="call"))
    [ana] = file(evening)
    assert ana.lead is not None
    assert ana.lead.staff_notes == ()
    evening.asks("kaya", NoteCommand(about="ana", share=True))
    [ana] = file(evening)
    assert ana.lead is not None
    assert (ana.change, ana.lead.staff_notes) == ("changed", ("Kaya: wants a tour; call",))
    with pytest.raises(Refusal, match="own people"):
        evening.asks("ana", NoteCommand(about="bo", text="x", share=True))


def test_a_later_file_has_what_changed_and_an_earlier_one_can_be_had_again() -> None:
    evening = met_staff()
    assert [change.change for change in file(evening)] == ["new"]
    assert file(evening) == []
    agrees(evening, "bo", "news", "email")
    evening.asks("ana", Profile(interests=("coffee",)))
    assert [(one.id, one.change) for one in file(evening)] == [("ana", "changed"), ("bo", "new")]
    assert [(one.id, one.change) for one in file(evening, 2)] == [("ana", "changed"), ("bo", "new")]
    assert [one.change for one in file(evening, 0)] == ["new", "new"]


@pytest.mark.parametrize("how", ["withdrawn", "erased"])
def test_who_withdrew_or_was_erased_is_told_of_once_by_id_and_digest_only(how: str) -> None:
    evening = met_staff()
    file(evening)
    if how == "withdrawn":
        evening.asks("ana", Profile(organiser_may_export=("email",)))
    else:
        evening.asks(ORGANISER, Erase(attendee="ana"))
    [ana] = file(evening)
    assert ana == Change(change="withdrawn", id="ana", address=address_digest("ana@example.org"))
    assert file(evening) == []


def test_forgotten_minutes_are_no_change_and_shared_notes_stay() -> None:
    evening = met_staff()
    evening.asks("kaya", NoteCommand(about="ana", text="wants a tour", share=True))
    file(evening)
    evening.event.forget_minutes(evening.now)
    assert file(evening) == []
    [ana] = file(evening, 0)
    assert ana.lead is not None
    assert ana.lead.staff_notes == ("Kaya: wants a tour",)


def test_who_withdrew_before_any_file_is_in_none() -> None:
    evening = met_staff()
    evening.asks("ana", Profile(organiser_may_export=()))
    assert file(evening, 0) == []
