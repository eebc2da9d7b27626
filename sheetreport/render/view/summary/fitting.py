"""How high page 1 will be, worked out before it is laid out: the sizes here are those of the stylesheet."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sheetreport.bureau.commentary import plain
from sheetreport.render.view.letters import BOLD, PAGE_WIDTH, line_count
from sheetreport.render.view.model import Answer, Cell, First, Line, Remark, Score, Summary, Table
from sheetreport.render.view.summary.actions import TITLE

PAGE = 757.0
"""What the margins of page 1 leave, in points."""

_TITLE_SIZES = {"": 19.0, "long": 14.5, "longest": 12.0}
_STRIP, _STRIP_LEAST, _NAME_WIDTH = 16.0, 38.0, 331.7
_ANSWER, _FIGURE = 0.553 * PAGE_WIDTH, 0.271 * PAGE_WIDTH
_BODY = 9 * 1.42
_SMALL = 7.5
_LEFT, _RIGHT = 252.0, 216.0
_SIGN = 12.0
_BOXES = 25.0


@dataclass(frozen=True, slots=True)
class Front:
    """What stands above the summary: the client's name with its look, and what the owner says they do."""

    company: str
    company_look: str
    activity: str


def likely(front: Front, found: Sequence[Summary]) -> tuple[Summary, ...]:
    """From the first summary that will fit the page on; the last one where none will."""
    fitting = (at for at, summary in enumerate(found) if height(front, summary) <= PAGE)
    return tuple(found[next(fitting, len(found) - 1) :])


def height(front: Front, summary: Summary) -> float:
    """The height of page 1 in points."""
    dense = summary.look == "dense"
    parts = [
        _strip(front, summary),
        _status(summary),
        _remark(summary.remark) if summary.remark else 0.0,
        (10 if not dense else 8) + 2 + sum(_answer(answer, dense=dense) for answer in summary.answers),
        _first(summary.first) if summary.first else 17 + _lines(summary.no_actions, 9, PAGE_WIDTH),
        _table(summary.actions, PAGE_WIDTH, dense=dense) if summary.actions else 0.0,
        max(_score(summary.health) if summary.health else 0.0, _changes(summary, dense=dense))
        + (8 if dense else 9),
        sum(5 + _lines(note, _SMALL, PAGE_WIDTH, 1.35) for note in summary.health.notes)
        if summary.health
        else 0.0,
        8 + _lines(f"{summary.note} 00. {summary.note_end}", _SMALL, PAGE_WIDTH),
    ]
    return sum(parts)


def _lines(text: str, size: float, width: float, leading: float = 1.42, weight: float = 1.0) -> float:
    return line_count(text, size * weight, width) * size * leading


def _strip(front: Front, summary: Summary) -> float:
    size = _TITLE_SIZES[front.company_look]
    name = _lines(front.company, size, _NAME_WIDTH, 1.2, BOLD)
    shown = front.activity if summary.shows_activity else ""
    activity = 1 + _lines(shown, _SMALL, _NAME_WIDTH) if shown else 0.0
    return _STRIP + max(_STRIP_LEAST, _SMALL * 1.42 + 2 + name + activity)


def _status(summary: Summary) -> float:
    if not summary.status:
        return 0.0
    said = f"{summary.status_lead} {summary.status} {summary.status_more} 00."
    return 13.5 + _lines(said, 8.5, PAGE_WIDTH - _SIGN)


def _remark(remark: Remark) -> float:
    words = plain(remark.words) + (f" {remark.more} 00." if remark.more else "")
    said = _lines(words, 9, 0.824 * PAGE_WIDTH) + 8 * len(remark.words)
    return 14 + max(remark.height, said)


def _answer(answer: Answer, *, dense: bool) -> float:
    said = 3 + _lines(answer.title, 13, _ANSWER, 1.22, BOLD) + _lines(answer.text, 9, _ANSWER - 14)
    big = 17.0 if len(answer.figure) > 9 else 22.0
    figure = big if answer.known else _lines(answer.figure, 13, _FIGURE, 1.2, BOLD)
    chart = answer.chart.height if answer.chart else 0.0
    right = figure + 4 + chart + 3 + _lines(answer.caption, _SMALL, _FIGURE, 1.35)
    question = _lines(answer.question, 8.5, 0.176 * PAGE_WIDTH - 10, 1.35, 1.02)
    return (9 if dense else 15) + 0.5 + max(said, right, question)


def _first(first: First) -> float:
    said = _lines(first.title, 13, TITLE, 1.22, BOLD) + 2 + _lines(first.step, 9, TITLE)
    return 2.9 + 12 - 4 + 8 + max(first.height, said)


def _score(score: Score) -> float:
    caption = _lines(score.caption, _SMALL, _LEFT - 84, 1.35)
    figure = 25.0 if score.known else 1 + _lines(score.figure, 10.5, 84, 1.3, BOLD)
    table = _table(score.table, _LEFT, 8, 5, padding=4.4) if score.table else 0.0
    return max(26, 10.5 * 1.3 + caption, figure) + table


def _changes(summary: Summary, *, dense: bool) -> float:
    heading = 10.5 * 1.3 + 3
    height = 0.0
    if summary.changes_heading:
        height += heading
        if summary.changes:
            height += _table(summary.changes, _RIGHT, dense=dense)
        else:
            height += _lines(summary.no_changes, 9, _RIGHT)
    if summary.works:
        height += 8 + heading + sum(2 + _lines(one.text, 8, _RIGHT - _SIGN, 1.36) for one in summary.works)
    return height


def _table(
    table: Table,
    width: float,
    size: float = 8.5,
    gap: float = 8.0,
    *,
    dense: bool = False,
    padding: float | None = None,
) -> float:
    """Head and rows; the last column has no gap at its right."""
    if padding is None:
        padding = 6.0 if dense else 7.2
    rooms = [width * column.width / 100 - gap for column in table.columns]
    rooms[-1] += gap
    heads = [
        _lines(column.head, _SMALL, room, 1.3, 1.02)
        for column, room in zip(table.columns, rooms, strict=True)
    ]
    head = max(heads) + padding / 2 + 4 + 0.9
    return head + sum(
        padding + 0.5 + max(_cell(cell, room, size) for cell, room in zip(row, rooms, strict=True))
        for row in table.rows
    )


def _cell(cell: Cell, room: float, size: float) -> float:
    first = room - _BOXES if cell.boxes is not None else room
    heights = [
        _line(line, first if at == 0 else room, size) for at, line in enumerate((*cell.lines, *cell.below))
    ]
    return sum(heights) + (cell.chart.height if cell.chart else 0.0)


def _line(line: Line, room: float, size: float) -> float:
    if line.look == "small":
        size = _SMALL
    bold = BOLD if "strong" in line.look or "verdict" in line.look else 1.0
    return _lines(line.text, size, room - (_SIGN if line.sign else 0), 1.36, bold)
