"""The next period: what holds stays, this period becomes the previous one, the rest is asked anew."""

from __future__ import annotations

import calendar
from collections.abc import Mapping
from datetime import date, timedelta
from functools import partial

from sheetreport import derive
from sheetreport.answers import Content, Flat
from sheetreport.catalog.definitions import Catalog
from sheetreport.catalog.earlier import earlier_field
from sheetreport.compute import compute
from sheetreport.contract import FIRST_DAY, LAST_DAY
from sheetreport.formula.tree import FieldRef
from sheetreport.model import (
    GoalStatus,
    Origin,
    Row,
    SourceRef,
    State,
    Submission,
    Value,
)
from sheetreport.naming import CatalogNaming
from sheetreport.rounds.old import Note, Old, given, is_given
from sheetreport.rounds.plan import Last, Plan

_START, _END, _TYPE = "profile.period_start", "profile.period_end", "profile.period_type"
_BEGINS = {"social.followers_end": "social.followers_start"}  # where a row ended, it begins the next time
_WAVE = {
    "nps.previous_promoters": "nps_promoters",
    "nps.previous_passives": "nps_passives",
    "nps.previous_detractors": "nps_detractors",
}
_WAVE_DATE, _SURVEY_DATE = "nps.previous_date", "nps.survey_date"
_GOALS = "goals"
_PINNED = ("goals.start", "goals.point_a_date")  # they followed from a day that is over
_DONE = (GoalStatus.ACHIEVED, GoalStatus.OVERDUE)


def next_period(old: Old) -> Plan:
    """The workbook that follows on the period of an old one."""
    return _Following(old).plan()


def period_after(catalog: Catalog, submission: Submission) -> tuple[date, date] | None:
    """The first and last day of the next period; None where the old ones are not known.

    Whole months stay whole months; a period of the owner's own keeps its number of days.
    """
    start, end = submission.get(_START).value, submission.get(_END).value
    chosen = catalog.fields[_TYPE].choice(str(submission.get(_TYPE).value))
    if not isinstance(start, date) or not isinstance(end, date) or end < start:
        return None
    first = end + timedelta(days=1)
    if chosen is not None and chosen.number is not None:
        months = int(chosen.number)
        if end == derive.months_later(start, months) - timedelta(days=1):
            return _within(first, derive.months_later(first, months) - timedelta(days=1))
    if start.day == 1 and first.day == 1:
        months = (first.year - start.year) * 12 + first.month - start.month
        last = derive.months_later(first, months - 1)
        return _within(first, last.replace(day=calendar.monthrange(last.year, last.month)[1]))
    return _within(first, first + (end - start))


def _within(first: date, last: date) -> tuple[date, date] | None:
    return (first, last) if first >= FIRST_DAY and last <= LAST_DAY else None


class _Following:
    """Gathers the cells of the next period's workbook, what they held, and what has no place in it."""

    def __init__(self, old: Old) -> None:
        self._old = old
        self._catalog = old.catalog
        self._submission = old.report.submission
        # A workbook that is too bare for a report still has figures for the period before.
        computation = old.report.computation or compute(old.catalog, self._submission)
        self._results = {(result.id, result.row): result for result in computation.results}
        self._over = {goal.index: goal.status for goal in computation.goals if goal.status in _DONE}
        self._twins = {
            field_id: twin
            for field_id in self._catalog.fields
            if (twin := earlier_field(self._catalog, field_id)) is not None and twin != field_id
        } | _BEGINS
        self._worked_out = {
            metric.previous.id: metric
            for metric in self._catalog.all_metrics()
            if isinstance(metric.previous, FieldRef) and metric.previous.id in self._catalog.fields
        }
        self._notes: list[Note] = []

    def plan(self) -> Plan:
        scalars = self._scalars()
        tables: dict[str, tuple[Mapping[str, Content], ...]] = {}
        last: dict[str, tuple[Mapping[str, tuple[str, ...]], ...]] = {}
        for table, rows in self._submission.tables.items():
            kept = [row for row in rows if table != _GOALS or row.index not in self._over]
            self._notes += (self._over_note(row) for row in rows if row not in kept)
            tables[table] = tuple(self._row(table, row) for row in kept)
            last[table] = tuple(
                self._held(row.values, now, row.index) for row, now in zip(kept, tables[table], strict=True)
            )
        held = self._held(self._submission.scalars, scalars, None)
        return Plan(Flat(scalars, tables, ()), tuple(self._notes), Last(*self._periods(), held, last))

    # --- questions that stand once ----------------------------------------------------------------

    def _scalars(self) -> dict[str, Content]:
        values = self._submission.scalars
        found = {f.id: self._old.content(f.id, v) for f, v in given(values, self._catalog) if f.stays}
        return found | self._moved(values) | self._wave() | self._days()

    def _days(self) -> dict[str, Content]:
        """The days of the next period; the last one is left to the workbook where it follows."""
        days = period_after(self._catalog, self._submission)
        if days is None:
            value = self._submission.get(_START)
            self._notes.append(self._old.note("no_period", _START, value))
            return {}
        chosen = self._catalog.fields[_TYPE].choice(str(self._submission.get(_TYPE).value))
        months = int(chosen.number) if chosen is not None and chosen.number is not None else None
        follows = months and days[1] == derive.months_later(days[0], months) - timedelta(days=1)
        return {_START: days[0]} if follows else {_START: days[0], _END: days[1]}

    def _periods(self) -> tuple[str, str]:
        wording = self._old.wording
        days = period_after(self._catalog, self._submission)
        start, end = self._submission.get(_START).value, self._submission.get(_END).value
        before = wording.period(start, end) if isinstance(start, date) and isinstance(end, date) else ""
        return (wording.period(*days) if days else ""), before

    def _wave(self) -> dict[str, Content]:
        """The survey of this period as the previous one; without it the earlier one stays."""
        results = {field_id: self._results.get((metric, None)) for field_id, metric in _WAVE.items()}
        counts = {field_id: result.value for field_id, result in results.items() if result is not None}
        if len(counts) < len(_WAVE) or None in counts.values():
            kept = (*_WAVE, _WAVE_DATE)
            values = {key: self._submission.get(key) for key in kept}
            return {f.id: self._old.content(f.id, value) for f, value in given(values, self._catalog)}
        found: dict[str, Content] = dict(counts)
        day = self._submission.get(_SURVEY_DATE)
        return found | ({_WAVE_DATE: day.value} if day.state is State.VALUE else {})

    # --- both -------------------------------------------------------------------------------------

    def _moved(
        self, values: Mapping[str, Value], table: str | None = None, row: int | None = None
    ) -> dict[str, Content]:
        """This period's figures in the cells that ask for the previous ones."""
        found: dict[str, Content] = {}
        for field_id, value in values.items():
            known = value.state not in (State.BLANK, State.INVALID) and value.origin is not Origin.DEFAULT
            if known and field_id in self._twins:
                found[self._twins[field_id]] = self._old.content(field_id, value, row)
        for field_id, metric in self._worked_out.items():
            result = self._results.get((metric.id, row))
            if result is None or metric.per != table:
                continue
            if result.value is not None:
                found[field_id] = result.value
            elif result.inputs and result.reason is not None:
                reason = CatalogNaming(self._catalog, self._old.wording).reason(result.reason)
                label = self._old.label(field_id)
                said = self._old.wording.text("rounds.why_not_worked_out", label=label, reason=reason)
                self._notes.append((SourceRef(result.inputs[0].sheet, result.inputs[0].cell), said))
        return found

    def _held(
        self, values: Mapping[str, Value], now: Mapping[str, Content], row: int | None
    ) -> dict[str, tuple[str, ...]]:
        """What stood in the cells that hold something else now, or nothing yet."""
        return {
            field_id: self._old.words(field_id, value, row)
            for field_id, value in values.items()
            if value.state is not State.BLANK and value.origin is not Origin.DEFAULT
            if not self._catalog.fields[field_id].stays
            and now.get(field_id) != self._old.content(field_id, value, row)
        }

    # --- rows -------------------------------------------------------------------------------------

    def _row(self, table: str, row: Row) -> dict[str, Content]:
        content = partial(self._old.content, row=row.index)
        found = {f.id: content(f.id, value) for f, value in given(row.values, self._catalog) if f.stays}
        if table == _GOALS:
            pinned = {key: row.get(key) for key in _PINNED if row.get(key).state is State.VALUE}
            return found | {key: value.value for key, value in pinned.items()}
        return found | self._moved(row.values, table, row.index)

    def _over_note(self, row: Row) -> Note:
        """A goal that is over: all that was written about it, in one line."""
        wording = self._old.wording
        status = wording.text(f"goal_status.{self._over[row.index]}")
        parts = [
            f"{self._old.label(field.id)}: {', '.join(self._old.words(field.id, value, row.index))}"
            for field, value in given(row.values, self._catalog)
        ]
        source = next(value.source for value in row.values.values() if is_given(value))
        said = wording.text("rounds.why_goal_over", n=row.index, status=status, found="; ".join(parts))
        return source, said
