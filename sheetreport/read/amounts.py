"""Numbers as owners write them. A writing with one reading is a number, a writing with two is a problem."""

from __future__ import annotations

import math
import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from types import MappingProxyType

from sheetreport.catalog.definitions import FieldDef, FieldType
from sheetreport.findings import typed
from sheetreport.model import Param
from sheetreport.read.context import Context
from sheetreport.read.words import clean, key

LARGEST = 1e12

_WHOLE_TYPES = (FieldType.COUNT, FieldType.TALLY, FieldType.SERIES)
_ZERO_OR_UNKNOWN = frozenset("нет|нету|нет таких|не было|нисколько|no|none|nothing".split("|"))
_NAMED: Mapping[str, int] = MappingProxyType(
    {
        word: number
        for number, words in enumerate(
            (
                "ноль нуль zero nil",
                "один одна одно one",
                "два две two",
                "три three",
                "четыре four",
                "пять five",
                "шесть six",
                "семь seven",
                "восемь eight",
                "девять nine",
                "десять ten",
            )
        )
        for word in words.split()
    }
)
_THINGS = frozenset(
    "чел человек человека клиент клиента клиентов шт штук штуки штука раз раза заявок заявки заявка"
    " people persons person clients client customers customer pcs times leads sales".split()
)
_PERCENT = frozenset("% проц процент процента процентов percent pct".split())
_THOUSAND, _MILLION, _BILLION = Decimal(10**3), Decimal(10**6), Decimal(10**9)
_MULTIPLES: Mapping[str, Decimal] = MappingProxyType(
    dict.fromkeys(("тыс", "тысяч", "тысячи", "тысяча", "к", "k", "thousand"), _THOUSAND)
    | dict.fromkeys(("млн", "миллион", "миллиона", "миллионов", "mln", "million"), _MILLION)
    | dict.fromkeys(("млрд", "миллиард", "миллиарда", "миллиардов", "bn", "billion"), _BILLION)
)
# "2 т" may be tonnes, "2m" thousands or millions, "15 к." kopecks: told apart only by whoever wrote them.
_DOUBTFUL: Mapping[str, Decimal] = MappingProxyType({"т": _THOUSAND, "m": _MILLION, "м": _MILLION})
_UNITS: Mapping[str, Mapping[str, Decimal]] = MappingProxyType(
    {
        "min": dict.fromkeys("мин минута минуты минут минуту min mins minute minutes".split(), Decimal(1))
        | dict.fromkeys("ч час часа часов h hr hrs hour hours".split(), Decimal(60))
        | dict.fromkeys("сек секунда секунды секунд sec secs second seconds".split(), 1 / Decimal(60)),
        "days": dict.fromkeys("дн день дня дней day days".split(), Decimal(1))
        | dict.fromkeys("нед неделя недели недель week weeks".split(), Decimal(7)),
        "months": dict.fromkeys("мес месяц месяца месяцев month months".split(), Decimal(1))
        | dict.fromkeys("год года лет year years".split(), Decimal(12)),
    }
)

_ROUGH_SIGN = re.compile(
    r"[≈~<>≥≤±]|[0-9]\s*[+?]|[0-9]\s*(?:-|\.\.\.?|…)\s*[0-9]|\b(?:от|до|from|to|up to|at least|at most)\b"
    r"|\b(?:около|примерно|порядка|приблизительно|где-то|более|больше|менее|меньше|свыше|почти|ок|или|минимум"
    r"|максимум|в районе|в среднем|about|around|approx|approximately|over|under|nearly|circa|ca|roughly"
    r"|almost|or|on average)\b",
    re.IGNORECASE,
)
_AMOUNT = re.compile(
    r"(?P<before>[^0-9.,+-]*)(?P<sign>[+-]?) *(?P<number>[0-9](?:[0-9 .,']*[0-9])?)(?P<after>[^0-9]*)"
)
_BRACKETED = re.compile(r"\( *(?P<inside>[^()+-]*[0-9][^()+-]*)\)")
_ROUBLES_KOPECKS = re.compile(
    r"(?P<roubles>[0-9][0-9 ]*) ?(?:руб|рубль|рубля|рублей|р|₽)\.?,? ?(?P<kopecks>[0-9]{2}) ?(?:коп|к)\.?",
    re.IGNORECASE,
)
_HOURS_MINUTES = re.compile(
    r"(?P<hours>[0-9]{1,4}) ?(?:ч|час|часа|часов|h|hr|hrs|hour|hours)\.?,? ?(?:и |and )?"
    r"(?P<minutes>[0-5]?[0-9]) ?(?:мин|м|минут|минуты|минута|min|mins|m|minutes|minute)?\.?",
    re.IGNORECASE,
)
_WORD = re.compile(r"%|[^\W\d_]+\$?|[^\s\w.]+")

_WHOLE = re.compile(r"[0-9]+")
_DECIMAL = re.compile(r"(?P<whole>[0-9]+)(?P<sign>[.,])(?P<fraction>[0-9]+)")
_GROUPED = (  # (pattern, thousands separators, decimal sign): here the two can't be confused
    (re.compile(r"[1-9][0-9]{0,2}(?:[ '][0-9]{3})+(?:[.,][0-9]+)?"), " '", ","),
    (re.compile(r"[1-9][0-9]{0,2}(?:,[0-9]{3})+\.[0-9]+|[1-9][0-9]{0,2}(?:,[0-9]{3}){2,}"), ",", "."),
    (re.compile(r"[1-9][0-9]?(?:,[0-9]{2})+,[0-9]{3}(?:\.[0-9]+)?"), ",", "."),  # lakhs
    (re.compile(r"[1-9][0-9]{0,2}(?:\.[0-9]{3})+,[0-9]+|[1-9][0-9]{0,2}(?:\.[0-9]{3}){2,}"), ".", ","),
)
_PUNCTUATION = str.maketrans(
    {"−": "-", "–": "-", "’": "'"} | {chr(code): chr(code - 0xFEE0) for code in range(0xFF01, 0xFF5F)}
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

    @property
    def hundredth(self) -> float:
        """What so many per cent are: 0.7 gives 0.007, while 0.7 / 100 is a bit less."""
        return float(Decimal(repr(self.number)) / 100)


_TEXT = Problem("V-57", "text")


def of_number(number: float) -> Amount | Problem:
    """A number cell as an amount; what no calculation can use is refused."""
    if not math.isfinite(number):
        return Problem("V-57", "not_finite")
    return Amount(number) if abs(number) <= LARGEST else Problem("V-57", "too_large")


def of_text(text: str, definition: FieldDef, context: Context) -> Amount | Problem:
    """The number that a text writes: grouping, decimal sign, currency, percent and unit are understood."""
    word = key(text)
    if word in _NAMED:
        return Amount(_NAMED[word], mended=True)
    if word in _ZERO_OR_UNKNOWN:
        return Problem("V-57", "zero_or_unknown")
    tidy = _ascii_digits(clean(text).translate(_PUNCTUATION).removeprefix("'").strip())
    if tidy is None:
        return _TEXT
    joined = _two_units(tidy, definition, context)
    if joined is not None:
        return _sized(joined)
    if _ROUGH_SIGN.search(tidy) and re.search("[0-9]", tidy):
        return Problem("V-57", "approximate")
    bracketed = _BRACKETED.fullmatch(tidy) if definition.type is FieldType.MONEY else None
    found = _AMOUNT.fullmatch(bracketed["inside"].strip() if bracketed else tidy)
    if found is None:
        return _TEXT
    return _amount(found, definition, context, negative=bracketed is not None or found["sign"] == "-")


def _ascii_digits(text: str) -> str | None:
    """The digits of any one script as 0…9; None when two scripts are mixed."""
    digits = {character for character in text if character.isdecimal()}
    if len({ord(digit) - unicodedata.decimal(digit) for digit in digits}) > 1:
        return None
    return text.translate({ord(digit): str(unicodedata.decimal(digit)) for digit in digits})


def _two_units(text: str, definition: FieldDef, context: Context) -> Decimal | None:
    """A sum in roubles and kopecks, a time in hours and minutes."""
    if definition.type is FieldType.MONEY and context.currencies.own == "RUB":
        found = _ROUBLES_KOPECKS.fullmatch(text)
        roubles = _digits(found["roubles"].strip()) if found else None
        if found and roubles is not None:
            return roubles + Decimal(found["kopecks"]) / 100
    if definition.unit.en == "min" and (found := _HOURS_MINUTES.fullmatch(text)):
        return Decimal(found["hours"]) * 60 + Decimal(found["minutes"])
    return None


def _amount(
    found: re.Match[str], definition: FieldDef, context: Context, *, negative: bool
) -> Amount | Problem:
    rest = re.sub(r"\bper cent\b", "%", f"{found['before']} {found['after']}".casefold())
    words = _WORD.findall(rest)
    currencies = {context.currencies.words[word] for word in words if word in context.currencies.words}
    others = [word for word in words if word not in context.currencies.words]
    if _WORD.sub("", rest).strip(" .") or len(currencies) > 1:
        return _TEXT
    multiple, doubtful, percent = Decimal(1), False, False
    units = _UNITS.get(definition.unit.en, {})
    named = {part for unit in (definition.unit.ru, definition.unit.en) for part in key(unit).split()}
    for word in others:
        scales = definition.type is not FieldType.SHARE and not percent and multiple == 1
        if word in units:
            multiple *= units[word]
        elif word in _PERCENT and multiple == 1:
            percent = True
        elif scales and (word in _MULTIPLES or word in _DOUBTFUL):
            multiple = _MULTIPLES.get(word) or _DOUBTFUL[word]
            roubles = word == "т" and "RUB" in currencies
            doubtful = not roubles and (word in _DOUBTFUL or (word == "к" and "к." in rest))
        elif not (word in named or (word in _THINGS and _counts(definition))):
            return _TEXT
    problem = _currency_problem(currencies, definition, context)
    if problem is not None:
        return problem
    commas = context.comma_groups and definition.type in _WHOLE_TYPES and multiple == 1
    number = _digits(found["number"], comma_groups=commas)
    if number is None:
        return _two_readings(found["number"], multiple, context)
    if doubtful:
        return Problem("V-57", "thousands", {"suggestion": typed(float(number * multiple), context.language)})
    return _sized(-number * multiple if negative else number * multiple, percent=percent)


def _counts(definition: FieldDef) -> bool:
    """Whether things are counted: a goal's figures may count anything."""
    return definition.type in _WHOLE_TYPES or _measures_anything(definition)


def _measures_anything(definition: FieldDef) -> bool:
    """Whether the owner's goal decides what a field counts: money, people, points."""
    return definition.type is FieldType.NUMBER and definition.signed


def _currency_problem(currencies: set[str], definition: FieldDef, context: Context) -> Problem | None:
    if currencies and definition.type is not FieldType.MONEY and not _measures_anything(definition):
        return Problem("V-57", "currency_sign")
    for written in currencies - {context.currencies.own}:
        return Problem("V-60", "", {"written": written, "currency": context.currencies.own})
    return None


def _sized(number: Decimal, *, percent: bool = False) -> Amount | Problem:
    sized = of_number(float(number) + 0.0)  # no minus zero
    return Amount(sized.number, percent, mended=True) if isinstance(sized, Amount) else sized


def _digits(text: str, *, comma_groups: bool = False) -> Decimal | None:
    """A number without sign and words; None when it has two readings, or none."""
    if _WHOLE.fullmatch(text):
        return Decimal(text)
    if re.match("0[0-9]", text):  # 01.05 may be a day
        return None
    for pattern, thousands, decimal in _GROUPED:
        if pattern.fullmatch(text):
            return Decimal(re.sub(f"[{thousands}]", "", text).replace(decimal, "."))
    found = _DECIMAL.fullmatch(text)
    if found is None:
        return None
    if _may_be_thousands(found):
        certain = comma_groups and found["sign"] == ","
        return Decimal(found["whole"] + found["fraction"]) if certain else None
    return Decimal(f"{found['whole']}.{found['fraction']}")


def _may_be_thousands(found: re.Match[str]) -> bool:
    """One separator before exactly three digits: 1.234 is a thousand to some and a decimal to others."""
    return len(found["fraction"]) == 3 and len(found["whole"]) <= 3 and found["whole"] != "0"


def _two_readings(text: str, multiple: Decimal, context: Context) -> Problem:
    """Why digits gave no number: both readings, where there are two."""
    found = _DECIMAL.fullmatch(text)
    if found is None or not _may_be_thousands(found) or text.startswith("0"):
        return _TEXT
    decimal = Decimal(f"{found['whole']}.{found['fraction']}")
    shown = round(float(decimal), 2) if multiple == 1 else float(decimal * multiple)
    params: dict[str, Param] = {
        "whole": typed(float(found["whole"] + found["fraction"]) * float(multiple), context.language),
        "decimal": typed(shown, context.language),
    }
    return Problem("V-57", "ambiguous", params)
