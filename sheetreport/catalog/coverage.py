"""What the catalogue could give from the pages an owner has begun, and which questions count as practices."""

from __future__ import annotations

from collections.abc import Iterator, Set

from sheetreport.catalog import smm_answers
from sheetreport.catalog.definitions import Catalog, MetricDef
from sheetreport.formula.tree import FieldRef, Function, MetricRef, PolicyRef, functions, references
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


def asked_metrics(catalog: Catalog, begun: Set[str]) -> tuple[MetricDef, ...]:
    """The reported metrics whose every page is core or begun; those that count metrics are left out."""
    wanted = begun | {sheet.id for sheet in catalog.sheets if sheet.core}
    return tuple(
        metric
        for metric in catalog.all_metrics()
        if metric.reported
        and not _COUNTS_METRICS & set(functions(metric.expression))
        and set(_pages(catalog, metric, frozenset())) <= wanted
    )


def _pages(catalog: Catalog, metric: MetricDef, seen: frozenset[str]) -> Iterator[str]:
    """The pages whose answers a metric rests on, through every metric it uses."""
    for reference in references(metric.expression):
        match reference:
            case FieldRef(field_id) if field_id in smm_answers.KINDS:
                yield smm_answers.PAGE
            case FieldRef(field_id) if field_id in catalog.fields:
                yield catalog.fields[field_id].sheet
            case MetricRef(metric_id) if metric_id not in seen:
                inner = catalog.metric(metric_id, metric.per)
                yield from _pages(catalog, inner, seen | {metric_id})
            case FieldRef() | MetricRef() | PolicyRef():
                pass
