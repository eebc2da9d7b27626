"""Bytes of a workbook to what the owner answered: recognised, located, typed, with every cell's place."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

from sheetreport.catalog.definitions import Catalog, FieldDef, FieldType
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
from sheetreport.read.amounts import Currencies
from sheetreport.read.book import Book, open_book
from sheetreport.read.fields import read_field, read_options
from sheetreport.read.headings import name_of
from sheetreport.read.places import Places, is_report, locate
from sheetreport.read.records import read_records
from sheetreport.read.values import Context, Parsed
from sheetreport.read.words import key

TEMPLATE_VERSION = "1.0"
"""The template this reader was made with; others are read as far as their names and headings go."""

_CURRENCY = "profile.currency"


@dataclass(frozen=True, slots=True)
class Reading:
    """A workbook read: what was answered (nothing derived yet), what to say, and what was mended."""

    source: SourceFile
    submission: Submission
    findings: tuple[Finding, ...]
    repairs: tuple[Repair, ...] = ()
    refused: bool = False


def read(catalog: Catalog, data: bytes, file: str) -> Reading:
    """Read a workbook; whatever the bytes are, the reading says in one finding why it is refused."""
    source = SourceFile(file, hashlib.sha256(data).hexdigest())
    unsafe = guard.inspect(data)
    if unsafe is not None:
        return _refused(source, unsafe)
    try:
        titles = {key(sheet.title[language]) for sheet in catalog.sheets for language in LANGUAGES}
        book = open_book(data, titles)
    except Exception:
        return _refused(source, Finding("S-05", Severity.ERROR))
    places = None if is_report(book) else locate(catalog, book)
    if places is None:
        return _refused(source, _not_ours(catalog, book))
    return _read_answers(catalog, book, places, source)


def _refused(source: SourceFile, finding: Finding) -> Reading:
    return Reading(source, Submission(source, {}, {}), (finding,), refused=True)


def _not_ours(catalog: Catalog, book: Book) -> Finding:
    where = SourceRef(next(iter(book.titles), ""), "A1")
    if is_report(book):
        return Finding("S-07", Severity.ERROR, where, variant="report")
    wanted = tuple(sheet.id for sheet in catalog.sheets if sheet.core)
    return Finding("S-07", Severity.ERROR, where, found=", ".join(book.titles[:5]), params={"sheets": wanted})


def _read_answers(catalog: Catalog, book: Book, places: Places, source: SourceFile) -> Reading:
    version = book.properties.get("sheetreport_template")
    source = SourceFile(source.file, source.sha256, version, places.language, book.titles)
    context = Context(places.language, _currencies(catalog, book, places))
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
    return Reading(source, Submission(source, scalars, tables), tuple(findings), tuple(repairs))


def _scalar(field: FieldDef, book: Book, places: Places, context: Context) -> Parsed | None:
    """The value of a field that stands once; None when the workbook doesn't ask for it."""
    if field.type is FieldType.CHOICES:
        options = read_options(field, places.names, book, context)
        if options is not None:
            return options
    area = places.names.get(name_of(field))
    return None if area is None else read_field(field, area, book, context)


def _currencies(catalog: Catalog, book: Book, places: Places) -> Currencies:
    """The currency that sums are in: as chosen in the workbook, else the default."""
    field = catalog.fields[_CURRENCY]
    chosen = _scalar(field, book, places, Context(places.language))
    stated = chosen is not None and chosen.value.state is State.VALUE
    return Currencies.of(field, str(chosen.value.value if chosen and stated else field.default))


def _version_finding(version: str | None) -> tuple[Finding, ...]:
    if version is None or version == TEMPLATE_VERSION:
        return ()
    params = {"version": version, "current": TEMPLATE_VERSION}
    return (Finding("S-08", Severity.WARNING, found=version, params=params),)
