"""What others read from results with a history: who is improving."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Progress:
    """The names of what got better and worse beyond chance since an earlier period.

    What is `unclear` stayed, or may have moved by chance alone. `health` is the change of the score, None
    where one of the two is unknown.
    """

    better: tuple[str, ...]
    worse: tuple[str, ...]
    unclear: tuple[str, ...]
    health: float | None

    @property
    def is_improving(self) -> bool | None:
        """Whether more got better than worse; None where it can't be told."""
        if len(self.better) == len(self.worse):
            return None
        return len(self.better) > len(self.worse)


def progress(result: Mapping[str, Any]) -> Progress | None:
    """What a result's history says of the client; None where it has none, or nothing can be compared."""
    history = result.get("history")
    if history is None or not any(history[name] for name in ("better", "worse", "unclear")):
        return None
    series = {one["metric"]: one for one in history["series"]}
    better, worse, unclear = (
        tuple(series[metric]["name"] for metric in history[name]) for name in ("better", "worse", "unclear")
    )
    return Progress(
        better, worse, unclear, series["health"]["change"]["value"] if "health" in series else None
    )
