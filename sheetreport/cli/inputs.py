"""What several commands work on: the catalogue with the consultant's own, the workbooks that are meant."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

from sheetreport import batch, copies
from sheetreport.catalog.definitions import Catalog
from sheetreport.catalog.load import load_catalog
from sheetreport.catalog.overlay import notices
from sheetreport.cli.screen import say
from sheetreport.errors import UsageError
from sheetreport.i18n import Wording


def catalog_with(folder: Path | None, ui: Wording) -> Catalog:
    """The catalogue with the consultant's own on top; what they should know about it goes to stderr."""
    catalog = load_catalog(folder)
    for notice in notices(catalog, datetime.now().astimezone().date(), ui):
        say(notice, "yellow")
    return catalog


def newest(paths: Sequence[Path], out: Path | None, ui: Wording) -> list[Path]:
    """The workbooks meant, without those whose correction copy came back; what is left out is said."""
    files = batch.find_workbooks(paths, out)
    if papers := batch.find_papers(paths, files, out):
        say(ui.text("cli.papers", files=", ".join(file.name for file in papers)))
    replaced = copies.replaced(files)
    for file, copy in replaced.items():
        say(ui.text("cli.replaced", file=file.name, copy=copy.name))
    if not files:
        raise UsageError(ui.text("cli.no_workbooks"))
    return [file for file in files if file not in replaced]
