"""Chapter: how each goal is set: the SMART check, notes, steps that are not the owner's."""

from __future__ import annotations

from sheetreport.render.view.facts import Facts, Json
from sheetreport.render.view.model import Body, Cell, Column, Line, Table, Wide
from sheetreport.render.view.words import Words, bind

_PASSED = ("pass", "pass_binary")


def chapter(facts: Facts, words: Words) -> Body | None:
    if not facts.goals:
        return None
    text = words.wording.text
    columns = (
        Column(words.t("column_goal"), 36),
        Column(text("consultant.column_letters"), 64),
    )
    rows = tuple(_row(words, goal) for goal in facts.goals)
    return Body(
        id="goals-in-detail",
        name=text("consultant.goals_name"),
        claim=bind(text("consultant.goals_claim")),
        lead="",
        blocks=(Wide("", (Table(columns, rows, look="dense"),)),),
    )


def _row(words: Words, goal: Json) -> tuple[Cell, ...]:
    text = words.wording.text
    passed = [letter for letter, found in goal["smart"].items() if found["verdict"] in _PASSED]
    said = [
        Line(text("consultant.letter", letter=letter, message=found["message"]))
        for letter, found in goal["smart"].items()
        if letter not in passed and found["message"]
    ]
    if passed:
        said.append(Line(text("consultant.letter_passed", letters=", ".join(passed)), "small"))
    proposed = (text("consultant.steps_proposed"),) if goal["steps_proposed"] else ()
    return (
        Cell((Line(words.name(goal["text"], 160), "strong"), Line(goal["status_name"], "small"))),
        Cell((*said, *(Line(note, "small") for note in (*goal["notes"], *proposed)))),
    )
