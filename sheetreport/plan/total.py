"""What the plan's actions give in a year if all are done: together, beside the plain sum of their effects.

The scenario is deterministic, so that the result, the workbook's formulas and the printed page say the same
and anyone can check it: every action says what it changes, amounts for the same people or the same money are
put together by `overlap`, and one expression of the catalogue turns the quantities into gross profit a year.
The low and the high total take every action at that end of its range.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby, pairwise
from typing import Any, Literal, TypeAlias

from sheetreport.catalog.definitions import Catalog, EffectKind, PlanDef, PlanQuantity, Unit
from sheetreport.effects import IN_PLAN
from sheetreport.formula.evaluate import Environment, NotComputableError, number
from sheetreport.formula.explain import words
from sheetreport.formula.tree import Binary, Choose, Node, Number, with_names
from sheetreport.i18n import EN_DASH, Wording
from sheetreport.model import Change, Effect, Recommendation
from sheetreport.naming import CatalogNaming
from sheetreport.plan.overlap import combined, groups

Json = dict[str, Any]
End: TypeAlias = Literal["value", "low", "high"]
ENDS: tuple[End, ...] = ("value", "low", "high")
FEWEST = 2  # one effect alone is no total
LONG_RUN = 4  # numbers in a row that are told by the first and the last
SAME = 0.005  # a difference that rounds to no per cent


@dataclass(frozen=True, slots=True)
class Action:
    """An action of the plan with an effect in money: its number there, and what it changes."""

    number: int
    item: Recommendation
    effect: Effect
    yearly: float


@dataclass(frozen=True, slots=True)
class Year:
    """The joint year of some actions."""

    plan: PlanDef
    environment: Environment
    actions: Sequence[Action]

    def changes(self, quantity_id: str) -> Sequence[tuple[Action, Change]]:
        return [
            (action, change)
            for action in self.actions
            for change in action.effect.changes
            if change.quantity == quantity_id
        ]

    def quantity(self, quantity_id: str, end: End) -> float:
        """A quantity with the amounts of all actions put together."""
        changes = [change for _, change in self.changes(quantity_id)]
        found = groups([(change.part, change.stops) for change in changes])
        return combined([getattr(change, end) for change in changes], found)

    def profit(self, end: End = "value") -> float:
        """Gross profit a year. Raises NotComputableError where a price that it needs is not known."""
        amounts = {each.id: Number(self.quantity(each.id, end)) for each in self.plan.quantities}
        return number(with_names(self.plan.profit, amounts), self.environment)

    def first(self, count: int) -> Year:
        return Year(self.plan, self.environment, self.actions[:count])


def build(
    catalog: Catalog, environment: Environment, recommendations: Sequence[Recommendation], wording: Wording
) -> Json:
    """The total with its parts, as plain JSON values."""
    every = [
        Action(place, item, item.effect, item.effect.yearly)
        for place, item in enumerate(recommendations, start=1)
        if item.effect is not None and item.effect.yearly is not None
    ]
    counted = [action for action in every if action.effect.left_out == IN_PLAN]
    alone = {action.number: _alone(Year(catalog.plan, environment, [action])) for action in counted}
    losing = {action.number for action in counted if _loses(action, alone[action.number])}
    inside = [
        action for action in counted if alone[action.number] is not None and action.number not in losing
    ]
    year = Year(catalog.plan, environment, inside)
    return _Told(catalog, wording, year, recommendations, frozenset(losing)).total()


def _alone(year: Year) -> float | None:
    try:
        return year.profit()
    except NotComputableError:
        return None


def _loses(action: Action, profit: float | None) -> bool:
    """Whether an action would be undone by its own profit; what has to stop is stopped at a loss too."""
    stops = any(change.stops for change in action.effect.changes)
    return profit is not None and profit < 0 and not stops


@dataclass(frozen=True, slots=True)
class _Told:
    """The joint year in the reader's language."""

    catalog: Catalog
    wording: Wording
    year: Year
    recommendations: Sequence[Recommendation]
    losing: frozenset[int]

    def total(self) -> Json:
        enough = len(self.year.actions) >= FEWEST
        raw = {end: self.year.profit(end) if enough else None for end in ENDS}
        value, low, high = raw.values()
        plain = sum(action.yearly for action in self.year.actions) if enough else None
        overstated = plain / value - 1 if plain is not None and value is not None and value > 0 else None
        if value is not None and low is not None and high is not None:
            low, high = min(low, value, high), max(low, value, high)
        return {
            "value": value,
            "low": low,
            "high": high,
            "by_formula": raw,
            "unit": Unit.MONEY.value,
            "period": self.t("period"),
            "once": self.once(value),
            "sum": plain,
            "overstated": overstated,
            "items": self.items() if enough else [],
            "quantities": self.quantities() if enough else [],
            "overlaps": list(self.overlaps()) if enough else [],
            "left_out": list(self.left_out()),
            "formula": words(_unguarded(self.catalog.plan.profit), _PlanNaming(self.catalog, self.wording)),
            "reason": self.reason(value),
            "words": self.words(value, low, high),
            "sum_words": self.sum_words(plain, value, overstated),
            "shown": {
                "value": self.money(value),
                "range": self.range(low, high),
                "sum": self.money(plain),
            },
        }

    def t(self, key: str, **params: str | float) -> str:
        return self.wording.text(f"plan.{key}", **params)

    def once(self, value: float | None) -> float | None:
        """How much of the total does not come again: what it is more with the effects that come once."""
        if value is None:
            return None
        lasting = [action for action in self.year.actions if action.effect.kind != EffectKind.MONEY_ONCE]
        return value - Year(self.year.plan, self.year.environment, lasting).profit()

    # --- figures --------------------------------------------------------------------------------------------

    def items(self) -> list[Json]:
        """Each action with its effect over a year, and what it adds to the actions before it."""
        totals = [self.year.first(count).profit() for count in range(len(self.year.actions) + 1)]
        return [
            {
                "id": action.item.id,
                "number": action.number,
                "subject": action.item.subject,
                "title": action.item.title,
                "changes": "; ".join(map(self.change, action.effect.changes)),
                "alone": action.yearly,
                "together": after - before,
            }
            for action, (before, after) in zip(self.year.actions, pairwise(totals), strict=True)
        ]

    def change(self, change: Change) -> str:
        """What an action changes, in words: clients who stay for the year: 40.3."""
        quantity = self.catalog.plan.quantity(change.quantity)
        value = (
            self.wording.plain(change.value)
            if quantity.unit is Unit.COUNT
            else self.wording.value(change.value, quantity.unit)
        )
        return self.t("change", name=quantity.name[self.wording.language], value=value)

    def quantities(self) -> list[Json]:
        """What the year changes: the quantities that any action speaks of."""
        return [
            {
                "id": each.id,
                "name": each.name[self.wording.language],
                "unit": each.unit.value,
                **{end: self.year.quantity(each.id, end) for end in ENDS},
            }
            for each in self.catalog.plan.quantities
            if self.year.changes(each.id)
        ]

    # --- words ----------------------------------------------------------------------------------------------

    def overlaps(self) -> Iterator[Json]:
        """Why the total is not the sum: the same people or money, what stops, what is counted otherwise."""
        for quantity in self.catalog.plan.quantities:
            yield from self.of_quantity(quantity)
        for action in self.year.actions:
            if action.effect.differs:
                yield self.overlap("overlap_differs", [action], why=action.effect.differs)

    def of_quantity(self, quantity: PlanQuantity) -> Iterator[Json]:
        changes = self.year.changes(quantity.id)
        found = groups([(change.part, change.stops) for _, change in changes])
        same = quantity.same[self.wording.language]
        if found.whole:
            if len(changes) > 1:
                yield self.overlap("overlap_same", [action for action, _ in changes], same=same)
            return
        for places in found.parts:
            part = changes[places[0]][1].part
            others = [
                action
                for place, (action, change) in enumerate(changes)
                if change.part == part and place not in places
            ]
            if others:
                yield self.overlap("overlap_stops", others, stop=str(changes[places[0]][0].number))
            if len(places) > 1:
                yield self.overlap("overlap_same", [changes[place][0] for place in places], same=same)

    def overlap(self, key: str, actions: Sequence[Action], **params: str) -> Json:
        numbers = sorted(action.number for action in actions)
        return {
            "ids": [action.item.id for action in actions],
            "numbers": numbers,
            "words": self.t(key, actions=self.named(numbers), **params),
        }

    def left_out(self) -> Iterator[Json]:
        """The actions that the total leaves out, by the reason."""
        inside = {action.number for action in self.year.actions}
        by_reason: dict[str, list[int]] = {}
        for place, item in enumerate(self.recommendations, start=1):
            if item.effect is None or item.effect.value is None or place in inside:
                continue
            lacking = "no_profit" if place in self.losing else "unknown"
            by_reason.setdefault(item.effect.left_out or lacking, []).append(place)
        for reason, numbers in by_reason.items():
            said = self.t(f"out_{reason}", actions=self.named(numbers))
            yield {"reason": reason, "numbers": numbers, "words": said}

    def named(self, numbers: Sequence[int]) -> str:
        """The actions by their numbers in the plan: actions 3, 6 and 8–12."""
        if len(numbers) == 1:
            return self.t("one_action", numbers=str(numbers[0]))
        *head, last = _runs(numbers)
        listed = self.t("listed", head=", ".join(head), last=last) if head else last
        return self.t("actions", numbers=listed)

    def reason(self, value: float | None) -> str | None:
        """Why there is no total, or none to compare with."""
        if value is None:
            return self.t("too_few", n=len(self.year.actions))
        return self.t("no_gain") if value <= 0 else None

    def words(self, value: float | None, low: float | None, high: float | None) -> str:
        if value is None or low is None or high is None:
            return self.t("too_few", n=len(self.year.actions))
        span, once = self.range(low, high), self.once(value)
        key = "total_range" if span else "total"
        said = self.t(key, value=self.money(value), range=span)
        if not once:
            return said
        return f"{said} {self.t('once_all' if once == value else 'once', value=self.money(once))}"

    def sum_words(self, plain: float | None, value: float | None, overstated: float | None) -> str:
        """What the plain sum of the same effects says, and by how much that is too much."""
        if plain is None or value is None:
            return ""
        if overstated is None:
            return self.t("sum_no_gain", sum=self.money(plain))
        if abs(overstated) < SAME:
            return self.t("sum_same", sum=self.money(plain))
        key = "sum_more" if overstated > 0 else "sum_less"
        share = self.wording.share(abs(overstated), 0)
        return self.t(key, sum=self.money(plain), share=share)

    def money(self, value: float | None) -> str:
        """An amount with three digits: a scenario knows no more."""
        return "" if value is None else self.wording.brief_money(_rough(value))

    def range(self, low: float | None, high: float | None) -> str:
        """Both ends; empty where no action of the total has a range."""
        if low is None or high is None or low == high:
            return ""
        return self.wording.brief_range((_rough(low), _rough(high)))


def _runs(numbers: Sequence[int]) -> Iterator[str]:
    """Rising numbers, with a dash where enough of them follow one another."""
    for _, group in groupby(enumerate(numbers), key=lambda placed: placed[1] - placed[0]):
        run = [number for _, number in group]
        if len(run) >= LONG_RUN:
            yield f"{run[0]}{EN_DASH}{run[-1]}"
        else:
            yield from map(str, run)


def _rough(value: float) -> float:
    digits = 2 - math.floor(math.log10(abs(value))) if value else 0
    return round(value, digits)


def _unguarded(node: Node) -> Node:
    """The expression as people read it: a price looked up only where it is needed, without that "if"."""
    match node:
        case Choose(_, then, _):
            return then
        case Binary(operator, left, right):
            return Binary(operator, _unguarded(left), _unguarded(right))
        case _:
            return node


@dataclass(frozen=True, slots=True)
class _PlanNaming(CatalogNaming):
    """Names of the catalogue, with those of the plan's quantities."""

    def metric(self, metric_id: str) -> str:
        names: Mapping[str, PlanQuantity] = {each.id: each for each in self.catalog.plan.quantities}
        if metric_id in names:
            return names[metric_id].name[self.wording.language]
        return self.catalog.metric(metric_id, self.per).name[self.wording.language]
