"""Lines of text: what WeasyPrint takes for them goes when they do, and none is set twice."""

from __future__ import annotations

import ctypes
import gc
import sys
from typing import Any

import pytest
import weasyprint
from weasyprint.formatting_structure.boxes import LineBox
from weasyprint.text import line_break
from weasyprint.text.fonts import FontConfiguration

from sheetreport.render import lines

KILOBYTE = 1024
TABLE = f"<table style='font-variant-numeric: tabular-nums'>{'<tr><td>1 234</td></tr>' * 200}</table>"


class Heap(ctypes.Structure):
    """What the C library says of its memory (struct mallinfo2)."""

    _fields_ = [
        (name, ctypes.c_size_t)
        for name in "arena ordblks smblks hblks hblkhd usmblks fsmblks uordblks fordblks keepcost".split()
    ]


def bytes_in_use() -> int:
    libc = ctypes.CDLL("libc.so.6")
    libc.mallinfo2.restype = Heap
    gc.collect()
    heap = libc.mallinfo2()
    return int(heap.uordblks)


@pytest.mark.skipif(sys.platform != "linux", reason="only glibc says what is in use")
def test_ten_tables_leave_no_more_memory_taken_than_one() -> None:
    fonts = FontConfiguration()

    def lay_out() -> None:
        weasyprint.HTML(string=TABLE).render(font_config=fonts)

    for _ in range(3):
        lay_out()
    before = bytes_in_use()
    for _ in range(10):
        lay_out()
    # Each of the 2,000 lines would leave a list of half a kilobyte behind.
    assert bytes_in_use() - before < 100 * KILOBYTE


LOOKS = (
    "<p>Plain, <b>bold</b>, <i>slanted</i>, <u>with a line under it</u>, <small>small</small> and long "
    "enough for a second line, figures of one width: <span style='font-variant-numeric: tabular-nums'>1 111"
    "</span>, figures of their own: 1 111, <span style='font-variant-caps: small-caps'>capitals</span>, "
    "<span style='font-kerning: none; letter-spacing: 2px'>AVAVA</span>, <span lang='ru'>по-русски</span>, "
    "<span style='word-spacing: 1em; overflow-wrap: anywhere'>far apart</span></p>"
    "<p style='text-align: justify; width: 150px'>Both edges are straight here but for the last line.</p>"
)


def made() -> bytes:
    document = weasyprint.HTML(string=TABLE + LOOKS * 3).render(font_config=FontConfiguration())
    pdf: bytes = document.write_pdf(uncompressed_pdf=True)
    return pdf


def test_lines_are_set_as_weasyprint_sets_them(monkeypatch: pytest.MonkeyPatch) -> None:
    ours = made()
    monkeypatch.setattr(line_break.Layout, "setup", lines._prepare)
    monkeypatch.setattr(line_break.Layout, "reactivate", lines._prepare_again)
    assert made() == ours


def test_a_line_is_drawn_as_it_was_set(monkeypatch: pytest.MonkeyPatch) -> None:
    document = weasyprint.HTML(string=TABLE).render(font_config=FontConfiguration())
    again: list[str] = []
    monkeypatch.setattr(line_break.Layout, "set_text", lambda _, text, **__: again.append(text))
    assert document.write_pdf()
    assert again == []


class Watched(dict[str, Any]):
    """A style that knows what was read of it."""

    font_config: FontConfiguration
    read: set[str]

    def __getitem__(self, name: str) -> object:
        self.read.add(name)
        return super().__getitem__(name)


def test_two_lines_look_the_same_only_if_all_is_the_same_that_weasyprint_reads() -> None:
    """Another WeasyPrint may read more: then it must be among the looks."""
    page = weasyprint.HTML(string="<p lang='en'>A line</p>").render().pages[0]
    style = next(box.style for box in page._page_box.descendants() if box.element_tag == "p")
    watched = Watched({name: style[name] for name in weasyprint.css.properties.INITIAL_VALUES})
    watched |= {"lang": "en", "text_decoration_line": {"underline"}}
    watched.font_config, watched.read = FontConfiguration(), set()
    lines._prepare(object.__new__(line_break.Layout), watched)
    assert watched.read == {*lines._LOOKS, "text_decoration_line"}
    watched.read = set()
    lines._tell_apart_in_writing(watched, include_size=True)
    assert watched.read <= {*lines._LOOKS, "line_height"}


def test_lines_that_differ_in_leading_alone_differ_in_height() -> None:
    text = (
        "<p style='font-size: 10px; line-height: 1'>One</p><p style='font-size: 10px; line-height: 2'>Two</p>"
    )
    page = weasyprint.HTML(string=text).render(font_config=FontConfiguration()).pages[0]
    assert [box.height for box in page._page_box.descendants() if isinstance(box, LineBox)] == [10, 20]
