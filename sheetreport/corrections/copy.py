"""What the copy adds to the template: marks and notes on cells, the list in front, what is carried over."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from xlsxwriter.utility import xl_rowcol_to_cell

from sheetreport.corrections import carried, listed
from sheetreport.corrections.items import Item, spots_at
from sheetreport.i18n import texts
from sheetreport.model import LANGUAGES, Repair, Severity, SourceRef, Status
from sheetreport.read import Transcript
from sheetreport.read.transcript import Spot
from sheetreport.returned import CORRECTS, Asked
from sheetreport.template import live
from sheetreport.template.book import CONTROL, Book
from sheetreport.template.live import Live, words
from sheetreport.template.measure import lines_of
from sheetreport.template.page import Mark, Page
from sheetreport.template.styles import ATTENTION, ATTENTION_FILL, WRONG, WRONG_FILL

_NOTE_WIDTH, _NOTE_LETTERS, _NOTE_LINE, _NOTE_LINES = 330, 42, 17, 40
_PLAIN = "General"
_RULE = "\n————\n"


@dataclass(frozen=True, slots=True)
class Place:
    """An input cell of the copy: its page, row and column from 0."""

    page: Page
    row: int
    column: int

    @property
    def source(self) -> SourceRef:
        return SourceRef(self.page.title, xl_rowcol_to_cell(self.row, self.column))


@dataclass(slots=True)
class Copy:
    """The overlay of one workbook."""

    corrects: str
    status: Status
    items: Sequence[Item]
    open_before: frozenset[Asked]
    asked: Sequence[Asked]
    repairs: Sequence[Repair]
    transcript: Transcript
    plain: frozenset[Spot]
    _pages: dict[str, Page] = field(default_factory=dict)
    _places: dict[int, tuple[Place, ...]] = field(default_factory=dict)
    _notes: dict[SourceRef, str] = field(default_factory=dict)
    _moved: dict[str, bool] = field(default_factory=dict)

    def front(self, book: Book) -> Sequence[str]:
        title = book.wording.text("corrections.list_title")
        book.home = title, book.wording.text("corrections.link_list")
        return (title,)

    def mark(self, book: Book, pages: Mapping[str, Page]) -> None:
        self._pages = {page.title: page for page in pages.values()}
        plain = set(self._found(book, tuple(self.plain)))
        for place in plain:
            place.page.lay(place.row, place.column, num_format=_PLAIN)
        marked: set[Place] = set()
        for number, item in enumerate(self.items):
            self._places[number] = tuple(self._found(book, item.spots))
            for place in self._places[number]:
                if place not in marked:
                    shaped = {"num_format": _PLAIN} if place in plain else {}
                    place.page.mark(place.row, place.column, self._mark(book, item), **shaped)
                marked.add(place)
        self._settle(book, marked)

    def _settle(self, book: Book, marked: Collection[Place]) -> None:
        """The checks of the template don't understand what reading does: there they say so."""
        understood = book.wording.text("corrections.understood")
        for repair in self.repairs:
            place = self._place_of(book, repair.source)
            if place is not None and place not in marked and not place.page.in_table(place.row, place.column):
                place.page.settle(place.row, place.column, understood)

    def _mark(self, book: Book, item: Item) -> Mark:
        wrong = item.finding.severity is Severity.ERROR
        said = book.wording.text(f"corrections.{'mark_error' if wrong else 'mark_doubt'}")
        if wrong:
            return Mark(said, ("✗",), WRONG, WRONG_FILL)
        return Mark(said, ("✗", "!"), ATTENTION, ATTENTION_FILL)

    def _found(self, book: Book, spots: Sequence[Spot]) -> Iterator[Place]:
        """Where the copy has these input cells."""
        for spot in spots:
            title, place = book.places.get(spot.name, ("", (0, 0, 0, 0)))
            page, row, column = self._pages.get(title), place[0] + spot.row, place[1] + spot.column
            if page is not None and page.asks(row, column):
                yield Place(page, row, column)

    def write(self, book: Book) -> None:
        book.workbook.set_custom_property(CORRECTS, self.corrects)
        self._write_notes(book)
        notes = frozenset(self._loose_notes(book))
        carried.Rest(book, self.transcript, notes, partial(self._target, book), self._pages).write()
        lines = [
            listed.Entry(item, self._links(book, number, item), self._state(book, item, self._places[number]))
            for number, item in enumerate(self.items)
        ]
        mended = [listed.Mended(item, *self._now(book, item)) for item in self._mended()]
        repairs = [(repair, _source(self._place_of(book, repair.source))) for repair in self.repairs]
        listed.write(book, self.status, lines, mended, repairs, self._notes)

    def _links(self, book: Book, number: int, item: Item) -> tuple[SourceRef, ...]:
        """The cells of an item in the copy; one that holds no answer is where it was."""
        if self._places[number]:
            return tuple(place.source for place in self._places[number])
        source = item.finding.source
        target = self._target(book, source) if source.cell and ":" not in source.cell else None
        return () if target is None else (target,)

    def _mended(self) -> list[Asked]:
        return [item for item in self.asked if item not in self.open_before]

    def _place_of(self, book: Book, source: SourceRef) -> Place | None:
        return next(self._found(book, tuple(spots_at(source, self.transcript))), None)

    def _now(self, book: Book, item: Asked) -> tuple[SourceRef | None, str]:
        """The cell of a mended item and what it holds now."""
        place = self._place_of(book, item.source)
        return _source(place), "" if place is None else place.page.shown(place.row, place.column)

    def _state(self, book: Book, item: Item, places: Sequence[Place]) -> Live:
        """Whether an item is still as it was: live, beside what the check of its cell says."""
        wrong = item.finding.severity is Severity.ERROR
        to_do = words(book.wording.text(f"corrections.{'state_error' if wrong else 'state_doubt'}"))
        if not places:
            return to_do
        done = words(book.wording.text("corrections.state_changed"))
        unchanged = live.or_(*(p.page.unchanged(p.row, p.column, outside=True) for p in places))
        first = places[0]
        beside, verdict, _ = first.page.verdict(first.row, first.column)
        sign = Live(f"LEFT({first.page.outside(first.row, beside)},1)", str(verdict.value)[:1])
        good, bad = live.compare(sign, "=", words("✓")), live.compare(sign, "=", words("✗"))
        if first.page.in_table(first.row, first.column) or len(places) > 1:
            # The check of a row speaks of all its cells.
            return live.if_(live.and_(unchanged, live.not_(good)), to_do, done)
        return live.first((good, done), (live.or_(unchanged, bad), to_do), otherwise=done)

    # --- notes on cells ---------------------------------------------------------------------------

    def _write_notes(self, book: Book) -> None:
        """Our notes on the marked cells, each above the owner's own where there is one."""
        ours: dict[SourceRef, list[Item]] = {}
        for number, item in enumerate(self.items):
            for place in self._places[number][:1]:
                ours.setdefault(place.source, []).append(item)
        theirs = dict(self._own_notes(book))
        for source in {**ours, **theirs}:
            text = "\n\n".join(_told(item) for item in ours.get(source, ()))
            self._notes[source] = text
            own = theirs.get(source, "")
            if text and own:
                own = f"{_RULE}{book.wording.text('corrections.own_note')}\n{own}"
            wrong = any(item.finding.severity is Severity.ERROR for item in ours.get(source, ()))
            colour = WRONG_FILL if wrong else ATTENTION_FILL if text else "#FFFFE1"
            sheet = book.workbook.get_worksheet_by_name(source.sheet)
            write_note(sheet, source.cell, text + own, colour)

    def _own_notes(self, book: Book) -> Iterator[tuple[SourceRef, str]]:
        """The owner's notes whose cells the copy has."""
        for source, text in self._stripped():
            target = self._target(book, source)
            if target is not None:
                yield target, text

    def _loose_notes(self, book: Book) -> Iterator[tuple[SourceRef, str]]:
        """The owner's notes on cells that are somewhere else now."""
        for source, text in self._stripped():
            own = any(page.title == source.sheet for page in self.transcript.own)
            if not own and self._target(book, source) is None:
                yield source, book.wording.text("corrections.note_comment", text=text)

    def _stripped(self) -> Iterator[tuple[SourceRef, str]]:
        """The notes of the workbook without what we had written into them."""
        for source, text in self.transcript.comments.items():
            told = {item.note for item in self.asked if item.source == source and item.note}
            own = without(text, told)
            if own:
                yield source, CONTROL.sub("", own)

    def _target(self, book: Book, source: SourceRef) -> SourceRef | None:
        """The copy's cell for a cell of the owner's workbook; None where its sheet is laid out anew."""
        place = self._place_of(book, source)
        if place is not None:
            return place.source
        titles = {
            title: book.catalog.sheet(id_).title[book.language]
            for id_, title in self.transcript.pages.items()
        }
        title = titles.get(source.sheet)
        if title is None or title not in self._pages or self._is_moved(book, source.sheet):
            return None
        return SourceRef(title, source.cell)

    def _is_moved(self, book: Book, sheet: str) -> bool:
        """Whether any input cell of a sheet stands elsewhere in the copy."""
        if sheet not in self._moved:
            self._moved[sheet] = any(
                (place := next(self._found(book, [spot]), None)) is None or place.source.cell != source.cell
                for source, spot in self.transcript.spots.items()
                if source.sheet == sheet
            )
        return self._moved[sheet]


def _source(place: Place | None) -> SourceRef | None:
    return None if place is None else place.source


def _told(item: Item) -> str:
    """A cell's note: what we see, what we need, what to do."""
    sign = "✗" if item.finding.severity is Severity.ERROR else "!"
    parts = (item.words.message, item.words.expected, item.words.fix)
    return f"{sign} " + "\n".join(part for part in parts if part)


def write_note(sheet: Any, cell: str, text: str, colour: str) -> None:
    """A cell note as large as its text needs."""
    lines = min(lines_of(text, _NOTE_LETTERS, 11), _NOTE_LINES)
    sheet.write_comment(cell, text, {
        "author": "sheetreport",
        "width": _NOTE_WIDTH,
        "height": lines * _NOTE_LINE + 12,
        "font_name": "Arial",
        "font_size": 10,
        "color": colour,
    })  # fmt: skip


def without(text: str, told: set[str]) -> str:
    """A note without ours, which stands first; programs may have changed its spaces."""
    for ours in sorted(told, key=len, reverse=True):
        found = re.match(r"\s*" + r"\s+".join(map(re.escape, ours.split())), text)
        if found:
            rest = text[found.end() :].strip(" \n\r\t—")
            for language in LANGUAGES:
                rest = rest.removeprefix(texts()["corrections.own_note"][language]).strip()
            return rest
    return text.strip()
