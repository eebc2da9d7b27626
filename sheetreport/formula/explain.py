"""An expression in words and in the owner's numbers: "Spend / New clients" and "₽60,000 / 40"."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Protocol, assert_never

from sheetreport.formula.evaluate import (
    Environment,
    NotComputableError,
    condition_holds,
    evaluate,
    number,
)
from sheetreport.formula.tree import (
    AGGREGATES,
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
MOST_ADDENDS = 6  # more rows than these are shown as their total


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
                _wrapped(left, _closed(left, naming), strength),
                _wrapped(right, _closed(right, naming), strength + (operator in "-/")),
            )
            return f" {_SIGNS[operator]} ".join(ends)
        case Compare(operator, left, right):
            if isinstance(left, FieldRef) and isinstance(right, Text):
                shown = naming.choice(left, right.value)
            else:
                shown = _closed(right, naming)
            return naming.phrase(_COMPARISONS[operator], _closed(left, naming), shown)
        case Logic(operator, operands):
            parts = (words(operand, naming) for operand in operands)
            return naming.phrase(operator).join(
                f"({part})" if isinstance(operand, Logic) else part
                for operand, part in zip(operands, parts, strict=True)
            )
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


def _closed(node: Node, naming: Naming) -> str:
    """A part of an expression; in brackets where it ends in conditions, which what follows would join."""
    text = words(node, naming)
    conditional = isinstance(node, Call) and node.function in AGGREGATES and len(node.arguments) > 1
    return f"({text})" if conditional else text


_COMPARISONS = {"==": "equal", "!=": "not_equal", "<": "less", "<=": "at_most", ">": "more", ">=": "at_least"}


def _call_words(function: Function, arguments: tuple[Node, ...], naming: Naming) -> str:
    parts = [words(argument, naming) for argument in arguments]
    match function:
        case Function.SUM | Function.COUNT | Function.LOWEST | Function.HIGHEST:
            phrase = naming.phrase(function.value, parts[0])
            conditions = naming.phrase("and").join(
                f"({part})" if isinstance(argument, Logic) and len(arguments) > 2 else part
                for argument, part in zip(arguments[1:], parts[1:], strict=True)
            )
            return naming.phrase("where", phrase, conditions) if conditions else phrase
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
            | Function.SHIFT
            | Function.INVERSE
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
            first = _wrapped(left, numbers(left, naming, environment), strength)
            second = _wrapped(right, numbers(right, naming, environment), strength + (operator in "-/"))
            # Two signs in a row read badly: +30 − (−10).
            return f"{first} {_SIGNS[operator]} {f'({second})' if second[0] in '+−' else second}"
        case Negate(operand):
            return f"−{_wrapped(operand, numbers(operand, naming, environment), 3)}"
        case Choose() | Call(Function.EITHER | Function.REQUIRE):
            return numbers(used(node, environment), naming, environment)
        case Call(Function.SUM, (FieldRef() as column, *conditions)):
            return _sum(column, conditions, naming, environment)
        case Call(Function.TALLY | Function.TALLY_TOTAL | Function.TALLY_MEAN as function, arguments):
            return _tally(function, arguments, naming, environment)
        case Call(Function.POWER, (base, exponent)):
            power = _wrapped(exponent, numbers(exponent, naming, environment), 3)
            return naming.phrase("power", numbers(base, naming, environment), power)
        case Call(Function.CEIL | Function.SQRT | Function.ABS as function, arguments):
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


def used(node: Node, environment: Environment) -> Node:
    """The part of an expression that gives its value: the branch taken, the first alternative that can be
    computed.

    """
    match node:
        case Choose(condition, then, otherwise):
            return used(then if evaluate(condition, environment) else otherwise, environment)
        case Call(Function.REQUIRE, (_, _, then)):
            return used(then, environment)
        case Call(Function.EITHER, (*alternatives, last)):
            for alternative in alternatives:
                try:
                    evaluate(alternative, environment)
                except NotComputableError:
                    continue
                return used(alternative, environment)
            return used(last, environment)
        case _:
            return node


def _sum(column: FieldRef, conditions: Sequence[Node], naming: Naming, environment: Environment) -> str:
    """The rows' own numbers added up; of many rows, the total."""
    total = evaluate(Call(Function.SUM, (column, *conditions)), environment)
    addends = [
        naming.shown(column, value)
        for row in environment.rows(environment.table_of(column))
        if all(condition_holds(condition, row) for condition in conditions) and (value := number(column, row))
    ]
    if 1 <= len(addends) <= MOST_ADDENDS:
        return " + ".join(addends)
    return naming.shown(column, float(total)) if isinstance(total, float) else _value(total, naming)


def _tally(function: Function, arguments: tuple[Node, ...], naming: Naming, environment: Environment) -> str:
    """Answers added up score by score; their mean as score × answers."""
    total = number(Call(function, arguments), environment)
    field = arguments[0]
    counts = environment.field(field.id).value if isinstance(field, FieldRef) else None
    if not isinstance(field, FieldRef) or not isinstance(counts, tuple) or total == 0:
        return naming.number(total)
    first = environment.first_score(field.id)
    answers = [(score, float(count)) for score, count in enumerate(counts, first) if isinstance(count, int)]
    if function is Function.TALLY:
        low, high = (number(argument, environment) for argument in arguments[1:])
        answers = [(score, count) for score, count in answers if low <= score <= high]
    answers = [(score, count) for score, count in answers if count]
    if function is not Function.TALLY_MEAN:
        return " + ".join(naming.number(count) for _, count in answers)
    points = " + ".join(f"{score} × {naming.number(count)}" for score, count in answers)
    everybody = naming.number(sum(count for _, count in answers))
    return f"({points}) / {everybody}" if len(answers) > 1 else f"{points} / {everybody}"


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
    return f"({text})" if _strength(node, text) < outer else text


def _strength(node: Node, text: str) -> int:
    match node:
        case Binary(operator):
            return _STRENGTH[operator]
        case Choose():
            return 0
        case Call(Function.SUM | Function.TALLY | Function.TALLY_TOTAL) if " + " in text:
            return _STRENGTH["+"]
        case Call(Function.TALLY_MEAN) if " / " in text:
            return _STRENGTH["/"]
        case _:
            return 9
