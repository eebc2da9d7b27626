"""The list of trends.yaml to frozen definitions: what is followed from period to period."""

from __future__ import annotations

from collections.abc import Iterable

from sheetreport.catalog.definitions import Catalog, TrendDef
from sheetreport.catalog.entries import flag, required, text_of, word
from sheetreport.catalog.yaml import Located, did_you_mean
from sheetreport.errors import CatalogError, Message

HEALTH = "health"
"""The trend that is no metric: the score of health."""


def load_trends(items: Iterable[Located]) -> tuple[TrendDef, ...]:
    return tuple(map(_trend, items))


def _trend(item: Located) -> TrendDef:
    item.only("id", "any_length", "same_rows", "short", "reason")
    return TrendDef(
        id=required(item, "id"),
        any_length=flag(item, "any_length"),
        same_rows=word(item, "same_rows"),
        short=text_of(item, "short") if "short" in item else None,
        reason=text_of(item, "reason"),
        place=item.place,
    )


def check_trends(catalog: Catalog) -> None:
    """Refuse a trend of nothing: an unknown metric, one of rows alone, rows of an unknown table."""
    tables = {sheet.id for sheet in catalog.sheets}
    for trend in catalog.trends:
        if trend.same_rows is not None and trend.same_rows not in tables:
            params = {"name": trend.same_rows, "hint": did_you_mean(trend.same_rows, tables)}
            raise CatalogError.at(
                trend.place,
                "catalog_file.in_key",
                key="same_rows",
                problem=Message("catalog_rules.no_table", params),
            )
        if trend.id == HEALTH:
            continue
        variants = catalog.metrics.get(trend.id, ())
        if not variants:
            hint = did_you_mean(trend.id, catalog.metrics)
            raise CatalogError.at(trend.place, "catalog_file.no_metric", name=trend.id, hint=hint)
        if all(metric.per is not None for metric in variants):
            raise CatalogError.at(trend.place, "catalog_file.trend_of_rows", name=trend.id)
