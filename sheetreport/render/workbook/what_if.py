"""The sheet "What if": levers to try, what comes of them, and what reaches each goal, all live.

What is read stands on top; the steps from the levers to the numbers stand below, folded away.
"""

from __future__ import annotations

import textwrap
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sheetreport.catalog.definitions import Better, LeverDef, OutcomeDef, Unit
from sheetreport.catalog.load_levers import FACTOR, LINE, NEEDED, NOW, QUANTITY, TABLE, VALUE
from sheetreport.formula.evaluate import ROUNDING_DIGITS
from sheetreport.formula.excel import NOT_COMPUTABLE, emit, literal, quoted
from sheetreport.model import GoalStatus
from sheetreport.render.workbook import goals
from sheetreport.render.workbook.page import READING_SIZE, Book, Cached, Fitted, Page
from sheetreport.render.workbook.reading import LONGEST_LITERAL
from sheetreport.render.workbook.styles import (
    BAD,
    BAD_MARK,
    GOOD,
    GOOD_MARK,
    OPEN_MARK,
    decimals,
)
from sheetreport.render.workbook.trial import Moved, Trial, TrialNames

WIDTHS = (40, 16, 16, 25, 14, 14)
NAME, NOW_COLUMN, THEN, CHANGE, LOW, HIGH = range(6)
FARTHEST_DAYS = 36_500
LINE_LETTERS = 88  # what fits in the columns behind the first one
_STEP_DIGITS = 6
_EPOCH = date(1899, 12, 30)
_DONE = (GoalStatus.ACHIEVED, GoalStatus.NOT_EVALUABLE)

Json = Mapping[str, Any]
_Key = tuple[str, int | None]


def has_data(book: Book) -> bool:
    """Whether there is a lever to move and a number to watch."""
    return bool(_levers(book)) and any(outcome["now"] is not None for outcome in _found(book)["outcomes"])


def write(book: Book, page: Page) -> None:
    _Sheet(book, page).write()


def _found(book: Book) -> Json:
    return book.facts.result.get("what_if") or {"levers": (), "outcomes": (), "goals": (), "follows": ()}


def _levers(book: Book) -> list[Json]:
    return [lever for lever in _found(book)["levers"] if lever["now"] is not None]


@dataclass(frozen=True, slots=True)
class _Lever:
    """A lever with its row on the sheet and, of a channel, its place in the table."""

    entry: Json
    definition: LeverDef
    row: int
    position: int | None

    @property
    def key(self) -> _Key:
        return self.entry["id"], self.entry["row"]


@dataclass(frozen=True, slots=True)
class _Goal:
    """A goal that levers can move, with its row on the sheet and those of its levers."""

    entry: Json
    goal: Json
    row: int
    position: int
    levers: Mapping[_Key, int]

    @property
    def unit(self) -> Unit:
        return Unit(self.goal.get("unit") or Unit.NUMBER)


class _Sheet:
    """Places first, formulas after: what stands on top names cells further down."""

    def __init__(self, book: Book, page: Page) -> None:
        self.book = book
        self.page = page
        self.styles = book.styles
        self.channels = [row["index"] for row in book.facts.table(TABLE)]
        self.used: dict[_Key, str] = {}
        self.placed: dict[_Key, _Lever] = {}

    def text(self, key: str, **params: str | float) -> str:
        return self.book.wording.text(f"what_if.{key}", **params)

    def write(self) -> None:
        page = self.page
        page.title(self.text("title"), self.text("subtitle"))
        page.sheet.freeze_panes(page.row - 1, 1)
        levers = self.place_levers("company", [item for item in _levers(self.book) if item["row"] is None])
        outcomes = self.place_outcomes()
        reached = list(self.place_goals())
        rows = [item for item in _levers(self.book) if item["row"] is not None]
        levers += self.place_levers("channels", rows) if rows else []
        self.placed = {lever.key: lever for lever in levers}
        self.assumptions(levers)
        page.sheet.print_area(0, NAME, page.row, HIGH)
        first = page.row + 1
        page.row += 1
        trial = self.run(levers)
        self.write_outcomes(trial, outcomes)
        for goal in reached:
            self.write_goal(trial, goal)
        for row in range(first, page.row):
            page.fold(row)

    # --- levers -----------------------------------------------------------------------------------

    def head(self, key: str, *columns: str) -> None:
        labels = [self.text(f"head_{name}") for name in (key, *columns)]
        self.page.head([*labels, *[""] * (len(WIDTHS) - len(labels))], (NOW_COLUMN, THEN, LOW, HIGH))

    def place_levers(self, key: str, entries: Sequence[Json]) -> list[_Lever]:
        if not entries:
            return []
        self.head(key, "now", "try", "change", "low", "high")
        placed = []
        for entry in entries:
            definition = self.book.catalog.what_if.lever(entry["id"], TABLE if entry["row"] else None)
            position = self.channels.index(entry["row"]) + 1 if entry["row"] else None
            placed.append(_Lever(entry, definition, self.page.row, position))
            self.page.put(self.page.row, NAME, entry["name"], "strong")
            self.page.fit(self.page.row, [Fitted(entry["name"], WIDTHS[NAME], bold=True)])
            self.page.row += 1
        self.page.row += 1
        return placed

    def write_lever(self, trial: Trial, lever: _Lever) -> Moved:
        """The present value, the cell to type in, the change, and the range; below, the value in use."""
        page, entry, row = self.page, lever.entry, lever.row
        names = TrialNames(self.book.names.at(TABLE if lever.position else None, lever.position))
        now, typed = page.cell(row, NOW_COLUMN), page.cell(row, THEN)
        ranged = TrialNames(names.base, None, {NOW: now})
        shape = self.styles.unit(lever.definition.unit, entry["now"])
        for column, formula, value in (
            (NOW_COLUMN, emit(lever.definition.now, names), entry["now"]),
            (LOW, emit(lever.definition.low, ranged), entry["low"]),
            (HIGH, emit(lever.definition.high, ranged), entry["high"]),
        ):
            look = "answer_number" if column == NOW_COLUMN else "limit"
            page.formula(row, column, formula, look, value, shape)
        page.formula(row, THEN, f"={now}", "try", entry["now"], shape)
        page.sheet.data_validation(
            row,
            THEN,
            row,
            THEN,
            {
                "validate": "decimal",
                "criteria": "between",
                "minimum": f"={page.cell(row, LOW)}",
                "maximum": f"={page.cell(row, HIGH)}",
                "ignore_blank": True,
                "error_title": self.text("error_title"),
                "error_message": self.text("error"),
            },
        )
        used = trial.add(
            entry["name"], f"=IF(COUNT({now},{typed})=2,{typed},{now})", entry["now"], lever.definition.unit
        )
        self.write_change(row, now, used, entry["now"])
        suffix = f"_{lever.position}" if lever.position else ""
        page.define(f"try_{entry['id']}{suffix}", (row, THEN))
        self.used[lever.key] = used
        return Moved(now, used)

    def write_change(self, row: int, now: str, used: str, value: float) -> None:
        """By how much a lever is moved: relative to where it stands, or, from zero, the difference."""
        relative = f"{used}/{now}-1" if value else f"{used}-{now}"
        formula = f"=IFERROR(ROUND({relative},{ROUNDING_DIGITS}),{quoted(NOT_COMPUTABLE)})"
        percent = "0.0" + ("\\\N{NO-BREAK SPACE}%" if self.book.wording.language == "ru" else "%")
        shape = self.arrows(percent if value else decimals(0))
        self.page.formula(row, CHANGE, formula, "change", 0.0, shape)

    def arrows(self, shape: str) -> str:
        """The number format of a difference, which an arrow, a sign and words tell without colour."""
        return f'"▲ +"{shape};"▼ −"{shape};"{self.text("same")}"'

    def run(self, levers: Sequence[_Lever]) -> Trial:
        """The steps of all levers in their order, then what follows."""
        what_if = self.book.catalog.what_if
        trial = Trial(self.page)
        for definition in what_if.levers:
            own = [lever for lever in levers if lever.definition is definition]
            if own:
                trial.move(definition, {lever.position: self.write_lever(trial, lever) for lever in own})
        for follow in what_if.follows:
            trial.follow(follow)
        return trial

    # --- outcomes ---------------------------------------------------------------------------------

    def place_outcomes(self) -> list[tuple[Json, int]]:
        entries = [entry for entry in _found(self.book)["outcomes"] if entry["now"] is not None]
        self.head("results", "now", "then", "difference")
        placed = []
        for entry in entries:
            self.page.put(self.page.row, NAME, entry["name"], "text")
            self.page.blank(self.page.row, (LOW, HIGH), "text")
            self.page.fit(self.page.row, [Fitted(entry["name"], WIDTHS[NAME])])
            placed.append((entry, self.page.row))
            self.page.row += 1
        self.page.row += 1
        return placed

    def write_outcomes(self, trial: Trial, placed: Sequence[tuple[Json, int]]) -> None:
        definitions = {outcome.id: outcome for outcome in self.book.catalog.what_if.outcomes}
        for entry, row in placed:
            self.write_outcome(trial, entry, definitions[entry["id"]], row)

    def write_outcome(self, trial: Trial, entry: Json, outcome: OutcomeDef, row: int) -> None:
        page, value = self.page, entry["now"]
        shape = self.styles.unit(outcome.unit, value)
        present = emit(outcome.expression, self.book.names)
        page.formula(row, NOW_COLUMN, present, "answer_number", value, shape)
        page.formula(row, THEN, emit(outcome.expression, trial.names()), "number", value, shape)
        page.define(f"then_{outcome.id}", (row, THEN))
        now, then = page.cell(row, NOW_COLUMN), page.cell(row, THEN)
        factor = 100 if outcome.unit is Unit.SHARE else 1
        difference = f"ROUND(({then}-{now})*{factor},{ROUNDING_DIGITS})"
        formula = f'=IF(COUNT({now},{then})<2,"{NOT_COMPUTABLE}",{difference})'
        page.formula(row, CHANGE, formula, "change", 0.0, self.arrows(self.core(outcome.unit, value)))
        self.colour_better(row, outcome.better)

    def core(self, unit: Unit, value: float) -> str:
        """The digits of a difference; of shares it is in percentage points."""
        if unit is Unit.SHARE:
            points = self.book.wording.text("common.percentage_points")
            return f'{decimals(1)}"\N{NO-BREAK SPACE}{points}"'
        if unit is Unit.POINTS:
            return decimals(0)
        return self.styles.unit(unit, value).partition(";")[0].removesuffix("_-")

    def colour_better(self, row: int, better: Better) -> None:
        if better is Better.CONTEXT:
            return
        for criteria, is_up in ((">", True), ("<", False)):
            colour = GOOD if is_up is (better is Better.HIGHER) else BAD
            rule = {"type": "cell", "criteria": criteria, "value": 0}
            rule["format"] = self.styles.bare(font_color=colour)
            self.page.sheet.conditional_format(row, CHANGE, row, CHANGE, rule)

    # --- goals ------------------------------------------------------------------------------------

    def place_goals(self) -> Iterator[_Goal]:
        found = {goal["row"]: goal for goal in self.book.facts.goals}
        entries = [entry for entry in _found(self.book)["goals"] if entry["row"] in found]
        movable = [entry for entry in entries if self.is_movable(entry, found[entry["row"]])]
        others = [entry for entry in entries if entry not in movable]
        if movable:
            self.head("goal", "forecast", "then", "verdict", "target", "date")
            placed = [(entry, self.place_goal(found[entry["row"]])) for entry in movable]
            self.page.row += 1
            self.head("reach", "stands", "needed", "words", "limit")
            for entry, row in placed:
                goal = found[entry["row"]]
                levers = self.place_reach(entry, goal)
                yield _Goal(entry, goal, row, goals.position(self.book, goal), levers)
            self.page.row += 1
        if others:
            self.page.section(self.text("other_goals"))
            for entry in others:
                self.place_other(entry, found[entry["row"]])
            self.page.row += 1

    def is_movable(self, entry: Json, goal: Json) -> bool:
        return entry["obstacle"] is None and goal["status"] not in _DONE

    def place_goal(self, goal: Json) -> int:
        name = goals.name(self.book, goal, 80)
        self.page.put(self.page.row, NAME, name, "strong")
        self.page.fit(self.page.row, [Fitted(name, WIDTHS[NAME], bold=True)])
        self.page.row += 1
        return self.page.row - 1

    def place_reach(self, entry: Json, goal: Json) -> Mapping[_Key, int]:
        """A heading with the goal's name, and a row for each lever that moves it."""
        name = goals.name(self.book, goal, 80)
        self.page.put(self.page.row, NAME, name, "strong_ruled")
        self.page.blank(self.page.row, range(NOW_COLUMN, HIGH + 1), "text")
        self.page.row += 1
        placed: dict[_Key, int] = {}
        available = {(lever["id"], lever["row"]): lever for lever in _levers(self.book)}
        for key in self.reach_keys(entry):
            if key in available:
                name = available[key]["name"]
                self.page.put(self.page.row, NAME, name, "text", indent=1)
                self.page.put(self.page.row, HIGH, "", "text")
                self.page.fit(self.page.row, [Fitted(name, WIDTHS[NAME] - 2)])
                placed[key] = self.page.row
                self.page.row += 1
        if not placed:
            self.page.put(self.page.row, NAME, self.text("no_data"), "line_ruled")
            self.page.row += 1
        return placed

    def reach_keys(self, entry: Json) -> list[_Key]:
        """The levers that move a goal: the channel's own where there is one."""
        what_if, channel = self.book.catalog.what_if, entry["channel_row"]
        per = TABLE if channel else None
        return [
            (lever_id, channel if what_if.lever(lever_id, per).per else None)
            for lever_id in what_if.reach(str(self.measure(entry)), per)
        ]

    def measure(self, entry: Json) -> str | None:
        goal = next(goal for goal in self.book.facts.goals if goal["row"] == entry["row"])
        measure: str | None = goal["metric"]
        return measure

    def place_other(self, entry: Json, goal: Json) -> None:
        self.said(goals.name(self.book, goal, 80), entry["words"])

    def said(self, name: str, text: str) -> None:
        """A name, and beside it a text that runs over the other columns, line by line."""
        page, first = self.page, self.page.row
        for line in textwrap.wrap(text, LINE_LETTERS):
            page.put(page.row, NAME, name if page.row == first else "", "plain")
            page.put(page.row, NOW_COLUMN, line, "explained")
            page.row += 1
        page.fit(first, [Fitted(name, WIDTHS[NAME])], least=18)

    def write_goal(self, trial: Trial, goal: _Goal) -> None:
        """The steps of a goal further down, its row on top, and a row for each lever that moves it."""
        entry, at = goal.entry, goal.position
        kind = str(goal.goal["kind"])
        what_if = self.book.catalog.what_if
        channel = self.channels.index(entry["channel_row"]) + 1 if entry["channel_row"] else None
        quantity = what_if.quantity(goal.goal["metric"], TABLE if channel else None)
        pace = what_if.pace(kind)
        assert quantity is not None, goal.goal["metric"]
        assert pace is not None, kind
        label = goals.name(self.book, goal.goal, 60)

        def add(key: str, formula: str, cached: Cached) -> str:
            return trial.add(f"{label}: {self.text(key)}", formula, cached)

        present = self.book.names.at(TABLE if channel else None, channel)
        now = add("step_now", emit(quantity.expression, present), entry["quantity"])
        then = add("step_then", emit(quantity.expression, trial.names(channel)), entry["quantity"])
        ratio = f'=IF(COUNT({now},{then})<2,"{NOT_COMPUTABLE}",IF({now}=0,"{NOT_COMPUTABLE}",{then}/{now}))'
        factor = add("step_factor", ratio, 1.0 if entry["quantity"] else None)
        own = TrialNames(self.book.names.at("goals", at), None, {FACTOR: factor})
        times = add("step_times", emit(pace.needed, own), entry["times"])
        product = f'=IF(COUNT({now},{times})<2,"{NOT_COMPUTABLE}",{now}*{times})'
        needed = add("step_needed", product, entry["needed"])
        line = add("step_line", emit(pace.line, own), entry["line"])
        days = add("step_days", emit(pace.days, own), entry["days"])
        reaches = self.write_goal_row(goal, TrialNames(own.base, None, {LINE: line}), times, days, add)
        given = {NEEDED: needed, QUANTITY: then}
        for (lever_id, row), place in goal.levers.items():
            node = what_if.reach(str(goal.goal["metric"]), TABLE if channel else None)[lever_id]
            self.write_reach(trial, goal, (lever_id, row), place, node, channel, given, reaches)

    def write_goal_row(self, goal: _Goal, names: TrialNames, times: str, days: str, add: Any) -> str:
        """Forecast now and with the levers, the verdict, the target and the date; returns where the verdict
        stands as a number.
        """
        page, row, at, entry = self.page, goal.row, goal.position, goal.entry
        shape = self.styles.unit(goal.unit, entry["forecast"])
        forecast, target = page.cell(row, THEN), page.cell(row, LOW)
        present = f"INDEX(m_goal_forecast,{at})"
        formula = f'=IF(ISNUMBER({present}),{present},"{NOT_COMPUTABLE}")'
        page.formula(row, NOW_COLUMN, formula, "answer_number", goal.goal["forecast"], shape)
        then = emit(self.book.catalog.what_if.forecast, names)
        page.formula(row, THEN, then, "number", entry["forecast"], shape)
        page.define(f"then_goal_{at}", (row, THEN))
        goal_target = f"INDEX(in_goals_target,{at})"
        shown = self.styles.unit(goal.unit, goal.goal["target"])
        page.formula(row, LOW, f"={goal_target}", "plain_number", goal.goal["target"], shown)
        lower = quoted(self.book.names.label("goals.direction", "lower"))
        missing = f"ROUND({target}-{forecast},{ROUNDING_DIGITS})"
        test = f"IF(INDEX(in_goals_direction,{at})={lower},{missing}>=0,{missing}<=0)"
        counted = f'=IF(COUNT({forecast},{target},{times})<3,"{NOT_COMPUTABLE}",IF({test},1,0))'
        known = None if entry["reaches"] is None else float(entry["reaches"])
        reaches: str = add("step_reaches", counted, known)
        words = [
            f"{GOOD_MARK} {self.text('in_time')}",
            f"{BAD_MARK} {self.text('too_late')}",
            f"{OPEN_MARK} {entry['reason_text'] or self.text('no_numbers')}"[:LONGEST_LITERAL],
        ]
        good, bad, open_ = map(quoted, words)
        verdict = f"=IF(ISNUMBER({reaches}),IF({reaches}=1,{good},{bad}),{open_})"
        said = words[2] if entry["reaches"] is None else words[0] if entry["reaches"] else words[1]
        page.formula(row, CHANGE, verdict, "reading", said)
        page.colour_marks(row, row, CHANGE)
        page.fit(
            row,
            [
                Fitted(said, WIDTHS[CHANGE], READING_SIZE),
                Fitted(goals.name(self.book, goal.goal, 80), WIDTHS[NAME], bold=True),
            ],
        )
        self.write_date(goal, days)
        return reaches

    def write_date(self, goal: _Goal, days: str) -> None:
        """The day on which the target is reached; a half day rounds to the even one, as the report does."""
        at, entry = goal.position, goal.entry
        stated = f"INDEX(in_goals_current_date,{at})"
        today = f"IF(ISNUMBER({stated}),{stated},in_profile_report_date)"
        rounded = f"INT({days}+0.5)-(MOD({days},2)=0.5)"
        near = f'IF({days}<={FARTHEST_DAYS},{today}+{rounded},"{NOT_COMPUTABLE}")'
        formula = f'=IF(ISNUMBER({days}),{near},"{NOT_COMPUTABLE}")'
        day = entry["forecast_date"]
        cached = None if day is None else float((date.fromisoformat(day) - _EPOCH).days)
        self.page.formula(goal.row, HIGH, formula, "plain_number", cached, self.styles.date)
        self.page.define(f"then_goal_date_{at}", (goal.row, HIGH))

    def write_reach(
        self,
        trial: Trial,
        goal: _Goal,
        key: _Key,
        row: int,
        node: Any,
        channel: int | None,
        given: Mapping[str, str],
        reaches: str,
    ) -> None:
        """The value of a lever that reaches a goal: solved further down, rounded to the safe side here."""
        page, at = self.page, goal.position
        lever = self.placed[key]
        found = next((item for item in goal.entry["required"] if (item["lever"], item["row"]) == key), None)
        unit, step = lever.definition.unit, literal(lever.entry["step"])
        used = self.used[key]
        low, high = page.cell(lever.row, LOW), page.cell(lever.row, HIGH)
        names = trial.names(channel, {**given, NOW: page.cell(lever.row, NOW_COLUMN), VALUE: used})
        solved = emit(node, names).removeprefix("=")
        exact = trial.add(
            f"{goals.name(self.book, goal.goal, 60)}: {lever.entry['name']}",
            f'=IF(ISNUMBER({reaches}),IF({reaches}=0,{solved},"{NOT_COMPUTABLE}"),"{NOT_COMPUTABLE}")',
            found["exact"] if found else None,
            unit,
            name=f"exact_{at}_{key[0]}",
        )
        shape = self.styles.unit(unit, lever.entry["now"])
        page.formula(row, NOW_COLUMN, f"={used}", "answer_number", lever.entry["now"], shape)
        steps = f"ROUND({exact}/{step},{_STEP_DIGITS})"
        rounded = f"IF({exact}>{used},-INT(-{steps}),INT({steps}))*{step}"
        inside = f"AND({exact}>={low},{exact}<={high})"
        short = quoted(self.text("short"))
        formula = f'=IF(ISNUMBER({exact}),IF({inside},{rounded},{short}),"{NOT_COMPUTABLE}")'
        cached: Cached = None
        if found and found["exact"] is not None:
            cached = found["value"] if found["reachable"] else self.text("short")
        page.formula(row, THEN, formula, "number", cached, shape)
        page.define(f"need_{at}_{key[0]}", (row, THEN))
        limit = f'=IF(ISNUMBER({exact}),IF({exact}>{used},{high},{low}),"{NOT_COMPUTABLE}")'
        page.formula(row, LOW, limit, "limit", found["limit"] if found else None, shape)
        self.write_reach_words(goal, row, exact, used, inside, reaches, found)

    def write_reach_words(
        self, goal: _Goal, row: int, exact: str, used: str, inside: str, reaches: str, found: Json | None
    ) -> None:
        texts = {
            key: f"{mark} {self.text(key)}"
            for key, mark in (
                ("up", GOOD_MARK),
                ("down", GOOD_MARK),
                ("short_words", BAD_MARK),
                ("enough", GOOD_MARK),
                ("open", OPEN_MARK),
            )
        }
        up, down, short, enough, open_ = map(quoted, texts.values())
        otherwise = f"IF(ISNUMBER({reaches}),IF({reaches}=1,{enough},{open_}),{open_})"
        formula = f"=IF(ISNUMBER({exact}),IF({inside},IF({exact}>{used},{up},{down}),{short}),{otherwise})"
        if found is None or found["exact"] is None:
            said = texts["enough" if goal.entry["reaches"] else "open"]
        elif found["reachable"]:
            said = texts["up" if found["exact"] > found["now"] else "down"]
        else:
            said = texts["short_words"]
        self.page.formula(row, CHANGE, formula, "reading", said)
        self.page.colour_marks(row, row, CHANGE)

    # --- the rest ---------------------------------------------------------------------------------

    def assumptions(self, levers: Sequence[_Lever]) -> None:
        """What each lever takes for granted, each once, and what follows from all."""
        self.page.section(self.text("assumptions"))
        said: dict[str, str] = {}
        for lever in levers:
            language = self.book.wording.language
            name = lever.definition.name[language]
            said.setdefault(lever.definition.assumption[language], name)
        lines = [(name, text) for text, name in said.items()]
        lines += [(self.text("follows"), text) for text in _found(self.book)["follows"]]
        for name, text in lines:
            self.said(name, text)
