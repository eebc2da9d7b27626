"""The PDF report: a view through the templates, then through WeasyPrint, which is imported only here."""

from __future__ import annotations

import atexit
import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import lru_cache, partial
from importlib import resources
from typing import Any
from xml.etree import ElementTree as ET

import jinja2
from markupsafe import Markup

from sheetreport import __version__
from sheetreport.bureau.palette import AS_BUILT, Colours
from sheetreport.errors import MissingLibraryError
from sheetreport.render import archive, numbers, tags
from sheetreport.render.archive import Attachment
from sheetreport.render.drawing import Drawing
from sheetreport.render.view.model import Chart, Front, Printed

_FOLDER = resources.files("sheetreport.render")
_ASSETS = "asset:"
_LOGO = "asset:logo/"
_CHART = "asset:chart/"
_FIRST = "contents"  # the anchor of what begins right after page 1
_ROLE = re.compile(r"--(\w+): (#[0-9a-f]{6})")
_BUNDLED = re.compile(r"asset:((?:fonts|html/marks)/[\w-]+\.(?:ttf|svg))")

# What the bundled font lacks and people like to type.
MISSING = str.maketrans({
    "\n": " ",
    "\t": " ",
    "\N{NARROW NO-BREAK SPACE}": "\N{NO-BREAK SPACE}",
    "\N{THIN SPACE}": "\N{NO-BREAK SPACE}",
    "\N{NON-BREAKING HYPHEN}": "-",
    "\N{LINE SEPARATOR}": " ",
    "\N{PARAGRAPH SEPARATOR}": " ",
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
# What is neither replaced nor left out, at a glance.
_ORDINARY = re.compile(r"[ -~\xa0-\xa5\xa7-\xac\xae-\u02c1\u0400-\u0481\u0483-\u052f‐‒-‧‰-⁄₠-₿№−]*")
_PRINTED_SYMBOLS = frozenset("©®™°^`¨¯´¸№")

# A range stays on one line, and a dash never begins one.
_RANGE = re.compile(r"(?<=\d)–(?=[\d−])")
_DASH = re.compile(r" (?=[—–] )")


def printable(value: Any) -> Any:
    """A text reduced to what the font draws, with the breaks a typesetter would forbid; else unchanged."""
    if not isinstance(value, str) or isinstance(
        value, Markup
    ):  # a macro's output: its texts went through here
        return value
    known = str(value)
    if not _ORDINARY.fullmatch(known):
        known = "".join(char for char in known.translate(MISSING) if _drawn(char))
    return _DASH.sub("\N{NO-BREAK SPACE}", _RANGE.sub("–\N{WORD JOINER}", known))


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


def render_html(view: Printed, summary: Front | None = None, charts: list[Chart] | None = None) -> str:
    """The report as well-formed HTML, with the fullest page 1 unless another is given.

    `charts` takes up the charts, in order: in the HTML they are pictures that `pictures` gives.
    """
    chosen = view.summaries[0] if summary is None else summary
    place = partial(_place, [] if charts is None else charts)
    return _templates().get_template("report.html").render(view=view, summary=chosen, place=place)


def _place(charts: list[Chart], chart: Chart) -> str:
    """The address of the next chart."""
    charts.append(chart)
    return f"{_CHART}{len(charts)}"


def pictures(charts: Sequence[Chart], colours: Colours = AS_BUILT) -> dict[str, Any]:
    """What the charts of a report are drawn by, by their addresses."""
    roles = _roles(colours)
    return {
        f"{_CHART}{number}": Drawing(chart, tuple(printable(label.text) for label in chart.labels), roles)
        for number, chart in enumerate(charts, start=1)
    }


@dataclass(frozen=True, slots=True)
class _Engine:
    """WeasyPrint with what all reports of a process share: fonts, stylesheets, marks, the bureau's logo."""

    html: Any
    css: Any
    fonts: Any
    fetcher: Any
    sheets: dict[Colours, Any]
    images: dict[str, Any]
    logos: dict[str, bytes]


@lru_cache(maxsize=1)
def _engine() -> _Engine:
    try:
        import weasyprint  # noqa: PLC0415  (it takes a second and needs Pango: only where a PDF is made)
        from cssselect2 import ElementWrapper  # noqa: PLC0415
        from weasyprint.text.fonts import FontConfiguration  # noqa: PLC0415
        from weasyprint.urls import URLFetcher, URLFetcherResponse  # noqa: PLC0415

        from sheetreport.render import lines, packing, sizes, styles  # noqa: F401, PLC0415  (they mend it)
    except (ImportError, OSError) as error:
        raise MissingLibraryError("pdf.no_pango") from error

    logos: dict[str, bytes] = {}

    class BundledOnly(URLFetcher):  # type: ignore[misc]
        """Serves files of this package and the bureau's logo, and refuses every other address."""

        def fetch(self, url: str, headers: Any = None) -> Any:  # noqa: ARG002
            if (logo := url.removeprefix(_LOGO)) in logos:
                return URLFetcherResponse(url, logos[logo], {"Content-Type": "image/png"})
            bundled = _BUNDLED.fullmatch(url)
            if bundled is None:
                raise ValueError(f"not an asset of the report: {url}")
            kind = "image/svg+xml" if url.endswith(".svg") else "font/ttf"
            return URLFetcherResponse(url, _FOLDER.joinpath(bundled[1]).read_bytes(), {"Content-Type": kind})

    fetcher = BundledOnly()
    elements = weasyprint.CSS(string=_FOLDER.joinpath("html", "elements.css").read_text("utf-8"))

    class Tree(weasyprint.HTML):  # type: ignore[misc]
        """HTML that is well-formed and needs no parser that mends it, which takes 40 times as long."""

        def __init__(self, root: ET.Element) -> None:
            self.base_url = _ASSETS
            self.url_fetcher = fetcher
            self.media_type = "print"
            self.wrapper_element = ElementWrapper.from_html_root(root, content_language=None)
            self.etree_element = self.wrapper_element.etree_element

        def _ua_stylesheets(self, forms: bool = False) -> list[Any]:  # noqa: ARG002
            """What the elements of a report are, which takes a third less than those of every page."""
            return [elements]

    atexit.register(_engine.cache_clear)  # else the folder of its fonts stays behind
    return _Engine(Tree, weasyprint.CSS, FontConfiguration(), fetcher, {}, {}, logos)


def _stylesheet(colours: Colours) -> Any:
    """The stylesheet in a brand's colours, parsed once."""
    engine = _engine()
    if colours not in engine.sheets:
        engine.sheets[colours] = engine.css(
            string=_in_colours(colours),
            base_url=_ASSETS,
            url_fetcher=engine.fetcher,
            font_config=engine.fonts,
        )
    return engine.sheets[colours]


def _in_colours(colours: Colours) -> str:
    """The text of the stylesheet. Names are replaced before it is parsed: resolving them costs layout."""
    text = _sheet()
    for role, colour in _roles(colours).items():
        text = text.replace(f"var(--{role})", colour)
    return text


def _roles(colours: Colours) -> dict[str, str]:
    """The colour of each role, a brand's or that of the stylesheet."""
    own = {"ink": colours.ink, "accent": colours.accent, "data": colours.data, "tier": colours.accent}
    return {role: own[role] or colour for role, colour in _ROLE.findall(_sheet())}


@lru_cache(maxsize=1)
def _sheet() -> str:
    return _FOLDER.joinpath("html", "report.css").read_text("utf-8")


def render_pdf(view: Printed, attachments: Sequence[Attachment] = ()) -> bytes:
    """The report as a tagged PDF (PDF/UA-1), with the fullest page 1 that fits on a page.

    With attachments it is an archive as well (PDF/A-3a), which keeps them inside.
    """
    root, document = _fitting(view)
    numbers.write(document, _FIRST)
    document.metadata.title = view.title  # as it is: a reader's window shows no word joiners
    document.metadata.generator = f"sheetreport {__version__}"
    pdf: bytes = document.write_pdf(
        finisher=partial(_finish, root, attachments),
        pdf_variant="pdf/a-3a" if attachments else "pdf/ua-1",
        attachments=[archive.embedded(attachment) for attachment in attachments],
        cache=_engine().images,
    )
    return pdf


def _fitting(view: Printed) -> tuple[ET.Element, Any]:
    """The report laid out, with its HTML: at once where page 1 fits, else when it is known which one does."""
    root, document = _lay_out(view, view.summaries[0])
    if _is_page_one(document) or len(view.summaries) == 1:
        return root, document
    alone = replace(view, chapters=())
    *others, last = view.summaries[1:]
    return _lay_out(view, next((one for one in others if _is_page_one(_lay_out(alone, one)[1])), last))


def _is_page_one(document: Any) -> bool:
    """Whether page 1 ends where it should: the document too, or what follows begins on page 2."""
    return len(document.pages) == 1 or _FIRST in document.pages[1].anchors


def _lay_out(view: Printed, summary: Front) -> tuple[ET.Element, Any]:
    engine = _engine()
    if view.mark and view.mark.logo:
        engine.logos[view.mark.logo.name] = view.mark.logo.png
    colours = view.mark.colours if view.mark else AS_BUILT
    css, charts = _stylesheet(colours), list[Chart]()
    html = render_html(view, summary, charts)
    root = ET.fromstring(html)  # noqa: S314  (our own templates, owners' texts escaped)
    engine.images.update(pictures(charts, colours))
    document = engine.html(root).render(font_config=engine.fonts, stylesheets=[css], cache=engine.images)
    return root, document


def _finish(root: ET.Element, attachments: Sequence[Attachment], document: Any, pdf: Any) -> None:
    tags.complete(root, document, pdf)
    if attachments:
        archive.complete(attachments, pdf)
