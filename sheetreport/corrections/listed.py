"""The sheet "What to fix", and the hidden one by which the next run knows what was asked."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sheetreport.corrections.items import Item
from sheetreport.findings import typed_found
from sheetreport.model import Repair, Severity, SourceRef, Status
from sheetreport.returned import LIST, RECORD, Asked
from sheetreport.template import live
from sheetreport.template.book import Book
from sheetreport.template.live import Live, Result, words
from sheetreport.template.measure import LINE, lines_of
from sheetreport.template.page import Page
from sheetreport.template.styles import ATTENTION, ATTENTION_FILL, GOOD, WRONG, WRONG_FILL

_WIDTHS = (4, 21, 34, 27, 31, 25, 15)
_LAST = len(_WIDTHS) - 1
_STATE = _LAST
RECORDED = "_fix"
"""The hidden sheet that keeps what was asked, a line each as `_open_line` writes it."""

_LONGEST = 600  # characters of an owner's text in the list; the cell itself holds all of it
_MOST_REPAIRS = 100


@dataclass(frozen=True, slots=True)
class Entry:
    """Something to mend: its cells in the copy, and the live word on its state."""

    item: Item
    cells: Sequence[SourceRef]
    state: Live


@dataclass(frozen=True, slots=True)
class Mended:
    """Something an earlier copy had asked for: where it is now, and what stands there."""

    asked: Asked
    cell: SourceRef | None
    now: str


def write(
    book: Book,
    status: Status,
    entries: Sequence[Entry],
    mended: Sequence[Mended],
    repairs: Sequence[tuple[Repair, SourceRef | None]],
    notes: Mapping[SourceRef, str],
) -> None:
    """Write both sheets."""
    _List(book).write(status, entries, mended, repairs)
    _write_record(book, entries, mended, notes)


class _List:
    def __init__(self, book: Book) -> None:
        self._book = book
        self._page = Page(book, self._text("list_title"), _WIDTHS, core=True, landscape=True)
        self._page.sheet.set_tab_color(WRONG)
        self._states: dict[int, Result] = {}
        self._number = 0

    def _text(self, key: str, **params: str | float | int) -> str:
        return self._book.wording.text(f"corrections.{key}", **params)

    def write(
        self,
        status: Status,
        entries: Sequence[Entry],
        mended: Sequence[Mended],
        repairs: Sequence[tuple[Repair, SourceRef | None]],
    ) -> None:
        page = self._page
        errors = [entry for entry in entries if entry.item.finding.severity is Severity.ERROR]
        doubts = [entry for entry in entries if entry.item.finding.severity is not Severity.ERROR]
        page.write(0, 0, self._text("heading" if errors else "heading_check"), "title")
        page.height(0, 34)
        page.write(2, 0, self._text(f"intro_{status.value}"), "intro")
        page.height(2, 22)
        row = self._part(4, "errors", "fix", errors, (WRONG, WRONG_FILL))
        row = self._part(row, "doubts", "check", doubts, (ATTENTION, ATTENTION_FILL))
        row = self._mended(row, mended)
        row = self._repairs(row, repairs)
        self._counter()
        if self._states:
            page.colour_signs(min(self._states), _STATE, max(self._states), _STATE)
        page.finish(frozen=(4, 0), repeated=(0, 1))
        self._book.define(LIST, page.title, (0, 0, max(page.last_row, 4), _LAST))

    def _part(
        self, row: int, part: str, advice: str, entries: Sequence[Entry], colours: tuple[str, str]
    ) -> int:
        if not entries:
            return row
        titles = ("", f"part_{part}", "column_seen", "column_expected", f"column_{advice}", "column_unlocks")
        ink, fill = colours
        strong = (
            {"font_color": "#FFFFFF", "bg_color": ink}
            if part == "errors"
            else {"font_color": ink, "bg_color": fill}
        )
        self._head(row, (*titles, "column_state"), strong)
        for row_, entry in enumerate(entries, start=row + 1):
            self._entry(row_, entry)
        return row + len(entries) + 2

    def _head(self, row: int, keys: Sequence[str], look: Mapping[str, Any]) -> None:
        page = self._page
        page.section(row)
        page.fill(row, range(_LAST + 1), "heading", **look)
        for column, key in enumerate(keys):
            if key:
                page.write(row, column, self._text(key), "heading", **look)
        page.height(row, 24)

    def _entry(self, row: int, entry: Entry) -> None:
        item = entry.item
        self._number += 1
        self._lead(row, str(self._number), entry.cells[0] if entry.cells else None, item.sheet)
        self._pair(row, 2, item.label, item.words.message)
        for column, text in ((3, item.words.expected), (4, item.words.fix), (5, item.unlocks)):
            self._cell(row, column, text)
        self._page.live(row, _STATE, entry.state, "list", bold=True)
        self._states[row] = entry.state.value

    def _lead(self, row: int, number: str, cell: SourceRef | None, sheet_id: str = "") -> None:
        """The number of a row and the link to its cell."""
        page, book = self._page, self._book
        self._cell(row, 0, number)
        if cell is not None:
            text = f"{cell.sheet}, {cell.cell} →"
            page.link(row, 1, cell.sheet, text, "list_link", cell.cell)
        elif sheet_id in {sheet.id for sheet in book.sheets}:
            title = book.catalog.sheet(sheet_id).title[book.language]
            text = f"{title} →"
            page.link(row, 1, title, text, "list_link")
        else:
            text = self._text("whole_file")
            page.write(row, 1, text, "list")
        self._fit(row, 1, text)

    def _cell(self, row: int, column: int, text: str, **extra: Any) -> None:
        shown = text if len(text) <= _LONGEST else text[: _LONGEST - 1] + "…"
        self._page.write(row, column, shown, "list", **extra)
        self._fit(row, column, shown)

    def _pair(self, row: int, column: int, label: str, text: str) -> None:
        """What the cell is called in bold, and below it what we saw."""
        if not label:
            self._cell(row, column, text)
            return
        look = self._book.styles.look
        shown = text if len(text) <= _LONGEST else text[: _LONGEST - 1] + "…"
        self._page.two_parts(row, column, label, shown, look("list_strong"), look("list"), look("list"))
        self._fit(row, column, f"{label}\n{shown}")

    def _fit(self, row: int, column: int, text: str) -> None:
        self._page.height(row, lines_of(text, _WIDTHS[column] - 1, 10) * LINE[10] + 8)

    def _mended(self, row: int, mended: Sequence[Mended]) -> int:
        if not mended:
            return row
        look = {"font_color": GOOD, "bg_color": "#E3F1E4"}
        self._head(
            row, ("", "part_mended", "column_thanks", "", "column_was", "column_now", "column_state"), look
        )
        for entry in mended:
            row += 1
            self._lead(row, "", entry.cell)
            self._pair(row, 2, entry.asked.label, entry.asked.message)
            self._page.fill(row, (3,), "list")
            self._cell(row, 4, entry.asked.found or self._text("blank"))
            self._cell(row, 5, entry.now or self._text("blank"))
            self._cell(row, _STATE, self._text("state_mended"), bold=True)
            self._states[row] = self._text("state_mended")
        return row + 2

    def _repairs(self, row: int, repairs: Sequence[tuple[Repair, SourceRef | None]]) -> int:
        if not repairs:
            return row
        page = self._page
        page.section(row)
        page.fill(row, range(_LAST + 1), "section")
        page.write(row, 1, self._text("part_repairs"), "section")
        page.write(row, 2, self._text("column_repaired"), "section")
        page.height(row, 26)
        for repair, cell in repairs[:_MOST_REPAIRS]:
            row += 1
            self._lead(row, "", cell)
            used = typed_found(repair.used, self._book.wording)
            said = self._text("repair", found=typed_found(repair.found, self._book.wording), used=used)
            field = self._book.catalog.fields.get(repair.field)
            self._pair(row, 2, field.label[self._book.language] if field else "", said)
        return row + 2

    def _counter(self) -> None:
        """How many places are left, live."""
        page = self._page
        rows = range(min(self._states, default=0), max(self._states, default=0) + 1)
        span = page.span((rows[0], _STATE, rows[-1], _STATE), [self._states.get(row) for row in rows])
        parts = [words(self._text("count_errors")), live.count_starting(span, "✗")]
        parts += [words(self._text("count_doubts")), live.count_starting(span, "!")]
        parts += [words(self._text("count_mended")), live.count_starting(span, "✓")]
        page.live(1, 0, live.join(*parts), "progress")
        page.height(1, 20)


def _write_record(
    book: Book, entries: Sequence[Entry], mended: Sequence[Mended], notes: Mapping[SourceRef, str]
) -> None:
    """The hidden sheet: a line for everything asked, now or earlier.

    What was wrong with the layout alone is not asked: the copy has it right, so nobody will have mended it.
    """
    sheet = book.workbook.add_worksheet(RECORDED)
    asked = [entry for entry in entries if entry.item.finding.field or entry.item.finding.code[0] != "S"]
    lines = [_open_line(entry, notes) for entry in asked] + [_mended_line(entry) for entry in mended]
    for row, line in enumerate(lines):
        for column, text in enumerate(line):
            sheet.write_string(row, column, text)
    if lines:
        book.define(RECORD, RECORDED, (0, 0, len(lines) - 1, len(lines[0]) - 1))
    sheet.protect()
    sheet.very_hidden()


def _open_line(entry: Entry, notes: Mapping[SourceRef, str]) -> tuple[str, ...]:
    item, finding = entry.item, entry.item.finding
    source = entry.cells[0] if entry.cells else finding.source
    return (
        finding.code, finding.severity.value, finding.field or "", item.index, source.sheet, source.cell,
        item.label, finding.found or "", item.words.message, notes.get(source, ""), "",
    )  # fmt: skip


def _mended_line(entry: Mended) -> tuple[str, ...]:
    asked = entry.asked
    source = entry.cell or asked.source
    return (
        asked.code, asked.severity.value, asked.field, asked.index, source.sheet, source.cell, asked.label,
        asked.found, asked.message, "", "1",
    )  # fmt: skip
