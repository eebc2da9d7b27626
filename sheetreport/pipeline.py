"""The one place that knows the order: a workbook's bytes in, the outputs' bytes out."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sheetreport import result
from sheetreport.advise import advise
from sheetreport.catalog.definitions import Catalog
from sheetreport.check import check, ordered, status
from sheetreport.compute import compute
from sheetreport.derive import derive, with_defaults
from sheetreport.errors import MissingLibraryError
from sheetreport.i18n import Wording
from sheetreport.model import LANGUAGES, Language, Status, Submission
from sheetreport.read import read
from sheetreport.render import pdf, view, workbook

DEFAULT_CURRENCY = "RUB"


@dataclass(frozen=True, slots=True)
class Options:
    """What a run may vary. `language` None: as the workbook says. `generated_at` None: reproducible."""

    language: Language | None = None
    strict: bool = False
    pdf: bool = True
    generated_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one workbook: its status, the result JSON, and each output's bytes by file ending.

    `notice` says in one line what could not be made on this machine, and how to mend that.

    """

    status: Status
    result: dict[str, Any]
    outputs: Mapping[str, bytes]
    seconds: Mapping[str, float]
    notice: str | None = None


class Stopwatch:
    """Seconds spent in each stage."""

    def __init__(self) -> None:
        self.seconds: dict[str, float] = {}

    @contextmanager
    def stage(self, name: str) -> Iterator[None]:
        started = time.perf_counter()
        try:
            yield
        finally:
            self.seconds[name] = self.seconds.get(name, 0.0) + time.perf_counter() - started


def examine(
    catalog: Catalog, data: bytes, file: str, options: Options, watch: Stopwatch | None = None
) -> result.Report:
    """Read, check, compute and advise: everything known about a workbook, before anything is rendered."""
    watch = watch or Stopwatch()
    with watch.stage("read"):
        reading = read(catalog, data, file)
    with watch.stage("check"):
        checked = check(catalog, derive(catalog, with_defaults(catalog, reading.submission)))
        submission = checked.submission
        findings = ordered((*reading.findings, *(() if reading.refused else checked.findings)), submission)
        outcome = status(catalog, submission, findings, strict=options.strict)
    if outcome is Status.REFUSED:
        return result.Report(reading.source, outcome, submission, findings, reading.repairs, None, None)
    with watch.stage("compute"):
        computation = compute(catalog, submission)
    with watch.stage("advise"):
        advice = advise(catalog, computation.submission, computation, wording_of(submission, options))
    return result.Report(reading.source, outcome, submission, findings, reading.repairs, computation, advice)


def process(catalog: Catalog, data: bytes, file: str, options: Options) -> Outcome:
    """One workbook to its outputs. A refused workbook gives the JSON with its findings and no report."""
    watch = Stopwatch()
    report = examine(catalog, data, file, options, watch)
    wording = wording_of(report.submission, options)
    with watch.stage("json"):
        document = result.build(catalog, report, wording, options.generated_at)
        outputs = {"report.json": to_json(document)}
    if report.status is not Status.REFUSED:
        with watch.stage("workbook"):
            outputs["report.xlsx"] = workbook.build(document, catalog, wording)
    notice = None
    if options.pdf and report.status is not Status.REFUSED:
        try:
            with watch.stage("pdf"):
                outputs["report.pdf"] = pdf.render_pdf(view.build(document, catalog, wording))
        except MissingLibraryError as error:
            notice = str(error)
    return Outcome(report.status, document, outputs, watch.seconds, notice)


def to_json(document: Any) -> bytes:
    """Readable JSON, the same bytes for the same content; NaN is a defect, not a value."""
    return (json.dumps(document, ensure_ascii=False, indent=1, allow_nan=False) + "\n").encode()


def wording_of(submission: Submission, options: Options) -> Wording:
    """The reader's language and currency: asked for, else the owner's, else the template's."""
    stated = submission.get("profile.language").value
    chosen = next((language for language in LANGUAGES if language == stated), None)
    currency = submission.get("profile.currency").value
    return Wording(
        options.language or chosen or submission.source.language or "ru",
        currency if isinstance(currency, str) else DEFAULT_CURRENCY,
    )
