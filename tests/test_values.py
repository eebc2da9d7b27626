"""What one cell means: numbers, money, shares, dates and choices as owners type them."""

from __future__ import annotations

import dataclasses
from datetime import date, datetime, time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sheetreport.catalog.definitions import EMPTY, Choice, FieldDef, FieldType, Need, Text
from sheetreport.catalog.load import load_catalog
from sheetreport.findings import describe, typed
from sheetreport.i18n import Wording
from sheetreport.model import LANGUAGES, Repair, Severity, SourceRef, State, Step, Value
from sheetreport.read.context import Context, Currencies
from sheetreport.read.values import (
    Cell,
    Parsed,
    RawValue,
    parse,
    parse_series,
    parse_steps,
    parse_tally,
)
from sheetreport.read.words import clean, closest, key, state_of

CATALOG = load_catalog()
NBSP = "\u00a0"
HERE = SourceRef("Клиенты", "B7")


def make_field(type_: FieldType, field_id: str = "clients.x", **changes: object) -> FieldDef:
    field = FieldDef(
        id=field_id,
        sheet=field_id.split(".", maxsplit=1)[0],
        type=type_,
        need=Need.METRIC,
        label=Text("Поле", "Field"),
        hint=EMPTY,
        why=EMPTY,
        unit=EMPTY,
        core=False,
        table=False,
        derived=False,
        prefilled=False,
        personal=False,
        signed=False,
        default=None,
        zero=None,
        choices=(),
        aliases=(),
        example=EMPTY,
        scores=None,
        size=0,
        group=EMPTY,
        place="fields.yaml:1",
    )
    return dataclasses.replace(field, **changes)  # type: ignore[arg-type]


CURRENCY = make_field(
    FieldType.CHOICE,
    "profile.currency",
    choices=(
        Choice("RUB", Text("рубль, ₽", "Russian rouble, ₽"), ("₽", "руб", "руб.")),
        Choice("USD", Text("доллар США, $", "US dollar, $"), ("$", "доллар")),
        Choice("GBP", Text("фунт стерлингов, £", "pound sterling, £"), ("£", "pound")),
    ),
)
RU = Context("ru", Currencies.of(CURRENCY, "RUB"))
EN = Context("en", Currencies.of(CURRENCY, "GBP"))

COUNT = make_field(FieldType.COUNT, unit=Text("чел.", "people"))
MONEY = make_field(FieldType.MONEY)
PROFIT = make_field(FieldType.MONEY, signed=True)
NUMBER = make_field(FieldType.NUMBER, unit=Text("мин", "min"))
SHARE = make_field(FieldType.SHARE)
DATE = make_field(FieldType.DATE)
TEXT = make_field(FieldType.TEXT)
ANSWERS = (
    Choice("yes", Text("да", "yes"), ("+", "есть")),
    Choice("partly", Text("частично", "partly")),
    Choice("no", Text("нет", "no")),
    Choice("na", Text("не применимо", "not applicable"), ("н/п",)),
)
CHOICE = make_field(FieldType.CHOICE, choices=ANSWERS)
CHOICES = make_field(FieldType.CHOICES, choices=ANSWERS[:3])
SITUATION = make_field(FieldType.CHOICE, "profile.situation", choices=ANSWERS)


def read(raw: RawValue, field: FieldDef, context: Context = RU, **changes: object) -> Parsed:
    return parse(Cell(raw, HERE, **changes), field, context)  # type: ignore[arg-type]


def problem(parsed: Parsed) -> str:
    """Code and variant of the only finding of an invalid cell, which it locates."""
    assert parsed.value == Value(State.INVALID, source=HERE)
    (finding,) = parsed.findings
    assert finding.source == HERE
    assert finding.severity is Severity.ERROR
    assert finding.found
    for language in LANGUAGES:
        assert describe(CATALOG, finding, Wording(language)).fix
    return f"{finding.code} {finding.variant}".strip()


def value(parsed: Parsed) -> object:
    assert parsed.value.state is State.VALUE, parsed.findings
    assert parsed.value.source == HERE
    assert not parsed.findings
    return parsed.value.value


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("12000", 12000),
        ("12 000", 12000),
        (f"12{NBSP}000", 12000),
        ("12\u202f000", 12000),
        ("12 000,50", 12000.5),
        ("12 000.50", 12000.5),
        ("12 000,500", 12000.5),
        ("12 000,50 ₽", 12000.5),
        (f"12{NBSP}000,50{NBSP}руб.", 12000.5),
        ("1500 р.", 1500),
        ("RUB 1500", 1500),
        ("₽1500", 1500),
        ("1,234.50", 1234.5),
        ("1.234,50", 1234.5),
        ("1,234,567", 1234567),
        ("1.234.567", 1234567),
        ("1'234'567.5", 1234567.5),
        ("1234,5", 1234.5),
        ("1234.567", 1234.567),
        ("0,125", 0.125),
        ("0.125", 0.125),
        ("15,5", 15.5),
        (" 7 ", 7),
        ("+7", 7),
    ],
)
def test_money_with_one_reading_is_mended(text: str, number: float) -> None:
    parsed = read(text, MONEY)
    assert value(parsed) == pytest.approx(number)


def test_a_repair_says_what_stood_there_and_what_was_used() -> None:
    (repair,) = read(f"12{NBSP}000,50 ₽", MONEY).repairs
    assert (repair.source, repair.field) == (HERE, "clients.x")
    assert (repair.found, repair.used) == (f"12{NBSP}000,50 ₽", "12000,5")
    assert read("12,000.50", MONEY, EN).repairs[0].used == "12000.5"


def test_a_number_cell_needs_no_repair() -> None:
    assert read(12000.5, MONEY) == Parsed(Value(State.VALUE, 12000.5, HERE))
    assert read("12000", MONEY).repairs == (Repair(HERE, "clients.x", "12000", "12000"),)
    assert read(" 12000\ud800", MONEY).repairs[0].found == " 12000?"


@pytest.mark.parametrize(
    ("text", "whole", "decimal"),
    [
        ("1.234", "1234", "1,23"),
        ("1,234", "1234", "1,23"),
        ("123,456", "123456", "123,46"),
        ("12,500 ₽", "12500", "12,5"),
        ("-1.234", "1234", "1,23"),
    ],
)
def test_one_separator_before_three_digits_is_never_guessed(text: str, whole: str, decimal: str) -> None:
    parsed = read(text, MONEY)
    assert problem(parsed) == "V-57 ambiguous"
    assert parsed.findings[0].params == {"whole": whole, "decimal": decimal}
    assert problem(read(text.removesuffix(" ₽"), COUNT)) == "V-57 ambiguous"


@pytest.mark.parametrize(
    "text",
    [
        "≈300",
        "~300",
        "около 15 тыс.",
        "300+",
        "300-400",
        "300–400",
        "от 300 до 400",
        "about 300",
        "<10",
        "более 5",
    ],
)
def test_approximate_numbers_are_asked_for(text: str) -> None:
    assert problem(read(text, MONEY)) == "V-57 approximate"


@pytest.mark.parametrize(
    "text",
    ["много", "пятьсот", "12 33", "1 2345", "1,2,3", "12-", "--5x", "1e5", "5٣", "nan", "inf", "1_000"],
)
def test_words_in_a_number_cell(text: str) -> None:
    assert problem(read(text, MONEY)) == "V-57 text"


@pytest.mark.parametrize(
    ("text", "suggestion"),
    [("15 т", "15000"), ("1,5 м", "1500000"), ("2m", "2000000"), ("15 к.", "15000")],
)
def test_doubtful_thousands_are_spelled_out_in_the_advice(text: str, suggestion: str) -> None:
    parsed = read(text, MONEY)
    assert problem(parsed) == "V-57 thousands"
    assert parsed.findings[0].params["suggestion"] == suggestion


def test_money_in_another_currency() -> None:
    parsed = read("$100", MONEY)
    assert problem(parsed) == "V-60"
    assert parsed.findings[0].params == {"written": "USD", "currency": "RUB"}
    assert value(read("£100", MONEY, EN)) == 100
    assert problem(read("100 ₽", MONEY, EN)) == "V-60"


def test_a_currency_or_a_percent_sign_in_a_count() -> None:
    assert problem(read("120 руб", COUNT)) == "V-57 currency_sign"
    assert problem(read("15%", COUNT)) == "V-57 percent_sign"
    assert problem(read("15%", MONEY)) == "V-57 percent_sign"


def test_the_unit_of_the_field_may_stand_behind_the_number() -> None:
    assert value(read("120 чел.", COUNT)) == 120
    assert value(read("15 шт.", COUNT)) == 15
    assert problem(read("15 шт.", MONEY)) == "V-57 text"
    assert value(read("38 мин", NUMBER)) == 38
    assert problem(read("38 мин", COUNT)) == "V-57 text"


@pytest.mark.parametrize("raw", [float("nan"), float("inf"), float("-inf")])
def test_numbers_no_calculation_can_use(raw: float) -> None:
    assert problem(read(raw, MONEY)) == "V-57 not_finite"


def test_the_largest_number() -> None:
    assert value(read(1e12, MONEY)) == 1e12
    assert problem(read(1.1e12, MONEY)) == "V-57 too_large"
    assert problem(read("9" * 400, MONEY)) == "V-57 not_finite"


@pytest.mark.parametrize("field", [COUNT, MONEY, NUMBER, SHARE])
def test_a_boolean_is_no_number(field: FieldDef) -> None:
    assert problem(read(True, field)) == "V-57 boolean"


def test_a_date_in_a_number_cell() -> None:
    assert problem(read(datetime(2026, 5, 1), MONEY)) == "V-57 became_date"
    assert problem(read(time(1, 30), COUNT)) == "V-57 text"


def test_counts_are_whole_numbers_from_zero() -> None:
    assert value(read(0, COUNT)) == 0
    assert value(read(480.0, COUNT)) == 480
    assert isinstance(value(read(480.0, COUNT)), int)
    assert value(read(479.99999999, COUNT)) == 480
    assert problem(read(12.5, COUNT)) == "V-06 fraction"
    assert problem(read(-1, COUNT)) == "V-06 negative_count"
    assert problem(read("−12", COUNT)) == "V-06 negative_count"
    assert read(-12, COUNT).findings[0].params == {"positive": "12"}


def test_money_is_negative_only_where_allowed() -> None:
    assert value(read(0, MONEY)) == 0
    assert problem(read(-0.5, MONEY)) == "V-06 negative_money"
    assert value(read(-0.5, PROFIT)) == -0.5
    assert value(read("− 500", PROFIT)) == -500
    assert problem(read(-1, NUMBER)) == "V-06 negative_number"


@pytest.mark.parametrize(
    ("raw", "share"),
    [(0.15, 0.15), (0, 0), (15, 0.15), ("15%", 0.15), ("15 %", 0.15), ("0,15", 0.15), ("0,5%", 0.005)],
)
def test_shares(raw: RawValue, share: float) -> None:
    assert value(read(raw, SHARE)) == pytest.approx(share)


def test_one_to_five_in_a_share_cell_is_asked_about() -> None:
    """15 can only be per cent; 1 is one per cent to some and all of it to others."""
    for raw in (1, "1", 1.01, 5):
        assert problem(read(raw, SHARE)) == "V-57 percent_or_whole"
    assert read(1.5, SHARE).findings[0].params == {"percent": "1,5%", "whole": "150%"}
    assert problem(read(501, SHARE)) == "V-57 percent"
    assert value(read(5.01, SHARE)) == pytest.approx(0.0501)
    assert value(read(500, SHARE)) == 5
    shown_as_1500 = read(15, SHARE, percent=True)
    assert problem(shown_as_1500) == "V-57 percent"
    assert shown_as_1500.findings[0].params == {"read_share": 15, "percent": "15%", "fraction": "0,15"}


def test_more_than_all_needs_a_percent_sign() -> None:
    assert value(read("150%", SHARE)) == 1.5
    assert value(read(1.5, SHARE, percent=True)) == 1.5
    assert value(read(5, SHARE, percent=True)) == 5
    assert problem(read(5.01, SHARE, percent=True)) == "V-57 percent"
    assert problem(read(-0.1, SHARE)) == "V-18 negative"


def test_a_percent_in_a_plain_number_is_a_fraction() -> None:
    assert value(read("5%", NUMBER)) == pytest.approx(0.05)


@pytest.mark.parametrize(
    "raw",
    [
        datetime(2026, 10, 31, 12, 30),
        date(2026, 10, 31),
        46326,
        46326.0,
        "31.10.2026",
        "31.10.26",
        "2026-10-31",
        "2026-10-31 00:00:00",
        "31/10/2026",
        "10/31/2026",
        "31 октября 2026 г.",
        "31 Oct 2026",
    ],
)
def test_dates_with_one_reading(raw: RawValue) -> None:
    parsed = read(raw, DATE)
    assert value(parsed) == date(2026, 10, 31)
    assert [repair.used for repair in parsed.repairs] == ([] if raw == date(2026, 10, 31) else ["2026-10-31"])


def test_may_in_both_forms() -> None:
    assert value(read("9 мая 2026", DATE)) == value(read("9 май 2026", DATE)) == date(2026, 5, 9)


def test_a_slashed_date_with_two_readings() -> None:
    unknown = dataclasses.replace(EN, month_first=None)
    parsed = read("3/4/2026", DATE, unknown)
    assert problem(parsed) == "V-57 ambiguous_date"
    assert parsed.findings[0].params == {"day_first": date(2026, 4, 3), "month_first": date(2026, 3, 4)}
    assert value(read("4/4/2026", DATE, unknown)) == date(2026, 4, 4)
    assert value(read("3/4/2026", DATE)) == date(2026, 4, 3)


@pytest.mark.parametrize(
    "raw", ["31.11.2026", "скоро", "31.10", "2026", 12, 1e300, True, time(9), "13/13/2026", "5 абв 2026"]
)
def test_what_is_no_date(raw: RawValue) -> None:
    assert problem(read(raw, DATE)) == "V-57 date"


def test_the_years_of_the_template() -> None:
    assert value(read(date(2015, 1, 1), DATE)) == date(2015, 1, 1)
    assert value(read(date(2035, 12, 31), DATE)) == date(2035, 12, 31)
    assert problem(read(date(2014, 12, 31), DATE)) == "V-57 date_range"
    assert problem(read("01.01.2036", DATE)) == "V-57 date_range"
    assert value(read(42005, DATE)) == date(2015, 1, 1)
    assert value(read(49674, DATE)) == date(2035, 12, 31)
    assert value(read(49674.99, DATE)) == date(2035, 12, 31)
    for serial in (42004, 49675):
        assert problem(read(serial, DATE)) == "V-57 date"


@pytest.mark.parametrize("field", [COUNT, MONEY, NUMBER, SHARE, DATE, TEXT, SITUATION, CHOICES])
def test_blank_unknown_and_not_applicable_are_states(field: FieldDef) -> None:
    for raw, state in (
        (None, State.BLANK),
        ("  ", State.BLANK),
        (NBSP, State.BLANK),
        ("?", State.UNKNOWN),
        ("Нет данных", State.UNKNOWN),
        ("unknown", State.UNKNOWN),
        ("-", State.NOT_APPLICABLE),
        ("—", State.NOT_APPLICABLE),
    ):
        parsed = read(raw, field)
        assert parsed == Parsed(Value(state, source=HERE)), raw


def test_zero_is_a_value() -> None:
    assert value(read(0, MONEY)) == 0
    assert value(read("0", COUNT)) == 0


@pytest.mark.parametrize(
    "error", ["#DIV/0!", "#ДЕЛ/0!", "#REF!", "#ССЫЛКА!", "#N/A", "#Н/Д", "Err:502", "#VALUE!"]
)
@pytest.mark.parametrize("field", [COUNT, MONEY, DATE, TEXT, CHOICE])
def test_error_cells(field: FieldDef, error: str) -> None:
    assert problem(read(error, field)) == "V-57 formula_error"


def test_a_hashtag_is_text() -> None:
    assert value(read("#барбершоп", TEXT)) == "#барбершоп"


def test_a_formula_that_was_never_calculated() -> None:
    parsed = read(None, MONEY, formula="=B5-B6")
    assert problem(parsed) == "V-57 uncalculated"
    assert parsed.findings[0].found == "=B5-B6"
    assert value(read(120, MONEY, formula="=100+20")) == 120


@pytest.mark.parametrize("raw", ["да", "ДА", "Да.", "«да»"])
def test_choices_by_their_name(raw: RawValue) -> None:
    parsed = read(raw, CHOICE)
    assert (value(parsed), parsed.repairs) == ("yes", ())


@pytest.mark.parametrize(("raw", "found"), [(" yes ", " yes "), (True, "TRUE"), ("YES", "YES")])
def test_a_choice_in_the_other_language_is_a_repair(raw: RawValue, found: str) -> None:
    parsed = read(raw, CHOICE)
    assert value(parsed) == "yes"
    assert parsed.repairs == (Repair(HERE, "clients.x", found, "да"),)


def test_another_name_of_a_choice_is_a_repair() -> None:
    parsed = read("есть", CHOICE)
    assert value(parsed) == "yes"
    assert parsed.repairs[0].used == "да"
    assert value(read("н/п", CHOICE)) == "na"


def test_a_number_may_name_a_choice() -> None:
    field = make_field(
        FieldType.CHOICE, choices=(Choice("0", Text("с 0", "from 0")), Choice("1", Text("с 1", "from 1")))
    )
    assert value(read(1.0, field)) == "1"


def test_did_you_mean() -> None:
    parsed = read("частичьно", CHOICE)
    assert problem(parsed) == "V-57 choice_near"
    assert parsed.findings[0].params == {"suggestion": "частично"}
    assert read("partli", CHOICE, EN).findings[0].params == {"suggestion": "partly"}


def test_a_choice_that_is_not_in_the_list() -> None:
    parsed = read("когда-нибудь", CHOICE)
    assert problem(parsed) == "V-57 choice"
    assert parsed.findings[0].params["options"] == ("да", "частично", "нет", "не применимо")
    assert problem(read("когда-нибудь", SITUATION)) == "V-02 choice"


def test_several_choices_keep_the_order_of_the_catalogue() -> None:
    assert value(read("нет; да", CHOICES)) == ("yes", "no")
    assert value(read("да\nчастично", CHOICES)) == ("yes", "partly")
    assert problem(read("да, может быть", CHOICES)) == "V-57 choice"


@pytest.mark.parametrize(
    ("raw", "text"),
    [
        ("  Борода   и чай ", "Борода и чай"),
        ("a\x00b\x07c", "a b c"),
        ("a_x0007_b", "a b"),
        ("a_x000D_\nb", "a\nb"),
        ("a\r\nb", "a\nb"),
        ("\ud800a\ufffe", "a"),
        ("\ufdcfa\ufdd0b\ufdefc\ufdf0", "\ufdcfabc\ufdf0"),
        ("a\U0001ffffb", "ab"),
        ("a\u200bb\u00adc\u202ed", "abcd"),
        ("и\u0306", "й"),
        (79991234567, "79991234567"),
        (datetime(2026, 10, 31), "2026-10-31"),
    ],
)
def test_text_is_cleaned_once(raw: RawValue, text: str) -> None:
    assert value(read(raw, TEXT)) == text


def test_long_text_is_cut_with_a_warning() -> None:
    assert value(read("я" * 2000, TEXT)) == "я" * 2000
    parsed = read("я" * 2001, TEXT)
    assert parsed.value.value == "я" * 2000
    (finding,) = parsed.findings
    assert (finding.code, finding.severity) == ("S-12", Severity.WARNING)
    assert finding.params == {"limit": 2000, "length": 2001}
    assert finding.found is not None
    assert len(finding.found) == 80


def tally(*raws: RawValue, sheet: str = "nps") -> Parsed:
    field = make_field(FieldType.TALLY, f"{sheet}.tally", scores=(1, len(raws)))
    cells = [Cell(raw, SourceRef("NPS", f"B{row}")) for row, raw in enumerate(raws, start=5)]
    return parse_tally(cells, field, RU, HERE)


def series(*raws: RawValue) -> Parsed:
    field = dataclasses.replace(make_field(FieldType.SERIES, "plan.sales"), size=len(raws))
    cells = [Cell(raw, SourceRef("Plan", f"B{row}")) for row, raw in enumerate(raws, start=5)]
    return parse_series(cells, field, RU, HERE)


def test_a_series_ends_where_the_owner_stopped() -> None:
    assert value(series(180, "1 000", 0, None, None)) == (180, 1000, 0)
    assert value(series(180, " ", None)) == (180,)
    assert series(None, None).value == Value(State.BLANK, source=HERE)
    assert series("?", None).value == Value(State.UNKNOWN, source=HERE)


def test_a_gap_in_a_series_is_a_finding() -> None:
    parsed = series(180, None, 340, "?", 400, None)
    assert parsed.value.state is State.INVALID
    (finding,) = parsed.findings
    assert (finding.code, finding.variant) == ("V-06", "gap")
    assert finding.params == {"cells": "B6, B8"}
    (wrong,) = series(180, "много", None).findings
    assert (wrong.code, wrong.source.cell) == ("V-57", "B6")


def test_tallies() -> None:
    assert value(tally(0, "1 000", 3)) == (0, 1000, 3)
    assert tally(None, None).value == Value(State.BLANK, source=HERE)
    assert tally("?", "?").value == Value(State.UNKNOWN, source=HERE)
    assert tally("-", "-").value == Value(State.NOT_APPLICABLE, source=HERE)


def test_a_tally_with_blank_cells_is_invalid_not_zero() -> None:
    parsed = tally(5, None, 0, "?")
    assert problem(parsed) == "V-25 partial"
    assert parsed.findings[0].params == {"cells": "B6, B8"}
    assert parsed.findings[0].found == "5 _ 0 ?"
    assert problem(tally(5, None, sheet="csi")) == "V-31 partial"


def test_a_wrong_cell_of_a_tally_is_named() -> None:
    parsed = tally(5, -1, None)
    assert parsed.value.state is State.INVALID
    assert [(f.code, f.variant, f.source.cell) for f in parsed.findings] == [("V-06", "negative_count", "B6")]


def steps(*rows: tuple[RawValue, RawValue, RawValue, RawValue]) -> Parsed:
    cells = [
        [Cell(raw, SourceRef("Цель", f"{c}{r}")) for c, raw in zip("ABCD", row, strict=True)]
        for r, row in enumerate(rows, 1)
    ]
    return parse_steps(cells, make_field(FieldType.STEPS, "goals.steps", size=4), RU, HERE)


def test_steps() -> None:
    parsed = steps(
        ("Запустить", "Анна", datetime(2026, 11, 12), "да"),
        ("", None, None, "нет"),
        ("Проверить", "-", "скоро", None),
    )
    assert parsed.value.value == (
        Step("Запустить", date(2026, 11, 12), "Анна", True),
        Step("Проверить", None, "", False),
    )
    assert [(f.code, f.variant, f.source.cell) for f in parsed.findings] == [("V-57", "date", "C3")]
    assert steps((None, None, None, None)).value == Value(State.BLANK, source=HERE)


def test_words() -> None:
    assert key(" «Новые   клиенты»: ") == "новые клиенты"
    assert key("Ещё") == key("еще")
    assert key("?") == "?"
    assert key(" . ") == "."
    assert closest("Расход за перод", ["Выручка", "Расход за период"]) == "Расход за период"
    assert closest("Кот", ["Выручка", "Расход за период"]) is None
    assert state_of("нет") is None


@pytest.mark.parametrize(("length", "end"), [(80, "я"), (81, "…")])
def test_a_finding_quotes_eighty_characters(length: int, end: str) -> None:
    (finding,) = read("я" * length, CHOICE).findings
    assert finding.found is not None
    assert len(finding.found) == 80
    assert finding.found.endswith(end)


@given(st.text())
def test_clean_text_survives_every_output(text: str) -> None:
    cleaned = clean(text)
    assert cleaned.encode("utf-8").decode("utf-8") == cleaned
    assert clean(cleaned) == cleaned
    assert not any(ord(character) < 32 and character != "\n" for character in cleaned)


@given(st.text(alphabet="0123456789., '-%₽тыс≈$eE+", max_size=12))
def test_no_text_is_misread_or_crashes(text: str) -> None:
    parsed = read(text, MONEY)
    if parsed.value.state is State.VALUE:
        assert isinstance(parsed.value.value, float)
        assert 0 <= parsed.value.value <= 1e12
    else:
        assert parsed.value.state is not State.INVALID or parsed.findings


@given(
    st.floats(min_value=0, max_value=1e9).map(lambda number: round(number, 2)), st.sampled_from(["ru", "en"])
)
def test_a_number_as_we_tell_people_to_type_it_is_read_back(number: float, language: str) -> None:
    parsed = read(typed(number, language), MONEY)  # type: ignore[arg-type]
    assert value(parsed) == pytest.approx(number)


@given(st.one_of(st.booleans(), st.integers(), st.floats(), st.text(), st.datetimes(), st.none()))
@pytest.mark.parametrize("field", [COUNT, MONEY, SHARE, DATE, TEXT, CHOICE, CHOICES])
def test_any_content_gives_a_value_a_state_or_a_finding(field: FieldDef, raw: RawValue) -> None:
    parsed = read(raw, field)
    assert (parsed.value.state is State.VALUE) == (parsed.value.value is not None)
    assert parsed.findings or parsed.value.state is not State.INVALID
