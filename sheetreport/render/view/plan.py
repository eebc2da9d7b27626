"""Chapter: the whole plan, from leaks to growth, with room to write who does it and by when."""

from __future__ import annotations

from sheetreport.model import KEEP
from sheetreport.render.view.actions import effect_lines, held_reason, held_title, number_of
from sheetreport.render.view.facts import Facts, Json
from sheetreport.render.view.model import Block, Body, Cell, Chart, Column, Label, Line, Shape, Table, Wide
from sheetreport.render.view.plan_total import block as total_block
from sheetreport.render.view.plan_total import made_of
from sheetreport.render.view.words import Words, bind, cut, first_sentence, join, sentence

MOST_CELLS = 4  # cells named under an action; the workbook names all of them
MOST_HELD = 8
WRITE = 52.0  # points: width of a line to write on
IN_FULL = 12  # actions with all their steps: about a quarter's work; the rest stand as a list


def chapter(facts: Facts, words: Words) -> Body | None:
    if not facts.recommendations:
        return None
    todo = [item for item in facts.recommendations if item["tier"] != KEEP]
    keep = [item for item in facts.recommendations if item["tier"] == KEEP]
    blocks: list[Block] = [*total_block(facts, words)]
    if todo:
        blocks.append(Wide("", (_todo(facts, words, todo[:IN_FULL]),)))
    if later := todo[IN_FULL:]:
        blocks.append(Wide(words.t("plan_later"), (_later(facts, words, later),)))
    blocks += made_of(facts, words)
    if facts.suppressed:
        blocks.append(_held(facts, words))
    if keep:
        blocks.append(Wide(words.t("plan_works"), (_keep(facts, words, keep),), whole=True))
    return Body(
        id="plan",
        name=words.t("plan_name"),
        claim=bind(words.t("plan_claim", n=len(todo)) if todo else words.t("plan_keep")),
        lead=words.t("plan_lead"),
        blocks=tuple(blocks),
    )


def _todo(facts: Facts, words: Words, items: list[Json]) -> Table:
    rows = tuple(
        (
            Cell(chart=Chart(11, (Shape("tick-box", 0, 1, 9, 9),))),
            Cell((Line(number_of(facts, item), "strong"),)),
            _what(words, item),
            Cell(items=tuple(cut(step, 200) for step in item["steps"])),
            Cell((*effect_lines(item, words), *_doubt(item, words))),
            _who(words),
        )
        for item in items
    )
    columns = (
        Column(words.t("column_done"), 7),
        Column(words.t("column_number"), 4.5),
        Column(words.t("column_what"), 33.5),
        Column(words.t("column_steps"), 26),
        Column(words.t("column_effect"), 17.5),
        Column(words.t("column_who"), 11.5),
    )
    return Table(columns, rows, header=2, look="dense")


def _later(facts: Facts, words: Words, items: list[Json]) -> Table:
    """Actions beyond the first ones: why, and the step to begin with; the workbook has all steps."""
    rows = tuple(
        (
            Cell((Line(number_of(facts, item), "strong"),)),
            _named(item),
            Cell((Line(cut(item["steps"][0], 200)),)),
            Cell(_worth(item, words)),
        )
        for item in items
    )
    columns = (
        Column(words.t("column_number"), 4.5),
        Column(words.t("column_what"), 42.5),
        Column(words.t("column_first_step"), 26),
        Column(words.t("column_effect"), 27),
    )
    return Table(columns, rows, header=1, look="dense")


def _held(facts: Facts, words: Words) -> Wide:
    """What other advice holds back for now, why, and which action comes first."""
    rows = tuple(
        (
            Cell((Line(cut(held_title(words, item), 200), "strong"),)),
            Cell((Line(held_reason(facts, words, item)),)),
        )
        for item in facts.suppressed[:MOST_HELD]
    )
    columns = (Column(words.t("column_held"), 52), Column(words.t("column_why_later"), 48))
    rest = len(facts.suppressed) - MOST_HELD
    notes = (Line(words.t("plan_held_rest", n=rest), "note"),) if rest > 0 else ()
    return Wide(words.t("plan_held"), (Table(columns, rows, look="dense"), *notes), whole=True)


def _who(words: Words) -> Cell:
    """Two lines to write on: who does it, and by when."""
    lines = (Shape("write", 0, 0, WRITE, 15), Shape("write", 0, 24, WRITE, 15))
    labels = [
        Label(words.wording.text(f"plan.{key}"), 0, top, WRITE, "axis")
        for key, top in (("write_who", 16), ("write_by", 40))
    ]
    return Cell(chart=Chart(50, lines, tuple(labels)))


def _doubt(item: Json, words: Words) -> tuple[Line, ...]:
    """How sure an effect is and what it rests on; without a range, why."""
    effect = item["effect"]
    if not effect or effect["value"] is None:
        return ()
    level = words.t(f"confidence_{item['confidence']['level']}")
    said = words.wording.text("plan.confidence", level=level, why=item["confidence"]["words"])
    return (Line(join(sentence(said), effect.get("no_range") or ""), "small gap"),)


def _named(item: Json) -> Cell:
    why = first_sentence(item["text"])
    return Cell((Line(cut(item["title"], 200), "strong"), Line(cut(why, 200), "small")))


def _worth(item: Json, words: Words) -> tuple[Line, ...]:
    """An effect in a narrow place: the amount with all behind it; where there is none, that alone."""
    amount, *assumption = effect_lines(item, words)
    doubt = _doubt(item, words)
    return (amount, *assumption, *doubt) if doubt else (amount,)


def _what(words: Words, item: Json) -> Cell:
    cells = words.places(item["evidence"][:MOST_CELLS])
    return Cell(
        (
            Line(words.t(f"tier_{item['tier']}"), "tier"),
            Line(cut(item["title"], 200), "strong"),
            Line(cut(item["text"], 420), "small"),
            *((Line(words.t("plan_cells", cells=cells), "small gap"),) if cells else ()),
        )
    )


def _keep(facts: Facts, words: Words, items: list[Json]) -> Table:
    rows = tuple(
        (
            Cell((Line(number_of(facts, item), "strong"),)),
            Cell((Line(cut(item["title"], 200), "strong"),)),
            Cell((Line(cut(item["text"], 420)),)),
        )
        for item in items
    )
    columns = (
        Column(words.t("column_number"), 4.5),
        Column(words.t("column_works"), 27.5),
        Column(words.t("column_why"), 68),
    )
    return Table(columns, rows, header=1, look="dense")
