"""The value of an expression, or the reason it has none.

Nothing here knows the catalogue: names are looked up
in an Environment.
"""

from __future__ import annotations

import math
import operator
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from itertools import accumulate
from typing import Protocol, TypeAlias

from sheetreport.formula import intervals
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
    references,
)
from sheetreport.model import Interval, Reason, State, Value

Result: TypeAlias = float | str | bool | date | Interval

_ORDERS = {"<": operator.lt, "<=": operator.le, ">": operator.gt, ">=": operator.ge}

ROUNDING_DIGITS = 9  # ceil(2.0000000001) is 2, not 3, in Python and in Excel alike


class NotComputableError(Exception):
    """An expression has no value; `reason` says why."""

    def __init__(self, reason: Reason) -> None:
        super().__init__(str(reason))
        self.reason = reason


@dataclass(frozen=True, slots=True)
class Outcome:
    """What an environment knows of a metric. `confident`: the whole interval lies in one zone."""

    value: float | None
    reason: Reason | None = None
    interval: Interval | None = None
    confident: bool | None = None


class Environment(Protocol):
    """Where names get their values: the company's answers, or those of one row."""

    def field(self, field_id: str) -> Value: ...

    def metric(self, metric_id: str) -> Outcome: ...

    def policy(self, policy_id: str) -> float: ...

    def rows(self, sheet_id: str) -> Sequence[Environment]: ...

    def table_of(self, node: Node) -> str:
        """The table over whose rows an aggregate of `node` runs."""
        ...

    def choice_number(self, field_id: str, choice_id: str) -> float | None: ...

    def first_score(self, field_id: str) -> int: ...

    def scored_fields(self, page_id: str) -> Sequence[str]:
        """The fields of a page whose choices stand for numbers."""
        ...

    def coverage(self) -> tuple[int, int]:
        """How many metrics have a value, and how many the pages begun so far could give."""
        ...

    def zero_reason(self, node: FieldRef | MetricRef) -> str | None:
        """The reason code when this reference is a zero denominator."""
        ...


def evaluate(node: Node, environment: Environment, zero: str | None = None) -> Result:
    """The value of an expression. `zero` overrides the reason code of a zero denominator.

    Raises NotComputableError with the reason when an input is missing or a denominator is zero.

    """
    return _Evaluation(environment, zero).of(node)


def number(node: Node, environment: Environment, zero: str | None = None) -> float:
    """The value of a numeric expression."""
    return _Evaluation(environment, zero).number(node)


def interval(node: Node, environment: Environment) -> Interval:
    """The value of an interval expression."""
    return _Evaluation(environment, None).interval(node)


def condition_holds(node: Node, environment: Environment) -> bool:
    """Whether a condition is true; what can't be computed is not true."""
    return _Evaluation(environment, None).holds(node)


@dataclass(frozen=True, slots=True)
class _Evaluation:
    environment: Environment
    zero: str | None
    matching: dict[tuple[str | int | None, ...], Sequence[_Evaluation]] = field(default_factory=dict)
    """The rows of each aggregate of this evaluation: one inside another's condition is asked in every row."""

    def of(self, node: Node) -> Result:
        match node:
            case Number(value):
                return value
            case Text(value):
                return value
            case FieldRef():
                return self.field(node)
            case MetricRef(metric_id):
                return self.metric(metric_id)
            case PolicyRef(policy_id):
                return self.environment.policy(policy_id)
            case Negate(operand):
                return -self.number(operand)
            case Binary():
                return self.binary(node)
            case Compare():
                return self.compare(node)
            case Logic(word, operands):
                return self.logic(word, operands)
            case Not(operand):
                return not self.of(operand)
            case Choose(condition, then, otherwise):
                return self.of(then) if self.of(condition) else self.of(otherwise)
            case Call(function, arguments):
                return self.call(function, arguments)

    def number(self, node: Node) -> float:
        value = self.of(node)
        if isinstance(value, bool) or not isinstance(value, int | float):
            raise TypeError(f"a number is needed, not {value!r}")
        return float(value)

    def holds(self, condition: Node) -> bool:
        try:
            return bool(self.of(condition))
        except NotComputableError:
            return False

    def interval(self, node: Node) -> Interval:
        value = self.of(node)
        if not isinstance(value, tuple):
            raise TypeError(f"an interval is needed, not {value!r}")
        return value

    def field(self, node: FieldRef) -> Result:
        value = self.environment.field(node.id)
        if value.state is not State.VALUE or value.value is None:
            raise NotComputableError(Reason("missing_input", node.id))
        if isinstance(value.value, tuple):
            raise TypeError(f"{node.id} is a list; name a function of it")
        return float(value.value) if isinstance(value.value, int) else value.value

    def metric(self, metric_id: str) -> float:
        outcome = self.environment.metric(metric_id)
        if outcome.value is None:
            raise NotComputableError(outcome.reason or Reason("depends_on", metric_id))
        return outcome.value

    def binary(self, node: Binary) -> float:
        left, right = self.of(node.left), self.of(node.right)
        if isinstance(left, date) and isinstance(right, date):
            return float((left - right).days)
        if not isinstance(left, int | float) or not isinstance(right, int | float):
            raise TypeError(f"can't compute {left!r} {node.operator} {right!r}")
        match node.operator:
            case "+":
                return left + right
            case "-":
                return left - right
            case "*":
                return left * right
            case _:
                if right == 0:
                    raise NotComputableError(Reason(self.zero or self.zero_code(node.right)))
                return left / right

    def zero_code(self, denominator: Node) -> str:
        """The reason of a zero denominator: that of the first reference in it that is zero."""
        for reference in references(denominator):
            if isinstance(reference, PolicyRef):
                continue
            code = self.environment.zero_reason(reference)
            if code is not None and self.is_zero(reference):
                return code
        return "zero_denominator"

    def is_zero(self, reference: FieldRef | MetricRef) -> bool:
        try:
            return self.of(reference) == 0
        except (NotComputableError, TypeError):
            return True  # a column inside an aggregate: it is the sum that is zero

    def compare(self, node: Compare) -> bool:
        if isinstance(node.left, FieldRef) and node.left.sheet == "p":
            return self.practice(node.operator, node.left, node.right)
        left, right = self.of(node.left), self.of(node.right)
        if node.operator in ("==", "!="):
            return (left == right) is (node.operator == "==")
        if isinstance(left, str | tuple) or type(left) is not type(right):
            raise TypeError(f"can't order {left!r} and {right!r}")
        return bool(_ORDERS[node.operator](left, right))

    def practice(self, sign: str, field: FieldRef, expected: Node) -> bool:
        """A practice nobody reported is not in place (`!= "yes"` holds); one that is not for us never counts.

        Of a multiple choice, `==` asks whether the choice is among those ticked.
        """
        value = self.environment.field(field.id)
        if value.state is State.NOT_APPLICABLE or value.value == "na":
            return False
        wanted, held = self.of(expected), value.value
        chosen = wanted in held if isinstance(held, tuple) else wanted == held
        same = value.state is State.VALUE and chosen
        return same is (sign == "==")

    def logic(self, word: str, operands: tuple[Node, ...]) -> bool:
        """Three-valued: one deciding operand settles it, whatever is missing from the others."""
        deciding = word == "or"
        missing: NotComputableError | None = None
        for operand in operands:
            try:
                if bool(self.of(operand)) is deciding:
                    return deciding
            except NotComputableError as error:
                missing = missing or error
        if missing is not None:
            raise missing
        return not deciding

    def call(self, function: Function, arguments: tuple[Node, ...]) -> Result:
        match function:
            case Function.EITHER:
                return self.either(arguments)
            case Function.MINIMUM:
                return min(map(self.number, arguments))
            case Function.MAXIMUM:
                return max(map(self.number, arguments))
            case Function.CEIL:
                return float(math.ceil(round(self.number(arguments[0]), ROUNDING_DIGITS)))
            case Function.SQRT:
                return self.power(self.number(arguments[0]), 0.5)
            case Function.POWER:
                return self.power(*map(self.number, arguments))
            case Function.ABS:
                return abs(self.number(arguments[0]))
            case Function.CLIP:
                value, low, high = map(self.number, arguments)
                return min(max(value, low), high)
            case Function.REQUIRE:
                return self.require(*arguments)
            case Function.GIVEN:
                return self.value_of(arguments[0]).state is State.VALUE
            case Function.NUMBER_OF:
                return self.number_of(arguments[0])
            case Function.SUM:
                return math.fsum(row.number(arguments[0]) for row in self.rows(arguments))
            case Function.COUNT:
                return float(
                    sum(row.value_of(arguments[0]).state is State.VALUE for row in self.rows(arguments))
                )
            case Function.LOWEST | Function.HIGHEST:
                return self.extreme(function, arguments[0], arguments)[0]
            case Function.AT_LOWEST | Function.AT_HIGHEST:
                end = Function.LOWEST if function is Function.AT_LOWEST else Function.HIGHEST
                return self.extreme(end, arguments[1], arguments[1:])[1].of(arguments[0])
            case Function.WEIGHTED_MEAN:
                return self.weighted_mean(*arguments)
            case Function.TALLY:
                low, high = self.number(arguments[1]), self.number(arguments[2])
                return math.fsum(count for score, count in self.tally(arguments[0]) if low <= score <= high)
            case Function.TALLY_TOTAL:
                return math.fsum(count for _, count in self.tally(arguments[0]))
            case Function.TALLY_MEAN:
                return self.tally_mean(arguments[0])
            case Function.TALLY_SD:
                return self.tally_sd(arguments[0])
            case Function.SERIES_TOTAL:
                return math.fsum(self.series(arguments[0]))
            case Function.SERIES_LENGTH:
                return float(len(self.series(arguments[0])))
            case Function.FIRST_REACHING:
                counts, level = self.series(arguments[0]), self.number(arguments[1])
                return self.first_month(count >= level for count in counts)
            case Function.FIRST_COVERING:
                counts, (each, less, wanted) = self.series(arguments[0]), map(self.number, arguments[1:])
                results = accumulate(count * each - less for count in counts)
                return self.first_month(round(result - wanted, ROUNDING_DIGITS) >= 0 for result in results)
            case Function.PAGE_POINTS:
                return math.fsum(self.page_numbers(arguments[0]))
            case Function.PAGE_ANSWERS:
                return float(len(self.page_numbers(arguments[0])))
            case Function.METRICS_KNOWN:
                return float(self.environment.coverage()[0])
            case Function.METRICS_ASKED:
                return float(self.environment.coverage()[1])
            case Function.WILSON:
                return self.statistic(intervals.wilson, arguments)
            case Function.NEWCOMBE:
                return self.statistic(intervals.newcombe, arguments)
            case Function.NPS_INTERVAL:
                return self.statistic(intervals.nps_interval, arguments)
            case Function.NPS_DIFFERENCE:
                return self.statistic(intervals.nps_difference, arguments)
            case Function.PER_COUNT:
                fewest = self.environment.policy("min_events_for_interval")
                return self.statistic(
                    lambda cost, events: intervals.per_count(cost, events, fewest), arguments
                )
            case Function.AROUND:
                return self.statistic(intervals.around, arguments)
            case Function.SCALE:
                return intervals.scale(self.interval(arguments[0]), self.number(arguments[1]))
            case Function.SHIFT:
                return intervals.shift(self.interval(arguments[0]), self.number(arguments[1]))
            case Function.INVERSE:
                return self.inverse(arguments[0])
            case Function.STUDENT:
                return self.statistic(intervals.student, arguments)
            case Function.FPC:
                return self.statistic(intervals.finite_population, arguments)
            case Function.LOW:
                return self.limits(arguments[0])[0]
            case Function.HIGH:
                return self.limits(arguments[0])[1]
            case Function.CONFIDENT:
                return self.metric_of(arguments[0]).confident is True

    def power(self, base: float, exponent: float) -> float:
        if base < 0 or (base == 0 and exponent < 0):
            raise NotComputableError(Reason("not_defined"))
        return float(base**exponent)

    def either(self, arguments: tuple[Node, ...]) -> Result:
        """The first that can be computed. The reason of none: that of the last, or, where all are empty,
        the first.

        """
        failures: list[NotComputableError] = []
        for argument in arguments:
            try:
                return self.of(argument)
            except NotComputableError as error:
                failures.append(error)
        empty = all(failure.reason.code == "missing_input" for failure in failures)
        raise failures[0 if empty else -1]

    def require(self, condition: Node, code: Node, then: Node) -> Result:
        if not self.of(condition):
            reason = str(self.of(code))
            about = _first_field(condition) if reason == "missing_input" else None
            raise NotComputableError(Reason(reason, about))
        return self.of(then)

    def value_of(self, node: Node) -> Value:
        if not isinstance(node, FieldRef):
            raise TypeError("the name of an input is needed")
        return self.environment.field(node.id)

    def number_of(self, node: Node) -> float:
        choice = str(self.of(node))
        value = self.environment.choice_number(node.id, choice) if isinstance(node, FieldRef) else None
        if value is None:
            raise TypeError(f"{choice!r} stands for no number")
        return value

    def rows(self, arguments: Sequence[Node]) -> Sequence[_Evaluation]:
        """The rows of an aggregate's table for which all conditions hold, whichever row asks for them."""
        key = (self.zero, *map(id, arguments))
        if key not in self.matching:
            self.matching[key] = [
                _Evaluation(row, self.zero, self.matching)
                for row in self.environment.rows(self.environment.table_of(arguments[0]))
                if all(_Evaluation(row, None, self.matching).holds(condition) for condition in arguments[1:])
            ]
        return self.matching[key]

    def extreme(self, end: Function, key: Node, arguments: Sequence[Node]) -> tuple[float, _Evaluation]:
        found: tuple[float, _Evaluation] | None = None
        for row in self.rows(arguments):
            try:
                value = row.number(key)
            except NotComputableError:
                continue
            better = found is None or (value < found[0] if end is Function.LOWEST else value > found[0])
            if better:
                found = value, row
        if found is None:
            raise NotComputableError(Reason("missing_input"))
        return found

    def weighted_mean(self, metric: Node, weight: Node) -> float:
        """The mean over rows that have the metric; weights count only where every one of those rows has
        one.

        """
        values: list[tuple[float, float | None]] = []
        for row in self.environment.rows(self.environment.table_of(metric)):
            evaluation = _Evaluation(row, self.zero)
            try:
                value = evaluation.number(metric)
            except NotComputableError:
                continue
            given = evaluation.value_of(weight)
            values.append((value, evaluation.number(weight) if given.state is State.VALUE else None))
        if not values:
            raise NotComputableError(Reason("missing_input", _first_field(metric)))
        weights = [weight for _, weight in values if weight is not None]
        if len(weights) < len(values) or math.fsum(weights) == 0:
            return math.fsum(value for value, _ in values) / len(values)
        products = [value * weight for (value, _), weight in zip(values, weights, strict=True)]
        return math.fsum(products) / math.fsum(weights)

    def tally(self, node: Node) -> list[tuple[int, int]]:
        """Pairs of score and number of answers."""
        value = self.value_of(node)
        if (
            not isinstance(node, FieldRef)
            or value.state is not State.VALUE
            or not isinstance(value.value, tuple)
        ):
            raise NotComputableError(Reason("missing_input", getattr(node, "id", None)))
        counts = [int(count) for count in value.value]  # type: ignore[arg-type]
        return list(enumerate(counts, start=self.environment.first_score(node.id)))

    def tally_mean(self, node: Node) -> float:
        pairs = self.tally(node)
        total = math.fsum(count for _, count in pairs)
        if total == 0:
            raise NotComputableError(Reason("missing_input", _first_field(node)))
        return math.fsum(score * count for score, count in pairs) / total

    def tally_sd(self, node: Node) -> float:
        pairs, mean = self.tally(node), self.tally_mean(node)
        total = math.fsum(count for _, count in pairs)
        if total < 2:
            raise NotComputableError(Reason("zero_variance"))
        return math.sqrt(math.fsum(count * (score - mean) ** 2 for score, count in pairs) / (total - 1))

    def series(self, node: Node) -> list[float]:
        """The numbers of a series, month by month."""
        value = self.value_of(node)
        if value.state is not State.VALUE or not isinstance(value.value, tuple):
            raise NotComputableError(Reason("missing_input", _first_field(node)))
        return [float(count) for count in value.value]  # type: ignore[arg-type]

    def first_month(self, reached: Iterable[bool]) -> float:
        """The first month, counted from 1, for which something holds."""
        for month, holds in enumerate(reached, start=1):
            if holds:
                return float(month)
        raise NotComputableError(Reason("not_reached_in_plan"))

    def page_numbers(self, page: Node) -> list[float]:
        """The numbers that the answered choices of a page stand for; unknown and not for us have none."""
        numbers = []
        for field_id in self.environment.scored_fields(str(self.of(page))):
            value = self.environment.field(field_id)
            if value.state is State.VALUE:
                numbers.append(self.environment.choice_number(field_id, str(value.value)))
        return [number for number in numbers if number is not None]

    def statistic(self, function: Callable[..., Result], arguments: tuple[Node, ...]) -> Result:
        """A statistical function of numbers; where the method does not hold there is no value."""
        values = [self.number(argument) for argument in arguments]
        try:
            return function(*values)
        except ValueError:
            raise NotComputableError(Reason("no_interval")) from None

    def inverse(self, node: Node) -> Interval:
        try:
            return intervals.inverse(self.interval(node))
        except ValueError:
            raise NotComputableError(Reason("no_interval")) from None

    def metric_of(self, node: Node) -> Outcome:
        if not isinstance(node, MetricRef):
            raise TypeError("the name of a metric is needed")
        return self.environment.metric(node.id)

    def limits(self, node: Node) -> Interval:
        if not isinstance(node, MetricRef):
            return self.interval(node)
        outcome = self.metric_of(node)
        if outcome.interval is None:
            raise NotComputableError(outcome.reason or Reason("depends_on", node.id))
        return outcome.interval


def _first_field(node: Node) -> str | None:
    return next((reference.id for reference in references(node) if isinstance(reference, FieldRef)), None)
