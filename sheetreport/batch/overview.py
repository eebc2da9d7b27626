"""The portfolio of a batch: a page and a workbook about all of its clients."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from sheetreport import portfolio
from sheetreport.batch.outcome import FileOutcome
from sheetreport.batch.writing import write_for_all
from sheetreport.bureau.brand import load_brand
from sheetreport.catalog.load import load_catalog
from sheetreport.pipeline import Options


def write_portfolio(out: Path, outcomes: Iterable[FileOutcome], options: Options) -> None:
    """Put the portfolio in place; files that were passed over as unchanged are in it like all others."""
    entries = [
        portfolio.Entry(
            file=outcome.source,
            status=outcome.status,
            outputs=[Path(output) for output in outcome.outputs],
            error=outcome.error or "",
        )
        for outcome in outcomes
    ]
    brand = load_brand(options.brand) if options.brand else None
    files = portfolio.build(entries, out, load_catalog(options.catalog), options.language, brand)
    for name, data in files.items():
        write_for_all(out, name, data)
