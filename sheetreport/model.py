"""The frozen types that pass between the stages; no stage keeps data of another kind."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Literal, TypeAlias

Language: TypeAlias = Literal["ru", "en"]
LANGUAGES: tuple[Language, ...] = ("ru", "en")

Tally: TypeAlias = tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Step:
    """One step of a goal's plan, as the owner wrote it."""

    action: str
    due: date | None = None
    who: str = ""
    done: bool = False


Scalar: TypeAlias = float | int | str | bool | date | Tally | tuple[str, ...] | tuple[Step, ...]


class State(StrEnum):
    """What stands in a cell. Blank, unknown and not applicable are never zero."""

    VALUE = "value"
    BLANK = "blank"
    UNKNOWN = "unknown"
    NOT_APPLICABLE = "not_applicable"
    INVALID = "invalid"


class Origin(StrEnum):
    """Who gave a value: the owner, the field's default, or a derivation from other cells."""

    GIVEN = "given"
    DEFAULT = "default"
    DERIVED = "derived"


@dataclass(frozen=True, slots=True)
class SourceRef:
    """Where something stands: sheet and cell as the owner sees them (cell may be a range)."""

    sheet: str = ""
    cell: str = ""


@dataclass(frozen=True, slots=True)
class Value:
    """A field's value with its state and its place. `value` is None unless state is VALUE."""

    state: State
    value: Scalar | None = None
    source: SourceRef = SourceRef()
    origin: Origin = Origin.GIVEN


BLANK = Value(State.BLANK)


@dataclass(frozen=True, slots=True)
class Row:
    """A row of a table: its 1-based place, the name it is known by, and its fields by full id."""

    index: int
    subject: str
    values: Mapping[str, Value]

    def get(self, field_id: str) -> Value:
        return self.values.get(field_id, BLANK)


@dataclass(frozen=True, slots=True)
class SourceFile:
    """The workbook a submission came from."""

    file: str
    sha256: str
    template_version: str | None = None
    language: Language | None = None
    sheets: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Submission:
    """All that an owner answered: scalar fields by id, table rows by sheet id."""

    source: SourceFile
    scalars: Mapping[str, Value]
    tables: Mapping[str, tuple[Row, ...]]

    def get(self, field_id: str) -> Value:
        return self.scalars.get(field_id, BLANK)

    def rows(self, sheet_id: str) -> tuple[Row, ...]:
        return self.tables.get(sheet_id, ())


class Severity(StrEnum):
    """Errors disable what depends on the cell; warnings ask; info tells."""

    ERROR = "error"
    WARNING = "warning"
    INFO = "info"


Param: TypeAlias = float | int | str | date | tuple[str, ...] | None


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing to know about a cell. `params` fill the message, which is worded in the reader's language
    later.

    """

    code: str
    severity: Severity
    source: SourceRef = SourceRef()
    field: str | None = None
    found: str | None = None
    params: Mapping[str, Param] = dataclasses.field(default_factory=dict)
    variant: str = ""


@dataclass(frozen=True, slots=True)
class Repair:
    """An unambiguous repair of a typed value: what stood in the cell and what was used."""

    source: SourceRef
    field: str
    found: str
    used: str


@dataclass(frozen=True, slots=True)
class Reason:
    """Why a value can't be computed: a code of the conventions and the field or metric it is about."""

    code: str
    about: str | None = None

    def __str__(self) -> str:
        return f"{self.code}:{self.about}" if self.code == "depends_on" else self.code


@dataclass(frozen=True, slots=True)
class InputCell:
    """A cell a number rests on."""

    field: str
    sheet: str
    cell: str
    value: Scalar | None


Interval: TypeAlias = tuple[float, float]


class Evidence(StrEnum):
    """How much a sample proves (policy: fewer than 10, 30, 100 answers, or more)."""

    ANECDOTAL = "anecdotal"
    INDICATIVE = "indicative"
    USABLE = "usable"
    GOOD = "good"


@dataclass(frozen=True, slots=True)
class MetricResult:
    """A metric's value for the company (`subject` None) or for one row, or the reason it has none."""

    id: str
    subject: str | None
    row: int | None
    value: float | None
    reason: Reason | None
    interval: Interval | None = None
    zone: str | None = None
    zone_confident: bool | None = None
    evidence: Evidence | None = None
    sample: float | None = None
    previous: float | None = None
    change: float | None = None
    inputs: tuple[InputCell, ...] = ()


class Verdict(StrEnum):
    """The outcome of one SMART letter."""

    PASS = "pass"
    FAIL = "fail"
    UNKNOWN = "unknown"
    PASS_BINARY = "pass_binary"


@dataclass(frozen=True, slots=True)
class SmartLetter:
    """A SMART letter's verdict, the code of its message and what the message names."""

    verdict: Verdict
    message: str | None = None
    params: Mapping[str, Param] = dataclasses.field(default_factory=dict)


class GoalStatus(StrEnum):
    """Statuses of a goal, in the order of the report."""

    OVERDUE = "overdue"
    OFF_TRACK = "off_track"
    AT_RISK = "at_risk"
    NO_DATA = "no_data"
    ON_TRACK = "on_track"
    NOT_STARTED = "not_started"
    ACHIEVED = "achieved"
    NOT_EVALUABLE = "not_evaluable"


@dataclass(frozen=True, slots=True)
class GoalResult:
    """A goal with its arithmetic (`numbers` by the ids of goals.yaml), status and SMART verdicts."""

    index: int
    row: Row
    text: str
    measure: str | None
    numbers: Mapping[str, MetricResult]
    status: GoalStatus
    notes: tuple[str, ...]
    smart: Mapping[str, SmartLetter]
    forecast_date: date | None
    budget: float | None
    budget_range: Interval | None
    budget_units: float | None
    steps: tuple[Step, ...]
    steps_proposed: bool


@dataclass(frozen=True, slots=True)
class Change:
    """By how much an action changes a quantity of the plan's year, and which part of it."""

    quantity: str
    part: str | None
    stops: bool
    value: float
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class Effect:
    """What an action is worth as a scenario: a value with its range, per period, never added to another.

    `unit` is a metric's unit; `period` and `assumption` are words of the report's language. Without a number
    the assumption says in words what the action gives. `calculation` is the formula with the owner's figures,
    `no_range` why a number has no range. `yearly` is the money over a year, `changes` what the action does in
    the plan's year, `differs` why that is another amount, `left_out` the code of why the plan's total leaves
    the action out (empty: it is in).

    """

    kind: str
    value: float | None
    low: float | None
    high: float | None
    formula: str
    unit: str | None
    period: str
    assumption: str
    calculation: str = ""
    no_range: str = ""
    yearly: float | None = None
    changes: tuple[Change, ...] = ()
    differs: str = ""
    left_out: str = ""


@dataclass(frozen=True, slots=True)
class Recommendation:
    """A rule that fired for an object, worded in the report's language, with the cells it rests on.

    `merged` names the rules of lower rank that fired for the same row of a table. `per` and `row` are the
    table and the row that the rule judged, `variant` the place of the rule's variant that worded the effect,
    `basis` what the effect rests on, in words `confidence_words`.

    """

    id: str
    tier: str
    chapter: str
    subject: str | None
    title: str
    text: str
    steps: tuple[str, ...]
    effect: Effect | None
    confidence: str
    confidence_words: str
    evidence: tuple[InputCell, ...]
    merged: tuple[str, ...]
    source: tuple[str, ...]
    per: str | None = None
    row: int | None = None
    variant: int | None = None
    basis: str = ""


BY_CATALOG = "catalog"
KEEP = "P4"
"""The tier of what to go on doing; the others say what to change."""


@dataclass(frozen=True, slots=True)
class Suppressed:
    """A rule that fired but is held back, by which rule, and why.

    `by` is BY_CATALOG where a consultant's catalogue switched it off, until the end of the day `until`.
    """

    id: str
    title: str
    subject: str | None
    by: str
    reason: str
    until: date | None = None


class Status(StrEnum):
    """What became of a workbook."""

    COMPLETE = "complete"
    PARTIAL = "partial"
    REFUSED = "refused"


WITH_REPORT = (Status.COMPLETE, Status.PARTIAL)
"""What a workbook comes to that gets a report."""
