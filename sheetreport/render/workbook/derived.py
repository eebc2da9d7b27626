"""Answers that follow from others, as live formulas: they move when the answers they rest on are changed."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from sheetreport.catalog.definitions import Catalog
from sheetreport.model import Origin
from sheetreport.render.workbook.names import input_name, metric_name

Answers = Mapping[str, Mapping[str, Any]]

# What a remainder is left of: the last answer is taken from the sum of those before it.
_REMAINDERS: Mapping[str, tuple[str, ...]] = {
    "clients.inactive": ("clients.total", "clients.active"),
    "clients.active_end": ("clients.active_start", "clients.new", "clients.lost"),
}
_OF_UNIT = frozenset({"goals.unit_cost", "goals.unit_spend", "goals.unit_count"})
_FIRST_DAY = date(1899, 12, 30)  # from which spreadsheets count days


def of_answer(field_id: str, answer: Mapping[str, Any]) -> str | None:
    """The formula of an answer that the program filled in; None where it was given."""
    if answer.get("origin") != Origin.DERIVED or answer.get("value") is None:
        return None
    if field_id in _REMAINDERS:
        *added, taken = map(input_name, sources(field_id))
        rest = f"{'+'.join(added)}-{taken}"
        known = f"COUNT({','.join([*added, taken])})={len(added) + 1}"
        return f'=IF({known},IF({rest}>=0,{rest},""),"")'
    if field_id == "profile.period_end":
        return '=IFERROR(EDATE(in_profile_period_start,m_period_months)-1,"")'
    return None


def sources(field_id: str) -> tuple[str, ...]:
    """The answers that a remainder is made of; none for other answers."""
    return _REMAINDERS.get(field_id, ())


def of_goal(field_id: str, values: Answers, position: int) -> str | None:
    """The formula of a day in a goal's row that follows from another one."""
    if values.get(field_id, {}).get("origin") != Origin.DERIVED or values[field_id].get("value") is None:
        return None
    match field_id:
        case "goals.current_date":
            return f"={input_name('profile.report_date')}"
        case "goals.start" if values.get("goals.point_a_date", {}).get("origin") == Origin.DERIVED:
            return f"={input_name('profile.report_date')}"
        case "goals.start":
            return f"=INDEX({input_name('goals.point_a_date')},{position})"
        case "goals.point_a_date":
            return f"=INDEX({input_name('goals.start')},{position})"
        case _:
            return None


def of_unit(catalog: Catalog, field_id: str, values: Answers, tables: Mapping[str, Any]) -> str | None:
    """What one more unit of a goal costs, from the channel or the page that the goal is at."""
    measure = catalog.goals.measure(str(values.get("goals.metric", {}).get("value")))
    known = values.get("goals.unit_channel", {}).get("value") is not None
    if measure is None or measure.unit_cost is None or field_id not in _OF_UNIT or not known:
        return None
    price = catalog.metrics[measure.unit_cost][0]
    table, on_page = price.per or "", price.per == "social"
    name, key = values["goals.unit_channel"].get("value"), catalog.sheet(table).subject
    rows = enumerate(tables.get(table, ()), start=1)
    places = [place for place, row in rows if row["values"].get(key, {}).get("value") == name]
    if not places:
        return None
    count = measure.unit_count or ""
    source = {
        "goals.unit_cost": metric_name(catalog, price),
        "goals.unit_spend": input_name("social.ad_spend" if on_page else "channels.spend"),
        "goals.unit_count": f"m_{count}" if on_page else input_name(count),
    }[field_id]
    return f'=IFERROR(INDEX({source},{places[0]}),"")'


def serial(value: Any) -> float:
    """A number as it is, a day as spreadsheets count it."""
    return float((date.fromisoformat(value) - _FIRST_DAY).days) if isinstance(value, str) else float(value)
