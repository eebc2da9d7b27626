"""Checks of the goals: measure and type, dates, the side of the target, steps, people."""

from __future__ import annotations

import re
from collections.abc import Iterator

from sheetreport.catalog.definitions import Better, MeasureDef, Unit
from sheetreport.check.facts import ERROR, WARNING, Check, Facts, Issue, Place, is_blank
from sheetreport.findings import typed
from sheetreport.model import Param, Row

_FROM_ZERO = ("increment", "cumulative")
_NUMBERS = ("goals.point_a", "goals.target", "goals.current")
_SMM_ALONE = re.compile(
    r"\W*(?:smm|смм)(?:\W*(?:щик|специалист|менеджер|specialist|manager))?\W*", re.IGNORECASE
)
_LARGEST_SHARE = (
    5  # of a share without bounds, such as growth: a larger one is a percentage typed without its sign
)
_FEWEST_STEPS, _MOST_STEPS = 3, 4


def _measure(facts: Facts, row: Row) -> MeasureDef | None:
    return facts.catalog.goals.measure(facts.text("goals.metric", row) or "")


def measure_suits_the_type(facts: Facts) -> Iterator[Issue]:
    """V-42: each type of goal has its measures. Work done, such as posts, suits none: see V-47."""
    for row in facts.rows("goals"):
        measure, chosen = _measure(facts, row), facts.text("goals.goal_type", row)
        if measure is not None and measure.types and chosen is not None and chosen not in measure.types:
            place = Place("goals.goal_type", row)
            yield facts.issue("V-42", ERROR, place, spoils=[place], measure=measure.id, suits=measure.types)


def deadline_follows_start(facts: Facts) -> Iterator[Issue]:
    """V-43: the deadline is after the start, and not more than a year away."""
    for row in facts.rows("goals"):
        start, deadline = facts.day("goals.start", row), facts.day("goals.deadline", row)
        if start is None or deadline is None:
            continue
        place, days, longest = (
            Place("goals.deadline", row),
            (deadline - start).days,
            facts.policy("goal_max_days"),
        )
        if days <= 0:
            yield facts.issue("V-43", ERROR, place, "order", [place], start=start, deadline=deadline)
        elif days > longest:
            yield facts.issue("V-43", WARNING, place, "long", days=days, limit=longest)


def target_is_ahead(facts: Facts) -> Iterator[Issue]:
    """V-44: the target differs from the starting point and lies on the side the goal moves to."""
    for row in facts.rows("goals"):
        from_zero = facts.text("goals.kind", row) in _FROM_ZERO
        start = 0.0 if from_zero else facts.number("goals.point_a", row)
        target = facts.number("goals.target", row)
        if start is None or target is None:
            continue
        place = Place("goals.target", row)
        spoils = [place] if from_zero else [place, Place("goals.point_a", row)]
        measure = _measure(facts, row)
        numbers: dict[str, Param] = {"start": start, "target": target}
        if measure is not None:
            numbers["unit"] = measure.unit.value
        if target == start:
            yield facts.issue("V-44", ERROR, place, "zero" if from_zero else "equal", spoils, **numbers)
        elif (wanted := _wanted_direction(facts, row)) and (target > start) != (wanted == "higher"):
            variant = "lower" if wanted == "lower" else "higher"
            yield facts.issue("V-44", ERROR, place, variant, spoils, **numbers)


def _wanted_direction(facts: Facts, row: Row) -> str | None:
    """Where the goal is to move: as the owner says, else where the measure gets better."""
    if facts.given("goals.direction", row):
        return facts.text("goals.direction", row)
    measure = _measure(facts, row)
    return measure.better.value if measure and measure.better is not Better.CONTEXT else None


def numbers_fit_the_measure(facts: Facts) -> Iterator[Issue]:
    """V-57, V-44: a share has its percent sign, and no number lies outside what the measure can be."""
    for row in facts.rows("goals"):
        measure = _measure(facts, row)
        if measure is None:
            continue
        for field_id in _NUMBERS:
            number, place = facts.number(field_id, row), Place(field_id, row)
            if number is None or _within(number, measure):
                continue
            if measure.unit is Unit.SHARE and number > 0:
                read: dict[str, Param] = {
                    "read_share": number,
                    "percent": f"{typed(number, facts.language)}%",
                    "fraction": typed(number / 100, facts.language),
                }
                yield facts.issue("V-57", ERROR, place, "percent", [place], **read)
            else:
                limits: dict[str, Param] = {"number": number, "low": measure.low, "high": measure.high}
                limits |= {"unit": measure.unit.value, "measure": measure.id}
                variant = "below" if measure.low is not None and number < measure.low else "above"
                yield facts.issue("V-44", ERROR, place, variant, [place], **limits)


def _within(number: float, measure: MeasureDef) -> bool:
    above = measure.low is None or number >= measure.low
    high = _LARGEST_SHARE if measure.high is None and measure.unit is Unit.SHARE else measure.high
    return above and (high is None or number <= high)


def steps_can_be_followed(facts: Facts) -> Iterator[Issue]:
    """V-45: three or four steps, each with a person and a date within the goal. For none we propose some."""
    for row in facts.rows("goals"):
        steps = facts.steps(row)
        start, deadline = facts.day("goals.start", row), facts.day("goals.deadline", row)
        place = Place("goals.steps", row)
        if not steps:
            continue
        if not _FEWEST_STEPS <= len(steps) <= _MOST_STEPS:
            yield facts.issue("V-45", WARNING, place, "number", steps=len(steps))
        nobody = [number for number, step in enumerate(steps, start=1) if not step.who]
        undated = [number for number, step in enumerate(steps, start=1) if step.due is None]
        outside = [
            number
            for number, step in enumerate(steps, start=1)
            if step.due and ((start and step.due < start) or (deadline and step.due > deadline))
        ]
        for variant, numbers in (("who", nobody), ("date", undated), ("outside", outside)):
            if numbers:
                listed = ", ".join(map(str, numbers))
                yield facts.issue(
                    "V-45", WARNING, place, variant, numbers=listed, start=start, deadline=deadline
                )


def goal_has_a_reason_and_a_person(facts: Facts) -> Iterator[Issue]:
    """V-46: what the goal is for, who answers for it; sales and leads are not the task of SMM alone."""
    for row in facts.rows("goals"):
        for field_id, variant in (("goals.why", "why"), ("goals.responsible", "responsible")):
            if is_blank(facts.value(field_id, row)):
                yield facts.issue("V-46", WARNING, Place(field_id, row), variant)
        responsible = facts.text("goals.responsible", row)
        sells = facts.text("goals.goal_type", row) in ("leads", "sales")
        if responsible and sells and _SMM_ALONE.fullmatch(responsible):
            yield facts.issue("V-46", WARNING, Place("goals.responsible", row), "smm")


def measure_is_a_result(facts: Facts) -> Iterator[Issue]:
    """V-47: posts and stories are a means; a goal is what they bring."""
    for row in facts.rows("goals"):
        measure = _measure(facts, row)
        if measure is not None and measure.activity:
            yield facts.issue("V-47", WARNING, Place("goals.metric", row), measure=measure.id)


def current_value_is_not_from_the_future(facts: Facts) -> Iterator[Issue]:
    """V-59: «now» is not later than the date of the report."""
    today = facts.day("profile.report_date")
    for row in facts.rows("goals"):
        current = facts.day("goals.current_date", row)
        if current is not None and today is not None and current > today:
            place = Place("goals.current_date", row)
            yield facts.issue(
                "V-59",
                ERROR,
                place,
                spoils=[place, Place("goals.current", row)],
                current=current,
                today=today,
            )


CHECKS: tuple[Check, ...] = (
    measure_suits_the_type,
    deadline_follows_start,
    target_is_ahead,
    numbers_fit_the_measure,
    steps_can_be_followed,
    goal_has_a_reason_and_a_person,
    measure_is_a_result,
    current_value_is_not_from_the_future,
)
