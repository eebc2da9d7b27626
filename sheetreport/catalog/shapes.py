"""What each operator and function can take: a slip would stop a report, so the catalogue is refused instead.

Units are another matter (formula/units.py): here a text is no number, and a survey's answers are no value.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from sheetreport.catalog.definitions import Catalog, FieldType
from sheetreport.catalog.firing import source
from sheetreport.errors import Message
from sheetreport.formula.tree import (
    AGGREGATES,
    Binary,
    Call,
    Compare,
    FieldRef,
    Function,
    MetricRef,
    Node,
    PolicyRef,
    Reference,
    Text,
    children,
    references,
)
from sheetreport.formula.units import Kind, kind_of

_INTERVALS = frozenset(
    {
        Function.WILSON,
        Function.NEWCOMBE,
        Function.NPS_INTERVAL,
        Function.NPS_DIFFERENCE,
        Function.PER_COUNT,
        Function.AROUND,
        Function.SCALE,
        Function.SHIFT,
        Function.INVERSE,
    }
)
_LISTS = (FieldType.CHOICES, FieldType.TALLY, FieldType.SERIES, FieldType.STEPS)
_ANSWERS: Mapping[Function, FieldType | None] = {
    Function.GIVEN: None,
    Function.COUNT: None,
    Function.NUMBER_OF: FieldType.CHOICE,
    Function.TALLY: FieldType.TALLY,
    Function.TALLY_TOTAL: FieldType.TALLY,
    Function.TALLY_MEAN: FieldType.TALLY,
    Function.TALLY_SD: FieldType.TALLY,
    Function.SERIES_TOTAL: FieldType.SERIES,
    Function.SERIES_LENGTH: FieldType.SERIES,
    Function.FIRST_REACHING: FieldType.SERIES,
    Function.FIRST_COVERING: FieldType.SERIES,
}
"""Functions whose first argument is the name of an answer, and the type it must have."""

_CONDITIONS_FROM = {Function.AT_LOWEST: 2, Function.AT_HIGHEST: 2, Function.WEIGHTED_MEAN: 2}
_NUMBER_FROM = {Function.AT_LOWEST: 1, Function.AT_HIGHEST: 1, Function.COUNT: 1}
_OF_RANGES = (Function.LOW, Function.HIGH, Function.SCALE, Function.SHIFT, Function.INVERSE)
_FREE = (Function.EITHER, Function.REQUIRE, Function.PAGE_POINTS, Function.PAGE_ANSWERS, *_OF_RANGES)


_NO_NUMBER = {
    Kind.TEXT: Message("catalog_rules.a_text", {}),
    Kind.DATE: Message("catalog_rules.a_date", {}),
    Kind.TRUTH: Message("catalog_rules.a_condition", {}),
    Kind.TALLY: Message("catalog_rules.a_list", {}),
    Kind.SERIES: Message("catalog_rules.a_series", {}),
}
_A_NUMBER = Message("catalog_rules.a_number", {})


def misuse(
    catalog: Catalog, node: Node, known: Mapping[str, Kind], *, interval: bool = False
) -> Message | None:
    """The first part of an expression that no answers could make work; None if there is none.

    Names and units are right already. With `interval` the expression may give a range.
    """
    return next(_Shapes(catalog, known).misuses(node, interval), None)


def is_range(node: Node) -> bool:
    """Whether an expression gives a range."""
    return isinstance(node, Call) and node.function in _INTERVALS


@dataclass(frozen=True, slots=True)
class _Shapes:
    catalog: Catalog
    known: Mapping[str, Kind]

    def misuses(self, node: Node, interval: bool = False) -> Iterator[Message]:
        match node:
            case FieldRef(name) if self.type_of(node) in _LISTS:
                yield Message("catalog_rules.list_of_answers", {"field": name})
            case Binary(_, left, right) if {self.kind(left), self.kind(right)} != {Kind.DATE}:
                yield from self.numbers(node, left, right)
            case Compare():
                yield from self.comparison(node)
            case Call(function) if function in _INTERVALS and not interval:
                yield Message("catalog_rules.end_of_range", {"part": source(node)})
            case Call():
                yield from self.call(node)
            case _:
                pass
        for child in self.values(node):
            yield from self.misuses(child, isinstance(node, Call) and node.function in _OF_RANGES)

    def values(self, node: Node) -> Sequence[Node]:
        """The parts whose own value is used: not the names of lists that a function or a tick asks for."""
        match node:
            case Call(function, arguments) if function in _ANSWERS or function is Function.CONFIDENT:
                return arguments[1:]
            case Compare("==" | "!=", FieldRef() as left, right) if left.sheet == "p":
                return (right,)
            case _:
                return children(node)

    def call(self, node: Call) -> Iterator[Message]:
        function, (first, *rest) = node.function, node.arguments or (Text(""),)
        if function in _ANSWERS:
            yield from self.answer(node, first)
        if function in AGGREGATES:
            yield from self.aggregate(node)
        elif function is Function.CONFIDENT or (function in (Function.LOW, Function.HIGH)):
            named = isinstance(first, MetricRef) and first.id in self.catalog.metrics
            if not named and (function is Function.CONFIDENT or not is_range(first)):
                yield Message("catalog_rules.needs_metric", {"part": source(node)})
        elif function not in _FREE:
            yield from self.numbers(node, *(rest if function in _ANSWERS else node.arguments))

    def answer(self, node: Call, first: Node) -> Iterator[Message]:
        wanted = _ANSWERS[node.function]
        if not isinstance(first, FieldRef):
            yield Message("catalog_rules.needs_answer", {"part": source(node)})
        elif wanted is not None and self.type_of(first) is not wanted:
            yield Message("catalog_rules.needs_type", {"part": source(node), "type": wanted})
        elif node.function is Function.NUMBER_OF:
            choices = self.catalog.fields[first.id].choices
            if any(choice.number is None for choice in choices):
                yield Message("catalog_rules.stand_for_nothing", {"part": source(node), "field": first.id})

    def aggregate(self, node: Call) -> Iterator[Message]:
        """An aggregate runs over a table; what stands behind its columns are conditions."""
        if not any(map(self.is_column, references(node.arguments[0]))):
            yield Message("catalog_rules.needs_column", {"part": source(node)})
        start = _CONDITIONS_FROM.get(node.function, 1)
        yield from self.numbers(node, *node.arguments[_NUMBER_FROM.get(node.function, 0) : start])
        for condition in node.arguments[start:]:
            if self.kind(condition) is not Kind.TRUTH:
                yield Message("catalog_rules.no_condition", {"part": source(condition)})

    def numbers(self, node: Node, *parts: Node) -> Iterator[Message]:
        for part in parts:
            if self.kind(part) in _NO_NUMBER:
                yield Message(
                    "catalog_rules.needs_number",
                    {"part": source(part), "kind": _NO_NUMBER[self.kind(part)], "whole": source(node)},
                )

    def comparison(self, node: Compare) -> Iterator[Message]:
        left, right = (self.kind(side) for side in (node.left, node.right))
        if left is not right and (left in _NO_NUMBER or right in _NO_NUMBER):
            one, other = (_NO_NUMBER.get(kind, _A_NUMBER) for kind in (left, right))
            yield Message("catalog_rules.compares", {"part": source(node), "one": one, "other": other})
        elif left in (Kind.TEXT, Kind.TRUTH) and node.operator not in ("==", "!="):
            yield Message("catalog_rules.no_order", {"part": source(node), "kind": _NO_NUMBER[left]})

    def kind(self, node: Node) -> Kind:
        return kind_of(node, lambda name: self.known[_name(name)])

    def type_of(self, name: FieldRef) -> FieldType | None:
        return self.catalog.fields[name.id].type if name.id in self.catalog.fields else None

    def is_column(self, name: Reference) -> bool:
        match name:
            case FieldRef(field_id):
                return field_id not in self.catalog.fields or self.catalog.fields[field_id].table
            case MetricRef(metric_id) if metric_id in self.catalog.metrics:
                return any(definition.per for definition in self.catalog.metrics[metric_id])
            case _:
                return False


def _name(reference: Reference) -> str:
    return f"policy.{reference.id}" if isinstance(reference, PolicyRef) else reference.id
