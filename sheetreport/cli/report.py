"""`sheetreport report`."""

from __future__ import annotations

import time
from collections.abc import Sequence
from contextlib import nullcontext
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import get_args

import typer

from sheetreport import batch, pipeline
from sheetreport.catalog.load import load_catalog
from sheetreport.catalog.yaml import did_you_mean
from sheetreport.cli.inputs import catalog_with, check_apart, newest, planned
from sheetreport.cli.language import asked_language, ui
from sheetreport.cli.progress import Progress, shown
from sheetreport.cli.screen import people, say
from sheetreport.cli.summary import print_summary
from sheetreport.cli.watch import watch
from sheetreport.cluster.connect import LOCAL, address_of
from sheetreport.drafts.letters import on_one_line
from sheetreport.errors import Message, UsageError
from sheetreport.i18n import Wording
from sheetreport.outputs import PAGE

_MOST_NAMES = 3  # of folders that nothing is done with


def run(
    paths: Sequence[Path],
    out: Path,
    *,
    lang: str | None,
    jobs: int,
    force: bool,
    watched: bool,
    strict: bool,
    no_pdf: bool,
    reproducible: bool,
    timings: bool,
    json_output: bool,
    own_catalog: Path | None,
    brand: Path | None,
    commentary: Path | None,
    audience: str,
    archive: bool,
    engine: str,
    history: Path | None,
    drafts: bool,
    clients: Path | None,
    portfolio: bool,
) -> int:
    """Make the outputs of every workbook, and print their names."""
    words = ui(lang)
    if no_pdf and (archive or _audience(audience) == "consultant"):
        asked = "--archive" if archive else "--audience consultant"
        raise UsageError("usage.makes_pdf", asked=asked)
    if clients and not drafts:
        raise UsageError("usage.clients_are_for_drafts")
    if watched and json_output:
        raise UsageError("usage.watch_without_json")
    if engine != LOCAL:
        address_of(engine)
    options = pipeline.Options(
        language=asked_language(lang),
        else_language=words.language,
        strict=strict,
        pdf=not no_pdf,
        generated_at=None if reproducible else datetime.now().astimezone(),
        catalog=own_catalog,
        brand=brand,
        commentary=commentary,
        audience=_audience(audience),
        archive=archive,
    )

    def told(message: Message) -> None:
        say(words.say(message), "yellow")

    settings = batch.Settings(
        out,
        jobs,
        force,
        several=True,
        history=history,
        engine=None if engine == LOCAL else engine,
        wording=words,
        tell=told,
        drafts=drafts,
        clients=clients,
        portfolio=portfolio,
    )
    if watched:
        check_apart(paths, out)
        catalog_with(own_catalog, words)
        batch.check(options, settings)
        return watch(paths, options, settings, words)
    return _once(paths, options, settings, words, timings=timings, json_output=json_output)


def _once(
    paths: Sequence[Path],
    options: pipeline.Options,
    settings: batch.Settings,
    words: Wording,
    *,
    timings: bool,
    json_output: bool,
) -> int:
    """Make what there is now."""
    own = [settings.clients] if settings.clients else []
    files = newest(paths, settings.out, words, own)
    catalog_with(options.catalog, words)
    several = len(files) > 1 or any(path.is_dir() for path in paths)
    ordered = planned(files, settings.out, options.commentary, words)
    if left := batch.left_over(ordered, settings.out):
        names = ", ".join([folder.name for folder in left[:_MOST_NAMES]] + ["…"] * (len(left) > _MOST_NAMES))
        say(words.text("cli.left_over", n=len(left), folders=names))
    start, progress = time.monotonic(), Progress(len(files), words)
    settings = replace(settings, several=several)
    problem: batch.PortfolioError | None = None
    try:
        with shown(progress, people) if several else nullcontext():
            outcomes = batch.run(ordered, options, settings, progress.done, read=progress.read)
    except batch.PortfolioError as error:
        outcomes, problem = error.outcomes, error
    except KeyboardInterrupt:
        if several:
            say(words.text("cli.interrupted_after", n=progress.finished, total=len(files)))
        raise
    if json_output:
        typer.echo(pipeline.to_json([batch.entry(outcome) for outcome in outcomes]).decode(), nl=False)
    else:
        for outcome in outcomes:
            for name in outcome.outputs:
                typer.echo(name)
        print_summary(outcomes, words, time.monotonic() - start, timings=timings)
        page = settings.out / PAGE
        if several and settings.portfolio and page.is_file() and not problem:
            say(words.text("cli.portfolio", page=str(page)))
    if settings.clients and several:
        _say_who_is_absent(settings.clients, options.catalog, outcomes, words)
    if problem:
        raise problem
    return max(outcome.code for outcome in outcomes)


def _say_who_is_absent(
    clients: Path,
    own_catalog: Path | None,
    outcomes: Sequence[batch.FileOutcome],
    words: Wording,
) -> None:
    """Name the clients of the list who have sent nothing yet."""
    names = batch.absent_clients(clients, load_catalog(own_catalog), outcomes)
    if names:
        say(words.text("drafts.absent", names=", ".join(on_one_line(name) for name in names)))


def _audience(name: str) -> pipeline.Audience:
    for audience in get_args(pipeline.Audience):
        if name == audience:
            return audience  # type: ignore[no-any-return]
    known = get_args(pipeline.Audience)
    hint = did_you_mean(name, known)
    raise UsageError("errors.not_one_of", name="--audience", value=name, known=", ".join(known), hint=hint)
