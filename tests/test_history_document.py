"""What a result says of earlier periods: which are compared, by how much a value changed, what is chance.

The differences come from statsmodels and from arithmetic by hand, never from the program.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from scipy.stats import chi2
from statsmodels.stats.proportion import confint_proportions_2indep
from statsmodels.stats.weightstats import DescrStatsW

from sheetreport.formula.intervals import Z
from sheetreport.history.document import MOST_PERIODS
from sheetreport.history.record import Kept, Record
from sheetreport.i18n import Wording
from tests import histories

Json = dict[str, Any]

FIRST, SECOND = 0, 1


def series(found: Json, metric: str) -> Json:
    return next(one for one in found["history"]["series"] if one["metric"] == metric)


def change(found: Json, metric: str) -> Json:
    changed: Json = series(found, metric)["change"]
    return changed


def earlier() -> list[Record]:
    return [histories.record(one) for one in histories.quarters()[:-1]]


def plain(text: str) -> str:
    return text.replace("\N{NO-BREAK SPACE}", " ")


def told(records: list[Record], twins: tuple[str, ...] = ()) -> Json:
    return histories.with_history(histories.quarters()[-1], records, twins)


def with_metric(record: Record, metric: str, kept: Kept | None) -> Record:
    metrics = {name: value for name, value in record.metrics.items() if name != metric}
    return replace(record, metrics=metrics | ({metric: kept} if kept else {}))


def adjusted(promoters: int, passives: int, detractors: int) -> tuple[float, float]:
    """Score and variance of the mean with three answers added, by statsmodels' weighted statistics."""
    weights = [promoters + 0.75, passives + 1.5, detractors + 0.75]
    scores = DescrStatsW([100, 0, -100], weights=weights, ddof=0)
    return float(scores.mean), float(scores.var / sum(weights))


def test_a_change_of_nps_has_the_interval_of_two_independent_surveys() -> None:
    """Second quarter: 25 of 62 promoters, 14 detractors. Third: 34 of 64 and 10. So +17.7 and +37.5."""
    before, variance_before = adjusted(25, 23, 14)
    after, variance_after = adjusted(34, 20, 10)
    margin = Z * (variance_before + variance_after) ** 0.5
    found = change(histories.third(), "nps")
    assert found["value"] == pytest.approx(100 * 24 / 64 - 100 * 11 / 62)
    assert found["interval"] == pytest.approx([after - before - margin, after - before + margin])
    assert (found["verdict"], found["since"]) == ("chance", SECOND)
    assert found["shown"] == "+20 (−7 to +45)"
    assert plain(found["text"]) == "Against Apr–Jun 2026: +20 (−7 to +45), change within the margin of error."


def test_a_change_of_nps_beyond_its_margin_is_said_to_be_one() -> None:
    """Against the first quarter alone: 14 of 60 promoters, 24 detractors, that is −17, then +38."""
    before, variance_before = adjusted(14, 22, 24)
    after, variance_after = adjusted(34, 20, 10)
    margin = Z * (variance_before + variance_after) ** 0.5
    found = change(told(earlier()[:1]), "nps")
    assert found["interval"] == pytest.approx([after - before - margin, after - before + margin])
    assert found["interval"][0] > 0
    assert found["verdict"] == "up"
    assert "growth beyond the margin of error" in found["text"]


def test_a_change_of_a_share_of_people_has_newcombes_interval() -> None:
    """Retention: (395 − 52) of 382, then (410 − 48) of 395."""
    low, high = confint_proportions_2indep(362, 395, 343, 382, method="newcomb", compare="diff")
    found = change(histories.third(), "retention_rate")
    assert found["value"] == pytest.approx(362 / 395 - 343 / 382)
    assert found["interval"] == pytest.approx([low, high], abs=1e-4)  # statsmodels rounds z
    assert found["verdict"] == "chance"


def test_a_change_of_a_cost_puts_the_limits_of_both_together() -> None:
    """£193 for each of 52 clients, then £209 for 48; the exact limits of a count are within 1% of Byar's."""
    before, after = 10050 / 52, 10050 / 48
    (low_1, high_1), (low_2, high_2) = (
        (10050 / (chi2.ppf(0.975, 2 * n + 2) / 2), 10050 / (chi2.ppf(0.025, 2 * n) / 2)) for n in (52, 48)
    )
    expected = [
        after - before - ((after - low_2) ** 2 + (high_1 - before) ** 2) ** 0.5,
        after - before + ((high_2 - after) ** 2 + (before - low_1) ** 2) ** 0.5,
    ]
    found = change(histories.third(), "cac")
    assert found["interval"] == pytest.approx(expected, rel=0.01)
    assert found["verdict"] == "chance"


def test_what_counts_everything_has_no_chance_in_it() -> None:
    """Revenue a month: 226,000 / 3 and 244,000 / 3. The spend is the same in all quarters."""
    found = histories.third()
    assert change(found, "revenue_monthly")["value"] == pytest.approx(6000)
    assert change(found, "revenue_monthly")["interval"] is None
    assert plain(change(found, "revenue_monthly")["text"]) == "Against Apr–Jun 2026: +£6,000."
    assert change(found, "new_clients_per_month")["verdict"] == "down"
    assert change(found, "promo_spend_total")["verdict"] == "same"


def test_unknown_is_a_gap_with_its_reason_and_never_zero() -> None:
    """Gross profit was unknown in the second quarter, and the page of CSI was left blank."""
    found = histories.third()
    payback, csi = series(found, "payback_profit"), series(found, "csi")
    assert payback["points"][SECOND]["value"] is None
    assert payback["points"][SECOND]["shown"] is None
    assert payback["points"][SECOND]["reason_text"]
    assert csi["points"][SECOND]["reason"] == "not_recorded"
    assert payback["change"]["since"] == FIRST  # the latest that is known, by its name
    assert plain(payback["change"]["text"]).startswith("Against Jan–Mar 2026:")


def test_what_is_unknown_now_is_not_compared() -> None:
    found = histories.quarters()
    told = histories.with_history(found[1], [histories.record(found[0])])
    assert change(told, "payback_profit")["verdict"] == "not_comparable"
    assert change(told, "payback_profit")["reason"] == "unknown_now"
    assert change(told, "payback_profit")["value"] is None


def test_few_answers_prove_nothing() -> None:
    second = earlier()[SECOND]
    nps = replace(second.metrics["nps"], evidence="indicative")
    found = change(told([with_metric(second, "nps", nps)]), "nps")
    assert (found["verdict"], found["reason"]) == ("not_comparable", "few_answers")
    assert "fewer than 30 answers" in found["text"]


def test_a_sample_without_an_interval_is_not_compared() -> None:
    second = earlier()[SECOND]
    cac = replace(second.metrics["cac"], interval=None)
    found = change(told([with_metric(second, "cac", cac)]), "cac")
    assert (found["verdict"], found["reason"]) == ("not_comparable", "no_interval")
    without = with_metric(second, "nps_promoters", None)
    assert change(told([without]), "nps")["reason"] == "no_interval"


def test_another_currency_keeps_money_apart_and_nothing_else() -> None:
    found = told([replace(earlier()[SECOND], currency="EUR")])
    assert change(found, "revenue_monthly")["reason"] == "other_currency"
    assert not series(found, "revenue_monthly")["points"][0]["compared"]
    assert change(found, "nps")["verdict"] == "chance"
    assert [plain(note) for note in found["history"]["notes"]] == [
        "1 April – 30 June 2026: some numbers are not compared, the currency is another one."
    ]


def test_a_month_is_compared_with_a_quarter_only_where_length_is_no_matter() -> None:
    month = replace(earlier()[SECOND], start=date(2026, 6, 1), type="month")
    found = told([month])
    assert change(found, "new_clients_per_month")["reason"] == "other_type"
    assert change(found, "promo_spend_total")["verdict"] == "not_comparable"
    assert change(found, "nps")["since"] == 0
    assert "the period has another length" in found["history"]["notes"][0]


def test_a_period_that_reaches_into_this_one_is_not_compared() -> None:
    found = told([replace(earlier()[SECOND], end=date(2026, 7, 1))])
    reasons = {one["change"]["reason"] for one in found["history"]["series"]}
    assert reasons >= {"overlaps"}
    assert all(one["change"]["verdict"] == "not_comparable" for one in found["history"]["series"])


def test_health_is_compared_where_the_same_was_judged() -> None:
    """In the second quarter neither CSI nor payback was judged: the first one is what it is held against."""
    health = series(histories.third(), "health")
    assert health["points"][SECOND]["reason"] == "other_areas"
    assert health["change"]["since"] == FIRST


def test_followers_are_compared_while_the_pages_are_the_same() -> None:
    second = earlier()[SECOND]
    same = change(told([second]), "audience_end")
    followers = second.metrics["audience_end"]
    other = change(
        told([with_metric(second, "audience_end", replace(followers, rows="other"))]), "audience_end"
    )
    assert same["verdict"] == "same"
    assert (other["verdict"], other["reason"]) == ("not_comparable", "other_rows")


def test_a_figure_typed_otherwise_than_it_was_recorded_is_pointed_out() -> None:
    """The owner typed a spend of £9,000 for the second quarter, whose own workbook gave £10,050."""
    found = histories.quarters()[-1]
    spend = next(entry for entry in found["metrics"] if entry["id"] == "promo_spend_total")
    spend["previous"] = 9000
    said = histories.with_history(found, earlier())["history"]
    assert said["disagreements"] == [
        {"metric": "promo_spend_total", "typed": 9000, "recorded": 10050.0, "text": said["notes"][-1]}
    ]
    assert "£9,000" in said["notes"][-1]
    assert "£10,050" in said["notes"][-1]
    spend["previous"] = 10050
    assert not histories.with_history(found, earlier())["history"]["disagreements"]
    spend["previous"] = 9000
    assert not histories.with_history(found, earlier()[:1])["history"]["disagreements"]  # another period


def test_no_more_periods_than_a_report_looks_back_over() -> None:
    first = earlier()[0]
    many = [replace(first, start=date(2010 + n, 1, 1), end=date(2010 + n, 3, 31)) for n in range(16)]
    found = told(many)["history"]
    assert len(found["periods"]) == MOST_PERIODS
    assert [period["current"] for period in found["periods"]] == [False] * (MOST_PERIODS - 1) + [True]
    assert found["periods"][0]["start"] == "2015-01-01"
    assert all(len(one["points"]) == MOST_PERIODS for one in found["series"])


def test_the_only_period_has_nothing_to_compare_with() -> None:
    found = told([])["history"]
    assert len(found["periods"]) == 1
    assert {one["change"]["verdict"] for one in found["series"]} == {"not_comparable"}
    assert not found["better"] + found["worse"] + found["unclear"]


def test_twins_are_named_with_the_one_that_counts() -> None:
    found = told(earlier(), ("a.xlsx", "b.xlsx"))["history"]
    assert found["twins"] == (
        "Several workbooks cover this period: a.xlsx, b.xlsx. The history keeps the last one by name: b.xlsx."
    )
    assert told(earlier())["history"]["twins"] is None


def test_who_is_improving() -> None:
    """Revenue, payback and health are up, new clients down; the rest may be chance. Spend is no success."""
    found = histories.third()["history"]
    assert found["better"] == ["health", "csi", "payback_profit", "revenue_monthly"]
    assert found["worse"] == ["new_clients_per_month"]
    assert found["unclear"] == ["nps", "cac", "retention_rate", "audience_end"]


def test_a_cost_that_fell_got_better() -> None:
    """£900 for a new client last quarter, £209 now: far beyond both margins."""
    second = earlier()[SECOND]
    dear = replace(second.metrics["cac"], value=900.0, interval=(850.0, 950.0))
    found = told([with_metric(second, "cac", dear)])
    assert change(found, "cac")["verdict"] == "down"
    assert "cac" in found["history"]["better"]


def test_both_languages_say_the_same_of_every_change() -> None:
    russian, english = histories.third("ru")["history"], histories.third("en")["history"]
    assert [one["change"]["value"] for one in russian["series"]] == [
        one["change"]["value"] for one in english["series"]
    ]
    assert [one["change"]["verdict"] for one in russian["series"]] == [
        one["change"]["verdict"] for one in english["series"]
    ]
    assert russian["periods"][0]["short"] == "янв.–март 2026".replace(" ", "\N{NO-BREAK SPACE}")


@pytest.mark.parametrize(
    ("start", "end", "english", "russian"),
    [
        (date(2026, 10, 1), date(2026, 10, 31), "Oct 2026", "окт. 2026"),
        (date(2026, 1, 1), date(2026, 12, 31), "Jan–Dec 2026", "янв.–дек. 2026"),
        (date(2026, 12, 1), date(2027, 2, 28), "Dec 2026 – Feb 2027", "дек. 2026 – февр. 2027"),
    ],
)
def test_a_period_in_a_narrow_place(start: date, end: date, english: str, russian: str) -> None:
    for language, said in (("en", english), ("ru", russian)):
        shown = Wording(language).short_period(start, end)  # type: ignore[arg-type]
        assert plain(shown) == said
