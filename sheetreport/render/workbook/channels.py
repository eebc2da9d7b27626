"""The sheet of channels: cheapest client first, margins of error, verdicts that obey them, and two charts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sheetreport.catalog.definitions import Unit
from sheetreport.formula.excel import literal, quoted
from sheetreport.render.view.claims import apart
from sheetreport.render.view.facts import Measured, cell_number
from sheetreport.render.workbook import charts, live
from sheetreport.render.workbook.page import READING_SIZE, Book, Fitted, Page
from sheetreport.render.workbook.styles import BAD_MARK, GOOD_MARK, OPEN_MARK, WARN_MARK

WIDTHS = (28, 14, 11, 15, 12, 12, 12, 12, 38)
NAME, SPEND, CLIENTS, COST, LOW, HIGH, SPEND_SHARE, CLIENT_SHARE, VERDICT = range(9)
RESULTS = ("cpm", "ctr", "cpc", "cr_click_to_lead", "cpl", "cr_lead_to_customer", "cpa", "roas", "romi")
CHART_ROWS = 15


@dataclass(frozen=True, slots=True)
class Channel:
    """A channel of the owner's table; `position` is its row there, counted from 1."""

    position: int
    row: int
    name: str
    spend: float | None
    clients: float | None
    cost: Measured | None

    @property
    def price(self) -> float | None:
        return self.cost.value if self.cost else None

    @property
    def interval(self) -> tuple[float, float] | None:
        return self.cost.interval if self.cost else None


def ranked(book: Book) -> Sequence[Channel]:
    """Cheapest client first; channels without a price at the end, the dearest spend first."""
    channels = [
        Channel(
            position,
            row["index"],
            book.words.name(row["subject"], 40) or book.text("channels_unnamed", n=position),
            cell_number(row, "channels.spend"),
            cell_number(row, "channels.customers"),
            book.facts.metric("channel_cac", row["index"]),
        )
        for position, row in enumerate(book.facts.table("channels"), start=1)
    ]
    return sorted(
        channels, key=lambda c: (c.price is None, c.price if c.price is not None else -(c.spend or 0), c.position)
    )


def write(book: Book, page: Page) -> None:
    channels = ranked(book)
    page.title(book.text("channels_title"), book.text("channels_subtitle"))
    keys = ("name", "spend", "clients", "cost", "low", "high", "spend_share", "client_share", "verdict")
    header = page.head([book.text(f"channels_{key}") for key in keys], range(SPEND, VERDICT))
    page.sheet.freeze_panes(page.row, 1)
    page.sheet.repeat_rows(header)
    first = page.row
    best = next((channel for channel in channels if channel.interval), None)
    for channel in channels:
        _row(book, page, channel, best, first)
    page.colour_marks(first, page.row, VERDICT)
    _total(book, page)
    page.row += 1
    _charts(book, page, channels, first)
    page.text(NAME, book.text("channels_margin", n=book.names.policy("min_events_for_interval")), "subtitle")
    page.row += 1
    _results(book, page, channels)


def _row(book: Book, page: Page, channel: Channel, best: Channel | None, first: int) -> None:
    money, share = book.styles.money, book.styles.share(0)
    row, at = page.row, channel.position
    page.put(row, NAME, channel.name, "strong")
    live.copy(page, SPEND, f"INDEX(in_channels_spend,{at})", "plain_number", channel.spend, money())
    live.copy(page, CLIENTS, f"INDEX(in_channels_customers,{at})", "plain_number", channel.clients, book.styles.counted())
    cost_format = book.styles.unit(Unit.MONEY, channel.price)
    live.copy(page, COST, f"INDEX(m_channel_cac,{at})", "number", channel.price, cost_format)
    for column, bound, cached in zip((LOW, HIGH), live.BOUNDS, channel.interval or (None, None), strict=True):
        live.copy(page, column, f"INDEX(m_channel_cac_{bound},{at})", "limit", cached, money())
    spent = book.facts.number("channel_spend_share", channel.row)
    live.copy(page, SPEND_SHARE, f"INDEX(m_channel_spend_share,{at})", "plain_number", spent, share)
    total = book.facts.number("customers_total")
    brought = channel.clients / total if channel.clients is not None and total else None
    clients = page.cell(row, CLIENTS)
    page.formula(
        row, CLIENT_SHARE, f'=IFERROR({clients}/m_customers_total,"—")', "plain_number", brought, share
    )
    formula, shown = _verdict(book, page, channel, best, first)
    page.formula(row, VERDICT, formula, "reading", shown)
    texts = [Fitted(channel.name, WIDTHS[NAME], bold=True), Fitted(shown, WIDTHS[VERDICT], READING_SIZE, bold=True)]
    page.fit(row, texts, least=26)
    page.row += 1


def _verdict(book: Book, page: Page, channel: Channel, best: Channel | None, first: int) -> tuple[str, str]:
    """A verdict as a formula and as it stands: a channel is dearer or cheaper only where ranges do not overlap."""
    texts = {
        "free": f"{OPEN_MARK} {book.text('verdict_free')}",
        "dead": f"{BAD_MARK} {book.text('verdict_dead')}",
        "no_clients": f"{OPEN_MARK} {book.text('verdict_no_clients')}",
        "few": f"{OPEN_MARK} {book.text('verdict_few')}",
        "cheaper": f"{GOOD_MARK} {book.text('verdict_cheaper')}",
        "dearer": f"{WARN_MARK} {book.text('verdict_dearer')}",
        "average": f"{OPEN_MARK} {book.text('verdict_average')}",
        "behind": f"{OPEN_MARK} {book.text('verdict_behind', best=best.name if best else '')}",
        "unknown": f"{OPEN_MARK} {book.text('verdict_unknown')}",
    }
    multiple = book.names.policy("dead_channel_cac_multiple")
    spend, clients, low, high = (page.cell(page.row, column) for column in (SPEND, CLIENTS, LOW, HIGH))
    text = {key: quoted(value) for key, value in texts.items()}
    average = text["average"]
    if best is not None and best is not channel:
        average = f"IF({low}>{page.cell(first, HIGH, absolute=True)},{text['behind']},{text['average']})"
    compared = f"IF({high}<m_cac_low,{text['cheaper']},IF({low}>m_cac_high,{text['dearer']},{average}))"
    nobody = f"IF({spend}=0,{text['free']},IF(ISNUMBER(m_cac),IF({spend}>={literal(multiple)}*m_cac,"
    nobody += f"{text['dead']},{text['no_clients']}),{text['no_clients']}))"
    priced = f"IF(COUNT({low},{high},m_cac_low,m_cac_high)<4,{text['few']},{compared})"
    formula = f"=IF(COUNT({spend},{clients})<2,{text['unknown']},IF({clients}=0,{nobody},IF({spend}=0,{text['free']},{priced})))"
    return formula, texts[_verdict_key(book, channel, best, multiple)]


def _verdict_key(book: Book, channel: Channel, best: Channel | None, multiple: float) -> str:
    cac = book.facts.known("cac")
    if channel.spend is None or channel.clients is None:
        return "unknown"
    if channel.spend == 0:
        return "free"
    if channel.clients == 0:
        dead = cac is not None and cac.value is not None and channel.spend >= multiple * cac.value
        return "dead" if dead else "no_clients"
    if channel.interval is None or cac is None or cac.interval is None:
        return "few"
    if apart(channel.interval, cac.interval):
        return "cheaper" if channel.interval[1] < cac.interval[0] else "dearer"
    if best is not None and best is not channel and best.interval and channel.interval[0] > best.interval[1]:
        return "behind"
    return "average"


def _total(book: Book, page: Page) -> None:
    """All channels together; other spend is not part of it, so this is no company's price of a client."""
    spend, clients = book.facts.number("spend_total"), book.facts.number("customers_total")
    for column in range(len(WIDTHS)):
        page.put(page.row, column, book.text("channels_total") if column == NAME else "", "total")
    money, counted = book.styles.money(), book.styles.counted()
    live.copy(page, SPEND, "m_spend_total", "total_number", spend, money)
    live.copy(page, CLIENTS, "m_customers_total", "total_number", clients, counted)
    price = spend / clients if spend is not None and clients else None
    page.formula(
        page.row, COST, '=IFERROR(m_spend_total/m_customers_total,"—")', "total_number", price, book.styles.unit(Unit.MONEY, price)
    )
    page.sheet.set_row(page.row, 22)
    page.row += 1


def _charts(book: Book, page: Page, channels: Sequence[Channel], first: int) -> None:
    """Two bar charts whose titles say what is seen; the same findings stand below as text."""
    priced = [channel for channel in channels if channel.price]
    shared = [channel for channel in channels if channel.spend is not None and channel.clients is not None]
    top = page.row
    findings = []
    if len(priced) > 1:
        findings.append(_price_finding(book, priced))
        charts.bars(
            page,
            (top, NAME),
            charts.Chart(findings[-1], findings[-1], book.styles.money(), max(c.price or 0 for c in priced)),
            [charts.Series(book.text("channels_cost"), (first, COST), len(priced))],
            (first, NAME),
        )
    total_spend, total_clients = book.facts.number("spend_total"), book.facts.number("customers_total")
    if len(shared) > 1 and len(shared) == len(channels) and total_spend and total_clients:
        findings.append(_share_finding(book, shared, total_spend, total_clients))
        largest = max(max(c.spend or 0 for c in shared) / total_spend, max(c.clients or 0 for c in shared) / total_clients)
        charts.bars(
            page,
            (top, SPEND_SHARE - 1) if len(priced) > 1 else (top, NAME),
            charts.Chart(findings[-1], findings[-1], book.styles.share(0), largest),
            [
                charts.Series(book.text("channels_spend_share"), (first, SPEND_SHARE), len(shared), hatched=True),
                charts.Series(book.text("channels_client_share"), (first, CLIENT_SHARE), len(shared)),
            ],
            (first, NAME),
        )
    if findings:
        page.row = top + CHART_ROWS + 1
        page.text(NAME, book.text("channels_in_words", text=" ".join(f"{finding}." for finding in findings)), "strong_line")


def _price_finding(book: Book, priced: Sequence[Channel]) -> str:
    """How the dearest channel compares with the cheapest; a difference within the margin is called that."""
    cheap, dear = priced[0], priced[-1]
    assert cheap.price
    assert dear.price
    names = {"cheap": book.words.quoted(cheap.name, 28), "dear": book.words.quoted(dear.name, 28)}
    if apart(cheap.interval, dear.interval):
        return book.text("finding_price", times=round(dear.price / cheap.price, 1), **names)
    return book.text("finding_price_margin", **names)


def _share_finding(book: Book, channels: Sequence[Channel], spend: float, clients: float) -> str:
    """The share of spend and of clients of the channels that take more than they bring."""
    heavy = [c for c in channels if (c.spend or 0) / spend > (c.clients or 0) / clients]
    if not heavy:
        return book.text("finding_share_even")
    spent, brought = sum(c.spend or 0 for c in heavy) / spend, sum(c.clients or 0 for c in heavy) / clients
    return book.text(
        "finding_share",
        spend=book.wording.share(spent, 0),
        clients=book.wording.share(brought, 0),
    )


def _results(book: Book, page: Page, channels: Sequence[Channel]) -> None:
    """From impressions to money: the row metrics of the same channels in the same order."""
    shown = [
        metric_id
        for metric_id in RESULTS
        if any(book.facts.number(metric_id, channel.row) is not None for channel in channels)
    ]
    if not shown:
        return
    page.section(book.text("channels_results"))
    definitions = [book.catalog.metric(metric_id, "channels") for metric_id in shown]
    page.head(
        [book.text("channels_name"), *(metric.name[book.wording.language] for metric in definitions)],
        range(SPEND, SPEND + len(shown)),
    )
    for channel in channels:
        page.put(page.row, NAME, channel.name, "strong")
        for column, metric in enumerate(definitions, start=SPEND):
            value = book.facts.number(metric.id, channel.row)
            name = book.names.metric_column(metric.id, "channels")
            shape = book.styles.unit(metric.unit, value)
            live.copy(page, column, f"INDEX({name},{channel.position})", "plain_number", value, shape)
        page.fit(page.row, [Fitted(channel.name, WIDTHS[NAME], bold=True)])
        page.row += 1
