"""What a catalogue must never contain: unknown names, cycles, mixed units, overlapping zones, a wrong plural.

Every problem is a CatalogError with file and line and the nearest right word.
"""

from __future__ import annotations

import math
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations, pairwise

from sheetreport.catalog import network_columns, smm_answers
from sheetreport.catalog.coverage import scored_fields
from sheetreport.catalog.definitions import Catalog, FieldType, MetricDef, PolicyNumber, Text, Unit, Zone
from sheetreport.catalog.goal_columns import COLUMNS
from sheetreport.catalog.shapes import is_range, misuse
from sheetreport.catalog.yaml import did_you_mean
from sheetreport.errors import CatalogError, Message
from sheetreport.formula import intervals
from sheetreport.formula.parse import FormulaError
from sheetreport.formula.tree import (
    ADVICE_ONLY,
    Function,
    MetricRef,
    Node,
    PolicyRef,
    Reference,
    calls,
    functions,
    references,
)
from sheetreport.formula.tree import Text as TextNode
from sheetreport.formula.units import Kind, kind_of
from sheetreport.i18n import plural_problems, texts

_FIELD_KINDS = {
    FieldType.TEXT: Kind.TEXT,
    FieldType.COUNT: Kind.COUNT,
    FieldType.MONEY: Kind.MONEY,
    FieldType.NUMBER: Kind.NUMBER,
    FieldType.SHARE: Kind.SHARE,
    FieldType.DATE: Kind.DATE,
    FieldType.CHOICE: Kind.TEXT,
    FieldType.CHOICES: Kind.TEXT,
    FieldType.TALLY: Kind.TALLY,
    FieldType.SERIES: Kind.SERIES,
    FieldType.STEPS: Kind.TEXT,
}
_UNIT_KINDS = {
    Unit.MONEY: Kind.MONEY,
    Unit.COUNT: Kind.COUNT,
    Unit.SHARE: Kind.SHARE,
    Unit.SHARE_CHANGE: Kind.SHARE,
    Unit.DAYS: Kind.TIME,
}


def lint(catalog: Catalog) -> None:
    """Refuse a catalogue with a mistake."""
    _check_policy(catalog)
    metrics = (*catalog.all_metrics(), *catalog.goals.numbers)
    known = {metric.id for metric in metrics}
    names = _Names.of(catalog)
    for metric in metrics:
        _check_expressions(catalog, metric, names)
        _check_zones(metric)
        _check_plurals(f"{_place(metric)}", (metric.name, metric.meaning, metric.note))
    _check_cycles({metric.id: metric for metric in metrics})
    _check_duplicates("metrics.yaml", [(metric.id, metric.per) for metric in metrics])
    _check_duplicates("fields.yaml", [field.id for sheet in catalog.sheets for field in sheet.fields])
    for finding in catalog.findings.values():
        _check_plurals(f"{finding.place}: {finding.code}", (finding.message, finding.expected, finding.fix))
    for measure in catalog.goals.measures:
        words = (measure.unit_words.ru, measure.unit_words.en)
        if any(words):
            forms = Text(*(f"{{n|{word}}}" for word in words))
            _check_plurals(f"{measure.place}: {measure.id}", (forms,))
        if measure.unit_cost:
            must_know(f"{measure.place}: {measure.id}", "catalog_file.no_metric", measure.unit_cost, known)


_RISING = (
    ("indicative_sample", "usable_sample", "good_sample"),
    ("csi_orange", "csi_green"),
    ("goal_at_risk", "goal_on_track"),
    ("pace_easy", "pace_hard"),
    ("budget_step_low", "budget_step_high"),
    ("reply_fast_minutes", "reply_day_minutes"),
    ("example_return_low", "example_return_high"),
)


def _check_policy(catalog: Catalog) -> None:
    """Numbers within their bounds and in their order, and none that nothing uses."""
    policy = catalog.policy
    if policy["z"].value != intervals.Z:
        raise CatalogError.at(policy["z"].place, "catalog_rules.z")
    for number in policy.values():
        if not number.low <= number.value <= number.high:
            raise _out_of_bounds(number)
    for first, second in (pair for names in _RISING for pair in pairwise(names)):
        if policy[first].value >= policy[second].value:
            place = next(
                (policy[name] for name in (first, second) if policy[name].is_own), policy[first]
            ).place
            low, high = (f"{policy[name].value:g}" for name in (first, second))
            raise CatalogError.at(
                place, "catalog_rules.policy_order", first=first, low=low, second=second, high=high
            )


def _out_of_bounds(number: PolicyNumber) -> CatalogError:
    name, value, low = number.id, f"{number.value:g}", f"{number.low:g}"
    if number.high == math.inf:
        return CatalogError.at(number.place, "catalog_rules.policy_low", name=name, low=low, value=value)
    is_share = (number.low, number.high) == (0, 1)
    return CatalogError.at(
        number.place,
        "catalog_rules.policy_bounds",
        name=name,
        low=low,
        high=f"{number.high:g}",
        value=value,
        hint=Message("catalog_rules.policy_share", {}) if is_share else "",
    )


def kinds(catalog: Catalog, names: Iterable[str] = ()) -> Mapping[str, Kind]:
    """The kind of every name an expression may use; row values of rules (`names`) count as numbers."""
    found: dict[str, Kind] = {field.id: _FIELD_KINDS[field.type] for field in catalog.fields.values()}
    found |= COLUMNS | network_columns.KINDS | smm_answers.KINDS
    for metric in (*catalog.all_metrics(), *catalog.goals.numbers):
        found[metric.id] = _UNIT_KINDS.get(metric.unit, Kind.NUMBER)
    found |= dict.fromkeys((f"policy.{policy_id}" for policy_id in catalog.policy), Kind.NUMBER)
    return found | dict.fromkeys(names, Kind.NUMBER)


def check_expression(node: Node, known: Mapping[str, Kind], place: str) -> Kind:
    """The kind of an expression's value; refuses unknown names and mixed units."""

    def lookup(reference: Reference) -> Kind:
        name = f"policy.{reference.id}" if isinstance(reference, PolicyRef) else reference.id
        must_know(place, "catalog_rules.unknown_name", name, known)
        return known[name]

    try:
        return kind_of(node, lookup)
    except FormulaError as error:
        raise CatalogError.at(place, "catalog_rules.mixed_units", problem=error.message) from error


def check_use(catalog: Catalog, node: Node, known: Mapping[str, Kind], place: str) -> Kind:
    """The kind of an expression's value; refuses wrong names, mixed units and what could never work."""
    kind = check_expression(node, known, place)
    problem = misuse(catalog, node, known)
    if problem:
        raise CatalogError.at(place, problem)
    return kind


def must_know(place: str, key: str, name: str, known: Collection[str]) -> None:
    """Refuse a name that is not among those known; the text `key` says what there is none of."""
    if name not in known:
        raise CatalogError.at(place, key, name=name, hint=did_you_mean(name, known))


def _place(metric: MetricDef) -> str:
    return f"{metric.place}: {metric.id}"


@dataclass(frozen=True, slots=True)
class _Names:
    """What a metric may name: values with their kinds, sections of the report, tables, reasons."""

    kinds: Mapping[str, Kind]
    sections: Sequence[str]
    tables: Sequence[str]
    reasons: Sequence[str]

    @classmethod
    def of(cls, catalog: Catalog) -> _Names:
        tables = dict.fromkeys(field.sheet for field in catalog.fields.values() if field.table)
        return cls(kinds(catalog), _below("workbook.section_"), tuple(tables), _below("reasons."))


def _below(prefix: str) -> Sequence[str]:
    """The ends of the keys of texts that begin so."""
    return tuple(key.removeprefix(prefix) for key in texts() if key.startswith(prefix))


def _check_expressions(catalog: Catalog, metric: MetricDef, names: _Names) -> None:
    known = names.kinds
    kind = check_use(catalog, metric.expression, known, _place(metric))
    declared = _UNIT_KINDS.get(metric.unit, Kind.NUMBER)
    money = Kind.MONEY in (kind, declared) and kind is not declared and kind is not Kind.NUMBER
    if money and metric.unit is not Unit.MEASURE:
        raise CatalogError.at(_place(metric), "catalog_rules.unit", unit=metric.unit, kind=kind.words)
    for node in (metric.expression, metric.interval, metric.sample):
        if node is not None and (unwritable := set(functions(node)) & ADVICE_ONLY):
            listed = ", ".join(sorted(unwritable))
            raise CatalogError.at(_place(metric), "catalog_rules.rules_only", functions=listed)
    for node in (metric.sample, metric.applies, metric.previous):
        if node is not None:
            check_use(catalog, node, known, _place(metric))
    if metric.interval is not None:
        check_expression(metric.interval, known, _place(metric))
        problem = misuse(catalog, metric.interval, known, interval=True)
        if problem or not is_range(metric.interval):
            raise CatalogError.at(_place(metric), problem or Message("catalog_rules.interval", {}))
    _check_words(metric, names)
    for call in calls(metric.expression):
        if call.function in (Function.PAGE_POINTS, Function.PAGE_ANSWERS):
            _check_page(catalog, call.arguments[0], _place(metric))


def _check_words(metric: MetricDef, names: _Names) -> None:
    """The section, the table and the reasons that a metric names are ones that people can be told of."""
    if metric.per != "goals":
        _must_be(metric, "catalog_rules.no_section", metric.section, names.sections)
    if metric.per is not None:
        _must_be(metric, "catalog_rules.no_table", metric.per, names.tables)
    for call in calls(metric.expression):
        if call.function is Function.REQUIRE and isinstance(call.arguments[1], TextNode):
            _must_be(metric, "catalog_rules.no_reason", call.arguments[1].value, names.reasons)
    for code in (metric.zero, metric.zero_reason):
        if code is not None:
            _must_be(metric, "catalog_rules.no_reason", code, names.reasons)


def _must_be(metric: MetricDef, key: str, name: str, known: Iterable[str]) -> None:
    if name not in known:
        listed = Message("catalog_rules.one_of", {"known": ", ".join(known)})
        raise CatalogError.at(_place(metric), key, name=name, hint=did_you_mean(name, known) or listed)


def _check_page(catalog: Catalog, page: Node, place: str) -> None:
    """The argument of page_points and page_answers names a page that has something to count."""
    name = page.value if isinstance(page, TextNode) else ""
    if not scored_fields(catalog, name):
        pages = [sheet.id for sheet in catalog.sheets if scored_fields(catalog, sheet.id)]
        raise CatalogError.at(place, "catalog_rules.no_scores", page=name, hint=did_you_mean(name, pages))


def _check_zones(metric: MetricDef) -> None:
    for zone in metric.zones:
        if zone.low is not None and zone.high is not None and not _overlap(zone, zone):
            low, high = f"{zone.low:g}", f"{zone.high:g}"
            raise CatalogError.at(_place(metric), "catalog_rules.zone", zone=zone.id, low=low, high=high)
    for first, second in combinations(metric.zones, 2):
        if _overlap(first, second):
            raise CatalogError.at(
                _place(metric), "catalog_rules.zones_overlap", first=first.id, second=second.id
            )


def _overlap(first: Zone, second: Zone) -> bool:
    """Whether a value can lie in both zones: the borders and the middles between borders decide."""
    borders = sorted({end for zone in (first, second) for end in (zone.low, zone.high) if end is not None})
    probes = [*borders, *((a + b) / 2 for a, b in pairwise(borders))]
    if borders:
        probes += [borders[0] - 1, borders[-1] + 1]
    return any(first.contains(probe) and second.contains(probe) for probe in probes)


def _check_cycles(metrics: Mapping[str, MetricDef]) -> None:
    finished: set[str] = set()

    def visit(metric_id: str, path: tuple[str, ...]) -> None:
        if metric_id in path:
            ring = " -> ".join((*path[path.index(metric_id) :], metric_id))
            raise CatalogError.at(_place(metrics[metric_id]), "catalog_rules.cycle", ring=ring)
        if metric_id in finished or metric_id not in metrics:
            return
        for reference in references(metrics[metric_id].expression):
            if isinstance(reference, MetricRef):
                visit(reference.id, (*path, metric_id))
        finished.add(metric_id)

    for metric_id in metrics:
        visit(metric_id, ())


def _check_duplicates(file: str, ids: list[object]) -> None:
    twice = {entry for entry in ids if ids.count(entry) > 1}
    if twice:
        raise CatalogError.at(file, "catalog_rules.twice", names=", ".join(sorted(map(str, twice))))


def _check_plurals(place: str, texts: Iterable[Text]) -> None:
    for text in texts:
        for problem in plural_problems(text):
            raise CatalogError.at(place, problem)
