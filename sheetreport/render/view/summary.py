"""Page 1: three questions with answers, the first actions, health by area, what changed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from sheetreport.catalog.definitions import Better, Unit
from sheetreport.render.view.actions import effect_lines, first_actions, number_of
from sheetreport.render.view.charts import SUMMARY_FIGURE, bar
from sheetreport.render.view.claims import (
    Trend,
    clients_cost_more,
    dead_channels,
    dear_channels,
    second_purchase_pays,
    tones,
    trend,
    unhappy_share,
)
from sheetreport.render.view.facts import Facts, Json, Measured
from sheetreport.render.view.model import Answer, Cell, Chart, Column, Line, Shape, Sign, Summary, Table
from sheetreport.render.view.words import Words, bind, cut, first_sentence, join, sentence

MOST_CHANGES, MOST_WORKS = 5, 2
WORKS_TEXT = 140
ONE_LINE, TWO_LINES, THREE_LINES = 42, 84, 120  # characters of an action's title that fit


def summaries(facts: Facts, words: Words, has_missing: bool) -> tuple[Summary, ...]:
    """Page 1 in full and ever shorter: explanations go first, then what the owner says of the business, then
    hints, then actions below P0.

    """
    full = _summary(facts, words, has_missing)
    first = tuple(replace(answer, text=first_sentence(answer.text)) for answer in full.answers)
    dense = replace(full, answers=first, look="dense")
    bare = replace(dense, shows_activity=False)
    chosen = first_actions(facts)
    one_line = replace(full, actions=_actions(words, chosen, facts, title=TWO_LINES, hints=False))
    tight = replace(bare, actions=_actions(words, chosen, facts, title=ONE_LINE, hints=False))
    urgent = [item for item in chosen if item["tier"] == "P0"]
    if not urgent:
        return full, dense, bare, one_line, tight
    last = replace(
        tight,
        actions=_actions(words, urgent, facts, title=ONE_LINE, hints=False),
        health=None,
        health_heading="",
        changes=None,
        changes_heading="",
        no_changes="",
        works_heading="",
        works=(),
    )
    return full, dense, bare, one_line, tight, last


def _summary(facts: Facts, words: Words, has_missing: bool) -> Summary:
    changes, works = _changes(facts, words), _works(facts, words)
    known, asked = facts.coverage
    return Summary(
        status_lead=words.t("partial_lead"),
        status=_status(facts, words),
        status_more=words.t("partial_page"),
        status_page="missing" if has_missing else "",
        answers=(_growth(facts, words), _losses(facts, words), _next(facts, words)),
        actions_heading=words.t("actions_heading"),
        actions=_actions(words, first_actions(facts), facts),
        no_actions=words.t("next_plan_off" if facts.switched_off else "actions_none"),
        health_heading=words.t("health_heading"),
        health=_health(facts, words),
        changes_heading=words.t("changes_heading"),
        changes=changes,
        no_changes="" if changes else words.t("changes_none"),
        works_heading=words.t("works_heading") if works else "",
        works=works,
        note=words.t(
            "note_missing" if has_missing else "note_counted",
            known=known,
            all=asked,
        ),
        note_page="missing" if has_missing else "",
        note_end=words.t("note_end"),
    )


def _status(facts: Facts, words: Words) -> str:
    """The line of a partial report: what is missing and which cells unlock it."""
    if facts.result["status"] != "partial":
        return ""
    errors = [finding for finding in facts.findings if finding["severity"] == "error"]
    cells = words.places(errors, limit=4)
    known, asked = facts.coverage
    return join(
        words.t("partial_cells", n=len(errors)) if errors else "",
        words.t("partial_lost", n=asked - known) if known < asked else "",
        sentence(words.t("partial_mend", cells=cut(cells, 120))) if cells else "",
    )


# the three questions


_BASE_ENDS = ("clients.active_start", "clients.active_end")


def _growth(facts: Facts, words: Words) -> Answer:
    question = words.t("growth_question")
    if facts.stage == "pre_opening":
        return _before_opening(facts, words, question)
    base = trend(facts)
    if base is None:
        blank = [facts.place(name) for name in _BASE_ENDS if facts.amount(name) is None]
        where = words.places({"sheet": sheet, "cell": cell} for sheet, cell in blank)
        return Answer(
            question=question,
            title=bind(words.t("growth_unknown")),
            text=join(words.t("growth_unknown_text"), words.t("fill_in", place=where) if where else ""),
            figure=words.t("not_computed"),
            chart=None,
            caption=words.t("growth_unknown_caption"),
            known=False,
        )
    title = _growth_title(base, words)
    sentences = []
    if base.came is not None and base.gone is not None:
        sentences.append(words.t("growth_flow", came=base.came, gone=base.gone))
    if base.start is not None and base.end is not None:
        sentences.append(words.t("growth_base", start=base.start, end=base.end))
    sentences.append(words.t("growth_one_period"))
    if base.few(words.policy("usable_sample")):
        sentences.append(words.t("growth_few", n=words.policy("usable_sample")))
    return Answer(
        question=question,
        title=bind(title),
        text=join(*sentences),
        figure=words.wording.change(base.change, Unit.COUNT),
        chart=_flow_chart(base),
        caption=_growth_caption(base, words),
    )


def _growth_title(base: Trend, words: Words) -> str:
    direction = "up" if base.change > 0 else "down" if base.change < 0 else "same"
    if base.rate is None or base.few(words.policy("usable_sample")) or not base.change:
        return words.t(f"growth_{direction}_few")
    return words.t(f"growth_{direction}", rate=_signed_share(base.rate, words))


def _signed_share(rate: float, words: Words) -> str:
    shown = words.wording.share(rate)
    return f"+{shown}" if rate > 0 else shown


def _growth_caption(base: Trend, words: Words) -> str:
    if base.came is not None and base.gone is not None:
        return words.t("growth_caption_flow", came=base.came, gone=base.gone)
    return words.t("growth_caption_base", start=base.start or 0, end=base.end or 0)


def _flow_chart(base: Trend) -> Chart | None:
    """Two bars: who came above who left, or the end of the period above its start."""
    first, second = (base.came, base.gone) if base.came is not None else (base.end, base.start)
    if first is None or second is None or not max(first, second):
        return None
    scale = SUMMARY_FIGURE / max(first, second)
    return Chart(9, (bar("data", 0, 0, first * scale, 3), bar("hollow", 0, 4.5, second * scale, 4)))


def _before_opening(facts: Facts, words: Words, question: str) -> Answer:
    opening, today = facts.day("profile.opening_date"), facts.day("profile.report_date")
    days = (opening - today).days if opening and today else None
    ahead = days is not None and days > 0
    place = words.place(facts.place("profile.opening_date"))
    return Answer(
        question=question,
        title=bind(words.t("opening_title")),
        text=join(
            sentence(words.t("opening_date", date=words.wording.long_date(opening)))
            if opening and ahead
            else "",
            words.t("opening_text"),
        ),
        figure=words.t("opening_days", n=days) if days is not None and ahead else words.t("not_computed"),
        chart=None,
        caption=words.t("opening_caption") if ahead else words.t("opening_fill", place=place),
        known=ahead,
    )


def _losses(facts: Facts, words: Words) -> Answer:
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
            words.wording.money(per_sale),
            None,
            words.t("loss_each_sale_caption"),
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
            words.wording.money(0),
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
        words.wording.money((clv.value or 0) - (cac.value or 0)),
        None,
        words.t("loss_cac_caption"),
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
        words.wording.money(wasted),
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
    )


def _at_risk(facts: Facts, words: Words) -> str:
    risk = facts.known("money_at_risk_detractors")
    if risk is None or not risk.value:
        return ""
    return words.t("loss_at_risk", amount=_risk_amount(risk, words))


def _risk_amount(risk: Measured, words: Words) -> str:
    return words.rough_span(risk) or words.t("up_to", amount=words.rough_money(risk.value or 0))


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
    )


def _next(facts: Facts, words: Words) -> Answer:
    title = _next_title(facts.tiers)
    payback = facts.number("payback_new_profit")
    actions = [item for item in facts.recommendations if item["tier"] != "P4"]
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
    return "next_grow" if grow else "next_keep" if "P4" in tiers else "next_none"


def _needed_sales(facts: Facts, words: Words) -> tuple[str, Chart | None, str, bool]:
    """How many more sales a month the owner's wish takes."""
    needed, wish, sales = (
        facts.metric("extra_sales_needed"),
        facts.number("growth_target_money"),
        facts.amount("clients.sales_count"),
    )
    if facts.stage == "pre_opening":
        actions = sum(item["tier"] != "P4" for item in facts.recommendations)
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
        words.t("next_caption", now=now, wish=words.wording.money(wish), needed=now + needed.value),
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


# the first actions


def _actions(
    words: Words, chosen: Sequence[Json], facts: Facts, *, title: int = THREE_LINES, hints: bool = True
) -> Table | None:
    """The table of actions; without hints each takes one line."""
    if not chosen:
        return None
    rows = []
    for item in chosen:
        hint = first_sentence(item["steps"][0]) if item["steps"] else first_sentence(item["text"])
        effect = effect_lines(item, words, short=True)
        level = item["confidence"]["level"]
        rows.append(
            (
                Cell((Line(number_of(facts, item), "strong"),)),
                Cell(
                    (
                        Line(cut(item["title"], title), "strong"),
                        *((Line(cut(hint, 72), "small"),) if hints else ()),
                    )
                ),
                Cell(effect if hints else effect[:1]),
                Cell(
                    (
                        Line(words.t(f"confidence_{level}")),
                        *((Line(cut(item["confidence"]["words"], 60), "small"),) if hints else ()),
                    ),
                    boxes={"high": 3, "medium": 2, "low": 1}[level],
                ),
            )
        )
    return Table(
        (
            Column(words.t("column_number"), 5),
            Column(words.t("column_action"), 45),
            Column(words.t("column_effect"), 32),
            Column(words.t("column_confidence"), 18),
        ),
        tuple(rows),
        header=1,
    )


# health by area


@dataclass(frozen=True, slots=True)
class _Health:
    sign: Sign
    verdict: str
    why: str = ""


def _health(facts: Facts, words: Words) -> Table:
    areas = [
        ("area_clients", _clients_health(facts, words)),
        ("area_channels", _channels_health(facts, words)),
    ]
    if not facts.is_blank("nps"):
        areas.append(("area_loyalty", _loyalty_health(facts, words)))
    if not facts.is_blank("csi", "csat"):
        areas.append(("area_satisfaction", _satisfaction_health(facts, words)))
    areas.append(("area_goals", _goals_health(facts, words)))
    rows = tuple(
        (
            Cell((Line(words.t(area), "strong"),)),
            Cell(
                (
                    Line(health.verdict, f"verdict {health.sign.value}", health.sign),
                    *((Line(cut(health.why, 58), "small"),) if health.why else ()),
                )
            ),
        )
        for area, health in areas
    )
    return Table((Column(words.t("column_area"), 41), Column(words.t("column_verdict"), 59)), rows)


def _clients_health(facts: Facts, words: Words) -> _Health:
    base = trend(facts)
    churn, payback = facts.known("churn_rate"), facts.known("cac_payback_months")
    facts_shown = [
        words.t("health_churn", rate=words.value(churn)) if churn else "",
        words.t("health_payback", months=words.value(payback)) if payback else "",
    ]
    why = ", ".join(item for item in facts_shown if item)
    per_sale = facts.number("gross_profit_per_sale")
    if facts.stage == "pre_opening":
        return _Health(Sign.WAITING, words.t("health_opening"))
    if per_sale is not None and per_sale < 0:
        return _Health(Sign.ACT, words.t("health_loss"), words.t("health_loss_why"))
    dear = clients_cost_more(facts)
    if dear is not None:
        return _Health(
            Sign.ACT if dear else Sign.ATTENTION,
            words.t("health_loss" if dear else "health_attention"),
            words.t("health_client_dear" if dear else "health_client_dear_probable"),
        )
    if base is None:
        return _Health(Sign.NO_DATA, words.t("health_partial" if why else "health_no_data"), why)
    if base.change < 0:
        return _Health(Sign.ATTENTION, words.t("health_shrinks"), why)
    return _Health(Sign.GOOD, words.t("health_grows" if base.change > 0 else "health_still"), why)


def _channels_health(facts: Facts, words: Words) -> _Health:
    if facts.stage == "pre_opening":
        return _Health(Sign.WAITING, words.t("health_opening"))
    if not facts.table("channels"):
        return _Health(Sign.NO_DATA, words.t("health_no_data"), words.t("health_no_channels"))
    dead = dead_channels(facts, words.policy("dead_channel_cac_multiple"))
    if facts.number("wasted_spend") and dead:
        return _Health(
            Sign.ACT,
            words.t("health_waste"),
            words.t("health_waste_why", names=words.listed(words.quoted(name, 24) for name in dead[:2])),
        )
    cac = facts.metric("cac")
    if cac is None or cac.value is None:
        return _Health(Sign.NO_DATA, words.t("health_partial"), cac.reason_text if cac else "")
    unassigned = facts.number("unattributed_spend_share")
    if unassigned is not None and unassigned > words.policy("unattributed_share"):
        return _Health(
            Sign.ATTENTION,
            words.t("health_unassigned"),
            words.t("health_unassigned_why", share=words.wording.share(unassigned, 0)),
        )
    dear = dear_channels(facts)
    if dear:
        return _Health(
            Sign.ATTENTION,
            words.t("health_dear"),
            words.t("health_dear_why", names=words.listed(words.quoted(name, 24) for name in dear[:2])),
        )
    if cac.interval is None:
        return _Health(Sign.NO_DATA, words.t("health_few_clients", n=int(cac.sample or 0)))
    price = f"{words.value(cac)} ({words.span(cac)})"
    return _Health(Sign.GOOD, words.t("health_channels_good"), words.t("health_cac", price=price))


def _loyalty_health(facts: Facts, words: Words) -> _Health:
    nps = facts.known("nps")
    if nps is None:
        return _Health(Sign.NO_DATA, words.t("health_no_data"), words.t("health_no_survey"))
    shown = (
        words.t("health_nps", nps=words.value(nps), range=words.wording.range(nps.interval, nps.unit))
        if nps.interval
        else (words.t("health_nps_plain", nps=words.value(nps)))
    )
    return _by_tones(nps, shown, words)


def _satisfaction_health(facts: Facts, words: Words) -> _Health:
    csi = facts.known("csi")
    csat = facts.known("csat_share")
    if csi is None:
        if csat is None:
            return _Health(Sign.NO_DATA, words.t("health_no_data"), words.t("health_no_survey"))
        return _Health(
            Sign.NO_DATA, words.t("health_partial"), words.t("health_csat", share=words.value(csat))
        )
    health = _by_tones(csi, words.t("health_csi", csi=words.value(csi)), words)
    rows = [facts.known("csi_attribute", row["index"]) for row in facts.table("csi")]
    weak = [row for row in rows if row and not row.weak and tones(row, words.catalog) == {"red"}]
    if not weak or health.sign is Sign.ACT:
        return health
    worst = min(weak, key=lambda row: row.value or 0)
    return replace(
        health,
        sign=Sign.ATTENTION if health.sign is not Sign.NO_DATA else Sign.NO_DATA,
        why=words.t("health_attribute", name=words.quoted(worst.subject, 28), score=words.value(worst)),
    )


def _by_tones(measured: Measured, why: str, words: Words) -> _Health:
    """A verdict that names no more than the interval allows."""
    if measured.weak:
        return _Health(Sign.NO_DATA, words.t("health_few", n=int(measured.sample or 0)), why)
    touched = tones(measured, words.catalog)
    if touched == {"red"}:
        return _Health(Sign.ACT, words.zone(measured) or words.t("health_bad"), why)
    if touched and touched <= {"green", "neutral"}:
        return _Health(Sign.GOOD, _short_zone(measured, words), why)
    return _Health(Sign.ATTENTION, _short_zone(measured, words) or words.t("health_attention"), why)


def _short_zone(measured: Measured, words: Words) -> str:
    if not measured.zone or measured.interval is None or measured.confident:
        return measured.zone
    return words.t("zone_short_probable", zone=measured.zone)


def _goals_health(facts: Facts, words: Words) -> _Health:
    statuses = [goal["status"] for goal in facts.goals]
    judged = [status for status in statuses if status not in ("not_evaluable", "no_data", "not_started")]
    if not statuses:
        return _Health(Sign.NO_DATA, words.t("health_no_goals"))
    behind = sum(status in ("overdue", "off_track", "at_risk") for status in statuses)
    if behind:
        return _Health(
            Sign.ATTENTION,
            words.t("health_attention"),
            words.t("health_goals_behind", n=behind, all=len(statuses)),
        )
    if not judged:
        return _Health(
            Sign.WAITING if "not_started" in statuses else Sign.NO_DATA,
            words.t("health_goals_wait"),
            words.t("health_goals_count", n=len(statuses)),
        )
    return _Health(
        Sign.GOOD, words.t("health_goals_good"), words.t("health_goals_all", n=len(judged), all=len(statuses))
    )


# what goes well


def _works(facts: Facts, words: Words) -> tuple[Line, ...]:
    """What to keep doing, each with its number; without such advice, the measures that surely stand well."""
    keep = [item for item in facts.recommendations if item["tier"] == "P4"]
    if keep or "P4" in facts.tiers:
        return tuple(
            Line(cut(_praise(item, words), WORKS_TEXT), "works-line", Sign.GOOD) for item in keep[:MOST_WORKS]
        )
    good = [metric for metric in facts.asked if _stands_well(metric)]
    return tuple(
        Line(
            words.t("works_metric", name=metric.name, value=words.value(metric), zone=metric.zone),
            "works-line",
            Sign.GOOD,
        )
        for metric in good[:MOST_WORKS]
    )


def _praise(item: Json, words: Words) -> str:
    """The first sentence of the advice, behind the name of the row it is about."""
    text, name = first_sentence(item["text"]), words.name(item.get("subject"), 40)
    return words.t("works_of", name=words.quoted(name), text=text) if name and name not in text else text


def _stands_well(metric: Measured) -> bool:
    """A measure of the company whose whole margin of error lies in a green zone."""
    return metric.row is None and metric.tone == "green" and metric.interval is not None and metric.certain


# what changed


def _changes(facts: Facts, words: Words) -> Table | None:
    rows = [row for row in (_base_change(facts, words), _nps_change(facts, words)) if row]
    rows += [_metric_change(metric, words) for metric in facts.metrics if _comparable(metric)]
    if not rows:
        return None
    return Table(
        (
            Column(words.t("column_measure"), 27),
            Column(words.t("column_before"), 13, right=True),
            Column(words.t("column_now"), 15, right=True),
            Column(words.t("column_change"), 45),
        ),
        tuple(rows[:MOST_CHANGES]),
    )


def _comparable(metric: Measured) -> bool:
    return (
        metric.reported
        and metric.row is None
        and metric.id != "nps"
        and metric.value is not None
        and metric.previous is not None
    )


def _row(name: str, before: str, now: str, change: Line, verdict: str) -> tuple[Cell, ...]:
    return (
        Cell((Line(name),)),
        Cell((Line(before),)),
        Cell((Line(now, "strong"),)),
        Cell((change, Line(verdict, "small"))),
    )


def _base_change(facts: Facts, words: Words) -> tuple[Cell, ...] | None:
    base = trend(facts)
    if base is None or base.start is None or base.end is None:
        return None
    number = words.wording.number
    return _row(
        words.t("changes_active"),
        number(base.start),
        number(base.end),
        *_exact(base.change, Unit.COUNT, Better.HIGHER, words),
    )


def _nps_change(facts: Facts, words: Words) -> tuple[Cell, ...] | None:
    nps, change = facts.known("nps"), facts.known("nps_change")
    if nps is None or nps.previous is None:
        return None
    before, now = words.wording.points(nps.previous), words.value(nps)
    if change is None or change.value is None or change.interval is None:
        return _row(
            words.t("nps"),
            before,
            now,
            Line(words.t("no_value"), "", Sign.NO_DATA),
            words.t("changes_unjudged"),
        )
    shown = f"{words.wording.points(change.value)} ({words.wording.range(change.interval, Unit.POINTS)})"
    if change.interval[0] <= 0 <= change.interval[1]:
        return _row(words.t("nps"), before, now, Line(shown, "", Sign.SAME), words.t("changes_margin"))
    if change.value > 0:
        return _row(words.t("nps"), before, now, Line(shown, "", Sign.UP), words.t("changes_up_proven"))
    return _row(words.t("nps"), before, now, Line(shown, "worse", Sign.DOWN), words.t("changes_down_proven"))


def _metric_change(metric: Measured, words: Words) -> tuple[Cell, ...]:
    value, previous = metric.value or 0.0, metric.previous or 0.0
    before, now = words.wording.value(previous, metric.unit), words.value(metric)
    difference = value - previous
    if metric.interval is None:
        return _row(metric.name, before, now, *_exact(difference, metric.unit, metric.better, words))
    shown = words.wording.change(difference, metric.unit)
    inside = metric.interval[0] <= previous <= metric.interval[1]
    return _row(
        metric.name,
        before,
        now,
        Line(shown, "", Sign.SAME),
        words.t("changes_margin" if inside else "changes_unproven"),
    )


def _exact(difference: float, unit: Unit, better: Better, words: Words) -> tuple[Line, str]:
    """A difference of two counts of everything: no sample, so no margin of error."""
    if not difference:
        return Line(words.wording.change(0, unit), "", Sign.SAME), words.t("changes_same")
    up = difference > 0
    good = better is Better.CONTEXT or (better is Better.HIGHER) == up
    sign = Sign.UP if up else Sign.DOWN
    return (
        Line(words.wording.change(difference, unit), "" if good else "worse", sign),
        words.t("changes_up" if up else "changes_down"),
    )
