"""The sheet of actions by tier: why, first steps, what it is worth, and boxes for who, by when and done."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sheetreport.render.view.actions import effect_lines, held_reason, held_title, switched_off
from sheetreport.render.workbook.page import BODY_SIZE, READING_SIZE, SMALL_SIZE, Book, Fitted, Page

WIDTHS = (5, 27, 41, 38, 27, 19, 15, 12, 9)
NUMBER, TITLE, WHY, STEPS, EFFECT, EVIDENCE, WHO, BY, DONE = range(9)
TIERS = ("P0", "P1", "P2", "P3", "P4")
MOST_CELLS = 6


def write(book: Book, page: Page) -> None:
    page.title(book.text("actions_title"), book.text("actions_subtitle"))
    keys = ("number", "what", "why", "steps", "effect", "evidence", "who", "by", "done")
    header = page.head([book.text(f"actions_{key}") for key in keys])
    page.sheet.freeze_panes(page.row, WHY)
    page.sheet.repeat_rows(header)
    number = 0
    for tier in TIERS:
        chosen = [item for item in book.facts.recommendations if item["tier"] == tier]
        if chosen:
            page.section(book.text(f"tier_{tier.lower()}"))
        for item in chosen:
            number += 1
            _row(book, page, number, item)
    if book.facts.suppressed:
        page.section(book.words.t("plan_held"))
    for item in book.facts.suppressed:
        _held(page, held_title(book.words, item), held_reason(book.facts, book.words, item))
    off = switched_off(book.facts, book.words)
    if off:
        page.section(book.words.t("method_off"))
    for title, why in off:
        _held(page, title, why)
    if not number and not off:
        page.text(TITLE, book.text("actions_none"), "line")
    page.row += 1
    page.text(NUMBER, book.text("actions_fill_in"), "subtitle")
    page.text(NUMBER, book.text("actions_sum"), "subtitle")


def _row(book: Book, page: Page, number: int, item: Mapping[str, Any]) -> None:
    steps = "\n".join(f"{place}. {step}" for place, step in enumerate(item["steps"], start=1))
    effect = "\n".join([*(line.text for line in effect_lines(item, book.words)), _confidence(book, item)])
    cells = book.words.places(item.get("evidence", ()), MOST_CELLS)
    texts = {
        TITLE: str(item["title"]),
        WHY: str(item["text"]),
        STEPS: steps,
        EFFECT: effect,
        EVIDENCE: cells,
    }
    page.number(page.row, NUMBER, number, "place_number", "0")
    for column, text in texts.items():
        look = {TITLE: "strong", EVIDENCE: "small"}.get(column, "reading")
        page.put_lines(page.row, column, text, look)
    for column in (WHO, BY, DONE):
        shape = book.styles.date if column == BY else None
        page.sheet.write_blank(page.row, column, None, book.styles("input", shape))
    page.sheet.data_validation(
        page.row,
        DONE,
        page.row,
        DONE,
        {
            "validate": "list",
            "source": [book.text("done_yes"), book.text("done_no"), book.text("done_begun")],
        },
    )
    sizes = {TITLE: BODY_SIZE, EVIDENCE: SMALL_SIZE}
    page.fit(
        page.row,
        [
            Fitted(text, WIDTHS[column], sizes.get(column, READING_SIZE), bold=column == TITLE)
            for column, text in texts.items()
        ],
    )
    page.row += 1


def _held(page: Page, title: str, why: str) -> None:
    """What is held back or switched off for now, and why."""
    page.put(page.row, NUMBER, "", "place_number")
    page.put(page.row, TITLE, title, "strong")
    page.put(page.row, WHY, why, "reading")
    page.blank(page.row, range(STEPS, DONE + 1), "reading")
    page.fit(
        page.row,
        [Fitted(title, WIDTHS[TITLE], bold=True), Fitted(why, WIDTHS[WHY], READING_SIZE)],
    )
    page.row += 1


def _confidence(book: Book, item: Mapping[str, Any]) -> str:
    """How sure the advice is, and why."""
    level = str(item["confidence"]["level"])
    return book.text(
        "actions_confidence",
        level=book.wording.text(f"pdf.confidence_{level}"),
        why=str(item["confidence"]["words"]),
    )
