"""Reads a printed calculation as a person with a pocket calculator would: "₽60,000 / 40 = ₽1,500".

Each printed number stands for all numbers that are printed so, and the arithmetic is done on these ranges: a
line is right when its result, as printed, is among the results that its figures allow. Nothing here knows the
catalogue or the program's formulas.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

from sheetreport.model import Language

NBSP = "\N{NO-BREAK SPACE}"
MONTHS = "Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec".split()
# What a bare number may be followed by, in either language. A number with a unit may have been rounded to a
# whole one; a bare whole number is exact.
UNITS = ("мес.", "дн.", "мин", "mo", "days", "min", "ч", "h", "₽")
EXACT = 1e-6
_NUMBER = re.compile(
    r"(?P<sign>[+−]?)(?P<money>₽?)(?P<digits>\d+(?:\.\d+)?)(?P<unit> ?(?:%|п\.п\.|pp)| [^\W\d]+\.?|)"
)


@dataclass(frozen=True, slots=True)
class Span:
    """All the numbers that a printed number may stand for."""

    low: float
    high: float

    def __add__(self, other: Span) -> Span:
        return Span(self.low + other.low, self.high + other.high)

    def __sub__(self, other: Span) -> Span:
        return Span(self.low - other.high, self.high - other.low)

    def __mul__(self, other: Span) -> Span:
        return spread(lambda a, b: a * b, self, other)

    def __truediv__(self, other: Span) -> Span:
        assert not other.low <= 0 <= other.high, "the line divides by what may be zero"
        return spread(lambda a, b: a / b, self, other)

    def meets(self, other: Span) -> bool:
        slack = EXACT * max(1.0, abs(self.low), abs(self.high))
        return self.low - slack <= other.high and other.low <= self.high + slack


def spread(function: Callable[[float, float], float], left: Span, right: Span) -> Span:
    ends = [function(a, b) for a in (left.low, left.high) for b in (right.low, right.high)]
    return Span(min(ends), max(ends))


def sides(line: str) -> tuple[str | None, str]:
    """What is calculated and what comes out; a line without a calculation is a figure as it was entered."""
    left, equals, right = line.rpartition(" = ")
    return (left, right) if equals else (None, line)


def result(line: str, language: Language) -> Span:
    """The number at the end of a line."""
    return _Reader(_plain(sides(line)[1], language)).whole()


def calculated(line: str, language: Language) -> Span | None:
    """What the printed arithmetic gives; None where the line has none."""
    left, _ = sides(line)
    return None if left is None else _Reader(_plain(left, language)).whole()


def figures(line: str, language: Language) -> list[Span]:
    """Every number of a line, shares as fractions."""
    return [_span(match) for match in _NUMBER.finditer(_plain(line, language))]


def _plain(line: str, language: Language) -> str:
    """One way of writing for both languages: no grouping, a decimal point, the currency in front."""
    text = line.replace(NBSP, " ")
    if language == "ru":
        text = re.sub(r"(?<=\d) (?=\d{3}(?!\d))", "", text)
        text = re.sub(r"(?<=\d),(?=\d)", ".", text)
        text = re.sub(r"([+−]?)(\d+(?:\.\d+)?) ₽", r"\1₽\2", text)
        for russian, english in _PHRASES.items():
            text = text.replace(russian, english)
        return re.sub(r"(\d\d)\.(\d\d)\.(\d{4})", lambda m: _day(int(m[3]), int(m[2]), int(m[1])), text)
    text = re.sub(r"(?<=\d),(?=\d{3}(?!\d))", "", text)
    found = rf"(\d+) ({'|'.join(MONTHS)}) (\d{{4}})"
    return re.sub(found, lambda m: _day(int(m[3]), MONTHS.index(m[2]) + 1, int(m[1])), text)


_PHRASES = {
    ", округлить вверх": ", rounded up",
    "корень из ": "square root of ",
    " в степени ": " to the power ",
    "величина ": "size of ",
    "меньшее из ": "the smaller of ",
    "большее из ": "the larger of ",
}


def _day(year: int, month: int, day: int) -> str:
    return str(date(year, month, day).toordinal())


def _span(match: re.Match[str]) -> Span:
    digits, unit = match["digits"], match["unit"].strip()
    decimals = len(digits.partition(".")[2])
    exact = not decimals and not unit and not match["money"] and not match["sign"]
    half = EXACT if exact else 0.5 * 10**-decimals + EXACT
    value = -float(digits) if match["sign"] == "−" else float(digits)
    scale = 100 if unit in ("%", "п.п.", "pp") else 1
    return Span((value - half) / scale, (value + half) / scale)


class _Reader:
    """Sums, products and the few phrases of a calculation, from left to right."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.at = 0

    def whole(self) -> Span:
        value = self.sum()
        assert self.at == len(self.text), f"can't read {self.text[self.at :]!r} of {self.text!r}"
        return value

    def take(self, word: str) -> bool:
        found = self.text.startswith(word, self.at)
        self.at += len(word) * found
        return found

    def sum(self) -> Span:
        value = self.product()
        while True:
            if self.take(" + "):
                value = value + self.product()
            elif self.take(" − "):
                value = value - self.product()
            else:
                return value

    def product(self) -> Span:
        value = self.power()
        while True:
            if self.take(" × "):
                value = value * self.power()
            elif self.take(" / "):
                value = value / self.power()
            else:
                return value

    def power(self) -> Span:
        value = self.atom()
        if self.take(" to the power "):
            exponent = self.atom()
            value = spread(lambda base, power: max(base, 0.0) ** power, value, exponent)
        return value

    def atom(self) -> Span:
        if self.take("square root of "):
            inside = self.atom()
            return Span(math.sqrt(max(inside.low, 0)), math.sqrt(inside.high))
        if self.take("size of "):
            inside = self.atom()
            ends = sorted((abs(inside.low), abs(inside.high)))
            return Span(0 if inside.low < 0 < inside.high else ends[0], ends[1])
        for phrase, choose in (("the smaller of ", min), ("the larger of ", max)):
            if self.take(phrase):
                return self.one_of(choose)
        if self.take("−("):
            return Span(0, 0) - self.closed(self.sum())
        if self.take("("):
            value = self.closed(self.sum())
            if self.take(", rounded up"):
                return Span(math.ceil(value.low - EXACT), math.ceil(value.high + EXACT))
            return value
        match = _NUMBER.match(self.text, self.at)
        assert match, f"no number at {self.text[self.at :]!r} of {self.text!r}"
        unit = match["unit"].strip()
        end = match.end()
        if unit and unit not in UNITS and unit not in ("%", "п.п.", "pp"):
            end = match.end("digits")  # a word of the line, not a unit
        self.at = end
        return _span(match)

    def one_of(self, choose: Callable[[float, float], float]) -> Span:
        assert self.take("(")
        value = self.sum()
        while self.take("; "):
            other = self.sum()
            value = Span(choose(value.low, other.low), choose(value.high, other.high))
        return self.closed(value)

    def closed(self, value: Span) -> Span:
        assert self.take(")"), f"a bracket is open in {self.text!r}"
        return value
