"""A batch on a Dask cluster: a real scheduler and workers on loopback give what this computer gives."""

from __future__ import annotations

import itertools
import json
import os
import pickle
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import psutil
import pytest

from sheetreport import __version__, batch, confined, worker
from sheetreport.batch.outcome import FileOutcome
from sheetreport.cluster import alike, connect, engine, parcel, site
from sheetreport.cluster.engine import Cluster
from sheetreport.errors import EngineError, ExitCode, Message, MissingLibraryError, UsageError
from sheetreport.i18n import Wording
from sheetreport.pipeline import Options
from sheetreport.worker import Limit, LimitError
from tests import fleet
from tests.loopback import ROOT, Loopback, command_of, until
from tests.said import refused

SAMPLES = ROOT / "samples"
PLAIN = Options(pdf=False)
STRANGE = "0.0.1"


def test_what_a_computer_shows_of_itself_does_not_depend_on_what_it_made_before() -> None:
    """In a process of its own: here reports may have been made already."""
    program = (
        "from sheetreport.cluster import alike\n"
        "from sheetreport.pipeline import Options\n"
        "from sheetreport.render import pdf\n"
        "fresh = alike.traits(Options())\n"
        "alike._trial_page.cache_clear()\n"
        "pdf._engine()\n"
        "assert alike.traits(Options()) == fresh, 'another page'\n"
    )
    subprocess.run([sys.executable, "-c", program], cwd=ROOT, check=True)


@pytest.fixture(scope="module")
def dask(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Loopback]:
    """A scheduler, two workers, one of them looked after by a nanny as is Dask's habit, and a stranger: a
    worker with another version of sheetreport.
    """
    found = Loopback(tmp_path_factory.mktemp("dask"))
    other = tmp_path_factory.mktemp("other")
    shutil.copytree(ROOT / "sheetreport", other / "sheetreport", ignore=shutil.ignore_patterns("*.pyc"))
    init = other / "sheetreport" / "__init__.py"
    init.write_text(init.read_text("utf-8").replace(f'"{__version__}"', f'"{STRANGE}"'), "utf-8")
    try:
        found.scheduler()
        found.worker("nannied")
        found.worker("bare", "--no-nanny")
        found.worker("stranger", "--no-nanny", package=other)
        yield found
    finally:
        found.end()


@dataclass
class Told:
    """What people are told."""

    said: list[Message] = field(default_factory=list)

    def __call__(self, message: Message) -> None:
        self.said.append(message)


@pytest.fixture(scope="module")
def told() -> Told:
    return Told()


@pytest.fixture(scope="module")
def pool(dask: Loopback, told: Told) -> Iterator[Cluster]:
    """The cluster with both of its fit workers."""
    with Cluster(dask.address, PLAIN, told) as found:
        until(lambda: found.number == 2 * engine.AHEAD)
        until(lambda: told.said)
        yield found


def files_of(out: Path) -> dict[str, bytes]:
    """What a batch leaves for people, without what it remembers and how long it took."""
    return {
        str(file.relative_to(out)): file.read_bytes()
        for file in sorted(out.rglob("*"))
        if file.is_file() and ".sheetreport" not in file.parts and file.name != batch.SUMMARY
    }


def run(
    files: list[Path],
    out: Path,
    options: Options = PLAIN,
    done: Callable[[FileOutcome], None] = lambda _: None,
    **more: Any,
) -> list[FileOutcome]:
    settings = batch.Settings(out, 2, several=True, engine=more.pop("engine", None))
    return batch.run(batch.plan(files, out), options, settings, done, **more)


# --- the same outputs -----------------------------------------------------------------------------


def test_outputs_are_those_of_this_computer_though_the_workers_see_no_folder(
    dask: Loopback, tmp_path: Path
) -> None:
    here, there = tmp_path / "here", tmp_path / "there"
    for sample in ("own-catalog", "own-brand"):
        shutil.copytree(SAMPLES / sample, here / sample)
    files = [SAMPLES / name / f"{name}.xlsx" for name in ("core-only-ru", "before-opening-en")]
    remarks = here / "notes"
    remarks.mkdir()
    (remarks / f"{files[0].stem}.md").write_text("Words of the consultant.", "utf-8")

    def options(at: Path) -> Options:
        return Options(
            catalog=at / "own-catalog",
            brand=at / "own-brand" / "brand.yaml",
            commentary=at / "notes",
            audience="consultant",
            archive=True,
        )

    with Cluster(dask.address, options(here), Told()) as pool:
        here.rename(there)  # what was not sent by now is nowhere to be found
        outcomes = run(files, tmp_path / "cluster", options(there), pool=pool)
    run(files, tmp_path / "local", options(there))
    assert [outcome.error or outcome.status for outcome in outcomes] == ["complete", "complete"]
    made, expected = files_of(tmp_path / "cluster"), files_of(tmp_path / "local")
    assert len(expected) >= 2 * len(("pdf", "xlsx", "json", "consultant"))
    assert made == expected


def test_a_hostile_workbook_costs_itself_and_nothing_else(
    pool: Cluster, tmp_path: Path, filled: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(confined, "examine", attack)
    files = [tmp_path / "inbox" / name for name in ("dies.xlsx", "grows.xlsx", "sound.xlsx")]
    files[0].parent.mkdir()
    for file in files:
        file.write_bytes(filled)
    outcomes = run(files, tmp_path / "cluster", pool=pool)
    run(files, tmp_path / "local")
    assert [outcome.status for outcome in outcomes] == ["refused", "refused", "complete"]
    assert [outcome.attempts for outcome in outcomes] == [2, 2, 1]
    findings = [
        json.loads((tmp_path / "cluster" / stem / f"{stem}-report.json").read_bytes())["findings"][0]["code"]
        for stem in ("dies", "grows")
    ]
    assert findings == ["S-05", "S-06"]
    assert files_of(tmp_path / "cluster") == files_of(tmp_path / "local")


def attack(data: bytes, name: str, options: Options, genuine: Any = confined.examine) -> Any:
    """What hostile workbooks might bring about where they are read."""
    if name == "dies.xlsx":
        os._exit(9)
    if name == "grows.xlsx":
        return b"x" * (worker.MAX_ADDRESSES + 1)
    return genuine(data, name, options)


def test_limits_hold_there_as_they_hold_here(pool: Cluster) -> None:
    work: list[Any] = [
        pool.submit(1, time.sleep, 60),
        pool.submit(30, os.abort),
        pool.submit(30, abs, -1),
        pool.submit(30, fail, "client.xlsx"),
    ]
    for piece, limit in zip(work[:2], (Limit.TIME, Limit.CRASH), strict=True):
        with pytest.raises(LimitError) as stopped:
            pool.result(piece)
        assert stopped.value.limit is limit
    assert pool.result(work[2]) == 1
    with refused("can't read client.xlsx: it is not a file"):
        pool.result(work[3])


def fail(name: str) -> None:
    """What work may raise."""
    raise UsageError("files.not_a_file", path=Path(name))


def test_a_defect_says_where_it_arose(pool: Cluster) -> None:
    with pytest.raises(TypeError) as raised:
        pool.result(pool.submit(30, parcel.without))  # type: ignore[call-arg]
    assert "host.py" in raised.value.__notes__[0]


# --- who does the work ----------------------------------------------------------------------------


def test_a_worker_that_differs_is_left_out_and_named(pool: Cluster, told: Told) -> None:
    (said,) = told.said
    assert said.key == "cluster.left_out"
    assert f"There and here: sheetreport {STRANGE} ≠ {__version__}, its files" in Wording("en").say(said)
    assert pool.number == 2 * engine.AHEAD


def test_where_all_differ_nothing_begins(dask: Loopback, monkeypatch: pytest.MonkeyPatch) -> None:
    genuine = alike.traits(PLAIN)
    monkeypatch.setattr(engine, "traits", lambda _: {**genuine, "weasyprint": "1"})
    with refused(f"weasyprint {genuine['weasyprint']} ≠ 1", EngineError), _cluster(dask):
        pytest.fail("it began")


def test_what_workers_lack_is_said_in_russian_to_a_russian_reader() -> None:
    here = {"files": "abc", "Python": "3.12.1", "weasyprint": "70.0"}
    lack = alike.differences(here, {"files": "def", "Python": "3.12.1", "weasyprint": "none"})
    assert lack is not None
    assert Wording("ru").say(lack) == "файлы программы def ≠ abc, weasyprint нет ≠ 70.0"
    assert alike.differences(here, here) is None


def test_of_very_many_unfit_workers_some_are_named() -> None:
    unfit = {
        f"tcp://10.0.0.1:{port}": Message("cluster.cant_begin_see_log", {}) for port in range(1000, 2000)
    }
    lacks = Cluster._lacks(SimpleNamespace(_unfit=unfit))  # type: ignore[arg-type]
    named = Wording("en").say(lacks).split("; ")
    assert named == [f"tcp://10.0.0.1:{port}: it can't begin: see its log" for port in range(1000, 1010)]


def _cluster(dask: Loopback, options: Options = PLAIN) -> Cluster:
    return Cluster(dask.address, options, Told())


def test_a_host_that_dies_costs_what_it_was_doing_and_comes_back(dask: Loopback, pool: Cluster) -> None:
    work = [pool.submit(60, time.sleep, 50) for _ in range(2)]
    hosts = [*dask.hosts("bare"), *dask.hosts("nannied")]
    until(lambda: sum(len(host.children()) for host in hosts) == 2)
    for host in hosts:
        host.kill()
    for piece in work:
        with pytest.raises(LimitError) as stopped:
            pool.result(piece)
        assert stopped.value.limit is Limit.CRASH
    assert pool.result(pool.submit(30, abs, -3)) == 3


def test_a_worker_killed_in_the_middle_loses_nothing_and_a_new_one_joins(
    dask: Loopback, pool: Cluster, tmp_path: Path
) -> None:
    files = fleet.write(tmp_path / "inbox", 8)
    finished = itertools.count(1)

    def kill(_: FileOutcome) -> None:
        if next(finished) == 1:
            dask.kill("bare")
            dask.worker("joined", "--no-nanny")

    outcomes = run(files, tmp_path / "cluster", done=kill, pool=pool)
    run(files, tmp_path / "local")
    assert {outcome.status for outcome in outcomes} <= {"complete", "partial"}
    assert {outcome.attempts for outcome in outcomes} == {1}
    assert files_of(tmp_path / "cluster") == files_of(tmp_path / "local")
    until(lambda: pool.number == 2 * engine.AHEAD)
    assert dask.hosts("joined")


def test_nothing_is_left_behind(dask: Loopback) -> None:
    before = dask.hosts("nannied")
    with _cluster(dask) as pool:
        until(lambda: pool.number == 2 * engine.AHEAD)
        (host,) = set(dask.hosts("nannied")) - set(before)
        folder = Path(command_of(host)[3])
        assert folder.is_dir()
        for _ in range(2):
            pool.submit(60, time.sleep, 50)
        until(host.children)
        workers = host.children()
    assert not psutil.wait_procs([host, *workers], 10)[1]
    until(lambda: not folder.exists())
    assert dask.hosts("nannied") == before


def test_a_site_without_work_is_given_up(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    options = replace(PLAIN, catalog=SAMPLES / "own-catalog")
    left = site.Site(pickle.dumps(parcel.Parcel.of(options)), 1)
    assert pickle.loads(left.greeting) == alike.traits(options)
    assert list(tmp_path.rglob("rules.yaml"))
    monkeypatch.setattr(site, "IDLE_SECONDS", 0.1)
    assert pickle.loads(left.work(pickle.dumps((30, abs, (-1,))))) == (1, None)
    assert left.ended.wait(10)
    until(lambda: not list(tmp_path.iterdir()))
    assert left.work(b"") == b""


# --- schedulers that are not there, or go ---------------------------------------------------------


@pytest.fixture
def own(tmp_path: Path) -> Iterator[Loopback]:
    """A scheduler for one test, which may end it; a piece of work is given up with its first worker."""
    found = Loopback(tmp_path / "dask")
    found.folder.mkdir()
    found.scheduler(DASK_DISTRIBUTED__SCHEDULER__ALLOWED_FAILURES="0")
    try:
        yield found
    finally:
        found.end()


def test_it_waits_for_workers_no_longer_than_it_says(own: Loopback, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(engine, "WORKERS_SECONDS", 5)
    monkeypatch.setattr(engine, "SILENT_SECONDS", 0.5)
    told = Told()
    with refused(r"no worker at .* for 5 s", EngineError), Cluster(own.address, PLAIN, told):
        pytest.fail("it began")
    assert told.said == [Message("cluster.waiting", {"address": own.address, "seconds": 5})]


def test_work_that_costs_workers_is_tried_once_more_and_a_lost_scheduler_ends_the_batch(
    own: Loopback, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The first worker dies of its first workbook; a new one goes on until the scheduler dies."""
    monkeypatch.setattr(engine, "SCHEDULER_SECONDS", 5)
    own.worker("first", "--no-nanny")
    files = fleet.write(tmp_path / "inbox", 6)
    out = tmp_path / "out"
    finished: list[FileOutcome] = []

    def done(outcome: FileOutcome) -> None:
        finished.append(outcome)
        if len(finished) == 2:
            own.kill("scheduler")

    def kill() -> None:
        until(lambda: any(host.children() for host in own.hosts("first")))
        own.kill("first")
        own.worker("second", "--no-nanny")

    killer = threading.Thread(target=kill)
    killer.start()
    with refused("Finished reports stay", EngineError):
        run(files, out, done=done, engine=own.engine)
    killer.join()
    made = files_of(out)
    assert {outcome.status for outcome in finished} <= {"complete", "partial"}
    assert {Path(outcome.source).stem for outcome in finished} == {name.split("/")[0] for name in made}
    again = run(files, out)
    assert {outcome.source for outcome in again if outcome.skipped} == {one.source for one in finished}
    assert len(again) == len(files)
    assert made.items() <= files_of(out).items()


def test_ctrl_c_ends_the_work_on_the_cluster_too(dask: Loopback, pool: Cluster, tmp_path: Path) -> None:
    before = dask.hosts("nannied")
    fleet.write(tmp_path / "inbox", 20)
    command = ["report", "inbox", "--out", "out", "--no-pdf", "--engine", dask.engine]
    with subprocess.Popen(
        [sys.executable, "-m", "sheetreport", *command],
        cwd=tmp_path,
        env=os.environ | {"PYTHONPATH": str(ROOT), "PYTHONUTF8": "1"},
        stderr=subprocess.PIPE,
        text=True,
    ) as batch_of_20:
        until(lambda: list(tmp_path.glob("out/*/*-report.json")))
        started = time.monotonic()
        batch_of_20.send_signal(signal.SIGINT)
        _, said = batch_of_20.communicate(timeout=30)
    assert batch_of_20.returncode == ExitCode.INTERRUPTED, said
    assert time.monotonic() - started < 20
    assert "Traceback" not in said
    until(lambda: dask.hosts("nannied") == before)
    assert pool.result(pool.submit(30, abs, -4)) == 4


def test_a_scheduler_that_knows_nothing_of_us_is_named(tmp_path: Path) -> None:
    dask, empty = Loopback(tmp_path / "dask"), tmp_path / "empty" / "sheetreport"
    for folder in (dask.folder, empty):
        folder.mkdir(parents=True)
    (empty / "__init__.py").touch()
    try:
        dask.scheduler(package=empty.parent)
        with refused("not installed where the scheduler", EngineError), _cluster(dask):
            pytest.fail("it began")
    finally:
        dask.end()


@pytest.mark.parametrize("address", ["dask://nowhere.invalid:8786", "dask://127.0.0.1:1"])
def test_no_scheduler_is_said_in_a_sentence(address: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(engine, "SCHEDULER_SECONDS", 1)
    with (
        refused("no Dask scheduler answers", EngineError) as raised,
        connect.connect(address, PLAIN, Told()),
    ):
        pytest.fail("it began")
    assert raised.value.exit_code == ExitCode.USAGE


@pytest.mark.parametrize(
    ("typed", "address"),
    [
        ("dask://10.0.0.5:8786", "tcp://10.0.0.5:8786"),
        ("dask+tls://cluster.example:8786", "tls://cluster.example:8786"),
        ("dask://[::1]:8786", "tcp://[::1]:8786"),
    ],
)
def test_addresses_are_written_as_dask_does(typed: str, address: str) -> None:
    assert connect.address_of(typed) == address


@pytest.mark.parametrize(
    "typed",
    ["", "dask", "dask://", "dask://host", "dask://host:port", "dask://:8786", "tcp://host:8786",
     "dask://host:8786/path", "dask://name:word@host:8786", "dask://host:99999", "remote"],
)  # fmt: skip
def test_what_is_no_address_is_a_usage_error(typed: str) -> None:
    with refused("is no address: write dask://HOST:PORT"):
        connect.address_of(typed)


def test_without_dask_the_message_names_the_command(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delitem(sys.modules, "sheetreport.cluster.engine")
    monkeypatch.setitem(sys.modules, "distributed", None)
    with refused(r"-m pip install 'sheetreport\[cluster\]'", MissingLibraryError) as raised:
        connect.connect("dask://127.0.0.1:8786", PLAIN, Told())
    assert raised.value.exit_code == ExitCode.USAGE


def test_only_the_engine_imports_dask() -> None:
    program = (
        "import sys, sheetreport.batch, sheetreport.cli.report, sheetreport.cluster.site;"
        "sys.exit(any(name in sys.modules for name in ('dask', 'distributed')))"
    )
    assert subprocess.run([sys.executable, "-c", program], cwd=ROOT, check=False).returncode == 0
