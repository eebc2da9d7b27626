"""Every validation on both sides of its border, and how far a wrong cell reaches."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from sheetreport.answers import submission
from sheetreport.catalog.load import load_catalog
from sheetreport.check import CHECKS, Checked, check, ordered, status
from sheetreport.findings import describe
from sheetreport.i18n import Wording
from sheetreport.model import (
    LANGUAGES,
    Finding,
    Language,
    Origin,
    Severity,
    SourceFile,
    SourceRef,
    State,
    Status,
    Submission,
    Value,
)

CATALOG = load_catalog()
WORKED = json.loads(Path(__file__).with_name("data").joinpath("worked_example.json").read_text("utf-8"))
ERROR, WARNING, INFO = Severity.ERROR, Severity.WARNING, Severity.INFO

Answers = dict[str, Any]


def checked(answers: Answers) -> Checked:
    return check(CATALOG, submission(CATALOG, answers))


def found(answers: Answers, code: str) -> dict[str, Severity]:
    """The variants of a code that were found, with their severities."""
    return {f.variant: f.severity for f in checked(answers).findings if f.code == code}


def spoiled(answers: Answers) -> set[str]:
    """Fields (and rows) that the check marked as wrong."""
    before, after = submission(CATALOG, answers), checked(answers).submission
    marked = {id_ for id_, v in after.scalars.items() if v.state is State.INVALID and before.get(id_) != v}
    for table, rows in after.tables.items():
        for row, was in zip(rows, before.rows(table), strict=True):
            marked |= {
                f"{id_}#{row.index}"
                for id_, v in row.values.items()
                if v.state is State.INVALID and was.get(id_) != v
            }
    return marked


def clients(**values: Any) -> Answers:
    return {"clients": values}


def channels(*rows: Mapping[str, Any], **rest: Any) -> Answers:
    return {"channels": list(rows), **rest}


def goal(**values: Any) -> Answers:
    """A flawless goal with changes."""
    steps = [{"action": f"Шаг {n}", "due": f"2026-11-{10 + n}", "who": "Анна"} for n in (1, 2, 3)]
    flawless = {
        "metric": "leads",
        "place": "vk",
        "target": 100,
        "start": "2026-11-01",
        "deadline": "2026-11-30",
        "responsible": "Анна",
        "why": "заполнить будни",
        "steps": steps,
    }
    return {"profile": {"report_date": "2026-11-16"}, "goals": [flawless | values]}


def nps(**values: Any) -> Answers:
    return {"profile": {"report_date": "2026-11-16"}, "nps": values}


FULL = [0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 1]  # five answers
PERIOD = {"period_type": "month", "period_start": "2026-10-01"}
HALF_YEAR = {"period_type": "half_year", "period_start": "2026-08-31"}

# (code, variant, severity, answers where it is found, answers on the other side of the border)
BORDERS: tuple[tuple[str, str, Severity, Answers, Answers], ...] = (
    (
        "V-03", "", WARNING,
        {"profile": {"growth_wish_pct": 0.2, "growth_wish_money": 200}, "clients": {"revenue": 949}},
        {"profile": {"growth_wish_pct": 0.2, "growth_wish_money": 200}, "clients": {"revenue": 950}},
    ),
    (
        "V-03", "", WARNING,
        {"profile": {"growth_wish_pct": 0.2, "growth_wish_money": 200, "growth_base": "gross_profit"},
         "clients": {"revenue": 1000, "gross_profit": 500}},
        {"profile": {"growth_wish_pct": 0.2, "growth_wish_money": 200, "growth_base": "revenue"},
         "clients": {"revenue": 1000, "gross_profit": 500}},
    ),
    (
        "V-04", "reversed", ERROR,
        {"profile": {"period_start": "2026-10-02", "period_end": "2026-10-01"}},
        {"profile": {"period_start": "2026-10-01", "period_end": "2026-10-01"}},
    ),
    (
        "V-04", "length", ERROR,
        {"profile": PERIOD | {"period_end": "2026-11-04"}},
        {"profile": PERIOD | {"period_end": "2026-11-03"}},
    ),
    (
        "V-04", "length", ERROR,
        {"profile": PERIOD | {"period_end": "2026-10-27"}},
        {"profile": PERIOD | {"period_end": "2026-10-28"}},
    ),
    (
        "V-04", "length", ERROR,  # 31 August and half a year end on 27 February
        {"profile": HALF_YEAR | {"period_end": "2027-02-23"}},
        {"profile": HALF_YEAR | {"period_end": "2027-02-24"}},
    ),
    (
        "V-04", "length", ERROR,
        {"profile": PERIOD | {"period_type": "quarter", "period_end": "2026-12-27"}},
        {"profile": PERIOD | {"period_type": "quarter", "period_end": "2026-12-28"}},
    ),
    ("V-05", "", WARNING, {"profile": {"phone": "912 345-67"}}, {"profile": {"phone": "+7 (912) 345-67-89"}}),
    ("V-05", "", WARNING, {"profile": {"phone": "спросить Аню"}}, {"profile": {"phone": "anna@example.org"}}),
    ("V-05", "", WARNING, {"profile": {"phone": "123456789"}}, {"profile": {"phone": "1234567890"}}),
    ("V-05", "", WARNING, {"profile": {"phone": "1" * 16}}, {"profile": {"phone": "1" * 15}}),
    ("V-05", "", WARNING, {"profile": {"phone": "Аня 89123456789"}}, {"profile": {"phone": "89123456789"}}),
    (
        "V-07", "more", ERROR,
        clients(total=800, active=481, inactive=320), clients(total=800, active=480, inactive=320),
    ),
    (
        "V-07", "less", WARNING,
        clients(total=800, active=479, inactive=320), clients(total=800, active=480, inactive=320),
    ),
    ("V-07", "active", ERROR, clients(total=800, active=801), clients(total=800, active=800)),
    ("V-08", "", ERROR, clients(total=40, dissatisfied=41), clients(total=40, dissatisfied=40)),
    (
        "V-09", "balance", WARNING,
        clients(active_start=470, new=40, lost=30, active_end=481),
        clients(active_start=470, new=40, lost=30, active_end=480),
    ),
    ("V-09", "lost", WARNING, clients(active_start=5, new=2, lost=8), clients(active_start=5, new=2, lost=7)),
    (
        "V-09", "snapshot", WARNING,
        {"profile": PERIOD | {"report_date": "2026-11-03"}, "clients": {"active": 9, "active_end": 8}},
        {"profile": PERIOD | {"report_date": "2026-11-04"}, "clients": {"active": 9, "active_end": 8}},
    ),
    (
        "V-09", "snapshot", WARNING,
        {"profile": PERIOD | {"report_date": "2026-10-31"}, "clients": {"active": 9, "active_end": 8}},
        {"profile": PERIOD | {"report_date": "2026-10-31"}, "clients": {"active": 8, "active_end": 8}},
    ),
    (
        "V-10", "", ERROR,
        clients(sales_count=480, repeat_purchases=481), clients(sales_count=480, repeat_purchases=480),
    ),
    (
        "V-11", "", WARNING,
        clients(sales_count=480, repeat_purchases=431, new=44),
        clients(sales_count=480, repeat_purchases=431, new=45),
    ),
    (
        "V-11", "", WARNING,
        clients(sales_count=480, repeat_purchases=436, new=49),
        clients(sales_count=480, repeat_purchases=435, new=50),
    ),
    (
        "V-12", "above", ERROR,
        clients(revenue=720000, gross_profit=720001), clients(revenue=720000, gross_profit=720000),
    ),
    ("V-12", "loss", WARNING, clients(gross_profit=-1), clients(gross_profit=0)),
    (
        "V-12", "channel", ERROR,
        channels({"name": "a", "revenue": 10, "gross_profit": 11}),
        channels({"name": "a", "revenue": 10, "gross_profit": 10}),
    ),
    ("V-13", "revenue", ERROR, clients(revenue=10, revenue_new=11), clients(revenue=10, revenue_new=10)),
    (
        "V-13", "profit", ERROR,
        clients(revenue_new=10, gross_profit_new=11), clients(revenue_new=10, gross_profit_new=10),
    ),
    ("V-14", "new", ERROR, clients(new=41, sales_count=40), clients(new=40, sales_count=40)),
    ("V-14", "revenue", ERROR, clients(sales_count=0, revenue=1), clients(sales_count=0, revenue=0)),
    ("V-15", "", WARNING, clients(active=480), clients(active=480, activity_window_days=60)),
    (
        "V-15", "", WARNING,
        clients(active=480, activity_window_days=0), clients(active=480, activity_window_days=1),
    ),
    (
        "V-16", "repeat", ERROR,
        clients(buyers_12m=10, repeat_buyers_12m=11), clients(buyers_12m=10, repeat_buyers_12m=10),
    ),
    ("V-16", "total", ERROR, clients(total=10, buyers_12m=11), clients(total=10, buyers_12m=10)),
    ("V-17", "contact", ERROR, clients(total=10, with_contact=11), clients(total=10, with_contact=10)),
    (
        "V-17", "inactive", ERROR,
        clients(inactive=10, inactive_contactable=11), clients(inactive=10, inactive_contactable=10),
    ),
    ("V-18", "above", ERROR, clients(reactivation_rate=1.01), clients(reactivation_rate=1)),
    ("V-18", "above", ERROR, clients(reactivation_rate=1.5), {"profile": {"growth_wish_pct": 1.5}}),
    (
        "V-18", "stay", WARNING,
        clients(stay_after_positive=0.4, stay_after_negative=0.4),
        clients(stay_after_positive=0.41, stay_after_negative=0.4),
    ),
    (
        "V-19", "clicks", ERROR,
        channels({"name": "a", "impressions": 10, "clicks": 11}),
        channels({"name": "a", "impressions": 10, "clicks": 10}),
    ),
    (
        "V-19", "leads", WARNING,
        channels({"name": "a", "clicks": 10, "leads": 11}),
        channels({"name": "a", "clicks": 10, "leads": 10}),
    ),
    (
        "V-19", "customers", ERROR,
        channels({"name": "a", "leads": 10, "customers": 11}),
        channels({"name": "a", "leads": 10, "customers": 10}),
    ),
    (
        "V-19", "sales", ERROR,
        channels({"name": "a", "sales": 10, "customers": 11}),
        channels({"name": "a", "sales": 10, "customers": 10}),
    ),
    (
        "V-20", "more", ERROR,
        channels({"name": "a", "customers": 6}, {"name": "b", "customers": 5}, clients={"new": 10}),
        channels({"name": "a", "customers": 6}, {"name": "b", "customers": 4}, clients={"new": 10}),
    ),
    (
        "V-20", "less", WARNING,
        channels({"name": "a", "customers": 6}, {"name": "b", "customers": 3}, clients={"new": 10}),
        channels({"name": "a", "customers": 6}, {"name": "b", "customers": 4}, clients={"new": 10}),
    ),
    (
        "V-20", "less", WARNING,
        channels({"name": "a", "customers": 6}, {"name": "b", "customers": 0}, clients={"new": 10}),
        channels({"name": "a", "customers": 6}, {"name": "b", "customers": "?"}, clients={"new": 10}),
    ),
    ("V-21", "", INFO, channels({"name": "a"}), channels({"name": "a", "spend": 0})),
    (
        "V-21", "other", INFO,
        channels({"name": "a", "spend": 0}), channels({"name": "a", "spend": 0}, promo={"other_spend": 0}),
    ),
    ("V-21", "other", INFO, channels({"name": "a", "spend": 0}), {"clients": {"total": 1}}),
    (
        "V-22", "", ERROR,
        channels({"name": "VK  Реклама"}, {"name": "vk реклама"}), channels({"name": "VK"}, {"name": "VK 2"}),
    ),
    ("V-22", "nameless", WARNING, channels({"spend": 5}), channels({"name": "a", "spend": 5})),
    (
        "V-23", "disputed", WARNING,
        channels({"name": "a", "network": "telegram", "spend": 1}, profile={"country": "RU"}),
        channels({"name": "a", "network": "telegram", "spend": 0}, profile={"country": "RU"}),
    ),
    (
        "V-23", "prohibited", WARNING,
        channels({"name": "a", "network": "instagram", "spend": 1}, profile={"country": "RU"}),
        channels({"name": "a", "network": "instagram", "spend": 1}, profile={"country": "RS"}),
    ),
    (
        "V-24", "dearest", INFO,
        channels({"name": "a", "spend": 101, "customers": 1, "owner_verdict": "best"},
                 {"name": "b", "spend": 100, "customers": 1}),
        channels({"name": "a", "spend": 100, "customers": 1, "owner_verdict": "best"},
                 {"name": "b", "spend": 100, "customers": 1}),
    ),
    (
        "V-24", "dearest", INFO,  # what the third costs is not known, so nothing is the dearest
        channels({"name": "a", "spend": 101, "customers": 1, "owner_verdict": "best"},
                 {"name": "b", "spend": 100, "customers": 1}, {"name": "c"}),
        channels({"name": "a", "spend": 101, "customers": 1, "owner_verdict": "best"},
                 {"name": "b", "spend": 100, "customers": 1}, {"name": "c", "spend": "много"}),
    ),
    (
        "V-24", "cheapest", INFO,
        channels({"name": "a", "spend": 99, "customers": 1, "owner_verdict": "not_working"},
                 {"name": "b", "spend": 100, "customers": 1}),
        channels({"name": "a", "spend": 100, "customers": 1, "owner_verdict": "not_working"},
                 {"name": "b", "spend": 100, "customers": 1}),
    ),
    (
        "V-24", "no_clients", INFO,
        channels({"name": "a", "spend": 1, "customers": 0, "owner_verdict": "best"},
                 {"name": "b", "spend": 100, "customers": 1}),
        channels({"name": "a", "spend": 0, "customers": 0, "owner_verdict": "best"},
                 {"name": "b", "spend": 100, "customers": 1}),
    ),
    ("V-25", "empty", ERROR, nps(tally_0_10=[0] * 11), nps(tally_0_10=[0] * 10 + [1])),
    ("V-25", "invited", ERROR, nps(tally_0_10=FULL, invited=4), nps(tally_0_10=FULL, invited=5)),
    (
        "V-25", "invited", ERROR,
        nps(groups={"promoters": 3, "passives": 1, "detractors": 1}, invited=4),
        nps(groups={"promoters": 3, "passives": 1, "detractors": 1}, invited=5),
    ),
    (
        "V-26", "percent", ERROR,
        nps(groups={"promoters": 50, "passives": 26, "detractors": 24}, invited=99),
        nps(groups={"promoters": 50, "passives": 26, "detractors": 24}, invited=100),
    ),
    (
        "V-26", "hundred", WARNING,
        nps(groups={"promoters": 50, "passives": 26, "detractors": 24}),
        nps(groups={"promoters": 50, "passives": 26, "detractors": 25}),
    ),
    (
        "V-26", "partial", ERROR,
        nps(groups={"promoters": 50, "passives": 26}),
        nps(groups={"promoters": 50, "passives": 26, "detractors": 0}),
    ),
    (
        "V-26", "differ", WARNING,
        nps(tally_0_10=FULL, groups={"promoters": 2, "passives": 2, "detractors": 2}),
        nps(tally_0_10=FULL, groups={"promoters": 2, "passives": 2, "detractors": 1}),
    ),
    ("V-27", "", WARNING, nps(scale_min="1"), nps(scale_min="0")),
    (
        "V-28", "", INFO,
        nps(groups={"promoters": 3, "passives": 1, "detractors": 1}),
        nps(groups={"promoters": 2, "passives": 2, "detractors": 1}, tally_0_10=FULL),
    ),
    ("V-29", "", WARNING, nps(survey_date="2026-05-19"), nps(survey_date="2026-05-20")),
    ("V-29", "future", WARNING, nps(survey_date="2026-11-17"), nps(survey_date="2026-11-16")),
    ("V-30", "", WARNING, nps(sampling="self_selected"), nps(sampling="random")),
    (
        "V-31", "empty", ERROR,
        {"csi": {"overall_1_5": [0, 0, 0, 0, 0]}}, {"csi": {"overall_1_5": [0, 0, 0, 0, 1]}},
    ),
    ("V-31", "empty", ERROR, {"csat": {"tally_1_5": [0] * 5}}, {"csat": {"tally_1_5": [1, 0, 0, 0, 0]}}),
    (
        "V-31", "above", ERROR,
        {"csi": {"overall_1_5": [1, 1, 1, 1, 1], "scale_max": 4}},
        {"csi": {"overall_1_5": [1, 1, 1, 1, 0], "scale_max": 4}},
    ),
    (
        "V-31", "converted", INFO,
        {"csi": {"overall_1_5": [1, 1, 1, 1, 0], "scale_max": 4}},
        {"csi": {"overall_1_5": [1, 1, 1, 1, 0], "scale_max": 5}},
    ),
    (
        "V-31", "converted", INFO,
        {"csi": {"overall_1_5": [1, 1, 1, 1, 1], "attributes": {"чистота": [1, 0, 0, 0, 0]}, "scale_max": 4}},
        {"csi": {"overall_1_5": [1, 1, 1, 1, 1], "scale_max": 4}},
    ),
    (
        "V-31", "scale", ERROR,
        {"csi": {"overall_1_5": [1, 1, 1, 1, 0], "scale_max": 6}},
        {"csi": {"overall_1_5": [1, 1, 1, 1, 0], "scale_max": 5}},
    ),
    (
        "V-31", "scale", ERROR,
        {"csi": {"overall_1_5": [1, 0, 0, 0, 0], "scale_max": 1}},
        {"csi": {"overall_1_5": [1, 0, 0, 0, 0], "scale_max": 2}},
    ),
    (
        "V-32", "", ERROR,
        {"csi": {"overall_1_5": [2, 2, 2, 2, 3], "group_size": 10}},
        {"csi": {"overall_1_5": [2, 2, 2, 2, 2], "group_size": 10}},
    ),
    (
        "V-32", "part", ERROR,
        {"csi": {"attributes": {"чистота": [2, 2, 2, 2, 3]}, "group_size": 10}},
        {"csi": {"attributes": {"чистота": [2, 2, 2, 2, 2]}, "group_size": 10}},
    ),
    (
        "V-33", "", WARNING,
        {"csi": {"overall_1_5": [0, 0, 0, 0, 74], "group_size": 100}},
        {"csi": {"overall_1_5": [0, 0, 0, 0, 75], "group_size": 100}},
    ),
    (
        "V-33", "", WARNING,
        {"csi": {"overall_1_5": [0, 0, 0, 0, 1], "group_size": 100}},
        {"csi": {"overall_1_5": [0, 0, 0, 0, 0], "group_size": 100}},
    ),
    (
        "V-34", "", INFO,
        nps(tally_0_10=FULL) | {"practices": {"survey_why_question": "no"}},
        nps(tally_0_10=FULL) | {"practices": {"survey_why_question": "partly"}},
    ),
    (
        "V-34", "", INFO,
        {"csat": {"tally_1_5": [1] * 5}, "practices": {"survey_why_question": "no"}},
        {"practices": {"survey_why_question": "no"}},
    ),
    (
        "V-35", "mentions", ERROR,
        {"feedback": [{"theme": "уют", "kind": "like", "mentions": 0}]},
        {"feedback": [{"theme": "уют", "kind": "like", "mentions": 1}]},
    ),
    (
        "V-35", "both", WARNING,
        {"feedback": [{"theme": "Уют", "kind": "like"}, {"theme": "уют ", "kind": "dislike", "action": "!"}]},
        {"feedback": [{"theme": "Уют", "kind": "like"}, {"theme": "уют", "kind": "like"}]},
    ),
    (
        "V-35", "both", WARNING,
        {"feedback": [{"theme": "a", "kind": "dislike", "action": "!"}, {"theme": "a", "kind": "like"}]},
        {"feedback": [{"theme": "a", "kind": "dislike", "action": "!"}] * 2},
    ),
    (
        "V-35", "action", WARNING,
        {"feedback": [{"theme": "ждать", "kind": "dislike", "mentions": 1}]},
        {"feedback": [{"theme": "ждать", "kind": "dislike", "mentions": 1, "action": "запись"}]},
    ),
    ("V-42", "", ERROR, goal(goal_type="sales"), goal(goal_type="leads")),
    ("V-43", "order", ERROR, goal(deadline="2026-11-01"), goal(deadline="2026-11-02")),
    ("V-43", "long", WARNING, goal(deadline="2027-11-03"), goal(deadline="2027-11-02")),
    (
        "V-44", "equal", ERROR,
        goal(metric="response_time", point_a=10, target=10),
        goal(metric="response_time", point_a=10, target=9.9),
    ),
    ("V-44", "zero", ERROR, goal(target=0), goal(target=1)),
    (
        "V-44", "lower", ERROR,
        goal(metric="response_time", point_a=10, target=38),
        goal(metric="response_time", point_a=38, target=10),
    ),
    (
        "V-44", "higher", ERROR,
        goal(metric="comments_per_post", point_a=10, target=5),
        goal(metric="comments_per_post", point_a=5, target=10),
    ),
    (
        "V-44", "higher", ERROR,
        goal(metric="comments_per_post", point_a=10, target=5),
        goal(metric="comments_per_post", point_a=10, target=5, direction="lower"),
    ),
    (
        "V-44", "above", ERROR,
        goal(metric="csi", point_a=4, target=5.1), goal(metric="csi", point_a=4, target=5),
    ),
    (
        "V-44", "below", ERROR,
        goal(metric="csi", point_a=0.9, target=5), goal(metric="csi", point_a=1, target=5),
    ),
    (
        "V-57", "percent", ERROR,
        goal(metric="awareness_share", point_a=0.1, target=15),
        goal(metric="awareness_share", point_a=0.1, target=0.15),
    ),
    (
        "V-57", "percent", ERROR,
        goal(metric="followers_growth_rate", point_a=0, target=5.1),
        goal(metric="followers_growth_rate", point_a=0, target=5),
    ),
    (
        "V-44", "below", ERROR,
        goal(metric="awareness_share", point_a=-0.1, target=0.5),
        goal(metric="awareness_share", point_a=0, target=0.5),
    ),
    (
        "V-45", "number", WARNING,
        goal(steps=[{"action": "a", "who": "b", "due": "2026-11-10"}] * 2),
        goal(steps=[{"action": "a", "who": "b", "due": "2026-11-10"}] * 3),
    ),
    (
        "V-45", "number", WARNING,
        goal(steps=[{"action": "a", "who": "b", "due": "2026-11-10"}]), goal(steps=[]),
    ),
    (
        "V-45", "who", WARNING,
        goal(steps=[{"action": "a", "due": "2026-11-10"}] * 4),
        goal(steps=[{"action": "a", "who": "b", "due": "2026-11-10"}] * 4),
    ),
    (
        "V-45", "date", WARNING,
        goal(steps=[{"action": "a", "who": "b"}] * 4),
        goal(steps=[{"action": "a", "who": "b", "due": "2026-11-10"}] * 4),
    ),
    (
        "V-45", "outside", WARNING,
        goal(steps=[{"action": "a", "who": "b", "due": "2026-10-31"}] * 4),
        goal(steps=[{"action": "a", "who": "b", "due": "2026-11-01"}] * 4),
    ),
    (
        "V-45", "outside", WARNING,
        goal(steps=[{"action": "a", "who": "b", "due": "2026-12-01"}] * 4),
        goal(steps=[{"action": "a", "who": "b", "due": "2026-11-30"}] * 4),
    ),
    ("V-46", "why", WARNING, goal(why=""), goal(why="?!")),
    ("V-46", "responsible", WARNING, goal(responsible=None), goal(responsible="Анна")),
    ("V-46", "smm", WARNING, goal(responsible="SMM-специалист"), goal(responsible="SMM-специалист и Анна")),
    (
        "V-46", "smm", WARNING,
        goal(responsible="смм"), goal(responsible="смм", metric="followers_growth"),
    ),
    ("V-47", "", WARNING, goal(metric="posts"), goal(metric="leads")),
    ("V-55", "", INFO, {"practices": {"consent": "no"}}, {"practices": {"consent": "yes"}}),
    (
        "V-55", "", INFO,
        {"practices": {"consent": "no"}},
        {"practices": {"consent": {"answer": "no", "why_not": "no_time"}}},
    ),
    (
        "V-55", "", INFO,
        {"practices": {"consent": "no"}},
        {"practices": {"consent": {"answer": "no", "why_text": "не думали"}}},
    ),
    ("V-55", "", INFO, {"practices": {"consent": "no"}}, {"practices": {"risk_boosting": "no"}}),
    (
        "V-56", "contacts", WARNING,
        {"practices": {"contacts_collect": "no", "base_work_ways": ["email_sms"]}},
        {"practices": {"contacts_collect": "no", "base_work_ways": ["posting"]}},
    ),
    (
        "V-56", "site", WARNING,
        {"practices": {"site_selling": "na", "web_analytics": "yes"}},
        {"practices": {"site_selling": "na", "web_analytics": "na"}},
    ),
    (
        "V-56", "ads", WARNING,
        channels({"name": "a", "type": "search_ads", "spend": 1}, practices={"ad_messages": "na"}),
        channels({"name": "a", "type": "offline", "spend": 1}, practices={"ad_messages": "na"}),
    ),
    ("V-58", "", INFO, clients(comments="пишите на a.b@mail.ru"), clients(comments="цены на сайте выросли")),
    (
        "V-58", "", INFO,
        clients(comments="звоните +7 912 345-67-89"), clients(comments="выручка 1 234 567 890"),
    ),
    (
        "V-58", "", INFO,
        goal(why="для 8 (912) 345-67-89"), {"profile": {"address": "a@b.ru", "phone": "+79123456789"}},
    ),
    (
        "V-59", "", ERROR,
        goal(current=5, current_date="2026-11-17"), goal(current=5, current_date="2026-11-16"),
    ),
)  # fmt: skip


@pytest.mark.parametrize(
    ("code", "variant", "severity", "wrong", "right"),
    BORDERS,
    ids=[f"{code}-{variant}-{number}" for number, (code, variant, *_) in enumerate(BORDERS)],
)
def test_border(code: str, variant: str, severity: Severity, wrong: Answers, right: Answers) -> None:
    assert found(wrong, code).get(variant) is severity
    assert variant not in found(right, code)


def asked_for(answers: Answers) -> set[str]:
    fields = (finding.field for finding in checked(answers).findings if finding.code == "V-01")
    return {field.removeprefix("profile.") for field in fields if field}


@pytest.mark.parametrize(
    ("code", "answers", "field", "params"),
    [
        (
            "V-03",
            {"profile": {"growth_wish_pct": 0.2, "growth_wish_money": 200}, "clients": {"revenue": 800}},
            "profile.growth_wish_money",
            {"wish_share": 0.2, "implied_money": 160, "given_money": 200},
        ),
        (
            "V-04",
            {"profile": PERIOD | {"period_end": "2026-11-14"}},
            "profile.period_end",
            {"period": "month", "days": 45, "start": date(2026, 10, 1), "expected_end": date(2026, 10, 31)},
        ),
        (
            "V-07",
            clients(total=800, active=480, inactive=330),
            "clients.active",
            {"together": 810, "total": 800, "active": 480},
        ),
        ("V-07", clients(total=800, active=480, inactive=310), "clients.total", {"rest": 10, "total": 800}),
        ("V-09", clients(active_start=5, new=2, lost=9), "clients.lost", {"start": 5, "new": 2, "lost": 9}),
        (
            "V-09",
            clients(active_start=470, new=40, lost=30, active_end=485),
            "clients.active_end",
            {"end": 485, "counted": 480},
        ),
        (
            "V-10",
            clients(sales_count=480, repeat_purchases=490),
            "clients.repeat_purchases",
            {"part": 490, "whole": 480},
        ),
        (
            "V-11",
            clients(sales_count=480, repeat_purchases=400, new=40),
            "clients.repeat_purchases",
            {"first": 80, "new": 40},
        ),
        (
            "V-12",
            clients(revenue=5, gross_profit=6),
            "clients.gross_profit",
            {"part_money": 6, "whole_money": 5},
        ),
        ("V-14", clients(new=41, sales_count=40), "clients.new", {"new": 41, "sales": 40}),
        ("V-14", clients(sales_count=0, revenue=7), "clients.sales_count", {"revenue_money": 7}),
        (
            "V-20",
            channels({"name": "a", "customers": 3}, {"name": "b", "customers": 4}, clients={"new": 10}),
            "clients.new",
            {"channels": 7, "new": 10, "rest": 3},
        ),
        (
            "V-24",
            channels(
                {"name": "a", "spend": 600, "customers": 3, "owner_verdict": "best"},
                {"name": "b", "spend": 300, "customers": 3},
                {"name": "c", "spend": 100, "customers": 2},
            ),
            "channels.owner_verdict",
            {"cost_money": 200, "others_money": 100, "subject": "a", "index": 1},
        ),
        ("V-25", nps(tally_0_10=FULL, invited=4), "nps.tally_0_10", {"answered": 5, "invited": 4}),
        (
            "V-26",
            nps(tally_0_10=FULL, groups={"promoters": 0, "passives": 0, "detractors": 0}),
            "nps.promoters",
            {"promoters": 2, "answered": 5},
        ),
        (
            "V-25",
            nps(groups={"promoters": 3, "passives": 1, "detractors": 1}, invited=4),
            "nps.promoters",
            {"answered": 5, "invited": 4},
        ),
        ("V-26", nps(groups={"promoters": 50, "passives": 26}), "nps.detractors", {}),
        ("V-26", nps(groups={"detractors": 5, "passives": 26}), "nps.promoters", {}),
        ("V-29", nps(survey_date="2026-05-01"), "nps.survey_date", {"days": 199, "limit": 180}),
        (
            "V-31",
            {"csi": {"overall_1_5": [0, 0, 0, 3, 4], "scale_max": 3}},
            "csi.overall_1_5",
            {"top": 3, "beyond": 7},
        ),
        (
            "V-33",
            {"csi": {"overall_1_5": [1, 1, 1, 1, 1], "group_size": 50}},
            "csi.overall_1_5",
            {"answered": 5, "size": 50, "coverage_share": 0.1, "target_share": 0.75},
        ),
        ("V-42", goal(goal_type="sales"), "goals.goal_type", {"measure": "leads", "suits": ("leads",)}),
        ("V-43", goal(deadline="2027-12-01"), "goals.deadline", {"days": 395, "limit": 366}),
        (
            "V-44",
            goal(metric="response_time", point_a=10, target=38),
            "goals.target",
            {"start": 10, "target": 38, "unit": "minutes"},
        ),
        (
            "V-45",
            goal(steps=[{"action": "a", "who": "b"}, {"action": "a", "who": "b", "due": "2026-11-10"}] * 2),
            "goals.steps",
            {"numbers": "1, 3"},
        ),
        (
            "V-45",
            goal(steps=[{"action": "a", "due": "2026-11-10", "who": who} for who in ("", "b", "b")]),
            "goals.steps",
            {"numbers": "1"},
        ),
        (
            "V-45",
            goal(steps=[{"action": "a", "who": "b", "due": f"2026-{month}-10"} for month in (11, 11, 12)]),
            "goals.steps",
            {"numbers": "3"},
        ),
        (
            "V-56",
            channels(
                {"name": "a", "type": "search_ads", "spend": 2},
                {"name": "b", "type": "social_ads", "spend": 3},
                {"name": "c", "type": "offline", "spend": 4},
                practices={"ad_messages": "na"},
            ),
            "p.ad_messages",
            {"spend_money": 5},
        ),
        (
            "V-57",
            goal(metric="awareness_share", point_a=0.1, target=15),
            "goals.target",
            {"read_share": 15, "percent": "15%", "fraction": "0,15"},
        ),
    ],
)  # fmt: skip
def test_a_finding_names_its_cell_and_its_numbers(
    code: str, answers: Answers, field: str, params: dict[str, Any]
) -> None:
    finding = next(finding for finding in checked(answers).findings if finding.code == code)
    assert finding.field == field
    assert {name: finding.params[name] for name in params} == params


def test_required_answers() -> None:
    assert asked_for({}) == {"company_name", "situation", "period_type", "period_start"}
    answered = {
        "company_name": "Усы",
        "situation": "decline",
        "period_type": "month",
        "period_start": "2026-10-01",
    }
    assert asked_for({"profile": answered}) == {"report_date"}
    assert not found({"profile": answered | {"report_date": "2026-11-16"}}, "V-01")
    assert found({"profile": answered | {"situation": "?"}}, "V-01") == {"choice": ERROR}


@pytest.mark.parametrize(
    ("answers", "fields"),
    [
        (clients(sales_count=480, repeat_purchases=481), {"clients.sales_count", "clients.repeat_purchases"}),
        (
            clients(total=800, active=481, inactive=320),
            {"clients.total", "clients.active", "clients.inactive"},
        ),
        (clients(total=800, active=479, inactive=320), set()),
        (clients(revenue=10, gross_profit=11), {"clients.revenue", "clients.gross_profit"}),
        (clients(total=800, active=500, inactive_contactable=301), {"clients.inactive_contactable"}),
        (
            channels({"name": "a", "leads": 1, "customers": 2}, {"name": "b", "leads": 2, "customers": 2}),
            {"channels.leads#1", "channels.customers#1"},
        ),
        (channels({"name": "a", "clicks": 1, "leads": 2}), set()),
        (channels({"name": "a"}, {"name": "A"}), {"channels.name#2"}),
        (nps(tally_0_10=FULL, invited=4), {"nps.tally_0_10", "nps.invited"}),
        ({"csi": {"overall_1_5": [2, 2, 2, 2, 3], "group_size": 10}}, {"csi.overall_1_5", "csi.group_size"}),
        (goal(deadline="2026-11-01"), {"goals.deadline#1"}),
        (goal(goal_type="sales"), {"goals.goal_type#1"}),
        (goal(metric="response_time", point_a=10, target=10), {"goals.target#1", "goals.point_a#1"}),
        (goal(current=5, current_date="2026-11-17"), {"goals.current#1", "goals.current_date#1"}),
        ({"profile": PERIOD | {"period_end": "2026-12-15"}}, {"profile.period_end", "profile.period_type"}),
    ],
)
def test_an_error_spoils_the_cells_involved_and_no_others(answers: Answers, fields: set[str]) -> None:
    assert spoiled(answers) == fields


def test_what_was_derived_from_a_wrong_cell_is_wrong_too() -> None:
    answers = channels(
        {"name": "a", "customers": 41}, clients={"new": 40, "active_start": 470, "lost": 30, "total": 800}
    )
    assert submission(CATALOG, answers).get("clients.active_end").value == 480
    after = checked(answers).submission
    assert after.get("clients.active_end").state is State.INVALID
    assert after.get("clients.total").state is State.VALUE


def test_a_wrong_cell_keeps_its_place() -> None:
    answers = clients(sales_count=480, repeat_purchases=481)
    before = submission(CATALOG, answers).get("clients.sales_count")
    after = checked(answers).submission.get("clients.sales_count")
    assert (after.state, after.value, after.source) == (State.INVALID, None, before.source)


@pytest.mark.parametrize(
    "row",
    [
        {"metric": "leads"},
        {"text": "Больше клиентов"},
        {"target": 5, "deadline": "2026-11-30"},
        {"metric": "csi", "current": 4, "steps": [{"action": "a"}]},
    ],
)
def test_a_half_written_goal_has_only_warnings(row: dict[str, Any]) -> None:
    for dated in ({}, {"profile": {"report_date": "2026-11-16"}}):
        findings = checked({"goals": [row], **dated}).findings
        assert {f.severity for f in findings if f.code > "V-01"} == {WARNING}


def test_goal_findings_carry_the_row() -> None:
    answers = goal(deadline="2026-11-01")
    (finding,) = [f for f in checked(answers).findings if f.code == "V-43"]
    assert finding.params["index"] == 1
    assert (finding.params["start"], finding.params["deadline"]) == (date(2026, 11, 1), date(2026, 11, 1))


def test_the_worked_example_gives_its_findings_and_is_complete() -> None:
    answers = WORKED["inputs"]
    result = checked(answers)
    assert sorted({finding.code for finding in result.findings}) == WORKED["expected_validations"]
    assert status(CATALOG, result.submission, result.findings) is Status.COMPLETE


def test_findings_come_in_the_order_of_the_workbook() -> None:
    source = SourceFile("w.xlsx", "", sheets=("О компании", "Клиенты"))
    clients_, company = "Клиенты", "О компании"
    places = [(clients_, "B9"), (clients_, "B10:B12"), (company, "AA2"), (company, "B2"), ("", "")]
    findings = [Finding("V-00", ERROR, SourceRef(*place)) for place in places]
    in_order = [finding.source for finding in ordered(findings, Submission(source, {}, {}))]
    assert [(s.sheet, s.cell) for s in in_order] == [
        ("", ""),
        ("О компании", "B2"),
        ("О компании", "AA2"),
        ("Клиенты", "B9"),
        ("Клиенты", "B10:B12"),
    ]


REQUIRED = {
    "profile": PERIOD | {"company_name": "Усы", "situation": "decline", "report_date": "2026-11-16"},
}


@pytest.mark.parametrize(
    ("severity", "strict", "expected"),
    [
        (None, False, Status.COMPLETE),
        (None, True, Status.COMPLETE),
        (WARNING, True, Status.COMPLETE),
        (ERROR, False, Status.PARTIAL),
        (ERROR, True, Status.REFUSED),
    ],
)
def test_status(severity: Severity | None, strict: bool, expected: Status) -> None:
    findings = [Finding("V-10", severity)] if severity else []
    assert status(CATALOG, submission(CATALOG, REQUIRED), findings, strict=strict) is expected


def test_without_a_required_answer_the_workbook_is_refused() -> None:
    for name in REQUIRED["profile"]:
        profile = {key: value for key, value in REQUIRED["profile"].items() if key != name}
        given = submission(CATALOG, {"profile": profile})
        assert status(CATALOG, given, []) is Status.REFUSED, name


def test_an_unreadable_workbook_is_refused_and_a_lost_heading_is_not() -> None:
    given = submission(CATALOG, REQUIRED)
    assert status(CATALOG, given, [Finding("S-07", ERROR)]) is Status.REFUSED
    assert status(CATALOG, given, [Finding("S-10", ERROR)]) is Status.PARTIAL


def test_every_check_names_its_codes_and_stands_once() -> None:
    assert len(set(CHECKS)) == len(CHECKS) > 30
    for one in CHECKS:
        assert one.__doc__ is not None
        assert one.__doc__.startswith("V-")


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_finding_has_words(language: Language) -> None:
    wording = Wording(language)
    for _, _, _, wrong, _ in BORDERS:
        for finding in checked(wrong).findings:
            described = describe(CATALOG, finding, wording)
            for text in (described.message, described.expected, described.fix):
                assert text, finding
                assert "{" not in text, finding
                assert "None" not in text, finding


def test_derived_values_are_not_blamed_for_what_was_typed() -> None:
    after = checked(clients(total=800, active=500, inactive_contactable=301)).submission
    inactive = after.get("clients.inactive")
    assert (inactive.state, inactive.value, inactive.origin) == (State.VALUE, 300, Origin.DERIVED)
    assert after.get("clients.total") == Value(State.VALUE, 800, inactive_source(after))


def inactive_source(given: Submission) -> SourceRef:
    return given.get("clients.total").source
