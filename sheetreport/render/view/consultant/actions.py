"""Chapter: every action in order, with its rule, its assumption and how sure it is."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from sheetreport.render.view.actions import effect_lines, number_of
from sheetreport.render.view.consultant.borders import rule
from sheetreport.render.view.facts import Facts, Json
from sheetreport.render.view.model import Body, Cell, Column, Line, Table, Wide
from sheetreport.render.view.words import Words, bind

MOST_CELLS = 2


def chapter(facts: Facts, words: Words) -> Body | None:
    if not facts.recommendations:
        return None
    text = words.wording.text
    rows = tuple(_row(facts, words, item) for item in facts.recommendations)
    columns = (
        Column(words.t("column_number"), 4.5),
        Column(text("consultant.column_advice"), 34),
        Column(text("consultant.column_assumption"), 26.5),
        Column(text("consultant.column_sure"), 16),
        Column(words.t("column_where"), 19),
    )
    return Body(
        id="actions",
        name=text("consultant.actions_name"),
        claim=bind(text("consultant.actions_claim", n=len(rows))),
        lead=text("consultant.actions_lead"),
        blocks=(Wide("", (Table(columns, rows, header=1, look="dense close"),)),),
    )


def _row(facts: Facts, words: Words, item: Json) -> tuple[Cell, ...]:
    confidence = item["confidence"]
    level = words.t(f"confidence_{confidence['level']}")
    said = words.wording.text("consultant.sure", level=level, words=confidence["words"])
    merged = words.wording.text("consultant.merged", ids=", ".join(item["merged"])) if item["merged"] else ""
    title = rule(words, item)
    return (
        Cell((Line(number_of(facts, item), "strong"),)),
        replace(title, lines=(*title.lines, *((Line(merged, "small"),) if merged else ()))),
        Cell(plain_lines(effect_lines(item, words))),
        Cell((Line(said),)),
        Cell((Line(words.places(item["evidence"], MOST_CELLS), "small"),)),
    )


def plain_lines(lines: Iterable[Line]) -> tuple[Line, ...]:
    """Lines without the links to a chapter that this copy does not have."""
    return tuple(replace(line, ref="") for line in lines)
