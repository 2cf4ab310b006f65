"""The report's numbers, and what no number tells."""

from __future__ import annotations

from msgspec import json
from msgspec.structs import replace

from rooms.apply import apply
from rooms.commands import (
    AddAttendees,
    ChangeEvent,
    CloseEvent,
    Coming,
    Erase,
    Invite,
    KeepInTouch,
    Note,
    Rate,
    SitOut,
    TellOutcome,
)
from rooms.deciding import ORGANISER
from rooms.facts import SignUpRefused
from rooms.people import Attendee, Goals, Register
from rooms.report import Report, report
from tests.rooms.evenings import Evening

SIX = ("ana", "bo", "chidi", "emre", "hana", "ines")


def two_rounds() -> Evening:
    """Six people: round 1 in threes, round 2 Ana with Bo again and Emre with Chidi; Kim came."""
    evening = Evening(seconds=100, preview=1, pause_between=10, walking=0)
    evening.adds(
        Attendee(id="ana", name="Ana", interests=("Tea",)),
        Attendee(id="bo", name="Bo", interests=("tea", "Go")),
        Attendee(id="never", name="Never"),
    )
    evening.comes(*SIX)
    evening.on_site("kim")
    evening.talking([["ana", "bo", "chidi"], ["emre", "hana", "ines"]], sitting_out=["kim"])
    evening.passes(100)
    for id in ("hana", "ines"):
        evening.asks(id, SitOut())
    evening.talking([["ana", "bo"], ["chidi", "emre"]], sitting_out=["kim"])
    evening.passes(100)
    return evening


def numbers(evening: Evening) -> Report:
    return report(evening.event, evening.register, evening.now)


def test_steps_go_from_the_list_to_contacts() -> None:
    evening = two_rounds()
    evening.asks("ana", KeepInTouch(about="bo"))
    evening.asks("bo", KeepInTouch(about="ana"))
    evening.asks("ana", KeepInTouch(about="chidi"))
    found = numbers(evening)
    steps = found.steps
    assert (steps.listed, steps.signed_up, steps.came, steps.met, steps.contact) == (8, 7, 7, 6, 2)
    assert (steps.invited, steps.by_themselves) == (8, 0)
    assert (found.contacts, found.first_meetings, found.stayed) == (1, 7, 4)
    assert [one.contacts for one in found.rounds] == [0, 1]
    assert [(one.name, one.met) for one in found.few][:1] == [("Kim", 0)]


def test_whom_the_organiser_brought_in_is_told_from_who_signed_up_by_themselves() -> None:
    evening = two_rounds()
    newcomer = Attendee(id="lea", name="Lea")
    evening.asks(ORGANISER, AddAttendees(people=(newcomer,), by_event_link=True))
    evening.asks(ORGANISER, Invite(attendees=("lea", "never")))  # her link, sent once more
    steps = numbers(evening).steps
    assert (steps.listed, steps.invited, steps.by_themselves) == (9, 8, 1)
    evening.asks(ORGANISER, Erase(attendee="lea"))
    steps = numbers(evening).steps
    assert (steps.listed, steps.invited, steps.by_themselves) == (8, 8, 0)


def test_each_round_tells_old_meetings_from_new_ones() -> None:
    first, second = numbers(two_rounds()).rounds
    assert (first.people, first.rooms, first.meetings, first.first_meetings) == (6, 2, 6, 6)
    assert (second.people, second.meetings, second.first_meetings) == (4, 2, 1)
    assert (round(first.minutes_each, 2), second.new_each) == (3.33, 0.5)


def test_interests_and_modes_are_compared() -> None:
    found = numbers(two_rounds())
    [tea] = found.interests
    assert (tea.interest, tea.met) == ("Tea", 1)
    on_site, online = found.modes
    assert (on_site.mode, on_site.came, on_site.met) == ("on-site", 1, 0)
    assert (online.came, round(online.met, 2)) == (6, round(14 / 6, 2))


def test_words_that_mean_the_same_are_counted_as_one_under_the_organisers_first() -> None:
    evening = two_rounds()
    merged = (("お茶", "tea"), ("囲碁", "Go"))
    details = replace(evening.register.details, synonyms=merged)
    found = report(evening.event, Register({**evening.register.rows, "e": details}), evening.now)
    assert [(one.interest, one.met) for one in found.interests] == [("お茶", 1)]


def test_stars_and_next_steps_are_counted_from_five_people_on() -> None:
    evening = two_rounds()
    for id in SIX[:4]:
        evening.asks(id, Rate(stars=5, round=1))
    for id, about in (("ana", "bo"), ("bo", "ana"), ("chidi", "ana"), ("emre", "hana")):
        evening.asks(id, Note(about=about, text="secret words", next_step="call"))
    found = numbers(evening)
    assert (found.stars, found.raters, found.rounds[0].stars) == (None, None, None)
    assert (found.steps.next_step, found.next_steps) == (None, None)
    evening.asks("hana", Rate(stars=1, round=1))
    evening.asks("hana", Note(about="ines", text="", next_step="write"))
    found = numbers(evening)
    assert (found.stars, found.raters, found.rounds[0].stars) == (4.2, 5, 4.2)
    assert (found.steps.next_step, found.next_steps) == (5, 5)
    assert b"secret" not in json.encode(found)


def test_one_sided_yeses_change_no_number() -> None:
    evening = two_rounds()
    before = json.encode(numbers(evening))
    evening.asks("ana", KeepInTouch(about="bo"))
    assert json.encode(numbers(evening)) == before


def test_cost_is_shared_out_over_what_there_was() -> None:
    evening = two_rounds()
    details = evening.register.details
    changed = type(details)(title=details.title, goals=Goals(cost=700.0, currency="EUR"))
    evening.asks(ORGANISER, ChangeEvent(details=changed))
    costs = numbers(evening).costs
    assert costs is not None
    assert (costs.attendee, costs.first_meeting, costs.contact) == (100.0, 100.0, None)


def test_an_event_without_anything_has_a_report() -> None:
    found = report(Evening(doors=False).event, Evening(doors=False).register, 0)
    assert (found.outcomes, found.strength.most) == (None, 0.0)
    assert (found.steps.came, found.rounds, found.few, found.network.nodes) == (0, (), (), ())


def test_steps_done_and_what_came_of_it_end_the_path_from_five_people_on() -> None:
    evening = two_rounds()
    details = evening.register.details
    changed = type(details)(title=details.title, goals=Goals(cost=700.0, currency="EUR"))
    evening.asks(ORGANISER, ChangeEvent(details=changed))
    mates = ("bo", "ana", "ana", "hana", "ines", "hana")
    for id, about in zip(SIX, mates, strict=True):
        evening.asks(id, Note(about=about, text="", next_step="call", done=id != "ana"))
    evening.asks(ORGANISER, CloseEvent())
    evening.passes(60)
    assert evening.phase == "ended"
    for id in SIX[:3]:
        evening.asks(id, TellOutcome(outcome="together"))
    evening.asks("emre", TellOutcome(outcome="nothing"))
    found = numbers(evening)
    assert (found.steps.next_step, found.steps.step_done, found.next_steps_done) == (6, 5, 5)
    assert (found.steps.outcome, found.outcomes) == (None, None)
    assert found.costs is not None
    assert found.costs.next_step_done == 140.0
    evening.asks("hana", TellOutcome(outcome="help"))
    found = numbers(evening)
    assert found.outcomes is not None
    assert (found.steps.outcome, found.outcomes.answered) == (4, 5)
    assert found.outcomes.told == {"met-again": 0, "together": 3, "help": 1, "nothing": 1}


def test_who_said_that_they_cannot_come_is_counted_unless_they_came() -> None:
    evening = two_rounds()
    evening.asks("never", Coming(coming=False))
    assert numbers(evening).declined == 1


def test_who_was_refused_a_place_is_not_on_the_list_that_shares_are_of() -> None:
    evening = two_rounds()
    assert numbers(evening).steps.listed == 8
    apply(evening.event, SignUpRefused(at=evening.now, id="never"))
    assert numbers(evening).steps.listed == 7


def test_ties_have_a_strength_and_the_graph_can_be_left_out() -> None:
    evening = two_rounds()
    found = report(evening.event, evening.register, evening.now, graph=False)
    assert (found.network.nodes, found.first_meetings) == ((), 7)
    assert (found.strength.again, round(found.strength.most, 1)) == (1, 3.3)
