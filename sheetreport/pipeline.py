"""The one place that knows the order: a workbook's bytes in, the outputs' bytes out."""

from __future__ import annotations

import hashlib
import json
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, Literal, TypeAlias

from sheetreport import corrections, result, rounds
from sheetreport.advise import advise
from sheetreport.bureau.brand import Brand, load_brand
from sheetreport.bureau.commentary import Commentary
from sheetreport.bureau.dress import PLAIN, Dress
from sheetreport.catalog.definitions import Catalog
from sheetreport.check import check, ordered, status
from sheetreport.compute import compute
from sheetreport.derive import derive, with_defaults
from sheetreport.errors import MissingLibraryError
from sheetreport.i18n import Wording
from sheetreport.meeting.near import near
from sheetreport.model import LANGUAGES, Finding, Language, Origin, SourceFile, Status, Submission
from sheetreport.outputs import CONSULTANT, CORRECTIONS, PDF, RESULT, WORKBOOK
from sheetreport.read import Accepted, Opened, Reading, another_company, read, read_actions
from sheetreport.render import pdf, view, workbook
from sheetreport.render.archive import WORKBOOKS, Attachment
from sheetreport.render.view import consultant

DEFAULT_CURRENCY = "RUB"
CONTACT = "contact"
"""The key of a result that holds personal data: only the consultant's copy is made from it."""

Audience: TypeAlias = Literal["owner", "consultant"]


@dataclass(frozen=True, slots=True)
class Options:
    """What a run may vary. `language` None: as the workbook says, or `else_language` where it says nothing.
    `generated_at` None: reproducible.

    `catalog` is the folder of a consultant's own catalogue, `brand` the file of their brand or what stands in
    it, `commentary` the folder of what they wrote about their clients. With the audience "consultant" they
    get a copy of their own beside the owner's. `archive`: the PDF keeps for years, with the workbook and the
    result inside.
    """

    language: Language | None = None
    else_language: Language = "ru"
    strict: bool = False
    pdf: bool = True
    corrections: bool = True
    generated_at: datetime | None = None
    catalog: Path | None = None
    brand: Path | Brand | None = None
    commentary: Path | None = None
    audience: Audience = "owner"
    archive: bool = False


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


@dataclass(frozen=True, slots=True)
class Rendered:
    """Each output's bytes by file ending, and what could not be made on this machine."""

    outputs: Mapping[str, bytes]
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
    return assess(catalog, read_workbook(catalog, data, file, watch), options, watch)


def read_workbook(catalog: Catalog, data: bytes, file: str, watch: Stopwatch) -> Reading:
    """Read a workbook, which stays open for what else is made of it."""
    with watch.stage("read"):
        return read(catalog, data, file)


def assess(catalog: Catalog, reading: Reading, options: Options, watch: Stopwatch) -> result.Report:
    """Check, compute and advise on what was read."""
    with watch.stage("check"):
        checked = check(catalog, derive(catalog, with_defaults(catalog, reading.submission)))
        submission = checked.submission
        findings = ordered((*reading.findings, *(() if reading.refused else checked.findings)), submission)
        outcome = status(catalog, submission, findings, strict=options.strict)
    if outcome is Status.REFUSED:
        return result.Report(
            reading.source, outcome, submission, findings, reading.repairs, None, None, reading.asked
        )
    with watch.stage("compute"):
        computation = compute(catalog, submission)
    with watch.stage("advise"):
        wording = wording_of(submission, options)
        advice = advise(catalog, computation.submission, computation, wording)
        nearly = near(catalog, computation.submission, computation, wording)
    return result.Report(
        reading.source,
        outcome,
        submission,
        findings,
        reading.repairs,
        computation,
        advice,
        reading.asked,
        nearly,
    )


def refuse(source: SourceFile, finding: Finding) -> result.Report:
    """What is known about a workbook that could not be read at all."""
    return result.Report(source, Status.REFUSED, Submission(source, {}, {}), (finding,), (), None, None)


def document_of(catalog: Catalog, report: result.Report, options: Options) -> dict[str, Any]:
    """The result of a workbook as plain JSON values."""
    wording = wording_of(report.submission, options)
    document = result.build(catalog, report, wording, options.generated_at)
    if options.audience == "consultant":
        document[CONTACT] = result.contact(catalog, report, wording)
    return document


def correct(
    catalog: Catalog,
    data: bytes,
    report: result.Report,
    watch: Stopwatch | None = None,
    opened: Opened | None = None,
    brand: Brand | None = None,
) -> bytes | None:
    """The correction copy of a workbook; None where there is nothing to mend, or nothing was read.

    `opened` is the workbook of these bytes, where reading left it open.
    """
    if not corrections.is_needed(report):
        return None
    with (watch or Stopwatch()).stage("corrections"):
        currency = wording_of(report.submission, Options()).currency
        return corrections.build(catalog, data, report, currency, opened, brand)


def carry(
    catalog: Catalog, data: bytes, file: str, options: Options, request: rounds.Request
) -> rounds.Round | result.Report:
    """A new workbook from an older one; what is known about the old one, where no answers could be read."""
    report = examine(catalog, data, file, options)
    if not report.source.sheets:
        return report
    if request.accepted is not None:
        company = report.submission.get("profile.company_name").value
        stranger = another_company(request.accepted, company if isinstance(company, str) else "")
        if stranger is not None:
            return refuse(SourceFile(file, report.source.sha256), stranger)
    currency = wording_of(report.submission, options).currency
    return rounds.build(catalog, data, report, request, currency, dress_of(options).brand)


def take_up(data: bytes, file: str) -> Accepted | result.Report:
    """The accepted actions of a report's workbook; what is known about a file that has none to read."""
    found = read_actions(data)
    if isinstance(found, Accepted):
        return found
    return refuse(SourceFile(file, hashlib.sha256(data).hexdigest()), found)


def render(
    catalog: Catalog,
    document: dict[str, Any],
    options: Options,
    watch: Stopwatch | None = None,
    dress: Dress = PLAIN,
    source: bytes | None = None,
) -> Rendered:
    """A result to its outputs. Those of a refused workbook are the JSON and the consultant's copy.

    `source` is the owner's workbook, which an archive keeps.
    """
    watch = watch or Stopwatch()
    whole = _sealed(document, dress)
    document = {key: value for key, value in whole.items() if key != CONTACT}
    wording = wording_of_result(document)
    outputs = {RESULT: to_json(document)}
    refused = document["status"] == Status.REFUSED
    if not refused:
        with watch.stage("workbook"):
            outputs[WORKBOOK] = workbook.build(document, catalog, wording, dress)
    if not options.pdf:
        return Rendered(outputs)
    try:
        if not refused:
            with watch.stage("pdf"):
                kept = _kept(document, outputs[RESULT], source, wording) if options.archive else ()
                outputs[PDF] = pdf.render_pdf(view.build(document, catalog, wording, dress), kept)
        if options.audience == "consultant":
            with watch.stage("consultant"):
                outputs[CONSULTANT] = pdf.render_pdf(consultant.build(whole, catalog, wording, dress))
    except MissingLibraryError as error:
        return Rendered(outputs, Wording(options.else_language).say(error.message))
    return Rendered(outputs)


def _kept(
    document: dict[str, Any], data: bytes, source: bytes | None, wording: Wording
) -> tuple[Attachment, ...]:
    """What an archive keeps: the workbook that the report was made of, and the result as data."""
    stated = document["generated_at"] or document["report_date"]
    changed, file = datetime.fromisoformat(stated).replace(tzinfo=None), Path(document["source"]["file"])
    result_json = Attachment(
        name=f"{file.stem}-{RESULT}",
        content=data,
        kind="application/json",
        description=wording.text("pdf.kept_result"),
        relationship="Data",
        changed=changed,
    )
    if source is None:
        return (result_json,)
    workbook_kept = Attachment(
        name=file.name,
        content=source,
        kind=WORKBOOKS.get(file.suffix.lower(), "application/octet-stream"),
        description=wording.text("pdf.kept_source"),
        relationship="Source",
        changed=changed,
    )
    return workbook_kept, result_json


def dress_of(options: Options, commentary: Commentary | None = None) -> Dress:
    """The brand of these options with what was written about one client."""
    brand = load_brand(options.brand) if isinstance(options.brand, Path) else options.brand
    return Dress(brand, commentary)


def _sealed(document: dict[str, Any], dress: Dress) -> dict[str, Any]:
    """A result that says which brand and commentary its outputs were made with."""
    return document | {
        "provenance": document["provenance"]
        | {
            "brand_sha256": dress.brand.sha256 if dress.brand else None,
            "commentary_sha256": dress.commentary.sha256 if dress.commentary else None,
        }
    }


def process(
    catalog: Catalog, data: bytes, file: str, options: Options, commentary: Commentary | None = None
) -> Outcome:
    """One workbook to its outputs, in one go."""
    watch = Stopwatch()
    reading = read_workbook(catalog, data, file, watch)
    report = assess(catalog, reading, options, watch)
    with watch.stage("json"):
        document = document_of(catalog, report, options)
    rendered = render(catalog, document, options, watch, dress_of(options, commentary), data)
    copy = None
    if options.corrections:
        copy = correct(catalog, data, report, watch, reading.opened, dress_of(options).brand)
    outputs = {**rendered.outputs, **({CORRECTIONS: copy} if copy is not None else {})}
    return Outcome(report.status, document, outputs, watch.seconds, rendered.notice)


def wording_of_result(document: Mapping[str, Any]) -> Wording:
    """The language and the currency of a result."""
    return Wording(document["language"], document["currency"] or DEFAULT_CURRENCY)


def to_json(document: Any) -> bytes:
    """Readable JSON, the same bytes for the same content; NaN is a defect, not a value."""
    text = json.dumps(document, ensure_ascii=False, indent=1, allow_nan=False) + "\n"
    return text.encode(errors="backslashreplace")  # a file's name may hold half a character


def wording_of(submission: Submission, options: Options) -> Wording:
    """The reader's language and currency: asked for, else the owner's, else the template's."""
    stated = submission.get("profile.language")
    given = stated.origin is not Origin.DEFAULT
    chosen = next((language for language in LANGUAGES if given and language == stated.value), None)
    currency = submission.get("profile.currency").value
    return Wording(
        options.language or chosen or submission.source.language or options.else_language,
        currency if isinstance(currency, str) else DEFAULT_CURRENCY,
    )
