"""Runs with a history: all periods of a folder in one go, whatever the number of jobs; and the command."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable, Mapping
from concurrent.futures import Future
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from sheetreport import batch
from sheetreport.batch import FileOutcome
from sheetreport.batch.earlier import Earlier
from sheetreport.batch.orders import Order
from sheetreport.cli import app
from sheetreport.errors import ExitCode, UsageError
from sheetreport.history.record import KeptGoal
from sheetreport.history.store import History
from sheetreport.pipeline import Options
from tests import histories
from tests.said import refused
from tests.said import said as refusal
from tests.test_history import OCTOBER, SEPTEMBER

OPTIONS = Options(pdf=False)


def short(changes: Mapping[str, Any]) -> Mapping[str, Any]:
    """A workbook with what these tests look at, which is quick to read."""
    others = {"channels", "csat", "csi", "feedback", "goals", "practices", "social", "automation", "partners"}
    return {**changes, **dict.fromkeys(others)}


@pytest.fixture(scope="module")
def workbooks() -> dict[str, bytes]:
    """The three quarters under names whose order is not theirs."""
    found = (histories.workbook(short(changes)) for changes in histories.QUARTERS)
    return dict(zip(("c-first.xlsx", "a-second.xlsx", "b-third.xlsx"), found, strict=True))


@pytest.fixture
def inbox(tmp_path: Path, workbooks: dict[str, bytes]) -> Path:
    folder = tmp_path / "inbox"
    folder.mkdir()
    for name, data in workbooks.items():
        (folder / name).write_bytes(data)
    return folder


def run(
    inbox: Path, out: Path, jobs: int = 1, *, history: str = "h.sqlite", **changed: Any
) -> list[FileOutcome]:
    files = batch.find_workbooks([inbox], out)
    settings = batch.Settings(out, jobs, several=True, history=inbox.parent / history)
    return batch.run(batch.plan(files, out), OPTIONS, replace(settings, **changed), lambda _: None)


def said(out: Path, stem: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((out / stem / f"{stem}-report.json").read_bytes())
    return found


def periods(out: Path, stem: str) -> list[str]:
    return [period["start"] for period in said(out, stem)["history"]["periods"]]


def outputs(out: Path) -> dict[str, bytes]:
    """What a run made, but for how long it took."""
    return {
        str(path.relative_to(out)): path.read_bytes()
        for path in sorted(out.rglob("*-report.*"))
        if path.is_file()
    }


def test_each_report_of_a_folder_knows_the_earlier_ones(inbox: Path, tmp_path: Path) -> None:
    """All at once, one by one or two at a time: the same outputs, and one line of history a workbook."""
    assert all(outcome.status != "failed" for outcome in run(inbox, tmp_path / "one"))
    run(inbox, tmp_path / "two", jobs=2, history="other.sqlite")
    assert periods(tmp_path / "one", "c-first") == ["2026-01-01"]
    assert periods(tmp_path / "one", "a-second") == ["2026-01-01", "2026-04-01"]
    assert periods(tmp_path / "one", "b-third") == ["2026-01-01", "2026-04-01", "2026-07-01"]
    assert outputs(tmp_path / "one") == outputs(tmp_path / "two")
    assert len(outputs(tmp_path / "one")) == 6
    assert len(History(tmp_path / "h.sqlite").records()) == 3


def test_what_is_unchanged_is_neither_read_nor_made_again(
    inbox: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    run(inbox, tmp_path / "out")

    def refuse(*_: object) -> None:
        raise AssertionError("put again")

    monkeypatch.setattr(History, "put", lambda _, records: refuse() if list(records) else None)
    assert all(outcome.skipped for outcome in run(inbox, tmp_path / "out"))


def test_a_new_earlier_period_makes_the_later_reports_again(inbox: Path, tmp_path: Path) -> None:
    """The first quarter comes last, and changes what the others say; a stranger changes nothing."""
    first = inbox / "c-first.xlsx"
    late = tmp_path / first.name
    first.rename(late)
    run(inbox, tmp_path / "out")
    late.rename(first)
    skipped = {Path(outcome.source).name: outcome.skipped for outcome in run(inbox, tmp_path / "out")}
    assert skipped == {"a-second.xlsx": False, "b-third.xlsx": False, "c-first.xlsx": False}
    assert len(periods(tmp_path / "out", "b-third")) == 3
    History(tmp_path / "h.sqlite").put([SEPTEMBER, OCTOBER])
    assert all(outcome.skipped for outcome in run(inbox, tmp_path / "out"))


def test_a_period_sent_again_takes_the_place_of_what_was_there(inbox: Path, tmp_path: Path) -> None:
    """The second quarter with another revenue: the third one's change follows."""
    run(inbox, tmp_path / "out")
    changes = histories.QUARTERS[1]
    corrected = {**changes, "clients": {**changes["clients"], "revenue": 232000}}
    (inbox / "a-second.xlsx").write_bytes(histories.workbook(short(corrected)))
    done = {Path(outcome.source).name: outcome.skipped for outcome in run(inbox, tmp_path / "out")}
    assert done == {"a-second.xlsx": False, "b-third.xlsx": False, "c-first.xlsx": True}
    series = said(tmp_path / "out", "b-third")["history"]["series"]
    revenue = next(one for one in series if one["metric"] == "revenue_monthly")
    assert revenue["change"]["value"] == pytest.approx(4000)
    assert len(History(tmp_path / "h.sqlite").records()) == 3


def test_two_workbooks_of_one_period_are_told_and_the_last_by_name_counts(
    inbox: Path, tmp_path: Path
) -> None:
    """The second quarter twice: the copy with more revenue is the last by name, whoever is read first."""
    changes = histories.QUARTERS[1]
    other = {**changes, "clients": {**changes["clients"], "revenue": 232000}}
    (inbox / "z-second.xlsx").write_bytes(histories.workbook(short(other)))
    for jobs in (1, 2):
        out = tmp_path / f"out{jobs}"
        done = {Path(one.source).name: one for one in run(inbox, out, jobs, history=f"{jobs}.sqlite")}
        for name in ("a-second.xlsx", "z-second.xlsx"):
            assert any("the last one by name: z-second.xlsx" in note for note in done[name].notes)
        assert not any("by name" in note for note in done["b-third.xlsx"].notes)
        series = said(out, "b-third")["history"]["series"]
        revenue = next(one for one in series if one["metric"] == "revenue_monthly")
        assert revenue["change"]["value"] == pytest.approx(4000)
    assert outputs(tmp_path / "out1") == outputs(tmp_path / "out2")
    for _ in range(2):
        assert all(one.skipped for one in run(inbox, tmp_path / "out1", history="1.sqlite"))
        second = History(tmp_path / "1.sqlite").records()[1]
        assert second.metrics["revenue_monthly"].value == pytest.approx(232000 / 3)


class OneByOne:
    """Does each piece of work at once, before the next file is looked at."""

    number = 0

    def submit(self, _seconds: float, function: Callable[..., Any], *arguments: Any) -> Future[Any]:
        work: Future[Any] = Future()
        work.set_result(function(*arguments))
        return work

    def result(self, work: Future[Any]) -> Any:
        return work.result()


def test_the_last_by_name_counts_though_it_is_kept_already_and_the_other_is_read_anew(
    inbox: Path, tmp_path: Path
) -> None:
    """The other one's results were replaced, so it is read again; they must not come back."""
    changes = histories.QUARTERS[1]
    other = {**changes, "clients": {**changes["clients"], "revenue": 232000}}
    (inbox / "z-second.xlsx").write_bytes(histories.workbook(short(other)))
    waiting = list(map(Order, batch.plan(batch.find_workbooks([inbox]), tmp_path / "out")))
    for _ in range(2):
        Earlier(tmp_path / "h.sqlite", OPTIONS).read(waiting, OneByOne())  # type: ignore[arg-type]
        second = History(tmp_path / "h.sqlite").records()[1]
        assert second.metrics["revenue_monthly"].value == pytest.approx(232000 / 3)


def test_without_a_history_a_result_says_nothing_of_one(inbox: Path, tmp_path: Path) -> None:
    files = batch.find_workbooks([inbox])
    out = tmp_path / "out"
    batch.run(batch.plan(files, out), OPTIONS, batch.Settings(out), lambda _: None)
    assert "history" not in said(tmp_path / "out", "b-third")
    assert not list(tmp_path.glob("*.sqlite"))


def test_a_workbook_that_cannot_be_read_stops_nobody_elses_history(inbox: Path, tmp_path: Path) -> None:
    (inbox / "broken.xlsx").write_bytes(b"PK\x03\x04 and no more")
    done = {Path(outcome.source).name: outcome for outcome in run(inbox, tmp_path / "out")}
    assert done["broken.xlsx"].status == "refused"
    assert len(periods(tmp_path / "out", "b-third")) == 3


def test_a_file_that_is_no_history_stops_a_run_before_it_begins(inbox: Path, tmp_path: Path) -> None:
    (tmp_path / "h.sqlite").write_text("no database" * 100)
    with refused("no history of sheetreport"):
        run(inbox, tmp_path / "out")
    assert not list((tmp_path / "out").rglob("*-report.json"))


# --- the command --------------------------------------------------------------------------------------------


@pytest.fixture
def kept(tmp_path: Path) -> Path:
    file = tmp_path / "clients.sqlite"
    bold = replace(OCTOBER, company="Ёлка (вымышленная)", goals=(KeptGoal("=1+1", "at_risk", None),))
    History(file, create=True).put([OCTOBER, SEPTEMBER, bold])
    return file


def command(*arguments: str | Path) -> Result:
    return CliRunner().invoke(app, ["history", *map(str, arguments)])


def test_clients_are_listed_in_both_languages(kept: Path) -> None:
    said = command("list", kept, "--lang", "en").output.replace("\N{NO-BREAK SPACE}", " ").splitlines()
    assert said == [
        "Paper Boat (fictional): 2 periods, 1 September – 31 October 2026",
        "Ёлка (вымышленная): 1 period, 1–31 October 2026",
    ]
    assert "2 периода, 1 сентября – 31 октября 2026 г." in command(
        "list", kept, "--lang", "ru"
    ).output.replace("\N{NO-BREAK SPACE}", " ")


def test_everything_or_one_client_is_exported(kept: Path) -> None:
    everything = json.loads(command("export", kept).output)
    assert len(everything) == 3
    (own,) = json.loads(command("export", kept, "--client", "елка (вымышленная)").output)
    assert own["period"] == {"start": "2026-10-01", "end": "2026-10-31", "type": "month"}
    nps = next(entry for entry in own["metrics"] if entry["id"] == "nps")
    assert (nps["value"], nps["interval"], nps["status"]) == (26.0, [9.0, 41.0], "ok")
    cac = next(entry for entry in own["metrics"] if entry["id"] == "cac")
    assert (cac["value"], cac["status"], cac["reason"]) == (None, "not_computable", "zero_new_clients")


def test_a_table_holds_no_formula(kept: Path) -> None:
    rows = list(csv.DictReader(io.StringIO(command("export", kept, "--csv").output)))
    assert len(rows) == 3 * 4 + 2  # two metrics, health and an area each; two goals
    assert next(row for row in rows if row["text"])["text"] in ("100 leads", "'=1+1")
    assert [row["text"] for row in rows if row["client"].startswith("Ё") and row["kind"] == "goal"] == [
        "'=1+1"
    ]
    cac = next(row for row in rows if row["id"] == "cac")
    assert (cac["value"], cac["reason"]) == ("", "zero_new_clients")


def test_a_client_is_removed_and_another_renamed(kept: Path) -> None:
    assert command("remove", kept, "--client", OCTOBER.company).exit_code == ExitCode.DONE
    assert [client.name for client in History(kept).clients()] == ["Ёлка (вымышленная)"]
    assert (
        command("rename", kept, "--client", "Ёлка (вымышленная)", "--to", "Сосна").exit_code == ExitCode.DONE
    )
    assert [client.name for client in History(kept).clients()] == ["Сосна"]


@pytest.mark.parametrize("words", [("remove", "--client", "Nobody"), ("export", "--client", "Nobody")])
def test_a_client_nobody_knows_is_a_usage_error(words: tuple[str, ...], kept: Path) -> None:
    failed = command(words[0], kept, *words[1:])
    assert isinstance(failed.exception, UsageError)
    assert "no client 'Nobody'" in refusal(failed.exception)
