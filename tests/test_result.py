"""What the result JSON counts, offers and holds back."""

from __future__ import annotations

import pytest

from tests.test_parity import Json, report_of

OPTIONAL = ["nps", "csat", "csi", "feedback", "social", "awareness", "practices", "breakeven", "automation"]


@pytest.fixture(scope="module")
def core_only() -> Json:
    return report_of("core-only-ru", "ru")[0]


def test_optional_pages_left_blank_are_named_with_the_question_they_answer(core_only: Json) -> None:
    assert [page["sheet"] for page in core_only["left_blank"]] == [*OPTIONAL, "affiliate"]
    assert core_only["left_blank"][0] == {
        "sheet": "nps",
        "title": "Опрос NPS",
        "adds": "готовы ли клиенты вас советовать",
    }


def test_a_page_with_one_answer_is_not_blank() -> None:
    barbershop, _ = report_of("barbershop-ru", "ru")
    assert barbershop["left_blank"] == []
    assert all(metric["asked"] for metric in barbershop["metrics"])


@pytest.mark.parametrize(
    ("metric_id", "asked"),
    [
        ("cac", True),
        ("dissatisfied_share", True),  # an optional question of a core page
        ("nps", False),
        ("money_at_risk_detractors", False),  # through the survey
        ("practices_score", False),  # counts the answers of a page
        ("data_completeness", True),
    ],
)
def test_a_blank_page_asks_for_nothing(core_only: Json, metric_id: str, asked: bool) -> None:
    assert [metric["asked"] for metric in core_only["metrics"] if metric["id"] == metric_id] == [asked]


def test_only_pages_that_were_begun_have_cells_to_fill(core_only: Json) -> None:
    sheets = {item["field"].split(".")[0] for item in core_only["unlock"]}
    assert sheets
    assert not sheets & {*OPTIONAL, "affiliate"}


def test_the_counts_are_those_of_the_completeness_of_data(core_only: Json) -> None:
    counts = core_only["coverage"]
    share = next(metric["value"] for metric in core_only["metrics"] if metric["id"] == "data_completeness")
    assert 0 < counts["known"] < counts["asked"]
    assert counts["known"] / counts["asked"] == pytest.approx(share)


def test_counts_are_the_lengths_of_the_lists(core_only: Json) -> None:
    lists = {"cells_to_fill": "unlock", "blank_pages": "left_blank", "repairs": "repairs", "goals": "goals"}
    assert {name: core_only["counts"][name] for name in lists} == {
        name: len(core_only[listed]) for name, listed in lists.items()
    }


def test_what_is_held_back_has_its_title_in_the_owners_numbers() -> None:
    barbershop, _ = report_of("barbershop-ru", "ru")
    held = [
        (item["id"], item["title"].replace("\N{NO-BREAK SPACE}", " "), item["by"])
        for item in barbershop["suppressed"]
    ]
    # 15 000 for 36 leads is 416.67 a lead; 52 of 100 are to go.
    assert held == [("R-36", "Заложите 21 667 ₽ на остаток цели", "R-33")]
