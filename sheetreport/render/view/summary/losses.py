"""Where money is lost: the first certain loss, else the largest probable one."""

from __future__ import annotations

from collections.abc import Sequence

from sheetreport.catalog.definitions import Unit
from sheetreport.render.view.charts import SUMMARY_FIGURE, bar
from sheetreport.render.view.claims import (
    clients_cost_more,
    dead_channels,
    second_purchase_pays,
    unhappy_share,
)
from sheetreport.render.view.facts import Facts, Measured
from sheetreport.render.view.model import Answer, Chart, Shape
from sheetreport.render.view.words import Words, bind, join


def losses(facts: Facts, words: Words) -> Answer:
    question = words.t("loss_question")
    if facts.stage == "pre_opening":
        return Answer(
            question,
            bind(words.t("loss_opening")),
            words.t("loss_opening_text"),
            words.t("not_computed"),
            None,
            words.t("loss_caption"),
            known=False,
        )
    per_sale = facts.number("gross_profit_per_sale")
    if per_sale is not None and per_sale < 0:
        return Answer(
            question,
            bind(words.t("loss_each_sale")),
            join(words.t("loss_each_sale_text"), _at_risk(facts, words)),
            words.money(per_sale),
            None,
            words.t("loss_each_sale_caption"),
            ref=facts.ref("gross_profit_per_sale"),
        )
    for answer in (_dear_clients, _dead_channels, _unhappy, _first_purchase):
        found = answer(facts, words, question)
        if found is not None:
            return found
    if facts.known("wasted_spend") and per_sale is not None:
        return Answer(
            question,
            bind(words.t("loss_none")),
            words.t("loss_none_text"),
            words.money(0),
            None,
            words.t("loss_none_caption"),
        )
    needed = (facts.metric("wasted_spend"), facts.metric("gross_profit_per_sale"))
    blank = [metric for metric in needed if metric is not None and metric.value is None]
    return Answer(
        question,
        bind(words.t("loss_unknown")),
        join(words.t("loss_unknown_text"), _cells_to_fill(blank, facts, words)),
        words.t("not_computed"),
        None,
        words.t("loss_caption"),
        known=False,
    )


def _cells_to_fill(blank: Sequence[Measured], facts: Facts, words: Words) -> str:
    """The cells that bring these metrics back; where none does, why the first has no value."""
    names = {metric.name for metric in blank}
    where = words.places(
        item for item in facts.unlock if item.get("cell") and names.intersection(item["metrics"])
    )
    if where:
        return words.t("fill_in", place=where)
    reason = next((metric.reason_text for metric in blank if metric.reason_text), "")
    return words.t("not_computable", reason=reason) if reason else ""


def _dear_clients(facts: Facts, words: Words, question: str) -> Answer | None:
    """The whole price of a client against all that a client brings."""
    cac, clv, certain = facts.known("cac"), facts.known("clv_margin"), clients_cost_more(facts)
    if certain is None or cac is None or clv is None:
        return None
    return Answer(
        question,
        bind(words.t("loss_cac" if certain else "loss_cac_probable")),
        join(
            words.t("loss_cac_text", cac=words.value(cac), clv=words.value(clv)),
            "" if certain else _why_probable(cac, clv, words),
        ),
        words.money((clv.value or 0) - (cac.value or 0)),
        None,
        words.t("loss_cac_caption"),
        ref=facts.ref("client_surplus"),
    )


def _why_probable(cac: Measured, clv: Measured, words: Words) -> str:
    """What keeps the price of a client from being surely above their value."""
    low = cac.interval[0] if cac.interval else 0.0
    if cac.weak and (cac.interval is None or low >= (clv.value or 0)):
        return words.t("loss_cac_few", n=int(cac.sample or 0))
    return words.t("loss_cac_margin")


def _dead_channels(facts: Facts, words: Words, question: str) -> Answer | None:
    """Spend that brought nobody: a fact; what unhappy clients may cost follows as a scenario."""
    wasted, total, cac = facts.number("wasted_spend"), facts.number("promo_spend_total"), facts.number("cac")
    if not wasted:
        return None
    names = dead_channels(facts, words.policy("dead_channel_cac_multiple"))
    title = (
        words.t("loss_channel", name=words.quoted(names[0], 16))
        if len(names) == 1 and len(names[0]) <= 16
        else words.t("loss_channels", n=max(len(names), 1))
    )
    share = wasted / total if total else None
    return Answer(
        question,
        bind(title),
        join(
            words.t("loss_channel_text", n=int(wasted / cac)) if cac else "",
            _at_risk(facts, words),
        ),
        words.money(wasted),
        None
        if share is None
        else Chart(
            8,
            (
                Shape("bar track", 0, 0, SUMMARY_FIGURE, 6),
                bar("lost", 0, 0, min(share, 1) * SUMMARY_FIGURE, 6),
            ),
        ),
        words.t("loss_channel_caption", share=words.wording.share(share, 0))
        if share is not None
        else words.t("loss_channel_caption_plain"),
        ref=facts.ref("wasted_spend"),
    )


def _at_risk(facts: Facts, words: Words) -> str:
    risk = facts.known("money_at_risk_detractors")
    if risk is None or not risk.value:
        return ""
    return words.t("loss_at_risk", amount=_risk_amount(risk, words))


def _risk_amount(risk: Measured, words: Words) -> str:
    return words.span(risk) or words.t("up_to", amount=words.money(risk.value or 0))


def _unhappy(facts: Facts, words: Words, question: str) -> Answer | None:
    """No certain loss, but unhappy clients: their share is the figure, money stays a scenario in words."""
    risk, unhappy = facts.known("money_at_risk_detractors"), unhappy_share(facts)
    if risk is None or not risk.value or unhappy is None:
        return None
    surveyed = unhappy.id == "nps_detractor_share"
    return Answer(
        question,
        bind(words.t("loss_unhappy")),
        words.t("loss_unhappy_text", amount=_risk_amount(risk, words)),
        words.wording.share(unhappy.value or 0, 0),
        Chart(
            8,
            (
                Shape("bar track", 0, 0, SUMMARY_FIGURE, 6),
                bar("lost", 0, 0, (unhappy.value or 0) * SUMMARY_FIGURE, 6),
            ),
        ),
        words.t("loss_unhappy_survey", range=words.wording.range(unhappy.interval, Unit.SHARE))
        if surveyed and unhappy.interval
        else words.t("loss_unhappy_count"),
        ref=unhappy.id,
    )


def _first_purchase(facts: Facts, words: Words, question: str) -> Answer | None:
    """What a new client's first purchases leave after the cost of winning them."""
    first = facts.known("first_sale_contribution")
    if first is None or first.value is None or first.value >= 0:
        return None
    return Answer(
        question,
        bind(words.t("loss_first" if second_purchase_pays(facts) else "loss_first_probable")),
        words.t("loss_first_text"),
        words.value(first),
        None,
        words.t("loss_first_caption"),
        ref=first.id,
    )
