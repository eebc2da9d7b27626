"""The sheet of answers: every single answer as a named cell, with the place it came from."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from sheetreport.catalog import smm_answers
from sheetreport.catalog.definitions import FieldDef, FieldType
from sheetreport.formula.excel import NOT_APPLICABLE, UNKNOWN
from sheetreport.formula.units import Kind
from sheetreport.model import Origin, State
from sheetreport.render.workbook import derived
from sheetreport.render.workbook.names import input_name
from sheetreport.render.workbook.page import Book, Fitted, Page

LONGEST_TYPED = 1e9  # amounts below it stand as they were typed; longer ones do not fit a column
WIDTHS = (46, 24, 24, 26)
QUESTION, ANSWER, PLACE, STATE = range(4)

_MARKS = {State.UNKNOWN: UNKNOWN, State.NOT_APPLICABLE: NOT_APPLICABLE}


def write(book: Book, page: Page) -> None:
    """Every field that is asked once; tallies and table columns stand on the sheet of tables."""
    source = book.facts.result["source"]
    file, sha = str(source.get("file") or ""), str(source.get("sha256") or "")[:16]
    page.title(book.text("answers_title"), book.text("answers_subtitle", file=file, sha=sha))
    scalars: Mapping[str, Any] = book.facts.result["answers"]["scalars"]
    header = page.head([book.text(f"answers_{key}") for key in ("question", "answer", "place", "state")])
    page.sheet.freeze_panes(page.row, 1)
    page.sheet.repeat_rows(header)
    for sheet in book.catalog.sheets:
        fields = [field for field in sheet.fields if _is_listed(field, scalars.get(field.id, {}))]
        if not fields:
            continue
        page.section(sheet.title[book.wording.language], STATE)
        for field in fields:
            _row(book, page, field, scalars.get(field.id, {}))
    _smm(book, page, scalars)
    page.sheet.autofilter(header, QUESTION, page.row - 1, STATE)


def _smm(book: Book, page: Page, scalars: Mapping[str, Any]) -> None:
    """The answers to the three questions about social media, which the program gives."""
    page.section(book.text("answers_smm"), STATE)
    for field_id, kind in smm_answers.KINDS.items():
        answer = scalars.get(field_id, {})
        value = answer.get("value")
        page.put(page.row, QUESTION, book.wording.text(f"columns.{field_id.replace('.', '_')}"), "text")
        if kind is Kind.COUNT and value is not None:
            page.number(page.row, ANSWER, float(value), "answer_number", book.styles.counted())
        else:
            known = book.wording.has(f"smm.{value}")
            page.put(page.row, ANSWER, book.wording.text(f"smm.{value}") if known else "", "answer_value")
        page.put(page.row, STATE, state_words(book, answer), "small")
        page.define(input_name(field_id), (page.row, ANSWER))
        page.row += 1


def _is_listed(field: FieldDef, answer: Mapping[str, Any]) -> bool:
    """Single answers, and the reasons for a "no" where they were given.

    The owner's name and phone serve no formula and stay in the owner's own file.
    """
    if field.table or field.personal or field.type in (FieldType.TALLY, FieldType.SERIES):
        return False
    return not field.id.endswith((".why_not", ".why_text")) or answer.get("value") is not None


def _row(book: Book, page: Page, field: FieldDef, answer: Mapping[str, Any]) -> None:
    label = field.label[book.wording.language]
    page.put(page.row, QUESTION, label, "text")
    put_answer(page, page.row, ANSWER, field, answer, derived.of_answer(field.id, answer))
    page.put(page.row, PLACE, place(answer), "small")
    page.put(page.row, STATE, state_words(book, answer), "small")
    page.define(input_name(field.id), (page.row, ANSWER))
    value = answer.get("value")
    shown = value if isinstance(value, str) else ""
    page.fit(page.row, [Fitted(label, WIDTHS[QUESTION]), Fitted(shown, WIDTHS[ANSWER])], least=18)
    page.row += 1


def put_answer(
    page: Page,
    row: int,
    column: int,
    field: FieldDef,
    answer: Mapping[str, Any],
    formula: str | None = None,
    shape: str | None = None,
) -> None:
    """An answer in its cell: numbers and dates as such, choices in words, "?" and "-" as typed.

    With a `formula` the answer follows from others; `shape` is the number format of a measure's unit.
    """
    state = State(answer.get("state") or State.BLANK)
    value = answer.get("value")
    if formula is not None and value is not None:
        is_day = field.type is FieldType.DATE
        shape = page.book.styles.date if is_day else number_format(page.book, field, float(value))
        look = "answer_value" if is_day else "answer_number"
        page.formula(row, column, formula, look, derived.serial(value), shape)
        return
    if state is not State.VALUE or value is None:
        page.put(row, column, _MARKS.get(state, ""), "answer_value")
        return
    match field.type:
        case FieldType.DATE:
            look = page.book.styles("answer_value", page.book.styles.date)
            page.sheet.write_datetime(row, column, date.fromisoformat(value), look)
        case FieldType.MONEY | FieldType.SHARE | FieldType.COUNT | FieldType.NUMBER:
            shown = shape or number_format(page.book, field, float(value))
            page.number(row, column, float(value), "answer_number", shown)
        case _:
            page.put(row, column, in_words(page.book, field, value), "answer_value")


def number_format(book: Book, field: FieldDef, value: float) -> str:
    """A money, share or counted answer with the unit of its question."""
    match field.type:
        case FieldType.MONEY:
            digits = 0 if value.is_integer() else 2
            return book.styles.money(digits, value if abs(value) >= LONGEST_TYPED else 0.0)
        case FieldType.SHARE:
            return book.styles.share()
        case _:
            return book.styles.counted(field.unit[book.wording.language], 0 if value.is_integer() else 2)


def in_words(book: Book, field: FieldDef, value: Any) -> str:
    """A choice by its label, several joined, steps as a list."""
    if field.type is FieldType.STEPS:
        return "; ".join(str(step.get("action") or "") for step in value)
    chosen = value if isinstance(value, list) else [value]
    labels = []
    for choice_id in chosen:
        choice = field.choice(str(choice_id))
        labels.append(choice.label[book.wording.language] if choice else str(choice_id))
    return ", ".join(labels)


def place(answer: Mapping[str, Any]) -> str:
    """Sheet and cell of the owner's file."""
    sheet, cell = answer.get("sheet") or "", answer.get("cell") or ""
    return f"{sheet}!{cell}" if sheet and cell else str(sheet or cell)


def state_words(book: Book, answer: Mapping[str, Any]) -> str:
    """Why a cell is empty, or who filled it."""
    state = State(answer.get("state") or State.BLANK)
    if state is not State.VALUE:
        return book.text(f"state_{state.value}")
    origin = Origin(answer.get("origin") or Origin.GIVEN)
    return "" if origin is Origin.GIVEN else book.text(f"origin_{origin.value}")
