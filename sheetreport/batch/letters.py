"""The drafts of a batch: what goes with the outputs of each workbook, and to whom."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from sheetreport import copies
from sheetreport.batch.jobs import Job, safe_stem
from sheetreport.batch.outcome import FileOutcome
from sheetreport.batch.settings import Settings
from sheetreport.catalog.definitions import Catalog
from sheetreport.catalog.load import load_catalog
from sheetreport.drafts.clients import Addressees, absent, addressees, read_clients
from sheetreport.drafts.letters import Addressee
from sheetreport.drafts.of_result import draft
from sheetreport.pipeline import Options, dress_of


class Letters:
    """Writes the draft for each workbook of a batch."""

    def __init__(self, options: Options, settings: Settings) -> None:
        self._catalog = load_catalog(options.catalog)
        self._brand = dress_of(options).brand
        self._listed = addressees(settings.clients, self._catalog) if settings.clients else Addressees()

    def fingerprint(self, job: Job, company: str) -> str:
        """What the draft for a workbook of this company depends on beyond its outputs."""
        return hashlib.sha256(repr(self._addressee(job, company)).encode()).hexdigest()

    def write(self, job: Job, document: Mapping[str, Any], outputs: Mapping[str, bytes]) -> bytes:
        """The draft that goes with these outputs."""
        return draft(
            document,
            self._catalog,
            outputs,
            job.folder.name,
            brand=self._brand,
            to=self._addressee(job, document["company"] or ""),
        )

    def _addressee(self, job: Job, company: str) -> Addressee:
        names = _names(job)
        found = self._listed.of_file(names)
        if found is not None:
            return found
        return self._listed.of_company(company) if company else self._listed.of_unread(names)


def absent_clients(clients: Path, catalog: Catalog, outcomes: Sequence[FileOutcome]) -> list[str]:
    """The clients of the consultant's list who have sent nothing yet."""
    files = [copies.original_stem(Path(outcome.source).stem) for outcome in outcomes]
    folders = [Path(outcome.outputs[0]).parent.name for outcome in outcomes if outcome.outputs]
    companies = [outcome.company for outcome in outcomes if outcome.company]
    return absent(read_clients(clients, catalog), [*files, *folders], companies)


def _names(job: Job) -> tuple[str, ...]:
    """What a list may call a workbook; one of several by the same name only by the folder of its outputs."""
    alone = job.folder.name == safe_stem(job.stem)
    return (job.folder.name, job.stem) if alone else (job.folder.name,)
