"""Who met at an earlier event of the series: kept apart while that can be, by consent (4, 21)."""

from __future__ import annotations

import pytest

from rooms.commands import (
    AddAttendees,
    ChangeEvent,
    CloseEvent,
    Erase,
    GiveConsent,
    Profile,
    RememberMet,
    StartRound,
)
from rooms.deciding import ORGANISER, SERVER
from rooms.facts import AnyFact, MetInSeries
from rooms.matching.solving import solve_wanted
from rooms.matching.wanted import wanted
from rooms.people import Attendee, Consent, Details
from rooms.programme import Plan
from rooms.report import report
from rooms.seating import count_repeats, have_met
from rooms.series import agreed_at, met_at, said_of_series
from tests.rooms.evenings import Evening, only, rooms_of, state_of

SERIES = "Tea Evenings"
FOUR = ("ana", "bo", "chidi", "hana")
BEFORE = (("ana", "bo"), ("chidi", "hana"))


def an_evening(*, agree: tuple[str, ...] = FOUR, series: str = SERIES) -> Evening:
    """An evening of a series, with four people of whom some let it remember whom they met."""
    evening = Evening(size=2, most=2)
    evening.asks(ORGANISER, ChangeEvent(details=Details(title="Tea", series=series)))
    evening.comes(*FOUR)
    for id in agree:
        evening.asks(id, Profile(remembered_in="tea  evenings"))
    return evening


def knows(evening: Evening, *pairs: tuple[str, str]) -> list[AnyFact]:
    """The server says who met before."""
    return evening.asks(SERVER, RememberMet(pairs=pairs))


def apart(evening: Evening) -> set[tuple[str, str]]:
    """Returns who should not meet again, as a solver is told."""
    found = wanted(evening.event, evening.register, evening.now)
    assert found is not None
    assert all(last == 0 for _, _, last in found.met)
    return {(a, b) for a, b, _ in found.met}


def test_people_who_met_at_an_earlier_evening_of_the_series_meet_others() -> None:
    evening = an_evening()
    for id in FOUR:  # what they share would have the same two sit together once more
        evening.asks(id, Profile(interests=("tea",) if id in ("ana", "bo") else ("go",)))
    evening.offers([["ana", "bo"], ["chidi", "hana"]], repeats=0)
    knows(evening, *BEFORE)
    found = wanted(evening.event, evening.register, evening.now)
    assert found is not None, "what was proposed before that was known does not stand"
    offer = solve_wanted(found, 30.0, steps=40)
    assert offer.repeats == 0
    evening.asks(SERVER, offer)
    evening.asks("dana", StartRound())
    assert not {("ana", "bo"), ("chidi", "hana")} & {tuple(ids) for ids in rooms_of(evening.event)}


def test_they_meet_again_where_that_cannot_be_avoided() -> None:
    evening = an_evening()
    every = [(a, b) for i, a in enumerate(FOUR) for b in FOUR[i + 1 :]]
    knows(evening, *every)
    found = wanted(evening.event, evening.register, evening.now)
    assert found is not None
    offer = solve_wanted(found, 30.0, steps=40)
    assert (len(offer.rooms), offer.repeats, offer.sitting_out) == (2, 2, ())


def test_where_reunions_are_welcome_nothing_keeps_them_apart() -> None:
    evening = an_evening()
    knows(evening, *BEFORE)
    assert have_met(evening.event, "bo", "ana")
    plan = Plan(rounds=evening.event.plan.rounds, reunions=True)
    evening.asks(ORGANISER, ChangeEvent(plan=plan))
    assert apart(evening) == set()
    assert not have_met(evening.event, "bo", "ana")
    assert count_repeats(evening.event, [["ana", "bo"]]) == 0


def test_who_takes_it_back_or_is_erased_is_known_to_have_met_nobody() -> None:
    evening = an_evening()
    knows(evening, *BEFORE)
    assert apart(evening) == set(BEFORE)
    evening.asks("bo", Profile(remembered_in=""))
    assert apart(evening) == {("chidi", "hana")}
    evening.asks("ana", Profile(organiser_may_export=("email",)))
    assert evening.register.attendee("ana").remembered_in, "another choice changes nothing of it"
    evening.asks("hana", Erase(attendee="hana"))
    assert not evening.event.met_before
    knows(evening, *BEFORE)
    assert not evening.event.met_before, "and stays unknown, whatever the server knew"
    assert state_of(evening.event) == state_of(evening.folded_anew())


def test_only_pairs_of_whom_both_agree_and_are_on_the_list_are_known() -> None:
    evening = an_evening(agree=("ana", "bo", "chidi"))
    pairs = (("bo", "ana"), ("chidi", "hana"), ("ana", "somebody"), ("ana", "ana"))
    assert only(knows(evening, *pairs), MetInSeries).pairs == (("ana", "bo"),)
    nameless = Attendee(id="chidi", name="Chidi", remembered_in=SERIES)
    evening.asks(ORGANISER, AddAttendees(people=(nameless,)))
    assert knows(evening, ("ana", "bo"), ("ana", "chidi")) == [], "without an address: nobody"


def test_only_what_is_new_is_said_and_what_is_gone_replaces_all() -> None:
    evening = an_evening()
    knows(evening, ("ana", "bo"))
    assert knows(evening, ("bo", "ana")) == []
    more = only(knows(evening, ("ana", "bo"), ("ana", "chidi")), MetInSeries)
    assert (more.pairs, more.anew) == ((("ana", "chidi"),), False)
    fewer = only(knows(evening, ("ana", "chidi")), MetInSeries)
    assert (fewer.pairs, fewer.anew) == ((("ana", "chidi"),), True)
    evening.asks(ORGANISER, ChangeEvent(details=Details(title="Tea", series="Coffee")))
    none = only(knows(evening, ("ana", "chidi")), MetInSeries)
    assert (none.pairs, none.anew) == ((), True)
    assert not evening.event.met_before


def test_nobody_but_the_server_says_so_and_nobody_agrees_to_another_series() -> None:
    evening = an_evening(agree=())
    assert evening.refuses("dana", RememberMet(pairs=BEFORE)) == "not-allowed"
    assert evening.refuses("ana", Profile(remembered_in="Coffee")) == "bad-field"
    alone = an_evening(agree=(), series="")
    assert alone.refuses("ana", Profile(remembered_in="Coffee")) == "bad-field"
    alone.asks("dana", CloseEvent())
    alone.passes(120)
    assert alone.phase == "ended"
    assert alone.refuses(SERVER, RememberMet(pairs=BEFORE)) == "event-over"


def test_before_doors_open_nothing_is_said() -> None:
    evening = Evening(doors=False)
    evening.asks(ORGANISER, ChangeEvent(details=Details(title="Tea", series=SERIES)))
    evening.adds(*FOUR)
    for id in FOUR:
        evening.asks(id, Profile(remembered_in=SERIES))
    assert knows(evening, *BEFORE) == []


def test_what_the_evening_itself_counts_stays_its_own() -> None:
    evening = an_evening()
    knows(evening, *BEFORE)
    evening.talking([["ana", "bo"], ["chidi", "hana"]])
    evening.passes(30)
    evening.asks("dana", CloseEvent())
    evening.passes(600)
    found = report(evening.event, evening.register, evening.now)
    assert found.first_meetings == 2
    assert set(evening.event.met) == set(BEFORE)
    over = evening.event.ended_at
    assert over is not None
    assert all(evening.now - 600_000 <= at <= over for at in met_at(evening.event).values())


@pytest.mark.parametrize("again", [False, True])
def test_what_was_said_last_of_a_series_counts(again: bool) -> None:
    evening = an_evening(agree=("ana",))
    began = evening.now
    evening.passes(5)
    evening.asks("ana", Profile(remembered_in=""))
    if again:
        evening.passes(5)
        evening.asks("ana", Profile(remembered_in=SERIES))
    [said] = said_of_series(evening.register)
    assert (said.series, said.agrees) == ("tea evenings", again)
    assert said.at == began + (10_000 if again else 5_000)
    assert agreed_at(evening.register) == ({"ana": began + 10_000} if again else {})


def test_the_sign_ups_words_agreed_to_without_the_box_take_it_back() -> None:
    evening = an_evening(agree=("ana", "bo"))
    knows(evening, ("ana", "bo"))
    consent = Consent(attendee="ana", wording="w", version="v2", at=evening.now, recipient="Tea")
    evening.asks("ana", GiveConsent(consent=consent))
    assert not evening.register.attendee("ana").remembered_in
    assert not evening.event.met_before


def test_ticked_once_more_it_is_agreed_to_once_more() -> None:
    evening = an_evening(agree=("ana",))
    evening.passes(7)
    evening.asks("ana", Profile(remembered_in=SERIES))
    assert agreed_at(evening.register) == {"ana": evening.now}
