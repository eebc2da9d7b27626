"""The correction copy: nothing typed is lost in it, what is wrong is marked; mended it gives the report."""

from __future__ import annotations

import dataclasses
import io
import re
import sys
import zipfile
from collections.abc import Callable, Mapping
from datetime import date, datetime
from functools import cache
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import openpyxl
import pytest
from openpyxl.comments import Comment
from openpyxl.utils.cell import range_boundaries

from sheetreport import answers, batch, copies, corrections, pipeline
from sheetreport.batch.jobs import OWN
from sheetreport.catalog.load import load_catalog
from sheetreport.cli import main
from sheetreport.corrections.copy import without
from sheetreport.i18n import Wording
from sheetreport.model import LANGUAGES, Language, Severity, SourceRef, Status
from sheetreport.read import read, transcribe
from sheetreport.read.comments import MAX_NOTES, comments
from sheetreport.result import Report
from sheetreport.template import build
from tests.conftest import SAMPLES, Office

# The defined name of a cell, how many rows below its corner, what was wrong in it and what is right.
MISTAKES: Mapping[str, tuple[int, Any, Any]] = {
    "in_clients_active": (0, 860, 480),
    "in_clients_sales_count": (0, "около пятисот", 480),
    "in_channels_type": (1, "реклама на столбах", None),
    "in_channels_customers": (0, datetime(2026, 5, 12), 14),
    "in_goals_1_deadline": (0, "конец ноября", date(2026, 11, 23)),
    "in_nps_tally_0_10": (3, "много", 2),
}
FOUND = {
    ("V-07", "clients.active"),
    ("V-57", "clients.sales_count"),
    ("V-57", "channels.type"),
    ("V-57", "channels.customers"),
    ("V-57", "goals.deadline"),
    ("V-57", "nps.tally_0_10"),
}
PARTS = ("loyalty", "feedback", "practices")
OWN_SHEET = "Смета (черновик)"


@cache
def clean(language: Language) -> bytes:
    """The worked example without mistakes: its main sheets, one goal, a survey and the practices."""
    catalog = load_catalog()
    given = answers.flatten(catalog, answers.load(SAMPLES / "barbershop-ru" / "answers.yaml"))
    given = dataclasses.replace(given, tables={**given.tables, "goals": given.tables["goals"][:2]})
    return build(catalog, language, answers=given, parts=PARTS, tool_version="test")


def opened(data: bytes, *, results: bool = False) -> Any:
    return openpyxl.load_workbook(io.BytesIO(data), data_only=results)


def saved(workbook: Any) -> bytes:
    stream = io.BytesIO()
    workbook.save(stream)
    return stream.getvalue()


def at(workbook: Any, name: str, down: int = 0, right: int = 0) -> Any:
    """An input cell by its defined name."""
    title, area = next(iter(workbook.defined_names[name].destinations))
    left, top, _, _ = bounds(area)
    return workbook[title].cell(top + down, left + right)


def bounds(area: str) -> tuple[int, int, int, int]:
    """Left, top, right and bottom of an area."""
    left, top, right, bottom = range_boundaries(area.replace("$", ""))
    assert left and top and right and bottom  # noqa: PT018
    return left, top, right, bottom


@cache
def planted(language: Language) -> bytes:
    """The example with six mistakes, two notes, a remark beside a sheet and a sheet of the owner's own."""
    workbook = opened(clean(language))
    for name, (down, wrong, _) in MISTAKES.items():
        at(workbook, name, down).value = wrong
    at(workbook, "in_clients_total").comment = Comment("По журналу записи", "Анна")
    at(workbook, "in_clients_active").comment = Comment("Здесь не уверена", "Анна")
    sheet = at(workbook, "in_clients_total").parent
    sheet["G4"] = "спросить у администратора"
    sheet["G5"] = 42.5
    sheet["D3"] = "одной строкой"
    own = workbook.create_sheet(OWN_SHEET)
    own["A1"], own["B1"], own["C2"] = "Аренда", 12000.5, datetime(2026, 1, 2)
    own["D7"] = "=SUM(1,2)"
    return saved(workbook)


def mended(data: bytes, language: Language) -> bytes:
    """A copy with the right values typed where the marks are."""
    right = opened(clean(language))
    workbook = opened(data)
    for name, (down, _, value) in MISTAKES.items():
        at(workbook, name, down).value = at(right, name, down).value if value is None else value
    return saved(workbook)


@cache
def examined(data: bytes) -> Report:
    return pipeline.examine(load_catalog(), data, "client.xlsx", pipeline.Options())


@cache
def copy_of(data: bytes) -> bytes:
    copy = pipeline.correct(load_catalog(), data, examined(data))
    assert copy is not None
    return copy


@cache
def copied(language: Language) -> bytes:
    return copy_of(planted(language))


def told(report: Report) -> list[tuple[Any, ...]]:
    """The findings without their variants: a date in a count is laid in as text, so that it can be mended."""
    return [
        (f.code, f.severity, f.field, f.source, f.found if f.field != "channels.customers" else "")
        for f in report.findings
    ]


def title(key: str, language: Language) -> str:
    return Wording(language).text(f"corrections.{key}")


def texts_of(data: bytes, sheet: str) -> list[str]:
    """What a sheet says, row by row."""
    rows = opened(data, results=True)[sheet].iter_rows(values_only=True)
    return [str(value) for row in rows for value in row if value is not None]


# --- the round trip ---------------------------------------------------------------------------------


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_copy_that_was_not_mended_gives_the_same_findings_again(language: Language) -> None:
    before, after = examined(planted(language)), examined(copied(language))
    errors = {(f.code, f.field) for f in before.findings if f.severity is Severity.ERROR}
    assert errors == FOUND
    assert told(after) == told(before)
    assert after.status is before.status is Status.PARTIAL
    assert after.repairs == before.repairs


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_mended_copy_gives_what_the_clean_workbook_gives(language: Language) -> None:
    expected, after = examined(clean(language)), examined(mended(copied(language), language))
    assert after.status is Status.COMPLETE
    assert after.submission.scalars == expected.submission.scalars
    assert after.submission.tables == expected.submission.tables
    beside = [finding for finding in told(after) if finding[0] != "S-18"]  # the number beside the table
    assert beside == told(expected)


def test_the_same_after_another_program_has_saved_it(soffice: Office, tmp_path: Path) -> None:
    def resaved(data: bytes, name: str) -> bytes:
        path = tmp_path / name
        path.write_bytes(data)
        made = soffice.convert(path, "xlsx", tmp_path / "resaved")
        assert not copies.is_as_made(made)
        return made.read_bytes()

    before = examined(planted("ru"))
    again = resaved(copied("ru"), "copy.xlsx")
    assert told(examined(again)) == told(before)
    assert examined(resaved(mended(again, "ru"), "mended.xlsx")).status is Status.COMPLETE
    second = copy_of(again)
    assert told(examined(second)) == told(before)
    # Nothing of ours was taken for a note of the owner's on the way.
    assert texts_of(second, title("notes_title", "ru")) == texts_of(copied("ru"), title("notes_title", "ru"))
    assert own_notes(second) == own_notes(copied("ru"))


def test_the_state_of_an_item_is_live(soffice: Office, tmp_path: Path) -> None:
    workbook = opened(copied("ru"))
    at(workbook, "in_clients_active").value = 480
    at(workbook, "in_clients_sales_count").value = -5
    path = tmp_path / "half.xlsx"
    path.write_bytes(saved(workbook))
    sheet = opened(soffice.convert(path, "xlsx", tmp_path / "out").read_bytes(), results=True)[
        "Что исправить"
    ]
    states = {row[2].partition("\n")[0]: row[6] for row in sheet.iter_rows(values_only=True) if row[2]}
    assert states["Активных клиентов"] == "✓ изменено"
    assert states["Продаж за период"] == "✗ исправить"  # changed, but still no number of sales
    assert str(sheet["A2"].value).startswith("Исправить: 5 ")


# --- nothing is lost --------------------------------------------------------------------------------


def typed_cells(workbook: Any) -> dict[tuple[str, int, int], Any]:
    """Every input cell by name and place within it; our own formulas are left out."""
    found = {}
    for name, definition in workbook.defined_names.items():
        if not name.startswith("in_"):
            continue
        for sheet, area in definition.destinations:
            left, top, right, bottom = bounds(area)
            for row in range(top, bottom + 1):
                for column in range(left, right + 1):
                    cell = workbook[sheet].cell(row, column)
                    if cell.data_type != "f":
                        found[name, row - top, column - left] = cell.value
    return found


ODD: Mapping[str, Any] = {
    "in_clients_revenue": "720 000,50 ₽",
    "in_clients_lost": "?",
    "in_clients_new": "-",
    "in_clients_comments": "=2+3",
    "in_clients_total": True,
    "in_clients_activity_window_days": "  60  ",
    "in_profile_company_name": "month",
    "in_profile_period_type": "month",
    "in_profile_address": "Первая строка\nвторая ☕",
    "in_promo_other_spend": 1e300,
    "in_profile_currency": None,
}


def test_every_cell_holds_what_was_typed() -> None:
    workbook = opened(clean("ru"))
    for name, value in ODD.items():
        cell = at(workbook, name)
        cell.value = value
        if isinstance(value, str) and value.startswith("="):
            cell.data_type = "s"
    at(workbook, "in_goals_1_steps", 0, 2).value = "скоро"
    at(workbook, "in_p_contact_ways_email_base").value = "иногда"
    original = saved(workbook)
    before, after = typed_cells(opened(original)), typed_cells(opened(copy_of(original)))
    assert len(before) > 500
    assert after == before


def test_a_number_typed_over_a_formula_stays_typed_where_both_agree() -> None:
    workbook = opened(planted("ru"))
    at(workbook, "in_clients_active_end").value = 480  # 470 at the start + 40 new - 30 lost
    laid = opened(copy_of(saved(workbook)))
    assert (at(laid, "in_clients_active_end").value, at(laid, "in_clients_active_end").data_type) == (
        480,
        "n",
    )
    assert at(laid, "in_clients_inactive").data_type == "f"


def test_numbers_keep_what_their_format_made_of_them() -> None:
    """2 in a cell without per cent is two hundred per cent to nobody; 20% in a count stays per cent."""
    workbook = opened(clean("ru"))
    share, count = at(workbook, "in_clients_reactivation_rate"), at(workbook, "in_clients_new")
    share.value, share.number_format = 2, "General"
    count.value, count.number_format = 0.2, "0%"
    day = at(workbook, "in_profile_period_start")
    day.value, day.number_format = 46296, "General"
    original = saved(workbook)
    copy = copy_of(original)
    assert [finding[:-1] for finding in told(examined(copy))] == [f[:-1] for f in told(examined(original))]
    assert examined(copy).repairs == examined(original).repairs != ()
    assert at(opened(copy), "in_clients_new").value == "20%"


def own_notes(data: bytes) -> dict[SourceRef, str]:
    """The owner's notes in a copy: what a next run takes for theirs."""
    asked = examined(data).asked
    found = {
        source: without(text, {item.note for item in asked if item.source == source and item.note})
        for source, text in comments(data).texts.items()
    }
    return {source: text for source, text in found.items() if text}


def test_notes_and_sheets_of_the_owner_go_along() -> None:
    copy = copied("ru")
    sheet = "Клиенты"
    notes = own_notes(copy)
    assert sorted(notes.values()) == ["Здесь не уверена", "По журналу записи"]
    assert (
        comments(copy).texts[SourceRef(sheet, at(opened(copy), "in_clients_total").coordinate)]
        == "По журналу записи"
    )
    own = opened(copy)[OWN_SHEET]
    assert (own["A1"].value, own["B1"].value, own["C2"].value) == ("Аренда", 12000.5, datetime(2026, 1, 2))
    # What stood beside the template's columns still does; what stood among them is listed.
    beside = opened(copy)[sheet]
    assert (beside["G4"].value, beside["G5"].value) == ("спросить у администратора", 42.5)
    listed = texts_of(copy, title("notes_title", "ru"))
    assert listed[-6:-3] == [sheet, "D3", "одной строкой"]
    assert (listed[-3], listed[-2]) == (OWN_SHEET, "D7")
    assert "=SUM(1,2)" in listed[-1]
    # Nothing of the template itself is taken for a remark.
    assert len(listed) == 3 + 3 + 2 * 3


def test_a_second_round_adds_nothing_twice() -> None:
    first, second = copied("en"), copy_of(copied("en"))
    notes = title("notes_title", "en")
    assert texts_of(second, notes) == texts_of(first, notes)
    assert own_notes(second) == own_notes(first)
    assert opened(second).sheetnames == opened(first).sheetnames
    assert typed_cells(opened(second)) == typed_cells(opened(first))


def test_a_formula_of_the_owner_stays_as_its_result() -> None:
    path = "xl/worksheets/sheet3.xml"
    workbook = opened(clean("ru"))
    cell = at(workbook, "in_clients_repeat_purchases")
    cell.value = 987654
    original = saved(workbook)
    with zipfile.ZipFile(io.BytesIO(original)) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    path = next(name for name, part in parts.items() if b"<v>987654</v>" in part)
    parts[path] = parts[path].replace(b"<v>987654</v>", b"<f>B15*2+999</f><v>987654</v>")
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, part in parts.items():
            archive.writestr(name, part)
    copy = copy_of(stream.getvalue())
    laid = at(opened(copy), "in_clients_repeat_purchases")
    assert (laid.value, laid.data_type) == (987654, "n")
    assert any("=B15*2+999" in line for line in texts_of(copy, title("notes_title", "ru")))


def test_what_is_typed_over_a_formula_of_ours_is_in_the_list() -> None:
    workbook = opened(clean("ru"))
    total = at(workbook, "in_promo_other_spend").offset(row=1)  # all the spend: promo total
    assert str(total.value).startswith("=")
    total.value = 987654
    sheet, cell = total.parent.title, total.coordinate
    original = saved(workbook)
    assert ("S-18", sheet, cell) in {
        (f.code, f.source.sheet, f.source.cell) for f in examined(original).findings
    }
    copy = copy_of(original)
    assert str(opened(copy)[sheet][cell].value).startswith("=")
    assert [sheet, cell, "987654"] == texts_of(copy, title("notes_title", "ru"))[-3:]
    assert "S-18" not in {asked.code for asked in examined(copy).asked}  # the copy mended it, not the owner


def test_more_rows_than_the_template_offers() -> None:
    workbook = opened(clean("ru"))
    first = at(workbook, "in_channels_name")
    _, _, _, bottom = bounds(next(iter(workbook.defined_names["in_channels_name"].destinations))[1])
    rows = bottom - first.row + 1
    for down in range(5, rows):
        at(workbook, "in_channels_name", down).value = f"Канал {down}"
    at(workbook, "in_channels_spend", rows - 1).value = "много"
    original = saved(workbook)
    assert told(examined(copy_of(original))) == told(examined(original))


def test_a_large_sheet_of_the_owner_is_cut_with_a_word() -> None:
    workbook = opened(planted("ru"))
    for row in range(1, 1401):
        for column in range(1, 21):
            workbook[OWN_SHEET].cell(row, column, row * column)
    listed = texts_of(copy_of(saved(workbook)), title("notes_title", "ru"))
    assert title("notes_cut", "ru") in listed


# --- the copy is a template -------------------------------------------------------------------------


@pytest.mark.parametrize("language", LANGUAGES)
def test_lists_checks_and_protection_are_all_there(language: Language) -> None:
    copy, plain = opened(copied(language)), opened(clean(language))
    results = opened(copied(language), results=True)
    assert [name for name in copy.sheetnames if name in plain.sheetnames] == plain.sheetnames
    for name in plain.sheetnames:
        assert copy[name].protection.sheet == plain[name].protection.sheet is True
        assert lists_of(copy[name]) == lists_of(plain[name])
        formulas = formulas_of(copy[name])
        assert formulas >= formulas_of(plain[name])
        uncached = {place for place in formulas if results[name][place].value is None}
        assert uncached == empty(copied(language), name)
    assert set(plain.defined_names) <= set(copy.defined_names)
    assert copy.active.title == title("list_title", language)


def lists_of(sheet: Any) -> set[tuple[str, str, str]]:
    """What may be typed where."""
    rules = sheet.data_validations.dataValidation
    return {(str(rule.sqref), str(rule.type), str(rule.formula1)) for rule in rules}


def formulas_of(sheet: Any) -> set[str]:
    return {cell.coordinate for row in sheet for cell in row if cell.data_type == "f"}


def empty(data: bytes, sheet: str) -> set[str]:
    """Formulas whose cached result is an empty text, which reading can't tell from none."""
    workbook = opened(data, results=True)
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        number = workbook.sheetnames.index(sheet) + 1
        root = ET.fromstring(archive.read(f"xl/worksheets/sheet{number}.xml"))
    main_ = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
    return {
        str(cell.get("r"))
        for cell in root.iter(f"{main_}c")
        if cell.find(f"{main_}f") is not None and cell.findtext(f"{main_}v") == ""
    }


def test_what_was_marked_and_how() -> None:
    copy = opened(copied("ru"), results=True)
    for name, (down, _, _) in MISTAKES.items():
        cell = at(copy, name, down)
        assert cell.border.left.style == "medium", name
        assert cell.border.left.color.rgb == "FF9B1C1C"
        assert cell.comment is not None, name
        assert cell.comment.text.startswith("✗ "), name
        row = [str(beside.value) for beside in cell.parent[cell.row] if beside.column != cell.column]
        assert any(text.startswith("✗") for text in row), name
    assert at(copy, "in_clients_total").border.left.style == "thin"


def test_a_note_has_room_for_its_text() -> None:
    with zipfile.ZipFile(io.BytesIO(copied("ru"))) as archive:
        shapes = "".join(archive.read(name).decode() for name in archive.namelist() if name.endswith(".vml"))
    heights = [float(value) for value in re.findall(r"height:([0-9.]+)pt", shapes)]
    widths = [float(value) for value in re.findall(r"width:([0-9.]+)pt", shapes)]
    said = sorted(len(text) for text in comments(copied("ru")).texts.values())
    assert len(heights) == len(said) > 6
    # Ten-point letters are at most seven points wide and fourteen high.
    for length, height, width in zip(said, sorted(heights), widths, strict=True):
        assert height >= 14 * (length * 5.2 / width)
    assert max(heights) > 1.5 * min(heights)


def test_the_list_says_where_what_and_why() -> None:
    sheet = opened(copied("ru"))["Что исправить"]
    rows = [
        row for row in sheet.iter_rows(min_row=5) if isinstance(row[0].value, str) and row[0].value.isdigit()
    ]
    severities = [str(row[6].value) for row in rows]
    assert len(rows) == len([f for f in examined(planted("ru")).findings if f.severity is not Severity.INFO])
    assert [row[0].value for row in rows] == [str(number) for number in range(1, len(rows) + 1)]
    first = rows[0]
    cell = at(opened(copied("ru")), "in_clients_active")
    assert first[1].hyperlink.location == f"'Клиенты'!{cell.coordinate}"
    assert first[2].value.startswith("Активных клиентов\n")
    assert "860" in first[2].value
    assert "480 из 800" in first[4].value
    assert "отток" in first[5].value.casefold() or "активн" in first[5].value.casefold()
    assert len(severities) == len(rows)


def test_a_date_in_a_count_can_be_mended_by_typing_the_number() -> None:
    for language, shown in (("ru", "12.05.2026"), ("en", "12 May 2026")):
        cell = at(opened(copied(language)), "in_channels_customers")
        assert (cell.value, cell.data_type, cell.is_date) == (shown, "s", False)


def test_a_missing_required_cell_says_it_costs_the_report() -> None:
    workbook = opened(clean("en"))
    at(workbook, "in_profile_period_start").value = None
    outcome = pipeline.process(load_catalog(), saved(workbook), "x.xlsx", pipeline.Options(pdf=False))
    assert outcome.status is Status.REFUSED
    assert set(outcome.outputs) == {"report.json", "corrections.xlsx"}
    lines = texts_of(outcome.outputs["corrections.xlsx"], "What to fix")
    assert title("unlocks_report", "en") in lines
    assert title("intro_refused", "en") in lines
    assert at(opened(outcome.outputs["corrections.xlsx"]), "in_profile_period_start").comment is not None


def test_what_was_understood_is_said_and_not_called_wrong() -> None:
    workbook = opened(planted("ru"))
    revenue = at(workbook, "in_clients_revenue")
    revenue.value = "720 000,00 ₽"
    copy = copy_of(saved(workbook))
    assert "«720 000,00 ₽» читаем как «720000»" in "\n".join(texts_of(copy, "Что исправить"))
    beside = opened(copy, results=True)["Клиенты"].cell(revenue.row, revenue.column + 1).value
    assert beside == title("understood", "ru")


def test_there_is_no_copy_of_a_workbook_that_needs_none_or_was_not_read() -> None:
    assert not corrections.is_needed(examined(b"no workbook at all"))
    report = examined(clean("ru"))
    quiet = [finding for finding in report.findings if finding.severity is Severity.INFO]
    clean_report = Report(
        report.source, report.status, report.submission, tuple(quiet), (), report.computation, report.advice
    )
    assert not corrections.is_needed(clean_report)
    assert corrections.is_needed(report)  # the example's plan asks for one step more


# --- the next rounds --------------------------------------------------------------------------------


def test_what_is_mended_is_shown_as_mended_and_marks_are_gone() -> None:
    workbook = opened(copied("ru"))
    active = at(workbook, "in_clients_active")
    active.value = 480
    at(workbook, "in_clients_sales_count").comment.text += "\nспросила, скажут завтра"
    at(workbook, "in_clients_new").comment = Comment("Новая пометка", "Анна")
    returned = saved(workbook)
    report = examined(returned)
    asked = len(report.asked)
    document = pipeline.document_of(load_catalog(), report, pipeline.Options())
    assert document["corrections"] == {"asked": asked, "mended": 1}
    second = copy_of(returned)
    sheet = opened(second)["Что исправить"]
    mended_rows = [row for row in sheet.iter_rows(values_only=True) if row[6] == "✓ исправлено"]
    assert [(row[2].partition("\n")[0], row[4], row[5]) for row in mended_rows] == [
        ("Активных клиентов", "860", "480")
    ]
    cell = at(opened(second), "in_clients_active")
    assert cell.border.left.style == "thin"
    assert cell.comment.text == "Здесь не уверена"
    assert "спросила, скажут завтра" in own_notes(second).values()
    assert "Новая пометка" in own_notes(second).values()
    # A third round still knows what the first had asked for.
    third = examined(second)
    assert len(third.asked) == asked
    assert pipeline.document_of(load_catalog(), third, pipeline.Options())["corrections"]["mended"] == 1


def test_a_workbook_that_is_no_copy_says_nothing_of_corrections() -> None:
    report = examined(clean("ru"))
    assert pipeline.document_of(load_catalog(), report, pipeline.Options())["corrections"] is None


# --- what the owner's workbook had lost -------------------------------------------------------------


def test_a_deleted_question_is_put_back() -> None:
    workbook = opened(clean("ru"))
    cell = at(workbook, "in_clients_lost")
    for row in cell.parent.iter_rows(min_row=cell.row, max_row=cell.row):
        for each in row:
            each.value = None
    del workbook.defined_names["in_clients_lost"]
    original = saved(workbook)
    assert ("S-11", "clients.lost") in {(f.code, f.field) for f in examined(original).findings}
    copy = copy_of(original)
    assert at(opened(copy), "in_clients_lost").comment is not None
    assert title("fix_S-11", "ru") in texts_of(copy, "Что исправить")
    assert "S-11" not in {f.code for f in examined(copy).findings}


def test_an_answer_below_a_misspelt_heading_is_kept_in_the_list() -> None:
    workbook = opened(clean("ru"))
    cell = at(workbook, "in_clients_lost")
    cell.parent.cell(cell.row, cell.column - 1).value = "Ушло за период"
    cell.value = 31337
    del workbook.defined_names["in_clients_lost"]
    original = saved(workbook)
    found = {f.code: f for f in examined(original).findings if f.field == "clients.lost"}
    assert found
    copy = copy_of(original)
    kept = at(opened(copy), "in_clients_lost").value == 31337
    assert kept or "31337" in texts_of(copy, title("notes_title", "ru"))


# --- files ------------------------------------------------------------------------------------------


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch) -> Callable[..., int]:
    """The command line; gives its exit code."""

    def call(*arguments: object) -> int:
        monkeypatch.setattr(sys, "argv", ["sheetreport", *map(str, arguments)])
        with pytest.raises(SystemExit) as stopped:
            main()
        return int(str(stopped.value.code))

    return call


def test_check_writes_copies_and_leaves_the_original_alone(
    run: Callable[..., int], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    inbox, folder = tmp_path / "inbox", tmp_path / "copies"
    (inbox / "again").mkdir(parents=True)
    first, second = inbox / "client.xlsx", inbox / "again" / "client.xlsx"
    first.write_bytes(planted("en"))
    second.write_bytes(planted("en"))
    stamp = first.stat().st_mtime_ns
    assert run("check", inbox, "--corrections", folder, "--lang", "en") == 1
    assert first.read_bytes() == planted("en")
    assert first.stat().st_mtime_ns == stamp
    made = sorted(path.name for path in folder.iterdir())
    assert len(made) == 2
    assert all(name.startswith("client-") and name.endswith("-corrections.xlsx") for name in made)
    assert str(folder / made[0]) in capsys.readouterr().out
    assert examined((folder / made[0]).read_bytes()).asked


def test_a_copy_that_came_back_replaces_its_original(
    run: Callable[..., int], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    inbox, out = tmp_path / "inbox", tmp_path / "reports"
    inbox.mkdir()
    (inbox / "client.xlsx").write_bytes(planted("en"))
    assert run("report", inbox, "--out", out, "--no-pdf", "--lang", "en") == 1
    made = out / "client" / "client-corrections.xlsx"
    assert made.is_file()
    # What we wrote and nobody returned is no input, wherever the folder is looked through from.
    assert batch.find_workbooks([tmp_path]) == [inbox / "client.xlsx"]
    (inbox / "client-corrections.xlsx").write_bytes(mended(made.read_bytes(), "en"))
    capsys.readouterr()
    assert run("report", inbox, "--out", out, "--no-pdf", "--lang", "en") == 0
    assert "client.xlsx: its correction copy came back" in capsys.readouterr().err
    assert sorted(path.name for path in out.iterdir() if path.is_dir()) == [OWN, "client"]


def test_an_original_that_has_changed_is_not_replaced(tmp_path: Path) -> None:
    original, copy = tmp_path / "client.xlsx", tmp_path / "client-corrections.xlsx"
    original.write_bytes(planted("en"))
    copy.write_bytes(copied("en"))
    assert copies.replaced([original, copy]) == {original: copy}
    original.write_bytes(clean("en"))
    assert copies.replaced([original, copy]) == {}
    # Two versions of one client side by side keep their outputs apart.
    assert len({job.folder for job in batch.plan([original, copy], tmp_path / "out")}) == 2


def test_a_copy_somebody_worked_in_is_not_written_over(tmp_path: Path) -> None:
    target = tmp_path / "client-corrections.xlsx"
    batch.write_copy(target, copied("en"))
    batch.write_copy(target, copied("en"))
    assert [path.name for path in tmp_path.iterdir()] == [target.name]
    worked = mended(copied("en"), "en")
    target.write_bytes(worked)
    batch.write_copy(target, None)
    assert [path.read_bytes() for path in tmp_path.iterdir()] == [worked]


def test_a_workbook_left_open_gives_the_same_copy_as_its_bytes() -> None:
    book = opened(planted("en"))
    for title in ("Mine", "Mine too"):
        book.create_sheet(title)["B2"] = f"{title}: from the notebook"
    data = saved(book)
    reading = read(load_catalog(), data, "case.xlsx")
    assert reading.opened is not None
    transcript = transcribe(load_catalog(), data, reading.opened)
    assert [page.title for page in transcript.own] == [OWN_SHEET, "Mine", "Mine too"]
    assert transcript == transcribe(load_catalog(), data)


def test_the_places_of_a_transcript_are_those_of_the_workbook() -> None:
    transcript = transcribe(load_catalog(), clean("en"))
    cells = {cell.source for answer in transcript.scalars.values() for cell in answer.cells}
    assert cells <= set(transcript.spots)
    assert transcript.own == ()
    assert transcript.noted == ()


@pytest.mark.parametrize(("number", "is_said"), [(MAX_NOTES, False), (MAX_NOTES + 1, True)])
def test_notes_that_are_too_many_are_said_to_be_cut(number: int, is_said: bool) -> None:
    workbook = opened(clean("ru"))
    sheet = workbook.create_sheet("Журнал")
    for row in range(1, number + 1):
        sheet.cell(row, 1).value = row
        sheet.cell(row, 1).comment = Comment(f"запись {row}", "owner")
    at(workbook, "in_clients_new").value = "двадцать"
    data = saved(workbook)
    copy = copy_of(data)
    said = [
        text for text in texts_of(copy, title("notes_title", "ru")) if "Примечаний к ячейкам больше" in text
    ]
    assert len(said) == is_said
    assert len(comments(data).texts) == MAX_NOTES


@pytest.mark.parametrize("kind", ["ods", "xls"])
def test_notes_of_other_formats_are_said_to_be_left_behind(
    soffice: Office, tmp_path: Path, kind: str
) -> None:
    path = tmp_path / "client.xlsx"
    path.write_bytes(planted("ru"))
    copy = copy_of(soffice.convert(path, kind, tmp_path / kind).read_bytes())
    said = texts_of(copy, title("notes_title", "ru"))
    assert any(text.startswith("Примечания к ячейкам") for text in said)
    assert not any("Примечани" in text for text in texts_of(copied("ru"), title("notes_title", "ru")))
