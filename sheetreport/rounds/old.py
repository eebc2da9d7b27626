"""What an older workbook holds, answer by answer: as it was understood, else as it was typed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import TypeAlias

from sheetreport.answers import AsFound, Content, Flat
from sheetreport.answers.content import NOT_APPLICABLE, UNKNOWN
from sheetreport.catalog.definitions import Catalog, FieldDef, FieldType
from sheetreport.corrections import answers
from sheetreport.findings import typed
from sheetreport.i18n import Wording
from sheetreport.model import Origin, SourceRef, State, Step, Value
from sheetreport.naming import CatalogNaming
from sheetreport.read import Transcript
from sheetreport.result import Report

_CUT = "S-12"
_SIGNS = {State.UNKNOWN: UNKNOWN, State.NOT_APPLICABLE: NOT_APPLICABLE}
_WORDS = (FieldType.TEXT, FieldType.CHOICE, FieldType.CHOICES, FieldType.STEPS)

Note: TypeAlias = tuple[SourceRef, str]
"""Something that did not find its place in the new workbook: where it stood, what it was and why."""


@dataclass(frozen=True, slots=True)
class Old:
    """An older workbook: what was read of it, what stands in its cells, and the words to speak of it."""

    catalog: Catalog
    report: Report
    transcript: Transcript
    wording: Wording
    _found: Flat = field(init=False)
    _cut: frozenset[SourceRef] = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "_found", answers.flat(self.catalog, self.transcript, self.wording))
        cut = (finding.source for finding in self.report.findings if finding.code == _CUT)
        object.__setattr__(self, "_cut", frozenset(cut))

    def content(self, field_id: str, value: Value, row: int | None = None) -> Content:
        """What a cell of the new workbook holds: the value, or what was typed where none was understood."""
        if value.state is State.INVALID or value.source in self._cut:
            return self._as_found(field_id, row)
        return _SIGNS.get(value.state, value.value)

    def _as_found(self, field_id: str, row: int | None) -> Content:
        if row is None:
            return self._found.scalars.get(field_id)
        rows = self._found.tables.get(self.table(field_id), ())
        return rows[row - 1].get(field_id) if row <= len(rows) else None

    def table(self, field_id: str) -> str:
        return field_id.partition(".")[0]

    def words(self, field_id: str, value: Value, row: int | None = None) -> tuple[str, ...]:
        """The same in words, cell by cell."""
        content = self.content(field_id, value, row)
        definition = self.catalog.fields[field_id]
        if isinstance(content, AsFound):
            return tuple(self._plain(cell) for cell in content.cells)
        if isinstance(content, tuple) and definition.type in (FieldType.TALLY, FieldType.SERIES):
            return tuple(self._plain(cell) for cell in content)
        if isinstance(content, str) and value.state is not State.VALUE:
            return (content,)
        if definition.type is FieldType.STEPS and isinstance(content, tuple):
            return tuple(self._step(step) for step in content if isinstance(step, Step))
        said = CatalogNaming(self.catalog, self.wording).answer(definition, value.value)
        unit = definition.unit[self.wording.language]
        counted = definition.type is not FieldType.MONEY and definition.type not in _WORDS
        return (f"{said}\u00a0{unit}" if unit and counted else said,)

    def _plain(self, cell: object) -> str:
        if isinstance(cell, int | float) and not isinstance(cell, bool):
            return typed(cell, self.wording.language)
        return "" if cell is None else str(cell)

    def _step(self, step: Step) -> str:
        due = self.wording.date(step.due) if step.due else ""
        done = self.wording.text(f"rounds.{'done' if step.done else 'not_done'}")
        return f"{step.action} ({', '.join(part for part in (step.who, due, done) if part)})"

    def label(self, field_id: str) -> str:
        """What a cell asks for, without its question mark."""
        return self.catalog.fields[field_id].label[self.wording.language].rstrip("?")

    def note(self, why: str, field_id: str, value: Value, row: int | None = None) -> Note:
        """An answer that the new workbook has no cell for, with the reason."""
        said = ", ".join(word for word in self.words(field_id, value, row) if word)
        said = said or self.wording.text("corrections.blank")
        label = self.label(field_id)
        return value.source, self.wording.text(f"rounds.why_{why}", label=label, found=said)


def is_given(value: Value) -> bool:
    """Whether the owner wrote something there."""
    return value.origin is Origin.GIVEN and value.state is not State.BLANK


def given(values: Mapping[str, Value], catalog: Catalog) -> Iterator[tuple[FieldDef, Value]]:
    """What the owner wrote, field by field."""
    return ((catalog.fields[key], value) for key, value in values.items() if is_given(value))
