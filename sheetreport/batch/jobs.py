"""Where the outputs of each file go."""

from __future__ import annotations

import hashlib
import os
import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from sheetreport import copies
from sheetreport.pipeline import CORRECTIONS

MAX_STEM_BYTES = 100
OWN = ".sheetreport"
"""The folder inside that of the outputs in which runs keep what is theirs."""

# Names that Windows keeps for devices, whatever the ending.
_RESERVED = re.compile(r"^(con|prn|aux|nul|com[0-9¹²³]|lpt[0-9¹²³])$", re.IGNORECASE)
# What no file system takes, and characters that steer a terminal or turn the direction of writing.
_UNSAFE = re.compile(r'[<>:"/\\|?*\x00-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069\ud800-\udfff]+')


@dataclass(frozen=True, slots=True)
class Job:
    """One workbook and the folder its outputs go to."""

    source: Path
    folder: Path

    @property
    def stem(self) -> str:
        """The name of the workbook, that of its original where a correction copy came back."""
        return copies.original_stem(self.source.stem)


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
