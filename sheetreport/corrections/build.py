"""The correction copy as bytes, made by the template's own builder: nothing of the template is lost in it."""

from __future__ import annotations

from sheetreport import __version__, result
from sheetreport.bureau.brand import Brand
from sheetreport.catalog.definitions import Catalog
from sheetreport.corrections import answers
from sheetreport.corrections.copy import Copy
from sheetreport.corrections.items import WANTED, items_of
from sheetreport.i18n import Wording
from sheetreport.read import Opened, transcribe
from sheetreport.result import Report
from sheetreport.returned import still_open
from sheetreport.template import build as build_template

MARK_LENGTH = 12
"""How much of a workbook's hash a copy remembers it by."""
_MOST_MARKS = 19  # with spaces between them: a property holds 255 characters


def is_needed(report: Report) -> bool:
    """Whether a workbook was read and holds something to mend or to check."""
    return bool(report.source.sheets) and any(finding.severity in WANTED for finding in report.findings)


def build(
    catalog: Catalog,
    data: bytes,
    report: Report,
    currency: str,
    opened: Opened | None = None,
    brand: Brand | None = None,
) -> bytes:
    """The copy of a workbook with its findings, in the language of its template.

    `opened` is the workbook of these bytes, where reading left it open.
    """
    transcript = transcribe(catalog, data, opened)
    wording = Wording(transcript.language, currency)
    unlock = result.unlock(catalog, report, wording)
    items = items_of(catalog, report, transcript, unlock, wording)
    parts = {sheet.part for sheet in catalog.sheets}
    asked = {sheet.part for sheet in catalog.sheets if sheet.id in transcript.pages}
    return build_template(
        catalog,
        transcript.language,
        answers=answers.flat(catalog, transcript, wording),
        parts=parts & (asked | {item_part(catalog, item.sheet) for item in items if item.sheet}),
        tool_version=__version__,
        currency=currency,
        overlay=Copy(
            corrects=" ".join((report.source.sha256[:MARK_LENGTH], *transcript.corrects[: _MOST_MARKS - 1])),
            status=report.status,
            items=items,
            open_before=frozenset(still_open(report.asked, report.findings)),
            asked=report.asked,
            repairs=report.repairs,
            transcript=transcript,
            plain=frozenset(answers.plain_numbers(catalog, transcript)),
        ),
        brand=brand,
    )


def item_part(catalog: Catalog, sheet_id: str) -> str:
    """The part of the workbook that a sheet belongs to."""
    return catalog.sheet(sheet_id).part
