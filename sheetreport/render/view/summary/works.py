"""What goes well already, in the owner's numbers."""

from __future__ import annotations

from sheetreport.model import KEEP
from sheetreport.render.view.facts import Facts, Json, Measured
from sheetreport.render.view.model import Line, Sign
from sheetreport.render.view.words import Words, cut, first_sentence

MOST_WORKS = 2
WORKS_TEXT = 140


def works(facts: Facts, words: Words) -> tuple[Line, ...]:
    """What to keep doing, each with its number; without such advice, the measures that surely stand well."""
    keep = [item for item in facts.recommendations if item["tier"] == KEEP]
    if keep or KEEP in facts.tiers:
        return tuple(
            Line(cut(_praise(item, words), WORKS_TEXT), "works-line", Sign.GOOD) for item in keep[:MOST_WORKS]
        )
    good = [metric for metric in facts.asked if _stands_well(metric)]
    return tuple(
        Line(
            words.t("works_metric", name=metric.name, value=words.value(metric), zone=metric.zone),
            "works-line",
            Sign.GOOD,
        )
        for metric in good[:MOST_WORKS]
    )


def _praise(item: Json, words: Words) -> str:
    """The first sentence of the advice, behind the name of the row it is about."""
    text, name = first_sentence(item["text"]), words.name(item.get("subject"), 40)
    return words.t("works_of", name=words.quoted(name), text=text) if name and name not in text else text


def _stands_well(metric: Measured) -> bool:
    """A measure of the company whose whole margin of error lies in a green zone."""
    return metric.row is None and metric.tone == "green" and metric.interval is not None and metric.certain
