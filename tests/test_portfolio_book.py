"""The portfolio's workbook: tables, live formulas that other programs agree with, text that stays text."""

from __future__ import annotations

from io import BytesIO
from pathlib import Path
from zipfile import ZipFile

import openpyxl
import pytest
from openpyxl.workbook import Workbook
from openpyxl.worksheet.formula import ArrayFormula

from sheetreport.bureau.brand import load_brand
from sheetreport.catalog.load import load_catalog
from sheetreport.i18n import Wording
from sheetreport.model import Language
from sheetreport.portfolio import Entry
from sheetreport.portfolio.book import render_book
from sheetreport.portfolio.clients import read_clients
from tests.client_folder import ALDER, ORDER, entry, folder
from tests.conftest import SAMPLES, Office
from tests.small_results import refused

SHEETS = ["Clients", "Goals", "Actions", "Findings", "Peers"]


def data(
    out: Path, entries: list[Entry] | None = None, language: Language = "en", *, cached: bool = True
) -> bytes:
    wording, catalog = Wording(language), load_catalog()
    clients = read_clients(folder(out) if entries is None else entries, out, catalog, wording)
    return render_book(clients, catalog, wording, cached=cached)


def book(content: bytes, *, values: bool = False) -> Workbook:
    return openpyxl.load_workbook(BytesIO(content), data_only=values)


def columns(found: Workbook, sheet: str) -> dict[str, list[object]]:
    """The columns of a sheet's table by their headings, from top to bottom."""
    page = found[sheet]
    [table] = page.tables.values()
    rows = page[table.ref]
    return {str(cells[0].value): [cell.value for cell in cells[1:]] for cells in zip(*rows, strict=True)}


def peers(found: Workbook) -> dict[tuple[str, str], list[object]]:
    """The rows of the comparison by metric and currency."""
    page = found["Peers"]
    [table] = page.tables.values()
    rows = [[cell.value for cell in row] for row in page[table.ref]][1:]
    return {(str(row[0]), str(row[1] or "")): row[2:] for row in rows}


def test_every_sheet_is_a_table_with_filters_that_stays_in_view(tmp_path: Path) -> None:
    found = book(data(tmp_path))
    assert found.sheetnames == SHEETS
    for page in found:
        [table] = page.tables.values()
        assert table.autoFilter is not None
        first = int(table.ref.split(":")[0].lstrip("ABCDEFGHIJKLMNOPQRSTUVWXYZ"))
        assert page.freeze_panes == f"B{first + 1}"
        assert page.print_title_rows == f"${first}:${first}"
        assert page.page_setup.orientation == "landscape"
        assert page.page_setup.fitToHeight == 0


def test_a_row_for_every_client_in_the_order_of_attention(tmp_path: Path) -> None:
    found = columns(book(data(tmp_path), values=True), "Clients")
    assert tuple(found["Client"]) == ORDER
    assert found["Outcome"] == [
        "no report",
        "failed",
        "complete",
        "complete",
        "partial",
        "complete",
        "complete",
    ]
    assert found["Errors"] == [3, 0, 0, 0, 2, 0, 0]
    assert found["NPS"] == ["no report was made", None, -10, 5, "nobody asked", 0, 40]
    assert found["NPS from"] == [None, None, -30, -5, None, -20, 20]
    assert found["Answers"] == [None, None, 30, 100, None, 40, 50]
    assert found["Currency"] == [None, None, "GBP", "GBP", "GBP", "EUR", "GBP"]
    assert found["Payback"] == ["no report was made", None, 12, 4, 9, "no monthly profit", 2]


def test_goals_actions_and_findings_have_rows_of_their_own(tmp_path: Path) -> None:
    found = book(data(tmp_path), values=True)
    goals = columns(found, "Goals")
    assert goals["Goal"] == ["200 leads", "<b>400</b> leads", "300 leads", "100 leads"]
    assert goals["Pace"] == [0.25, 0.2, 0.8, 1]  # 0.25 / 1, 0.1 / 0.5, 0.4 / 0.5, 0.5 / 0.5
    assert columns(found, "Actions")["Action"] == [
        "Stop the flyers", "Call <i>them</i>", "Write to old clients", "Ask every client",
    ]  # fmt: skip
    assert columns(found, "Actions")["Purpose"][:2] == ["Risks first", "Stop the leaks"]
    findings = columns(found, "Findings")
    assert findings["Client"] == ["elm"] * 3 + ["Cedar Garage"] * 2
    assert findings["Cell"] == ["B5", "B6", "B7", "B5", "B6"]


def test_text_is_never_a_formula_or_a_link(tmp_path: Path) -> None:
    for company in ("=1+1", "+7", "@SUM(A1)", "http://example.com", "-1"):
        made = book(data(tmp_path, [entry(tmp_path, "alder", ALDER | {"company": company})]))
        cell = made["Clients"].cell(8, 1)
        assert (cell.value, cell.data_type, cell.hyperlink) == (company, "s", None)


def test_links_lead_to_the_outputs(tmp_path: Path) -> None:
    page = book(data(tmp_path))["Clients"]
    targets = {
        cell.hyperlink.target: cell.value for row in page.iter_rows() for cell in row if cell.hyperlink
    }
    stem = "hostile%20%26%20%E2%84%96%231"
    assert targets["alder/alder-report.pdf"] == "PDF"
    assert targets[f"{stem}/{stem}-report.xlsx"] == "Excel"
    assert targets["elm/elm-corrections.xlsx"] == "marked copy"
    assert len(targets) == 5 * 4 + 2


def test_amounts_carry_the_currency_of_their_client(tmp_path: Path) -> None:
    page = book(data(tmp_path))["Clients"]
    heads = [cell.value for cell in page[7]]
    formats = [page.cell(row, heads.index("CAC") + 1).number_format for row in range(10, 15)]
    assert ["€" in shape for shape in formats] == [False, False, False, True, False]
    assert ["£" in shape for shape in formats] == [True, True, True, False, True]


def test_counts_above_the_table_follow_its_filters(tmp_path: Path) -> None:
    content = data(tmp_path)
    formulas = [cell.value for cell in book(content)["Clients"][5][:5]]
    assert formulas[0] == "=SUBTOTAL(103,Clients[Client])"
    assert formulas[4] == '=IFERROR(SUBTOTAL(101,Clients[NPS]),"no data")'
    values = [cell.value for cell in book(content, values=True)["Clients"][5][:5]]
    assert values == [7, 5, 5, 57.5, 8.75]  # (40 + 50 + 60 + 80) / 4 and (−10 + 5 + 0 + 40) / 4


def test_peers_are_hidden_below_five(tmp_path: Path) -> None:
    found = peers(book(data(tmp_path), values=True))
    hidden = "hidden: fewer than 5 clients"
    assert found["Net Promoter Score (NPS)", ""] == [4, hidden, hidden, hidden]
    assert found["Customer acquisition cost (CAC)", "GBP"] == [4, hidden, hidden, hidden]
    assert found["Customer acquisition cost (CAC)", "EUR"][0] == 1


def more(out: Path) -> list[Entry]:
    """The seven, an older period of one of them, which does not count, and two more in pounds."""
    earlier = {"period": {"type": "month", "start": "2026-09-01", "end": "2026-09-30", "months": 1}}
    return [
        *folder(out),
        entry(out, "alder-old", ALDER | earlier),
        entry(out, "hazel", ALDER | {"company": "Hazel"}),
        entry(out, "iris", ALDER | {"company": "Iris"}),
    ]


def test_peers_count_each_client_once(tmp_path: Path) -> None:
    found = peers(book(data(tmp_path, more(tmp_path)), values=True))
    assert found["Net Promoter Score (NPS)", ""] == [6, 1.25, 22.5, 40]  # −10, 0, 5, 40, 40, 40
    assert found["Customer acquisition cost (CAC)", "GBP"] == [6, 10, 12.5, 18.75]  # 10, 10, 10, 15, 20, 30


@pytest.mark.parametrize("language", ["ru", "en"])
def test_libreoffice_computes_the_same(tmp_path: Path, soffice: Office, language: Language) -> None:
    entries = more(tmp_path)
    ours = data(tmp_path, entries, language)
    bare = tmp_path / "bare.xlsx"
    bare.write_bytes(data(tmp_path, entries, language, cached=False))
    theirs = openpyxl.load_workbook(soffice.convert(bare, "xlsx", tmp_path / "office"), data_only=True)
    values, compared = book(ours, values=True), 0
    for page in book(ours):
        for row in page.iter_rows():
            for cell in row:
                if cell.data_type == "f" or isinstance(cell.value, ArrayFormula):
                    place, compared = cell.coordinate, compared + 1
                    expected = values[page.title][place].value
                    if isinstance(expected, float):
                        expected = pytest.approx(expected)
                    assert theirs[page.title][place].value == expected, f"{page.title}!{place}"
    assert compared == 29  # five counts; the number and three figures of six rows of the comparison


def test_a_folder_without_any_report_says_so(tmp_path: Path) -> None:
    found = book(data(tmp_path, [entry(tmp_path, "elm", refused())]))
    assert found.sheetnames == SHEETS
    assert found["Goals"]["A4"].value == "There is nothing here yet."
    assert str(found["Peers"]["A4"].value).startswith("There is nothing to compare yet")


def test_a_brand_colours_the_workbook_and_signs_it(tmp_path: Path) -> None:
    brand, catalog = load_brand(SAMPLES / "own-brand" / "brand.yaml"), load_catalog()
    clients = read_clients(folder(tmp_path), tmp_path, catalog, Wording("en"))
    content = render_book(clients, catalog, Wording("en"), brand)
    found = book(content)
    assert found["Clients"]["A7"].fill.fgColor.rgb == "FF0F5C5C"
    assert "xl/media/image1.png" in ZipFile(BytesIO(content)).namelist()
    assert found.properties.creator == "sheetreport"
