"""What a workbook costs on a cluster, in CPU, bytes and memory, and what that makes of a hundred thousand.

CPU times hardly depend on what else a machine is doing, so what follows from them holds for a busy one too.
"""

from __future__ import annotations

import tempfile
from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psutil

from sheetreport import batch
from sheetreport.batch.jobs import OWN
from sheetreport.batch.journal import JOURNAL
from sheetreport.cluster.engine import AHEAD, Cluster
from sheetreport.pipeline import Options
from tests import fleet
from tests.benchmarks.measure import Aim, Size, at_most
from tests.loopback import Loopback, until

MANY = 100_000
NIGHT_HOURS = 10
PIECES = 1_000
WORKERS = ("one", "two")


class Counted(Cluster):
    """A cluster that knows how many bytes went there and came back."""

    sent = 0
    came = 0

    async def _piece(self, order: bytes) -> Any:
        self.sent += len(order)
        return await super()._piece(order)

    async def _answer(self, task: Any, workers: Collection[str]) -> bytes | str | None:
        answer = await super()._answer(task, workers)
        self.came += len(answer or "")
        return answer


@dataclass(frozen=True, slots=True)
class Cpu:
    """Seconds of CPU so far: of this process, the scheduler, Dask's workers, and what these started."""

    here: float
    scheduler: float
    workers: float
    work: float

    def __sub__(self, other: Cpu) -> Cpu:
        return Cpu(
            self.here - other.here,
            self.scheduler - other.scheduler,
            self.workers - other.workers,
            self.work - other.work,
        )


def run(size: Size) -> list[Aim]:
    """Print what was measured, and what follows from it."""
    with tempfile.TemporaryDirectory() as folder:
        dask = Loopback(Path(folder))
        try:
            dask.scheduler()
            for name in WORKERS:
                dask.worker(name, "--no-nanny")
            options = Options(pdf=size.pdf, generated_at=None)
            with Counted(dask.address, options, lambda *_, **__: None) as pool:
                until(lambda: pool.number == len(WORKERS) * AHEAD)
                return _measured(dask, pool, options, size.workbooks, Path(folder))
        finally:
            dask.end()


def _measured(dask: Loopback, pool: Counted, options: Options, number: int, folder: Path) -> list[Aim]:
    files, out = fleet.write(folder / "inbox", number), folder / "out"
    jobs = batch.plan(files, out)
    batch.run(jobs[: len(WORKERS)], options, batch.Settings(out, several=True), _nothing, pool=pool)  # warm
    pool.sent = pool.came = 0
    before = _cpu(dask)
    batch.run(jobs, options, batch.Settings(out, several=True, force=True), _nothing, pool=pool)
    spent = _cpu(dask) - before
    sent, came = pool.sent / number, pool.came / number
    made = [file for file in out.rglob("*") if file.is_file() and OWN not in file.parts]
    written = sum(file.stat().st_size for file in made if file.parent != out) / number
    line = (out / OWN / JOURNAL).stat().st_size / (number + len(WORKERS))
    work, here = spent.work / number, spent.here / number
    print(
        f"A workbook on a cluster, mean of {number} (the samples in turn, {'' if options.pdf else 'no '}PDF)"
    )
    print(f"  reading and rendering, on the workers {work:9.2f} s of CPU")
    print(f"  the computer that asks                {here:9.3f} s of CPU")
    print(f"  the workbook itself                   {_kb(sum(f.stat().st_size for f in files) / number)}")
    print(f"  sent to workers, in two pieces        {_kb(sent)}")
    print(f"  sent back                             {_kb(came)}")
    print(f"  outputs on disk                       {_kb(written)}")
    print(f"  line of the journal                   {_kb(line)}")
    piece = _carried(dask, pool, int(sent / 2), int(came / 2))
    dasks = 2 * (piece.scheduler + piece.workers)
    _what_follows(work + dasks, here, 2 * piece.scheduler, sent + came, written + line)
    return [at_most(0.1, "Dask's share of a workbook's CPU on the cluster", dasks / (work + dasks))]


def answer(_order: bytes, size: int) -> bytes:
    """A piece of work that is carried there and back, and nothing else (in a worker)."""
    return bytes(size)


def _carried(dask: Loopback, pool: Counted, sent: int, came: int) -> Cpu:
    """What Dask costs for a piece of work of a workbook's size, and what the scheduler keeps of it.

    One follows the other: what Dask's processes spend while they wait is not a piece's.
    """
    scheduler, order = psutil.Process(dask.running["scheduler"].pid), bytes(sent)
    before, held = _cpu(dask), scheduler.memory_info().rss
    for _ in range(PIECES // pool.number):
        for work in [pool.submit(30, answer, order, came) for _ in range(pool.number)]:
            pool.result(work)
    spent = _cpu(dask) - before
    kept = (scheduler.memory_info().rss - held) / PIECES
    print(f"  Dask's workers for a piece of work    {spent.workers / PIECES * 1000:9.1f} ms of CPU")
    print(f"  Dask's scheduler for a piece of work  {spent.scheduler / PIECES * 1000:9.1f} ms of CPU")
    print(f"  what the scheduler keeps of a piece   {_kb(kept)}")
    print(f"  the scheduler's memory after {PIECES:,}     {scheduler.memory_info().rss / 1e6:9.0f} MB")
    print(f"  this process's memory after it        {psutil.Process().memory_info().rss / 1e6:9.0f} MB")
    return Cpu(*(seconds / PIECES for seconds in (spent.here, spent.scheduler, spent.workers, spent.work)))


def _what_follows(work: float, here: float, scheduler: float, carried: float, kept: float) -> None:
    """Multiplication: see "More than one computer" in the guide."""
    hours = MANY * work / 3600
    print(f"{MANY:,} workbooks")
    print(f"  cores for one hour                    {hours:9.0f}")
    print(f"  cores for a night of {NIGHT_HOURS} hours         {hours / NIGHT_HOURS:9.0f}")
    print(f"  the computer that asks, one core      {MANY * here / 3600:9.1f} hours")
    print(f"  the scheduler, one core               {MANY * scheduler / 3600:9.1f} hours")
    print(f"  through the scheduler                 {MANY * carried / 1e9:9.0f} GB")
    print(f"  outputs and journal on disk           {MANY * kept / 1e9:9.0f} GB")


def _cpu(dask: Loopback) -> Cpu:
    workers = [psutil.Process(dask.running[name].pid) for name in WORKERS]
    hosts = [host for name in WORKERS for host in dask.hosts(name)]
    work = [one for host in hosts for one in (host, *host.children(recursive=True))]
    return Cpu(
        _seconds([psutil.Process()]),
        _seconds([psutil.Process(dask.running["scheduler"].pid)]),
        _seconds(workers),
        _seconds(work),
    )


def _seconds(processes: Collection[psutil.Process]) -> float:
    times = [process.cpu_times() for process in processes]
    return sum(time.user + time.system for time in times)


def _kb(number: float) -> str:
    return f"{number / 1000:9.1f} kB"


def _nothing(_: object) -> None:
    """Nobody watches."""
