"""What follows from the answers: expected values are worked out by hand."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from sheetreport import answers, derive
from sheetreport.catalog.definitions import Catalog
from sheetreport.catalog.load import load_catalog
from sheetreport.model import BLANK, Origin, Row, State, Submission


@pytest.fixture(scope="module")
def catalog() -> Catalog:
    return load_catalog()


@pytest.mark.parametrize(
    ("day", "months", "later"),
    [
        (date(2026, 10, 1), 1, date(2026, 11, 1)),
        (date(2026, 1, 31), 1, date(2026, 2, 28)),
        (date(2027, 11, 30), 3, date(2028, 2, 29)),
        (date(2026, 12, 15), 12, date(2027, 12, 15)),
    ],
)
def test_months_later(day: date, months: int, later: date) -> None:
    assert derive.months_later(day, months) == later


@pytest.mark.parametrize(
    ("period", "start", "end"),
    [
        ("month", "2026-10-01", date(2026, 10, 31)),
        ("month", "2026-02-15", date(2026, 3, 14)),
        ("quarter", "2026-01-01", date(2026, 3, 31)),
        ("half_year", "2026-07-01", date(2026, 12, 31)),
        ("year", "2024-03-01", date(2025, 2, 28)),
    ],
)
def test_end_of_period(catalog: Catalog, period: str, start: str, end: date) -> None:
    made = answers.submission(catalog, {"profile": {"period_type": period, "period_start": start}})
    value = made.get("profile.period_end")
    assert (value.value, value.origin) == (end, Origin.DERIVED)


def test_given_values_are_never_overwritten(catalog: Catalog) -> None:
    profile = {"period_type": "month", "period_start": "2026-10-01", "period_end": "2026-10-30"}
    clients = {
        "total": 800,
        "active": 480,
        "inactive": 300,
        "active_start": 1,
        "new": 1,
        "lost": 1,
        "active_end": "?",
    }
    made = answers.submission(catalog, {"profile": profile, "clients": clients})
    assert made.get("profile.period_end").value == date(2026, 10, 30)
    assert made.get("clients.inactive").value == 300
    assert made.get("clients.active_end").state is State.UNKNOWN


def test_rest_of_the_base(catalog: Catalog) -> None:
    clients = {"total": 800, "active": 480, "active_start": 470, "new": 40, "lost": 30}
    made = answers.submission(catalog, {"clients": clients})
    assert made.get("clients.inactive").value == 320
    assert made.get("clients.active_end").value == 480


@pytest.mark.parametrize(
    "clients", [{"total": 800}, {"total": 800, "active": "?"}, {"total": 800, "active": 860}]
)
def test_nothing_is_made_of_missing_or_contradicting_numbers(
    catalog: Catalog, clients: dict[str, Any]
) -> None:
    assert answers.submission(catalog, {"clients": clients}).get("clients.inactive") == BLANK


def test_report_date_is_never_invented(catalog: Catalog) -> None:
    profile = {"period_type": "month", "period_start": "2026-10-01"}
    assert answers.submission(catalog, {"profile": profile}).get("profile.report_date").state is State.BLANK


def test_defaults_fill_blanks_only(catalog: Catalog) -> None:
    made = answers.submission(catalog, {"clients": {"stay_after_negative": 0.3, "stay_after_positive": "?"}})
    assert made.get("clients.stay_after_negative").value == 0.3
    assert made.get("clients.stay_after_positive").state is State.UNKNOWN
    country = made.get("profile.country")
    assert (country.value, country.origin) == ("RU", Origin.DEFAULT)


def goal(catalog: Catalog, language: str = "ru", report_date: str | None = "2026-11-16", **given: Any) -> Row:
    profile = {"report_date": report_date, "language": language}
    made: Submission = answers.submission(catalog, {"profile": profile, "goals": [given]})
    return made.rows("goals")[0]


def values(row: Row, *names: str) -> tuple[object, ...]:
    return tuple(row.get(f"goals.{name}").value for name in names)


def test_measure_implies_type_and_kind(catalog: Catalog) -> None:
    assert values(goal(catalog, metric="leads", target=100), "goal_type", "kind", "point_a", "direction") == (
        "leads",
        "cumulative",
        0,
        "higher",
    )
    lower = goal(catalog, metric="response_time", point_a=38, target=10)
    assert values(lower, "goal_type", "kind", "direction") == ("service", "level", "lower")


def test_direction_of_an_unfinished_goal_is_the_good_one(catalog: Catalog) -> None:
    assert values(goal(catalog, metric="response_time", target=10), "point_a", "direction") == (None, "lower")
    assert values(goal(catalog, metric="cac", point_a=5, target=5), "direction") == ("lower",)
    assert values(goal(catalog, metric="comments_per_post", point_a=5, target=5), "direction") == ("higher",)


def test_start_is_point_a_date_or_report_date(catalog: Catalog) -> None:
    report, earlier = date(2026, 11, 16), date(2026, 11, 1)
    assert values(goal(catalog, metric="leads"), "start", "point_a_date") == (report, report)
    assert values(goal(catalog, metric="leads", point_a_date="2026-11-01"), "start", "point_a_date") == (
        earlier,
        earlier,
    )
    assert values(goal(catalog, metric="leads", start="2026-11-01"), "point_a_date") == (earlier,)
    assert values(goal(catalog, metric="leads", report_date=None), "start", "point_a_date") == (None, None)


def test_current_figure_is_dated_by_the_report(catalog: Catalog) -> None:
    assert values(goal(catalog, metric="leads", current=48), "current_date") == (date(2026, 11, 16),)
    assert values(goal(catalog, metric="leads"), "current_date") == (None,)
    given = goal(catalog, metric="leads", current=48, current_date="2026-11-10")
    assert values(given, "current_date") == (date(2026, 11, 10),)


@pytest.mark.parametrize(
    ("language", "given", "text"),
    [
        ("ru", {"point_a": 38, "target": 10, "deadline": "2026-11-30"}, ", с 38 до 10, к 30.11.2026"),
        ("en", {"point_a": 38, "target": 10, "deadline": "2026-11-30"}, ", from 38 to 10, by 30 Nov 2026"),
        ("ru", {"target": 12500.5}, " до 12\N{NO-BREAK SPACE}500,50"),
        ("en", {}, ""),
    ],
)
def test_goal_in_one_line(catalog: Catalog, language: str, given: dict[str, Any], text: str) -> None:
    measure = catalog.goals.measure("response_time")
    assert measure is not None
    row = goal(catalog, language, metric="response_time", **given)
    name = measure.name.ru if language == "ru" else measure.name.en
    assert values(row, "text") == (name + text,)


def test_goal_without_a_measure_has_no_text(catalog: Catalog) -> None:
    assert values(goal(catalog, target=5), "text", "kind", "goal_type") == (None, None, None)
