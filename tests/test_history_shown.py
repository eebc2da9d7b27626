"""Earlier periods as people meet them, on page 1, in the chapter and the sheet; none without a history."""

from __future__ import annotations

import io
from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from openpyxl.worksheet.worksheet import Worksheet

from sheetreport import pipeline
from sheetreport.bureau.brand import Brand
from sheetreport.bureau.dress import Dress
from sheetreport.catalog.definitions import Text
from sheetreport.i18n import Wording, texts
from sheetreport.model import LANGUAGES, Language
from sheetreport.render import view, workbook
from sheetreport.render.view.facts import Facts
from sheetreport.render.view.model import Body, Chart, Evidence, Line, Sign, Table
from sheetreport.render.view.summary.changes import changes
from sheetreport.render.view.words import Words
from tests import histories
from tests.conftest import Office, Poppler
from tests.test_proof import print_report

Json = dict[str, Any]
NBSP = "\N{NO-BREAK SPACE}"


@lru_cache(maxsize=2)
def third(language: Language) -> Json:
    return histories.third(language)


def wording(language: Language) -> Wording:
    return Wording(language, "GBP")


def bodies(document: Json, dress: Dress | None = None) -> Sequence[Body]:
    found = view.build(document, histories.CATALOG, wording(document["language"]), dress or Dress())
    return [chapter.body for chapter in found.chapters]


def trends(document: Json) -> Body:
    return next(body for body in bodies(document) if body.id == "trends")


def row(body: Body, label: str) -> Evidence:
    return next(
        block for block in body.blocks if isinstance(block, Evidence) and block.label.startswith(label)
    )


def chart(evidence: Evidence) -> Chart:
    found = evidence.parts[0]
    assert isinstance(found, Chart)
    return found


def said(found: object) -> list[str]:
    """What stands below a chart."""
    assert isinstance(found, Evidence)
    return [part.text.replace(NBSP, " ") for part in found.parts if isinstance(part, Line)]


# --- the chapter --------------------------------------------------------------------------------------------


def test_a_report_without_earlier_periods_is_what_it_was() -> None:
    """Not a block, not a byte: the first period of a history, and a run without one."""
    found = histories.quarters()[-1]
    first = histories.with_history(found, [])
    assert bodies(first) == bodies(found)
    assert bodies(histories.with_history(found, [], ("a.xlsx", "b.xlsx"))) == bodies(found)
    options = pipeline.Options(pdf=False)
    plain = pipeline.render(histories.CATALOG, found, options).outputs["report.xlsx"]
    assert pipeline.render(histories.CATALOG, first, options).outputs["report.xlsx"] == plain


def test_the_chapter_names_what_got_better_and_worse_where_there_are_few() -> None:
    body = trends(third("en"))
    history = third("en")["history"]
    counts = [len(history[name]) for name in ("better", "worse", "unclear")]
    assert counts[1] == 1
    assert counts[0] > 3
    expected = f"Better: {counts[0]} metrics; worse: new clients; within the margin of error: {counts[2]}"
    assert body.claim.replace(NBSP, " ") == expected
    document = histories.third("ru")
    document["history"] |= {"better": ["nps", "revenue_monthly"], "worse": [], "unclear": []}
    assert trends(document).claim.replace(NBSP, " ") == "Лучше: NPS, выручка"


def test_a_reason_is_given_once_for_all_its_gaps() -> None:
    document = histories.third()
    points = next(one for one in document["history"]["series"] if one["metric"] == "csi")["points"]
    points.insert(1, dict(points[1]))
    document["history"]["periods"].insert(1, document["history"]["periods"][1] | {"short": "Apr 2026"})
    for series in document["history"]["series"]:
        if series["metric"] != "csi":
            series["points"].insert(1, dict(series["points"][1]))
    told = said(row(trends(document), "Customer Satisfaction"))[1]
    assert told == "Apr 2026, Apr–Jun 2026: that sheet was left blank then"


def test_each_metric_has_its_chart_its_change_and_its_gaps() -> None:
    body = trends(third("en"))
    assert [block.label for block in body.blocks if isinstance(block, Evidence)][:3] == [
        "Business health",
        "Net Promoter Score (NPS)",
        "Customer Satisfaction Index (CSI)",
    ]
    assert said(row(body, "Net Promoter")) == [
        "Against Apr–Jun 2026: +20 (−7 to +45), change within the margin of error."
    ]
    assert said(row(body, "Customer Satisfaction"))[1] == "Apr–Jun 2026: that sheet was left blank then"


def test_a_chart_draws_each_value_where_it_belongs_and_a_gap_as_none() -> None:
    """NPS −17, +18, +38: ever higher on the page, three whiskers of three pieces, two steps of three."""
    drawn = chart(row(trends(third("en")), "Net Promoter"))
    dots = [shape for shape in drawn.shapes if shape.look.startswith("dot")]
    assert [shape.look for shape in dots] == ["dot open", "dot open", "dot"]
    assert dots[0].top > dots[1].top > dots[2].top
    assert dots[0].left < dots[1].left < dots[2].left
    assert sum(shape.look == "rule" for shape in drawn.shapes) == 9
    assert sum(shape.look == "rule grey" for shape in drawn.shapes) == 6
    assert [label.text for label in drawn.labels if "axis" not in label.look] == ["−17", "+18", "+38"]
    gap = chart(row(trends(third("en")), "Customer Satisfaction"))
    assert [label.text for label in gap.labels if "axis" not in label.look] == ["3.68", "—", "4.21"]
    assert not [shape for shape in gap.shapes if shape.look == "rule grey"]  # nothing leads across the gap


def test_everything_drawn_stays_on_its_board() -> None:
    for language in LANGUAGES:
        for block in trends(third(language)).blocks:
            if isinstance(block, Evidence):
                drawn = chart(block)
                assert all(
                    0 <= shape.top <= shape.top + shape.height <= drawn.height for shape in drawn.shapes
                )
                assert all(0 <= label.top <= drawn.height - 8 for label in drawn.labels)


def test_a_screen_reader_hears_every_value_with_its_period() -> None:
    alt = chart(row(trends(third("en")), "Customer Satisfaction")).alt.replace(NBSP, " ")
    assert alt == (
        "Customer Satisfaction Index (CSI) by period. Jan–Mar 2026: 3.68; Apr–Jun 2026: —; Jul–Sep 2026: 4.21"
    )


def test_a_bureau_may_hide_the_chapter_and_the_sheet() -> None:
    dress = Dress(Brand(name=Text("Бюро", "Bureau"), sha256="", hide=frozenset({"trends"})))
    assert "trends" not in [body.id for body in bodies(third("en"), dress)]
    data = workbook.build(third("en"), histories.CATALOG, wording("en"), dress)
    assert openpyxl.load_workbook(io.BytesIO(data))["Trends"].sheet_state == "hidden"


# --- page 1 -------------------------------------------------------------------------------------------------


def table_of(document: Json) -> Table:
    found = changes(Facts(document), Words(wording(document["language"]), histories.CATALOG))
    assert found is not None
    return found


def said_on_page_one(document: Json) -> dict[str, list[str]]:
    """By metric: before, now, the change, the verdict."""
    return {
        cells[0].lines[0].text: [line.text.replace(NBSP, " ") for cell in cells[1:] for line in cell.lines]
        for cells in table_of(document).rows
    }


def test_page_one_says_what_changed_where_the_owner_stated_nothing() -> None:
    assert list(said_on_page_one(histories.quarters()[-1])) == ["Active clients"]
    found = said_on_page_one(third("en"))
    assert found["NPS"] == [
        "+18",
        "+38",
        "+20 (−7 to +45)",
        "within the margin of error",
    ]
    first, _, last = (one["health"]["score"] for one in histories.quarters())
    assert last > first
    assert found["Business health"][:3] == [str(first), str(last), f"+{last - first}"]
    assert "earlier value: Jan–Mar 2026" in found["Business health"][3]


def test_page_one_keeps_what_the_owner_stated() -> None:
    document = histories.third()
    for entry in document["metrics"]:
        if entry["id"] == "nps":
            entry["previous"] = 25.0
    assert said_on_page_one(document)["NPS"][0] == "+25"
    assert len(said_on_page_one(document)) == len(table_of(document).rows)


def test_page_one_begins_with_nps_and_what_has_moved() -> None:
    """Five rows: the base, NPS within its margin, then three that moved; unmoved spend and CAC wait."""
    assert list(said_on_page_one(third("en"))) == [
        "Active clients",
        "Business health",
        "NPS",
        "Customer Satisfaction Index (CSI)",
        "New clients a month",
    ]
    document = histories.third()
    for series in document["history"]["series"]:
        if series["metric"] in ("health", "csi"):
            series["change"] = series["change"] | {"verdict": "chance"}
    assert list(said_on_page_one(document))[1:] == [
        "NPS",
        "New clients a month",
        "Payback on all gross profit",
        "Revenue a month",
    ]


def test_a_worse_change_is_marked_as_one() -> None:
    document = histories.third()
    history = document["history"]
    history["series"] = [one for one in history["series"] if one["metric"] == "new_clients_per_month"]
    line = table_of(document).rows[-1][3].lines[0]
    assert (line.look, line.sign) == ("worse", Sign.DOWN)


# --- printed numbers ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_printed_number_is_in_the_result(language: Language, poppler: Poppler, tmp_path: Path) -> None:
    report = print_report(third(language), wording(language), poppler, tmp_path / "report.pdf")
    assert not report.unknown
    name = texts()["history.name"][language]
    assert any(f". {name}" in page for page in report.pages)


# --- the sheet ----------------------------------------------------------------------------------------------


def sheet_of(document: Json, *, values: bool = True) -> Worksheet:
    data = workbook.build(document, histories.CATALOG, wording(document["language"]))
    sheet = openpyxl.load_workbook(io.BytesIO(data), data_only=values)[
        texts()["workbook.sheet_history"][document["language"]]
    ]
    assert isinstance(sheet, Worksheet)
    return sheet


def cells(sheet: Worksheet, name: str) -> list[Any]:
    found = next(line for line in sheet.iter_rows() if str(line[0].value or "").startswith(name))
    return [cell.value for cell in found[1:7]]


def test_the_sheet_has_a_column_a_period_and_blanks_for_what_is_unknown() -> None:
    sheet = sheet_of(third("en"))
    assert cells(sheet, "Revenue a month")[:4] == pytest.approx([67000, 226000 / 3, 244000 / 3, 6000])
    assert cells(sheet, "Customer Satisfaction")[1] is None
    nps = cells(sheet, "Net Promoter")
    assert nps[3] == pytest.approx(100 * 24 / 64 - 100 * 11 / 62)
    assert nps[4] < 0 < nps[5]


def test_the_change_and_this_period_are_live() -> None:
    sheet = sheet_of(third("en"), values=False)
    revenue = cells(sheet, "Revenue a month")
    assert revenue[2] == "=m_revenue_monthly"
    assert revenue[3].startswith("=IF(ISNUMBER($D")
    assert cells(sheet, "Business health")[2] == "=health_score"


def test_each_metric_with_two_values_has_a_native_chart_with_gaps() -> None:
    sheet = sheet_of(third("en"))
    drawn = [one for one in third("en")["history"]["series"] if sum(p["compared"] for p in one["points"]) > 1]
    assert len(sheet._charts) == len(drawn) > 7  # type: ignore[attr-defined]
    assert {one.display_blanks for one in sheet._charts} == {"gap"}  # type: ignore[attr-defined]


@pytest.mark.parametrize("language", LANGUAGES)
def test_libreoffice_calculates_the_same(language: Language, soffice: Office, tmp_path: Path) -> None:
    document = third(language)
    path = tmp_path / "report.xlsx"
    path.write_bytes(workbook.build(document, histories.CATALOG, wording(language), cached=False))
    again = openpyxl.load_workbook(soffice.convert(path, "xlsx", tmp_path / "again"), data_only=True)
    sheet = again[texts()["workbook.sheet_history"][language]]
    for one in document["history"]["series"]:
        times = 100 if one["unit"] == "share" else 1
        found = cells(sheet, one["name"])
        assert found[2] == pytest.approx(one["points"][-1]["value"])
        if one["change"]["value"] is not None:
            assert found[3] == pytest.approx(one["change"]["value"] * times, abs=1e-9)
