"""Where answers stand when names are missing: found by the headings of the sheet, in either language."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from sheetreport.catalog.definitions import FieldDef, FieldType, Layout, SheetDef
from sheetreport.read.book import Area, Page
from sheetreport.read.words import closest, key

WHY_NOT, WHY_TEXT = ".why_not", ".why_text"

_UNIT_BEHIND = re.compile(r"(?:,\s*[^,\s]{1,5}|\s*\([^()]*\))$")  # "Расход, ₽", "Revenue (₽)"
_MOST_BLANK = 4  # rows or columns that may stand blank between a heading and what it names
_REASON_OFFSET, _WORDS_OFFSET = 2, 3  # columns of a practice: answer, reason, own words


@dataclass(frozen=True, slots=True)
class Heading:
    """A text on a sheet that may be a heading: its place, its words, and the words as they are compared."""

    row: int
    column: int
    text: str
    keys: frozenset[str]


def name_of(field: FieldDef, option: str = "") -> str:
    """The defined name of a field's cell or column, or of one option of a question with several answers."""
    return "in_" + field.id.replace(".", "_") + (f"_{option}" if option else "")


def block_name(field: FieldDef, number: int) -> str:
    """The defined name of a field in the block of one record: in_goals_2_target."""
    table, _, own = field.id.partition(".")
    return f"in_{table}_{number}_{own.replace('.', '_')}"


def headings_of(page: Page) -> tuple[Heading, ...]:
    """Every text of a sheet; a hint below the label or a unit behind it doesn't count."""
    return tuple(
        Heading(row, column, first, frozenset((key(text), key(first), key(_UNIT_BEHIND.sub("", first)))))
        for row, column, text in page.words()
        for first in [text.strip().partition("\n")[0].strip()]
    )


def find(sheet: SheetDef, page: Page) -> dict[str, Area]:
    """The areas of a sheet's names, as its headings show them; a heading that stands twice shows none."""
    found = headings_of(page)
    match sheet.layout:
        case Layout.FORM:
            return _form(sheet, page, found)
        case Layout.TABLE:
            return _table(sheet, page, found)
        case Layout.BLOCKS:
            return _blocks(sheet, page, found)
        case Layout.PRACTICES:
            return _practices(sheet, page, found)


def is_reason(field: FieldDef) -> bool:
    """Whether a field is the reason or the own words beside a practice: it has no heading of its own."""
    return field.id.endswith((WHY_NOT, WHY_TEXT))


def unclaimed(sheet: SheetDef, page: Page) -> Mapping[str, Heading]:
    """The texts of a page that are no heading of the sheet: one of them may be a heading misspelt."""
    found = headings_of(page)
    claimed = {heading for field in sheet.fields for heading in _headings_for(field, found)}
    return {heading.text: heading for heading in found if heading not in claimed}


def near_miss(field: FieldDef, texts: Mapping[str, Heading]) -> Heading | None:
    """The text that is probably this field's heading, misspelt."""
    found = (closest(label, texts, cutoff=0.8) for label in (field.label.ru, field.label.en))
    return next((texts[near] for near in found if near is not None), None)


def doubled(sheet: SheetDef, page: Page) -> Mapping[str, Sequence[Heading]]:
    """The fields whose heading stands more than once where it is looked for, with those headings."""
    found = headings_of(page)
    twice: dict[str, Sequence[Heading]] = {}
    if sheet.layout in (Layout.FORM, Layout.PRACTICES):
        asked = [field for field in sheet.fields if not field.table and not is_reason(field)]
        for field, headings in _candidates(asked, found):
            if len(headings) > 1:
                twice[field.id] = headings
    head, matches = _head(sheet, found)
    for field, headings in matches:
        in_head = [heading for heading in headings if heading.row == head]
        if len(in_head) > 1:
            twice[field.id] = in_head
    return twice


def _form(sheet: SheetDef, page: Page, found: Sequence[Heading]) -> dict[str, Area]:
    singles = [field for field in sheet.fields if not field.table]
    asked = list(_in_column(singles, found))
    beside = _answers_beside(page, [heading for _, heading in asked])
    areas: dict[str, Area] = {}
    for field, heading in asked:
        if field.type is FieldType.TALLY:
            area = _tally_below(field, page, heading, beside)
            if area is not None:
                areas[name_of(field)] = area
        elif field.type is FieldType.SERIES:
            area = _months_below(field, page, heading, beside)
            if area is not None:
                areas[name_of(field)] = area
        else:
            areas[name_of(field)] = _cell(page, heading.row, heading.column + beside)
    return areas | _columns(sheet, page, found)


def _answers_beside(page: Page, headings: Sequence[Heading]) -> int:
    """How many columns right of the headings the answers stand: blank columns may have been put between.

    A column is skipped where all of it is blank and the next two hold something: answers and their checks.
    """
    rows = {heading.row for heading in headings}
    column = headings[0].column if headings else 0

    def filled(offset: int, *, typed: bool = False) -> bool:
        cells = (page.cells.get((row, column + offset)) for row in rows)
        return any(cell is not None and not (typed and cell.formula) for cell in cells)

    offset = 1
    while offset < _MOST_BLANK and not filled(offset) and filled(offset + 2):
        offset += 1
    return offset if filled(offset, typed=True) else 1


def _table(sheet: SheetDef, page: Page, found: Sequence[Heading]) -> dict[str, Area]:
    """Columns under their headings; the questions below the table are answered in its first money column."""
    areas = _columns(sheet, page, found)
    if not areas:
        return areas
    columns = [field for field in sheet.fields if field.table and field.type is FieldType.MONEY]
    money = [areas[name_of(field)].left for field in columns if name_of(field) in areas]
    below = [heading for heading in found if heading.row > min(area.top for area in areas.values())]
    for field, heading in _in_column([field for field in sheet.fields if not field.table], below):
        areas[name_of(field)] = _cell(page, heading.row, min(money, default=heading.column + 1))
    return areas


def _columns(sheet: SheetDef, page: Page, found: Sequence[Heading]) -> dict[str, Area]:
    """The columns of a table: the row with the most of their headings is its head."""
    tallies = [field for field in sheet.fields if field.table and field.type is FieldType.TALLY]
    head, matches = _head(sheet, found)
    if head is None:
        return {}
    areas: dict[str, Area] = {}
    for field, headings in matches:
        in_head = [heading.column for heading in headings if heading.row == head]
        if len(in_head) == 1:
            areas[name_of(field)] = _below(sheet, page, head, in_head[0], in_head[0])
    for field in tallies:
        first = _run_of_scores(field, page, head)
        if first is not None:
            areas[name_of(field)] = _below(sheet, page, head, first, first + len(_scores(field)) - 1)
    return areas


def _head(
    sheet: SheetDef, found: Sequence[Heading]
) -> tuple[int | None, Sequence[tuple[FieldDef, Sequence[Heading]]]]:
    """The row of a table's head, None where there is none, and the headings that each column may have."""
    columns = [field for field in sheet.fields if field.table and field.type is not FieldType.TALLY]
    matches = [(field, _headings_for(field, found)) for field in columns]
    rows = Counter(heading.row for _, headings in matches for heading in headings)
    head, hits = rows.most_common(1)[0] if rows and sheet.layout is not Layout.BLOCKS else (None, 0)
    return (head if hits >= min(2, len(columns)) else None), matches


def _blocks(sheet: SheetDef, page: Page, found: Sequence[Heading]) -> dict[str, Area]:
    """The questions of each record, between its title ("Цель 2") and the next."""
    records = "|".join(re.escape(key(record)) for record in (sheet.record.ru, sheet.record.en))
    title = re.compile(rf"(?:{records}) ([0-9]{{1,2}})\b.*")
    starts = [
        (int(match[1]), heading.row)
        for heading in found
        for text in sorted(heading.keys)[:1]
        if (match := title.fullmatch(text))
    ]
    areas: dict[str, Area] = {}
    for (number, top), (_, end) in zip(starts, [*starts[1:], (0, 1 << 20)], strict=False):
        inside = [heading for heading in found if top < heading.row < end]
        for field, heading in _in_column(sheet.fields, inside):
            name = block_name(field, number)
            if field.type is FieldType.STEPS:
                top_left = heading.row + 1, heading.column
                areas[name] = Area(page.title, *top_left, heading.row + field.size, heading.column + 3)
            else:
                areas[name] = _cell(page, heading.row, heading.column + 1)
    return areas


def _practices(sheet: SheetDef, page: Page, found: Sequence[Heading]) -> dict[str, Area]:
    """Practices with their answer, reason and own words; options of a question stand below it."""
    questions = [field for field in sheet.fields if not is_reason(field)]
    reasons = {field.id for field in sheet.fields} - {field.id for field in questions}
    areas: dict[str, Area] = {}
    for field, heading in _in_column(questions, found):
        row, column = heading.row, heading.column
        match field.type:
            case FieldType.CHOICES:
                areas |= _options(field, page, heading, found)
            case FieldType.CHOICE:
                areas[name_of(field)] = _cell(page, row, column + 1)
                for suffix, offset in ((WHY_NOT, _REASON_OFFSET), (WHY_TEXT, _WORDS_OFFSET)):
                    if field.id + suffix in reasons:
                        areas[name_of(field) + suffix.replace(".", "_")] = _cell(page, row, column + offset)
            case _:
                areas[name_of(field)] = _cell(page, row, column + _WORDS_OFFSET)
    return areas


def _options(
    field: FieldDef, page: Page, question: Heading, found: Sequence[Heading]
) -> Iterator[tuple[str, Area]]:
    areas = []
    for choice in field.choices:
        wanted = {key(choice.label.ru), key(choice.label.en)}
        for heading in found:
            below = question.row < heading.row <= question.row + len(field.choices)
            if below and heading.column == question.column and key(heading.text.lstrip("·•- ")) in wanted:
                areas.append((name_of(field, choice.id), _cell(page, heading.row, heading.column + 1)))
                break
    return iter(areas)


def _in_column(fields: Iterable[FieldDef], found: Sequence[Heading]) -> Iterator[tuple[FieldDef, Heading]]:
    """Each field with its only heading."""
    for field, headings in _candidates(fields, found):
        if len(headings) == 1:
            yield field, headings[0]


def _candidates(
    fields: Iterable[FieldDef], found: Sequence[Heading]
) -> Iterator[tuple[FieldDef, Sequence[Heading]]]:
    """Each field's headings in the column that holds most of them: answers may look like headings."""
    candidates = [(field, _headings_for(field, found)) for field in fields]
    columns = Counter(heading.column for _, headings in candidates for heading in headings[:1])
    column = columns.most_common(1)[0][0] if columns else 0
    for field, headings in candidates:
        yield field, [heading for heading in headings if heading.column == column]


def _headings_for(field: FieldDef, found: Sequence[Heading]) -> list[Heading]:
    """The headings that name a field: by its label before other names of it."""
    labels = {key(field.label.ru), key(field.label.en)}
    aliases = {key(alias) for alias in field.aliases} - labels
    by_label = [heading for heading in found if heading.keys & labels]
    return by_label or [heading for heading in found if heading.row > 1 and heading.keys & aliases]


def _tally_below(field: FieldDef, page: Page, heading: Heading, beside: int) -> Area | None:
    """The scores one below another; blank rows may have been put between."""
    rows = [heading.row]
    for score in _scores(field):
        following = range(rows[-1] + 1, rows[-1] + 1 + _MOST_BLANK)
        row = next((at for at in following if _names_score(page, at, heading.column, score)), None)
        if row is None:
            return None
        rows.append(row)
    column = heading.column + beside
    return Area(page.title, rows[1], column, rows[-1], column)


def _months_below(field: FieldDef, page: Page, heading: Heading, beside: int) -> Area | None:
    """The months of a series as far as they are numbered in a row, "Month 1" or "1-й месяц"."""
    months = 0
    while months < field.size:
        raw = page.at(heading.row + months + 1, heading.column).raw
        if not isinstance(raw, str) or re.findall(r"[0-9]+", raw) != [str(months + 1)]:
            break
        months += 1
    if months == 0:
        return None
    column = heading.column + beside
    return Area(page.title, heading.row + 1, column, heading.row + months, column)


def _run_of_scores(field: FieldDef, page: Page, row: int) -> int | None:
    """The column where the scores of a tally begin in a head of a table."""
    scores = _scores(field)
    for column in sorted(column for (at, column) in page.cells if at == row):
        if all(_names_score(page, row, column + offset, score) for offset, score in enumerate(scores)):
            return column
    return None


def _scores(field: FieldDef) -> range:
    low, high = field.scores or (0, -1)
    return range(low, high + 1)


def _names_score(page: Page, row: int, column: int, score: int) -> bool:
    raw = page.at(row, column).raw
    if isinstance(raw, str):
        found = re.match(r"\s*([0-9]{1,2})(?![0-9])", raw)
        return found is not None and int(found[1]) == score
    return raw == score and not isinstance(raw, bool)


def _cell(page: Page, row: int, column: int) -> Area:
    return Area(page.title, row, column, row, column)


def _below(sheet: SheetDef, page: Page, head: int, left: int, right: int) -> Area:
    return Area(page.title, head + 1, left, head + sheet.rows, right)


def expected_names(sheet: SheetDef, known: Iterable[str]) -> Mapping[str, FieldDef]:
    """The names that a sheet of the template defines; `known` names tell how many blocks it has."""
    names: dict[str, FieldDef] = {}
    for field in sheet.fields:
        if sheet.layout is Layout.BLOCKS:
            names |= {block_name(field, number): field for number in _block_numbers(field, known)}
        elif field.type is FieldType.CHOICES:
            names |= {name_of(field, choice.id): field for choice in field.choices}
        else:
            names[name_of(field)] = field
    return names


def _block_numbers(field: FieldDef, known: Iterable[str]) -> list[int]:
    table = field.id.partition(".")[0]
    stem = f"in_{table}_"
    numbered = re.compile(rf"{stem}([0-9]{{1,2}})_\w+")
    found = (numbered.fullmatch(name) for name in known if name.startswith(stem))
    return sorted({int(match[1]) for match in found if match} | {1})
