"""Bounces: what mail systems write is understood, and nobody else can say that a mail came back."""

from __future__ import annotations

import contextlib
from collections.abc import Callable

import pytest

from server.bounces import AT_ADDRESS, Bounce, NoBounce, read_bounce
from server.letters import mark_of
from tests.server import returned

MARK = mark_of("tea", "confirmation:ana:1", "secret")


def why_not(data: bytes) -> str:
    """Reads what is no bounce; returns why it is none."""
    with pytest.raises(NoBounce) as none:
        read_bounce(data)
    return none.value.why


@pytest.mark.parametrize(
    ("writes", "why"),
    [
        (returned.postfix, "came-back-unknown"),
        (returned.exchange, "came-back-unknown"),
        (returned.au, "came-back-unknown"),
        (returned.kddi, "came-back-full"),
        (returned.qmail, "came-back-unknown"),
    ],
)
def test_what_each_mail_system_writes_names_the_letter_the_address_and_the_reason(
    writes: Callable[[str], bytes], why: str
) -> None:
    found = read_bounce(writes(MARK))
    assert found.marks == (MARK,)
    assert returned.TO in found.addresses
    assert found.why == why
    assert found.said
    assert "@" not in found.said


@pytest.mark.parametrize(
    ("status", "said", "why"),
    [
        ("5.1.1", "550 5.1.1 no", "came-back-unknown"),
        ("5.2.1", "550 5.2.1 mailbox disabled", "came-back-unknown"),
        ("5.2.2", "552 5.2.2 over quota", "came-back-full"),
        ("5.3.4", "552 5.3.4 too big", "came-back-large"),
        ("5.7.1", "550 5.7.1 blocked as spam by 198.51.100.5", "came-back-refused"),
        ("4.4.7", "452 4.4.7 queued for 5 days", "came-back-late"),
        ("5.0.0", "554 5.1.1 no", "came-back-unknown"),
        ("5.4.1", "550 5.4.1 Access denied", "came-back"),
    ],
)
def test_the_status_says_whether_the_address_is_at_fault(status: str, said: str, why: str) -> None:
    found = read_bounce(returned.postfix(MARK, status=status, said=said))
    assert found.why == why
    assert (why in AT_ADDRESS) == (why in ("came-back-unknown", "came-back"))


def test_what_is_late_or_arrived_has_not_come_back() -> None:
    assert why_not(returned.postfix(MARK, status="4.4.1", action="delayed")) == "delayed"
    assert why_not(returned.postfix(MARK, status="2.1.5", action="delivered")) == "delivered"


def test_the_answer_of_a_holiday_is_no_bounce_though_it_names_the_mail() -> None:
    assert why_not(returned.on_holiday(MARK)) == "not-a-bounce"


@pytest.mark.parametrize("data", [b"", b"\xff\xfe\x00", b"hello", b"PK\x03\x04" + bytes(99)])
def test_what_is_no_mail_is_said_to_be_none(data: bytes) -> None:
    assert why_not(data) in ("unreadable", "not-a-bounce")


def test_a_service_that_gives_mails_its_own_message_id_is_understood_too() -> None:
    own = returned.postfix(MARK).replace(f"<{MARK}@tea.example.org>".encode(), b"<x@ses.example>")
    assert read_bounce(own).marks == (MARK,)


def test_nothing_that_a_bounce_may_hold_breaks_its_reading() -> None:
    """Cut anywhere, it is read as a bounce or said to be none, and never trips."""
    whole = returned.exchange(MARK)
    broken = whole.replace(b"@tea", b"").replace(b"<", b"<@,").replace(b"smtp;", b"\xff\x00;")
    for data in (whole, broken):
        for end in range(0, len(data), 37):
            with contextlib.suppress(NoBounce):
                assert isinstance(read_bounce(data[:end]), Bounce)
