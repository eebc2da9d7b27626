"""A workbook and the folder of its outputs."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from pathlib import Path

from sheetreport import copies
from sheetreport.outputs import FOR_ALL

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

    def output(self, ending: str) -> Path:
        """Where an output goes: NAME-report.pdf, or NAME.eml for an ending that says only what it is."""
        name = self.folder.name
        return self.folder / (f"{name}-{ending}" if "." in ending else f"{name}.{ending}")


def safe_stem(name: str) -> str:
    """A file stem that every system accepts: no reserved characters or names, at most 100 bytes."""
    stem = _UNSAFE.sub("_", unicodedata.normalize("NFC", name)).strip(" .")
    while len(stem.encode()) > MAX_STEM_BYTES:
        stem = stem[:-1].rstrip(" .")
    reserved = not stem or stem.casefold() in FOR_ALL or _RESERVED.match(stem.split(".")[0])
    return f"_{stem}" if reserved else stem
