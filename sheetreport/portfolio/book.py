"""The workbook of a folder of clients: tables that filter, and formulas over them that stay live."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from io import BytesIO
from typing import Any, TypeAlias

from xlsxwriter.format import Format
from xlsxwriter.url import Url
from xlsxwriter.utility import xl_rowcol_to_cell
from xlsxwriter.worksheet import Worksheet

from sheetreport.bureau.brand import Brand
from sheetreport.bureau.palette import AS_BUILT
from sheetreport.catalog.definitions import Catalog, Unit
from sheetreport.digest import Digest, Figure, Goal
from sheetreport.i18n import Wording
from sheetreport.model import Status
from sheetreport.portfolio.clients import KINDS, Client
from sheetreport.portfolio.peers import COMPARED, LEAST, MONEY, RATIOS, Quartiles, compared, quartiles
from sheetreport.portfolio.words import peer_name
from sheetreport.render.workbook.build import OPTIONS, UNDATED
from sheetreport.render.workbook.page import A4, HIGHEST_ROW, ROW_HEIGHT, Fitted, visible
from sheetreport.render.workbook.styles import RULE, Styles
from sheetreport.xlsx import Workbook

Value: TypeAlias = "float | str | date | Url | None"

MEDIAN = 2
"""The second quartile."""

HEAD = 6
"""The row of the headings of the first table; live counts stand above it."""

_NOT_PLAIN = re.compile(r"[^\w\s]")
_REPORTS = (Status.COMPLETE, Status.PARTIAL)
_IN_FIGURES = frozenset({"health", "nps", "cac", "cac_payback_months"})
"""What is compared and has columns of its own anyway."""

_LONGEST = 400  # characters of a text in a cell


@dataclass(frozen=True, slots=True)
class _Column:
    """A column of a table: its heading, its width, how its numbers look, what a client or a row has in it."""

    id: str
    heading: str
    width: float
    value: Callable[[Any], Value]
    shape: Callable[[Any], str | None] = field(default=lambda _: None)
    is_text: bool = True


def _aligned(column: _Column, at: int) -> dict[str, Any]:
    """Text begins a little apart from the numbers of the column before it."""
    if not column.is_text:
        return {"align": "right"}
    return {"align": "left", "indent": 1} if at else {"align": "left"}


class _Target(Url):  # type: ignore[misc]
    """A link to a file beside the workbook, percent-encoded and with the slashes that every program reads."""

    def __init__(self, href: str, text: str) -> None:
        super().__init__("external:output")
        self.href = href
        self.text = text

    def _target(self) -> str:
        return self.href


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

    def t(self, key: str, **params: str | float | int) -> str:
        return self.wording.text(f"portfolio.{key}", **params)

    def write(self) -> None:
        """All sheets in the order they are read."""
        self.write_clients()
        goals = [(client, goal) for client in self.clients if client.digest for goal in client.digest.goals]
        self.write_rows("goals", self.goal_columns(), goals)
        actions = [(client, one) for client in self.clients if client.digest for one in client.digest.actions]
        self.write_rows("actions", self.action_columns(), actions)
        findings = [(client, finding) for client in self.clients for finding in client.findings]
        self.write_rows("findings", self.finding_columns(), findings)
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

    def write_rows(self, name: str, columns: Sequence[_Column], rows: Sequence[Any]) -> None:
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
        columns: Sequence[_Column],
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
                Fitted(value, column.width - 1).height
                for column, value in zip(columns, values, strict=True)
                if column.is_text and isinstance(value, str)
            ]
            sheet.set_row(place, min(HIGHEST_ROW, max(ROW_HEIGHT, *texts)))
        sheet.freeze_panes(head + 1, 1)
        sheet.repeat_rows(head)
        sheet.print_area(0, 0, last, (printed or len(columns)) - 1)

    def put(
        self, sheet: Worksheet, row: int, at: int, value: Value, column: _Column, shape: str | None
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
                look = self.styles("limit", text_wrap=False, align="fill")
                sheet.write_string(row, at, visible(value, _LONGEST), look)
            case _:
                sheet.write_number(row, at, value, self.styles("plain_number", shape))

    # --- clients ------------------------------------------------------------------------------------

    def write_clients(self) -> None:
        main, more = self.main_columns(), self.more_columns()
        sheet = self.sheet("clients", [column.width for column in (*main, *more)])
        self.logo(sheet, 4)
        sheet.set_row(3, 28)
        self.table(sheet, "clients", (*main, *more), self.clients, HEAD, printed=len(main))
        for place, (key, formula, value, shape) in enumerate(self.counts()):
            sheet.write_string(3, place, self.t(f"live_{key}"), self.styles("small", indent=0))
            look = self.styles("key_number", shape, align="left", bottom=0)
            self.formula(sheet, 4, place, formula, value, look)

    def counts(self) -> Iterator[tuple[str, str, float | str, str]]:
        """What stands above the table: a formula, what it comes to while nothing is filtered, its format."""
        clients, whole, none = self.clients, self.styles.counted(), self.t("none")
        digests = [client.digest for client in clients if client.digest]
        yield "rows", f"SUBTOTAL(103,{self.column('name')})", len(clients), whole
        yield "reports", self.count_reports(), sum(client.status in _REPORTS for client in clients), whole
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
            for status in _REPORTS
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
        return f"{self.t('table_clients')}[{self.heading(id_)}]"

    def heading(self, id_: str) -> str:
        """A heading without the characters that formulas would have to quote."""
        if id_ in COMPARED - _IN_FIGURES:
            name = peer_name(id_, self.catalog, self.wording)[0].split("(")[0].split(",")[0]
            return " ".join(_NOT_PLAIN.sub(" ", name).split())
        return self.t(f"heading_{id_}")

    def main_columns(self) -> list[_Column]:
        """What a printed page has room for."""
        text = self.of_digest
        return [
            self.col("name", 28, lambda client: client.name),
            self.col("end", 11, text(lambda found: found.end)),
            self.col("status", 15, lambda client: self.wording.text(f"cli.status_{client.status}")),
            self.col("attention", 36, self.attention),
            self.num("errors", 9, lambda client: client.errors, Unit.COUNT),
            self.figure("health", lambda found: found.health),
            self.figure("nps", lambda found: found.nps),
            self.figure("cac", lambda found: found.cac),
            self.col("currency", 8, text(lambda found: found.currency)),
            self.figure("cac_payback_months", lambda found: found.payback),
            self.col("goal", 34, text(lambda d: d.worst_goal.text if d.worst_goal else d.no_goal)),
            self.col("action", 32, text(lambda d: d.action.title if d.action else d.no_action)),
            self.col("effect", 20, text(lambda d: d.action.effect if d.action else "")),
        ]

    def more_columns(self) -> list[_Column]:
        """Links, ends of intervals, and what only the comparison needs."""
        text = self.of_digest
        kinds = {link.kind for client in self.clients for link in client.links}
        columns = [self.link_column(kind) for kind in KINDS.values() if kind in kinds]
        if any(client.digest and client.digest.progress for client in self.clients):
            columns += [
                self.col("better", 24, text(lambda d: ", ".join(d.progress.better) if d.progress else "")),
                self.col("worse", 24, text(lambda d: ", ".join(d.progress.worse) if d.progress else "")),
            ]
        columns += self.ends("nps", lambda found: found.nps)
        columns += [self.sample("answers", lambda found: found.nps)]
        columns += self.ends("cac", lambda found: found.cac)
        columns += self.ends("cac_payback_months", lambda found: found.payback)
        yes, no = (self.wording.text(f"common.{word}") for word in ("yes", "no"))
        columns.append(self.col("counted", 10, lambda client: yes if client.is_latest else no))
        known = {one.metric for one in self.peers} - _IN_FIGURES
        columns += [self.peer_column(metric) for metric in (*RATIOS, *MONEY) if metric in known]
        return [
            *columns,
            self.col("step", 32, text(lambda found: found.action.step if found.action else "")),
            self.col("start", 11, text(lambda found: found.start)),
            self.col("file", 24, lambda client: client.file),
        ]

    def peer_column(self, metric: str) -> _Column:
        """A figure that only the comparison needs."""

        def value(client: Client) -> Value:
            return client.compared.get(metric)

        unit = peer_name(metric, self.catalog, self.wording)[1]
        return _Column(metric, self.heading(metric), 18, value, self.shape(unit, value), is_text=False)

    def link_column(self, kind: str) -> _Column:
        """Links to one kind of output."""
        text = self.t(f"file_{kind}")

        def value(client: Client) -> Value:
            link = next((one for one in client.links if one.kind == kind), None)
            return _Target(link.href, text) if link else None

        return _Column(kind, text, 12, value)

    def attention(self, client: Client) -> str:
        """Every reason, or that there is none."""
        told = [f"{self.t(f'reason_{one.urgency.name.lower()}')}: {one.text}" for one in client.reasons]
        return "; ".join(told) or self.t("calm")

    def of_digest(self, value: Callable[[Digest], Value]) -> Callable[[Client], Value]:
        return lambda client: value(client.digest) if client.digest else None

    def col(self, id_: str, width: float, value: Callable[[Any], Value]) -> _Column:
        return _Column(id_, self.t(f"heading_{id_}"), width, value)

    def num(self, id_: str, width: float, value: Callable[[Any], Value], unit: Unit) -> _Column:
        return _Column(id_, self.t(f"heading_{id_}"), width, value, self.shape(unit, value), is_text=False)

    def shape(self, unit: Unit, value: Callable[[Any], Value]) -> Callable[[Any], str | None]:
        """The number format of a unit; money in the currency of the client."""

        def of(row: Any) -> str | None:
            found = value(row)
            if not isinstance(found, int | float):
                return None
            client: Client = row[0] if isinstance(row, tuple) else row
            currency = client.digest.currency if client.digest else None
            return self.of_currency(currency).unit(unit, found)

        return of

    def of_currency(self, currency: str | None) -> Styles:
        if currency is None:
            return self.styles
        if currency not in self.money:
            wording = Wording(self.wording.language, currency)
            self.money[currency] = Styles(self.file, wording, self.colours)
        return self.money[currency]

    def figure(self, id_: str, of: Callable[[Digest], Figure]) -> _Column:
        """A figure, or why there is none."""

        def value(client: Client) -> Value:
            found = of(client.digest) if client.digest else None
            return None if found is None else found.reason if found.value is None else found.value

        return _Column(id_, self.heading(id_), 12, value, self.shape_of(of, value), is_text=False)

    def ends(self, id_: str, of: Callable[[Digest], Figure]) -> list[_Column]:
        """The ends of a figure's interval."""

        def end(place: int) -> Callable[[Client], Value]:
            def take(client: Client) -> Value:
                found = of(client.digest) if client.digest else None
                return found.interval[place] if found and found.interval else None

            return take

        named = [self.t(f"heading_{name}", name=self.heading(id_)) for name in ("low", "high")]
        return [
            _Column(heading, heading, 10, end(place), self.shape_of(of, end(place)), is_text=False)
            for place, heading in enumerate(named)
        ]

    def sample(self, id_: str, of: Callable[[Digest], Figure]) -> _Column:
        """How many answers a figure rests on."""
        return self.num(id_, 10, self.of_digest(lambda found: of(found).sample), Unit.COUNT)

    def shape_of(
        self, of: Callable[[Digest], Figure], value: Callable[[Client], Value]
    ) -> Callable[[Client], str | None]:
        """The number format of a figure in the currency of the client."""

        def shape(client: Client) -> str | None:
            found = value(client)
            if client.digest is None or not isinstance(found, int | float):
                return None
            return self.of_currency(client.digest.currency).unit(of(client.digest).unit, found)

        return shape

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

    # --- goals, actions, findings -------------------------------------------------------------------

    def goal_columns(self) -> list[_Column]:
        def amount(key: str) -> _Column:
            def value(row: tuple[Client, Goal]) -> Value:
                found: float | None = getattr(row[1], key)
                return found

            def shape(row: tuple[Client, Goal]) -> str | None:
                found = value(row)
                currency = row[0].digest.currency if row[0].digest else None
                styles = self.of_currency(currency)
                return styles.unit(row[1].unit, found) if isinstance(found, int | float) else None

            return _Column(key, self.t(f"heading_{key}"), 12, value, shape, is_text=False)

        def share(key: str) -> _Column:
            return self.num(key, 12, lambda row: getattr(row[1], key), Unit.SHARE)

        return [
            self.col("name", 28, lambda row: row[0].name),
            self.col("goal_text", 40, lambda row: row[1].name),
            self.col("place", 20, lambda row: row[1].place),
            self.col("metric", 24, lambda row: row[1].metric),
            self.col("goal_status", 16, lambda row: row[1].status_name),
            amount("current"),
            amount("target"),
            share("progress"),
            share("elapsed"),
            self.num("pace", 12, lambda row: row[1].pace, Unit.RATIO),
            self.col("deadline", 12, lambda row: row[1].deadline),
        ]

    def action_columns(self) -> list[_Column]:
        return [
            self.col("name", 28, lambda row: row[0].name),
            self.num("number", 8, lambda row: row[1].number, Unit.COUNT),
            self.col("tier", 11, lambda row: row[1].tier),
            self.col("action", 44, lambda row: row[1].title),
            self.col("step", 40, lambda row: row[1].step),
            self.col("effect", 24, lambda row: row[1].effect),
            self.num("yearly", 16, lambda row: row[1].yearly, Unit.MONEY),
            self.col("confidence", 15, lambda row: row[1].confidence),
        ]

    def finding_columns(self) -> list[_Column]:
        return [
            self.col("name", 28, lambda row: row[0].name),
            self.col("severity", 12, lambda row: self.t(f"severity_{row[1].severity}")),
            self.col("sheet", 16, lambda row: row[1].sheet),
            self.col("cell", 12, lambda row: row[1].cell),
            self.col("message", 50, lambda row: row[1].message),
            self.col("fix", 50, lambda row: row[1].fix),
        ]

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
