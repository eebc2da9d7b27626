"""Chapter: advertising by channel."""

from __future__ import annotations

from dataclasses import dataclass

from sheetreport.render.view.actions import acts
from sheetreport.render.view.charts import Scale, bar, dot, round_steps, ticks, whisker
from sheetreport.render.view.claims import apart, dead_channels
from sheetreport.render.view.facts import Facts, Json, Measured, cell_number
from sheetreport.render.view.measure import text_width
from sheetreport.render.view.model import Block, Body, Cell, Chart, Column, Label, Line, Shape, Table, Wide
from sheetreport.render.view.words import Words, bind, join, sentence

SHARES = 64.0  # points of the longest share bar; its number stands right of it
PRICES = 124.0  # points for the price axis with the labels right of it
CHART = 22.0  # height of a row's charts
ROOMY = 7  # channels that fit a page in the roomy style
NAME = 56  # letters of a channel's name in a table: five lines at most
MOST_BARE = 5  # channels named as having no figures
FUNNEL = ("channels.impressions", "channels.clicks", "channels.leads")
FUNNEL_METRICS = ("ctr", "cpc", "cr_click_to_lead", "cpl")


@dataclass(frozen=True, slots=True)
class _Channel:
    index: int
    name: str
    row: Json
    spend: float | None
    clients: float | None
    price: Measured | None
    romi: Measured | None


def chapter(facts: Facts, words: Words) -> Body | None:
    channels = _channels(facts, words)
    if not channels:
        return None
    blocks: list[Block] = [_comparison(facts, words, channels)]
    if any(map(_counted, channels)):
        blocks.append(_funnel(facts, words, channels))
    return Body(
        id="channels",
        name=words.t("channels_name"),
        claim=bind(_claim(facts, words, channels)),
        lead=_lead(facts, words, channels),
        blocks=(*blocks, *acts(facts, words, "channels")),
    )


def _channels(facts: Facts, words: Words) -> list[_Channel]:
    """The cheapest client first; channels without a price last, the dearest of them first."""
    found = [
        _Channel(
            index=row["index"],
            name=words.name(row["subject"], NAME),
            row=row,
            spend=cell_number(row, "channels.spend"),
            clients=cell_number(row, "channels.customers"),
            price=facts.metric("channel_cac", row["index"]),
            romi=facts.metric("romi", row["index"]),
        )
        for row in facts.table("channels")
    ]
    return sorted(found, key=_order)


def _order(channel: _Channel) -> tuple[bool, float]:
    price = channel.price.value if channel.price is not None else None
    return (price is None, price if price is not None else -(channel.spend or 0))


def _extremes(channels: list[_Channel]) -> tuple[_Channel, _Channel] | None:
    """The cheapest and the dearest of the channels whose price rests on enough clients."""
    firm = [
        channel
        for channel in channels
        if channel.price is not None and channel.price.interval is not None and channel.price.value
    ]
    return (firm[0], firm[-1]) if len(firm) > 1 else None


def _proven(pair: tuple[_Channel, _Channel] | None) -> bool:
    if pair is None or pair[0].price is None or pair[1].price is None:
        return False
    return apart(pair[0].price.interval, pair[1].price.interval)


def _claim(facts: Facts, words: Words, channels: list[_Channel]) -> str:
    pair = _extremes(channels)
    if pair is not None and pair[0].price is not None and pair[1].price is not None:
        if not _proven(pair):
            return words.t("channels_alike")
        return words.t("channels_apart", low=words.value(pair[0].price), high=words.value(pair[1].price))
    cac = facts.known("cac")
    if cac is None:
        return words.t("channels_no_price")
    if cac.interval is None:
        return words.t("channels_few")
    return words.t("channels_price", range=words.range(cac.interval, cac.unit))


def _lead(facts: Facts, words: Words, channels: list[_Channel]) -> str:
    pair = _extremes(channels)
    dead = dead_channels(facts, words.policy("dead_channel_cac_multiple"))
    unassigned = facts.number("unattributed_spend_share")
    return join(
        words.t(
            "channels_extremes", best=words.quoted(pair[0].name, 40), worst=words.quoted(pair[1].name, 40)
        )
        if pair is not None and _proven(pair)
        else "",
        words.t("channels_dead", names=words.listed(words.quoted(name, 40) for name in dead[:3]))
        if dead
        else "",
        words.t("channels_unassigned", share=words.wording.share(unassigned, 0)) if unassigned else "",
    )


def _comparison(facts: Facts, words: Words, channels: list[_Channel]) -> Wide:
    cac = facts.known("cac")
    spent, won = (
        sum(channel.spend or 0 for channel in channels),
        sum(channel.clients or 0 for channel in channels),
    )
    shares = [
        (
            channel.spend / spent if spent and channel.spend is not None else None,
            facts.number("channel_client_share", channel.index),
        )
        for channel in channels
    ]
    longest = max((share for pair in shares for share in pair if share is not None), default=0.0)
    scale, steps = _price_axis(words, channels, cac)
    pair = _extremes(channels)
    dear = pair[1] if _proven(pair) and pair else None
    rows = [
        (
            Cell((Line(channel.name, "strong"),)),
            Cell((Line(words.money(channel.spend) if channel.spend is not None else "—"),)),
            Cell((Line(words.wording.number(channel.clients) if channel.clients is not None else "—"),)),
            Cell(chart=_shares(words, *share, longest)),
            _price(words, channel, cac, scale, channel is dear),
            _romi(words, channel.romi),
        )
        for channel, share in zip(channels, shares, strict=True)
    ]
    other = facts.amount("promo.other_spend")
    outside = words.t("channels_outside", amount=words.money(other)) if other else ""
    shapes, labels = ticks(scale, steps, (words.bare(words.money(step)) for step in steps), 2)
    rows.append(
        (
            Cell((Line(words.t("channels_all"), "strong"),)),
            Cell((Line(words.money(spent), "strong"),)),
            Cell((Line(words.wording.number(won), "strong"),)),
            Cell((Line(outside, "small"),) if outside else ()),
            Cell(chart=Chart(16, tuple(shapes), tuple(labels))) if scale.high > 1 else Cell(),
            Cell(),
        )
    )
    columns = (
        Column(words.t("column_channel"), 18),
        Column(words.t("column_spend"), 12.5, right=True),
        Column(words.t("column_new_clients"), 8.5, right=True),
        Column(words.t("column_shares"), 21.5, ref=facts.ref("channel_client_share")),
        Column(words.t("column_price", currency=words.wording.symbol), 27.5, ref=facts.ref("channel_cac")),
        Column(words.t("column_romi"), 12, right=True, ref=facts.ref("romi")),
    )
    return Wide(
        "",
        (
            Table(columns, tuple(rows), look=_density(channels)),
            Line(_note(words, cac, pair is not None), "note"),
        ),
    )


def _price_axis(
    words: Words, channels: list[_Channel], cac: Measured | None
) -> tuple[Scale, tuple[float, ...]]:
    """From zero to the farthest end of an interval, with few round marks, as wide as the labels let it be."""
    prices = [
        channel.price for channel in channels if channel.price is not None and channel.price.value is not None
    ]
    ends = [
        end
        for price in [*prices, *([cac] if cac else [])]
        for end in (price.value or 0, *(price.interval or ()))
    ]
    steps = tuple(round_steps(max(ends, default=0), 3))
    labels = [text_width(text, size) for price in prices for text, size in _price_words(words, price)]
    return Scale(0, steps[-1], 2, PRICES - 8 - max(labels, default=30)), steps


def _price_words(words: Words, price: Measured) -> tuple[tuple[str, float], ...]:
    """The price and its range with the sizes they are set in; the column's head names the currency."""
    shown = (words.value(price), 8.0)
    if price.interval is None:
        return (shown,)
    low, high = price.interval
    return shown, (words.bare(words.range((low, high), price.unit)), 7.0)


def _shares(words: Words, spend: float | None, clients: float | None, longest: float) -> Chart:
    """Two bars; a share that is not known has a dash in place of its bar."""
    scale = SHARES / longest if longest else 0
    shapes, labels = [], []
    said = ["—" if share is None else words.wording.share(share) for share in (spend, clients)]
    looks = (("other", 1.0, "grey"), ("data", 12.0, "b"))
    for share, text, (look, top, weight) in zip((spend, clients), said, looks, strict=True):
        if share:
            shapes.append(bar(look, 0, top, share * scale, 7))
        labels.append(Label(text, (share or 0) * scale + 3, top - 1, 40, weight))
    alt = words.t("alt_channel_share", spend=said[0], clients=said[1])
    return Chart(CHART, tuple(shapes), tuple(labels), alt)


def _price(words: Words, channel: _Channel, cac: Measured | None, scale: Scale, dear: bool) -> Cell:
    price, middle = channel.price, CHART / 2
    if price is None or price.value is None:
        return Cell(
            (Line(price.reason_text if price and price.reason_text else words.t("not_computed"), "quiet"),)
        )
    shapes: list[Shape] = []
    if cac is not None and cac.value is not None:
        if cac.interval is not None:
            low, high = scale.at(cac.interval[0]), scale.at(cac.interval[1])
            shapes.append(Shape("band", low, 0, high - low, CHART))
        shapes.append(Shape("middle", scale.at(cac.value), 0, 1, CHART))
    shown = words.value(price)
    if price.interval is None or not price.value:
        shapes.append(dot(scale, price.value, middle, "grey"))
        note = (
            words.t("channels_one", n=int(channel.clients or 0)) if price.value else words.t("channels_free")
        )
        width, line = text_width(shown, 8), scale.at(cac.value or 0) if cac is not None else 0.0
        left = scale.at(price.value) + 7
        crossed = left - 3 < line < left + width  # by the company's line
        label = Label(shown, left, middle - 5, width, "grey on" if crossed else "grey")
        alt = sentence(f"{channel.name}: {shown}")
        return Cell(chart=Chart(CHART, tuple(shapes), (label,), alt), below=(Line(note, "small"),))
    look = "red" if dear else "blue"
    shapes += [
        *whisker(scale, price.interval, middle, look),
        dot(scale, price.value, middle, f"{look} square" if dear else look),
    ]
    after = max(
        scale.at(price.interval[1]),
        scale.at(cac.interval[1]) if cac is not None and cac.interval else 0,
    )
    (_, _), (span, small) = _price_words(words, price)
    left = min(after + 4, PRICES - max(text_width(shown, 8), text_width(span, small)))
    labels = (Label(shown, left, middle - 10.5, 60, "b"), Label(span, left, middle, 60, "axis"))
    alt = sentence(f"{channel.name}: {shown} ({span})")
    return Cell(chart=Chart(CHART, tuple(shapes), labels, alt))


def _romi(words: Words, romi: Measured | None) -> Cell:
    if romi is None or romi.value is None:
        return Cell((Line(words.t("not_computed"), "small"),))
    shown = words.value(romi)
    if romi.value > 0:
        return Cell((Line(f"+{shown}", "strong good"), Line(words.t("romi_profit"), "small")))
    if romi.value < 0:
        return Cell((Line(shown, "strong act"), Line(words.t("romi_loss"), "small")))
    return Cell((Line(shown, "strong"), Line(words.t("romi_even"), "small")))


def _note(words: Words, cac: Measured | None, comparable: bool) -> str:
    if cac is None or cac.value is None:
        band = ""
    elif cac.interval is None:
        band = words.t("channels_line", value=words.value(cac))
    else:
        band = words.t("channels_band", value=words.value(cac), range=words.span(cac))
    return join(band, words.t("channels_overlap") if comparable else "", words.t("channels_romi"))


def _funnel(facts: Facts, words: Words, channels: list[_Channel]) -> Wide:
    """From impression to lead; a dash carries the number of its reason, a channel of dashes stands below."""
    rows, used = [], set()
    coded = len(words.wording.symbol) > 1  # a currency's code is too long for each cell
    unit = f", {words.wording.symbol}" if coded else ""
    bare = [channel for channel in channels if not _counted(channel)]
    for channel in (one for one in channels if _counted(one)):
        cells = [Cell((Line(channel.name, "strong"),))]
        for field in FUNNEL:
            count = cell_number(channel.row, field)
            if count is None:
                used.add(1)
            cells.append(Cell((Line("—¹" if count is None else words.wording.number(count)),)))
        for metric_id in FUNNEL_METRICS:
            metric = facts.metric(metric_id, channel.index)
            if metric is not None and metric.value is not None:
                cells.append(Cell((Line(words.bare(words.value(metric)) if coded else words.value(metric)),)))
                continue
            mark = 2 if metric is not None and metric.reason.startswith("zero") else 1
            used.add(mark)
            cells.append(Cell((Line("—²" if mark == 2 else "—¹"),)))
        rows.append(tuple(cells))
    columns = (
        Column(words.t("column_channel"), 23),
        Column(words.t("column_impressions"), 11, right=True),
        Column(words.t("column_clicks"), 11, right=True),
        Column(words.t("column_leads"), 9, right=True),
        Column(words.t("column_ctr"), 11, right=True, ref=facts.ref("ctr")),
        Column(words.t("column_cpc") + unit, 11, right=True, ref=facts.ref("cpc")),
        Column(words.t("column_conversion"), 12, right=True, ref=facts.ref("cr_click_to_lead")),
        Column(words.t("column_cpl") + unit, 12, right=True, ref=facts.ref("cpl")),
    )
    named = words.listed(words.quoted(channel.name, 40) for channel in bare[:MOST_BARE])
    more = words.t("missing_more", n=len(bare) - MOST_BARE) if len(bare) > MOST_BARE else ""
    note = join(
        *(words.t(f"funnel_note_{mark}") for mark in sorted(used)),
        words.t("funnel_bare", names=join(named, more)) if bare else "",
    )
    notes = (Line(note, "note"),) if note else ()
    return Wide(words.t("funnel"), (Table(columns, tuple(rows), look=_density(channels)), *notes))


def _counted(channel: _Channel) -> bool:
    """Whether the owner counts anything between an impression and a lead here."""
    return any(cell_number(channel.row, field) is not None for field in FUNNEL)


def _density(channels: list[_Channel]) -> str:
    return "dense" if len(channels) > ROOMY else ""
