"""Rules that nearly fired: each was kept silent by a figure just short of its border or by one empty cell."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TypeAlias

from sheetreport.catalog.coverage import begun_pages
from sheetreport.catalog.definitions import Catalog, FieldType, Figure, MetricDef, RuleDef, Unit
from sheetreport.catalog.load_rules import unit_of
from sheetreport.formula.evaluate import Environment, NotComputableError, evaluate
from sheetreport.formula.explain import words
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
    Node,
    Not,
    Number,
    PolicyRef,
    Text,
    children,
    references,
)
from sheetreport.i18n import Wording
from sheetreport.model import InputCell, Interval, Row, State, Submission
from sheetreport.naming import CatalogNaming
from sheetreport.phrasing import Case, Computation, Writer

Blank: TypeAlias = tuple[str, int | None]
"""An empty cell: the id of its field, and the row of a table."""

PRACTICES = "p"

_ORDERS = frozenset({"<", "<=", ">", ">="})
_ROUNDING = 1e-9


@dataclass(frozen=True, slots=True)
class Border:
    """A comparison that nearly held. `name` is what is compared; `words` say how far it is from it."""

    name: str
    is_named: bool  # it is an answer or a metric, not a sum worked out for the rule
    condition: str
    value: float
    border: float
    unit: Unit
    words: str
    inside: bool  # the border lies inside the margin of error


@dataclass(frozen=True, slots=True)
class NearMiss:
    """A rule that would have fired had `borders` been passed, the farthest of them first."""

    id: str
    tier: str
    subject: str | None
    title: str
    borders: tuple[Border, ...]
    cells: tuple[InputCell, ...]


@dataclass(frozen=True, slots=True)
class Unjudged:
    """A rule that only one empty cell keeps from being judged."""

    id: str
    tier: str
    subject: str | None
    title: str
    field: str
    row: int | None


@dataclass(frozen=True, slots=True)
class Near:
    """Everything that nearly became advice, the most urgent first."""

    misses: tuple[NearMiss, ...] = ()
    unjudged: tuple[Unjudged, ...] = ()


NOTHING_NEAR = Near()


def near(catalog: Catalog, submission: Submission, computation: Computation, wording: Wording) -> Near:
    """The rules that nearly fired. Rules switched off in this report and pages left blank are passed over."""
    today = submission.get("profile.report_date").value
    begun = begun_pages(catalog, submission)
    misses: list[tuple[float, NearMiss]] = []
    unjudged: dict[tuple[str, str | None], Unjudged] = {}
    for rule in catalog.rules:
        if rule.is_off(today):
            continue
        for row in submission.rows(rule.per) if rule.per else (None,):
            case = Case(rule, row, computation.environment(row, rule.per))
            search = _Search(catalog, submission, computation, case)
            lack = search.lack(rule.condition)
            if lack is None or lack == _NOTHING:
                continue
            writer = Writer(catalog, computation, wording, case)
            if not lack.blanks:
                farthest = max(gap.distance for gap in lack.gaps)
                misses.append((farthest, _miss(catalog, wording, case, writer, lack.gaps)))
            elif not lack.gaps and len(lack.blanks) == 1:
                (field, place), *_ = lack.blanks
                if catalog.fields[field].sheet in begun and not is_before_opening(submission, field):
                    subject = row.subject if row else None
                    found = Unjudged(rule.id, rule.tier, subject, writer.heading(), field, place)
                    unjudged.setdefault((rule.id, subject), found)
    ranked = sorted(misses, key=lambda found: (found[1].tier, found[0], found[1].id))
    return Near(
        tuple(miss for _, miss in ranked),
        tuple(sorted(unjudged.values(), key=lambda found: (found.tier, found.id))),
    )


def is_before_opening(submission: Submission, field_id: str) -> bool:
    """Whether a field counts the clients of a business that has none yet."""
    stage = submission.get("profile.stage").value
    return stage == "pre_opening" and field_id.startswith("clients.")


# --- what a condition lacks ---------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Gap:
    """A comparison short of its border; `distance` is in parts of what still counts as near."""

    node: Compare
    value: float
    border: float
    unit: Unit
    interval: Interval | None
    distance: float


@dataclass(frozen=True, slots=True)
class _Lack:
    """What would have to change for a condition to hold."""

    gaps: tuple[_Gap, ...] = ()
    blanks: frozenset[Blank] = frozenset()

    @property
    def size(self) -> tuple[int, int, float]:
        """Figures that are known come before cells that are not, fewer before more, nearer before farther."""
        return len(self.blanks), len(self.gaps), max((gap.distance for gap in self.gaps), default=0.0)


_NOTHING = _Lack()


@dataclass(frozen=True, slots=True)
class _Search:
    """Looks through one case's condition for what it lacks. None: more than a near miss."""

    catalog: Catalog
    submission: Submission
    computation: Computation
    case: Case

    def lack(self, node: Node, wanted: bool = True) -> _Lack | None:
        """The least that makes a condition come out as wanted."""
        match node:
            case Not(operand):
                return self.lack(operand, not wanted)
            case Logic(word, operands):
                found = [self.lack(operand, wanted) for operand in operands]
                return _least(found) if (word == "or") is wanted else _together(found)
            case Choose(condition, then, otherwise):
                try:
                    return self.lack(then if evaluate(condition, self.case.scope) else otherwise, wanted)
                except NotComputableError:
                    return self.waiting(condition)
            case _:
                return self.part(node, wanted)

    def part(self, node: Node, wanted: bool) -> _Lack | None:
        """What a part of a condition lacks that has no parts of its own."""
        try:
            holds = bool(evaluate(node, self.case.scope)) is wanted
        except NotComputableError:
            return self.waiting(node)
        if holds:
            return _NOTHING
        gap = self.gap(node) if isinstance(node, Compare) and node.operator in _ORDERS else None
        return None if gap is None else _Lack((gap,))

    def waiting(self, node: Node) -> _Lack | None:
        """The empty cells that a part can't be judged without; None where no cell would help."""
        blanks = self.blanks(node, self.case.scope, self.case.rule.per, self.case.row)
        return _Lack(blanks=blanks) if blanks else None

    # --- figures --------------------------------------------------------------------------------------------

    def gap(self, node: Compare) -> _Gap | None:
        """How far a comparison of numbers is from its border, if that is near.

        Where the value has a margin of error, near means that the border lies inside it. Else the distance
        is measured against the border, of a limit of an interval against the interval's width.
        """
        if any(isinstance(name, FieldRef) and name.sheet == PRACTICES for name in references(node)):
            return None  # a count of ticks is no measurement
        value, border = (evaluate(side, self.case.scope) for side in (node.left, node.right))
        if not isinstance(value, int | float) or not isinstance(border, int | float):
            return None
        distance, unit = abs(value - border), self.unit(node)
        interval = self.interval(node.left)
        if interval is not None:
            reach = border - interval[0] if border < value else interval[1] - border
            near = interval[0] <= border <= interval[1]
            relative = distance / (distance + reach) if distance + reach > 0 else 0.0
            return _Gap(node, value, border, unit, interval, relative) if near else None
        allowed = self.allowed(node, border, unit)
        if allowed <= 0 or distance > allowed * (1 + _ROUNDING):
            return None
        return _Gap(node, value, border, unit, None, distance / allowed)

    def allowed(self, node: Compare, border: float, unit: Unit) -> float:
        """The distance from a border that still counts as near; whole things count whole."""
        share = self.catalog.policy["near_miss_share"].value
        widths = [self.width(side) for side in (node.left, node.right)]
        scale = next((width for width in widths if width is not None), abs(border))
        if scale == 0 and unit in (Unit.SHARE, Unit.SHARE_CHANGE, Unit.RATIO):
            scale = 1.0
        return float(math.ceil(share * scale - _ROUNDING)) if unit is Unit.COUNT else share * scale

    def interval(self, node: Node) -> Interval | None:
        return self.case.scope.metric(node.id).interval if isinstance(node, MetricRef) else None

    def width(self, node: Node) -> float | None:
        """The width of the interval of which a limit is compared."""
        match node:
            case Call(Function.LOW | Function.HIGH, (MetricRef() as metric,)):
                interval = self.interval(metric)
                return interval[1] - interval[0] if interval else None
            case _:
                return None

    def unit(self, node: Compare) -> Unit:
        return self.unit_of(node.left) or self.unit_of(node.right) or Unit.NUMBER

    def unit_of(self, node: Node) -> Unit | None:
        """The unit of one side, worked out through the arithmetic that units survive."""
        match node:
            case Binary("-", FieldRef(field_id)) if self.is_date(field_id):
                return Unit.DAYS
            case Binary("+" | "-" | "*", left, right):
                return self.unit_of(left) or self.unit_of(right)
            case Binary("/", left, right):
                same = self.unit_of(left) is self.unit_of(right)
                return Unit.SHARE if same else self.unit_of(left)
            case _:
                return unit_of(self.catalog, node)

    def is_date(self, field_id: str) -> bool:
        field = self.catalog.fields.get(field_id)
        return field is not None and field.type is FieldType.DATE

    # --- empty cells ----------------------------------------------------------------------------------------

    def blanks(self, node: Node, scope: Environment, table: str | None, row: Row | None) -> frozenset[Blank]:
        """The empty cells at the bottom of an expression without a value, read in a row of a table."""
        if _has_value(node, scope):
            return frozenset()
        match node:
            case FieldRef(field_id) if field_id in self.catalog.fields:
                if scope.field(field_id).state is State.NOT_APPLICABLE:
                    return frozenset()
                return frozenset({(field_id, row.index if row and self.is_column(field_id) else None)})
            case MetricRef(metric_id):
                return self.of_metric(self.computation.definition(metric_id, table), table, row)
            case Call(Function.EITHER, arguments):
                found = [self.blanks(argument, scope, table, row) for argument in arguments]
                return min((one for one in found if one), key=len, default=frozenset())
            case Call(function, arguments) if function in AGGREGATES:
                return self.of_rows(scope, arguments)
            case _:
                return self.of_all(children(node), scope, table, row)

    def of_all(
        self, nodes: Iterable[Node], scope: Environment, table: str | None, row: Row | None
    ) -> frozenset[Blank]:
        return frozenset().union(*(self.blanks(node, scope, table, row) for node in nodes))

    def of_metric(self, definition: MetricDef, table: str | None, row: Row | None) -> frozenset[Blank]:
        inner = row if definition.per is not None else None
        if definition.per not in (None, table) or self.computation.result(definition, inner) is None:
            return frozenset()
        scope = self.computation.environment(inner, definition.per)
        return self.blanks(definition.expression, scope, definition.per, inner)

    def of_rows(self, scope: Environment, arguments: Sequence[Node]) -> frozenset[Blank]:
        """The empty cells of the rows that an aggregate runs over."""
        table = scope.table_of(arguments[0])
        rows = zip(self.submission.rows(table), scope.rows(table), strict=True)
        return frozenset().union(*(self.of_all(arguments, inner, table, row) for row, inner in rows))

    def is_column(self, field_id: str) -> bool:
        return self.catalog.fields[field_id].table


def _has_value(node: Node, scope: Environment) -> bool:
    if isinstance(node, FieldRef):
        return scope.field(node.id).state is State.VALUE
    if isinstance(node, Text):
        return True
    try:
        evaluate(node, scope)
    except NotComputableError:
        return False
    except TypeError:  # an interval's parts, a list: no value on their own
        return not children(node)
    return True


def _least(found: Iterable[_Lack | None]) -> _Lack | None:
    return min((lack for lack in found if lack is not None), key=lambda lack: lack.size, default=None)


def _together(found: Iterable[_Lack | None]) -> _Lack | None:
    whole = _NOTHING
    for lack in found:
        if lack is None:
            return None
        whole = _Lack((*whole.gaps, *lack.gaps), whole.blanks | lack.blanks)
    return whole


# --- words --------------------------------------------------------------------------------------------------


def _miss(catalog: Catalog, wording: Wording, case: Case, writer: Writer, gaps: Sequence[_Gap]) -> NearMiss:
    naming = CatalogNaming(catalog, wording, case.rule.per)
    ranked = sorted(gaps, key=lambda gap: -gap.distance)
    return NearMiss(
        id=case.rule.id,
        tier=case.rule.tier,
        subject=case.row.subject if case.row else None,
        title=writer.heading(),
        borders=tuple(_border(gap, naming, case.rule) for gap in ranked),
        cells=tuple(case.scope.inputs(*(gap.node for gap in ranked))),
    )


def _border(gap: _Gap, naming: CatalogNaming, rule: RuleDef) -> Border:
    wording = naming.wording

    def shown(value: float) -> str:
        if gap.unit in (Unit.NUMBER, Unit.MEASURE):
            return naming.number(value)
        return wording.value(value, gap.unit, (gap.border,))

    params = {"value": shown(gap.value), "border": shown(gap.border)}
    if gap.interval is not None:
        said = wording.text("near.inside", **params, range=wording.range(gap.interval, gap.unit))
    elif gap.value == gap.border:
        said = wording.text("near.at", **params)
    elif against := _called(gap.node.right, naming, rule):
        said = wording.text("near.against", **params, name=against)
    else:
        said = wording.text("near.beside", **params)
    return Border(
        name=_called(gap.node.left, naming, rule) or words(gap.node.left, naming),
        is_named=isinstance(gap.node.left, FieldRef | MetricRef),
        condition=_condition(gap, naming, rule, params["border"]),
        value=gap.value,
        border=gap.border,
        unit=gap.unit,
        words=said,
        inside=gap.interval is not None,
    )


def _called(node: Node, naming: CatalogNaming, rule: RuleDef) -> str | None:
    """The name of what is compared: of an answer, of a metric, or the one that the rule gives a figure."""
    if isinstance(node, FieldRef | MetricRef):
        return naming.name(node)
    figures = (shown for shown in rule.values.values() if isinstance(shown, Figure) and shown.name)
    found = next((figure for figure in figures if figure.expression == node), None)
    return found.name[naming.wording.language] if found and found.name else None


def _condition(gap: _Gap, naming: CatalogNaming, rule: RuleDef, border: str) -> str:
    """The comparison in words; a border that the method sets is printed in the unit of what is compared."""

    def side(node: Node) -> Node:
        name = _called(node, naming, rule)
        return Text(naming.wording.text("near.quoted", name=name)) if name else node

    node = gap.node
    right = Text(border) if isinstance(node.right, Number | PolicyRef) else side(node.right)
    return words(Compare(node.operator, side(node.left), right), naming)
