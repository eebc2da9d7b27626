"""The score of health on page 1: the figure, and each area with its points and what they are made of."""

from __future__ import annotations

from collections.abc import Sequence

from sheetreport.render.view.facts import Facts, Json
from sheetreport.render.view.letters import PAGE_WIDTH, line_count
from sheetreport.render.view.model import Cell, Chart, Column, Label, Line, Score, Shape, Sign, Table
from sheetreport.render.view.words import Words

BAR, POINTS = 40.0, 34.0
"""The width of an area's bar and of the points behind it."""
NOTHING = "—"
CORE = frozenset({"clients", "channels", "goals"})
"""Areas whose questions everybody is asked: they are shown without data too."""
SIGNS = {
    "good": Sign.GOOD,
    "attention": Sign.ATTENTION,
    "act": Sign.ACT,
    "no_data": Sign.NO_DATA,
}
_LOST_LINES = 1


def score(facts: Facts, words: Words) -> Score | None:
    """The block of page 1; None for a result that has no score."""
    found = facts.result.get("health")
    if not found:
        return None
    shown = [area for area in found["areas"] if is_shown(area)]
    columns = (
        Column(words.wording.text("health.column_area"), 34.5),
        Column(words.wording.text("health.column_points"), 32.5),
        Column(words.wording.text("health.column_status"), 33),
    )
    return Score(
        heading=words.wording.text("health.heading"),
        figure=figure(found, words),
        caption=caption(found, words),
        table=Table(columns, tuple(_row(area, words) for area in shown)),
        notes=_notes(found, words),
        known=found["score"] is not None,
    )


def is_shown(area: Json) -> bool:
    """Whether an area stands in the table: judged, asked of everybody, or begun."""
    unasked = all(item["reason"] in ("page_blank", "before_opening") for item in area["items"])
    return area["status"] != "no_data" or area["id"] in CORE or not unasked


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
        return NOTHING
    return words.wording.text("health.of", n=area["points"], all=area["of"])


def _notes(found: Json, words: Words) -> tuple[str, ...]:
    """Where the points are lost, and the areas that take no part."""
    hidden = [area for area in found["areas"] if not is_shown(area)]
    names = ", ".join(f"{area['name']} ({words.wording.share(area['weight'] / 100, 0)})" for area in hidden)
    waiting = any(area["items"][0]["reason"] == "before_opening" for area in hidden)
    key = "not_judged_opening" if waiting else "not_judged" if found["score"] is not None else _unlock(found)
    lacking = words.wording.share(max(found["least"] - found["known"], 0), 0)
    unjudged = words.wording.text(f"health.{key}", names=names, share=lacking) if hidden else ""
    return tuple(text for text in (lost(found, words), unjudged) if text)


def _unlock(found: Json) -> str:
    """Whether any of the areas on blank sheets is enough for a score, or it takes several."""
    weights = [area["weight"] / 100 for area in found["areas"] if not is_shown(area)]
    return "unlocks_any" if found["known"] + min(weights, default=0) >= found["least"] else "unlocks_several"


def lost(found: Json, words: Words) -> str:
    """What costs points, the most first, as many as a line holds; the rest as one sum."""
    items = [item for area in found["areas"] for item in area["items"] if item["points"] is not None]
    costly = sorted(
        (item for item in items if item["points"] < item["of"]), key=lambda item: item["points"] - item["of"]
    )
    for count in range(len(costly), 0, -1):
        parts = [
            words.wording.text("health.loses", what=item["text"], n=item["of"] - item["points"])
            for item in costly[:count]
        ]
        rest = sum(item["of"] - item["points"] for item in costly[count:])
        if rest:
            parts.append(words.wording.text("health.rest", n=rest))
        said = words.wording.text("health.lost", items="; ".join(parts))
        if count == 1 or line_count(said, 7.5, PAGE_WIDTH) <= _LOST_LINES:
            return said
    return ""


def _row(area: Json, words: Words) -> tuple[Cell, ...]:
    sign, said = status(area, words)
    return (
        Cell((Line(area["name"], "strong"),)),
        Cell((), _bar(area, words)),
        Cell((Line(said, f"verdict {sign.value}", sign),)),
    )


def _bar(area: Json, words: Words) -> Chart:
    """The area's score from 0 to 100 with its points; a dashed frame where nothing is known."""
    label = Label(points(area, words), BAR + 4, 0.4, POINTS, "tag")
    if area["score"] is None:
        return Chart(10, (Shape("bar need", 0, 2, BAR, 7),), (label,))
    filled = Shape("bar data", 0, 2, BAR * area["score"] / 100, 7)
    shapes: Sequence[Shape] = (Shape("bar track", 0, 2, BAR, 7), filled)
    return Chart(10, tuple(shapes if area["score"] else shapes[:1]), (label,))
