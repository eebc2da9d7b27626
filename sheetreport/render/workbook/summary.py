"""The first sheet, one page of A4: three questions, health by area, seven numbers, goals, first actions."""

from __future__ import annotations

import textwrap
from collections.abc import Mapping, Sequence

from sheetreport.catalog.definitions import MetricDef
from sheetreport.formula.excel import NOT_COMPUTABLE, quoted
from sheetreport.model import Language
from sheetreport.render.view.actions import effect_lines, first_actions
from sheetreport.render.view.model import Sign
from sheetreport.render.view.summary import summaries
from sheetreport.render.view.summary.health import is_shown, status
from sheetreport.render.workbook import bureau, goals, health, live
from sheetreport.render.workbook.names import reading_name
from sheetreport.render.workbook.page import READING_SIZE, Book, Fitted, Page, visible
from sheetreport.render.workbook.reading import reading_now
from sheetreport.render.workbook.styles import BAD_MARK, GOOD_MARK, OPEN_MARK, WARN_MARK

WIDTHS = (38, 17, 36, 13, 13)
NAME, VALUE, READING, LOW, HIGH = range(5)
COLUMNS = live.Columns(VALUE, LOW, HIGH)
# Characters of an explanation that fit beside a question; Cyrillic letters are wider.
SENTENCE: Mapping[Language, int] = {"ru": 92, "en": 102}
MOST_NUMBERS = 7
FEWEST_NUMBERS = 3  # where less is known, the next numbers say what they lack
LINK_COLUMNS = (NAME, READING, LOW)
MOST_GOALS = 6
MOST_ACTIONS = 3
STATUS_MARKS = {
    Sign.GOOD: GOOD_MARK,
    Sign.ATTENTION: WARN_MARK,
    Sign.ACT: BAD_MARK,
    Sign.NO_DATA: OPEN_MARK,
    Sign.WAITING: OPEN_MARK,
}

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
    page.sheet.fit_to_pages(1, 1)
    page.row += 1
    bureau.write_front(book, page, NAME)
    _questions(book, page)
    if health.has_data(book):
        _health(book, page)
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


def _health(book: Book, page: Page) -> None:
    """The score and its areas, live from the sheet of health."""
    found = book.facts.result["health"]

    def t(key: str, **params: str) -> str:
        return book.wording.text(f"health.{key}", **params)

    weight = book.wording.share(found["known"], 0)
    known = t("summary_known_all" if found["known"] >= 1 else "summary_known", share=weight)
    page.head(["", t("column_points"), known, t("column_status"), ""], (VALUE,), wrap=False)
    shown = "—" if found["score"] is None else str(found["score"])
    title, out_of = t("summary_heading"), t("summary_out_of")
    formula = f"={quoted(title)}&{health.SCORE}&{quoted(out_of)}"
    page.formula(page.row - 1, NAME, formula, "head", f"{title}{shown}{out_of}")
    first = page.row
    for area in (area for area in found["areas"] if is_shown(area)):
        points, of = health.points_name(area["id"]), health.of_name(area["id"])
        page.put(page.row, NAME, area["name"], "line_ruled")
        said = f"{area['points']}{t('between')}{area['of']}" if area["of"] else None
        told = f"{points}&{quoted(t('between'))}&{of}"
        formula = f"=IF(ISNUMBER({of}),{told},{quoted(NOT_COMPUTABLE)})"
        page.formula(page.row, VALUE, formula, "points", said)
        share = area["points"] / area["of"] if area["of"] else None
        goals.bar(
            book, page, READING, f"IF(ISNUMBER({of}),{points}/{of},{quoted(NOT_COMPUTABLE)})", share, "bar"
        )
        sign, words = status(area, book.words)
        page.put(page.row, LOW, f"{STATUS_MARKS[sign]} {words}", "status_line")
        page.put(page.row, HIGH, "", "text")
        page.sheet.set_row(page.row, 20)
        page.row += 1
    page.colour_marks(first, page.row, LOW)
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


def _action(book: Book, page: Page, title: str) -> None:
    """An action's title, which leads to the sheet of actions."""
    if "actions" in book.hidden:
        page.put(page.row, NAME, title, "strong_ruled")
        return
    look = book.styles("strong_ruled", underline=1)
    target = f"internal:'{book.sheet_name('actions')}'!A1"
    page.sheet.write_url(page.row, NAME, target)  # which keeps what the owner wrote out of the link
    page.sheet.write_string(page.row, NAME, visible(title), look)


def _actions(book: Book, page: Page) -> None:
    page.head([book.text("summary_actions"), "", "", book.text("actions_effect"), ""], wrap=False)
    chosen = first_actions(book.facts)[:MOST_ACTIONS]
    for number, item in enumerate(chosen, start=1):
        effect = effect_lines(item, book.words, short=True)
        _action(book, page, f"{number}. {item['title']}")
        page.put(page.row, VALUE, "", "text")
        page.put(page.row, READING, "", "text")
        page.put(page.row, LOW, effect[0].text, "effect_line")
        page.put(page.row, HIGH, "", "text")
        page.sheet.set_row(page.row, 20)
        page.row += 1
    if not chosen:
        page.text(NAME, book.text("actions_none"), "line")
    page.row += 1
