"""Checks of the advertising page: the way to a client, sources of clients, the owner's verdicts."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator

from sheetreport.catalog.definitions import FieldType
from sheetreport.check.facts import ERROR, INFO, WARNING, Check, Facts, Issue, Place, is_blank
from sheetreport.model import Row, Severity, State

# A later step of the way can't be larger than an earlier one. (code, variant, severity, later, earlier)
_FUNNEL: tuple[tuple[str, str, Severity, str, str], ...] = (
    ("V-19", "clicks", ERROR, "channels.clicks", "channels.impressions"),
    ("V-19", "leads", WARNING, "channels.leads", "channels.clicks"),  # people also phone without a click
    ("V-19", "customers", ERROR, "channels.customers", "channels.leads"),
    ("V-19", "sales", ERROR, "channels.customers", "channels.sales"),
    ("V-12", "channel", ERROR, "channels.gross_profit", "channels.revenue"),
)
_COST_FIELDS = ("channels.spend", "channels.customers")
_RESTRICTED = ("prohibited", "disputed")
# Where money is spent on a network. (table, network, spend)
_AD_SPEND = (
    ("channels", "channels.network", "channels.spend"),
    ("social", "social.network", "social.ad_spend"),
)


def funnel_narrows(facts: Facts) -> Iterator[Issue]:
    """V-19, V-12: each step of the way is within the one before, and profit within revenue."""
    for row in facts.rows("channels"):
        for code, variant, severity, later_field, earlier_field in _FUNNEL:
            later, earlier = facts.number(later_field, row), facts.number(earlier_field, row)
            if later is None or earlier is None or later <= earlier:
                continue
            places = Place(later_field, row), Place(earlier_field, row)
            money = facts.field(later_field).type is FieldType.MONEY
            params = (
                {"part_money": later, "whole_money": earlier} if money else {"part": later, "whole": earlier}
            )
            yield facts.issue(
                code, severity, places[0], variant, places if severity is ERROR else (), **params
            )


def clients_have_a_source(facts: Facts) -> Iterator[Issue]:
    """V-20: channels bring no more new clients than there were; fewer leaves some without a source."""
    rows = facts.rows("channels")
    counts = [facts.number("channels.customers", row) for row in rows]
    new = facts.number("clients.new")
    known = [count for count in counts if count is not None]
    if new is None or not known:
        return
    total = sum(known)
    if total > new:
        spoils = [Place("clients.new"), *(Place("channels.customers", row) for row in rows)]
        yield facts.issue("V-20", ERROR, spoils[0], "more", spoils, channels=total, new=new)
    elif total < new and len(known) == len(counts):
        yield facts.issue(
            "V-20", WARNING, Place("clients.new"), "less", rest=new - total, channels=total, new=new
        )


def spend_is_complete(facts: Facts) -> Iterator[Issue]:
    """V-21: all promotion costs can be added up only when each is known."""
    rows = facts.rows("channels")
    places = [Place("channels.spend", row) for row in rows]
    if rows:
        places.append(Place("promo.other_spend"))
    for place in places:
        if is_blank(facts.value(place.field, place.row)):
            yield facts.issue("V-21", INFO, place, "" if place.row else "other")


def channels_differ(facts: Facts) -> Iterator[Issue]:
    """V-22: each channel has a name and stands once."""
    by_name: dict[str, list[Row]] = defaultdict(list)
    for row in facts.rows("channels"):
        if is_blank(row.get("channels.name")):
            yield facts.issue("V-22", WARNING, Place("channels.name", row), "nameless")
        elif row.subject:
            by_name[" ".join(row.subject.casefold().split())].append(row)
    for first, *others in by_name.values():
        for row in others:
            place = Place("channels.name", row)
            yield facts.issue(
                "V-22", ERROR, place, spoils=[place], first=first.get("channels.name").source.cell
            )


def networks_allow_ads(facts: Facts) -> Iterator[Issue]:
    """V-23: money spent on a network where advertising is prohibited or disputed."""
    country = facts.text("profile.country") or ""
    networks = {network.id: network for network in facts.catalog.networks}
    for table, network_field, spend_field in _AD_SPEND:
        for row in facts.rows(table):
            network = networks.get(facts.text(network_field, row) or "")
            status = network.ads_status.get(country) if network else None
            if network and status in _RESTRICTED and facts.number(spend_field, row):
                yield facts.issue(
                    "V-23",
                    WARNING,
                    Place(network_field, row),
                    status,
                    network=network.id,
                    checked_on=network.checked_on,
                    source=network.source,
                )


def verdicts_follow_numbers(facts: Facts) -> Iterator[Issue]:
    """V-24: the «best» channel brings the dearest client or none, or the «not working» one the cheapest."""
    rows = facts.rows("channels")
    if any(row.get(field).state is State.INVALID for row in rows for field in _COST_FIELDS):
        return
    costs = {row.index: cost for row in rows if (cost := _cost_of_a_client(facts, row)) is not None}
    for row in rows:
        others = [cost for index, cost in costs.items() if index != row.index]
        cost, verdict = costs.get(row.index), facts.text("channels.owner_verdict", row)
        if not others:
            continue
        place = Place("channels.owner_verdict", row)
        if cost is None:
            spend = facts.number("channels.spend", row)
            if verdict == "best" and spend and facts.number("channels.customers", row) == 0:
                yield facts.issue("V-24", INFO, place, "no_clients", spend_money=spend)
        elif verdict == "best" and cost > max(others):
            yield facts.issue("V-24", INFO, place, "dearest", cost_money=cost, others_money=max(others))
        elif verdict == "not_working" and cost < min(others):
            yield facts.issue("V-24", INFO, place, "cheapest", cost_money=cost, others_money=min(others))


def _cost_of_a_client(facts: Facts, row: Row) -> float | None:
    spend, clients = facts.number("channels.spend", row), facts.number("channels.customers", row)
    return spend / clients if spend is not None and clients else None


CHECKS: tuple[Check, ...] = (
    funnel_narrows,
    clients_have_a_source,
    spend_is_complete,
    channels_differ,
    networks_allow_ads,
    verdicts_follow_numbers,
)
