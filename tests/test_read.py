"""A filled workbook is read as what was answered, wherever its answers stand now."""

from __future__ import annotations

import copy
import json
import re
import zipfile
from collections.abc import Callable, Collection, Mapping
from datetime import date, datetime
from io import BytesIO
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sheetreport import answers
from sheetreport.catalog.load import load_catalog
from sheetreport.contract import TEMPLATE_VERSION
from sheetreport.derive import derive, with_defaults
from sheetreport.findings import describe
from sheetreport.i18n import Wording
from sheetreport.model import LANGUAGES, Language, Origin, Severity, SourceRef, State, Submission
from sheetreport.read import Reading, records
from sheetreport.read import read as read_workbook
from sheetreport.template.build import build
from tests.conftest import Office

CATALOG = load_catalog()
WORKED = json.loads(Path(__file__).with_name("data").joinpath("worked_example.json").read_text("utf-8"))[
    "inputs"
]


def read(data: bytes) -> Reading:
    return read_workbook(CATALOG, data, "owner.xlsx")


def template(
    given_answers: Mapping[str, Any] | None = None,
    language: Language = "ru",
    parts: Collection[str] | None = (),
) -> bytes:
    """The filled template: the core sheets with these optional parts, None for all."""
    return build(CATALOG, language, answers=given_answers, parts=parts, tool_version="0")


@pytest.fixture(scope="module")
def worked() -> bytes:
    return template(WORKED, parts=None)


def edited(data: bytes, edit: Callable[[openpyxl.Workbook], None]) -> bytes:
    """The workbook after an edit in a program that keeps no results of formulas."""
    book = openpyxl.load_workbook(BytesIO(data))
    edit(book)
    stream = BytesIO()
    book.save(stream)
    return stream.getvalue()


def repacked(data: bytes, change: Callable[[str, bytes], bytes | None]) -> bytes:
    """The package with its parts changed; None drops a part."""
    stream = BytesIO()
    with (
        zipfile.ZipFile(BytesIO(data)) as source,
        zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as target,
    ):
        for name in source.namelist():
            content = change(name, source.read(name))
            if content is not None:
                target.writestr(name, content)
    return stream.getvalue()


def without_names(data: bytes) -> bytes:
    """The workbook as Numbers exports it: neither defined names nor custom properties."""

    def change(name: str, content: bytes) -> bytes | None:
        if name == "xl/workbook.xml":
            return re.sub(rb"<definedNames>.*</definedNames>", b"", content, flags=re.DOTALL)
        if name in ("[Content_Types].xml", "_rels/.rels"):
            return re.sub(rb"<(?:Override|Relationship)[^>]*custom[^>]*/>", b"", content)
        return None if name == "docProps/custom.xml" else content

    return repacked(data, change)


def content(submission: Submission) -> tuple[object, object]:
    """What was answered, without places and blanks."""
    scalars = {id_: (v.state, v.value) for id_, v in submission.scalars.items() if v.state is not State.BLANK}
    tables = {
        table: [
            (
                row.index,
                row.subject,
                {k: (v.state, v.value) for k, v in row.values.items() if v.state is not State.BLANK},
            )
            for row in rows
        ]
        for table, rows in submission.tables.items()
        if rows
    }
    return scalars, tables


def complete(reading: Reading) -> tuple[object, object]:
    """What was read, with defaults and derived values."""
    return content(derive(CATALOG, with_defaults(CATALOG, reading.submission)))


def codes(reading: Reading) -> list[tuple[str, str, str]]:
    return [(f"{f.code} {f.variant}".strip(), f.source.sheet, f.source.cell) for f in reading.findings]


def cell_of(book: openpyxl.Workbook, name: str) -> Any:
    sheet, area = next(iter(book.defined_names[name].destinations))
    return book[sheet][area.replace("$", "")]


# --- round trips -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_worked_example_is_read_back_as_it_was_answered(language: Language) -> None:
    reading = read(template(WORKED, language, None))
    assert not reading.refused
    assert (reading.findings, reading.repairs) == ((), ())
    assert complete(reading) == content(answers.submission(CATALOG, WORKED))
    assert (reading.source.language, reading.source.template_version) == (language, TEMPLATE_VERSION)
    assert reading.source.sheets[1] == CATALOG.sheet("profile").title[language]


@pytest.mark.parametrize("language", LANGUAGES)
def test_without_names_everything_is_found_by_its_heading(language: Language) -> None:
    reading = read(without_names(template(WORKED, language, None)))
    assert (reading.findings, reading.repairs) == ((), ())
    assert complete(reading) == content(answers.submission(CATALOG, WORKED))
    assert (reading.source.language, reading.source.template_version) == (language, None)


def test_libreoffice_may_save_it_in_between(worked: bytes, soffice: Office, tmp_path: Path) -> None:
    (tmp_path / "w.xlsx").write_bytes(worked)
    saved = soffice.convert(tmp_path / "w.xlsx", "xlsx", tmp_path / "saved")
    reading = read(saved.read_bytes())
    assert reading.findings == ()
    assert complete(reading) == content(answers.submission(CATALOG, WORKED))


def test_a_program_that_drops_results_may_save_it_in_between(worked: bytes) -> None:
    reading = read(edited(worked, lambda _: None))
    assert reading.findings == ()
    assert complete(reading) == content(answers.submission(CATALOG, WORKED))


def test_every_value_names_the_cell_where_it_stands(worked: bytes) -> None:
    reading = read(worked)
    book = openpyxl.load_workbook(BytesIO(worked), data_only=True)
    values = [*reading.submission.scalars.items()]
    for rows in reading.submission.tables.values():
        values += [item for row in rows for item in row.values.items()]
    compared = 0
    for field_id, value in values:
        if isinstance(value.value, int | float | date) and not isinstance(value.value, bool):
            stands = book[value.source.sheet][value.source.cell].value
            assert (stands.date() if isinstance(stands, datetime) else stands) == value.value, field_id
            compared += 1
    assert compared > 100


def test_only_the_sheets_asked_for_are_read() -> None:
    reading = read(template({"clients": {"total": 8}}))
    assert reading.findings == ()
    assert reading.submission.get("clients.total").value == 8
    assert reading.submission.scalars.keys().isdisjoint({"nps.invited", "p.consent"})


# --- blanks, states, formulas ----------------------------------------------------------------------------


def test_blank_unknown_and_not_applicable_survive() -> None:
    given_ = {"clients": {"total": "?", "active": "-", "lost": 0}, "nps": {"tally_0_10": "?"}}
    submission = read(template(given_, parts=["loyalty"])).submission
    assert submission.get("clients.total").state is State.UNKNOWN
    assert submission.get("clients.active").state is State.NOT_APPLICABLE
    assert submission.get("clients.lost").value == 0
    assert submission.get("clients.new").state is State.BLANK
    assert submission.get("clients.new").source == SourceRef("Клиенты", "B11")
    assert submission.get("nps.tally_0_10").state is State.UNKNOWN


def test_a_blank_template_has_no_findings_and_no_records() -> None:
    reading = read(template())
    assert (reading.findings, reading.repairs, reading.submission.tables) == ((), (), {})
    assert reading.submission.get("profile.currency").value == "RUB"


def test_what_the_template_calculates_is_left_to_be_derived() -> None:
    given_ = {"profile": {"period_type": "month", "period_start": "2026-10-01"}}
    reading = read(template(given_))
    end = reading.submission.get("profile.period_end")
    assert (end.state, end.source) == (State.BLANK, SourceRef("О компании", "B10"))
    assert derive(CATALOG, reading.submission).get("profile.period_end").value == date(2026, 10, 31)


def test_what_the_owner_typed_over_a_calculation_stays() -> None:
    reading = read(template({"clients": {"total": 800, "active": 480, "inactive": 300}}))
    inactive = reading.submission.get("clients.inactive")
    assert (inactive.value, inactive.origin) == (300, Origin.GIVEN)


def test_todays_date_is_the_one_last_shown() -> None:
    def saved_on(day: str | None) -> bytes:
        def change(name: str, part: bytes) -> bytes:
            shown = f"<v>{day}</v>" if day else ""
            return re.sub(rb"(<f>TODAY\(\)</f>)<v>[^<]*</v>", rb"\1" + shown.encode(), part)

        return repacked(template(), change)

    kept = read(saved_on("46342")).submission.get("profile.report_date")
    assert (kept.value, kept.origin) == (date(2026, 11, 16), Origin.DERIVED)
    assert read(saved_on(None)).submission.get("profile.report_date").value == date.today()


def test_a_formula_of_the_owner_counts_by_its_result(worked: bytes) -> None:
    def put(book: openpyxl.Workbook) -> None:
        cell_of(book, "in_clients_total").value = "=400+400"

    reading = read(edited(worked, put))
    assert codes(reading) == [("V-57 uncalculated", "Клиенты", "B6")]
    assert reading.findings[0].found == "=400+400"
    assert reading.submission.get("clients.total").state is State.INVALID


def test_an_error_cell_is_a_finding_with_its_place(worked: bytes) -> None:
    def put(book: openpyxl.Workbook) -> None:
        cell_of(book, "in_clients_lost").value = "#DIV/0!"

    reading = read(edited(worked, put))
    assert codes(reading) == [("V-57 formula_error", "Клиенты", "B12")]


# --- findings and repairs have places --------------------------------------------------------------------


def test_repairs_are_listed_with_their_cells() -> None:
    reading = read(
        template({"clients": {"revenue": "720 000,50 ₽", "total": "8"}, "profile": {"situation": "хорошо"}})
    )
    assert [(r.source.cell, r.field, r.found, r.used) for r in reading.repairs] == [
        ("B6", "clients.total", "8", "8"),
        ("B16", "clients.revenue", "720 000,50 ₽", "720000,5"),
    ]
    assert reading.submission.get("clients.total").value == 8


def test_findings_in_rows_name_the_row() -> None:
    rows = [{"name": "VK", "spend": "1.234"}, {"name": "Листовки", "customers": -1}]
    reading = read(template({"channels": rows}))
    assert codes(reading) == [("V-57 ambiguous", "Реклама", "C6"), ("V-06 negative_count", "Реклама", "D7")]
    assert [(f.params["index"], f.params["subject"]) for f in reading.findings] == [
        (1, "VK"),
        (2, "Листовки"),
    ]


def test_a_tally_with_blanks_is_one_finding() -> None:
    tally = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, None]
    reading = read(template({"nps": {"tally_0_10": tally}}, parts=["loyalty"]))
    ((code, sheet, cells),) = codes(reading)
    assert (code, sheet) == ("V-25 partial", "Опрос NPS")
    assert reading.submission.get("nps.tally_0_10").source.cell == cells


def test_money_is_judged_by_the_currency_of_the_workbook() -> None:
    sums = {"clients": {"revenue": "$100", "gross_profit": "50 ₽"}}
    assert codes(read(template(sums))) == [("V-60", "Клиенты", "B16")]
    dollars = read(template(sums | {"profile": {"currency": "USD"}}))
    assert codes(dollars) == [("V-60", "Клиенты", "B17")]
    assert dollars.submission.get("clients.revenue").value == 100


def test_an_unknown_situation_is_its_own_finding() -> None:
    reading = read(template({"profile": {"situation": "огонь"}}))
    assert codes(reading) == [("V-02 choice", "О компании", "B7")]


def test_options_of_a_practice() -> None:
    reading = read(template({"practices": {"contact_ways": ["excel", "crm"]}}, parts=["practices"]))
    assert reading.submission.get("p.contact_ways").value == ("excel", "crm")

    def refuse(book: openpyxl.Workbook) -> None:
        for option in ("excel", "crm"):
            cell_of(book, f"in_p_contact_ways_{option}").value = "нет"

    none = read(
        edited(template({"practices": {"contact_ways": ["excel", "crm"]}}, parts=["practices"]), refuse)
    )
    assert none.submission.get("p.contact_ways").value == ()


# --- moved, renamed, broken ------------------------------------------------------------------------------


def test_a_renamed_sheet_is_found_by_its_names(worked: bytes) -> None:
    renamed = repacked(
        worked,
        lambda name, part: (
            part.replace("Клиенты".encode(), "База 2026".encode()) if name == "xl/workbook.xml" else part
        ),
    )
    reading = read(renamed)
    assert reading.findings == ()
    assert reading.submission.get("clients.total").source == SourceRef("База 2026", "B6")


def retitled(data: bytes, old: str, new: str) -> bytes:
    """The workbook with a sheet under another title, and names that follow it."""
    return repacked(
        data,
        lambda name, part: part.replace(old.encode(), new.encode()) if name == "xl/workbook.xml" else part,
    )


def test_without_names_a_renamed_sheet_is_known_by_its_headings(worked: bytes) -> None:
    reading = read(retitled(without_names(worked), "Клиенты", "База 2026"))
    assert reading.findings == ()
    assert reading.submission.get("clients.total").source == SourceRef("База 2026", "B6")
    assert complete(reading) == content(answers.submission(CATALOG, WORKED))


def test_a_lost_sheet_asks_about_one_with_a_title_like_it(worked: bytes) -> None:
    def empty(book: openpyxl.Workbook) -> None:
        del book["Клиенты"]
        book.create_sheet("Клиентыы")

    reading = read(edited(worked, empty))
    assert codes(reading) == [("S-09 near", "Клиентыы", "A1")]
    assert reading.findings[0].params == {"sheet": "Клиенты", "suggestion": "Клиентыы"}


def test_a_lost_core_sheet_is_told_and_an_optional_one_is_not(worked: bytes) -> None:
    def drop(*titles: str) -> Callable[[openpyxl.Workbook], None]:
        def edit(book: openpyxl.Workbook) -> None:
            for title in titles:
                del book[title]

        return edit

    assert codes(read(edited(worked, drop("Опрос NPS", "Практики")))) == []
    (finding,) = read(edited(worked, drop("Клиенты"))).findings
    assert (finding.code, finding.params["sheet"]) == ("S-09", "Клиенты")


def break_names(*names: str) -> Callable[[str, bytes], bytes]:
    def change(part_name: str, part: bytes) -> bytes:
        if part_name != "xl/workbook.xml":
            return part
        for name in names:
            pattern = rf'(<definedName name="{name}"[^>]*>)[^<]*'.encode()
            part, count = re.subn(pattern, rb"\1#REF!", part)
            assert count == 1, name
        return part

    return change


def test_a_broken_name_is_found_by_its_heading(worked: bytes) -> None:
    names = (
        "in_clients_total",
        "in_channels_spend",
        "in_goals_2_target",
        "in_nps_tally_0_10",
        "in_p_consent",
    )
    reading = read(repacked(worked, break_names(*names)))
    assert reading.findings == ()
    assert complete(reading) == content(answers.submission(CATALOG, WORKED))


def test_a_misspelt_heading_is_asked_about_and_not_guessed(worked: bytes) -> None:
    def misspell(book: openpyxl.Workbook) -> None:
        book["Клиенты"]["A12"].value = "Ушли за перод"

    reading = read(repacked(edited(worked, misspell), break_names("in_clients_lost")))
    assert codes(reading) == [("S-10", "Клиенты", "A12"), ("S-18", "Клиенты", "B12")]
    assert reading.findings[0].found == "Ушли за перод"
    assert reading.findings[0].severity is Severity.ERROR
    assert reading.submission.get("clients.lost").state is State.BLANK


def test_a_deleted_row_is_told(worked: bytes) -> None:
    def erase(book: openpyxl.Workbook) -> None:
        book["Клиенты"]["A12"].value = None

    reading = read(repacked(edited(worked, erase), break_names("in_clients_lost")))
    finding, unread = reading.findings
    assert (finding.code, finding.field, finding.source.sheet) == ("S-11", "clients.lost", "Клиенты")
    assert (unread.code, unread.source.cell) == ("S-18", "B12")


def test_a_lost_practice_is_one_finding() -> None:
    """Neither the reason beside it nor each option of a question is a loss of its own."""
    data = template({"practices": {"consent": "yes"}}, parts=["practices"])
    options = [f"in_p_contact_ways_{choice.id}" for choice in CATALOG.fields["p.contact_ways"].choices]

    def erase(book: openpyxl.Workbook) -> None:
        for name in ("in_p_consent", options[0]):
            question = cell_of(book, name).row - (name == options[0])
            book["Практики"].cell(question, 1).value = None

    broken = break_names("in_p_consent", "in_p_consent_why_not", "in_p_consent_why_text", *options)
    reading = read(repacked(edited(data, erase), broken))
    assert [(f.code, f.field, f.severity) for f in reading.findings] == [
        ("S-11", "p.contact_ways", Severity.WARNING),
        ("S-11", "p.consent", Severity.WARNING),
    ]


def test_a_template_that_lost_everything_is_still_ours(worked: bytes) -> None:
    def empty(book: openpyxl.Workbook) -> None:
        for sheet in CATALOG.sheets:
            del book[sheet.title.ru]

    reading = read(edited(worked, empty))
    assert not reading.refused
    lost = [f.params["sheet"] for f in reading.findings if f.code == "S-09"]
    assert lost == [sheet.title.ru for sheet in CATALOG.sheets if sheet.core]


def test_headings_in_the_other_language_and_other_words(worked: bytes) -> None:
    def translate(book: openpyxl.Workbook) -> None:
        book["Клиенты"]["A12"].value = "Left in the period"
        book["Реклама"]["C5"].value = "Spend, ₽"

    reading = read(repacked(edited(worked, translate), break_names("in_clients_lost", "in_channels_spend")))
    assert reading.findings == ()
    assert complete(reading) == content(answers.submission(CATALOG, WORKED))


# --- tables longer than they were ------------------------------------------------------------------------


def themes(count: int) -> dict[str, Any]:
    return {"feedback": [{"theme": f"тема {n}", "kind": "like", "mentions": n} for n in range(1, count + 1)]}


def add_rows(count: int) -> Callable[[openpyxl.Workbook], None]:
    def edit(book: openpyxl.Workbook) -> None:
        theme, mentions = (
            next(iter(book.defined_names[f"in_feedback_{field}"].destinations))[1]
            for field in ("theme", "mentions")
        )
        last = int(theme.rsplit("$", 1)[1])
        for extra in range(1, count + 1):
            book["Отзывы"][f"{theme.split('$')[1]}{last + extra}"].value = f"ещё {extra}"
            book["Отзывы"][f"{mentions.split('$')[1]}{last + extra}"].value = extra

    return edit


def test_rows_added_below_the_table_are_read_up_to_a_blank_one() -> None:
    data = template(themes(12), parts=["feedback"])
    assert len(read(data).submission.rows("feedback")) == 12

    def with_gap(book: openpyxl.Workbook) -> None:
        add_rows(3)(book)
        sheet, area = next(iter(book.defined_names["in_feedback_theme"].destinations))
        book[sheet][f"A{int(area.rsplit('$', 1)[1]) + 5}"].value = "после пустой строки"

    rows = read(edited(data, with_gap)).submission.rows("feedback")
    assert [row.subject for row in rows][11:] == ["тема 12", "ещё 1", "ещё 2", "ещё 3"]
    assert [row.index for row in rows] == list(range(1, 16))


def test_a_blank_row_keeps_its_number() -> None:
    rows = read(template({"channels": [{"name": "a"}, {}, {"name": "b"}]})).submission.rows("channels")
    assert [(row.index, row.subject) for row in rows] == [(1, "a"), (3, "b")]


def test_a_row_without_a_name_has_no_subject() -> None:
    rows = read(template({"channels": [{"name": "?", "spend": 1}, {"spend": 2}]})).submission.rows("channels")
    assert [row.subject for row in rows] == ["", ""]


def test_the_totals_below_a_table_are_no_record(worked: bytes) -> None:
    names = [f"Канал {n}" for n in range(1, 13)]
    rows = read(template({"channels": [{"name": name, "spend": 1} for name in names]})).submission.rows(
        "channels"
    )
    assert [row.subject for row in rows] == names


def test_a_table_without_end_is_cut_with_a_warning(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(records, "MAX_RECORDS", 14)
    data = template(themes(12), parts=["feedback"])
    assert read(edited(data, add_rows(2))).findings == ()
    reading = read(edited(data, add_rows(3)))
    assert [code for code, _, _ in codes(reading)] == ["S-13", "S-18"]
    assert len(reading.submission.rows("feedback")) == 14


# --- other files -----------------------------------------------------------------------------------------


def test_another_workbook_is_not_our_template() -> None:
    book = openpyxl.Workbook()
    assert book.active is not None
    book.active.append(["Клиент", "Сумма"])
    stream = BytesIO()
    book.save(stream)
    reading = read(stream.getvalue())
    assert reading.refused
    assert codes(reading) == [("S-07", "Sheet", "A1")]


def test_a_report_is_not_taken_for_a_template() -> None:
    book = openpyxl.Workbook()
    for name in ("in_clients_total", "m_cac", "m_aov", "m_nps", "in_clients_new", "in_clients_lost"):
        book.defined_names[name] = openpyxl.workbook.defined_name.DefinedName(name, attr_text="Sheet!$A$1")
    stream = BytesIO()
    book.save(stream)
    assert codes(read(stream.getvalue())) == [("S-07 report", "Sheet", "A1")]


def test_an_older_template_is_read_with_a_warning(worked: bytes) -> None:
    older = repacked(
        worked, lambda name, part: part.replace(b">1.0<", b">0.9<") if "custom" in name else part
    )
    reading = read(older)
    assert [(f.code, f.severity, f.params) for f in reading.findings] == [
        ("S-08", Severity.WARNING, {"version": "0.9", "current": TEMPLATE_VERSION})
    ]
    assert reading.source.template_version == "0.9"


def test_a_stray_cell_at_the_end_of_the_grid_costs_nothing(worked: bytes) -> None:
    def put(book: openpyxl.Workbook) -> None:
        book["Клиенты"]["XFD1048576"].value = "?"

    reading = read(edited(worked, put))
    assert complete(reading) == content(answers.submission(CATALOG, WORKED))


def test_a_wrong_dimension_hides_nothing(worked: bytes) -> None:
    shrunk = repacked(
        worked, lambda _, part: re.sub(rb'<dimension ref="[^"]*"/>', b'<dimension ref="A1"/>', part)
    )
    assert complete(read(shrunk)) == content(answers.submission(CATALOG, WORKED))


def test_what_is_refused_has_exactly_one_finding_with_words() -> None:
    for data in (b"", b"%PDF", b"a;b", b"PK\x03\x04"):
        reading = read(data)
        assert reading.refused
        assert (reading.submission.scalars, reading.submission.tables) == ({}, {})
        (finding,) = reading.findings
        for language in LANGUAGES:
            assert describe(CATALOG, finding, Wording(language)).fix


@pytest.fixture(scope="module")
def small() -> bytes:
    return template({"clients": {"total": 800}})


@given(data=st.data())
@settings(max_examples=60)
def test_a_damaged_workbook_never_crashes(small: bytes, data: st.DataObject) -> None:
    original = small
    parts = zipfile.ZipFile(BytesIO(original)).namelist()
    victim = data.draw(st.sampled_from(parts))
    start = data.draw(st.integers(0, 3000))
    noise = data.draw(st.binary(max_size=20))
    damaged = repacked(
        original,
        lambda name, part: part[:start] + noise + part[start + len(noise) :] if name == victim else part,
    )
    reading = read(damaged)
    assert not reading.refused or len(reading.findings) == 1


@given(st.binary(max_size=300))
def test_any_bytes_give_one_finding(data: bytes) -> None:
    reading = read(data)
    assert reading.refused
    assert len(reading.findings) == 1


def test_answers_of_people_come_back_whatever_they_typed() -> None:
    """Text that looks like a formula, a number, markup or a sign stays the owner's text."""
    words = [
        "=1+1",
        "+7 912",
        "<b>&amp;",
        "007",
        "1e5",
        "#хэштег",
        "да",
        "«кавычки»",
        "–5",
        "@cmd",
        "'апостроф",
    ]
    given_ = copy.deepcopy(WORKED)
    given_["channels"] = [{"name": word} for word in words]
    rows = read(template(given_)).submission.rows("channels")
    assert [row.subject for row in rows] == words
