"""The `explain` command: what the reference says of an id, and what became of it in one workbook."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import date

from sheetreport.catalog.definitions import Catalog, FieldDef, MetricDef, RuleDef
from sheetreport.catalog.provenance import load_provenance
from sheetreport.catalog.yaml import did_you_mean
from sheetreport.compute import Computation
from sheetreport.errors import UsageError
from sheetreport.findings import describe
from sheetreport.formula.evaluate import Environment, NotComputableError, condition_holds, evaluate
from sheetreport.formula.explain import numbers, words
from sheetreport.formula.tree import (
    AGGREGATES,
    Call,
    FieldRef,
    Function,
    Logic,
    MetricRef,
    Node,
    children,
    references,
)
from sheetreport.i18n import Wording
from sheetreport.model import Row, State, Value
from sheetreport.naming import CatalogNaming
from sheetreport.reference import Entry, Kind, Reference
from sheetreport.result import Report

HEALTH = "health"
"""What the score of health goes by; its areas have names that metrics and sheets have too."""

_SHORT_NUMBER = re.compile(r"^([a-z])-?([1-9])$")  # R-8 or r8 for R-08


def explain(catalog: Catalog, identifier: str, wording: Wording, report: Report | None) -> list[str]:
    """Lines about one id. Raises UsageError with the nearest known id when there is none."""
    if identifier.casefold() == HEALTH:
        return list(_health(catalog, wording))
    known = Reference(catalog, load_provenance(), wording).by_id
    by_folded = {key.casefold(): key for key in known}
    numbered = _SHORT_NUMBER.sub(r"\1-0\2", identifier.casefold())
    names = (identifier.casefold(), numbered, f"policy.{identifier}")
    key = identifier if identifier in known else next((by_folded[n] for n in names if n in by_folded), None)
    if key is None:
        hint = did_you_mean(identifier, (*known, HEALTH))
        raise UsageError("explain_cmd.no_such_name", name=identifier, hint=hint)
    lines = [line for entry in known[key] for line in entry_lines(entry, wording)]
    lines += _switched_off(catalog, key, wording)
    if report is not None:
        kinds = {entry.kind for entry in known[key]}
        lines += _in_workbook(CatalogNaming(catalog, wording), key, kinds, report)
    return lines


def _health(catalog: Catalog, wording: Wording) -> Iterator[str]:
    """The areas of the score with their weights and reasons, and the points that each metric can earn."""
    language = wording.language
    yield f"{HEALTH}: {wording.text('health.heading')}"
    for area in catalog.health:
        weight = wording.text("health.of", n=area.weight, all=100)
        yield f"  {area.name[language]}, {weight}: {area.reason[language]}"
        for item in area.items:
            name = f"{item.short[language]} ({item.metric})" if item.metric else item.short[language]
            yield f"    {name}: {item.points}"


def _switched_off(catalog: Catalog, key: str, wording: Wording) -> list[str]:
    """Why and until when a consultant's catalogue switched the rule off."""
    return [
        "  "
        + wording.text("explain_cmd.off", until=wording.date(off.until), reason=off.reason[wording.language])
        for off in dict.fromkeys(rule.off for rule in catalog.rules if rule.id == key)
        if off is not None
    ]


def entry_lines(entry: Entry, wording: Wording) -> Iterator[str]:
    """An entry as lines: its name, then each fact behind its label."""
    yield f"{entry.id}: {entry.name}"
    for fact in entry.facts:
        label = wording.text(f"reference.label_{fact.key}")
        if fact.ids:
            yield f"  {label}: {', '.join(fact.ids)}"
        elif len(fact.lines) == 1:
            yield f"  {label}: {fact.lines[0]}"
        else:
            yield f"  {label}:"
            yield from (f"    {number}. {line}" for number, line in enumerate(fact.lines, start=1))


def _in_workbook(naming: CatalogNaming, key: str, kinds: set[Kind], report: Report) -> Iterator[str]:
    """What one workbook says of the id; sources and decisions are the same in all of them."""
    catalog, computation = naming.catalog, report.computation
    if Kind.FIELD in kinds:
        yield from _field(naming, catalog.fields[key], report)
    if Kind.FINDING in kinds:
        yield from _finding(naming, key, report)
    if computation is None:
        return
    if Kind.METRIC in kinds or Kind.QUANTITY in kinds:
        for metric in catalog.metrics[key]:
            yield from _metric(replace(naming, per=metric.per), metric, computation)
    if Kind.GOAL_NUMBER in kinds:
        for number in catalog.goals.numbers:
            if number.id == key:
                yield from _metric(replace(naming, per=number.per), number, computation)
    for rule in catalog.rules:
        if rule.id == key:
            yield from _rule(replace(naming, per=rule.per), rule, computation, report)


def _metric(naming: CatalogNaming, metric: MetricDef, computation: Computation) -> Iterator[str]:
    for row in _rows(computation, metric.per):
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


def _rows(computation: Computation, table: str | None) -> tuple[Row | None, ...]:
    return computation.submission.rows(table) if table else (None,)


def _rule(naming: CatalogNaming, rule: RuleDef, computation: Computation, report: Report) -> Iterator[str]:
    """Whether the rule fired for each object, part by part, and what held it back."""
    for row in _rows(computation, rule.per):
        scope = computation.environment(row, rule.per)
        verdict = "fired" if condition_holds(rule.condition, scope) else "not_fired"
        yield "  " + (f"{row.subject}: " if row else "") + naming.wording.text(f"explain_cmd.{verdict}")
        yield from _parts(naming, rule.condition, scope, 2)
    for held in report.advice.suppressed if report.advice else ():
        if held.id == rule.id:
            lead = f"{held.subject}: " if held.subject else ""
            yield "  " + naming.wording.text("explain_cmd.held", lead=lead, by=held.by, reason=held.reason)


def _parts(naming: CatalogNaming, node: Node, scope: Environment, depth: int) -> Iterator[str]:
    """Each part of a condition with its mark and the values that decided it."""
    indent = "  " * depth
    if isinstance(node, Logic):
        yield f"{indent}{_mark(node, scope)} {naming.wording.text(f'explain_cmd.{node.operator}')}"
        for operand in node.operands:
            yield from _parts(naming, operand, scope, depth + 1)
        return
    yield f"{indent}{_mark(node, scope)} {words(node, naming)}"
    for value in dict.fromkeys(_values(node)):
        shown = _shown(naming, value, scope)
        if shown != words(value, naming):
            yield f"{indent}    {words(value, naming)}: {shown}"


def _values(node: Node) -> Iterator[FieldRef | MetricRef | Call]:
    """What a part compares: answers, metrics, and sums over a table as one value each."""
    if isinstance(node, FieldRef | MetricRef) or (isinstance(node, Call) and node.function in AGGREGATES):
        yield node
        return
    for child in children(node):
        yield from _values(child)


def _mark(node: Node, scope: Environment) -> str:
    """✓ where a part holds, ✗ where it does not, ? where it can't be computed."""
    try:
        return "✓" if evaluate(node, scope) else "✗"
    except NotComputableError:
        return "?"


def _shown(naming: CatalogNaming, node: FieldRef | MetricRef | Call, scope: Environment) -> str:
    """A value in words, or why there is none."""
    try:
        value = evaluate(node, scope)
    except NotComputableError as error:
        return naming.wording.text("explain_cmd.none", reason=naming.reason(error.reason))
    reference = node if isinstance(node, FieldRef | MetricRef) else next(references(node))
    if isinstance(value, float | int) and not isinstance(value, bool):
        counted = isinstance(node, Call) and node.function is Function.COUNT
        return naming.number(value) if counted else naming.shown(reference, float(value))
    if isinstance(value, str) and isinstance(reference, FieldRef):
        return naming.choice(reference, value)
    return naming.day(value) if isinstance(value, date) else str(value)


def _finding(naming: CatalogNaming, code: str, report: Report) -> Iterator[str]:
    found = [finding for finding in report.findings if finding.code == code]
    for finding in found:
        place = "!".join(part for part in (finding.source.sheet, finding.source.cell) if part)
        message = describe(naming.catalog, finding, naming.wording).message
        yield f"  {place}: {message}" if place else f"  {message}"
    if not found:
        yield "  " + naming.wording.text("explain_cmd.not_found")


def _field(naming: CatalogNaming, field: FieldDef, report: Report) -> Iterator[str]:
    submission = report.submission
    values: list[tuple[str, Value]] = (
        [(row.subject, row.get(field.id)) for row in submission.rows(field.id.split(".", 1)[0])]
        if field.table
        else [("", submission.get(field.id))]
    )
    for subject, value in values:
        shown = (
            naming.answer(field, value.value)
            if value.state is State.VALUE
            else naming.wording.text(f"explain_cmd.state_{value.state.value}")
        )
        place = f"{value.source.sheet}!{value.source.cell} " if value.source.cell else ""
        yield f"  {place}{subject}{': ' if subject else ''}{shown}"
