"""Goals: the arithmetic of goals.yaml for each, its status, the five SMART verdicts and the price of the
gap.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date, timedelta
from typing import Protocol

from sheetreport.catalog.definitions import Catalog, MeasureDef, MetricDef
from sheetreport.model import (
    BLANK,
    GoalResult,
    GoalStatus,
    MetricResult,
    Origin,
    Param,
    Reason,
    Row,
    Scalar,
    SmartLetter,
    State,
    Step,
    Submission,
    Value,
    Verdict,
)
from sheetreport.networks import bought_on_page, channel_of, page_of

PROPOSED_STEPS = 4
_DIGITS = 9
"""To this many digits a number is compared with a border: decimal fractions are not exact in binary."""


class Metrics(Protocol):
    """The part of a computation that goals need."""

    submission: Submission

    def result(self, definition: MetricDef, row: Row | None) -> MetricResult | None: ...

    def definition(self, metric_id: str, sheet: str | None) -> MetricDef: ...


def _known(value: Scalar | None) -> Value:
    return BLANK if value is None else Value(State.VALUE, value, origin=Origin.DERIVED)


def _text(row: Row, field_id: str) -> str | None:
    value = row.get(field_id)
    return value.value if value.state is State.VALUE and isinstance(value.value, str) else None


def _number(row: Row, field_id: str) -> float | None:
    value = row.get(field_id)
    known = value.state is State.VALUE and isinstance(value.value, int | float)
    return float(value.value) if known else None  # type: ignore[arg-type]


def _date(row: Row, field_id: str) -> date | None:
    value = row.get(field_id)
    return value.value if value.state is State.VALUE and isinstance(value.value, date) else None


def _steps(row: Row) -> tuple[Step, ...]:
    value = row.get("goals.steps").value
    return tuple(step for step in value if isinstance(step, Step)) if isinstance(value, tuple) else ()


def _measure(catalog: Catalog, row: Row) -> MeasureDef | None:
    metric = _text(row, "goals.metric")
    return catalog.goals.measure(metric) if metric else None


# --- before the arithmetic ------------------------------------------------------------------------


def with_givens(catalog: Catalog, submission: Submission, metrics: Metrics) -> Submission:
    """Fill the columns of goals that the arithmetic needs: bounds, steps done, what a unit costs at the
    place.

    """
    rows = tuple(
        replace(row, values={**row.values, **_givens(catalog, row, metrics)})
        for row in submission.rows("goals")
    )
    return replace(submission, tables={**submission.tables, "goals": rows}) if rows else submission


def _givens(catalog: Catalog, row: Row, metrics: Metrics) -> Mapping[str, Value]:
    measure, steps = _measure(catalog, row), _steps(row)
    known: dict[str, Scalar | None] = {
        "goals.bound_low": measure.low if measure else None,
        "goals.bound_high": measure.high if measure else None,
        "goals.steps_done": sum(step.done for step in steps) if steps else None,
        "goals.steps_total": len(steps) or None,
        "goals.reached": "yes" if _reached(row, steps) else "no",
    }
    known |= _unit_cost(catalog, row, measure, metrics)
    return {field_id: _known(value) for field_id, value in known.items()}


def _unit_cost(
    catalog: Catalog, row: Row, measure: MeasureDef | None, metrics: Metrics
) -> Mapping[str, Scalar | None]:
    """What one more unit costs at the goal's place: in its channel, or on its page for followers."""
    if measure is None or measure.unit_cost is None:
        return {}
    place = _text(row, "goals.place")
    if bought_on_page(catalog, measure):
        page, budget = page_of(catalog, metrics.submission, place), _number(row, "goals.budget")
        if page is None or not budget:
            return {}  # a goal without a budget of its own is organic
        count = _of_row(metrics, measure.unit_count, page)
        return {
            "goals.unit_cost": _of_row(metrics, measure.unit_cost, page),
            "goals.unit_spend": _number(page, "social.ad_spend"),
            "goals.unit_count": count if count is not None and count > 0 else None,
            "goals.unit_channel": page.subject,
            "goals.unit_cost_type": "social_ads",
        }
    channel = channel_of(catalog, metrics.submission, place)
    if channel is None:
        return {}
    return {
        "goals.unit_cost": _of_row(metrics, measure.unit_cost, channel, "channels"),
        "goals.unit_spend": _number(channel, "channels.spend"),
        "goals.unit_count": _number(channel, measure.unit_count) if measure.unit_count else None,
        "goals.unit_channel": channel.subject,
        "goals.unit_cost_type": _text(channel, "channels.type"),
    }


def _of_row(metrics: Metrics, metric_id: str | None, row: Row, sheet: str = "social") -> float | None:
    result = metrics.result(metrics.definition(metric_id, sheet), row) if metric_id else None
    return result.value if result else None


def _reached(row: Row, steps: tuple[Step, ...]) -> bool:
    if _text(row, "goals.kind") == "milestone":
        return bool(steps) and all(step.done for step in steps)
    current, target = _number(row, "goals.current"), _number(row, "goals.target")
    if current is None or target is None:
        return False
    return current <= target if _text(row, "goals.direction") == "lower" else current >= target


# --- the verdicts ---------------------------------------------------------------------------------


def judge(catalog: Catalog, metrics: Metrics) -> tuple[GoalResult, ...]:
    """Every goal with its numbers, status and SMART verdicts, in the order of the workbook."""
    return tuple(_judge(catalog, metrics, row) for row in metrics.submission.rows("goals"))


def _judge(catalog: Catalog, metrics: Metrics, row: Row) -> GoalResult:
    numbers = {
        definition.id: result
        for definition in catalog.goals.numbers
        if (result := metrics.result(definition, row)) is not None
    }
    measure, steps = _measure(catalog, row), _steps(row)
    status = _status(catalog, row, numbers, measure)
    smart = _smart(catalog, metrics.submission, row, numbers, measure)
    if status in (GoalStatus.NOT_STARTED, GoalStatus.NOT_EVALUABLE):
        numbers = {key: _withheld(key, result, status) for key, result in numbers.items()}
    kind = _text(row, "goals.goal_type")
    proposed = () if steps or kind is None else catalog.goals.steps.get(kind, ())[:PROPOSED_STEPS]
    budget = numbers["goal_budget"]
    return GoalResult(
        index=row.index,
        row=row,
        text=row.subject,
        measure=measure.id if measure else None,
        numbers=numbers,
        status=status,
        notes=_notes(catalog, metrics, row, status, numbers, measure),
        smart=smart,
        forecast_date=_forecast_date(row, metrics.submission, numbers),
        budget=budget.value,
        budget_range=budget.interval,
        budget_units=_number(row, "goals.unit_count"),
        steps=steps,
        steps_proposed=bool(proposed),
    )


_BEFORE_START = frozenset(
    {"goal_elapsed", "goal_point_a", "goal_days", "goal_days_left", "goal_pace_ratio", "goal_today"}
)


def _withheld(key: str, result: MetricResult, status: GoalStatus) -> MetricResult:
    """A goal that has not begun, or can't be judged, has no progress yet, whatever stands in its cells."""
    if result.value is None or key in _BEFORE_START:
        return result
    return replace(result, value=None, interval=None, reason=Reason(status.value))


def _status(
    catalog: Catalog, row: Row, numbers: Mapping[str, MetricResult], measure: MeasureDef | None
) -> GoalStatus:
    """The first line of the specification's table that matches."""
    milestone = _text(row, "goals.kind") == "milestone"
    start, deadline = _date(row, "goals.start"), _date(row, "goals.deadline")
    judged = (
        "goals.metric",
        "goals.target",
        "goals.deadline",
        "goals.start",
        "goals.point_a",
        "goals.current",
    )
    wrong = any(row.get(field_id).state is State.INVALID for field_id in judged)
    aimless = not milestone and _number(row, "goals.target") is None
    if wrong or measure is None or aimless or start is None or deadline is None or deadline <= start:
        return GoalStatus.NOT_EVALUABLE
    if milestone and not _steps(row):
        return GoalStatus.NOT_EVALUABLE
    today = numbers["goal_today"].value
    if today is None:
        return GoalStatus.NOT_EVALUABLE
    if today < 0:
        return GoalStatus.NOT_STARTED
    if not milestone and _number(row, "goals.current") is None:
        return GoalStatus.NO_DATA
    if _text(row, "goals.reached") == "yes":
        return GoalStatus.ACHIEVED
    if today > (deadline - start).days:
        return GoalStatus.OVERDUE
    return _pace_status(catalog, numbers)


def _pace_status(catalog: Catalog, numbers: Mapping[str, MetricResult]) -> GoalStatus:
    elapsed, index = numbers["goal_elapsed"].value, numbers["goal_index"].value
    if numbers["goal_progress"].value is None:
        return GoalStatus.NO_DATA
    if not elapsed or index is None:
        return GoalStatus.ON_TRACK  # the first day
    policy, index = catalog.policy, round(index, _DIGITS)
    if index >= policy["goal_on_track"].value:
        return GoalStatus.ON_TRACK
    if index >= policy["goal_at_risk"].value or elapsed < policy["goal_early"].value:
        return GoalStatus.AT_RISK
    return GoalStatus.OFF_TRACK


def _wrong_way(numbers: Mapping[str, MetricResult]) -> bool:
    progress = numbers["goal_progress"].value
    return progress is not None and progress < 0


def _notes(
    catalog: Catalog,
    metrics: Metrics,
    row: Row,
    status: GoalStatus,
    numbers: Mapping[str, MetricResult],
    measure: MeasureDef | None,
) -> tuple[str, ...]:
    notes = []
    today, length = numbers["goal_today"].value, numbers["goal_days"].value
    if status is GoalStatus.ACHIEVED and today is not None and length is not None and today > length:
        notes.append("note_late")
    if status is GoalStatus.ACHIEVED and measure and _target_within_error(catalog, metrics, row, measure):
        notes.append("note_within_error")
    running = status in (GoalStatus.AT_RISK, GoalStatus.OFF_TRACK, GoalStatus.ON_TRACK, GoalStatus.OVERDUE)
    if running and _wrong_way(numbers):
        notes.append("note_wrong_way")
    elapsed = numbers["goal_elapsed"].value
    if status is GoalStatus.AT_RISK and elapsed is not None and elapsed < catalog.policy["goal_early"].value:
        notes.append("note_early")
    if running and today is not None and today == length:
        notes.append("note_last_day")
    return tuple(notes)


def _target_within_error(catalog: Catalog, metrics: Metrics, row: Row, measure: MeasureDef) -> bool:
    """Whether the survey behind a level goal leaves its target inside the margin of error."""
    if _text(row, "goals.kind") != "level" or measure.id not in catalog.metrics:
        return False
    definition = catalog.metric(measure.id)
    result = metrics.result(definition, None) if definition.per is None else None
    target = _number(row, "goals.target")
    return bool(
        result
        and result.interval
        and target is not None
        and result.interval[0] <= target <= result.interval[1]
    )


def _forecast_date(row: Row, submission: Submission, numbers: Mapping[str, MetricResult]) -> date | None:
    days = numbers["goal_days_to_target"].value
    today = _date(row, "goals.current_date") or submission.get("profile.report_date").value
    if days is None or not isinstance(today, date) or days > 36_500:
        return None
    return today + timedelta(days=round(days))


# --- SMART ----------------------------------------------------------------------------------------

_PASS = SmartLetter(Verdict.PASS)


def _fail(message: str, **params: Param) -> SmartLetter:
    return SmartLetter(Verdict.FAIL, message, params)


def _unknown(message: str, **params: Param) -> SmartLetter:
    return SmartLetter(Verdict.UNKNOWN, message, params)


def _smart(
    catalog: Catalog,
    submission: Submission,
    row: Row,
    numbers: Mapping[str, MetricResult],
    measure: MeasureDef | None,
) -> Mapping[str, SmartLetter]:
    return {
        "S": _specific(row, measure),
        "M": _measurable(row),
        "A": _achievable(catalog, row, numbers, measure),
        "R": _relevant(submission, row, measure),
        "T": _time_bound(catalog, row),
    }


def _specific(row: Row, measure: MeasureDef | None) -> SmartLetter:
    if measure is None:
        return _fail("s_type")
    if _text(row, "goals.goal_type") not in measure.types:
        return _fail("s_metric")
    return _PASS if _text(row, "goals.place") else _fail("s_place")


def _measurable(row: Row) -> SmartLetter:
    if _text(row, "goals.kind") == "milestone":
        return SmartLetter(Verdict.PASS_BINARY) if row.subject else _fail("m_event")
    point_a, target = row.get("goals.point_a"), _number(row, "goals.target")
    if point_a.state is not State.VALUE or point_a.origin is Origin.DERIVED:
        return _unknown("m_point_a")
    if target is None:
        return _unknown("m_target")
    start_value = _number(row, "goals.point_a")
    if _text(row, "goals.kind") in ("increment", "cumulative"):
        start_value = 0.0
    lower = _text(row, "goals.direction") == "lower"
    if start_value is None or (target >= start_value if lower else target <= start_value):
        return _fail("m_side")
    taken, start = _date(row, "goals.point_a_date"), _date(row, "goals.start")
    if taken is None:
        return _unknown("m_point_a")
    return _fail("m_date") if start is not None and taken > start else _PASS


def _achievable(
    catalog: Catalog, row: Row, numbers: Mapping[str, MetricResult], measure: MeasureDef | None
) -> SmartLetter:
    """Planned pace against the usual one; a faster pace needs steps and money (domain C.2, letter A)."""
    ratio = numbers["goal_pace_ratio"].value
    if ratio is None:
        return _unknown("a_history")
    ratio = round(ratio, _DIGITS)
    if ratio <= catalog.policy["pace_easy"].value:
        return _PASS
    budget, cost, dear = (
        _number(row, "goals.budget"),
        numbers["goal_budget"].value,
        numbers["goal_budget"].interval,
    )
    if ratio > catalog.policy["pace_hard"].value:
        paid = budget is not None and dear is not None and budget >= dear[1]
        return _PASS if paid else _fail("a_pace", ratio=ratio)
    if len(_steps(row)) < 3:
        return _fail("a_steps", ratio=ratio)
    organic = measure is None or measure.unit_cost is None or cost is None
    if organic or (budget is not None and cost is not None and budget >= cost):
        return _PASS
    return _fail("a_budget", ratio=ratio)


def _relevant(submission: Submission, row: Row, measure: MeasureDef | None) -> SmartLetter:
    if measure is not None and measure.activity:
        return _fail("r_activity")
    if _text(row, "goals.needs_ads") == "yes" and _text(row, "goals.ads_status") == "prohibited":
        return _fail("r_network")
    if not _text(row, "goals.why"):
        return _unknown("r_why")
    cycle, kind = submission.get("profile.sales_cycle").value, _text(row, "goals.goal_type")
    if kind == "leads" and cycle == "short":
        return SmartLetter(Verdict.PASS, "r_short_cycle")
    if kind == "sales" and cycle == "long":
        return SmartLetter(Verdict.PASS, "r_long_cycle")
    return SmartLetter(Verdict.PASS, "r_community") if kind == "community" else _PASS


def _time_bound(catalog: Catalog, row: Row) -> SmartLetter:
    start, deadline = _date(row, "goals.start"), _date(row, "goals.deadline")
    if start is None or deadline is None:
        return _fail("t_missing")
    if deadline <= start:
        return _fail("t_order")
    if (deadline - start).days > catalog.policy["goal_max_days"].value:
        return _fail("t_long")
    return _PASS


# --- for the rules --------------------------------------------------------------------------------


def with_outcomes(submission: Submission, results: tuple[GoalResult, ...]) -> Submission:
    """Put what became of each goal into columns that rules can name."""
    if not results:
        return submission
    rows = tuple(replace(result.row, values={**result.row.values, **_outcomes(result)}) for result in results)
    return replace(submission, tables={**submission.tables, "goals": rows})


def unfinished_letters(result: GoalResult) -> tuple[str, ...]:
    """The SMART letters that are not passed."""
    return tuple(
        letter
        for letter, verdict in result.smart.items()
        if verdict.verdict in (Verdict.FAIL, Verdict.UNKNOWN)
    )


def _outcomes(result: GoalResult) -> Mapping[str, Value]:
    def of(key: str) -> float | None:
        return result.numbers[key].value

    today, length = of("goal_today"), of("goal_days")
    over = None if today is None or length is None else max(0.0, today - length)
    known: dict[str, Scalar | None] = {
        "goals.name": result.text,
        "goals.status": result.status.value,
        "goals.smart_missing": ", ".join(unfinished_letters(result)),
        "goals.wrong_direction": "yes" if _wrong_way(result.numbers) else "no",
        "goals.progress": of("goal_progress"),
        "goals.elapsed": of("goal_elapsed"),
        "goals.required_pace_week": of("goal_required_pace_week"),
        "goals.current_pace_week": of("goal_current_pace_week"),
        "goals.forecast": of("goal_forecast"),
        "goals.gap": of("goal_gap"),
        "goals.days_left": of("goal_days_left"),
        "goals.days_over": over,
        "goals.days_gone": today,
        "goals.budget_for_gap": result.budget,
        "goals.budget_low": result.budget_range[0] if result.budget_range else None,
        "goals.budget_high": result.budget_range[1] if result.budget_range else None,
        "goals.budget_units": result.budget_units,
    }
    return {field_id: _known(value) for field_id, value in known.items()}
