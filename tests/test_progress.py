"""What a terminal shows while a batch runs, and that nothing but a terminal shows it."""

from __future__ import annotations

import fcntl
import os
import re
import struct
import subprocess
import sys
import termios
from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType

import pytest
from rich.console import Console

from sheetreport.batch import FileOutcome
from sheetreport.cli.progress import FEWEST, WINDOW_SECONDS, Pace, Progress
from sheetreport.i18n import Wording
from sheetreport.model import Language
from tests.fleet import write

ROOT = Path(__file__).parent.parent


def outcome(name: str = "a.xlsx", status: str = "complete", *, skipped: bool = False) -> FileOutcome:
    return FileOutcome(name, "", "", status, {}, [], 1.0, skipped=skipped)


class Clock:
    now = 0.0

    def __call__(self) -> float:
        return self.now


def lines(progress: Progress, width: int = 80) -> list[str]:
    console = Console(width=width, color_system=None, force_terminal=True)
    with console.capture() as captured:
        console.print(progress)
    return [re.sub("[━╸╺]+", "", line).strip() for line in captured.get().splitlines()]


def test_a_rate_rests_on_a_few_files_at_least() -> None:
    pace = Pace(0)
    for second in (2, 4):
        pace.count(second)
        assert pace.a_minute(second) is None
    pace.count(6)
    assert pace.a_minute(6) == 30  # three in six seconds


def test_the_rate_is_that_of_the_last_minute() -> None:
    pace = Pace(0)
    for second in range(1, 601):
        pace.count(second)
    assert pace.a_minute(600) == 60
    for second in range(610, 730, 10):
        pace.count(second)
        rate = pace.a_minute(second)
    assert rate == 6  # a file in ten seconds, and nothing of the quick ones before


def test_slow_files_have_a_rate_too_and_a_standstill_shows() -> None:
    pace = Pace(0)
    for minute in range(1, 21):
        pace.count(180 * minute)
    assert pace.a_minute(3600) == pytest.approx(1 / 3)
    assert pace.a_minute(3600 + 900) == pytest.approx(FEWEST / 30)
    assert FEWEST * 180 > WINDOW_SECONDS


@pytest.mark.parametrize(
    ("language", "counts", "speed"),
    [
        (
            "en",
            "3 made · 2 without a report · 1 unchanged · 94 left",
            "60 a minute · about 2 min left · f.xlsx",
        ),
        (
            "ru",
            "сделано 3 · без отчёта 2 · без изменений 1 · осталось 94",
            "60 в минуту · ещё около 2 мин · f.xlsx",
        ),
    ],
)
def test_the_display_counts_and_estimates(language: Language, counts: str, speed: str) -> None:
    clock = Clock()
    progress = Progress(100, Wording(language), clock)
    progress.done(outcome("a.xlsx", skipped=True))
    for name, status in zip("bcdef", ("complete", "partial", "refused", "failed", "complete"), strict=True):
        clock.now += 1
        progress.done(outcome(f"in/{name}.xlsx", status))
    assert lines(progress) == [counts, speed]


@pytest.mark.parametrize(
    ("seconds", "said"),
    [
        (20, "less than a minute left"),
        (100, "about 2 min left"),
        (3590, "about 1 h 0 min left"),
        (5000, "about 1 h 23 min left"),
    ],
)
def test_the_time_left_is_told_no_finer_than_it_is_known(seconds: float, said: str) -> None:
    assert Progress(1, Wording("en")).time_left(seconds) == said


@pytest.mark.parametrize("width", [40, 80])
def test_the_display_keeps_to_two_lines_whatever_a_file_is_called(width: int) -> None:
    progress = Progress(2000, Wording("ru"))
    progress.done(outcome("Салон красоты «Вымышленная ромашка» на углу Липовой\x1b[31m и набережной.xlsx"))
    shown = lines(progress, width)
    assert len(shown) == 2
    assert max(map(len, shown)) <= width
    assert "\x1b" not in "".join(shown)


def _report(
    folder: Path, stderr: int, more: Mapping[str, str] = MappingProxyType({})
) -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        [sys.executable, "-m", "sheetreport", "report", "in", "--out", "out", "--no-pdf"],
        cwd=folder,
        stdout=subprocess.PIPE,
        stderr=stderr,
        env=os.environ | {"LC_ALL": "en_GB.UTF-8", "TERM": "xterm-256color", "PYTHONPATH": str(ROOT), **more},
    )


def test_a_terminal_shows_it_and_is_left_clean_and_a_pipe_gets_only_the_summary(tmp_path: Path) -> None:
    write(tmp_path / "in", 3)
    master, terminal = os.openpty()
    fcntl.ioctl(terminal, termios.TIOCSWINSZ, struct.pack("HHHH", 25, 80, 0, 0))
    running = _report(tmp_path, terminal)
    os.close(terminal)
    said = b""
    while True:
        try:
            said += os.read(master, 4096)
        except OSError:  # the other end is closed
            break
    os.close(master)
    names = running.communicate()[0].decode()
    live, _, rest = said.decode().rpartition("\x1b[?25h")  # the cursor is back
    assert "\x1b[?25l" in live
    assert live.index("0 made · 3 left") < live.index("3 made · 0 left")
    assert "0003-" in live
    erased, _, rest = rest.rpartition("\x1b[2K")
    assert erased.count("\x1b[2K") == 1  # two lines
    assert "left" not in rest
    assert "3 made" in rest
    assert "«100 участников чата к 10 ноября»" in rest  # the worst goal of the first sample
    assert "\x1b" not in names

    plain, coloured = (
        _report(tmp_path, subprocess.PIPE, colour).communicate()[1].decode()
        for colour in ({}, {"FORCE_COLOR": "1"})
    )
    assert "\x1b" not in plain
    assert "0 made · 3 unchanged" in plain
    assert "\x1b[?25" not in coloured
    assert "left" not in coloured
