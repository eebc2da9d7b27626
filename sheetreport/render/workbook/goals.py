"""The sheet of goals: done beside elapsed time, status, the pace needed, and what to mend in the wording."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sheetreport.catalog.definitions import Unit
from sheetreport.render.workbook import live
from sheetreport.render.workbook.page import Book, Fitted, Page
from sheetreport.render.workbook.styles import BAD_MARK, GOOD_MARK, OPEN_MARK, WARN_MARK

WIDTHS = (36, 20, 20, 20, 13, 13, 13, 14, 14)
NAME, DONE, ELAPSED, STATUS, GAP, NEEDED, PACE, FORECAST, BUDGET = range(9)
BAR_LENGTH = 10
ON_A_PAGE = 18  # goals; below them the headings would stand over other things

_MARKS = {
    "overdue": BAD_MARK,
    "off_track": BAD_MARK,
    "at_risk": WARN_MARK,
    "on_track": GOOD_MARK,
    "achieved": GOOD_MARK,
}


def status(goal: Mapping[str, Any]) -> str:
    """A goal's status led by its mark."""
    return f"{_MARKS.get(goal['status'], OPEN_MARK)} {goal['status_name']}"


def name(book: Book, goal: Mapping[str, Any], limit: int = 120) -> str:
    """What the goal is called: the owner's words, else the measure."""
    return book.words.name(
        goal.get("text") or goal.get("name") or book.text("goals_unnamed", n=goal["row"]), limit
    )


def position(book: Book, goal: Mapping[str, Any]) -> int:
    """The goal's row on the sheet of tables, counted from 1."""
    rows = [row["index"] for row in book.facts.table("goals")]
    return rows.index(goal["row"]) + 1


def write(book: Book, page: Page) -> None:
    page.title(
        book.text("goals_title"),
        book.text("goals_subtitle", date=book.words.date(book.facts.result["report_date"])),
    )
    keys = ("name", "done", "elapsed", "status", "gap", "needed", "pace", "forecast", "budget")
    header = page.head([book.text(f"goals_{key}") for key in keys], range(GAP, BUDGET + 1))
    page.sheet.freeze_panes(page.row, 1)
    if len(book.facts.goals) > ON_A_PAGE:
        page.sheet.repeat_rows(header)
    first = page.row
    for goal in book.facts.goals:
        _row(book, page, goal)
    page.colour_marks(first, page.row, STATUS)
    page.sheet.autofilter(header, NAME, page.row - 1, BUDGET)
    page.row += 1
    _mend(book, page)
    _steps(book, page)


def _row(book: Book, page: Page, goal: Mapping[str, Any]) -> None:
    at = position(book, goal)
    title = name(book, goal)
    unit = Unit(goal.get("unit") or Unit.NUMBER)
    page.put(page.row, NAME, title, "strong")
    bar(book, page, DONE, f"INDEX(m_goal_progress,{at})", goal.get("progress"), "bar")
    bar(book, page, ELAPSED, f"INDEX(m_goal_elapsed,{at})", goal.get("elapsed"), "time_bar")
    page.put(page.row, STATUS, status(goal), "reading")
    gap = goal.get("gap")
    live.copy(
        page,
        GAP,
        f"ABS(INDEX(m_goal_gap,{at}))",
        "plain_number",
        None if gap is None else abs(gap),
        book.styles.distance(unit, gap),
        factor=100 if unit is Unit.SHARE else 1,
    )
    for column, number, value in (
        (NEEDED, "goal_required_pace_week", goal.get("required_pace_week")),
        (PACE, "goal_current_pace_week", goal.get("current_pace_week")),
    ):
        live.copy(
            page,
            column,
            f"INDEX(m_{number},{at})",
            "plain_number",
            value,
            book.styles.change(unit, value),
            factor=100 if unit is Unit.SHARE else 1,
        )
    shape = book.styles.unit(unit, goal.get("forecast"))
    live.copy(page, FORECAST, f"INDEX(m_goal_forecast,{at})", "plain_number", goal.get("forecast"), shape)
    cost = goal["numbers"]["goal_budget"]["value"]
    live.copy(
        page, BUDGET, f"INDEX(m_goal_budget,{at})", "plain_number", cost, book.styles.money(value=cost or 0.0)
    )
    page.fit(
        page.row, [Fitted(title, WIDTHS[NAME], bold=True), Fitted(status(goal), WIDTHS[STATUS])], least=26
    )
    page.row += 1


def bar(book: Book, page: Page, column: int, source: str, share: float | None, look: str) -> None:
    """A share as a bar of ten blocks with its percentage: plain text, so that it survives every program."""
    percent = "\N{NO-BREAK SPACE}%" if book.wording.language == "ru" else "%"
    full = f"MAX(0,MIN({BAR_LENGTH},ROUND({source}*{BAR_LENGTH},0)))"
    blocks = f'REPT("█",{full})&REPT("░",{BAR_LENGTH}-{full})'
    figure = f'IF(ROUND({source}*100,0)<0,"−","")&ABS(ROUND({source}*100,0))'
    formula = f'=IF(ISNUMBER({source}),{blocks}&" "&{figure}&"{percent}","—")'
    page.formula(page.row, column, formula, look, _bar_text(book, share))


def _bar_text(book: Book, share: float | None) -> str | None:
    if share is None:
        return None
    full = max(0, min(BAR_LENGTH, int(share * BAR_LENGTH + 0.5)))
    return "█" * full + "░" * (BAR_LENGTH - full) + " " + book.wording.share(share, 0)


def _mend(book: Book, page: Page) -> None:
    """What the wording of each goal lacks, letter by letter, and the notes on its course."""
    rows = [
        (name(book, goal, 60), message)
        for goal in book.facts.goals
        for message in (
            *goal.get("notes", ()),
            *(letter["message"] for letter in goal.get("smart", {}).values() if letter["message"]),
        )
    ]
    if not rows:
        return
    page.section(book.text("goals_mend"))
    for title, message in rows:
        page.put(page.row, NAME, title, "text")
        page.put(page.row, DONE, message, "status_line")
        page.blank(page.row, range(ELAPSED, BUDGET + 1), "text")
        page.fit(page.row, [Fitted(title, WIDTHS[NAME])])
        page.row += 1
    page.row += 1


def _steps(book: Book, page: Page) -> None:
    """The steps of each goal, the owner's own or a draft."""
    goals = [goal for goal in book.facts.goals if goal.get("steps")]
    if not goals:
        return
    page.section(book.text("goals_steps"))
    for goal in goals:
        for index, step in enumerate(goal["steps"]):
            draft = goal.get("steps_proposed")
            page.put(page.row, NAME, name(book, goal, 60) if index == 0 else "", "plain")
            parts = [
                book.words.name(step["action"], 120),
                book.words.name(step.get("who"), 40),
                book.words.date(step.get("due")),
            ]
            words = ", ".join(part for part in parts if part)
            mark = GOOD_MARK if step.get("done") else OPEN_MARK
            page.put(
                page.row,
                DONE,
                f"{mark} {words}" + (f" ({book.text('goals_draft')})" if draft else ""),
                "step",
            )
            page.fit(page.row, [Fitted(name(book, goal, 60) if index == 0 else "", WIDTHS[NAME])], least=18)
            page.row += 1
