"""Where a question stands: once in the workbook, or in one block of several."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Protocol

from sheetreport.answers.content import Content
from sheetreport.catalog.definitions import FieldDef
from sheetreport.template.book import Book
from sheetreport.template.derived import formula_of
from sheetreport.template.live import Live


class Scope(Protocol):
    """Where a question stands: once in the workbook, or in one block of several."""

    def name(self, field: FieldDef) -> str:
        """The defined name of the field's cell."""

    def given(self, field: FieldDef) -> Content:
        """What the answers hold for it."""

    def ref(self, field_id: str) -> Live:
        """The field's cell in formulas, with what it shows."""


class Scalars:
    """Questions that stand once."""

    def __init__(self, book: Book) -> None:
        self._book = book

    def name(self, field: FieldDef) -> str:
        return "in_" + field.id.replace(".", "_")

    def given(self, field: FieldDef) -> Content:
        content = self._book.flat.scalars.get(field.id)
        if content is None and field.prefilled:
            return self._book.language if field.id == "profile.language" else field.default
        return content

    def ref(self, field_id: str) -> Live:
        return reference(self._book, self, self._book.fields[field_id])


class Block:
    """Questions of one record of several: the k-th goal."""

    def __init__(self, book: Book, table: str, number: int) -> None:
        self._book = book
        self._table = table
        self._scalars = Scalars(book)
        self.number = number
        rows = book.flat.tables.get(table, ())
        self._row: Mapping[str, Content] = rows[number - 1] if number <= len(rows) else {}

    def name(self, field: FieldDef) -> str:
        return f"in_{self._table}_{self.number}_{field.name.replace('.', '_')}"

    def given(self, field: FieldDef) -> Content:
        return self._row.get(field.id)

    def ref(self, field_id: str) -> Live:
        field = self._book.fields[field_id]
        if not field_id.startswith(f"{self._table}."):
            return self._scalars.ref(field_id)
        return reference(self._book, self, field)


def reference(book: Book, scope: Scope, field: FieldDef) -> Live:
    """The field's cell by its name, with what the cell will show."""
    given = scope.given(field)
    if given is not None:
        return Live(scope.name(field), book.shown(field, given))
    formula = formula_of(book, scope.ref, field)
    return Live(scope.name(field), formula.value if formula else None)
