"""How the score of health is made up: every area, what judged it, and the points it earned."""

from __future__ import annotations

from collections.abc import Iterator

from sheetreport.render.view.facts import Facts, Json
from sheetreport.render.view.model import Cell, Column, Line, Table, Wide
from sheetreport.render.view.parts import SIGNS
from sheetreport.render.view.words import Words, capitalised

MOST_STEPS = 5


def block(facts: Facts, words: Words) -> Wide | None:
    """The table of areas and items with its rules above and its sum below; None without anything judged."""
    found = facts.result.get("health")
    if not found or not found["of"]:
        return None

    def t(key: str, **params: str | float | int) -> str:
        return words.wording.text(f"health.{key}", **params)

    columns = (
        Column(t("column_area"), 31),
        Column(t("column_item"), 29),
        Column(t("column_value"), 14),
        Column(t("column_reading"), 16),
        Column(t("column_points"), 10, right=True),
    )
    rows = tuple(row for area in found["areas"] for row in _area(area, words))
    below = [Line(_sum(found, words), "text"), *_steps(found, words)]
    return Wide(
        t("made_heading"),
        (Line(t("made_rules"), "text"), Table(columns, rows, header=1, look="dense"), *below),
    )


def _area(area: Json, words: Words) -> Iterator[tuple[Cell, ...]]:
    """An area's rows: its weight and the reason for it stand in the first one."""

    def t(key: str, **params: str | float | int) -> str:
        return words.wording.text(f"health.{key}", **params)

    name = (
        Line(area["name"], "strong"),
        Line(t("weight", n=area["weight"], reason=area["weight_reason"]), "small"),
    )
    for at, item in enumerate(area["items"]):
        judged = item["points"] is not None
        yield (
            Cell(name if at == 0 else ()),
            Cell((Line(capitalised(item["name"])), *_subject(item, words))),
            Cell((Line(item["shown"] or "—"),)),
            Cell((_reading(item, words),)),
            Cell((Line(t("of", n=item["points"], all=item["of"]) if judged else "—"),)),
        )


def _subject(item: Json, words: Words) -> tuple[Line, ...]:
    """The row of a table that decides, which is its weakest."""
    if item["points"] is None or not item["subject"]:
        return ()
    return (Line(words.wording.text("health.weakest", name=item["text"].rpartition(" ")[0]), "small"),)


def _reading(item: Json, words: Words) -> Line:
    """The zone as far as the sample lets us name it, or why there are no points."""
    if item["points"] is None:
        return Line(capitalised(item["reason_text"] or ""), "small")
    zone = item["zone"] or words.wording.text(f"health.tone_{item['tone']}")
    said = zone if item["confident"] else words.wording.text("health.zone_probable", zone=zone)
    return Line(said, "small", SIGNS.get(item["tone"]))


def _sum(found: Json, words: Words) -> str:
    """The score from its points, as a calculation."""
    key = "made_sum" if found["score"] is not None else "made_no_sum"
    return words.wording.text(
        f"health.{key}",
        points=found["points"],
        of=found["of"],
        score=found["score"] or 0,
        share=words.wording.share(found["known"], 0),
        least=words.wording.share(found["least"], 0),
    )


def _steps(found: Json, words: Words) -> Iterator[Line]:
    """What would raise the score next, each by itself."""
    steps = [
        words.wording.text("health.rung", gain=step["gain"], step=step["text"])
        for step in found["ladder"][:MOST_STEPS]
    ]
    if steps:
        yield Line(words.wording.text("health.ladder", steps="; ".join(steps)), "text")
