"""What a block of the goals sheet says live: the goal in one sentence, and whether it is ready."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping

from xlsxwriter.utility import xl_rowcol_to_cell

from sheetreport.catalog.definitions import EMPTY as NO_TEXT
from sheetreport.catalog.definitions import FieldDef, FieldType, Unit
from sheetreport.i18n import texts
from sheetreport.template import live
from sheetreport.template.book import Book, yes_no
from sheetreport.template.derived import from_to, point_a
from sheetreport.template.live import EMPTY, Live, number, words
from sheetreport.template.page import Page
from sheetreport.template.scopes import Block

_IN_UNIT = ("goals.point_a", "goals.target", "goals.current")


def write_sentence(book: Book, page: Page, row: int, scope: Block) -> int:
    """Two rows at the top of a goal: what is wanted, and what for."""
    ref = scope.ref
    place = live.if_(
        live.filled(ref("goals.place")), live.join(words(" ("), ref("goals.place"), words(")")), EMPTY
    )
    wanted = live.join(words(book.text("goal_want")), ref("goals.metric"), place, from_to(book, ref))
    sentence = live.if_(live.filled(ref("goals.metric")), wanted, words(book.text("goal_empty")))
    page.live(row, 0, sentence, "sentence_line")
    page.height(row, 24)
    why = live.join(words(book.text("goal_why")), ref("goals.why"))
    page.live(row + 1, 0, live.if_(live.filled(ref("goals.why")), why, EMPTY), "sentence_why")
    page.height(row + 1, 20)
    return row + 2


def show_in_unit(book: Book, page: Page, rows: Mapping[str, int], scope: Block) -> None:
    """Let the goal's numbers look like what its measure counts: per cent, money, or plain numbers."""
    metric = scope.name(book.fields["goals.metric"])
    cells = [xl_rowcol_to_cell(row, 1) for field_id, row in rows.items() if field_id in _IN_UNIT]
    for unit, shown in ((Unit.SHARE, book.styles.share()), (Unit.MONEY, book.styles.money())):
        formula = f'=INDEX(list_measure_unit,MATCH({metric},list_goals_metric,0))="{unit.value}"'
        page.sheet.conditional_format(cells[0], {
            "type": "formula",
            "criteria": formula,
            "format": book.styles.rule(num_format=shown),
            "multi_range": " ".join(cells),
        })  # fmt: skip


def write_readiness(book: Book, page: Page, row: int, scope: Block) -> int:
    """One line with five words, each with its sign."""
    page.write(row, 0, book.text("ready_question"), "text_bold")
    page.live(row, 1, readiness(book, scope), "ready")
    page.height(row, 24)
    return row + 1


def readiness(book: Book, scope: Block) -> Live:
    """Whether the goal says what and where, how much, what for, by when, and at a likely pace."""
    ref = scope.ref
    what = live.and_(live.filled(ref("goals.metric")), live.filled(ref("goals.place")))
    start, target = point_a(book, ref), ref("goals.target")
    numbers = live.and_(live.is_number(start), live.is_number(target))
    differ = live.compare(start, "<>", target)
    deadline, begin = ref("goals.deadline"), ref("goals.start")
    dates = live.and_(live.is_number(deadline), live.is_number(begin))
    days = live.calculate(deadline, "-", begin)
    in_time = live.and_(live.compare(days, ">", number(0)), live.compare(days, "<=", number(366)))
    marks = (
        live.if_(what, words("✓ "), words("○ ")),
        live.if_(numbers, live.if_(differ, words("✓ "), words("! ")), words("○ ")),
        live.if_(live.filled(ref("goals.why")), words("✓ "), words("○ ")),
        live.if_(
            dates,
            live.if_(live.if_error(in_time, Live("FALSE", False)), words("✓ "), words("! ")),
            words("○ "),
        ),
    )
    parts: list[Live] = []
    for mark, key in zip(marks, ("what", "numbers", "why", "deadline"), strict=True):
        parts += [mark, words(book.text(f"ready_{key}") + " · ")]
    return live.join(*parts, _pace(book, ref("goals.baseline_pace"), start, target, days))


def _pace(book: Book, usual: Live, start: Live, target: Live, days: Live) -> Live:
    """The planned pace beside the usual one; policy says how much faster is still likely."""
    planned = live.calculate(live.calculate(live.calculate(target, "-", start), "/", days), "*", number(7))
    ratio = live.calculate(live.absolute(planned), "/", usual)
    known = live.and_(live.is_number(usual), live.is_number(start), live.is_number(target))
    point = "," if book.language == "ru" else "."
    easy = number(book.catalog.policy["pace_easy"].value)
    hard = live.join(
        words(book.text("ready_faster")), live.decimal(ratio, 1, point), words(book.text("ready_times"))
    )
    told = live.if_(live.compare(ratio, "<=", easy), words("✓ " + book.text("ready_pace")), hard)
    waiting = words("○ " + book.text("ready_pace"))
    return live.if_(known, live.if_error(told, waiting), waiting)


def write_templates(book: Book, page: Page, row: int) -> None:
    """Goals to start from, below the last block: sentences with blanks."""
    page.fill(row, range(4), "section")
    page.write(row, 0, book.text("templates_heading"), "section")
    page.height(row, 24)
    blanks = dict.fromkeys(("network", "deadline", "why", "point_a", "event"), "…")
    for number_, template in enumerate(book.catalog.goals.templates, start=1):
        sentence = book.wording.fill(template.text[book.language], {**blanks, "target": template.target})
        page.write(row + number_, 0, f"{number_}. {sentence}", "note")
        page.height(row + number_, 18)


def step_fields(book: Book, steps: FieldDef) -> tuple[FieldDef, ...]:
    """The four columns of a plan as fields, so that they are checked like any other cell."""
    kinds = (
        ("action", FieldType.TEXT),
        ("who", FieldType.TEXT),
        ("due", FieldType.DATE),
        ("done", FieldType.CHOICE),
    )
    example = book.fields["goals.deadline"].example
    return tuple(
        dataclasses.replace(
            steps,
            id=f"{steps.id}_{key}",
            type=kind,
            label=texts()[f"template.steps_{key}"],
            why=NO_TEXT,
            hint=texts()[f"template.steps_{key}_hint"],
            example=example if kind is FieldType.DATE else NO_TEXT,
            choices=yes_no() if kind is FieldType.CHOICE else (),
        )
        for key, kind in kinds
    )
