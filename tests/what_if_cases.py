"""Businesses for the what-if: one whose goals every lever can move, and the same with gaps in its answers."""

from __future__ import annotations

import copy
from typing import Any

from sheetreport import result, what_if
from sheetreport.answers import submission
from sheetreport.catalog.load import load_catalog
from sheetreport.compute import Computation, compute
from sheetreport.derive import derive, with_defaults
from sheetreport.i18n import Wording
from sheetreport.model import Language, Status

CATALOG = load_catalog()
Json = dict[str, Any]

WHOLE = "вся компания"
PAID = "Радуга"


def _goal(metric: str, place: str, target: float, current: float, point_a: float = 0) -> Json:
    """A goal half of whose time has passed: 15 days of 30."""
    return {
        "text": f"{metric} {place}",
        "metric": metric,
        "place": place,
        "point_a": point_a,
        "target": target,
        "current": current,
        "point_a_date": "2026-11-01",
        "start": "2026-11-01",
        "current_date": "2026-11-16",
        "deadline": "2026-12-01",
        "why": "проверить рычаги",
        "responsible": "Петрова П. П. (вымышленная)",
    }


def business() -> Json:
    """Figures that can be checked by hand: 200 sales of 1000, 40 new clients, promotion of 60 000."""
    return {
        "profile": {
            "company_name": "Мастерская «Пример» (вымышленная)",
            "country": "RU",
            "currency": "RUB",
            "situation": "ok_want_more",
            "stage": "operating",
            "report_date": "2026-11-16",
            "period_type": "month",
            "period_start": "2026-10-01",
            "language": "ru",
            "growth_base": "revenue",
        },
        "clients": {
            "total": 400,
            "active": 300,
            "activity_window_days": 60,
            "active_start": 280,
            "new": 40,
            "lost": 20,
            "active_end": 300,
            "sales_count": 200,
            "repeat_purchases": 160,
            "revenue": 200_000,
            "gross_profit": 120_000,
            "revenue_new": 36_000,
            "gross_profit_new": 20_000,
            "stay_after_negative": 0.4,
            "stay_after_positive": 0.8,
        },
        "promo": {"other_spend": 10_000},
        "channels": [
            {"name": PAID, "type": "social_ads", "spend": 20_000, "leads": 50, "customers": 10, "sales": 12,
             "revenue": 14_000},
            {"name": "Маяк", "type": "search_ads", "spend": 30_000, "leads": 60, "customers": 15, "sales": 15,
             "revenue": 18_000, "gross_profit": 9000},
            {"name": "Соседи", "type": "offline", "spend": 0, "leads": 10, "customers": 5, "sales": 5},
            {"name": "Вывеска", "type": "offline", "spend": 0, "customers": 4},
        ],
        "nps": {"survey_date": "2026-10-25", "sampling": "all_invited",
                "tally_0_10": [1, 0, 1, 2, 3, 7, 10, 12, 14, 22, 28]},
        "breakeven": {"fixed_costs": 60_000, "promo_in_fixed": "yes", "price": 1000, "variable_cost": 400},
        "goals": [
            _goal("leads", PAID, 40, 15),
            _goal("new_clients", PAID, 12, 5),
            _goal("sales", PAID, 14, 6),
            _goal("revenue", PAID, 16_000, 7000),
            _goal("cpl", PAID, 300, 400, 420),
            _goal("cac", PAID, 1700, 2000, 2100),
            _goal("roas", PAID, 0.9, 0.7, 0.65),
            _goal("social_lead_to_sale", PAID, 0.3, 0.2, 0.19),
            _goal("leads", WHOLE, 130, 60),
            _goal("new_clients", WHOLE, 42, 20),
            _goal("sales", WHOLE, 220, 100),
            _goal("revenue", WHOLE, 220_000, 100_000),
            _goal("cpl", WHOLE, 400, 455, 460),
            _goal("cac", WHOLE, 1300, 1480, 1500),
            _goal("social_lead_to_sale", WHOLE, 0.3, 0.25, 0.24),
            _goal("revenue", WHOLE, 300_000, 170_000),
            _goal("followers_growth", "vk", 200, 50),
            _goal("leads", "Телеграф", 20, 5),
        ],
    }  # fmt: skip


def with_gaps() -> Json:
    """The same business with cells blank, unknown or not applicable, where levers are easily fooled."""
    answers = copy.deepcopy(business())
    answers["clients"] |= {"revenue_new": None, "repeat_purchases": "?", "active_end": None, "lost": "-"}
    answers["channels"][1] |= {"spend": "?"}
    answers["channels"][2] |= {"customers": None}
    answers["channels"][3] |= {"leads": "-", "revenue": 3000}
    answers["nps"] = {"promoters": 12, "passives": 6, "detractors": 4}
    answers["breakeven"] |= {"promo_in_fixed": None}
    answers["goals"][0] |= {"current": "?"}
    answers["goals"][1] |= {"current": 0}
    answers["goals"][9] |= {"deadline": "2026-11-10"}
    answers["goals"][11] |= {"current": 230_000}
    return answers


def computed(answers: Json) -> Computation:
    given = derive(CATALOG, with_defaults(CATALOG, submission(CATALOG, answers)))
    return compute(CATALOG, given)


def document(computation: Computation, language: Language) -> tuple[Json, Wording]:
    """The result of a business, and the words it is in."""
    source = computation.submission.source
    report = result.Report(source, Status.COMPLETE, computation.submission, (), (), computation, None)
    wording = Wording(language)
    return result.build(CATALOG, report, wording, None), wording


def lever(computation: Computation, lever_id: str, channel: str | None = None) -> what_if.Lever:
    """A lever of the company, or of a channel by its name."""
    found = [item for item in what_if.levers(computation) if item.definition.id == lever_id]
    return next(item for item in found if item.subject == channel)


def values(computation: Computation) -> dict[str, float | None]:
    """The outcomes by their ids."""
    return {outcome.definition.id: outcome.value for outcome in what_if.outcomes(computation)}
