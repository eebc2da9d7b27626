"""Live checks beside the cells, and the validation of what is typed into them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any

from sheetreport.answers.content import LONGEST_TEXT
from sheetreport.catalog.definitions import FieldDef, FieldType
from sheetreport.contract import FIRST_DAY, LARGEST_SHARE, LAST_DAY
from sheetreport.template import live
from sheetreport.template.book import Book
from sheetreport.template.live import Live, number, words

NUMERIC = (
    FieldType.COUNT,
    FieldType.MONEY,
    FieldType.NUMBER,
    FieldType.SHARE,
    FieldType.TALLY,
    FieldType.SERIES,
)
_MESSAGE_TITLE, MESSAGE_TEXT = 32, 255
_CELL = "\0"  # where the address of a cell goes


def blank_text(book: Book, field: FieldDef, *, core: bool) -> str:
    """What the check says while the cell is empty: its unit, or what kind of answer it wants."""
    unit = field.unit[book.language]
    if field.type is FieldType.MONEY:
        unit = book.wording.symbol
    if unit:
        return unit
    return book.text(f"blank_{field.type.value}") if core else book.text("blank_optional")


def is_valid(book: Book, field: FieldDef, cell: Live) -> tuple[Live, str]:
    """Whether a filled cell holds what it should, and what to say if not."""
    numeric = live.is_number(cell)
    no = Live("FALSE", False)
    not_negative = live.compare(cell, ">=", number(0))
    match field.type:
        case FieldType.COUNT | FieldType.TALLY | FieldType.SERIES:
            whole = live.and_(not_negative, live.compare(cell, "=", live.integer(cell)))
            return live.if_(numeric, whole, no), book.text("wrong_count")
        case FieldType.MONEY | FieldType.NUMBER:
            return (numeric, book.text("wrong_number")) if field.signed else (
                live.if_(numeric, not_negative, no), book.text("wrong_amount")
            )  # fmt: skip
        case FieldType.SHARE:
            bounded = live.and_(not_negative, live.compare(cell, "<=", number(LARGEST_SHARE)))
            return live.if_(numeric, bounded, no), book.text("wrong_share")
        case FieldType.DATE:
            low, high = live.serial(FIRST_DAY), live.serial(LAST_DAY)
            bounded = live.and_(live.compare(cell, ">=", number(low)), live.compare(cell, "<=", number(high)))
            return live.if_(numeric, bounded, no), book.text("wrong_date")
        case FieldType.CHOICE:
            return live.is_listed(cell, book.choices(field)), book.text("wrong_choice")
        case _:
            return live.compare(live.length(cell), "<=", number(LONGEST_TEXT)), book.text("wrong_text")


def sign_is(cell: Live, sign: str) -> Live:
    """Whether the cell holds just this sign."""
    return live.compare(live.trim(cell), "=", words(sign))


def checked(
    book: Book,
    field: FieldDef,
    cell: Live,
    *,
    core: bool,
    formula: Live | None = None,
    attention: Sequence[tuple[Live, str]] = (),
) -> Live:
    """The live check of one cell. It repeats the validation, because a paste goes past that."""
    valid, wrong = is_valid(book, field, cell)
    blank = book.text("check_will_calculate") if formula is not None else blank_text(book, field, core=core)
    cases = [
        (live.is_error(cell), words(book.text("wrong_error"))),
        (live.compare(live.length(live.trim(cell)), "=", number(0)), words(blank)),
        (sign_is(cell, "?"), words(book.text("check_unknown"))),
        (sign_is(cell, "-"), words(book.text("check_not_applicable"))),
        (live.not_(valid), words(wrong)),
        *((condition, words(text)) for condition, text in attention),
    ]
    if field.type is FieldType.SHARE:
        cases.append((live.compare(cell, ">", number(1)), words(book.text("check_above_whole"))))
    if formula is not None:
        same = live.compare(cell, "=", formula)
        if formula.value is None:  # today's date, which only the reader's computer knows
            same = Live(same.text, cell.value is None)
        cases.append((same, words(book.text("check_calculated"))))
    return live.first(*cases, otherwise=words("✓"))


def validation(book: Book, field: FieldDef, cell: str) -> dict[str, Any] | None:
    """What may be typed into a cell, with the message beside it and the one that stops."""
    rule = _rule(book, field, cell)
    if rule is None:
        return None
    key = "messages", field.id, book.language
    return {**book.catalog.once(key, partial(_messages, book, field)), **rule}


def _messages(book: Book, field: FieldDef) -> Mapping[str, Any]:
    return {
        "input_title": shortened(field.label[book.language], _MESSAGE_TITLE),
        "input_message": shortened(_input_message(book, field), MESSAGE_TEXT),
        "error_title": shortened(book.text("stop_title"), _MESSAGE_TITLE),
        "error_message": shortened(_stop_message(book, field), MESSAGE_TEXT),
        "error_type": "stop",
    }


def _rule(book: Book, field: FieldDef, cell: str) -> dict[str, Any] | None:
    """What may be typed into a cell."""
    match field.type:
        case (
            FieldType.TALLY
            | FieldType.SERIES
            | FieldType.COUNT
            | FieldType.MONEY
            | FieldType.NUMBER
            | FieldType.SHARE
            | FieldType.DATE
        ):
            condition = book.catalog.once(("validation", field.id), partial(_condition, book, field))
            return {"validate": "custom", "value": condition.replace(_CELL, cell)}
        case FieldType.CHOICE:
            return {"validate": "list", "source": f"={book.choices(field).text}"}
        case FieldType.TEXT if field.suggestions:
            return {"validate": "list", "source": f"={book.suggestions(field).text}", "show_error": False}
        case FieldType.TEXT:
            return {"validate": "length", "criteria": "<=", "value": LONGEST_TEXT}
        case _:
            return None


def _condition(book: Book, field: FieldDef) -> str:
    """The formula that a number or a date has to fulfil, or it is a sign."""
    valid, _ = is_valid(book, field, Live(_CELL, None))
    signs = f'OR(TRIM({_CELL})="?",TRIM({_CELL})="-")'
    # A text would turn INT() into an error, so numbers and signs are judged apart.
    return f"=IF(ISNUMBER({_CELL}),{valid.text},{signs})"


def _input_message(book: Book, field: FieldDef) -> str:
    hint, why = field.hint[book.language], field.why[book.language]
    parts = [part for part in (hint[:1].upper() + hint[1:], why) if part]
    message = ". ".join(part.rstrip(".") for part in parts)
    return f"{message}." if message else field.label[book.language]


def _stop_message(book: Book, field: FieldDef) -> str:
    example = field.example[book.language]
    if field.type is FieldType.TALLY:
        example = "12"
    text = book.text(f"stop_{field.type.value}")
    return (
        text + (" " + book.text("stop_example", example=example) if example else "") + _way_out(book, field)
    )


def _way_out(book: Book, field: FieldDef) -> str:
    known = field.type in (*NUMERIC, FieldType.DATE)
    return " " + book.text("stop_unknown") if known else ""


def shortened(text: str, limit: int) -> str:
    """The text within a limit, cut at a word."""
    if len(text) <= limit:
        return text
    return text[: limit - 1].rsplit(" ", 1)[0].rstrip(" ,;:") + "…"
