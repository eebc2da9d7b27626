"""A client in one line: figures with their reasons, the worst goal, the first action, the main point."""

from __future__ import annotations

import json

import pytest

from sheetreport.catalog.load import load_catalog
from sheetreport.digest import Digest, Fix, digest
from sheetreport.i18n import Wording
from sheetreport.model import GoalStatus, Language, Status
from tests.conftest import SAMPLES
from tests.small_results import Json, action, goal, made, metric, refused


def of(document: Json, language: Language | None = None) -> Digest:
    """The digest as people read it: its hard spaces as plain ones are left to the tests that need them."""
    return digest(document, load_catalog(), Wording(language or document["language"]))


def sample(case: str) -> Json:
    found: Json = json.loads((SAMPLES / case / "result.json").read_text("utf-8"))
    return found


def plain(text: str) -> str:
    return text.replace("\N{NO-BREAK SPACE}", " ")


def test_figures_are_printed_with_unit_range_and_sample() -> None:
    document = made(
        metrics=[
            metric("nps", "points", 26.0, interval=[9.44, 41.04], sample=100.0, evidence_level="good"),
            metric("cac", "money", 1500.0, interval=[1101.5, 2099.9], sample=40.0),
            metric("cac_payback_months", "months", 1.98, interval=[1.45, 2.77]),
        ],
        health={"score": 74, "known": 1.0, "least": 0.5, "areas": []},
    )
    found = of(document)
    assert (found.nps.text, found.nps.range, found.nps.sample) == ("+26", "+9 to +41", 100)
    assert (found.cac.text, found.cac.range) == ("£1,500", "£1,102–2,100")
    assert plain(found.payback.text) == "2.0 mo"
    assert (found.health.value, found.health.text) == (74, "74")


def test_an_unknown_figure_is_none_and_carries_its_reason() -> None:
    document = made(
        metrics=[metric("cac", "money", None, reason="zero_new_clients", reason_text="there are no clients")],
        health={"score": None, "known": 0.16, "least": 0.5, "areas": []},
    )
    found = of(document)
    assert (found.cac.value, found.cac.text, found.cac.reason) == (None, "", "there are no clients")
    assert found.nps.reason == "this report has no such metric"
    assert found.health.value is None
    assert found.health.reason == "16% of the weight is judged; the score needs 50% or more"


def test_a_refused_workbook_says_so_everywhere_and_names_its_first_cells() -> None:
    cells = [
        {"severity": "warning", "sheet": "Clients", "cell": "B3", "message": "odd", "fix": "look"},
        *(
            {"severity": "error", "sheet": "Profile", "cell": f"B{row}", "message": "blank", "fix": "type it"}
            for row in (6, 7, 8, 9)
        ),
    ]
    unread = refused(findings=cells, counts={"findings": {"error": 4, "warning": 1}})
    found = of(unread | {"currency": "RUB"})  # the currency that stands for the one nobody could read
    assert found.status is Status.REFUSED
    assert (found.company, found.start, found.period, found.currency) == ("", None, "", None)
    assert found.findings == {"error": 4, "warning": 1}
    assert found.fix == Fix("Profile", "B6", "blank", "type it")
    reasons = {found.health.reason, found.nps.reason, found.cac.reason, found.payback.reason}
    assert reasons | {found.no_goal, found.no_action} == {"no report was made"}
    assert (found.worst_goal, found.action, found.main) == (None, None, "")


@pytest.mark.parametrize(
    ("first", "second"),
    [
        pytest.param(("overdue", 0.9, 1.0), ("off_track", 0.1, 0.9), id="a missed date before a slow pace"),
        pytest.param(("off_track", 0.5, 0.6), ("at_risk", 0.1, 0.9), id="off track before at risk"),
        pytest.param(("at_risk", 0.8, 0.9), ("on_track", 0.1, 0.1), id="at risk before on track"),
        pytest.param(("at_risk", 0.2, 0.25), ("at_risk", 0.72, 0.8), id="0.8 of the pace before 0.9"),
        pytest.param(("at_risk", 0.9, 1.0), ("at_risk", None, 0.5), id="a known pace before none"),
        pytest.param(("on_track", 1.0, 0.9), ("achieved", 1.0, 0.2), id="what runs before what is done"),
    ],
)
def test_the_worst_goal(first: tuple[str, float, float], second: tuple[str, float, float]) -> None:
    worse, better = goal("the worse", *first), goal("the better", *second)
    for goals in ([worse, better], [better, worse]):
        found = of(made(goals=goals))
        assert [one.name for one in found.goals] == ["the worse", "the better"]
        assert found.worst_goal == found.goals[0]


def test_between_equals_the_nearer_date_is_the_worse() -> None:
    late = goal("in December", "at_risk", 0.2, 0.25, deadline="2026-12-31")
    soon = goal("in November", "at_risk", 0.4, 0.5)
    worst = of(made(goals=[late, soon])).worst_goal
    assert worst is not None
    assert worst.name == "in November"


def test_a_goal_in_a_line() -> None:
    worst = of(made(goals=[goal("100 “warm” leads", "at_risk", 0.48, 0.6)])).worst_goal
    assert worst is not None
    assert (worst.place, worst.metric, worst.status) == ("Instagram", "leads", GoalStatus.AT_RISK)
    assert worst.pace == pytest.approx(0.8)
    assert plain(worst.text) == "“100 ‘warm’ leads”: now 48, target 100 leads, at risk"


def test_a_goal_of_a_share_without_a_present_value_and_a_step_that_is_done_or_not() -> None:
    share = goal(
        "happy clients", "no_data", None, 0.5, unit="share", unit_words="", current=None, target=0.85
    )
    step = goal("open a shop", "off_track", 0.0, 0.5, kind="milestone", current=0, target=1)
    states = {one.name: one.state for one in of(made(goals=[share, step])).goals}
    assert states == {"happy clients": "target 85.0%, no data", "open a shop": "off track"}


def test_units_in_words_need_the_language_of_the_result() -> None:
    """English words have two plural forms where Russian numbers need three."""
    worst = of(made(goals=[goal("leads", "at_risk", 0.48, 0.6)]), "ru").worst_goal
    assert worst is not None
    assert worst.state == "сейчас 48, цель 100, под угрозой"


def test_a_long_or_hostile_goal_is_one_short_clean_line() -> None:
    text = "grow\u202e\n" + "very " * 60
    worst = of(made(goals=[goal(text, "at_risk", 0.1, 0.5)])).worst_goal
    assert worst is not None
    assert len(worst.name) <= 60
    assert worst.name.startswith("grow very very")


def test_the_first_action_is_that_of_page_one_with_its_first_step() -> None:
    effect = {"value": 6000.0, "low": None, "high": None, "unit": "money", "period": "a month"}
    items = [
        action("Keep the partners", "P4"),
        action("Ask for reviews", "P2", steps=[]),
        action("Stop the flyers", "P0", effect=effect),
    ]
    found = of(made(recommendations=items)).action
    assert found is not None
    assert (found.title, found.tier, found.step) == ("Stop the flyers", "P0", "Call ten of them")
    assert plain(found.effect) == "£6,000 a month"
    second = of(made(recommendations=items[:2])).action
    assert second is not None
    assert (second.title, second.step, second.effect) == ("Ask for reviews", "Long advice.", "not in money")


def test_what_to_keep_doing_is_no_action() -> None:
    found = of(made(recommendations=[action("Keep the partners", "P4")]))
    assert (found.action, found.no_action) == (None, "the plan has no actions")


@pytest.mark.parametrize(
    ("case", "main", "worst", "first"),
    [
        (
            "barbershop-ru",
            (
                "Канал «Листовки» не привёл никого "
                "(6 000 ₽ на каналы без клиентов: 10 % всех расходов на рекламу)"
            ),
            "«100 участников чата к 10 ноября»: сейчас 70, цель 100 участников, просрочена",
            "Остановите расходы на канал «Листовки»",
        ),
        (
            "losing-money-ru",
            (
                "Похоже, клиент стоит больше, чем приносит "
                "(−2 805 ₽ остаётся от клиента за всё время, после его привлечения)"
            ),
            "«Удовлетворённость не ниже 85 % к концу октября»: сейчас 54,0 %, цель 85,0 %, просрочена",
            "Проверьте, не слишком ли дорог клиент: 5 286 ₽",
        ),
        (
            "travel-agency-en",  # unhappy clients are a scenario: growth, which is counted, goes first
            "Growing: active base +3.8% (+15 active clients in the period: 48 came, 33 left)",
            "“Satisfied clients after the trip, from 84% to 92%”: now 87.5%, target 92.0%, at risk",
            "Bring down the number of unhappy clients",
        ),
        (
            "before-opening-en",
            "84 days until opening",
            "“300 people on the opening list by the end of January”: now 73, target 300 leads, at risk",
            "Speed up the goal: “300 people on the opening list by the end of January”",
        ),
    ],
)
def test_the_samples(case: str, main: str, worst: str, first: str) -> None:
    found = of(sample(case))
    assert plain(found.main) == main
    assert found.worst_goal is not None
    assert plain(found.worst_goal.text) == worst
    assert found.action is not None
    assert plain(found.action.title) == first


def test_nothing_is_claimed_where_page_one_has_no_figure() -> None:
    assert of(made(metrics=[], answers={"scalars": {}, "tables": {}})).main == ""


def test_the_period_and_the_currency_are_those_of_the_result() -> None:
    found = of(sample("travel-agency-en"), "ru")
    assert (str(found.start), str(found.end), found.language, found.currency) == (
        "2026-07-01", "2026-09-30", "en", "GBP",
    )  # fmt: skip
    assert plain(found.period) == "1 июля – 30 сентября 2026 г."
    assert plain(found.cac.text) == "209 £"


def test_an_effect_is_in_the_language_of_the_line() -> None:
    """An English report on a Russian page: 3,639–11,035 pounds a year."""
    found = of(sample("travel-agency-en"), "ru")
    assert found.action is not None
    assert plain(found.action.effect) == "3 639–11 035 £ в год"


def test_what_moved_has_its_short_name_in_the_language_of_the_line() -> None:
    """A metric that nobody's list names any more keeps the name of its result."""
    named = {"revenue_monthly": "Revenue a month", "an_old_metric": "An old metric"}
    series = [{"metric": id_, "name": name} for id_, name in named.items()]
    history = {"periods": [{}, {}], "series": series, "better": list(named), "worse": [], "unclear": []}
    found = of(made(history=history), "ru")
    assert found.progress is not None
    assert found.progress.better == ("выручка", "An old metric")
