"""WeasyPrint alone, in a process that nothing of ours has changed.

`python -m tests.benchmarks.alone FILE.html` renders the file, its charts beside it, once for each line it
is sent, and answers with the milliseconds of CPU.
"""

from __future__ import annotations

import pickle
import sys
from collections.abc import Sequence
from importlib import resources
from pathlib import Path
from typing import Any

import weasyprint
from weasyprint.text.fonts import FontConfiguration

from sheetreport.render.pdf import pictures
from sheetreport.render.view.model import Chart
from tests.benchmarks.measure import cpu_ms

ASSETS = "asset:"


def render(html: str, charts: Sequence[Chart]) -> bytes:
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
    made: bytes = document.write_pdf(
        stylesheets=[css], font_config=fonts, pdf_variant="pdf/ua-1", cache=pictures(charts)
    )
    return made


def main() -> None:
    file = Path(sys.argv[1])
    html = file.read_text("utf-8")
    charts = pickle.loads(file.with_suffix(".charts").read_bytes())
    for _ in sys.stdin:
        print(cpu_ms(lambda: render(html, charts)), flush=True)


if __name__ == "__main__":
    main()
