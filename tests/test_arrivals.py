"""Which files of a watched folder are whole, and when there is something to do."""

from __future__ import annotations

import io
import os
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from sheetreport.batch.arrivals import BURST_SECONDS, PATIENCE_SECONDS, SETTLED_SECONDS, Arrivals
from tests.said import refused


def packed() -> bytes:
    """A ZIP file, which is as much of a workbook as the watch looks at."""
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        archive.writestr("xl/workbook.xml", "<workbook/>" * 50)
    return stream.getvalue()


class Clock:
    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


class Watched:
    """A folder with its outputs inside, and a clock that stands still unless told otherwise."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.out, self.clock = folder, folder / "out", Clock()
        self.out.mkdir(parents=True)
        self.arrivals = Arrivals([folder], self.out, self.clock)

    def after(self, seconds: float) -> bool:
        """Look again later: whether there is something to do."""
        self.clock.now += seconds
        self.arrivals.look()
        return self.arrivals.are_due()

    def whole(self) -> set[str]:
        return {file.relative_to(self.folder).as_posix() for file in self.arrivals.resting}

    def handle(self) -> None:
        self.arrivals.handled(self.arrivals.resting)


@pytest.fixture
def watched(tmp_path: Path) -> Watched:
    return Watched(tmp_path / "in")


def test_a_file_is_whole_when_it_has_not_changed_for_a_while(watched: Watched) -> None:
    file = watched.folder / "a.xlsx"
    file.write_bytes(packed())
    assert not watched.after(0)
    assert not watched.after(SETTLED_SECONDS - 0.1)
    assert watched.whole() == set()
    file.write_bytes(packed() + b"more")
    assert not watched.after(0.2)
    assert watched.after(SETTLED_SECONDS)
    assert watched.whole() == {"a.xlsx"}


def test_a_change_of_the_time_alone_counts(watched: Watched) -> None:
    file = watched.folder / "a.xlsx"
    file.write_bytes(packed())
    watched.after(0)
    os.utime(file, (1, 1))
    assert not watched.after(SETTLED_SECONDS)
    assert watched.after(SETTLED_SECONDS)


@pytest.mark.parametrize(
    "content", [packed()[:-40], bytes(500), b""], ids=["breaks off", "room taken in advance", "empty"]
)
def test_what_may_still_be_coming_is_waited_for_but_not_for_ever(watched: Watched, content: bytes) -> None:
    (watched.folder / "a.xlsx").write_bytes(content)
    watched.after(0)
    assert not watched.after(PATIENCE_SECONDS - 1)
    assert watched.after(1)


def test_what_no_program_will_complete_is_not_waited_for(watched: Watched) -> None:
    (watched.folder / "a.xlsx").write_bytes(b"not a workbook at all")
    watched.after(0)
    assert watched.after(SETTLED_SECONDS)


@pytest.mark.parametrize(
    "name",
    [
        "~$a.xlsx",
        ".~lock.a.xlsx#",
        ".a.xlsx",
        "~WRD0001.tmp",
        "a.xlsx.crdownload",
        "a.xlsx.partial",
        "a.PART",
    ],
)
def test_names_of_unfinished_files_are_passed_over(watched: Watched, name: str) -> None:
    (watched.folder / name).write_bytes(packed())
    watched.after(0)
    assert not watched.after(PATIENCE_SECONDS)


def test_own_outputs_inside_the_folder_are_nothing_new(watched: Watched) -> None:
    for place in ("client/client-report.xlsx", "portfolio.xlsx", "index.html", ".sheetreport/journal.jsonl"):
        (watched.out / place).parent.mkdir(exist_ok=True)
        (watched.out / place).write_bytes(packed())
    watched.after(0)
    assert not watched.after(PATIENCE_SECONDS)


@pytest.mark.parametrize("name", ["log.txt", "history.sqlite", "scan.pdf"])
def test_other_files_that_change_all_the_time_are_nothing_new(watched: Watched, name: str) -> None:
    (watched.folder / name).write_bytes(b"SQLite format 3")
    watched.after(0)
    assert not watched.after(PATIENCE_SECONDS)


def test_a_workbook_under_any_name_arrives(watched: Watched) -> None:
    (watched.folder / "sub").mkdir()
    (watched.folder / "sub" / "answers").write_bytes(packed())
    watched.after(0)
    assert watched.after(SETTLED_SECONDS)
    assert watched.whole() == {"sub/answers"}


def _save_again(file: Path) -> None:
    file.write_bytes(packed() * 2)


def _replace(file: Path) -> None:
    other = file.with_name(".new")
    other.write_bytes(packed() * 3)
    other.replace(file)


def _rename(file: Path) -> None:
    file.rename(file.with_name("b.xlsx"))


def _delete(file: Path) -> None:
    file.unlink()


@pytest.mark.parametrize("change", [_save_again, _replace, _rename, _delete])
def test_what_was_handled_is_new_once_it_changes(watched: Watched, change: Callable[[Path], None]) -> None:
    file = watched.folder / "a.xlsx"
    file.write_bytes(packed())
    watched.after(0)
    assert watched.after(SETTLED_SECONDS)
    watched.handle()
    assert not watched.after(60)
    change(file)
    watched.after(0)
    assert watched.after(SETTLED_SECONDS)
    watched.handle()
    assert not watched.after(60)


def test_a_file_that_is_written_anew_is_not_gone(watched: Watched) -> None:
    file = watched.folder / "a.xlsx"
    file.write_bytes(packed())
    watched.after(0)
    watched.after(SETTLED_SECONDS)
    watched.handle()
    file.write_bytes(packed()[:-40])
    assert not watched.after(0)
    assert not watched.after(SETTLED_SECONDS + 1)


def test_a_burst_is_one_round_but_a_stream_holds_nothing_up(watched: Watched) -> None:
    for number in range(50):
        (watched.folder / f"{number}.xlsx").write_bytes(packed())
        assert not watched.after(0.05)
    assert watched.after(SETTLED_SECONDS)
    assert len(watched.whole()) == 50
    watched.handle()
    due = []
    for number in range(50, 65):
        (watched.folder / f"{number}.xlsx").write_bytes(packed())
        due.append(watched.after(1))
    first = due.index(True)
    assert SETTLED_SECONDS + BURST_SECONDS - 1 <= first <= SETTLED_SECONDS + BURST_SECONDS + 1


def test_a_folder_out_of_reach_forgets_nothing(watched: Watched) -> None:
    (watched.folder / "a.xlsx").write_bytes(packed())
    watched.after(0)
    watched.after(SETTLED_SECONDS)
    watched.handle()
    away = watched.folder.rename(watched.folder.with_name("away"))
    with pytest.raises(OSError, match="in"):
        watched.after(1)
    away.rename(watched.folder)
    assert not watched.after(1)


def test_a_folder_inside_the_outputs_can_t_be_watched(tmp_path: Path) -> None:
    (tmp_path / "in").mkdir()
    with refused("inside it or beside it"):
        Arrivals([tmp_path / "in"], tmp_path)
    with refused("folders"):
        Arrivals([tmp_path / "in.xlsx"], tmp_path / "out")
