"""What the owner wrote outside of the answer cells: nothing of it is dropped in silence."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from openpyxl.utils.cell import coordinate_to_tuple

from sheetreport.corrections.answers import content, own_format, text
from sheetreport.findings import typed
from sheetreport.model import Language, SourceRef
from sheetreport.read import Transcript
from sheetreport.read.book import Page as SourcePage
from sheetreport.read.comments import MAX_NOTES
from sheetreport.read.values import Cell
from sheetreport.returned import NOTES, REMINDER
from sheetreport.template.book import Book
from sheetreport.template.measure import LINE, lines_of
from sheetreport.template.page import Page, put
from sheetreport.template.styles import GREY_TAB

_WIDTHS = (22, 10, 78)
_LONGEST_TITLE = 31
_WIDEST = 50
_REMINDER_WIDTH = 18
_SIGNS = ("✓", "✗", "!", "○")
_PLACES = re.compile(r"[\s$0-9]+|\(\)")


@dataclass(frozen=True, slots=True)
class Ours:
    """What the template itself says in a language: its texts, its formulas without their places, and the
    cells that these fill.

    """

    language: Language
    texts: frozenset[str]
    formulas: frozenset[str]
    live: frozenset[tuple[str, int, int]]

    @classmethod
    def of(cls, book: Book) -> Ours:
        said = {*book.said, book.text("link_start"), book.wording.text("corrections.link_list")}
        texts, formulas = frozenset(map(_flat, said)), frozenset(map(_bare, book.formulas))
        return cls(book.language, texts, formulas, frozenset(book.live))

    def excludes(self, cell: Cell) -> bool:
        """Whether a cell holds something that the template does not say."""
        if isinstance(cell.raw, str) and (cell.raw.startswith(_SIGNS) or not cell.raw.strip()):
            return False
        if cell.formula is not None:
            return _bare(cell.formula) not in self.formulas
        return not (isinstance(cell.raw, str) and _flat(cell.raw) in self.texts)


@dataclass(frozen=True, slots=True)
class Rest:
    """The writer of the owner's own sheets, and of the list of what stood elsewhere.

    `words` is the topic of the list's texts, `ours` what the old template says where the new one differs.
    """

    book: Book
    transcript: Transcript
    notes: frozenset[tuple[SourceRef, str]]
    target: Callable[[SourceRef], SourceRef | None]
    pages: Mapping[str, Page]
    words: str = "corrections"
    ours: Ours | None = None

    def write(self) -> Sequence[tuple[SourceRef, str]]:
        """Write the owner's sheets and the list, each where there is something to write; gives the list."""
        ours = self.ours or Ours.of(self.book)
        reminders = self.transcript.reminders
        self._remind([cell for cell in self.transcript.loose if cell.source in reminders])
        loose = [
            cell
            for cell in self.transcript.loose
            if cell.source not in reminders and self._is_theirs(cell, ours)
        ]
        own = [page for page in self.transcript.own if any(map(ours.excludes, page.cells.values()))]
        listed = [
            *self.transcript.noted,
            *self._lost(),
            *((cell.source, self.said(cell)) for cell in loose if not self._put_back(cell)),
            *self._formulas(own),
            *sorted(self.notes, key=_place),
        ]
        unique = list(dict.fromkeys(listed))
        if listed or own:
            self._list(unique, sheets=bool(own))
        for page in own:
            self._copy(page)
        return unique

    def _lost(self) -> Iterator[tuple[SourceRef, str]]:
        """What is said where notes on cells may be missing."""
        if self.transcript.lost is not None:
            said = self.book.wording.text(f"corrections.comments_{self.transcript.lost}", most=MAX_NOTES)
            yield SourceRef(), said

    def _is_theirs(self, cell: Cell, ours: Ours) -> bool:
        """Whether a cell outside of the answers holds neither a text, nor a formula, nor a result of ours."""
        row, column = coordinate_to_tuple(cell.source.cell)
        ids = {title: sheet_id for sheet_id, title in self.transcript.pages.items()}
        sheet_id = ids.get(cell.source.sheet)
        title = self.book.catalog.sheet(sheet_id).title[ours.language] if sheet_id else cell.source.sheet
        is_result = (title, row - 1, column - 1) in ours.live and not self._is_typed_over(cell)
        return not is_result and ours.excludes(cell)

    def _is_typed_over(self, cell: Cell) -> bool:
        """Whether a place of a formula of ours holds an entry instead, on a sheet that still has formulas;
        some formats keep only results.

        """
        sheet = cell.source.sheet
        return cell.formula is None and any(
            other.formula is not None for other in self.transcript.loose if other.source.sheet == sheet
        )

    def _remind(self, cells: Sequence[Cell]) -> None:
        """Put back what the workbook shows of the one it was made from, where its sheets are as they were."""
        rows: dict[str, list[tuple[int, int]]] = {}
        for cell in cells:
            target = self.target(cell.source)
            if target is not None and self._put_back(cell, "reminder"):
                rows.setdefault(target.sheet, []).append(coordinate_to_tuple(target.cell))
        for number, (title, places) in enumerate(rows.items(), start=1):
            lines, columns = zip(*places, strict=True)
            area = min(lines) - 1, min(columns) - 1, max(lines) - 1, max(columns) - 1
            self.book.define(f"{REMINDER}{number}", title, area)
            if area[1] == len(self.pages[title].widths):
                self.pages[title].widen(_REMINDER_WIDTH)

    def _put_back(self, cell: Cell, look_name: str = "plain") -> bool:
        """Write a cell where it stood, if its sheet is laid out as it was and the place is free."""
        target = self.target(cell.source) if cell.formula is None else None
        page = self.pages.get(target.sheet) if target else None
        if target is None or page is None:
            return False
        row, column = coordinate_to_tuple(target.cell)
        if row - 1 <= page.last_row and column <= len(page.widths):
            return False
        look = self.book.styles.look(look_name, locked=False, num_format=own_format(cell))
        put(page.sheet, row - 1, column - 1, content(cell, dated=True), look)
        return True

    def said(self, cell: Cell) -> str:
        """What a cell holds, in words."""
        shown = self._shown(cell)
        if cell.formula is None:
            return shown
        return f"{shown} ({text('=' + cell.formula.lstrip('='))})"

    def _shown(self, cell: Cell) -> str:
        match cell.raw:
            case str():
                return text(cell.raw)
            case bool() | None:
                return str(cell.raw or "").upper()
            case int() | float():
                return typed(cell.raw, self.book.language)
            case _:
                return str(cell.raw).removesuffix(" 00:00:00")

    def _formulas(self, own: list[SourcePage]) -> Iterator[tuple[SourceRef, str]]:
        """The owner's formulas, whose results were kept."""
        answers = (
            self.transcript.scalars,
            *(row for rows in self.transcript.tables.values() for row in rows),
        )
        typed_in = (cell for values in answers for a in values.values() if not a.ours for cell in a.cells)
        for cell in (*typed_in, *(cell for page in own for cell in page.cells.values())):
            if cell.formula is not None:
                formula = text("=" + cell.formula.lstrip("="))
                yield cell.source, self.book.wording.text("corrections.note_formula", formula=formula)

    def _list(self, listed: list[tuple[SourceRef, str]], *, sheets: bool) -> None:
        wording = self.book.wording
        title = wording.text(f"{self.words}.notes_title")
        self.book.workbook.add_worksheet(title)
        page = Page(self.book, title, _WIDTHS, core=False)
        page.write(0, 0, title, "title")
        page.height(0, 30)
        page.write(1, 0, wording.text(f"{self.words}.notes_intro"), "intro")
        if sheets:
            key = "notes_cut" if self.transcript.cut else "notes_sheets"
            page.write(2, 0, wording.text(f"{self.words}.{key}"), "intro")
        for column, key in enumerate(("notes_sheet", "notes_cell", "notes_text")):
            page.write(3, column, wording.text(f"corrections.{key}"), "heading")
        page.height(3, 22)
        for row, (source, said) in enumerate(listed, start=4):
            for column, words in enumerate((source.sheet, source.cell, said)):
                page.write(row, column, words, "list")
            page.height(row, lines_of(said, _WIDTHS[2] - 1, 10) * LINE[10] + 6)
        page.finish(frozen=(4, 0), repeated=(3, 3))
        self.book.define(NOTES, title, (4, 0, 4 + max(len(listed) - 1, 0), 2))

    def _copy(self, source: SourcePage) -> None:
        """A sheet of the owner's own with its values where they stood."""
        sheet = self.book.workbook.add_worksheet(self._title(source.title))
        sheet.set_tab_color(GREY_TAB)
        widths: dict[int, int] = {}
        for (row, column), cell in sorted(source.cells.items()):
            value, look = (
                content(cell, dated=True),
                self.book.styles.look("plain", num_format=own_format(cell)),
            )
            put(sheet, row - 1, column - 1, value, look)
            longest = max(map(len, str(value).split("\n")))
            widths[column] = min(max(widths.get(column, 9), longest + 2), _WIDEST)
        for column, width in widths.items():
            sheet.set_column(column - 1, column - 1, width)
        for place, said in self.transcript.comments.items():
            if place.sheet == source.title:
                sheet.write_comment(place.cell, text(said))

    def _title(self, wanted: str) -> str:
        """The sheet's own title, unless the copy has a sheet of that name."""
        taken = {sheet.name.casefold() for sheet in self.book.workbook.worksheets()}
        title, number = wanted, 2
        while title.casefold() in taken:
            mark = f" ({number})"
            title, number = wanted[: _LONGEST_TITLE - len(mark)] + mark, number + 1
        return title


def _place(note: tuple[SourceRef, str]) -> tuple[str, int, int, str]:
    """Where a note belongs in the list: as its cell stands on its sheet."""
    source, said = note
    cell = source.cell.partition(":")[0]
    return (source.sheet, *(coordinate_to_tuple(cell) if cell else (0, 0)), said)


def _bare(formula: str) -> str:
    """A formula without the places it names: rows move when an owner adds one."""
    return _PLACES.sub("", formula).lstrip("=").casefold()


def _flat(words: str) -> str:
    return " ".join(words.split())
