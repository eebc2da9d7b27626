"""What was typed, back into cells: every content as it was found, never as a formula."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from datetime import date, datetime, time
from typing import TypeAlias

from openpyxl.utils.datetime import to_excel

from sheetreport.answers import AsFound, Flat
from sheetreport.catalog.definitions import Catalog, FieldDef, FieldType
from sheetreport.findings import typed
from sheetreport.i18n import Wording
from sheetreport.read import Transcript
from sheetreport.read.transcript import STEP_COLUMNS, STEP_DUE, Answered, Spot
from sheetreport.read.values import Cell, shown
from sheetreport.template.book import CONTROL

Laid: TypeAlias = str | int | float | bool | None

_WITHOUT_PERCENT = (FieldType.COUNT, FieldType.MONEY, FieldType.TALLY, FieldType.SERIES)
_NUMBERS = (*_WITHOUT_PERCENT, FieldType.NUMBER, FieldType.SHARE)
_LONGEST = 32_000  # characters in a cell


def flat(catalog: Catalog, transcript: Transcript, wording: Wording) -> Flat:
    """The answers of a workbook, cell by cell as they were found."""
    return Flat(
        scalars=_answers(catalog, transcript.scalars, wording),
        tables={
            table: tuple(_answers(catalog, row, wording) for row in rows)
            for table, rows in transcript.tables.items()
        },
        ignored=(),
    )


def _answers(catalog: Catalog, values: Mapping[str, Answered], wording: Wording) -> dict[str, AsFound]:
    return {
        field_id: AsFound(
            tuple(
                _laid(cell, catalog.fields[field_id], index, wording)
                for index, cell in enumerate(answer.cells)
            ),
            answer.ours,
        )
        for field_id, answer in values.items()
        if answer.cells
    }


def _laid(cell: Cell, field: FieldDef, index: int, wording: Wording) -> Laid:
    """A cell of an answer. A date or per cent where none is asked for becomes text: no number could be typed
    again into a cell that shows dates.

    """
    is_due = field.type is FieldType.STEPS and index % STEP_COLUMNS == STEP_DUE
    if cell.percent and field.type in _WITHOUT_PERCENT and isinstance(cell.raw, int | float):
        return f"{typed(cell.raw * 100, 'en')}%"
    if isinstance(cell.raw, date) and field.type in _NUMBERS:
        return wording.date(cell.raw)
    return content(cell, dated=field.type is FieldType.DATE or is_due)


def content(cell: Cell, *, dated: bool) -> Laid:
    """A cell's content as a workbook holds it: a date as its number, text without what XML can't hold."""
    match cell.raw:
        case None:
            return text(cell.formula) if cell.formula is not None else None
        case bool():
            return cell.raw
        case int() | float():
            return cell.raw if math.isfinite(cell.raw) else str(cell.raw)
        case str():
            return text(cell.raw)
        case datetime() | date() if dated:
            return float(to_excel(cell.raw))  # type: ignore[no-untyped-call]
        case _:
            return shown(cell.raw, "en")


def text(words: str) -> str:
    """Text that a cell can hold."""
    return CONTROL.sub("", words.replace("_x000D_", ""))[:_LONGEST]


def plain_numbers(catalog: Catalog, transcript: Transcript) -> Iterator[Spot]:
    """The cells whose numbers were shown otherwise than their field is: without per cent, or with it."""
    rows = (row for table in transcript.tables.values() for row in table)
    for values in (transcript.scalars, *rows):
        for field_id, answer in values.items():
            kind = catalog.fields[field_id].type
            for cell in answer.cells:
                number = isinstance(cell.raw, int | float) and not isinstance(cell.raw, bool)
                odd = not cell.percent if kind is FieldType.SHARE else cell.percent
                if number and (odd or kind is FieldType.DATE) and cell.source in transcript.spots:
                    yield transcript.spots[cell.source]


def own_format(cell: Cell) -> str:
    """How a cell of the owner's own looks."""
    match cell.raw:
        case datetime() if cell.raw.time() != time():
            return "dd.mm.yyyy hh:mm"
        case date():
            return "dd.mm.yyyy"
        case _:
            return "0.0%" if cell.percent else "General"
