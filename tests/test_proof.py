"""No number is printed that the result doesn't hold: every numeral of the PDF's text is looked up in the JSON."""

from __future__ import annotations

import dataclasses
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from functools import lru_cache
from pathlib import Path
from typing import Any

from sheetreport.catalog.definitions import Catalog, FieldType, Text
from sheetreport.catalog.load import load_catalog
from sheetreport.i18n import Wording, texts
from sheetreport.model import Language
from tests.numerals import Kind, Numeral, numerals, plain_spaces

CATALOG = load_catalog()
Json = Mapping[str, Any]

_KIND_OF_UNIT = {
    "money": Kind.MONEY,
    "share": Kind.PERCENT,
    "share_change": Kind.PERCENT,
    "months": Kind.DURATION,
    "days": Kind.DURATION,
    "minutes": Kind.DURATION,
    "hours": Kind.DURATION,
}
_KIND_OF_FIELD = {FieldType.MONEY: Kind.MONEY, FieldType.SHARE: Kind.PERCENT}


class Facts:
    """What may be printed: numbers by kind, and dates."""

    def __init__(self) -> None:
        self.numbers: dict[Kind, set[Decimal]] = defaultdict(set)
        self.days: set[date] = set()

    def add(self, kind: Kind, value: float) -> None:
        scale = 100 if kind is Kind.PERCENT else 1
        self.numbers[kind].add(abs(Decimal(repr(round(value * scale, 10)))))

    def knows(self, numeral: Numeral) -> bool:
        step = Decimal(1).scaleb(-numeral.digits)
        return any(
            known.quantize(step, rounding=ROUND_HALF_UP) == numeral.value
            for known in self.numbers[numeral.kind]
        )


def of_result(document: Json, language: Language, symbol: str) -> Facts:
    facts = Facts()
    _walk(facts, document, None, language, symbol)
    return facts


def _walk(facts: Facts, node: Any, unit: str | None, language: Language, symbol: str) -> None:
    """Numbers of the unit that stands beside them, and the numerals of every text."""
    match node:
        case bool() | None:
            return
        case int() | float():
            kind = _KIND_OF_UNIT.get(unit or "", Kind.PLAIN)
            facts.add(kind, node)
        case str():
            _of_text(facts, node, language, symbol)
        case list():
            for item in node:
                _walk(facts, item, unit, language, symbol)
        case dict():
            own = node.get("unit", unit)
            for key, value in node.items():
                field = CATALOG.fields.get(key)
                if field is not None and isinstance(value, dict):
                    kind = _KIND_OF_FIELD.get(field.type)
                    _walk(facts, value, kind, language, symbol)
                else:
                    _walk(facts, value, own if isinstance(own, str) else None, language, symbol)


def _of_text(facts: Facts, text: str, language: Language, symbol: str) -> None:
    try:
        facts.days.add(date.fromisoformat(text))
    except ValueError:
        for numeral in numerals(text, language, symbol):
            facts.numbers[numeral.kind].add(numeral.value)
