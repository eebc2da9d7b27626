"""What the catalogue could give from the pages an owner has begun, and which questions count as practices."""

from __future__ import annotations

from collections.abc import Set

from sheetreport.catalog import smm_answers
from sheetreport.catalog.definitions import Catalog, MetricDef, SheetDef
from sheetreport.formula.tree import FieldRef, Function, MetricRef, PolicyRef, functions, pages, references
from sheetreport.model import Origin, State, Submission

_COUNTS_METRICS = frozenset({Function.METRICS_KNOWN, Function.METRICS_ASKED})


def scored_fields(catalog: Catalog, page_id: str) -> tuple[str, ...]:
    """The fields of a page whose choices stand for numbers: practices, but not the questions about risks."""
    return tuple(
        field.id
        for field in catalog.fields.values()
        if field.sheet == page_id and any(choice.number is not None for choice in field.choices)
    )


def begun_pages(catalog: Catalog, submission: Submission) -> frozenset[str]:
    """The pages that hold at least one answer of the owner's."""
    rows = (row for table in submission.tables.values() for row in table)
    return frozenset(
        catalog.fields[field_id].sheet
        for values in (submission.scalars, *(row.values for row in rows))
        for field_id, value in values.items()
        if field_id in catalog.fields and value.origin is Origin.GIVEN and value.state is not State.BLANK
    )


def left_blank(catalog: Catalog, begun: Set[str]) -> tuple[SheetDef, ...]:
    """The optional pages without a single answer, in the order of the template."""
    return tuple(sheet for sheet in catalog.sheets if not sheet.core and sheet.id not in begun)


def waits_for_pages(catalog: Catalog, metric: MetricDef, begun: Set[str]) -> bool:
    """Whether a metric rests on an optional page that the owner left blank."""
    needed = catalog.once(("optional pages", metric.id, metric.per), lambda: _optional_pages(catalog, metric))
    return not needed <= begun


def asked_metrics(catalog: Catalog, begun: Set[str]) -> tuple[MetricDef, ...]:
    """The reported metrics whose every page is core or begun; those that count metrics are left out."""
    counted = catalog.once("counted metrics", lambda: _counted_metrics(catalog))
    return tuple(metric for metric in counted if not waits_for_pages(catalog, metric, begun))


def _counted_metrics(catalog: Catalog) -> tuple[MetricDef, ...]:
    return tuple(
        metric for metric in catalog.all_metrics() if metric.reported and not counts_metrics(catalog, metric)
    )


def counts_metrics(catalog: Catalog, metric: MetricDef) -> bool:
    """Whether a metric counts others, so that it depends on the pages begun and not on answers alone."""
    parts = (metric.expression, metric.interval, metric.sample)
    return catalog.once(
        ("counts metrics", metric.id, metric.per),
        lambda: any(_COUNTS_METRICS & set(functions(part)) for part in parts if part is not None),
    )


def _optional_pages(catalog: Catalog, metric: MetricDef) -> frozenset[str]:
    return _pages(catalog, metric) - {sheet.id for sheet in catalog.sheets if sheet.core}


def _pages(catalog: Catalog, metric: MetricDef) -> frozenset[str]:
    """The pages whose answers a metric rests on, through every metric it uses."""
    found: set[str] = set()
    used, waiting = {(metric.id, metric.per)}, [metric]
    while waiting:
        definition = waiting.pop()
        found.update(pages(definition.expression))
        for reference in references(definition.expression):
            match reference:
                case FieldRef(field_id) if field_id in smm_answers.KINDS:
                    found.add(smm_answers.PAGE)
                case FieldRef(field_id) if field_id in catalog.fields:
                    found.add(catalog.fields[field_id].sheet)
                case MetricRef(metric_id):
                    inner = catalog.metric(metric_id, definition.per)
                    if (inner.id, inner.per) not in used:
                        used.add((inner.id, inner.per))
                        waiting.append(inner)
                case FieldRef() | PolicyRef():
                    pass
    return frozenset(found)
