"""The file of a history: what is kept, by whom and how often; what is wrong with other files; forgetting."""

from __future__ import annotations

import os
import random
import resource
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from typer.testing import CliRunner

from sheetreport.cli import app
from sheetreport.errors import ExitCode, UsageError
from sheetreport.history import store
from sheetreport.history.record import Kept, KeptArea, KeptGoal, Record, fingerprint, record_of
from sheetreport.history.schema import APPLICATION_ID, VERSION
from sheetreport.history.store import Client, History
from sheetreport.i18n import Wording
from tests import histories
from tests.said import refused

ROOT = Path(__file__).parent.parent
NOBODY = 65534

OCTOBER = Record(
    company="Paper Boat (fictional)",
    start=date(2026, 10, 1),
    end=date(2026, 10, 31),
    type="month",
    currency="GBP",
    status="complete",
    health=61,
    metrics={
        "cac": Kept("money", None, reason="zero_new_clients"),
        "nps": Kept("points", 26.0, (9.0, 41.0), None, "usable", 60.0, None),
    },
    goals=(KeptGoal("100 leads", "at_risk", 0.48),),
    areas={"loyalty": KeptArea(6, 12, 50)},
    source_sha256="a" * 64,
    tool_version="1",
    catalog_sha256="b" * 64,
    recorded_at="2026-11-02T10:00:00+00:00",
)
SEPTEMBER = replace(OCTOBER, start=date(2026, 9, 1), end=date(2026, 9, 30), health=None, goals=())


@pytest.fixture
def history(tmp_path: Path) -> History:
    return History(tmp_path / "clients.sqlite", create=True)


# --- what is kept -------------------------------------------------------------------------------------------


def test_everything_comes_back_as_it_was_put(history: History) -> None:
    history.put([OCTOBER, SEPTEMBER])
    assert history.records() == (SEPTEMBER, OCTOBER)
    assert history.clients() == (Client(OCTOBER.company, 2, SEPTEMBER.start, OCTOBER.end),)


def test_the_same_period_again_takes_its_place_and_leaves_nothing_of_it(history: History) -> None:
    history.put([OCTOBER])
    again = replace(
        OCTOBER, metrics={"nps": Kept("points", -5.0)}, goals=(), areas={}, source_sha256="c" * 64
    )
    history.put([again])
    assert history.records() == (again,)
    with sqlite3.connect(history.path) as connection:
        assert connection.execute("SELECT count(*) FROM metrics").fetchone() == (1,)
        assert connection.execute("SELECT count(*) FROM goals").fetchone() == (0,)
    connection.close()


def test_a_name_is_compared_as_names_are_and_shown_as_last_written(history: History) -> None:
    history.put([SEPTEMBER, replace(OCTOBER, company=" «PAPER  boat» (fictional)")])
    assert [client.name for client in history.clients()] == [" «PAPER  boat» (fictional)"]
    assert len(history.records("paper boat (Fictional)")) == 2


def test_earlier_periods_are_those_before_in_order_and_the_latest_of_many(history: History) -> None:
    august = replace(OCTOBER, start=date(2026, 8, 1), end=date(2026, 8, 31))
    stranger = replace(OCTOBER, company="Another (fictional)", start=date(2026, 8, 1), end=date(2026, 8, 31))
    history.put([OCTOBER, august, SEPTEMBER, stranger])
    found = history.earlier(OCTOBER.company, OCTOBER.start, OCTOBER.end, most=5)
    assert [record.start.month for record in found] == [8, 9]
    assert history.earlier(OCTOBER.company, OCTOBER.start, OCTOBER.end, most=1) == (SEPTEMBER,)
    assert history.earlier(OCTOBER.company, august.start, august.end, most=5) == ()


def test_a_workbook_is_known_only_as_read_by_this_version_and_catalogue(history: History) -> None:
    history.put([OCTOBER])
    assert history.known("a" * 64, "1", "b" * 64) == ("paper boat (fictional)", OCTOBER.start, OCTOBER.end)
    assert history.known("a" * 64, "2", "b" * 64) is None
    assert history.known("a" * 64, "1", "c" * 64) is None
    assert history.known("c" * 64, "1", "b" * 64) is None


def test_a_fingerprint_tells_figures_apart_and_not_when_they_were_recorded() -> None:
    assert fingerprint([OCTOBER]) == fingerprint([replace(OCTOBER, recorded_at=None, source_sha256="c" * 64)])
    assert fingerprint([OCTOBER]) != fingerprint([replace(OCTOBER, metrics={"nps": Kept("points", 27.0)})])
    assert fingerprint([OCTOBER, SEPTEMBER]) != fingerprint([OCTOBER])


def test_a_result_leaves_its_figures_and_no_personal_data() -> None:
    """The owner's name and address are in the sample's answers, the goal's text gets a phone number here."""
    found = histories.result({})
    found["goals"][0]["text"] += ", call +44 20 7946 0000"
    record = histories.record(found)
    assert (record.company, record.start, record.type) == (histories.COMPANY, date(2026, 7, 1), "quarter")
    assert record.metrics["cac"].value == pytest.approx(10050 / 48)
    assert record.metrics["revenue_monthly"].value == pytest.approx(244000 / 3)
    assert {"nps_promoters", "nps_detractors", "nps_responses"} <= record.metrics.keys()
    assert "sales_monthly" not in record.metrics  # a step of a calculation that nobody follows
    assert len(record.goals) == len(found["goals"])
    assert sum(area.of for area in record.areas.values()) == found["health"]["of"]
    assert not any(name in str(record) for name in ("7946", "Sample Street", "A. Sample", "example.com"))


def test_what_is_unknown_is_kept_as_unknown_with_its_reason() -> None:
    second = histories.record(histories.quarters()[1])
    assert second.metrics["payback_profit"].value is None
    assert second.metrics["payback_profit"].reason
    assert "csi" not in second.metrics  # the page was left blank, so nothing was asked


def test_nothing_is_kept_of_a_refused_workbook_or_one_without_a_period() -> None:
    found = histories.quarters()[-1]
    assert record_of(histories.CATALOG, found | {"status": "refused"}) is None
    assert (
        record_of(histories.CATALOG, found | {"period": {"type": "month", "start": None, "end": None}})
        is None
    )
    assert record_of(histories.CATALOG, found | {"company": None}) is None


# --- two runs at once, and one that is killed ---------------------------------------------------------------

WRITER = """
import sys
from dataclasses import replace
from pathlib import Path
from sheetreport.history.store import History
from tests.test_history import OCTOBER, SEPTEMBER
file, name, rounds = Path(sys.argv[1]), sys.argv[2], int(sys.argv[3])
for number in range(rounds):
    history = History(file, create=True)
    history.put([replace(record, company=f"{name} {number}") for record in (OCTOBER, SEPTEMBER)])
    history.put([replace(OCTOBER, company="Shared", health=number)])
    print(number, flush=True)
"""


def start_writer(file: Path, name: str, rounds: int) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-c", WRITER, str(file), name, str(rounds)],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def sound(file: Path) -> bool:
    connection = sqlite3.connect(file)
    found: tuple[str] = connection.execute("PRAGMA integrity_check").fetchone()
    broken = connection.execute("PRAGMA foreign_key_check").fetchall()
    connection.close()
    return found == ("ok",) and not broken


def test_runs_at_once_lose_nothing_and_break_nothing(tmp_path: Path) -> None:
    """Three processes write into one file that none of them finds there."""
    file = tmp_path / "clients.sqlite"
    writers = [start_writer(file, name, 20) for name in ("one", "two", "three")]
    for writer in writers:
        _, errors = writer.communicate(timeout=120)
        assert writer.returncode == 0, errors
    assert sound(file)
    clients = {client.name: client.periods for client in History(file).clients()}
    assert clients.pop("Shared") == 1
    assert clients == {f"{name} {number}": 2 for name in ("one", "two", "three") for number in range(20)}


def test_another_run_may_make_the_file_at_any_step_of_opening_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    connect = store._connection
    seen: list[str] = []

    def opened(file: Path, moment: int) -> bool:
        """Whether there was such a moment; the other run makes the file just then."""
        seen.clear()

        def look(statement: str) -> None:
            seen.append(statement)
            if len(seen) == moment:
                with monkeypatch.context() as another:
                    another.setattr(store, "_connection", connect)
                    History(file, create=True).put([OCTOBER])

        def watched(path: str) -> sqlite3.Connection:
            connection = connect(path)
            connection.set_trace_callback(look)
            return connection

        with monkeypatch.context() as watching:
            watching.setattr(store, "_connection", watched)
            History(file, create=True)
        return len(seen) >= moment

    moment = 1
    while opened(file := tmp_path / f"{moment}.sqlite", moment):
        assert History(file).records() == (OCTOBER,)
        moment += 1
    assert moment > 4


def test_a_run_killed_while_it_writes_leaves_whole_periods(tmp_path: Path) -> None:
    file, chance = tmp_path / "clients.sqlite", random.Random(6)
    for attempt in range(3):
        writer = start_writer(file, f"run {attempt}", 10_000)
        assert writer.stdout is not None
        assert writer.stdout.readline() == "0\n"
        time.sleep(chance.random() / 5)
        writer.send_signal(signal.SIGKILL)
        writer.communicate()
    kept = History(file).records()
    assert sound(file)
    assert all(len(record.metrics) == 2 and len(record.areas) == 1 for record in kept)
    assert all(client.periods == 2 for client in History(file).clients() if client.name != "Shared")


def test_what_has_a_file_locked_for_too_long_is_named(
    history: History, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sheetreport.history.store.PATIENCE", 0.05)
    other = sqlite3.connect(history.path, isolation_level=None)
    history.put([OCTOBER])
    other.execute("BEGIN EXCLUSIVE")
    with refused("another program has had it locked"):
        history.put([SEPTEMBER])
    other.close()
    assert history.records() == (OCTOBER,)


# --- older and newer versions, other files, disks that refuse ----------------------------------------------

FIRST_VERSION = """
CREATE TABLE clients (id INTEGER PRIMARY KEY, key TEXT NOT NULL UNIQUE, name TEXT NOT NULL);
CREATE TABLE periods (id INTEGER PRIMARY KEY,
  client INTEGER NOT NULL REFERENCES clients (id) ON DELETE CASCADE,
  "start" TEXT NOT NULL, "end" TEXT NOT NULL, type TEXT, currency TEXT, status TEXT NOT NULL, health INTEGER,
  source_sha256 TEXT NOT NULL, tool_version TEXT NOT NULL, catalog_sha256 TEXT NOT NULL, recorded_at TEXT,
  UNIQUE (client, "start", "end"));
CREATE TABLE metrics (period INTEGER NOT NULL REFERENCES periods (id) ON DELETE CASCADE, id TEXT NOT NULL,
  unit TEXT NOT NULL, value REAL, low REAL, high REAL, reason TEXT, evidence TEXT, sample REAL,
  PRIMARY KEY (period, id)) WITHOUT ROWID;
CREATE TABLE goals (period INTEGER NOT NULL REFERENCES periods (id) ON DELETE CASCADE, place INTEGER NOT NULL,
  text TEXT NOT NULL, status TEXT NOT NULL, progress REAL, PRIMARY KEY (period, place)) WITHOUT ROWID;
INSERT INTO clients VALUES (7, 'paper boat (fictional)', 'Paper Boat (fictional)');
INSERT INTO periods
  VALUES (3, 7, '2026-09-01', '2026-09-30', 'month', 'GBP', 'complete', 58, 'a', '1', 'b', NULL);
INSERT INTO metrics VALUES (3, 'nps', 'points', 20.0, 4.0, 35.0, NULL, 'usable', 64.0);
INSERT INTO goals VALUES (3, 1, '100 leads', 'on_track', 0.5);
PRAGMA application_id = 1397903432;
PRAGMA user_version = 1;
"""


@pytest.fixture
def first_version(tmp_path: Path) -> Path:
    """A file as the first version of the tables was."""
    file = tmp_path / "old.sqlite"
    connection = sqlite3.connect(file)
    connection.executescript(FIRST_VERSION)
    connection.close()
    return file


def version_of(file: Path) -> int:
    connection = sqlite3.connect(file)
    found = connection.execute("PRAGMA user_version").fetchone()[0]
    connection.close()
    return int(found)


def test_a_file_of_the_first_version_is_read_without_being_changed(first_version: Path) -> None:
    before = first_version.read_bytes()
    (record,) = History(first_version).records()
    assert (record.health, record.metrics["nps"].interval, record.areas) == (58, (4.0, 35.0), {})
    assert first_version.read_bytes() == before


def test_a_file_of_the_first_version_grows_up_when_it_is_written(first_version: Path) -> None:
    History(first_version, create=True).put([OCTOBER])
    assert version_of(first_version) == VERSION > 1
    kept = History(first_version).records()
    assert [record.start.month for record in kept] == [9, 10]
    assert kept[0].goals == (KeptGoal("100 leads", "on_track", 0.5),)
    assert kept[1] == OCTOBER


def test_a_file_of_a_newer_version_is_left_alone(history: History) -> None:
    history.put([OCTOBER])
    connection = sqlite3.connect(history.path)
    connection.execute(f"PRAGMA user_version = {VERSION + 1}")
    connection.close()
    before = history.path.read_bytes()
    with refused(r"newer sheetreport.*update sheetreport"):
        history.put([SEPTEMBER])
    assert history.path.read_bytes() == before


def a_text(file: Path) -> None:
    file.write_text("clients, periods\n" * 200)


def another_database(file: Path) -> None:
    connection = sqlite3.connect(file)
    connection.execute("CREATE TABLE bookmarks (url TEXT)")
    connection.close()


def a_torn_one(file: Path) -> None:
    History(file, create=True).put([replace(OCTOBER, company=f"Client {number}") for number in range(60)])
    data = bytearray(file.read_bytes())
    data[4096:-4096] = b"\xff" * (len(data) - 8192)
    file.write_bytes(data)


@pytest.mark.parametrize(
    ("make", "problem"),
    [
        (a_text, "no history of sheetreport"),
        (another_database, "database of another program"),
        (a_torn_one, "damaged"),
        (Path.mkdir, "not a file"),
    ],
)
def test_a_file_that_is_no_history_is_named_and_left_alone(
    make: Callable[[Path], None], problem: str, tmp_path: Path
) -> None:
    file = tmp_path / "thing.sqlite"
    make(file)
    before = file.read_bytes() if file.is_file() else b""
    with refused(f"thing.sqlite.*{problem}") as told:
        History(file, create=True).put([OCTOBER])
    assert told.value.exit_code is ExitCode.USAGE
    assert (file.read_bytes() if file.is_file() else b"") == before


def test_reading_makes_no_file_and_a_folder_must_be_there(tmp_path: Path) -> None:
    with refused("no such file"):
        History(tmp_path / "none.sqlite")
    with refused("no such folder"):
        History(tmp_path / "none" / "clients.sqlite", create=True)
    assert not list(tmp_path.iterdir())


def test_a_read_only_file_is_listed_and_never_half_written(history: History) -> None:
    history.put([OCTOBER])
    history.path.chmod(0o444)
    folder = history.path.parent
    folder.chmod(0o555)
    parents = [parent for parent in folder.parents if parent.stat().st_uid == os.geteuid()]
    modes = {parent: parent.stat().st_mode for parent in parents if parent != Path("/")}
    root = os.geteuid() == 0
    try:
        if root:  # whom no mode stops
            for parent, mode in modes.items():
                parent.chmod(mode | 0o055)
            os.seteuid(NOBODY)
        assert history.records() == (OCTOBER,)
        with refused("read-only"):
            history.check_writable()
        with refused("read-only"):
            history.put([SEPTEMBER])
    finally:
        if root:
            os.seteuid(0)
            for parent, mode in modes.items():
                parent.chmod(mode)
        folder.chmod(0o755)
    assert history.records() == (OCTOBER,)


FULL = """
import resource, signal, sys
from dataclasses import replace
from pathlib import Path
from sheetreport.errors import UsageError
from sheetreport.history.store import History
from tests.said import said
from tests.test_history import OCTOBER
file = Path(sys.argv[1])
history = History(file)
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
resource.setrlimit(resource.RLIMIT_FSIZE, (file.stat().st_size + 8192,) * 2)
try:
    history.put([replace(OCTOBER, company=f"Client {number}") for number in range(500)])
except UsageError as error:
    print(said(error))
"""


def test_a_full_disk_is_named_and_what_was_there_stays(history: History) -> None:
    history.put([OCTOBER])
    done = subprocess.run(
        [sys.executable, "-c", FULL, str(history.path)], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert "nothing was recorded" in done.stdout, done.stderr
    assert history.path.name in done.stdout
    assert sound(history.path)
    assert history.records() == (OCTOBER,)
    assert resource.getrlimit(resource.RLIMIT_FSIZE)[0] in (resource.RLIM_INFINITY, -1)


def test_a_disk_that_is_full_is_called_full(history: History, monkeypatch: pytest.MonkeyPatch) -> None:
    """SQLite's own limit of a file's pages ends a transaction just as a full disk does."""
    history.put([OCTOBER])
    opened = store._connection

    def small(path: str) -> sqlite3.Connection:
        connection = opened(path)
        connection.execute("PRAGMA max_page_count = 14")
        return connection

    monkeypatch.setattr(store, "_connection", small)
    with refused("the disk is full; nothing was recorded"):
        history.put([replace(OCTOBER, company=f"Client {number}") for number in range(500)])
    assert history.records() == (OCTOBER,)


# --- forgetting and renaming --------------------------------------------------------------------------------


def bytes_of(folder: Path) -> bytes:
    return b"".join(file.read_bytes() for file in folder.rglob("*") if file.is_file())


def test_a_client_that_is_removed_leaves_not_a_byte(history: History) -> None:
    """Among many others, so that their pages are shared; the goal's text and the name are looked for."""
    secret = replace(
        OCTOBER, company="Quince & Larch (fictional)", goals=(KeptGoal("Open in Zyxwich", "at_risk", 0.1),)
    )
    others = [replace(OCTOBER, company=f"Client {number}") for number in range(40)]
    months = [replace(secret, start=date(2026, 1, 1), end=date(2026, 1, day)) for day in range(2, 30)]
    history.put([*others[:20], secret, *others[20:], *months])
    marks = (b"Quince", b"quince", b"Zyxwich")
    assert all(mark in bytes_of(history.path.parent) for mark in marks)
    assert history.remove("quince & LARCH (fictional)") == 29
    assert not any(mark in bytes_of(history.path.parent) for mark in marks)
    assert [file.name for file in history.path.parent.iterdir()] == [history.path.name]
    assert len(history.clients()) == 40
    assert sound(history.path)
    connection = sqlite3.connect(history.path)
    assert connection.execute("PRAGMA freelist_count").fetchone() == (0,)  # nor its room
    connection.close()


def test_one_period_can_be_removed_alone(history: History) -> None:
    """A mistyped period, say: the others stay, and with the last one its client goes."""
    history.put([replace(SEPTEMBER, goals=(KeptGoal("Open in Zyxwich", "at_risk", 0.1),)), OCTOBER])
    with refused(r"no period that begins 2026-02-01.*history export"):
        history.remove(OCTOBER.company, date(2026, 2, 1))
    assert history.remove(OCTOBER.company, SEPTEMBER.start) == 1
    assert b"Zyxwich" not in bytes_of(history.path.parent)
    assert history.records() == (OCTOBER,)
    assert history.remove(OCTOBER.company, OCTOBER.start) == 1
    assert history.clients() == ()
    assert OCTOBER.company.encode() not in bytes_of(history.path.parent)


def test_what_is_replaced_leaves_not_a_byte_either(history: History) -> None:
    """Among others, whose rows keep its page in use."""
    others = [replace(OCTOBER, company=f"Client {number}") for number in range(40)]
    secret = replace(OCTOBER, goals=(KeptGoal("Open in Zyxwich", "at_risk", 0.1),))
    history.put([*others[:20], secret, *others[20:]])
    assert b"Zyxwich" in bytes_of(history.path.parent)
    history.put([replace(OCTOBER, goals=())])
    assert b"Zyxwich" not in bytes_of(history.path.parent)


def test_a_client_nobody_knows_can_be_neither_removed_nor_renamed(history: History) -> None:
    history.put([OCTOBER])
    before = history.path.read_bytes()
    with refused(r"no client 'Nobody'.*history list"):
        history.remove("Nobody")
    with refused("no client 'Nobody'"):
        history.rename("Nobody", "Somebody")
    assert history.path.read_bytes() == before


def test_a_company_that_is_called_otherwise_keeps_its_periods(history: History) -> None:
    history.put([SEPTEMBER, replace(OCTOBER, company="Paper Ship (fictional)")])
    assert history.rename(SEPTEMBER.company, "Paper Ship (fictional)") == 1
    assert [(client.name, client.periods) for client in history.clients()] == [("Paper Ship (fictional)", 2)]
    assert history.rename("paper ship (fictional)", "PAPER SHIP (fictional)") == 2
    assert [client.name for client in history.clients()] == ["PAPER SHIP (fictional)"]


@pytest.mark.parametrize("blank", ["", "  ", "\N{NO-BREAK SPACE}"])
def test_a_client_is_never_called_nothing(history: History, blank: str) -> None:
    history.put([OCTOBER])
    with refused("a blank name"):
        history.rename(OCTOBER.company, blank)
    assert [client.name for client in history.clients()] == [OCTOBER.company]


@pytest.mark.parametrize("day", ["2026-10-01", "01.10.2026"])
def test_a_period_to_forget_is_named_as_people_write_days(history: History, day: str) -> None:
    history.put([SEPTEMBER, OCTOBER])
    asked = ["history", "remove", str(history.path), "--client", OCTOBER.company, "--period", day]
    assert CliRunner().invoke(app, asked).exit_code == ExitCode.DONE
    assert [record.start for record in history.records()] == [SEPTEMBER.start]


def unknown_client(history: History) -> None:
    history.records("Никто")


def unknown_period(history: History) -> None:
    history.remove(OCTOBER.company, date(2026, 2, 1))


def period_twice(history: History) -> None:
    history.rename(OCTOBER.company, "Сосна (вымышленная)")


def other_file(history: History) -> None:
    a_text(history.path)
    history.clients()


IN_RUSSIAN: dict[Callable[[History], None], str] = {
    unknown_client: "клиента «Никто» здесь нет: все имена покажет `sheetreport history list`",
    unknown_period: (
        "у клиента «Paper Boat (fictional)» нет периода, который начинается 2026-02-01: все периоды покажет "
        "`sheetreport history export`"
    ),
    period_twice: (
        "период, который начинается 2026-10-01, есть и у клиента «Paper Boat (fictional)», и у клиента "
        "«Сосна (вымышленная)»: сначала удалите его у одного из них: `sheetreport history remove`"
    ),
    other_file: "это не история sheetreport: укажите другой файл",
}


@pytest.mark.parametrize("ask", IN_RUSSIAN)
def test_a_refusal_is_told_in_russian_too(ask: Callable[[History], None], history: History) -> None:
    history.put([OCTOBER, replace(OCTOBER, company="Сосна (вымышленная)")])
    with pytest.raises(UsageError) as found:
        ask(history)
    assert Wording("ru").say(found.value.message) == f"{history.path}: {IN_RUSSIAN[ask]}"


@pytest.mark.parametrize(
    ("code", "problem"),
    [
        ("SQLITE_BUSY", "файл занят другой программой дольше 30 с: закройте её и запустите команду ещё раз"),
        ("SQLITE_READONLY_DBMOVED", "записать нельзя: файл или его папка только для чтения"),
        ("SQLITE_MISMATCH", "datatype mismatch"),
    ],
)
def test_what_sqlite_reports_is_told_in_russian_where_we_know_it(code: str, problem: str) -> None:
    error = sqlite3.OperationalError("datatype mismatch")
    error.sqlite_errorname = code
    found = store._problem(error)
    assert (found if isinstance(found, str) else Wording("ru").say(found)) == problem


def test_two_clients_with_the_same_period_are_not_made_one(history: History) -> None:
    history.put([OCTOBER, replace(OCTOBER, company="Paper Ship (fictional)")])
    with refused(r"both .* have the period that begins 2026-10-01"):
        history.rename(OCTOBER.company, "Paper Ship (fictional)")
    assert len(history.clients()) == 2


def test_a_file_says_whose_it_is(history: History) -> None:
    history.put([OCTOBER])
    header = history.path.read_bytes()[:100]
    assert int.from_bytes(header[68:72], "big") == APPLICATION_ID
    assert header[18:20] == b"\x01\x01"  # no write-ahead log: safe on network drives
