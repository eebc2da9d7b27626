"""`report --watch` as it runs: files arrive slowly, under other names, broken, and again."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from sheetreport.errors import ExitCode
from tests.fleet import fleet, write

ROOT = Path(__file__).parent.parent


class Running:
    """A watch over a folder with its outputs inside."""

    def __init__(self, folder: Path, *options: str | Path) -> None:
        self.out, self._folder = folder / "out", folder
        self._said = (folder.parent / "stderr.txt").open("w+", encoding="utf-8")
        self.process = subprocess.Popen(
            [sys.executable, "-m", "sheetreport", "report", folder, "--out", self.out, "--watch", *options],
            stdout=subprocess.DEVNULL,
            stderr=self._said,
            env=os.environ | {"LC_ALL": "en_GB.UTF-8", "PYTHONPATH": str(ROOT)},
            cwd=folder.parent,
        )

    def files(self) -> dict[str, dict[str, Any]]:
        try:
            listed = json.loads((self.out / "batch.json").read_text(encoding="utf-8"))["files"]
        except FileNotFoundError:
            return {}
        return {Path(entry["source"]).name: entry for entry in listed}

    def until(self, holds: Callable[[dict[str, dict[str, Any]]], bool], seconds: float = 90) -> None:
        end = time.monotonic() + seconds
        while not holds(self.files()):
            assert self.process.poll() is None, self.said()
            assert time.monotonic() < end, (self.said(), self.files())
            time.sleep(0.05)

    def said(self) -> str:
        self._said.seek(0)
        return self._said.read()

    def stop(self, number: int) -> int:
        self.process.send_signal(number)
        return self.process.wait(timeout=20)

    def close(self) -> None:
        self.process.kill()
        self.process.wait()
        self._said.close()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    folder = tmp_path / "in"
    folder.mkdir()
    return folder


@pytest.fixture
def running(folder: Path) -> Iterator[Running]:
    notes = folder.parent / "notes"
    notes.mkdir()
    (notes / "stuck.md").write_text("## No such chapter\n\nA text.")
    running = Running(folder, "--no-pdf", "--commentary", notes)
    yield running
    running.close()


def test_workbooks_are_made_as_they_arrive_each_once(folder: Path, running: Running) -> None:
    first, again, slow, moved = (client.data for client in fleet(4))
    (folder / "first.xlsx").write_bytes(first)
    (folder / "stuck.xlsx").write_bytes(first)
    running.until(lambda files: "first.xlsx" in files)
    before = running.files()["first.xlsx"]["sha256"]

    (folder / "slow.xlsx").write_bytes(slow[: len(slow) // 2])
    (folder / "moved.xlsx.crdownload").write_bytes(moved)
    (folder / "moved.xlsx.crdownload").rename(folder / "moved.xlsx")
    (folder / "still.xlsx.partial").write_bytes(moved)
    (folder / "~$first.xlsx").write_bytes(b"Anna")
    (folder / "first.xlsx").write_bytes(again)
    (folder / "bad.xlsx").write_bytes(b"no workbook")
    running.until(lambda files: {"moved.xlsx", "bad.xlsx"} <= set(files))
    assert running.files()["first.xlsx"]["sha256"] != before
    assert "slow.xlsx" not in running.files()

    with (folder / "slow.xlsx").open("ab") as file:
        file.write(slow[len(slow) // 2 :])
    (folder / "moved.xlsx").rename(folder / "renamed.xlsx")
    running.until(lambda files: "slow.xlsx" in files and "moved.xlsx" not in files)
    assert {name: entry["status"] for name, entry in running.files().items()} == {
        "bad.xlsx": "refused",
        "first.xlsx": "complete",
        "renamed.xlsx": "complete",
        "slow.xlsx": "complete",
        "stuck.xlsx": "failed",
    }

    running.until(lambda _: "moved.xlsx is no longer there" in running.said())
    stamp, lines = (running.out / "batch.json").stat().st_mtime_ns, running.said()
    time.sleep(3)
    assert (running.out / "batch.json").stat().st_mtime_ns == stamp
    assert running.said() == lines
    assert lines.count("bad.xlsx · no report") == 1
    assert lines.count("stuck.xlsx · failed") == 1
    assert lines.count("slow.xlsx") == 1
    assert lines.count("· complete") == 5  # first twice
    assert (running.out / "moved" / "moved-report.xlsx").exists()

    assert running.stop(signal.SIGINT) == ExitCode.INTERRUPTED
    assert "3 made · 2 without a report" in running.said()
    assert "Traceback" not in running.said()


def test_a_watch_ends_in_the_middle_of_its_work_with_what_is_finished(folder: Path, running: Running) -> None:
    names = {path.name for path in write(folder, 30)}
    running.until(lambda _: running.said().count("· complete") > 1)
    assert running.stop(signal.SIGTERM) == ExitCode.INTERRUPTED
    finished = {name for name in names if f"{name} ·" in running.said()}
    assert finished < names
    assert set(running.files()) == finished
    assert "Interrupted." in running.said()


def test_a_list_or_a_text_that_changes_is_used_though_no_workbook_arrives(folder: Path) -> None:
    clients, notes = folder.parent / "clients.csv", folder.parent / "notes"
    clients.write_text("file;email\n0001-barbershop-ru;a@example.org\n", "utf-8")
    notes.mkdir()
    write(folder, 1)
    running = Running(folder, "--no-pdf", "--clients", clients, "--commentary", notes)
    try:
        draft = running.out / "0001-barbershop-ru" / "0001-barbershop-ru.eml"
        running.until(bool)
        assert b"To: a@example.org" in draft.read_bytes()
        clients.write_text("file;email\n0001-barbershop-ru;b@example.org\n", "utf-8")
        running.until(lambda _: b"To: b@example.org" in draft.read_bytes())
        (notes / "0001-barbershop-ru.md").write_text("## No such chapter\n\nA text.", "utf-8")
        running.until(lambda files: "failed" in {entry["status"] for entry in files.values()})
    finally:
        running.close()
