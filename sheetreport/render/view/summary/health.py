"""The score of health on page 1: the figure, and each area with its points and what they are made of."""

from __future__ import annotations

from collections.abc import Sequence

from sheetreport.render.view.facts import Facts, Json
from sheetreport.render.view.letters import PAGE_WIDTH, fitting
from sheetreport.render.view.model import Cell, Chart, Column, Label, Line, Score, Shape, Sign, Table
from sheetreport.render.view.words import Words

BAR, POINTS = 52.0, 42.0
"""The width of an area's bar and of the points behind it."""
MOST_STEPS = 3
CORE = frozenset({"clients", "channels", "goals"})
"""Areas whose questions everybody is asked: they are shown without data too."""
SIGNS = {
    "good": Sign.GOOD,
    "attention": Sign.ATTENTION,
    "act": Sign.ACT,
    "no_data": Sign.NO_DATA,
}
_ONE_LINE = 0.45 * PAGE_WIDTH - 3


def score(facts: Facts, words: Words) -> Score | None:
    """The block of page 1; None for a result that has no score."""
    found = facts.result.get("health")
    if not found:
        return None
    shown = [area for area in found["areas"] if is_shown(area)]
    columns = (
        Column(words.wording.text("health.column_area"), 17.6),
        Column(words.wording.text("health.column_points"), 21.4),
        Column(words.wording.text("health.column_status"), 16),
        Column(words.wording.text("health.column_made"), 45),
    )
    return Score(
        heading=words.wording.text("health.heading"),
        figure=figure(found, words),
        caption=caption(found, words),
        table=Table(columns, tuple(_row(area, words) for area in shown)),
        notes=notes(found, words),
        known=found["score"] is not None,
    )


def is_shown(area: Json) -> bool:
    """Whether an area stands in the table: judged, asked of everybody, or begun."""
    left_blank = all(item["reason"] == "page_blank" for item in area["items"])
    return area["status"] != "no_data" or area["id"] in CORE or not left_blank


def figure(found: Json, words: Words) -> str:
    value = found["score"]
    return words.wording.text("health.unknown") if value is None else words.wording.number(value)


def caption(found: Json, words: Words) -> str:
    """On how much of the weight the score rests, or why there is none."""
    share = words.wording.share(found["known"], 0)
    if found["score"] is None:
        return words.wording.text(
            "health.unknown_why", share=share, least=words.wording.share(found["least"], 0)
        )
    return words.wording.text("health.known_all" if found["known"] >= 1 else "health.known", share=share)


def status(area: Json, words: Words) -> tuple[Sign, str]:
    """An area's mark and word, hedged where the samples leave doubt that it is good."""
    if any(item["reason"] == "before_opening" for item in area["items"]):
        return Sign.WAITING, words.wording.text("health.status_waiting")
    probable = area["status"] == "good" and not area["confident"]
    key = f"health.status_{area['status']}" + ("_probable" if probable else "")
    return SIGNS[area["status"]], words.wording.text(key)


def points(area: Json, words: Words) -> str:
    if not area["of"]:
        return words.t("no_value")
    return words.wording.text("health.of", n=area["points"], all=area["of"])


def notes(found: Json, words: Words) -> tuple[str, ...]:
    """The areas that take no part, and the nearest steps up."""
    hidden = [
        f"{area['name']} ({words.wording.share(area['weight'] / 100, 0)})"
        for area in found["areas"]
        if not is_shown(area)
    ]
    steps = [
        words.wording.text("health.rung", gain=step["gain"], step=step["text"])
        for step in found["ladder"][:MOST_STEPS]
    ]
    said = [words.wording.text("health.not_judged", names=", ".join(hidden))] if hidden else []
    if steps:
        said.append(words.wording.text("health.ladder", steps="; ".join(steps)))
    return tuple(said)


def _row(area: Json, words: Words) -> tuple[Cell, ...]:
    sign, said = status(area, words)
    return (
        Cell((Line(area["name"], "strong"),)),
        Cell((), _bar(area, words)),
        Cell((Line(said, f"verdict {sign.value}", sign),)),
        Cell((Line(_made(area["text"]), "small"),)),
    )


def _bar(area: Json, words: Words) -> Chart:
    """The area's score from 0 to 100 with its points; a dashed frame where nothing is known."""
    label = Label(points(area, words), BAR + 5, 0.4, POINTS, "tag")
    if area["score"] is None:
        return Chart(10, (Shape("bar need", 0, 2, BAR, 7),), (label,))
    filled = Shape("bar data", 0, 2, BAR * area["score"] / 100, 7)
    shapes: Sequence[Shape] = (Shape("bar track", 0, 2, BAR, 7), filled)
    return Chart(10, tuple(shapes if area["score"] else shapes[:1]), (label,))


def _made(text: str) -> str:
    """What an area is made of, as many whole parts as one line holds, in small type."""
    parts = text.split("; ")
    for count in range(len(parts), 0, -1):
        shown = "; ".join(parts[:count])
        if fitting(shown, 7.5, _ONE_LINE) == shown or count == 1:
            return fitting(shown, 7.5, _ONE_LINE)
    return text
