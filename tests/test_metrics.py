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

# The part of the worked example that is about the client base, acquisition, channels and opinions.
SECTIONS = {"base", "value", "acquisition", "channels", "loyalty", "satisfaction", "feedback"}
OTHER_PREFIXES = ("social.", "awareness_", "break_even_", "auto_", "practices_")
OTHER_KEYS = {
    "fixed_costs_total", "contribution_per_sale", "margin_of_safety", "plan_cumulative_result",
    "investment_recovery_month", "affiliate_cost", "partner_cac", "affiliate_roi", "active_partner_share",
    "reward_ceiling", "smm_score",
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
    return first, rest or None


def worked_keys(part: str) -> list[str]:
    keys = [key for key in WORKED[part] if not key.startswith(OTHER_PREFIXES) and key not in OTHER_KEYS]
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
    sections = {metric.id: metric.section for metric in load_catalog().all_metrics() if metric.reported}
    results = {
        (result.id, result.subject) for result in worked().results if sections.get(result.id) in SECTIONS
    }
    assert results == {located(key) for part in ("expected", "not_computable") for key in worked_keys(part)}
