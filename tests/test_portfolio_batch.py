"""The portfolio at the end of a batch: over the whole folder, also when nothing was made anew."""

from __future__ import annotations

import re
from pathlib import Path
from urllib.parse import unquote

import pytest

from sheetreport import portfolio
from sheetreport.batch import Settings, find_papers, find_workbooks, overview, plan, run
from sheetreport.batch.outcome import FileOutcome
from sheetreport.errors import Message
from sheetreport.pipeline import Options
from tests.conftest import SAMPLES

QUICK = Options(pdf=False, language="en")


@pytest.fixture
def inbox(tmp_path: Path) -> list[Path]:
    """A workbook that gives a report, and one that nobody can read."""
    good, broken = tmp_path / "in" / "core.xlsx", tmp_path / "in" / "broken.xlsx"
    good.parent.mkdir()
    good.write_bytes((SAMPLES / "core-only-ru" / "core-only-ru.xlsx").read_bytes())
    broken.write_bytes(b"PK half a workbook")
    return [good, broken]


def batch(files: list[Path], out: Path, **more: object) -> list[FileOutcome]:
    settings = Settings(out, **{"several": True, "portfolio": True, **more})  # type: ignore[arg-type]
    return run(plan(files, out), QUICK, settings, lambda _: None)


def rows(out: Path) -> list[str]:
    html = (out / "index.html").read_text("utf-8")
    return [part.partition("</bdi>")[0] for part in html.split('<span class="name"><bdi>')[1:]]


def test_a_folder_gives_a_page_and_a_workbook_with_everyone(inbox: list[Path], tmp_path: Path) -> None:
    out = tmp_path / "out"
    batch(inbox, out)
    assert rows(out) == ["broken", "Кофейня «Тёплый угол» (вымышленная)"]
    assert (out / "portfolio.xlsx").is_file()
    html = (out / "index.html").read_text("utf-8")
    links = [unquote(link) for link in re.findall(r'href="([^#"][^"]*)"', html) if link != "data:,"]
    assert {"portfolio.xlsx", "core/core-report.xlsx", "broken/broken-report.json"} <= {*links}
    assert [link for link in links if not (out / link).is_file()] == []


def test_what_was_passed_over_as_unchanged_is_on_the_page_too(inbox: list[Path], tmp_path: Path) -> None:
    out = tmp_path / "out"
    batch(inbox[:1], out)
    outcomes = batch(inbox, out)
    assert [outcome.skipped for outcome in outcomes] == [True, False]
    assert len(rows(out)) == 2


def test_no_portfolio_unless_asked_for_or_for_a_single_file(inbox: list[Path], tmp_path: Path) -> None:
    batch(inbox, tmp_path / "without", portfolio=False)
    batch(inbox[:1], tmp_path / "single", several=False)
    assert not [*tmp_path.glob("*/index.html"), *tmp_path.glob("*/portfolio.xlsx")]


def test_who_of_the_list_of_clients_sent_nothing(inbox: list[Path], tmp_path: Path) -> None:
    listed = tmp_path / "clients.csv"
    listed.write_text("file;company\ncore;Somebody\n;Northern Lights\n", "utf-8")
    batch(inbox, tmp_path / "out", clients=listed)
    html = (tmp_path / "out" / "index.html").read_text("utf-8")
    assert "1\N{NO-BREAK SPACE}client has sent nothing yet: Northern Lights." in html


def test_a_portfolio_in_an_inbox_is_not_taken_for_a_clients_workbook(tmp_path: Path) -> None:
    for place in ("earlier", "sent"):
        (tmp_path / place).mkdir()
        (tmp_path / place / "portfolio.xlsx").write_bytes(b"PK")
        (tmp_path / place / "index.html").write_text("<p>", "utf-8")
    (tmp_path / "earlier" / "batch.json").write_text("{}", "utf-8")
    found = find_workbooks([tmp_path])
    assert found == [tmp_path / "sent" / "portfolio.xlsx"]
    assert find_papers([tmp_path], found) == [tmp_path / "sent" / "index.html"]


def test_too_many_clients_for_a_page_are_said_to_be(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(portfolio, "MOST_CLIENTS", 1)
    told: list[Message] = []
    outcomes = [FileOutcome(f"{name}.xlsx", "", "", "failed", {}, [], 0.0) for name in ("a", "b")]
    settings = Settings(tmp_path, several=True, portfolio=True, tell=told.append)
    overview.write_portfolio(outcomes, QUICK, settings)
    assert told == [Message("portfolio.too_many", {"n": 2, "most": 1})]
    assert not (tmp_path / "index.html").exists()
