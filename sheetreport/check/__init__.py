"""Validations across cells: all findings in one pass, and a submission with its wrong cells marked."""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from sheetreport.catalog.definitions import Catalog, Need
from sheetreport.check import business, channels, clients, goals, practices, profile, social, surveys
from sheetreport.check.facts import Check, Facts, Place
from sheetreport.model import Finding, Origin, Severity, State, Status, Submission, Value

CHECKS: tuple[Check, ...] = (
    *profile.CHECKS,
    *clients.CHECKS,
    *channels.CHECKS,
    *goals.CHECKS,
    *surveys.CHECKS,
    *social.CHECKS,
    *business.CHECKS,
    *practices.CHECKS,
)

# What `derive` makes of which cells: nothing may rest on a value derived from a wrong one.
_DERIVED_FROM: Mapping[str, tuple[str, ...]] = {
    "clients.inactive": ("clients.total", "clients.active"),
    "clients.active_end": ("clients.active_start", "clients.new", "clients.lost"),
}
_CELL = re.compile(r"([A-Z]{1,3})([0-9]+)")
_UNREADABLE = re.compile(r"S-0[1-7]")


@dataclass(frozen=True, slots=True)
class Checked:
    """A submission with its wrong cells marked INVALID, and what the checks found."""

    submission: Submission
    findings: tuple[Finding, ...]


def check(catalog: Catalog, submission: Submission) -> Checked:
    """Run every check on a derived submission."""
    facts = Facts(catalog, submission)
    issues = [issue for one in CHECKS for issue in one(facts)]
    spoiled = {_address(place) for issue in issues for place in issue.spoils}
    findings = ordered((issue.finding for issue in issues), submission)
    return Checked(_invalidate(submission, spoiled), findings)


def _address(place: Place) -> tuple[str, int | None]:
    return place.field, place.row.index if place.row else None


def _invalidate(submission: Submission, spoiled: set[tuple[str, int | None]]) -> Submission:
    """Mark the spoiled cells and what was derived from them, keeping their places."""
    typed = {address for address in spoiled if submission.get(address[0]).origin is not Origin.DERIVED}
    derived = {
        (field_id, None)
        for field_id, sources in _DERIVED_FROM.items()
        if submission.get(field_id).origin is Origin.DERIVED
        and any((source, None) in spoiled for source in sources)
    }
    marked = typed | derived
    tables = {
        table: tuple(dataclasses.replace(row, values=_marked(row.values, marked, row.index)) for row in rows)
        for table, rows in submission.tables.items()
    }
    return dataclasses.replace(submission, scalars=_marked(submission.scalars, marked, None), tables=tables)


def _marked(
    values: Mapping[str, Value], marked: set[tuple[str, int | None]], index: int | None
) -> dict[str, Value]:
    return {
        field_id: Value(State.INVALID, source=value.source, origin=value.origin)
        if (field_id, index) in marked and value.state is State.VALUE
        else value
        for field_id, value in values.items()
    }


def ordered(findings: Iterable[Finding], submission: Submission) -> tuple[Finding, ...]:
    """Findings as the owner walks through the workbook: by sheet, row and column; unplaced ones first."""
    sheets = {title: number for number, title in enumerate(submission.source.sheets)}

    def place(finding: Finding) -> tuple[int, int, int, str, str]:
        cell = _CELL.match(finding.source.cell)
        row, column = (int(cell[2]), _column(cell[1])) if cell else (0, 0)
        sheet = sheets.get(finding.source.sheet, len(sheets)) if finding.source.sheet else -1
        return sheet, row, column, finding.code, finding.variant

    return tuple(sorted(findings, key=place))


def _column(letters: str) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + ord(letter) - ord("A") + 1
    return number


def status(
    catalog: Catalog, submission: Submission, findings: Iterable[Finding], *, strict: bool = False
) -> Status:
    """What becomes of the workbook: no report without the required answers, a partial one with any error."""
    errors = [finding for finding in findings if finding.severity is Severity.ERROR]
    required = [field.id for field in catalog.fields.values() if field.need is Need.REPORT]
    answered = all(submission.get(field_id).state is State.VALUE for field_id in required)
    if not answered or (strict and errors) or any(_UNREADABLE.fullmatch(error.code) for error in errors):
        return Status.REFUSED
    return Status.PARTIAL if errors else Status.COMPLETE
