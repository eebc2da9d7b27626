"""The areas of health.yaml to frozen definitions, and what a score must never rest on."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from sheetreport.catalog.definitions import Catalog, HealthArea, HealthItem
from sheetreport.catalog.entries import flag, mappings, number_or_none, required, text_of, whole, word
from sheetreport.catalog.yaml import Located, did_you_mean
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
        item.fail("an item needs a metric, or goals: true, and not both", "metric")
    points = _positive(item, "points")
    if points % 2:
        item.fail(f"points: {points} is odd, and an orange zone earns half: write an even number", "points")
    full = number_or_none(item, "full")
    if full is not None and full <= 0:
        item.fail(f"full: {full:g} is not above zero", "full")
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
        item.fail(f"{key}: {value} is not above zero", key)
    return value


def check_areas(catalog: Catalog) -> None:
    """Refuse a score with a mistake: unknown metrics, metrics that earn nothing, wrong weights."""
    seen: set[object] = set()
    for area in catalog.health:
        if area.id in seen:
            raise CatalogError(f"{area.place}: area {area.id} stands twice")
        seen.add(area.id)
        for item in area.items:
            _check_item(catalog, item)
            if (item.metric, item.per) in seen:
                raise CatalogError(f"{item.place}: {item.metric or 'goals'} judges twice: keep one of them")
            seen.add((item.metric, item.per))
        total = sum(item.points for item in area.items)
        if total != area.weight:
            told = f"weight {area.weight}, but its items have {total} points"
            raise CatalogError(f"{area.place}: {area.id}: {told}: make both the same")
    weights = [area.weight for area in catalog.health]
    if sum(weights) != ALL_POINTS:
        listed = " + ".join(map(str, weights))
        place = catalog.health[-1].place
        told = f"the weights must be {ALL_POINTS} together, not {listed} = {sum(weights)}"
        raise CatalogError(f"{place}: {told}")


def _check_item(catalog: Catalog, item: HealthItem) -> None:
    for text, names in ((item.short, _SHORT_NAMES), (item.next, _NEXT_NAMES)):
        for language in LANGUAGES:
            _check_names(item, placeholders(text[language]), names)
    if item.metric is None:
        return
    variants = catalog.metrics.get(item.metric, ())
    if not variants:
        hint = did_you_mean(item.metric, catalog.metrics)
        raise CatalogError(f"{item.place}: no metric {item.metric!r}{hint}")
    metric = next((variant for variant in variants if variant.per == item.per), None)
    if metric is None:
        forms = ", ".join(f"per: {variant.per}" if variant.per else "no per" for variant in variants)
        raise CatalogError(f"{item.place}: {item.metric} has {forms}")
    if item.full is not None:
        return
    if not metric.zones:
        raise CatalogError(f"{item.place}: {item.metric} has no zones to earn points by: add full: ...")
    neutral = next((zone.id for zone in metric.zones if zone.tone == "neutral"), None)
    if neutral is not None:
        why = f"zone {neutral!r} of {item.metric} is neutral, which is worth no points and costs none"
        raise CatalogError(f"{item.place}: {why}")


def _check_names(item: HealthItem, found: Iterable[str], known: Iterable[str]) -> None:
    for name in found:
        if name not in set(known):
            listed: Sequence[str] = sorted(known)
            hint = did_you_mean(name, listed) or f": it knows {', '.join(listed)}"
            raise CatalogError(f"{item.place}: nothing fills {{{name}}}{hint}")
