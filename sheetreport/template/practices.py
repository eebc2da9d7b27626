"""The list of practices: answer, reason for a "no", the owner's own words."""

from __future__ import annotations

import dataclasses
from itertools import groupby

from sheetreport.answers.content import AsFound
from sheetreport.catalog.definitions import Choice, FieldDef, FieldType, SheetDef
from sheetreport.template import form, live
from sheetreport.template.book import Book, yes_no
from sheetreport.template.live import Live, Result
from sheetreport.template.page import Page
from sheetreport.template.scopes import Scalars
from sheetreport.template.styles import ATTENTION_FILL, Role

_WIDTHS = (42, 13, 18, 28)
_REASON, _WORDS = ".why_not", ".why_text"


def write(book: Book, sheet: SheetDef) -> Page:
    """Write the practices sheet."""
    page = Page(book, sheet.title[book.language], _WIDTHS, core=sheet.core)
    row = form.begin(book, page, sheet)
    page.fill(row, range(4), "heading")
    for column, key in enumerate(
        ("practice_question", "practice_answer", "practice_reason", "practice_words")
    ):
        page.write(row, column, book.text(key), "heading", **({"indent": 1} if column else {}))
    page.height(row, 34)
    row += 1
    scope = Scalars(book)
    questions = [field for field in sheet.fields if not field.id.endswith((_REASON, _WORDS))]
    answers: list[Live] = []
    for group, fields in groupby(questions, lambda field: field.group[book.language]):
        page.section(row)
        page.fill(row, range(4), "section")
        page.write(row, 0, group, "section")
        page.height(row, 24)
        row += 1
        for field in fields:
            row = _question(book, page, row, field, scope, answers)
    page.answered = [live.filled(answer) for answer in answers]
    return page


def _question(book: Book, page: Page, row: int, field: FieldDef, scope: Scalars, answers: list[Live]) -> int:
    match field.type:
        case FieldType.CHOICES:
            return _options(book, page, row, field, scope)
        case FieldType.CHOICE:
            answers.append(_practice(book, page, row, field, scope))
        case _:
            page.question(row, 0, field, core=False)
            _cell(book, page, row, 3, field, scope)
            page.height(row, 34)
    return row + 1


def _cell(book: Book, page: Page, row: int, column: int, field: FieldDef, scope: Scalars) -> Live:
    content = scope.given(field)
    shown = None if content is None else book.shown(field, content)
    cell = page.answer(row, column, field, shown, Role.OPTIONAL, in_table=column > 1)
    if field.type is FieldType.CHOICE:
        page.flag_unlisted(row, column, book.choices(field))
    book.define(scope.name(field), page.title, (row, column, row, column))
    return Live(scope.name(field), cell.value)


def _practice(book: Book, page: Page, row: int, field: FieldDef, scope: Scalars) -> Live:
    page.question(row, 0, field, core=False)
    answer = _cell(book, page, row, 1, field, scope)
    reason = book.fields.get(f"{field.id}{_REASON}")
    own_words = book.fields.get(f"{field.id}{_WORDS}")
    # A risk is good news when the answer is "no": nobody has to explain that.
    asked = not field.id.startswith("p.risk_")
    if reason is not None and (asked or scope.given(reason) is not None):
        _cell(book, page, row, 2, reason, scope)
        no = field.choice("no")
        if no is not None and asked:
            page.sheet.conditional_format(row, 2, row, 2, {
                "type": "formula",
                "criteria": f'=AND($B{row + 1}="{no.label[book.language]}",LEN(TRIM($C{row + 1}))=0)',
                "format": book.styles.rule(bg_color=ATTENTION_FILL),
            })  # fmt: skip
    if own_words is not None and (asked or scope.given(own_words) is not None):
        _cell(book, page, row, 3, own_words, scope)
    page.height(row, 22)
    return answer


def _options(book: Book, page: Page, row: int, field: FieldDef, scope: Scalars) -> int:
    """A question with several answers: yes or no beside each of them."""
    page.question(row, 0, field, core=False)
    page.height(row, 24)
    given = scope.given(field)
    chosen = given if isinstance(given, tuple) else ()
    for index, choice in enumerate(field.choices):
        row += 1
        page.write(row, 0, f"·  {choice.label[book.language]}", "text", indent=2)
        option = _yes_no(field, choice)
        found = (
            given.cells[index] if isinstance(given, AsFound) else _option_shown(book, choice, given, chosen)
        )
        page.answer(row, 1, option, found, Role.OPTIONAL)
        page.flag_unlisted(row, 1, book.choices(option))
        book.define(f"{scope.name(field)}_{choice.id}", page.title, (row, 1, row, 1))
        page.height(row, 20)
    return row + 1


def _option_shown(book: Book, choice: Choice, given: object, chosen: tuple[object, ...]) -> Result:
    if isinstance(given, str):
        return given
    return book.wording.text("common.yes") if choice.id in chosen else None


def _yes_no(field: FieldDef, choice: Choice) -> FieldDef:
    """One option of a question with several answers, as a field of its own."""
    return dataclasses.replace(
        field, id=f"{field.id}_{choice.id}", type=FieldType.CHOICE, label=choice.label, choices=yes_no()
    )
