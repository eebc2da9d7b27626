"""Intervals against scipy and statsmodels, and the hand-worked values of the specification."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats
from statsmodels.stats.proportion import confint_proportions_2indep, proportion_confint

from sheetreport.formula import intervals


@given(st.integers(1, 5000).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n))))
def test_wilson_equals_statsmodels(counts: tuple[int, int]) -> None:
    successes, n = counts
    low, high = proportion_confint(successes, n, alpha=0.05, method="wilson")
    assert intervals.wilson(successes, n) == pytest.approx((low, high), abs=1e-9)


def test_wilson_of_three_answers_without_detractors_reaches_56_per_cent() -> None:
    assert intervals.wilson(0, 3)[1] == pytest.approx(0.5615, abs=1e-4)


@pytest.mark.parametrize(
    ("before", "n1", "after", "n2"), [(48, 150, 72, 160), (120, 200, 147, 210), (1, 9, 8, 9)]
)
def test_newcombe_equals_statsmodels(before: int, n1: int, after: int, n2: int) -> None:
    low, high = confint_proportions_2indep(
        after, n2, before, n1, method="newcomb", compare="diff", alpha=0.05
    )
    assert intervals.newcombe(before, n1, after, n2) == pytest.approx((low, high), abs=1e-9)


def test_student_equals_scipy_below_thirty_answers_and_is_normal_from_thirty() -> None:
    for n in range(2, 30):
        assert intervals.student(n) == pytest.approx(stats.t.ppf(0.975, n - 1), abs=1e-9)
    assert intervals.student(30) == pytest.approx(stats.norm.ppf(0.975), abs=1e-12)


@pytest.mark.parametrize("events", [5, 6, 14, 40, 1000])
def test_byar_is_near_the_exact_poisson_limits(events: int) -> None:
    low, high = intervals.byar(events)
    exact = stats.chi2.ppf(0.025, 2 * events) / 2, stats.chi2.ppf(0.975, 2 * events + 2) / 2
    assert (low, high) == pytest.approx(exact, rel=0.01)


def test_cost_of_a_client_uses_the_limits_the_other_way_round() -> None:
    # 60 000 for 40 clients: Byar's limits are 28.574... and 54.470... clients.
    assert intervals.per_count(60_000, 40, 5) == pytest.approx((1101.5218, 2099.8625), abs=1e-3)


def test_four_events_are_too_few_for_a_range_and_five_are_enough() -> None:
    with pytest.raises(ValueError, match="fewer than 5"):
        intervals.per_count(100, 4, 5)
    assert intervals.per_count(100, 5, 5)[0] < 20 < intervals.per_count(100, 5, 5)[1]


def test_nps_interval_of_50_26_24_by_hand() -> None:
    # 103 answers, p = 50.75/103, d = 24.75/103: score 25.2427, variance 0.66929..., margin 15.7993.
    p, d = 50.75 / 103, 24.75 / 103
    margin = 1.959963984540054 * math.sqrt((p + d - (p - d) ** 2) / 103)
    assert intervals.nps_interval(50, 24, 100) == pytest.approx(
        (100 * (p - d - margin), 100 * (p - d + margin)), abs=1e-9
    )
    assert intervals.nps_interval(50, 24, 100) == pytest.approx((9.4435, 41.0420), abs=1e-4)


def test_nps_interval_stays_within_a_hundred_points_and_is_never_empty() -> None:
    low, high = intervals.nps_interval(12, 0, 12)
    assert high == 100.0
    assert low < 90


def test_the_whole_group_asked_leaves_no_sampling_error() -> None:
    assert intervals.finite_population(480, 480) == 0
    assert intervals.finite_population(120, 480) == pytest.approx(math.sqrt(360 / 479))
    with pytest.raises(ValueError, match="more answers"):
        intervals.finite_population(481, 480)


def test_a_negative_factor_turns_an_interval_round() -> None:
    assert intervals.scale((1, 3), -2) == (-6, -2)


def test_an_amount_moves_both_ends() -> None:
    assert intervals.shift((-3, -1), 5) == (2, 4)


def test_the_ends_of_an_inverse_change_places_and_zero_has_none() -> None:
    assert intervals.inverse((2, 4)) == (0.25, 0.5)
    with pytest.raises(ValueError, match="zero"):
        intervals.inverse((0, 4))
