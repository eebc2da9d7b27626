"""One sheet of the workbook: titles, questions, input cells with their checks, heights and print set-up."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from io import BytesIO
from typing import Any

from xlsxwriter.utility import xl_range_abs, xl_rowcol_to_cell

from sheetreport.bureau.logo import Logo
from sheetreport.catalog.definitions import FieldDef, FieldType
from sheetreport.findings import typed
from sheetreport.template import live, printing
from sheetreport.template.book import Book, Place, Progress, clean
from sheetreport.template.checks import MESSAGE_TEXT, shortened, validation
from sheetreport.template.live import Live, Result, Span, number, words
from sheetreport.template.measure import LINE, height_of, lines_of
from sheetreport.template.styles import (
    ATTENTION,
    ATTENTION_FILL,
    GOOD,
    GREY_TAB,
    PETROL,
    WRONG,
    WRONG_FILL,
    Role,
)

_MEDIUM = 2  # the thickness of a frame


HIGHEST = 405
"""Spreadsheets know no higher row, in points."""
_SIGN_WIDTH = 16


def put(sheet: Any, row: int, column: int, content: Result, look: Any) -> None:
    """Write owner's content as it is: text stays text whatever it starts with."""
    if content is None:
        sheet.write_blank(row, column, None, look)
    elif isinstance(content, str):
        sheet.write_string(row, column, content, look)
    elif isinstance(content, bool):
        sheet.write_boolean(row, column, content, look)
    else:
        sheet.write_number(row, column, content, look)


@dataclass(frozen=True, slots=True)
class Asked:
    """An input cell as it was written: what it is for and what it holds."""

    field: FieldDef
    role: Role
    in_table: bool
    content: Result
    formula: Live | None


@dataclass(frozen=True, slots=True)
class Mark:
    """What draws attention to an input cell: colours while it holds what it held, and words beside it, unless
    the check there already starts with one of the signs `told`.

    """

    words: str
    told: tuple[str, ...]
    line: str
    fill: str


class Page:
    """A worksheet being written. Rows and columns count from 0."""

    def __init__(
        self, book: Book, title: str, widths: Sequence[float], *, core: bool, landscape: bool = False
    ):
        self.book = book
        self.title = title
        self.widths = tuple(widths)
        self._own_widths = len(self.widths)
        self.sheet: Any = book.workbook.get_worksheet_by_name(title)
        self.last_row = 0
        self.core_cells: list[Live] = []
        self.answered: list[Live] = []
        self.money_cells: list[str] = []
        self._marked_by_excel: dict[str, list[str]] = {}
        self._first_answer: str | None = None
        self._heights: dict[int, float] = {}
        self._checks: dict[int, dict[int, Result]] = {}
        self._verdicts: dict[tuple[int, int], tuple[Live, str]] = {}
        self._asked: dict[tuple[int, int], Asked] = {}
        self._sections: list[int] = []
        self._forced: list[int] = []
        self._rules: dict[tuple[int, int], dict[str, Any]] = {}
        self._set_up(core=core, landscape=landscape)

    def _set_up(self, *, core: bool, landscape: bool) -> None:
        self._landscape = landscape
        for column, width in enumerate(self.widths):
            self.sheet.set_column(column, column, width, self.book.styles.look("plain"))
        self.sheet.hide_gridlines(2)
        self.sheet.set_tab_color(PETROL if core else GREY_TAB)
        self.sheet.set_paper(9)
        if landscape:
            self.sheet.set_landscape()
        wide = printing.spread(self.widths, landscape=landscape)
        if wide is not None:
            self.sheet.set_print_scale(wide.scale)
            self.sheet.set_v_pagebreaks(wide.starts)
            self.sheet.repeat_columns(0)
        else:
            self.sheet.fit_to_pages(1, 0)
        self.sheet.set_margins(left=0.5, right=0.4, top=0.5, bottom=0.6)

    # --- plain cells ------------------------------------------------------------------------------

    def _say(self, row: int, column: int, *texts: str) -> None:
        """Remember what the template itself says, and where."""
        self.book.said.update(texts)
        self.book.written.add((self.title, row, column))

    def write(self, row: int, column: int, text: str, look: str = "text", **extra: Any) -> None:
        """Words of ours in a locked cell."""
        self._say(row, column, text)
        self.sheet.write_string(row, column, text, self.book.styles.look(look, **extra))
        self.last_row = max(self.last_row, row)

    def numbered(self, row: int, column: int, number_: int, text: str) -> None:
        """A line of instructions behind its number."""
        styles = self.book.styles
        self._say(row, column, f"{number_}   {text}")
        self.sheet.write_rich_string(
            row,
            column,
            styles.look("step_number"),
            f"{number_}   ",
            styles.look("text"),
            text,
            styles.look("text"),
        )

    def fill(self, row: int, columns: Sequence[int], look: str, **extra: Any) -> None:
        """Empty cells that continue a heading or a rule."""
        for column in columns:
            self.sheet.write_blank(row, column, None, self.book.styles.look(look, **extra))

    def live(self, row: int, column: int, formula: Live, look: str = "text", **extra: Any) -> None:
        """A formula with its value."""
        value = formula.value
        assert not isinstance(value, live.Error), formula.text
        self.book.formulas.add(formula.text)
        self.book.live.add((self.title, row, column))
        self.sheet.write_formula(
            row,
            column,
            f"={formula.text}",
            self.book.styles.look(look, **extra),
            "" if value is None else value,
        )
        self.last_row = max(self.last_row, row)

    def link(
        self, row: int, column: int, title: str, text: str, look: str = "link", cell: str = "A1"
    ) -> None:
        """A link to another sheet of the workbook, or to the cell of it."""
        self._say(row, column, text)
        quoted = title.replace("'", "''")
        self.sheet.write_url(row, column, f"internal:'{quoted}'!{cell}", self.book.styles.look(look), text)
        self.last_row = max(self.last_row, row)

    def picture(self, row: int, column: int, logo: Logo, room: tuple[int, int], words: str) -> None:
        """A logo in a row, as large as it has room, with words for those who can't see it."""
        scale = min(room[0] / logo.width, room[1] / logo.height)
        self.sheet.insert_image(
            row,
            column,
            "logo.png",
            {
                "image_data": BytesIO(logo.png),
                "x_scale": scale,
                "y_scale": scale,
                "x_offset": 8,
                "y_offset": 1,
                "object_position": 2,
                "description": words,
            },
        )

    def new_page(self, row: int) -> None:
        """Start a new page here."""
        self._forced.append(row)

    def section(self, row: int) -> None:
        """Remember where a section starts: pages break there rather than inside."""
        self._sections.append(row)

    def two_parts(
        self, row: int, column: int, label: str, hint: str, strong: Any, small: Any, look: Any
    ) -> None:
        """A label with a small hint on the next line of the same cell."""
        self._say(row, column, label, f"{label}\n{hint}")
        if hint:
            self.sheet.write_rich_string(row, column, strong, label, small, f"\n{hint}", look)
        else:
            self.sheet.write_string(row, column, label, look)
        self.last_row = max(self.last_row, row)

    def height(self, row: int, points: float) -> None:
        """Make a row at least so high."""
        points = min(points, HIGHEST)
        if points > self._heights.get(row, 0):
            self._heights[row] = points
            self.sheet.set_row(row, points)

    def fit(self, row: int, column: int, text: str, size: int = 11) -> None:
        """Make a row high enough for a wrapped text."""
        self.height(row, lines_of(text, self.widths[column], size) * LINE[size] + 6)

    # --- questions and answers --------------------------------------------------------------------

    def question(self, row: int, column: int, field: FieldDef, *, core: bool) -> None:
        """The question with its hint below, in one cell."""
        label, hint = field.label[self.book.language], field.hint[self.book.language]
        styles = self.book.styles
        look = styles.look("question_core" if core else "question")
        self.two_parts(
            row, column, label, hint, styles.look("text_bold" if core else "text"), styles.look("hint"), look
        )
        self.height(row, height_of(label, hint, self.widths[column], 11, bold=core))

    def answer(
        self,
        row: int,
        column: int,
        field: FieldDef,
        content: Result,
        role: Role,
        *,
        formula: Live | None = None,
        in_table: bool = False,
    ) -> Live:
        """An input cell with its drop-down, messages and content; gives the cell for formulas."""
        address = xl_rowcol_to_cell(row, column)
        self._first_answer = self._first_answer or address
        if formula is not None and (content is None or content == formula.value):
            content = formula.value
            self._no_green_corner("formula_unlocked", address)
        else:
            formula = None
        self._asked[row, column] = Asked(field, role, in_table, content, formula)
        self.lay(row, column)
        if isinstance(content, str):
            self.fit(row, column, content, 10 if in_table else 11)
        if field.type is FieldType.TEXT:
            self._no_green_corner("number_stored_as_text", address)
        if field.type is FieldType.MONEY:
            self.money_cells.append(address)
        self._validate(row, column, field)
        self.last_row = max(self.last_row, row)
        return Live(address, content)

    def _no_green_corner(self, kind: str, address: str) -> None:
        """Keep Excel from marking a cell that is meant to be as it is."""
        self._marked_by_excel.setdefault(kind, []).append(address)

    def lay(self, row: int, column: int, **extra: Any) -> None:
        """Write an input cell: our formula, or the owner's content with properties changed where a cell needs
        it.

        """
        cell = self._asked[row, column]
        if isinstance(cell.content, str):
            extra = {
                "text_wrap": True,
                **extra,
            }  # text in a number's cell can't flow over the check beside it
        look = self.book.styles.input(cell.role, cell.field, in_table=cell.in_table, **extra)
        if cell.formula is None:
            put(self.sheet, row, column, cell.content, look)
        else:
            value = "" if cell.formula.value is None else cell.formula.value
            self.sheet.write_formula(row, column, f"={cell.formula.text}", look, value)

    def asks(self, row: int, column: int) -> bool:
        """Whether an input cell stands there."""
        return (row, column) in self._asked

    def in_table(self, row: int, column: int) -> bool:
        """Whether an input cell shares its check with the other cells of its row."""
        return self._asked[row, column].in_table

    def shown(self, row: int, column: int) -> str:
        """What an input cell shows, in words."""
        cell = self._asked[row, column]
        if isinstance(cell.content, bool) or not isinstance(cell.content, int | float):
            return str(live.as_text(cell.content))
        match cell.field.type:
            case FieldType.DATE if cell.content > 0:
                return self.book.wording.date(live.day_of(cell.content))
            case FieldType.SHARE:
                return self.book.wording.share(cell.content, 1)
            case _:
                return typed(cell.content, self.book.language)

    def unchanged(self, row: int, column: int, *, outside: bool = False) -> Live:
        """Whether an input cell still holds what was laid into it."""
        address = self.outside(row, column) if outside else xl_rowcol_to_cell(row, column, True, True)
        return live.still(address, self._asked[row, column].content)

    def mark(self, row: int, column: int, mark: Mark, **extra: Any) -> None:
        """Draw attention to an input cell until it changes: frame, colour, a sign in the check beside it."""
        self.lay(row, column, border=_MEDIUM, border_color=mark.line, **extra)
        unchanged = self.unchanged(row, column)
        self.sheet.conditional_format(row, column, row, column, {
            "type": "formula",
            "criteria": f"={unchanged.text}",
            "format": self.book.styles.rule(bg_color=mark.fill, font_color=mark.line),
        })  # fmt: skip
        beside, verdict, look = self.verdict(row, column)
        if not str(verdict.value).startswith(mark.told):
            self.check(row, beside, live.if_(unchanged, words(mark.words), verdict), look)

    def settle(self, row: int, column: int, text: str) -> None:
        """Say something else than the check beside an input cell, as long as the cell holds what it held."""
        beside, verdict, look = self.verdict(row, column)
        self.check(row, beside, live.if_(self.unchanged(row, column), words(text), verdict), look)

    def verdict(self, row: int, column: int) -> tuple[int, Live, str]:
        """The check that speaks of a cell: its column, formula and look; one of its own where none does."""
        right = [at for (line, at) in self._verdicts if line == row and at > column]
        left = [at for (line, at) in self._verdicts if line == row and at < column]
        if right or left:
            beside = min(right) if right else max(left)
            return beside, *self._verdicts[row, beside]
        if len(self.widths) == self._own_widths:
            self.widen(_SIGN_WIDTH)
        return self._own_widths, words("✓"), "check"

    def _validate(self, row: int, column: int, field: FieldDef) -> None:
        rule = validation(self.book, field, xl_rowcol_to_cell(row, column))
        if rule is not None:
            self._rules[row, column] = rule

    def check(self, row: int, column: int, formula: Live, look: str = "check") -> None:
        """A live check beside its cell."""
        self.live(row, column, formula, look)
        self._verdicts[row, column] = formula, look
        self.note_check(row, column, formula.value)
        if look == "check" and isinstance(formula.value, str):
            self.fit(row, column, formula.value, 10)

    def note_check(self, row: int, column: int, value: Result) -> None:
        """Remember a check, for the count of what is wrong on the sheet."""
        self._checks.setdefault(column, {})[row] = value

    def flag_unlisted(self, row: int, column: int, choices: Span) -> None:
        """Colour an answer that is not in its list, where no check stands beside it."""
        cell = xl_rowcol_to_cell(row, column)
        unlisted = f"SUMPRODUCT(--({choices.text}=TRIM({cell})))=0"
        look = self.book.styles.rule(font_color=WRONG, bg_color=WRONG_FILL, bold=True)
        self.sheet.conditional_format(
            cell, {"type": "formula", "criteria": f"=AND(LEN(TRIM({cell}))>0,{unlisted})", "format": look}
        )

    # --- what stood there last time ---------------------------------------------------------------

    def widen(self, width: float) -> int:
        """One more column at the right; gives its index."""
        column = len(self.widths)
        self.sheet.set_column(column, column, width, self.book.styles.look("plain"))
        self.widths = (*self.widths, width)
        return column

    def remind(self, row: int, column: int, text: str, look: str) -> None:
        """Words about an earlier workbook, in a locked cell; they are none of the template's own."""
        self._no_green_corner("number_stored_as_text", xl_rowcol_to_cell(row, column))
        self.sheet.write_string(row, column, clean(text), self.book.styles.look(look))
        self.last_row = max(self.last_row, row)

    def prompt(self, row: int, column: int, text: str) -> None:
        """Put words before the message that shows beside an input cell while it is chosen."""
        rule = self._rules.get((row, column))
        if rule is not None:
            told = clean(text).replace("\n", " ")
            said = f"{told[:1].upper()}{told[1:]}. {rule['input_message']}"
            rule["input_message"] = shortened(said, MESSAGE_TEXT)

    # --- the whole sheet --------------------------------------------------------------------------

    def heading(self, sheet_id: str, title: str, links: Sequence[tuple[int, str, str]]) -> None:
        """Title, progress and links in the first two rows."""
        self.write(0, 0, title, "title")
        self.height(0, 30)
        progress = self.book.progress.get(sheet_id)
        if progress is not None:
            self.live(1, 0, self._progress_text(sheet_id, progress), "progress")
        for column, target, text in links:
            self.link(1, column, target, text)
        self.height(1, 20)

    def _progress_text(self, sheet_id: str, progress: Progress) -> Live:
        book = self.book
        done = Live(f"done_{sheet_id}", progress.done.value)
        if not progress.wanted:
            return live.join(words(book.text("progress_optional")), done)
        ready = live.if_(live.compare(done, "=", number(progress.wanted)), words(" ✓"), live.EMPTY)
        return live.join(
            words(book.text("progress_done")), done, words(book.text("progress_of", n=progress.wanted)), ready
        )

    def outside(self, *place: int) -> str:
        """The address of a cell or a range for formulas on other sheets."""
        quoted = self.title.replace("'", "''")
        return (
            f"'{quoted}'!{xl_range_abs(*place) if len(place) > 2 else xl_rowcol_to_cell(*place, True, True)}"
        )

    def span(self, place: Place, values: Sequence[Result]) -> Span:
        """A range with what it holds, row by row."""
        return Span(self.outside(*place), tuple(values))

    def progress(self) -> Progress:
        """How many core cells are filled (on optional sheets: any cells), and how many checks say wrong."""
        counted = [*map(live.filled, self.core_cells)] if self.core_cells else self.answered
        return Progress(live.total(*counted) if counted else number(0), len(self.core_cells), self._wrong())

    def _wrong(self) -> Live:
        if not self._checks:
            return number(0)
        return live.total(
            *(
                live.count_starting(
                    self.span((min(rows), column, max(rows), column), tuple(rows.values())), "✗"
                )
                for column, rows in self._checks.items()
            )
        )

    def finish(self, *, frozen: tuple[int, int] = (2, 0), repeated: tuple[int, int] = (0, 1)) -> None:
        """Rules and colours of cells, protection, frozen rows and printing; call it last."""
        for (row, column), rule in self._rules.items():
            self.sheet.data_validation(row, column, row, column, rule)
        self._colour_checks()
        self._colour_money()
        if self._marked_by_excel:
            marked = {kind: " ".join(places) for kind, places in self._marked_by_excel.items()}
            self.sheet.ignore_errors(marked)
        self.sheet.protect("", {
            "sort": True, "autofilter": True, "format_columns": True, "format_rows": True, "objects": True,
            "scenarios": True,
        })  # fmt: skip
        self.sheet.freeze_panes(*frozen)
        if self._first_answer:
            self.sheet.set_selection(self._first_answer)
        self.sheet.print_area(0, 0, self.last_row, len(self.widths) - 1)
        self.sheet.repeat_rows(*repeated)
        heights = [self._heights.get(row, LINE[11]) for row in range(self.last_row + 1)]
        room = printing.room(self.widths, landscape=self._landscape)
        self.sheet.set_h_pagebreaks(printing.breaks(heights, self._sections, self._forced, repeated, room))
        self.sheet.set_footer(f"&L&9&A&R&9{self.book.text('footer_page')} &P / &N")

    def _colour_checks(self) -> None:
        for column, rows in self._checks.items():
            self.colour_signs(min(rows), column, max(rows), column)

    def colour_signs(self, top: int, left: int, bottom: int, right: int) -> None:
        """Colour texts by the sign they start with; only ! and ✗ get a fill."""
        rule = self.book.styles.rule
        cell = xl_rowcol_to_cell(top, left)
        for sign, look in (
            ("✗", {"font_color": WRONG, "bg_color": WRONG_FILL, "bold": True}),
            ("!", {"font_color": ATTENTION, "bg_color": ATTENTION_FILL, "bold": True}),
            ("✓", {"font_color": GOOD}),
        ):
            self.sheet.conditional_format(
                top, left, bottom, right,
                {"type": "formula", "criteria": f'=LEFT({cell},1)="{sign}"', "format": rule(**look)},
            )  # fmt: skip

    def _colour_money(self) -> None:
        """Amounts lose the currency sign when the owner chooses another currency, and show small change."""
        if not self.money_cells:
            return
        styles, book = self.book.styles, self.book
        first = self.money_cells[0]
        small = f"IFERROR({first}<>INT({first}),FALSE)"
        rules = [(f"={small}", styles.money(2))]
        if book.has("profile.currency"):
            chosen = book.fields["profile.currency"].choice(book.wording.currency)
            label = chosen.label[book.language] if chosen else book.wording.currency
            other = f'in_profile_currency<>"{label}"'
            rules = [(f"=AND({other},{small})", "#,##0.00_-"), (f"={other}", "#,##0_-"), *rules]
        for criteria, shown in rules:
            self.sheet.conditional_format(first, {
                "type": "formula",
                "criteria": criteria,
                "format": styles.rule(num_format=shown),
                "multi_range": " ".join(self.money_cells),
                "stop_if_true": True,
            })  # fmt: skip
