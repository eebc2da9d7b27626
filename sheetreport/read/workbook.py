"""Bytes of a workbook to what the owner answered: recognised, located, typed, with every cell's place."""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass, replace
from dataclasses import field as attribute

from sheetreport.catalog.definitions import Catalog, FieldDef, FieldType
from sheetreport.contract import TEMPLATE_VERSION
from sheetreport.model import (
    LANGUAGES,
    Finding,
    Repair,
    Row,
    Severity,
    SourceFile,
    SourceRef,
    State,
    Submission,
    Value,
)
from sheetreport.read import guard
from sheetreport.read.asked import asked_before
from sheetreport.read.book import Book, Opened, Page, PasswordError, Places, keep_open
from sheetreport.read.context import Context, Currencies
from sheetreport.read.fields import read_field, read_options
from sheetreport.read.formats import Format
from sheetreport.read.headings import name_of
from sheetreport.read.legacy import open_legacy
from sheetreport.read.places import is_report, locate
from sheetreport.read.records import read_records
from sheetreport.read.unread import unread_numbers
from sheetreport.read.values import Parsed
from sheetreport.read.words import key
from sheetreport.returned import Asked

_CURRENCY, _COUNTRY = "profile.currency", "profile.country"
_MONTH_FIRST_IN = "US"
_CYRILLIC = re.compile("[а-яё]", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Reading:
    """A workbook read: what was answered (nothing derived yet), what to say, and what was mended.

    `asked` is what a correction copy that came back had asked for; `opened` is the workbook itself, where it
    need not be opened again to read the rest.
    """

    source: SourceFile
    submission: Submission
    findings: tuple[Finding, ...]
    repairs: tuple[Repair, ...] = ()
    refused: bool = False
    asked: tuple[Asked, ...] = ()
    opened: Opened | None = attribute(default=None, repr=False, compare=False)


def read(catalog: Catalog, data: bytes, file: str) -> Reading:
    """Read a workbook; whatever the bytes are, the reading says in one finding why it is refused."""
    source = SourceFile(file, hashlib.sha256(data).hexdigest())
    inspected = guard.inspect(data)
    if inspected.refusal is not None:
        return refused(source, inspected.refusal)
    titles = {key(sheet.title[language]) for sheet in catalog.sheets for language in LANGUAGES}
    opened = None
    try:
        if inspected.format is Format.EXCEL:
            opened = keep_open(data, titles)
            book = opened.book
        else:
            book = open_legacy(data, titles, inspected.format)
    except PasswordError:
        return refused(source, Finding("S-03", Severity.ERROR, variant="password"))
    except MemoryError:
        return refused(source, Finding("S-06", Severity.ERROR, variant="memory"))
    except Exception:
        return refused(source, Finding("S-05", Severity.ERROR))
    places = None if is_report(book) else locate(catalog, book)
    if places is None:
        return refused(source, _not_ours(catalog, book))
    reading = _read_answers(catalog, book, places, source)
    return replace(
        reading,
        findings=(*inspected.warnings, *_format_finding(inspected.format), *reading.findings),
        opened=replace(opened, places=places) if opened else None,
    )


def refused(source: SourceFile, finding: Finding) -> Reading:
    """The reading of a file that is not opened."""
    return Reading(source, Submission(source, {}, {}), (finding,), refused=True)


def _format_finding(found: Format) -> tuple[Finding, ...]:
    """What only .xlsx tells for sure is asked about."""
    if found is Format.EXCEL:
        return ()
    return (Finding("S-14", Severity.WARNING, params={"format": f".{found.value}"}),)


def _not_ours(catalog: Catalog, book: Book) -> Finding:
    where = SourceRef(next(iter(book.titles), ""), "A1")
    if is_report(book):
        return Finding("S-07", Severity.ERROR, where, variant="report")
    wanted = tuple(sheet.id for sheet in catalog.sheets if sheet.core)
    return Finding("S-07", Severity.ERROR, where, found=", ".join(book.titles[:5]), params={"sheets": wanted})


def _read_answers(catalog: Catalog, book: Book, places: Places, source: SourceFile) -> Reading:
    version = book.properties.get("sheetreport_template")
    source = SourceFile(source.file, source.sha256, version, places.language, book.titles)
    context = _context(catalog, book, places)
    findings = [*places.findings, *_version_finding(version)]
    repairs: list[Repair] = []
    scalars: dict[str, Value] = {}
    tables: dict[str, tuple[Row, ...]] = {}
    for sheet in catalog.sheets:
        for field in (field for field in sheet.fields if not field.table):
            part = _scalar(field, book, places, context)
            if part is not None:
                scalars[field.id] = part.value
                findings += part.findings
                repairs += part.repairs
        records = read_records(sheet, places.names, book, context)
        table = next((field.id.partition(".")[0] for field in sheet.fields if field.table), None)
        if table is not None and records.rows:
            tables[table] = records.rows
        findings += records.findings
        repairs += records.repairs
    submission = Submission(source, scalars, tables)
    findings += unread_numbers(places.pages.values(), submission)
    return Reading(source, submission, tuple(findings), tuple(repairs), asked=asked_before(book))


def _scalar(field: FieldDef, book: Book, places: Places, context: Context) -> Parsed | None:
    """The value of a field that stands once; None when the workbook doesn't ask for it."""
    if field.type is FieldType.CHOICES:
        options = read_options(field, places.names, book, context)
        if options is not None:
            return options
    area = places.names.get(name_of(field))
    return None if area is None else read_field(field, area, book, context)


def _context(catalog: Catalog, book: Book, places: Places) -> Context:
    """How this owner writes, as far as the whole workbook tells."""
    english = places.language == "en"
    currency = catalog.fields[_CURRENCY]
    return Context(
        places.language,
        Currencies.of(currency, _chosen(currency, book, places) or str(currency.default)),
        comma_groups=english and not any(_has_cyrillic(page) for page in book.pages.values()),
        month_first=_month_first(catalog.fields[_COUNTRY], book, places) if english else False,
        date1904=book.date1904,
        plus_signs=any(cell.raw == "+" for page in book.pages.values() for cell in page.cells.values()),
    )


def _chosen(field: FieldDef, book: Book, places: Places) -> str | None:
    """The choice that stands in the cell of a question."""
    parsed = _scalar(field, book, places, Context(places.language))
    return str(parsed.value.value) if parsed and parsed.value.state is State.VALUE else None


def _month_first(country: FieldDef, book: Book, places: Places) -> bool | None:
    """English hands write 03/04/2026 in two orders: the country tells which, where the owner chose one."""
    chosen = _chosen(country, book, places)
    return None if chosen in (None, country.default, "other") else chosen == _MONTH_FIRST_IN


def _has_cyrillic(page: Page) -> bool:
    return any(isinstance(cell.raw, str) and _CYRILLIC.search(cell.raw) for cell in page.cells.values())


def _version_finding(version: str | None) -> tuple[Finding, ...]:
    if version is None or version == TEMPLATE_VERSION:
        return ()
    params = {"version": version, "current": TEMPLATE_VERSION}
    return (Finding("S-08", Severity.WARNING, found=version, params=params),)
