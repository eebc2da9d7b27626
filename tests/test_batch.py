"""A folder of workbooks: which are meant, where outputs go, and that they appear whole or not at all."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import zipfile
from dataclasses import replace
from functools import partial
from io import BytesIO
from pathlib import Path

import pytest

from sheetreport import batch, confined
from sheetreport.batch.jobs import OWN
from sheetreport.errors import ExitCode
from sheetreport.model import Status
from sheetreport.pipeline import Options
from tests.said import refused

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
    wanted = [
        tmp_path / "client.xlsx",
        tmp_path / "client-corrections.xlsx",  # it came back
        tmp_path / "sub" / "second.XLSM",
    ]
    others = [
        tmp_path / "~$client.xlsx",
        tmp_path / ".hidden.xlsx",
        tmp_path / ".cache" / "x.xlsx",
        tmp_path / "client-report.xlsx",
        tmp_path / "made" / "client-corrections.xlsx",
        tmp_path / "made" / "client-report.json",
        tmp_path / "notes.docx",
        tmp_path / "out" / "client" / "data.xlsx",
        tmp_path / "earlier" / OWN / "aside" / "client" / "report.xlsx",
    ]
    for file in (*wanted, *others):
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(b"")
    assert sorted(batch.find_workbooks([tmp_path], tmp_path / "out")) == sorted(wanted)
    assert batch.find_workbooks([wanted[0], tmp_path, wanted[0]], tmp_path / "out").count(wanted[0]) == 1


def test_a_path_that_does_not_exist_is_a_usage_error(tmp_path: Path) -> None:
    with refused("no such file"):
        batch.find_workbooks([tmp_path / "nowhere"])


def test_what_a_client_sent_instead_of_a_workbook_is_named(tmp_path: Path) -> None:
    sent = ["inbox/answers.pdf", "inbox/deep/photo.JPG"]
    passed = ["inbox/.hidden.pdf", "inbox/client-report.pdf", "inbox/notes.yaml", "out/client/other.pdf"]
    for name in (*sent, *passed):
        file = tmp_path / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(b"%PDF-1.7")
    assert batch.find_papers([tmp_path], [], tmp_path / "out") == [tmp_path / name for name in sent]
    assert batch.find_workbooks([tmp_path], tmp_path / "out") == []
    assert batch.find_papers([tmp_path / sent[0]], []) == []
    beside = batch.find_papers([tmp_path / "inbox"], [tmp_path / sent[0]])
    assert beside == [tmp_path / sent[1]]  # a workbook by its content is none, whatever it is called


def job(tmp_path: Path, data: bytes) -> batch.Job:
    source = tmp_path / "in" / "client.xlsx"
    source.parent.mkdir(exist_ok=True)
    source.write_bytes(data)
    return batch.plan([source], tmp_path / "out")[0]


def make(one: batch.Job) -> batch.FileOutcome:
    """The outcome of one job, made whatever was made before."""
    (outcome,) = batch.run([one], OPTIONS, settings(one, force=True), lambda _: None)
    return outcome


def settings(one: batch.Job, *, force: bool = False) -> batch.Settings:
    return batch.Settings(one.folder.parent, force=force)


def test_outputs_appear_under_the_stem_and_the_source_stays_as_it_was(tmp_path: Path, filled: bytes) -> None:
    made = job(tmp_path, filled)
    outcome = make(made)
    assert (outcome.code, outcome.error, outcome.status) == (ExitCode.DONE, None, "complete")
    names = ["client-corrections.xlsx", "client-report.json", "client-report.xlsx"]
    assert sorted(file.name for file in made.folder.iterdir()) == names
    assert made.source.read_bytes() == filled
    assert json.loads((made.folder / "client-report.json").read_bytes())["status"] == "complete"


def test_a_refused_workbook_leaves_no_older_report_behind(tmp_path: Path, filled: bytes) -> None:
    made = job(tmp_path, filled)
    make(made)
    made.source.write_bytes(b"this is not a workbook")
    outcome = make(made)
    assert (outcome.status, outcome.code) == ("refused", ExitCode.WORKBOOK_ERRORS)
    assert [file.name for file in made.folder.iterdir()] == ["client-report.json"]
    assert outcome.findings["error"] >= 1


def fail(*_: object) -> None:
    """Work with a defect in it."""
    raise ValueError("a wheel came off")


def die(*_: object) -> None:
    """Work that takes its process with it."""
    os.abort()


def give(examined: confined.Examined, *_: object) -> confined.Examined:
    """Work that finds out what is known already."""
    return examined


def test_a_defect_in_one_file_is_that_file_s_outcome(
    tmp_path: Path, filled: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(confined, "examine", fail)
    outcome = make(job(tmp_path, filled))
    assert outcome.code == ExitCode.DEFECT
    assert "a wheel came off" in str(outcome.error)


def test_folders_that_nobody_may_look_into_are_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("open", "closed/below", ".hidden"):
        (tmp_path / name).mkdir(parents=True)
    kept = {tmp_path / "closed", tmp_path / ".hidden"}
    monkeypatch.setattr(os, "access", lambda path, _: path not in kept)
    assert batch.find_closed([tmp_path, tmp_path / "open" / "a.xlsx"]) == [tmp_path / "closed"]


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


def test_what_can_not_be_written_is_called_by_its_own_name(tmp_path: Path) -> None:
    target = tmp_path / "missing" / "report.json"
    with pytest.raises(OSError, match="No such file") as found:
        batch.write_atomically(target, b"new")
    assert found.value.filename == str(target)


_DIES_WHILE_WRITING = """
import os, sys
from pathlib import Path
from sheetreport import batch
owner, name = {"fsync": (os, "fsync"), "move": (Path, "replace")}[sys.argv[2]]
setattr(owner, name, lambda *_: os._exit(9))
batch.write_atomically(Path(sys.argv[1]), b"new")
"""


@pytest.mark.parametrize("moment", ["fsync", "move"])
def test_a_crash_between_writing_and_moving_leaves_what_was_there(tmp_path: Path, moment: str) -> None:
    target = tmp_path / "report.json"
    target.write_bytes(b"old")
    command = [sys.executable, "-c", _DIES_WHILE_WRITING, str(target), moment]
    assert subprocess.run(command, cwd=Path(__file__).parent.parent, check=False).returncode == 9
    assert target.read_bytes() == b"old"


def test_a_worker_that_dies_leaves_no_outputs(
    tmp_path: Path, filled: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(confined, "render", die)
    made = job(tmp_path, filled)
    outcome = make(made)
    assert (outcome.status, outcome.code, outcome.attempts) == ("failed", ExitCode.DEFECT, 2)
    assert outcome.error == "tried twice: the process that made the outputs ended"
    assert not made.folder.exists()


def test_a_worker_that_dies_where_nothing_can_be_written_costs_only_its_file(
    tmp_path: Path, filled: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(confined, "examine", die)
    made = job(tmp_path, filled)
    made.folder.parent.mkdir()
    made.folder.write_bytes(b"in the way")
    outcome = make(made)
    assert (outcome.status, outcome.code, outcome.attempts) == ("failed", ExitCode.USAGE, 2)
    assert "something else of that name is in the way" in str(outcome.error)


def test_a_workbook_without_an_ending_is_found_by_its_content(tmp_path: Path) -> None:
    archive = BytesIO()
    with zipfile.ZipFile(archive, "w") as package:
        package.writestr("xl/workbook.xml", "<a/>")
    named = {"client": archive.getvalue(), "client.xlsx.bak": archive.getvalue(), "notes.txt": b"text"}
    for name, content in named.items():
        (tmp_path / name).write_bytes(content)
    assert [file.name for file in batch.find_workbooks([tmp_path])] == ["client", "client.xlsx.bak"]


def test_a_lock_file_is_left_alone_even_when_named(tmp_path: Path) -> None:
    for name in ("~$client.xlsx", "client.xlsx"):
        (tmp_path / name).write_bytes(b"x")
    found = batch.find_workbooks(sorted(tmp_path.iterdir()))
    assert [file.name for file in found] == ["client.xlsx"]


def test_unchanged_files_are_passed_over_until_forced_or_changed(tmp_path: Path, filled: bytes) -> None:
    made = job(tmp_path, filled)

    def run(*, force: bool = False, options: Options = OPTIONS) -> batch.FileOutcome:
        (outcome,) = batch.run([made], options, settings(made, force=force), lambda _: None)
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
        outcomes = batch.run(batch.plan(sources, out), OPTIONS, batch.Settings(out, workers), lambda _: None)
        assert [outcome.code for outcome in outcomes] == [0, 0, 1]
        files = (file for folder in out.iterdir() if folder.name != OWN for file in folder.iterdir())
        return {str(file.relative_to(out)): file.read_bytes() for file in files}

    assert outputs(1) == outputs(2)


@pytest.mark.parametrize("status", [Status.REFUSED, "refused"])
def test_a_refused_file_gives_exit_code_1_whatever_its_findings(
    tmp_path: Path, status: str, monkeypatch: pytest.MonkeyPatch, filled: bytes
) -> None:
    made = job(tmp_path, filled)
    examined = confined.examine(filled, made.source.name, OPTIONS)
    document = {**examined.document, "status": status, "findings": []}
    monkeypatch.setattr(confined, "examine", partial(give, replace(examined, document=document, copy=None)))
    outcome = make(made)
    assert outcome.findings["error"] == 0
    assert outcome.code == ExitCode.WORKBOOK_ERRORS
