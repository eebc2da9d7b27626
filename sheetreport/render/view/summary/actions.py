"""The first actions, the most important one apart."""

from __future__ import annotations

from collections.abc import Sequence

from sheetreport.render.view.actions import effect_lines, number_of
from sheetreport.render.view.facts import Facts, Json
from sheetreport.render.view.model import Cell, Column, Line, Table
from sheetreport.render.view.words import Words, cut, first_sentence

ONE_LINE, TWO_LINES, THREE_LINES = 42, 84, 120  # characters of an action's title that fit


def actions(
    words: Words, chosen: Sequence[Json], facts: Facts, *, title: int = THREE_LINES, hints: bool = True
) -> Table | None:
    """The table of actions; without hints each takes one line."""
    if not chosen:
        return None
    rows = []
    for item in chosen:
        hint = first_sentence(item["steps"][0]) if item["steps"] else first_sentence(item["text"])
        effect = effect_lines(item, words, short=True)
        level = item["confidence"]["level"]
        rows.append(
            (
                Cell((Line(number_of(facts, item), "strong"),)),
                Cell(
                    (
                        Line(cut(item["title"], title), "strong"),
                        *((Line(cut(hint, 72), "small"),) if hints else ()),
                    )
                ),
                Cell(effect if hints else effect[:1]),
                Cell(
                    (
                        Line(words.t(f"confidence_{level}")),
                        *((Line(cut(item["confidence"]["words"], 60), "small"),) if hints else ()),
                    ),
                    boxes={"high": 3, "medium": 2, "low": 1}[level],
                ),
            )
        )
    return Table(
        (
            Column(words.t("column_number"), 5),
            Column(words.t("column_action"), 45),
            Column(words.t("column_effect"), 32),
            Column(words.t("column_confidence"), 18),
        ),
        tuple(rows),
        header=1,
    )
