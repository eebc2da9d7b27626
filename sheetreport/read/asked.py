"""What the correction copy had asked for, as its hidden sheet tells when it comes back."""

from __future__ import annotations

from collections.abc import Iterator

from sheetreport.model import Severity, SourceRef
from sheetreport.read.book import Book
from sheetreport.read.words import TEXT_LIMIT
from sheetreport.returned import RECORD, Asked

COLUMNS = 11
_SEVERITIES = {severity.value: severity for severity in Severity}


def asked_before(book: Book) -> tuple[Asked, ...]:
    """The list of an earlier correction copy; empty where the workbook is none."""
    area = book.names.get(RECORD)
    return () if area is None or area.sheet not in book.pages else tuple(_lines(book))


def _lines(book: Book) -> Iterator[Asked]:
    area = book.names[RECORD]
    assert area is not None
    for line in book.inside(area):
        words = [str(cell.raw)[:TEXT_LIMIT] if cell.raw is not None else "" for cell in line]
        if len(words) < COLUMNS or words[1] not in _SEVERITIES:
            continue
        code, severity, field, index, sheet, cell, label, found, message, note, mended = words[:COLUMNS]
        yield Asked(
            code=code,
            severity=_SEVERITIES[severity],
            field=field,
            index=index,
            source=SourceRef(sheet, cell),
            label=label,
            found=found,
            message=message,
            note=note,
            mended=bool(mended),
        )
