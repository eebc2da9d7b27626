"""Chapter: how the numbers were made: uncertainty, zones, decisions of the method, versions."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from datetime import date
from urllib.parse import urlsplit

from sheetreport.catalog.definitions import MetricDef, NetworkDef, PolicyNumber, Unit, Zone
from sheetreport.formula.tree import Node, PolicyRef, references
from sheetreport.i18n import is_whole
from sheetreport.render.view import health
from sheetreport.render.view.actions import switched_off
from sheetreport.render.view.facts import Facts, cell_value
from sheetreport.render.view.model import Block, Body, Evidence, Items, Line, Wide
from sheetreport.render.view.words import Words, bind, capitalised

SAID_ELSEWHERE = frozenset(  # in this chapter, beside the effects that assume them, or with the goals
    {"goal_on_track", "goal_at_risk"}
    | {"indicative_sample", "usable_sample", "good_sample", "csi_green", "csi_orange", "csi_coverage_target"}
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

# The rules of goals, and of the score.
OF_GOALS = frozenset({"goal_early", "pace_easy", "pace_hard", "goal_max_days", "point_a_max_age_days"})
OF_HEALTH = frozenset({"health_known", "health_good", "health_act"})
_BRACKETS = re.compile(r" \([^()]*\)$")


def chapter(facts: Facts, words: Words, shown: Collection[str]) -> Body:
    """What stands behind the numbers of this report: `shown` are the metrics that its chapters rest on."""
    used = _used(facts, words, shown)
    parts = (
        Wide(
            words.t("method_intervals"),
            (Line(words.t("method_intervals_text"), "small"), Line(_samples(words), "small")),
            close=True,
        ),
        health.block(facts, words),
        _networks(facts, words),
        _switched_off(facts, words),
        _intervals(facts, words, used),
        _zones(words, used),
        _policy(facts, words, used),
    )
    blocks: tuple[Block, ...] = tuple(block for block in parts if block)
    return Body("method", words.t("method_name"), bind(words.t("method_claim")), "", blocks)


def _used(facts: Facts, words: Words, shown: Collection[str]) -> list[MetricDef]:
    """Definitions of the metrics with a value that this report rests on, in the catalogue's order."""
    known = {metric.id for metric in facts.metrics if metric.value is not None and metric.id in shown}
    return [
        definition
        for definition in words.catalog.all_metrics()
        if definition.id in known and definition.reported
    ]


def _names(definitions: Iterable[MetricDef], words: Words) -> str:
    """Metrics by their short names, each once."""
    names = (_BRACKETS.sub("", definition.name[words.language]) for definition in definitions)
    return "; ".join(dict.fromkeys(names))


def _networks(facts: Facts, words: Words) -> Wide | None:
    """What has to be said of the networks that the report names: footnotes where it is read in Russia, the
    statuses of advertising with date and source, and that law is none of this report's business.

    """
    footnotes = (
        f"{network.name[words.language]}. {network.footnote[words.language]}"
        for network in _named(facts, words)
        if facts.answer("profile.country") == "RU" and network.footnote[words.language]
    )
    lines = tuple(Line(note, "small") for note in (*footnotes, *advertising_notes(facts, words)))
    return Wide(words.t("method_networks"), lines, close=True) if lines else None


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


def _intervals(facts: Facts, words: Words, used: Sequence[MetricDef]) -> Wide | None:
    """How each range of this report was made."""
    kinds: dict[str, list[MetricDef]] = {}
    with_interval = {metric.id for metric in facts.metrics if metric.interval is not None}
    for definition in used:
        kind = definition.interval_kind[words.language]
        if kind and definition.id in with_interval:
            kinds.setdefault(kind, []).append(definition)
    if not kinds:
        return None
    items = tuple(
        words.t("interval_of", kind=capitalised(kind), names=_names(metrics, words))
        for kind, metrics in kinds.items()
    )
    return Wide(words.t("method_made"), (Items(items),), close=True)


def _samples(words: Words) -> str:
    """What is printed of how many answers."""
    few, usable, good = (
        int(words.policy(name)) for name in ("indicative_sample", "usable_sample", "good_sample")
    )
    fair, enough = f"{few}–{usable - 1}", f"{usable}–{good - 1}"
    return words.t("method_samples", few=few, fair=fair, usable=enough, good=good)


def _zones(words: Words, used: Sequence[MetricDef]) -> Wide | None:
    """Metrics with their zones and whose zones these are; equal ones once, single boundaries at the end."""
    zoned = [definition for definition in used if any(zone.tone != "neutral" for zone in definition.zones)]
    if not zoned:
        return None
    named: dict[tuple[str, str], list[MetricDef]] = {}
    for definition in zoned:
        if len(definition.zones) > 1:
            bounds = "; ".join(_zone(words, definition.unit, zone) for zone in definition.zones)
            named.setdefault((bounds, definition.zone_source[words.language]), []).append(definition)
    items = (
        words.t("zones_of", names=_names(metrics, words), zones=bounds, source=source)
        for (bounds, source), metrics in named.items()
    )
    singles = [definition for definition in zoned if len(definition.zones) == 1]
    return Wide(words.t("method_zones"), (Items((*items, *_singles(words, singles))),), close=True)


def _singles(words: Words, definitions: Sequence[MetricDef]) -> Iterator[str]:
    """Single boundaries; the zero and the one below which money is lost need no names."""
    plain = [one for one in definitions if one.zones[0].low is None and one.zones[0].high in (0, 1)]
    if plain:
        yield words.t("zones_below")
    for one in definitions:
        if one not in plain:
            yield f"{_names([one], words)}: {_zone(words, one.unit, one.zones[0])}"


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


def _policy(facts: Facts, words: Words, used: Sequence[MetricDef]) -> Wide:
    """The decisions that this report rests on, and where people write the method in another way."""
    blank = (ids for page, ids in OF_A_PAGE.items() if facts.is_blank(page))
    left_out = SAID_ELSEWHERE.union(OF_CHECKS, _silent(facts, words, used), *blank)
    items = [
        words.t("decision", number=_shown(words, number), reason=number.reason[words.language])
        for number in words.catalog.policy.values()
        if number.is_own or number.id not in left_out
    ]
    if any(definition.id == "nps" for definition in used):
        items.append(words.t("method_critics"))
    return Wide(words.t("method_decisions"), (Items(tuple(items)),), close=True)


def _silent(facts: Facts, words: Words, used: Sequence[MetricDef]) -> frozenset[str]:
    """Numbers of rules that say nothing in this report, and of goals or a score that it doesn't have."""
    said = {item["id"] for item in facts.recommendations}
    of_rules = {rule.id: _policy_names(rule.condition) for rule in words.catalog.rules}
    spoken = frozenset[str]().union(
        *(names for rule, names in of_rules.items() if rule in said),
        *(_policy_names(definition.expression) for definition in used),
    )
    return (
        frozenset[str]().union(*of_rules.values()) - spoken
        | (frozenset() if facts.goals else OF_GOALS)
        | (frozenset() if facts.result.get("health") else OF_HEALTH)
    )


def _policy_names(node: Node) -> frozenset[str]:
    return frozenset(one.id for one in references(node) if isinstance(one, PolicyRef))


def _shown(words: Words, number: PolicyNumber) -> str:
    """A number of the policy; what may be one at the most is a share."""
    if number.high == 1:
        return words.wording.share(number.value, 0 if is_whole(number.value * 100) else 1)
    return words.wording.number(number.value, 0 if number.value.is_integer() else 2)
