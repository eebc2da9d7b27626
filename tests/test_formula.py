"""The expression language: what it reads, what it refuses, what it gives, how it reads aloud."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

import pytest

from sheetreport.catalog.load import load_catalog
from sheetreport.formula.evaluate import (
    Environment,
    NotComputableError,
    Outcome,
    condition_holds,
    evaluate,
    interval,
)
from sheetreport.formula.explain import numbers, words
from sheetreport.formula.parse import FormulaError, parse
from sheetreport.formula.tree import Binary, FieldRef, MetricRef, Node, PolicyRef, references
from sheetreport.formula.units import Kind, kind_of
from sheetreport.i18n import Wording
from sheetreport.model import BLANK, LANGUAGES, Language, Reason, Scalar, State, Value
from sheetreport.naming import CatalogNaming


@dataclass(frozen=True)
class Table:
    """A small environment: plain numbers by name, rows of one table."""

    fields: Mapping[str, Scalar | Value] = field(default_factory=dict)
    metrics: Mapping[str, Outcome] = field(default_factory=dict)
    table: Sequence[Mapping[str, Scalar | Value]] = ()
    zero: Mapping[str, str] = field(default_factory=dict)
    page: Sequence[str] = ()
    covered: tuple[int, int] = (0, 0)

    def field(self, field_id: str) -> Value:
        found = self.fields.get(field_id)
        if isinstance(found, Value):
            return found
        return BLANK if found is None else Value(State.VALUE, found)

    def metric(self, metric_id: str) -> Outcome:
        return self.metrics[metric_id]

    def policy(self, policy_id: str) -> float:
        return {"min_events_for_interval": 5.0, "three": 3.0}[policy_id]

    def rows(self, sheet_id: str) -> Sequence[Environment]:  # noqa: ARG002
        return [Table({**self.fields, **row}, self.metrics) for row in self.table]

    def table_of(self, node: Node) -> str:
        return next(reference.sheet for reference in references(node) if isinstance(reference, FieldRef))

    def choice_number(self, field_id: str, choice_id: str) -> float | None:  # noqa: ARG002
        return {"month": 1.0, "quarter": 3.0, "yes": 1.0, "partly": 0.5, "no": 0.0}.get(choice_id)

    def first_score(self, field_id: str) -> int:  # noqa: ARG002
        return 1

    def scored_fields(self, page_id: str) -> Sequence[str]:
        return self.page if page_id == "practices" else ()

    def coverage(self) -> tuple[int, int]:
        return self.covered

    def zero_reason(self, node: FieldRef | MetricRef) -> str | None:
        return self.zero.get(node.id)


def value(text: str, environment: Table) -> object:
    return evaluate(parse(text), environment)


def reason(text: str, environment: Table) -> Reason:
    with pytest.raises(NotComputableError) as caught:
        evaluate(parse(text), environment)
    return caught.value.reason


def test_an_expression_is_a_frozen_tree() -> None:
    tree = parse("clients.active / clients.total")
    assert tree == Binary("/", FieldRef("clients.active"), FieldRef("clients.total"))
    assert list(references(parse("cac * policy.three"))) == [MetricRef("cac"), PolicyRef("three")]


@pytest.mark.parametrize(
    "text",
    [
        "a.b ** 9",
        "__import__('os')",
        "[1, 2]",
        "a.b.c",
        "lambda: 1",
        "(1).real",
        "a.b if",
        "nosuch(1)",
        "ceil(1, 2)",
        "True",
        "1 < a.b < 3",
        "f'{cac}'",
        "x" * 501,
    ],
)
def test_whatever_is_not_the_language_is_refused(text: str) -> None:
    with pytest.raises(FormulaError):
        parse(text)


def test_a_refusal_names_the_column() -> None:
    assert refusal("1 + ceil(1, 2)", "en") == "column 5: ceil takes 1\N{NO-BREAK SPACE}argument, not 2"


def refusal(text: str, language: Language) -> str:
    """What a reader of a language is told of an expression."""
    with pytest.raises(FormulaError) as caught:
        kind_of(parse(text), _kinds)
    return Wording(language).say(caught.value.message)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("1 + (2", "это не выражение (около символа 5): «1 + (2»"),
        ("1 + nosuch(1)", "символ 5: нет функции «nosuch»"),
        ("ceil(1, 2)", "символ 1: ceil: аргументов нужно 1, а дано 2"),
        ("either(1)", "символ 1: either: аргументов нужно не меньше 2, а дано 1"),
        ("[1]", "символ 1: конструкции List в языке выражений нет"),
        ("x" * 501, "выражение длиннее 500\N{NO-BREAK SPACE}символов"),
        ("clients.revenue + nps_detractor_share", "складываются или вычитаются деньги и доля"),
        ("clients.total > clients.revenue", "> сравнивает разное: количество и деньги"),
        ("minimum(clients.total, clients.revenue)", "в minimum вместе стоят количество и деньги"),
        ("clients.total + profile.country", "так не посчитать: количество + текст"),
        ("clients.total / clients.revenue", "на деньги делят деньги или число, а здесь количество"),
        ("series_total(profile.report_date)", "для series_total нужен ряд чисел, а здесь дата"),
        ("not clients.total", "условие должно что-нибудь сравнивать"),
    ],
)
def test_a_refusal_is_told_in_russian(text: str, message: str) -> None:
    assert refusal(text, "ru") == message


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("kind", Kind)
def test_every_kind_has_a_name(kind: Kind, language: Language) -> None:
    assert Wording(language).say(kind.words)


def test_arithmetic_and_precedence() -> None:
    environment = Table({"a.x": 10, "a.y": 4})
    assert value("a.x - a.y * 2", environment) == 2
    assert value("-(a.x - a.y) / 3", environment) == -2
    assert value("ceil(2.0000000001) + ceil(2.1)", environment) == 5
    assert value("clip(a.x, 0, 5) + minimum(1, a.y) + maximum(1, a.y)", environment) == 10
    assert value("power(a.y, 0.5) + sqrt(a.y) + abs(-1)", environment) == 5


def test_a_missing_input_is_not_zero() -> None:
    assert reason("a.x + 1", Table()) == Reason("missing_input", "a.x")
    unknown = Table({"a.x": Value(State.UNKNOWN)})
    assert reason("a.x + 1", unknown) == Reason("missing_input", "a.x")


def test_a_zero_denominator_says_which_one() -> None:
    environment = Table({"a.x": 1, "a.n": 0, "a.m": 0}, zero={"a.n": "zero_new_clients"})
    assert reason("a.x / a.n", environment).code == "zero_new_clients"
    assert reason("a.x / a.m", environment).code == "zero_denominator"
    with pytest.raises(NotComputableError) as caught:
        evaluate(parse("a.x / a.n"), environment, zero="zero_cost")
    assert caught.value.reason.code == "zero_cost"


def test_a_metric_without_value_passes_its_reason_on() -> None:
    environment = Table({"a.x": 1}, {"cac": Outcome(None, Reason("depends_on", "cac"))})
    assert str(reason("a.x / cac", environment)) == "depends_on:cac"


def test_either_takes_the_first_that_can_be_computed_and_explains_the_last() -> None:
    assert value("either(a.x, a.y)", Table({"a.y": 2})) == 2
    assert reason("either(a.x, a.y)", Table()) == Reason("missing_input", "a.x")
    assert reason("either(a.x, 1 / a.y)", Table({"a.y": 0})).code == "zero_denominator"


def test_require_gives_its_own_reason() -> None:
    assert reason('require(a.x >= 30, "sample_below_30", a.x)', Table({"a.x": 29})).code == "sample_below_30"
    assert value('require(a.x >= 30, "sample_below_30", a.x)', Table({"a.x": 30})) == 30


def test_conditions_are_three_valued() -> None:
    environment = Table({"a.x": 1})
    assert value("a.x == 2 and a.gone == 1", environment) is False
    assert value("a.x == 1 or a.gone == 1", environment) is True
    assert reason("a.x == 1 and a.gone == 1", environment).code == "missing_input"
    assert condition_holds(parse("a.x == 1 and a.gone == 1"), environment) is False
    assert condition_holds(parse("not a.x == 2"), environment) is True


@pytest.mark.parametrize(
    ("state", "differs", "equals"),
    [
        (Value(State.VALUE, "yes"), False, True),
        (Value(State.VALUE, "no"), True, False),
        (BLANK, True, False),
        (Value(State.UNKNOWN), True, False),
        (Value(State.NOT_APPLICABLE), False, False),
        (Value(State.VALUE, "na"), False, False),
    ],
)
def test_a_practice_nobody_reported_is_not_in_place(state: Value, differs: bool, equals: bool) -> None:
    environment = Table({"p.consent": state})
    assert value('p.consent != "yes"', environment) is differs
    assert value('p.consent == "yes"', environment) is equals


ROWS: tuple[Mapping[str, Scalar], ...] = (
    {"t.name": "A", "t.type": "hot", "t.x": 10, "t.n": 5},
    {"t.name": "B", "t.type": "cold", "t.x": 30, "t.n": 0},
    {"t.name": "C", "t.type": "hot", "t.x": 2, "t.n": 4},
)


def test_aggregates_run_over_the_rows_that_meet_their_conditions() -> None:
    environment = Table({"a.limit": 10}, table=ROWS)
    assert value("sum(t.x)", environment) == 42
    assert value('sum(t.x, t.type == "hot")', environment) == 12
    assert value("sum(t.x, t.n == 0, t.x >= policy.three * a.limit)", environment) == 30
    assert value("count(t.name, t.x > 2)", environment) == 2
    assert value("lowest(t.x, t.n >= 5) + highest(t.n)", environment) == 15
    assert value("at_lowest(t.name, t.x)", environment) == "C"
    assert value("at_highest(t.name, t.x, t.n > 0)", environment) == "A"


def test_a_blank_in_a_summed_column_makes_the_sum_unknown() -> None:
    rows = (*ROWS, {"t.name": "D", "t.type": "cold"})
    assert reason("sum(t.x)", Table(table=rows)) == Reason("missing_input", "t.x")
    assert value('sum(t.x, t.type == "hot")', Table(table=rows)) == 12


def test_tallies() -> None:
    environment = Table({"a.t": (2, 4, 12, 42, 60)})
    assert value("tally(a.t, 4, 5)", environment) == 102
    assert value("tally_total(a.t)", environment) == 120
    assert value("tally_mean(a.t)", environment) == pytest.approx(514 / 120)
    assert value("tally_sd(a.t)", environment) == pytest.approx(0.8999, abs=1e-4)
    assert reason("tally_mean(a.t)", Table({"a.t": (0, 0, 0, 0, 0)})).code == "missing_input"


PLAN = Table({"a.plan": (180, 260, 340, 420, 480, 480), "a.price": 750, "a.fixed": 310_000})


def test_series() -> None:
    assert value("series_total(a.plan)", PLAN) == 2160
    assert value("series_length(a.plan)", PLAN) == 6
    assert value("first_reaching(a.plan, 414)", PLAN) == 4
    assert value("first_reaching(a.plan, 180)", PLAN) == 1
    assert reason("first_reaching(a.plan, 481)", PLAN) == Reason("not_reached_in_plan")
    assert reason("series_length(a.gone)", PLAN) == Reason("missing_input", "a.gone")
    assert reason("first_reaching(a.gone, a.gone_too)", PLAN) == Reason("missing_input", "a.gone")


def test_a_running_result_covers_a_sum_in_the_month_that_reaches_it() -> None:
    # month by month: -175 000, -115 000, -55 000, 5000, 50 000, 50 000; together -240 000
    assert reason("first_covering(a.plan, a.price, a.fixed, 0)", PLAN) == Reason("not_reached_in_plan")
    assert value("first_covering(a.plan, a.price, a.fixed, -240000)", PLAN) == 1  # -175 000 is more
    assert (
        value("first_covering(a.plan, a.price, 200000, 0)", PLAN) == 4
    )  # -65 000, -70 000, -15 000, 100 000
    assert value("first_covering(a.plan, 0.1, 0, 78)", PLAN) == 3  # 18 + 26 + 34, whatever floats make of it


def test_practices_are_counted_by_what_their_answers_stand_for() -> None:
    answered: dict[str, Scalar | Value] = {"p.a": "yes", "p.b": "partly", "p.c": "no", "p.d": "na"}
    unknown = {"p.e": Value(State.UNKNOWN)}
    environment = Table(answered | unknown, page=("p.a", "p.b", "p.c", "p.d", "p.e", "p.f"))
    assert value('page_points("practices")', environment) == 1.5
    assert value('page_answers("practices")', environment) == 3
    assert value('page_answers("practices")', Table()) == 0


def test_coverage() -> None:
    assert value("metrics_known() / metrics_asked()", Table(covered=(30, 40))) == 0.75


def test_dates_subtract_to_days() -> None:
    environment = Table({"a.end": date(2026, 11, 23), "a.start": date(2026, 11, 9)})
    assert value("a.end - a.start", environment) == 14


def test_intervals_are_values_of_the_language() -> None:
    environment = Table({"a.k": 24, "a.n": 100}, {"m": Outcome(0.24, None, (0.1669, 0.3323), True)})
    low, high = interval(parse("scale(wilson(a.k, a.n), 100)"), environment)
    assert (low, high) == pytest.approx((16.69, 33.23), abs=0.01)
    assert value("low(m) + high(m)", environment) == pytest.approx(0.4992)
    assert value("confident(m)", environment) is True
    assert reason("per_count(a.n, 4)", environment).code == "no_interval"
    low, high = interval(parse("shift(scale(inverse(wilson(a.k, a.n)), 0.24), 1)"), environment)
    assert (low, high) == pytest.approx((1 + 0.24 / 0.3323, 1 + 0.24 / 0.1669), abs=0.001)
    assert reason("inverse(scale(wilson(a.k, a.n), 0))", environment).code == "no_interval"


@pytest.mark.parametrize(
    ("text", "wrong"),
    [
        ("clients.revenue + nps_detractor_share", "money and share"),
        ("clients.total + nps_detractor_share", "count and share"),
        ("clients.revenue * clients.gross_profit", "money times money"),
        ("profile.report_date + clients.revenue", "date"),
        ("clients.total / clients.revenue", "divided by money"),
        ("clients.total + profile.country", "no arithmetic"),
        ("clients.total and clients.active", "condition"),
        ("series_total(clients.total)", "takes a series"),
        ("breakeven.plan_sales + 1", "no arithmetic"),
        ("first_covering(breakeven.plan_sales, clients.revenue, clients.total, 0)", "money and count"),
    ],
)
def test_mixed_units_are_refused(text: str, wrong: str) -> None:
    assert wrong in refusal(text, "en")


def _kinds(reference: object) -> Kind:
    known = {
        "clients.revenue": Kind.MONEY,
        "clients.gross_profit": Kind.MONEY,
        "nps_detractor_share": Kind.SHARE,
        "breakeven.plan_sales": Kind.SERIES,
        "clients.total": Kind.COUNT,
        "clients.active": Kind.COUNT,
        "profile.report_date": Kind.DATE,
        "profile.country": Kind.TEXT,
    }
    return known[reference.id]  # type: ignore[attr-defined]


def test_units_come_out_of_the_arithmetic() -> None:
    assert kind_of(parse("clients.revenue / clients.total"), _kinds) is Kind.MONEY
    assert kind_of(parse("clients.active / clients.total"), _kinds) is Kind.SHARE
    assert kind_of(parse("clients.revenue / clients.gross_profit"), _kinds) is Kind.NUMBER
    assert kind_of(parse("series_total(breakeven.plan_sales)"), _kinds) is Kind.COUNT
    assert kind_of(parse("metrics_known() / metrics_asked()"), _kinds) is Kind.SHARE


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_formula_reads_in_words_and_in_numbers(language: Language) -> None:
    catalog = load_catalog()
    naming = CatalogNaming(catalog, Wording(language))
    node = catalog.metric("average_active").expression
    start, end = (catalog.fields[f"clients.active_{at}"].label[language] for at in ("start", "end"))
    assert words(node, naming) == f"({start} + {end}) / 2"
    environment = Table({"clients.active_start": 470, "clients.active_end": 480})
    assert numbers(node, naming, environment) == "(470 + 480) / 2"


def test_a_search_through_a_plan_reads_with_its_figures() -> None:
    naming = CatalogNaming(load_catalog(), Wording("en"))
    node = parse("first_covering(breakeven.plan_sales, 750, 310000, breakeven.initial_investment)")
    environment = Table({"breakeven.plan_sales": (500,), "breakeven.initial_investment": 60_000})
    assert numbers(node, naming, environment) == (
        "the first month in which (“Sales plan” × 750 − 310,000) since the start ≥ ₽60,000"
    )


def test_brackets_stand_only_where_the_tree_needs_them() -> None:
    naming = CatalogNaming(load_catalog(), Wording("en"))
    assert words(parse("1 - (2 - 3)"), naming) == "1 − (2 − 3)"
    assert words(parse("(1 * 2) / 3"), naming) == "1 × 2 / 3"
    assert words(parse("1 / (2 * 3)"), naming) == "1 / (2 × 3)"


def test_an_interval_is_a_pair() -> None:
    low, high = interval(parse("around(4.9, 0.3, 1, 5)"), Table())
    assert (low, high) == pytest.approx((4.6, 5))
