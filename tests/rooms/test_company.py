"""The lobby's company: who is seen there by their own choice, and tags that tell on nobody."""

from __future__ import annotations

from rooms import messages as m
from rooms.commands import AddAttendees, ChangeEvent, Erase, Profile
from rooms.company import FACES, LEAST_PEOPLE, LOOKED_AT, faces, suggested_interests
from rooms.deciding import ORGANISER
from rooms.people import Attendee, Details, Register, Role, attendee_key
from rooms.programme import Plan, planned_round
from tests.rooms.evenings import Evening


def seen(evening: Evening) -> list[str]:
    """Returns the names that everybody in the lobby sees."""
    return [face.name for face in faces(evening.event, evening.register).people]


def test_nobody_is_seen_in_the_lobby_who_did_not_choose_it() -> None:
    evening = Evening()
    evening.comes("ana", "bo")
    assert seen(evening) == []
    evening.asks("ana", Profile(show_in_lobby=True))
    assert seen(evening) == ["Ana"]
    assert evening.sees("ana").you.profile["show_in_lobby"] is True
    evening.asks("ana", Profile(show_in_lobby=False))
    assert seen(evening) == []


def test_who_is_away_or_erased_is_not_seen() -> None:
    evening = Evening()
    evening.comes("ana", "bo", "chidi")
    for name in ("ana", "bo", "chidi"):
        evening.asks(name, Profile(show_in_lobby=True))
    evening.drops("ana")
    evening.asks("dana", Erase(attendee="bo"))
    assert seen(evening) == ["Chidi"]


def test_the_organiser_does_not_choose_who_is_seen() -> None:
    evening = Evening()
    evening.comes("ana")
    shown = Attendee(id="ana", name="Ana", show_in_lobby=True)
    evening.asks(ORGANISER, AddAttendees(people=(shown,)))
    assert seen(evening) == []


def test_a_face_is_a_name_and_no_more() -> None:
    assert m.Face.__struct_fields__ == ("id", "name")


def test_a_crowd_is_a_sample_that_stays() -> None:
    evening = Evening()
    names = [f"p{number}" for number in range(FACES + 6)]
    evening.comes(*names)
    for name in reversed(names):
        evening.asks(name, Profile(show_in_lobby=True))
    before = seen(evening)
    assert len(before) == FACES
    evening.comes("zoe")
    evening.asks("zoe", Profile(show_in_lobby=True))
    assert seen(evening) == before
    assert LOOKED_AT < 10_000, "a lobby of 10,000 is not read through each second"


def with_interests(*people: tuple[str, ...], role: Role = Role.ATTENDEE) -> Register:
    """Returns a register of people with these interests."""
    register = Register({"e": Details(title="Tea")})
    for number, interests in enumerate(people):
        id = f"p{number}"
        profile = Attendee(id=id, name=id, interests=interests, role=role)
        register.write({attendee_key(id): profile})
    return register


def test_a_tag_is_suggested_from_five_people_on() -> None:
    rare = with_interests(*[("ceramics",)] * (LEAST_PEOPLE - 1))
    assert suggested_interests(rare) == ()
    frequent = with_interests(*[("ceramics",)] * LEAST_PEOPLE)
    assert suggested_interests(frequent) == ("ceramics",)


def test_tags_are_counted_as_they_are_compared_and_worded_as_most_write_them() -> None:
    people = [("ＡＩ",), ("AI",), ("AI", "ai"), ("ai",), ("AI", "jazz"), ("jazz",)]
    assert suggested_interests(with_interests(*people)) == ("AI",)


def test_the_most_frequent_come_first() -> None:
    people = [("jazz", "hiking")] * 5 + [("hiking",)]
    assert suggested_interests(with_interests(*people)) == ("hiking", "jazz")


def test_the_organisers_list_comes_first_each_tag_once() -> None:
    register = with_interests(*[("Jazz", "hiking")] * 5)
    details = Details(title="Tea", suggestions=("ceramics", "jazz"))
    register.write({"e": details})
    assert suggested_interests(register) == ("ceramics", "jazz", "hiking")


def test_merged_words_are_counted_as_one_and_suggested_once() -> None:
    people = [("AI",), ("AI",), ("人工知能",), ("人工知能",), ("AI",), ("jazz",)]
    register = with_interests(*people)
    merged = (("machine learning", "AI", "人工知能"),)
    register.write({"e": Details(title="Tea", synonyms=merged)})
    assert suggested_interests(register) == ("AI",)
    listed = Details(title="Tea", synonyms=merged, suggestions=("machine learning",))
    register.write({"e": listed})
    assert suggested_interests(register) == ("machine learning",)


def test_hosts_suggest_nothing() -> None:
    assert suggested_interests(with_interests(*[("rules",)] * 9, role=Role.HOST)) == ()


def test_everybody_may_know_the_programme_and_hears_when_it_changes() -> None:
    evening = Evening(rounds=2, seconds=300, size=4)
    evening.comes("ana")
    programme = evening.sees("ana").event.programme
    assert [planned.seconds for planned in programme] == [300, 300]
    longer = Plan(rounds=(planned_round(seconds=600),) * 3)
    evening.asks(ORGANISER, ChangeEvent(plan=longer))
    told = evening.last("ana", m.PhaseChanged).programme
    assert isinstance(told, tuple)
    assert [planned.seconds for planned in told] == [600, 600, 600]
