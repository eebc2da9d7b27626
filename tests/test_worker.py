"""Work in processes of its own: what hangs, grows or dies costs only itself."""

from __future__ import annotations

import multiprocessing
import operator
import os
import signal
import subprocess
import sys
import tempfile
import time
from concurrent.futures import Future
from concurrent.futures.process import BrokenProcessPool
from pathlib import Path
from typing import Any

import psutil
import pytest
from pebble.pool.process import PoolManager

from sheetreport import worker
from sheetreport.worker import Limit, LimitError, Workers

ROOT = Path(__file__).parent.parent


def nothing() -> None:
    """What a worker needs before its work: nothing."""


def hold(megabytes: int) -> None:
    """Hold memory for longer than a test may take."""
    _ = b"x" * (megabytes * worker.MEGABYTE)
    time.sleep(60)


@pytest.fixture(params=["fork", "spawn"])
def start_method(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    """Linux forks; Windows and macOS start anew."""
    method = str(request.param)
    if method not in multiprocessing.get_all_start_methods():
        pytest.skip(f"no {method} on this system")
    monkeypatch.setattr(worker, "_context", lambda: multiprocessing.get_context(method))
    return method


def test_work_is_done_elsewhere(start_method: str) -> None:
    with Workers(1, nothing) as pool:
        first, second = pool.submit(30, os.getpid), pool.submit(30, os.getpid)
        assert pool.result(first) == pool.result(second) != os.getpid()


def test_what_work_raises_is_raised_here() -> None:
    with Workers(1, nothing) as pool, pytest.raises(ZeroDivisionError):
        pool.result(pool.submit(30, operator.truediv, 1, 0))


def test_what_takes_too_long_dies_or_crashes_costs_only_itself(start_method: str) -> None:
    with Workers(1, nothing) as pool:
        work: list[Future[Any]] = [
            pool.submit(1, time.sleep, 60),
            pool.submit(30, os.abort),
            pool.submit(30, os._exit, 7),
            pool.submit(30, abs, -1),
            pool.submit(30, operator.mul, b"x", worker.MAX_ADDRESSES + 1),
            pool.submit(30, abs, -2),
        ]
        limits: list[Limit | int] = []
        for piece in work:
            try:
                limits.append(pool.result(piece))
            except LimitError as error:
                limits.append(error.limit)
    assert limits[:4] == [Limit.TIME, Limit.CRASH, Limit.CRASH, 1]
    assert limits[4:] == [Limit.MEMORY, 2]


@pytest.mark.parametrize(("breakdowns", "attempts"), [(1, 2), (9, 3)])
def test_a_pool_that_breaks_down_costs_only_what_broke_it(
    breakdowns: int, attempts: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A pool can't tell whose work died when the worker dies before it says what it works on."""
    told, left = PoolManager.find_expired_task, iter(range(breakdowns))
    broken = []

    def lost(manager: PoolManager, worker_id: int) -> object:
        if next(left, None) is None:
            return told(manager, worker_id)
        broken.append(worker_id)
        raise BrokenProcessPool

    monkeypatch.setattr(PoolManager, "find_expired_task", lost)
    with Workers(1, nothing) as pool:
        first, second = pool.submit(30, abs, -1), pool.submit(30, os.abort)
        assert pool.result(first) == 1
        with pytest.raises(LimitError) as stopped:
            pool.result(second)
        assert stopped.value.limit is Limit.CRASH
        monkeypatch.undo()
        assert pool.result(pool.submit(30, abs, -2)) == 2
    assert len(broken) == min(breakdowns, attempts)


def test_a_worker_that_grows_is_ended_on_every_system(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(worker, "MAX_RESIDENT", 150 * worker.MEGABYTE)
    with Workers(1, nothing) as pool:
        started = time.monotonic()
        with pytest.raises(LimitError) as stopped:
            pool.result(pool.submit(50, hold, 300))
    assert stopped.value.limit is Limit.MEMORY
    assert time.monotonic() - started < 20


def test_no_process_outlives_the_pool() -> None:
    with Workers(2, nothing) as pool:
        pool.submit(60, time.sleep, 60)
        process = pool.result(pool.submit(30, os.getpid))
        started = time.monotonic()
    assert time.monotonic() - started < 5
    assert not psutil.pid_exists(process)
    assert not [child for child in multiprocessing.active_children() if "pebble" in child.name]


def test_what_libraries_leave_goes_with_the_pool(start_method: str) -> None:
    with Workers(1, nothing) as pool:
        left = Path(pool.result(pool.submit(30, tempfile.mkdtemp)))
        assert left.is_dir()
        pool.submit(60, time.sleep, 60)
    assert not left.exists()
    assert not left.parent.exists()


_ASLEEP = """
import time, sys, tempfile
from sheetreport.worker import Workers
with Workers(2, int) as pool:
    left = pool.result(pool.submit(60, tempfile.mkdtemp))
    for _ in range(int(sys.argv[1])):
        pool.submit(60, time.sleep, 60)
    print(left, flush=True)
    time.sleep(60)
"""


@pytest.mark.skipif(sys.platform == "win32", reason="signals of POSIX")
@pytest.mark.parametrize("pieces", [0, 2])
@pytest.mark.parametrize("end", [signal.SIGINT, signal.SIGKILL])
def test_workers_end_with_their_parent_and_leave_nothing(end: signal.Signals, pieces: int) -> None:
    with subprocess.Popen(
        [sys.executable, "-c", _ASLEEP, str(pieces)],
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        cwd=ROOT,
        text=True,
    ) as parent:
        assert parent.stdout is not None
        left = Path(parent.stdout.readline().strip())
        assert left.is_dir()
        deadline = time.monotonic() + 20
        while len(workers := psutil.Process(parent.pid).children()) < 2 and time.monotonic() < deadline:
            time.sleep(0.05)
        parent.send_signal(end)
        parent.wait(10)
    assert len(workers) == 2
    assert not psutil.wait_procs(workers, timeout=5)[1]
    assert not left.parent.exists()
