"""What all sheets share: the book with its looks and words, and a page that is written from top to bottom."""

from __future__ import annotations

import math
import textwrap
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any, TypeAlias

from xlsxwriter.format import Format
from xlsxwriter.utility import xl_range_abs, xl_rowcol_to_cell
from xlsxwriter.workbook import Workbook
from xlsxwriter.worksheet import Worksheet

from sheetreport.bureau.dress import PLAIN, Dress
from sheetreport.catalog.definitions import Catalog
from sheetreport.formula.excel import NOT_COMPUTABLE
from sheetreport.i18n import Wording
from sheetreport.render.view.facts import Facts
from sheetreport.render.view.words import Words, cut
from sheetreport.render.workbook.names import SheetNames
from sheetreport.render.workbook.styles import (
    BAD,
    BAD_FILL,
    BAD_MARK,
    GOOD,
    GOOD_MARK,
    WARN,
    WARN_FILL,
    WARN_MARK,
    Styles,
)

OWNER_TEXT = 2000  # longer answers of the owner are cut; they stand in full in the owner's own file
FOOTER_TEXT = 60
BODY_SIZE = 11
SMALL_SIZE = 9
READING_SIZE = 10
LETTER, BOLD_LETTER = 1.0, 1.09  # the mean width of a letter, in digits
ROW_HEIGHT, HIGHEST_ROW = 21.0, 409.0
A4 = 9

Cached: TypeAlias = float | str | None

# Controls, marks of direction, surrogates, noncharacters: nobody sees them, and some break a file.
_INVISIBLE = {"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"}


def visible(text: Any, limit: int = OWNER_TEXT) -> str:
    """A text on one line without invisible characters, no longer than a cell can show."""
    if isinstance(text, str) and text.isprintable():
        return cut(text, limit)
    spaced = " ".join(str(text or "").splitlines())
    if spaced.replace("\N{NO-BREAK SPACE}", " ").isprintable():
        return cut(spaced, limit)
    return cut("".join(char for char in spaced if unicodedata.category(char) not in _INVISIBLE), limit)


@dataclass(frozen=True, slots=True)
class Book:
    """One result workbook while it is written. `cached`: whether formulas carry Python's values."""

    file: Workbook
    catalog: Catalog
    wording: Wording
    words: Words
    facts: Facts
    styles: Styles
    names: SheetNames
    cached: bool
    entries: Mapping[tuple[str, int | None], Mapping[str, Any]]
    dress: Dress = PLAIN
    hidden: frozenset[str] = frozenset()
    places: dict[str, tuple[str, int, int]] = field(default_factory=dict)

    def text(self, key: str, **params: str | float | int) -> str:
        """An interface text of the workbook."""
        return self.wording.text(f"workbook.{key}", **params)

    def sheet_name(self, sheet_id: str) -> str:
        return self.text(f"sheet_{sheet_id}")

    def entry(self, metric_id: str, row: int | None) -> Mapping[str, Any]:
        """A metric's entry in the result: its formula in words, its calculation and its cells."""
        return self.entries.get((metric_id, row), {})

    def define(
        self, name: str, sheet_id: str, first: tuple[int, int], last: tuple[int, int] | None = None
    ) -> None:
        """Name a cell, or the cells from `first` to `last`."""
        self.places[name] = (sheet_id, *first)
        place = xl_range_abs(*first, *(last or first))
        self.file.define_name(name, f"='{self.sheet_name(sheet_id)}'!{place}")


@lru_cache(maxsize=4000)
def _wrapped(line: str, width: int) -> int:
    """How many lines a text takes. Most texts are the catalogue's and come back with every workbook."""
    return len(textwrap.wrap(line, width)) or 1


@dataclass(frozen=True, slots=True)
class Fitted:
    """A text that wraps in a column of this width (in digits of the body font, as Excel counts)."""

    text: str
    width: float
    size: float = BODY_SIZE
    bold: bool = False

    @property
    def height(self) -> float:
        """An estimate that rather leaves a blank line than cuts a text."""
        digits = (self.width - 1.5) * BODY_SIZE / self.size
        fitting = max(1, math.floor(digits / (BOLD_LETTER if self.bold else LETTER)))
        lines = sum(1 if len(line) <= fitting else _wrapped(line, fitting) for line in self.text.splitlines())
        return lines * self.size * 1.3 + 6


class Page:
    """One sheet. Rows and columns count from 0; `row` is the next free row."""

    def __init__(
        self, book: Book, sheet: Worksheet, sheet_id: str, widths: Sequence[float], landscape: bool = False
    ) -> None:
        self.book = book
        self.sheet = sheet
        self.id = sheet_id
        self.widths = widths
        self.row = 0
        sheet.hide_gridlines(2)
        for column, width in enumerate(widths):
            sheet.set_column(column, column, width)
        sheet.set_paper(A4)
        sheet.set_margins(left=0.5, right=0.5, top=0.5, bottom=0.6)
        if landscape:
            sheet.set_landscape()
        sheet.fit_to_pages(1, 0)
        company = cut(visible(book.facts.result.get("company")), FOOTER_TEXT).replace("&", "&&")
        # The space keeps a name that starts with a digit apart from the font size before it.
        sheet.set_footer(f"&L&9 {company}&C&9&A&R&9&P / &N")

    def title(self, title: str, subtitle: str) -> None:
        """The first two rows, which stay in view."""
        self.text(0, title, "title", height=28)
        self.text(0, subtitle, "subtitle", height=16)
        self.row += 1

    def text(self, column: int, text: str, look: str, height: float | None = None) -> None:
        """A text of our own in a row of its own, which may run over empty cells to its right."""
        self.put(self.row, column, text, look)
        if height is not None:
            self.sheet.set_row(self.row, height)
        self.row += 1

    def head(
        self, labels: Sequence[str], right: Iterable[int] = (), wrap: bool = True, size: float = BODY_SIZE
    ) -> int:
        """A heading row; `right` are the columns of numbers. Returns its row."""
        aligned = set(right)
        for column, label in enumerate(labels):
            extra: dict[str, Any] = {"indent": 1} if column else {}
            if column in aligned:
                extra["align"] = "right"
            self.sheet.write_string(
                self.row, column, label, self.book.styles("head", text_wrap=wrap, font_size=size, **extra)
            )
        wrapped = [
            Fitted(label, width, size, bold=True) for label, width in zip(labels, self.widths, strict=False)
        ]
        self.fit(self.row, wrapped if wrap else [], least=24)
        self.row += 1
        return self.row - 1

    def section(self, text: str, last_column: int | None = None) -> None:
        """A heading inside a page, underlined over the whole table."""
        look = self.book.styles("section")
        last = len(self.widths) - 1 if last_column is None else last_column
        self.sheet.write_string(self.row, 0, text, look)
        for column in range(1, last + 1):
            self.sheet.write_blank(self.row, column, None, look)
        self.sheet.set_row(self.row, 20)
        self.row += 1

    def put(self, row: int, column: int, text: Any, look: str, **extra: Any) -> None:
        """A text, never a formula or a link whatever it starts with."""
        shown = visible(text)
        style = self.book.styles(look, **extra)
        if shown:
            self.sheet.write_string(row, column, shown, style)
        else:
            self.sheet.write_blank(row, column, None, style)

    def put_lines(self, row: int, column: int, text: str, look: str) -> None:
        """A text of several lines."""
        shown = "\n".join(visible(line) for line in text.splitlines())
        self.sheet.write_string(row, column, shown, self.book.styles(look))

    def blank(self, row: int, columns: Iterable[int], look: str) -> None:
        """Empty cells in a look, so that a rule or a fill runs through."""
        for column in columns:
            self.sheet.write_blank(row, column, None, self.book.styles(look))

    def number(self, row: int, column: int, value: float | None, look: str, number_format: str) -> None:
        """A fixed number; a dash where there is none."""
        if value is None:
            self.put(row, column, NOT_COMPUTABLE, look, align="right", indent=1)
        else:
            self.sheet.write_number(row, column, value, self.book.styles(look, number_format))

    def formula(
        self,
        row: int,
        column: int,
        formula: str,
        look: str,
        cached: Cached,
        number_format: str | None = None,
        array: bool = False,
    ) -> None:
        """A live formula with the value that Python found, so that phones and previews show it too."""
        style: Format = self.book.styles(look, number_format)
        value: Any = "" if not self.book.cached else NOT_COMPUTABLE if cached is None else cached
        if array:
            self.sheet.write_array_formula(row, column, row, column, "{" + formula + "}", style, value)
        else:
            self.sheet.write_formula(row, column, formula, style, value)

    def link(self, row: int, column: int, sheet_id: str, cell: str = "A1") -> None:
        """A link to another sheet of this workbook; none to one that is hidden."""
        if sheet_id in self.book.hidden:
            return
        name = self.book.sheet_name(sheet_id)
        look = self.book.styles("link")
        self.sheet.write_url(row, column, f"internal:'{name}'!{cell}", look, string=f"{name} →")

    def point(self, row: int, column: int, sheet_id: str, name: str) -> None:
        """Let a number lead to a named cell of another sheet, where that one is shown; then write the number.

        On a number, because a program may not wrap a text that is a link.
        """
        if sheet_id not in self.book.hidden:
            self.sheet.write_url(row, column, f"internal:{name}")

    def finish(self) -> None:
        """Print everything that was written, and nothing beside it; a page may have said what to print."""
        if self.sheet.print_area_range:
            return
        last_row, last_column = self.sheet.dim_rowmax, self.sheet.dim_colmax
        if last_row is not None and last_column is not None:
            self.sheet.print_area(0, 0, max(last_row, self.row), last_column)

    def cell(self, row: int, column: int) -> str:
        """A reference to a cell of this page."""
        reference: str = xl_rowcol_to_cell(row, column, col_abs=True)
        return reference

    def define(self, name: str, first: tuple[int, int], last: tuple[int, int] | None = None) -> None:
        self.book.define(name, self.id, first, last)

    def fit(self, row: int, texts: Iterable[Fitted], least: float = ROW_HEIGHT) -> None:
        """Make a row as high as its wrapping texts need, as far as a row can be."""
        self.sheet.set_row(row, min(HIGHEST_ROW, max([least, *(text.height for text in texts)])))

    def fold(self, row: int) -> None:
        """Hide a row behind the "+" of an outline."""
        self.sheet.set_row(row, ROW_HEIGHT, None, {"level": 1, "hidden": True})

    def colour_marks(self, first: int, last: int, column: int) -> None:
        """Colour readings by the mark they begin with; the mark and the word carry the meaning without it."""
        rules: dict[str, dict[str, Any]] = {
            GOOD_MARK: {"font_color": GOOD},
            WARN_MARK: {"font_color": WARN, "bg_color": WARN_FILL, "bold": True},
            BAD_MARK: {"font_color": BAD, "bg_color": BAD_FILL, "bold": True},
        }
        for mark, look in rules.items():
            rule = {
                "type": "text",
                "criteria": "begins with",
                "value": mark,
                "format": self.book.styles.bare(**look),
            }
            self.sheet.conditional_format(first, column, last, column, rule)
