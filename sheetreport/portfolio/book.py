"""The workbook of a folder of clients: tables that filter, and formulas over them that stay live."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime
from io import BytesIO
from typing import Any

from xlsxwriter.format import Format
from xlsxwriter.url import Url
from xlsxwriter.utility import xl_rowcol_to_cell
from xlsxwriter.worksheet import Worksheet

from sheetreport.bureau.brand import Brand
from sheetreport.bureau.palette import AS_BUILT
from sheetreport.catalog.definitions import Catalog, Unit
from sheetreport.i18n import Wording
from sheetreport.model import WITH_REPORT
from sheetreport.portfolio.clients import Client, compared
from sheetreport.portfolio.columns import Column, Columns, Value
from sheetreport.portfolio.peers import LEAST, Quartiles, quartiles
from sheetreport.portfolio.words import peer_name
from sheetreport.render.workbook.build import OPTIONS, UNDATED
from sheetreport.render.workbook.page import (
    A4,
    BODY_SIZE,
    HIGHEST_ROW,
    ROW_HEIGHT,
    SMALL_SIZE,
    Fitted,
    visible,
)
from sheetreport.render.workbook.styles import RULE, Styles
from sheetreport.xlsx import Workbook

MEDIAN = 2
"""The second quartile."""

HEAD = 6
"""The row of the headings of the first table; live counts stand above it."""

_LONGEST = 400  # characters of a text in a cell


def _aligned(column: Column, at: int) -> dict[str, Any]:
    """Text begins a little apart from the numbers of the column before it."""
    if not column.is_text:
        return {"align": "right"}
    return {"align": "left", "indent": 1} if at else {"align": "left"}


def render_book(
    clients: Sequence[Client],
    catalog: Catalog,
    wording: Wording,
    brand: Brand | None = None,
    *,
    cached: bool = True,
) -> bytes:
    """The workbook's bytes. Without `cached`, formulas carry no values: whoever opens it computes them."""
    buffer = BytesIO()
    file = Workbook(buffer, OPTIONS)
    made = max((client.made for client in clients if client.made), default=date.fromisoformat(UNDATED))
    file.set_properties(
        {
            "title": wording.text("portfolio.title"),
            "author": "sheetreport",
            "company": brand.name[wording.language] if brand else "",
            "created": datetime(made.year, made.month, made.day, tzinfo=UTC),
        }
    )
    _Book(file, clients, catalog, wording, brand, cached).write()
    file.close()
    return buffer.getvalue()


class _Book:
    def __init__(
        self,
        file: Workbook,
        clients: Sequence[Client],
        catalog: Catalog,
        wording: Wording,
        brand: Brand | None,
        cached: bool,
    ) -> None:
        self.file = file
        self.clients = clients
        self.catalog = catalog
        self.wording = wording
        self.brand = brand
        self.cached = cached
        self.colours = brand.colours if brand else AS_BUILT
        self.styles = Styles(file, wording, self.colours)
        self.money: dict[str, Styles] = {}
        self.peers = quartiles(compared(clients))
        self.columns = Columns(clients, catalog, wording, self.peers, self.of_currency)

    def t(self, key: str, **params: str | float | int) -> str:
        return self.wording.text(f"portfolio.{key}", **params)

    def write(self) -> None:
        """All sheets in the order they are read."""
        self.write_clients()
        goals = [(client, goal) for client in self.clients if client.digest for goal in client.digest.goals]
        self.write_rows("goals", self.columns.goals(), goals)
        actions = [(client, one) for client in self.clients if client.digest for one in client.digest.actions]
        self.write_rows("actions", self.columns.actions(), actions)
        findings = [(client, finding) for client in self.clients for finding in client.findings]
        self.write_rows("findings", self.columns.findings(), findings)
        self.write_peers()

    # --- sheets -------------------------------------------------------------------------------------

    def sheet(self, name: str, widths: Sequence[float]) -> Worksheet:
        sheet = self.file.add_worksheet(self.t(f"sheet_{name}"))
        sheet.set_tab_color(RULE if name == "findings" else self.styles.accent)
        sheet.hide_gridlines(2)
        for column, width in enumerate(widths):
            sheet.set_column(column, column, width)
        sheet.set_paper(A4)
        sheet.set_landscape()
        sheet.set_margins(left=0.4, right=0.4, top=0.5, bottom=0.6)
        sheet.fit_to_pages(1, 0)
        sheet.set_footer("&L&9&A&R&9&P / &N")
        sheet.set_row(0, 28)
        sheet.write_string(0, 0, self.t(f"title_{name}"), self.styles("title"))
        sheet.write_string(1, 0, self.t(f"lead_{name}"), self.styles("subtitle"))
        return sheet

    def write_rows(self, name: str, columns: Sequence[Column], rows: Sequence[Any]) -> None:
        """A sheet of one table."""
        sheet = self.sheet(name, [column.width for column in columns])
        if rows:
            self.table(sheet, name, columns, rows, 3)
        else:
            sheet.write_string(3, 0, self.t("nothing"), self.styles("line"))

    def table(
        self,
        sheet: Worksheet,
        name: str,
        columns: Sequence[Column],
        rows: Sequence[Any],
        head: int,
        printed: int | None = None,
    ) -> None:
        """A table object with filters, its headings kept in view and repeated on every printed page, of which
        the first columns are `printed`.

        """
        last = head + len(rows)
        headings = [
            {"header": column.heading, "header_format": self.styles("head", **_aligned(column, at))}
            for at, column in enumerate(columns)
        ]
        options = {"name": self.t(f"table_{name}"), "columns": headings, "style": None}
        sheet.add_table(head, 0, last, len(columns) - 1, options)
        heads = [Fitted(column.heading, column.width - 3, bold=True).height for column in columns]
        sheet.set_row(head, max(24.0, *heads))
        for place, row in enumerate(rows, start=head + 1):
            values = [column.value(row) for column in columns]
            for at, (column, value) in enumerate(zip(columns, values, strict=True)):
                self.put(sheet, place, at, value, column, column.shape(row))
            texts = [
                Fitted(value, column.width - 1, BODY_SIZE if column.is_text else SMALL_SIZE).height
                for column, value in zip(columns, values, strict=True)
                if isinstance(value, str)
            ]
            sheet.set_row(place, min(HIGHEST_ROW, max(ROW_HEIGHT, *texts)))
        sheet.freeze_panes(head + 1, 1)
        sheet.repeat_rows(head)
        sheet.print_area(0, 0, last, (printed or len(columns)) - 1)

    def put(
        self, sheet: Worksheet, row: int, at: int, value: Value, column: Column, shape: str | None
    ) -> None:
        """A cell: text is never a formula; a text among numbers says why there is none."""
        aligned = _aligned(column, at)
        match value:
            case None:
                sheet.write_blank(row, at, None, self.styles("text"))
            case Url():
                sheet.write_url(row, at, value, self.styles("link_cell", font_size=11))
            case date():
                moment = datetime(value.year, value.month, value.day)
                sheet.write_datetime(row, at, moment, self.styles("text", self.styles.date, **aligned))
            case str() if column.is_text:
                sheet.write_string(row, at, visible(value, _LONGEST), self.styles("text", **aligned))
            case str():
                sheet.write_string(row, at, visible(value, _LONGEST), self.styles("limit", text_wrap=True))
            case _:
                sheet.write_number(row, at, value, self.styles("plain_number", shape))

    # --- clients ------------------------------------------------------------------------------------

    def write_clients(self) -> None:
        main, more = self.columns.main(), self.columns.more()
        sheet = self.sheet("clients", [column.width for column in (*main, *more)])
        self.logo(sheet, 4)
        sheet.set_row(3, 28)
        self.table(sheet, "clients", (*main, *more), self.clients, HEAD, printed=len(main))
        for place, (key, formula, value, shape) in enumerate(self.counts()):
            sheet.write_string(
                3, place, self.t(f"live_{key}"), self.styles("small", indent=0, text_wrap=True)
            )
            look = self.styles("key_number", shape, align="left", bottom=0)
            self.formula(sheet, 4, place, formula, value, look)

    def counts(self) -> Iterator[tuple[str, str, float | str, str]]:
        """What stands above the table: a formula, what it comes to while nothing is filtered, its format."""
        clients, whole, none = self.clients, self.styles.counted(), self.t("none")
        digests = [client.digest for client in clients if client.digest]
        yield "rows", f"SUBTOTAL(103,{self.column('name')})", len(clients), whole
        yield "reports", self.count_reports(), sum(client.status in WITH_REPORT for client in clients), whole
        yield "errors", f"SUBTOTAL(109,{self.column('errors')})", sum(one.errors for one in clients), whole
        for key, shape in (
            ("health", self.styles.counted(digits=1)),
            ("nps", self.styles.unit(Unit.POINTS, 0)),
        ):
            values = [value for one in digests if (value := getattr(one, key).value) is not None]
            mean = sum(values) / len(values) if values else none
            yield f"mean_{key}", f'IFERROR(SUBTOTAL(101,{self.column(key)}),"{none}")', mean, shape

    def count_reports(self) -> str:
        """The reports, whatever is filtered."""
        return "+".join(
            f'COUNTIF({self.column("status")},"{self.wording.text(f"cli.status_{status}")}")'
            for status in WITH_REPORT
        )

    def formula(
        self,
        sheet: Worksheet,
        row: int,
        column: int,
        formula: str,
        value: float | str,
        look: Format,
        *,
        array: bool = False,
    ) -> None:
        """A live formula with the value that Python found."""
        shown = value if self.cached else ""
        if array:
            sheet.write_array_formula(row, column, row, column, f"={formula}", look, shown)
        else:
            sheet.write_formula(row, column, f"={formula}", look, shown)

    def column(self, id_: str) -> str:
        """A column of the table of clients, as formulas call it."""
        return f"{self.t('table_clients')}[{self.columns.heading(id_)}]"

    def of_currency(self, currency: str | None) -> Styles:
        """The formats of amounts in a currency, each made once."""
        if currency is None:
            return self.styles
        if currency not in self.money:
            wording = Wording(self.wording.language, currency)
            self.money[currency] = Styles(self.file, wording, self.colours)
        return self.money[currency]

    def logo(self, sheet: Worksheet, column: int) -> None:
        if self.brand is None or self.brand.logo is None:
            return
        logo = self.brand.logo
        scale = min(180 / logo.width, 52 / logo.height)
        picture = {
            "image_data": BytesIO(logo.png),
            "x_scale": scale,
            "y_scale": scale,
            "object_position": 2,
            "description": self.brand.name[self.wording.language],
        }
        sheet.insert_image(0, column, "logo.png", picture)

    # --- peers --------------------------------------------------------------------------------------

    def write_peers(self) -> None:
        """Median and quartiles as formulas over the table of clients, each client counted once."""
        keys = ("peers_metric", "heading_currency", "peers_count", "peers_low", "peers_median", "peers_high")
        sheet = self.sheet("peers", (44, 10, 14, 26, 26, 26))
        if not self.peers:
            sheet.write_string(3, 0, self.t("peers_none", n=LEAST), self.styles("line"))
            return
        aligned = ({"align": "left" if at < 2 else "right"} for at in range(len(keys)))
        columns = [
            {"header": self.t(key), "header_format": self.styles("head", **one)}
            for key, one in zip(keys, aligned, strict=True)
        ]
        last = 3 + len(self.peers)
        options = {"name": self.t("table_peers"), "columns": columns, "style": None}
        sheet.add_table(3, 0, last, len(keys) - 1, options)
        for row, one in enumerate(self.peers, start=4):
            self.peer(sheet, row, one)
        sheet.freeze_panes(4, 1)
        sheet.repeat_rows(3)
        sheet.print_area(0, 0, last, len(keys) - 1)

    def peer(self, sheet: Worksheet, row: int, one: Quartiles) -> None:
        name, unit = peer_name(one.metric, self.catalog, self.wording)
        sheet.write_string(row, 0, name, self.styles("text"))
        sheet.write_string(row, 1, one.currency or "", self.styles("text"))
        column, yes = self.column(one.metric), self.wording.text("common.yes")
        who = f'({self.column("counted")}="{yes}")'
        if one.currency:
            who += f'*({self.column("currency")}="{one.currency}")'
        whole = self.styles("plain_number", self.styles.counted())
        self.formula(sheet, row, 2, f"SUMPRODUCT(ISNUMBER({column})*{who})", one.count, whole)
        count = xl_rowcol_to_cell(row, 2, col_abs=True)
        hidden = self.t("peers_few", least=LEAST)
        for quarter, value in enumerate((one.low, one.median, one.high), start=1):
            quartile = f"QUARTILE(IF(ISNUMBER({column})*{who},{column}),{quarter})"
            formula = f'IF({count}<{LEAST},"{hidden}",{quartile})'
            shape = self.of_currency(one.currency).unit(unit, one.median or 0.5)
            look = self.styles("number" if quarter == MEDIAN else "plain_number", shape)
            shown = hidden if value is None else value
            self.formula(sheet, row, 2 + quarter, formula, shown, look, array=True)
