"""Three quarters of one fictional company, and what each report says that knows the earlier ones."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from copy import deepcopy
from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import Any

from sheetreport import __version__, answers, pipeline
from sheetreport.catalog.load import load_catalog
from sheetreport.history.document import document
from sheetreport.history.record import Record, record_of
from sheetreport.i18n import Wording
from sheetreport.model import Language
from sheetreport.template import build

SAMPLE = Path(__file__).parent.parent / "samples" / "travel-agency-en" / "answers.yaml"
CATALOG = load_catalog()
COMPANY = "Northlight Travel (fictional)"
Json = dict[str, Any]

# What differs from the sample, which is of the third quarter; its goals are dated then.
QUARTERS: Sequence[Mapping[str, Any]] = (
    {
        "profile": {
            "period_start": date(2026, 1, 1),
            "period_end": date(2026, 3, 31),
            "report_date": date(2026, 4, 12),
        },
        "clients": {
            "new": 46,
            "revenue": 201000,
            "gross_profit": 22110,
            "active_start": 365,
            "active_end": 382,
            "lost": 29,
        },
        "nps": {"survey_date": date(2026, 3, 28), "tally_0_10": [2, 1, 2, 3, 4, 6, 6, 10, 12, 8, 6]},
        "csi": {"overall_1_5": [3, 6, 14, 24, 15]},
        "goals": None,
    },
    {
        "profile": {
            "period_start": date(2026, 4, 1),
            "period_end": date(2026, 6, 30),
            "report_date": date(2026, 7, 12),
        },
        "clients": {
            "new": 52,
            "revenue": 226000,
            "gross_profit": "?",
            "active_start": 382,
            "active_end": 395,
            "lost": 39,
        },
        "nps": {"survey_date": date(2026, 6, 29), "tally_0_10": [0, 1, 1, 2, 2, 4, 4, 10, 13, 14, 11]},
        "csi": None,
        "goals": None,
    },
    {"goals": None},
)


def content_of(changes: Mapping[str, Any]) -> Json:
    """The sample's answers with some changed, a page that is None left out; none typed as earlier ones."""
    content: Json = deepcopy(dict(answers.load(SAMPLE)))
    content["nps"].pop("previous", None)
    content["social"] = [{"network": "instagram", "followers_start": 2600, "followers_end": 2750}]
    content["clients"] = {
        key: value for key, value in content["clients"].items() if not key.startswith("prev_")
    }
    for sheet, values in changes.items():
        if values is None:
            content.pop(sheet, None)
        else:
            content[sheet] = content.get(sheet, {}) | dict(values)
    return content


def workbook(changes: Mapping[str, Any], language: Language = "en") -> bytes:
    """The workbook of such an owner."""
    content = content_of(changes)
    content["profile"]["language"] = language
    parts = {sheet.part for sheet in CATALOG.sheets if sheet.id in content}
    return build(CATALOG, language, answers=content, parts=parts, tool_version=__version__)


def result(changes: Mapping[str, Any], language: Language = "en") -> Json:
    """What a workbook gives without a history."""
    options = pipeline.Options()
    report = pipeline.examine(CATALOG, workbook(changes, language), "northlight.xlsx", options)
    return pipeline.document_of(CATALOG, report, options)


def record(found: Mapping[str, Any]) -> Record:
    kept = record_of(CATALOG, found)
    assert kept is not None
    return kept


@lru_cache(maxsize=4)
def _quarters(language: Language) -> tuple[Json, ...]:
    return tuple(result(changes, language) for changes in QUARTERS)


def quarters(language: Language = "en") -> list[Json]:
    """The results of the three quarters, the latest last."""
    return deepcopy(list(_quarters(language)))


def with_history(found: Json, earlier: Sequence[Record], twins: Sequence[str] = ()) -> Json:
    """A result with what the history says of it."""
    wording = Wording(found["language"], found["currency"])
    return found | {"history": document(CATALOG, wording, found, record(found), earlier, twins)}


def third(language: Language = "en") -> Json:
    """The third quarter, which knows both earlier ones."""
    found = quarters(language)
    return with_history(found[-1], [record(one) for one in found[:-1]])
