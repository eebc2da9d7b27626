"""How a batch gets on, live on a terminal and nowhere else."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path

from rich.console import Console, Group, RenderableType
from rich.live import Live
from rich.progress_bar import ProgressBar
from rich.table import Table
from rich.text import Text

from sheetreport.batch import FileOutcome
from sheetreport.cli.screen import plain
from sheetreport.i18n import Wording
from sheetreport.model import WITH_REPORT

WINDOW_SECONDS = 60.0
"""The rate is that of the last minute, so that it follows where slow files come after quick ones."""

FEWEST = 5
"""Files a rate rests on, should they have taken longer than the window."""


class Pace:
    """How many files a minute are made at present."""

    def __init__(self, start: float) -> None:
        self._ends = deque([start])

    def count(self, now: float) -> None:
        """Another file was made."""
        self._ends.append(now)

    def a_minute(self, now: float) -> float | None:
        """The rate; None while it would rest on a file or two."""
        while len(self._ends) > FEWEST + 1 and now - self._ends[0] > WINDOW_SECONDS:
            self._ends.popleft()
        number = len(self._ends) - 1
        return 60 * number / (now - self._ends[0]) if number > 2 and now > self._ends[0] else None


class Progress:
    """What became of the files of a batch so far; renders as two lines of the terminal's width."""

    def __init__(
        self,
        total: int,
        words: Wording,
        clock: Callable[[], float] = time.monotonic,
        pace: Pace | None = None,
    ) -> None:
        self._total, self._words, self._clock = total, words, clock
        self._pace = pace or Pace(clock())
        self._made = self._without = self._unchanged = 0
        self._read: int | None = None
        self._latest = ""

    @property
    def finished(self) -> int:
        """How many files have their outcome."""
        return self._made + self._without + self._unchanged

    def read(self, number: int) -> None:
        """So many files are read for the history, which comes before everything else."""
        self._read = number
        self._pace = Pace(self._clock())

    def done(self, outcome: FileOutcome) -> None:
        """A file has its outcome."""
        self._read = None
        self._latest = plain(Path(outcome.source).name)
        if outcome.skipped:
            self._unchanged += 1
            return
        self._pace.count(self._clock())
        if outcome.status in WITH_REPORT:
            self._made += 1
        else:
            self._without += 1

    def __rich__(self) -> RenderableType:
        done = self.finished if self._read is None else self._read
        first = Table.grid(padding=(0, 1), expand=True)
        first.add_column(ratio=1, min_width=8)
        first.add_column(no_wrap=True, overflow="ellipsis")
        first.add_row(ProgressBar(total=self._total, completed=done), Text(self._counts()))
        second = Text(" · ".join(self._how_fast(self._total - done)), no_wrap=True, overflow="ellipsis")
        return Group(first, second)

    def _counts(self) -> str:
        """Done, without a report, unchanged, left; what there is none of goes unsaid."""
        if self._read is not None:
            return self._words.text("cli.progress_reading", n=self._read, total=self._total)
        left = self._total - self.finished
        numbers = {"made": self._made, "without": self._without, "unchanged": self._unchanged, "left": left}
        return " · ".join(
            self._words.text(f"cli.progress_{name}", n=number)
            for name, number in numbers.items()
            if number or name in ("made", "left")
        )

    def _how_fast(self, left: int) -> list[str]:
        said = []
        rate = self._pace.a_minute(self._clock())
        if rate is not None:
            said = [
                self._words.text("cli.progress_rate", rate=self._words.number(rate, 0 if rate >= 10 else 1))
            ]
            if left:
                said.append(self.time_left(60 * left / rate))
        return [*said, self._latest] if self._latest else said

    def time_left(self, seconds: float) -> str:
        """How long it takes yet, no finer than it can be known."""
        minutes = round(seconds / 60)
        if minutes < 1:
            return self._words.text("cli.progress_soon")
        if minutes < 60:
            return self._words.text("cli.progress_minutes", n=minutes)
        return self._words.text("cli.progress_hours", hours=minutes // 60, minutes=minutes % 60)


def shown(progress: Progress, console: Console) -> AbstractContextManager[object]:
    """Keep the progress on a terminal while a batch runs, and leave no trace of it; on a pipe nothing."""
    if not (console.is_interactive and console.file.isatty()):
        return nullcontext()
    return Live(progress, console=console, transient=True, refresh_per_second=4)
