"""The score as the result JSON holds it, in the reader's language."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from sheetreport.catalog.definitions import Catalog, MetricDef, Unit
from sheetreport.contacts import without_contacts
from sheetreport.health.score import Health, Judged, JudgedArea, Metrics, judge
from sheetreport.i18n import Wording, is_whole
from sheetreport.model import InputCell
from sheetreport.naming import MONEY_RATIOS, CatalogNaming

Json = dict[str, Any]

_SUBJECT = 40  # characters of a row's name in a line of the score


def document(
    catalog: Catalog, metrics: Metrics, naming: CatalogNaming, cell: Callable[[InputCell], Json]
) -> Json:
    """The score as plain JSON values, in the reader's language."""
    return _Document(catalog, judge(catalog, metrics), naming, cell).build()


@dataclass(frozen=True, slots=True)
class _Document:
    catalog: Catalog
    health: Health
    naming: CatalogNaming
    cell: Callable[[InputCell], Json]

    @property
    def wording(self) -> Wording:
        return self.naming.wording

    def t(self, key: str, **params: str | float | int) -> str:
        return self.wording.text(f"health.{key}", **params)

    def build(self) -> Json:
        health = self.health
        return {
            "score": health.score,
            "points": health.points,
            "of": health.of,
            "known": health.known,
            "least": health.least,
            "areas": [self.area(area) for area in health.areas],
            "ladder": [self.rung(item, after) for item, after in health.ladder()],
        }

    def area(self, judged: JudgedArea) -> Json:
        return {
            "id": judged.area.id,
            "name": judged.area.name[self.wording.language],
            "score": judged.score,
            "points": judged.points,
            "of": judged.of,
            "weight": judged.area.weight,
            "weight_reason": judged.area.reason[self.wording.language],
            "status": judged.status.value,
            "confident": judged.confident,
            "items": [self.item(item) for item in judged.items],
            "text": self.why(judged),
        }

    def item(self, judged: Judged) -> Json:
        metric = judged.metric
        return {
            "metric": judged.item.metric or "goals",
            "per": judged.item.per,
            "subject": judged.row.subject if judged.row else None,
            "row": judged.row.index if judged.row else None,
            "name": metric.name[self.wording.language] if metric else self.t("goals_name"),
            "text": self.said(judged) if judged.points is not None else self.short(judged),
            "value": judged.value,
            "shown": self.shown(judged),
            "unit": metric.unit.value if metric else Unit.SHARE.value,
            "zone": judged.zone.name[self.wording.language] if judged.zone else None,
            "tone": judged.tone or None,
            "points": judged.points,
            "of": judged.item.points,
            "confident": judged.confident if judged.points is not None else None,
            "reason": self.code(judged),
            "reason_text": self.reason(judged),
            "cells": [self.cell(cell) for cell in judged.inputs],
        }

    def rung(self, judged: Judged, after: int) -> Json:
        assert judged.next is not None
        return {
            "metric": judged.item.metric or "goals",
            "subject": judged.row.subject if judged.row else None,
            "border": judged.next.border,
            "unit": judged.metric.unit.value if judged.metric else Unit.SHARE.value,
            "gain": after - (self.health.score or 0),
            "score": after,
            "text": self.step(judged),
        }

    # words

    def short(self, judged: Judged) -> str:
        return self.wording.fill(
            judged.item.short[self.wording.language], {"subject": self.subject(judged)}
        ).strip()

    def step(self, judged: Judged) -> str:
        """What brings the next points, with the border to reach."""
        border = judged.next.border if judged.next else None
        shown = self.value(border, judged.metric, exact=True) if border is not None and judged.metric else ""
        params = {"subject": self.subject(judged), "border": shown}
        return self.wording.fill(judged.item.next[self.wording.language], params)

    def subject(self, judged: Judged) -> str:
        """The row's name in quotation marks; a network by its own name."""
        if judged.row is None:
            return ""
        name = judged.row.subject
        network = next((network for network in self.catalog.networks if network.id == name), None)
        if network is not None:
            return network.name[self.wording.language]
        words = without_contacts(" ".join(str(name).split())).strip(' .,;«»“”"')
        cut = words if len(words) <= _SUBJECT else words[: _SUBJECT - 1].rstrip() + "…"
        return self.wording.text("advice.quoted", text=cut)

    def shown(self, judged: Judged) -> str | None:
        """The value as it is printed."""
        goals = judged.goals
        if goals is not None:
            key = "goals_at_risk" if goals.at_risk else "of"
            return self.t(key, n=goals.kept, all=goals.judged, risk=goals.at_risk)
        if judged.value is None or judged.metric is None:
            return None
        if judged.item.full is not None and judged.metric.unit is Unit.COUNT:
            return self.t("of", n=judged.value, all=judged.item.full)
        return self.value(judged.value, judged.metric)

    def value(self, value: float, metric: MetricDef, *, exact: bool = False) -> str:
        borders = () if exact else [zone.low for zone in metric.zones if zone.low is not None]
        if exact and metric.unit is Unit.SHARE:
            return self.wording.share(value, 0 if is_whole(value * 100) else 1)
        shown = self.wording.value(value, metric.unit, borders)
        return self.wording.per_one(shown) if metric.id in MONEY_RATIOS else shown

    def code(self, judged: Judged) -> str | None:
        missing = judged.missing
        if missing is None:
            return None
        return str(missing.metric) if missing.metric else missing.code

    def reason(self, judged: Judged) -> str | None:
        missing = judged.missing
        if missing is None:
            return None
        if missing.metric is not None:
            return self.naming.reason(missing.metric)
        return self.t(missing.code, **missing.params)

    def why(self, area: JudgedArea) -> str:
        """What costs the area points, the most first; what it stands on where nothing does."""
        if not area.judged:
            return next((self.reason(item) or "" for item in area.items), "")
        losing = sorted((item for item in area.judged if lost(item)), key=lost, reverse=True)
        if losing:
            return "; ".join(self.t("loses", what=self.said(item), n=lost(item)) for item in losing)
        return "; ".join(self.said(item) for item in sorted(area.judged, key=lambda item: -item.item.points))

    def said(self, judged: Judged) -> str:
        """An item with its value; where the sample leaves doubt, with how it probably stands."""
        said = self.t("said", name=self.short(judged), value=self.shown(judged) or "")
        if judged.confident:
            return said
        if judged.zone is None:
            return self.t("early", said=said)
        return self.t("probable", said=said, zone=judged.zone.name[self.wording.language])


def lost(judged: Judged) -> int:
    """The points that an item does not earn."""
    return judged.item.points - (judged.points or 0)
