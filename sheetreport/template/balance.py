"""Rows that say whether the numbers of a sheet agree with one another."""

from __future__ import annotations

from typing import Any

from xlsxwriter.utility import xl_rowcol_to_cell

from sheetreport.template import live
from sheetreport.template.book import Book
from sheetreport.template.derived import Ref
from sheetreport.template.live import EMPTY, Live, number, words
from sheetreport.template.page import Page
from sheetreport.template.scopes import Scope

_NONE = words("—")
_ALIGNED: dict[int, dict[str, Any]] = {1: {"align": "right", "indent": 1}, 2: {"indent": 1}}


def write(book: Book, page: Page, row: int, sheet_id: str, scope: Scope) -> int:
    """Write the sheet's balance rows, if it has any; gives the row after them."""
    if sheet_id != "clients":
        return row
    page.section(row)
    for column, key in enumerate(("balance_question", "balance_gap", "balance_result", "balance_meaning")):
        page.write(row, column, book.text(key), "section", **_ALIGNED.get(column, {}))
    page.height(row, 24)
    for key, gap in (
        ("balance_base", _base(scope.ref)),
        ("balance_flow", _flow(scope.ref)),
        ("balance_sales", _sales(scope.ref)),
    ):
        row += 1
        page.write(row, 0, book.text(key), "question")
        page.fit(row, 0, book.text(key))
        page.live(row, 1, gap, "computed", num_format='#,##0_-;"−"#,##0_-')
        page.check(row, 2, _words(book, scope.ref, key, Live(xl_rowcol_to_cell(row, 1), gap.value)))
        page.write(row, 3, book.text(f"{key}_meaning"), "why")
        page.fit(row, 3, book.text(f"{key}_meaning"), 9)
        page.height(row, 32)
    return row + 2


def _known(parts: tuple[Live, ...], result: Live) -> Live:
    return live.if_(live.and_(*map(live.is_number, parts)), result, _NONE)


def _words(book: Book, ref: Ref, key: str, gap: Live) -> Live:
    """What a gap means; sales may differ by the share that policy allows."""
    allowed = number(0)
    if key == "balance_sales":
        new = ref("clients.new")
        tolerance = number(book.catalog.policy["first_purchase_tolerance"].value)
        allowed = live.calculate(live.if_(live.is_number(new), new, number(0)), "*", tolerance)
    more, less = (
        ("balance_base_more", "balance_base_less") if key == "balance_base" else ("balance_differs",) * 2
    )
    return live.first(
        (live.not_(live.is_number(gap)), words(book.text("balance_wait"))),
        (live.compare(live.absolute(gap), "<=", allowed), words(book.text("balance_agrees"))),
        (live.compare(gap, ">", number(0)), words(book.text(more))),
        otherwise=words(book.text(less)),
    )


def _base(ref: Ref) -> Live:
    """Active and inactive less all; without a number of inactive ones, only what is beyond the base."""
    everyone, active, inactive = ref("clients.total"), ref("clients.active"), ref("clients.inactive")
    beyond = live.calculate(active, "-", everyone)
    both = live.calculate(live.calculate(active, "+", inactive), "-", everyone)
    known = live.and_(live.is_number(everyone), live.is_number(active))
    return live.first(
        (live.not_(known), _NONE),
        (live.is_number(inactive), both),
        (live.compare(beyond, ">", number(0)), beyond),
        otherwise=_NONE,
    )


def _flow(ref: Ref) -> Live:
    start, new, lost, now = map(
        ref, ("clients.active_start", "clients.new", "clients.lost", "clients.active")
    )
    end = live.calculate(live.calculate(start, "+", new), "-", lost)
    return _known((start, new, lost, now), live.calculate(end, "-", now))


def _sales(ref: Ref) -> Live:
    sales, repeat, new = map(ref, ("clients.sales_count", "clients.repeat_purchases", "clients.new"))
    return _known((sales, repeat, new), live.calculate(live.calculate(sales, "-", repeat), "-", new))


def sources(book: Book, ref: Ref, customers: Live) -> tuple[Live, Live]:
    """New clients whom no channel brought: how many, and what that means."""
    new = ref("clients.new") if book.has("clients.new") else EMPTY
    gap = live.if_(live.is_number(new), live.calculate(new, "-", customers), _NONE)
    told = live.first(
        (live.not_(live.is_number(gap)), words(book.text("balance_wait"))),
        (live.compare(gap, "=", number(0)), words(book.text("sources_all"))),
        (live.compare(gap, "<", number(0)), words(book.text("sources_more"))),
        otherwise=words(book.text("sources_less")),
    )
    return gap, told
