"""A correction copy that came back: what it had asked for, and how much of that is mended."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sheetreport.model import Finding, Severity, SourceRef

CORRECTS = "sheetreport_corrects"
"""The property of a copy that names the workbooks it was made of, by the beginnings of their hashes."""

OURS = "fix_"
"""How the names begin by which a correction copy knows its own sheets."""
RECORD, LIST, NOTES = f"{OURS}record", f"{OURS}list", f"{OURS}notes"

REMINDER = "last_"
"""How the names begin of what a workbook shows of the one it was made from."""


BUREAU = "bureau"
"""The name of the cells in which a workbook says whose it is: no owner has written there."""


@dataclass(frozen=True, slots=True)
class Asked:
    """One thing that a correction copy asked to mend. `note` is what its cell note said, `mended` since when
    it is: an earlier round's item stays in the list.

    """

    code: str
    severity: Severity
    field: str
    index: str
    source: SourceRef
    label: str
    found: str
    message: str
    note: str
    mended: bool = False


def still_open(asked: Sequence[Asked], findings: Sequence[Finding]) -> tuple[Asked, ...]:
    """What is as it was: the same finding about the same cell, or about a cell that has moved."""
    now: dict[tuple[str, str, str], set[SourceRef]] = {}
    for finding in findings:
        index = finding.params.get("index")
        about = finding.code, finding.field or "", "" if index is None else str(index)
        now.setdefault(about, set()).add(finding.source)
    known = {(item.code, item.field, item.index, item.source) for item in asked}

    def is_open(item: Asked) -> bool:
        about = item.code, item.field, item.index
        moved = {source for source in now.get(about, ()) if (*about, source) not in known}
        return not item.mended and (item.source in now.get(about, ()) or bool(moved))

    return tuple(item for item in asked if is_open(item))
