"""What earns how many points, what is not judged and why, what would bring more.

Everything known counts, nothing else does: what has no value or too few answers behind it takes no part, and
recommendations, dismissed or not, are never looked at.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Protocol

from sheetreport.catalog.coverage import begun_pages, waits_for_pages
from sheetreport.catalog.definitions import Better, Catalog, HealthArea, HealthItem, MetricDef, Unit, Zone
from sheetreport.i18n import round_half_up
from sheetreport.model import (
    Evidence,
    GoalResult,
    GoalStatus,
    InputCell,
    MetricResult,
    Reason,
    Row,
    State,
    Submission,
)

_SHARES = {"green": 1.0, "orange": 0.5, "red": 0.0}
_WARNINGS = frozenset({"red", "orange"})
_KEPT = frozenset({GoalStatus.ON_TRACK, GoalStatus.ACHIEVED})
_GOALS_NOT_JUDGED = frozenset({GoalStatus.NOT_EVALUABLE, GoalStatus.NO_DATA, GoalStatus.NOT_STARTED})
_GOAL_CELLS = ("goals.current", "goals.target", "goals.deadline")


class AreaStatus(StrEnum):
    """What an area calls for: the worst of its items decides, as far as it is certain."""

    GOOD = "good"
    ATTENTION = "attention"
    ACT = "act"
    NO_DATA = "no_data"


@dataclass(frozen=True, slots=True)
class Missing:
    """Why an item takes no part: a reason of a metric, or a code of health.yaml's texts with its numbers."""

    code: str
    metric: Reason | None = None
    params: Mapping[str, float] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Rung:
    """The next step up: the border to reach, as a value of the item, and the points it earns."""

    border: float | None
    points: int


@dataclass(frozen=True, slots=True)
class Goals:
    """How many goals are on track or achieved, how many at risk, and how many could be judged."""

    kept: int
    at_risk: int
    judged: int

    @property
    def share(self) -> float:
        """A goal at risk counts half, as an orange zone does."""
        return (self.kept + self.at_risk / 2) / self.judged

    @property
    def next(self) -> float:
        """The share after one more goal gets on track: one at risk where there is one."""
        return self.share + (0.5 if self.at_risk else 1) / self.judged


@dataclass(frozen=True, slots=True)
class Judged:
    """An item with the points it earned; None with the reason where it is not judged."""

    item: HealthItem
    metric: MetricDef | None
    row: Row | None
    value: float | None = None
    zone: Zone | None = None
    tone: str = ""
    points: int | None = None
    confident: bool = False
    missing: Missing | None = None
    inputs: tuple[InputCell, ...] = ()
    goals: Goals | None = None
    next: Rung | None = None


@dataclass(frozen=True, slots=True)
class JudgedArea:
    """An area with its items; `of` counts the points of the judged ones only."""

    area: HealthArea
    items: tuple[Judged, ...]

    @property
    def judged(self) -> Sequence[Judged]:
        return [item for item in self.items if item.points is not None]

    @property
    def points(self) -> int:
        return sum(item.points or 0 for item in self.judged)

    @property
    def of(self) -> int:
        return sum(item.item.points for item in self.judged)

    @property
    def score(self) -> int | None:
        return _hundredths(self.points, self.of)

    @property
    def confident(self) -> bool:
        return all(item.confident for item in self.judged)

    @property
    def status(self) -> AreaStatus:
        if not self.judged:
            return AreaStatus.NO_DATA
        if any(item.tone == "red" and item.confident for item in self.judged):
            return AreaStatus.ACT
        return AreaStatus.ATTENTION if any(item.tone != "green" for item in self.judged) else AreaStatus.GOOD


@dataclass(frozen=True, slots=True)
class Health:
    """All areas; the score is None where less than `least` of the weight could be judged."""

    areas: tuple[JudgedArea, ...]
    least: float

    @property
    def points(self) -> int:
        return sum(area.points for area in self.areas)

    @property
    def of(self) -> int:
        return sum(area.of for area in self.areas)

    @property
    def known(self) -> float:
        return self.of / sum(area.area.weight for area in self.areas)

    @property
    def score(self) -> int | None:
        return _hundredths(self.points, self.of) if self.known >= self.least else None

    def score_after(self, gain: int) -> int | None:
        """The score with so many points more, all else being equal."""
        return _hundredths(self.points + gain, self.of) if self.known >= self.least else None

    def ladder(self) -> Sequence[tuple[Judged, int]]:
        """The items that would raise the score by one step of their own, and to what; the most first."""
        if self.score is None:
            return []
        found = []
        for item in (item for area in self.areas for item in area.judged):
            if item.next is not None:
                after = self.score_after(item.next.points - (item.points or 0))
                if after is not None and after > self.score:
                    found.append((item, after))
        return sorted(found, key=lambda rung: -rung[1])


def _hundredths(points: int, of: int) -> int | None:
    return int(round_half_up(100 * points / of, 0)) if of else None


class Metrics(Protocol):
    """The part of a computation that the score needs."""

    submission: Submission
    goals: tuple[GoalResult, ...]

    def result(self, definition: MetricDef, row: Row | None) -> MetricResult | None: ...


def judge(catalog: Catalog, metrics: Metrics) -> Health:
    """The score of a computation, area by area."""
    submission = metrics.submission
    judging = _Judging(
        catalog,
        metrics,
        begun_pages(catalog, submission),
        opened=submission.get("profile.stage").value != "pre_opening",
    )
    areas = tuple(
        JudgedArea(area, tuple(judging.item(area, item) for item in area.items)) for area in catalog.health
    )
    return Health(areas, catalog.policy["health_known"].value)


@dataclass(frozen=True, slots=True)
class _Judging:
    catalog: Catalog
    metrics: Metrics
    begun: frozenset[str]
    opened: bool

    def policy(self, name: str) -> float:
        return self.catalog.policy[name].value

    def item(self, area: HealthArea, item: HealthItem) -> Judged:
        if not self.opened and not area.before_opening:
            return Judged(item, self.definition(item), None, missing=Missing("before_opening"))
        definition = self.definition(item)
        if definition is None:
            return self.kept_goals(item)
        if waits_for_pages(self.catalog, definition, self.begun):
            return Judged(item, definition, None, missing=Missing("page_blank"))
        rows: Sequence[Row | None] = self.metrics.submission.rows(item.per) if item.per else (None,)
        found = [judged for row in rows if (judged := self.measured(item, definition, row)) is not None]
        known = [judged for judged in found if judged.points is not None]
        if known:
            return min(known, key=_standing)
        return found[0] if found else Judged(item, definition, None, missing=Missing("no_rows"))

    def definition(self, item: HealthItem) -> MetricDef | None:
        return None if item.metric is None else self.catalog.metric(item.metric, item.per)

    def measured(self, item: HealthItem, metric: MetricDef, row: Row | None) -> Judged | None:
        """An item by its metric, for the company or one row; None where the row has no such metric."""
        result = self.metrics.result(metric, row)
        if result is None:
            return None
        if result.value is None:
            return Judged(item, metric, row, missing=Missing("metric", result.reason))
        needs = max(metric.zone_needs, self.policy("indicative_sample") if metric.interval else 0)
        if result.sample is not None and result.sample < needs:
            few = Missing("few_answers", params={"n": result.sample, "needs": needs})
            return Judged(item, metric, row, value=result.value, missing=few, inputs=result.inputs)
        if item.full is not None:
            return self.in_proportion(item, metric, row, result, result.value)
        return self.by_zone(item, metric, row, result, result.value)

    def in_proportion(
        self, item: HealthItem, metric: MetricDef, row: Row | None, result: MetricResult, value: float
    ) -> Judged:
        assert item.full is not None
        share = min(1.0, max(0.0, value / item.full))
        return Judged(
            item,
            metric,
            row,
            value=value,
            tone=self.tone(share),
            points=_part(item, share),
            confident=metric.interval is None or _enough(result),
            inputs=result.inputs,
            next=self.next_share(item, value, share, whole=metric.unit is Unit.COUNT),
        )

    def tone(self, share: float) -> str:
        good = share >= self.policy("health_good")
        return "green" if good else "red" if share < self.policy("health_act") else "orange"

    def next_share(self, item: HealthItem, value: float, share: float, *, whole: bool) -> Rung | None:
        """One more of what is counted; of a share, the next border of its tones."""
        if share >= self.policy("health_good") or item.full is None:
            return None
        if whole:
            border = value + 1.0
        else:
            steps = (self.policy("health_act"), self.policy("health_good"))
            border = item.full * next(step for step in steps if share < step)
        return Rung(border, _part(item, min(1.0, border / item.full)))

    def by_zone(
        self, item: HealthItem, metric: MetricDef, row: Row | None, result: MetricResult, value: float
    ) -> Judged:
        """All points in a green zone, half in an orange one; outside zones of warning there is none."""
        zone = metric.zone_of(value)
        if zone is None and not _warns_only(metric):
            return Judged(item, metric, row, value=value, missing=Missing("no_zone"), inputs=result.inputs)
        tone = zone.tone if zone else "green"
        return Judged(
            item,
            metric,
            row,
            value=value,
            zone=zone,
            tone=tone,
            points=_part(item, _SHARES[tone]),
            confident=_sure(metric, zone, result),
            inputs=result.inputs,
            next=_next_zone(item, metric, zone),
        )

    def kept_goals(self, item: HealthItem) -> Judged:
        """The share of goals that are on track or achieved, of those that can be judged by now."""
        goals = [goal for goal in self.metrics.goals if goal.status not in _GOALS_NOT_JUDGED]
        if not goals:
            code = "goals_not_judged" if self.metrics.goals else "no_goals"
            return Judged(item, None, None, missing=Missing(code))
        counts = Goals(
            kept=sum(goal.status in _KEPT for goal in goals),
            at_risk=sum(goal.status is GoalStatus.AT_RISK for goal in goals),
            judged=len(goals),
        )
        return Judged(
            item,
            None,
            None,
            value=counts.share,
            tone=self.tone(counts.share),
            points=_part(item, counts.share),
            confident=True,
            inputs=tuple(_goal_cells(goals)),
            goals=counts,
            next=Rung(None, _part(item, counts.next)) if counts.kept < counts.judged else None,
        )


def _part(item: HealthItem, share: float) -> int:
    return int(round_half_up(item.points * share, 0))


def _standing(judged: Judged) -> tuple[float, float]:
    """The order of rows from the weakest: by points, then by value."""
    assert judged.points is not None
    assert judged.value is not None
    assert judged.metric is not None
    lower = judged.metric.better is Better.LOWER
    return judged.points, -judged.value if lower else judged.value


def _warns_only(metric: MetricDef) -> bool:
    return all(zone.tone in _WARNINGS for zone in metric.zones)


def _enough(result: MetricResult) -> bool:
    return result.evidence in (None, Evidence.USABLE, Evidence.GOOD)


def _sure(metric: MetricDef, zone: Zone | None, result: MetricResult) -> bool:
    """Whether both ends of the interval earn the same points as the value."""
    if metric.interval is None:
        return True
    if not _enough(result) or result.interval is None:
        return False
    tone = zone.tone if zone else None
    ends = (metric.zone_of(end) for end in result.interval)
    return all((end.tone if end else None) == tone for end in ends)


def _next_zone(item: HealthItem, metric: MetricDef, zone: Zone | None) -> Rung | None:
    """The border of the nearest zone that earns more, or of the zone of warning to get out of."""
    if zone is None or zone.tone == "green":
        return None
    better = [one for one in metric.zones if _SHARES[one.tone] > _SHARES[zone.tone]]
    if better:
        nearest = min(better, key=lambda one: _SHARES[one.tone])
        upwards = nearest.low is not None and zone.high is not None and nearest.low >= zone.high
        return Rung(nearest.low if upwards else nearest.high, _part(item, _SHARES[nearest.tone]))
    return Rung(zone.high if zone.high is not None else zone.low, item.points)


def _goal_cells(goals: Sequence[GoalResult]) -> Iterator[InputCell]:
    for goal in goals:
        for field_id in _GOAL_CELLS:
            value = goal.row.get(field_id)
            if value.state is State.VALUE and value.source.cell:
                yield InputCell(field_id, value.source.sheet, value.source.cell, value.value)
