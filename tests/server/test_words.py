"""Words: the catalogue holds every sentence that a person may read, and languages are chosen."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from babel.messages.pofile import read_po
from starlette.requests import Request

from rooms.people import Details
from rooms.refusal import Refusal
from rooms.standing import WITHOUT_SEAT
from server import words
from server.files import LOCALE, STATIC, TEMPLATES
from server.pages import consent

ROOT = Path(__file__).resolve().parents[2]

SENTENCES = {
    "Refusal": 1, "WireError": 0, "Problem": 2, "Unreadable": 1, "Sentence": 0, "BadRow": 0,
    "gettext": 0, "ngettext": 0, "_": 0, "_Wrong": 1,
}  # fmt: skip
"""Callables that are given a msgid, and at which place."""

ELSEWHERE = {
    "server/doctor.py", "server/demo/run.py", "server/settings.py",
}  # fmt: skip
"""What speaks on a terminal, which is English."""


def in_python() -> Iterator[tuple[str, str]]:
    """Yields (msgid, where) for every sentence in the two packages."""
    for path in sorted([*(ROOT / "rooms").rglob("*.py"), *(ROOT / "server").rglob("*.py")]):
        where = path.relative_to(ROOT).as_posix()
        if where in ELSEWHERE or where.startswith(("server/cli/", "server/rehearsal/")):
            continue
        tree = ast.parse(path.read_text(encoding="utf-8"))
        for node in ast.walk(tree):
            yield from ((msgid, where) for msgid in _given(node))
            if isinstance(node, ast.Assign | ast.AnnAssign) and path.parent.name == "pages":
                yield from ((msgid, where) for msgid in _constants(node))
        if where == "rooms/programme.py":
            yield from (
                (msgid, where) for msgid in re.findall(r'ValueError\("([^"]+)"', ast.unparse(tree))
            )


def _given(node: ast.AST) -> Iterator[str]:
    if not isinstance(node, ast.Call):
        return
    name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
    if name == "ngettext":
        node = ast.Call(func=node.func, args=node.args[:1], keywords=[])
    if name in SENTENCES and len(node.args) > SENTENCES[name]:
        argument = node.args[SENTENCES[name]]
        if isinstance(argument, ast.Constant) and isinstance(argument.value, str):
            yield argument.value


def _constants(node: ast.Assign | ast.AnnAssign) -> Iterator[str]:
    """Yields the sentences of a page module's constants (capitals; headings, wording, labels)."""
    target = node.targets[0] if isinstance(node, ast.Assign) else node.target
    if isinstance(target, ast.Name) and target.id.isupper() and node.value is not None:
        for inner in ast.walk(node.value):
            if (
                isinstance(inner, ast.Constant)
                and isinstance(inner.value, str)
                and " " in inner.value
            ):
                yield inner.value


def in_templates() -> Iterator[tuple[str, str]]:
    """Yields (msgid, where) for every sentence in the templates."""
    for path in sorted(TEMPLATES.rglob("*.html")):
        text = path.read_text(encoding="utf-8")
        for quoted in re.findall(
            r"\b(?:_|ngettext)\(\s*(\"(?:[^\"\\]|\\.)*\"|'(?:[^'\\]|\\.)*')", text
        ):
            yield ast.literal_eval(quoted), path.name


def in_scripts() -> Iterator[tuple[str, str]]:
    """Yields (msgid, where) for every sentence in the pages' scripts."""
    for path in sorted(STATIC.rglob("*.js")):
        if "vendor" in path.parts:
            continue
        text = path.read_text(encoding="utf-8")
        call = r"\b(?:t|tn|parts)\(\s*(\"(?:[^\"\\\n]|\\.)*\"|'(?:[^'\\\n]|\\.)*')"
        for quoted in re.findall(call, text):
            yield ast.literal_eval(quoted), path.relative_to(STATIC).as_posix()


@pytest.mark.parametrize("source", [in_python, in_templates, in_scripts])
def test_every_sentence_is_in_the_japanese_catalogue(source: object) -> None:
    japanese = words.words("ja")
    found = list(source())  # type: ignore[operator]
    assert len(found) > 20
    missing = {
        msgid: where
        for msgid, where in found
        if msgid not in japanese.sentences and msgid not in japanese.counted
    }
    listed = "\n".join(f"{where}: {msgid!r}" for msgid, where in missing.items())
    assert not missing, f"not in ja.po:\n{listed}"


def test_translations_keep_the_named_places() -> None:
    with (LOCALE / "ja.po").open("rb") as file:
        catalogue = read_po(file, locale="ja")
    for message in catalogue:
        if not message.id:
            continue
        source = message.id if isinstance(message.id, str) else message.id[-1]
        forms = [message.string] if isinstance(message.string, str) else list(message.string or ())
        for form in forms:
            unknown = set(re.findall(r"\{(\w+)\}", form)) - set(re.findall(r"\{(\w+)\}", source))
            assert not unknown, f"{source!r} has no {unknown}"


def test_the_consents_words_are_all_translated() -> None:
    japanese = consent.asked(words.words("ja"), Details(title="茶会", series="茶"), 90)
    english = consent.asked(words.words("en"), Details(title="Tea", series="Teas"), 90)
    assert not set(japanese.paragraphs) & set(english.paragraphs)
    assert "茶会" in "".join(japanese.paragraphs)
    assert japanese.series.startswith("「茶」の会で")
    assert not consent.asked(words.words("ja"), Details(title="茶会"), 90).series


def test_a_sentence_gets_its_values_and_a_missing_one_stays_visible() -> None:
    assert words.sentence("en", Refusal("x", "At most {most}.", most=3)) == "At most 3."
    assert words.fill("{name} and {other}", {"name": "Ana"}) == "Ana and {other}"


def test_what_counts_takes_the_right_form() -> None:
    english, japanese = words.words("en"), words.words("ja")
    assert english.ngettext("{n} person", "{n} people", 1) == "1 person"
    assert english.ngettext("{n} person", "{n} people", 2) == "2 people"
    assert japanese.ngettext("{n} person", "{n} people", 2) != "2 people"


def request(cookie: str = "", accept: str = "") -> Request:
    headers = [(b"cookie", cookie.encode()), (b"accept-language", accept.encode())]
    return Request({"type": "http", "method": "GET", "path": "/", "headers": headers})


@pytest.mark.parametrize(
    ("cookie", "accept", "locale", "language"),
    [
        ("", "", "", "en"),
        ("", "", "ja", "ja"),
        ("", "ja-JP,ja;q=0.9,en;q=0.5", "en", "ja"),
        ("", "fr, en;q=0.4, ja;q=0.8", "en", "ja"),
        ("", "fr", "ja", "ja"),
        ("", "ja;q=0, en;q=x", "", "en"),
        ("meguri_language=ja", "en", "en", "ja"),
        ("meguri_language=xx", "en", "ja", "en"),
    ],
)
def test_the_language_is_the_chosen_one_else_the_browsers_else_the_events(
    cookie: str, accept: str, locale: str, language: str
) -> None:
    assert words.language(request(cookie, accept), locale) == language


def test_scripts_get_the_words_they_use() -> None:
    assert words.for_scripts("en") == {}
    japanese = words.for_scripts("ja")
    used = {msgid for msgid, _ in in_scripts()}
    assert used <= set(japanese)


def test_instants_are_written_in_the_events_zone() -> None:
    at = 1_795_000_000_000
    assert words.iso(at) == "2026-11-18T11:06:40Z"
    assert words.iso(at, "Asia/Tokyo") == "2026-11-18T20:06:40+09:00"
    assert "20:06" in words.day_and_time("ja", at, "Asia/Tokyo")
    assert "月" in words.day_and_time("ja", at, "Asia/Tokyo")
    assert words.zone("Nowhere/Land").key == "UTC"


@pytest.mark.parametrize(
    "page",
    ["static/attendee/wording.js", "static/host/sentences.js", "server/console/sentences.py"],
)
def test_every_reason_for_having_no_seat_has_words_on_each_page(page: str) -> None:
    written = (ROOT / page).read_text(encoding="utf-8")
    assert not [code for code in WITHOUT_SEAT if f'"{code}"' not in written]
