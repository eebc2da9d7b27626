"""What the new workbook shows of the old one: grey words beside what is asked again, and the list behind."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from sheetreport.catalog.definitions import FieldDef, FieldType, Layout, SheetDef
from sheetreport.corrections.carried import Rest
from sheetreport.read import Transcript
from sheetreport.read.headings import block_name, name_of
from sheetreport.returned import REMINDER
from sheetreport.rounds.old import Note
from sheetreport.rounds.plan import Last
from sheetreport.rounds.theirs import Blank, loose_cells
from sheetreport.template.book import Book, Place
from sheetreport.template.page import Page

_WIDTH = 18
_START_PLACE = (2, 0)  # below the name of the company
_SIZE = 9
_TEXTUAL = (FieldType.TEXT, FieldType.CHOICE)


@dataclass(slots=True)
class Shown:
    """The overlay of a workbook made from an older one.

    `blank` is the old template, which tells what the owner did not write; `listed` is what stands in the
    list, once it is written.
    """

    transcript: Transcript
    notes: Sequence[Note]
    last: Last | None
    blank: Blank
    listed: Sequence[Note] = ()

    def front(self, book: Book) -> Sequence[str]:  # noqa: ARG002
        return ()

    def mark(self, book: Book, pages: Mapping[str, Page]) -> None:
        if self.last is None:
            return
        for sheet_id, page in pages.items():
            sheet = book.catalog.sheet(sheet_id)
            if sheet.layout is Layout.TABLE:
                self._below(book, page, sheet, self.last)
            else:
                self._beside(book, page, sheet, self.last)

    def write(self, book: Book) -> None:
        if self.last is not None and self.last.now:
            said = book.wording.text("rounds.start", now=self.last.now, before=self.last.before)
            sheet = book.workbook.get_worksheet_by_name(book.text("start_title"))
            sheet.write_string(*_START_PLACE, said, book.styles.look("reminder_title"))
            book.define(f"{REMINDER}start", book.text("start_title"), (*_START_PLACE, *_START_PLACE))
        bare = dataclasses.replace(self.transcript, loose=())
        rest = Rest(book, bare, frozenset(), lambda _: None, {}, "rounds", self.blank.ours)
        answers = {cell.source for cell in self.transcript.unknown}
        loose = (
            (
                cell.source,
                book.wording.text(
                    f"rounds.why_{'no_question' if cell.source in answers else 'loose'}",
                    found=rest.said(cell).strip(),
                ),
            )
            for cell in loose_cells(self.blank, self.transcript)
        )
        self.listed = dataclasses.replace(rest, notes=frozenset((*self.notes, *loose))).write()

    # --- questions: a column right of the page ----------------------------------------------------

    def _beside(self, book: Book, page: Page, sheet: SheetDef, last: Last) -> None:
        found = list(self._lines(book, sheet, last))
        if not found:
            return
        column = page.widen(_WIDTH)
        head = 4 if sheet.intro[book.language] else 3
        page.remind(head, column, book.wording.text("rounds.column"), "reminder_head")
        for row, said in found:
            told = book.wording.text("rounds.was", found=said)
            page.remind(row, column, told, "reminder")
            page.fit(row, column, told, _SIZE)
            if page.asks(row, 1):
                page.prompt(row, 1, told)
        rows = [head, *(row for row, _ in found)]
        book.define(f"{REMINDER}{sheet.id}", page.title, (min(rows), column, max(rows), column))

    def _lines(self, book: Book, sheet: SheetDef, last: Last) -> Iterator[tuple[int, str]]:
        """Rows of a page of questions, each with what its cell held."""
        for definition in sheet.fields:
            if sheet.layout is Layout.BLOCKS:
                for number, values in enumerate(last.tables.get(_table(sheet), ()), start=1):
                    yield from _cells(book, block_name(definition, number), values.get(definition.id, ()))
            elif not definition.table:
                yield from _cells(book, name_of(definition), last.scalars.get(definition.id, ()))
        if sheet.layout is Layout.FORM:
            yield from self._row_lines(book, sheet, last)

    def _row_lines(self, book: Book, sheet: SheetDef, last: Last) -> Iterator[tuple[int, str]]:
        """The rows of a table among questions: all that a row held, in one cell."""
        columns = [definition for definition in sheet.fields if definition.table]
        for index, values in enumerate(last.tables.get(_table(sheet), ())):
            said = [" · ".join(values[f.id]) for f in columns if f.id in values]
            if said:
                yield book.places[name_of(columns[0])][1][0] + index, "; ".join(said)

    # --- tables: a block below them ---------------------------------------------------------------

    def _below(self, book: Book, page: Page, sheet: SheetDef, last: Last) -> None:
        records = last.tables.get(_table(sheet), ())
        single = [f for f in sheet.fields if not f.table and last.scalars.get(f.id)]
        if not any(records) and not single:
            return
        top = row = page.last_row + 2
        page.section(row)
        said = "rounds.block_period" if last.before else "rounds.block"
        page.remind(row, 0, book.wording.text(said, before=last.before), "reminder_title")
        page.height(row, 22)
        right = 0
        for index, values in enumerate(records):
            row += 1
            right = max(right, self._record(book, page, sheet, row, index, values))
        for definition in single:
            row += 1
            found = ", ".join(last.scalars[definition.id])
            page.remind(row, 0, f"{definition.label[book.language]}: {found}", "reminder_line")
            _, (line, column, _, _) = book.places[name_of(definition)]
            page.prompt(line, column, book.wording.text("rounds.was", found=found))
        book.define(f"{REMINDER}{sheet.id}", page.title, (top, 0, row, right))

    def _record(
        self,
        book: Book,
        page: Page,
        sheet: SheetDef,
        row: int,
        index: int,
        values: Mapping[str, tuple[str, ...]],
    ) -> int:
        """One line of the block, each word in the column of its cell; gives the last column."""
        right = 0
        for definition in (f for f in sheet.fields if f.id in values):
            _, (first, left, _, _) = book.places[name_of(definition)]
            for column, text in enumerate(values[definition.id], start=left):
                page.remind(row, column, text, _look(definition))
                page.fit(row, column, text, _SIZE)
                page.prompt(first + index, column, book.wording.text("rounds.was", found=text))
                right = max(right, column)
        named = self._name(book, sheet, index)
        if named:
            page.remind(row, book.places[name_of(_subject(sheet))][1][1], named, "reminder_name")
        page.height(row, 20)
        return right

    def _name(self, book: Book, sheet: SheetDef, index: int) -> str:
        """The name of a row that stays, for the block below."""
        rows = book.flat.tables.get(_table(sheet), ())
        content = rows[index].get(sheet.subject or "") if index < len(rows) else None
        shown = None if content is None else book.shown(_subject(sheet), content)
        return "" if shown is None else str(shown)


def _table(sheet: SheetDef) -> str:
    """The key of a sheet's rows."""
    return next((f.id.partition(".")[0] for f in sheet.fields if f.table), "")


def _subject(sheet: SheetDef) -> FieldDef:
    return next(f for f in sheet.fields if f.table and f.id == (sheet.subject or f.id))


def _cells(book: Book, name: str, texts: Sequence[str]) -> Iterator[tuple[int, str]]:
    place: Place | None = book.places[name][1] if name in book.places else None
    if place is not None:
        yield from ((place[0] + offset, text) for offset, text in enumerate(texts) if text)


def _look(definition: FieldDef) -> str:
    return "reminder" if definition.type in _TEXTUAL else "reminder_number"
