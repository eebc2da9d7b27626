"""The PDF report: a view through the templates, then through WeasyPrint, which is imported only here."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass, replace
from functools import lru_cache
from importlib import resources
from typing import Any

import jinja2

from sheetreport.errors import MissingLibraryError
from sheetreport.render.view.model import Summary, View

_FOLDER = resources.files("sheetreport.render")
_ASSETS = "asset:"
_BUNDLED = re.compile(r"asset:((?:fonts|html/marks)/[\w-]+\.(?:ttf|svg))")

# What the bundled font lacks and people like to type.
MISSING = str.maketrans({
    "\n": " ",
    "\t": " ",
    "\N{NARROW NO-BREAK SPACE}": "\N{NO-BREAK SPACE}",
    "\N{THIN SPACE}": "\N{NO-BREAK SPACE}",
    "\N{NON-BREAKING HYPHEN}": "-",
    "\N{SOFT HYPHEN}": None,
    "\N{ALMOST EQUAL TO}": "~",
    "\N{LESS-THAN OR EQUAL TO}": "<=",
    "\N{GREATER-THAN OR EQUAL TO}": ">=",
    "\N{NOT EQUAL TO}": "!=",
    "\N{RIGHTWARDS ARROW}": "\N{EN DASH}",
    "\N{LEFTWARDS ARROW}": "\N{EN DASH}",
})  # fmt: skip

# Invisible characters, those that XML forbids, and pictures (emoji and the like) that the font can't draw.
_UNPRINTABLE = frozenset({"So", "Sk", "Cc", "Cf", "Cs", "Co", "Cn"})
_ORDINARY = re.compile(r"[ -~\N{NO-BREAK SPACE}-\u052f‐-⁄₠-₿№−]*")
_PRINTED_SYMBOLS = frozenset("©®™°^`¨¯´¸№")

# A range stays on one line, and a dash never begins one.
_RANGE = re.compile(r"(?<=\d)–(?=[\d−])")
_DASH = re.compile(r" (?=[—–] )")


def printable(value: Any) -> Any:
    """A text reduced to what the font draws, with the breaks a typesetter would forbid; else unchanged."""
    if not isinstance(value, str):
        return value
    known = str(value)
    if not _ORDINARY.fullmatch(known):
        known = "".join(char for char in known.translate(MISSING) if _drawn(char))
    bound = _DASH.sub("\N{NO-BREAK SPACE}", _RANGE.sub("–\N{WORD JOINER}", known))
    return bound if type(value) is str else type(value)(bound)


def _drawn(char: str) -> bool:
    return char in _PRINTED_SYMBOLS or unicodedata.category(char) not in _UNPRINTABLE


@lru_cache(maxsize=1)
def _templates() -> jinja2.Environment:
    environment = jinja2.Environment(
        loader=jinja2.FunctionLoader(lambda name: _FOLDER.joinpath("html", name).read_text("utf-8")),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        finalize=printable,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters["pt"] = "{:.1f}".format
    return environment


def render_html(view: View, summary: Summary | None = None) -> str:
    """The report as well-formed HTML, with the fullest page 1 unless another is given."""
    chosen = view.summaries[0] if summary is None else summary
    return _templates().get_template("report.html").render(view=view, summary=chosen)


@dataclass(frozen=True, slots=True)
class _Engine:
    """WeasyPrint with what all reports of a process share: fonts, the parsed stylesheet, decoded marks."""

    html: type
    css: Any
    fonts: Any
    fetcher: Any
    images: dict[str, Any]


@lru_cache(maxsize=1)
def _engine() -> _Engine:
    try:
        import weasyprint  # noqa: PLC0415  (it takes a second and needs Pango: only where a PDF is made)
        from weasyprint.text.fonts import FontConfiguration  # noqa: PLC0415
        from weasyprint.urls import URLFetcher, URLFetcherResponse  # noqa: PLC0415
    except (ImportError, OSError) as error:
        raise MissingLibraryError("the PDF needs the Pango library, which is missing") from error

    class BundledOnly(URLFetcher):  # type: ignore[misc]
        """Serves files of this package and refuses every other address."""

        def fetch(self, url: str, headers: Any = None) -> Any:  # noqa: ARG002
            bundled = _BUNDLED.fullmatch(url)
            if bundled is None:
                raise ValueError(f"not an asset of the report: {url}")
            kind = "image/svg+xml" if url.endswith(".svg") else "font/ttf"
            return URLFetcherResponse(url, _FOLDER.joinpath(bundled[1]).read_bytes(), {"Content-Type": kind})

    fetcher, fonts = BundledOnly(), FontConfiguration()
    css = weasyprint.CSS(
        string=_FOLDER.joinpath("html", "report.css").read_text("utf-8"),
        base_url=_ASSETS,
        url_fetcher=fetcher,
        font_config=fonts,
    )
    return _Engine(weasyprint.HTML, css, fonts, fetcher, {})


def render_pdf(view: View) -> bytes:
    """The report as a tagged PDF, with the fullest page 1 that fits on a page."""
    alone = replace(view, chapters=())
    summary = next((one for one in view.summaries if _is_one_page(alone, one)), view.summaries[-1])
    document = _lay_out(view, summary)
    document.metadata.title = view.title  # as it is: a reader's window shows no word joiners
    pdf: bytes = document.write_pdf(pdf_variant="pdf/ua-1", cache=_engine().images)
    return pdf


def _is_one_page(view: View, summary: Summary) -> bool:
    return len(_lay_out(view, summary).pages) == 1


def _lay_out(view: View, summary: Summary) -> Any:
    engine = _engine()
    document = engine.html(string=render_html(view, summary), base_url=_ASSETS, url_fetcher=engine.fetcher)
    return document.render(font_config=engine.fonts, stylesheets=[engine.css], cache=engine.images)
