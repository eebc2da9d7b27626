"""Findings in words: what we saw, what we expect and how to mend it, in the reader's language."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date

from sheetreport.catalog.definitions import EMPTY, Catalog, FieldDef, FieldType, FindingDef, Text, Unit
from sheetreport.i18n import MINUS, Wording
from sheetreport.model import Finding, Language, Param, State, Value

ELLIPSIS = "\N{HORIZONTAL ELLIPSIS}"

_HYPHEN = re.compile(r"^-(?=[0-9])")
# Beside a cell whose question gives no example: one score of a survey, one day of the steps to a goal
_ANY_NUMBER, _ANY_DAY = Text("12", "12"), Text("10.11.2026", "2026-11-10")
_ISO_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")


@dataclass(frozen=True, slots=True)
class Described:
    """A finding as its reader sees it."""

    message: str
    expected: str
    fix: str


def words_of(catalog: Catalog, finding: Finding) -> FindingDef:
    """The words of a finding's code and variant; a variant without its own takes those of the code."""
    variants = catalog.findings
    return variants.get((finding.code, finding.variant)) or variants[finding.code, ""]


def describe(catalog: Catalog, finding: Finding, wording: Wording) -> Described:
    """Word a finding."""
    words = words_of(catalog, finding)
    language = wording.language
    params = parameters(catalog, finding, wording)
    return Described(
        message=wording.fill(words.message[language], params),
        expected=wording.fill(words.expected[language], params),
        fix=wording.fill(words.fix[language], params),
    )


def without_personal(catalog: Catalog, finding: Finding) -> Finding:
    """The finding as anybody may read it: what stands in a cell of personal data is left out."""
    field = catalog.fields.get(finding.field or "")
    return replace(finding, found=ELLIPSIS) if field and field.personal and finding.found else finding


def parameters(catalog: Catalog, finding: Finding, wording: Wording) -> dict[str, str | float | None]:
    """What the texts about a finding may name.

    Parameters named `*_money` and `*_share` are written as money and as per cent; ids of measures, networks,
    sheets and choices by their names; a parameter `unit` sets the unit of the other numbers.
    """
    language = wording.language
    unit = Unit(str(finding.params["unit"])) if "unit" in finding.params else None
    params: dict[str, str | float | None] = {}
    for name, value in finding.params.items():
        names = tuple(text[language] for text in _named(catalog, name, value))
        params[name] = ", ".join(names) if names else _worded(name, value, wording, unit)
    field = catalog.fields.get(finding.field or "")
    params["label"] = nested(field.label[language], language) if field else ""
    params["example"] = _example(field)[language]
    params["found"] = typed_found(finding.found or "", wording)
    return params


def _example(field: FieldDef | None) -> Text:
    if field is not None and field.example != EMPTY:
        return field.example
    return _ANY_DAY if field is not None and field.type is FieldType.STEPS else _ANY_NUMBER


def _named(catalog: Catalog, param: str, value: Param) -> Sequence[Text]:
    """The names behind the ids in a parameter, in the order of the catalogue."""
    ids = value if isinstance(value, tuple) else (value,)
    match param:
        case "measure":
            return [measure.name for measure in catalog.goals.measures if measure.id in ids]
        case "network":
            return [network.name for network in catalog.networks if network.id in ids]
        case "period":
            return [c.label for c in catalog.fields["profile.period_type"].choices if c.id in ids]
        case "suits":
            return [c.label for c in catalog.fields["goals.goal_type"].choices if c.id in ids]
        case "sheets":
            return [sheet.title for sheet in catalog.sheets if sheet.id in ids]
        case _:
            return ()


def _worded(name: str, value: Param, wording: Wording, unit: Unit | None) -> str | float | None:
    match value:
        case date():
            return wording.date(value)
        case tuple():
            return ", ".join(_quoted(item, wording.language) for item in value)
        case int() | float() if name.endswith("_money") or unit is Unit.MONEY:
            return wording.money(value)
        case int() | float() if name.endswith("_share") or unit is Unit.SHARE:
            return wording.share(value, 0 if round(value * 100, 6) == round(value * 100) else 1)
        case int() | float() if unit is not None:
            return wording.number(value, _decimals(value))
        case str():
            return nested(value, wording.language)
        case _:
            return value


def _decimals(value: float) -> int:
    """As many decimals as the number was typed with, two at the most."""
    return next((digits for digits in (0, 1) if round(value, digits) == round(value, 6)), 2)


def _quoted(text: str, language: Language) -> str:
    inner = nested(text, language)
    return f"«{inner}»" if language == "ru" else f"“{inner}”"


def nested(text: str, language: Language) -> str:
    """Quotation marks inside a quotation: the texts of findings quote what owners wrote."""
    pairs = str.maketrans("«»", "„“") if language == "ru" else str.maketrans("“”", "‘’")
    return text.translate(pairs)


def typed_found(found: str, wording: Wording) -> str:
    """What stood in the cell as it was typed, but a date in the reader's form and a true minus."""
    day = _day(found)
    return wording.date(day) if day else nested(_HYPHEN.sub(MINUS, found), wording.language)


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text) if _ISO_DATE.fullmatch(text) else None
    except ValueError:
        return None


def as_found(field: FieldDef, value: Value, language: Language) -> str | None:
    """What stands in a cell that was read without trouble, as its owner would recognise it."""
    if value.state is not State.VALUE:
        return None
    match value.value:
        case date():
            return value.value.isoformat()
        case bool() | None:
            return None
        case int() | float() if field.type is FieldType.SHARE:
            return f"{typed(value.value * 100, language)}%"
        case int() | float():
            return typed(value.value, language)
        case str():
            choice = field.choice(value.value)
            return choice.label[language] if choice else value.value
        case tuple() if all(isinstance(item, int) for item in value.value):
            return " ".join(map(str, value.value))
        case _:
            return None


def typed(number: float, language: Language) -> str:
    """A number as it is typed into a cell: no grouping, the decimal sign of the language.

    >>> typed(12000.5, "ru")
    '12000,5'
    """
    if math.isfinite(number) and number == int(number) and abs(number) < 1e15:
        return str(int(number))
    text = f"{number:.10f}".rstrip("0").rstrip(".") if 1e-6 < abs(number) < 1e15 else repr(float(number))
    return text.replace(".", ",") if language == "ru" else text
