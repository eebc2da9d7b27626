"""The part of the result that prepares a meeting: near misses, rules waiting for a cell, questions."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from sheetreport.catalog.definitions import Catalog
from sheetreport.i18n import Wording
from sheetreport.meeting.near import Border, NearMiss, Unjudged
from sheetreport.meeting.questions import Known, Question, questions
from sheetreport.model import InputCell, State, Submission

__all__ = ["Cells", "Known", "contact", "document"]

Json = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Cells:
    """How the result writes a filled cell, and where the cell of a field (of a row) stands."""

    written: Callable[[InputCell], Json]
    address: Callable[[str, int | None], Json]
    label: Callable[[str], str]


def document(catalog: Catalog, wording: Wording, known: Known, cells: Cells) -> Json:
    """The keys that the consultant's copy rests on; none of them holds personal data."""
    return {
        "near_misses": [_near_miss(miss, cells) for miss in known.near.misses],
        "unjudged": [_unjudged(item, cells) for item in known.near.unjudged],
        "questions": [_question(item) for item in questions(catalog, wording, known)],
    }


def contact(catalog: Catalog, submission: Submission, wording: Wording) -> list[Json]:
    """Who to talk to: the answers that are personal data. The owner's outputs never see them."""
    return [
        {
            "field": field.id,
            "label": field.label[wording.language],
            "value": str(value.value),
            "sheet": value.source.sheet,
            "cell": value.source.cell,
        }
        for field in catalog.fields.values()
        if field.personal and (value := submission.get(field.id)).state is State.VALUE
    ]


def _near_miss(miss: NearMiss, cells: Cells) -> Json:
    """The farthest border stands in the entry itself, the others in `also`."""
    farthest, *others = miss.borders
    return {
        "id": miss.id,
        "tier": miss.tier,
        "subject": miss.subject,
        "title": miss.title,
        **_border(farthest),
        "also": [_border(border) for border in others],
        "cells": [cells.written(cell) for cell in miss.cells],
    }


def _border(border: Border) -> Json:
    return {
        "condition": border.condition,
        "value": border.value,
        "border": border.border,
        "unit": border.unit.value,
        "words": border.words,
    }


def _unjudged(item: Unjudged, cells: Cells) -> Json:
    return {
        "id": item.id,
        "tier": item.tier,
        "subject": item.subject,
        "title": item.title,
        "field": item.field,
        "label": cells.label(item.field),
        **cells.address(item.field, item.row),
    }


def _question(item: Question) -> Json:
    return {
        "about": item.about,
        "text": item.text,
        "why": item.why,
        "cells": [{"sheet": cell.sheet, "cell": cell.cell} for cell in item.cells],
    }
