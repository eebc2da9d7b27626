"""The sheet of actions in a report's workbook: what the owner wrote there on who does what by when."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from sheetreport.i18n import texts
from sheetreport.model import LANGUAGES, Finding, Severity, SourceRef
from sheetreport.read import guard
from sheetreport.read.book import Book, Page, PasswordError, open_book
from sheetreport.read.formats import Format
from sheetreport.read.legacy import open_legacy
from sheetreport.read.values import Cell, RawValue
from sheetreport.read.words import clean, key

_COLUMNS = (
    *("number", "tier", "what", "why", "steps", "effect", "low", "high", "worth"),
    *("evidence", "evidence_next", "more", "who", "by", "done"),
)
_NEEDED = {"what", "who", "by", "done"}
_COMPANY = "in_profile_company_name"
_MOST_CELLS = 20_000  # of sheets that neither our names nor our titles tell


@dataclass(frozen=True, slots=True)
class Action:
    """A line of the sheet that somebody wrote in: its cell, what to do, and what was written.

    `more` is what stands beside the table.
    """

    source: SourceRef
    what: str
    who: RawValue = None
    by: RawValue = None
    done: RawValue = None
    more: tuple[RawValue, ...] = ()


@dataclass(frozen=True, slots=True)
class Accepted:
    """The actions of a report that were taken up, in its order, and the company it is about."""

    company: str
    actions: tuple[Action, ...]


def read_actions(data: bytes) -> Accepted | Finding:
    """The accepted actions of a report's workbook; whatever the bytes are, else why there are none."""
    inspected = guard.inspect(data)
    if inspected.refusal is not None:
        return inspected.refusal
    try:
        book = _opened(data, inspected.format)
    except PasswordError:
        return Finding("S-03", Severity.ERROR, variant="password")
    except MemoryError:
        return Finding("S-06", Severity.ERROR, variant="memory")
    except Exception:
        return Finding("S-05", Severity.ERROR)
    for page in book.pages.values():
        head = _head(page)
        if head is not None:
            return Accepted(_company(book), tuple(_actions(page, *head)))
    where = SourceRef(next(iter(book.titles), ""), "A1")
    return Finding("S-07", Severity.ERROR, where, found=", ".join(book.titles[:5]), variant="no_actions")


def another_company(accepted: Accepted, company: str) -> Finding | None:
    """What to say where a report is not about this company: its actions are nobody else's business."""
    if not accepted.company or key(accepted.company) == key(company):
        return None
    params = {"report_company": accepted.company, "company": company}
    return Finding("S-07", Severity.ERROR, params=params, variant="other_company")


def _opened(data: bytes, found: Format) -> Book:
    titles = {key(texts()["workbook.sheet_actions"][language]) for language in LANGUAGES}
    if found is Format.EXCEL:
        return open_book(data, titles, others=_MOST_CELLS)
    book = open_legacy(data, titles, found)
    return open_legacy(data, titles | set(map(key, book.titles)), found)


def _head(page: Page) -> tuple[int, Mapping[str, int]] | None:
    """The row of the headings, and the column of each, wherever they were moved to."""
    for language in LANGUAGES:
        labels = {key(texts()[f"workbook.actions_{name}"][language]): name for name in _COLUMNS}
        rows: dict[int, dict[str, int]] = {}
        for row, column, said in page.words():
            name = labels.get(key(said))
            if name is not None:
                rows.setdefault(row, {}).setdefault(name, column)
        for row, columns in rows.items():
            if columns.keys() >= _NEEDED:
                return row, columns
    return None


def _actions(page: Page, head: int, columns: Mapping[str, int]) -> Iterator[Action]:
    """The lines with a word of the owner's: in their boxes, beside the table, or an action of their own."""
    known = set(columns.values())
    beside = {place for place in page.cells if place[0] > head and place[1] not in known}
    for row in sorted({row for row, _ in page.cells if row > head}):
        cells = {name: page.at(row, column) for name, column in columns.items()}
        who, by, done = (_written(cells[name]) for name in ("who", "by", "done"))
        more = tuple(_written(page.cells[place]) for place in sorted(beside) if place[0] == row)
        filled = [value for value in (who, by, done, *more) if value is not None]
        if filled or _is_own(cells):
            what = _written(cells["what"])
            said = "" if what is None else clean(str(what))
            found = tuple(value for value in more if value is not None)
            yield Action(cells["what"].source, said, who, by, done, found)


def _is_own(cells: Mapping[str, Cell]) -> bool:
    """Whether the owner added the line: ours have a number, or, where held back, a reason."""
    ours = {texts()["workbook.actions_none"][language] for language in LANGUAGES}
    written = {name for name, cell in cells.items() if _written(cell) is not None}
    return "what" in written and not written & {"number", "why"} and cells["what"].raw not in ours


def _written(cell: Cell) -> RawValue:
    """What stands in a cell: None where nothing does, a formula's text where it has no result."""
    if cell.raw is None and cell.formula is not None:
        return "=" + cell.formula.lstrip("=")
    if isinstance(cell.raw, str) and not clean(cell.raw):
        return None
    return cell.raw


def _company(book: Book) -> str:
    area = book.names.get(_COMPANY)
    if area is None or area.sheet not in book.pages:
        return ""
    name = book.cell(area).raw
    return clean(name) if isinstance(name, str) else ""
