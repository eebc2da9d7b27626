"""YAML catalogue to frozen definitions. What does not fit is refused with file, line and the nearest right
word.
"""

from __future__ import annotations

import hashlib
import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date
from functools import lru_cache
from importlib import resources
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import Any, TypeVar

from sheetreport.catalog import load_health, load_levers, load_rules, load_trends, overlay
from sheetreport.catalog.definitions import (
    EMPTY,
    Better,
    Catalog,
    Choice,
    FieldDef,
    FieldType,
    FindingDef,
    GoalCatalog,
    GoalTemplate,
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
from sheetreport.catalog.entries import (
    bilingual,
    expression,
    flag,
    mapping,
    mappings,
    not_one_of,
    number_or_none,
    one_of,
    required,
    strings,
    text_of,
    whole,
    word,
)
from sheetreport.catalog.lint import lint
from sheetreport.catalog.yaml import Located, did_you_mean, load_yaml, shown
from sheetreport.errors import Message
from sheetreport.formula.tree import Node
from sheetreport.model import Severity

FILES = (
    "fields.yaml",
    "measures.yaml",
    "metrics.yaml",
    "goals.yaml",
    "rules.yaml",
    "networks.yaml",
    "policy.yaml",
    "findings.yaml",
    "health.yaml",
    "levers.yaml",
    "trends.yaml",
)

ADS_STATUSES = ("allowed", "prohibited", "disputed")

_E = TypeVar("_E", FieldType, Need, Layout, Unit, Better)


def load_catalog(folder: Path | None = None) -> Catalog:
    """The built-in catalogue, checked, with the consultant's own `folder` laid over it where there is one.

    Raises CatalogError at the first mistake, with file and line.
    """
    return _load_catalog(overlay.read_folder(folder, FILES) if folder else ())


@lru_cache(maxsize=4)
def _load_catalog(own: tuple[overlay.OwnFile, ...]) -> Catalog:
    folder = resources.files("sheetreport.catalog")
    return build_catalog({name: folder.joinpath(name) for name in FILES}, own)


def build_catalog(files: Mapping[str, Traversable], own: Sequence[overlay.OwnFile] = ()) -> Catalog:
    """Read and check a catalogue from its files by name, with the consultant's own laid over them."""
    built_in = {name: load_yaml(files[name], name) for name in FILES}
    raw = overlay.lay_over(built_in, own)
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
        steps=_proposed_steps(mapping(raw["measures.yaml"], "steps")),
        messages=_messages(mapping(raw["goals.yaml"], "messages")),
        templates=tuple(_goal_template(item, measures) for item in _list(raw["measures.yaml"], "templates")),
    )
    catalog = Catalog(
        sheets=sheets,
        fields={field.id: field for sheet in sheets for field in sheet.fields},
        metrics=metrics,
        goals=goals,
        rules=load_rules.load_rules(_list(raw["rules.yaml"], "rules"), mapping(raw["rules.yaml"], "off")),
        plan=load_rules.load_plan(mapping(raw["rules.yaml"], "plan")),
        networks=networks,
        policy=policy,
        findings={
            (finding.code, finding.variant): finding
            for finding in map(_finding, _list(raw["findings.yaml"], "findings"))
        },
        health=load_health.load_areas(_list(raw["health.yaml"], "areas")),
        what_if=load_levers.load_what_if(raw["levers.yaml"], metrics),
        trends=load_trends.load_trends(_list(raw["trends.yaml"], "trends")),
        sha256=_sha256((files[name] for name in FILES), own),
    )
    lint(catalog)
    load_rules.check_rules(catalog)
    load_health.check_areas(catalog)
    load_levers.check_what_if(catalog)
    load_trends.check_trends(catalog)
    return catalog


def _sha256(files: Iterable[Traversable], own: Sequence[overlay.OwnFile]) -> str:
    """The hash of what makes the catalogue; where the consultant's folder lies makes no difference."""
    digest = hashlib.sha256()
    for file in files:
        digest.update(file.read_bytes().replace(b"\r\n", b"\n"))
    for addition in own:
        digest.update(f"\0{addition.name}\0".encode())
        digest.update(addition.data.replace(b"\r\n", b"\n"))
    return digest.hexdigest()


def _list(document: Any, key: str) -> Sequence[Located]:
    items = mappings(document, key)
    if not items:
        document.fail("catalog_file.list_of_entries", key, key=key)
    return items


def _proposed_steps(item: Located) -> Mapping[str, tuple[Text, ...]]:
    """What the report proposes for a type of goal without a plan."""
    return {kind: tuple(bilingual(step, item, kind) for step in mappings(item, kind)) for kind in item}


def _messages(item: Located) -> Mapping[str, Text]:
    return {key: text_of(item, key) for key in item}


_SHEET_KEYS = "id part layout core title learn intro record subject rows stays fields answers why_not".split()


def _sheet(item: Located, lists: Mapping[str, tuple[Choice, ...]]) -> SheetDef:
    item.only(*_SHEET_KEYS)
    sheet_id, stays = required(item, "id"), flag(item, "stays")
    fields = [_field(field, sheet_id, lists, stays=stays) for field in mappings(item, "fields")]
    if "answers" in item:
        answers = tuple(map(_choice, mappings(mapping(item, "answers"), "choices")))
        fields = _with_reasons(fields, answers, mapping(item, "why_not"))
    return SheetDef(
        id=sheet_id,
        part=required(item, "part"),
        layout=_enum(Layout, item, "layout"),
        core=flag(item, "core"),
        title=text_of(item, "title"),
        learn=text_of(item, "learn"),
        intro=_text_or_empty(item, "intro"),
        record=_text_or_empty(item, "record"),
        subject=word(item, "subject"),
        rows=whole(item, "rows", 0),
        fields=tuple(fields),
    )


def _with_reasons(
    fields: Sequence[FieldDef], answers: tuple[Choice, ...], why_not: Located
) -> list[FieldDef]:
    """Give practices their common answers and, behind each, the reason for a "no": a choice and own words."""
    reasons = tuple(map(_choice, mappings(why_not, "choices")))
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
    " aliases example scores size group stays suggestions"
).split()


def _field(item: Located, sheet_id: str, lists: Mapping[str, tuple[Choice, ...]], *, stays: bool) -> FieldDef:
    item.only(*_FIELD_KEYS)
    field_id = required(item, "id")
    choices = lists.get(field_id) or tuple(map(_choice, mappings(item, "choices")))
    scores = item.get("scores")
    if scores is not None and not (isinstance(scores, list) and [type(end) for end in scores] == [int, int]):
        item.fail("catalog_file.scores", "scores")
    default = item.get("default")
    if not isinstance(default, str | int | float | None):
        item.fail("catalog_file.default", "default", value=shown(default))
    kind = _enum(FieldType, item, "type")
    suggestions = tuple(bilingual(each, item, "suggestions") for each in mappings(item, "suggestions"))
    if suggestions and kind is not FieldType.TEXT:
        item.fail("catalog_file.suggestions", "suggestions")
    return FieldDef(
        id=field_id,
        sheet=sheet_id,
        type=kind,
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
        default=default,
        zero=word(item, "zero"),
        choices=choices,
        aliases=strings(item, "aliases"),
        example=_text_or_empty(item, "example"),
        scores=(int(scores[0]), int(scores[1])) if scores else None,
        size=whole(item, "size", 0),
        group=_text_or_empty(item, "group"),
        place=item.place,
        stays=flag(item, "stays", stays),
        suggestions=suggestions,
    )


def _choice(item: Located) -> Choice:
    item.only("id", "ru", "en", "aliases", "number")
    return Choice(
        id=required(item, "id"),
        label=bilingual(item, item, extra=("id", "aliases", "number")),
        aliases=strings(item, "aliases"),
        number=number_or_none(item, "number"),
    )


_METRIC_KEYS = (
    "id reported per section name meaning unit better formula zero zero_reason applies interval"
    " interval_kind sample previous zones zone_needs zone_source note reference"
).split()


def _metric(item: Located, policy: Mapping[str, PolicyNumber]) -> MetricDef:
    item.only(*_METRIC_KEYS)
    return MetricDef(
        id=required(item, "id"),
        reported=flag(item, "reported", True),
        per=word(item, "per"),
        section=required(item, "section"),
        name=text_of(item, "name"),
        meaning=_text_or_empty(item, "meaning"),
        unit=_enum(Unit, item, "unit"),
        better=_enum(Better, item, "better", Better.CONTEXT),
        expression=expression(item, "formula"),
        interval=_optional_expression(item, "interval"),
        interval_kind=_text_or_empty(item, "interval_kind"),
        sample=_optional_expression(item, "sample"),
        zones=tuple(_zone(zone, policy) for zone in mappings(item, "zones")),
        zone_needs=_number(item, "zone_needs", policy, 0.0) or 0.0,
        zone_source=_text_or_empty(item, "zone_source"),
        note=_text_or_empty(item, "note"),
        reference=strings(item, "reference"),
        zero=word(item, "zero"),
        zero_reason=word(item, "zero_reason"),
        applies=_optional_expression(item, "applies"),
        previous=_optional_expression(item, "previous"),
        text=str(item["formula"]),
        place=item.place,
    )


def _zone(item: Located, policy: Mapping[str, PolicyNumber]) -> Zone:
    item.only("id", "low", "high", "high_closed", "low_open", "tone", "ru", "en")
    return Zone(
        id=required(item, "id"),
        low=_number(item, "low", policy),
        high=_number(item, "high", policy),
        high_closed=flag(item, "high_closed"),
        low_open=flag(item, "low_open"),
        tone=one_of(item, "tone", ("red", "orange", "green", "neutral")),
        name=bilingual(item, item, extra=("id", "low", "high", "high_closed", "low_open", "tone")),
    )


def _measure(item: Located) -> MeasureDef:
    item.only(
        *"id types kind unit better name unit_words aliases low high activity unit_cost unit_count".split()
    )
    return MeasureDef(
        id=required(item, "id"),
        types=strings(item, "types"),
        kind=one_of(item, "kind", ("increment", "cumulative", "level", "milestone")),
        unit=_enum(Unit, item, "unit"),
        better=_enum(Better, item, "better"),
        name=text_of(item, "name"),
        unit_words=_text_or_empty(item, "unit_words"),
        aliases=strings(item, "aliases"),
        low=number_or_none(item, "low"),
        high=number_or_none(item, "high"),
        activity=flag(item, "activity"),
        unit_cost=word(item, "unit_cost"),
        unit_count=word(item, "unit_count"),
        place=item.place,
    )


def _goal_template(item: Located, measures: Sequence[MeasureDef]) -> GoalTemplate:
    item.only("id", "metric", "target", "days", "text")
    return GoalTemplate(
        id=required(item, "id"),
        measure=one_of(item, "metric", tuple(measure.id for measure in measures)),
        target=number_or_none(item, "target"),
        days=whole(item, "days", 0),
        text=text_of(item, "text"),
    )


def _network(item: Located) -> NetworkDef:
    item.only("id", "name", "aliases", "ads_status", "footnote", "checked_on", "source", "note")
    checked_on = item.get("checked_on")
    if type(checked_on) is not date:  # a datetime is a date too, but can't be compared with one
        item.fail("catalog_file.not_date", "checked_on", key="checked_on")
    return NetworkDef(
        id=required(item, "id"),
        name=text_of(item, "name"),
        aliases=strings(item, "aliases"),
        ads_status=_ads_status(item),
        footnote=_text_or_empty(item, "footnote"),
        checked_on=checked_on,
        source=word(item, "source") or "",
        note=_text_or_empty(item, "note"),
    )


def _ads_status(item: Located) -> Mapping[str, str]:
    """What is known about advertising, by the country's code."""
    statuses = mapping(item, "ads_status")
    return {country: one_of(statuses, country, ADS_STATUSES) for country in statuses}


def _policy(item: Located) -> PolicyNumber:
    item.only("id", "value", "low", "high", "reason", "source")
    value, low, high = (number_or_none(item, key) for key in ("value", "low", "high"))
    if value is None:
        item.fail("catalog_file.missing", "value", key="value")
    return PolicyNumber(
        id=required(item, "id"),
        value=value,
        reason=text_of(item, "reason"),
        source=word(item, "source") or "",
        low=low or 0.0,
        high=math.inf if high is None else high,
        place=item.places.get("value", item.place),
    )


def _finding(item: Located) -> FindingDef:
    item.only("code", "variant", "severities", "message", "expected", "fix")
    severities = strings(item, "severities") or (Severity.ERROR.value,)
    for severity in severities:
        if severity not in tuple(Severity):
            not_one_of(item, "severities", severity, tuple(Severity))
    return FindingDef(
        code=required(item, "code"),
        variant=word(item, "variant") or "",
        severities=tuple(map(Severity, severities)),
        message=text_of(item, "message"),
        expected=_text_or_empty(item, "expected"),
        fix=_text_or_empty(item, "fix"),
        place=item.place,
    )


def _enum(kind: type[_E], item: Located, key: str, default: _E | None = None) -> _E:
    value = str(item.get(key, default))
    try:
        return kind(value)
    except ValueError:
        not_one_of(item, key, value, [member.value for member in kind])


def _text_or_empty(item: Located, key: str) -> Text:
    return bilingual(item[key], item, key) if item.get(key) is not None else EMPTY


def _optional_expression(item: Located, key: str) -> Node | None:
    return expression(item, key) if item.get(key) is not None else None


def _number(
    item: Located, key: str, policy: Mapping[str, PolicyNumber], default: float | None = None
) -> float | None:
    """A number, or the name of one: `policy.usable_sample`."""
    value = item.get(key)
    if isinstance(value, str) and value.startswith("policy."):
        name = value.removeprefix("policy.")
        if name not in policy:
            problem = Message("catalog_file.no_policy", {"name": name, "hint": did_you_mean(name, policy)})
            item.fail("catalog_file.in_key", key, key=key, problem=problem)
        return policy[name].value
    return default if value is None else number_or_none(item, key)
