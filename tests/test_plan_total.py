"""The plan's total: the same people and money count once, different things add up, in words and in Excel."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from io import BytesIO
from pathlib import Path
from typing import Any

import openpyxl
import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl.workbook import Workbook

from sheetreport import result
from sheetreport.advise import advise
from sheetreport.catalog.definitions import EffectDef, EffectKind
from sheetreport.catalog.load import load_catalog
from sheetreport.compute import Computation
from sheetreport.formula.evaluate import NotComputableError
from sheetreport.i18n import Wording
from sheetreport.model import Change, Effect, Language, Recommendation, Status
from sheetreport.plan import total as plan_total
from sheetreport.plan.overlap import combined, groups
from sheetreport.render import workbook
from sheetreport.render.view.facts import Facts
from sheetreport.render.view.model import Chart, Evidence
from sheetreport.render.view.plan_total import block
from sheetreport.render.view.words import Words
from tests.cases import computed
from tests.conftest import Office
from tests.test_parity import report_of, same

CATALOG = load_catalog()
RULES = Path(__file__).parent / "rules"
Json = dict[str, Any]

# Gross profit 100 a client a month and 200 a sale; average order 1,000, gross margin 20%.
BUSINESS = {
    "profile.period_type": "month",
    "clients.active": 100,
    "clients.active_start": 100,
    "clients.active_end": 100,
    "clients.sales_count": 50,
    "clients.revenue": 50000,
    "clients.gross_profit": 10000,
}


@cache
def business(*without: str) -> Computation:
    return computed(CATALOG, {key: value for key, value in BUSINESS.items() if key not in without})


def change(
    quantity: str,
    value: float,
    low: float | None = None,
    high: float | None = None,
    part: str | None = None,
    stops: bool = False,
) -> Change:
    low, high = (value if end is None else end for end in (low, high))
    return Change(quantity, part, stops, value, low, high)


def action(
    yearly: float,
    *changes: Change,
    left_out: str = "",
    differs: str = "",
    rule: str = "R-99",
    kind: str = "money_year",
) -> Recommendation:
    """An action with an effect in money."""
    effect = Effect(
        kind=kind,
        value=yearly,
        low=None,
        high=None,
        formula="",
        unit="money",
        period="a year",
        assumption="",
        yearly=yearly,
        changes=changes,
        differs=differs,
        left_out=left_out,
    )
    return Recommendation(
        id=rule,
        tier="P1",
        chapter="clients",
        subject=None,
        title="Do it",
        text="",
        steps=(),
        effect=effect,
        confidence="medium",
        confidence_words="",
        evidence=(),
        merged=(),
        source=(),
    )


def total_of(
    *actions: Recommendation, language: Language = "ru", computation: Computation | None = None
) -> Json:
    environment = (computation or business()).environment()
    return plan_total.build(CATALOG, environment, actions, Wording(language))


def plain(text: str) -> str:
    return text.replace("\N{NO-BREAK SPACE}", " ")


def words_of(entries: Sequence[Mapping[str, Any]]) -> list[str]:
    return [plain(each["words"]) for each in entries]


# --- amounts for one quantity -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("amounts", "expected"),
    [
        ([(None, False, 3), (None, False, 5), (None, False, 1)], 5),  # the same people
        ([("a", False, 3), ("b", False, 5)], 8),  # different rows
        ([("a", False, 3), ("a", False, 5), ("b", False, 1)], 6),
        ([(None, False, 4), ("a", False, 3), ("b", False, 2)], 5),  # the parts are more than the whole
        ([(None, False, 9), ("a", False, 3), ("b", False, 2)], 9),
        ([("a", True, 3), ("a", False, 5), ("b", False, 1)], 4),  # what is stopped can't be moved as well
        ([("a", True, -3), ("a", False, 5), ("b", False, 1)], -2),
        ([(None, False, 9), ("a", True, -3), ("b", False, 2)], 6),  # a part that costs does so all the same
        ([(None, False, -4)], -4),
        ([], 0),
    ],
)
def test_amounts_are_put_together(amounts: list[tuple[str | None, bool, float]], expected: float) -> None:
    found = groups([(part, stops) for part, stops, _ in amounts])
    assert combined([value for _, _, value in amounts], found) == expected


# --- the year -----------------------------------------------------------------------------------------------


def test_the_same_unhappy_clients_count_once() -> None:
    """10 unhappy clients x (75% - 40%) stay for a year of 100 a month: 3.5 x 100 x 12 = 4,200.

    One of them is the client of the talk: 1,200. The sum is 5,400, which is 28.6% too much.
    """
    computation = computed(CATALOG, BUSINESS | {"clients.dissatisfied": 10})
    advice = advise(CATALOG, computation.submission, computation, Wording("en"))
    found = plan_total.build(CATALOG, computation.environment(), advice.recommendations, Wording("en"))
    assert [item["id"] for item in found["items"]] == ["R-13", "R-12"]
    assert found["value"] == pytest.approx(4200)
    assert found["sum"] == pytest.approx(5400)
    assert found["overstated"] == pytest.approx(5400 / 4200 - 1)
    assert [item["together"] for item in found["items"]] == pytest.approx([4200, 0])
    assert words_of(found["overlaps"]) == ["actions 1 and 2 keep the same clients: counted once"]
    assert found["overlaps"][0]["ids"] == ["R-13", "R-12"]


def test_different_channels_add_up() -> None:
    """A client costs 16,000 / 32 = 500, and two channels without clients take 6,000 and 9,000 a month."""
    answers = BUSINESS | {
        "clients.new": 32,
        "promo.other_spend": 0,
        "channels": [
            {"name": "Alpha", "spend": 6000, "customers": 0},
            {"name": "Beta", "spend": 9000, "customers": 0},
            {"name": "Gamma", "spend": 1000, "customers": 32},
        ],
    }
    computation = computed(CATALOG, answers)
    advice = advise(CATALOG, computation.submission, computation, Wording("ru"))
    found = plan_total.build(CATALOG, computation.environment(), advice.recommendations, Wording("ru"))
    assert {(item["id"], item["subject"]) for item in found["items"]} == {("R-08", "Alpha"), ("R-08", "Beta")}
    assert (found["value"], found["low"], found["high"], found["sum"]) == (180000,) * 4
    assert found["overstated"] == 0
    assert found["overlaps"] == []
    assert plain(found["sum_words"]) == "Простая сумма эффектов — столько же: 180 000 ₽."
    assert (
        plain(found["words"]) == "Если сделать всё сразу, за первый год это около 180 000 ₽ валовой прибыли."
    )


def test_overlaps_and_independent_actions_mix() -> None:
    """max(3.5, 1) clients x 1,200 + 3 sales x 200 - 150 for writing + 72,000 of a channel = 76,650."""
    found = total_of(
        action(72000, change("ad_freed", 72000, part="channels:4", stops=True)),
        action(4200, change("clients_kept", 3.5)),
        action(1200, change("clients_kept", 1)),
        action(450, change("extra_sales", 3, part="inactive"), change("contact_cost", 150)),
    )
    assert found["value"] == pytest.approx(76650)
    assert found["sum"] == pytest.approx(77850)
    assert found["overstated"] == pytest.approx(1200 / 76650)
    assert [item["together"] for item in found["items"]] == pytest.approx([72000, 4200, 0, 450])
    assert {each["id"]: each["value"] for each in found["quantities"]} == {
        "clients_kept": 3.5,
        "extra_sales": 3,
        "contact_cost": 150,
        "ad_freed": 72000,
    }


def test_what_comes_only_once_is_told() -> None:
    """3 sales x 200 - 150 = 450 of writing to old clients once, beside 1,200 a year."""
    once = action(
        450, change("extra_sales", 3, part="inactive"), change("contact_cost", 150), kind="money_once"
    )
    found = total_of(action(1200, change("clients_kept", 1)), once)
    assert (found["value"], found["once"]) == (1650, 450)
    assert plain(found["words"]) == (
        "Если сделать всё сразу, за первый год это около 1 650 ₽ валовой прибыли. Из них 450 ₽ — разово."
    )
    found = total_of(once, once, language="en")
    assert plain(found["words"]).endswith(
        "the first year brings about ₽450 of gross profit. It comes only once."
    )


def test_what_its_own_profit_undoes_is_left_out() -> None:
    """1 sale x 200 for 900 of writing would lose 700; the others give 100 + 300."""
    found = total_of(
        action(100, change("work_saved", 100)),
        action(300, change("partners_freed", 300)),
        action(5000, change("extra_sales", 1), change("contact_cost", 900)),
        language="en",
    )
    assert (found["value"], found["sum"]) == (400, 400)
    assert [item["number"] for item in found["items"]] == [1, 2]
    assert words_of(found["left_out"]) == ["action 3: adds no profit, since each sale makes a loss"]


def test_a_sale_at_a_loss_gains_nothing_in_money() -> None:
    """Each client loses 100 a month: keeping 10 more, or one, is no gain, and there is nothing to add up."""
    answers = BUSINESS | {
        "clients.gross_profit": -10000,
        "clients.active_end": 90,
        "clients.dissatisfied": 10,
    }
    computation = computed(CATALOG, answers)
    advice = advise(CATALOG, computation.submission, computation, Wording("en"))
    effects = {item.id: item.effect for item in advice.recommendations if item.effect is not None}
    for rule in ("R-12", "R-15"):
        assert (effects[rule].kind, effects[rule].value, effects[rule].yearly) == ("none", None, None)
        assert effects[rule].assumption == "no gain in money by the present figures"
    found = plan_total.build(CATALOG, computation.environment(), advice.recommendations, Wording("en"))
    assert found["items"] == []


def test_low_and_high_take_every_action_at_that_end() -> None:
    """2 to 5 clients and 1 to 6 sales: 2 x 1,200 + 1 x 200 = 2,600 and 5 x 1,200 + 6 x 200 = 7,200."""
    found = total_of(
        action(4200, change("clients_kept", 3.5, 2, 5)), action(600, change("extra_sales", 3, 1, 6))
    )
    assert (found["low"], found["value"], found["high"]) == pytest.approx((2600, 4800, 7200))
    assert plain(found["words"]).endswith("около 4 800 ₽ валовой прибыли (2 600–7 200 ₽).")


def test_actions_that_strengthen_each_other_give_more_than_their_sum() -> None:
    """5% more a sale: 0.05 x 10,000 x 12 = 6,000, and of clients kept: 1.05 x 12,000 + 6,000."""
    found = total_of(action(12000, change("clients_kept", 10)), action(6000, change("order_uplift", 0.05)))
    assert found["value"] == pytest.approx(18600)
    assert found["overstated"] == pytest.approx(18000 / 18600 - 1)
    assert "занизила бы итог на 3 %: действия усиливают друг друга" in plain(found["sum_words"])


def test_money_that_is_stopped_is_not_moved_as_well() -> None:
    found = total_of(
        action(5000, change("ad_freed", 5000, part="channels:1")),
        action(3000, change("ad_freed", 3000, part="channels:1", stops=True)),
        action(500, change("ad_freed", 500, part="channels:2")),
        language="en",
    )
    assert found["value"] == 3500
    assert words_of(found["overlaps"]) == [
        "action 1: action 2 stops the channel, so there is nothing more to save in it"
    ]


def test_why_an_amount_counts_otherwise_is_said() -> None:
    """6 sales x 200 = 1,200 of profit, where the effect says 6,000 of revenue."""
    found = total_of(
        action(6000, change("extra_sales", 6, part="social:1"), differs="посчитана прибыль, а не выручка"),
        action(1000, change("work_saved", 1000)),
    )
    assert found["value"] == 2200
    assert found["overstated"] == pytest.approx(7000 / 2200 - 1)
    assert words_of(found["overlaps"]) == ["действие 1: посчитана прибыль, а не выручка"]


@pytest.mark.parametrize(
    ("actions", "language", "expected"),
    [
        ((), "ru", "действий с такой оценкой в плане 0, а нужно хотя бы два."),
        ((action(100, change("work_saved", 100)),), "ru", "действий с такой оценкой в плане 1, а нужно"),
        ((action(100, change("work_saved", 100)),), "en", "the plan has 1 action with such an estimate"),
        ((), "en", "the plan has 0 actions with such an estimate"),
    ],
)
def test_fewer_than_two_effects_are_no_total(
    actions: tuple[Recommendation, ...], language: Language, expected: str
) -> None:
    found = total_of(*actions, language=language)
    assert [found[key] for key in ("value", "low", "high", "sum", "overstated")] == [None] * 5
    assert found["items"] == found["overlaps"] == []
    assert expected in plain(found["reason"])
    assert found["words"] == found["reason"]


def test_a_total_that_is_no_gain_has_no_per_cent() -> None:
    found = total_of(
        action(100, change("ad_freed", -700, part="channels:1", stops=True)),
        action(100, change("work_saved", 100)),
        language="en",
    )
    assert found["value"] == -600  # what must stop is stopped at a loss too: -700 + 100
    assert found["overstated"] is None
    assert "nothing to compare the sum with" in found["reason"]
    assert found["sum_words"] == "The plain sum of the effects is ₽200."


def test_an_action_without_its_price_stays_out_and_is_named() -> None:
    """Without gross profit nobody knows what a client brings; the other two are still added."""
    found = total_of(
        action(4200, change("clients_kept", 3.5)),
        action(100, change("work_saved", 100)),
        action(50, change("partners_freed", 50)),
        computation=business("clients.gross_profit"),
        language="en",
    )
    assert found["value"] == found["sum"] == 150
    assert words_of(found["left_out"]) == ["action 1: figures for the total are missing"]


def test_what_is_no_gain_is_left_out_and_named() -> None:
    codes = ("example", "limit", "cost", "earned", "at_stake", "not_money", "example")
    found = total_of(
        action(100, change("work_saved", 100)),
        action(50, change("partners_freed", 50)),
        *(action(10**6, change("ad_freed", 10**6), left_out=code) for code in codes),
    )
    assert (found["value"], found["sum"]) == (150, 150)
    assert words_of(found["left_out"]) == [
        "действия 3 и 9: показано для примера",
        "действие 4: верхний предел, а не ожидание",
        "действие 5: расход, а не прибавка",
        "действие 6: это у вас уже есть",
        "действие 7: сумма под вопросом, а не прибавка",
        "действие 8: считается не в деньгах",
    ]


def test_many_actions_are_listed() -> None:
    found = total_of(*(action(1200, change("clients_kept", 1)) for _ in range(3)), language="ru")
    assert words_of(found["overlaps"]) == [
        "действия 1, 2 и 3 удерживают одних и тех же клиентов: посчитано один раз"
    ]
    counted = action(1200, change("clients_kept", 1))
    example = action(600, change("extra_sales", 3), left_out="example")
    found = total_of(counted, example, *(counted,) * 5, language="en")
    assert words_of(found["overlaps"]) == ["actions 1 and 3–7 keep the same clients: counted once"]


amounts = st.tuples(
    st.sampled_from(["clients_kept", "extra_sales", "ad_freed", "partners_freed"]),
    st.sampled_from([None, "a", "b"]),
    st.integers(0, 1000),
)
PRICES = {"clients_kept": 1200, "extra_sales": 200, "ad_freed": 1, "partners_freed": 1}


@settings(max_examples=60)
@given(st.lists(amounts, min_size=2, max_size=7))
def test_overlapping_amounts_never_give_more_than_their_sum(
    drawn: list[tuple[str, str | None, int]],
) -> None:
    """Nor less than the largest of them, and what each adds to those before it makes the total."""
    actions = [
        action(value * PRICES[quantity], change(quantity, value, part=part))
        for quantity, part, value in drawn
    ]
    found = total_of(*actions)
    alone = [item["alone"] for item in found["items"]]
    assert found["value"] <= sum(alone) + 1e-6
    assert found["value"] >= max(alone) - 1e-6
    assert sum(item["together"] for item in found["items"]) == pytest.approx(found["value"], abs=1e-6)
    assert all(item["together"] >= -1e-6 for item in found["items"])


# --- the catalogue's rules ----------------------------------------------------------------------------------


def money_effects() -> list[tuple[str, str | None, str, EffectDef]]:
    return [
        (rule.id, rule.per, rule.tier, effect)
        for rule in CATALOG.rules
        for effect in (rule.effect, *(variant.effect for variant in rule.variants))
        if effect is not None and effect.kind.startswith("money")
    ]


def test_every_effect_in_money_says_what_it_changes() -> None:
    """All but praise, the gap to break-even, and ads of which nobody knows how many clients they bring."""
    silent = {
        (rule, per) for rule, per, tier, effect in money_effects() if tier != "P4" and not effect.together
    }
    assert silent == {("R-20", None), ("R-02", "social")}
    assert len(money_effects()) > 20


def fired() -> list[tuple[str, Computation, Recommendation]]:
    """Every case of every rule that fires with an effect in money."""
    found = []
    for file in sorted(RULES.glob("*.yaml")):
        cases = yaml.safe_load(file.read_text(encoding="utf-8"))
        for case in cases["cases"]:
            answers = {**cases.get("answers", {}), **case["answers"]}
            given_ = {
                key: value.isoformat() if hasattr(value, "isoformat") else value
                for key, value in answers.items()
                if value is not None
            }
            if not case["fires"]:
                continue
            computation = computed(CATALOG, given_)
            advice = advise(CATALOG, computation.submission, computation, Wording("ru"))
            found += [
                (f"{item.id}: {case['name']}", computation, item)
                for item in advice.recommendations
                if item.id == file.stem and item.effect is not None and item.effect.yearly is not None
            ]
    return found


def test_an_action_alone_gives_its_effect_over_a_year() -> None:
    """The year's money of every rule is the printed amount over a year, unless the rule says why not."""
    seen, differing = set(), set()
    for name, computation, item in fired():
        assert item.effect is not None
        assert item.effect.yearly is not None
        if item.effect.left_out not in ("", "example", "limit"):
            continue
        alone = plan_total.Action(1, item, item.effect, item.effect.yearly)
        try:
            profit = plan_total.Year(CATALOG.plan, computation.environment(), [alone]).profit()
        except NotComputableError:
            continue
        if item.effect.differs:
            differing.add(item.id)
        else:
            assert profit == pytest.approx(item.effect.yearly), name
        seen.add(item.id)
    assert seen >= {f"R-{number:02}" for number in (6, 7, 8, 12, 13, 15, 16, 17, 38, 39, 43, 45, 54, 56)}
    assert differing >= {"R-53", "R-54"}


def test_every_number_has_its_formula_in_figures_and_a_range_or_the_reason_for_none() -> None:
    seen = set()
    for name, _, item in fired():
        effect = item.effect
        assert effect is not None
        assert " = " in effect.calculation, name
        assert effect.assumption, name
        assert (effect.low is None or effect.high is None) == bool(effect.no_range), name
        seen.add(bool(effect.no_range))
    assert seen == {True, False}


@pytest.mark.parametrize(
    ("sample", "expected"),
    [
        (
            "barbershop-ru",
            {"R-17": "limit", "R-39": "example", "R-43": "example", "R-60": "earned", "R-35": "not_money"},
        ),
        ("travel-agency-en", {"R-36": "cost", "R-39": "example", "R-41": "not_money"}),
    ],
)
def test_limits_examples_costs_and_praise_stay_out(sample: str, expected: Mapping[str, str]) -> None:
    document, _ = report_of(sample, "en")
    codes = {item["id"]: item["effect"]["left_out"] for item in document["recommendations"]}
    assert {rule: codes[rule] for rule in expected} == expected
    inside = {item["id"] for item in document["plan_total"]["items"]}
    assert inside == {
        item["id"]
        for item in document["recommendations"]
        if item["effect"]["value"] is not None and codes[item["id"]] == ""
    }
    assert not inside & expected.keys()


def test_revenue_of_questions_counts_as_profit() -> None:
    """Of the barbershop: 3 questions without an answer x 1/6 x 12 = 6 sales, 1,500 each, 750 of it profit."""
    document, _ = report_of("barbershop-ru", "ru")
    item = next(item for item in document["plan_total"]["items"] if item["id"] == "R-19")
    assert (item["alone"], item["together"]) == pytest.approx((9000, 4500))


def test_a_channel_that_is_stopped_takes_its_clients_along() -> None:
    """12 x (20,000 - 30 clients x 200) = 168,000 of the 240,000 that the channel takes."""
    answers = BUSINESS | {
        "profile.country": "RU",
        "profile.report_date": "2026-11-01",
        "clients.new": 100,
        "channels": [
            {"name": "Delta", "network": "instagram", "type": "social_ads", "spend": 20000, "customers": 30}
        ],
    }
    computation = computed(CATALOG, answers)
    advice = advise(CATALOG, computation.submission, computation, Wording("en"))
    item = next(item for item in advice.recommendations if item.id == "R-02")
    assert item.effect is not None
    assert item.effect.yearly == 240000
    assert item.effect.changes == (Change("ad_freed", "channels:1", True, 168000, 168000, 168000),)
    assert "less the profit from the clients" in item.effect.differs


# --- the page and the workbook ------------------------------------------------------------------------------


def block_of(document: Json, wording: Wording) -> Evidence:
    (found,) = block(Facts(document), Words(wording, CATALOG))
    return found


def test_the_plan_shows_the_total_beside_the_sum() -> None:
    """Of losing-money: the shorter bar is the total, and the whisker ends beyond it."""
    document, wording = report_of("losing-money-ru", "ru")
    found = document["plan_total"]
    chart = next(part for part in block_of(document, wording).parts if isinstance(part, Chart))
    hollow, filled = (
        next(shape for shape in chart.shapes if look in shape.look) for look in ("hollow", "data")
    )
    assert filled.width / hollow.width == pytest.approx(found["value"] / found["sum"])
    assert [label.text for label in chart.labels] == [
        "простая сумма", found["shown"]["sum"], "вместе", found["shown"]["value"],
    ]  # fmt: skip
    assert plain(found["shown"]["sum"]) == "1 490 000 ₽"  # three digits: a scenario knows no more


def test_a_plan_without_a_total_says_why_where_it_speaks_of_money() -> None:
    document, wording = report_of("core-only-ru", "ru")
    assert not block(Facts(document), Words(wording, CATALOG))
    first, *others = document["recommendations"]
    first = {**first, "effect": {"value": 5000.0, "unit": "money"}}
    parts = block_of({**document, "recommendations": [first, *others]}, wording).parts
    assert not any(isinstance(part, Chart) for part in parts)
    assert parts[0].text == document["plan_total"]["words"]  # type: ignore[union-attr]


SHEETS: dict[Language, tuple[str, str]] = {
    "ru": ("Что делать", "Итог плана"),
    "en": ("Actions", "Plan total"),
}
SAMPLES: list[tuple[str, Language]] = [
    ("barbershop-ru", "ru"), ("losing-money-ru", "en"), ("travel-agency-en", "en"),
]  # fmt: skip


def place(book: Workbook, name: str) -> Any:
    sheet, _, cell = book.defined_names[name].attr_text.rpartition("!")
    return book[sheet.strip("'")][cell.replace("$", "")]


@dataclass(frozen=True)
class Sheets:
    """The workbooks as LibreOffice computed them: untouched ones by sample, others by what was changed."""

    books: Mapping[str, Workbook]

    def value(self, case: str, name: str = "plan_total") -> Any:
        return place(self.books[case], name).value


def built(sample: str, language: Language, *, cached: bool = True) -> bytes:
    document, wording = report_of(sample, language)
    return workbook.build(document, CATALOG, wording, cached=cached)


def marked(data: bytes, choices: Mapping[str, str], answers: Mapping[str, float]) -> bytes:
    """The workbook with other words in "count it?" (by the action's title) and other answers."""
    book = openpyxl.load_workbook(BytesIO(data))
    for name, value in answers.items():
        place(book, name).value = value
    for row in book["Итог плана"].iter_rows(max_col=3):
        if row[1].value in choices and row[2].value in ("да", "нет"):
            row[2].value = choices.pop(row[1].value)  # type: ignore[attr-defined]
    assert not choices
    stream = BytesIO()
    book.save(stream)  # openpyxl drops the cached values, so that LibreOffice computes anew
    return stream.getvalue()


@pytest.fixture(scope="module")
def sheets(soffice: Office, tmp_path_factory: pytest.TempPathFactory) -> Sheets:
    folder = tmp_path_factory.mktemp("plan")
    files = {sample: built(sample, language, cached=False) for sample, language in SAMPLES}
    barbershop = built("barbershop-ru", "ru")
    unhappy, packages = "Сократите число недовольных клиентов", "Соберите пакеты вместо скидок"
    files["without"] = marked(barbershop, {unhappy: "нет"}, {})
    files["example"] = marked(barbershop, {packages: "да"}, {})
    files["changed"] = marked(barbershop, {}, {"in_clients_reactivation_rate": 0.1})
    paths = [folder / f"{name}.xlsx" for name in files]
    for path, data in zip(paths, files.values(), strict=True):
        path.write_bytes(data)
    made = soffice.convert_all(paths, "xlsx", folder / "out")
    return Sheets({path.stem: openpyxl.load_workbook(path, data_only=True) for path in made})


@pytest.mark.parametrize(("sample", "language"), SAMPLES)
def test_every_formula_gives_what_python_found(sample: str, language: Language, sheets: Sheets) -> None:
    data = built(sample, language)
    formulas, cached = (openpyxl.load_workbook(BytesIO(data), data_only=values) for values in (False, True))
    places = [
        (title, cell.coordinate)
        for title in SHEETS[language]
        for row in formulas[title].iter_rows()
        for cell in row
        if cell.data_type == "f"
    ]
    different = [
        (title, cell, cached[title][cell].value, sheets.books[sample][title][cell].value)
        for title, cell in places
        if not same(cached[title][cell].value, sheets.books[sample][title][cell].value)
    ]
    assert not different
    assert len(places) > 60
    document, _ = report_of(sample, language)
    for name, key in (
        ("plan_total", "value"), ("plan_total_low", "low"), ("plan_total_high", "high"),
        ("plan_sum", "sum"), ("plan_overstated", "overstated"),
    ):  # fmt: skip
        assert sheets.value(sample, name) == pytest.approx(document["plan_total"][key])


def test_a_no_takes_an_action_out(sheets: Sheets) -> None:
    """Of the barber's unhappy clients one is left, the one of the talk: a year of 360,000 / 475 a month."""
    document, _ = report_of("barbershop-ru", "ru")
    whole = document["plan_total"]["value"]
    kept, talk = (
        next(item for item in document["plan_total"]["items"] if item["id"] == rule)
        for rule in ("R-13", "R-12")
    )
    assert talk["together"] == 0
    assert sheets.value("without") == pytest.approx(whole - kept["alone"] + talk["alone"])
    assert sheets.value("without", "plan_sum") == pytest.approx(document["plan_total"]["sum"] - kept["alone"])


def test_a_yes_counts_an_example_with_what_it_strengthens(sheets: Sheets) -> None:
    """5% more a sale: on 360,000 x 12 of today's profit, and on the clients kept and the sales added."""
    document, _ = report_of("barbershop-ru", "ru")
    quantities = {each["id"]: each["value"] for each in document["plan_total"]["quantities"]}
    kept = next(item["alone"] for item in document["plan_total"]["items"] if item["id"] == "R-13")
    gained = 0.05 * (kept + quantities["extra_sales"] * 750 + 360000 * 12)
    assert sheets.value("example") == pytest.approx(document["plan_total"]["value"] + gained)


def test_a_changed_answer_moves_effects_and_total(sheets: Sheets) -> None:
    """10% instead of 8% return: 200 x 2% = 4 more sales of the 200 inactive, 4 of the 200 without contact."""
    document, _ = report_of("barbershop-ru", "ru")
    assert sheets.value("changed") == pytest.approx(document["plan_total"]["value"] + 8 * 750)
    effects = {
        plain(str(row[1].value)): row[4].value
        for row in sheets.books["changed"]["Что делать"].iter_rows(max_col=6)
    }
    assert effects["Напишите 200 неактивным клиентам"] == pytest.approx(200 * 0.1 * 750 - 1000)


def test_actions_link_to_the_answers_they_rest_on() -> None:
    """Every link of the sheet ends at a cell that holds the owner's answer."""
    document, _ = report_of("barbershop-ru", "ru")
    book = openpyxl.load_workbook(BytesIO(built("barbershop-ru", "ru")), data_only=True)
    sheet = book["Что делать"]
    linked = 0
    for item in document["recommendations"]:
        row = next(row for row in sheet.iter_rows() if row[0].value == item["number"])
        for cell, column in zip(item["evidence"], row[12:14], strict=False):
            assert column.value == f"{cell['sheet']}, {cell['cell']} →"
            assert column.hyperlink is not None
            title, _, target = str(column.hyperlink.location).rpartition("!")
            found = book[title.strip("'")][target].value
            if isinstance(cell["value"], int | float):
                assert found == cell["value"]
            linked += 1
    assert linked > 30
    assert not sheet.merged_cells.ranges
    assert sheet.auto_filter.ref
    assert sheet.print_title_rows


def test_a_refused_workbook_has_no_plan(tmp_path: Path) -> None:
    computation = business()
    report = result.Report(
        computation.submission.source, Status.REFUSED, computation.submission, (), (), None, None
    )
    assert result.build(CATALOG, report, Wording("en"), None)["plan_total"] is None


def test_kinds_of_effects_have_a_year() -> None:
    """A month counts twelve times, a year and a single gain once."""
    yearly = {
        item.effect.kind: item.effect.yearly / item.effect.value
        for _, _, item in fired()
        if item.effect is not None and item.effect.yearly is not None and item.effect.value
    }
    assert yearly == {EffectKind.MONEY_MONTH: 12, EffectKind.MONEY_YEAR: 1, EffectKind.MONEY_ONCE: 1}
