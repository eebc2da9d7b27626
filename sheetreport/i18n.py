"""Words, numbers, money, dates and plural forms of both languages; every text people read passes through
here.
"""

from __future__ import annotations

import datetime as dt
import math
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from functools import lru_cache
from importlib import resources

from babel import Locale
from babel.dates import format_date

from sheetreport.catalog.definitions import Text, Unit
from sheetreport.catalog.yaml import Located, load_yaml
from sheetreport.errors import Message
from sheetreport.model import Interval, Language

NBSP = "\N{NO-BREAK SPACE}"
MINUS = "\N{MINUS SIGN}"
EN_DASH = "\N{EN DASH}"

# How many forms a plural placeholder has: ru 1, 2 and 5 clients; en one and many.
PLURAL_FORMS: dict[Language, int] = {"ru": 3, "en": 2}
_FORM_OF: dict[Language, dict[str, int]] = {
    "ru": {"one": 0, "few": 1, "many": 2, "other": 1},  # "other" is a fraction: 1,5 клиента
    "en": {"one": 0, "other": 1},
}
_LOCALES: dict[Language, Locale] = {"ru": Locale("ru"), "en": Locale("en")}

PLACEHOLDER = re.compile(r"\{([A-Za-z_][\w.]*)(?:\|([^{}]*))?\}")

_CAPITAL = re.compile(r"^[A-ZА-ЯЁ](?=[a-zа-яё ])")  # of a word, not of an abbreviation

CURRENCY_SYMBOLS = {
    "RUB": "₽", "USD": "$", "EUR": "€", "GBP": "£", "KZT": "₸", "UAH": "₴", "TRY": "₺", "ILS": "₪",
    "GEL": "₾", "AMD": "֏", "INR": "₹", "CNY": "¥", "JPY": "¥",
}  # fmt: skip

# Symbols that the bundled font draws; other currencies are printed by their code.
PRINTABLE_SYMBOLS = frozenset("₽$€£¥₸₴")

BRIEF_FROM = 1e7  # amounts from here on are told in millions or billions where room is scarce
_SIZES = (("trillion", 1e12), ("billion", 1e9), ("million", 1e6))

_DIGITS = {
    Unit.COUNT: 0,
    Unit.SHARE: 1,
    Unit.SHARE_CHANGE: 1,
    Unit.RATIO: 2,
    Unit.POINTS: 0,
    Unit.SCORE: 2,
    Unit.MONTHS: 1,
    Unit.DAYS: 0,
    Unit.MINUTES: 0,
    Unit.HOURS: 1,
    Unit.NUMBER: 2,
    Unit.MEASURE: 0,
}


def round_half_up(value: float, digits: int) -> Decimal:
    """Round as people do on paper: 2.5 is 3. Float noise beyond ten digits is dropped first."""
    exact = Decimal(repr(round(value, 10)))
    rounded = exact.quantize(Decimal(1).scaleb(-digits), rounding=ROUND_HALF_UP)
    return abs(rounded) if rounded == 0 else rounded


@lru_cache(maxsize=1)
def texts() -> Mapping[str, Text]:
    """All interface texts: file name and key give the id. Raises ValueError where a language is missing."""
    found: dict[str, Text] = {}
    for file in sorted(resources.files("sheetreport.locale").iterdir(), key=lambda file: file.name):
        if not file.name.endswith(".yaml"):
            continue
        document: Located = load_yaml(file, file.name)
        for key, entry in document.items():
            if not isinstance(entry, Located) or {"ru", "en"} - set(entry):
                raise ValueError(f"{document.places[key]}: {key}: write both languages, {{ru: ..., en: ...}}")
            text = Text(str(entry["ru"]), str(entry["en"]))
            for problem in plural_problems(text):
                raise ValueError(f"{entry.place}: {problem.key} {problem.params}")
            found[f"{file.name.removesuffix('.yaml')}.{key}"] = text
    return found


def plural_problems(text: Text) -> Iterable[Message]:
    """What is wrong with the plural placeholders of a text: a form too few or too many."""
    for language, words in (("ru", text.ru), ("en", text.en)):
        wanted = PLURAL_FORMS[language]  # type: ignore[index]
        for name, forms in PLACEHOLDER.findall(words):
            given = len(forms.split("|"))
            if forms and given != wanted:
                yield Message(
                    "catalog_rules.plural_forms",
                    {"language": language, "name": name, "wanted": wanted, "given": given},
                )


def placeholders(words: str) -> set[str]:
    """The names that a text wants filled."""
    return {name for name, _ in PLACEHOLDER.findall(words)}


@dataclass(frozen=True, slots=True)
class Wording:
    """The language and currency of one reader; formats everything printed for them."""

    language: Language
    currency: str = "RUB"

    def text(self, key: str, /, **params: str | float | int) -> str:
        """An interface text by its id, filled."""
        return self.fill(texts()[key][self.language], params)

    def say(self, message: Message) -> str:
        """A message in words."""
        return self.text(message.key, **{name: self._worded(value) for name, value in message.params.items()})

    def _worded(self, value: object) -> str | float:
        match value:
            case Message():
                return self.say(value)
            case Text():
                return value[self.language]
            case int() | float():
                return value
            case _:
                return str(value)

    def has(self, key: str) -> bool:
        return key in texts()

    def fill(self, template: str, params: Mapping[str, str | float | int | None]) -> str:
        """Put parameters into `{name}` and `{n|one|few|many}`; numbers are formatted, strings stay as they
        are.

        """
        if "{" not in template:
            return template

        def replace(match: re.Match[str]) -> str:
            value = params[match[1]]
            if match[2]:
                if isinstance(value, str) or value is None:
                    raise TypeError(f"{{{match[1]}|...}} needs a number, not {value!r}")
                return f"{self.plain(value)}{NBSP}{self.plural(value, match[2].split('|'))}"
            return value if isinstance(value, str) else "" if value is None else self.plain(value)

        return PLACEHOLDER.sub(replace, template)

    def plural(self, value: float, forms: Sequence[str]) -> str:
        """The form that goes with a number as it is printed: 21 клиент, 22 клиента, 25 клиентов, 1,5
        клиента.

        """
        shown = round_half_up(value, 0 if is_whole(value) else 1)
        category = _LOCALES[self.language].plural_form(abs(shown))
        return forms[_FORM_OF[self.language][category]]

    def plain(self, value: float) -> str:
        """A bare number: whole as it is, otherwise one decimal."""
        return self.number(value, 0 if is_whole(value) else 1)

    def number(self, value: float, digits: int = 0) -> str:
        """A number with grouping and a true minus: −1 234,5 or −1,234.5."""
        rounded = round_half_up(value, digits)
        whole, _, fraction = f"{abs(rounded):,f}".partition(".")
        if self.language == "ru":
            whole, point = whole.replace(",", NBSP), ","
        else:
            point = "."
        return (MINUS if rounded < 0 else "") + whole + (point + fraction if fraction else "")

    @property
    def symbol(self) -> str:
        symbol = CURRENCY_SYMBOLS.get(self.currency, self.currency)
        return symbol if symbol in PRINTABLE_SYMBOLS else self.currency

    def with_currency(self, amount: str) -> str:
        """Add the currency: 1 500 ₽ in Russian, ₽1,500 in English (a code keeps its space)."""
        if self.language == "ru":
            return f"{amount}{NBSP}{self.symbol}"
        sign, digits = (MINUS, amount[1:]) if amount.startswith(MINUS) else ("", amount)
        return f"{sign}{self.symbol}{'' if len(self.symbol) == 1 else NBSP}{digits}"

    def money(self, value: float, digits: int | None = None) -> str:
        """An amount; below a hundred the fraction counts."""
        return self.with_currency(self.number(value, money_digits(value) if digits is None else digits))

    def brief_money(self, value: float) -> str:
        """An amount for a narrow place: from ten million on in millions or billions, as 11,87 млрд ₽."""
        name, size, digits = brief_scale(value)
        if not name:
            return self.money(value)
        return self.with_currency(self.number(value / size, digits) + self.text(f"common.{name}"))

    def brief_range(self, interval: Interval) -> str:
        """A range of amounts for a narrow place, both ends in the unit of the larger one."""
        low, high = interval
        name, size, _ = brief_scale(max(interval, key=abs))
        if not name:
            return self.range(interval, Unit.MONEY)
        if low < 0:
            return self.text("common.range_signed", low=self.brief_money(low), high=self.brief_money(high))
        if 0 < low < high / 100:
            return f"{self.brief_money(low)}{EN_DASH}{self.brief_money(high)}"
        ends = low / size, high / size
        digits = _least_digits(ends, 3 - math.floor(math.log10(ends[1])))
        start, end = (self.number(one, digits) for one in ends)
        shown = end if start == end else f"{start}{EN_DASH}{end}"
        return self.with_currency(shown + self.text(f"common.{name}"))

    def share(self, value: float, digits: int = 1) -> str:
        return self.number(value * 100, digits) + (f"{NBSP}%" if self.language == "ru" else "%")

    def per_one(self, ratio: str) -> str:
        """A ratio of money to money: 1,28 ₽ на 1 ₽."""
        return self.text("common.per_one", value=self.with_currency(ratio), one=self.money(1))

    def points(self, value: float, digits: int = 0) -> str:
        """NPS points: signed, without a percent sign; zero has no sign."""
        shown = self.number(value, digits)
        return f"+{shown}" if round_half_up(value, digits) > 0 else shown

    def value(self, value: float, unit: Unit, boundaries: Iterable[float] = ()) -> str:
        """A metric's value in its unit, with one more digit wherever rounding would cross a zone's
        boundary.

        """
        scale = 100 if unit is Unit.SHARE else 1
        digits = digits_of(value, unit)
        while digits < 8 and any(_crosses(value * scale, limit * scale, digits) for limit in boundaries):
            digits += 1
        match unit:
            case Unit.MONEY:
                return self.money(value, digits)
            case Unit.SHARE:
                return self.share(value, digits)
            case Unit.SHARE_CHANGE:
                return self.change(value, Unit.SHARE)
            case Unit.POINTS:
                return self.points(value, digits)
            case Unit.MONTHS | Unit.DAYS | Unit.MINUTES | Unit.HOURS:
                return f"{self.number(value, digits)}{NBSP}{self.text('common.unit_' + unit.value)}"
            case _:
                return self.number(value, digits)

    def range(self, interval: Interval, unit: Unit) -> str:
        """An interval with its unit once: 1 102–2 100 ₽; signed ends in words: от −5 до +9.

        Ends that print the same are one number.
        """
        low, high = interval
        if unit is Unit.SHARE_CHANGE:
            start, end = self.points(low * 100, 1), self.points(high * 100, 1)
            shown = self.change(high, unit)
            return shown if start == end else self.text("common.range_signed", low=start, high=shown)
        if unit is Unit.POINTS or low < 0:
            start, end = self.value(low, unit), self.value(high, unit)
            return start if start == end else self.text("common.range_signed", low=start, high=end)
        digits = money_digits(max(interval)) if unit is Unit.MONEY else _DIGITS[unit]
        scale = 100 if unit is Unit.SHARE else 1
        start, end = self.number(low * scale, digits), self.number(high * scale, digits)
        shown = end if start == end else f"{start}{EN_DASH}{end}"
        match unit:
            case Unit.MONEY:
                return self.with_currency(shown)
            case Unit.SHARE:
                return shown + (f"{NBSP}%" if self.language == "ru" else "%")
            case Unit.MONTHS | Unit.DAYS | Unit.MINUTES | Unit.HOURS:
                return f"{shown}{NBSP}{self.text('common.unit_' + unit.value)}"
            case _:
                return shown

    def change(self, difference: float, unit: Unit) -> str:
        """A difference with its sign; shares in percentage points."""
        shown = self.distance(difference, unit)
        return f"+{shown}" if difference > 0 else shown

    def pace(self, share: float) -> str:
        """A share's pace in percentage points; less than one with a digit more, which may decide."""
        digits = 1 if abs(share) >= 0.01 else 2
        sign = "+" if share > 0 else ""
        return f"{sign}{self.number(share * 100, digits)}{NBSP}{self.text('common.percentage_points')}"

    def distance(self, difference: float, unit: Unit) -> str:
        """How far one value is from another, without a plus; shares in percentage points."""
        if unit in (Unit.SHARE, Unit.SHARE_CHANGE):
            return f"{self.number(difference * 100, 1)}{NBSP}{self.text('common.percentage_points')}"
        return self.number(difference) if unit is Unit.POINTS else self.value(difference, unit)

    def date(self, day: dt.date) -> str:
        """31.10.2026 or 31 Oct 2026."""
        return format_date(
            day, "dd.MM.yyyy" if self.language == "ru" else "d MMM yyyy", _LOCALES[self.language]
        )

    def day_month(self, day: dt.date) -> str:
        """16 ноября or 16 November."""
        return format_date(day, f"d'{NBSP}'MMMM", _LOCALES[self.language])

    def long_date(self, day: dt.date) -> str:
        """16 ноября 2026 г. or 16 November 2026."""
        return self.day_month(day) + NBSP + str(day.year) + (f"{NBSP}г." if self.language == "ru" else "")

    def period(self, start: dt.date, end: dt.date) -> str:
        """1–31 октября 2026 г. or 1–31 October 2026."""
        if (start.year, start.month) == (end.year, end.month):
            return f"{start.day}{EN_DASH}{self.long_date(end)}"
        first = self.day_month(start) if start.year == end.year else self.long_date(start)
        return f"{first}{NBSP}{EN_DASH} {self.long_date(end)}"

    def short_period(self, start: dt.date, end: dt.date) -> str:
        """Months alone, for narrow places: окт. 2026, июль–сент. 2026."""
        first, last = (format_date(day, f"LLL'{NBSP}'yyyy", _LOCALES[self.language]) for day in (start, end))
        if first == last:
            return last
        if start.year == end.year:
            first = format_date(start, "LLL", _LOCALES[self.language])
            return f"{first}{EN_DASH}{last}"
        return f"{first}{NBSP}{EN_DASH} {last}"


def money_digits(value: float) -> int:
    """Kopecks and cents count only below a hundred."""
    return 0 if abs(value) >= 100 or is_whole(value) else 2


def digits_of(value: float, unit: Unit) -> int:
    """How many decimals a value is printed with in its unit."""
    match unit:
        case Unit.MONEY:
            return money_digits(value)
        case Unit.MEASURE | Unit.NUMBER | Unit.COUNT if not is_whole(value):
            return max(_DIGITS[unit], 1)
        case Unit.MONTHS | Unit.HOURS if is_whole(value):
            return 0
        case _:
            return _DIGITS[unit]


def brief_scale(value: float) -> tuple[str, float, int]:
    """The unit that a long amount is told in, its size, and decimals for four digits; no name if in full."""
    if abs(value) < BRIEF_FROM:
        return "", 1.0, money_digits(value)
    name, size = next((one for one in _SIZES if abs(value) >= one[1]), _SIZES[-1])
    scaled = abs(value) / size
    return name, size, _least_digits((scaled,), 3 - math.floor(math.log10(scaled)))


def _least_digits(values: Sequence[float], most: int) -> int:
    """As few decimals as show the values as well as `most` do."""
    full = [round_half_up(value, most) for value in values]
    return next(
        (digits for digits in range(most) if [round_half_up(value, digits) for value in values] == full),
        max(most, 0),
    )


def running(text: str) -> str:
    """A text as it goes on behind other words: its first word in lower case, but an abbreviation as it is."""
    return _CAPITAL.sub(lambda found: found[0].lower(), text)


def is_whole(value: float) -> bool:
    """Whether a number is whole but for float noise."""
    return float(round(value, 9)).is_integer()


def _crosses(value: float, limit: float, digits: int) -> bool:
    """Whether rounding would put a value on the other side of a boundary."""
    return (value < limit) != (float(round_half_up(value, digits)) < limit)
