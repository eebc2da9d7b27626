"""Fixtures for every test: the programs that open what sheetreport writes, and hypothesis's settings."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import hypothesis
import pytest
from playwright.sync_api import Browser, sync_playwright

from sheetreport import __version__
from sheetreport.answers import flatten, load
from sheetreport.catalog.load import load_catalog
from sheetreport.template import build

CI = os.environ.get("CI") == "true"
SAMPLES = Path(__file__).parent.parent / "samples"

# On CI a property is tried on the same examples each time, so that a red run is about the change.
hypothesis.settings.register_profile("sheetreport", deadline=None, derandomize=CI)
hypothesis.settings.load_profile("sheetreport")


def program(name: str, package: str) -> Path:
    """The program's path; without it a test is skipped, but fails on CI, which must not pass by skipping."""
    found = shutil.which(name)
    if found is None:
        message = f"{name} is not installed (Debian package {package})"
        if CI:
            pytest.fail(message)
        pytest.skip(message)
    return Path(found)


@dataclass(frozen=True, slots=True)
class Office:
    """LibreOffice with a profile of its own, so that a window the developer has open is left alone."""

    binary: Path
    profile: Path

    def convert(self, path: Path, fmt: str, outdir: Path) -> Path:
        """The file converted: `fmt` is pdf, xlsx, csv…; formulas without a cached value are calculated."""
        return self.convert_all([path], fmt, outdir)[0]

    def convert_all(self, paths: Sequence[Path], fmt: str, outdir: Path) -> list[Path]:
        """Many files in one run, which saves LibreOffice's start for each."""
        outdir.mkdir(parents=True, exist_ok=True)
        command = [
            str(self.binary),
            f"-env:UserInstallation={self.profile.as_uri()}",
            "--headless",
            "--convert-to",
            fmt,
            "--outdir",
            str(outdir),
            *map(str, paths),
        ]
        seconds = 180 + 2 * len(paths)
        done = subprocess.run(command, capture_output=True, text=True, timeout=seconds, check=False)
        targets = [outdir / f"{path.stem}.{fmt.partition(':')[0]}" for path in paths]
        missing = [target.name for target in targets if not target.exists()]
        assert not missing, f"LibreOffice made no {missing}: {done.stdout}{done.stderr}"
        return targets


@dataclass(frozen=True, slots=True)
class Poppler:
    """Poppler's tools: what a PDF looks like and says, by a program that did not write it."""

    pdftoppm: Path
    pdftotext: Path

    def pages(self, pdf: Path, outdir: Path, dpi: int = 60) -> list[Path]:
        """A PNG for each page, in order."""
        outdir.mkdir(parents=True, exist_ok=True)
        subprocess.run(
            [self.pdftoppm, "-png", "-r", str(dpi), pdf, outdir / pdf.stem], check=True, timeout=120
        )
        return sorted(outdir.glob(f"{pdf.stem}-*.png"))

    def text(self, pdf: Path) -> str:
        """The text of all pages, laid out as on the page."""
        command = [str(self.pdftotext), "-layout", str(pdf), "-"]
        done = subprocess.run(command, capture_output=True, check=True, timeout=120)
        return done.stdout.decode("utf-8")


@pytest.fixture(scope="session")
def soffice(tmp_path_factory: pytest.TempPathFactory) -> Office:
    """LibreOffice; `soffice.convert(path, "pdf", folder)`."""
    return Office(program("soffice", "libreoffice-calc"), tmp_path_factory.mktemp("office"))


@pytest.fixture(scope="session")
def poppler() -> Poppler:
    """Poppler; `poppler.pages(pdf, folder)` and `poppler.text(pdf)`."""
    return Poppler(program("pdftoppm", "poppler-utils"), program("pdftotext", "poppler-utils"))


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    """Chromium without a window."""
    binary = program("chromium", "chromium")
    flags = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--no-first-run"]
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=binary, args=flags)
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def filled() -> bytes:
    """The worked example's workbook as its owner would send it back."""
    catalog = load_catalog()
    content = flatten(catalog, load(SAMPLES / "barbershop-ru" / "answers.yaml"))
    return build(catalog, "ru", answers=content, tool_version=__version__)
