"""A CSV file as spreadsheet programs save it: records with the line that each begins in."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from sheetreport.errors import Message, UsageError, reason_of

MAX_BYTES = 10_000_000
_DELIMITERS = (";", ",", "\t")
_SEPARATOR = re.compile(r'"?sep=([;,\t|])"?', re.IGNORECASE)  # a line that Excel reads and doesn't show
# What no text of that code page holds: two alphabets inside a word, letters that Windows shows for those of
# another page.
_MISREAD = re.compile(r"[A-Za-z][А-яЁё]|[А-яЁё][A-Za-z]|[а-яё]Я|[ЃѓЌќ‚†‡‰]")
# What the csv module says of a text that is no CSV, by a part of it.
_TORN = {
    "unexpected end of data": Message("clients_file.open_quote", {}),
    "expected after": Message("clients_file.text_behind_quote", {}),
    "field larger than": Message("clients_file.long_cell", {}),
}


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
        raise UsageError("files.cant_read", path=path, why=reason_of(error)) from error
    if len(data) > MAX_BYTES:
        raise UsageError("clients_file.too_large", path=path, most=MAX_BYTES // 1_000_000)
    if data[:2] in (b"PK", b"\xd0\xcf"):
        raise UsageError("clients_file.workbook", path=path)
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
        raise UsageError("clients_file.no_letters", path=path, line=str(line)) from error
    odd = _MISREAD.search(text) if encoding == "cp1251" else None
    if odd:
        line = text.count("\n", 0, odd.start()) + 1
        raise UsageError("clients_file.code_page", path=path, line=str(line))
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
        told = str(error)
        problem = next((words for part, words in _TORN.items() if part in told), told)
        raise UsageError("clients_file.no_csv", path=path, line=str(begins), problem=problem) from error
