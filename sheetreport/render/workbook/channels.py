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

WIDTHS = (28, 14, 12, 15, 13, 13, 15, 15, 38)
NAME, SPEND, CLIENTS, COST, LOW, HIGH, SPEND_SHARE, CLIENT_SHARE, VERDICT = range(9)
RESULTS = ("ctr", "cpc", "cr_click_to_lead", "cpl", "cr_lead_to_customer", "roas", "romi")
CHART_ROWS = 15

_VERDICTS = {
    "free": OPEN_MARK,
    "dead": BAD_MARK,
    "no_clients": OPEN_MARK,
    "few": OPEN_MARK,
    "cheaper": GOOD_MARK,
    "dearer": WARN_MARK,
    "behind": OPEN_MARK,
    "average": OPEN_MARK,
    "unknown": OPEN_MARK,
}


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


@dataclass(frozen=True, slots=True)
class Best:
    """The cheapest channel that has a margin of error, and the cells of its name and upper limit."""

    channel: Channel
    name: str
    high: str


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
        channels,
        key=lambda c: (c.price is None, c.price if c.price is not None else -(c.spend or 0), c.position),
    )


def write(book: Book, page: Page) -> None:
    channels = ranked(book)
    page.title(book.text("channels_title"), book.text("channels_subtitle"))
    page.sheet.fit_to_pages(1, 1)
    keys = ("name", "spend", "clients", "cost", "low", "high", "spend_share", "client_share", "verdict")
    header = page.head([book.text(f"channels_{key}") for key in keys], range(SPEND, VERDICT))
    page.sheet.freeze_panes(page.row, 1)
    first = page.row
    best = next(
        (
            Best(channel, page.cell(row, NAME), page.cell(row, HIGH))
            for row, channel in enumerate(channels, start=first)
            if channel.interval
        ),
        None,
    )
    for channel in channels:
        _row(book, page, channel, best)
    page.colour_marks(first, page.row, VERDICT)
    page.sheet.autofilter(header, NAME, page.row - 1, VERDICT)
    page.sheet.repeat_rows(header)
    _total(book, page)
    page.row += 1
    _charts(book, page, channels, first)
    page.text(NAME, book.text("channels_margin", n=book.names.policy("min_events_for_interval")), "subtitle")
    page.row += 1
    _results(book, page, channels)


def _row(book: Book, page: Page, channel: Channel, best: Best | None) -> None:
    money, share = book.styles.money(value=channel.spend or 0.0), book.styles.share(0)
    row, at = page.row, channel.position
    page.put(row, NAME, channel.name, "strong")
    live.copy(page, SPEND, f"INDEX(in_channels_spend,{at})", "plain_number", channel.spend, money)
    live.copy(
        page,
        CLIENTS,
        f"INDEX(in_channels_customers,{at})",
        "plain_number",
        channel.clients,
        book.styles.counted(),
    )
    cost = book.catalog.metric("channel_cac")
    live.mirror(page, live.Columns(COST, LOW, HIGH), cost, live.Known.of(cost, channel.cost), at)
    spent = book.facts.number("channel_spend_share", channel.row)
    live.copy(page, SPEND_SHARE, f"INDEX(m_channel_spend_share,{at})", "plain_number", spent, share)
    total = book.facts.number("customers_total")
    brought = channel.clients / total if channel.clients is not None and total else None
    clients = page.cell(row, CLIENTS)
    page.formula(
        row, CLIENT_SHARE, f'=IFERROR({clients}/m_customers_total,"—")', "plain_number", brought, share
    )
    formula, shown = _verdict(page, channel, best)
    page.formula(row, VERDICT, formula, "reading", shown)
    texts = [
        Fitted(channel.name, WIDTHS[NAME], bold=True),
        Fitted(shown, WIDTHS[VERDICT], READING_SIZE, bold=True),
    ]
    page.fit(row, texts, least=26)
    page.row += 1


def _verdict(page: Page, channel: Channel, best: Best | None) -> tuple[str, str]:
    """A verdict as a formula and as it stands: dearer or cheaper only where the ranges do not overlap."""
    book = page.book
    words = {key: f"{mark} {book.text(f'verdict_{key}')}" for key, mark in _VERDICTS.items()}
    text = {key: quoted(shown) for key, shown in words.items()}
    if best:  # by its cell: owner text never becomes part of a formula
        text["behind"] = f'{text["behind"]}&" "&{best.name}'
        words["behind"] += f" {best.channel.name}"
    spend, clients, low, high = (page.cell(page.row, column) for column in (SPEND, CLIENTS, LOW, HIGH))
    dead = f"{literal(book.names.policy('dead_channel_cac_multiple'))}*m_cac"
    behind = f"{low}>{best.high}" if best and best.channel is not channel else "FALSE"
    steps = (
        (f"COUNT({spend},{clients})<2", "unknown"),
        (f"{spend}=0", "free"),
        (f"AND({clients}=0,COUNT(m_cac)=1,IFERROR({spend}>={dead},FALSE))", "dead"),
        (f"{clients}=0", "no_clients"),
        (f"COUNT({low},{high},m_cac_low,m_cac_high)<4", "few"),
        (f"{high}<m_cac_low", "cheaper"),
        (f"{low}>m_cac_high", "dearer"),
        (behind, "behind"),
    )
    formula = (
        "=" + "".join(f"IF({test},{text[key]}," for test, key in steps) + text["average"] + ")" * len(steps)
    )
    return formula, words[_verdict_now(book, channel, best)]


def _verdict_now(book: Book, channel: Channel, best: Best | None) -> str:
    """The key of the verdict that the formula arrives at with the owner's numbers."""
    cac = book.facts.known("cac")
    if channel.spend is None or channel.clients is None:
        return "unknown"
    if channel.spend == 0:
        return "free"
    if channel.clients == 0:
        multiple = book.names.policy("dead_channel_cac_multiple")
        dead = cac is not None and cac.value is not None and channel.spend >= multiple * cac.value
        return "dead" if dead else "no_clients"
    if channel.interval is None or cac is None or cac.interval is None:
        return "few"
    if apart(channel.interval, cac.interval):
        return "cheaper" if channel.interval[1] < cac.interval[0] else "dearer"
    cheapest = best.channel.interval if best and best.channel is not channel else None
    return "behind" if cheapest and channel.interval[0] > cheapest[1] else "average"


def _total(book: Book, page: Page) -> None:
    """All channels together; other spend is not part of it, so this is no company's price of a client."""
    spend, clients = book.facts.number("spend_total"), book.facts.number("customers_total")
    for column in range(len(WIDTHS)):
        page.put(page.row, column, book.text("channels_total") if column == NAME else "", "total")
    money, counted = book.styles.money(value=spend or 0.0), book.styles.counted()
    live.copy(page, SPEND, "m_spend_total", "total_number", spend, money)
    live.copy(page, CLIENTS, "m_customers_total", "total_number", clients, counted)
    price = spend / clients if spend is not None and clients else None
    page.formula(
        page.row,
        COST,
        '=IFERROR(m_spend_total/m_customers_total,"—")',
        "total_number",
        price,
        book.styles.unit(Unit.MONEY, price),
    )
    page.sheet.set_row(page.row, 22)
    page.row += 1


def _charts(book: Book, page: Page, channels: Sequence[Channel], first: int) -> None:
    """Two bar charts whose titles say what is seen; the same findings stand below as text."""
    priced = [channel for channel in channels if channel.price is not None]
    spend, clients = book.facts.number("spend_total"), book.facts.number("customers_total")
    findings = []
    if len(priced) > 1:
        findings.append(_price_finding(book, priced))
        series = [charts.Series(book.text("channels_cost"), (first, COST), len(priced))]
        _chart(
            page,
            NAME,
            findings[-1],
            book.styles.money(value=priced[-1].price or 0.0),
            priced[-1].price or 0,
            series,
            first,
        )
    if len(channels) > 1 and spend and clients:
        findings.append(_share_finding(book, channels, spend, clients))
        series = [
            charts.Series(
                book.text("channels_spend_share"), (first, SPEND_SHARE), len(channels), hatched=True
            ),
            charts.Series(book.text("channels_client_share"), (first, CLIENT_SHARE), len(channels)),
        ]
        largest = max(max((c.spend or 0) / spend, (c.clients or 0) / clients) for c in channels)
        place = HIGH if len(priced) > 1 else NAME
        _chart(page, place, findings[-1], book.styles.share(0), largest, series, first)
    if findings:
        page.row += CHART_ROWS + 1
        words = book.text("channels_in_words", text=" ".join(f"{finding}." for finding in findings))
        page.text(NAME, words, "strong_line")


def _chart(
    page: Page,
    column: int,
    finding: str,
    number_format: str,
    largest: float,
    series: Sequence[charts.Series],
    first: int,
) -> None:
    chart = charts.Chart(finding, finding, number_format, largest or 1)
    charts.bars(page, (page.row, column), chart, series, (first, NAME))


def _price_finding(book: Book, priced: Sequence[Channel]) -> str:
    """How the dearest channel compares with the cheapest one that was paid for."""
    judged = [channel for channel in priced if channel.price and channel.interval]
    if len(judged) < 2:
        return book.text("finding_price_few")
    cheap, dear = judged[0], judged[-1]
    names = {"cheap": book.words.quoted(cheap.name, 28), "dear": book.words.quoted(dear.name, 28)}
    if not apart(cheap.interval, dear.interval):
        return book.text("finding_price_margin", **names)
    assert cheap.price
    assert dear.price
    return book.text("finding_price", times=round(dear.price / cheap.price, 1), **names)


def _share_finding(book: Book, channels: Sequence[Channel], spend: float, clients: float) -> str:
    """The share of spend that the cheapest channels needed for at least half of the clients."""
    spent = brought = 0.0
    for channel in channels:
        if brought >= 0.5:
            break
        spent += (channel.spend or 0) / spend
        brought += (channel.clients or 0) / clients
    return book.text(
        "finding_share", spend=book.wording.share(spent, 0), clients=book.wording.share(brought, 0)
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
    page.section(book.text("channels_results"), SPEND + len(shown) - 1)
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
