"""No number is printed that the result doesn't hold: each numeral of the PDF's text is looked up in the JSON.

Money is compared with money, shares with shares, times with times, each rounded as it is printed. What else
a report may print is listed here: numerals of the catalogue's and the interface's own texts, marks of axes,
days, and the numbers of pages and chapters. Then the way from a number to its cells, in both outputs.
"""

from __future__ import annotations

import dataclasses
import io
import math
import random
import re
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Mapping
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from functools import lru_cache
from pathlib import Path
from typing import Any, TypeAlias

import openpyxl
import pypdf
import pytest
from openpyxl.utils import range_boundaries
from openpyxl.workbook import Workbook
from openpyxl.worksheet.worksheet import Worksheet

from sheetreport import pipeline
from sheetreport.catalog.definitions import FieldType, Text
from sheetreport.catalog.load import load_catalog
from sheetreport.i18n import Wording, texts
from sheetreport.model import LANGUAGES, Language
from sheetreport.naming import MONEY_RATIOS
from sheetreport.render import pdf, view, workbook
from sheetreport.render.view import proof
from sheetreport.render.view.model import Chart, Line, Proof, View
from tests.conftest import Poppler
from tests.generated import SAMPLES, filled_workbook, samples
from tests.numerals import Kind, Numeral, numerals, plain_spaces

CATALOG = load_catalog()
Json = Mapping[str, Any]

# What the command line alone says
_SAID = {
    "answers_file", "catalog_file", "catalog_rules", "cli", "clients_file", "cluster", "doctor", "errors",
    "files", "formula", "help", "history_file", "usage",
}  # fmt: skip
_KIND_OF_UNIT = {
    "money": Kind.MONEY,
    "share": Kind.PERCENT,
    "share_change": Kind.PERCENT,
    "months": Kind.DURATION,
    "days": Kind.DURATION,
    "minutes": Kind.DURATION,
    "hours": Kind.DURATION,
}
_KIND_OF_FIELD = {FieldType.MONEY: Kind.MONEY, FieldType.SHARE: Kind.PERCENT}
_ROUNDED = {"points", "count", "measure"}
# A duration's unit may stand in the words around it ("на 4-й месяц", "за 60 дней"), and so may a share's.
_ALSO = {Kind.DURATION: (Kind.PLAIN,), Kind.PLAIN: (Kind.DURATION,)}


class Facts:
    """What may be printed: numbers by kind, and days."""

    def __init__(self, wording: Wording) -> None:
        self.wording = wording
        self.numbers: dict[Kind, set[Decimal]] = defaultdict(set)
        self.days: set[date] = set()

    def add(self, kind: Kind, value: float, unit: str = "") -> None:
        scale = 100 if kind is Kind.PERCENT else 1
        exact = abs(Decimal(repr(round(value * scale, 10))))
        self.numbers[kind].add(exact)
        if unit in _ROUNDED:
            self.numbers[kind].add(exact.quantize(Decimal(1), rounding=ROUND_HALF_UP))

    def read(self, text: str) -> None:
        """The numerals of a text, or the day that it is."""
        try:
            self.days.add(date.fromisoformat(text))
        except ValueError:
            for numeral in numerals(text, self.wording.language, self.wording.symbol):
                self.numbers[numeral.kind].add(numeral.value)

    def knows(self, numeral: Numeral) -> bool:
        kinds = Kind if numeral.open else (numeral.kind, *_ALSO.get(numeral.kind, ()))
        return any(_printed(known, numeral) for kind in kinds for known in self.numbers[kind])


def _printed(known: Decimal, numeral: Numeral) -> bool:
    """Whether a number is printed so: rounded half up, in headings to three significant digits.

    A plain number keeps its fraction: only points, people and the like are rounded to whole ones.
    """
    if numeral.kind is Kind.PLAIN and not numeral.digits and known != known.to_integral_value():
        return False
    if known.quantize(Decimal(1).scaleb(-numeral.digits), rounding=ROUND_HALF_UP) == numeral.value:
        return True
    if numeral.kind is not Kind.MONEY or known < 1000:
        return False
    last = Decimal(1).scaleb(math.floor(math.log10(known)) - 2)
    return (known / last).quantize(Decimal(1), rounding=ROUND_HALF_UP) * last == numeral.value


def facts_of(document: Json, wording: Wording) -> Facts:
    """Every number of a result, of the kind that its unit or its field says, and those of its texts."""
    facts = Facts(wording)

    def walk(node: Any, kind: Kind, unit: str = "") -> None:
        match node:
            case bool() | None:
                return
            case int() | float():
                facts.add(kind, node, unit)
            case str():
                facts.read(node)
            case list() | tuple():
                for item in node:
                    walk(item, kind, unit)
            case dict():
                unit = str(node.get("unit", unit))
                own = _KIND_OF_UNIT.get(unit, Kind.PLAIN) if "unit" in node else kind
                if node.get("id") in MONEY_RATIOS and node.get("value") is not None:
                    facts.add(Kind.MONEY, node["value"])  # printed as "1,28 ₽ на 1 ₽"
                for key, value in node.items():
                    field = CATALOG.fields.get(key)
                    if field is not None:
                        walk(value, _KIND_OF_FIELD.get(field.type, Kind.PLAIN))
                    else:
                        walk(value, _KIND_OF_KEY.get(key, own), unit)
            case _:
                raise AssertionError(f"no JSON value: {node!r}")

    walk(document, Kind.PLAIN)
    if document.get("health"):
        facts.add(Kind.PERCENT, document["health"]["known"])
        facts.numbers[Kind.PERCENT].update(Decimal(area["weight"]) for area in document["health"]["areas"])
    return facts


_KIND_OF_KEY = {
    "sample": Kind.PLAIN,
    "score": Kind.PLAIN,  # that a step up would give, beside the unit of its border
    "progress": Kind.PERCENT,
    "elapsed": Kind.PERCENT,
    "gap_share": Kind.PERCENT,
    "days_left": Kind.DURATION,
    "budget": Kind.MONEY,
    "budget_for_gap": Kind.MONEY,
    "budget_range": Kind.MONEY,
    "budget_units": Kind.PLAIN,
    "overstated": Kind.PERCENT,
}


@lru_cache
def report_of(sample: str, language: Language) -> tuple[Json, Wording]:
    """The result of a sample's workbook in a language."""
    options = pipeline.Options(language=language)
    data = filled_workbook(CATALOG, SAMPLES / sample)
    report = pipeline.examine(CATALOG, data, f"{sample}.xlsx", options)
    return pipeline.document_of(CATALOG, report, options), pipeline.wording_of(report.submission, options)


# --- what the report says of itself -----------------------------------------------------------------------


def own_numerals(facts: Facts) -> None:
    """The numerals of the catalogue's and the interface's own texts, and the numbers of the policy."""
    language = facts.wording.language
    for number in CATALOG.policy.values():
        for kind in (Kind.PLAIN, Kind.DURATION, *([Kind.PERCENT] if number.value <= 1 else [])):
            facts.add(kind, number.value)
        facts.read(number.reason[language])
    for name in ("usable_sample", "good_sample"):
        facts.add(Kind.PLAIN, CATALOG.policy[name].value - 1)  # "30–99 answers"
    for metric in CATALOG.all_metrics():
        for zone in metric.zones:
            for end in (zone.low, zone.high):
                if end is not None:
                    facts.add(_KIND_OF_UNIT.get(metric.unit.value, Kind.PLAIN), end)
    described = (*_texts_in(tuple(CATALOG.all_metrics())), *_texts_in(CATALOG.networks))
    for text in (*described, *_texts_of_outputs()):
        facts.read(text[language])
    for network in CATALOG.networks:
        facts.days.update(_days_in(network))


def _texts_of_outputs() -> Iterator[Text]:
    """The texts of outputs; numbers and dates in what the command line says prove nothing there."""
    for name, text in texts().items():
        if name.partition(".")[0] not in _SAID:
            yield text


def _texts_in(node: Any) -> Iterator[Text]:
    if isinstance(node, Text):
        yield node
    elif isinstance(node, tuple):
        for item in node:
            yield from _texts_in(item)
    elif dataclasses.is_dataclass(node):
        for field in dataclasses.fields(node):
            yield from _texts_in(getattr(node, field.name))


def _days_in(node: Any) -> Iterator[date]:
    if isinstance(node, date):
        yield node
    elif isinstance(node, Mapping):
        for item in node.values():
            yield from _days_in(item)
    elif isinstance(node, tuple):
        for item in node:
            yield from _days_in(item)
    elif dataclasses.is_dataclass(node):
        for field in dataclasses.fields(node):
            yield from _days_in(getattr(node, field.name))


def marks(shown: View) -> Iterator[str]:
    """The words at the axes of charts: they count nothing."""
    for chapter in shown.chapters:
        for part in _parts(chapter.body):
            if isinstance(part, Chart):
                yield from (label.text for label in part.labels if "axis" in label.look.split())


def _parts(node: Any) -> Iterator[Any]:
    yield node
    if isinstance(node, tuple):
        for item in node:
            yield from _parts(item)
    elif dataclasses.is_dataclass(node):
        for field in dataclasses.fields(node):
            yield from _parts(getattr(node, field.name))


# --- the text of a PDF --------------------------------------------------------------------------------------


@dataclasses.dataclass(frozen=True)
class Printed:
    """A report as printed: the facts it may show, and its text, page by page."""

    facts: Facts
    pages: tuple[str, ...]

    def around(self, page: int, numeral: Numeral) -> str:
        """The words around a numeral."""
        return self.pages[page - 1][max(0, numeral.at - 50) : numeral.at + 25]

    @property
    def numerals(self) -> list[tuple[int, Numeral]]:
        wording = self.facts.wording
        return [
            (page, numeral)
            for page, text in enumerate(self.pages, start=1)
            for numeral in numerals(text, wording.language, wording.symbol)
        ]

    @property
    def unknown(self) -> list[tuple[int, str, str, str]]:
        """The numerals that the result does not hold, with their page and the words around them."""
        return [
            (page, numeral.text, numeral.kind.value, self.around(page, numeral))
            for page, numeral in self.numerals
            if not self.facts.knows(numeral)
        ]


Reports: TypeAlias = Callable[[str, Language], Printed]
CASES = [(path.name, language) for path in samples() for language in LANGUAGES]


@pytest.fixture(scope="module")
def printed(poppler: Poppler, tmp_path_factory: pytest.TempPathFactory) -> Reports:
    """Any sample in a language, laid out once and read back."""
    folder = tmp_path_factory.mktemp("proofs")
    return lru_cache(lambda sample, language: _print(sample, language, poppler, folder))


def _print(sample: str, language: Language, poppler: Poppler, folder: Path) -> Printed:
    return print_report(*report_of(sample, language), poppler, folder / f"{sample}-{language}.pdf")


def print_report(document: Json, wording: Wording, poppler: Poppler, path: Path) -> Printed:
    """A result as a PDF, read back."""
    shown = view.build(document, CATALOG, wording)
    data = pdf.render_pdf(shown)
    path.write_bytes(data)
    facts = facts_of(document, wording)
    own_numerals(facts)
    for mark in marks(shown):
        facts.read(mark)
    reader = pypdf.PdfReader(io.BytesIO(data))
    for number in range(1, max(len(shown.chapters), _longest_list(document)) + 1):
        facts.add(Kind.PLAIN, number)
    for entry in reader.outline:
        facts.add(Kind.PLAIN, (reader.get_destination_page_number(entry) or 0) + 1)  # type: ignore[arg-type]
    pages = poppler.text(path).split("\f")[:-1]
    assert len(pages) == len(reader.pages)
    return Printed(
        facts,
        tuple(_without_frame(text, number, len(pages), facts) for number, text in enumerate(pages, start=1)),
    )


def _longest_list(document: Json) -> int:
    return max((len(item["steps"]) for item in document["recommendations"]), default=0)


def _without_frame(text: str, number: int, count: int, facts: Facts) -> str:
    """A page without its page number, and without the days that the result holds."""
    shown = plain_spaces(text)
    framed, found = re.subn(rf"(?<=\s){number} ?/ ?{count}\s*$", "", shown)
    assert found == 1, f"page {number} lacks its number"
    for form in sorted(_forms(facts), key=len, reverse=True):
        framed = framed.replace(form, "")
    return framed


def _forms(facts: Facts) -> set[str]:
    """How the days of a result are printed, alone or as the two ends of a period."""
    wording, days = facts.wording, sorted(facts.days)
    alone = {form(day) for day in days for form in (wording.date, wording.long_date, wording.day_month)}
    spans = {wording.period(first, last) for first in days for last in days if first <= last}
    return {plain_spaces(form) for form in alone | spans}


@pytest.mark.parametrize(("sample", "language"), CASES)
def test_every_printed_number_is_in_the_result(sample: str, language: Language, printed: Reports) -> None:
    report = printed(sample, language)
    assert not report.unknown
    assert len(report.numerals) > 200


# --- from a number to its cells in the PDF ------------------------------------------------------------------


def html_of(sample: str, language: Language) -> str:
    document, wording = report_of(sample, language)
    return pdf.render_html(view.build(document, CATALOG, wording))


@pytest.mark.parametrize(("sample", "language"), CASES)
def test_every_link_of_a_number_leads_to_its_entry(sample: str, language: Language) -> None:
    html = html_of(sample, language)
    links, entries = set(re.findall(r'href="#(p-[^"]+)"', html)), re.findall(r' id="(p-[^"]+)"', html)
    assert links
    assert links <= set(entries)
    assert len(set(entries)) == len(entries)


def proofs_of(document: Json, wording: Wording) -> dict[str, Proof]:
    """The entries of a report, by what they prove."""
    shown = view.build(document, CATALOG, wording)
    return {
        entry.ref: entry
        for chapter in shown.chapters
        for part in _parts(chapter.body)
        if isinstance(part, Proof)
        for entry in (part,)
        if entry.ref
    }


def test_an_entry_gives_formula_figures_range_and_cells() -> None:
    """By hand from the worked example: 60 000 / 40, Byar's limits of 40 events, the cells of its workbook."""
    entry = proofs_of(*report_of("barbershop-ru", "ru"))["cac"]
    assert entry.name == "Стоимость привлечения клиента (CAC)"
    assert plain_spaces(entry.text) == (
        "Все расходы на продвижение / Новых за период = 60 000 ₽ / 40 = 1 500 ₽; "
        "95 %: 1 102–2 100 ₽ (Реклама C6–C10, C20; Клиенты B11)"
    )


def test_rows_stand_under_one_formula() -> None:
    entry = proofs_of(*report_of("barbershop-ru", "ru"))["channel_cac"]
    figures = plain_spaces(entry.text)
    assert figures.startswith("Расход / Новые клиенты. Яндекс Директ: 18 000 ₽ / 14 = 1 286 ₽;")
    assert "₽ (Реклама C6, D6); VK Реклама: 15 000 ₽ / 6 = 2 500 ₽; 95 %: 1 149–6 846 ₽ (C7, D7);" in figures
    assert "Листовки" not in figures  # without clients it has no price to prove


def test_many_rows_are_named_up_to_a_limit() -> None:
    document, wording = report_of("barbershop-ru", "ru")
    rows = [
        entry for entry in document["metrics"] if entry["id"] == "channel_cac" and entry["value"] is not None
    ]
    more = [{**rows[0], "row": 50 + place, "subject": f"Канал {place}"} for place in range(40)]
    crowded = {**document, "metrics": [*document["metrics"], *more]}
    entry = proofs_of(crowded, wording)["channel_cac"]
    assert plain_spaces(entry.text).endswith("ещё 38 строк — в книге")  # 4 + 40 rows, 6 shown
    assert entry.text.count("Реклама") - entry.text.count("VK Реклама") == 1  # the sheet is named once


def test_every_known_metric_that_a_chapter_prints_is_proven() -> None:
    """Whatever stands as a row's label in a chapter has an entry of the same name."""
    document, wording = report_of("barbershop-ru", "ru")
    names = {entry["name"] for entry in document["metrics"] if entry["value"] is not None}
    shown = view.build(document, CATALOG, wording)
    printed = {
        part.text
        for chapter in shown.chapters
        if chapter.body.id not in ("proof", "method", "missing")
        for part in _parts(chapter.body)
        if isinstance(part, Line) and part.text in names
    }
    proven = {entry.name for entry in proofs_of(document, wording).values()}
    assert len(printed) > 10
    assert printed <= proven


def test_columns_part_where_they_are_equal_and_lose_no_entry() -> None:
    """Six entries of one line and one of seven lines: the long one stands alone beside the others."""
    line, long = "слово " * 8, "слово " * 60
    entries = [Proof(str(n), "Имя", long if n == 0 else line) for n in range(7)]
    (pair,) = proof.columns(entries)
    assert [entry.ref for entry in pair.left] == ["0"]
    assert [entry.ref for entry in pair.right] == ["1", "2", "3", "4", "5", "6"]
    many = [Proof(str(n), "Имя", line * (1 + n % 5)) for n in range(60)]
    pairs = [*proof.columns(many)]
    assert [entry for pair in pairs for entry in (*pair.left, *pair.right)] == many
    assert all(pair.height <= proof.COLUMN for pair in pairs)
    assert sum(pair.height for pair in pairs) < 1.1 * sum(entry.height for entry in many) / 2


def test_neighbouring_cells_are_a_range() -> None:
    places = [("Клиенты", "B7"), ("Клиенты", "B12"), ("Реклама", "C6"), ("Реклама", "C8"), ("Реклама", "C7")]
    found = proof.cells({"sheet": sheet, "cell": cell} for sheet, cell in places)
    assert plain_spaces(found) == "Клиенты B7, B12; Реклама C6–C8"


# --- from a number to its cells in the workbook -------------------------------------------------------------

OWN = [(path.name, "ru" if path.name.endswith("ru") else "en") for path in samples()]
# Numbers that are no results: the place of an action in the plan.
ORDINALS = {"actions", "plan_total", "method", "tables"}
# Advice whose amount rests on the status of advertising on networks, which the catalogue states, not a cell.
BY_STATUS = {"R-35"}


def stated_rows(document: Json, book: Workbook, wording: Wording) -> set[tuple[str, int | None]]:
    """Rows of amounts that no formula gives: by the catalogue's statuses, and of goals' statuses in words."""
    actions, health = (book[wording.text(f"workbook.sheet_{name}")] for name in ("actions", "health"))
    numbers = {item["number"] for item in document["recommendations"] if item["id"] in BY_STATUS}
    goals = wording.text("health.goals_name")
    return {(actions.title, row[0].row) for row in actions if row[0].value in numbers} | {
        (health.title, row[0].row) for row in health if row[0].value == goals
    }


@lru_cache
def book_of(sample: str, language: Language) -> Workbook:
    document, wording = report_of(sample, language)
    return openpyxl.load_workbook(io.BytesIO(workbook.build(document, CATALOG, wording)))


def place_of(book: Workbook, name: str) -> tuple[str, tuple[int, int, int, int]]:
    """The sheet of a defined name, and the first and last column and row of its cells."""
    sheet, _, place = str(book.defined_names[name].attr_text).rpartition("!")
    left, top, right, bottom = (int(end or 0) for end in range_boundaries(place.replace("$", "")))
    return sheet.strip("'"), (left, top, right, bottom)


def leads_to(sheet: Worksheet, row: int, column: int) -> str | None:
    link = sheet.cell(row, column).hyperlink
    return link.location if link else None


def owner_cells(book: Workbook) -> set[tuple[str, int, int]]:
    """Cells that hold an answer, a lever to try, or the number of a table's row."""
    found = set()
    for name in book.defined_names:
        if name.startswith(("in_", "rows_", "try_")):
            sheet, (left, top, right, bottom) = place_of(book, name)
            found |= {
                (sheet, row, column) for row in range(top, bottom + 1) for column in range(left, right + 1)
            }
    return found


@pytest.mark.parametrize(("sample", "language"), OWN)
def test_every_number_of_the_workbook_is_an_answer_or_a_formula(sample: str, language: Language) -> None:
    book, (document, wording) = book_of(sample, language), report_of(sample, language)
    given, stated = owner_cells(book), stated_rows(document, book, wording)
    ordinals = {wording.text(f"workbook.sheet_{name}") for name in ORDINALS}
    typed = [
        (sheet.title, cell.coordinate, cell.value)
        for sheet in book
        for row in sheet.iter_rows()
        for cell in row
        if cell.data_type in ("n", "d")
        and cell.value is not None
        and (sheet.title, cell.row, cell.column) not in given
        and not (sheet.title in ordinals and cell.column == 1)
        and (sheet.title, cell.row) not in stated
    ]
    assert given
    assert not typed


@pytest.mark.parametrize(("sample", "language"), OWN)
def test_every_way_through_the_workbook_leads_somewhere(sample: str, language: Language) -> None:
    book = book_of(sample, language)
    links = [cell.hyperlink for sheet in book for row in sheet for cell in row]
    targets = [str(link.location) for link in links if link]
    sheets = {sheet.title for sheet in book}
    lost = [
        target
        for target in targets
        if target not in book.defined_names and target.rpartition("!")[0].strip("'") not in sheets
    ]
    assert len(targets) > 100
    assert not lost


def test_a_metric_leads_to_its_method_and_the_method_to_the_answer() -> None:
    """The price of a client, from the sheet of metrics to the first of its cells."""
    book, (_, wording) = book_of("barbershop-ru", "ru"), report_of("barbershop-ru", "ru")
    metrics, method = (book[wording.text(f"workbook.sheet_{name}")] for name in ("metrics", "method"))
    _, (column, row, *_) = place_of(book, "m_cac")
    assert leads_to(metrics, row, column) == "how_cac"
    title, (_, told, *_) = place_of(book, "how_cac")
    assert title == method.title
    assert leads_to(method, told, 5) == "in_channels_spend"
    assert plain_spaces(str(method.cell(told, 4).value)) == "60 000 ₽ / 40 = 1 500 ₽"


@pytest.mark.parametrize(("sample", "language"), OWN)
def test_sheets_print_whole_with_their_headings_in_view(sample: str, language: Language) -> None:
    book = book_of(sample, language)
    for sheet in book:
        assert sheet.print_area, sheet.title
        assert not sheet.merged_cells.ranges, sheet.title
        assert sheet.freeze_panes, sheet.title
        fitted = sheet.sheet_properties.pageSetUpPr
        assert (fitted and fitted.fitToPage) or sheet.page_setup.scale, sheet.title


def test_the_answers_name_the_file_they_came_from() -> None:
    book, (document, wording) = book_of("barbershop-ru", "ru"), report_of("barbershop-ru", "ru")
    told = str(book[wording.text("workbook.sheet_answers")]["A2"].value)
    assert document["source"]["sha256"][:16] in told


# --- the net itself -----------------------------------------------------------------------------------------

MUTATIONS = 50
LEAST_CAUGHT = {Kind.MONEY: 0.8, Kind.PERCENT: 0.55, Kind.DURATION: 0.0, Kind.PLAIN: 0.2}


def changed(numeral: Numeral, chance: random.Random) -> Numeral:
    """The same numeral with one of its digits misprinted."""
    digits = str(numeral.value)
    places = [place for place, char in enumerate(digits) if char.isdigit()]
    place = chance.choice(places)
    other = chance.choice([digit for digit in "123456789" if digit != digits[place]])
    return dataclasses.replace(numeral, value=Decimal(digits[:place] + other + digits[place + 1 :]))


def test_a_misprinted_number_is_noticed(printed: Reports) -> None:
    """Small whole numbers are often somebody else's; amounts and shares with decimals hardly ever."""
    caught: Counter[Kind] = Counter()
    tried: Counter[Kind] = Counter()
    for sample, language in CASES:
        report = printed(sample, language)
        chance = random.Random(f"{sample} {language}")
        for _, numeral in chance.sample(report.numerals, MUTATIONS):
            tried[numeral.kind] += 1
            caught[numeral.kind] += not report.facts.knows(changed(numeral, chance))
    rates = {kind: caught[kind] / tried[kind] for kind in tried}
    assert all(rates[kind] >= LEAST_CAUGHT[kind] for kind in rates), rates
    assert caught.total() / tried.total() > 0.35
