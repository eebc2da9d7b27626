"""A Dask cluster as the place where a batch's work is done, the same way as by `worker.Workers`."""

from __future__ import annotations

import asyncio
import logging
import pickle
import threading
import time
import uuid
from collections.abc import Callable, Collection
from concurrent.futures import CancelledError, Future
from contextlib import suppress
from types import TracebackType
from typing import Any, ParamSpec, TypeVar

import dask
from distributed import Client
from distributed import Future as Task
from distributed.client import FutureCancelledError

from sheetreport.cluster import site
from sheetreport.cluster.alike import differences, traits
from sheetreport.cluster.parcel import Parcel, without
from sheetreport.errors import EngineError
from sheetreport.pipeline import Options
from sheetreport.worker import Limit, LimitError

PATIENCE_SECONDS = 60
"""How long a batch waits for a scheduler, and for workers where there are none."""

LOOK_SECONDS = 0.5
"""How often it looks who has joined the cluster and who has left it."""

AHEAD = 2
"""Pieces of work for each thread of a worker, so that none waits for the next one to arrive."""

_ANSWER_SECONDS = 10  # for a scheduler to say who is there, and for workers to take their leave
_INTRODUCTION_SECONDS = 120  # a busy computer may take its time to load everything

P = ParamSpec("P")
T = TypeVar("T")

# A workbook of its largest size is no graph gone wrong. What Dask logs, we say in words for people.
dask.config.set({"distributed.admin.large-graph-warning-threshold": "1 GiB"})
for _name in ("distributed", "distributed.client", "distributed.core", "asyncio"):
    logging.getLogger(_name).setLevel(logging.CRITICAL)


class Cluster:
    """Workers on other computers. What they suffer costs only their own piece of work, if anything."""

    def __init__(self, address: str, options: Options, tell: Callable[..., None]) -> None:
        """`address` as Dask writes it. `tell` hears what people should know: a text's key and its values."""
        self._address = address
        self._parcel = pickle.dumps(Parcel.of(options))
        self._traits = traits(options)
        self._tell = tell
        self._run = f"sheetreport-{uuid.uuid4().hex}"
        self._fit: dict[str, int] = {}  # threads of the workers that can do the work
        self._unfit: dict[str, str] = {}  # what the others lack
        self._asked: set[asyncio.Task[None]] = set()
        self._begun = Future[asyncio.Task[Any]]()
        self._ready = Future[None]()
        self._problem: EngineError | None = None
        self._thread = threading.Thread(target=self._keep, name="cluster", daemon=True)

    def __enter__(self) -> Cluster:
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
        raise self._problem or EngineError(f"the work on {self._address} has ended")

    def result(self, work: Future[T]) -> T:
        """What the work gave. Raises LimitError for what its limits stopped, EngineError where the cluster is
        out of reach, else what the work raised.
        """
        try:
            return work.result()
        except CancelledError:
            raise self._problem or EngineError(f"the work on {self._address} has ended") from None

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
                    await self._watch()
                finally:
                    with suppress(Exception):  # those that don't hear it give up by themselves
                        leave = self._client.run(site.dismiss, self._run, workers=list(self._fit))
                        await asyncio.wait_for(leave, _ANSWER_SECONDS)
        except EngineError as error:
            self._problem = error
            if not self._ready.done():
                self._ready.set_exception(error)
            raise

    async def _client_of(self) -> Client:
        try:
            client: Client = await Client(  # type: ignore[no-untyped-call]
                self._address,
                asynchronous=True,
                set_as_default=False,
                name="sheetreport",
                timeout=PATIENCE_SECONDS,
            )
        except (OSError, TimeoutError, ValueError) as error:
            raise EngineError(f"no Dask scheduler answers at {self._address}: {error}") from error
        return client

    async def _watch(self) -> None:
        """Know who can do the work, until there is nobody for too long."""
        lonely_since = time.monotonic()
        while True:
            found = await self._look()
            if self._fit:
                lonely_since = time.monotonic()
                if not self._ready.done():
                    self._ready.set_result(None)
            elif self._unfit and not self._asked:
                raise EngineError(
                    f"no worker at {self._address} makes the same reports as this computer. "
                    + "; ".join(f"{worker}: {lack}" for worker, lack in sorted(self._unfit.items()))
                    + ". Install the same there, with the same constraints.txt."
                )
            elif time.monotonic() - lonely_since > PATIENCE_SECONDS:
                raise EngineError(
                    f"{found} at {self._address} for {PATIENCE_SECONDS} s. Finished reports stay; run the"
                    " same command again to go on."
                )
            await asyncio.sleep(LOOK_SECONDS)

    async def _look(self) -> str:
        """See who has joined and who has left; what is missing, should that be so."""
        try:
            present = await asyncio.wait_for(self._client.nthreads(), _ANSWER_SECONDS)
        except (OSError, TimeoutError):
            if self._client.status == "closed":
                raise EngineError(f"lost {self._address}") from None
            self._fit.clear()
            return "no scheduler"
        for known in (self._fit, self._unfit):
            for gone in known.keys() - present.keys():
                del known[gone]
        for worker in present.keys() - self._fit.keys() - self._unfit.keys():
            if worker not in {asked.get_name() for asked in self._asked}:
                asked = asyncio.create_task(self._introduce(worker, present[worker]), name=worker)
                self._asked.add(asked)
                asked.add_done_callback(self._asked.discard)
        return "no worker"

    async def _introduce(self, worker: str, threads: int) -> None:
        """Give a worker what it needs, and see whether its reports would be the same as ours."""
        asked = self._client.run(site.introduce, self._run, self._parcel, workers=[worker], on_error="return")
        try:
            answer = (await asyncio.wait_for(asked, _INTRODUCTION_SECONDS))[worker]
        except (OSError, TimeoutError, KeyError):  # it left meanwhile, or is stuck: to be asked again
            return
        if isinstance(answer, ImportError):
            lack = f"sheetreport is not installed ({answer})"
        elif isinstance(answer, Exception) or not answer:
            lack = f"it can't begin: {answer}" if answer else "it can't begin: see its log"
        else:
            lack = differences(self._traits, pickle.loads(answer))
        if lack:
            self._unfit[worker] = lack
            self._tell("left_out", worker=worker, lack=lack)
        else:
            self._fit[worker] = threads

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
            if answer:
                value, problem = pickle.loads(answer)
                if problem is not None:
                    raise problem
                return value
            if answer is not None:
                raise LimitError(Limit.CRASH)
            await asyncio.sleep(LOOK_SECONDS)

    async def _answer(self, task: Task[Any], workers: Collection[str]) -> bytes | None:
        """The answer to a task; None where those who could give it, or what they know, have gone."""
        given = asyncio.ensure_future(task.result())
        try:
            while not given.done():
                await asyncio.wait({given}, timeout=LOOK_SECONDS)
                if not given.done() and self._fit.keys().isdisjoint(workers):
                    return None
            answer: bytes | None = given.result()
        except FutureCancelledError:
            return None
        except Exception as error:  # KilledWorker above all: whoever took it on died, time and again
            raise LimitError(Limit.CRASH) from error
        finally:
            given.cancel()
        return answer
