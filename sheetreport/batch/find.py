"""Which files are meant as workbooks."""

from __future__ import annotations

import os
import re
import unicodedata
from collections.abc import Sequence
from pathlib import Path

from sheetreport import confined, copies
from sheetreport.errors import UsageError
from sheetreport.outputs import CONSULTANT, FOR_ALL, PDF, RESULT, SUMMARY, WORKBOOK
from sheetreport.read.formats import WORKBOOKS, recognise

# Files of these names are meant as workbooks, whatever they turn out to be; of others the content decides.
ENDINGS = frozenset(".xlsx .xlsm .xltx .xltm .xls .xlsb .ods .ots .fods .numbers .gsheet".split())
# What clients send instead of their workbook; in a folder it is not taken for one.
PAPERS = frozenset(
    ".pdf .csv .tsv .txt .rtf .doc .docx .odt .pages .html .jpg .jpeg .png .heic .zip .rar".split()
)
_OURS = tuple(f"-{ending}" for ending in (WORKBOOK, PDF, CONSULTANT))
_LOCK = "~$"
_LEFT_ALONE = (".", _LOCK)
_CONFLICT = re.compile(
    r"\(.*(?:conflicted copy|case conflict|конфликт\w* копия).*\)|\.sync-conflict-", re.IGNORECASE
)
# What programs that save, download or bring files from a cloud call a file until it is whole.
_UNFINISHED = (".tmp", ".temp", ".part", ".partial", ".crdownload", ".download", ".opdownload", ".filepart")


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
            raise UsageError("files.absent", path=path)
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
        if file.suffix.lower() in PAPERS and is_theirs(file, path, out) and file.resolve() not in taken
    ]


def find_closed(paths: Sequence[Path]) -> list[Path]:
    """The folders in which nobody can look for workbooks, for want of permission."""
    return [
        folder
        for path in paths
        if path.is_dir()
        for folder in (path, *sorted(path.rglob("*")))
        if folder.is_dir()
        and not any(is_unfinished(part) for part in folder.relative_to(path).parts)
        and not os.access(folder, os.R_OK | os.X_OK)
    ]


def _is_meant(file: Path, root: Path, out: Path | None) -> bool:
    return is_theirs(file, root, out) and (file.suffix.lower() in ENDINGS or _looks_like_workbook(file))


def conflicting(files: Sequence[Path]) -> list[Path]:
    """The copies that a cloud made where two people saved at once; which is right it can't say."""
    return [file for file in files if _CONFLICT.search(unicodedata.normalize("NFC", file.stem))]


def is_unfinished(name: str) -> bool:
    """Whether a file or folder of this name is hidden, or a file that another program is at work on."""
    return name.startswith(_LEFT_ALONE) or name.lower().endswith(_UNFINISHED)


def is_theirs(file: Path, root: Path, out: Path | None) -> bool:
    """Whether a file in a folder is neither hidden nor an output of ours."""
    if any(is_unfinished(part) for part in file.relative_to(root).parts) or not file.is_file():
        return False
    ours = out is not None and file.resolve().is_relative_to(out.resolve())
    return (
        not ours
        and not file.name.lower().endswith(_OURS)
        and not _lies_where_written(file)
        and not _is_overview(file)
    )


def _is_overview(file: Path) -> bool:
    """Whether this is the portfolio of an earlier batch, which lies beside its list of files."""
    return file.name in FOR_ALL and file.with_name(SUMMARY).exists()


def _lies_where_written(file: Path) -> bool:
    """Whether this is a correction copy beside its own result: one that came back lies elsewhere."""
    stem = copies.original_stem(file.stem)
    return stem != file.stem and file.with_name(f"{stem}-{RESULT}").exists()


def _looks_like_workbook(file: Path) -> bool:
    try:
        with file.open("rb") as opened:
            packed = opened.read(2) in (b"PK", b"\xd0\xcf")
        return packed and recognise(confined.content_of(file)) in WORKBOOKS
    except (OSError, UsageError):
        return False
