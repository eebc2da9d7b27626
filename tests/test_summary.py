"""The table at the end of a batch, as it stands in a terminal."""

from __future__ import annotations

from dataclasses import replace

import pytest
from rich.console import Console

from sheetreport.batch import FileOutcome
from sheetreport.cli.summary import MOST_ROWS, print_summary
from sheetreport.errors import ExitCode
from sheetreport.i18n import Wording
from sheetreport.model import Language

COMPANY = {
    "ru": "Вымышленная мастерская у Липовой рощи 12",
    "en": "The Fictional Workshop at Linden Grove 5",
}
GOAL = {
    "ru": "«100 заявок к концу ноября»: сейчас 48, цель 100 заявок, под угрозой",
    "en": "“100 leads by the end of November”: now 48, target 100 leads, at risk",
}


def outcome(
    number: int,
    status: str = "complete",
    *,
    company: str | None = None,
    errors: int = 0,
    goal: str | None = None,
    skipped: bool = False,
) -> FileOutcome:
    wrong = errors or status in {"refused", "failed"}
    return FileOutcome(
        source=f"in/{number:03}.xlsx",
        sha256="",
        key="",
        status=status,
        findings={"error": errors, "warning": 2, "info": 0},
        outputs=["report.pdf", "report.xlsx", "report.json"],
        seconds=1.0,
        company=company or f"Client {number}",
        code=ExitCode.WORKBOOK_ERRORS if wrong else ExitCode.DONE,
        worst_goal=goal,
        skipped=skipped,
    )


def printed(
    outcomes: list[FileOutcome], language: Language = "en", width: int = 80, seconds: float | None = 90
) -> list[str]:
    console = Console(width=width, color_system=None, soft_wrap=True, highlight=False)
    with console.capture() as captured:
        print_summary(outcomes, Wording(language), seconds, console=console)
    return [line.rstrip() for line in captured.get().splitlines()]


@pytest.mark.parametrize("language", ["ru", "en"])
def test_eighty_columns_hold_long_names(language: Language) -> None:
    assert len(COMPANY[language]) == 40
    client = outcome(1, "partial", company=COMPANY[language], errors=12, goal=GOAL[language], skipped=True)
    lines = printed([client], language)
    assert max(map(len, lines)) <= 80
    assert sum("✗ 12 ! 2" in line for line in lines) == 1
    assert len(lines) <= 1 + 5 + 1  # a heading, the client with a goal, the totals
    said = " ".join(" ".join(line[:45].split()) for line in lines)
    assert COMPANY[language][:20] in said


@pytest.mark.parametrize("language", ["ru", "en"])
def test_a_wide_terminal_has_a_column_for_the_worst_goal(language: Language) -> None:
    lines = printed([outcome(1, company=COMPANY[language], goal=GOAL[language])], language, 120)
    assert {"ru": "Худшая цель", "en": "Worst goal"}[language] in lines[0]
    assert GOAL[language][:28] in lines[1]
    assert COMPANY[language][:20] in lines[1]
    assert max(map(len, lines)) <= 120


def test_of_many_files_those_come_first_that_ask_for_something() -> None:
    outcomes = [outcome(number) for number in range(200)]
    outcomes[7] = outcome(7, "partial", errors=1)
    outcomes[150] = outcome(150, "partial", errors=3)
    outcomes[199] = outcome(199, "refused", errors=1)
    lines = printed(outcomes)
    assert [line.split("  ")[0] for line in lines[1:4]] == ["Client 199", "Client 150", "Client 7"]
    assert lines[4] == "And 197\N{NO-BREAK SPACE}other files without errors."
    assert len(lines) == 6


def test_not_even_all_that_ask_for_something_are_listed_where_they_are_many() -> None:
    lines = printed([outcome(number, "partial", errors=1) for number in range(150)])
    said = lines[MOST_ROWS + 1].replace("\N{NO-BREAK SPACE}", " ")
    assert said == "And 120 other files, 120 of them with errors. All are in batch.json."
    assert len(lines) == MOST_ROWS + 3


def test_few_files_are_listed_all() -> None:
    lines = printed([outcome(number) for number in range(MOST_ROWS)])
    assert len(lines) == MOST_ROWS + 2


def test_a_client_with_several_files_is_told_apart_by_them() -> None:
    outcomes = [outcome(1, company="Twins"), outcome(2, company="Twins"), outcome(3, company="Alone")]
    said = "\n".join(printed(outcomes))
    assert "Twins (001.xlsx)" in said
    assert "Twins (002.xlsx)" in said
    assert "003.xlsx" not in said


@pytest.mark.parametrize(
    ("language", "said"),
    [
        ("en", "3 made (1 with errors) · 2 without a report · 1 unchanged · 90 s · 3.3 a minute"),
        ("ru", "сделано 3 (с ошибками 1) · без отчёта 2 · без изменений 1 · 90 с · 3,3 в минуту"),
    ],
)
def test_the_totals_count_every_file_once(language: Language, said: str) -> None:
    outcomes = [
        outcome(1),
        outcome(2),
        outcome(3, "partial", errors=2),
        outcome(4, "refused", errors=1),
        outcome(5, "failed"),
        outcome(6, "partial", errors=9, skipped=True),
    ]
    assert printed(outcomes, language)[-1] == said


def test_what_several_files_have_to_say_together_is_said_once(capsys: pytest.CaptureFixture[str]) -> None:
    note = "1.xlsx and 2.xlsx are of one period."
    print_summary([replace(outcome(number), notes=[note]) for number in (1, 2)], Wording("en"))
    assert capsys.readouterr().err.count(note) == 1


@pytest.mark.parametrize("errors", [0, 1])
def test_where_there_are_errors_it_is_said_what_shows_them(
    errors: int, capsys: pytest.CaptureFixture[str]
) -> None:
    print_summary([outcome(1), outcome(2, "partial", errors=errors)], Wording("en"))
    assert ("`sheetreport check` says what to mend, and where." in capsys.readouterr().err) == bool(errors)
