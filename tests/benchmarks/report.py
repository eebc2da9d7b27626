"""One workbook to all its outputs, beside WeasyPrint alone rendering the same HTML; and what a page costs.

Both take turns, each in a process of its own that is warm, so that the ratio means the same on every machine.
"""

from __future__ import annotations

import io
import pickle
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path

import pypdf

from sheetreport import result
from sheetreport.catalog.definitions import Catalog
from sheetreport.confined import get_ready
from sheetreport.pipeline import Options, examine, process, wording_of
from sheetreport.render import pdf, view
from sheetreport.render.view.model import Chart, Printed
from tests.benchmarks.measure import Aim, Size, at_most, cpu_ms
from tests.generated import SAMPLES, samples, workbook_of

LONGEST = SAMPLES / "barbershop-ru"
"""The sample with the most answers."""


def run(size: Size) -> list[Aim]:
    """Print both measurements."""
    catalog = get_ready()
    return [_against_weasyprint(catalog, size.rounds + 2), *_pages(catalog, size.rounds)]


def _view_of(catalog: Catalog, workbook: Path) -> Printed:
    report = examine(catalog, workbook.read_bytes(), workbook.name, Options())
    wording = wording_of(report.submission, Options())
    return view.build(result.build(catalog, report, wording, None), catalog, wording)


def _against_weasyprint(catalog: Catalog, rounds: int) -> Aim:
    workbook = workbook_of(LONGEST)
    data = workbook.read_bytes()

    def job() -> None:
        process(catalog, data, workbook.name, Options())

    whole, bare = [], []
    charts: list[Chart] = []
    with _weasyprint(pdf.render_html(_view_of(catalog, workbook), charts=charts), charts) as alone:
        job()
        alone()
        for _ in range(rounds):
            whole.append(cpu_ms(job))
            bare.append(alone())
    print(f"One workbook ({LONGEST.name}), CPU time, median of {rounds} rounds")
    print(f"  whole job        {statistics.median(whole):7.0f} ms")
    print(f"  WeasyPrint alone {statistics.median(bare):7.0f} ms")
    stages = process(catalog, data, workbook.name, Options()).seconds
    print("  stages, one run: " + ", ".join(f"{name} {spent * 1000:.0f}" for name, spent in stages.items()))
    ratio = statistics.median(whole) / statistics.median(bare)
    return at_most(1.3, "whole job over WeasyPrint alone", ratio)


@contextmanager
def _weasyprint(html: str, charts: list[Chart]) -> Iterator[Callable[[], float]]:
    """A call that has WeasyPrint alone render this HTML and gives its milliseconds of CPU."""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder, "report.html")
        file.write_text(html, "utf-8")
        file.with_suffix(".charts").write_bytes(pickle.dumps(charts))
        command = [sys.executable, "-W", "ignore", "-m", "tests.benchmarks.alone", str(file)]
        with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as child:
            asked, said = child.stdin, child.stdout
            assert asked is not None
            assert said is not None

            def alone() -> float:
                asked.write("\n")
                asked.flush()
                return float(said.readline())

            yield alone


def _pages(catalog: Catalog, rounds: int) -> Iterator[Aim]:
    """What a tagged page costs in each sample, and in all of them together."""
    print(f"PDF of every sample, CPU time, median of {rounds} rounds")
    pages_of_all, spent_on_all, dearest = 0, 0.0, 0.0
    for workbook in (workbook_of(sample) for sample in samples()):
        shown = _view_of(catalog, workbook)
        pages = len(pypdf.PdfReader(io.BytesIO(pdf.render_pdf(shown))).pages)
        spent = statistics.median(cpu_ms(partial(pdf.render_pdf, shown)) for _ in range(rounds))
        print(f"  {workbook.stem:20} {pages:3} pages {spent:7.0f} ms {spent / pages:6.0f} ms a page")
        pages_of_all += pages
        spent_on_all += spent
        dearest = max(dearest, spent / pages)
    yield at_most(100, "CPU of a tagged page, all samples", spent_on_all / pages_of_all, " ms")
    yield at_most(100, "CPU of a tagged page, the dearest sample", dearest, " ms")
