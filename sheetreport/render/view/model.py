"""What the report shows: finished strings, and geometry in points. Templates only place it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from itertools import groupby
from typing import ClassVar, TypeAlias

from sheetreport.bureau.commentary import Words
from sheetreport.bureau.logo import Logo
from sheetreport.bureau.palette import Colours
from sheetreport.model import Language
from sheetreport.render.view.letters import line_count
from sheetreport.render.view.measure import lines

LABEL_WIDTH, FRONT_LABEL = 107.0, 78.0  # points of a row's label, and of one on page 1
HALF_WIDTH = 232.0  # points of a column where there are two
_SAME_LINE = 7.0  # points: what stands nearer than that is read as one line
LOGO_WIDTH, LOGO_HEIGHT = 150.0, 20.0


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
    """Shapes first, then words, on a board of fixed height; `alt` says in a sentence what the eye sees."""

    kind: ClassVar[str] = "chart"
    height: float
    shapes: tuple[Shape, ...]
    labels: tuple[Label, ...] = ()
    alt: str = ""

    @property
    def words(self) -> str:
        """What is written in it but the axis, line by line: what people hear where `alt` has no sentence."""
        written = sorted(
            (label for label in self.labels if "axis" not in label.look.split()),
            key=lambda label: (round(label.top / _SAME_LINE), label.left),
        )
        said = groupby(written, key=lambda label: round(label.top / _SAME_LINE))
        return "; ".join(", ".join(label.text for label in line) for _, line in said)


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
    """A long list in two columns of small type: down the left one, then the right one."""

    kind: ClassVar[str] = "items"
    texts: tuple[str, ...]

    @property
    def left(self) -> tuple[str, ...]:
        return self.texts[: self._parts_at]

    @property
    def right(self) -> tuple[str, ...]:
        return self.texts[self._parts_at :]

    @property
    def _parts_at(self) -> int:
        """Where the columns get as equal as they can be."""
        heights = [line_count(text, 7.5, HALF_WIDTH) for text in self.texts]
        places = range(1, len(heights) + 1)
        return min(places, key=lambda at: max(sum(heights[:at]), sum(heights[at:])), default=0)


@dataclass(frozen=True, slots=True)
class Proof:
    """Where a number comes from: its name, then its formula, the owner's figures and the cells."""

    ref: str
    name: str
    text: str

    @property
    def height(self) -> float:
        """An estimate in points, from which columns of equal height are made."""
        return line_count(f"{self.name}. {self.text}", 7.5, HALF_WIDTH) * 9.4 + 3.7


@dataclass(frozen=True, slots=True)
class Proofs:
    """Entries that links of the report lead to, in two columns: down the left one, then the right one."""

    kind: ClassVar[str] = "proofs"
    left: tuple[Proof, ...]
    right: tuple[Proof, ...]

    @property
    def height(self) -> float:
        """That of the higher column."""
        return max(sum(entry.height for entry in side) for side in (self.left, self.right))


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
        return _label_height(self.label, self.note)


def _label_height(label: str, note: str) -> float:
    return lines(label, 10, LABEL_WIDTH) * 12.5 + lines(note, 7.5, LABEL_WIDTH) * 10.5 + 3


@dataclass(frozen=True, slots=True)
class Wide:
    """Parts over the whole width, under an optional heading.

    A `whole` one is not broken over pages; a `close` one is of a chapter that people look things up in.
    """

    kind: ClassVar[str] = "wide"
    heading: str
    parts: tuple[Part, ...]
    whole: bool = False
    close: bool = False


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

    @property
    def height(self) -> float:
        """Room for the label and the bureau's name below it."""
        return _label_height(self.label, self.by)

    @property
    def front_height(self) -> float:
        """The same on page 1, where the label is smaller and its column narrower."""
        return lines(self.label, 8.5, FRONT_LABEL) * 11.5 + lines(self.by, 7.5, FRONT_LABEL) * 10.5


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
class First:
    """The one most important action; `blanks` name the lines to write on, `height` is its room in points."""

    label: str
    number: str
    title: str
    step: str
    effect: str
    about: str
    blanks: tuple[str, ...]
    height: float
    ref: str = ""


@dataclass(frozen=True, slots=True)
class Score:
    """The score of health: its figure, what it rests on, the areas with their points, steps up."""

    heading: str
    figure: str
    caption: str
    table: Table | None
    notes: tuple[str, ...]
    known: bool = True


@dataclass(frozen=True, slots=True)
class Summary:
    """Page 1. Where a text ends with a page number, `..._page` names the chapter it points at."""

    template: ClassVar[str] = "summary.html"
    status_lead: str
    status: str
    status_more: str
    status_page: str
    answers: tuple[Answer, ...]
    actions_heading: str
    first: First | None
    actions: Table | None
    no_actions: str
    health: Score | None
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

    @property
    def logo_style(self) -> str:
        """The place of the logo above the dates: as large as fits there."""
        if self.logo is None:
            return ""
        scale = min(LOGO_WIDTH / self.logo.width, LOGO_HEIGHT / self.logo.height)
        return f"width:{self.logo.width * scale:.1f}pt;height:{self.logo.height * scale:.1f}pt"


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
    contents: str = ""


@dataclass(frozen=True, slots=True)
class Preparation:
    """Page 1 of the consultant's copy: who, the state of the workbook, what to ask, what changed."""

    template: ClassVar[str] = "preparation.html"
    known: tuple[tuple[str, str], ...]
    questions_heading: str
    questions: Table | None
    no_questions: str
    changes_heading: str
    changes: Table | None
    note: str


@dataclass(frozen=True, slots=True)
class Copy:
    """The consultant's copy of a report, which may hold personal data; it takes the place of a View."""

    language: Language
    title: str
    overline: str
    company: str
    company_look: str
    about: tuple[str, ...]
    footer: str
    summaries: tuple[Preparation, ...]
    chapters: tuple[Chapter, ...]
    mark: Mark | None = None
    contents: str = ""


Front: TypeAlias = Summary | Preparation
Printed: TypeAlias = View | Copy
