"""Processes for work on files nobody vouches for: it ends in time, within its memory, or alone.

pebble starts the processes, ends those that take too long, and notices those that die. Here is what it
leaves open: the limit on memory, and what a worker must not do to the terminal and to the system.
"""

from __future__ import annotations

import faulthandler
import multiprocessing
import os
import shutil
import signal
import sys
import tempfile
import threading
from collections.abc import Callable
from concurrent.futures import Future
from concurrent.futures.process import BrokenProcessPool
from contextlib import suppress
from dataclasses import dataclass, replace
from enum import StrEnum
from functools import partial
from multiprocessing.util import Finalize
from types import TracebackType
from typing import Any, ParamSpec, Protocol, TypeVar

import pebble
import psutil
from pebble import CONSTS

MEGABYTE = 1024 * 1024
# Both count from what a worker starts with: a copy of this process holds all that this process holds.
MAX_RESIDENT = 700 * MEGABYTE  # above this a worker is ended when it is next looked at
MAX_ADDRESSES = 1024 * MEGABYTE  # where the system can hold to it, no more is given to begin with

_LOOK_SECONDS = 0.1
_REACTION_SECONDS = 0.02  # how often pebble looks whether a worker ended or is over its time
_TIDYING_SECONDS = 5
_ATTEMPTS = 3  # for work whose pool broke down

P = ParamSpec("P")
T = TypeVar("T")


class Limit(StrEnum):
    """What stopped a piece of work."""

    TIME = "time"
    MEMORY = "memory"
    CRASH = "crash"


class LimitError(Exception):
    """A piece of work that its limits stopped; the others go on."""

    def __init__(self, limit: Limit) -> None:
        super().__init__(limit)
        self.limit = limit


class Engine(Protocol):
    """Who takes work one piece at a time: processes of this computer, or a cluster."""

    @property
    def number(self) -> int:
        """How many pieces are worth being under way at a time, give or take one."""

    def submit(
        self, seconds: float, function: Callable[P, T], /, *args: P.args, **kwargs: P.kwargs
    ) -> Future[T]:
        """Have a function of a module called somewhere, for so many seconds at most."""

    def result(self, work: Future[T]) -> T:
        """What the work gave. Raises LimitError for what its limits stopped, else what the work raised."""


class Workers:
    """Processes that take work one piece at a time; what one of them suffers costs only its own piece."""

    def __init__(self, number: int, prepare: Callable[[], object]) -> None:
        """`prepare` runs in each process before its first piece of work."""
        CONSTS.sleep_unit = _REACTION_SECONDS
        self.number = number
        self._scrap = tempfile.TemporaryDirectory(prefix="sheetreport-", ignore_cleanup_errors=True)
        self._new_pool = partial(
            pebble.ProcessPool,
            number,
            initializer=_begin,
            initargs=(prepare, self._scrap.name),
            context=_context(),
        )
        self._pools: list[Any] = [self._new_pool()]  # the last one works, those before broke down
        self._renewing = threading.Lock()
        self._over_memory: set[int] = set()
        self._closed = threading.Event()

    def __enter__(self) -> Workers:
        threading.Thread(target=self._watch, daemon=True).start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._closed.set()
        for pool in self._pools:
            pool.stop()
            pool.join()
        self._scrap.cleanup()

    def submit(
        self, seconds: float, function: Callable[P, T], /, *args: P.args, **kwargs: P.kwargs
    ) -> Future[T]:
        """Have a function of a module called in one of the processes, for so many seconds at most."""
        promised: Future[T] = Future()
        self._start(_Piece(promised, partial(function, *args, **kwargs), seconds))
        return promised

    def _start(self, piece: _Piece) -> None:
        with self._renewing:
            try:
                work = self._pools[-1].schedule(piece.call, timeout=piece.seconds)
            except RuntimeError:
                self._pools.append(self._new_pool())
                work = self._pools[-1].schedule(piece.call, timeout=piece.seconds)
        work.add_done_callback(partial(self._ended, piece))

    def _ended(self, piece: _Piece, work: Future[Any]) -> None:
        """Pass on what became of the work.

        pebble gives its pool up, and all work with it, when a worker dies before it could say what it works
        on. Such work starts again in a new pool.
        """
        if work.cancelled():
            piece.promised.cancel()
        elif (error := work.exception()) is None:
            piece.promised.set_result(work.result())
        elif not isinstance(error, BrokenProcessPool):
            piece.promised.set_exception(error)
        elif piece.attempt < _ATTEMPTS:
            self._start(replace(piece, attempt=piece.attempt + 1))
        else:
            piece.promised.set_exception(LimitError(Limit.CRASH))

    def result(self, work: Future[T]) -> T:
        """What the work gave. Raises LimitError for what its limits stopped, else what the work raised."""
        try:
            return work.result()
        except TimeoutError as error:
            raise LimitError(Limit.TIME) from error
        except MemoryError as error:
            raise LimitError(Limit.MEMORY) from error
        except pebble.ProcessExpired as error:
            raise LimitError(Limit.MEMORY if error.pid in self._over_memory else Limit.CRASH) from error

    def _watch(self) -> None:
        """End processes that hold too much memory, on every system alike."""
        allowed = MAX_RESIDENT + (psutil.Process().memory_info().rss if _copies() else 0)
        while not self._closed.wait(_LOOK_SECONDS):
            for process in multiprocessing.active_children():
                with suppress(psutil.Error):
                    watched = psutil.Process(process.pid)
                    if watched.memory_info().rss > allowed:
                        self._over_memory.add(watched.pid)
                        watched.kill()


@dataclass(frozen=True, slots=True)
class _Piece:
    """Work that was promised, and how often it was started."""

    promised: Future[Any]
    call: Callable[[], Any]
    seconds: float
    attempt: int = 1


def _context() -> Any:
    """A copy of this process where that is safe, which spares loading everything anew; else a new one."""
    return multiprocessing.get_context("fork" if sys.platform == "linux" else "spawn")


def _copies() -> bool:
    return bool(_context().get_start_method() == "fork")


def _begin(prepare: Callable[[], object], scrap: str) -> None:
    tempfile.tempdir = scrap  # a worker is ended before libraries tidy up
    # Nothing of ours is half-done when a worker ends, and a library that hangs never gets to a handler.
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    with suppress(OSError):  # what libraries print when they die is not for people
        os.dup2(os.open(os.devnull, os.O_WRONLY), 2)
    faulthandler.disable()
    _limit_addresses()
    ending = threading.Thread(target=_end_with_parent, args=(scrap,), daemon=True)
    ending.start()
    # A worker without work sees its parent's end in the channel too, and must not leave before it tidied up.
    Finalize(None, ending.join, args=(_TIDYING_SECONDS,), exitpriority=0)
    prepare()


def _limit_addresses() -> None:
    if sys.platform != "linux":
        return
    import resource  # noqa: PLC0415  (POSIX only)

    held = psutil.Process().memory_info().vms
    for limit, value in ((resource.RLIMIT_AS, held + MAX_ADDRESSES), (resource.RLIMIT_CORE, 0)):
        _, most = resource.getrlimit(limit)
        allowed = value if most == resource.RLIM_INFINITY else min(value, most)
        resource.setrlimit(limit, (allowed, allowed))


def _end_with_parent(scrap: str) -> None:
    """Outlive the parent by no moment, however it ended, and tidy up where it can't."""
    parent = multiprocessing.parent_process()
    if parent is not None:
        parent.join()
        shutil.rmtree(scrap, ignore_errors=True)
        os._exit(1)
