"""Frozen nodes of an expression and the closed list of its functions."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import TypeAlias


class Function(StrEnum):
    """Every function of the language. A new one is added here, then where mypy's assert_never points."""

    # numbers
    EITHER = "either"  # the first of its arguments that can be computed
    MINIMUM = "minimum"
    MAXIMUM = "maximum"
    CEIL = "ceil"
    SQRT = "sqrt"
    POWER = "power"
    ABS = "abs"
    CLIP = "clip"  # clip(x, low, high)
    REQUIRE = "require"  # require(condition, "reason_code", x)
    GIVEN = "given"  # given(field): the owner answered it, or it was derived
    NUMBER_OF = "number_of"  # the number a choice stands for: quarter -> 3
    # rows of a table; conditions are evaluated row by row
    SUM = "sum"  # sum(column, condition...)
    COUNT = "count"  # count(column, condition...): rows whose column is filled
    LOWEST = "lowest"  # lowest(column or row metric, condition...)
    HIGHEST = "highest"
    AT_LOWEST = "at_lowest"  # at_lowest(answer column, column or row metric, condition...)
    AT_HIGHEST = "at_highest"
    WEIGHTED_MEAN = (
        "weighted_mean"  # weighted_mean(row metric, weight column); equal weights unless all given
    )
    # tallies
    TALLY = "tally"  # tally(field, from score, to score)
    TALLY_TOTAL = "tally_total"
    TALLY_MEAN = "tally_mean"
    TALLY_SD = "tally_sd"  # with n - 1
    # series: numbers month by month, as far as the owner filled them
    SERIES_TOTAL = "series_total"
    SERIES_LENGTH = "series_length"
    FIRST_REACHING = "first_reaching"  # first_reaching(series, level): the first month at the level or above
    FIRST_COVERING = "first_covering"  # (series, each, less, sum): when number * each - less adds up
    # what was answered at all
    PAGE_POINTS = "page_points"  # page_points("practices"): sum of the numbers its answered choices stand for
    PAGE_ANSWERS = "page_answers"  # page_answers("practices"): how many such choices are answered
    METRICS_KNOWN = "metrics_known"  # metrics_known(): how many of metrics_asked() have a value
    METRICS_ASKED = "metrics_asked"  # metrics_asked(): how many metrics the pages begun so far could give
    # intervals and what they are made of
    WILSON = "wilson"  # wilson(successes, n)
    NEWCOMBE = "newcombe"  # newcombe(successes before, n before, successes after, n after)
    NPS_INTERVAL = "nps_interval"  # nps_interval(promoters, detractors, n)
    NPS_DIFFERENCE = "nps_difference"  # nps_difference(p1, d1, n1, p2, d2, n2): first minus second
    PER_COUNT = "per_count"  # per_count(cost, events): Byar limits of the cost of one event
    AROUND = "around"  # around(centre, margin, natural low, natural high)
    SCALE = "scale"  # scale(interval, factor)
    SHIFT = "shift"  # shift(interval, amount): the amount added to both ends
    INVERSE = "inverse"  # inverse(interval): 1 over its ends
    STUDENT = "student"  # student(n): z from 30 answers, Student's t below
    FPC = "fpc"  # fpc(n, population): finite population correction
    LOW = "low"  # low(metric): lower limit of its interval
    HIGH = "high"
    CONFIDENT = "confident"  # confident(metric): its whole interval lies in its zone


AGGREGATES = frozenset(
    {
        Function.SUM,
        Function.COUNT,
        Function.LOWEST,
        Function.HIGHEST,
        Function.AT_LOWEST,
        Function.AT_HIGHEST,
        Function.WEIGHTED_MEAN,
    }
)
"""Functions that run over all rows of a table, from within a row too."""

ADVICE_ONLY = frozenset({Function.AT_LOWEST, Function.AT_HIGHEST, Function.CONFIDENT})
"""Functions that only rules may use: Excel has no formula for them."""


@dataclass(frozen=True, slots=True)
class Number:
    value: float


@dataclass(frozen=True, slots=True)
class Text:
    value: str


@dataclass(frozen=True, slots=True)
class FieldRef:
    """An answer: `clients.total`, `channels.spend`, `p.consent`."""

    id: str

    @property
    def sheet(self) -> str:
        return self.id.split(".", 1)[0]


@dataclass(frozen=True, slots=True)
class MetricRef:
    """A metric or a named quantity: `cac`, `nps_promoters`."""

    id: str


@dataclass(frozen=True, slots=True)
class PolicyRef:
    """A number of policy.yaml: `policy.usable_sample`."""

    id: str


@dataclass(frozen=True, slots=True)
class Negate:
    operand: Node


@dataclass(frozen=True, slots=True)
class Binary:
    operator: str  # + - * /
    left: Node
    right: Node


@dataclass(frozen=True, slots=True)
class Compare:
    operator: str  # == != < <= > >=
    left: Node
    right: Node


@dataclass(frozen=True, slots=True)
class Logic:
    operator: str  # and, or
    operands: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Not:
    operand: Node


@dataclass(frozen=True, slots=True)
class Choose:
    """`then if condition else otherwise`."""

    condition: Node
    then: Node
    otherwise: Node


@dataclass(frozen=True, slots=True)
class Call:
    function: Function
    arguments: tuple[Node, ...]


Node: TypeAlias = (
    Number | Text | FieldRef | MetricRef | PolicyRef | Negate | Binary | Compare | Logic | Not | Choose | Call
)
Reference: TypeAlias = FieldRef | MetricRef | PolicyRef


def children(node: Node) -> tuple[Node, ...]:
    """The nodes directly below a node, left to right."""
    match node:
        case Negate(operand) | Not(operand):
            return (operand,)
        case Binary(_, left, right) | Compare(_, left, right):
            return (left, right)
        case Logic(_, operands):
            return operands
        case Choose(condition, then, otherwise):
            return (condition, then, otherwise)
        case Call(_, arguments):
            return arguments
        case _:
            return ()


def calls(node: Node) -> Iterator[Call]:
    """Every function call in an expression, outermost first."""
    if isinstance(node, Call):
        yield node
    for child in children(node):
        yield from calls(child)


def references(node: Node) -> Iterator[Reference]:
    """Every field, metric and policy number an expression names, left to right, repeats included."""
    if isinstance(node, FieldRef | MetricRef | PolicyRef):
        yield node
    for child in children(node):
        yield from references(child)


def pages(node: Node) -> Iterator[str]:
    """The pages that an expression counts the answers of."""
    if isinstance(node, Call) and node.function in (Function.PAGE_POINTS, Function.PAGE_ANSWERS):
        yield from (argument.value for argument in node.arguments if isinstance(argument, Text))
    for child in children(node):
        yield from pages(child)


def functions(node: Node) -> Iterator[Function]:
    """Every function an expression calls."""
    if isinstance(node, Call):
        yield node.function
    for child in children(node):
        yield from functions(child)


def with_names(node: Node, names: Mapping[str, Node]) -> Node:
    """The expression with names of metrics and fields replaced by what they stand for."""

    def inner(child: Node) -> Node:
        return with_names(child, names)

    match node:
        case MetricRef(name) | FieldRef(name):
            return names.get(name, node)
        case Negate(operand):
            return Negate(inner(operand))
        case Not(operand):
            return Not(inner(operand))
        case Binary(operator, left, right):
            return Binary(operator, inner(left), inner(right))
        case Compare(operator, left, right):
            return Compare(operator, inner(left), inner(right))
        case Logic(operator, operands):
            return Logic(operator, tuple(map(inner, operands)))
        case Choose(condition, then, otherwise):
            return Choose(inner(condition), inner(then), inner(otherwise))
        case Call(function, arguments):
            return Call(function, tuple(map(inner, arguments)))
        case _:
            return node
