"""Files of rows as spreadsheets and ticket services write them: bytes → text → records of cells.

Responsible for encodings, delimiters and quotation marks; knows nothing of people. The unit is the
row here too: a huge cell or an open quotation mark costs its own row, never the file.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable, Iterator, Sequence

from server.person_rows import Sentence, Value

MEBIBYTE = 1024 * 1024
DATA_LIMIT = 20 * MEBIBYTE
"""The largest file that is read."""

HEADER_LOOK = 100_000
"""How many characters of the first line are looked at to tell the delimiter."""


class Unreadable(Exception):
    """The file as a whole cannot be imported; nothing has landed."""

    def __init__(self, code: str, sentence: str, **details: Value) -> None:
        super().__init__(sentence)
        self.code = code
        self.sentence = sentence
        self.details: dict[str, Value] = details


# Bytes to text


def decode(data: bytes) -> tuple[str, list[Sentence]]:
    """Returns the text of a file in UTF-8, UTF-16 with a mark, CP932 or Windows-1252, with remarks.

    Bytes that are no UTF-8 in a file that plainly is, or in one that was put together of two,
    become lone surrogates: their rows are rejected later. Raises Unreadable when nothing fits.
    """
    if data[:2] in (b"\xff\xfe", b"\xfe\xff"):
        try:
            return data.decode("utf-16"), []
        except UnicodeDecodeError as error:
            raise Unreadable("unreadable-file", NOT_TEXT) from error
    if data.startswith(b"\xef\xbb\xbf"):
        return data[3:].decode("utf-8", "surrogateescape"), []
    try:
        return data.decode("utf-8"), []
    except UnicodeDecodeError:
        pass
    if _is_mostly_utf8(data) or _is_partly_utf8(data):
        return data.decode("utf-8", "surrogateescape"), []
    try:
        japanese = data.decode("cp932")
    except UnicodeDecodeError:
        japanese = ""
    if japanese and _looks_japanese(japanese):
        return japanese, [Sentence("The file was read as Japanese Windows text (CP932).")]
    try:
        western = data.decode("cp1252")
    except UnicodeDecodeError:
        western = ""
    if western and "\x00" not in western:
        return western, [Sentence("The file was read as Western Windows text (Windows-1252).")]
    raise Unreadable("unreadable-file", NOT_TEXT)


NOT_TEXT = "This is not a text file that can be read: save the list as “CSV UTF-8” and try again."


def _is_mostly_utf8(data: bytes) -> bool:
    text = data.decode("utf-8", "surrogateescape")
    bad = sum(1 for c in text if "\udc80" <= c <= "\udcff")
    good = sum(1 for c in text if c > "\x7f") - bad
    return good > 2 * bad


def _is_partly_utf8(data: bytes) -> bool:
    """Says whether a line is Japanese in UTF-8: common Japanese in CP932 never looks so."""
    for line in data.splitlines():
        try:
            if any(c >= "\u0800" for c in line.decode("utf-8")):
                return True
        except UnicodeDecodeError:
            continue
    return False


def _looks_japanese(text: str) -> bool:
    """Tells CP932 from Windows-1252, both of which can decode the other's bytes.

    Accented letters read as CP932 become rare or private characters (lead bytes from E0 up), while
    Japanese is mostly kana and common kanji (lead bytes below).
    """
    common = rare = 0
    for character in text:
        if character > "\x7f":
            lead = character.encode("cp932", "replace")[0]
            common += 0x81 <= lead <= 0x9F
            rare += lead >= 0xE0
    return common > rare


_NO_TEXT = re.compile("[\ud800-\udfff]")


def readable(text: str) -> str:
    """Returns a text with the sign for what could not be read in the place of such bytes."""
    return _NO_TEXT.sub("\N{REPLACEMENT CHARACTER}", text)


# Text to records


def records(text: str, delimiter: str) -> Iterator[tuple[int, list[str] | None]]:
    """Yields (row number, cells), rows counted as a spreadsheet does; None: a quote never closes.

    An open quotation mark would swallow the rest of the file: that row is given up and reading goes
    on in the line below it.
    """
    lines = list(io.StringIO(text, newline=""))
    start, row = 0, 0
    while start < len(lines):
        reader = csv.reader(lines[start:], delimiter=delimiter)
        before = 0
        for cells in reader:
            row += 1
            first, before = start + before, reader.line_num
            if start + before >= len(lines) and _is_open(lines[first:], delimiter):
                yield row, None
                start = first + 1
                break
            yield row, cells
        else:
            return


def _is_open(lines: Sequence[str], delimiter: str) -> bool:
    """Says whether these lines end within a quotation that nothing closes."""
    if len(lines) < 1 or '"' not in "".join(lines):
        return False
    try:
        for _ in csv.reader(lines, delimiter=delimiter, strict=True):
            pass
    except csv.Error as error:
        return "unexpected end of data" in str(error)
    return False


def find_delimiter(text: str, is_column: Callable[[str], bool]) -> str:
    """Returns what separates the header's columns: comma, semicolon or tab.

    The one that finds the most columns for which `is_column` holds, else the most columns.
    """

    def known(delimiter: str) -> tuple[int, int]:
        header = next(csv.reader(io.StringIO(first), delimiter=delimiter), [])
        return sum(map(is_column, header)), len(header)

    first = (text.lstrip("\r\n")[:HEADER_LOOK].splitlines() or [""])[0] + "\n"
    return max((",", ";", "\t"), key=known)
