"""Results as small as a test of their readers needs: every part written by hand."""

from __future__ import annotations

from typing import Any

Json = dict[str, Any]


def goal(text: str, status: str, progress: float | None, elapsed: float | None, **more: Any) -> Json:
    """A goal of a result: 100 leads by the end of November, of which `current` came."""
    return {
        "row": 1, "text": text, "kind": "cumulative", "name": "leads", "unit": "count",
        "unit_words": "lead|leads", "place_name": "Instagram", "current": 48, "target": 100,
        "deadline": "2026-11-30", "status": status, "progress": progress, "elapsed": elapsed, **more,
    }  # fmt: skip


def action(title: str, tier: str, **more: Any) -> Json:
    return {
        "id": "R-01", "tier": tier, "title": title, "text": "Long advice. With a second sentence.",
        "steps": ["Call ten of them", "Write it down"], "effect": None, "number": 1,
        "confidence": {"level": "medium", "words": "a rule of thumb"}, **more,
    }  # fmt: skip


def metric(metric_id: str, unit: str, value: float | None, **more: Any) -> Json:
    return {"id": metric_id, "row": None, "unit": unit, "value": value, **more}


def made(**parts: Any) -> Json:
    """A small result with the parts that a test is about."""
    return {
        "language": "en", "status": "complete", "company": "Paper Boat (fictional)", "currency": "GBP",
        "period": {"type": "month", "start": "2026-10-01", "end": "2026-10-31", "months": 1},
        "generated_at": None, "counts": {"findings": {}}, "findings": [], "metrics": [], "goals": [],
        "recommendations": [], **parts,
    }  # fmt: skip


def refused(**parts: Any) -> Json:
    """What a workbook gives that could not be read."""
    blank = {"type": None, "start": None, "end": None, "months": None}
    return made(status="refused", company=None, period=blank, currency=None, health=None, **parts)
