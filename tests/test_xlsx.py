"""The workbooks that sheetreport writes: their formulas need nothing that XlsxWriter would do to them."""

from __future__ import annotations

from io import BytesIO
from typing import Any

import pytest
from xlsxwriter.worksheet import Worksheet

from sheetreport import pipeline, xlsx
from sheetreport.catalog.load import load_catalog
from sheetreport.outputs import CORRECTIONS
from sheetreport.xlsx import Workbook
from tests.generated import SAMPLES, workbook_of


def test_no_formula_needs_the_prefix_of_a_younger_function(monkeypatch: pytest.MonkeyPatch) -> None:
    ours: Any = Workbook.worksheet_class
    seen: set[str] = set()

    class Checked(Worksheet):  # type: ignore[misc]
        def _prepare_formula(self, formula: str, expand_future_functions: bool = False) -> str:  # noqa: ARG002
            prepared: str = ours._prepare_formula(self, formula)
            assert super()._prepare_formula(formula, True) == prepared
            seen.add(prepared)
            return prepared

    monkeypatch.setattr(Workbook, "worksheet_class", Checked)
    catalog, sample = load_catalog(), workbook_of(SAMPLES / "barbershop-ru")
    outputs = pipeline.process(catalog, sample.read_bytes(), sample.name, pipeline.Options(pdf=False)).outputs
    assert {"report.xlsx", CORRECTIONS} <= outputs.keys()
    assert any(formula.startswith("IF(") for formula in seen)
    assert len(seen) > 1000


def test_workbooks_are_packed_as_tight_as_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    def size(tightness: int) -> int:
        monkeypatch.setattr(xlsx, "_PACKED", tightness)
        stream = BytesIO()
        with Workbook(stream, {"in_memory": True}) as book:
            sheet = book.add_worksheet()
            for row in range(2000):
                sheet.write_number(row, 0, row * 7919 % 1000)
        return len(stream.getvalue())

    assert size(9) < size(5) < size(1) < size(0)
