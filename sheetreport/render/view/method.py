"""Chapter: how the numbers were made: uncertainty, zones, decisions of the method, versions."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from urllib.parse import urlsplit

from sheetreport.catalog.definitions import MetricDef, NetworkDef, PolicyNumber, Unit, Zone
from sheetreport.i18n import is_whole
from sheetreport.render.view import health
from sheetreport.render.view.actions import switched_off
from sheetreport.render.view.facts import Facts, cell_value
from sheetreport.render.view.model import Block, Body, Cell, Column, Evidence, Items, Line, Table, Wide
from sheetreport.render.view.words import Words, bind, join

SAID_ELSEWHERE = frozenset(  # in the tables of this chapter, or beside the effects that assume them
    {"indicative_sample", "usable_sample", "good_sample", "csi_green", "csi_orange", "csi_coverage_target"}
    | {
        "reply_fast_minutes",
        "reply_day_minutes",
        "example_return_low",
        "example_return_high",
        "example_uplift",
    }
)
# Numbers that only settle when answers are questioned; no number of the report rests on them.
OF_CHECKS = frozenset(
    {"growth_wish_tolerance", "first_purchase_tolerance", "period_tolerance_days", "near_miss_share"}
)
# Numbers that matter to one optional page alone.
OF_A_PAGE: Mapping[str, frozenset[str]] = {
    "nps": frozenset({"balance_promoter", "balance_detractor"}),
    "feedback": frozenset({"theme_share", "theme_mentions"}),
    "social": frozenset(
        {
            "opinion_themes",
            "reach_fall",
            "suspect_growth",
            "content_fall",
            "social_sales_growth",
            "audience_flat",
            "audience_up",
        }
    ),
    "awareness": frozenset({"awareness_margin", "awareness_flat"}),
    "automation": frozenset({"automation_age_months", "automation_payback_months"}),
}

# Worked in full, so that an owner can repeat them on a calculator.
EXAMPLES = ("cac", "aov", "nps", "csi", "clv_margin", "payback_new_profit", "money_at_risk_detractors")


def chapter(facts: Facts, words: Words) -> Body:
    parts = (
        Evidence(
            words.t("method_intervals"),
            words.t("method_level"),
            (Line(words.t("method_intervals_text"), "text"),),
        ),
        _samples(words),
        health.block(facts, words),
        _networks(facts, words),
        _switched_off(facts, words),
        _file(facts, words),
        _intervals(facts, words),
        _zones(facts, words),
        _examples(facts, words),
        _policy(facts, words),
    )
    blocks: tuple[Block, ...] = tuple(block for block in parts if block)
    return Body(
        "method", words.t("method_name"), bind(words.t("method_claim")), words.t("method_lead"), blocks
    )


def _used(facts: Facts, words: Words) -> list[MetricDef]:
    """Definitions of the metrics that have a value in this report, in the order of the catalogue."""
    known = {metric.id for metric in facts.metrics if metric.value is not None}
    return [
        definition
        for definition in words.catalog.all_metrics()
        if definition.id in known and definition.reported
    ]


def _networks(facts: Facts, words: Words) -> Evidence | None:
    """What has to be said of the networks that the report names: footnotes where it is read in Russia, the
    statuses of advertising with date and source, and that law is none of this report's business.

    """
    footnotes = (
        f"{network.name[words.language]}. {network.footnote[words.language]}"
        for network in _named(facts, words)
        if facts.answer("profile.country") == "RU" and network.footnote[words.language]
    )
    lines = tuple(Line(note, "small") for note in (*footnotes, *advertising_notes(facts, words)))
    return Evidence(words.t("method_networks"), "", lines) if lines else None


def advertising_notes(facts: Facts, words: Words) -> Iterator[str]:
    """Where advertising is allowed and who says so, and that none of it is legal advice."""
    notes = [*_statuses(facts, words), *old_statuses(facts, words)]
    yield from notes
    rules = words.wording.text("advice.basis_rules")
    if notes or any(item["confidence"]["words"] == rules for item in facts.recommendations):
        yield words.t("no_legal_advice")


def _statuses(facts: Facts, words: Words) -> Iterator[str]:
    """The status of advertising on the named networks, with the day it was checked and the source."""
    country = str(facts.answer("profile.country"))
    grouped: dict[tuple[str, date, str], list[str]] = {}
    for network in _named(facts, words):
        if country in network.ads_status:
            key = network.ads_status[country], network.checked_on, network.source
            grouped.setdefault(key, []).append(network.name[words.language])
    for (status, day, source), names in grouped.items():
        yield words.t(
            f"ads_{status}",
            names=", ".join(names),
            date=words.wording.date(day),
            source=urlsplit(source).hostname or source,
        )


def _named(facts: Facts, words: Words) -> list[NetworkDef]:
    """The networks that the owner's channels, pages and goals are on."""
    named = {
        cell_value(row, f"{table}.network") for table in ("channels", "social") for row in facts.table(table)
    } | {goal.get("place") for goal in facts.goals}
    return [network for network in words.catalog.networks if network.id in named]


def old_statuses(facts: Facts, words: Words) -> Iterator[str]:
    """Named networks whose status of advertising was checked too long before the day of the report."""
    day, most = facts.day("profile.report_date"), words.policy("network_status_max_age_days")
    for network in _named(facts, words):
        stated = facts.answer("profile.country") in network.ads_status
        if stated and day is not None and (day - network.checked_on).days > most:
            checked = words.wording.date(network.checked_on)
            yield words.t("network_old", name=network.name[words.language], date=checked, n=most)


def _switched_off(facts: Facts, words: Words) -> Evidence | None:
    lines = tuple(Line(f"{title}. {why}", "small") for title, why in switched_off(facts, words))
    return Evidence(words.t("method_off"), words.t("method_off_note"), lines) if lines else None


def _intervals(facts: Facts, words: Words) -> Wide | None:
    """How each range of this report was made."""
    kinds: dict[str, list[str]] = {}
    with_interval = {metric.id for metric in facts.metrics if metric.interval is not None}
    for definition in _used(facts, words):
        kind = definition.interval_kind[words.language]
        if kind and definition.id in with_interval:
            kinds.setdefault(kind, []).append(definition.name[words.language])
    if not kinds:
        return None
    rows = tuple(
        (Cell((Line(kind, "strong"),)), Cell((Line("; ".join(names)),))) for kind, names in kinds.items()
    )
    columns = (Column(words.t("column_interval"), 36), Column(words.t("column_measures"), 64))
    return Wide(words.t("method_made"), (Table(columns, rows, look="dense"),))


def _samples(words: Words) -> Evidence:
    few, usable, good = (
        int(words.policy(name)) for name in ("indicative_sample", "usable_sample", "good_sample")
    )
    texts = (
        (words.t("samples_below", n=few), words.t("samples_anecdotal")),
        (words.t("samples_between", low=few, high=usable - 1), words.t("samples_indicative")),
        (words.t("samples_between", low=usable, high=good - 1), words.t("samples_usable")),
        (words.t("samples_from", n=good), words.t("samples_good")),
    )
    rows = tuple((Cell((Line(answers, "strong"),)), Cell((Line(shown),))) for answers, shown in texts)
    columns = (Column(words.t("column_answers"), 24), Column(words.t("column_shown"), 76))
    return Evidence(
        words.t("method_samples"), words.t("method_policy"), (Table(columns, rows, look="dense"),)
    )


def _zones(facts: Facts, words: Words) -> Wide | None:
    """Metrics with several zones in a table, equal zones in one row; single boundaries in a list."""
    zoned = [
        definition
        for definition in _used(facts, words)
        if any(zone.tone != "neutral" for zone in definition.zones)
    ]
    named: dict[tuple[str, str], list[str]] = {}
    for definition in zoned:
        if len(definition.zones) > 1:
            bounds = "; ".join(_zone(words, definition.unit, zone) for zone in definition.zones)
            source = definition.zone_source[words.language]
            named.setdefault((bounds, source), []).append(definition.name[words.language])
    rows = tuple(
        (Cell((Line("; ".join(names), "strong"),)), Cell((Line(bounds),)), Cell((Line(source),)))
        for (bounds, source), names in named.items()
    )
    single = tuple(
        f"{definition.name[words.language]}: {_zone(words, definition.unit, definition.zones[0])}"
        for definition in zoned
        if len(definition.zones) == 1
    )
    if not zoned:
        return None
    columns = (
        Column(words.t("column_measure"), 27),
        Column(words.t("column_zones"), 41),
        Column(words.t("column_zone_source"), 32),
    )
    table = (Table(columns, rows, look="dense"),) if rows else ()
    return Wide(words.t("method_zones"), (*table, *((Items(single),) if single else ())))


def _zone(words: Words, unit: Unit, zone: Zone) -> str:
    name = zone.name[words.language]
    if any(char.isdigit() for char in name):
        return name
    low, high = (None if end is None else _end(words, unit, end) for end in (zone.low, zone.high))
    if low is not None and low == high:
        return words.t("zone_at", name=name, value=low)
    if low is not None and high is not None:
        return words.t("zone_between", name=name, low=low, high=high)
    return (
        words.t("zone_from", name=name, low=low)
        if low is not None
        else words.t("zone_to", name=name, high=high or "")
    )


def _end(words: Words, unit: Unit, value: float) -> str:
    if unit is Unit.SHARE:
        return words.wording.share(value, 0)
    return (
        words.wording.value(value, unit) if unit in (Unit.MONEY, Unit.POINTS) else words.wording.plain(value)
    )


def _examples(facts: Facts, words: Words) -> Wide | None:
    chosen = [
        metric for name in EXAMPLES if (metric := facts.known(name)) is not None and "=" in metric.calculation
    ]
    if not chosen:
        return None
    rows = tuple(
        (Cell((Line(metric.name, "strong"),)), Cell((Line(metric.calculation),))) for metric in chosen
    )
    columns = (Column(words.t("column_measure"), 35), Column(words.t("column_calculation"), 65))
    return Wide(words.t("method_examples"), (Table(columns, rows, look="dense"),))


def _policy(facts: Facts, words: Words) -> Wide:
    left_out = SAID_ELSEWHERE.union(
        OF_CHECKS, *(ids for page, ids in OF_A_PAGE.items() if facts.is_blank(page))
    )
    items = tuple(
        words.t("decision", number=_shown(words, number), reason=number.reason[words.language])
        for number in words.catalog.policy.values()
        if number.is_own or number.id not in left_out
    )
    return Wide(words.t("method_decisions"), (Items(items),))


def _shown(words: Words, number: PolicyNumber) -> str:
    """A number of the policy; what may be one at the most is a share."""
    if number.high == 1:
        return words.wording.share(number.value, 0 if is_whole(number.value * 100) else 1)
    return words.wording.number(number.value, 0 if number.value.is_integer() else 2)


def _file(facts: Facts, words: Words) -> Evidence:
    source = facts.result["source"]
    lines = [
        words.t("file_source", file=source["file"], sha=source["sha256"][:16]),
        words.t("file_template", version=source["template_version"])
        if source.get("template_version")
        else "",
        words.t("file_tool", version=facts.result["tool_version"], sha=facts.result["catalog_sha256"][:16]),
        words.t("file_critics"),
    ]
    return Evidence(words.t("method_file"), words.t("method_file_note"), (Line(join(*lines), "small"),))
