"""Outputs on the disk: whole or absent, all of a workbook's or none, whatever happens meanwhile."""

from __future__ import annotations

import errno
import multiprocessing
import os
import signal
import sys
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from filelock import FileLock

from sheetreport import confined
from sheetreport.batch import journal, writing
from sheetreport.batch.jobs import OWN
from sheetreport.batch.writing import DiskError
from sheetreport.errors import ExitCode
from sheetreport.i18n import Wording
from sheetreport.pipeline import Options
from tests import batches
from tests.batches import left_behind, made, run, workbooks
from tests.said import refused, said

FULL = OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))


@pytest.fixture(autouse=True)
def work_that_costs_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(confined, "examine", batches.examine)
    monkeypatch.setattr(confined, "render", batches.render)
    monkeypatch.setattr(writing, "_PAUSES", (0.0, 0.0))


def held_open(monkeypatch: pytest.MonkeyPatch, name: str, times: int = 1000) -> list[str]:
    """Have another program hold the file of this name, as Excel does on Windows, for so many attempts."""
    refused: list[str] = []
    replace, unlink = Path.replace, Path.unlink

    def refuse(path: Path) -> None:
        if path.name == name and len(refused) < times:
            refused.append(str(path))
            raise PermissionError(errno.EACCES, os.strerror(errno.EACCES), "elsewhere", None, str(path))

    def replaces(self: Path, target: Path) -> Path:
        refuse(target)
        return replace(self, target)

    def unlinks(self: Path, missing_ok: bool = False) -> None:
        refuse(self)
        unlink(self, missing_ok)

    monkeypatch.setattr(Path, "replace", replaces)
    monkeypatch.setattr(Path, "unlink", unlinks)
    return refused


# Whatever comes first in a set or last: the others are as they were.
@pytest.mark.parametrize("name", ["client-report.json", "client-report.xlsx", "client-report.pdf"])
def test_an_output_open_elsewhere_keeps_the_set_as_it_was(
    tmp_path: Path, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    out = tmp_path / "out"
    files = workbooks(tmp_path / "in", {"client": "old", "other": "old"})
    run(files, out, Options(pdf=True))
    before = made(out)
    workbooks(tmp_path / "in", {"client": "new", "other": "new"})
    with monkeypatch.context() as patched:
        held_open(patched, name)
        client, other = run(files, out, Options(pdf=True))
    assert (client.status, client.code) == ("failed", ExitCode.USAGE)
    assert name in str(client.error)
    assert "open in Excel" in str(client.error)
    assert other.error is None
    after = made(out)
    assert {key: data for key, data in after.items() if key.startswith("client/")} == {
        key: data for key, data in before.items() if key.startswith("client/")
    }
    assert after["other/other-report.json"] == b"report.json new"
    assert left_behind(out) == []
    assert [outcome.skipped for outcome in run(files, out, Options(pdf=True))] == [False, True]
    assert set(made(out).values()) == {f"report.{kind} new".encode() for kind in ("json", "xlsx", "pdf")}


def test_an_output_that_goes_is_part_of_the_set(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without a PDF this time, that of the last run goes, unless it is open: then nothing changes."""
    out = tmp_path / "out"
    files = workbooks(tmp_path / "in", {"client": "old"})
    run(files, out, Options(pdf=True))
    before = made(out)
    workbooks(tmp_path / "in", {"client": "new"})
    with monkeypatch.context() as patched:
        held_open(patched, "client-report.pdf")
        (outcome,) = run(files, out)
    assert "client-report.pdf" in str(outcome.error)
    assert made(out) == before
    assert [outcome.error for outcome in run(files, out)] == [None]
    assert sorted(made(out)) == ["client/client-report.json", "client/client-report.xlsx"]


def test_a_file_that_is_held_for_a_moment_is_waited_for(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    files = workbooks(tmp_path / "in", {"client": "words"})
    refused = held_open(monkeypatch, "client-report.xlsx", times=2)
    (outcome,) = run(files, tmp_path / "out")
    assert (len(refused), outcome.error) == (2, None)


def test_a_file_system_without_links_keeps_sets_whole_too(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def no_links(*_: object) -> None:
        raise OSError(errno.EPERM, os.strerror(errno.EPERM))

    monkeypatch.setattr(Path, "hardlink_to", no_links)
    test_an_output_open_elsewhere_keeps_the_set_as_it_was(tmp_path, "client-report.xlsx", monkeypatch)


@pytest.mark.parametrize("what", ["folder", "file"])
def test_what_is_in_the_way_stops_its_own_file_alone(tmp_path: Path, what: str) -> None:
    out = tmp_path / "out"
    files = workbooks(tmp_path / "in", {"client": "words", "other": "words"})
    blocked = out / "client"
    if what == "file":
        out.mkdir()
        blocked.write_bytes(b"a file of the owner's")
    else:
        blocked = out / "client" / "client-report.xlsx"
        blocked.mkdir(parents=True)
    client, other = run(files, out)
    assert (client.code, other.error) == (ExitCode.USAGE, None)
    assert f"{blocked}: something else of that name is in the way" in str(client.error)
    assert [name for name in made(out) if name.startswith("client/")] == []


def test_a_folder_that_can_t_be_made_is_said_once(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"")
    files = workbooks(tmp_path / "in", {"client": "words", "other": "words"})
    with refused("something else of that name is in the way"):
        run(files, tmp_path / "file" / "out")


@pytest.mark.parametrize(
    ("number", "why"), [(errno.EROFS, "the disk can only be read"), (errno.EACCES, "no permission; choose")]
)
def test_a_folder_that_may_only_be_read_is_said_once(
    tmp_path: Path, number: int, why: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def read_only(*_: object, **__: object) -> None:
        raise OSError(number, os.strerror(number), str(tmp_path / "out" / OWN))

    files = workbooks(tmp_path / "in", {"client": "words", "other": "words"})
    monkeypatch.setattr(Path, "mkdir", read_only)
    with refused(f"can't write to .*out: {why}"):
        run(files, tmp_path / "out")


def test_what_stops_a_file_or_all_of_them_is_said_in_the_reader_s_language(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    out, russian = tmp_path / "out", Wording("ru")
    files = workbooks(tmp_path / "in", {"client": "words", "other": "words"})
    (out / "client").mkdir(parents=True)
    (out / "client" / "client-report.xlsx").mkdir()
    client, _ = run(files, out, wording=russian)
    blocked = out / "client" / "client-report.xlsx"
    assert client.error == f"не удалось записать {blocked}: там уже лежит что-то другое с этим именем"

    def full(_: int) -> None:
        raise FULL

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(DiskError) as stopped:
        run(files[1:], out, force=True, wording=russian)
    assert russian.say(stopped.value.message) == (
        f"не удалось записать в {out / 'other'}: на диске нет места. Готово файлов: 0 из 1, они остаются на"
        " месте. Исправьте это и повторите ту же команду: она продолжит с того же места."
    )


# Among the first file's outputs, its line in the journal, and the files after it.
@pytest.mark.parametrize("after", range(9))
def test_a_full_disk_ends_the_batch_once_and_loses_nothing(
    tmp_path: Path, after: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    out = tmp_path / "out"
    files = workbooks(tmp_path / "in", {"one": "old", "two": "old", "three": "old"})
    if after % 2:  # over outputs of an earlier run as well as into an empty folder
        run(files, out)
        workbooks(tmp_path / "in", {"one": "new", "two": "new", "three": "new"})
    before, calls = made(out), iter(range(after))
    sync = os.fsync

    def full(file: int) -> None:
        if next(calls, None) is None:
            raise FULL
        sync(file)

    with monkeypatch.context() as patched:
        patched.setattr(os, "fsync", full)
        with pytest.raises(DiskError) as stopped:
            run(files, out, several=True)
    problem = said(stopped.value)
    assert "the disk is full" in problem
    assert "of 3 files are finished" in problem
    assert_sets_are_whole(made(out), before)
    assert left_behind(out) == []
    finished = {name: (out / name).stat().st_ino for name in made(out) if name != "batch.json"}
    number = int(problem.split(" of 3 ")[0].split()[-1])
    outcomes = run(files, out)
    kept = [outcome for outcome in outcomes if outcome.skipped]
    assert len(kept) == number
    for outcome in kept:
        for name in (Path(output).relative_to(out).as_posix() for output in outcome.outputs):
            assert (out / name).stat().st_ino == finished[name]
    assert_finished(out, "new" if after % 2 else "old", "one", "two", "three")


def assert_sets_are_whole(now: dict[str, bytes], before: dict[str, bytes]) -> None:
    """Every file is whole, and those of one workbook are all of one run."""
    sets: dict[str, set[bytes]] = {}
    for name, data in now.items():
        if name != "batch.json":
            kind, words = data.split(b" ")
            assert name.endswith(kind.decode())
            sets.setdefault(name.split("/")[0], set()).add(words)
    for folder, held in sets.items():
        names = {name.rpartition("-")[2] for name in now if name.startswith(f"{folder}/")}
        assert (len(held), names) == (1, {"report.json", "report.xlsx"})
    assert {name.split("/")[0] for name in before} <= {*sets, "batch.json"}


def assert_finished(out: Path, words: str, *stems: str) -> None:
    files = {name: data for name, data in made(out).items() if name != "batch.json"}
    assert files == {
        f"{stem}/{stem}-{ending}": f"{ending} {words}".encode()
        for stem in stems
        for ending in ("report.json", "report.xlsx")
    }


def test_a_second_run_into_the_same_folder_is_told_so(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(writing, "_LOCK_SECONDS", 0.1)
    out = tmp_path / "out"
    files = workbooks(tmp_path / "in", {"client": "words"})
    run(files, out)
    with FileLock(out / OWN / "lock"), refused("another run is writing to"):
        run(files, out)
    assert [outcome.skipped for outcome in run(files, out)] == [True]


# --- killed at every step of writing ------------------------------------------------------------------------


def killed_at(step: int, work: Callable[[], object]) -> bool:
    """Whether a process that does this work is killed before its step of this number on the disk."""
    process = multiprocessing.get_context("fork").Process(target=_dies, args=(step, work))
    process.start()
    process.join()
    assert process.exitcode in (0, -signal.SIGKILL)
    return process.exitcode != 0


def _dies(step: int, work: Callable[[], object]) -> None:
    count = iter(range(step))

    def counted(function: Callable[..., Any]) -> Callable[..., Any]:
        def call(*args: Any, **kwargs: Any) -> Any:
            if next(count, None) is None:
                os.kill(os.getpid(), signal.SIGKILL)
            return function(*args, **kwargs)

        return call

    for owner, name in (
        (os, "fsync"),
        (Path, "replace"),
        (Path, "unlink"),
        (Path, "hardlink_to"),
        (Path, "mkdir"),
        (os, "unlink"),
        (os, "rmdir"),
        (journal, "_write_whole"),
    ):
        setattr(owner, name, counted(getattr(owner, name)))
    work()
    os._exit(0)


@pytest.mark.skipif(sys.platform == "win32", reason="processes of POSIX")
@pytest.mark.parametrize(("again", "taken_back"), [(False, False), (True, False), (True, True)])
def test_killed_at_every_step_of_writing(tmp_path: Path, again: bool, taken_back: bool) -> None:
    """What was there or what comes, never a part of a file; the next run goes on from there."""
    step, redone = 0, 0
    while True:
        folder = tmp_path / str(step)
        out = folder / "out"
        words = dict.fromkeys(("one", "two"), "old")
        files = workbooks(folder / "in", words)
        if again:
            run(files, out)
            files = workbooks(folder / "in", dict.fromkeys(words, "new"))
        before = made(out)
        if not killed_at(step, partial(run, files, out)):
            break
        for name, data in made(out).items():
            kind, held = data.decode().split(" ")
            assert name.endswith(kind)
            assert held in ("old", "new")
        assert set(before) <= set(made(out))
        seen = {name: (out / name).stat().st_ino for name in made(out)}
        record = out / OWN / "journal.jsonl"
        finished = record.read_bytes().count(b"\n") - (len(words) if again else 0) if record.exists() else 0
        if taken_back:  # what came is taken back: outputs in part of the new are not those of the old
            files = workbooks(folder / "in", words)
            run(files, out)
            assert_finished(out, "old", *words)
        else:
            outcomes = run(files, out)
            kept = [outcome for outcome in outcomes if outcome.skipped]
            assert len(kept) == finished
            for outcome in kept:
                for output in outcome.outputs:
                    assert Path(output).stat().st_ino == seen[Path(output).relative_to(out).as_posix()]
            redone += len(words) - finished
            assert_finished(out, "new" if again else "old", *words)
        assert left_behind(out) == []
        assert list((out / OWN / "aside").iterdir()) == []
        step += 1
    assert step > 20
    assert taken_back or redone > 0
