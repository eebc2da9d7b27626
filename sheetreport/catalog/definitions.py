"""The frozen definitions that the loader makes of the YAML catalogue."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from typing import Any, TypeAlias, TypeVar

from sheetreport.formula.tree import Node
from sheetreport.model import Language, Severity

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Text:
    """The same words in both languages of the product."""

    ru: str
    en: str

    def __getitem__(self, language: Language) -> str:
        return self.ru if language == "ru" else self.en


EMPTY = Text("", "")


class FieldType(StrEnum):
    """How a cell is read, validated and shown."""

    TEXT = "text"
    COUNT = "count"
    MONEY = "money"
    NUMBER = "number"
    SHARE = "share"
    DATE = "date"
    CHOICE = "choice"
    CHOICES = "choices"
    TALLY = "tally"
    SERIES = "series"  # numbers month by month; blank cells stand at the end only
    STEPS = "steps"


class Need(StrEnum):
    """R: no report without it; r: only the metrics that use it; o: optional."""

    REPORT = "R"
    METRIC = "r"
    OPTIONAL = "o"


class Layout(StrEnum):
    """How a sheet of the template is laid out."""

    FORM = "form"  # one question a row
    TABLE = "table"  # one record a row
    BLOCKS = "blocks"  # one record a block of questions (goals)
    PRACTICES = "practices"  # yes / partly / no with the reason


@dataclass(frozen=True, slots=True)
class Choice:
    """One entry of a drop-down; `number` is what the choice stands for in arithmetic (quarter: 3)."""

    id: str
    label: Text
    aliases: tuple[str, ...] = ()
    number: float | None = None


@dataclass(frozen=True, slots=True)
class FieldDef:
    """One input of the template: its cell, its words, its type and what the reader accepts.

    `stays`: the answer holds from one period to the next until the owner changes it. `suggestions` stand in
    a drop-down list that takes any other text too.
    """

    id: str
    sheet: str
    type: FieldType
    need: Need
    label: Text
    hint: Text
    why: Text
    unit: Text
    core: bool
    table: bool
    derived: bool
    prefilled: bool
    personal: bool
    signed: bool
    default: str | float | None
    zero: str | None
    choices: tuple[Choice, ...]
    aliases: tuple[str, ...]
    example: Text
    scores: tuple[int, int] | None
    size: int
    group: Text
    place: str
    stays: bool = False
    suggestions: tuple[Text, ...] = ()

    @property
    def name(self) -> str:
        """The field's own name, without its sheet: `total` of `clients.total`."""
        return self.id.split(".", 1)[1]

    def choice(self, choice_id: str) -> Choice | None:
        return next((choice for choice in self.choices if choice.id == choice_id), None)


@dataclass(frozen=True, slots=True)
class SheetDef:
    """One sheet of the template. A `subject` field names the rows of a table."""

    id: str
    part: str
    layout: Layout
    core: bool
    title: Text
    learn: Text
    intro: Text
    record: Text
    subject: str | None
    rows: int
    fields: tuple[FieldDef, ...]


class Unit(StrEnum):
    """The unit of a metric; decides its number format in every output."""

    MONEY = "money"
    COUNT = "count"
    SHARE = "share"
    SHARE_CHANGE = "share_change"  # a difference of two shares, in percentage points
    RATIO = "ratio"
    POINTS = "points"
    SCORE = "score"
    MONTHS = "months"
    DAYS = "days"
    MINUTES = "minutes"
    HOURS = "hours"
    NUMBER = "number"
    MEASURE = "measure"  # whatever unit the goal's measure has


class Better(StrEnum):
    """Which way is better."""

    HIGHER = "higher"
    LOWER = "lower"
    CONTEXT = "context"


@dataclass(frozen=True, slots=True)
class Zone:
    """A zone of a metric: from `low` (inclusive unless `low_open`) up to `high`; tone colours it."""

    id: str
    low: float | None
    high: float | None
    high_closed: bool
    low_open: bool
    tone: str
    name: Text

    def contains(self, value: float) -> bool:
        above = self.low is None or value > self.low or (value == self.low and not self.low_open)
        below = self.high is None or value < self.high or (value == self.high and self.high_closed)
        return above and below


@dataclass(frozen=True, slots=True)
class MetricDef:
    """A metric (reported) or a named quantity (a step towards metrics). `per` names the table of row metrics.

    `zero` is the reason code of a zero denominator inside its expression, `zero_reason` the code it gives
    where it is a zero denominator itself; `applies` selects the rows that have the metric at all; `previous`
    is the previous period's value where it does not follow from the previous answers by the same expression.

    """

    id: str
    reported: bool
    per: str | None
    section: str
    name: Text
    meaning: Text
    unit: Unit
    better: Better
    expression: Node
    interval: Node | None
    interval_kind: Text
    sample: Node | None
    zones: tuple[Zone, ...]
    zone_needs: float
    zone_source: Text
    note: Text
    reference: tuple[str, ...]
    zero: str | None
    zero_reason: str | None
    applies: Node | None
    previous: Node | None
    text: str
    place: str

    def zone_of(self, value: float) -> Zone | None:
        return next((zone for zone in self.zones if zone.contains(value)), None)


@dataclass(frozen=True, slots=True)
class MeasureDef:
    """Something a goal may be set on: its goal types (the first by default), kind, unit and bounds."""

    id: str
    types: tuple[str, ...]
    kind: str
    unit: Unit
    better: Better
    name: Text
    unit_words: Text
    aliases: tuple[str, ...]
    low: float | None
    high: float | None
    activity: bool
    unit_cost: str | None
    unit_count: str | None
    place: str


@dataclass(frozen=True, slots=True)
class GoalTemplate:
    """A goal to start from: its measure, an example target and term, and a sentence with blanks to fill."""

    id: str
    measure: str
    target: float | None
    days: int
    text: Text


@dataclass(frozen=True, slots=True)
class GoalCatalog:
    """Measures and the arithmetic of goals (metrics per goal)."""

    measures: tuple[MeasureDef, ...]
    numbers: tuple[MetricDef, ...]
    steps: Mapping[str, tuple[Text, ...]]
    messages: Mapping[str, Text]
    templates: tuple[GoalTemplate, ...]

    def measure(self, measure_id: str) -> MeasureDef | None:
        return next((measure for measure in self.measures if measure.id == measure_id), None)


class EffectKind(StrEnum):
    """What an effect counts and over which time; money_* and cost are amounts, NONE has words only."""

    MONEY_MONTH = "money_month"
    MONEY_YEAR = "money_year"
    MONEY_ONCE = "money_once"
    COST = "cost"  # what reaching a goal takes; never a gain
    CLIENTS = "clients"  # a month
    ANSWERS = "answers"  # of a survey
    NONE = "none"


@dataclass(frozen=True, slots=True)
class ChangeDef:
    """By how much an action changes a quantity of the plan's year.

    The amount is about the whole, about a group of people called `part`, or about a row: the rule's own, or
    that of the table `rows` where `where` holds. What `stops` leaves nothing of its row to other actions.
    """

    quantity: str
    value: Node
    low: Node | None
    high: Node | None
    part: str | None
    rows: str | None
    where: Node | None
    stops: bool


@dataclass(frozen=True, slots=True)
class EffectDef:
    """The scenario of an action: value and range, and the words that say under which assumption.

    `together` is what it changes in the plan's year; `differs` says why that is not the amount itself.
    """

    kind: EffectKind
    value: Node | None
    low: Node | None
    high: Node | None
    assumption: Text
    together: tuple[ChangeDef, ...] = ()
    differs: Text | None = None


@dataclass(frozen=True, slots=True)
class PlanQuantity:
    """Something that actions change in the plan's year; `same` says what actions on one part of it share."""

    id: str
    name: Text
    same: Text
    unit: Unit


@dataclass(frozen=True, slots=True)
class PlanDef:
    """The year in which the plan's actions are done together: its quantities, and the profit they give."""

    quantities: tuple[PlanQuantity, ...]
    profit: Node
    place: str

    def quantity(self, quantity_id: str) -> PlanQuantity:
        return next(quantity for quantity in self.quantities if quantity.id == quantity_id)


@dataclass(frozen=True, slots=True)
class Figure:
    """A name of a rule that stands for one value. Without a unit it takes that of the field or metric it
    names. `name` is what a consultant calls it where the rule compares it with a border.

    """

    expression: Node
    unit: Unit | None
    name: Text | None = None


@dataclass(frozen=True, slots=True)
class Span:
    """A name of a rule that stands for a range."""

    low: Node
    high: Node
    unit: Unit | None


@dataclass(frozen=True, slots=True)
class Phrase:
    """Words for the case that `when` holds (always, when there is none)."""

    when: Node | None
    text: Text


@dataclass(frozen=True, slots=True)
class Phrases:
    """A name of a rule that stands for words: the first phrase that holds, or all that hold, with commas."""

    phrases: tuple[Phrase, ...]
    every: bool


@dataclass(frozen=True, slots=True)
class RowNames:
    """A name of a rule that lists a column of the rows for which `when` holds, quoted, the first few by
    name.

    """

    column: str
    when: Node | None
    at_most: int


Shown: TypeAlias = Figure | Span | Phrases | RowNames


@dataclass(frozen=True, slots=True)
class Confidence:
    """How sure an expected effect is (high, medium, low) and what it rests on (`advice.basis_...`)."""

    level: str
    basis: str


@dataclass(frozen=True, slots=True)
class Gate:
    """A rule that holds another one back while it fires, always or only where `when` holds."""

    by: str
    when: Node | None


@dataclass(frozen=True, slots=True)
class Variant:
    """What a rule says differently in some cases; what is None or empty stays as it is."""

    when: Node
    title: Text | None
    text: Text | None
    steps: tuple[Text, ...]
    effect: EffectDef | None
    confidence: Confidence | None


@dataclass(frozen=True, slots=True)
class SwitchedOff:
    """Why a consultant switched a rule off, and the last day on which it is."""

    reason: Text
    until: date
    place: str


@dataclass(frozen=True, slots=True)
class RuleDef:
    """A recommendation rule: when it fires, what it says, what it is worth.

    `per` names the table whose rows it judges, `metric` the metric whose sample decides how firmly it speaks,
    `holds_back` the reason it gives to the rules whose gate it is, `ahead_when` when its risk lies ahead.

    """

    id: str
    name: str
    tier: str
    per: str | None
    chapter: str
    metric: str | None
    condition: Node
    ahead_when: Node | None
    gates: tuple[Gate, ...]
    holds_back: Text | None
    ease: int
    confidence: Confidence
    practices: tuple[str, ...]
    title: Text
    text: Text
    steps: tuple[Text, ...]
    effect: EffectDef
    values: Mapping[str, Shown]
    variants: tuple[Variant, ...]
    sources: tuple[str, ...]
    off: SwitchedOff | None
    place: str

    def is_off(self, day: object) -> bool:
        """Whether the rule is switched off in a report of this day."""
        return self.off is not None and isinstance(day, date) and day <= self.off.until


@dataclass(frozen=True, slots=True)
class NetworkDef:
    """A social network or map service with the status of advertising there: data with date and source."""

    id: str
    name: Text
    aliases: tuple[str, ...]
    ads_status: Mapping[str, str]
    footnote: Text
    checked_on: date
    source: str
    note: Text


@dataclass(frozen=True, slots=True)
class PolicyNumber:
    """A product decision: a number with its reason, and the bounds within which it makes sense."""

    id: str
    value: float
    reason: Text
    source: str
    low: float
    high: float
    place: str

    @property
    def is_own(self) -> bool:
        """Whether a consultant's catalogue gives the number; the built-in file has no folder in its place."""
        return not self.place.startswith("policy.yaml:")


@dataclass(frozen=True, slots=True)
class FindingDef:
    """A code of findings with its words: what we saw, what we expect, how to mend it; its severities."""

    code: str
    variant: str
    severities: tuple[Severity, ...]
    message: Text
    expected: Text
    fix: Text
    place: str


@dataclass(frozen=True, slots=True)
class HealthItem:
    """What judges a part of an area, and the points it can earn: a metric, or the goals where there is none.

    `per` names the table whose weakest row decides; `full` is the value that earns all points, for metrics
    without zones.
    """

    metric: str | None
    per: str | None
    points: int
    full: float | None
    short: Text
    next: Text
    place: str


@dataclass(frozen=True, slots=True)
class HealthArea:
    """An area of the business: its weight in the score with the reason for it, and what judges it."""

    id: str
    name: Text
    weight: int
    reason: Text
    before_opening: bool
    items: tuple[HealthItem, ...]
    place: str


@dataclass(frozen=True, slots=True)
class TrendDef:
    """A metric that is followed from period to period, or the score of health, and why it is. `short` is what
    a list calls it.

    `any_length`: periods of different lengths are compared. `same_rows` names the table whose rows the value
    adds up: it is compared while they are the same ones.
    """

    id: str
    any_length: bool
    same_rows: str | None
    short: Text | None
    reason: Text
    place: str


@dataclass(frozen=True, slots=True)
class LeverDef:
    """Something an owner may try out: its present value, the range worth trying, and what another value does.

    `changes` gives answers, columns of channels or quantities their new values; all change at once. `per`
    names the table whose rows have the lever each. A solved value is rounded to `step`.
    """

    id: str
    per: str | None
    name: Text
    unit: Unit
    better: Better
    step: float | None
    now: Node
    low: Node
    high: Node
    changes: Mapping[str, Node]
    assumption: Text
    place: str


@dataclass(frozen=True, slots=True)
class FollowDef:
    """What follows in other answers once levers have changed some."""

    per: str | None
    changes: Mapping[str, Node]
    assumption: Text
    place: str


@dataclass(frozen=True, slots=True)
class OutcomeDef:
    """A number that an owner watches while trying levers."""

    id: str
    name: Text
    unit: Unit
    better: Better
    expression: Node
    place: str


@dataclass(frozen=True, slots=True)
class PaceDef:
    """How goals of some kinds move with their quantity: the factor needed, the forecast before its bounds,
    and the days to the target.
    """

    kinds: tuple[str, ...]
    needed: Node
    line: Node
    days: Node
    place: str


@dataclass(frozen=True, slots=True)
class GoalQuantity:
    """What the measure of a goal counts in a channel, or in the company as a whole."""

    measure: str
    per: str | None
    expression: Node
    place: str


@dataclass(frozen=True, slots=True)
class ReachDef:
    """For some measures, the value of each lever that alone makes their quantity what a goal needs."""

    measures: tuple[str, ...]
    per: str | None
    levers: Mapping[str, Node]
    place: str


@dataclass(frozen=True, slots=True)
class WhatIfDef:
    """Levers, what follows from them, what is watched, and how goals are reached by them.

    `whole_company` are the places of goals that mean no channel in particular.
    """

    levers: tuple[LeverDef, ...]
    follows: tuple[FollowDef, ...]
    outcomes: tuple[OutcomeDef, ...]
    paces: tuple[PaceDef, ...]
    forecast: Node
    quantities: tuple[GoalQuantity, ...]
    reaches: tuple[ReachDef, ...]
    whole_company: tuple[str, ...]

    def lever(self, lever_id: str, per: str | None) -> LeverDef:
        """The lever of the table's rows, or the company's where these have none."""
        variants = [lever for lever in self.levers if lever.id == lever_id]
        return next((lever for lever in variants if lever.per == per), variants[0])

    def quantity(self, measure: str | None, per: str | None) -> GoalQuantity | None:
        return next((item for item in self.quantities if (item.measure, item.per) == (measure, per)), None)

    def pace(self, kind: str) -> PaceDef | None:
        return next((pace for pace in self.paces if kind in pace.kinds), None)

    def reach(self, measure: str, per: str | None) -> Mapping[str, Node]:
        """By lever, the value that reaches a goal."""
        found = (reach.levers for reach in self.reaches if measure in reach.measures and reach.per == per)
        return {lever: node for levers in found for lever, node in levers.items()}


@dataclass(frozen=True, slots=True)
class Catalog:
    """The whole catalogue, checked by lint, with the hash that identifies it."""

    sheets: tuple[SheetDef, ...]
    fields: Mapping[str, FieldDef]
    metrics: Mapping[str, tuple[MetricDef, ...]]
    goals: GoalCatalog
    rules: tuple[RuleDef, ...]
    plan: PlanDef
    networks: tuple[NetworkDef, ...]
    policy: Mapping[str, PolicyNumber]
    findings: Mapping[tuple[str, str], FindingDef]
    health: tuple[HealthArea, ...]
    what_if: WhatIfDef
    trends: tuple[TrendDef, ...]
    sha256: str
    _kept: dict[Hashable, Any] = field(init=False, repr=False, compare=False, default_factory=dict)

    def once(self, key: Hashable, make: Callable[[], T]) -> T:
        """What follows from this catalogue alone: made when it is first asked for, kept for all workbooks."""
        if key not in self._kept:
            self._kept[key] = make()
        kept: T = self._kept[key]
        return kept

    def sheet(self, sheet_id: str) -> SheetDef:
        return next(sheet for sheet in self.sheets if sheet.id == sheet_id)

    def all_metrics(self) -> tuple[MetricDef, ...]:
        """Metrics and quantities in the order of the catalogue."""
        return tuple(metric for variants in self.metrics.values() for metric in variants)

    def metric(self, metric_id: str, per: str | None = None) -> MetricDef:
        """The definition for the company or for the rows of a table; a lone definition is always found."""
        variants = self.metrics[metric_id]
        return next((metric for metric in variants if metric.per == per), variants[0])
