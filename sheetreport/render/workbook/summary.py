"""The first sheet, one page of A4: three questions, seven numbers, the goals and the first actions."""

from __future__ import annotations

import textwrap
from collections.abc import Mapping, Sequence

from sheetreport.catalog.definitions import MetricDef
from sheetreport.model import Language
from sheetreport.render.view.actions import effect_lines, first_actions
from sheetreport.render.view.summary import summaries
from sheetreport.render.workbook import bureau, goals, live
from sheetreport.render.workbook.names import reading_name
from sheetreport.render.workbook.page import READING_SIZE, Book, Fitted, Page
from sheetreport.render.workbook.reading import reading_now
from sheetreport.render.workbook.styles import WARN_MARK

WIDTHS = (38, 17, 36, 13, 13)
NAME, VALUE, READING, LOW, HIGH = range(5)
COLUMNS = live.Columns(VALUE, LOW, HIGH)
# Characters of an explanation that fit beside a question; Cyrillic letters are wider.
SENTENCE: Mapping[Language, int] = {"ru": 92, "en": 102}
MOST_NUMBERS = 7
FEWEST_NUMBERS = 3  # where less is known, the next numbers say what they lack
LINK_COLUMNS = (NAME, READING, LOW)
MOST_GOALS = 6
MOST_ACTIONS = 5

# The numbers an owner asks about first; where one is not known, the next takes its place.
NUMBERS = (
    "new_clients_per_month",
    "cac",
    "clv_margin",
    "clv_cac_ratio",
    "churn_rate_monthly",
    "nps",
    "money_at_risk_detractors",
    "csi",
    "aov",
    "gross_margin",
    "base_growth_rate",
    "csat_share",
)


def write(book: Book, page: Page, sheets: Sequence[str]) -> None:
    """`sheets` are the sheets this workbook has, for the links at the end."""
    result = book.facts.result
    page.title(book.words.name(result.get("company"), 48 if bureau.has_logo(book) else 60), _about(book))
    bureau.write_logo(book, page, LOW)
    page.sheet.freeze_panes(page.row - 1, 0)
    page.row += 1
    bureau.write_front(book, page, NAME)
    _questions(book, page)
    _numbers(book, page)
    if book.facts.goals:
        _goals(book, page)
    _actions(book, page)
    for place, sheet_id in enumerate(sheets):
        line, column = divmod(place, len(LINK_COLUMNS))
        page.link(page.row + line, LINK_COLUMNS[column], sheet_id)
    page.row += len(sheets) // len(LINK_COLUMNS) + 2
    bureau.write_end(book, page, NAME)


def _about(book: Book) -> str:
    result = book.facts.result
    start, end = book.facts.day("profile.period_start"), book.facts.day("profile.period_end")
    period = book.wording.period(start, end) if start and end else ""
    return book.text("summary_about", period=period, date=book.words.date(result.get("report_date")))


def _questions(book: Book, page: Page) -> None:
    """The same answers as on the first page of the PDF report."""
    summary = summaries(book.facts, book.words, has_missing=bool(book.facts.unlock))[0]
    if summary.status:
        for line in textwrap.wrap(f"{WARN_MARK} {summary.status}", SENTENCE[book.wording.language] + 20):
            page.text(NAME, line, "warning")
        page.row += 1
    for answer in summary.answers:
        page.put(page.row, NAME, answer.question, "question")
        page.put(page.row, VALUE, answer.title, "answer")
        page.sheet.set_row(page.row, 28)
        page.row += 1
        wrapped = textwrap.wrap(answer.text, SENTENCE[book.wording.language])
        for place, line in enumerate(wrapped):
            last = place == len(wrapped) - 1
            for column in range(len(WIDTHS)):
                look = "explained_last" if last else "explained"
                page.put(page.row, column, line if column == VALUE else "", look)
            page.sheet.set_row(page.row, 15)
            page.row += 1
    page.row += 1


def _numbers(book: Book, page: Page) -> None:
    labels = [
        book.text("summary_numbers"),
        *(book.text(f"metrics_{key}") for key in ("value", "reading", "low", "high")),
    ]
    page.head(labels, (VALUE, LOW, HIGH))
    known = [metric_id for metric_id in NUMBERS if book.facts.known(metric_id)]
    unknown = [metric_id for metric_id in NUMBERS if metric_id not in known]
    chosen = [*known[:MOST_NUMBERS], *unknown[: max(0, FEWEST_NUMBERS - len(known))]]
    first = page.row
    for metric_id in sorted(chosen, key=NUMBERS.index):
        _number(book, page, book.catalog.metric(metric_id))
    page.colour_marks(first, page.row, READING)
    page.row += 1


def _number(book: Book, page: Page, metric: MetricDef) -> None:
    measured = book.facts.metric(metric.id)
    known = live.Known.of(metric, measured)
    name = metric.name[book.wording.language]
    page.put(page.row, NAME, name, "text")
    live.mirror(page, COLUMNS, metric, known, look="key_number")
    shown = reading_now(book, metric, measured)
    page.formula(page.row, READING, f"={reading_name(metric)}", "reading", shown)
    page.fit(page.row, [Fitted(name, WIDTHS[NAME]), Fitted(shown, WIDTHS[READING], READING_SIZE)], least=23)
    page.row += 1


def _goals(book: Book, page: Page) -> None:
    page.head(
        [book.text("summary_goals"), "", book.text("goals_done"), book.text("goals_status"), ""], wrap=False
    )
    first = page.row
    for goal in book.facts.goals[:MOST_GOALS]:
        title = goals.name(book, goal, 80)
        page.put(page.row, NAME, title, "line_ruled")
        page.put(page.row, VALUE, "", "text")
        goals.bar(
            book,
            page,
            READING,
            f"INDEX(m_goal_progress,{goals.position(book, goal)})",
            goal.get("progress"),
            "bar",
        )
        page.put(page.row, LOW, goals.status(goal), "status_line")
        page.put(page.row, HIGH, "", "text")
        page.sheet.set_row(page.row, 20)
        page.row += 1
    page.colour_marks(first, page.row, LOW)
    page.row += 1


def _actions(book: Book, page: Page) -> None:
    page.head([book.text("summary_actions"), "", "", book.text("actions_effect"), ""], wrap=False)
    chosen = first_actions(book.facts)[:MOST_ACTIONS]
    for number, item in enumerate(chosen, start=1):
        effect = effect_lines(item, book.words, short=True)
        page.put(page.row, NAME, f"{number}. {item['title']}", "strong_ruled")
        page.put(page.row, VALUE, "", "text")
        page.put(page.row, READING, "", "text")
        page.put(page.row, LOW, effect[0].text, "effect_line")
        page.put(page.row, HIGH, "", "text")
        page.sheet.set_row(page.row, 20)
        page.row += 1
    if not chosen:
        page.text(NAME, book.text("actions_none"), "line")
    page.row += 1
