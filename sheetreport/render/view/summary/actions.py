"""The first actions: the most important one apart, with room for who and by when, the others in a table."""

from __future__ import annotations

from collections.abc import Sequence

from sheetreport.i18n import running
from sheetreport.render.view.actions import effect_lines, number_of
from sheetreport.render.view.facts import Facts, Json
from sheetreport.render.view.letters import BOLD, PAGE_WIDTH, fitting, line_count, whole_clauses
from sheetreport.render.view.model import Cell, Column, First, Line, Table
from sheetreport.render.view.words import Words, bind, cut, first_sentence

ONE_LINE, TWO_LINES, THREE_LINES = 42, 84, 120  # characters of an action's title that fit
GAP, SMALL = 8.0, 7.5
ACTION, EFFECT, CONFIDENCE = 203.0, 152.0, 86.8
"""The widths of the columns without the gaps between them."""
MARK, TITLE, GAIN = 80.0, 262.0, 128.0
"""The widths of the main action's label, of its title, and of what it gives."""
FIRST_TITLE, FIRST_STEP = 110, 150


def first(words: Words, chosen: Sequence[Json]) -> First | None:
    """The first action of the plan by itself."""
    if not chosen:
        return None
    item = chosen[0]
    effect = effect_lines(item, words, short=True)
    label = words.wording.text("health.first_label")
    sure = words.wording.text("health.sure", level=words.t(f"confidence_{item['confidence']['level']}"))
    about = "; ".join([*(line.text for line in effect[1:]), sure])
    blanks = (words.wording.text("health.who"), words.wording.text("health.by_when"))
    gain = line_count(effect[0].text, 10.5 * BOLD, GAIN) * 13.7 + line_count(about, SMALL, GAIN) * 10.2
    marked = line_count(label, 8.5 * BOLD, MARK) * 11.5 + len(blanks) * 14.7
    return First(
        label=label,
        number="1",
        title=bind(cut(item["title"], FIRST_TITLE)),
        step=words.wording.text("health.first_step", step=cut(running(step_of(item)), FIRST_STEP)),
        effect=effect[0].text,
        about=about,
        blanks=blanks,
        height=max(gain, marked) + 1,
        ref=effect[0].ref,
    )


def step_of(item: Json) -> str:
    """What to do first: the first step, else the first sentence of the advice."""
    return first_sentence(item["steps"][0] if item["steps"] else item["text"])


def actions(
    words: Words, chosen: Sequence[Json], facts: Facts, *, title: int = THREE_LINES, hints: int = 2
) -> Table | None:
    """The table of actions; `hints` are the lines of small type below each."""
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
                        *_small(step_of(item), ACTION, hints, or_nothing=True),
                    )
                ),
                Cell((effect[0], *(line for one in effect[1:] for line in _small(one.text, EFFECT, hints)))),
                Cell(
                    (
                        Line(words.t(f"confidence_{level}")),
                        *_small(cut(item["confidence"]["words"], 60), CONFIDENCE, hints),
                    ),
                    boxes={"high": 3, "medium": 2, "low": 1}[level],
                ),
            )
        )
    widths = (5, *(100 * width / PAGE_WIDTH for width in (ACTION + GAP, EFFECT + GAP, CONFIDENCE)))
    heads = (
        words.t("column_number"),
        words.wording.text("health.then"),
        words.t("column_effect"),
        words.t("column_confidence"),
    )
    columns = (Column(head, width) for head, width in zip(heads, widths, strict=True))
    return Table(tuple(columns), tuple(rows), header=1)


def _small(text: str, width: float, lines: int, *, or_nothing: bool = False) -> tuple[Line, ...]:
    """A paragraph of small type in so many lines: whole clauses, else a cut one or nothing."""
    shown = whole_clauses(text, SMALL, width, lines) if lines else ""
    if lines and not shown and not or_nothing:
        shown = fitting(text, SMALL, width, lines)
    return (Line(shown, "small"),) if shown else ()
