"""Parts that several chapters share: a metric in a table cell, and points with whiskers under each other."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sheetreport.catalog.definitions import Unit
from sheetreport.model import Interval
from sheetreport.render.view.charts import CONTENT, Scale, bar, dot, round_steps, ticks, whisker
from sheetreport.render.view.facts import Measured
from sheetreport.render.view.measure import fit, text_width
from sheetreport.render.view.model import Cell, Chart, Label, Line, Shape, Sign
from sheetreport.render.view.words import Words, clean, sentence

NAMES, AXIS, PITCH = 116.0, 170.0, 21.0
SIGNS = {"green": Sign.GOOD, "orange": Sign.ATTENTION, "red": Sign.ACT}


@dataclass(frozen=True, slots=True)
class Point:
    """One row of a chart of points: hollow is before or the other side, grey rests on few answers."""

    name: str
    value: float
    interval: Interval | None
    hollow: bool = False
    weak: bool = False


def points(words: Words, rows: Sequence[Point], unit: Unit) -> Chart:
    """Points with their intervals on one axis from zero."""
    ends = [end for row in rows for end in (row.value, *(row.interval or ()))]
    steps = round_steps(max(ends), 4)
    axis = Scale(0, steps[-1], NAMES, AXIS)
    shapes: list[Shape] = []
    labels: list[Label] = []
    for place, row in enumerate(rows):
        middle = PITCH * place + PITCH / 2
        look = "grey" if row.weak else "blue"
        labels.append(Label(fit(clean(row.name), 8, NAMES - 6), 0, middle - 5, NAMES - 6))
        if row.interval is not None:
            shapes += whisker(axis, row.interval, middle, look)
        shapes.append(dot(axis, row.value, middle, "open" if row.hollow else look))
        shown = words.amount(row.value, unit)
        after = axis.at(row.interval[1] if row.interval else row.value) + 6
        labels.append(Label(shown, min(after, CONTENT - text_width(shown, 8)), middle - 5, 60, "b"))
    bottom = PITCH * len(rows) + 1
    shapes.append(Shape("rule", NAMES, bottom, AXIS, 0.6))
    marks, tick_words = ticks(axis, steps, (_tick(words, step, unit) for step in steps), bottom)
    alt = sentence("; ".join(f"{clean(row.name)}: {_with_range(words, row, unit)}" for row in rows))
    return Chart(bottom + 14, (*shapes, *marks), (*labels, *tick_words), alt)


def _with_range(words: Words, row: Point, unit: Unit) -> str:
    shown = words.amount(row.value, unit)
    return f"{shown} ({words.range(row.interval, unit)})" if row.interval else shown


def _tick(words: Words, value: float, unit: Unit) -> str:
    if unit is Unit.SHARE:
        return words.wording.share(value, 0 if abs(value * 100 - round(value * 100)) < 1e-6 else 1)
    return words.amount(value, unit)


def counted(words: Words, tally: Sequence[int], lowest: int) -> str:
    """How many gave each score, in words: 9 — 22, 10 — 28."""
    return ", ".join(
        f"{score} — {words.wording.number(count)}" for score, count in enumerate(tally, start=lowest) if count
    )


def scores(words: Words, tally: Sequence[int], satisfied: int = 1) -> Chart:
    """Columns of the answers from 1 to 5; those below `satisfied` are hollow."""
    pitch, width, room = CONTENT / len(tally), 44.0, 27.0
    floor, most = room + 11, max(tally)
    shapes, labels = [], []
    for score, count in enumerate(tally, start=1):
        left, height = (score - 0.5) * pitch - width / 2, count / most * room
        if count:
            look = "data" if score >= satisfied else "plain"
            shapes.append(bar(look, left, floor - height, width, height))
        labels.append(Label(words.wording.number(count), left, floor - height - 10, width, "c b"))
        labels.append(Label(str(score), left, floor + 3, width, "c tag"))
    shapes.append(Shape("rule", 0, floor, CONTENT, 0.8))
    alt = words.t("alt_scores", counts=counted(words, tally, 1))
    return Chart(floor + 13, tuple(shapes), tuple(labels), alt)


def measured_cell(words: Words, measured: Measured | None, *, marked: bool = False) -> Cell:
    """A metric's value with range and zone, or why there is none; marks stand in columns set left only."""
    if measured is None or measured.value is None:
        return Cell((Line(reason(words, measured), "small"),))
    span = words.span(measured)
    zone = words.zone(measured)
    return Cell(
        (
            Line(words.value(measured), ref=measured.id),
            *((Line(span, "small"),) if span else ()),
            *((Line(zone, "small", SIGNS.get(measured.tone) if marked else None),) if zone else ()),
        )
    )


def reason(words: Words, measured: Measured | None) -> str:
    """Why a metric has no value."""
    return measured.reason_text if measured and measured.reason_text else words.t("not_computed")
