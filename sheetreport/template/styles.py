"""Colours, fonts and number formats of the owner's workbook."""

from __future__ import annotations

from enum import StrEnum
from typing import Any

from sheetreport.catalog.definitions import FieldDef, FieldType
from sheetreport.i18n import Wording

PETROL = "#0B4F6C"
INK = "#1F2933"
MUTED = "#4A5763"
WHITE = "#FFFFFF"
LINK = "#0B3D91"
CORE_FILL = "#FFF3C4"
OPTIONAL_FILL = "#FFFCF0"
CALCULATED_FILL = "#E9EEF2"
FRAME = "#7A6000"
GOOD = "#1B5E20"
ATTENTION, ATTENTION_FILL = "#7A4B00", "#FFE9C7"
WRONG, WRONG_FILL = "#9B1C1C", "#FCE1E1"
GREY_TAB = "#A7B1BA"
REMINDER_FILL = "#F3F5F7"

_THIN, _MEDIUM, _DASHED, _HAIR = 1, 2, 3, 7


class Role(StrEnum):
    """What a cell is for; it decides how the cell looks."""

    CORE = "core"
    OPTIONAL = "optional"
    CALCULATED = "calculated"


_INPUT: dict[Role, dict[str, Any]] = {
    Role.CORE: {"bg_color": CORE_FILL, "border": _THIN, "border_color": FRAME, "locked": False},
    Role.OPTIONAL: {"bg_color": OPTIONAL_FILL, "border": _DASHED, "border_color": FRAME, "locked": False},
    Role.CALCULATED: {"bg_color": CALCULATED_FILL, "italic": True, "locked": False},
}

_LOOKS: dict[str, dict[str, Any]] = {
    "plain": {},
    "title": {"font_size": 19, "bold": True, "font_color": PETROL, "valign": "vcenter"},
    "progress": {"bold": True, "font_color": PETROL, "valign": "vcenter"},
    "link": {"font_color": LINK, "underline": 1, "valign": "vcenter"},
    "big_link": {"font_color": LINK, "underline": 1, "bold": True, "font_size": 12, "valign": "vcenter"},
    "intro": {"font_size": 10, "font_color": MUTED, "valign": "vcenter"},
    "heading": {
        "bold": True, "font_color": WHITE, "bg_color": PETROL, "valign": "vcenter", "text_wrap": True,
    },
    "section": {
        "bold": True, "font_color": PETROL, "bottom": _MEDIUM, "bottom_color": PETROL, "valign": "bottom",
    },
    "band": {"bold": True, "font_size": 9, "font_color": PETROL, "valign": "bottom"},
    "specimen": {"bg_color": CORE_FILL, "border": _THIN, "border_color": FRAME},
    "heading_line": {"bold": True, "font_color": WHITE, "bg_color": PETROL, "valign": "vcenter"},
    "column": {
        "bold": True, "font_size": 10, "font_color": PETROL, "bg_color": "#D5DEE5", "valign": "vcenter",
        "text_wrap": True,
    },
    "column_core": {
        "bold": True, "font_size": 10, "font_color": WHITE, "bg_color": PETROL, "valign": "vcenter",
        "text_wrap": True,
    },
    "question": {"valign": "vcenter", "text_wrap": True, "font_color": INK},
    "question_core": {"valign": "vcenter", "text_wrap": True, "font_color": INK, "bold": True},
    "hint": {"font_size": 9, "font_color": MUTED},
    "check": {"font_size": 10, "font_color": MUTED, "valign": "vcenter", "text_wrap": True, "indent": 1},
    "check_line": {"font_size": 10, "font_color": MUTED, "valign": "vcenter", "indent": 1},
    "why": {"font_size": 9, "font_color": MUTED, "valign": "vcenter", "text_wrap": True},
    "note": {"font_size": 9, "font_color": MUTED, "valign": "vcenter"},
    "text": {"valign": "vcenter"},
    "text_bold": {"valign": "vcenter", "bold": True},
    "step_number": {"valign": "vcenter", "bold": True, "font_color": PETROL, "align": "left"},
    "sentence_line": {"bold": True, "font_color": PETROL, "valign": "vcenter"},
    "sentence_why": {"italic": True, "font_color": PETROL, "valign": "vcenter"},
    "ready": {"font_size": 10, "valign": "vcenter"},
    "counter": {"bold": True, "font_size": 15, "font_color": PETROL, "valign": "vcenter"},
    "bar": {"font_color": PETROL, "valign": "vcenter"},
    "key_number": {"bold": True, "font_size": 20, "font_color": PETROL, "valign": "vcenter", "align": "left"},
    "total": {
        "bold": True, "bg_color": CALCULATED_FILL, "top": _MEDIUM, "top_color": PETROL, "valign": "vcenter",
    },
    "computed": {"bg_color": CALCULATED_FILL, "valign": "vcenter", "align": "right"},
    "list": {
        "font_size": 10, "align": "left", "indent": 1, "valign": "top", "text_wrap": True, "bottom": _HAIR,
        "bottom_color": GREY_TAB,
    },
    "reminder_head": {
        "font_size": 10, "italic": True, "font_color": MUTED, "bg_color": REMINDER_FILL, "valign": "vcenter",
        "indent": 1,
    },
    "reminder_title": {"font_size": 10, "italic": True, "font_color": MUTED, "valign": "vcenter"},
    "reminder_line": {"font_size": 10, "italic": True, "font_color": MUTED, "valign": "vcenter"},
    "reminder_name": {
        "font_size": 9, "italic": True, "font_color": MUTED, "bg_color": REMINDER_FILL, "valign": "vcenter",
        "text_wrap": True, "num_format": "@",
    },
    "reminder": {
        "font_size": 9, "italic": True, "font_color": MUTED, "bg_color": REMINDER_FILL, "valign": "vcenter",
        "indent": 1, "text_wrap": True, "num_format": "@",
    },
    "reminder_number": {
        "font_size": 9, "italic": True, "font_color": MUTED, "bg_color": REMINDER_FILL, "valign": "vcenter",
        "align": "right", "num_format": "@",
    },
    "list_strong": {"font_size": 10, "bold": True},
    "list_link": {
        "font_size": 10, "bold": True, "font_color": LINK, "underline": 1, "align": "left", "indent": 1,
        "valign": "top", "text_wrap": True, "bottom": _HAIR, "bottom_color": GREY_TAB,
    },
    "state": {"bold": True, "valign": "vcenter"},
    "state_optional": {"valign": "vcenter", "font_color": MUTED},
}  # fmt: skip

_TEXTUAL = (FieldType.TEXT, FieldType.CHOICE, FieldType.CHOICES)


class Styles:
    """The workbook's formats, each made once; numbers are shown in the reader's language and currency."""

    def __init__(self, workbook: Any, wording: Wording) -> None:
        self._workbook = workbook
        self._wording = wording
        self._made: dict[tuple[tuple[str, Any], ...], Any] = {}

    def look(self, name: str, **extra: Any) -> Any:
        """A named look, with single properties changed where a place needs it."""
        return self._format({**_LOOKS[name], **extra})

    def input(self, role: Role, field: FieldDef | None, *, in_table: bool = False, **extra: Any) -> Any:
        """The cell an answer goes into, with single properties changed where a cell needs it."""
        properties = {
            **_INPUT[role],
            "valign": "vcenter",
            "num_format": self.number_format(field, with_unit=not in_table),
        }
        if field is None or field.type in _TEXTUAL:
            properties |= {"align": "left", "indent": 1, "text_wrap": True}
        else:
            properties |= {"align": "right"}
        return self._format(properties | ({"font_size": 10} if in_table else {}) | extra)

    def rule(self, **properties: Any) -> Any:
        """What a conditional format changes; never merged with the base look."""
        return self._workbook.add_format(properties)

    def _format(self, properties: dict[str, Any]) -> Any:
        complete = {"font_name": "Arial", "font_size": 11, "font_color": INK, **properties}
        key = tuple(sorted(complete.items(), key=lambda item: item[0]))
        if key not in self._made:
            self._made[key] = self._workbook.add_format(complete)
        return self._made[key]

    def number_format(self, field: FieldDef | None, *, with_unit: bool = True) -> str:
        """How the field's numbers look; text cells keep whatever is typed as text."""
        if field is None or field.type is FieldType.TEXT:
            return "@"
        unit = field.unit[self._wording.language] if with_unit else ""
        match field.type:
            case FieldType.MONEY:
                return self.money()
            case FieldType.COUNT | FieldType.TALLY | FieldType.SERIES:
                return f'#,##0" {unit}"_-' if unit else "#,##0_-"
            case FieldType.NUMBER:
                return f'General" {unit}"_-' if unit else "General_-"
            case FieldType.SHARE:
                return self.share()
            case FieldType.DATE:
                return self.date()
            case _:
                return "@"

    def money(self, digits: int = 0) -> str:
        """Amounts with the currency where the language puts it, and a true minus."""
        amount = "#,##0" + ("." + "0" * digits if digits else "")
        symbol = self._wording.symbol
        if self._wording.language == "ru":
            shown = f'{amount}\\ "{symbol}"'
        else:
            shown = f'"{symbol}"{amount}' if len(symbol) == 1 else f'"{symbol}"\\ {amount}'
        return f'{shown}_-;"−"{shown}_-'

    def share(self) -> str:
        return "0.0\\ %_-" if self._wording.language == "ru" else "0.0%_-"

    def date(self) -> str:
        return "dd.mm.yyyy_-" if self._wording.language == "ru" else "[$-409]d\\ mmm\\ yyyy_-"


POINTS = '+0;"−"0;0'
