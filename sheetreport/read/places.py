"""Where each answer stands: by defined names first, by headings where a name is missing or broken."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence

from sheetreport.catalog.definitions import Catalog, FieldDef, FieldType, Need, SheetDef
from sheetreport.contract import TEMPLATE_VERSION
from sheetreport.model import LANGUAGES, Finding, Language, Severity, SourceRef
from sheetreport.read import headings
from sheetreport.read.book import Area, Book, Page, Places
from sheetreport.read.headings import Heading
from sheetreport.read.words import closest, key

_ENOUGH_NAMES = 5  # so many of our names or headings don't stand together by chance
_ENOUGH_HEADINGS = 3
_REPORT_NAMES = 3
_COPY = re.compile(r" \([0-9]{1,2}\)$|[ _]копия$|[ _]copy$|^(?:Копия|Copy of) ", re.IGNORECASE)


def locate(catalog: Catalog, book: Book) -> Places | None:
    """The places of all answers; None when the workbook is not our template."""
    named = {name: area for name, area in book.names.items() if area is not None and name.startswith("in_")}
    names, findings = dict(named), list[Finding]()
    language = _language(catalog, book)
    pages = {sheet.id: _page_of(sheet, book) for sheet in catalog.sheets}
    pages = _with_renamed(pages, catalog, book)
    spare = set(book.titles) - {page.title for page in pages.values() if page is not None}
    findings += _copies(spare, book.pages)
    for sheet in catalog.sheets:
        page = pages[sheet.id]
        if page is None:
            findings += _missing_sheet(sheet, spare, language)
            continue
        expected = headings.expected_names(sheet, book.names)
        names = {name: area for name, area in names.items() if name not in expected}
        places = _settled(expected, named, headings.find(sheet, page), page)
        names |= places
        twice = headings.doubled(sheet, page)
        findings += _doubled(twice, sheet, places, page)
        missing = {
            name: field for name, field in expected.items() if name not in places and field.id not in twice
        }
        findings += _missing_fields(missing, sheet, page, book)
    if "sheetreport_template" not in book.properties and len(names) < _ENOUGH_NAMES:
        return None
    there = {sheet_id: page for sheet_id, page in pages.items() if page is not None}
    return Places(names, there, language, tuple(findings))


def _settled(
    expected: Mapping[str, FieldDef], named: Mapping[str, Area], found: Mapping[str, Area], page: Page
) -> dict[str, Area]:
    """The place of each name: as defined, unless the heading the owner sees stands elsewhere.

    A program that doesn't keep names moves headings away from them. On such a sheet a name whose heading
    can't be found points to nobody knows what, and is left out.
    """
    placed = {name: named[name] for name in expected if name in named}
    moved = {
        name
        for name, area in placed.items()
        if name in found and not _agree(expected[name], area, found[name], page)
    }
    trusted = {
        name: area for name, area in placed.items() if name not in moved and (name in found or not moved)
    }
    return {**found, **trusted}


def _agree(field: FieldDef, named: Area, found: Area, page: Page) -> bool:
    """Whether a name and a heading mean the same cells; columns and rows put between them don't matter."""
    if named.sheet != found.sheet:
        return True  # the owner cut the answer out, and its name went with it
    if not field.table or named.top == named.bottom or field.type is FieldType.STEPS:
        whole = field.type is not FieldType.TALLY or named.bottom >= found.bottom
        return named.top == found.top and whole
    between = [(row, named.left) for row in range(found.top, named.top)]
    return named.left == found.left and named.top >= found.top and not any(at in page.cells for at in between)


def _doubled(
    twice: Mapping[str, Sequence[Heading]], sheet: SheetDef, places: Mapping[str, Area], page: Page
) -> list[Finding]:
    """A heading that stands twice: read where its name says, else a question."""
    findings: list[Finding] = []
    for field_id, (first, *_, last) in twice.items():
        field = next(field for field in sheet.fields if field.id == field_id)
        area = places.get(headings.name_of(field))
        ref = {"first": page.at(first.row, first.column).source.cell}
        source = page.at(last.row, last.column).source
        if area is None:
            findings.append(Finding("S-17", Severity.ERROR, source, field_id, last.text, ref))
        else:
            params = {**ref, "read": area.source.cell}
            findings.append(Finding("S-17", Severity.WARNING, source, field_id, last.text, params, "named"))
    return findings


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


def _with_renamed(pages: Mapping[str, Page | None], catalog: Catalog, book: Book) -> dict[str, Page | None]:
    """The pages of sheets; one without names and under another title is known by its headings."""
    taken = {page.title for page in pages.values() if page is not None}
    settled = dict(pages)
    for sheet in catalog.sheets:
        spare = [page for title, page in book.pages.items() if title not in taken]
        if settled[sheet.id] is not None or not spare:
            continue
        known = {page.title: len(headings.find(sheet, page)) for page in spare}
        best = max(spare, key=lambda page: known[page.title])
        if known[best.title] >= max(_ENOUGH_HEADINGS, len(headings.expected_names(sheet, ())) / 2):
            settled[sheet.id] = best
            taken.add(best.title)
    return settled


def _copies(spare: set[str], ours: Mapping[str, Page]) -> list[Finding]:
    """Copies of our sheets, which are not read: the owner may have filled in the wrong one."""
    findings: list[Finding] = []
    for title in sorted(spare):
        original = _COPY.sub("", title)
        if original != title and original in ours:
            params = {"sheet": original}
            findings.append(Finding("S-16", Severity.WARNING, SourceRef(title, "A1"), None, title, params))
    return findings


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
            older = name not in book.names and book.properties.get("sheetreport_template") not in (
                None,
                TEMPLATE_VERSION,
            )
            variant = "older" if older else ""
            findings.append(
                Finding("S-11", severity, SourceRef(page.title), field.id, params=params, variant=variant)
            )
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
