"""What follows from the answers without asking: defaults, the end of the period, the shape of a goal."""

from __future__ import annotations

import calendar
import dataclasses
from collections.abc import Mapping
from datetime import date, timedelta

from sheetreport.catalog.definitions import Better, Catalog, Choice, FieldDef, MeasureDef, SheetDef, Unit
from sheetreport.i18n import Wording
from sheetreport.model import BLANK, LANGUAGES, Origin, Row, Scalar, State, Submission, Value

FROM_ZERO = ("increment", "cumulative")
"""Kinds of goals that count from nothing: their point A is 0 unless the owner says otherwise."""

MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


def tally_size(field: FieldDef) -> int:
    """How many cells a tally has."""
    assert field.scores is not None, field.id
    low, high = field.scores
    return high - low + 1


def months_later(day: date, months: int) -> date:
    """The same day of the month that many months later, or that month's last day (as EDATE does)."""
    index = day.year * 12 + day.month - 1 + months
    year, month = divmod(index, 12)
    return date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))


def named_row(sheet: SheetDef | None, row: Row) -> Row:
    """The row under the name its subject field gives it; empty while that is blank."""
    subject = row.get(sheet.subject) if sheet is not None and sheet.subject else BLANK
    return dataclasses.replace(row, subject=str(subject.value)) if subject.state is State.VALUE else row


def with_defaults(catalog: Catalog, submission: Submission) -> Submission:
    """Blank fields that have a default take it, marked as such; unknown and not applicable stay."""
    scalars = dict(submission.scalars)
    for field in catalog.fields.values():
        if field.default is not None and not field.table:
            _fill(scalars, field.id, field.default, Origin.DEFAULT)
    columns = [field for field in catalog.fields.values() if field.table and field.default is not None]
    tables = dict(submission.tables)
    for table in {field.id.split(".", 1)[0] for field in columns} & set(tables):
        rows = []
        for row in tables[table]:
            values = dict(row.values)
            for field in columns:
                if field.id.startswith(f"{table}."):
                    _fill(values, field.id, field.default, Origin.DEFAULT)
            rows.append(dataclasses.replace(row, values=values))
        tables[table] = tuple(rows)
    return dataclasses.replace(submission, scalars=scalars, tables=tables)


def derive(catalog: Catalog, submission: Submission) -> Submission:
    """Fill blank fields that follow from others; whatever the owner gave stays as it is."""
    scalars = dict(submission.scalars)
    _fill(scalars, "profile.period_end", _period_end(catalog, scalars))
    _fill(scalars, "clients.inactive", _remainder(scalars, ("clients.total",), "clients.active"))
    _fill(
        scalars,
        "clients.active_end",
        _remainder(scalars, ("clients.active_start", "clients.new"), "clients.lost"),
    )
    tables = dict(submission.tables)
    if "goals" in tables:
        sheet = next((sheet for sheet in catalog.sheets if sheet.id == "goals"), None)
        tables["goals"] = tuple(
            named_row(sheet, _goal(catalog, row, scalars, _wording(submission))) for row in tables["goals"]
        )
    return dataclasses.replace(submission, scalars=scalars, tables=tables)


def _fill(
    values: dict[str, Value], field_id: str, scalar: Scalar | None, origin: Origin = Origin.DERIVED
) -> None:
    """Set a blank field, keeping its place in the workbook."""
    current = values.get(field_id, BLANK)
    if current.state is State.BLANK and scalar is not None:
        values[field_id] = Value(State.VALUE, scalar, current.source, origin)


def _scalar(values: Mapping[str, Value], field_id: str) -> Scalar | None:
    return values.get(field_id, BLANK).value


def _number(values: Mapping[str, Value], field_id: str) -> float | None:
    value = _scalar(values, field_id)
    return value if isinstance(value, int | float) and not isinstance(value, bool) else None


def _date(values: Mapping[str, Value], field_id: str) -> date | None:
    value = _scalar(values, field_id)
    return value if isinstance(value, date) else None


def _period_end(catalog: Catalog, scalars: Mapping[str, Value]) -> date | None:
    """The last day of the period: its length is the number that the choice of period stands for."""
    start = _date(scalars, "profile.period_start")
    field = catalog.fields.get("profile.period_type")
    chosen: Choice | None = field.choice(str(_scalar(scalars, "profile.period_type"))) if field else None
    if start is None or chosen is None or chosen.number is None:
        return None
    return months_later(start, int(chosen.number)) - timedelta(days=1)


def _remainder(scalars: Mapping[str, Value], plus: tuple[str, ...], minus: str) -> float | None:
    """Sum of `plus` less `minus`; a negative count is no count but a sign that the inputs disagree."""
    added = [_number(scalars, field_id) for field_id in plus]
    taken = _number(scalars, minus)
    if taken is None or any(number is None for number in added):
        return None
    rest = sum(number for number in added if number is not None) - taken
    return rest if rest >= 0 else None


def _wording(submission: Submission) -> Wording:
    stated = submission.get("profile.language").value
    language = next((language for language in LANGUAGES if language == stated), submission.source.language)
    currency = submission.get("profile.currency").value
    return Wording(language or "ru", str(currency or "RUB"))


def _goal(catalog: Catalog, row: Row, scalars: Mapping[str, Value], wording: Wording) -> Row:
    """A goal with everything that its measure, its numbers and the report date imply."""
    values = dict(row.values)
    measure = catalog.goals.measure(str(_scalar(values, "goals.metric")))
    if measure is not None:
        _fill(values, "goals.goal_type", measure.types[0] if measure.types else None)
        _fill(values, "goals.kind", measure.kind)
    if _scalar(values, "goals.kind") in FROM_ZERO:
        _fill(values, "goals.point_a", 0)
    _fill(values, "goals.direction", _direction(values, measure))
    report_date = _date(scalars, "profile.report_date")
    _fill(values, "goals.start", _date(values, "goals.point_a_date") or report_date)
    _fill(values, "goals.point_a_date", _date(values, "goals.start"))
    if _number(values, "goals.current") is not None:
        _fill(values, "goals.current_date", report_date)
    _fill(values, "goals.text", _goal_text(values, measure, wording))
    return dataclasses.replace(row, values=values)


def _direction(values: Mapping[str, Value], measure: MeasureDef | None) -> str | None:
    """Where the target lies from the start; the measure's own good direction while that is unknown.

    A goal that counts from nothing starts at 0, whatever level stands beside it as point A.
    """
    start, target = _number(values, "goals.point_a"), _number(values, "goals.target")
    if _scalar(values, "goals.kind") in FROM_ZERO:
        start = 0
    if start is not None and target is not None and start != target:
        return "higher" if target > start else "lower"
    return measure.better.value if measure is not None and measure.better is not Better.CONTEXT else None


def _goal_text(values: Mapping[str, Value], measure: MeasureDef | None, wording: Wording) -> str | None:
    """The goal in one line, composed only of what is known."""
    if measure is None:
        return None
    text = measure.name[wording.language]
    for field_id, key in (("goals.point_a", "goal_from"), ("goals.target", "goal_to")):
        number = _number(values, field_id)
        if number is not None:
            text += wording.text(f"common.{key}") + _in_unit(number, measure.unit, wording)
    deadline = _date(values, "goals.deadline")
    return text if deadline is None else text + wording.text("common.goal_by") + wording.date(deadline)


def _in_unit(number: float, unit: Unit, wording: Wording) -> str:
    if unit in (Unit.SHARE, Unit.MONEY):
        return wording.value(number, unit)
    return wording.number(number, 0 if float(number).is_integer() else 2)
