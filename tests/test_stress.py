"""Nothing breaks the layout: the longest names, the largest tables, next to no data, amounts in billions.

What the answers are is in stress.py. The pages are judged by programs that did not make them: Poppler says
where each word of the PDF stands, LibreOffice opens and prints the workbook.
"""

from __future__ import annotations

import io
import re
import subprocess
import time
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from xml.etree import ElementTree as ET

import openpyxl
import pytest
from pypdf import PdfReader

from sheetreport import pipeline
from sheetreport.catalog.load import load_catalog
from sheetreport.i18n import Wording
from sheetreport.model import LANGUAGES, Language, Status
from sheetreport.render import pdf, view
from tests import stress
from tests.conftest import Office, Poppler

CATALOG = load_catalog()
POINTS_PER_MM = 72 / 25.4
LEFT, RIGHT = 20 * POINTS_PER_MM, (210 - 20) * POINTS_PER_MM
TOP, BOTTOM = 11 * POINTS_PER_MM, (297 - 8) * POINTS_PER_MM
SLACK = 1.5  # points: an italic's overhang, a rounding
MOST_PAGES = {"least": 6, "large_tables": 60, "large_and_long": 75}
CPU_PER_PAGE = 0.9  # seconds for all outputs; 0.2 where it was written

# Every case in one language at least; those where words and amounts differ most, in both.
CASES: list[tuple[str, Language]] = [
    *((name, LANGUAGES[place % 2]) for place, name in enumerate(stress.CASES)),
    *((name, LANGUAGES[1 - list(stress.CASES).index(name) % 2]) for name in ("long_words", "billions")),
]


def languages_of(name: str) -> list[Language]:
    return [language for case, language in CASES if case == name]


@dataclass(frozen=True, slots=True)
class Word:
    """A printed word and its box, in points from the top left corner."""

    page: int
    text: str
    left: float
    top: float
    right: float
    bottom: float

    def __str__(self) -> str:
        return f"page {self.page}: {self.text} {self.left:.0f}-{self.right:.0f}, {self.top:.0f}"

    def covers(self, other: Word) -> bool:
        """Whether two words stand on each other; boxes are as high as the line, letters are not."""
        return (
            self.left + 1 < other.right - 1
            and other.left + 1 < self.right - 1
            and _middle(self)[0] < _middle(other)[1]
            and _middle(other)[0] < _middle(self)[1]
        )


def _middle(word: Word) -> tuple[float, float]:
    """The part of a word's height that letters surely take."""
    height = word.bottom - word.top
    return word.top + 0.38 * height, word.bottom - 0.30 * height


@lru_cache
def made(name: str, language: Language) -> pipeline.Outcome:
    return timed(name, language)[0]


@lru_cache
def timed(name: str, language: Language) -> tuple[pipeline.Outcome, float]:
    """What became of a case, and the seconds of this process's time that it took."""
    workbook = stress.workbook(CATALOG, stress.CASES[name]())
    options = pipeline.Options(language=language, corrections=False)
    started = time.process_time()
    return pipeline.process(CATALOG, workbook, f"{name}.xlsx", options), time.process_time() - started


@lru_cache
def words(name: str, language: Language, tool: Path) -> Sequence[Word]:
    """Every word of the PDF with its place."""
    done = subprocess.run(
        [tool, "-bbox", "-", "-"],
        input=made(name, language).outputs["report.pdf"],
        capture_output=True,
        check=True,
        timeout=120,
    )
    readable = re.sub(r"[\x00-\x08\x0b\x0c\x0e-\x1f]", "", done.stdout.decode("utf-8", errors="replace"))
    pages = ET.fromstring(readable).iter("{http://www.w3.org/1999/xhtml}page")
    found = [
        Word(
            number,
            word.text or "",
            *(float(word.get(key, "nan")) for key in ("xMin", "yMin", "xMax", "yMax")),
        )
        for number, page in enumerate(pages, start=1)
        for word in page
    ]
    assert len(found) > 300, "Poppler found hardly any word"
    return found


@pytest.mark.parametrize(("name", "language"), CASES)
def test_a_report_is_made_at_a_sane_length_and_cost(name: str, language: Language) -> None:
    outcome, seconds = timed(name, language)
    assert outcome.status is not Status.REFUSED
    reader = PdfReader(io.BytesIO(outcome.outputs["report.pdf"]))
    assert 3 <= len(reader.pages) <= MOST_PAGES.get(name, 32)
    assert seconds / len(reader.pages) < CPU_PER_PAGE


@pytest.mark.parametrize(("name", "language"), CASES)
def test_no_word_leaves_the_text_area(name: str, language: Language, poppler: Poppler) -> None:
    outside = [
        str(word)
        for word in words(name, language, poppler.pdftotext)
        if word.left < LEFT - SLACK or word.right > RIGHT + SLACK or word.top < TOP or word.bottom > BOTTOM
    ]
    assert not outside


@pytest.mark.parametrize(("name", "language"), CASES)
def test_no_two_words_stand_on_each_other(name: str, language: Language, poppler: Poppler) -> None:
    by_page = defaultdict(list)
    for word in words(name, language, poppler.pdftotext):
        by_page[word.page].append(word)
    clashes = [pair for page in by_page.values() for pair in _clashes(page)]
    assert not [" / ".join(map(str, pair)) for pair in clashes if not any(map(_is_odd, pair))]


def _clashes(page: Sequence[Word]) -> Iterator[tuple[Word, Word]]:
    ordered = sorted(page, key=lambda word: word.top)
    for place, word in enumerate(ordered):
        for other in ordered[place + 1 :]:
            if other.top > word.bottom:
                break
            if word.covers(other):
                yield word, other


def _is_odd(word: Word) -> bool:
    """Marks on marks and right-to-left letters: Poppler puts their boxes where it likes."""
    return any(
        not (char.isascii() or "\u00a0" <= char <= "\u052f" or "\u2000" <= char <= "\u22ff")
        for char in word.text
    )


@pytest.mark.parametrize("name", ["one_word", "large_and_long"])
def test_page_one_is_one_page_and_no_row_is_split(name: str) -> None:
    language = languages_of(name)[0]
    document = made(name, language).result
    shown = view.build(document, CATALOG, Wording(language, document["currency"]))
    _, laid_out = pdf._fitting(shown)
    assert pdf._is_page_one(laid_out)
    pages = defaultdict(set)
    for number, page in enumerate(laid_out.pages, start=1):
        for box in page._page_box.descendants():
            if box.element is not None and box.element_tag == "tr":
                pages[box.element].add(number)
    broken = [row for row, on in pages.items() if len(on) > 1]
    heads = [row for row in broken if {cell.get("scope") for cell in row} == {"col"}]
    assert len(pages) > 100
    assert heads, "no table goes on on another page"
    assert broken == heads, "a row is broken over pages"


def test_the_largest_tables_are_printed_whole() -> None:
    outcome = made("large_tables", languages_of("large_tables")[0])
    document = outcome.result
    sizes = {name: len(rows) for name, rows in document["answers"]["tables"].items()}
    assert sizes["channels"] == stress.CHANNELS == 40
    assert sizes["social"] == stress.NETWORKS == 12
    assert len(document["goals"]) == stress.GOALS == 30
    reader = PdfReader(io.BytesIO(outcome.outputs["report.pdf"]))
    text = " ".join(" ".join(page.extract_text().split()) for page in reader.pages)
    for number in range(1, stress.CHANNELS + 1):
        assert f"Канал номер {number} " in text
    for goal in document["goals"]:
        assert goal["text"].split()[0] + " " in text


# --- the workbook ---------------------------------------------------------------------------------

OPENED = ("large_and_long", "billions", "zeros")


@pytest.fixture(scope="module")
def opened(soffice: Office, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """The folder with the workbooks as LibreOffice calculates and prints them."""
    folder = tmp_path_factory.mktemp("stress")
    paths = []
    for name in OPENED:
        path = folder / f"{name}.xlsx"
        path.write_bytes(made(name, languages_of(name)[0]).outputs["report.xlsx"])
        paths.append(path)
    soffice.convert_all(paths, "xlsx", folder / "calculated")
    soffice.convert_all(paths, "pdf", folder / "printed")
    return dict.fromkeys(OPENED, folder)


@pytest.mark.parametrize("name", OPENED)
def test_the_workbook_calculates_without_errors(name: str, opened: dict[str, Path]) -> None:
    path = opened[name] / "calculated" / f"{name}.xlsx"
    book = openpyxl.load_workbook(path, data_only=True)
    assert all(len(title) <= 31 for title in book.sheetnames)
    cells = [
        (sheet.title, cell.coordinate, cell.value)
        for sheet in book
        for row in sheet.iter_rows()
        for cell in row
        if cell.value is not None
    ]
    assert len(cells) > 300
    assert not [cell for cell in cells if re.match(r"#(NAME|REF|VALUE|DIV|N/A|NUM|NULL)|Err:", str(cell[2]))]


@pytest.mark.parametrize("name", OPENED)
def test_no_column_of_the_printed_workbook_is_too_narrow(
    name: str, opened: dict[str, Path], poppler: Poppler
) -> None:
    text = poppler.text(opened[name] / "printed" / f"{name}.pdf")
    assert len(text) > 1000
    assert "###" not in text
