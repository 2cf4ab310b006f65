"""Which mails follow from an evening: to whom, when, and no longer when it makes no sense."""

from __future__ import annotations

from msgspec.structs import replace

from rooms import facts as f
from rooms.apply import apply
from rooms.event import Event
from rooms.follow_up import DAY, HOUR, Kind, due, letters
from rooms.people import (
    Attendee,
    DeadAddress,
    MailTexts,
    Mode,
    Note,
    Register,
    Role,
    dead_address_key,
)
from rooms.programme import Plan, planned_round

START = 1_800_000_000_000
END = START + 2 * HOUR
PEOPLE = ("ana", "bo", "chidi", "hana")


def an_event(*facts: f.AnyFact) -> tuple[Event, Register]:
    """Returns an event of four with addresses, its doors open, and what happened there."""
    event, register = Event("e"), Register()
    made = f.EventCreated(at=0, plan=Plan(rounds=(planned_round(),), starts_at=START))
    added = [f.AttendeeAdded(at=1, id=id, role=Role.ATTENDEE, mode=Mode.ON_SITE) for id in PEOPLE]
    for fact in (made, *added, f.DoorsOpened(at=2, by="dana"), *facts):
        apply(event, fact)
    for id in PEOPLE:
        register.write({f"a:{id}": Attendee(id=id, name=id, email=f"{id}@people.example")})
    return event, register


def invited(*ids: str, at: int = START - 9 * DAY) -> f.Invited:
    return f.Invited(at=at, ids=ids)


def came(id: str) -> f.CheckedIn:
    return f.CheckedIn(at=START, id=id)


def sent(event: Event, register: Register, now: int) -> set[tuple[str, str]]:
    """Returns what is due, as (kind, to)."""
    return {(one.kind.value, one.to) for one in due(event, register, now).values()}


ENDED = f.EventEnded(at=END)


def test_nobody_is_written_to_whom_the_organiser_did_not_send_a_link() -> None:
    event, register = an_event()
    assert list(letters(event, register)) == []


def test_who_is_sent_a_link_gets_it_at_once_and_a_reminder_the_day_before() -> None:
    event, register = an_event(invited("ana"))
    assert sent(event, register, START - 9 * DAY) == {("confirmation", "ana")}
    assert ("reminder", "ana") not in sent(event, register, START - DAY - 1)
    assert ("reminder", "ana") in sent(event, register, START - DAY)
    assert ("reminder", "ana") not in sent(event, register, START)


def test_a_link_sent_again_is_another_letter_and_the_first_one_is_no_longer_due() -> None:
    event, register = an_event(invited("ana"))
    [first] = due(event, register, START - 9 * DAY)
    apply(event, invited("ana", at=START - 5 * DAY))
    [second] = due(event, register, START - 5 * DAY)
    assert first != second


def test_who_is_invited_on_the_last_day_needs_no_reminder() -> None:
    event, register = an_event(invited("ana", at=START - HOUR))
    assert sent(event, register, START - 1) == {("confirmation", "ana")}


def test_nobody_is_written_to_at_an_address_that_mails_come_back_from() -> None:
    event, register = an_event(invited("ana", "bo"))
    dead = DeadAddress(address="Ana@people.example", why="came-back-unknown")
    register.write({dead_address_key("ana"): dead})
    assert sent(event, register, START - 9 * DAY) == {("confirmation", "bo")}
    register.write({"a:ana": Attendee(id="ana", name="ana", email="ana@new.example")})
    assert ("confirmation", "ana") in sent(event, register, START - 9 * DAY)


def test_who_cant_come_is_not_reminded_and_reads_another_text_afterwards() -> None:
    cant = f.ComingChanged(at=START - 2 * DAY, id="ana", coming=False)
    event, register = an_event(invited("ana", "bo"), cant, came("bo"))
    assert ("reminder", "ana") not in sent(event, register, START - HOUR)
    apply(event, ENDED)
    assert sent(event, register, END + 3 * HOUR) == {("missed", "ana"), ("evening", "bo")}


def test_who_only_looked_in_before_the_doors_opened_or_after_the_end_did_not_come() -> None:
    looked = f.Connected(at=START - DAY, id="ana", connection="c1", node="n")
    gone = f.Disconnected(at=START - DAY, id="ana", connection="c1", as_of=START - DAY)
    stays = f.Connected(at=START - HOUR, id="bo", connection="c2", node="n")
    event, register = Event("e"), Register()
    made = f.EventCreated(at=0, plan=Plan(rounds=(planned_round(),), starts_at=START))
    added = [f.AttendeeAdded(at=1, id=id, role=Role.ATTENDEE, mode=Mode.ONLINE) for id in PEOPLE]
    doors = f.DoorsOpened(at=START, by="dana")
    after = f.Connected(at=END, id="chidi", connection="c3", node="n")
    before: list[f.AnyFact] = [made, *added, invited("ana", "bo", "chidi"), looked, gone, stays]
    facts: list[f.AnyFact] = [*before, doors, ENDED, after]
    for fact in facts:
        apply(event, fact)
    for id in PEOPLE:
        register.write({f"a:{id}": Attendee(id=id, name=id, email=f"{id}@people.example")})
    assert event.came == {"bo": START}
    missed = {("missed", "ana"), ("missed", "chidi")}
    assert sent(event, register, END + 3 * HOUR) == {*missed, ("evening", "bo")}


def test_both_are_introduced_when_a_contact_arises_unless_it_was_taken_back() -> None:
    made = f.ContactMade(at=START, a="ana", b="bo")
    event, register = an_event(came("ana"), came("bo"), made)
    assert sent(event, register, START) == set()
    both = {("introduction", "ana"), ("introduction", "bo")}
    assert sent(event, register, START + HOUR) == both
    apply(event, f.Blocked(at=START + HOUR, by="ana", about="bo"))
    assert sent(event, register, START + HOUR) == set()


def test_after_a_week_only_open_next_steps_are_brought_up() -> None:
    event, register = an_event(came("ana"), came("bo"), ENDED)
    register.write({"n:ana:bo": Note(next_step="send the draft")})
    register.write({"n:bo:ana": Note(next_step="read it", done=True)})
    nudged = {to for kind, to in sent(event, register, END + 7 * DAY) if kind == Kind.NUDGE}
    assert nudged == {"ana"}


def test_after_three_weeks_who_made_a_contact_is_asked_until_they_have_answered() -> None:
    made = f.ContactMade(at=START, a="ana", b="bo")
    event, register = an_event(came("ana"), came("bo"), came("chidi"), made, ENDED)
    apply(event, f.OutcomeTold(at=END, id="bo", outcome="help"))
    assert sent(event, register, END + 21 * DAY) == {("outcome", "ana")}


def test_the_thank_you_waits_for_the_organisers_press() -> None:
    event, register = an_event(came("ana"), ENDED)
    assert ("thanks", "ana") not in sent(event, register, END + HOUR)
    apply(event, f.ThanksSent(at=END + HOUR))
    assert ("thanks", "ana") in sent(event, register, END + HOUR)


def test_no_mail_goes_to_who_wants_none_has_no_address_or_was_erased_or_removed() -> None:
    event, register = an_event(invited(*PEOPLE))
    apply(event, f.MailChosen(at=START, id="ana", wanted=False))
    register.write({"a:bo": replace(register.attendee("bo"), email="")})
    apply(event, f.Erased(at=START, id="chidi"))
    apply(event, f.Removed(at=START, id="hana"))
    assert list(letters(event, register)) == []


def test_a_kind_that_the_organiser_turned_off_is_not_sent() -> None:
    event, register = an_event(invited("ana"))
    register.write({"m": MailTexts(off=("reminder",))})
    assert {one.kind for one in letters(event, register)} == {Kind.CONFIRMATION}
