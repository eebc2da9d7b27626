"""Chapter: loyalty, the recommendation survey."""

from __future__ import annotations

from sheetreport.catalog.definitions import Unit
from sheetreport.model import Evidence as Sample
from sheetreport.render.view.actions import acts
from sheetreport.render.view.charts import CONTENT, Scale, bar, dot, round_steps, ticks, whisker
from sheetreport.render.view.facts import Facts, Measured
from sheetreport.render.view.measure import text_width
from sheetreport.render.view.model import (
    Block,
    Body,
    Cell,
    Chart,
    Column,
    Evidence,
    Figure,
    Label,
    Line,
    Shape,
    Table,
    Wide,
)
from sheetreport.render.view.parts import counted
from sheetreport.render.view.words import Words, bind, join, sentence

GROUPS = (("detractors", "lost", 0, 6), ("passives", "plain", 7, 8), ("promoters", "data", 9, 10))


def chapter(facts: Facts, words: Words) -> Body | None:
    nps = facts.known("nps")
    if nps is None:
        return None
    if nps.evidence is Sample.ANECDOTAL:
        blocks: list[Block] = [_answers(facts, words)]
    else:
        parts = (
            _index(facts, words, nps),
            _groups(facts, words),
            _histogram(facts, words),
            _two_counts(facts, words),
        )
        blocks = [block for block in (*parts, _risk(facts, words), _word_of_mouth(facts, words)) if block]
    return Body(
        id="loyalty",
        name=words.t("loyalty_name"),
        claim=bind(_claim(facts, words, nps)),
        lead=_lead(words, nps),
        blocks=(*blocks, *acts(facts, words, "loyalty")),
    )


def _claim(facts: Facts, words: Words, nps: Measured) -> str:
    if nps.evidence is Sample.ANECDOTAL:
        return words.t("loyalty_anecdotal", n=int(nps.sample or 0))
    if nps.evidence is Sample.INDICATIVE:
        return words.t("loyalty_indicative", nps=words.value(nps))
    if nps.interval is None or nps.interval[0] <= 0 <= nps.interval[1]:
        return words.t("loyalty_open")
    key = "loyalty_above" if nps.interval[0] > 0 else "loyalty_below"
    groups = (facts.number("nps_promoter_share"), facts.number("nps_detractor_share"))
    promoters, detractors = ("" if share is None else words.wording.share(share, 0) for share in groups)
    if not promoters or not detractors or promoters == detractors:
        return words.t(key)
    return words.t(f"{key}_shares", promoters=promoters, detractors=detractors)


def _lead(words: Words, nps: Measured) -> str:
    n = int(nps.sample or 0)
    if nps.evidence is Sample.ANECDOTAL:
        return join(words.t("answers_as_given"), words.t("loyalty_more", n=words.policy("usable_sample")))
    span = words.range(nps.interval, nps.unit) if nps.interval else ""
    value = words.t("loyalty_value", nps=words.value(nps), range=span, n=n) if span else ""
    if nps.evidence is Sample.INDICATIVE:
        return join(value, words.t("loyalty_more", n=words.policy("usable_sample")))
    zone = words.zone(nps)
    said = nps.interval is not None and nps.interval[1] < 0  # the claim names that zone already
    return join(value, words.t("loyalty_zone", zone=zone) if zone and not said else "")


def _index(facts: Facts, words: Words, nps: Measured) -> Evidence | None:
    """The value and its interval on the axis of named zones, with the previous survey hollow."""
    if nps.value is None:
        return None
    axis, band, middle = Scale(-100, 100, 0, CONTENT), 20.0, 29.0
    shapes: list[Shape] = []
    labels: list[Label] = []
    zones = words.catalog.metric("nps").zones
    for zone in zones:
        left, right = (
            axis.at(-100 if zone.low is None else zone.low),
            axis.at(100 if zone.high is None else zone.high),
        )
        tone = "neutral" if nps.weak else zone.tone
        shapes.append(Shape(f"zone zone-{tone}", left, band, right - left - 1, 18))
        labels.append(Label(zone.name[words.language], left, band + 34, right - left - 1, "c axis wrap"))
    marks = sorted({-100.0, -50.0, 100.0, *(zone.low for zone in zones if zone.low is not None)})
    tick_shapes, tick_labels = ticks(axis, marks, (words.wording.points(mark) for mark in marks), band + 18)
    shapes += tick_shapes
    labels += [_inside(label) for label in tick_labels]
    if nps.interval is not None:
        shapes += whisker(axis, nps.interval, middle)
    value = words.value(nps)
    width = text_width(value, 14) + 4
    left = min(max(axis.at(nps.value) - width / 2, 90), CONTENT - 90 - width)
    labels.append(Label(value, left, 0, width, "c value"))
    if nps.interval is not None:
        labels.append(Label(words.range(nps.interval, nps.unit), left + width + 5, 5, 110, "tag"))
    if nps.previous is not None:
        shapes.append(dot(axis, nps.previous, middle, "open"))
        labels.append(
            Label(
                words.t("loyalty_previous", nps=words.wording.points(nps.previous)), left - 95, 5, 90, "r tag"
            )
        )
    shapes.append(dot(axis, nps.value, middle))
    chart = Chart(72, tuple(shapes), tuple(labels), _alt(words, nps))
    note = join(_change(facts, words, nps), _required(facts, words))
    notes = (Line(note, "note"),) if note else ()
    return Evidence(words.t("nps"), words.t("loyalty_index_note"), (chart, *notes), nps.id)


def _alt(words: Words, nps: Measured) -> str:
    span = words.range(nps.interval, nps.unit) if nps.interval else ""
    value = f"{words.value(nps)} ({span})" if span else words.value(nps)
    before = (
        words.t("loyalty_previous", nps=words.wording.points(nps.previous))
        if nps.previous is not None
        else ""
    )
    return words.t("alt_nps", nps=", ".join(part for part in (value, before) if part))


def _inside(label: Label) -> Label:
    """An axis label moved inside the chart's right edge."""
    return Label(label.text, min(label.left, CONTENT - label.width), label.top, label.width, label.look)


def _change(facts: Facts, words: Words, nps: Measured) -> str:
    change = facts.known("nps_change")
    if nps.previous is None or change is None or change.value is None or change.interval is None:
        return ""
    shown = words.wording.points(change.value)
    span = words.range(change.interval, Unit.POINTS)
    if change.interval[0] <= 0 <= change.interval[1]:
        return words.t("loyalty_change_margin", change=shown, range=span)
    return words.t(
        "loyalty_change_up" if change.value > 0 else "loyalty_change_down", change=shown, range=span
    )


def _required(facts: Facts, words: Words) -> str:
    needed, nps = facts.number("nps_required_n"), facts.known("nps")
    if needed is None or nps is None or nps.sample is None or needed <= nps.sample:
        return ""
    return words.t("loyalty_required", n=int(needed), now=int(nps.sample))


def _groups(facts: Facts, words: Words) -> Evidence | None:
    shares = [facts.known(f"nps_{name[:-1]}_share") for name, *_ in GROUPS]
    if any(share is None for share in shares):
        return None
    shapes, labels, left = [], [], 0.0
    third = CONTENT / 3
    for place, (share, (name, look, low, high)) in enumerate(zip(shares, GROUPS, strict=True)):
        value = share.value if share is not None and share.value is not None else 0.0
        if value:
            shapes.append(bar(look, left, 16, value * CONTENT, 14))
        left += value * CONTENT
        shapes.append(bar(look, place * third, 2, 7, 7))
        title = words.t(f"group_{name}", low=low, high=high, share=words.wording.share(value, 0))
        labels.append(Label(title, place * third + 11, 0.5, third - 12, "b"))
    return Evidence(
        words.t("groups"),
        words.t("groups_note"),
        (Chart(32, tuple(shapes), tuple(labels), sentence("; ".join(label.text for label in labels))),),
        "nps_detractor_share",
    )


def _histogram(facts: Facts, words: Words) -> Evidence | None:
    tally = facts.answer("nps.tally_0_10")
    if not tally or len(tally) != 11 or not max(tally):
        return None
    pitch, room, floor = CONTENT / 11, 58.0, 70.0
    shapes, labels = [], []
    for score, count in enumerate(tally):
        look = next(look for _, look, low, high in GROUPS if low <= score <= high)
        height = count / max(tally) * room
        left = score * pitch + 3
        if count:
            shapes.append(bar(look, left, floor - height, pitch - 6, height))
        labels.append(Label(words.wording.number(count), left - 3, floor - height - 11, pitch, "c b"))
        labels.append(Label(str(score), left - 3, floor + 3, pitch, "c tag"))
    shapes.append(Shape("rule", 0, floor, CONTENT, 0.8))
    alt = words.t("alt_scores", counts=counted(words, tally, 0))
    for name, _, low, high in GROUPS:
        left, width = low * pitch + 3, (high - low + 1) * pitch - 6
        shapes.append(
            Shape(
                f"rule {'red' if name == 'detractors' else 'grey' if name == 'passives' else 'blue'}",
                left,
                floor + 15,
                width,
                1.2,
            )
        )
        labels.append(Label(words.t(f"histogram_{name}"), left, floor + 18, width + 6, "tag"))
    return Evidence(
        words.t("histogram"),
        words.t("histogram_note"),
        (Chart(floor + 29, tuple(shapes), tuple(labels), alt),),
    )


def _answers(facts: Facts, words: Words) -> Wide:
    """Too few answers for a chart: the answers themselves."""
    tally = facts.answer("nps.tally_0_10")
    rows: tuple[tuple[Cell, ...], ...]
    if tally:
        given = [(str(score), count) for score, count in enumerate(tally) if count]
    else:
        given = [(words.t(f"histogram_{name}"), facts.number(f"nps_{name}") or 0) for name, *_ in GROUPS]
    rows = tuple(
        (Cell((Line(name, "strong"),)), Cell((Line(words.wording.number(count)),))) for name, count in given
    )
    columns = (Column(words.t("column_score"), 30), Column(words.t("column_answers"), 15, right=True))
    return Wide(words.t("answers_given"), (Table(columns, rows, look="narrow"),))


def _two_counts(facts: Facts, words: Words) -> Evidence | None:
    """The owner's count of unhappy clients beside the survey's: two measurements of one thing."""
    counted_share, surveyed = facts.known("dissatisfied_share"), facts.known("nps_detractor_share")
    if (
        counted_share is None
        or surveyed is None
        or surveyed.weak
        or counted_share.value is None
        or surveyed.value is None
        or surveyed.interval is None
    ):
        return None
    steps = round_steps(max(counted_share.value, surveyed.interval[1]) * 100, 4)
    shown = f"{words.value(surveyed)} ({words.span(surveyed)})"
    axis = Scale(0, steps[-1] / 100, 92, min(190, CONTENT - 92 - 14 - text_width(shown, 8)))
    shapes = [
        Shape("tick", axis.left, 33, axis.width, 0.6),
        dot(axis, counted_share.value, 7, "open"),
        *whisker(axis, surveyed.interval, 23, "red"),
        dot(axis, surveyed.value, 23, "red"),
    ]
    marks, mark_labels = ticks(
        axis, [step / 100 for step in steps], (words.wording.share(step / 100, 0) for step in steps), 33
    )
    labels = [
        Label(words.t("two_counts_owner"), 0, 2, 88),
        Label(words.value(counted_share), axis.at(counted_share.value) + 7, 2, 60, "b"),
        Label(words.t("two_counts_survey"), 0, 18, 88),
        Label(
            shown,
            axis.at(surveyed.interval[1]) + 5,
            18,
            110,
            "b",
        ),
        *mark_labels,
    ]
    low, high = surveyed.interval
    alt = words.t(
        "alt_two_counts",
        owner=words.value(counted_share),
        survey=words.value(surveyed),
        range=words.span(surveyed),
    )
    verdict = (
        "two_counts_same"
        if low <= counted_share.value <= high
        else "two_counts_more"
        if counted_share.value < low
        else "two_counts_less"
    )
    return Evidence(
        words.t("two_counts"),
        words.t("two_counts_note"),
        (
            Chart(46, (*shapes, *marks), tuple(labels), alt),
            Line(join(words.t(verdict), words.t("two_counts_sum")), "note"),
        ),
        counted_share.id,
    )


def _risk(facts: Facts, words: Words) -> Evidence | None:
    risk = facts.known("money_at_risk_detractors")
    if risk is None or not risk.value:
        return None
    amount = words.span(risk) or words.t("up_to", amount=words.money(risk.value))
    return Evidence(
        words.t("risk"),
        words.t("risk_note"),
        (Figure(amount, join(risk.calculation and f"{risk.calculation}.", risk.note), risk.id),),
    )


def _word_of_mouth(facts: Facts, words: Words) -> Evidence | None:
    balance = facts.known("nps_growth_balance")
    if balance is None or balance.value is None or balance.weak:
        return None
    shown = words.wording.points(balance.value)  # a rule of thumb has no decimals
    return Evidence(
        words.t("mouth"), words.t("mouth_note"), (Figure(shown, words.t("mouth_text"), balance.id),)
    )
