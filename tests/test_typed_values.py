"""What owners type: a table of cells with what each must give, read alone and inside a workbook."""

from __future__ import annotations

import dataclasses
import re
from datetime import date, time
from decimal import Decimal
from io import BytesIO
from pathlib import Path
from typing import Any

import openpyxl
import pytest
import yaml
from hypothesis import example, given, settings
from hypothesis import strategies as st

from sheetreport.catalog.definitions import FieldDef, FieldType
from sheetreport.catalog.load import load_catalog
from sheetreport.findings import describe
from sheetreport.i18n import Wording
from sheetreport.model import Finding, Language, Repair, SourceRef, State, Value
from sheetreport.read import Reading
from sheetreport.read import read as read_workbook
from sheetreport.read.context import Context, Currencies
from sheetreport.read.values import Cell, parse
from sheetreport.template import build

CATALOG = load_catalog()
ROWS: list[dict[str, Any]] = yaml.safe_load(
    Path(__file__).with_name("data").joinpath("typed_values.yaml").read_text("utf-8")
)
HERE = SourceRef("Клиенты", "B7")
FIELDS = {
    "money": "clients.revenue",
    "profit": "clients.gross_profit",
    "count": "clients.new",
    "share": "clients.reactivation_rate",
    "minutes": "social.response_time_min",
    "months": "clients.lifespan_months",
    "days": "clients.activity_window_days",
    "number": "csi.weight",
    "goal": "goals.target",
    "date": "profile.period_start",
    "practice": "p.consent",
    "choice": "profile.period_type",
    "text": "clients.comments",
}


def context(language: Language, currency: str, **habits: Any) -> Context:
    return Context(language, Currencies.of(CATALOG.fields["profile.currency"], currency), **habits)


CONTEXTS = {
    "ru": context("ru", "RUB"),
    "en": context("en", "GBP", comma_groups=True, month_first=None),
    "gb": context("en", "GBP", comma_groups=True, month_first=False),
    "us": context("en", "USD", comma_groups=True, month_first=True),
    "mixed": context("en", "RUB", month_first=None),
}
CASES = [(name, row) for row in ROWS for name in row["in"].split()]


def case_id(case: object) -> str:
    if isinstance(case, str):
        return case
    assert isinstance(case, dict)
    return f"{case['field']} {case.get('cell', case.get('formula', case.get('time')))}"


def used_of(row: dict[str, Any], language: str) -> str | None:
    used = row.get("used")
    return used[language] if isinstance(used, dict) else used


def test_the_table_is_large_enough_and_gives_every_outcome() -> None:
    assert len(ROWS) >= 200
    assert {"gives", "asks", "state"} == {
        key for row in ROWS for key in ("gives", "asks", "state") if key in row
    }
    assert all(sum(key in row for key in ("gives", "asks", "state")) == 1 for row in ROWS)
    assert all(row["why"] for row in ROWS)
    assert {row["field"] for row in ROWS} == set(FIELDS)


@pytest.mark.parametrize(("name", "row"), CASES, ids=case_id)
def test_a_typed_value(name: str, row: dict[str, Any]) -> None:
    field = CATALOG.fields[FIELDS[row["field"]]]
    where = dataclasses.replace(CONTEXTS[name], date1904=row.get("date1904", False))
    raw = time.fromisoformat(row["time"]) if "time" in row else row.get("cell")
    cell = Cell(raw, HERE, row.get("formula"), percent="%" in row.get("format", ""))
    parsed = parse(cell, field, where)
    if "gives" in row:
        assert parsed.findings == ()
        assert (parsed.value.state, parsed.value.source) == (State.VALUE, HERE)
        expected = row["gives"]
        assert parsed.value.value == (
            pytest.approx(expected, rel=1e-12) if isinstance(expected, float) else expected
        )
        used = used_of(row, where.language)
        if used is None:
            assert parsed.repairs == ()
        else:
            ((repair),) = parsed.repairs
            shown = str(raw).upper() if isinstance(raw, bool) else str(raw)
            found = shown.replace(".", ",") if isinstance(raw, float) and where.language == "ru" else shown
            assert repair == Repair(HERE, field.id, found, used)
    elif "asks" in row:
        assert parsed.value == Value(State.INVALID, source=HERE)
        assert parsed.repairs == ()
        (finding,) = parsed.findings
        assert (f"{finding.code} {finding.variant}".strip(), finding.source) == (row["asks"], HERE)
        words = describe(CATALOG, finding, Wording(where.language))
        assert words.message
        assert words.expected
        assert words.fix
    else:
        assert parsed.value == Value(State(row["state"]), source=HERE)
        assert (parsed.findings, parsed.repairs) == ((), ())


@pytest.mark.parametrize(("name", "row"), [case for case in CASES if "used" in case[1]], ids=case_id)
def test_what_was_used_is_read_again_as_the_same(name: str, row: dict[str, Any]) -> None:
    """A repair typed over the cell changes nothing, except where it is itself a text with two readings."""
    where = CONTEXTS[name]
    field = CATALOG.fields[FIELDS[row["field"]]]
    again = parse(Cell(used_of(row, where.language), HERE), field, where).value.value
    assert again == (pytest.approx(row["gives"]) if isinstance(row["gives"], float) else row["gives"])


# --- the same cells inside a workbook -----------------------------------------------------------------------

_COLUMNS = {"money": "channels.spend", "count": "channels.customers"}
_HANDS = {"ru": {"ru"}, "gb": {"en", "gb"}, "us": {"en", "us"}}
_PROFILE = {"ru": {}, "us": {"country": "US", "currency": "USD"}, "gb": {"country": "GB", "currency": "GBP"}}


@pytest.mark.parametrize("name", ["ru", "gb", "us"])
@pytest.mark.parametrize("kind", ["money", "count"])
def test_typed_values_in_a_table(kind: str, name: str) -> None:
    """Each row's finding or repair stands at the cell where the owner sees it."""
    rows = [
        row
        for row in ROWS
        if row["field"] == kind
        and _HANDS[name] & set(row["in"].split())
        and "cell" in row
        and "formula" not in row
        if not isinstance(row["cell"], float) or abs(row["cell"]) < 1e300
    ]
    assert len(rows) > 10
    language: Language = "ru" if name == "ru" else "en"
    answers = {
        "profile": _PROFILE[name],
        "channels": [{"name": f"{number:03d}"} for number in range(1, len(rows) + 1)],
    }
    book = openpyxl.load_workbook(
        BytesIO(build(CATALOG, language, answers=answers, parts=(), tool_version="0"))
    )
    field = CATALOG.fields[_COLUMNS[kind]]
    sheet, area = next(iter(book.defined_names["in_" + field.id.replace(".", "_")].destinations))
    column, top = area.split("$")[1], int(area.split("$")[2].rstrip(":"))
    for number, row in enumerate(rows):
        cell = book[sheet][f"{column}{top + number}"]
        cell.value = row["cell"]
        cell.data_type = "s" if isinstance(row["cell"], str) else cell.data_type
        if "format" in row:
            cell.number_format = row["format"]
    stream = BytesIO()
    book.save(stream)
    reading = read_workbook(CATALOG, stream.getvalue(), "w.xlsx")
    read_rows = reading.submission.rows("channels")
    findings = {f.source: f for f in reading.findings}
    repairs = {r.source: r for r in reading.repairs}
    for number, (row, record) in enumerate(zip(rows, read_rows, strict=True)):
        where = SourceRef(sheet, f"{column}{top + number}")
        value, finding, repair = record.get(field.id), findings.pop(where, None), repairs.pop(where, None)
        assert value.source == where
        _agrees(row, value, finding, repair, language)
    assert (findings, repairs) == ({}, {})


def _agrees(
    row: dict[str, Any], value: Value, finding: Finding | None, repair: Repair | None, language: Language
) -> None:
    if "gives" in row:
        assert finding is None, row
        assert value.value == pytest.approx(row["gives"]), row
        assert (repair.used if repair else None) == used_of(row, language), row
        assert repair is None or repair.found == row["cell"], row
    elif "asks" in row:
        assert finding is not None, row
        assert f"{finding.code} {finding.variant}".strip() == row["asks"], row
        assert repair is None, row
    else:
        assert (value.state, finding, repair) == (State(row["state"]), None, None), row


def test_dates_are_read_in_the_order_of_the_country() -> None:
    def start(country: str | None, language: Language = "en") -> object:
        profile = {"period_start": "03/04/2026"} | ({"country": country} if country else {})
        data = build(CATALOG, language, answers={"profile": profile}, parts=(), tool_version="0")
        return read_workbook(CATALOG, data, "w.xlsx").submission.get("profile.period_start").value

    assert start("GB") == date(2026, 4, 3)
    assert start("US") == date(2026, 3, 4)
    assert start(None) is None
    assert start("other") is None
    assert start("US", "ru") == date(2026, 4, 3)


def test_an_english_comma_is_believed_only_in_english_hands() -> None:
    def new(name: str) -> object:
        answers = {"profile": {"company_name": name}, "clients": {"new": "3,000"}}
        data = build(CATALOG, "en", answers=answers, parts=(), tool_version="0")
        return read_workbook(CATALOG, data, "w.xlsx").submission.get("clients.new").value

    assert new("Moustache Barbers") == 3000
    assert new("Барбершоп «Усы»") is None


def test_a_minus_beside_pluses_may_be_a_no() -> None:
    def answered(*marks: str) -> Reading:
        practices = dict(zip(("consent", "reviews_work"), marks, strict=True))
        data = build(CATALOG, "ru", parts=["practices"], tool_version="0")
        book = openpyxl.load_workbook(BytesIO(data))
        for practice, mark in practices.items():
            sheet, area = next(iter(book.defined_names[f"in_p_{practice}"].destinations))
            cell = book[sheet][area.replace("$", "")]
            cell.value, cell.data_type = mark, "s"
        stream = BytesIO()
        book.save(stream)
        return read_workbook(CATALOG, stream.getvalue(), "w.xlsx")

    beside = answered("+", "-")
    assert beside.submission.get("p.consent").value == "yes"
    assert [(f.code, f.variant, f.field) for f in beside.findings] == [("V-57", "minus", "p.reviews_work")]
    alone = answered("да", "-")
    assert alone.findings == ()
    assert alone.submission.get("p.reviews_work").state is State.NOT_APPLICABLE


def test_serial_numbers_of_both_date_systems() -> None:
    def start(serial: int, *, from_1904: bool) -> object:
        data = build(CATALOG, "ru", parts=(), tool_version="0")
        book = openpyxl.load_workbook(BytesIO(data))
        if from_1904:
            book.epoch = openpyxl.utils.datetime.CALENDAR_MAC_1904
        sheet, area = next(iter(book.defined_names["in_profile_period_start"].destinations))
        cell = book[sheet][area.replace("$", "")]
        cell.value, cell.number_format = serial, "General"
        stream = BytesIO()
        book.save(stream)
        reading = read_workbook(CATALOG, stream.getvalue(), "w.xlsx")
        assert [repair.found for repair in reading.repairs] == [str(serial)]
        return reading.submission.get("profile.period_start").value

    assert start(46326, from_1904=False) == date(2026, 10, 31)
    assert start(44864, from_1904=True) == date(2026, 10, 31)


# --- whatever is typed --------------------------------------------------------------------------------------

NUMBERS = [CATALOG.fields[FIELDS[kind]] for kind in ("money", "profit", "count", "share", "minutes", "goal")]
chunks = st.text(st.sampled_from("0123456789"), min_size=1, max_size=4)
groups = st.text(st.sampled_from("123456789"), min_size=3, max_size=3)
separators = st.sampled_from(list(".,' \u00a0"))
signs = st.one_of(
    st.text(st.sampled_from("0123456789.,' \u00a0-+−()%₽$kкт"), max_size=14),
    st.builds(
        lambda first, sign, rest: sign.join([first, *rest]), chunks, separators, st.lists(groups, max_size=3)
    ),
    st.builds(
        lambda first, sign, rest, other, last: sign.join([first, *rest]) + other + last,
        chunks,
        separators,
        st.lists(groups, max_size=2),
        separators,
        chunks,
    ),
)
words = st.sampled_from(["", " руб.", " тыс.", " млн", "k", "%", " чел.", " мин", " ₽", " million", " из 5"])


@given(st.sampled_from(sorted(CONTEXTS)), st.sampled_from(NUMBERS), signs, words)
@example("en", CATALOG.fields[FIELDS["share"]], "0.7", "%")  # 0.7 / 100 is 0.006999999999999999
@settings(max_examples=600)
def test_no_number_gets_another_magnitude(name: str, field: FieldDef, number: str, word: str) -> None:
    """The digits read are those typed, in their order, and their size follows from the signs between them.

    The oracle knows no formats: the digits in front of the decimal sign are the whole part, and only the last
    point or comma can be that sign.
    """
    text = number + word
    parsed = parse(Cell(text, HERE), field, CONTEXTS[name])
    if parsed.value.state is not State.VALUE:
        assert parsed.findings or parsed.value.state is not State.INVALID
        return
    value = parsed.value.value
    assert isinstance(value, int | float)
    digits = "".join(filter(str.isdecimal, text))
    size = Decimal(repr(abs(value)))  # exact: 1101111111.11 * 100 is a bit less in binary
    read_digits = "".join(filter(str.isdecimal, f"{size:f}")).strip("0")
    assert read_digits == digits.strip("0")
    if re.fullmatch("[1-9][0-9]{0,2}[.,][0-9]{3}", re.sub("[^0-9.,]", "", text)):
        assert CONTEXTS[name].comma_groups
        assert field.type is FieldType.COUNT
    wholes = {digits} | {
        "".join(filter(str.isdecimal, text[:at])) for at, sign in enumerate(text) if sign in ".,"
    }
    scales = {1} | ({1000} if re.search("[kк]|тыс", text) or "т" in text else set())
    scales |= {1_000_000} if re.search("млн|million", text) else set()
    bounds = [(int(whole or 0), scale) for whole in wholes for scale in scales]
    percent = 100 if "%" in text or (field.type is FieldType.SHARE and float(abs(value)) != 0) else 1
    assert any(
        whole * scale <= size * hundred < (whole + 1) * scale
        for whole, scale in bounds
        for hundred in {1, percent}
    )


@given(st.sampled_from(sorted(CONTEXTS)), st.text(max_size=30))
@settings(max_examples=300)
def test_no_text_breaks_a_reader(name: str, text: str) -> None:
    for field_id in FIELDS.values():
        field = CATALOG.fields[field_id]
        parsed = parse(Cell(text, HERE), field, CONTEXTS[name])
        assert (parsed.value.state is State.VALUE) == (parsed.value.value is not None)
        for repair in parsed.repairs:
            again = parse(Cell(repair.found, HERE), field, CONTEXTS[name])
            assert (again.value, again.repairs) == (parsed.value, parsed.repairs)


@given(
    st.sampled_from(sorted(CONTEXTS)),
    st.dates(date(2014, 1, 1), date(2036, 12, 31)),
    st.sampled_from("./-, "),
    st.sampled_from(["{d}{s}{m}{s}{y}", "{m}{s}{d}{s}{y}", "{y}{s}{m}{s}{d}", "{d:02}{s}{m:02}{s}{yy:02}"]),
)
@settings(max_examples=400)
def test_a_date_keeps_its_numbers(name: str, day: date, sign: str, form: str) -> None:
    """Whatever day is read has the typed year, and the two other numbers in one of two orders."""
    text = form.format(d=day.day, m=day.month, y=day.year, yy=day.year % 100, s=sign)
    found = parse(Cell(text, HERE), CATALOG.fields["profile.period_start"], CONTEXTS[name]).value.value
    if found is not None:
        assert isinstance(found, date)
        assert found.year == day.year
        assert {found.day, found.month} == {day.day, day.month}
        in_order = form.startswith("{d") and (name == "ru" or sign == ".")
        assert found == day or not (in_order or form.startswith("{y}"))
    elif date(2015, 1, 1) <= day <= date(2035, 12, 31) and form.startswith("{d"):
        assert CONTEXTS[name].month_first is not False or sign in ".,"


@given(
    st.sampled_from(sorted(CONTEXTS)), st.text(st.sampled_from("0123456789./-, :окт янвMaySept"), max_size=16)
)
@settings(max_examples=400)
def test_a_date_is_read_from_its_own_digits(name: str, text: str) -> None:
    found = parse(Cell(text, HERE), CATALOG.fields["profile.period_start"], CONTEXTS[name]).value.value
    if found is not None:
        assert isinstance(found, date)
        numbers = [int(number) for number in re.findall("[0-9]+", text)]
        assert found.day in numbers
        assert found.year % 100 in {number % 100 for number in numbers}
