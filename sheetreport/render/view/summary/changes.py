"""What changed since last time: proven, within the margin of error, or not to be judged."""

from __future__ import annotations

from collections.abc import Collection, Iterator

from sheetreport.catalog.definitions import Better, Unit
from sheetreport.render.view.claims import trend
from sheetreport.render.view.facts import Facts, Json, Measured
from sheetreport.render.view.model import Cell, Column, Line, Sign, Table
from sheetreport.render.view.words import Words

MOST_CHANGES = 5
_SIGNS = {
    "up": (Sign.UP, "changes_up"),
    "down": (Sign.DOWN, "changes_down"),
    "same": (Sign.SAME, "changes_same"),
    "chance": (Sign.SAME, "changes_margin"),
}


def changes(facts: Facts, words: Words) -> Table | None:
    rows = [row for row in (_base_change(facts, words), _nps_change(facts, words)) if row]
    stated = [metric for metric in facts.metrics if _comparable(metric)]
    rows += [_metric_change(metric, words) for metric in stated]
    nps = facts.known("nps")
    told = {metric.id for metric in stated} | ({"nps"} if nps and nps.previous is not None else set())
    rows += _recorded(facts, words, told)
    if not rows:
        return None
    return Table(
        (
            Column(words.t("column_measure"), 27),
            Column(words.t("column_before"), 13, right=True),
            Column(words.t("column_now"), 15, right=True),
            Column(words.t("column_change"), 45),
        ),
        tuple(rows[:MOST_CHANGES]),
    )


def _comparable(metric: Measured) -> bool:
    return (
        metric.reported
        and metric.row is None
        and metric.id != "nps"
        and metric.value is not None
        and metric.previous is not None
    )


def _row(name: str, before: str, now: str, change: Line, verdict: str) -> tuple[Cell, ...]:
    return (
        Cell((Line(name),)),
        Cell((Line(before),)),
        Cell((Line(now, "strong"),)),
        Cell((change, Line(verdict, "small"))),
    )


def _base_change(facts: Facts, words: Words) -> tuple[Cell, ...] | None:
    base = trend(facts)
    if base is None or base.start is None or base.end is None:
        return None
    number = words.wording.number
    return _row(
        words.t("changes_active"),
        number(base.start),
        number(base.end),
        *_exact(base.change, Unit.COUNT, Better.HIGHER, words),
    )


def _nps_change(facts: Facts, words: Words) -> tuple[Cell, ...] | None:
    nps, change = facts.known("nps"), facts.known("nps_change")
    if nps is None or nps.previous is None:
        return None
    before, now = words.wording.points(nps.previous), words.value(nps)
    if change is None or change.value is None or change.interval is None:
        return _row(
            words.t("nps"),
            before,
            now,
            Line(words.t("no_value"), "", Sign.NO_DATA),
            words.t("changes_unjudged"),
        )
    shown = f"{words.wording.points(change.value)} ({words.wording.range(change.interval, Unit.POINTS)})"
    if change.interval[0] <= 0 <= change.interval[1]:
        return _row(words.t("nps"), before, now, Line(shown, "", Sign.SAME), words.t("changes_margin"))
    if change.value > 0:
        return _row(words.t("nps"), before, now, Line(shown, "", Sign.UP), words.t("changes_up_proven"))
    return _row(words.t("nps"), before, now, Line(shown, "worse", Sign.DOWN), words.t("changes_down_proven"))


def _metric_change(metric: Measured, words: Words) -> tuple[Cell, ...]:
    value, previous = metric.value or 0.0, metric.previous or 0.0
    before, now = words.wording.value(previous, metric.unit), words.value(metric)
    difference = value - previous
    if metric.interval is None:
        return _row(metric.name, before, now, *_exact(difference, metric.unit, metric.better, words))
    shown = words.wording.change(difference, metric.unit)
    inside = metric.interval[0] <= previous <= metric.interval[1]
    return _row(
        metric.name,
        before,
        now,
        Line(shown, "", Sign.SAME),
        words.t("changes_margin" if inside else "changes_unproven"),
    )


def _recorded(facts: Facts, words: Words, stated: Collection[str]) -> Iterator[tuple[Cell, ...]]:
    """Changes that the history of the client's reports knows, where the owner stated no earlier figure."""
    history = facts.result.get("history") or {"series": (), "periods": ()}
    for series in sorted(history["series"], key=_is_secondary):
        change, points = series["change"], series["points"]
        if change["verdict"] not in _SIGNS or series["metric"] in stated:
            continue
        sign, key = _SIGNS[change["verdict"]]
        if change["interval"] and sign is not Sign.SAME:
            key += "_proven"
        against = Better.LOWER if sign is Sign.UP else Better.HIGHER
        worse = sign is not Sign.SAME and series["better"] == against
        verdict = words.t(key)
        if change["since"] != len(points) - 2:
            period = history["periods"][change["since"]]["short"]
            verdict = words.wording.text("history.verdict_since", verdict=verdict, period=period)
        yield _row(
            words.t("nps") if series["metric"] == "nps" else series["name"],
            points[change["since"]]["shown"],
            points[-1]["shown"],
            Line(change["shown"], "worse" if worse else "", sign),
            verdict,
        )


def _is_secondary(series: Json) -> bool:
    """Where there is room for a few, NPS and what has moved come first."""
    return series["metric"] != "nps" and series["change"]["verdict"] not in ("up", "down")


def _exact(difference: float, unit: Unit, better: Better, words: Words) -> tuple[Line, str]:
    """A difference of two counts of everything: no sample, so no margin of error."""
    if not difference:
        return Line(words.wording.change(0, unit), "", Sign.SAME), words.t("changes_same")
    up = difference > 0
    good = better is Better.CONTEXT or (better is Better.HIGHER) == up
    sign = Sign.UP if up else Sign.DOWN
    return (
        Line(words.wording.change(difference, unit), "" if good else "worse", sign),
        words.t("changes_up" if up else "changes_down"),
    )
