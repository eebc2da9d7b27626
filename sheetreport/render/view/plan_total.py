"""The plan's total: what all actions give in a year together, beside the sum that would overstate it."""

from __future__ import annotations

from sheetreport.render.view.charts import CONTENT, Scale, bar, whisker
from sheetreport.render.view.facts import Facts, Json
from sheetreport.render.view.model import Chart, Evidence, Figure, Label, Line, Part
from sheetreport.render.view.words import Words, capitalised, sentence

NAMES = 74.0  # points before the bars
AMOUNTS = 96.0  # points behind them
HEIGHT, STEP = 12.0, 19.0


def block(facts: Facts, words: Words) -> tuple[Evidence, ...]:
    """The total with its picture and the reasons; why there is none, where effects in money are too few."""
    total = facts.result.get("plan_total")
    if not total:
        return ()
    parts = _parts(total, words) if total["value"] is not None else (Line(total["words"]),)
    label, note = words.wording.text("plan.label"), words.wording.text("plan.label_note")
    return (Evidence(label, note if total["value"] is not None else "", (*parts, *_left_out(total, words))),)


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
