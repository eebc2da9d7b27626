"""A filled template that drifted: read as if it had not, or asked about at the cell the owner sees."""

from __future__ import annotations

import copy
import json
import re
import zipfile
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from openpyxl.utils import get_column_letter, range_boundaries
from openpyxl.worksheet.worksheet import Worksheet

from sheetreport import answers
from sheetreport.catalog.load import load_catalog
from sheetreport.derive import derive, with_defaults
from sheetreport.model import LANGUAGES, Language, Severity, SourceRef, State, Submission
from sheetreport.read import Reading, read
from sheetreport.template import build
from tests.conftest import Office

CATALOG = load_catalog()
WORKED = json.loads(Path(__file__).with_name("data").joinpath("worked_example.json").read_text("utf-8"))[
    "inputs"
]


# --- a workbook, edited -------------------------------------------------------------------------------------


def bounds(area: str) -> tuple[int, int, int, int]:
    """Left, top, right and bottom of an area."""
    left, top, right, bottom = range_boundaries(area.replace("$", ""))
    assert left is not None
    assert top is not None
    assert right is not None
    assert bottom is not None
    return left, top, right, bottom


@dataclass
class Owner:
    """Someone with the filled template open: in a program that keeps names in step or doesn't."""

    book: openpyxl.Workbook
    language: Language
    tracked: bool = True

    def sheet(self, sheet_id: str) -> Worksheet:
        page = self.book[CATALOG.sheet(sheet_id).title[self.language]]
        assert isinstance(page, Worksheet)
        return page

    def place(self, name: str) -> tuple[Worksheet, int, int]:
        """The sheet, row and column of a name's first cell."""
        sheet, area = next(iter(self.book.defined_names[name].destinations))
        left, top, _, _ = bounds(area)
        page = self.book[sheet]
        assert isinstance(page, Worksheet)
        return page, top, left

    def cell(self, name: str, down: int = 0, right: int = 0) -> Any:
        sheet, row, column = self.place(name)
        return sheet.cell(row + down, column + right)

    def insert_rows(self, sheet: Worksheet, row: int, count: int = 1) -> None:
        self._shift(sheet, lambda at: at + count if at >= row else at, rows=True)
        sheet.insert_rows(row, count)

    def insert_columns(self, sheet: Worksheet, column: int) -> None:
        self._shift(sheet, lambda at: at + 1 if at >= column else at, rows=False)
        sheet.insert_cols(column)

    def delete_row(self, sheet: Worksheet, row: int) -> None:
        if self.tracked:
            for name, definition in list(self.book.defined_names.items()):
                title, area = next(iter(definition.destinations), (None, ""))
                if title == sheet.title:
                    _, top, _, bottom = bounds(area)
                    if top == bottom == row:
                        self.book.defined_names[name].attr_text = "#REF!"
            self._shift(sheet, lambda at: at - 1 if at > row else at, rows=True)
        sheet.delete_rows(row)

    def _shift(self, sheet: Worksheet, moved: Callable[[int], int], *, rows: bool) -> None:
        if not self.tracked:
            return
        for definition in self.book.defined_names.values():
            for title, area in list(definition.destinations):
                if title == sheet.title and area:
                    left, top, right, bottom = bounds(area)
                    if rows:
                        top, bottom = moved(top), moved(bottom)
                    else:
                        left, right = moved(left), moved(right)
                    corner = f"${get_column_letter(left)}${top}:${get_column_letter(right)}${bottom}"
                    definition.attr_text = f"'{title}'!{corner}"


def filled(
    language: Language = "ru", inputs: Mapping[str, Any] = WORKED, parts: Collection[str] | None = None
) -> bytes:
    return build(CATALOG, language, answers=inputs, parts=parts, tool_version="0")


@pytest.fixture(scope="module")
def worked() -> Mapping[Language, bytes]:
    return {language: filled(language) for language in LANGUAGES}


def edited(data: bytes, language: Language, edit: Callable[[Owner], None], *, tracked: bool = True) -> bytes:
    book = openpyxl.load_workbook(BytesIO(data))
    edit(Owner(book, language, tracked))
    stream = BytesIO()
    book.save(stream)
    return stream.getvalue()


def without_names(data: bytes) -> bytes:
    """As Numbers exports it: neither defined names nor custom properties."""
    stream = BytesIO()
    with zipfile.ZipFile(BytesIO(data)) as source, zipfile.ZipFile(stream, "w") as target:
        for name in source.namelist():
            part = source.read(name)
            if name == "xl/workbook.xml":
                part = re.sub(rb"<definedNames>.*</definedNames>", b"", part, flags=re.DOTALL)
            if name in ("[Content_Types].xml", "_rels/.rels"):
                part = re.sub(rb"<(?:Override|Relationship)[^>]*custom[^>]*/>", b"", part)
            if name != "docProps/custom.xml":
                target.writestr(name, part)
    return stream.getvalue()


def looked_at(data: bytes) -> Reading:
    return read(CATALOG, data, "owner.xlsx")


def content(submission: Submission) -> tuple[object, object]:
    """What was answered, without places, row numbers and blanks."""
    whole = derive(CATALOG, with_defaults(CATALOG, submission))
    scalars = {id_: (v.state, v.value) for id_, v in whole.scalars.items() if v.state is not State.BLANK}
    tables = {
        table: [
            (
                row.subject,
                {k: (v.state, v.value) for k, v in row.values.items() if v.state is not State.BLANK},
            )
            for row in rows
        ]
        for table, rows in whole.tables.items()
        if rows
    }
    return scalars, tables


EXPECTED = content(answers.submission(CATALOG, WORKED))


def codes(reading: Reading) -> list[tuple[str, str]]:
    return [(f"{f.code} {f.variant}".strip(), f"{f.source.sheet}!{f.source.cell}") for f in reading.findings]


def stands_where_it_says(reading: Reading, data: bytes) -> None:
    """Every number read stands in the cell that is named for it."""
    book = openpyxl.load_workbook(BytesIO(data))
    rows = (row for rows in reading.submission.tables.values() for row in rows)
    values = [*reading.submission.scalars.values(), *(value for row in rows for value in row.values.values())]
    numbers = [value for value in values if isinstance(value.value, int | float)]
    assert len(numbers) > 50
    for value in numbers:
        assert book[value.source.sheet][value.source.cell].value == value.value


# --- drift that changes nothing -----------------------------------------------------------------------------


def rename_sheets(owner: Owner) -> None:
    for number, sheet in enumerate(owner.book.worksheets):
        old, sheet.title = sheet.title, f"{number} лист"
        for definition in owner.book.defined_names.values():
            definition.attr_text = definition.attr_text.replace(f"'{old}'!", f"'{sheet.title}'!").replace(
                f"{old}!", f"'{sheet.title}'!"
            )


def reorder_sheets(owner: Owner) -> None:
    for place, title in enumerate(reversed(owner.book.sheetnames)):
        owner.book.move_sheet(title, place - owner.book.sheetnames.index(title))


def hide_sheets(owner: Owner) -> None:
    owner.sheet("clients").sheet_state = "hidden"
    owner.sheet("channels").sheet_state = "veryHidden"


def extra_sheets(owner: Owner) -> None:
    notes = owner.book.create_sheet("Черновик", 0)
    for row in range(1, 40):
        notes.append([f"строка {row}", row, 1000 * row])


def blank_rows_and_columns(owner: Owner) -> None:
    for sheet_id in ("clients", "profile", "channels", "social", "csi", "practices", "goals"):
        owner.insert_rows(owner.sheet(sheet_id), 3, 2)
    _, row, _ = owner.place("in_clients_lost")
    owner.insert_rows(owner.sheet("clients"), row)
    owner.insert_columns(owner.sheet("clients"), 2)
    _, row, _ = owner.place("in_nps_tally_0_10")
    owner.insert_rows(owner.sheet("nps"), row + 4)
    _, row, column = owner.place("in_channels_customers")
    owner.insert_columns(owner.sheet("channels"), column)
    owner.insert_rows(owner.sheet("channels"), row)


def merged_cells(owner: Owner) -> None:
    for name in ("in_clients_total", "in_clients_revenue", "in_profile_company_name"):
        sheet, row, column = owner.place(name)
        sheet.merge_cells(start_row=row, end_row=row, start_column=column, end_column=column + 1)


def other_words_for_headings(owner: Owner) -> None:
    """Defined names keep what is asked, whatever the owner writes over the question."""
    for name in ("in_clients_total", "in_clients_new"):
        owner.cell(name, right=-1).value = "Мой вопрос"


HARMLESS = [
    rename_sheets,
    reorder_sheets,
    hide_sheets,
    extra_sheets,
    blank_rows_and_columns,
    merged_cells,
    other_words_for_headings,
]


def all_at_once(owner: Owner) -> None:
    for drift in (blank_rows_and_columns, merged_cells, extra_sheets, reorder_sheets, hide_sheets):
        drift(owner)


@pytest.mark.parametrize("drift", [*HARMLESS, all_at_once], ids=lambda drift: drift.__name__)
def test_what_a_program_keeps_in_step_is_read_the_same(
    worked: Mapping[Language, bytes], drift: Callable[[Owner], None]
) -> None:
    language: Language = "en" if drift is all_at_once else "ru"
    data = edited(worked[language], language, drift)
    reading = looked_at(data)
    assert codes(reading) == []
    assert content(reading.submission) == EXPECTED
    stands_where_it_says(reading, data)


@pytest.mark.parametrize(("language", "names"), [("ru", "stale"), ("en", "none")])
def test_what_no_program_keeps_in_step_is_found_by_its_headings(
    worked: Mapping[Language, bytes], language: Language, names: str
) -> None:
    """Names that still point to where the answers were, or no names at all."""
    data = edited(worked[language], language, all_at_once, tracked=False)
    reading = looked_at(data if names == "stale" else without_names(data))
    assert codes(reading) == []
    assert content(reading.submission) == EXPECTED
    stands_where_it_says(reading, data)


@pytest.mark.parametrize("names", ["stale", "none"])
@pytest.mark.parametrize("language", LANGUAGES)
def test_renamed_sheets_are_known_by_their_headings(
    worked: Mapping[Language, bytes], names: str, language: Language
) -> None:
    """Names still point to the old titles, or there are no names at all."""

    def rename(owner: Owner) -> None:
        for sheet_id in ("clients", "nps", "affiliate"):
            owner.sheet(sheet_id).title = f"мой {sheet_id}"
        owner.book.create_sheet("Склад").append(["Ножницы", 12])

    data = edited(worked[language], language, rename, tracked=False)
    reading = looked_at(data if names == "stale" else without_names(data))
    assert codes(reading) == []
    assert content(reading.submission) == EXPECTED
    assert reading.submission.get("clients.total").source == SourceRef("мой clients", "B6")


@pytest.mark.parametrize("tracked", [True, False])
def test_columns_of_a_table_in_another_order(worked: Mapping[Language, bytes], tracked: bool) -> None:
    """Names go with their columns, or stay where other columns stand now."""

    def swap(owner: Owner) -> None:
        sheet, top, spend = owner.place("in_channels_spend")
        _, _, customers = owner.place("in_channels_customers")
        for row in range(top - 1, top + 12):
            one, other = sheet.cell(row, spend), sheet.cell(row, customers)
            one.value, other.value = other.value, one.value
        if tracked:
            names = owner.book.defined_names
            one, other = names["in_channels_spend"], names["in_channels_customers"]
            one.attr_text, other.attr_text = other.attr_text, one.attr_text

    data = edited(worked["ru"], "ru", swap)
    reading = looked_at(data)
    assert codes(reading) == []
    assert content(reading.submission) == EXPECTED
    stands_where_it_says(reading, data)


def test_a_sheet_pasted_over_from_a_template_with_other_rows(worked: Mapping[Language, bytes]) -> None:
    """Values and headings of a sheet that had three rows more at its top; the names know nothing of it."""

    def paste(owner: Owner) -> None:
        sheet = owner.sheet("clients")
        rows = [[cell.value for cell in row] for row in sheet.iter_rows()]
        for row in sheet.iter_rows():
            for cell in row:
                if type(cell).__name__ != "MergedCell":
                    cell.value = None
        for number, values in enumerate(rows, start=4):
            for column, value in enumerate(values, start=1):
                if value is not None and type(sheet.cell(number, column)).__name__ != "MergedCell":
                    sheet.cell(number, column).value = value

    reading = looked_at(edited(worked["ru"], "ru", paste))
    assert codes(reading) == []
    assert content(reading.submission) == EXPECTED
    assert reading.submission.get("clients.total").source.cell == "B9"


# --- tables -------------------------------------------------------------------------------------------------

THEMES = [{"theme": f"тема {n}", "kind": "like", "mentions": n} for n in (3, 1, 2)]


def themes(edit: Callable[[Owner], None], inputs: list[dict[str, Any]] = THEMES) -> tuple[Reading, int]:
    """The table of themes after an edit, and the row of its first record."""
    data = edited(filled(inputs={"feedback": inputs}, parts=["feedback"]), "ru", edit)
    _, top, _ = Owner(openpyxl.load_workbook(BytesIO(data)), "ru").place("in_feedback_theme")
    return looked_at(data), top


def put(owner: Owner, down: int, **values: object) -> None:
    for field, value in values.items():
        owner.cell(f"in_feedback_{field}", down=down).value = value


def read_themes(reading: Reading) -> list[tuple[str, object]]:
    return [(row.subject, row.get("feedback.mentions").value) for row in reading.submission.rows("feedback")]


def test_sorted_rows_and_gaps() -> None:
    def sort(owner: Owner) -> None:
        for down in range(3):
            put(owner, down, theme=None, kind=None, mentions=None)
        put(owner, 1, theme="тема 1", kind="нравится", mentions=1)
        put(owner, 4, theme="тема 2", kind="нравится", mentions=2)
        put(owner, 7, theme="тема 3", kind="нравится", mentions="много")

    reading, top = themes(sort)
    assert read_themes(reading) == [("тема 1", 1), ("тема 2", 2), ("тема 3", None)]
    assert codes(reading) == [("V-57 text", f"Отзывы!{mentions_column()}{top + 7}")]


def mentions_column() -> str:
    _, _, column = Owner(openpyxl.load_workbook(BytesIO(filled(parts=["feedback"]))), "ru").place(
        "in_feedback_mentions"
    )
    return get_column_letter(column)


def test_a_table_longer_than_the_template_foresaw() -> None:
    many = [{"theme": f"тема {n}", "kind": "like", "mentions": n} for n in range(1, 13)]

    def add(owner: Owner) -> None:
        for extra in (12, 13, 16):  # the last one behind two blank rows
            put(owner, extra, theme=f"ещё {extra}", kind="нравится", mentions=extra)

    reading, top = themes(add, many)
    assert read_themes(reading)[12:] == [("ещё 12", 12), ("ещё 13", 13), ("ещё 16", 16)]
    assert codes(reading) == []
    assert [row.index for row in reading.submission.rows("feedback")][-3:] == [13, 14, 17]
    assert reading.submission.rows("feedback")[-1].get("feedback.theme").source.cell == f"A{top + 16}"


def test_a_note_below_a_table_is_no_record() -> None:
    many = [{"theme": f"тема {n}", "kind": "like", "mentions": n} for n in range(1, 13)]

    def note(owner: Owner) -> None:
        put(owner, 15, theme="спросить Анну")

    reading, _ = themes(note, many)
    assert len(read_themes(reading)) == 12


def test_numbers_outside_the_cells_for_answers_are_told() -> None:
    def aside(owner: Owner) -> None:
        sheet = owner.sheet("feedback")
        for row in range(60, 67):
            sheet.cell(row, 12).value = row

    reading, _ = themes(aside)
    (finding,) = reading.findings
    assert (finding.code, finding.variant, finding.severity) == ("S-18", "more", Severity.WARNING)
    assert finding.source == SourceRef("Отзывы", "L60")
    assert finding.params == {"cells": "L60, L61, L62, L63, L64", "more": 2}
    assert len(read_themes(reading)) == 3


def test_a_row_with_numbers_and_no_name() -> None:
    def merge(owner: Owner) -> None:
        sheet, row, column = owner.place("in_feedback_theme")
        sheet.merge_cells(start_row=row, end_row=row + 1, start_column=column, end_column=column)

    reading, top = themes(merge)
    assert codes(reading) == [("S-19", f"Отзывы!A{top + 1}")]
    assert read_themes(reading) == [("тема 3", 3), ("", 1), ("тема 2", 2)]


# --- headings -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("tracked", [True, False])
@pytest.mark.parametrize(
    ("language", "typo", "sheet"),
    [("ru", "Ушли за перод", "Клиенты"), ("en", "Clients lots in the period", "Clients")],
)
def test_a_typo_in_a_heading_is_asked_about_when_nothing_else_names_the_cell(
    worked: Mapping[Language, bytes], language: Language, typo: str, sheet: str, tracked: bool
) -> None:
    label = CATALOG.fields["clients.lost"].label[language]

    def misspell(owner: Owner) -> None:
        page, row, column = owner.place("in_clients_lost")
        assert str(page.cell(row, column - 1).value).startswith(label[:5])
        page.cell(row, column - 1).value = typo if language == "ru" else label[:-1] + "x"
        if not tracked:
            owner.insert_rows(page, 3)

    reading = looked_at(edited(worked[language], language, misspell, tracked=tracked))
    if tracked:
        assert codes(reading) == []
        assert content(reading.submission) == EXPECTED
    else:
        assert codes(reading)[0] == ("S-10", f"{sheet}!A13")
        assert reading.submission.get("clients.lost").state is State.BLANK


def test_a_heading_that_stands_twice(worked: Mapping[Language, bytes]) -> None:
    def double(owner: Owner) -> None:
        sheet, row, column = owner.place("in_clients_lost")
        sheet.cell(row + 40, column - 1).value = sheet.cell(row, column - 1).value

    data = edited(worked["ru"], "ru", double)
    reading = looked_at(data)
    assert codes(reading) == [("S-17 named", "Клиенты!A52")]
    assert reading.findings[0].params == {"first": "A12", "read": "B12"}
    assert content(reading.submission) == EXPECTED
    nameless = looked_at(without_names(data))
    assert codes(nameless)[0] == ("S-17", "Клиенты!A52")
    assert nameless.submission.get("clients.lost").state is State.BLANK


def test_a_column_that_stands_twice(worked: Mapping[Language, bytes]) -> None:
    def double(owner: Owner) -> None:
        sheet, row, column = owner.place("in_channels_spend")
        sheet.cell(row - 1, 30).value = sheet.cell(row - 1, column).value

    nameless = looked_at(without_names(edited(worked["ru"], "ru", double)))
    assert ("S-17", "Реклама!AD5") in codes(nameless)
    assert {row.get("channels.spend").state for row in nameless.submission.rows("channels")} == {State.BLANK}


# --- what is missing ----------------------------------------------------------------------------------------


def test_a_deleted_question_is_told_and_the_others_stay_right(worked: Mapping[Language, bytes]) -> None:
    def delete(owner: Owner) -> None:
        sheet, row, _ = owner.place("in_clients_dissatisfied")
        owner.delete_row(sheet, row)

    for tracked in (True, False):
        data = edited(worked["ru"], "ru", delete, tracked=tracked)
        reading = looked_at(data)
        (finding,) = reading.findings
        assert (finding.code, finding.field, finding.source.sheet) == (
            "S-11",
            "clients.dissatisfied",
            "Клиенты",
        )
        read_, expected = content(reading.submission)[0], dict(EXPECTED[0])  # type: ignore[call-overload]
        assert expected.pop("clients.dissatisfied")
        assert read_ == expected
        stands_where_it_says(reading, data)


def test_a_lost_core_sheet_is_named(worked: Mapping[Language, bytes]) -> None:
    language: Language = "en"

    def drop(owner: Owner) -> None:
        del owner.book[owner.sheet("channels").title]

    reading = looked_at(without_names(edited(worked[language], language, drop)))
    title = CATALOG.sheet("channels").title[language]
    assert codes(reading) == [("S-09", f"{title}!")]
    assert reading.findings[0].params == {"sheet": title}


def test_a_copy_of_a_sheet_is_not_read_silently(worked: Mapping[Language, bytes]) -> None:
    def duplicate(owner: Owner) -> None:
        owner.book.copy_worksheet(owner.sheet("clients")).title = "Клиенты (2)"

    for data in (edited(worked["ru"], "ru", duplicate), without_names(edited(worked["ru"], "ru", duplicate))):
        reading = looked_at(data)
        assert codes(reading) == [("S-16", "Клиенты (2)!A1")]
        assert content(reading.submission) == EXPECTED


def test_an_older_template_lacks_questions_and_sheets(worked: Mapping[Language, bytes]) -> None:
    def age(owner: Owner) -> None:
        sheet, row, _ = owner.place("in_clients_lost")
        owner.delete_row(sheet, row)
        del owner.book.defined_names["in_clients_lost"]
        title = owner.sheet("affiliate").title
        for name, definition in list(owner.book.defined_names.items()):
            if any(place == title for place, _ in definition.destinations):
                del owner.book.defined_names[name]
        del owner.book[title]
        version = owner.book.custom_doc_props["sheetreport_template"]  # type: ignore[attr-defined]
        version.value = "0.9"

    reading = looked_at(edited(worked["ru"], "ru", age))
    assert [(f.code, f.variant, f.field) for f in reading.findings] == [
        ("S-11", "older", "clients.lost"),
        ("S-08", "", None),
    ]
    assert reading.source.template_version == "0.9"
    assert reading.submission.rows("affiliate") == ()
    assert reading.submission.get("clients.new").value == WORKED["clients"]["new"]


# --- two languages ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_template_answered_in_the_other_language(
    worked: Mapping[Language, bytes], language: Language
) -> None:
    other: Language = "en" if language == "ru" else "ru"
    words = {
        choice.label[language]: choice.label[other]
        for field in CATALOG.fields.values()
        for choice in field.choices
        if choice.label[language] != choice.label[other]
    }
    changed = 0

    def translate(owner: Owner) -> None:
        nonlocal changed
        for name in owner.book.defined_names:
            if name.startswith("in_"):
                sheet, row, column = owner.place(name)
                _, area = next(iter(owner.book.defined_names[name].destinations))
                for line in sheet[area.replace("$", "")] if ":" in area else [[sheet.cell(row, column)]]:
                    for cell in line:
                        if isinstance(cell.value, str) and cell.value in words:
                            cell.value = words[cell.value]
                            changed += 1

    reading = looked_at(edited(worked[language], language, translate))
    assert codes(reading) == []
    assert content(reading.submission) == EXPECTED
    assert changed > 50
    assert len(reading.repairs) > 50
    assert all(repair.used in words for repair in reading.repairs)


# --- LibreOffice --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("form", "said"), [("xlsx", []), ("ods", [("S-14", "!")])])
def test_libreoffice_saves_what_was_typed(
    soffice: Office, tmp_path: Path, form: str, said: list[tuple[str, str]]
) -> None:
    """Also text that was mended, and rows and columns put in between."""
    inputs = copy.deepcopy(WORKED)
    inputs["clients"]["revenue"] = "720 000,50 ₽"
    data = edited(filled("ru", inputs), "ru", blank_rows_and_columns)
    (tmp_path / "w.xlsx").write_bytes(data)
    saved = soffice.convert(tmp_path / "w.xlsx", form, tmp_path / "saved").read_bytes()
    before, after = looked_at(data), looked_at(saved)
    assert codes(after) == said
    assert content(after.submission) == content(before.submission)
    assert after.repairs == before.repairs
    assert after.submission.get("clients.revenue").value == 720000.5


# --- anything -----------------------------------------------------------------------------------------------

cells = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-(10**13), 10**13),
    st.floats(allow_nan=False, allow_infinity=False),
    st.datetimes(),
    st.text(st.characters(codec="utf-8", exclude_categories=["Cc", "Cs"]), max_size=40),
    st.sampled_from(
        ["#DIV/0!", "=1/0", "1.234", "≈300", "нет", "да", "31/10/2026", "Клиенты", "Цель 2", "0"]
    ),
)


@pytest.fixture(scope="module")
def small() -> bytes:
    return filled(inputs={"clients": {"total": 800}, "channels": [{"name": "VK", "spend": 5}]}, parts=())


@given(st.lists(st.tuples(st.integers(0, 3), st.integers(1, 40), st.integers(1, 12), cells), max_size=40))
@settings(max_examples=12, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_cells_anywhere_are_read_or_told(small: bytes, changes: list[tuple[int, int, int, Any]]) -> None:
    def change(owner: Owner) -> None:
        sheets = [owner.sheet(sheet.id) for sheet in CATALOG.sheets if sheet.core]
        for number, row, column, value in changes:
            cell = sheets[number % len(sheets)].cell(row, column)
            if type(cell).__name__ != "MergedCell":
                cell.value = value

    reading = looked_at(edited(small, "ru", change))
    assert not reading.refused
    for value in reading.submission.scalars.values():
        assert (value.state is State.VALUE) == (value.value is not None)
    assert all(finding.source.sheet for finding in reading.findings)
