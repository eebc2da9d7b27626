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
    value = item.get(key)
    if not isinstance(value, str) or not value:
        item.fail(f"{key} is missing", key)
    return value


def one_of(item: Located, key: str, known: Sequence[str]) -> str:
    value = item.get(key)
    if value not in known:
        item.fail(f"{key}: {value!r} is not one of {', '.join(known)}{did_you_mean(str(value), known)}", key)
    return str(value)


def text_of(item: Located, key: str) -> Text:
    if key not in item:
        item.fail(f"{key} is missing", key)
    return bilingual(item[key], item, key)


def bilingual(value: Any, parent: Located, key: str | None = None, extra: Sequence[str] = ()) -> Text:
    if not isinstance(value, Located):
        parent.fail(f"{key}: write both languages, {{ru: ..., en: ...}}", key)
    value.only("ru", "en", *extra)
    for language in LANGUAGES:
        if not str(value.get(language) or "").strip():
            value.fail(f"{key or 'text'}: {language} is missing", language)
    return Text(str(value["ru"]).strip(), str(value["en"]).strip())


def expression(item: Located, key: str) -> Node:
    if key not in item:
        item.fail(f"{key} is missing", key)
    try:
        return parse(str(item[key]))
    except FormulaError as error:
        item.fail(f"{key}: {error}", key)
