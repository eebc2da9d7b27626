"""The PDF as a screen reader and an archive meet it: tags, words for pictures, no validator objecting."""

from __future__ import annotations

import io
import re
import subprocess
from collections.abc import Iterator
from functools import lru_cache
from itertools import pairwise
from pathlib import Path
from typing import Any

import openpyxl
import pypdf
import pytest

from sheetreport.catalog.load import load_catalog
from sheetreport.model import LANGUAGES, Language
from sheetreport.pipeline import Options, Outcome, process
from tests.conftest import program
from tests.generated import SAMPLES, samples, workbook_of
from tests.verapdf import failures

CATALOG = load_catalog()
PARTIAL = "partial"
NAMES = [*(path.name for path in samples()), PARTIAL]
CASES = [(name, language) for name in NAMES for language in LANGUAGES]
ARCHIVED = "barbershop-ru"

Element = Any  # a dictionary of the structure tree


def owners_workbook(name: str) -> bytes:
    if name != PARTIAL:
        return workbook_of(SAMPLES / name).read_bytes()
    book = openpyxl.load_workbook(workbook_of(SAMPLES / "barbershop-ru"))
    cell = next(
        cell
        for row in book["Клиенты"].iter_rows()
        for cell in row
        if cell.value == 720000  # the month's revenue
    )
    cell.value = "около 700 тыс."
    changed = io.BytesIO()
    book.save(changed)
    return changed.getvalue()


@lru_cache
def outcome(name: str, language: Language, *, archive: bool = False) -> Outcome:
    options = Options(language=language, corrections=False, archive=archive)
    return process(CATALOG, owners_workbook(name), f"{name}.xlsx", options)


@lru_cache
def consultants_copy(language: Language) -> bytes:
    options = Options(language=language, corrections=False, audience="consultant")
    return process(CATALOG, owners_workbook(PARTIAL), "x.xlsx", options).outputs["consultant.pdf"]


def report(name: str, language: Language, *, archive: bool = False) -> bytes:
    return outcome(name, language, archive=archive).outputs["report.pdf"]


@lru_cache
def reader(name: str, language: Language, *, archive: bool = False) -> pypdf.PdfReader:
    return pypdf.PdfReader(io.BytesIO(report(name, language, archive=archive)))


def root(name: str, language: Language) -> Any:
    return reader(name, language).trailer["/Root"]


def kids(element: Element) -> Iterator[Element]:
    for kid in element.get("/K", []):
        known = kid.get_object()
        if isinstance(known, dict) and "/S" in known:
            yield known


def elements(element: Element) -> Iterator[Element]:
    """The structure tree from an element down, in reading order."""
    yield element
    for kid in kids(element):
        yield from elements(kid)


def tagged(name: str, language: Language, kind: str) -> list[Element]:
    (top,) = root(name, language)["/StructTreeRoot"]["/K"]
    return [element for element in elements(top.get_object()) if element["/S"] == kind]


def links(name: str, language: Language) -> list[Any]:
    found = [one.get_object() for page in reader(name, language).pages for one in page.get("/Annots", [])]
    return [one for one in found if one["/Subtype"] == "/Link"]


# --- validators -----------------------------------------------------------------------------------


def written(folder: Path, name: str, language: Language, *, archive: bool = False) -> Path:
    path = folder / f"{name}-{language}{'-archive' if archive else ''}.pdf"
    path.write_bytes(report(name, language, archive=archive))
    return path


def test_a_validator_objects_to_nothing(tmp_path: Path) -> None:
    program("java", "default-jre-headless")
    files = [written(tmp_path, name, language) for name, language in CASES]
    files += [written(tmp_path, ARCHIVED, language, archive=True) for language in LANGUAGES]
    for language in LANGUAGES:
        files.append(tmp_path / f"consultant-{language}.pdf")
        files[-1].write_bytes(consultants_copy(language))
    assert dict(zip(files, failures("ua1", files), strict=True)) == {path: [] for path in files}


def test_a_validator_takes_the_archive_for_one(tmp_path: Path) -> None:
    program("java", "default-jre-headless")
    archives = [written(tmp_path, ARCHIVED, language, archive=True) for language in LANGUAGES]
    ordinary = written(tmp_path, ARCHIVED, "ru")
    *kept, refused = failures("3a", [*archives, ordinary])
    assert kept == [[], []]
    assert any("PDF/A OutputIntent" in line for line in refused)  # so it does check


# --- tags -----------------------------------------------------------------------------------------


def test_the_partial_report_is_one() -> None:
    assert outcome(PARTIAL, "ru").result["status"] == "partial"


@pytest.mark.parametrize(("name", "language"), CASES)
def test_the_document_says_what_it_is(name: str, language: Language) -> None:
    catalog, result = root(name, language), outcome(name, language).result
    assert catalog["/Lang"] == language
    assert catalog["/MarkInfo"]["/Marked"]
    assert catalog["/ViewerPreferences"]["/DisplayDocTitle"]
    metadata = reader(name, language).metadata
    assert metadata is not None
    assert metadata.title is not None
    assert result["company"] in metadata.title
    assert all(str(page["/Tabs"]) == "/S" for page in reader(name, language).pages)


@pytest.mark.parametrize(("name", "language"), CASES)
def test_headings_go_down_one_level_at_a_time(name: str, language: Language) -> None:
    (top,) = root(name, language)["/StructTreeRoot"]["/K"]
    levels = [
        int(element["/S"][2:])
        for element in elements(top.get_object())
        if re.fullmatch(r"/H\d", element["/S"])
    ]
    assert levels[0] == 1
    assert levels.count(1) == 1
    assert len(levels) > 10
    assert not [pair for pair in pairwise(levels) if pair[1] > pair[0] + 1]


@pytest.mark.parametrize(("name", "language"), CASES)
def test_every_table_says_which_cells_are_heads(name: str, language: Language) -> None:
    tables = tagged(name, language, "/Table")
    assert len(tables) > 5
    for table in tables:
        heads = [element for element in elements(table) if element["/S"] == "/TH"]
        assert {head["/A"]["/Scope"] for head in heads} <= {"/Column", "/Row"}
        for group in kids(table):
            scope = "/Column" if group["/S"] == "/THead" else "/Row"
            rows = [[cell for cell in kids(row) if cell["/S"] == "/TH"] for row in kids(group)]
            assert all(rows), "a row without a head"
            assert {cell["/A"]["/Scope"] for row in rows for cell in row} == {scope}
        known = {head["/ID"] for head in heads}
        cells = [element for element in elements(table) if element["/S"] == "/TD"]
        assert all(cell["/A"]["/Headers"] and set(cell["/A"]["/Headers"]) <= known for cell in cells)


@pytest.mark.parametrize(("name", "language"), CASES)
def test_every_chart_has_words_and_a_place(name: str, language: Language) -> None:
    figures = tagged(name, language, "/Figure")
    assert len(figures) > 3
    assert not tagged(name, language, "/Art")
    with_numbers = [figure for figure in figures if re.search(r"\d", figure["/Alt"])]
    assert len(with_numbers) > len(figures) / 2
    for figure in figures:
        assert re.search(r"[^\W\d_]{2}", figure["/Alt"]), figure["/Alt"]
        left, bottom, right, top = figure["/A"]["/BBox"]
        page = figure["/Pg"].get_object()["/MediaBox"]
        assert 0 <= left < right <= page[2]
        assert 0 <= bottom < top <= page[3]


def test_a_chart_s_place_is_where_it_is_drawn(tmp_path: Path) -> None:
    """The words beside the first chart of page 2 lie inside the box that its tag names."""
    (top,) = root("barbershop-ru", "ru")["/StructTreeRoot"]["/K"]
    second = reader("barbershop-ru", "ru").pages[1]
    figures = [
        element
        for element in elements(top.get_object())
        if element["/S"] == "/Figure" and element.raw_get("/Pg") == second.indirect_reference
    ]
    movement = next(figure for figure in figures if "40" in figure["/Alt"] and "30" in figure["/Alt"])
    left, bottom, right, high = movement["/A"]["/BBox"]
    seen: list[tuple[str, float, float]] = []

    def visit(text: str, matrix: Any, position: Any, *_: Any) -> None:
        x = matrix[0] * position[4] + matrix[2] * position[5] + matrix[4]
        y = matrix[1] * position[4] + matrix[3] * position[5] + matrix[5]
        seen.append((text.strip(), x, y))

    second.extract_text(visitor_text=visit)
    rounding = 0.005  # points: the corners are written with two decimals
    inside = {text for text, x, y in seen if left - rounding <= x <= right and bottom <= y <= high}
    assert {"Пришли", "40", "Ушли", "30"} <= inside
    assert len(inside) < 8


@pytest.mark.parametrize(("name", "language"), CASES)
def test_links_say_where_they_lead(name: str, language: Language) -> None:
    found = links(name, language)
    named = {one["/Contents"] for one in found}
    chapters = [item.title for item in reader(name, language).outline[1:] if not isinstance(item, list)]
    assert len(chapters) > 2
    assert set(chapters) <= named  # the contents lead to every chapter
    assert not [one for one in found if one["/Contents"] == one["/Dest"]]
    assert all(one["/F"] == 4 and "/StructParent" in one for one in found)


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_contents_name_the_page_of_each_chapter(language: Language) -> None:
    document = reader("barbershop-ru", language)
    text = re.sub(r"\s+", " ", document.pages[1].extract_text())
    for item in document.outline[1:]:
        assert not isinstance(item, list)
        number = document.get_destination_page_number(item)
        assert number is not None
        assert re.search(rf"{re.escape(str(item.title))} {number + 1}\b", text), item.title


@pytest.mark.parametrize(("name", "language"), CASES)
def test_footers_are_not_read_out(name: str, language: Language) -> None:
    tree = root(name, language)["/StructTreeRoot"]
    (top,) = tree["/K"]
    read = {element.indirect_reference.idnum for element in elements(top.get_object())}
    numbers = tree["/ParentTree"]["/Nums"]
    for page, document_page in enumerate(reader(name, language).pages):
        owners = [
            owner for owner in numbers[2 * page + 1].get_object() if owner != pypdf.generic.NullObject()
        ]
        assert owners
        assert {owner.idnum for owner in owners} <= read
        content = document_page.get_contents()
        assert content is not None
        footers = re.findall(rb"/Artifact\s*<</Type /Pagination>>\s*BDC", content.get_data())
        assert len(footers) == 2  # whose report it is, and the number of the page


@pytest.mark.parametrize("language", LANGUAGES)
def test_headings_are_read_in_the_order_of_the_report(language: Language, tmp_path: Path) -> None:
    """Poppler reads the tree of tags out, text and all."""
    program("pdfinfo", "poppler-utils")
    path = written(tmp_path, "barbershop-ru", language)
    done = subprocess.run(["pdfinfo", "-struct-text", str(path)], capture_output=True, check=True, timeout=60)
    assert not done.stderr, "tags that are not where the file says"
    headings, inside = [], 0
    for line in done.stdout.decode("utf-8").splitlines():
        depth = len(line) - len(line.lstrip())
        if re.match(r"\s*H[12]\b", line):
            headings.append("")
            inside = depth
        elif headings and depth <= inside:
            inside = 1000
        elif headings and depth > inside and '"' in line:
            headings[-1] += line.strip().strip('"') + " "
    said = [heading.strip().replace("\N{NO-BREAK SPACE}", " ") for heading in headings]
    html = [item for item in said if item]
    assert html[0] == "Барбершоп «Борода и чай» (вымышленный)"
    contents = html.index("Содержание" if language == "ru" else "Contents")
    bookmarks = [item for item in reader("barbershop-ru", language).outline if not isinstance(item, list)]
    assert contents > 3
    assert len(html) - contents == len(bookmarks)  # one for each chapter, and the bookmark of the whole


# --- archive --------------------------------------------------------------------------------------


@pytest.mark.parametrize("language", LANGUAGES)
def test_an_archive_keeps_the_workbook_and_the_result(language: Language) -> None:
    made = outcome(ARCHIVED, language, archive=True)
    document = reader(ARCHIVED, language, archive=True)
    catalog: Any = document.trailer["/Root"]
    files = [file.get_object() for file in catalog["/AF"]]
    kept = {
        str(file["/UF"]): (
            file["/AFRelationship"],
            file["/EF"]["/F"].get_object()["/Subtype"],
            file["/EF"]["/F"].get_object().get_data(),
        )
        for file in files
    }
    assert len(files) == 2
    assert kept == {
        "barbershop-ru.xlsx": (
            "/Source",
            "/application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
            owners_workbook(ARCHIVED),
        ),
        "barbershop-ru-report.json": ("/Data", "/application/json", made.outputs["report.json"]),
    }
    assert all(file["/Desc"] for file in files)
    assert all(file["/EF"]["/F"].get_object()["/Params"]["/ModDate"] == "D:20261116000000Z" for file in files)
    assert {name: parts[0] for name, parts in document.attachments.items()} == {
        name: content for name, (_, _, content) in kept.items()
    }


def test_an_archive_says_that_it_is_one_and_accessible() -> None:
    catalog: Any = reader(ARCHIVED, "ru", archive=True).trailer["/Root"]
    said = catalog["/Metadata"].get_object().get_data().decode()
    assert 'pdfaid:part="3"' in said
    assert 'pdfaid:conformance="A"' in said
    assert 'pdfuaid:part="1"' in said
    (intent,) = catalog["/OutputIntents"]
    assert intent["/S"] == "/GTS_PDFA1"
    assert "/DestOutputProfile" in intent


def test_without_archive_nothing_is_attached() -> None:
    document = reader(ARCHIVED, "ru")
    assert not document.attachments
    catalog: Any = document.trailer["/Root"]
    assert "/OutputIntents" not in catalog
