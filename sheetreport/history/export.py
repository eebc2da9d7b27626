"""Everything a history holds, as plain JSON values, or as rows for a spreadsheet."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator
from typing import Any

from sheetreport.history.record import Record

_COLUMNS = (
    *("client", "start", "end", "period", "currency", "kind", "id", "unit", "value", "low", "high"),
    *("status", "reason", "evidence", "sample", "text", "of"),
)
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def as_json(records: Iterable[Record]) -> list[dict[str, Any]]:
    """One entry a period, by client and date."""
    return [_entry(record) for record in records]


def as_csv(records: Iterable[Record]) -> str:
    """One row a metric, goal or area of health; a spreadsheet takes no text for a formula."""
    written = io.StringIO()
    writer = csv.DictWriter(written, _COLUMNS, restval="", lineterminator="\n")
    writer.writeheader()
    for record in records:
        writer.writerows({name: _safe(value) for name, value in row.items()} for row in _rows(record))
    return written.getvalue()


def _entry(record: Record) -> dict[str, Any]:
    return {
        "client": record.company,
        "period": {"start": record.start.isoformat(), "end": record.end.isoformat(), "type": record.type},
        "currency": record.currency,
        "status": record.status,
        "health": record.health,
        "metrics": [
            {
                "id": metric_id,
                "unit": kept.unit,
                "value": kept.value,
                "interval": list(kept.interval) if kept.interval else None,
                "status": "ok" if kept.value is not None else "not_computable",
                "reason": kept.reason,
                "evidence_level": kept.evidence,
                "sample": kept.sample,
            }
            for metric_id, kept in record.metrics.items()
        ],
        "goals": [
            {"text": goal.text, "status": goal.status, "progress": goal.progress} for goal in record.goals
        ],
        "areas": [
            {"id": area_id, "points": area.points, "of": area.of, "score": area.score}
            for area_id, area in record.areas.items()
        ],
        "source_sha256": record.source_sha256,
        "tool_version": record.tool_version,
        "catalog_sha256": record.catalog_sha256,
        "recorded_at": record.recorded_at,
    }


def _rows(record: Record) -> Iterator[dict[str, Any]]:
    common = {
        "client": record.company,
        "start": record.start.isoformat(),
        "end": record.end.isoformat(),
        "period": record.type,
        "currency": record.currency,
    }
    for entry in _entry(record)["metrics"]:
        low, high = entry["interval"] or (None, None)
        said = {name: entry[name] for name in ("id", "unit", "value", "status", "reason", "sample")}
        yield common | {
            "kind": "metric",
            **said,
            "low": low,
            "high": high,
            "evidence": entry["evidence_level"],
        }
    yield common | {"kind": "health", "id": "health", "value": record.health, "status": record.status}
    for area_id, area in record.areas.items():
        yield common | {"kind": "area", "id": area_id, "value": area.points, "of": area.of}
    for goal in record.goals:
        yield common | {"kind": "goal", "value": goal.progress, "status": goal.status, "text": goal.text}


def _safe(value: Any) -> Any:
    return f"'{value}" if isinstance(value, str) and value.startswith(_FORMULA) else value
