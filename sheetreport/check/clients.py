"""Checks of the clients page: counts that contain each other, the balance of the base, money."""

from __future__ import annotations

from collections.abc import Iterator

from sheetreport.catalog.definitions import FieldType
from sheetreport.check.facts import ERROR, WARNING, Check, Facts, Issue, Place, is_blank

# Part and whole: the first can't exceed the second. (code, variant, part, whole)
_PARTS = (
    ("V-08", "", "clients.dissatisfied", "clients.total"),
    ("V-10", "", "clients.repeat_purchases", "clients.sales_count"),
    ("V-12", "above", "clients.gross_profit", "clients.revenue"),
    ("V-13", "revenue", "clients.revenue_new", "clients.revenue"),
    ("V-13", "profit", "clients.gross_profit_new", "clients.revenue_new"),
    ("V-16", "repeat", "clients.repeat_buyers_12m", "clients.buyers_12m"),
    ("V-16", "total", "clients.buyers_12m", "clients.total"),
    ("V-17", "contact", "clients.with_contact", "clients.total"),
    ("V-17", "inactive", "clients.inactive_contactable", "clients.inactive"),
)

# A share that may exceed 1: a business can wish to grow more than twofold.
_UNBOUNDED_SHARES = ("profile.growth_wish_pct",)


def parts_within_wholes(facts: Facts) -> Iterator[Issue]:
    """V-08, V-10, V-12, V-13, V-16, V-17: a part is not larger than its whole."""
    for code, variant, part_field, whole_field in _PARTS:
        part, whole = facts.number(part_field), facts.number(whole_field)
        if part is not None and whole is not None and part > whole:
            spoils = Place(part_field), Place(whole_field)
            money = facts.field(part_field).type is FieldType.MONEY
            params = {"part_money": part, "whole_money": whole} if money else {"part": part, "whole": whole}
            yield facts.issue(code, ERROR, spoils[0], variant, spoils, **params)


def active_and_inactive_make_the_base(facts: Facts) -> Iterator[Issue]:
    """V-07: active and inactive clients are the whole base."""
    total, active = facts.number("clients.total"), facts.number("clients.active")
    inactive = facts.number("clients.inactive")
    if total is None or active is None:
        return
    together = active + (inactive or 0)
    places = Place("clients.active"), Place("clients.inactive"), Place("clients.total")
    if together > total:
        more = "active" if inactive is None else "more"
        yield facts.issue(
            "V-07", ERROR, places[0], more, places, together=together, total=total, active=active
        )
    elif inactive is not None and together < total:
        yield facts.issue("V-07", WARNING, places[2], "less", rest=total - together, total=total)


def balance_of_the_base(facts: Facts) -> Iterator[Issue]:
    """V-09: start + new − lost = end; and the active of today are those of the end, when that is today."""
    start, new = facts.number("clients.active_start"), facts.number("clients.new")
    lost, end = facts.number("clients.lost"), facts.number("clients.active_end")
    if start is not None and new is not None and lost is not None:
        counted = start + new - lost
        numbers = {"start": start, "new": new, "lost": lost, "counted": counted}
        if counted < 0:
            yield facts.issue("V-09", WARNING, Place("clients.lost"), "lost", (), **numbers)
        elif end is not None and end != counted:
            yield facts.issue("V-09", WARNING, Place("clients.active_end"), "balance", (), end=end, **numbers)
    active = facts.number("clients.active")
    if active is not None and end is not None and active != end and _snapshot_at_the_end(facts):
        yield facts.issue("V-09", WARNING, Place("clients.active"), "snapshot", active=active, end=end)


def _snapshot_at_the_end(facts: Facts) -> bool:
    """Whether the base was counted when the period ended: otherwise the two numbers may differ."""
    today, last = facts.day("profile.report_date"), facts.day("profile.period_end")
    return (
        today is not None
        and last is not None
        and abs((today - last).days) <= facts.policy("period_tolerance_days")
    )


def first_purchases_are_new_clients(facts: Facts) -> Iterator[Issue]:
    """V-14, V-11: a new client made a first purchase in the period, so the two numbers are close."""
    new, sales = facts.number("clients.new"), facts.number("clients.sales_count")
    repeat = facts.number("clients.repeat_purchases")
    if new is None or sales is None:
        return
    if new > sales:
        spoils = Place("clients.new"), Place("clients.sales_count")
        yield facts.issue("V-14", ERROR, spoils[0], "new", spoils, new=new, sales=sales)
    elif repeat is not None and repeat <= sales:
        first = sales - repeat
        if abs(first - new) > facts.policy("first_purchase_tolerance") * max(first, new):
            yield facts.issue("V-11", WARNING, Place("clients.repeat_purchases"), first=first, new=new)


def revenue_needs_sales(facts: Facts) -> Iterator[Issue]:
    """V-14: revenue without a single sale belongs to another period."""
    sales, revenue = facts.number("clients.sales_count"), facts.number("clients.revenue")
    if sales == 0 and revenue:
        spoils = Place("clients.sales_count"), Place("clients.revenue")
        yield facts.issue("V-14", ERROR, spoils[0], "revenue", spoils, revenue_money=revenue)


def profit_is_not_a_loss(facts: Facts) -> Iterator[Issue]:
    """V-12: a negative gross profit is possible, and worth a second look."""
    for field_id in ("clients.gross_profit", "clients.gross_profit_new"):
        profit = facts.number(field_id)
        if profit is not None and profit < 0:
            yield facts.issue("V-12", WARNING, Place(field_id), "loss", profit_money=profit)


def activity_window_is_known(facts: Facts) -> Iterator[Issue]:
    """V-15: «active» means something only with the number of days."""
    days = facts.value("clients.activity_window_days")
    if facts.number("clients.active") is not None and (is_blank(days) or days.value == 0):
        yield facts.issue("V-15", WARNING, Place("clients.activity_window_days"))


def shares_are_parts(facts: Facts) -> Iterator[Issue]:
    """V-18: a share is at most 100 %, and more clients stay after a good visit than after a bad one."""
    for field in facts.catalog.fields.values():
        share = facts.number(field.id)
        if (
            field.type is FieldType.SHARE
            and share is not None
            and share > 1
            and field.id not in _UNBOUNDED_SHARES
        ):
            yield facts.issue("V-18", ERROR, Place(field.id), "above", [Place(field.id)], read_share=share)
    good, bad = facts.number("clients.stay_after_positive"), facts.number("clients.stay_after_negative")
    if good is not None and bad is not None and good <= bad:
        yield facts.issue(
            "V-18", WARNING, Place("clients.stay_after_positive"), "stay", good_share=good, bad_share=bad
        )


CHECKS: tuple[Check, ...] = (
    active_and_inactive_make_the_base,
    parts_within_wholes,
    balance_of_the_base,
    first_purchases_are_new_clients,
    revenue_needs_sales,
    profit_is_not_a_loss,
    activity_window_is_known,
    shares_are_parts,
)
