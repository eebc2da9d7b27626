"""Which amounts for one quantity of the plan's year stand beside each other, and which are the same thing.

Python adds them up here, the workbook writes the same groups as a formula.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Groups:
    """Places of amounts: those about the whole, and those of each part."""

    whole: tuple[int, ...]
    parts: tuple[tuple[int, ...], ...]


def groups(amounts: Sequence[tuple[str | None, bool]]) -> Groups:
    """The groups of amounts, each given by its part and by whether it stops all else there."""
    whole = tuple(place for place, (part, _) in enumerate(amounts) if part is None)
    parts = []
    for name in dict.fromkeys(part for part, _ in amounts if part is not None):
        places = tuple(place for place, (part, _) in enumerate(amounts) if part == name)
        stopping = tuple(place for place in places if amounts[place][1])
        parts.append(stopping or places)
    return Groups(whole, tuple(parts))


def combined(values: Sequence[float], found: Groups) -> float:
    """One amount of several: the largest of a part, the sum of the parts, the whole where it is more.

    A part that costs money does so beside the whole as well.
    """
    parts = [max(values[place] for place in places) for places in found.parts]
    if not found.whole:
        return sum(parts)
    whole = max(values[place] for place in found.whole)
    if not parts:
        return whole
    gains, costs = (sum(part for part in parts if (part > 0) is gain) for gain in (True, False))
    return max(whole, gains) + costs
