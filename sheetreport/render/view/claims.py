"""What the data lets the report say; every sentence about growth, zones and differences rests on these."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sheetreport.catalog.definitions import Catalog
from sheetreport.model import Interval
from sheetreport.render.view.facts import Facts, Measured, cell_number


@dataclass(frozen=True, slots=True)
class Trend:
    """How the active base moved over the period; None where it is not known."""

    change: float
    start: float | None
    end: float | None
    came: float | None
    gone: float | None

    @property
    def rate(self) -> float | None:
        return self.change / self.start if self.start else None

    def few(self, usable: float) -> bool:
        """Too few clients for a percentage to mean anything."""
        base = self.start if self.start is not None else (self.came or 0) + (self.gone or 0)
        return base < usable


def trend(facts: Facts) -> Trend | None:
    """The movement of the active base, None where neither its ends nor its flow are known."""
    start, end = facts.amount("clients.active_start"), facts.amount("clients.active_end")
    came, gone = facts.amount("clients.new"), facts.amount("clients.lost")
    if start is not None and end is not None:
        change = end - start
    elif came is not None and gone is not None:
        change = came - gone
    else:
        return None
    return Trend(
        change=change,
        start=start,
        end=end,
        came=came if gone is not None else None,
        gone=gone if came is not None else None,
    )


def tones(measured: Measured, catalog: Catalog) -> set[str]:
    """The tones of all the zones that a value's interval touches."""
    if measured.value is None or measured.id not in catalog.metrics:
        return set()
    low, high = measured.interval or (measured.value, measured.value)
    touched = set()
    for zone in catalog.metric(measured.id).zones:
        above = zone.low is None or high > zone.low or (high == zone.low and not zone.low_open)
        below = zone.high is None or low < zone.high or (low == zone.high and zone.high_closed)
        if above and below:
            touched.add(zone.tone)
    return touched


def apart(one: Interval | None, other: Interval | None) -> bool:
    """Whether two intervals exist and do not overlap: only then is a difference called proven."""
    if one is None or other is None:
        return False
    return one[1] < other[0] or other[1] < one[0]


def dead_channels(facts: Facts, multiple: float) -> Sequence[str]:
    """Channels without a client that cost so much that chance is no explanation, dearest first."""
    cac = facts.number("cac")
    if cac is None:
        return []
    rows = [
        (cell_number(row, "channels.spend") or 0.0, str(row["subject"]))
        for row in facts.table("channels")
        if cell_number(row, "channels.customers") == 0
    ]
    return [name for spend, name in sorted(rows, reverse=True) if spend > 0 and spend >= multiple * cac]


def clients_cost_more(facts: Facts) -> bool | None:
    """Whether winning a client costs more than they bring: True surely, False probably, None if not."""
    cac, clv = facts.known("cac"), facts.number("clv_margin")
    if cac is None or cac.value is None or clv is None or cac.value < clv:
        return None
    return cac.interval is not None and cac.interval[0] >= clv and not cac.weak


def second_purchase_pays(facts: Facts) -> bool:
    """Whether new clients' own purchases leave part of their cost unpaid, beyond the margin of error.

    Only the cost of a client is a sample here, so the ratio's upper end comes from its lower one.
    """
    payback, cac = facts.number("payback_new_profit"), facts.known("cac")
    if payback is None or cac is None or cac.value is None or cac.interval is None or not cac.interval[0]:
        return False
    if cac.weak:
        return False
    return payback * cac.value / cac.interval[0] < 1


def payback_range(facts: Facts) -> Interval | None:
    """The months in which a client pays back, as far as the range of the client's cost tells."""
    cac, monthly = facts.known("cac"), facts.number("gross_profit_per_client_monthly")
    if cac is None or cac.interval is None or monthly is None or monthly <= 0:
        return None
    return cac.interval[0] / monthly, cac.interval[1] / monthly


def unhappy_share(facts: Facts) -> Measured | None:
    """The share of unhappy clients: the survey's where it speaks for the base, else the owner's count."""
    surveyed = facts.known("nps_detractor_share")
    if surveyed is not None and not surveyed.weak and facts.answer("nps.sampling") != "self_selected":
        return surveyed
    return facts.known("dissatisfied_share")
