"""Findings in words: complete, in the house style, and formatted for their reader."""

from __future__ import annotations

import ast
import re
from collections.abc import Mapping
from datetime import date
from pathlib import Path

import pytest

import sheetreport
from sheetreport.catalog.definitions import FindingDef
from sheetreport.catalog.load import load_catalog
from sheetreport.findings import as_found, describe, typed
from sheetreport.i18n import MINUS, NBSP, Wording, placeholders
from sheetreport.model import LANGUAGES, Finding, Language, Param, Scalar, Severity, State, Value

CATALOG = load_catalog()
WORDS = tuple(CATALOG.findings.values())
RU, EN = Wording("ru", "RUB"), Wording("en", "GBP")
IDS = [f"{words.code}-{words.variant}" for words in WORDS]


def said(
    code: str, variant: str, params: Mapping[str, Param], wording: Wording = RU, found: str | None = None
) -> str:
    finding = Finding(
        code, Severity.ERROR, field="clients.total", found=found, params=params, variant=variant
    )
    return describe(CATALOG, finding, wording).message


def test_every_entry_is_used_somewhere() -> None:
    root = Path(sheetreport.__file__).parent
    files = [*root.glob("read/*.py"), *root.glob("check/*.py"), root / "confined.py"]
    source = "\n".join(file.read_text("utf-8") for file in files)
    assert len(files) > 10
    assert len(WORDS) > 100
    for words in WORDS:
        assert f'"{words.code}"' in source, words
        assert not words.variant or f'"{words.variant}"' in source, words


@pytest.mark.parametrize(
    ("field", "russian", "english"),
    [
        ("clients.dissatisfied", "например, 40.", "e.g., 40."),
        ("clients.revenue", "например, 720000.", "e.g., 720000."),
        ("automation.minutes_after", "например, 1,5.", "e.g., 1.5."),
        ("nps.tally_0_10", "например, 12.", "e.g., 12."),
    ],
)
def test_an_example_is_that_of_the_question(field: str, russian: str, english: str) -> None:
    finding = Finding("V-57", Severity.ERROR, field=field, found="много", variant="text")
    assert russian in describe(CATALOG, finding, RU).fix
    assert english in describe(CATALOG, finding, EN).fix


def test_the_owner_s_file_has_one_name() -> None:
    """«Анкета» is a survey of clients, «книга» the report in Excel, or a word of Excel's own menus."""
    said = [text.ru for words in WORDS for text in (words.message, words.expected, words.fix)]
    said += (Path(sheetreport.__file__).parent / "catalog" / "rules.yaml").read_text("utf-8").splitlines()
    surveys = ("анкета причину", "анкету две", "анкету из четырёх", "В старых анкетах")
    menus = ("Книга Excel", "Книга Strict", "Защита книги")
    named = [text for text in said if re.search(r"анкет|\bкниг", text, re.IGNORECASE)]
    assert len(named) > len(surveys)
    assert [text for text in named if not any(known in text for known in (*surveys, *menus))] == []


@pytest.mark.parametrize("words", WORDS, ids=IDS)
def test_both_languages_say_the_same_with_the_same_parameters(words: FindingDef) -> None:
    for text in (words.message, words.expected, words.fix):
        assert placeholders(text.ru) == placeholders(text.en)


@pytest.mark.parametrize("words", WORDS, ids=IDS)
def test_the_house_style(words: FindingDef) -> None:
    for language in LANGUAGES:
        for text in (words.message[language], words.expected[language], words.fix[language]):
            assert text[0].isupper() or text[0] in "«“„{0123456789", text
            assert text[-1] in ".?", text
            assert not re.search(
                r"  |!|\.\.|[0-9]\u00a0[0-9]|необходим|ошибл|[Лл]ид\b|customer|per cent", text
            ), text
            longest = max(len(sentence.split()) for sentence in re.split(r"(?<=[.?]) ", text))
            assert longest <= 20, text
        assert words.fix[language]
        assert words.expected[language]


def test_numbers_are_written_for_their_reader() -> None:
    params = {"together": 1860, "total": 800}
    assert said("V-07", "more", params) == f"Активных и неактивных вместе 1{NBSP}860, а в базе 800."
    assert "1,860" in said("V-07", "more", params, EN)


def test_money_and_shares_are_told_by_their_names() -> None:
    params = {"wish_share": 0.2, "implied_money": 144000.0, "given_money": 150000.0}
    assert said("V-03", "", params) == (
        f"Рост на 20{NBSP}% — это 144{NBSP}000{NBSP}₽, а деньгами указано 150{NBSP}000{NBSP}₽."
    )
    assert said("V-03", "", params, EN) == "Growth of 20% comes to £144,000, but the sum says £150,000."
    coverage = {"coverage_share": 1 / 3, "answered": 1, "size": 3, "target_share": 0.75}
    assert said("V-33", "", coverage) == f"Ответов 1 из 3: 33,3{NBSP}% группы."


@pytest.mark.parametrize(
    ("target", "unit", "shown"),
    [
        (0.05, "share", f"5{NBSP}%"),
        (1500.0, "money", f"1{NBSP}500{NBSP}₽"),
        (4.25, "score", "4,25"),
        (4.5, "score", "4,5"),
        (10.0, "minutes", "10"),
    ],
)
def test_a_unit_sets_how_the_other_numbers_are_written(target: float, unit: str, shown: str) -> None:
    message = said("V-44", "equal", {"target": target, "unit": unit})
    assert message == f"Цель и число на старте одинаковы: {shown}."


@pytest.mark.parametrize(
    ("field", "variant", "russian", "english"),
    [
        ("profile.period_start", "date", "например, 01.10.2026.", "e.g., 2026-10-01."),
        ("profile.period_end", "date_range", "например, 31.10.2026.", "e.g., 2026-10-31."),
        ("goals.deadline", "ambiguous_date", "например 30.11.2026.", "e.g. 2026-11-30."),
        ("goals.steps", "date", "например, 10.11.2026.", "e.g., 2026-11-10."),
    ],
)
def test_the_example_of_a_date_is_one_that_fits_there(
    field: str, variant: str, russian: str, english: str
) -> None:
    day = date(2026, 10, 1)
    params = {"day_first": day, "month_first": day, "first_day": day, "last_day": day}
    finding = Finding("V-57", Severity.ERROR, field=field, found="октябрь", params=params, variant=variant)
    assert describe(CATALOG, finding, RU).fix.endswith(russian)
    assert describe(CATALOG, finding, EN).fix.endswith(english)


def test_dates_lists_and_names_of_ids() -> None:
    days = {"day_first": date(2026, 4, 3), "month_first": date(2026, 3, 4)}
    message = said("V-57", "ambiguous_date", days, found="3/4/2026")
    assert message == "«3/4/2026» — это 03.04.2026 или 04.03.2026?"
    choices = Finding("V-57", Severity.ERROR, params={"options": ("да", "нет")}, variant="choice")
    assert describe(CATALOG, choices, RU).expected == "Один из вариантов: «да», «нет»."
    assert said("V-47", "", {"measure": "posts"}, EN) == "“posts” is a means, not a result."
    suits = Finding("V-42", Severity.ERROR, params={"measure": "leads", "suits": ("sales", "leads")})
    assert describe(CATALOG, suits, EN).expected == "The goal type: leads, sales."


def test_plural_forms() -> None:
    for number, form in ((1, "день"), (2, "дня"), (5, "дней"), (11, "дней"), (21, "день")):
        assert said("V-29", "", {"days": number, "limit": 180}) == f"Опрос был {number}{NBSP}{form} назад."


def test_what_stood_in_the_cell() -> None:
    assert said("V-06", "negative_count", {"positive": "12"}, found="-12").startswith(f"Видим {MINUS}12, ")
    assert said("V-57", "ambiguous", {"whole": "1234", "decimal": "1,23"}, found="1.234").startswith(
        "«1.234» "
    )
    assert said("V-57", "became_date", {}, found="2026-05-31").startswith("В ячейке дата 31.05.2026:")
    assert said("V-57", "text", {}, found="2026-31-05") == "Видим «2026-31-05», а здесь нужно число."
    assert said("V-57", "text", {}, found="«Усы» и 1.2") == "Видим «„Усы“ и 1.2», а здесь нужно число."
    assert said("V-57", "text", {}, EN, found="a “b”").startswith("We see “a ‘b’”;")


def test_a_variant_without_words_takes_those_of_its_code() -> None:
    params = {"part": 2, "whole": 1}
    assert said("V-10", "unheard_of", params) == said("V-10", "", params)


@pytest.mark.parametrize(
    ("number", "language", "text"),
    [
        (12000, "ru", "12000"),
        (12000.0, "en", "12000"),
        (12000.5, "ru", "12000,5"),
        (12000.5, "en", "12000.5"),
        (0.1 + 0.2, "ru", "0,3"),
        (-0.25, "en", "-0.25"),
    ],
)
def test_a_number_as_people_type_it(number: float, language: Language, text: str) -> None:
    assert typed(number, language) == text


@pytest.mark.parametrize(
    ("field", "value", "found"),
    [
        ("clients.total", 800, "800"),
        ("clients.reactivation_rate", 0.085, "8,5%"),
        ("profile.period_start", date(2026, 10, 1), "2026-10-01"),
        ("profile.situation", "decline", "дела идут хуже"),
        ("profile.company_name", "Усы", "Усы"),
        ("csi.overall_1_5", (1, 2, 3, 4, 5), "1 2 3 4 5"),
        ("p.contact_ways", ("excel",), None),
    ],
)
def test_what_a_good_cell_holds(field: str, value: Scalar, found: str | None) -> None:
    definition = CATALOG.fields[field]
    assert as_found(definition, Value(State.VALUE, value), "ru") == found
    assert as_found(definition, Value(State.BLANK), "ru") is None


def _levels(node: ast.AST) -> list[ast.expr]:
    """What a call is given or a tuple holds."""
    match node:
        case ast.Call(args=args, keywords=keywords):
            return [*args, *(keyword.value for keyword in keywords)]
        case ast.Tuple(elts=items):
            return items
        case _:
            return []


def test_the_declared_severities_are_those_of_the_code() -> None:
    """Where a check names code, variant and severity side by side, the catalogue says the same."""
    root = Path(sheetreport.__file__).parent
    seen = 0
    for file in (*root.glob("read/*.py"), *root.glob("check/*.py")):
        for node in ast.walk(ast.parse(file.read_text("utf-8"))):
            items = _levels(node)
            texts = [
                item.value for item in items if isinstance(item, ast.Constant) and isinstance(item.value, str)
            ]
            names = [
                item.attr if isinstance(item, ast.Attribute) else getattr(item, "id", "") for item in items
            ]
            levels = [Severity[name] for name in names if name in Severity.__members__]
            codes = [text for text in texts if re.fullmatch(r"[SV]-\d\d", text)]
            variants = [text for text in texts if codes and (codes[0], text) in CATALOG.findings]
            if len(codes) == 1 and len(levels) == 1:
                words = CATALOG.findings.get((codes[0], variants[0] if variants else ""))
                declared = [words] if words else [w for w in WORDS if w.code == codes[0]]
                assert any(levels[0] in one.severities for one in declared), (
                    file.name,
                    codes,
                    variants,
                    levels,
                )
                seen += 1
    assert seen > 60
