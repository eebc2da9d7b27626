"""What to mend first in a workbook: what brings back the report, then what brings back most numbers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sheetreport.catalog.definitions import Catalog, Need
from sheetreport.model import Severity, State

Json = Mapping[str, Any]

WANTED = (Severity.ERROR, Severity.WARNING)
"""What a correction copy marks."""


def to_mend(document: Json) -> list[Json]:
    """Everything that the correction copy marks, as its list has it: errors, then what is doubtful."""
    found = [finding for finding in document["findings"] if finding["severity"] in WANTED]
    return sorted(found, key=lambda finding: WANTED.index(finding["severity"]))


def by_importance(document: Json, catalog: Catalog) -> list[Json]:
    """What to mend: errors before doubts; what the whole report waits for first, then what opens most."""

    def rank(finding: Json) -> tuple[int, bool, int]:
        opens = len(_opened(document["unlock"], finding))
        return WANTED.index(finding["severity"]), not _holds_report(document, catalog, finding), -opens

    return sorted(to_mend(document), key=rank)


def _holds_report(document: Json, catalog: Catalog, finding: Json) -> bool:
    """Whether there is no report without what the finding is about."""
    if finding["severity"] != Severity.ERROR:
        return False
    field = catalog.fields.get(finding["field"] or "")
    if field is None:
        return not finding["cell"]  # a sheet that is missing, say
    answer = document["answers"]["scalars"].get(field.id)
    return field.need is Need.REPORT and (answer is None or answer["state"] != State.VALUE)


def _opened(unlock: Sequence[Json], finding: Json) -> set[str]:
    """The metrics that come back with what the finding is about."""
    if finding["field"]:
        same = [item for item in unlock if item["field"] == finding["field"]]
        here = [item for item in same if item["cell"] == finding["cell"]]
        chosen = here or [item for item in same if item["row"] is None]
    else:
        chosen = [item for item in unlock if finding["sheet"] and item["sheet"] == finding["sheet"]]
    return {name for item in chosen for name in item["metrics"]}
