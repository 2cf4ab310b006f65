"""Mails that came back: at the desk, over the API, from a mail server's alias."""

from __future__ import annotations

import asyncio
import html
import sys

import httpx2 as httpx

from server.letters import mark_of
from server.mail import Book, Entry, State
from server.settings import child_environment
from tests.server import returned
from tests.server.callers import Doors, Enrolled
from tests.server.desk import desk, house, read
from tests.server.house import KEY

__all__ = ["desk", "house"]


async def a_sent_link(
    house: Doors, desk: httpx.AsyncClient, state: State = State.SENT
) -> tuple[str, Enrolled, str, str]:
    """Has Ana sent her link; returns the event, Ana, the letter, and its mark."""
    event = (await house.makes_event())["id"]
    [ana, _] = await house.brings(event)
    await desk.post(f"/desk/{event}/mail", data={"do": "invite"})
    page = await read(desk, f"/desk/{event}/mail")
    [letter] = {
        part.split('"')[0].split("/")[-1]
        for part in page.split('href="')
        if f"confirmation:{ana.id}" in part.split('"')[0]
    }
    await Book(house.store, event).swap(letter, None, Entry(state=state, at=1))
    mark = mark_of(event, letter, await house.keys.choice_key(event, ana.id))
    return event, ana, letter, mark


async def waiting(desk: httpx.AsyncClient, event: str) -> str:
    """Returns the part of the desk's mail page that lists what waits."""
    return (await read(desk, f"/desk/{event}/mail")).partition('id="waiting"')[2]


async def test_a_pasted_bounce_marks_letter_and_address_until_the_address_is_changed(
    house: Doors, desk: httpx.AsyncClient
) -> None:
    event, ana, _, mark = await a_sent_link(house, desk)
    source = returned.postfix(mark).decode()
    noted = await desk.post(
        f"/desk/{event}/mail/came-back", data={"text": source}, follow_redirects=True
    )
    page = html.unescape(noted.text)
    assert "No more mail goes to Ana until their address is changed." in page
    assert "It came back: there is no such address, or it was closed. 5.1.1 550 5.1.1" in page
    assert returned.TO not in page, "nobody but Ana may show her address"
    assert "Mails to 1 person come back" in page
    people = await read(desk, f"/desk/{event}/people?came=unreachable")
    assert "1 of 3 people" in people
    assert "Mails to them come back" in people
    person = f"/desk/{event}/people/{ana.id}"
    assert "No mail goes to their address" in await read(desk, person)
    sent = await desk.post(person, data={"do": "send"})
    assert sent.headers["location"].endswith("done=no-mail")
    changed = await house.client.patch(
        f"/api/events/{event}/attendees/{ana.id}", json={"email": "ana@new.example"}
    )
    assert changed.status_code == 200, changed.text
    assert "No mail goes to their address" not in await read(desk, person)
    sent = await desk.post(person, data={"do": "send"})
    assert sent.headers["location"].endswith("done=sent")
    assert "Ana · The link" in await waiting(desk, event)


async def test_a_bounce_as_a_file_in_japanese_words_and_an_organiser_who_knows_better(
    house: Doors, desk: httpx.AsyncClient
) -> None:
    event, ana, letter, mark = await a_sent_link(house, desk, State.UNSURE)
    file = {"file": ("戻り.eml", returned.au(mark), "message/rfc822")}
    noted = await desk.post(f"/desk/{event}/mail/came-back", files=file)
    assert "done=bounce-marked" in noted.headers["location"]
    ja = await desk.get(noted.headers["location"], headers={"accept-language": "ja"})
    assert "Anaさんには、アドレスが変更されるまでメールを送りません。" in ja.text
    await desk.post(f"/desk/{event}/mail", data={"do": "again", "letter": letter})
    line = (await Book(house.store, event).read([letter]))[letter]
    assert line.state is State.WAITING
    person = await read(desk, f"/desk/{event}/people/{ana.id}")
    assert "No mail goes to their address" not in person


async def test_a_full_mailbox_is_told_and_later_mails_still_go(
    house: Doors, desk: httpx.AsyncClient
) -> None:
    event, ana, letter, mark = await a_sent_link(house, desk)
    noted = await house.client.post("/api/bounces", content=returned.kddi(mark))
    assert noted.json() == {
        "noted": True, "why": "came-back-full", "event": event, "attendee": ana.id,
        "letter": letter, "address_marked": False,
    }  # fmt: skip
    assert "It came back: the mailbox is full." in await read(desk, f"/desk/{event}/mail")
    person = await read(desk, f"/desk/{event}/people/{ana.id}")
    assert "No mail goes to their address" not in person


async def test_a_made_up_bounce_keeps_nobody_from_getting_mail(
    house: Doors, desk: httpx.AsyncClient
) -> None:
    event, _, letter, mark = await a_sent_link(house, desk)
    for guessed in (mark_of(event, letter, ""), f"{'0' * 32}.{event}", f"{mark[:32]}.nowhere"):
        noted = (await house.client.post("/api/bounces", content=returned.postfix(guessed))).json()
        assert (noted["noted"], noted["why"]) == (False, "unknown-letter")
    holiday = await house.client.post("/api/bounces", content=returned.on_holiday(mark))
    assert holiday.json()["why"] == "not-a-bounce"
    async with house.browser() as stranger:
        none = await stranger.post("/api/bounces", content=returned.postfix(mark))
        assert none.status_code == 401
    assert (await Book(house.store, event).read([letter]))[letter].state is State.SENT


async def test_a_bounce_of_an_address_they_no_longer_have_leaves_the_new_one(
    house: Doors, desk: httpx.AsyncClient
) -> None:
    event, ana, letter, mark = await a_sent_link(house, desk)
    await house.client.patch(
        f"/api/events/{event}/attendees/{ana.id}", json={"email": "ana@new.example"}
    )
    noted = (await house.client.post("/api/bounces", content=returned.exchange(mark))).json()
    assert (noted["noted"], noted["address_marked"]) == (True, False)
    assert (await Book(house.store, event).read([letter]))[letter].state is State.FAILED


async def test_at_the_desk_the_address_is_enough_and_what_is_no_bounce_is_said(
    house: Doors, desk: httpx.AsyncClient
) -> None:
    event, _, _, mark = await a_sent_link(house, desk)
    path = f"/desk/{event}/mail/came-back"

    async def told(data: bytes) -> str:
        answer = await desk.post(path, files={"file": ("a.eml", data)}, follow_redirects=True)
        assert answer.status_code == 200, answer.text
        return html.unescape(answer.text)

    assert "no message of a mail system" in await told(returned.on_holiday(mark))
    assert "a mail is late" in await told(returned.postfix(mark, action="delayed"))
    assert "no address of its people" in await told(returned.postfix("", "other@x.example"))
    assert "No more mail goes to Ana" in await told(returned.postfix(""))
    empty = await desk.post(path, data={"text": " "}, follow_redirects=True)
    assert "Please choose a file first." in empty.text


async def test_what_is_unsure_is_said_and_the_organiser_decides(
    house: Doors, desk: httpx.AsyncClient
) -> None:
    event, _, letter, _ = await a_sent_link(house, desk)
    book, here = Book(house.store, event), f"/desk/{event}/mail"
    [sent] = (await book.all()).values()
    unsure = Entry(state=State.UNSURE, at=2, why="no-answer")
    await book.swap(letter, sent, unsure)
    page = await read(desk, here)
    assert "the mail may have gone out" in page
    assert "Nothing is sent before you decide." in page
    left = await desk.post(here, data={"do": "leave", "letter": letter}, follow_redirects=True)
    assert "It is left at that." in left.text
    assert "Nothing is sent before you decide." not in html.unescape(left.text)
    dropped = (await book.read([letter]))[letter]
    assert (dropped.state, dropped.why) == (State.DROPPED, "left")
    await book.swap(letter, dropped, unsure)
    again = await desk.post(here, data={"do": "again", "letter": letter}, follow_redirects=True)
    assert "It is sent once more." in again.text
    assert (await book.read([letter]))[letter].state is State.WAITING
    await desk.post(here, data={"do": "leave", "letter": letter})
    assert (await book.read([letter]))[letter].state is State.WAITING, "it is on its way"


async def test_what_was_refused_is_told_from_what_is_unknown_and_sent_again_in_one_press(
    house: Doors, desk: httpx.AsyncClient
) -> None:
    event, _, letter, _ = await a_sent_link(house, desk)
    book, here = Book(house.store, event), f"/desk/{event}/mail"
    [sent] = (await book.all()).values()
    refused = Entry(state=State.FAILED, at=2, why="refused-address", said="550 5.7.1 not from you")
    unknown = Entry(state=State.FAILED, at=2, why="refused-address", said="550 5.1.1 unknown")
    await book.swap(letter, sent, refused)
    bo = letter.replace("confirmation", "reminder")
    await book.swap(bo, None, unknown)
    unsure = letter.replace("confirmation", "missed")
    await book.swap(unsure, None, Entry(state=State.UNSURE, at=2, why="no-answer"))
    page = await read(desk, here)
    assert "takes no mail for this address. 550 5.7.1 not from you" in page
    assert "knows no such address. 550 5.1.1 unknown" in page
    assert "Send the 2 mails that were refused again" in page
    again = await desk.post(here, data={"do": "all-again"}, follow_redirects=True)
    assert "They are sent once more." in again.text
    states = {id: line.state for id, line in (await book.all()).items()}
    assert states == {letter: State.WAITING, bo: State.WAITING, unsure: State.UNSURE}


async def test_a_mail_servers_alias_hands_bounces_over(
    house: Doors, desk: httpx.AsyncClient
) -> None:
    event, ana, letter, mark = await a_sent_link(house, desk)

    async def bounces(url: str, data: bytes) -> tuple[int | None, str]:
        process = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "server.cli", "bounces", "-", "--url", url,
            env=child_environment(MEGURI_ORGANISER_KEY=KEY),
            stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE,
        )  # fmt: skip
        out, _ = await process.communicate(data)
        return process.returncode, out.decode()

    envelope = b"From MAILER-DAEMON Sun Nov 22 10:00:02 2026\n"
    code, said = await bounces(house.url, envelope + returned.postfix(mark))
    assert (code, said) == (
        0, f"-: {letter} of {event} came back (came-back-unknown); no more mail goes there.\n"
    )  # fmt: skip
    code, _ = await bounces("http://127.0.0.1:9", returned.postfix(mark))
    assert code == 75, "the mail server tries again"
    assert (await Book(house.store, event).read([letter]))[letter].state is State.FAILED
    shown = await house.client.get(f"/api/events/{event}/attendees/{ana.id}")
    assert "ana@example.org" not in shown.text
