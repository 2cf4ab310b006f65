"""One person as a row of a list gives them: names of columns, values and their limits.

Responsible for turning the texts of one row, or one JSON object, into a typed `PersonRow`, or for
saying what to mend in it. Knows neither files nor the people who are there already.

Invariant: what somebody typed is kept as typed (a name may begin with `=`); making it safe is the
business of whoever writes it into a spreadsheet (`exports.py`).
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping
from typing import Final

import msgspec
from msgspec import UNSET, Struct, UnsetType

from rooms.people import NAME_LIMIT, TAG_LIMIT, TAGS_LIMIT, Mode, Role, web_address

Value = str | int
SHORT_LIMIT = 200
"""Characters of a field."""

LINK_LIMIT = 500
"""Characters of a web address."""

CUSTOM_LIMIT = 2000
"""Characters of a custom field."""

CUSTOM_COLUMNS_LIMIT = 200
"""Custom fields of one person."""

COLUMN_NAME_LIMIT = 80
"""Characters of a custom field's name."""


class Sentence(Struct, frozen=True):
    """An English msgid with {named} values, so that a page can say it in the reader's language."""

    sentence: str
    details: dict[str, Value] = {}

    def __str__(self) -> str:
        return self.sentence.format_map(self.details) if self.details else self.sentence


class BadRow(Exception):
    """One row cannot be imported; the others can."""

    def __init__(self, sentence: str, **details: Value) -> None:
        super().__init__(sentence)
        self.why = Sentence(sentence, dict(details))


class PersonRow(Struct, frozen=True, kw_only=True):
    """One person as a row gives them; what a row leaves out stays as it is."""

    row: int
    name: str | UnsetType = UNSET
    reading: str | UnsetType = UNSET
    family_name: str | UnsetType = UNSET
    given_name: str | UnsetType = UNSET
    title: str | UnsetType = UNSET
    organisation: str | UnsetType = UNSET
    department: str | UnsetType = UNSET
    email: str | UnsetType = UNSET
    phone: str | UnsetType = UNSET
    link: str | UnsetType = UNSET
    interests: tuple[str, ...] | UnsetType = UNSET
    offers: tuple[str, ...] | UnsetType = UNSET
    seeks: tuple[str, ...] | UnsetType = UNSET
    languages: tuple[str, ...] | UnsetType = UNSET
    mode: Mode | UnsetType = UNSET
    role: Role | UnsetType = UNSET
    segment: str | UnsetType = UNSET
    table: int | UnsetType | None = UNSET
    sits_with: str | UnsetType = UNSET
    wishes: tuple[str, ...] | UnsetType = UNSET
    first_timer: bool | UnsetType = UNSET
    external_id: str | UnsetType = UNSET
    custom: dict[str, str] = {}


# What the columns are called

COLUMNS: Final = (
    "name", "email", "phone", "organisation", "department", "title", "family_name", "given_name",
    "reading", "interests", "offers", "seeks", "languages", "mode", "role", "segment", "table",
    "sits_with", "wishes", "first_timer", "link", "external_id",
)  # fmt: skip
"""The contract's columns."""

EMPTY: Final[Mapping[str, object]] = {"table": None, "first_timer": False}
"""What an empty value means where it is no empty text or list."""

LISTS: Final = ("interests", "offers", "seeks", "languages", "wishes")

ALIASES: Final[Mapping[str, str]] = {
    # Luma, Eventbrite, connpass, and what people call things themselves. Compared after `plain`.
    "full name": "name", "display name": "name", "attendee name": "name",
    "表示名": "name", "氏名": "name", "名前": "name", "お名前": "name",
    "first name": "given_name", "given name": "given_name", "名": "given_name",
    "attendee first name": "given_name", "attendee last name": "family_name",
    "attendee email": "email",
    "last name": "family_name", "family name": "family_name", "surname": "family_name",
    "姓": "family_name",
    "フリガナ": "reading", "ふりがな": "reading", "よみがな": "reading", "カナ": "reading",
    "e mail": "email", "email address": "email", "e mail address": "email", "mail": "email",
    "メールアドレス": "email", "メール": "email", "eメール": "email",
    "phone number": "phone", "mobile": "phone", "cell phone": "phone", "telephone": "phone",
    "電話番号": "phone", "電話": "phone", "携帯電話": "phone",
    "company": "organisation", "organization": "organisation", "company name": "organisation",
    "会社": "organisation", "会社名": "organisation", "所属": "organisation",
    "組織": "organisation",
    "部署": "department", "部署名": "department",
    "job title": "title", "position": "title", "役職": "title", "肩書き": "title", "肩書": "title",
    "interest": "interests", "topics": "interests", "興味": "interests", "関心": "interests",
    "興味関心": "interests",
    "offer": "offers", "提供できること": "offers", "seek": "seeks", "求めること": "seeks",
    "language": "languages", "言語": "languages",
    "wish": "wishes", "wishes to meet": "wishes", "会いたい人": "wishes",
    "first time": "first_timer", "first timer": "first_timer", "初参加": "first_timer",
    "セグメント": "segment", "区分": "segment",
    "参加方法": "mode", "役割": "role", "テーブル": "table", "テーブル番号": "table",
    "website": "link", "url": "link", "リンク": "link",
    "external id": "external_id", "attendee #": "external_id", "guest id": "external_id",
    "attendee id": "external_id",
    "api id": "external_id", "ユーザー名": "external_id", "username": "external_id",
    "user name": "external_id",
}  # fmt: skip

STATUS_COLUMNS: Final = (
    "approval status", "attendee status", "order status", "参加ステータス", "participation status",
)  # fmt: skip
NOT_COMING: Final = frozenset({
    "declined", "rejected", "cancelled", "canceled", "not attending", "deleted", "refunded",
    "transferred", "waitlist", "waitlisted", "pending approval", "pending", "invited",
    "補欠", "不参加", "欠席", "辞退", "抽選落選", "落選", "抽選待ち",
})  # fmt: skip
"""States of Luma, Eventbrite and connpass in which somebody has no place at the event."""

CANCELLED: Final = ("キャンセル", "cancel", "退会")
"""What such a state holds, however it is worded: 参加キャンセル, “Cancelled by organiser”."""

LEFT_SERVICE: Final = "(退会ユーザー)"
"""How connpass names somebody who has left it."""


def is_not_coming(status: str) -> bool:
    """Says whether a state of another service means that somebody has no place at the event.

    >>> is_not_coming("参加キャンセル"), is_not_coming("Attending"), is_not_coming("Not Attending")
    (True, False, True)
    """
    state = plain(status)
    return state in NOT_COMING or any(word in state for word in CANCELLED)


MODES: Final[Mapping[str, Mode]] = {
    "online": Mode.ONLINE, "remote": Mode.ONLINE, "virtual": Mode.ONLINE, "オンライン": Mode.ONLINE,
    "on site": Mode.ON_SITE, "onsite": Mode.ON_SITE, "in person": Mode.ON_SITE,
    "会場": Mode.ON_SITE, "現地": Mode.ON_SITE, "来場": Mode.ON_SITE,
}  # fmt: skip

ANSWERS: Final[Mapping[str, bool]] = {
    **dict.fromkeys(("yes", "y", "true", "1", "x", "✓", "✔", "はい", "○"), True),
    **dict.fromkeys(("no", "n", "false", "0", "いいえ", "×"), False),
}  # fmt: skip
"""Compared after `plain`."""

ROLES: Final[Mapping[str, Role]] = {role.value: role for role in Role if role != Role.ORGANISER}


def plain(header: str) -> str:
    """Returns the form in which column names and codes are compared."""
    folded = unicodedata.normalize("NFKC", header).casefold()
    return " ".join(folded.replace("_", " ").replace("-", " ").split())


def is_column(header: str) -> bool:
    """Says whether a column's name is one that this program knows."""
    name = plain(header)
    return name in ALIASES or name.replace(" ", "_") in COLUMNS


# Values


def split(text: str, separators: str) -> list[str]:
    return re.split(f"[{re.escape(separators)}\n]", text)


def typed_row(
    row: int,
    texts: Mapping[str, str],
    lists: Mapping[str, list[str]],
    custom: dict[str, str],
) -> PersonRow:
    """Returns a row whose values all keep the limits; raises BadRow for the first that does not."""
    typed: dict[str, object] = {}
    for field, value in texts.items():
        typed[field] = _value(field, value)
    for field, words in lists.items():
        typed[field] = _tags(field, words)
    name = typed.get("name") or _joined_name(
        str(typed.get("family_name", "")), str(typed.get("given_name", ""))
    )
    if name:
        typed["name"] = limited(str(name), NAME_LIMIT, "name")
    return msgspec.convert({"row": row, "custom": custom, **typed}, PersonRow, strict=False)


def _value(field: str, value: str) -> object:
    match field:
        case "name":
            return limited(value, NAME_LIMIT, field)
        case "email":
            return _email(limited(value, SHORT_LIMIT, field))
        case "link":
            return _link(limited(value, LINK_LIMIT, field))
        case "mode":
            if plain(value) not in MODES:
                raise BadRow(
                    "The mode “{value}” is not known: write “online” or “on-site”.",
                    value=value[:40],
                )
            return MODES[plain(value)]
        case "role":
            if plain(value) not in ROLES:
                raise BadRow(
                    "The role “{value}” is not known: write one of {roles}.",
                    value=value[:40],
                    roles=", ".join(ROLES),
                )
            return ROLES[plain(value)]
        case "first_timer":
            if plain(value) not in ANSWERS:
                raise BadRow("“{value}” is neither yes nor no.", value=value[:40])
            return ANSWERS[plain(value)]
        case "table":
            digits = unicodedata.normalize("NFKC", value)
            if not re.fullmatch(r"[0-9]{1,5}", digits) or int(digits) < 1:
                raise BadRow("The table “{value}” is not a number from 1 up.", value=value[:40])
            return int(digits)
        case _:
            return limited(value, SHORT_LIMIT, field)


def _tags(field: str, words: Iterable[str]) -> tuple[str, ...]:
    tags = tuple(dict.fromkeys(tag for tag in (" ".join(word.split()) for word in words) if tag))
    if len(tags) > TAGS_LIMIT:
        raise BadRow(
            "The column “{column}” lists {count} things; at most {most} are kept.",
            column=field,
            count=len(tags),
            most=TAGS_LIMIT,
        )
    for tag in tags:
        limited(tag, SHORT_LIMIT if field == "wishes" else TAG_LIMIT, field)
    return tags


SURROGATES = re.compile("[\ud800-\udfff]")
"""What undecodable bytes became."""

UNSEEN = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]")
"""Unicode's category Cc but line feed and tab."""


def clean(cell: str, column: str) -> str:
    """Returns a cell without control characters and outer white space; raises BadRow."""
    if SURROGATES.search(cell):
        raise BadRow(
            "The column “{column}” has bytes that are not UTF-8: save the list as “CSV UTF-8”.",
            column=" ".join(column.split())[:COLUMN_NAME_LIMIT],
        )
    lines = cell.replace("\r\n", "\n").replace("\r", "\n")
    return UNSEEN.sub("", lines).strip()


def limited(value: str, most: int, column: str) -> str:
    if len(value) > most:
        raise BadRow(
            "The column “{column}” has {count} characters; at most {most} are kept.",
            column=column,
            count=len(value),
            most=most,
        )
    return value


def _email(value: str) -> str:
    address = unicodedata.normalize("NFKC", value)
    if not re.fullmatch(r"[^@\s,;<>\"]+@[^@\s,;<>\"]+", address):
        raise BadRow("“{value}” is not an e-mail address.", value=value[:80])
    return address


def _link(value: str) -> str:
    address = web_address(value)
    if address is None:
        raise BadRow("“{value}” is not a web address that begins with https://.", value=value[:80])
    return address


def _joined_name(family: str, given: str) -> str:
    """Returns a whole name: family name first where the script says so, else last."""
    eastern = any("\u3040" <= c <= "\u30ff" or "\u4e00" <= c <= "\u9fff" for c in family + given)
    parts = (family, given) if eastern else (given, family)
    return " ".join(part for part in parts if part)


def read_object(row: int, person: object) -> PersonRow:
    """Returns one person given as a JSON object; raises BadRow."""
    if not isinstance(person, dict):
        raise BadRow("It is not an object with a “name”.")
    texts: dict[str, str] = {}
    lists: dict[str, list[str]] = {}
    custom: dict[str, str] = {}
    emptied: dict[str, object] = {}
    for field, value in person.items():
        name = str(field)
        if value is None or value == "" or value == []:
            if name in COLUMNS and name not in ("name", "mode", "role", "email", "external_id"):
                emptied[name] = () if name in LISTS else EMPTY.get(name, "")
        elif name in LISTS:
            words = value if isinstance(value, list) else split(_text(name, value), ";；")
            lists[name] = [clean(_text(name, word), name) for word in words]
        elif name in COLUMNS:
            texts[name] = clean(_text(name, value), name)
        elif name == "custom" and isinstance(value, dict):
            for key, inner in value.items():
                custom[str(key)] = clean(_text(str(key), inner), str(key))
        else:
            custom[name] = clean(_text(name, value), name)
    if len(custom) > CUSTOM_COLUMNS_LIMIT:
        raise BadRow("It fills more than {most} columns.", most=CUSTOM_COLUMNS_LIMIT)
    for key, inner in custom.items():
        limited(key, COLUMN_NAME_LIMIT, key[:COLUMN_NAME_LIMIT])
        limited(inner, CUSTOM_LIMIT, key)
    typed = typed_row(row, {f: v for f, v in texts.items() if v}, lists, custom)
    return msgspec.structs.replace(typed, **emptied)


def _text(field: str, value: object) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str | int | float):
        return str(value)
    raise BadRow("The field “{column}” must be a text.", column=field[:COLUMN_NAME_LIMIT])
