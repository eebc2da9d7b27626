"""The unit an expression comes out in, and the mistakes that units give away: money added to a share."""

from __future__ import annotations

from collections.abc import Callable
from enum import StrEnum
from typing import assert_never

from sheetreport.errors import Message
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
    Reference,
    Text,
)


class Kind(StrEnum):
    """What sort of thing a value is. NUMBER is a plain number that goes with everything."""

    MONEY = "money"
    COUNT = "count"
    SHARE = "share"
    NUMBER = "number"
    TIME = "time"
    DATE = "date"
    TEXT = "text"
    TRUTH = "truth"
    TALLY = "tally"
    SERIES = "series"

    @property
    def words(self) -> Message:
        """What people call it."""
        return Message("formula.kind_" + self.value, {})


_FREE = (Kind.NUMBER,)


def kind_of(node: Node, lookup: Callable[[Reference], Kind]) -> Kind:
    """The kind of an expression's value. Raises FormulaError where kinds are mixed."""
    match node:
        case Number():
            return Kind.NUMBER
        case Text():
            return Kind.TEXT
        case FieldRef() | MetricRef() | PolicyRef():
            return lookup(node)
        case Negate(operand):
            return kind_of(operand, lookup)
        case Binary(operator, left, right):
            return _binary(operator, kind_of(left, lookup), kind_of(right, lookup))
        case Compare(operator, left, right):
            _same(kind_of(left, lookup), kind_of(right, lookup), "formula.compared", operator=operator)
            return Kind.TRUTH
        case Logic(_, operands):
            for operand in operands:
                _truth(operand, lookup)
            return Kind.TRUTH
        case Not(operand):
            _truth(operand, lookup)
            return Kind.TRUTH
        case Choose(condition, then, otherwise):
            _truth(condition, lookup)
            return _same(kind_of(then, lookup), kind_of(otherwise, lookup), "formula.chosen_between")
        case Call(function, arguments):
            return _call(function, arguments, lookup)
        case _:
            assert_never(node)


def _truth(node: Node, lookup: Callable[[Reference], Kind]) -> None:
    if kind_of(node, lookup) is not Kind.TRUTH:
        raise FormulaError("formula.no_comparison")


def _same(left: Kind, right: Kind, key: str, /, **params: object) -> Kind:
    """The kind of both; `key` is the text that tells where they must be one."""
    if left is right or right in _FREE:
        return left
    if left in _FREE:
        return right
    raise FormulaError(key, left=left.words, right=right.words, **params)


def _binary(operator: str, left: Kind, right: Kind) -> Kind:
    if {left, right} & {Kind.TEXT, Kind.TRUTH, Kind.TALLY, Kind.SERIES}:
        raise _no_arithmetic(operator, left, right)
    if Kind.DATE in (left, right):
        return _dates(operator, left, right)
    match operator:
        case "+" | "-":
            return _same(left, right, "formula.added")
        case "*":
            return _product(left, right)
        case _:
            return _quotient(left, right)


def _no_arithmetic(operator: str, left: Kind, right: Kind) -> FormulaError:
    return FormulaError("formula.no_arithmetic", left=left.words, operator=operator, right=right.words)


def _dates(operator: str, left: Kind, right: Kind) -> Kind:
    if operator == "-" and left is right:
        return Kind.TIME
    if operator in "+-" and left is Kind.DATE and right in (Kind.TIME, Kind.NUMBER):
        return Kind.DATE
    raise _no_arithmetic(operator, left, right)


def _product(left: Kind, right: Kind) -> Kind:
    if left is right is Kind.MONEY:
        raise FormulaError("formula.money_times_money")
    for kind in (Kind.MONEY, Kind.COUNT, Kind.TIME, Kind.SHARE):
        if kind in (left, right):
            return kind
    return Kind.NUMBER


def _quotient(left: Kind, right: Kind) -> Kind:
    if left is right is Kind.COUNT:
        return Kind.SHARE
    if left is right or left is Kind.NUMBER:
        return Kind.NUMBER
    if right is Kind.MONEY:
        raise FormulaError("formula.divided_by_money", left=left.words)
    return left


def _call(function: Function, arguments: tuple[Node, ...], lookup: Callable[[Reference], Kind]) -> Kind:
    kinds = [kind_of(argument, lookup) for argument in arguments]
    match function:
        case Function.EITHER | Function.MINIMUM | Function.MAXIMUM | Function.CLIP | Function.AROUND:
            kind = kinds[0]
            for other in kinds[1:]:
                kind = _same(kind, other, "formula.together_in", function=function)
            return kind
        case Function.CEIL | Function.ABS | Function.LOW | Function.HIGH | Function.LOWEST | Function.HIGHEST:
            return kinds[0]
        case (
            Function.SUM
            | Function.WEIGHTED_MEAN
            | Function.AT_LOWEST
            | Function.AT_HIGHEST
            | Function.SCALE
            | Function.SHIFT
        ):
            return kinds[0]
        case Function.REQUIRE:
            if kinds[0] is not Kind.TRUTH or kinds[1] is not Kind.TEXT:
                raise FormulaError("formula.require_form")
            return kinds[2]
        case Function.GIVEN | Function.CONFIDENT:
            return Kind.TRUTH
        case (
            Function.COUNT
            | Function.TALLY
            | Function.TALLY_TOTAL
            | Function.PAGE_ANSWERS
            | Function.METRICS_KNOWN
            | Function.METRICS_ASKED
        ):
            return Kind.COUNT
        case (
            Function.SERIES_TOTAL | Function.SERIES_LENGTH | Function.FIRST_REACHING | Function.FIRST_COVERING
        ):
            return _of_series(function, kinds)
        case Function.PER_COUNT:
            return kinds[0]
        case Function.WILSON | Function.NEWCOMBE:
            return Kind.SHARE
        case (
            Function.SQRT
            | Function.PAGE_POINTS
            | Function.POWER
            | Function.NUMBER_OF
            | Function.TALLY_MEAN
            | Function.TALLY_SD
            | Function.NPS_INTERVAL
            | Function.NPS_DIFFERENCE
            | Function.INVERSE
            | Function.STUDENT
            | Function.FPC
        ):
            return Kind.NUMBER
        case _:
            assert_never(function)


def _of_series(function: Function, kinds: list[Kind]) -> Kind:
    if kinds[0] is not Kind.SERIES:
        raise FormulaError("formula.series_needed", function=function, kind=kinds[0].words)
    if function is Function.FIRST_COVERING:
        _, each, less, total = kinds
        kind = _same(each, less, "formula.together_in", function=function)
        _same(kind, total, "formula.together_in", function=function)
    return Kind.COUNT
