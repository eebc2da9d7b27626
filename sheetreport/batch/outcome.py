"""What became of each file, and the list of all of them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from sheetreport.batch.writing import write_for_all
from sheetreport.errors import ExitCode
from sheetreport.outputs import SUMMARY
from sheetreport.pipeline import to_json


@dataclass(frozen=True, slots=True)
class FileOutcome:
    """What became of one file. `error` is what stopped it, if anything, and `code` the exit code it asks
    for. `attempts` is 2 where a limit stopped the first one.

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
    attempts: int = 1
    worst_goal: str | None = None


def entry(outcome: FileOutcome) -> dict[str, Any]:
    """An outcome as it stands in batch.json."""
    return {name: getattr(outcome, name) for name in FileOutcome.__slots__}


def write_summary(out: Path, outcomes: Iterable[FileOutcome], *, complete: bool = True) -> None:
    """DIR/batch.json: one entry a file. `complete`: the run came to its end."""
    files = [entry(outcome) for outcome in outcomes]
    document = {"schema_version": "1.0", "complete": complete, "files": files}
    write_for_all(out, SUMMARY, to_json(document))
