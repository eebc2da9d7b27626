"""The accepted actions of a report go into the next workbook with their state."""

from __future__ import annotations

import io
import sys
from collections.abc import Callable
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from sheetreport import answers, cli, pipeline
from sheetreport.catalog.load import load_catalog
from sheetreport.i18n import Wording
from sheetreport.model import LANGUAGES, Finding, Language
from sheetreport.read import Accepted, read_actions
from sheetreport.rounds import Request, Round
from sheetreport.template import build
from tests.conftest import SAMPLES, Office

CASES: dict[Language, str] = {"ru": "barbershop-ru", "en": "travel-agency-en"}
WHAT, WHO, BY, DONE, BESIDE = 2, 8, 9, 10, 17
OWN: dict[Language, str] = {"ru": "Позвонить в типографию", "en": "Call the printer"}


@cache
def owner_file(case: str, language: Language) -> bytes:
    given = answers.load(SAMPLES / case / "answers.yaml")
    return build(load_catalog(), language, answers=given, tool_version="test")


@cache
def report(case: str, language: Language) -> bytes:
    options = pipeline.Options(language=language, pdf=False, corrections=False)
    return pipeline.process(load_catalog(), owner_file(case, language), "old.xlsx", options).outputs[
        "report.xlsx"
    ]


def sheet_of(book: Any, language: Language) -> Any:
    return book[Wording(language).text("workbook.sheet_actions")]


def saved(book: Any) -> bytes:
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def opened(data: bytes) -> Any:
    return openpyxl.load_workbook(io.BytesIO(data))


def plain(value: object) -> str:
    return str(value).replace("\xa0", " ")


def numbered(sheet: Any) -> list[int]:
    """The rows of the sheet's own actions."""
    return [row for row in range(1, sheet.max_row + 1) if isinstance(sheet.cell(row, 1).value, int)]


def written(language: Language) -> tuple[bytes, list[str]]:
    """A report's workbook the owner has written in, and the titles of the four lines it is about."""
    book = opened(report(CASES[language], language))
    sheet = sheet_of(book, language)
    begun, done, open_, *_ = numbered(sheet)
    words = Wording(language)
    sheet.cell(begun, WHO).value = "Марта"
    sheet.cell(begun, BY).value = datetime(2026, 11, 20)
    sheet.cell(begun, DONE).value = words.text("workbook.done_begun")
    sheet.cell(done, DONE).value = words.text("workbook.done_yes")
    sheet.cell(open_, BY).value = "after the fair"
    sheet.cell(open_, BESIDE).value = 25
    last = sheet.max_row + 3
    sheet.cell(last, WHAT).value = OWN[language]
    titles = [plain(sheet.cell(row, WHAT).value) for row in (begun, done, open_, last)]
    return saved(book), titles


def accepted(data: bytes) -> Accepted:
    found = read_actions(data)
    assert isinstance(found, Accepted), found
    return found


def carried(language: Language, data: bytes) -> Round | object:
    request = Request(next_period=True, accepted=accepted(data))
    old = owner_file(CASES[language], language)
    return pipeline.carry(load_catalog(), old, "old.xlsx", pipeline.Options(), request)


def listed(made: Round) -> list[str]:
    """The third column of the list at the end of the new workbook."""
    sheet = opened(made.data)[Wording(made.language).text("rounds.notes_title")]
    return [plain(row[2].value) for row in sheet.iter_rows(min_row=5) if row[2].value]


SAID: dict[Language, tuple[str, ...]] = {
    "ru": (
        "{} — кто: Марта, срок: 20.11.2026, начато",
        "{} — сделано",
        "{} — срок: after the fair, не отмечено, рядом: 25",
        "{} — не отмечено",
    ),
    "en": (
        "{} — who: Марта, by: 20 Nov 2026, begun",
        "{} — done",
        "{} — by: after the fair, not ticked off, beside it: 25",
        "{} — not ticked off",
    ),
}


@pytest.mark.parametrize("language", LANGUAGES)
def test_accepted_actions_stand_in_the_next_workbook_with_their_state(language: Language) -> None:
    data, titles = written(language)
    made = carried(language, data)
    assert isinstance(made, Round)
    expected = [said.format(title) for said, title in zip(SAID[language], titles, strict=True)]
    here = [said for said in listed(made) if said.startswith(tuple(f"{title} —" for title in titles))]
    assert here == expected


def test_a_third_round_still_has_them() -> None:
    data, titles = written("ru")
    first = carried("ru", data)
    assert isinstance(first, Round)
    again = pipeline.carry(
        load_catalog(), first.data, "new.xlsx", pipeline.Options(), Request(next_period=True)
    )
    assert isinstance(again, Round)
    assert all(any(said.startswith(f"{title} —") for said in listed(again)) for title in titles)


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_report_nobody_wrote_in_has_no_accepted_actions(language: Language) -> None:
    for case in CASES.values():
        assert accepted(report(case, language)).actions == ()


@pytest.mark.parametrize("kind", ["xlsx", "ods"])
def test_the_same_from_other_programs(soffice: Office, tmp_path: Path, kind: str) -> None:
    data, _ = written("ru")
    path = tmp_path / "old-report.xlsx"
    path.write_bytes(data)
    again = accepted(soffice.convert(path, kind, tmp_path / kind).read_bytes())
    assert again.company == accepted(data).company != ""
    # Formats differ in what a day and a number are; in words they are the same.
    request = Request(next_period=True, accepted=again)
    made = pipeline.carry(
        load_catalog(), owner_file(CASES["ru"], "ru"), "old.xlsx", pipeline.Options(), request
    )
    first = carried("ru", data)
    assert isinstance(made, Round)
    assert isinstance(first, Round)
    assert listed(made) == listed(first)


def test_columns_and_the_sheet_may_have_been_moved() -> None:
    data, titles = written("ru")
    book = opened(data)
    sheet = sheet_of(book, "ru")
    sheet.title = "План на зиму"
    sheet.delete_cols(3, 4)
    sheet.insert_rows(1)
    actions = accepted(saved(book)).actions
    # Without the column of reasons a line that is held back can't be told from one of the owner's.
    kept = [action for action in actions if action.what in titles]
    assert [action.what for action in kept] == titles
    assert (kept[0].who, kept[0].source.sheet) == ("Марта", "План на зиму")


def test_a_mark_of_ones_own_is_kept_as_written() -> None:
    book = opened(report(CASES["ru"], "ru"))
    sheet = sheet_of(book, "ru")
    first, second, third, *_ = numbered(sheet)
    sheet.cell(first, DONE).value = "наполовину"
    sheet.cell(second, DONE).value = True
    sheet.cell(third, WHAT).value = None
    sheet.cell(third, WHO).value = "Ольга"
    made = carried("ru", saved(book))
    assert isinstance(made, Round)
    said = [text.partition(" — ") for text in listed(made)]
    endings = [ending for _, _, ending in said]
    assert "отметка: наполовину" in endings
    assert "сделано" in endings
    assert ("Дело без названия", " — ", "кто: Ольга, не отмечено") in said


# --- what is not a report of this company -----------------------------------------------------------


def code_of(data: bytes) -> tuple[str, str]:
    found = read_actions(data)
    assert isinstance(found, Finding)
    return found.code, found.variant


def test_other_files_are_refused() -> None:
    assert code_of(owner_file(CASES["ru"], "ru")) == ("S-07", "no_actions")
    assert code_of(b"PK\x03\x04 cut off") == ("S-05", "")
    assert code_of(report(CASES["ru"], "ru")[:-2000]) == ("S-05", "")
    assert code_of(b"%PDF-1.7") == ("S-04", "pdf")
    assert code_of(b"") == ("S-01", "")


Command = Callable[..., tuple[int, str, str]]


@pytest.fixture
def command(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Command:
    """Runs the command `template`: its exit code, stdout and stderr."""

    def call(*arguments: str | Path) -> tuple[int, str, str]:
        monkeypatch.setattr(sys, "argv", ["sheetreport", "template", *map(str, arguments)])
        monkeypatch.setattr(cli, "_use_utf8", lambda: None)
        with pytest.raises(SystemExit) as ended:
            cli.main()
        captured = capsys.readouterr()
        return int(ended.value.code or 0), captured.out, captured.err

    return call


@pytest.fixture
def old_file(tmp_path: Path) -> Path:
    path = tmp_path / "old.xlsx"
    path.write_bytes(owner_file(CASES["ru"], "ru"))
    return path


def test_the_command_takes_the_actions_of_a_report(command: Command, old_file: Path, tmp_path: Path) -> None:
    data, titles = written("ru")
    theirs, new = tmp_path / "old-report.xlsx", tmp_path / "new.xlsx"
    theirs.write_bytes(data)
    code, out, err = command("--from", old_file, "--next-period", "--actions", theirs, "-o", new)
    assert (code, out.strip()) == (0, str(new))
    assert "4 дела" in plain(err)
    assert f"{titles[1]} — сделано" in plain(err)
    assert theirs.read_bytes() == data


def test_an_empty_sheet_of_actions_is_said(command: Command, old_file: Path, tmp_path: Path) -> None:
    theirs = tmp_path / "old-report.xlsx"
    theirs.write_bytes(report(CASES["ru"], "ru"))
    code, _, err = command(
        "--from", old_file, "--next-period", "--actions", theirs, "-o", tmp_path / "new.xlsx"
    )
    assert code == 0
    assert "ничего не вписано" in err


@pytest.mark.parametrize(
    ("make", "said"),
    [
        (lambda: owner_file(CASES["ru"], "ru"), "S-07"),
        (lambda: b"PK\x03\x04 cut off", "S-05"),
        (lambda: report(CASES["en"], "en"), "S-07"),
    ],
    ids=["no report", "damaged", "another company"],
)
def test_what_is_no_report_of_this_company_gives_no_workbook(
    command: Command, old_file: Path, tmp_path: Path, make: Callable[[], bytes], said: str
) -> None:
    theirs, new = tmp_path / "other.xlsx", tmp_path / "new.xlsx"
    theirs.write_bytes(make())
    code, out, _ = command("--from", old_file, "--next-period", "--actions", theirs, "-o", new)
    assert code == 1
    assert said in out
    assert not new.exists()


@pytest.mark.parametrize("arguments", [[], ["--from", "old.xlsx"]])
def test_actions_need_the_next_period(command: Command, tmp_path: Path, arguments: list[str]) -> None:
    code, _, err = command(*arguments, "--actions", "a-report.xlsx", "-o", tmp_path / "new.xlsx")
    assert code == 2
    assert "--next-period" in err
