"""The carrier, and mail servers that refuse, fall silent or hang up at each step."""

from __future__ import annotations

import logging
import socket

import pytest

from server.carrier import Carrier, Job, Outcome
from server.mail import Book, Entry, State, trouble
from server.mail_server import TROUBLES, connect, part
from server.pages.mail import REASONS
from server.redis import Store
from server.settings import Smtp
from tests.server.grumpy import BODY, GREETING, Grumpy, grumbling

LETTER = "confirmation:ana:1"


def post_office(grumpy: Grumpy, security: str = "offered", user: str = "") -> Smtp:
    return Smtp(host="127.0.0.1", port=grumpy.port, security=security, user=user, password="wrong")


async def carried(
    store: Store, smtp: Smtp, patience: float = 20.0, tries: int = 0
) -> tuple[str, Entry]:
    """Has one mail carried; returns what came of it, and its line in the book."""
    told: list[Outcome] = []
    book = Book(store, "tea")
    taken = Entry(state=State.TAKEN, at=store.clock(), tries=tries, by="worker")
    assert await book.swap(LETTER, None, taken)
    carrier = Carrier(store, smtp, told.append, patience)
    carrier.give(
        Job(
            place="1-1", event="tea", letter=LETTER, taken=taken, sender="meguri@tea.example",
            to="ana@example.org", data=b"Subject: Tea\r\n\r\n.Hello\r\n",
        )
    )  # fmt: skip
    carrier.end()
    await carrier.run()
    [outcome] = told
    return outcome.outcome, (await book.all())[LETTER]


SLOW = "…"
TOO_LARGE = "552 5.3.4 message too large"


@pytest.mark.parametrize(
    ("at", "answer", "why"),
    [
        (GREETING, SLOW, "slow"),
        (GREETING, "421 4.3.2 too many connections", "refuses"),
        (GREETING, "554 5.7.1 your network is listed", "refuses"),
        (GREETING, "", "away"),
        ("MAIL", SLOW, "slow"),
        ("MAIL", "", "away"),
        ("MAIL", "421 4.3.2 shutting down", "refuses"),
        ("MAIL", "451 4.3.0 try again later", "busy"),
        ("MAIL", "530 5.7.0 authentication required", "password"),
        ("MAIL", "553 5.1.8 not with this address", "sender"),
        ("RCPT", SLOW, "slow"),
        ("RCPT", "", "away"),
        ("RCPT", "421 4.7.0 slow down", "refuses"),
        ("RCPT", "554 5.7.1 <ana@example.org>: Relay access denied", "relay"),
        ("DATA", SLOW, "slow"),
        ("DATA", "", "away"),
        ("DATA", "421 4.3.2 shutting down", "refuses"),
    ],
)
async def test_what_is_the_servers_trouble_is_named_and_the_mail_waits_without_losing_a_try(
    store: Store, caplog: pytest.LogCaptureFixture, at: str, answer: str, why: str
) -> None:
    grumpy = Grumpy(**{at: answer})
    async with grumbling(grumpy):
        with caplog.at_level(logging.WARNING, "server.carrier"):
            patience = 0.2 if answer == SLOW else 20.0
            outcome, line = await carried(store, post_office(grumpy), patience)
    assert (outcome, line.state, line.why, line.tries) == ("trouble", State.WAITING, "server", 0)
    assert line.not_before > line.at
    said = await trouble(store, store.clock())
    assert said.why == why
    assert "@" not in said.said
    assert caplog.messages[0].startswith(f"{TROUBLES[why]} Mails wait.")
    assert grumpy.taken == []


@pytest.mark.parametrize(
    ("at", "answer", "state", "why"),
    [
        ("MAIL", TOO_LARGE, State.FAILED, "refused-mail"),
        ("RCPT", "550 5.1.1 user unknown", State.FAILED, "refused-address"),
        ("RCPT", "450 4.2.1 greylisted", State.WAITING, "later"),
        ("DATA", "451 4.3.0 not now", State.WAITING, "later"),
        ("DATA", "554 5.7.1 no", State.FAILED, "refused-mail"),
        (BODY, TOO_LARGE, State.FAILED, "refused-mail"),
        (BODY, "452 4.3.1 disk is full", State.WAITING, "later"),
        (BODY, "421 4.3.2 shutting down", State.WAITING, "later"),
        (BODY, "", State.UNSURE, "no-answer"),
        (BODY, "250 2.0.0 taken", State.SENT, ""),
    ],
)
async def test_what_is_said_of_one_mail_is_that_mails(
    store: Store, caplog: pytest.LogCaptureFixture, at: str, answer: str, state: State, why: str
) -> None:
    grumpy = Grumpy(**{at: answer})
    async with grumbling(grumpy):
        with caplog.at_level(logging.WARNING, "server.carrier"):
            outcome, line = await carried(store, post_office(grumpy))
    assert (outcome, line.state, line.why) == (state.value, state, why)
    assert line.tries == (1 if state in (State.WAITING, State.FAILED) else 0)
    assert (line.address != "") == (why == "refused-address")
    assert line.said == answer.replace("250 2.0.0 taken", "250"), "nobody's words but the server's"
    assert (await trouble(store, store.clock())).why == ""
    if why:
        assert why in REASONS
        assert "confirmation" in caplog.text
        assert "ana" not in caplog.text.replace("carrier", "")
    if at == BODY:
        assert grumpy.taken == [b"Subject: Tea\r\n\r\n..Hello\r\n.\r\n"]


async def test_a_server_that_blocks_this_machine_is_no_letters_fault(store: Store) -> None:
    grumpy = Grumpy(RCPT="554 5.7.1 Client host [192.0.2.7] blocked using zen.example")
    async with grumbling(grumpy):
        outcome, line = await carried(store, post_office(grumpy))
    assert (outcome, line.state, line.why) == ("trouble", State.WAITING, "server")
    assert (await trouble(store, store.clock())).why == "refuses"


async def test_what_was_put_off_often_enough_is_a_dead_letter(store: Store) -> None:
    grumpy = Grumpy(RCPT="450 4.2.1 come back later")
    async with grumbling(grumpy):
        _, line = await carried(store, post_office(grumpy), tries=7)
    assert (line.state, line.why) == (State.FAILED, "gave-up")


@pytest.mark.parametrize(
    ("security", "user", "answers", "why"),
    [
        ("starttls", "", {}, "tls"),
        ("starttls", "", {"EHLO": "250-post.example\r\n250 STARTTLS", "STARTTLS": "454 no TLS"},
         "tls"),
        ("tls", "", {}, "tls"),
        ("offered", "meguri", {"AUTH": "535 5.7.8 wrong"}, "password"),
    ],
)  # fmt: skip
async def test_a_wrong_password_and_a_line_that_is_not_secure_are_told_apart(
    store: Store, security: str, user: str, answers: dict[str, str], why: str
) -> None:
    grumpy = Grumpy(**answers)
    async with grumbling(grumpy):
        _, line = await carried(store, post_office(grumpy, security, user))
    assert (line.state, line.why) == (State.WAITING, "server")
    assert (await trouble(store, store.clock())).why == why
    assert grumpy.taken == []


async def test_nobody_there_is_away_and_who_comes_back_is_used(store: Store) -> None:
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        away = Smtp(host="127.0.0.1", port=unused.getsockname()[1], security="offered")
        await carried(store, away)
    assert (await trouble(store, store.clock())).why == "away"
    grumpy = Grumpy()
    async with grumbling(grumpy):
        await part(await connect(post_office(grumpy)))
        await Book(store, "tea").forget("ana")
        outcome, _ = await carried(store, post_office(grumpy))
    assert outcome == "sent"
    assert (await trouble(store, store.clock())).why == ""
