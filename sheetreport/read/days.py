"""Calendar days as owners write them. A writing with two readings is a problem, as with numbers."""

from __future__ import annotations

import math
import re
from datetime import date, timedelta

from sheetreport.contract import FIRST_DAY, LAST_DAY
from sheetreport.read.amounts import Problem
from sheetreport.read.words import clean

_DAY_ZERO = date(1899, 12, 30)  # day 0 of the serial numbers that spreadsheets keep dates as
_DAY_ZERO_1904 = date(1904, 1, 1)  # in workbooks that began on an old Macintosh

_TIME_BEHIND = re.compile(r"(?:T|,? +)[0-9]{1,2}:[0-9]{2}(?::[0-9]{2}(?:\.[0-9]+)?)?Z?$")
_YEAR_WORD = re.compile(r"\s*(?:г\.?|года?)$", re.IGNORECASE)
_YEAR_FIRST = re.compile(r"([0-9]{4})([-./])([0-9]{1,2})\2([0-9]{1,2})")
_DAY_FIRST = re.compile(r"([0-9]{1,2}) ?([.,]) ?([0-9]{1,2}) ?\2 ?([0-9]{4}|[0-9]{2})")
_EITHER_FIRST = re.compile(r"([0-9]{1,2}) ?([-/ ]) ?([0-9]{1,2}) ?\2 ?([0-9]{4}|[0-9]{2})")
_DAY_WORD = re.compile(
    r"([0-9]{1,2})(?:st|nd|rd|th|-?го|-?е)?[ .-]*(?:of )?([^\W\d_]{3,})[ .,-]*([0-9]{4}|[0-9]{2})"
)
_WORD_DAY = re.compile(r"([^\W\d_]{3,})\.? ([0-9]{1,2})(?:st|nd|rd|th)?,? ([0-9]{4})")
_MONTHS = (  # every month in the forms that its short forms begin
    ("январь", "января", "january"),
    ("февраль", "февраля", "february"),
    ("март", "марта", "march"),
    ("апрель", "апреля", "april"),
    ("май", "мая", "may"),
    ("июнь", "июня", "june"),
    ("июль", "июля", "july"),
    ("август", "августа", "august"),
    ("сентябрь", "сентября", "september"),
    ("октябрь", "октября", "october"),
    ("ноябрь", "ноября", "november"),
    ("декабрь", "декабря", "december"),
)


def of_number(number: float, *, date1904: bool = False) -> date | Problem:
    """A date cell that lost its format shows the number of the day; a part of a day is the time."""
    start = _DAY_ZERO_1904 if date1904 else _DAY_ZERO
    low, high = (FIRST_DAY - start).days, (LAST_DAY - start).days
    if not low <= number < high + 1:
        return Problem("V-57", "date")
    return start + timedelta(days=math.floor(number))


def of_text(text: str, *, month_first: bool | None) -> date | Problem:
    """The day that a text writes; `month_first` is the order of 03/04/2026, None when it is unknown."""
    tidy = _TIME_BEHIND.sub("", _YEAR_WORD.sub("", clean(text)).rstrip(".,"))
    tidy = _YEAR_WORD.sub("", tidy).casefold()
    if found := _YEAR_FIRST.fullmatch(tidy):
        return _day(found[1], found[3], found[4])
    if found := _DAY_FIRST.fullmatch(tidy):
        return _day(found[4], found[3], found[1])
    if found := _EITHER_FIRST.fullmatch(tidy):
        return _in_order(found[1], found[3], found[4], month_first=month_first)
    if found := _DAY_WORD.fullmatch(tidy):
        return _day(found[3], _month(found[2]), found[1])
    if found := _WORD_DAY.fullmatch(tidy):
        return _day(found[3], _month(found[1]), found[2])
    return Problem("V-57", "date")


def _in_order(first: str, second: str, year: str, *, month_first: bool | None) -> date | Problem:
    """31/10/2026 has one reading; 3/4/2026 is a day of March to some and of April to others."""
    day_first, month_before = _day(year, second, first), _day(year, first, second)
    if isinstance(day_first, Problem) or isinstance(month_before, Problem):
        return day_first if isinstance(day_first, date) else month_before
    if month_first is None and day_first != month_before:
        return Problem("V-57", "ambiguous_date", {"day_first": day_first, "month_first": month_before})
    return month_before if month_first else day_first


def _month(word: str) -> int:
    starts = (any(form.startswith(word) for form in forms) for forms in _MONTHS)
    return next((number for number, is_it in enumerate(starts, start=1) if is_it), 0)


def _day(year: str, month: str | int, day: str) -> date | Problem:
    try:
        return date(int(year) + (2000 if len(year) == 2 else 0), int(month), int(day))
    except ValueError:
        return Problem("V-57", "date")
