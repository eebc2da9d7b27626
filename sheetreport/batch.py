"""Many workbooks: which files, where their outputs go, one outcome each, nothing half-written."""

from __future__ import annotations

import gc
import hashlib
import json
import multiprocessing
import os
import re
import signal
import time
import traceback
import unicodedata
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from sheetreport import __version__
from sheetreport.catalog.definitions import Catalog
from sheetreport.catalog.load import load_catalog
from sheetreport.errors import ExitCode, SheetreportError, UsageError
from sheetreport.model import Status
from sheetreport.pipeline import Options, Outcome, process, to_json

WORKBOOKS = (".xlsx", ".xlsm")
OUR_OUTPUTS = ("-report.xlsx", "-corrections.xlsx")
MAX_STEM_BYTES = 100
SUMMARY = "batch.json"

# Names that Windows keeps for devices, whatever the ending.
_RESERVED = re.compile(r"^(con|prn|aux|nul|com[0-9¹²³]|lpt[0-9¹²³])$", re.IGNORECASE)
_UNSAFE = re.compile(r'[<>:"/\\|?*\x00-\x1f\x7f]+')


@dataclass(frozen=True, slots=True)
class Job:
    """One workbook and the folder its outputs go to."""

    source: Path
    folder: Path


@dataclass(frozen=True, slots=True)
class FileOutcome:
    """What became of one file. `error` is what stopped it, if anything, and `code` the exit code it asks
    for.

    """

    source: str
    sha256: str
    key: str
    status: str
    findings: dict[str, int]
    outputs: list[str]
    seconds: float
    company: str | None = None
    code: int = ExitCode.DONE
    error: str | None = None
    notice: str | None = None
    skipped: bool = False
    timings: dict[str, float] = field(default_factory=dict)


def find_workbooks(paths: Sequence[Path], out: Path | None = None) -> list[Path]:
    """The workbooks meant by files and folders (with their subfolders), in order, without duplicates.

    In folders, lock files, hidden files and our own outputs are passed over; a file named outright is taken.
    Raises UsageError for a path that does not exist.

    """
    found: dict[Path, Path] = {}
    for path in paths:
        if path.is_dir():
            candidates = [file for file in sorted(path.rglob("*")) if _is_workbook(file, path, out)]
        elif path.exists():
            candidates = [path]
        else:
            raise UsageError(f"no such file or folder: {path}")
        for file in candidates:
            found.setdefault(file.resolve(), file)
    return list(found.values())


def _is_workbook(file: Path, root: Path, out: Path | None) -> bool:
    hidden = any(part.startswith((".", "~$")) for part in file.relative_to(root).parts)
    if hidden or file.suffix.lower() not in WORKBOOKS or not file.is_file():
        return False
    ours = out is not None and file.resolve().is_relative_to(out.resolve())
    return not ours and not file.name.lower().endswith(OUR_OUTPUTS)


def safe_stem(name: str) -> str:
    """A file stem that every system accepts: no reserved characters or names, at most 100 bytes."""
    stem = _UNSAFE.sub("_", unicodedata.normalize("NFC", name)).strip(" .")
    while len(stem.encode()) > MAX_STEM_BYTES:
        stem = stem[:-1].rstrip(" .")
    return f"_{stem}" if not stem or _RESERVED.match(stem.split(".")[0]) else stem


def plan(files: Sequence[Path], out: Path) -> list[Job]:
    """Give every file a folder of its own below `out`; equal names get a part of their path's hash."""
    stems = [safe_stem(file.stem) for file in files]
    folded = [stem.casefold() for stem in stems]
    jobs = []
    for file, stem in zip(files, stems, strict=True):
        twin = folded.count(stem.casefold()) > 1
        mark = f"-{hashlib.sha256(str(file.resolve()).encode()).hexdigest()[:8]}" if twin else ""
        jobs.append(Job(file, out / (stem + mark)))
    return jobs


def run(
    jobs: Sequence[Job], options: Options, workers: int, done: Callable[[FileOutcome], None], *, force: bool
) -> list[FileOutcome]:
    """Make the reports of all jobs; `done` hears of each as it ends. Unchanged files are passed over."""
    catalog = get_ready()
    outcomes: dict[Path, FileOutcome] = {}
    waiting = []
    for job in jobs:
        finished = None if force else _unchanged(job, _key(_sha256(job.source), options, catalog.sha256))
        if finished:
            outcomes[job.source] = finished
            done(finished)
        else:
            waiting.append(job)
    for job, outcome in _outcomes(waiting, options, workers):
        outcomes[job.source] = outcome
        done(outcome)
    return [outcomes[job.source] for job in jobs]


def _outcomes(jobs: Sequence[Job], options: Options, workers: int) -> Iterator[tuple[Job, FileOutcome]]:
    if workers <= 1 or len(jobs) <= 1:
        for job in jobs:
            yield job, make(job, options)
        return
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(min(workers, len(jobs)), mp_context=context, initializer=_start_worker) as pool:
        futures = {pool.submit(make, job, options): job for job in jobs}
        try:
            for future in as_completed(futures):
                job, error = futures[future], future.exception()
                yield job, _failed(job, repr(error), ExitCode.DEFECT) if error else future.result()
        except BaseException:
            pool.shutdown(wait=False, cancel_futures=True)
            raise


def _start_worker() -> None:
    """Leave Ctrl-C to the parent, and get ready once."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    get_ready()


def get_ready() -> Catalog:
    """Load the catalogue, and spare the garbage collector what stays for good.

    A report makes hundreds of thousands of small objects; collecting after every 700 of them, over the whole
    catalogue too, costs a sixth of its time.
    """
    catalog = load_catalog()
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 20, 20)
    return catalog


def make(job: Job, options: Options) -> FileOutcome:
    """One workbook to files on disk. Whatever goes wrong becomes this file's outcome, never an exception."""
    started = time.perf_counter()
    try:
        data = job.source.read_bytes()
        outcome = process(load_catalog(), data, job.source.name, options)
        names = write_outputs(job, outcome)
    except SheetreportError as error:
        return _failed(job, str(error), error.exit_code)
    except OSError as error:
        return _failed(job, f"can't read {job.source}: {error.strerror or error}", ExitCode.USAGE)
    except Exception:  # a defect in one file must not stop the others
        return _failed(job, traceback.format_exc(), ExitCode.DEFECT)
    counts = dict.fromkeys(("error", "warning", "info"), 0)
    for finding in outcome.result["findings"]:
        counts[finding["severity"]] += 1
    return FileOutcome(
        source=str(job.source),
        sha256=outcome.result["source"]["sha256"],
        key=_key(outcome.result["source"]["sha256"], options, outcome.result["catalog_sha256"]),
        status=outcome.status.value,
        findings=counts,
        outputs=names,
        seconds=round(time.perf_counter() - started, 3),
        company=outcome.result["company"],
        code=_exit_code(outcome.status, counts["error"]),
        notice=outcome.notice,
        timings={name: round(seconds, 4) for name, seconds in outcome.seconds.items()},
    )


def _exit_code(status: Status, errors: int) -> ExitCode:
    return ExitCode.WORKBOOK_ERRORS if status is Status.REFUSED or errors else ExitCode.DONE


def _failed(job: Job, error: str, code: ExitCode) -> FileOutcome:
    return FileOutcome(str(job.source), "", "", "failed", {}, [], 0.0, code=code, error=error)


def write_outputs(job: Job, outcome: Outcome) -> list[str]:
    """Put the outputs in place, each whole or not at all; what only an earlier run left goes."""
    try:
        job.folder.mkdir(parents=True, exist_ok=True)
        stem = job.folder.name
        written = []
        for ending, data in outcome.outputs.items():
            target = job.folder / f"{stem}-{ending}"
            write_atomically(target, data)
            written.append(str(target))
        for stale in job.folder.glob(f"{stem}-report.*"):
            if str(stale) not in written and not stale.name.startswith("."):
                stale.unlink()
    except OSError as error:
        raise UsageError(
            f"can't write to {job.folder}: {error.strerror or error}. Close open files and check the disk."
        ) from error
    return written


def write_atomically(target: Path, data: bytes) -> None:
    """Write a file under a temporary name, then move it into place."""
    temporary = target.with_name(f".{target.name}.{os.getpid()}.tmp")
    try:
        with temporary.open("wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        temporary.replace(target)
    finally:
        temporary.unlink(missing_ok=True)


def _sha256(file: Path) -> str:
    """The hash of a file's content; empty where it can't be read, which making its report will say."""
    try:
        return hashlib.sha256(file.read_bytes()).hexdigest()
    except OSError:
        return ""


def _key(source_sha256: str, options: Options, catalog_sha256: str) -> str:
    """What a result depends on: the file's content, the catalogue, the program and the options."""
    parts = (
        source_sha256,
        catalog_sha256,
        __version__,
        str(options.language),
        str(options.strict),
        str(options.pdf),
    )
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()


def _unchanged(job: Job, key: str) -> FileOutcome | None:
    """The outcome of an earlier run that still holds, or None."""
    entry = _recorded(job.folder.parent).get(str(job.source))
    if entry is None or entry.get("key") != key:
        return None
    if not all(Path(output).is_file() for output in entry["outputs"]):
        return None
    known = {name: entry[name] for name in FileOutcome.__slots__ if name in entry}
    return FileOutcome(**{**known, "skipped": True})


def _recorded(out: Path) -> dict[str, Any]:
    try:
        entries = json.loads((out / SUMMARY).read_text(encoding="utf-8"))["files"]
        return {entry["source"]: entry for entry in entries if not entry.get("error")}
    except (OSError, ValueError, KeyError, TypeError):
        return {}


def write_summary(out: Path, outcomes: Iterable[FileOutcome]) -> None:
    """DIR/batch.json: one entry a file."""
    document = {"schema_version": "1.0", "files": [entry(outcome) for outcome in outcomes]}
    try:
        out.mkdir(parents=True, exist_ok=True)
        write_atomically(out / SUMMARY, to_json(document))
    except OSError as error:
        raise UsageError(f"can't write to {out}: {error.strerror or error}") from error


def entry(outcome: FileOutcome) -> dict[str, Any]:
    """An outcome as it stands in batch.json."""
    return {name: getattr(outcome, name) for name in FileOutcome.__slots__}
