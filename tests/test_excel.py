"""Formulas say what the expressions say: by their text, and by what LibreOffice makes of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

import openpyxl
import pytest
import xlsxwriter

from sheetreport.formula.evaluate import Environment, NotComputableError, Outcome, evaluate
from sheetreport.formula.excel import Bound, emit, needs_array_entry
from sheetreport.formula.parse import FormulaError, parse
from sheetreport.formula.tree import FieldRef, MetricRef, Node, references
from sheetreport.model import BLANK, State, Value
from tests.conftest import Office

TEXTS = {
    "c.kind": {"hot": "Горячий", "cold": "Холодный"},
    "s.base": {"profit": "Прибыль", "revenue": "Выручка"},
}
TEXTS |= {
    "s.period": {"month": "месяц", "quarter": "квартал"},
    "p.script": {"yes": "да", "no": "нет", "na": "не про нас"},
}
TEXTS |= {
    f"q.{name}": {"yes": "да", "partly": "частично", "no": "нет", "na": "не для нас"} for name in "abcdef"
}
PERIODS = {"month": 1.0, "quarter": 3.0}
POINTS = {"yes": 1.0, "partly": 0.5, "no": 0.0}
PAGE = tuple(f"q.{name}" for name in "abcdef")
POLICY = {"min_events_for_interval": 5.0, "usable": 30.0}
ROW_METRICS = ("row_cost",)


SERIES_SIZE = 8


@dataclass(frozen=True)
class SmallNames:
    """Names of a small world: scalars s.*, a practice p.script, a table c.*, tallies t.*, metrics."""

    row: int | None = None

    def field(self, field_id: str) -> str:
        return (
            f"INDEX({self.column(field_id)},{self.row})"
            if field_id.startswith("c.")
            else self.column(field_id)
        )

    def column(self, field_id: str) -> str:
        return "in_" + field_id.replace(".", "_")

    def tally(self, field_id: str) -> str:
        return self.column(field_id)

    def scores(self, field_id: str) -> tuple[int, int]:
        return (0, 10) if field_id == "t.nps" else (1, 5)

    def row_numbers(self, table: str) -> str:
        return f"rows_{table}"

    def table_of(self, node: Node) -> str:
        for reference in references(node):
            if isinstance(reference, FieldRef):
                return reference.sheet
            if isinstance(reference, MetricRef) and reference.id in ROW_METRICS:
                return "c"
        return ""

    def is_text(self, field_id: str) -> bool:
        return field_id in TEXTS

    def metric(self, metric_id: str, bound: Bound | None = None) -> str:
        name = f"m_{metric_id}" + (f"_{bound}" if bound else "")
        return f"INDEX({name},{self.row})" if self.row and metric_id in ROW_METRICS else name

    def metric_column(self, metric_id: str, table: str) -> str | None:
        return f"m_{metric_id}" if table == "c" and metric_id in ROW_METRICS else None

    def policy(self, policy_id: str) -> float:
        return POLICY[policy_id]

    def label(self, field_id: str, choice_id: str) -> str:
        return TEXTS[field_id][choice_id]

    def choice_numbers(self, field_id: str) -> Mapping[str, float]:
        return {
            label: (PERIODS | POINTS)[choice]
            for choice, label in TEXTS[field_id].items()
            if choice in PERIODS | POINTS
        }

    def series(self, field_id: str) -> str:
        return self.column(field_id)

    def series_size(self, field_id: str) -> int:  # noqa: ARG002
        return SERIES_SIZE

    def scored_fields(self, page_id: str) -> Sequence[str]:
        return PAGE if page_id == "page" else ()

    def asked_metrics(self) -> Sequence[str]:
        return ("m_cac", "m_gone", "m_row_cost")


def formula(text: str, bound: Bound | None = None, row: int | None = None) -> str:
    return emit(parse(text), SmallNames(row), bound)


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ("s.a / s.b", '=IF(COUNT(in_s_a,in_s_b)<2,"—",IFERROR(in_s_a/in_s_b,"—"))'),
        ("s.a", '=IF(COUNT(in_s_a)<1,"—",in_s_a)'),
        ("cac * 2", '=IF(COUNT(m_cac)<1,"—",IFERROR(m_cac*2,"—"))'),
        (
            "(s.a - s.b) / (s.a * s.b)",
            '=IF(COUNT(in_s_a,in_s_b)<2,"—",IFERROR((in_s_a-in_s_b)/(in_s_a*in_s_b),"—"))',
        ),
        ("s.a - (s.b - 1)", '=IF(COUNT(in_s_a,in_s_b)<2,"—",IFERROR(in_s_a-(in_s_b-1),"—"))'),
        ("s.a + s.b * 2 - 1", '=IF(COUNT(in_s_a,in_s_b)<2,"—",IFERROR(in_s_a+in_s_b*2-1,"—"))'),
        ("s.a / (s.b / 2)", '=IF(COUNT(in_s_a,in_s_b)<2,"—",IFERROR(in_s_a/(in_s_b/2),"—"))'),
        ("-s.a * 0.5", '=IF(COUNT(in_s_a)<1,"—",IFERROR(-in_s_a*0.5,"—"))'),
        (
            "either(s.a, s.b)",
            '=IFERROR(IFERROR(IF(ISNUMBER(in_s_a),in_s_a,NA()),IF(ISNUMBER(in_s_b),in_s_b,NA())),"—")',
        ),
        (
            's.a if s.base == "profit" else s.b',
            (
                '=IFERROR(IF(IF(OR(in_s_base="",in_s_base="?",in_s_base="-"),NA(),in_s_base="Прибыль"),'
                'IF(ISNUMBER(in_s_a),in_s_a,NA()),IF(ISNUMBER(in_s_b),in_s_b,NA())),"—")'
            ),
        ),
        (
            "s.a if s.b > 0 else s.a + 1",
            '=IF(COUNT(in_s_b,in_s_a)<2,"—",IFERROR(IF(in_s_b>0,in_s_a,in_s_a+1),"—"))',
        ),
        (
            'require(s.a >= policy.usable, "sample_below_30", s.b)',
            '=IF(COUNT(in_s_a,in_s_b)<2,"—",IFERROR(IF(in_s_a>=30,in_s_b,NA()),"—"))',
        ),
        ("sum(c.spend)", '=IFERROR(IF(COUNT(in_c_spend)<COUNT(rows_c),NA(),SUM(in_c_spend)),"—")'),
        (
            'sum(c.spend, c.kind == "hot")',
            (
                '=IFERROR(IF(SUMPRODUCT((in_c_kind="Горячий")*(1-ISNUMBER(in_c_spend)))>0,NA(),'
                'SUMPRODUCT((in_c_kind="Горячий")*1,in_c_spend)),"—")'
            ),
        ),
        ("count(c.spend)", '=IFERROR(SUMPRODUCT(ISNUMBER(in_c_spend)*1),"—")'),
        ("ceil(s.a)", '=IF(COUNT(in_s_a)<1,"—",IFERROR(-INT(-ROUND(in_s_a,9)),"—"))'),
        (
            "number_of(s.period) * s.a",
            '=IF(COUNT(in_s_a)<1,"—",IFERROR(IF(in_s_period="месяц",1,IF(in_s_period="квартал",3,NA()))*in_s_a,"—"))',
        ),
        (
            "tally(t.nps, 9, 10)",
            '=IF(COUNT(in_t_nps)<11,"—",IFERROR(SUM(INDEX(in_t_nps,1,10):INDEX(in_t_nps,1,11)),"—"))',
        ),
        (
            "tally_mean(t.csi)",
            '=IF(COUNT(in_t_csi)<5,"—",IFERROR(SUMPRODUCT({1,2,3,4,5},in_t_csi)/SUM(in_t_csi),"—"))',
        ),
        ("low(cac)", '=IF(COUNT(m_cac_low)<1,"—",IFERROR(m_cac_low,"—"))'),
    ],
)
def test_text_of_formula(expression: str, expected: str) -> None:
    assert formula(expression) == expected


def test_row_formula_refers_to_its_own_row() -> None:
    assert formula("c.spend / c.clients", row=3) == (
        '=IF(COUNT(INDEX(in_c_spend,3),INDEX(in_c_clients,3))<2,"—",'
        'IFERROR(INDEX(in_c_spend,3)/INDEX(in_c_clients,3),"—"))'
    )
    assert formula("row_cost / cac", row=2) == (
        '=IF(COUNT(INDEX(m_row_cost,2),m_cac)<2,"—",IFERROR(INDEX(m_row_cost,2)/m_cac,"—"))'
    )


def test_limits_need_the_value_they_belong_to() -> None:
    node = parse("around(s.a, s.b, 0, 100)")
    assert emit(node, SmallNames(), "low", needs=("m_x",)) == (
        '=IF(COUNT(m_x,in_s_a,in_s_b)<3,"—",IFERROR(MAX(0,in_s_a-in_s_b),"—"))'
    )


def test_quotes_in_labels_are_doubled(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(TEXTS, "s.base", {"profit": 'по "чистой" прибыли'})
    assert '="по ""чистой"" прибыли"' in formula('1 if s.base == "profit" else 2')


@pytest.mark.parametrize("expression", ["at_lowest(c.name, c.spend)", "confident(cac)", "wilson(s.a, s.b)"])
def test_what_is_no_number_is_refused(expression: str) -> None:
    with pytest.raises(FormulaError):
        formula(expression)


def test_only_extremes_need_array_entry() -> None:
    assert needs_array_entry(parse("1 + lowest(c.spend)"))
    assert needs_array_entry(parse("first_reaching(l.plan, 5)"))
    assert not needs_array_entry(parse("sum(c.spend)"))


# The same expressions by Python and by LibreOffice

SCALARS: dict[str, Any] = {
    "s.a": 48, "s.b": 150, "s.c": 72, "s.d": 160, "s.zero": 0, "s.minus": -2.4, "s.blank": BLANK,
    "s.unknown": Value(State.UNKNOWN), "s.na": Value(State.NOT_APPLICABLE),
    "s.base": "profit", "s.period": "quarter", "s.blank_choice": BLANK, "s.blank_period": BLANK,
    "s.start": date(2026, 11, 1),
    "s.today": date(2026, 11, 16), "p.script": BLANK,
    "l.plan": (180, 260, 340, 420, 480),
    "l.full": (5, 0, 7, 7, 7, 7, 7, 9), "l.gone": BLANK, "l.zero": (0, 0),
    "q.a": "yes", "q.b": "partly", "q.c": "no", "q.d": "na", "q.e": Value(State.UNKNOWN), "q.f": BLANK,
    "t.nps": (1, 0, 1, 2, 3, 7, 10, 12, 14, 22, 28), "t.csi": (2, 4, 12, 42, 60), "t.gone": BLANK,
}  # fmt: skip
TEXTS |= {"s.blank_choice": TEXTS["s.base"], "s.blank_period": TEXTS["s.period"]}
ROWS: tuple[dict[str, Any], ...] = (
    {"c.kind": "hot", "c.spend": 18000, "c.clients": 14, "c.weight": 1},
    {"c.kind": "cold", "c.spend": 15000, "c.clients": 6, "c.weight": 2},
    {"c.kind": BLANK, "c.spend": 6000, "c.clients": 0, "c.weight": 1},
    {"c.kind": "hot", "c.spend": 3000, "c.clients": Value(State.UNKNOWN), "c.weight": 5},
    {"c.kind": Value(State.NOT_APPLICABLE), "c.spend": 500, "c.clients": BLANK, "c.weight": BLANK},
)
METRICS = {"cac": Outcome(1500.0, interval=(1101.5, 2099.9)), "gone": Outcome(None)}
ROW_COSTS = (1285.5, 2500.0, None, None, None)

COMPUTED = """
s.a / s.b
s.a - s.b * 2 / (s.c - s.d)
s.a / s.zero
s.a + s.blank
s.a + s.unknown
s.a * s.na
cac / gone
either(s.blank, gone, s.a)
either(s.unknown, s.na)
s.blank if s.a > 0 else s.b
s.blank if s.a < 0 else s.b
s.a if s.base == "profit" else s.blank
s.a if s.base != "profit" else s.b
s.a if s.blank_choice == "profit" else s.b
require(s.a > 50, "x", s.b)
require(s.b > 50, "x", s.a)
ceil(s.minus)
ceil(2.0000000001)
ceil(s.a / s.b)
abs(s.minus)
sqrt(s.minus)
power(s.a, 0.5)
minimum(s.a, s.b, cac)
maximum(s.a, gone)
clip(s.b, 0, 100)
number_of(s.period) * s.a
number_of(s.blank_period)
s.today - s.start
1 if given(s.zero) else 2
1 if given(s.unknown) else 2
1 if given(s.base) else 2
1 if given(s.blank_choice) else 2
1 if s.zero > 0 and s.blank > 0 else 2
1 if s.a > 0 and s.blank > 0 else 2
1 if s.a > 0 or s.blank > 0 else 2
1 if s.zero > 0 or gone > 0 else 2
1 if not s.a > 0 else 2
1 if s.a / s.zero > 1 or s.a > 1 else 2
1 if p.script != "yes" else 2
1 if p.script == "yes" else 2
sum(c.spend)
sum(c.clients)
sum(c.spend * 2)
count(c.clients)
count(c.kind)
sum(c.spend, c.kind == "hot")
sum(c.clients, c.kind == "hot")
sum(c.spend, c.clients == 0)
sum(c.spend, c.kind != "hot")
sum(c.spend, c.clients == 0, c.spend >= 3 * cac)
sum(c.spend, c.spend >= 3 * gone)
sum(c.spend, c.kind == "cold" or c.clients == 14)
sum(c.spend, not (c.kind == "hot" and c.clients > 10))
sum(c.spend, c.clients > 100)
count(c.spend, given(c.clients))
count(c.kind, c.spend > 5000)
sum(row_cost, row_cost > 2000)
sum(c.spend, row_cost > 2000)
sum(row_cost)
lowest(c.spend)
highest(c.spend, c.clients > 0)
lowest(row_cost)
lowest(c.spend, c.clients > 100)
lowest(c.clients)
weighted_mean(row_cost, c.weight)
weighted_mean(c.spend, c.clients)
tally(t.nps, 0, 6)
tally(t.nps, 10, 10)
tally(t.csi, 4, 5)
tally_total(t.nps)
tally_mean(t.nps)
tally_mean(t.csi)
tally_sd(t.csi)
tally_total(t.gone)
either(tally_total(t.gone), s.a)
series_total(l.plan)
series_total(l.zero)
series_total(l.gone)
series_length(l.plan)
series_length(l.full)
first_reaching(l.plan, 414)
first_reaching(l.plan, 180)
first_reaching(l.plan, 481)
first_reaching(l.full, 9)
first_reaching(l.zero, 0)
first_reaching(l.gone, 5)
first_reaching(l.plan, s.blank)
first_reaching(l.plan, s.a * 6)
first_covering(l.plan, 750, 310000, s.zero)
first_covering(l.plan, 750, 200000, s.zero)
first_covering(l.plan, 750, 200000, 215000)
first_covering(l.plan, 0.1, 0, 78)
first_covering(l.full, s.a, s.a, 0)
first_covering(l.zero, 1, 0, 0)
first_covering(l.plan, s.blank, 0, 0)
first_covering(l.gone, 1, 0, 0)
page_points("page")
page_answers("page")
page_points("page") / page_answers("page")
page_answers("nothing")
metrics_known() / metrics_asked()
student(120)
student(7)
student(2)
student(1)
fpc(120, 480)
fpc(480, 480)
fpc(120, 100)
fpc(1, s.zero)
low(cac)
high(cac) - low(cac)
low(gone)
""".strip().splitlines()
INTERVALS = """
wilson(s.a, s.b)
wilson(s.zero, 3)
wilson(3, 3)
wilson(4, 3)
wilson(s.a, s.zero)
wilson(s.blank, 3)
newcombe(s.a, s.b, s.c, s.d)
nps_interval(50, 24, 100)
nps_interval(3, 0, 3)
nps_interval(0, 3, 3)
nps_interval(2, 2, 3)
nps_difference(50, 24, 100, 32, 20, 80)
per_count(60000, 40)
per_count(60000, 5)
per_count(60000, 4)
around(4.9, 0.2, 1, 5)
around(1.1, 0.2, 1, 5)
scale(wilson(s.a, s.b), 100)
scale(wilson(s.a, s.b), s.minus)
scale(per_count(60000, 40), 2)
scale(wilson(s.a, s.b), gone)
shift(per_count(60000, 40), -1000)
shift(scale(wilson(s.a, s.b), -1), gone)
inverse(per_count(60000, 40))
inverse(scale(wilson(s.a, s.b), s.minus))
scale(inverse(per_count(60000, 40)), s.minus)
wilson(s.a, s.b) if s.a > 10 else wilson(1, 2)
require(s.a > 50, "x", wilson(s.a, s.b))
""".strip().splitlines()


@dataclass(frozen=True)
class World:
    """What the expressions are about, for Python."""

    values: Mapping[str, Any]
    metrics: Mapping[str, Outcome]
    children: Sequence[World] = field(default_factory=tuple)

    def field(self, field_id: str) -> Value:
        value = self.values.get(field_id, BLANK)
        return value if isinstance(value, Value) else Value(State.VALUE, value)

    def metric(self, metric_id: str) -> Outcome:
        return self.metrics[metric_id]

    def policy(self, policy_id: str) -> float:
        return POLICY[policy_id]

    def rows(self, sheet_id: str) -> Sequence[Environment]:
        return self.children if sheet_id == "c" else ()

    def table_of(self, node: Node) -> str:
        return SmallNames().table_of(node)

    def choice_number(self, field_id: str, choice_id: str) -> float | None:
        return (PERIODS | POINTS).get(choice_id) if field_id in TEXTS else None

    def first_score(self, field_id: str) -> int:
        return SmallNames().scores(field_id)[0]

    def scored_fields(self, page_id: str) -> Sequence[str]:
        return SmallNames().scored_fields(page_id)

    def coverage(self) -> tuple[int, int]:
        return 2, 3  # the metric `gone` has no value

    def zero_reason(self, node: FieldRef | MetricRef) -> str | None:
        return f"zero_{node.id}"


def by_python(expression: str) -> Any:
    costs = [Outcome(cost) for cost in ROW_COSTS]
    rows = [World(row, METRICS | {"row_cost": cost}) for row, cost in zip(ROWS, costs, strict=True)]
    try:
        return evaluate(parse(expression), World(SCALARS, METRICS, rows))
    except (NotComputableError, ValueError, TypeError):
        return None


def cell_content(field_id: str, value: Any) -> Any:
    """How an answer stands in its cell."""
    if isinstance(value, Value):
        return {State.UNKNOWN: "?", State.NOT_APPLICABLE: "-"}.get(value.state)
    return TEXTS[field_id][value] if field_id in TEXTS else value


def small_workbook(path: Path) -> dict[tuple[str, Bound | None], str]:
    """A workbook with the world's answers and a formula for each expression; where each one stands."""
    book = xlsxwriter.Workbook(path)
    data, formulas = book.add_worksheet("data"), book.add_worksheet("formulas")
    day = book.add_format({"num_format": "dd.mm.yyyy"})
    places: dict[str, tuple[int, list[Any]]] = {}
    for field_id, value in SCALARS.items():
        cells = list(value) if isinstance(value, tuple) else [cell_content(field_id, value)]
        places[f"in_{field_id.replace('.', '_')}"] = (
            len(places),
            cells
            + [None] * (11 if field_id == "t.gone" else 0)
            + [None] * (SERIES_SIZE - len(cells) if field_id.startswith("l.") else 0),
        )
    for column in ROWS[0]:
        name = f"in_{column.replace('.', '_')}"
        places[name] = (len(places), [cell_content(column, row[column]) for row in ROWS])
    places["rows_c"] = (len(places), [1, 2, 3, 4, 5])
    places["m_row_cost"] = (len(places), ["—" if cost is None else cost for cost in ROW_COSTS])
    for metric_id, outcome in METRICS.items():
        low, high = outcome.interval or ("—", "—")
        for name, value in (
            (f"m_{metric_id}", outcome.value or "—"),
            (f"m_{metric_id}_low", low),
            (f"m_{metric_id}_high", high),
        ):
            places[name] = (len(places), [value])
    for name, (place, cells) in places.items():
        last = max(len(cells), 5 if name == "in_t_csi" else 1) - 1
        below = name.startswith("in_l_")  # the months of a series, from the 21st column on
        first = (0, 20 + place) if below else (place, 0)
        for index, cell in enumerate(cells):
            at = (first[0] + index, first[1]) if below else (first[0], index)
            if isinstance(cell, date):
                data.write_datetime(*at, cell, day)
            elif cell is not None:
                data.write(*at, cell)
        end = (last, first[1]) if below else (first[0], last)
        book.define_name(name, f"=data!{xlsxwriter.utility.xl_range_abs(*first, *end)}")
    where: dict[tuple[str, Bound | None], str] = {}
    for expression, bound in every_formula():
        row = len(where)
        text = emit(parse(expression), SmallNames(), bound)
        if needs_array_entry(parse(expression)):
            formulas.write_array_formula(row, 0, row, 0, "{" + text + "}", None, "")
        else:
            formulas.write_formula(row, 0, text, None, "")
        where[expression, bound] = f"A{row + 1}"
    book.close()
    return where


def every_formula() -> list[tuple[str, Bound | None]]:
    limits: list[tuple[str, Bound | None]] = [
        (text, bound) for text in INTERVALS for bound in ("low", "high")
    ]
    return [*((text, None) for text in COMPUTED), *limits]


def test_libreoffice_agrees_with_python(soffice: Office, tmp_path: Path) -> None:
    path = tmp_path / "small.xlsx"
    where = small_workbook(path)
    calculated = openpyxl.load_workbook(soffice.convert(path, "xlsx", tmp_path / "out"), data_only=True)[
        "formulas"
    ]
    differences = []
    for (expression, bound), cell in where.items():
        expected = by_python(expression)
        if bound and expected is not None:
            expected = expected[0 if bound == "low" else 1]
        found = calculated[cell].value
        same = (
            found == "—"
            if expected is None
            else isinstance(found, int | float) and abs(found - expected) < 1e-9 * max(1, abs(expected))
        )
        if not same:
            differences.append(
                (expression, bound, expected, found, emit(parse(expression), SmallNames(), bound))
            )
    assert not differences
    assert len(where) == len(COMPUTED) + 2 * len(INTERVALS)
