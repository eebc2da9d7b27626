"""Rules of rules.yaml to frozen definitions, and the mistakes that a rule must never carry into a report."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from sheetreport.catalog import network_columns
from sheetreport.catalog.definitions import (
    Catalog,
    ChangeDef,
    Confidence,
    EffectDef,
    EffectKind,
    FieldType,
    Figure,
    Gate,
    Phrase,
    Phrases,
    PlanDef,
    PlanQuantity,
    RowNames,
    RuleDef,
    Shown,
    Span,
    SwitchedOff,
    Text,
    Unit,
    Variant,
)
from sheetreport.catalog.entries import (
    bilingual,
    expression,
    flag,
    mapping,
    mappings,
    one_of,
    required,
    strings,
    text_of,
    whole,
    word,
)
from sheetreport.catalog.firing import needs_a_row, why_never
from sheetreport.catalog.goal_columns import COLUMNS
from sheetreport.catalog.lint import check_expression, check_use, kinds, must_know
from sheetreport.catalog.yaml import Located, did_you_mean
from sheetreport.errors import CatalogError
from sheetreport.formula.tree import (
    Call,
    FieldRef,
    Function,
    MetricRef,
    Node,
    with_names,
)
from sheetreport.formula.units import Kind
from sheetreport.i18n import PLACEHOLDER, plural_problems
from sheetreport.model import LANGUAGES

TIERS = ("P0", "P1", "P2", "P3", "P4")
CHAPTERS = (
    "clients", "channels", "loyalty", "satisfaction", "social", "break_even", "automation", "partners",
    "goals", "practices",
)  # fmt: skip
LEVELS = ("high", "medium", "low")
BASES = ("fact", "rules", "assumption", "scenario", "method", "limit", "example")
MOST_TITLE_WORDS = 8
MOST_ROW_NAMES = 3

_RULE_KEYS = (
    "id name tier per chapter metric values condition ahead_when gates holds_back ease confidence practices"
    " title text variants steps effect sources"
).split()
_FILLED = COLUMNS | network_columns.KINDS
_MONEY = (EffectKind.MONEY_MONTH, EffectKind.MONEY_YEAR, EffectKind.MONEY_ONCE, EffectKind.COST)
_QUANTITY_KINDS = {Unit.COUNT: Kind.COUNT, Unit.MONEY: Kind.MONEY, Unit.SHARE: Kind.SHARE}
_FIELD_UNITS = {
    FieldType.COUNT: Unit.COUNT,
    FieldType.MONEY: Unit.MONEY,
    FieldType.SHARE: Unit.SHARE,
    FieldType.NUMBER: Unit.NUMBER,
}
_COLUMN_UNITS = {
    Kind.MONEY: Unit.MONEY,
    Kind.COUNT: Unit.COUNT,
    Kind.SHARE: Unit.SHARE,
    Kind.TIME: Unit.DAYS,
    Kind.NUMBER: Unit.MEASURE,
}
_LIKE_ITS_FIRST_ARGUMENT = (
    Function.LOW,
    Function.HIGH,
    Function.LOWEST,
    Function.HIGHEST,
    Function.AT_LOWEST,
    Function.AT_HIGHEST,
    Function.SUM,
    Function.MINIMUM,
    Function.MAXIMUM,
)


# --- reading ------------------------------------------------------------------------------------------------


def load_rules(items: Sequence[Located], off: Located | None = None) -> tuple[RuleDef, ...]:
    """The rules in the order of the file, those named in `off` switched off.

    Raises CatalogError where an entry is not written as it should.
    """
    return tuple(_rule(item, off) for item in items)


def _rule(item: Located, off: Located | None) -> RuleDef:
    item.only(*_RULE_KEYS)
    values, names = _values(item)
    return RuleDef(
        id=required(item, "id"),
        name=required(item, "name"),
        tier=one_of(item, "tier", TIERS),
        per=word(item, "per"),
        chapter=one_of(item, "chapter", CHAPTERS),
        metric=word(item, "metric"),
        condition=_expression(item, "condition", names),
        ahead_when=_optional(item, "ahead_when", names),
        gates=tuple(_gate(item, gate, names) for gate in _gates(item)),
        holds_back=_text(item, "holds_back") if "holds_back" in item else None,
        ease=_ease(item),
        confidence=_confidence(item),
        practices=strings(item, "practices"),
        title=_text(item, "title"),
        text=_text(item, "text"),
        steps=_steps(item),
        effect=_effect(item, names),
        values=values,
        variants=tuple(_variant(variant, names) for variant in mappings(item, "variants")),
        sources=strings(item, "sources"),
        off=_off(mapping(off, item["id"])) if off and item["id"] in off else None,
        place=item.place,
    )


def _off(item: Located) -> SwitchedOff:
    return SwitchedOff(_text(item, "reason"), item["until"], item.place)


def _values(item: Located) -> tuple[Mapping[str, Shown], Mapping[str, Node]]:
    """The names of a rule, and those of them that stand for an expression."""
    shown: dict[str, Shown] = {}
    names: dict[str, Node] = {}
    declared = mapping(item, "values")
    for name in declared:
        value = _shown(declared, name, names)
        shown[name] = value
        if isinstance(value, Figure):
            names[name] = value.expression
    return shown, names


def _shown(declared: Located, name: str, names: Mapping[str, Node]) -> Shown:
    entry = declared[name]
    if not isinstance(entry, Located):
        return Figure(_expression(declared, name, names), None)
    if "value" in entry:
        entry.only("value", "unit", "name")
        called = _text(entry, "name") if "name" in entry else None
        return Figure(_expression(entry, "value", names), _unit(entry), called)
    if "range" in entry:
        entry.only("range", "unit")
        metric = _expression(entry, "range", names)
        return Span(Call(Function.LOW, (metric,)), Call(Function.HIGH, (metric,)), _unit(entry))
    if "low" in entry:
        entry.only("low", "high", "unit")
        return Span(_expression(entry, "low", names), _expression(entry, "high", names), _unit(entry))
    if "names" in entry:
        entry.only("names", "when", "at_most")
        most = whole(entry, "at_most", MOST_ROW_NAMES)
        return RowNames(required(entry, "names"), _optional(entry, "when", names), most)
    entry.only("first_of", "all_of")
    every = "all_of" in entry
    phrases = mappings(entry, "all_of" if every else "first_of")
    if not phrases:
        entry.fail("catalog_rules.value_forms", name=name)
    return Phrases(tuple(_phrase(phrase, names) for phrase in phrases), every)


def _phrase(item: Located, names: Mapping[str, Node]) -> Phrase:
    item.only("when", "ru", "en")
    return Phrase(_optional(item, "when", names), _words(item, item, "phrase", ("when",)))


def _gates(item: Located) -> Sequence[Any]:
    gates = item.get("gates") or []
    if not isinstance(gates, list):
        item.fail("catalog_rules.gates", "gates")
    return gates


def _gate(rule: Located, gate: Any, names: Mapping[str, Node]) -> Gate:
    if isinstance(gate, str):
        return Gate(gate, None)
    if not isinstance(gate, Located):
        rule.fail("catalog_rules.gate", "gates")
    gate.only("by", "when")
    return Gate(required(gate, "by"), _expression(gate, "when", names))


def _variant(item: Located, names: Mapping[str, Node]) -> Variant:
    item.only("when", "title", "text", "steps", "effect", "confidence")
    return Variant(
        when=_expression(item, "when", names),
        title=_text(item, "title") if "title" in item else None,
        text=_text(item, "text") if "text" in item else None,
        steps=_steps(item) if "steps" in item else (),
        effect=_effect(item, names) if "effect" in item else None,
        confidence=_confidence(item) if "confidence" in item else None,
    )


def _effect(item: Located, names: Mapping[str, Node]) -> EffectDef:
    effect = item.get("effect")
    if not isinstance(effect, Located):
        item.fail("catalog_rules.effect_missing", "effect")
    effect.only("kind", "value", "low", "high", "assumption", "together", "differs")
    kind = EffectKind(one_of(effect, "kind", [kind.value for kind in EffectKind]))
    if kind is EffectKind.NONE and "value" in effect:
        effect.fail("catalog_rules.effect_without_value", "kind", kind=kind)
    if kind is not EffectKind.NONE and "value" not in effect:
        effect.fail("catalog_rules.effect_needs_value", "kind", kind=kind)
    return EffectDef(
        kind=kind,
        value=_optional(effect, "value", names),
        low=_optional(effect, "low", names),
        high=_optional(effect, "high", names),
        assumption=_text(effect, "assumption"),
        together=tuple(_change(change, names) for change in mappings(effect, "together")),
        differs=_text(effect, "differs") if "differs" in effect else None,
    )


def _change(item: Located, names: Mapping[str, Node]) -> ChangeDef:
    item.only("quantity", "value", "low", "high", "part", "rows", "where", "stops")
    if ("rows" in item) != ("where" in item):
        item.fail("catalog_rules.rows_and_where", "rows")
    return ChangeDef(
        quantity=required(item, "quantity"),
        value=_expression(item, "value", names),
        low=_optional(item, "low", names),
        high=_optional(item, "high", names),
        part=word(item, "part"),
        rows=word(item, "rows"),
        where=_optional(item, "where", names),
        stops=flag(item, "stops"),
    )


def load_plan(item: Located) -> PlanDef:
    """The year in which actions are done together, from the key `plan`."""
    item.only("quantities", "profit")
    return PlanDef(
        quantities=tuple(_quantity(quantity) for quantity in mappings(item, "quantities")),
        profit=expression(item, "profit"),
        place=item.place,
    )


def _quantity(item: Located) -> PlanQuantity:
    item.only("id", "unit", "name", "same")
    unit = Unit(one_of(item, "unit", [unit.value for unit in (Unit.COUNT, Unit.MONEY, Unit.SHARE)]))
    return PlanQuantity(required(item, "id"), _text(item, "name"), _text(item, "same"), unit)


def _confidence(item: Located) -> Confidence:
    confidence = item.get("confidence")
    if not isinstance(confidence, Located):
        item.fail("catalog_rules.confidence_missing", "confidence")
    confidence.only("level", "basis")
    return Confidence(one_of(confidence, "level", LEVELS), one_of(confidence, "basis", BASES))


def _ease(item: Located) -> int:
    ease = item.get("ease")
    if ease not in (1, 2, 3):
        item.fail("catalog_rules.ease", "ease")
    return int(ease)


def _steps(item: Located) -> tuple[Text, ...]:
    steps = item.get("steps")
    if not isinstance(steps, list) or not 1 <= len(steps) <= 4:
        item.fail("catalog_rules.steps", "steps")
    return tuple(_words(step, item, "steps") for step in steps)


def _unit(item: Located) -> Unit | None:
    return Unit(one_of(item, "unit", [unit.value for unit in Unit])) if "unit" in item else None


def _text(item: Located, key: str) -> Text:
    """A text whose plural forms are whole."""
    return _whole(text_of(item, key), item, key)


def _words(value: Any, parent: Located, key: str, extra: Sequence[str] = ()) -> Text:
    return _whole(bilingual(value, parent, key, extra), value, key)


def _whole(words: Text, item: Located, key: str) -> Text:
    for problem in plural_problems(words):
        item.fail("catalog_file.in_key", key, key=key, problem=problem)
    return words


def _optional(item: Located, key: str, names: Mapping[str, Node]) -> Node | None:
    return _expression(item, key, names) if key in item else None


def _expression(item: Located, key: str, names: Mapping[str, Node]) -> Node:
    return with_names(expression(item, key), names)


# --- units --------------------------------------------------------------------------------------------------


def reference(catalog: Catalog, name: str) -> Node | None:
    """The field or metric that a placeholder names directly."""
    if name in catalog.fields or name in _FILLED:
        return FieldRef(name)
    return MetricRef(name) if name in catalog.metrics else None


def unit_of(catalog: Catalog, node: Node) -> Unit | None:
    """The unit a value is printed in where the expression itself tells it."""
    match node:
        case FieldRef(field_id) if field_id in _FILLED:
            return _COLUMN_UNITS.get(_FILLED[field_id])
        case FieldRef(field_id) if field_id in catalog.fields:
            field = catalog.fields[field_id]
            if field.sheet == "goals" and field.type is FieldType.NUMBER:
                return Unit.MEASURE
            return _FIELD_UNITS.get(field.type)
        case MetricRef(metric_id) if metric_id in catalog.metrics:
            return catalog.metric(metric_id).unit
        case Call(function, arguments) if function in _LIKE_ITS_FIRST_ARGUMENT:
            return unit_of(catalog, arguments[0])
        case Call(
            Function.COUNT
            | Function.TALLY
            | Function.TALLY_TOTAL
            | Function.SERIES_TOTAL
            | Function.SERIES_LENGTH
            | Function.FIRST_REACHING
            | Function.FIRST_COVERING
            | Function.PAGE_ANSWERS
            | Function.METRICS_KNOWN
            | Function.METRICS_ASKED
        ):
            return Unit.COUNT
        case _:
            return None


# --- checking -----------------------------------------------------------------------------------------------


def check_rules(catalog: Catalog) -> None:
    """Refuse rules that name what does not exist, mix units, or say more than a reader takes in."""
    numbers = {number.id for number in catalog.goals.numbers}  # rules name the columns of goals instead
    known = {name: kind for name, kind in kinds(catalog).items() if name not in numbers}
    _check_plan(catalog, known)
    rules = {(rule.id, rule.per): rule for rule in catalog.rules}
    for rule in catalog.rules:
        if rules[rule.id, rule.per] is not rule:
            if rule.per is None:
                raise CatalogError.at(rule.place, "catalog_rules.rule_twice", rule=rule.id)
            raise CatalogError.at(rule.place, "catalog_rules.row_rule_twice", rule=rule.id, table=rule.per)
        _check_rule(catalog, rule, known)


def _check_rule(catalog: Catalog, rule: RuleDef, known: Mapping[str, Kind]) -> None:
    place = f"{rule.place}: {rule.id}"
    tables = {field.sheet for field in catalog.fields.values() if field.table}
    if rule.per is not None:
        must_know(place, "catalog_rules.no_table", rule.per, tables)
    if rule.metric is not None:
        must_know(place, "catalog_file.no_metric", rule.metric, catalog.metrics)
    for practice in rule.practices:
        must_know(place, "catalog_rules.no_practice", practice, catalog.fields)
    for gate in rule.gates:
        must_know(place, "catalog_file.no_rule", gate.by, [other.id for other in catalog.rules])
        if not any(other.id == gate.by and other.holds_back for other in catalog.rules):
            raise CatalogError.at(place, "catalog_rules.gate_silent", rule=gate.by)
    for node in _conditions(rule):
        if check_use(catalog, node, known, place) is not Kind.TRUTH:
            raise CatalogError.at(place, "formula.no_comparison")
    _check_can_fire(catalog, rule, place)
    for effect in (rule.effect, *(variant.effect for variant in rule.variants)):
        if effect is not None:
            _check_effect(catalog, effect, known, place)
    _check_names(catalog, rule, known, place)
    _check_texts(catalog, rule, known, place)


def _check_can_fire(catalog: Catalog, rule: RuleDef, place: str) -> None:
    column = needs_a_row(catalog, rule.condition, rule.per, _FILLED)
    if column:
        table = column.partition(".")[0] if "." in column else catalog.metrics[column][0].per
        raise CatalogError.at(place, "catalog_rules.never_fires_without_row", column=column, table=table)
    why = why_never(catalog, rule.condition)
    if why:
        raise CatalogError.at(place, "catalog_rules.never_fires", why=why)


def _conditions(rule: RuleDef) -> Iterator[Node]:
    yield rule.condition
    yield from (variant.when for variant in rule.variants)
    optional = [rule.ahead_when, *(gate.when for gate in rule.gates)]
    for shown in rule.values.values():
        match shown:
            case Phrases(phrases):
                optional += [phrase.when for phrase in phrases]
            case RowNames(_, when):
                optional.append(when)
            case _:
                pass
    yield from (node for node in optional if node is not None)


def _check_effect(catalog: Catalog, effect: EffectDef, known: Mapping[str, Kind], place: str) -> None:
    for node in (effect.value, effect.low, effect.high):
        if node is None:
            continue
        kind = check_use(catalog, node, known, place)
        if (kind is Kind.MONEY) != (effect.kind in _MONEY):
            raise CatalogError.at(place, "catalog_rules.effect_kind", effect=effect.kind, kind=kind.words)
    for change in effect.together:
        _check_change(catalog, change, known, f"{place}: together")


def _check_plan(catalog: Catalog, known: Mapping[str, Kind]) -> None:
    plan = catalog.plan
    quantities = {quantity.id: _QUANTITY_KINDS[quantity.unit] for quantity in plan.quantities}
    for name in quantities:
        if name in known:
            raise CatalogError.at(f"{plan.place}: plan", "catalog_rules.name_of_metric", name=name)
    if check_expression(plan.profit, {**known, **quantities}, f"{plan.place}: plan") is not Kind.MONEY:
        raise CatalogError.at(f"{plan.place}: plan", "catalog_rules.profit")


def _check_change(catalog: Catalog, change: ChangeDef, known: Mapping[str, Kind], place: str) -> None:
    quantities = [quantity.id for quantity in catalog.plan.quantities]
    must_know(place, "catalog_rules.no_quantity", change.quantity, quantities)
    wanted = _QUANTITY_KINDS[catalog.plan.quantity(change.quantity).unit]
    for node in (change.value, change.low, change.high):
        if node is not None and check_use(catalog, node, known, place) not in (wanted, Kind.NUMBER):
            raise CatalogError.at(
                place, "catalog_rules.quantity_kind", quantity=change.quantity, kind=wanted.words
            )
    if change.rows is not None and change.where is not None:
        sheets = {field.sheet for field in catalog.fields.values()}
        must_know(place, "catalog_rules.no_table", change.rows, sheets)
        if check_use(catalog, change.where, known, place) is not Kind.TRUTH:
            raise CatalogError.at(place, "catalog_rules.where")


def _check_names(catalog: Catalog, rule: RuleDef, known: Mapping[str, Kind], place: str) -> None:
    """Every name computes, hides no metric, and words use only what stands above them."""
    above: set[str] = set()
    for name, shown in rule.values.items():
        if name in catalog.metrics:
            raise CatalogError.at(place, "catalog_rules.name_of_metric", name=name)
        match shown:
            case Figure(expression):
                check_use(catalog, expression, known, place)
            case Span(low, high):
                check_use(catalog, low, known, place)
                check_use(catalog, high, known, place)
                if shown.unit is None and unit_of(catalog, low) is None:
                    raise CatalogError.at(place, "catalog_rules.span_unit", name=name)
            case Phrases(phrases):
                for phrase in phrases:
                    _check_placeholders(catalog, rule, phrase.text, above, known, place)
            case RowNames(column):
                must_know(place, "catalog_rules.no_column", column, known)
        above.add(name)


def _check_texts(catalog: Catalog, rule: RuleDef, known: Mapping[str, Kind], place: str) -> None:
    names = set(rule.values)
    for title in (rule.title, *(variant.title for variant in rule.variants)):
        if title is not None:
            _check_title(title, place)
            _check_placeholders(catalog, rule, title, names, known, place)
    texts = [rule.text, *rule.steps, rule.effect.assumption]
    for variant in rule.variants:
        texts += [*([variant.text] if variant.text else ()), *variant.steps]
        texts += [variant.effect.assumption] if variant.effect else []
    for text in texts:
        _check_placeholders(catalog, rule, text, names, known, place)


def _check_title(title: Text, place: str) -> None:
    for language in LANGUAGES:
        words = [word for word in PLACEHOLDER.sub("x", title[language]).split() if re.search(r"\w", word)]
        if len(words) > MOST_TITLE_WORDS:
            raise CatalogError.at(
                place, "catalog_rules.title", language=language, n=len(words), most=MOST_TITLE_WORDS
            )


def _check_placeholders(
    catalog: Catalog, rule: RuleDef, text: Text, names: set[str], known: Mapping[str, Kind], place: str
) -> None:
    for language in LANGUAGES:
        for name, forms in PLACEHOLDER.findall(text[language]):
            shown = rule.values.get(name) if name in names else _direct(catalog, name)
            if shown is None:
                hint = did_you_mean(name, {*names, *catalog.metrics, *catalog.fields, *_FILLED})
                raise CatalogError.at(
                    place, "catalog_rules.text_names", language=language, name=name, hint=hint
                )
            if name not in names and isinstance(shown, Figure):
                check_use(catalog, shown.expression, known, f"{place}: {{{name}}}")
            unit = _printed_unit(catalog, shown)
            if forms and unit is not Unit.COUNT:
                raise CatalogError.at(place, "catalog_rules.plural_of_count", name=name)
            if isinstance(shown, Figure) and unit is None and not _needs_no_unit(shown, known):
                raise CatalogError.at(place, "catalog_rules.printed_unit", name=name)


def _direct(catalog: Catalog, name: str) -> Figure | None:
    node = reference(catalog, name)
    return Figure(node, None) if node is not None else None


def _printed_unit(catalog: Catalog, shown: Shown) -> Unit | None:
    return shown.unit or unit_of(catalog, shown.expression) if isinstance(shown, Figure) else None


def _needs_no_unit(figure: Figure, known: Mapping[str, Kind]) -> bool:
    return check_expression(figure.expression, known, "") in (Kind.TEXT, Kind.DATE)
