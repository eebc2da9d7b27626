"""The drafts of a batch: what goes with the outputs of each workbook, and to whom."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sheetreport.batch.jobs import Job, safe_stem
from sheetreport.batch.settings import Settings
from sheetreport.catalog.load import load_catalog
from sheetreport.drafts.clients import Addressees, addressees
from sheetreport.drafts.letters import Addressee
from sheetreport.drafts.of_result import draft
from sheetreport.pipeline import Options, dress_of


class Letters:
    """Writes the draft for each workbook of a batch."""

    def __init__(self, options: Options, settings: Settings) -> None:
        self._catalog = load_catalog(options.catalog)
        self._brand = dress_of(options).brand
        self._listed = addressees(settings.clients, self._catalog) if settings.clients else Addressees()

    def digest(self, job: Job) -> str:
        """What the draft for a workbook depends on beyond its outputs."""
        return self._listed.digest(_names(job))

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
        return self._listed.of_file(_names(job)) or self._listed.of_company(company)


def _names(job: Job) -> tuple[str, ...]:
    """What a list may call a workbook; one of several by the same name only by the folder of its outputs."""
    alone = job.folder.name == safe_stem(job.stem)
    return (job.folder.name, job.stem) if alone else (job.folder.name,)
