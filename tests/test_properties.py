"""Whatever an owner may validly answer: nothing is lost on the way, and no number leaves its bounds.

`EXAMPLES=1000 pytest tests/test_properties.py` tries longer.
"""

from __future__ import annotations

import copy
import math
import os
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sheetreport import __version__, result
from sheetreport.answers import flatten, submission
from sheetreport.catalog.definitions import Better, Unit
from sheetreport.check import check
from sheetreport.compute import Computation, compute
from sheetreport.derive import derive, with_defaults
from sheetreport.i18n import Wording
from sheetreport.model import LANGUAGES, Language, MetricResult, Severity, State, Status, Submission, Value
from sheetreport.read import read
from sheetreport.template import build
from tests.strategies import CATALOG, answers

EXAMPLES = int(os.environ.get("EXAMPLES", "20"))
tried = settings(
    max_examples=EXAMPLES, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large]
)
tried_less = settings(tried, max_examples=max(1, EXAMPLES // 5))
Json = dict[str, Any]


def computed(mapping: Mapping[str, Any]) -> Computation:
    return compute(CATALOG, submission(CATALOG, mapping))


def results_of(computation: Computation) -> list[MetricResult]:
    """Metrics, steps and the arithmetic of goals."""
    goals = [number for goal in computation.goals for number in goal.numbers.values()]
    return [*computation.results, *goals]


@tried
@given(answers())
def test_valid_answers_give_no_errors(mapping: Json) -> None:
    assert not flatten(CATALOG, mapping).ignored
    findings = check(CATALOG, submission(CATALOG, mapping)).findings
    assert [finding for finding in findings if finding.severity is Severity.ERROR] == []


def test_the_random_answers_reach_nearly_every_metric() -> None:
    """A guard of the strategy: of a metric that never has a value nothing would be proven."""
    reached: set[str] = set()

    @settings(max_examples=15, derandomize=True, database=None, suppress_health_check=list(HealthCheck))
    @given(answers(every_page=True))
    def visit(mapping: Json) -> None:
        reached.update(result.id for result in computed(mapping).results if result.value is not None)

    visit()
    reported = {metric.id for metric in CATALOG.all_metrics() if metric.reported}
    assert len(reported & reached) > 0.9 * len(reported), sorted(reported - reached)


# --- bounds -------------------------------------------------------------------------------------------------

# Parts of a whole, by the meaning of the metric; growth, return and margin may lie outside 0 and 1.
PARTS = {
    "active_share", "inactive_share", "dissatisfied_share", "contactable_share", "churn_rate",
    "churn_rate_monthly", "repeat_purchase_rate", "repeat_sales_share", "unattributed_spend_share", "ctr",
    "cr_click_to_lead", "cr_lead_to_customer", "cr_hot", "cr_cold", "channel_spend_share",
    "nps_promoter_share", "nps_passive_share", "nps_detractor_share", "survey_response_rate", "csat_share",
    "csi_coverage", "feedback_negative_share", "feedback_theme_share", "social_lead_to_sale",
    "non_follower_reach_share", "response_rate", "awareness_share", "awareness_before",
    "active_partner_share", "practices_score", "data_completeness",
}  # fmt: skip
BOUNDS: dict[str, tuple[float, float]] = {
    **dict.fromkeys(PARTS, (0, 1)),
    "nps": (-100, 100),
    "nps_change": (-200, 200),
    "nps_growth_balance": (-400, 200),
    "csat_mean": (1, 5),
    "csi": (1, 5),
    "csi_attribute": (1, 5),
    "csi_index_100": (0, 100),
    "csi_sd": (0, 4),
    "awareness_lift": (-1, 1),
    "auto_conversion_change": (-1, 1),
    "smm_score": (0, 3),
    "break_even_month": (1, 24),
    "investment_recovery_month": (1, 24),
    "price_dumping": (-math.inf, 1),
    "gross_margin": (-math.inf, 1),
}
# Never below nothing: counts of people and events, costs, times.
AT_LEAST_ZERO = {
    "cac", "cpm", "cpc", "cpl", "cpa", "channel_cac", "cost_per_follower", "promo_spend_total", "aov",
    "roas", "ad_cost_share", "avg_post_reach", "reach_rate", "er_by_reach", "er_by_followers",
    "engagement_per_post", "comments_per_post", "mentions_and_shares", "link_ctr", "revenue_per_follower",
    "response_time", "chat_messages_per_member", "nps_responses", "nps_moe", "nps_required_n", "csi_moe",
    "csi_required_n", "new_clients_per_month", "purchase_frequency_monthly", "revenue_per_client_monthly",
    "clv_revenue", "customer_lifespan_months", "detractors_estimate", "wasted_spend", "fixed_costs_total",
    "break_even_units", "break_even_units_exact", "break_even_revenue", "affiliate_cost", "partner_cac",
    "extra_sales_needed", "extra_clients_needed", "growth_target_money", "auto_payback_months",
    "auto_age_months", "retention_rate", "payback_revenue", "payback_new_revenue",
    "promoter_detractor_ratio", "practices_applicable", "channel_efficiency_index", "cold_to_hot_cr_ratio",
    "social_revenue_share", "reactivation_potential_revenue",
}  # fmt: skip
# The interval belongs to an adjusted score, which for one-sided small samples lies beside the plain one.
ADJUSTED = {"nps", "nps_change"}


def test_bounds_name_metrics() -> None:
    assert not (BOUNDS.keys() | AT_LEAST_ZERO | ADJUSTED) - CATALOG.metrics.keys()


@tried
@given(answers())
def test_numbers_are_finite_within_their_bounds_and_inside_their_intervals(mapping: Json) -> None:
    computation = computed(mapping)
    assert any(found.value is not None for found in computation.results)
    for found in results_of(computation):
        assert (found.value is None) is (found.reason is not None), found.id
        for number in (found.value, found.previous, found.change, found.sample, *(found.interval or ())):
            assert number is None or math.isfinite(number), found.id
        if found.value is None:
            assert found.interval is None, found.id
            continue
        low, high = BOUNDS.get(found.id, (0 if found.id in AT_LEAST_ZERO else -math.inf, math.inf))
        assert low - 1e-9 <= found.value <= high + 1e-9, found.id
        if found.interval is not None:
            assert found.interval[0] <= found.interval[1], found.id
        if found.interval is not None and found.id not in ADJUSTED:
            slack = 1e-6 * max(1.0, abs(found.value))
            assert found.interval[0] - slack <= found.value <= found.interval[1] + slack, found.id


@tried
@given(answers())
def test_shares_of_a_whole_add_up(mapping: Json) -> None:
    computation = computed(mapping)

    def values(metric_id: str) -> list[float | None]:
        return [found.value for found in computation.results if found.id == metric_id]

    def add_up(parts: list[float | None]) -> None:
        if parts and None not in parts:
            assert math.isclose(math.fsum(part for part in parts if part is not None), 1)

    add_up([*values("active_share"), *values("inactive_share")])
    add_up([*values("nps_promoter_share"), *values("nps_passive_share"), *values("nps_detractor_share")])
    add_up(values("channel_spend_share"))
    add_up(values("feedback_theme_share"))
    churn, retention = values("churn_rate")[0], values("retention_rate")[0]
    add_up([churn, retention])


# --- both languages -----------------------------------------------------------------------------------------


def document(computation: Computation, language: Language) -> Json:
    given_answers = computation.submission
    report = result.Report(given_answers.source, Status.COMPLETE, given_answers, (), (), computation, None)
    return result.build(CATALOG, report, Wording(language), None)


def numbers(node: Any) -> Any:
    """A result without its words."""
    if isinstance(node, dict):
        return {key: numbers(value) for key, value in node.items() if not isinstance(value, str)}
    if isinstance(node, list):
        return [numbers(item) for item in node if not isinstance(item, str)]
    return node


@tried_less
@given(answers())
def test_both_languages_tell_the_same_numbers(mapping: Json) -> None:
    computation = computed(mapping)
    russian, english = (document(computation, language) for language in LANGUAGES)
    assert numbers(russian) == numbers(english)
    codes = ("id", "subject", "reason", "zone", "evidence_level", "unit", "status")
    for ours, theirs in zip(russian["metrics"], english["metrics"], strict=True):
        assert [ours[code] for code in codes] == [theirs[code] for code in codes]
    assert {goal["status"] for goal in russian["goals"]} == {goal["status"] for goal in english["goals"]}


# --- through a workbook -------------------------------------------------------------------------------------


def read_back(mapping: Mapping[str, Any], language: Language) -> Submission:
    content = flatten(CATALOG, mapping)
    reading = read(CATALOG, build(CATALOG, language, answers=content, tool_version=__version__), "w.xlsx")
    assert not reading.refused
    assert reading.findings == ()
    return derive(CATALOG, with_defaults(CATALOG, reading.submission))


def given_values(answered: Submission) -> dict[tuple[str, int | None], Any]:
    """Every answer that stands somewhere, by field and row: its value (numbers as floats) or its mark."""

    def plain(value: Any) -> Any:
        return float(value) if isinstance(value, int) and not isinstance(value, bool) else value

    places: list[tuple[str, int | None, Value]] = [
        (field_id, None, value) for field_id, value in answered.scalars.items()
    ]
    for rows in answered.tables.values():
        places += [(field_id, row.index, value) for row in rows for field_id, value in row.values.items()]
    return {
        (field_id, row): plain(value.value) if value.state is State.VALUE else value.state
        for field_id, row, value in places
        if value.state is not State.BLANK
    }


@pytest.mark.parametrize("language", LANGUAGES)
@tried_less
@given(mapping=answers())
def test_through_a_real_workbook_nothing_is_lost_or_invented(language: Language, mapping: Json) -> None:
    mapping["profile"]["language"] = language
    direct, through = submission(CATALOG, mapping), read_back(mapping, language)
    assert given_values(through) == given_values(direct)
    assert through.get("profile.period_end").value in (date(2026, 7, 31), date(2026, 9, 30))
    first, second = (document(compute(CATALOG, found), language) for found in (direct, through))
    values = [
        [(entry["id"], entry["subject"], entry["value"], entry["reason"]) for entry in found["metrics"]]
        for found in (first, second)
    ]
    assert values[0] == values[1]


# --- better answers never worsen a metric -------------------------------------------------------------------

# Metric, answer, and whether more of the answer is good for the metric (True) or bad (False), all else equal;
# by the definitions of the metrics. Answers of rows are raised in one row, and its own metric is looked at.
DRIVEN_BY = (
    ("active_share", "clients.active", True),
    ("inactive_share", "clients.total", False),
    ("dissatisfied_share", "clients.dissatisfied", False),
    ("contactable_share", "clients.with_contact", True),
    ("new_clients_per_month", "clients.new", True),
    ("base_growth_rate", "clients.new", True),
    ("base_growth_rate", "clients.lost", False),
    ("churn_rate", "clients.lost", False),
    ("churn_rate_monthly", "clients.lost", False),
    ("retention_rate", "clients.lost", False),
    ("repeat_purchase_rate", "clients.repeat_buyers_12m", True),
    ("purchase_frequency_monthly", "clients.sales_count", True),
    ("aov", "clients.revenue", True),
    ("gross_profit_per_sale", "clients.gross_profit", True),
    ("gross_margin", "clients.gross_profit", True),
    ("revenue_per_client_monthly", "clients.revenue", True),
    ("gross_profit_per_client_monthly", "clients.gross_profit", True),
    ("customer_lifespan_months", "clients.lifespan_months", True),
    ("clv_revenue", "clients.revenue", True),
    ("clv_margin", "clients.gross_profit", True),
    ("reactivation_potential_profit", "clients.reactivation_cost_per_contact", False),
    ("reactivation_potential_revenue", "clients.reactivation_rate", True),
    ("promo_spend_total", "promo.other_spend", False),
    ("cac", "clients.new", True),
    ("cac", "promo.other_spend", False),
    ("payback_revenue", "clients.revenue", True),
    ("payback_profit", "clients.gross_profit", True),
    ("payback_new_revenue", "clients.revenue_new", True),
    ("first_sale_contribution", "promo.other_spend", False),
    ("clv_cac_ratio", "promo.other_spend", False),
    ("ad_cost_share", "clients.revenue", True),
    ("cpm", "channels.impressions", True),
    ("cpc", "channels.clicks", True),
    ("ctr", "channels.clicks", True),
    ("cpl", "channels.leads", True),
    ("cpl", "channels.spend", False),
    ("cpa", "channels.sales", True),
    ("channel_cac", "channels.customers", True),
    ("cr_click_to_lead", "channels.leads", True),
    ("cr_lead_to_customer", "channels.customers", True),
    ("csi_coverage", "csi.group_size", False),
    ("survey_response_rate", "nps.invited", False),
    ("followers_growth", "social.followers_end", True),
    ("followers_growth_rate", "social.followers_start", False),
    ("avg_post_reach", "social.reach_sum", True),
    ("er_by_reach", "social.likes", True),
    ("engagement_per_post", "social.shares", True),
    ("comments_per_post", "social.comments", True),
    ("mentions_and_shares", "social.mentions", True),
    ("link_ctr", "social.link_clicks", True),
    ("social_lead_to_sale", "social.sales", True),
    ("revenue_per_follower", "social.revenue", True),
    ("cost_per_follower", "social.ad_spend", False),
    ("response_time", "social.response_time_min", False),
    ("response_rate", "social.answered", True),
    ("chat_messages_per_member", "social.chat_messages", True),
    ("awareness_share", "awareness.after_yes", True),
    ("awareness_lift", "awareness.before_yes", False),
    ("contribution_per_sale", "breakeven.price", True),
    ("break_even_units", "breakeven.fixed_costs", False),
    ("break_even_units", "breakeven.price", True),
    ("break_even_revenue", "breakeven.variable_cost", False),
    ("margin_of_safety", "clients.revenue", True),
    ("break_even_month", "breakeven.price", True),
    ("investment_recovery_month", "breakeven.initial_investment", False),
    ("plan_cumulative_result", "breakeven.fixed_costs", False),
    ("auto_hours_saved", "automation.minutes_after", False),
    ("auto_net_savings", "automation.monthly_cost", False),
    ("auto_payback_months", "automation.one_off_cost", False),
    ("auto_roi_12m", "automation.minutes_after", False),
    ("auto_conversion_change", "automation.purchases_after", True),
    ("affiliate_cost", "affiliate.rewards", False),
    ("partner_cac", "affiliate.new_clients", True),
    ("affiliate_roi", "affiliate.revenue", True),
    ("price_dumping", "affiliate.partner_price", True),
)
# Ratios of a loss: the smaller what it is divided by, the larger the loss in proportion. Tried from zero up.
OF_PROFIT = {"clv_cac_ratio", "affiliate_roi"}
# Scores of a survey: one more answer at a better score instead of at a worse one.
SURVEYS = (
    ("nps", "nps", "tally_0_10"),
    ("nps_promoter_share", "nps", "tally_0_10"),
    ("nps_detractor_share", "nps", "tally_0_10"),
    ("csat_share", "csat", "tally_1_5"),
    ("csat_mean", "csat", "tally_1_5"),
    ("csi", "csi", "overall_1_5"),
)


@dataclass(frozen=True, slots=True)
class Place:
    """Where an answer stands: its page and, in a table, the row."""

    record: Json
    subject: str | None


def place_of(mapping: Json, field_id: str) -> Place | None:
    """The record that holds a number for the field; of a table, the first that does."""
    page, name = field_id.split(".")
    field = CATALOG.fields[field_id]
    sheet = CATALOG.sheet(field.sheet)
    records = mapping.get(page, [])
    for record in records if isinstance(records, list) else [records]:
        number = record.get(name)
        if isinstance(number, int | float):
            subject = CATALOG.fields[sheet.subject].name if field.table and sheet.subject else None
            return Place(record, record[subject] if subject else None)
    return None


def value_of(mapping: Json, metric_id: str, subject: str | None) -> float | None:
    """The metric's value; None where it has none, or does not apply to the row."""
    try:
        return computed(mapping).metric(metric_id, subject).value
    except KeyError:
        return None


def worsened(metric_id: str, subject: str | None, before: Json, after: Json) -> str | None:
    """What got worse, in words; None when nothing did or either side has no value."""
    old, new = (value_of(mapping, metric_id, subject) for mapping in (before, after))
    if old is None or new is None or (metric_id in OF_PROFIT and old < 0):
        return None
    better = CATALOG.metric(metric_id, None).better
    assert better is not Better.CONTEXT, metric_id
    slack = 1e-9 * max(1.0, abs(old))
    worse = new < old - slack if better is Better.HIGHER else new > old + slack
    return f"{metric_id} of {subject}: {old} to {new}" if worse else None


def subject_of(metric_id: str, place: Place) -> str | None:
    per = {metric.per for metric in CATALOG.metrics[metric_id]}
    return place.subject if per - {None} else None


@tried
@given(answers(), st.integers(1, 500))
def test_a_better_answer_never_worsens_what_it_drives(mapping: Json, more: int) -> None:
    for metric_id, field_id, good in DRIVEN_BY:
        changed = copy.deepcopy(mapping)
        place = place_of(changed, field_id)
        if place is None:
            continue
        name = field_id.split(".")[1]
        step = more / 1000 if CATALOG.fields[field_id].type.value == "share" else more
        place.record[name] = max(0, place.record[name] + step) if good else max(0, place.record[name] - step)
        said = worsened(metric_id, subject_of(metric_id, place), mapping, changed)
        assert said is None, f"{field_id} {'more' if good else 'less'}: {said}"


@tried
@given(answers(), st.data())
def test_a_better_score_never_worsens_a_survey(mapping: Json, data: st.DataObject) -> None:
    for metric_id, page, name in SURVEYS:
        tally = mapping.get(page, {}).get(name)
        if not tally:
            continue
        given_scores = [score for score, count in enumerate(tally) if count]
        worse = data.draw(st.sampled_from(given_scores))
        best = len(tally) - (2 if page == "csi" and "scale_max" in mapping["csi"] else 1)
        if worse >= best:
            continue
        changed = copy.deepcopy(mapping)
        changed[page][name][worse] -= 1
        changed[page][name][data.draw(st.integers(worse + 1, best))] += 1
        assert worsened(metric_id, None, mapping, changed) is None


def test_every_driven_metric_has_a_direction() -> None:
    assert len(DRIVEN_BY) >= 60
    for metric_id, field_id, _ in DRIVEN_BY:
        assert field_id in CATALOG.fields
        assert CATALOG.metric(metric_id, None).better is not Better.CONTEXT, metric_id
        assert CATALOG.metric(metric_id, None).unit is not Unit.MEASURE
