"""Excel workbooks as lists: the first sheet of an .xlsx file, row by row.

Responsible for opening the zip, and for the cells' texts. Knows nothing of people, formulas (their
last value is read), dates (they are the numbers Excel keeps) or styles.

Invariant: a file made to harm costs no more than its limits: so many bytes unpacked, no entities
(the attack: a few kilobytes of XML or zip that become gigabytes).
"""

from __future__ import annotations

import io
import posixpath
import re
import zipfile
import zlib
from collections.abc import Iterator
from xml.etree import ElementTree

from server.delimited import Unreadable

UNPACKED_LIMIT = 200 * 1024 * 1024
"""Bytes of one part of a workbook, unpacked."""

COLUMNS_LIMIT = 16_384
"""Columns a sheet can have in Excel."""

_MAIN = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
_LINK = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"

Rows = list[tuple[int, list[str] | None]]


def is_workbook(data: bytes) -> bool:
    """Says whether a file is a zip, as .xlsx files are, whatever its name says."""
    return data.startswith(b"PK\x03\x04")


def is_old_workbook(data: bytes) -> bool:
    """Says whether a file is one of Excel 97 to 2003 (.xls), or one locked by a password."""
    return data.startswith(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1")


def sheet_rows(data: bytes) -> tuple[Rows, str]:
    """Returns the first sheet's rows with their numbers, and the name of that sheet.

    Raises Unreadable for a zip that is no workbook, or one that is broken or too big.
    """
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as book:
            name, path = _first_sheet(book)
            texts = _shared_texts(book)
            return list(_rows(_part(book, path), texts)), name
    except (
        zipfile.BadZipFile, KeyError, IndexError, ValueError, EOFError, NotImplementedError,
        RuntimeError, zlib.error, ElementTree.ParseError,
    ) as error:  # fmt: skip
        raise Unreadable(
            "unreadable-workbook",
            "This is no Excel workbook that can be read: open it in Excel, save it as “CSV UTF-8”"
            " and bring that file.",
        ) from error


def _part(book: zipfile.ZipFile, path: str) -> bytes:
    """Returns one part, unpacked; raises Unreadable for one that is too big."""
    with book.open(path) as part:
        content = part.read(UNPACKED_LIMIT + 1)  # what the zip says of its size may be a lie
    if len(content) > UNPACKED_LIMIT:
        raise Unreadable("too-big", "The workbook is too big: save the list alone as “CSV UTF-8”.")
    if b"<!DOCTYPE" in content[:4096] or b"<!ENTITY" in content:
        raise ValueError("entities in a workbook")
    return content


def _first_sheet(book: zipfile.ZipFile) -> tuple[str, str]:
    """Returns the name and the path of the first sheet that is shown."""
    root = ElementTree.fromstring(_part(book, "xl/workbook.xml"))
    sheets = list(root.iter(f"{_MAIN}sheet"))
    shown = [sheet for sheet in sheets if sheet.get("state", "visible") == "visible"] or sheets
    first = shown[0]
    links = ElementTree.fromstring(_part(book, "xl/_rels/workbook.xml.rels"))
    targets = {link.get("Id"): link.get("Target", "") for link in links}
    target = targets[first.get(_LINK)]
    path = target.lstrip("/") if target.startswith("/") else posixpath.join("xl", target)
    return first.get("name", ""), posixpath.normpath(path)


def _shared_texts(book: zipfile.ZipFile) -> list[str]:
    if "xl/sharedStrings.xml" not in book.namelist():
        return []
    root = ElementTree.fromstring(_part(book, "xl/sharedStrings.xml"))
    return [_text(item) for item in root.findall(f"{_MAIN}si")]


def _text(item: ElementTree.Element) -> str:
    """Returns a text without its furigana, which Japanese Excel keeps inside (`rPh`)."""
    own = item.findall(f"{_MAIN}t") + item.findall(f"{_MAIN}r/{_MAIN}t")
    return "".join(part.text or "" for part in own)


def _rows(sheet: bytes, texts: list[str]) -> Iterator[tuple[int, list[str] | None]]:
    number = 0
    for _, row in ElementTree.iterparse(io.BytesIO(sheet), events=("end",)):
        if row.tag != f"{_MAIN}row":
            continue
        number = int(row.get("r") or number + 1)
        cells: list[str] = []
        for cell in row.iterfind(f"{_MAIN}c"):
            at = _column(cell.get("r", "")) or len(cells) + 1
            if at > COLUMNS_LIMIT:
                raise ValueError("too many columns")
            cells += [""] * (at - 1 - len(cells))
            cells.append(_value(cell, texts))
        row.clear()
        while cells and not cells[-1]:
            cells.pop()
        yield number, cells


def _column(reference: str) -> int:
    """Returns the number of a cell's column, from 1 (`B7`: 2); 0: the cell does not say."""
    number = 0
    for letter in re.match("[A-Z]{0,3}", reference)[0]:  # type: ignore[index]  # it may be empty
        number = number * 26 + ord(letter) - 64
    return number


def _value(cell: ElementTree.Element, texts: list[str]) -> str:
    kind = cell.get("t", "n")
    if kind == "inlineStr":
        inner = cell.find(f"{_MAIN}is")
        return _text(inner) if inner is not None else ""
    value = cell.findtext(f"{_MAIN}v", "")
    if kind == "s":
        return texts[int(value)] if value else ""
    if kind == "b":
        return {"1": "yes", "0": "no"}.get(value, value)
    if kind == "e":  # #N/A and the like are no text of anybody's
        return ""
    return _number(value) if kind == "n" else value


def _number(value: str) -> str:
    """Returns a number as people write it: a phone number typed as one is `9.012345678E9` there."""
    try:
        number = float(value)
    except ValueError:
        return value
    return str(int(number)) if number.is_integer() and abs(number) < 1e15 else value
