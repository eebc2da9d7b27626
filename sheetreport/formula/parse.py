"""Text to expression tree. Python's own parser reads it, and an allow-list of nodes lets little through."""

from __future__ import annotations

import ast

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

# (fewest, most) arguments; None: no upper limit
_ARITY: dict[Function, tuple[int, int | None]] = {
    Function.EITHER: (2, None),
    Function.MINIMUM: (2, None),
    Function.MAXIMUM: (2, None),
    Function.CEIL: (1, 1),
    Function.SQRT: (1, 1),
    Function.POWER: (2, 2),
    Function.ABS: (1, 1),
    Function.CLIP: (3, 3),
    Function.REQUIRE: (3, 3),
    Function.GIVEN: (1, 1),
    Function.NUMBER_OF: (1, 1),
    Function.SUM: (1, None),
    Function.COUNT: (1, None),
    Function.LOWEST: (1, None),
    Function.HIGHEST: (1, None),
    Function.AT_LOWEST: (2, None),
    Function.AT_HIGHEST: (2, None),
    Function.WEIGHTED_MEAN: (2, 2),
    Function.TALLY: (3, 3),
    Function.TALLY_TOTAL: (1, 1),
    Function.TALLY_MEAN: (1, 1),
    Function.TALLY_SD: (1, 1),
    Function.SERIES_TOTAL: (1, 1),
    Function.SERIES_LENGTH: (1, 1),
    Function.FIRST_REACHING: (2, 2),
    Function.FIRST_COVERING: (4, 4),
    Function.PAGE_POINTS: (1, 1),
    Function.PAGE_ANSWERS: (1, 1),
    Function.METRICS_KNOWN: (0, 0),
    Function.METRICS_ASKED: (0, 0),
    Function.WILSON: (2, 2),
    Function.NEWCOMBE: (4, 4),
    Function.NPS_INTERVAL: (3, 3),
    Function.NPS_DIFFERENCE: (6, 6),
    Function.PER_COUNT: (2, 2),
    Function.AROUND: (4, 4),
    Function.SCALE: (2, 2),
    Function.SHIFT: (2, 2),
    Function.INVERSE: (1, 1),
    Function.STUDENT: (1, 1),
    Function.FPC: (2, 2),
    Function.LOW: (1, 1),
    Function.HIGH: (1, 1),
    Function.CONFIDENT: (1, 1),
}


class FormulaError(ValueError):
    """An expression that can't be read; the message says what and, where known, near which column."""


def parse(text: str) -> Node:
    """Read one expression. Raises FormulaError with the place and the reason."""
    if len(text) > MAX_LENGTH:
        raise FormulaError(f"expression longer than {MAX_LENGTH} characters")
    try:
        body = ast.parse(text.strip(), mode="eval").body
    except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
        column = getattr(error, "offset", None)
        place = f" near column {column}" if column else ""
        raise FormulaError(f"not an expression{place}: {text.strip()!r}") from error
    return _convert(body)


def _convert(node: ast.expr) -> Node:
    match node:
        case ast.Constant(value=bool()):
            raise _refused(node, "write a comparison instead of True or False")
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
            raise _refused(node, f"{type(node).__name__} is not part of the language")


def _call(node: ast.expr, name: str, arguments: list[ast.expr]) -> Call:
    try:
        function = Function(name)
    except ValueError:
        raise _refused(node, f"no function {name!r}") from None
    fewest, most = _ARITY[function]
    if len(arguments) < fewest or (most is not None and len(arguments) > most):
        wanted = (
            str(fewest) if fewest == most else f"{fewest} or more" if most is None else f"{fewest} to {most}"
        )
        raise _refused(node, f"{name} takes {wanted} arguments, not {len(arguments)}")
    return Call(function, tuple(_convert(argument) for argument in arguments))


def _refused(node: ast.expr, why: str) -> FormulaError:
    return FormulaError(f"column {node.col_offset + 1}: {why}")
