"""What one line about a client says: a few figures, the worst goal and the first action of a result."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from sheetreport.catalog.definitions import Catalog, Unit
from sheetreport.i18n import Wording
from sheetreport.model import GoalStatus, Interval, Severity, Status
from sheetreport.phrasing import effect_period
from sheetreport.render.view.actions import effect_lines, first_actions
from sheetreport.render.view.facts import Facts, Json, Measured
from sheetreport.render.view.goals import amount
from sheetreport.render.view.summary.actions import step_of
from sheetreport.render.view.summary.growth import growth
from sheetreport.render.view.summary.losses import losses
from sheetreport.render.view.words import Words

GOAL_TEXT = 60
"""Characters of an owner's goal that a line has room for."""

_MONEY_LOST = frozenset(
    {"gross_profit_per_sale", "client_surplus", "wasted_spend", "first_sale_contribution"}
)
"""What page 1 calls a loss in the owner's own money; unhappy clients are a scenario."""


@dataclass(frozen=True, slots=True)
class Figure:
    """A number as it is printed, or the reason why there is none."""

    unit: Unit
    value: float | None = None
    text: str = ""
    reason: str = ""
    interval: Interval | None = None
    range: str = ""
    sample: int | None = None
    tone: str = ""
    certain: bool = False


@dataclass(frozen=True, slots=True)
class Progress:
    """What a client's history says: the names of figures by how they moved since the last period that they
    can be compared with. `unclear` are those that moved by no more than chance.

    """

    better: tuple[str, ...]
    worse: tuple[str, ...]
    unclear: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Goal:
    """A goal in a line: the owner's text, where it stands, its status; `pace` is progress for time gone."""

    row: int
    name: str
    place: str
    metric: str
    unit: Unit
    current: float | None
    target: float | None
    progress: float | None
    elapsed: float | None
    deadline: date | None
    status: GoalStatus
    status_name: str
    state: str
    pace: float | None
    text: str

    def badness(self) -> tuple[int, float]:
        """The worst goal first: by status in the order of the report, since a missed date can't be caught up;
        within a status the smallest progress for the time gone. Equals stay in the order of their deadlines.
        """
        return [*GoalStatus].index(self.status), float("inf") if self.pace is None else self.pace


@dataclass(frozen=True, slots=True)
class Action:
    """An action of page 1: its title, what to do first, what it gives, its number in the plan; `yearly` is
    what it gives in money for a year, where it does.

    """

    id: str
    tier: str
    title: str
    step: str
    effect: str
    number: int
    confidence: str
    yearly: float | None


@dataclass(frozen=True, slots=True)
class Fix:
    """A wrong cell: where it is, what is seen there, how to mend it."""

    sheet: str
    cell: str
    message: str
    fix: str


@dataclass(frozen=True, slots=True)
class Digest:
    """A client in one line. `main` is one sentence on what page 1 of the report calls the main thing, empty
    where it has no figure; what is None has its reason beside it.

    """

    company: str
    start: date | None
    end: date | None
    period: str
    language: str
    currency: str | None
    status: Status
    findings: Mapping[str, int]
    fix: Fix | None
    health: Figure
    nps: Figure
    cac: Figure
    payback: Figure
    goals: tuple[Goal, ...]
    worst_goal: Goal | None
    no_goal: str
    actions: tuple[Action, ...]
    action: Action | None
    no_action: str
    main: str
    progress: Progress | None = None


def digest(document: Mapping[str, Any], catalog: Catalog, wording: Wording) -> Digest:
    """A result in one line, in the language of the wording; what the result says in words stays as it is."""
    words = Words(replace(wording, currency=document["currency"] or wording.currency), catalog)
    facts = Facts(document)
    refused = document["status"] == Status.REFUSED
    nothing = words.wording.text("digest.no_report") if refused else ""
    start, end = (_day(document["period"][end]) for end in ("start", "end"))
    goals = sorted((_goal(goal, document["language"], words) for goal in facts.goals), key=Goal.badness)
    actions = tuple(_action(item, document["language"], words) for item in first_actions(facts))
    return Digest(
        company=words.name(document["company"]),
        start=start,
        end=end,
        period=words.wording.period(start, end) if start and end else "",
        language=document["language"],
        currency=None if refused else document["currency"],
        status=Status(document["status"]),
        findings=document["counts"]["findings"],
        fix=next((_fix(item) for item in facts.findings if item["severity"] == Severity.ERROR), None),
        health=_health(document.get("health"), words) or Figure(Unit.COUNT, reason=nothing),
        nps=_figure("nps", facts, words, nothing),
        cac=_figure("cac", facts, words, nothing),
        payback=_figure("cac_payback_months", facts, words, nothing),
        goals=tuple(goals),
        worst_goal=goals[0] if goals else None,
        no_goal="" if goals else nothing or words.wording.text("digest.no_goals"),
        actions=actions,
        action=actions[0] if actions else None,
        no_action="" if actions else nothing or words.wording.text("digest.no_actions"),
        main="" if refused else _main(facts, words),
        progress=_progress(document.get("history"), words),
    )


def _day(value: str | None) -> date | None:
    return date.fromisoformat(value) if value else None


def _fix(finding: Json) -> Fix:
    return Fix(finding["sheet"], finding["cell"], finding["message"], finding["fix"])


def _figure(metric_id: str, facts: Facts, words: Words, nothing: str) -> Figure:
    found = facts.metric(metric_id)
    if found is None:
        return Figure(Unit.NUMBER, reason=nothing or words.wording.text("digest.not_in_report"))
    if found.value is None:
        return Figure(found.unit, reason=found.reason_text)
    return _measured(found, words)


def _measured(found: Measured, words: Words) -> Figure:
    return Figure(
        unit=found.unit,
        value=found.value,
        text=words.value(found),
        interval=found.interval,
        range=words.span(found),
        sample=None if found.sample is None else int(found.sample),
        tone=found.tone,
        certain=found.certain,
    )


def _health(found: Json | None, words: Words) -> Figure | None:
    """The score of health from 0 to 100, or on how little of the weight it would rest."""
    if not found:
        return None
    if found["score"] is None:
        share, least = (words.wording.share(found[key], 0) for key in ("known", "least"))
        return Figure(Unit.COUNT, reason=words.wording.text("health.unknown_why", share=share, least=least))
    return Figure(Unit.COUNT, found["score"], words.wording.number(found["score"]))


def _pace(goal: Json) -> float | None:
    """Progress over elapsed time: 1 is just in time."""
    progress, elapsed = goal.get("progress"), goal.get("elapsed")
    return progress / elapsed if progress is not None and elapsed else None


def _goal(goal: Json, language: str, words: Words) -> Goal:
    name = words.name(goal.get("text") or goal.get("name"), GOAL_TEXT)
    status = GoalStatus(goal["status"])
    status_name = words.wording.text(f"goal_status.{status}")
    target, current = (_shown(goal, key, language, words) for key in ("target", "current"))
    if target and current:
        state = words.wording.text("digest.goal_state", current=current, target=target, status=status_name)
    elif target:
        state = words.wording.text("digest.goal_state_target", target=target, status=status_name)
    else:
        state = status_name
    return Goal(
        row=goal["row"],
        name=name,
        place=words.name(goal.get("place_name"), GOAL_TEXT),
        metric=words.name(goal.get("name"), GOAL_TEXT),
        unit=Unit(goal.get("unit") or "number"),
        current=goal.get("current"),
        target=goal.get("target"),
        progress=goal.get("progress"),
        elapsed=goal.get("elapsed"),
        deadline=_day(goal.get("deadline")),
        status=status,
        status_name=status_name,
        state=state,
        pace=_pace(goal),
        text=words.wording.text("digest.goal", goal=words.quoted(name), state=state),
    )


def _shown(goal: Json, key: str, language: str, words: Words) -> str:
    """A goal's number in its unit; counts name what is counted in the target, where the languages agree."""
    value = goal.get(key)
    if value is None or goal["kind"] == "milestone":
        return ""
    if key == "target" and goal.get("unit_words") and language == words.language:
        return words.wording.fill(f"{{n|{goal['unit_words']}}}", {"n": value})
    return amount(words, goal, value)


def _action(item: Json, language: str, words: Words) -> Action:
    effect = item.get("effect") or {}
    if effect and language != words.language:
        period = effect_period(words.wording, effect["kind"], effect["value"], effect["high"])
        item = {**item, "effect": {**effect, "period": period}}
    return Action(
        id=item["id"],
        number=item["number"],
        tier=item["tier"],
        title=item["title"],
        step=step_of(item),
        effect=effect_lines(item, words, short=True)[0].text,
        confidence=words.t(f"confidence_{item['confidence']['level']}"),
        yearly=(item.get("effect") or {}).get("yearly"),
    )


def _progress(history: Json | None, words: Words) -> Progress | None:
    """How a client goes on; None where there is no earlier period to compare with."""
    if not history or len(history["periods"]) < 2:
        return None
    names = {series["metric"]: words.trend(series) for series in history["series"]}
    better, worse, unclear = (
        tuple(names[metric] for metric in history[way]) for way in ("better", "worse", "unclear")
    )
    return Progress(better, worse, unclear)


def _main(facts: Facts, words: Words) -> str:
    """What page 1 finds lost in the owner's own money, else whether the business grows."""
    lost, grown = losses(facts, words), growth(facts, words)
    answer = lost if lost.ref in _MONEY_LOST else grown
    if not answer.known:
        return ""
    if facts.stage == "pre_opening":
        return f"{answer.figure} {answer.caption}"
    return words.wording.text("digest.main", title=answer.title, figure=answer.figure, caption=answer.caption)
