"""Folders in which workbooks arrive: which of the files are whole, and whether any of them is new.

By looking now and then, not by notifications of the system: those don't come from network drives, get lost
in a burst, and a file has to be looked at again anyway before it is known to be whole.
"""

from __future__ import annotations

import os
import time
import zipfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from sheetreport.batch.find import ENDINGS, is_unfinished
from sheetreport.errors import UsageError

SETTLED_SECONDS = 2.0
"""A file is at rest when its size and time have not changed for so long."""

PATIENCE_SECONDS = 30.0
"""For a file at rest that can't be opened or breaks off: its other half may come yet."""

BURST_SECONDS = 10.0
"""The longest that a file which is whole waits for others that are still coming."""

_PACKED, _OLD_OFFICE = b"PK", b"\xd0\xcf"


@dataclass(frozen=True, slots=True)
class Sign:
    """What tells a file from what it was before."""

    size: int
    modified: int


@dataclass(frozen=True, slots=True)
class _Seen:
    """A file as it was found, and since when it is so; `meant`: it is or may become a workbook."""

    sign: Sign
    since: float
    meant: bool
    whole: bool


class Arrivals:
    """What is there in some folders with their subfolders, but for hidden files and those below `out`."""

    def __init__(
        self, folders: Sequence[Path], out: Path, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._folders, self._out, self._clock = folders, out.resolve(), clock
        self._seen: dict[Path, _Seen] = {}
        self._handled: Mapping[Path, Sign] = {}
        self._now = clock()
        self._new_since: float | None = None
        for folder in folders:
            if not folder.is_dir():
                raise UsageError("usage.watch_takes_folders", path=folder)
            if folder.resolve().is_relative_to(self._out):
                raise UsageError("usage.out_holds_watched", out=out)

    def look(self) -> None:
        """See what is there now. Raises OSError where a folder can't be reached, and then forgets nothing."""
        found = {file: sign for folder in self._folders for file, sign in _signs(folder, self._out)}
        self._now = self._clock()
        self._seen = {file: self._as_seen(file, sign) for file, sign in found.items()}
        if not self._is_new():
            self._new_since = None
        elif self._new_since is None:
            self._new_since = self._now

    def _as_seen(self, file: Path, sign: Sign) -> _Seen:
        before = self._seen.get(file)
        if before is None or before.sign != sign:
            return _Seen(sign, self._now, file.suffix.lower() in ENDINGS, whole=False)
        rested = self._now - before.since
        if before.whole or rested < SETTLED_SECONDS:
            return before
        start = _start(file)
        meant = before.meant or start.startswith((_PACKED, _OLD_OFFICE))
        return _Seen(sign, before.since, meant, whole=rested >= PATIENCE_SECONDS or _is_whole(file, start))

    @property
    def resting(self) -> Mapping[Path, Sign]:
        """The files that are whole."""
        return {file: seen.sign for file, seen in self._seen.items() if seen.meant and seen.whole}

    def _is_new(self) -> bool:
        """Whether there is a whole file that was not handled as it is, or a handled one is gone."""
        new = any(self._handled.get(file) != sign for file, sign in self.resting.items())
        return new or any(file not in self._seen for file in self._handled)

    def are_due(self) -> bool:
        """Whether something is new and no more seems to come, or has waited for the rest long enough."""
        if self._new_since is None:
            return False
        coming = any(seen.meant and self._now - seen.since < SETTLED_SECONDS for seen in self._seen.values())
        return not coming or self._now - self._new_since >= BURST_SECONDS

    def handled(self, files: Mapping[Path, Sign]) -> None:
        """Count these as they were as done with."""
        still = {file: sign for file, sign in self._handled.items() if file in self._seen}
        self._handled = {**still, **files}
        self._new_since = None


def _signs(folder: Path, out: Path) -> Iterator[tuple[Path, Sign]]:
    """Every file that may be meant, with its sign."""
    with os.scandir(folder) as entries:
        for entry in entries:
            file = folder / entry.name
            if is_unfinished(entry.name):
                continue
            if entry.is_dir():
                if file.resolve() != out and not entry.is_symlink():
                    with suppress(FileNotFoundError, PermissionError):
                        yield from _signs(file, out)
            else:
                try:
                    found = file.stat()  # not the entry's, which Windows brings up to date late
                except FileNotFoundError:  # gone since the folder was read
                    continue
                yield file, Sign(found.st_size, found.st_mtime_ns)


def _start(file: Path) -> bytes:
    """The first bytes of a file; none where it is empty or another program keeps it to itself."""
    try:
        with file.open("rb") as opened:
            return opened.read(4)
    except OSError:
        return b""


def _is_whole(file: Path, start: bytes) -> bool:
    """Whether a file is there to its end, as far as its format says: the list of what is in a ZIP comes last.

    Zeros are the room that a download has taken for itself.
    """
    if start.startswith(_PACKED):
        return zipfile.is_zipfile(file)
    return bool(start.strip(b"\0"))
