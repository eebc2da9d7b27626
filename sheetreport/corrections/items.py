"""What there is to mend: the findings of a workbook by place, in the words of its template's language."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from openpyxl.utils.cell import rows_from_range

from sheetreport.catalog.definitions import Catalog, FieldDef, FieldType, Layout, Need
from sheetreport.findings import Described, describe
from sheetreport.i18n import Wording
from sheetreport.model import Finding, Severity, SourceRef, State, Status
from sheetreport.read import Transcript
from sheetreport.read.headings import block_name, name_of
from sheetreport.read.transcript import Spot
from sheetreport.result import Json, Report

WANTED = (Severity.ERROR, Severity.WARNING)
_ADDRESS = re.compile(r"[A-Z]{1,3}[0-9]+(?::[A-Z]{1,3}[0-9]+)?")


@dataclass(frozen=True, slots=True)
class Item:
    """One thing to mend: the finding, the cells it is about, and what the list says of it."""

    finding: Finding
    spots: tuple[Spot, ...]
    sheet: str
    label: str
    words: Described
    unlocks: str

    @property
    def index(self) -> str:
        index = self.finding.params.get("index")
        return "" if index is None else str(index)


def items_of(
    catalog: Catalog, report: Report, transcript: Transcript, unlock: Sequence[Json], wording: Wording
) -> tuple[Item, ...]:
    """Errors, then what is doubtful, each in the order of the sheets."""
    opened = {(item["field"], item["row"]): list(item["metrics"]) for item in unlock}
    found = [finding for finding in report.findings if finding.severity in WANTED]
    return tuple(
        Item(
            finding=finding,
            spots=_spots(catalog, finding, transcript),
            sheet=_sheet(catalog, finding, transcript),
            label=_label(catalog, finding, wording),
            words=_words(catalog, finding, wording),
            unlocks=_unlocks(catalog, report, finding, opened, wording),
        )
        for finding in sorted(found, key=lambda finding: WANTED.index(finding.severity))
    )


def spots_at(source: SourceRef, transcript: Transcript) -> Iterator[Spot]:
    """The input cells of an address of the owner's workbook."""
    if _ADDRESS.fullmatch(source.cell) is not None:
        for line in rows_from_range(source.cell):
            for cell in line:
                place = SourceRef(source.sheet, cell)
                if place in transcript.spots:
                    yield transcript.spots[place]


def _spots(catalog: Catalog, finding: Finding, transcript: Transcript) -> tuple[Spot, ...]:
    """The cells to mark: the empty ones where several belong to one answer, else the first."""
    spots = tuple(spots_at(finding.source, transcript))
    field = catalog.fields.get(finding.field or "")
    if field is None:
        return spots[:1]
    if not spots:
        return _restored(catalog, field, finding)
    blank = _blank_spots(spots, transcript)
    match field.type:
        case FieldType.TALLY:
            return blank or spots[:1]
        case FieldType.STEPS:
            return (tuple(spot for spot in blank if spot.column == 0) or spots)[:1]
        case _:
            return (blank or spots)[:1]


def _restored(catalog: Catalog, field: FieldDef, finding: Finding) -> tuple[Spot, ...]:
    """The cell of a field that the owner's workbook has lost."""
    index = finding.params.get("index")
    number = int(index) if isinstance(index, int) else 1
    if catalog.sheet(field.sheet).layout is Layout.BLOCKS:
        return (Spot(block_name(field, number)),)
    option = field.choices[0].id if field.type is FieldType.CHOICES else ""
    return (Spot(name_of(field, option), number - 1),)


def _blank_spots(spots: Sequence[Spot], transcript: Transcript) -> tuple[Spot, ...]:
    filled = {
        transcript.spots[cell.source]
        for values in (transcript.scalars, *(row for rows in transcript.tables.values() for row in rows))
        for answer in values.values()
        for cell in answer.cells
        if cell.raw is not None and cell.source in transcript.spots
    }
    return tuple(spot for spot in spots if spot not in filled)


def _sheet(catalog: Catalog, finding: Finding, transcript: Transcript) -> str:
    """The id of the sheet a finding is about; empty where it is about the whole file."""
    ids = {title: sheet_id for sheet_id, title in transcript.pages.items()}
    if finding.source.sheet in ids:
        return ids[finding.source.sheet]
    field = catalog.fields.get(finding.field or "")
    if field is not None:
        return field.sheet
    missing = (finding.params.get("sheet"), finding.source.sheet)
    titles = {text: sheet.id for sheet in catalog.sheets for text in (sheet.title.ru, sheet.title.en)}
    return next((titles[str(title)] for title in missing if title in titles), "")


def _label(catalog: Catalog, finding: Finding, wording: Wording) -> str:
    """What the cell is called; a row of a table by its own name."""
    field = catalog.fields.get(finding.field or "")
    label = field.label[wording.language] if field else ""
    subject = finding.params.get("subject")
    return f"{subject}: {label}" if subject and label else label


def _words(catalog: Catalog, finding: Finding, wording: Wording) -> Described:
    """The finding's own words, but what the copy has mended already needs less of its reader."""
    words = describe(catalog, finding, wording)
    keys = (f"corrections.fix_{finding.code}", f"corrections.fix_{finding.variant}")
    return next(
        (Described(words.message, words.expected, wording.text(key)) for key in keys if wording.has(key)),
        words,
    )


def _unlocks(
    catalog: Catalog,
    report: Report,
    finding: Finding,
    opened: Mapping[tuple[str, int | None], list[str]],
    wording: Wording,
) -> str:
    """Which numbers come back with the cell."""
    if finding.field is None:
        return "—"
    if finding.severity is not Severity.ERROR:
        return wording.text("corrections.unlocks_doubt" if finding.found else "corrections.unlocks_answer")
    field = catalog.fields.get(finding.field or "")
    required = field is not None and field.need is Need.REPORT
    if required and report.submission.get(finding.field or "").state is not State.VALUE:
        return wording.text("corrections.unlocks_report")
    index = finding.params.get("index")
    row = index if isinstance(index, int) else None
    names = opened.get((finding.field or "", row)) or opened.get((finding.field or "", None), [])
    if not names:
        key = "unlocks_refused" if report.status is Status.REFUSED else "unlocks_answer"
        return wording.text(f"corrections.{key}")
    most = 4
    more = wording.text("corrections.unlocks_more", n=len(names) - most) if len(names) > most else ""
    return "; ".join(names[:most]) + more
