"""Every number of a printed text with the kind of thing it counts, as a reader of either language sees it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from sheetreport.model import Language

NBSP = "\N{NO-BREAK SPACE}"
_SPACES = str.maketrans({NBSP: " ", "\N{WORD JOINER}": None, "\N{SOFT HYPHEN}": None})
_GROUP = {"ru": " ", "en": ","}
_POINT = {"ru": ",", "en": "."}
# What stands right behind a number and says what it counts; a range carries it behind its second end.
_PERCENT = r" ?(?:%|п\.п\.|pp\b)"
_DURATION = r" (?:мес\.|дн\.|мин\b|ч\b|mo\b|days?\b|min\b|h\b)"
_DASH = re.compile(r" ?– ?")
_BROKEN = re.compile(r" (?:до|to) *\n")


class Kind(StrEnum):
    """A number of one kind is never explained by one of another."""

    MONEY = "money"
    PERCENT = "percent"
    DURATION = "duration"
    PLAIN = "plain"


@dataclass(frozen=True, slots=True)
class Numeral:
    """A number as it is printed: its value without the sign, and how many decimals it shows."""

    text: str
    kind: Kind
    value: Decimal
    at: int
    open: bool = False  # the first end of a range whose unit stands on the next line

    @property
    def digits(self) -> int:
        exponent = self.value.as_tuple().exponent
        assert isinstance(exponent, int)
        return -exponent


def plain_spaces(text: str) -> str:
    """The text as a program that reads PDFs gives it: ordinary spaces, nothing invisible."""
    return text.translate(_SPACES)


def numerals(text: str, language: Language, symbol: str = "₽") -> Iterator[Numeral]:
    """The numbers of a text in their order. Letters touch no number: an id or a cell's address is none."""
    shown = plain_spaces(text)
    before: re.Match[str] | None = None
    for match in _pattern(language, symbol).finditer(shown):
        # The second end of a range takes its unit from the first: ₽143–484.
        follows = before is not None and _DASH.fullmatch(shown, before.end("digits"), match.start("digits"))
        sign = before["before"] if follows and before is not None else match["before"]
        digits = match["digits"].replace(_GROUP[language], "").replace(_POINT[language], ".")
        is_open = _BROKEN.match(shown, match.end("digits")) is not None
        yield Numeral(match[0].strip(), _kind(match, sign), Decimal(digits), match.start("digits"), is_open)
        before = match


def _pattern(language: Language, symbol: str) -> re.Pattern[str]:
    group, point, money = (re.escape(sign) for sign in (_GROUP[language], _POINT[language], symbol))
    number = rf"(?:\d{{1,3}}(?:{group}\d{{3}})+|\d+)(?:{point}\d+)?(?!{point}?\d)"
    nothing = "(?!)"
    ahead = rf"(?P<before>{money} ?)?" if language == "en" else rf"(?P<before>{nothing})?"
    behind = rf"(?P<money> ?{money if language == 'ru' else nothing})"
    # Behind the first end of a range stand the second one and their common unit.
    rest = rf"(?:(?: ?[–-] ?| (?:до|to) )[−+]?{number})?"
    return re.compile(
        rf"(?<![\w{point}.])(?<!\w-){ahead}(?P<digits>{number})(?![^\W\d_])"
        rf"(?={rest}(?:{behind}|(?P<percent>{_PERCENT})|(?P<duration>{_DURATION})|))"
    )


def _kind(match: re.Match[str], sign: str | None) -> Kind:
    if sign or match["money"]:
        return Kind.MONEY
    if match["percent"]:
        return Kind.PERCENT
    return Kind.DURATION if match["duration"] else Kind.PLAIN
