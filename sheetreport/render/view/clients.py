"""Chapter: clients and what they are worth."""

from __future__ import annotations

import math

from sheetreport.catalog.definitions import Unit
from sheetreport.render.view.actions import acts
from sheetreport.render.view.charts import CONTENT, Scale, bar, centred, whisker
from sheetreport.render.view.claims import clients_cost_more, payback_range, second_purchase_pays, trend
from sheetreport.render.view.facts import Facts, Measured
from sheetreport.render.view.measure import text_width
from sheetreport.render.view.model import (
    Block,
    Body,
    Cell,
    Chart,
    Column,
    Evidence,
    Label,
    Line,
    Shape,
    Table,
    Wide,
)
from sheetreport.render.view.words import Words, bind, clean, join, sentence

# What the table of value lists, in this order; metrics without a value stand in the chapter of gaps.
VALUE_METRICS = (
    "repeat_purchase_rate",
    "aov",
    "clv_margin",
    "clv_cac_ratio",
    "payback_revenue",
    "payback_new_profit",
)


def chapter(facts: Facts, words: Words) -> Body | None:
    parts = (_clients, _payback, _value)
    blocks: list[Block] = [block for part in parts if (block := part(facts, words)) is not None]
    if not blocks:
        return None
    return Body(
        id="clients",
        name=words.t("clients_name"),
        claim=bind(_claim(facts, words)),
        lead=_lead(facts, words),
        blocks=(*blocks, *acts(facts, words, "clients")),
    )


def _claim(facts: Facts, words: Words) -> str:
    base, payback = trend(facts), payback_range(facts)
    first = ""
    if base is not None:
        direction = "up" if base.change > 0 else "down" if base.change < 0 else "same"
        first = words.t(f"clients_{direction}", n=abs(base.change))
    dear = clients_cost_more(facts)
    if dear is not None:
        second = words.t("clients_dear" if dear else "clients_dear_probable")
    elif payback is not None and payback[1] < 1:
        second = words.t("clients_payback_fast")
    elif payback is not None:
        unit = words.wording.text("common.unit_months")
        months = words.range(payback, Unit.MONTHS).removesuffix(unit) + words.t("clients_months")
        second = words.t("clients_payback", months=months)
    else:
        second = ""
    if first or second:
        claim = ", ".join(part for part in (first, second) if part)
        return claim[0].upper() + claim[1:]
    aov = facts.known("aov")
    return words.t("clients_aov", aov=words.value(aov)) if aov else words.t("clients_little")


def _lead(facts: Facts, words: Words) -> str:
    churn = facts.known("churn_rate")
    base = trend(facts)
    return join(
        ""
        if churn is None
        else words.t("clients_churn", rate=words.value(churn))
        if churn.value
        else words.t("clients_no_churn"),
        words.t("clients_second") if second_purchase_pays(facts) else "",
        words.t("growth_few", n=words.policy("usable_sample"))
        if base is not None and base.few(words.policy("usable_sample"))
        else "",
    )


def _clients(facts: Facts, words: Words) -> Evidence | None:
    """Who came and left, and how the base divides."""
    charts = [chart for chart in (_movement(facts, words), _base(facts, words)) if chart is not None]
    if not charts:
        return None
    days = facts.amount("clients.activity_window_days")
    return Evidence(words.t("base"), words.t("base_note", n=days) if days is not None else "", tuple(charts))


def _movement(facts: Facts, words: Words) -> Chart | None:
    base = trend(facts)
    if base is None or base.came is None or base.gone is None or not max(base.came, base.gone):
        return None
    left, full, number = 60.0, 190.0, words.wording.number
    scale = full / max(base.came, base.gone)
    came, gone = base.came * scale, base.gone * scale
    shapes = [
        bar(look, left, top, length, 11)
        for look, top, length in (("data", 1, came), ("hollow", 16, gone))
        if length
    ]
    labels = [
        Label(words.t("movement_came"), 0, 2, left - 6),
        Label(number(base.came), left + came + 5, 2, 60, "b"),
        Label(words.t("movement_gone"), 0, 17, left - 6),
        Label(number(base.gone), left + gone + 5, 17, 60, "b"),
    ]
    if base.start is not None and base.end is not None:
        words_of_base = words.t(
            "movement_base",
            start=base.start,
            end=base.end,
            change=words.wording.change(base.change, Unit.COUNT),
        )
        labels.append(Label(words_of_base, left, 31, CONTENT - left, "tag"))
    alt = words.t("alt_movement", came=number(base.came), gone=number(base.gone))
    return Chart(46, tuple(shapes), tuple(labels), alt)


def _base(facts: Facts, words: Words) -> Chart | None:
    active, inactive = facts.amount("clients.active"), facts.amount("clients.inactive")
    if active is None or inactive is None or active + inactive <= 0:
        return None
    total, number = active + inactive, words.wording.number
    scale = CONTENT / total
    reachable = facts.amount("clients.inactive_contactable")
    split = active * scale
    shapes = [bar("data", 0, 13, split, 14)]
    labels = [
        Label(
            words.t("base_active", n=number(active), share=words.wording.share(active / total, 0)),
            0,
            0,
            CONTENT / 2,
            "b",
        )
    ]
    title = words.t("base_inactive", n=number(inactive), share=words.wording.share(inactive / total, 0))
    labels.append(_beside(title, max(split, text_width(labels[0].text, 8) + 10), 0, "b"))
    if reachable is None or reachable > inactive:
        shapes.append(bar("pale", split, 13, inactive * scale, 14))
    else:
        middle = split + reachable * scale
        shapes += [
            bar("pale", split, 13, middle - split, 14),
            bar("hollow", middle, 13, CONTENT - middle, 14),
        ]
        words_below = words.t("base_reachable", n=number(reachable), rest=number(inactive - reachable))
        labels.append(_beside(words_below, split, 30, "tag"))
    alt = sentence("; ".join(label.text for label in labels))
    return Chart(41, tuple(shapes), tuple(labels), alt)


def _beside(text: str, left: float, top: float, look: str) -> Label:
    """A label that starts at `left`, or ends at the right edge when it would not fit."""
    width = text_width(text, 8) + 4
    if left + width <= CONTENT:
        return Label(text, left, top, width, look)
    return Label(text, CONTENT - width, top, width, f"r {look}")


def _payback(facts: Facts, words: Words) -> Evidence | None:
    """What one new client has brought by the end of each month, less the cost of winning them."""
    cac, monthly, months = (
        facts.known("cac"),
        facts.number("gross_profit_per_client_monthly"),
        facts.known("cac_payback_months"),
    )
    if (
        cac is None
        or cac.value is None
        or monthly is None
        or monthly <= 0
        or months is None
        or months.value is None
    ):
        return None
    price = f"{words.value(cac)} ({words.span(cac)})" if cac.interval else words.value(cac)
    ends = payback_range(facts)
    span = f"{words.value(months)} ({words.range(ends, Unit.MONTHS)})" if ends else words.value(months)
    note = sentence(words.t("payback_text", price=price, monthly=words.money(round(monthly)), months=span))
    few = (
        words.t("few_clients", n=int(cac.sample))
        if cac.sample is not None and cac.sample < words.policy("few_clients")
        else ""
    )
    stay = facts.known("customer_lifespan_months")
    if stay is not None and stay.value is not None and stay.value < months.value:
        early = sentence(words.t("payback_too_long", stay=words.value(stay)))
        told = Line(join(note, early, few), "note")
        return Evidence(words.t("payback"), "", (*_worth(facts, words, cac), told), months.id)
    chart = _payback_chart(words, cac.value, monthly, months.value)
    return Evidence(
        words.t("payback"), words.t("payback_note"), (chart, Line(join(note, few), "note")), months.id
    )


def _worth(facts: Facts, words: Words, cac: Measured) -> tuple[Chart, ...]:
    """What a client costs beside what they bring over the whole time; nothing where that is not known."""
    brings = facts.known("clv_margin")
    if brings is None or brings.value is None or cac.value is None or brings.value < 0:
        return ()
    ends = [cac.value, brings.value, *(cac.interval or ())]
    left, number = 60.0, words.money
    scale = Scale(0, max(ends), left, CONTENT - left - 70)
    rows = (
        (words.t("worth_costs"), cac.value, "hollow", 1.0),
        (words.t("worth_brings"), brings.value, "data", 20.0),
    )
    shapes = [bar(look, left, top, scale.at(value) - left, 11) for _, value, look, top in rows if value]
    shapes += whisker(scale, cac.interval, 6.5) if cac.interval else ()
    labels = [Label(name, 0, top + 1, left - 6) for name, _, _, top in rows]
    for _, value, _, top in rows:
        end = max(value, cac.interval[1]) if cac.interval and top == rows[0][3] else value
        labels.append(Label(number(value), scale.at(end) + 5, top + 1, 66, "b"))
    alt = words.t("alt_worth", cost=number(cac.value), brings=number(brings.value))
    return (Chart(36, tuple(shapes), tuple(labels), alt),)


def _payback_chart(words: Words, cac: float, monthly: float, months: float) -> Chart:
    """Five points in time, the third about when the cost is won back."""
    step = max(1, math.ceil(months / 2))
    points = [(month, month * monthly - cac) for month in range(0, 5 * step, step)]
    high, low = max(value for _, value in points), min(value for _, value in points)
    room, top = 44.0, 12.0
    scale = room / (max(high, 0) - min(low, 0)) if max(high, 0) > min(low, 0) else 0
    zero, bottom = top + max(high, 0) * scale, top + room + 16
    shapes, labels = [Shape("rule", 0, zero - 0.4, CONTENT, 0.8)], []
    width = 42.0
    pitch = (CONTENT - width) / 4
    for place, (month, value) in enumerate(points):
        left, height, above = place * pitch, abs(value) * scale, value >= 0
        middle, sides = left + width / 2, (max(left - 18, 0), min(left + width + 18, CONTENT))
        shapes.append(
            bar(
                "data" if above else "hollow", left, zero - height if above else zero, width, max(height, 0.6)
            )
        )
        amount = words.money(round(value))
        shown = f"+{amount}" if value > 0 else amount
        if text_width(shown, 8) > sides[1] - sides[0]:  # the line below names the currency
            shown = words.bare(shown)
        labels.append(
            centred(shown, middle, zero - height - 11 if above else zero + height + 2, 8, sides, "b")
        )
        name = words.t("payback_start") if not month else words.t("payback_month", n=month)
        labels.append(centred(name, middle, bottom, 7, sides, "axis"))
    alt = words.t("alt_payback", start=words.money(-cac), end=words.money(points[-1][1]), n=points[-1][0])
    return Chart(bottom + 11, tuple(shapes), tuple(labels), alt)


def _value(facts: Facts, words: Words) -> Wide | None:
    rows = []
    for metric_id in VALUE_METRICS:
        metric = facts.known(metric_id)
        if metric is None or (metric_id == "payback_revenue" and facts.known("payback_new_profit")):
            continue  # revenue of all clients flatters: it is told where nothing better is known
        zone = words.zone(metric)
        rows.append(
            (
                Cell((Line(metric.name, "strong"),)),
                Cell(
                    (
                        Line(words.value(metric), ref=metric.id),
                        *((Line(words.span(metric), "small"),) if metric.interval else ()),
                    )
                ),
                Cell((Line(join(f"{zone[0].upper()}{zone[1:]}." if zone else "", metric.meaning)),)),
            )
        )
    if not rows:
        return None
    columns = (
        Column(words.t("column_measure"), 34),
        Column(words.t("column_value"), 15, right=True),
        Column(words.t("column_reading"), 51),
    )
    comment = clean(facts.answer("clients.comments"))
    said = (Line(words.t("clients_comment", text=comment), "small"),) if comment else ()
    return Wide(words.t("value"), (Table(columns, tuple(rows), look="dense"), *said))
