"""Random answers that an owner could validly give, on every page, made from the catalogue's own fields.

A field of the catalogue gets values of its type; what fields must agree on is then set right page by page.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

from hypothesis import strategies as st

from sheetreport.catalog.definitions import FieldDef, FieldType, SheetDef, Unit
from sheetreport.catalog.load import load_catalog

Json = dict[str, Any]
CATALOG = load_catalog()
REPORT_DATE = "2026-11-16"

counts = st.integers(0, 5000)
amounts = st.integers(0, 10_000_000) | st.decimals(0, 1_000_000, places=2).map(float)
names = (
    st.text(st.sampled_from("абвгдёжзик ABCDEFGHIK0123456789«»-&"), min_size=3, max_size=30)
    .map(lambda text: " ".join(text.split()))
    .filter(lambda text: sum(map(str.isalpha, text)) > 2)
)
dates = st.dates(min_value=date(2026, 1, 1), max_value=date(2026, 11, 15))
no_answer = st.sampled_from((None, "?", "-"))


def value_of(field: FieldDef) -> st.SearchStrategy[Any]:
    """Values of a field's type."""
    match field.type:
        case FieldType.COUNT:
            return counts
        case FieldType.MONEY:
            return (
                amounts.flatmap(lambda amount: st.sampled_from((amount, -amount)))
                if field.signed
                else amounts
            )
        case FieldType.NUMBER:
            return st.integers(0, 900) | st.decimals(0, 900, places=2).map(float)
        case FieldType.SHARE:
            return st.integers(0, 1000).map(lambda thousandths: thousandths / 1000)
        case FieldType.CHOICE:
            return st.sampled_from([choice.id for choice in field.choices])
        case FieldType.CHOICES:
            ids = [choice.id for choice in field.choices]
            return st.lists(st.sampled_from(ids), min_size=1, unique=True).map(
                lambda found: sorted(found, key=ids.index)
            )
        case FieldType.DATE:
            return dates.map(lambda day: day.isoformat())
        case FieldType.TALLY:
            assert field.scores is not None
            size = field.scores[1] - field.scores[0] + 1
            return st.lists(st.integers(0, 60), min_size=size, max_size=size).filter(any)
        case FieldType.SERIES:
            return st.lists(st.integers(0, 500), min_size=1, max_size=field.size)
        case _:
            return names


@st.composite
def record(draw: st.DrawFn, fields: tuple[FieldDef, ...], left_out: frozenset[str] = frozenset()) -> Json:
    """One record of a page: each field answered, blank, not known or not for us."""
    found: Json = {}
    for field in fields:
        if field.name in left_out or field.derived or field.personal or field.type is FieldType.STEPS:
            continue
        answer = draw(no_answer if draw(st.integers(0, 7)) == 0 else value_of(field))
        if answer is not None and not (
            answer in ("?", "-") and field.type in (FieldType.TALLY, FieldType.SERIES)
        ):
            found[field.name] = answer
    return found


def at_most(row: Json, part: str, whole: str) -> None:
    """Set a part right that is larger than its whole."""
    if isinstance(row.get(part), int) and isinstance(row.get(whole), int):
        row[part] = min(row[part], row[whole])


def agreeing_social(row: Json) -> Json:
    at_most(row, "answered", "questions")
    at_most(row, "unique_reach_non_followers", "unique_reach")
    at_most(row, "sales", "leads")
    if 0 in (row.get("posts"), row.get("reach_sum")):
        row |= {name: 0 for name in ("likes", "comments", "shares") if isinstance(row.get(name), int)}
    return row


def agreeing_awareness(row: Json) -> Json:
    at_most(row, "before_yes", "before_n")
    at_most(row, "after_yes", "after_n")
    return row


def agreeing_automation(row: Json) -> Json:
    at_most(row, "purchases_before", "requests_before")
    at_most(row, "purchases_after", "requests_after")
    return row


def agreeing_feedback(row: Json) -> Json:
    if row.get("mentions") == 0:
        row["mentions"] = 1
    return row


AGREEING: dict[str, Callable[[Json], Json]] = {
    "social": agreeing_social,
    "awareness": agreeing_awareness,
    "automation": agreeing_automation,
    "feedback": agreeing_feedback,
    "affiliate": lambda row: row,
}


@st.composite
def rows(draw: st.DrawFn, sheet: SheetDef) -> list[Json]:
    """The rows of a page, each with a name of its own."""
    assert sheet.subject is not None
    subject = CATALOG.fields[sheet.subject]
    fields = tuple(field for field in sheet.fields if field.table and field.id != subject.id)
    named = draw(st.lists(value_of(subject), min_size=1, max_size=3, unique_by=str.casefold))
    return [{subject.name: name} | AGREEING[sheet.id](draw(record(fields))) for name in named]


@st.composite
def clients(draw: st.DrawFn) -> Json:
    """A client base whose numbers agree with each other, now and in the previous period."""
    start, new = draw(st.integers(0, 2000)), draw(st.integers(0, 500))
    lost = draw(st.integers(0, start))
    active = start + new - lost
    total = active + draw(st.integers(0, 2000))
    repeats = draw(counts)
    revenue = draw(amounts)
    profit = round(revenue * draw(st.floats(-0.5, 1)), 2)
    base: Json = {
        "total": total,
        "active": active,
        "activity_window_days": draw(st.integers(1, 365)),
        "active_start": start,
        "new": new,
        "lost": lost,
        "sales_count": repeats + new,
        "repeat_purchases": repeats,
        "revenue": revenue,
        "gross_profit": profit,
    }
    buyers = draw(st.integers(0, total))
    previous_start, previous_new, previous_repeats = (draw(counts) for _ in range(3))
    optional = {
        "dissatisfied": draw(st.integers(0, total)),
        "with_contact": draw(st.integers(0, total)),
        "inactive_contactable": draw(st.integers(0, total - active)),
        "reactivation_rate": draw(st.integers(0, 1000)) / 1000,
        "reactivation_cost_per_contact": draw(st.integers(0, 500)),
        "buyers_12m": buyers,
        "repeat_buyers_12m": draw(st.integers(0, buyers)),
        "revenue_new": (revenue_new := round(revenue * draw(st.floats(0, 1)), 2)),
        "gross_profit_new": round(revenue_new * draw(st.floats(-0.5, 1)), 2),
        "lifespan_months": draw(st.integers(1, 200)),
        "prev_active_start": previous_start,
        "prev_new": previous_new,
        "prev_lost": draw(st.integers(0, previous_start)),
        "prev_sales_count": previous_new + previous_repeats,
        "prev_repeat_purchases": previous_repeats,
        "prev_revenue": draw(amounts),
        "prev_promo_spend": draw(amounts),
    }
    asked = draw(st.sets(st.sampled_from(sorted(optional))))
    return base | {name: value for name, value in optional.items() if name in asked}


@st.composite
def channels(draw: st.DrawFn, new: int) -> list[Json]:
    """Channels that brought no more clients than came."""
    found: list[Json] = []
    left = new
    types = [choice.id for choice in CATALOG.fields["channels.type"].choices]
    for name in draw(st.lists(names, max_size=5, unique_by=str.casefold)):
        customers = draw(st.integers(0, left))
        left -= customers
        leads = customers + draw(counts)
        clicks = leads + draw(counts)
        spend = draw(amounts)
        row = {
            "name": name,
            "type": draw(st.sampled_from(("search_ads", "social_ads", *types))),
            "spend": spend,
            "revenue": draw(st.none() | st.just(round(spend * draw(st.integers(0, 5)), 2))),
            "customers": customers,
            "leads": draw(st.none() | st.just(leads)),
            "clicks": draw(st.none() | st.just(clicks)),
            "impressions": draw(st.none() | st.just(clicks + draw(counts))),
            "sales": draw(st.none() | st.just(customers + draw(counts))),
        }
        found.append({key: value for key, value in row.items() if value is not None})
    return found


@st.composite
def nps(draw: st.DrawFn) -> Json:
    """Answers by score or by group, with those invited and the previous survey."""
    tally = draw(value_of(CATALOG.fields["nps.tally_0_10"]))
    groups = {"detractors": sum(tally[:7]), "passives": sum(tally[7:9]), "promoters": sum(tally[9:])}
    found: Json = {
        "survey_date": "2026-10-25",
        "sampling": draw(st.sampled_from(("all_invited", "random", "self_selected"))),
    }
    found |= {"tally_0_10": tally} if draw(st.booleans()) or sum(tally) == 100 else groups
    if draw(st.booleans()):
        found["invited"] = sum(tally) + draw(counts)
    if draw(st.booleans()):
        found["previous"] = {name: draw(st.integers(0, 70)) for name in groups} | {"date": "2026-04-20"}
    return found


@st.composite
def csi(draw: st.DrawFn) -> Json:
    """Ratings as a whole, by attribute, or both; on a scale of five points or of four."""
    tally = value_of(CATALOG.fields["csi.overall_1_5"])
    short = draw(st.booleans())

    def on_scale(counted: list[int]) -> list[int]:
        return [counted[0] + 1, *counted[1:4], 0] if short else counted

    overall = draw(st.none() | tally.map(on_scale))
    attributes: list[Json] = [
        {"attribute": name, "attribute_1_5": draw(tally.map(on_scale)), "weight": draw(st.integers(1, 9))}
        for name in draw(st.lists(names, max_size=3, unique_by=str.casefold))
    ]
    found: Json = {"overall_1_5": overall, "scale_max": 4 if short else None, "attributes": attributes}
    most = max([sum(overall or ()), *(sum(row["attribute_1_5"]) for row in attributes)])
    if draw(st.booleans()):
        found["group_size"] = most + draw(st.integers(1, 5000))
    return {name: value for name, value in found.items() if value}


@st.composite
def practices(draw: st.DrawFn) -> Json:
    """Answers to questions about practices, with reasons for a no."""
    found: Json = {}
    fields = {field.id: field for field in CATALOG.sheet("practices").fields}
    asked = [field for field in fields.values() if not field.id.endswith((".why_not", ".why_text"))]
    for field in draw(st.lists(st.sampled_from(asked), max_size=10, unique_by=lambda field: field.id)):
        answer = draw(value_of(field))
        why = fields.get(f"{field.id}.why_not")
        if why is not None and answer in ("no", "partly") and draw(st.booleans()):
            found[field.id.removeprefix("p.")] = {"answer": answer, "why_not": draw(value_of(why))}
        else:
            found[field.id.removeprefix("p.")] = answer
    return found


@st.composite
def goals(draw: st.DrawFn) -> list[Json]:
    """Goals whose target lies ahead of their starting point."""
    measures = [measure for measure in CATALOG.goals.measures if measure.types and not measure.activity]
    found = []
    for measure in draw(
        st.lists(st.sampled_from(measures), max_size=3, unique_by=lambda measure: measure.id)
    ):
        low = max(measure.low or 0, 0)
        high = measure.high if measure.high is not None else 1 if measure.unit is Unit.SHARE else 10_000
        ends = sorted(draw(st.lists(st.integers(1, 99), min_size=3, max_size=3, unique=True)))
        start, current, target = (round(low + (high - low) * end / 100, 3) for end in ends)
        if measure.better.value == "lower":
            start, target = target, start
        if measure.kind in ("increment", "cumulative"):
            start = 0
        goal: Json = {
            "text": draw(names),
            "metric": measure.id,
            "place": "vk",
            "point_a": start,
            "target": target,
            "current": current,
            "point_a_date": "2026-10-01",
            "start": "2026-10-01",
            "deadline": draw(st.sampled_from(("2026-11-10", "2026-12-31", "2027-03-01"))),
            "why": draw(names),
            "responsible": draw(names),
            "budget": draw(amounts),
        }
        goal["steps"] = [
            {"action": draw(names), "due": "2026-11-05", "who": draw(names), "done": draw(st.booleans())}
            for _ in range(draw(st.integers(0, 4)))
        ]
        found.append(goal)
    return found


@st.composite
def breakeven(draw: st.DrawFn, promotion: float) -> Json:
    """Promotion that stands inside the fixed costs is no larger than they are."""
    found = draw(record(CATALOG.sheet("breakeven").fields, frozenset({"price", "variable_cost"})))
    cost = draw(st.integers(0, 5000))
    inside = promotion if found.get("promo_in_fixed") == "yes" else 0
    found["fixed_costs"] = inside + draw(st.integers(0, 100_000))
    return found | {"variable_cost": cost, "price": cost + draw(st.integers(1, 5000))}


@st.composite
def answers(draw: st.DrawFn, every_page: bool = False) -> Json:
    """A whole workbook: the core, and any of the optional pages or all of them."""
    base = draw(clients())
    found: Json = {
        "profile": {
            "company_name": draw(names),
            "country": "RU",
            "currency": draw(st.sampled_from(("RUB", "USD"))),
            "situation": draw(st.sampled_from(("ok_want_more", "stagnation", "decline"))),
            "stage": "operating",
            "report_date": REPORT_DATE,
            "period_type": draw(st.sampled_from(("month", "quarter"))),
            "period_start": "2026-07-01",
            "language": draw(st.sampled_from(("ru", "en"))),
            "growth_base": draw(st.sampled_from(("revenue", "gross_profit"))),
            "growth_wish_pct": draw(st.integers(0, 1000)) / 1000,
        },
        "clients": base,
        "promo": {"other_spend": draw(amounts)},
        "channels": draw(channels(base["new"])),
    }
    spent = [found["promo"]["other_spend"], *(channel.get("spend") for channel in found["channels"])]
    promotion = sum(money for money in spent if isinstance(money, int | float))
    optional: dict[str, st.SearchStrategy[Any]] = {
        "nps": nps(),
        "csi": csi(),
        "csat": value_of(CATALOG.fields["csat.tally_1_5"]).map(lambda tally: {"tally_1_5": tally}),
        "practices": practices(),
        "goals": goals(),
        "breakeven": breakeven(promotion),
        **{sheet_id: rows(CATALOG.sheet(sheet_id)) for sheet_id in AGREEING},
    }
    begun = set(optional) if every_page else draw(st.sets(st.sampled_from(sorted(optional)), max_size=6))
    return found | {page: draw(strategy) for page, strategy in optional.items() if page in begun}
