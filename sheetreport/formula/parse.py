"""Text to expression tree. Python's own parser reads it, and an allow-list of nodes lets little through."""

from __future__ import annotations

import ast
from typing import Self

from sheetreport.errors import Message
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
)

MAX_LENGTH = 500  # a longer text can exhaust the parser's stack

_BINARY = {ast.Add: "+", ast.Sub: "-", ast.Mult: "*", ast.Div: "/"}
_COMPARE = {ast.Eq: "==", ast.NotEq: "!=", ast.Lt: "<", ast.LtE: "<=", ast.Gt: ">", ast.GtE: ">="}

# How many arguments a function takes
_ARGUMENTS = {
    Function.CEIL: 1,
    Function.SQRT: 1,
    Function.POWER: 2,
    Function.ABS: 1,
    Function.CLIP: 3,
    Function.REQUIRE: 3,
    Function.GIVEN: 1,
    Function.NUMBER_OF: 1,
    Function.WEIGHTED_MEAN: 2,
    Function.TALLY: 3,
    Function.TALLY_TOTAL: 1,
    Function.TALLY_MEAN: 1,
    Function.TALLY_SD: 1,
    Function.SERIES_TOTAL: 1,
    Function.SERIES_LENGTH: 1,
    Function.FIRST_REACHING: 2,
    Function.FIRST_COVERING: 4,
    Function.PAGE_POINTS: 1,
    Function.PAGE_ANSWERS: 1,
    Function.METRICS_KNOWN: 0,
    Function.METRICS_ASKED: 0,
    Function.WILSON: 2,
    Function.NEWCOMBE: 4,
    Function.NPS_INTERVAL: 3,
    Function.NPS_DIFFERENCE: 6,
    Function.PER_COUNT: 2,
    Function.AROUND: 4,
    Function.SCALE: 2,
    Function.SHIFT: 2,
    Function.INVERSE: 1,
    Function.STUDENT: 1,
    Function.FPC: 2,
    Function.LOW: 1,
    Function.HIGH: 1,
    Function.CONFIDENT: 1,
}
# The fewest that a function of any number takes
_FEWEST_ARGUMENTS = {
    Function.EITHER: 2,
    Function.MINIMUM: 2,
    Function.MAXIMUM: 2,
    Function.SUM: 1,
    Function.COUNT: 1,
    Function.LOWEST: 1,
    Function.HIGHEST: 1,
    Function.AT_LOWEST: 2,
    Function.AT_HIGHEST: 2,
}


class FormulaError(ValueError):
    """An expression that can't be used; `message` says why and, where known, near which column."""

    def __init__(self, key: str, /, **params: object) -> None:
        self.message = Message(key, params)
        super().__init__(self.message)

    @classmethod
    def at(cls, node: ast.expr, key: str, /, **params: object) -> Self:
        """What is wrong with a part of an expression, and where it begins."""
        return cls("formula.at_column", column=str(node.col_offset + 1), problem=Message(key, params))


def parse(text: str) -> Node:
    """Read one expression. Raises FormulaError with the place and the reason."""
    if len(text) > MAX_LENGTH:
        raise FormulaError("formula.too_long", most=MAX_LENGTH)
    try:
        body = ast.parse(text.strip(), mode="eval").body
    except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
        column = getattr(error, "offset", None)
        place = Message("formula.near_column", {"column": str(column)}) if column else ""
        raise FormulaError("formula.not_expression", place=place, text=text.strip()) from error
    return _convert(body)


def _convert(node: ast.expr) -> Node:
    match node:
        case ast.Constant(value=bool()):
            raise FormulaError.at(node, "formula.true_or_false")
        case ast.Constant(value=int() | float() as value):
            return Number(float(value))
        case ast.Constant(value=str() as value):
            return Text(value)
        case ast.Name(id=name):
            return MetricRef(name)
        case ast.Attribute(value=ast.Name(id=sheet), attr=field):
            return PolicyRef(field) if sheet == "policy" else FieldRef(f"{sheet}.{field}")
        case ast.UnaryOp(op=ast.USub(), operand=operand):
            return Negate(_convert(operand))
        case ast.UnaryOp(op=ast.Not(), operand=operand):
            return Not(_convert(operand))
        case ast.BinOp(left=left, op=operator, right=right) if type(operator) in _BINARY:
            return Binary(_BINARY[type(operator)], _convert(left), _convert(right))
        case ast.Compare(left=left, ops=[operator], comparators=[right]) if type(operator) in _COMPARE:
            return Compare(_COMPARE[type(operator)], _convert(left), _convert(right))
        case ast.BoolOp(op=operator, values=values):
            return Logic("and" if isinstance(operator, ast.And) else "or", tuple(_convert(v) for v in values))
        case ast.IfExp(test=test, body=body, orelse=orelse):
            return Choose(_convert(test), _convert(body), _convert(orelse))
        case ast.Call(func=ast.Name(id=name), args=arguments, keywords=[]):
            return _call(node, name, arguments)
        case _:
            raise FormulaError.at(node, "formula.not_in_language", name=type(node).__name__)


def _call(node: ast.expr, name: str, arguments: list[ast.expr]) -> Call:
    try:
        function = Function(name)
    except ValueError:
        raise FormulaError.at(node, "formula.no_function", name=name) from None
    given = len(arguments)
    if function in _FEWEST_ARGUMENTS:
        fewest = _FEWEST_ARGUMENTS[function]
        if given < fewest:
            raise FormulaError.at(node, "formula.arguments_from", function=name, fewest=fewest, given=given)
    elif given != _ARGUMENTS[function]:
        wanted = _ARGUMENTS[function]
        raise FormulaError.at(node, "formula.arguments", function=name, wanted=wanted, given=given)
    return Call(function, tuple(_convert(argument) for argument in arguments))
