"""Chapter: goals with their pace, forecast and SMART verdicts, most urgent first."""

from __future__ import annotations

from sheetreport.catalog.definitions import Unit
from sheetreport.i18n import NBSP
from sheetreport.render.view.actions import acts
from sheetreport.render.view.charts import bar
from sheetreport.render.view.facts import Facts, Json
from sheetreport.render.view.measure import text_width
from sheetreport.render.view.model import Body, Cell, Chart, Column, Label, Line, Shape, Sign, Table, Wide
from sheetreport.render.view.words import Words, bind, clean, cut, join, sentence

TRACK = 178.0  # points from point A to the target
SIGNS = {
    "overdue": Sign.ACT,
    "off_track": Sign.ACT,
    "at_risk": Sign.ATTENTION,
    "no_data": Sign.NO_DATA,
    "on_track": Sign.GOOD,
    "not_started": Sign.WAITING,
    "achieved": Sign.GOOD,
    "not_evaluable": Sign.NO_DATA,
}
BEHIND = ("overdue", "off_track")
COUNTED = ("overdue", "off_track", "at_risk", "on_track", "achieved", "not_started")
MOST_COUNTED = 5  # groups of a heading that fit two lines; the table has all of them
JUDGED = frozenset(COUNTED) - {"not_started"}
LETTERS = "SMART"

# Units whose numbers read best as they are: 5, 51,7.
PLAIN = (Unit.COUNT, Unit.NUMBER, Unit.RATIO, Unit.MEASURE)


def chapter(facts: Facts, words: Words) -> Body | None:
    if not facts.goals:
        return None
    rows = tuple(_row(words, goal, _reach(facts, goal)) for goal in facts.goals)
    columns = (
        Column(words.t("column_goal"), 22.5),
        Column(words.t("column_progress"), 39.5),
        Column(words.t("column_status"), 21),
        Column(words.t("column_smart"), 17),
    )
    return Body(
        id="goals",
        name=words.t("goals_name"),
        claim=bind(_claim(facts, words)),
        lead=words.t(
            "goals_lead" if len(facts.goals) > 1 else "goals_today",
            date=words.date(facts.result["report_date"]),
        ),
        blocks=(Wide("", (Table(columns, rows), Line(_note(words), "note"))), *acts(facts, words, "goals")),
    )


def _claim(facts: Facts, words: Words) -> str:
    statuses = [goal["status"] for goal in facts.goals]
    if len(statuses) == 1:
        return words.t(f"goals_one_{statuses[0]}")
    if len(set(statuses)) == 1 and statuses[0] in BEHIND:
        return words.t(f"goals_all_{statuses[0]}", n=len(statuses))
    if not set(statuses) & JUDGED:
        return words.t("goals_waiting", n=len(statuses))
    parts = [words.t(f"goals_{status}", n=statuses.count(status)) for status in COUNTED if status in statuses]
    return words.t("goals_total", n=len(statuses), parts=", ".join(parts[:MOST_COUNTED]))


def _note(words: Words) -> str:
    return words.t(
        "goals_note",
        on_track=words.wording.share(words.policy("goal_on_track"), 0),
        at_risk=words.wording.share(words.policy("goal_at_risk"), 0),
    )


def _reach(facts: Facts, goal: Json) -> str:
    """What would bring a running goal to its target in time, where levers move it and it needs them."""
    found = (facts.result.get("what_if") or {}).get("goals", ())
    entry = next((item for item in found if item["row"] == goal["row"]), None)
    return entry["words"] if entry and entry["reaches"] is False and not entry["obstacle"] else ""


def _row(words: Words, goal: Json, reach: str) -> tuple[Cell, ...]:
    return (
        _name(words, goal),
        Cell(
            chart=_bullet(words, goal) if _drawable(goal) else None,
            below=(Line(_outlook(words, goal), "small"), *((Line(reach, "small"),) if reach else ())),
        ),
        _status(words, goal),
        _smart(words, goal),
    )


def _name(words: Words, goal: Json) -> Cell:
    start, deadline = goal.get("start"), goal.get("deadline")
    if goal["status"] == "not_started" and start and deadline:
        when = words.t("goals_dates", start=words.date(start), end=words.date(deadline))
    else:
        when = words.t("goals_until", date=words.date(deadline)) if deadline else words.t("goals_no_deadline")
    about = ", ".join(
        part for part in (clean(goal.get("place_name"), 40), clean(goal.get("responsible"), 40)) if part
    )
    return Cell(
        (
            Line(clean(goal.get("text") or goal.get("name"), 110), "strong", ref=f"goal-{goal['row']}"),
            *((Line(about, "small"),) if about else ()),
            Line(when, "small"),
        )
    )


def _unit(goal: Json) -> Unit:
    return Unit(goal.get("unit") or "number")


def amount(words: Words, goal: Json, value: float) -> str:
    unit = _unit(goal)
    return words.wording.plain(value) if unit in PLAIN else words.amount(value, unit)


def _gap(words: Words, goal: Json, gap: float) -> str:
    """What is left to go; between two shares that is percentage points."""
    unit = _unit(goal)
    return words.wording.distance(gap, unit) if unit is Unit.SHARE else amount(words, goal, gap)


def _drawable(goal: Json) -> bool:
    return (goal.get("target") is not None and goal.get("point_a") is not None) or goal["kind"] == "milestone"


def _bullet(words: Words, goal: Json) -> Chart:
    """From point A to the target, left to right even when less is better."""
    progress, elapsed = goal.get("progress"), goal.get("elapsed")
    done = min(max(progress or 0.0, 0.0), 1.0)
    shapes = [Shape("bar track", 0, 14, TRACK, 9)]
    labels: list[Label] = []
    if progress is not None and done:
        shapes.append(bar("lost" if goal["status"] in BEHIND else "data", 0, 14, done * TRACK, 9))
    shapes.append(Shape("rule", TRACK - 1, 10.5, 2, 16))
    running = goal["status"] in ("off_track", "at_risk", "on_track")
    if running and goal.get("expected_now") is not None and elapsed:
        x = elapsed * TRACK
        shapes.append(Shape("triangle", x - 4, 8, 8, 6))
        text = words.t("goals_expected", value=amount(words, goal, goal["expected_now"]))
        width = text_width(text, 7.5)
        labels.append(Label(text, min(max(x - width / 2, 0), TRACK - width), -2, width, "c tag"))
    return Chart(36, tuple(shapes), (*labels, *_ends(words, goal, done)), _alt(words, goal, done))


def _alt(words: Words, goal: Json, done: float) -> str:
    """The bar in a sentence: from where to where, and how far on."""
    ends = [goal.get("point_a"), goal.get("target")]
    start, target = ("—" if end is None else amount(words, goal, end) for end in ends)
    return words.t("alt_goal", start=start, target=target, done=words.wording.share(done, 0))


def _ends(words: Words, goal: Json, done: float) -> list[Label]:
    """Point A at the left, the target at the right, the present value between them where it finds room."""
    if goal["kind"] == "milestone":
        return []
    start = words.t("goals_point_a", value=amount(words, goal, goal["point_a"]))
    target, current = amount(words, goal, goal["target"]), goal.get("current")
    if current is None:
        return [
            Label(start, 0, 25, 80, "tag"),
            Label(words.t("goals_target", value=target), TRACK - 100, 25, 100, "r b"),
        ]
    now = amount(words, goal, current)
    first, last, middle = (
        text_width(start, 7.5),
        text_width(words.t("goals_target", value=target), 8),
        text_width(words.t("goals_now", value=now), 8),
    )
    if first + middle + last + 16 > TRACK or done * TRACK + middle / 2 > TRACK - last - 8:
        both = words.t("goals_now_of", value=now, target=target)
        return [Label(start, 0, 25, 80, "tag"), Label(both, TRACK - 140, 25, 140, "r b")]
    left = min(max(done * TRACK - middle / 2, first + 8), TRACK - last - middle - 8)
    return [
        Label(start, 0, 25, 80, "tag"),
        Label(words.t("goals_now", value=now), left, 25, middle, "c b"),
        Label(words.t("goals_target", value=target), TRACK - 100, 25, 100, "r b"),
    ]


def _outlook(words: Words, goal: Json) -> str:
    """What follows from the pace, then the cost of the rest, then notes of the goal."""
    status, sentences = goal["status"], []
    if status in ("achieved", "overdue", "not_started", "no_data", "not_evaluable"):
        gap = goal.get("gap")
        left = _gap(words, goal, abs(gap)) if gap else ""
        sentences.append(
            words.t(f"goals_outlook_{status}")
            if status != "overdue" or not left
            else words.t("goals_outlook_overdue_gap", gap=left)
        )
    elif goal.get("forecast") is not None:
        sentences.append(words.t("goals_forecast", value=amount(words, goal, goal["forecast"])))
    sentences.append(_budget(words, goal))
    sentences += [sentence(f"{note[0].upper()}{note[1:]}") for note in goal.get("notes") or () if note]
    return join(*sentences)


def _budget(words: Words, goal: Json) -> str:
    budget, units = goal.get("budget_for_gap"), goal.get("budget_units")
    if not budget or goal["status"] in ("achieved", "overdue"):
        return ""
    if units is not None and units < words.policy("min_events_for_interval"):
        return words.t("goals_budget_few", amount=words.money(budget))
    ends = goal.get("budget_range")
    if not ends:
        return words.t("goals_budget", amount=words.money(budget))
    return words.t(
        "goals_budget_range",
        amount=words.money(budget),
        range=words.range((ends[0], ends[1]), Unit.MONEY),
    )


def _status(words: Words, goal: Json) -> Cell:
    sign = SIGNS[goal["status"]]
    lines = [Line(goal["status_name"], f"verdict {sign.value}", sign)]
    if goal["status"] in ("off_track", "at_risk", "on_track"):
        for key, field in (("goals_needed", "required_pace_week"), ("goals_pace", "current_pace_week")):
            if goal.get(field) is not None:
                lines.append(Line(words.t(key, value=_pace(words, goal, goal[field])), "small"))
    return Cell(tuple(lines))


def _pace(words: Words, goal: Json, pace: float) -> str:
    """A weekly pace: with decimals, since a rounded one may hide that it falls short."""
    unit = _unit(goal)
    if unit is Unit.SHARE:
        return words.wording.pace(pace)
    if unit is Unit.MONEY:
        return words.money(pace)
    shown = words.wording.plain(pace)
    return f"{shown}{NBSP}{words.wording.text('common.unit_minutes')}" if unit is Unit.MINUTES else shown


def _smart(words: Words, goal: Json) -> Cell:
    shapes, labels, messages = [], [], []
    for place, letter in enumerate(LETTERS):
        verdict = goal["smart"].get(letter) or {"verdict": "unknown", "message": None}
        passed = verdict["verdict"] in ("pass", "pass_binary")
        look = "" if passed else verdict["verdict"]
        left = place * 15.0
        shapes.append(Shape(f"letter {look}", left, 0, 13, 13))
        if verdict["verdict"] == "fail":
            shapes.append(Shape("strike", left, 0, 13, 13))
        labels.append(
            Label(
                letter, left, 1.6, 13, "c b white" if passed else f"c {'act' if look == 'fail' else 'grey'}"
            )
        )
        if not passed and verdict.get("message"):
            messages.append(f"{letter}: {cut(verdict['message'].rstrip('.'), 90)}")
    text = "; ".join(messages[:2]) or words.t("goals_smart_all")
    return Cell(chart=Chart(16, tuple(shapes), tuple(labels)), below=(Line(text, "small"),))
