"""How many of each thing a result holds: the counts that a report prints."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from sheetreport.model import BY_CATALOG, KEEP

Json = dict[str, Any]


def of_result(document: Mapping[str, Any]) -> Json:
    """Counts of actions by tier, of goals by status, of findings by severity, and of what else is listed."""
    actions: Sequence[Json] = document["recommendations"]
    held: Sequence[Json] = document["suppressed"]
    return {
        "actions": len(actions),
        "to_do": sum(item["tier"] != KEEP for item in actions),
        "by_tier": Counter(item["tier"] for item in actions),
        "held": sum(item["by"] != BY_CATALOG for item in held),
        "switched_off": sum(item["by"] == BY_CATALOG for item in held),
        "goals": len(document["goals"]),
        "goals_by_status": Counter(goal["status"] for goal in document["goals"]),
        "findings": Counter(item["severity"] for item in document["findings"]),
        "repairs": len(document["repairs"]),
        "cells_to_fill": len(document["unlock"]),
        "blank_pages": len(document["left_blank"]),
        "rows": {sheet: len(rows) for sheet, rows in document["answers"]["tables"].items()},
    }
