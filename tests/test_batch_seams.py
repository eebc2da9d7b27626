"""Where parts of a batch meet: history with refused workbooks, drafts with a list that grows, runs that are
ended, files that come, go and move, two runs of the same, other people's data.
"""

from __future__ import annotations

import io
import json
import re
import shutil
import sqlite3
import zipfile
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import Future
from contextlib import nullcontext
from dataclasses import replace
from email import message_from_bytes, policy
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from sheetreport import batch, confined, portfolio
from sheetreport.batch import PortfolioError, Settings, arrivals, earlier, letters
from sheetreport.batch.jobs import OWN
from sheetreport.batch.journal import JOURNAL
from sheetreport.cli import app
from sheetreport.cli import watch as watching
from sheetreport.cli.progress import Progress
from sheetreport.drafts.letters import Addressee
from sheetreport.errors import ExitCode, SheetreportError, UsageError
from sheetreport.history.store import History
from sheetreport.i18n import Wording
from sheetreport.model import Language
from sheetreport.pipeline import Options
from tests import batches
from tests.batches import OPTIONS, Here, made, run, workbooks
from tests.said import refused
from tests.test_consultant import PHONE, marked, secrets
from tests.test_history import OCTOBER, SEPTEMBER
from tests.test_progress import Clock, lines, outcome


@pytest.fixture
def work_that_costs_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(confined, "examine", batches.examine)
    monkeypatch.setattr(confined, "render", batches.render)


free = pytest.mark.usefixtures("work_that_costs_nothing")


# --- drafts and the list of clients -------------------------------------------------------------------------


@free
def test_a_client_more_in_the_list_leaves_the_outputs_of_the_others(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def draft(*_: object, to: Addressee, **__: object) -> bytes:
        return " ".join(to.addresses).encode()

    monkeypatch.setattr(letters, "draft", draft)
    files, clients = workbooks(tmp_path / "in", {"a": "Alder", "b": "Birch"}), tmp_path / "clients.csv"

    def unchanged(*lines: str) -> list[bool]:
        clients.write_text("\n".join(("company;email", *lines)), "utf-8")
        found = run(files, tmp_path / "out", drafts=True, clients=clients)
        return [one.skipped for one in found]

    assert unchanged("Alder;a@example.org") == [False, False]
    assert unchanged("Alder;a@example.org", "Cedar;c@example.org") == [True, True]
    assert unchanged("Alder;a@example.org", "Birch;b@example.org") == [True, False]
    assert made(tmp_path / "out")["b/b.eml"] == b"b@example.org"
    assert unchanged("Birch;b@example.org") == [False, True]
    assert made(tmp_path / "out")["a/a.eml"] == b""


# --- the reading pass of a history --------------------------------------------------------------------------


@free
def test_a_refused_workbook_is_not_read_again_for_the_history(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    read: Counter[str] = Counter()

    def examine(data: bytes, name: str, options: Options) -> confined.Examined:
        read[name] += 1
        found = batches.examine(data, name, options)
        refused = {"status": "refused", "company": None, "period": {"start": None, "end": None}}
        return confined.Examined({**found.document, **refused}, {})

    def render(*_: object) -> confined.Made:
        return batches.render(None, {"company": "nobody"}, OPTIONS)

    monkeypatch.setattr(confined, "examine", examine)
    monkeypatch.setattr(confined, "render", render)
    files = workbooks(tmp_path / "in", {"bad": "one", "worse": "two"})
    more: dict[str, Any] = {"history": tmp_path / "h.sqlite"}
    run(files, tmp_path / "out", **more)
    assert read == {"bad.xlsx": 2, "worse.xlsx": 2}  # for the history, and for its outcome
    assert all(one.skipped for one in run(files, tmp_path / "out", **more))
    assert read == {"bad.xlsx": 2, "worse.xlsx": 2}
    files[0].write_bytes(b"three")
    run(files, tmp_path / "out", **more)
    assert read == {"bad.xlsx": 4, "worse.xlsx": 2}


class Ended(Here):
    """Somebody presses Ctrl-C when so many pieces of work are done."""

    def __init__(self, after: int) -> None:
        self._left = after

    def submit(self, seconds: float, function: Any, /, *args: Any, **kwargs: Any) -> Future[Any]:
        if not self._left:
            raise KeyboardInterrupt
        self._left -= 1
        return super().submit(seconds, function, *args, **kwargs)


@free
def test_what_was_read_when_somebody_ended_it_is_kept(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Two of three; the display hears of each, and the next run reads the third alone."""
    records = {"Sept": SEPTEMBER, "Oct": OCTOBER}
    monkeypatch.setattr(earlier, "record_of", lambda _, document: records.get(document["company"]))
    files = workbooks(tmp_path / "in", {"a": "Sept", "b": "Oct", "c": "Nov"})
    heard: list[int] = []
    jobs = batch.plan(files, tmp_path / "out")
    settings = Settings(tmp_path / "out", history=tmp_path / "h.sqlite", several=True)
    with pytest.raises(KeyboardInterrupt):
        batch.run(jobs, OPTIONS, settings, lambda _: None, pool=Ended(2), read=heard.append)
    assert len(History(tmp_path / "h.sqlite").records()) == 2
    assert not (tmp_path / "out" / "a").exists()
    assert heard == sorted(heard)

    heard.clear()
    batch.run(jobs, OPTIONS, settings, lambda _: heard.append(-1), pool=Here(), read=heard.append)
    assert heard[-4:] == [3, -1, -1, -1]  # every file read before the first has its outcome


@pytest.mark.parametrize(("language", "counts"), [("en", "2 of 5 read"), ("ru", "прочитано 2 из 5")])
def test_the_display_says_that_files_are_read_first_and_times_only_what_is_made(
    language: Language, counts: str
) -> None:
    clock = Clock()
    progress = Progress(5, Wording(language), clock)
    progress.read(1)
    clock.now += 600
    progress.read(2)
    assert lines(progress)[0] == counts
    for name in "abc":
        clock.now += 1
        progress.done(outcome(f"{name}.xlsx"))
    assert "60" in lines(progress)[1]
    assert progress.finished == 3


# --- ended, moved, gone -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("language", "said"), [("en", "Files done: 1 of 2."), ("ru", "Пройдено файлов: 1 из 2.")]
)
def test_a_batch_that_is_ended_says_how_far_it_came(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, language: str, said: str
) -> None:
    def ended(jobs: list[batch.Job], _options: Options, _settings: Settings, done: Any, **_: Any) -> None:
        done(outcome(str(jobs[0].source)))
        raise KeyboardInterrupt

    monkeypatch.setattr(batch, "run", ended)
    workbooks(tmp_path / "in", {"a": "one", "b": "two"})
    asked = ["report", str(tmp_path / "in"), "--out", str(tmp_path / "out"), "--lang", language]
    result = CliRunner().invoke(app, asked)
    assert result.exit_code == ExitCode.INTERRUPTED
    assert said in result.output


@free
def test_outputs_whose_workbook_is_gone_are_named_but_not_those_that_moved(tmp_path: Path) -> None:
    before, after, out = tmp_path / "before", tmp_path / "after", tmp_path / "out"
    run(workbooks(before, {"Gone": "one", "stays": "two"}), out)
    before.rename(after)
    assert batch.left_over(batch.plan(sorted(after.iterdir()), out), out) == []
    (after / "Gone.xlsx").unlink()
    assert batch.left_over(batch.plan([after / "stays.xlsx"], out), out) == [out / "Gone"]
    shutil.rmtree(out / "Gone")
    assert batch.left_over(batch.plan([after / "stays.xlsx"], out), out) == []


@free
def test_outputs_of_a_workbook_that_was_not_asked_for_this_time_are_not_left_over(tmp_path: Path) -> None:
    files, out = workbooks(tmp_path / "in", {"a": "one", "b": "two"}), tmp_path / "out"
    run(files, out)
    assert batch.left_over(batch.plan(files[:1], out), out) == []


@free
def test_a_folder_of_outputs_that_moved_is_gone_on_with(tmp_path: Path) -> None:
    files = workbooks(tmp_path / "in", {"a": "one", "b": "two"})
    run(files, tmp_path / "out")
    (tmp_path / "out").rename(tmp_path / "elsewhere")
    found = run(files, tmp_path / "elsewhere")
    assert [one.skipped for one in found] == [True, True]
    assert Path(found[0].outputs[0]).is_file()


@free
@pytest.mark.parametrize(
    "line",
    [
        {"folder": "a"},
        {"folder": "a", "source": "/in/a.xlsx", "outcome": []},
        {"folder": "a", "source": "/in/a.xlsx", "outcome": {"status": "complete"}},
        {"folder": ["a"], "source": None, "outcome": None},
        {"a": {"source": "/in/a.xlsx"}},
        ["a"],
    ],
)
def test_a_journal_that_another_version_wrote_its_own_way_is_no_reason_to_fail(
    tmp_path: Path, line: object
) -> None:
    files, out = workbooks(tmp_path / "in", {"a": "one"}), tmp_path / "out"
    (out / OWN).mkdir(parents=True)
    (out / OWN / JOURNAL).write_text(json.dumps(line) + "\n", "utf-8")
    assert [one.skipped for one in run(files, out)] == [False]
    assert [one.skipped for one in run(files, out)] == [True]


@pytest.mark.parametrize("option", ["--clients", "--brand", "--history"])
def test_a_watch_does_not_begin_with_what_cannot_be_used(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, option: str
) -> None:
    monkeypatch.setattr("sheetreport.cli.report.watch", lambda *_: pytest.fail("it began"))
    (tmp_path / "in").mkdir()
    (tmp_path / "wrong").write_bytes(b"neither; a: list\0 nor anything else" * 100)
    asked = ["report", str(tmp_path / "in"), "--out", str(tmp_path / "out"), "--watch"]
    result = CliRunner().invoke(app, [*asked, option, str(tmp_path / "wrong")])
    assert isinstance(result.exception, SheetreportError), result.output


@free
def test_a_portfolio_that_cannot_be_replaced_takes_nothing_from_the_reports(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    out = tmp_path / "out"
    (out / "portfolio.xlsx").mkdir(parents=True)
    monkeypatch.setattr(portfolio, "build", lambda *_: {"index.html": b"page", "portfolio.xlsx": b"book"})
    files = workbooks(tmp_path / "in", {"a": "one", "b": "two"})
    in_the_way = re.escape(str(out / "portfolio.xlsx"))
    with refused(f"^can't write {in_the_way}: something else", PortfolioError) as stopped:
        run(files, out, several=True, portfolio=True)
    assert isinstance(stopped.value, PortfolioError)
    assert [one.status for one in stopped.value.outcomes] == ["complete", "complete"]
    assert json.loads((out / "batch.json").read_bytes())["complete"] is True


def test_reports_are_named_and_summed_up_though_the_portfolio_failed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    done = replace(outcome("in/a.xlsx"), outputs=["out/a/a-report.json"])

    def failing(*_: object, **__: object) -> None:
        raise PortfolioError.of(UsageError("files.cant_write_held", path="portfolio.xlsx"), [done])

    monkeypatch.setattr(batch, "run", failing)
    workbooks(tmp_path / "in", {"a": "one"})
    result = CliRunner().invoke(app, ["report", str(tmp_path / "in"), "--out", "out", "--lang", "en"])
    assert isinstance(result.exception, PortfolioError)
    assert "out/a/a-report.json" in result.stdout
    assert "1 made" in result.stderr


def test_the_list_of_clients_among_the_workbooks_is_taken_for_no_clients_answers(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(batch, "run", lambda *_, **__: [outcome("in/a.xlsx")])
    workbooks(tmp_path / "in", {"a": "one"})
    clients = tmp_path / "in" / "clients.csv"
    clients.write_text("file;email\na;a@example.org\n", "utf-8")
    asked = ["report", str(tmp_path / "in"), "--out", str(tmp_path / "out"), "--lang", "en"]
    assert "not read: clients.csv" in CliRunner().invoke(app, asked).stderr
    assert "clients.csv" not in CliRunner().invoke(app, [*asked, "--clients", str(clients)]).stderr


@free
def test_a_portfolio_that_stays_open_makes_a_watch_neither_repeat_itself_nor_its_work(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Four rounds, each of which ends at the portfolio; --force is for the first of them."""
    made_of: Counter[str] = Counter()

    def examine(data: bytes, name: str, options: Options) -> confined.Examined:
        made_of[name] += 1
        return batches.examine(data, name, options)

    def build(*_: object) -> dict[str, bytes]:
        made_of["portfolio"] += 1
        if made_of["portfolio"] == 4:
            raise KeyboardInterrupt
        return {"portfolio.xlsx": b"book"}

    monkeypatch.setattr(confined, "examine", examine)
    monkeypatch.setattr(portfolio, "build", build)
    monkeypatch.setattr(batch, "engine", lambda *_: nullcontext(Here()))
    monkeypatch.setattr(arrivals, "SETTLED_SECONDS", 0)
    monkeypatch.setattr(watching, "LOOK_SECONDS", 0)
    monkeypatch.setattr(watching, "RETRY_SECONDS", 0)
    workbooks(tmp_path / "in", {"fine": "one", "stuck": "two"})
    notes, out = tmp_path / "notes", tmp_path / "out"
    notes.mkdir()
    (notes / "stuck.md").write_text("## No such chapter\n\nA text.", "utf-8")
    (out / "portfolio.xlsx").mkdir(parents=True)
    settings = Settings(out, force=True, several=True, portfolio=True)
    options = Options(pdf=False, commentary=notes)
    assert watching.watch([tmp_path / "in"], options, settings, Wording("en")) == ExitCode.INTERRUPTED
    assert made_of == {"fine.xlsx": 1, "portfolio": 4}
    said = capsys.readouterr().err
    assert said.count("stuck.xlsx · failed") == 1
    assert said.count("something else of that name is in the way") == 1


def test_a_folder_that_gets_closed_is_said_once_in_the_reader_s_language(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Three rounds that find no way in, as happens where rights are taken away in between."""
    (tmp_path / "in" / "deep").mkdir(parents=True)
    rounds = iter(range(3))

    def find(*_: object) -> list[Path]:
        if next(rounds, None) is None:
            raise KeyboardInterrupt
        raise PermissionError(13, "Permission denied", "in/deep")

    monkeypatch.setattr(batch, "find_workbooks", find)
    monkeypatch.setattr(arrivals, "SETTLED_SECONDS", 0)
    monkeypatch.setattr(watching, "LOOK_SECONDS", 0)
    monkeypatch.setattr(watching, "RETRY_SECONDS", 0)
    workbooks(tmp_path / "in", {"a": "one"})
    settings = Settings(tmp_path / "out", several=True)
    watching.watch([tmp_path / "in"], OPTIONS, settings, Wording("ru"))
    assert capsys.readouterr().err.count("in/deep: нет прав\n") == 1


# --- two runs of the same, and what stays private -----------------------------------------------------------

CONTACT = "Zoë Addressee"
FULL = Options(pdf=False, strict=True)


@pytest.fixture(scope="module")
def twice(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """The outputs of one folder in two languages, made in two places: drafts, portfolio, history, list."""
    return tuple(_everything(tmp_path_factory.mktemp(name)) for name in ("here", "there"))  # type: ignore[return-value]


def _everything(place: Path) -> Path:
    inbox, clients = place / "in", place / "clients.csv"
    inbox.mkdir()
    (inbox / "good.xlsx").write_bytes(marked(sample="core-only-ru"))
    (inbox / "refused.xlsx").write_bytes(marked(sample="before-opening-en", in_profile_period_start="soon"))
    clients.write_text(f"file;name;email\ngood;{CONTACT};z@example.org\nnobody;;n@example.org\n", "utf-8")
    more: dict[str, Any] = {"clients": clients, "history": place / "h.sqlite"}
    found = run(
        sorted(inbox.iterdir()), place / "out", FULL, drafts=True, portfolio=True, several=True, **more
    )
    assert [one.status for one in found] == ["complete", "refused"]
    return place / "out"


def test_two_runs_in_two_places_give_the_same_bytes(twice: tuple[Path, Path]) -> None:
    """But for the list of files, which holds paths and seconds."""
    here, there = (made(out) for out in twice)
    assert {"index.html", "portfolio.xlsx", "good/good.eml", "refused/refused.eml"} < set(here)
    assert [name for name in here | there if here.get(name) != there.get(name)] == ["batch.json"]


def test_personal_data_are_where_they_belong_and_nowhere_else(twice: tuple[Path, Path]) -> None:
    """The owner's own in the copy of their own workbook, the addressee's in the letter to them."""
    out, _ = twice
    owners = (*secrets(PHONE),)
    places: dict[str, set[str]] = {"owner": set(), "addressee": set()}
    for file in sorted(path for path in out.parent.rglob("*") if path.is_file() and "in" not in path.parts):
        for name, data in _parts(file.name, file.read_bytes()):
            text = data.decode("utf-8", "replace")
            for who, words in (("owner", owners), ("addressee", (CONTACT, "z@example.org"))):
                if any(word in text or json.dumps(word)[1:-1] in text for word in words):
                    places[who].add(name)
    copies = ("good-corrections.xlsx", "refused-corrections.xlsx", "refused.eml: refused-corrections.xlsx")
    assert {name.partition("!")[0] for name in places["owner"]} == set(copies)
    assert {name.partition(": ")[0] for name in places["addressee"]} == {"clients.csv", "good.eml"}


def _parts(name: str, data: bytes) -> Iterator[tuple[str, bytes]]:
    """A file, and what is packed, attached or stored in it."""
    yield name, data
    if data.startswith(b"PK"):
        with zipfile.ZipFile(io.BytesIO(data)) as packed:
            for part in packed.namelist():
                yield f"{name}!{part}", packed.read(part)
    elif name.endswith(".sqlite"):
        with sqlite3.connect(":memory:") as base:
            base.deserialize(data)
            yield name, "\n".join(base.iterdump()).encode()
    elif name.endswith(".eml"):
        letter = message_from_bytes(data, policy=policy.default)
        yield f"{name}: head", "\n".join(str(value) for value in letter.values()).encode()
        for piece in letter.walk():
            if not piece.is_multipart():
                held = piece.get_payload(decode=True)
                assert isinstance(held, bytes)
                yield from _parts(f"{name}: {piece.get_filename('text')}", held)
