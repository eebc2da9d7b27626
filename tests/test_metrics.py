"""Every metric against values worked out by hand or by scipy and statsmodels, and the worked example."""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any

import pytest
import yaml

from sheetreport.answers import flatten, submission
from sheetreport.catalog.definitions import Catalog
from sheetreport.catalog.load import load_catalog
from sheetreport.compute import Computation, compute
from sheetreport.model import MetricResult

HERE = Path(__file__).parent
TOLERANCE = 1e-4  # expected values are written with four decimals
CASE_KEYS = {
    "name", "subject", "answers", "value", "reason", "absent",
    "interval", "zone", "zone_confident", "evidence",
}  # fmt: skip

CASES: dict[str, list[dict[str, Any]]] = {
    file.stem: yaml.safe_load(file.read_text(encoding="utf-8"))
    for file in sorted((HERE / "metrics").glob("*.yaml"))
}

WORKED: dict[str, Any] = json.loads((HERE / "data" / "worked_example.json").read_text(encoding="utf-8"))
CHANNEL_NAMES: dict[str, str] = {row["id"]: row["name"] for row in WORKED["inputs"]["channels"]}

# Results on which the worked example is silent: rows of what it sums up, cells that a network left blank,
# and a share that every new metric changes.
UNSAID_TABLES = {"awareness", "automation", "affiliate"}
UNSAID = {
    ("mentions_and_shares", "instagram"), ("social_revenue_share", "instagram"),
    ("revenue_per_follower", "instagram"), ("response_time", "instagram"), ("data_completeness", None),
}  # fmt: skip


def nested(answers: Mapping[str, Any]) -> dict[str, Any]:
    """Dotted ids as an answers file writes them: `clients.total` under `clients`; tables stay as they are."""
    mapping: dict[str, Any] = {}
    for key, value in answers.items():
        topic, dot, name = key.partition(".")
        if dot:
            mapping.setdefault(topic, {})[name] = value
        else:
            mapping[topic] = value
    return mapping


def computed(catalog: Catalog, answers: Mapping[str, Any]) -> Computation:
    mapping = nested(answers)
    assert not flatten(catalog, mapping).ignored, "a case names a field that does not exist"
    return compute(catalog, submission(catalog, mapping))


@pytest.mark.parametrize(
    ("metric_id", "case"),
    [
        pytest.param(metric_id, case, id=f"{metric_id}: {case['name']}")
        for metric_id in CASES
        for case in CASES[metric_id]
    ],
)
def test_case(metric_id: str, case: dict[str, Any]) -> None:
    unknown = set(case) - CASE_KEYS
    assert not unknown, f"the runner would pass over {unknown}"
    assert len({"value", "reason", "absent"} & set(case)) == 1, "expect a value, a reason or no metric"
    computation = computed(load_catalog(), case["answers"])
    if case.get("absent"):
        with pytest.raises(KeyError):
            computation.metric(metric_id, case.get("subject"))
        return
    result = computation.metric(metric_id, case.get("subject"))
    if "reason" in case:
        assert result.value is None
        assert str(result.reason) == case["reason"]
        assert result.interval is None
        assert result.zone is None
        return
    assert result.reason is None
    assert result.value == pytest.approx(case["value"], abs=TOLERANCE, rel=0)
    if "interval" in case:
        same_interval(result, case["interval"])
    for attribute in ("zone", "zone_confident", "evidence"):
        if attribute in case:
            assert getattr(result, attribute) == case[attribute], attribute


def same_interval(result: MetricResult, expected: list[float] | None) -> None:
    if expected is None:
        assert result.interval is None
    else:
        assert result.interval == pytest.approx(tuple(expected), abs=TOLERANCE, rel=0)


def test_every_reported_metric_has_cases_with_and_without_a_value() -> None:
    reported = {metric.id for metric in load_catalog().all_metrics() if metric.reported}
    assert reported, "the catalogue has no metrics"
    assert not reported - set(CASES), "metrics without a case file"
    assert not set(CASES) - reported, "case files of no metric"
    for metric_id in sorted(reported):
        cases = CASES[metric_id]
        if (metric_id, None) not in UNSAID:
            assert any("value" in case for case in cases), f"{metric_id}: no case with a value"
        assert any("reason" in case for case in cases), f"{metric_id}: no case without one"


def test_every_zone_has_a_case() -> None:
    zones = {
        (metric.id, zone.id)
        for metric in load_catalog().all_metrics()
        if metric.reported
        for zone in metric.zones
    }
    seen = {(metric_id, case.get("zone")) for metric_id, cases in CASES.items() for case in cases}
    assert zones
    assert not zones - seen


def test_a_zone_that_needs_a_sample_is_seen_to_stay_away_from_a_smaller_one() -> None:
    guarded = {metric.id for metric in load_catalog().all_metrics() if metric.reported and metric.zone_needs}
    assert guarded
    for metric_id in sorted(guarded):
        assert any("value" in case and case.get("zone", "") is None for case in CASES[metric_id]), metric_id


def located(key: str) -> tuple[str, str | None]:
    """A key of the worked example as metric and subject."""
    first, _, rest = key.partition(".")
    if first == "channel":
        channel, _, metric_id = rest.partition(".")
        return metric_id, CHANNEL_NAMES[channel]
    if first == "social":
        network, _, metric_id = rest.partition(".")
        return metric_id, network
    return first, rest or None


def worked_keys(part: str) -> list[str]:
    keys = list(WORKED[part])
    assert keys
    return keys


@lru_cache(maxsize=1)
def worked() -> Computation:
    catalog = load_catalog()
    return compute(catalog, submission(catalog, WORKED["inputs"]))


def worked_result(key: str) -> MetricResult:
    return worked().metric(*located(key))


@pytest.mark.parametrize("key", worked_keys("expected"))
def test_worked_value(key: str) -> None:
    result = worked_result(key)
    assert result.reason is None
    assert result.value == pytest.approx(WORKED["expected"][key], abs=TOLERANCE, rel=0)


@pytest.mark.parametrize("key", worked_keys("intervals95"))
def test_worked_interval(key: str) -> None:
    same_interval(worked_result(key), WORKED["intervals95"][key])


@pytest.mark.parametrize("key", worked_keys("zones"))
def test_worked_zone(key: str) -> None:
    assert worked_result(key).zone == WORKED["zones"][key]


@pytest.mark.parametrize("key", worked_keys("not_computable"))
def test_worked_reason(key: str) -> None:
    result = worked_result(key)
    assert result.value is None
    assert str(result.reason) == WORKED["not_computable"][key]


def test_the_worked_example_says_something_about_every_result() -> None:
    catalog = load_catalog()
    reported = {
        (metric.id, metric.per is None): metric for metric in catalog.all_metrics() if metric.reported
    }
    results = {
        (result.id, result.subject)
        for result in worked().results
        if (metric := reported.get((result.id, result.row is None))) is not None
        and metric.per not in UNSAID_TABLES
    }
    told = {located(key) for part in ("expected", "not_computable") for key in worked_keys(part)}
    assert results - UNSAID == told
    assert results >= UNSAID


def test_the_worked_example_answers_the_three_questions() -> None:
    questions = worked().questions
    assert WORKED["smm_three_questions"] == {
        "q1_audience": questions.audience.value,
        "q2_awareness": questions.awareness.value,
        "q3_opinion": questions.opinion.value,
    }


COUNTED = {"clients.total": 100, "clients.active": 60}  # active and inactive share, and nothing else


def test_data_completeness_counts_the_pages_that_are_begun() -> None:
    catalog = load_catalog()
    known, asked = computed(catalog, COUNTED).coverage()
    assert known == 2
    csat = {"csat.tally_1_5": [0, 0, 0, 10, 10]}
    assert computed(catalog, COUNTED | csat).coverage() == (known + 2, asked + 2)
    assert computed(catalog, COUNTED | {"csat.touchpoint": "?"}).coverage() == (known, asked + 2)
    result = computed(catalog, COUNTED).metric("data_completeness")
    assert result.value == pytest.approx(known / asked)


def test_a_row_metric_counts_once_whatever_the_number_of_rows() -> None:
    catalog = load_catalog()
    one = COUNTED | {"channels": [{"name": "A", "spend": 100, "clicks": 5}]}
    rows = [{"name": "A", "spend": 100, "clicks": 5}, {"name": "B", "spend": 100, "clicks": 5}, {"name": "C"}]
    known, asked = computed(catalog, one).coverage()
    assert asked == computed(catalog, COUNTED).coverage()[1]
    assert computed(catalog, COUNTED | {"channels": rows}).coverage() == (known - 1, asked)  # share of spend


PREVIOUS = {
    "profile.period_type": "month",
    "clients.active_start": 470, "clients.new": 40, "clients.lost": 30, "clients.sales_count": 480,
    "clients.repeat_purchases": 440, "clients.revenue": 720000, "clients.gross_profit": 360000,
    "promo.other_spend": 0, "channels": [{"name": "A", "spend": 60000, "customers": 40}],
    "clients.prev_active_start": 455, "clients.prev_new": 25, "clients.prev_lost": 10,
    "clients.prev_sales_count": 450, "clients.prev_repeat_purchases": 427, "clients.prev_revenue": 630000,
    "clients.prev_gross_profit": 302400, "clients.prev_promo_spend": 50000,
}  # fmt: skip


@pytest.mark.parametrize(
    ("metric_id", "previous", "change"),
    [
        ("new_clients_per_month", 25, 15),
        ("aov", 1400, 100),  # 630 000 / 450; 1500 now
        ("gross_profit_per_sale", 672, 78),
        ("gross_margin", 0.48, 0.02),
        ("repeat_sales_share", 0.9489, -0.0322),  # 427 / 450; 440 / 480
        ("promo_spend_total", 50000, 10000),
        ("cac", 2000, -500),
        ("payback_revenue", 12.6, -0.6),  # 630 000 / 50 000; 720 000 / 60 000
        ("ad_cost_share", 0.0794, 0.0040),
        ("churn_rate", 0.0220, 0.0419),  # 10 / 455; 30 / 470
        ("base_growth_rate", 0.0330, -0.0117),  # (470 - 455) / 455; (480 - 470) / 470
        ("retention_rate", 0.9780, -0.0419),  # (470 - 25) / 455; (480 - 40) / 470
        ("gross_profit_per_client_monthly", 653.8378, 104.0569),  # 302 400 / 462.5; 360 000 / 475
    ],
)
def test_previous_period(metric_id: str, previous: float, change: float) -> None:
    result = computed(load_catalog(), PREVIOUS).metric(metric_id)
    assert result.previous == pytest.approx(previous, abs=TOLERANCE)
    assert result.change == pytest.approx(change, abs=TOLERANCE)


def test_what_the_previous_answers_do_not_give_is_not_compared() -> None:
    computation = computed(load_catalog(), PREVIOUS | {"nps.promoters": 5, "clients.total": 900})
    compared = {result.id for result in computation.results if result.previous is not None}
    assert "cac" in compared
    assert not compared & {
        "active_share",
        "wasted_spend",
        "customer_lifespan_months",
        "data_completeness",
        "nps",
    }
    alone = computed(load_catalog(), {key: value for key, value in PREVIOUS.items() if "prev" not in key})
    assert {result.id for result in alone.results if result.previous is not None} == {"period_months"}


def test_a_network_is_compared_with_its_own_past() -> None:
    row = {
        "network": "vk", "posts": 10, "reach_sum": 12000, "likes": 300, "comments": 50, "shares": 10,
        "prev_posts": 8, "prev_reach_sum": 8000, "prev_reactions": 320,
    }  # fmt: skip
    computation = computed(load_catalog(), {"social": [row, {"network": "ok", "posts": 5, "reach_sum": 500}]})
    assert computation.metric("avg_post_reach", "vk").previous == pytest.approx(1000)
    assert computation.metric("er_by_reach", "vk").change == pytest.approx(-0.01)  # 360/12 000 - 320/8000
    assert computation.metric("engagement_per_post", "vk").change == pytest.approx(-4)
    assert computation.metric("avg_post_reach", "ok").previous is None
