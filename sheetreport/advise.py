"""Computed figures to recommendations: which rules fire, what holds them back, their order and their words."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import cached_property
from itertools import chain, zip_longest
from typing import Protocol

from sheetreport.catalog.definitions import (
    Catalog,
    Confidence,
    EffectDef,
    EffectKind,
    Figure,
    MetricDef,
    Phrases,
    RowNames,
    RuleDef,
    Shown,
    Span,
    Text,
    Unit,
    Variant,
)
from sheetreport.catalog.load_rules import reference, unit_of
from sheetreport.formula.evaluate import Environment, NotComputableError, condition_holds, evaluate, number
from sheetreport.formula.explain import words
from sheetreport.formula.tree import MetricRef, Node
from sheetreport.i18n import PLACEHOLDER, Wording, placeholders, round_half_up
from sheetreport.model import (
    Effect,
    Evidence,
    InputCell,
    MetricResult,
    Recommendation,
    Row,
    State,
    Submission,
    Suppressed,
)
from sheetreport.naming import CatalogNaming

MOST_ACTIONS = 5
MOST_PRAISE = 2
LONGEST_QUOTE = 80
MONTHS_IN_YEAR = 12

_GOAL_CELLS = ("goals.point_a", "goals.current", "goals.target", "goals.start", "goals.deadline")
_LEVELS = {"high": 0, "medium": 1, "low": 2}
_UNITS = {EffectKind.CLIENTS: Unit.COUNT, EffectKind.ANSWERS: Unit.COUNT, EffectKind.NONE: None}
_MONTHLY = {
    EffectKind.MONEY_MONTH: 1.0,
    EffectKind.MONEY_YEAR: 1 / MONTHS_IN_YEAR,
    EffectKind.MONEY_ONCE: 1 / MONTHS_IN_YEAR,  # a single gain counts as spread over a year
}
_SENTENCE_CASE = re.compile(r"^[A-ZА-ЯЁ](?=[a-zа-яё ])")


class Scope(Environment, Protocol):
    """An Environment that also knows the cells behind its expressions."""

    def inputs(self, *nodes: Node | None) -> Sequence[InputCell]: ...


class Computation(Protocol):
    """The part of a computation that advice needs."""

    def environment(self, row: Row | None = None, sheet: str | None = None) -> Scope: ...

    def definition(self, metric_id: str, sheet: str | None) -> MetricDef: ...

    def result(self, definition: MetricDef, row: Row | None) -> MetricResult | None: ...


@dataclass(frozen=True, slots=True)
class Advice:
    """What to do, most important first, and what is held back for now."""

    recommendations: tuple[Recommendation, ...]
    suppressed: tuple[Suppressed, ...]


@dataclass(frozen=True, slots=True)
class Summary:
    """What the first page has room for: actions, and what to keep doing."""

    actions: tuple[Recommendation, ...]
    keep: tuple[Recommendation, ...]


def advise(catalog: Catalog, submission: Submission, computation: Computation, wording: Wording) -> Advice:
    """The recommendations that the figures call for, in the order in which to take them up."""
    fired = [
        _Case(catalog, computation, wording, rule, row)
        for rule in catalog.rules
        for row in (submission.rows(rule.per) if rule.per else (None,))
    ]
    fired = [case for case in fired if case.holds(case.rule.condition)]
    active = {case.rule.id: case.rule for case in fired}
    held = {id(case): reason for case in fired if (reason := _held_back(case, active, wording))}
    free = sorted((case for case in fired if id(case) not in held), key=_rank)
    situation = submission.get("profile.situation").value
    return Advice(tuple(_arranged(_one_a_row(free), situation)), tuple(held.values()))


def summary(advice: Advice) -> Summary:
    """Every P0 and the next actions until five stand there; and the best of what to keep doing."""
    urgent = [item for item in advice.recommendations if item.tier == "P0"]
    others = [item for item in advice.recommendations if item.tier not in ("P0", "P4")]
    keep = [item for item in advice.recommendations if item.tier == "P4"]
    return Summary((*urgent, *others[: max(0, MOST_ACTIONS - len(urgent))]), tuple(keep[:MOST_PRAISE]))


# --- which, and in what order ----------------------------------------------------------------------------------------


@dataclass(frozen=True)
class _Case:
    """A rule and the row (or the company) that it judges, with its words."""

    catalog: Catalog
    computation: Computation
    wording: Wording
    rule: RuleDef
    row: Row | None

    @cached_property
    def scope(self) -> Scope:
        return self.computation.environment(self.row, self.rule.per)

    def holds(self, condition: Node) -> bool:
        return condition_holds(condition, self.scope)

    @cached_property
    def recommendation(self) -> Recommendation:
        return _Writer(self).recommendation()

    @property
    def place(self) -> tuple[str, int] | None:
        """The row of a table that the case is about."""
        return None if self.row is None or self.rule.per is None else (self.rule.per, self.row.index)


def _held_back(case: _Case, active: Mapping[str, RuleDef], wording: Wording) -> Suppressed | None:
    for gate in case.rule.gates:
        if gate.by in active and (gate.when is None or case.holds(gate.when)):
            reason = active[gate.by].holds_back
            assert reason is not None, gate.by
            subject = case.row.subject if case.row else None
            return Suppressed(case.rule.id, subject, gate.by, reason[wording.language])
    return None


def _rank(case: _Case) -> tuple[str, float, int, int, str, int]:
    """Tier; then money a month, how sure it is, how easy, and the id."""
    item = case.recommendation
    return (
        case.rule.tier,
        -_monthly(case, item.effect),
        _LEVELS[item.confidence],
        case.rule.ease,
        case.rule.id,
        case.row.index if case.row else 0,
    )


def _monthly(case: _Case, effect: Effect | None) -> float:
    """The expected gain a month. An example is no expectation, and a cost no gain."""
    if effect is None or effect.value is None or case.recommendation.confidence_words == case.example:
        return 0.0
    return max(0.0, effect.value) * _MONTHLY.get(EffectKind(effect.kind), 0.0)


def _one_a_row(ranked: Iterable[_Case]) -> Iterator[_Case]:
    """One case a row of a table: the first, which then names the others."""


def _arranged(cases: Iterable[_Case], situation: object) -> Iterator[Recommendation]:
    """The order that the owner's situation asks for."""
