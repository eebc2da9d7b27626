"""What the report shows: finished strings, and geometry in points. Templates only place it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import ClassVar, TypeAlias

from sheetreport.commentary import Words
from sheetreport.logo import Logo
from sheetreport.model import Language
from sheetreport.palette import Colours
from sheetreport.render.view.measure import lines

LABEL_WIDTH = 107.0  # points of a row's label


class Sign(StrEnum):
    """Marks that stand before a word; the shape alone tells them apart in greyscale."""

    GOOD = "good"  # ticked circle
    ATTENTION = "attention"  # outlined triangle
    ACT = "act"  # crossed square
    NO_DATA = "no-data"  # dashed ring
    WAITING = "waiting"  # clock
    UP = "up"  # proven change
    DOWN = "down"
    SAME = "same"  # two lines: within the margin of error


@dataclass(frozen=True, slots=True)
class Shape:
    """A drawn part of a chart; `look` is its CSS class."""

    look: str
    left: float
    top: float
    width: float
    height: float

    @property
    def style(self) -> str:
        return _place(self.left, self.top, self.width) + f";height:{self.height:.2f}pt"


@dataclass(frozen=True, slots=True)
class Label:
    """Words inside a chart, set in a box of the given width."""

    text: str
    left: float
    top: float
    width: float
    look: str = ""

    @property
    def style(self) -> str:
        return _place(self.left, self.top, self.width)


def _place(left: float, top: float, width: float) -> str:
    return f"left:{left:.2f}pt;top:{top:.2f}pt;width:{width:.2f}pt"


@dataclass(frozen=True, slots=True)
class Chart:
    """Shapes first, then words, on a board of fixed height."""

    kind: ClassVar[str] = "chart"
    height: float
    shapes: tuple[Shape, ...]
    labels: tuple[Label, ...] = ()


@dataclass(frozen=True, slots=True)
class Line:
    """One paragraph of a cell or a row; `look` is its CSS class ("strong", "small", "quiet").

    `ref` names the entry of the last chapters that says where its number comes from.
    """

    kind: ClassVar[str] = "line"
    text: str
    look: str = ""
    sign: Sign | None = None
    ref: str = ""


@dataclass(frozen=True, slots=True)
class Cell:
    """A table cell: lines, a chart, lines below it, steps; or a word behind 1 to 3 filled boxes."""

    lines: tuple[Line, ...] = ()
    chart: Chart | None = None
    below: tuple[Line, ...] = ()
    items: tuple[str, ...] = ()
    boxes: int | None = None


@dataclass(frozen=True, slots=True)
class Column:
    """A heading, the width in per cent of the table, and whether numbers stand at the right edge.

    `ref` names where the numbers of the column come from.
    """

    head: str
    width: float
    right: bool = False
    ref: str = ""


@dataclass(frozen=True, slots=True)
class Table:
    """`header` is the column whose cell names the row."""

    kind: ClassVar[str] = "table"
    columns: tuple[Column, ...]
    rows: tuple[tuple[Cell, ...], ...]
    header: int = 0
    look: str = ""


@dataclass(frozen=True, slots=True)
class Figure:
    """One big number with its words."""

    kind: ClassVar[str] = "figure"
    value: str
    note: str
    ref: str = ""


@dataclass(frozen=True, slots=True)
class Items:
    """A long list in two columns of small type."""

    kind: ClassVar[str] = "items"
    texts: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Proof:
    """Where a number comes from: its name, then its formula, the owner's figures and the cells."""

    ref: str
    name: str
    lines: tuple[str, ...]

    @property
    def height(self) -> float:
        """Room for the name, which is placed beside the lines and so does not stretch the entry."""
        return lines(self.name, 7.5, LABEL_WIDTH) * 10 + 5


@dataclass(frozen=True, slots=True)
class Proofs:
    """Entries that links of the report lead to."""

    kind: ClassVar[str] = "proofs"
    entries: tuple[Proof, ...]


@dataclass(frozen=True, slots=True)
class Act:
    """One thing to do: the bold part, the reason, and the number of the action in the plan."""

    title: str
    text: str
    number: str


Part: TypeAlias = Chart | Table | Line | Figure | Items | Proofs


@dataclass(frozen=True, slots=True)
class Evidence:
    """A row of a chapter: label and note at the left, parts at the right."""

    kind: ClassVar[str] = "evidence"
    label: str
    note: str
    parts: tuple[Part, ...]
    ref: str = ""

    @property
    def height(self) -> float:
        """Room for the label, which is placed over the row and so does not stretch it."""
        return lines(self.label, 10, LABEL_WIDTH) * 12.5 + lines(self.note, 7.5, LABEL_WIDTH) * 10.5 + 3


@dataclass(frozen=True, slots=True)
class Wide:
    """Parts over the whole width, under an optional heading; a `whole` one is not broken over pages."""

    kind: ClassVar[str] = "wide"
    heading: str
    parts: tuple[Part, ...]
    whole: bool = False


@dataclass(frozen=True, slots=True)
class Actions:
    """The end of a chapter: what to do, with pointers to the plan."""

    kind: ClassVar[str] = "actions"
    label: str
    acts: tuple[Act, ...]


@dataclass(frozen=True, slots=True)
class Remark:
    """The consultant's own words, marked as theirs. `more` points at the chapter `page` that has the rest."""

    kind: ClassVar[str] = "remark"
    label: str
    by: str
    words: tuple[Words, ...]
    more: str = ""
    page: str = ""


@dataclass(frozen=True, slots=True)
class Closing:
    """The bureau's closing words and its contacts."""

    kind: ClassVar[str] = "closing"
    name: str
    words: str
    contacts: tuple[str, ...]


Block: TypeAlias = Evidence | Wide | Actions | Remark | Closing


@dataclass(frozen=True, slots=True)
class Body:
    """A chapter before it gets its number."""

    id: str
    name: str
    claim: str
    lead: str
    blocks: tuple[Block, ...]


@dataclass(frozen=True, slots=True)
class Chapter:
    """A numbered chapter; `follows` is set where it goes on below the one before it."""

    number: str
    body: Body
    follows: bool


@dataclass(frozen=True, slots=True)
class Answer:
    """One question of page 1: a bold line, an explanation, a figure with its bar and caption."""

    question: str
    title: str
    text: str
    figure: str
    chart: Chart | None
    caption: str
    known: bool = True
    ref: str = ""


@dataclass(frozen=True, slots=True)
class Summary:
    """Page 1. Where a text ends with a page number, `..._page` names the chapter it points at."""

    status_lead: str
    status: str
    status_more: str
    status_page: str
    answers: tuple[Answer, ...]
    actions_heading: str
    actions: Table | None
    no_actions: str
    health_heading: str
    health: Table | None
    changes_heading: str
    changes: Table | None
    no_changes: str
    works_heading: str
    works: tuple[Line, ...]
    note: str
    note_page: str
    note_end: str
    look: str = ""
    shows_activity: bool = True
    remark: Remark | None = None


@dataclass(frozen=True, slots=True)
class Mark:
    """A bureau's name, the line above the client's name that has it, its logo and colours."""

    name: str
    above: str
    logo: Logo | None
    colours: Colours


@dataclass(frozen=True, slots=True)
class View:
    """A whole report. `summaries` are page 1 from full to shortest: the first that fits is printed."""

    language: Language
    title: str
    overline: str
    company: str
    company_look: str
    activity: str
    about: tuple[str, ...]
    footer: str
    summaries: tuple[Summary, ...]
    chapters: tuple[Chapter, ...]
    mark: Mark | None = None
