"""What two computers must have in common for the same workbook to give the same bytes on both."""

from __future__ import annotations

import hashlib
import platform
import zlib
from collections.abc import Mapping
from functools import lru_cache, reduce
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

import sheetreport
from sheetreport.catalog.load import load_catalog
from sheetreport.errors import Message
from sheetreport.pipeline import Options
from sheetreport.result import SCHEMA_VERSION

LIBRARIES = (
    "babel",
    "cssselect2",
    "fonttools",
    "jinja2",
    "markdown-it-py",
    "openpyxl",
    "pillow",
    "pydyf",
    "pyphen",
    "python-calamine",
    "pyyaml",
    "tinycss2",
    "tinyhtml5",
    "weasyprint",
    "xlrd",
    "xlsxwriter",
)
"""Those that leave their mark in what is read or written."""

_NONE = "none"
# Of the traits that are no library's or program's version.
_NAMES = {
    "files": "cluster.trait_files",
    "schema": "cluster.trait_schema",
    "catalogue": "cluster.trait_catalogue",
    "page": "cluster.trait_page",
}
_SHORT = 12  # characters of a hash, as people compare them
_PAGE = """
<style>@font-face {font-family: Golos; src: url(GolosText-400.ttf)} body {font: 11pt Golos}</style>
<p>Проба, trial: 1 234,5 ₽, −0,7 %, № 5, office</p>
"""


def traits(options: Options) -> Mapping[str, str]:
    """What this computer makes reports with."""
    found = {
        "sheetreport": sheetreport.__version__,
        "files": _files()[:_SHORT],
        "schema": SCHEMA_VERSION,
        "catalogue": load_catalog(options.catalog).sha256[:_SHORT],
        "Python": platform.python_version(),
        "zlib": zlib.ZLIB_RUNTIME_VERSION,
        **{library: _version(library) for library in LIBRARIES},
    }
    return found | ({"page": _trial_page()[:_SHORT]} if options.pdf else {})


def differences(here: Mapping[str, str], there: Mapping[str, str]) -> Message | None:
    """What is not the same, as it is there and as it is here; None where all is."""
    found = [
        _difference(name, there.get(name, _NONE), value)
        for name, value in here.items()
        if there.get(name) != value
    ]
    return reduce(_and, found) if found else None


def _difference(name: str, there: str, here: str) -> Message:
    named = Message(_NAMES[name], {}) if name in _NAMES else name
    return Message("cluster.differs", {"trait": named, "there": _value(there), "here": _value(here)})


def _value(value: str) -> Message | str:
    return Message("cluster.none", {}) if value == _NONE else value


def _and(before: Message, one: Message) -> Message:
    return Message("cluster.next", {"before": before, "one": one})


def _version(library: str) -> str:
    try:
        return version(library)
    except PackageNotFoundError:
        return _NONE


@lru_cache(maxsize=1)
def _files() -> str:
    """The hash of the program itself: two states of it may go by one version."""
    root, digest = Path(sheetreport.__file__).parent, hashlib.sha256()
    for file in sorted(root.rglob("*")):
        if file.is_file() and file.suffix != ".pyc":
            digest.update(f"\0{file.relative_to(root).as_posix()}\0".encode())
            digest.update(file.read_bytes().replace(b"\r\n", b"\n"))
    return digest.hexdigest()


@lru_cache(maxsize=1)
def _trial_page() -> str:
    """The hash of a small PDF, which tells libraries of the system apart that don't say their versions."""
    try:
        import weasyprint  # noqa: PLC0415  (it needs Pango, without which no PDF is made here)
    except (ImportError, OSError):
        return _NONE
    fonts = Path(sheetreport.__file__).parent / "render" / "fonts"
    page = weasyprint.HTML(string=_PAGE, base_url=f"{fonts}/")
    return hashlib.sha256(page.write_pdf(uncompressed_pdf=True)).hexdigest()  # how it packs is ours to set
