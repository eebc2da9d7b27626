"""What is finished: written down as it happens, found again by content, whatever ended the run before."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import fields, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from sheetreport import batch, confined
from sheetreport.batch import journal
from sheetreport.batch.jobs import OWN
from sheetreport.batch.journal import key
from sheetreport.model import SourceFile
from sheetreport.pipeline import Options
from tests import batches
from tests.batches import OPTIONS, made, run, workbooks

SOURCE = SourceFile("client.xlsx", "ab" * 32)


@pytest.fixture(autouse=True)
def work_that_costs_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(confined, "examine", batches.examine)
    monkeypatch.setattr(confined, "render", batches.render)


@pytest.fixture
def folder(tmp_path: Path) -> Callable[..., list[bool]]:
    """Which files of a folder a run passed over; it takes the words of workbooks that change before."""
    held = {"one": "1", "two": "2", "three": "3"}

    def skipped(options: Options = OPTIONS, force: bool = False, **changed: str) -> list[bool]:
        held.update(changed)
        files = workbooks(tmp_path / "in", held)
        return [one.skipped for one in run(files, tmp_path / "out", options, force=force)]

    return skipped


def lines(tmp_path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in written(tmp_path).read_bytes().splitlines() if line]


def written(tmp_path: Path) -> Path:
    return tmp_path / "out" / OWN / "journal.jsonl"


def test_what_has_not_changed_is_passed_over(folder: Callable[..., list[bool]], tmp_path: Path) -> None:
    assert folder() == [False, False, False]
    assert folder() == [True, True, True]
    assert folder(two="other words") == [True, False, True]
    assert folder(force=True) == [False, False, False]
    (tmp_path / "out" / "one" / "one-report.xlsx").unlink()
    assert folder() == [False, True, True]
    assert len(lines(tmp_path)) == 3 + 1 + 3 + 1


def test_another_program_version_makes_everything_again(
    folder: Callable[..., list[bool]], monkeypatch: pytest.MonkeyPatch
) -> None:
    folder()
    monkeypatch.setattr(journal, "__version__", "99")
    assert folder() == [False, False, False]


def test_every_option_that_changes_outputs_tells_them_apart(tmp_path: Path) -> None:
    """Of a new option somebody has to say here what its other value is."""
    other: dict[str, Any] = {
        "language": "en",
        "strict": True,
        "pdf": False,
        "corrections": False,
        "generated_at": datetime(2026, 1, 1, tzinfo=UTC),
        "audience": "consultant",
        "archive": True,
    }
    by_content = {"catalog", "brand", "commentary", "else_language"}
    assert {item.name for item in fields(Options)} == set(other) | by_content
    keys = {key(SOURCE, replace(Options(), **{name: value}), {}) for name, value in other.items()}
    assert len(keys | {key(SOURCE, Options(), {})}) == len(other) + 1
    # What stands in files counts, not where they are or when it was.
    now, later = datetime(2026, 1, 1, tzinfo=UTC), datetime(2026, 1, 2, tzinfo=UTC)
    assert key(SOURCE, Options(generated_at=now), {}) == key(SOURCE, Options(generated_at=later), {})
    moved = Options(catalog=tmp_path / "catalog", brand=tmp_path / "brand.yaml", commentary=tmp_path)
    assert key(SOURCE, moved, {}) == key(SOURCE, Options(), {})
    # Nor in which language the system speaks.
    assert key(SOURCE, Options(else_language="en"), {}) == key(SOURCE, Options(), {})


def test_the_file_s_name_and_content_and_every_digest_count() -> None:
    plain = key(SOURCE, OPTIONS, {"brand": "x"})
    assert plain == key(SOURCE, OPTIONS, {"brand": "x"})
    assert plain != key(SourceFile("other.xlsx", SOURCE.sha256), OPTIONS, {"brand": "x"})
    assert plain != key(SourceFile(SOURCE.file, "cd" * 32), OPTIONS, {"brand": "x"})
    assert plain != key(SOURCE, OPTIONS, {"brand": "y"})
    assert plain != key(SOURCE, OPTIONS, {"catalog": "x"})


@pytest.mark.parametrize("torn", [b'{"folder": "two", "outc', b'"', b"{}", b"[1]", b"\xff\xfe\x00"])
def test_a_torn_last_line_costs_its_own_file_and_no_other(
    torn: bytes, folder: Callable[..., list[bool]], tmp_path: Path
) -> None:
    folder()
    whole = written(tmp_path).read_bytes().splitlines(keepends=True)
    kept = [line for line in whole if b'"folder": "two"' not in line]
    written(tmp_path).write_bytes(b"".join(kept) + torn)
    assert folder() == [True, False, True]
    assert folder() == [True, True, True]  # the line after a torn one is a line of its own


def test_a_journal_that_is_none_is_no_reason_to_stop(
    folder: Callable[..., list[bool]], tmp_path: Path
) -> None:
    folder()
    written(tmp_path).write_bytes(bytes(range(256)) * 20)
    assert folder() == [False, False, False]
    assert folder() == [True, True, True]


def test_a_journal_that_has_grown_is_shortened_and_says_the_same(
    folder: Callable[..., list[bool]], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(journal, "_SPARE_LINES", 2)
    for number in range(5):
        folder(one=f"words {number}")
    grown = len(lines(tmp_path))
    assert grown == 3 + 4
    assert folder(two="again") == [True, False, True]
    assert folder(two="again") == [True, True, True]
    assert [line["folder"] for line in lines(tmp_path)].count("one") == 5
    folder(two="and again")  # eight lines are as many as three files and two spare ones may have
    assert folder() == [True, True, True]
    assert sorted(line["folder"] for line in lines(tmp_path)) == ["one", "three", "two"]


def test_a_folder_of_outputs_can_be_moved_with_its_inbox(tmp_path: Path) -> None:
    first = workbooks(tmp_path / "a" / "in", {"client": "words"})
    run(first, tmp_path / "a" / "out")
    (tmp_path / "a").rename(tmp_path / "b")
    moved = [tmp_path / "b" / "in" / "client.xlsx"]
    (outcome,) = run(moved, tmp_path / "b" / "out")
    assert outcome.skipped
    assert outcome.source == str(moved[0])
    assert all(Path(output).is_file() for output in outcome.outputs)


def test_an_outcome_passed_over_says_what_it_said(tmp_path: Path) -> None:
    files = workbooks(tmp_path / "in", {"client": "words"})
    (first,) = run(files, tmp_path / "out", several=True)
    (second,) = run(files, tmp_path / "out", several=True)
    assert replace(second, skipped=False) == first
    listed = json.loads((tmp_path / "out" / "batch.json").read_bytes())
    assert listed["complete"] is True
    assert listed["files"] == [batch.entry(second)]


def test_what_failed_is_tried_in_the_next_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object) -> None:
        raise ValueError("a wheel came off")

    files = workbooks(tmp_path / "in", {"client": "words"})
    with monkeypatch.context() as patched:
        patched.setattr(confined, "render", fail)
        (outcome,) = run(files, tmp_path / "out")
    assert "a wheel came off" in str(outcome.error)
    assert made(tmp_path / "out") == {}
    assert [outcome.error for outcome in run(files, tmp_path / "out")] == [None]


def test_what_this_computer_could_not_make_is_made_once_it_can(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def without_pango(*args: Any) -> confined.Made:
        made = batches.render(*args)
        return replace(made, rendered=replace(made.rendered, notice="install Pango"))

    files = workbooks(tmp_path / "in", {"client": "words"})
    with monkeypatch.context() as patched:
        patched.setattr(confined, "render", without_pango)
        assert run(files, tmp_path / "out")[0].notice == "install Pango"
        assert run(files, tmp_path / "out")[0].skipped is False
    assert run(files, tmp_path / "out")[0].skipped is False
    assert run(files, tmp_path / "out")[0].skipped is True


# --- whose outputs a folder has -----------------------------------------------------------------------------


def test_equal_names_never_share_a_folder_not_even_between_runs(tmp_path: Path) -> None:
    out = tmp_path / "out"
    (first,) = workbooks(tmp_path / "a", {"client": "first"})
    (second,) = workbooks(tmp_path / "b", {"client": "second"})
    assert run([first], out)[0].outputs[0] == str(out / "client" / "client-report.json")
    (outcome,) = run([second], out)
    assert Path(outcome.outputs[0]).parent.name.startswith("client-")
    assert {data.split()[-1] for data in made(out).values()} == {b"first", b"second"}
    both = run([first, second], out)  # both stay where they are
    assert [one.skipped for one in both] == [True, True]
    (apart,) = batch.twins(batch.plan([second], out), out)
    assert {(job.source, job.folder) for job in apart} == {
        (first, out / "client"),
        (second, Path(outcome.outputs[0]).parent),
    }
    assert batch.twins(batch.plan([first, second], out), out) == [batch.plan([first, second], out)]


def test_a_workbook_that_was_moved_keeps_its_folder(tmp_path: Path) -> None:
    (first,) = workbooks(tmp_path / "a", {"client": "first"})
    run([first], tmp_path / "out")
    (tmp_path / "b").mkdir()
    moved = first.rename(tmp_path / "b" / "client.xlsx")
    (job,) = batch.plan([moved], tmp_path / "out")
    assert job.folder == tmp_path / "out" / "client"
    assert batch.twins([job], tmp_path / "out") == []
    assert run([moved], tmp_path / "out")[0].skipped


def test_a_copy_that_came_back_goes_where_its_original_went(tmp_path: Path) -> None:
    original, copy = workbooks(tmp_path / "in", {"client": "first", "client-corrections": "mended"})
    run([original], tmp_path / "out")
    assert [job.folder.name for job in batch.plan([copy], tmp_path / "out")] == ["client"]
    run([copy], tmp_path / "out")
    assert [job.folder.name for job in batch.plan([original], tmp_path / "out")] == ["client"]
    assert batch.twins(batch.plan([original], tmp_path / "out"), tmp_path / "out") == []


def test_a_workbook_can_t_take_the_place_of_what_is_about_the_whole_batch(tmp_path: Path) -> None:
    files = workbooks(tmp_path / "in", {"batch.json": "1", "INDEX.html": "2", "portfolio.xlsx": "3"})
    assert [outcome.error for outcome in run(files, tmp_path / "out", several=True)] == [None] * 3
    names = [job.folder.name for job in batch.plan(files, tmp_path / "out")]
    assert names == ["_batch.json", "_INDEX.html", "_portfolio.xlsx"]
