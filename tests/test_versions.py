"""What a run says it was made with: versions and hashes."""

from __future__ import annotations

import hashlib
import sys

import openpyxl
import weasyprint
import xlsxwriter

from sheetreport import __version__
from sheetreport.catalog.load import load_catalog
from sheetreport.pipeline import Options, process


def test_a_run_names_its_programs_and_its_input(filled: bytes) -> None:
    catalog = load_catalog()
    document = process(catalog, filled, "book.xlsx", Options(pdf=False, corrections=False)).result
    assert document["provenance"] == {
        "tool_version": __version__,
        "schema_version": document["schema_version"],
        "catalog_sha256": catalog.sha256,
        "source_sha256": hashlib.sha256(filled).hexdigest(),
        "brand_sha256": None,
        "commentary_sha256": None,
        "python": ".".join(map(str, sys.version_info[:3])),
        "libraries": {
            "weasyprint": weasyprint.__version__,
            "xlsxwriter": xlsxwriter.__version__,
            "openpyxl": openpyxl.__version__,
        },
    }
