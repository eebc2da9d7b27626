"""Where the outputs of each file go."""

from __future__ import annotations

import hashlib
import os
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

from sheetreport import copies
from sheetreport.batch.jobs import Job, safe_stem
from sheetreport.batch.journal import owners, sources
from sheetreport.outputs import CORRECTIONS


def plan(files: Sequence[Path], out: Path) -> list[Job]:
    """Give every file a folder of its own below `out`; equal names get a part of their path's hash.

    A file whose outputs are there already keeps their folder, whatever comes later by the same name. A
    correction copy that came back goes where the outputs of its original are.
    """
    stems = [_stem(file) for file in files]
    number, taken = Counter(stem.casefold() for stem in stems), owners(out)
    jobs = []
    for file, stem in zip(files, stems, strict=True):
        owner = taken.get(stem.casefold())
        twin = owner != file.resolve() and (number[stem.casefold()] > 1 or _is_another(file, owner))
        mark = f"-{hashlib.sha256(os.fsencode(file.resolve())).hexdigest()[:8]}" if twin else ""
        jobs.append(Job(file, out / (stem + mark)))
    return jobs


def unique_stems(named: Sequence[tuple[str, str]]) -> list[str]:
    """A safe name for each; equal ones get a part of the hash of the second text, which tells them apart."""
    stems = [safe_stem(name) for name, _ in named]
    number = Counter(stem.casefold() for stem in stems)
    return [
        stem if number[stem.casefold()] == 1 else f"{stem}-{hashlib.sha256(text.encode()).hexdigest()[:8]}"
        for stem, (_, text) in zip(stems, named, strict=True)
    ]


def _stem(file: Path) -> str:
    return safe_stem(copies.original_stem(file.stem))


def _is_another(file: Path, owner: Path | None) -> bool:
    """Whether outputs are of another workbook, which is still there, and neither is a copy of the other."""
    if owner is None or not owner.exists():
        return False
    return all(copies.original_stem(one.stem) == one.stem for one in (file, owner))


def twins(jobs: Sequence[Job], out: Path) -> list[list[Job]]:
    """Workbooks of equal names, whose outputs are kept apart; one of an earlier run may be among them."""
    named: dict[str, list[Job]] = {}
    for job in jobs:
        named.setdefault(_stem(job.source).casefold(), []).append(job)
    taken = owners(out)
    for stem, found in named.items():
        owner = taken.get(stem)
        known = {job.source.resolve() for job in found}
        if owner is not None and owner not in known and any(_is_another(job.source, owner) for job in found):
            found.insert(0, Job(owner, out / _stem(owner)))
    return [found for found in named.values() if len(found) > 1]


def left_over(jobs: Sequence[Job], out: Path) -> list[Path]:
    """Folders with outputs of earlier runs whose workbook is gone, and that none of these jobs takes over."""
    taken = {job.folder.name.casefold() for job in jobs}
    return [
        out / folder
        for folder, source in sorted(sources(out).items())
        if folder.casefold() not in taken and not source.exists() and (out / folder).is_dir()
    ]


def plan_copies(files: Sequence[Path], folder: Path) -> dict[Path, Path]:
    """Where the correction copy of every file goes, all in one folder."""
    return {
        job.source: job.folder.with_name(f"{job.folder.name}-{CORRECTIONS}") for job in plan(files, folder)
    }
