"""The sheet of loyalty: the surveys, how answers are spread, the attributes, and what clients name."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sheetreport.catalog.definitions import MetricDef
from sheetreport.render.view.facts import cell_number, cell_value
from sheetreport.render.workbook import charts, live
from sheetreport.render.workbook.page import READING_SIZE, ROW_HEIGHT, Book, Fitted, Page
from sheetreport.render.workbook.reading import reading

WIDTHS = (40, 14, 12, 12, 10, 38)
NAME, VALUE, LOW, HIGH, SAMPLE, READING = range(6)
COLUMNS = live.Columns(VALUE, LOW, HIGH, SAMPLE)
SURVEYS = (
    "nps",
    "nps_change",
    "nps_promoter_share",
    "nps_passive_share",
    "nps_detractor_share",
    "csat_share",
    "csi",
)
FIRST_PASSIVE, FIRST_PROMOTER = 7, 9
CHART_WIDTH = 520


def has_data(book: Book) -> bool:
    """Whether there is a survey or a list of themes to show."""
    return any(book.facts.known(metric_id) for metric_id in SURVEYS) or bool(book.facts.table("feedback"))


def write(book: Book, page: Page) -> None:
    page.title(book.text("loyalty_title"), book.text("loyalty_subtitle"))
    page.sheet.freeze_panes(2, 1)
    first = page.row
    _surveys(book, page)
    _tally(book, page)
    _attributes(book, page)
    page.colour_marks(first, page.row, READING)
    _themes(book, page)


def _head(book: Book, page: Page, title: str) -> None:
    labels = [title, *(book.text(f"metrics_{key}") for key in ("value", "low", "high", "sample", "reading"))]
    page.head(labels, (VALUE, LOW, HIGH, SAMPLE))


def _surveys(book: Book, page: Page) -> None:
    known = [metric_id for metric_id in SURVEYS if book.facts.known(metric_id)]
    if not known:
        return
    _head(book, page, book.text("loyalty_surveys"))
    for metric_id in known:
        metric = book.catalog.metric(metric_id)
        _measure(book, page, metric, metric.name[book.wording.language], None, None)
    page.row += 1


def _measure(
    book: Book, page: Page, metric: MetricDef, name: str, row: int | None, position: int | None
) -> None:
    """A metric shown from where it is computed, with its reading."""
    measured = book.facts.metric(metric.id, row)
    known = live.Known.of(metric, measured)
    page.put(page.row, NAME, name, "text")
    cells = live.mirror(page, COLUMNS, metric, known, position)
    words = reading(book, metric, measured, cells)
    page.formula(page.row, READING, words.formula, "reading", words.shown)
    page.fit(page.row, [Fitted(name, WIDTHS[NAME]), Fitted(words.shown, WIDTHS[READING], READING_SIZE)])
    page.row += 1


@dataclass(frozen=True, slots=True)
class _Bar:
    """A row of a small table that a chart stands beside."""

    name: str
    formula: str
    value: float | None


def _charted(
    book: Book,
    page: Page,
    heads: tuple[str, str],
    bars: Sequence[_Bar],
    title: str,
    hatched_from: int | None = None,
) -> None:
    """A table of names and counts with a bar chart to its right; the title is repeated as text."""
    page.head(heads, (VALUE,))
    first = page.row
    for bar in bars:
        page.put(page.row, NAME, bar.name, "text")
        live.copy(page, VALUE, bar.formula, "number", bar.value, book.styles.counted())
        page.fit(page.row, [Fitted(bar.name, WIDTHS[NAME])])
        page.row += 1
    largest = max((bar.value or 0 for bar in bars), default=0)
    charts.bars(
        page,
        (first - 1, LOW),
        charts.Chart(title, title, book.styles.counted(), max(largest, 1)),
        [charts.Series(heads[1], (first, VALUE), len(bars), hatched_from=hatched_from)],
        (first, NAME),
        (CHART_WIDTH, charts.height(len(bars))),
    )
    page.row = max(page.row, first + round(charts.height(len(bars)) * charts.PIXELS / ROW_HEIGHT))
    page.text(NAME, title + ".", "strong_line")
    page.row += 1


def _tally(book: Book, page: Page) -> None:
    """How many answers each score got; only a survey entered score by score has this."""
    counts: Any = book.facts.answer("nps.tally_0_10")
    total = book.facts.number("nps_responses")
    if not isinstance(counts, list) or not total:
        return
    bars = [
        _Bar(_score_name(book, score), f"INDEX(in_nps_tally_0_10,1,{score + 1})", count)
        for score, count in reversed(list(enumerate(counts)))
    ]
    groups = {name: book.facts.number(f"nps_{name}") or 0 for name in ("promoters", "passives", "detractors")}
    title = book.text("loyalty_groups", **groups)
    heads = (book.text("loyalty_score"), book.text("loyalty_answers"))
    _charted(book, page, heads, bars, title, hatched_from=len(bars) - FIRST_PASSIVE)


def _score_name(book: Book, score: int) -> str:
    group = "promoter" if score >= FIRST_PROMOTER else "passive" if score >= FIRST_PASSIVE else "detractor"
    return book.text("loyalty_score_name", score=score, group=book.text(f"loyalty_{group}"))


def _attributes(book: Book, page: Page) -> None:
    """The sides of the work that clients rated, lowest first."""
    metric = book.catalog.metric("csi_attribute")
    rows = []
    for position, row in enumerate(book.facts.table("csi"), start=1):
        found = book.facts.known(metric.id, row["index"])
        if found is not None and found.value is not None:
            rows.append((found.value, position, row))
    if not rows:
        return
    _head(book, page, book.text("loyalty_attributes"))
    for _, position, row in sorted(rows, key=lambda item: item[:2]):
        _measure(book, page, metric, book.words.name(row["subject"]), row["index"], position)
    page.row += 1


def _themes(book: Book, page: Page) -> None:
    """What clients named, dislikes first, the most named at the top."""
    rows = [
        (str(cell_value(row, "feedback.kind") or ""), cell_number(row, "feedback.mentions"), position, row)
        for position, row in enumerate(book.facts.table("feedback"), start=1)
    ]
    for kind in ("dislike", "like"):
        chosen = sorted(
            (item for item in rows if item[0] == kind and item[1]),
            key=lambda item: (-(item[1] or 0), item[2]),
        )
        if not chosen:
            continue
        bars = [
            _Bar(book.words.name(row["subject"], 60), f"INDEX(in_feedback_mentions,{position})", mentions)
            for _, mentions, position, row in chosen
        ]
        total, top = sum(bar.value or 0 for bar in bars), bars[0]
        share = book.wording.share((top.value or 0) / total, 0)
        title = book.text(f"loyalty_{kind}", theme=book.words.quoted(top.name, 48), share=share)
        _charted(book, page, (book.text(f"loyalty_{kind}s"), book.text("loyalty_mentions")), bars, title)
