"""The levers of a business, and the business as it would be with some of them elsewhere."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TypeAlias

from sheetreport.catalog.definitions import LeverDef, Unit
from sheetreport.catalog.load_levers import NOW, TABLE, VALUE
from sheetreport.compute import Computation
from sheetreport.formula.tree import Node
from sheetreport.model import InputCell, Origin, Reason, Row, State, Submission, Value
from sheetreport.what_if.scope import Tried, value_of

Key: TypeAlias = tuple[str, int | None]
"""A lever's id, and the index of its row."""

Settings: TypeAlias = Mapping[Key, float]
"""Where levers stand; those that are not named stand where they are."""

SMALLEST_STEP = 0.01
_ROUNDING_DIGITS = 6


@dataclass(frozen=True, slots=True)
class Lever:
    """A lever of the company or of one row, or the reason it can't be moved."""

    definition: LeverDef
    row: Row | None
    now: float | None
    low: float | None
    high: float | None
    reason: Reason | None
    inputs: tuple[InputCell, ...]

    @property
    def key(self) -> Key:
        return self.definition.id, self.row.index if self.row else None

    @property
    def subject(self) -> str | None:
        return self.row.subject if self.row else None

    @property
    def step(self) -> float:
        """How finely a value is worth telling."""
        if self.definition.step is not None or not self.now:
            return self.definition.step or 1.0
        step = math.pow(10, math.floor(math.log10(abs(self.now))) - 2)
        return max(step, SMALLEST_STEP) if self.definition.unit is Unit.MONEY else step

    def rounded(self, value: float, up: bool) -> float:
        """A value in whole steps, on the side asked for."""
        steps = round(value / self.step, _ROUNDING_DIGITS)
        return (math.ceil(steps) if up else math.floor(steps)) * self.step


def levers(computation: Computation) -> tuple[Lever, ...]:
    """Every lever of the company, and of each row of its table, in the order of the catalogue."""
    return tuple(
        _lever(computation, definition, row)
        for definition in computation.catalog.what_if.levers
        for row in _rows(computation.submission, definition.per)
    )


def _rows(submission: Submission, per: str | None) -> Sequence[Row | None]:
    return (None,) if per is None else submission.rows(per)


def _lever(computation: Computation, definition: LeverDef, row: Row | None) -> Lever:
    scope = computation.environment(row, definition.per)
    now, reason = value_of(definition.now, scope)
    low = high = None
    if now is not None:
        place = Tried(scope, scope, {NOW: now})
        low, high = (value_of(node, place)[0] for node in (definition.low, definition.high))
        if low is None or high is None:
            now, reason = None, Reason("not_defined")
    return Lever(definition, row, now, low, high, reason, tuple(scope.inputs(definition.now)))


def tried(present: Computation, settings: Settings) -> Computation:
    """The same business with levers elsewhere; without any it is the present one."""
    what_if = present.catalog.what_if
    moved = {
        lever.key: (lever.now, settings[lever.key])
        for lever in levers(present)
        if lever.now is not None and settings.get(lever.key, lever.now) != lever.now
    }
    if not moved:
        return present
    computation = present
    for definition in what_if.levers:
        for row in _rows(present.submission, definition.per):
            key = definition.id, row.index if row else None
            if key in moved:
                names = dict(zip((NOW, VALUE), moved[key], strict=True))
                computation = _changed(present, computation, definition.changes, names, row)
    for follow in what_if.follows:
        computation = _changed(present, computation, follow.changes, {}, None)
    return computation


def _changed(
    present: Computation,
    state: Computation,
    changes: Mapping[str, Node],
    names: Mapping[str, float],
    only: Row | None,
) -> Computation:
    """The state after changes that happen at once, in one row of the table or in all."""
    submission, catalog = state.submission, state.catalog
    columns = {name: node for name, node in changes.items() if _is_column(state, name)}
    company = Tried(state.environment(), present.environment(), names)
    scalars, supposed = dict(submission.scalars), dict(state.supposed)
    for name, node in changes.items():
        if name in catalog.metrics:
            value, _ = value_of(node, company)
            if value is not None:
                supposed[name] = value
        elif name not in columns:
            scalars[name] = _new(submission.get(name), node, company)
    tables = dict(submission.tables)
    if columns:
        tables[TABLE] = tuple(
            _changed_row(present, state, columns, names, row)
            if only is None or row.index == only.index
            else row
            for row in submission.rows(TABLE)
        )
    changed = replace(submission, scalars=scalars, tables=tables)
    return Computation(catalog, changed, present.questions, present.goals, supposed)


def _is_column(state: Computation, name: str) -> bool:
    field = state.catalog.fields.get(name)
    return field is not None and field.table


def _changed_row(
    present: Computation,
    state: Computation,
    columns: Mapping[str, Node],
    names: Mapping[str, float],
    row: Row,
) -> Row:
    before = next(item for item in present.submission.rows(TABLE) if item.index == row.index)
    place = Tried(state.environment(row, TABLE), present.environment(before, TABLE), names)
    values = {name: _new(row.get(name), node, place) for name, node in columns.items()}
    return replace(row, values={**row.values, **values})


def _new(old: Value, node: Node, place: Tried) -> Value:
    """The new value of an answer; one that was not given stays as it is, one not computable is unknown."""
    if old.state is not State.VALUE:
        return old
    value, _ = value_of(node, place)
    if value is None:
        return Value(State.UNKNOWN, None, old.source, Origin.DERIVED)
    return Value(State.VALUE, value, old.source, Origin.DERIVED)
