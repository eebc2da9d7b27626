"""One workbook's findings on stdout."""

from __future__ import annotations

from typing import Any, NoReturn

import typer
from rich.console import Console

from sheetreport import pipeline
from sheetreport.catalog.definitions import Catalog
from sheetreport.cli.screen import literal
from sheetreport.errors import ExitCode
from sheetreport.i18n import Wording, running
from sheetreport.read.words import clean
from sheetreport.result import Report

MARKS = {"error": "✗", "warning": "!", "info": "i"}


def print_findings(document: dict[str, Any], words: Wording) -> None:
    """One workbook's findings, worst first: mark, place, what we saw, how to mend it."""
    out = Console(highlight=False, soft_wrap=True)
    counts = dict.fromkeys(MARKS, 0)
    for finding in document["findings"]:
        counts[finding["severity"]] += 1
    out.print(f"[bold]{literal(document.get('file') or document['source']['file'])}[/bold]")
    out.print(
        "  " + words.text(f"cli.status_{document['status']}") + " · " + words.text("cli.counts", **counts)
    )
    if document.get("corrections"):
        out.print(literal("  ✓ " + words.text("cli.mended", **document["corrections"])))
    for finding in sorted(document["findings"], key=lambda item: list(MARKS).index(item["severity"])):
        place = "!".join(part for part in (finding["sheet"], finding["cell"]) if part)
        lead = f"  {MARKS[finding['severity']]} {finding['code']} " + (f"{place}: " if place else "")
        out.print(literal(lead + finding["message"]))
        expected = finding["expected"] and words.text("cli.expected", expected=running(finding["expected"]))
        advice = " ".join(part for part in (expected, finding["fix"]) if part)
        if advice:
            out.print(literal(f"      {advice}"))
    for repair in document.get("repairs", ()):
        place = f"{repair['sheet']}!{repair['cell']}"
        said = words.text("cli.repair", place=place, found=clean(repair["found"]), used=repair["used"])
        out.print(literal(f"  ~ {said}"))
    if document.get("corrections_file"):
        out.print(literal("  → " + words.text("cli.copy", file=document["corrections_file"])))


def refuse(report: Report, catalog: Catalog, options: pipeline.Options) -> NoReturn:
    """Say why a file gives no workbook and no values, and end."""
    document = pipeline.document_of(catalog, report, options)
    print_findings(document, Wording(document["language"]))
    raise typer.Exit(ExitCode.WORKBOOK_ERRORS)
