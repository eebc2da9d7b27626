"""The tables of a history, version by version: a file of an older version is brought up to date in place."""

from __future__ import annotations

APPLICATION_ID = 0x53525048
"""What SQLite's header says the file is: "SRPH"."""

# Each entry makes the next version out of the one before it. Released entries never change.
MIGRATIONS: tuple[tuple[str, ...], ...] = (
    (
        "CREATE TABLE clients (id INTEGER PRIMARY KEY, key TEXT NOT NULL UNIQUE, name TEXT NOT NULL)",
        """CREATE TABLE periods (
            id INTEGER PRIMARY KEY,
            client INTEGER NOT NULL REFERENCES clients (id) ON DELETE CASCADE,
            "start" TEXT NOT NULL,
            "end" TEXT NOT NULL,
            type TEXT,
            currency TEXT,
            status TEXT NOT NULL,
            health INTEGER,
            source_sha256 TEXT NOT NULL,
            tool_version TEXT NOT NULL,
            catalog_sha256 TEXT NOT NULL,
            recorded_at TEXT,
            UNIQUE (client, "start", "end"))""",
        """CREATE TABLE metrics (
            period INTEGER NOT NULL REFERENCES periods (id) ON DELETE CASCADE,
            id TEXT NOT NULL,
            unit TEXT NOT NULL,
            value REAL,
            low REAL,
            high REAL,
            reason TEXT,
            evidence TEXT,
            sample REAL,
            PRIMARY KEY (period, id)) WITHOUT ROWID""",
        """CREATE TABLE goals (
            period INTEGER NOT NULL REFERENCES periods (id) ON DELETE CASCADE,
            place INTEGER NOT NULL,
            text TEXT NOT NULL,
            status TEXT NOT NULL,
            progress REAL,
            PRIMARY KEY (period, place)) WITHOUT ROWID""",
    ),
    (
        "ALTER TABLE metrics ADD COLUMN rows TEXT",
        "CREATE INDEX sources ON periods (source_sha256)",
        """CREATE TABLE areas (
            period INTEGER NOT NULL REFERENCES periods (id) ON DELETE CASCADE,
            place INTEGER NOT NULL,
            id TEXT NOT NULL,
            points INTEGER NOT NULL,
            "of" INTEGER NOT NULL,
            score INTEGER,
            PRIMARY KEY (period, place)) WITHOUT ROWID""",
    ),
)

VERSION = len(MIGRATIONS)
