"""Flat answers to the typed submission."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from datetime import date
from typing import cast

from sheetreport import derive
from sheetreport.answers.content import NOT_APPLICABLE, UNKNOWN, Content
from sheetreport.answers.flatten import flatten
from sheetreport.catalog.definitions import Catalog, FieldDef, FieldType, SheetDef
from sheetreport.contract import FIRST_DAY, LARGEST_SHARE, LAST_DAY
from sheetreport.model import (
    LANGUAGES,
    Language,
    Row,
    Scalar,
    SourceFile,
    SourceRef,
    State,
    Submission,
    Value,
)


def submission(catalog: Catalog, mapping: Mapping[str, object], file: str = "answers") -> Submission:
    """The submission that answers make, with defaults and derived fields; its cells are answers keys."""
    flat = flatten(catalog, mapping)
    sheets = {sheet.id: sheet for sheet in catalog.sheets}
    scalars = {
        field_id: _value(catalog.fields[field_id], content, SourceRef(file, field_id))
        for field_id, content in flat.scalars.items()
    }
    tables = {
        table: tuple(
            row
            for index, cells in enumerate(rows, start=1)
            if (row := _row(catalog, sheets.get(table), table, index, cells, file)) is not None
        )
        for table, rows in flat.tables.items()
    }
    source = SourceFile(file=file, sha256=_digest(mapping), language=_language(scalars), sheets=())
    given = Submission(source=source, scalars=scalars, tables=tables)
    return derive.derive(catalog, derive.with_defaults(catalog, given))


def _digest(mapping: Mapping[str, object]) -> str:
    return hashlib.sha256(
        json.dumps(mapping, sort_keys=True, ensure_ascii=True, default=str).encode()
    ).hexdigest()


def _language(scalars: Mapping[str, Value]) -> Language | None:
    given = scalars.get("profile.language")
    return next((language for language in LANGUAGES if given is not None and given.value == language), None)


def _row(
    catalog: Catalog, sheet: SheetDef | None, table: str, index: int, cells: Mapping[str, Content], file: str
) -> Row | None:
    """A row of a table, or None where every cell of it is blank."""
    values = {
        field_id: _value(catalog.fields[field_id], content, SourceRef(file, f"{table}[{index}].{field_id}"))
        for field_id, content in cells.items()
    }
    if all(value.state is State.BLANK for value in values.values()):
        return None
    return derive.named_row(sheet, Row(index=index, subject="", values=values))


def _value(field: FieldDef, content: Content, source: SourceRef) -> Value:
    """A cell's content as the reader would judge it."""
    if content is None or content == ():
        return Value(State.BLANK, source=source)
    if content == UNKNOWN:
        return Value(State.UNKNOWN, source=source)
    if content == NOT_APPLICABLE:
        return Value(State.NOT_APPLICABLE, source=source)
    if field.type is FieldType.TALLY and isinstance(content, tuple):
        return _tally_value(content, source)
    if field.type is FieldType.SERIES and isinstance(content, tuple):
        return _tally_value(_filled(content), source)
    if not _fits(field, content):
        return Value(State.INVALID, source=source)
    return Value(State.VALUE, cast(Scalar, content), source)


def _tally_value(cells: Sequence[object], source: SourceRef) -> Value:
    if all(cell is None for cell in cells):
        return Value(State.BLANK, source=source)
    if all(cell == UNKNOWN for cell in cells):
        return Value(State.UNKNOWN, source=source)
    counts = tuple(
        int(cell) for cell in cells if isinstance(cell, int | float) and cell >= 0 and cell == int(cell)
    )
    if len(counts) < len(cells):
        return Value(State.INVALID, source=source)
    return Value(State.VALUE, counts, source)


def _filled(cells: Sequence[object]) -> Sequence[object]:
    """A series up to its last number: the months after it are not planned."""
    last = max((index for index, cell in enumerate(cells, start=1) if cell is not None), default=0)
    return cells[:last]


def _fits(field: FieldDef, content: Content) -> bool:
    """Whether the content is a value of the field's type and within its bounds."""
    match field.type:
        case FieldType.COUNT | FieldType.MONEY | FieldType.NUMBER | FieldType.SHARE:
            return isinstance(content, int | float) and _in_bounds(field, content)
        case FieldType.CHOICE:
            return field.choice(str(content)) is not None
        case FieldType.DATE:
            return isinstance(content, date) and FIRST_DAY <= content <= LAST_DAY
        case _:
            return True


def _in_bounds(field: FieldDef, number: float) -> bool:
    whole = field.type is not FieldType.COUNT or number == int(number)
    small = field.type is not FieldType.SHARE or number <= LARGEST_SHARE
    return whole and small and (number >= 0 or field.signed)
