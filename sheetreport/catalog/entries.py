"""What entries of every catalogue file have in common: required words, choices of a list, texts, expressions.

Each function refuses what does not fit with file and line.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sheetreport.catalog.definitions import Text
from sheetreport.catalog.yaml import Located, did_you_mean
from sheetreport.formula.parse import FormulaError, parse
from sheetreport.formula.tree import Node
from sheetreport.model import LANGUAGES


def required(item: Located, key: str) -> str:
    value = word(item, key)
    if not value:
        item.fail(f"{key} is missing: add {key}: ...", key)
    return value


def word(item: Located, key: str) -> str | None:
    """A name or a line of text; None where the entry has none."""
    value = item.get(key)
    if value is not None and not isinstance(value, str):
        item.fail(f"{key}: {value!r} is not a text: put it in quotes", key)
    return value


def flag(item: Located, key: str, default: bool = False) -> bool:
    value = item.get(key, default)
    if not isinstance(value, bool):
        item.fail(f"{key}: {value!r} is not true or false", key)
    return value


def whole(item: Located, key: str, default: int) -> int:
    value = item.get(key, default)
    if isinstance(value, bool) or not isinstance(value, int):
        item.fail(f"{key}: {value!r} is not a whole number", key)
    return value


def number_or_none(item: Located, key: str) -> float | None:
    value = item.get(key)
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, int | float):
        item.fail(f"{key}: {value!r} is not a number", key)
    return float(value)


def strings(item: Located, key: str) -> tuple[str, ...]:
    """A list of texts; numbers in it are taken as they are written."""
    values = item.get(key) or []
    if not isinstance(values, list) or not all(_is_text(value) for value in values):
        item.fail(f"{key}: write a list of texts: [one, two]", key)
    return tuple(map(str, values))


def mappings(item: Located, key: str) -> Sequence[Located]:
    """A list of entries; none where the key is absent."""
    values = item.get(key) or []
    if not isinstance(values, list) or not all(isinstance(value, Located) for value in values):
        item.fail(f"{key}: write a list of entries, each line beginning with a dash", key)
    checked: Sequence[Located] = values
    return checked


def mapping(item: Located, key: str) -> Located:
    """An entry below a key; an empty one where the key is absent."""
    value = item.get(key, Located(item.place))
    if not isinstance(value, Located):
        item.fail(f"{key}: write names with values below it, each on a line of its own", key)
    return value


def one_of(item: Located, key: str, known: Sequence[str]) -> str:
    value = item.get(key)
    if value not in known:
        item.fail(f"{key}: {value!r} is not one of {', '.join(known)}{did_you_mean(str(value), known)}", key)
    return str(value)


def text_of(item: Located, key: str) -> Text:
    if key not in item:
        item.fail(f"{key} is missing: add {key}: {{ru: ..., en: ...}}", key)
    return bilingual(item[key], item, key)


def bilingual(value: Any, parent: Located, key: str | None = None, extra: Sequence[str] = ()) -> Text:
    if not isinstance(value, Located):
        parent.fail(f"{key}: write both languages, {{ru: ..., en: ...}}", key)
    value.only("ru", "en", *extra)
    for language in LANGUAGES:
        words = value.get(language)
        if words is not None and not _is_text(words):
            value.fail(f"{key or 'text'}: {language}: {words!r} is not a text: put it in quotes", language)
        if words is None or not str(words).strip():
            value.fail(f"{key or 'text'}: {language} is missing: write both languages", language)
    return Text(str(value["ru"]).strip(), str(value["en"]).strip())


def expression(item: Located, key: str) -> Node:
    if key not in item:
        item.fail(f"{key} is missing: add {key}: ...", key)
    if not _is_text(item[key]):
        item.fail(f"{key}: {item[key]!r} is not an expression", key)
    try:
        return parse(str(item[key]))
    except FormulaError as error:
        item.fail(f"{key}: {error}", key)


def _is_text(value: object) -> bool:
    """A text, or a number that stands for its own digits."""
    return isinstance(value, str | int | float) and not isinstance(value, bool)
