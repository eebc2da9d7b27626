"""What stands behind an effect's amount: the owner's figures, why it has no range, what it does in a year."""

from __future__ import annotations

from dataclasses import replace

from sheetreport.catalog.definitions import ChangeDef, EffectDef, EffectKind, RuleDef, Unit
from sheetreport.formula.evaluate import Environment, NotComputableError, condition_holds, number
from sheetreport.formula.explain import numbers
from sheetreport.formula.tree import FieldRef, MetricRef, Node
from sheetreport.model import KEEP, Change, Effect
from sheetreport.naming import CatalogNaming

IN_PLAN = ""
_TIMES_A_YEAR = {EffectKind.MONEY_MONTH: 12, EffectKind.MONEY_YEAR: 1, EffectKind.MONEY_ONCE: 1}


def explained(
    effect: Effect,
    definition: EffectDef,
    rule: RuleDef,
    basis: str,
    scope: Environment,
    naming: CatalogNaming,
) -> Effect:
    """The effect with its calculation, the reason why it has no range, and its part in the plan's year."""
    if effect.value is None or definition.value is None:
        return effect
    changes = _changes(definition, rule, scope)
    times = _TIMES_A_YEAR.get(definition.kind)
    return replace(
        effect,
        calculation=_calculation(definition.value, effect, scope, replace(naming, per=rule.per)),
        no_range=_no_range(effect, definition, basis, naming),
        yearly=effect.value * times if times else None,
        changes=changes or (),
        differs=definition.differs[naming.wording.language] if definition.differs else "",
        left_out=_left_out(definition, changes, rule, basis),
    )


def _calculation(node: Node, effect: Effect, scope: Environment, naming: CatalogNaming) -> str:
    """The formula with the owner's figures and what comes out; where the figure is one, what it is called."""
    shown = naming.wording.value(effect.value or 0.0, Unit(effect.unit or Unit.MONEY))
    try:
        while isinstance(node, MetricRef):
            node = naming.metric_definition(node.id).expression
        figures = numbers(node, naming, scope)
    except NotComputableError:
        return ""
    bare = isinstance(node, FieldRef) or figures in (shown, naming.number(effect.value or 0.0))
    return f"{effect.formula if bare else figures} = {shown}"


def _no_range(effect: Effect, definition: EffectDef, basis: str, naming: CatalogNaming) -> str:
    if effect.low is not None and effect.high is not None:
        return ""
    reason = "sample" if definition.low is not None else basis
    return naming.wording.text(f"advice.no_range_{reason}")


def _left_out(definition: EffectDef, changes: tuple[Change, ...] | None, rule: RuleDef, basis: str) -> str:
    """The code of why the plan's total leaves an action out; empty where it counts."""
    if definition.kind not in _TIMES_A_YEAR:
        return "cost" if definition.kind is EffectKind.COST else "not_money"
    if rule.tier == KEEP:
        return "earned"
    if not definition.together:
        return "at_stake"
    if changes is None:
        return "unknown"
    return basis if basis in ("example", "limit") else IN_PLAN


def _changes(definition: EffectDef, rule: RuleDef, scope: Environment) -> tuple[Change, ...] | None:
    """What the action changes in the plan's year; None where a figure for that is missing."""
    try:
        return tuple(_change(change, rule, scope) for change in definition.together)
    except NotComputableError:
        return None


def _change(definition: ChangeDef, rule: RuleDef, scope: Environment) -> Change:
    value = number(definition.value, scope)
    ends = (_end(node, value, scope) for node in (definition.low, definition.high))
    return Change(definition.quantity, _part(definition, rule, scope), definition.stops, value, *ends)


def _end(node: Node | None, value: float, scope: Environment) -> float:
    """An end of the range; the value itself where the sample gives none."""
    if node is None:
        return value
    try:
        return number(node, scope)
    except NotComputableError:
        return value


def _part(definition: ChangeDef, rule: RuleDef, scope: Environment) -> str | None:
    """Whom or which row an amount is about: a group by name, a row by its table and place in it."""
    if definition.rows is not None and definition.where is not None:
        for place, row in enumerate(scope.rows(definition.rows), start=1):
            if condition_holds(definition.where, row):
                return f"{definition.rows}:{place}"
        return None
    if definition.part is None and rule.per is not None:
        return f"{rule.per}:{1 + [*scope.rows(rule.per)].index(scope)}"
    return definition.part
