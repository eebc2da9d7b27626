"""The result workbook: live formulas over the owner's answers, from the result JSON."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from io import BytesIO
from typing import Any

from sheetreport.bureau.dress import PLAIN, Dress
from sheetreport.bureau.palette import AS_BUILT
from sheetreport.catalog.definitions import Catalog
from sheetreport.i18n import Wording
from sheetreport.model import Origin, State
from sheetreport.render.view.facts import Facts
from sheetreport.render.view.words import Words, cut
from sheetreport.render.workbook import (
    actions,
    answers,
    bureau,
    channels,
    goals,
    health,
    history,
    loyalty,
    method,
    metrics,
    plan_total,
    review,
    summary,
    tables,
    what_if,
)
from sheetreport.render.workbook.names import SheetNames
from sheetreport.render.workbook.page import Book, Page, visible
from sheetreport.render.workbook.styles import FONT, RULE, Styles
from sheetreport.xlsx import Workbook

OPTIONS = {
    "in_memory": True,
    # Owner text must never become a formula, a link or a number.
    "strings_to_formulas": False,
    "strings_to_urls": False,
    "strings_to_numbers": False,
    # Without a scheme: Excel would draw the theme's font instead, and XlsxWriter change this very mapping.
    "default_format_properties": {"font_name": FONT, "font_size": 11, "font_scheme": "none"},
}
UNDATED = "2000-01-01"  # the date of a result that names none: the same result gives the same bytes


def build(
    result: Mapping[str, Any],
    catalog: Catalog,
    wording: Wording,
    dress: Dress = PLAIN,
    *,
    cached: bool = True,
) -> bytes:
    """The workbook's bytes. Without `cached`, formulas carry no values: whoever opens it computes them."""
    buffer = BytesIO()
    file = Workbook(buffer, OPTIONS)
    book = Book(
        file=file,
        catalog=catalog,
        wording=wording,
        words=Words(wording, catalog),
        facts=Facts(result),
        styles=Styles(file, wording, dress.brand.colours if dress.brand else AS_BUILT),
        names=SheetNames(catalog, wording, begun=_begun(catalog, result)),
        cached=cached,
        entries={
            (entry["id"], entry["row"]): entry
            for entry in (*result.get("metrics", ()), *result.get("quantities", ()))
        },
        dress=dress,
        hidden=bureau.hidden(dress),
    )
    _properties(book)
    _sheets(book)
    file.close()
    return buffer.getvalue()


def _begun(catalog: Catalog, result: Mapping[str, Any]) -> frozenset[str]:
    """The pages that hold at least one answer of the owner's."""
    answers = result["answers"]
    rows = (row["values"] for table in answers["tables"].values() for row in table)
    return frozenset(
        catalog.fields[field_id].sheet
        for values in (answers["scalars"], *rows)
        for field_id, answer in values.items()
        if field_id in catalog.fields
        and answer.get("origin", Origin.GIVEN) == Origin.GIVEN
        and answer["state"] != State.BLANK
    )


def _properties(book: Book) -> None:
    result = book.facts.result
    made = result.get("generated_at") or result.get("report_date") or UNDATED
    book.file.set_properties(
        {
            "title": book.text("properties_title", company=cut(visible(result.get("company")), 100)),
            "author": "sheetreport",
            "company": book.dress.brand.name[book.wording.language] if book.dress.brand else "",
            "created": datetime.fromisoformat(made).replace(tzinfo=UTC),
        }
    )


def _sheets(book: Book) -> None:
    """Add the sheets in the order they are read, then write them."""
    shown = ["summary", *(["commentary"] if bureau.has_sheet(book) else []), "metrics"]
    shown += ["health"] if health.has_data(book) else []
    shown += ["channels"] if book.facts.table("channels") else []
    shown += ["loyalty"] if loyalty.has_data(book) else []
    shown += ["goals"] if book.facts.goals else []
    shown += ["actions", *(["plan_total"] if plan_total.has_data(book) else [])]
    shown += ["what_if"] if what_if.has_data(book) else []
    shown += ["history"] if history.has_data(book) else []
    shown += [*(["review"] if review.has_data(book) else []), "method", "answers", "tables"]
    widths = {
        "summary": summary.WIDTHS,
        "commentary": bureau.WIDTHS,
        "metrics": metrics.WIDTHS if metrics.has_previous(book) else metrics.WIDTHS[: metrics.PREVIOUS],
        "health": health.WIDTHS,
        "channels": channels.WIDTHS,
        "loyalty": loyalty.WIDTHS,
        "goals": goals.WIDTHS,
        "actions": actions.WIDTHS,
        "plan_total": plan_total.WIDTHS,
        "what_if": what_if.WIDTHS,
        "history": history.widths(book),
        "review": review.WIDTHS,
        "method": method.WIDTHS,
        "answers": answers.WIDTHS,
        "tables": tables.WIDTHS,
    }
    landscape = {
        "metrics",
        "channels",
        "goals",
        "actions",
        "plan_total",
        "history",
        "review",
        "method",
        "tables",
    }
    pages = {}
    for sheet_id in shown:
        sheet = book.file.add_worksheet(book.sheet_name(sheet_id))
        sheet.set_tab_color(RULE if sheet_id in ("method", "answers", "tables") else book.styles.accent)
        pages[sheet_id] = Page(book, sheet, sheet_id, widths[sheet_id], sheet_id in landscape)
    linked = [sheet_id for sheet_id in shown[1:] if sheet_id not in book.hidden]
    summary.write(book, pages["summary"], linked)
    if "commentary" in pages:
        bureau.write(book, pages["commentary"])
    metrics.write(book, pages["metrics"])
    if "health" in pages:
        health.write(book, pages["health"])
    for sheet_id, write in (("channels", channels.write), ("loyalty", loyalty.write), ("goals", goals.write)):
        if sheet_id in pages:
            write(book, pages[sheet_id])
    if "plan_total" in pages:
        plan_total.write(book, pages["plan_total"])
    if "what_if" in pages:
        what_if.write(book, pages["what_if"])
    if "review" in pages:
        review.write(book, pages["review"])
    method.write(book, pages["method"])
    answers.write(book, pages["answers"])
    tables.write(book, pages["tables"])
    if "history" in pages:
        history.write(book, pages["history"])  # refers to cells of other sheets, which have their names now
    actions.write(book, pages["actions"])  # links to the cells of answers, whose places are known now
    for page in pages.values():
        page.finish()
    for sheet_id in book.hidden & pages.keys():
        pages[sheet_id].sheet.hide()
