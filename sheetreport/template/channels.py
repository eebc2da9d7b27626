"""What the workbook works out about channels: the cost of a client, totals, clients without a source."""

from __future__ import annotations

from collections.abc import Sequence

from xlsxwriter.utility import xl_col_to_name, xl_rowcol_to_cell

from sheetreport.catalog.definitions import FieldType
from sheetreport.template import balance, live
from sheetreport.template.book import Book
from sheetreport.template.columns import Column
from sheetreport.template.live import EMPTY, Live, Span, number, words
from sheetreport.template.page import Page
from sheetreport.template.rows import RowScope
from sheetreport.template.scopes import Scalars


def cost(scope: RowScope) -> Live:
    """What one new client of the channel cost."""
    spend, customers = scope.ref("channels.spend"), scope.ref("channels.customers")
    paid = live.and_(live.is_number(spend), live.is_number(customers))
    cost = live.if_error(live.calculate(spend, "/", customers), words("—"))
    return live.if_(paid, cost, EMPTY)


def write_totals(book: Book, page: Page, top: int, bottom: int, columns: Sequence[Column]) -> int:
    """Sums of the channels and the average cost of a client."""
    row = bottom + 1
    sums: dict[str, Live] = {}
    page.fill(row, range(len(columns)), "total")
    for column in columns:
        field = column.field
        if field is None or field.type not in (FieldType.COUNT, FieldType.MONEY):
            continue
        records = book.flat.tables.get("channels", ())
        values = [book.shown(field, record.get(field.id)) for record in records]
        letters = xl_col_to_name(column.index)
        span = Span(f"{letters}{top + 1}:{letters}{bottom + 1}", tuple(values))
        total = live.sum_of(span)
        shown = live.if_(live.compare(live.count_numbers(span), ">", number(0)), total, EMPTY)
        page.live(
            row,
            column.index,
            shown,
            "total",
            align="right",
            num_format=book.styles.number_format(field, with_unit=False),
        )
        sums[field.id] = Live(xl_rowcol_to_cell(row, column.index), shown.value)
    page.write(row, 0, book.text("channels_total"), "total", indent=1)
    cost = next(column for column in columns if column.computed == "cost")
    average = live.if_error(
        live.calculate(live.numeric(sums["channels.spend"]), "/", live.numeric(sums["channels.customers"])),
        EMPTY,
    )
    page.live(row, cost.index, average, "total", align="right", num_format=book.styles.money())
    page.height(row, 22)
    return row + 1


def write_promotion(
    book: Book,
    page: Page,
    row: int,
    rows: tuple[int, int],
    where: int,
    columns: Sequence[Column],
    scope: Scalars,
) -> None:
    """All promotion spend, and the clients whom no channel claims."""

    def column_span(field_id: str) -> Span:
        column = next(column for column in columns if column.field and column.field.id == field_id)
        letters = xl_col_to_name(column.index)
        field = book.fields[field_id]
        values = [book.shown(field, record.get(field_id)) for record in book.flat.tables.get("channels", ())]
        return Span(f"{letters}{rows[0] + 1}:{letters}{rows[1] + 1}", tuple(values))

    page.write(row, 0, book.text("promotion_total"), "text_bold")
    paid, other = column_span("channels.spend"), scope.ref("promo.other_spend")
    known = live.or_(live.is_number(other), live.compare(live.count_numbers(paid), ">", number(0)))
    spend = live.if_(known, live.calculate(live.sum_of(paid), "+", live.numeric(other)), words("—"))
    page.live(row, where, spend, "computed", bold=True, num_format=book.styles.money())
    page.height(row, 22)
    row += 1
    gap, told = balance.sources(book, scope.ref, live.sum_of(column_span("channels.customers")))
    page.write(row, 0, book.text("sources_question"), "text")
    page.live(row, where, gap, "computed", num_format='#,##0_-;"−"#,##0_-')
    page.check(row, where + 1, told, "check_line")
    page.height(row, 22)
