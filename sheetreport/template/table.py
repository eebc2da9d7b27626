"""A table for the owner's records: one record a row, its check beside it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from xlsxwriter.utility import xl_col_to_name, xl_rowcol_to_cell

from sheetreport import derive
from sheetreport.answers.content import Content
from sheetreport.catalog.definitions import FieldDef, FieldType, SheetDef
from sheetreport.template import balance, live, survey
from sheetreport.template.attention import attentions
from sheetreport.template.book import Book
from sheetreport.template.checks import checked, is_valid, sign_is
from sheetreport.template.live import EMPTY, Live, Result, Span, number, words
from sheetreport.template.page import Page, lines_of
from sheetreport.template.scopes import Scalars
from sheetreport.template.styles import Role

_WIDTHS = {
    FieldType.TEXT: 24,
    FieldType.CHOICE: 19,
    FieldType.COUNT: 11,
    FieldType.MONEY: 13,
    FieldType.NUMBER: 11,
    FieldType.SHARE: 11,
    FieldType.DATE: 13,
    FieldType.TALLY: 7,
}
_CHECK_WIDTH = 18
_COST_WIDTH = 12


@dataclass(frozen=True, slots=True)
class Column:
    """A column of the table: a field's (or one score of its tally), or one that the workbook fills."""

    index: int
    width: float
    field: FieldDef | None = None
    score: int | None = None
    computed: str = ""


class RowScope:
    """The cells of one row, by field id; other fields by their names."""

    def __init__(self, book: Book, cells: Mapping[str, Live]) -> None:
        self._cells = cells
        self._scalars = Scalars(book)

    def ref(self, field_id: str) -> Live:
        """The field's cell in this row, or where it stands once."""
        return self._cells.get(field_id) or self._scalars.ref(field_id)


def write(book: Book, sheet: SheetDef) -> Page:
    """Write a table sheet, with the questions that stand once below the table."""
    columns = plan(book, [field for field in sheet.fields if field.table])
    page = Page(
        book, sheet.title[book.language], [column.width for column in columns], core=sheet.core, landscape=True
    )
    intro = sheet.intro[book.language]
    if intro:
        page.write(2, 0, intro, "intro")
        page.height(2, 22)
    row = _bands(book, page, 3, columns)
    top = _headings(book, page, row, columns, core=sheet.core)
    bottom = _rows(book, page, top, sheet, columns)
    row = bottom + 1
    if sheet.id == "channels":
        row = _totals(book, page, top, bottom, columns)
    _single_questions(book, page, row + 1, top, bottom, sheet, columns)
    return page


def plan(book: Book, fields: Sequence[FieldDef], first: int = 0) -> tuple[Column, ...]:
    """Columns left to right: core ones, what the workbook fills, then the optional ones."""
    core = [field for field in fields if field.core]
    rest = [field for field in fields if not field.core]
    columns: list[Column] = []

    def add(width: float, **what: object) -> None:
        columns.append(Column(first + len(columns), width, **what))  # type: ignore[arg-type]

    def add_field(field: FieldDef) -> None:
        if field.type is FieldType.TALLY:
            assert field.scores is not None, field.id
            for score in range(derive.tally_size(field)):
                add(_WIDTHS[field.type], field=field, score=field.scores[0] + score)
        else:
            add(_width(book, field), field=field)

    for field in core:
        add_field(field)
    computed_last = not core
    if core:
        if book.has("channels.spend", "channels.customers") and core[0].id.startswith("channels."):
            add(_COST_WIDTH, computed="cost")
        add(_CHECK_WIDTH, computed="check")
    for field in rest:
        add_field(field)
    if computed_last:
        add(_CHECK_WIDTH, computed="check")
    return tuple(columns)


def _width(book: Book, field: FieldDef) -> float:
    """Wide enough for the type, the longest word of the heading and the longest choice on two lines."""
    width = float(_WIDTHS[field.type])
    longest = max(len(word) for word in field.label[book.language].split())
    return max(width, longest * 1.15 + 2)


def _bands(book: Book, page: Page, row: int, columns: Sequence[Column]) -> int:
    """Small words above the headings: what is asked, what is calculated, what is optional."""
    seen = set()
    for column in columns:
        kind = "computed" if column.computed else "core" if column.field and column.field.core else "optional"
        if kind not in seen:
            page.write(row, column.index, book.text(f"band_{kind}"), "band")
        seen.add(kind)
    page.height(row, 18)
    return row + 1


def _headings(book: Book, page: Page, row: int, columns: Sequence[Column], *, core: bool) -> int:
    """Column headings with their hints; gives the first row of records."""
    height = 0.0
    for column in columns:
        field = column.field
        needed = field is not None and (field.core or not core)
        look = "column_core" if needed else "column"
        if field is None:
            page.write(row, column.index, book.text(f"column_{column.computed}"), look, indent=1)
            continue
        label, hint = _heading(book, field, column.score)
        styles = book.styles
        numeric = field.type not in (FieldType.TEXT, FieldType.CHOICE)
        base = styles.look(look, align="center" if column.score is not None else "right" if numeric else "left")
        if not hint:
            page.sheet.write_string(row, column.index, label, base)
        else:
            colour = "#FFFFFF" if needed else "#4A5763"
            page.sheet.write_rich_string(
                row,
                column.index,
                styles.look(look),
                label,
                styles.look("hint", font_color=colour),
                f"\n{hint}",
                base,
            )
        height = max(
            height,
            lines_of(label, column.width, 10, bold=True) * 13.5
            + (lines_of(hint, column.width, 9) * 12.5 if hint else 0)
            + 8,
        )
    page.height(row, max(height, 30))
    return row + 1


def _heading(book: Book, field: FieldDef, score: int | None) -> tuple[str, str]:
    if score is not None:
        return str(score), ""
    return field.label[book.language], field.hint[book.language]


def _rows(book: Book, page: Page, top: int, sheet: SheetDef, columns: Sequence[Column]) -> int:
    """The records; gives the last row. A table has as many rows as the answers need, at least as many as offered."""
    table = (sheet.subject or columns[0].field.id if columns[0].field else sheet.id).split(".", 1)[0]
    records = book.flat.tables.get(table, ())
    count = max(sheet.rows, len(records))
    bottom = top + count - 1
    check = next(column for column in columns if column.computed == "check")
    names: dict[str, tuple[int, int]] = {}
    for column in columns:
        if column.field is not None:
            first = names.get(column.field.id, (column.index, 0))[0]
            names[column.field.id] = (first, column.index)
    for field_id, (left, right) in names.items():
        book.define("in_" + field_id.replace(".", "_"), page.title, (top, left, bottom, right))
    subjects = [_subject_of(book, sheet, record) for record in records] + [None] * (count - len(records))
    for index in range(count):
        record = records[index] if index < len(records) else {}
        row = top + index
        page.height(row, 22)
        cells = _record(book, page, row, columns, record, core_row=index == 0)
        scope = RowScope(book, {field_id: live_ for field_id, live_ in cells.items() if isinstance(live_, Live)})
        cost = next((column for column in columns if column.computed == "cost"), None)
        if cost is not None:
            page.live(row, cost.index, _cost(scope), "computed", num_format=book.styles.money())
        page.check(row, check.index, _row_check(book, sheet, scope, cells, columns, (top, bottom), subjects))
    page.answered.append(live.count_filled(page.span((top, columns[0].index, bottom, columns[0].index), subjects)))
    return bottom


def _subject_of(book: Book, sheet: SheetDef, record: Mapping[str, Content]) -> Result:
    if sheet.subject is None or record.get(sheet.subject) is None:
        return None
    return book.shown(book.fields[sheet.subject], record[sheet.subject])


def _record(
    book: Book, page: Page, row: int, columns: Sequence[Column], record: Mapping[str, Content], *, core_row: bool
) -> dict[str, Live | Span]:
    """The input cells of one record, by field id; a tally gives a range."""
    cells: dict[str, Live | Span] = {}
    for column in columns:
        field = column.field
        if field is None:
            continue
        role = Role.CORE if field.core else Role.OPTIONAL
        content = record.get(field.id)
        if column.score is not None:
            assert field.scores is not None
            values = survey.cells_of(book, field, content)
            page.answer(row, column.index, field, values[column.score - field.scores[0]], role, small=True)
            if column.score == field.scores[0]:
                right = column.index + len(values) - 1
                cells[field.id] = Span(
                    f"{xl_rowcol_to_cell(row, column.index)}:{xl_rowcol_to_cell(row, right)}", values
                )
            continue
        shown = None if content is None else book.shown(field, content)
        cell = page.answer(row, column.index, field, shown, role, small=True)
        cells[field.id] = cell
        if field.core and core_row:
            page.core_cells.append(Live(page.outside(row, column.index), cell.value))
    return cells


def _cost(scope: RowScope) -> Live:
    """What one new client of the channel cost."""
    spend, customers = scope.ref("channels.spend"), scope.ref("channels.customers")
    paid = live.and_(live.is_number(spend), live.is_number(customers))
    cost = live.if_error(live.calculate(spend, "/", customers), words("—"))
    return live.if_(paid, cost, EMPTY)


def _row_check(
    book: Book,
    sheet: SheetDef,
    scope: RowScope,
    cells: Mapping[str, Live | Span],
    columns: Sequence[Column],
    rows: tuple[int, int],
    subjects: Sequence[Result],
) -> Live:
    """The first thing that is wrong in the row, named with its column."""
    language = book.language
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
    if sheet.subject in cells:
        subject = cells[sheet.subject]
        assert isinstance(subject, Live)
        wrong += _subject_cases(book, sheet, subject, anything, rows, subjects)
    blank = live.not_(live.or_(*anything)) if anything else Live("TRUE", True)
    return live.first((blank, EMPTY), *wrong, *attention, otherwise=_good(book, cells))


def _good(book: Book, cells: Mapping[str, Live | Span]) -> Live:
    """A tick, with the mean score where the row holds a tally."""
    tally = next((cell for cell in cells.values() if isinstance(cell, Span)), None)
    if tally is None:
        return words("✓")
    first = tally.text.split(":", 1)[0]
    letters, row = first.rstrip("0123456789"), first.lstrip("ABCDEFGHIJKLMNOPQRSTUVWXYZ")
    start = ord(letters) - ord("A")
    refs = [Live(f"{xl_col_to_name(start + index)}{row}", value) for index, value in enumerate(tally.values)]
    point = "," if book.language == "ru" else "."
    mean = live.calculate(survey.weighted_sum(refs, 1), "/", live.sum_of(tally))
    told = live.join(words("✓ " + book.text("row_mean")), live.decimal(mean, 2, point))
    return live.if_error(told, words("✓"))


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
    same = sum(
        1 for other in subjects if str(other or "").casefold() == str(subject.value or "").casefold() and other
    )
    count = Live(f"SUMPRODUCT(--({column}={subject.text}))", same)
    cases = [(nameless, words(book.text("row_wrong", column=label)))]
    if sheet.id in ("channels", "social", "affiliate"):
        twice = live.and_(live.filled(subject), live.compare(count, ">", number(1)))
        cases.append((twice, words(book.text("row_twice"))))
    return cases


def _totals(book: Book, page: Page, top: int, bottom: int, columns: Sequence[Column]) -> int:
    """Sums of the channels and the average cost of a client."""
    row = bottom + 1
    sums: dict[str, Live] = {}
    page.fill(row, range(len(columns)), "total")
    for column in columns:
        field = column.field
        if field is None or field.type not in (FieldType.COUNT, FieldType.MONEY):
            continue
        records = book.flat.tables.get("channels", ())
        values = [book.shown(field, record.get(field.id)) for record in records]
        letters = xl_col_to_name(column.index)
        span = Span(f"{letters}{top + 1}:{letters}{bottom + 1}", tuple(values))
        total = live.sum_of(span)
        shown = live.if_(live.compare(live.count_numbers(span), ">", number(0)), total, EMPTY)
        page.live(row, column.index, shown, "total", align="right", num_format=book.styles.number_format(field))
        sums[field.id] = Live(xl_rowcol_to_cell(row, column.index), shown.value)
    page.write(row, 0, book.text("channels_total"), "total", indent=1)
    cost = next(column for column in columns if column.computed == "cost")
    average = live.if_error(
        live.calculate(live.numeric(sums["channels.spend"]), "/", live.numeric(sums["channels.customers"])), EMPTY
    )
    page.live(row, cost.index, average, "total", align="right", num_format=book.styles.money())
    page.height(row, 22)
    return row + 1


def _single_questions(
    book: Book, page: Page, row: int, top: int, bottom: int, sheet: SheetDef, columns: Sequence[Column]
) -> None:
    """Questions of the sheet that stand once, and what they make together with the table."""
    scope = Scalars(book)
    where = next((column.index for column in columns if column.field and column.field.type is FieldType.MONEY), 1)
    for field in (field for field in sheet.fields if not field.table):
        page.question(row, 0, field, core=field.core)
        given = scope.given(field)
        shown = None if given is None else book.shown(field, given)
        cell = page.answer(row, where, field, shown, Role.CORE if field.core else Role.OPTIONAL)
        name = scope.name(field)
        book.define(name, page.title, (row, where, row, where))
        if field.core:
            page.core_cells.append(Live(name, cell.value))
        check = checked(book, field, cell, core=field.core)
        page.live(row, where + 1, check, "check_line")
        page.colour_signs(row, where + 1, row, where + 1)
        row += 1
    if sheet.id == "channels":
        _promotion(book, page, row, (top, bottom), where, columns, scope)


def _promotion(
    book: Book,
    page: Page,
    row: int,
    rows: tuple[int, int],
    where: int,
    columns: Sequence[Column],
    scope: Scalars,
) -> None:
    """All promotion spend, and the clients whom no channel claims."""

    def column_sum(field_id: str) -> Live:
        column = next(column for column in columns if column.field and column.field.id == field_id)
        letters = xl_col_to_name(column.index)
        field = book.fields[field_id]
        values = [book.shown(field, record.get(field_id)) for record in book.flat.tables.get("channels", ())]
        return live.sum_of(Span(f"{letters}{rows[0] + 1}:{letters}{rows[1] + 1}", tuple(values)))

    page.write(row, 0, book.text("promotion_total"), "text_bold")
    other = live.numeric(scope.ref("promo.other_spend")) if book.has("promo.other_spend") else number(0)
    spend = live.calculate(column_sum("channels.spend"), "+", other)
    page.live(row, where, spend, "computed", bold=True, num_format=book.styles.money())
    page.height(row, 22)
    row += 1
    gap, told = balance.sources(book, scope.ref, column_sum("channels.customers"))
    page.write(row, 0, book.text("sources_question"), "text")
    page.live(row, where, gap, "computed", num_format='#,##0_-;"−"#,##0_-')
    page.live(row, where + 1, told, "check_line")
    page.colour_signs(row, where + 1, row, where + 1)
    page.height(row, 22)


def write_rows(
    book: Book, page: Page, row: int, sheet: SheetDef, fields: Sequence[FieldDef], *, title: str
) -> int:
    """A table inside a form sheet, in the form's own columns; gives the row after it."""
    page.fill(row, range(len(page.widths)), "section")
    page.write(row, 0, title, "section")
    page.height(row, 26)
    tallies_first = sorted(fields, key=lambda field: field.id != sheet.subject and field.type is not FieldType.TALLY)
    columns = tuple(
        Column(column.index, page.widths[column.index], column.field, column.score, column.computed)
        for column in plan(book, tallies_first)
    )
    top = _headings(book, page, row + 1, columns, core=True)
    return _rows(book, page, top, sheet, columns) + 1
