"""How cells look: colours, borders and number formats, each combination made once per workbook."""

from __future__ import annotations

import math
from typing import Any

from xlsxwriter.format import Format
from xlsxwriter.workbook import Workbook

from sheetreport.bureau.palette import Colours
from sheetreport.catalog.definitions import Unit
from sheetreport.i18n import NBSP, Wording, brief_scale, digits_of

FONT = "Arial"

INK = "#1F2933"
PETROL = "#0B4F6C"
MUTED = "#4A5763"
RULE = "#9AA5B1"
CALCULATED = "#E9EEF2"
INPUT = "#FFFCF0"
INPUT_BORDER = "#7A6000"
HATCH = "#FFF3C4"
GOOD = "#1B5E20"
WARN, WARN_FILL = "#7A4B00", "#FFE9C7"
BAD, BAD_FILL = "#9B1C1C", "#FCE1E1"

# The first character of a reading tells its tone without colour.
GOOD_MARK, WARN_MARK, BAD_MARK, OPEN_MARK = "✓", "!", "✗", "○"
MARKS = {"green": GOOD_MARK, "orange": WARN_MARK, "red": BAD_MARK, "neutral": OPEN_MARK}

_DASHED, _DOTTED, _THIN, _MEDIUM = 3, 4, 1, 2

_LOOKS: dict[str, dict[str, Any]] = {
    "title": {"bold": True, "font_size": 19, "font_color": PETROL},
    "subtitle": {"font_size": 9, "font_color": MUTED},
    "head": {"bold": True, "font_color": "#FFFFFF", "bg_color": PETROL, "text_wrap": True},
    "section": {"bold": True, "font_color": PETROL, "bottom": _MEDIUM, "bottom_color": PETROL},
    "question": {"bold": True, "font_size": 13, "font_color": PETROL},
    "answer": {"bold": True, "font_size": 13},
    "text": {"text_wrap": True},
    "strong": {"text_wrap": True, "bold": True},
    # Lines do not wrap: they run over the empty cells to their right.
    "line": {},
    "line_ruled": {},
    "strong_line": {"bold": True},
    "strong_ruled": {"bold": True},
    "status_line": {"font_size": 10, "indent": 1},
    "effect_line": {"font_size": 10, "indent": 1},
    "plain": {"text_wrap": True},
    "step": {"font_size": 10, "indent": 1},
    "place_number": {"bold": True, "align": "center"},
    "explained": {"font_size": 10},
    "explained_last": {"font_size": 10},
    "warning": {"bold": True, "font_size": 10, "font_color": WARN},
    "small": {"font_size": 9, "font_color": MUTED, "text_wrap": True, "indent": 1},
    "reading": {"font_size": 10, "text_wrap": True, "indent": 1},
    "number": {"bold": True, "align": "right"},
    "plain_number": {"align": "right"},
    "key_number": {"bold": True, "font_size": 13, "align": "right"},
    "limit": {"font_size": 9, "font_color": MUTED, "align": "right"},
    "total": {"bold": True, "bg_color": CALCULATED, "top": _MEDIUM, "top_color": PETROL},
    "total_number": {
        "bold": True,
        "bg_color": CALCULATED,
        "align": "right",
        "top": _MEDIUM,
        "top_color": PETROL,
    },
    "points": {"bold": True, "align": "right", "indent": 1},
    "bar": {"font_size": 10, "font_color": PETROL, "indent": 1},
    "time_bar": {"font_size": 10, "font_color": MUTED, "indent": 1},
    "link": {"font_color": PETROL, "underline": 1},
    "link_cell": {"font_size": 9, "font_color": PETROL, "underline": 1, "text_wrap": True, "indent": 1},
    "answer_value": {"bg_color": CALCULATED, "text_wrap": True, "align": "left", "indent": 1},
    "answer_number": {"bg_color": CALCULATED, "align": "right"},
    "change": {"font_size": 10, "align": "left", "indent": 1},
    "try": {
        "bold": True,
        "bg_color": HATCH,
        "border": _THIN,
        "border_color": INPUT_BORDER,
        "align": "right",
        "locked": False,
    },
    "input": {
        "bg_color": INPUT,
        "border": _DASHED,
        "border_color": INPUT_BORDER,
        "text_wrap": True,
        "locked": False,
    },
}

# Looks of table rows carry the dotted rule below them.
_RULED = frozenset(
    "text strong small reading number points change plain_number key_number limit bar time_bar "
    "answer_value answer_number line_ruled strong_ruled status_line effect_line explained_last "
    "place_number link_cell".split()
)


class Styles:
    """The formats of one workbook."""

    def __init__(self, book: Workbook, wording: Wording, colours: Colours) -> None:
        self._book = book
        self._wording = wording
        self.ink, self.accent = colours.ink or INK, colours.accent or PETROL
        self.data = colours.data or PETROL
        self._own = {INK: self.ink, PETROL: self.accent}
        self._made: dict[tuple[tuple[str, Any], ...], Format] = {}
        self._asked: dict[tuple[str, str | None, tuple[tuple[str, Any], ...]], Format] = {}

    def __call__(self, look: str, number_format: str | None = None, **extra: Any) -> Format:
        """The format of a look, with a number format and whatever differs."""
        asked = (look, number_format, tuple(extra.items()))
        if asked not in self._asked:
            self._asked[asked] = self._get(self._properties(look, number_format) | extra)
        return self._asked[asked]

    def _properties(self, look: str, number_format: str | None) -> dict[str, Any]:
        plain: dict[str, Any] = {"valign": "vcenter", "font_color": INK} | _LOOKS[look]
        properties = {name: self._own.get(value, value) for name, value in plain.items()}
        if look in _RULED:
            properties |= {"bottom": _DOTTED, "bottom_color": RULE}
        if number_format is not None:
            properties["num_format"] = number_format
        return properties

    def bare(self, **properties: Any) -> Format:
        """A format of these properties alone, as conditional formats need."""
        return self._get(properties)

    def _get(self, properties: dict[str, Any]) -> Format:
        key = tuple(sorted(properties.items()))
        if key not in self._made:
            self._made[key] = self._book.add_format(properties)
        return self._made[key]

    def unit(self, unit: Unit, value: float | None) -> str:
        """The number format of a unit, with as many decimals as the report prints for this value."""
        digits = digits_of(value or 0.0, unit)
        match unit:
            case Unit.MONEY:
                return self.money(digits, value or 0.0)
            case Unit.SHARE:
                return self.share(digits)
            case Unit.SHARE_CHANGE:
                return f"+{self.share(digits)}"
            case Unit.RATIO:
                return signed(decimals(digits) + '"×"')
            case Unit.POINTS:
                return f'+{decimals(digits)}_-;"−"{decimals(digits)}_-;0_-'
            case Unit.MONTHS | Unit.DAYS | Unit.MINUTES | Unit.HOURS:
                return signed(decimals(digits) + f'"{NBSP}{self._wording.text("common.unit_" + unit.value)}"')
            case Unit.COUNT | Unit.SCORE | Unit.NUMBER | Unit.MEASURE:
                return signed(decimals(digits))

    def change(self, unit: Unit, value: float | None) -> str:
        """The number format of a difference or a pace: with its sign, plain where the unit is a word.

        Differences of shares are in percentage points, so their cells hold hundredfold numbers.
        """
        return f"+{self.distance(unit, value)};0_-"

    def distance(self, unit: Unit, value: float | None) -> str:
        """The number format of what is left to go: a difference without a plus."""
        if unit is Unit.MONEY:
            return self.money(digits_of(value or 0.0, unit), value or 0.0)
        if unit is Unit.SHARE:
            return self.counted(self._wording.text("common.percentage_points"), 1)
        return self.counted(digits=0 if value is None or float(value).is_integer() else 1)

    def money(self, digits: int = 0, value: float = 0.0) -> str:
        """The currency after the number in Russian, before it in English; long amounts in millions."""
        symbol, (name, size, short) = self._wording.symbol, brief_scale(value)
        number, unit = decimals(digits), ""
        if name:
            unit = self._wording.text(f"common.{name}")
            number = decimals(short) + "," * round(math.log10(size) / 3)  # each comma divides by 1,000
        if self._wording.language == "ru":
            return signed(f'{number}"{unit}{NBSP}{symbol}"')
        before = f'"{symbol}"' if len(symbol) == 1 else f'"{symbol}{NBSP}"'
        after = f'"{unit}"' if unit else ""
        return f'{before}{number}{after}_-;"−"{before}{number}{after}_-'

    def share(self, digits: int = 1) -> str:
        percent = f"\\{NBSP}%" if self._wording.language == "ru" else "%"
        return signed(decimals(digits) + percent)

    def counted(self, words: str = "", digits: int = 0) -> str:
        """A plain number with the words of its unit, if it has any: 480 чел."""
        return signed(decimals(digits) + (f'"{NBSP}{words}"' if words else ""))

    @property
    def date(self) -> str:
        """The language of months is pinned: they would come out in that of the reader's computer."""
        return "dd.mm.yyyy" if self._wording.language == "ru" else "[$-409]d mmm yyyy"


def decimals(digits: int) -> str:
    return "#,##0" + ("." + "0" * digits if digits else "")


def signed(number_format: str) -> str:
    """Negative numbers with a true minus; the padding keeps digits off the cell's right edge."""
    return f'{number_format}_-;"−"{number_format}_-'
