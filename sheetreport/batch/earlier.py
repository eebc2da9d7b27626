"""A batch with a history: one pass that reads every workbook and keeps its results, so that each report then
knows all periods of its client, whatever the order they are made in.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from concurrent.futures import FIRST_COMPLETED, Future, wait
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

from sheetreport import __version__, confined
from sheetreport.batch.jobs import Job
from sheetreport.batch.orders import Order
from sheetreport.catalog.load import load_catalog
from sheetreport.errors import SheetreportError
from sheetreport.history import document as history
from sheetreport.history.record import Record, fingerprint, record_of
from sheetreport.history.store import History
from sheetreport.model import SourceFile
from sheetreport.pipeline import Options, wording_of_result
from sheetreport.worker import Engine

CHUNK = 50  # results of one transaction
_LOOK_SECONDS = 0.5

Identity = tuple[str, date, date]


class Earlier:
    """What the history knows of the clients of a batch. `force` reads anew what is kept already."""

    def __init__(self, file: Path, options: Options, *, force: bool = False) -> None:
        self._store = History(file, create=True)
        self._store.check_writable()
        self._options = options
        self._catalog = load_catalog(options.catalog)
        self._force = force
        self._found: dict[Path, Identity] = {}
        self._files: dict[Identity, list[Path]] = {}
        self._waiting: dict[Identity, Record] = {}

    def read(
        self,
        orders: Iterable[Order],
        pool: Engine,
        *,
        gave_none: Callable[[Order, SourceFile], bool] = lambda *_: False,
        through: Callable[[int], None] = lambda _: None,
    ) -> None:
        """Keep the results of all workbooks, those of the last one by name where several have one period.

        `gave_none` knows workbooks that have no results to keep, which spares reading them again; `through`
        hears how many are read. What is read when somebody ends it is kept.
        """
        running: dict[Future[confined.Examined], Job] = {}
        todo, begun = iter(orders), 0
        try:
            while True:
                while len(running) <= pool.number and (order := next(todo, None)) is not None:
                    begun += 1
                    work = self._begun(order, pool, gave_none)
                    if work is not None:
                        running[work] = order.job
                through(begun - len(running))
                if not running:
                    break
                for work in wait(running, _LOOK_SECONDS, FIRST_COMPLETED).done:
                    job = running.pop(work)
                    record = self._read(work, pool)
                    if record is not None and self._meet(job, record.identity):
                        self._waiting[record.identity] = record
                if len(self._waiting) >= CHUNK:
                    self._keep()
        except KeyboardInterrupt:
            self._keep()
            raise
        self._keep()

    def _keep(self) -> None:
        self._store.put(self._waiting.values())
        self._waiting.clear()

    def _begun(
        self, order: Order, pool: Engine, gave_none: Callable[[Order, SourceFile], bool]
    ) -> Future[confined.Examined] | None:
        """A workbook on its way to be read; None where its results are kept already, or it has none."""
        job = order.job
        try:
            data = confined.content_of(job.source)
        except SheetreportError:
            return None  # its outcome says so
        source = confined.source_of(data, job.source.name)
        known = self._store.known(source.sha256, __version__, self._catalog.sha256)
        if known is not None and not self._force:
            self._meet(job, known)
            return None
        if gave_none(order, source):
            return None
        options = replace(self._options, corrections=False)
        return pool.submit(confined.READ_SECONDS, confined.examine, data, source.file, options)

    def _read(self, work: Future[confined.Examined], pool: Engine) -> Record | None:
        try:
            return record_of(self._catalog, pool.result(work).document)
        except Exception:  # it is read again when its report is made: its outcome says what went wrong
            return None

    def _meet(self, job: Job, identity: Identity) -> bool:
        """Note whose workbook this is and of when; whether its results are those to keep."""
        files = self._files.setdefault(identity, [])
        files.append(job.source)
        files.sort()
        self._found[job.source] = identity
        if files[-1] != job.source:
            return False
        self._waiting.pop(identity, None)  # of one that is no longer the last by name
        return True

    def fingerprint(self, job: Job) -> str:
        """What tells whether a report would say the same of its client's earlier periods as last time."""
        identity = self._found.get(job.source)
        if identity is None:
            return ""
        return f"{fingerprint(self._earlier(identity))} {self._twins(identity)}"

    def told(self, document: dict[str, Any]) -> dict[str, Any]:
        """A result with its client's earlier periods."""
        record = record_of(self._catalog, document)
        if record is None:
            return document
        earlier, twins = self._earlier(record.identity), self._twins(record.identity)
        wording = wording_of_result(document)
        part = history.document(self._catalog, wording, document, record, earlier, twins)
        return document | {"history": part}

    def _earlier(self, identity: Identity) -> tuple[Record, ...]:
        return self._store.earlier(*identity, most=history.MOST_PERIODS - 1)

    def _twins(self, identity: Identity) -> tuple[str, ...]:
        """The workbooks of one client and period by name, the one whose results are kept last."""
        files = self._files.get(identity, [])
        if len(files) < 2:
            return ()
        names = [file.name for file in files]
        same = len(set(names)) < len(names)
        return tuple(f"{file.parent.name}/{file.name}" if same else file.name for file in files)


def notes(document: Mapping[str, Any]) -> list[str]:
    """What the list of files says of a result's history: other workbooks of the same client and period."""
    twins = (document.get("history") or {}).get("twins")
    return [twins] if twins else []
