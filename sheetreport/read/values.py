"""One cell to one value: pure functions from what was typed to a Value, findings and repairs.

Nothing is guessed: a writing with two readings ("1.234") is a finding, one with one ("1,234.50") a repair.
"""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import TypeAlias

from sheetreport.catalog.definitions import Choice, FieldDef, FieldType
from sheetreport.contract import FIRST_DAY, LARGEST_SHARE, LAST_DAY
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
from sheetreport.read import amounts, days
from sheetreport.read.amounts import Amount, Problem
from sheetreport.read.context import Context
from sheetreport.read.words import TEXT_LIMIT, clean, closest, key, state_of

RawValue: TypeAlias = str | bool | int | float | datetime | date | time | timedelta | None

NOWHERE = SourceRef()
SHOWN = 80  # characters of an owner's text quoted in a finding

_ERROR_WORDS = frozenset(
    "#div/0! #n/a #name? #null! #num! #ref! #value! #spill! #calc! #field! #blocked! #unknown! #getting_data"
    " #дел/0! #н/д #имя? #пусто! #число! #ссылка! #знач! #перенос! #вычисл! #поле!".split()
)
_OFFICE_ERROR = re.compile(r"(?:err|ошибка):[0-9]{3}")

_DONE = frozenset("yes да + готово сделано done true ✓ ✔ v x х 1".split())


@dataclass(frozen=True, slots=True)
class Cell:
    """A cell as the workbook holds it; `formula` is its text when one stands there."""

    raw: RawValue = None
    source: SourceRef = NOWHERE
    formula: str | None = None
    percent: bool = False


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
    if state is State.NOT_APPLICABLE and context.plus_signs and definition.choice("no") is not None:
        return _invalid(cell, definition, context, Problem("V-57", "minus"))
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
    if _is_percentage(cell, amount):
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
    if money and _is_percentage(cell, amount):
        return _invalid(cell, definition, context, Problem("V-57", "percent_sign"))
    if amount.number < 0 and not definition.signed:
        return _invalid(
            cell, definition, context, _negative("negative_money" if money else "negative_number", amount)
        )
    number = amount.hundredth if amount.percent else amount.number
    return _accepted(
        cell, definition, context, number, typed(number, context.language) if amount.mended else None
    )


def _is_percentage(cell: Cell, amount: Amount) -> bool:
    """Whether what the owner sees is a percentage, by its sign or by the format of the cell."""
    return amount.percent or (cell.percent and amount.number != 0)


def parse_share(cell: Cell, definition: FieldDef, context: Context) -> Parsed:
    """A fraction. A bare 0.15 is the fraction, a bare 15 can only be per cent; from 1 to 5 it is either."""
    amount = _amount(cell, definition, context)
    if isinstance(amount, Problem):
        return _invalid(cell, definition, context, amount)
    bare = not (amount.percent or cell.percent)
    in_percent = amount.percent or (bare and LARGEST_SHARE < amount.number <= LARGEST_SHARE * 100)
    share = amount.hundredth if in_percent else amount.number
    if share < 0 and not definition.signed:
        return _invalid(cell, definition, context, Problem("V-18", "negative"))
    if bare and not in_percent and 1 <= share <= LARGEST_SHARE:
        shown_as = {
            name: f"{typed(number, context.language)}%"
            for name, number in (("percent", share), ("whole", share * 100))
        }
        return _invalid(cell, definition, context, Problem("V-57", "percent_or_whole", shown_as))
    if share > LARGEST_SHARE:
        params: dict[str, Param] = {
            "read_share": share,
            "percent": f"{typed(amount.number, context.language)}%",
            "fraction": typed(amount.hundredth, context.language),
        }
        return _invalid(cell, definition, context, Problem("V-57", "percent", params))
    used = f"{typed(share * 100, context.language)}%" if amount.mended or in_percent else None
    return _accepted(cell, definition, context, share, used)


def _amount(cell: Cell, definition: FieldDef, context: Context) -> Amount | Problem:
    match cell.raw:
        case bool():
            return Problem("V-57", "boolean")
        case int() | float():
            return amounts.of_number(cell.raw)
        case str():
            return amounts.of_text(cell.raw, definition, context)
        case datetime() | date():
            return Problem("V-57", "became_date")
        case _:
            return Problem("V-57", "text")


def _negative(variant: str, amount: Amount) -> Problem:
    return Problem("V-06", variant, {"positive": typed(-amount.number, "en")})


def parse_date(cell: Cell, definition: FieldDef, context: Context) -> Parsed:
    """A calendar day from a date cell, a serial number that lost its format, or a text with one reading."""
    day = _day_of(cell.raw, context)
    if isinstance(day, Problem):
        return _invalid(cell, definition, context, day)
    if not FIRST_DAY <= day <= LAST_DAY:
        params = {"first_day": FIRST_DAY, "last_day": LAST_DAY}
        return _invalid(cell, definition, context, Problem("V-57", "date_range", params))
    whole = isinstance(cell.raw, date) and as_typed(cell.raw) == day.isoformat()
    return _accepted(cell, definition, context, day, None if whole else day.isoformat())


def _day_of(raw: RawValue, context: Context) -> date | Problem:
    match raw:
        case datetime():
            return raw.date()
        case date():
            return raw
        case int() | float() if not isinstance(raw, bool):
            return days.of_number(raw, date1904=context.date1904)
        case str():
            return days.of_text(raw, month_first=context.month_first)
        case _:
            return Problem("V-57", "date")


def parse_choice(cell: Cell, definition: FieldDef, context: Context) -> Parsed:
    """The id of a choice, found by its id, its name in either language or another name of it."""
    text = _choice_text(cell.raw, context)
    choice = find_choice(text, definition)
    if choice is None:
        return _invalid(cell, definition, context, _no_choice(text, definition, context))
    label = choice.label[context.language]
    used = None if isinstance(cell.raw, str) and key(text) == key(label) else label
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
    last = max((index for index, cell in enumerate(cells, start=1) if not is_empty(cell)), default=0)
    if last == 0:
        return Parsed(Value(State.BLANK, source=where))
    return parse_tally(cells[:last], definition, context, where)


def is_empty(cell: Cell) -> bool:
    """Whether nothing stands in a cell but spaces."""
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
        case datetime() | date():
            return as_typed(raw)
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
    if used is not None:
        repairs = (Repair(cell.source, definition.id, _exactly(cell.raw, context.language), used),)
    return Parsed(Value(State.VALUE, value, cell.source), repairs=repairs)


def _exactly(raw: RawValue, language: Language) -> str:
    """What stands in a cell to the last space, so that a repair can be taken back."""
    if isinstance(raw, str):
        return raw.encode("utf-8", errors="replace").decode("utf-8")
    return shown(raw, language)


def as_typed(day: date) -> str:
    """A date cell as it stands, with the time only where there is one."""
    with_time = isinstance(day, datetime) and day.time() != time()
    return (
        day.isoformat(" ")
        if isinstance(day, datetime) and with_time
        else date(day.year, day.month, day.day).isoformat()
    )
