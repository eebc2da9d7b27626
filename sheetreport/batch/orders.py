"""What is to be made of each file: a job with what was written about its client."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from sheetreport.batch.find import is_theirs
from sheetreport.batch.jobs import Job
from sheetreport.bureau.commentary import Remarks, files_in, names_of, read_remarks
from sheetreport.errors import SheetreportError, UsageError
from sheetreport.pipeline import Options


@dataclass(frozen=True, slots=True)
class Order:
    """A job with what was written about its client, or with why that can't be used.

    `attempt` counts how often it is tried.
    """

    job: Job
    remarks: Remarks = field(default_factory=Remarks)
    error: SheetreportError | None = None
    attempt: int = 1


def orders(jobs: Sequence[Job], options: Options) -> Iterator[Order]:
    """What is to be made; a text that can't be used stops the report of its client alone."""
    files = files_in(options.commentary) if options.commentary else {}
    claims = Counter(name for job in jobs for name in names_of(job.stem).values())
    for job in jobs:
        names = names_of(job.stem).values()
        shared = next((name for name in names if name in files and claims[name] > 1), None)
        own = shared is None and any(name in files for name in names)
        try:
            if shared:
                raise _ambiguous(files[shared], claims[shared], job)
            remarks = read_remarks(files, job.stem if own else job.folder.name)
        except SheetreportError as error:
            yield Order(job, error=error)
        else:
            yield Order(job, remarks)


def _ambiguous(file: Path, number: int, job: Job) -> UsageError:
    """Nobody may read what was written about somebody else."""
    if job.folder.name == job.stem:
        return UsageError("files.shared_commentary", file=file, number=number)
    return UsageError("files.shared_commentary_named", file=file, number=number, name=job.folder.name)


def unused_commentary(jobs: Sequence[Job], folder: Path) -> list[Path]:
    """What lies in a folder and fits no workbook: a slip in a name or its ending, or another batch."""
    stems = {stem for job in jobs for stem in (job.stem, job.folder.name)}
    known = {name for stem in stems for name in names_of(stem).values()}
    used = {file for name, file in files_in(folder).items() if name in known}
    return [file for file in sorted(folder.iterdir()) if file not in used and is_theirs(file, folder, None)]
