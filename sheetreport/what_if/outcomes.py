"""The numbers that an owner watches while trying levers."""

from __future__ import annotations

from dataclasses import dataclass

from sheetreport.catalog.definitions import OutcomeDef
from sheetreport.compute import Computation
from sheetreport.model import Reason
from sheetreport.what_if.scope import value_of


@dataclass(frozen=True, slots=True)
class Outcome:
    """An outcome's value, or the reason it has none."""

    definition: OutcomeDef
    value: float | None
    reason: Reason | None


def outcomes(computation: Computation) -> tuple[Outcome, ...]:
    """Every outcome, at present or with levers elsewhere, in the order of the catalogue."""
    scope = computation.environment()
    return tuple(
        Outcome(definition, *value_of(definition.expression, scope))
        for definition in computation.catalog.what_if.outcomes
    )
