"""Health by area."""

from __future__ import annotations

from dataclasses import dataclass, replace

from sheetreport.render.view.claims import (
    clients_cost_more,
    dead_channels,
    dear_channels,
    tones,
    trend,
)
from sheetreport.render.view.facts import Facts, Measured
from sheetreport.render.view.model import Cell, Column, Line, Sign, Table
from sheetreport.render.view.words import Words, cut


@dataclass(frozen=True, slots=True)
class _Health:
    sign: Sign
    verdict: str
    why: str = ""


def health(facts: Facts, words: Words) -> Table:
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
