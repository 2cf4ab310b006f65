"""Signing up: places, the waiting list, approval, invitations, and what is written about them."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from rooms.board import board
from rooms.commands import (
    AddAttendees,
    AnswerSignUps,
    AskLink,
    ChangeAnswers,
    ChangeEvent,
    CheckIn,
    Coming,
    Connect,
    Erase,
    Invite,
    KeepInTouch,
    Readmit,
    Remove,
)
from rooms.deciding import ORGANISER, SERVER
from rooms.follow_up import Kind, due, letters
from rooms.people import Attendee, Place, Question, Quota, Role
from rooms.places import places, requests, waiting_list
from rooms.programme import SignUp
from rooms.sign_up import ASKED_AGAIN_AFTER_MS
from tests.rooms.evenings import Evening


class Door(Evening):
    """An evening with few places, and people who sign up by the open link."""

    def __init__(
        self,
        capacity: int | None = 2,
        *,
        how: SignUp = SignUp.OPEN,
        quotas: dict[str, int] | None = None,
        starts_at: float | None = 3600.0,
    ) -> None:
        super().__init__(doors=False, starts_at=starts_at)
        self.sets(capacity, how=how, quotas=quotas)

    def sets(
        self,
        capacity: int | None,
        *,
        how: SignUp = SignUp.OPEN,
        quotas: dict[str, int] | None = None,
    ) -> None:
        """Sets how people sign up."""
        all = tuple(Quota(segment=name, most=most) for name, most in (quotas or {}).items())
        plan = replace(self.event.plan, capacity=capacity, sign_up=how)
        details = replace(self.register.details, quotas=all)
        self.asks(ORGANISER, ChangeEvent(plan=plan, details=details))

    def signs_up(self, *ids: str, segment: str = "", role: Role = Role.ATTENDEE) -> None:
        """Signs people up, one after the other, a second apart."""
        for id in ids:
            one = Attendee(id=id, name=id, email=f"{id}@people.example", segment=segment, role=role)
            self.asks(ORGANISER, AddAttendees(people=(one,), by_event_link=True))
            self.passes(1)

    def place(self, id: str) -> Place:
        return self.event.people[id].place

    def written(self, id: str) -> set[str]:
        """Returns the kinds of letters that are due to somebody now."""
        found = due(self.event, self.register, self.now).values()
        return {one.kind.value for one in found if one.to == id}


def test_who_signs_up_when_all_places_are_taken_waits_and_is_written_so() -> None:
    door = Door(2)
    door.signs_up("ana", "bo", "chidi")
    assert [door.place(id) for id in ("ana", "bo", "chidi")] == ["given", "given", "waiting"]
    assert door.written("ana") == {"confirmation"}
    assert door.written("chidi") == {"waiting-list"}
    assert places(door.event, door.register).taken == 2


@pytest.mark.parametrize(
    "freeing",
    [
        lambda door: door.asks("ana", Coming(coming=False)),
        lambda door: door.asks("dana", Remove(attendee="ana")),
        lambda door: door.asks("ana", Erase(attendee="ana")),
        lambda door: door.sets(3),
        lambda door: door.sets(None),
    ],
    ids=["declined", "removed", "erased", "more places", "no limit any more"],
)
def test_the_first_who_waits_moves_up_by_themselves_and_gets_a_letter(freeing) -> None:  # type: ignore[no-untyped-def]
    door = Door(2)
    door.signs_up("ana", "bo", "chidi")
    freeing(door)
    assert door.place("chidi") is Place.GIVEN
    assert door.written("chidi") == {"place"}
    assert waiting_list(door.event) == []


def test_own_answers_can_be_changed_until_the_evening_begins_and_nothing_else_by_them() -> None:
    door = Door(1, starts_at=3600.0)
    question = Question(id="q1", words={"en": "Why?", "ja": "なぜ？"})
    details = replace(door.register.details, questions=(question,))
    door.asks(ORGANISER, ChangeEvent(details=details))
    kept = {"Why?": "Tea", "badge": "A 7"}
    hana = Attendee(id="hana", name="花子", custom=kept)
    door.asks(ORGANISER, AddAttendees(people=(hana,)))
    door.signs_up("bo")  # who waits may answer too
    door.asks("bo", ChangeAnswers(answers={"Why?": "To learn"}))
    assert door.register.attendee("bo").custom == {"Why?": "To learn"}
    door.asks("hana", ChangeAnswers(answers={"Why?": "Friends"}))
    assert door.register.attendee("hana").custom == {"badge": "A 7", "Why?": "Friends"}
    assert door.asks("hana", ChangeAnswers(answers={"Why?": "Friends"})) == []
    assert door.refuses("hana", ChangeAnswers(answers={"badge": "A 1"})) == "bad-field"
    door.asks("hana", ChangeAnswers(answers={}))
    assert door.register.attendee("hana").custom == {"badge": "A 7"}
    door.passes(3600)
    assert door.refuses("hana", ChangeAnswers(answers={"Why?": "Late"})) == "too-late"


def test_the_waiting_list_keeps_its_order_and_who_gave_up_is_passed_over() -> None:
    door = Door(1)
    door.signs_up("ana", "bo", "chidi", "hana")
    assert waiting_list(door.event) == ["bo", "chidi", "hana"]
    door.asks("bo", Coming(coming=False))
    assert door.written("bo") == set()
    door.asks("ana", Coming(coming=False))
    assert [door.place(id) for id in ("bo", "chidi", "hana")] == ["waiting", "given", "waiting"]
    door.asks("bo", Coming(coming=True))
    assert waiting_list(door.event) == ["hana", "bo"], "who comes back waits behind the others"


def test_who_declined_and_comes_back_waits_if_the_place_went_on() -> None:
    door = Door(1)
    door.signs_up("ana", "bo")
    door.asks("ana", Coming(coming=False))
    assert door.place("bo") is Place.GIVEN
    connect = Connect(attendee="ana", connection="k", node="n")
    assert door.refuses(SERVER, connect) == "no-place"
    door.asks("ana", Coming(coming=True))
    assert waiting_list(door.event) == ["ana"]
    door.asks("bo", Coming(coming=False))
    assert door.place("ana") is Place.GIVEN


def test_who_declined_and_comes_back_in_time_keeps_the_place() -> None:
    door = Door(1)
    door.signs_up("ana")
    door.asks("ana", Coming(coming=False))
    door.asks("ana", Coming(coming=True))
    assert door.place("ana") is Place.GIVEN


def test_a_full_segment_waits_while_others_pass() -> None:
    door = Door(3, quotas={"Engineers": 1})
    door.signs_up("ana", "bo", segment="engineers ")
    door.signs_up("chidi", segment="Design")
    assert [door.place(id) for id in ("ana", "bo", "chidi")] == ["given", "waiting", "given"]
    door.signs_up("hana", segment="")
    door.signs_up("emre", segment="Design")
    assert waiting_list(door.event) == ["bo", "emre"]
    door.asks("chidi", Coming(coming=False))
    assert waiting_list(door.event) == ["bo"], "the free place is none for an engineer"
    door.asks("ana", Coming(coming=False))
    assert waiting_list(door.event) == []


def test_hosts_and_people_of_the_organisers_list_need_no_free_place() -> None:
    door = Door(1)
    listed = tuple(Attendee(id=id, name=id) for id in ("ana", "bo"))
    helper = Attendee(id="emre", name="Emre", role=Role.HELPER)
    door.asks(ORGANISER, AddAttendees(people=(*listed, helper)))
    assert {door.place(id) for id in ("ana", "bo", "emre", "dana")} == {Place.GIVEN}
    assert places(door.event, door.register).taken == 2
    door.signs_up("chidi")
    assert door.place("chidi") is Place.WAITING


def test_by_approval_each_waits_for_an_answer_and_gets_it() -> None:
    door = Door(1, how=SignUp.APPROVAL)
    door.signs_up("ana", "bo", "chidi")
    assert requests(door.event) == ["ana", "bo", "chidi"]
    assert door.written("ana") == {"request"}
    assert door.refuses("ana", AnswerSignUps(attendees=("ana",), yes=True)) == "no-place"
    door.asks(ORGANISER, AnswerSignUps(attendees=("ana", "chidi"), yes=True))
    door.asks(ORGANISER, AnswerSignUps(attendees=("bo",), yes=False))
    assert [door.place(id) for id in ("ana", "bo", "chidi")] == ["given", "refused", "waiting"]
    assert door.written("ana") == {"place"}
    assert door.written("bo") == {"refused"}
    assert door.written("chidi") == {"waiting-list"}


def test_an_organiser_gives_a_place_beyond_the_capacity_and_changes_their_mind() -> None:
    door = Door(1)
    door.signs_up("ana", "bo", "chidi")
    door.asks(ORGANISER, AnswerSignUps(attendees=("bo",), yes=False))
    door.asks(ORGANISER, AnswerSignUps(attendees=("bo", "chidi"), yes=True, beyond=True))
    assert {door.place(id) for id in ("ana", "bo", "chidi")} == {Place.GIVEN}
    assert door.asks(ORGANISER, AnswerSignUps(attendees=("bo",), yes=False)) == []
    assert door.place("bo") is Place.GIVEN, "a place given is taken away by removing, not here"


def test_nobody_signs_up_by_the_open_link_where_it_is_by_invitation_or_closed() -> None:
    one = AddAttendees(people=(Attendee(id="ana", name="Ana"),), by_event_link=True)
    assert Door(how=SignUp.INVITATION).refuses(ORGANISER, one) == "by-invitation"
    assert Door(how=SignUp.CLOSED).refuses(ORGANISER, one) == "sign-up-closed"


def test_somebody_without_a_place_takes_no_part() -> None:
    door = Door(1)
    door.signs_up("ana", "bo")
    bo = door.event.people["bo"]
    assert not bo.belongs
    assert door.refuses(SERVER, Connect(attendee="bo", connection="k", node="n")) == "no-place"
    assert door.refuses("bo", KeepInTouch(about="ana", yes=True)) == "no-place"
    assert door.refuses("dana", CheckIn(attendee="bo")) == "no-place"
    assert door.refuses("dana", Readmit(attendee="bo")) == "already-there"
    listed = board(door.event, door.register).parts.people
    assert listed
    assert [one.id for one in listed] == ["dana", "ana"]


def test_a_link_is_sent_again_to_a_known_address_but_not_again_and_again() -> None:
    door = Door(None)
    listed = Attendee(id="ana", name="Ana", email="ana@people.example")
    door.asks(ORGANISER, AddAttendees(people=(listed,)))
    assert list(letters(door.event, door.register)) == []
    assert len(door.asks(ORGANISER, AskLink(attendee="ana"))) == 1
    assert door.written("ana") == {"confirmation"}
    assert door.asks(ORGANISER, AskLink(attendee="ana")) == []
    door.passes(ASKED_AGAIN_AFTER_MS / 1000)
    assert len(door.asks(ORGANISER, AskLink(attendee="ana"))) == 1


def test_nobody_without_a_place_is_reminded_or_told_what_they_missed() -> None:
    door = Door(1, starts_at=30 * 86400.0)
    door.signs_up("ana", "bo")
    door.asks(ORGANISER, Invite(attendees=("ana",)))
    kinds = {(one.kind, one.to) for one in letters(door.event, door.register)}
    assert (Kind.REMINDER, "ana") in kinds
    assert {kind for kind, to in kinds if to == "bo"} == {Kind.WAITING}


def test_nobody_moves_up_once_a_person_is_removed_who_only_waited() -> None:
    door = Door(1)
    door.signs_up("ana", "bo", "chidi")
    door.asks("dana", Remove(attendee="bo"))
    assert door.place("chidi") is Place.WAITING
    assert door.written("bo") == set()
