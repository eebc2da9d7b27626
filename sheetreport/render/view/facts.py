"""Typed access to the result JSON: metrics, answers, goals and the places they came from."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Any, Literal

from sheetreport.catalog.definitions import Better, Unit
from sheetreport.model import BY_CATALOG, Evidence, GoalStatus, Interval

Json = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Source:
    """What a number was read from: a metric, an answer or a table, by its id."""

    kind: Literal["metric", "answer", "table"]
    id: str


@dataclass(frozen=True, slots=True)
class Measured:
    """A metric of the result: its value with what may be said about it, or the reason there is none."""

    id: str
    subject: str | None
    row: int | None
    name: str
    meaning: str
    note: str
    unit: Unit
    better: Better
    value: float | None
    reason: str
    reason_text: str
    interval: Interval | None
    zone: str
    tone: str
    confident: bool
    evidence: Evidence | None
    sample: float | None
    previous: float | None
    change: float | None
    calculation: str
    reported: bool
    asked: bool
    per: str | None = None
    formula: str = ""
    inputs: Sequence[Json] = ()

    @property
    def weak(self) -> bool:
        """Fewer answers than a conclusion needs."""
        return self.evidence in (Evidence.ANECDOTAL, Evidence.INDICATIVE)

    @property
    def certain(self) -> bool:
        """Whether the zone may be named flatly: enough answers and the whole interval inside it."""
        return self.confident and not self.weak


def _measured(entry: Json, reported: bool) -> Measured:
    interval = entry.get("interval")
    evidence = entry.get("evidence_level")
    return Measured(
        id=entry["id"],
        subject=entry.get("subject"),
        row=entry.get("row"),
        name=entry.get("name") or entry["id"],
        meaning=entry.get("meaning") or "",
        note=entry.get("note") or "",
        unit=Unit(entry["unit"]),
        better=Better(entry.get("better") or "context"),
        value=entry.get("value"),
        reason=entry.get("reason") or "",
        reason_text=entry.get("reason_text") or "",
        interval=(interval[0], interval[1]) if interval else None,
        zone=entry.get("zone_name") or "",
        tone=entry.get("zone_tone") or "",
        confident=bool(entry.get("zone_confident")),
        evidence=Evidence(evidence) if evidence else None,
        sample=entry.get("sample"),
        previous=entry.get("previous"),
        change=entry.get("change"),
        per=entry.get("per"),
        formula=entry.get("formula") or "",
        calculation=entry.get("calculation") or "",
        inputs=entry.get("inputs") or (),
        reported=reported,
        asked=entry.get("asked", True),
    )


def _urgency(goal: Json) -> tuple[int, str]:
    """The order of the report: by status, then the nearest deadline."""
    return [*GoalStatus].index(GoalStatus(goal["status"])), goal.get("deadline") or "9999"


class Facts:
    """Look-ups in one result. Nothing here invents a value: what is absent is None."""

    def __init__(self, result: Json) -> None:
        self.result = result
        reported: Sequence[Json] = tuple(result.get("metrics", ()))
        self._entries: Sequence[Json] = (*reported, *result.get("quantities", ()))
        self._number_reported = len(reported)
        self._numbers: dict[tuple[str, int | None], int] = {}
        for number, entry in enumerate(self._entries):
            self._numbers.setdefault((entry["id"], entry.get("row")), number)
        self._measured: dict[int, Measured] = {}  # those asked for: a line needs few of hundreds
        answers: Json = result.get("answers") or {}
        self._scalars: Json = answers.get("scalars", {})
        self._tables: Json = answers.get("tables", {})
        self.goals: Sequence[Json] = tuple(sorted(result.get("goals") or (), key=_urgency))
        self.recommendations: Sequence[Json] = tuple(result.get("recommendations") or ())
        self.findings: Sequence[Json] = tuple(result.get("findings") or ())
        self.unlock: Sequence[Json] = tuple(result.get("unlock") or ())
        self.left_blank: Sequence[Json] = tuple(result.get("left_blank") or ())
        held: Sequence[Json] = tuple(result.get("suppressed") or ())
        self.suppressed: Sequence[Json] = tuple(item for item in held if item["by"] != BY_CATALOG)
        self.switched_off: Sequence[Json] = tuple(item for item in held if item["by"] == BY_CATALOG)
        shown = dict.fromkeys(str(item["tier"]) for item in self.recommendations)
        self.tiers: Sequence[str] = tuple(result.get("tiers") or shown)
        self._read: dict[Source, None] = {}

    @cached_property
    def metrics(self) -> Sequence[Measured]:
        return tuple(self._at(number) for number in range(len(self._entries)))

    def _at(self, number: int) -> Measured:
        if number not in self._measured:
            self._measured[number] = _measured(self._entries[number], number < self._number_reported)
        return self._measured[number]

    def taken(self) -> Sequence[Source]:
        """What was looked up since the last call and has a value: the numbers that a chapter rests on."""
        found = tuple(self._read)
        self._read.clear()
        return found

    def metric(self, metric_id: str, row: int | None = None) -> Measured | None:
        """A metric of the company, or of a row of its table."""
        number = self._numbers.get((metric_id, row))
        if number is None:
            return None
        found = self._at(number)
        if found.value is not None:
            self._read[Source("metric", metric_id)] = None
        return found

    def known(self, metric_id: str, row: int | None = None) -> Measured | None:
        """The metric if it has a value."""
        found = self.metric(metric_id, row)
        return found if found is not None and found.value is not None else None

    def number(self, metric_id: str, row: int | None = None) -> float | None:
        found = self.metric(metric_id, row)
        return None if found is None else found.value

    def answer(self, field: str) -> Any:
        """An answer's value, None where the cell is blank, unknown or not applicable."""
        value = (self._scalars.get(field) or {}).get("value")
        if isinstance(value, int | float | list) and not isinstance(value, bool):
            self._read[Source("answer", field)] = None
        return value

    def amount(self, field: str) -> float | None:
        value = self.answer(field)
        return value if isinstance(value, int | float) and not isinstance(value, bool) else None

    def day(self, field: str) -> date | None:
        value = self.answer(field)
        return date.fromisoformat(value) if isinstance(value, str) and value else None

    def place(self, field: str) -> tuple[str, str]:
        """Sheet and cell of a field, from the answers or from the list of cells to fill."""
        entry = self._scalars.get(field) or next((item for item in self.unlock if item["field"] == field), {})
        return entry.get("sheet") or "", entry.get("cell") or ""

    def given(self, field: str) -> Json:
        """An answer with the sheet and the cell it stands in."""
        return self._scalars.get(field) or {}

    def of_metric(self, metric_id: str) -> Sequence[Measured]:
        """The company's value of a metric and those of the rows of its table, as far as they are known."""
        return [
            self._at(number)
            for number, entry in enumerate(self._entries)
            if entry["id"] == metric_id and entry.get("value") is not None
        ]

    def ref(self, metric_id: str) -> str:
        """The reference to where a metric comes from; empty where no value of it is known."""
        known = self.of_metric(metric_id)
        if known:
            self._read[Source("metric", metric_id)] = None
        return metric_id if known else ""

    def table(self, sheet: str) -> Sequence[Json]:
        rows = tuple(self._tables.get(sheet, ()))
        if rows:
            self._read[Source("table", sheet)] = None
        return rows

    @property
    def asked(self) -> Sequence[Measured]:
        """The metrics that the core and the pages begun so far could give, row by row."""
        return [metric for metric in self.metrics if metric.reported and metric.asked]

    @property
    def coverage(self) -> tuple[int, int]:
        """How many metrics have a value, and how many were asked for."""
        counts = self.result.get("coverage") or {}
        return counts.get("known", 0), counts.get("asked", 0)

    def is_blank(self, *sheets: str) -> bool:
        """Whether the owner left all of these optional pages blank."""
        return {*sheets} <= {page["sheet"] for page in self.left_blank}

    @property
    def months(self) -> float:
        return float(self.result["period"].get("months") or 1)

    @property
    def stage(self) -> str:
        return str(self.answer("profile.stage") or "operating")


def cell_value(row: Json, field: str) -> Any:
    """A table cell's value, None where it holds none."""
    return (row["values"].get(field) or {}).get("value")


def cell_number(row: Json, field: str) -> float | None:
    value = cell_value(row, field)
    return value if isinstance(value, int | float) and not isinstance(value, bool) else None
