"""How the score of health is made up: areas with their weights, what was not judged, what adds points."""

from __future__ import annotations

from collections.abc import Iterator

from sheetreport.render.view.facts import Facts, Json
from sheetreport.render.view.model import Cell, Column, Line, Table, Wide
from sheetreport.render.view.words import Words, capitalised

MOST_STEPS = 5


def block(facts: Facts, words: Words) -> Wide | None:
    """The rules, the areas and the sum; None without anything judged.

    The points of each item stand with their cells where all numbers of the report are proven.
    """
    found = facts.result.get("health")
    if not found or not found["of"]:
        return None

    def t(key: str) -> str:
        return words.wording.text(f"health.{key}")

    columns = [
        Column(t("column_area"), 17),
        Column(t("column_points"), 10),
        Column(t("column_weight"), 73),
    ]
    rows = [_area(area, words) for area in found["areas"]]
    if any(item["points"] is None for area in found["areas"] for item in area["items"]):
        columns[2:] = [Column(t("column_weight"), 47), Column(t("column_unjudged"), 26)]
        rows = [
            (*row, Cell((Line(_unjudged(area)),))) for row, area in zip(rows, found["areas"], strict=True)
        ]
    return Wide(
        t("made_heading"),
        (
            Line(t("made_rules"), "small"),
            Table(tuple(columns), tuple(rows), look="close"),
            Line(_sum(found, words), "note"),
            *_steps(found, words),
        ),
        close=True,
    )


def _area(area: Json, words: Words) -> tuple[Cell, ...]:
    """An area with its points and its weight, with the reason for it where it takes part."""

    def t(key: str, **params: str | float | int) -> str:
        return words.wording.text(f"health.{key}", **params)

    share = words.wording.share(area["weight"] / 100, 0)
    return (
        Cell((Line(area["name"], "strong"),)),
        Cell((Line(t("of", n=area["points"], all=area["of"]) if area["of"] else "—"),)),
        Cell((Line(t("weight", n=area["weight"], reason=area["weight_reason"]) if area["of"] else share),)),
    )


def _unjudged(area: Json) -> str:
    """The items without points by their reason; only the reason where it holds for the whole area."""
    reasons: dict[str, list[str]] = {}
    for item in area["items"]:
        if item["points"] is None:
            reasons.setdefault(item["reason_text"] or "", []).append(item["name"])
    if not area["of"] and len(reasons) == 1:
        return capitalised(next(iter(reasons)))
    return "; ".join(f"{capitalised(', '.join(names))}: {reason}" for reason, names in reasons.items())


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
        words.wording.text("health.rung", score=step["score"], step=step["text"])
        for step in found["ladder"][:MOST_STEPS]
    ]
    if steps:
        yield Line(words.wording.text("health.ladder", steps="; ".join(steps)), "note")
