"""The defined names of the workbook: where formulas find answers and metrics."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from sheetreport.catalog import smm_answers
from sheetreport.catalog.coverage import asked_metrics, scored_fields
from sheetreport.catalog.definitions import Catalog, FieldType, MetricDef
from sheetreport.catalog.goal_columns import CHOICES, COLUMNS
from sheetreport.formula.excel import Bound
from sheetreport.formula.tree import FieldRef, MetricRef, Node, references
from sheetreport.formula.units import Kind
from sheetreport.i18n import Wording

_FILLED = COLUMNS | smm_answers.KINDS
_TEXT_TYPES = {FieldType.TEXT, FieldType.CHOICE, FieldType.CHOICES, FieldType.STEPS}


def input_name(field_id: str) -> str:
    """The name of an answer's cell, of a table's column or of a tally's cells."""
    return "in_" + field_id.replace(".", "_")


def rows_name(table: str) -> str:
    """The name of the column that numbers a table's rows."""
    return f"rows_{table}"


def metric_name(catalog: Catalog, metric: MetricDef, part: str = "") -> str:
    """The name of a metric's cell, or of its part: a limit ("low", "high") or its sample.

    Where the company and the rows of a table share an id, the name of the rows says their table.
    """
    shared = metric.per is not None and len(catalog.metrics.get(metric.id, ())) > 1
    name = f"{metric.per}_{metric.id}" if shared else metric.id
    if part == "sample":
        return f"n_{name}"
    return f"m_{name}_{part}" if part else f"m_{name}"


def reading_name(metric: MetricDef) -> str:
    """The name of the cell that says how to read a company metric."""
    return f"reading_{metric.id}"


def how_name(catalog: Catalog, metric: MetricDef) -> str:
    """The name of the first cell that tells how a metric was calculated."""
    return "how_" + metric_name(catalog, metric).removeprefix("m_")


def is_column(catalog: Catalog, field_id: str) -> bool:
    definition = catalog.fields.get(field_id)
    return field_id in COLUMNS or (definition is not None and definition.table)


@dataclass(frozen=True, slots=True)
class SheetNames:
    """The names that formulas use (formula.excel.Names), for the company or for one row of a table."""

    catalog: Catalog
    wording: Wording
    begun: frozenset[str] = frozenset()  # pages that hold an answer of the owner's
    table: str | None = None
    row: int | None = None

    def at(self, table: str | None, row: int | None) -> SheetNames:
        return replace(self, table=table, row=row)

    def field(self, field_id: str) -> str:
        return f"INDEX({input_name(field_id)},{self.row})" if self._is_own(field_id) else input_name(field_id)

    def column(self, field_id: str) -> str:
        return input_name(field_id)

    def tally(self, field_id: str) -> str:
        name = input_name(field_id)
        return f"INDEX({name},{self.row},0)" if self._is_own(field_id) else name

    def _is_own(self, field_id: str) -> bool:
        return self.row is not None and is_column(self.catalog, field_id)

    def scores(self, field_id: str) -> tuple[int, int]:
        scores = self.catalog.fields[field_id].scores
        assert scores is not None, field_id
        return scores

    def series(self, field_id: str) -> str:
        return input_name(field_id)

    def series_size(self, field_id: str) -> int:
        return self.catalog.fields[field_id].size

    def scored_fields(self, page_id: str) -> Sequence[str]:
        return scored_fields(self.catalog, page_id)

    def asked_metrics(self) -> Sequence[str]:
        return [metric_name(self.catalog, metric) for metric in asked_metrics(self.catalog, self.begun)]

    def row_numbers(self, table: str) -> str:
        return rows_name(table)

    def table_of(self, node: Node) -> str:
        for reference in references(node):
            if isinstance(reference, FieldRef) and is_column(self.catalog, reference.id):
                definition = self.catalog.fields.get(reference.id)
                return definition.sheet if definition else reference.sheet
            if isinstance(reference, MetricRef):
                table = self.definition(reference.id, None).per
                if table is not None:
                    return table
        return ""

    def is_text(self, field_id: str) -> bool:
        definition = self.catalog.fields.get(field_id)
        return definition.type in _TEXT_TYPES if definition else _FILLED[field_id] is Kind.TEXT

    def definition(self, metric_id: str, table: str | None) -> MetricDef:
        """The definition a name means from within a row of a table, or from the company."""
        goal = next((number for number in self.catalog.goals.numbers if number.id == metric_id), None)
        if goal is not None:
            return goal
        variants = self.catalog.metrics[metric_id]
        found = (variant for wanted in (table, None) for variant in variants if variant.per == wanted)
        return next(found, variants[0])

    def metric(self, metric_id: str, bound: Bound | None = None) -> str:
        definition = self.definition(metric_id, self.table)
        name = metric_name(self.catalog, definition, bound or "")
        return f"INDEX({name},{self.row})" if definition.per is not None and self.row is not None else name

    def metric_column(self, metric_id: str, table: str) -> str | None:
        definition = self.definition(metric_id, table)
        return metric_name(self.catalog, definition) if definition.per == table else None

    def policy(self, policy_id: str) -> float:
        return self.catalog.policy[policy_id].value

    def label(self, field_id: str, choice_id: str) -> str:
        definition = self.catalog.fields.get(CHOICES.get(field_id, field_id))
        choice = definition.choice(choice_id) if definition else None
        if choice is not None:
            return choice.label[self.wording.language]
        return (
            self.wording.text(f"common.{choice_id}") if self.wording.has(f"common.{choice_id}") else choice_id
        )

    def choice_numbers(self, field_id: str) -> Mapping[str, float]:
        return {
            choice.label[self.wording.language]: choice.number
            for choice in self.catalog.fields[field_id].choices
            if choice.number is not None
        }
