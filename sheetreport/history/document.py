"""A client's periods as the result JSON holds them, in the reader's language: series, changes, verdicts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sheetreport.catalog.definitions import Better, Catalog, TrendDef, Unit
from sheetreport.catalog.load_trends import HEALTH
from sheetreport.history.compare import Change, Point, Verdict, change, points
from sheetreport.history.record import Record
from sheetreport.i18n import Wording
from sheetreport.model import Reason
from sheetreport.naming import MONEY_RATIOS, CatalogNaming

Json = dict[str, Any]

MOST_PERIODS = 12
"""How many periods a report looks back over, its own among them."""

_NO_SUCCESS = frozenset({"promo_spend_total"})

CLOSE = 0.005  # typed figures are rounded: what differs by less than this share is the same


def document(
    catalog: Catalog,
    wording: Wording,
    result: Mapping[str, Any],
    now: Record,
    earlier: Sequence[Record],
    twins: Sequence[str] = (),
) -> Json:
    """The part `history` of a result. `twins` are other workbooks of the run for the same client and period,
    the one whose figures are kept for later reports last.
    """
    return _Document(catalog, wording, result, (*earlier[1 - MOST_PERIODS :], now), tuple(twins)).build()


@dataclass(frozen=True, slots=True)
class _Document:
    catalog: Catalog
    wording: Wording
    result: Mapping[str, Any]
    periods: tuple[Record, ...]
    twins: tuple[str, ...]

    def t(self, key: str, /, **params: str | float | int) -> str:
        return self.wording.text(f"history.{key}", **params)

    def build(self) -> Json:
        series = [found for trend in self.catalog.trends if (found := self.series(trend)) is not None]
        disagreements = [found for one in series if (found := self.disagreement(one)) is not None]
        return {
            "periods": [self.period(record) for record in self.periods],
            "series": series,
            **_progress(series),
            "disagreements": disagreements,
            "twins": self.told_twins(),
            "notes": [*self.notes(series), *(found["text"] for found in disagreements)],
        }

    def period(self, record: Record) -> Json:
        return {
            "start": record.start.isoformat(),
            "end": record.end.isoformat(),
            "name": self.name(record),
            "short": self.short(record),
            "type": record.type,
            "currency": record.currency,
            "status": record.status,
            "current": record is self.periods[-1],
        }

    def name(self, record: Record) -> str:
        return self.wording.period(record.start, record.end)

    def short(self, record: Record) -> str:
        return self.wording.short_period(record.start, record.end)

    def series(self, trend: TrendDef) -> Json | None:
        """A metric over the periods; None where it was never known."""
        found = points(self.catalog, trend, self.periods)
        if not any(point.kept is not None and point.kept.value is not None for point in found):
            return None
        metric = None if trend.id == HEALTH else self.catalog.metric(trend.id)
        changed = change(self.catalog, trend, self.periods, found)
        unit = metric.unit if metric else Unit.COUNT
        return {
            "metric": trend.id,
            "name": metric.name[self.wording.language] if metric else self.wording.text("health.heading"),
            "unit": unit.value,
            "better": metric.better.value if metric else Better.HIGHER.value,
            "points": [self.point(trend, unit, point) for point in found],
            "change": self.change(trend, unit, changed),
        }

    def point(self, trend: TrendDef, unit: Unit, point: Point) -> Json:
        kept = point.kept
        unknown = kept is None or kept.value is None
        reason = (kept.reason if kept else None) or "not_recorded" if unknown else point.apart
        value = None if kept is None else kept.value
        return {
            "value": value,
            "interval": list(kept.interval) if kept and kept.interval else None,
            "shown": None if value is None else self.shown(trend, unit, value),
            "compared": point.value is not None,
            "reason": reason,
            "reason_text": self.reason(reason) if reason else None,
        }

    def reason(self, code: str) -> str:
        """Why a period has no value, or is not compared, in words."""
        if self.wording.has(f"history.reason_{code}"):
            return self.t(f"reason_{code}", usable=self.catalog.policy["usable_sample"].value)
        kind, _, about = code.partition(":")
        return CatalogNaming(self.catalog, self.wording).reason(Reason(kind, about or None))

    def change(self, trend: TrendDef, unit: Unit, found: Change) -> Json:
        return {
            "since": found.since,
            "value": found.value,
            "interval": list(found.interval) if found.interval else None,
            "verdict": found.verdict.value,
            "reason": found.reason,
            "reason_text": self.reason(found.reason) if found.reason else None,
            "shown": self.change_shown(trend, unit, found),
            "text": self.told(trend, unit, found),
        }

    def told(self, trend: TrendDef, unit: Unit, found: Change) -> str:
        """One sentence on the change."""
        if found.since is None or found.value is None:
            return self.t("change_unjudged", reason=self.reason(found.reason or "unknown_before"))
        params = {
            "since": self.short(self.periods[found.since]),
            "change": self.difference(trend, unit, found.value),
            "range": self.range(trend, unit, found),
            "reason": self.reason(found.reason) if found.reason else "",
        }
        exact = found.verdict in (Verdict.UP, Verdict.DOWN) and found.interval is None
        return self.t(f"change_{found.verdict.value}{'_exact' if exact else ''}", **params)

    def shown(self, trend: TrendDef, unit: Unit, value: float) -> str:
        if unit is Unit.MONEY:
            return self.wording.brief_money(value)
        said = self.wording.value(value, unit)
        return self.wording.per_one(said) if trend.id in MONEY_RATIOS else said

    def difference(self, trend: TrendDef, unit: Unit, value: float) -> str:
        if trend.id in MONEY_RATIOS:
            return ("+" if value > 0 else "") + self.shown(trend, unit, value)
        return self.wording.points(value) if unit is Unit.POINTS else self.wording.change(value, unit)

    def change_shown(self, trend: TrendDef, unit: Unit, found: Change) -> str | None:
        """A change with its interval; None where nothing is said of it."""
        if found.value is None or found.verdict is Verdict.NOT_COMPARABLE:
            return None
        shown, within = self.difference(trend, unit, found.value), self.range(trend, unit, found)
        return f"{shown} ({within})" if within else shown

    def range(self, trend: TrendDef, unit: Unit, found: Change) -> str:
        """The interval of a change, both ends with their signs."""
        if found.interval is None:
            return ""
        low, high = (self.difference(trend, unit, end) for end in found.interval)
        return low if low == high else self.wording.text("common.range_signed", low=low, high=high)

    def disagreement(self, series: Json) -> Json | None:
        """Where the owner typed another figure for the last period than its own workbook gave."""
        if len(self.periods) < 2 or not series["points"][-2]["compared"] or not self.is_next():
            return None
        entry = next((one for one in self.result["metrics"] if _is_company(one, series["metric"])), None)
        typed, recorded = (entry or {}).get("previous"), series["points"][-2]["value"]
        if typed is None or abs(typed - recorded) <= CLOSE * max(abs(typed), abs(recorded)):
            return None
        trend = next(trend for trend in self.catalog.trends if trend.id == series["metric"])
        said, kept = (self.shown(trend, Unit(series["unit"]), value) for value in (typed, recorded))
        if said == kept:
            return None
        return {
            "metric": series["metric"],
            "typed": typed,
            "recorded": recorded,
            "text": self.t(
                "disagreement",
                name=series["name"],
                since=self.name(self.periods[-2]),
                typed=said,
                recorded=kept,
            ),
        }

    def is_next(self) -> bool:
        """Whether the last recorded period is the one that figures typed as earlier ones are about."""
        return (self.periods[-1].start - self.periods[-2].end).days == 1

    def notes(self, series: Sequence[Json]) -> list[str]:
        """Which periods are set apart, and why."""
        told = []
        for place, record in enumerate(self.periods[:-1]):
            codes = {one["points"][place]["reason"] for one in series if not one["points"][place]["compared"]}
            told += [
                self.t("note_apart", period=self.name(record), reason=self.reason(code))
                for code in ("overlaps", "other_type", "other_currency")
                if code in codes
            ]
        return told

    def told_twins(self) -> str | None:
        """Which of several workbooks of the period is kept."""
        if not self.twins:
            return None
        return self.t("note_twins", files=", ".join(self.twins), kept=self.twins[-1])


def _progress(series: Sequence[Json]) -> Json:
    """The metrics that got better, worse, or moved by no more than chance, by id.

    One that is good neither high nor low takes no part, nor does the spend, which is no success in itself.
    """
    found: dict[str, list[str]] = {"better": [], "worse": [], "unclear": []}
    for one in series:
        verdict, better = one["change"]["verdict"], one["better"]
        if verdict == Verdict.NOT_COMPARABLE or better == Better.CONTEXT or one["metric"] in _NO_SUCCESS:
            continue
        if verdict in (Verdict.SAME, Verdict.CHANCE):
            found["unclear"].append(one["metric"])
        else:
            good = (verdict == Verdict.UP) == (better == Better.HIGHER)
            found["better" if good else "worse"].append(one["metric"])
    return dict(found)


def _is_company(entry: Mapping[str, Any], metric_id: str) -> bool:
    return entry["id"] == metric_id and entry["row"] is None
