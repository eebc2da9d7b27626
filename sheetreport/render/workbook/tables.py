"""The sheet of tables: the owner's rows (channels, goals, themes) and survey tallies as named ranges."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sheetreport.catalog.definitions import FieldDef, FieldType, SheetDef, Unit
from sheetreport.catalog.goal_columns import GIVENS
from sheetreport.formula.units import Kind
from sheetreport.model import State
from sheetreport.render.workbook import answers, derived
from sheetreport.render.workbook.names import input_name, rows_name
from sheetreport.render.workbook.page import READING_SIZE, Book, Fitted, Page, visible

WIDTHS = (5, 28, *(15,) * 11)
ACROSS = 10  # columns of answers side by side, as many as print at a reading size; the rest stand below
_IN_UNIT = frozenset({"goals.point_a", "goals.target", "goals.current", "goals.baseline_pace"})
_LISTS = (FieldType.TALLY, FieldType.SERIES)  # answered in several cells side by side
NUMBER, SUBJECT, FIRST = 0, 1, 2


def write(book: Book, page: Page) -> None:
    """A block for each table and for the tallies of each survey."""
    page.title(book.text("tables_title"), book.text("tables_subtitle"))
    page.sheet.freeze_panes(page.row, FIRST)
    for sheet in book.catalog.sheets:
        columns = [field for field in sheet.fields if field.table]
        tallies = [field for field in sheet.fields if field.type in _LISTS and not field.table]
        if columns or tallies:
            page.section(sheet.title[book.wording.language])
        for field in tallies:
            write_list = _series if field.type is FieldType.SERIES else _tally
            write_list(book, page, field)
        if columns:
            _table(book, page, sheet, columns)
        if columns or tallies:
            page.row += 1


def _tally(book: Book, page: Page, field: FieldDef) -> None:
    """The scores in one row, the answers to each in the next, their place below."""
    answer: Mapping[str, Any] = book.facts.result["answers"]["scalars"].get(field.id, {})
    scores = _scores(field)
    page.head(["", field.label[book.wording.language], *scores], range(FIRST, FIRST + len(scores)))
    page.put(page.row, SUBJECT, book.text("tables_answers"), "strong")
    _tally_cells(page, FIRST, answer, len(scores))
    page.define(input_name(field.id), (page.row, FIRST), (page.row, FIRST + len(scores) - 1))
    page.row += 1
    _list_place(book, page, answer)


def _series(book: Book, page: Page, field: FieldDef) -> None:
    """A month in each row, for side by side they would not print on a page; those not planned are folded."""
    answer: Mapping[str, Any] = book.facts.result["answers"]["scalars"].get(field.id, {})
    label = field.label[book.wording.language]
    page.head([book.text("actions_number"), label, book.text("tables_answers")], (FIRST,))
    planned: Sequence[float] = answer.get("value") or ()
    first = page.row
    for index in range(field.size):
        page.number(page.row, NUMBER, index + 1, "answer_number", book.styles.counted())
        page.put(page.row, SUBJECT, book.text("tables_month", n=index + 1), "answer_value")
        if index < len(planned):
            page.number(page.row, FIRST, planned[index], "answer_number", book.styles.counted())
        else:
            page.put(page.row, FIRST, "", "answer_value")
            if index:
                page.fold(page.row)
        page.row += 1
    page.define(input_name(field.id), (first, FIRST), (page.row - 1, FIRST))
    _list_place(book, page, answer)


def _list_place(book: Book, page: Page, answer: Mapping[str, Any]) -> None:
    """Where in the owner's file a list stands, if it was filled in."""
    if place := answers.place(answer):
        page.text(SUBJECT, f"{book.text('answers_place')}: {place}", "subtitle")


def _tally_cells(page: Page, first: int, answer: Mapping[str, Any], size: int) -> None:
    counts = answer.get("value")
    for index in range(size):
        if isinstance(counts, list) and index < len(counts):
            page.number(page.row, first + index, counts[index], "answer_number", page.book.styles.counted())
        else:
            page.put(page.row, first + index, "", "answer_value")


def _scores(field: FieldDef) -> list[str]:
    assert field.scores is not None, field.id
    return [str(score) for score in range(field.scores[0], field.scores[1] + 1)]


@dataclass(frozen=True, slots=True)
class _Column:
    """A column of a block: a question of the owner's table, or one that the program fills."""

    id: str
    labels: tuple[str, ...]
    field: FieldDef | None


def _table(book: Book, page: Page, sheet: SheetDef, fields: Sequence[FieldDef]) -> None:
    """Blocks with a numbered row for each record; without records, a blank row that the names point at.

    A table wider than a page continues in further blocks, which take the names of its rows from the first.
    """
    rows = book.facts.table(sheet.id) or [{"subject": "", "values": {}}]
    columns = [_column(book, field) for field in fields if field.id != sheet.subject]
    if sheet.id == "goals":
        columns += [_Column(id_, (_filled_label(book, id_),), None) for id_ in GIVENS]
    subject = next((field for field in fields if field.id == sheet.subject), None)
    blocks = list(_across(columns))
    first = page.row + 1
    for place, block in enumerate(blocks):
        named_at = first if place else None
        top = _block(book, page, sheet, subject, block, rows, named_at, block is blocks[-1])
        if place == 0:
            page.define(rows_name(sheet.id), (top, NUMBER), (page.row - 1, NUMBER))
            if subject is not None:
                page.define(input_name(subject.id), (top, SUBJECT), (page.row - 1, SUBJECT))


def _across(columns: Sequence[_Column]) -> Iterator[Sequence[_Column]]:
    """The columns in parts of about the same size that fit a page."""
    count = math.ceil(sum(len(column.labels) for column in columns) / ACROSS)
    size = math.ceil(len(columns) / count)
    for start in range(0, len(columns), size):
        yield columns[start : start + size]


def _block(
    book: Book,
    page: Page,
    sheet: SheetDef,
    subject: FieldDef | None,
    columns: Sequence[_Column],
    rows: Sequence[Mapping[str, Any]],
    named_at: int | None,
    is_last: bool,
) -> int:
    """Some columns of a table; `named_at` is the first row with its names, if an earlier block has them."""
    head = subject.label[book.wording.language] if subject else sheet.record[book.wording.language]
    labels = [label for column in columns for label in column.labels]
    place = [book.text("answers_place")] if is_last else []
    page.head([book.text("actions_number"), head, *labels, *place], size=READING_SIZE)
    first = page.row
    for position, row in enumerate(rows, start=1):
        if row["values"]:
            page.number(page.row, NUMBER, position, "answer_number", book.styles.counted())
        shown = _subject(book, subject, row)
        if named_at is None or not shown:
            page.put(page.row, SUBJECT, shown, "answer_value")
        else:
            name = page.cell(named_at + position - 1, SUBJECT)
            page.formula(page.row, SUBJECT, f"={name}", "answer_value", visible(shown))
        _row(book, page, columns, row["values"], position, _goal_format(book, sheet, row))
        if is_last:
            page.put(page.row, FIRST + len(labels), _row_place(row["values"]), "small")
        page.fit(page.row, _fitted(book, shown, columns, row["values"]), least=18)
        page.row += 1
    at = FIRST
    for column in columns:
        page.define(input_name(column.id), (first, at), (page.row - 1, at + len(column.labels) - 1))
        at += len(column.labels)
    return first


def _subject(book: Book, field: FieldDef | None, row: Mapping[str, Any]) -> str:
    """The name of a row; where it is a choice, in words."""
    name = row.get("subject")
    return answers.in_words(book, field, name) if field is not None and name else str(name or "")


def _column(book: Book, field: FieldDef) -> _Column:
    label = field.label[book.wording.language]
    if field.type is not FieldType.TALLY:
        return _Column(field.id, (label,), field)
    return _Column(field.id, tuple(f"{label}: {score}" for score in _scores(field)), field)


def _filled_label(book: Book, column_id: str) -> str:
    return book.text("tables_filled", name=book.wording.text(f"columns.{column_id.replace('.', '_')}"))


def _row(
    book: Book,
    page: Page,
    columns: Sequence[_Column],
    values: Mapping[str, Any],
    position: int,
    goal_format: str | None,
) -> None:
    at = FIRST
    for column in columns:
        answer: Mapping[str, Any] = values.get(column.id, {})
        if column.field is None:
            _filled(book, page, at, column.id, values)
        elif column.field.type is FieldType.TALLY:
            _tally_cells(page, at, answer, len(column.labels))
        else:
            formula = derived.of_goal(column.id, values, position)
            shape = goal_format if column.id in _IN_UNIT else None
            answers.put_answer(page, page.row, at, column.field, answer, formula, shape)
        at += len(column.labels)


def _goal_format(book: Book, sheet: SheetDef, row: Mapping[str, Any]) -> str | None:
    """Money and shares that a goal is measured in; other measures stand as plain numbers."""
    if sheet.id != "goals":
        return None
    goal = next((goal for goal in book.facts.goals if goal["row"] == row.get("index")), None)
    match goal and goal.get("unit"):
        case Unit.MONEY:
            return book.styles.money()
        case Unit.SHARE:
            return book.styles.share()
        case _:
            return None


def _fitted(
    book: Book, subject: str, columns: Sequence[_Column], values: Mapping[str, Any]
) -> Iterator[Fitted]:
    """The texts of a row, for its height."""
    yield Fitted(subject, WIDTHS[SUBJECT])
    for column in columns:
        value = values.get(column.id, {}).get("value")
        if (
            column.field is not None
            and isinstance(value, str | list)
            and column.field.type is not FieldType.TALLY
        ):
            yield Fitted(answers.in_words(book, column.field, value), WIDTHS[FIRST])


def _filled(book: Book, page: Page, column: int, column_id: str, values: Mapping[str, Any]) -> None:
    """A column that the program fills: a number, or a word as formulas compare it."""
    answer: Mapping[str, Any] = values.get(column_id, {})
    value = answer.get("value")
    if State(answer.get("state") or State.BLANK) is not State.VALUE or value is None:
        page.put(page.row, column, "", "answer_value")
    elif GIVENS[column_id] is Kind.TEXT:
        page.put(page.row, column, book.names.label(column_id, str(value)), "answer_value")
    else:
        digits = 0 if float(value).is_integer() else 2
        shape = book.styles.counted(digits=digits)
        formula = derived.of_unit(book.catalog, column_id, values, book.facts.result["answers"]["tables"])
        if formula is None:
            page.number(page.row, column, float(value), "answer_number", shape)
        else:
            page.formula(page.row, column, formula, "answer_number", float(value), shape)


def _row_place(values: Mapping[str, Any]) -> str:
    """The place of a row in the owner's file: its first and last cell."""
    placed = [value for value in values.values() if value.get("sheet") and value.get("cell")]
    if not placed:
        return ""
    first, last = placed[0], placed[-1]
    return answers.place(first) if first == last else f"{answers.place(first)}–{last['cell']}"
