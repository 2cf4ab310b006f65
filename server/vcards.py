"""vCards: a person as address books read them, in versions 3.0 (RFC 2426) and 4.0 (RFC 6350).

Responsible for escaping and folding. Deliberately decides nothing about what may be shown: it is
given a card, which everybody may see, and the contact fields that its owner chose for the reader.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from rooms.people import Card

LINE_BYTES = 75
"""RFC 6350, 3.2: longer lines are folded."""

VERSIONS = ("3.0", "4.0")


def vcard(card: Card, fields: Mapping[str, str], version: str = "3.0", met: str = "") -> str:
    """Returns a person's vCard. `fields`: contact fields by name; `met`: where, as a note."""
    name = _clean(card.name)
    lines = ["BEGIN:VCARD", f"VERSION:{version}", f"FN:{_text(name)}", f"N:{_name(name)}"]
    if card.reading:
        sort = _text(_clean(card.reading))
        lines.append(f"SORT-STRING:{sort}" if version == "3.0" else f"X-PHONETIC-LAST-NAME:{sort}")
    if card.organisation:
        parts = [card.organisation, *([card.department] if card.department else [])]
        lines.append("ORG:" + ";".join(_text(_clean(part)) for part in parts))
    if card.title:
        lines.append(f"TITLE:{_text(_clean(card.title))}")
    if email := fields.get("email"):
        kind = "EMAIL;TYPE=INTERNET" if version == "3.0" else "EMAIL"
        lines.append(f"{kind}:{_text(_clean(email))}")
    if phone := fields.get("phone"):
        lines.append(_phone(phone, version))
    if link := fields.get("link"):
        lines.append(f"URL:{_clean(link)}")
    if met:
        lines.append(f"NOTE:{_text(_clean(met))}")
    lines += [f"UID:{_uid(card.id, version)}", "END:VCARD"]
    return "".join(f"{_folded(line)}\r\n" for line in lines)


def _phone(phone: str, version: str) -> str:
    number = _clean(phone)
    if version == "4.0" and re.fullmatch(r"\+?[0-9 ()./-]+", number):
        return "TEL;VALUE=uri:tel:" + re.sub(r"[^+0-9]", "-", number)
    return f"TEL:{_text(number)}"


def _uid(id: str, version: str) -> str:
    return f"meguri-{id}" if version == "3.0" else f"urn:meguri:{id}"


def _name(name: str) -> str:
    """Returns the structured name: only as many parts as the card itself tells apart."""
    given, _, family = name.rpartition(" ")
    if not given or any(c > "\u02ff" for c in name):  # 花子, or 山田 花子: the family comes first
        first, _, rest = name.partition(" ")
        return f"{_text(first)};{_text(rest)};;;" if rest else f";{_text(name)};;;"
    return f"{_text(family)};{_text(given)};;;"


def _clean(value: str) -> str:
    """Returns a value on one line: a name with a line break could begin a property of its own."""
    return " ".join("".join(c if c >= " " and c != "\x7f" else " " for c in value).split())


def _text(value: str) -> str:
    return value.replace("\\", "\\\\").replace(";", "\\;").replace(",", "\\,")


def _folded(line: str) -> str:
    """Returns a line folded after at most 75 bytes, never within a character."""
    pieces, piece, length = [], "", 0
    for c in line:
        size = len(c.encode())
        if length + size > LINE_BYTES:
            pieces.append(piece)
            piece, length = "", 1
        piece += c
        length += size
    return "\r\n ".join([*pieces, piece])
