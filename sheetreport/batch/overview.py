"""The portfolio of a batch: a page and a workbook about all of its clients."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Self

from sheetreport import portfolio
from sheetreport.batch.letters import absent_clients
from sheetreport.batch.outcome import FileOutcome
from sheetreport.batch.settings import Settings
from sheetreport.batch.writing import write_for_all
from sheetreport.catalog.load import load_catalog
from sheetreport.errors import Message, UsageError
from sheetreport.pipeline import Options, dress_of


class PortfolioError(UsageError):
    """All files have their outcomes, which are here, but the portfolio could not be put in place."""

    outcomes: list[FileOutcome]

    @classmethod
    def of(cls, error: UsageError, outcomes: list[FileOutcome]) -> Self:
        """What an error at the portfolio comes to."""
        made = cls(error.message.key, **error.message.params)
        made.outcomes = outcomes
        return made


def write_portfolio(outcomes: Sequence[FileOutcome], options: Options, settings: Settings) -> None:
    """Put the portfolio in place; files that were passed over as unchanged are in it like all others."""
    if len(outcomes) > portfolio.MOST_CLIENTS:
        most = portfolio.MOST_CLIENTS
        settings.tell(Message("portfolio.too_many", {"n": len(outcomes), "most": most}))
        return
    out = settings.out
    entries = [
        portfolio.Entry(
            file=outcome.source,
            status=outcome.status,
            outputs=[Path(output) for output in outcome.outputs],
            error=outcome.error or "",
        )
        for outcome in outcomes
    ]
    catalog, brand = load_catalog(options.catalog), dress_of(options).brand
    waiting = absent_clients(settings.clients, catalog, outcomes) if settings.clients else None
    files = portfolio.build(entries, out, catalog, options.language, brand, waiting)
    for name, data in files.items():
        write_for_all(out, name, data)
