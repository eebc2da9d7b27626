"""The owner's workbook: what it holds, what it says live, and that it says the same after recalculation."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from openpyxl.workbook import Workbook

from sheetreport import answers
from sheetreport.catalog.definitions import Catalog, FieldType, Layout
from sheetreport.catalog.load import load_catalog
from sheetreport.i18n import Wording
from sheetreport.model import LANGUAGES, Language
from sheetreport.template import build, live
from sheetreport.template.book import clean
from sheetreport.template.live import EMPTY, Error, Live, Span, number, words
from sheetreport.template.measure import lines_of
from sheetreport.template.printing import Spread, breaks, spread
from tests.conftest import Office
from tests.said import refused

WRONG: Mapping[str, Any] = {
    "profile": {
        "company_name": "=2+3",
        "situation": "?",
        "period_type": "month",
        "period_start": "2026-10-01",
        "period_end": "2026-11-20",
        "growth_wish_pct": 1.5,
        "report_date": "2026-11-16",
        "opening_date": "soon",
        "website_url": "-",
    },
    "clients": {
        "total": 800,
        "active": 860,
        "active_start": 470,
        "new": 40,
        "lost": -5,
        "active_end": 500,
        "sales_count": 480,
        "repeat_purchases": 500,
        "revenue": "about 720k",
        "gross_profit": -100.5,
        "inactive_contactable": 12.5,
    },
    "promo": {"other_spend": "?"},
    "channels": [
        {"name": "A", "type": "search_ads", "spend": 100, "customers": 0},
        {"name": "a", "type": "nonsense", "spend": 3, "customers": 5, "leads": 2, "clicks": 1},
        {"spend": 5},
        {"name": "B", "type": "seo", "spend": "?", "customers": "many"},
        {},
        {"name": "C", "type": "maps", "spend": 12.5, "customers": 3},
    ],
    "nps": {"tally_0_10": [1, None, 2, 3, 0, 0, 0, 0, 0, 0, 4], "survey_date": "2014-01-01"},
    "csat": {"tally_1_5": "?"},
    "csi": {
        "overall_1_5": [1, 2, 3, 4, 2.5],
        "attributes": {"x": [1, 2, None, 4, 5], "y": [1, 1, 1, 1, 2], "z": [0, 0, 0, 0, "q"]},
    },
    "goals": [
        {
            "metric": "awareness_share",
            "point_a": 0.3,
            "target": 0.3,
            "deadline": "2026-11-10",
            "start": "2026-11-16",
        },
        {"metric": "nonsense", "target": "many", "why": "x"},
        {"metric": "cac", "place": "VK", "point_a": 1500, "target": 1200.5, "deadline": "2028-01-01"},
    ],
    "practices": {"consent": {"answer": "no"}, "contact_ways": "?"},
}


@dataclass(frozen=True, slots=True)
class Opened:
    """A built workbook: its bytes, its formulas and what its cells show."""

    data: bytes
    formulas: Workbook
    values: Workbook

    def shown(self, name: str) -> Any:
        """What the cell of a defined name shows."""
        sheet, cell = self.place(name)
        return self.values[sheet][cell].value

    def beside(self, name: str, offset: int = 1) -> Any:
        """What the cell right of a named one shows."""
        sheet, cell = self.place(name)
        found = self.values[sheet][cell]
        return self.values[sheet].cell(found.row, found.column + offset).value

    def place(self, name: str) -> tuple[str, str]:
        (sheet, area), *_ = self.formulas.defined_names[name].destinations
        return sheet, area.replace("$", "").partition(":")[0]


def opened(data: bytes) -> Opened:
    return Opened(
        data,
        openpyxl.load_workbook(io.BytesIO(data)),
        openpyxl.load_workbook(io.BytesIO(data), data_only=True),
    )


@pytest.fixture(scope="module")
def catalog() -> Catalog:
    return load_catalog()


@pytest.fixture(scope="module")
def blank(catalog: Catalog) -> Mapping[Language, Opened]:
    return {language: opened(build(catalog, language, tool_version="1")) for language in LANGUAGES}


@pytest.fixture(scope="module")
def wrong(catalog: Catalog) -> Opened:
    return opened(build(catalog, "en", answers=WRONG, tool_version="1"))


@pytest.fixture(scope="module")
def full(filled: bytes) -> Opened:
    return opened(filled)


def cells(book: Workbook) -> Iterator[tuple[str, str, Any]]:
    for sheet in book:
        for row in sheet.iter_rows():
            for cell in row:
                if cell.value is not None:
                    yield sheet.title, cell.coordinate, cell.value


# --- the file ---------------------------------------------------------------------------------------


def test_same_input_gives_the_same_bytes(catalog: Catalog, wrong: Opened) -> None:
    assert build(catalog, "en", answers=WRONG, tool_version="1") == wrong.data
    flat = answers.flatten(catalog, WRONG)
    assert build(catalog, "en", answers=flat, tool_version="1") == wrong.data
    # Two builds within a second would agree by chance.
    assert wrong.formulas.properties.created == datetime(2026, 1, 1)


@pytest.mark.parametrize("language", LANGUAGES)
def test_sheets_stand_in_order(
    blank: Mapping[Language, Opened], catalog: Catalog, language: Language
) -> None:
    book = blank[language].formulas
    first, *middle, last = book.sheetnames
    core = [sheet.title[language] for sheet in catalog.sheets if sheet.core]
    assert first == {"ru": "Начните здесь", "en": "Start here"}[language]
    assert middle[: len(core)] == core
    assert set(middle) == {sheet.title[language] for sheet in catalog.sheets}
    assert book[last].sheet_state == "hidden"
    assert all(sheet.sheet_state == "visible" for sheet in book if sheet.title != last)


def test_parts_choose_the_optional_sheets(catalog: Catalog) -> None:
    titles = opened(build(catalog, "en", parts=["practices"], tool_version="1")).formulas.sheetnames
    core = [sheet.title.en for sheet in catalog.sheets if sheet.core]
    assert titles == ["Start here", *core, "Practices", "Lists"]
    with refused("^no such part: nonsense; known are automation, awareness, ") as caught:
        build(catalog, "en", parts=["nonsense"], tool_version="1")
    assert (
        Wording("ru").say(caught.value.message).startswith("таких частей нет: nonsense; бывает: automation, ")
    )


def test_workbook_says_what_it_is(blank: Mapping[Language, Opened], catalog: Catalog) -> None:
    with zipfile.ZipFile(io.BytesIO(blank["ru"].data)) as parts:
        text = parts.read("docProps/custom.xml").decode()
    stated = dict(re.findall(r'name="([^"]*)"><vt:lpwstr>([^<]*)<', text))
    assert stated == {
        "sheetreport_template": "1.0",
        "sheetreport_language": "ru",
        "sheetreport_catalog": catalog.sha256[:12],
    }


@pytest.mark.parametrize("language", LANGUAGES)
def test_sheets_are_protected_without_a_password(
    blank: Mapping[Language, Opened], language: Language
) -> None:
    for sheet in blank[language].formulas:
        assert sheet.protection.sheet, sheet.title
        assert sheet.protection.password is None
    shown: list[Any] = list(blank[language].formulas)[:-1]
    for sheet in shown:
        allowed = ("sort", "autoFilter", "formatColumns", "formatRows")
        assert not any(getattr(sheet.protection, name) for name in allowed), sheet.title
        assert sheet.print_area
        assert sheet.page_setup.paperSize == 9
        if sheet.sheet_properties.pageSetUpPr.fitToPage:
            assert (sheet.page_setup.fitToWidth or 1, sheet.page_setup.fitToHeight) == (1, 0)
        else:
            assert sheet.page_setup.scale, sheet.title  # a wide table goes on to the next page
        assert not sheet.merged_cells.ranges


@pytest.mark.parametrize("language", LANGUAGES)
def test_only_inputs_are_unlocked(blank: Mapping[Language, Opened], language: Language) -> None:
    book = blank[language].formulas
    inputs: set[tuple[str, str]] = set()
    for name, defined in book.defined_names.items():
        if name.startswith("in_"):
            for title, area in defined.destinations:
                found = book[title][area.replace("$", "")]
                rows = found if isinstance(found, tuple) else ((found,),)
                inputs |= {(title, cell.coordinate) for row in rows for cell in row}
    unlocked = {
        (sheet.title, cell.coordinate)
        for sheet in book
        for row in sheet.iter_rows()
        for cell in row
        if not cell.protection.locked
    }
    assert len(inputs) > 400
    assert unlocked == inputs


def test_no_formula_needs_what_other_programs_lack(full: Opened) -> None:
    formulas = [
        value for _, _, value in cells(full.formulas) if isinstance(value, str) and value.startswith("=")
    ]
    assert len(formulas) > 300
    joined = "\n".join(formulas)
    for name in ("HYPERLINK", "INDIRECT", "TEXT(", "_xlfn", "LET(", "FILTER(", "[", "#REF!"):
        assert name not in joined, name
    assert max(map(len, formulas)) < 8192


@pytest.mark.parametrize("language", LANGUAGES)
def test_messages_keep_the_limits_of_excel(blank: Mapping[Language, Opened], language: Language) -> None:
    rules = [rule for sheet in blank[language].formulas for rule in sheet.data_validations.dataValidation]
    assert len(rules) > 200
    for rule in rules:
        assert 0 < len(rule.promptTitle) <= 32
        assert 0 < len(rule.prompt) <= 255
        assert 0 < len(rule.errorTitle) <= 32
        assert 0 < len(rule.error) <= 255
        assert len(rule.formula1) <= 255
        assert rule.errorStyle in (None, "stop")


def test_english_workbook_holds_no_russian(blank: Mapping[Language, Opened]) -> None:
    for title, cell, value in cells(blank["en"].formulas):
        assert not re.search("[А-Яа-яЁё]", f"{title}{value}"), (title, cell, value)


def test_every_field_has_its_name(blank: Mapping[Language, Opened], catalog: Catalog) -> None:
    names = set(blank["ru"].formulas.defined_names)
    for sheet in catalog.sheets:
        for field in sheet.fields:
            own = field.id.replace(".", "_")
            if sheet.layout is Layout.BLOCKS:
                expected = {f"in_goals_{k}_{field.name}" for k in (1, 2, 3)}
            elif field.type is FieldType.CHOICES:
                expected = {f"in_{own}_{choice.id}" for choice in field.choices}
            elif field.id.startswith("p.risk_") and "why" in field.name:
                continue
            else:
                expected = {f"in_{own}"}
            assert expected <= names, expected - names


def test_rows_are_as_high_as_their_texts(full: Opened) -> None:
    """Twelve points is a line of the smallest font; texts in two fonts are left out."""
    found = 0
    for title, place, value in cells(full.values):
        sheet: Any = full.values[title]
        cell = sheet[place]
        if isinstance(value, str) and "\n" not in value and cell.row > 3 and cell.alignment.wrap_text:
            width = sheet.column_dimensions[cell.column_letter].width
            lines = lines_of(value, width, int(cell.font.size))
            assert sheet.row_dimensions[cell.row].height >= lines * 12, (title, place)
            found += 1
    assert found > 300


# --- what it says -----------------------------------------------------------------------------------


def test_blank_workbook_counts_27_cells_and_names_the_first_sheet(blank: Mapping[Language, Opened]) -> None:
    start = blank["ru"].values["Начните здесь"]
    shown = {cell.value for row in start.iter_rows() for cell in row}
    assert {"Заполнено 0 из 27", "Дальше: О компании", "○ не начат", "— не обязательно"} <= shown
    assert blank["en"].values["Company"]["A2"].value == "Done 0 of 5"


def test_blank_workbook_is_prefilled_only_where_it_says_so(blank: Mapping[Language, Opened]) -> None:
    english = blank["en"]
    assert english.shown("in_profile_country") == "Russia"
    assert english.shown("in_profile_language") == "English"
    assert english.shown("in_clients_total") is None
    assert english.shown("in_goals_1_start") in (None, "")
    assert english.shown("in_goals_2_kind") in (None, "")


def test_full_workbook_is_complete(full: Opened) -> None:
    start = full.values["Начните здесь"]
    shown = [cell.value for row in start.iter_rows() for cell in row if cell.value]
    assert "Заполнено 27 из 27" in shown
    assert shown.count("✓ готово") == 4
    assert not any("✗" in str(text) for text in shown)


def test_answers_stand_in_their_cells(full: Opened) -> None:
    assert full.shown("in_profile_period_type") == "месяц"
    assert full.shown("in_profile_period_start") == datetime(2026, 10, 1)
    assert full.shown("in_clients_total") == 800
    assert full.shown("in_p_contact_ways_excel") == "да"
    assert full.shown("in_p_contact_ways_paper") is None
    assert full.shown("in_goals_6_target") == 100
    sheet, cell = full.place("in_nps_tally_0_10")
    column = [full.values[sheet].cell(int(cell[1:]) + score, 2).value for score in range(11)]
    assert column == [1, 0, 1, 2, 3, 7, 10, 12, 14, 22, 28]


def test_calculated_cells_hold_formulas_and_given_differences(full: Opened, wrong: Opened) -> None:
    sheet, cell = full.place("in_clients_inactive")
    assert str(full.formulas[sheet][cell].value).startswith("=")
    assert full.shown("in_clients_inactive") == 320
    assert full.beside("in_clients_inactive") == "посчитали сами"
    assert full.shown("in_goals_1_direction") == "больше — лучше"
    sheet, cell = wrong.place("in_clients_active_end")
    assert wrong.formulas[sheet][cell].value == 500
    assert wrong.beside("in_clients_active_end") == "! differs from our sum"


def test_goal_reads_as_a_sentence_and_says_if_it_is_ready(full: Opened) -> None:
    texts = [str(value) for title, _, value in cells(full.values) if title == "Цель"]
    assert "Хотим: новые подписчики (vk), с 0 до 250, к 23.11.2026" in texts
    # 250 in 14 days is 125 a week, beside the usual 30
    assert "✓ что и где · ✓ цифры · ✓ зачем · ✓ срок · ! темп ×4,2 к обычному" in texts
    assert "✓ что и где · ✓ цифры · ○ зачем · ✓ срок · ! темп ×2,9 к обычному" in texts
    assert not any("SMART" in text for text in texts)


def test_survey_says_what_it_means(full: Opened) -> None:
    texts = [value for title, _, value in cells(full.values) if title == "Опрос NPS"]
    assert 26 in texts
    assert "настоящий NPS, скорее всего, от +9 до +41" in texts
    assert any("граница внутри погрешности" in str(text) for text in texts)
    means = [value for title, _, value in cells(full.values) if title == "Опрос CSI"]
    # (2 + 8 + 36 + 168 + 300) / 120, and 102 of 120 gave 4 or 5
    assert any(isinstance(value, float) and abs(value - 514 / 120) < 1e-9 for value in means)
    assert 0.85 in means
    assert "✓ средняя 3,82" in means  # booking_wait: (6 + 20 + 72 + 160 + 200) / 120 = 3.8167


def test_channels_are_added_up(full: Opened) -> None:
    values = [value for title, _, value in cells(full.values) if title == "Реклама"]
    assert {48000, 60000, 40, 1200, 250} <= {value for value in values if isinstance(value, int | float)}
    assert "! нет новых клиентов" in values
    assert "✓ у всех новых клиентов есть источник" in values


@pytest.mark.parametrize(
    ("name", "check"),
    [
        ("in_profile_company_name", "✓"),
        ("in_profile_situation", "○ unknown"),
        ("in_profile_website_url", "○ does not apply"),
        ("in_profile_period_end", "! differs from our sum"),
        ("in_profile_growth_wish_pct", "! above 100%: is that right?"),
        ("in_profile_opening_date", "✗ a date, please"),
        ("in_clients_activity_window_days", "days"),
        ("in_clients_active", "✗ more than clients in the base"),
        ("in_clients_lost", "✗ whole number from 0"),
        ("in_clients_repeat_purchases", "✗ more than sales"),
        ("in_clients_revenue", "✗ a number from 0"),
        ("in_clients_gross_profit", "✓"),
        ("in_clients_inactive_contactable", "✗ whole number from 0"),
        ("in_promo_other_spend", "○ unknown"),
        ("in_nps_survey_date", "✗ a date, please"),
        ("in_goals_1_target", "✗ the same as at the start"),
        ("in_goals_1_deadline", "✗ before the start"),
        ("in_goals_2_metric", "✗ pick from the list"),
        ("in_goals_2_target", "✗ a number, please"),
        ("in_goals_3_deadline", "! over a year away"),
    ],
)
def test_check_stands_beside_the_cell(wrong: Opened, name: str, check: str) -> None:
    assert wrong.beside(name) == check


def test_rows_are_checked_as_a_whole(wrong: Opened) -> None:
    sheet, cell = wrong.place("in_channels_name")
    top = int(cell[1:])
    checks = [wrong.values[sheet].cell(top + index, 6).value for index in range(7)]
    assert checks == [
        "✗ already in the table",
        "✗ check: Type",
        "✗ check: Channel",
        "✗ check: New clients",
        None,
        "✓",
        None,
    ]


def test_numbers_that_disagree_are_told(wrong: Opened) -> None:
    texts = [value for title, _, value in cells(wrong.values) if title == "Clients"]
    assert "✗ active and inactive exceed the base" in texts
    assert 60 in texts
    assert -60 in texts  # 480 sales less 500 repeat ones less 40 new clients


def test_start_page_counts_what_is_wrong(wrong: Opened) -> None:
    sheet = wrong.values["Start here"]
    states = {row[0].value: row[1].value for row in sheet.iter_rows(min_row=12, max_col=2) if row[1].value}
    # Clients: active, lost, repeat sales, revenue, contacts, and the base that does not add up.
    assert states["Clients"] == "✗ to fix: 6"
    assert states["CSI survey"] == "✗ to fix: 2"
    assert states["CSAT survey"] == "… answers: 5"


def test_owner_text_stays_text(wrong: Opened) -> None:
    sheet, cell = wrong.place("in_profile_company_name")
    found = wrong.formulas[sheet][cell]
    assert (found.value, found.data_type) == ("=2+3", "s")


def test_dangerous_characters_and_lengths_are_cut(catalog: Catalog) -> None:
    assert clean("a\x00b\x1bc\ud800d\ufffee\r\nf\tg") == "abcde\nf\tg"
    name = "\x07" + "@" * 40_000
    data = build(
        catalog, "ru", answers={"profile": {"company_name": name, "currency": '"x'}}, tool_version="1"
    )
    assert opened(data).shown("in_profile_company_name") == "@" * 8_000


def test_more_records_than_rows_are_all_written(catalog: Catalog) -> None:
    channels = [{"name": f"Channel {index}", "spend": index} for index in range(1, 16)]
    book = opened(build(catalog, "en", answers={"channels": channels}, tool_version="1"))
    area = book.formulas.defined_names["in_channels_spend"].attr_text
    top, bottom = (int(row) for row in re.findall(r"\$(\d+)", area))
    assert bottom - top + 1 == 15
    sheet, _ = book.place("in_channels_spend")
    assert book.values[sheet].cell(bottom, 3).value == 15


# --- what other programs make of it -----------------------------------------------------------------


def recalculated(soffice: Office, data: bytes, folder: Path, name: str) -> Workbook:
    """The workbook with every formula worked out anew: LibreOffice keeps a value that is there."""
    stripped = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as source, zipfile.ZipFile(stripped, "w") as target:
        for part in source.namelist():
            content = source.read(part)
            if part.startswith("xl/worksheets/sheet"):
                text = content.decode()
                text = re.sub(r'(<c [^>]*?)(?: t="(?:str|b|e)")?>(<f>[^<]*</f>)<v>[^<]*</v>', r"\1>\2", text)
                assert "</f><v" not in text
                content = text.encode()
            target.writestr(part, content)
    path = folder / f"{name}.xlsx"
    path.write_bytes(stripped.getvalue())
    return openpyxl.load_workbook(soffice.convert(path, "xlsx", folder / "out"), data_only=True)


@pytest.mark.parametrize("which", ["full", "wrong"])
def test_values_are_those_of_recalculation(
    request: pytest.FixtureRequest, soffice: Office, tmp_path: Path, which: str
) -> None:
    book: Opened = request.getfixturevalue(which)
    anew = recalculated(soffice, book.data, tmp_path, which)
    compared = 0
    for title, cell, formula in cells(book.formulas):
        if (
            isinstance(formula, str)
            and formula.startswith("=")
            and "TODAY()" not in formula
            and formula != "=2+3"
        ):
            ours, theirs = book.values[title][cell].value or "", anew[title][cell].value or ""
            same = (
                abs(ours - theirs) < 1e-9
                if isinstance(ours, int | float) and isinstance(theirs, int | float)
                else ours == theirs
            )
            assert same, (title, cell, ours, theirs, formula)
            compared += 1
    assert compared > 250


def test_pasted_values_are_told_live(
    blank: Mapping[Language, Opened], soffice: Office, tmp_path: Path
) -> None:
    """A paste goes past the validation; the checks, the counters and the start page still see it."""
    book = openpyxl.load_workbook(io.BytesIO(blank["ru"].data))
    pasted = {"in_clients_total": -5, "in_clients_new": " ", "in_profile_period_type": "месяц"}
    for name, value in {**pasted, "in_profile_period_start": date(2026, 2, 1)}.items():
        sheet, cell = blank["ru"].place(name)
        book[sheet][cell].value = value
    path = tmp_path / "pasted.xlsx"
    book.save(path)
    done = opened(soffice.convert(path, "xlsx", tmp_path / "out").read_bytes())
    assert done.beside("in_clients_total") == "✗ нужно целое число от 0"
    assert done.beside("in_clients_new") == "чел."
    assert done.shown("in_profile_period_end") == datetime(2026, 2, 28)
    assert done.shown("in_profile_report_date").date() == date.today()
    assert done.values["Клиенты"]["A2"].value == "Готово 1 из 10"
    shown = {cell.value for row in done.values["Начните здесь"].iter_rows() for cell in row}
    assert {"✗ исправьте: 1", "… 2 из 5", "Заполнено 3 из 27"} <= shown


# --- formulas with their values ---------------------------------------------------------------------


A, B = Live("A1", 7), Live("B1", "x")
BLANK = Live("C1", None)
BROKEN = Live("D1", live.ERROR)


@pytest.mark.parametrize(
    ("formula", "text", "value"),
    [
        (live.if_(live.compare(A, ">", number(5)), words("yes"), EMPTY), 'IF(A1>5,"yes","")', "yes"),
        (live.if_(BROKEN, A, B), "IF(D1,A1,B1)", live.ERROR),
        (live.compare(B, ">", A), "B1>A1", True),
        (live.compare(words("X"), "=", B), '"X"=B1', True),
        (live.compare(BLANK, "=", number(0)), "C1=0", True),
        (live.compare(BLANK, "=", EMPTY), 'C1=""', True),
        (live.calculate(A, "/", BLANK), "(A1/C1)", live.ERROR),
        (live.calculate(A, "+", B), "(A1+B1)", live.ERROR),
        (live.if_error(live.calculate(A, "/", BLANK), words("—")), 'IFERROR((A1/C1),"—")', "—"),
        (live.rounded(number(2.5)), "ROUND(2.5,0)", 3),
        (live.rounded(number(-2.5)), "ROUND(-2.5,0)", -3),
        (live.rounded_up(number(2.1)), "ROUNDUP(2.1,0)", 3),
        (live.filled(words("  ")), 'IFERROR(LEN(TRIM("  "))>0,TRUE)', False),
        (live.filled(BROKEN), "IFERROR(LEN(TRIM(D1))>0,TRUE)", True),
        (live.join(A, words('"'), B), 'A1&""""&B1', '7"x'),
        (live.sum_of(Span("A1:A3", (1, "?", None))), "SUM(A1:A3)", 1),
        (
            live.is_listed(words(" Да "), Span("list_x", ("да", "нет"))),
            'SUMPRODUCT(--(list_x=TRIM(" Да ")))>0',
            True,
        ),
        (live.weighted(Span("A1:B1", (3, "q")), 1), "SUMPRODUCT(A1:B1,{1,2})", 3),
    ],
)
def test_formula_and_value_are_made_together(formula: Live, text: str, value: object) -> None:
    assert formula.text == text
    assert formula.value == value
    assert type(formula.value) is type(value) or not isinstance(value, Error)


def test_days_are_numbered_as_in_a_workbook() -> None:
    assert live.serial(date(2026, 10, 1)) == 46296
    assert live.day_of(46296) == date(2026, 10, 1)
    assert live.day_text(number(46296), ()).value == "01.10.2026"
    assert live.day_text(number(46296), ["Jan"] * 9 + ["Oct"]).value == "1 Oct 2026"


@pytest.mark.parametrize(
    ("text", "width", "lines"),
    [("", 10, 1), ("один", 10, 1), ("один два три четыре", 11, 2), ("a\nb\nc", 30, 3), ("я" * 100, 21, 5)],
)
def test_lines_of_a_wrapped_text(text: str, width: float, lines: int) -> None:
    assert lines_of(text, width) == lines


def test_small_sections_move_to_the_next_page() -> None:
    """Two rows of 5 points are repeated on each page; sections of 40 points start at rows 2, 4 and 6."""
    heights = [5.0, 5.0, *[20.0] * 6]
    assert breaks(heights, [2, 4, 6], [], (0, 1), 100) == [6]
    assert breaks(heights, [2, 4, 6], [4], (0, 1), 100) == [4]
    assert breaks(heights, [2, 4, 6], [], (0, 1), 200) == []
    # 35 of 85 points would stay empty: rather the section is torn.
    assert breaks(heights, [2, 4, 6], [], (0, 1), 85) == []


def test_a_wide_table_goes_over_two_pages_of_equal_width() -> None:
    """A landscape page takes 760 / 6.1 = 124.6 characters in full size, 191.7 at 65 %."""
    assert spread([21, *[17.0] * 10], landscape=True) is None  # 191 characters
    # 21 + 20 x 10 = 221: pages of 21 + 100. They would fit in full size; 85 % is enough.
    assert spread([21, *[10.0] * 20], landscape=True) == Spread((11,), 85)
    # 20 + 30 x 11 = 350: pages of 20 + 165, 124.6 x 0.95 / 185 = 63.98 %
    assert spread([20, *[11.0] * 30], landscape=True) == Spread((16,), 63)
    # 20 + 50 x 10 = 520: three pages of about 20 + 170.
    wide = spread([20, *[10.0] * 50], landscape=True)
    assert wide is not None
    assert wide.starts == (18, 34)


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_check_of_a_wide_table_stands_beside_the_name(
    blank: Mapping[Language, Opened], catalog: Catalog, language: Language
) -> None:
    checked = Wording(language).text("template.column_check")
    places = {
        sheet.id: next(
            cell.column
            for cell in blank[language].formulas[sheet.title[language]][5]
            if cell.value == checked
        )
        for sheet in catalog.sheets
        if sheet.layout is Layout.TABLE and not sheet.core
    }
    assert places["social"] == 2
    assert places["feedback"] > 5  # a narrow table has room for it at the end


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize(
    ("field_id", "suggested"),
    [
        ("csi.attribute", {"решает мою задачу", "does what I need"}),
        ("automation.process", {"оплата", "payments"}),
    ],
)
def test_suggestions_are_offered_and_own_words_still_taken(
    blank: Mapping[Language, Opened], language: Language, field_id: str, suggested: set[str]
) -> None:
    book = blank[language].formulas
    name = field_id.replace(".", "_")
    title, area = next(iter(book.defined_names[f"in_{name}"].destinations))
    first = area.replace("$", "").partition(":")[0]
    (rule,) = [rule for rule in book[title].data_validations.dataValidation if first in rule.sqref]
    assert (rule.type, rule.formula1) == ("list", f"list_{name}")
    assert not rule.showErrorMessage
    title, area = next(iter(book.defined_names[f"list_{name}"].destinations))
    offered = {cell.value for (cell,) in book[title][area.replace("$", "")]}
    assert len(offered) > 5
    assert len(offered & suggested) == 1


def test_a_text_without_suggestions_still_stops_at_its_length(blank: Mapping[Language, Opened]) -> None:
    book = blank["ru"].formulas
    title, area = next(iter(book.defined_names["in_feedback_theme"].destinations))
    first = area.replace("$", "").partition(":")[0]
    (rule,) = [rule for rule in book[title].data_validations.dataValidation if first in rule.sqref]
    assert (rule.type, rule.showErrorMessage) == ("textLength", True)
