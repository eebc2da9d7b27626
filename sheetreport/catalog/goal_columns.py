"""Columns of the goals table that the program fills, so that formulas and rules can name them."""

from __future__ import annotations

from sheetreport.formula.units import Kind

# Known before the arithmetic: what the measure, the place and the steps say.
GIVENS: dict[str, Kind] = {
    "goals.bound_low": Kind.NUMBER,
    "goals.bound_high": Kind.NUMBER,
    "goals.unit_cost": Kind.MONEY,
    "goals.unit_spend": Kind.MONEY,
    "goals.unit_count": Kind.COUNT,
    "goals.unit_channel": Kind.TEXT,
    "goals.unit_cost_type": Kind.TEXT,
    "goals.steps_done": Kind.COUNT,
    "goals.steps_total": Kind.COUNT,
    "goals.reached": Kind.TEXT,
}

# The question whose choices such a column holds.
CHOICES: dict[str, str] = {"goals.unit_cost_type": "channels.type"}

# Known after it: for rules only.
OUTCOMES: dict[str, Kind] = {
    "goals.status": Kind.TEXT,
    "goals.smart_missing": Kind.TEXT,
    "goals.wrong_direction": Kind.TEXT,
    "goals.name": Kind.TEXT,
    "goals.progress": Kind.SHARE,
    "goals.elapsed": Kind.SHARE,
    "goals.required_pace_week": Kind.NUMBER,
    "goals.current_pace_week": Kind.NUMBER,
    "goals.forecast": Kind.NUMBER,
    "goals.gap": Kind.NUMBER,
    "goals.days_left": Kind.TIME,
    "goals.days_over": Kind.TIME,
    "goals.days_gone": Kind.TIME,
    "goals.budget_for_gap": Kind.MONEY,
    "goals.budget_low": Kind.MONEY,
    "goals.budget_high": Kind.MONEY,
    "goals.budget_units": Kind.COUNT,
}

COLUMNS = GIVENS | OUTCOMES
