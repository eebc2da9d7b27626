"""What to do next month: what the plan comes to, and how many more sales the owner's wish takes."""

from __future__ import annotations

from collections.abc import Sequence

from sheetreport.catalog.definitions import Unit
from sheetreport.model import KEEP
from sheetreport.render.view.charts import SUMMARY_FIGURE, bar
from sheetreport.render.view.claims import second_purchase_pays
from sheetreport.render.view.facts import Facts, Measured
from sheetreport.render.view.model import Answer, Chart, Shape
from sheetreport.render.view.words import Words, bind, join


def ahead(facts: Facts, words: Words) -> Answer:
    title = _next_title(facts.tiers)
    payback = facts.number("payback_new_profit")
    actions = [item for item in facts.recommendations if item["tier"] != KEEP]
    figure, chart, caption, known = _needed_sales(facts, words)
    return Answer(
        question=words.t("next_question"),
        title=bind(words.t(title)),
        text=join(
            words.t("next_second_purchase", share=words.wording.share(payback, 0))
            if payback is not None and second_purchase_pays(facts)
            else "",
            _plan(facts, words, len(actions)),
        ),
        figure=figure,
        chart=chart,
        caption=caption,
        known=known,
        ref=facts.ref("extra_sales_needed") if known and facts.stage != "pre_opening" else "",
    )


def _plan(facts: Facts, words: Words, actions: int) -> str:
    """How long the plan is; an empty one is good news only if no rule is switched off."""
    if actions:
        return words.t("next_plan", n=actions)
    return words.t("next_plan_off" if facts.switched_off else "next_plan_none")


def _next_title(tiers: Sequence[str]) -> str:
    """What the order of the plan comes to: leaks or risks first, then growth, or measuring."""
    urgent, leaks, measure, grow = (tier in tiers for tier in ("P0", "P1", "P2", "P3"))
    if leaks and grow:
        return "next_leaks_grow" if tiers.index("P1") < tiers.index("P3") else "next_grow_leaks"
    if leaks:
        return "next_leaks"
    if urgent:
        return "next_stop_grow" if grow else "next_stop"
    if measure:
        return "next_measure_grow" if grow else "next_measure"
    return "next_grow" if grow else "next_keep" if KEEP in tiers else "next_none"


def _needed_sales(facts: Facts, words: Words) -> tuple[str, Chart | None, str, bool]:
    """How many more sales a month the owner's wish takes."""
    needed, wish, sales = (
        facts.metric("extra_sales_needed"),
        facts.number("growth_target_money"),
        facts.amount("clients.sales_count"),
    )
    if facts.stage == "pre_opening":
        actions = sum(item["tier"] != KEEP for item in facts.recommendations)
        return words.wording.number(actions), None, words.t("next_caption_actions"), bool(actions)
    if needed is None or needed.value is None or wish is None or sales is None:
        return words.t("not_computed"), None, _what_to_fill(needed, facts, words), False
    now = sales / facts.months
    full = SUMMARY_FIGURE / (now + needed.value) if now + needed.value > 0 else 0
    chart = Chart(
        9,
        (
            bar("data", 0, 0, now * full, 7),
            Shape("bar need", now * full, 0, max(needed.value * full, 2), 7),
        ),
    )
    return (
        words.wording.change(needed.value, Unit.COUNT),
        chart if full else None,
        words.t("next_caption", now=now, wish=words.money(wish), needed=now + needed.value),
        True,
    )


def _what_to_fill(needed: Measured | None, facts: Facts, words: Words) -> str:
    """Which cell brings the number of sales; without one, why it can't be computed."""
    caption = words.t("next_caption_blank")
    if needed is None:
        return caption
    opener = next((item for item in facts.unlock if needed.name in item["metrics"]), None)
    if opener is None:
        return f"{caption}: {needed.reason_text}" if needed.reason_text else caption
    place = words.place((opener.get("sheet") or "", opener.get("cell") or ""))
    return words.t("next_caption_fill", caption=caption, label=words.quoted(opener["label"]), place=place)
