"""The drafts of a batch: what goes with the outputs of each workbook, and to whom."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from sheetreport import copies
from sheetreport.batch.jobs import Job, safe_stem
from sheetreport.batch.outcome import FileOutcome
from sheetreport.batch.settings import Settings
from sheetreport.catalog.definitions import Catalog, Text
from sheetreport.catalog.load import load_catalog
from sheetreport.drafts.clients import Client, absent, addressees, read_clients
from sheetreport.drafts.letters import NOBODY, on_one_line
from sheetreport.drafts.of_result import draft
from sheetreport.errors import Message
from sheetreport.findings import nested
from sheetreport.pipeline import Options, dress_of
from sheetreport.read.words import key

_MOST_NAMES = 20


class Letters:
    """Writes the draft for each workbook of a batch."""

    def __init__(self, options: Options, settings: Settings) -> None:
        self._catalog = load_catalog(options.catalog)
        self._brand = dress_of(options).brand
        self._listed = addressees(settings.clients, self._catalog) if settings.clients else None
        self._tell = settings.tell

    def fingerprint(self, job: Job, company: str) -> str:
        """What the draft for a workbook of this company depends on beyond its outputs."""
        client = self._client(job, company)
        return hashlib.sha256(repr(client and (client.to, client.company)).encode()).hexdigest()

    def write(self, job: Job, document: Mapping[str, Any], outputs: Mapping[str, bytes]) -> bytes:
        """The draft that goes with these outputs."""
        company = document["company"] or ""
        client = self._client(job, company)
        self._doubt(job, client, company)
        return draft(
            document,
            self._catalog,
            outputs,
            job.folder.name,
            brand=self._brand,
            to=client.to if client else NOBODY,
            listed=client.company if client else "",
        )

    def tell(self, outcomes: Iterable[tuple[Job, FileOutcome]]) -> None:
        """Say which drafts have no address, and once more which of those passed over may have a wrong one."""
        if self._listed is None:
            return
        strangers: list[str] = []
        for job, outcome in outcomes:
            client = self._client(job, outcome.company or "")
            if outcome.skipped:
                self._doubt(job, client, outcome.company or "")
            if client is None and outcome.error is None:
                strangers.append(on_one_line(job.source.name))
        if strangers:
            self._tell(Message("drafts.unlisted", {"files": _first(strangers)}))

    def _client(self, job: Job, company: str) -> Client | None:
        return self._listed.client(_names(job), company) if self._listed else None

    def _doubt(self, job: Job, client: Client | None, company: str) -> None:
        """Say that a workbook under the name of one client gives the company of another."""
        if client is None or not (client.company and company) or key(client.company) == key(company):
            return
        file, listed, found = on_one_line(job.source.name), _quoted(client.company), _quoted(company)
        self._tell(Message("drafts.other_company", {"file": file, "listed": listed, "company": found}))


def absent_clients(clients: Path, catalog: Catalog, outcomes: Sequence[FileOutcome]) -> list[str]:
    """The clients of the consultant's list who have sent nothing yet."""
    files = [copies.original_stem(Path(outcome.source).stem) for outcome in outcomes]
    folders = [Path(outcome.outputs[0]).parent.name for outcome in outcomes if outcome.outputs]
    companies = [outcome.company for outcome in outcomes if outcome.company]
    return absent(read_clients(clients, catalog), [*files, *folders], companies)


def _quoted(name: str) -> Text:
    """A name as it stands inside quotation marks."""
    shown = on_one_line(name)
    return Text(nested(shown, "ru"), nested(shown, "en"))


def _first(names: Sequence[str]) -> str | Message:
    """The first of many names, and how many more there are."""
    shown, more = ", ".join(names[:_MOST_NAMES]), len(names) - _MOST_NAMES
    return Message("drafts.unlisted_more", {"files": shown, "n": more}) if more > 0 else shown


def _names(job: Job) -> tuple[str, ...]:
    """What a list may call a workbook; one of several by the same name only by the folder of its outputs."""
    alone = job.folder.name == safe_stem(job.stem)
    return (job.folder.name, job.stem) if alone else (job.folder.name,)
