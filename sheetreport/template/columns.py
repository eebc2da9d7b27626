"""The columns of a table: which there are, in which order, how wide."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from sheetreport import derive
from sheetreport.catalog.definitions import FieldDef, FieldType
from sheetreport.template import printing
from sheetreport.template.book import Book

_WIDTHS = {
    FieldType.TEXT: 20,
    FieldType.CHOICE: 12,
    FieldType.COUNT: 9,
    FieldType.MONEY: 12,
    FieldType.NUMBER: 10,
    FieldType.SHARE: 10,
    FieldType.DATE: 12,
    FieldType.TALLY: 7,
}
_CHECK_WIDTH = 16
_COST_WIDTH = 11
_CHOICE_WIDTH = 18


@dataclass(frozen=True, slots=True)
class Column:
    """A column of the table: a field's (or one score of its tally), or one that the workbook fills."""

    index: int
    width: float
    field: FieldDef | None = None
    score: int | None = None
    computed: str = ""


def plan(book: Book, fields: Sequence[FieldDef], first: int = 0) -> tuple[Column, ...]:
    """Columns left to right: core ones, what the workbook fills, then the optional ones.

    Without core ones the check stands at the end, in a wide table beside the name of the row.
    """
    core = [field for field in fields if field.core]
    rest = [field for field in fields if not field.core]
    columns: list[Column] = []

    def add(width: float, **what: object) -> None:
        columns.append(Column(first + len(columns), width, **what))  # type: ignore[arg-type]

    def add_field(field: FieldDef) -> None:
        if field.type is FieldType.TALLY:
            assert field.scores is not None, field.id
            for score in range(derive.tally_size(field)):
                add(_WIDTHS[field.type], field=field, score=field.scores[0] + score)
        else:
            add(_width(book, field), field=field)

    for field in core:
        add_field(field)
    if core:
        if book.has("channels.spend", "channels.customers") and core[0].id.startswith("channels."):
            add(_COST_WIDTH, computed="cost")
        add(_CHECK_WIDTH, computed="check")
    for field in rest:
        add_field(field)
    if core:
        return tuple(columns)
    beside = 1 if sum(column.width for column in columns) > printing.widest(landscape=True) else len(columns)
    check = Column(first + beside, _CHECK_WIDTH, computed="check")
    moved = (replace(column, index=column.index + 1) for column in columns[beside:])
    return (*columns[:beside], check, *moved)


def _width(book: Book, field: FieldDef) -> float:
    """Wide enough for the type, the longest word of the heading and the longest choice on two lines."""
    width = float(_WIDTHS[field.type])
    longest = max(len(word) for word in field.label[book.language].split())
    labels = max((len(choice.label[book.language]) for choice in field.choices), default=0)
    return max(width, longest * 1.1 + 1.5, min(labels + 2.5, _CHOICE_WIDTH))
