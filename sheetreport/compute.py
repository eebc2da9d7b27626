"""Answers to metrics: values, intervals, zones and evidence, each with the cells it rests on or the reason it
has no value.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from sheetreport import goals, networks, smm
from sheetreport.catalog import network_columns
from sheetreport.catalog.coverage import asked_metrics, begun_pages, scored_fields
from sheetreport.catalog.definitions import Catalog, MetricDef
from sheetreport.catalog.earlier import earlier_field, has_earlier
from sheetreport.catalog.goal_columns import COLUMNS
from sheetreport.formula.evaluate import (
    Environment,
    NotComputableError,
    Outcome,
    condition_holds,
    interval,
    number,
)
from sheetreport.formula.tree import (
    AGGREGATES,
    Call,
    FieldRef,
    Function,
    MetricRef,
    Node,
    PolicyRef,
    children,
    references,
)
from sheetreport.formula.tree import Text as TextNode
from sheetreport.model import (
    BLANK,
    Evidence,
    GoalResult,
    InputCell,
    Interval,
    MetricResult,
    Reason,
    Row,
    State,
    Submission,
    Value,
)

_Key = tuple[str, str | None, int | None]


def compute(catalog: Catalog, submission: Submission) -> Computation:
    """Every metric, quantity and goal of a submission."""
    submission = networks.with_ads_status(catalog, submission)
    computation = Computation(catalog, submission)
    computation = Computation(catalog, goals.with_givens(catalog, submission, computation))
    questions = smm.judge(catalog, computation)
    computation = Computation(catalog, smm.with_answers(computation.submission, questions), questions)
    results = goals.judge(catalog, computation)
    return computation.with_goals(goals.with_outcomes(computation.submission, results), results)


class Computation:
    """All that can be computed from a submission, each thing once, when it is first asked for."""

    def __init__(
        self,
        catalog: Catalog,
        submission: Submission,
        questions: smm.Questions = smm.UNKNOWN,
        goal_results: tuple[GoalResult, ...] = (),
        supposed: Mapping[str, float] | None = None,
    ) -> None:
        """`supposed` are values of the company's quantities that take the place of their own."""
        self.catalog = catalog
        self.submission = submission
        self.questions = questions
        self.goals = goal_results
        self.supposed = supposed or {}
        self._results: dict[_Key, MetricResult | None] = {}
        self._coverage: tuple[int, int] | None = None
        self._definitions: Mapping[str, tuple[MetricDef, ...]] = {
            **catalog.metrics,
            **{metric.id: (metric,) for metric in catalog.goals.numbers},
        }

    def with_goals(self, submission: Submission, results: tuple[GoalResult, ...]) -> Computation:
        """The same numbers, with the goals' outcomes as columns that rules can name."""
        judged = Computation(self.catalog, submission, self.questions, results, self.supposed)
        judged._results = self._results
        return judged

    @property
    def results(self) -> tuple[MetricResult, ...]:
        """All metrics and quantities (not the arithmetic of goals) in the order of the catalogue, row by
        row.

        """
        return tuple(
            result for definition in self.catalog.all_metrics() for result in self._of_definition(definition)
        )

    def _of_definition(self, definition: MetricDef) -> Iterator[MetricResult]:
        rows: Sequence[Row | None] = (
            (None,) if definition.per is None else self.submission.rows(definition.per)
        )
        for row in rows:
            result = self.result(definition, row)
            if result is not None:
                yield result

    def metric(self, metric_id: str, subject: str | None = None) -> MetricResult:
        """A metric of the company, or of the row with this name. Raises KeyError where there is none."""
        for definition in self._definitions[metric_id]:
            if (definition.per is None) == (subject is None):
                for result in self._of_definition(definition):
                    if result.subject == subject:
                        return result
        raise KeyError((metric_id, subject))

    def row_results(self, metric_id: str) -> Sequence[tuple[Row, MetricResult]]:
        """A row metric with the rows it applies to."""
        definition = next(variant for variant in self._definitions[metric_id] if variant.per is not None)
        assert definition.per is not None
        found = ((row, self.result(definition, row)) for row in self.submission.rows(definition.per))
        return [(row, result) for row, result in found if result is not None]

    def environment(self, row: Row | None = None, sheet: str | None = None) -> Scope:
        """Where an expression finds its names: the company, or one row of a table."""
        return Scope(self, sheet, row)

    def definition(self, metric_id: str, sheet: str | None) -> MetricDef:
        """The definition a name means from within a row of a table, or from the company."""
        variants = self._definitions[metric_id]
        return next(
            (variant for wanted in (sheet, None) for variant in variants if variant.per == wanted),
            variants[0],
        )

    def result(self, definition: MetricDef, row: Row | None) -> MetricResult | None:
        """A metric's result; None where it does not apply to the row."""
        key = (definition.id, definition.per, row.index if row else None)
        if key not in self._results:
            self._results[key] = self._compute(definition, row)
        return self._results[key]

    def _compute(self, definition: MetricDef, row: Row | None) -> MetricResult | None:
        scope = self.environment(row, definition.per)
        if definition.applies is not None and not condition_holds(definition.applies, scope):
            return None
        value, reason = _value(definition.expression, definition.zero, scope)
        if definition.per is None and definition.id in self.supposed:
            value, reason = self.supposed[definition.id], None
        bare = MetricResult(
            id=definition.id,
            subject=row.subject if row else None,
            row=row.index if row else None,
            value=value,
            reason=reason,
            inputs=tuple(inputs_of(scope, definition.expression, definition.interval)),
        )
        return bare if value is None else self._judge(definition, scope, bare, value)

    def _judge(self, definition: MetricDef, scope: Scope, bare: MetricResult, value: float) -> MetricResult:
        """Add the interval, how much the sample proves, the zone, and the value of last time."""
        bounds = _optional_interval(definition.interval, scope)
        sample = _optional_number(definition.sample, scope)
        evidence = None if sample is None else self.evidence(sample)
        zone = definition.zone_of(value)
        if sample is not None and sample < definition.zone_needs:
            zone = None
        confident = None
        if zone is not None and definition.interval is not None:
            proven = evidence in (None, Evidence.USABLE, Evidence.GOOD)
            confident = proven and bounds is not None and all(zone.contains(bound) for bound in bounds)
        previous = self.last_time(definition, scope)
        return replace(
            bare,
            interval=bounds,
            sample=sample,
            evidence=evidence,
            zone=zone.id if zone else None,
            zone_confident=confident,
            previous=previous,
            change=None if previous is None else value - previous,
        )

    def last_time(self, definition: MetricDef, scope: Scope) -> float | None:
        """The metric in the previous period; None where the answers about it do not give one."""
        if not has_earlier(self.catalog, definition):
            return None
        return replace(scope, earlier=True).metric(definition.id).value

    def coverage(self) -> tuple[int, int]:
        """How many metrics have a value, and how many the pages begun so far could give."""
        if self._coverage is None:
            asked = asked_metrics(self.catalog, begun_pages(self.catalog, self.submission))
            known = (
                any(result.value is not None for result in self._of_definition(definition))
                for definition in asked
            )
            self._coverage = sum(known), len(asked)
        return self._coverage

    def evidence(self, sample: float) -> Evidence:
        """How much a sample of this size proves."""
        policy = self.catalog.policy
        if sample < policy["indicative_sample"].value:
            return Evidence.ANECDOTAL
        if sample < policy["usable_sample"].value:
            return Evidence.INDICATIVE
        return Evidence.USABLE if sample < policy["good_sample"].value else Evidence.GOOD


@dataclass(frozen=True, slots=True)
class Scope:
    """The Environment of expressions: the company's answers, or one row of a table with them behind it.

    With `earlier`, names mean the previous period.
    """

    computation: Computation
    sheet: str | None
    row: Row | None
    earlier: bool = False

    def field(self, field_id: str) -> Value:
        if self.earlier:
            twin = earlier_field(self.computation.catalog, field_id)
            return BLANK if twin is None else replace(self, earlier=False).field(twin)
        if self.row is not None and self._is_column(field_id):
            return self.row.get(field_id)
        return self.computation.submission.get(field_id)

    def _is_column(self, field_id: str) -> bool:
        definition = self.computation.catalog.fields.get(field_id)
        filled = field_id in COLUMNS or field_id in network_columns.KINDS
        return filled or (definition is not None and definition.table)

    def metric(self, metric_id: str) -> Outcome:
        definition = self.computation.definition(metric_id, self.sheet)
        if self.earlier:
            scope = self if definition.previous is None else replace(self, earlier=False)
            return Outcome(*_value(definition.previous or definition.expression, definition.zero, scope))
        row = self.row if definition.per is not None else None
        result = self.computation.result(definition, row) if definition.per in (None, self.sheet) else None
        if result is None:
            return Outcome(None, Reason("missing_input"))
        reason = result.reason
        if reason is not None and definition.reported:
            reason = Reason("depends_on", metric_id)
        return Outcome(result.value, reason, result.interval, result.zone_confident)

    def policy(self, policy_id: str) -> float:
        return self.computation.catalog.policy[policy_id].value

    def rows(self, sheet_id: str) -> Sequence[Environment]:
        return [
            Scope(self.computation, sheet_id, row, self.earlier)
            for row in self.computation.submission.rows(sheet_id)
        ]

    def table_of(self, node: Node) -> str:
        for reference in references(node):
            if isinstance(reference, FieldRef) and self._is_column(reference.id):
                return _page(self.computation.catalog, reference.id)
            if isinstance(reference, MetricRef):
                per = self.computation.definition(reference.id, None).per
                if per is not None:
                    return per
        raise TypeError("an aggregate needs a column of a table")

    def choice_number(self, field_id: str, choice_id: str) -> float | None:
        choice = self.computation.catalog.fields[field_id].choice(choice_id)
        return choice.number if choice else None

    def first_score(self, field_id: str) -> int:
        scores = self.computation.catalog.fields[field_id].scores
        return scores[0] if scores else 0

    def scored_fields(self, page_id: str) -> Sequence[str]:
        return scored_fields(self.computation.catalog, page_id)

    def coverage(self) -> tuple[int, int]:
        return self.computation.coverage()

    def zero_reason(self, node: FieldRef | MetricRef) -> str | None:
        if isinstance(node, FieldRef):
            definition = self.computation.catalog.fields.get(node.id)
            return definition.zero if definition else None
        return self.computation.definition(node.id, self.sheet).zero_reason

    def inputs(self, *nodes: Node | None) -> Sequence[InputCell]:
        """The filled cells that expressions rest on, each once."""
        return inputs_of(self, *nodes)


def inputs_of(scope: Scope, *nodes: Node | None) -> list[InputCell]:
    """The filled cells that expressions rest on, through every metric they use, each once."""
    fields = (item for node in nodes if node is not None for item in _fields(scope, node, scope.sheet, True))
    found: dict[tuple[str, str, str], InputCell] = {}
    for field_id, own in dict.fromkeys(fields):
        for value in _values(scope if own else scope.computation.environment(), field_id):
            if value.state is State.VALUE and value.source.cell:
                cell = InputCell(field_id, value.source.sheet, value.source.cell, value.value)
                found.setdefault((cell.field, cell.sheet, cell.cell), cell)
    return list(found.values())


def _fields(
    scope: Scope, node: Node, sheet: str | None, own: bool, seen: frozenset[str] = frozenset()
) -> Iterator[tuple[str, bool]]:
    """The fields that an expression rests on, and whether they are those of the scope itself: inside an
    aggregate, and behind a metric of another table, they are the company's and the tables'.

    The catalogue alone decides this, so what a metric rests on is looked up once.
    """
    match node:
        case FieldRef(field_id):
            yield field_id, own
        case MetricRef(metric_id) if metric_id not in seen:
            definition = scope.computation.definition(metric_id, sheet)
            inside = own and definition.per in (None, sheet)
            table = sheet if definition.per is None else definition.per
            yield from scope.computation.catalog.once(
                ("fields", metric_id, definition.per, table, inside),
                lambda: tuple(_fields(scope, definition.expression, table, inside, frozenset({metric_id}))),
            )
        case PolicyRef():
            return
        case Call(Function.PAGE_POINTS | Function.PAGE_ANSWERS, (TextNode(page),)):
            yield from ((field_id, own) for field_id in scope.scored_fields(page))
        case Call(function) if function in AGGREGATES:
            for child in children(node):
                yield from _fields(scope, child, None, False, seen)
        case _:
            for child in children(node):
                yield from _fields(scope, child, sheet, own, seen)


def _values(scope: Scope, field_id: str) -> Sequence[Value]:
    """The answer itself, or, for a column named outside its table (an aggregate), the whole column."""
    catalog = scope.computation.catalog
    definition = catalog.fields.get(field_id)
    if definition is None or not definition.table:
        return (scope.field(field_id),)
    if scope.row is not None and scope.sheet == definition.sheet:
        return (scope.row.get(field_id),)
    return [row.get(field_id) for row in scope.computation.submission.rows(definition.sheet)]


def _page(catalog: Catalog, field_id: str) -> str:
    definition = catalog.fields.get(field_id)
    return definition.sheet if definition else field_id.split(".", 1)[0]


def _value(expression: Node, zero: str | None, scope: Scope) -> tuple[float | None, Reason | None]:
    try:
        return number(expression, scope, zero), None
    except NotComputableError as error:
        return None, error.reason
    except OverflowError:
        return None, Reason("not_defined")


def _optional_interval(node: Node | None, scope: Scope) -> Interval | None:
    if node is None:
        return None
    try:
        return interval(node, scope)
    except NotComputableError:
        return None


def _optional_number(node: Node | None, scope: Scope) -> float | None:
    if node is None:
        return None
    try:
        return number(node, scope)
    except NotComputableError:
        return None
