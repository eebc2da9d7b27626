"""Workbooks of other formats give the numbers of the same workbook as .xlsx, and say what they can't tell."""

from __future__ import annotations

from io import BytesIO
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from openpyxl.workbook.defined_name import DefinedName

from sheetreport import pipeline
from sheetreport.catalog.load import load_catalog
from sheetreport.pipeline import Options
from sheetreport.read.book import Book, Place
from sheetreport.read.formats import Format, recognise
from sheetreport.read.legacy import answers_of, open_legacy
from sheetreport.read.values import RawValue
from tests.conftest import Office
from tests.xlsb import xlsb

FORMATS = ("ods", "xls")


def document(data: bytes) -> dict[str, Any]:
    return pipeline.process(load_catalog(), data, "client", Options(pdf=False, corrections=False)).result


@pytest.fixture(scope="module", params=FORMATS)
def converted(request: pytest.FixtureRequest, soffice: Office, filled: bytes, tmp_path_factory: Any) -> bytes:
    """The worked example's workbook as LibreOffice saves it in another format, under a misleading name."""
    folder: Path = tmp_path_factory.mktemp("legacy")
    folder.joinpath("client.xlsx").write_bytes(filled)
    return soffice.convert(folder / "client.xlsx", request.param, folder).read_bytes()


@pytest.fixture(scope="module", params=FORMATS)
def odd(request: pytest.FixtureRequest, soffice: Office, tmp_path_factory: Any) -> tuple[Format, Book]:
    """A small workbook with a cell of each kind, away from the corner."""
    folder: Path = tmp_path_factory.mktemp("odd")
    workbook = openpyxl.Workbook()
    sheet = workbook.active
    assert sheet is not None
    sheet.title = "It's"
    cells: dict[str, Any] = {
        "C3": "words",
        "D4": 5,
        "D5": 0.15,
        "D6": "=1/0",
        "D7": "=D4*2",
        "D8": True,
        "D9": "=1-1",
    }
    for place, value in cells.items():
        sheet[place] = value
    sheet["D5"].number_format = "0%"
    workbook.defined_names["in_some"] = DefinedName("in_some", attr_text="'It''s'!$C$3:$D$4")
    stream = BytesIO()
    workbook.save(stream)
    folder.joinpath("odd.xlsx").write_bytes(stream.getvalue())
    data = soffice.convert(folder / "odd.xlsx", request.param, folder).read_bytes()
    found = recognise(data)
    return found, open_legacy(data, set(), found)


def test_the_numbers_are_those_of_the_same_workbook(converted: bytes, filled: bytes) -> None:
    expected, found = document(filled), document(converted)
    assert found["status"] == expected["status"] == "complete"
    values = [
        {(metric["id"], metric["subject"]): metric["value"] for metric in one["metrics"]}
        for one in (expected, found)
    ]
    assert values[1] == pytest.approx(values[0])
    assert found["answers"].keys() == expected["answers"].keys()


def test_one_warning_says_what_the_format_can_t_tell(converted: bytes, filled: bytes) -> None:
    def said(data: bytes) -> list[str]:
        return sorted(finding["code"] for finding in document(data)["findings"])

    assert said(converted) == sorted([*said(filled), "S-14"])


def test_values_formulas_errors_and_percentages(odd: tuple[Format, Book]) -> None:
    found, book = odd
    cells = book.pages["It's"].cells
    raw: dict[Place, RawValue] = {place: cell.raw for place, cell in cells.items()}
    assert raw[3, 3] == "words"
    assert (raw[4, 4], raw[5, 4], raw[7, 4], raw[8, 4]) == (5, 0.15, 10, True)
    assert str(raw[6, 4]).startswith("#")
    assert [place for place, cell in cells.items() if cell.percent] == [(5, 4)]
    # LibreOffice writes 0 into .xls for a formula that gives a text, so there a 0 is not believed.
    assert raw[9, 4] == (None if found is Format.XLS else 0)
    truth = {(8, 4)}  # which LibreOffice writes as a formula
    assert {place for place, cell in cells.items() if cell.formula} - truth == {(6, 4), (7, 4), (9, 4)}
    assert cells[5, 4].source.cell == "D5"


def test_names_of_ranges(odd: tuple[Format, Book]) -> None:
    area = odd[1].names["in_some"]
    assert area is not None
    assert (area.sheet, area.top, area.left, area.bottom, area.right) == ("It's", 3, 3, 4, 4)


def test_rows_of_sums_are_no_answers_where_formulas_can_t_be_told() -> None:
    values: dict[Place, RawValue] = {
        (1, 1): "VK",
        (1, 2): 5,
        (2, 1): "Итого:",
        (2, 2): 5,
        (3, 1): "Итальянцы",
    }
    assert set(answers_of("Реклама", values)) == {(1, 1), (1, 2), (3, 1)}


# --- .xlsb, which LibreOffice reads but does not save: a file of our own making ---------------------


def test_an_xlsb_gives_the_numbers_of_the_same_workbook(filled: bytes) -> None:
    data = xlsb(filled)
    assert recognise(data) is Format.XLSB
    here, there = document(data), document(filled)
    assert here["status"] == there["status"] == "complete"
    numbers = {(one["id"], one["subject"]): one["value"] for one in there["metrics"]}
    assert {(one["id"], one["subject"]): one["value"] for one in here["metrics"]} == pytest.approx(numbers)
    assert [one["severity"] for one in here["findings"] if one["code"] == "S-14"] == ["warning"]


def test_an_xlsb_of_somebody_else_is_refused_in_words() -> None:
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    sheet["A1"] = "ledger"
    stream = BytesIO()
    book.save(stream)
    (finding,) = document(xlsb(stream.getvalue()))["findings"]
    assert finding["code"] == "S-07"


def test_an_xlsb_that_is_damaged_is_refused_in_words(filled: bytes) -> None:
    data = xlsb(filled)
    assert [one["code"] for one in document(data[: len(data) // 2])["findings"]] == ["S-05"]


def test_an_xlsb_whose_cells_name_no_column_is_refused(filled: bytes) -> None:
    """Such cells would look blank, and a blank is no answer."""
    found = document(xlsb(filled, short=True))
    assert (found["status"], [one["code"] for one in found["findings"]]) == ("refused", ["S-05"])
