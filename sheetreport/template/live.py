"""Formulas together with their values: each function writes an Excel formula and works it out at once.

A formula cell needs its value beside it, for previews and phones; made in one go, the two can't disagree.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final, TypeAlias

from sheetreport import derive


class Error:
    """What a formula gives that can't be worked out (#VALUE!, #DIV/0!, #N/A)."""

    def __repr__(self) -> str:
        return "#ERROR"


ERROR: Final = Error()
Result: TypeAlias = str | float | bool | Error | None
"""What a cell or a formula holds; None is an empty cell, a date is its serial number."""

_EPOCH = date(1899, 12, 30)


@dataclass(frozen=True, slots=True)
class Live:
    """A formula without its equals sign, and its value for the answers at hand."""

    text: str
    value: Result


@dataclass(frozen=True, slots=True)
class Span:
    """A range of cells with what they hold, row by row."""

    text: str
    values: tuple[Result, ...]


def serial(day: date) -> int:
    """The number by which a workbook knows a day."""
    return (day - _EPOCH).days


def day_of(number: float) -> date:
    """The day behind a serial number."""
    return date.fromordinal(_EPOCH.toordinal() + int(number))


# --- values ---------------------------------------------------------------------------------------


def words(text: str) -> Live:
    """Words in a formula; each piece of a longer text stays under Excel's 255 characters."""
    pieces = [text[start : start + 250].replace('"', '""') for start in range(0, len(text), 250)] or [""]
    return Live("&".join(f'"{piece}"' for piece in pieces), text)


def number(value: float) -> Live:
    """A number in a formula."""
    return Live(repr(value), value)


EMPTY: Final = words("")


def as_text(value: Result) -> str | Error:
    """A value as it joins a text; numbers as a cell of format General prints them, with a point."""
    if value is None or isinstance(value, Error):
        return "" if value is None else ERROR
    if isinstance(value, bool):
        return str(value).upper()
    return value if isinstance(value, str) else f"{value:.15g}"


def _as_number(value: Result) -> float | Error:
    if value is None:
        return 0
    if isinstance(value, bool | int | float):
        return float(value) if isinstance(value, float) else int(value)
    return ERROR


def _truth(value: Result) -> bool | Error:
    number_ = _as_number(value)
    return ERROR if isinstance(number_, Error) else bool(number_)


# --- logic ----------------------------------------------------------------------------------------


def if_(condition: Live, then: Live, otherwise: Live) -> Live:
    truth = _truth(condition.value)
    value = ERROR if isinstance(truth, Error) else then.value if truth else otherwise.value
    return Live(f"IF({condition.text},{then.text},{otherwise.text})", value)


def first(*cases: tuple[Live, Live], otherwise: Live) -> Live:
    """The result of the first case whose condition holds."""
    result = otherwise
    for condition, then in reversed(cases):
        result = if_(condition, then, result)
    return result


def _joined(name: str, parts: Sequence[Live]) -> Live:
    truths = [_truth(part.value) for part in parts]
    value: Result = ERROR
    if not any(isinstance(truth, Error) for truth in truths):
        value = all(truths) if name == "AND" else any(truths)
    return Live(f"{name}({','.join(part.text for part in parts)})", value)


def and_(*parts: Live) -> Live:
    return _joined("AND", parts)


def or_(*parts: Live) -> Live:
    return _joined("OR", parts)


def not_(part: Live) -> Live:
    truth = _truth(part.value)
    return Live(f"NOT({part.text})", ERROR if isinstance(truth, Error) else not truth)


def if_error(part: Live, otherwise: Live) -> Live:
    value = otherwise.value if isinstance(part.value, Error) else part.value
    return Live(f"IFERROR({part.text},{otherwise.text})", value)


def is_error(part: Live) -> Live:
    return Live(f"ISERROR({part.text})", isinstance(part.value, Error))


def is_number(part: Live) -> Live:
    numeric = isinstance(part.value, int | float) and not isinstance(part.value, bool)
    return Live(f"ISNUMBER({part.text})", numeric)


# --- comparison: numbers stand before texts, texts before truths, and case does not count (as in Excel)


def _rank(value: Result) -> tuple[int, float | str]:
    if isinstance(value, bool):
        return 2, value
    if isinstance(value, str):
        return 1, value.casefold()
    return 0, 0 if value is None or isinstance(value, Error) else value


def compare(left: Live, operator: str, right: Live) -> Live:
    """`operator` is one of = <> < <= > >=."""
    value: Result = ERROR
    if not isinstance(left.value, Error) and not isinstance(right.value, Error):
        value = _compared(_alike(left.value, right.value), operator, _alike(right.value, left.value))
    return Live(f"{left.text}{operator}{right.text}", value)


def _alike(value: Result, other: Result) -> tuple[int, float | str]:
    """An empty cell equals "" beside a text and 0 beside a number."""
    return (1, "") if value is None and isinstance(other, str) else _rank(value)


def _compared(left: tuple[int, float | str], operator: str, right: tuple[int, float | str]) -> bool:
    equal = left == right
    below = left[0] < right[0] or (left[0] == right[0] and left[1] < right[1])  # type: ignore[operator]
    match operator:
        case "=":
            return equal
        case "<>":
            return not equal
        case "<":
            return below
        case "<=":
            return below or equal
        case ">":
            return not below and not equal
        case ">=":
            return not below
        case _:
            raise ValueError(operator)


# --- arithmetic -----------------------------------------------------------------------------------


def calculate(left: Live, operator: str, right: Live) -> Live:
    """`operator` is one of + - * /; both sides are put in brackets where they need it."""
    a, b = _as_number(left.value), _as_number(right.value)
    value: Result = ERROR
    if not isinstance(a, Error) and not isinstance(b, Error):
        value = _calculated(a, operator, b)
    return Live(f"({left.text}{operator}{right.text})", value)


def _calculated(a: float, operator: str, b: float) -> Result:
    match operator:
        case "+":
            return a + b
        case "-":
            return a - b
        case "*":
            return a * b
        case _:
            return ERROR if b == 0 else a / b


def total(*parts: Live) -> Live:
    """The parts added up."""
    result = parts[0] if len(parts) > 1 else calculate(parts[0], "+", number(0))
    for part in parts[1:]:
        result = calculate(result, "+", part)
    return result


def _function(name: str, part: Live, function: object) -> Live:
    argument = _as_number(part.value)
    value: Result = ERROR if isinstance(argument, Error) else function(argument)  # type: ignore[operator]
    return Live(f"{name}({part.text})", value)


def integer(part: Live) -> Live:
    return _function("INT", part, math.floor)


def root(part: Live) -> Live:
    return _function("SQRT", part, lambda x: math.sqrt(x) if x >= 0 else ERROR)


def absolute(part: Live) -> Live:
    return _function("ABS", part, abs)


def rounded(part: Live, digits: int = 0) -> Live:
    """Rounded half away from zero, as on paper."""
    argument = _as_number(part.value)
    value: Result = ERROR
    if not isinstance(argument, Error):
        scaled = math.floor(abs(argument) * 10**digits + 0.5 + 1e-9) / 10**digits
        value = math.copysign(scaled, argument) if digits else int(math.copysign(scaled, argument))
    return Live(f"ROUND({part.text},{digits})", value)


def rounded_up(part: Live) -> Live:
    """Up to the next whole number."""
    argument = _as_number(part.value)
    value = ERROR if isinstance(argument, Error) else math.ceil(argument - 1e-9)
    return Live(f"ROUNDUP({part.text},0)", value)


def within(part: Live, low: float, high: float) -> Live:
    """The number, not below `low` and not above `high`."""
    argument = _as_number(part.value)
    value: Result = ERROR if isinstance(argument, Error) else min(max(argument, low), high)
    return Live(f"MAX({low},MIN({high},{part.text}))", value)


# --- texts ----------------------------------------------------------------------------------------


def join(*parts: Live) -> Live:
    """Texts one after another."""
    texts = [as_text(part.value) for part in parts]
    value: Result = ERROR if any(isinstance(text, Error) for text in texts) else "".join(map(str, texts))
    return Live("&".join(part.text for part in parts), value)


def trim(part: Live) -> Live:
    text = as_text(part.value)
    value = text if isinstance(text, Error) else " ".join(word for word in text.split(" ") if word)
    return Live(f"TRIM({part.text})", value)


def length(part: Live) -> Live:
    text = as_text(part.value)
    return Live(f"LEN({part.text})", text if isinstance(text, Error) else len(text))


def filled(part: Live) -> Live:
    """Whether a cell holds more than spaces; an error counts, so that its own check can tell it."""
    return if_error(compare(length(trim(part)), ">", number(0)), Live("TRUE", True))


_SHOWN_WHOLE = 200  # Excel takes no longer text in a formula than 255 characters


def still(address: str, content: Result) -> Live:
    """Whether a cell holds what it held; a long text is known by its length and beginning."""
    match content:
        case None:
            return Live(f"LEN(TRIM({address}))=0", True)
        case bool():
            return Live(f"AND(ISLOGICAL({address}),{address}={str(content).upper()})", True)
        case str():
            start = words(content[:_SHOWN_WHOLE]).text
            return Live(
                f"AND(LEN({address})={_units(content)},EXACT(LEFT({address},{_units(content[:_SHOWN_WHOLE])}),{start}))",
                True,
            )
        case _:
            return Live(f"AND(ISNUMBER({address}),{address}={content!r})", True)


def _units(text: str) -> int:
    """The length of a text as a spreadsheet counts it: an emoji is two."""
    return len(text.encode("utf-16-le")) // 2


def repeat(text: str, times: Live) -> Live:
    count = _as_number(times.value)
    value: Result = ERROR if isinstance(count, Error) or count < 0 else text * int(count)
    return Live(f'REPT("{text}",{times.text})', value)


def decimal(part: Live, digits: int, point: str) -> Live:
    """A rounded number as a text with the reader's own decimal sign, whatever the computer's settings."""
    argument = _as_number(part.value)
    value: Result = ERROR
    if not isinstance(argument, Error):
        shown = f"{rounded(part, digits).value:.15g}"
        value = shown.replace(".", point).replace("-", "−")
    raw = f'ROUND({part.text},{digits})&""'
    other = "," if point == "." else "."
    return Live(f'SUBSTITUTE(SUBSTITUTE({raw},"{other}","{point}"),"-","−")', value)


def signed(part: Live) -> Live:
    """A whole number with its sign: +26, 0, −5."""
    text = decimal(rounded(part), 0, ".")
    return join(if_(compare(rounded(part), ">", number(0)), words("+"), EMPTY), text)


def day_text(part: Live, months: Sequence[str]) -> Live:
    """A date as 31.10.2026, or as 31 Oct 2026 where the months are named; TEXT() codes differ by language."""
    argument = _as_number(part.value)
    value: Result = ERROR
    x = part.text
    if months:
        if not isinstance(argument, Error):
            day = day_of(argument)
            value = f"{day.day} {months[day.month - 1]} {day.year}"
        names = ",".join(f'"{month}"' for month in months)
        return Live(f'DAY({x})&" "&CHOOSE(MONTH({x}),{names})&" "&YEAR({x})', value)
    if not isinstance(argument, Error):
        value = f"{day_of(argument):%d.%m.%Y}"
    return Live(f'RIGHT("0"&DAY({x}),2)&"."&RIGHT("0"&MONTH({x}),2)&"."&YEAR({x})', value)


# --- dates, ranges, lists -------------------------------------------------------------------------


def months_later(start: Live, months: Live) -> Live:
    """EDATE: the same day that many months later."""
    day, count = _as_number(start.value), _as_number(months.value)
    value: Result = ERROR
    if not isinstance(day, Error) and not isinstance(count, Error):
        value = serial(derive.months_later(day_of(day), int(count)))
    return Live(f"EDATE({start.text},{months.text})", value)


def sum_of(span: Span) -> Live:
    """The numbers of a range added up; text and empty cells do not count."""
    return Live(f"SUM({span.text})", sum(_numbers(span)))


def count_filled(span: Span) -> Live:
    """How many cells of a range hold more than spaces; 0 while one of them is an error."""
    texts = [as_text(value) for value in span.values]
    broken = any(isinstance(text, Error) for text in texts)
    count = 0 if broken else sum(1 for text in texts if str(text).strip(" "))
    return Live(f"IFERROR(SUMPRODUCT(--(LEN(TRIM({span.text}))>0)),0)", count)


def count_starting(span: Span, sign: str) -> Live:
    """How many cells of a range start with a sign."""
    count = sum(1 for value in span.values if isinstance(value, str) and value.startswith(sign))
    return Live(f'SUMPRODUCT(--(LEFT({span.text},{len(sign)})="{sign}"))', count)


def count_numbers(span: Span) -> Live:
    """How many cells of a range hold numbers."""
    return Live(f"COUNT({span.text})", len(_numbers(span)))


def count_negative(span: Span) -> Live:
    """How many numbers of a range are below zero."""
    return Live(f'COUNTIF({span.text},"<0")', sum(1 for value in _numbers(span) if value < 0))


def count_equal(span: Span, sign: str) -> Live:
    """How many cells of a range hold just this sign."""
    count = sum(1 for value in span.values if str(as_text(value)).strip(" ") == sign)
    return Live(f'SUMPRODUCT(--(TRIM({span.text})="{sign}"))', count)


def count_same(span: Span, part: Live) -> Live:
    """How many cells of a range hold the same as one cell."""
    same = [
        value for value in span.values if _compared(_alike(value, part.value), "=", _alike(part.value, value))
    ]
    return Live(f"SUMPRODUCT(--({span.text}={part.text}))", len(same))


def weighted(span: Span, lowest: int, *, down: bool = False) -> Live:
    """Scores from `lowest` on, times how often each was given; the range goes right, or down."""
    scores = range(lowest, lowest + len(span.values))
    value = sum(
        score * count
        for score, count in zip(scores, span.values, strict=True)
        if isinstance(count, int | float) and not isinstance(count, bool)
    )
    constants = (";" if down else ",").join(map(str, scores))
    return Live(f"SUMPRODUCT({span.text},{{{constants}}})", value)


def numeric(part: Live) -> Live:
    """The number in a cell, or 0 for a text or an empty cell."""
    value = part.value
    plain = value if isinstance(value, int | float) and not isinstance(value, bool) else 0
    return Live(f"N({part.text})", plain)


def _numbers(span: Span) -> list[float]:
    return [value for value in span.values if isinstance(value, int | float) and not isinstance(value, bool)]


def largest(span: Span) -> Live:
    return Live(f"MAX({span.text})", max(_numbers(span), default=0))


def is_listed(part: Live, span: Span) -> Live:
    """Whether a range holds the text, with no wildcards."""
    text = trim(part)
    known = {str(value).casefold() for value in span.values}
    value: Result = ERROR if isinstance(text.value, Error) else str(text.value).casefold() in known
    return Live(f"SUMPRODUCT(--({span.text}={text.text}))>0", value)


def look_up(part: Live, keys: Span, results: Span) -> Live:
    """The entry of `results` beside the text in `keys`, or an empty text."""
    wanted = str(as_text(part.value)).casefold()
    found = {str(key).casefold(): value for key, value in zip(keys.values, results.values, strict=False)}
    formula = f"INDEX({results.text},MATCH({part.text},{keys.text},0))"
    return if_error(Live(formula, found.get(wanted, ERROR) if wanted else ERROR), EMPTY)
