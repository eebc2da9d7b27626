"""What surrounds a metric's value: evidence, confidence, cells, and how far a wrong cell reaches."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from sheetreport.answers import submission
from sheetreport.catalog.load import load_catalog
from sheetreport.compute import Computation, compute
from sheetreport.formula.evaluate import condition_holds, evaluate
from sheetreport.formula.parse import parse
from sheetreport.model import Evidence, State, Value

CATALOG = load_catalog()


def computed(**answers: Any) -> Computation:
    return compute(CATALOG, submission(CATALOG, answers))


def csi(*tally: int, group: int | None = None) -> Computation:
    return computed(csi={"overall_1_5": list(tally), "group_size": group})


@pytest.mark.parametrize(
    ("answers", "level"),
    [
        (9, Evidence.ANECDOTAL),
        (10, Evidence.INDICATIVE),
        (29, Evidence.INDICATIVE),
        (30, Evidence.USABLE),
        (99, Evidence.USABLE),
        (100, Evidence.GOOD),
    ],
)
def test_evidence_follows_the_number_of_answers(answers: int, level: Evidence) -> None:
    result = csi(0, 0, 0, 1, answers - 1).metric("csi")
    assert (result.sample, result.evidence) == (answers, level)


def test_a_zone_needs_its_smallest_sample() -> None:
    assert csi(0, 0, 0, 1, 8).metric("csi").zone is None
    assert csi(0, 0, 0, 1, 9).metric("csi").zone == "green"


def test_a_zone_is_confident_only_when_the_whole_interval_lies_in_it() -> None:
    far = csi(0, 0, 0, 10, 190).metric("csi")  # 4.95, narrow
    near = csi(0, 0, 5, 40, 60).metric("csi")  # 4.52, its interval reaches below 4.5
    few = csi(0, 0, 0, 1, 19).metric("csi")  # 4.95 from 20 answers: an early indication
    assert (far.zone, far.zone_confident) == ("green", True)
    assert (near.zone, near.zone_confident) == ("green", False)
    assert (few.zone, few.zone_confident) == ("green", False)


@pytest.mark.parametrize(("tally", "zone"), [((0, 0, 0, 50, 50), "green"), ((0, 0, 0, 100, 0), "orange")])
def test_zone_borders_belong_to_the_higher_zone(tally: tuple[int, ...], zone: str) -> None:
    assert csi(*tally).metric("csi").zone == zone  # 4.5 and 4.0


def test_a_hair_below_a_border_is_the_lower_zone() -> None:
    # 4.4999: 5 001 fours and 4 999 fives; 3.9999: one three among ten thousand.
    assert csi(0, 0, 0, 5_001, 4_999).metric("csi").value == pytest.approx(4.4999)
    assert csi(0, 0, 0, 5_001, 4_999).metric("csi").zone == "orange"
    assert csi(0, 0, 1, 9_999, 0).metric("csi").zone == "red"


def test_a_wrong_cell_disables_only_what_depends_on_it() -> None:
    given = submission(
        CATALOG,
        {
            "profile": {"period_type": "month"},
            "clients": {"total": 800, "active": 480, "sales_count": 480, "revenue": 720_000, "new": 40},
        },
    )
    wrong = replace(given, scalars={**given.scalars, "clients.revenue": Value(State.INVALID)})
    computation = compute(CATALOG, wrong)
    assert computation.metric("aov").value is None
    assert str(computation.metric("aov").reason) == "missing_input"
    assert computation.metric("active_share").value == 0.6
    assert computation.metric("new_clients_per_month").value == 40


def test_a_metric_names_every_cell_behind_it_once() -> None:
    computation = computed(
        channels=[{"name": "A", "spend": 100, "customers": 2}, {"name": "B", "spend": 50, "customers": 1}],
        promo={"other_spend": 10},
        clients={"new": 4},
    )
    cac = computation.metric("cac")
    assert cac.value == 40
    assert [(cell.field, cell.value) for cell in cac.inputs] == [
        ("channels.spend", 100),
        ("channels.spend", 50),
        ("promo.other_spend", 10),
        ("clients.new", 4),
    ]
    assert (
        len(computation.metric("payback_revenue").inputs) == 4
    )  # revenue is blank; the rest comes through cac
    assert [cell.value for cell in computation.metric("channel_cac", "B").inputs] == [50, 1]


def test_row_metrics_see_their_own_row_and_company_metrics() -> None:
    computation = computed(
        channels=[
            {"name": "A", "type": "search_ads", "spend": 100, "customers": 10},
            {"name": "B", "spend": 900, "customers": 0},
        ],
        promo={"other_spend": 0},
        clients={"new": 10},
    )
    row = computation.submission.rows("channels")[1]
    scope = computation.environment(row, "channels")
    assert evaluate(parse("channels.spend / cac"), scope) == 9
    assert condition_holds(parse("channels.customers == 0 and channels.spend >= 3 * cac"), scope)
    assert computation.metric("wasted_spend").value == 900


def test_a_metric_that_does_not_exist_for_a_subject_is_a_key_error() -> None:
    with pytest.raises(KeyError):
        computed(clients={"total": 1}).metric("channel_cac", "nobody")


def test_a_metric_remembers_last_time() -> None:
    wave = {"promoters": 50, "passives": 26, "detractors": 24}
    nps = computed(
        nps={"groups": wave, "previous": {"promoters": 32, "passives": 28, "detractors": 20}}
    ).metric("nps")
    assert (nps.value, nps.previous, nps.change) == (26, 15, 11)
    alone = computed(nps={"groups": wave}).metric("nps")
    assert (alone.previous, alone.change) == (None, None)
