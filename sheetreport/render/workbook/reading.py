"""How to read a number: the zone it lies in as far as the sample lets us say, as a formula and as a text."""

from __future__ import annotations

from dataclasses import dataclass

from sheetreport.catalog.definitions import Better, MetricDef, Zone
from sheetreport.formula.excel import literal, quoted
from sheetreport.formula.tree import Call, Function
from sheetreport.render.view.facts import Measured
from sheetreport.render.workbook.page import Book
from sheetreport.render.workbook.styles import GOOD_MARK, MARKS, OPEN_MARK, WARN_MARK

_DIFFERENCES = {Function.NEWCOMBE, Function.NPS_DIFFERENCE}
LONGEST_LITERAL = 250  # Excel refuses a text of more than 255 characters inside a formula


@dataclass(frozen=True, slots=True)
class Cells:
    """Where a metric's parts stand; None where it has no interval or no sample."""

    value: str
    low: str | None
    high: str | None
    sample: str | None


@dataclass(frozen=True, slots=True)
class Reading:
    """A reading as a live formula and what it shows now."""

    formula: str
    shown: str


def reading(book: Book, metric: MetricDef, measured: Measured | None, cells: Cells) -> Reading:
    """The reading of a metric in words, led by a mark."""
    phrases = _Phrases(book, metric, measured)
    return Reading(phrases.formula(cells), phrases.shown())


def reading_now(book: Book, metric: MetricDef, measured: Measured | None) -> str:
    """What the reading of a metric shows now."""
    return _Phrases(book, metric, measured).shown()


@dataclass(frozen=True, slots=True)
class _Phrases:
    book: Book
    metric: MetricDef
    measured: Measured | None

    @property
    def none(self) -> str:
        reason = self.measured.reason_text if self.measured and self.measured.value is None else ""
        if not reason:
            return f"{OPEN_MARK} {self.book.text('reading_none')}"
        return f"{OPEN_MARK} {self.book.text('reading_reason', reason=reason)}"[:LONGEST_LITERAL]

    @property
    def few(self) -> str:
        return f"{OPEN_MARK} {self.book.text('reading_few')}"

    @property
    def outside(self) -> str:
        """What is said of a value in no zone."""
        if self.metric.zones and all(zone.tone in ("red", "orange") for zone in self.metric.zones):
            return f"{OPEN_MARK} {self.book.text('reading_outside')}"
        context = self.metric.better is Better.CONTEXT
        return f"{OPEN_MARK} {self.book.text('reading_context' if context else 'reading_compare')}"

    @property
    def boundary(self) -> str:
        return f"{OPEN_MARK} {self.book.text('reading_boundary')}"

    def flat(self, zone: Zone) -> str:
        return f"{MARKS[zone.tone]} {zone.name[self.book.wording.language]}"

    def early(self, zone: Zone) -> str:
        return f"{OPEN_MARK} {self.book.text('reading_early', zone=zone.name[self.book.wording.language])}"

    def probable(self, zone: Zone) -> str:
        return f"{OPEN_MARK} {self.book.text('reading_probable', zone=zone.name[self.book.wording.language])}"

    @property
    def usable(self) -> float:
        return self.book.names.policy("usable_sample")

    @property
    def is_difference(self) -> bool:
        """Whether the metric is a change between two surveys: its interval says whether it is proven."""
        return isinstance(self.metric.interval, Call) and self.metric.interval.function in _DIFFERENCES

    def moved(self, key: str) -> str:
        """The words of a proven change, or of one within the margin of error."""
        good = (key == "up") == (self.metric.better is not Better.LOWER)
        mark = OPEN_MARK if key == "same" else GOOD_MARK if good else WARN_MARK
        return f"{mark} {self.book.text(f'reading_{key}')}"

    def shown(self) -> str:
        measured = self.measured
        if measured is None or measured.value is None:
            return self.none
        if self.metric.zones and measured.sample is not None and measured.sample < self.metric.zone_needs:
            return self.few
        if self.is_difference and measured.interval:
            low, high = measured.interval
            return self.moved("up" if low > 0 else "down" if high < 0 else "same")
        zone = self.metric.zone_of(measured.value)
        if zone is None:
            touched = measured.interval and any(
                _reaches(zone, *measured.interval) for zone in self.metric.zones
            )
            return self.boundary if touched else self.outside
        if measured.sample is not None and measured.sample < self.usable:
            return self.early(zone)
        return self.flat(zone) if self.metric.interval is None or measured.confident else self.probable(zone)

    def formula(self, cells: Cells) -> str:
        text = quoted(self.outside)
        if self.is_difference:
            up, down, same = (quoted(self.moved(key)) for key in ("up", "down", "same"))
            moved = f"IF({cells.low}>0,{up},IF({cells.high}<0,{down},{same}))"
            text = f"IF(COUNT({cells.low},{cells.high})=2,{moved},{text})"
        if cells.low and cells.high and self.metric.zones:
            touched = ",".join(inside(zone, cells.high, cells.low) for zone in self.metric.zones)
            text = f"IF(AND(COUNT({cells.low},{cells.high})=2,OR({touched})),{quoted(self.boundary)},{text})"
        for zone in reversed(self.metric.zones):
            text = f"IF({inside(zone, cells.value, cells.value)},{self.zone(zone, cells)},{text})"
        if cells.sample and self.metric.zone_needs and self.metric.zones:
            text = f"IF({cells.sample}<{literal(self.metric.zone_needs)},{quoted(self.few)},{text})"
        return f"=IF(ISNUMBER({cells.value}),{text},{quoted(self.none)})"

    def zone(self, zone: Zone, cells: Cells) -> str:
        """The words of one zone: flat, or hedged by its interval and by the size of the sample."""
        text = quoted(self.flat(zone))
        if cells.low and cells.high:
            tests = [f"COUNT({cells.low},{cells.high})=2", *_tests(zone, cells.low, cells.high)]
            text = f"IF(AND({','.join(tests)}),{text},{quoted(self.probable(zone))})"
        if cells.sample and self.metric.zone_needs < self.usable:
            text = f"IF({cells.sample}<{literal(self.usable)},{quoted(self.early(zone))},{text})"
        return text


def _tests(zone: Zone, low: str, high: str) -> list[str]:
    """That the lower end lies above the zone's lower limit, and the upper one below its upper limit."""
    tests = []
    if zone.low is not None:
        tests.append(f"{low}{'>' if zone.low_open else '>='}{literal(zone.low)}")
    if zone.high is not None:
        tests.append(f"{high}{'<=' if zone.high_closed else '<'}{literal(zone.high)}")
    return tests


def _reaches(zone: Zone, low: float, high: float) -> bool:
    """Whether an interval and a zone have a value in common."""
    above = zone.low is None or high > zone.low or (high == zone.low and not zone.low_open)
    below = zone.high is None or low < zone.high or (low == zone.high and zone.high_closed)
    return above and below


def inside(zone: Zone, low: str, high: str) -> str:
    tests = _tests(zone, low, high)
    return f"AND({','.join(tests)})" if len(tests) > 1 else tests[0] if tests else "TRUE"
