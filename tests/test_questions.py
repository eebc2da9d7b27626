"""What is proposed to ask at a meeting: each question comes from something in the workbook at hand."""

from __future__ import annotations

import copy
from collections.abc import Callable
from functools import cache
from typing import Any

import pytest

from sheetreport import pipeline
from sheetreport.answers import flatten, load
from sheetreport.catalog.load import load_catalog
from sheetreport.i18n import PLACEHOLDER, Wording, texts
from sheetreport.meeting.near import NOTHING_NEAR
from sheetreport.meeting.questions import MOST, Known, questions
from sheetreport.model import LANGUAGES, Finding, Language, Severity, SourceFile, SourceRef, Submission
from sheetreport.template import build
from tests.conftest import SAMPLES

CATALOG = load_catalog()
Json = dict[str, Any]
NBSP = "\N{NO-BREAK SPACE}"
_NAMED_EVERYWHERE = {"label", "found", "example", "subject"}


def asked(answers: Json) -> list[Json]:
    """The questions about a workbook with these answers."""
    return questions_about(build(CATALOG, "ru", answers=flatten(CATALOG, answers), tool_version="test"), "ru")


def questions_about(workbook: bytes, language: Language) -> list[Json]:
    options = pipeline.Options(language=language)
    report = pipeline.examine(CATALOG, workbook, "case.xlsx", options)
    found: list[Json] = pipeline.document_of(CATALOG, report, options)["questions"]
    return found


@cache
def unchanged() -> list[Json]:
    """The questions about the worked example."""
    return asked(changed(lambda _: None))


def changed(change: Callable[[Json], object]) -> Json:
    """The worked example after a change."""
    answers: Json = copy.deepcopy(load(SAMPLES / "barbershop-ru" / "answers.yaml"))
    change(answers)
    return answers


def about(found: list[Json], what: str) -> list[str]:
    return [question["text"].replace(NBSP, " ") for question in found if question["about"] == what]


@pytest.mark.parametrize(
    ("what", "change", "text"),
    [
        (
            "V-07",
            lambda answers: answers["clients"].update(inactive=900),
            "Активных и неактивных вместе 1 380, а в базе 800. Какое число неверно?",
        ),
        (
            "V-09",
            lambda answers: answers["clients"].update(active_end=485),
            "На конец периода 485, а по движению выходит 480. Кого посчитали иначе?",
        ),
        (
            "clients.gross_profit_new",
            lambda answers: answers["clients"].update(gross_profit_new=None),
            "Есть ли у вас цифра «Валовая прибыль от новых»?",
        ),
        (
            "nps",
            lambda answers: answers["nps"].update(tally_0_10=[0, 0, 0, 0, 0, 0, 2, 2, 2, 3, 3]),
            "Индекс лояльности NPS: кто и когда соберёт ещё 18 ответов?",
        ),
    ],
)
def test_a_question_comes_with_its_situation(what: str, change: Callable[[Json], object], text: str) -> None:
    assert text not in about(unchanged(), what)
    assert about(asked(changed(change)), what) == [text]


def test_a_near_miss_and_an_unsure_action_are_asked_about() -> None:
    """470 clients at the start and 480 at the end: a tenth of 470 is 47. R-17 shows an upper limit only."""
    questions = unchanged()
    assert about(questions, "R-15") == [
        "Насколько точна цифра «Активных на конец»? Сейчас 480, а «Активных на начало» — 470."
    ]
    (limit,) = about(questions, "R-17")
    assert limit.startswith("«Предложите каждому новому клиенту вторую покупку»: посчитан верхний предел.")
    far = asked(changed(lambda answers: answers["clients"].update(active_start=420, new=70, lost=10)))
    assert not about(far, "R-15")


def test_errors_come_first_and_say_what_waits_for_them() -> None:
    first, *others = asked(changed(lambda answers: answers["clients"].update(sales_count=-480)))
    assert first["about"] == "V-06"
    assert first["text"] == "«Продаж за период»: стоит −480. Какое число верное?"
    assert first["why"].startswith("Пока ответа нет, не считаются: ")
    assert "Средний чек" in first["why"]
    assert [(cell["sheet"], bool(cell["cell"])) for cell in first["cells"]] == [("Клиенты", True)]
    assert "clients.sales_count" not in {question["about"] for question in others}


def test_the_error_that_holds_up_most_is_asked_about_first() -> None:
    """Clients come first in the workbook, but more figures wait for the spend of a channel."""

    def two_errors(answers: Json) -> None:
        answers["clients"]["lost"] = -30
        answers["channels"][0]["spend"] = -18000

    first, second, *others = asked(changed(two_errors))
    assert "channels.spend" not in {question["about"] for question in others}
    assert [first["cells"][0]["sheet"], second["cells"][0]["sheet"]] == ["Реклама", "Клиенты"]


def test_two_findings_about_one_cell_are_one_question() -> None:
    cell = SourceRef("Клиенты", "B14")
    found = [
        Finding("V-10", Severity.ERROR, cell, "clients.repeat_purchases", params={"part": 500, "whole": 480}),
        Finding(
            "V-14", Severity.ERROR, cell, "clients.new", params={"new": 500, "sales": 480}, variant="new"
        ),
    ]
    blank = Submission(SourceFile("case.xlsx", ""), {}, {})
    known = Known(blank, found, (), NOTHING_NEAR, None, (), ())
    assert [question.about for question in questions(CATALOG, Wording("ru"), known)] == ["V-10"]


def test_findings_of_a_kind_make_one_question_that_names_their_rows() -> None:
    def two_complaints(answers: Json) -> None:
        answers.pop("goals")  # their questions come first
        answers["feedback"] = [
            {"theme": "ждать", "kind": "dislike", "mentions": 9},
            {"theme": "цена", "kind": "dislike", "mentions": 9},
        ]

    questions = [question for question in asked(changed(two_complaints)) if question["about"] == "V-35"]
    assert [question["text"] for question in questions] == ["Что решили делать по жалобам: «ждать», «цена»?"]
    assert len(questions[0]["cells"]) == 2


def test_a_cell_in_a_row_is_named_with_its_row() -> None:
    def wrong(answers: Json) -> None:
        answers["channels"][0]["spend"] = -18000

    assert about(asked(changed(wrong)), "V-06") == [
        "«Расход, „Яндекс Директ“»: стоит −18000. Какое число верное?"
    ]


def test_flyers_are_not_asked_for_clicks() -> None:
    questions = unchanged()
    assert not [question for question in questions if "«Переходы»" in question["text"]]

    def search_without_clicks(answers: Json) -> None:
        answers["channels"][0]["clicks"] = None

    shown = asked(changed(search_without_clicks))
    assert about(shown, "channels.clicks") == ["Есть ли у вас цифра «Переходы» по строке «Яндекс Директ»?"]


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("sample", sorted(path.parent.name for path in SAMPLES.glob("*/answers.yaml")))
def test_samples_get_a_handful_of_questions_and_none_twice(sample: str, language: Language) -> None:
    questions = questions_about((SAMPLES / sample / f"{sample}.xlsx").read_bytes(), language)
    assert 5 <= len(questions) <= MOST
    said = [question["text"] for question in questions]
    assert len(set(said)) == len(said)
    assert all(question["why"] for question in questions)
    covered: set[tuple[str, str]] = set()
    for question in questions:
        cells = {(cell["sheet"], cell["cell"]) for cell in question["cells"]}
        assert not cells or not cells <= covered, question
        covered |= cells
    assert not [text for text in said if "{" in text or "  " in text]


def codes() -> list[str]:
    return [key for key in texts() if key.startswith(("questions.V-", "questions.S-"))]


def test_texts_about_findings_name_codes_that_exist() -> None:
    assert len(codes()) > 80
    variants = {f"questions.{code}_{variant}" for code, variant in CATALOG.findings if variant}
    plain = {f"questions.{code}" for code, _ in CATALOG.findings}
    assert not {*codes()} - variants - plain


@pytest.mark.parametrize("key", codes())
def test_texts_about_findings_name_what_the_finding_knows(key: str) -> None:
    """Every name in a question also stands in the texts of each finding that the question is about."""
    code, _, variant = key.removeprefix("questions.").partition("_")
    own = {f"questions.{code}_{kind}" for one, kind in CATALOG.findings if one == code} & {*codes()}
    words = [
        found
        for (one, kind), found in CATALOG.findings.items()
        if one == code and (kind == variant if variant else f"questions.{code}_{kind}" not in own)
    ]
    assert words, "no finding is asked about so"
    for found in words:
        for language in LANGUAGES:
            texts_of_it = (text[language] for text in (found.message, found.expected, found.fix))
            known = [name for text in texts_of_it for name in PLACEHOLDER.findall(text)]
            for name, forms in PLACEHOLDER.findall(texts()[key][language]):
                assert name in _NAMED_EVERYWHERE | {one for one, _ in known}, (found.variant, language)
                assert not forms or name in {one for one, others in known if others}, (
                    found.variant,
                    language,
                )
