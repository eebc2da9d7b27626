"""No number is printed that the result doesn't hold: every numeral of the PDF's text is looked up in the JSON.

Money is compared with money, shares with shares, times with times, each rounded as it is printed. What else a
report may print is listed here: numerals of the catalogue's and the interface's own texts, marks of axes, dates,
and the numbers of pages and chapters.
"""

from __future__ import annotations

import dataclasses
import io
import math
import random
import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from functools import lru_cache
from pathlib import Path
from typing import Any

import pypdf
import pytest

from sheetreport import pipeline
from sheetreport.catalog.definitions import FieldType, Text
from sheetreport.catalog.load import load_catalog
from sheetreport.i18n import Wording, texts
from sheetreport.model import LANGUAGES, Language
from sheetreport.naming import MONEY_RATIOS
from sheetreport.render import pdf, view
from sheetreport.render.view.model import Body, Cell, Chart, Column, Evidence, Figure, Line, Proofs, Table, View, Wide
from tests.conftest import Poppler
from tests.generated import SAMPLES, filled_workbook, samples
from tests.numerals import Kind, Numeral, numerals, plain_spaces

CATALOG = load_catalog()
Json = Mapping[str, Any]

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
            case list():
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

    walk(document, Kind.PLAIN)
    if document.get("health"):
        facts.add(Kind.PERCENT, document["health"]["known"])
    return facts


_KIND_OF_KEY = {
    "sample": Kind.PLAIN,
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
    """The numerals of the catalogue's texts about metrics, policy and networks, and of the interface's texts."""
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
    for text in (*_texts_in(tuple(CATALOG.all_metrics())), *_texts_in(CATALOG.networks), *texts().values()):
        facts.read(text[language])
    for network in CATALOG.networks:
        facts.days.update(_days_in(network))


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

    @property
    def numerals(self) -> list[tuple[int, Numeral]]:
        wording = self.facts.wording
        return [
            (page, numeral)
            for page, text in enumerate(self.pages, start=1)
            for numeral in numerals(text, wording.language, wording.symbol)
        ]


CASES = [(path.name, language) for path in samples() for language in LANGUAGES]


@pytest.fixture(scope="module")
def printed(poppler: Poppler, tmp_path_factory: pytest.TempPathFactory) -> Mapping[tuple[str, Language], Printed]:
    """Every sample in both languages, laid out and read back."""
    folder = tmp_path_factory.mktemp("proofs")
    return {case: _print(*case, poppler, folder) for case in CASES}


def _print(sample: str, language: Language, poppler: Poppler, folder: Path) -> Printed:
    document, wording = report_of(sample, language)
    shown = view.build(document, CATALOG, wording)
    data = pdf.render_pdf(shown)
    path = folder / f"{sample}-{language}.pdf"
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
        facts, tuple(_without_frame(text, number, len(pages), facts) for number, text in enumerate(pages, start=1))
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
def test_every_printed_number_is_in_the_result(
    sample: str, language: Language, printed: Mapping[tuple[str, Language], Printed]
) -> None:
    report = printed[sample, language]
    unknown = [
        (page, numeral.text, numeral.kind.value, report.pages[page - 1][max(0, numeral.at - 50) : numeral.at + 25])
        for page, numeral in report.numerals
        if not report.facts.knows(numeral)
    ]
    assert not unknown
    assert len(report.numerals) > 200


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


def test_a_misprinted_number_is_noticed(printed: Mapping[tuple[str, Language], Printed]) -> None:
    """Small whole numbers are often somebody else's; amounts and shares with decimals hardly ever."""
    caught: Counter[Kind] = Counter()
    tried: Counter[Kind] = Counter()
    for (sample, language), report in printed.items():
        chance = random.Random(f"{sample} {language}")
        for _, numeral in chance.sample(report.numerals, MUTATIONS):
            tried[numeral.kind] += 1
            caught[numeral.kind] += not report.facts.knows(changed(numeral, chance))
    rates = {kind: caught[kind] / tried[kind] for kind in tried}
    assert all(rates[kind] >= LEAST_CAUGHT[kind] for kind in rates), rates
    assert caught.total() / tried.total() > 0.35
