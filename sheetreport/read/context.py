"""What the meaning of a cell depends on beyond its field: the workbook's language, currency and habits."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

from sheetreport.catalog.definitions import FieldDef
from sheetreport.model import Language
from sheetreport.read.words import key

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


@dataclass(frozen=True, slots=True)
class Context:
    """How the owner of a workbook writes.

    `comma_groups`: a comma before three digits of a whole number separates thousands, as English hands do.
    `month_first`: the order of 03/04/2026; None where it can't be known. `date1904`: days count from 1904.
    `plus_signs`: some answers are a plus, so a minus may be a "no".
    """

    language: Language = "ru"
    currencies: Currencies = field(default_factory=Currencies)
    comma_groups: bool = False
    month_first: bool | None = False
    date1904: bool = False
    plus_signs: bool = False
