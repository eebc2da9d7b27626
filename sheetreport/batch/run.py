"""A batch from its jobs to their outcomes.

Each file goes the same way: read once, passed over where the journal says that nothing has changed, examined
by one piece of work, rendered by another, its outputs put in place as a set, a line in the journal. What a
limit stopped (time, memory, a process that died) is tried once more, alone, when all others are through.

Where other parts of the program join in, each a function below:

- `engine`: who does the work, processes of this computer or a cluster;
- `_depends_on`: what a file's outputs depend on beyond its content and the options;
- `_to_render`: what was found out about a file, before anything is rendered from it;
- `_outputs`: all outputs of a file, before they are written;
- `_outcome`: what is said about a finished file;
- `_after`: once, when every file has its outcome.
"""

from __future__ import annotations

import traceback
from collections.abc import Callable, Generator, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, wait
from contextlib import AbstractContextManager, closing, nullcontext, suppress
from dataclasses import dataclass, field, replace
from pathlib import Path
from types import MappingProxyType
from typing import Any

from sheetreport import confined
from sheetreport.batch.earlier import Earlier, notes
from sheetreport.batch.interrupts import Interrupts
from sheetreport.batch.jobs import Job
from sheetreport.batch.journal import Journal, key
from sheetreport.batch.letters import Letters
from sheetreport.batch.orders import Order, orders
from sheetreport.batch.outcome import FileOutcome, write_summary
from sheetreport.batch.overview import PortfolioError, write_portfolio
from sheetreport.batch.settings import Settings
from sheetreport.batch.writing import DiskError, claimed, settle, sweep, write_outputs
from sheetreport.bureau.commentary import files_in
from sheetreport.catalog.load import load_catalog
from sheetreport.cluster.connect import connect
from sheetreport.errors import EngineError, ExitCode, Message, SheetreportError, UsageError
from sheetreport.model import SourceFile, Status
from sheetreport.outputs import CORRECTIONS, DRAFT
from sheetreport.pipeline import Options, dress_of
from sheetreport.worker import Engine, Limit, LimitError

_LOOK_SECONDS = 0.5  # between looks for Ctrl-C, which does not end every kind of waiting
_STOPPED = {
    Limit.TIME: Message("files.limit_time", {"seconds": confined.RENDER_SECONDS}),
    Limit.MEMORY: Message("files.limit_memory", {}),
    Limit.CRASH: Message("files.limit_crash", {}),
}


def run(
    jobs: Sequence[Job],
    options: Options,
    settings: Settings,
    done: Callable[[FileOutcome], None],
    *,
    pool: Engine | None = None,
    known: Mapping[Path, FileOutcome] = MappingProxyType({}),
    read: Callable[[int], None] = lambda _: None,
) -> list[FileOutcome]:
    """Make the reports of all jobs; `done` hears of each as it ends. Unchanged files are passed over.

    `pool`: who does the work, for several runs; without it a run has its own. `known` are outcomes that still
    hold although the journal does not have them: what stopped a file that is as it was. `read` hears how many
    are read for a history, which is before the first of them ends.
    What ends a run early, Ctrl-C or a full disk, leaves what is finished in place and listed. Raises
    PortfolioError when all is done but the portfolio, which may be open elsewhere.
    """
    outcomes: dict[Path, FileOutcome] = {}
    shared = _shared(options)  # a catalogue or a brand that can't be used leaves no folder behind
    with claimed(settings.out), Interrupts() as interrupts, Journal(settings.out) as journal:
        sweep(settings.out, journal.key_of, journal.forget)
        earlier = Earlier(settings.history, options, force=settings.force) if settings.history else None
        letters = Letters(options, settings) if settings.drafts else None
        batch = _Batch(options, settings, journal, interrupts, shared, earlier, letters, pool, known, read)
        try:
            with closing(_made(jobs, batch)) as made:
                for job, outcome in made:
                    outcomes[job.source] = outcome
                    interrupts.release()
                    done(outcome)
        except BaseException as error:
            if settings.several:
                interrupts.hold()
                with suppress(SheetreportError):
                    _list(jobs, outcomes, settings, complete=False)
            if isinstance(error, DiskError):
                raise DiskError(
                    "files.batch_stopped", problem=error.message, number=len(outcomes), total=len(jobs)
                ) from error
            raise
        return _after(jobs, outcomes, batch)


def check(options: Options, settings: Settings) -> None:
    """See that what was asked for can be used, before anything is waited for. Raises SheetreportError."""
    _shared(options)
    if options.commentary:
        files_in(options.commentary)
    if settings.history:
        Earlier(settings.history, options)
    if settings.drafts:
        Letters(options, settings)


@dataclass(frozen=True, slots=True)
class _Batch:
    """What all files of a batch have in common. `shared` tells the catalogue and the brand from others."""

    options: Options
    settings: Settings
    journal: Journal
    interrupts: Interrupts
    shared: Mapping[str, str]
    earlier: Earlier | None = None
    letters: Letters | None = None
    pool: Engine | None = None
    known: Mapping[Path, FileOutcome] = field(default_factory=dict)
    read: Callable[[int], None] = lambda _: None


def _shared(options: Options) -> Mapping[str, str]:
    brand = dress_of(options).brand
    return {
        "catalog": load_catalog(options.catalog).sha256,
        "brand": brand.sha256 if brand else "",
    }


def engine(number: int, options: Options, settings: Settings) -> AbstractContextManager[Engine]:
    """Who does the work on so many files."""
    if settings.engine:
        return connect(settings.engine, options, settings.tell)
    return confined.workers(min(number, settings.workers), options)


def _workers(number: int, batch: _Batch) -> AbstractContextManager[Engine]:
    """Who does the work of this run, which leaves running what was there before it."""
    return nullcontext(batch.pool) if batch.pool else engine(number, batch.options, batch.settings)


def _depends_on(order: Order, company: str, batch: _Batch) -> Mapping[str, str]:
    """What a file's outputs depend on beyond its content and the options, each by a name of its own.

    `company` is whose workbook it is, which the journal knows of one that is as it was.
    """
    history = {"history": batch.earlier.fingerprint(order.job)} if batch.earlier else {}
    draft = {"draft": batch.letters.fingerprint(order.job, company)} if batch.letters else {}
    return {**batch.shared, "commentary": order.remarks.sha256 or "", **history, **draft}


def _key(source: SourceFile, order: Order, company: str, batch: _Batch) -> str:
    return key(source, batch.options, _depends_on(order, company, batch))


def _to_render(examined: confined.Examined, batch: _Batch) -> dict[str, Any]:
    """The result that the outputs are rendered from."""
    return batch.earlier.told(examined.document) if batch.earlier else examined.document


def _outputs(task: _Task, made: confined.Made, batch: _Batch) -> Mapping[str, bytes]:
    """All outputs of a file by the ending of their names."""
    assert task.examined is not None
    copy = task.examined.copy
    outputs = {**made.rendered.outputs, **({CORRECTIONS: copy} if copy is not None else {})}
    if batch.letters:
        outputs[DRAFT] = batch.letters.write(task.order.job, task.examined.document, outputs)
    return outputs


def _after(jobs: Sequence[Job], outcomes: Mapping[Path, FileOutcome], batch: _Batch) -> list[FileOutcome]:
    """What is done when every file has its outcome."""
    if batch.letters:  # of what rests in a folder that is watched it was said before
        batch.letters.tell((job, outcomes[job.source]) for job in jobs if job.source not in batch.known)
    if not batch.settings.several:
        return [outcomes[job.source] for job in jobs]
    listed = _list(jobs, outcomes, batch.settings, complete=True)
    if batch.settings.portfolio:
        try:
            write_portfolio(listed, batch.options, batch.settings)
        except UsageError as error:
            raise PortfolioError.of(error, listed) from error
    return listed


def _list(
    jobs: Sequence[Job], outcomes: Mapping[Path, FileOutcome], settings: Settings, *, complete: bool
) -> list[FileOutcome]:
    """Write the list of what is finished, in the order of the files."""
    ordered = [outcomes[job.source] for job in jobs if job.source in outcomes]
    write_summary(settings.out, ordered, complete=complete)
    return ordered


@dataclass(frozen=True, slots=True)
class _Task:
    """An order on its way: the file's content as long as it is needed, what was found out about it, and the
    key of its outputs then.
    """

    order: Order
    data: bytes
    source: SourceFile
    key: str = ""
    examined: confined.Examined | None = None


def _made(jobs: Sequence[Job], batch: _Batch) -> Generator[tuple[Job, FileOutcome]]:
    """Every job with its outcome, as they end; those that a limit stopped are tried again one by one."""
    again: list[Order] = []
    with _workers(len(jobs), batch) as pool:
        if batch.earlier:
            batch.earlier.read(
                orders(jobs, batch.options),
                pool,
                gave_none=lambda order, source: _was_refused(order, source, batch),
                through=batch.read,
            )
        yield from _through(_tasks(orders(jobs, batch.options), batch), pool, batch, again)
        for order in again:
            yield from _through(_tasks([order], batch), pool, batch, [])


def _tasks(waiting: Iterable[Order], batch: _Batch) -> Iterator[_Task | tuple[Job, FileOutcome]]:
    """What is to be done, read when its turn comes; for what there is nothing to do, the outcome."""
    for order in waiting:
        if order.job.source in batch.known:
            yield order.job, batch.known[order.job.source]
            continue
        try:
            if order.error is not None:
                raise order.error
            data = confined.content_of(order.job.source)
        except SheetreportError as error:
            yield order.job, _failed(order, batch.settings.wording.say(error.message), error.exit_code)
            continue
        source = confined.source_of(data, order.job.source.name)
        finished = _finished_before(order, source, batch)
        if finished is None:
            yield _Task(order, data, source)
        else:
            yield order.job, _noted(finished, order, batch)


def _finished_before(order: Order, source: SourceFile, batch: _Batch) -> FileOutcome | None:
    """The outcome that an earlier run came to, if it would be the same now."""
    if batch.settings.force:
        return None
    company = batch.journal.company_of(order.job)
    return batch.journal.finished(order.job, _key(source, order, company, batch))


def _was_refused(order: Order, source: SourceFile, batch: _Batch) -> bool:
    """Whether an earlier run came to no results, and would not now: that may have taken it all its time."""
    outcome = _finished_before(order, source, batch)
    return outcome is not None and outcome.status == Status.REFUSED


def _through(
    tasks: Iterator[_Task | tuple[Job, FileOutcome]], pool: Engine, batch: _Batch, again: list[Order]
) -> Iterator[tuple[Job, FileOutcome]]:
    """The outcomes of tasks, as they end; a few are under way at a time, so that no memory fills up.

    `again` takes the orders that a limit stopped for the first time.
    """
    running: dict[Future[Any], _Task] = {}
    while True:
        while len(running) <= pool.number and (task := next(tasks, None)) is not None:
            if isinstance(task, _Task):
                running[_examining(task, pool, batch)] = task
            else:
                yield task
        task = None
        if not running:
            return
        for work in wait(running, _LOOK_SECONDS, FIRST_COMPLETED).done:
            ended = running.pop(work)
            came = _advance(ended, work, pool, batch)
            if isinstance(came, FileOutcome):
                yield ended.order.job, came
            elif isinstance(came, Order):
                again.append(came)
            else:
                running[_rendering(came, pool, batch)] = came


def _examining(task: _Task, pool: Engine, batch: _Batch) -> Future[confined.Examined]:
    return pool.submit(confined.READ_SECONDS, confined.examine, task.data, task.source.file, batch.options)


def _rendering(task: _Task, pool: Engine, batch: _Batch) -> Future[confined.Made]:
    assert task.examined is not None
    document = task.examined.document
    archive = batch.options.archive and document["status"] != Status.REFUSED
    options = replace(batch.options, archive=archive)
    commentary = task.order.remarks.read_in(document["language"])
    data = task.data if archive else None
    return pool.submit(confined.RENDER_SECONDS, confined.render, data, document, options, commentary)


def _advance(task: _Task, work: Future[Any], pool: Engine, batch: _Batch) -> FileOutcome | _Task | Order:
    """What finished work leads to: the outcome of its file, what is to be rendered yet, or another attempt.

    Whatever goes wrong becomes this file's outcome, never an exception; but a full disk stops all files.
    """
    try:
        return _next(task, work, pool, batch)
    except (DiskError, EngineError):
        raise
    except SheetreportError as error:
        return _failed(task.order, batch.settings.wording.say(error.message), error.exit_code)
    except Exception:  # a defect in one file must not stop the others
        return _failed(task.order, traceback.format_exc(), ExitCode.DEFECT)


def _next(task: _Task, work: Future[Any], pool: Engine, batch: _Batch) -> FileOutcome | _Task | Order:
    try:
        came = pool.result(work)
    except LimitError as error:
        if task.order.attempt == 1:
            return replace(task.order, attempt=2)
        if task.examined is not None:
            twice = Message("files.tried_twice", {"why": _STOPPED[error.limit]})
            return _failed(task.order, batch.settings.wording.say(twice), ExitCode.DEFECT)
        came = confined.stopped(task.source, error.limit, batch.options)
    return _examined(task, came, batch) if task.examined is None else _finished(task, came, batch)


def _examined(task: _Task, examined: confined.Examined, batch: _Batch) -> FileOutcome | _Task:
    """What is to be rendered; the little there is to say about a refused workbook is written at once."""
    examined = replace(examined, document=_to_render(examined, batch))
    task = replace(
        task,
        examined=examined,
        data=task.data if batch.options.archive else b"",
        key=_key(task.source, task.order, examined.document["company"] or "", batch),
    )
    if examined.document["status"] != Status.REFUSED or batch.options.audience == "consultant":
        return task
    return _finished(task, confined.render(None, examined.document, batch.options), batch)


def _finished(task: _Task, made: confined.Made, batch: _Batch) -> FileOutcome:
    """Put the outputs in place and write it down; workers have no part in it, so that one that dies leaves
    nothing behind.

    What could not be made on this machine may be made in the next run, which is why it is not finished.
    """
    out, job = batch.settings.out, task.order.job
    outputs = _outputs(task, made, batch)
    batch.interrupts.hold()  # until it is counted as finished
    outcome = _outcome(task, made, write_outputs(out, job, task.key, outputs))
    if outcome.notice is None:
        batch.journal.add(job, outcome)
    else:
        batch.journal.forget(job.folder.name)
    settle(out, job, task.key)
    return _noted(outcome, task.order, batch)


def _noted(outcome: FileOutcome, order: Order, batch: _Batch) -> FileOutcome:
    """An outcome with what there is to say about the consultant's own text, in their language of today."""
    said = map(batch.settings.wording.say, order.remarks.notes)
    return replace(outcome, notes=[*said, *outcome.notes])


def _outcome(task: _Task, made: confined.Made, names: list[str]) -> FileOutcome:
    """What is said about a finished file."""
    assert task.examined is not None
    document = task.examined.document
    counts = dict.fromkeys(("error", "warning", "info"), 0)
    for finding in document["findings"]:
        counts[finding["severity"]] += 1
    seconds = {**task.examined.seconds, **made.seconds}
    return FileOutcome(
        source=str(task.order.job.source),
        sha256=task.source.sha256,
        key=task.key,
        status=document["status"],
        findings=counts,
        outputs=names,
        seconds=round(sum(seconds.values()), 3),
        company=document["company"],
        code=_exit_code(document["status"], counts["error"]),
        notice=made.rendered.notice,
        notes=notes(document),
        timings={name: round(spent, 4) for name, spent in seconds.items()},
        attempts=task.order.attempt,
        worst_goal=task.examined.worst_goal,
    )


def _exit_code(status: str, errors: int) -> ExitCode:
    return ExitCode.WORKBOOK_ERRORS if status == Status.REFUSED or errors else ExitCode.DONE


def _failed(order: Order, error: str, code: ExitCode) -> FileOutcome:
    source = str(order.job.source)
    return FileOutcome(source, "", "", "failed", {}, [], 0.0, code=code, error=error, attempts=order.attempt)
