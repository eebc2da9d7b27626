"""The amounts of actions as live formulas: a rule's own expressions over the names of the workbook."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from sheetreport.catalog import smm_answers
from sheetreport.catalog.definitions import Catalog, ChangeDef, EffectDef, Unit
from sheetreport.catalog.goal_columns import GIVENS
from sheetreport.formula.excel import emit, needs_array_entry
from sheetreport.formula.parse import FormulaError
from sheetreport.formula.tree import Call, FieldRef, Function, MetricRef, Node, references, with_names
from sheetreport.render.workbook.names import SheetNames
from sheetreport.render.workbook.page import Book, Page

Json = Mapping[str, Any]


# What rules are told of a goal's arithmetic stands in the workbook as that arithmetic.
_BUDGET = MetricRef("goal_budget")
_OF_GOALS: Mapping[str, Node] = {
    "goals.budget_for_gap": _BUDGET,
    "goals.budget_low": Call(Function.LOW, (_BUDGET,)),
    "goals.budget_high": Call(Function.HIGH, (_BUDGET,)),
}


@dataclass(frozen=True, slots=True)
class Amount:
    """An amount of an action: its expression, what Python found, and the names of the row it is about."""

    node: Node | None
    value: float | None
    names: SheetNames

    def formula(self) -> str | None:
        """The live formula; None where a name or a function has no cell in the workbook."""
        if self.node is None or not _has_cells(self.names.catalog, self.node):
            return None
        try:
            return emit(self.node, self.names)
        except FormulaError:
            return None

    @property
    def is_array(self) -> bool:
        """Whether the formula must be entered as an array formula."""
        return self.node is not None and self.formula() is not None and needs_array_entry(self.node)

    def write(self, page: Page, column: int, look: str, number_format: str) -> None:
        """The formula in the page's current row; the number that Python found where there is no formula."""
        formula = self.formula()
        if formula is not None:
            page.formula(page.row, column, formula, look, self.value, number_format, array=self.is_array)
        elif self.value is not None:
            page.number(page.row, column, self.value, look, number_format)
        else:
            page.put(page.row, column, "", look)


def _has_cells(catalog: Catalog, node: Node) -> bool:
    """Whether every answer that an expression names stands in the workbook."""
    known = GIVENS.keys() | smm_answers.KINDS.keys() | catalog.fields.keys()
    return all(not isinstance(reference, FieldRef) or reference.id in known for reference in references(node))


def definition(book: Book, item: Json) -> EffectDef:
    """The effect of the rule, or of the variant of it, that gave a recommendation."""
    rule = next(rule for rule in book.catalog.rules if (rule.id, rule.per) == (item["id"], item["per"]))
    if item["variant"] is not None:
        effect = rule.variants[item["variant"]].effect
        assert effect is not None, item["id"]
        return effect
    return rule.effect


def names_of(book: Book, item: Json) -> SheetNames:
    """The names as the rule means them: in its row of its table, or of the company."""
    if item["per"] is None:
        return book.names
    rows = [row["index"] for row in book.facts.table(item["per"])]
    return book.names.at(item["per"], rows.index(item["row"]) + 1)


def amounts(book: Book, item: Json) -> tuple[Amount, Amount, Amount]:
    """An effect's value and its range."""
    effect, names = definition(book, item), names_of(book, item)
    found = item["effect"]
    nodes = (effect.value, effect.low, effect.high)
    ends = (found["value"], found["low"], found["high"])
    value, low, high = (
        Amount(None if node is None else with_names(node, _OF_GOALS), end, names)
        for node, end in zip(nodes, ends, strict=True)
    )
    return value, low, high


def changes(book: Book, item: Json) -> Iterator[tuple[ChangeDef, Json, tuple[Amount, Amount, Amount]]]:
    """What an action changes in the plan's year: its definition, what Python found, and its amounts."""
    names = names_of(book, item)
    for change, found in zip(definition(book, item).together, item["effect"]["changes"], strict=True):
        nodes = (change.value, *(_end(node, change.value) for node in (change.low, change.high)))
        ends = (found["value"], found["low"], found["high"])
        value, low, high = (Amount(node, end, names) for node, end in zip(nodes, ends, strict=True))
        yield change, found, (value, low, high)


def _end(node: Node | None, value: Node) -> Node:
    """An end of a range; the value itself where the sample gives none."""
    return value if node is None else Call(Function.EITHER, (node, value))


def number_format(book: Book, unit: str | None, value: float | None) -> str:
    """Money, people or answers."""
    return book.styles.unit(Unit(unit or Unit.MONEY), value)
