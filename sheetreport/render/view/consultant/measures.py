"""Chapter: every metric with its range, sample and cells, or the reason it has no value.

The metrics of a table's rows stand in a grid, a column for each row: one below the other they fill pages.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TypeAlias

from sheetreport.render.view.facts import Facts, Measured
from sheetreport.render.view.model import Body, Cell, Column, Line, Table, Wide
from sheetreport.render.view.words import ELLIPSIS, Words, bind, cut

MOST_SHEETS, MOST_CELLS = 1, 2  # of each sheet
MOST_COLUMNS = 6  # rows of the owner's table side by side
GRID_WIDTH, WIDEST = 72, 18  # of the columns of a grid, in hundredths
LONGEST_NAME, LONGEST_SUBJECT = 80, 40

_Grid: TypeAlias = Mapping[str, Mapping[int, Measured]]
"""The metrics of a table's rows by their ids, then by row."""


def chapter(facts: Facts, words: Words) -> Body | None:
    asked = [metric for metric in facts.metrics if metric.reported and metric.asked]
    if not asked:
        return None
    text = words.wording.text
    return Body(
        id="measures",
        name=text("consultant.measures_name"),
        claim=bind(text("consultant.measures_claim", n=len(asked))),
        lead=text("consultant.measures_lead"),
        blocks=tuple(_sections(facts, words, asked)),
    )


def _sections(facts: Facts, words: Words, asked: Sequence[Measured]) -> Iterator[Wide]:
    """The tables of each section of the workbook, in its order."""
    kinds = {entry["id"]: entry["section"] for entry in facts.result["metrics"]}
    sections: dict[str, list[Measured]] = {}
    for metric in asked:
        sections.setdefault(kinds[metric.id], []).append(metric)
    for section, metrics in sections.items():
        yield Wide(words.wording.text(f"workbook.section_{section}"), tuple(_tables(words, metrics)))


def _tables(words: Words, metrics: Sequence[Measured]) -> Iterator[Table]:
    """What is known of the company, then a grid for each table."""
    grids: dict[str, dict[str, dict[int, Measured]]] = {}
    for metric in metrics:
        if metric.row is not None:
            grids.setdefault(metric.per or "", {}).setdefault(metric.id, {})[metric.row] = metric
    company = [metric for metric in metrics if metric.row is None]
    if company:
        yield _list(words, company)
    for grid in grids.values():
        rows = sorted({row for found in grid.values() for row in found})
        for first in range(0, len(rows), MOST_COLUMNS):
            yield _grid(words, grid, rows[first : first + MOST_COLUMNS])


def _list(words: Words, metrics: Sequence[Measured]) -> Table:
    columns = (
        Column(words.t("column_measure"), 37),
        Column(words.t("column_value"), 13, right=True),
        Column(words.t("column_range"), 14, right=True),
        Column(words.wording.text("consultant.column_sample"), 8, right=True),
        Column(words.wording.text("consultant.column_cells"), 28),
    )
    return Table(columns, tuple(_row(words, metric) for metric in metrics), look="dense close")


def _row(words: Words, metric: Measured) -> tuple[Cell, ...]:
    reason = (Line(metric.reason_text, "small"),) if metric.value is None else ()
    return (
        Cell((Line(cut(metric.name, LONGEST_NAME)), *reason)),
        Cell((Line(words.value(metric)),)),
        Cell((Line(words.span(metric), "small"),)),
        Cell((Line("" if metric.sample is None else words.wording.plain(metric.sample), "small"),)),
        Cell((Line(_cells(words, metric), "small"),)),
    )


def _cells(words: Words, metric: Measured) -> str:
    """The first cells a metric rests on; those of further sheets stand in the workbook."""
    sheets = list(dict.fromkeys(cell["sheet"] for cell in metric.inputs))
    first = [cell for cell in metric.inputs if cell["sheet"] in sheets[:MOST_SHEETS]]
    return words.places(first, MOST_CELLS) + (f"; {ELLIPSIS}" if len(sheets) > MOST_SHEETS else "")


def _grid(words: Words, grid: _Grid, rows: Sequence[int]) -> Table:
    """A metric in each line with value, range and sample for every row; at the end the rows' cells."""
    share = min(WIDEST, GRID_WIDTH / len(rows))
    of_row = {row: [found[row] for found in grid.values() if row in found] for row in rows}
    subjects = {row: words.row(of_row[row][0].subject, LONGEST_SUBJECT, of_row[row][0].per) for row in rows}
    columns = (
        Column(words.t("column_measure"), 100 - share * len(rows)),
        *(Column(subjects[row], share, right=True) for row in rows),
    )
    lines = [
        (Cell(_name(found, subjects)), *(_figure(words, found.get(row)) for row in rows))
        for found in grid.values()
    ]
    places = (Cell((Line(words.places(_own(of_row[row]), MOST_CELLS), "small"),)) for row in rows)
    cells = (Cell((Line(words.wording.text("consultant.column_cells"), "small"),)), *places)
    return Table(columns, (*lines, cells), look="dense close")


def _name(found: Mapping[int, Measured], subjects: Mapping[int, str]) -> tuple[Line, ...]:
    """The metric, and for which rows it has no value, by reason."""
    lacking: dict[str, list[str]] = {}
    for row, subject in subjects.items():
        if row in found and found[row].value is None:
            lacking.setdefault(found[row].reason_text, []).append(subject)
    name = cut(next(iter(found.values())).name, LONGEST_NAME)
    return (Line(name), *(Line(f"{', '.join(who)}: {why}", "small") for why, who in lacking.items()))


def _figure(words: Words, metric: Measured | None) -> Cell:
    if metric is None:
        return Cell(())
    sample = "" if metric.sample is None else f"n = {words.wording.plain(metric.sample)}"
    known = ", ".join(filter(None, (words.span(metric), sample))) if metric.value is not None else ""
    return Cell((Line(words.value(metric)), *((Line(known, "small"),) if known else ())))


def _own(metrics: Sequence[Measured]) -> list[Mapping[str, str]]:
    """The cells of the row itself: those of the sheet that all its metrics read first."""
    cells = [cell for metric in metrics for cell in metric.inputs]
    return [cell for cell in cells if cell["sheet"] == cells[0]["sheet"]]
