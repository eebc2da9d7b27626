"""The workbook being made: its catalogue, words, names and lists, and the answers it is filled with."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from xlsxwriter.utility import xl_range_abs

from sheetreport.answers.content import NOT_APPLICABLE, UNKNOWN, AsFound, Content
from sheetreport.answers.flatten import Flat
from sheetreport.catalog.definitions import Catalog, Choice, FieldDef, FieldType, Need, SheetDef
from sheetreport.i18n import Wording, texts
from sheetreport.template.live import Live, Result, Span, serial
from sheetreport.template.styles import Styles

Place = tuple[int, int, int, int]
"""First row, first column, last row and last column of a range, from 0."""


CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ufffe\uffff\ud800-\udfff]")
_LONGEST = 8_000
"""Several texts joined by a formula must still fit in a cell, which holds 32,767 characters."""


def clean(text: str) -> str:
    """Text without what a workbook can't hold: control characters, surrogates, a tail beyond a cell."""
    return CONTROL.sub("", text.replace("\r\n", "\n").replace("\r", "\n"))[:_LONGEST]


@dataclass(slots=True)
class Progress:
    """How far a sheet is filled, as formulas that the start page repeats."""

    done: Live
    wanted: int
    wrong: Live


def yes_no() -> tuple[Choice, ...]:
    """The two answers of the workbook's own questions."""
    return tuple(Choice(key, texts()[f"common.{key}"]) for key in ("yes", "no"))


class Book:
    """What every sheet of the workbook shares.

    `places` are the ranges of its names, `said` the texts of ours that stand in it, `formulas` our formulas,
    `live` their cells, `written` those of the texts; `home` is the sheet that every sheet links back to, with
    the words of the link.
    """

    def __init__(
        self,
        workbook: Any,
        catalog: Catalog,
        sheets: Sequence[SheetDef],
        wording: Wording,
        flat: Flat,
    ) -> None:
        self.workbook = workbook
        self.catalog = catalog
        self.sheets = tuple(sheets)
        self.wording = wording
        self.language = wording.language
        self.flat = flat
        self.styles = Styles(workbook, wording)
        self.progress: dict[str, Progress] = {}
        self.lists: dict[str, Span] = {}
        self.list_columns: list[tuple[str, ...]] = []
        self.fields: Mapping[str, FieldDef] = {field.id: field for sheet in sheets for field in sheet.fields}
        self.places: dict[str, tuple[str, Place]] = {}
        self.said: set[str] = set()
        self.formulas: set[str] = set()
        self.live: set[tuple[str, int, int]] = set()
        self.written: set[tuple[str, int, int]] = set()
        self.home = self.text("start_title"), self.text("link_start")

    def text(self, key: str, **params: str | float | int) -> str:
        """A text of the template by its key."""
        return self.wording.text(f"template.{key}", **params)

    def has(self, *field_ids: str) -> bool:
        """Whether this workbook asks for all of these."""
        return all(field_id in self.fields for field_id in field_ids)

    def define(self, name: str, title: str, place: Place) -> None:
        """Give a name to a range."""
        self.places[name] = title, place
        quoted = title.replace("'", "''")
        self.workbook.define_name(name, f"='{quoted}'!{xl_range_abs(*place)}")

    def shown(self, field: FieldDef, content: Content) -> Result:
        """What a cell holds for this content: the choice's label, a date's serial number."""
        if isinstance(content, AsFound):
            return content.only
        if isinstance(content, date):
            return serial(content)
        if isinstance(content, str):
            content = clean(content)
        if field.type is FieldType.CHOICE and isinstance(content, str):
            choice = field.choice(content)
            return choice.label[self.language] if choice else content
        assert not isinstance(content, tuple), field.id
        return content

    def choices(self, field: FieldDef) -> Span:
        """The drop-down of a choice; ? and - stand in it unless no report is possible without an answer."""
        labels = [choice.label[self.language] for choice in field.choices]
        if field.need is not Need.REPORT:
            labels += [UNKNOWN] if field.choice("na") else [UNKNOWN, NOT_APPLICABLE]
        return self.list_named("list_" + field.id.replace(".", "_"), labels)

    def suggestions(self, field: FieldDef) -> Span:
        """The drop-down of a question that takes any other text too."""
        entries = [suggestion[self.language] for suggestion in field.suggestions]
        return self.list_named("list_" + field.id.replace(".", "_"), entries)

    def list_named(self, name: str, entries: Sequence[str]) -> Span:
        """A named column of the hidden sheet; equal lists share their column."""
        if name not in self.lists:
            column = tuple(entries)
            if column not in self.list_columns:
                self.list_columns.append(column)
            index = self.list_columns.index(column)
            self.define(name, self.text("lists_title"), (1, index, len(column), index))
            self.lists[name] = Span(name, column)
        return self.lists[name]
