"""Numbers, money, dates and plural forms as people of each language write them."""

from __future__ import annotations

import re
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sheetreport.catalog.definitions import Text, Unit
from sheetreport.i18n import Wording, plural_problems, round_half_up, texts

RU, EN = Wording("ru"), Wording("en")
NBSP = "\N{NO-BREAK SPACE}"


@pytest.mark.parametrize(
    ("number", "shown"),
    [
        (0, "0 клиентов"),
        (1, "1 клиент"),
        (2, "2 клиента"),
        (5, "5 клиентов"),
        (11, "11 клиентов"),
        (21, "21 клиент"),
        (1.5, "1,5 клиента"),
        (1000, "1 000 клиентов"),
        (-21, "−21 клиент"),
    ],
)
def test_russian_plural_forms(number: float, shown: str) -> None:
    filled = RU.fill("{n|клиент|клиента|клиентов}", {"n": number})
    assert filled.replace(NBSP, " ") == shown


@pytest.mark.parametrize(("number", "shown"), [(0, "0 clients"), (1, "1 client"), (1.5, "1.5 clients")])
def test_english_plural_forms(number: float, shown: str) -> None:
    assert EN.fill("{n|client|clients}", {"n": number}).replace(NBSP, " ") == shown


def test_money_in_both_languages() -> None:
    assert RU.money(1500) == "1\u00a0500\u00a0₽"
    assert RU.money(-850) == "−850\u00a0₽"
    assert EN.money(1500) == "₽1,500"
    assert EN.money(-850) == "−₽850"
    assert Wording("en", "GBP").money(12.5) == "£12.50"
    assert Wording("ru", "KZT").money(99_999.5) == "100\u00a0000\u00a0₸"
    assert Wording("en", "AED").money(1500) == "AED\u00a01,500"


def test_shares_points_and_scores() -> None:
    assert RU.share(0.605) == "60,5\u00a0%"
    assert EN.share(0.605) == "60.5%"
    assert [EN.points(value) for value in (26, 0, -5, 0.4, -0.4)] == ["+26", "0", "−5", "0", "0"]
    assert RU.change(0.13, Unit.SHARE) == "+13,0\u00a0п.п."
    assert RU.value(0.13, Unit.SHARE_CHANGE) == "+13,0\u00a0п.п."
    assert EN.value(-0.02, Unit.SHARE_CHANGE) == "−2.0\u00a0pp"
    assert EN.value(0, Unit.SHARE_CHANGE) == "0.0\u00a0pp"
    assert RU.range((0.0215, 0.2339), Unit.SHARE_CHANGE) == "от +2,2 до +23,4\u00a0п.п."
    assert EN.range((-0.0977, 0.1564), Unit.SHARE_CHANGE) == "−9.8 to +15.6\u00a0pp"
    assert EN.change(-0.13, Unit.SHARE) == "−13.0\u00a0pp"


@pytest.mark.parametrize(
    ("value", "shown"),
    [(4.5, "4.50"), (4.4999, "4.4999"), (4.496, "4.496"), (3.9999, "3.9999"), (4.2833, "4.28")],
)
def test_rounding_never_crosses_a_zone_boundary(value: float, shown: str) -> None:
    assert EN.value(value, Unit.SCORE, (4.0, 4.5)) == shown


@pytest.mark.parametrize(
    ("value", "digits", "shown"), [(2.5, 0, "3"), (0.125, 2, "0.13"), (-2.5, 0, "-3"), (2.675, 2, "2.68")]
)
def test_rounding_is_half_away_from_zero(value: float, digits: int, shown: str) -> None:
    assert str(round_half_up(value, digits)) == shown


def test_ranges_carry_their_unit_once() -> None:
    assert RU.range((1101.52, 2099.86), Unit.MONEY) == "1\u00a0102–2\u00a0100\u00a0₽"
    assert EN.range((1101.52, 2099.86), Unit.MONEY) == "₽1,102–2,100"
    assert RU.range((-12.4, 33.99), Unit.POINTS) == "от −12 до +34"
    assert EN.range((9.44, 41.04), Unit.POINTS) == "+9 to +41"
    assert RU.range((0.1669, 0.3323), Unit.SHARE) == "16,7–33,2\u00a0%"


def test_a_range_whose_ends_print_the_same_is_one_number() -> None:
    assert RU.range((1.6, 2.4), Unit.COUNT) == "2"
    assert EN.range((0, 0), Unit.MONEY) == "₽0"
    assert RU.range((0.1231, 0.1234), Unit.SHARE) == "12,3\u00a0%"
    assert EN.range((5.96, 6.04), Unit.MONTHS) == "6.0\u00a0mo"
    assert RU.range((8.6, 9.4), Unit.POINTS) == "+9"
    assert EN.range((-2.04, -1.96), Unit.SCORE) == "−2.04 to −1.96"
    assert RU.range((-0.0202, -0.0198), Unit.SHARE_CHANGE) == "−2,0\u00a0п.п."


def test_a_distance_has_no_plus_and_shares_are_percentage_points() -> None:
    assert EN.distance(0.31, Unit.SHARE) == "31.0\u00a0pp"
    assert RU.distance(0.045, Unit.SHARE) == "4,5\u00a0п.п."
    assert RU.distance(52, Unit.COUNT) == "52"


def test_money_for_money_is_so_much_for_one() -> None:
    assert RU.per_one("12,00") == "12,00\u00a0₽ на 1\u00a0₽"
    assert Wording("en", "GBP").per_one("12.00") == "£12.00 per £1"


def test_dates_and_periods() -> None:
    day = date(2026, 10, 31)
    assert (RU.date(day), EN.date(day)) == ("31.10.2026", "31 Oct 2026")
    assert RU.period(date(2026, 10, 1), day) == "1–31\u00a0октября\u00a02026\u00a0г."
    assert EN.period(date(2026, 10, 1), day) == "1–31\u00a0October\u00a02026"
    assert (
        RU.period(date(2026, 7, 1), date(2026, 9, 30))
        == "1\u00a0июля\u00a0– 30\u00a0сентября\u00a02026\u00a0г."
    )
    assert (
        EN.period(date(2025, 7, 1), date(2026, 6, 30))
        == "1\u00a0July\u00a02025\u00a0– 30\u00a0June\u00a02026"
    )


@given(st.floats(-1e9, 1e9))
def test_a_number_reads_back_within_half_a_unit(value: float) -> None:
    shown = RU.number(value, 2).replace("\u00a0", "").replace(",", ".").replace("−", "-")
    assert abs(float(shown) - value) <= 0.005 + 1e-6


def test_a_missing_plural_form_is_noticed() -> None:
    assert list(plural_problems(Text("{n|клиент|клиента}", "{n|client|clients}")))
    assert not list(plural_problems(Text("{n|клиент|клиента|клиентов}", "{n|client|clients}")))


def test_every_text_names_the_same_things_in_both_languages() -> None:
    found = texts()
    assert len(found) > 100
    for key, text in found.items():
        if not key.startswith("explain."):
            assert _names(text.ru) == _names(text.en), key


def test_texts_leave_nothing_half_translated() -> None:
    for key, text in texts().items():
        assert not re.search("[а-яё]", text.en, re.IGNORECASE), f"{key}: Cyrillic in the English text"


def _names(words: str) -> set[str]:
    return set(re.findall(r"\{([A-Za-z_]\w*)", words))


@pytest.mark.parametrize(
    ("value", "ru", "en"),
    [
        (9_999_999, "9 999 999 ₽", "₽9,999,999"),
        (10_000_000, "10 млн ₽", "₽10m"),
        (12_345_678, "12,35 млн ₽", "₽12.35m"),
        (11_873_684_211, "11,87 млрд ₽", "₽11.87bn"),
        (-1_140_000_000_000, "−1,14 трлн ₽", "−₽1.14tn"),
    ],
)
def test_a_long_amount_is_told_in_millions_or_billions_where_room_is_scarce(
    value: float, ru: str, en: str
) -> None:
    assert Wording("ru").brief_money(value).replace(NBSP, " ") == ru
    assert Wording("en").brief_money(value).replace(NBSP, " ") == en


@pytest.mark.parametrize(
    ("low", "high", "expected"),
    [
        (1102, 2100, "1 102–2 100 ₽"),
        (1_101_521_766, 2_099_862_469, "1,102–2,100 млрд ₽"),
        (0, 30_000_000_000, "0–30 млрд ₽"),
        (5000, 20_000_000, "5 000 ₽–20 млн ₽"),
        (-50_000_000, 30_000_000, "от −50 млн ₽ до 30 млн ₽"),
    ],
)
def test_a_range_of_long_amounts_has_one_unit(low: float, high: float, expected: str) -> None:
    assert Wording("ru").brief_range((low, high)).replace(NBSP, " ") == expected
