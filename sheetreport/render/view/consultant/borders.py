"""Chapter: rules that nearly fired, and those that one empty cell keeps from being judged."""

from __future__ import annotations

from sheetreport.model import KEEP
from sheetreport.render.view.facts import Facts, Json
from sheetreport.render.view.model import Body, Cell, Column, Line, Table, Wide
from sheetreport.render.view.words import Words, bind, cut

MOST_CELLS = 4
LONGEST = 240


def chapter(facts: Facts, words: Words) -> Body | None:
    text = words.wording.text
    blocks = tuple(block for block in (_near(facts, words), _unjudged(facts, words)) if block is not None)
    if not blocks:
        return None
    return Body(
        id="near",
        name=text("consultant.near_name"),
        claim=bind(text("consultant.near_claim")),
        lead=text("consultant.near_lead", share=words.wording.share(words.policy("near_miss_share"), 0)),
        blocks=blocks,
    )


def rule(words: Words, item: Json) -> Cell:
    """A rule by its title, its code and its tier; the row where the title does not name it."""
    title, subject = str(item["title"]), words.row(item["subject"])
    named = title if not subject or subject in title else f"{subject}: {title}"
    tier = words.t(f"tier_{item['tier']}") if item["tier"] != KEEP else words.t("column_works")
    return Cell((Line(cut(named, LONGEST), "strong"), Line(f"{item['id']}, {tier}", "tier")))


def _near(facts: Facts, words: Words) -> Wide | None:
    rows = tuple(
        (
            rule(words, item),
            Cell(
                tuple(
                    line
                    for border in (item, *item["also"])
                    for line in (Line(cut(border["condition"], LONGEST)), Line(border["words"], "small"))
                )
            ),
            Cell((Line(words.places(item["cells"], MOST_CELLS), "small"),)),
        )
        for item in facts.result.get("near_misses") or ()
    )
    columns = (
        Column(words.wording.text("consultant.column_advice"), 38),
        Column(words.wording.text("consultant.column_condition"), 42),
        Column(words.t("column_where"), 20),
    )
    heading = words.wording.text("consultant.near_misses")
    return Wide(heading, (Table(columns, rows, look="dense"),)) if rows else None


def _unjudged(facts: Facts, words: Words) -> Wide | None:
    """The cells without a value, with the rules that wait for each."""
    waiting: dict[tuple[str, str, str], list[Json]] = {}
    for item in facts.result.get("unjudged") or ():
        waiting.setdefault((item["label"], item["sheet"], item["cell"]), []).append(item)
    rows = tuple(
        (
            Cell((Line(cut(label, LONGEST), "strong"),)),
            Cell((Line(words.place((sheet, cell))),)),
            Cell(tuple(Line(f"{item['title']} ({item['id']})") for item in items)),
        )
        for (label, sheet, cell), items in waiting.items()
    )
    columns = (
        Column(words.wording.text("consultant.column_blank"), 34),
        Column(words.t("column_where"), 20),
        Column(words.wording.text("consultant.column_waiting"), 46),
    )
    heading = words.wording.text("consultant.unjudged")
    return Wide(heading, (Table(columns, rows, look="dense"),)) if rows else None
