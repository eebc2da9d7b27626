"""Whether a condition can hold at all: a rule that never fires is a slip, and nobody would notice it.

The answer "never" is certain: contradictions within one branch, answers that are no choice of their question,
and numbers beyond what a value can be. Anything else counts as possible.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import product
from typing import TypeAlias

from sheetreport.catalog.definitions import Catalog, FieldDef, FieldType
from sheetreport.catalog.yaml import did_you_mean
from sheetreport.errors import Message
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
    children,
)
from sheetreport.model import GoalStatus

Bounds: TypeAlias = tuple[float, float]
Branch: TypeAlias = tuple[Node, ...]

MOST_BRANCHES = 500  # beyond this many a condition is taken as possible
ANY: Bounds = (-math.inf, math.inf)
NOT_NEGATIVE: Bounds = (0.0, math.inf)

_YES_NO = ("yes", "no")
_FILLED: Mapping[str, Sequence[str]] = {
    "goals.status": tuple(status.value for status in GoalStatus),
    "goals.needs_ads": _YES_NO,
    "goals.wrong_direction": _YES_NO,
    "goals.reached": _YES_NO,
    "social.in_channels": _YES_NO,
} | dict.fromkeys(
    ("channels.ads_status", "social.ads_status", "goals.ads_status"),
    ("allowed", "prohibited", "disputed", "unknown"),
)
_OPPOSITE = {"==": "!=", "!=": "==", "<": ">=", ">=": "<", ">": "<=", "<=": ">"}
_MIRRORED = {"==": "==", "!=": "!=", "<": ">", ">": "<", "<=": ">=", ">=": "<="}
_ORDERS = {"<": {-1}, "<=": {-1, 0}, "==": {0}, "!=": {-1, 1}, ">=": {0, 1}, ">": {1}}
_NUMBERS = (FieldType.COUNT, FieldType.MONEY, FieldType.NUMBER, FieldType.SHARE)
_COUNTS = (
    Function.COUNT,
    Function.TALLY,
    Function.TALLY_TOTAL,
    Function.TALLY_SD,
    Function.SERIES_LENGTH,
    Function.PAGE_ANSWERS,
    Function.METRICS_KNOWN,
    Function.METRICS_ASKED,
    Function.ABS,
    Function.SQRT,
)


def why_never(catalog: Catalog, condition: Node) -> Message | None:
    """Why a condition can't hold, with what to mend; None where it can, or where that is not certain."""
    branches = _branches(condition)
    if branches is None:
        return None
    reasons = [_Case(catalog).contradiction(branch) for branch in branches]
    return reasons[0] if all(reasons) else None


def source(node: Node) -> str:
    """An expression as it is written in the catalogue."""
    match node:
        case Number(value):
            return f"{value:g}"
        case Text(value):
            return f'"{value}"'
        case FieldRef(name) | MetricRef(name):
            return name
        case PolicyRef(name):
            return f"policy.{name}"
        case Negate(operand):
            return f"-{source(operand)}"
        case Not(operand):
            return f"not {source(operand)}"
        case Binary(operator, left, right) | Compare(operator, left, right):
            return f"{source(left)} {operator} {source(right)}"
        case Logic(operator, operands):
            return f" {operator} ".join(map(source, operands))
        case Choose(condition, then, otherwise):
            return f"{source(then)} if {source(condition)} else {source(otherwise)}"
        case Call(function, arguments):
            return f"{function}({', '.join(map(source, arguments))})"


def _branches(node: Node) -> list[Branch] | None:
    """The ways in which a condition can hold, each as parts that hold together; None if they are too many."""
    match node:
        case Logic("or", operands):
            each = [_branches(operand) for operand in operands]
            found = [branch for branches in each if branches is not None for branch in branches]
            return found if None not in each and len(found) <= MOST_BRANCHES else None
        case Logic("and", operands):
            ways = [_branches(operand) for operand in operands]
            known = [way for way in ways if way is not None]
            if len(known) < len(ways) or math.prod(map(len, known)) > MOST_BRANCHES:
                return None
            return [tuple(part for branch in choice for part in branch) for choice in product(*known)]
        case Not(Not(operand)):
            return _branches(operand)
        case Not(Logic(operator, operands)):
            opposite = "or" if operator == "and" else "and"
            return _branches(Logic(opposite, tuple(map(Not, operands))))
        case Not(Compare(operator, left, right)) if not _is_practice(left):
            return [(Compare(_OPPOSITE[operator], left, right),)]
        case _:
            return [(node,)]


def _is_practice(node: Node) -> bool:
    """Practices are never missing: what nobody answered is not in place."""
    return isinstance(node, FieldRef) and node.sheet == "p"


@dataclass(slots=True)
class _Case:
    """One branch: what its parts leave possible for each expression."""

    catalog: Catalog
    choices: dict[str, set[str | None]] = field(default_factory=dict)
    orders: dict[tuple[str, str], set[int]] = field(default_factory=dict)
    limits: dict[str, tuple[float, bool, float, bool]] = field(default_factory=dict)
    texts: dict[str, str] = field(default_factory=dict)
    seen: set[Node] = field(default_factory=set)

    def contradiction(self, parts: Branch) -> Message | None:
        """The first part that can't hold, alone or beside those before it."""
        for part in parts:
            if Not(part) in self.seen or (isinstance(part, Not) and part.operand in self.seen):
                return _contradicts(part)
            self.seen.add(part)
            problem = self.part(part)
            if problem:
                return problem
        return None

    def part(self, part: Node) -> Message | None:
        match part:
            case Compare(operator, Text() as left, right) if not isinstance(right, Text):
                return self.part(Compare(_MIRRORED[operator], right, left))
            case Compare("==" | "!=" as operator, FieldRef() as name, Text(value)):
                return self.choice(name, value, operator == "==", part)
            case Not(Compare("==" | "!=" as operator, FieldRef() as name, Text(value))):
                return self.choice(name, value, operator == "!=", part, missing=True)
            case Call(Function.GIVEN, (FieldRef(name),)):
                return self.narrow(name, set(self.universe(name)), part)
            case Not(Call(Function.GIVEN, (FieldRef(name),))):
                return self.narrow(name, {None}, part)
            case Compare("==", Text(one), Text(other)):
                return None if one == other else _never(part)
            case Compare("!=", Text(one), Text(other)):
                return _never(part) if one == other else None
            case Compare():
                return self.numbers(part)
            case _:
                return None

    # answers

    def universe(self, name: str) -> Sequence[str]:
        """The answers that a question or column can have; none where it takes any text."""
        if name in _FILLED:
            return _FILLED[name]
        definition = self.catalog.fields.get(name)
        return tuple(choice.id for choice in definition.choices) if definition else ()

    def choice(
        self, name: FieldRef, value: str, equal: bool, part: Node, missing: bool = False
    ) -> Message | None:
        known = self.universe(name.id)
        if not known:
            return self.text(name.id, value, equal, part)
        if value not in known:
            hint, listed = did_you_mean(value, known), ", ".join(known)
            return Message(
                "catalog_rules.no_answer", {"field": name.id, "value": value, "hint": hint, "known": listed}
            )
        definition = self.catalog.fields.get(name.id)
        if definition is not None and definition.type is FieldType.CHOICES:
            key = f"{name.id} {value}"  # each of several answers is ticked or not
            return self.narrow(key, {"ticked"} if equal else {"not"}, part)
        rest: set[str | None] = {answer for answer in known if answer != value}
        if _is_practice(name):
            rest.add(None)
            rest = rest if missing else rest - {"na"}
        return self.narrow(name.id, {value} if equal else rest, part)

    def text(self, name: str, value: str, equal: bool, part: Node) -> Message | None:
        before = self.texts.setdefault(name, value) if equal else None
        if before is None or before == value:
            return None
        return Message(
            "catalog_rules.contradicts_answer", {"part": source(part), "field": name, "value": before}
        )

    def narrow(self, key: str, possible: set[str | None], part: Node) -> Message | None:
        if not possible:
            return None  # any text: given() says nothing about which
        before = self.choices.get(key)
        left = possible if before is None else before & possible
        self.choices[key] = left
        return None if left else _contradicts(part)

    # numbers

    def numbers(self, part: Compare) -> Message | None:
        one, other = (bounds(self.catalog, node) for node in (part.left, part.right))
        if not _can(part.operator, one, other):
            return _never(part, _shown(self.catalog, part.left, one), _shown(self.catalog, part.right, other))
        left, right = source(part.left), source(part.right)
        key, orders = (left, right), _ORDERS[part.operator]
        if left > right:
            key, orders = (right, left), {-order for order in orders}
        self.orders[key] = self.orders.get(key, {-1, 0, 1}) & orders
        within = self.limit(left, part.operator, other) and self.limit(right, _MIRRORED[part.operator], one)
        if self.orders[key] and within:
            return None
        return _contradicts(part)

    def limit(self, name: str, operator: str, other: Bounds) -> bool:
        """Take note of what a comparison leaves; False where nothing is left."""
        low, low_open, high, high_open = self.limits.get(name, (-math.inf, False, math.inf, False))
        if operator in (">", ">=", "==") and (other[0], operator == ">") > (low, low_open):
            low, low_open = other[0], operator == ">"
        if operator in ("<", "<=", "==") and (-other[1], operator == "<") > (-high, high_open):
            high, high_open = other[1], operator == "<"
        self.limits[name] = low, low_open, high, high_open
        return low < high or (low == high and not low_open and not high_open)


def _contradicts(part: Node) -> Message:
    return Message("catalog_rules.contradicts", {"part": source(part)})


def _never(part: Node, left: Message | str = "", right: Message | str = "") -> Message:
    """What never holds, with what is known of its sides."""
    return Message("catalog_rules.never_holds", {"part": source(part), "left": left, "right": right})


def _can(operator: str, one: Bounds, other: Bounds) -> bool:
    """Whether a comparison can hold between values within these bounds."""
    match operator:
        case "<":
            return one[0] < other[1]
        case "<=":
            return one[0] <= other[1]
        case ">":
            return one[1] > other[0]
        case ">=":
            return one[1] >= other[0]
        case "==":
            return one[0] <= other[1] and other[0] <= one[1]
        case _:
            return not one[0] == one[1] == other[0] == other[1]


def _shown(catalog: Catalog, node: Node, known: Bounds) -> Message | str:
    """What is known of one side of a comparison; a plain number speaks for itself."""
    match node:
        case Number():
            return ""
        case PolicyRef(name):
            value = f"{catalog.policy[name].value:g}"
            return Message("catalog_rules.side_is", {"part": source(node), "value": value})
        case _ if known[1] == math.inf:
            return Message("catalog_rules.side_from", {"part": source(node), "low": f"{known[0]:g}"})
        case _:
            low, high = (f"{end:g}" for end in known)
            return Message("catalog_rules.side_between", {"part": source(node), "low": low, "high": high})


# --- how large a value can be -------------------------------------------------------------------------------


def bounds(catalog: Catalog, node: Node) -> Bounds:
    """Limits that the value of an expression never leaves; infinite where they are not certain."""

    def inner(child: Node) -> Bounds:
        return bounds(catalog, child)

    match node:
        case Number(value):
            return value, value
        case PolicyRef(name) if name in catalog.policy:
            return (catalog.policy[name].value,) * 2
        case FieldRef(name) if name in catalog.fields:
            return _of_field(catalog.fields[name])
        case MetricRef(name) if name in catalog.metrics:
            return _of_metric(catalog, name)
        case Negate(operand):
            low, high = inner(operand)
            return -high, -low
        case Binary(operator, left, right):
            return _arithmetic(operator, inner(left), inner(right))
        case Choose(_, then, otherwise):
            return _hull((inner(then), inner(otherwise)))
        case Call(function, arguments):
            return _of_call(catalog, function, arguments)
        case _:
            return ANY


def _of_metric(catalog: Catalog, name: str) -> Bounds:
    """What the formula allows, within the natural bounds of the measure of the same name."""
    low, high = _hull(bounds(catalog, definition.expression) for definition in catalog.metrics[name])
    measure = catalog.goals.measure(name)
    if measure is not None:
        low = low if measure.low is None else max(low, measure.low)
        high = high if measure.high is None else min(high, measure.high)
    return low, high


def _of_field(definition: FieldDef) -> Bounds:
    plain = definition.type in _NUMBERS and not definition.signed and not definition.derived
    return NOT_NEGATIVE if plain else ANY


def _of_call(catalog: Catalog, function: Function, arguments: Sequence[Node]) -> Bounds:
    each = [bounds(catalog, argument) for argument in arguments]
    match function:
        case _ if function in _COUNTS:
            return NOT_NEGATIVE
        case Function.TALLY_MEAN:
            definition = catalog.fields.get(arguments[0].id) if isinstance(arguments[0], FieldRef) else None
            return definition.scores if definition and definition.scores else ANY
        case Function.SUM:
            return NOT_NEGATIVE if each[0][0] >= 0 else ANY
        case Function.LOWEST | Function.HIGHEST | Function.WEIGHTED_MEAN:
            return each[0]
        case Function.EITHER:
            return _hull(each)
        case Function.MINIMUM:
            return min(low for low, _ in each), min(high for _, high in each)
        case Function.MAXIMUM:
            return max(low for low, _ in each), max(high for _, high in each)
        case Function.REQUIRE:
            return each[2]
        case _:
            return ANY


def _hull(each: Iterable[Bounds]) -> Bounds:
    ends: Sequence[Bounds] = tuple(each)
    return min(low for low, _ in ends), max(high for _, high in ends)


def _arithmetic(operator: str, one: Bounds, other: Bounds) -> Bounds:
    match operator:
        case "+":
            return one[0] + other[0], one[1] + other[1]
        case "-":
            return one[0] - other[1], one[1] - other[0]
        case "*" if one[0] >= 0 and other[0] >= 0:
            return one[0] * other[0], math.inf if math.inf in (one[1], other[1]) else one[1] * other[1]
        case "/" if one[0] >= 0 and other[0] >= 0:
            return NOT_NEGATIVE
        case _:
            return ANY


# --- columns without a row ----------------------------------------------------------------------------------


def needs_a_row(catalog: Catalog, node: Node, per: str | None, columns: Mapping[str, object]) -> str | None:
    """The first name outside an aggregate that only a row of another table has a value for."""
    match node:
        case FieldRef(name) if name in columns or (name in catalog.fields and catalog.fields[name].table):
            return None if node.sheet == per else name
        case MetricRef(name) if name in catalog.metrics:
            tables = {definition.per for definition in catalog.metrics[name]}
            return None if tables & {None, per} else name
        case Call(function) if function in AGGREGATES:
            return None
        case _:
            found = (needs_a_row(catalog, child, per, columns) for child in children(node))
            return next((name for name in found if name), None)
