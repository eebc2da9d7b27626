"""Validations of the pages from social media to partners, on both sides of each border."""

from __future__ import annotations

import json
from collections import Counter
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from sheetreport.answers import submission
from sheetreport.catalog.load import load_catalog
from sheetreport.check import Checked, check
from sheetreport.compute import compute
from sheetreport.findings import describe
from sheetreport.i18n import Wording
from sheetreport.model import LANGUAGES, Language, Severity, State

CATALOG = load_catalog()
WORKED = json.loads(Path(__file__).with_name("data").joinpath("worked_example.json").read_text("utf-8"))
ERROR, WARNING = Severity.ERROR, Severity.WARNING

Answers = dict[str, Any]


def checked(answers: Answers) -> Checked:
    return check(CATALOG, submission(CATALOG, answers))


def social(**values: Any) -> Answers:
    return {"profile": {"country": "RU"}, "social": [{"network": "vk"} | values]}


def pages(*networks: str) -> Answers:
    return {"social": [{"network": network, "followers_end": 5} for network in networks]}


def inside(fixed: int, period: str = "month", promo: str = "yes") -> Answers:
    """Promotion of 60 000 a period, said to stand inside the fixed costs."""
    return {
        "profile": {"period_type": period},
        "channels": [{"name": "a", "spend": 48_000}, {"name": "b", "spend": "?"}],
        "promo": {"other_spend": 12_000},
        "breakeven": {"fixed_costs": fixed, "promo_in_fixed": promo},
    }


def awareness(**values: Any) -> Answers:
    return {"awareness": [{"segment": "followers", "statement": "запись онлайн"} | values]}


def asked_of(*segments: str | None) -> Answers:
    """The same statement, asked of these groups."""
    row = {"statement": "запись онлайн", "before_n": 10}
    return {"awareness": [row | ({"segment": segment} if segment else {}) for segment in segments]}


def said_twice(other: str) -> Answers:
    """Two statements asked of the same group."""
    return {
        "awareness": [
            {"segment": "followers", "statement": said, "before_n": 10} for said in ("запись онлайн", other)
        ]
    }


def launched(day: str | None) -> Answers:
    row = {"process": "запись", "launch_date": day} if day else {"process": "запись"}
    return {"profile": {"report_date": "2026-11-16"}, "automation": [row]}


def partner(**values: Any) -> Answers:
    return {"affiliate": [{"partner": "Клуб", "tracking": "FIT200"} | values]}


CHANNEL = {"name": "Партнёры", "type": "affiliate", "spend": 27, "customers": 12, "sales": 14, "revenue": 152}
PARTNERS = (
    {"rewards": 10, "fixed_cost": 15, "new_clients": 8, "sales": 9, "revenue": 96},
    {"rewards": 2, "fixed_cost": 0, "new_clients": 4, "sales": 5, "revenue": 56},
)


def programme(*others: Answers, discounts: int | None = None, **channel: Any) -> Answers:
    """A channel that agrees with its two partners, with changes."""
    rows = [
        {"partner": f"Партнёр {number}", "tracking": "код"} | row for number, row in enumerate(PARTNERS, 1)
    ]
    if discounts is not None:
        rows[0]["discounts"] = discounts
    return {"channels": [CHANNEL | channel, *others], "affiliate": rows}


def grown(end: int, **values: Any) -> Answers:
    """A page of 100 followers whose posts reach as many as before, 500 each, and move as many: 50 of 1000."""
    steady = {
        "followers_start": 100,
        "followers_end": end,
        "posts": 2,
        "reach_sum": 1000,
        "likes": 30,
        "comments": 15,
        "shares": 5,
        "prev_posts": 2,
        "prev_reach_sum": 1000,
        "prev_reactions": 50,
    }
    return social(**steady | values)


HALVED = {"likes": 10, "comments": 10, "shares": 5}

# (code, variant, severity, answers where it is found, answers on the other side of the border)
BORDERS: tuple[tuple[str, str, Severity, Answers, Answers], ...] = (
    (
        "V-23",
        "disputed",
        WARNING,
        social(network="telegram", ad_spend=1),
        social(network="telegram", ad_spend=0),
    ),
    (
        "V-23",
        "prohibited",
        WARNING,
        social(network="instagram", ad_spend=1),
        social(network="instagram", ad_spend=1) | {"profile": {"country": "RS"}},
    ),
    (
        "V-23",
        "prohibited",
        WARNING,
        social(network="instagram", ad_spend=1),
        social(network="vk", ad_spend=1),
    ),
    (
        "V-36",
        "before",
        ERROR,
        awareness(before_yes=151, before_n=150),
        awareness(before_yes=150, before_n=150),
    ),
    ("V-36", "after", ERROR, awareness(after_yes=1, after_n=0), awareness(after_yes=0, after_n=0)),
    ("V-36", "twice", ERROR, asked_of("followers", "followers"), asked_of("followers", "inactive")),
    ("V-36", "twice", ERROR, asked_of(None, None), asked_of(None, "followers")),
    ("V-36", "twice", ERROR, said_twice(" Запись  ОНЛАЙН"), said_twice("запись по телефону")),
    ("V-36", "after", ERROR, awareness(after_yes=73, after_n=72), awareness(after_yes=73, before_n=72)),
    ("V-38", "zero", ERROR, social(reach_sum=0, comments=1), social(reach_sum=0, comments=0)),
    (
        "V-38",
        "more",
        WARNING,
        social(reach_sum=9, likes=5, comments=3, shares=2),
        social(reach_sum=10, likes=5, comments=3, shares=2),
    ),
    ("V-38", "more", WARNING, social(reach_sum=9, likes=10), social(likes=10)),
    ("V-22", "network", ERROR, pages("vk", "ok", "vk"), pages("vk", "ok")),
    ("V-49", "", ERROR, inside(59_999), inside(60_000)),
    ("V-49", "", ERROR, inside(19_999, "quarter"), inside(20_000, "quarter")),
    ("V-49", "", ERROR, inside(59_999), inside(59_999, promo="no")),
    ("V-39", "reach", WARNING, grown(120, reach_sum=999), grown(119, reach_sum=999)),
    ("V-39", "reach", WARNING, grown(120, reach_sum=999), grown(120, reach_sum=1000)),
    ("V-39", "reach", WARNING, grown(120, posts=3), grown(120, posts=3, prev_posts=3)),
    ("V-39", "reactions", WARNING, grown(120, **HALVED), grown(120, **HALVED | {"shares": 6})),
    ("V-39", "reactions", WARNING, grown(120, **HALVED), grown(119, **HALVED)),
    ("V-39", "reactions", WARNING, grown(120, **HALVED), grown(120, **HALVED | {"comments": None})),
    (
        "V-39",
        "reactions",
        WARNING,
        grown(120, **HALVED, prev_posts=0),
        grown(120, **HALVED, prev_reach_sum=0),
    ),
    ("V-40", "", ERROR, social(questions=45, answered=46), social(questions=45, answered=45)),
    ("V-41", "", ERROR, social(posts=0, shares=1), social(posts=0, shares=0)),
    ("V-41", "", ERROR, social(posts=0, likes=1), social(posts=1, likes=1)),
    (
        "V-48",
        "",
        ERROR,
        {"breakeven": {"price": 750, "variable_cost": 750}},
        {"breakeven": {"price": 751, "variable_cost": 750}},
    ),
    # 182 and 183 days are 5.98 and 6.01 months
    ("V-50", "", WARNING, launched("2026-05-18"), launched("2026-05-17")),
    ("V-50", "", WARNING, launched("2026-11-16"), launched("2026-11-17")),
    ("V-50", "", WARNING, launched("2026-10-01"), launched(None)),
    ("V-50", "ahead", WARNING, launched("2026-11-17"), launched("2026-11-16")),
    ("V-51", "", WARNING, partner(tracking=None), partner()),
    ("V-52", "", WARNING, partner(discounts=1), partner(discounts=0)),
    (
        "V-53",
        "",
        WARNING,
        partner(list_price=1500, partner_price=1499),
        partner(list_price=1500, partner_price=1500),
    ),
    ("V-54", "clients", WARNING, programme(customers=11), programme(customers=12)),
    ("V-54", "clients", WARNING, programme(customers=13), programme(customers=13, type="referral")),
    (
        "V-54",
        "clients",
        WARNING,
        programme(CHANNEL | {"name": "b", "customers": 6}, customers=5),
        programme(CHANNEL | {"name": "b", "customers": 7}, customers=5),
    ),
    (
        "V-54",
        "clients",
        WARNING,
        programme(CHANNEL | {"name": "b", "customers": 0}, customers=5),
        programme(CHANNEL | {"name": "b", "customers": None}, customers=5),
    ),
    ("V-54", "sales", WARNING, programme(sales=15), programme(sales=None)),
    ("V-54", "revenue", WARNING, programme(revenue=151.98), programme(revenue=152)),
    ("V-54", "spend", WARNING, programme(spend=26), programme(spend=27)),
    ("V-54", "spend", WARNING, programme(spend=30), programme(spend=30, discounts=3)),
    ("V-54", "spend", WARNING, programme(spend=31, discounts=3), programme(spend=27, discounts=3)),
)


@pytest.mark.parametrize(
    ("code", "variant", "severity", "wrong", "right"),
    BORDERS,
    ids=[f"{code}-{variant}-{number}" for number, (code, variant, *_) in enumerate(BORDERS)],
)
def test_border(code: str, variant: str, severity: Severity, wrong: Answers, right: Answers) -> None:
    def found(answers: Answers) -> dict[str, Severity]:
        return {f.variant: f.severity for f in checked(answers).findings if f.code == code}

    assert found(wrong).get(variant) is severity
    assert variant not in found(right)


@pytest.mark.parametrize(
    ("code", "answers", "field", "params"),
    [
        (
            "V-23",
            social(network="telegram", ad_spend=1),
            "social.network",
            {"network": "telegram"},
        ),
        (
            "V-36",
            awareness(before_yes=5, before_n=4),
            "awareness.before_yes",
            {"statement": "запись онлайн", "knew": 5, "asked": 4},
        ),
        ("V-38", social(reach_sum=9, likes=10, shares=2), "social.reach_sum", {"reactions": 12, "reach": 9}),
        (
            "V-39",
            grown(125, reach_sum=801),
            "social.followers_end",
            {"network": "vk", "growth_share": 0.25, "reach": 400, "before": 500},
        ),
        (
            "V-39",
            grown(120, **HALVED),
            "social.followers_end",
            {"response_share": 0.025, "before_share": 0.05},
        ),
        ("V-22", pages("vk", "vk"), "social.network", {"network": "vk", "first": "social[1].social.network"}),
        (
            "V-49",
            inside(10_000, "quarter"),
            "breakeven.promo_in_fixed",
            {"promotion_money": 20_000, "fixed_money": 10_000},
        ),
        ("V-40", social(questions=4, answered=5), "social.answered", {"answered": 5, "asked": 4}),
        ("V-41", social(posts=0, likes=2, comments=3), "social.posts", {"reactions": 5}),
        (
            "V-48",
            {"breakeven": {"price": 7, "variable_cost": 8}},
            "breakeven.price",
            {"price_money": 7, "cost_money": 8},
        ),
        (
            "V-50",
            launched("2026-10-01"),
            "automation.launch_date",
            {"subject": "запись", "launched": date(2026, 10, 1), "days": 46, "limit": 6},
        ),
        ("V-51", partner(tracking=None), "affiliate.tracking", {"subject": "Клуб"}),
        ("V-52", partner(discounts=800), "affiliate.discounts", {"discounts_money": 800}),
        (
            "V-53",
            partner(list_price=15, partner_price=14),
            "affiliate.partner_price",
            {"partner_money": 14, "own_money": 15},
        ),
        ("V-54", programme(customers=10), "channels.customers", {"channel": 10, "partners": 12}),
        ("V-54", programme(spend=20), "channels.spend", {"channel_money": 20, "partners_money": 27}),
    ],
)
def test_a_finding_names_its_cell_and_its_numbers(
    code: str, answers: Answers, field: str, params: dict[str, Any]
) -> None:
    finding = next(finding for finding in checked(answers).findings if finding.code == code)
    assert finding.field == field
    assert {name: finding.params[name] for name in params} == params


@pytest.mark.parametrize(
    ("answers", "fields"),
    [
        (
            awareness(before_yes=5, before_n=4, after_yes=1, after_n=4),
            {"awareness.before_yes", "awareness.before_n"},
        ),
        (
            social(reach_sum=0, likes=1, comments=0, shares=2),
            {"social.reach_sum", "social.likes", "social.shares"},
        ),
        (social(reach_sum=9, likes=10), set()),
        (grown(120, reach_sum=999), set()),
        (social(questions=4, answered=5, posts=1), {"social.questions", "social.answered"}),
        (social(posts=0, comments=1, reach_sum=5), {"social.posts", "social.comments"}),
        (
            {"breakeven": {"price": 7, "variable_cost": 8, "fixed_costs": 9}},
            {"breakeven.price", "breakeven.variable_cost"},
        ),
        (programme(customers=10, spend=20), set()),
    ],
)
def test_an_error_spoils_the_cells_involved_and_no_others(answers: Answers, fields: set[str]) -> None:
    after = checked(answers).submission
    cells = [after.scalars, *(row.values for rows in after.tables.values() for row in rows)]
    assert {
        name for values in cells for name, value in values.items() if value.state is State.INVALID
    } == fields


@pytest.mark.parametrize(
    "answers",
    [answers for code, _, _, *pair in BORDERS if code == "V-39" for answers in pair],
)
def test_the_check_and_the_report_suspect_the_same_growth(answers: Answers) -> None:
    result = checked(answers)
    ((_, suspect),) = compute(CATALOG, result.submission).row_results("growth_suspect")
    warned = any(finding.code == "V-39" for finding in result.findings)
    assert warned == (suspect.value == 1)


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_words_are_filled(language: Language) -> None:
    wording = Wording(language)
    for code, _, _, wrong, _ in BORDERS:
        for finding in checked(wrong).findings:
            described = describe(CATALOG, finding, wording)
            for text in (described.message, described.expected, described.fix):
                assert text, code
                assert "{" not in text, finding
                assert "None" not in text, finding


def said(answers: Answers, code: str, language: Language) -> str:
    finding = next(finding for finding in checked(answers).findings if finding.code == code)
    return describe(CATALOG, finding, Wording(language)).message.replace("\u00a0", " ")


def test_a_network_goes_by_its_name_and_a_launch_by_its_date() -> None:
    assert said(social(posts=0, likes=2), "V-41", "ru") == "Площадка «ВКонтакте»: публикаций 0, а откликов 2."
    assert said(launched("2026-10-01"), "V-50", "ru") == (
        "Процесс «запись» запущен 01.10.2026, за 46 дней до отчёта на 16.11.2026."
    )
    assert said(launched("2026-11-15"), "V-50", "en") == (
        "Process “запись” was launched on 15 Nov 2026, 1 day before 16 Nov 2026."
    )


def test_the_worked_example_gives_these_findings_and_no_others() -> None:
    codes = Counter(finding.code for finding in checked(WORKED["inputs"]).findings)
    assert codes == {"V-33": 1, "V-35": 2, "V-45": 1, "V-46": 1}


def test_of_a_statement_that_stands_twice_the_first_row_counts() -> None:
    row = {"segment": "followers", "statement": "запись онлайн"}
    counted = row | {"before_n": 100, "before_yes": 30, "after_n": 100, "after_yes": 50}
    found = checked({"awareness": [counted, counted | {"after_yes": 90}]})
    lifts = {
        result.row: result.value
        for result in compute(CATALOG, found.submission).results
        if result.id == "awareness_lift"
    }
    assert lifts[1] == pytest.approx(0.2)
    assert lifts.get(2) is None
    (finding,) = [finding for finding in found.findings if finding.code == "V-36"]
    assert finding.params["first"] == "awareness[1].awareness.statement"
