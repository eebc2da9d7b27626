"""The areas of health.yaml to frozen definitions, and what a score must never rest on."""

from __future__ import annotations

from collections.abc import Iterable

from sheetreport.catalog.definitions import Catalog, HealthArea, HealthItem
from sheetreport.catalog.entries import (
    flag,
    forms_of,
    mappings,
    number_or_none,
    required,
    text_of,
    whole,
    word,
)
from sheetreport.catalog.yaml import Located, did_you_mean, nearest_or_all, shown
from sheetreport.errors import CatalogError
from sheetreport.i18n import placeholders
from sheetreport.model import LANGUAGES

ALL_POINTS = 100
_SHORT_NAMES = {"subject"}
_NEXT_NAMES = {"subject", "border"}


def load_areas(items: Iterable[Located]) -> tuple[HealthArea, ...]:
    return tuple(map(_area, items))


def _area(item: Located) -> HealthArea:
    item.only("id", "name", "weight", "reason", "before_opening", "items")
    return HealthArea(
        id=required(item, "id"),
        name=text_of(item, "name"),
        weight=_positive(item, "weight"),
        reason=text_of(item, "reason"),
        before_opening=flag(item, "before_opening"),
        items=tuple(map(_item, mappings(item, "items"))),
        place=item.place,
    )


def _item(item: Located) -> HealthItem:
    item.only("metric", "per", "goals", "points", "full", "short", "next")
    if flag(item, "goals") is ("metric" in item):
        item.fail("catalog_file.metric_or_goals", "metric")
    points = _positive(item, "points")
    if points % 2:
        item.fail("catalog_file.odd_points", "points", points=points)
    full = number_or_none(item, "full")
    if full is not None and full <= 0:
        item.fail("catalog_file.not_above_zero", "full", key="full", value=shown(item["full"]))
    return HealthItem(
        metric=word(item, "metric"),
        per=word(item, "per"),
        points=points,
        full=full,
        short=text_of(item, "short"),
        next=text_of(item, "next"),
        place=item.place,
    )


def _positive(item: Located, key: str) -> int:
    value = whole(item, key, 0)
    if value <= 0:
        item.fail("catalog_file.not_above_zero", key, key=key, value=shown(value))
    return value


def check_areas(catalog: Catalog) -> None:
    """Refuse a score with a mistake: unknown metrics, metrics that earn nothing, wrong weights."""
    seen: set[object] = set()
    for area in catalog.health:
        if area.id in seen:
            raise CatalogError.at(area.place, "catalog_file.area_twice", id=area.id)
        seen.add(area.id)
        for item in area.items:
            _check_item(catalog, item)
            if (item.metric, item.per) in seen:
                name = item.metric or "goals"
                raise CatalogError.at(item.place, "catalog_file.judges_twice", name=name)
            seen.add((item.metric, item.per))
        total = sum(item.points for item in area.items)
        if total != area.weight:
            raise CatalogError.at(
                area.place, "catalog_file.weight_of_items", id=area.id, weight=area.weight, points=total
            )
    weights = [area.weight for area in catalog.health]
    if sum(weights) != ALL_POINTS:
        listed, place = " + ".join(map(str, weights)), catalog.health[-1].place
        raise CatalogError.at(
            place, "catalog_file.weights", wanted=ALL_POINTS, listed=listed, total=sum(weights)
        )


def _check_item(catalog: Catalog, item: HealthItem) -> None:
    for text, names in ((item.short, _SHORT_NAMES), (item.next, _NEXT_NAMES)):
        for language in LANGUAGES:
            _check_names(item, placeholders(text[language]), names)
    if item.metric is None:
        return
    variants = catalog.metrics.get(item.metric, ())
    if not variants:
        hint = did_you_mean(item.metric, catalog.metrics)
        raise CatalogError.at(item.place, "catalog_file.no_metric", name=item.metric, hint=hint)
    metric = next((variant for variant in variants if variant.per == item.per), None)
    if metric is None:
        forms = forms_of("per", [variant.per for variant in variants])
        raise CatalogError.at(item.place, "catalog_file.metric_forms", name=item.metric, forms=forms)
    if item.full is not None:
        return
    if not metric.zones:
        raise CatalogError.at(item.place, "catalog_file.no_zones", name=item.metric)
    neutral = next((zone.id for zone in metric.zones if zone.tone == "neutral"), None)
    if neutral is not None:
        raise CatalogError.at(item.place, "catalog_file.neutral_zone", name=item.metric, zone=neutral)


def _check_names(item: HealthItem, found: Iterable[str], known: Iterable[str]) -> None:
    for name in found:
        if name not in set(known):
            hint = nearest_or_all(name, sorted(known))
            raise CatalogError.at(item.place, "catalog_file.nothing_fills", name=name, hint=hint)
