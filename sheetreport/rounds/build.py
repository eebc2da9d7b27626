"""A new workbook from an older one, in the template's own builder."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from sheetreport import __version__
from sheetreport.bureau.brand import Brand
from sheetreport.catalog.definitions import Catalog
from sheetreport.corrections.copy import without
from sheetreport.i18n import Wording
from sheetreport.model import Language, Row, Value
from sheetreport.read import Accepted, Transcript, transcribe
from sheetreport.result import Report
from sheetreport.rounds.actions import note_of
from sheetreport.rounds.following import next_period
from sheetreport.rounds.old import Note, Old, given
from sheetreport.rounds.plan import Plan, same_period
from sheetreport.rounds.shown import Shown
from sheetreport.rounds.theirs import Blank
from sheetreport.template import build as build_template


@dataclass(frozen=True, slots=True)
class Request:
    """What is asked for. `language` and `parts` None: those of the old workbook.

    `accepted` are the actions of its report that were taken up.
    """

    language: Language | None = None
    parts: frozenset[str] | None = None
    next_period: bool = False
    accepted: Accepted | None = None


@dataclass(frozen=True, slots=True)
class Round:
    """The new workbook with the number of answers in it, and what was not carried over.

    `language` is that of the workbook and of the list, `period` the new period in words.
    """

    data: bytes
    language: Language
    carried: int
    left: tuple[Note, ...]
    period: str


def build(
    catalog: Catalog,
    data: bytes,
    report: Report,
    request: Request,
    currency: str,
    brand: Brand | None = None,
) -> Round:
    """The workbook made from one that was read without being refused as unreadable."""
    transcript = transcribe(catalog, data)
    language = request.language or transcript.language
    old = Old(catalog, report, transcript, Wording(language, currency))
    parts = request.parts if request.parts is not None else _parts(catalog, transcript)
    plan = next_period(old) if request.next_period else same_period(old)
    actions = request.accepted.actions if request.accepted else ()
    taken = (note_of(action, old.wording) for action in actions)
    notes = (*taken, *plan.notes, *_not_asked(old, parts), *_comments(old))
    as_it_was = same_period(old).flat
    blank = Blank.of(catalog, transcript.language, as_it_was, _parts(catalog, transcript))
    shown = Shown(transcript, notes, plan.last, blank)
    made = build_template(
        catalog,
        language,
        answers=plan.flat,
        parts=parts,
        tool_version=__version__,
        currency=currency,
        overlay=shown,
        brand=brand,
    )
    return Round(made, language, _count(plan, catalog, parts), tuple(shown.listed), _period(plan))


def _period(plan: Plan) -> str:
    return plan.last.now if plan.last else ""


def _parts(catalog: Catalog, transcript: Transcript) -> frozenset[str]:
    return frozenset(sheet.part for sheet in catalog.sheets if sheet.id in transcript.pages)


def _asked(catalog: Catalog, parts: frozenset[str]) -> frozenset[str]:
    return frozenset(sheet.id for sheet in catalog.sheets if sheet.core or sheet.part in parts)


def _count(plan: Plan, catalog: Catalog, parts: frozenset[str]) -> int:
    asked = _asked(catalog, parts)
    records = (plan.flat.scalars, *(row for rows in plan.flat.tables.values() for row in rows))
    return sum(catalog.fields[field_id].sheet in asked for record in records for field_id in record)


def _not_asked(old: Old, parts: frozenset[str]) -> Iterator[Note]:
    """Answers of sheets that the new workbook does not have."""
    asked = _asked(old.catalog, parts)
    submission = old.report.submission
    rows: list[tuple[Row | None, Mapping[str, Value]]] = [(None, submission.scalars)]
    rows += [(row, row.values) for table in submission.tables.values() for row in table]
    for row, values in rows:
        for field, value in given(values, old.catalog):
            if field.sheet not in asked:
                yield old.note("not_asked", field.id, value, row.index if row else None)


def _comments(old: Old) -> Iterator[Note]:
    """The owner's notes on cells, without what an earlier correction copy had written into them."""
    own = {page.title for page in old.transcript.own}
    for source, text in old.transcript.comments.items():
        told = {item.note for item in old.report.asked if item.source == source and item.note}
        rest = without(text, told)
        if rest and source.sheet not in own:
            yield source, old.wording.text("corrections.note_comment", text=rest)
