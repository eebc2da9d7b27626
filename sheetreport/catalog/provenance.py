"""Where the catalogue comes from: sources, decisions, and the trace from each line of the method's texts.

Kept apart from the catalogue, because no report needs it.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from functools import lru_cache
from importlib import resources
from typing import Any, TypeVar

from sheetreport.catalog.definitions import EMPTY, Text
from sheetreport.catalog.entries import one_of, required, text_of
from sheetreport.catalog.yaml import Located, load_yaml

_T = TypeVar("_T")


class LineKind(StrEnum):
    """What a line of a text is."""

    DEFINITION = "definition"
    FORMULA = "formula"
    QUESTION = "question"
    THRESHOLD = "threshold"
    CLAIM = "claim"
    METHOD = "method"
    ADVICE = "advice"
    EXAMPLE = "example"
    EXCLUDED = "excluded"


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a text, as 002-21: what it says, the ids that answer for it, or why it is left out."""

    id: str
    kind: LineKind
    gist: Text
    by: tuple[str, ...]
    unused: Text


@dataclass(frozen=True, slots=True)
class Warned:
    """Something that is never recommended, and what is done instead."""

    id: str
    name: Text
    instead: Text
    by: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Source:
    """A text, page or book that formulas and rules rest on."""

    id: str
    name: Text
    links: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Decision:
    """What was decided where sources are silent or disagree."""

    id: str
    name: Text


@dataclass(frozen=True, slots=True)
class Service:
    """A kind of service with the advice about it; a refused one is never advised."""

    id: str
    name: Text
    advice: Text
    refused: bool
    aliases: tuple[str, ...]
    checked_on: date
    by: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Provenance:
    """Everything that says where the catalogue comes from."""

    sources: tuple[Source, ...]
    decisions: tuple[Decision, ...]
    services: tuple[Service, ...]
    lines: tuple[Line, ...]
    warnings: tuple[Warned, ...]


@lru_cache(maxsize=1)
def load_provenance() -> Provenance:
    """Read trace.yaml, sources.yaml and services.yaml. Raises CatalogError with file and line."""
    trace, sources = _read("trace.yaml"), _read("sources.yaml")
    return Provenance(
        sources=_each(sources, "sources", _source),
        decisions=_each(sources, "decisions", _decision),
        services=load_services(),
        lines=_each(trace, "lines", read_line),
        warnings=_each(trace, "warnings", _warning),
    )


@lru_cache(maxsize=1)
def load_services() -> tuple[Service, ...]:
    """Read services.yaml alone: a report asks which services are never advised."""
    return _each(_read("services.yaml"), "services", _service)


def _read(name: str) -> Located:
    document: Located = load_yaml(resources.files("sheetreport.catalog").joinpath(name), name)
    return document


def _each(document: Located, key: str, read: Callable[[Located], _T]) -> tuple[_T, ...]:
    items: Sequence[Any] = document.get(key) or document.fail("catalog_file.missing", key, key=key)
    return tuple(map(read, items))


def read_line(item: Located) -> Line:
    """One line of the trace; a line that nothing answers for says why."""
    item.only("line", "kind", "gist", "by", "unused")
    by, unused = _ids(item), text_of(item, "unused") if "unused" in item else EMPTY
    if not by and unused == EMPTY:
        item.fail("catalog_file.by_or_unused")
    kind = LineKind(one_of(item, "kind", [kind.value for kind in LineKind]))
    return Line(required(item, "line"), kind, text_of(item, "gist"), by, unused)


def _warning(item: Located) -> Warned:
    item.only("id", "name", "instead", "by")
    return Warned(required(item, "id"), text_of(item, "name"), text_of(item, "instead"), _ids(item))


def _source(item: Located) -> Source:
    item.only("id", "name", "links")
    return Source(required(item, "id"), text_of(item, "name"), tuple(map(str, item.get("links", ()))))


def _decision(item: Located) -> Decision:
    item.only("id", "name")
    return Decision(required(item, "id"), text_of(item, "name"))


def _service(item: Located) -> Service:
    item.only("id", "name", "advice", "refused", "aliases", "checked_on", "by")
    checked_on = item.get("checked_on")
    if not isinstance(checked_on, date):
        item.fail("catalog_file.not_date", "checked_on", key="checked_on")
    return Service(
        id=required(item, "id"),
        name=text_of(item, "name"),
        advice=text_of(item, "advice"),
        refused=bool(item.get("refused", False)),
        aliases=tuple(map(str, item.get("aliases", ()))),
        checked_on=checked_on,
        by=_ids(item),
    )


def _ids(item: Located) -> tuple[str, ...]:
    return tuple(map(str, item.get("by", ())))
