"""One cell to one value: pure functions from what was typed to a Value, findings and repairs.

Nothing is guessed: a writing with two readings ("1.234") is a finding, one with one ("1,234.50") a repair.
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from types import MappingProxyType
from typing import TypeAlias

from sheetreport.catalog.definitions import Choice, FieldDef, FieldType
from sheetreport.findings import typed
from sheetreport.model import (
    Finding,
    Language,
    Param,
    Repair,
    Scalar,
    Severity,
    SourceRef,
    State,
    Step,
    Value,
)
from sheetreport.read import amounts
from sheetreport.read.amounts import Amount, Currencies, Problem
from sheetreport.read.words import TEXT_LIMIT, clean, closest, key, state_of

RawValue: TypeAlias = str | bool | int | float | datetime | date | time | timedelta | None

NOWHERE = SourceRef()
FIRST_DAY, LAST_DAY = date(2015, 1, 1), date(2035, 12, 31)
SHOWN = 80  # characters of an owner's text quoted in a finding

_DAY_ZERO = date(1899, 12, 30)  # day 0 of the serial numbers that spreadsheets keep dates as
_SERIALS = range((FIRST_DAY - _DAY_ZERO).days, (LAST_DAY - _DAY_ZERO).days + 1)

_ERROR_WORDS = frozenset(
    "#div/0! #n/a #name? #null! #num! #ref! #value! #spill! #calc! #field! #blocked! #unknown! #getting_data"
    " #дел/0! #н/д #имя? #пусто! #число! #ссылка! #знач! #перенос! #вычисл! #поле!".split()
)
_OFFICE_ERROR = re.compile(r"(?:err|ошибка):[0-9]{3}")

_ISO_DATE = re.compile(r"([0-9]{4})-([0-9]{1,2})-([0-9]{1,2})(?:[T ][0-9]{2}:[0-9]{2}(?::[0-9.]+)?)?")
_DOTTED_DATE = re.compile(r"([0-9]{1,2})\.([0-9]{1,2})\.([0-9]{4}|[0-9]{2})")
_SLASHED_DATE = re.compile(r"([0-9]{1,2})/([0-9]{1,2})/([0-9]{4})")
_WORDED_DATE = re.compile(r"([0-9]{1,2})\s+([^\W\d_]{3,})\.?\s+([0-9]{4})")
_YEAR_WORD = re.compile(r"\s*(?:г\.?|года?)$", re.IGNORECASE)
_MONTHS: Mapping[str, int] = MappingProxyType(
    {
        start: number
        for starts in (
            "янв фев мар апр мая июн июл авг сен окт ноя дек",
            "jan feb mar apr may jun jul aug sep oct nov dec",
        )
        for number, start in enumerate(starts.split(), start=1)
    }
    | {"май": 5}
)
_DONE = frozenset("yes да + готово сделано done true ✓ ✔ v x х 1".split())


@dataclass(frozen=True, slots=True)
class Cell:
    """A cell as the workbook holds it; `formula` is its text when one stands there."""

    raw: RawValue = None
    source: SourceRef = NOWHERE
    formula: str | None = None
    percent: bool = False


@dataclass(frozen=True, slots=True)
class Context:
    """What the meaning of a cell depends on: the workbook's language and currency."""

    language: Language = "ru"
    currencies: Currencies = field(default_factory=Currencies)


@dataclass(frozen=True, slots=True)
class Parsed:
    """A cell read: its value, what there is to say about it, and the repair when it was mended."""

    value: Value
    findings: tuple[Finding, ...] = ()
    repairs: tuple[Repair, ...] = ()


def parse(cell: Cell, definition: FieldDef, context: Context) -> Parsed:
    """Read a single cell as the type of its field."""
    early = _without_value(cell, definition, context)
    if early is not None:
        return early
    match definition.type:
        case FieldType.TEXT:
            return parse_text(cell, definition, context)
        case FieldType.COUNT:
            return parse_count(cell, definition, context)
        case FieldType.MONEY | FieldType.NUMBER:
            return parse_number(cell, definition, context)
        case FieldType.SHARE:
            return parse_share(cell, definition, context)
        case FieldType.DATE:
            return parse_date(cell, definition, context)
        case FieldType.CHOICE:
            return parse_choice(cell, definition, context)
        case FieldType.CHOICES:
            return parse_choices(cell, definition, context)
        case FieldType.TALLY | FieldType.SERIES | FieldType.STEPS:
            raise ValueError(f"{definition.id}: a {definition.type} is read from several cells")


def _without_value(cell: Cell, definition: FieldDef, context: Context) -> Parsed | None:
    """The readings that don't depend on the type: blank, unknown, not applicable, errors of formulas."""
    if cell.raw is None:
        if cell.formula is not None:
            return _invalid(cell, definition, context, Problem("V-57", "uncalculated"))
        return Parsed(Value(State.BLANK, source=cell.source))
    if not isinstance(cell.raw, str) or find_choice(cell.raw, definition) is not None:
        return None
    if is_error(cell.raw):
        return _invalid(cell, definition, context, Problem("V-57", "formula_error"))
    state = state_of(cell.raw)
    return None if state is None else Parsed(Value(state, source=cell.source))


def is_error(text: str) -> bool:
    """Whether a spreadsheet shows this in place of a result, in English or in Russian."""
    word = text.strip().casefold()
    return word in _ERROR_WORDS or _OFFICE_ERROR.fullmatch(word) is not None


def parse_text(cell: Cell, definition: FieldDef, context: Context) -> Parsed:
    """Owner's words, cleaned; longer than the limit they are cut with a warning."""
    text = _words(cell.raw, context)
    if len(text) <= TEXT_LIMIT:
        return Parsed(Value(State.VALUE, text, cell.source))
    cut = text[:TEXT_LIMIT].rstrip()
    params: dict[str, Param] = {"limit": TEXT_LIMIT, "length": len(text)}
    finding = Finding(
        "S-12", Severity.WARNING, cell.source, definition.id, shown(text, context.language), params
    )
    return Parsed(Value(State.VALUE, cut, cell.source), (finding,))


def parse_count(cell: Cell, definition: FieldDef, context: Context) -> Parsed:
    """A whole number from 0."""
    amount = _amount(cell, definition, context)
    if isinstance(amount, Problem):
        return _invalid(cell, definition, context, amount)
    if amount.percent:
        return _invalid(cell, definition, context, Problem("V-57", "percent_sign"))
    if amount.number < 0:
        return _invalid(cell, definition, context, _negative("negative_count", amount))
    whole = round(amount.number)
    if not math.isclose(amount.number, whole, rel_tol=0, abs_tol=1e-6):
        return _invalid(cell, definition, context, Problem("V-06", "fraction"))
    return _accepted(cell, definition, context, whole, str(whole) if amount.mended else None)


def parse_number(cell: Cell, definition: FieldDef, context: Context) -> Parsed:
    """A number or a sum of money; negative only where the field allows. 5% is the fraction 0.05."""
    amount = _amount(cell, definition, context)
    if isinstance(amount, Problem):
        return _invalid(cell, definition, context, amount)
    money = definition.type is FieldType.MONEY
    if amount.percent and money:
        return _invalid(cell, definition, context, Problem("V-57", "percent_sign"))
    if amount.number < 0 and not definition.signed:
        return _invalid(
            cell, definition, context, _negative("negative_money" if money else "negative_number", amount)
        )
    number = amount.number / 100 if amount.percent else amount.number
    return _accepted(
        cell, definition, context, number, typed(number, context.language) if amount.mended else None
    )


def parse_share(cell: Cell, definition: FieldDef, context: Context) -> Parsed:
    """A fraction. More than 1 is taken only where a percent sign shows it is meant, not from a bare 15."""
    amount = _amount(cell, definition, context)
    if isinstance(amount, Problem):
        return _invalid(cell, definition, context, amount)
    share = amount.number / 100 if amount.percent else amount.number
    if share < 0 and not definition.signed:
        return _invalid(cell, definition, context, Problem("V-18", "negative"))
    if share > (5 if amount.percent or cell.percent else 1):
        params: dict[str, Param] = {
            "read_share": share,
            "percent": f"{typed(amount.number, context.language)}%",
            "fraction": typed(amount.number / 100, context.language),
        }
        return _invalid(cell, definition, context, Problem("V-57", "percent", params))
    return _accepted(
        cell, definition, context, share, typed(share, context.language) if amount.mended else None
    )


def _amount(cell: Cell, definition: FieldDef, context: Context) -> Amount | Problem:
    match cell.raw:
        case bool():
            return Problem("V-57", "boolean")
        case int() | float():
            return amounts.of_number(cell.raw)
        case str():
            return amounts.of_text(cell.raw, definition, context.language, context.currencies)
        case datetime() | date():
            return Problem("V-57", "became_date")
        case _:
            return Problem("V-57", "text")


def _negative(variant: str, amount: Amount) -> Problem:
    return Problem("V-06", variant, {"positive": typed(-amount.number, "en")})


def parse_date(cell: Cell, definition: FieldDef, context: Context) -> Parsed:
    """A calendar day from a date cell, a serial number that lost its format, or a text with one reading."""
    day = _day_of(cell.raw)
    if isinstance(day, Problem):
        return _invalid(cell, definition, context, day)
    if not FIRST_DAY <= day <= LAST_DAY:
        params = {"first_day": FIRST_DAY, "last_day": LAST_DAY}
        return _invalid(cell, definition, context, Problem("V-57", "date_range", params))
    return _accepted(cell, definition, context, day, None if isinstance(cell.raw, date) else day.isoformat())


def _day_of(raw: RawValue) -> date | Problem:
    match raw:
        case datetime():
            return raw.date()
        case date():
            return raw
        case int() | float() if not isinstance(raw, bool) and raw in _SERIALS:
            return _DAY_ZERO + timedelta(days=int(raw))
        case str():
            return _day_of_text(_YEAR_WORD.sub("", clean(raw)).rstrip(".,"))
        case _:
            return Problem("V-57", "date")


def _day_of_text(text: str) -> date | Problem:
    if found := _ISO_DATE.fullmatch(text):
        return _day(int(found[1]), int(found[2]), int(found[3]))
    if found := _DOTTED_DATE.fullmatch(text):
        year = int(found[3])
        return _day(year + 2000 if year < 100 else year, int(found[2]), int(found[1]))
    if found := _SLASHED_DATE.fullmatch(text):
        return _slashed_day(int(found[1]), int(found[2]), int(found[3]))
    if found := _WORDED_DATE.fullmatch(text.replace(",", "")):
        return _day(int(found[3]), _MONTHS.get(found[2].casefold()[:3], 0), int(found[1]))
    return Problem("V-57", "date")


def _slashed_day(first: int, second: int, year: int) -> date | Problem:
    """3/4/2026 is a day of March to some and of April to others; 31/10/2026 has one reading."""
    day_first, month_first = _day(year, second, first), _day(year, first, second)
    if isinstance(day_first, date) and isinstance(month_first, date) and day_first != month_first:
        return Problem("V-57", "ambiguous_date", {"day_first": day_first, "month_first": month_first})
    return day_first if isinstance(day_first, date) else month_first


def _day(year: int, month: int, day: int) -> date | Problem:
    try:
        return date(year, month, day)
    except ValueError:
        return Problem("V-57", "date")


def parse_choice(cell: Cell, definition: FieldDef, context: Context) -> Parsed:
    """The id of a choice, found by its id, its name in either language or another name of it."""
    text = _choice_text(cell.raw, context)
    choice = find_choice(text, definition)
    if choice is None:
        return _invalid(cell, definition, context, _no_choice(text, definition, context))
    names = (choice.id, choice.label.ru, choice.label.en)
    used = None if key(text) in map(key, names) else choice.label[context.language]
    return _accepted(cell, definition, context, choice.id, used)


def parse_choices(cell: Cell, definition: FieldDef, context: Context) -> Parsed:
    """Several choices in one cell, separated by commas, semicolons or lines."""
    text = _choice_text(cell.raw, context)
    listed = [part for part in re.split(r"[;,\n]", text) if part.strip()]
    parts = [text] if find_choice(text, definition) else listed
    chosen = [find_choice(part, definition) for part in parts]
    for part, choice in zip(parts, chosen, strict=True):
        if choice is None:
            return _invalid(cell, definition, context, _no_choice(part, definition, context))
    return _accepted(cell, definition, context, tuple(c.id for c in definition.choices if c in chosen), None)


def find_choice(text: str, definition: FieldDef) -> Choice | None:
    """The choice that a text names exactly, whatever its language and case."""
    wanted = key(text)
    for choice in definition.choices:
        if wanted in map(key, (choice.id, choice.label.ru, choice.label.en, *choice.aliases)):
            return choice
    return None


def _choice_text(raw: RawValue, context: Context) -> str:
    if isinstance(raw, bool):
        return "yes" if raw else "no"
    return _words(raw, context)


def _words(raw: RawValue, context: Context) -> str:
    return clean(raw) if isinstance(raw, str) else shown(raw, context.language)


def _no_choice(text: str, definition: FieldDef, context: Context) -> Problem:
    code = "V-02" if definition.id == "profile.situation" else "V-57"
    names = {
        name: choice.label[context.language]
        for choice in definition.choices
        for name in (choice.label.ru, choice.label.en, *choice.aliases)
    }
    near = closest(text, names)
    if near is not None:
        return Problem(code, "choice_near", {"suggestion": names[near]})
    return Problem(code, "choice", {"options": tuple(c.label[context.language] for c in definition.choices)})


def parse_tally(cells: Sequence[Cell], definition: FieldDef, context: Context, where: SourceRef) -> Parsed:
    """Numbers of answers, one cell a score. Some cells blank is a finding: a blank is not a zero."""
    parts = [
        _without_value(cell, definition, context) or parse_count(cell, definition, context) for cell in cells
    ]
    findings = tuple(finding for part in parts for finding in part.findings)
    repairs = tuple(repair for part in parts for repair in part.repairs)
    numbers = tuple(part.value.value for part in parts if isinstance(part.value.value, int))
    if findings:
        return Parsed(Value(State.INVALID, source=where), findings, repairs)
    if len(numbers) == len(cells):
        return Parsed(Value(State.VALUE, numbers, where), repairs=repairs)
    if not numbers:
        states = {part.value.state for part in parts}
        ranked = (State.UNKNOWN, State.NOT_APPLICABLE, State.BLANK)
        return Parsed(Value(next(state for state in ranked if state in states), source=where))
    missing = (part.value.source.cell for part in parts if part.value.state is not State.VALUE)
    params: dict[str, Param] = {"cells": ", ".join(missing)}
    code = "V-25" if definition.sheet == "nps" else "V-31"
    code, variant = ("V-06", "gap") if definition.type is FieldType.SERIES else (code, "partial")
    found = " ".join(shown(cell.raw, context.language) or "_" for cell in cells)
    finding = Finding(code, Severity.ERROR, where, definition.id, found, params, variant)
    return Parsed(Value(State.INVALID, source=where), (finding,), repairs)


def parse_series(cells: Sequence[Cell], definition: FieldDef, context: Context, where: SourceRef) -> Parsed:
    """Numbers month by month. Blank months stand at the end only; a gap between two numbers is a finding."""
    last = max((index for index, cell in enumerate(cells, start=1) if not _is_empty(cell)), default=0)
    if last == 0:
        return Parsed(Value(State.BLANK, source=where))
    return parse_tally(cells[:last], definition, context, where)


def _is_empty(cell: Cell) -> bool:
    return cell.formula is None and (cell.raw is None or (isinstance(cell.raw, str) and not cell.raw.strip()))


def parse_steps(
    rows: Sequence[Sequence[Cell]], definition: FieldDef, context: Context, where: SourceRef
) -> Parsed:
    """The steps of a goal: action, who, due, done. A due date that can't be read costs only that date."""
    steps: list[Step] = []
    findings: list[Finding] = []
    repairs: list[Repair] = []
    for action_cell, who_cell, due_cell, done_cell in rows:
        due = _without_value(due_cell, definition, context) or parse_date(due_cell, definition, context)
        findings += due.findings
        repairs += due.repairs
        day = due.value.value if isinstance(due.value.value, date) else None
        done = key(_choice_text(done_cell.raw, context)) in _DONE
        step = Step(_step_text(action_cell, context), day, _step_text(who_cell, context), done)
        if step.action or step.who or due.value.state is not State.BLANK:
            steps.append(step)
    value = Value(State.VALUE, tuple(steps), where) if steps else Value(State.BLANK, source=where)
    return Parsed(value, tuple(findings), tuple(repairs))


def _step_text(cell: Cell, context: Context) -> str:
    text = _words(cell.raw, context)
    return "" if state_of(text) is not None or is_error(text) else text[:TEXT_LIMIT]


def shown(raw: RawValue, language: Language) -> str:
    """What stands in a cell, as the owner would recognise it, in one line."""
    match raw:
        case None:
            return ""
        case bool():
            return "TRUE" if raw else "FALSE"
        case int() | float():
            return typed(raw, language)
        case datetime():
            return raw.date().isoformat()
        case str():
            text = " ".join(clean(raw).split())
            return text if len(text) <= SHOWN else text[: SHOWN - 1].rstrip() + "…"
        case _:
            return str(raw)


def _invalid(cell: Cell, definition: FieldDef, context: Context, problem: Problem) -> Parsed:
    raw = f"={(cell.formula or '').lstrip('=')}" if cell.raw is None else cell.raw
    found = shown(raw, context.language)
    finding = Finding(
        problem.code, Severity.ERROR, cell.source, definition.id, found, problem.params, problem.variant
    )
    return Parsed(Value(State.INVALID, source=cell.source), (finding,))


def _accepted(cell: Cell, definition: FieldDef, context: Context, value: Scalar, used: str | None) -> Parsed:
    """A good value; `used` is how it was understood when the cell held it in another writing."""
    repairs: tuple[Repair, ...] = ()
    found = shown(cell.raw, context.language)
    if used is not None and used != found:
        repairs = (Repair(cell.source, definition.id, found, used),)
    return Parsed(Value(State.VALUE, value, cell.source), repairs=repairs)
