"""How goals move with levers, and the value of each lever that alone reaches a goal in time."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from sheetreport.catalog.definitions import PaceDef
from sheetreport.catalog.load_levers import FACTOR, LINE, NEEDED, NOW, QUANTITY, TABLE, VALUE
from sheetreport.compute import Computation
from sheetreport.formula.evaluate import ROUNDING_DIGITS
from sheetreport.formula.tree import Node
from sheetreport.model import GoalResult, GoalStatus, Reason, Row, State
from sheetreport.networks import channel_of
from sheetreport.what_if.levers import Key, Lever, Settings, levers
from sheetreport.what_if.scope import Tried, value_of

FARTHEST_DAYS = 36_500


@dataclass(frozen=True, slots=True)
class Required:
    """The value of a lever that alone reaches a goal in time, or the reason it is not known.

    `value` is that value in whole steps of the lever, on the safe side; `reachable` whether it lies in the
    range worth trying, and `limit` the end of that range on the way there.
    """

    lever: Lever
    exact: float | None
    value: float | None
    reachable: bool
    limit: float | None
    reason: Reason | None

    @property
    def raises(self) -> bool:
        """Whether the lever has to go up."""
        return self.exact is not None and self.lever.now is not None and self.exact > self.lever.now


@dataclass(frozen=True, slots=True)
class Outlook:
    """A goal with levers as they are tried: its forecast, whether it gets there, and what would.

    `channel` is the row whose quantity the goal counts, None for the company's. `obstacle` says why levers
    and the goal have nothing to do with each other (no_lever, no_channel), `reason` why there is no forecast.
    `times` is how many times its present value the quantity has to be, `line` the forecast before its bounds,
    `days` how long it takes to the target.
    """

    goal: GoalResult
    channel: Row | None
    obstacle: str | None
    quantity: float | None
    times: float | None
    needed: float | None
    line: float | None
    forecast: float | None
    days: float | None
    forecast_date: date | None
    reaches: bool | None
    required: tuple[Required, ...]
    reason: Reason | None


def outlooks(present: Computation, state: Computation, settings: Settings) -> tuple[Outlook, ...]:
    """Every goal of the business when it is as `state`, which `settings` made of the present."""
    found = {lever.key: lever for lever in levers(present)}
    return tuple(_outlook(present, state, settings, found, goal) for goal in present.goals)


def _outlook(
    present: Computation,
    state: Computation,
    settings: Settings,
    found: Mapping[Key, Lever],
    goal: GoalResult,
) -> Outlook:
    what_if = present.catalog.what_if
    channel, is_known = standing(present, goal.row)
    per = TABLE if channel is not None else None
    quantity = what_if.quantity(goal.measure, per)
    pace = what_if.pace(str(goal.row.get("goals.kind").value))
    if quantity is None or pace is None or not is_known:
        movable = any(item.measure == goal.measure for item in what_if.quantities) and pace is not None
        return _still(goal, obstacle="no_channel" if movable and not is_known else "no_lever")
    if goal.status is GoalStatus.NOT_EVALUABLE:
        return _still(goal, channel, reason=Reason(goal.status.value))
    now, _ = value_of(quantity.expression, _place(present, present, channel, {}))
    then, reason = value_of(quantity.expression, _place(present, state, channel, {}))
    factor = then / now if now and then is not None else None
    times, why = value_of(pace.needed, _goal_place(present, goal, {}))
    needed = now * times if now is not None and times is not None else None
    moved = _Moved(present, goal, pace, factor)
    line, no_line = moved.value(pace.line)
    forecast = None if line is None else moved.value(what_if.forecast, **{LINE: line})[0]
    days, _ = moved.value(pace.days)
    reaches = None if forecast is None or times is None else _reaches(goal.row, forecast)
    required: tuple[Required, ...] = ()
    if reaches is False and needed is not None and then is not None:
        names = {NEEDED: needed, QUANTITY: then}
        required = tuple(
            _required(found[key], node, _place(present, state, channel, names), settings)
            for lever_id, node in what_if.reach(str(goal.measure), per).items()
            for key in (_key(present, lever_id, channel),)
        )
    return Outlook(
        goal=goal,
        channel=channel,
        obstacle=None,
        quantity=then,
        times=times,
        needed=needed,
        line=line,
        forecast=forecast,
        days=days,
        forecast_date=_date(present, goal, days),
        reaches=reaches,
        required=required,
        reason=_bottom(
            goal, why or reason or (None if factor is not None else Reason("no_quantity")) or no_line
        ),
    )


def _bottom(goal: GoalResult, reason: Reason | None) -> Reason | None:
    """The reason behind a number of the goal that another one rests on."""
    while (
        reason is not None and reason.code == "depends_on" and reason.about and reason.about in goal.numbers
    ):
        reason = goal.numbers[reason.about].reason
    return reason


def _still(
    goal: GoalResult, channel: Row | None = None, obstacle: str | None = None, reason: Reason | None = None
) -> Outlook:
    """A goal that levers do not move, or about which nothing can be told."""
    forecast = goal.numbers["goal_forecast"]
    return Outlook(
        goal=goal,
        channel=channel,
        obstacle=obstacle,
        quantity=None,
        times=None,
        needed=None,
        line=None,
        forecast=forecast.value,
        days=None,
        forecast_date=goal.forecast_date,
        reaches=None if forecast.value is None else _reaches(goal.row, forecast.value),
        required=(),
        reason=reason or forecast.reason,
    )


def standing(present: Computation, goal: Row) -> tuple[Row | None, bool]:
    """The channel where a goal is counted, None for the company; and whether the place is known at all."""
    value = goal.get("goals.place")
    place = str(value.value).strip() if value.state is State.VALUE else ""
    channel = channel_of(present.catalog, present.submission, place) if place else None
    whole = place.casefold() in present.catalog.what_if.whole_company
    return channel, channel is not None or whole or not place


def _key(present: Computation, lever_id: str, channel: Row | None) -> Key:
    """The channel's own lever where there is one, else the company's."""
    per = present.catalog.what_if.lever(lever_id, TABLE if channel else None).per
    return lever_id, channel.index if channel is not None and per is not None else None


def _place(
    present: Computation, state: Computation, channel: Row | None, names: Mapping[str, float]
) -> Tried:
    """The company, or the channel, as it is in a state."""
    if channel is None:
        return Tried(state.environment(), present.environment(), names)
    row = next(item for item in state.submission.rows(TABLE) if item.index == channel.index)
    return Tried(state.environment(row, TABLE), present.environment(channel, TABLE), names)


def _goal_place(present: Computation, goal: GoalResult, names: Mapping[str, float]) -> Tried:
    scope = present.environment(goal.row, "goals")
    return Tried(scope, scope, names)


@dataclass(frozen=True, slots=True)
class _Moved:
    """A goal whose quantity becomes so many times what it is."""

    present: Computation
    goal: GoalResult
    pace: PaceDef
    factor: float | None

    def value(self, node: Node, **more: float) -> tuple[float | None, Reason | None]:
        if self.factor is None:
            return None, None
        names = {FACTOR: self.factor, **more}
        return value_of(node, _goal_place(self.present, self.goal, names))


def _date(present: Computation, goal: GoalResult, days: float | None) -> date | None:
    """When the target is reached."""
    today = goal.row.get("goals.current_date").value or present.submission.get("profile.report_date").value
    if days is None or not isinstance(today, date) or days > FARTHEST_DAYS:
        return None
    return today + timedelta(days=round(days))


def _reaches(goal: Row, forecast: float) -> bool | None:
    target = goal.get("goals.target").value
    if not isinstance(target, int | float):
        return None
    missing = round(target - forecast, ROUNDING_DIGITS)
    return missing >= 0 if goal.get("goals.direction").value == "lower" else missing <= 0


def _required(lever: Lever, node: Node, place: Tried, settings: Settings) -> Required:
    if lever.now is None or lever.low is None or lever.high is None:
        return Required(lever, None, None, False, None, lever.reason)
    tried = settings.get(lever.key, lever.now)
    names = {**place.names, NOW: lever.now, VALUE: tried}
    exact, reason = value_of(node, Tried(place.scope, place.present, names))
    if exact is None:
        return Required(lever, None, None, False, None, reason)
    up = exact > tried
    reachable = lever.low <= exact <= lever.high
    return Required(
        lever=lever,
        exact=exact,
        value=lever.rounded(exact, up) if reachable else None,
        reachable=reachable,
        limit=lever.high if up else lever.low,
        reason=None,
    )
