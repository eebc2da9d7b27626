"""What all parts share: commands and the time they take, and what is aimed at beside what was found."""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Size:
    """How much is measured. `quick` is enough to see that a change did no harm, not for a claim."""

    rounds: int
    workbooks: int
    many: int
    pdf: bool

    @classmethod
    def of(cls, *, quick: bool, pdf: bool) -> Size:
        return cls(1, 12, 200, False) if quick else cls(3, 48, 1000, pdf)


@dataclass(frozen=True, slots=True)
class Aim:
    """A figure, and whether it is as good as it must be."""

    what: str
    found: float
    wanted: float
    most: bool
    """Whether what is wanted is the most, not the least, that it may be."""
    unit: str = ""

    @property
    def met(self) -> bool:
        return self.found <= self.wanted if self.most else self.found >= self.wanted

    def __str__(self) -> str:
        aim = f"{'at most' if self.most else 'at least'} {self.wanted:g}{self.unit}"
        found = f"{self.found:8.2f}{self.unit:3}"
        return f"{self.what:50} {found}  {aim:16} {'met' if self.met else 'MISSED'}"


def at_most(wanted: float, what: str, found: float, unit: str = "") -> Aim:
    return Aim(what, found, wanted, most=True, unit=unit)


def at_least(wanted: float, what: str, found: float, unit: str = "") -> Aim:
    return Aim(what, found, wanted, most=False, unit=unit)


@dataclass(frozen=True, slots=True)
class Spent:
    """Seconds of CPU, of a command and of everything it started, and on the wall."""

    cpu: float
    wall: float


def cpu_ms(task: Callable[[], object]) -> float:
    """The CPU time of one call, in milliseconds."""
    started = time.process_time()
    task()
    return (time.process_time() - started) * 1000


def spent_by(command: Sequence[str], accepted: Sequence[int] = (0,)) -> Spent:
    """What a command takes from its start to its end."""
    before, started = os.times(), time.perf_counter()
    done = subprocess.run(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, check=False)
    wall, after = time.perf_counter() - started, os.times()
    assert done.returncode in accepted, done.stderr.decode(errors="replace")[-2000:]
    user, system = after.children_user - before.children_user, after.children_system - before.children_system
    return Spent(user + system, wall)


def sheetreport(*arguments: str) -> list[str]:
    """The command line of the program as it stands here."""
    return [sys.executable, "-m", "sheetreport", *arguments]


def typical(spent: Sequence[Spent]) -> Spent:
    """The median of rounds."""
    return Spent(statistics.median(one.cpu for one in spent), statistics.median(one.wall for one in spent))
