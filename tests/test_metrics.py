"""Every metric against values worked out by hand or by scipy and statsmodels, and the worked example."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path
from typing import Any

import pytest

from sheetreport.answers import submission
from sheetreport.catalog.definitions import MetricDef, Unit
from sheetreport.catalog.load import load_catalog
from sheetreport.compute import Computation, compute
from sheetreport.formula.evaluate import NotComputableError, evaluate
from sheetreport.formula.tree import (
    Binary,
    Call,
    FieldRef,
    Function,
    Negate,
    Node,
    PolicyRef,
    children,
    references,
)
from sheetreport.model import LANGUAGES, Language, MetricResult
from tests import printed
from tests.cases import CASES, KEYS, TOLERANCE, Case, computed, document, entry_of, parameters

HERE = Path(__file__).parent
# Lines that name a series of months instead of printing it.
OF_SERIES = {"break_even_month", "investment_recovery_month"}

WORKED: dict[str, Any] = json.loads((HERE / "data" / "worked_example.json").read_text(encoding="utf-8"))
CHANNEL_NAMES: dict[str, str] = {row["id"]: row["name"] for row in WORKED["inputs"]["channels"]}

# Results on which the worked example is silent: rows of what it sums up, cells that a network left blank,
# and a share that every new metric changes.
UNSAID_TABLES = {"awareness", "automation", "affiliate"}
UNSAID = {
    ("mentions_and_shares", "instagram"), ("social_revenue_share", "instagram"),
    ("revenue_per_follower", "instagram"), ("response_time", "instagram"), ("data_completeness", None),
}  # fmt: skip


@pytest.mark.parametrize("case", parameters())
def test_case(case: Case) -> None:
    expected = case.expected
    assert not set(expected) - KEYS, f"the runner would pass over {set(expected) - KEYS}"
    assert len({"value", "reason", "absent"} & set(expected)) == 1, "expect a value, a reason or no metric"
    computation = computed(load_catalog(), expected["answers"])
    if expected.get("absent"):
        with pytest.raises(KeyError):
            computation.metric(case.metric, case.subject)
        return
    result = computation.metric(case.metric, case.subject)
    if "reason" in expected:
        assert result.value is None
        assert str(result.reason) == expected["reason"]
        assert result.interval is None
        assert result.zone is None
        return
    assert result.reason is None
    assert result.value == pytest.approx(expected["value"], abs=TOLERANCE, rel=0)
    if "interval" in expected:
        same_interval(result, expected["interval"])
    for attribute in ("zone", "zone_confident", "evidence"):
        if attribute in expected:
            assert getattr(result, attribute) == expected[attribute], attribute


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("case", parameters())
def test_case_explained(case: Case, language: Language) -> None:
    """The line "how it was calculated" holds the owner's figures, right arithmetic and the result."""
    entry = entry_of(document(case.answers, frozenset({case.metric}), language), case)
    if case.expected.get("absent"):
        assert entry is None
        return
    assert entry is not None
    if "reason" in case.expected:
        says_why(case, entry, language)
        return
    line = entry["calculation"]
    assert line
    assert not re.search(r"[{}]|None|nan|inf\b", line), line
    given = case.expected["value"]
    result = printed.result(line, language)
    assert result.low - TOLERANCE <= given <= result.high + TOLERANCE, line
    if case.metric not in OF_SERIES:
        calculated = printed.calculated(line, language)
        assert calculated is None or calculated.meets(result), line
    figures = printed.figures(line, language)
    for number in figures_of(case):
        assert any(figure.low <= number <= figure.high for figure in figures), f"{number}: {line}"


def says_why(case: Case, entry: dict[str, Any], language: Language) -> None:
    """The reason in words, with the name of what is missing."""
    assert entry["calculation"] is None
    words = entry["reason_text"]
    assert words
    assert not re.search(r"[{}]|None|depends_on|missing_input", words), words
    code, _, about = case.expected["reason"].partition(":")
    if code == "depends_on":
        assert load_catalog().metric(about, case.definition.per).name[language] in words


def figures_of(case: Case) -> list[float]:
    """The owner's numbers that the metric's own formula names whatever the branch taken."""
    catalog = load_catalog()
    values = submission(catalog, case.answers)
    table = values.rows(case.definition.per or "")
    row = next((row for row in table if row.subject == case.subject), None)
    found = []
    for field_id in plain_fields(case.definition.expression):
        of_row = row is not None and catalog.fields[field_id].table
        value = (row if row is not None and of_row else values).get(field_id).value
        if isinstance(value, int | float):
            found.append(float(value))
    return found


def plain_fields(node: Node) -> list[str]:
    """Answers that stand in an expression itself, not in a condition, an alternative or a function."""
    match node:
        case FieldRef(field_id):
            return [field_id] if field_id in load_catalog().fields else []
        case Call(Function.REQUIRE, (_, _, then)):
            return plain_fields(then)
        case Binary() | Negate() | Call(Function.CEIL | Function.SQRT | Function.POWER | Function.MINIMUM):
            return [field_id for child in children(node) for field_id in plain_fields(child)]
        case _:
            return []


def test_a_printed_line_that_is_wrong_is_seen() -> None:
    """The reader of printed lines can fail."""
    for line in ("₽60,000 / 40 = ₽1,501", "100 × (15 − 6) / 30 = +29", "1 − 5.0% to the power 2 = 95.0%"):
        calculated = printed.calculated(line, "en")
        assert calculated is not None
        assert not calculated.meets(printed.result(line, "en")), line
    right = printed.calculated(
        "60\N{NO-BREAK SPACE}000\N{NO-BREAK SPACE}₽ / 40 = 1500\N{NO-BREAK SPACE}₽", "ru"
    )
    assert right is not None
    assert right.low < 1500 < right.high
    with pytest.raises(AssertionError, match="can't read"):
        printed.calculated("10 apples = 10", "en")


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
            assert any("value" in case.expected for case in cases), f"{metric_id}: no case with a value"
        assert any("reason" in case.expected for case in cases), f"{metric_id}: no case without one"


def of_definition(definition: MetricDef) -> list[Case]:
    return [case for case in CASES[definition.id] if case.definition is definition]


REPORTED = [metric for metric in load_catalog().all_metrics() if metric.reported]
# Results that exist only where every cell is filled, so none of them can be blank.
NEVER_BLANK = {("auto_conversion_change", "automation")}
# Steps that never are zero: a period has months, and answers that all agree have no spread to divide by.
NEVER_ZERO = {"period_months", "csi_unlimited_n"}
# How far a value can go by its unit; a metric without zones is tried at one of these ends.
ENDS: dict[Unit, set[float]] = {
    Unit.SHARE: {0, 1}, Unit.COUNT: {0, 1}, Unit.SCORE: {0, 1, 5}, Unit.POINTS: {-100, 0, 100},
}  # fmt: skip
# Metrics that have a reason instead of a value at their end: equal answers, no follower gained, no metric.
NO_END = {"csi_sd", "nps_moe", "cost_per_follower", "data_completeness"}
# Borders of zones that are ends of the scale too, so that one side of them has no values.
ENDS_OF_SCALE = {("cac", 0), ("wasted_spend", 0), ("nps", -100), ("nps", 100), ("smm_score", 3)}


@pytest.mark.parametrize("metric", REPORTED, ids=lambda metric: f"{metric.id} {metric.per or ''}".strip())
def test_a_metric_has_its_four_kinds_of_cases(metric: MetricDef) -> None:
    """Ordinary, at the border, blank, and every denominator at zero; for the company and for rows alike."""
    cases = of_definition(metric)
    values = {case.expected["value"] for case in cases if "value" in case.expected}
    assert values or (metric.id, None) in UNSAID, "no ordinary case"
    reasons = {str(case.expected.get("reason")).partition(":")[0] for case in cases}
    assert reasons & {"missing_input", "depends_on"} or (metric.id, metric.per) in NEVER_BLANK, (
        "no blank case"
    )
    for denominator in denominators(metric.expression):
        assert any(is_zero(denominator, case) for case in cases), f"no case with zero for {denominator}"
    if metric.zones:
        for border in borders(metric):
            assert border in values, f"no case at {border}"
            sides = {value < border for value in values - {border}}
            assert sides == {True, False} or (metric.id, border) in ENDS_OF_SCALE, (
                f"one side of {border} only"
            )
    elif metric.id not in NO_END:
        assert values & ENDS.get(metric.unit, {0}), "no case at an end of the scale"


def test_the_guard_of_cases_looks_at_denominators_and_borders() -> None:
    assert len(REPORTED) > 120
    assert sum(len(list(denominators(metric.expression))) for metric in REPORTED) > 80
    assert sum(len(borders(metric)) for metric in REPORTED) > 30


def borders(metric: MetricDef) -> set[float]:
    return {end for zone in metric.zones for end in (zone.low, zone.high) if end is not None}


def denominators(node: Node) -> Iterator[Node]:
    """What an expression divides by, unless it can't be zero."""
    if isinstance(node, Binary) and node.operator == "/":
        names = {reference.id for reference in references(node.right) if not isinstance(reference, PolicyRef)}
        if names and not names & NEVER_ZERO:
            yield node.right
    for child in children(node):
        yield from denominators(child)


def is_zero(node: Node, case: Case) -> bool:
    computation = computed(load_catalog(), case.expected["answers"])
    table = case.definition.per
    row = next((row for row in computation.submission.rows(table or "") if row.subject == case.subject), None)
    try:
        return evaluate(node, computation.environment(row, table if row else None)) == 0
    except NotComputableError:
        return False


def test_every_zone_has_a_case() -> None:
    zones = {
        (metric.id, zone.id)
        for metric in load_catalog().all_metrics()
        if metric.reported
        for zone in metric.zones
    }
    seen = {(metric_id, case.expected.get("zone")) for metric_id, cases in CASES.items() for case in cases}
    assert zones
    assert not zones - seen


def test_a_zone_that_needs_a_sample_is_seen_to_stay_away_from_a_smaller_one() -> None:
    guarded = {metric.id for metric in load_catalog().all_metrics() if metric.reported and metric.zone_needs}
    assert guarded
    for metric_id in sorted(guarded):
        small = (case.expected for case in CASES[metric_id])
        assert any("value" in case and case.get("zone", "") is None for case in small), metric_id


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
