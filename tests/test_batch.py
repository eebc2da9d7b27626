"""A folder of workbooks: which are meant, where outputs go, and that they appear whole or not at all."""

from __future__ import annotations

import json
import os
from dataclasses import replace
from pathlib import Path

import pytest

from sheetreport import batch
from sheetreport.errors import ExitCode, UsageError
from sheetreport.pipeline import Options, Outcome

OPTIONS = Options(pdf=False)


@pytest.mark.parametrize(
    ("name", "stem"),
    [
        ("Барбершоп «Борода и чай»", "Барбершоп «Борода и чай»"),
        ("a/b\\c:d*e?", "a_b_c_d_e_"),
        ("CON", "_CON"),
        ("con.old", "_con.old"),
        ("name. . ", "name"),
        ("...", "_"),
        ("и\u0306", "й"),
        ("я" * 80, "я" * 50),
    ],
)
def test_a_stem_is_safe_on_every_system(name: str, stem: str) -> None:
    assert batch.safe_stem(name) == stem


def test_equal_names_get_folders_of_their_own(tmp_path: Path) -> None:
    files = [tmp_path / "a" / "Client.xlsx", tmp_path / "b" / "client.xlsx", tmp_path / "other.xlsx"]
    folders = [job.folder for job in batch.plan(files, tmp_path / "out")]
    assert len({str(folder).casefold() for folder in folders}) == 3
    assert folders[2] == tmp_path / "out" / "other"


def test_a_folder_gives_its_workbooks_and_nothing_else(tmp_path: Path) -> None:
    wanted = [tmp_path / "client.xlsx", tmp_path / "sub" / "second.XLSM"]
    others = [
        tmp_path / "~$client.xlsx",
        tmp_path / ".hidden.xlsx",
        tmp_path / ".cache" / "x.xlsx",
        tmp_path / "client-report.xlsx",
        tmp_path / "client-corrections.xlsx",
        tmp_path / "notes.docx",
        tmp_path / "out" / "client" / "data.xlsx",
    ]
    for file in (*wanted, *others):
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(b"")
    assert sorted(batch.find_workbooks([tmp_path], tmp_path / "out")) == sorted(wanted)
    assert batch.find_workbooks([wanted[0], tmp_path, wanted[0]], tmp_path / "out").count(wanted[0]) == 1


def test_a_path_that_does_not_exist_is_a_usage_error(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="no such file"):
        batch.find_workbooks([tmp_path / "nowhere"])


def job(tmp_path: Path, data: bytes) -> batch.Job:
    source = tmp_path / "in" / "client.xlsx"
    source.parent.mkdir(exist_ok=True)
    source.write_bytes(data)
    return batch.plan([source], tmp_path / "out")[0]


def test_outputs_appear_under_the_stem_and_the_source_stays_as_it_was(tmp_path: Path, filled: bytes) -> None:
    made = job(tmp_path, filled)
    outcome = batch.make(made, OPTIONS)
    assert (outcome.code, outcome.error, outcome.status) == (ExitCode.DONE, None, "complete")
    assert sorted(file.name for file in made.folder.iterdir()) == ["client-report.json", "client-report.xlsx"]
    assert made.source.read_bytes() == filled
    assert json.loads((made.folder / "client-report.json").read_bytes())["status"] == "complete"


def test_a_refused_workbook_leaves_no_older_report_behind(tmp_path: Path, filled: bytes) -> None:
    made = job(tmp_path, filled)
    batch.make(made, OPTIONS)
    made.source.write_bytes(b"this is not a workbook")
    outcome = batch.make(made, OPTIONS)
    assert (outcome.status, outcome.code) == ("refused", ExitCode.WORKBOOK_ERRORS)
    assert [file.name for file in made.folder.iterdir()] == ["client-report.json"]
    assert outcome.findings["error"] >= 1


def test_a_defect_in_one_file_is_that_file_s_outcome(
    tmp_path: Path, filled: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object) -> Outcome:
        raise RuntimeError("wheel came off")

    monkeypatch.setattr(batch, "process", broken)
    outcome = batch.make(job(tmp_path, filled), OPTIONS)
    assert outcome.code == ExitCode.DEFECT
    assert "wheel came off" in str(outcome.error)


def test_a_failed_write_leaves_the_old_file_whole(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    target = tmp_path / "report.json"
    batch.write_atomically(target, b"old")

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OSError, match="No space"):
        batch.write_atomically(target, b"new")
    assert target.read_bytes() == b"old"
    assert [file.name for file in tmp_path.iterdir()] == ["report.json"]


def test_unchanged_files_are_passed_over_until_forced_or_changed(tmp_path: Path, filled: bytes) -> None:
    made = job(tmp_path, filled)

    def run(*, force: bool = False, options: Options = OPTIONS) -> batch.FileOutcome:
        (outcome,) = batch.run([made], options, 1, lambda _: None, force=force)
        batch.write_summary(tmp_path / "out", [outcome])
        return outcome

    assert run().skipped is False
    assert run().skipped is True
    assert run(force=True).skipped is False
    assert run(options=replace(OPTIONS, language="en")).skipped is False
    made.folder.joinpath("client-report.xlsx").unlink()
    assert run(options=replace(OPTIONS, language="en")).skipped is False
    made.source.write_bytes(b"something else")
    assert run(options=replace(OPTIONS, language="en")).status == "refused"


def test_two_workers_give_what_one_gives(tmp_path: Path, filled: bytes) -> None:
    sources = []
    for name in ("one", "two", "bad"):
        source = tmp_path / f"{name}.xlsx"
        source.write_bytes(filled if name != "bad" else b"no workbook")
        sources.append(source)

    def outputs(workers: int) -> dict[str, bytes]:
        out = tmp_path / f"out{workers}"
        outcomes = batch.run(batch.plan(sources, out), OPTIONS, workers, lambda _: None, force=True)
        assert [outcome.code for outcome in outcomes] == [0, 0, 1]
        return {str(file.relative_to(out)): file.read_bytes() for file in out.rglob("*") if file.is_file()}

    assert outputs(1) == outputs(2)
