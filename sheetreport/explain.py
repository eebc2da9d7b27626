"""The `explain` command: a metric, rule, check or field in words, and its values in one workbook."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from sheetreport.catalog.definitions import Catalog, FieldDef, MetricDef, RuleDef, Zone
from sheetreport.catalog.yaml import did_you_mean
from sheetreport.compute import Computation
from sheetreport.errors import UsageError
from sheetreport.findings import describe
from sheetreport.formula.evaluate import NotComputableError, condition_holds, evaluate
from sheetreport.formula.explain import numbers, words
from sheetreport.formula.tree import FieldRef, MetricRef, references
from sheetreport.i18n import PLACEHOLDER, Wording
from sheetreport.model import Row, State, Value
from sheetreport.naming import CatalogNaming
from sheetreport.result import Report


def explain(catalog: Catalog, identifier: str, wording: Wording, report: Report | None) -> list[str]:
    """Lines about one id. Raises UsageError with the nearest known id when there is none."""
    naming = CatalogNaming(catalog, wording)
    numbers_of_goals = {number.id: (number,) for number in catalog.goals.numbers}
    if identifier in catalog.metrics or identifier in numbers_of_goals:
        variants = catalog.metrics.get(identifier) or numbers_of_goals[identifier]
        return [line for metric in variants for line in _metric(naming, metric, report)]
    rules = [rule for rule in catalog.rules if rule.id == identifier.upper()]
    if rules:
        return [line for rule in rules for line in _rule(naming, rule, report)]
    if any(code == identifier.upper() for code, _ in catalog.findings):
        return list(_check(naming, identifier.upper(), report))
    if identifier in catalog.fields:
        return list(_field(naming, catalog.fields[identifier], report))
    known = (
        *catalog.metrics,
        *numbers_of_goals,
        *dict.fromkeys(rule.id for rule in catalog.rules),
        *(code for code, _ in catalog.findings),
        *catalog.fields,
    )
    raise UsageError(f"nothing is called {identifier!r}{did_you_mean(identifier, known)}")


def _metric(naming: CatalogNaming, metric: MetricDef, report: Report | None) -> Iterator[str]:
    wording, language = naming.wording, naming.wording.language
    naming = replace(naming, per=metric.per)
    yield f"{metric.id}: {metric.name[language]}"
    yield f"  {metric.meaning[language]}"
    yield "  " + wording.text("explain_cmd.formula", formula=words(metric.expression, naming))
    if metric.interval is not None:
        yield "  " + wording.text("explain_cmd.interval", interval=words(metric.interval, naming))
    for zone in metric.zones:
        yield f"  {_zone(naming, metric, zone)}"
    if metric.zones and metric.zone_source[language]:
        yield f"  {metric.zone_source[language]}"
    if metric.note[language]:
        yield f"  {metric.note[language]}"
    if metric.reference:
        yield "  " + wording.text("explain_cmd.sources", sources=", ".join(metric.reference))
    if report and report.computation:
        yield from _metric_values(naming, metric, report.computation)


def _zone(naming: CatalogNaming, metric: MetricDef, zone: Zone) -> str:
    ends = []
    for key, end in (("from", zone.low), ("to", zone.high)):
        if end is not None:
            shown = naming.wording.value(end, metric.unit)
            ends.append(naming.wording.text(f"explain_cmd.{key}", value=shown))
    return f"{zone.name[naming.wording.language]}: {' '.join(ends)}"


def _metric_values(naming: CatalogNaming, metric: MetricDef, computation: Computation) -> Iterator[str]:
    rows: tuple[Row | None, ...] = computation.submission.rows(metric.per) if metric.per else (None,)
    for row in rows:
        result = computation.result(metric, row)
        if result is None:
            continue
        lead = f"  {result.subject}: " if result.subject else "  = "
        if result.value is None:
            assert result.reason is not None
            yield lead + naming.wording.text("explain_cmd.none", reason=naming.reason(result.reason))
            continue
        scope = computation.environment(row, metric.per)
        shown = naming.shown(MetricRef(metric.id), result.value)
        spread = f" ({naming.wording.range(result.interval, metric.unit)})" if result.interval else ""
        yield f"{lead}{numbers(metric.expression, naming, scope)} = {shown}{spread}"
        for cell in result.inputs:
            label = naming.field(cell.field)
            value = naming.answer(naming.catalog.fields[cell.field], cell.value)
            yield f"      {cell.sheet}!{cell.cell}  {label}: {value}"


def _rule(naming: CatalogNaming, rule: RuleDef, report: Report | None) -> Iterator[str]:
    wording, language = naming.wording, naming.wording.language
    yield f"{rule.id} ({rule.tier}): {_bare(rule.title[language])}"
    yield "  " + wording.text("explain_cmd.fires", condition=words(rule.condition, naming))
    for number, step in enumerate(rule.steps, start=1):
        yield f"  {number}. {_bare(step[language])}"
    if rule.gates:
        yield "  " + wording.text("explain_cmd.gates", gates=", ".join(gate.by for gate in rule.gates))
    yield "  " + wording.text("explain_cmd.sources", sources=", ".join(rule.sources))
    if report and report.computation:
        yield from _rule_values(naming, rule, report)


def _rule_values(naming: CatalogNaming, rule: RuleDef, report: Report) -> Iterator[str]:
    """Whether the rule fired for each object, and the values that decided it."""
    computation = report.computation
    assert computation is not None
    rows: tuple[Row | None, ...] = computation.submission.rows(rule.per) if rule.per else (None,)
    for row in rows:
        scope = computation.environment(row, rule.per)
        verdict = "fired" if condition_holds(rule.condition, scope) else "not_fired"
        yield "  " + (f"{row.subject}: " if row else "") + naming.wording.text(f"explain_cmd.{verdict}")
        for reference in dict.fromkeys(references(rule.condition)):
            if isinstance(reference, FieldRef | MetricRef):
                try:
                    value = evaluate(reference, scope)
                    shown = naming.shown(reference, value) if isinstance(value, float) else str(value)
                except NotComputableError as error:
                    shown = naming.wording.text("explain_cmd.none", reason=naming.reason(error.reason))
                except TypeError:
                    continue  # a column of an aggregate has no value of its own
                yield f"      {naming.name(reference)}: {shown}"
    for held in report.advice.suppressed if report.advice else ():
        if held.id == rule.id:
            yield f"  {held.reason}"


def _check(naming: CatalogNaming, code: str, report: Report | None) -> Iterator[str]:
    language = naming.wording.language
    for (known, variant), finding in naming.catalog.findings.items():
        if known == code:
            yield f"{code}{f' ({variant})' if variant else ''}: {_bare(finding.message[language])}"
            yield from (
                f"  {_bare(text[language])}" for text in (finding.expected, finding.fix) if text[language]
            )
    for found in report.findings if report else ():
        if found.code == code:
            place = f"{found.source.sheet}!{found.source.cell}"
            yield f"  {place}: {describe(naming.catalog, found, naming.wording).message}"


def _bare(text: str) -> str:
    """A text without an owner's figures: a dotted place for each."""
    return PLACEHOLDER.sub("…", text)


def _field(naming: CatalogNaming, field: FieldDef, report: Report | None) -> Iterator[str]:
    wording, language = naming.wording, naming.wording.language
    yield f"{field.id}: {field.label[language]}"
    yield from (f"  {text[language]}" for text in (field.hint, field.why) if text[language])
    for choice in field.choices:
        yield f"  {choice.id}: {choice.label[language]}"
    users = [
        metric.id
        for metric in naming.catalog.all_metrics()
        if any(reference.id == field.id for reference in references(metric.expression))
    ]
    if users:
        yield "  " + wording.text("explain_cmd.used_by", metrics=", ".join(dict.fromkeys(users)))
    if report:
        submission = report.submission
        values: list[tuple[str, Value]] = (
            [(row.subject, row.get(field.id)) for row in submission.rows(field.sheet)]
            if field.table
            else [("", submission.get(field.id))]
        )
        for subject, value in values:
            shown = (
                naming.answer(field, value.value)
                if value.state is State.VALUE
                else wording.text(f"explain_cmd.state_{value.state.value}")
            )
            place = f"{value.source.sheet}!{value.source.cell} " if value.source.cell else ""
            yield f"  {place}{subject}{': ' if subject else ''}{shown}"
