"""Where the expressions of levers find their names: a company or a row, and the names only levers know."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from sheetreport.catalog.load_levers import BEFORE, TABLE
from sheetreport.compute import Scope
from sheetreport.formula.evaluate import Environment, NotComputableError, Outcome, number
from sheetreport.formula.tree import FieldRef, MetricRef, Node
from sheetreport.model import Reason, State, Value


@dataclass(frozen=True, slots=True)
class Tried:
    """An Environment of what is tried; names that begin `before.` mean the same place at `present`."""

    scope: Scope
    present: Scope
    names: Mapping[str, float] = field(default_factory=dict)

    def field(self, field_id: str) -> Value:
        if field_id in self.names:
            return Value(State.VALUE, self.names[field_id])
        if not field_id.startswith(BEFORE):
            return self.scope.field(field_id)
        name = field_id.removeprefix(BEFORE)
        if name not in self.scope.computation.catalog.metrics:
            return self.present.field(f"{TABLE}.{name}")
        outcome = self.present.metric(name)
        if outcome.value is None:
            raise NotComputableError(outcome.reason or Reason("depends_on", name))
        return Value(State.VALUE, outcome.value)

    def metric(self, metric_id: str) -> Outcome:
        return self.scope.metric(metric_id)

    def policy(self, policy_id: str) -> float:
        return self.scope.policy(policy_id)

    def rows(self, sheet_id: str) -> Sequence[Environment]:
        return self.scope.rows(sheet_id)

    def table_of(self, node: Node) -> str:
        return self.scope.table_of(node)

    def choice_number(self, field_id: str, choice_id: str) -> float | None:
        return self.scope.choice_number(field_id, choice_id)

    def first_score(self, field_id: str) -> int:
        return self.scope.first_score(field_id)

    def scored_fields(self, page_id: str) -> Sequence[str]:
        return self.scope.scored_fields(page_id)

    def coverage(self) -> tuple[int, int]:
        return self.scope.coverage()

    def zero_reason(self, node: FieldRef | MetricRef) -> str | None:
        return self.scope.zero_reason(node)


def value_of(node: Node, place: Environment) -> tuple[float | None, Reason | None]:
    """The value of an expression, or why it has none."""
    try:
        return number(node, place), None
    except NotComputableError as error:
        return None, error.reason
    except OverflowError:
        return None, Reason("not_defined")
