"""Everything an owner typed, as typed and where: what a correction copy is made from."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import chain

from sheetreport.catalog.definitions import Catalog, FieldDef, FieldType, SheetDef
from sheetreport.i18n import texts
from sheetreport.model import LANGUAGES, Language, SourceRef
from sheetreport.read.book import Area, Book, Opened, Page, Places, open_book, sheets_of_ours
from sheetreport.read.comments import Lost, comments
from sheetreport.read.fields import is_ours, is_today
from sheetreport.read.formats import Format, recognise
from sheetreport.read.headings import block_name, name_of
from sheetreport.read.legacy import open_legacy
from sheetreport.read.places import locate
from sheetreport.read.records import MAX_RECORDS, places_of
from sheetreport.read.values import Cell
from sheetreport.read.words import key
from sheetreport.returned import BUREAU, CORRECTS, LIST, NOTES, OURS, REMINDER

MAX_OWN_CELLS = 20_000  # of sheets that are not the template's
STEP_COLUMNS, STEP_DUE = 4, 2  # action, who, due, done
_YEARS_1904 = 1462  # days from the beginning of one calendar of spreadsheets to that of the other


@dataclass(frozen=True, slots=True)
class Spot:
    """An input cell, wherever it stands now: the name of its area, and how far from the area's corner."""

    name: str
    row: int = 0
    column: int = 0


@dataclass(frozen=True, slots=True)
class Answered:
    """The cells of one answer, row by row. `ours`: the template's own formula stands there."""

    cells: tuple[Cell, ...]
    ours: bool = False


@dataclass(frozen=True, slots=True)
class Transcript:
    """What stands in a workbook, answer by answer, and what stands outside of the answers.

    `pages` are the titles of the template's sheets by id, `loose` the cells on them that hold no answer, ours
    and the owner's alike; `own` are the owner's own sheets, `cut` where they hold more than is read; `noted`
    is what an earlier correction copy had carried over to its list, `corrects` what that copy was made of;
    `reminders` are the loose cells in which the workbook shows what stood in the one it was made from,
    `unknown` those that answer a question there is no more, `catalog` the catalogue the template came from;
    `lost` says why notes on cells may be missing.

    """

    language: Language
    pages: Mapping[str, str]
    scalars: Mapping[str, Answered]
    tables: Mapping[str, tuple[Mapping[str, Answered], ...]]
    spots: Mapping[SourceRef, Spot]
    loose: tuple[Cell, ...]
    own: tuple[Page, ...]
    cut: bool
    comments: Mapping[SourceRef, str]
    noted: tuple[tuple[SourceRef, str], ...]
    corrects: tuple[str, ...]
    reminders: frozenset[SourceRef] = frozenset()
    unknown: tuple[Cell, ...] = ()
    catalog: str = ""
    lost: Lost | None = None


def transcribe(catalog: Catalog, data: bytes, opened: Opened | None = None) -> Transcript:
    """Write down a workbook that was read before without being refused, and may be open still."""
    titles = {key(sheet.title[language]) for sheet in catalog.sheets for language in LANGUAGES}
    book = opened.whole(MAX_OWN_CELLS) if opened else _opened(data, titles)
    read = set(sheets_of_ours([*book.pages], book.names, titles, astray=book.astray))
    answered = replace(book, pages={title: page for title, page in book.pages.items() if title in read})
    places = opened.places if opened and opened.places else locate(catalog, answered)
    if places is None:
        raise ValueError("not a workbook of answers")
    writer = _Writer(catalog, answered, places)
    scalars = writer.scalars()
    tables = writer.tables()
    pages = {sheet_id: page.title for sheet_id, page in places.pages.items()}
    starts = {key(texts()["template.start_title"][language]) for language in LANGUAGES}
    ours = {*pages.values(), *(title for title in book.pages if key(title) in starts)}
    hidden = {
        area.sheet
        for name, area in book.names.items()
        if area is not None and name.startswith((OURS, "list_")) and area.sheet not in ours
    }
    own = tuple(page for title, page in book.pages.items() if title not in ours | hidden and page.cells)
    notes = comments(data)
    bureau = {cell.source for cell in _named(book, BUREAU)}
    return Transcript(
        language=places.language,
        pages=pages,
        scalars=scalars,
        tables=tables,
        spots=writer.spots,
        loose=tuple(
            cell
            for title in book.pages
            if title in ours
            for _, cell in sorted(book.pages[title].cells.items())
            if cell.source not in writer.spots and cell.source not in bureau
        ),
        own=own,
        cut=sum(len(page.cells) for title, page in book.pages.items() if title not in read) >= MAX_OWN_CELLS,
        comments=notes.texts,
        noted=_noted(book),
        corrects=tuple(book.properties.get(CORRECTS, "").split()),
        reminders=frozenset(cell.source for cell in _named(book, REMINDER)),
        unknown=tuple(
            cell
            for cell in _named(book, "in_")
            if cell.source not in writer.spots and (cell.raw is not None or cell.formula is not None)
        ),
        catalog=book.properties.get("sheetreport_catalog", ""),
        lost=notes.lost,
    )


def _named(book: Book, prefix: str) -> Iterator[Cell]:
    """The cells of the areas whose names begin so."""
    for name, area in book.names.items():
        if area is not None and name.startswith(prefix) and area.sheet in book.pages:
            for line in book.inside(area):
                yield from line


def _opened(data: bytes, titles: set[str]) -> Book:
    found = recognise(data)
    if found is Format.EXCEL:
        return open_book(data, titles, others=MAX_OWN_CELLS)
    book = open_legacy(data, titles, found)
    return open_legacy(data, titles | set(map(key, book.titles)), found)


class _Writer:
    """Goes through the answers of a workbook as reading does, and keeps the place of every cell."""

    def __init__(self, catalog: Catalog, book: Book, places: Places) -> None:
        self._catalog = catalog
        self._book = book
        self._places = places
        self.spots: dict[SourceRef, Spot] = {}

    def scalars(self) -> dict[str, Answered]:
        found: dict[str, Answered] = {}
        names = self._places.names
        for field in chain.from_iterable(sheet.fields for sheet in self._catalog.sheets):
            if field.type is FieldType.CHOICES:
                options = {choice.id: names.get(name_of(field, choice.id)) for choice in field.choices}
                if any(options.values()):
                    found[field.id] = Answered(tuple(self._options(field, options)))
            elif not field.table and name_of(field) in names:
                found[field.id] = self._answer(field, name_of(field), names[name_of(field)])
        return found

    def _options(self, field: FieldDef, areas: Mapping[str, Area | None]) -> Iterator[Cell]:
        for choice_id, area in areas.items():
            if area is None:
                yield Cell()
            else:
                yield from self._claimed(name_of(field, choice_id), area, area, 1)

    def tables(self) -> dict[str, tuple[Mapping[str, Answered], ...]]:
        found: dict[str, tuple[Mapping[str, Answered], ...]] = {}
        for sheet in self._catalog.sheets:
            records = dict(self._records(sheet))
            table = next((field.id.partition(".")[0] for field in sheet.fields if field.table), None)
            if table is not None and records:
                found[table] = tuple(records.get(index, {}) for index in range(1, max(records) + 1))
        return found

    def _records(self, sheet: SheetDef) -> Iterator[tuple[int, Mapping[str, Answered]]]:
        names = self._places.names
        fields = {field.id: field for field in sheet.fields}
        for index, areas in places_of(sheet, names, self._book):
            if index > MAX_RECORDS:
                return
            record = {}
            for field_id, area in areas.items():
                field = fields[field_id]
                block = block_name(field, index)
                name = block if names.get(block) == area else name_of(field)
                record[field_id] = self._answer(field, name, area)
            yield index, record

    def _answer(self, field: FieldDef, name: str, area: Area) -> Answered:
        found = self._claimed(name, area, self._places.names[name], _size(field))
        cells = tuple(self._in_our_days(cell, field) for cell in found)
        ours = len(cells) == 1 and is_ours(cells[0], field)
        return Answered(() if ours and not is_today(cells[0], field) else cells, ours)

    def _in_our_days(self, cell: Cell, field: FieldDef) -> Cell:
        """A date that lost its format, as a number of the calendar that the copy has."""
        old = self._book.date1904 and field.type is FieldType.DATE
        if old and isinstance(cell.raw, int | float) and not isinstance(cell.raw, bool):
            return replace(cell, raw=cell.raw + _YEARS_1904)
        return cell

    def _claimed(self, name: str, area: Area, whole: Area, size: int) -> Sequence[Cell]:
        """The first cells of an area, as many as the answer has; the rest is left to the loose ones."""
        claimed: list[Cell] = []
        for row, line in enumerate(self._book.inside(area), start=area.top - whole.top):
            for column, cell in enumerate(line):
                if len(claimed) < size:
                    self.spots.setdefault(cell.source, Spot(name, row, column))
                    claimed.append(cell)
        return claimed


def _size(field: FieldDef) -> int:
    """How many cells an answer takes."""
    match field.type:
        case FieldType.TALLY:
            low, high = field.scores or (0, 0)
            return high - low + 1
        case FieldType.SERIES:
            return field.size
        case FieldType.STEPS:
            return field.size * STEP_COLUMNS
        case _:
            return 1


def _noted(book: Book) -> tuple[tuple[SourceRef, str], ...]:
    """What an earlier copy carried over to its list, and what the owner wrote beside or below our lists."""
    found: list[tuple[SourceRef, str]] = []
    for name in (NOTES, LIST):
        area = book.names.get(name)
        if area is None or area.sheet not in book.pages:
            continue
        if name == NOTES:
            for line in book.inside(area):
                sheet, place, text = ("" if cell.raw is None else str(cell.raw) for cell in line[:3])
                found += [(SourceRef(sheet, place), text)] * bool(text)
        for (row, column), cell in sorted(book.pages[area.sheet].cells.items()):
            if (row > area.bottom or column > area.right) and cell.raw is not None:
                found.append((cell.source, str(cell.raw)))
    return tuple(found)
