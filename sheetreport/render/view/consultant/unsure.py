"""Chapter: advice with low confidence, numbers from small samples, and what would settle them."""

from __future__ import annotations

from sheetreport.render.view.actions import effect_lines, number_of
from sheetreport.render.view.consultant.actions import plain_lines
from sheetreport.render.view.consultant.borders import rule
from sheetreport.render.view.facts import Facts, Measured
from sheetreport.render.view.model import Body, Cell, Column, Line, Table, Wide
from sheetreport.render.view.parts import SIGNS
from sheetreport.render.view.words import Words, bind, cut

REQUIRED = {"nps": "nps_required_n", "csi": "csi_required_n"}
"""How many answers settle a survey."""

NO_SAMPLE = frozenset({"practices_score"})
"""Counts what the owner answered about the whole business: more answers would make it no surer."""


def chapter(facts: Facts, words: Words) -> Body | None:
    text = words.wording.text
    blocks = tuple(block for block in (_advice(facts, words), _metrics(facts, words)) if block is not None)
    if not blocks:
        return None
    return Body(
        id="unsure",
        name=text("consultant.unsure_name"),
        claim=bind(text("consultant.unsure_claim")),
        lead="",
        blocks=blocks,
    )


def _advice(facts: Facts, words: Words) -> Wide | None:
    rows = tuple(
        (
            Cell((Line(number_of(facts, item), "strong"),)),
            rule(words, item),
            Cell(plain_lines(effect_lines(item, words))),
            Cell((Line(item["confidence"]["words"]),)),
        )
        for item in facts.recommendations
        if item["confidence"]["level"] == "low"
    )
    columns = (
        Column(words.t("column_number"), 4.5),
        Column(words.wording.text("consultant.column_advice"), 41.5),
        Column(words.t("column_effect"), 34),
        Column(words.wording.text("consultant.column_rests"), 20),
    )
    heading = words.wording.text("consultant.unsure_actions")
    return Wide(heading, (Table(columns, rows, header=1, look="dense"),)) if rows else None


def _metrics(facts: Facts, words: Words) -> Wide | None:
    rows = tuple(
        (
            Cell((Line(named(words, metric), "strong"),)),
            Cell((Line(words.value(metric)),)),
            Cell((Line(words.span(metric)),)),
            Cell((Line("" if metric.sample is None else words.wording.plain(metric.sample)),)),
            Cell(_verdict(facts, words, metric)),
        )
        for metric in facts.metrics
        if metric.reported and metric.value and metric.id not in NO_SAMPLE
        if _is_estimate(words, metric) and _is_unsure(metric)
    )
    columns = (
        Column(words.t("column_measure"), 36),
        Column(words.t("column_value"), 12, right=True),
        Column(words.t("column_range"), 16, right=True),
        Column(words.wording.text("consultant.column_sample"), 8, right=True),
        Column(words.wording.text("consultant.column_needs"), 28),
    )
    heading = words.wording.text("consultant.unsure_metrics")
    return Wide(heading, (Table(columns, rows, look="dense close"),)) if rows else None


def _verdict(facts: Facts, words: Words, metric: Measured) -> tuple[Line, ...]:
    """The zone as far as it may be named, and what would settle it."""
    zone = "" if metric.weak else words.zone(metric)
    marked = (Line(zone, "", SIGNS.get(metric.tone)),) if zone else ()
    needs = _needs(facts, words, metric)
    return (*marked, *((Line(needs),) if needs else ()))


def named(words: Words, metric: Measured) -> str:
    """A metric by its name, of a row with the row's own name in front."""
    subject = words.row(metric.subject, 40, metric.per)
    return f"{subject}: {cut(metric.name, 80)}" if subject else cut(metric.name, 80)


def _is_estimate(words: Words, metric: Measured) -> bool:
    """Whether a margin of error is computed for the metric, which tells more than what follows from it."""
    return words.catalog.metric(metric.id, metric.per).interval is not None


def _is_unsure(metric: Measured) -> bool:
    """Whether the sample is small, or the range reaches over a border."""
    return metric.weak or (bool(metric.zone) and metric.interval is not None and not metric.confident)


def _needs(facts: Facts, words: Words, metric: Measured) -> str:
    """How many answers or cases more would settle it."""
    if metric.sample is None:
        return ""
    key = "needs_sample"
    target: float | None = words.policy("usable_sample")
    if metric.row is None and metric.id in REQUIRED:
        key = "needs_answers"
        if not metric.weak:
            target = facts.number(REQUIRED[metric.id])
    if target is None or target <= metric.sample:
        return ""
    return words.wording.text(f"consultant.{key}", n=float(round(target - metric.sample)), all=target)
