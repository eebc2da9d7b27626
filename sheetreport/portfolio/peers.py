"""What the clients of one folder look like together: median and quartiles, without names."""

from __future__ import annotations

import statistics
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

LEAST = 5
"""Clients with a value, below which nothing is shown: among fewer, a figure points at one of them."""

RATIOS = (
    "health",
    "nps",
    "csi",
    "csat_share",
    "cac_payback_months",
    "clv_cac_ratio",
    "gross_margin",
    "ad_cost_share",
    "churn_rate_monthly",
    "repeat_purchase_rate",
    "active_share",
    "dissatisfied_share",
    "practices_score",
)
"""Shares, scores, and months that mean the same in a kiosk and in a chain. Counts only tell who is larger,
and what is summed up over a period depends on how long that is.
"""

MONEY = ("cac", "aov", "gross_profit_per_client_monthly")
"""Amounts for one client or one sale; they are compared within one currency alone."""

COMPARED = frozenset({*RATIOS, *MONEY})


@dataclass(frozen=True, slots=True)
class Quartiles:
    """A metric among the clients that have it; the three figures are None where those are too few."""

    metric: str
    currency: str | None
    count: int
    low: float | None
    median: float | None
    high: float | None


@dataclass(frozen=True, slots=True)
class Compared:
    """One client's part: the currency and the figures, no name."""

    currency: str | None
    values: Mapping[str, float]


def quartiles(clients: Sequence[Compared]) -> list[Quartiles]:
    """Each metric that at least one client has; amounts of money by currency."""
    return [found for found in _all(clients) if found.count]


def _all(clients: Sequence[Compared]) -> Iterator[Quartiles]:
    for metric in RATIOS:
        yield _of(metric, None, clients)
    currencies = sorted({client.currency for client in clients if client.currency})
    for metric in MONEY:
        for currency in currencies:
            yield _of(metric, currency, [client for client in clients if client.currency == currency])


def _of(metric: str, currency: str | None, clients: Sequence[Compared]) -> Quartiles:
    """Quartiles as QUARTILE.INC of spreadsheets has them: the value a quarter of the way from the least to
    the largest, between two clients in proportion.

    """
    values = [client.values[metric] for client in clients if metric in client.values]
    if len(values) < LEAST:
        return Quartiles(metric, currency, len(values), None, None, None)
    low, median, high = statistics.quantiles(values, n=4, method="inclusive")
    return Quartiles(metric, currency, len(values), low, median, high)
