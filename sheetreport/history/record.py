"""What is kept of one workbook: a client, a period, and what came out; no personal data."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from datetime import date
from typing import Any

from sheetreport.catalog.definitions import Catalog
from sheetreport.contacts import without_contacts
from sheetreport.model import Interval, Status
from sheetreport.read.words import key

Json = Mapping[str, Any]

GROUPS = ("nps_promoters", "nps_detractors", "nps_responses")
"""Quantities without which the difference of two NPS has no interval."""

_ORIGIN = ("source_sha256", "tool_version", "catalog_sha256", "recorded_at")


@dataclass(frozen=True, slots=True)
class Kept:
    """A metric of the company as it was: its value, or why there was none.

    `rows` tells which rows of a table the value added up, where that matters; it is a hash, not their names.
    """

    unit: str
    value: float | None
    interval: Interval | None = None
    reason: str | None = None
    evidence: str | None = None
    sample: float | None = None
    rows: str | None = None


@dataclass(frozen=True, slots=True)
class KeptGoal:
    """A goal in the owner's words, without contacts, and how it stood."""

    text: str
    status: str
    progress: float | None


@dataclass(frozen=True, slots=True)
class KeptArea:
    """The points of an area of health, of how many, and its score in per cent."""

    points: int
    of: int
    score: int | None


@dataclass(frozen=True, slots=True)
class Record:
    """One client's period."""

    company: str
    start: date
    end: date
    type: str | None
    currency: str | None
    status: str
    health: int | None
    metrics: Mapping[str, Kept]
    goals: tuple[KeptGoal, ...]
    areas: Mapping[str, KeptArea]
    source_sha256: str
    tool_version: str
    catalog_sha256: str
    recorded_at: str | None

    @property
    def client(self) -> str:
        """Who it is: the name as names are compared."""
        return key(self.company)

    @property
    def identity(self) -> tuple[str, date, date]:
        """What a later result for the same client and period replaces."""
        return self.client, self.start, self.end


def record_of(catalog: Catalog, document: Json) -> Record | None:
    """What is kept of a result; None where it was refused, or names no company or period."""
    company, period = document["company"], document["period"]
    if document["status"] == Status.REFUSED or not all((company, period["start"], period["end"])):
        return None
    health = document.get("health") or {}
    return Record(
        company=company,
        start=date.fromisoformat(period["start"]),
        end=date.fromisoformat(period["end"]),
        type=period["type"],
        currency=document["currency"],
        status=document["status"],
        health=health.get("score"),
        metrics=_metrics(catalog, document),
        goals=tuple(
            KeptGoal(without_contacts(goal["text"] or ""), goal["status"], goal["progress"])
            for goal in document["goals"]
        ),
        areas={
            area["id"]: KeptArea(area["points"], area["of"], area["score"])
            for area in health.get("areas", ())
        },
        source_sha256=document["source"]["sha256"],
        tool_version=document["tool_version"],
        catalog_sha256=document["catalog_sha256"],
        recorded_at=document["generated_at"],
    )


def fingerprint(records: Iterable[Record]) -> str:
    """What tells whether earlier periods are still the same ones, however and whenever they were recorded."""
    kept = [asdict(record) | dict.fromkeys(_ORIGIN) for record in records]
    return hashlib.sha256(json.dumps(kept, sort_keys=True, default=str).encode()).hexdigest()


def _metrics(catalog: Catalog, document: Json) -> Mapping[str, Kept]:
    """The company's metrics, printed and followed ones, so that a trend added next year reaches back."""
    trends = {trend.id: trend for trend in catalog.trends}
    found: dict[str, Kept] = {}
    shared = (entry for entry in document["quantities"] if entry["id"] in trends or entry["id"] in GROUPS)
    for entry in (*document["metrics"], *shared):
        if entry["row"] is not None or (entry["value"] is None and not entry["asked"]):
            continue
        trend = trends.get(entry["id"])
        interval = entry["interval"]
        found[entry["id"]] = Kept(
            unit=entry["unit"],
            value=entry["value"],
            interval=(interval[0], interval[1]) if interval else None,
            reason=entry["reason"],
            evidence=entry["evidence_level"],
            sample=entry["sample"],
            rows=_rows(document, trend.same_rows) if trend and trend.same_rows else None,
        )
    return found


def _rows(document: Json, table: str) -> str:
    """Which rows a table has, whatever their order."""
    subjects = sorted(key(str(row["subject"] or "")) for row in document["answers"]["tables"].get(table, ()))
    return hashlib.sha256("\n".join(subjects).encode()).hexdigest()[:16]
