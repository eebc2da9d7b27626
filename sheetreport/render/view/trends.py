"""Chapter: how the followed metrics went from period to period. Only a report with a history has it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import pairwise

from sheetreport.model import Interval
from sheetreport.render.view.charts import CONTENT
from sheetreport.render.view.facts import Facts, Json
from sheetreport.render.view.measure import text_width
from sheetreport.render.view.model import Block, Body, Chart, Evidence, Label, Line, Shape, Wide
from sheetreport.render.view.words import Words, bind, capitalised

MOST_SHOWN = 6
"""Periods that a chart has room for; the workbook has all of them."""

MOST_NAMED = 3
"""Metrics that a heading has room for by name."""

_TOP, _ROOM, _DOT, _CAP = 16.0, 34.0, 7.2, 8.0
_FLOOR = _TOP + _ROOM + 8
_HEIGHT = _FLOOR + 12


def chapter(facts: Facts, words: Words) -> Body | None:
    history = facts.result.get("history")
    if history is None or len(history["periods"]) < 2:
        return None
    periods = history["periods"][-MOST_SHOWN:]
    blocks: list[Block] = [
        _series(facts, words, one, periods) for one in history["series"] if _has_trend(one, len(periods))
    ]
    said = [*history["notes"], *([history["twins"]] if history["twins"] else [])]
    notes = tuple(Line(note, "note") for note in said)
    if notes:
        blocks.append(Wide(_t(words, "notes_heading"), notes, whole=True))
    if not blocks:
        return None
    return Body(
        id="trends",
        name=_t(words, "name"),
        claim=bind(_claim(words, history)),
        lead=_t(words, "lead"),
        blocks=tuple(blocks),
    )


def _t(words: Words, key: str, **params: str | float | int) -> str:
    return words.wording.text(f"history.{key}", **params)


def _claim(words: Words, history: Json) -> str:
    """What got better and worse by name, where those are few; how much did neither."""
    names = {series["metric"]: words.trend(series) for series in history["series"]}
    said = []
    for way in ("better", "worse"):
        found = [names[metric] for metric in history[way]]
        if found:
            few = len(found) <= MOST_NAMED
            what = ", ".join(found) if few else _t(words, "claim_many", n=len(found))
            said.append(_t(words, f"claim_{way}", what=what))
    if history["unclear"]:
        said.append(_t(words, "claim_unclear", n=len(history["unclear"])))
    return capitalised("; ".join(said)) if said else _t(words, "claim_none")


def _has_trend(series: Json, shown: int) -> bool:
    """Whether two of the periods shown have a value that may be compared."""
    return [point["compared"] for point in series["points"][-shown:]].count(True) > 1


def _series(facts: Facts, words: Words, series: Json, periods: Sequence[Json]) -> Evidence:
    points = series["points"][-len(periods) :]
    why: dict[str, list[str]] = {}
    for point, period in zip(points, periods, strict=True):
        if not point["compared"]:
            why.setdefault(point["reason_text"], []).append(period["short"])
    gaps = [_t(words, "gap", period=", ".join(when), reason=reason) for reason, when in why.items()]
    lines = [Line(series["change"]["text"], "text")]
    lines += [Line("; ".join(gaps), "note")] if gaps else []
    return Evidence(
        series["name"],
        "",
        (_chart(words, series, points, periods), *lines),
        facts.ref(series["metric"]),
    )


def _chart(words: Words, series: Json, points: Sequence[Json], periods: Sequence[Json]) -> Chart:
    """Values side by side: a filled dot is this period, hollow ones are earlier, a dash is no value."""
    pitch = CONTENT / len(points)
    centres = [pitch * (place + 0.5) for place in range(len(points))]
    heights = _heights(points)
    shapes = [Shape("line", 0, _FLOOR, CONTENT, 0.6), *_steps(centres, heights)]
    labels = []
    for place, (point, period, x, y) in enumerate(zip(points, periods, centres, heights, strict=True)):
        left = place * pitch
        labels.append(Label(period["short"], left, _FLOOR + 3, pitch, "c axis"))
        if y is None:
            labels.append(Label("—", left, _FLOOR - 13, pitch, "c grey"))
            continue
        last = place == len(points) - 1
        top = y - _DOT / 2
        if point["interval"]:
            low, high = (_height(end, _limits(points)) for end in point["interval"])
            shapes += _whisker(x, high, low)
            top = min(top, high)
        shapes.append(Shape("dot" if last else "dot open", x - _DOT / 2, y - _DOT / 2, _DOT, _DOT))
        size = text_width(point["shown"], 8) + 4
        labels.append(Label(point["shown"], x - size / 2, top - 11.5, size, "c b" if last else "c"))
    return Chart(_HEIGHT, tuple(shapes), tuple(labels), _alt(words, series, points, periods))


def _limits(points: Sequence[Json]) -> Interval:
    """The lowest and the highest that is drawn."""
    ends = [
        end for point in points if point["compared"] for end in (point["value"], *(point["interval"] or ()))
    ]
    return min(ends), max(ends)


def _height(value: float, limits: Interval) -> float:
    low, high = limits
    return _TOP + (_ROOM * (high - value) / (high - low) if high > low else _ROOM / 2)


def _heights(points: Sequence[Json]) -> list[float | None]:
    limits = _limits(points)
    return [_height(point["value"], limits) if point["compared"] else None for point in points]


def _steps(centres: Sequence[float], heights: Sequence[float | None]) -> Iterator[Shape]:
    """Steps from each value to the next one; none across a gap."""
    for (x, y), (next_x, next_y) in pairwise(zip(centres, heights, strict=True)):
        if y is None or next_y is None:
            continue
        middle = (x + next_x) / 2
        yield Shape("rule grey", x, y - 0.4, middle - x, 0.8)
        yield Shape("rule grey", middle - 0.4, min(y, next_y) - 0.4, 0.8, abs(next_y - y) + 0.8)
        yield Shape("rule grey", middle, next_y - 0.4, next_x - middle, 0.8)


def _whisker(x: float, top: float, bottom: float) -> Iterator[Shape]:
    """An upright line between both ends of an interval, with caps."""
    yield Shape("rule", x - 0.6, top, 1.2, max(bottom - top, 0.6))
    for end in (top, bottom):
        yield Shape("rule", x - _CAP / 2, end - 0.5, _CAP, 1)


def _alt(words: Words, series: Json, points: Sequence[Json], periods: Sequence[Json]) -> str:
    said = [
        _t(words, "alt_point", period=period["short"], value=point["shown"] if point["compared"] else "—")
        for point, period in zip(points, periods, strict=True)
    ]
    return _t(words, "alt", name=series["name"], points="; ".join(said))
