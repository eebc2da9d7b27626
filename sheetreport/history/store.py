"""The file: one writer at a time, short transactions, and a plain message for whatever may be wrong with it.

The journal is SQLite's classic one, which is right on network drives and in synchronised folders too, where
the shared memory of a write-ahead log is not. What is replaced or removed is overwritten with zeros.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from sheetreport.errors import Message, UsageError
from sheetreport.history.record import Kept, KeptArea, KeptGoal, Record
from sheetreport.history.schema import APPLICATION_ID, MIGRATIONS, VERSION
from sheetreport.read.words import key

PATIENCE = 30.0
"""Seconds to wait for another run, whose transactions take a part of one."""

_PERIOD = (
    '"start", "end", type, currency, status, health, source_sha256, tool_version, catalog_sha256, recorded_at'
)


@dataclass(frozen=True, slots=True)
class Client:
    """A client of a history: the name as last written, how many periods, the first and the last day."""

    name: str
    periods: int
    first: date
    last: date


class History:
    """The clients' results in one file. Each method is one transaction; raises UsageError."""

    def __init__(self, path: Path, *, create: bool = False) -> None:
        self.path = path
        if not path.is_file() and (path.exists() or not create):
            raise UsageError("history_file.no_file" if path.exists() else "history_file.absent", path=path)
        if not path.parent.is_dir():
            raise UsageError("history_file.no_folder", path=path, folder=path.parent)
        with self._connected():
            pass

    def check_writable(self) -> None:
        """Find out before hours of work that nothing could be kept; the file stays as it is."""
        with self._connected() as connection:
            connection.execute("BEGIN IMMEDIATE")
            # A read-only file lets a transaction begin: only a page to be written tells.
            connection.execute(f"PRAGMA user_version = {_version(connection)}")
            connection.execute("ROLLBACK")

    def put(self, records: Iterable[Record]) -> None:
        """Keep results; one of the same client and period takes the place of what was there."""
        with self._writing() as connection:
            for record in records:
                _put(connection, record)

    def clients(self) -> tuple[Client, ...]:
        """All clients by name."""
        with self._reading() as connection:
            found = connection.execute(
                'SELECT name, count(*), min("start"), max("end") FROM clients'
                " JOIN periods ON periods.client = clients.id GROUP BY clients.id ORDER BY clients.key"
            ).fetchall()
        return tuple(
            Client(name, count, date.fromisoformat(first), date.fromisoformat(last))
            for name, count, first, last in found
        )

    def records(self, company: str | None = None) -> tuple[Record, ...]:
        """Everything that is kept, of one client or of all, by name and period."""
        which, values = ("WHERE clients.key = ?", (key(company),)) if company is not None else ("", ())
        with self._reading() as connection:
            found = tuple(_records(connection, f'{which} ORDER BY clients.key, "start", "end"', values))
        if company is not None and not found:
            raise self._nobody(company)
        return found

    def earlier(self, company: str, start: date, end: date, most: int) -> tuple[Record, ...]:
        """The latest periods of a client that began before this one, or with it and ended sooner."""
        latest_first = (
            'WHERE clients.key = ? AND ("start" < ? OR "start" = ? AND "end" < ?)'
            ' ORDER BY "start" DESC, "end" DESC LIMIT ?'
        )
        day = start.isoformat()
        values = (key(company), day, day, end.isoformat(), most)
        with self._reading() as connection:
            return tuple(_records(connection, latest_first, values))[::-1]

    def known(
        self, source_sha256: str, tool_version: str, catalog_sha256: str
    ) -> tuple[str, date, date] | None:
        """The client and the period of a workbook whose results are kept just as they would be now."""
        with self._reading() as connection:
            found = connection.execute(
                'SELECT clients.key, "start", "end" FROM periods JOIN clients ON clients.id = periods.client'
                " WHERE source_sha256 = ? AND tool_version = ? AND catalog_sha256 = ?",
                (source_sha256, tool_version, catalog_sha256),
            ).fetchone()
        if found is None:
            return None
        return found[0], date.fromisoformat(found[1]), date.fromisoformat(found[2])

    def remove(self, company: str, start: date | None = None) -> int:
        """Forget a client, or their periods that begin on a day alone: how many periods went.

        Not a byte of them stays in the file.
        """
        with self._writing() as connection:
            found = connection.execute("SELECT id FROM clients WHERE key = ?", (key(company),)).fetchone()
            if found is None:
                raise self._nobody(company)
            day = None if start is None else start.isoformat()
            periods = connection.execute(
                'DELETE FROM periods WHERE client = ? AND (? IS NULL OR "start" = ?)', (*found, day, day)
            ).rowcount
            if not periods:
                raise UsageError("history_file.no_period", path=self.path, company=company, start=start)
            connection.execute(
                "DELETE FROM clients WHERE id = ? AND id NOT IN (SELECT client FROM periods)", found
            )
        with self._connected() as connection:
            connection.execute("VACUUM")
        return int(periods)

    def rename(self, company: str, new: str) -> int:
        """Let a client's periods belong to another name, which may be known already: how many they are."""
        if not key(new):
            raise UsageError("history_file.no_name")
        with self._writing() as connection:
            found = connection.execute("SELECT id FROM clients WHERE key = ?", (key(company),)).fetchone()
            if found is None:
                raise self._nobody(company)
            target = _client(connection, new)
            if target != found[0]:
                twice = connection.execute(
                    'SELECT one."start" FROM periods one JOIN periods other'
                    ' ON other."start" = one."start" AND other."end" = one."end"'
                    " WHERE one.client = ? AND other.client = ?",
                    (found[0], target),
                ).fetchone()
                if twice is not None:
                    raise UsageError(
                        "history_file.both", path=self.path, company=company, other=new, start=twice[0]
                    )
            moved = connection.execute(
                "UPDATE periods SET client = ? WHERE client = ?", (target, found[0])
            ).rowcount
            if target != found[0]:
                connection.execute("DELETE FROM clients WHERE id = ?", (found[0],))
        return moved

    def _nobody(self, company: str) -> UsageError:
        return UsageError("history_file.no_client", path=self.path, company=company)

    @contextmanager
    def _connected(self) -> Iterator[sqlite3.Connection]:
        """A connection to a history, or to nothing yet."""
        with self._told(), closing(_connection(str(self.path))) as connection:
            connection.execute("PRAGMA foreign_keys = ON")
            connection.execute("PRAGMA secure_delete = ON")
            connection.execute("PRAGMA temp_store = MEMORY")
            self._refuse_others(connection)
            yield connection

    @contextmanager
    def _writing(self) -> Iterator[sqlite3.Connection]:
        """One transaction, in which the file is brought up to date first; all of it or nothing is kept."""
        with self._connected() as connection:
            connection.execute("BEGIN IMMEDIATE")
            try:
                self._refuse_others(connection)
                _migrate(connection)
                yield connection
            except BaseException:
                if connection.in_transaction:
                    connection.execute("ROLLBACK")
                raise
            connection.execute("COMMIT")

    @contextmanager
    def _reading(self) -> Iterator[sqlite3.Connection]:
        """What is in the file; an older version is brought up to date in memory, so that reading writes
        nothing.
        """
        with self._connected() as connection:
            connection.execute("BEGIN")  # all that is read is of one moment
            if _version(connection) == VERSION:
                yield connection
                return
            connection.execute("COMMIT")
            with closing(_connection(":memory:")) as copy:
                connection.backup(copy)
                _migrate(copy)
                yield copy

    def _refuse_others(self, connection: sqlite3.Connection) -> None:
        """Say what is wrong with a file that is none of ours, or from a newer version."""
        # In this order: a file that another run makes meanwhile has tables and owner from one moment on.
        tables = connection.execute("SELECT count(*) FROM sqlite_master").fetchone()[0]
        owner = connection.execute("PRAGMA application_id").fetchone()[0]
        if owner != APPLICATION_ID and (owner or tables):
            raise UsageError("history_file.others", path=self.path)
        version = _version(connection)
        if version > VERSION:
            raise UsageError("history_file.newer", path=self.path, version=version, known=VERSION)

    @contextmanager
    def _told(self) -> Iterator[None]:
        """SQLite's errors as messages that say what to do."""
        try:
            yield
        except sqlite3.Error as error:
            raise UsageError("errors.at", place=self.path, problem=_problem(error)) from error


def _problem(error: sqlite3.Error) -> Message | str:
    """What is wrong with the file: the commonest troubles in our words, the others in SQLite's own."""
    name = getattr(error, "sqlite_errorname", "") or ""
    told = {
        "SQLITE_NOTADB": Message("history_file.no_history", {}),
        "SQLITE_CORRUPT": Message("history_file.damaged", {}),
        "SQLITE_BUSY": Message("history_file.locked", {"seconds": PATIENCE}),
        "SQLITE_READONLY": Message("history_file.read_only", {}),
        "SQLITE_CANTOPEN": Message("history_file.closed", {}),
        "SQLITE_FULL": Message("history_file.full", {}),
        "SQLITE_IOERR": Message("history_file.disk", {}),
    }
    return next((words for code, words in told.items() if name.startswith(code)), str(error))


def _connection(path: str) -> sqlite3.Connection:
    return sqlite3.connect(path, timeout=PATIENCE, isolation_level=None)


def _version(connection: sqlite3.Connection) -> int:
    return int(connection.execute("PRAGMA user_version").fetchone()[0])


def _migrate(connection: sqlite3.Connection) -> None:
    version = _version(connection)
    if version == VERSION:
        return
    for migration in MIGRATIONS[version:]:
        for statement in migration:
            connection.execute(statement)
    connection.execute(f"PRAGMA application_id = {APPLICATION_ID}")
    connection.execute(f"PRAGMA user_version = {VERSION}")


def _client(connection: sqlite3.Connection, name: str) -> int:
    """The row of a client, whose name is from now on written like this."""
    connection.execute(
        "INSERT INTO clients (key, name) VALUES (?, ?) ON CONFLICT (key) DO UPDATE SET name = excluded.name",
        (key(name), name),
    )
    return int(connection.execute("SELECT id FROM clients WHERE key = ?", (key(name),)).fetchone()[0])


def _put(connection: sqlite3.Connection, record: Record) -> None:
    client = _client(connection, record.company)
    when = (record.start.isoformat(), record.end.isoformat())
    connection.execute('DELETE FROM periods WHERE client = ? AND "start" = ? AND "end" = ?', (client, *when))
    period = connection.execute(
        f"INSERT INTO periods (client, {_PERIOD}) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",  # noqa: S608
        (
            client,
            *when,
            *(record.type, record.currency, record.status, record.health),
            *(record.source_sha256, record.tool_version, record.catalog_sha256, record.recorded_at),
        ),
    ).lastrowid
    connection.executemany(
        "INSERT INTO metrics (period, id, unit, value, low, high, reason, evidence, sample, rows)"
        " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        (
            (
                *(period, metric_id, kept.unit, kept.value, *(kept.interval or (None, None))),
                *(kept.reason, kept.evidence, kept.sample, kept.rows),
            )
            for metric_id, kept in record.metrics.items()
        ),
    )
    connection.executemany(
        "INSERT INTO goals (period, place, text, status, progress) VALUES (?, ?, ?, ?, ?)",
        (
            (period, place, goal.text, goal.status, goal.progress)
            for place, goal in enumerate(record.goals, start=1)
        ),
    )
    connection.executemany(
        'INSERT INTO areas (period, place, id, points, "of", score) VALUES (?, ?, ?, ?, ?, ?)',
        (
            (period, place, area_id, area.points, area.of, area.score)
            for place, (area_id, area) in enumerate(record.areas.items(), start=1)
        ),
    )


def _records(connection: sqlite3.Connection, which: str, values: Iterable[Any]) -> Iterator[Record]:
    found = connection.execute(
        f"SELECT periods.id, name, {_PERIOD} FROM periods"  # noqa: S608
        f" JOIN clients ON clients.id = periods.client {which}",
        tuple(values),
    ).fetchall()
    for period, name, start, end, kind, currency, status, health, source, tool, catalog, recorded in found:
        yield Record(
            company=name,
            start=date.fromisoformat(start),
            end=date.fromisoformat(end),
            type=kind,
            currency=currency,
            status=status,
            health=health,
            metrics=_metrics(connection, period),
            goals=tuple(
                KeptGoal(*goal)
                for goal in connection.execute(
                    "SELECT text, status, progress FROM goals WHERE period = ? ORDER BY place", (period,)
                )
            ),
            areas={
                area_id: KeptArea(*points)
                for area_id, *points in connection.execute(
                    'SELECT id, points, "of", score FROM areas WHERE period = ? ORDER BY place', (period,)
                )
            },
            source_sha256=source,
            tool_version=tool,
            catalog_sha256=catalog,
            recorded_at=recorded,
        )


def _metrics(connection: sqlite3.Connection, period: int) -> Mapping[str, Kept]:
    return {
        metric_id: Kept(
            unit=unit,
            value=value,
            interval=None if low is None or high is None else (low, high),
            reason=reason,
            evidence=evidence,
            sample=sample,
            rows=rows,
        )
        for metric_id, unit, value, low, high, reason, evidence, sample, rows in connection.execute(
            "SELECT id, unit, value, low, high, reason, evidence, sample, rows FROM metrics"
            " WHERE period = ? ORDER BY id",
            (period,),
        )
    }
