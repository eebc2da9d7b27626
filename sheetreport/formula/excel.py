"""An expression as a live Excel formula over defined names, guarded as the evaluation in Python is.

A blank is never zero, and what can't be computed is the text "—".
Only functions that Excel 2010, LibreOffice 7.4 and Google Sheets share are written.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Literal, Protocol, TypeAlias

from sheetreport.formula.evaluate import ROUNDING_DIGITS
from sheetreport.formula.intervals import NPS_ADDED_ANSWERS, NPS_ADDED_EACH, Z
from sheetreport.formula.parse import FormulaError
from sheetreport.formula.tree import (
    Binary,
    Call,
    Choose,
    Compare,
    FieldRef,
    Function,
    Logic,
    MetricRef,
    Negate,
    Node,
    Not,
    Number,
    PolicyRef,
    Text,
    children,
    references,
)

NOT_COMPUTABLE = "—"
UNKNOWN, NOT_APPLICABLE = "?", "-"  # how an answer that is no value stands in its cell

Bound: TypeAlias = Literal["low", "high"]

_Z = repr(Z)
# Operators that may stand inside another one's left or right side without brackets.
_FLAT_LEFT = {"+": "+-*/", "-": "+-*/", "*": "*/", "/": "*/"}
_FLAT_RIGHT = {"+": "+-*/", "-": "*/", "*": "*", "/": ""}
_ARRAY_FUNCTIONS = {Function.LOWEST, Function.HIGHEST, Function.FIRST_REACHING, Function.FIRST_COVERING}
_OPPOSITE = {"==": "!=", "!=": "==", "<": ">=", "<=": ">", ">": "<=", ">=": "<"}
_EXCEL_OPERATOR = {"==": "=", "!=": "<>"}


class Names(Protocol):
    """Where answers and metrics stand in the workbook, for the company or for one row of a table."""

    def field(self, field_id: str) -> str:
        """The cell of an answer; in a row formula, the row's own cell of a table's column."""
        ...

    def column(self, field_id: str) -> str:
        """The whole column of a table."""
        ...

    def tally(self, field_id: str) -> str:
        """The cells of a tally, lying side by side."""
        ...

    def scores(self, field_id: str) -> tuple[int, int]:
        """The lowest and the highest score of a tally."""
        ...

    def row_numbers(self, table: str) -> str:
        """The column that holds a number for every row that exists."""
        ...

    def table_of(self, node: Node) -> str:
        """The table over whose rows an aggregate of `node` runs."""
        ...

    def is_text(self, field_id: str) -> bool:
        """Whether the cell holds words: a choice by its label, or the owner's own text."""
        ...

    def metric(self, metric_id: str, bound: Bound | None = None) -> str:
        """The cell of a metric (in a row formula, the row's own) or of a limit of its interval."""
        ...

    def metric_column(self, metric_id: str, table: str) -> str | None:
        """The cells of a row metric of this table; None where the metric is the company's."""
        ...

    def policy(self, policy_id: str) -> float: ...

    def label(self, field_id: str, choice_id: str) -> str:
        """How a choice is written in its cell, in the workbook's language."""
        ...

    def choice_numbers(self, field_id: str) -> Mapping[str, float]:
        """The numbers that the labels of a choice stand for."""
        ...

    def series(self, field_id: str) -> str:
        """The cells of a series, lying below each other."""
        ...

    def series_size(self, field_id: str) -> int:
        """How many cells a series has, filled or not."""
        ...

    def scored_fields(self, page_id: str) -> Sequence[str]:
        """The fields of a page whose choices stand for numbers."""
        ...

    def asked_metrics(self) -> Sequence[str]:
        """The cells of the metrics that the pages begun so far could give; of a row metric, all its rows."""
        ...


def emit(node: Node, names: Names, bound: Bound | None = None, needs: Sequence[str] = ()) -> str:
    """The formula of an expression's value or, with `bound`, of a limit of an interval expression.

    `needs` are further cells that must hold numbers: an interval needs its metric's value.
    """
    sure = dict.fromkeys(needs, 1) | _sure(node, names)
    scope = _Scope(names, frozenset(sure))
    body = scope.interval(node, bound) if bound else scope.value(node)
    if not isinstance(node, FieldRef | MetricRef) or bound:
        body = f'IFERROR({body},"{NOT_COMPUTABLE}")'
    if not sure:
        return f"={body}"
    return f'=IF(COUNT({",".join(sure)})<{sum(sure.values())},"{NOT_COMPUTABLE}",{body})'


def needs_array_entry(node: Node) -> bool:
    """Whether the formula must be entered as an array formula, as the smallest of some rows must."""
    return (isinstance(node, Call) and node.function in _ARRAY_FUNCTIONS) or any(
        map(needs_array_entry, children(node))
    )


def quoted(text: str) -> str:
    """A text as an Excel literal."""
    return '"' + text.replace('"', '""') + '"'


def literal(value: float) -> str:
    """A number as an Excel literal."""
    return repr(int(value)) if value == int(value) and abs(value) < 1e15 else repr(value)


def _sure(node: Node, names: Names) -> dict[str, int]:
    """The cells that must hold numbers whatever the branches taken, and how many cells each name has."""
    match node:
        case FieldRef(field_id):
            return {} if names.is_text(field_id) else {names.field(field_id): 1}
        case MetricRef(metric_id):
            return {names.metric(metric_id): 1}
        case Compare() if _compares_text(node, names):
            return {}
        case Logic() | Text():
            return {}
        case Choose(condition, then, otherwise):
            either, other = _sure(then, names), _sure(otherwise, names)
            return _sure(condition, names) | {cell: size for cell, size in either.items() if cell in other}
        case Call(function, arguments):
            return _sure_of_call(function, arguments, names)
        case _:
            return _merged(children(node), names)


def _sure_of_call(function: Function, arguments: tuple[Node, ...], names: Names) -> dict[str, int]:
    match function:
        case (
            Function.EITHER
            | Function.GIVEN
            | Function.NUMBER_OF
            | Function.SUM
            | Function.COUNT
            | Function.LOWEST
            | Function.HIGHEST
            | Function.AT_LOWEST
            | Function.AT_HIGHEST
            | Function.WEIGHTED_MEAN
            | Function.SERIES_TOTAL
            | Function.SERIES_LENGTH
            | Function.PAGE_POINTS
            | Function.PAGE_ANSWERS
            | Function.METRICS_KNOWN
            | Function.METRICS_ASKED
            | Function.CONFIDENT
        ):
            return {}
        case Function.FIRST_REACHING | Function.FIRST_COVERING:
            return _merged(arguments[1:], names)
        case Function.TALLY | Function.TALLY_TOTAL | Function.TALLY_MEAN | Function.TALLY_SD:
            field_id = _field_id(arguments[0])
            first, last = names.scores(field_id)
            return {names.tally(field_id): last - first + 1}
        case Function.LOW | Function.HIGH:
            if isinstance(arguments[0], MetricRef):
                return {names.metric(arguments[0].id, _bound_of(function)): 1}
            return _merged(arguments, names)
        case _:
            return _merged(arguments, names)


def _merged(nodes: Sequence[Node], names: Names) -> dict[str, int]:
    merged: dict[str, int] = {}
    for node in nodes:
        merged |= _sure(node, names)
    return merged


@dataclass(frozen=True, slots=True)
class _Scope:
    """The cells already known to hold numbers and, inside an aggregate, the table whose columns are meant."""

    names: Names
    known: frozenset[str]
    table: str | None = None

    def value(self, node: Node) -> str:
        match node:
            case Number(value):
                return literal(value)
            case Text(value):
                return quoted(value)
            case PolicyRef(policy_id):
                return literal(self.names.policy(policy_id))
            case FieldRef(field_id):
                return self.field(field_id)
            case MetricRef(metric_id):
                column = self.names.metric_column(metric_id, self.table) if self.table else None
                return column or self.guarded(self.names.metric(metric_id))
            case Negate(operand):
                return f"-{self.atom(operand)}"
            case Binary(operator, left, right):
                return self.binary(operator, left, right)
            case Compare():
                return self.compare(node)
            case Logic(operator, operands):
                return self.logic(operator, operands)
            case Not(operand):
                return f"NOT({self.value(operand)})"
            case Choose(condition, then, otherwise):
                return f"IF({self.value(condition)},{self.value(then)},{self.value(otherwise)})"
            case Call(function, arguments):
                return self.call(function, arguments)

    def field(self, field_id: str) -> str:
        if self.table is not None and self.names.table_of(FieldRef(field_id)) == self.table:
            return self.names.column(field_id)
        if self.names.is_text(field_id):
            raise FormulaError("formula.words_in_cell", field=field_id)
        return self.guarded(self.names.field(field_id))

    def guarded(self, cell: str) -> str:
        """A cell where only a number counts. Inside an aggregate the guard stands before the whole."""
        return cell if cell in self.known or self.table else f"IF(ISNUMBER({cell}),{cell},NA())"

    def atom(self, node: Node) -> str:
        """A value that can be multiplied, divided or raised as it stands."""
        text = self.value(node)
        return f"({text})" if isinstance(node, Binary | Compare | Negate) else text

    def binary(self, operator: str, left: Node, right: Node) -> str:
        first = self.value(left)
        if isinstance(left, Binary) and left.operator not in _FLAT_LEFT[operator]:
            first = f"({first})"
        flat = isinstance(right, Binary) and right.operator in _FLAT_RIGHT[operator]
        return f"{first}{operator}{self.value(right) if flat else self.atom(right)}"

    def compare(self, node: Compare) -> str:
        operator = _EXCEL_OPERATOR.get(node.operator, node.operator)
        if not _compares_text(node, self.names):
            return f"{self.value(node.left)}{operator}{self.value(node.right)}"
        field_id, cell, label = self.text_operands(node)
        if field_id.startswith("p."):
            if node.operator == "==":
                return f"{cell}={label}"
            refused = (NOT_APPLICABLE, self.names.label(field_id, "na"))
            return f"AND({','.join(f'{cell}<>{text}' for text in (label, *map(quoted, refused)))})"
        return f"IF({_no_text(cell)},NA(),{cell}{operator}{label})"

    def text_operands(self, node: Compare) -> tuple[str, str, str]:
        """The field, its cell and the label it is compared with."""
        left, right = (node.right, node.left) if isinstance(node.left, Text) else (node.left, node.right)
        if not isinstance(left, FieldRef) or not isinstance(right, Text):
            raise FormulaError("formula.words_with_answer")
        label = quoted(self.names.label(left.id, right.value))
        inside = self.table is not None and self.names.table_of(left) == self.table
        return left.id, self.names.column(left.id) if inside else self.names.field(left.id), label

    def logic(self, operator: str, operands: tuple[Node, ...]) -> str:
        """Three-valued, where an operand may be missing: one that decides settles it all the same."""
        written = [self.value(operand) for operand in operands]
        function = "OR" if operator == "or" else "AND"
        plain = f"{function}({','.join(written)})"
        if not any("NA()" in operand or "/" in operand for operand in written):
            return plain
        if operator == "or":
            return f"IF(OR({','.join(f'IFERROR({operand},FALSE)' for operand in written)}),TRUE,{plain})"
        return f"IF(AND({','.join(f'IFERROR({operand},TRUE)' for operand in written)}),{plain},FALSE)"

    def call(self, function: Function, arguments: tuple[Node, ...]) -> str:
        match function:
            case Function.EITHER:
                return self.either([self.value(argument) for argument in arguments])
            case Function.MINIMUM:
                return f"MIN({self.listed(arguments)})"
            case Function.MAXIMUM:
                return f"MAX({self.listed(arguments)})"
            case Function.CEIL:
                return f"-INT(-ROUND({self.value(arguments[0])},{ROUNDING_DIGITS}))"
            case Function.SQRT:
                return f"SQRT({self.value(arguments[0])})"
            case Function.POWER:
                return f"POWER({self.listed(arguments)})"
            case Function.ABS:
                return f"ABS({self.value(arguments[0])})"
            case Function.CLIP:
                value, low, high = map(self.value, arguments)
                return f"MIN(MAX({value},{low}),{high})"
            case Function.REQUIRE:
                return f"IF({self.value(arguments[0])},{self.value(arguments[2])},NA())"
            case Function.GIVEN:
                return self.given(_field_id(arguments[0]))
            case Function.NUMBER_OF:
                return self.number_of(_field_id(arguments[0]))
            case Function.SUM:
                return self.sum(arguments[0], arguments[1:])
            case Function.COUNT:
                return self.count(_field_id(arguments[0]), arguments)
            case Function.LOWEST | Function.HIGHEST:
                return self.extreme("MIN" if function is Function.LOWEST else "MAX", arguments)
            case Function.WEIGHTED_MEAN:
                return self.weighted_mean(*arguments)
            case Function.TALLY | Function.TALLY_TOTAL | Function.TALLY_MEAN | Function.TALLY_SD:
                return self.of_tally(function, _field_id(arguments[0]), arguments[1:])
            case Function.SERIES_TOTAL | Function.SERIES_LENGTH:
                cells = self.names.series(_field_id(arguments[0]))
                counted = "SUM" if function is Function.SERIES_TOTAL else "COUNT"
                return f"IF(COUNT({cells})=0,NA(),{counted}({cells}))"
            case Function.FIRST_REACHING:
                return self.first_reaching(_field_id(arguments[0]), arguments[1])
            case Function.FIRST_COVERING:
                return self.first_covering(_field_id(arguments[0]), arguments[1:])
            case Function.PAGE_POINTS | Function.PAGE_ANSWERS:
                return self.page_numbers(arguments[0], points=function is Function.PAGE_POINTS)
            case Function.METRICS_KNOWN:
                return _sum(f"(COUNT({cells})>0)" for cells in self.names.asked_metrics())
            case Function.METRICS_ASKED:
                return str(len(self.names.asked_metrics()))
            case Function.STUDENT:
                n = self.value(arguments[0])
                return f"IF({n}>=30,{_Z},TINV(0.05,{n}-1))"
            case Function.FPC:
                n, population = map(self.atom, arguments)
                inside = f"SQRT(({population}-{n})/({population}-1))"
                return f"IF(OR({population}<=1,{n}>{population}),NA(),{inside})"
            case Function.LOW | Function.HIGH:
                return self.limit(arguments[0], _bound_of(function))
            case (
                Function.AT_LOWEST
                | Function.AT_HIGHEST
                | Function.CONFIDENT
                | Function.WILSON
                | Function.NEWCOMBE
                | Function.NPS_INTERVAL
                | Function.NPS_DIFFERENCE
                | Function.PER_COUNT
                | Function.AROUND
                | Function.SCALE
                | Function.SHIFT
                | Function.INVERSE
            ):
                raise FormulaError("formula.no_single_number", function=function)

    def listed(self, nodes: Sequence[Node]) -> str:
        return ",".join(map(self.value, nodes))

    @staticmethod
    def either(written: Sequence[str]) -> str:
        *first, last = written
        for text in reversed(first):
            last = f"IFERROR({text},{last})"
        return last

    def given(self, field_id: str) -> str:
        cell = self.names.field(field_id)
        return f"NOT({_no_text(cell)})" if self.names.is_text(field_id) else f"ISNUMBER({cell})"

    def number_of(self, field_id: str) -> str:
        cell = self.names.field(field_id)
        tests = [
            f"IF({cell}={quoted(label)},{literal(value)},"
            for label, value in self.names.choice_numbers(field_id).items()
        ]
        return "".join(tests) + "NA()" + ")" * len(tests)

    def limit(self, node: Node, bound: Bound) -> str:
        if isinstance(node, MetricRef):
            return self.guarded(self.names.metric(node.id, bound))
        return self.interval(node, bound)

    # Aggregates

    def sum(self, summed: Node, conditions: Sequence[Node]) -> str:
        """The sum over the rows that match; a matching row without a number leaves the whole without one."""
        table = self.names.table_of(summed)
        inside = replace(self, table=table)
        column, numbers = inside.value(summed), inside.are_numbers(summed)
        if not conditions:
            lone = isinstance(summed, FieldRef | MetricRef)
            complete = f"COUNT({column})" if lone else f"SUMPRODUCT({_product(numbers)})"
            total = f"SUM({column})" if lone else f"SUMPRODUCT({column})"
            return f"IF({complete}<COUNT({self.names.row_numbers(table)}),NA(),{total})"
        tests = inside.all_tests(conditions)
        gaps = f"SUMPRODUCT({'*'.join(tests)}*(1-{'*'.join(numbers)}))"
        total = f"SUMPRODUCT({_product(tests)},{column})"
        return inside.unless_missing(conditions, f"IF({gaps}>0,NA(),{total})")

    def count(self, field_id: str, arguments: Sequence[Node]) -> str:
        inside = replace(self, table=self.names.table_of(arguments[0]))
        tests = [*inside.all_tests(arguments[1:]), *self.filled(self.names.column(field_id), field_id)]
        return inside.unless_missing(arguments[1:], f"SUMPRODUCT({_product(tests)})")

    def extreme(self, function: str, arguments: Sequence[Node]) -> str:
        """The smallest or largest of the rows that match and have a number; an array formula."""
        inside = replace(self, table=self.names.table_of(arguments[0]))
        tests = _product([*inside.all_tests(arguments[1:]), *inside.are_numbers(arguments[0])])
        found = f"IF(SUMPRODUCT({tests})=0,NA(),{function}(IF({tests},{inside.value(arguments[0])})))"
        return inside.unless_missing(arguments[1:], found, otherwise="NA()")

    def weighted_mean(self, metric: Node, weight: Node) -> str:
        inside = replace(self, table=self.names.table_of(metric))
        values, weights = inside.value(metric), inside.value(weight)
        total = f"SUMPRODUCT(ISNUMBER({values})*1,{weights})"
        unweighted = f"SUMPRODUCT(ISNUMBER({values})*(1-ISNUMBER({weights})))>0"
        return f"IF(OR({unweighted},{total}=0),AVERAGE({values}),SUMPRODUCT({values},{weights})/{total})"

    def all_tests(self, conditions: Sequence[Node]) -> list[str]:
        """Tests of the rows; a row matches where their product is 1."""
        return [test for condition in conditions for test in self.tests(condition)]

    def tests(self, node: Node) -> Iterator[str]:
        match node:
            case Logic("and", operands):
                for operand in operands:
                    yield from self.tests(operand)
            case Logic(_, operands):
                alternatives = [_product(list(self.tests(operand))) for operand in operands]
                yield f"({'+'.join(alternatives)}>0)"
            case Not(operand):
                yield from self.tests(_negated(operand))
            case Compare() if _compares_text(node, self.names):
                field_id, column, label = self.text_operands(node)
                if node.operator == "!=":
                    yield from self.filled(column, field_id)
                yield f"({column}{_EXCEL_OPERATOR[node.operator]}{label})"
            case Compare(operator, left, right):
                yield from self.are_numbers(node)
                yield f"({self.value(left)}{_EXCEL_OPERATOR.get(operator, operator)}{self.value(right)})"
            case Call(Function.GIVEN, (FieldRef(field_id),)):
                yield from self.filled(self.names.column(field_id), field_id)
            case _:
                raise FormulaError("formula.row_condition")

    def filled(self, column: str, field_id: str) -> list[str]:
        """Tests that a column is answered."""
        if not self.names.is_text(field_id):
            return [f"ISNUMBER({column})"]
        return [f'({column}<>"{mark}")' for mark in ("", UNKNOWN, NOT_APPLICABLE)]

    def are_numbers(self, node: Node) -> list[str]:
        """Tests that the columns an expression names hold numbers."""
        columns = dict.fromkeys(self.value(reference) for reference in self.named(node, columns=True))
        return [f"ISNUMBER({column})" for column in columns]

    def named(self, node: Node, columns: bool) -> Iterator[FieldRef | MetricRef]:
        """The columns of the aggregate's table that an expression names, or the single cells."""
        for reference in references(node):
            if isinstance(reference, FieldRef) and (self.names.table_of(reference) == self.table) is columns:
                yield reference
            if isinstance(reference, MetricRef):
                assert self.table is not None
                if (self.names.metric_column(reference.id, self.table) is not None) is columns:
                    yield reference

    def unless_missing(self, conditions: Sequence[Node], aggregate: str, otherwise: str = "0") -> str:
        """No row matches a condition that needs a number nobody has."""
        cells: dict[str, None] = {}
        for condition in conditions:
            for reference in self.named(condition, columns=False):
                where = self.names.metric if isinstance(reference, MetricRef) else self.names.field
                cells[where(reference.id)] = None
        missing = [cell for cell in cells if cell not in self.known]
        if not missing:
            return aggregate
        return f"IF(COUNT({','.join(missing)})<{len(missing)},{otherwise},{aggregate})"

    # Tallies

    def of_tally(self, function: Function, field_id: str, scores: Sequence[Node]) -> str:
        cells = self.names.tally(field_id)
        first, last = self.names.scores(field_id)
        if function is Function.TALLY:
            text = self.tally(cells, first, last, scores)
        elif function is Function.TALLY_TOTAL:
            text = f"SUM({cells})"
        else:
            every_score = "{" + ",".join(map(str, range(first, last + 1))) + "}"
            text = f"SUMPRODUCT({every_score},{cells})/SUM({cells})"
            if function is Function.TALLY_SD:
                text = f"SQRT(SUMPRODUCT(({every_score}-{text})^2,{cells})/(SUM({cells})-1))"
        return text if cells in self.known else f"IF(COUNT({cells})<{last - first + 1},NA(),{text})"

    def tally(self, cells: str, first: int, last: int, scores: Sequence[Node]) -> str:
        """How many answers gave one of the scores from a lowest to a highest."""
        low, high = map(self.constant, scores)
        start, end = max(low, first) - first + 1, min(high, last) - first + 1
        if start > end:
            return "0"
        if start == end:
            return f"INDEX({cells},1,{start})"
        return f"SUM(INDEX({cells},1,{start}):INDEX({cells},1,{end}))"

    def constant(self, node: Node) -> int:
        match node:
            case Number(value):
                return int(value)
            case PolicyRef(policy_id):
                return int(self.names.policy(policy_id))
            case _:
                raise FormulaError("formula.tally_scores")

    # Series, and what was answered at all

    def first_reaching(self, field_id: str, level: Node) -> str:
        cells = self.names.series(field_id)
        return self.first_month(field_id, f"IF(ISNUMBER({cells}),{cells}>={self.value(level)},FALSE)")

    def first_covering(self, field_id: str, arguments: Sequence[Node]) -> str:
        """Running sums are a product with the triangle of months up to each month."""
        cells, months = self.names.series(field_id), self.months(field_id)
        each, less, wanted = map(self.atom, arguments)
        triangle = f"IF({months.replace(';', ',')}<={months},1,0)"
        sums = f"MMULT({triangle},IF(ISNUMBER({cells}),{cells},0))*{each}-{months}*{less}"
        reached = f"IF({months}<=COUNT({cells}),ROUND({sums}-{wanted},{ROUNDING_DIGITS})>=0,FALSE)"
        return self.first_month(field_id, reached)

    def first_month(self, field_id: str, reached: str) -> str:
        """The first month of those for which something holds; an array formula."""
        found = f"MIN(IF({reached},{self.months(field_id)},9999))"
        return f"IF({found}=9999,NA(),{found})"

    def months(self, field_id: str) -> str:
        return "{" + ";".join(map(str, range(1, self.names.series_size(field_id) + 1))) + "}"

    def page_numbers(self, page: Node, *, points: bool) -> str:
        """The sum of the numbers that the answered choices of a page stand for, or how many are answered."""
        if not isinstance(page, Text):
            raise FormulaError("formula.page_needed")
        parts: list[str] = []
        for field_id in self.names.scored_fields(page.value):
            cell = self.names.field(field_id)
            for label, number in self.names.choice_numbers(field_id).items():
                weight = number if points else 1
                if weight:
                    parts.append(f"({cell}={quoted(label)})" + ("" if weight == 1 else f"*{literal(weight)}"))
        return _sum(parts)

    # Intervals

    def interval(self, node: Node, bound: Bound) -> str:
        match node:
            case Choose(condition, then, otherwise):
                branches = f"{self.interval(then, bound)},{self.interval(otherwise, bound)}"
                return f"IF({self.value(condition)},{branches})"
            case Call(Function.EITHER, arguments):
                return self.either([self.interval(argument, bound) for argument in arguments])
            case Call(Function.REQUIRE, (condition, _, then)):
                return f"IF({self.value(condition)},{self.interval(then, bound)},NA())"
            case Call(Function.WILSON, (successes, n)):
                return _wilson(self.atom(successes), self.atom(n), bound)
            case Call(Function.NEWCOMBE, arguments):
                return _newcombe(list(map(self.atom, arguments)), bound)
            case Call(Function.NPS_INTERVAL, arguments):
                return _nps_interval(list(map(self.atom, arguments)), bound)
            case Call(Function.NPS_DIFFERENCE, arguments):
                return _nps_difference(list(map(self.atom, arguments)), bound)
            case Call(Function.PER_COUNT, (cost, events)):
                fewest = literal(self.names.policy("min_events_for_interval"))
                return _per_count(self.atom(cost), self.atom(events), fewest, bound)
            case Call(Function.AROUND, (centre, margin, low, high)):
                if bound == "low":
                    return f"MAX({self.value(low)},{self.value(centre)}-{self.atom(margin)})"
                return f"MIN({self.value(high)},{self.value(centre)}+{self.atom(margin)})"
            case Call(Function.SCALE, (inner, factor)):
                return self.scale(inner, factor, bound)
            case Call(Function.SHIFT, (inner, amount)):
                return f"({self.interval(inner, bound)})+{self.atom(amount)}"
            case Call(Function.INVERSE, (inner,)):
                return self.inverse(inner, bound)
            case _:
                raise FormulaError("formula.interval_needed")

    def scale(self, inner: Node, factor: Node, bound: Bound) -> str:
        """An interval times a factor, which may turn it round."""
        if isinstance(factor, Number):
            return f"({self.interval(inner, bound)})*{literal(factor.value)}"
        bounds: tuple[Bound, Bound] = ("low", "high")
        ends = ",".join(f"({self.interval(inner, end)})*{self.atom(factor)}" for end in bounds)
        return f"{'MIN' if bound == 'low' else 'MAX'}({ends})"

    def inverse(self, inner: Node, bound: Bound) -> str:
        """One over the opposite end; an interval that reaches zero has no inverse."""
        low, high = self.interval(inner, "low"), self.interval(inner, "high")
        return f"IF({low}>0,1/({high if bound == 'low' else low}),NA())"


def _compares_text(node: Compare, names: Names) -> bool:
    return any(
        isinstance(side, Text) or (isinstance(side, FieldRef) and names.is_text(side.id))
        for side in (node.left, node.right)
    )


def _bound_of(function: Function) -> Bound:
    return "low" if function is Function.LOW else "high"


def _no_text(cell: str) -> str:
    return f'OR({cell}="",{cell}="{UNKNOWN}",{cell}="{NOT_APPLICABLE}")'


def _product(tests: Sequence[str]) -> str:
    """Tests as 1 or 0: a lone one is TRUE or FALSE, which SUMPRODUCT takes for no number."""
    return "*".join(tests) if len(tests) > 1 else f"{tests[0]}*1"


def _sum(parts: Iterable[str]) -> str:
    return f"({'+'.join(parts) or 0})"


def _negated(node: Node) -> Node:
    match node:
        case Compare(operator, left, right):
            return Compare(_OPPOSITE[operator], left, right)
        case Logic(operator, operands):
            return Logic("or" if operator == "and" else "and", tuple(map(_negated, operands)))
        case Not(operand):
            return operand
        case _:
            raise FormulaError("formula.row_negation")


def _field_id(node: Node) -> str:
    if not isinstance(node, FieldRef):
        raise FormulaError("formula.answer_needed")
    return node.id


def _wilson(successes: str, n: str, bound: Bound) -> str:
    share = f"{successes}/{n}"
    sign = "-" if bound == "low" else "+"
    spread = f"{_Z}*SQRT({share}*(1-{share})/{n}+{_Z}^2/(4*{n}^2))"
    limit = f"({share}+{_Z}^2/(2*{n}){sign}{spread})/(1+{_Z}^2/{n})"
    clipped = f"MAX(0,{limit})" if bound == "low" else f"MIN(1,{limit})"
    return f"IF(AND({successes}>=0,{successes}<={n}),{clipped},NA())"


def _newcombe(arguments: list[str], bound: Bound) -> str:
    before, n_before, after, n_after = arguments
    first, second = f"{before}/{n_before}", f"{after}/{n_after}"
    opposite: Bound = "high" if bound == "low" else "low"
    own = f"({second}-{_wilson(after, n_after, bound)})^2"
    other = f"({_wilson(before, n_before, opposite)}-{first})^2"
    return f"{second}-{first}{'-' if bound == 'low' else '+'}SQRT({own}+{other})"


def _adjusted_nps(promoters: str, detractors: str, n: str) -> tuple[str, str]:
    """Adjusted-Wald score as a fraction, and its variance."""
    total = f"({n}+{NPS_ADDED_ANSWERS})"
    p = f"({promoters}+{NPS_ADDED_EACH})/{total}"
    d = f"({detractors}+{NPS_ADDED_EACH})/{total}"
    score = f"({promoters}-{detractors})/{total}"
    return score, f"({p}+{d}-({score})^2)/{total}"


def _nps_interval(arguments: list[str], bound: Bound) -> str:
    promoters, detractors, n = arguments
    score, variance = _adjusted_nps(promoters, detractors, n)
    if bound == "low":
        limit = f"MAX(-100,100*({score}-{_Z}*SQRT({variance})))"
    else:
        limit = f"MIN(100,100*({score}+{_Z}*SQRT({variance})))"
    return f"IF({promoters}+{detractors}>{n},NA(),{limit})"


def _nps_difference(arguments: list[str], bound: Bound) -> str:
    score_1, variance_1 = _adjusted_nps(*arguments[:3])
    score_2, variance_2 = _adjusted_nps(*arguments[3:])
    sign = "-" if bound == "low" else "+"
    return f"100*({score_1}-{score_2}{sign}{_Z}*SQRT({variance_1}+{variance_2}))"


def _per_count(cost: str, events: str, fewest: str, bound: Bound) -> str:
    """The cost over the opposite limit of the count (Byar)."""
    if bound == "low":
        limit = f"(({events}+1)*(1-1/(9*({events}+1))+{_Z}/(3*SQRT({events}+1)))^3)"
    else:
        limit = f"({events}*(1-1/(9*{events})-{_Z}/(3*SQRT({events})))^3)"
    return f"IF({events}<{fewest},NA(),{cost}/{limit})"
