"""Page 1 of the consultant's copy: who, the state of the workbook, what to ask, what changed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from sheetreport.render.view.facts import Facts, Json
from sheetreport.render.view.model import Cell, Column, Line, Preparation, Table
from sheetreport.render.view.summary.changes import changes
from sheetreport.render.view.words import OWNER_TEXT, Words, cut, join

MOST_CELLS = 4
LONGEST_CONTACT = 120
PLACES = ("profile.website_url", "profile.social_links", "profile.address")
FEWER_QUESTIONS = 7
"""Where long questions fill more than a page; the result has them all."""


def preparations(facts: Facts, words: Words, contact: Sequence[Json]) -> tuple[Preparation, ...]:
    """Page 1 in full and shorter: what changed goes first, then reasons, then the last questions."""
    text = words.wording.text
    asked = facts.result.get("questions") or ()
    refused = facts.result["status"] == "refused"
    full = Preparation(
        known=_known(facts, words, contact),
        questions_heading=text("consultant.questions"),
        questions=_questions(words, asked),
        no_questions=text("consultant.no_questions"),
        changes_heading=text("consultant.changed"),
        changes=None if refused else changes(facts, words),
        note=text("consultant.note_refused" if refused else "consultant.note"),
    )
    still = replace(full, changes=None)
    bare = replace(still, questions=_questions(words, asked, reasons=False))
    return (
        full,
        still,
        bare,
        replace(bare, questions=_questions(words, asked[:FEWER_QUESTIONS], reasons=False)),
    )


def _known(facts: Facts, words: Words, contact: Sequence[Json]) -> tuple[tuple[str, str], ...]:
    text = words.wording.text
    people = ", ".join(_plain(item["value"]) for item in contact)
    places = "; ".join(_plain(answer) for field in PLACES if (answer := facts.answer(field)))
    activity = facts.answer("profile.activity_note")
    rows = (
        (text("consultant.who"), people or text("consultant.who_unknown")),
        (text("consultant.where"), places),
        (text("consultant.about_them"), cut(_plain(activity), OWNER_TEXT) if activity else ""),
        (text("consultant.state"), _state(facts, words)),
    )
    return tuple((label, said) for label, said in rows if said)


def _plain(answer: object) -> str:
    """An answer on one line. Contacts stay: this copy is where they belong."""
    return cut(" ".join(str(answer).split()), LONGEST_CONTACT)


def _state(facts: Facts, words: Words) -> str:
    result, text = facts.result, words.wording.text
    known, asked = facts.coverage
    counted = {
        kind: sum(item["severity"] == kind for item in facts.findings) for kind in ("error", "warning")
    }
    returned = result.get("corrections")
    return join(
        text(f"consultant.state_{result['status']}"),
        text("consultant.state_coverage", known=known, all=asked) if asked else "",
        text(
            "consultant.state_findings",
            errors=counted["error"],
            warnings=counted["warning"],
            repairs=len(result.get("repairs") or ()),
        ),
        text("consultant.state_returned", **returned) if returned else "",
    )


def _questions(words: Words, asked: Sequence[Json], *, reasons: bool = True) -> Table | None:
    if not asked:
        return None
    rows = tuple(
        (
            Cell((Line(str(number), "strong"),)),
            Cell(
                (
                    Line(cut(item["text"], OWNER_TEXT), "strong"),
                    *((Line(cut(item["why"], OWNER_TEXT), "small"),) if reasons and item["why"] else ()),
                )
            ),
            Cell((Line(words.places(item["cells"], MOST_CELLS), "small"),)),
        )
        for number, item in enumerate(asked, start=1)
    )
    columns = (
        Column(words.t("column_number"), 4.5),
        Column(words.wording.text("consultant.column_ask"), 75.5),
        Column(words.t("column_where"), 20),
    )
    return Table(columns, rows, header=1)
