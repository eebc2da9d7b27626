"""The plan's total as live formulas: what each action changes, put together, and the profit of the year.

The owner takes an action out by its "yes". Who shares people or money with whom is fixed with the report; the
amounts follow the answers.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sheetreport.catalog.definitions import PlanQuantity, Unit
from sheetreport.formula.excel import NOT_COMPUTABLE, Bound, emit, quoted
from sheetreport.plan.overlap import groups
from sheetreport.render.view.words import capitalised, sentence
from sheetreport.render.workbook import charts, effects
from sheetreport.render.workbook.effects import Amount
from sheetreport.render.workbook.names import SheetNames
from sheetreport.render.workbook.page import READING_SIZE, Book, Fitted, Page

WIDTHS = (5, 58, 30, 17, 17, 17)
NUMBER, ACTION, SECOND, VALUE, LOW, HIGH = range(6)
CHART_ROWS = 8  # kept free for the chart beside the reasons
CHART_WIDTH, CHART_HEIGHT = 580, 190
ENDS = ("value", "low", "high")
COLUMNS = (VALUE, LOW, HIGH)
NAMES = ("plan_total", "plan_total_low", "plan_total_high")
_TIMES = {"money_month": 12, "money_year": 1, "money_once": 1}

Json = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class _Claim:
    """A row of the sheet: by how much an action changes a quantity."""

    quantity: str
    part: str | None
    stops: bool
    action: int  # place of the action among those of the sheet
    row: int


@dataclass(frozen=True, slots=True)
class _YearNames(SheetNames):
    """The names of the workbook, with the plan's quantities as expressions over the rows of changes."""

    quantities: Mapping[str, str] = field(default_factory=dict)

    def metric(self, metric_id: str, bound: Bound | None = None) -> str:
        found = self.quantities.get(metric_id)
        return found or SheetNames.metric(self, metric_id, bound)


def has_data(book: Book) -> bool:
    """Whether the plan has a total."""
    return (book.facts.result.get("plan_total") or {}).get("value") is not None


def write(book: Book, page: Page) -> None:
    total: Json = book.facts.result["plan_total"]
    items = [item for item in book.facts.recommendations if (item["effect"] or {}).get("changes")]
    counted = {each["number"]: each for each in total["items"]}
    page.title(_t(book, "sheet_title"), _t(book, "sheet_subtitle"))
    page.row += 1
    top = page.row
    page.row += 4  # the total stands first, and is written last
    page.row += 1
    reasons = page.row
    for line in (_finding(book, total), *_reasons(total)):
        _wrapped(page, line)
    page.row = max(page.row, reasons + CHART_ROWS) + 1
    first = _actions_head(book, page)
    page.row += len(items) + 1
    claims = _claims(book, page, items, counted, first)
    page.row += 1
    profit = _quantities(book, page, total, claims)
    page.row += 1
    _wrapped(page, _t(book, "rule"))
    _wrapped(page, _t(book, "formula", text=total["formula"]))
    end = page.row
    page.row = first
    _actions(book, page, items, counted, claims)
    page.row = top
    _total(book, page, total, profit, (first, first + len(items) - 1))
    page.row = end
    page.sheet.freeze_panes(2, 0)
    _chart(book, page, total, top, reasons)


def _wrapped(page: Page, text: str) -> None:
    """A line of explanation under the actions' column."""
    page.put(page.row, ACTION, text, "plain", font_size=READING_SIZE)
    page.fit(page.row, [Fitted(text, WIDTHS[ACTION], READING_SIZE)])
    page.row += 1


def _t(book: Book, key: str, **params: str | float) -> str:
    return book.wording.text(f"plan.{key}", **params)


def _finding(book: Book, total: Json) -> str:
    """How the total stands to the sum; without amounts, for the bars follow the owner's "no"."""
    return _t(book, "chart_title" if total["sum"] > total["value"] else "chart_title_same")


def _reasons(total: Json) -> Iterator[str]:
    for each in (*total["overlaps"], *total["left_out"]):
        yield sentence(capitalised(each["words"]))


# --- what each action changes -------------------------------------------------------------------------------


def _claims(
    book: Book, page: Page, items: Sequence[Json], counted: Mapping[int, Json], first: int
) -> list[_Claim]:
    """A row for each change of each action, empty where the owner does not count the action."""
    keys = ("head_action", "head_quantity", "head_value", "head_low", "head_high")
    page.head([book.text("actions_number"), *(_t(book, key) for key in keys)], COLUMNS)
    claims = []
    for place, item in enumerate(items):
        flag = f"{page.cell(first + place, SECOND)}={quoted(_yes(book))}"
        for change, found, amounts in effects.changes(book, item):
            quantity = book.catalog.plan.quantity(change.quantity)
            page.number(page.row, NUMBER, item["number"], "place_number", "0")
            page.put(page.row, ACTION, item["title"], "text")
            page.put(page.row, SECOND, quantity.name[book.wording.language], "reading")
            for column, amount in zip(COLUMNS, amounts, strict=True):
                cached = amount.value if item["number"] in counted else None
                _flagged(page, column, flag, amount, cached, _format(book, quantity, found["value"]))
            claims.append(_Claim(change.quantity, found["part"], found["stops"], place, page.row))
            page.row += 1
    return claims


def _flagged(
    page: Page, column: int, flag: str, amount: Amount, cached: float | None, number_format: str
) -> None:
    """An amount that counts while the owner says yes."""
    formula = amount.formula()
    body = formula[1:] if formula else repr(amount.value)
    text = f"=IF({flag},{body},{quoted(NOT_COMPUTABLE)})"
    page.formula(page.row, column, text, "plain_number", cached, number_format, array=amount.is_array)


def _format(book: Book, quantity: PlanQuantity, value: float | None) -> str:
    if quantity.unit is Unit.COUNT:
        return book.styles.counted(digits=0 if value is None or float(value).is_integer() else 1)
    return book.styles.unit(quantity.unit, value)


def _combined(page: Page, claims: Sequence[_Claim], column: int) -> str:
    """The amounts of one quantity put together (overlap.combined) as an expression over their cells."""
    if not claims:
        return "0"
    cells = [page.cell(claim.row, column) for claim in claims]
    whole = [cell for cell, claim in zip(cells, claims, strict=True) if claim.part is None]
    parts = [
        _part(cells, [place for place, claim in enumerate(claims) if claim.part == name], claims)
        for name in dict.fromkeys(claim.part for claim in claims if claim.part is not None)
    ]
    if not whole:
        return f"({'+'.join(parts)})"
    largest = f"MAX({','.join(whole)})"
    if not parts:
        return largest
    gains, costs = ("+".join(f"{function}({part},0)" for part in parts) for function in ("MAX", "MIN"))
    return f"(MAX({largest},{gains})+{costs})"


def _part(cells: Sequence[str], places: Sequence[int], claims: Sequence[_Claim]) -> str:
    """The largest of a part; what stops its row leaves nothing to the others."""
    found = groups([(claims[place].part, claims[place].stops) for place in places])
    first = [cells[places[at]] for at in found.parts[0]]
    others = [cells[place] for place in places if cells[place] not in first]
    largest = f"MAX({','.join(first)})"
    if not others:
        return largest
    return f"IF(COUNT({','.join(first)})>0,{largest},MAX({','.join(others)}))"


def _profit(book: Book, page: Page, claims: Sequence[_Claim], column: int) -> str:
    """The profit of the year with these changes, as a formula."""
    quantities = {
        each.id: _combined(page, [claim for claim in claims if claim.quantity == each.id], column)
        for each in book.catalog.plan.quantities
    }
    names = book.names
    return emit(
        book.catalog.plan.profit,
        _YearNames(names.catalog, names.wording, names.begun, names.table, names.row, quantities),
    )


# --- the tables ---------------------------------------------------------------------------------------------


def _quantities(book: Book, page: Page, total: Json, claims: Sequence[_Claim]) -> int:
    """The quantities of the year with all actions together, and the profit they give. Returns its row."""
    keys = ("head_together", "head_value", "head_low", "head_high")
    labels = [_t(book, key) for key in keys]
    page.head(["", labels[0], "", *labels[1:]], COLUMNS)
    known = {each["id"]: each for each in total["quantities"]}
    for quantity in book.catalog.plan.quantities:
        own = [claim for claim in claims if claim.quantity == quantity.id]
        if not own:
            continue
        found = known.get(quantity.id, dict.fromkeys(ENDS, 0.0))
        page.blank(page.row, (NUMBER, SECOND), "text")
        page.put(page.row, ACTION, capitalised(quantity.name[book.wording.language]), "text")
        for column, end in zip(COLUMNS, ENDS, strict=True):
            shown = _format(book, quantity, found[end])
            page.formula(
                page.row, column, f"={_combined(page, own, column)}", "plain_number", found[end], shown
            )
        page.row += 1
    page.blank(page.row, (NUMBER, SECOND), "total")
    page.put(page.row, ACTION, _t(book, "row_profit"), "total")
    for column, end in zip(COLUMNS, ENDS, strict=True):
        value = total["by_formula"][end]
        formula = _profit(book, page, claims, column)
        page.formula(page.row, column, formula, "total_number", value, book.styles.unit(Unit.MONEY, value))
    page.row += 1
    return page.row - 1


def _actions_head(book: Book, page: Page) -> int:
    keys = ("head_action", "head_counted", "head_alone", "head_adds", "head_so_far")
    page.head([book.text("actions_number"), *(_t(book, key) for key in keys)], COLUMNS)
    return page.row


def _actions(
    book: Book, page: Page, items: Sequence[Json], counted: Mapping[int, Json], claims: Sequence[_Claim]
) -> None:
    """Every action with its box: its effect over a year, what it adds to those above, the total so far."""
    reached = 0.0
    for place, item in enumerate(items):
        found = counted.get(item["number"], {})
        page.number(page.row, NUMBER, item["number"], "place_number", "0")
        page.put(page.row, ACTION, item["title"], "text")
        page.put(page.row, SECOND, _yes(book) if found else _no(book), "input", indent=1)
        choice = {"validate": "list", "source": [_yes(book), _no(book)]}
        page.sheet.data_validation(page.row, SECOND, page.row, SECOND, choice)
        value, _, _ = effects.amounts(book, item)
        yearly = item["effect"]["yearly"]
        formula = value.formula()
        times = _TIMES[item["effect"]["kind"]]
        money = book.styles.unit(Unit.MONEY, yearly)
        if formula is None:
            page.number(page.row, VALUE, yearly, "plain_number", money)
        else:
            shown = f"=IFERROR({times}*({formula[1:]}),{quoted(NOT_COMPUTABLE)})"
            page.formula(page.row, VALUE, shown, "plain_number", yearly, money, array=value.is_array)
        reached += found.get("together", 0.0)
        so_far = _profit(book, page, [claim for claim in claims if claim.action <= place], VALUE)
        money = book.styles.unit(Unit.MONEY, reached)
        page.formula(page.row, HIGH, so_far, "plain_number", reached, money)
        total, before = page.cell(page.row, HIGH), page.cell(page.row - 1, HIGH) if place else "0"
        adds = f"=IFERROR({total}-{before},{quoted(NOT_COMPUTABLE)})"
        cached = found.get("together", 0.0)
        page.formula(page.row, LOW, adds, "plain_number", cached, book.styles.unit(Unit.MONEY, cached))
        page.fit(page.row, [Fitted(item["title"], WIDTHS[ACTION])])
        page.row += 1


def _total(book: Book, page: Page, total: Json, profit: int, actions: tuple[int, int]) -> None:
    """The total with its range, the plain sum, and by how much that would overstate."""
    page.head(
        ["", _t(book, "head_total"), "", *(_t(book, f"head_{end}") for end in ENDS)],
        COLUMNS,
    )
    cells = [page.cell(profit, column) for column in COLUMNS]
    three = f"{cells[0]},{cells[1]},{cells[2]}"
    page.put(page.row, ACTION, _t(book, "row_together"), "strong")
    page.blank(page.row, (SECOND,), "text")
    formulas = (f"={cells[0]}", *(_bounded(name, three) for name in ("MIN", "MAX")))
    for column, end, name, formula in zip(COLUMNS, ENDS, NAMES, formulas, strict=True):
        money = book.styles.unit(Unit.MONEY, total[end])
        page.formula(page.row, column, formula, "number", total[end], money)
        page.define(name, (page.row, column))
    page.row += 1
    flags = f"{page.cell(actions[0], SECOND)}:{page.cell(actions[1], SECOND)}"
    alone = f"{page.cell(actions[0], VALUE)}:{page.cell(actions[1], VALUE)}"
    money = book.styles.unit(Unit.MONEY, total["sum"])
    plain = f"=SUMPRODUCT(({flags}={quoted(_yes(book))})*1,{alone})"
    page.put(page.row, ACTION, _t(book, "row_sum"), "text")
    page.blank(page.row, (SECOND, LOW, HIGH), "text")
    page.formula(page.row, VALUE, plain, "number", total["sum"], money)
    page.define("plan_sum", (page.row, VALUE))
    page.row += 1
    page.put(page.row, ACTION, _t(book, "row_overstated"), "text")
    page.blank(page.row, (SECOND, LOW, HIGH), "text")
    value, whole = page.cell(page.row - 2, VALUE), page.cell(page.row - 1, VALUE)
    share = f'=IF(ISNUMBER({value}),IF({value}>0,{whole}/{value}-1,"{NOT_COMPUTABLE}"),"{NOT_COMPUTABLE}")'
    page.formula(page.row, VALUE, share, "number", total["overstated"], book.styles.share(0))
    page.define("plan_overstated", (page.row, VALUE))
    page.row += 1


def _bounded(function: str, cells: str) -> str:
    return f"=IF(COUNT({cells})=3,{function}({cells}),{quoted(NOT_COMPUTABLE)})"


def _chart(book: Book, page: Page, total: Json, top: int, at: int) -> None:
    """Both bars, beside the reasons."""
    if total["value"] <= 0:
        return
    chart = charts.Chart(
        title=_finding(book, total),
        description=_t(book, "chart_words", sum=total["shown"]["sum"], value=total["shown"]["value"]),
        number_format=book.styles.unit(Unit.MONEY, total["sum"]),
        largest=max(total["value"], total["sum"]),
    )
    series = charts.Series(_t(book, "head_total"), (top + 1, VALUE), 2, hatched_from=1)
    charts.bars(page, (at, SECOND), chart, [series], (top + 1, ACTION), (CHART_WIDTH, CHART_HEIGHT))


def _yes(book: Book) -> str:
    return book.wording.text("common.yes")


def _no(book: Book) -> str:
    return book.wording.text("common.no")
