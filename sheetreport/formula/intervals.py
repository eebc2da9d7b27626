"""Confidence intervals at 95 %.

Arguments are counts and plain numbers; each function
returns (low, high) or raises ValueError where the method does not hold.
"""

from __future__ import annotations

from math import sqrt

from sheetreport.model import Interval

Z = 1.959963984540054

# Two-sided 95 % quantiles of Student's t for 1..29 degrees of freedom; from 30 answers the normal one serves.
STUDENT_T = (
    12.7062047362, 4.3026527297, 3.1824463053, 2.7764451052, 2.5705818356, 2.4469118511, 2.3646242516,
    2.3060041352, 2.2621571629, 2.2281388520, 2.2009851601, 2.1788128297, 2.1603686565, 2.1447866879,
    2.1314495456, 2.1199052992, 2.1098155778, 2.1009220402, 2.0930240544, 2.0859634473, 2.0796138447,
    2.0738730679, 2.0686576104, 2.0638985616, 2.0595385528, 2.0555294386, 2.0518305165, 2.0484071418,
    2.0452296421,
)  # fmt: skip

NPS_ADDED_ANSWERS = 3
NPS_ADDED_EACH = 0.75


def student(n: float) -> float:
    """The factor of a mean's margin: Student's t below 30 answers, z from 30. Needs at least 2 answers."""
    if n < 2:
        raise ValueError("a spread needs two answers")
    return Z if n >= 30 else STUDENT_T[int(n) - 2]


def finite_population(n: float, population: float) -> float:
    """Finite population correction √((N − n)/(N − 1)); 0 when everyone was asked."""
    if population <= 1 or n > population:
        raise ValueError("more answers than people")
    return sqrt((population - n) / (population - 1))


def wilson(successes: float, n: float) -> Interval:
    """Wilson interval of a share."""
    if n <= 0 or not 0 <= successes <= n:
        raise ValueError("a share needs 0 <= successes <= n, n > 0")
    share = successes / n
    centre = share + Z * Z / (2 * n)
    spread = Z * sqrt(share * (1 - share) / n + Z * Z / (4 * n * n))
    scale = 1 + Z * Z / n
    return max(0.0, (centre - spread) / scale), min(1.0, (centre + spread) / scale)


def difference(before: float, before_within: Interval, after: float, after_within: Interval) -> Interval:
    """Interval of the difference of two independent estimates from their own intervals, after minus before.

    It is their limits put together as Newcombe does it for shares (Zou and Donner's MOVER): it asks of the
    two intervals only that each is right, not that they are symmetric.
    """
    change = after - before
    return (
        change - sqrt((after - after_within[0]) ** 2 + (before_within[1] - before) ** 2),
        change + sqrt((after_within[1] - after) ** 2 + (before - before_within[0]) ** 2),
    )


def newcombe(before: float, n_before: float, after: float, n_after: float) -> Interval:
    """Newcombe's interval of the difference of two shares, after minus before (method 10)."""
    return difference(before / n_before, wilson(before, n_before), after / n_after, wilson(after, n_after))


def _adjusted_nps(promoters: float, detractors: float, n: float) -> tuple[float, float]:
    """Adjusted-Wald score (as a fraction) and its variance: three answers added, 3/4 to each end."""
    if n <= 0 or promoters < 0 or detractors < 0 or promoters + detractors > n:
        raise ValueError("NPS groups do not fit the number of answers")
    total = n + NPS_ADDED_ANSWERS
    p = (promoters + NPS_ADDED_EACH) / total
    d = (detractors + NPS_ADDED_EACH) / total
    return p - d, (p + d - (p - d) ** 2) / total


def nps_interval(promoters: float, detractors: float, n: float) -> Interval:
    """Adjusted-Wald interval of NPS in points, within ±100."""
    score, variance = _adjusted_nps(promoters, detractors, n)
    margin = Z * sqrt(variance)
    return max(-100.0, 100 * (score - margin)), min(100.0, 100 * (score + margin))


def nps_difference(p1: float, d1: float, n1: float, p2: float, d2: float, n2: float) -> Interval:
    """Interval of the change between two waves in points: first minus second."""
    score_1, variance_1 = _adjusted_nps(p1, d1, n1)
    score_2, variance_2 = _adjusted_nps(p2, d2, n2)
    difference, margin = score_1 - score_2, Z * sqrt(variance_1 + variance_2)
    return 100 * (difference - margin), 100 * (difference + margin)


def byar(events: float) -> Interval:
    """Byar's limits of a Poisson count."""
    low = events * (1 - 1 / (9 * events) - Z / (3 * sqrt(events))) ** 3
    more = events + 1
    return low, more * (1 - 1 / (9 * more) + Z / (3 * sqrt(more))) ** 3


def per_count(cost: float, events: float, fewest: float) -> Interval:
    """Interval of the cost of one event: cost over Byar's limits. Needs `fewest` events or more."""
    if events < fewest:
        raise ValueError(f"fewer than {fewest} events")
    low, high = byar(events)
    return cost / high, cost / low


def around(centre: float, margin: float, natural_low: float, natural_high: float) -> Interval:
    """Centre ± margin within natural bounds."""
    return max(natural_low, centre - margin), min(natural_high, centre + margin)


def scale(interval: Interval, factor: float) -> Interval:
    """An interval times a factor; a negative factor turns it round."""
    ends = sorted((interval[0] * factor, interval[1] * factor))
    return ends[0], ends[1]


def shift(interval: Interval, amount: float) -> Interval:
    """An interval with an amount added to both ends."""
    return interval[0] + amount, interval[1] + amount


def inverse(interval: Interval) -> Interval:
    """One over an interval of positive numbers."""
    if interval[0] <= 0:
        raise ValueError("an interval that reaches zero has no inverse")
    return 1 / interval[1], 1 / interval[0]
