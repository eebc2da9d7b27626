"""A logo from a file: opened within limits and drawn anew, so that only its pixels go further."""

from __future__ import annotations

import hashlib
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import lru_cache
from io import BytesIO

from PIL import Image, ImageFile, ImageOps, UnidentifiedImageError

from sheetreport.errors import ExitCode, SheetreportError

MAX_LOGO = 2_000_000
MAX_PIXELS = 16_000_000
_LARGEST_SIDE = 900  # pixels that are kept: 70 mm at 300 dpi
_WIDEST = 8  # times its height: a strip wider than that would be too low to read
_KINDS = {b"<svg": "SVG", b"<?xml": "SVG", b"GIF8": "GIF", b"RIFF": "WebP", b"%PDF": "PDF", b"BM": "BMP"}


class LogoError(SheetreportError):
    """What is wrong with a logo, and how to mend it; the brand file adds its line."""

    exit_code = ExitCode.CATALOG


@dataclass(frozen=True, slots=True)
class Logo:
    """A picture drawn anew: PNG bytes and the size in pixels."""

    png: bytes
    width: int
    height: int

    @property
    def name(self) -> str:
        """A name that no other picture has."""
        return hashlib.sha256(self.png).hexdigest()[:16]


@lru_cache(maxsize=4)
def open_logo(data: bytes) -> Logo:
    """Draw a PNG or JPEG anew, small enough for a page and without anything but its pixels."""
    if len(data) > MAX_LOGO:
        raise LogoError("brand_file.logo_large", most=MAX_LOGO // 1_000_000)
    kind = next((kind for sign, kind in _KINDS.items() if data.lstrip()[: len(sign)] == sign), None)
    if kind:
        raise LogoError("brand_file.logo_kind", kind=kind)
    try:
        with _strictly():
            drawn = _drawn(data)
    except Image.DecompressionBombError as error:
        raise _too_many_pixels() from error
    except (UnidentifiedImageError, OSError, SyntaxError, ValueError) as error:
        raise LogoError("brand_file.logo_damaged") from error
    return _on_paper(drawn.convert("RGBA"))


def _drawn(data: bytes) -> Image.Image:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", Image.DecompressionBombWarning)  # the size is checked right below
        picture = Image.open(BytesIO(data), formats=("PNG", "JPEG"))
    width, height = picture.size
    if width * height > MAX_PIXELS:
        raise _too_many_pixels()
    if width > _WIDEST * height or height > _WIDEST * width:
        raise LogoError("brand_file.logo_long", width=width, height=height, most=_WIDEST)
    return ImageOps.exif_transpose(picture).convert("RGB" if picture.mode == "CMYK" else "RGBA")


def _too_many_pixels() -> LogoError:
    return LogoError("brand_file.logo_pixels", most=MAX_PIXELS // 1_000_000)


@contextmanager
def _strictly() -> Iterator[None]:
    """Half a picture is none. WeasyPrint, once imported, makes Pillow draw grey for the rest of it."""
    forgiving, ImageFile.LOAD_TRUNCATED_IMAGES = ImageFile.LOAD_TRUNCATED_IMAGES, False
    try:
        yield
    finally:
        ImageFile.LOAD_TRUNCATED_IMAGES = forgiving


def _on_paper(drawn: Image.Image) -> Logo:
    """On white, as it will be printed: PDF/A and old programs are spared transparency."""
    drawn.thumbnail((_LARGEST_SIDE, _LARGEST_SIDE))
    paper = Image.new("RGB", drawn.size, "white")
    paper.paste(drawn, mask=drawn.getchannel("A"))
    stream = BytesIO()
    paper.save(stream, "PNG", optimize=True)
    return Logo(stream.getvalue(), *paper.size)
