"""Chapter: break-even, what automation saves, what partners' clients cost."""

from __future__ import annotations

from collections.abc import Sequence

from sheetreport.catalog.definitions import Unit
from sheetreport.model import Evidence as Sample
from sheetreport.render.view.actions import acts
from sheetreport.render.view.charts import CONTENT, bar, centred
from sheetreport.render.view.claims import apart
from sheetreport.render.view.facts import Facts, Json, Measured, cell_number
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
from sheetreport.render.view.parts import Point, measured_cell, points, reason
from sheetreport.render.view.words import Words, bind, capitalised, clean, join, sentence

BREAK_EVEN_METRICS = ("contribution_per_sale", "fixed_costs_total", "break_even_units")
MARGIN_METRICS = ("break_even_revenue", "margin_of_safety")  # in the table where they can't be drawn
PLAN_METRICS = ("break_even_month", "investment_recovery_month", "plan_cumulative_result")
SHORT = 8  # rows of partners that are not broken over pages
AUTOMATION_METRICS = ("auto_hours_saved", "auto_net_savings", "auto_payback_months")


def chapter(facts: Facts, words: Words) -> Body | None:
    parts = {
        "break_even": _break_even(facts, words),
        "automation": _automation(facts, words),
        "partners": _partners(facts, words),
    }
    names = [words.t(key) for key, blocks in parts.items() if blocks]
    if not names:
        return None
    name = ", ".join([names[0], *(one.lower() for one in names[1:])])
    return Body(
        id="business",
        name=name,
        claim=bind(_claim(facts, words)),
        lead=_lead(facts, words),
        blocks=(
            *(block for blocks in parts.values() for block in blocks),
            *acts(facts, words, "break_even", "automation", "partners"),
        ),
    )


def _claim(facts: Facts, words: Words) -> str:
    revenue, least = facts.number("revenue_monthly"), facts.number("break_even_revenue")
    margin, units = facts.known("margin_of_safety"), facts.known("break_even_units")
    sale, saved = facts.number("contribution_per_sale"), facts.known("auto_net_savings")
    if sale is not None and sale <= 0:
        return words.t("business_no_contribution")
    if margin is not None and revenue is not None and least is not None:
        if revenue < least:
            return words.t("business_below", gap=words.money(least - revenue))
        return words.t("business_margin", share=words.value(margin))
    if units is not None:
        return words.t("business_units", n=units.value or 0)
    if (compared := partner_price(facts)) is not None:
        return words.t(f"business_{compared}")
    if saved is not None and saved.value is not None and saved.value > 0:
        return words.t("business_savings", amount=words.value(saved))
    return words.t("business_little")


def partner_price(facts: Facts) -> str | None:
    """How the cost of a partner's client compares with the company's, None where too few clients came."""
    partner, company = facts.known("partner_cac"), facts.known("cac")
    if partner is None or company is None or partner.interval is None or company.interval is None:
        return None
    if partner.evidence is Sample.ANECDOTAL:
        return None
    if not apart(partner.interval, company.interval):
        return "partners_alike"
    return "partners_cheaper" if partner.interval[1] < company.interval[0] else "partners_dearer"


def _lead(facts: Facts, words: Words) -> str:
    month = facts.known("break_even_month")
    return words.t("business_month", n=month.value) if month is not None and month.value is not None else ""


def _break_even(facts: Facts, words: Words) -> Sequence[Block]:
    if not any(facts.known(one) for one in BREAK_EVEN_METRICS):
        return ()
    margin = _margin(facts, words)
    undrawn = () if margin is not None else MARGIN_METRICS
    plan = PLAN_METRICS if facts.answer("breakeven.plan_sales") else ()
    rows = tuple(
        _figure_row(words, metric)
        for metric_id in (*BREAK_EVEN_METRICS, *undrawn, *plan)
        if (metric := facts.metric(metric_id)) is not None and not metric.reason.startswith("depends_on")
    )
    columns = (
        Column(words.t("column_measure"), 36),
        Column(words.t("column_value"), 16, right=True),
        Column(words.t("column_reading"), 48),
    )
    figures = Wide(words.t("break_even_figures"), (Table(columns, rows, look="dense"),))
    return (figures,) if margin is None else (margin, figures)


def _figure_row(words: Words, metric: Measured) -> tuple[Cell, ...]:
    plan = metric.id in PLAN_METRICS and metric.note
    note = (Line(metric.note, "small"),) if plan else ()
    if metric.value is None:
        said = Cell((Line(sentence(capitalised(reason(words, metric))), "quiet"),))
        return Cell((Line(metric.name, "strong"),)), Cell((Line("—"),)), said
    shown = measured_cell(words, metric)
    if metric.unit is Unit.COUNT and metric.id in PLAN_METRICS:
        shown = Cell((Line(words.t("plan_month", n=metric.value)),))
    return Cell((Line(metric.name, "strong"),)), shown, Cell((Line(metric.meaning), *note))


def _margin(facts: Facts, words: Words) -> Evidence | None:
    """Revenue of a month against the revenue at which a month makes no loss."""
    revenue, least = facts.number("revenue_monthly"), facts.number("break_even_revenue")
    margin = facts.known("margin_of_safety")
    if revenue is None or least is None or margin is None or max(revenue, least) <= 0:
        return None
    amount, mark = words.money(revenue), words.t("margin_mark", amount=words.money(least))
    width = text_width(amount, 8) + 2
    scale = (CONTENT - width - 8) / max(revenue, least)
    made, edge = revenue * scale, least * scale
    shapes = [bar("data", 0, 16, made, 11)]
    if made < edge:
        shapes.append(bar("need", made, 16, edge - made, 11))
    shapes.append(Shape("rule", edge - 1, 11, 2, 21))
    inside = width + 6 < made < edge  # beside the dashed part it would read as its end
    labels = (
        centred(mark, edge, 0, 8, (0, CONTENT)),
        Label(amount, made - width - 4, 16.5, width, "r b white")
        if inside
        else Label(amount, max(made, edge) + 5, 16.5, width, "b"),
    )
    alt = words.t("alt_margin", revenue=amount, least=words.money(least))
    gap = words.money(abs(revenue - least))
    said = (
        words.t("margin_below", gap=gap)
        if revenue < least
        else words.t("margin_above", share=words.value(margin), gap=gap)
    )
    note = words.t("margin_note")
    return Evidence(
        words.t("margin"), note, (Chart(36, tuple(shapes), labels, alt), Line(said, "note")), margin.id
    )


def _automation(facts: Facts, words: Words) -> Sequence[Block]:
    found = facts.table("automation")
    if not found:
        return ()
    rows = [(clean(row["subject"], 80), row["index"]) for row in found]
    lines = [
        (
            Cell((Line(name, "strong"),)),
            *(measured_cell(words, facts.metric(one, index)) for one in AUTOMATION_METRICS),
        )
        for name, index in [*rows, *([(words.t("automation_all"), None)] if len(rows) > 1 else [])]
    ]
    columns = (
        Column(words.t("column_process"), 31),
        Column(words.t("column_hours"), 23, right=True),
        Column(words.t("column_savings"), 23, right=True),
        Column(words.t("column_payback"), 23, right=True),
    )
    note = next(
        (one.note for name, i in rows if (one := facts.known("auto_net_savings", i)) and one.note), ""
    )
    notes = (Line(note, "note"),) if note else ()
    return (Wide(words.t("automation"), (Table(columns, tuple(lines), look="dense"), *notes)),)


def _partners(facts: Facts, words: Words) -> Sequence[Block]:
    found = facts.table("affiliate")
    if not found:
        return ()
    rows = [_partner(facts, words, row) for row in found]
    if len(rows) > 1:
        rows.append(
            (
                Cell((Line(words.t("partners_all"), "strong"),)),
                measured_cell(words, facts.metric("affiliate_cost")),
                measured_cell(words, facts.metric("partner_clients")),
                measured_cell(words, facts.metric("partner_cac")),
                measured_cell(words, facts.metric("affiliate_roi")),
            )
        )
    columns = (
        Column(words.t("column_partner"), 25),
        Column(words.t("column_cost"), 15, right=True),
        Column(words.t("column_new_clients"), 12, right=True),
        Column(words.t("column_client_cost"), 24, right=True),
        Column(words.t("column_return"), 24, right=True),
    )
    table = Wide(words.t("partners"), (Table(columns, tuple(rows), look="dense"),), whole=len(rows) <= SHORT)
    compared = _compared(facts, words)
    return (table,) if compared is None else (compared, table)


def _partner(facts: Facts, words: Words, row: Json) -> tuple[Cell, ...]:
    index, clients = row["index"], cell_number(row, "affiliate.new_clients")
    price = facts.metric("partner_cac", index)
    cell = measured_cell(words, price)
    if price is not None and price.value and price.interval is None and clients:
        cell = Cell((*cell.lines, Line(words.t("channels_one", n=int(clients)), "small")))
    return (
        Cell((Line(clean(row["subject"], 80), "strong"),)),
        measured_cell(words, facts.metric("affiliate_cost", index)),
        _count(words, clients),
        cell,
        measured_cell(words, facts.metric("affiliate_roi", index)),
    )


def _count(words: Words, value: float | None) -> Cell:
    shown = words.wording.number(value) if value is not None else words.t("cell_blank")
    return Cell((Line(shown, "" if value is not None else "small"),))


def _compared(facts: Facts, words: Words) -> Evidence | None:
    """A client from partners beside the company's average client."""
    partner, company = facts.known("partner_cac"), facts.known("cac")
    if partner is None or partner.value is None:
        return None
    label = words.t("partners_price")
    if company is None or company.value is None:
        why = words.t("partners_nothing", reason=reason(words, facts.metric("cac")))
        return Evidence(label, "", (Line(why),))
    rows = [
        Point(words.t("partners_client"), partner.value, partner.interval, weak=partner.weak),
        Point(words.t("company_client"), company.value, company.interval, hollow=True),
    ]
    compared = partner_price(facts)
    said = join(
        words.t(compared) if compared else words.t("partners_no_range"),
        words.t("zone_early_sentence") if partner.weak else "",
    )
    return Evidence(
        label, words.t("whiskers_95"), (points(words, rows, Unit.MONEY), Line(said, "text")), partner.id
    )
