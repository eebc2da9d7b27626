"""The pictures of the README: `python -m tests.pictures` makes them anew in samples/pictures/.

They show what a client and a consultant get: page 1 and the plan of a report, the summary of its workbook, a
page of the blank workbook; once in each language. Needs LibreOffice and Poppler.
"""

from __future__ import annotations

import subprocess
import tempfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import pypdf
from PIL import Image, ImageOps
from pypdf.generic import Destination

from sheetreport import pipeline
from sheetreport.catalog.load import load_catalog
from sheetreport.i18n import Wording
from sheetreport.model import Language
from tests.conftest import Office, program
from tests.generated import ROOT, SAMPLES, TEMPLATES, workbook_of

PICTURES = SAMPLES / "pictures"
SHOWN: Mapping[Language, str] = {"en": "travel-agency-en", "ru": "barbershop-ru"}
RESOLUTION, COLOURS = 80, 64
BORDER = (212, 215, 219)  # the paper is as white as the page it is shown on


@dataclass(frozen=True, slots=True)
class Subject:
    """A page of a PDF, counted from 1, to be shown under a name."""

    name: str
    pdf: Path
    page: int


def main() -> None:
    """Draw every picture and say where it is."""
    PICTURES.mkdir(exist_ok=True)
    pdftoppm = program("pdftoppm", "poppler-utils")
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        office = Office(program("soffice", "libreoffice-calc"), folder / "profile")
        for language, sample in SHOWN.items():
            for subject in _subjects(language, SAMPLES / sample, office, folder / language):
                picture = PICTURES / f"{subject.name}-{language}.png"
                _draw(pdftoppm, subject, picture)
                print(picture.relative_to(ROOT))


def _subjects(language: Language, sample: Path, office: Office, folder: Path) -> Iterator[Subject]:
    """The report and the workbook of a sample, and the blank workbook that its owner was sent."""
    folder.mkdir()
    catalog, workbook = load_catalog(), workbook_of(sample)
    outputs = pipeline.process(catalog, workbook.read_bytes(), workbook.name, pipeline.Options()).outputs
    report, result = folder / "report.pdf", folder / "workbook.xlsx"
    report.write_bytes(outputs["report.pdf"])
    result.write_bytes(outputs["report.xlsx"])
    blank = TEMPLATES / f"sheetreport-{language}.xlsx"
    printed, template = office.convert_all([result, blank], "pdf", folder)
    plan = Wording(language).text("pdf.plan_name")
    yield Subject("page-1", report, 1)
    yield Subject("plan", report, _chapter(report, plan))
    yield Subject("workbook", printed, 1)
    yield Subject("template", template, _sheet(template, catalog.sheet("clients").title[language]))


def _chapter(pdf: Path, name: str) -> int:
    """The page on which a chapter begins, by its bookmark."""
    reader = pypdf.PdfReader(pdf)
    for mark in reader.outline:
        if isinstance(mark, Destination) and str(mark.title).split()[1:] == name.split():
            return (reader.get_destination_page_number(mark) or 0) + 1
    raise LookupError(f"{pdf.name}: no chapter {name!r}")


def _sheet(pdf: Path, title: str) -> int:
    """The first page of a printed workbook that begins with this title."""
    for number, page in enumerate(pypdf.PdfReader(pdf).pages, start=1):
        if page.extract_text().lstrip().startswith(title):
            return number
    raise LookupError(f"{pdf.name}: no page begins with {title!r}")


def _draw(pdftoppm: Path, subject: Subject, picture: Path) -> None:
    """A page as a small PNG with a hairline around it."""
    number = str(subject.page)
    stem = picture.with_suffix("")
    command = [str(pdftoppm), "-png", "-singlefile", "-r", str(RESOLUTION), "-f", number, "-l", number]
    subprocess.run([*command, str(subject.pdf), str(stem)], check=True)
    with Image.open(picture) as page:
        framed = ImageOps.expand(page.convert("RGB"), border=1, fill=BORDER)
    framed.quantize(COLOURS).save(picture, optimize=True)


if __name__ == "__main__":
    main()
