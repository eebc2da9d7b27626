"""The what-if as plain JSON values, in the reader's language."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sheetreport.catalog.definitions import LeverDef
from sheetreport.compute import Computation
from sheetreport.i18n import Wording, running
from sheetreport.model import GoalStatus, InputCell, Reason
from sheetreport.naming import CatalogNaming
from sheetreport.what_if.goals import Outlook, Required, outlooks
from sheetreport.what_if.levers import Lever, levers
from sheetreport.what_if.outcomes import Outcome, outcomes

Json = dict[str, Any]


def describe(computation: Computation, wording: Wording) -> Json:
    """The key `what_if` of the result: levers where they stand, outcomes, and what reaches each goal."""
    words = _Words(CatalogNaming(computation.catalog, wording), wording)
    return {
        "levers": [words.lever(lever) for lever in levers(computation)],
        "follows": [
            follow.assumption[wording.language]
            for follow in computation.catalog.what_if.follows
            if follow.assumption[wording.language]
        ],
        "outcomes": [words.outcome(outcome) for outcome in outcomes(computation)],
        "goals": [words.goal(outlook) for outlook in outlooks(computation, computation, {})],
    }


@dataclass(frozen=True, slots=True)
class _Words:
    naming: CatalogNaming
    wording: Wording

    def text(self, key: str, **params: str | float) -> str:
        return self.wording.text(f"what_if.{key}", **params)

    def reason(self, reason: Reason | None) -> str | None:
        return self.naming.reason(reason) if reason else None

    def lever(self, lever: Lever) -> Json:
        definition = lever.definition
        return {
            "id": definition.id,
            "subject": lever.subject,
            "row": lever.row.index if lever.row else None,
            "name": self.lever_name(lever),
            "unit": definition.unit.value,
            "better": definition.better.value,
            "now": lever.now,
            "step": lever.step,
            "low": lever.low,
            "high": lever.high,
            "assumption": definition.assumption[self.wording.language],
            "reason": str(lever.reason) if lever.reason else None,
            "reason_text": self.reason(lever.reason),
            "cells": [self.cell(cell) for cell in lever.inputs],
        }

    def lever_name(self, lever: Lever) -> str:
        name = lever.definition.name[self.wording.language]
        return self.text("in_channel", lever=name, channel=lever.subject) if lever.subject else name

    def cell(self, cell: InputCell) -> Json:
        return {
            "field": cell.field,
            "label": self.naming.field(cell.field),
            "sheet": cell.sheet,
            "cell": cell.cell,
            "value": list(cell.value) if isinstance(cell.value, tuple) else cell.value,
        }

    def outcome(self, outcome: Outcome) -> Json:
        return {
            "id": outcome.definition.id,
            "name": outcome.definition.name[self.wording.language],
            "unit": outcome.definition.unit.value,
            "better": outcome.definition.better.value,
            "now": outcome.value,
            "reason_text": self.reason(outcome.reason),
        }

    def goal(self, outlook: Outlook) -> Json:
        goal = outlook.goal
        return {
            "index": goal.index,
            "row": goal.row.index,
            "channel": outlook.channel.subject if outlook.channel else None,
            "channel_row": outlook.channel.index if outlook.channel else None,
            "obstacle": outlook.obstacle,
            "quantity": outlook.quantity,
            "times": outlook.times,
            "needed": outlook.needed,
            "line": outlook.line,
            "forecast": outlook.forecast,
            "days": outlook.days,
            "forecast_date": outlook.forecast_date.isoformat() if outlook.forecast_date else None,
            "reaches": outlook.reaches,
            "required": [self.required(item) for item in outlook.required],
            "reason": str(outlook.reason) if outlook.reason else None,
            "reason_text": self.reason(outlook.reason),
            "words": self.outlook(outlook),
        }

    def required(self, item: Required) -> Json:
        lever = item.lever
        return {
            "lever": lever.definition.id,
            "subject": lever.subject,
            "row": lever.row.index if lever.row else None,
            "name": self.lever_name(lever),
            "unit": lever.definition.unit.value,
            "now": lever.now,
            "value": item.value,
            "exact": item.exact,
            "limit": item.limit,
            "reachable": item.reachable,
            "reason_text": self.reason(item.reason),
            "words": self.required_words(item),
        }

    def required_words(self, item: Required) -> str:
        definition = item.lever.definition
        name = definition.name[self.wording.language]
        if item.value is not None:
            key = "at_least" if item.raises else "at_most"
            return self.text(key, lever=name, value=self.value(definition, item.value))
        if item.limit is not None:
            return self.text("not_enough", lever=name, value=self.value(definition, item.limit))
        return self.text("not_known", lever=name, reason=self.reason(item.reason) or "")

    def value(self, definition: LeverDef, value: float) -> str:
        return self.wording.value(value, definition.unit)

    def outlook(self, outlook: Outlook) -> str:
        """What would reach a goal, in a sentence or two."""
        if outlook.goal.status is GoalStatus.ACHIEVED:
            return self.text("achieved")
        if outlook.obstacle:
            place = str(outlook.goal.row.get("goals.place").value or "")
            return self.text(outlook.obstacle, place=place)
        if outlook.reaches:
            return self.text("on_the_way")
        if outlook.reaches is None:
            return self.text("no_forecast", reason=self.reason(outlook.reason) or self.text("no_numbers"))
        channel = outlook.channel
        where = self.text("where", channel=channel.subject) if channel is not None else ""
        enough = [running(self.required_words(item)) for item in outlook.required if item.reachable]
        if enough:
            key = "one_of" if len(enough) > 1 else "only"
            return self.text(key, where=where, levers=self.alternatives(enough))
        short = [running(self.required_words(item)) for item in outlook.required if item.limit is not None]
        if short:
            return self.text("none", where=where, levers="; ".join(short))
        return self.text("no_data")

    def alternatives(self, found: Sequence[str]) -> str:
        """A, B or C."""
        *first, last = found
        return self.text("or").join((*filter(None, (", ".join(first),)), last))
