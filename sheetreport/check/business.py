"""Checks of the break-even, automation and partners pages: price, age of a launch, who brought whom."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from sheetreport.catalog.definitions import FieldType
from sheetreport.check.facts import ERROR, WARNING, Check, Facts, Issue, Place, is_blank
from sheetreport.model import Row

_DAYS_IN_A_MONTH = 30.4375
_SMALLEST_COIN = 0.01
# A column of the partner channel and those of the partners that make it up. (variant, channel, partners)
_TOTALS: tuple[tuple[str, str, tuple[str, ...]], ...] = (
    ("clients", "channels.customers", ("affiliate.new_clients",)),
    ("sales", "channels.sales", ("affiliate.sales",)),
    ("revenue", "channels.revenue", ("affiliate.revenue",)),
    ("spend", "channels.spend", ("affiliate.rewards", "affiliate.fixed_cost")),
)


def price_covers_a_sale(facts: Facts) -> Iterator[Issue]:
    """V-48: a sale that costs as much as it brings never pays for the fixed costs."""
    price, cost = facts.number("breakeven.price"), facts.number("breakeven.variable_cost")
    if price is not None and cost is not None and price <= cost:
        spoils = Place("breakeven.price"), Place("breakeven.variable_cost")
        yield facts.issue("V-48", ERROR, spoils[0], "", spoils, price_money=price, cost_money=cost)


def promotion_counts_once(facts: Facts) -> Iterator[Issue]:
    """V-49: promotion that stands inside the fixed costs can't be larger than they are."""
    place, fixed = Place("breakeven.promo_in_fixed"), facts.number("breakeven.fixed_costs")
    period = facts.field("profile.period_type").choice(facts.text("profile.period_type") or "")
    months = period.number if period else None
    if facts.text(place.field) != "yes" or fixed is None or not months:
        return
    spend = [facts.number("channels.spend", row) or 0 for row in facts.rows("channels")]
    promotion = (sum(spend) + (facts.number("promo.other_spend") or 0)) / months
    if promotion > fixed:
        yield facts.issue("V-49", ERROR, place, "", [place], promotion_money=promotion, fixed_money=fixed)


def launch_is_old_enough(facts: Facts) -> Iterator[Issue]:
    """V-50: what a launch has changed shows after half a year; a launch still ahead is a plan."""
    today, limit = facts.day("profile.report_date"), facts.policy("automation_age_months")
    for row in facts.rows("automation"):
        launched = facts.day("automation.launch_date", row)
        if launched is None or today is None:
            continue
        place, days = Place("automation.launch_date", row), (today - launched).days
        if days < 0:
            yield facts.issue("V-50", WARNING, place, "ahead", launched=launched, today=today)
        elif days / _DAYS_IN_A_MONTH < limit:
            yield facts.issue("V-50", WARNING, place, launched=launched, today=today, days=days, limit=limit)


def partners_are_told_apart(facts: Facts) -> Iterator[Issue]:
    """V-51: without a promo code or a tag nobody knows whose client came."""
    for row in facts.rows("affiliate"):
        if is_blank(row.get("affiliate.tracking")):
            yield facts.issue("V-51", WARNING, Place("affiliate.tracking", row))


def discounts_count_once(facts: Facts) -> Iterator[Issue]:
    """V-52: discounts are a cost only when revenue is given before them."""
    for row in facts.rows("affiliate"):
        discounts = facts.number("affiliate.discounts", row)
        if discounts:
            yield facts.issue("V-52", WARNING, Place("affiliate.discounts", row), discounts_money=discounts)


def partners_keep_the_price(facts: Facts) -> Iterator[Issue]:
    """V-53: a partner who sells for less takes the clients who would have paid the list price."""
    for row in facts.rows("affiliate"):
        own, partner = facts.number("affiliate.list_price", row), facts.number("affiliate.partner_price", row)
        if own is not None and partner is not None and partner < own:
            place = Place("affiliate.partner_price", row)
            yield facts.issue("V-53", WARNING, place, partner_money=partner, own_money=own)


def partners_make_their_channel(facts: Facts) -> Iterator[Issue]:
    """V-54: the partners together are the partner channel of the advertising page."""
    channels = [row for row in facts.rows("channels") if facts.text("channels.type", row) == "affiliate"]
    partners = facts.rows("affiliate")
    if not channels or not partners:
        return
    for variant, channel_field, partner_fields in _TOTALS:
        channel = _total(facts, channels, (channel_field,))
        together = _total(facts, partners, partner_fields)
        if channel is None or together is None:
            continue
        allowed = _discounts(facts) if variant == "spend" else 0
        if together - _SMALLEST_COIN < channel < together + allowed + _SMALLEST_COIN:
            continue
        place = Place(channel_field, channels[0])
        if facts.field(channel_field).type is FieldType.MONEY:
            yield facts.issue("V-54", WARNING, place, variant, channel_money=channel, partners_money=together)
        else:
            yield facts.issue("V-54", WARNING, place, variant, channel=channel, partners=together)


def _total(facts: Facts, rows: Iterable[Row], fields: tuple[str, ...]) -> float | None:
    """A sum over rows and columns; unknown while any of them is."""
    numbers = [facts.number(field, row) for row in rows for field in fields]
    known = [number for number in numbers if number is not None]
    return sum(known) if len(known) == len(numbers) else None


def _discounts(facts: Facts) -> float:
    """Owners count discounts in the channel's spend or leave them out: both are right."""
    return sum(facts.number("affiliate.discounts", row) or 0 for row in facts.rows("affiliate"))


CHECKS: tuple[Check, ...] = (
    price_covers_a_sale,
    promotion_counts_once,
    launch_is_old_enough,
    partners_are_told_apart,
    discounts_count_once,
    partners_keep_the_price,
    partners_make_their_channel,
)
