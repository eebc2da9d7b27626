"""Chapter: every metric with its range, sample and cells, or the reason it has no value."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from sheetreport.render.view.consultant.unsure import named
from sheetreport.render.view.facts import Facts, Json, Measured
from sheetreport.render.view.model import Body, Cell, Column, Line, Table, Wide
from sheetreport.render.view.words import Words, bind

MOST_CELLS = 2


def chapter(facts: Facts, words: Words) -> Body | None:
    asked = [entry for entry in facts.result["metrics"] if entry["asked"]]
    if not asked:
        return None
    text = words.wording.text
    return Body(
        id="measures",
        name=text("consultant.measures_name"),
        claim=bind(text("consultant.measures_claim", n=len(asked))),
        lead=text("consultant.measures_lead"),
        blocks=tuple(_sections(facts, words, asked)),
    )


def _sections(facts: Facts, words: Words, asked: Sequence[Json]) -> Iterator[Wide]:
    """A table for each section of the workbook, in its order."""
    columns = (
        Column(words.t("column_measure"), 39),
        Column(words.t("column_value"), 13, right=True),
        Column(words.t("column_range"), 16, right=True),
        Column(words.wording.text("consultant.column_sample"), 8, right=True),
        Column(words.wording.text("consultant.column_cells"), 24),
    )
    sections: dict[str, list[Json]] = {}
    for entry in asked:
        sections.setdefault(entry["section"], []).append(entry)
    for section, entries in sections.items():
        rows = tuple(_row(words, entry, found) for entry in entries if (found := _found(facts, entry)))
        yield Wide(
            words.wording.text(f"workbook.section_{section}"), (Table(columns, rows, look="dense close"),)
        )


def _found(facts: Facts, entry: Json) -> Measured | None:
    return facts.metric(entry["id"], entry["row"])


def _row(words: Words, entry: Json, metric: Measured) -> tuple[Cell, ...]:
    reason = (Line(metric.reason_text, "small"),) if metric.value is None else ()
    return (
        Cell((Line(named(words, metric)), *reason)),
        Cell((Line(words.value(metric)),)),
        Cell((Line(words.span(metric), "small"),)),
        Cell((Line("" if metric.sample is None else words.wording.plain(metric.sample), "small"),)),
        Cell((Line(words.places(entry["inputs"], MOST_CELLS), "small"),)),
    )
