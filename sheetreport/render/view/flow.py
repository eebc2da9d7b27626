"""Which chapters start a page, and which go on below the one before them so that no page stays half empty."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Sequence

from sheetreport.bureau.commentary import plain
from sheetreport.render.view.charts import CONTENT
from sheetreport.render.view.letters import line_count
from sheetreport.render.view.model import (
    Actions,
    Block,
    Body,
    Chart,
    Closing,
    Evidence,
    Figure,
    Items,
    Line,
    Part,
    Proofs,
    Remark,
    Table,
    Wide,
)

# In points.
PAGE, GAP = 742.0, 26.0
FULL, HEAD = 482.0, 41.0  # the width of the page; a chapter's head without its claim and lead
STEP = 10.0  # before the steps of a cell
CELL_GAP, ROW_GAP, DENSE_GAP, BLOCK_GAP, HEADING = 8.0, 9.0, 6.5, 18.0, 16.0
CONTENTS, CONTENTS_ROW = 14.0, 12.0
HALF = 0.66 * PAGE  # up to here a page has a third free
SLACK = 20.0  # estimates are rather too high; what does not fit after all goes to the next page by itself
ALWAYS = frozenset({"missing", "proof", "method"})


def follows(bodies: Sequence[Body]) -> Iterator[bool]:
    """For each chapter, whether it goes on below the one before it.

    It does where it fits whole, and where the page would otherwise stay half empty: rows and pictures keep
    together, so a chapter may end on the next page.
    """
    used = CONTENTS + CONTENTS_ROW * math.ceil(len(bodies) / 2) - GAP  # above the first chapter
    for place, body in enumerate(bodies):
        if body.id in ALWAYS:
            yield True
            continue
        first, *others = _pieces(body)
        fits = used + GAP + first + sum(others) <= PAGE
        below = fits or (used <= HALF and used + GAP + first <= PAGE + SLACK)
        used = _end(others, used + GAP + first if below or not place else first)
        yield below and place > 0


def _end(pieces: Iterable[float], used: float) -> float:
    """How far down its last page a chapter reaches, each piece on one page."""
    for piece in pieces:
        used = used + piece if used + piece <= PAGE + SLACK else piece
    return used


def _pieces(body: Body) -> list[float]:
    """The heights of what is not broken over pages; the head is one with what stands under it."""
    head = HEAD + _lines(body.claim, 17, 425) * 21 + _lines(body.lead, 10.5, 414) * 15
    pieces = [piece for block in body.blocks for piece in _unbroken(block)]
    return [head + sum(pieces[:1]), *pieces[1:]]


def _unbroken(block: Block) -> list[float]:
    """A block's height, row by row where it is a table that may go on on the next page."""
    match block:
        case Wide(parts=(Table() as table, *others), whole=False):
            rows = [_row(table, at, FULL) for at in range(len(table.rows))]
            rows[0] += _head(table, FULL) + (HEADING if block.heading else 0.0)
            rows[-1] += sum(_part(part, FULL) for part in others) + BLOCK_GAP / 2
            return [sum(rows[:2]), *rows[2:]]
        case _:
            return [_block(block)]


def _block(block: Block) -> float:
    match block:
        case Evidence(parts=parts):
            return max(block.height, sum(_part(part, CONTENT) for part in parts)) + BLOCK_GAP
        case Actions(acts=acts):
            texts = (f"{act.title} {act.text} {act.number}" for act in acts)
            return sum(_lines(text, 9, CONTENT) * 13 + 4 for text in texts) + 1.3 * BLOCK_GAP
        case Remark():
            return sum(_lines(plain((one,)), 9, CONTENT) * 13 + 5 for one in block.words) + 2 * BLOCK_GAP
        case Closing():
            return 3 * BLOCK_GAP
        case _:
            heading = HEADING if block.heading else 0.0
            return heading + sum(_part(part, FULL) for part in block.parts) + BLOCK_GAP / 2


def _part(part: Part, width: float) -> float:
    match part:
        case Chart():
            return part.height
        case Line(look="small"):
            return _lines(part.text, 7.5, width) * 11 + 1
        case Line(look="note"):
            return _lines(part.text, 7.5, width) * 11 + 5
        case Line():
            return _lines(part.text, 9, width) * 13 + 5
        case Figure():
            return 20 + _lines(part.note, 7.5, width) * 11
        case Proofs():
            return part.height
        case Items():
            return len(part.texts) * 11
        case Table():
            return _head(part, width) + sum(_row(part, at, width) for at in range(len(part.rows)))


def _head(table: Table, width: float) -> float:
    rooms = (width * column.width / 100 - CELL_GAP for column in table.columns)
    heads = (_lines(column.head, 7.5, room) for column, room in zip(table.columns, rooms, strict=True))
    return max(heads) * 9.8 + 9


def _row(table: Table, at: int, width: float) -> float:
    highest = 0.0
    for column, cell in zip(table.columns, table.rows[at], strict=True):
        room = width * column.width / 100 - CELL_GAP
        height = sum(_line(line, room) for line in (*cell.lines, *cell.below))
        height += sum(_lines(step, 7.5, room - STEP) * 10.2 for step in cell.items)
        highest = max(highest, height + (cell.chart.height if cell.chart else 0))
    return highest + (DENSE_GAP if "dense" in table.look else ROW_GAP)


def _line(line: Line, room: float) -> float:
    """A line of a cell: small type, or that of a table."""
    if "small" in line.look or "tier" in line.look:
        return _lines(line.text, 7.5, room) * 10.2 + (2.5 if "gap" in line.look else 0)
    return _lines(line.text, 8.5, room) * 11.6


def _lines(text: str, size: float, width: float) -> int:
    return line_count(text, size, width)
