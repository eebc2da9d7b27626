"""Where each answer stands: by defined names first, by headings where a name is missing or broken."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass

from sheetreport.catalog.definitions import Catalog, FieldDef, FieldType, Need, SheetDef
from sheetreport.model import LANGUAGES, Finding, Language, Severity, SourceRef
from sheetreport.read import headings
from sheetreport.read.book import Area, Book, Page
from sheetreport.read.words import closest, key

_ENOUGH_NAMES = 5  # so many of our names or headings don't stand together by chance
_REPORT_NAMES = 3


@dataclass(frozen=True, slots=True)
class Places:
    """The areas of our names, the language of the workbook, and what could not be found."""

    names: Mapping[str, Area]
    language: Language
    findings: tuple[Finding, ...]


def locate(catalog: Catalog, book: Book) -> Places | None:
    """The places of all answers; None when the workbook is not our template."""
    named = {name: area for name, area in book.names.items() if area is not None and name.startswith("in_")}
    names, findings = dict(named), list[Finding]()
    language = _language(catalog, book)
    pages = {sheet.id: _page_of(sheet, book) for sheet in catalog.sheets}
    spare = set(book.titles) - {page.title for page in pages.values() if page is not None}
    for sheet in catalog.sheets:
        page = pages[sheet.id]
        if page is None:
            findings += _missing_sheet(sheet, spare, language)
            continue
        expected = headings.expected_names(sheet, book.names)
        lost = [name for name in expected if name not in named]
        if lost:
            found = headings.find(sheet, page)
            names |= {name: area for name, area in found.items() if name not in named}
        missing = {name: expected[name] for name in lost if name not in names}
        findings += _missing_fields(missing, sheet, page, book)
    if "sheetreport_template" not in book.properties and len(names) < _ENOUGH_NAMES:
        return None
    return Places(names, language, tuple(findings))


def is_report(book: Book) -> bool:
    """Whether this is a report of ours: its names are those of metrics."""
    metrics = [name for name in book.names if name.startswith("m_")]
    return "sheetreport_template" not in book.properties and len(metrics) >= _REPORT_NAMES


def _page_of(sheet: SheetDef, book: Book) -> Page | None:
    """The page of a sheet: where its names point, whatever it is called now, else the one with its title."""
    prefix = {f"in_{field.id.partition('.')[0]}_" for field in sheet.fields}
    pointed = Counter(
        area.sheet for name, area in book.names.items() if area is not None and name.startswith(tuple(prefix))
    )
    if pointed:
        return book.pages[pointed.most_common(1)[0][0]]
    titles = {key(sheet.title.ru), key(sheet.title.en)}
    return next((page for title, page in book.pages.items() if key(title) in titles), None)


def _missing_sheet(sheet: SheetDef, spare: set[str], language: Language) -> list[Finding]:
    """A core sheet must be there; an optional one may not have been asked for, unless it is just misspelt."""
    title = sheet.title[language]
    near = closest(title, sorted(spare))
    if near is not None:
        params = {"sheet": title, "suggestion": near}
        return [Finding("S-09", Severity.ERROR, SourceRef(near, "A1"), None, near, params, "near")]
    return [Finding("S-09", Severity.ERROR, SourceRef(title), params={"sheet": title})] if sheet.core else []


def _missing_fields(
    missing: Mapping[str, FieldDef], sheet: SheetDef, page: Page, book: Book
) -> list[Finding]:
    """A misspelt heading is asked about, a deleted row is told; a question that never was there is blank."""
    findings: list[Finding] = []
    asked: set[str] = set()
    texts = headings.unclaimed(sheet, page) if missing else {}
    for name, field in missing.items():
        if headings.is_reason(field) or (field.type is FieldType.CHOICES and field.id in asked):
            continue
        asked.add(field.id)
        severity = Severity.ERROR if field.core or field.need is Need.REPORT else Severity.WARNING
        near = headings.near_miss(field, texts)
        if near is not None:
            source = page.at(near.row, near.column).source
            findings.append(Finding("S-10", severity, source, field.id, near.text))
        elif name in book.names or field.core:
            params = {"sheet": page.title}
            findings.append(Finding("S-11", severity, SourceRef(page.title, ""), field.id, params=params))
    return findings


def _language(catalog: Catalog, book: Book) -> Language:
    """The language the template was made in: as it says, else that of its sheet titles and questions."""
    stated = book.properties.get("sheetreport_language")
    for language in LANGUAGES:
        if stated == language:
            return language
    words = {text.partition("\n")[0] for page in book.pages.values() for _, _, text in page.words()}
    words |= set(book.titles)

    def known(language: Language) -> int:
        titles = {sheet.title[language] for sheet in catalog.sheets}
        labels = {field.label[language] for field in catalog.fields.values()}
        return len((titles | labels) & words)

    return max(LANGUAGES, key=known)
