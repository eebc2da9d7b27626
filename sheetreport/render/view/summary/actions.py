"""The first actions: the most important one apart, with room for who and by when, the others in a table."""

from __future__ import annotations

from collections.abc import Sequence

from sheetreport.render.view.actions import effect_lines, number_of
from sheetreport.render.view.facts import Facts, Json
from sheetreport.render.view.model import Cell, Column, First, Line, Table
from sheetreport.render.view.words import Words, bind, cut, first_sentence

ONE_LINE, TWO_LINES, THREE_LINES = 42, 84, 120  # characters of an action's title that fit
HINT, FIRST_TITLE, FIRST_STEP = 72, 110, 150


def first(words: Words, chosen: Sequence[Json]) -> First | None:
    """The first action of the plan by itself."""
    if not chosen:
        return None
    item = chosen[0]
    effect = effect_lines(item, words, short=True)
    return First(
        label=words.wording.text("health.first_label"),
        number="1",
        title=bind(cut(item["title"], FIRST_TITLE)),
        step=words.wording.text("health.first_step", step=cut(_step(item), FIRST_STEP)),
        effect=effect[0].text,
        about=effect[1].text if len(effect) > 1 else "",
        blanks=(words.wording.text("health.who"), words.wording.text("health.by_when")),
        ref=effect[0].ref,
    )


def _step(item: Json) -> str:
    """What to do first: the first step, else the first sentence of the advice."""
    return first_sentence(item["steps"][0] if item["steps"] else item["text"])


def actions(
    words: Words, chosen: Sequence[Json], facts: Facts, *, title: int = THREE_LINES, hints: bool = True
) -> Table | None:
    """The table of actions; without hints each takes one line."""
    if not chosen:
        return None
    rows = []
    for item in chosen:
        effect = effect_lines(item, words, short=True)
        level = item["confidence"]["level"]
        rows.append(
            (
                Cell((Line(number_of(facts, item), "strong"),)),
                Cell(
                    (
                        Line(cut(item["title"], title), "strong"),
                        *((Line(cut(_step(item), HINT), "small"),) if hints else ()),
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
