"""What a report costs: `python -m tests.benchmarks.report`.

The whole job, a workbook to all its outputs, is compared with WeasyPrint alone rendering the same HTML, in
turns and in one process, so that the ratio means the same on every machine. Times are medians of CPU time.
"""

from __future__ import annotations

import argparse
import io
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from importlib import resources
from pathlib import Path
from typing import Any

import pypdf
import weasyprint
from weasyprint.text.fonts import FontConfiguration

from sheetreport import result
from sheetreport.catalog.definitions import Catalog
from sheetreport.confined import get_ready
from sheetreport.pipeline import Options, examine, process, wording_of
from sheetreport.render import pdf, view
from tests.generated import SAMPLES, samples, workbook_of

ASSETS = "asset:"


def cpu_ms(task: Callable[[], object]) -> float:
    """The CPU time of one call, in milliseconds."""
    started = time.process_time()
    task()
    return (time.process_time() - started) * 1000


def html_of(catalog: Catalog, data: bytes, file: str) -> str:
    """The HTML that the report's PDF is made of."""
    report = examine(catalog, data, file, Options())
    wording = wording_of(report.submission, Options())
    document = result.build(catalog, report, wording, None)
    return pdf.render_html(view.build(document, catalog, wording))


def weasyprint_alone(html: str) -> bytes:
    """WeasyPrint as a script would call it: fonts, stylesheet and pictures loaded for this one document."""

    class Bundled(weasyprint.urls.URLFetcher):  # type: ignore[misc]
        def fetch(self, url: str, headers: Any = None) -> Any:  # noqa: ARG002
            path = url.removeprefix(ASSETS)
            kind = "image/svg+xml" if path.endswith(".svg") else "font/ttf"
            content = resources.files("sheetreport.render").joinpath(path).read_bytes()
            return weasyprint.urls.URLFetcherResponse(url, content, {"Content-Type": kind})

    fonts, fetcher = FontConfiguration(), Bundled()
    sheet = resources.files("sheetreport.render").joinpath("html", "report.css").read_text("utf-8")
    css = weasyprint.CSS(string=sheet, base_url=ASSETS, url_fetcher=fetcher, font_config=fonts)
    document = weasyprint.HTML(string=html, base_url=ASSETS, url_fetcher=fetcher)
    made: bytes = document.write_pdf(stylesheets=[css], font_config=fonts, pdf_variant="pdf/ua-1")
    return made


def compare(sample: Path, rounds: int) -> None:
    """Print the whole job beside WeasyPrint alone, and where the job's time goes."""
    workbook = workbook_of(sample)
    catalog, data = get_ready(), workbook.read_bytes()
    html = html_of(catalog, data, workbook.name)
    outcome = process(catalog, data, workbook.name, Options())
    weasyprint_alone(html)
    whole, alone = [], []
    for _ in range(rounds):
        whole.append(cpu_ms(lambda: process(catalog, data, workbook.name, Options())))
        alone.append(cpu_ms(lambda: weasyprint_alone(html)))
    job, bare = statistics.median(whole), statistics.median(alone)
    pages = len(pypdf.PdfReader(io.BytesIO(outcome.outputs["report.pdf"])).pages)
    print(f"{sample.name}: {pages} pages, {rounds} rounds, CPU time")
    print(f"  whole job        {job:7.0f} ms  {job / pages:6.0f} ms a page")
    print(f"  WeasyPrint alone {bare:7.0f} ms  {bare / pages:6.0f} ms a page")
    print(f"  ratio            {job / bare:7.2f}")
    stages = process(catalog, data, workbook.name, Options()).seconds
    print(
        "  stages, one run: " + ", ".join(f"{name} {seconds * 1000:.0f}" for name, seconds in stages.items())
    )


def every_sample() -> None:
    """Print the pages of each sample's PDF and what they cost, one run each."""
    catalog = get_ready()
    print("PDF of every sample, CPU time")
    for workbook in (workbook_of(sample) for sample in samples()):
        report = examine(catalog, workbook.read_bytes(), workbook.name, Options())
        wording = wording_of(report.submission, Options())
        document = result.build(catalog, report, wording, None)
        started = time.process_time()
        made = pdf.render_pdf(view.build(document, catalog, wording))
        spent = (time.process_time() - started) * 1000
        pages = len(pypdf.PdfReader(io.BytesIO(made)).pages)
        print(f"  {workbook.stem:20} {pages:3} pages {spent:7.0f} ms {spent / pages:6.0f} ms a page")


def cold_starts(sample: Path, rounds: int) -> None:
    """Print what whole commands cost from a cold start of Python, CPU and wall time."""
    workbook = str(workbook_of(sample))
    with tempfile.TemporaryDirectory() as out:
        commands = {
            "--help": ["--help"],
            "check": ["check", workbook],
            "report": ["report", workbook, "--out", out, "--force"],
            "report --no-pdf": ["report", workbook, "--out", out, "--force", "--no-pdf"],
        }
        print("cold starts")
        for name, arguments in commands.items():
            spent = [_child(arguments) for _ in range(rounds)]
            cpu, wall = (statistics.median(column) for column in zip(*spent, strict=True))
            print(f"  {name:16} {cpu:7.0f} ms CPU {wall:7.0f} ms wall")


def _child(arguments: list[str]) -> tuple[float, float]:
    before, started = os.times(), time.perf_counter()
    done = subprocess.run([sys.executable, "-m", "sheetreport", *arguments], capture_output=True, check=False)
    wall, after = time.perf_counter() - started, os.times()
    assert done.returncode in {0, 1}, done.stderr.decode()
    cpu = after.children_user + after.children_system - before.children_user - before.children_system
    return cpu * 1000, wall * 1000


def main() -> None:
    """Measure one sample."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument(
        "--sample", default="barbershop-ru", choices=sorted(path.name for path in SAMPLES.iterdir())
    )
    parser.add_argument("--rounds", type=int, default=5)
    options = parser.parse_args()
    compare(SAMPLES / options.sample, options.rounds)
    every_sample()
    cold_starts(SAMPLES / options.sample, options.rounds)


if __name__ == "__main__":
    main()
