"""What entries of every catalogue file have in common: required words, choices of a list, texts, expressions.

Each function refuses what does not fit with file and line.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NoReturn

from sheetreport.catalog.definitions import Text
from sheetreport.catalog.yaml import Located, did_you_mean, shown
from sheetreport.errors import Message
from sheetreport.formula.parse import FormulaError, parse
from sheetreport.formula.tree import Node
from sheetreport.model import LANGUAGES


def required(item: Located, key: str) -> str:
    value = word(item, key)
    if not value:
        item.fail("catalog_file.missing", key, key=key)
    return value


def word(item: Located, key: str) -> str | None:
    """A name or a line of text; None where the entry has none."""
    value = item.get(key)
    if value is not None and not isinstance(value, str):
        item.fail("catalog_file.not_text", key, key=key, value=shown(value))
    return value


def flag(item: Located, key: str, default: bool = False) -> bool:
    value = item.get(key, default)
    if not isinstance(value, bool):
        item.fail("catalog_file.not_flag", key, key=key, value=shown(value))
    return value


def whole(item: Located, key: str, default: int) -> int:
    value = item.get(key, default)
    if isinstance(value, bool) or not isinstance(value, int):
        item.fail("catalog_file.not_whole", key, key=key, value=shown(value))
    return value


def number_or_none(item: Located, key: str) -> float | None:
    value = item.get(key)
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, int | float):
        item.fail("catalog_file.not_number", key, key=key, value=shown(value))
    return float(value)


def strings(item: Located, key: str) -> tuple[str, ...]:
    """A list of texts; numbers in it are taken as they are written."""
    values = item.get(key) or []
    if not isinstance(values, list) or not all(_is_text(value) for value in values):
        item.fail("catalog_file.list_of_texts", key, key=key)
    return tuple(map(str, values))


def mappings(item: Located, key: str) -> Sequence[Located]:
    """A list of entries; none where the key is absent."""
    values = item.get(key) or []
    if not isinstance(values, list) or not all(isinstance(value, Located) for value in values):
        item.fail("catalog_file.list_of_entries", key, key=key)
    checked: Sequence[Located] = values
    return checked


def mapping(item: Located, key: str) -> Located:
    """An entry below a key; an empty one where the key is absent."""
    value = item.get(key, Located(item.place))
    if not isinstance(value, Located):
        item.fail("catalog_file.names_with_values", key, key=key)
    return value


def one_of(item: Located, key: str, known: Sequence[str]) -> str:
    value = item.get(key)
    if value not in known:
        not_one_of(item, key, shown(value), known)
    return str(value)


def not_one_of(item: Located, key: str, value: str, known: Sequence[str]) -> NoReturn:
    """Refuse a value that is not in the list, or is not there at all."""
    if item.get(key) is None:
        item.fail("catalog_file.missing_choice", key, key=key, known=", ".join(known))
    hint = did_you_mean(value, known)
    item.fail("errors.not_one_of", key, name=key, value=value, known=", ".join(known), hint=hint)


def text_of(item: Located, key: str) -> Text:
    if key not in item:
        item.fail("catalog_file.missing_texts", key, key=key)
    return bilingual(item[key], item, key)


def bilingual(value: Any, parent: Located, key: str | None = None, extra: Sequence[str] = ()) -> Text:
    if not isinstance(value, Located):
        parent.fail("catalog_file.both_languages", key, key=key)
    value.only("ru", "en", *extra)
    under = f"{key}: " if key else ""
    for language in LANGUAGES:
        words = value.get(language)
        if words is not None and not _is_text(words):
            value.fail("catalog_file.not_text", language, key=under + language, value=shown(words))
        if words is None or not str(words).strip():
            value.fail("catalog_file.no_language", language, under=under, language=language)
    return Text(str(value["ru"]).strip(), str(value["en"]).strip())


def expression(item: Located, key: str) -> Node:
    if key not in item:
        item.fail("catalog_file.missing", key, key=key)
    if not _is_text(item[key]):
        item.fail("catalog_file.not_expression", key, key=key, value=shown(item[key]))
    try:
        return parse(str(item[key]))
    except FormulaError as error:
        item.fail("catalog_file.in_key", key, key=key, problem=error.message)


def forms_of(key: str, values: Sequence[str | None]) -> Message | str:
    """The forms of one name, told apart by a second key, which one of them may not have."""
    named = ", ".join(f"{key}: {value}" for value in values if value)
    if all(values):
        return named
    without = Message("catalog_file.form_without", {"key": key})
    return Message("catalog_file.forms", {"without": without, "named": named}) if named else without


def _is_text(value: object) -> bool:
    """A text, or a number that stands for its own digits."""
    return isinstance(value, str | int | float) and not isinstance(value, bool)
