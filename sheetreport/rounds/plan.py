"""What a new workbook holds: answers, what stood in a cell last time, and what found no place."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from sheetreport.answers import Content, Flat
from sheetreport.rounds.old import Note, Old, given


@dataclass(frozen=True, slots=True)
class Last:
    """What stood in the cells that are asked for again, in words: cell by cell, tables row by row.

    The rows are those of the new workbook. `now` and `before` are the two periods in words.
    """

    now: str
    before: str
    scalars: Mapping[str, tuple[str, ...]]
    tables: Mapping[str, tuple[Mapping[str, tuple[str, ...]], ...]]


@dataclass(frozen=True, slots=True)
class Plan:
    """The cells of a new workbook, and what is said of the old one."""

    flat: Flat
    notes: tuple[Note, ...] = ()
    last: Last | None = None


def same_period(old: Old) -> Plan:
    """Every answer into its cell; defaults and derived values are made anew there."""
    submission = old.report.submission
    scalars = {
        field.id: old.content(field.id, value) for field, value in given(submission.scalars, old.catalog)
    }
    tables: dict[str, tuple[Mapping[str, Content], ...]] = {
        table: tuple(
            {f.id: old.content(f.id, value, row.index) for f, value in given(row.values, old.catalog)}
            for row in rows
        )
        for table, rows in submission.tables.items()
    }
    return Plan(Flat(scalars, tables, ()))
