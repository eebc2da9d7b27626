"""Chapter: what was repaired while reading, and every finding with its cell."""

from __future__ import annotations

from collections.abc import Sequence

from sheetreport.render.view.facts import Facts, Json
from sheetreport.render.view.model import Body, Cell, Column, Line, Sign, Table, Wide
from sheetreport.render.view.words import OWNER_TEXT, Words, bind, clean, cut, join

_SIGNS = {"error": Sign.ACT, "warning": Sign.ATTENTION, "info": None}


def chapter(facts: Facts, words: Words) -> Body | None:
    text = words.wording.text
    parts = (
        *(_findings(facts, words, severity) for severity in ("error", "warning")),
        _repairs(words, facts.result.get("repairs") or ()),
        _findings(facts, words, "info"),
    )
    blocks = tuple(block for block in parts if block is not None)
    if not blocks:
        return None
    return Body(
        id="cells",
        name=text("consultant.cells_name"),
        claim=bind(text("consultant.cells_claim")),
        lead=text("consultant.cells_lead"),
        blocks=blocks,
    )


def _findings(facts: Facts, words: Words, severity: str) -> Wide | None:
    found = [item for item in facts.findings if item["severity"] == severity]
    rows = tuple(
        (
            Cell((Line(cut(item["message"], OWNER_TEXT), "strong", _SIGNS[severity]),)),
            Cell((Line(words.place((item["sheet"], item["cell"]))), Line(item["code"], "small"))),
            Cell((Line(cut(join(item["expected"], item["fix"]), OWNER_TEXT)),)),
        )
        for item in found
    )
    columns = (
        Column(words.t("column_seen"), 40),
        Column(words.t("column_where"), 17),
        Column(words.wording.text("consultant.column_expected"), 43),
    )
    heading = words.wording.text(f"consultant.{severity}s")
    return Wide(heading, (Table(columns, rows, look="dense"),)) if rows else None


def _repairs(words: Words, repairs: Sequence[Json]) -> Wide | None:
    rows = tuple(
        (
            Cell((Line(words.place((item["sheet"], item["cell"])), "strong"),)),
            Cell((Line(clean(item["found"], 120)),)),
            Cell((Line(clean(item["used"], 120)),)),
        )
        for item in repairs
    )
    columns = (
        Column(words.t("column_where"), 30),
        Column(words.t("column_found"), 35),
        Column(words.t("column_used"), 35),
    )
    return (
        Wide(words.wording.text("consultant.repairs"), (Table(columns, rows, look="dense"),))
        if rows
        else None
    )
