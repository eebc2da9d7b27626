"""Many workbooks: which files, where their outputs go, one outcome each, nothing half-written."""

from __future__ import annotations

import glob
import hashlib
import json
import os
import re
import traceback
import unicodedata
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, wait
from dataclasses import dataclass, field, replace
from itertools import islice
from pathlib import Path
from typing import Any

from sheetreport import __version__, confined, copies
from sheetreport.bureau.brand import load_brand
from sheetreport.bureau.commentary import Remarks, files_in, names_of, read_remarks
from sheetreport.catalog.load import load_catalog
from sheetreport.confined import RENDER_SECONDS
from sheetreport.errors import ExitCode, SheetreportError, UsageError
from sheetreport.model import Status
from sheetreport.pipeline import CORRECTIONS, Options, to_json
from sheetreport.read.formats import WORKBOOKS, recognise
from sheetreport.worker import LimitError, Workers

# Files of these names are meant as workbooks, whatever they turn out to be; of others the content decides.
ENDINGS = frozenset(".xlsx .xlsm .xltx .xltm .xls .xlsb .ods .ots .fods .numbers .gsheet".split())
# What clients send instead of their workbook; in a folder it is not taken for one.
PAPERS = frozenset(
    ".pdf .csv .tsv .txt .rtf .doc .docx .odt .pages .html .jpg .jpeg .png .heic .zip .rar".split()
)
OUR_REPORT, OUR_PDF, OUR_RESULT = "-report.xlsx", "-report.pdf", "-report.json"
OUR_COPY = "-consultant.pdf"
MAX_STEM_BYTES = 100
_LOCK = "~$"
_LEFT_ALONE = (".", _LOCK)
SUMMARY = "batch.json"

# Names that Windows keeps for devices, whatever the ending.
_RESERVED = re.compile(r"^(con|prn|aux|nul|com[0-9¹²³]|lpt[0-9¹²³])$", re.IGNORECASE)
# What no file system takes, and characters that steer a terminal or turn the direction of writing.
_UNSAFE = re.compile(r'[<>:"/\\|?*\x00-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069\ud800-\udfff]+')


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
    notes: list[str] = field(default_factory=list)
    skipped: bool = False
    timings: dict[str, float] = field(default_factory=dict)


def find_workbooks(paths: Sequence[Path], out: Path | None = None) -> list[Path]:
    """The workbooks meant by files and folders (with their subfolders), in order, without duplicates.

    In folders, hidden files and our own outputs are passed over; a file named outright is taken. Excel's
    lock files never are.
    Raises UsageError for a path that does not exist.

    """
    found: dict[Path, Path] = {}
    for path in paths:
        if path.is_dir():
            candidates = [file for file in sorted(path.rglob("*")) if _is_meant(file, path, out)]
        elif path.exists():
            candidates = [] if path.name.startswith(_LOCK) else [path]
        else:
            raise UsageError(f"no such file or folder: {path}")
        for file in candidates:
            found.setdefault(file.resolve(), file)
    return list(found.values())


def find_papers(paths: Sequence[Path], workbooks: Sequence[Path], out: Path | None = None) -> list[Path]:
    """What lies in the folders beside the workbooks and a client may have sent by mistake: a scan, a text."""
    taken = {file.resolve() for file in workbooks}
    return [
        file
        for path in paths
        if path.is_dir()
        for file in sorted(path.rglob("*"))
        if file.suffix.lower() in PAPERS and _is_theirs(file, path, out) and file.resolve() not in taken
    ]


def _is_meant(file: Path, root: Path, out: Path | None) -> bool:
    return _is_theirs(file, root, out) and (file.suffix.lower() in ENDINGS or _looks_like_workbook(file))


def _is_theirs(file: Path, root: Path, out: Path | None) -> bool:
    """Whether a file in a folder is neither hidden nor an output of ours."""
    if any(part.startswith(_LEFT_ALONE) for part in file.relative_to(root).parts) or not file.is_file():
        return False
    ours = out is not None and file.resolve().is_relative_to(out.resolve())
    return (
        not ours
        and not file.name.lower().endswith((OUR_REPORT, OUR_PDF, OUR_COPY))
        and not _lies_where_written(file)
    )


def _lies_where_written(file: Path) -> bool:
    """Whether this is a correction copy beside its own result: one that came back lies elsewhere."""
    stem = copies.original_stem(file.stem)
    return stem != file.stem and file.with_name(f"{stem}{OUR_RESULT}").exists()


def _looks_like_workbook(file: Path) -> bool:
    try:
        with file.open("rb") as opened:
            packed = opened.read(2) in (b"PK", b"\xd0\xcf")
        return packed and recognise(confined.content_of(file)) in WORKBOOKS
    except (OSError, UsageError):
        return False


def safe_stem(name: str) -> str:
    """A file stem that every system accepts: no reserved characters or names, at most 100 bytes."""
    stem = _UNSAFE.sub("_", unicodedata.normalize("NFC", name)).strip(" .")
    while len(stem.encode()) > MAX_STEM_BYTES:
        stem = stem[:-1].rstrip(" .")
    return f"_{stem}" if not stem or _RESERVED.match(stem.split(".")[0]) else stem


def plan(files: Sequence[Path], out: Path) -> list[Job]:
    """Give every file a folder of its own below `out`; equal names get a part of their path's hash.

    A correction copy that came back goes where the outputs of its original are.
    """
    stems = [safe_stem(copies.original_stem(file.stem)) for file in files]
    folded = [stem.casefold() for stem in stems]
    jobs = []
    for file, stem in zip(files, stems, strict=True):
        twin = folded.count(stem.casefold()) > 1
        mark = f"-{hashlib.sha256(os.fsencode(file.resolve())).hexdigest()[:8]}" if twin else ""
        jobs.append(Job(file, out / (stem + mark)))
    return jobs


def plan_copies(files: Sequence[Path], folder: Path) -> dict[Path, Path]:
    """Where the correction copy of every file goes, all in one folder."""
    return {
        job.source: job.folder.with_name(f"{job.folder.name}-{CORRECTIONS}") for job in plan(files, folder)
    }


def run(
    jobs: Sequence[Job], options: Options, workers: int, done: Callable[[FileOutcome], None], *, force: bool
) -> list[FileOutcome]:
    """Make the reports of all jobs; `done` hears of each as it ends. Unchanged files are passed over."""
    catalog = load_catalog(options.catalog)
    outcomes: dict[Path, FileOutcome] = {}
    waiting = []
    for order in _orders(jobs, options):
        if isinstance(order, FileOutcome):
            finished: FileOutcome | None = order
        else:
            key = _key(_sha256(order.job.source), options, catalog.sha256, order.dress)
            finished = None if force else _unchanged(order.job, key)
            waiting += [order] if finished is None else []
        if finished:
            outcomes[Path(finished.source)] = finished
            done(finished)
    for job, outcome in _made(waiting, options, workers):
        outcomes[job.source] = outcome
        done(outcome)
    return [outcomes[job.source] for job in jobs]


@dataclass(frozen=True, slots=True)
class _Order:
    """A job with what was written about its client. `dress` tells its brand and texts from others."""

    job: Job
    remarks: Remarks
    dress: str


def _orders(jobs: Sequence[Job], options: Options) -> Iterator[_Order | FileOutcome]:
    """What is to be made; a text that can't be used stops the report of its client alone."""
    brand = load_brand(options.brand).sha256 if options.brand else ""
    files = files_in(options.commentary) if options.commentary else {}
    claims = Counter(name for job in jobs for name in names_of(_stem(job)).values())
    for job in jobs:
        names = names_of(_stem(job)).values()
        shared = next((name for name in names if name in files and claims[name] > 1), None)
        own = shared is None and any(name in files for name in names)
        try:
            if shared:
                raise UsageError(_ambiguous(files[shared], claims[shared], job))
            remarks = read_remarks(files, _stem(job) if own else job.folder.name)
        except SheetreportError as error:
            yield _failed(job, str(error), error.exit_code)
        else:
            yield _Order(job, remarks, f"{brand} {remarks.sha256}")


def _stem(job: Job) -> str:
    return copies.original_stem(job.source.stem)


def _ambiguous(file: Path, number: int, job: Job) -> str:
    """Nobody may read what was written about somebody else."""
    mend = "rename one of the workbooks"
    if job.folder.name != _stem(job):
        mend = f"call the one about this client {job.folder.name}.md"
    return f"{file}: {number} workbooks go by this name; {mend}"


def unused_commentary(jobs: Sequence[Job], folder: Path) -> list[Path]:
    """What lies in a folder and fits no workbook: a slip in a name or its ending, or another batch."""
    stems = {stem for job in jobs for stem in (_stem(job), job.folder.name)}
    known = {name for stem in stems for name in names_of(stem).values()}
    used = {file for name, file in files_in(folder).items() if name in known}
    return [file for file in sorted(folder.iterdir()) if file not in used and _is_theirs(file, folder, None)]


@dataclass(frozen=True, slots=True)
class _Step:
    """What a piece of work is for: an order that is examined, or whose examined result is rendered."""

    order: _Order
    examined: confined.Examined | None = None


def _made(orders: Sequence[_Order], options: Options, workers: int) -> Iterator[tuple[Job, FileOutcome]]:
    """Every job with its outcome, as they end; a few are under way at a time, so that no memory fills up."""
    if not orders:
        return
    number = min(workers, len(orders))
    waiting, running = iter(orders), dict[Future[Any], _Step]()
    with confined.workers(number, options) as pool:
        while True:
            for order in islice(waiting, number + 1 - len(running)):
                running[confined.start_examining(pool, order.job.source, options)] = _Step(order)
            if not running:
                return
            for work in wait(running, return_when=FIRST_COMPLETED).done:
                step = running.pop(work)
                outcome = _advance(pool, work, step, options)
                if isinstance(outcome, FileOutcome):
                    yield step.order.job, outcome
                else:
                    rendering = _start_rendering(pool, step.order, outcome, options)
                    running[rendering] = _Step(step.order, outcome)


def _start_rendering(
    pool: Workers, order: _Order, examined: confined.Examined, options: Options
) -> Future[confined.Made]:
    document = examined.document
    if document["status"] == Status.REFUSED:
        options = replace(options, archive=False)
    commentary = order.remarks.read_in(document["language"])
    return pool.submit(RENDER_SECONDS, confined.render, order.job.source, document, options, commentary)


def _advance(
    pool: Workers, work: Future[Any], step: _Step, options: Options
) -> FileOutcome | confined.Examined:
    """The outcome that finished work gives its job, or what is to be rendered yet.

    Whatever goes wrong becomes this file's outcome, never an exception.
    """
    order, job = step.order, step.order.job
    try:
        if step.examined is not None:
            return _finished(order, step.examined, pool.result(work), options)
        examined = confined.examined(pool, work, job.source, options)
        if examined.document["status"] != Status.REFUSED or options.audience == "consultant":
            return examined
        refused = replace(options, archive=False)
        return _finished(order, examined, confined.render(job.source, examined.document, refused), options)
    except SheetreportError as error:
        return _failed(job, str(error), error.exit_code)
    except LimitError as error:
        return _failed(job, f"the outputs were not made: {error.limit}", ExitCode.DEFECT)
    except Exception:  # a defect in one file must not stop the others
        return _failed(job, traceback.format_exc(), ExitCode.DEFECT)


def _finished(
    order: _Order, examined: confined.Examined, made: confined.Made, options: Options
) -> FileOutcome:
    """Put the outputs in place, which the workers have no part in: one that dies leaves nothing behind."""
    document, job = examined.document, order.job
    copy = {CORRECTIONS: examined.copy} if examined.copy is not None else {}
    names = write_outputs(job, {**made.rendered.outputs, **copy})
    counts = dict.fromkeys(("error", "warning", "info"), 0)
    for finding in document["findings"]:
        counts[finding["severity"]] += 1
    seconds = {**examined.seconds, **made.seconds}
    return FileOutcome(
        source=str(job.source),
        sha256=document["source"]["sha256"],
        key=_key(document["source"]["sha256"], options, document["catalog_sha256"], order.dress),
        status=document["status"],
        findings=counts,
        outputs=names,
        seconds=round(sum(seconds.values()), 3),
        company=document["company"],
        code=_exit_code(document["status"], counts["error"]),
        notice=made.rendered.notice,
        notes=list(order.remarks.notes),
        timings={name: round(spent, 4) for name, spent in seconds.items()},
    )


def _exit_code(status: str, errors: int) -> ExitCode:
    return ExitCode.WORKBOOK_ERRORS if status == Status.REFUSED or errors else ExitCode.DONE


def _failed(job: Job, error: str, code: ExitCode) -> FileOutcome:
    return FileOutcome(str(job.source), "", "", "failed", {}, [], 0.0, code=code, error=error)


def write_outputs(job: Job, outputs: Mapping[str, bytes]) -> list[str]:
    """Put the outputs in place, each whole or not at all; what only an earlier run left goes."""
    try:
        job.folder.mkdir(parents=True, exist_ok=True)
        stem = job.folder.name
        written = []
        keep_edited(job.folder / f"{stem}-{CORRECTIONS}")
        for ending, data in outputs.items():
            target = job.folder / f"{stem}-{ending}"
            write_atomically(target, data)
            written.append(str(target))
        for stale in (
            *job.folder.glob(f"{glob.escape(stem)}-report.*"),
            job.folder / f"{stem}-{CORRECTIONS}",
            job.folder / f"{stem}{OUR_COPY}",
        ):
            if str(stale) not in written and not stale.name.startswith("."):
                stale.unlink(missing_ok=True)
    except OSError as error:
        raise UsageError(
            f"can't write to {job.folder}: {error.strerror or error}. Close open files and check the disk."
        ) from error
    return written


def write_copy(target: Path, data: bytes | None) -> Path | None:
    """Put a correction copy in place; where nothing is to be mended, that of an earlier run goes."""
    try:
        keep_edited(target)
        if data is None:
            target.unlink(missing_ok=True)
            return None
        target.parent.mkdir(parents=True, exist_ok=True)
        write_atomically(target, data)
    except OSError as error:
        raise UsageError(f"can't write {target}: {error.strerror or error}") from error
    return target


def keep_edited(copy: Path) -> None:
    """Move a correction copy that somebody has worked in out of the way of the next one."""
    if copy.is_file() and not copies.is_as_made(copy):
        copy.rename(copies.free_name(copy))


def write_template(target: Path, data: bytes) -> None:
    """Put a workbook to fill in in place, with its folders. Raises UsageError."""
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        write_atomically(target, data)
    except OSError as error:
        reason = error.strerror or error
        raise UsageError(f"can't write {target}: {reason}; if it is open in Excel, close it there") from error


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
        return hashlib.sha256(confined.content_of(file)).hexdigest()
    except UsageError:
        return ""


def _key(source_sha256: str, options: Options, catalog_sha256: str, dress: str) -> str:
    """What the outputs depend on: the file's content, the catalogue, brand and commentary, the program and
    the options.
    """
    parts = (
        source_sha256,
        catalog_sha256,
        dress,
        __version__,
        str(options.language),
        str(options.strict),
        str(options.pdf),
        options.audience,
        str(options.archive),
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
