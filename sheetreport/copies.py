"""Correction copies as files: which workbook one replaces when it is back, and whether one was worked in."""

from __future__ import annotations

import hashlib
import re
import zipfile
import zlib
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from io import BytesIO
from pathlib import Path

from sheetreport import confined
from sheetreport.corrections import MARK_LENGTH
from sheetreport.errors import UsageError
from sheetreport.returned import CORRECTS
from sheetreport.template.build import CREATED

SUFFIX = "-corrections"

_NAMED = re.compile(rf"{SUFFIX}(?: ?\([0-9]+\))?$", re.IGNORECASE)  # browsers number what they save twice
_APPLICATION = "<Application>Microsoft Excel</Application><DocSecurity>0</DocSecurity>"  # as XlsxWriter says
_MOST = 100_000  # bytes of a part that holds a few properties


def original_stem(stem: str) -> str:
    """The stem of the workbook that a copy of this stem was made of."""
    return _NAMED.sub("", stem) or stem


def replaced(files: Sequence[Path]) -> Mapping[Path, Path]:
    """The workbooks of which a correction copy came back among these files, each with that copy."""
    made_of: dict[str, list[Path]] = defaultdict(list)
    for copy in files:
        for mark in _corrects(copy):
            made_of[mark].append(copy)
    if not made_of:
        return {}
    return {file: copy for file in files for copy in made_of.get(_mark(file), ()) if copy != file}


def _mark(file: Path) -> str:
    try:
        return hashlib.sha256(confined.content_of(file)).hexdigest()[:MARK_LENGTH]
    except UsageError:
        return ""


def _corrects(file: Path) -> frozenset[str]:
    """The marks of the workbooks that a copy was made of, the copy before it among them."""
    text = _part(file, "docProps/custom.xml")
    found = re.search(rf'name="{CORRECTS}"[^>]*>\s*<[^>]*>([0-9a-f ]*)<', text)
    return frozenset(found[1].split()) if found else frozenset()


def is_as_made(file: Path) -> bool:
    """Whether a copy is as it was written: a program that saves it writes down when, or at least its name."""
    stamp = f"{CREATED:%Y-%m-%dT%H:%M:%SZ}"
    stamped = _part(file, "docProps/core.xml").count(stamp) == 2
    return stamped and _APPLICATION in _part(file, "docProps/app.xml")


def _part(file: Path, name: str) -> str:
    try:
        with zipfile.ZipFile(BytesIO(confined.content_of(file))) as archive, archive.open(name) as part:
            return part.read(_MOST).decode(errors="replace")
    except (
        UsageError,
        zipfile.BadZipFile,
        zlib.error,
        EOFError,
        KeyError,
        OSError,
        RuntimeError,
        NotImplementedError,
        ValueError,
    ):
        return ""


def free_name(file: Path) -> Path:
    """A name beside a file that nothing has yet."""
    return next(name for name in _names(file) if not name.exists())


def _names(file: Path) -> Iterator[Path]:
    number = 2
    while True:
        yield file.with_name(f"{file.stem} ({number}){file.suffix}")
        number += 1
