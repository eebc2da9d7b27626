"""The change of a value between two periods, and whether it is more than chance, if it can be told at all."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from sheetreport.catalog.definitions import Catalog, TrendDef, Unit
from sheetreport.catalog.load_trends import HEALTH
from sheetreport.formula import intervals
from sheetreport.history.record import GROUPS, Kept, Record
from sheetreport.model import Evidence, Interval

_SURVEYED = (Unit.POINTS, Unit.SCORE, Unit.SHARE)
_WEAK = (Evidence.ANECDOTAL, Evidence.INDICATIVE)
_NPS = "nps"


class Verdict(StrEnum):
    """What may be said of a change."""

    UP = "up"
    DOWN = "down"
    SAME = "same"
    CHANCE = "chance"  # the interval of the change contains zero
    NOT_COMPARABLE = "not_comparable"


@dataclass(frozen=True, slots=True)
class Change:
    """A value against that of the earlier period `since` (its place among them), or the reason it isn't.

    Without an interval both values count everything there was: no sample, so no chance.
    """

    verdict: Verdict
    since: int | None = None
    value: float | None = None
    interval: Interval | None = None
    reason: str | None = None


@dataclass(frozen=True, slots=True)
class Point:
    """A value of a period; why it is not compared with the others, or why there is none."""

    kept: Kept | None
    apart: str | None

    @property
    def value(self) -> float | None:
        """The value, where like can be compared with like."""
        return self.kept.value if self.kept is not None and self.apart is None else None


def points(catalog: Catalog, trend: TrendDef, periods: Sequence[Record]) -> tuple[Point, ...]:
    """A metric in each period; the last of them is the one that is reported on."""
    now = periods[-1]
    return tuple(Point(_kept(record, trend), _apart(catalog, trend, record, now)) for record in periods)


def change(catalog: Catalog, trend: TrendDef, periods: Sequence[Record], found: Sequence[Point]) -> Change:
    """The last value against the latest earlier one that is known and may be compared."""
    now, earlier = found[-1], found[:-1]
    if now.value is None:
        return Change(Verdict.NOT_COMPARABLE, reason="unknown_now")
    known = [place for place, point in enumerate(earlier) if point.value is not None]
    if not known:
        apart = next((point.apart for point in reversed(earlier) if point.apart), None)
        return Change(Verdict.NOT_COMPARABLE, reason=apart or "unknown_before")
    since = known[-1]
    return _judged(catalog, trend, since, (periods[since], periods[-1]), (earlier[since], now))


def _judged(
    catalog: Catalog,
    trend: TrendDef,
    since: int,
    records: tuple[Record, Record],
    pair: tuple[Point, Point],
) -> Change:
    before, after = (point.kept for point in pair)
    assert before is not None
    assert after is not None
    assert before.value is not None
    assert after.value is not None
    difference = after.value - before.value
    if trend.id != HEALTH and _needs_interval(catalog, trend, before, after):
        if any(kept.evidence in _WEAK and Unit(kept.unit) in _SURVEYED for kept in (before, after)):
            return Change(Verdict.NOT_COMPARABLE, since, difference, reason="few_answers")
        within = _interval(trend, records, before, after)
        if within is None:
            return Change(Verdict.NOT_COMPARABLE, since, difference, reason="no_interval")
        if within[0] <= 0 <= within[1]:
            return Change(Verdict.CHANCE, since, difference, within)
        return Change(Verdict.UP if within[0] > 0 else Verdict.DOWN, since, difference, within)
    if not difference:
        return Change(Verdict.SAME, since, 0.0)
    return Change(Verdict.UP if difference > 0 else Verdict.DOWN, since, difference)


def _needs_interval(catalog: Catalog, trend: TrendDef, before: Kept, after: Kept) -> bool:
    """Whether the value comes from a sample: it has an interval, or is a share of so many people."""
    sampled = catalog.metric(trend.id).interval is not None
    return sampled or (Unit(after.unit) is Unit.SHARE and bool(before.sample) and bool(after.sample))


def _interval(trend: TrendDef, records: tuple[Record, Record], before: Kept, after: Kept) -> Interval | None:
    """The interval of the change of two independent periods, by the formula of the metric's kind."""
    if before.value is None or after.value is None:
        return None
    if trend.id == _NPS:
        groups = [[_number(record, name) for name in GROUPS] for record in reversed(records)]
        numbers = [number for group in groups for number in group if number is not None]
        return intervals.nps_difference(*numbers) if len(numbers) == 2 * len(GROUPS) else None
    if before.interval is not None and after.interval is not None:
        return intervals.difference(before.value, before.interval, after.value, after.interval)
    if Unit(after.unit) is Unit.SHARE and before.sample and after.sample:
        people = (before.value * before.sample, before.sample, after.value * after.sample, after.sample)
        return intervals.newcombe(*people) if _are_shares(before, after) else None
    return None


def _are_shares(*found: Kept) -> bool:
    return all(kept.value is not None and 0 <= kept.value <= 1 for kept in found)


def _number(record: Record, metric_id: str) -> float | None:
    kept = record.metrics.get(metric_id)
    return kept.value if kept else None


def _kept(record: Record, trend: TrendDef) -> Kept | None:
    if trend.id == HEALTH:
        if record.health is None:
            return Kept(Unit.COUNT, None, reason="unjudged")
        judged = ", ".join(f"{area_id} {area.of}" for area_id, area in record.areas.items())
        return Kept(Unit.COUNT, float(record.health), rows=judged)
    return record.metrics.get(trend.id)


def _apart(catalog: Catalog, trend: TrendDef, record: Record, now: Record) -> str | None:
    """Why a period is not compared with the one that is reported on, as a code; None where it is."""
    if record is now:
        return None
    if record.end >= now.start:
        return "overlaps"
    if record.type != now.type and not trend.any_length:
        return "other_type"
    money = trend.id != HEALTH and catalog.metric(trend.id).unit is Unit.MONEY
    if money and record.currency != now.currency:
        return "other_currency"
    before, after = _kept(record, trend), _kept(now, trend)
    if before and after and before.value is not None and before.rows != after.rows:
        return "other_rows" if trend.same_rows else "other_areas"
    return None
