"""The plan's total: what all actions give in a year together, beside the sum that would overstate it."""

from __future__ import annotations

from sheetreport.catalog.definitions import Unit
from sheetreport.render.view.charts import CONTENT, Scale, bar, whisker
from sheetreport.render.view.facts import Facts, Json
from sheetreport.render.view.model import (
    Cell,
    Chart,
    Column,
    Evidence,
    Figure,
    Label,
    Line,
    Part,
    Table,
    Wide,
)
from sheetreport.render.view.words import Words, capitalised, cut, sentence

NAMES = 74.0  # points before the bars
AMOUNTS = 96.0  # points behind them
HEIGHT, STEP = 12.0, 19.0
MOST_WHOLE = 14  # rows of a table that stays on one page


def block(facts: Facts, words: Words) -> tuple[Evidence, ...]:
    """The total with its picture and the reasons; why there is none, where effects in money are too few.

    A plan without any effect in money does not raise the question.
    """
    total = facts.result.get("plan_total")
    if not total or (total["value"] is None and not any(map(_in_money, facts.recommendations))):
        return ()
    parts = _parts(total, words) if total["value"] is not None else (Line(total["words"]),)
    label, note = words.wording.text("plan.label"), words.wording.text("plan.label_note")
    return (Evidence(label, note if total["value"] is not None else "", (*parts, *_left_out(total, words))),)


def _in_money(item: Json) -> bool:
    effect = item.get("effect") or {}
    return effect.get("unit") == Unit.MONEY and effect.get("value") is not None


def _parts(total: Json, words: Words) -> tuple[Part, ...]:
    reasons = [Line(sentence(capitalised(each["words"])), "small") for each in total["overlaps"]]
    sums = (Line(total["sum_words"], "text"),) if total["sum_words"] else ()
    no_gain = (Line(total["reason"], "small"),) if total["reason"] else ()
    chart = (_chart(total, words),) if total["value"] > 0 else ()
    return (Figure(total["shown"]["value"], total["words"], "plan-total"), *chart, *sums, *reasons, *no_gain)


def _chart(total: Json, words: Words) -> Chart:
    """Two bars: the hollow one is the plain sum, the filled one the total with its range."""
    top = max(total["sum"], total["high"], total["value"])
    scale = Scale(0.0, top, NAMES, CONTENT - NAMES - AMOUNTS)
    rows = (("bar_sum", "hollow", total["sum"], "sum"), ("bar_together", "data", total["value"], "value"))
    shapes, labels = [], []
    for place, (key, look, value, shown) in enumerate(rows):
        upper = 3 + place * STEP
        shapes.append(bar(look, NAMES, upper, scale.at(value) - NAMES, HEIGHT))
        labels.append(Label(words.wording.text(f"plan.{key}"), 0, upper + 1, NAMES - 6))
        labels.append(Label(total["shown"][shown], scale.right + 8, upper + 1, AMOUNTS - 8, "b"))
    if total["low"] < total["high"]:
        shapes += whisker(scale, (max(total["low"], 0.0), total["high"]), 3 + STEP + HEIGHT + 5, "grey")
    return Chart(3 + 2 * STEP + 8, tuple(shapes), tuple(labels))


def _left_out(total: Json, words: Words) -> tuple[Line, ...]:
    reasons = "; ".join(each["words"] for each in total["left_out"])
    return (Line(words.wording.text("plan.not_counted", reasons=reasons), "note"),) if reasons else ()


def made_of(facts: Facts, words: Words) -> tuple[Wide, ...]:
    """The total action by action: what each changes, what it gives alone and what it adds to those above."""
    total = facts.result.get("plan_total")
    if not total or total["value"] is None:
        return ()

    def t(key: str) -> str:
        return words.wording.text(f"plan.{key}")

    rows = [
        (
            Cell((Line(str(item["number"]), "strong"),)),
            Cell((Line(cut(item["title"], 120)),)),
            Cell((Line(item["changes"]),)),
            Cell((Line(words.money(item["alone"])),)),
            Cell((Line(words.money(item["together"])),)),
        )
        for item in total["items"]
    ]
    rows.append(
        (
            Cell(),
            Cell((Line(t("head_together"), "strong"),)),
            Cell(),
            Cell((Line(words.money(total["sum"])),)),
            Cell((Line(words.money(total["value"]), "strong"),)),
        )
    )
    columns = (
        Column(words.t("column_number"), 4.5),
        Column(t("head_action"), 34),
        Column(t("head_quantity"), 32.5),
        Column(t("head_alone"), 14, right=True),
        Column(t("head_adds"), 15, right=True),
    )
    table = Table(columns, tuple(rows), header=1, look="dense")
    return (Wide(t("made_of"), (table,), whole=len(rows) <= MOST_WHOLE),)
