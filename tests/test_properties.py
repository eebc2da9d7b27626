"""Whatever an owner may validly answer: nothing is lost on the way, and no number leaves its bounds."""

from __future__ import annotations

import math
from collections.abc import Mapping
from datetime import date
from typing import Any

from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from sheetreport import __version__
from sheetreport.answers import flatten, submission
from sheetreport.catalog.definitions import Unit
from sheetreport.catalog.load import load_catalog
from sheetreport.check import check
from sheetreport.compute import Computation, compute
from sheetreport.derive import derive, with_defaults
from sheetreport.model import Severity, State, Submission
from sheetreport.read import read
from sheetreport.template import build

CATALOG = load_catalog()

counts = st.integers(0, 5000)
amounts = st.integers(0, 10_000_000) | st.decimals(0, 1_000_000, places=2).map(float)
names = (
    st.text(st.sampled_from("абвгдёжзик ABCDEFGHIK0123456789«»-&"), min_size=3, max_size=30)
    .map(lambda text: " ".join(text.split()))
    .filter(lambda text: sum(map(str.isalpha, text)) > 2)
)


@st.composite
def clients(draw: st.DrawFn) -> Mapping[str, Any]:
    """A client base whose numbers agree with each other."""
    start, new = draw(st.integers(0, 2000)), draw(st.integers(0, 500))
    lost = draw(st.integers(0, start))
    active = start + new - lost
    total = active + draw(st.integers(0, 2000))
    repeats = draw(counts)
    revenue = draw(amounts)
    profit = round(revenue * draw(st.floats(-0.5, 1)), 2)
    return {
        "total": total,
        "active": active,
        "activity_window_days": draw(st.integers(1, 365)),
        "active_start": start,
        "new": new,
        "lost": lost,
        "sales_count": repeats + new,
        "repeat_purchases": repeats,
        "revenue": revenue,
        "gross_profit": profit,
        "dissatisfied": draw(st.none() | st.integers(0, total)),
    }


@st.composite
def channels(draw: st.DrawFn, new: int) -> list[Mapping[str, Any]]:
    """Channels that brought no more clients than came."""
    rows: list[Mapping[str, Any]] = []
    left = new
    for name in draw(st.lists(names, max_size=5, unique_by=str.casefold)):
        customers = draw(st.integers(0, left))
        left -= customers
        leads = customers + draw(counts)
        clicks = leads + draw(counts)
        rows.append(
            {
                "name": name,
                "type": draw(st.sampled_from(("search_ads", "social_ads", "maps", "offline"))),
                "spend": draw(amounts),
                "customers": customers,
                "leads": draw(st.none() | st.just(leads)),
                "clicks": draw(st.none() | st.just(clicks)),
            }
        )
    return rows


@st.composite
def answers(draw: st.DrawFn) -> dict[str, Any]:
    base = draw(clients())
    nps = draw(st.none() | st.lists(st.integers(0, 60), min_size=11, max_size=11).filter(any))
    csi = draw(st.none() | st.lists(st.integers(0, 60), min_size=5, max_size=5).filter(any))
    found: dict[str, Any] = {
        "profile": {
            "company_name": draw(names),
            "country": "RU",
            "currency": draw(st.sampled_from(("RUB", "USD"))),
            "situation": draw(st.sampled_from(("ok_want_more", "stagnation", "decline"))),
            "stage": "operating",
            "report_date": "2026-11-16",
            "period_type": "month",
            "period_start": "2026-10-01",
            "language": draw(st.sampled_from(("ru", "en"))),
        },
        "clients": {key: value for key, value in base.items() if value is not None},
        "promo": {"other_spend": draw(amounts)},
        "channels": draw(channels(base["new"])),
    }
    if nps:
        found["nps"] = {"tally_0_10": nps, "survey_date": "2026-10-25", "sampling": "all_invited"}
    if csi:
        found["csi"] = {"overall_1_5": csi, "group_size": sum(csi) + draw(counts)}
    return found


def computed(mapping: Mapping[str, Any]) -> Computation:
    return compute(CATALOG, submission(CATALOG, mapping))


@given(answers())
def test_valid_answers_give_no_errors(mapping: dict[str, Any]) -> None:
    findings = check(CATALOG, submission(CATALOG, mapping)).findings
    assert [finding for finding in findings if finding.severity is Severity.ERROR] == []


@given(answers())
def test_numbers_are_finite_within_their_bounds_and_inside_their_intervals(mapping: dict[str, Any]) -> None:
    results = computed(mapping).results
    assert any(result.value is not None for result in results)
    for result in results:
        assert (result.value is None) is (result.reason is not None), result.id
        if result.value is None:
            continue
        assert math.isfinite(result.value), result.id
        definition = CATALOG.metric(result.id)
        if result.id in SHARES_OF_A_WHOLE:
            assert 0 <= result.value <= 1, result.id
        if definition.unit is Unit.SCORE:
            assert 0 <= result.value <= 5, result.id
        if result.id == "nps":
            assert -100 <= result.value <= 100
        if result.interval and result.id not in ADJUSTED:
            low, high = result.interval
            assert low - 1e-6 <= result.value <= high + 1e-6, result.id


SHARES_OF_A_WHOLE = {
    "active_share",
    "inactive_share",
    "dissatisfied_share",
    "churn_rate",
    "repeat_sales_share",
    "nps_promoter_share",
    "nps_passive_share",
    "nps_detractor_share",
    "csi_coverage",
    "cr_click_to_lead",
    "cr_lead_to_customer",
    "channel_spend_share",
}
# The interval belongs to an adjusted score, which for one-sided small samples lies beside the plain one.
ADJUSTED = {"nps", "nps_change"}


@given(answers())
def test_shares_of_a_whole_add_up(mapping: dict[str, Any]) -> None:
    computation = computed(mapping)

    def value(metric_id: str) -> float | None:
        return computation.metric(metric_id).value

    active, inactive = value("active_share"), value("inactive_share")
    if active is not None and inactive is not None:
        assert math.isclose(active + inactive, 1)
    groups = [value(f"nps_{group}_share") for group in ("promoter", "passive", "detractor")]
    if None not in groups:
        assert math.isclose(math.fsum(group for group in groups if group is not None), 1)
    spent = [result.value for result in computation.results if result.id == "channel_spend_share"]
    if spent and None not in spent:
        assert math.isclose(math.fsum(share for share in spent if share is not None), 1)


@given(answers(), st.integers(1, 500))
def test_more_new_clients_for_the_same_money_never_make_a_client_dearer(
    mapping: dict[str, Any], more: int
) -> None:
    before = computed(mapping).metric("cac").value
    base = mapping["clients"]
    raised = {
        **base,
        "new": base["new"] + more,
        "active": base["active"] + more,
        "total": base["total"] + more,
    }
    after = computed({**mapping, "clients": raised}).metric("cac").value
    assume(before is not None)
    assert after is not None
    assert before is not None
    assert after <= before


def read_back(mapping: Mapping[str, Any]) -> Submission:
    language = mapping["profile"]["language"]
    content = flatten(CATALOG, mapping)
    reading = read(CATALOG, build(CATALOG, language, answers=content, tool_version=__version__), "w.xlsx")
    assert not reading.refused
    assert reading.findings == ()
    return derive(CATALOG, with_defaults(CATALOG, reading.submission))


def given_values(answered: Submission) -> dict[tuple[str, int | None], Any]:
    """Every value that stands somewhere, by field and row; numbers as floats."""

    def plain(value: Any) -> Any:
        return float(value) if isinstance(value, int) and not isinstance(value, bool) else value

    found: dict[tuple[str, int | None], Any] = {
        (field_id, None): plain(value.value)
        for field_id, value in answered.scalars.items()
        if value.state is State.VALUE
    }
    for rows in answered.tables.values():
        for row in rows:
            found |= {
                (field_id, row.index): plain(value.value)
                for field_id, value in row.values.items()
                if value.state is State.VALUE
            }
    return found


@settings(max_examples=12, suppress_health_check=[HealthCheck.too_slow])
@given(answers())
def test_through_a_real_workbook_nothing_is_lost_or_invented(mapping: dict[str, Any]) -> None:
    direct, through = given_values(submission(CATALOG, mapping)), given_values(read_back(mapping))
    assert through == direct
    assert direct[("profile.period_end", None)] == date(2026, 10, 31)
