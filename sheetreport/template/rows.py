"""The check of one row of a table: the first thing that is wrong in it, named with its column."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from sheetreport.catalog.definitions import FieldType, SheetDef
from sheetreport.template import live
from sheetreport.template.attention import attentions
from sheetreport.template.book import Book
from sheetreport.template.checks import is_valid, sign_is
from sheetreport.template.live import EMPTY, Live, Result, Span, number, words
from sheetreport.template.scopes import Scalars

# Sheets on which a name may stand only once.
_UNIQUE = ("channels", "social", "affiliate")


class RowScope:
    """The cells of one row, by field id; other fields by their names."""

    def __init__(self, book: Book, cells: Mapping[str, Live | Span]) -> None:
        self._cells = cells
        self._scalars = Scalars(book)

    def ref(self, field_id: str) -> Live:
        """The field's cell in this row, or where it stands once."""
        cell = self._cells.get(field_id)
        return cell if isinstance(cell, Live) else self._scalars.ref(field_id)


def row_check(
    book: Book,
    sheet: SheetDef,
    cells: Mapping[str, Live | Span],
    rows: tuple[int, int],
    subjects: Sequence[Result],
) -> Live:
    """The first thing that is wrong in the row, named with its column."""
    language = book.language
    scope = RowScope(book, cells)
    wrong: list[tuple[Live, Live]] = []
    attention: list[tuple[Live, Live]] = []
    anything: list[Live] = []
    for field_id, cell in cells.items():
        field = book.fields[field_id]
        if isinstance(cell, Span):
            attention += _tally_cases(book, cell)
            anything.append(live.compare(live.count_filled(cell), ">", number(0)))
            continue
        anything.append(live.filled(cell))
        if field.type is FieldType.TEXT:
            continue
        valid, _ = is_valid(book, field, cell)
        unsigned = live.not_(live.or_(sign_is(cell, "?"), sign_is(cell, "-")))
        bad = live.if_error(live.and_(live.filled(cell), unsigned, live.not_(valid)), Live("TRUE", True))
        wrong.append((bad, words(book.text("row_wrong", column=field.label[language]))))
        attention += [
            (live.and_(live.is_number(cell), condition), words(text))
            for condition, text in attentions(book, scope.ref, field_id)
        ]
    subject = cells.get(sheet.subject or "")
    if isinstance(subject, Live):
        wrong += _subject_cases(book, sheet, subject, anything, rows, subjects)
    blank = live.not_(live.or_(*anything)) if anything else Live("TRUE", True)
    return live.first((blank, EMPTY), *wrong, *attention, otherwise=_good(book, cells))


def _good(book: Book, cells: Mapping[str, Live | Span]) -> Live:
    """A tick, with the mean score where the row holds a tally."""
    for field_id, cell in cells.items():
        scores = book.fields[field_id].scores
        if isinstance(cell, Span) and scores is not None:
            mean = live.calculate(live.weighted(cell, scores[0]), "/", live.sum_of(cell))
            told = live.decimal(mean, 2, "," if book.language == "ru" else ".")
            return live.if_error(live.join(words("✓ " + book.text("row_mean")), told), words("✓"))
    return words("✓")


def _tally_cases(book: Book, cells: Span) -> list[tuple[Live, Live]]:
    filled, counted = live.count_filled(cells), live.count_numbers(cells)
    size = number(len(cells.values))
    partly = live.and_(live.compare(filled, ">", number(0)), live.compare(filled, "<", size))
    texts = live.and_(
        live.compare(counted, "<", filled), live.compare(live.count_equal(cells, "?"), "<", size)
    )
    return [
        (texts, words(book.text("wrong_count"))),
        (live.compare(live.count_negative(cells), ">", number(0)), words(book.text("wrong_count"))),
        (partly, words(book.text("tally_gaps"))),
    ]


def _subject_cases(
    book: Book,
    sheet: SheetDef,
    subject: Live,
    anything: Sequence[Live],
    rows: tuple[int, int],
    subjects: Sequence[Result],
) -> list[tuple[Live, Live]]:
    """A row without its name, and a name that stands twice."""
    assert sheet.subject is not None
    label = book.fields[sheet.subject].label[book.language]
    nameless = live.and_(live.or_(*anything), live.not_(live.filled(subject)))
    letters = subject.text.rstrip("0123456789")
    column = f"{letters}${rows[0] + 1}:{letters}${rows[1] + 1}"
    count = live.count_same(Span(column, tuple(subjects)), subject)
    cases = [(nameless, words(book.text("row_wrong", column=label)))]
    if sheet.id in _UNIQUE:
        twice = live.and_(live.filled(subject), live.compare(count, ">", number(1)))
        cases.append((twice, words(book.text("row_twice"))))
    return cases
