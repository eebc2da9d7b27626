"""What to mend first in a workbook: what the report waits for, then what brings back most numbers."""

from __future__ import annotations

from collections import defaultdict, deque
from collections.abc import Mapping, Sequence
from io import BytesIO
from typing import Any

from python_calamine import CalamineWorkbook

from sheetreport.catalog.definitions import Catalog, Need
from sheetreport.corrections.listed import RECORDED
from sheetreport.model import Severity, SourceRef, State

Json = Mapping[str, Any]

WANTED = (Severity.ERROR, Severity.WARNING)
"""What a correction copy marks."""


def to_mend(document: Json) -> list[Json]:
    """Everything that the correction copy marks, as its list has it: errors, then what is doubtful."""
    found = [finding for finding in document["findings"] if finding["severity"] in WANTED]
    return sorted(found, key=lambda finding: WANTED.index(finding["severity"]))


def by_importance(document: Json, catalog: Catalog, copy: bytes) -> list[Json]:
    """What to mend, where the copy has it: errors before doubts; what the whole report waits for first, then
    what brings back most numbers. Each with the `table` and the name of the row (`subject`) it is about.
    """
    found = to_mend(document)

    def rank(pair: tuple[Json, Json]) -> tuple[int, bool, int]:
        finding, _ = pair
        opens = len(_opened(document["unlock"], finding))
        return WANTED.index(finding["severity"]), not _holds_report(document, catalog, finding), -opens

    ranked = sorted(zip(found, as_marked(found, copy), strict=True), key=rank)
    return [{**marked, **_row(document, finding)} for finding, marked in ranked]


def _row(document: Json, finding: Json) -> Json:
    """The row of a table that a finding is about."""
    for table, rows in document["answers"]["tables"].items():
        for row in rows:
            answer = row["values"].get(finding["field"])
            if answer and (answer["sheet"], answer["cell"]) == (finding["sheet"], finding["cell"]):
                return {"table": table, "subject": row["subject"]}
    return {"table": None, "subject": ""}


def as_marked(findings: Sequence[Json], copy: bytes) -> list[Json]:
    """The findings with the places that they have in the copy, which may lie elsewhere than in the file."""
    placed: dict[tuple[str, str], deque[SourceRef]] = defaultdict(deque)
    with CalamineWorkbook.from_filelike(BytesIO(copy)) as book:
        # In the order of the findings; what was mended in an earlier round comes last.
        for code, _, field, _, sheet, cell, *_ in book.get_sheet_by_name(RECORDED).to_python():
            placed[str(code), str(field)].append(SourceRef(str(sheet), str(cell)))
    moved: list[Json] = []
    for finding in findings:
        places = placed[finding["code"], finding["field"] or ""]
        place = places.popleft() if places else None
        moved.append({**finding, "sheet": place.sheet, "cell": place.cell} if place else finding)
    return moved


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
