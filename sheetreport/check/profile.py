"""Checks of the company's page: what the report can't do without, the period, the wished growth."""

from __future__ import annotations

import calendar
import re
from collections.abc import Iterator
from datetime import date, timedelta

from sheetreport.catalog.definitions import Need
from sheetreport.check.facts import ERROR, WARNING, Check, Facts, Issue, Place, is_blank

_PHONE = re.compile(r"\+?[0-9() .\-–]+")
_EMAIL = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s.]{2,}")


def required_answers(facts: Facts) -> Iterator[Issue]:
    """V-01: the report needs these cells. What follows from others is asked for only when they are there."""
    missing = [
        field
        for field in facts.catalog.fields.values()
        if field.need is Need.REPORT and is_blank(facts.value(field.id))
    ]
    asked = [field for field in missing if not field.derived] or missing
    for field in asked:
        if field.choices:
            first = field.choices[0].label[facts.language]
            yield facts.issue("V-01", ERROR, Place(field.id), "choice", first=first)
        else:
            yield facts.issue("V-01", ERROR, Place(field.id))


def growth_agrees(facts: Facts) -> Iterator[Issue]:
    """V-03: the wished growth in per cent and in money are the same growth."""
    share, money = facts.number("profile.growth_wish_pct"), facts.number("profile.growth_wish_money")
    base_field = facts.text("profile.growth_base") or "revenue"
    base = facts.number(f"clients.{base_field}")
    if share is None or money is None or base is None:
        return
    implied = share * base
    if abs(implied - money) > facts.policy("growth_wish_tolerance") * max(abs(implied), money):
        yield facts.issue(
            "V-03",
            WARNING,
            Place("profile.growth_wish_money"),
            wish_share=share,
            implied_money=implied,
            given_money=money,
        )


def period_has_its_length(facts: Facts) -> Iterator[Issue]:
    """V-04: the last day is not before the first, and the length is that of the chosen period."""
    start, end = facts.day("profile.period_start"), facts.day("profile.period_end")
    chosen = facts.field("profile.period_type").choice(facts.text("profile.period_type") or "")
    if start is None or end is None:
        return
    place = Place("profile.period_end")
    if end < start:
        yield facts.issue("V-04", ERROR, place, "reversed", [place], start=start, end=end)
    elif chosen is not None and chosen.number is not None:
        days = (end - start).days + 1
        expected_end = _months_later(start, int(chosen.number)) - timedelta(days=1)
        if abs((end - expected_end).days) > facts.policy("period_tolerance_days"):
            yield facts.issue(
                "V-04",
                ERROR,
                place,
                "length",
                [place, Place("profile.period_type")],
                period=chosen.id,
                days=days,
                start=start,
                expected_end=expected_end,
            )


def _months_later(day: date, months: int) -> date:
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))


def phone_has_a_shape(facts: Facts) -> Iterator[Issue]:
    """V-05: the contact looks like a phone number or an e-mail address."""
    phone = facts.text("profile.phone")
    if phone is None or _EMAIL.fullmatch(phone):
        return
    digits = sum(map(str.isdigit, phone))
    if not _PHONE.fullmatch(phone) or not 10 <= digits <= 15:
        yield facts.issue("V-05", WARNING, Place("profile.phone"))


CHECKS: tuple[Check, ...] = (required_answers, growth_agrees, period_has_its_length, phone_has_a_shape)
