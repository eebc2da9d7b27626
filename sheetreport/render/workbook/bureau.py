"""What a bureau adds to the workbook: its logo and name, contacts, and the consultant's own words."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator, Sequence
from io import BytesIO

from sheetreport.bureau.commentary import CHAPTERS, LONGEST, Paragraph, Points, plain
from sheetreport.bureau.commentary import Words as Written
from sheetreport.bureau.dress import Dress
from sheetreport.render.workbook.page import Book, Fitted, Page, visible

WIDTHS = (92,)
FRONT_LINES, LINE = 6, 112
"""Lines of the commentary that stand on the first sheet, with their characters; all of it has a sheet of its
own.
"""

_PIECE = 1500  # characters of a paragraph in one cell

_LOGO_WIDTH, _LOGO_HEIGHT = 180, 52  # pixels, in the two rows of the title
_SHEETS = {
    "channels": {"channels"},
    "loyalty": {"loyalty", "satisfaction"},
    "history": {"trends"},
    "goals": {"goals"},
    "method": {"method"},
}


def hidden(dress: Dress) -> frozenset[str]:
    """The sheets of chapters that the bureau leaves out: hidden, since formulas of others rest on them."""
    return frozenset(sheet for sheet, chapters in _SHEETS.items() if chapters <= dress.hidden)


def has_sheet(book: Book) -> bool:
    """Whether the first sheet has no room for all that the consultant wrote."""
    commentary = book.dress.commentary
    if commentary is None:
        return False
    return bool(commentary.chapters) or len(_lines(commentary.front)) > FRONT_LINES


def has_logo(book: Book) -> bool:
    """Whether a logo stands beside the title."""
    return book.dress.brand is not None and book.dress.brand.logo is not None


def write_logo(book: Book, page: Page, column: int) -> None:
    """The logo beside the title."""
    logo = book.dress.brand.logo if book.dress.brand else None
    if book.dress.brand is None or logo is None:
        return
    scale = min(_LOGO_WIDTH / logo.width, _LOGO_HEIGHT / logo.height)
    picture = {
        "image_data": BytesIO(logo.png),
        "x_scale": scale,
        "y_scale": scale,
        "x_offset": 4,
        "y_offset": 2,
        "object_position": 2,
        "description": book.dress.brand.name[book.wording.language],
    }
    page.sheet.insert_image(0, column, "logo.png", picture)


def write_front(book: Book, page: Page, column: int) -> None:
    """The consultant's words for the first page, marked as theirs."""
    commentary = book.dress.commentary
    if commentary is None or not commentary.front:
        return
    page.text(column, _label(book), "strong_line")
    lines = _lines(commentary.front)
    for line in lines[:FRONT_LINES]:
        page.text(column, line, "explained", height=15)
    if has_sheet(book):
        page.link(page.row, column, "commentary")
        page.row += 1
    page.row += 1


def write_end(book: Book, page: Page, column: int) -> None:
    """The bureau with its closing words and contacts."""
    brand = book.dress.brand
    if brand is None:
        return
    page.text(column, brand.name[book.wording.language], "strong_line")
    said = brand.closing[book.wording.language] if brand.closing else ""
    for line in textwrap.wrap(said, LINE):
        page.text(column, line, "explained", height=15)
    if brand.contacts:
        page.text(column, " · ".join(brand.contacts), "explained", height=15)


def write(book: Book, page: Page) -> None:
    """All that the consultant wrote, chapter by chapter."""
    commentary = book.dress.commentary
    assert commentary is not None
    page.title(book.wording.text("brand.commentary"), _by(book))
    page.row += 1
    parts = [("", commentary.front)]
    parts += [
        (book.wording.text(keys[0]), commentary.chapters[chapter])
        for chapter, keys in CHAPTERS.items()
        if chapter in commentary.chapters
    ]
    for heading, written in parts:
        if heading:
            page.section(heading)
        for text in _texts(written):
            for piece in textwrap.wrap(visible(text, LONGEST), _PIECE):
                page.put(page.row, 0, piece, "plain")
                page.fit(page.row, [Fitted(piece, WIDTHS[0])])
                page.row += 1
        page.row += 1


def _by(book: Book) -> str:
    return book.dress.brand.name[book.wording.language] if book.dress.brand else ""


def _label(book: Book) -> str:
    label = book.wording.text("brand.commentary")
    return f"{label} · {_by(book)}" if _by(book) else label


def _lines(written: Sequence[Written]) -> list[str]:
    """The words in lines of the first sheet, lists with their marks."""
    return [line for text in _texts(written) for line in textwrap.wrap(visible(text, LONGEST), LINE)]


def _texts(written: Sequence[Written]) -> Iterator[str]:
    for one in written:
        match one:
            case Paragraph():
                yield plain((one,))
            case Points(items, numbered):
                for number, item in enumerate(items, start=1):
                    yield (f"{number}. " if numbered else "• ") + plain((Paragraph(item),))
