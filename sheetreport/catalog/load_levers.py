"""The what-if of levers.yaml to frozen definitions, and what a lever must never do."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from sheetreport.catalog.definitions import (
    Better,
    Catalog,
    FollowDef,
    GoalQuantity,
    LeverDef,
    MetricDef,
    OutcomeDef,
    PaceDef,
    ReachDef,
    Text,
    Unit,
    WhatIfDef,
)
from sheetreport.catalog.entries import (
    expression,
    mapping,
    mappings,
    number_or_none,
    one_of,
    required,
    strings,
    text_of,
    word,
)
from sheetreport.catalog.lint import check_use, kinds, must_know
from sheetreport.catalog.yaml import Located
from sheetreport.errors import CatalogError
from sheetreport.formula.excel import needs_array_entry
from sheetreport.formula.tree import (
    AGGREGATES,
    Call,
    FieldRef,
    MetricRef,
    Node,
    children,
    references,
)
from sheetreport.formula.units import Kind

TABLE = "channels"
"""The one table whose rows have levers."""

BEFORE = "before."
NOW, VALUE = "lever.now", "lever.value"
NEEDED, QUANTITY, FACTOR, LINE = "goal.needed", "goal.quantity", "goal.factor", "goal.line"
_UNITS = (Unit.MONEY, Unit.COUNT, Unit.SHARE)
_KINDS = {Unit.MONEY: Kind.MONEY, Unit.COUNT: Kind.COUNT, Unit.SHARE: Kind.SHARE}
_FIELD_KINDS = frozenset({Kind.MONEY, Kind.COUNT, Kind.SHARE, Kind.NUMBER})


def load_what_if(document: Located, metrics: Mapping[str, Sequence[MetricDef]]) -> WhatIfDef:
    document.only(*"levers follows outcomes paces forecast quantities reaches whole_company".split())
    return WhatIfDef(
        levers=tuple(map(_lever, mappings(document, "levers"))),
        follows=tuple(map(_follow, mappings(document, "follows"))),
        outcomes=tuple(_outcome(item, metrics) for item in mappings(document, "outcomes")),
        paces=tuple(map(_pace, mappings(document, "paces"))),
        forecast=expression(document, "forecast"),
        quantities=tuple(map(_quantity, mappings(document, "quantities"))),
        reaches=tuple(map(_reach, mappings(document, "reaches"))),
        whole_company=strings(document, "whole_company"),
    )


def _lever(item: Located) -> LeverDef:
    item.only(*"id per name unit better step now low high changes assumption".split())
    step = number_or_none(item, "step")
    if step is not None and step <= 0:
        item.fail("catalog_file.not_above_zero", "step", key="step", value=f"{step:g}")
    return LeverDef(
        id=required(item, "id"),
        per=_per(item),
        name=text_of(item, "name"),
        unit=Unit(one_of(item, "unit", [unit.value for unit in _UNITS])),
        better=Better(one_of(item, "better", [better.value for better in Better])),
        step=step,
        now=expression(item, "now"),
        low=expression(item, "low"),
        high=expression(item, "high"),
        changes=_expressions(item, "changes"),
        assumption=text_of(item, "assumption"),
        place=item.place,
    )


def _follow(item: Located) -> FollowDef:
    item.only("per", "changes", "assumption")
    words = text_of(item, "assumption") if "assumption" in item else Text("", "")
    return FollowDef(_per(item), _expressions(item, "changes"), words, item.place)


def _outcome(item: Located, metrics: Mapping[str, Sequence[MetricDef]]) -> OutcomeDef:
    """A bare metric brings its own words."""
    item.only("id", "name", "unit", "better", "formula")
    node = expression(item, "formula")
    found = metrics.get(node.id, ()) if isinstance(node, MetricRef) else ()
    own = next((metric for metric in found if metric.per is None), None) if "name" not in item else None
    return OutcomeDef(
        id=required(item, "id"),
        name=own.name if own else text_of(item, "name"),
        unit=own.unit if own else Unit(one_of(item, "unit", [unit.value for unit in Unit])),
        better=own.better if own else Better(one_of(item, "better", [better.value for better in Better])),
        expression=node,
        place=item.place,
    )


def _pace(item: Located) -> PaceDef:
    item.only("kinds", "needed", "line", "days")
    needed, line, days = (expression(item, key) for key in ("needed", "line", "days"))
    return PaceDef(strings(item, "kinds"), needed, line, days, item.place)


def _quantity(item: Located) -> GoalQuantity:
    item.only("measure", "per", "formula")
    return GoalQuantity(required(item, "measure"), _per(item), expression(item, "formula"), item.place)


def _reach(item: Located) -> ReachDef:
    item.only("measures", "per", "levers")
    return ReachDef(strings(item, "measures"), _per(item), _expressions(item, "levers"), item.place)


def _per(item: Located) -> str | None:
    return one_of(item, "per", (TABLE,)) if word(item, "per") is not None else None


def _expressions(item: Located, key: str) -> Mapping[str, Node]:
    named = mapping(item, key)
    if not named:
        item.fail("catalog_rules.expressions_missing", key, key=key)
    return {name: expression(named, name) for name in named}


# --- what it must obey --------------------------------------------------------------------------------------


def check_what_if(catalog: Catalog) -> None:
    """Refuse a what-if that names what does not exist, mixes units or could not be shown in a cell."""
    what_if = catalog.what_if
    known = dict(kinds(catalog))
    known |= {
        f"{BEFORE}{field.name}": known[field.id] for field in catalog.sheet(TABLE).fields if field.table
    }
    known |= {f"{BEFORE}{metric.id}": known[metric.id] for metric in catalog.all_metrics()}
    known |= dict.fromkeys((NEEDED, QUANTITY, FACTOR, LINE), Kind.NUMBER)
    check = _Check(catalog, known)
    _once("catalog_rules.lever_twice", [(lever.id, lever.per, lever.place) for lever in what_if.levers])
    _once("catalog_rules.outcome_twice", [(outcome.id, None, outcome.place) for outcome in what_if.outcomes])
    _once(
        "catalog_rules.quantity_twice", [(item.measure, item.per, item.place) for item in what_if.quantities]
    )
    for lever in what_if.levers:
        _check_lever(check.of(lever.unit), lever)
    for follow in what_if.follows:
        check.changes(follow.changes, follow.per, follow.place)
    for outcome in what_if.outcomes:
        check.number(outcome.expression, None, f"{outcome.place}: {outcome.id}")
    for pace in what_if.paces:
        for node in (pace.needed, pace.line, pace.days):
            check.number(node, "goals", f"{pace.place}: {', '.join(pace.kinds)}")
    check.number(what_if.forecast, "goals", "levers.yaml: forecast")
    for quantity in what_if.quantities:
        must_know(quantity.place, "catalog_file.no_measure", quantity.measure, _measures(catalog))
        check.number(quantity.expression, quantity.per, f"{quantity.place}: {quantity.measure}")
    for reach in what_if.reaches:
        _check_reach(check, reach)


def _check_lever(check: _Check, lever: LeverDef) -> None:
    place = f"{lever.place}: {lever.id}"
    check.number(lever.now, lever.per, place, metrics_of_rows=True)
    for node in (lever.low, lever.high):
        check.number(node, lever.per, place)
    check.changes(lever.changes, lever.per, place)


def _check_reach(check: _Check, reach: ReachDef) -> None:
    what_if = check.catalog.what_if
    for measure in reach.measures:
        quantities = [item.measure for item in what_if.quantities]
        must_know(reach.place, "catalog_rules.no_quantity", measure, quantities)
        if what_if.quantity(measure, reach.per) is None:
            if reach.per is None:
                raise CatalogError.at(reach.place, "catalog_rules.no_company_quantity", measure=measure)
            raise CatalogError.at(
                reach.place, "catalog_rules.no_row_quantity", measure=measure, table=reach.per
            )
    for lever_id, node in reach.levers.items():
        must_know(reach.place, "catalog_file.no_lever", lever_id, [lever.id for lever in what_if.levers])
        lever = what_if.lever(lever_id, reach.per)
        if lever.per not in (None, reach.per):
            raise CatalogError.at(f"{reach.place}: {lever_id}", "catalog_rules.no_company_lever")
        check.of(lever.unit, free=True).number(node, reach.per, f"{reach.place}: {lever_id}")


def _measures(catalog: Catalog) -> list[str]:
    return [measure.id for measure in catalog.goals.measures]


def _once(key: str, found: Sequence[tuple[str, str | None, str]]) -> None:
    seen: set[tuple[str, str | None]] = set()
    for name, per, place in found:
        if (name, per) in seen:
            raise CatalogError.at(place, key, name=name)
        seen.add((name, per))


class _Check:
    """Checks of expressions; `known` are the names they may use, with their kinds."""

    def __init__(self, catalog: Catalog, known: Mapping[str, Kind]) -> None:
        self.catalog = catalog
        self.names = known

    def of(self, unit: Unit, free: bool = False) -> _Check:
        """With the values of a lever, in its unit or, beside numbers of any unit, as plain numbers."""
        kind = Kind.NUMBER if free else _KINDS[unit]
        return _Check(self.catalog, {**self.names, NOW: kind, VALUE: kind})

    def number(self, node: Node, per: str | None, place: str, metrics_of_rows: bool = False) -> Kind:
        """The kind of a number that can be shown in a cell of a row of `per`, or of the company."""
        kind = check_use(self.catalog, node, self.names, place)
        if kind not in _FIELD_KINDS | {Kind.TIME}:
            raise CatalogError.at(place, "catalog_rules.number_needed", kind=kind.words)
        if needs_array_entry(node):
            raise CatalogError.at(place, "catalog_rules.extreme")
        for column in _bare_columns(self.catalog, node):
            if per is None or column.sheet not in (per, "before"):
                raise CatalogError.at(place, "catalog_rules.bare_column", column=column.id)
        if not metrics_of_rows:
            self._no_metrics_of_rows(node, place)
        return kind

    def _no_metrics_of_rows(self, node: Node, place: str) -> None:
        """Row metrics are not computed anew, only the company's: their answers have to be named instead."""
        for reference in references(node):
            if isinstance(reference, MetricRef) and reference.id in self.catalog.metrics:
                definition = self.catalog.metric(reference.id)
                if definition.per is not None:
                    raise CatalogError.at(place, "catalog_rules.metric_of_rows", metric=reference.id)

    def changes(self, changes: Mapping[str, Node], per: str | None, place: str) -> None:
        """New values of answers, of columns of the table, or of the company's quantities."""
        for target, node in changes.items():
            where = f"{place}: {target}"
            targets = [*self.catalog.fields, *self.catalog.metrics]
            must_know(where, "catalog_rules.no_target", target, targets)
            field = self.catalog.fields.get(target)
            in_row = field is not None and field.table
            if in_row and field is not None and field.sheet != TABLE:
                raise CatalogError.at(where, "catalog_rules.other_columns", table=TABLE)
            if per is not None and not in_row:
                raise CatalogError.at(where, "catalog_rules.row_lever")
            kind = self.number(node, TABLE if in_row else None, where)
            if self.names[target] not in _FIELD_KINDS:
                raise CatalogError.at(where, "catalog_rules.unchangeable", kind=self.names[target].words)
            if kind is not self.names[target] and Kind.NUMBER not in (kind, self.names[target]):
                raise CatalogError.at(
                    where, "catalog_rules.other_kind", kind=kind.words, answer=self.names[target].words
                )


def _bare_columns(catalog: Catalog, node: Node) -> Iterator[FieldRef]:
    """The columns of tables that an expression names outside an aggregate."""
    match node:
        case FieldRef(field_id):
            field = catalog.fields.get(field_id)
            if (field is not None and field.table) or field_id.startswith(BEFORE):
                name = field_id.removeprefix(BEFORE)
                if name == field_id or name not in catalog.metrics:
                    yield node
        case Call(function) if function in AGGREGATES:
            return
        case _:
            for child in children(node):
                yield from _bare_columns(catalog, child)
