"""The sheet of actions: on the left what to work from, with boxes for who, by when and done; on the right
what each action rests on, with links to cells.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from xlsxwriter.utility import xl_rowcol_to_cell

from sheetreport.catalog.definitions import EffectKind
from sheetreport.render.view.actions import held_reason, held_title, switched_off
from sheetreport.render.view.words import capitalised, join, sentence
from sheetreport.render.workbook import effects, plan_total
from sheetreport.render.workbook.names import input_name
from sheetreport.render.workbook.page import BODY_SIZE, READING_SIZE, SMALL_SIZE, Book, Fitted, Page

WIDTHS = (4, 24, 32, 30, 12, 11, 11, 12, 11, 8, 12, 40, 21, 21, 24)
NUMBER, TITLE, WHY, STEPS, EFFECT, LOW, HIGH, WHO, BY, DONE, TIER, WORTH, FIRST, SECOND, MORE = range(15)
LINKS = (FIRST, SECOND)
HEADS = (
    *("number", "what", "why", "steps", "effect", "low", "high", "who", "by", "done"),
    *("tier", "worth", "evidence", "evidence_next", "more"),
)
PRINT_SCALE = 75  # in per cent: what to work from fills the width of a page
_COUNTED = (EffectKind.CLIENTS, EffectKind.ANSWERS)
_TEXTS = (TITLE, WHY, STEPS, TIER, WORTH, MORE)


def write(book: Book, page: Page) -> None:
    page.title(book.text("actions_title"), book.text("actions_subtitle"))
    _total(book, page)
    header = page.head([book.text(f"actions_{key}") for key in HEADS], (EFFECT, LOW, HIGH))
    page.sheet.freeze_panes(page.row, WHY)
    page.sheet.repeat_rows(header)
    page.sheet.repeat_columns(NUMBER, TITLE)
    page.sheet.set_print_scale(PRINT_SCALE)
    page.sheet.set_v_pagebreaks([DONE + 1])
    owned = dict(_owned(book))
    for number, item in enumerate(book.facts.recommendations, start=1):
        _row(book, page, number, item, owned)
    if book.facts.recommendations:
        page.sheet.autofilter(header, NUMBER, page.row - 1, MORE)
        page.row += 1  # what is held back stays outside the filter
    if book.facts.suppressed:
        page.section(book.words.t("plan_held"))
    for item in book.facts.suppressed:
        _held(page, held_title(book.words, item), held_reason(book.facts, book.words, item))
    off = switched_off(book.facts, book.words)
    if off:
        page.section(book.words.t("method_off"))
    for title, why in off:
        _held(page, title, why)
    if not book.facts.recommendations and not off:
        page.text(TITLE, book.text("actions_none"), "line")
    page.row += 1
    page.text(NUMBER, book.text("actions_fill_in"), "subtitle")
    page.text(NUMBER, book.text("actions_sum"), "subtitle")


def _total(book: Book, page: Page) -> None:
    """The plan's total above the effects, or why there is none."""
    total = book.facts.result.get("plan_total")
    if not total:
        return
    if not plan_total.has_data(book):
        page.text(NUMBER, total["words"], "subtitle")
        page.row += 1
        return
    page.put(page.row, TITLE, book.wording.text("plan.on_actions"), "strong")
    page.link(page.row, WHY, "plan_total")
    for column, end, name in zip((EFFECT, LOW, HIGH), plan_total.ENDS, plan_total.NAMES, strict=True):
        money = effects.number_format(book, total["unit"], total[end])
        page.formula(page.row, column, f"={name}", "number", total[end], money)
    page.put(page.row, WHO, total["period"], "reading")
    page.row += 2


def _row(
    book: Book,
    page: Page,
    number: int,
    item: Mapping[str, Any],
    owned: Mapping[tuple[str, str], tuple[str, int]],
) -> None:
    texts = {
        TITLE: str(item["title"]),
        WHY: str(item["text"]),
        STEPS: "\n".join(f"{place}. {step}" for place, step in enumerate(item["steps"], start=1)),
        TIER: book.text(f"tier_{item['tier'].lower()}"),
        WORTH: _worth(book, item),
        MORE: book.words.places(item["evidence"][len(LINKS) :], limit=20),
    }
    page.number(page.row, NUMBER, number, "place_number", "0")
    for column in _TEXTS:
        look = {TITLE: "strong", TIER: "small", MORE: "small"}.get(column, "reading")
        page.put_lines(page.row, column, texts[column], look)
    _effect(book, page, item)
    for place, column in enumerate(LINKS):
        cells = item["evidence"]
        if place < len(cells):
            _link(book, page, column, cells[place], owned)
        else:
            page.put(page.row, column, "", "small")
    for column in (WHO, BY, DONE):
        shape = book.styles.date if column == BY else None
        page.sheet.write_blank(page.row, column, None, book.styles("input", shape))
    done = [book.text("done_yes"), book.text("done_no"), book.text("done_begun")]
    page.sheet.data_validation(page.row, DONE, page.row, DONE, {"validate": "list", "source": done})
    sizes = {TITLE: BODY_SIZE, TIER: SMALL_SIZE, MORE: SMALL_SIZE}
    page.fit(
        page.row,
        [
            Fitted(texts[column], WIDTHS[column], sizes.get(column, READING_SIZE), bold=column == TITLE)
            for column in _TEXTS
        ],
    )
    page.row += 1


def _effect(book: Book, page: Page, item: Mapping[str, Any]) -> None:
    """The amount and its range as live formulas; a dash where the effect is in words alone."""
    effect = item["effect"]
    if effect is None or effect["value"] is None:
        page.put(page.row, EFFECT, book.words.t("effect_none"), "reading")
        page.blank(page.row, (LOW, HIGH), "limit")
        return
    looks = ("plain_number", "limit", "limit")
    for column, look, amount in zip((EFFECT, LOW, HIGH), looks, effects.amounts(book, item), strict=True):
        amount.write(page, column, look, _number_format(book, effect, amount.value))


def _number_format(book: Book, effect: Mapping[str, Any], value: float | None) -> str:
    """Money, or people and answers with their word: on paper the column that says more is on another page."""
    if effect["kind"] not in _COUNTED:
        return effects.number_format(book, effect["unit"], value)
    digits = 0 if value is None or float(value).is_integer() else 1
    return book.styles.counted(book.text(f"actions_{effect['kind']}"), digits)


def _worth(book: Book, item: Mapping[str, Any]) -> str:
    """Per what time, under which assumption, by which sum, and how sure."""
    effect = item["effect"] or {}
    sums = effect.get("calculation") or ""
    confidence = book.text(
        "actions_confidence",
        level=book.wording.text(f"pdf.confidence_{item['confidence']['level']}"),
        why=str(item["confidence"]["words"]),
    )
    lines = (
        join(*(sentence(capitalised(effect[key])) for key in ("period", "assumption") if effect.get(key))),
        book.wording.text("plan.calculation", text=sums) if sums else "",
        join(sentence(confidence), effect.get("no_range") or ""),
    )
    return "\n".join(line for line in lines if line)


def _owned(book: Book) -> Iterator[tuple[tuple[str, str], tuple[str, int]]]:
    """The field and the place in its table by the owner's sheet and cell."""
    answers = book.facts.result["answers"]
    for field, answer in answers["scalars"].items():
        yield (answer.get("sheet") or "", answer.get("cell") or ""), (field, 0)
    for rows in answers["tables"].values():
        for place, row in enumerate(rows):
            for field, answer in row["values"].items():
                yield (answer.get("sheet") or "", answer.get("cell") or ""), (field, place)


def _link(
    book: Book,
    page: Page,
    column: int,
    cell: Mapping[str, Any],
    owned: Mapping[tuple[str, str], tuple[str, int]],
) -> None:
    """The owner's cell by its name, linked to where its answer stands in this workbook."""
    words = book.wording.text("plan.cell_link", sheet=cell["sheet"], cell=cell["cell"])
    field, place = owned.get((cell["sheet"], cell["cell"]), (cell["field"], 0))
    where = book.places.get(input_name(field))
    if where is None or where[0] in book.hidden:
        page.put(page.row, column, words.rstrip(" →"), "small")
        return
    sheet_id, row, first = where
    target = f"internal:'{book.sheet_name(sheet_id)}'!{xl_rowcol_to_cell(row + place, first)}"
    page.sheet.write_url(page.row, column, target, book.styles("link_cell"), string=words)


def _held(page: Page, title: str, why: str) -> None:
    """What is held back or switched off for now, and why."""
    page.put(page.row, NUMBER, "", "place_number")
    page.put(page.row, TITLE, title, "strong")
    page.put(page.row, WHY, why, "reading")
    page.blank(page.row, range(STEPS, MORE + 1), "reading")
    page.fit(
        page.row,
        [Fitted(title, WIDTHS[TITLE], bold=True), Fitted(why, WIDTHS[WHY], READING_SIZE)],
    )
    page.row += 1
