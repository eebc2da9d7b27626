"""Every id of the product in words: one entry an id (or variant), which `explain` and the pages lay out."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from functools import cached_property

from sheetreport.catalog.definitions import (
    Catalog,
    EffectKind,
    FieldDef,
    FieldType,
    FindingDef,
    Gate,
    GoalTemplate,
    LeverDef,
    MeasureDef,
    MetricDef,
    NetworkDef,
    PolicyNumber,
    RuleDef,
    SheetDef,
    Text,
    Unit,
    Variant,
    Zone,
)
from sheetreport.catalog.provenance import Line, Provenance, Service, Source, Warned
from sheetreport.formula.explain import words
from sheetreport.formula.tree import FieldRef, MetricRef, Node, PolicyRef, references
from sheetreport.i18n import NBSP, PLACEHOLDER, Wording, texts
from sheetreport.model import Language
from sheetreport.naming import CatalogNaming

BLANK_PLACE = "…"


class Kind(StrEnum):
    """What an id names; the pages have a section for each, in this order."""

    FIELD = "field"
    METRIC = "metric"
    QUANTITY = "quantity"
    MEASURE = "measure"
    GOAL_NUMBER = "goal_number"
    SMART = "smart"
    TEMPLATE = "template"
    LEVER = "lever"
    FINDING = "finding"
    RULE = "rule"
    NETWORK = "network"
    SERVICE = "service"
    POLICY = "policy"
    REASON = "reason"
    SOURCE = "source"
    DECISION = "decision"
    LINE = "line"
    WARNING = "warning"
    TEXT = "text"


@dataclass(frozen=True, slots=True)
class Fact:
    """One thing said of an id: its label, and lines of words or the ids it names."""

    key: str
    lines: tuple[str, ...] = ()
    ids: tuple[str, ...] = ()

    def __bool__(self) -> bool:
        return any(self.lines) or bool(self.ids)


@dataclass(frozen=True, slots=True)
class Entry:
    """All that is said of an id; `group` is the page, chapter or text it stands under."""

    id: str
    kind: Kind
    name: str
    group: str
    facts: tuple[Fact, ...]

    def fact(self, key: str) -> Fact:
        return next((fact for fact in self.facts if fact.key == key), Fact(key))


def bare(text: str) -> str:
    """A text without an owner's figures: a dotted place for each, with the plural form of many."""

    def place(match: re.Match[str]) -> str:
        return BLANK_PLACE + (f"{NBSP}{match[2].split('|')[-1]}" if match[2] else "")

    return PLACEHOLDER.sub(place, text)


class Reference:
    """The entries of a catalogue in one language."""

    def __init__(self, catalog: Catalog, provenance: Provenance, wording: Wording) -> None:
        self.catalog = catalog
        self.provenance = provenance
        self.wording = wording
        self.naming = CatalogNaming(catalog, wording)

    @property
    def language(self) -> Language:
        return self.wording.language

    @cached_property
    def by_id(self) -> Mapping[str, tuple[Entry, ...]]:
        """The entries of each id: a rule may have one for each kind of row, a code one for each variant."""
        found: dict[str, list[Entry]] = defaultdict(list)
        for entry in self.entries:
            found[entry.id].append(entry)
        return {key: tuple(entries) for key, entries in found.items()}

    @cached_property
    def entries(self) -> tuple[Entry, ...]:
        """Every entry, kind by kind, in the order of the catalogue."""
        catalog, origin = self.catalog, self.provenance
        return (
            *(self._field(sheet, field) for sheet in catalog.sheets for field in sheet.fields),
            *(self._metric(metric, Kind.METRIC) for metric in catalog.all_metrics() if metric.reported),
            *(self._metric(metric, Kind.QUANTITY) for metric in catalog.all_metrics() if not metric.reported),
            *map(self._measure, catalog.goals.measures),
            *(self._metric(number, Kind.GOAL_NUMBER) for number in catalog.goals.numbers),
            *(self._entry(key, Kind.SMART, text) for key, text in catalog.goals.messages.items()),
            *map(self._template, catalog.goals.templates),
            *map(self._lever, catalog.what_if.levers),
            *map(self._finding, catalog.findings.values()),
            *map(self._rule, catalog.rules),
            *map(self._network, catalog.networks),
            *map(self._service, origin.services),
            *map(self._policy, catalog.policy.values()),
            *self._reasons(),
            *map(self._source, origin.sources),
            *(self._entry(item.id, Kind.DECISION, item.name) for item in origin.decisions),
            *map(self._line, origin.lines),
            *map(self._warning, origin.warnings),
            *self._texts(),
        )

    # --- what is asked --------------------------------------------------------------------------------------

    def _field(self, sheet: SheetDef, field: FieldDef) -> Entry:
        facts = (
            Fact("sheet", (sheet.title[self.language],)),
            self._said("hint", field.hint),
            Fact("type", (self._type(field),)),
            self._said("unit", field.unit),
            Fact("need", (self._text(f"need_{field.need.value}"),)),
            Fact("values", tuple(f"{choice.label[self.language]} ({choice.id})" for choice in field.choices)),
            Fact("note", tuple(self._notes(field))),
            self._said("why", field.why),
            self._said("example", field.example),
            self._zero(field.zero),
            Fact("used_by", ids=self._users.get(field.id, ())),
            self._lines_of(field.id),
        )
        return self._entry(field.id, Kind.FIELD, field.label, sheet.title[self.language], facts)

    def _type(self, field: FieldDef) -> str:
        low, high = field.scores or (0, 0)
        return self._text(f"type_{field.type.value}", low=low, high=high)

    def _notes(self, field: FieldDef) -> Iterator[str]:
        for flag in ("core", "derived", "personal", "signed"):
            if getattr(field, flag):
                yield self._text(f"note_{flag}")
        if field.default is not None:
            value = field.default if field.type is not FieldType.NUMBER else float(field.default)
            yield self._text("note_default", value=self.naming.answer(field, value))

    # --- what is computed -----------------------------------------------------------------------------------

    def _metric(self, metric: MetricDef, kind: Kind) -> Entry:
        interval = metric.interval_kind[self.language] or self._words(metric.interval, metric.per)
        facts = (
            self._said("meaning", metric.meaning),
            self._per(metric.per),
            Fact("formula", (self._words(metric.expression, metric.per),)),
            Fact("interval", (interval,) if metric.interval is not None else ()),
            Fact("unit", (self._text(f"unit_{metric.unit.value}"),)),
            Fact("better", (self._text(f"better_{metric.better.value}"),) if kind is Kind.METRIC else ()),
            Fact("sample", (self._sample(metric),)),
            Fact("zones", tuple(self.zone(metric, zone) for zone in metric.zones)),
            self._said("zone_source", metric.zone_source),
            self._said("caveat", metric.note),
            self._zero(metric.zero_reason),
            Fact("used_by", ids=self._users.get(metric.id, ())),
            self._sources(metric.id, metric.reference),
        )
        group = self.wording.text(f"workbook.section_{metric.section}") if kind is Kind.METRIC else ""
        return self._entry(metric.id, kind, metric.name, group, facts)

    def _sample(self, metric: MetricDef) -> str:
        sample = self._words(metric.sample, metric.per)
        if sample and metric.zone_needs:
            return self._text("sample_from", sample=sample, n=metric.zone_needs)
        return sample

    def zone(self, metric: MetricDef, zone: Zone) -> str:
        """A zone's name and its ends; both in one number where they are the same."""
        if zone.low is not None and zone.low == zone.high:
            return f"{zone.name[self.language]}: {self._in_unit(zone.low, metric.unit)}"
        ends = []
        for key, end in (("from", zone.low), ("to", zone.high)):
            if end is not None:
                ends.append(self._text(key, value=self._in_unit(end, metric.unit)))
        return f"{zone.name[self.language]}: {' '.join(ends)}"

    def _in_unit(self, value: float, unit: Unit) -> str:
        if unit in (Unit.NUMBER, Unit.MEASURE, Unit.COUNT, Unit.RATIO, Unit.SCORE):
            return self.naming.number(value)
        return self.wording.value(value, unit)

    def _measure(self, measure: MeasureDef) -> Entry:
        types, kinds = FieldRef("goals.goal_type"), FieldRef("goals.kind")
        bounds = [
            self._text(key, value=self._in_unit(end, measure.unit))
            for key, end in (("from", measure.low), ("to", measure.high))
            if end is not None
        ]
        facts = (
            Fact("goal_types", (", ".join(self.naming.choice(types, name) for name in measure.types),)),
            Fact("goal_kind", (self.naming.choice(kinds, measure.kind),)),
            Fact("unit", (self._text(f"unit_{measure.unit.value}"),)),
            Fact("better", (self._text(f"better_{measure.better.value}"),)),
            Fact("bounds", (" ".join(bounds),)),
            Fact("note", (self._text("activity"),) if measure.activity else ()),
            self._lines_of(measure.id),
        )
        return self._entry(measure.id, Kind.MEASURE, measure.name, "", facts)

    def _template(self, template: GoalTemplate) -> Entry:
        measure = self.catalog.goals.measure(template.measure)
        assert measure is not None
        key = f"template.{template.id}"
        target = template.target
        facts = (
            Fact("measure", (measure.name[self.language],)),
            Fact("target", () if target is None else (self._in_unit(target, measure.unit),)),
            Fact("days", (self.wording.value(template.days, Unit.DAYS),)),
            self._lines_of(key),
        )
        return self._entry(key, Kind.TEMPLATE, template.text, facts=facts)

    def _lever(self, lever: LeverDef) -> Entry:
        changes = (
            f"{self.naming.name(self._target(name))} = {self._words(node, lever.per)}"
            for name, node in lever.changes.items()
        )
        ends = (
            self._text(key, value=self._words(node, lever.per))
            for key, node in (("from", lever.low), ("to", lever.high))
        )
        facts = (
            self._per(lever.per),
            Fact("now", (self._words(lever.now, lever.per),)),
            Fact("unit", (self._text(f"unit_{lever.unit.value}"),)),
            Fact("bounds", (" ".join(ends),)),
            Fact("changes", tuple(changes)),
            self._said("assumption", lever.assumption),
        )
        return self._entry(lever.id, Kind.LEVER, lever.name, facts=facts)

    def _target(self, name: str) -> FieldRef | MetricRef:
        return MetricRef(name) if name in self.catalog.metrics else FieldRef(name)

    def _policy(self, number: PolicyNumber) -> Entry:
        facts = (
            self._said("reason", number.reason),
            Fact("sources", ids=(number.source,) if number.source else ()),
            Fact("used_by", ids=self._users.get(f"policy.{number.id}", ())),
        )
        value = self.naming.number(number.value)
        return Entry(f"policy.{number.id}", Kind.POLICY, value, "", tuple(filter(None, facts)))

    def _reasons(self) -> Iterator[Entry]:
        for key, text in texts().items():
            topic, _, code = key.partition(".")
            if topic == "reasons":
                users = Fact("used_by", ids=self._reason_users.get(code, ()))
                yield self._entry(code, Kind.REASON, text, facts=(users,))

    # --- what is checked and advised ------------------------------------------------------------------------

    def _finding(self, finding: FindingDef) -> Entry:
        severity = self._text("or").join(self._text(level.value) for level in finding.severities)
        facts = (
            Fact("severity", (severity,)),
            self._said("expected", finding.expected),
            self._said("fix", finding.fix),
            self._lines_of(finding.code),
        )
        return self._entry(finding.code, Kind.FINDING, finding.message, facts=facts)

    def _rule(self, rule: RuleDef) -> Entry:
        confidence = self._text(
            "confidence",
            level=self.wording.text(f"pdf.confidence_{rule.confidence.level}"),
            basis=self.wording.text(f"advice.basis_{rule.confidence.basis}"),
        )
        holds = (other.id for other in self.catalog.rules if any(gate.by == rule.id for gate in other.gates))
        facts = (
            Fact("tier", (self._text(f"tier_{rule.tier}"),)),
            self._per(rule.per),
            Fact("condition", (self._words(rule.condition, rule.per),)),
            self._said("text", rule.text),
            Fact("steps", tuple(self._bare(step) for step in rule.steps)),
            Fact("variants", tuple(self._variant(rule, variant) for variant in rule.variants)),
            Fact("effect", tuple(self._effect(rule))),
            Fact("confidence", (confidence,)),
            Fact("held_by", tuple(self._gate(rule, gate) for gate in rule.gates)),
            Fact("holds", ids=tuple(dict.fromkeys(holds))),
            Fact("practices", ids=rule.practices),
            self._sources(rule.id, rule.sources),
        )
        return self._entry(rule.id, Kind.RULE, rule.title, self._text(f"tier_{rule.tier}"), facts)

    def _variant(self, rule: RuleDef, variant: Variant) -> str:
        said = [text for text in (variant.title, variant.text) if text is not None]
        shown = " ".join(f"{self._bare(text).rstrip('.')}." for text in said) or self._text("variant_same")
        if variant.steps:
            shown += "".join(f" {n}) {self._bare(step)}" for n, step in enumerate(variant.steps, start=1))
        return self._text("variant", condition=self._words(variant.when, rule.per), words=shown)

    def _effect(self, rule: RuleDef) -> Iterator[str]:
        yield self._bare(rule.effect.assumption)
        if rule.effect.value is not None and rule.effect.kind is not EffectKind.NONE:
            yield self._words(rule.effect.value, rule.per)
        for effect in (rule.effect, *(variant.effect for variant in rule.variants)):
            for change in effect.together if effect else ():
                name = self.naming.catalog.plan.quantity(change.quantity).name[self.language]
                yield self._text("in_plan", name=name, formula=self._words(change.value, rule.per))

    def _gate(self, rule: RuleDef, gate: Gate) -> str:
        if gate.when is None:
            return gate.by
        return self._text("gate", rule=gate.by, condition=self._words(gate.when, rule.per))

    # --- where it comes from --------------------------------------------------------------------------------

    def _network(self, network: NetworkDef) -> Entry:
        country = FieldRef("profile.country")
        statuses = tuple(
            self._text(
                "status_in",
                country=self.naming.choice(country, code),
                status=self._text(f"status_{status}"),
            )
            for code, status in network.ads_status.items()
        )
        facts = (
            Fact("status", statuses or (self._text("status_unknown"),)),
            Fact("checked_on", (self.wording.date(network.checked_on),)),
            self._said("note", network.note),
            self._said("footnote", network.footnote),
            Fact("links", (network.source,)),
            self._lines_of(network.id),
        )
        return self._entry(network.id, Kind.NETWORK, network.name, facts=facts)

    def _service(self, service: Service) -> Entry:
        facts = (
            self._said("advice", service.advice),
            Fact("note", (self._text("refused"),) if service.refused else ()),
            Fact("checked_on", (self.wording.date(service.checked_on),)),
            Fact("by", ids=service.by),
            self._lines_of(service.id),
        )
        return self._entry(service.id, Kind.SERVICE, service.name, facts=facts)

    def _source(self, source: Source) -> Entry:
        facts = (Fact("links", source.links), self._lines_of(source.id))
        return self._entry(source.id, Kind.SOURCE, source.name, facts=facts)

    def _line(self, line: Line) -> Entry:
        facts = (
            Fact("kind", (self._text(f"line_{line.kind.value}"),)),
            Fact("by", ids=line.by),
            self._said("unused", line.unused),
        )
        text = next(item for item in self.provenance.sources if item.id == f"text-{line.id[:3]}")
        return self._entry(line.id, Kind.LINE, line.gist, text.name[self.language], facts)

    def _warning(self, warning: Warned) -> Entry:
        facts = (self._said("instead", warning.instead), Fact("by", ids=warning.by))
        return self._entry(warning.id, Kind.WARNING, warning.name, facts=facts)

    def _texts(self) -> Iterator[Entry]:
        """The words of the interface that the trace names."""
        origin = self.provenance
        named = (*(line.by for line in origin.lines), *(warning.by for warning in origin.warnings))
        for key in dict.fromkeys(key for keys in named for key in keys if key in texts()):
            yield self._entry(key, Kind.TEXT, texts()[key], facts=(self._lines_of(key),))

    # --- what they have in common ---------------------------------------------------------------------------

    def _entry(self, key: str, kind: Kind, name: Text, group: str = "", facts: Iterable[Fact] = ()) -> Entry:
        return Entry(key, kind, self._bare(name), group, tuple(filter(None, facts)))

    def _text(self, key: str, **params: str | float) -> str:
        return self.wording.text(f"reference.{key}", **params)

    def _bare(self, text: Text) -> str:
        return bare(text[self.language])

    def _said(self, key: str, text: Text) -> Fact:
        return Fact(key, (self._bare(text),) if text[self.language] else ())

    def _words(self, node: Node | None, per: str | None) -> str:
        return words(node, replace(self.naming, per=per)) if node is not None else ""

    def _per(self, table: str | None) -> Fact:
        return Fact("per", (self.catalog.sheet(table).title[self.language],) if table else ())

    def _zero(self, code: str | None) -> Fact:
        return Fact("zero", (bare(self.wording.text(f"reasons.{code}", about=BLANK_PLACE)),) if code else ())

    def _sources(self, key: str, named: tuple[str, ...]) -> Fact:
        """What an entry names as its sources, and the lines of the texts that it answers for."""
        return Fact("sources", ids=tuple(dict.fromkeys((*named, *self._lines_by_id.get(key, ())))))

    def _lines_of(self, key: str) -> Fact:
        return Fact("lines", ids=self._lines_by_id.get(key, ()))

    @cached_property
    def _lines_by_id(self) -> Mapping[str, tuple[str, ...]]:
        found: dict[str, list[str]] = defaultdict(list)
        for line in self.provenance.lines:
            for key in line.by:
                found[key].append(line.id)
        return {key: tuple(lines) for key, lines in found.items()}

    @cached_property
    def _users(self) -> Mapping[str, tuple[str, ...]]:
        """The metrics, numbers of goals and rules that name a field, a metric or a policy number."""
        found: dict[str, dict[str, None]] = defaultdict(dict)
        for metric in (*self.catalog.all_metrics(), *self.catalog.goals.numbers):
            for node in (metric.expression, metric.interval, metric.sample):
                for reference in references(node) if node is not None else ():
                    found[_id_of(reference)][metric.id] = None
        for rule in self.catalog.rules:
            for reference in references(rule.condition):
                found[_id_of(reference)][rule.id] = None
        return {key: tuple(user for user in users if user != key) for key, users in found.items()}

    @cached_property
    def _reason_users(self) -> Mapping[str, tuple[str, ...]]:
        """The fields and metrics that give a reason where they are a zero denominator."""
        found: dict[str, dict[str, None]] = defaultdict(dict)
        for field in self.catalog.fields.values():
            if field.zero:
                found[field.zero][field.id] = None
        for metric in self.catalog.all_metrics():
            for code in filter(None, (metric.zero, metric.zero_reason)):
                found[code][metric.id] = None
        return {code: tuple(users) for code, users in found.items()}


def _id_of(reference: FieldRef | MetricRef | PolicyRef) -> str:
    return f"policy.{reference.id}" if isinstance(reference, PolicyRef) else reference.id
