"""What runs in a Dask worker: it passes pieces of work on to a process beside it, and answers back.

A Dask worker has many threads, mustn't have children of Python's own making, and lives for long; processes
that work within limits are copies of a process that is none of this. So each run has a host of its own there.
Nothing here needs more than Python itself: Dask's scheduler imports this module too.
"""

from __future__ import annotations

import asyncio
import itertools
import os
import pickle
import shutil
import subprocess
import sys
import tempfile
import threading
from concurrent.futures import Future
from contextlib import suppress
from typing import Any

IDLE_SECONDS = 300
"""A site without work is given up after this: its run has ended, or the computer that asked has gone."""

_sites: dict[str, Site] = {}


def is_here() -> bool:
    """Whether sheetreport is known: Dask's scheduler must know what it passes on."""
    return True


async def introduce(run: str, parcel: bytes, dask_worker: Any) -> bytes:
    """Have a host started for this run, unless it has one; what it has in common with others, as it says."""
    site = _sites.get(run)
    if site is None or site.ended.is_set():
        site = await asyncio.to_thread(Site, parcel, dask_worker.state.nthreads)
        dismiss(run)
        _sites[run] = site
    return site.greeting


def work(run: str, piece: bytes) -> bytes | str:
    """What a piece of work gave: nothing, where the host died; where there is none, which worker this is."""
    site = _sites.get(run)
    if site is None or site.ended.is_set():
        from distributed import get_worker  # noqa: PLC0415  (which only a Dask worker needs)

        return str(get_worker().address)
    return site.work(piece)


def dismiss(run: str) -> None:
    """End the host of a run, with all it does and all it has stored."""
    site = _sites.pop(run, None)
    if site is not None:
        site.close()


class Site:
    """A host, its folder, and the pieces of work it has not answered yet."""

    def __init__(self, parcel: bytes, threads: int) -> None:
        """Start the host, and wait for what it says of itself: nothing, where it could not begin."""
        self.ended = threading.Event()
        self._folder = tempfile.mkdtemp(prefix="sheetreport-")
        self._waiting: dict[int, Future[bytes]] = {}
        self._numbers = itertools.count()
        self._sending = threading.Lock()
        self._resting = threading.Lock()
        self._idle: threading.Timer | None = None
        self._host = subprocess.Popen(
            [sys.executable, "-m", "sheetreport.cluster.host", self._folder, str(threads)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            env=os.environ | dict.fromkeys(("TMPDIR", "TEMP", "TMP"), self._folder),
        )
        self.greeting = b""
        with suppress(OSError):
            self._send(parcel)
            self.greeting = self._received() or b""
        threading.Thread(target=self._listen, daemon=True).start()
        self._rest()

    def work(self, piece: bytes) -> bytes:
        """Have the host do a piece of work."""
        number, answer = next(self._numbers), Future[bytes]()
        self._waiting[number] = answer
        try:
            self._send((number, piece))
        except (OSError, ValueError):  # it ended meanwhile
            self._waiting.pop(number, None)
            return b""
        given = answer.result()
        self._rest()
        return given

    def close(self) -> None:
        """End the host at once. What it was doing gets no answer."""
        with self._resting:
            if self._idle is not None:
                self._idle.cancel()
        self._host.kill()

    def _send(self, order: Any) -> None:
        assert self._host.stdin is not None
        with self._sending:
            pickle.dump(order, self._host.stdin)
            self._host.stdin.flush()

    def _received(self) -> Any:
        assert self._host.stdout is not None
        with suppress(EOFError, OSError, pickle.UnpicklingError):
            return pickle.load(self._host.stdout)
        return None

    def _listen(self) -> None:
        """Hand out the host's answers until it ends; then nobody waits any longer."""
        while (answer := self._received()) is not None:
            number, data = answer
            self._waiting.pop(number).set_result(data)
        self.ended.set()
        self._host.kill()
        self._host.wait()
        for answer in list(self._waiting.values()):
            answer.set_result(b"")
        self._waiting.clear()
        for stream in (self._host.stdin, self._host.stdout):
            with suppress(OSError):
                stream.close()  # type: ignore[union-attr]
        shutil.rmtree(self._folder, ignore_errors=True)

    def _rest(self) -> None:
        """Give the site up in a while, unless there is work by then."""
        with self._resting:
            if self._idle is not None:
                self._idle.cancel()
            self._idle = threading.Timer(IDLE_SECONDS, self._give_up)
            self._idle.daemon = True
            self._idle.start()

    def _give_up(self) -> None:
        if not self._waiting:
            self.close()
