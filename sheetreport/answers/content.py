"""One raw value of an answers file to what its cell holds."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import TypeAlias

from sheetreport import derive
from sheetreport.catalog.definitions import FieldDef, FieldType
from sheetreport.catalog.yaml import shown
from sheetreport.errors import Message, UsageError
from sheetreport.model import Scalar, Step

UNKNOWN = "?"
NOT_APPLICABLE = "-"

LONGEST_TEXT = 300


@dataclass(frozen=True, slots=True)
class AsFound:
    """The cells of an answer, row by row, to be laid in as they were found and not as their field reads them.

    `ours`: the template's own formula stood there, with this result.
    """

    cells: tuple[str | int | float | bool | None, ...]
    ours: bool = False

    @property
    def only(self) -> str | int | float | bool | None:
        return self.cells[0]


Content: TypeAlias = Scalar | tuple[int | float | str | None, ...] | AsFound | None
"""What stands in a field's cells: a typed value, text that is no value of its type, or None for blank."""

_YES = ("yes", "да", "true")


def typed(field: FieldDef, raw: object, path: str) -> Content:
    """A raw value in the field's type. Text that is no such value stays text: its cell shows it as it is."""
    if is_blank(raw):
        return None
    if isinstance(raw, str) and raw.strip() in (UNKNOWN, NOT_APPLICABLE):
        return raw.strip()
    match field.type:
        case FieldType.TALLY:
            return _tally(field, raw, path)
        case FieldType.SERIES:
            return _series(field, raw, path)
        case FieldType.STEPS:
            return _steps(field, raw, path)
        case FieldType.CHOICES:
            return _choices(field, raw, path)
        case FieldType.CHOICE:
            return _choice(field, raw, path)
        case FieldType.DATE:
            return _date(raw, path)
        case FieldType.TEXT:
            lines = raw if isinstance(raw, list | tuple) else [raw]
            return "\n".join(_text(line, path) for line in lines)
        case _:
            return _number(raw, path)


def is_blank(raw: object) -> bool:
    """Whether nothing was answered: null or text of spaces."""
    return raw is None or (isinstance(raw, str) and not raw.strip())


def _text(raw: object, path: str) -> str:
    if isinstance(raw, Mapping | list | tuple):
        raise UsageError("answers_file.not_one", path=path, found=_kind(raw))
    if isinstance(raw, bool):
        return "yes" if raw else "no"
    return raw.isoformat() if isinstance(raw, date) else str(raw)


def _number(raw: object, path: str) -> int | float | str:
    if isinstance(raw, int | float) and not isinstance(raw, bool) and math.isfinite(raw):
        return raw
    return _text(raw, path)


def _date(raw: object, path: str) -> date | str:
    if isinstance(raw, datetime):
        return raw.date()
    if isinstance(raw, date):
        return raw
    text = _text(raw, path)
    try:
        return date.fromisoformat(text.strip())
    except ValueError:
        return text


def _choice(field: FieldDef, raw: object, path: str) -> str:
    """The id of the choice, found by id, by its label in either language or by an alias."""
    text = _text(raw, path)
    wanted = text.strip().casefold()
    for choice in field.choices:
        names = (choice.id, choice.label.ru, choice.label.en, *choice.aliases)
        if wanted in (name.casefold() for name in names):
            return choice.id
    return text


def _choices(field: FieldDef, raw: object, path: str) -> tuple[str, ...]:
    if isinstance(raw, Mapping):
        raw = [name for name, answer in raw.items() if _truth(answer)]
    items = raw.split(",") if isinstance(raw, str) else as_list(raw, path)
    chosen = tuple(_choice(field, item, path) for item in items)
    for item in chosen:
        if field.choice(item) is None:
            known = ", ".join(choice.id for choice in field.choices)
            raise UsageError("errors.not_one_of", name=path, value=item, known=known, hint="")
    return tuple(choice.id for choice in field.choices if choice.id in chosen)


def _tally(field: FieldDef, raw: object, path: str) -> tuple[int | float | str | None, ...]:
    cells = as_list(raw, path)
    wanted = derive.tally_size(field)
    if len(cells) != wanted:
        raise UsageError("answers_file.tally_size", path=path, wanted=wanted, found=len(cells))
    return tuple(None if is_blank(cell) else _number(cell, path) for cell in cells)


def _series(field: FieldDef, raw: object, path: str) -> tuple[int | float | str | None, ...]:
    cells = as_list(raw, path)
    if len(cells) > field.size:
        raise UsageError("answers_file.series_size", path=path, most=field.size, found=len(cells))
    return tuple(None if is_blank(cell) else _number(cell, path) for cell in cells)


def _steps(field: FieldDef, raw: object, path: str) -> tuple[Step, ...]:
    rows = [{"action": row} if isinstance(row, str) else row for row in as_rows(raw, path)]
    if len(rows) > field.size:
        raise UsageError("answers_file.steps_size", path=path, most=field.size, found=len(rows))
    return tuple(
        _step(as_mapping(row, f"{path}[{index}]"), f"{path}[{index}]") for index, row in enumerate(rows, 1)
    )


def _step(row: Mapping[str, object], path: str) -> Step:
    due = row.get("due")
    day = _date(due, f"{path}.due") if due not in (None, "") else None
    if isinstance(day, str):
        raise UsageError("answers_file.not_a_date", path=f"{path}.due", found=day)
    who = row.get("who")
    return Step(
        action=_text(row.get("action") or "", path),
        due=day,
        who=_text(who or "", path),
        done=_truth(row.get("done")),
    )


def _truth(raw: object) -> bool:
    return str(raw).strip().casefold() in _YES


def as_mapping(content: object, path: str) -> Mapping[str, object]:
    """Keys with values, or UsageError with the path of what stands there instead."""
    if not isinstance(content, Mapping):
        raise UsageError("answers_file.not_mapping", path=path, found=_kind(content))
    return {str(key): value for key, value in content.items()}


def as_list(content: object, path: str) -> list[object]:
    """A list, or UsageError with the path of what stands there instead."""
    if not isinstance(content, list | tuple):
        raise UsageError("answers_file.not_list", path=path, found=_kind(content))
    return list(content)


def as_rows(content: object, path: str) -> list[object]:
    """A list of rows; one row may stand without the list."""
    return [content] if isinstance(content, Mapping) else as_list(content, path)


def _kind(content: object) -> Message | str:
    """What stands where something else is wanted; a value as the file has it."""
    match content:
        case Mapping():
            return Message("answers_file.found_keys", {})
        case list() | tuple():
            return Message("answers_file.found_list", {})
        case str():
            return Message("answers_file.found_text", {"text": content})
        case _:
            return shown(content)
