"""Numbers that stand on the template's sheets outside the cells for answers: told, never lost silently."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date

from openpyxl.utils import range_boundaries

from sheetreport.model import Finding, Param, Severity, SourceRef, Submission, Value
from sheetreport.read.book import Page

_NAMED_CELLS = 5  # so many cells are named; the others are counted


def unread_numbers(pages: Iterable[Page], submission: Submission) -> tuple[Finding, ...]:
    """One finding for each of these pages, at its first such cell."""
    taken = {place for value in _values(submission) for place in _cells(value.source)}
    findings = (_unread(page, taken) for page in {page.title: page for page in pages}.values())
    return tuple(finding for finding in findings if finding is not None)


def _values(submission: Submission) -> Iterator[Value]:
    yield from submission.scalars.values()
    for rows in submission.tables.values():
        for row in rows:
            yield from row.values.values()


def _cells(source: SourceRef) -> Iterator[tuple[str, int, int]]:
    if not source.cell:
        return
    left, top, right, bottom = range_boundaries(source.cell)
    assert left is not None
    assert right is not None
    assert top is not None
    assert bottom is not None
    for row in range(top, bottom + 1):
        for column in range(left, right + 1):
            yield source.sheet, row, column


def _unread(page: Page, taken: set[tuple[str, int, int]]) -> Finding | None:
    places = [
        cell.source
        for (row, column), cell in sorted(page.cells.items())
        if isinstance(cell.raw, int | float | date) and not isinstance(cell.raw, bool)
        if cell.formula is None and (page.title, row, column) not in taken
    ]
    if not places:
        return None
    cells = ", ".join(place.cell for place in places[:_NAMED_CELLS])
    more = len(places) - _NAMED_CELLS
    params: dict[str, Param] = {"cells": cells, "more": max(more, 0)}
    return Finding("S-18", Severity.WARNING, places[0], params=params, variant="more" if more > 0 else "")
