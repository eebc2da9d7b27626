"""Chapter: satisfaction with the whole, with its sides and with a moment; what clients say."""

from __future__ import annotations

from collections.abc import Sequence

from sheetreport.catalog.definitions import Unit
from sheetreport.model import Evidence as Sample
from sheetreport.render.view.actions import acts
from sheetreport.render.view.charts import CONTENT, Scale, bar, dot, ticks, whisker
from sheetreport.render.view.claims import apart, tones
from sheetreport.render.view.facts import Facts, Json, Measured, cell_number, cell_value
from sheetreport.render.view.measure import fit
from sheetreport.render.view.model import (
    Block,
    Body,
    Cell,
    Chart,
    Column,
    Evidence,
    Label,
    Line,
    Shape,
    Sign,
    Table,
)
from sheetreport.render.view.parts import scores
from sheetreport.render.view.words import Words, bind, clean, join, sentence

NAMES, AXIS = 100.0, 172.0  # points of the names and of the axis in the chart of ratings
PITCH = 25.0
MENTIONS = 66.0  # points of the longest bar of mentions
MOST_THEMES = 8
SATISFIED = 4  # the lowest score that CSAT counts


def chapter(facts: Facts, words: Words) -> Body | None:
    csi, csat = facts.known("csi"), facts.known("csat_share")
    rated = _rated(facts)
    parts = (
        _ratings(words, csi, rated, facts),
        _spread(facts, words, csi),
        *_themes(facts, words),
        _moment(facts, words, csat),
    )
    blocks: list[Block] = [block for block in parts if block]
    if not blocks:
        return None
    return Body(
        id="satisfaction",
        name=words.t("satisfaction_name"),
        claim=bind(_claim(facts, words, csi, rated)),
        lead=_lead(facts, words, csi),
        blocks=(*blocks, *acts(facts, words, "satisfaction")),
    )


def _rated(facts: Facts) -> list[Measured]:
    """Attributes with a rating, the best first."""
    found = [facts.known("csi_attribute", row["index"]) for row in facts.table("csi")]
    return sorted((row for row in found if row is not None), key=lambda row: -(row.value or 0))


def _weakest(csi: Measured | None, rated: list[Measured], words: Words) -> Measured | None:
    """The lowest attribute if it is below the whole, or in the red, beyond the margin of error."""
    firm = [row for row in rated if not row.weak]
    if not firm:
        return None
    last = firm[-1]
    below = csi is not None and apart(last.interval, csi.interval) and (last.value or 0) < (csi.value or 0)
    return last if below or tones(last, words.catalog) == {"red"} else None


def _claim(facts: Facts, words: Words, csi: Measured | None, rated: list[Measured]) -> str:
    weak = _weakest(csi, rated, words)
    strong = rated[0] if rated and not rated[0].weak and tones(rated[0], words.catalog) == {"green"} else None
    if weak is not None and strong is not None and weak is not strong:
        return words.t(
            "satisfaction_both", strong=words.quoted(strong.subject, 34), weak=words.quoted(weak.subject, 34)
        )
    if weak is not None:
        return words.t("satisfaction_weak", weak=words.quoted(weak.subject, 50))
    if csi is not None:
        if csi.evidence is Sample.ANECDOTAL:
            return words.t("loyalty_anecdotal", n=int(csi.sample or 0))
        if csi.weak:
            return words.t("satisfaction_early", csi=words.value(csi))
        return words.t("satisfaction_certain" if csi.certain else "satisfaction_probable", zone=csi.zone)
    csat = facts.known("csat_share")
    if csat is not None and csat.interval is not None and not csat.weak:
        return words.t("satisfaction_csat", range=words.range(csat.interval, Unit.SHARE))
    return words.t("satisfaction_voice")


def _lead(facts: Facts, words: Words, csi: Measured | None) -> str:
    if csi is None or csi.evidence is Sample.ANECDOTAL:
        return (
            join(words.t("answers_as_given"), words.t("loyalty_more", n=words.policy("usable_sample")))
            if csi
            else ""
        )
    span = words.range(csi.interval, csi.unit) if csi.interval else ""
    coverage = facts.known("csi_coverage")
    return join(
        words.t("satisfaction_value", csi=words.value(csi), range=span, n=int(csi.sample or 0))
        if span
        else "",
        words.t(
            "satisfaction_coverage",
            share=words.wording.share(coverage.value, 0),
            target=words.wording.share(words.policy("csi_coverage_target"), 0),
        )
        if coverage is not None
        and coverage.value is not None
        and coverage.value < words.policy("csi_coverage_target")
        else "",
    )


def _ratings(words: Words, csi: Measured | None, rated: list[Measured], facts: Facts) -> Evidence | None:
    """Points, never bars: the axis does not start at zero."""
    shown = [row for row in rated if row.evidence is not Sample.ANECDOTAL]
    whole = csi if csi is not None and csi.evidence is not Sample.ANECDOTAL else None
    if not shown and whole is None:
        return _few(words, csi, facts)
    rows = [*shown, *([whole] if whole else [])]
    lowest = min(row.interval[0] if row.interval else row.value or 1 for row in rows)
    start = 3.0 if lowest >= 3 else 1.0
    axis = Scale(start, 5, NAMES, AXIS)
    top, height = 14.0, PITCH * len(rows) + (5 if whole and shown else 0)
    weak = all(row.weak for row in rows)
    shapes: list[Shape] = []
    labels: list[Label] = []
    for zone in words.catalog.metric("csi").zones:
        low, high = max(zone.low or start, start), min(zone.high or 5, 5)
        if high <= low:
            continue
        left, width = axis.at(low), axis.at(high) - axis.at(low)
        shapes.append(Shape(f"zone zone-{'neutral' if weak else zone.tone}", left, top, width - 1, height))
        labels.append(_zone_label(zone.name[words.language], left, left + width, zone.low, zone.high))
    labels.append(Label(words.t("ratings_columns"), NAMES + AXIS, 2, CONTENT - NAMES - AXIS, "r axis"))
    for place, row in enumerate(rows):
        middle = top + PITCH * place + PITCH / 2 + (5 if row is whole and shown else 0)
        if row is whole and shown:
            shapes.append(Shape("rule", 0, middle - PITCH / 2 - 2.5, CONTENT, 0.8))
        name = words.t("ratings_whole") if row is whole else fit(clean(row.subject), 8, NAMES - 6, 2)
        labels.append(Label(name, 0, middle, NAMES - 6, "b wrap mid" if row is whole else "wrap mid"))
        red = not row.weak and tones(row, words.catalog) == {"red"}
        if row.interval is not None:
            shapes += whisker(axis, row.interval, middle, "grey" if row.weak else "")
        shapes.append(dot(axis, row.value or 0, middle, "grey" if row.weak else "red square" if red else ""))
        labels.append(Label(words.value(row), NAMES + AXIS + 5, middle - 6, 32, "b mean"))
        labels.append(
            Label(words.span(row), NAMES + AXIS + 35, middle - 5, CONTENT - NAMES - AXIS - 35, "r tag")
        )
    marks = [start + (5 - start) / 4 * step for step in range(5)]
    tick_shapes, tick_labels = ticks(
        axis, marks, (words.wording.number(mark, 1) for mark in marks), top + height
    )
    alt = sentence("; ".join(_rating(words, row, whole) for row in rows))
    chart = Chart(top + height + 14, (*shapes, *tick_shapes), (*labels, *tick_labels), alt)
    note = words.t("ratings_note", n=words.wording.number(start))
    notes = [Line(_confidence(words, rows), "note")]
    return Evidence(words.t("ratings"), note, (chart, *notes), rows[0].id)


def _rating(words: Words, row: Measured, whole: Measured | None) -> str:
    name = words.t("ratings_whole") if row is whole else clean(row.subject, 60)
    return (
        f"{name}: {words.value(row)} ({words.span(row)})" if row.interval else f"{name}: {words.value(row)}"
    )


def _zone_label(name: str, left: float, right: float, low: float | None, high: float | None) -> Label:
    """The lowest zone is named at its middle, those above on both sides of their common boundary."""
    if low is None:
        return Label(name, left, 2, right - left, "c axis")
    return (
        Label(name, right - 70, 2, 68, "r axis") if high is not None else Label(name, left + 1, 2, 60, "axis")
    )


def _confidence(words: Words, rows: list[Measured]) -> str:
    if any(row.weak for row in rows):
        return words.t("ratings_weak", n=words.policy("usable_sample"))
    return words.t("ratings_certain" if all(row.confident for row in rows) else "ratings_partly")


def _spread(facts: Facts, words: Words, csi: Measured | None) -> Evidence | None:
    """How many gave each overall score: a mean hides whether opinions differ."""
    tally = facts.answer("csi.overall_1_5")
    if csi is None or csi.evidence is Sample.ANECDOTAL or not tally or not max(tally):
        return None
    return Evidence(words.t("spread"), words.t("spread_note"), (scores(words, tally),))


def _few(words: Words, csi: Measured | None, facts: Facts) -> Evidence | None:
    tally = facts.answer("csi.overall_1_5")
    if csi is None or not tally:
        return None
    return Evidence(words.t("ratings"), words.t("ratings_few_note"), (_tally(words, tally),))


def _tally(words: Words, tally: list[int]) -> Table:
    rows = tuple(
        (Cell((Line(str(score), "strong"),)), Cell((Line(words.wording.number(count)),)))
        for score, count in enumerate(tally, start=1)
        if count
    )
    return Table(
        (Column(words.t("column_score"), 60), Column(words.t("column_answers"), 40, right=True)),
        rows,
        look="narrow",
    )


def _themes(facts: Facts, words: Words) -> Sequence[Evidence]:
    """What clients praise, then what they complain about, most often named first, on one scale."""
    rows = [row for row in facts.table("feedback") if cell_number(row, "feedback.mentions") is not None]
    most = max((cell_number(row, "feedback.mentions") or 0 for row in rows), default=0)
    total = sum(cell_number(row, "feedback.mentions") or 0 for row in rows)
    shown: list[Evidence] = []
    for kind in ("like", "dislike"):
        of_kind = [row for row in rows if cell_value(row, "feedback.kind") == kind]
        if not most or not of_kind:
            continue
        rest = len(of_kind) - MOST_THEMES
        more = (Line(words.t("themes_rest", n=rest), "note"),) if rest > 0 else ()
        note = words.t("themes_note", n=total) if not shown else ""
        parts = (_theme_table(facts, words, of_kind, kind, most), *more)
        shown.append(Evidence(words.t(f"themes_{kind}"), note, parts))
    return shown


def _theme_table(facts: Facts, words: Words, rows: list[Json], kind: str, most: float) -> Table:
    named = sorted(rows, key=lambda row: -(cell_number(row, "feedback.mentions") or 0))[:MOST_THEMES]
    shown = []
    for row in named:
        mentions = cell_number(row, "feedback.mentions") or 0
        share = facts.number("feedback_theme_share", row["index"]) if kind == "dislike" else None
        count = words.wording.number(mentions)
        label = f"{count} ({words.wording.share(share, 0)})" if share is not None else count
        width = mentions / most * MENTIONS
        alt = sentence(f"{clean(row['subject'], 60)}: {label}")
        shapes = (bar("lost" if kind == "dislike" else "data", 0, 2.5, width, 7),) if mentions else ()
        shown.append(
            (
                Cell((Line(clean(row["subject"], 80)),)),
                Cell(chart=Chart(12, shapes, (Label(label, width + 4, 1, 60, "b"),), alt)),
                Cell((_theme_action(words, row, mentions, share), *_ideal(words, row))),
            )
        )
    columns = (
        Column(words.t("column_theme"), 32),
        Column(words.t("column_mentions" if kind == "like" else "column_mentions_share"), 34),
        Column(words.t(f"column_{kind}_action"), 34),
    )
    return Table(columns, tuple(shown), look="dense")


def _ideal(words: Words, row: Json) -> tuple[Line, ...]:
    """What the owner imagines in place of the theme."""
    ideal = clean(cell_value(row, "feedback.ideal"), 120)
    return (Line(words.t("themes_ideal", text=ideal), "small"),) if ideal else ()


def _theme_action(words: Words, row: Json, mentions: float, share: float | None) -> Line:
    action = clean(cell_value(row, "feedback.action"), 120)
    if action:
        return Line(action)
    pressing = (
        share is not None
        and share >= words.policy("theme_share")
        and mentions >= words.policy("theme_mentions")
    )
    return (
        Line(words.t("themes_no_action"), "verdict act", Sign.ACT)
        if pressing
        else Line(words.t("themes_blank"), "quiet")
    )


def _moment(facts: Facts, words: Words, csat: Measured | None) -> Evidence | None:
    if csat is None or csat.value is None:
        return None
    label = clean(facts.answer("csat.touchpoint"), 60) or words.t("moment")
    label = label[0].upper() + label[1:]
    few = csat.evidence is Sample.ANECDOTAL
    note = words.t("moment_note_few" if few else "moment_note", n=int(csat.sample or 0))
    tally = facts.answer("csat.tally_1_5")
    if few:
        return Evidence(label, note, (_tally(words, tally),)) if tally else None
    mean = facts.known("csat_mean")
    text = join(
        words.t("moment_text", share=words.value(csat), range=words.range(csat.interval, csat.unit))
        if csat.interval
        else "",
        words.t("moment_mean", mean=words.value(mean)) if mean else "",
        words.t("zone_early_sentence") if csat.weak else "",
    )
    drawn = (scores(words, tally, SATISFIED),) if tally and max(tally) else ()
    return Evidence(label, note, (*drawn, Line(text, "text")), csat.id)
