"""An expression in words and in the owner's numbers: "Spend / New clients" and "₽60,000 / 40"."""

from __future__ import annotations

from datetime import date
from typing import Protocol, assert_never

from sheetreport.formula.evaluate import Environment, NotComputableError, evaluate
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

_SIGNS = {"+": "+", "-": "−", "*": "×", "/": "/"}
_STRENGTH = {"+": 1, "-": 1, "*": 2, "/": 2}


class Naming(Protocol):
    """How the reader's language calls things; the words of functions come from locale/explain.yaml."""

    def name(self, reference: FieldRef | MetricRef | PolicyRef) -> str: ...

    def choice(self, field: FieldRef, choice_id: str) -> str: ...

    def number(self, value: float) -> str: ...

    def shown(self, reference: FieldRef | MetricRef | PolicyRef, value: float) -> str:
        """A reference's value in its own unit."""
        ...

    def day(self, value: date) -> str: ...

    def phrase(self, key: str, *arguments: str) -> str: ...


def words(node: Node, naming: Naming) -> str:
    """The formula with names instead of numbers."""
    match node:
        case Number(value):
            return naming.number(value)
        case Text(value):
            return value
        case FieldRef() | MetricRef():
            return naming.name(node)
        case PolicyRef():
            return naming.name(node)
        case Negate(operand):
            return f"−{_wrapped(operand, words(operand, naming), 3)}"
        case Binary(operator, left, right):
            strength = _STRENGTH[operator]
            ends = (
                _wrapped(left, words(left, naming), strength),
                _wrapped(right, words(right, naming), strength + (operator in "-/")),
            )
            return f" {_SIGNS[operator]} ".join(ends)
        case Compare(operator, left, right):
            if isinstance(left, FieldRef) and isinstance(right, Text):
                shown = naming.choice(left, right.value)
            else:
                shown = words(right, naming)
            return naming.phrase(_COMPARISONS[operator], words(left, naming), shown)
        case Logic(operator, operands):
            return naming.phrase(operator).join(words(operand, naming) for operand in operands)
        case Not(operand):
            return naming.phrase("not", words(operand, naming))
        case Choose(condition, then, otherwise):
            return naming.phrase(
                "if", words(condition, naming), words(then, naming), words(otherwise, naming)
            )
        case Call(function, arguments):
            return _call_words(function, arguments, naming)
        case _:
            assert_never(node)


_COMPARISONS = {"==": "equal", "!=": "not_equal", "<": "less", "<=": "at_most", ">": "more", ">=": "at_least"}


def _call_words(function: Function, arguments: tuple[Node, ...], naming: Naming) -> str:
    parts = [words(argument, naming) for argument in arguments]
    match function:
        case Function.SUM | Function.COUNT | Function.LOWEST | Function.HIGHEST:
            phrase = naming.phrase(function.value, parts[0])
            return (
                naming.phrase("where", phrase, naming.phrase("and").join(parts[1:])) if parts[1:] else phrase
            )
        case Function.AT_LOWEST | Function.AT_HIGHEST:
            return naming.phrase(function.value, parts[0], parts[1])
        case Function.EITHER:
            text = parts[0]
            for other in parts[1:]:
                text = naming.phrase("either", text, other)
            return text
        case Function.REQUIRE:
            return parts[2]
        case Function.MINIMUM | Function.MAXIMUM:
            return naming.phrase(function.value, "; ".join(parts))
        case Function.NUMBER_OF | Function.WEIGHTED_MEAN | Function.TALLY_MEAN | Function.TALLY_SD:
            return naming.phrase(function.value, parts[0])
        case (
            Function.CEIL
            | Function.SQRT
            | Function.POWER
            | Function.ABS
            | Function.CLIP
            | Function.GIVEN
            | Function.TALLY
            | Function.TALLY_TOTAL
            | Function.SERIES_TOTAL
            | Function.SERIES_LENGTH
            | Function.FIRST_REACHING
            | Function.FIRST_COVERING
            | Function.PAGE_POINTS
            | Function.PAGE_ANSWERS
            | Function.METRICS_KNOWN
            | Function.METRICS_ASKED
            | Function.WILSON
            | Function.NEWCOMBE
            | Function.NPS_INTERVAL
            | Function.NPS_DIFFERENCE
            | Function.PER_COUNT
            | Function.AROUND
            | Function.SCALE
            | Function.STUDENT
            | Function.FPC
            | Function.LOW
            | Function.HIGH
            | Function.CONFIDENT
        ):
            return naming.phrase(function.value, *parts)
        case _:
            assert_never(function)


def numbers(node: Node, naming: Naming, environment: Environment) -> str:
    """The formula with the owner's figures. Raises NotComputableError where one is missing."""
    match node:
        case FieldRef() | MetricRef() | PolicyRef():
            return _shown(node, naming, environment)
        case Binary(operator, left, right):
            strength = _STRENGTH[operator]
            ends = (
                _wrapped(left, numbers(left, naming, environment), strength),
                _wrapped(right, numbers(right, naming, environment), strength + (operator in "-/")),
            )
            return f" {_SIGNS[operator]} ".join(ends)
        case Negate(operand):
            return f"−{_wrapped(operand, numbers(operand, naming, environment), 3)}"
        case Choose(condition, then, otherwise):
            return numbers(then if evaluate(condition, environment) else otherwise, naming, environment)
        case Call(Function.EITHER, arguments):
            return numbers(_used(arguments, environment), naming, environment)
        case Call(Function.REQUIRE, (_, _, then)):
            return numbers(then, naming, environment)
        case Call(Function.CEIL | Function.SQRT | Function.ABS | Function.POWER as function, arguments):
            return naming.phrase(
                function.value, *(numbers(argument, naming, environment) for argument in arguments)
            )
        case Call(Function.FIRST_REACHING | Function.FIRST_COVERING as function, (series, *arguments)):
            figures = (numbers(argument, naming, environment) for argument in arguments)
            return naming.phrase(function.value, words(series, naming), *figures)
        case Call(Function.MINIMUM | Function.MAXIMUM as function, arguments):
            return naming.phrase(
                function.value, "; ".join(numbers(argument, naming, environment) for argument in arguments)
            )
        case _:
            return _value(evaluate(node, environment), naming)


def _used(alternatives: tuple[Node, ...], environment: Environment) -> Node:
    for alternative in alternatives[:-1]:
        try:
            evaluate(alternative, environment)
        except NotComputableError:
            continue
        return alternative
    return alternatives[-1]


def _shown(reference: FieldRef | MetricRef | PolicyRef, naming: Naming, environment: Environment) -> str:
    value = evaluate(reference, environment)
    if isinstance(value, float | int) and not isinstance(value, bool):
        return naming.shown(reference, float(value))
    if isinstance(value, str) and isinstance(reference, FieldRef):
        return naming.choice(reference, value)
    return _value(value, naming)


def _value(value: object, naming: Naming) -> str:
    match value:
        case bool() | str():
            return str(value)
        case int() | float():
            return naming.number(float(value))
        case date():
            return naming.day(value)
        case _:
            return str(value)


def _wrapped(node: Node, text: str, outer: int) -> str:
    """Brackets where the expression binds less tightly than what stands around it."""
    inner = _STRENGTH[node.operator] if isinstance(node, Binary) else 0 if isinstance(node, Choose) else 9
    return f"({text})" if inner < outer else text
