"""The draft that goes with the outputs of one workbook."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from sheetreport.bureau.brand import Brand
from sheetreport.catalog.definitions import Catalog
from sheetreport.digest import digest
from sheetreport.drafts.letter import Enclosed, as_draft
from sheetreport.drafts.letters import NOBODY, Addressee, Writer, on_one_line
from sheetreport.i18n import Wording
from sheetreport.model import Severity, Status
from sheetreport.outputs import CORRECTIONS, PDF, WORKBOOK

_FOR_OWNERS = (PDF, WORKBOOK)


def draft(
    document: Mapping[str, Any],
    catalog: Catalog,
    outputs: Mapping[str, bytes],
    stem: str,
    *,
    brand: Brand | None = None,
    to: Addressee = NOBODY,
    listed: str = "",
) -> bytes:
    """The letter to the owner of a workbook, with those of its outputs (by the ends of their names) that
    they are to see now: the correction copy where the workbook has errors, else the report.

    `listed` is what the list of clients calls the company, for a workbook that does not name it.
    """
    wording = Wording(document["language"])
    writer = Writer(wording, brand, to)
    names = (document["company"] or "", listed, Path(document["source"]["file"]).stem)
    company = next(filter(None, map(on_one_line, names)), "")
    wrong = any(finding["severity"] == Severity.ERROR for finding in document["findings"])
    if wrong and CORRECTIONS in outputs:
        copy = Enclosed(f"{stem}-{CORRECTIONS}", outputs[CORRECTIONS])
        return as_draft(writer.corrections(document, catalog, company, copy))
    if document["status"] == Status.REFUSED:
        return as_draft(writer.unread(document, catalog, company))
    enclosed = [Enclosed(f"{stem}-{name}", outputs[name]) for name in _FOR_OWNERS if name in outputs]
    return as_draft(writer.report(digest(document, catalog, wording), enclosed))
