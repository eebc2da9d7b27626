"""Page 1: three questions with answers, the first actions, health by area, what changed."""

from __future__ import annotations

from dataclasses import replace

from sheetreport.render.view.actions import first_actions
from sheetreport.render.view.facts import Facts
from sheetreport.render.view.model import Score, Summary, Table
from sheetreport.render.view.summary.actions import ONE_LINE, TWO_LINES, actions, first
from sheetreport.render.view.summary.ahead import ahead
from sheetreport.render.view.summary.changes import changes
from sheetreport.render.view.summary.fitting import Front, likely
from sheetreport.render.view.summary.growth import growth
from sheetreport.render.view.summary.health import score
from sheetreport.render.view.summary.losses import losses
from sheetreport.render.view.summary.works import works
from sheetreport.render.view.words import Words, cut, first_sentence, join, sentence

__all__ = ["Front", "likely", "summaries"]

FEWER = (4, 3, 2)
"""Rows of what changed, where room is short."""


def summaries(facts: Facts, words: Words, has_missing: bool) -> tuple[Summary, ...]:
    """Page 1 in full and ever shorter: room between lines goes first, then explanations (what to fill in
    stays), what the owner says of the business, what costs points, hints, then changes and what works, at
    last the areas, all actions below P0 and the score.

    """
    full = _summary(facts, words, has_missing)
    chosen = first_actions(facts)
    close = replace(full, look="dense")
    brief = tuple(
        replace(answer, text=first_sentence(answer.text)) if answer.known else answer
        for answer in full.answers
    )
    dense = replace(close, answers=brief)
    bare = replace(dense, shows_activity=False, works=full.works[:1])
    noteless = replace(bare, health=_bare(full.health))
    short = replace(noteless, actions=actions(words, chosen[1:], facts, hints=1))
    few = [replace(short, changes=_head(full.changes, rows)) for rows in FEWER]
    hintless = replace(few[-1], actions=actions(words, chosen[1:], facts, title=TWO_LINES, hints=0))
    tight = replace(
        hintless,
        actions=actions(words, chosen[1:], facts, title=ONE_LINE, hints=0),
        changes=None,
        changes_heading="",
        no_changes="",
        works_heading="",
        works=(),
    )
    urgent = [item for item in chosen[1:] if item["tier"] == "P0"]
    last = replace(
        tight, actions=actions(words, urgent, facts, title=ONE_LINE, hints=0), health=_total(full.health)
    )
    return full, close, dense, bare, noteless, short, *few, hintless, tight, last, replace(last, health=None)


def _bare(score: Score | None) -> Score | None:
    """The score without the notes below its table."""
    return None if score is None else replace(score, notes=())


def _total(score: Score | None) -> Score | None:
    """The score without its areas."""
    return None if score is None else replace(score, table=None, notes=())


def _head(table: Table | None, rows: int) -> Table | None:
    return None if table is None else replace(table, rows=table.rows[:rows])


def _summary(facts: Facts, words: Words, has_missing: bool) -> Summary:
    changed, good = changes(facts, words), works(facts, words)
    chosen = first_actions(facts)
    known, asked = facts.coverage
    return Summary(
        status_lead=words.t("partial_lead"),
        status=_status(facts, words),
        status_more=words.t("partial_page"),
        status_page="missing" if has_missing else "",
        answers=(growth(facts, words), losses(facts, words), ahead(facts, words)),
        actions_heading=words.wording.text("health.then") if chosen else words.t("actions_heading"),
        first=first(words, chosen),
        actions=actions(words, chosen[1:], facts),
        no_actions=words.t("next_plan_off" if facts.switched_off else "actions_none"),
        health=score(facts, words),
        changes_heading=words.t("changes_heading"),
        changes=changed,
        no_changes="" if changed else words.t("changes_none"),
        works_heading=words.t("works_heading") if good else "",
        works=good,
        note=words.t(
            "note_missing" if has_missing else "note_counted",
            known=known,
            all=asked,
        ),
        note_page="missing" if has_missing else "",
        note_end=words.t("note_end"),
    )


def _status(facts: Facts, words: Words) -> str:
    """The line of a partial report: what is missing and which cells unlock it."""
    if facts.result["status"] != "partial":
        return ""
    errors = [finding for finding in facts.findings if finding["severity"] == "error"]
    cells = words.places(errors, limit=4)
    known, asked = facts.coverage
    return join(
        words.t("partial_cells", n=len(errors)) if errors else "",
        words.t("partial_lost", n=asked - known) if known < asked else "",
        sentence(words.t("partial_mend", cells=cut(cells, 120))) if cells else "",
    )
