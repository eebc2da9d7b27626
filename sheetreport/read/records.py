"""Answers of tables and blocks: records as far as they go, each with its cells read by type."""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from sheetreport.catalog.definitions import Layout, SheetDef
from sheetreport.model import Finding, Repair, Row, Severity, State
from sheetreport.read.book import Area, Book
from sheetreport.read.context import Context
from sheetreport.read.fields import read_field
from sheetreport.read.headings import block_name, name_of
from sheetreport.read.words import key

MAX_RECORDS = 300
MAX_BLOCKS = 30

_MOST_BLANK_ROWS = 10

_TOTALS = ("итого", "всего", "total")
_SUM = re.compile(r"\b(?:SUM|SUBTOTAL)\(", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Records:
    """The rows of a table with what there is to say about their cells."""

    rows: tuple[Row, ...] = ()
    findings: tuple[Finding, ...] = ()
    repairs: tuple[Repair, ...] = ()


def read_records(sheet: SheetDef, names: Mapping[str, Area], book: Book, context: Context) -> Records:
    """The filled records of a sheet; a blank row keeps its number but gives no record."""
    rows: list[Row] = []
    findings: list[Finding] = []
    repairs: list[Repair] = []
    for index, areas in places_of(sheet, names, book):
        if index > MAX_RECORDS:
            source = next(iter(areas.values())).source
            findings.append(Finding("S-13", Severity.WARNING, source, params={"limit": MAX_RECORDS}))
            break
        fields = {field.id: field for field in sheet.fields if field.id in areas}
        parts = {id_: read_field(fields[id_], area, book, context) for id_, area in areas.items()}
        if all(part.value.state is State.BLANK for part in parts.values()):
            continue
        subject = parts[sheet.subject].value if sheet.subject in parts else None
        name = str(subject.value) if subject is not None and subject.state is State.VALUE else ""
        rows.append(Row(index, name, {id_: part.value for id_, part in parts.items()}))
        if subject is not None and subject.state is State.BLANK and not sheet.core:  # core ones are checked
            findings.append(Finding("S-19", Severity.WARNING, subject.source, sheet.subject))
        for part in parts.values():
            findings += (_in_row(finding, index, name) for finding in part.findings)
            repairs += part.repairs
    return Records(tuple(rows), tuple(findings), tuple(repairs))


def places_of(
    sheet: SheetDef, names: Mapping[str, Area], book: Book
) -> Iterator[tuple[int, dict[str, Area]]]:
    """The areas of each record by field, with the record's number."""
    return _blocks(sheet, names) if sheet.layout is Layout.BLOCKS else _lines(sheet, names, book)


def _in_row(finding: Finding, index: int, subject: str) -> Finding:
    params = {**finding.params, "index": index, "subject": subject or str(index)}
    return dataclasses.replace(finding, params=params)


def _blocks(sheet: SheetDef, names: Mapping[str, Area]) -> Iterator[tuple[int, dict[str, Area]]]:
    for number in range(1, MAX_BLOCKS + 1):
        areas = {f.id: names[block_name(f, number)] for f in sheet.fields if block_name(f, number) in names}
        if areas:
            yield number, areas


def _lines(sheet: SheetDef, names: Mapping[str, Area], book: Book) -> Iterator[tuple[int, dict[str, Area]]]:
    """The rows of the named columns and those added below, up to the totals or the end."""
    columns = {
        field.id: names[name_of(field)] for field in sheet.fields if field.table and name_of(field) in names
    }
    if not columns:
        return
    top, bottom = min(area.top for area in columns.values()), max(area.bottom for area in columns.values())
    row = top
    while row <= bottom + MAX_RECORDS:
        areas = {field_id: area.line(row) for field_id, area in columns.items()}
        if row > bottom and not _continues(sheet, areas, book):
            row = _behind_gap(sheet, columns, row, book)
            if row == 0:
                return
            continue
        yield row - top + 1, areas
        row += 1


def _behind_gap(sheet: SheetDef, columns: Mapping[str, Area], row: int, book: Book) -> int:
    """The next row that is surely a record, below blank ones; 0 where there is none.

    A line of text after a gap is a note: a record has its name and one thing more.
    """
    for following in range(row, row + _MOST_BLANK_ROWS):
        areas = {field_id: area.line(following) for field_id, area in columns.items()}
        typed = {
            field_id
            for field_id, area in areas.items()
            for line in book.inside(area)
            for cell in line
            if cell.raw is not None
        }
        if not typed:
            continue
        record = len(typed) > 1 and (sheet.subject is None or sheet.subject in typed)
        return following if record and _continues(sheet, areas, book) else 0
    return 0


def _continues(sheet: SheetDef, areas: Mapping[str, Area], book: Book) -> bool:
    """Whether a row below the table is one more record: typed, and neither totals nor a question of ours."""
    cells = [cell for area in areas.values() for line in book.inside(area) for cell in line]
    if any(_SUM.search(cell.formula) for cell in cells if cell.formula):
        return False
    typed = [cell.raw for cell in cells if cell.raw is not None]
    words = {key(raw.partition("\n")[0]) for raw in typed if isinstance(raw, str)}
    labels = {key(label) for field in sheet.fields for label in (field.label.ru, field.label.en)}
    return bool(typed) and not words & labels and not any(word.startswith(_TOTALS) for word in words)
