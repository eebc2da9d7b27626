"""Which chapters start a page: a short one stands below the one before it when both fit."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from sheetreport.commentary import plain
from sheetreport.render.view.charts import CONTENT
from sheetreport.render.view.measure import lines
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
)

# In points. Estimates rather see a chapter higher than it is: then it gets a page of its own.
PAGE, GAP = 742.0, 26.0
FULL, HEAD = 482.0, 46.0  # the width of the page; a chapter's head without its claim and lead
CELL_GAP, ROW_GAP, BLOCK_GAP, HEADING = 8.0, 7.0, 22.0, 18.0
TIGHT = 0.87  # letters in a paragraph against those of labels, which are measured generously
ALWAYS = frozenset({"missing", "proof", "method"})
LONG = frozenset({"plan"})  # not worth measuring


def follows(bodies: Sequence[Body]) -> Iterator[bool]:
    """For each chapter, whether it goes on below the one before it."""
    used = PAGE
    for body in bodies:
        if body.id in ALWAYS or body.id in LONG:
            used = PAGE
            yield body.id in ALWAYS
            continue
        height = _body(body)
        below = used + GAP + height <= PAGE
        used = used + GAP + height if below else height
        yield below


def _body(body: Body) -> float:
    head = HEAD + _lines(body.claim, 17, 425) * 21 + _lines(body.lead, 10.5, 414) * 15
    return head + sum(map(_block, body.blocks))


def _block(block: Block) -> float:
    match block:
        case Evidence(parts=parts):
            return max(block.height, sum(_part(part, CONTENT) for part in parts)) + BLOCK_GAP
        case Actions(acts=acts):
            texts = (f"{act.title} {act.text} {act.number}" for act in acts)
            return sum(_lines(text, 9.2, CONTENT) * 13 + 4 for text in texts) + 1.5 * BLOCK_GAP
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
        case Line():
            return _lines(part.text, 9, width) * 13 + 5
        case Figure():
            return 20 + _lines(part.note, 7.5, width) * 11
        case Proofs():
            return len(part.entries) * 24
        case Items():
            return len(part.texts) * 11
        case Table():
            return 26 + sum(_row(part, at, width) for at in range(len(part.rows)))


def _row(table: Table, at: int, width: float) -> float:
    highest = 0.0
    for column, cell in zip(table.columns, table.rows[at], strict=True):
        room = width * column.width / 100 - CELL_GAP
        texts = [*(line.text for line in (*cell.lines, *cell.below)), *cell.items]
        height = sum(_lines(text, 8.3, room) * 11.6 for text in texts)
        highest = max(highest, height + (cell.chart.height if cell.chart else 0))
    return highest + ROW_GAP


def _lines(text: str, size: float, width: float) -> int:
    return lines(text, size * TIGHT, width)
