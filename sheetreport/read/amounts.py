"""Numbers as owners write them. A writing with one reading is a number, a writing with two is a problem."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

from sheetreport.catalog.definitions import FieldDef, FieldType
from sheetreport.findings import typed
from sheetreport.model import Language, Param
from sheetreport.read.words import clean, key

LARGEST = 1e12

# Forms that lists of currencies don't name: how people write them behind a number.
_SPOKEN_CURRENCIES: Mapping[str, str] = MappingProxyType(
    {
        "р": "RUB",
        "рубль": "RUB",
        "рубля": "RUB",
        "долл": "USD",
        "грн": "UAH",
        "₴": "UAH",
        "₪": "ILS",
        "юаней": "CNY",
    }
)
_COUNTED = frozenset("чел человек человека клиент клиента клиентов шт штук раз people clients pcs".split())
_MULTIPLES: Mapping[str, float] = MappingProxyType(
    dict.fromkeys(("тыс", "тысяч", "тысячи", "тысяча", "т", "к", "k", "thousand"), 1e3)
    | dict.fromkeys(("млн", "миллион", "миллиона", "миллионов", "m", "mln", "million"), 1e6)
)
_APPROXIMATE = re.compile(
    r"[≈~<>≥≤±]|[0-9]\s*\+|[0-9]\s*(?:-|\.\.\.?|…)\s*[0-9]|\bот\b.*\bдо\b"
    r"|\b(?:около|примерно|порядка|приблизительно|где-то|более|больше|менее|меньше|свыше|почти|ок"
    r"|about|around|approx|approximately|over|under|nearly|circa|ca|roughly|almost)\b",
    re.IGNORECASE,
)
_AMOUNT = re.compile(
    r"(?P<before>[^0-9.,+-]*)(?P<sign>[+-]?) *(?P<number>[0-9](?:[0-9 .,']*[0-9])?)(?P<after>[^0-9]*)"
)
_WORD = re.compile(r"%|[^\W\d_]+\$?|[^\s\w.]+")

_WHOLE = re.compile(r"[0-9]+")
_DECIMAL = re.compile(r"(?P<whole>[0-9]+)[.,](?P<fraction>[0-9]+)")
_GROUPED = (  # (pattern, thousands separators, decimal sign): here the two can't be confused
    (re.compile(r"[0-9]{1,3}(?:[ '][0-9]{3})+(?:[.,][0-9]+)?"), " '", ","),
    (re.compile(r"[0-9]{1,3}(?:,[0-9]{3})+\.[0-9]+|[0-9]{1,3}(?:,[0-9]{3}){2,}"), ",", "."),
    (re.compile(r"[0-9]{1,3}(?:\.[0-9]{3})+,[0-9]+|[0-9]{1,3}(?:\.[0-9]{3}){2,}"), ".", ","),
)


@dataclass(frozen=True, slots=True)
class Problem:
    """Why a cell gives no value: the code and variant of the finding, and what its words name."""

    code: str
    variant: str = ""
    params: Mapping[str, Param] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Amount:
    """A number, whether a percent sign stands behind it, and whether it was text to be understood."""

    number: float
    percent: bool = False
    mended: bool = False


def of_number(number: float) -> Amount | Problem:
    """A number cell as an amount; what no calculation can use is refused."""
    if not math.isfinite(number):
        return Problem("V-57", "not_finite")
    return Amount(number) if abs(number) <= LARGEST else Problem("V-57", "too_large")


@dataclass(frozen=True, slots=True)
class Currencies:
    """The currency of the workbook, and the words by which any currency is written."""

    own: str = "RUB"
    words: Mapping[str, str] = field(default_factory=lambda: _SPOKEN_CURRENCIES)

    @classmethod
    def of(cls, definition: FieldDef, own: str) -> Currencies:
        """Built from the choices of the question about the currency."""
        named = {key(word): c.id for c in definition.choices for word in (c.id, *c.aliases)}
        return cls(own, {**_SPOKEN_CURRENCIES, **named})


def of_text(text: str, definition: FieldDef, language: Language, currencies: Currencies) -> Amount | Problem:
    """The number that a text writes: grouping, decimal sign, currency, percent and unit are understood."""
    tidy = clean(text).replace("−", "-").replace("–", "-").replace("’", "'")
    if _APPROXIMATE.search(tidy) and re.search("[0-9]", tidy):
        return Problem("V-57", "approximate")
    found = _AMOUNT.fullmatch(tidy)
    if found is None:
        return Problem("V-57", "text")
    number = _digits(found["number"], language)
    if isinstance(number, Problem):
        return number
    rest = f"{found['before']} {found['after']}".casefold()
    words = _WORD.findall(rest)
    written = next((currencies.words[word] for word in words if word in currencies.words), None)
    others = [word for word in words if word not in currencies.words]
    if _WORD.sub("", rest).strip(" .") or not all(_understood(word, definition) for word in others):
        return Problem("V-57", "text")
    if written is not None and definition.type is not FieldType.MONEY:
        return Problem("V-57", "currency_sign")
    if written not in (None, currencies.own):
        return Problem("V-60", "", {"written": written, "currency": currencies.own})
    multiple = math.prod(_MULTIPLES.get(word, 1.0) for word in words)
    if multiple != 1:
        return Problem("V-57", "thousands", {"suggestion": typed(number * multiple, language)})
    sized = of_number(-number if found["sign"] == "-" else number)
    return Amount(sized.number, "%" in words, mended=True) if isinstance(sized, Amount) else sized


def _understood(word: str, definition: FieldDef) -> bool:
    units = {part for unit in (definition.unit.ru, definition.unit.en) for part in key(unit).split()}
    known = word == "%" or word in _MULTIPLES or word in units
    return known or (word in _COUNTED and definition.type is FieldType.COUNT)


def _digits(text: str, language: Language) -> float | Problem:
    """A number without sign and words. One separator before exactly three digits has two readings."""
    if _WHOLE.fullmatch(text):
        return float(text)
    for pattern, thousands, decimal in _GROUPED:
        if pattern.fullmatch(text):
            return float(re.sub(f"[{thousands}]", "", text).replace(decimal, "."))
    found = _DECIMAL.fullmatch(text)
    if found is None:
        return Problem("V-57", "text")
    whole, fraction = found["whole"], found["fraction"]
    if len(fraction) == 3 and len(whole) <= 3 and whole.strip("0"):
        decimal_reading = typed(round(float(f"{whole}.{fraction}"), 2), language)
        return Problem("V-57", "ambiguous", {"whole": str(int(whole + fraction)), "decimal": decimal_reading})
    return float(f"{whole}.{fraction}")
