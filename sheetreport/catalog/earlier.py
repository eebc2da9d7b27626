"""The answers about the previous period, and which metrics they give once more."""

from __future__ import annotations

from collections.abc import Mapping

from sheetreport.catalog.definitions import Catalog, MetricDef
from sheetreport.formula.tree import FieldRef, MetricRef, Node, PolicyRef, references, with_names

_SAME = frozenset({"profile.period_type"})  # only periods of the same length are compared
_ENDED: Mapping[str, str] = {"clients.active_end": "clients.active_start"}  # where the next begins


def earlier_field(catalog: Catalog, field_id: str) -> str | None:
    """The field that holds the same answer for the previous period: `clients.prev_new` for `clients.new`."""
    if field_id in _SAME:
        return field_id
    topic, _, name = field_id.partition(".")
    twin = _ENDED.get(field_id, f"{topic}.prev_{name}")
    return twin if twin in catalog.fields else None


def earlier_expression(catalog: Catalog, metric: MetricDef) -> Node:
    """What gives a metric of the previous period from the answers about it; it `has_earlier`."""
    if metric.previous is not None:
        return metric.previous
    names: dict[str, Node] = {}
    for reference in references(metric.expression):
        match reference:
            case FieldRef(field_id):
                names[field_id] = FieldRef(earlier_field(catalog, field_id) or field_id)
            case MetricRef(metric_id):
                names[metric_id] = earlier_expression(catalog, catalog.metric(metric_id, metric.per))
            case PolicyRef():
                pass  # a rule of the method is the same in every period
    return with_names(metric.expression, names)


def has_earlier(catalog: Catalog, metric: MetricDef) -> bool:
    """Whether the answers about the previous period can give the metric: it rests on nothing else."""
    if metric.previous is not None:
        return True
    for reference in references(metric.expression):
        match reference:
            case FieldRef(field_id):
                known = earlier_field(catalog, field_id) is not None
            case MetricRef(metric_id):
                known = metric_id in catalog.metrics and has_earlier(
                    catalog, catalog.metric(metric_id, metric.per)
                )
            case PolicyRef():
                known = True
        if not known:
            return False
    return any(not isinstance(reference, PolicyRef) for reference in references(metric.expression))
