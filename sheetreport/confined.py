"""What is done with owners' files, as work for processes of their own; a file that stops one is refused."""

from __future__ import annotations

import gc
import hashlib
import stat
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any, Concatenate, ParamSpec, TypeVar

from sheetreport import pipeline
from sheetreport.bureau.commentary import Commentary
from sheetreport.catalog.definitions import Catalog
from sheetreport.catalog.load import load_catalog
from sheetreport.digest import digest
from sheetreport.errors import UsageError, reason_of
from sheetreport.model import Finding, Severity, SourceFile
from sheetreport.pipeline import Options
from sheetreport.read import Accepted
from sheetreport.read.guard import MAX_FILE
from sheetreport.result import Report
from sheetreport.rounds import Request, Round
from sheetreport.worker import Limit, LimitError, Workers

P = ParamSpec("P")
T = TypeVar("T")

READ_SECONDS = 18
"""For reading and checking, which takes a filled template a fifth of a second."""

RENDER_SECONDS = 180
"""For the outputs, which rest on checked answers alone; a slow computer may take its time."""


@dataclass(frozen=True, slots=True)
class Examined:
    """A workbook read, checked and computed: its result as plain values, and the seconds of each stage.

    `copy` is the correction copy, where one was asked for and there is something to mend; `worst_goal` says
    in a line how far the goal is that needs the most attention.
    """

    document: dict[str, Any]
    seconds: Mapping[str, float]
    copy: bytes | None = None
    worst_goal: str | None = None


@dataclass(frozen=True, slots=True)
class Made:
    """The outputs of a workbook with the seconds they took."""

    rendered: pipeline.Rendered
    seconds: Mapping[str, float]


def workers(number: int, options: Options) -> Workers:
    """Processes that have the catalogue of these options ready."""
    get_ready(options.catalog)
    gc.set_threshold(10_000, 5, 5)  # this process makes little itself, and lives as long as all of them
    return Workers(number, partial(get_ready, options.catalog))


def get_ready(folder: Path | None = None) -> Catalog:
    """Load the catalogue, and spare the garbage collector what stays for good.

    A report makes hundreds of thousands of small objects, and nearly all of them go by themselves. Collecting
    after every 700 of them, over the whole catalogue too, costs a sixth of its time. The rest is collected
    when a report is through, and hardly any of them are left; before that only where it is very large.
    """
    gc.set_threshold(1_000_000, 5, 5)
    catalog = load_catalog(folder)
    gc.collect()
    gc.freeze()
    return catalog


def content_of(path: Path) -> bytes:
    """The bytes of a file, as many as a workbook may have and one more. Raises UsageError."""
    try:
        if not stat.S_ISREG(path.stat().st_mode):
            raise UsageError("files.not_a_file", path=path)
        with path.open("rb") as file:
            return file.read(MAX_FILE + 1)
    except PermissionError as error:
        raise UsageError("files.cant_read_held", path=path) from error
    except OSError as error:
        raise UsageError("files.cant_read", path=path, why=reason_of(error)) from error


def source_of(data: bytes, name: str) -> SourceFile:
    """What tells a file from others."""
    return SourceFile(name, hashlib.sha256(data).hexdigest())


def report_on(path: Path, options: Options) -> Report:
    """Everything that is known about one workbook, found out by a process of its own."""
    return _alone(path, options, report_of, options)


def carried(path: Path, options: Options, request: Request) -> Round | Report:
    """A new workbook made from an older one by a process of its own; a report where that gave no answers."""
    return _alone(path, options, carry, options, request)


def accepted(path: Path, options: Options) -> Accepted | Report:
    """The accepted actions of a report's workbook, read by a process of its own; a report where none were."""
    return _alone(path, options, take_up)


def _alone(
    path: Path,
    options: Options,
    function: Callable[Concatenate[bytes, str, P], T],
    /,
    *args: P.args,
    **kwargs: P.kwargs,
) -> T | Report:
    """What a function of a file's content and name gives in a process of its own."""
    data = content_of(path)
    with workers(1, options) as pool:
        try:
            return pool.result(pool.submit(READ_SECONDS, function, data, path.name, *args, **kwargs))
        except LimitError as error:
            return refused(source_of(data, path.name), error.limit)


def take_up(data: bytes, name: str) -> Accepted | Report:
    """Read the accepted actions of one report's workbook (in a worker)."""
    return pipeline.take_up(data, name)


def carry(data: bytes, name: str, options: Options, request: Request) -> Round | Report:
    """Read one workbook and make a new one from it (in a worker)."""
    return pipeline.carry(load_catalog(options.catalog), data, name, options, request)


def report_of(data: bytes, name: str, options: Options) -> Report:
    """Read, check and compute one workbook (in a worker)."""
    return pipeline.examine(load_catalog(options.catalog), data, name, options)


def examine(data: bytes, name: str, options: Options) -> Examined:
    """One workbook to its result (in a worker)."""
    catalog, watch = load_catalog(options.catalog), pipeline.Stopwatch()
    reading = pipeline.read_workbook(catalog, data, name, watch)
    report = pipeline.assess(catalog, reading, options, watch)
    with watch.stage("json"):
        document = pipeline.document_of(catalog, report, options)
        goal = digest(document, catalog, pipeline.wording_of_result(document)).worst_goal
    copy = None
    if options.corrections:
        brand = pipeline.dress_of(options).brand
        copy = pipeline.correct(catalog, data, report, watch, reading.opened, brand)
    return Examined(document, watch.seconds, copy, goal.text if goal else None)


def render(
    data: bytes | None, document: dict[str, Any], options: Options, commentary: Commentary | None = None
) -> Made:
    """A result to its outputs (in a worker). `data` is the owner's workbook, which an archive keeps."""
    watch = pipeline.Stopwatch()
    dress = pipeline.dress_of(options, commentary)
    rendered = pipeline.render(load_catalog(options.catalog), document, options, watch, dress, data)
    gc.collect(0)
    return Made(rendered, watch.seconds)


def examined(pool: Workers, path: Path, options: Options) -> Examined:
    """One workbook to its result, by one of these processes; what stops it is a finding like any other."""
    data = content_of(path)
    try:
        return pool.result(pool.submit(READ_SECONDS, examine, data, path.name, options))
    except LimitError as error:
        return stopped(source_of(data, path.name), error.limit, options)


def stopped(source: SourceFile, limit: Limit, options: Options) -> Examined:
    """The result of a workbook that could not be read within the limits."""
    return Examined(pipeline.document_of(load_catalog(options.catalog), refused(source, limit), options), {})


def refused(source: SourceFile, limit: Limit) -> Report:
    """What is known about a file that could not be read within the limits."""
    match limit:
        case Limit.TIME:
            finding = Finding("S-06", Severity.ERROR, params={"seconds": READ_SECONDS}, variant="time")
        case Limit.MEMORY:
            finding = Finding("S-06", Severity.ERROR, variant="memory")
        case Limit.CRASH:
            finding = Finding("S-05", Severity.ERROR, variant="crash")
    return pipeline.refuse(source, finding)
