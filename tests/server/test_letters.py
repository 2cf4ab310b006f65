"""Letters: what a mail says and to whom, in both languages, and nobody bends its headers."""

from __future__ import annotations

from datetime import UTC, datetime
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default

import pytest
import vobject
from icalendar import Calendar

from rooms import facts as f
from rooms.apply import apply
from rooms.event import Event
from rooms.follow_up import Kind, Letter
from rooms.people import Attendee, Card, Details, MailText, Mode, Note, Register, Role, Row
from rooms.programme import Plan, planned_round
from server import mail_texts
from server.letters import BadAddress, Links, Writer, Written, address, message
from server.mail_texts import BrokenText, check, usual
from server.vcards import vcard
from server.words import LANGUAGES

START = 1_800_000_000_000
LINKS = Links(
    page="https://tea.example.org/e/e/in/key",
    choices="https://tea.example.org/e/e/mail/ana/choice",
    event="https://tea.example.org/e/e",
)
ANA = Attendee(
    id="ana", name="Ana", email="ana@people.example", phone="+44 7700 900001", locale="en"
)
HANA = Attendee(
    id="hana", name="山田 花子", reading="やまだ はなこ", email="hana@people.example",
    phone="+81 90 0000 0000", link="https://hana.example", organisation="茶房; 東京",
    locale="ja",
)  # fmt: skip


def evening(ana: Attendee = ANA, title: str = "Tea") -> tuple[Event, Register]:
    """Returns an event where Ana and 花子 made a contact; 花子 gave her e-mail address alone."""
    event = Event("e")
    plan = Plan(rounds=(planned_round(),), starts_at=START, time_zone="Asia/Tokyo")
    facts: list[f.AnyFact] = [
        f.EventCreated(at=0, plan=plan),
        *(f.AttendeeAdded(at=1, id=id, role=Role.ATTENDEE, mode=Mode.ONLINE)
          for id in ("ana", "hana")),
        f.YesGiven(at=START, by="hana", about="ana", fields=("email",)),
        f.YesGiven(at=START, by="ana", about="hana", fields=()),
        f.ContactMade(at=START, a="ana", b="hana"),
    ]  # fmt: skip
    for fact in facts:
        apply(event, fact)
    rows: dict[str, Row] = {"a:ana": ana, "a:hana": HANA, "e": Details(title=title)}
    return event, Register({**rows, "n:ana:hana": Note(text="likes oolong", next_step="write")})


def letter(kind: Kind, to: str = "ana", about: str = "hana") -> Letter:
    return Letter(id=f"{kind}:{to}", kind=kind, to=to, about=about, due_at=0, until=1)


def written(kind: Kind, to: str = "ana", *, discreet: bool = False) -> Written:
    event, register = evening()
    about = "hana" if to == "ana" else "ana"
    return Writer(event, register, letter(kind, to, about), LINKS, discreet=discreet).write()


def sent(one: Written, kind: Kind = Kind.EVENING) -> EmailMessage:
    """Returns a letter as a mail program reads it."""
    mail = message(
        one, letter(kind), LINKS, "meguri@tea.example.org", "Mon, 01 Jan 2027 00:00:00 GMT"
    )
    read = message_from_bytes(mail.as_bytes(), policy=default)
    assert isinstance(read, EmailMessage)
    return read


@pytest.mark.parametrize("kind", list(Kind))
@pytest.mark.parametrize("to", ["ana", "hana"])
def test_every_mail_is_whole_in_both_languages(kind: Kind, to: str) -> None:
    one = written(kind, to)
    mail = sent(one, kind)
    for body in ("plain", "html"):
        part = mail.get_body((body,))
        assert part is not None
        text = part.get_content()
        assert "{" not in text.replace("{font", "")
        assert LINKS.choices in text
    assert mail["Subject"] == one.subject
    assert ("花子" in one.plain) == (
        to == "hana" or kind in (Kind.INTRODUCTION, Kind.EVENING, Kind.NUDGE)
    )
    assert mail["Content-Language"] == one.language
    assert str(mail["From"]) == "Tea <meguri@tea.example.org>", "an address alone tells little"
    assert mail["List-Unsubscribe"] == f"<{LINKS.choices}>"
    assert mail["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"


@pytest.mark.parametrize("kind", list(Kind))
def test_the_usual_words_of_every_mail_would_be_taken_from_an_organiser(kind: Kind) -> None:
    for language in LANGUAGES:
        check(kind, usual(kind, language))


def test_a_japanese_subject_is_encoded_and_comes_out_as_it_was() -> None:
    event, register = evening(title="茶会「巡り」2027 — 第二回目の集まりのご案内です")
    one = Writer(event, register, letter(Kind.REMINDER, "hana", "ana"), LINKS).write()
    raw = message(one, letter(Kind.REMINDER), LINKS, "m@tea.example.org", "x").as_bytes()
    assert all(len(line) <= 998 for line in raw.splitlines())
    raw.split(b"\r\n\r\n")[0].decode("ascii")
    assert message_from_bytes(raw, policy=default)["Subject"] == one.subject
    assert "茶会「巡り」" in one.subject


@pytest.mark.parametrize(
    "name", ["Ana\r\nBcc: all@people.example", "Ana\nX: y", "Ana\u2028Bcc: z", "Ana\x85Bcc: z"]
)
def test_a_name_with_a_line_break_begins_no_header(name: str) -> None:
    ana = Attendee(id="ana", name=name, email="ana@people.example")
    event, register = evening(ana, title=f"Tea\r\nBcc: {name}")
    mail = sent(Writer(event, register, letter(Kind.REMINDER), LINKS).write(), Kind.REMINDER)
    assert mail["Bcc"] is None
    assert mail["X"] is None
    assert [each.addr_spec for each in mail["To"].addresses] == ["ana@people.example"]


def test_markup_in_a_name_stays_text_and_braces_in_it_are_no_place() -> None:
    ana = Attendee(id="ana", name="<b>{button}</b>", email="ana@people.example")
    event, register = evening(ana)
    one = Writer(event, register, letter(Kind.REMINDER), LINKS).write()
    assert "<b>" not in one.html
    assert "Hello <b>{button}</b>," in one.plain


@pytest.mark.parametrize(
    "typed",
    ["", "ana", "ana@", "a na@x.example", "ana@x.example\r\nRCPT TO:<b@x>", "a@b", "花@x.jp"],
)
def test_what_is_no_address_is_refused(typed: str) -> None:
    with pytest.raises(BadAddress):
        address("Ana", typed)


def test_a_domain_in_its_own_script_is_written_as_servers_know_it() -> None:
    assert address("", "ana@茶.example").addr_spec == "ana@xn--cl1a.example"


def test_a_mail_shows_of_a_contact_only_what_they_gave() -> None:
    one = written(Kind.EVENING)
    assert "hana@people.example" in one.plain
    assert "likes oolong" in one.plain
    other = written(Kind.INTRODUCTION, "hana")
    for text in (one.plain, one.html, str(one.attachments)):
        assert "+81 90" not in text
        assert "hana.example" not in text
    assert "ana@people.example" not in other.plain.replace("hana@people.example", "")
    assert "likes oolong" not in other.plain


def test_a_card_alone_makes_nobody_a_contact() -> None:
    event, register = evening()
    facts: list[f.AnyFact] = [
        f.AttendeeAdded(at=1, id="bo", role=Role.ATTENDEE, mode=Mode.ONLINE),
        f.CardGiven(at=START, by="bo", to="hana", fields=("phone",)),
        f.CardReached(at=START, by="bo", to="hana"),
    ]
    for fact in facts:
        apply(event, fact)
    bo = Attendee(id="bo", name="Bo", phone="+44 7700 900002")
    register = Register({**register.rows, "a:bo": bo})
    one = Writer(event, register, letter(Kind.EVENING, "hana"), LINKS).write()
    assert "つながった方（1人）\n\n* Ana\n\nいただいた名刺\n\n* Bo\n" in one.plain
    assert "+44 7700 900002" in one.plain
    [cards] = one.attachments
    assert cards.data.count(b"BEGIN:VCARD") == 2


def test_the_organiser_reads_nothing_that_is_not_theirs() -> None:
    for kind in Kind:
        one = written(kind, discreet=True)
        for text in (one.plain, one.html, *(str(part.data) for part in one.attachments)):
            for secret in ("hana@people.example", "likes oolong", "write down", "+81 90"):
                assert secret not in text


def test_the_calendar_file_is_read_by_a_calendar_and_holds_no_key() -> None:
    [attached] = written(Kind.CONFIRMATION).attachments
    calendar = Calendar.from_ical(attached.data)
    assert isinstance(calendar, Calendar)
    [entry] = calendar.events
    starts, ends = entry.start, entry.end
    assert isinstance(starts, datetime)
    assert isinstance(ends, datetime)
    assert entry["summary"] == "Tea"
    assert int(starts.timestamp() * 1000) == START
    assert ends > starts
    assert b"/in/" not in attached.data
    assert entry.stamp == datetime.fromtimestamp(0, UTC), "later letters take the earlier's place"
    assert len(attached.data) < 1500, "of the changes of clocks it has those around the evening"


@pytest.mark.parametrize("version", ["3.0", "4.0"])
def test_a_vcard_is_read_by_an_address_book(version: str) -> None:
    card = Card(
        id="x", name="山田 花子", reading="やまだ はなこ", title="A, B; C\\D",
        organisation="とても長い名前の株式会社とても長い名前の株式会社; 東京", department="開発",
    )  # fmt: skip
    fields = {"email": "h@people.example", "phone": "+81 90 1", "link": "https://h.example"}
    text = vcard(card, fields, version, met="Tea\r\nEMAIL:x@y")
    assert all(len(line.encode()) <= 75 for line in text.split("\r\n"))
    read = vobject.readOne(text)
    assert read.fn.value == "山田 花子"
    assert (read.n.value.family, read.n.value.given) == ("山田", "花子")
    assert read.org.value == [card.organisation, "開発"]
    assert read.title.value == card.title
    assert read.email.value == "h@people.example"
    assert len(read.contents["email"]) == 1
    assert read.note.value == "Tea EMAIL:x@y"


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("Hello {nme}\n\n{button}\n\n{decline}", "{nme}"),
        ("Hello {name.__class__}\n\n{button}\n\n{decline}", "{name.__class__}"),
        ("Hello {name\n\n{button}\n\n{decline}", "{name"),
        ("Here: {button}\n\n{decline}", "{button}"),
        ("Hello\n\n{button}", "{decline}"),
        ("Hello {contacts}\n\n{button}\n\n{decline}", "{contacts}"),
    ],
)
def test_a_broken_place_is_refused_by_name(text: str, named: str) -> None:
    with pytest.raises(BrokenText) as caught:
        check(Kind.REMINDER, MailText(subject="Soon", text=text))
    assert named in str(caught.value.why.details.values())


def test_what_is_filled_in_is_not_looked_at_again() -> None:
    assert mail_texts.filled("{name}", {"name": "{event}", "event": "Tea"}) == "{event}"
