"""A Dask cluster as the place where a batch's work is done, the same way as by `worker.Workers`."""

from __future__ import annotations

import asyncio
import logging
import pickle
import threading
import time
import uuid
import warnings
from collections.abc import Callable, Collection
from concurrent.futures import CancelledError, Future
from contextlib import suppress
from functools import reduce
from types import TracebackType
from typing import Any, ParamSpec, Self, TypeVar

import dask
from distributed import Client
from distributed import Future as Task
from distributed.client import FutureCancelledError
from distributed.versions import VersionMismatchWarning

from sheetreport import __version__
from sheetreport.cluster import site
from sheetreport.cluster.alike import differences, traits
from sheetreport.cluster.parcel import Parcel, without
from sheetreport.errors import EngineError, Message
from sheetreport.pipeline import Options
from sheetreport.worker import Limit, LimitError

SCHEDULER_SECONDS = 20
"""How long a batch waits for a scheduler that doesn't answer, at its start or later."""

WORKERS_SECONDS = 120
"""How long it waits for workers where there are none."""

SILENT_SECONDS = 3
"""How long it does so without a word."""

LOOK_SECONDS = 0.5
"""How often it looks who has joined the cluster and who has left it."""

AHEAD = 2
"""Pieces of work for each thread of a worker, so that none waits for the next one to arrive."""

_ANSWER_SECONDS = 10  # for a scheduler to say who is there, and for workers to take their leave
_MOST_NAMED = 10
_INTRODUCTION_SECONDS = 120  # a busy computer may take its time to load everything

P = ParamSpec("P")
T = TypeVar("T")

# The largest workbook is no graph gone wrong, and the last thousand messages, workbooks among them, would
# be kept for the sake of errors. What Dask logs and warns of, we say in words for people.
dask.config.set({
    "distributed.admin.large-graph-warning-threshold": "1 GiB",
    "distributed.admin.low-level-log-length": 20,
})  # fmt: skip
warnings.simplefilter("ignore", VersionMismatchWarning)
for _name in ("distributed", "distributed.client", "distributed.core", "asyncio"):
    logging.getLogger(_name).setLevel(logging.CRITICAL)


class Cluster:
    """Workers on other computers. What they suffer costs only their own piece of work, if anything."""

    def __init__(self, address: str, options: Options, tell: Callable[[Message], None]) -> None:
        """`address` as Dask writes it. `tell` hears what people should know."""
        self._address = address
        self._parcel = pickle.dumps(Parcel.of(options))
        self._traits = traits(options)
        self._tell = tell
        self._run = f"sheetreport-{uuid.uuid4().hex}"
        self._fit: dict[str, int] = {}  # threads of the workers that can do the work
        self._unfit: dict[str, Message] = {}  # what the others lack
        self._told: set[str] = set()
        self._asked: set[asyncio.Task[None]] = set()
        self._begun = Future[asyncio.Task[Any]]()
        self._ready = Future[None]()
        self._problem: EngineError | None = None
        self._thread = threading.Thread(target=self._keep, name="cluster", daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        try:
            self._ready.result()
        except BaseException:
            self._stop()
            raise
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stop()

    @property
    def number(self) -> int:
        """How many pieces of work are worth being under way at a time."""
        return max(1, AHEAD * sum(self._fit.values()))

    def submit(
        self, seconds: float, function: Callable[P, T], /, *args: P.args, **kwargs: P.kwargs
    ) -> Future[T]:
        """Have a function of a module called on one of the workers, for so many seconds at most."""
        assert not kwargs, "a piece of work takes its arguments by place"
        order = pickle.dumps((seconds, function, tuple(map(without, args))))
        with suppress(RuntimeError):
            return asyncio.run_coroutine_threadsafe(self._piece(order), self._main.get_loop())
        raise self._problem or EngineError("cluster.ended", address=self._address)

    def result(self, work: Future[T]) -> T:
        """What the work gave. Raises LimitError for what its limits stopped, EngineError where the cluster is
        out of reach, else what the work raised.
        """
        try:
            return work.result()
        except CancelledError:
            raise self._problem or EngineError("cluster.ended", address=self._address) from None

    # --- the rest runs in a thread of its own, with Dask's client ---------------------------------------

    @property
    def _main(self) -> asyncio.Task[Any]:
        return self._begun.result()

    def _stop(self) -> None:
        """Give up all work under way, on the cluster too."""
        with suppress(RuntimeError):  # it has ended by itself
            self._main.get_loop().call_soon_threadsafe(self._main.cancel)
        self._thread.join()

    def _keep(self) -> None:
        with suppress(EngineError, asyncio.CancelledError):
            asyncio.run(self._attend())

    async def _attend(self) -> None:
        main = asyncio.current_task()
        assert main is not None
        self._begun.set_result(main)
        try:
            async with await self._client_of() as self._client:
                try:
                    await self._ask_the_scheduler()
                    await self._watch()
                finally:
                    await self._dismiss([*self._fit])
        except Exception as error:
            lost = EngineError("cluster.lost_by", address=self._address, reason=repr(error))
            self._problem = error if isinstance(error, EngineError) else lost
            if not self._ready.done():
                self._ready.set_exception(self._problem)
            raise self._problem from error

    async def _client_of(self) -> Client:
        try:
            client: Client = await Client(  # type: ignore[no-untyped-call]
                self._address,
                asynchronous=True,
                set_as_default=False,
                name="sheetreport",
                timeout=SCHEDULER_SECONDS,
            )
        except Exception as error:  # a wrong port and missing certificates fail in ways of their own
            raise EngineError("cluster.no_scheduler", address=self._address, reason=error) from error
        return client

    async def _ask_the_scheduler(self) -> None:
        with suppress(OSError, TimeoutError, ValueError):  # it may refuse to answer such questions
            try:
                await asyncio.wait_for(self._client.run_on_scheduler(site.is_here), _ANSWER_SECONDS)
            except ImportError as error:
                raise EngineError("cluster.scheduler_without_us", address=self._address) from error

    async def _watch(self) -> None:
        """Know who can do the work, until there has been nobody for too long."""
        since, told = time.monotonic(), False
        while True:
            answered = await self._look()
            alone = time.monotonic() - since
            if answered and self._fit:
                since, told = time.monotonic(), False
                if not self._ready.done():
                    self._ready.set_result(None)
                self._tell_of_others()
            elif self._unfit and not self._asked and not self._ready.done():
                raise EngineError("cluster.all_differ", lacks=self._lacks())
            elif alone > WORKERS_SECONDS:
                raise EngineError("cluster.no_worker", address=self._address, seconds=WORKERS_SECONDS)
            elif alone > SILENT_SECONDS and not told and not self._asked:
                self._tell(Message("cluster.waiting", {"address": self._address, "seconds": WORKERS_SECONDS}))
                told = True
            await asyncio.sleep(LOOK_SECONDS)

    async def _look(self) -> bool:
        """See who has joined and who has left; whether the scheduler could say so."""
        if self._client.status == "closed":
            raise EngineError("cluster.lost", address=self._address)
        try:
            present = await asyncio.wait_for(self._client.nthreads(), _ANSWER_SECONDS)
        except TimeoutError:  # it has much to do, or hangs
            return False
        except OSError:  # Dask's client tries to reach it again, and closes if it can't
            present = {}
        for known in (self._fit, self._unfit):
            for gone in known.keys() - present.keys():
                del known[gone]
        asked = {task.get_name() for task in self._asked}
        for worker in present.keys() - self._fit.keys() - self._unfit.keys() - asked:
            task = asyncio.create_task(self._introduce(worker, present[worker]), name=worker)
            self._asked.add(task)
            task.add_done_callback(self._asked.discard)
        return True

    def _tell_of_others(self) -> None:
        for worker in sorted(self._unfit.keys() - self._told):
            self._tell(Message("cluster.left_out", {"worker": worker, "lack": self._unfit[worker]}))
            self._told.add(worker)

    def _lacks(self) -> Message:
        """What the workers lack that can't do the work; of very many, some tell enough."""
        lacks = (
            Message("errors.at", {"place": worker, "problem": lack})
            for worker, lack in sorted(self._unfit.items())[:_MOST_NAMED]
        )
        return reduce(_and_worker, lacks)

    async def _introduce(self, worker: str, threads: int) -> None:
        """Give a worker what it needs, and see whether its reports would be the same as ours."""
        asked = self._client.run(site.introduce, self._run, self._parcel, workers=[worker], on_error="return")
        try:
            answer = (await asyncio.wait_for(asked, _INTRODUCTION_SECONDS))[worker]
        except (OSError, TimeoutError, KeyError):  # it left meanwhile, or is stuck: to be asked again
            return
        if isinstance(answer, ImportError):
            lack = differences({"sheetreport": __version__}, {})
        elif isinstance(answer, Exception):
            lack = Message("cluster.cant_begin", {"reason": answer})
        elif not answer:
            lack = Message("cluster.cant_begin_see_log", {})
        else:
            lack = differences(self._traits, pickle.loads(answer))
        if lack:
            self._unfit[worker] = lack
            await self._dismiss([worker])
        else:
            self._fit[worker] = threads

    async def _dismiss(self, workers: Collection[str]) -> None:
        with suppress(Exception):  # those that don't hear it give up by themselves
            leave = self._client.run(site.dismiss, self._run, workers=workers, on_error="ignore")
            await asyncio.wait_for(leave, _ANSWER_SECONDS)

    async def _piece(self, order: bytes) -> Any:
        """One piece of work, until a worker that was there to its end has answered."""
        while True:
            while not self._fit:
                await asyncio.sleep(LOOK_SECONDS / 5)
            workers = list(self._fit)
            task = self._client.submit(site.work, self._run, order, workers=workers, pure=False)
            try:
                answer = await self._answer(task, workers)
            finally:
                task.release()
            if isinstance(answer, bytes):
                return _unpacked(answer)
            if answer is not None:  # this worker has forgotten the run, or is another process by now
                self._fit.pop(answer, None)
            await asyncio.sleep(LOOK_SECONDS)

    async def _answer(self, task: Task[Any], workers: Collection[str]) -> bytes | str | None:
        """The answer to a task, or the worker that knows nothing of it; None where all of them have gone."""
        given = asyncio.ensure_future(task.result())
        try:
            while not given.done():
                await asyncio.wait({given}, timeout=LOOK_SECONDS)
                if not given.done() and self._fit.keys().isdisjoint(workers):
                    return None
            answer: bytes | str = given.result()
        except FutureCancelledError:
            return None
        except Exception as error:  # KilledWorker above all: whoever took it on died, time and again
            raise LimitError(Limit.CRASH) from error
        finally:
            given.cancel()
        return answer


def _and_worker(before: Message, one: Message) -> Message:
    return Message("cluster.next_worker", {"before": before, "one": one})


def _unpacked(answer: bytes) -> Any:
    """What a host answered: nothing, where it died."""
    if not answer:
        raise LimitError(Limit.CRASH)
    value, problem = pickle.loads(answer)
    if problem is not None:
        raise problem
    return value
