"""What is done with owners' files, as work for processes of their own; a file that stops one is refused."""

from __future__ import annotations

import gc
import hashlib
import stat
from collections.abc import Mapping
from concurrent.futures import Future
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

from sheetreport import pipeline
from sheetreport.bureau.commentary import Commentary
from sheetreport.catalog.definitions import Catalog
from sheetreport.catalog.load import load_catalog
from sheetreport.errors import UsageError
from sheetreport.model import Finding, Severity, SourceFile
from sheetreport.pipeline import Options
from sheetreport.read import Accepted
from sheetreport.read.guard import MAX_FILE
from sheetreport.result import Report
from sheetreport.rounds import Request, Round
from sheetreport.worker import Limit, LimitError, Workers

READ_SECONDS = 18
"""For reading and checking, which takes a filled template a fifth of a second."""

RENDER_SECONDS = 180
"""For the outputs, which rest on checked answers alone; a slow computer may take its time."""


@dataclass(frozen=True, slots=True)
class Examined:
    """A workbook read, checked and computed: its result as plain values, and the seconds of each stage.

    `copy` is the correction copy, where one was asked for and there is something to mend.
    """

    document: dict[str, Any]
    seconds: Mapping[str, float]
    copy: bytes | None = None


@dataclass(frozen=True, slots=True)
class Made:
    """The outputs of a workbook with the seconds they took."""

    rendered: pipeline.Rendered
    seconds: Mapping[str, float]


def workers(number: int, options: Options) -> Workers:
    """Processes that have the catalogue of these options ready."""
    get_ready(options.catalog)
    return Workers(number, partial(get_ready, options.catalog))


def get_ready(folder: Path | None = None) -> Catalog:
    """Load the catalogue, and spare the garbage collector what stays for good.

    A report makes hundreds of thousands of small objects; collecting after every 700 of them, over the whole
    catalogue too, costs a sixth of its time.
    """
    catalog = load_catalog(folder)
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 20, 20)
    return catalog


def content_of(path: Path) -> bytes:
    """The bytes of a file, as many as a workbook may have and one more. Raises UsageError."""
    try:
        if not stat.S_ISREG(path.stat().st_mode):
            raise UsageError(f"can't read {path}: it is not a file")
        with path.open("rb") as file:
            return file.read(MAX_FILE + 1)
    except PermissionError as error:
        raise UsageError(
            f"can't read {path}: no permission; if it is open in Excel, close it there"
        ) from error
    except OSError as error:
        raise UsageError(f"can't read {path}: {error.strerror or error}") from error


def report_on(path: Path, options: Options) -> Report:
    """Everything that is known about one workbook, found out by a process of its own."""
    with workers(1, options) as pool:
        try:
            return pool.result(pool.submit(READ_SECONDS, report_of, path, options))
        except LimitError as error:
            return refused(path, error.limit)


def carried(path: Path, options: Options, request: Request) -> Round | Report:
    """A new workbook made from an older one by a process of its own; a report where that gave no answers."""
    with workers(1, options) as pool:
        try:
            return pool.result(pool.submit(READ_SECONDS, carry, path, options, request))
        except LimitError as error:
            return refused(path, error.limit)


def accepted(path: Path, options: Options) -> Accepted | Report:
    """The accepted actions of a report's workbook, read by a process of its own; a report where none were."""
    with workers(1, options) as pool:
        try:
            return pool.result(pool.submit(READ_SECONDS, take_up, path))
        except LimitError as error:
            return refused(path, error.limit)


def take_up(path: Path) -> Accepted | Report:
    """Read the accepted actions of one report's workbook (in a worker)."""
    return pipeline.take_up(content_of(path), path.name)


def carry(path: Path, options: Options, request: Request) -> Round | Report:
    """Read one workbook and make a new one from it (in a worker)."""
    return pipeline.carry(load_catalog(options.catalog), content_of(path), path.name, options, request)


def report_of(path: Path, options: Options) -> Report:
    """Read, check and compute one workbook (in a worker)."""
    return pipeline.examine(load_catalog(options.catalog), content_of(path), path.name, options)


def examine_file(path: Path, options: Options) -> Examined:
    """One workbook to its result (in a worker)."""
    catalog, watch = load_catalog(options.catalog), pipeline.Stopwatch()
    data = content_of(path)
    reading = pipeline.read_workbook(catalog, data, path.name, watch)
    report = pipeline.assess(catalog, reading, options, watch)
    with watch.stage("json"):
        document = pipeline.document_of(catalog, report, options)
    copy = None
    if options.corrections:
        brand = pipeline.dress_of(options).brand
        copy = pipeline.correct(catalog, data, report, watch, reading.opened, brand)
    return Examined(document, watch.seconds, copy)


def render(
    path: Path, document: dict[str, Any], options: Options, commentary: Commentary | None = None
) -> Made:
    """A result to its outputs (in a worker)."""
    watch = pipeline.Stopwatch()
    source = _same_content(path, document) if options.archive else None
    dress = pipeline.dress_of(options, commentary)
    rendered = pipeline.render(load_catalog(options.catalog), document, options, watch, dress, source)
    return Made(rendered, watch.seconds)


def _same_content(path: Path, document: dict[str, Any]) -> bytes:
    """The bytes of a workbook that its result was made from."""
    data = content_of(path)
    if hashlib.sha256(data).hexdigest() != document["source"]["sha256"]:
        raise UsageError(f"{path} was changed while its report was made: run it again")
    return data


def start_examining(pool: Workers, path: Path, options: Options) -> Future[Examined]:
    """Have a workbook examined."""
    return pool.submit(READ_SECONDS, examine_file, path, options)


def examined(pool: Workers, work: Future[Examined], path: Path, options: Options) -> Examined:
    """What examining gave; a file that its limits stopped is refused in words like any other."""
    try:
        return pool.result(work)
    except LimitError as error:
        report = refused(path, error.limit)
        return Examined(pipeline.document_of(load_catalog(options.catalog), report, options), {})


def refused(path: Path, limit: Limit) -> Report:
    """What is known about a file that could not be read within the limits."""
    match limit:
        case Limit.TIME:
            finding = Finding("S-06", Severity.ERROR, params={"seconds": READ_SECONDS}, variant="time")
        case Limit.MEMORY:
            finding = Finding("S-06", Severity.ERROR, variant="memory")
        case Limit.CRASH:
            finding = Finding("S-05", Severity.ERROR, variant="crash")
    return pipeline.refuse(SourceFile(path.name, hashlib.sha256(content_of(path)).hexdigest()), finding)
