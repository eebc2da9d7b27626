"""`sheetreport history`."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import typer

from sheetreport.cli.language import ui
from sheetreport.cli.screen import plain, say
from sheetreport.history.export import as_csv, as_json
from sheetreport.history.store import History
from sheetreport.pipeline import to_json


def list_clients(file: Path, *, lang: str | None) -> None:
    """Print who is in a history, and which time is covered."""
    words = ui(lang)
    clients = History(file).clients()
    for client in clients:
        period = words.period(client.first, client.last)
        typer.echo(words.text("history.listed", name=plain(client.name), n=client.periods, period=period))
    if not clients:
        say(words.text("history.empty"))


def export(file: Path, client: str | None, *, as_table: bool) -> None:
    """Print everything a history holds of one client, or of all."""
    found = History(file).records(client)
    typer.echo(as_csv(found) if as_table else to_json(as_json(found)).decode(), nl=False)


def remove(file: Path, client: str, start: date | None, *, lang: str | None) -> None:
    """Forget a client, or one period of theirs."""
    periods = History(file).remove(client, start)
    say(ui(lang).text("history.removed", name=plain(client), n=periods))


def rename(file: Path, client: str, new: str, *, lang: str | None) -> None:
    """Let a client's periods belong to another name."""
    periods = History(file).rename(client, new)
    say(ui(lang).text("history.renamed", name=plain(client), new=plain(new), n=periods))
