"""A thousand workbooks in one command: how fast and how large it is at the hundredth and at the last.

Memory is looked at twice a second and counted as shares (PSS), so that what processes have in common counts
once; a figure is the mean over the sixty workbooks up to the one that is meant, ten of each sample.
"""

from __future__ import annotations

import statistics
import subprocess
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import psutil

from sheetreport.batch.jobs import OWN
from sheetreport.batch.journal import JOURNAL
from tests import fleet
from tests.benchmarks.measure import Aim, Size, at_most, sheetreport

EARLY, SPAN = 100, 60
LOOK_SECONDS = 0.5
MEGABYTE = 1024 * 1024


@dataclass(frozen=True, slots=True)
class Look:
    """One look at a running batch: when, how many workbooks are done, megabytes of parent and workers."""

    seconds: float
    done: int
    parent: float
    workers: float


def run(size: Size) -> list[Aim]:
    """Print rate and memory at the hundredth workbook and at the last."""
    with tempfile.TemporaryDirectory() as folder:
        fleet.write(Path(folder, "in"), size.many)
        looks = list(_watched(Path(folder), pdf=size.pdf))
    print(f"{size.many} workbooks with 2 jobs, {'with' if size.pdf else 'without'} PDF")
    found = {}
    for last in (EARLY, size.many):
        near = [look for look in looks if last - SPAN <= look.done <= last]
        parent, workers = _mean([look.parent for look in near]), _mean([look.workers for look in near])
        rate = 60 * (near[-1].done - near[0].done) / (near[-1].seconds - near[0].seconds)
        print(f"  up to {last:5}: {rate:6.1f} a minute, parent {parent:5.0f} MB, workers {workers:5.0f} MB")
        found[last] = parent + workers
    print(f"  most at once: {max(look.parent + look.workers for look in looks):.0f} MB")
    growth = (found[size.many] / found[EARLY] - 1) * 100
    return [at_most(10, f"memory from workbook {EARLY} to {size.many}, growth", growth, " %")]


def _watched(home: Path, *, pdf: bool) -> Iterator[Look]:
    out = home / "out"
    command = sheetreport("report", str(home / "in"), "--out", str(out), "--jobs", "2")
    started = time.perf_counter()
    with subprocess.Popen(
        command if pdf else [*command, "--no-pdf"], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    ) as batch:
        while batch.poll() is None:
            time.sleep(LOOK_SECONDS)
            with suppress(psutil.Error):
                parent = psutil.Process(batch.pid)
                sizes = [_megabytes(process) for process in (parent, *parent.children(recursive=True))]
                done = _lines(out / OWN / JOURNAL)
                yield Look(time.perf_counter() - started, done, sizes[0], sum(sizes[1:]))
    assert batch.returncode == 0, f"the batch ended with code {batch.returncode}"


def _megabytes(process: psutil.Process) -> float:
    """The share of memory that is a process's own; where the system doesn't say, all that it holds."""
    held = process.memory_full_info()
    return float(getattr(held, "pss", held.rss)) / MEGABYTE


def _lines(journal: Path) -> int:
    return journal.read_bytes().count(b"\n") if journal.exists() else 0


def _mean(values: Sequence[float]) -> float:
    return statistics.fmean(values)
