"""Checks of the practices, of contradictions between pages, and of contacts left in free text."""

from __future__ import annotations

from collections.abc import Iterator

from sheetreport.catalog.definitions import FieldType, Layout
from sheetreport.check.facts import INFO, WARNING, Check, Facts, Issue, Place
from sheetreport.contacts import has_contacts
from sheetreport.model import State

_AD_TYPES = ("search_ads", "social_ads", "retargeting")
# Asked for as contacts: here an address or a number is the answer.
_CONTACT_FIELDS = ("profile.website_url", "profile.social_links", "profile.address", "profile.phone")


def refusals_have_a_reason(facts: Facts) -> Iterator[Issue]:
    """V-55: a «no» with its reason gets better advice. To a question about a risk «no» is the good answer."""
    for sheet in facts.catalog.sheets:
        if sheet.layout is not Layout.PRACTICES:
            continue
        for field in sheet.fields:
            reason = f"{field.id}.why_not"
            asked = reason in facts.catalog.fields and not field.id.startswith("p.risk_")
            if not asked or facts.text(field.id) != "no":
                continue
            answered = (facts.value(reason), facts.value(f"{field.id}.why_text"))
            if all(value.state is State.BLANK for value in answered):
                yield facts.issue("V-55", INFO, Place(field.id))


def answers_do_not_contradict(facts: Facts) -> Iterator[Issue]:
    """V-56: mailings without contacts, a tuned site that isn't there, paid ads that aren't run."""
    mailings = "email_sms" in facts.chosen("p.base_work_ways")
    if facts.text("p.contacts_collect") == "no" and mailings:
        yield facts.issue("V-56", WARNING, Place("p.contacts_collect"), "contacts")
    site = [f"p.{name}" for name in ("site_tuned_hot", "web_analytics")]
    if facts.text("p.site_selling") == "na" and any(facts.text(field) in ("yes", "partly") for field in site):
        yield facts.issue("V-56", WARNING, Place("p.site_selling"), "site")
    paid = sum(
        facts.number("channels.spend", row) or 0
        for row in facts.rows("channels")
        if facts.text("channels.type", row) in _AD_TYPES
    )
    if facts.text("p.ad_messages") == "na" and paid:
        yield facts.issue("V-56", WARNING, Place("p.ad_messages"), "ads", spend_money=paid)


def contacts_in_free_text(facts: Facts) -> Iterator[Issue]:
    """V-58: a phone number or an e-mail address in free text is left out of the PDF."""
    for field in facts.catalog.fields.values():
        if field.type is not FieldType.TEXT or field.personal or field.id in _CONTACT_FIELDS:
            continue
        table = field.id.partition(".")[0]
        for place in (
            [Place(field.id, row) for row in facts.rows(table)] if field.table else [Place(field.id)]
        ):
            text = facts.text(field.id, place.row)
            if text and has_contacts(text):
                yield facts.issue("V-58", INFO, place)


CHECKS: tuple[Check, ...] = (refusals_have_a_reason, answers_do_not_contradict, contacts_in_free_text)
