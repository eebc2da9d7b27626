"""A bureau, its commentary and the reports they are put on, for the tests of both."""

from __future__ import annotations

import os
import subprocess
import sys
from dataclasses import replace
from functools import lru_cache
from io import BytesIO
from pathlib import Path
from typing import Any
from zipfile import ZipFile

from pypdf import PdfReader

from sheetreport import pipeline
from sheetreport.bureau.commentary import Commentary, parse
from sheetreport.bureau.dress import Dress
from sheetreport.catalog.load import load_catalog
from sheetreport.i18n import Wording
from sheetreport.model import Language
from sheetreport.render import pdf, view
from sheetreport.render.view.model import View

ROOT = Path(__file__).parent.parent
OWN_BRAND = ROOT / "samples" / "own-brand"
CATALOG = load_catalog()


@lru_cache
def document(sample: str, language: Language) -> dict[str, Any]:
    """The result of a sample's workbook for a reader of a language."""
    path = ROOT / "samples" / sample / f"{sample}.xlsx"
    options = pipeline.Options(language=language)
    report = pipeline.examine(CATALOG, path.read_bytes(), path.name, options)
    return pipeline.document_of(CATALOG, report, options)


def shown(dress: Dress, sample: str = "barbershop-ru", language: Language = "ru") -> View:
    """What the PDF of a sample shows in this dress."""
    found = document(sample, language)
    return view.build(found, CATALOG, Wording(language, found["currency"]), dress)


def printed(one: View) -> PdfReader:
    return PdfReader(BytesIO(pdf.render_pdf(one)))


def without_most(one: View, *chapters: str) -> View:
    """A view with these chapters alone: page 1 is laid out the same, and sooner."""
    return replace(one, chapters=tuple(c for c in one.chapters if c.body.id in chapters))


def written(text: str, name: str = "notes/client.md") -> Commentary:
    return parse(text.encode(), name)


def words_of(workbook: bytes) -> str:
    """Every text of a workbook: shared strings, sheets and properties."""
    with ZipFile(BytesIO(workbook)) as archive:
        return "".join(archive.read(name).decode() for name in archive.namelist() if name.endswith(".xml"))


def command(*arguments: str | Path, system: str = "en_GB.UTF-8") -> subprocess.CompletedProcess[str]:
    """The command line, run as people run it."""
    return subprocess.run(
        [sys.executable, "-m", "sheetreport", *map(str, arguments)],
        capture_output=True,
        encoding="utf-8",
        env=os.environ | {"LC_ALL": system},
        check=False,
    )


def on_one_line(text: str) -> str:
    """A text of a PDF without what breaks its lines."""
    return " ".join(text.replace("\N{NO-BREAK SPACE}", " ").replace("\N{WORD JOINER}", "").split())
