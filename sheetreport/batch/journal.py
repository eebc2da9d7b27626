"""What is finished in a folder of outputs: one line a file, which survives whatever ends a run."""

from __future__ import annotations

import errno
import hashlib
import json
import os
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import fields, replace
from io import FileIO
from pathlib import Path
from types import TracebackType
from typing import Any

from sheetreport import __version__
from sheetreport.batch.jobs import OWN, Job
from sheetreport.batch.outcome import FileOutcome, entry
from sheetreport.batch.writing import cant_write, write_atomically
from sheetreport.model import SourceFile
from sheetreport.pipeline import Options

JOURNAL = "journal.jsonl"
_SPARE_LINES = 100  # lines that no longer hold, beyond as many as there are files, before they are dropped

# What options are told apart by: files and folders by what is in them, the moment by whether it is printed.
# The system's language makes no difference: a run by night may have another than one at a desk.
_BY_CONTENT = frozenset({"catalog", "brand", "commentary", "generated_at", "else_language"})


def key(source: SourceFile, options: Options, more: Mapping[str, str]) -> str:
    """What the outputs of a file depend on, as one hash.

    `more` says what else they depend on: fingerprints of the catalogue, of brand and commentary, and so on.
    """
    parts = {
        "name": source.file,
        "content": source.sha256,
        "version": __version__,
        "reproducible": str(options.generated_at is None),
        **{
            item.name: str(getattr(options, item.name))
            for item in fields(options)
            if item.name not in _BY_CONTENT
        },
        **more,
    }
    return hashlib.sha256(json.dumps(parts, sort_keys=True).encode()).hexdigest()


class Journal:
    """The files that are finished in a folder of outputs, each by the folder that its outputs are in."""

    def __init__(self, out: Path) -> None:
        self._path = out / OWN / JOURNAL
        self._out = out
        self._lines: dict[str, bytes] = {}

    def __enter__(self) -> Journal:
        """Read what is there and make room for more. Raises UsageError."""
        try:
            self._open()
        except OSError as error:
            raise cant_write(self._path, error) from error
        return self

    def _open(self) -> None:
        number = 0
        for folder, line in _read(self._path):
            number += 1
            self._lines[folder] = line
        if number > 2 * len(self._lines) + _SPARE_LINES:
            kept = (line for folder, line in self._lines.items() if (self._out / folder).is_dir())
            write_atomically(self._path, b"".join(line + b"\n" for line in kept))
        self._file = self._path.open("ab", buffering=0)
        if _is_torn(self._path):
            self._file.write(b"\n")

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._file.close()

    def finished(self, job: Job, wanted: str) -> FileOutcome | None:
        """The outcome of an earlier run that still holds, or None."""
        known = self._known(job.folder.name)
        if known is None or known["key"] != wanted:
            return None
        outputs = [job.folder / name for name in known["outputs"]]
        if not all(output.is_file() for output in outputs):
            return None
        held = {item.name: known[item.name] for item in fields(FileOutcome) if item.name in known}
        outcome = FileOutcome(**{**held, "source": str(job.source)})
        return replace(outcome, outputs=[str(output) for output in outputs], skipped=True)

    def key_of(self, folder: str) -> str | None:
        """The key of what was finished last in a folder."""
        known = self._known(folder)
        return None if known is None else str(known["key"])

    def company_of(self, job: Job) -> str:
        """Whose workbook was finished last in this folder; nothing where that is not known."""
        known = self._known(job.folder.name)
        return (known or {}).get("company") or ""

    def _known(self, folder: str) -> Mapping[str, Any] | None:
        """What was finished last in a folder, as it was written down."""
        line = self._lines.get(folder)
        known: Mapping[str, Any] | None = json.loads(line)["outcome"] if line else None
        return known

    def add(self, job: Job, outcome: FileOutcome) -> None:
        """Write down that a file is finished; on return it is on the disk."""
        known = {**entry(outcome), "outputs": [Path(name).name for name in outcome.outputs]}
        said = {"folder": job.folder.name, "source": str(job.source.resolve()), "outcome": known}
        self._write(said)

    def forget(self, folder: str) -> None:
        """Write down that the outputs in a folder belong together no longer."""
        self._lines.pop(folder, None)
        self._write({"folder": folder, "source": None, "outcome": None})

    def _write(self, said: Mapping[str, Any]) -> None:
        line = json.dumps(said).encode() + b"\n"
        before = self._file.seek(0, os.SEEK_END)
        try:
            _write_whole(self._file, line)
        except OSError as error:
            with suppress(OSError):  # else it is a torn line like any other
                self._file.truncate(before)
            raise cant_write(self._path, error) from error


def _write_whole(file: FileIO, line: bytes) -> None:
    """Write a line; on return it is on the disk."""
    if file.write(line) != len(line):
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
    os.fsync(file.fileno())


def _read(path: Path) -> Iterator[tuple[str, bytes]]:
    """The lines by folder; one that a run left torn, or another version wrote its own way, says nothing."""
    try:
        lines = path.read_bytes().split(b"\n")
    except OSError:
        return
    for line in lines:
        with suppress(ValueError, KeyError, TypeError):
            said = json.loads(line)
            if _is_ours(said):
                yield said["folder"], line


def _is_ours(said: Any) -> bool:
    """Whether a line says what this version needs."""
    folder, source, outcome = said["folder"], said["source"], said["outcome"]
    if outcome is not None and not (isinstance(source, str) and isinstance(outcome["key"], str)):
        return False
    return isinstance(folder, str)


def _is_torn(path: Path) -> bool:
    """Whether the last line has no end: what is written next must not go on in it."""
    data = path.read_bytes()
    return bool(data) and not data.endswith(b"\n")


def sources(out: Path) -> Mapping[str, Path]:
    """The workbook that the outputs in each folder were made of."""
    said = (json.loads(line) for _, line in _read(out / OWN / JOURNAL))
    return {one["folder"]: Path(one["source"]) for one in said if one["source"]}


def owners(out: Path) -> Mapping[str, Path]:
    """The same by the folders' names as systems compare them that don't tell capital letters from small."""
    return {folder.casefold(): source for folder, source in sources(out).items()}
