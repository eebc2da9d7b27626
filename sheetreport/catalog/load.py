"""YAML catalogue to frozen definitions. What does not fit is refused with file, line and the nearest right
word.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date
from functools import lru_cache
from importlib import resources
from importlib.resources.abc import Traversable
from typing import Any, TypeVar

from sheetreport.catalog import load_rules
from sheetreport.catalog.definitions import (
    EMPTY,
    Better,
    Catalog,
    Choice,
    FieldDef,
    FieldType,
    FindingDef,
    GoalCatalog,
    Layout,
    MeasureDef,
    MetricDef,
    Need,
    NetworkDef,
    PolicyNumber,
    SheetDef,
    Text,
    Unit,
    Zone,
)
from sheetreport.catalog.entries import bilingual, expression, one_of, required, text_of
from sheetreport.catalog.lint import lint
from sheetreport.catalog.yaml import Located, did_you_mean, load_yaml
from sheetreport.formula.tree import Node

FILES = (
    "fields.yaml",
    "measures.yaml",
    "metrics.yaml",
    "goals.yaml",
    "rules.yaml",
    "networks.yaml",
    "policy.yaml",
    "findings.yaml",
)

_E = TypeVar("_E", FieldType, Need, Layout, Unit, Better)


@lru_cache(maxsize=1)
def load_catalog() -> Catalog:
    """The built-in catalogue, checked. Raises CatalogError at the first mistake, with file and line."""
    folder = resources.files("sheetreport.catalog")
    return build_catalog({name: folder.joinpath(name) for name in FILES})


def build_catalog(files: Mapping[str, Traversable]) -> Catalog:
    """Read and check a catalogue from its files by name."""
    raw = {name: load_yaml(files[name], name) for name in FILES}
    policy = {number.id: number for number in map(_policy, _list(raw["policy.yaml"], "policy"))}
    measures = tuple(_measure(item) for item in _list(raw["measures.yaml"], "measures"))
    networks = tuple(_network(item) for item in _list(raw["networks.yaml"], "networks"))
    places = tuple(Choice(network.id, network.name, network.aliases) for network in networks)
    lists = {
        "goals.metric": tuple(Choice(measure.id, measure.name, measure.aliases) for measure in measures),
        "channels.network": places,
        "social.network": places,
    }
    sheets = tuple(_sheet(item, lists) for item in _list(raw["fields.yaml"], "sheets"))
    metrics: dict[str, tuple[MetricDef, ...]] = {}
    for metric in (_metric(item, policy) for item in _list(raw["metrics.yaml"], "metrics")):
        metrics[metric.id] = (*metrics.get(metric.id, ()), metric)
    goals = GoalCatalog(
        measures=measures,
        numbers=tuple(_metric(item, policy) for item in _list(raw["goals.yaml"], "numbers")),
        steps={
            kind: tuple(bilingual(step, raw["measures.yaml"]) for step in steps)
            for kind, steps in raw["measures.yaml"]["steps"].items()
        },
        messages={
            key: bilingual(value, raw["goals.yaml"]) for key, value in raw["goals.yaml"]["messages"].items()
        },
    )
    catalog = Catalog(
        sheets=sheets,
        fields={field.id: field for sheet in sheets for field in sheet.fields},
        metrics=metrics,
        goals=goals,
        rules=load_rules.load_rules(_list(raw["rules.yaml"], "rules")),
        networks=networks,
        policy=policy,
        findings={
            (finding.code, finding.variant): finding
            for finding in map(_finding, _list(raw["findings.yaml"], "findings"))
        },
        sha256=_sha256(files[name] for name in FILES),
    )
    lint(catalog)
    load_rules.check_rules(catalog)
    return catalog


def _sha256(files: Iterable[Traversable]) -> str:
    digest = hashlib.sha256()
    for file in files:
        digest.update(file.read_bytes().replace(b"\r\n", b"\n"))
    return digest.hexdigest()


def _list(document: Any, key: str) -> Sequence[Located]:
    items = document[key]
    if not items or not all(isinstance(item, Located) for item in items):
        document.fail(f"{key} must be a list of entries", key)
    checked: Sequence[Located] = items
    return checked


def _sheet(item: Located, lists: Mapping[str, tuple[Choice, ...]]) -> SheetDef:
    item.only(*"id part layout core title learn intro record subject rows fields answers why_not".split())
    sheet_id = required(item, "id")
    fields = [_field(field, sheet_id, lists) for field in item.get("fields", [])]
    if "answers" in item:
        fields = _with_reasons(fields, tuple(map(_choice, item["answers"]["choices"])), item["why_not"])
    return SheetDef(
        id=sheet_id,
        part=required(item, "part"),
        layout=_enum(Layout, item, "layout"),
        core=bool(item.get("core", False)),
        title=text_of(item, "title"),
        learn=text_of(item, "learn"),
        intro=_text_or_empty(item, "intro"),
        record=_text_or_empty(item, "record"),
        subject=item.get("subject"),
        rows=int(item.get("rows", 0)),
        fields=tuple(fields),
    )


def _with_reasons(
    fields: Sequence[FieldDef], answers: tuple[Choice, ...], why_not: Located
) -> list[FieldDef]:
    """Give practices their common answers and, behind each, the reason for a "no": a choice and own words."""
    reasons = tuple(map(_choice, why_not["choices"]))
    label, text_label = text_of(why_not, "label"), text_of(why_not, "text_label")
    complete: list[FieldDef] = []
    for field in fields:
        if field.type is not FieldType.CHOICE or field.choices:  # a "no" to a risk needs no reason
            complete.append(field)
            continue
        bare = replace(field, hint=EMPTY, why=EMPTY, aliases=())
        complete += [
            replace(field, choices=answers),
            replace(bare, id=f"{field.id}.why_not", label=label, choices=reasons),
            replace(bare, id=f"{field.id}.why_text", label=text_label, type=FieldType.TEXT),
        ]
    return complete


_FIELD_KEYS = (
    "id type need core table label hint why unit zero derived prefilled personal signed default choices"
    " aliases example scores size group"
).split()


def _field(item: Located, sheet_id: str, lists: Mapping[str, tuple[Choice, ...]]) -> FieldDef:
    item.only(*_FIELD_KEYS)
    field_id = required(item, "id")
    choices = lists.get(field_id) or tuple(map(_choice, item.get("choices", ())))
    scores = item.get("scores")
    return FieldDef(
        id=field_id,
        sheet=sheet_id,
        type=_enum(FieldType, item, "type"),
        need=_enum(Need, item, "need", Need.OPTIONAL),
        label=text_of(item, "label"),
        hint=_text_or_empty(item, "hint"),
        why=_text_or_empty(item, "why"),
        unit=_text_or_empty(item, "unit"),
        core=bool(item.get("core", False)),
        table=bool(item.get("table", False)),
        derived=bool(item.get("derived", False)),
        prefilled=bool(item.get("prefilled", False)),
        personal=bool(item.get("personal", False)),
        signed=bool(item.get("signed", False)),
        default=item.get("default"),
        zero=item.get("zero"),
        choices=choices,
        aliases=tuple(map(str, item.get("aliases", ()))),
        example=_text_or_empty(item, "example"),
        scores=(int(scores[0]), int(scores[1])) if scores else None,
        size=int(item.get("size", 0)),
        group=_text_or_empty(item, "group"),
        line=item.line,
    )


def _choice(item: Located) -> Choice:
    item.only("id", "ru", "en", "aliases", "number")
    number = item.get("number")
    return Choice(
        id=required(item, "id"),
        label=bilingual(item, item, extra=("id", "aliases", "number")),
        aliases=tuple(map(str, item.get("aliases", ()))),
        number=None if number is None else float(number),
    )


_METRIC_KEYS = (
    "id reported per section name meaning unit better formula zero zero_reason applies interval"
    " interval_kind sample previous zones zone_needs zone_source note reference"
).split()


def _metric(item: Located, policy: Mapping[str, PolicyNumber]) -> MetricDef:
    item.only(*_METRIC_KEYS)
    return MetricDef(
        id=required(item, "id"),
        reported=bool(item.get("reported", True)),
        per=item.get("per"),
        section=required(item, "section"),
        name=text_of(item, "name"),
        meaning=_text_or_empty(item, "meaning"),
        unit=_enum(Unit, item, "unit"),
        better=_enum(Better, item, "better", Better.CONTEXT),
        expression=expression(item, "formula"),
        interval=_optional_expression(item, "interval"),
        interval_kind=_text_or_empty(item, "interval_kind"),
        sample=_optional_expression(item, "sample"),
        zones=tuple(_zone(zone, policy) for zone in item.get("zones", ())),
        zone_needs=_number(item, "zone_needs", policy, 0.0) or 0.0,
        zone_source=_text_or_empty(item, "zone_source"),
        note=_text_or_empty(item, "note"),
        reference=tuple(map(str, item.get("reference", ()))),
        zero=item.get("zero"),
        zero_reason=item.get("zero_reason"),
        applies=_optional_expression(item, "applies"),
        previous=_optional_expression(item, "previous"),
        text=str(item["formula"]),
        line=item.line,
    )


def _zone(item: Located, policy: Mapping[str, PolicyNumber]) -> Zone:
    item.only("id", "low", "high", "high_closed", "low_open", "tone", "ru", "en")
    return Zone(
        id=required(item, "id"),
        low=_number(item, "low", policy),
        high=_number(item, "high", policy),
        high_closed=bool(item.get("high_closed", False)),
        low_open=bool(item.get("low_open", False)),
        tone=one_of(item, "tone", ("red", "orange", "green", "neutral")),
        name=bilingual(item, item, extra=("id", "low", "high", "high_closed", "low_open", "tone")),
    )


def _measure(item: Located) -> MeasureDef:
    item.only(
        *"id types kind unit better name unit_words aliases low high activity unit_cost unit_count".split()
    )
    return MeasureDef(
        id=required(item, "id"),
        types=tuple(item.get("types", ())),
        kind=one_of(item, "kind", ("increment", "cumulative", "level", "milestone")),
        unit=_enum(Unit, item, "unit"),
        better=_enum(Better, item, "better"),
        name=text_of(item, "name"),
        unit_words=_text_or_empty(item, "unit_words"),
        aliases=tuple(map(str, item.get("aliases", ()))),
        low=_plain_number(item, "low"),
        high=_plain_number(item, "high"),
        activity=bool(item.get("activity", False)),
        unit_cost=item.get("unit_cost"),
        unit_count=item.get("unit_count"),
    )


def _network(item: Located) -> NetworkDef:
    item.only("id", "name", "aliases", "ads_status", "footnote", "checked_on", "source", "note")
    checked_on = item.get("checked_on")
    if not isinstance(checked_on, date):
        item.fail("checked_on must be a date, e.g. 2026-11-21", "checked_on")
    return NetworkDef(
        id=required(item, "id"),
        name=text_of(item, "name"),
        aliases=tuple(map(str, item.get("aliases", ()))),
        ads_status=dict(item.get("ads_status", {})),
        footnote=_text_or_empty(item, "footnote"),
        checked_on=checked_on,
        source=str(item.get("source", "")),
        note=_text_or_empty(item, "note"),
    )


def _policy(item: Located) -> PolicyNumber:
    item.only("id", "value", "reason", "source")
    value = item.get("value")
    if isinstance(value, bool) or not isinstance(value, int | float):
        item.fail("value must be a number", "value")
    return PolicyNumber(
        required(item, "id"), float(value), text_of(item, "reason"), str(item.get("source", ""))
    )


def _finding(item: Located) -> FindingDef:
    item.only("code", "variant", "message", "expected", "fix")
    return FindingDef(
        code=required(item, "code"),
        variant=str(item.get("variant", "")),
        message=text_of(item, "message"),
        expected=_text_or_empty(item, "expected"),
        fix=_text_or_empty(item, "fix"),
    )


def _enum(kind: type[_E], item: Located, key: str, default: _E | None = None) -> _E:
    value = str(item.get(key, default))
    try:
        return kind(value)
    except ValueError:
        known = [member.value for member in kind]
        item.fail(f"{key}: {value!r} is not one of {', '.join(known)}{did_you_mean(value, known)}", key)


def _text_or_empty(item: Located, key: str) -> Text:
    return bilingual(item[key], item, key) if item.get(key) is not None else EMPTY


def _optional_expression(item: Located, key: str) -> Node | None:
    return expression(item, key) if item.get(key) is not None else None


def _plain_number(item: Located, key: str) -> float | None:
    value = item.get(key)
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, int | float):
        item.fail(f"{key}: {value!r} is not a number", key)
    return float(value)


def _number(
    item: Located, key: str, policy: Mapping[str, PolicyNumber], default: float | None = None
) -> float | None:
    """A number, or the name of one: `policy.usable_sample`."""
    value = item.get(key)
    if isinstance(value, str) and value.startswith("policy."):
        name = value.removeprefix("policy.")
        if name not in policy:
            item.fail(f"{key}: no policy number {name!r}{did_you_mean(name, policy)}", key)
        return policy[name].value
    return default if value is None else _plain_number(item, key)
