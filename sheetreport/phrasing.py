"""A rule's words for one case: its texts filled with the owner's own numbers, in the reader's language."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Protocol

from sheetreport import effects
from sheetreport.catalog.definitions import (
    Catalog,
    Confidence,
    EffectDef,
    EffectKind,
    Figure,
    MetricDef,
    Phrase,
    Phrases,
    RowNames,
    RuleDef,
    Span,
    Text,
    Unit,
    Variant,
)
from sheetreport.catalog.load_rules import reference, unit_of
from sheetreport.contacts import without_contacts
from sheetreport.formula.evaluate import Environment, NotComputableError, condition_holds, evaluate, number
from sheetreport.formula.explain import words
from sheetreport.formula.tree import Call, FieldRef, Function, MetricRef, Node, PolicyRef
from sheetreport.i18n import PLACEHOLDER, Wording, placeholders, round_half_up, running, texts
from sheetreport.model import (
    Effect,
    Evidence,
    InputCell,
    MetricResult,
    Reason,
    Recommendation,
    Row,
    State,
)
from sheetreport.naming import MONEY_RATIOS, CatalogNaming

LONGEST_QUOTE = 80
ELLIPSIS = "\N{HORIZONTAL ELLIPSIS}"
_MONTHS_BEHIND = {
    EffectKind.MONEY_MONTH: 1,
    EffectKind.MONEY_YEAR: 12,
    EffectKind.MONEY_ONCE: 12,  # a single gain counts as spread over a year
}
_UNITS = {EffectKind.NONE: None, EffectKind.CLIENTS: Unit.COUNT, EffectKind.ANSWERS: Unit.COUNT}
_GOAL_CELLS = ("goals.point_a", "goals.current", "goals.target", "goals.start", "goals.deadline")
_GOAL_PACES = ("goals.required_pace_week", "goals.current_pace_week")
_INNER_QUOTES = {"ru": str.maketrans("«»“”", "„“„“"), "en": str.maketrans("«»“”", "‘’‘’")}


class Scope(Environment, Protocol):
    """An Environment that also knows the cells its expressions rest on."""

    def inputs(self, *nodes: Node | None) -> Sequence[InputCell]: ...


class Computation(Protocol):
    """The part of a computation that advice needs."""

    def environment(self, row: Row | None = None, sheet: str | None = None) -> Scope: ...

    def definition(self, metric_id: str, sheet: str | None) -> MetricDef: ...

    def result(self, definition: MetricDef, row: Row | None) -> MetricResult | None: ...


@dataclass(frozen=True, slots=True)
class Case:
    """A rule and the row (or the company) that it judges."""

    rule: RuleDef
    row: Row | None
    scope: Scope

    def holds(self, condition: Node | None) -> bool:
        return condition is not None and condition_holds(condition, self.scope)


@dataclass(frozen=True, slots=True)
class Candidate:
    """A case in words, with the money a month that it is expected to bring."""

    case: Case
    item: Recommendation
    monthly: float


@dataclass(frozen=True, slots=True)
class _Said:
    """A rule's words after its variants."""

    title: Text
    text: Text
    steps: tuple[Text, ...]
    effect: EffectDef
    confidence: Confidence
    variant: int | None = None  # the place of the variant that gives the effect


@dataclass(frozen=True, slots=True)
class Writer:
    """Puts one case into the reader's language, with the owner's own numbers."""

    catalog: Catalog
    computation: Computation
    wording: Wording
    case: Case

    def candidate(self) -> Candidate:
        rule, said = self.case.rule, self.said()
        early = self.is_early()
        confidence = replace(said.confidence, level="low") if early else said.confidence
        effect = self.effect(said.effect, confidence)
        text = self.early(self.filled(said.text)) if early else self.filled(said.text)
        item = Recommendation(
            id=rule.id,
            tier=rule.tier,
            chapter=rule.chapter,
            subject=self.case.row.subject if self.case.row else None,
            title=self.filled(said.title),
            text=" ".join((text, *self.why_not(effect))),
            steps=tuple(map(self.filled, said.steps)),
            effect=effect,
            confidence=confidence.level,
            confidence_words=self.wording.text(f"advice.basis_{confidence.basis}"),
            basis=confidence.basis,
            evidence=self.evidence(said.effect),
            merged=(),
            source=rule.sources,
            per=rule.per,
            row=self.case.row.index if self.case.row else None,
            variant=said.variant,
        )
        return Candidate(self.case, item, _monthly(effect, confidence))

    def title(self) -> str:
        return self.filled(self.said().title)

    def heading(self) -> str:
        """The title of a rule that did not fire; an ellipsis stands where a figure is missing."""
        return self.filled(self.said().title, ELLIPSIS)

    def said(self) -> _Said:
        """The rule's words, with those of its first variant that holds and can be filled."""
        rule = self.case.rule
        for place, variant in enumerate(rule.variants):
            if self.case.holds(variant.when) and self.can_fill(variant):
                return _Said(
                    title=variant.title or rule.title,
                    text=variant.text or rule.text,
                    steps=variant.steps or rule.steps,
                    effect=variant.effect or rule.effect,
                    confidence=variant.confidence or rule.confidence,
                    variant=place if variant.effect else None,
                )
        return _Said(rule.title, rule.text, rule.steps, rule.effect, rule.confidence)

    def can_fill(self, variant: Variant) -> bool:
        try:
            for text in (variant.title, variant.text, *variant.steps):
                if text is not None:
                    self.params(text[self.wording.language])
        except NotComputableError:
            return False
        return True

    def is_early(self) -> bool:
        """Whether the rule leans on a sample that proves little."""
        rule = self.case.rule
        if rule.metric is None:
            return False
        definition = self.computation.definition(rule.metric, rule.per)
        result = self.computation.result(definition, self.case.row if definition.per else None)
        return result is not None and result.evidence in (Evidence.ANECDOTAL, Evidence.INDICATIVE)

    def early(self, text: str) -> str:
        return self.wording.text("advice.early", text=running(text))

    # --- filling --------------------------------------------------------------------------------------------

    def filled(self, text: Text, unknown: str = "") -> str:
        """The text with its names replaced. A name without a value reads "not given", or as asked."""
        template = text[self.wording.language]
        try:
            return self.wording.fill(template, self.params(template))
        except NotComputableError:
            known = {name for name in placeholders(template) if self.is_known(name)}
            blank = unknown or self.wording.text("advice.unknown")
            template = PLACEHOLDER.sub(lambda found: found[0] if found[1] in known else blank, template)
            return self.wording.fill(template, self.params(template))

    def params(self, template: str) -> Mapping[str, str | float]:
        return {name: self.shown(name) for name in placeholders(template)}

    def is_known(self, name: str) -> bool:
        try:
            self.shown(name)
        except NotComputableError:
            return False
        return True

    def shown(self, name: str) -> str | float:
        """What a name of the texts reads as; counts stay numbers, for their plural forms."""
        match self.case.rule.values.get(name):
            case None:
                node = reference(self.catalog, name)
                assert node is not None, name
                row = self.case.row
                if row is not None and self.names_the_row(node):
                    return self.named(self.choice(node, row.subject), row.index)
                return self.figure(node, None)
            case Figure(expression, unit):
                return self.figure(expression, unit)
            case Span(low, high, unit):
                ends = number(low, self.case.scope), number(high, self.case.scope)
                return self.wording.range(ends, self.unit(low, unit))
            case Phrases(phrases, every):
                return self.phrases(phrases, every)
            case RowNames() as names:
                return self.row_names(names)

    def names_the_row(self, node: Node) -> bool:
        per = self.case.rule.per
        return per is not None and isinstance(node, FieldRef) and node.id == self.catalog.sheet(per).subject

    def named(self, name: str, place: int) -> str:
        """What the owner calls a row, or its place in the table."""
        return self.owner_words(name) or self.wording.text("advice.unnamed", n=place)

    def figure(self, node: Node, unit: Unit | None) -> str | float:
        value = evaluate(node, self.case.scope)
        match value:
            case str():
                return self.owner_words(self.choice(node, value))
            case date():
                return self.wording.date(value)
            case int() | float() if isinstance(node, PolicyRef) and unit is Unit.NUMBER:
                return CatalogNaming(self.catalog, self.wording).number(value)
            case int() | float():
                unit = self.unit(node, unit)
                if unit is Unit.COUNT:
                    return float(round_half_up(value, 0))
                if isinstance(node, FieldRef) and node.id == "goals.gap":
                    return self.wording.distance(abs(value), unit)
                if unit is Unit.SHARE and not isinstance(node, MetricRef):
                    return self.share(node, value)
                shown = self.wording.value(value, unit, self.boundaries(node))
                is_ratio = isinstance(node, MetricRef) and node.id in MONEY_RATIOS
                return self.wording.per_one(shown) if is_ratio and unit is Unit.RATIO else shown
            case _:
                raise TypeError(f"{self.case.rule.id}: {value!r} can't be printed")

    def choice(self, node: Node, value: str) -> str:
        """What a choice is called; any other text as it is."""
        match node:
            case FieldRef():
                return CatalogNaming(self.catalog, self.wording).choice(node, value)
            case Call(Function.AT_LOWEST | Function.AT_HIGHEST, (FieldRef() as column, *_)):
                return self.choice(column, value)
            case _:
                return value

    def unit(self, node: Node, unit: Unit | None) -> Unit:
        """The unit to print in; a goal's numbers have the unit of what the goal measures."""
        unit = unit or unit_of(self.catalog, node) or Unit.NUMBER
        if unit is Unit.MEASURE and self.case.row is not None:
            measure = self.catalog.goals.measure(str(self.case.row.get("goals.metric").value))
            if measure is not None and measure.unit is not Unit.COUNT:
                return measure.unit
        return unit

    def share(self, node: Node, value: float) -> str:
        """A share that is no metric: whole per cents stay whole; a goal's pace is in percentage points."""
        if isinstance(node, FieldRef) and node.id in _GOAL_PACES:
            return self.wording.pace(value)
        whole = round(value * 100, 6).is_integer()
        return self.wording.share(value, 0 if whole else 1)

    def boundaries(self, node: Node) -> Iterator[float]:
        if isinstance(node, MetricRef):
            for zone in self.computation.definition(node.id, self.case.rule.per).zones:
                yield from (end for end in (zone.low, zone.high) if end is not None)

    def phrases(self, phrases: Iterable[Phrase], every: bool) -> str:
        """The phrases that hold and can be filled: the first of them, or all."""
        found = []
        for phrase in phrases:
            if phrase.when is None or self.case.holds(phrase.when):
                template = phrase.text[self.wording.language]
                try:
                    found.append(self.wording.fill(template, self.params(template)))
                except NotComputableError:
                    continue
                if not every:
                    break
        if not found:
            raise NotComputableError(Reason("missing_input"))
        return ", ".join(found)

    def row_names(self, names: RowNames) -> str:
        """The rows of a table for which the condition holds, quoted, the first few by name."""
        column = FieldRef(names.column)
        quoted = [
            self.wording.text(
                "advice.quoted", text=self.named(self.choice(column, str(evaluate(column, row))), place)
            )
            for place, row in enumerate(self.case.scope.rows(column.sheet), start=1)
            if names.when is None or condition_holds(names.when, row)
        ]
        if len(quoted) <= names.at_most:
            return ", ".join(quoted)
        head = ", ".join(quoted[: names.at_most])
        return self.wording.text("advice.and_more", names=head, n=len(quoted) - names.at_most)

    def owner_words(self, text: str) -> str:
        """The owner's words as they stand inside a quotation: one line, no contacts, cut to a length."""
        line = without_contacts(" ".join(text.split())).rstrip(" .,;")
        if len(line) > LONGEST_QUOTE:
            line = line[: LONGEST_QUOTE - 1].rsplit(" ", 1)[0].rstrip(" ,;") + ELLIPSIS
        return line.translate(_INNER_QUOTES[self.wording.language])

    # --- what it is worth, what it rests on -----------------------------------------------------------------

    def effect(self, effect: EffectDef, confidence: Confidence) -> Effect:
        """The effect with its numbers; where they can't be computed, words say so."""
        value = self.number(effect.value)
        if effect.value is not None and value is None:
            effect = _in_words("effect_unknown")
        elif effect.kind in _MONTHS_BEHIND and not self.gains(effect):
            effect, value = _in_words("effect_no_gain"), None
        unit = _UNITS.get(effect.kind, Unit.MONEY)
        worth = Effect(
            kind=effect.kind.value,
            value=value,
            low=self.number(effect.low),
            high=self.number(effect.high),
            formula=words(effect.value, CatalogNaming(self.catalog, self.wording)) if effect.value else "",
            unit=unit.value if unit else None,
            period=effect_period(self.wording, effect.kind, value, self.number(effect.high)),
            assumption=self.filled(effect.assumption),
        )
        naming = CatalogNaming(self.catalog, self.wording)
        return effects.explained(worth, effect, self.case.rule, confidence.basis, self.case.scope, naming)

    def gains(self, effect: EffectDef) -> bool:
        """Whether an amount, at any end of its range, is more than nothing: a sale at a loss gains nobody."""
        return any((self.number(node) or 0.0) > 0 for node in (effect.value, effect.low, effect.high))

    def number(self, node: Node | None) -> float | None:
        if node is None:
            return None
        try:
            return number(node, self.case.scope)
        except NotComputableError:
            return None

    def why_not(self, effect: Effect) -> Iterator[str]:
        """A sentence to the reason that the owner gave for not doing the first of the rule's practices."""
        for practice in self.case.rule.practices:
            answer, reason = (
                self.case.scope.field(field_id).value for field_id in (practice, f"{practice}.why_not")
            )
            if answer not in ("no", "partly") or not isinstance(reason, str):
                continue
            if reason == "other":
                why = self.case.scope.field(f"{practice}.why_text").value
                if isinstance(why, str):
                    yield self.wording.text("advice.why_other", why=self.owner_words(why))
            elif reason == "no_value" and effect.unit == Unit.MONEY and effect.value is not None:
                amount = self.wording.money(effect.value)
                yield self.wording.text("advice.why_no_value", amount=amount, period=effect.period)
            elif reason == "no_value":
                yield self.wording.text("advice.why_no_value_plain")
            else:
                yield self.wording.text(f"advice.why_{reason}")
            return

    def evidence(self, effect: EffectDef) -> tuple[InputCell, ...]:
        """The cells behind the condition and the effect; behind a goal's outcome, those of the goal."""
        found = list(self.case.scope.inputs(self.case.rule.condition, effect.value))
        if self.case.rule.per == "goals" and self.case.row is not None:
            for field_id in _GOAL_CELLS:
                value = self.case.row.get(field_id)
                if value.state is State.VALUE and value.source.cell:
                    found.append(InputCell(field_id, value.source.sheet, value.source.cell, value.value))
        return tuple(dict.fromkeys(found))


def _in_words(key: str) -> EffectDef:
    return EffectDef(EffectKind.NONE, None, None, None, texts()[f"advice.{key}"])


def _monthly(effect: Effect, confidence: Confidence) -> float:
    """The gain a month that is expected: an example expects nothing, and a cost is no gain."""
    months = _MONTHS_BEHIND.get(EffectKind(effect.kind))
    if months is None or effect.value is None or confidence.basis == "example":
        return 0.0
    return max(0.0, effect.value) / months


def effect_period(wording: Wording, kind: str, value: float | None, high: float | None) -> str:
    """The words behind an amount or a range: a month, once, clients a month."""
    if value is None:
        return ""
    forms = ""
    if wording.has(f"advice.forms_{kind}"):
        last = float(round_half_up(value if high is None else high, 0))
        if last == 0 < value:
            return wording.text(f"advice.under_one_{kind}")
        forms = wording.plural(last, wording.text(f"advice.forms_{kind}").split("|"))
    return wording.text(f"advice.period_{kind}", forms=forms)
