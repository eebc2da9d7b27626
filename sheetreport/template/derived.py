"""Formulas of the cells that the workbook fills itself and the owner may overwrite."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TypeAlias

from sheetreport import derive
from sheetreport.catalog.definitions import Better, FieldDef, MeasureDef, Unit
from sheetreport.template import live
from sheetreport.template.book import Book
from sheetreport.template.live import EMPTY, Live, Span, number, words

Ref: TypeAlias = Callable[[str], Live]


def formula_of(book: Book, ref: Ref, field: FieldDef) -> Live | None:
    """The formula of a derived field, or None where nothing can be derived live."""
    if not field.derived:
        return None
    match field.id:
        case "profile.period_end":
            return _period_end(book, ref)
        case "profile.report_date":
            return Live("TODAY()", None)
        case "clients.inactive":
            return _rest(ref, ("clients.total",), "clients.active")
        case "clients.active_end":
            return _rest(ref, ("clients.active_start", "clients.new"), "clients.lost")
        case "goals.start":
            return _if_goal(ref, _if_number(ref("profile.report_date")))
        case "goals.point_a_date":
            return _if_number(ref("goals.start"))
        case "goals.current_date":
            return live.if_(
                live.is_number(ref("goals.current")), _if_number(ref("profile.report_date")), EMPTY
            )
        case "goals.goal_type":
            return of_measure(book, ref, "type")
        case "goals.kind":
            return of_measure(book, ref, "kind")
        case "goals.direction":
            return _direction(book, ref)
        case "goals.text":
            return _goal_text(book, ref)
        case _:
            return None


def _if_number(part: Live) -> Live:
    """An empty cell would read as 0 here, which is a date of 1900."""
    return live.if_(live.is_number(part), part, EMPTY)


def _if_goal(ref: Ref, part: Live) -> Live:
    """Nothing is filled in for a goal that nobody set."""
    return live.if_(live.filled(ref("goals.metric")), part, EMPTY)


def _period_end(book: Book, ref: Ref) -> Live:
    start, chosen = ref("profile.period_start"), ref("profile.period_type")
    lengths = [
        (live.compare(chosen, "=", words(choice.label[book.language])), number(int(choice.number)))
        for choice in book.fields["profile.period_type"].choices
        if choice.number is not None
    ]
    months = live.first(*lengths, otherwise=number(0))
    known = live.and_(live.is_number(start), live.compare(months, ">", number(0)))
    return live.if_(known, live.calculate(live.months_later(start, months), "-", number(1)), EMPTY)


def _rest(ref: Ref, plus: Sequence[str], minus: str) -> Live:
    """What remains, unless a number is missing or more is taken away than there was."""
    parts = [ref(field_id) for field_id in (*plus, minus)]
    added = live.total(*parts[:-1]) if len(parts) > 2 else parts[0]
    rest = live.calculate(added, "-", parts[-1])
    known = live.and_(*map(live.is_number, parts))
    return live.if_(known, live.if_(live.compare(rest, ">=", number(0)), rest, EMPTY), EMPTY)


# --- goals ----------------------------------------------------------------------------------------


def of_measure(book: Book, ref: Ref, what: str) -> Live:
    """Something that the measure of a goal implies, from the hidden list beside its name."""
    measures = book.catalog.goals.measures
    keys = Span("list_goals_metric", tuple(measure.name[book.language] for measure in measures))
    book.choices(book.fields["goals.metric"])
    entries = [_implied(book, measure, what) for measure in measures]
    return live.look_up(ref("goals.metric"), keys, book.list_named(f"list_measure_{what}", entries))


def _implied(book: Book, measure: MeasureDef, what: str) -> str:
    match what:
        case "type":
            return _label(book, "goals.goal_type", measure.types[0]) if measure.types else ""
        case "kind":
            return _label(book, "goals.kind", measure.kind)
        case "better":
            known = measure.better is not Better.CONTEXT
            return _label(book, "goals.direction", measure.better.value) if known else ""
        case _:
            return measure.unit.value


def _label(book: Book, field_id: str, choice_id: str) -> str:
    choice = book.fields[field_id].choice(choice_id)
    return choice.label[book.language] if choice else choice_id


def point_a(book: Book, ref: Ref) -> Live:
    """Point A, which is 0 where the goal counts from zero and the cell is empty; else an empty text."""
    cell = ref("goals.point_a")
    return live.if_(live.filled(cell), cell, live.if_(_from_zero(book, ref), number(0), EMPTY))


def _from_zero(book: Book, ref: Ref) -> Live:
    kind = ref("goals.kind")
    return live.or_(
        *(live.compare(kind, "=", words(_label(book, "goals.kind", kind_id))) for kind_id in derive.FROM_ZERO)
    )


def _direction(book: Book, ref: Ref) -> Live:
    start = live.if_(_from_zero(book, ref), number(0), point_a(book, ref))
    target = ref("goals.target")
    known = live.and_(live.is_number(start), live.is_number(target))
    return live.first(
        (live.not_(known), of_measure(book, ref, "better")),
        (live.compare(target, ">", start), words(_label(book, "goals.direction", "higher"))),
        (live.compare(target, "<", start), words(_label(book, "goals.direction", "lower"))),
        otherwise=of_measure(book, ref, "better"),
    )


def in_unit(book: Book, ref: Ref, part: Live) -> Live:
    """A number of the goal as words, with its percent sign or currency where the measure has one."""
    unit = of_measure(book, ref, "unit")
    point = "," if book.language == "ru" else "."
    percent = live.join(
        live.decimal(live.calculate(part, "*", number(100)), 1, point),
        words("\u00a0%" if point == "," else "%"),
    )
    amount = live.decimal(part, 2, point)
    symbol = book.wording.symbol
    money = live.join(amount, words(f"\u00a0{symbol}")) if point == "," else live.join(words(symbol), amount)
    return live.first(
        (live.compare(unit, "=", words(Unit.SHARE.value)), percent),
        (live.compare(unit, "=", words(Unit.MONEY.value)), money),
        otherwise=amount,
    )


def months(book: Book) -> tuple[str, ...]:
    """Short names of the months where dates are written with them."""
    return () if book.language == "ru" else derive.MONTHS


def from_to(book: Book, ref: Ref) -> Live:
    """The numbers and the day of a goal as far as they are known: ` — с 0 до 250 к 23.11.2026`."""
    start, target, deadline = point_a(book, ref), ref("goals.target"), ref("goals.deadline")
    numbers = live.join(
        live.if_(
            live.is_number(start),
            live.join(words(book.wording.text("common.goal_from")), in_unit(book, ref, start)),
            EMPTY,
        ),
        live.if_(
            live.is_number(target),
            live.join(words(book.wording.text("common.goal_to")), in_unit(book, ref, target)),
            EMPTY,
        ),
    )
    day = live.join(words(book.wording.text("common.goal_by")), live.day_text(deadline, months(book)))
    return live.join(numbers, live.if_(live.is_number(deadline), day, EMPTY))


def _goal_text(book: Book, ref: Ref) -> Live:
    return _if_goal(ref, live.join(ref("goals.metric"), from_to(book, ref)))
