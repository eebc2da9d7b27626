"""Many workbooks with bad ones among them, in processes that are killed, hang and die."""

from __future__ import annotations

import json
import multiprocessing
import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import suppress
from io import BytesIO
from itertools import islice
from pathlib import Path
from typing import Any

import openpyxl
import psutil
import pytest

from sheetreport import batch, confined
from sheetreport.batch import FileOutcome, Settings
from sheetreport.batch.jobs import OWN
from sheetreport.bureau.commentary import Commentary
from sheetreport.errors import ExitCode
from sheetreport.pipeline import Options
from sheetreport.read import guard
from tests import fleet
from tests.batches import left_behind, made
from tests.test_read_guard import STRICT, compound_file, package, workbook

ROOT = Path(__file__).parent.parent
OPTIONS = Options(pdf=False, corrections=False)
SMALL = ("core-only-ru", "before-opening-en")
HANGS, DIES, GROWS = "hangs.xlsx", "dies.xlsx", "grows.xlsx"
_GENUINE = confined.examine, confined.render
_KNOWN: dict[str, tuple[confined.Examined, confined.Made]] = {}


def examine(data: bytes, name: str, options: Options) -> confined.Examined:
    """The real result, known in advance where workers are copies of this process; three files stop theirs."""
    if name == HANGS:
        time.sleep(60)
    if name == DIES:
        os.abort()
    if name == GROWS:
        _ = bytearray(4 * 1024**3)
    known = _KNOWN.get(confined.source_of(data, name).sha256)
    return known[0] if known else _GENUINE[0](data, name, options)


def render(
    data: bytes | None, document: dict[str, Any], options: Options, commentary: Commentary | None = None
) -> confined.Made:
    """The real outputs, known in advance where workers are copies of this process."""
    known = _KNOWN.get(document["source"]["sha256"])
    return (
        known[1]
        if known and document["status"] != "refused"
        else _GENUINE[1](data, document, options, commentary)
    )


@pytest.fixture
def different(monkeypatch: pytest.MonkeyPatch) -> list[bytes]:
    """A few different workbooks whose results and outputs cost nothing more."""
    found = list(small(6))
    for data in found:
        examined = _GENUINE[0](data, "client.xlsx", OPTIONS)
        made = _GENUINE[1](None, examined.document, OPTIONS, None)
        _KNOWN[confined.source_of(data, "client.xlsx").sha256] = examined, made
    monkeypatch.setattr(confined, "examine", examine)
    monkeypatch.setattr(confined, "render", render)
    return found


def small(number: int) -> Iterator[bytes]:
    """Workbooks that are quick to read, different ones."""
    clients = (client for client in fleet.fleet(6 * number) if client.file[5:-5] in SMALL)
    return (client.data for client in islice(clients, number))


def saved(book: openpyxl.Workbook) -> bytes:
    stream = BytesIO()
    book.save(stream)
    return stream.getvalue()


def bad(good: bytes) -> dict[str, tuple[bytes, str]]:
    """Twenty files, each bad in a way of its own, with the code of the finding that says so."""
    bomb = {"xl/workbook.xml": b"<a/>", "xl/worksheets/sheet1.xml": b"0" * 100_000_000}
    mimetype = b"application/vnd.oasis.opendocument.text"
    return {
        HANGS: (good, "S-06"),
        DIES: (good, "S-05"),
        GROWS: (good, "S-06"),
        "empty.xlsx": (b"", "S-01"),
        "huge.xlsx": (bytes(guard.MAX_FILE + 1), "S-02"),
        "password.xlsx": (compound_file("EncryptedPackage"), "S-03"),
        "letter.xlsx": ("Добрый день! Вот наши цифры.".encode(), "S-04"),
        "scan.xlsx": (b"%PDF-1.7\n" + bytes(1000), "S-04"),
        "page.xls": (b"<html><table><tr><td>1</td></tr></table></html>", "S-04"),
        "photo.xlsx": (b"\x89PNG\r\n\x1a\n" + bytes(100), "S-04"),
        "word.xlsx": (package({"word/document.xml": b"<a/>"}), "S-04"),
        "text.ods": (package({"mimetype": mimetype, "content.xml": b"<a/>"}), "S-04"),
        "apple.numbers": (package({"Index/Document.iwa": b"x"}), "S-04"),
        "archive.xlsx": (package({"photo.jpg": b"x"}), "S-04"),
        "strict.xlsx": (package({"xl/workbook.xml": STRICT}), "S-04"),
        "half.xlsx": (good[: len(good) // 2], "S-05"),
        "damaged.xlsx": (good[:2000] + bytes(500) + good[2500:], "S-05"),
        "bomb.xlsx": (package(bomb), "S-06"),
        "entity.xlsx": (workbook(sheet1=b'<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>'), "S-06"),
        "theirs.xlsx": (saved(openpyxl.Workbook()), "S-07"),
    }


def outcomes_of(files: Sequence[Path], out: Path, workers: int) -> list[FileOutcome]:
    settings = Settings(out, workers, several=True)
    return batch.run(batch.plan(files, out), OPTIONS, settings, lambda _: None)


def test_two_hundred_workbooks_with_twenty_bad_ones(
    tmp_path: Path, different: list[bytes], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(confined, "READ_SECONDS", 5)
    inbox, out = tmp_path / "in", tmp_path / "out"
    inbox.mkdir()
    for number in range(180):
        (inbox / f"client-{number:03}.xlsx").write_bytes(different[number % len(different)])
    wrong = bad(different[0])
    for name, (data, _) in wrong.items():
        (inbox / name).write_bytes(data)
    files = batch.find_workbooks([inbox], out)
    assert (len(files), len(wrong)) == (200, 20)
    outcomes = outcomes_of(files, out, 2)

    assert max(outcome.code for outcome in outcomes) == ExitCode.WORKBOOK_ERRORS
    reports = [outcome for outcome in outcomes if outcome.code == ExitCode.DONE]
    assert len(reports) == 180
    assert {len(outcome.outputs) for outcome in reports} == {2}
    said = {}
    for outcome in outcomes:
        if outcome.code != ExitCode.DONE:
            assert (outcome.status, outcome.error) == ("refused", None)
            (result,) = outcome.outputs
            said[Path(outcome.source).name] = findings(Path(result))
    assert said == {name: {code} for name, (_, code) in wrong.items()}
    twice = {Path(outcome.source).name for outcome in outcomes if outcome.attempts == 2}
    assert twice == {HANGS, DIES, GROWS}
    assert len(json.loads((out / batch.SUMMARY).read_bytes())["files"]) == 200
    assert left_behind(out) == []

    some = [file for file in files if (file.name in wrong and file.name != HANGS) or file.name < "client-020"]
    alone = outcomes_of(some, tmp_path / "alone", 1)
    together = [outcome for outcome in outcomes if Path(outcome.source) in some]
    assert [told(outcome) for outcome in alone] == [told(outcome) for outcome in together]
    for folder in (tmp_path / "alone").iterdir():
        if folder.is_dir() and not folder.name.startswith("."):
            assert made(folder) == made(out / folder.name)


def findings(result: Path) -> set[str]:
    """The codes of a result's errors, each with words that say what to do."""
    errors = [one for one in json.loads(result.read_bytes())["findings"] if one["severity"] == "error"]
    assert all(one["message"] and one["fix"] for one in errors)
    return {one["code"] for one in errors}


def told(outcome: FileOutcome) -> tuple[Any, ...]:
    """What does not depend on the clock and on where the outputs are."""
    names = [Path(output).name for output in outcome.outputs]
    return outcome.source, outcome.key, outcome.status, outcome.findings, outcome.attempts, names


# --- killed -------------------------------------------------------------------------------------------------


def works(files: Sequence[Path], out: Path) -> None:
    """A batch in a group of processes of its own."""
    os.setpgid(0, 0)
    outcomes_of(files, out, 2)


@pytest.mark.skipif(sys.platform == "win32", reason="processes of POSIX")
def test_killed_at_twenty_random_moments(tmp_path: Path, different: list[bytes]) -> None:
    """No half-written file is ever seen, nothing finished is made again, the end is as without the kills."""
    # As many as a quick computer does not finish between the kills.
    files = [tmp_path / f"client-{number:03}.xlsx" for number in range(150)]
    for number, file in enumerate(files):
        file.write_bytes(different[number % len(different)])
    outcomes_of(files, tmp_path / "undisturbed", 2)
    expected = outputs(tmp_path / "undisturbed")
    moments, out = random.Random(6), tmp_path / "out"
    finished: dict[str, tuple[int, int]] = {}
    caught = 0
    for _ in range(20):
        process = multiprocessing.get_context("fork").Process(target=works, args=(files, out))
        process.start()
        assert process.pid is not None
        os.setpgid(process.pid, process.pid)  # it may be killed before it could do so itself
        wanted, deadline = len(written_down(out)) + moments.randint(0, 2), time.monotonic() + 60
        while len(written_down(out)) < wanted and process.is_alive() and time.monotonic() < deadline:
            time.sleep(0.002)
        process.join(moments.uniform(0, 0.05))
        caught += process.exitcode is None
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.join()
        assert not (outputs(out).items() - expected.items())
        for name, place in places(out, written_down(out)).items():
            assert finished.setdefault(name, place) == place
    assert caught == 20
    assert 0 < len(finished) < len(expected)
    last = outcomes_of(files, out, 2)
    assert outputs(out) == expected
    assert finished.items() <= places(out, written_down(out)).items()
    assert 2 * sum(outcome.skipped for outcome in last) == len(finished)
    assert left_behind(out) == []


def outputs(out: Path) -> dict[str, bytes]:
    return {name: data for name, data in made(out).items() if name != batch.SUMMARY} if out.exists() else {}


def written_down(out: Path) -> set[str]:
    """The folders that the journal says are finished; its last line may be there in part."""
    journal = out / OWN / "journal.jsonl"
    lines = journal.read_bytes().splitlines(keepends=True) if journal.exists() else []
    return {json.loads(line)["folder"] for line in lines if line.endswith(b"\n")}


def places(out: Path, folders: set[str]) -> dict[str, tuple[int, int]]:
    """Which file stands under each name of these folders, and since when."""
    return {
        f"{folder}/{file.name}": (file.stat().st_ino, file.stat().st_mtime_ns)
        for folder in folders
        for file in (out / folder).iterdir()
    }


# --- interrupted --------------------------------------------------------------------------------------------


@pytest.mark.skipif(sys.platform == "win32", reason="signals of POSIX")
@pytest.mark.parametrize(("ending", "everybody"), [(signal.SIGINT, True), (signal.SIGTERM, False)])
def test_an_interrupted_batch_ends_at_once_and_goes_on_next_time(
    tmp_path: Path, ending: signal.Signals, everybody: bool
) -> None:
    """Ctrl-C, which a terminal sends to workers too, and the request of a service manager."""
    inbox, out = tmp_path / "in", tmp_path / "out"
    fleet.write(inbox, 12)
    arguments = ["report", str(inbox), "--out", str(out), "--jobs", "2", "--no-pdf", "--json"]
    command = [sys.executable, "-m", "sheetreport", *arguments]
    environment = {**os.environ, "LC_ALL": "en_GB.UTF-8"}
    with subprocess.Popen(
        command,
        cwd=ROOT,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        start_new_session=True,
    ) as running:
        deadline = time.monotonic() + 60
        while not written_down(out) and time.monotonic() < deadline:
            time.sleep(0.02)
        workers = psutil.Process(running.pid).children()
        started = time.monotonic()
        os.killpg(running.pid, ending) if everybody else running.send_signal(ending)
        printed, said = running.communicate(timeout=30)
    assert time.monotonic() - started < 15
    assert (running.returncode, printed) == (ExitCode.INTERRUPTED, b"")
    done, stopped = said.decode().splitlines()
    assert stopped == "Interrupted. What is finished stays where it is; the same command goes on from there."
    assert len(workers) == 2
    assert not psutil.wait_procs(workers, timeout=20)[1]
    assert left_behind(out) == []
    listed = json.loads((out / batch.SUMMARY).read_bytes())
    assert listed["complete"] is False
    assert {Path(one["outputs"][0]).parent.name for one in listed["files"]} == written_down(out)
    finished = len(listed["files"])
    assert 0 < finished < 12
    # The signal may meet the last of them while its outputs are put in place.
    assert done in {f"Files done: {number} of 12." for number in (finished - 1, finished)}
    again = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, check=False)
    assert again.returncode == ExitCode.DONE
    assert [one["skipped"] for one in json.loads(again.stdout)].count(True) == finished
    assert json.loads((out / batch.SUMMARY).read_bytes())["complete"] is True
