"""A process beside a Dask worker that has pieces of work done by confined processes: `site` starts it.

It takes orders on its standard input, answers on its standard output, and ends when nobody orders any more.
"""

from __future__ import annotations

import os
import pickle
import shutil
import sys
import threading
import traceback
from collections.abc import Callable
from concurrent.futures import Future
from contextlib import suppress
from functools import partial
from pathlib import Path
from typing import Any, BinaryIO

from sheetreport import confined
from sheetreport.cluster.alike import traits
from sheetreport.cluster.parcel import Parcel
from sheetreport.errors import SheetreportError
from sheetreport.worker import LimitError, Workers


def main(folder: Path, threads: int) -> None:
    """Say what this computer has, then work until the orders end. The folder goes with the process."""
    orders, answers = _streams()
    try:
        parcel: Parcel = pickle.loads(pickle.load(orders))
        here = parcel.unpack(folder)
        own = here(parcel.options)
        with confined.workers(threads, own) as pool:
            answers(pickle.dumps(traits(own)))
            _serve(orders, answers, pool, here)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _streams() -> tuple[BinaryIO, Callable[[Any], None]]:
    """What comes in and goes out; copies of this process find neither under its usual number."""
    orders, answers = os.fdopen(os.dup(0), "rb"), os.fdopen(os.dup(1), "wb")
    nowhere = os.open(os.devnull, os.O_RDWR)
    os.dup2(nowhere, 0)
    os.dup2(2, 1)  # what a library prints is for the log
    one_at_a_time = threading.Lock()

    def answer(given: Any) -> None:
        with one_at_a_time:
            pickle.dump(given, answers)
            answers.flush()

    return orders, answer


def _serve(
    orders: BinaryIO, answers: Callable[[Any], None], pool: Workers, here: Callable[[Any], Any]
) -> None:
    while True:
        try:
            number, piece = pickle.load(orders)
        except EOFError:
            return
        seconds, function, arguments = pickle.loads(piece)
        work = pool.submit(seconds, function, *map(here, arguments))
        work.add_done_callback(partial(_answer, answers, pool, number))


def _answer(answers: Callable[[Any], None], pool: Workers, number: int, work: Future[Any]) -> None:
    value: Any = None
    problem: Exception | None = None
    try:
        value = pool.result(work)
    except Exception as error:
        problem = error
        if not isinstance(error, LimitError | SheetreportError):  # where it arose is lost on the way
            error.add_note("".join(traceback.format_exception(error)))
    with suppress(OSError):  # nobody listens any more
        answers((number, pickle.dumps((value, problem))))


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]))
