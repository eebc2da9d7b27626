"""The business with levers elsewhere, as live cells: each step of what levers do, and the numbers upon it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType

from xlsxwriter.utility import xl_rowcol_to_cell

from sheetreport.catalog.definitions import Catalog, FollowDef, LeverDef, Unit
from sheetreport.catalog.load_levers import BEFORE, NOW, TABLE, VALUE
from sheetreport.formula.excel import NOT_COMPUTABLE, Bound, emit
from sheetreport.formula.tree import FieldRef, MetricRef, Node, references
from sheetreport.render.view.facts import cell_number
from sheetreport.render.workbook.names import SheetNames, is_column, metric_name
from sheetreport.render.workbook.page import Cached, Page

LABEL, FIRST = 0, 1
_LOOK = "limit"


@dataclass(frozen=True, slots=True)
class Moved:
    """Where a lever stands on the sheet: its present value, and the one in use."""

    now: str
    used: str


@dataclass(frozen=True, slots=True)
class TrialNames:
    """The names of formulas (formula.excel.Names) as the levers leave them; without a trial, as they are."""

    base: SheetNames
    trial: Trial | None = None
    given: Mapping[str, str] = field(default_factory=dict)

    def field(self, field_id: str) -> str:
        if field_id in self.given:
            return self.given[field_id]
        if field_id.startswith(BEFORE):
            name = field_id.removeprefix(BEFORE)
            return (
                self.base.metric(name)
                if name in self.base.catalog.metrics
                else self.base.field(f"{TABLE}.{name}")
            )
        changed = self.trial.cell(field_id, self.base.row) if self.trial else None
        return changed or self.base.field(field_id)

    def column(self, field_id: str) -> str:
        changed = self.trial.column(field_id) if self.trial else None
        return changed or self.base.column(field_id)

    def metric(self, metric_id: str, bound: Bound | None = None) -> str:
        definition = self.base.definition(metric_id, self.base.table)
        if self.trial is None or definition.per is not None or bound is not None:
            return self.base.metric(metric_id, bound)
        return self.trial.metric(metric_id)

    def is_text(self, field_id: str) -> bool:
        return not (field_id in self.given or field_id.startswith(BEFORE)) and self.base.is_text(field_id)

    def tally(self, field_id: str) -> str:
        return self.base.tally(field_id)

    def scores(self, field_id: str) -> tuple[int, int]:
        return self.base.scores(field_id)

    def row_numbers(self, table: str) -> str:
        return self.base.row_numbers(table)

    def table_of(self, node: Node) -> str:
        return self.base.table_of(node)

    def metric_column(self, metric_id: str, table: str) -> str | None:
        return self.base.metric_column(metric_id, table)

    def policy(self, policy_id: str) -> float:
        return self.base.policy(policy_id)

    def label(self, field_id: str, choice_id: str) -> str:
        return self.base.label(field_id, choice_id)

    def choice_numbers(self, field_id: str) -> Mapping[str, float]:
        return self.base.choice_numbers(field_id)

    def series(self, field_id: str) -> str:
        return self.base.series(field_id)

    def series_size(self, field_id: str) -> int:
        return self.base.series_size(field_id)

    def scored_fields(self, page_id: str) -> Sequence[str]:
        return self.base.scored_fields(page_id)

    def asked_metrics(self) -> Sequence[str]:
        return self.base.asked_metrics()


class Trial:
    """Writes the cells of what levers do, step by step, and knows where each answer stands after the last."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.book = page.book
        self._cells: dict[str, str] = {}
        self._columns: dict[str, int] = {}
        self._supposed: dict[str, str] = {}
        self._metrics: dict[str, str] = {}
        self._rows = self.book.facts.table(TABLE)
        self._first = page.row + 1
        self._next_column = FIRST
        page.text(LABEL, self.book.wording.text("what_if.steps"), _LOOK)
        for row in self._rows:
            page.put(page.row, LABEL, row["subject"] or "", "small")
            page.row += 1

    def names(self, row: int | None = None, given: Mapping[str, str] = MappingProxyType({})) -> TrialNames:
        """The names of the company, or of the channel in this row (from 1)."""
        return TrialNames(self.book.names.at(TABLE if row else None, row), self, given)

    # --- where things stand -----------------------------------------------------------------------

    def cell(self, field_id: str, row: int | None) -> str | None:
        """The cell of an answer that has been changed; None where it stands as given."""
        if field_id in self._columns:
            return None if row is None else self._at(self._first + row - 1, self._columns[field_id])
        return self._cells.get(field_id)

    def column(self, field_id: str) -> str | None:
        if field_id not in self._columns:
            return None
        column = self._columns[field_id]
        return f"{self._at(self._first, column)}:{self._at(self._first + len(self._rows) - 1, column)}"

    def metric(self, metric_id: str) -> str:
        """The cell of a company metric, computed anew where it rests on what has changed."""
        if metric_id in self._supposed:
            return self._supposed[metric_id]
        catalog = self.book.catalog
        if not _rests_on(catalog, metric_id) & self._changed:
            return metric_name(catalog, catalog.metric(metric_id))
        if metric_id not in self._metrics:
            definition = catalog.metric(metric_id)
            formula = emit(definition.expression, self.names())
            self._metrics[metric_id] = self.add(
                definition.name[self.book.wording.language],
                formula,
                self.book.facts.number(metric_id),
                definition.unit,
            )
        return self._metrics[metric_id]

    @property
    def _changed(self) -> frozenset[str]:
        return frozenset((*self._cells, *self._columns, *self._supposed))

    @staticmethod
    def _at(row: int, column: int) -> str:
        found: str = xl_rowcol_to_cell(row, column, row_abs=True, col_abs=True)
        return found

    def add(
        self, label: str, formula: str, cached: Cached, unit: Unit | None = None, name: str | None = None
    ) -> str:
        """A cell of its own, with what it shows while the levers stand where they are."""
        row = self.page.row
        self.page.row += 1
        number = isinstance(cached, int | float)
        shape = self.book.styles.unit(unit, float(cached)) if unit and number else None  # type: ignore[arg-type]
        self.page.put(row, LABEL, label, "small")
        self.page.formula(row, FIRST, formula, _LOOK, cached, shape)
        if name is not None:
            self.page.define(name, (row, FIRST))
        return self._at(row, FIRST)

    # --- what levers do ---------------------------------------------------------------------------

    def move(self, lever: LeverDef, moved: Mapping[int | None, Moved]) -> None:
        """A lever of the company (under None), or of the rows of channels that have it."""
        self._change(lever.changes, moved, whole=None in moved)

    def follow(self, follow: FollowDef) -> None:
        self._change(follow.changes, {}, whole=True)

    def _change(self, changes: Mapping[str, Node], moved: Mapping[int | None, Moved], *, whole: bool) -> None:
        """All changes happen at once: every cell is written before any name moves on to it."""
        catalog = self.book.catalog
        columns, cells, supposed = dict(self._columns), dict(self._cells), dict(self._supposed)
        for name, node in changes.items():
            if is_column(catalog, name):
                columns[name] = self._column(name, node, moved, whole)
                continue
            old = self.metric(name) if name in catalog.metrics else self.names().field(name)
            formula = self._step(old, node, moved.get(None), None)
            if name in catalog.metrics:
                label, cached = catalog.metric(name).name, self.book.facts.number(name)
                supposed[name] = self.add(label[self.book.wording.language], formula, cached)
            else:
                label, cached = catalog.fields[name].label, self.book.facts.amount(name)
                cells[name] = self.add(label[self.book.wording.language], formula, cached)
        self._columns, self._cells, self._supposed = columns, cells, supposed
        self._metrics = {
            metric_id: cell
            for metric_id, cell in self._metrics.items()
            if not _rests_on(catalog, metric_id) & changes.keys()
        }

    def _column(self, name: str, node: Node, moved: Mapping[int | None, Moved], whole: bool) -> int:
        column = self._next_column
        self._next_column += 1
        label = self.book.catalog.fields[name].label[self.book.wording.language]
        self.page.put(self._first - 1, column, label, "small")
        for position, row in enumerate(self._rows, start=1):
            lever = moved.get(None) if whole else moved.get(position)
            old = self.names(position).field(name)
            stays = not whole and lever is None
            formula = self._step(old, None if stays else node, lever, position)
            cached = cell_number(row, name)
            self.page.formula(self._first + position - 1, column, formula, _LOOK, cached)
        return column

    def _step(self, old: str, node: Node | None, lever: Moved | None, row: int | None) -> str:
        """The answer after a step: unchanged while the lever stands where it is, and where none was given."""
        if node is None:
            return f'=IF(ISNUMBER({old}),{old},"{NOT_COMPUTABLE}")'
        given = {NOW: lever.now, VALUE: lever.used} if lever else {}
        new = emit(node, self.names(row, given)).removeprefix("=")
        if lever is not None:
            new = f"IF({lever.used}={lever.now},{old},{new})"
        return f'=IF(ISNUMBER({old}),{new},"{NOT_COMPUTABLE}")'


def _rests_on(catalog: Catalog, metric_id: str) -> frozenset[str]:
    """The answers and quantities that a metric rests on, itself included."""
    found: set[str] = set()
    waiting = [metric_id]
    while waiting:
        current = waiting.pop()
        if current in found:
            continue
        found.add(current)
        for variant in catalog.metrics[current]:
            for reference in references(variant.expression):
                if isinstance(reference, MetricRef):
                    waiting.append(reference.id)
                elif isinstance(reference, FieldRef):
                    found.add(reference.id)
    return frozenset(found)
