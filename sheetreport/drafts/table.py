"""A CSV file as spreadsheet programs save it: records with the line that each begins in."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from sheetreport.errors import UsageError

MAX_BYTES = 10_000_000
_DELIMITERS = (";", ",", "\t")
_SEPARATOR = re.compile(r'"?sep=([;,\t|])"?', re.IGNORECASE)  # a line that Excel reads and doesn't show
# What no text of that code page holds: two alphabets inside a word, letters that Windows shows for those of
# another page.
_MISREAD = re.compile(r"[A-Za-z][А-яЁё]|[А-яЁё][A-Za-z]|[а-яё]Я|[ЃѓЌќ‚†‡‰]")
_MEND = "save it anew as “CSV UTF-8”"


@dataclass(frozen=True, slots=True)
class Record:
    """The cells of one record and the line of the file that it begins in."""

    line: int
    cells: tuple[str, ...]


def read_table(path: Path, known: Callable[[str], bool]) -> tuple[Record, ...]:
    """The records of a CSV file, blank ones left out. Raises UsageError.

    `known` says whether a text is a heading we expect, which tells what stands between the cells.
    """
    text = _text(_content(path), path)
    first, _, rest = text.partition("\n")
    stated = _SEPARATOR.fullmatch(first.strip())
    if stated:
        return tuple(_records(rest, stated[1], path, first_line=2))
    delimiter = max(_DELIMITERS, key=lambda sign: _headings(text, sign, known))
    return tuple(_records(text, delimiter, path, first_line=1))


def _content(path: Path) -> bytes:
    try:
        with path.open("rb") as file:
            data = file.read(MAX_BYTES + 1)
    except OSError as error:
        raise UsageError(f"can't read {path}: {error.strerror or error}") from error
    if len(data) > MAX_BYTES:
        raise UsageError(f"{path}: larger than {MAX_BYTES // 1_000_000} MB: that is no list of clients")
    if data[:2] in (b"PK", b"\xd0\xcf"):
        raise UsageError(f"{path}: a workbook, not a CSV file: in Excel choose Save As → CSV UTF-8")
    return data


def _text(data: bytes, path: Path) -> str:
    """The text in one of the encodings in which Excel saves CSV.

    They need no guessing: UTF-8 and UTF-16 either say so or can be told by their form, and the rest is the
    code page of a Russian Windows, where anything else would show as letters that no word has side by side.
    """
    if data[:2] in (b"\xff\xfe", b"\xfe\xff"):
        encoding = "utf-16"
    else:
        try:
            return data.decode("utf-8-sig")
        except UnicodeDecodeError:
            encoding = "cp1251"
    try:
        text = data.decode(encoding)
    except UnicodeDecodeError as error:
        line = data[: error.start].count(b"\n") + 1
        raise UsageError(f"{path}:{line}: the letters can't be read: {_MEND}") from error
    odd = _MISREAD.search(text) if encoding == "cp1251" else None
    if odd:
        line = text.count("\n", 0, odd.start()) + 1
        raise UsageError(f"{path}:{line}: the letters are in a code page that can't be told: {_MEND}")
    return text


def _headings(text: str, delimiter: str, known: Callable[[str], bool]) -> int:
    """How many headings the first record has if this sign stands between the cells."""
    try:
        return sum(map(known, next(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter), [])))
    except csv.Error:
        return 0


def _records(text: str, delimiter: str, path: Path, first_line: int) -> Iterator[Record]:
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    begins = first_line
    try:
        for cells in reader:
            if any(cell.strip() for cell in cells):
                yield Record(begins, tuple(cells))
            begins = reader.line_num + first_line
    except csv.Error as error:
        raise UsageError(f"{path}:{begins}: not CSV from here on: {error}") from error
