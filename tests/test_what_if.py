"""Levers and what comes of them: by hand, in Python, and in the workbook that LibreOffice computes."""

from __future__ import annotations

import random
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache
from importlib import resources
from io import BytesIO
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sheetreport import what_if
from sheetreport.catalog.load import FILES, build_catalog
from sheetreport.compute import Computation
from sheetreport.errors import CatalogError
from sheetreport.explain import explain
from sheetreport.i18n import NBSP, Wording
from sheetreport.model import LANGUAGES, Language, State
from sheetreport.render import workbook
from sheetreport.render.view import goals
from sheetreport.render.view.facts import Facts
from sheetreport.render.view.words import Words
from sheetreport.what_if import Key, Outlook, Required, levers, outlooks, tried
from tests.conftest import Office
from tests.said import said
from tests.strategies import answers
from tests.test_parity import Calculated, same
from tests.test_properties import tried as examples
from tests.what_if_cases import CATALOG, PAID, Json, business, computed, document, lever, values, with_gaps


@lru_cache
def present() -> Computation:
    return computed(business())


@lru_cache
def gapped() -> Computation:
    return computed(with_gaps())


def changed(**settings: float) -> dict[str, float | None]:
    """The outcomes of the business with levers of the company elsewhere."""
    return values(tried(present(), {(name, None): value for name, value in settings.items()}))


def in_channel(name: str, value: float, channel: str = PAID) -> dict[Key, float]:
    return {lever(present(), name, channel).key: value}


def outlook(measure: str, place: str, settings: Mapping[Key, float] | None = None) -> Outlook:
    """The first goal on a measure at a place, with levers as they are or elsewhere."""
    state = tried(present(), settings or {})
    return next(
        item
        for item in outlooks(present(), state, settings or {})
        if item.goal.measure == measure and item.goal.row.get("goals.place").value == place
    )


def required(measure: str, place: str, settings: Mapping[Key, float] | None = None) -> dict[str, Required]:
    return {item.lever.definition.id: item for item in outlook(measure, place, settings).required}


# --- what levers do, by hand --------------------------------------------------------------------------------


def test_levers_where_they_are_leave_every_number_as_it_is() -> None:
    settings = {item.key: item.now for item in levers(present()) if item.now is not None}
    assert len(settings) == 14
    assert tried(present(), settings) is present()


def test_price_moves_revenue_and_gross_profit_by_the_same_amount() -> None:
    """200 sales at 1100 instead of 1000: 20 000 more of both; break-even 60 000 / (1100 − 400) = 85.7."""
    found = changed(price=1100)
    assert found["revenue"] == pytest.approx(220_000)
    assert found["profit_after_promotion"] == pytest.approx(60_000 + 20_000)
    assert found["break_even_units"] == 86
    assert found["cac"] == pytest.approx(1500)
    assert found["sales"] == 200


def test_conversion_brings_clients_who_buy_once() -> None:
    """Conversion 25 % to 30 %: 30 clients out of leads become 36: six sales more, 600 of profit on each."""
    found = changed(conversion=0.30)
    assert found["new_clients"] == pytest.approx(46)
    assert found["sales"] == pytest.approx(206)
    assert found["revenue"] == pytest.approx(206_000)
    assert found["profit_after_promotion"] == pytest.approx(120_000 + 3600 - 60_000)
    assert found["cac"] == pytest.approx(60_000 / 46)
    assert found["active_end"] == pytest.approx(306)
    assert found["leads"] == pytest.approx(120)


def test_cheaper_leads_are_more_leads_for_the_same_money() -> None:
    """At half the price 110 paid leads become 220, and their 25 clients 50; the free 10 leads stay."""
    found = changed(cost_per_lead=50_000 / 110 / 2)
    assert found["leads"] == pytest.approx(230)
    assert found["new_clients"] == pytest.approx(65)
    assert found["promo_spend_total"] == pytest.approx(60_000)


def test_budget_of_all_channels_brings_clients_in_proportion_from_paid_ones_alone() -> None:
    """50 000 to 60 000: paid channels' 25 clients become 30; what is spent stands inside the fixed costs."""
    found = changed(budget=60_000)
    assert found["promo_spend_total"] == pytest.approx(70_000)
    assert found["new_clients"] == pytest.approx(45)
    assert found["cac"] == pytest.approx(70_000 / 45)
    assert found["break_even_units"] == 117  # (60 000 + 10 000) / 600 = 116.7


def test_levers_of_one_channel_leave_the_others_alone() -> None:
    found = values(tried(present(), in_channel("cost_per_lead", 200)))
    assert found["leads"] == pytest.approx(170)  # 100 instead of 50
    assert found["new_clients"] == pytest.approx(50)  # 20 instead of 10
    found = values(tried(present(), in_channel("conversion", 0.4)))
    assert found["new_clients"] == pytest.approx(50)
    assert found["leads"] == pytest.approx(120)
    found = values(tried(present(), in_channel("budget", 30_000)))
    assert found["new_clients"] == pytest.approx(45)
    assert found["promo_spend_total"] == pytest.approx(70_000)


def test_levers_of_one_channel_work_together() -> None:
    """30 000 at 300 a lead are 100 leads; at 40 % 40 clients instead of 10, and four times the sales."""
    settings = {
        **in_channel("budget", 30_000),
        **in_channel("cost_per_lead", 300),
        **in_channel("conversion", 0.4),
    }
    state = tried(present(), settings)
    row = next(row for row in state.submission.rows("channels") if row.subject == PAID)
    found = {
        name: row.get(f"channels.{name}").value
        for name in ("spend", "leads", "customers", "sales", "revenue")
    }
    assert found == pytest.approx(
        {"spend": 30_000, "leads": 100, "customers": 40, "sales": 48, "revenue": 56_000}
    )
    assert values(state)["new_clients"] == pytest.approx(70)


def test_detractors_won_back_become_passives() -> None:
    """50 promoters and 24 detractors of 100 answers: without ten of these +50 − 14 = +36."""
    state = tried(present(), {("won_back", None): 10})
    assert values(state)["nps"] == pytest.approx(36)
    assert state.metric("nps_passive_share").value == pytest.approx(0.36)
    risk = values(present())["money_at_risk_detractors"]
    assert risk is not None
    assert values(state)["money_at_risk_detractors"] == pytest.approx(risk * 14 / 24)


def test_fewer_lost_clients_stay_and_buy() -> None:
    """No churn: 20 clients stay, on average for half of the period, and buy 200 / 290 times each in it."""
    found = changed(churn=0)
    assert found["active_end"] == pytest.approx(320)
    assert found["sales"] == pytest.approx(200 + 10 * 200 / 290)
    assert found["clv_cac_ratio"] is None  # nobody leaves: the lifespan has no end
    assert changed(churn=1 / 28)["clv_cac_ratio"] == pytest.approx(2 * 3.862068965517241, rel=1e-6)


def test_repeat_purchases_are_sales_of_the_usual_value() -> None:
    found = changed(repeat_purchases=180)
    assert found["sales"] == 220
    assert found["revenue"] == pytest.approx(220_000)
    assert found["profit_after_promotion"] == pytest.approx(60_000 + 20 * 600)


def test_levers_of_the_company_work_together() -> None:
    """At 1200 a sale 36 clients out of leads instead of 30: 206 sales, and 800 of profit on each."""
    found = changed(price=1200, conversion=0.30)
    assert found["revenue"] == pytest.approx(206 * 1200)
    assert found["profit_after_promotion"] == pytest.approx(206 * 800 - 60_000)


# --- what is not known stays unknown ------------------------------------------------------------------------


def test_a_lever_without_data_says_why() -> None:
    found = {(item.definition.id, item.subject): item for item in levers(gapped())}
    assert found["churn", None].now is None
    assert str(found["churn", None].reason) == "depends_on:churn_rate"
    assert str(found["budget", "Маяк"].reason) == "missing_input"
    assert str(found["budget", "Соседи"].reason) == "zero_spend"
    assert found["budget", None].now == 20_000  # of those that say what they spend


def test_what_was_not_given_does_not_become_a_number() -> None:
    """Gross profit of new clients can't follow a price without their revenue; all revenue can."""
    state = tried(gapped(), {("price", None): 1100})
    assert state.submission.get("clients.gross_profit_new").value is None
    assert state.submission.get("clients.revenue_new").value is None
    assert state.submission.get("clients.revenue").value == pytest.approx(220_000)
    assert values(state)["cac"] is None
    budget = tried(gapped(), {("budget", None): 40_000})
    leads = [row.get("channels.leads") for row in budget.submission.rows("channels")]
    assert [value.value for value in leads] == [100, 60, 10, None]  # those that say what they spend, alone
    assert leads[3].state is State.NOT_APPLICABLE
    assert tried(gapped(), {("churn", None): 0.5}) is gapped()


# --- goals --------------------------------------------------------------------------------------------------


def test_required_levers_of_a_goal_in_a_channel() -> None:
    """40 leads, 15 in the first half of the time: 25 in the second is 5/3 of the pace."""
    found = required("leads", PAID)
    assert list(found) == ["cost_per_lead", "budget"]
    assert found["cost_per_lead"].exact == pytest.approx(400 * 3 / 5)
    assert found["budget"].exact == pytest.approx(20_000 * 5 / 3)
    assert found["budget"].value == 33_400  # in hundreds, upwards
    assert outlook("leads", PAID).forecast == 30


def test_required_levers_of_a_goal_of_the_company() -> None:
    """220 sales, 100 in the first half: 120 in the second is 1.2 of the pace, so 40 sales more than 200."""
    found = required("sales", "вся компания")
    assert found["repeat_purchases"].exact == pytest.approx(200)
    assert found["budget"].exact == pytest.approx(50_000 * 65 / 25)
    assert found["conversion"].exact == pytest.approx(0.25 * 70 / 30)
    assert not found["conversion"].reachable  # everyone already buys in the best channel at 50 %
    assert found["conversion"].limit == pytest.approx(0.5)
    assert not found["churn"].reachable
    assert found["churn"].limit == 0


def test_a_level_moves_as_a_whole() -> None:
    """Cost per lead 420, 400 at half-time, 380 at the end; to 300 it takes 300/380 of what it is."""
    found = outlook("cpl", PAID)
    assert found.forecast == pytest.approx(380)
    assert required("cpl", PAID)["cost_per_lead"].exact == pytest.approx(400 * 300 / 380)
    moved = outlook("cpl", PAID, in_channel("cost_per_lead", 200))
    assert moved.forecast == pytest.approx(190)
    assert moved.reaches
    assert moved.forecast_date == date(2026, 11, 16)  # at once


def test_dates_move_with_levers() -> None:
    """25 leads at one a day take 25 days; at two a day, 12.5, which rounds to 12."""
    assert outlook("leads", PAID).forecast_date == date(2026, 12, 11)
    moved = outlook("leads", PAID, in_channel("budget", 40_000))
    assert moved.forecast == pytest.approx(45)
    assert moved.reaches
    assert moved.forecast_date == date(2026, 11, 28)
    moved = outlook("leads", PAID, in_channel("budget", 36_000))  # 1.8 a day: 13.9 days, which rounds to 14
    assert moved.forecast_date == date(2026, 11, 30)


def test_a_channel_without_clients_has_nothing_that_more_leads_could_multiply() -> None:
    """12 sales and 14,000 of revenue are not by its clients, who are none: price alone moves the revenue."""
    answers = business()
    answers["channels"][0]["customers"] = 0
    state = computed(answers)
    found = {
        item.goal.measure: {one.lever.definition.id: one for one in item.required}
        for item in outlooks(state, state, {})
        if item.channel is not None
    }
    for measure, lever_id in (
        ("sales", "cost_per_lead"), ("sales", "budget"),
        ("revenue", "cost_per_lead"), ("revenue", "budget"), ("roas", "cost_per_lead"),
    ):  # fmt: skip
        assert found[measure][lever_id].exact is None, (measure, lever_id)
        assert str(found[measure][lever_id].reason) == "zero_customers", (measure, lever_id)
    assert found["revenue"]["price"].exact == pytest.approx(1000 * 9 / 7)  # 9,000 to come, not 7,000
    assert found["leads"]["budget"].exact == pytest.approx(20_000 * 5 / 3)
    verify(state)


def test_leads_that_no_channel_tells_are_not_none() -> None:
    answers = business()
    for channel in answers["channels"]:
        channel["leads"] = None
    state = computed(answers)
    found = next(item for item in outlooks(state, state, {}) if item.goal.row.index == 9)
    assert found.goal.measure == "leads"
    assert found.quantity is None
    assert all(item.exact is None for item in found.required)


def test_required_levers_move_with_the_others() -> None:
    """With a third more budget 66.7 leads come, and the price has to fall by a fifth instead of two."""
    found = required("leads", PAID, in_channel("budget", 80_000 / 3))
    assert found["cost_per_lead"].exact == pytest.approx(400 * 4 / 5)


@pytest.mark.parametrize(
    ("measure", "place", "obstacle"),
    [("followers_growth", "vk", "no_lever"), ("leads", "Телеграф", "no_channel")],
)
def test_a_goal_that_no_lever_moves_says_so(measure: str, place: str, obstacle: str) -> None:
    assert outlook(measure, place).obstacle == obstacle
    assert not outlook(measure, place).required


def test_goals_without_figures_say_why() -> None:
    found = {item.goal.row.index: item for item in outlooks(gapped(), gapped(), {})}
    reasons = {index: str(found[index].reason) for index in (1, 2, 10, 12, 14)}
    assert reasons == {
        1: "missing_input",  # how much it is now is not known
        2: "wrong_pace",
        10: "no_days_left",
        12: "goal_reached",
        14: "depends_on:cac",
    }
    assert all(not found[index].required for index in reasons)


def settled(state: Computation, item: Outlook, found: Required, value: float) -> float:
    """How far the goal's forecast is beyond its target, towards the good side, with one lever there."""
    settings = {found.lever.key: value}
    moved = next(
        other
        for other in outlooks(state, tried(state, settings), settings)
        if other.goal.index == item.goal.index
    )
    target = item.goal.row.get("goals.target").value
    assert moved.forecast is not None
    assert isinstance(target, int | float)
    sign = -1 if item.goal.row.get("goals.direction").value == "lower" else 1
    return sign * (moved.forecast - target) / abs(target)


def solutions(state: Computation) -> Iterator[tuple[Outlook, Required]]:
    for item in outlooks(state, state, {}):
        for found in item.required:
            if found.exact is not None:
                yield item, found


def verify(state: Computation) -> tuple[int, int]:
    """Every solution put back: the exact value meets the target, and the rounded one reaches it.

    Where no value in the range is enough, the end of the range is not.
    """
    met = short = 0
    for item, found in solutions(state):
        assert found.exact is not None
        if found.reachable:
            assert settled(state, item, found, found.exact) == pytest.approx(0, abs=1e-9)
            assert found.value is not None
            assert settled(state, item, found, found.value) >= -1e-9
            met += 1
        elif found.limit is not None:
            limit = settled(state, item, found, max(found.limit, 1e-6))
            assert limit < 0, (item.goal.text, found.lever.definition.id)
            short += 1
    return met, short


def test_solutions_put_back_reach_their_goals() -> None:
    met, short = verify(present())
    assert met == 35
    assert short == 4


def bisected(state: Computation, item: Outlook, found: Required) -> float:
    """The same value found by halving the range, from nothing but recomputing."""
    low, high = found.lever.low, found.lever.high
    assert low is not None
    assert high is not None
    rising = settled(state, item, found, high) > 0
    for _ in range(30):
        middle = (low + high) / 2
        if (settled(state, item, found, middle) > 0) is rising:
            high = middle
        else:
            low = middle
    return (low + high) / 2


def test_solutions_are_those_that_halving_finds() -> None:
    reachable = [(item, found) for item, found in solutions(present()) if found.reachable]
    assert len(reachable) == 35
    for item, found in reachable:
        assert bisected(present(), item, found) == pytest.approx(found.exact, rel=1e-6)


@examples
@given(answers())
def test_any_business(mapping: Json) -> None:
    """Numbers are finite or absent, and every solution of every goal holds."""
    state = computed(mapping)
    verify(state)
    for item in levers(state):
        assert (item.now is None) is (item.reason is not None)
        assert item.now is None or item.low is None or item.high is None or item.low <= item.high


@examples
@given(st.data())
def test_random_levers_keep_sums_and_shares(data: st.DataObject) -> None:
    """Wherever levers stand, clients, sales and money agree with the channels and with each other."""
    settings = drawn(present(), data)
    state = tried(present(), settings)
    found, rows = values(state), state.submission.rows("channels")
    customers = sum(float(str(row.get("channels.customers").value)) for row in rows)
    assert found["new_clients"] == pytest.approx(40 - 34 + customers)
    spend = sum(float(str(row.get("channels.spend").value)) for row in rows)
    assert found["promo_spend_total"] == pytest.approx(10_000 + spend)
    price = settings.get(("price", None), 1000)
    assert found["revenue"] == pytest.approx((found["sales"] or 0) * price)
    assert found["profit_after_promotion"] == pytest.approx(
        (found["sales"] or 0) * (price - 400) - 10_000 - spend
    )


def drawn(state: Computation, data: st.DataObject) -> dict[Key, float]:
    return {
        item.key: data.draw(st.floats(max(item.low, item.high / 1000), item.high))
        for item in levers(state)
        if item.low is not None and item.high is not None and data.draw(st.booleans())
    }


# --- the result ---------------------------------------------------------------------------------------------


def test_the_result_says_what_reaches_a_goal_in_words() -> None:
    russian, english = (document(present(), language)[0]["what_if"] for language in LANGUAGES)
    assert russian["goals"][0]["words"] == (
        "По нынешним цифрам, чтобы успеть к сроку, хватит одного из этого (канал «Радуга»):"
        f" цена заявки не больше 240{NBSP}₽ или бюджет за период не меньше 33{NBSP}400{NBSP}₽."
    )
    assert english["goals"][1]["words"] == (
        "By the present figures, any one of these gets there in time (channel “Радуга”):"
        " cost per lead at most ₽285, conversion of leads to clients at least 28.0%"
        " or budget for the period at least ₽28,000."
    )
    found = {item["lever"]: item for item in english["goals"][10]["required"]}
    assert found["conversion"]["words"] == "Conversion of leads over all channels: not enough even at 50.0%"
    assert found["conversion"]["value"] is None


def test_the_report_says_it_of_the_goals_that_need_it() -> None:
    found, wording = document(present(), "ru")
    chapter = repr(goals.chapter(Facts(found), Words(wording, CATALOG)))
    assert repr(found["what_if"]["goals"][0]["words"])[1:-1] in chapter
    assert chapter.count("чтобы успеть к сроку") == 15  # the sixteenth gets there as it is


def test_levers_can_be_asked_about() -> None:
    told = "\n".join(explain(CATALOG, "repeat_purchases", Wording("en"), None))
    assert "Sales in the period = Sales in the period + new value − value now" in told
    assert CATALOG.what_if.lever("repeat_purchases", None).assumption.en in told


def test_the_result_names_the_cells_of_levers_and_reasons_for_those_without() -> None:
    document_, _ = document(gapped(), "ru")
    found = {(item["id"], item["subject"]): item for item in document_["what_if"]["levers"]}
    assert found["churn", None]["reason_text"]
    assert found["budget", "Маяк"]["reason_text"] == "не заполнено поле «Расход»"
    assert all((item["now"] is None) is (item["reason_text"] is not None) for item in found.values())


# --- the workbook -------------------------------------------------------------------------------------------


def randomly(state: Computation, seed: int) -> dict[Key, float]:
    """Levers somewhere in their ranges, about half of them."""
    chance = random.Random(seed)
    return {
        item.key: chance.uniform(max(item.low, item.high / 50), item.high)
        for item in levers(state)
        if item.low is not None and item.high is not None and chance.random() < 0.5
    }


@dataclass(frozen=True)
class Trial:
    """A business with levers somewhere, as Python has it and as LibreOffice has computed it."""

    state: Computation
    settings: Mapping[Key, float]
    found: Calculated


CASES: dict[str, tuple[Any, Language, int | None]] = {
    "as it is": (present, "ru", None),
    "as it is, in English": (present, "en", None),
    "gaps as they are": (gapped, "en", None),
    **{f"levers {seed}": (present, "ru", seed) for seed in range(3)},
    **{f"gaps and levers {seed}": (gapped, "en", seed) for seed in range(10, 12)},
}


def settings_of(case: str) -> dict[Key, float]:
    state, _, seed = CASES[case]
    return {} if seed is None else randomly(state(), seed)


@pytest.fixture(scope="module")
def trials(soffice: Office, tmp_path_factory: pytest.TempPathFactory) -> Mapping[str, Trial]:
    """The workbook of every case with numbers typed into the cells of its levers, computed in one run."""
    folder = tmp_path_factory.mktemp("what_if")
    paths = [folder / f"case-{number}.xlsx" for number in range(len(CASES))]
    for path, (case, (state, language, _)) in zip(paths, CASES.items(), strict=True):
        path.write_bytes(typed(state(), language, settings_of(case)))
    made = soffice.convert_all(paths, "xlsx", folder / "out")
    return {
        case: Trial(
            CASES[case][0](), settings_of(case), Calculated(openpyxl.load_workbook(path, data_only=True))
        )
        for case, path in zip(CASES, made, strict=True)
    }


def typed(state: Computation, language: Language, settings: Mapping[Key, float]) -> bytes:
    """The workbook without cached values, with numbers in the cells of levers."""
    book = openpyxl.load_workbook(BytesIO(workbook.build(*with_words(state, language), cached=False)))
    for key, value in settings.items():
        sheet, _, cell = book.defined_names[cell_name(state, key)].attr_text.rpartition("!")
        book[sheet.strip("'")][cell.replace("$", "")].value = value
    buffer = BytesIO()
    book.save(buffer)
    return buffer.getvalue()


def with_words(state: Computation, language: Language) -> tuple[Json, Any, Any]:
    found, wording = document(state, language)
    return found, CATALOG, wording


def agree(expected: Any, found: Any) -> bool:
    """Whether a cell holds what is expected of it; a day is a day and no number."""
    return expected == found if isinstance(expected, date) else same(expected, found)


def cell_name(state: Computation, key: Key) -> str:
    rows = [row.index for row in state.submission.rows("channels")]
    return f"try_{key[0]}" if key[1] is None else f"try_{key[0]}_{rows.index(key[1]) + 1}"


@pytest.mark.parametrize("case", CASES)
def test_the_workbook_computes_what_python_does(case: str, trials: Mapping[str, Trial]) -> None:
    trial = trials[case]
    state = tried(trial.state, trial.settings)
    different = [cell for cell in compared(trial, state) if not agree(cell[1], cell[2])]
    assert not different
    assert len(list(compared(trial, state))) > 70
    assert bool(trial.settings) is (values(state) != values(trial.state))


def compared(trial: Trial, state: Computation) -> Iterator[tuple[str, Any, Any]]:
    """The name of a cell, what Python has for it, and what LibreOffice has."""
    book = trial.found.book
    here = {outcome.definition.id for outcome in what_if.outcomes(trial.state) if outcome.value is not None}
    for name, value in values(state).items():
        if name in here:
            yield name, value, trial.found.at(f"then_{name}")
    rows = [row.index for row in trial.state.submission.rows("goals")]
    for item in outlooks(trial.state, state, trial.settings):
        at = rows.index(item.goal.row.index) + 1
        if f"then_goal_{at}" not in book.defined_names:
            continue
        yield f"{item.goal.text}: forecast", item.forecast, trial.found.at(f"then_goal_{at}")
        day = trial.found.at(f"then_goal_date_{at}")
        yield (
            f"{item.goal.text}: date",
            item.forecast_date or "—",
            day.date() if isinstance(day, datetime) else day,
        )
        solved = {found.lever.definition.id: found for found in item.required}
        for lever_id in what_if_levers(item, book):
            found = solved.get(lever_id)
            yield (
                f"{item.goal.text}: {lever_id}",
                found and found.exact,
                trial.found.at(f"exact_{at}_{lever_id}"),
            )
            shown = None if found is None or found.exact is None else found.value
            short = found is not None and found.exact is not None and not found.reachable
            cell = trial.found.at(f"need_{at}_{lever_id}")
            yield (
                f"{item.goal.text}: {lever_id}",
                "" if short else shown,
                "" if isinstance(cell, str) and short else cell,
            )


def what_if_levers(item: Outlook, book: Any) -> list[str]:
    at = item.goal.row.index
    return [name.split("_", 2)[2] for name in book.defined_names if name.startswith(f"exact_{at}_")]


def test_every_number_that_is_cached_is_what_its_formula_gives(trials: Mapping[str, Trial]) -> None:
    for case, sheet in (
        ("as it is", "Что если"),
        ("as it is, in English", "What if"),
        ("gaps as they are", "What if"),
    ):
        state, language, _ = CASES[case]
        data = workbook.build(*with_words(state(), language))
        formulas, cached = (
            openpyxl.load_workbook(BytesIO(data), data_only=kept)[sheet] for kept in (False, True)
        )
        found = trials[case].found.book[sheet]
        places = [cell.coordinate for row in formulas.iter_rows() for cell in row if cell.data_type == "f"]
        different = [
            (place, cached[place].value, found[place].value)
            for place in places
            if not agree(cached[place].value, found[place].value)
        ]
        assert not different, case
        assert len(places) > 200


def test_the_sheet_works_everywhere() -> None:
    """No arrays, no functions by text; cells to type in are unlocked and hold no text that looks a number."""
    book = openpyxl.load_workbook(BytesIO(workbook.build(*with_words(present(), "ru"))))
    sheet = book["Что если"]
    texts = [cell.value for row in sheet.iter_rows() for cell in row if cell.data_type == "f"]
    assert all(type(text) is str for text in texts), "an array formula"
    assert not [text for text in map(str, texts) if "INDIRECT" in text or "OFFSET" in text]
    cells = [name for name in book.defined_names if name.startswith("try_")]
    assert len(cells) == 14
    for name in cells:
        cell = sheet[book.defined_names[name].attr_text.rpartition("!")[2].replace("$", "")]
        assert cell.protection.locked is False
        assert cell.coordinate in {str(rule.sqref) for rule in sheet.data_validations.dataValidation}


def test_numbers_between_the_steps_are_computed_anew_after_each() -> None:
    """The average order value serves two levers and what follows, each time of what is left by then."""
    book = openpyxl.load_workbook(BytesIO(workbook.build(*with_words(present(), "ru"))))
    rows = [[str(cell.value) for cell in row[:2]] for row in book["Что если"].iter_rows()]
    found = {formula for label, formula in rows if label == CATALOG.metric("aov").name.ru}
    assert len(found) == 4  # and goals need what is left in the end


# --- the catalogue ------------------------------------------------------------------------------------------


LOST = "clients.lost: clients.active_start * lever.value"
BEST = "high: maximum(lever.now, lever.now / best_conversion)"
IN_ROWS = '    per: channels\n    name: {ru: "Бюджет за'
SHARE = "    unit: share\n    better: lower\n"


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("now: churn_rate", "now: churn_rat", "unknown name 'churn_rat': did you mean 'churn_rate'?"),
        (LOST, "clients.lots: 1", "did you mean 'clients.lost'?"),
        (LOST, "clients.lost: clients.revenue", "gives money"),
        ("high: nps_detractors", "high: channels.leads", "is a column: name its row, or add it up"),
        ("  - id: churn\n", "  - id: price\n", "lever 'price' is defined twice"),
        ("    low: lever.now / 2\n", "", "low is missing"),
        (SHARE, SHARE.replace("share", "days"), "unit: 'days' is not one of"),
        ("    step: 0.001\n", "    step: 0\n", "step: 0 is not above zero"),
        ("  - measures: [sales]\n", "  - measures: [seles]\n", "no quantity 'seles': did you mean 'sales'?"),
        ("      churn: >-\n", "      chern: >-\n", "no lever 'chern': did you mean 'churn'?"),
        ("channels, formula: channels.leads}", "channels, formula: cpl}", "cpl belongs to rows"),
        (BEST, "high: highest(cr_lead_to_customer)", "a name of its own"),
        ('      en: "Those who stay', '      eng: "Those who stay', "did you mean 'en'?"),
        (IN_ROWS, IN_ROWS.replace("channels", "goals"), "per: 'goals' is not one of channels"),
    ],
)
def test_a_mistake_is_refused_with_file_and_line(tmp_path: Path, old: str, new: str, message: str) -> None:
    words = said(refusal(tmp_path, old, new))
    assert words.startswith("levers.yaml:")
    assert message in words


@pytest.mark.parametrize(
    ("old", "new", "problem"),
    [
        (
            LOST,
            "clients.lots: 1",
            "churn: clients.lots: нет ответа или величины «clients.lots»: может быть, «clients.lost»?",
        ),
        (
            LOST,
            "clients.lost: clients.revenue",
            "churn: clients.lost: результат — деньги, а ответ — количество",
        ),
        ("  - id: churn\n", "  - id: price\n", "рычаг «price» описан дважды"),
        (
            "channels, formula: channels.leads}",
            "channels, formula: cpl}",
            "leads: cpl считается по строкам: назовите ответы, из которых он получен",
        ),
    ],
)
def test_a_mistake_is_told_in_russian(tmp_path: Path, old: str, new: str, problem: str) -> None:
    place, _, words = Wording("ru").say(refusal(tmp_path, old, new).message).partition(": ")
    assert place.startswith("levers.yaml:")
    assert words == problem


def refusal(tmp_path: Path, old: str, new: str) -> CatalogError:
    """The error when one text of levers.yaml is replaced; fails where the text is not found."""
    folder = resources.files("sheetreport.catalog")
    for file in FILES:
        text = folder.joinpath(file).read_text(encoding="utf-8")
        if file == "levers.yaml":
            assert old in text
            text = text.replace(old, new, 1)
        (tmp_path / file).write_text(text, encoding="utf-8")
    with pytest.raises(CatalogError) as caught:
        build_catalog({file: tmp_path / file for file in FILES})
    return caught.value
