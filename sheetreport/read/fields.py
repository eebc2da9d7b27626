"""One field's cells to its value: a single cell, those of a tally or a plan, or one for each option."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from datetime import date

from sheetreport.catalog.definitions import Choice, FieldDef, FieldType, Text
from sheetreport.model import Origin, State, Value
from sheetreport.read.book import Area, Book
from sheetreport.read.headings import name_of
from sheetreport.read.values import Cell, Context, Parsed, parse, parse_series, parse_steps, parse_tally

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
            cells = [cell for line in book.inside(area) for cell in line]
            return parse_tally(cells, field, context, area.source)
        case FieldType.SERIES:
            cells = [cell for line in book.inside(area) for cell in line]
            return parse_series(cells, field, context, area.source)
        case FieldType.STEPS:
            return parse_steps(book.inside(area), field, context, area.source)
        case _:
            cell = book.cell(area)
            return _filled_by_us(cell, field) or parse(cell, field, context)


def _filled_by_us(cell: Cell, field: FieldDef) -> Parsed | None:
    """A cell where the template's own formula still stands: blank, to be derived anew; today is today."""
    if not field.derived or cell.formula is None:
        return None
    if _TODAY.fullmatch(cell.formula):
        # The date shown when the owner last saved: the day the numbers were as they are.
        day = cell.raw if isinstance(cell.raw, date) else date.today()
        return Parsed(Value(State.VALUE, date(day.year, day.month, day.day), cell.source, Origin.DERIVED))
    return Parsed(Value(State.BLANK, source=cell.source)) if _OURS.search(cell.formula) else None


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
