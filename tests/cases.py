"""The cases of tests/metrics, and the result of a case with nothing but what its metric rests on."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import yaml

from sheetreport import result
from sheetreport.answers import flatten, submission
from sheetreport.catalog.definitions import Catalog, MetricDef
from sheetreport.catalog.load import load_catalog
from sheetreport.compute import Computation, compute
from sheetreport.formula.tree import Call, FieldRef, Function, MetricRef, Node, Text, calls, references
from sheetreport.i18n import Wording
from sheetreport.model import Language, Status
from sheetreport.render.workbook import derived

TOLERANCE = 1e-4  # expected values are written with four decimals
KEYS = {
    "name", "subject", "answers", "value", "reason", "absent",
    "interval", "zone", "zone_confident", "evidence",
}  # fmt: skip
Json = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Case:
    """One case of a metric: answers, and what they must give."""

    metric: str
    expected: Mapping[str, Any]

    @property
    def id(self) -> str:
        return f"{self.metric}: {self.expected['name']}"

    @property
    def subject(self) -> str | None:
        return self.expected.get("subject")

    @property
    def answers(self) -> Json:
        return nested(self.expected["answers"])

    @property
    def definition(self) -> MetricDef:
        """The definition that is meant: of the company, or of the rows when the case names one."""
        variants = load_catalog().metrics[self.metric]
        return next(variant for variant in variants if (variant.per is None) == (self.subject is None))


CASES: dict[str, list[Case]] = {
    file.stem: [Case(file.stem, case) for case in yaml.safe_load(file.read_text(encoding="utf-8"))]
    for file in sorted((Path(__file__).parent / "metrics").glob("*.yaml"))
}


def all_cases() -> list[Case]:
    return [case for cases in CASES.values() for case in cases]


def parameters() -> list[Any]:
    """Every case as a parameter with a name of its own."""
    return [pytest.param(case, id=case.id) for case in all_cases()]


def nested(answers: Mapping[str, Any]) -> Json:
    """Dotted ids as an answers file writes them: `clients.total` under `clients`; tables stay as they are."""
    mapping: Json = {}
    for key, value in answers.items():
        topic, dot, name = key.partition(".")
        if dot:
            mapping.setdefault(topic, {})[name] = value
        else:
            mapping[topic] = value
    return mapping


def computed(catalog: Catalog, answers: Mapping[str, Any]) -> Computation:
    """What answers written with dotted ids give."""
    mapping = nested(answers)
    assert not flatten(catalog, mapping).ignored, "a case names a field that does not exist"
    return compute(catalog, submission(catalog, mapping))


def _nodes(metric: MetricDef) -> Iterator[Node]:
    parts = (metric.expression, metric.interval, metric.sample, metric.applies, metric.previous)
    return (node for node in parts if node is not None)


@cache
def rests_on(metric_id: str) -> tuple[frozenset[str], frozenset[str]]:
    """The fields and the metrics that a metric rests on, itself included."""
    catalog = load_catalog()
    fields: set[str] = set()
    metrics: set[str] = set()
    waiting = [metric_id]
    while waiting:
        current = waiting.pop()
        if current in metrics:
            continue
        metrics.add(current)
        for node in (node for metric in catalog.metrics[current] for node in _nodes(metric)):
            for reference in references(node):
                if isinstance(reference, FieldRef):
                    fields.add(reference.id)
                elif isinstance(reference, MetricRef):
                    waiting.append(reference.id)
            for call in calls(node):
                if call.function in (Function.METRICS_KNOWN, Function.METRICS_ASKED):
                    return frozenset(catalog.fields), frozenset(catalog.metrics)
                fields |= _of_page(catalog, call)
    return frozenset(fields), frozenset(metrics)


def _of_page(catalog: Catalog, call: Call) -> set[str]:
    pages = {argument.value for argument in call.arguments if isinstance(argument, Text)}
    if call.function not in (Function.PAGE_POINTS, Function.PAGE_ANSWERS):
        return set()
    return {field.id for field in catalog.fields.values() if field.sheet in pages}


def narrowed(catalog: Catalog, metric_ids: frozenset[str]) -> Catalog:
    """The catalogue with nothing but these metrics and what they rest on; fields keep their names."""
    closures = [rests_on(metric_id) for metric_id in metric_ids]
    fields = {field_id for found, _ in closures for field_id in found}
    fields |= {source for field_id in fields for source in derived.sources(field_id)}
    metrics = {metric_id for _, found in closures for metric_id in found}
    sheets = tuple(
        replace(
            sheet,
            fields=tuple(
                field
                for field in sheet.fields
                if field.id in fields or (field.id == sheet.subject and _asked(sheet.fields, fields))
            ),
        )
        for sheet in catalog.sheets
    )
    return replace(
        catalog,
        sheets=sheets,
        metrics={key: variants for key, variants in catalog.metrics.items() if key in metrics},
        health=tuple(
            replace(area, items=tuple(item for item in area.items if item.metric in {None, *metrics}))
            for area in catalog.health
        ),
        what_if=replace(catalog.what_if, levers=(), follows=(), outcomes=(), quantities=()),
    )


def _asked(of_sheet: tuple[Any, ...], fields: set[str]) -> bool:
    return any(field.table and field.id in fields for field in of_sheet)


def document(answers: Mapping[str, Any], metric_ids: frozenset[str], language: Language) -> Json:
    """The result JSON of answers with these metrics and their steps, and no others."""
    catalog = load_catalog()
    whole = compute(catalog, submission(catalog, answers))
    small = narrowed(catalog, metric_ids)
    computation = Computation(small, whole.submission, whole.questions)
    source = whole.submission.source
    report = result.Report(source, Status.COMPLETE, whole.submission, (), (), computation, None)
    return result.build(small, report, Wording(language), None)


def entry_of(found: Json, case: Case) -> Json | None:
    """The case's metric in a result; None where the metric does not apply."""
    return next(
        (
            entry
            for entry in (*found["metrics"], *found["quantities"])
            if entry["id"] == case.metric and entry["subject"] == case.subject
        ),
        None,
    )


def distinct_answers() -> list[tuple[Json, list[Case]]]:
    """The cases by their answers, each answers once."""
    grouped: dict[str, tuple[Json, list[Case]]] = {}
    for case in all_cases():
        grouped.setdefault(repr(case.answers), (case.answers, []))[1].append(case)
    return list(grouped.values())
