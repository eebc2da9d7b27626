"""`sheetreport explain`."""

from __future__ import annotations

from pathlib import Path

import typer

from sheetreport import confined, explain, pipeline
from sheetreport.cli.findings import refuse
from sheetreport.cli.inputs import catalog_with
from sheetreport.cli.language import asked_language, ui


def run(identifier: str, file: Path | None, *, lang: str | None, own_catalog: Path | None) -> None:
    """Print what the catalogue says of an id, with the values of a workbook where there is one."""
    catalog = catalog_with(own_catalog, ui(lang))
    options = pipeline.Options(language=asked_language(lang), catalog=own_catalog)
    report = confined.report_on(file, options) if file else None
    wording = pipeline.wording_of(report.submission, options) if report else ui(lang)
    for line in explain.explain(catalog, identifier, wording, report):
        typer.echo(line)
    if report is not None and report.computation is None:
        refuse(report, catalog, options)
