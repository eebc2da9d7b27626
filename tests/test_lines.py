"""Lines of text: what WeasyPrint takes for them goes when they do."""

from __future__ import annotations

import ctypes
import gc
import sys

import pytest
import weasyprint
from weasyprint.text.fonts import FontConfiguration

from sheetreport.render import lines  # noqa: F401  (what is tested is what importing it changes)

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
