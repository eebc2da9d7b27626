"""The sheet of findings and repairs: every cell to look at, and every entry we read in another form."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sheetreport.render.workbook.page import READING_SIZE, Book, Fitted, Page
from sheetreport.render.workbook.styles import BAD_MARK, OPEN_MARK, WARN_MARK

WIDTHS = (26, 46, 38, 46)
_MARKS: Mapping[str, str] = {"error": BAD_MARK, "warning": WARN_MARK, "info": OPEN_MARK}


def has_data(book: Book) -> bool:
    """Whether anything was found or mended."""
    return bool(book.facts.result.get("findings") or book.facts.result.get("repairs"))


def write(book: Book, page: Page) -> None:
    """Findings from the worst, then repairs in the order of the owner's file, none left out."""
    findings: Sequence[Mapping[str, Any]] = book.facts.result.get("findings", ())
    repairs: Sequence[Mapping[str, Any]] = book.facts.result.get("repairs", ())
    page.title(book.text("review_title"), book.text("review_subtitle"))
    page.sheet.freeze_panes(page.row - 1, 1)
    if findings:
        page.section(book.text("review_findings"))
        first = page.head([book.text(f"review_{key}") for key in ("place", "saw", "expected", "fix")])
        for finding in sorted(findings, key=lambda item: list(_MARKS).index(item["severity"])):
            saw = f"{_MARKS[finding['severity']]} {finding['message']}"
            _row(page, _place(finding), (saw, finding["expected"], finding["fix"]))
        page.colour_marks(first + 1, page.row - 1, 1)
        page.row += 1
    if repairs:
        page.section(book.text("review_repairs"))
        page.head([book.text(f"review_{key}") for key in ("place", "question", "found", "used")])
        for repair in repairs:
            field = book.catalog.fields.get(repair["field"])
            label = field.label[book.wording.language] if field else ""
            _row(page, _place(repair), (label, repair["found"], repair["used"]))


def _row(page: Page, place: str, texts: Sequence[str]) -> None:
    page.put(page.row, 0, place, "small")
    for column, text in enumerate(texts, start=1):
        page.put(page.row, column, text, "reading")
    fitted = [Fitted(text, width, READING_SIZE) for text, width in zip(texts, WIDTHS[1:], strict=True)]
    page.fit(page.row, [*fitted, Fitted(place, WIDTHS[0])])
    page.row += 1


def _place(item: Mapping[str, Any]) -> str:
    return "!".join(part for part in (item.get("sheet"), item.get("cell")) if part)
