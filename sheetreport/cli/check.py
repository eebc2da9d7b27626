"""`sheetreport check`."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import typer

from sheetreport import batch, confined, pipeline
from sheetreport.bureau.brand import load_brand
from sheetreport.cli.findings import print_findings
from sheetreport.cli.inputs import catalog_with, newest
from sheetreport.cli.language import asked_language, ui
from sheetreport.errors import ExitCode
from sheetreport.i18n import Wording
from sheetreport.model import Status

_SHOWN = ("language", "company", "status", "findings", "repairs", "corrections")


def run(
    paths: Sequence[Path],
    *,
    lang: str | None,
    json_output: bool,
    strict: bool,
    copies_to: Path | None,
    own_catalog: Path | None,
    brand_file: Path | None,
) -> ExitCode:
    """Print the findings of every workbook, and write the copies with the cells to fix marked."""
    catalog_with(own_catalog, ui(lang))
    options = pipeline.Options(
        language=asked_language(lang),
        else_language=ui(lang).language,
        strict=strict,
        corrections=copies_to is not None,
        catalog=own_catalog,
    )
    if brand_file:
        load_brand(brand_file)
        options = replace(options, brand=brand_file)
    files = newest(paths, copies_to, ui(lang))
    targets = batch.plan_copies(files, copies_to) if copies_to else {}
    documents = []
    with confined.workers(1, options) as pool:
        for file in files:
            examined = confined.examined(pool, file, options)
            document = examined.document
            documents.append({"file": str(file)} | {key: document[key] for key in _SHOWN})
            if file in targets:
                copy = batch.write_copy(targets[file], examined.copy)
                documents[-1]["corrections_file"] = None if copy is None else str(copy)
            if not json_output:
                print_findings(documents[-1], Wording(document["language"]))
    if json_output:
        typer.echo(json.dumps(documents, ensure_ascii=False, indent=1))
    bad = any(_has_errors(document) for document in documents)
    return ExitCode.WORKBOOK_ERRORS if bad else ExitCode.DONE


def _has_errors(document: dict[str, Any]) -> bool:
    return document["status"] == Status.REFUSED or any(
        finding["severity"] == "error" for finding in document["findings"]
    )
