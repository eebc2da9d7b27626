"""One field's cells to its value: a single cell, those of a tally or a plan, or one for each option."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from datetime import date

from sheetreport.catalog.definitions import Choice, FieldDef, FieldType, Text
from sheetreport.model import Origin, State, Value
from sheetreport.read.book import Area, Book
from sheetreport.read.context import Context
from sheetreport.read.headings import name_of
from sheetreport.read.values import Cell, Parsed, is_empty, parse, parse_series, parse_steps, parse_tally

_OURS = re.compile(r"\bin_[a-z]", re.IGNORECASE)
_TODAY = re.compile(r"=?\s*TODAY\(\)\s*", re.IGNORECASE)
_YES_NO = (
    Choice("yes", Text("да", "yes"), ("+", "1", "x", "х", "✓", "v")),
    Choice("no", Text("нет", "no"), ("0",)),
)


def read_field(field: FieldDef, area: Area, book: Book, context: Context) -> Parsed:
    """The value of a field from its area."""
    match field.type:
        case FieldType.TALLY:
            cells = _without_gaps([cell for line in book.inside(area) for cell in line], field)
            return parse_tally(cells, field, context, area.source)
        case FieldType.SERIES:
            cells = [cell for line in book.inside(area) for cell in line]
            return parse_series(cells, field, context, area.source)
        case FieldType.STEPS:
            return parse_steps(book.inside(area), field, context, area.source)
        case _:
            cell = book.cell(area)
            return _filled_by_us(cell, field) or parse(cell, field, context)


def _without_gaps(cells: list[Cell], field: FieldDef) -> list[Cell]:
    """The cells of a tally without those of rows and columns that were put between its scores."""
    low, high = field.scores or (1, len(cells))
    filled = [cell for cell in cells if not is_empty(cell)]
    return filled if len(filled) == high - low + 1 else cells


def is_today(cell: Cell, field: FieldDef) -> bool:
    """Whether the template's formula for today's date still stands in the cell."""
    return field.derived and cell.formula is not None and _TODAY.fullmatch(cell.formula) is not None


def is_ours(cell: Cell, field: FieldDef) -> bool:
    """Whether the template's own formula still stands in the cell."""
    named = field.derived and cell.formula is not None and _OURS.search(cell.formula) is not None
    return named or is_today(cell, field)


def _filled_by_us(cell: Cell, field: FieldDef) -> Parsed | None:
    """A cell where the template's own formula still stands: blank, to be derived anew; today is today."""
    if is_today(cell, field):
        # The date shown when the owner last saved: the day the numbers were as they are.
        day = cell.raw if isinstance(cell.raw, date) else date.today()
        return Parsed(Value(State.VALUE, date(day.year, day.month, day.day), cell.source, Origin.DERIVED))
    return Parsed(Value(State.BLANK, source=cell.source)) if is_ours(cell, field) else None


def read_options(field: FieldDef, names: Mapping[str, Area], book: Book, context: Context) -> Parsed | None:
    """A question with several answers: yes or no beside each option. None where it isn't asked so."""
    areas = {c.id: names[name_of(field, c.id)] for c in field.choices if name_of(field, c.id) in names}
    if not areas:
        return None
    parts = {choice_id: parse(book.cell(area), _option(field), context) for choice_id, area in areas.items()}
    findings = tuple(finding for part in parts.values() for finding in part.findings)
    repairs = tuple(repair for part in parts.values() for repair in part.repairs)
    first, last = next(iter(areas.values())), list(areas.values())[-1]
    source = Area(
        first.sheet, first.top, first.left, max(last.bottom, first.top), max(last.right, first.left)
    ).source
    states = {part.value.state for part in parts.values()}
    if findings:
        return Parsed(Value(State.INVALID, source=source), findings, repairs)
    if State.VALUE in states:
        chosen = tuple(choice_id for choice_id, part in parts.items() if part.value.value == "yes")
        return Parsed(Value(State.VALUE, chosen, source), repairs=repairs)
    ranked = (State.UNKNOWN, State.NOT_APPLICABLE, State.BLANK)
    return Parsed(Value(next(state for state in ranked if state in states), source=source))


def _option(field: FieldDef) -> FieldDef:
    return replace(field, type=FieldType.CHOICE, choices=_YES_NO)
