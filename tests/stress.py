"""Answers at their extremes, each a business that an owner could describe: long names, large tables."""

from __future__ import annotations

import copy
from collections.abc import Callable, Mapping
from datetime import date
from pathlib import Path
from typing import Any

from sheetreport import __version__, answers
from sheetreport.catalog.definitions import Catalog
from sheetreport.model import Language
from sheetreport.template import build

Json = dict[str, Any]

SAMPLES = Path(__file__).parent.parent / "samples"
LONG = 200
CHANNELS, NETWORKS, GOALS, ATTRIBUTES, THEMES, PARTNERS = 40, 12, 30, 20, 24, 20

RUSSIAN = "Объявления в районной газете «Вечерний Ижевск», на остановках и в лифтах домов по улице Садовой "
ENGLISH = "Advertisements in the district paper “The Evening Herald”, at bus stops and in lifts in Mill Road "
WORD = "Гидроэлектростанцияводоснабжениеэлектрокардиография"
LATIN = "Donaudampfschifffahrtselektrizitaetenhauptbetriebswerk"
ODD = "Студия 💇‍♀️ «שלום עולם» مرحبا بالعالم 理髪店 ﷽ Z̸a̸l̸g̸o̸ é́́ \u202eназад\u202c <b>&amp;</b> =1+1 "


def _of_length(text: str, size: int = LONG) -> str:
    return (text * (size // len(text) + 1))[:size].strip()


def _sample(name: str) -> Json:
    return copy.deepcopy(dict(answers.load(SAMPLES / name / "answers.yaml")))


def _renamed(name: Callable[[str], str], language: Language = "ru") -> Json:
    """The worked example with another name for everything that an owner names."""
    content = _sample("barbershop-ru")
    profile = content["profile"]
    profile |= {
        "language": language,
        "company_name": name("К"),
        "activity_note": name("Д"),
        "owner_name": name("В"),
    }
    content["clients"]["comments"] = name("З")
    content["csat"]["touchpoint"] = name("М")
    _rename(content["channels"], "name", name)
    _rename(content["feedback"], "theme", name)
    _rename(content["feedback"], "action", name)
    _rename(content["automation"], "process", name)
    _rename(content["affiliate"], "partner", name)
    _rename(content["awareness"], "statement", name)
    for key in ("text", "responsible", "why", "place"):
        _rename(content["goals"], key, name)
    content["csi"]["attributes"] = {
        name(str(place)): tally for place, tally in enumerate(content["csi"]["attributes"].values(), start=1)
    }
    return content


def _rename(rows: list[Json], key: str, name: Callable[[str], str]) -> None:
    for place, row in enumerate(rows, start=1):
        row[key] = name(str(place))


def long_words() -> Json:
    """200 characters with spaces, each name told from the others at its beginning."""
    return _renamed(lambda mark: _of_length(f"{mark}. {RUSSIAN}"))


def english_words() -> Json:
    return _renamed(lambda mark: _of_length(f"{mark}. {ENGLISH}"), "en")


def one_word() -> Json:
    """200 letters without a space, Cyrillic and Latin by turns."""
    return _renamed(lambda mark: _of_length(f"{mark}{WORD if mark in 'КДВ135' else LATIN}"))


def odd_letters() -> Json:
    """What the font can't draw, right-to-left letters, marks on marks, markup and a formula."""
    return _renamed(lambda mark: _of_length(f"{mark} {ODD}"))


def _grown(name: Callable[[int], str]) -> Json:
    """The worked example with the largest tables; the tally of a survey and the amounts stay plausible."""
    content = _sample("barbershop-ru")
    content["channels"] = [
        {**content["channels"][place % 5], "name": name(place), "spend": 500 * (place + 1)}
        for place in range(CHANNELS)
    ]
    content["clients"] |= {"new": 320, "active_end": 760, "active": 760, "total": 1080, "sales_count": 760}
    networks = (
        "vk", "ok", "dzen", "rutube", "max", "telegram", "youtube", "instagram", "facebook", "x_twitter",
        "linkedin", "tiktok",
    )  # fmt: skip
    content["social"] = [
        {**content["social"][place % 2], "network": network}
        for place, network in zip(range(NETWORKS), networks, strict=True)
    ]
    content["goals"] = [
        {**content["goals"][place % 6], "text": f"{place + 1}. {content['goals'][place % 6]['text']}"}
        for place in range(GOALS)
    ]
    content["csi"]["attributes"] = {
        f"{place + 1}. {attribute}": tally
        for place, (attribute, tally) in zip(
            range(ATTRIBUTES), list(content["csi"]["attributes"].items()) * 7, strict=False
        )
    }
    content["feedback"] = [
        {**content["feedback"][place % 6], "theme": f"{place + 1}. {content['feedback'][place % 6]['theme']}"}
        for place in range(THEMES)
    ]
    content["affiliate"] = [
        {**content["affiliate"][place % 3], "partner": f"Партнёр {place + 1}"} for place in range(PARTNERS)
    ]
    return content


def large_tables() -> Json:
    return _grown(lambda place: f"Канал номер {place + 1}")


def large_and_long() -> Json:
    """The largest tables with the longest names."""
    return _grown(lambda place: _of_length(f"{place + 1}. {RUSSIAN}"))


def least() -> Json:
    """The cells without which nothing can be said, and no more: no channel, no goal."""
    content = _sample("core-only-ru")
    profile = content["profile"]
    kept = (
        "company_name", "country", "currency", "language", "report_date", "situation", "period_type",
        "period_start",
    )  # fmt: skip
    return {"profile": {key: profile[key] for key in kept}, "clients": {"new": 3}}


def _scaled(content: Json, factor: float) -> Json:
    """Every amount of money multiplied."""
    for topic, keys in MONEY.items():
        rows = content.get(topic)
        for row in rows if isinstance(rows, list) else [rows] if rows else []:
            for key in keys:
                if isinstance(row.get(key), int | float):
                    row[key] = row[key] * factor
    return content


MONEY: Mapping[str, tuple[str, ...]] = {
    "profile": ("growth_wish_money",),
    "clients": (
        "revenue", "gross_profit", "revenue_new", "gross_profit_new", "reactivation_cost_per_contact",
    ),
    "promo": ("other_spend",),
    "channels": ("spend", "revenue"),
    "social": ("revenue", "ad_spend"),
    "breakeven": ("fixed_costs", "price", "variable_cost", "initial_investment"),
    "automation": ("hourly_cost", "one_off_cost", "monthly_cost"),
    "affiliate": ("rewards", "fixed_cost", "revenue"),
}  # fmt: skip


def billions() -> Json:
    """A turnover of 720 billion in a currency without small change."""
    content = _scaled(_sample("barbershop-ru"), 1_000_000)
    content["profile"]["currency"] = "UZS"
    return content


def without_decimals() -> Json:
    """A currency whose hundredths nobody uses."""
    content = _scaled(_sample("travel-agency-en"), 150)
    content["profile"] |= {"currency": "KZT"}
    return content


def zeros() -> Json:
    """Nothing came in and nothing was spent, though every question is answered."""
    content = _sample("barbershop-ru")
    kept = ("profile",)
    return {topic: part if topic in kept else _zeroed(part) for topic, part in content.items()}


def _zeroed(part: Any) -> Any:
    if isinstance(part, bool | str | date):
        return part
    if isinstance(part, int | float):
        return 0
    if isinstance(part, list):
        return [_zeroed(one) for one in part]
    return {key: _zeroed(one) for key, one in part.items()}


def losses() -> Json:
    """Everything that may be below zero is."""
    content = _sample("barbershop-ru")
    content["clients"] |= {"gross_profit": -360000, "gross_profit_new": -26000, "active_end": 0, "lost": 510}
    content["breakeven"] |= {"variable_cost": 2500}
    content["nps"]["tally_0_10"] = [100, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0]
    for row in content["social"]:
        row["followers_end"] = 0
    return content


def one_answer() -> Json:
    """One answer in each survey, one client, one sale."""
    content = _sample("barbershop-ru")
    content["nps"] |= {"tally_0_10": [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1], "invited": 1}
    content["csat"]["tally_1_5"] = [1, 0, 0, 0, 0]
    content["csi"] |= {"overall_1_5": [0, 0, 1, 0, 0], "attributes": {"вежливость": [0, 0, 1, 0, 0]}}
    content["awareness"][0] |= {"before_n": 1, "before_yes": 0, "after_n": 1, "after_yes": 1}
    content["clients"] |= {
        "total": 1, "active": 1, "inactive": 0, "dissatisfied": 0, "with_contact": 1, "active_start": 0,
        "lost": 0, "new": 1, "active_end": 1, "buyers_12m": 1, "repeat_buyers_12m": 0, "sales_count": 1,
        "repeat_purchases": 0, "revenue": 1500, "gross_profit": 750, "revenue_new": 1500,
        "gross_profit_new": 750, "inactive_contactable": 0,
    }  # fmt: skip
    content["channels"] = [
        {**content["channels"][0], "customers": 1, "leads": 1, "sales": 1, "revenue": 1500}
    ]
    return content


CASES: Mapping[str, Callable[[], Json]] = {
    case.__name__: case
    for case in (
        long_words,
        english_words,
        one_word,
        odd_letters,
        large_tables,
        large_and_long,
        least,
        billions,
        without_decimals,
        zeros,
        losses,
        one_answer,
    )
}


def workbook(catalog: Catalog, content: Json) -> bytes:
    """The owner's workbook with these answers, in the language that they name."""
    language: Language = content["profile"]["language"]
    parts = {sheet.part for sheet in catalog.sheets if sheet.id in content}
    return build(catalog, language, answers=content, parts=parts, tool_version=__version__)
