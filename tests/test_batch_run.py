"""The way of a file through a batch: tried again alone, its content read once, signals between two files."""

from __future__ import annotations

import json
import os
import signal
from collections.abc import Callable
from concurrent.futures import Future
from pathlib import Path
from typing import Any

import pytest

from sheetreport import batch, confined
from sheetreport.batch import FileOutcome, Settings
from sheetreport.batch.interrupts import Interrupts
from sheetreport.errors import ExitCode
from sheetreport.i18n import Wording
from sheetreport.pipeline import Options
from sheetreport.worker import Limit, LimitError
from tests import batches
from tests.batches import OPTIONS, Here, made, workbooks


@pytest.fixture(autouse=True)
def work_that_costs_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(confined, "examine", batches.examine)
    monkeypatch.setattr(confined, "render", batches.render)


class Stopping(Here):
    """Stops pieces of work so many times, and notes what it was asked for."""

    def __init__(self, piece: Callable[..., Any], stops: dict[str, int]) -> None:
        self._piece, self._stops = piece, stops
        self.asked: list[str] = []

    def submit(self, seconds: float, function: Any, /, *args: Any, **kwargs: Any) -> Future[Any]:
        name = args[1] if function is confined.examine else args[1]["source"]["file"]
        self.asked.append(f"{function.__name__} {name}")
        if function is self._piece and self._stops.get(name, 0) > 0:
            self._stops[name] -= 1
            stopped: Future[Any] = Future()
            stopped.set_exception(LimitError(Limit.CRASH))
            return stopped
        return super().submit(seconds, function, *args, **kwargs)


def run(files: list[Path], out: Path, pool: Here) -> dict[str, FileOutcome]:
    found = batch.run(batch.plan(files, out), OPTIONS, Settings(out), lambda _: None, pool=pool)
    return {Path(outcome.source).stem: outcome for outcome in found}


@pytest.mark.parametrize("piece", ["examine", "render"])
def test_what_a_limit_stopped_is_tried_once_more_alone_after_all_others(tmp_path: Path, piece: str) -> None:
    files = workbooks(tmp_path / "in", dict.fromkeys(("a", "b", "c", "d"), "words"))
    pool = Stopping(getattr(confined, piece), {"a.xlsx": 1, "c.xlsx": 1})
    outcomes = run(files, tmp_path / "out", pool)
    assert {name: outcome.attempts for name, outcome in outcomes.items()} == {"a": 2, "b": 1, "c": 2, "d": 1}
    assert {outcome.status for outcome in outcomes.values()} == {"complete"}
    assert len(made(tmp_path / "out")) == 8
    last = pool.asked[-4:]
    assert sorted(last[::2]) == ["examine a.xlsx", "examine c.xlsx"]
    assert [piece.replace("examine", "render") for piece in last[::2]] == last[1::2]
    assert sorted(pool.asked[:-4]).count("render b.xlsx") == 1


@pytest.mark.parametrize(("piece", "status"), [("examine", "refused"), ("render", "failed")])
def test_what_is_stopped_twice_is_the_outcome_of_its_file(tmp_path: Path, piece: str, status: str) -> None:
    files = workbooks(tmp_path / "in", {"a": "words", "b": "words"})
    pool = Stopping(getattr(confined, piece), {"a.xlsx": 9})
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(confined, "stopped", refused)
        outcomes = run(files, tmp_path / "out", pool)
    assert (outcomes["a"].status, outcomes["a"].attempts) == (status, 2)
    assert (outcomes["b"].status, outcomes["b"].code) == ("complete", ExitCode.DONE)
    assert pool.asked.count(f"{piece} a.xlsx") == 2


def test_what_is_stopped_twice_is_said_in_the_reader_s_language(tmp_path: Path) -> None:
    jobs = batch.plan(workbooks(tmp_path / "in", {"a": "words"}), tmp_path / "out")
    settings = Settings(tmp_path / "out", wording=Wording("ru"))
    pool = Stopping(confined.render, {"a.xlsx": 9})
    (outcome,) = batch.run(jobs, OPTIONS, settings, lambda _: None, pool=pool)
    assert outcome.error == "пробовали дважды: процесс, который делал отчёт, аварийно завершился"


def refused(source: Any, _limit: Limit, options: Options) -> confined.Examined:
    """The result of a file that could not be read, without its words."""
    examined = batches.examine(b"", source.file, options)
    return confined.Examined({**examined.document, "status": "refused"}, {})


def test_a_file_is_read_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What is hashed, examined and kept in an archive can't be different files."""
    read: list[Path] = []
    content_of = confined.content_of

    def counted(path: Path) -> bytes:
        data = content_of(path)
        read.append(path)
        path.write_bytes(b"saved again meanwhile")
        return data

    files = workbooks(tmp_path / "in", {"client": "words"})
    (job,) = batch.plan(files, tmp_path / "out")
    monkeypatch.setattr(confined, "content_of", counted)
    (outcome,) = batch.run(
        [job], Options(archive=True), Settings(job.folder.parent), lambda _: None, pool=Here()
    )
    assert read == files
    assert outcome.sha256 == confined.source_of(b"words", "client.xlsx").sha256
    assert {data.split()[-1] for data in made(tmp_path / "out").values()} == {b"words"}


@pytest.mark.parametrize("ending", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_waits_until_a_set_is_in_place(ending: signal.Signals) -> None:
    steps = []

    def work() -> None:
        with Interrupts() as interrupts:
            interrupts.hold()
            signal.raise_signal(ending)
            steps.append("went on")
            interrupts.release()
            steps.append("too far")

    before = signal.getsignal(ending)
    with pytest.raises(KeyboardInterrupt):
        work()
    assert steps == ["went on"]
    assert signal.getsignal(ending) is before


@pytest.mark.parametrize("moment", ["fsync", "rmdir"])  # on the way and with the line in the journal written
def test_what_was_finished_when_the_signal_came_is_listed(
    tmp_path: Path, moment: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    genuine, signals = getattr(os, moment), iter([signal.SIGINT])

    def interrupted(*args: Any, **kwargs: Any) -> None:
        for number in signals:
            signal.raise_signal(number)
        genuine(*args, **kwargs)

    files = workbooks(tmp_path / "in", {"a": "words", "b": "words", "c": "words"})
    jobs, out = batch.plan(files, tmp_path / "out"), tmp_path / "out"
    monkeypatch.setattr(os, moment, interrupted)
    with pytest.raises(KeyboardInterrupt):
        batch.run(jobs, OPTIONS, Settings(out, several=True), lambda _: None, pool=Here())
    listed = json.loads((out / batch.SUMMARY).read_bytes())
    (finished,) = listed["files"]
    assert listed["complete"] is False
    assert set(made(out)) == {batch.SUMMARY} | {
        Path(name).relative_to(out).as_posix() for name in finished["outputs"]
    }


def test_a_signal_between_two_sets_ends_at_once() -> None:
    with pytest.raises(KeyboardInterrupt), Interrupts():
        signal.raise_signal(signal.SIGTERM)
